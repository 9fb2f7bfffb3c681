"""Totals that a producer publishes beside their parts: which cell a sum that fails leaves empty, and what is told."""

import duckdb
import pytest

from pipelines import catalogue
from pipelines.checks import runner, totals
from pipelines.database.duck import literal

# Two départements by two bands, with the totals of both, as the DREES publishes them: all is fictitious.
AGES = [
    ("Ensemble", "Ensemble", 100),
    ("Ensemble", "1- Moins de 30 ans", 40),
    ("Ensemble", "2- Entre 30 et 34 ans", 60),
    ("014 - Calvados", "Ensemble", 30),
    ("014 - Calvados", "1- Moins de 30 ans", 10),
    ("014 - Calvados", "2- Entre 30 et 34 ans", 20),
    ("061 - Orne", "Ensemble", 70),
    ("061 - Orne", "1- Moins de 30 ans", 30),
    ("061 - Orne", "2- Entre 30 et 34 ans", 40),
]
# Two regions of two départements, as CNAM's export lists them from 2019 on: all is fictitious.
LIBERAUX = [
    ("99", "999", 100),
    ("11", "999", 60),
    ("11", "75", 25),
    ("11", "92", 35),
    ("28", "999", 40),
    ("28", "14", 10),
    ("28", "61", 30),
]


LINES = {
    ("drees_medecins_ages", 2022): ("territoire, tranche_age, effectif", AGES),
    ("cnam_demographie", 2024): ("region, departement, effectif", LIBERAUX),
}
OTHERS = {"cnam_demographie": {"profession": "'Infirmiers'", "tranche_age": "'tout_age'", "sexe": "'tout sexe'"}}


def found(source: str, millesime: int, changed: dict[int, int | None]) -> tuple[set[int], list[tuple[object, ...]]]:
    """The lines whose number is left empty, and the totals told, once some numbers are changed."""
    entry, (columns, lines) = catalogue.load(source), LINES[source, millesime]
    others = "".join(f", {value} AS {name}" for name, value in OTHERS.get(source, {}).items())
    values = ", ".join(f"({', '.join(map(literal, line[:-1]))}, {line[-1]}, {rank})" for rank, line in enumerate(lines))
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE SCHEMA controle; CREATE TABLE controle.{source} AS "
            f"SELECT *{others}, 'fictif.csv' AS _fichier, _rang AS _ligne "
            f"FROM (VALUES {values}) AS t ({columns}, _rang)"
        )
        for rank, value in changed.items():
            connection.execute(f"UPDATE controle.{source} SET effectif = ? WHERE _rang = ?", [value, rank])
        _, told, cells = totals.sum_rules(entry, source, millesime)
        assert cells["meta"] == {"controle": "cases_d_une_somme_fausse", "quarantaine": True, "cellule": "effectif"}
        suspect, unequal = (runner.failing(rule, f"controle.{source}") for rule in (cells, told))
        ranks = connection.execute(f"SELECT _rang FROM ({suspect})").fetchall()
        return {rank for (rank,) in ranks}, connection.execute(
            f"SELECT publie::INTEGER, somme::INTEGER, _ligne FROM ({unequal}) ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize(
    ("changed", "emptied", "told"),
    [
        pytest.param({}, set(), [], id="toutes-les-sommes"),
        pytest.param({4: 11}, {4}, [(30, 31, 3), (40, 41, 1)], id="une-case-dont-les-deux-sommes-echouent"),
        pytest.param({3: 29}, {3}, [(29, 30, 3), (100, 99, 0)], id="le-total-d-un-departement"),
        pytest.param({0: 1000}, {0}, [(1000, 100, 0), (1000, 100, 0)], id="le-total-de-tous"),
        pytest.param({4: 11, 8: 41}, {4, 5, 7, 8}, None, id="deux-cases-laissent-quatre-suspectes"),
        pytest.param({4: 11, 5: 19}, {1, 4, 7, 2, 5, 8}, [(40, 41, 1), (60, 59, 2)], id="deux-qui-se-compensent"),
        pytest.param({4: None}, set(), [], id="une-partie-inconnue-est-sous-son-total"),
        pytest.param({4: None, 5: 31}, {5}, [(30, 31, 3), (60, 71, 2)], id="une-partie-depasse-son-total"),
    ],
)
def test_a_cell_of_two_sums_is_wrong_where_both_fail(
    changed: dict[int, int | None], emptied: set[int], told: list[tuple[object, ...]] | None
) -> None:
    cells, unequal = found("drees_medecins_ages", 2022, changed)
    assert cells == emptied
    assert told is None or unequal == told


@pytest.mark.parametrize(
    ("changed", "emptied"),
    [
        pytest.param({5: 11}, {0, 4, 5, 6}, id="un-departement"),
        pytest.param({4: 41}, {4}, id="le-total-d-une-region"),
        pytest.param({0: 101}, {0}, id="le-total-de-la-france"),
    ],
)
def test_a_departement_is_in_the_sums_of_its_region_and_of_france(
    changed: dict[int, int | None], emptied: set[int]
) -> None:
    assert found("cnam_demographie", 2024, changed)[0] == emptied


def test_a_file_without_its_totals_is_refused() -> None:
    there, *_ = totals.sum_rules(catalogue.load("drees_medecins_ages"), "drees_medecins_ages", 2022)
    assert there["severity"] == "critical"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT '014 - Calvados' AS territoire, 'Ensemble' AS tranche_age")
        absent = connection.execute(f"SELECT total_absent FROM ({runner.failing(there, 't')})").fetchall()
    assert absent == [("territoire = 'Ensemble'",)]
