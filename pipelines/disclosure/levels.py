"""Which levels of a protected table hold: those of which a declared part of the lines can be shown in every year.

A level that holds in some years only makes no series: nothing of it is shown, in any year, and what is coarser no
longer pays for what it would have shown. All years are judged together, all regions too.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure import attack
from pipelines.disclosure.answers import Key
from pipelines.disclosure.attack import Flags, Places
from pipelines.disclosure.cells import YEAR, Cells
from pipelines.disclosure.structures import Group, Structure


@dataclass(frozen=True)
class Level:
    """How a level holds: the part of its lines that could be shown in the worst year, and whether it is shown."""

    part: float
    held: bool


def conceal(table: Cells, structure: Structure) -> tuple[Flags, dict[Group, Level]]:
    """The cells that may be shown, the levels that don't hold withdrawn; and how each level held.

    What an earlier release told is not withdrawn: it is known. The system of `table` is left with the levels withdrawn.
    """
    system, groups = table.system, _groups(table, structure)
    least = structure.tenue.part if structure.tenue else 0.0
    gone: dict[Group, float] = {}
    # What is secret by itself is enough to withdraw some: it spares a search.
    shown, searched = system.shown & ~system.sensitive, False
    while True:
        parts = {name: _part(table, years, shown) for name, years in groups.items()}
        failing = [name for name, part in parts.items() if name not in gone and part < least]
        failing = _finest(failing, structure) if searched else failing
        if searched and not failing:
            return shown, {name: Level(gone.get(name, part), name not in gone) for name, part in parts.items()}
        moved = np.concatenate([np.empty(0, dtype=np.int64), *(c for f in failing for c in groups[f].values())])
        system.shown[moved] &= table.told[moved]
        gone |= {name: parts[name] for name in failing}
        if searched:
            again = _linked(table, moved)
            shown[again] = attack.conceal(system.part(again))
        else:
            shown, searched = attack.conceal(system), True


def _groups(table: Cells, structure: Structure) -> dict[Group, dict[int, Places]]:
    """The cells of each level that must hold, year by year."""
    rule = structure.tenue
    if rule is None:
        return {}
    found: dict[Group, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for cell, row in enumerate(table.rows):
        if row is not None:
            line = dict(zip(table.model.grain, row, strict=True))
            if line["niveau"] in rule.niveaux:
                found[structure.group(line)][line[YEAR]].append(cell)
    return {name: {year: np.array(cells) for year, cells in found[name].items()} for name in sorted(found)}


def _part(table: Cells, years: dict[int, Places], shown: Flags) -> float:
    """The part of the lines of a level that are shown, in the worst year."""
    group = table.system.group
    return min(
        1 - len(np.unique(group[cells[~shown[cells]]])) / len(np.unique(group[cells])) for cells in years.values()
    )


def _finest(failing: list[Group], structure: Structure) -> list[Group]:
    """Of the levels that don't hold, the finest of each kind: without it, those that are coarser may hold."""
    order = structure.tenue.niveaux if structure.tenue else []
    first: dict[Key, Group] = {}
    for name in sorted(failing, key=lambda f: (order.index(f[1]), f[2])):
        first.setdefault(name[0], name)
    return list(first.values())


def _linked(table: Cells, cells: Places) -> Places:
    """All cells that relations link with some of them."""
    everything = np.ones(len(table.system.values), dtype=bool)
    return np.concatenate([p for p in attack.parts(table.system, everything) if np.isin(p, cells).any()])
