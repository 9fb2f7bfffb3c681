"""Faults of the catalogue: two columns take each other's heading, one loses it for a year, a layout is read amiss."""

import csv
import functools
import io
import itertools
import re
from collections.abc import Iterator

import yaml

from .edits import Edit, Place, edited

IGNORED = "ignoré"  # columns that aren't read

# What of an entry says how a file is read, and not how it is spoken of.
READ = {
    "layouts",
    "key",
    "key_blank",
    "obligatoires",
    "millesime",
    "markers",
    "formes",
    "quarantine_share_max",
    "confidentialite",
}


def columns(text: str) -> Iterator[Place]:
    """Two neighbouring columns of one table and type exchange their headings; one loses its own, a year."""
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    years = range(next(i for i, name in enumerate(header) if re.fullmatch(r"\d{4}", name)), len(header))
    for rank, (above, below) in enumerate(itertools.pairwise(lines)):
        same = above[0] == below[0] and above[header.index("type")] == below[header.index("type")] != IGNORED
        for year in years:
            said = above[year], below[year]
            if same and all(said) and "-" not in said and said[0] != said[1]:
                cells = {(rank, year): said[1], (rank + 1, year): said[0]}
                yield Place("colonnes échangées", rank + 2, functools.partial(_with, cells))
    for rank, line in enumerate(lines):
        for year in years:
            if line[header.index("type")] != IGNORED and line[year] not in ("", "-"):
                yield Place("colonne perdue une année", rank + 2, functools.partial(_with, {(rank, year): "-"}))


def _with(cells: dict[tuple[int, int], str], text: str) -> str:
    """The map with some cells changed, its other lines as they were."""
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    for (rank, column), said in cells.items():
        lines[rank][column] = said
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *lines])
    return out.getvalue()


def entry(text: str) -> Iterator[Place]:
    """A number, a yes or a date of what says how a file is read; a key that loses one of its columns."""
    tree = yaml.compose(text, yaml.SafeLoader)
    if isinstance(tree, yaml.MappingNode):
        yield from _faults(text, tree, read=False)


def _faults(text: str, node: yaml.Node, *, read: bool) -> Iterator[Place]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _faults(text, value, read=read or key.value in READ)
            if key.value in ("key", "obligatoires") and isinstance(value, yaml.SequenceNode):
                yield from _without_one(text, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _faults(text, item, read=read)
    elif read and isinstance(node, yaml.ScalarNode):
        span = node.start_mark.index, node.end_mark.index
        said = node.value
        if node.tag.endswith(":int"):
            yield edited("nombre changé", text, Edit(*span, str(int(said) + 1)))
        elif node.tag.endswith(":bool"):
            yield edited("vrai pour faux", text, Edit(*span, "false" if said.lower() == "true" else "true"))
        elif re.search(r"-12-31|-01-01", said):
            other = said.replace("-12-31", "-01-01") if "-12-31" in said else said.replace("-01-01", "-12-31")
            yield edited("année décalée", text, Edit(*span, text[slice(*span)].replace(said, other)))


def _without_one(text: str, node: yaml.SequenceNode) -> Iterator[Place]:
    items = node.value
    for item, following in itertools.pairwise(items):
        if node.flow_style:
            yield edited("clé retirée", text, Edit(item.start_mark.index, following.start_mark.index, ""))
