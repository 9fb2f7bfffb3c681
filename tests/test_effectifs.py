"""Departures and stocks to come: what the methods give on made-up series, their properties, and on real extracts."""

from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from by_hand import ages_of_doctors
from fixtures_entrepots import Warehouse, none, one, rows

from pipelines.indicators import cohorts, departures, methods, origins, projections, series
from pipelines.indicators.cohorts import Bands, Floats

# --- cohorts ----------------------------------------------------------------------------------------------

BANDS = Bands((0, 30, 35, 40, 45, 50, 55, 60, 65), 5)
START = np.array([4776, 29049, 23458, 21219, 21046, 24302, 32419, 37464, 33565], dtype=float)
KEPT = np.array([1, 1, 1, 1, 1, 0.98, 0.9, 0.6, 0.45])


def aged(present: Floats, kept: Floats = KEPT, enter: float = 22_000) -> Floats:
    """The bands one width later, newcomers under 30 then 30 to 34."""
    after = np.empty_like(present)
    after[0], after[1:] = present[0], (present * kept)[:-1]
    after[1] += enter
    after[-1] += present[-1] * kept[-1]
    return after


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([0, 25, 30, 35, 40, 45, 50, 55, 60, 65], Bands((0, 30, 35, 40, 45, 50, 55, 60, 65), 5)),
        ([0, 30, 33, 35, 40, 43, 45, 50, 55, 60, 65, 68], Bands((0, 30, 35, 40, 45, 50, 55, 60, 65), 5)),
        ([0, 25, 35, 45, 55, 65], Bands((0, 35, 45, 55, 65), 10)),
        ([0, 30, 40, 50, 60], Bands((0, 30, 40, 50, 60), 10)),
        (range(24, 81), Bands((0, *range(30, 81, 5)), 5)),
        ([0, 30, 40, 50, 55, 60, 65], None),
        ([60], None),
        ([], None),
    ],
    ids=str,
)
def test_the_finest_regular_bands_are_found(ages: list[int], expected: Bands | None) -> None:
    assert cohorts.regular(ages) == expected


def test_merged_bands_keep_their_total_and_what_is_unknown() -> None:
    ages = [0, 25, 30, 33, 35, 40, 45, 50, 55, 60, 65, 68]
    counts = np.arange(24.0).reshape(2, 12)
    merged = BANDS.merged(ages, counts)
    assert merged.sum(axis=1) == pytest.approx(counts.sum(axis=1))
    assert merged[0, :3].tolist() == [1, 5, 4]
    counts[1, 3] = np.nan
    assert np.isnan(BANDS.merged(ages, counts)[1]).tolist() == [False, True, *[False] * 7]


def test_shares_that_made_the_stocks_are_found_again() -> None:
    before = np.stack([START, START * np.linspace(1.2, 0.8, 9), START[::-1]])
    found = cohorts.stays(before, np.stack([aged(each) for each in before]), BANDS)
    assert found == pytest.approx(KEPT)
    # Bands of ten years, whose first old one starts at 50.
    wide = Bands((0, 30, 40, 50, 60, 70), 10)
    kept = np.array([1, 1, 1, 0.8, 0.4, 0.2])
    some = np.random.default_rng(4).uniform(100, 900, (5, 6))
    after = np.stack([aged(each, kept, 50) for each in some])
    assert cohorts.stays(some, after, wide) == pytest.approx(kept)


def test_one_pair_of_years_gives_one_share_to_the_open_band_and_to_the_one_that_feeds_it() -> None:
    found = cohorts.stays(START[None], aged(START)[None], BANDS)
    assert found[-1] == found[-2]
    assert (START[-2:] * found[-2:]).sum() == pytest.approx(aged(START)[-1])


def test_the_older_never_stay_longer() -> None:
    before = np.stack([START, START * np.linspace(1.2, 0.8, 9)])
    after = np.stack([aged(each, np.append(KEPT[:-2], [0.3, 0.7])) for each in before])
    found = cohorts.stays(before, after, BANDS)
    assert found[-1] <= found[-2]


def test_gone_by_hand() -> None:
    five, ten, seven = (cohorts.gone(KEPT, BANDS, h) for h in (5, 10, 7))
    assert five == pytest.approx(1 - KEPT)
    assert ten[-4:] == pytest.approx([1 - 0.98 * 0.9, 1 - 0.9 * 0.6, 1 - 0.6 * 0.45, 1 - 0.45**2])
    assert seven == pytest.approx(five + (ten - five) * 2 / 5)
    assert cohorts.gone(KEPT, BANDS, 0) == pytest.approx(0)


def test_scenarios_order_departures() -> None:
    def leaving(factor: float, later: int) -> float:
        return float(START @ cohorts.gone(cohorts.scenario(KEPT, BANDS, factor, later), BANDS, 10))

    assert leaving(0.8, 0) < leaving(1, 0) < leaving(1.2, 0)
    assert leaving(1, 2) < leaving(1, 1) < leaving(1, 0)
    # Five years later, a band leaves as the one before it does today; the open one, as today.
    assert cohorts.scenario(KEPT, BANDS, 1, 5)[-4:] == pytest.approx([1, 0.98, 0.9, 0.45])


def test_a_stock_is_projected_as_it_was_made() -> None:
    before = np.stack([START, aged(START), aged(aged(START))])
    gains = cohorts.coming(before[:-1], before[1:], BANDS)
    path = cohorts.project(START[None], KEPT, gains[None], BANDS, 10)
    assert path[0, [0, 5, 10]] == pytest.approx(before.sum(axis=1))
    assert path[0, 7] == pytest.approx(path[0, 5] + (path[0, 10] - path[0, 5]) * 2 / 5)


# --- methods ----------------------------------------------------------------------------------------------

YEARS, AHEAD = np.arange(2012.0, 2021), np.arange(1, 4)
LINE = 100 + 3 * (YEARS - 2012)


@pytest.mark.parametrize("name", ["tendance linéaire", "niveau et pente locale"])
def test_a_line_is_continued(name: str) -> None:
    found = methods.METHODS[name](YEARS, np.stack([LINE, -LINE]), AHEAD)
    assert found == pytest.approx(np.array([[3.0, 6, 9], [-3, -6, -9]]))


def test_a_damped_slope_loses_a_tenth_each_year() -> None:
    found = methods.METHODS["pente amortie"](YEARS, LINE[None], AHEAD)
    assert found[0] == pytest.approx([3 * 0.9, 3 * (0.9 + 0.81), 3 * (0.9 + 0.81 + 0.729)])
    assert not methods.METHODS["persistance"](YEARS, LINE[None], AHEAD).any()


def test_years_that_are_not_known_change_no_line() -> None:
    holes = LINE.copy()
    holes[[0, 3, 5]] = np.nan
    alone = np.where(YEARS == 2020, LINE, np.nan)
    for name in ("tendance linéaire", "niveau et pente locale"):
        found = methods.METHODS[name](YEARS, np.stack([holes, alone]), AHEAD)
        assert found == pytest.approx(np.array([[3.0, 6, 9], [0, 0, 0]]))
    missing = np.delete(YEARS, 7)
    assert methods.METHODS["niveau et pente locale"](missing, np.delete(LINE, 7)[None], AHEAD)[0, 0] == pytest.approx(3)


REGIONS: list[str | None] = ["A", "A", "B", None]


def test_what_is_reconciled_adds_up_and_what_agrees_does_not_move() -> None:
    sums = methods.summing(REGIONS)
    assert sums[4:].tolist() == [[1, 1, 0, 0], [0, 0, 1, 0], [1, 1, 1, 1]]
    parts = np.array([10.0, 20, 30, 40])
    assert methods.reconciled(sums @ parts, np.eye(7), sums) == pytest.approx(parts)
    said = sums @ parts + np.array([0, 0, 0, 0, 6, 0, 0])
    # By hand: the region says 6 too many; of its three lines of the same error, and France's, the parts take most.
    moved = methods.reconciled(said, np.eye(7), sums)
    assert moved[0] - 10 == pytest.approx(moved[1] - 20)
    assert 0 < moved[0] - 10 < 3
    # Who is surer moves less; who is sure of all moves nothing.
    sure = np.diag([1e-12, 1e-12, 1e-12, 1e-12, 1, 1, 1])
    assert methods.reconciled(said, sure, sums) == pytest.approx(parts)
    believed = np.diag([1, 1, 1, 1, 1e-12, 1, 1e6])
    assert methods.reconciled(said, believed, sums)[:2].sum() == pytest.approx(36)


def test_nobody_is_fewer_than_none() -> None:
    sums = methods.summing(["A", "A"])
    found = methods.reconciled(np.array([1.0, 5, -20, -20]), np.eye(4), sums)
    assert (found >= 0).all()


# --- rolling origins --------------------------------------------------------------------------------------


def level(stocks: Floats, breaks: tuple[int, ...] = ()) -> origins.LevelStocks:
    years = np.arange(2012, 2012 + stocks.shape[1]).astype(float)
    stretch = np.array([sum(b <= year for b in breaks) for year in years])
    codes = [f"{rank:02d}" for rank in range(len(stocks))]
    about = pd.DataFrame({"code": codes, "source": "s", "millesime": 2024, "revision": 1})
    return origins.LevelStocks("departement", codes, years, stretch, stocks, about)


def test_no_origin_sees_beyond_itself_nor_across_a_break() -> None:
    line = 1000 + 10 * np.arange(10.0)[None]
    whole, broken = level(line), level(line + 500 * (np.arange(10) >= 6), breaks=(2018,))
    assert whole.starts() == [2015, 2016, 2017, 2018, 2019, 2020]
    assert broken.starts() == [2015, 2016]  # four years of each side: those of the second have nothing to foresee
    assert broken.learnt == 2021
    assert np.isfinite(broken.seen(2015)).sum() == 2
    later = line.copy()
    later[0, 7:] = 5
    for name, change in origins.foreseen(level(later), None, 2018).items():
        assert change == pytest.approx(origins.foreseen(whole, None, 2018)[name]), name
    found = origins.tested(broken, None)
    assert found is None or found.starts == [2015, 2016]


def test_the_method_that_erred_least_is_chosen() -> None:
    line = np.array([[1000.0], [300]]) + np.array([[10.0], [4]]) * np.arange(12.0)
    found = origins.tested(level(line), None)
    assert found is not None
    assert found.method == "tendance linéaire"
    assert found.loss["tendance linéaire"] == pytest.approx(0)
    flat = np.array([[1000.0] * 12, [300] * 12]) + np.tile([0.0, 9, -9, 5, -5, 8], 2)
    assert (still := origins.tested(level(flat), None)) is not None
    assert still.method == "persistance"


def test_a_method_tested_too_little_does_not_compete() -> None:
    seen = np.full((4, 2, 10), np.nan)
    seen[:, :, :4] = 100.0
    good, lucky = seen * 1.01, np.where(np.arange(4)[:, None, None] < 2, seen, np.nan)
    assert origins.losses({"a": good, "b": lucky}, seen).keys() == {"a"}
    near = np.where(np.arange(10) < 2, seen, np.nan)
    assert origins.losses({"a": good, "b": near}, seen).keys() == {"a"}
    # On the same origins and horizons: the year that one has not foreseen counts for neither.
    late = np.where(np.arange(4)[:, None, None] > 0, seen * 1.02, np.nan)
    worse = np.where(np.arange(4)[:, None, None] > 0, good, seen * 9)
    assert origins.losses({"a": worse, "b": late}, seen) == pytest.approx({"a": 0.01, "b": 0.02})


def test_bounds_hold_what_they_say_and_grow_with_time() -> None:
    chance = np.random.default_rng(3)
    value = np.full((8, 60, 10), np.nan)
    value[:, :, :5] = chance.uniform(200, 4000, (1, 60, 1))
    seen = value + np.sqrt(value) * chance.normal(size=value.shape) * np.arange(1, 11)
    low, high = projections.margins(value, seen)
    assert low[0] == high[0] == 0
    assert (np.diff(high) >= 0).all()
    assert (np.diff(low) <= 0).all()
    assert high[5] == pytest.approx(5 * 1.96, rel=0.15)
    assert high[10] == pytest.approx(2 * high[5])  # errors grow as time does
    small, large = value < 500, value > 2000
    inside = (seen >= value + np.sqrt(value) * low[1:]) & (seen <= value + np.sqrt(value) * high[1:])
    for part in (small, large):
        assert inside[part & np.isfinite(seen)].mean() == pytest.approx(0.955, abs=0.04)
    assert projections.coverage(value, seen, 1) == pytest.approx(0.95, abs=0.03)


def test_few_errors_have_wide_bounds() -> None:
    value = np.full((4, 1, 10), np.nan)
    value[:, :, 0] = 10_000
    seen = value + np.array([100.0, -100, 100, -100])[:, None, None]
    low, high = projections.margins(value, seen)
    assert high[1] == pytest.approx(2.776 * np.sqrt(1 + 1 / 4), abs=0.001)  # Student's, four degrees
    assert low[1] == -high[1]
    assert np.isnan(projections.margins(value[:2], seen[:2])[0]).all()  # two origins say nothing


# --- tables -----------------------------------------------------------------------------------------------

# In equilibrium, each step making 1.05 times as many.
STEADY = np.append(3_000, 30_000 * np.cumprod(np.append(1, KEPT[1:-2] / 1.05)))
STEADY = np.append(STEADY, STEADY[-1] * KEPT[-2] / (1.05 - KEPT[-1]))
LOWER = [0, 25, 30, 35, 40, 45, 50, 55, 60, 65]
PARTS = {"01": 0.5, "02": 0.3, "03": 0.2}
PLACES = pd.DataFrame({"code": list(PARTS), "region": ["28", "28", "11"]})
KEYS = ["profession", "chaine", "serie", "niveau", "code", "annee", "source", "millesime", "revision"]


def tables(
    factor: float = 1.0, parts: dict[str, float] = PARTS, lower: list[int] = LOWER, since: int = 2022
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ages and stocks of France from 2012 to 2022, growing as they age, of départements that are parts of it.

    Their ages are known from `since` on.
    """
    now = {2012 + k: STEADY * (1 + 0.01 * k) * (1 + 0.03 * np.sin(k * np.arange(9))) for k in range(5)}
    for year in range(2017, 2023):
        now[year] = aged(now[year - 5], enter=30_000)
    edges = np.append(lower, 200)
    places = {("france", "F"): 1.0} | {("departement", c): s for c, s in parts.items()}
    places |= {("region", "28"): parts["01"] + parts["02"], ("region", "11"): parts["03"]}
    lines, levels = [], []
    for year, (place, share) in ((y, p) for y in now for p in places.items()):
        held = ("medecin", "a", 0, *place, year, "s", 2024, 1)
        total = factor * share * now[year].sum()
        levels.append((*held, total))
        if place[0] != "france" and year < since:
            continue
        for first, last in pairwise(edges):
            inside = [max(0, min(last, b) - max(first, a)) / (b - a) for a, b in pairwise([*BANDS.lower, 200])]
            count = now[year] @ inside if first < 65 else now[year][-1] * (last - first) / 135
            lines.append((*held, int(first), factor * share * count, total))
    ages = pd.DataFrame(lines, columns=[*KEYS, "age_min", "effectif", "effectif_total"])
    return ages, pd.DataFrame(levels, columns=[*KEYS, "effectif"])


def departs(ages: pd.DataFrame) -> pd.DataFrame:
    return departures.expected(series.ages(ages)).set_index(["niveau", "code", "scenario", "horizon"]).sort_index()


def coming(ages: pd.DataFrame, stocks: pd.DataFrame) -> pd.DataFrame:
    made = projections.projections(series.ages(ages), stocks, PLACES)[0]
    made = made[made.retenue].rename(columns={"effectif": "valeur"})
    return made.set_index(["niveau", "code", "scenario", "annee"]).sort_index()


def test_departures_are_those_of_the_shares_that_made_the_ages() -> None:
    ages, _ = tables()
    made = departs(ages)
    present = ages[(ages.niveau == "france") & (ages.annee == 2022)].groupby("age_min").effectif.sum().to_numpy()
    assert made.departs["france", "F", "central", 5] == pytest.approx(present[1:] @ (1 - KEPT), rel=1e-3)
    assert made.departs["france", "F", "central", 10] == pytest.approx(
        present[1:] @ cohorts.gone(KEPT, BANDS, 10), rel=1e-3
    )
    tested = departures.back_test(series.ages(ages))
    assert tested.erreur.abs().max() < 0.01
    assert set(tested.apprises) == {departures.FORWARD, departures.OTHERS}
    assert set(tested.niveau) == {"france"}  # the others' ages are known one year only


def test_departements_are_tested_where_their_ages_are_known_twice() -> None:
    tested = departures.back_test(series.ages(tables(since=2012)[0]))
    mine = tested[(tested.niveau == "departement") & tested.ensemble & tested.retenue]
    assert set(mine.annee) == set(range(2012, 2018))
    assert (mine.territoires == 3).all()
    assert mine.erreur_mediane_absolue.max() < 0.01


def test_a_secret_band_of_the_young_is_what_is_left_and_one_of_the_old_leaves_its_territory_out() -> None:
    ages, _ = tables()
    hidden = ages.copy()
    hidden.loc[(hidden.code == "01") & (hidden.age_min == 0), "effectif"] = np.nan
    pd.testing.assert_frame_equal(departs(hidden), departs(ages))
    hidden.loc[(hidden.code == "01") & (hidden.age_min == 60), "effectif"] = np.nan
    assert {code for _, code, *_ in departs(hidden).index} == {"F", "02", "03", "11", "28"}


def test_the_order_of_lines_changes_nothing() -> None:
    ages, stocks = tables()
    shuffled = [each.sample(frac=1, random_state=5) for each in (ages, stocks)]
    pd.testing.assert_frame_equal(departs(ages), departs(shuffled[0]))
    pd.testing.assert_frame_equal(coming(ages, stocks), coming(*shuffled))


def test_ten_times_the_population_gives_ten_times_as_many_and_narrower_intervals() -> None:
    (ages, stocks), (many, more) = tables(), tables(factor=10)
    one_time, ten = departs(ages), departs(many)
    assert ten.departs.to_numpy() == pytest.approx(10 * one_time.departs.to_numpy())
    width = ((ten.haut - ten.bas) / ten.departs).dropna()
    assert (width <= ((one_time.haut - one_time.bas) / one_time.departs).dropna() + 1e-9).all()
    assert coming(many, more).valeur.to_numpy() == pytest.approx(10 * coming(ages, stocks).valeur.to_numpy(), rel=1e-5)


def test_finer_bands_change_nothing() -> None:
    ages, stocks = tables()
    finer, _ = tables(lower=sorted([*LOWER, 33, 43, 53, 58, 63, 68]))
    assert departs(finer).departs.to_numpy() == pytest.approx(departs(ages).departs.to_numpy())
    assert coming(finer, stocks).valeur.to_numpy() == pytest.approx(coming(ages, stocks).valeur.to_numpy(), abs=0.2)


def test_parts_add_up_to_the_tenth_in_every_scenario_and_year() -> None:
    made = coming(*tables()).valeur.reset_index()
    parts = made[made.niveau == "departement"].merge(PLACES, on="code")
    whole = made[made.niveau == "france"].set_index(["scenario", "annee"]).valeur
    assert set(made.scenario) == set(departures.SCENARIOS)
    assert (parts.groupby(["scenario", "annee"]).valeur.sum() - whole).abs().max() < 1e-6
    regions = made[made.niveau == "region"].rename(columns={"code": "region"})
    regions = regions.set_index(["region", "scenario", "annee"]).valeur
    assert (parts.groupby(["region", "scenario", "annee"]).valeur.sum() - regions).abs().max() < 1e-6


def test_a_sum_that_departements_do_not_make_stays_as_foreseen_apart() -> None:
    ages, stocks = tables()
    without = stocks[stocks.code != "03"]
    made = projections.projections(series.ages(ages), without, PLACES)[0]
    held = made[made.retenue].groupby(["niveau", "code"]).reconciliee.all()
    assert held.to_dict() == {
        ("departement", "01"): True,
        ("departement", "02"): True,
        ("france", "F"): False,
        ("region", "11"): False,
        ("region", "28"): True,
    }


def test_after_a_break_the_change_is_that_of_before() -> None:
    ages, stocks = tables()
    broken = stocks.assign(
        effectif=stocks.effectif + 900 * (stocks.annee == 2022), serie=(stocks.annee == 2022).astype(int)
    )
    whole, after = (coming(ages, each[each.niveau == "france"]) for each in (stocks, broken))
    assert set(after.fin_serie) == {2021}
    before = coming(ages, stocks[(stocks.niveau == "france") & (stocks.annee < 2022)])
    assert set(whole.fin_serie) == {2022}
    change = after.valeur["france", "F", "central", 2025] - after.valeur["france", "F", "central", 2022]
    assert change == pytest.approx(
        before.valeur["france", "F", "central", 2024] - before.valeur["france", "F", "central", 2021], abs=0.2
    )


def test_sources_that_continue_one_another_are_one_series(sample_db: duckdb.DuckDBPyConnection) -> None:
    found = dict(rows(sample_db, "SELECT serie, count(*) FROM reference.priorites_sources GROUP BY serie"))
    assert {chain for chain, count in found.items() if count > 1} == {"drees_rpps"}
    ages, _ = tables()
    later = ages.annee > 2020
    ages.loc[later, "source"] = "t"
    (mine,) = series.ages(ages)["medecin"]
    assert (2017, 2022) in {(y, y + mine.bands.width) for y in mine.pairs("france").annee}


# --- on real extracts -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(mirror: Warehouse) -> duckdb.DuckDBPyConnection:
    return mirror.connect()


def test_departures_by_another_hand(real: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    """From the raw files: shares of the bands, then ten years of Normandie, of the Orne and of Paris."""
    raw = ages_of_doctors(mirror_root)
    pairs = [(year, year + 5) for year in raw["F"] if year + 5 in raw["F"]]
    assert (2017, 2022) in pairs
    before, after = (np.array([raw["F"][pair[k]] for pair in pairs]) for k in (0, 1))
    fifty, fiftyfive = (min(1, after[:, b + 1].sum() / before[:, b].sum()) for b in (5, 6))
    size = np.sqrt(before[:, 7] + before[:, 8])
    (sixty, open_band), *_ = np.linalg.lstsq(before[:, 7:] / size[:, None], after[:, 8] / size, rcond=None)
    assert open_band == pytest.approx(0.47, abs=0.02)
    # Those of 45 to 49 are among the leavers once they are fifty.
    leave = [1 - fifty, 1 - fifty * fiftyfive, 1 - fiftyfive * sixty, 1 - sixty * open_band, 1 - open_band**2]
    for place, codes in {"28": ("14", "27", "50", "61", "76"), "61": ("61",), "75": ("75",)}.items():
        expected = sum(np.dot(raw[code][2022][4:], leave) for code in codes)
        found = one(
            real,
            "SELECT departs FROM atlas.departs_attendus WHERE profession = 'medecin' AND horizon = 10 "
            f"AND scenario = 'central' AND code = '{place}' "
            f"AND niveau = '{'region' if len(codes) > 1 else 'departement'}'",
        )
        assert float(found) == pytest.approx(expected, abs=1)


def test_exits_foreseen_from_2017_are_near_those_observed(real: duckdb.DuckDBPyConnection) -> None:
    """29 741 of those 60 or more in 2017 were gone in 2022; single ages inside the open band foresaw 24 900."""
    ((foreseen, seen),) = rows(
        real,
        "SELECT departs_attendus, departs_observes FROM qualite.departs_epreuve WHERE profession = 'medecin' "
        "AND annee = 2017 AND niveau = 'france' AND tranche_age = '60 ans et plus' AND retenue "
        "AND apprises = 'années d''avant'",
    )
    assert float(seen) == 29_741
    assert float(foreseen) == pytest.approx(float(seen), rel=0.06)


def test_past_errors_are_those_measured_apart(real: duckdb.DuckDBPyConnection) -> None:
    """Persistence from 2016, by hand: each département's stock of 2016 against that of 2017."""
    found = one(
        real,
        "WITH e AS (SELECT a.annee, b.effectif::DOUBLE / a.effectif - 1 AS erreur FROM atlas.effectifs AS a "
        "JOIN atlas.effectifs AS b ON b.annee = a.annee - 3 AND (b.code, b.niveau, b.profession, b.source, b.sexe, "
        "b.specialite) = (a.code, a.niveau, a.profession, a.source, a.sexe, a.specialite) "
        "WHERE a.profession = 'medecin' AND a.niveau = 'departement' AND a.source = 'drees_demographie' "
        "AND a.sexe = 'ensemble' AND a.specialite = 'ensemble' AND b.annee BETWEEN 2015 AND 2017 "
        "UNION ALL SELECT 2022, b.effectif::DOUBLE / a.effectif - 1 FROM atlas.effectifs AS a "
        "JOIN atlas.effectifs AS b USING (code, niveau, profession, sexe, specialite) "
        "WHERE a.source = 'drees_medecins_ages' AND b.source = 'drees_demographie' AND b.annee = 2019 "
        "AND a.niveau = 'departement' AND a.sexe = 'ensemble' AND a.specialite = 'ensemble') "
        "SELECT median(abs(erreur)) FROM e",
    )
    said = one(
        real,
        "SELECT erreur_mediane_absolue FROM qualite.projections_epreuve WHERE profession = 'medecin' "
        "AND niveau = 'departement' AND methode = 'persistance' AND horizon = 3",
    )
    assert float(said) == pytest.approx(float(found), abs=1e-6)


def test_dentists_keep_no_method_that_another_beats(real: duckdb.DuckDBPyConnection) -> None:
    none(
        real,
        "SELECT profession, niveau FROM qualite.projections_epreuve GROUP BY ALL "
        "HAVING min(perte) FILTER (retenue) > min(perte)",
    )
    chosen = dict(
        rows(
            real,
            "SELECT DISTINCT niveau, methode FROM atlas.projections WHERE retenue "
            "AND profession = 'chirurgien_dentiste'",
        )
    )
    assert chosen.keys() == {"france", "region", "departement"}
    assert chosen["france"] != methods.COHORT
    # No slope across the break of 2020.
    assert rows(
        real, "SELECT DISTINCT fin_serie, annee_depart FROM atlas.projections WHERE profession = 'chirurgien_dentiste'"
    ) == [(2019, 2020)]


def test_what_is_published_adds_up_and_covers_what_came(real: duckdb.DuckDBPyConnection) -> None:
    none(
        real,
        "SELECT f.annee FROM atlas.projections AS f JOIN (SELECT annee, scenario, sum(effectif) AS somme "
        "FROM atlas.projections WHERE profession = 'medecin' AND niveau = 'departement' AND retenue GROUP BY ALL) AS d "
        "USING (annee, scenario) WHERE f.profession = 'medecin' AND f.niveau = 'france' AND f.retenue "
        "AND f.effectif <> d.somme",
    )
    covered = rows(
        real,
        "SELECT niveau, horizon, couverture FROM qualite.projections_epreuve "
        "WHERE profession = 'medecin' AND methode = 'publiée' AND couverture IS NOT NULL",
    )
    assert len(covered) == 12
    assert all(float(share) >= 0.9 for level_name, _, share in covered if level_name != "france")
    orne = rows(
        real,
        "SELECT annee, effectif, bas, haut FROM atlas.projections WHERE profession = 'medecin' "
        "AND niveau = 'departement' AND code = '61' AND retenue AND scenario = 'central' ORDER BY annee",
    )
    assert next((year, float(value)) for year, value, *_ in orne) == (2022, 647)
    assert float(orne[-1][1]) == pytest.approx(588, abs=2)
    assert float(orne[-1][2]) < 500
