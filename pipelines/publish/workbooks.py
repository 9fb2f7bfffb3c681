"""The workbooks of a release: its tables for people, one file a theme, one sheet a table (classeurs.yml).

A sheet of a view is the view, with its own words. A mart is laid out for people: codes have their names
(vues.libelles), numbers of one line each are crossed, a column that says the same on every line is told once, above.
xlsx.py writes them.
"""

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.edition import models
from pipelines.edition.models import Model
from pipelines.publish import xlsx
from pipelines.publish.numbers import BY_ROW, ShownColumn, capital, french
from pipelines.publish.public import WrittenTable
from pipelines.publish.rows import Line, Row, Value, text_of, whole_of
from pipelines.publish.views import View, Views, say, typographic, unlinked

LINES = 1_000_000  # Excel takes 1 048 576, headings and all
FOLDER = "classeurs"
START = "commencer-ici"
TOO_LONG = "Trop de lignes pour un classeur : cette table est dans les fichiers CSV et Parquet du même nom."


@dataclass(frozen=True)
class Workbook:
    """One written workbook: file name, title, and its tables by sheet."""

    file: str
    title: str
    sheets: dict[str, Model]


@functools.cache
def layout() -> dict[str, Any]:
    """How tables are shared out and named (classeurs.yml)."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("classeurs.yml").read_text(encoding="utf-8"))
    return found


def start() -> dict[str, str]:
    """The views that most people come for, in order, each with its name: {table: name}."""
    return dict(layout()["classeurs"][START]["feuilles"])


def themes(written: list[WrittenTable]) -> dict[str, dict[str, str]]:
    """The sheets of each workbook, by theme: {table: sheet}; tables of atlas and fiches without a theme come last."""
    released = {w.model.name: w.model for w in written}
    declared = {name: dict(book["feuilles"]) for name, book in layout()["classeurs"].items()}
    placed = {table for sheets in declared.values() for table in sheets}
    declared["autres"] |= {
        name: model.table.replace("_", " ").capitalize()[:31]
        for name, model in released.items()
        if model.schema in ("atlas", "fiches") and name not in placed
    }
    kept = {name: {t: s for t, s in sheets.items() if t in released} for name, sheets in declared.items()}
    return {name: sheets for name, sheets in kept.items() if sheets}


def file_name(theme: str, *, fictif: bool) -> str:
    """Where the workbook of a theme is, from the release's folder."""
    return f"{FOLDER}/{'FICTIF-' if fictif else ''}{theme}.xlsx"


def write(
    connection: duckdb.DuckDBPyConnection, written: list[WrittenTable], folder: Path, *, edition: int, fictif: bool
) -> list[Workbook]:
    """Writes the workbooks of the public file into `classeurs/`; a table without a line is told, and has no sheet."""
    (folder / FOLDER).mkdir(parents=True)
    sheets = Sheets(Views(connection))
    by_name = {w.model.name: w for w in written}
    made = []
    for theme, names in themes(written).items():
        filled = {table: sheet for table, sheet in names.items() if by_name[table].rows}
        if not filled:
            continue
        book = Workbook(
            file=file_name(theme, fictif=fictif),
            title=layout()["classeurs"][theme]["titre"],
            sheets={sheet: by_name[table].model for table, sheet in filled.items()},
        )
        front = xlsx.Front(
            title=book.title,
            edition=edition,
            fictif=fictif,
            signs=[(text_of(r, "signe"), text_of(r, "sens")) for r in sheets.views.signs_told],
            empty=[(names[t], sheets.views.why_empty(by_name[t].model)) for t in names if t not in filled],
        )
        contents = [sheets.make(by_name[table].model, sheet) for table, sheet in filled.items()]
        xlsx.write(folder / book.file, front, contents)
        made.append(book)
    return made


class Sheets:
    """Makes the sheets of one publication."""

    def __init__(self, views: Views) -> None:
        self.views = views
        self._dates = {
            row["source"]: f"{row['source']} {row['millesime']} ({row['date_reference']:%d/%m/%Y})"
            for row in views.rows("millesimes", {"reference": True})
        }
        self._words: dict[str, dict[str, Row]] = {}
        for row in views.view("libelles").rows:
            self._words.setdefault(text_of(row, "colonne"), {})[text_of(row, "code")] = row

    def make(self, model: Model, name: str) -> xlsx.Sheet:
        """The sheet of a table."""
        return self._view(model, name) if model.schema == models.VIEWS else self._mart(model, name)

    def _view(self, model: Model, name: str) -> xlsx.Sheet:
        view = self.views.view(model.table)
        first = self.views.first(view)
        said = [f"Source : {cited}." for cited in [self.views.cited(view, view.rows)] if cited]
        said += [f"Note : {unlinked(say(view.note, first, view.columns))}"] if view.note else []
        return xlsx.Sheet(name, say(view.title, first, view.columns), *self.views.whole(view), said)

    def _mart(self, model: Model, name: str) -> xlsx.Sheet:
        view = self.views.table(model)
        used = [self._dates.get(s, f"{s} (absente)") for s in sorted(models.sources_of(model.name))]
        said = [f"Source : {model.source}."]
        said += [f"Millésimes de référence et dates décrites : {', '.join(used)}."] if used else []
        said += [f"Note : {model.notes}"] if model.notes else []
        columns, rows, left = self._laid_out(view)
        said += [left] if left else []
        columns, same = _told_once(model, columns, rows)
        said += ["Pour toutes les lignes : " + " ; ".join(same) + "."] if same else []
        # Two columns of one heading are told by their whole description.
        seen = Counter(c.label for c in columns)
        columns = [replace(c, label=capital(c.description)) if seen[c.label] > 1 else c for c in columns]
        texts = [c for c in columns if not c.numeric]
        fixed = len(texts) if model.name in layout()["croisees"] else 0
        return xlsx.Sheet(name, typographic(model.title.rstrip(".")), columns, rows, said, fixed)

    def _laid_out(self, view: View) -> tuple[list[ShownColumn], list[Line], str]:
        """The columns and lines of a mart, newest year first, with the sentence on what is left out."""
        cross = layout()["croisees"].get(view.model.name)
        year = next((name for name in ("annee", "millesime") if name in view.model.grain), None)
        newest, left = _newest(view.rows, year)
        rows: list[Line] = [dict(row) for row in newest]
        keys = [k for k in view.model.grain if not cross or k != cross["colonnes"]]
        if year in keys:
            rows.sort(key=lambda row: -whole_of(row, year))
        if cross:
            columns, rows, left = self._crossed(view, [*keys, *cross.get("avec", ())], rows, cross)
        else:
            columns = [_column(view.model, c) for c in view.columns.values()]
            _by_unit(columns, rows, self._words["indicateur"])
            _without_object(columns, rows)
        return self._named(columns, rows), rows, left

    def _named(self, columns: list[ShownColumn], rows: list[Line]) -> list[ShownColumn]:
        """The columns with names for their codes: in their place, or in columns of their own."""
        here = {c.key for c in columns}
        made: list[ShownColumn] = []
        for column in columns:
            made.append(column)
            for name, rule in layout()["noms"].items():
                if rule.get("sauf") in here:
                    continue
                keys = rule.get("cle", [name])
                if rule.get("apres", name) != column.key or not here.issuperset(keys):
                    continue
                words = self._words.get(rule.get("liste", name), {})  # an edition without groups has no name of one
                for row in rows:
                    code = " ".join(str(row[k]) for k in keys)
                    found = words[code][rule.get("mot", "libelle")] if code in words else None
                    row[f"{name}_mots"] = found if "apres" in rule else found or row[name]
                if "apres" in rule:
                    described = "nom qui correspond au code" if "mot" not in rule else "unité de l'indicateur"
                    made.append(ShownColumn(f"{name}_mots", _heading(name, described), description=described))
                else:
                    made[-1] = replace(column, key=f"{name}_mots", kind="text")
        return made

    def _crossed(
        self, view: View, keys: list[str], rows: list[Line], cross: dict[str, Any]
    ) -> tuple[list[ShownColumn], list[Line], str]:
        """A column per value of one column of the grain; a cell is its number, or the sign of its statut."""
        across, value = cross["colonnes"], cross["valeur"]
        measure = _column(view.model, view.columns[value])
        words = self._words.get(across, {})
        made: dict[str, ShownColumn] = {}
        order: dict[str, tuple[Any, str]] = {}
        lines: dict[tuple[Value, ...], Line] = {}
        collected: set[str] = set()
        for row in rows:
            code = str(row[across])
            word = words.get(code, {"libelle": code, "unite": None, "ordre": row[across]})
            key = f"c_{word['libelle']}"
            if key not in made:
                made[key] = _measure(measure, key, word, f"{across} : {code}")
                order[key] = (word["ordre"], text_of(word, "libelle"))
            line = lines.setdefault(tuple(row[k] for k in keys), {k: row[k] for k in keys})
            line[key], line[f"{key}_statut"] = row[value], row.get("statut")
            if row[value] is not None or measure.sign(text_of(row, "statut", "")) != measure.sign(None):
                collected.add(key)
        # A year that a source doesn't tell exists all the same; an age band or a variable of another source doesn't.
        absent = "nd" if across == "annee" else "sans objet"
        for line in lines.values():
            for key in made.keys() - line.keys():
                line[key], line[f"{key}_statut"] = None, absent
        shown = sorted(collected, key=order.__getitem__)
        never = [made[key].label for key in sorted(made.keys() - collected, key=order.__getitem__)]
        said = "Le statut et le millésime de chaque nombre sont dans les fichiers CSV et Parquet du même nom."
        if never:
            said = f"Sans aucun nombre, donc sans colonne : {', '.join(never)}. {said}"
        columns = [_column(view.model, view.columns[k]) for k in keys]
        return [*columns, *(made[key] for key in shown)], list(lines.values()), said


def _measure(measure: ShownColumn, key: str, word: Row, where: str) -> ShownColumn:
    """The column of one value that is crossed: its own words and unit."""
    unit = text_of(word, "unite", measure.unit)
    kind = "pct1" if unit.startswith("part") else measure.kind
    label, said = capital(text_of(word, "libelle")), f"{measure.description} ({where})"
    return replace(measure, key=key, label=label, unit=unit, kind=kind, description=said)


def _heading(key: str, description: str) -> str:
    """The words above a column of a mart: declared, or the first ones of its description."""
    first = description
    for end in (" : ", " ; ", ", ", " ("):
        first = first.split(end)[0]
    return layout()["intitules"].get(key) or capital(first)


def _column(model: Model, column: ShownColumn) -> ShownColumn:
    return replace(column, label=_heading(column.key, models.column_words(model, column.key).description))


def _newest(rows: list[Row], year: str | None) -> tuple[list[Row], str]:
    """The newest whole years that fit into a sheet, and the sentence on what is left out."""
    if len(rows) <= LINES:
        return rows, ""
    kept: set[int] = set()
    total = 0
    counted = Counter(whole_of(row, year) for row in rows) if year else Counter[int]()
    for value, count in sorted(counted.items(), reverse=True):
        total += count
        if total > LINES:
            break
        kept.add(value)
    if not year or not kept:
        return [], TOO_LONG
    left = f"Depuis {min(kept)} seulement : le reste est dans les fichiers CSV et Parquet du même nom."
    return [row for row in rows if row[year] in kept], left


def _by_unit(columns: list[ShownColumn], rows: list[Line], indicators: dict[str, Row]) -> None:
    """Numbers whose unit each line says: a share is shown as one."""
    here = {c.key for c in columns}
    if "unite" in here:
        units: Iterable[Value] = (row["unite"] for row in rows)
    elif "indicateur" in here:
        units = (indicators.get(text_of(row, "indicateur"), {}).get("unite") for row in rows)
    else:
        return
    for row, unit in zip(rows, units, strict=True):
        row["format"] = "pct1" if str(unit).startswith("part") else "n2"
    for rank, column in enumerate(columns):
        if column.key in layout()["selon_unite"] and column.numeric:
            columns[rank] = replace(column, kind=BY_ROW)


def _without_object(columns: list[ShownColumn], rows: list[Line]) -> None:
    """Says « sans objet » of the empty numbers that some lines can't have, where their statut doesn't say why."""
    for column in columns:
        if column.key not in layout()["sans_objet"]:
            continue
        for row in rows:
            if row[column.key] is None and row.get("statut") not in column.signs:
                row[f"{column.key}_statut"] = "sans objet"


def _told_once(model: Model, columns: list[ShownColumn], rows: Sequence[Row]) -> tuple[list[ShownColumn], list[str]]:
    """Takes out the columns that say one thing, or nothing, on all lines: it is told above. Measures stay."""
    if len(rows) < 2:
        return columns, []
    once: dict[str, str] = {}
    for column in columns:
        measure = column.numeric and column.kind != "year" and column.key not in ("revision", *model.grain)
        if measure or column.key.startswith("c_") or len({row[column.key] for row in rows}) > 1:
            continue
        value = rows[0][column.key]
        once[column.key] = "" if value is None else f"{column.label} = {french(value, column.kind)}"
    return [c for c in columns if c.key not in once], [said for said in once.values() if said]


def empty(written: list[WrittenTable], views: Views) -> Iterator[tuple[Model, str]]:
    """The tables of a release that have no line, each with the reason."""
    for table in written:
        if not table.rows:
            yield table.model, views.why_empty(table.model)
