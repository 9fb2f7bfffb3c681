"""Changes from a year to the next: of the same sites, with the same answers, or not at all, with the reason."""

import re
from decimal import Decimal

import duckdb
import pytest
from fixtures_entrepots import ROOT, Publication, none, one, rows
from test_codes import lines

from pipelines.database import macros
from pipelines.edition import models

# Site: what it is in 2022 and in 2023, as (entity, GHT, ETP); None where the survey has no such site.
Told = tuple[str, str | None, float | None] | None
NO_LINE = -1.0
SITES: dict[str, tuple[Told, Told]] = {
    # L moves from the GHT OUEST to the GHT EST, which has nothing else new.
    "A1": (("A", "EST", 100), ("A", "EST", 104)),
    "L1": (("L", "OUEST", 60), ("L", "EST", 61)),
    "C1": (("C", "OUEST", 200), ("C", "OUEST", 190)),
    # A site opens, another closes; one that had nobody closes too.
    "D1": (("D", "SUD", 50), ("D", "SUD", 50)),
    "D2": (None, ("D", "SUD", 12)),
    "E1": (("E", "NORD", 50), ("E", "NORD", 80)),
    "E2": (("E", "NORD", 30), None),
    "F1": (("F", None, 10), ("F", None, 11)),
    "F2": (("F", None, 0), None),
    # N has taken in M: one of M's sites goes on, the other has closed.
    "N1": (("N", None, 40), ("N", None, 55)),
    "M1": (("M", None, 20), ("N", None, 20)),
    "M2": (("M", None, 15), None),
    # P has taken in a site of Q, which goes on without it.
    "P1": (("P", None, 30), ("P", None, 33)),
    "Q1": (("Q", None, 70), ("P", None, 70)),
    "Q2": (("Q", None, 5), ("Q", None, 6)),
    # Unequal answers; the same ones, though not all; none.
    "R1": (("R", None, 8), ("R", None, 8)),
    "R2": (("R", None, 9), ("R", None, None)),
    "S1": (("S", None, 8), ("S", None, 10)),
    "S2": (("S", None, None), ("S", None, None)),
    "T1": (("T", None, None), ("T", None, 3)),
    # U2 is in the survey both years, and has no line of staff at all in the second.
    # Typed wrongly one year, or gone to another site: nothing to quote.
    "J1": (("J", None, 100), ("J", None, 20)),
    "U1": (("U", None, 5), ("U", None, 6)),
    "U2": (("U", None, 1), ("U", None, NO_LINE)),
}


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    """The marts of those sites alone, made by the models themselves."""
    connection = duckdb.connect()
    macros.make(connection)
    for schema in ("core", "fiches", "reference", "atlas"):
        connection.execute(f"CREATE SCHEMA {schema}")

    def build(name: str) -> None:
        query = models.parse(ROOT / "sql" / f"{name.replace('.', '/')}.sql").query
        connection.execute(f"CREATE TABLE {name} AS {query}")

    build("reference.professions")
    build("reference.specialites_medicales")
    connection.execute(
        "CREATE TABLE reference.familles_professionnelles (nomenclature VARCHAR, fap VARCHAR, libelle VARCHAR)"
    )
    build("reference.correspondances")
    build("reference.variables_sae")
    connection.execute(
        "CREATE TABLE fiches.etablissements (millesime INTEGER, annee INTEGER, finess VARCHAR, finess_ej VARCHAR, "
        "code_ght VARCHAR, arrondissement VARCHAR, departement VARCHAR, region VARCHAR)"
    )
    connection.execute("CREATE TABLE sites (millesime INTEGER, finess VARCHAR, finess_ej VARCHAR, etp DECIMAL(18, 2))")
    for finess, told in SITES.items():
        for year, site in zip((2022, 2023), told, strict=True):
            if site:
                connection.execute(
                    "INSERT INTO fiches.etablissements VALUES ($1, $1, $2, $3, $4, left($2, 1), '14', '28')",
                    [year, finess, *site[:2]],
                )
                if site[2] != NO_LINE:
                    connection.execute("INSERT INTO sites VALUES (?, ?, ?, ?)", [year, finess, site[0], site[2]])
    connection.execute(
        "CREATE TABLE fiches.es_personnels AS SELECT s.millesime, 1 AS revision, s.millesime AS annee, s.finess, "
        "s.finess_ej, v.variable, v.filiere, v.mesure, v.ligne, v.dont, s.etp AS valeur, v.unite, "
        "CASE WHEN s.etp IS NULL THEN 'non-réponse' ELSE 'publié' END AS statut "
        "FROM sites AS s, reference.variables_sae AS v WHERE v.variable IN ('ETP_TOT_PNM', 'EFF_INT_recalcule')"
    )
    connection.execute(
        "CREATE TABLE fiches.ght_membres AS SELECT millesime, code_ght, 'GHT ' || code_ght AS nom_ght, finess, "
        "true AS retenu FROM fiches.etablissements WHERE code_ght IS NOT NULL"
    )
    # A GHT of which the SAE publishes the total, and nobody the members.
    connection.execute(
        "CREATE TABLE core.sae_ght_publies AS SELECT millesime, 1 AS revision, 'AILLEURS' AS code_ght, "
        "'GHT AILLEURS' AS nom_ght, 'ETP_TOT_PNM' AS variable, millesime::DECIMAL(18, 2) AS valeur "
        "FROM (VALUES (2022), (2023)) AS t (millesime)"
    )
    connection.execute(
        "CREATE TABLE reference.seuils AS FROM (VALUES ('saut_etp', 50), ('saut_rapport', 3)) AS s (seuil, valeur)"
    )
    for name in ("fiches.ej_personnels", "fiches.ght_personnels", "fiches.evolutions"):
        build(name)
    connection.execute(
        "CREATE TABLE atlas.hospitaliers AS SELECT p.annee, p.millesime, 1 AS revision, 'arrondissement' AS niveau, "
        "e.arrondissement AS code, 'ensemble' AS secteur, p.variable, p.mesure, p.ligne, "
        "sum(p.valeur)::DECIMAL(18, 2) AS valeur, p.unite, 'calculé' AS statut, count(*)::INTEGER AS sites, "
        "count(p.valeur)::INTEGER AS sites_repondants FROM fiches.es_personnels AS p "
        "JOIN fiches.etablissements AS e USING (millesime, finess) GROUP BY ALL"
    )
    build("atlas.evolutions_hospitalieres")
    return connection


@pytest.mark.parametrize(
    ("niveau", "code", "before", "change", "reason"),
    [
        # 160 and 165, though it had 100; 200 and 190, though it had 260.
        ("ght", "EST", 160, 5, "périmètre constant : 1 site venu d'ailleurs"),
        ("ght", "OUEST", 200, -10, "périmètre constant : 1 site parti"),
        ("es", "L1", 60, 1, None),
        ("es", "J1", 100, None, "saut à vérifier : plus que triplé, ou divisé par plus de trois"),
        ("ej", "L", 60, 1, None),
        ("ght", "SUD", 50, None, "périmètre changé : 1 site ouvert"),
        ("ej", "D", 50, None, "périmètre changé : 1 site ouvert"),
        ("ght", "NORD", 50, None, "périmètre changé : 1 site fermé"),
        ("ej", "E", 50, None, "périmètre changé : 1 site fermé"),
        ("es", "E1", 50, 30, None),
        ("ej", "F", 10, 1, None),
        ("ej", "N", 60, None, "périmètre changé : 1 site fermé"),
        ("ej", "P", 100, 3, "périmètre constant : 1 site venu d'ailleurs"),
        ("ej", "Q", 5, 1, "périmètre constant : 1 site parti"),
        ("es", "Q1", 70, None, "entité juridique changée"),
        ("ej", "R", 17, None, "réponses inégales : 1 site n'a répondu qu'une année"),
        ("ej", "S", 8, 2, None),
        ("ej", "T", None, None, "donnée manquante"),
        ("ej", "U", 6, None, "réponses inégales : 1 site n'a répondu qu'une année"),
        ("ght", "AILLEURS", None, None, "membres du GHT non connus"),
        # In a territory, what opens and closes is part of the change; who answered is not.
        ("arrondissement", "D", 50, 12, None),
        ("arrondissement", "E", 80, 0, None),
        ("arrondissement", "R", 17, None, "réponses inégales : 1 site n'a répondu qu'une année"),
        ("arrondissement", "S", 8, 2, None),
        ("arrondissement", "U", 6, None, "réponses inégales : 1 site n'a répondu qu'une année"),
        ("arrondissement", "T", None, None, "donnée manquante"),
    ],
)
def test_a_change_is_that_of_the_same_sites_or_says_why_there_is_none(
    db: duckdb.DuckDBPyConnection, niveau: str, code: str, before: int | None, change: int | None, reason: str | None
) -> None:
    table = "atlas.evolutions_hospitalieres" if niveau == "arrondissement" else "fiches.evolutions"
    query = f"SELECT valeur_precedente, evolution, evolution_relative, motif FROM {table} WHERE niveau = ? AND code = ?"
    found = rows(db, query + " AND variable = 'ETP_TOT_PNM'", niveau, code)
    share = None if change is None or before is None else round(Decimal(change) / before, 6)
    assert found == [(before, change, share, reason)]


# --- Real extracts ----------------------------------------------------------------------------------------


def test_a_hospital_that_changes_its_ght_is_no_growth(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """L'Aigle (423.49 ETP in 2022) goes from Eure-Seine (28110) to Orne-Perche-Saosnois (28102)."""
    told = "SELECT valeur_precedente, evolution, motif FROM fiches.evolutions"
    query = f"{told} WHERE variable = 'ETP_TOT_PNM' AND code = ?"
    assert rows(mirror_db, query, "28110") == [
        (Decimal("3989.44"), Decimal("15.62"), "périmètre constant : 1 site parti")
    ]
    assert rows(mirror_db, query, "28102") == [(Decimal("2787.42"), None, "périmètre changé : 1 site ouvert")]


def test_no_growth_comes_of_a_change_of_sites(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """Wherever entities and GHT have other sites than the year before, by another road than the mart's."""
    sites = "SELECT annee, finess, finess_ej, code_ght FROM fiches.etablissements"
    for niveau, column in (("ej", "finess_ej"), ("ght", "code_ght")):
        changed = (
            f"SELECT n.{column} AS code, list_sort(list(n.finess)) AS sites FROM ({sites}) AS n "
            f"WHERE n.annee = $1 AND n.{column} IS NOT NULL GROUP BY ALL"
        )
        moved = rows(
            mirror_db,
            f"SELECT a.code FROM ({changed.replace('$1', '2023')}) AS a JOIN ({changed.replace('$1', '2022')}) AS b "
            "USING (code) WHERE a.sites <> b.sites",
        )
        assert len(moved) > (40 if niveau == "ej" else 2)
        codes = [code for (code,) in moved]
        none(
            mirror_db,
            "SELECT e.* FROM fiches.evolutions AS e WHERE e.niveau = ? AND list_contains(?, e.code) "
            "AND e.evolution IS NOT NULL AND e.evolution <> e.valeur - (SELECT sum(p.valeur) FROM "
            "fiches.es_personnels AS p WHERE p.annee = 2022 AND p.variable = e.variable AND p.finess IN (SELECT "
            f"s.finess FROM fiches.etablissements AS s WHERE s.annee = 2023 AND s.{column} = e.code))",
            niveau,
            codes,
        )
        none(
            mirror_db,
            "SELECT e.* FROM fiches.evolutions AS e JOIN fiches.etablissements AS s ON s.annee = e.annee AND "
            f"s.{column} = e.code JOIN fiches.es_personnels AS p ON p.annee = s.annee AND p.finess = s.finess AND "
            "p.variable = e.variable WHERE e.niveau = ? AND e.evolution IS NOT NULL AND p.valeur <> 0 AND p.finess NOT "
            "IN (SELECT a.finess FROM fiches.etablissements AS a WHERE a.annee = 2022)",
            niveau,
        )


INTERNS = "réponses inégales : 3 sites n’ont répondu qu’une année"


def test_interns_are_compared_where_the_same_sites_counted_them(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """In the Orne SYGEN's own 63 and 157 come from 3 and 8 sites; their recount, 110 and 157, from 9 and 8."""
    none(mirror_db, "FROM atlas.evolutions_hospitalieres WHERE variable = 'EFF_INT'")
    found = rows(
        mirror_db,
        "SELECT valeur_precedente, valeur, sites_repondants_precedents, sites_repondants, evolution_relative, motif "
        "FROM atlas.evolutions_hospitalieres WHERE niveau = 'departement' AND code = '61' "
        "AND variable = 'EFF_INT_recalcule'",
    )
    assert found == [(110, 157, 9, 8, None, INTERNS.replace("’", "'"))]
    assert one(mirror_db, "SELECT count(*) FROM atlas.evolutions_hospitalieres WHERE evolution IS NOT NULL") > 10000


@pytest.mark.lent
def test_a_page_says_why_interns_are_not_compared(mirror_published: Publication) -> None:
    page = mirror_published.release / "pages" / "departement-61.html"
    ((label, *shown),) = [line for line in lines(page) if line and line[0].startswith("Internes, docteurs juniors")]
    assert "recalculé" in label
    plain = [re.sub(r"\s", " ", cell) for cell in shown]
    assert plain == ["effectif", "110*", "157*", "nd", "8 sur 28 ; en 2022, 9 sur 27", INTERNS]
