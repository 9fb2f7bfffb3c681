"""Alerts: what each nature signals, what small numbers keep silent, what a known break explains."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import Publication, Warehouse, none, rows

from pipelines import indicators
from pipelines.edition import models

MODEL = next(m for m in models.load_all() if m.name == "qualite.alertes")
KEPT = {f"reference.{name}" for name in ("seuils", "territoires", "edition", "ruptures", "variables_sae")}


@pytest.fixture
def db(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables that alerts read, empty but for the edition's own lists."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{sample.settings.database}' AS promu (READ_ONLY)")
        for schema in (*models.SCHEMAS, indicators.SCHEMA):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name in models.dependencies(connection, MODEL.query, MODEL.name):
            if name.startswith(".") or name.startswith(indicators.SCHEMA):
                continue
            limit = "" if name in KEPT else "LIMIT 0"
            connection.execute(f"CREATE TABLE {name} AS FROM promu.{name} {limit}")
        columns = ", ".join(
            f"{name} {kind}" for c in indicators.ALL for name, kind in c.makes.get("tension", {}).items()
        )
        connection.execute(f"CREATE TABLE {indicators.SCHEMA}.tension ({columns})")
        yield connection


def add(db: duckdb.DuckDBPyConnection, table: str, common: dict[str, Any], *lines: dict[str, Any]) -> None:
    for line in lines:
        row = common | line
        db.execute(
            f"INSERT INTO {table} BY NAME SELECT " + ", ".join(f"? AS {name}" for name in row), list(row.values())
        )


def found(db: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    return rows(db, f"SELECT {columns} FROM ({MODEL.query}) ORDER BY ALL")


RATE = {
    "indicateur": "densite",
    "source": "drees_demographie",
    "profession": "medecin",
    "specialite": "ensemble",
    "mode_exercice": "ensemble",
    "modalite": "",
    "niveau": "departement",
    "code": "14",
    "millesime": 2018,
    "petit_nombre": False,
}


def year(annee: int, valeur: float, **more: Any) -> dict[str, Any]:
    return {"annee": annee, "valeur": valeur, "bas": valeur * 0.96, "haut": valeur * 1.04, **more}


def test_a_rate_beyond_its_interval_is_told_once_with_both_values(db: duckdb.DuckDBPyConnection) -> None:
    add(db, "atlas.indicateurs", RATE, year(2016, 100), year(2017, 200), year(2018, 180))
    # Inside the interval; beyond it by less than 5 %; on small numbers: nothing to tell.
    add(db, "atlas.indicateurs", RATE | {"code": "27"}, year(2017, 200), year(2018, 203))
    add(db, "atlas.indicateurs", RATE | {"code": "50"}, year(2017, 200), year(2018, 208.5))
    add(db, "atlas.indicateurs", RATE | {"code": "61"}, year(2017, 200, petit_nombre=True), year(2018, 100))
    (told,) = found(
        db, "nature, code, libelle, region, avant::INTEGER, apres::INTEGER, ecart_relatif::DOUBLE, severite"
    )
    assert told == ("hors de l'intervalle", "14", "Calvados", "28", 200, 180, -0.1, "moyenne")


def test_a_known_break_explains(db: duckdb.DuckDBPyConnection) -> None:
    dentists = RATE | {"profession": "chirurgien_dentiste", "millesime": 2020}
    add(db, "atlas.indicateurs", dentists, year(2019, 50), year(2020, 60))
    ((reason, severity),) = found(db, "explication, severite")
    assert reason.startswith("2020 : ")
    assert severity == "information"


def test_a_fall_of_a_fifth_counts_from_twenty_units(db: duckdb.DuckDBPyConnection) -> None:
    staff = {"niveau": "ej", "variable": "ETP_TOT_PNM", "annee": 2023, "millesime": 2023, "millesime_precedent": 2022}
    for code, before, after in (("140000100", 100, 79), ("270000001", 100, 81), ("500000001", 19, 5)):
        line = {"code": code, "valeur_precedente": before, "valeur": after, "evolution": after - before}
        add(db, "fiches.evolutions", staff, line)
    # Not of the same sites: no fall.
    add(db, "fiches.evolutions", staff, {"code": "610000001", "valeur_precedente": 100, "valeur": 50})
    assert found(db, "nature, niveau, code, objet, ecart::INTEGER, severite") == [
        ("baisse d'un cinquième", "ej", "140000100", "personnels, ETP_TOT_PNM", -21, "forte")
    ]


def test_a_change_beyond_what_its_series_ever_did_is_told_both_ways(db: duckdb.DuckDBPyConnection) -> None:
    counted = {"source": "drees_demographie", "feuille": "", "profession": "infirmier", "niveau": "departement"}
    whole = {"specialite": "ensemble", "sexe": "ensemble", "mode_exercice": "ensemble", "millesime": 2018}
    # The series knew a tenth, in one département: that much is no news in another, more is, up or down.
    for code, *counts in (
        ("14", 1000, 1000, 1000, 1100, 1300),
        ("27", 1000, 1000, 1000, 1000, 850),
        ("50", 1000, 1000, 1000, 1000, 1099),
        ("61", 1000, 1000, 1000, 1000, 1),
        ("76", 3, 3, 3, 3, 19),
    ):
        for annee, effectif in enumerate(counts, 2014):
            line = {"code": code, "annee": annee, "effectif": effectif}
            add(db, "atlas.effectifs", counted | whole, line)
    told = found(
        db, "nature, source, code, millesime, annee, avant::INTEGER, apres::INTEGER, bas::INTEGER, haut::INTEGER"
    )
    assert told == [
        ("variation inédite", "drees_demographie", "14", 2018, 2018, 1100, 1300, 1000, 1210),
        ("variation inédite", "drees_demographie", "27", 2018, 2018, 1000, 850, 909, 1100),
        ("variation inédite", "drees_demographie", "61", 2018, 2018, 1000, 1, 909, 1100),
    ]


def test_a_series_without_a_past_may_triple_no_more(db: duckdb.DuckDBPyConnection) -> None:
    staff = {"niveau": "ej", "variable": "ETP_TOT_PNM", "annee": 2023, "millesime": 2023, "millesime_precedent": 2022}
    for code, before, after in (("140000100", 100, 310), ("270000001", 100, 290), ("500000001", 5, 55)):
        line = {"code": code, "valeur_precedente": before, "valeur": after, "evolution": after - before}
        add(db, "fiches.evolutions", staff, line)
    assert found(db, "nature, code, bas::INTEGER, haut::INTEGER") == [("variation inédite", "140000100", 33, 300)]


def test_a_series_that_has_stopped_is_no_news(db: duckdb.DuckDBPyConnection) -> None:
    asked = {"source": "bmo", "indicateur": "projets", "niveau": "departement", "code": "14", "statut": "calculé"}
    for annee, nomenclature, fap, valeur in (
        (2022, "FAP 2009", "V1Z80", 100),
        (2023, "FAP 2009", "V1Z80", 50),
        (2024, "FAP 2021", "V1X80", 40),
    ):
        line = {"annee": annee, "millesime": annee, "nomenclature": nomenclature, "fap": fap, "valeur": valeur}
        add(db, "atlas.recrutement", asked | line)
    assert found(db, "code") == []


def test_sites_and_members_that_come_and_go(db: duckdb.DuckDBPyConnection) -> None:
    for millesime, finess, entity in (
        (2022, "140000001", "14E"),
        (2022, "270000001", "27E"),
        (2022, "610000001", "61E"),
        (2023, "140000001", "14E"),
        (2023, "270000002", "27E"),
    ):
        site = {"millesime": millesime, "finess": finess, "finess_ej": entity, "region": "28", "raison_sociale": "CH"}
        add(db, "fiches.etablissements", {}, site)
    for millesime, ght, entity in ((2022, "28101", "14E"), (2022, "28101", "27E"), (2023, "28101", "14E")):
        add(db, "core.ght_membres", {}, {"millesime": millesime, "code_ght": ght, "finess_ej": entity})
    told = found(db, "nature, code, severite, left(explication, 12)")
    assert told == [
        ("site disparu", "270000001", "information", "la même enti"),
        ("site disparu", "610000001", "forte", None),
        ("site paru", "270000002", "information", "la même enti"),
        ("sortie d'un GHT", "28101", "forte", None),
    ]


def test_a_rank_is_compared_with_the_interval_it_had(db: duckdb.DuckDBPyConnection) -> None:
    ranks = {"groupe": "medecin", "rang_bas": 5, "rang_haut": 12}
    before, now = {"situation": "édition précédente"}, {"situation": "édition"}
    table = f"{indicators.SCHEMA}.tension"
    for code, rank in (("14", 4), ("27", 12)):
        add(db, table, ranks | {"code": code}, before | {"rang": 8}, now | {"rang": rank})
    assert found(db, "nature, code, avant::INTEGER, apres::INTEGER, bas::INTEGER, haut::INTEGER, severite") == [
        ("rang de tension", "14", 8, 4, 5, 12, "forte")
    ]


def test_a_revision_compares_two_vintages_of_one_year(db: duckdb.DuckDBPyConnection) -> None:
    add(
        db,
        "reference.professions_publiees",
        {"source": "drees_demographie", "profession_publiee": "Médecins", "feuille": ""},
        {"profession": "medecin", "specialite": "ensemble"},
    )
    count = {
        **{"source": "drees_demographie", "profession_publiee": "Médecins", "feuille": "", "niveau": "departement"},
        **{"tranche_age": "ensemble", "sexe": "ensemble", "mode_exercice": "ensemble", "annee": 2014, "revision": 1},
    }
    for code, before, after in (("14", 2410, 2654), ("27", 2410, 2454)):
        add(db, "core.demographie", count | {"code": code}, {"millesime": 2019, "effectif": before})
        add(db, "core.demographie", count | {"code": code}, {"millesime": 2020, "effectif": after})
    told = found(db, "nature, code, annee_avant, annee, millesime_avant, millesime, avant::INTEGER, apres::INTEGER")
    assert told == [("révision", "14", 2014, 2014, 2019, 2020, 2410, 2654)]


def test_the_page_groups_them(published: Publication) -> None:
    page = (published.release / "qualite.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    with published.connect() as connection:
        some = rows(connection, "SELECT DISTINCT source FROM qualite.alertes")
    assert some
    assert '<h2 id="alertes">' in page
    assert "<summary>Site disparu : " in page or "<summary>Site paru : " in page or "cinquième : " in page


def test_real_vintages_give_few(mirror_db: duckdb.DuckDBPyConnection) -> None:
    (count, strong), *_ = rows(mirror_db, "SELECT count(*), count(*) FILTER (severite = 'forte') FROM qualite.alertes")
    assert 50 < count < 600
    assert 20 < strong < count
    # Vimoutiers halves its staff from 2022 to 2023, in headcount and in full time.
    fallen = "SELECT objet FROM qualite.alertes WHERE code = '610780157' AND severite = 'forte' ORDER BY objet"
    assert [r[0] for r in rows(mirror_db, fallen)] == ["personnels, EFF_TOT_PNM", "personnels, ETP_TOT_PNM"]
    none(mirror_db, "FROM qualite.alertes WHERE libelle IS NULL AND niveau NOT IN ('institut', 'ej')")
