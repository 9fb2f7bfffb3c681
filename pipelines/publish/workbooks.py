"""The workbooks of a release: its tables for people, one file a theme, one sheet a table (classeurs.yml).

A sheet says its title, source, dates and notes above its headings, which are words and not column names; codes have
their names beside them; a column that says the same on every line is told once, above. An empty number is a sign that
says why (signes.py). Text is written as text: nothing in a cell can become a formula.

A workbook is for reading, and writing one is slow (some 100 000 cells a second): a sheet holds the newest whole years
that fit into LINES lines, and says which years it leaves to the CSV files, where everything is.
"""

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
import yaml

from pipelines.edition import models
from pipelines.edition.models import Model
from pipelines.publish import signes
from pipelines.publish.public import FICTIF, FICTIF_COLUMN, Written

LINES = 5_000
TOO_LONG = "Trop de lignes pour un classeur : cette table est dans les fichiers CSV et Parquet du même nom."
FOLDER = "classeurs"
README = "Lisez-moi"
# What Excel takes: a longer text would be refused.
CELL = 32_767


@dataclass(frozen=True)
class Column:
    """One column of a sheet: heading, what it is, how its numbers are shown."""

    name: str
    heading: str
    unit: str
    description: str
    kind: str

    @property
    def is_number(self) -> bool:
        """A measure or a year; what is no number is text, a date, or yes and no."""
        return self.kind.endswith("INT") or self.kind == "INTEGER" or self.kind.startswith("DECIMAL")


@dataclass(frozen=True)
class Sheet:
    """One table as people read it: columns, lines, and what is said above them."""

    name: str
    model: Model
    columns: list[Column]
    lines: list[tuple[Any, ...]]
    said: list[str]
    fixed: int = 0


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


def themes(written: list[Written]) -> dict[str, dict[str, str]]:
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


def write(
    connection: duckdb.DuckDBPyConnection, written: list[Written], folder: Path, *, edition: int, fictif: bool
) -> list[Workbook]:
    """Writes the workbooks of the public file into `classeurs/`."""
    (folder / FOLDER).mkdir(parents=True)
    by_name = {w.model.name: w for w in written}
    dates = {
        source: f"{source} {millesime} ({date:%d/%m/%Y})"
        for source, millesime, date in connection.execute(
            "SELECT source, millesime, date_reference FROM reference.millesimes WHERE reference ORDER BY source"
        ).fetchall()
    }
    made = []
    for theme, names in themes(written).items():
        book = Workbook(
            file=f"{FOLDER}/{'FICTIF-' if fictif else ''}{theme}.xlsx",
            title=layout()["classeurs"][theme]["titre"],
            sheets={sheet: by_name[table].model for table, sheet in names.items()},
        )
        _write(
            folder, book, [_sheet(connection, by_name[t], n, dates) for t, n in names.items()], edition, fictif=fictif
        )
        made.append(book)
    return made


# --- What a sheet holds -------------------------------------------------------------------------------


def _sheet(connection: duckdb.DuckDBPyConnection, table: Written, name: str, dates: dict[str, str]) -> Sheet:
    model = table.model
    used = [dates.get(s, f"{s} (absente)") for s in sorted(models.sources_of(model.name))]
    said = [f"Source : {model.source}."]
    said += [f"Millésimes de référence et dates décrites : {', '.join(used)}."] if used else []
    said += [f"Note : {model.notes}"] if model.notes else []
    crossed = model.name in layout()["croisees"]
    columns, lines, left = (_crossed if crossed else _straight)(connection, table)
    if left:
        said.append(left)
    columns, lines, same = _told_once(model, columns, lines)
    if same:
        said.append("Pour toutes les lignes : " + " ; ".join(same) + ".")
    # Two columns of one heading are told by their whole description.
    seen = Counter(c.heading for c in columns)
    columns = [
        replace(c, heading=c.description[:1].upper() + c.description[1:]) if seen[c.heading] > 1 else c for c in columns
    ]
    return Sheet(
        name, model, columns, lines, said, fixed=len([c for c in columns if not c.is_number]) if crossed else 0
    )


def _column(model: Model, name: str, kind: str) -> Column:
    words = models.Words("nom qui correspond au code") if name in layout()["noms"] else None
    words = words if words and name not in model.columns else models.column_words(model, name)
    first = words.description
    for end in (" : ", " ; ", ", ", " ("):
        first = first.split(end)[0]
    own = layout()["intitules"].get(name)
    return Column(name, own or first[:1].upper() + first[1:], words.unit, words.description, kind)


def _named(table: Written) -> list[tuple[str, str, str]]:
    """Name, type and SQL of each column that people read: codes with their names."""
    here = {name for name, _ in table.columns}
    shown: list[tuple[str, str, str]] = []
    for name, kind in table.columns:
        shown.append((name, kind, f'm."{name}"'))
        for new, rule in layout()["noms"].items():
            if rule.get("sauf") in here:
                continue
            if rule.get("apres") == name and (name != "code" or "niveau" in here):
                shown.append((new, "VARCHAR", f"({rule['lu']})"))
            elif new == name and "apres" not in rule:
                shown[-1] = (name, kind, f'coalesce(({rule["lu"]}), m."{name}")')
    return shown


def _year(table: Written) -> str | None:
    here = {name for name, _ in table.columns}
    return next((name for name in ("annee", "millesime") if name in here and name in table.model.grain), None)


def _newest(connection: duckdb.DuckDBPyConnection, table: Written) -> tuple[str, str]:
    """Condition on the newest whole years that fit, and the sentence on what is left out."""
    year, name = _year(table), table.model.name
    years = connection.execute(f"SELECT {year or 'NULL'}, count(*) FROM {name} GROUP BY ALL ORDER BY 1 DESC").fetchall()
    total, kept = 0, []
    for value, count in years:
        total += count
        if total > LINES:
            break
        kept.append(value)
    if len(kept) == len(years):
        return "true", ""
    where = "le reste est dans les fichiers CSV et Parquet du même nom"
    if not kept:
        return (
            "false",
            "Trop de lignes pour un classeur : cette table est dans les fichiers CSV et Parquet du même nom.",
        )
    return f"{year} >= {min(kept)}", f"Depuis {min(kept)} seulement ({year}) : {where}, {name}."


def _straight(connection: duckdb.DuckDBPyConnection, table: Written) -> tuple[list[Column], list[tuple[Any, ...]], str]:
    """The table as it stands, newest year first."""
    condition, left = _newest(connection, table)
    shown = [c for c in _named(table) if c[0] != FICTIF_COLUMN]
    year = _year(table)
    order = ", ".join([f"m.{year} DESC"] * bool(year) + [f'm."{k}"' for k in table.model.grain if k != year])
    read = ", ".join(sql for _, _, sql in shown)
    lines = connection.execute(
        f"SELECT {read} FROM {table.model.name} AS m WHERE {condition} ORDER BY {order}"
    ).fetchall()
    return [_column(table.model, name, kind) for name, kind, _ in shown], lines, left


def _crossed(connection: duckdb.DuckDBPyConnection, table: Written) -> tuple[list[Column], list[tuple[Any, ...]], str]:
    """A column per value of one column of the grain; a cell is its number, or the sign of its statut."""
    rule = layout()["croisees"][table.model.name]
    across, value = rule["colonnes"], rule["valeur"]
    keys = [k for k in (*table.model.grain, *rule.get("avec", ())) if k != across]
    named = _named(Written(table.model, 0, [c for c in table.columns if c[0] in keys]))
    statut = "m.statut" if "statut" in dict(table.columns) else "NULL"
    read = ", ".join([*(sql for _, _, sql in named), rule.get("lu", f"m.{across}"), f"m.{value}", statut])
    order = ", ".join(f"m.{k} DESC" if k == _year(table) else f"m.{k}" for k in [*keys, across])
    cells = connection.execute(f"SELECT {read} FROM {table.model.name} AS m ORDER BY {order}").fetchall()
    measure = _column(table.model, value, dict(table.columns)[value])
    numbers: dict[Any, Column] = {
        key: replace(
            measure,
            name=value,
            heading=str(key)[:1].upper() + str(key)[1:],
            description=f"{measure.description} ({across} : {key})",
        )
        for key in sorted({cell[-3] for cell in cells}, key=_natural)
    }
    if across == "variable":
        numbers = _variables(connection, measure, numbers)
    # A year that a source doesn't tell exists all the same; an age band or a variable of another source doesn't.
    empty = signes.of_empty("nd" if across == "annee" else "sans objet")
    found: dict[tuple[Any, ...], dict[Any, Any]] = {}
    for *key, of, number, why in cells:
        found.setdefault(tuple(key), {})[of] = signes.of_empty(why) if number is None else number
    columns = [*(_column(table.model, name, kind) for name, kind, _ in named), *numbers.values()]
    if len(found) > LINES:
        return columns, [], TOO_LONG
    lines = [(*key, *(line.get(n, empty) for n in numbers)) for key, line in found.items()]
    return (
        columns,
        lines,
        "Le statut et le millésime de chaque nombre sont dans les fichiers CSV et Parquet du même nom.",
    )


def _variables(connection: duckdb.DuckDBPyConnection, measure: Column, known: dict[Any, Column]) -> dict[Any, Column]:
    """The variables of the SAE in the order of its tables, with their words."""
    words = connection.execute(
        "SELECT variable, libelle, mesure, filiere FROM reference.variables_sae ORDER BY ordre, variable"
    ).fetchall()
    return {
        variable: replace(
            measure,
            heading=f"{label}\n({counted})",
            description=f"{label}, {counted}, personnels : {staff} (variable {variable} de la SAE)",
        )
        for variable, label, counted, staff in words
        if variable in known
    }


def _natural(value: Any) -> tuple[int, bool, str]:
    """Order of headings: by their first number; what is under it comes before what begins at it."""
    number = re.search(r"\d+", str(value))
    return int(number[0]) if number else 0, not str(value).startswith("Moins"), str(value)


def _told_once(
    model: Model, columns: list[Column], lines: list[tuple[Any, ...]]
) -> tuple[list[Column], list[tuple[Any, ...]], list[str]]:
    """Takes out the columns that say one thing, or nothing, on all lines: it is told above. Measures stay."""
    if len(lines) < 2:
        return columns, lines, []
    once: dict[int, str] = {}
    for rank, column in enumerate(columns):
        if column.is_number and column.unit != "année" and column.name not in ("revision", *model.grain):
            continue
        values = {line[rank] for line in lines}
        if len(values) == 1:
            (value,) = values
            once[rank] = "" if value is None else f"{column.heading} = {_text(value)}"
    kept = [rank for rank in range(len(columns)) if rank not in once]
    return [columns[r] for r in kept], [tuple(line[r] for r in kept) for line in lines], [s for s in once.values() if s]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else str(value)[:CELL]


# --- How it is written --------------------------------------------------------------------------------


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14, "font_color": "#1b3a5c"})
        self.fictif = book.add_format({**base, "bold": True, "font_color": "#9c0006", "bg_color": "#ffc7ce"})
        self.said = book.add_format({**base, "font_color": "#444444"})
        self.heading = book.add_format(
            {**base, "bold": True, "bg_color": "#1b3a5c", "font_color": "#ffffff", "text_wrap": True, "border": 1}
        )
        self.text = book.add_format(base)
        self.wrapped = book.add_format({**base, "text_wrap": True})
        self.link = book.add_format({**base, "font_color": "#1b3a5c", "underline": 1})
        self.bold = book.add_format({**base, "bold": True})
        self.sign = book.add_format({**base, "align": "right", "italic": True, "font_color": "#666666"})
        self.date = book.add_format({**base, "num_format": "dd/mm/yyyy"})
        self.numbers = {
            code: book.add_format({**base, "num_format": code})
            for code in ("0", "#,##0", "#,##0.0", "#,##0.00", "0.0%")
        }

    def number(self, column: Column) -> Any:
        """How the numbers of a column are shown; separators and comma are those of the reader's computer."""
        if column.unit.startswith("part"):
            return self.numbers["0.0%"]
        if column.unit == "année" or column.name.startswith(("annee", "millesime")):
            return self.numbers["0"]
        if not column.kind.startswith("DECIMAL"):
            return self.numbers["#,##0"]
        return self.numbers["#,##0.0" if column.kind.endswith(",1)") else "#,##0.00"]


def _write(folder: Path, workbook: Workbook, sheets: list[Sheet], edition: int, *, fictif: bool) -> None:
    book = xlsxwriter.Workbook(str(folder / workbook.file), {"in_memory": True})
    book.set_properties(
        {
            "title": workbook.title,
            "subject": f"Atlas des professions et des spécialités médicales, édition {edition}",
            "comments": FICTIF if fictif else "",
            # No clock is released: the same content gives the same bytes.
            "created": dt.datetime(edition, 1, 1, tzinfo=dt.UTC),
        }
    )
    formats = _Formats(book)
    front = book.add_worksheet(README)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, formats, fictif=fictif)
    _write_front(front, workbook, sheets, formats, edition, fictif=fictif)
    book.close()


def _head(page: Any, title: str, formats: _Formats, *, fictif: bool) -> int:
    page.hide_gridlines(2)
    page.write_string(0, 0, title, formats.title)
    if fictif:
        page.write_string(1, 0, f"{FICTIF} : aucun de ces nombres ne décrit la réalité.", formats.fictif)
    return 2 if fictif else 1


def _write_front(
    page: Any, workbook: Workbook, sheets: list[Sheet], formats: _Formats, edition: int, *, fictif: bool
) -> None:
    """The first sheet: what is where, the signs, and what each column is."""
    row = _head(page, workbook.title, formats, fictif=fictif)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 46)
    page.set_column(2, 2, 24)
    page.set_column(3, 3, 100)
    page.write_string(row, 0, f"Atlas des professions et des spécialités médicales, édition {edition}", formats.said)
    row += 2
    page.write_string(row, 0, "Feuilles", formats.bold)
    for sheet in sheets:
        row += 1
        page.write_url(row, 0, f"internal:'{sheet.name}'!A1", formats.link, sheet.name)
        page.write_string(row, 1, sheet.model.title, formats.text)
    row += 2
    page.write_string(row, 0, "Signes d'une case sans nombre", formats.bold)
    for sign in signes.EMPTY:
        row += 1
        page.write_string(row, 0, sign, formats.text)
        page.write_string(row, 1, signes.SIGNS[sign], formats.text)
    row += 1
    page.write_string(row, 0, "(vide)", formats.text)
    page.write_string(row, 1, "dans une colonne de texte : rien à dire", formats.text)
    row += 2
    for rank, heading in enumerate(("Feuille", "Colonne", "Unité", "Ce qu'elle dit")):
        page.write_string(row, rank, heading, formats.heading)
    for sheet in sheets:
        for column in sheet.columns:
            row += 1
            heading = column.heading.replace("\n", " ")
            for rank, said in enumerate((sheet.name, heading, column.unit, column.description)):
                page.write_string(row, rank, said, formats.text)


def _write_sheet(page: Any, sheet: Sheet, formats: _Formats, *, fictif: bool) -> None:
    row = _head(page, sheet.model.title.rstrip("."), formats, fictif=fictif)
    for sentence in sheet.said:
        page.write_string(row, 0, sentence, formats.said)
        row += 1
    top = row + 1
    page.set_row(top, 62)
    for rank, column in enumerate(sheet.columns):
        unit = f"\n({column.unit})" if column.unit and column.unit != "année" else ""
        page.write_string(top, rank, column.heading + unit, formats.heading)
        page.set_column(rank, rank, _width(sheet, rank))
    writers = [_writer(page, column, sheet, formats) for column in sheet.columns]
    for number, line in enumerate(sheet.lines, top + 1):
        for rank, (value, put) in enumerate(zip(line, writers, strict=True)):
            put(number, rank, value, line)
    if sheet.columns:
        page.autofilter(top, 0, top + max(len(sheet.lines), 1), len(sheet.columns) - 1)
    page.freeze_panes(top + 1, sheet.fixed)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _width(sheet: Sheet, rank: int) -> float:
    if sheet.columns[rank].is_number:
        return 12
    longest = max((len(_text(line[rank])) for line in sheet.lines[:200] if line[rank] is not None), default=0)
    return min(max(longest + 1, 10), 50)


Put = Callable[[int, int, Any, tuple[Any, ...]], None]


def _writer(page: Any, column: Column, sheet: Sheet, formats: _Formats) -> Put:
    """What writes the cells of a column: numbers as numbers, all else as text."""
    if not column.is_number:

        def text(row: int, rank: int, value: Any, line: tuple[Any, ...]) -> None:
            if type(value) is str and value:
                page.write_string(row, rank, value[:CELL], formats.text)
            elif isinstance(value, dt.date):
                page.write_datetime(row, rank, value, formats.date)
            elif value is not None and value != "":
                page.write_string(row, rank, _text(value), formats.text)

        return text
    names = [c.name for c in sheet.columns]
    statut = next((names.index(n) for n in (f"{column.name}_statut", "statut") if n in names), None)
    unit = next((names.index(n) for n in ("unite", "unite_indicateur") if n in names), None)
    plain, share = formats.number(column), formats.numbers["0.0%"]
    follows = unit is not None and column.name in ("valeur", "bas", "haut", "valeur_region", "valeur_france")
    absent = "sans objet" if column.name in layout()["sans_objet"] else None

    def number(row: int, rank: int, value: Any, line: tuple[Any, ...]) -> None:
        if type(value) is str:  # already a sign
            page.write_string(row, rank, value, formats.sign)
            return
        if value is not None:
            as_share = follows and unit is not None and str(line[unit]).startswith("part")
            page.write_number(row, rank, float(value), share if as_share else plain)
            return
        why = line[statut] if statut is not None else None
        sign = signes.of_empty(why if signes.sign(why) in signes.EMPTY else absent)
        page.write_string(row, rank, sign, formats.sign)

    return number
