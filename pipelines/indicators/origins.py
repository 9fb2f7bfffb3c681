"""Rolling origins: what each method would have foreseen from each year of a series, and which erred least."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.indicators import cohorts, departures
from pipelines.indicators.cohorts import Floats
from pipelines.indicators.methods import COHORT, METHODS
from pipelines.indicators.series import Ages

HORIZON = 10
KNOWN = 4  # years known at an origin, at least
ORIGINS, REACH = 3, 3  # origins and horizon on which a method must have been tested to be chosen
AHEAD = np.arange(1, HORIZON + 1)


@dataclass(frozen=True)
class LevelStocks:
    """A profession's stocks at one level: `stocks` is (codes, years), NaN where not known; `stretches`, by year.

    `about`: code, source, millesime, revision of the last year.
    """

    name: str
    codes: list[str]
    years: Floats
    stretches: NDArray[np.int64]
    stocks: Floats
    about: pd.DataFrame

    def at(self, year: float) -> Floats:
        """The stocks of one year: (codes,)."""
        return np.asarray(self.stocks[:, self.years == year][:, 0])

    def upto(self, year: float) -> NDArray[np.bool_]:
        """The years up to one, of its own stretch."""
        here = self.stretches[self.years == year][0]
        return np.asarray((self.stretches == here) & (self.years <= year))

    @property
    def learnt(self) -> float:
        """The last year of the last stretch of KNOWN years or more: today's change is learnt there."""
        return float(max(year for year in self.years if self.upto(year).sum() >= KNOWN))

    def starts(self) -> list[float]:
        """The years from which the past can be foreseen: KNOWN years before, one after, no break between."""
        return [y for y in self.years[:-1] if self.upto(y).sum() >= KNOWN and self._later(y).any()]

    def _later(self, year: float) -> NDArray[np.bool_]:
        here = self.stretches[self.years == year][0]
        return np.asarray((self.stretches == here) & (self.years > year) & (self.years <= year + HORIZON))

    def seen(self, year: float) -> Floats:
        """What came in the HORIZON years after one: (codes, HORIZON), NaN where not known or beyond a break."""
        made = np.full((len(self.codes), HORIZON), np.nan)
        later = self._later(year)
        made[:, (self.years[later] - year).astype(int) - 1] = self.stocks[:, later]
        return made


def foreseen(level: LevelStocks, ages: Ages | None, year: float) -> dict[str, Floats]:
    """Change in each of the HORIZON years after one, by method: (codes, HORIZON)."""
    known = level.upto(year)
    years, stocks = level.years[known], level.stocks[:, known]
    made = {name: method(years, stocks, AHEAD) for name, method in METHODS.items()}
    cohort = _cohort(level, ages, int(year)) if ages is not None else None
    return made if cohort is None else {**made, COHORT: cohort}


def _cohort(level: LevelStocks, ages: Ages, year: int) -> Floats | None:
    """The change that exits and entries by age make, learnt from pairs of years complete by `year`; None without.

    Entries are those of France, shared out as those under 40 are.
    """
    pairs = ages.pairs("france", upto=year)
    keys, present = ages.at(level.name, year)
    _, whole = ages.at("france", year)
    if pairs.empty or not len(whole) or not set(level.codes) <= set(keys.code):
        return None
    before, after = ages.counts[pairs.avant], ages.counts[pairs.apres]
    present = present[[list(keys.code).index(code) for code in level.codes]]
    young = np.array(ages.bands.lower) < 40
    share = present[:, young].sum(axis=1) / whole[0, young].sum()
    gains = share[:, None] * cohorts.coming(before, after, ages.bands)
    path = cohorts.project(present, departures.kept(ages, pairs), gains, ages.bands, HORIZON)
    return path[:, 1:] - path[:, [0]]


@dataclass(frozen=True)
class Tested:
    """What was foreseen and seen from each origin: (origins, codes, HORIZON) by method, and the method chosen."""

    starts: list[float]
    foreseen: Mapping[str, Floats]
    seen: Floats
    loss: Mapping[str, float]

    @functools.cached_property
    def method(self) -> str:
        """That of the least loss; of two, the simpler."""
        return min(self.loss, key=lambda name: self.loss[name])

    @functools.cached_property
    def spread(self) -> tuple[float, float]:
        """Errors of the method chosen a year ahead, growing with the horizon: each territory's own, and the shared.

        Own: in square roots of a stock; shared by all territories of a level: a share of the stock, 0 for one alone.
        """
        value = np.where(np.isfinite(self.seen), self.foreseen[self.method], np.nan)
        away, several = self.seen - value, value.shape[1] > 1
        base = np.nansum(value, axis=1)
        tested = base > 0
        shared = np.divide(np.nansum(away, axis=1), base, out=np.zeros(base.shape), where=tested & several)
        own = (away - value * shared[:, None]) / np.sqrt(np.maximum(value, 1))
        common = np.sqrt(((shared / AHEAD)[tested] ** 2).mean())
        return float(np.sqrt(np.nanmean((own / AHEAD) ** 2))), float(common)


def tested(level: LevelStocks, ages: Ages | None) -> Tested | None:
    """Each method from each origin of a level; None where none can be tested."""
    starts = level.starts()
    apart: dict[str, list[Floats]] = {}
    for year in starts:
        now = level.stocks[:, level.years == year]
        made = foreseen(level, ages, year)
        for name in (*METHODS, COHORT):
            apart.setdefault(name, []).append(
                np.maximum(now + made[name], 0) if name in made else np.full((len(level.codes), HORIZON), np.nan)
            )
    if not starts:
        return None
    values, seen = {name: np.stack(each) for name, each in apart.items()}, np.stack([level.seen(y) for y in starts])
    possible = foreseen(level, ages, level.learnt)
    loss = losses({name: v for name, v in values.items() if name in possible}, seen)
    return Tested(starts, values, seen, loss) if loss else None


def errors(value: Floats, seen: Floats) -> Floats:
    """Relative errors, a share of what came: positive where too many were foreseen."""
    return np.asarray(np.divide(value, seen, out=np.full(value.shape, np.nan), where=seen > 0) - 1)


def losses(foreseen: Mapping[str, Floats], seen: Floats) -> dict[str, float]:
    """Mean absolute relative error of each method that was tested enough, all on the same origins and horizons.

    The mean over territories of each origin and horizon, then over origins, then over horizons, which all weigh the
    same. Enough is ORIGINS origins, and REACH years ahead.
    """
    cells = {}
    for name, value in foreseen.items():
        size = np.abs(errors(value, seen))
        count = np.isfinite(size).sum(axis=1)
        unknown = np.full(count.shape, np.nan)
        cells[name] = np.divide(np.nansum(size, axis=1), count, out=unknown, where=count > 0)
    enough = {
        name: each
        for name, each in cells.items()
        if np.isfinite(each).any(axis=1).sum() >= ORIGINS and np.isfinite(each[:, REACH - 1 :]).any()
    }
    if not enough:
        return {}
    common = np.all([np.isfinite(each) for each in enough.values()], axis=0)
    return {
        name: float(np.mean([each[common[:, h], h].mean() for h in range(HORIZON) if common[:, h].any()]))
        for name, each in enough.items()
    }
