"""The cells of a workbook as text, read in a process of their own: `cells.py <workbook> <pattern> <folder> <others>`.

A damaged workbook can make the library ask for more memory than there is, which ends the process that
asks. Here it ends this one, and the workbook is refused. For each sheet whose name matches the pattern,
`<rank>-<part>.json` hold its columns, header included, some thousand lines at a time: the largest sheets
have hundreds of thousands. `sheets.json` names the sheets, and the lines that each hides. Of a sheet that matches
neither that pattern nor the other, it has the first lines, and how many are filled up to each and in all. It imports
little: it starts with each workbook.

The library gives an error of calculation, and a formula whose result was not saved, as an empty cell. Here the one
is the text that the sheet shows (`#REF!`), the other the formula itself (`=40+28`): neither is nothing.
"""

import contextlib
import datetime as dt
import itertools
import json
import re
import sys
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine

from pipelines.cells import formulas

# What a workbook may take: some room, and so many times what it holds or, where that is more than sheets ever unpack
# to, what it weighs. A cell alone at the far end of a sheet, or an archive made to unpack without end, passes it.
ROOM, MOST, BY_CONTENT, BY_WEIGHT = 800 << 20, 8 << 30, 8, 160
LINES = 20_000  # of a sheet in one part
FIRST = 40  # lines of a sheet that isn't read, among which its headings are looked for

THOUSANDTHS = re.compile(r"-?\d+\.\d{3}")

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
        if shown.is_integer() and abs(shown) < 2**53:
            return str(int(shown))
        # A fourth decimal says that it is a number: three after a mark, as text, may be thousands (notation.py).
        return f"{cell!r}0" if THOUSANDTHS.fullmatch(repr(cell)) else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _limit_memory(path: Path) -> None:
    weight = content = path.stat().st_size
    with contextlib.suppress(zipfile.BadZipFile, OSError):
        content = sum(part.file_size for part in zipfile.ZipFile(path).infolist())
    most = min(MOST, ROOM + min(BY_CONTENT * content, BY_WEIGHT * weight))
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _parts(sheet: python_calamine.CalamineSheet, odd: formulas.Odd) -> Iterator[list[list[Cell]]]:
    """The lines of a sheet from its very first cell, even empty, some thousand at a time."""
    unread = deque(sorted((formulas.place_of(at), said) for at, said in {**odd.errors, **odd.unsaved}.items()))
    left = (sheet.start or (0, 0))[1]
    # What has no value for the library may stand beside or below all that has one for it.
    width = max(left + sheet.width, *(column + 1 for (_, column), _ in unread), 0)
    height = max((sheet.end or (-1, -1))[0], *(row for (row, _), _ in unread), -1) + 1
    margin: list[Cell] = [""] * left
    beside: list[Cell] = [""] * (width - left - sheet.width)
    below: list[Cell] = [""] * width
    filled: Iterator[list[Cell]] = (margin + line + beside for line in sheet.iter_rows())
    lines = itertools.chain(filled, itertools.repeat(below))
    for first in range(0, height, LINES):
        part: list[list[Cell]] = list(itertools.islice(lines, min(LINES, height - first)))
        while unread and unread[0][0][0] < first + len(part):
            (row, column), said = unread.popleft()
            cells = part[row - first] = [*part[row - first]]
            cells[column] = said
        yield part


def _glimpse(sheet: python_calamine.CalamineSheet) -> dict[str, Any]:
    """The first lines of a sheet that isn't read, and how many have two cells or more: a note has one."""
    first: list[list[str]] = []
    filled: list[bool] = []
    for line in sheet.iter_rows():
        filled.append(sum(cell != "" for cell in line) >= 2)
        if len(first) < FIRST:
            first.append([text(cell) for cell in line])
    return {"first": first, "filled": list(itertools.accumulate(filled[:FIRST])), "lines": sum(filled)}


def _opened(path: Path) -> python_calamine.CalamineWorkbook:
    """A workbook, of the kind that its bytes are where its name says another: people rename .xlsx in .xls."""
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.CalamineError:
        with path.open("rb") as handle:
            return python_calamine.CalamineWorkbook.from_filelike(handle)


def main() -> None:
    """Reads the sheets of one workbook into a folder."""
    path, rule, folder = Path(sys.argv[1]), re.compile(sys.argv[2], re.IGNORECASE), Path(sys.argv[3])
    others = re.compile(sys.argv[4], re.IGNORECASE)
    _limit_memory(path)
    book = _opened(path)
    said: dict[str, Any] = {"names": book.sheet_names, "read": [], "hidden": {}, "beside": {}}
    odd = formulas.odd(path, sheets=rule)
    # Written first: it says which sheet was being read when the process ended.
    (folder / "sheets.json").write_text(json.dumps(said), encoding="utf-8")
    for name in book.sheet_names:
        if not rule.fullmatch(name.strip()):
            continue
        mine = odd.get(name, formulas.Odd())
        said["hidden"][name] = mine.hidden
        for part, rows in enumerate(_parts(book.get_sheet_by_name(name), mine)):
            columns = [
                [cell if cell.__class__ is str else text(cell) for cell in column] for column in zip(*rows, strict=True)
            ]
            with (folder / f"{len(said['read'])}-{part:05d}.json").open("w", encoding="utf-8") as handle:
                json.dump(columns, handle, ensure_ascii=False)
        said["read"].append(name)
        (folder / "sheets.json").write_text(json.dumps(said), encoding="utf-8")
    for name in book.sheet_names:
        if not rule.fullmatch(name.strip()) and not others.fullmatch(name.strip()):
            said["beside"][name] = _glimpse(book.get_sheet_by_name(name))
            (folder / "sheets.json").write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main()
