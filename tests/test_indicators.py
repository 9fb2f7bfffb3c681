"""Numerical methods against published values and properties; what they give on real extracts."""

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pytest
from fixtures_entrepots import Publication, Warehouse, rows
from scipy import stats as scipy_stats

from pipelines.catalogue import registers
from pipelines.indicators import calibration, errors, factors, intervals, tension
from pipelines.indicators.cohorts import Floats
from pipelines.publish import public

Bounds = Callable[[Floats], tuple[Floats, Floats]]

# --- intervals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "low", "high"), [(5, 1.6, 11.7), (158, 134.3, 184.6)])
def test_byar_gives_the_published_limits(count: int, low: float, high: float) -> None:
    found = intervals.byar([count])
    assert round(float(found[0][0]), 1) == low
    assert round(float(found[1][0]), 1) == high


def test_byar_is_near_the_exact_limits() -> None:
    counts = np.arange(1, 500)
    low, high = intervals.byar(counts)
    assert np.allclose(low, scipy_stats.chi2.ppf(0.025, 2 * counts) / 2, rtol=0.2, atol=0.1)
    assert np.allclose(high, scipy_stats.chi2.ppf(0.975, 2 * counts + 2) / 2, rtol=0.01)


def test_byar_of_nothing() -> None:
    low, high = intervals.byar([0.0, np.nan])
    assert low[0] == 0
    assert 3 < high[0] < 4  # the « rule of three »
    assert np.isnan([low[1], high[1]]).all()


@pytest.mark.parametrize(("part", "total", "low", "high"), [(3, 10, 10.8, 60.3), (9, 9, 70.1, 100.0)])
def test_wilson_gives_the_published_limits(part: int, total: int, low: float, high: float) -> None:
    found = intervals.wilson([part], [total])
    assert [round(100 * float(bound[0]), 1) for bound in found] == [low, high]


def test_wilson_agrees_with_scipy() -> None:
    part, total = np.array([0, 1, 3, 50, 277, 647]), np.array([7, 9, 10, 80, 647, 647])
    low, high = intervals.wilson(part, total)
    for k, n, bottom, top in zip(part, total, low, high, strict=True):
        expected = scipy_stats.binomtest(int(k), int(n)).proportion_ci(method="wilson")
        assert (bottom, top) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_refuses_a_part_larger_than_its_total() -> None:
    with pytest.raises(ValueError, match="plus grande"):
        intervals.wilson([11], [10])
    assert np.isnan(intervals.wilson([0], [0])[0][0])


@pytest.mark.parametrize(
    "bounds", [lambda n: intervals.byar(n), lambda n: intervals.wilson(n, 2 * n)], ids=["Byar", "Wilson"]
)
def test_intervals_follow_their_territory_and_narrow_with_numbers(bounds: Bounds) -> None:
    counts = np.array([3.0, 37, 158, 647, 5008])
    order = np.array([4, 2, 0, 3, 1])
    low, high = bounds(counts)
    shuffled = bounds(counts[order])
    assert np.array_equal(shuffled[0], low[order])
    assert np.array_equal(shuffled[1], high[order])
    # The same rate on ten times the population: a narrower interval, inside the first.
    more_low, more_high = bounds(10 * counts)
    width, more = (high - low) / (high + low), (more_high - more_low) / (more_high + more_low)
    assert (more < width).all()
    # The interval of a sum is narrower than the sum of intervals, and holds the sum.
    whole_low, whole_high = bounds(counts.sum(keepdims=True))
    if bounds(np.array([1.0]))[1][0] > 1:  # counts
        assert whole_high[0] - whole_low[0] < (high - low).sum()
        assert whole_low[0] < counts.sum() < whole_high[0]


def test_the_interval_of_a_share_and_of_the_rest_are_each_other_s_mirror() -> None:
    part, total = np.array([0, 1, 30, 277]), np.array([7, 9, 80, 647])
    low, high = intervals.wilson(part, total)
    rest_low, rest_high = intervals.wilson(total - part, total)
    assert rest_low == pytest.approx(1 - high)
    assert rest_high == pytest.approx(1 - low)


# --- bands learnt from moves ------------------------------------------------------------------------------


def moves(scale: float, power: float, seed: int = 5) -> pd.DataFrame:
    """A hundred territories over eight years, whose moves have the deviation scale × n^-power."""
    draw = np.random.default_rng(seed)
    sizes = np.repeat(np.exp(draw.uniform(np.log(12), np.log(5000), 100)), 8)
    return pd.DataFrame(
        {
            **{"indicateur": "densite", "source": "s", "profession": "p", "nature": "mouvement d'une année"},
            "annee": np.tile(np.arange(2012, 2020), 100),
            "taille": sizes,
            "mouvement": draw.normal(0, scale * sizes**-power),
        }
    )


def one_measure(n: float, **more: float | str) -> pd.DataFrame:
    known = {"cle": 1, "indicateur": "densite", "source": "s", "profession": "p", "hasard": "Byar", "sondage": False}
    rest = {"denominateur": 1000 * n, "echelle": 100000.0, "reste_numerateur": 4 * n, "reste_denominateur": 4000 * n}
    return pd.DataFrame([known | {"numerateur": n} | rest | more])


@pytest.mark.parametrize(("scale", "power"), [(0.4, 0.5), (0.06, 0.2), (0.03, 0.0)])
def test_a_band_covers_the_moves_that_it_has_not_seen(scale: float, power: float) -> None:
    found = calibration.calibrate(moves(scale, power))
    kept = found.trials[found.trials.retenue & (found.trials.classe == calibration.ALL_SIZES)]
    assert list(kept.calage) == [calibration.OWN]  # one series teaches nothing to another
    assert 0.93 <= kept.couverture.iloc[0] <= 0.97
    # Moves of later years, drawn anew by the same law.
    _, whose, halves = found.law("densite", "s", "p") or ("", "", None)
    assert whose == calibration.OWN
    again = moves(scale, power, seed=6)
    assert halves is not None
    under, over = halves(again.taille.to_numpy())
    assert 0.93 <= ((-under <= again.mouvement) & (again.mouvement <= over)).mean() <= 0.97


def test_chance_alone_loses_where_numbers_move_less_and_wins_where_they_move_as_it_says() -> None:
    for scale, winner in ((0.4, calibration.POWER), (1.0, calibration.CHANCE)):
        trials = calibration.calibrate(moves(scale, 0.5)).trials
        whole = trials[trials.classe == calibration.ALL_SIZES].set_index("methode")
        assert list(whole.index[whole.retenue]) == [whole.score.idxmin()]
        assert whole.score[winner] <= 1.03 * whole.score.min()
    trials = calibration.calibrate(moves(0.4, 0.5)).trials.set_index(["classe", "methode"])
    assert trials.couverture[calibration.ALL_SIZES, calibration.CHANCE] > 0.99


def test_few_moves_or_few_years_give_no_band() -> None:
    many = moves(0.4, 0.5)
    for short in (many.head(99), many[many.annee < 2014], many.head(0)):
        found = calibration.calibrate(short)
        assert found.law("densite", "s", "p") is None
        assert calibration.bands(one_measure(100), found).empty


def test_a_series_without_moves_borrows_those_of_three_others_and_says_so() -> None:
    others = pd.concat([moves(0.4, 0.5, seed).assign(profession=f"p{seed}") for seed in (1, 2, 3)])
    line = calibration.bands(one_measure(100), calibration.calibrate(others)).iloc[0]
    assert line.calage == calibration.OTHERS
    two = others[others.profession != "p3"]
    assert calibration.bands(one_measure(100), calibration.calibrate(two)).empty


def test_the_wider_of_a_year_and_of_a_revision_is_kept() -> None:
    yearly, revised = moves(0.2, 0.5), moves(0.6, 0.5, 7).assign(nature="révision")
    width = {}
    for name, known in (("year", yearly), ("both", pd.concat([yearly, revised])), ("revised", revised)):
        line = calibration.bands(one_measure(100), calibration.calibrate(known)).iloc[0]
        width[name] = line.haut / line.bas
    assert width["year"] < 0.9 * width["both"]
    assert width["both"] == pytest.approx(width["revised"])


def test_bands_of_rates_shares_and_surveys() -> None:
    found = calibration.calibrate(moves(0.4, 0.5))
    line = calibration.bands(one_measure(100), found).iloc[0]
    assert line.bas < 100 < line.haut
    assert line.bas_reste < line.bas < line.haut < line.haut_reste  # the rest moves too
    assert calibration.bands(one_measure(9), found).bas.isna().all()
    survey = calibration.bands(one_measure(5, sondage=True, hasard="Byar", echelle=5000.0), found).iloc[0]
    assert (round(survey.bas, 1), round(survey.haut, 1), survey.calage) == (1.6, 11.7, "sondage")
    nothing = calibration.bands(one_measure(0, sondage=True, denominateur=100.0, echelle=100.0), found).iloc[0]
    assert (nothing.bas, round(nothing.haut, 1)) == (0, 3.7)
    shares = moves(0.4, 0.5).assign(indicateur="part_femmes")
    half = one_measure(50, indicateur="part_femmes", hasard="Wilson", denominateur=90.0, reste_denominateur=400.0)
    part = calibration.bands(half, calibration.calibrate(shares)).iloc[0]
    assert 0 < part.bas_reste < part.bas < 50 / 90 < part.haut < part.haut_reste < 1


# --- index ------------------------------------------------------------------------------------------------

COMPOSITION = pd.DataFrame(
    [
        ("1", "g", "offre", "densite", -1, 1.0, True),
        ("1", "g", "flux", "evolution", -1, 1.0, True),
        ("1", "g", "recrutement", "difficile", 1, 1.0, False),
    ],
    columns=["version_poids", "groupe", "dimension", "indicateur", "sens", "poids", "requise"],
)


def entries(**values: dict[str, float]) -> pd.DataFrame:
    dimension = dict(zip(COMPOSITION.indicateur, COMPOSITION.dimension, strict=True))
    return pd.DataFrame(
        [("g", dimension[i], i, code, v) for i, each in values.items() for code, v in each.items()],
        columns=["groupe", "dimension", "indicateur", "code", "valeur"],
    ).assign(tirage=None, numerateur=np.nan, denominateur=np.nan, duree=np.nan, dispersion=np.nan)


def some(count: int = 40, seed: int = 1) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    codes = [f"{n:02d}" for n in range(count)]
    return entries(**{i: dict(zip(codes, chance.normal(size=count), strict=True)) for i in COMPOSITION.indicateur})


def test_percentile_ranks() -> None:
    found = tension.ranked(np.array([1.0, 2, 2, 4, np.nan, 9]), np.array([1.0, 2, 2, 4, np.nan]))
    assert found[:4] == pytest.approx([12.5, 50, 50, 87.5])
    assert np.isnan(found[4])
    assert found[5] == 100


def test_a_low_density_is_tension_and_extremes_are_bounded() -> None:
    values = np.append(np.arange(100.0), 10_000)
    turned = tension.oriented(values, -1, values)
    assert turned[0] == turned.max()
    assert turned.min() == turned[-1] == turned[-2]


def test_the_order_of_territories_changes_nothing() -> None:
    given = some()
    reference = frozenset(given.code)
    one, two = (
        tension.index(g, COMPOSITION, reference)[0].set_index("code").sort_index()
        for g in (given, given.sample(frac=1, random_state=3))
    )
    pd.testing.assert_frame_equal(one, two)


def test_the_unit_of_an_indicator_changes_no_rank() -> None:
    given = some()
    scaled = given.assign(valeur=given.valeur * given.indicateur.map({"densite": 100_000, "evolution": 7}).fillna(1))
    one, two = (tension.index(g, COMPOSITION, frozenset(given.code))[0] for g in (given, scaled))
    pd.testing.assert_frame_equal(one, two)


def test_a_dimension_in_two_equal_indicators_weighs_what_one_does() -> None:
    given = some()
    twice = pd.concat([given, given[given.indicateur == "difficile"].assign(indicateur="difficile_bis")])
    finer = pd.concat([COMPOSITION, COMPOSITION.iloc[[2]].assign(indicateur="difficile_bis")], ignore_index=True)
    finer["poids"] = finer.poids.where(finer.dimension != "recrutement", 0.5)
    one = tension.index(given, COMPOSITION, frozenset(given.code))[0]
    two = tension.index(twice, finer, frozenset(given.code))[0]
    pd.testing.assert_frame_equal(one, two)


def test_contributions_add_up_to_the_score() -> None:
    scores, dimensions, _ = tension.index(some(), COMPOSITION, frozenset(some().code))
    added = 50 + dimensions.groupby("code").contribution.sum()
    assert added.to_numpy() == pytest.approx(scores.set_index("code").score.loc[added.index].to_numpy())
    assert (scores.score_geometrique <= scores.score + 1e-9).all()
    assert ((scores.rang_bas <= scores.rang) & (scores.rang <= scores.rang_haut)).all()


def test_what_is_missing_is_not_made_up() -> None:
    given = some()
    given = given[~((given.code == "00") & (given.indicateur == "densite"))]
    given = given[~((given.code == "01") & (given.indicateur == "difficile"))]
    given = given[~((given.code == "02") & given.indicateur.isin(["difficile", "evolution"]))]
    found = tension.index(given, COMPOSITION, frozenset(given.code))[0].set_index("code")
    assert np.isnan(found.score["00"])
    assert found.motif["00"] == "il manque : offre"
    assert np.isfinite(found.score["01"])  # not required, and two thirds of the weight are there
    assert found.motif["02"] == "il manque : flux, recrutement"
    assert found.territoires_classes.iloc[0] == 38


def test_a_territory_outside_the_reference_is_scored_and_moves_nobody() -> None:
    given = some()
    reference = frozenset(given.code) - {"39"}
    without = tension.index(given[given.code != "39"], COMPOSITION, reference)[0].set_index("code")
    found = tension.index(given, COMPOSITION, reference)[0].set_index("code")
    assert found.score.drop("39").to_numpy() == pytest.approx(without.score.to_numpy())
    assert np.isfinite(found.score["39"])
    assert np.isnan(found.rang["39"])


def counted(law: str, part: float, total: float, dispersion: float, years: float = np.nan) -> pd.DataFrame:
    value = part / total if law == errors.SHARE else (part / total) ** (1 / years) - 1 if years > 0 else part
    return pd.DataFrame(
        {"valeur": [value], "tirage": law, "numerateur": part, "denominateur": total, "duree": years}
    ).assign(dispersion=dispersion)


def test_all_of_a_few_is_no_certainty() -> None:
    """30 of 30 stands below 130 of 130, and both below one."""
    few, many = (float(errors.settled(counted(errors.SHARE, n, n, 13))[0]) for n in (30, 130))
    assert few == pytest.approx((30 / 13 + 0.5) / (30 / 13 + 1))
    assert few < many < 1
    drawn = errors.draws(counted(errors.SHARE, 30, 30, 13), 4000, np.random.default_rng(1))
    assert np.quantile(drawn, 0.05) < 0.6
    assert drawn.mean() == pytest.approx(few, abs=0.01)


def test_a_dispersion_widens_the_draws_of_a_share_as_it_says() -> None:
    drawn = [errors.draws(counted(errors.SHARE, 400, 1000, d), 20_000, np.random.default_rng(2)).var() for d in (1, 10)]
    assert drawn[0] == pytest.approx(0.4 * 0.6 / 1000, rel=0.05)
    assert drawn[1] == pytest.approx(10 * drawn[0], rel=0.1)


def test_stocks_and_their_changes_are_drawn_with_the_error_of_their_counts() -> None:
    chance = np.random.default_rng(3)
    drawn = errors.draws(counted(errors.COUNT, 1000, 1, 0.1), 20_000, chance)
    assert drawn.std() / 1000 == pytest.approx((0.1 / 1000) ** 0.5, rel=0.03)
    drawn = errors.draws(counted(errors.CHANGE, 635, 694, 0.1, 4), 20_000, chance)
    assert np.median(drawn) == pytest.approx((635 / 694) ** 0.25 - 1, abs=1e-4)
    assert drawn.std() == pytest.approx((0.1 / 635 + 0.1 / 694) ** 0.5 / 4, rel=0.03)


def test_a_value_without_a_law_is_drawn_as_it_stands() -> None:
    given = some()
    assert (errors.draws(given, 5, np.random.default_rng(4)) == given.valeur.to_numpy()).all()
    assert (errors.settled(given) == given.valeur.to_numpy()).all()


def width(given: pd.DataFrame) -> float:
    scores = tension.index(given, COMPOSITION, frozenset(given.code))[0]
    return float((scores.rang_haut - scores.rang_bas).mean())


def test_an_interval_of_ranks_holds_the_error_of_the_data() -> None:
    given = some()
    difficult = given.indicateur == "difficile"
    share = given.valeur.rank(pct=True).where(difficult)
    given.loc[difficult, "valeur"] = share
    same = width(given)
    told = given.assign(
        tirage=difficult.map({True: errors.SHARE, False: None}),
        numerateur=(share * 60).round(),
        denominateur=60.0,
        dispersion=1.0,
    )
    told.loc[difficult, "valeur"] = told.numerateur / 60
    sure, few = width(told), width(told.assign(dispersion=13.0))
    assert same < sure < few


def group(matrix: Floats, dimensions: list[str]) -> tension.Scored:
    declared = pd.DataFrame({"poids": 1.0, "requise": True}, index=dimensions)
    codes = np.array([f"{n:02d}" for n in range(len(matrix))])
    return tension.Scored("g", codes, matrix, declared, np.ones(len(matrix), dtype=bool), pd.DataFrame())


def test_what_one_factor_explains() -> None:
    chance = np.random.default_rng(5)
    common, alone = chance.normal(size=(2, 200))
    one = group(np.column_stack([common, 2 * common + 1, alone]), ["a", "b", "c"])
    found = factors.factors(one)
    assert list(found.facteur) == [1, 2, 3]
    assert found.part.sum() == pytest.approx(1)
    assert found.part[0] == pytest.approx(2 / 3, abs=0.05)
    pairs = factors.correlations(one).set_index(["dimension", "autre_dimension"]).correlation
    assert pairs["a", "b"] == pytest.approx(1)
    assert abs(pairs["a", "c"]) < 0.2


def test_few_pairs_have_no_correlation() -> None:
    matrix = np.full((40, 2), np.nan)
    matrix[:, 0], matrix[:9, 1] = np.arange(40), np.arange(9)
    assert factors.correlations(group(matrix, ["a", "b"])).empty
    assert factors.factors(group(matrix, ["a", "b"])).empty


def test_ranks_by_other_weights() -> None:
    matrix = np.array([[90.0, 10], [50, 50], [10, 80]])
    weighings = pd.DataFrame(
        [("seule", "a", 1.0), ("seule", "b", 0.0), ("autre", "a", 0.0), ("autre", "b", 1.0)],
        columns=["variante", "dimension", "poids"],
    )
    found = factors.variants(group(matrix, ["a", "b"]), weighings).pivot(
        index="code", columns="variante", values="rang"
    )
    assert list(found.seule) == [1, 2, 3]
    assert list(found.autre) == [3, 2, 1]


# --- on real extracts -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(mirror: Warehouse) -> duckdb.DuckDBPyConnection:
    return mirror.connect()


def test_the_index_scores_doctors_nearly_everywhere(real: duckdb.DuckDBPyConnection) -> None:
    found = dict(rows(real, "SELECT groupe, count(score) FROM atlas.tension GROUP BY groupe"))
    assert found["medecin"] >= 90
    assert found["infirmier"] == found["chirurgien_dentiste"] == 0
    # From the index to its sources, for any département.
    assert not rows(
        real,
        "SELECT t.code FROM atlas.tension AS t ANTI JOIN atlas.tension_indicateurs AS i "
        "ON i.groupe = t.groupe AND i.code = t.code AND i.source IS NOT NULL AND i.annee IS NOT NULL",
    )


def test_dimensions_that_say_the_same_share_a_weight(real: duckdb.DuckDBPyConnection) -> None:
    """Measured apart: one factor explains 62 % of what the five dimensions tell of doctors."""
    (first,) = rows(real, "SELECT part FROM atlas.tension_facteurs WHERE groupe = 'medecin' AND facteur = 1")
    assert float(first[0]) == pytest.approx(0.62, abs=0.02)
    assert not rows(real, "FROM atlas.tension_correlations WHERE indice AND NOT accord")
    shares = dict(
        rows(real, "SELECT dimension, poids FROM atlas.tension_dimensions WHERE groupe = 'medecin' AND code = '61'")
    )
    assert float(shares["offre"]) == pytest.approx(0.25 / 1.2, abs=1e-4)
    assert float(shares["recrutement"]) == pytest.approx(0.2 / 1.2, abs=1e-4)


def test_the_card_of_the_index_works_out_the_mart_s_value(real: duckdb.DuckDBPyConnection) -> None:
    example = registers.indicators()["tension_indice"].exemple
    found = rows(
        real,
        "SELECT indicateur, rang_centile::DOUBLE, numerateur::INTEGER, denominateur::INTEGER "
        "FROM atlas.tension_indicateurs WHERE groupe = 'medecin' AND code = '61'",
    )
    of = {name: centile for name, centile, *_ in found}
    score = (0.25 * sum(v for n, v in of.items() if n != "part_difficile") + 0.2 * of["part_difficile"]) / 1.2
    ((told, rank, low, high),) = rows(
        real,
        "SELECT score::DOUBLE, rang, rang_bas, rang_haut FROM atlas.tension WHERE groupe = 'medecin' AND code = '61'",
    )
    assert told == pytest.approx(score, abs=1e-3)
    assert f"= {told:.2f} ; {rank}e, de {low} à {high}.".replace(".", ",", 1) in " ".join(example.split())
    for _, centile, part, whole in found:
        assert f"{centile:.2f}".replace(".", ",") in example
        assert f"{part:,}".replace(",", " ") in example
        assert f"{whole:,}".replace(",", " ") in example


def test_all_of_metropolitan_france_has_a_rank(real: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        real,
        "SELECT count(rang), count(rang_bas), count(libelle) FROM atlas.tension WHERE groupe = 'medecin' "
        "AND length(code) = 2",
    ) == [(96, 96, 96)]


def test_the_dispersion_declared_covers_what_registers_show(real: duckdb.DuckDBPyConnection) -> None:
    """Fitted on no year in particular: the last three, 2018 to 2020, are under it, the earlier ones too."""
    seen = rows(
        real,
        "SELECT annee, dispersion, dispersion_declaree FROM qualite.tension_epreuves "
        "WHERE groupe IN ('medecin', 'chirurgien_dentiste') AND source = 'drees_demographie' AND dispersion > 0",
    )
    assert len(seen) == 14
    assert all(found <= declared for _, found, declared in seen)


def test_departures_of_regions_are_the_sum_of_their_departements(real: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        real,
        "SELECT r.departs, sum(d.departs) FROM atlas.departs_attendus AS r "
        "JOIN reference.territoires AS t ON t.niveau = 'departement' AND t.regions = r.code "
        "JOIN atlas.departs_attendus AS d ON d.niveau = 'departement' AND d.code = t.code "
        "AND d.profession = r.profession AND d.horizon = r.horizon AND d.scenario = r.scenario "
        "WHERE r.niveau = 'region' AND r.profession = 'medecin' GROUP BY ALL",
    )
    assert len(found) >= 100
    for whole, parts in found:
        assert float(whole) == pytest.approx(float(parts), rel=0.02)


# --- in the marts of the sample ---------------------------------------------------------------------------


def test_rates_of_the_hr_survey_stand_beside_their_region(sample_db: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        sample_db,
        "SELECT i.indicateur, i.valeur = h.valeur, i.valeur_region = r.valeur, i.bas IS NOT NULL, "
        "i.face_a_region IS NOT NULL AND (i.petit_nombre OR i.bas IS NULL), count(*) FROM atlas.indicateurs AS i "
        "JOIN atlas.ressources_humaines AS h ON h.annee = i.annee AND h.indicateur = i.indicateur "
        "AND h.categorie = i.modalite AND h.niveau = i.niveau AND h.code = i.code "
        "JOIN atlas.ressources_humaines AS r ON r.annee = i.annee AND r.indicateur = i.indicateur "
        "AND r.categorie = i.modalite AND r.niveau = 'region' AND r.code = '28' "
        "JOIN reference.territoires AS t ON t.niveau = i.niveau AND t.code = i.code AND t.regions = '28' "
        "WHERE i.source = 'enquete_rh' AND i.niveau = 'departement' GROUP BY ALL",
    )
    assert {name for name, *_ in found} >= {"taux_vacance", "taux_rotation", "taux_absence", "part_interim"}
    for name, same, beside, bounded, misled, _ in found:
        assert (same, beside, bounded, misled) == (True, True, name == "accidents_100_etp", False), name


def test_indicators_of_restricted_sources_are_not_released(released: Publication) -> None:
    (file,) = released.release.glob("parquet/*atlas.indicateurs.parquet")
    with released.connect() as db:
        every = {s for (s,) in rows(db, "SELECT DISTINCT source FROM atlas.indicateurs")}
        shown = {s for (s,) in rows(db, f"SELECT DISTINCT source FROM '{file}'")}
    assert "enquete_rh" in every - shown == every & public.restricted()


def test_staff_and_inhabitants_add_up_over_levels(sample_db: duckdb.DuckDBPyConnection) -> None:
    staff = rows(
        sample_db,
        "PIVOT (SELECT annee, modalite, niveau, numerateur FROM atlas.indicateurs "
        "WHERE indicateur = 'densite_hospitaliere') ON niveau IN ('departement', 'region', 'france') "
        "USING sum(numerateur) GROUP BY annee, modalite",
    )
    # Of 31 December 2023, no population of the day after is known.
    assert {annee for annee, *_ in staff} == {2022}
    for annee, variable, *sums in staff:
        assert len(set(sums)) == 1, (annee, variable, sums)
    people = rows(
        sample_db,
        "SELECT b.annee, b.niveau, sum(b.valeur)::INTEGER, any_value(c.habitants) FROM atlas.besoins AS b "
        "JOIN (SELECT annee, niveau, sum(population)::INTEGER AS habitants FROM core.population_communes "
        "JOIN reference.appartenances USING (commune) GROUP BY annee, niveau) AS c USING (annee, niveau) "
        "WHERE b.indicateur = 'population' AND b.source = 'insee_population_communes' GROUP BY b.annee, b.niveau",
    )
    assert {niveau for _, niveau, *_ in people} >= {"arrondissement", "zone_emploi", "epci", "bassin_vie"}
    assert [row for row in people if row[2] != row[3]] == []
