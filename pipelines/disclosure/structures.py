"""The declared structures of the tables that are published protected (structures.yml)."""

import functools
from pathlib import Path
from typing import Literal

import yaml
from pydantic import model_validator

from pipelines.strict import Strict

FILE = Path(__file__).with_name("structures.yml")


class Removed(Strict):
    """Rows that are not published at all (a SQL condition), and why."""

    condition: str
    raison: str


class Taken(Strict):
    """The table of which a table of ratios takes its terms: per indicator, the questions."""

    table: str
    enquete: str
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


@functools.cache
def load() -> dict[str, Structure]:
    """Every declared structure, by the name of its table; a table of ratios after the one that it takes from."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = {name: Structure(**entry) for name, entry in data.items()}
    return dict(sorted(found.items(), key=lambda item: item[1].reprend is not None))


def protected() -> dict[str, Structure]:
    """Those of the tables of which something is hidden."""
    return {name: structure for name, structure in load().items() if not structure.ouvert}
