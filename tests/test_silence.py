"""A cell or a line that goes is known to every number that it entered: samples lose some, and the marts are made anew.

No number may become another one and still be said « calculé » or « publié »; and what reads the cell must have moved.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import rows
from remade import Remade, made_of

from pipelines import catalogue
from pipelines.edition import gaps, models

WHOLE = ("publié", "calculé", "zéro implicite", "projeté")  # what a number says that lacks nothing
NUMBERS = ("INTEGER", "BIGINT", "DECIMAL")
# Numbers that say which line it is, or when: no measure.
NAMING = {
    "annee",
    "annee2",
    "periode_debut",
    "periode_fin",
    "annee_entree",
    "session",
    "ordre",
    "rang",
    "age_liquidation",
    "version_flux",
}
# A blank of the SAE is a zero by its producer's own rule: there, a cell goes by a check, which says so.
ZEROS = {"sae_sygen", "sae_q20", "sae_q21", "sae_q22", "sae_q24"}
# The columns that say where a line is, and how each is read; lines of establishments, that open and close, are no sign.
PLACES = {
    "departement": "code_departement",
    "territoire": "code_departement",
    "commune": "departement_commune",
}
ABSENT = "61"
# Where another source of the same producer gives what one lacks, a number is whole, and another one.
OTHERWISE = {"insee_population_ages": {"core.population_cibles"}}
# One table of each kind, which make test tries; make test-lent tries them all.
FIRST = {
    "parcoursup_formations",
    "drees_medecins_ages",
    "internat_postes",
    "formations_sanitaires_promotions",
    "sae_ght",
}
CELLS = 6  # of each measure
# Tables of which no measure reaches a mart, each with what it is read for.
UNREAD = {
    "decoupage_administratif": "les mouvements de communes seuls sont lus, non leur population",
    "insee_cog_libelles": "les noms seuls sont lus",
    "finess_annuels": "la commune place un établissement, non ses coordonnées",
    "finess_plus_adresses": "la commune place un établissement, non ses coordonnées",
    "finess_equipements_sociaux": "les places de l'édition sont celles de FINESS+, d'un an après",
    "finess_activites_autorisations": "des places autorisées, rien n'est la somme",
    "zonage_professions_zonages": "la population d'une zone est celle de l'INSEE, non celle de l'arrêté",
    "sae_q21": "qualite.sae_recalculs y retrouve SYGEN",
    "sae_q24": "qualite.sae_recalculs y retrouve SYGEN",
}
# Who is asked by a survey follows from the SAE: its `attendus` say that the field is another, no sum lacks a cell.
FIELDS = {"atlas.enquetes", "atlas.ressources_humaines"}
# A producer's population is deduced from its densities to 0.1 %: another line gives it within that, and its densities.
DEDUCED = {
    "atlas.densites": ("population", "valeur"),
    "atlas.soignants": ("population", "densite"),
    "atlas.specialites_liberales": ("population", "valeur"),
    "atlas.tension_specialites": ("denominateur", "valeur"),
}


def measured() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each staged table that atlas or fiches come from, with its source and its measures."""
    for source in catalogue.load_all():
        if source.personal or source.questionnaire:
            continue
        for name, table in source.tables.items():
            measures = tuple(
                c.name
                for c in source.of_table(name)
                if c.sql.startswith(NUMBERS) and c.name not in {*table.key, *NAMING}
            )
            staged = source.staged_name(name)
            if measures and made_of(f"staging.{staged}"):
                yield source.id, staged, measures


def without(connection: duckdb.DuckDBPyConnection, source: str, staged: str, measures: tuple[str, ...]) -> None:
    """Blanks cells of each measure of a staged table, each on its own line."""
    columns = {c for (c,) in connection.execute(f"SELECT column_name FROM (DESCRIBE staging.{staged})").fetchall()}
    ((first,),) = connection.execute(f"SELECT min(rowid) FROM staging.{staged}").fetchall()
    for rank, name in enumerate(measures):
        # Of the newest vintage, the largest number (a total, a large town) and others: other lines for each measure.
        chosen = connection.execute(
            f'SELECT rowid, millesime, revision, _fichier, _ligne FROM staging.{staged} WHERE "{name}" > 0 '
            f'ORDER BY millesime DESC, "{name}" = max("{name}") OVER () DESC, hash(rowid - {first}) '
            f"LIMIT {CELLS} OFFSET {CELLS * rank}"
        ).fetchall()
        for rowid, millesime, revision, file, line in chosen:
            told = f", \"{name}_statut\" = 'nd'" if f"{name}_statut" in columns else ""
            connection.execute(f'UPDATE staging.{staged} SET "{name}" = NULL{told} WHERE rowid = {rowid}')
            connection.execute(
                "INSERT INTO staging.quarantaine BY NAME SELECT $1 AS source, $2 AS millesime, $3 AS revision, "
                '$4 AS "table", $5 AS fichier, $6 AS ligne, $7 AS colonne',
                [source, millesime, revision, staged.removeprefix(f"{source}_"), file, line, name],
            )


def without_lines(connection: duckdb.DuckDBPyConnection, source: str, staged: str, measure: str) -> None:
    """Sets aside lines of a staged table, whole, as checks do of contradictory ones."""
    entry, table = catalogue.load(source), staged.removeprefix(f"{source}_")
    ((first,),) = connection.execute(f"SELECT min(rowid) FROM staging.{staged}").fetchall()
    chosen = connection.execute(
        "SELECT rowid, millesime, revision, reference, _fichier, _ligne, to_json(s)::VARCHAR "
        f'FROM staging.{staged} AS s WHERE "{measure}" > 0 '
        f"AND millesime = (SELECT max(millesime) FROM staging.{staged}) "
        f'ORDER BY "{measure}" = max("{measure}") OVER () DESC, hash(rowid - {first}) LIMIT {CELLS}'
    ).fetchall()
    for rowid, millesime, revision, _, file, line, content in chosen:
        connection.execute(f"DELETE FROM staging.{staged} WHERE rowid = {rowid}")
        connection.execute(
            "INSERT INTO staging.quarantaine BY NAME SELECT $1 AS source, $2 AS millesime, $3 AS revision, "
            "$4 AS \"table\", $5 AS fichier, $6 AS ligne, 'cle_unique' AS controle, $7 AS contenu, '' AS colonne",
            [source, millesime, revision, table, file, line, content],
        )
    millesime, revision, reference = chosen[0][1:4]
    kept = f"(SELECT * FROM staging.{staged} WHERE millesime = {millesime} AND revision = {revision})"
    mine = gaps.lines(entry, table, millesime, revision)
    gaps.record(connection, entry, table, millesime, revision, mine=mine, kept=kept)
    connection.execute(
        f"CREATE TABLE lues AS SELECT {millesime} AS millesime, {revision} AS revision, {reference} AS reference, * "
        f"FROM ({gaps.select(entry, table, millesime, mine, kept)})"
    )
    assert connection.execute("SELECT count(*) FROM lues").fetchall() == [(len(chosen),)]
    connection.execute(f"INSERT INTO staging.{staged} BY NAME FROM lues")


def silent(connection: duckdb.DuckDBPyConnection, model: models.Model) -> list[tuple[Any, ...]]:
    """The numbers of a table that have become others, and are still said to lack nothing."""
    described = models.described(connection, model)
    kinds = dict(described)
    if (
        "statut" not in kinds or model.name in FIELDS or model.grain == ("cle",)
    ):  # a number of its rank among all says no line
        return []
    # One year for want of another is another number, and says so.
    years = [n for n in kinds if n.startswith("annee_")]
    same = " AND ".join(f'n."{k}" IS NOT DISTINCT FROM e."{k}"' for k in (*model.grain, *years))
    numbers = [
        n for n, kind in described if kind.startswith(NUMBERS) and n not in {*model.grain, "millesime", "revision"}
    ]
    counts = (
        "sites",
        "cases",
        "communes",
        "lignes",
        "departements",
        "reponses",
        "repondants",
        "couverture",
        "etablissements_places",  # how many of them give theirs
        "effectif_pairs",
        "ecart_publie",  # of a density that is compared itself
        "ecart_parties",  # what a published total has more than the parts that are known
        "non_places",
        "instituts_non_places",
    )
    # What is of the year before has a statut of its own, and so has a change from it.
    mine = [n for n in numbers if not n.startswith((*counts, "evolution")) and "_precedent" not in n]
    deduced = DEDUCED.get(model.name, ())
    # A number with a statut of its own is told by that.
    told = {n: f"{n}_statut" if f"{n}_statut" in kinds else "statut" for n in mine}
    other = (
        " OR ".join(
            f'n."{told[n]}" IN {WHOLE} AND '
            + (f'abs(n."{n}" - e."{n}") > 0.001 * abs(e."{n}")' if n in deduced else f'n."{n}" <> e."{n}"')
            for n in mine
        )
        or "false"
    )
    keys = ", ".join(f'n."{k}"' for k in model.grain)
    return rows(
        connection,
        f"SELECT {keys}, n.statut FROM {model.name} AS n JOIN entier.{model.name} AS e ON {same} WHERE {other} LIMIT 5",
    )


@pytest.mark.parametrize(
    ("source", "staged", "measures"),
    [pytest.param(*case, id=case[1], marks=[] if case[1] in FIRST else [pytest.mark.lent]) for case in measured()],
)
def test_a_cell_that_goes_is_known_to_every_number(
    remade: Remade, source: str, staged: str, measures: tuple[str, ...]
) -> None:
    with remade.case(staged) as connection:
        without(connection, source, staged, measures)
        moved = remade.make()
        assert {m.name: said for m in moved if (said := silent(connection, m))} == {}
        # A blank is a fault of data: it stops no edition.
        assert remade.stopped() == {}
        reached = [m.name for m in moved if m.schema != "core"]
        assert bool(reached) is (staged not in UNREAD), f"{reached} lit {staged} : {measures}"


@pytest.mark.parametrize(
    ("source", "staged", "measures"),
    [pytest.param(*case, id=case[1], marks=[] if case[1] in FIRST else [pytest.mark.lent]) for case in measured()],
)
def test_a_line_that_goes_is_known_to_every_number(
    remade: Remade, source: str, staged: str, measures: tuple[str, ...]
) -> None:
    with remade.case(staged) as connection:
        without_lines(connection, source, staged, measures[0])
        assert {m.name: said for m in remade.make() if (said := silent(connection, m))} == {}
        assert remade.stopped() == {}
        assert connection.execute(
            "SELECT count(*) > 0, bool_and(placee) FROM core.lignes_ecartees WHERE source = $1 AND table_source = $2",
            [source, staged.removeprefix(f"{source}_")],
        ).fetchall() == [(True, True)]
        said = connection.execute(f"SELECT count(*) FROM {gaps.WEIGHTS} WHERE part > 0").fetchall()[0][0]
        assert bool(said) is not catalogue.load(source).restreint


def placed() -> Iterator[tuple[str, str]]:
    """Each staged table of measures of which each département has a line, and the column that says which."""
    for source, staged, _ in measured():
        entry = catalogue.load(source)
        columns = {c.name for t in entry.tables if entry.staged_name(t) == staged for c in entry.of_table(t)}
        column = next((c for c in PLACES if c in columns), None)
        if column and "finess" not in columns and "uai" not in columns:
            yield staged, column


@pytest.mark.parametrize(
    ("staged", "column"),
    [pytest.param(*case, id=case[0], marks=[] if case[0] == "apl" else [pytest.mark.lent]) for case in placed()],
)
def test_a_departement_that_is_absent_is_known_to_its_region(remade: Remade, staged: str, column: str) -> None:
    """An extract without one département, and without a word of it: no check has set anything aside."""
    with remade.case(staged) as connection:
        where = f"{PLACES[column]}({column}::VARCHAR) = '{ABSENT}'"
        there = connection.execute(f"SELECT count(*) FROM staging.{staged} WHERE {where}").fetchall()[0][0]
        assert there > 0
        connection.execute(f"DELETE FROM staging.{staged} WHERE {where}")
        moved = [m for m in remade.make() if m.name not in OTHERWISE.get(staged, ())]
        assert {m.name: said for m in moved if (said := silent(connection, m))} == {}


def test_a_departement_without_anybody_is_known_to_its_region(remade: Remade) -> None:
    """A directory of health professionals that has nobody of one département: nobody has left it."""
    with remade.case("rpps_activites") as connection:
        connection.execute(
            "DELETE FROM staging.rpps_activites AS s WHERE EXISTS (FROM entier.core.rpps_activites AS a "
            f"WHERE a.millesime = s.millesime AND a.ligne = s._ligne AND a.departement = '{ABSENT}' "
            "AND a.millesime = (SELECT max(millesime) FROM entier.core.rpps_activites))"
        )
        remade.make()
        for table in ("atlas.effectifs_rpps", "atlas.mouvements_rpps"):
            found = connection.execute(
                f"SELECT niveau, code, count(*) > 0, bool_and(statut IN ('partiel', 'rupture')) FROM {table} "
                "WHERE annee = (SELECT max(millesime) FROM core.rpps_activites) AND (niveau, code) IN "
                f"(('france', 'F'), ('region', '28'), ('region', '11'), ('departement', '{ABSENT}')) "
                "GROUP BY niveau, code ORDER BY ALL"
            ).fetchall()
            mine = [("departement", ABSENT, True, True)] if table == "atlas.mouvements_rpps" else []
            other = ("region", "11", True, False)
            assert found == [*mine, ("france", "F", True, True), other, ("region", "28", True, True)]
        assert remade.stopped() == {}
