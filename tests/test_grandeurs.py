"""The numbers of a vintage beside those of the one before, column by column (qualite.grandeurs)."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import rows

from pipelines import catalogue
from pipelines.edition import magnitudes, models
from pipelines.edition.lockfile import Lock, Pin

MODEL = next(m for m in models.load_all() if m.name == "qualite.grandeurs")
TOLD = "SELECT millesime, colonne, rapport::DOUBLE, constat FROM ({}) WHERE constat IS NOT NULL ORDER BY ALL"


def lock(*years: int) -> Lock:
    pins = tuple(Pin("bmo", year, 1, year == max(years), "", ()) for year in years)
    return Lock(max(years), False, "", "", pins, (), ())


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    """Staged projects of two years, and the thresholds."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA staging; CREATE SCHEMA reference")
        connection.execute(
            "CREATE TABLE staging.bmo_projets AS SELECT millesime::INTEGER AS millesime, (10 + i % 7)::INTEGER AS met, "
            "(4 + i % 3)::INTEGER AS xmet, 2 AS smet FROM range(2023, 2025) AS t (millesime), range(60) AS u (i)"
        )
        connection.execute("CREATE TABLE staging.bmo_bassins (millesime INTEGER)")
        connection.execute(
            "CREATE TABLE reference.seuils AS "
            "FROM (VALUES ('saut_rapport', 3), ('nombre_suivi', 20)) AS s (seuil, valeur)"
        )
        yield connection


def told(db: duckdb.DuckDBPyConnection, *years: int) -> list[tuple[Any, ...]]:
    magnitudes.write(db, lock(*years))
    return rows(db, TOLD.format(MODEL.query))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("met = met + 5", []),
        ("met = 1000 * met", [(2024, "met", 1000, "autre ordre de grandeur")]),
        ("met = 0.1 * met", [(2024, "met", 1 / 13, "autre ordre de grandeur")]),
        ("smet = -smet", []),
        ("met = -2147483648", [(2024, "met", 2147483648 / 13, "autre ordre de grandeur")]),
        ("xmet = CASE WHEN rowid % 5 < 2 THEN xmet END", [(2024, "xmet", 1, "colonne vidée")]),
        (
            "met = smet, smet = met",
            [(2024, "met", 2 / 13, "autre ordre de grandeur"), (2024, "smet", 6.5, "autre ordre de grandeur")],
        ),
    ],
)
def test_a_column_that_is_no_longer_of_its_size_is_told(
    db: duckdb.DuckDBPyConnection, change: str, expected: list[tuple[Any, ...]]
) -> None:
    db.execute(f"UPDATE staging.bmo_projets SET {change} WHERE millesime = 2024")
    assert told(db, 2023, 2024) == [(*line[:2], pytest.approx(line[2], abs=1e-5), line[3]) for line in expected]


def test_half_of_the_lines_is_told_of_each_column(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("DELETE FROM staging.bmo_projets WHERE millesime = 2024 AND rowid % 5 > 1")
    assert {line[3] for line in told(db, 2023, 2024)} == {"moitié moins de lignes"}


def test_few_cells_say_nothing(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("UPDATE staging.bmo_projets SET smet = NULL WHERE millesime = 2023 AND rowid % 4 > 0")
    db.execute("UPDATE staging.bmo_projets SET smet = 9000 WHERE millesime = 2024")
    assert told(db, 2023, 2024) == []


def test_one_vintage_and_a_column_that_a_year_is_known_not_to_have_are_left_out(db: duckdb.DuckDBPyConnection) -> None:
    assert told(db, 2024) == rows(db, f"FROM {magnitudes.TABLE}") == []
    db.execute(f"DROP TABLE {magnitudes.TABLE}")
    db.execute(
        "CREATE TABLE staging.sae_q24 AS SELECT millesime::INTEGER AS millesime, 1 AS DIRSI, 2 AS ETPSAL "
        "FROM range(2022, 2024) AS t (millesime)"
    )
    sae = catalogue.load("sae")
    left = magnitudes.select(sae, "q24", [c for c in sae.of_table("q24") if c.name == "DIRSI"], [2022, 2023])
    assert rows(db, f"SELECT millesime FROM ({left})") == [(2022,)]


def test_the_warning_names_the_source_and_says_how_much(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """In 2022 the published interns are blank in three hospitals of four: their median falls to a seventh in 2023."""
    said = rows(
        mirror_db,
        "SELECT source, objet, avertissement FROM qualite.avertissements WHERE sujet = 'ordre de grandeur' AND "
        "contains(objet, 'EFF_INT')",
    )
    assert [(source, objet) for source, objet, _ in said] == [("sae", "2023, sygen, EFF_INT")]
    assert "la médiane y est 7,1 fois plus petite qu'en 2022" in said[0][2]
