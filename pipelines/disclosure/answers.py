"""What a protected table shows, and the answers that its lines sum."""

from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.disclosure.sensitive import Sums
from pipelines.disclosure.structures import Structure
from pipelines.edition.models import Model
from pipelines.errors import BuildError, Place

TERRITORY = ("niveau", "code")
CONTRIBUTOR, COUNTS, POPULATION = "contributeur", "denombre", "population"
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Shown:
    """A table as it is, or was, shown, and the query of the lines that it sums."""

    table: str
    contributions: str


@dataclass
class Given:
    """What one respondent (or the lines of one place, where none is named) makes of a measure at one moment."""

    places: Key
    sums: Sums


# Answers are by dimensions, measure, and who gives them; atoms, by where these are each time (None: nowhere).
# A moment has two times: what is asked of a year, and what the campaign after asks again of it, under that year.
Answers = dict[tuple[Key, str, Any], Given]


class Axes:
    """The dimensions of a table, and what its structure says of the questions that stand in one of them."""

    def __init__(self, model: Model, structure: Structure) -> None:
        self.model, self.structure = model, structure
        self.dimensions = [k for k in model.grain if k not in TERRITORY]
        self.again = {then: now for now, then in structure.annee_precedente.items()}

    def kind(self, dims: Key, measure: str) -> Key:
        """What is measured: a long table names it in a dimension."""
        return (dims[self.dimensions.index("question")],) if "question" in self.dimensions else (measure,)

    def asked(self, dims: Key, *, again: bool) -> Key:
        """The dimensions under which the campaign after asks `dims` again, or those that `dims` asks again."""
        named = dict(zip(self.dimensions, dims, strict=True))
        questions, years = (self.again, 1) if again else (self.structure.annee_precedente, -1)
        named |= {"question": questions[named["question"]], "annee": named["annee"] + years}
        return tuple(named.values())

    def repeats(self, dims: Key) -> bool:
        """Whether a question asks again what the campaign before asked."""
        return "question" in self.dimensions and self.kind(dims, "")[0] in self.structure.annee_precedente


def wrong(model: Model, what: str) -> BuildError:
    """The error of a structure that is not its table's."""
    return BuildError(
        f"La structure déclarée de {model.name} n'est pas la sienne : {what}.",
        where=Place(file="pipelines/disclosure/structures.yml"),
        expected="des contributions dont les sommes sont les cases de la table",
        todo="corriger la structure, ou la retirer : la table n'est alors pas publiée",
    )


def present_in(connection: duckdb.DuckDBPyConnection, axes: Axes, table: str) -> dict[Key, Key]:
    """The measures of each line of the table, by its dimensions then its territory."""
    keys = [*axes.dimensions, *TERRITORY]
    named = ", ".join(f'"{k}"' for k in [*keys, *axes.structure.mesures])
    sums = f"WHERE NOT ({axes.structure.hors})" if axes.structure.hors else ""
    rows = connection.execute(f"SELECT {named} FROM {table} {sums}").fetchall()
    return {row[: len(keys)]: row[len(keys) :] for row in rows}


def answers_to(
    connection: duckdb.DuckDBPyConnection, axes: Axes, query: str, territories: set[Key]
) -> tuple[Answers, Answers]:
    """What each respondent makes of each measure, and the territories of the table in which he lies.

    What is asked again of the year before is apart, under the dimensions of that year.
    """
    cursor = connection.execute(query)
    names = [d[0] for d in cursor.description or []]
    known = {*axes.dimensions, *axes.structure.mesures, CONTRIBUTOR, COUNTS, POPULATION}
    levels = [n for n in names if n not in known]
    first: Answers = {}
    again: Answers = {}
    for row in sorted(cursor.fetchall(), key=str):  # the same order, so the same cells hidden, from run to run
        line = dict(zip(names, row, strict=True))
        dims = tuple(line[d] for d in axes.dimensions)
        places = tuple((n, line[n]) for n in levels if (n, line[n]) in territories)
        named = line.get(CONTRIBUTOR)
        answers, key = (again, axes.asked(dims, again=False)) if axes.repeats(dims) else (first, dims)
        for measure in axes.structure.mesures:
            if line[measure] is None:
                continue
            value = float(line[measure])
            people = line.get(POPULATION)
            sums = Sums(value, None if people is None else float(people), bool(line.get(COUNTS, True)))
            sums.by_contributor |= {named: value} if named else {}
            answer = answers.setdefault((key, measure, named or places), Given(places, Sums()))
            if answer.places != places:
                raise wrong(axes.model, f"{named} répond de deux territoires")
            answer.sums.add(sums)
    return first, again
