"""SAE as DREES publishes it, one archive a year, and the year that has no questionnaire of staff."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import py7zr
import pytest
from fixtures_entrepots import environment, none, one, rows

import samples
from pipelines import catalogue, steps
from pipelines.arrival import landing
from pipelines.connectors import mirror
from pipelines.errors import RefusedError
from pipelines.settings import Settings
from samples import etablissements, sae, territoires

SEVEN = "SAE {} Bases statistiques - formats SAS-CSV.7z"


def make(root: Path, *years: int) -> list[Path]:
    parc = etablissements.build(samples.SEED, 1.0, territoires.build(samples.SEED, 1.0))
    return [sae.archive(root, parc, samples.SEED, year) for year in years]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[Path, Settings]]:
    root = tmp_path / "extraits"
    make(root, 2020, 2021)
    (root / "FICTIF.txt").write_text("fictif\n", encoding="utf-8")
    with environment(tmp_path / "entrepot", root) as now:
        yield root, now


def test_same_bytes(tmp_path: Path) -> None:
    first, second = make(tmp_path / "a", 2020)[0], make(tmp_path / "b", 2020)[0]
    assert first.read_bytes() == second.read_bytes()


def test_an_archive_is_kept_as_received_and_its_members_read(room: tuple[Path, Settings]) -> None:
    root, now = room
    source = catalogue.load("sae")
    assert mirror.vintages(root, source) == [2020, 2021]
    landed = landing.archive(now.landing, source, mirror.offer(root, source, 2021))
    name = SEVEN.format(2021)
    by_name = {f.name: f for f in landed.files}
    assert set(by_name) == {name, *(f"{t}_2021r.csv" for t in ("ID", "Q20", "Q21", "Q22", "Q24", "SYGEN"))}
    sent = (root / "sae" / "2021" / name).read_bytes()
    assert (landed.folder(now.landing) / name).read_bytes() == sent
    assert (by_name[name].sha256, by_name[name].archive) == (hashlib.sha256(sent).hexdigest(), "")
    assert {f.archive for f in landed.files if f.name != name} == {name}
    record = json.loads((landed.folder(now.landing) / landing.PROVENANCE).read_text(encoding="utf-8"))
    assert {f["name"]: f.get("archive", "") for f in record["files"]} == {f.name: f.archive for f in landed.files}
    assert [p.name for p in landed.folder(now.landing).iterdir() if p.name.startswith(".")] == []
    # The same archive again is the same revision.
    assert not landing.archive(now.landing, source, mirror.offer(root, source, 2021)).new


def test_a_zip_does_as_well(room: tuple[Path, Settings], tmp_path: Path) -> None:
    root, _ = room
    folder = root / "sae" / "2021"
    with py7zr.SevenZipFile(folder / SEVEN.format(2021)) as archive:
        archive.extractall(tmp_path / "clair")
    (folder / SEVEN.format(2021)).unlink()
    with zipfile.ZipFile(folder / "sae_2021.zip", "w") as target:
        for path in sorted((tmp_path / "clair").rglob("*.csv")):
            target.write(path, path.relative_to(tmp_path / "clair"))
    assert steps.ingest("sae", 2021)["ecartees"] == 0


def test_loose_files_beside_their_archive(room: tuple[Path, Settings], tmp_path: Path) -> None:
    root, now = room
    folder = root / "sae" / "2021"
    with py7zr.SevenZipFile(folder / SEVEN.format(2021)) as archive:
        archive.extractall(tmp_path / "clair")
    (sygen,) = (tmp_path / "clair").rglob("SYGEN_2021r.csv")
    shutil.copyfile(sygen, folder / sygen.name)
    source = catalogue.load("sae")
    landed = landing.archive(now.landing, source, mirror.offer(root, source, 2021))
    assert {f.name: f.archive for f in landed.files}[sygen.name] == ""
    (folder / sygen.name).write_bytes(sygen.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(RefusedError, match="les deux diffèrent"):
        landing.archive(now.landing, source, mirror.offer(root, source, 2021))


def test_an_archive_without_a_table_is_refused(room: tuple[Path, Settings]) -> None:
    root, _ = room
    folder = root / "sae" / "2021"
    shutil.rmtree(folder)
    folder.mkdir()
    with py7zr.SevenZipFile(folder / "SAE 2021.7z", "w") as archive:
        archive.writestr("FI;AN\n", "Bases CSV/ID_2021r.csv")
    with pytest.raises(RefusedError, match="Il manque 5 fichiers, ceux des tables « q20 »"):
        steps.fetch("sae", 2021)
    with py7zr.SevenZipFile(folder / "SAE 2021.7z", "w") as archive:
        archive.writestr("rien", "LISEZ-MOI.txt")
    with pytest.raises(RefusedError, match=r"aucun des fichiers attendus|contient une autre archive"):
        steps.fetch("sae", 2021)
    (folder / "SAE 2021.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + b"x" * 40)
    with pytest.raises(RefusedError, match="abîmée"):
        steps.fetch("sae", 2021)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_extracts: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Four exercises in a row, the second without staff."""
    root = tmp_path_factory.mktemp("sae")
    for name in ("sae", "ght", "insee_cog", "bmo"):
        shutil.copytree(sample_extracts / name, root / "extraits" / name)
    make(root / "extraits", 2020, 2021)
    (root / "extraits" / "FICTIF.txt").write_text("fictif\n", encoding="utf-8")
    with environment(root / "entrepot", root / "extraits"):
        for source in ("sae", "ght", "insee_cog", "bmo"):
            for millesime in steps.vintages(source):
                assert steps.ingest(source, millesime)["ecartees"] == 0, (source, millesime)
        steps.lock(2025)
        target = steps.build(2025)
        steps.check_marts(target)
        with duckdb.connect(target, read_only=True) as connection:
            yield connection


@pytest.mark.lent
@pytest.mark.parametrize("table", ["fiches.es_personnels", "fiches.ej_personnels", "atlas.hospitaliers"])
def test_the_year_without_staff_is_a_hole_with_a_reason(made: duckdb.DuckDBPyConnection, table: str) -> None:
    found = rows(
        made, f"SELECT statut, count(valeur), count(*) > 100 FROM {table} WHERE millesime = 2020 GROUP BY statut"
    )
    assert found == [("non collecté", 0, True)]
    none(made, f"SELECT 1 FROM {table} WHERE millesime <> 2020 AND statut = 'non collecté'")
    assert one(made, f"SELECT count(valeur) > 100 FROM {table} WHERE millesime = 2021")


@pytest.mark.lent
def test_the_hole_is_said(made: duckdb.DuckDBPyConnection) -> None:
    said = rows(
        made, "SELECT objet, avertissement FROM qualite.avertissements WHERE sujet = 'table absente' ORDER BY 1"
    )
    assert [objet for objet, _ in said] == ["2020, q20", "2020, q21", "2020, q22", "2020, q24"]
    assert all("vide, non nul" in text for _, text in said)
    controls = "SELECT count(*) FROM qualite.controles WHERE controle = 'table_publiee' AND millesime = 2020"
    assert one(made, f"{controls} AND contains(motif, 'allégé')") == 4


def test_beds_of_the_year_without_staff_are_there(made: duckdb.DuckDBPyConnection) -> None:
    assert one(made, "SELECT sum(LIT_MED) > 0 FROM fiches.etablissements WHERE millesime = 2020")


def test_renamed_columns_of_2021_are_read(made: duckdb.DuckDBPyConnection) -> None:
    """DIRINF is DIRSOI, the two care directors of Q24 are one, and CF_AT is known, though not read."""
    assert one(made, "SELECT sum(ETP_DIRSOI) > 0 FROM staging.sae_sygen WHERE millesime = 2021")
    none(made, "FROM qualite.controles WHERE controle = 'colonnes_connues' AND millesime = 2021")
    assert one(made, "SELECT sum(DIRSOIN) > 0 AND count(DIRSI) = 0 FROM staging.sae_q24 WHERE millesime = 2021")
