"""What a reader can deduce from a table with holes, and the fewest cells to hide so that he can't.

A `System` is all cells of linked tables and all additive relations between them. The reader knows the cells
shown, the relations (with what they leave over), and a floor for each cell hidden. Two kinds of linear
programs say the rest: `attack` bounds each hidden cell, `conceal` looks for the cheapest cells whose
hiding lets a sensitive one vary enough. HiGHS solves them, with whole numbers where cells are counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.optimize as so
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

EPSILON = 1e-6
FROZEN = np.inf  # cost of a cell that can't be hidden
WHOLE = 300  # linked cells up to which counts are searched as whole numbers; beyond, nearly all solutions are
TRIES = 4  # times that linked cells are tried to be shown again
EAGER = 1e3  # what protecting a cell is worth, in cells hidden, where all are protected at once


@dataclass(frozen=True)
class Bound:
    """What a reader deduces of one hidden cell: it lies between `low` and `high`."""

    cell: int
    low: float
    high: float


@dataclass
class System:
    """Cells (one per column of `relations`) and their relations: each row r holds r · (x - values) = 0.

    `low` and `high` are the interval that a reader must not narrow (NaN: the cell is not sensitive), `floor`
    what he knows it can't be under. `cost` is that of hiding the cell, infinite where it can't be: it is zero,
    or an earlier release showed it. Cells of one `group` are hidden together (-1: alone). `latent` cells are in
    no table: what is left of a total when its parts are taken away.
    """

    values: Numbers
    floor: Numbers
    low: Numbers
    high: Numbers
    integer: Flags
    shown: Flags
    cost: Numbers
    group: Places
    relations: sp.csr_array

    @property
    def sensitive(self) -> Flags:
        """The cells that have an interval to keep."""
        return np.asarray(~np.isnan(self.low), dtype=bool)

    def part(self, cells: Places) -> "System":
        """The same system on some of its cells, those with which a relation links them."""
        columns = self.relations[:, cells]
        kept = np.unique(columns.nonzero()[0])
        fields = ("values", "floor", "low", "high", "integer", "shown", "cost", "group")
        return System(**{f: getattr(self, f)[cells] for f in fields}, relations=sp.csr_array(columns[kept]))


def parts(system: System, free: Flags) -> Iterator[Places]:
    """The cells that can vary (`free`), in sets that no relation links."""
    cells = np.flatnonzero(free)
    if not len(cells):
        return
    columns = system.relations[:, cells]
    count, labels = connected_components(abs(columns.T) @ abs(columns), directed=False)
    order = np.argsort(labels, kind="stable")
    yield from (cells[c] for c in np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1]))


def _solve(cost: Numbers, relations: sp.csr_array, low: Numbers, high: Numbers, integer: Flags) -> Numbers | None:
    """The cheapest y with `relations` y = 0 and low <= y <= high; None where there is none.

    Most of these programs have whole solutions of themselves: branching is for the others.
    """
    zeros = np.zeros(relations.shape[0])
    tries = [np.zeros(len(cost), dtype=int)] + ([integer.astype(int)] if integer.sum() <= WHOLE else [])
    for whole in tries:
        y: Numbers | None = so.milp(
            cost,
            integrality=whole,
            bounds=so.Bounds(low, high),
            constraints=so.LinearConstraint(relations, zeros, zeros) if len(zeros) else None,
        ).x
        if y is None or np.all(np.abs(y[integer] - np.round(y[integer])) < EPSILON):
            break
    return y


def _scaled(system: System) -> tuple[System, float]:
    """Numbers small enough for a solver's tolerance, and by what they were multiplied; counts stay whole."""
    largest = float(np.max(np.abs(system.values), initial=0.0))
    if system.integer.any() or largest < 1e5:
        return system, 1.0
    factor = 1e5 / largest
    return replace(system, **{f: getattr(system, f) * factor for f in ("values", "floor", "low", "high")}), factor


def _reached(y: Numbers, up: Numbers, down: Numbers) -> tuple[Flags, Flags]:
    """Which sensitive cells a possible deviation takes to the top, and to the bottom, of their intervals."""
    slack = EPSILON * np.maximum(1.0, np.abs(np.nan_to_num(up)))
    return y >= up - slack, y <= down + slack


def attack(system: System) -> list[Bound]:
    """The sensitive cells that a reader can bound inside their interval, each with what he deduces.

    One that is shown is bounded by itself.
    """
    return examine(system)[0]


def examine(system: System) -> tuple[list[Bound], Numbers]:
    """What `attack` finds, and how far apart the values are that each hidden cell is proven able to have, at least."""
    widths = np.zeros(len(system.values))
    bare = np.flatnonzero(system.shown & system.sensitive)
    found = [Bound(int(c), float(system.values[c]), float(system.values[c])) for c in bare]
    for cells in parts(system, ~system.shown):
        if system.sensitive[cells].any():
            reader = _Reader(system.part(cells))
            found += [replace(b, cell=int(cells[b.cell])) for b in reader.bounds()]
            widths[cells] = (reader.most - reader.least) / reader.factor
    return found, widths


class _Reader:
    """What is proven of linked cells, all hidden: the deviations possible, and the ends of intervals they reach."""

    def __init__(self, system: System) -> None:
        self.system, self.factor = _scaled(system)
        self.up, self.down = self.system.high - self.system.values, self.system.low - self.system.values
        self.floor = self.system.floor - self.system.values
        top, bottom = _reached(np.zeros(len(self.up)), self.up, self.down)
        self.top, self.bottom = top | ~self.system.sensitive, bottom | ~self.system.sensitive
        self.learned: list[Numbers] = []
        self.least = self.most = np.zeros(len(self.up))  # how far each cell is proven to go, down and up

    def learn(self, y: Numbers) -> bool:
        """Whether a deviation (scaled) proves what was not."""
        self.least, self.most = np.minimum(self.least, y), np.maximum(self.most, y)
        top, bottom = _reached(y, self.up, self.down)
        news = bool(np.any(top & ~self.top) or np.any(bottom & ~self.bottom))
        self.top, self.bottom = self.top | top, self.bottom | bottom
        if news:
            self.learned.append(y / self.factor)
        return news

    def together(self) -> None:
        """One deviation proves many cells: pushes all those unproven at once, as long as that proves any."""
        news = True
        while news:
            news = False
            for unproven, sign, reach in ((~self.top, 1, self.up), (~self.bottom, -1, self.down)):
                if unproven.sum() > 1:
                    y = _together(self.system, np.flatnonzero(unproven), sign, np.abs(reach), self.floor)
                    news = (y is not None and self.learn(y)) or news

    def bounds(self) -> Iterator[Bound]:
        """The cells that can't reach the ends of their intervals, and how far they can go."""
        self.together()
        n = len(self.up)
        for cell in np.flatnonzero(~(self.top & self.bottom)):
            ends = []
            for sign, known in ((1, self.top), (-1, self.bottom)):
                cost, high = np.zeros(n), np.full(n, np.inf)
                cost[cell] = -sign
                high[cell] = max(self.up[cell], 0.0)  # as far as needed: hidden alone, it has no end
                y = None if known[cell] else _solve(cost, self.system.relations, self.floor, high, self.system.integer)
                ends.append(0.0 if y is None else float(y[cell]))
                if y is not None:
                    self.learn(y)
            if not (self.top[cell] and self.bottom[cell]):
                value = self.system.values[cell]
                low = self.system.low[cell] if self.bottom[cell] else value + ends[1]
                high_end = np.inf if self.top[cell] else value + ends[0]
                yield Bound(int(cell), float(low) / self.factor, float(high_end) / self.factor)


def _together(system: System, targets: Places, sign: int, reach: Numbers, floor: Numbers) -> Numbers | None:
    """A possible deviation that takes as many of the targets as it can to the end of their intervals.

    Cells that can't go the same way at once are told apart by weights, uneven and always the same.
    """
    n, k = len(system.values), len(targets)
    weights = np.exp(4 * np.random.default_rng(k).random(k))
    # sign * y_target >= reach * t, with t <= 1 the share of the way done.
    aim = sp.csr_array((np.full(k, float(sign)), (np.arange(k), targets)), shape=(k, n))
    links = sp.hstack([aim, -sp.diags_array(np.maximum(reach[targets], EPSILON)), -sp.eye_array(k)])
    known = sp.hstack([system.relations, sp.csr_array((system.relations.shape[0], 2 * k))])
    y = _solve(
        np.concatenate([np.zeros(n), -weights, np.zeros(k)]),
        sp.csr_array(sp.vstack([known, links])),
        np.concatenate([floor, np.full(k, -np.inf), np.zeros(k)]),
        np.concatenate([np.full(n, np.inf), np.ones(k), np.full(k, np.inf)]),
        np.concatenate([system.integer, np.zeros(2 * k, dtype=bool)]),
    )
    return None if y is None else y[:n]


def conceal(system: System) -> Flags:
    """Which cells a release may show: sensitive ones hidden, and the cheapest others that protect them.

    A cell that nothing can protect stays: `attack` tells it.
    """
    shown = system.shown & ~(system.sensitive & np.isfinite(system.cost))
    shown = _with_groups(system, shown)
    for cells in parts(system, ~system.shown | np.isfinite(system.cost)):
        mine = system.part(cells)
        mine.shown = shown[cells]
        if mine.sensitive.any():
            shown[cells] = _conceal(mine)
    return shown


def _with_groups(system: System, shown: Flags) -> Flags:
    hidden = np.unique(system.group[~shown & (system.group >= 0)])
    return np.asarray(shown & ~(np.isin(system.group, hidden) & np.isfinite(system.cost)), dtype=bool)


def _conceal(system: System) -> Flags:
    """`conceal` on linked cells: hides what protecting all at once asks for, then gives back what it doesn't need."""
    start, proofs = system.shown.copy(), list[Numbers]()
    hopeless = set(np.flatnonzero(system.shown & system.sensitive).tolist())  # an earlier release told them
    turn = 0
    while weak := _weak(system, proofs, hopeless):
        turn += 1
        before = (len(weak), system.shown.sum())
        for sign in (1.0, -1.0):
            _hide(system, _spread(system, weak, sign, turn), proofs)
        weak = _weak(system, proofs, hopeless)
        if (len(weak), system.shown.sum()) != before and turn < 20:
            continue
        for cell, reach in weak:
            y = _cheapest(system, cell, reach)
            if y is None:
                hopeless.add(cell)
            _hide(system, y, proofs)
    extra = np.flatnonzero(start & ~system.shown)
    extra = extra[np.argsort(-system.cost[extra], kind="stable")]
    for batch in np.array_split(extra, max(1, min(len(extra), TRIES))):
        _give_back(system, batch, start, proofs, hopeless)
    return system.shown


def _hide(system: System, y: Numbers | None, proofs: list[Numbers]) -> None:
    """Hides the cells that a deviation moves, and keeps it as a proof."""
    if y is not None:
        y[np.abs(y) < EPSILON * np.maximum(1.0, np.abs(system.values))] = 0.0
        proofs.append(y)
        system.shown = _with_groups(system, system.shown & (y == 0))


def _weak(system: System, proofs: list[Numbers], hopeless: set[int], *, push: bool = True) -> list[tuple[int, float]]:
    """The sensitive cells not yet proven safe, each with how far it must be able to go, up or down.

    `push` looks for new proofs.
    """
    weak = []
    valid = [p for p in proofs if not p[system.shown].any()]
    for cells in parts(system, ~system.shown):
        reader = _Reader(system.part(cells))
        for proof in valid:
            reader.learn(proof[cells] * reader.factor)
        reader.learned.clear()
        if push:
            reader.together()
        for y in reader.learned:
            proofs.append(np.zeros(len(system.values)))
            proofs[-1][cells] = y
        for proven, goal in ((reader.top, system.high), (reader.bottom, system.low)):
            weak += [(int(c), float(goal[c] - system.values[c])) for c in cells[~proven] if c not in hopeless]
    return weak


def _give_back(system: System, batch: Places, start: Flags, proofs: list[Numbers], hopeless: set[int]) -> None:
    """Shows again some cells, with those of their groups, where nothing needs them hidden."""
    groups = np.unique(system.group[batch][system.group[batch] >= 0])
    together = np.union1d(batch, np.flatnonzero(np.isin(system.group, groups)))
    if system.shown[batch].all() or not start[together].all():
        return
    was = system.shown.copy()
    system.shown[together] = True
    if not _safe(system, proofs, hopeless):
        system.shown = was


def _safe(system: System, proofs: list[Numbers], hopeless: set[int]) -> bool:
    """Whether no more need be hidden; stops at the first sensitive cell that needs it."""
    scaled, factor = _scaled(system)
    low, high = np.where(system.shown, 0.0, scaled.floor - scaled.values), np.where(system.shown, 0.0, np.inf)
    proven = np.zeros((2, len(low)), dtype=bool)
    for cell, reach in _weak(system, proofs, hopeless, push=False):
        if proven[int(reach < 0), cell]:
            continue
        was = low[cell], high[cell]
        low[cell] = high[cell] = reach * factor
        y = _solve(np.zeros(len(low)), scaled.relations, low, high, scaled.integer)
        low[cell], high[cell] = was
        if y is None:
            return False
        proofs.append(np.where(system.shown, 0.0, y / factor))
        proven |= np.array(_reached(proofs[-1], system.high - system.values, system.low - system.values))
    return True


def _movable(system: System) -> tuple[System, float, Numbers, Numbers, Numbers]:
    """A system scaled, by how much, the deviations that each cell may have, and what moving it costs."""
    scaled, factor = _scaled(system)
    frozen = scaled.shown & ~np.isfinite(scaled.cost)
    low, high = np.where(frozen, 0.0, scaled.floor - scaled.values), np.where(frozen, 0.0, np.inf)
    return scaled, factor, low, high, np.where(scaled.shown & ~frozen, scaled.cost, 0.0)


def _least(
    system: System, low: Numbers, high: Numbers, cost: Numbers, aims: sp.csr_array, weights: Numbers
) -> Numbers | None:
    """The deviation that costs least, |y| at each cell's cost, less what it wins by `aims` y >= share, share <= 1."""
    n, costed, wins = len(low), np.flatnonzero(cost > 0), len(weights)
    k = len(costed)
    split = sp.csr_array((np.ones(k), (np.arange(k), costed)), shape=(k, n))
    one, won = sp.eye_array(k), sp.eye_array(wins)
    # y = more - less, both at least zero; aims y = share + rest, rest at least zero.
    relations = sp.block_array(
        [[system.relations, None, None, None, None], [split, -one, one, None, None], [aims, None, None, -won, -won]],
        format="csr",
    )
    y = _solve(
        np.concatenate([np.zeros(n), cost[costed], cost[costed], -weights, np.zeros(wins)]),
        relations,
        np.concatenate([low, np.zeros(2 * k), np.full(wins, -np.inf), np.zeros(wins)]),
        np.concatenate([high, np.full(2 * k, np.inf), np.ones(wins), np.full(wins, np.inf)]),
        np.concatenate([system.integer, np.zeros(2 * k + 2 * wins, dtype=bool)]),
    )
    return None if y is None else y[:n]


def _spread(system: System, weak: list[tuple[int, float]], sign: float, turn: int) -> Numbers | None:
    """A cheap deviation that takes as many weak cells as it can to an end of their intervals, half of them up.

    Which half is drawn, always the same way; the other `sign` takes the other half.
    """
    scaled, factor, low, high, cost = _movable(system)
    drawn = {c: d for c, d in zip(*np.unique([c for c, _ in weak], return_counts=True), strict=True)}
    way = dict(zip(drawn, np.random.default_rng(turn).choice([-1.0, 1.0], len(drawn)) * sign, strict=True))
    goals = [(c, r * factor) for c, r in weak if (r > 0) == (way[c] > 0)]
    if not goals:
        return None
    aims = sp.csr_array(
        ([1 / r for _, r in goals], (range(len(goals)), [c for c, _ in goals])), shape=(len(goals), len(low))
    )
    y = _least(scaled, low, high, cost, aims, EAGER * np.abs([r for _, r in goals]))
    return None if y is None else y / factor


def _cheapest(system: System, cell: int, reach: float) -> Numbers | None:
    """The deviation that takes a cell that far at the least cost of cells to hide; None where none can.

    It counts how far each cell shown must move, not only whether: cheap, and near enough to the best.
    """
    scaled, factor, low, high, cost = _movable(system)
    low[cell] = high[cell] = reach * factor
    y = _least(scaled, low, high, cost, sp.csr_array((0, len(low))), np.zeros(0))
    return None if y is None else y / factor
