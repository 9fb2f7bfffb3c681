"""Official files of other years (skipped where they are absent): accepted, and read as a plain reader reads them.

What is read apart, by `csv` and calamine alone, is the oracle: names of columns are looked up in the map, and nothing
else of the pipeline is used.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import python_calamine
from fixtures_entrepots import ARRIVED, EDITION, Warehouse, environment, none, one, rows, words_only

from pipelines import catalogue, steps
from pipelines.errors import RefusedError
from pipelines.publish import public
from pipelines.releases import release
from pipelines.settings import Settings

SAE = {
    2019: ("id", "q20", "q21", "q22", "q24", "sygen", "ght"),
    2020: ("id", "sygen", "ght"),
    2023: ("id", "q20", "q21", "q22", "q24", "sygen", "ght"),
    2024: ("id", "q20", "q21", "q22", "q24", "sygen", "ght"),
}


def staged(now: Settings, source: str, millesime: int, table: str) -> Path:
    (found,) = now.staging.glob(f"{source}/{millesime}/r*/{table}.parquet")
    return found


def records(now: Settings, source: str, millesime: int, table: str) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        read = connection.execute(f"FROM '{staged(now, source, millesime, table)}'")
        names = [column[0] for column in read.description or []]
        return [dict(zip(names, row, strict=True)) for row in read.fetchall()]


@pytest.mark.parametrize(("source", "millesime"), ARRIVED)
def test_the_vintage_is_accepted(arrived: Settings, source: str, millesime: int) -> None:
    told = json.loads((arrived.warehouse / "issues.json").read_text(encoding="utf-8"))[f"{source} {millesime}"]
    assert isinstance(told, dict), told
    # A stray line of 2018 and one of « &an. » in 2019, two of 2018 in 2020: nothing else is set aside.
    assert told["ecartees"] == {("sae", 2019): 2, ("sae", 2020): 2}.get((source, millesime), 0)


def by_line(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The records of a SAE file, each with its line."""
    with path.open(encoding="cp1252", newline="") as handle:
        reader = csv.DictReader(handle, delimiter=";")
        for record in reader:
            yield reader.line_num, {name.casefold(): (cell or "").strip() for name, cell in record.items() if name}


def as_said(value: object, cell: str) -> bool:
    """Whether a staged value is what a cell says: nothing, a text, or a number with a comma or a point.

    A few numbers of 2024 carry the noise of a binary one: « 8,55000000000002 ».
    """
    if cell == "" or value is None:
        return value is None and cell == ""
    if isinstance(value, str):
        return value == cell
    return abs(Decimal(str(value)) - Decimal(cell.replace(",", "."))) < Decimal("1e-9")


@pytest.mark.parametrize(("millesime", "table"), [(year, table) for year, tables in SAE.items() for table in tables])
def test_every_cell_of_sae(arrived: Settings, together_root: Path, millesime: int, table: str) -> None:
    """None is wrong, but for what is mended: entities from ID in 2019, codes of five digits in 2023."""
    (path,) = (together_root / "sae" / str(millesime)).glob(f"{table.upper()}_{millesime}r.csv")
    source = catalogue.load("sae")
    found = {record["_ligne"]: record for record in records(arrived, "sae", millesime, table)}
    wrong, cells, aside = [], 0, 0
    names: dict[str, Any] = {}
    for line, record in by_line(path):
        if line not in found:
            assert record["an"] != str(millesime)
            aside += 1
            continue
        names = names or {
            column.name: next((n.casefold() for n in column.headings(millesime) if n.casefold() in record), None)
            for column in source.of_table(table)
        }
        for column, heading in names.items():
            said, value = record[heading] if heading else "", found[line][column]
            cells += 1
            if table == "ght" and column == "code_ght":
                said = said.zfill(5)
            if not as_said(value, said) and (column, said) != ("finess_ej", ""):
                wrong.append((line, column, value, said))
    assert wrong == []
    assert cells == len(found) * len(names) > 0
    assert aside == (2 if (table, millesime) in (("sygen", 2019), ("sygen", 2020)) else 0)


def test_entities_of_2019_come_from_the_identification(arrived: Settings) -> None:
    known = {r["finess"]: r["finess_ej"] for r in records(arrived, "sae", 2019, "id")}
    for table in ("q20", "q21", "q22", "q24", "sygen"):
        found = records(arrived, "sae", 2019, table)
        assert [r for r in found if r["finess_ej"] is None or r["finess_ej"] != known[r["finess"]]] == []


@pytest.mark.parametrize("millesime", [2019, 2020])
def test_the_line_of_the_year_stays_beside_the_stray(arrived: Settings, millesime: int) -> None:
    """Two lines of one key, of which one is of another year: the other one is no doubt."""
    stray = {2019: ("330780503", "970211256"), 2020: ("330780503", "370007569")}[millesime]
    mine = {r["finess"]: r for r in records(arrived, "sae", millesime, "sygen")}
    assert [mine[finess]["annee"] for finess in stray] == [millesime, millesime]


def test_an_archive_gives_the_same_lines(arrived: Settings, arrivals_root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "extraits" / "sae" / "2024"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "SAE 2024 Bases statistiques - formats SAS-CSV.zip", "w") as target:
        for path in sorted((arrivals_root / "sae" / "2024").iterdir()):
            target.write(path, f"Bases statistiques/CSV/{path.name}")
    with environment(tmp_path / "entrepot", tmp_path / "extraits") as now:
        steps.ingest("sae", 2024)
        for table in SAE[2024]:
            assert staged(now, "sae", 2024, table).read_bytes() == staged(arrived, "sae", 2024, table).read_bytes()


Sheet = list[list[Any]]


def sheets(book: Path | io.BytesIO) -> dict[str, Sheet]:
    read: Callable[..., Any] = python_calamine.CalamineWorkbook.from_object
    workbook = read(book if isinstance(book, io.BytesIO) else str(book))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def code(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell).strip()


def ages(book: dict[str, Sheet]) -> Iterator[tuple[tuple[int, str, str, str], int]]:
    """Each number of INSEE's workbook under the names that stand above it, whichever header that is."""
    for name in filter(str.isdigit, book):
        group: list[str] = []
        names: list[str] = []
        for row in book[name]:
            if "Ensemble" in row and "Hommes" in row:
                last, group = "", []
                for cell in row:
                    last = cell or last
                    group.append(last)
            elif "0 à 4 ans" in row:
                names = row
            elif names and row[0] != "" and isinstance(row[5], float):
                for i in range(2, len(row)):
                    if names[i]:
                        yield (int(name), code(row[0]), group[i], names[i]), int(row[i])


def test_ages_by_five_years_under_both_headers(arrived: Settings, arrivals_root: Path) -> None:
    book = sheets(arrivals_root / "insee_population" / "2021" / "estim-pop-dep-sexe-aq-1975-2021.xlsx")
    expected = dict(ages(book))
    found = {
        (r["annee"], r["departement"], r["sexe"], r["tranche_age"]): r["population"]
        for r in records(arrived, "insee_population_ages", 2021, "insee_population_ages")
    }
    assert len(found) == 299_655
    assert found == expected
    assert found[1990, "971", "Ensemble", "90 ans et plus"] == 805
    assert (1990, "971", "Ensemble", "90 à 94 ans") not in found


def test_nurses_of_both_workbooks(arrived: Settings, arrivals_root: Path) -> None:
    found = records(arrived, "drees_infirmiers", 2023, "effectifs")
    for mode, file in (
        ("liberales", "infirmieres_liberales_snds_2012_2023.xlsx"),
        ("salariees", "infirmieres_salariees_bts_2013_2021.xlsx"),
    ):
        head, *lines = sheets(arrivals_root / "drees_infirmiers" / "2023" / file)["Effectifs"]
        counted = {h: sum(int(r[i]) for r in lines) for i, h in enumerate(head) if h.startswith("effectif_")}
        mine = [r for r in found if r["mode"] == mode]
        assert {f"effectif_{r['annee']}" for r in mine} == counted.keys()
        for heading, total in counted.items():
            assert sum(r["effectif"] for r in mine if f"effectif_{r['annee']}" == heading) == total


def test_communes_of_the_cog(arrived: Settings, arrivals_root: Path) -> None:
    with zipfile.ZipFile(arrivals_root / "insee_cog" / "2022" / "table-appartenance-geo-communes-22.zip") as archive:
        (name,) = archive.namelist()
        book = sheets(io.BytesIO(archive.read(name)))
    for table, sheet, headings in (
        ("communes", "COM", "CODGEO LIBGEO DEP REG EPCI ARR CV ZE2020 UU2020 AAV2020 BV2012"),
        ("libelles", "Zones_supra_communales", "NIVGEO CODGEO LIBGEO NB_COM"),
    ):
        head, lines = book[sheet][5], book[sheet][6:]
        at = [head.index(heading) for heading in headings.split()]
        read = [tuple(int(v) if isinstance(v, float) else v for v in (row[i] for i in at)) for row in lines if any(row)]
        columns = [column.name for column in catalogue.load("insee_cog").of_table(table)]
        found = sorted(records(arrived, "insee_cog", 2022, table), key=lambda r: r["_ligne"])
        assert [tuple(r[c] for c in columns) for r in found] == read


def total(values: Iterable[Any]) -> Decimal:
    return sum((Decimal(str(value)) for value in values if value not in (None, "")), Decimal(0))


def test_apl_and_recruitment_sums(arrived: Settings, arrivals_root: Path) -> None:
    book = sheets(arrivals_root / "apl" / "2023" / "indicateur_d_apl_aux_infirmiers.xlsx")
    for annee in (2022, 2023):
        sheet = book[f"APL {annee}"]
        start = next(i for i, row in enumerate(sheet) if "Code commune INSEE" in row or "Code commune" in row)
        at = next(i for i, heading in enumerate(sheet[start]) if str(heading).startswith("APL"))
        lines = [row for row in sheet[start + 1 :] if isinstance(row[at], float)]
        found = [r for r in records(arrived, "apl", 2023, "apl") if r["annee"] == annee]
        assert len(found) == len(lines)
        assert abs(total(r["apl"] for r in found) - total(row[at] for row in lines)) < Decimal("0.05")
    book = sheets(arrivals_root / "bmo" / "2025" / "Base_open_data_BMO_2025.xlsx")
    head, *lines = book["BMO_2025_open_data"]
    at = head.index("met")
    found = records(arrived, "bmo", 2025, "projets")
    assert len(found) == len(lines)
    assert total(r["met"] for r in found) == total(row[at] for row in lines if row[at] != "*")


@pytest.mark.parametrize(("millesime", "population"), [(2024, 3_327_966), (2025, 3_345_842)])
def test_communes_of_the_archive(arrived: Settings, millesime: int, population: int) -> None:
    found = records(arrived, "decoupage_administratif", millesime, "decoupage_administratif")
    assert sum(r["population"] or 0 for r in found if r["region"] == "28") == population


def test_outlines_of_communes(arrived: Settings) -> None:
    found = records(arrived, "contours", 2018, "contours")
    communes = {r["code"] for r in found if r["niveau"] == "commune"}
    assert len(communes) == 2_709
    assert len([r for r in found if r["niveau"] == "departement" and r["perimetre"] == "version-simplifiee"]) == 96


def test_the_examples_of_the_agency_are_refused_as_an_extract(together_root: Path, tmp_path: Path) -> None:
    """Two entities of the country: what is told is that it is a part, not a column that JSON leaves out."""
    with (
        environment(tmp_path / "entrepot", together_root),
        pytest.raises(RefusedError, match="un extrait entier a au moins"),
    ):
        steps.ingest("finess_plus", 2026)


# --- The edition made of both folders -----------------------------------------------------------------


@pytest.mark.lent
def test_the_series_has_a_hole_in_2020(together_db: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        together_db,
        "SELECT millesime, count(valeur) > 0, bool_and(statut = 'non collecté') FROM fiches.es_personnels "
        "WHERE variable = 'ETP_TOT_PNM' GROUP BY millesime ORDER BY millesime",
    ) == [(2019, True, False), (2020, False, True), (2022, True, False), (2023, True, False), (2024, True, False)]
    none(together_db, "SELECT 1 FROM fiches.ght_personnels WHERE millesime = 2020 AND statut <> 'non collecté'")


@pytest.mark.lent
def test_totals_of_groups_are_found_again_or_explained(together_db: duckdb.DuckDBPyConnection) -> None:
    none(together_db, "FROM qualite.rapprochements WHERE source = 'sae' AND resultat = 'écart'")
    assert rows(
        together_db,
        "SELECT millesime, count(*) FILTER (valeur IS DISTINCT FROM valeur_publiee) FROM fiches.ght_personnels "
        "WHERE region_ght = '28' AND sites IS NOT NULL AND variable NOT IN ('EFF_INT', 'EFF_INT_recalcule') "
        "AND NOT (coalesce(valeur, 0) = 0 AND coalesce(valeur_publiee, 0) = 0) GROUP BY millesime ORDER BY millesime",
    ) == [(2022, 0), (2023, 0), (2024, 0)]
    assert one(
        together_db,
        "SELECT valeur_publiee FROM fiches.ght_personnels "
        "WHERE millesime = 2023 AND code_ght = '28106' AND variable = 'ETP_TOT_PNM'",
    ) == Decimal("9908.49")


@pytest.mark.lent
def test_what_2024_leaves_out_is_its_line_of_the_questionnaire(together_db: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        together_db,
        "SELECT e.variable, count(*), count(*) FILTER (e.ecart = -CASE e.variable WHEN 'ETPSAL_SPEMED' THEN q.ETPSAL "
        "ELSE q.EFFLIB END) FROM qualite.sae_ecarts AS e JOIN staging.sae_q20 AS q USING (millesime, finess) "
        "WHERE e.millesime = 2024 AND q.perso = 'M1100' GROUP BY e.variable ORDER BY e.variable",
    )
    assert found == [("EFFLIB_SPEMED", 32, 32), ("ETPSAL_SPEMED", 428, 428)]
    assert one(together_db, "SELECT count(DISTINCT finess) FROM fiches.es_personnels WHERE millesime = 2024") == 3_980


@pytest.mark.lent
def test_true_values_out_of_bounds_stay(together_db: duckdb.DuckDBPyConnection) -> None:
    assert one(together_db, "SELECT count(*) FROM atlas.apl WHERE niveau = 'commune' AND valeur > 1000") == 19
    assert one(
        together_db,
        "SELECT valeur::DECIMAL(9, 3) FROM atlas.apl WHERE profession = 'infirmier' AND annee = 2023 "
        "AND niveau = 'region' AND code = '28'",
    ) == Decimal("117.434")
    assert rows(
        together_db,
        "SELECT mode_exercice, effectif FROM atlas.effectifs WHERE source = 'drees_infirmiers' AND niveau = 'region' "
        "AND code = '28' AND sexe = 'ensemble' AND (mode_exercice, annee) IN (('libéral', 2023), ('salarié', 2021)) "
        "ORDER BY mode_exercice",
    ) == [("libéral", 4_098), ("salarié", 25_167)]


@pytest.mark.lent
@pytest.mark.parametrize("region", ["28", "11", "06", "52"])
def test_a_region_publishes_years_together(
    together: Warehouse, together_db: duckdb.DuckDBPyConnection, region: str, tmp_path: Path
) -> None:
    """The agency's own, one whose groups have no known members, one without zones' inhabitants, a neighbour's group.

    Of the others, what a release begins with: the public file, and the checks of its views.
    """
    now = together.settings
    if region == "28":
        with words_only():
            folder = release.publish(now, EDITION, region).path
        (file,) = folder.glob("*.duckdb")
    else:
        file = tmp_path / public.NAME
        public.write(now.database, region, file, now.protection, fictif=False)
        public.check(file)
    with duckdb.connect(str(file), read_only=True) as db:
        groups = rows(db, "SELECT count(*), count(sites), bool_and(ght_libelle <> code_ght) FROM vues.personnels_ght")
        if region == "28":
            assert groups == [(11, 11, True)]
            # What a total has beyond its groups is said, and is what Q20 counts under M1100 on the same sites.
            assert rows(
                db, "SELECT DISTINCT etp_hors_groupes FROM vues.fiche_medicaux WHERE code = '140000092'"
            ) == rows(
                together_db,
                "SELECT sum(s.etp_salarie) FROM core.sae_specialites AS s "
                "JOIN fiches.etablissements AS e USING (finess, millesime) "
                "WHERE s.specialite = 'M1100' AND s.millesime = 2024 AND e.finess_ej = '140000092'",
            )
            sheet = (folder / "fiches" / "ej-140000092.html").read_text(encoding="utf-8")
            assert "Le total a 2,4 ETP salariés de plus que ses groupes" in sheet
        if region == "11":
            assert groups == [(16, 0, True)]
        if region == "06":
            assert rows(db, "SELECT DISTINCT habitants, valeur FROM vues.zonage_difficile") == [(None, None)]
