"""Workbooks: xls, xlsx and Strict OOXML, through calamine.

Calamine hands numbers over as floats: a whole number gets its text form back (`972.0` -> `972`), so
that a code typed as a number stays a code. The cells are read by another process (cells.py).
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import Layout, pattern, plainly
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, beside, blocks, cut_at_stop

READER = Path(__file__).with_name("cells.py")
HEADER_WITHIN = 40  # lines among which a sought header stands
WIDEST = 1000  # columns that a table may have; past them, those without a name are no part of it
PATIENCE = 600  # seconds; the largest workbook of the DREES, 70 MB, takes some thirty


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


def _before_header(cells: pa.Table, layout: Layout, where: Place) -> int:
    """Lines above those that `header` counts. Raises RefusedError where no line is the header's."""
    if layout.header_cell is None:
        return 0
    rule = pattern(layout.header_cell, where.millesime or 0)
    for line, row in enumerate(cells.slice(0, HEADER_WITHIN).to_pylist()):
        if any(rule.fullmatch((cell or "").strip()) for cell in row.values()):
            return line
    raise RefusedError(
        f"L'en-tête ne se trouve pas : aucune des {HEADER_WITHIN} premières lignes n'a de cellule "
        f"« {plainly(layout.header_cell, where.millesime)} ».",
        where=where,
        expected="une ligne qui nomme les colonnes",
        todo=again(where.source, where.millesime),
    )


def _sheet(path: Path, sheet: str, cells: pa.Table, layout: Layout, where: Place) -> Extract:
    above = _before_header(cells, layout, where)
    header_line = above + max(layout.header)
    if cells.num_rows < header_line:
        raise RefusedError(
            f"La feuille « {sheet} » s'arrête avant son en-tête (ligne {header_line}).",
            where=where,
            expected=f"les noms des colonnes à la ligne {header_line}",
            todo="reprendre le classeur d'origine",
        )
    header = [[column[above + line - 1].as_py() for column in cells.columns] for line in layout.header]
    names = blocks.headings(header)
    if len(names) > WIDEST:  # a cell alone at the far right makes a sheet as wide as that
        names = names[: max((i for i, name in enumerate(names, start=1) if name), default=0)]
        cells, header = cells.select(range(len(names))), [row[: len(names)] for row in header]
    first = header_line + layout.units
    body = cells.slice(first)
    filled = pa.repeat(False, body.num_rows)
    for column in body.columns:
        filled = pc.or_(filled, pc.not_equal(pc.utf8_trim_whitespace(column.combine_chunks()), ""))
    body = body.append_column("ligne", pa.array(range(first + 1, cells.num_rows + 1), pa.int64())).filter(filled)
    return Extract(
        file=f"{path.name}[{sheet}]",
        headings=names,
        columns=body.columns[: len(names)],
        lines=body.column("ligne").combine_chunks(),
        header_line=header_line,
        header=header,
    )


@dataclass(frozen=True)
class Opened:
    """Names of all sheets of a workbook; of those that were read, the cells and the lines that are hidden.

    `beside` are those that nothing reads, each with its first lines and how many are filled.
    """

    names: list[str]
    tables: dict[str, pa.Table]
    hidden: dict[str, list[int]]
    beside: dict[str, Any]


def cells(path: Path, rule: re.Pattern[str], where: Place, others: str = ".*") -> Opened:
    """The sheets whose name matches `rule`; those that match neither it nor `others` are only looked at.

    Raises RefusedError where they can't be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, str(READER), str(path), rule.pattern, folder, others],
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
            failed = done.returncode != 0
        except subprocess.TimeoutExpired:
            failed = True
        said = Path(folder) / "sheets.json"
        known: dict[str, Any] = json.loads(said.read_text(encoding="utf-8")) if said.is_file() else {}
        left = [n for n in known.get("names", []) if rule.fullmatch(n.strip()) and n not in known["read"]]
        if failed and left:
            raise RefusedError(
                f"La feuille « {left[0]} » ne se lit pas : une cellule y est remplie loin du tableau, "
                "ou le classeur est abîmé.",
                where=where,
                expected="une feuille de calcul entière, dont toutes les cellules remplies sont celles du tableau",
                todo="effacer ce que la feuille a loin du tableau (Ctrl+Fin y mène), ou télécharger de nouveau le "
                "fichier d'origine",
            )
        if failed and not known:
            raise RefusedError(
                f"Le classeur ne s'ouvre pas : {_why_closed(path)}.",
                where=where,
                expected="un classeur xls, xlsx ou ods entier et sans mot de passe",
                todo="télécharger de nouveau le fichier d'origine, et le déposer sans l'avoir renommé ; s'il a un "
                "mot de passe, l'ôter ; s'il est d'une autre sorte, l'enregistrer en .xlsx",
            )
        tables = {name: _table(Path(folder), rank) for rank, name in enumerate(known["read"])}
        return Opened(known["names"], tables, known["hidden"], known["beside"])


def _table(folder: Path, rank: int) -> pa.Table:
    """The cells of one sheet; each part is dropped once read."""
    parts = []
    for path in sorted(folder.glob(f"{rank}-*.json")):
        columns = [pa.array(column, pa.string()) for column in json.loads(path.read_text(encoding="utf-8"))]
        parts.append(pa.table(columns, names=[f"c{i}" for i in range(len(columns))]))
        path.unlink()
    return pa.concat_tables(parts) if parts else pa.table({})


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads the sheets whose name matches the layout. Raises RefusedError where there is none."""
    rule = pattern(layout.sheet or ".*", where.millesime or 0)
    book = cells(path, rule, where, beside.others(where))
    if not book.tables:
        raise RefusedError(
            f"Aucune feuille du classeur ne s'appelle « {plainly(layout.sheet or '', where.millesime)} ».",
            where=where,
            expected=f"une feuille de ce nom ; le classeur a : {', '.join(book.names) or 'aucune feuille'}",
            todo="reprendre le classeur d'origine, ou rendre à la feuille le nom attendu",
        )
    extracts = []
    for name, table in book.tables.items():
        extract = _sheet(path, name, table, layout, replace(where, file=f"{path.name}[{name}]"))
        extract = cut_at_stop(extract, layout)
        shown = set(extract.lines.to_pylist()) if book.hidden[name] else set()
        extract.hidden = [line for line in book.hidden[name] if line in shown]
        match = rule.fullmatch(name.strip())
        extract.captures = {
            key: re.sub(r"\s+", " ", value) for key, value in (match.groupdict() if match else {}).items() if value
        }
        extracts.append(extract)
    beside.note(path, book.beside, extracts)
    return extracts
