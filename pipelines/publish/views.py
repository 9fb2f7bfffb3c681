"""What pages, sheets and workbooks read of a release: the views of its public file, each with its words and its rows.

A view is a file of sql/vues/: its header says how people see it (title, headings, formats, note, what an empty cell
means), its query what they see. Nothing under publish/ or releases/ asks the database anything else.
"""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from pipelines.edition import models
from pipelines.edition.models import Model
from pipelines.errors import BuildError, Place
from pipelines.publish import public
from pipelines.publish.numbers import BETWEEN, NBSP, PARTIAL, ShownColumn, capital, french, in_words
from pipelines.publish.rows import Row, Value, text_of

# How a column is shown where its header doesn't say: by its type in the file.
KINDS = {"VARCHAR": "text", "DATE": "date", "BOOLEAN": "bool", "INTEGER": "n0", "BIGINT": "n0"}
GEOGRAPHY = "reference.territoires"
SIGNS = "statuts"  # the view that gives each statut its sign
# What tells the lines of a view apart, for who joins them with other tables; pages go without.
KEYS = {"niveau": "Niveau du territoire", "code": "Code du territoire"}
LINK = re.compile(r"\[([^\][]+)\]\(([\w./#-]+)\)")
_OPTIONAL = re.compile(r"\[\[(.+?)\]\]")
_FIELD = re.compile(r"\{(\w+)(?::(\w+))?\}")
_CASES = {
    "minuscule": lambda text: text[:1].lower() + text[1:],
    "majuscule": capital,
}


def typographic(text: str) -> str:
    """Words of a header as they are printed: SQL files have the keyboard's apostrophe."""
    return text.replace("'", "’")


@dataclass(frozen=True)
class View:
    """One view: all its columns by name, those that people see having a heading, and its rows in its own order."""

    model: Model
    columns: dict[str, ShownColumn]
    rows: list[Row]

    @property
    def shown(self) -> list[ShownColumn]:
        """The columns of its table, in order."""
        return [column for column in self.columns.values() if column.label]

    @property
    def title(self) -> str:
        """Its title, where `{…}` stands for columns of its first row."""
        return typographic(self.model.title.removesuffix("."))

    @property
    def note(self) -> str:
        """What is said under its table."""
        return typographic(self.model.notes)


class Views:
    """The views of one public file. Each is read once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._models = {model.table: model for model in models.views()}
        self._indexes: dict[tuple[str, tuple[str, ...]], dict[tuple[Value, ...], list[Row]]] = {}

    @functools.cached_property
    def publication(self) -> Row:
        """The edition, the region and its name, and whether all is fictitious."""
        return self.view("publication").rows[0]

    @functools.cache  # noqa: B019  # one object a publication
    def view(self, name: str) -> View:
        """A view by its name, without its schema. Raises BuildError where there is none of that name."""
        model = self._models.get(name)
        if model is None:
            raise BuildError(
                f"Une page ou une fiche montre la vue « {name} », qui n'existe pas.",
                expected="un fichier sql/vues/" + name + ".sql",
                todo="corriger son nom là où elle est citée (pipelines/publish/)",
            )
        return self.table(model)

    def table(self, model: Model) -> View:
        """A table of the publication as it stands, with its words: a mart, or a view."""
        types = models.described(self._connection, model)
        columns = {key: self._column(model, key, kind) for key, kind in types if key != public.FICTIF_COLUMN}
        for key, column in columns.items():
            if f"{key}_detail" in columns:
                columns[key] = replace(column, detail=columns[f"{key}_detail"].kind)
        return View(model, columns, list[Row](public.rows(self._connection, f"FROM {model.name}")))

    def first(self, view: View) -> Row:
        """What the words of a whole view may cite: the publication, and its first row."""
        return {**self.publication, **(view.rows[0] if view.rows else dict.fromkeys(view.columns))}

    def whole(self, view: View) -> tuple[list[ShownColumn], list[Row]]:
        """The columns and rows of a spreadsheet: what people see, an interval as its two bounds, then the keys.

        Two columns of one heading are told apart by what they are.
        """
        first = self.first(view)
        made = [each for column in view.shown for each in _bounds(headed(column, first, view.columns), view.columns)]
        known = {column.key for column in made}
        missing = [k for k in KEYS if k in view.columns and not {k, f"{k}_libelle"} & known]
        made += [replace(view.columns[key], label=KEYS[key]) for key in missing]
        seen = Counter(column.heading for column in made)
        made = [replace(c, label=capital(c.description)) if seen[c.heading] > 1 else c for c in made]
        if "niveau" not in missing:
            return made, view.rows
        names = {row["code"]: row["libelle"] for row in self.rows("libelles", {"colonne": "niveau"})}
        return made, [{**row, "niveau": names.get(row["niveau"], row["niveau"])} for row in view.rows]

    @functools.cached_property
    def signs(self) -> dict[str, str]:
        """The sign of each statut, in place of a number that isn't there."""
        found = public.rows(self._connection, f"FROM {models.VIEWS}.{SIGNS}")
        return {row["statut"]: row["signe"] for row in found}

    @property
    def signs_told(self) -> list[Row]:
        """The signs of tables of numbers: those in place of one, and the mark beside one that is partial."""
        return [row for row in self.view("signes").rows if row["liste"] == "signe" or row["signe"] == PARTIAL]

    @functools.cached_property
    def mark(self) -> str:
        """What the mark of a partial number means."""
        return next(f"{PARTIAL}{NBSP}{row['sens']}." for row in self.signs_told if row["signe"] == PARTIAL)

    def why_empty(self, model: Model) -> str:
        """Why a table of the publication has no line."""
        return str(self._origin(model)["motif"])

    def _origin(self, model: Model) -> Row:
        return self.rows("provenances", {"objet": model.name})[0]

    def nothing(self, view: View) -> str:
        """What is said where a view has no row for who reads it; empty where nothing is to be said.

        That a source wasn't received is only said of an edition that has none of those that the view reads.
        """
        model = view.model
        if not model.unreceived:
            return typographic(model.empty)
        if not self._origin(model)["recue"]:
            return typographic(model.unreceived)
        return "Les extraits reçus n’ont rien ici." if view.rows else capital(self.why_empty(model)) + "."

    def rows(self, name: str, where: Mapping[str, Any]) -> list[Row]:
        """The rows of a view, in its order, whose columns have these values (one; or any of a list, in its order)."""
        found = self.view(name)
        unknown = sorted(where.keys() - found.columns.keys())
        if unknown:
            raise BuildError(
                f"La vue « {name} » n'a pas de colonne {', '.join(unknown)}.",
                where=Place(file=f"sql/vues/{name}.sql"),
                expected="l'une de : " + ", ".join(found.columns),
            )
        if not where:
            return found.rows
        keys = tuple(sorted(where))
        if any(isinstance(value, list) for value in where.values()):
            wanted = {k: v if isinstance(v, list) else [v] for k, v in where.items()}
            kept = [r for r in found.rows if all(r[k] in wanted[k] for k in keys)]
            return sorted(kept, key=lambda r: [wanted[k].index(r[k]) for k in keys])
        if (name, keys) not in self._indexes:
            index: dict[tuple[Value, ...], list[Row]] = defaultdict(list)
            for row in found.rows:
                index[tuple(row[k] for k in keys)].append(row)
            self._indexes[name, keys] = index
        return self._indexes[name, keys].get(tuple(where[k] for k in keys), [])

    def sources(self, *names: str | None) -> str:
        """How a figure cites sources: those that the edition holds, each once."""
        cited = {text_of(r, "source"): text_of(r, "citation") for r in self.view("sources").rows if r["presente"]}
        return " ; ".join(dict.fromkeys(cited[name] for name in names if name in cited))

    def cited(self, view: View, rows: Sequence[Row], *others: str) -> str:
        """Whom a view cites: the sources that its rows name, else those from which it comes; then others.

        All tables of territories read the geography: it is cited where there is nothing else.
        """
        named = next((name for name in ("sources", "source") if name in view.columns), None)
        if named:
            return self.sources(*(source for row in rows for source in text_of(row, named, "").split()), *others)
        read = models.sources_of(view.model.name)
        return self.sources(*sorted(read - models.sources_of(GEOGRAPHY) or read), *others)

    def _column(self, model: Model, key: str, sql: str) -> ShownColumn:
        words = models.column_words(model, key)
        kind = words.kind or _kind(key, words.unit, sql, view=model.schema == models.VIEWS)
        return ShownColumn(
            key,
            typographic(words.label),
            kind,
            empty=words.empty,
            unit=words.unit,
            description=words.description,
            signs=self.signs,
        )


def _kind(key: str, unit: str, sql: str, *, view: bool) -> str:
    """How a column is shown that doesn't say it: a mart shows its hundredths, a view rounds."""
    if unit == "année" or (not view and sql == "INTEGER" and key.startswith(("annee", "millesime"))):
        return "year"
    if unit.startswith("part") and sql.startswith("DECIMAL") and not view:
        return "pct1"
    return KINDS.get(sql, "n1" if view or sql.endswith(",1)") else "n2")


def _bounds(column: ShownColumn, columns: Mapping[str, ShownColumn]) -> list[ShownColumn]:
    """An interval as two columns of numbers; any other column alone."""
    if not column.kind.startswith(BETWEEN):
        return [column]
    kind, high = column.kind.removeprefix(BETWEEN), columns[column.key.replace("bas", "haut")]
    return [
        replace(column, label=f"{column.label}, borne basse", kind=kind),
        replace(high, label=f"{column.label}, borne haute", kind=kind, unit=column.unit, empty=column.empty),
    ]


def headed(column: ShownColumn, row: Row, columns: Mapping[str, ShownColumn]) -> ShownColumn:
    """A column whose heading names the year that it shows."""
    return replace(column, label=say(column.label, row, columns))


def say(template: str, values: Row, columns: Mapping[str, ShownColumn] | None = None) -> str:
    """A sentence from its template: `{column}` is a value as its column shows it, `{column:n1}` in another format.

    What stands between `[[` and `]]` is said only if each value in it is known; else what follows `||` in it. An
    unknown value elsewhere is the sign that says why: « nd » where nobody knows.
    """

    def optional(part: re.Match[str]) -> str:
        text, _, otherwise = part[1].partition("||")
        known = all(values.get(name) not in (None, "") for name, _ in _FIELD.findall(text))
        return text if known else otherwise

    def field(part: re.Match[str]) -> str:
        name, asked = part[1], part[2]
        if name not in values:
            raise BuildError(
                f"« {template} » cite {{{name}}}, qui n'est ni une colonne de la vue ni un nom de la page.",
                expected="l'un de : " + ", ".join(values),
            )
        if asked in _CASES:
            return str(_CASES[asked](str(values[name])))
        if columns and name in columns and not asked:
            return in_words(values, columns[name])
        return french(values[name], asked or "text")

    return _FIELD.sub(field, _OPTIONAL.sub(optional, template))


def unlinked(text: str) -> str:
    """A sentence whose `[words](address)` are the words alone: where nothing can be followed."""
    return LINK.sub(r"\1", text)
