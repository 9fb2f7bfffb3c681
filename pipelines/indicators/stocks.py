"""Departures and stocks to come, from the stocks of the atlas, and how such projections fared in the past.

National hazards and entries are applied to the ages of each territory. Where ages are known for one year
only (the départements), no cohort can be tested against what came: the level continued with its local
slope, which can, stands beside it, and the better tested of the two is the one retained.

`serie` numbers, in both tables, the stretches of a source that a break of reference.ruptures parts: nothing
is learnt from one year of a stretch to another's.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.indicators import cohorts
from pipelines.indicators.cohorts import Floats, Flows

HORIZON = 10
HORIZONS = (5, 10)
DRAWS = 1000
SEED = 20251
BOUNDS = (0.025, 0.975)
TESTED = 2016  # the back-test fits up to that year, and predicts the four that follow
LOCAL = 4  # years of which the local slope is taken

COHORT, SLOPE, STILL, TREND = "cohorte", "niveau et pente locale", "persistance", "tendance linéaire"

SCENARIOS = {
    "central": (1.0, 0),
    "sorties +20 %": (1.2, 0),
    "sorties -20 %": (0.8, 0),
    "âge +1 an": (1.0, 1),
    "âge +2 ans": (1.0, 2),
}


def _bands(ages: pd.DataFrame, index: list[str]) -> tuple[pd.DataFrame, Floats]:
    """Stocks by single age of each line of `index`: its keys, and (lines, ages).

    Each source has bands of its own. A line of which a band is secret or missing is left out.
    """
    keys, stocks = [], []
    for _, mine in ages.groupby("source", sort=True):
        wide = mine.pivot_table(index=index, columns="age_min", values="effectif", aggfunc="sum", sort=True)
        lower = wide.columns.to_numpy(dtype=np.int64)
        young = lower <= 25  # bands under 30 start the model together: some sources cut them, others don't
        old = wide.loc[:, ~young].dropna()
        first = wide.loc[old.index, young].sum(axis=1).to_numpy(dtype=float)
        if old.empty:
            continue
        counts = np.column_stack([first, old.to_numpy(dtype=float)])
        keys.append(old.index.to_frame(index=False))
        stocks.append(cohorts.single_ages(np.append(cohorts.YOUNGEST, lower[~young]), counts))
    if not keys:
        return pd.DataFrame(columns=index), np.empty((0, len(cohorts.AGES)))
    return pd.concat(keys, ignore_index=True), np.concatenate(stocks)


def _longest(known: pd.DataFrame) -> pd.DataFrame:
    """The lines of the longest series that no break cuts: one source, years that compare (`serie`)."""
    source, serie = known.groupby(["source", "serie"]).annee.nunique().idxmax()
    return known[(known.source == source) & (known.serie == serie)]


def _series(ages: pd.DataFrame, profession: str) -> tuple[list[int], Floats]:
    """Years and national stocks by single age of the longest series of a profession."""
    keys, stocks = _bands(_longest(ages[(ages.profession == profession) & (ages.niveau == "france")]), ["annee"])
    return [int(year) for year in keys.annee], stocks


def models(ages: pd.DataFrame) -> dict[str, tuple[list[int], Floats, Flows]]:
    """Per profession whose ages are known three years in a row or more: years, stocks and what they teach."""
    followed: dict[str, tuple[list[int], Floats, Flows]] = {}
    national = ages[ages.niveau == "france"]
    for profession in sorted(set(national.profession)):
        years, stocks = _series(ages, str(profession))
        if len(years) >= 3 and len(years) == years[-1] - years[0] + 1:
            followed[str(profession)] = (years, stocks, cohorts.fit(stocks))
    return followed


def _latest(ages: pd.DataFrame, profession: str) -> pd.DataFrame:
    """The newest year of ages of each territory of a profession; one source a territory."""
    mine = ages[ages.profession == profession]
    mine = mine[mine.annee == mine.groupby(["niveau", "code"]).annee.transform("max")]
    return mine[mine.source == mine.groupby(["niveau", "code"]).source.transform("min")]


def _scenario(model: Flows, factor: float, later: int) -> Floats:
    """Hazards of a scenario: exits multiplied, net returns left as they are, all at later ages."""
    return cohorts.older(np.where(model.hazards > 0, model.hazards * factor, model.hazards), later)


def _draws(model: Flows, years: int) -> tuple[Floats, Floats]:
    """Exits and entries, (draws, ages) each, that differ as they did from one year to the other, seeded.

    A draw holds for the whole horizon: it stands for a different mean, whose error falls with the years seen.
    """
    chance = np.random.default_rng(SEED)
    shift = chance.standard_normal((DRAWS, 2))
    root = np.sqrt(max(1, years - 1))
    exits, enters = np.hsplit(shift / root, 2)
    return model.hazards + exits * model.hazards_sd, model.entries + enters * model.entries_sd


def departures(ages: pd.DataFrame) -> pd.DataFrame:
    """Expected exits in 5 and 10 years of those present: one line per profession, territory, horizon, scenario.

    `ages`: profession, source, serie, niveau, code, annee, millesime, revision, age_min, effectif. The interval
    is that of 1 000 seeded draws: exits of the years seen, and the chance of each person's own.
    """
    lines = []
    for profession, (years, _, model) in models(ages).items():
        keys, stocks = _bands(_latest(ages, profession), ["niveau", "code", "annee", "millesime", "revision", "source"])
        exits, _ = _draws(model, len(years))
        chance = np.random.default_rng(SEED)
        for horizon in HORIZONS:
            expected = stocks @ (1 - cohorts.staying(np.clip(exits, 0, 1), horizon)).T
            low, high = np.quantile(chance.poisson(expected), BOUNDS, axis=-1)
            for scenario, (factor, later) in SCENARIOS.items():
                value = cohorts.leaving(stocks, _scenario(model, factor, later), horizon)
                central = scenario == "central"
                lines.append(
                    keys.assign(
                        profession=profession,
                        horizon=horizon,
                        scenario=scenario,
                        effectif=stocks.sum(axis=-1),
                        departs=value,
                        bas=low if central else np.nan,
                        haut=high if central else np.nan,
                        debut_serie=years[0],
                        fin_serie=years[-1],
                    )
                )
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=DEPARTURES)


DEPARTURES = [
    *("niveau", "code", "annee", "millesime", "revision", "source", "profession", "horizon", "scenario"),
    *("effectif", "departs", "bas", "haut", "debut_serie", "fin_serie"),
]
PROJECTIONS = [
    *("niveau", "code", "annee_depart", "millesime", "revision", "source", "profession", "methode", "scenario"),
    *("annee", "effectif", "bas", "haut", "debut_serie", "fin_serie", "retenue"),
]
TESTS = ["profession", "niveau", "methode", "annee", "territoires", "erreur_mediane", "erreur_mediane_absolue"]


def _slope(levels: Floats) -> Floats:
    """Mean yearly change of the last LOCAL years: (..., years) -> (...); NaN where one year only is known."""
    back = min(LOCAL, levels.shape[-1] - 1)
    if back == 0:
        return np.full(levels.shape[:-1], np.nan)
    return np.asarray((levels[..., -1] - levels[..., -1 - back]) / back)


def _wide(stocks: pd.DataFrame, profession: str, level: str) -> pd.DataFrame:
    """Stocks of a profession by territory and year; years of one series that compare, complete territories only."""
    mine = stocks[(stocks.profession == profession) & (stocks.niveau == level)]
    if mine.empty:
        return pd.DataFrame()
    return _longest(mine).pivot_table(index="code", columns="annee", values="effectif").dropna()


def _errors(wide: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Relative errors of each method that needs no ages, fitted to TESTED: (territories, years predicted)."""
    past = wide.loc[:, [y for y in wide.columns if y <= TESTED]].to_numpy(dtype=float)
    coming = [y for y in wide.columns if y > TESTED]
    ahead = np.array(coming) - TESTED
    years = np.array([y for y in wide.columns if y <= TESTED], dtype=float)
    centred = years - years.mean()
    slope = (past * centred).sum(axis=1) / (centred**2).sum()
    predicted = {
        STILL: past[:, [-1]] + 0 * ahead,
        TREND: past.mean(axis=1, keepdims=True) + slope[:, None] * (np.array(coming) - years.mean()),
        SLOPE: past[:, [-1]] + _slope(past)[:, None] * ahead,
    }
    seen = wide.loc[:, coming].to_numpy(dtype=float)
    return {
        method: pd.DataFrame(values / seen - 1, index=wide.index, columns=coming)
        for method, values in predicted.items()
    }


def back_test(ages: pd.DataFrame, stocks: pd.DataFrame) -> pd.DataFrame:
    """Errors of each method fitted to TESTED on the years that followed, by profession, level and year.

    `stocks`: profession, source, serie, niveau, code, annee, effectif. Errors are shares of what came; a year
    beyond a break isn't what was to come.
    """
    lines = []
    for profession, (years, singles, _) in models(ages).items():
        for level in ("france", "departement"):
            wide = _wide(stocks, profession, level)
            if wide.empty or not {TESTED, TESTED + 1} <= set(wide.columns) or min(wide.columns) > TESTED - LOCAL:
                continue
            found: Mapping[str, pd.DataFrame] = _errors(wide)
            if level == "france" and TESTED in years and years.index(TESTED) >= 2:
                known = years.index(TESTED) + 1
                model = cohorts.fit(singles[:known])
                path = cohorts.project(singles[known - 1], model.hazards, model.entries, len(years) - known)
                seen = singles[known:].sum(axis=-1)
                cohort = pd.DataFrame([path.sum(axis=-1)[1:] / seen - 1], columns=years[known:])
                found = {**found, COHORT: cohort}
            for method, errors in found.items():
                lines += [
                    (profession, level, method, year, len(errors), errors[year].median(), errors[year].abs().median())
                    for year in errors.columns
                ]
    return pd.DataFrame(lines, columns=TESTS)


def projections(ages: pd.DataFrame, stocks: pd.DataFrame) -> pd.DataFrame:
    """Stocks to come over ten years: one line per profession, territory, method, scenario and year.

    The cohort method gives scenarios and a simulated interval; the level with its local slope, the
    interval of its back-test, widened with the square root of time beyond the years tested. `retenue`
    marks the method to publish: cohorts for France, the local slope where cohorts can't be tested.
    """
    lines = []
    for profession, (years, _, model) in models(ages).items():
        keys, now = _bands(_latest(ages, profession), ["niveau", "code", "annee", "millesime", "revision", "source"])
        keys = keys.rename(columns={"annee": "annee_depart"})
        young = _shared(keys, now)
        entries = young[:, None] * model.entries
        low, high = np.quantile(cohorts.totals(now, young, *_draws(model, len(years)), HORIZON), BOUNDS, axis=1)
        paths = {
            (COHORT, scenario): cohorts.project(now, _scenario(model, *told), entries, HORIZON).sum(axis=-1)
            for scenario, told in SCENARIOS.items()
        }
        local, spread, seen = _local(keys, now.sum(axis=-1), stocks, profession)
        paths[(SLOPE, "central")] = local
        paths[(STILL, "central")] = np.repeat(now.sum(axis=-1)[:, None], HORIZON + 1, axis=1)
        each = keys.loc[keys.index.repeat(HORIZON + 1)]
        coming = each.annee_depart + np.tile(np.arange(HORIZON + 1), len(keys))
        for (method, scenario), path in paths.items():
            inside = (np.full(path.shape, np.nan), np.full(path.shape, np.nan))
            first, last = {COHORT: (years[0], years[-1]), SLOPE: seen}.get(method, (None, None))
            if (method, scenario) == (COHORT, "central"):
                inside = (low, high)
            elif method == SLOPE:
                inside = (path * (1 + spread[0]), path * (1 + spread[1]))
            lines.append(
                each.assign(
                    profession=profession,
                    methode=method,
                    scenario=scenario,
                    annee=coming,
                    effectif=path.ravel(),
                    bas=inside[0].ravel(),
                    haut=inside[1].ravel(),
                    debut_serie=first,
                    fin_serie=last,
                    retenue=np.where(each.niveau == "france", method == COHORT, method == SLOPE),
                )
            )
    made = pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=PROJECTIONS)
    return made.dropna(subset=["effectif"])


def _shared(keys: pd.DataFrame, now: Floats) -> Floats:
    """Share of the national entries that each territory gets: its share of those under 40 today."""
    young = now[:, cohorts.AGES < 40].sum(axis=-1)
    whole = young[(keys.niveau == "france").to_numpy()].sum()
    return np.asarray(young / whole) if whole > 0 else np.zeros(len(keys))


def _local(
    keys: pd.DataFrame, level: Floats, stocks: pd.DataFrame, profession: str
) -> tuple[Floats, Floats, tuple[int | None, int | None]]:
    """Level of today continued with the local slope, the spread of its back-test by horizon, the years of the slope."""
    slopes = np.full(len(keys), np.nan)
    seen: tuple[int | None, int | None] = (None, None)
    tested = pd.DataFrame()
    for name in keys.niveau.unique():
        wide = _wide(stocks, profession, name)
        if wide.empty:
            continue
        seen = (int(wide.columns[-1 - min(LOCAL, wide.shape[1] - 1)]), int(wide.columns[-1]))
        known = pd.Series(_slope(wide.to_numpy(dtype=float)), index=wide.index)
        mine = (keys.niveau == name).to_numpy()
        slopes[mine] = keys.code[mine].map(known).to_numpy(dtype=float)
        if name == "departement" and {TESTED, TESTED + 1} <= set(wide.columns):
            tested = _errors(wide)[SLOPE]
    spread = np.full((2, HORIZON + 1), np.nan)
    if not tested.empty:
        # What was predicted p when s came has the relative error p/s - 1: s is p / (1 + error).
        measured = (1 / (1 + tested.to_numpy(dtype=float)) - 1).T
        ahead = len(measured)
        bounds = np.quantile(measured, BOUNDS, axis=1)
        later = np.sqrt(np.arange(ahead + 1, HORIZON + 1) / ahead)
        spread = np.concatenate([np.zeros((2, 1)), bounds, bounds[:, [-1]] * later], axis=1)
    return level[:, None] + slopes[:, None] * np.arange(HORIZON + 1), spread, seen
