"""The attacks that a release withstood before anyone saw it: on how many cells, and how many they gave away.

It names no cell, and counts by table: by level and year, how many of the cells hidden are secret by themselves would
say of some that they are. The narrowest interval is told by steps, for it is one cell's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from pipelines.disclosure import attack
from pipelines.disclosure.attack import Bound, Numbers
from pipelines.disclosure.cells import Cells

STEP = 20  # of the narrowest interval, in parts of one
# The columns of a trial, for those who keep it.
COLUMNS = {
    "tableau": "VARCHAR",
    "epreuve": "VARCHAR",
    "essais": "INTEGER",
    "concernees": "INTEGER",
    "trouvees": "INTEGER",
    "ensemble": "INTEGER",
    "etroit": "DECIMAL(9, 4)",
}


@dataclass(frozen=True)
class Trial:
    """One attack on a table: how many cells it was tried on, how many the rule is about, how many it found.

    `ensemble` is how many earlier releases, or regions, the attacker has in hand; `etroit`, the narrowest interval left
    to him, of the value.
    """

    tableau: str
    epreuve: str
    essais: int
    concernees: int | None
    trouvees: int
    ensemble: int | None = None
    etroit: Decimal | None = None


def trials(table: Cells, widths: Numbers, found: Sequence[Bound], past: int) -> list[Trial]:
    """The attacks on a table: bounds of what is hidden, each rule on what is shown, other releases, other regions."""
    if not table.rows:
        return []
    name, system = table.model.name, table.system
    hidden, given = system.sensitive & ~system.shown, [b.cell for b in found]
    tried = int(system.sensitive.sum())
    made = [Trial(name, "bornes", tried, None, len(found), etroit=_narrowest(table, widths))]
    lines = np.array([row is not None for row in table.rows], dtype=bool)
    for rule, (under, broken) in table.broken.items():
        shown = broken & lines & system.shown & ~table.told
        made.append(Trial(name, rule, int((under & lines).sum()), int((broken & lines).sum()), int(shown.sum())))
    if past:
        made.append(Trial(name, "anterieures", tried, None, len(found), past))
    several, regions = np.zeros(len(hidden), dtype=bool), frozenset[str]().union(*table.regions)
    for part in attack.parts(system, ~system.shown):
        several[part] = len(frozenset[str]().union(*(table.regions[c] for c in part))) > 1
    if len(regions) > 1:
        made.append(
            Trial(name, "regions", int((several & hidden).sum()), None, int(several[given].sum()), len(regions))
        )
    return made


def _narrowest(table: Cells, widths: Numbers) -> Decimal | None:
    """The narrowest interval left to a reader, of the value, rounded down; None where nothing is hidden."""
    system = table.system
    known = np.flatnonzero(system.sensitive & ~system.shown & (system.values != 0))
    if not len(known):
        return None
    narrow = float(np.min(widths[known] / np.abs(system.values[known])))
    return Decimal(int(np.floor(narrow * STEP + attack.EPSILON))) / STEP
