"""What a filled workbook says, read back by the codes that it carries and never by position.

The template hides a code before each line and, above each group of answers, a mark
`§ <enquête> <campagne> <version> <section>` followed on its row by the code of each column. Lines may have
been moved, inserted or sorted, columns shifted, labels pasted over: a code travels with its row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from pipelines.cells import formulas, notation
from pipelines.questionnaires import RESPONDENT, TOTAL, Form

MARK = "§"
IDENTITY = "identification"
ANSWER = "reponse"
HEADING = "·"  # in the column of codes: a row of labels, not of answers

Rows = Sequence[Sequence[str]]
Key = tuple[str, str]


@dataclass(frozen=True)
class Cell:
    """Where an answer stands, what is written there; `kind` says that it is a `formule`, or an `erreur` of one."""

    sheet: str
    row: int
    column: int
    text: str
    kind: str = ""

    @property
    def address(self) -> str:
        """As a spreadsheet names it: `C12`."""
        return f"{xl_col_to_name(self.column)}{self.row + 1}"


@dataclass
class Deposit:
    """What one workbook holds, by code. `campaigns` lists the marks found: survey, vintage, version."""

    file: str
    campaigns: list[tuple[str, str, str]] = field(default_factory=list)
    respondent: Cell | None = None
    cells: dict[Key, Cell] = field(default_factory=dict)
    double: dict[Key, list[Cell]] = field(default_factory=dict)
    strangers: list[tuple[str, Cell]] = field(default_factory=list)
    added: list[Cell] = field(default_factory=list)


def number(text: str, unit: str = "") -> Decimal | None:
    """A number as people write it in French: `1 234,5`, `1.234,50`, `12,5 ETP`; None where it is none, or is unsure."""
    try:
        return notation.number(text, notation.Numbers(unit=unit, by_hand=True))
    except notation.UnreadError:
        return None


def status(text: str) -> str | None:
    """`nd` or `sans objet` where the text says so, `vide` where there is none, else None."""
    if not text.strip():
        return "vide"
    found = notation.missing(text, notation.USUAL)
    return None if found == "secret" else found  # an answer is never secret to who asks


def computed(path: Path) -> dict[str, dict[str, str]]:
    """By sheet, the cells of an .xlsx that a formula computes: address -> `formule`, or `erreur` of calculation.

    Nothing for other formats. The reader of workbooks gives a formula's last result; one without is an error.
    """
    return {
        sheet: {
            **dict.fromkeys(odd.computed, "formule"),
            **dict.fromkeys((*odd.errors, *odd.unsaved), "erreur"),
        }
        for sheet, odd in formulas.odd(path, computed=True).items()
    }


def collect(file: str, sheets: Mapping[str, Rows], form: Form, odd: Mapping[str, Mapping[str, str]]) -> Deposit:
    """Finds the answers of a workbook by their codes; `odd` is what `computed` says of it."""
    deposit = Deposit(file)
    for sheet, rows in sheets.items():
        marks = [
            (r, c, cell.split())
            for r, row in enumerate(rows)
            for c, cell in enumerate(row)
            if cell.startswith(f"{MARK} ") and len(cell.split()) == 5
        ]
        for rank, (row, column, words) in enumerate(marks):
            end = marks[rank + 1][0] if rank + 1 < len(marks) else len(rows)
            deposit.campaigns.append((words[1], words[2], words[3]))
            # Whose workbook it is can be said even where it is of another campaign.
            if words[1] == form.source and (words[2] == str(form.millesime) or words[4] == IDENTITY):
                _block(deposit, form, _Area(sheet, rows, row, column, end, words[4], odd.get(sheet, {})))
    return deposit


@dataclass(frozen=True)
class _Area:
    """A group of answers: the rows from its mark to the next one."""

    sheet: str
    rows: Rows
    row: int
    column: int
    end: int
    part: str
    odd: Mapping[str, str]

    def cell(self, row: int, column: int) -> Cell:
        """A cell of the block, empty where the sheet has none."""
        line = self.rows[row]
        text = line[column].strip() if column < len(line) else ""
        return Cell(self.sheet, row, column, text, self.odd.get(f"{xl_col_to_name(column)}{row + 1}", ""))


def _block(deposit: Deposit, form: Form, block: _Area) -> None:
    headings = {
        column: text.strip()
        for column, text in enumerate(block.rows[block.row])
        if column != block.column and text.strip()
    }
    part = next((p for p in form.parts if p.code == block.part), None)
    printed = {q.printed(form.millesime): q.code for q in part.questions} if part else {}
    lines = set(part.line_codes) if part else set()
    for row in range(block.row + 1, block.end):
        line = block.rows[row]
        code = line[block.column].strip() if block.column < len(line) else ""
        if code == HEADING:
            continue
        for column, heading in headings.items():
            cell = block.cell(row, column)
            if not code:
                deposit.added += [cell] if number(cell.text) is not None else []
            elif (block.part, code, heading) == (IDENTITY, RESPONDENT, ANSWER):
                deposit.respondent = cell
            elif part is None:
                deposit.strangers += [(code, cell)] if block.part != IDENTITY else []
            else:
                question, modality = (heading, code) if part.is_grid else (code, TOTAL)
                if question in printed and modality in lines:
                    _put(deposit, (printed[question], modality), cell)
                elif cell.text:
                    deposit.strangers.append((f"{question}, {modality}" if part.is_grid else question, cell))


def _put(deposit: Deposit, key: Key, cell: Cell) -> None:
    """Keeps an answer; of two lines of the same code, the filled one, and both where they differ."""
    known = deposit.cells.get(key)
    if known is not None and known.text and cell.text and known.text != cell.text:
        deposit.double.setdefault(key, [known]).append(cell)
    elif known is None or not known.text:
        deposit.cells[key] = cell
