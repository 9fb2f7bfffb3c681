"""The lines set aside that come back without their numbers (pipelines/edition/gaps.py)."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from fixtures_entrepots import Warehouse, a_copy, build_edition, environment
from remade import Remade
from test_silence import measured, silent

from pipelines import catalogue, steps
from pipelines.arrival.aside import QUARANTINE_SCHEMA
from pipelines.database import macros
from pipelines.edition import gaps
from pipelines.edition.records import VINTAGE

BMO = {"annee": 2024, "fap": "V1X80", "bassin": "2802", "departement": "14", "region": "28", "famille": "S", "met": 7}


def came_back(
    source: str, table: str, lines: list[dict[str, Any]], kept: str, columns: str
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The lines of 2024 that come back, by some columns, and what is recorded of them."""
    told = [
        {
            "source": source,
            "millesime": 2024,
            "revision": 1,
            "table": table,
            "fichier": "f.csv",
            "ligne": rank,
            "controle": line.pop("_controle", "cle_unique"),
            "colonne": "",
            "douteuses": line.pop("_douteuses", ""),
            "contenu": json.dumps(line),
        }
        for rank, line in enumerate(lines, 2)
    ]
    entry = catalogue.load(source)
    with duckdb.connect() as connection:
        macros.make(connection)
        connection.execute(f"CREATE SCHEMA staging; {gaps.CREATE}")
        connection.register("dites", pa.Table.from_pylist(told, pa.schema([*VINTAGE, *QUARANTINE_SCHEMA])))
        connection.execute("CREATE TABLE staging.quarantaine AS FROM dites")
        mine = gaps.lines(entry, table, 2024, 1)
        gaps.record(connection, entry, table, 2024, 1, mine=mine, kept=kept)
        shown = connection.execute(
            f"SELECT {columns} FROM ({gaps.select(entry, table, 2024, mine, kept)}) ORDER BY ALL"
        )
        weights = f"SELECT mesure, part::DOUBLE FROM {gaps.WEIGHTS} ORDER BY ALL"
        return shown.fetchall(), connection.execute(weights).fetchall()


def test_what_contradicts_itself_is_one_line_without_its_number() -> None:
    lines = [{**BMO}, {**BMO, "met": 3, "famille": "C"}]
    kept = "(SELECT 'V1X80' AS fap, '2801' AS bassin, '14' AS departement, 93 AS met, 1 AS xmet, 1 AS smet)"
    found, weights = came_back("bmo", "projets", lines, kept, "fap, bassin, annee, famille, met, met_statut, _ligne")
    assert found == [("V1X80", "2802", 2024, None, None, "nd", 2)]
    assert weights == [("met", 0.07)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({**BMO, "bassin": "2801"}, id="its key stands among what stayed"),
        pytest.param({**BMO, "fap": None}, id="what it is of isn't read"),
        pytest.param({**BMO, "annee": 1999}, id="it is of another year"),
        pytest.param({**BMO, "_controle": "ligne_repetee"}, id="another line says it"),
        pytest.param({**BMO, "_controle": "ligne_de_total"}, id="it adds up others"),
        pytest.param({**BMO, "_controle": "ligne_somme_des_autres"}, id="it is the sum of the others"),
        pytest.param({**BMO, "_controle": "autre_annee"}, id="a check found it of another year"),
        pytest.param({**BMO, "_controle": "exemple_retire"}, id="it is the example of a template"),
    ],
)
def test_what_is_not_missing_does_not_come_back(line: dict[str, Any]) -> None:
    kept = "(SELECT 'V1X80' AS fap, '2801' AS bassin, '14' AS departement, 93 AS met, 1 AS xmet, 1 AS smet)"
    assert came_back("bmo", "projets", [line], kept, "*")[0] == []


def test_what_has_lost_its_place_is_of_france() -> None:
    lines = [{**BMO, "bassin": None}, {**BMO, "bassin": None, "departement": None}, {**BMO, "bassin": None, "met": 93}]
    kept = "(SELECT 'V1X80' AS fap, '2801' AS bassin, '14' AS departement, 93 AS met, 1 AS xmet, 1 AS smet)"
    found, weights = came_back("bmo", "projets", lines, kept, "fap, bassin, departement, met, met_statut, _ligne")
    assert found == [("V1X80", "inconnu", "14", None, "nd", 2), ("V1X80", "inconnu", "inconnu", None, "nd", 3)]
    assert weights == [("met", round(107 / 200, 6))]  # of each line: none contradicts another


def test_what_the_rule_at_fault_looks_at_is_doubtful() -> None:
    line = {"code_postal": "14000", "commune_libelle": "Caen", "zone": "9_AUTRE", "_controle": "zone_connue"}
    kept = "(SELECT '61000' AS code_postal, 'Alençon' AS commune_libelle, '3_HZ' AS zone)"
    assert came_back("zonage_medecins", "zonage_medecins", [line], kept, "commune_libelle, zone")[0] == [("Caen", None)]
    doubtful = {**BMO, "_douteuses": "famille region"}
    kept = "(SELECT '' AS fap, '' AS bassin, '' AS departement, 1 AS met, 1 AS xmet, 1 AS smet)"
    assert came_back("bmo", "projets", [doubtful], kept, "famille, region, departement")[0] == [(None, None, "14")]


def test_a_survey_and_a_directory_of_persons_bring_no_line_back() -> None:
    assert gaps.lines(catalogue.load("enquete_rh"), "enquete_rh", 2024, 1) == ""
    assert gaps.lines(catalogue.load("rpps"), "activites", 2024, 1) == ""


# --- a line that has lost its place -------------------------------------------------------------------------

# Names of the columns that say where, and the tables of which a line without one is only counted, with what it misses.
WHERE = re.compile("commune|departement|region.*|territoire|bassin|zone|finess|uai|code|subdivision|universite")
COUNTED = {
    "dares_metiers_2030": "une région sans nom ne compte pas dans la France",
    "decoupage_administratif": "la population d'une commune n'y est pas lue",
    "drees_professionnels_ages_moyens": "un territoire sans nom n'est d'aucun autre : la France est publiée",
    "drees_professionnels_densites": "un territoire sans nom n'est d'aucun autre : la France est publiée",
    "drees_professionnels_effectifs": "un territoire sans nom n'est d'aucun autre : la France est publiée",
    "finess_annuels": "un établissement n'a que sa commune",
    "finess_plus_adresses": "un établissement n'a que sa commune",
    "formations_capacites": "une université sans nom n'a pas de région",
    "insee_bpe_equipements": "un équipement sans commune ne compte pas dans la France",
    "insee_cog_libelles": "un nom sans son code n'en est pas un",
    "insee_omphale": "une classe d'âges sans son département ne compte pas dans la France",
    "insee_population_ages": "une classe d'âges sans son département ne compte pas dans la France",
    "internat_postes": "une subdivision sans nom n'a pas de région",
    "mpom": "un objectif sans sa région ne compte pas dans la France",
    "urssaf_effectifs_etablissements": "une commune sans code ne compte pas dans la France",
    "urssaf_effectifs_salaries": "une commune sans code ne compte pas dans la France",
}
FIRST = {"barometre_vss", "bmo_projets", "cnam_ald", "sae_q20"}  # which make test tries; make test-lent tries them all
LOST = 3


def placed() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Each staged table of measures whose lines have a place, and what is lost of it: each column alone, or all."""
    for source, staged, measures in measured():
        entry = catalogue.load(source)
        (table,) = (name for name in entry.tables if entry.staged_name(name) == staged)
        places = entry.tables[table].lieux
        for lost in dict.fromkeys([*((place,) for place in places), tuple(places)] if places else []):
            yield source, table, measures[0], lost


def test_each_place_of_a_key_is_declared() -> None:
    """A table whose key has a place says so, or why a line without it is only counted."""
    counted = set()
    for source, staged, _ in measured():
        entry = catalogue.load(source)
        (table,) = (name for name in entry.tables if entry.staged_name(name) == staged)
        key = set(entry.tables[table].key) - set(entry.tables[table].key_blank)
        if {k for k in key if WHERE.fullmatch(k)} and not entry.tables[table].lieux:
            counted.add(staged)
    assert counted == COUNTED.keys()


@pytest.mark.lent
@pytest.mark.parametrize(
    ("source", "table", "measure", "lost"),
    [
        pytest.param(
            *case,
            id=" ".join([*case[:2], *case[3]]),
            marks=[] if f"{case[0]}_{case[1]}" in FIRST else [pytest.mark.lent],
        )
        for case in placed()
    ],
)
def test_a_line_that_has_lost_its_place_is_known_to_france(
    remade: Remade, source: str, table: str, measure: str, lost: tuple[str, ...]
) -> None:
    entry = catalogue.load(source)
    staged = entry.staged_name(table)
    with remade.case(staged) as connection:
        ((millesime, revision, reference),) = connection.execute(
            f"SELECT DISTINCT millesime, revision, reference FROM staging.{staged} "
            f"WHERE millesime = (SELECT max(millesime) FROM staging.{staged})"
        ).fetchall()
        mine = f"millesime = {millesime} AND revision = {revision}"
        totals = [(c, known) for c, known in entry.tables[table].totaux.items() if c in entry.tables[table].lieux]
        total = " OR ".join(f"regexp_full_match(\"{column}\", '{known}')" for column, known in totals) or "false"
        chosen = connection.execute(
            f"SELECT rowid, _fichier, _ligne, to_json(s)::VARCHAR FROM staging.{staged} AS s "
            f'WHERE "{measure}" > 0 AND ({total}) IS NOT TRUE AND {mine} ORDER BY "{measure}" DESC, rowid LIMIT {LOST}'
        ).fetchall()
        assert len(chosen) == LOST
        for rowid, file, line, content in chosen:
            told = json.dumps(json.loads(content) | dict.fromkeys(lost))
            connection.execute(f"DELETE FROM staging.{staged} WHERE rowid = {rowid}")
            connection.execute(
                "INSERT INTO staging.quarantaine BY NAME SELECT $1 AS source, $2 AS millesime, $3 AS revision, "
                "$4 AS \"table\", $5 AS fichier, $6 AS ligne, 'cle_renseignee' AS controle, $7 AS contenu, "
                "'' AS colonne",
                [source, millesime, revision, table, file, line, told],
            )
        kept, back = f"(SELECT * FROM staging.{staged} WHERE {mine})", gaps.lines(entry, table, millesime, revision)
        gaps.record(connection, entry, table, millesime, revision, mine=back, kept=kept)
        connection.execute(
            f"CREATE TABLE lues AS SELECT {millesime} AS millesime, {revision} AS revision, {reference} AS reference, "
            f"* FROM ({gaps.select(entry, table, millesime, back, kept)}); "
            f"INSERT INTO staging.{staged} BY NAME FROM lues"
        )
        weight = connection.execute(f"SELECT count(*) FROM {gaps.WEIGHTS} WHERE part > 0").fetchall()
        assert bool(weight[0][0]) is not entry.restreint
        moved = remade.make()
        assert remade.stopped() == {}
        national = [m for m in moved if m.schema != "core" and "niveau" in m.grain]
        for model in national:  # where in France it was, nobody knows
            connection.execute(f"DELETE FROM {model.name} WHERE niveau <> 'france'")
        assert {m.name: said for m in national if (said := silent(connection, m))} == {}


@pytest.mark.lent
def test_extracts_damaged_in_their_places_are_known_to_france(
    sample: Warehouse, sample_extracts: Path, tmp_path: Path
) -> None:
    """A basin, a FINESS number and a département that are empty, from the file to the warning that people read."""
    root = tmp_path / "extraits"
    for source, millesime in (("bmo", 2024), ("sae", 2023), ("cnam_demographie", 2024)):
        shutil.copytree(sample_extracts / source / str(millesime), root / source / str(millesime))
    (root / "FICTIF.txt").write_text("fictif\n", encoding="utf-8")
    book = root / "bmo" / "2024" / "Base_open_data_BMO_2024.xlsx"
    fap, departement = without_basin(book)
    speciality = emptied(root / "sae" / "2023" / "Q20_2023r.csv", ";", "FI", {"PERSO": "M1110"}, "cp1252")["PERSO"]
    emptied(
        root / "cnam_demographie" / "2024" / "toutes_specialites_departement.csv",
        ",",
        "departement",
        {"profession_sante": "Infirmiers", "region": "28", "classe_age": "tout_age", "libelle_sexe": "tout sexe"},
        "utf-8-sig",
    )
    a_copy(sample.settings, tmp_path / "entrepot")
    with environment(tmp_path / "entrepot", root) as now:
        for source, millesime in (("bmo", 2024), ("sae", 2023), ("cnam_demographie", 2024)):
            assert steps.ingest(source, millesime)["ecartees"] == 1
        steps.lock(2025, update=True)
        build_edition()
        with duckdb.connect(str(now.database), read_only=True) as db:
            found = db.execute(
                "SELECT niveau, statut, couverture < 1 FROM atlas.recrutement WHERE indicateur = 'projets' AND annee = "
                "2024 AND fap = $1 AND niveau || ' ' || code IN ('france F', 'departement ' || $2) ORDER BY ALL",
                [fap, departement],
            ).fetchall()
            assert found == [("departement", "nd", True), ("france", "partiel", True)]  # it had no other basin
            found = db.execute(
                "SELECT statut FROM atlas.specialites_hospitalieres WHERE annee = 2023 AND niveau = 'france' "
                "AND specialite = $1",
                [speciality],
            ).fetchall()
            assert found == [("partiel",)]
            found = db.execute(
                "SELECT niveau, statut FROM atlas.effectifs WHERE source = 'cnam_demographie' AND annee = 2024 AND "
                "profession = 'infirmier' AND specialite = 'ensemble' "
                "AND niveau || ' ' || code IN ('region 28', 'france F') ORDER BY ALL"
            ).fetchall()
            assert found == [("france", "nd"), ("region", "nd")]  # totals that no longer are sums are emptied, too
            told = dict(
                db.execute(
                    "SELECT source, avertissement FROM qualite.avertissements WHERE sujet = 'quarantaine' AND "
                    "avertissement LIKE 'lignes écartées : 1 sur % dont on lit ce qu''elles disent : 1,%'"
                ).fetchall()
            )
            assert told.keys() == {"bmo", "sae", "cnam_demographie"}
            assert all(" % de « " in said for said in told.values())  # its weight


def without_basin(path: Path) -> tuple[str, str]:
    """Empties the basin of a line of a workbook of BMO; returns its trade and its département."""
    entry = catalogue.load("bmo")
    theirs = {c.name: c.headings(2024) for c in entry.of_table("projets")}
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        names = [str(cell.value) for cell in sheet[1]]
        at = {name: names.index(h) for name, found in theirs.items() for h in found if h in names}
        if "bassin" in at:
            for row in sheet.iter_rows(min_row=2):
                if str(row[at["met"]].value).isdigit() and str(row[at["fap"]].value).startswith("V"):
                    row[at["bassin"]].value = None
                    book.save(path)
                    return str(row[at["fap"]].value), str(row[at["departement"]].value).zfill(2)
    raise AssertionError(path)


def emptied(path: Path, mark: str, column: str, of: dict[str, str], encoding: str) -> dict[str, str]:
    """Empties a column of the first line of a CSV that says all that; returns what it said."""
    lines = path.read_text(encoding=encoding).splitlines(keepends=True)
    names = lines[0].rstrip("\r\n").split(mark)
    for rank, line in enumerate(lines[1:], 1):
        cells = line.rstrip("\r\n").split(mark)
        said = dict(zip(names, cells, strict=False))
        if said.items() >= of.items():
            cells[names.index(column)] = ""
            lines[rank] = mark.join(cells) + "\r\n"
            path.write_text("".join(lines), encoding=encoding, newline="")
            return said
    raise AssertionError(path)
