"""Departures expected among those present, by what their age band has left before, and how such numbers fared.

National shares of each band are applied to the ages of each territory. Every pair of years one band apart is
foreseen in turn, from those that were complete before it and from all the others, by each method, and the one that
erred least is kept; where ages are known at both years for the départements or the regions, these are foreseen too.
"""

import functools
import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from pipelines.indicators import cohorts
from pipelines.indicators.cohorts import Floats
from pipelines.indicators.intervals import LEVEL
from pipelines.indicators.series import Ages

HORIZONS = (5, 10)
PAIRS = 2  # under it, no error is known, and nothing is said

CENTRAL = "central"
SCENARIOS = {
    CENTRAL: (1.0, 0),
    "sorties +20 %": (1.2, 0),
    "sorties -20 %": (0.8, 0),
    "âge +1 an": (1.0, 1),
    "âge +2 ans": (1.0, 2),
}
METHODS = {"deux parts": True, "une part": False}  # of who feeds the open band: see cohorts.stays
FORWARD, OTHERS = "années d'avant", "autres années"
Known = Mapping[str, list[Ages]]  # by profession: see series.ages
LEVELS = ("france", "region", "departement")

DEPARTURES = [
    *("niveau", "code", "annee", "millesime", "revision", "source", "profession", "horizon", "scenario"),
    *("effectif", "departs", "bas", "haut", "debut_serie", "fin_serie"),
]
TESTS = [
    *("profession", "niveau", "methode", "retenue", "apprises", "annee", "annee_fin", "age_min", "age_max", "ensemble"),
    *("territoires", "presents", "departs_attendus", "departs_observes", "erreur", "erreur_mediane_absolue"),
]


def followed(ages: Known) -> dict[str, Ages]:
    """The ages of the professions whose exits can be estimated and tested: PAIRS pairs of years or more for France."""
    tested = {name: [mine for mine in each if len(mine.pairs("france")) >= PAIRS] for name, each in ages.items()}
    return {name: each[0] for name, each in tested.items() if each}


def kept(ages: Ages, pairs: pd.DataFrame, method: str | None = None) -> Floats:
    """Share of each band still present one width later, learnt from these pairs of years; by the method chosen."""
    before, after = ages.counts[pairs.avant], ages.counts[pairs.apres]
    return cohorts.stays(before, after, ages.bands, apart=METHODS[method or chosen(ages)])


@functools.lru_cache(maxsize=16)
def chosen(ages: Ages) -> str:
    """The method whose mean absolute error is least: exits of France, each year foreseen from the others."""
    national = ages.pairs("france")

    def loss(method: str) -> float:
        away = []
        for year, mine in national.groupby("annee"):
            before, after = ages.counts[mine.avant], ages.counts[mine.apres]
            value = before @ (1 - kept(ages, national[national.annee != year], method))
            away.append(np.abs(value / _seen(before, after, ages).sum(axis=-1) - 1).mean())
        return float(np.mean(away))

    return min(METHODS, key=loss)


def latest(ages: Ages) -> tuple[pd.DataFrame, Floats]:
    """The newest year of ages of each territory."""
    newest = ages.keys.groupby(["niveau", "code"]).annee.transform("max") == ages.keys.annee
    mine = newest & ~ages.keys.duplicated(["niveau", "code", "annee"])
    return ages.keys[mine].reset_index(drop=True), ages.counts[mine.to_numpy()]


def expected(ages: Known) -> pd.DataFrame:
    """Expected exits in 5 and 10 years of those present: one line per profession, territory, horizon, scenario."""
    lines = []
    for profession, mine in followed(ages).items():
        pairs, (keys, present) = mine.pairs("france"), latest(mine)
        central, spread = kept(mine, pairs), _spread(mine)
        for horizon in HORIZONS:
            share = cohorts.gone(central, mine.bands, horizon)
            erred = keys.niveau.map(spread).to_numpy() * horizon / mine.bands.width
            low, high = _interval(present, share, erred, int(pairs.annee.nunique()))
            for name, (factor, later) in SCENARIOS.items():
                changed = cohorts.scenario(central, mine.bands, factor, later)
                lines.append(
                    keys.drop(columns="serie").assign(
                        profession=profession,
                        horizon=horizon,
                        scenario=name,
                        effectif=present.sum(axis=-1),
                        departs=present @ cohorts.gone(changed, mine.bands, horizon),
                        bas=low if name == CENTRAL else np.nan,
                        haut=high if name == CENTRAL else np.nan,
                        debut_serie=int(pairs.annee.min()),
                        fin_serie=int(pairs.annee.max()) + mine.bands.width,
                    )
                )
    return pd.concat(lines, ignore_index=True)[DEPARTURES] if lines else pd.DataFrame(columns=DEPARTURES)


def _chance(present: Floats, share: Floats) -> Floats:
    """Variance of departures if each of those present leaves or not by a throw of the dice of their band."""
    return np.asarray((present * share * (1 - share)).sum(axis=-1))


def _interval(present: Floats, share: Floats, spread: Floats, years: int) -> tuple[Floats, Floats]:
    """Bounds from the errors measured, each line's `spread` a share of its departures, and from each one's chance.

    `years`: those that were foreseen; few as they are, Student's quantile stands for the normal one.
    """
    value = present @ share
    quantile = (1 + LEVEL) / 2
    measured = stats.t.ppf(quantile, years) * spread * value
    half = np.sqrt(measured**2 + stats.norm.ppf(quantile) ** 2 * _chance(present, share))
    return np.clip(value - half, 0, None), np.minimum(value + half, present.sum(axis=-1))


def _spread(ages: Ages) -> dict[str, float]:
    """Root mean square of the relative errors of each level, each year foreseen from the others.

    The chance of each one is taken off: `_interval` adds that of the territory. Levels whose ages are not known
    twice have France's error.
    """
    found: dict[str, float] = {}
    for level in LEVELS:
        squares = []
        for year, mine in ages.pairs(level).groupby("annee"):
            national = ages.pairs("france")
            others = national[national.annee != year]
            if others.empty:
                continue
            leaving = 1 - kept(ages, others)
            before, after = ages.counts[mine.avant], ages.counts[mine.apres]
            value, seen = before @ leaving, _seen(before, after, ages).sum(axis=-1)
            squares.append(((value - seen) ** 2 - _chance(before, leaving)) / np.maximum(value, 1) ** 2)
        measured = np.sqrt(max(0.0, float(np.concatenate(squares).mean()))) if squares else np.nan
        found[level] = max(measured, found.get("france", 0.0)) if squares else found.get("france", np.nan)
    return found


def _seen(before: Floats, after: Floats, ages: Ages) -> Floats:
    """Exits observed by band, (lines, bands): of the last two together, in the last closed one; none where young."""
    lost = np.zeros_like(before)
    lost[:, :-2] = (before[:, :-2] - after[:, 1:-1]) * ages.bands.old[:-2]
    lost[:, -2] = before[:, -2] + before[:, -1] - after[:, -1]
    return lost


def back_test(ages: Known) -> pd.DataFrame:
    """Exits foreseen and observed from each year on, by age and together: one line per level, year and band.

    `apprises`: the years from which the shares are learnt, those complete at the start or all the others.
    """
    lines = []
    for profession, mine in followed(ages).items():
        best, national = chosen(mine), mine.pairs("france")
        for level, method in itertools.product(LEVELS, METHODS):
            for year, pairs in mine.pairs(level).groupby("annee"):
                learnt = {
                    FORWARD: mine.pairs("france", upto=int(str(year))),
                    OTHERS: national[national.annee != year],
                }
                for name, known in learnt.items():
                    if not known.empty:
                        years = (year, int(str(year)) + mine.bands.width)
                        told = (profession, level, method, method == best, name, *years)
                        lines += [(*told, *line) for line in _tested(mine, pairs, kept(mine, known, method))]
    return pd.DataFrame(lines, columns=TESTS)


def _tested(ages: Ages, pairs: pd.DataFrame, share: Floats) -> list[tuple[object, ...]]:
    """What was foreseen and observed of some territories, by band from EXITS_FROM on, then together."""
    before, after = ages.counts[pairs.avant], ages.counts[pairs.apres]
    foreseen, seen, present = before * (1 - share), _seen(before, after, ages), before * ages.bands.old
    for table in (foreseen, present):
        table[:, -2] += table[:, -1]
    lower = ages.bands.lower
    first = int(np.flatnonzero(ages.bands.old)[0])
    groups: list[tuple[int, int | None, bool, list[int]]]
    groups = [(lower[b], lower[b] + ages.bands.width - 1, False, [b]) for b in range(first, len(lower) - 2)]
    groups.append((lower[-2], None, False, [len(lower) - 2]))
    groups.append((lower[first], None, True, list(range(first, len(lower) - 1))))
    lines: list[tuple[object, ...]] = []
    for low, high, whole, held in groups:
        value, true = foreseen[:, held].sum(axis=1), seen[:, held].sum(axis=1)
        each = np.abs(value[true > 0] / true[true > 0] - 1)
        error = value.sum() / true.sum() - 1 if true.sum() > 0 else None
        median = float(np.median(each)) if len(each) else None
        lines.append((low, high, whole, len(value), present[:, held].sum(), value.sum(), true.sum(), error, median))
    return lines
