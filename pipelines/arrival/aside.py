"""What reading sets aside of a table, and remarks: lines, cells, headings, each with its place and its reason."""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name

from pipelines.arrival.headings import unknown
from pipelines.catalogue import Column, Source
from pipelines.cells.notation import is_error
from pipelines.checks.controls import shortened
from pipelines.errors import RefusedError
from pipelines.readers import Extract

QUARANTINE_SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("fichier", pa.string()),
        ("ligne", pa.int64()),
        ("controle", pa.string()),
        ("motif", pa.string()),
        ("contenu", pa.string()),
        ("colonne", pa.string()),
        ("douteuses", pa.string()),  # of a whole line: the columns that what fails looks at, between blanks
    ]
)
TYPE, CALCULATION = "type", "erreur_de_calcul"  # what sets aside a cell that can't be read
WHOLE = ""  # in the column `colonne`: the whole line is set aside

# A cell that can't be read: its row, its column, its text, and what is wrong with it.
Unread = tuple[int, Column, str, str]


@dataclass
class Aside:
    """What reading the files of a table set aside and remarked, filled as they are read."""

    rows: list[dict[str, object]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejoined: list[str] = field(default_factory=list)
    formless: dict[str, list[Any]] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    beside: list[list[Any]] = field(default_factory=list)

    def add(self, source: Source, table: str, millesime: int, extract: Extract) -> None:
        """Takes the ragged lines, unknown headings, notes and mended lines of one extract."""
        self.rows += [
            {
                "table": table,
                "fichier": extract.file,
                "ligne": ragged.line,
                "controle": ragged.rule,
                "motif": ragged.reason,
                "contenu": None if source.personal else ragged.text,
                "colonne": WHOLE,
            }
            for ragged in extract.ragged
        ]
        self.strangers += [h for h in unknown(source, table, millesime, extract) if h not in self.strangers]
        self.notes += extract.notes
        self.rejoined += [f"{extract.file}, ligne {line}" for line in extract.rejoined]
        self.headers += [f"{extract.file}, ligne {line}" for line in extract.headers]
        self.hidden += [f"{extract.file}, ligne {line}" for line in extract.hidden]
        self.beside += [[sheet, lines, extract.rows, extract.file] for sheet, lines in extract.beside.items()]

    def unread(
        self,
        source: Source,
        table: str,
        extract: Extract,
        texts: dict[str, pa.ChunkedArray | pa.Array],
        places: dict[str, int],
        cells: list[Unread],
    ) -> set[int]:
        """Takes the cells that can't be read; returns the rows that go with theirs."""
        entry = source.tables[table]
        gone = {row for row, column, *_ in cells if entry.goes_with(column.name, number=column.is_number)}
        for row, mine in itertools.groupby(sorted(cells, key=lambda cell: cell[0]), key=lambda cell: cell[0]):
            said = [*mine]
            for group in [said] if row in gone else [[cell] for cell in said]:
                names = texts.keys() if row in gone else {*entry.key, group[0][1].name} & texts.keys()
                content = {name: texts[name][row].as_py() for name in texts if name in names}
                self.rows.append(
                    {
                        "table": table,
                        "fichier": extract.file,
                        "ligne": extract.lines[row].as_py(),
                        "controle": CALCULATION if any(is_error(text) for *_, text, _ in group) else TYPE,
                        "motif": " ; ".join(_fault(source, extract, places, cell) for cell in group),
                        "contenu": None if source.personal else json.dumps(content, ensure_ascii=False),
                        "colonne": WHOLE if row in gone else group[0][1].name,
                        "douteuses": " ".join(cell[1].name for cell in group) if row in gone else "",
                    }
                )
        return gone


def _fault(source: Source, extract: Extract, places: dict[str, int], cell: Unread) -> str:
    """What is wrong with a cell that can't be read: its column, its address in a workbook, its text, and why."""
    row, column, text, why = cell
    sheet = extract.file.endswith("]") and column.name in places
    address = f" (cellule {xl_col_to_name(places[column.name])}{extract.lines[row].as_py()})" if sheet else ""
    said = "la valeur" if source.personal else f"« {shortened(text, 80)} »"
    return f"colonne {column.name}{address} : {said} {why}"


def refused_file(table: str, path: Path, error: RefusedError) -> dict[str, object]:
    """A whole deposit set aside, with its reason (shape of QUARANTINE_SCHEMA)."""
    return {
        "table": table,
        "fichier": path.name,
        "ligne": 1,
        "controle": "depot_refuse",
        "motif": " À faire : ".join(filter(None, [error.what, error.todo])),
        "contenu": "",
        "colonne": WHOLE,
    }
