"""The marts of the real edition against what is published, and against the raw files read by other means.

Nothing here reads an extract through the pipeline: `csv`, `json` and calamine only.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest
import python_calamine
from fixtures_entrepots import EDITION, Warehouse, none, one, rows

from pipelines.publish import release

NORMANDS = ("14", "27", "50", "61", "76")
OTHERS = ("11", "53", "93", "94", "01", "06")
Row = dict[str, str]


# --- Reading by hand ------------------------------------------------------------------------------


@cache
def read(path: Path, encoding: str, delimiter: str) -> list[Row]:
    """Rows of a delimited file, headings in capitals; a record cut in two by a stray line break is mended."""
    header, *lines = path.read_bytes().decode(encoding).splitlines()
    width = header.count(delimiter)
    whole: list[str] = []
    for line in lines:
        if whole and whole[-1].count(delimiter) < width and '"' not in whole[-1]:
            whole[-1] += " " + line
        else:
            whole.append(line)
    headings = next(csv.reader([header.upper()], delimiter=delimiter))
    return [
        dict(zip(headings, r, strict=False)) for r in csv.reader(io.StringIO("\n".join(whole)), delimiter=delimiter)
    ]


def sae(root: Path, name: str, year: int) -> list[Row]:
    return read(root / "sae" / str(year) / f"{name}_{year}r.csv", "cp1252", ";")


def number(text: str | None) -> Decimal:
    """A blank counts as 0 here: both sides of a comparison read it so."""
    return Decimal((text or "0").replace(",", ".").strip() or "0")


def add(values: Iterable[str | None]) -> Decimal:
    return sum(map(number, values), Decimal(0))


def staff(row: Row) -> list[str]:
    return [
        name for name in row if name.startswith(("EFFSAL_", "EFFLIB_", "ETPSAL_", "EFF_", "ETP_")) or name == "ETPINT"
    ]


@cache
def population(root: Path, year: int) -> dict[str, int]:
    """Inhabitants on 1 January by département, all ages, both sexes."""
    book = python_calamine.CalamineWorkbook.from_path(
        str(root / "insee_population" / "2022" / "estim-pop-dep-sexe-gca-1975-2022.xlsx")
    )
    cells = book.get_sheet_by_name(str(year)).to_python()
    total = cells[4].index("Total")
    found = {}
    for line in cells[5:]:
        code = str(int(line[0])) if isinstance(line[0], float) else str(line[0]).strip()
        if line[1] and code[:2].strip().isalnum() and len(code) in (2, 3) and isinstance(line[total], float):
            found[code.zfill(2)] = int(line[total])
    return found


@cache
def doctors(root: Path, year: int) -> dict[str, int]:
    """Doctors by département on 1 January, from DREES's series."""
    text = (
        (root / "drees_demographie" / "2020" / "Medecin_departement_annee.csv").read_bytes().decode("cp1252", "replace")
    )
    header, *lines = list(csv.reader(io.StringIO(text)))
    column = header.index(str(year))
    found = {}
    for line in lines:
        if line[0][:1].isdigit():
            code = line[0].split("-")[0].strip()
            found[code[1:] if code.startswith("0") else code] = int(line[column].replace(" ", ""))
    return found


# --- SAE ------------------------------------------------------------------------------------------


def test_eleven_norman_ght_equal_their_published_totals(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path
) -> None:
    rule = "rapprochement = 'ght_sygen' AND millesime = 2022"
    assert one(mirror_db, f"SELECT count(*) FROM qualite.rapprochements WHERE {rule}") == 847
    none(mirror_db, f"FROM qualite.rapprochements WHERE {rule} AND (resultat <> 'égal' OR ecart <> 0)")
    published = {r["CODE_GHT"]: r for r in sae(mirror_root, "GHT", 2022) if r["CODE_GHT"].startswith("28")}
    assert len(published) == 11
    ours = rows(
        mirror_db,
        "SELECT code_ght, variable, valeur, valeur_publiee FROM fiches.ght_personnels "
        "WHERE millesime = 2022 AND region_ght = '28' AND variable <> 'EFF_INT_recalcule'",
    )
    assert len(ours) == 11 * 77
    assert len({v for _, v, *_ in ours}) == 77
    for code, variable, value, said in ours:
        assert value == number(published[code][variable]), (code, variable)
        assert said == number(published[code][variable]), (code, variable)


def test_ght_totals_follow_from_sygen_by_hand(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    """2023 has no published totals: the sums are made again here, from the raw files."""
    members = read(mirror_root / "ght" / "2023" / "ght_membership_inferred_2023.csv", "utf-8", ",")
    group = {r["FINESS_EJ"]: r["CODE_GHT"] for r in members}
    public = {r["FI"] for r in sae(mirror_root, "ID", 2023) if r["STJR"] == "1"}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for r in sae(mirror_root, "SYGEN", 2023):
        if r["FI_EJ"] in group and r["FI"] in public:
            for name in staff(r):
                sums[group[r["FI_EJ"]], name] += number(r[name])
    ours = rows(
        mirror_db,
        "SELECT code_ght, variable, coalesce(valeur, 0) FROM fiches.ght_personnels "
        "WHERE millesime = 2023 AND variable <> 'EFF_INT_recalcule'",
    )
    assert len(ours) == len(sums) == 847
    assert {(code, variable): value for code, variable, value in ours} == sums


FROM_Q24 = {
    "ETP_SAG": ["SAGFE"],
    "ETP_CAD": ["CADRE"],
    "ETP_INFAVECSPE": ["INFSP"],
    "ETP_INFSANSSPE": ["INFNS"],
    "ETP_AID": ["AIDES"],
    "ETP_ASH": ["ASHAU"],
    "ETP_PSYCHO": ["PSYCH"],
    "ETP_REEDU": ["REEDU"],
    "ETP_SOINS": ["SOITO"],
    "ETP_DIR": ["DIREC"],
    "ETP_DIRSOI": ["DIRSI", "DRSNI", "DIRSOIN"],
    "ETP_AUTADM": ["ADMIN"],
    "ETP_EDU": ["EDUTO"],
    "ETP_DTSOC": ["ASSIS"],
    "ETP_TEC": ["TECHN"],
    "ETP_TOT_HORS_SOINS": ["ADMTO", "EDUTO", "PHLAB", "TECHN"],
    "ETP_TOT_PNM": ["ETPPNM"],
}
FROM_Q20 = {
    "TOT": ("M9999",),
    "SPEMED": ("M1",),
    "SPECHI": ("M2",),
    "DT_MEDGEN": ("M1010",),
    "DT_URG": ("M1340",),
    "DT_ANESTREA": ("M1030", "M1031"),
    "DT_GYNOBS": ("M2050",),
    "PSY": ("M3020",),
    "ODON": ("M3030",),
    "PHARMA": ("M3012", "M3050"),
    "AUT": ("M3011", "M3040", "M3060", "M3070"),
}


def gaps_by_hand(root: Path, year: int) -> dict[tuple[str, str], Decimal]:
    """SYGEN minus the questionnaires, per establishment and variable, where they differ."""
    sygen = {r["FI"]: r for r in sae(root, "SYGEN", year)}
    mine: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for r in sae(root, "Q20", year):
        for suffix, codes in FROM_Q20.items():
            # M1000, M2000 and M3000 would be subtotals.
            if r["PERSO"].startswith(codes) and r["PERSO"] not in ("M1000", "M2000", "M3000"):
                for x in ("EFFSAL", "ETPSAL", "EFFLIB"):
                    mine[r["FI"], f"{x}_{suffix}"] += number(r[x])
    for r in sae(root, "Q21", year):
        if r["DISCI"] == "9999":
            mine[r["FI"], "ETPINT"] += number(r["ETP_INT"])
    for r in sae(root, "Q22", year):
        mine[r["FI"], "EFF_INT"] += add([r["INT"], r["DOCJU"], r["FFI"]])
    for r in sae(root, "Q24", year):
        if r["DISCI"] == "9999":
            for variable, columns in FROM_Q24.items():
                mine[r["FI"], variable] += add(r.get(c) for c in columns)
            mine[r["FI"], "ETP_MEDTEC"] += number(r["PHLAB"])
    split = ("ETP_PERSPHARMA", "ETP_PERSLABO", "ETP_PERSRADIO", "ETP_AUTMEDTEC")
    names = {variable for _, variable in mine}
    found = {}
    for finess, row in sygen.items():
        for name in names:
            said = add(row[n] for n in split) if name == "ETP_MEDTEC" else number(row[name])
            gap = said - mine.get((finess, name), Decimal(0))
            if gap:
                found[finess, name] = gap
    return found


@pytest.mark.parametrize("year", [2022, 2023])
def test_gaps_between_sygen_and_the_questionnaires_are_those_found_by_hand(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path, year: int
) -> None:
    ours = rows(mirror_db, "SELECT finess, variable, ecart FROM qualite.sae_ecarts WHERE millesime = ?", year)
    assert {(finess, variable): gap for finess, variable, gap in ours} == gaps_by_hand(mirror_root, year)


def test_2023_is_equal_on_every_establishment(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    none(mirror_db, "FROM qualite.sae_ecarts WHERE millesime = 2023")
    compared = dict(
        rows(
            mirror_db,
            "SELECT bordereau, count(DISTINCT finess) FROM core.sae_recalculs WHERE millesime = 2023 GROUP BY ALL",
        )
    )
    assert compared["Q24"] >= 3753
    variables = "SELECT count(DISTINCT variable) FROM core.sae_recalculs WHERE millesime = 2023"
    assert one(mirror_db, variables) == 33 + 1 + 1 + 18
    by_result = "SELECT DISTINCT resultat FROM qualite.rapprochements WHERE source = 'sae' AND millesime = 2023"
    assert rows(mirror_db, by_result) == [("égal",)]


def test_2022_differs_on_112_establishments_listed_with_component_and_gap(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path
) -> None:
    q24 = "FROM qualite.sae_ecarts WHERE millesime = 2022 AND bordereau = 'Q24'"
    assert one(mirror_db, f"SELECT count(DISTINCT finess) {q24}") == 112
    total = f"SELECT count(*), sum(ecart) {q24} AND variable = 'ETP_TOT_PNM'"
    assert rows(mirror_db, total) == [(110, Decimal("-156.17"))]
    assert one(mirror_db, f"SELECT count(*) {q24} AND variable = 'ETP_DIRSOI'") == 86
    none(mirror_db, f"SELECT finess {q24} AND raison_sociale IS NULL")
    none(mirror_db, "FROM qualite.sae_ecarts WHERE millesime = 2022 AND bordereau IN ('Q20', 'Q21')")
    published = "SELECT sum(valeur) FROM core.sae_personnels WHERE millesime = 2022 AND variable = 'ETP_TOT_PNM'"
    assert round(one(mirror_db, published)) == 1063659
    said = rows(
        mirror_db,
        "SELECT observe, resultat, explication FROM qualite.rapprochements "
        "WHERE rapprochement = 'sygen_etablissements' AND millesime = 2022 AND objet = 'Q24'",
    )
    assert said[0][:2] == (112, "écart expliqué")
    assert "qualite.sae_ecarts" in said[0][2]


def test_interns_stay_as_published_beside_their_recount(mirror_db: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT sum(p.valeur) FILTER (p.variable = 'EFF_INT'), sum(p.valeur) FILTER (p.variable = 'EFF_INT_recalcule') "
        "FROM fiches.es_personnels AS p JOIN fiches.etablissements AS e USING (millesime, finess) "
        "WHERE p.millesime = 2022"
    )
    assert rows(mirror_db, query) == [(34620, 41097)]
    assert rows(mirror_db, f"{query} AND e.region = '28'") == [(2292, 2616)]
    # A blank that hides interns is no zero.
    hidden = (
        "SELECT count(*) FROM fiches.es_personnels AS p JOIN fiches.es_personnels AS r USING (millesime, finess) "
        "WHERE p.millesime = 2022 AND p.variable = 'EFF_INT' AND r.variable = 'EFF_INT_recalcule' AND r.valeur > 0 "
        "AND p.valeur IS NULL AND p.statut "
    )
    assert one(mirror_db, f"{hidden} = 'nd'") == 725
    assert one(mirror_db, f"{hidden} <> 'nd'") == 0


def test_no_row_of_sygen_is_lost_or_doubled(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    for year in (2022, 2023):
        raw = sae(mirror_root, "SYGEN", year)
        names = staff(raw[0])
        assert len(names) == 77
        sums = {name: add(r[name] for r in raw) for name in names}
        for level, kind in (
            ("france", "ensemble"),
            ("departement", "ensemble"),
            ("region", "ensemble"),
            ("france", "*"),
        ):
            found = rows(
                mirror_db,
                "SELECT variable, coalesce(sum(valeur), 0) FROM atlas.hospitaliers WHERE annee = ? AND niveau = ? "
                "AND variable <> 'EFF_INT_recalcule' AND CASE ? WHEN '*' THEN statut_regroupe <> 'ensemble' "
                "ELSE statut_regroupe = 'ensemble' END GROUP BY variable",
                year,
                level,
                kind,
            )
            assert dict(found) == sums, (year, level, kind)
        for mart, key in (("es_personnels", "finess"), ("ej_personnels", "finess_ej")):
            found = rows(
                mirror_db,
                f"SELECT variable, coalesce(sum(valeur), 0) FROM fiches.{mart} WHERE millesime = ? "
                "AND variable <> 'EFF_INT_recalcule' GROUP BY variable",
                year,
            )
            assert dict(found) == sums, mart
            column = "FI" if key == "finess" else "FI_EJ"
            count = one(mirror_db, f"SELECT count(DISTINCT {key}) FROM fiches.{mart} WHERE millesime = ?", year)
            assert count == len({r[column] for r in raw})
        ids = {r["FI"] for r in sae(mirror_root, "ID", year)}
        listed = {r[0] for r in rows(mirror_db, "SELECT finess FROM fiches.etablissements WHERE millesime = ?", year)}
        assert listed == ids


def test_disci_rows_are_never_added_up(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    trap = add(r["ETPPNM"] for r in sae(mirror_root, "Q24", 2023))
    once = add(r["ETPPNM"] for r in sae(mirror_root, "Q24", 2023) if r["DISCI"] == "9999")
    assert trap > 2 * once
    ours = one(
        mirror_db,
        "SELECT sum(valeur) FROM atlas.hospitaliers WHERE annee = 2023 AND niveau = 'france' "
        "AND statut_regroupe = 'ensemble' AND variable = 'ETP_TOT_PNM'",
    )
    assert ours == once


def test_group_keeps_its_site_outside_the_region(mirror_db: duckdb.DuckDBPyConnection, mirror: Warehouse) -> None:
    for year in (2022, 2023):
        sites = rows(
            mirror_db,
            "SELECT finess, departement, region, retenu FROM fiches.ght_membres "
            "WHERE millesime = ? AND finess_ej = '610780082' AND region <> '28'",
            year,
        )
        assert sites == [("720000470", "72", "52", True)]
        inside = "SELECT code_ght FROM fiches.etablissements WHERE millesime = ? AND finess = '720000470'"
        assert one(mirror_db, inside, year) == "28102"
    released = mirror.release / "parquet" / "fiches.es_personnels.parquet"
    count = f"SELECT count(*) FROM '{released}' WHERE finess = '720000470' AND millesime = 2022"
    assert duckdb.sql(count).fetchall() == [(78,)]


def test_private_site_of_a_public_entity_is_left_out_with_a_reason(mirror_db: duckdb.DuckDBPyConnection) -> None:
    out = rows(
        mirror_db,
        "SELECT millesime, finess, code_ght, motif_exclusion FROM fiches.ght_membres WHERE NOT coalesce(retenu, false)",
    )
    assert [r[:3] for r in out] == [(2023, "500021944", "28103")]
    assert "privé" in out[0][3]
    none(mirror_db, "FROM fiches.etablissements WHERE finess = '500021944' AND code_ght IS NOT NULL")


def test_membership_is_dated(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """L'Aigle changes group in 2023."""
    moved = rows(
        mirror_db,
        "SELECT a.finess_ej, a.code_ght, b.code_ght FROM core.ght_membres AS a JOIN core.ght_membres AS b "
        "ON b.finess_ej = a.finess_ej AND b.millesime = 2023 WHERE a.millesime = 2022 AND a.code_ght <> b.code_ght",
    )
    assert len(moved) == 1
    assert one(mirror_db, "SELECT count(*) FROM core.ght_membres WHERE annee_appartenance <> millesime") == 0


def test_overseas_sites_are_located(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    for year in (2022, 2023):
        raw = [r for r in sae(mirror_root, "ID", year) if r["DEP"].startswith("9") and r["DEP"][1].isalpha()]
        assert len(raw) > 100
        wanted = {r["FI"]: "97" + str("ABCDEF".index(r["DEP"][1]) + 1) for r in raw}
        found = rows(
            mirror_db,
            "SELECT finess, departement, commune, commune_publiee, region FROM fiches.etablissements "
            "WHERE millesime = ? AND departement_publie SIMILAR TO '9[A-F]'",
            year,
        )
        assert {r[0]: r[1] for r in found} == wanted
        assert {r[1]: r[4] for r in found} == {"971": "01", "972": "02", "973": "03", "974": "04", "976": "06"}
        # Saint-Barthélemy and Saint-Martin are no communes of the COG any more: listed, not dropped.
        without = {r[3] for r in found if r[2] is None}
        assert without == {"9A123", "9A127"}
        assert {r[2][:3] for r in found if r[1] == "974"} == {"974"}
    listed = "SELECT code_publie FROM qualite.territoires_inconnus WHERE source = 'sae' AND niveau = 'commune'"
    assert {"9A123", "9A127"} <= {r[0] for r in rows(mirror_db, listed)}
    none(mirror_db, "FROM fiches.etablissements WHERE departement IS NULL OR region IS NULL")


# --- Demography, density, population --------------------------------------------------------------


def test_published_doctors_of_normandie(mirror_db: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        rows(
            mirror_db,
            "SELECT indicateur, valeur FROM atlas.departs WHERE source = 'drees_medecins_ages' AND annee = 2022 "
            "AND niveau = 'region' AND code = '28'",
        )
    )
    assert found["effectif_60_plus"] == 2888
    total = (
        "SELECT effectif_total, sum(effectif) FROM atlas.ages WHERE source = 'drees_medecins_ages' AND annee = 2022 "
        "AND niveau = 'region' AND code = '28' GROUP BY effectif_total"
    )
    assert rows(mirror_db, total) == [(9687, 9687)]
    assert found["part_60_plus"] == round(Decimal(2888) / 9687, 6)
    assert found["effectif_55_plus"] > found["effectif_60_plus"]


def test_doctors_near_the_end_by_departement_by_hand(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    path = mirror_root / "drees_demographie" / "2022" / "medecin_tranche_age.csv"
    header, *lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    over = {55: [7, 8, 9], 60: [8, 9]}
    checked = 0
    for line in lines:
        code = line[0][1:3] if line[0].startswith("0") else line[0][:3]
        if code in NORMANDS:
            cells = [int(c.replace(" ", "")) for c in line[1:]]
            for age, bands in over.items():
                query = (
                    "SELECT valeur FROM atlas.departs WHERE annee = 2022 AND niveau = 'departement' AND code = ? "
                    "AND indicateur = ?"
                )
                count = sum(cells[b] for b in bands)
                assert one(mirror_db, query, code, f"effectif_{age}_plus") == count
                assert one(mirror_db, query, code, f"part_{age}_plus") == round(Decimal(count) / cells[0], 6)
                checked += 1
    assert checked == 10
    assert "65 ans et plus" in header[9]


def test_drees_identities(mirror_db: duckdb.DuckDBPyConnection) -> None:
    counts = rows(
        mirror_db,
        "SELECT rapprochement, source, count(*), bool_and(resultat = 'égal') FROM qualite.rapprochements "
        "WHERE rapprochement LIKE 'drees%' GROUP BY ALL",
    )
    # 3 professions x 9 years; doctors' ages: 101 départements and France.
    assert sorted(counts) == [
        ("drees_ages", "drees_demographie", 27, True),
        ("drees_ages", "drees_medecins_ages", 102, True),
        ("drees_departements", "drees_demographie", 27, True),
        ("drees_departements", "drees_medecins_ages", 1, True),
        ("drees_sexes", "drees_demographie", 27, True),
    ]


def test_a_density_is_a_ratio_of_sums(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    """From the raw files, for two départements and the region; an average of densities is another number."""
    query = (
        "SELECT valeur FROM atlas.densites WHERE source = 'drees_demographie' AND annee = 2020 "
        "AND profession = 'medecin' AND niveau = ? AND code = ?"
    )
    count, people = doctors(mirror_root, 2020), population(mirror_root, 2020)
    assert (len(count), len(people)) == (101, 101)
    densities = {d: Decimal(100000 * count[d]) / people[d] for d in NORMANDS}
    for departement in ("14", "61"):
        assert one(mirror_db, query, "departement", departement) == round(densities[departement], 4)
    whole = Decimal(100000 * sum(count[d] for d in NORMANDS)) / sum(people[d] for d in NORMANDS)
    mean = sum(densities.values()) / len(densities)
    assert abs(whole - mean) > 20
    assert one(mirror_db, query, "region", "28") == round(whole, 4)
    none(
        mirror_db,
        "FROM atlas.densites WHERE population > 0 AND abs(valeur - 100000.0 * effectif / population) > 0.0001",
    )


def test_private_practice_density_of_general_practitioners(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path
) -> None:
    path = mirror_root / "cnam_demographie" / "2024" / "toutes_specialites_departement.csv"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        raw = [
            r
            for r in csv.DictReader(handle)
            if r["profession_sante"].startswith("Ensemble des médecins généralistes") and r["classe_age"] == "tout_age"
        ]
    count = {r["departement"]: int(r["effectif"]) for r in raw if r["departement"] in NORMANDS}
    people = population(mirror_root, 2022)
    whole = Decimal(100000 * sum(count.values())) / sum(people[d] for d in NORMANDS)
    found = rows(
        mirror_db,
        "SELECT valeur, annee_population, avertissement FROM atlas.densites WHERE source = 'cnam_demographie' "
        "AND annee = 2024 AND profession = 'medecin' AND specialite = 'généralistes' AND niveau = 'region' AND code = '28'",
    )
    assert found[0][:2] == (round(whole, 4), 2022)
    # Numerator of the end of 2024 over the population of 2022: it says so, and the release is warned.
    assert "2022" in found[0][2]
    warned = "SELECT count(*) FROM qualite.avertissements WHERE sujet = 'dénominateur' AND source = 'cnam_demographie'"
    assert one(mirror_db, warned) == 1


def test_cnam_headcount_over_population_is_the_published_density_on_every_row(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path
) -> None:
    book = python_calamine.CalamineWorkbook.from_path(
        str(mirror_root / "cnam_demographie" / "2018" / "Effectif_et_densite_par_departement_en_2018.xls")
    )
    published = {}
    for sheet in book.sheet_names[2:]:
        for line in book.get_sheet_by_name(sheet).to_python()[1:]:
            if line[1]:
                published[sheet, str(line[0]).strip(), str(line[1]).strip()] = (int(line[2]), line[3], line[4])
    assert len(published) == 14560
    ours = rows(
        mirror_db,
        "SELECT feuille, profession_publiee, territoire_publie, effectif, population_publiee, densite_publiee "
        "FROM core.demographie WHERE source = 'cnam_demographie' AND millesime = 2018",
    )
    assert len(ours) == 14560
    for sheet, profession, place, count, people, density in ours:
        said = published[sheet, profession, place]
        assert count == said[0]
        assert abs(float(density) - said[2]) < 1e-9
        assert abs(100000 * count / float(people) - said[2]) < 1e-6
    done = rows(
        mirror_db,
        "SELECT resultat, observe, sum(regexp_extract(libelle, 'sur ([0-9]+)$', 1)::INT) FROM qualite.rapprochements "
        "WHERE rapprochement = 'cnam_densites' AND millesime = 2018 GROUP BY ALL",
    )
    assert done == [("égal", 0, 14560)]


def test_published_populations(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    query = (
        "SELECT code, population FROM core.population WHERE annee = 2016 AND sexe = 'ensemble' "
        "AND tranche_age = 'ensemble' AND niveau = 'departement' AND code IN ('14', '27', '50', '61', '76')"
    )
    assert dict(rows(mirror_db, query)) == {"14": 693679, "27": 602825, "50": 498362, "61": 285308, "76": 1255755}
    said = dict(
        rows(
            mirror_db,
            "SELECT objet, (observe, attendu, resultat) FROM qualite.rapprochements WHERE rapprochement = 'chiffre_publie'",
        )
    )
    assert said["population_normandie_2016"] == (3335929, 3335929, "égal")
    # One commune is missing from the re-export: the gap is told, not bent.
    assert said["population_normandie_2021"] == (3326078, 3327966, "écart expliqué")
    assert said["medecins_normandie_2022"] == (9687, 9687, "égal")
    assert said["medecins_60_plus_normandie_2022"] == (2888, 2888, "égal")
    assert said["ifsi_normandie_places_2025"][1:] == (1536, "égal")
    assert said["ifsi_normandie_admis_2025"][1:] == (1539, "égal")
    assert said["internes_france_2022"][1:] == (34620, "égal")
    for year in (2012, 2016, 2022):
        whole = one(
            mirror_db,
            "SELECT population FROM core.population WHERE annee = ? AND sexe = 'ensemble' AND tranche_age = 'ensemble' "
            "AND niveau = 'france'",
            year,
        )
        assert whole == sum(population(mirror_root, year).values())


def test_commune_populations_are_kept_or_listed(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    raw = read(mirror_root / "insee_population" / "2021" / "insee-estimation-population-2024.csv", "utf-8-sig", ",")
    inhabitants = {r["CODGEO"]: int(float(r["P21_POP"] or 0)) for r in raw}
    kept = one(mirror_db, "SELECT sum(population) FROM core.population_communes WHERE annee = 2021")
    listed = rows(
        mirror_db,
        "SELECT code_publie FROM qualite.territoires_inconnus WHERE source = 'insee_population_communes'",
    )
    assert kept + sum(inhabitants[code] for (code,) in listed) == sum(inhabitants.values())
    # Regions of before 2016 in the file: the territory comes from the commune's code.
    assert {r["REG"] for r in raw if r["DEP"] in NORMANDS} == {"23", "25"}
    regions = "SELECT DISTINCT region FROM core.population_communes WHERE departement IN ('14', '27', '50', '61', '76')"
    assert rows(mirror_db, regions) == [("28",)]


# --- Employment and recruitment -------------------------------------------------------------------


@cache
def metiers(root: Path) -> list[dict[str, Decimal]]:
    path = root / "dares_metiers_2030" / "2019" / "dares_metiers_2030.json"
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def test_dares_posts_to_fill_are_creations_plus_departures(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path
) -> None:
    raw = metiers(mirror_root)
    assert len(raw) == 1049
    for r in raw:
        parts = r["creations_destructions_milliers"] + r["departs_fin_carriere_milliers"]
        assert abs(parts - r["postes_a_pourvoir_milliers"]) < Decimal("1e-9")
    said = rows(
        mirror_db,
        "SELECT observe, resultat, libelle FROM qualite.rapprochements WHERE rapprochement = 'metiers_2030_identite'",
    )
    assert said[0][:2] == (0, "égal")
    assert "1049" in said[0][2]
    assert (
        one(mirror_db, "SELECT count(*) FROM core.dares_metiers WHERE code IS NOT NULL AND niveau = 'region'") == 1049
    )
    none(
        mirror_db,
        "FROM core.dares_metiers WHERE abs(creations + departs_fin_carriere - postes_a_pourvoir) > 0.000000001",
    )


def test_dares_thousands_become_persons(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    raw = {r["region"]: r for r in metiers(mirror_root) if r["code_fap"] == "V1Z"}
    query = (
        "SELECT indicateur, valeur, unite, denominateur FROM atlas.departs WHERE source = 'dares_metiers_2030' "
        "AND profession = 'V1Z' AND niveau = ? AND code = ?"
    )
    here = {r[0]: r for r in rows(mirror_db, query, "region", "28")}
    leaving, employed = raw["Normandie"]["departs_fin_carriere_milliers"], raw["Normandie"]["effectifs_2019_milliers"]
    assert 1000 < here["departs_fin_carriere"][1] < 20000
    assert abs(here["departs_fin_carriere"][1] - 1000 * leaving) <= Decimal("0.1")
    assert here["departs_fin_carriere"][2].startswith("personnes")
    assert abs(here["part_departs"][1] - leaving / employed) < Decimal("0.000001")
    assert abs(here["part_departs"][3] - 1000 * employed) <= Decimal("0.1")
    france = {r[0]: r for r in rows(mirror_db, query, "france", "F")}
    whole = sum(r["departs_fin_carriere_milliers"] for r in raw.values())
    assert abs(france["departs_fin_carriere"][1] - 1000 * whole) <= Decimal("0.1")
    share = whole / sum(r["effectifs_2019_milliers"] for r in raw.values())
    assert abs(france["part_departs"][1] - share) < Decimal("0.000001")


@cache
def bmo(root: Path) -> list[dict[str, object]]:
    book = python_calamine.CalamineWorkbook.from_path(str(root / "bmo" / "2024" / "Base_open_data_BMO_2024.xlsx"))
    header, *lines = book.get_sheet_by_name("BMO_2024_open_data").to_python()
    return [dict(zip(header, line, strict=True)) for line in lines]


@pytest.mark.parametrize(("fap", "region"), [("V0X60", "28"), ("V1X80", "53"), ("V2X90", "28")])
def test_bmo_secret_cells_are_in_neither_term_of_a_ratio(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path, fap: str, region: str
) -> None:
    cells = [r for r in bmo(mirror_root) if r["Code métier BMO"] == fap and r["REG"] == region]
    visible = [r for r in cells if r["met"] != "*"]
    both = [r for r in visible if r["xmet"] != "*"]
    projects = sum(int(r["met"]) for r in visible)
    hard, among = sum(int(r["xmet"]) for r in both), sum(int(r["met"]) for r in both)
    # The trap: a masked numerator over a visible denominator.
    assert any(r["xmet"] == "*" for r in visible)
    assert Decimal(hard) / among != Decimal(hard) / projects
    found = {
        r[0]: r[1:]
        for r in rows(
            mirror_db,
            "SELECT indicateur, valeur, numerateur, denominateur, cases, cases_visibles, statut FROM atlas.recrutement "
            "WHERE source = 'bmo' AND annee = 2024 AND fap = ? AND niveau = 'region' AND code = ?",
            fap,
            region,
        )
    }
    assert found["projets"][0] == projects
    assert found["projets"][3:5] == (len(cells), len(visible))
    assert found["part_difficile"][:5] == (round(Decimal(hard) / among, 6), hard, among, len(cells), len(both))
    assert found["part_difficile"][5] == ("partiel" if len(both) < len(cells) else "calculé")


def test_bmo_secret_is_neither_zero_nor_one(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    raw = bmo(mirror_root)
    assert len(raw) == 53443
    for column in ("met", "xmet", "smet"):
        secret = sum(1 for r in raw if r[column] == "*")
        found = one(
            mirror_db,
            f"SELECT count(*) FROM core.bmo_projets WHERE {column} IS NULL AND {column}_statut = 'secret'",
        )
        assert found == secret > 5000
        none(mirror_db, f"FROM core.bmo_projets WHERE ({column} IS NULL) <> ({column}_statut = 'secret')")
        total = one(mirror_db, f"SELECT sum({column}) FROM core.bmo_projets")
        assert total == sum(int(r[column]) for r in raw if r[column] != "*")
    none(mirror_db, "FROM atlas.recrutement WHERE source = 'bmo' AND valeur IS NULL AND statut <> 'secret'")


def test_dares_tension_scores_not_available_stay_empty(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    raw = read(mirror_root / "dares_tensions" / "2019" / "tensions.csv", "utf-8-sig", ",")
    assert len(raw) == one(mirror_db, "SELECT count(*) FROM core.dares_tensions") == 31034
    name = next(k for k in raw[0] if k.startswith("CATÉGORIE"))
    for fap, dep in (("V1Z80", "14"), ("V2Z90", "14"), ("V0Z60", "2A")):
        said = [r[name] for r in raw if r["FAP"] == fap and r["DEP"].removesuffix(".0") == dep]
        found = rows(
            mirror_db,
            "SELECT valeur, statut FROM atlas.recrutement WHERE source = 'dares_tensions' AND indicateur = 'tension' "
            "AND fap = ? AND niveau = 'departement' AND code = ?",
            fap,
            dep,
        )
        wanted = [(Decimal(v), "publié") if v not in ("", "n.d.") else (None, "nd") for v in said]
        assert found == wanted, (fap, dep)
    none(mirror_db, "FROM atlas.recrutement WHERE source = 'dares_tensions' AND valeur NOT BETWEEN 1 AND 5")


# --- Territories ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cog(mirror_root: Path) -> list[Row]:
    path = mirror_root / "insee_cog" / "2024" / "table-appartenance-geo-communes-2024.csv"
    return [r for r in read(path, "utf-8-sig", ",") if r["CODGEO"].strip()]


def test_every_norman_territory_is_in_the_marts(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path, cog: list[Row]
) -> None:
    here = [r for r in cog if r["REG"] == "28"]
    basins = {
        r["CODE_COMMUNE_INSEE"]: r["CODE_BASSIN_BMO"]
        for r in read(mirror_root / "bmo" / "2024" / "bassin_emploi.csv", "utf-8-sig", ",")
    }
    zone = next(k for k in here[0] if k.startswith("ZE"))
    wanted = {
        "commune": {r["CODGEO"] for r in here},
        "arrondissement": {r["ARR"] for r in here},
        "zone_emploi": {r[zone] for r in here},
        "departement": set(NORMANDS),
        "region": {"28"},
        "bassin_bmo": {basins[r["CODGEO"]] for r in here if r["CODGEO"] in basins},
    }
    assert len(wanted["commune"]) == 2651
    assert len(wanted["arrondissement"]) == 17
    for level, codes in wanted.items():
        found = {r[0] for r in rows(mirror_db, "SELECT DISTINCT code FROM atlas.acces WHERE niveau = ?", level)}
        assert codes <= found, level
        listed = {r[0] for r in rows(mirror_db, "SELECT code FROM reference.territoires WHERE niveau = ?", level)}
        assert codes <= listed, level
    # A hospital mart has a territory where there is a site.
    sited = {
        r[0]
        for r in rows(
            mirror_db, "SELECT DISTINCT commune FROM fiches.etablissements WHERE region = '28' AND millesime = 2023"
        )
    }
    with_sites = {
        "commune": sited,
        "arrondissement": {r["ARR"] for r in here if r["CODGEO"] in sited},
        "zone_emploi": {r[zone] for r in here if r["CODGEO"] in sited},
        "bassin_bmo": {basins[r["CODGEO"]] for r in here if r["CODGEO"] in sited},
        "departement": set(NORMANDS),
        "region": {"28"},
    }
    for level, codes in with_sites.items():
        found = rows(mirror_db, "SELECT DISTINCT code FROM atlas.hospitaliers WHERE annee = 2023 AND niveau = ?", level)
        assert codes <= {r[0] for r in found}, level
    assert {"ej", "ght"} <= {r[0] for r in rows(mirror_db, "SELECT DISTINCT niveau FROM reference.territoires")}


def test_zoning_shares_are_weighted_by_population(
    mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path, cog: list[Row]
) -> None:
    none(
        mirror_db,
        "SELECT niveau, code FROM atlas.acces WHERE statut = 'calculé' GROUP BY ALL "
        "HAVING abs(sum(valeur) - 1) > 0.00001 OR sum(population) <> max(population_totale)",
    )
    inhabitants = {
        r["CODGEO"]: int(float(r["P21_POP"] or 0))
        for r in read(
            mirror_root / "insee_population" / "2021" / "insee-estimation-population-2024.csv", "utf-8-sig", ","
        )
    }
    for departement in ("14", "61"):
        total = sum(inhabitants.get(r["CODGEO"], 0) for r in cog if r["DEP"] == departement)
        found = rows(
            mirror_db,
            "SELECT sum(population), max(population_totale), sum(communes) FROM atlas.acces "
            "WHERE niveau = 'departement' AND code = ?",
            departement,
        )
        assert found == [(total, total, sum(1 for r in cog if r["DEP"] == departement))]


def test_training_places_of_the_norman_institutes(mirror_db: duckdb.DuckDBPyConnection, mirror_root: Path) -> None:
    raw = read(mirror_root / "parcoursup" / "2025" / "fr-esr-parcoursup_2025_normandie_sante.csv", "utf-8-sig", ";")
    assert len(raw) == 24
    for column, name in (("CAPA_FIN", "places_offertes"), ("ACC_TOT", "admis")):
        whole = sum(int(r[column] or 0) for r in raw)
        for level in ("institut", "departement", "region"):
            assert one(mirror_db, f"SELECT sum({name}) FROM atlas.formations WHERE niveau = ?", level) == whole, level


# --- Other regions --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def others(mirror: Warehouse) -> dict[str, Path]:
    return {region: release.publish(mirror.settings, EDITION, region).path for region in OTHERS}


@pytest.mark.parametrize("region", ["28", *OTHERS])
def test_a_release_holds_its_region_and_what_it_is_compared_with(
    mirror: Warehouse, others: dict[str, Path], cog: list[Row], region: str
) -> None:
    folder = mirror.release if region == "28" else others[region]
    departements = {r["DEP"] for r in cog if r["REG"] == region}
    communes = {r["CODGEO"] for r in cog if r["REG"] == region}
    every = {r["REG"] for r in cog}
    allowed = {"departement": departements, "commune": communes, "region": every, "france": {"F"}}
    allowed["arrondissement"] = {r["ARR"] for r in cog if r["REG"] == region}
    seen: set[str] = set()
    with duckdb.connect() as db:
        for path in sorted((folder / "parquet").glob("*.parquet")):
            table = f"read_parquet('{path}')"
            names = {r[0] for r in rows(db, f"DESCRIBE FROM {table}")}
            if {"niveau", "code"} <= names and path.stem != "core.dares_tensions":
                for level, codes in allowed.items():
                    found = {
                        r[0]
                        for r in rows(
                            db, f"SELECT DISTINCT code FROM {table} WHERE niveau = ? AND code IS NOT NULL", level
                        )
                    }
                    assert found <= codes, (path.stem, level)
                    seen |= {level} if found else set()
            if "region" in names and "niveau" not in names:
                group = "region_ght" if "region_ght" in names else "NULL"
                none(
                    db,
                    f"SELECT region, {group} FROM {table} WHERE region <> ? AND {group} IS DISTINCT FROM ?",
                    region,
                    region,
                )
            if "code_ght" in names and path.stem.startswith(("fiches.ght", "core.ght", "core.sae_ght")):
                none(db, f"SELECT code_ght FROM {table} WHERE substr(code_ght, 1, 2) <> ?", region)
        assert seen == set(allowed)
        sites = f"SELECT count(*) FROM read_parquet('{folder}/parquet/fiches.etablissements.parquet') WHERE region = ?"
        assert one(db, sites, region) > 10
    assert (folder / "index.html").is_file()
    assert (folder / "qualite.html").is_file()


def test_own_rows_are_all_there(mirror_db: duckdb.DuckDBPyConnection, others: dict[str, Path]) -> None:
    for region, folder in others.items():
        for table, rule in (
            ("fiches.etablissements", "region = $1"),
            ("atlas.hospitaliers", "niveau = 'region'"),
            ("core.bmo_projets", "region = $1"),
            ("core.population_communes", "region = $1"),
        ):
            query = f"SELECT count(*) FROM {{}} WHERE {rule}"
            values = [region] if "$1" in rule else []
            released = f"read_parquet('{folder}/parquet/{table}.parquet')"
            with duckdb.connect() as db:
                found = one(db, query.format(released), *values)
            assert found == one(mirror_db, query.format(table), *values), (region, table)


def test_a_region_whose_groups_are_unknown_says_so(mirror: Warehouse, others: dict[str, Path]) -> None:
    for region, folder in others.items():
        with duckdb.connect() as db:
            members = f"read_parquet('{folder}/parquet/fiches.ght_membres.parquet')"
            assert one(db, f"SELECT count(*) FROM {members}") == 0
            published = f"SELECT DISTINCT statut FROM read_parquet('{folder}/parquet/fiches.ght_personnels.parquet')"
            # Published totals of 2022 stand alone; Mayotte has no group.
            assert {r[0] for r in rows(db, published)} <= {"publié", "vide"}
            warned = f"read_parquet('{folder}/parquet/qualite.avertissements.parquet')"
            query = f"SELECT avertissement FROM {warned} WHERE sujet = 'appartenance aux GHT' AND objet = ?"
            assert "aucune appartenance connue" in one(db, query, f"région {region}")
        page = (folder / "index.html").read_text(encoding="utf-8")
        assert page.count("aucune appartenance connue") == 1
    assert "aucune appartenance connue" not in (mirror.release / "index.html").read_text(encoding="utf-8")


def test_old_references_and_other_denominators_reach_the_release(mirror: Warehouse) -> None:
    page = (mirror.release / "index.html").read_text(encoding="utf-8")
    for source, millesime in (("dares_tensions", 2019), ("drees_demographie", 2020)):
        assert f"({source}, {millesime})" in page
    assert "référence ancienne" in page
    assert "rapporté à la population" in page
