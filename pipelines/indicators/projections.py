"""Stocks to come, by the method that has foreseen the past best, with its own errors as interval.

From each year of a series, each method foresees the years that followed (rolling origins). Of a profession and a
level, the method is that of the least mean error; what the levels say apart is reconciled, from the départements
up, at each origin as today, and the errors of what is published so give the interval of each horizon.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from pipelines.indicators import cohorts, departures, families, methods, origins
from pipelines.indicators.cohorts import Floats
from pipelines.indicators.departures import CENTRAL, SCENARIOS, Known
from pipelines.indicators.families import Family
from pipelines.indicators.intervals import LEVEL
from pipelines.indicators.origins import AHEAD, HORIZON, ORIGINS, LevelStocks

PUBLISHED = "publiée"
MANY = 40  # errors from which quantiles are read; under it, Student's

PROJECTIONS = [
    *("niveau", "code", "annee_depart", "millesime", "revision", "source", "profession", "methode", "scenario"),
    *("annee", "effectif", "seul", "bas", "haut", "debut_serie", "fin_serie", "retenue", "reconciliee"),
]
TESTS = [
    *("profession", "niveau", "methode", "horizon", "origines", "premiere_origine", "derniere_origine"),
    *("territoires", "erreur_mediane", "erreur_mediane_absolue", "erreur_moyenne_absolue", "perte", "retenue"),
    *("demi_largeur", "couverture"),
]


def projections(ages: Known, stocks: pd.DataFrame, places: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stocks to come over ten years, and the back-test: see PROJECTIONS and TESTS.

    `ages`: see series.ages; `stocks`: profession, chaine, serie, niveau, code, annee, source, millesime, revision,
    effectif; `places`: code and region of départements. `retenue` marks what is published: the method of the
    back-test, reconciled, with its interval; `seul` is what its level said apart. A scenario moves it by what more
    or fewer leave than in the central one.
    """
    lines: list[pd.DataFrame] = []
    tests: list[tuple[object, ...]] = []
    for family in families.families(ages, stocks, places):
        replayed = family.replayed()
        lines += _coming(family, replayed)
        tests += [line for name in family.levels for line in _tests(family, name, replayed[name])]
    made = pd.concat(lines, ignore_index=True)[PROJECTIONS] if lines else pd.DataFrame(columns=PROJECTIONS)
    return made.dropna(subset=["effectif"]), pd.DataFrame(tests, columns=TESTS)


def _coming(family: Family, replayed: Mapping[str, Floats]) -> Iterator[pd.DataFrame]:
    """The lines of a profession."""
    now = {name: level.stocks[:, -1] for name, level in family.levels.items()}
    alone = {
        name: {
            method: np.column_stack([now[name], np.maximum(now[name][:, None] + change, 0)])
            for method, change in origins.foreseen(level, family.ages, level.learnt).items()
            if method in family.tested[name].loss
        }
        for name, level in family.levels.items()
    }
    paths = {name: np.column_stack([each, np.empty((len(each), HORIZON))]) for name, each in now.items()}
    held: dict[str, Floats] = {}
    for horizon in AHEAD:
        said = {name: alone[name][family.tested[name].method][:, horizon] for name in family.levels}
        made, held = family.published(now, said)
        for name, values in made.items():
            paths[name][:, horizon] = values
    moved = _moved(family, held, paths)
    for name, level in family.levels.items():
        tested, path = family.tested[name], paths[name]
        low, high = (path + np.sqrt(path) * each for each in margins(replayed[name], tested.seen))
        for method, each in alone[name].items():
            mine = _lines(family.profession, level, method).assign(seul=each.ravel(), retenue=method == tested.method)
            if method != tested.method:
                yield mine.assign(scenario=CENTRAL, effectif=each.ravel(), reconciliee=False)
                continue
            mine = mine.assign(reconciliee=np.repeat(held[name], HORIZON + 1))
            bounds = {"bas": np.clip(low, 0, None).ravel(), "haut": high.ravel()}
            yield mine.assign(scenario=CENTRAL, effectif=path.ravel(), **bounds)
            for scenario, more in moved.get(name, {}).items():
                yield mine.assign(scenario=scenario, effectif=(path - more).ravel(), seul=np.nan)


def _lines(profession: str, level: LevelStocks, method: str) -> pd.DataFrame:
    """Keys of the lines of a level and a method: territories, each with its years from today on."""
    each = level.about.loc[level.about.index.repeat(HORIZON + 1)]
    last, stretch = level.learnt, level.years[level.upto(level.learnt)]
    first = stretch[stretch >= last - methods.SPAN.get(method, last)][0]
    return each.assign(
        profession=profession,
        niveau=level.name,
        methode=method,
        annee_depart=int(level.years[-1]),
        annee=np.tile(int(level.years[-1]) + np.arange(HORIZON + 1), len(level.codes)),
        bas=np.nan,
        haut=np.nan,
        debut_serie=int(first),
        fin_serie=int(last),
    )


def _moved(family: Family, held: Mapping[str, Floats], paths: Mapping[str, Floats]) -> dict[str, dict[str, Floats]]:
    """Departures of each scenario beyond the central ones, by level: (codes, HORIZON + 1); NaN where no age is known.

    To a tenth, never more than who is there (`paths`), the sums those of their départements, where these are all known.
    """
    if family.ages is None or len(family.ages.pairs("france")) < departures.PAIRS:
        return {}
    ages, made = family.ages, dict[str, dict[str, Floats]]()
    central = departures.kept(ages, ages.pairs("france"))
    for scenario, told in SCENARIOS.items():
        changed = cohorts.scenario(central, ages.bands, *told)
        more = np.stack(
            [cohorts.gone(changed, ages.bands, h) - cohorts.gone(central, ages.bands, h) for h in range(HORIZON + 1)]
        )
        for name, level in family.levels.items():
            keys, present = ages.at(name, int(level.years[-1]))
            found = pd.DataFrame(np.round(present @ more.T, 1), index=keys.code).reindex(level.codes)
            if scenario != CENTRAL and found.notna().any(axis=None):
                there = np.floor(10 * paths[name]) / 10
                made.setdefault(name, {})[scenario] = np.minimum(found.to_numpy(dtype=float), there)
    for scenario, parts in made.get("departement", {}).items():
        for name in made.keys() - {"departement"}:
            for place, code in enumerate(family.levels[name].codes):
                mine = [i for i, c in enumerate(family.levels["departement"].codes) if family.within(c, name, code)]
                if held[name][place] and np.isfinite(parts[mine]).all():
                    made[name][scenario][place] = np.round(parts[mine].sum(axis=0), 1)
    return made


def margins(value: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """What to add to a stock for its bounds, in its own square roots: two of (HORIZON + 1,), 0 today.

    From the errors of each horizon, of ORIGINS origins or more; never narrower than at a nearer one; beyond the last,
    on a straight line from today: errors grow as time does.
    """
    found = np.stack([_quantiles(value[:, :, h - 1], seen[:, :, h - 1], ORIGINS) for h in AHEAD], axis=1)
    known = np.flatnonzero(np.isfinite(found[0]))
    if not len(known):
        return np.full(HORIZON + 1, np.nan), np.full(HORIZON + 1, np.nan)
    low, high = np.minimum.accumulate(found[0][known]), np.maximum.accumulate(found[1][known])
    at, last = np.append(0, AHEAD[known]), AHEAD[known[-1]]
    beyond = np.maximum(1, np.arange(HORIZON + 1) / last)
    inside = np.arange(HORIZON + 1)
    bounds = [np.interp(inside, at, np.append(0, each)) * beyond for each in (low, high)]
    return bounds[0], bounds[1]


def _quantiles(value: Floats, seen: Floats, needed: int) -> tuple[float, float]:
    """Bounds at LEVEL of errors of some origins, (origins, codes), in square roots of the stock foreseen; they hold 0.

    A stock's error grows as its square root: one measure holds for small and large territories. MANY errors have
    their own quantiles; fewer, Student's, as many degrees as origins. Both are widened by sqrt(1 + 1/origins): the
    year to come is one more draw.
    """
    away = np.divide(seen - value, np.sqrt(value), out=np.full(value.shape, np.nan), where=value > 0)
    count = int(np.isfinite(away).any(axis=1).sum())
    if count < needed:
        return np.nan, np.nan
    flat = away[np.isfinite(away)]
    if len(flat) >= MANY:
        low, high = np.quantile(flat, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    else:
        high = stats.t.ppf((1 + LEVEL) / 2, count) * np.sqrt((flat**2).mean())
        low = -high
    wider = np.sqrt(1 + 1 / count)
    return min(0.0, float(low) * wider), max(0.0, float(high) * wider)


def coverage(value: Floats, seen: Floats, horizon: int) -> float | None:
    """Share of what came at a horizon that is within the bounds drawn from the other origins' errors."""
    inside = []
    mine, true = value[:, :, horizon - 1], seen[:, :, horizon - 1]
    for left in range(len(mine)):
        low, high = _quantiles(np.delete(mine, left, 0), np.delete(true, left, 0), ORIGINS - 1)
        away = (true[left] - mine[left]) / np.sqrt(np.maximum(mine[left], 1))
        inside.append(((away >= low) & (away <= high))[np.isfinite(away + low)])
    every = np.concatenate(inside)
    return float(every.mean()) if len(every) else None


def _tests(family: Family, name: str, replayed: Floats) -> Iterator[tuple[object, ...]]:
    """Errors of each method at each horizon, then of what would have been published."""
    tested, level = family.tested[name], family.levels[name]
    high = margins(replayed, tested.seen)
    size = np.median(np.sqrt(level.stocks[:, -1]))
    for method, value in {**tested.foreseen, PUBLISHED: replayed}.items():
        away = origins.errors(value, tested.seen)
        for horizon in AHEAD:
            mine = away[:, :, horizon - 1]
            known = np.isfinite(mine)
            if not known.any():
                continue
            starts = np.array(tested.starts)[known.any(axis=1)].astype(int)
            flat = mine[known]
            own = method == PUBLISHED
            yield (
                *(family.profession, name, method, int(horizon), len(starts), starts.min(), starts.max()),
                *(int(known.any(axis=0).sum()), np.median(flat), np.median(np.abs(flat)), np.abs(flat).mean()),
                *(tested.loss.get(method), method == tested.method),
                (high[1][horizon] - high[0][horizon]) / 2 / size if own else None,
                coverage(value, tested.seen, int(horizon)) if own else None,
            )
