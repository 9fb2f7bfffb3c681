"""Delimited text without a header, whose first cell may tell the type of each line."""

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import Layout, plainly
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, Ragged
from pipelines.readers.lines import arrow, cells_of, encoding, unbroken

BOM = b"\xef\xbb\xbf"


def read(path: Path, layout: Layout, where: Place) -> Extract:
    """Records of one type in a file without a header, whose first cell may tell the type of each line.

    A line of a type that the layout doesn't know is set aside. Raises RefusedError where no line is of
    the wanted type, or where most have another number of cells than the layout has fields.
    """
    cut = [line.rstrip(b"\r") for line in path.read_bytes().removeprefix(BOM).split(b"\n")]
    lines = [unbroken(line) for line in cut]
    captures = _preamble(lines[0], layout, where)
    width = len(layout.fields)
    picked, ragged = _of_type(lines, layout)
    bad: list[Ragged] = []

    def keep(row: pacsv.InvalidRow) -> str:
        bad.append(Ragged(picked[row.number - 1], row.actual_columns, row.expected_columns, row.text))
        return "skip"

    names = [f"c{i}" for i in range(width)]
    body = b"\n".join(lines[number - 1] for number in picked) + b"\n"
    table = (
        pacsv.read_csv(pa.BufferReader(body), **arrow(layout, names, keep))
        if picked
        else pa.table({name: pa.array([], pa.string()) for name in names})
    )
    _refuse_other_records(bad, picked, table.num_rows, layout, where)
    out = {r.line for r in bad}
    return Extract(
        file=path.name,
        headings=[*layout.fields],
        columns=list(table.columns),
        lines=pa.array([n for n in picked if n not in out], type=pa.int64()),
        header_line=0,
        captures=captures,
        ragged=sorted([*ragged, *bad], key=lambda r: r.line),
        rejoined=[number for number in picked if b"\r" in cut[number - 1]],
    )


def _of_type(lines: list[bytes], layout: Layout) -> tuple[list[int], list[Ragged]]:
    """The numbers of the lines of the wanted type, and the lines of a type that the layout doesn't know."""
    picked: list[int] = []
    ragged: list[Ragged] = []
    delimiter = layout.delimiter.encode()
    known = {kind.encode() for kind in layout.others}
    for number, line in enumerate(lines[1:] if layout.preamble else lines, start=2 if layout.preamble else 1):
        kind = line.partition(delimiter)[0].strip()
        if layout.record is None or kind == layout.record.encode():
            if line.strip():
                picked.append(number)
        elif kind not in known and line.replace(delimiter, b"").strip():
            text = line.decode(encoding(layout))
            fault = f"type d'enregistrement inconnu : « {kind.decode(encoding(layout))[:40]} »"
            try:
                cells = cells_of(text, layout, strict=False) or []
            except csv.Error:  # a cell longer than the library takes: they are only counted
                cells = text.split(layout.delimiter)
            ragged.append(Ragged(number, len(cells), len(layout.fields), text, fault))
    return picked, ragged


def _refuse_other_records(bad: list[Ragged], picked: list[int], rows: int, layout: Layout, where: Place) -> None:
    """Refuses a file without a line of the wanted type, or most of whose lines have another number of fields."""
    widths = Counter(r.cells for r in bad)
    if not picked or sum(widths.values()) > len(picked) / 2:
        usual = widths.most_common(1)[0][0] if widths else 0
        raise RefusedError(
            f"Les lignes « {layout.record} » ont {usual} champs au lieu de {len(layout.fields)}."
            if picked
            else f"Aucune ligne n'est du type « {layout.record} ».",
            where=replace(where, line=bad[0].line if bad else None),
            expected=f"des lignes de {len(layout.fields)} champs : {layout.delimiter.join(layout.fields[:6])} …",
            todo=again(where.source, where.millesime),
        )
    if rows + len(bad) != len(picked):
        raise RefusedError(
            "Un guillemet reste ouvert d'une ligne à l'autre : les enregistrements ne se séparent plus.",
            where=where,
            expected="un enregistrement par ligne, guillemets fermés",
            todo="reprendre le fichier d'origine",
        )


def _preamble(first: bytes, layout: Layout, where: Place) -> dict[str, str]:
    """What the first line says of the file. Raises RefusedError where it isn't that line."""
    if layout.preamble is None:
        return {}
    text = first.decode(encoding(layout)).strip()
    said = re.fullmatch(layout.preamble, text)
    if said is None:
        raise RefusedError(
            f"La première ligne n'est pas celle qui décrit le fichier : « {text[:80]} ».",
            where=replace(where, line=1),
            expected=f"une ligne comme « {plainly(layout.preamble)} », puis les données",
            todo="reprendre le fichier d'origine, sans l'avoir trié ni coupé",
        )
    return said.groupdict(default="")
