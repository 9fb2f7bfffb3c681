"""The fictitious extracts: same bytes everywhere, layouts that stage, figures that add up."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import ROOT, none, rows
from typer.testing import CliRunner

import samples
from pipelines import catalogue, cli
from pipelines.arrival import personnes, staging
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import mirror
from pipelines.errors import UsageError
from samples import decennie, etablissements, territoires, writers

NORMANDS = ("14", "27", "50", "61", "76")
MADE = ("id", "q20", "q21", "q22", "q24", "sygen")


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("echantillon") / "extraits"
    samples.make(root)
    return root


@pytest.fixture(scope="session")
def staged(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, staging.Staged]:
    """All tables of the sample, staged: `<staged name>_<millésime>` -> what staging says of it."""
    found: dict[str, staging.Staged] = {}
    with duckdb.connect() as connection:
        for source in catalogue.load_all():
            for millesime in mirror.vintages(extracts, source):
                offer = mirror.offer(extracts, source, millesime)
                for table in source.tables:
                    rule = pattern(source.layout(table, millesime).file, millesime)
                    files = [path for path in offer.files if rule.fullmatch(path.name)]
                    if files:
                        folder = tmp_path_factory.mktemp("lu")
                        result, _ = staging.stage(
                            connection, source, table, millesime, files, folder, key=personnes.SAMPLE_KEY
                        )
                        found[f"{source.staged_name(table)}_{millesime}"] = result
    return found


@pytest.fixture(scope="session")
def db(staged: dict[str, staging.Staged]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, result in staged.items():
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{result.path}')")
        yield connection


# --- Making ---------------------------------------------------------------------------------------


def digest(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.lent
def test_same_bytes_whatever_the_process(extracts: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "ailleurs"
    code = f"from pathlib import Path; import samples; samples.make(Path({str(elsewhere)!r}))"
    strange = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={**os.environ, **strange})
    first, second = digest(extracts), digest(elsewhere)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.lent
def test_says_that_it_is_fictitious(extracts: Path, db: duckdb.DuckDBPyConnection) -> None:
    assert "fictives" in (extracts / "FICTIF.txt").read_text(encoding="utf-8")
    for source in catalogue.load_all():
        for millesime in mirror.vintages(extracts, source):
            assert mirror.offer(extracts, source, millesime).fictif
    for name, column in (
        ("sae_id_2022", "raison_sociale"),
        ("sae_ght_2022", "nom_ght"),
        ("insee_cog_communes_2024", "libelle"),
        ("bmo_bassins_2024", "bassin_libelle"),
        ("parcoursup_formations_2025", "g_ea_lib_vx"),
        ("formations_sanitaires_instituts_2024", "institut"),
        ("internat_postes_2023", "arrete"),
        ("zonage_arretes_2024", "arrete"),
        ("tvs_2024", "tvs_libelle"),
    ):
        none(db, f"SELECT {column} FROM {name} WHERE NOT contains(upper({column}), 'FICTI')")


def light(root: Path, seed: int, scale: float, *_: object) -> None:
    (root / "sae" / "2023").mkdir(parents=True)
    (root / "sae" / "2023" / "a.csv").write_text(f"{seed};{scale}\n", encoding="utf-8")
    (root / "FICTIF.txt").write_text("fictif\n", encoding="utf-8")


def test_makes_only_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, float]] = []

    def write(root: Path, seed: int, scale: float, *_: object) -> None:
        calls.append((seed, scale))
        light(root, seed, scale)

    monkeypatch.setattr(samples, "_write", write)
    root = tmp_path / "extraits"
    assert samples.make(root) == samples.make(root) == [root / "sae" / "2023" / "a.csv"]
    assert len(calls) == 1
    samples.make(root, scale=2)
    samples.make(root, seed=1, scale=2)
    assert calls == [(2025, 1.0), (2025, 2), (1, 2)]
    (root / "sae" / "2023" / "a.csv").unlink()
    samples.make(root, seed=1, scale=2)
    assert (root / "sae" / "2023" / "a.csv").read_text(encoding="utf-8") == "1;2\n"
    assert [p.name for p in tmp_path.iterdir()] == ["extraits"]


def test_never_replaces_what_it_did_not_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "_write", light)
    (tmp_path / "reel" / "sae").mkdir(parents=True)
    (tmp_path / "reel" / "sae" / "vrai.csv").write_text("vrai\n", encoding="utf-8")
    with pytest.raises(UsageError, match="autre chose"):
        samples.make(tmp_path / "reel")
    samples.make(tmp_path / "extraits")
    (tmp_path / "extraits" / "sae" / "vrai.csv").write_text("vrai\n", encoding="utf-8")
    with pytest.raises(UsageError, match="vrai"):
        samples.make(tmp_path / "extraits", seed=1)
    assert (tmp_path / "extraits" / "sae" / "vrai.csv").is_file()


def test_leaves_nothing_behind_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(root: Path, seed: int, scale: float, *_: object) -> None:
        light(root, seed, scale)
        raise RuntimeError("panne")

    monkeypatch.setattr(samples, "_write", fail)
    with pytest.raises(RuntimeError):
        samples.make(tmp_path / "extraits")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_impossible_scales(tmp_path: Path, scale: float) -> None:
    with pytest.raises(UsageError):
        samples.make(tmp_path / "x", scale=scale)


@pytest.mark.parametrize("scale", [0.1, 1, 5])
def test_scale_sets_the_size(scale: float) -> None:
    territoire = territoires.build(1, scale)
    assert len({c.code for c in territoire.communes}) == len(territoire.communes)
    parc = etablissements.build(1, scale, territoire)
    numbers = [s.finess for s in parc.sites] + [s.entite.finess for s in parc.sites]
    assert len({s.finess for s in parc.sites}) == len(parc.sites)
    assert {len(n) for n in numbers} == {9}
    for code in NORMANDS:
        here = territoire.par_departement[code]
        assert len(here) == max(territoires.ARRONDISSEMENTS[code] + 1, 3, int(8 * scale + 0.5))
    if scale == 1:
        for code in NORMANDS:
            assert 20 <= sum(s.commune.departement.code == code for s in parc.sites) <= 25
    assert territoires.build(2, scale).communes != territoire.communes


# --- Layouts --------------------------------------------------------------------------------------


@pytest.mark.lent
def test_ten_vintages_of_every_yearly_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "extraits"
    for kind in ("xlsx", "xls"):  # what a workbook holds is of the other tests
        monkeypatch.setattr(writers, kind, lambda path, *_, **__: writers.write(path, b"classeur"))
    samples.make(root, scale=0.1, decade=True)
    found = {source.id: mirror.vintages(root, source) for source in catalogue.load_all()}
    yearly = {source: years for source, years in found.items() if source not in decennie.SANS_RYTHME}
    assert {source for source, years in yearly.items() if len(years) != 10} == set(decennie.COURTES)
    assert all(decennie.COURTES.values())
    assert all(
        re.search("annuel|rythme|an par|par an|de janvier", catalogue.load(s).cadence) for s in yearly if s != "finess"
    )
    # Each vintage has the files that the catalogue asks of it, under the names of its own year.
    for source in catalogue.load_all():
        for millesime in found[source.id]:
            assert mirror.offer(root, source, millesime).files, (source.id, millesime)


@pytest.mark.lent
def test_everything_stages(extracts: Path, staged: dict[str, staging.Staged]) -> None:
    assert mirror.unclaimed(extracts) == []
    for source in catalogue.load_all():
        for millesime in mirror.vintages(extracts, source):
            assert mirror.offer(extracts, source, millesime).unknown == (), source.id
    # Answers to surveys have mistakes, as people make them; the files of producers have none.
    assert {name for name, s in staged.items() if s.unknown_headings or not s.rows} == set()
    faulty = {name for name, s in staged.items() if s.quarantined}
    assert {name for name in faulty if not name.startswith("enquete_")} == set()
    assert "enquete_rh_2024" in faulty
    assert {f"sae_{table}_{year}" for table in MADE for year in (2022, 2023)} <= staged.keys()
    assert "sae_ght_2022" in staged
    assert "sae_ght_2023" not in staged


def test_every_norman_group_and_line_that_breaks(staged: dict[str, staging.Staged]) -> None:
    assert len(staged["sae_ght_2022"].rejoined) == 1


# Of these tables no real row is at hand, beside others of their source of which there are.
UNSEEN = {"ages_departement.csv"}


def test_headers_are_the_real_ones(extracts: Path, mirror_root: Path) -> None:
    ours = {source.folder for source in catalogue.load_all() if source.contrat}  # no one else's layout to compare with
    for path in extracts.rglob("*.csv"):
        # Ours have no one else's layout to compare with; of FINESS, the mirror has a few lines by themselves.
        if path.relative_to(extracts).parts[0] in {*ours, "finess"}:
            continue
        official = mirror_root / path.relative_to(extracts)
        if not (mirror_root / path.relative_to(extracts).parts[0]).is_dir():
            continue  # a source of which no real row is at hand
        if path.name in UNSEEN:
            continue
        assert official.is_file()
        with path.open("rb") as made, official.open("rb") as theirs:
            assert made.readline() == theirs.readline(), path.name


def test_quirks_of_the_bytes(extracts: Path) -> None:
    def read(name: str) -> bytes:
        return (extracts / name).read_bytes()

    assert read("cnam_demographie/2024/toutes_specialites_departement.csv").startswith(b"\xef\xbb\xbfannee,")
    assert read("nomenclatures/fap2021.csv").startswith(b"\xef\xbb\xbf")
    assert not read("bmo/2024/bassin_emploi.csv").endswith(b"\n")
    assert b"\r\n1000," in read("zonage_medecins/2022/zonmed.csv")
    assert read("insee_cog/2023/table-appartenance-geo-communes-2023.csv").endswith(b"\n" + b"," * 16 + b"\n")
    assert b"C\x8cUR" in read("sae/2022/ID_2022r.csv")
    assert b'"GIE ""IMAGERIE FICTIVE"""' in read("sae/2022/ID_2022r.csv")
    assert "C\x8cUR".encode() in read("ght/2022/ght_membership_inferred_2022.csv")
    doctors = read("drees_demographie/2020/Medecin_departement_annee.csv")
    assert b"C\xf4te-d\x92Or" in doctors
    assert "Champ :  France entière".encode() in doctors
    assert doctors.endswith(b"\nTRUE,TRUE,TRUE,TRUE,TRUE,TRUE,TRUE,TRUE,TRUE,TRUE\n")
    assert read("cnam_demographie/2018/Effectif_et_densite_par_departement_en_2018.xls")[:4] == b"\xd0\xcf\x11\xe0"
    with zipfile.ZipFile(extracts / "insee_population/2022/estim-pop-dep-sexe-gca-1975-2022.xlsx") as book:
        assert b'conformance="strict"' in book.read("xl/workbook.xml")
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_contours(extracts: Path) -> None:
    folder = extracts / "contours" / "2018"
    france = json.loads((folder / "departements-version-simplifiee.geojson").read_text(encoding="utf-8"))
    assert len(france["features"]) == 96
    parts = json.loads((folder / "arrondissements-14-calvados.geojson").read_text(encoding="utf-8"))
    assert [f["properties"]["code"] for f in parts["features"]] == ["14001", "14002", "14003", "14004"]


# --- Figures --------------------------------------------------------------------------------------

MEDICAL = {
    "SPEMED": "starts_with(perso, 'M1')",
    "SPECHI": "starts_with(perso, 'M2')",
    "DT_MEDGEN": "perso = 'M1010'",
    "DT_URG": "perso = 'M1340'",
    "DT_ANESTREA": "perso IN ('M1030', 'M1031')",
    "DT_GYNOBS": "perso = 'M2050'",
    "PSY": "perso = 'M3020'",
    "ODON": "perso = 'M3030'",
    "PHARMA": "perso IN ('M3012', 'M3050')",
    "AUT": "perso IN ('M3011', 'M3040', 'M3060', 'M3070')",
    "TOT": "perso = 'M9999'",
}
NON_MEDICAL = {
    **{"DIR": "DIREC", "AUTADM": "ADMIN", "CAD": "CADRE", "INFAVECSPE": "INFSP", "INFSANSSPE": "INFNS"},
    **{"AID": "AIDES", "ASH": "ASHAU", "PSYCHO": "PSYCH", "SAG": "SAGFE", "REEDU": "REEDU", "SOINS": "SOITO"},
    **{"EDU": "EDUTO", "DTSOC": "ASSIS", "TEC": "TECHN", "TOT_PNM": "ETPPNM"},
}


def nz(*columns: str) -> str:
    return " + ".join(f"coalesce({column}, 0)" for column in columns)


@pytest.mark.parametrize("year", [2022, 2023])
def test_sygen_follows_from_q20(db: duckdb.DuckDBPyConnection, year: int) -> None:
    for x in ("EFFSAL", "ETPSAL", "EFFLIB"):
        sums = ", ".join(f"sum({x}) FILTER ({rule}) AS {name}" for name, rule in MEDICAL.items())
        wrong = " OR ".join(f"{nz(f's.{x}_{name}')} <> {nz(f'q.{name}')}" for name in MEDICAL)
        none(
            db,
            f"WITH q AS (SELECT finess, {sums} FROM sae_q20_{year} GROUP BY finess) "
            f"SELECT finess FROM q JOIN sae_sygen_{year} s USING (finess) WHERE {wrong}",
        )
    none(
        db,
        f"SELECT finess, perso FROM sae_q20_{year} WHERE coalesce(EFFSAL, 0) <> "
        f"{nz('EFFSALPLH', 'EFFSALPLF', 'EFFSALPAH', 'EFFSALPAF')} "
        f"OR coalesce(ETPSAL, 0) <> {nz('ETPSALH', 'ETPSALF')}",
    )
    none(
        db,
        f"SELECT finess FROM sae_q20_{year} GROUP BY finess HAVING sum(EFFSAL) FILTER (perso = 'M9999') "
        "<> sum(EFFSAL) FILTER (perso <> 'M9999')",
    )


@pytest.mark.parametrize("year", [2022, 2023])
def test_sygen_follows_from_q21_and_q22(db: duckdb.DuckDBPyConnection, year: int) -> None:
    none(
        db,
        f"SELECT finess FROM sae_q21_{year} q JOIN sae_sygen_{year} s USING (finess) "
        "WHERE disci = '9999' AND coalesce(q.ETP_INT, 0) <> coalesce(s.ETPINT, 0)",
    )
    expected = '"INT" + DOCJU + FFI' if year == 2022 else nz('"INT"', "DOCJU", "FFI")
    none(
        db,
        f"SELECT finess FROM sae_sygen_{year} s LEFT JOIN sae_q22_{year} q USING (finess) "
        f"WHERE s.EFF_INT IS DISTINCT FROM CASE WHEN q.finess IS NOT NULL THEN {expected} END",
    )
    if year == 2022:
        assert rows(db, 'SELECT 1 FROM sae_q22_2022 WHERE "INT" IS NOT NULL AND FFI IS NULL LIMIT 1')


@pytest.mark.parametrize("year", [2022, 2023])
def test_sygen_follows_from_q24(db: duckdb.DuckDBPyConnection, year: int) -> None:
    care = nz("DIRSI", "DRSNI") if year == 2022 else nz("DIRSOIN")
    pairs = {name: nz(column) for name, column in NON_MEDICAL.items()} | {"DIRSOI": care}
    pairs["TOT_HORS_SOINS"] = nz("ADMTO", "EDUTO", "PHLAB", "TECHN")
    wrong = " OR ".join(f"{nz(f's.ETP_{name}')} <> {value}" for name, value in pairs.items())
    split = nz("s.ETP_PERSPHARMA", "s.ETP_PERSLABO", "s.ETP_PERSRADIO", "s.ETP_AUTMEDTEC")
    none(
        db,
        f"SELECT finess FROM sae_q24_{year} q JOIN sae_sygen_{year} s USING (finess) "
        f"WHERE disci = '9999' AND ({wrong} OR {split} <> {nz('PHLAB')})",
    )
    none(
        db,
        f"SELECT finess, disci FROM sae_q24_{year} WHERE ETPPNM <> "
        f"{nz('ADMTO', 'SOITO', 'EDUTO', 'PHLAB', 'TECHN')} "
        f"OR coalesce(ADMTO, 0) <> {nz('DIREC', 'ADMIN')} + {care}",
    )
    for table, column in ((f"sae_q24_{year}", "ETPPNM"), (f"sae_q21_{year}", "ETP_SAL")):
        none(
            db,
            f"SELECT finess FROM (SELECT finess, sum({column}) FILTER (disci = '9999') a, "
            f"sum({column}) FILTER (disci IN ('1000', '2000')) b, "
            f"sum({column}) FILTER (disci = '2000') c, "
            f"sum({column}) FILTER (disci BETWEEN '2100' AND '2500') d "
            f"FROM {table} GROUP BY finess) WHERE a <> b OR c <> d",
        )
    sums = nz("EFF_SAG", "EFF_CAD", "EFF_INFAVECSPE", "EFF_INFSANSSPE", "EFF_AID", "EFF_ASH")
    sums += " + " + nz("EFF_PSYCHO", "EFF_REEDU")
    none(
        db,
        f"SELECT finess FROM sae_sygen_{year} WHERE {nz('EFF_SOINS')} <> {sums} "
        f"OR {nz('EFF_TOT_PNM')} <> {nz('EFF_SOINS', 'EFF_TOT_HORS_SOINS')}",
    )


def test_sae_habits(db: duckdb.DuckDBPyConnection) -> None:
    silent = "SELECT count(*) FROM sae_id_2023 ANTI JOIN sae_q20_2023 USING (finess)"
    assert 0 < rows(db, silent)[0][0] < 60
    assert rows(db, "SELECT 1 FROM sae_id_2023 ANTI JOIN sae_sygen_2023 USING (finess)")
    none(
        db,
        "SELECT finess FROM sae_sygen_2023 SEMI JOIN sae_q20_2023 USING (finess) WHERE EFFSAL_ODON IS NULL",
    )
    assert rows(db, "SELECT 1 FROM sae_sygen_2022 SEMI JOIN sae_q20_2022 USING (finess) WHERE EFFSAL_ODON IS NULL")
    assert {r[0] for r in rows(db, "SELECT DISTINCT departement FROM sae_id_2022 WHERE region < '10'")} == {
        *("9A", "9B", "9C", "9D", "9F")
    }
    assert {r[0] for r in rows(db, "SELECT DISTINCT secteur FROM sae_id_2022")} == {"1", "2", "3"}
    multiple = "SELECT finess_ej FROM sae_id_2022 WHERE region = '28' GROUP BY ALL HAVING count(*) > 1"
    assert len(rows(db, multiple)) > 5


def test_ght_totals_are_sums_of_members(db: duckdb.DuckDBPyConnection) -> None:
    columns = [c.name for c in catalogue.load("sae").of_table("ght") if c.name.startswith(("EFF", "ETP", "LIT", "PLA"))]
    sums = ", ".join(f"sum({c}) AS {c}" for c in columns)
    wrong = " OR ".join(f"{nz(f'g.{c}')} <> {nz(f'm.{c}')}" for c in columns)
    members = (
        "ght_2022 JOIN sae_id_2022 i USING (finess_ej) JOIN sae_sygen_2022 s ON s.finess = i.finess "
        "WHERE i.secteur = '1'"
    )
    none(
        db,
        f"WITH m AS (SELECT code_ght, {sums} FROM {members} GROUP BY code_ght) "
        f"SELECT code_ght FROM sae_ght_2022 g LEFT JOIN m USING (code_ght) "
        f"WHERE code_ght LIKE '28%' AND (m.code_ght IS NULL OR {wrong})",
    )
    codes = [r[0] for r in rows(db, "SELECT DISTINCT code_ght FROM ght_2023 ORDER BY 1")]
    assert codes == [str(n) for n in range(28101, 28112)]
    assert len(rows(db, "FROM sae_ght_2022 WHERE code_ght NOT LIKE '28%'")) > 90


def test_ght_special_cases(db: duckdb.DuckDBPyConnection) -> None:
    outside = "SELECT departement FROM sae_id_2023 SEMI JOIN ght_2023 USING (finess_ej) WHERE region <> '28'"
    assert rows(db, outside) == [("72",)]
    moved = "SELECT count(*) FROM ght_2022 a JOIN ght_2023 b USING (finess_ej) WHERE a.code_ght <> b.code_ght"
    assert rows(db, moved) == [(1,)]
    private = "SELECT secteur FROM sae_id_{} SEMI JOIN ght_{} USING (finess_ej) WHERE "
    private += "secteur <> '1'"
    assert rows(db, private.format(2023, 2023)) == [("3",)]
    assert rows(db, private.format(2022, 2022)) == []


def test_population(db: duckdb.DuckDBPyConnection) -> None:
    none(
        db,
        "SELECT annee, departement, sexe FROM insee_population_departements_2022 GROUP BY ALL "
        "HAVING sum(population) <> 2 * sum(population) FILTER (tranche_age = 'Total')",
    )
    none(
        db,
        "SELECT annee, departement, tranche_age FROM insee_population_departements_2022 GROUP BY ALL "
        "HAVING sum(population) <> 2 * sum(population) FILTER (sexe = 'Ensemble')",
    )
    none(
        db,
        "SELECT annee FROM insee_population_departements_2022 WHERE sexe = 'Ensemble' "
        "AND tranche_age = 'Total' GROUP BY annee "
        "HAVING sum(population) FILTER (regexp_full_match(departement, '[0-9][0-9AB][0-9]?')) "
        "<> max(population) FILTER (departement LIKE 'France%')",
    )
    none(
        db,
        "WITH c AS (SELECT departement, 2000 + annee2 AS annee, sum(population) AS n "
        "FROM insee_population_communes_2021 GROUP BY ALL) "
        "SELECT departement, annee FROM c JOIN insee_population_departements_2022 d "
        "USING (departement, annee) WHERE sexe = 'Ensemble' AND tranche_age = 'Total' AND n <> population",
    )
    regions = rows(db, "SELECT DISTINCT region FROM insee_population_communes_2021 WHERE departement = '14'")
    assert regions == [("25",)]
    missing = (
        "SELECT commune FROM insee_cog_communes_2023 "
        "ANTI JOIN insee_population_communes_2021 USING (commune) WHERE region = '28'"
    )
    assert len(rows(db, missing)) == 1


def test_drees(db: duckdb.DuckDBPyConnection) -> None:
    for table, column in (("departements", "territoire"), ("ages", "tranche_age"), ("sexes", "sexe")):
        none(
            db,
            f"SELECT profession, annee FROM drees_demographie_{table}_2020 GROUP BY ALL "
            f"HAVING sum(effectif) <> 2 * sum(effectif) FILTER ({column} = 'Ensemble')",
        )
    ages = next(
        s.staged_name(t) + "_2022"
        for s in catalogue.load_all()
        for t in s.tables
        if s.folder == "drees_demographie" and s.id != "drees_demographie"
    )
    for one, other in (("territoire", "tranche_age"), ("tranche_age", "territoire")):
        none(
            db,
            f"SELECT {one} FROM {ages} GROUP BY {one} "
            f"HAVING sum(effectif) <> 2 * sum(effectif) FILTER ({other} = 'Ensemble')",
        )


def test_cnam(db: duckdb.DuckDBPyConnection) -> None:
    table = "cnam_demographie_2018"
    none(db, f"SELECT 1 FROM {table} WHERE abs(densite - 100000.0 * effectif / population) > 1e-9")
    none(
        db,
        f"SELECT feuille, profession FROM {table} GROUP BY ALL "
        "HAVING sum(effectif) FILTER (departement NOT LIKE 'TOTAL%') "
        "<> max(effectif) FILTER (departement = 'TOTAL France ENTIERE')",
    )
    none(
        db,
        f"SELECT departement FROM {table} WHERE profession IN "
        "('01- OMNIPRATICIENS', 'TOTAL SPECIALISTES', 'TOTAL MEDECINS') GROUP BY departement "
        "HAVING sum(effectif) <> 2 * sum(effectif) FILTER (profession = 'TOTAL MEDECINS')",
    )
    none(
        db,
        "SELECT profession, region FROM cnam_demographie_2024 WHERE region <> '99' GROUP BY ALL "
        "HAVING sum(effectif) <> 2 * sum(effectif) FILTER (departement = '999')",
    )


def test_recruitment(db: duckdb.DuckDBPyConnection) -> None:
    hidden, visible = rows(
        db,
        "SELECT avg((met_statut = 'secret')::INT), avg((met_statut = 'publié')::INT + "
        "(xmet_statut = 'publié')::INT + (smet_statut = 'publié')::INT) / 3 FROM bmo_projets_2024",
    )[0]
    assert 0.15 < hidden < 0.25
    assert 0.5 < visible < 0.65
    none(
        db,
        "SELECT 1 FROM bmo_projets_2024 WHERE xmet > met OR smet > met OR (met IS NULL AND xmet IS NOT NULL)",
    )
    health = {"V0X60", "V1X80", "V2X90", "V2X91", "V2X93", "V3X70", "V3X71", "V3X80", "V3X90"}
    assert health <= {r[0] for r in rows(db, "SELECT DISTINCT fap FROM bmo_projets_2024")}
    none(
        db,
        "SELECT 1 FROM dares_metiers_2030_2019 WHERE abs(creations_destructions_milliers "
        "+ departs_fin_carriere_milliers - postes_a_pourvoir_milliers) > 1e-12 "
        "OR abs(postes_a_pourvoir_milliers + jeunes_debutants_milliers "
        "+ solde_mobilites_inter_regions_milliers - desequilibre_milliers) > 1e-12 "
        "OR jeunes_debutants_milliers >= 0",
    )
    assert rows(db, "SELECT 1 FROM dares_tensions_2019 WHERE tension IS NULL LIMIT 1")
    none(db, "SELECT 1 FROM dares_tensions_2019 WHERE tension_categorie IS NOT NULL AND main_oeuvre IS NULL")


def test_training(db: duckdb.DuckDBPyConnection) -> None:
    none(
        db,
        "SELECT cod_aff_form FROM parcoursup_formations_2025 WHERE acc_tot <> acc_pp + acc_pc "
        "OR acc_tot <> acc_neobac + acc_at OR acc_neobac <> acc_bg + acc_bt + acc_bp "
        "OR acc_tot_f > acc_tot",
    )
    kinds = rows(db, "SELECT (fili = 'IFSI'), count(*) FROM parcoursup_formations_2025 GROUP BY 1 ORDER BY 1")
    assert kinds == [(False, 7), (True, 17)]


def test_territories(db: duckdb.DuckDBPyConnection) -> None:
    def count(column: str) -> object:
        return rows(db, f"SELECT count(DISTINCT {column}) FROM insee_cog_communes_2024")[0][0]

    assert (count("region"), count("departement")) == (18, 101)
    none(
        db,
        "SELECT i.commune FROM sae_id_2023 i ANTI JOIN insee_cog_communes_2024 c ON c.commune = i.commune "
        "WHERE i.region >= '10'",
    )
    names = f"SELECT code FROM insee_cog_libelles_2024 WHERE niveau = 'ARR' AND code[:2] IN {NORMANDS}"
    assert len(rows(db, names)) == 17
    # Every line of the zoning finds its commune once the zero is back.
    none(
        db,
        "SELECT z.code_postal, z.commune_libelle FROM zonage_medecins_2022 z "
        "ANTI JOIN insee_cog_communes_2023 c ON c.libelle = z.commune_libelle",
    )


def test_a_wheel_goes_without_the_samples_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert packaged["targets"]["wheel"]["packages"] == ["pipelines"]
    monkeypatch.setitem(sys.modules, "samples", None)  # as where only the wheel is installed
    found = CliRunner().invoke(cli.app, ["echantillon", str(tmp_path / "extraits")])
    assert isinstance(found.exception, UsageError)
    assert "samples/" in found.exception.what
    assert "--sources" in found.exception.todo
    assert not (tmp_path / "extraits").exists()


def test_what_somebody_puts_in_a_folder_of_samples_is_named(tmp_path: Path) -> None:
    assert samples.added(tmp_path / "nulle-part") == ""
    (tmp_path / "ght" / "2023").mkdir(parents=True)
    one = tmp_path / "ght" / "2023" / "ght.csv"
    one.write_text("a\n", encoding="utf-8")
    assert samples.added(tmp_path) == ""  # nothing says that these are samples
    (tmp_path / samples.MARKER).write_text('{"fichiers": {"ght/2023/ght.csv": 2}}', encoding="utf-8")
    assert samples.added(tmp_path) == ""
    (tmp_path / "sae" / "2024").mkdir(parents=True)
    (tmp_path / "sae" / "2024" / "ID.csv").touch()
    assert samples.added(tmp_path) == "sae/2024/ID.csv"
    one.write_text("changé\n", encoding="utf-8")
    assert samples.added(tmp_path) == "ght/2023/ght.csv, sae/2024/ID.csv"
