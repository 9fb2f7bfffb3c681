"""The levels of a profession's stocks: what each method foresaw of them, and the sums that make them agree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.indicators import methods, origins
from pipelines.indicators.cohorts import Floats
from pipelines.indicators.origins import AHEAD, KNOWN, LevelStocks, Tested
from pipelines.indicators.series import Ages

LEVELS = ("departement", "region", "france")  # in the order of methods.summing
PLACED = 0.01  # of a sum, what no département has: over it, the sum is foreseen apart


@dataclass(frozen=True)
class Family:
    """The levels of a profession's series, how each method did on each, and the ages of the same chain of sources."""

    profession: str
    levels: Mapping[str, LevelStocks]
    tested: Mapping[str, Tested]
    regions: Mapping[str, str]  # of each département
    ages: Ages | None

    def published(
        self, now: Mapping[str, Floats], said: Mapping[str, Floats]
    ) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Stocks of a year by level, to a tenth, and whether each is the sum of its départements, or one of them.

        `now` and `said`: stocks of today, and foreseen apart, by level: (codes,). What départements make but for a
        few, who have none, is reconciled with them and keeps these few; all else stays as foreseen apart.
        """
        made = {level: np.round(values, 1) for level, values in said.items()}
        held = {level: np.zeros(len(values), dtype=bool) for level, values in said.items()}
        lines, sums, apart = self._sums(now, said)
        value = np.array([said[level][place] for level, place in lines])
        kept = np.isfinite(value + apart)
        if not kept.any():
            return made, held
        which = np.array([level for level, _ in lines])[kept]
        errors = self._covariance(which, value[kept])
        parts = np.round(methods.reconciled((value - apart)[kept], errors, sums[kept]), 1)
        for (level, place), total, fixed in zip(lines, np.round(sums @ parts + apart, 1), kept, strict=True):
            if fixed:
                made[level][place], held[level][place] = total, True
        return made, held

    def _covariance(self, levels: NDArray[np.str_], value: Floats) -> Floats:
        """Of the errors of stocks foreseen apart, a year ahead: what each one has of its own, what a level shares."""
        own = np.array([self.tested[level].spread[0] for level in levels]) ** 2 * np.maximum(value, 1)
        shared = np.array([self.tested[level].spread[1] for level in levels]) * value
        apart = np.diag(np.maximum(own, (1e-4 * value) ** 2))
        return np.asarray(apart + np.outer(shared, shared) * (levels[:, None] == levels))

    def _sums(
        self, now: Mapping[str, Floats], said: Mapping[str, Floats]
    ) -> tuple[list[tuple[str, int]], Floats, Floats]:
        """Lines of the hierarchy (level, place), the matrix that makes them of départements, and what is apart.

        Apart is what a sum has that no département has; NaN where that is over PLACED of it.
        """
        if "departement" not in said:
            return [], np.empty((0, 0)), np.empty(0)
        codes = self.levels["departement"].codes
        here = [i for i in range(len(codes)) if np.isfinite(said["departement"][i] + now["departement"][i])]
        regions = [self.regions.get(codes[i]) for i in here]
        sums = methods.summing(regions)
        names = sorted({r for r in regions if r is not None})
        wanted = [("region", name) for name in names] + [("france", "")]
        lines: list[tuple[str, int]] = [("departement", i) for i in here]
        kept = list(range(len(here)))
        for rank, (level, name) in enumerate(wanted, len(here)):
            known = self.levels[level].codes if level in said else []
            if name in known or (level == "france" and known):
                lines.append((level, known.index(name) if name else 0))
                kept.append(rank)
        sums = sums[kept]
        total = sums @ now["departement"][here]
        apart = np.array([now[level][place] for level, place in lines]) - total
        return lines, sums, np.where(np.abs(apart) <= PLACED * total, apart, np.nan)

    def within(self, departement: str, level: str, code: str) -> bool:
        """Whether a département is part of a region, or of France."""
        return level == "france" or self.regions.get(departement) == code

    def replayed(self) -> dict[str, Floats]:
        """What would have been published from each origin of each level: (origins, codes, HORIZON)."""
        made = {level: np.full(t.seen.shape, np.nan) for level, t in self.tested.items()}
        for year in sorted({year for t in self.tested.values() for year in t.starts}):
            mine = {level: t.starts.index(year) for level, t in self.tested.items() if year in t.starts}
            now = {name: self.levels[name].at(year) for name in mine}
            for horizon in AHEAD:
                said = {
                    name: self.tested[name].foreseen[self.tested[name].method][at, :, horizon - 1]
                    for name, at in mine.items()
                    if np.isfinite(self.tested[name].seen[at, :, horizon - 1]).any()
                }
                for name, values in self.published(now, said)[0].items():
                    made[name][mine[name], :, horizon - 1] = values
        return made


def families(ages: Mapping[str, list[Ages]], stocks: pd.DataFrame, places: pd.DataFrame) -> Iterator[Family]:
    """A family per profession of which a method could be tested, from its chain of sources that goes furthest."""
    regions = dict(zip(places.code, places.region, strict=True))
    for profession, mine in stocks.groupby("profession", sort=True):
        known = {each.chaine: each for each in ages.get(str(profession), [])}
        years = mine.groupby("chaine").annee.agg(["max", "nunique"]).sort_values(["max", "nunique"], ascending=False)
        for chain, newest in years["max"].items():
            here = mine[mine.chaine == chain]
            levels = {name: found for name in LEVELS if (found := _level(here, name, newest)) is not None}
            tested = {n: t for n, level in levels.items() if (t := origins.tested(level, known.get(chain))) is not None}
            if tested:
                yield Family(str(profession), {n: levels[n] for n in tested}, tested, regions, known.get(chain))
                break


def _level(stocks: pd.DataFrame, name: str, newest: int) -> LevelStocks | None:
    """One level of a chain: territories known in its newest year; None where too few years are to be tested."""
    mine = stocks[stocks.niveau == name]
    if newest not in set(mine.annee):
        return None
    wide = mine.pivot_table(index="code", columns="annee", values="effectif")
    wide = wide[wide.iloc[:, -1].notna()]
    years = wide.columns.to_numpy(dtype=float)
    stretch = mine.groupby("annee").serie.max().loc[wide.columns].to_numpy(dtype=int)
    about = mine[mine.annee == newest].drop_duplicates("code").set_index("code")
    about = about.loc[wide.index, ["source", "millesime", "revision"]].reset_index()
    level = LevelStocks(name, list(wide.index), years, stretch, wide.to_numpy(dtype=float), about)
    return level if any(level.upto(year).sum() >= KNOWN for year in years) else None
