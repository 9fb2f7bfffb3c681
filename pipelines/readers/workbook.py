"""Workbooks: xls, xlsx and Strict OOXML, through calamine.

Calamine hands numbers over as floats: a whole number gets its text form back (`972.0` -> `972`), so
that a code typed as a number stays a code.
"""

import datetime as dt
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import python_calamine

from pipelines.catalogue import Layout, pattern
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, cut_at_stop, text_columns

Cell = int | float | str | bool | dt.date | dt.time | dt.timedelta


def text(cell: Cell) -> str:
    """The text of a cell as its producer wrote it: whole numbers without `.0`, dates in ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # As a spreadsheet shows it, to 15 digits: 2592185.0000000005 is 2592185.
        shown = cell if cell.is_integer() else float(f"{cell:.15g}")
        return str(int(shown)) if shown.is_integer() and abs(shown) < 2**53 else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def headings(rows: list[list[str]]) -> list[str]:
    """Names of columns from one or more header rows: a merged group stands before each of its columns."""
    width = max(len(row) for row in rows)
    padded = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    names = padded[-1]
    for row in reversed(padded[:-1]):
        group, merged = "", []
        for cell, below in zip(row, names, strict=True):
            group = cell or group
            merged.append(f"{group} / {below}" if group and below else cell or below)
        names = merged
    return names


def _why_closed(path: Path) -> str:
    """Why a workbook doesn't open, from its bytes: the library says it in its own terms, in English."""
    with path.open("rb") as handle:
        start = handle.read(4096)
    if start.startswith(b"PK"):
        whole = zipfile.is_zipfile(path)
        return "il est abîmé" if whole else "il est coupé, sa fin manque (le transfert s'est arrêté)"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "il est abîmé, coupé, ou protégé par un mot de passe"
    if b"\x00" not in start:
        return "c'est du texte (un CSV ?) sous un nom de classeur"
    return "ses premiers octets ne sont pas ceux d'un classeur"


def _sheet(path: Path, sheet: str, cells: list[list[Cell]], layout: Layout, where: Place) -> Extract:
    header_line = max(layout.header)
    if len(cells) < header_line:
        raise RefusedError(
            f"La feuille « {sheet} » s'arrête avant son en-tête (ligne {header_line}).",
            where=where,
            expected=f"les noms des colonnes à la ligne {header_line}",
            todo="reprendre le classeur d'origine",
        )
    header = [[text(cell) for cell in cells[line - 1]] for line in layout.header]
    names = headings(header)
    rows: list[list[str | None]] = []
    lines: list[int] = []
    for line, row in enumerate(cells[header_line:], start=header_line + 1):
        values: list[str | None] = [text(cell) for cell in row]
        if any((value or "").strip() for value in values):
            rows.append(values)
            lines.append(line)
    return Extract(
        file=f"{path.name}[{sheet}]",
        headings=names,
        columns=text_columns(rows, len(names)),
        lines=pa.array(lines, type=pa.int64()),
        header_line=header_line,
    )


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads the sheets whose name matches the layout. Raises RefusedError where there is none."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise RefusedError(
            f"Le classeur ne s'ouvre pas : {_why_closed(path)}.",
            where=where,
            expected="un classeur xls, xlsx ou ods entier et sans mot de passe",
            todo="télécharger de nouveau le fichier d'origine, et le déposer sans l'avoir renommé",
        ) from error
    rule = pattern(layout.sheet or ".*", where.millesime or 0)
    found = [(name, match) for name in names if (match := rule.fullmatch(name.strip()))]
    if not found:
        raise RefusedError(
            f"Aucune feuille du classeur ne s'appelle « {rule.pattern} ».",
            where=where,
            expected=f"une feuille de ce nom ; le classeur a : {', '.join(names) or 'aucune feuille'}",
            todo="reprendre le classeur d'origine, ou corriger `sheet` "
            f"(pipelines/catalogue/{where.source}.yml) si le producteur l'a renommée",
        )
    extracts = []
    for name, match in found:
        try:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, ValueError) as error:
            raise RefusedError(
                f"La feuille « {name} » ne se lit pas : le classeur est abîmé.",
                where=where,
                expected="une feuille de calcul entière",
                todo="télécharger de nouveau le fichier d'origine",
            ) from error
        extract = _sheet(path, name, cells, layout, replace(where, file=f"{path.name}[{name}]"))
        extract = cut_at_stop(extract, layout)
        extract.captures = {key: re.sub(r"\s+", " ", value) for key, value in match.groupdict().items() if value}
        extracts.append(extract)
    return extracts
