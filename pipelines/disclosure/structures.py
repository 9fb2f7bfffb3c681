"""The declared structures of the tables that are published protected (structures.yml)."""

import functools
from decimal import Decimal
from pathlib import Path
from typing import Literal

import yaml
from pydantic import model_validator

from pipelines import catalogue
from pipelines.questionnaires.expressions import Rule
from pipelines.strict import Strict

FILE = Path(__file__).with_name("structures.yml")


class Removed(Strict):
    """Rows that are not published at all (a SQL condition), and why."""

    condition: str
    raison: str


class Taken(Strict):
    """The table of which a table of ratios takes its terms: per indicator, the questions.

    `cles` gives the column of the ratios that each dimension of that table is; of another one, they are of the total.
    """

    table: str
    enquete: str
    cles: dict[str, str]
    termes: dict[str, list[str]]


class Structure(Strict):
    """How a table adds up; structures.yml says what each field is."""

    mesures: list[str]
    derivees: list[str] = []
    source: str = ""
    totaux: dict[str, str] = {}
    identites: Literal["questionnaires"] | list[str] = []
    annee_precedente: dict[str, str] = {}
    contributions: str = ""
    choix: str = ""
    retire: Removed | None = None
    hors: str = ""
    reprend: Taken | None = None
    ouvert: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> "Structure":
        if [bool(self.contributions), bool(self.reprend), bool(self.ouvert)].count(True) != 1:
            raise ValueError("une structure a « contributions », « reprend » ou « ouvert », et un seul des trois")
        return self

    def linked(self, source: str, question: str) -> set[str]:
        """The questions that the sums of a questionnaire link to one, and what is asked again; itself with them."""
        sums = [{name for name in linear(Rule.parse(text)) if name} for text in sums_of(source)]
        sums += [{asked, before} for asked, before in self.annee_precedente.items()]
        found, waiting = {question}, [question]
        while waiting:
            one = waiting.pop()
            more = {name for names in sums if one in names for name in names} - found
            found |= more
            waiting += more
        return found


@functools.cache
def load() -> dict[str, Structure]:
    """Every declared structure, by the name of its table; a table of ratios after the one that it takes from."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = {name: Structure(**entry) for name, entry in data.items()}
    return dict(sorted(found.items(), key=lambda item: item[1].reprend is not None))


def protected() -> dict[str, Structure]:
    """Those of the tables of which something is hidden."""
    return {name: structure for name, structure in load().items() if not structure.ouvert}


def sums_of(source: str) -> list[str]:
    """The sums of a survey's questionnaire. A part and its whole are of the same respondents: hidden alike."""
    asked = catalogue.load(source).questionnaire
    return [i.regle for i in asked.identites if i.rule.sign == "="] if asked else []


def linear(rule: Rule) -> dict[str, float]:
    """The weights of a rule's names in left - right; under the empty name, 1 where it is an inequality."""
    sign = -1 if rule.sign == ">=" else 1
    nothing = dict.fromkeys(rule.names, Decimal(0))

    def gap(values: dict[str, Decimal]) -> Decimal:
        left, right = rule.sides(values)
        return left - right

    weights = {name: float(gap({**nothing, name: Decimal(1)}) - gap(nothing)) * sign for name in sorted(rule.names)}
    return {**weights, "": 0.0 if rule.sign == "=" else 1.0}
