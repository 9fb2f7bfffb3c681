"""Sentences of the pages that state a fact: each changes, or vanishes, with the data that it is said of."""

import re
import shutil
from collections.abc import Iterator

import duckdb
import pytest
from fixtures_entrepots import Warehouse

from pipelines.edition import models
from pipelines.publish import pages, public
from pipelines.publish.figures.figure import Figure
from pipelines.publish.rows import text_of, whole_of
from pipelines.publish.site import blocks, render
from pipelines.publish.views import Views


@pytest.fixture(scope="module")
def copy(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("phrases") / "atlas_sante.duckdb"
    shutil.copyfile(sample.settings.database, path)
    path.chmod(0o600)
    with duckdb.connect(str(path)) as db:
        yield db


@pytest.fixture
def db(copy: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The fictitious edition, to be changed: what a test does to it is undone."""
    copy.execute("BEGIN")
    yield copy
    copy.execute("ROLLBACK")


def words(made: object) -> str:
    """All that a page or a figure says, with plain spaces."""
    return re.sub(r"\\u202f|\\xa0|[\u202f\xa0]", " ", str(made))


def views(db: duckdb.DuckDBPyConnection) -> Views:
    """What people would see of these tables."""
    db.execute("DROP SCHEMA IF EXISTS vues CASCADE")
    public.show(db, "28", fictif=False)
    return Views(db)


def page(db: duckdb.DuckDBPyConnection, path: str) -> blocks.Page:
    (made,) = render.pages(views(db), frozenset(), path)
    return made


def cover(db: duckdb.DuckDBPyConnection) -> str:
    return words(page(db, "index.html"))


def profession(db: duckdb.DuckDBPyConnection, name: str) -> str:
    return words(page(db, f"pages/profession-{name.replace('_', '-')}.html"))


def test_the_cover_says_each_kind_of_reconciliation(db: duckdb.DuckDBPyConnection) -> None:
    before = cover(db)
    assert "chiffres publiés ailleurs" not in before  # the fictitious extracts find no published figure
    assert "'somme sous appartenance ajustée', 'nombre': 847, 'egaux': 847" in before
    db.execute(
        "UPDATE qualite.rapprochements SET nature = 'chiffre publié' WHERE rapprochement = 'population_departements'"
    )
    db.execute(
        "UPDATE qualite.rapprochements SET resultat = 'écart expliqué' WHERE nature = 'chiffre publié' "
        "AND objet IN ('2020', '2021')"
    )
    total, equal = db.execute(
        "SELECT count(*), count(*) FILTER (resultat = 'égal') FROM qualite.rapprochements "
        "WHERE nature = 'chiffre publié'"
    ).fetchall()[0]
    assert equal == total - 2
    after = cover(db)
    assert f"'{equal} sur {total}'" in after
    assert "2 écart(s) expliqué(s), 0 à examiner" in after


def test_a_membership_that_is_official_is_not_called_fitted(db: duckdb.DuckDBPyConnection) -> None:
    model = next(m for m in models.load_all() if m.name == "qualite.rapprochements")
    natures = f"SELECT DISTINCT nature FROM ({model.query}) WHERE rapprochement = 'ght_sygen' ORDER BY 1"
    # Fitted in Normandie; elsewhere the members are those of a later year.
    assert db.execute(natures).fetchall() == [
        ("somme sous appartenance ajustée",),
        ("somme sous appartenance d'une autre année",),
    ]
    db.execute("UPDATE core.ght_membres SET appartenance = 'officielle'")
    assert db.execute(natures).fetchall() == [("somme sous appartenance officielle",)]


@pytest.mark.lent
def test_trained_people_stand_beside_departures_and_posts_created(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(
        "UPDATE atlas.equilibre SET statut = 'partiel', entrants = 1539, annee = 2025, departs_annuels = 607.2, "
        "creations_annuelles = 393.9, postes_annuels = 1001.1, motif = 'entrées inconnues : Sage-femme', "
        "periode = '2019-2030', "
        "entrees_de = 'Infirmier (Parcoursup, hors formation continue)', libelle = 'Infirmiers, sages-femmes', "
        "formes_annuels = CASE variante WHEN 'bas' THEN 692.6 WHEN 'central' THEN 939.6 ELSE 1191.2 END, "
        "solde_annuel = CASE variante WHEN 'bas' THEN -308.6 WHEN 'central' THEN -61.5 ELSE 190.1 END "
        "WHERE fap = 'V1Z' AND code = '28'"
    )
    said = (
        "Infirmiers, sages-femmes : 1 539* entrants en 2025 (infirmier (Parcoursup, hors formation continue)), "
        "dont 693* à 1 191* seraient diplômés et resteraient ; en face, 1 001 postes à pourvoir par an "
        "(607 départs et 394 créations, 2019-2030) ; entrées inconnues : Sage-femme."
    )
    assert said in cover(db)
    assert said in words(page(db, "pages/formations.html"))
    db.execute("UPDATE atlas.equilibre SET statut = 'calculé' WHERE fap = 'V1Z' AND code = '28'")
    assert said.replace("*", "") in cover(db)
    db.execute("UPDATE atlas.equilibre SET solde_annuel = NULL WHERE fap = 'V1Z' AND code = '28'")
    assert "qui resteraient dans la région" not in cover(db)


def test_old_sources_are_listed_and_nothing_is_promised_of_the_pages(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("UPDATE reference.millesimes SET trop_ancien = source = 'bmo' WHERE reference")
    db.execute("DELETE FROM qualite.avertissements WHERE sujet = 'source absente'")
    assert "Sources anciennes ou absentes : 1" in cover(db)
    db.execute("UPDATE reference.millesimes SET trop_ancien = false")
    assert "Sources anciennes" not in cover(db)


@pytest.mark.lent
def test_a_count_that_its_producer_broke_off_is_not_judged(db: duckdb.DuckDBPyConnection) -> None:
    """Nurses of ADELI, where those who left stay: shown with the reserve, neither above nor below France."""
    # The build keeps the intervals where they are read, and drops what they were made in.
    db.execute("CREATE SCHEMA IF NOT EXISTS calculs")
    db.execute(
        "CREATE OR REPLACE TABLE calculs.intervalles AS SELECT m.cle, i.intervalle AS methode, i.calage, i.bas, "
        "i.haut, i.bas AS bas_reste, i.haut AS haut_reste FROM atlas.mesures AS m "
        "JOIN atlas.indicateurs AS i USING (indicateur, annee, source, profession, specialite, mode_exercice, "
        "modalite, niveau, code)"
    )
    for table in ("densites", "effectifs", "mesures"):
        db.execute(f"DELETE FROM atlas.{table} WHERE profession = 'infirmier' AND source <> 'drees_demographie'")
    model = next(m for m in models.load_all() if m.name == "atlas.indicateurs")
    compared = {}
    for comparable in (False, True):
        db.execute(
            "UPDATE reference.ruptures SET comparable = ? "
            "WHERE source = 'drees_demographie' AND profession = 'infirmier'",
            [comparable],
        )
        db.execute(f"CREATE OR REPLACE TABLE atlas.indicateurs AS {model.query}")
        made = page(db, "pages/profession-infirmier.html")
        (figure,) = [
            b
            for s in made.sections
            for b in s.blocks
            if isinstance(b, Figure) and b.id == "carte-densite-infirmier-ensemble"
        ]
        compared[comparable] = (figure.words, " ".join(figure.notes), words(made))
    said, notes, text = compared[False]
    assert "Au-dessus de la France" not in said
    assert "Au-dessous de la France" not in said
    assert "; France :" not in said
    assert "Sans comparaison avec la France : série rompue en 2021 : abandon d'ADELI" in notes
    assert "À savoir : série rompue en 2021" in text
    said, notes, text = compared[True]
    assert "de la France, et l’écart dépasse ce que le nombre bouge en un an" in said
    assert "; France :" in said
    assert notes.startswith("L’intervalle dit de combien ces nombres ont bougé")
    assert "À savoir : série rompue" not in text


@pytest.mark.lent
def test_a_figure_cites_the_sources_that_it_is_made_of(db: duckdb.DuckDBPyConnection) -> None:
    omphale = views(db).sources("insee_omphale")
    assert omphale in str(page(db, "pages/besoins.html"))
    db.execute("DELETE FROM atlas.besoins WHERE source = 'insee_omphale'")
    said = str(page(db, "pages/besoins.html"))
    assert omphale not in said
    assert "n’est pas une prévision" not in said


@pytest.mark.lent
def test_a_source_that_the_edition_lacks_is_never_cited(db: duckdb.DuckDBPyConnection) -> None:
    assert views(db).sources("contours")
    db.execute("DELETE FROM reference.millesimes WHERE source = 'contours'")
    assert views(db).sources("contours") == ""


@pytest.mark.lent
def test_who_else_counts_a_profession_is_said(db: duckdb.DuckDBPyConnection) -> None:
    """No register counts care assistants; hospitals and DARES do."""
    said = profession(db, "aide_soignant")
    assert "Aucun répertoire reçu ne compte cette profession dans la région." in said
    year, value, status = db.execute(
        "SELECT annee, valeur, statut FROM atlas.hospitaliers WHERE niveau = 'region' AND code = '28' "
        "AND variable = 'ETP_AID' AND secteur = 'ensemble' ORDER BY annee DESC LIMIT 1"
    ).fetchall()[0]
    shown = f"{value:,.0f}".replace(",", " ") + ("*" if status == "partiel" else "")
    assert f"la SAE en compte {shown} ETP en {year} (aides-soignants ; Normandie)" in said
    assert "La DARES compte" in said
    db.execute("UPDATE atlas.hospitaliers SET valeur = 12, statut = 'calculé' WHERE variable = 'ETP_AID'")
    assert f"la SAE en compte 12 ETP en {year}" in profession(db, "aide_soignant")
    db.execute("DELETE FROM atlas.hospitaliers WHERE variable = 'ETP_AID'")
    db.execute("DELETE FROM atlas.departs WHERE source = 'dares_metiers_2030'")
    said = profession(db, "aide_soignant")
    assert "la SAE en compte" not in said
    assert "La DARES compte" not in said


@pytest.mark.lent
def test_the_rule_of_small_counts_is_said_source_by_source(db: duckdb.DuckDBPyConnection) -> None:
    before = words(pages.small_counts(views(db), "atlas.effectifs"))
    assert "drees_professionnels, 0 et " in before
    small = db.execute(
        "SELECT count(*) FROM atlas.effectifs WHERE source = 'cnam_demographie' AND effectif BETWEEN 1 AND 9"
    ).fetchall()[0][0]
    assert small > 800
    assert f"cnam_demographie, {small}" in before.replace(" ", "").replace(",", ", ")
    db.execute("UPDATE atlas.effectifs SET effectif = 3 WHERE source = 'drees_professionnels' AND statut = 'secret'")
    assert "drees_professionnels, 0 et " not in pages.small_counts(views(db), "atlas.effectifs")


@pytest.mark.lent
def test_the_cover_gives_no_growth_of_hospitals_that_their_mart_refuses(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(
        "UPDATE atlas.evolutions_hospitalieres SET evolution = 12, evolution_relative = 0.012, motif = NULL "
        "WHERE niveau = 'region' AND code = '28' AND variable = 'ETP_TOT_PNM'"
    )
    assert "+1,2 % en un an" in cover(db)
    db.execute("UPDATE atlas.evolutions_hospitalieres SET evolution_relative = NULL, motif = 'réponses inégales'")
    assert "% en un an" not in cover(db)


def tables(made: blocks.Page, caption: str) -> list[blocks.ShownTable]:
    found = [b for s in made.sections for b in s.blocks if isinstance(b, blocks.ShownTable)]
    return [table for table in found if caption in table.caption]


def institutes(made: blocks.Page) -> list[Figure]:
    return [b for s in made.sections for b in s.blocks if isinstance(b, Figure) and b.id == "instituts"]


@pytest.mark.lent
def test_each_institute_is_counted_on_the_map_or_named_under_it(db: duckdb.DuckDBPyConnection) -> None:
    total, year = db.execute(
        "SELECT observe::INTEGER, annee FROM qualite.chiffres_compares WHERE chiffre = 'feuille_de_route_instituts'"
    ).fetchall()[0]
    made = page(db, "pages/formations.html")
    (figure,) = institutes(made)
    (table,) = tables(made, "Instituts, diplômes préparés et places")
    assert figure.title == f"{total} instituts de formation, Normandie, {year}"
    assert sum(whole_of(row, "instituts_commune") for row in figure.rows) == total
    assert len({row["uai"] for row in table.rows}) == total
    assert "sur la carte" not in words(figure.notes)
    # A commune where no address is known, and an institute whose commune isn't.
    nowhere = "longitude = NULL, latitude = NULL"
    db.execute(f"UPDATE core.formations_lieux SET {nowhere} WHERE commune = '14001'")
    db.execute(
        f"UPDATE core.formations_lieux SET commune = NULL, commune_libelle = NULL, {nowhere} "
        "WHERE uai = (SELECT min(uai) FROM core.formations_lieux WHERE commune = '76001' AND millesime = 2024)"
    )
    lost = db.execute(
        "SELECT institut || ' (' || if(commune IS NULL, 'commune non reconnue', commune_libelle || ', sans adresse "
        "connue') || ')' FROM core.formations_lieux "
        "WHERE latitude IS NULL AND annee = ? AND source = 'formations_sanitaires' ORDER BY institut",
        [year],
    ).fetchall()
    assert len(lost) > 1
    (figure,) = institutes(page(db, "pages/formations.html"))
    assert sum(whole_of(row, "instituts_commune") for row in figure.rows) == total - len(lost)
    told = " ; ".join(name for (name,) in lost)
    assert f"{len(lost)} instituts ne sont pas sur la carte : {told}." in words(figure.notes)


@pytest.mark.lent
def test_where_a_list_or_the_outlines_lack_the_page_of_training_says_it(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("DELETE FROM core.formations_lieux WHERE source = 'formations_sanitaires'")
    (figure,) = institutes(page(db, "pages/formations.html"))
    assert "Parcoursup, session 2025 : une partie seulement des instituts" in words(figure.notes)
    db.execute("DELETE FROM reference.contours")
    made = page(db, "pages/formations.html")
    assert institutes(made) == []
    assert "Pas de carte des instituts : les contours des départements" in words(made)
    assert len(tables(made, "Instituts, diplômes préparés et places")) == 1
    db.execute("DELETE FROM core.formations_lieux")
    made = page(db, "pages/formations.html")
    assert "Pas de carte des instituts" in words(made)
    assert tables(made, "Instituts, diplômes préparés et places") == []


@pytest.mark.lent
def test_schemes_stand_beside_the_rank_of_the_profession(db: duckdb.DuckDBPyConnection) -> None:
    named = "dispositifs d’attractivité et rang de tension, Normandie"
    (table,) = tables(page(db, "pages/profession-infirmier.html"), named)
    held = db.execute(
        "SELECT profession, dispositif, beneficiaires, montant FROM atlas.dispositifs "
        "WHERE niveau = 'region' AND code = '28' AND annee = 2024 AND profession IN ('infirmier', 'toutes')"
    ).fetchall()
    shown = [(r["vise"], r["dispositif"], r["beneficiaires"], r["montant"]) for r in table.rows]
    assert sorted(shown, key=str) == sorted(held, key=str)
    assert shown[0][0] == "infirmier", "what is for the profession comes first"
    ranks = db.execute(
        "SELECT DISTINCT ON (indicateur) c.libelle, t.rang, t.territoires_classes FROM atlas.tension_professions AS t "
        "JOIN reference.codes AS c ON c.liste = 'dimension' AND c.code = t.dimension "
        "WHERE profession = 'infirmier' AND niveau = 'region' AND t.code = '28' AND premier AND rang IS NOT NULL"
    ).fetchall()
    assert len(ranks) > 3
    told = {f"{name} : {rank}{'ᵉʳ' if rank == 1 else 'ᵉ'}/{among}" for name, rank, among in ranks}
    assert {frozenset(text_of(row, "rangs").split(" ; ")) for row in table.rows} == {frozenset(told)}
    (whole,) = tables(page(db, "pages/tension-professions.html"), "qui visent une profession")
    assert ("infirmier", "CAE") in {(row["profession"], row["dispositif"]) for row in whole.rows}
    for hidden in ("nd", "secret"):
        db.execute("UPDATE atlas.dispositifs SET montant = NULL WHERE dispositif = 'CAE'")
        db.execute("UPDATE core.dispositifs SET montant_statut = ? WHERE dispositif = 'CAE'", [hidden])
        (table,) = tables(page(db, "pages/profession-infirmier.html"), named)
        assert [(r["montant"], r["montant_statut"]) for r in table.rows if r["dispositif"] == "CAE"] == [(None, hidden)]


@pytest.mark.lent
def test_no_scheme_and_no_deposit_are_two_things(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("DELETE FROM atlas.dispositifs WHERE profession = 'toutes'")
    assert "Aucun dispositif déclaré par l’agence ne vise cette profession" in profession(db, "sage_femme")
    db.execute("DELETE FROM atlas.dispositifs")
    db.execute("DELETE FROM reference.millesimes WHERE source = 'dispositifs'")
    assert "L’agence n’a pas encore déposé ses dispositifs" in profession(db, "sage_femme")
