"""An edition made of what can be downloaded alone: its pages and its sheets are alive.

Nothing is asked of a network: the fictitious extracts of the sources whose entry has a `fetch:` block, and no other.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import (
    EDITION,
    REGION,
    Publication,
    Warehouse,
    build_edition,
    environment,
    none,
    once,
    one,
    published_once,
    receive,
    rows,
    words_only,
)

from pipelines import catalogue
from pipelines.settings import Settings

pytestmark = pytest.mark.lent

# What no site publishes, or no address is known for: these pages wait for a deposit, and say so.
WAITING = {"dispositifs.html", "ressources-humaines.html"}
# Professions that no source on line counts, and an index of pages.
BARE = {"profession-ambulancier.html", "profession-psychomotricien.html", "territoires.html"}
EMPTY = re.compile(r"<[^>]+>")


def online() -> list[catalogue.Source]:
    """The sources that a run on line brings, without anybody's key."""
    return [source for source in catalogue.load_all() if source.fetch is not None and not source.fetch.variables]


@pytest.fixture(scope="module")
def release(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The edition of those sources alone, read as the sample has read them, released for Normandie."""
    extracts = sample.settings.sources

    def fill(folder: Path) -> None:
        receive(folder, sample.settings, {source.id for source in online()})
        with environment(folder, extracts):
            build_edition()

    made = Warehouse(Settings(extracts, once(tmp_path_factory, "en-ligne", fill)))
    with words_only():
        return published_once(tmp_path_factory, "en-ligne-publie", made)


@pytest.fixture(scope="module")
def db(release: Publication) -> Iterator[duckdb.DuckDBPyConnection]:
    with release.connect() as connection:
        yield connection


def test_the_set_has_what_can_be_downloaded_and_nothing_else(db: duckdb.DuckDBPyConnection) -> None:
    accepted = {source for (source,) in rows(db, "SELECT DISTINCT source FROM reference.millesimes")}
    assert accepted == {source.id for source in online()}
    assert not {"ght", "drees_demographie", "drees_medecins_ages", "dares_tensions", "zonage_medecins"} & accepted


def test_each_dimension_of_the_index_is_read_from_the_source_that_is_there(db: duckdb.DuckDBPyConnection) -> None:
    said = rows(
        db, "SELECT dimension, source FROM atlas.tension_sources WHERE groupe = 'medecin' AND situation = 'édition'"
    )
    assert dict(said) == dict.fromkeys(("offre", "vieillissement", "flux"), "drees_professionnels")


def test_the_index_has_values(db: duckdb.DuckDBPyConnection) -> None:
    """Of doctors, as soon as a zoning can be downloaded; until then access is all that they lack."""
    if not any(source.id.startswith("zonage") for source in online()):
        said = rows(db, "SELECT DISTINCT motif FROM atlas.tension WHERE groupe LIKE 'medecin%' ORDER BY 1")
        assert said == [("il manque : accès",), ("il manque : accès, recrutement",)]
        return
    scored = rows(
        db,
        "SELECT groupe, count(*) FROM atlas.tension WHERE score IS NOT NULL AND rang IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    assert {"medecin", "medecin_generaliste"} <= {group for group, n in scored if n >= 80}, scored


def test_recruitment_has_the_names_of_its_families(db: duckdb.DuckDBPyConnection) -> None:
    none(db, "SELECT fap FROM atlas.recrutement WHERE libelle IS NULL")
    for domain in ("santé", "social"):
        assert one(
            db,
            "SELECT count(DISTINCT r.fap) > 3 FROM atlas.recrutement AS r "
            "JOIN reference.familles_professionnelles AS f USING (nomenclature, fap) "
            "WHERE r.indicateur = 'projets' AND r.valeur > 0 AND r.niveau = 'region' "
            "AND r.code = ? AND f.domaine = ?",
            REGION,
            domain,
        )


def test_ages_departures_and_projections_have_values(db: duckdb.DuckDBPyConnection) -> None:
    measured = {"ages": "valeur", "departs": "valeur", "departs_attendus": "departs", "projections": "effectif"}
    for table, column in measured.items():
        found = one(db, f"SELECT count({column}) FROM atlas.{table} WHERE niveau = 'departement'")
        assert found > 0, table


def test_groups_of_hospitals_have_their_last_known_members(db: duckdb.DuckDBPyConnection, release: Publication) -> None:
    """FINESS+ is later than the surveys: its members are said to be the last known, and held against the totals."""
    assert rows(db, "SELECT DISTINCT appartenance FROM core.ght_membres") == [("dernière connue",)]
    none(db, "SELECT * FROM core.ght_membres WHERE annee_appartenance <= millesime")
    held = rows(
        db,
        "SELECT resultat, count(*) FROM qualite.rapprochements WHERE rapprochement = 'ght_sygen' "
        "AND nature = 'somme sous appartenance d''une autre année' GROUP BY 1",
    )
    found = dict(held)
    assert found["égal"] > 20 * found.get("écart", 0)
    groups = rows(db, "SELECT DISTINCT code_ght FROM fiches.ght_membres WHERE left(code_ght, 2) = ? ORDER BY 1", REGION)
    assert len(groups) >= 10
    for (code,) in groups:
        sheet = (release.release / "fiches" / f"ght-{code}.html").read_text(encoding="utf-8")
        assert "dernière connue (2025)" in sheet, code


def test_every_page_is_alive(db: duckdb.DuckDBPyConnection, release: Publication) -> None:
    pages = sorted((release.release / "pages").glob("*.html"))
    assert len(pages) > 80
    dead = set()
    for path in (release.release / "index.html", *pages):
        main = path.read_text(encoding="utf-8").partition("<main")[2]
        if "<table" not in main and "<figure" not in main and 'class="carte' not in main:
            dead.add(path.name)
    unscored = not one(db, "SELECT count(score) FROM atlas.tension")
    assert dead <= WAITING | BARE | ({"tension-france.html"} if unscored else set()), sorted(dead - WAITING - BARE)


def test_what_is_absent_is_said(db: duckdb.DuckDBPyConnection, release: Publication) -> None:
    page = EMPTY.sub(" ", (release.release / "pages" / "sources.html").read_text(encoding="utf-8"))
    accepted = {source for (source,) in rows(db, "SELECT DISTINCT source FROM reference.millesimes")}
    for source in catalogue.load_all():
        assert source.id in page
    assert page.count(" absente ") >= len(set(catalogue.sources()) - accepted)
    assert one(db, "SELECT edition FROM reference.edition") == EDITION
