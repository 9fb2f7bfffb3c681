"""Writes in an entry of the catalogue what a vintage says otherwise: cells of the column map, an item of `layouts`.

Texts go in and come out: nothing is written here. What other vintages say of themselves stays as it was.
"""

import csv
import difflib
import io
import json
import re
from collections.abc import Iterable, Mapping

import yaml

from pipelines.catalogue import CAPTURED, IGNORED, NOWHERE, Column, normalise
from pipelines.errors import UsageError

Cells = Mapping[tuple[str, str], str]  # (table, our name) -> what the map says from a vintage on


def cell(heading: str | None, column: Column | None, millesime: int) -> str:
    """What the map says of a heading: itself, a pattern where it has signs that the map reads, `-` for none.

    Where the column's names tell the vintage, so does this one.
    """
    if heading is None:
        return NOWHERE
    text = " ".join(heading.replace("\ufeff", "").split())
    if "|" in text or text == NOWHERE or CAPTURED.fullmatch(text) or (text.startswith("/") and text.endswith("/")):
        return "/" + re.escape(normalise(heading)).replace("/", ".") + "/"
    named = " ".join(column.theirs.values()) if column else ""
    for mark, year in (("{millesime}", str(millesime)), ("{aa}", f"{millesime % 100:02d}")):
        if mark in named:
            text = text.replace(year, mark)
    return text


def mapped(text: str, millesime: int, cells: Cells, strangers: Iterable[tuple[str, str]] = ()) -> str:
    """A column map that says these cells of a vintage, and knows these (table, heading) that are not read.

    The vintage gets its column where it has none. A later one that said nothing of its own still says what it said.
    """
    rows = list(csv.reader(io.StringIO(text)))
    head, lines = rows[0], rows[1:]
    fixed = next(i for i, name in enumerate(head) if name.isdigit())
    years = [int(name) for name in head[fixed:]]
    at = fixed + sum(year < millesime for year in years)
    if millesime not in years:
        head.insert(at, str(millesime))
        for line in lines:
            # The oldest says everything itself: nothing before it could.
            line.insert(at, line[at] if at == fixed else "")
    for line in lines:
        said = cells.get((line[0], line[1]))
        if said is None:
            continue
        if at + 1 < len(head) and not line[at + 1]:
            line[at + 1] = next(cell for cell in line[at::-1] if cell)
        line[at] = said
    for table, heading in strangers:
        new = [table, " ".join(heading.split()), IGNORED, *("" for _ in head[3:])]
        new[fixed] = NOWHERE
        new[at] = cell(heading, None, millesime)
        last = max(i for i, line in enumerate(lines) if line[0] == table)
        lines.insert(last + 1, new)
    return _text([head, *lines])


def _text(rows: Iterable[list[str]]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return made.getvalue()


def laid_out(text: str, table: str, millesime: int, changes: Mapping[str, str]) -> str:
    """An entry whose table has, from a vintage on, the layout that read it until then with these changes.

    A later vintage that the catalogue knows keeps the layout it had. Raises UsageError where `layouts` is not a list
    that can be added to.
    """
    items = _layouts(text, table)
    if not items:
        raise UsageError(
            f"La présentation de la table « {table} » ne s'écrit pas d'elle-même.",
            expected="une liste sous `layouts`",
            todo="y ajouter à la main : " + ", ".join(f"{k}: {json.dumps(v)}" for k, v in changes.items()),
        )
    earlier = [item for item in items if item[0] <= millesime] or items[:1]
    since, node, block = max(earlier, key=lambda item: item[0])
    start, end = node.start_mark.index, node.end_mark.index
    old = re.sub(r"(\s*\n *#[^\n]*)*\s*$", "", text[start:end])  # a comment under an item is of what follows
    new = old
    if since != millesime:
        new = re.sub(r"(\bsince: *)\d+", rf"\g<1>{millesime}", re.sub(r"(?<=: )&\w+ ", "", old), count=1)
    for key, value in changes.items():
        said = f"{key}: {json.dumps(value, ensure_ascii=False)}"
        there = re.compile(rf"""\b{key}: *("[^"]*"|'[^']*'|[^,}}\n]+)""")
        if there.search(new):
            new = there.sub(said.replace("\\", r"\\"), new, count=1)
        elif block:
            new += f"\n{' ' * node.start_mark.column}{said}"
        else:
            new = f"{new[:-1]}, {said}}}"
    if since == millesime:
        return text[:start] + new + text[start + len(old) :]
    between = f"\n{' ' * (node.start_mark.column - 2)}- " if _in_block(text, start) else ", "
    return text[: start + len(old)] + between + new + text[start + len(old) :]


def _in_block(text: str, start: int) -> bool:
    """Whether an item of a list stands behind a dash of its own."""
    return re.search(r"^ *- *$", text[text.rfind("\n", 0, start) + 1 : start]) is not None


def _layouts(text: str, table: str) -> list[tuple[int, yaml.Node, bool]]:
    """The layouts of a table as they are written: since when, where, whether as a block."""
    node: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    for key in ("tables", table, "layouts"):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    found = []
    for item in node.value if isinstance(node, yaml.SequenceNode) else []:
        since = next((int(v.value) for k, v in item.value if k.value == "since"), 0)
        found.append((since, item, not item.flow_style))
    return found


def difference(name: str, before: str, after: str) -> str:
    """What changes in a file of the catalogue, as a unified diff without context: each line names itself."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="", n=0)
    return "\n".join(lines)
