"""`atlas verifier` finds whatever was changed behind the atlas's back; `atlas reparer` puts right what can be."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from fixtures_entrepots import EDITION, a_copy, environment
from test_state import GHT, cut, empty_of, extract, lost, provenance
from typer.testing import CliRunner

from pipelines import cli, journal, steps
from pipelines.arrival import landing, outcomes
from pipelines.disclosure import memory
from pipelines.edition import lockfile
from pipelines.errors import DamagedError, UsageError
from pipelines.releases import drafts, manifest
from pipelines.releases.drafts import Draft
from pipelines.runtime import fingerprints, state
from pipelines.settings import Settings
from pipelines.upkeep import repair, verify

DAMAGES = [empty_of, cut, lost]


@pytest.fixture(scope="module")
def locked(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small warehouse with a lock, and a release of two files that carries it."""
    with environment(tmp_path_factory.mktemp("garde"), sample_extracts) as now:
        steps.ingest(*GHT)
        steps.ingest("ght", 2022)
        steps.lock(EDITION)
        folder = now.releases / f"{EDITION}-28" / f"{EDITION}.1"
        (folder / "csv").mkdir(parents=True)
        shutil.copyfile(lockfile.path(now, EDITION), folder / lockfile.LOCK)
        (folder / "csv" / "a.csv").write_text("n\n1\n", encoding="utf-8")
        (folder / "atlas_public.duckdb").write_bytes(b"base")
        manifest.seal(folder, {"fichiers": manifest.listed(folder)})
        return now


@pytest.fixture
def now(locked: Settings, tmp_path: Path) -> Any:
    """A copy of it, to be damaged, with no extract in sight."""
    made = a_copy(locked, tmp_path / "entrepot")
    shutil.copytree(locked.releases, made.releases)
    (tmp_path / "vide").mkdir()
    with environment(made.warehouse, tmp_path / "vide") as found:
        yield found


def release(now: Settings) -> Path:
    return now.releases / f"{EDITION}-28" / f"{EDITION}.1"


def kinds(now: Settings) -> list[str]:
    return [fault.quoi for fault in verify.faults(now)]


def changed(path: Path) -> None:
    """One bit of a file, whatever its rights."""
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    path.chmod(0o444)


def mended(now: Settings) -> list[tuple[str, bool]]:
    return [(one.fault.quoi, one.fait) for one in repair.repair(now)]


def test_what_was_left_alone_has_no_fault(now: Settings) -> None:
    assert verify.faults(now) == []
    assert [*repair.repair(now)] == []


# --- The archive ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_record_comes_back_from_the_lock_that_pins_its_bytes(now: Settings, damage: Callable[[Path], None]) -> None:
    before = landing.revision(now.landing, *GHT, 1)
    damage(provenance(now))
    assert kinds(now) == [verify.RECORD]
    assert mended(now) == [(verify.RECORD, True)]
    assert landing.revision(now.landing, *GHT, 1) == before
    assert verify.faults(now) == []


def test_a_record_beside_other_bytes_does_not_come_back(now: Settings) -> None:
    changed(extract(now))
    lost(provenance(now))
    assert mended(now)[0] == (verify.RECORD, False)
    with pytest.raises(DamagedError):
        landing.revision(now.landing, *GHT, 1)


def test_a_record_comes_back_from_the_extract(
    now: Settings, sample_extracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(now.editions)
    shutil.rmtree(now.releases)
    before = landing.revision(now.landing, *GHT, 1)
    cut(provenance(now))
    assert mended(now) == [(verify.RECORD, False)]
    monkeypatch.setenv("ATLAS_SOURCES", str(sample_extracts))
    assert mended(Settings(sample_extracts, now.warehouse)) == [(verify.RECORD, True)]
    assert landing.revision(now.landing, *GHT, 1) == before


@pytest.mark.parametrize("damage", [*DAMAGES, changed])
def test_bytes_come_back_from_the_extract_or_are_told(
    now: Settings, sample_extracts: Path, damage: Callable[[Path], None]
) -> None:
    path = extract(now)
    good = path.read_bytes()
    damage(path)
    assert mended(now) == [(verify.BYTES, False)]
    assert kinds(now) == [verify.BYTES]
    assert mended(Settings(sample_extracts, now.warehouse)) == [(verify.BYTES, True)]
    assert path.read_bytes() == good
    assert landing.numbers(now.landing, *GHT) == [1]


# --- Staging, locks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *((outcomes.OUTCOME, damage) for damage in DAMAGES),
        *((name, damage) for name in ("ght.parquet", outcomes.QUARANTINE) for damage in (*DAMAGES, changed)),
    ],
)
def test_what_is_staged_is_made_anew_from_the_archive(now: Settings, name: str, damage: Callable[[Path], None]) -> None:
    path = outcomes.folder(now, *GHT, 1) / name
    good = path.read_bytes()
    damage(path)
    assert kinds(now) == [verify.STAGED]
    assert mended(now) == [(verify.STAGED, True)]
    assert path.read_bytes() == good
    assert verify.faults(now) == []


@pytest.mark.parametrize("damage", DAMAGES[:2])
def test_a_lock_comes_back_from_the_release_that_carries_it(now: Settings, damage: Callable[[Path], None]) -> None:
    path = lockfile.path(now, EDITION)
    good = path.read_bytes()
    damage(path)
    assert kinds(now) == [verify.LOCK]
    assert mended(now) == [(verify.LOCK, True)]
    assert path.read_bytes() == good


def test_a_pin_without_its_archive_is_told(now: Settings) -> None:
    shutil.rmtree(now.landing / "ght" / "2022")
    assert kinds(now) == [verify.PIN]
    assert "ght 2022, révision 1" in verify.faults(now)[0].constat


def test_a_warehouse_that_is_no_longer_one_is_told(now: Settings) -> None:
    now.built(EDITION).write_bytes(b"autre chose")
    assert kinds(now) == [verify.BUILD]


# --- Releases -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csv/a.csv", "atlas_public.duckdb", lockfile.LOCK, manifest.MANIFEST])
@pytest.mark.parametrize("damage", [changed, "lost"])
def test_a_falsified_file_of_a_release_is_noticed(now: Settings, name: str, damage: Any) -> None:
    path = release(now) / name
    (lost if damage == "lost" else changed)(path)
    assert verify.RELEASE in kinds(now)
    assert str(path) in [fault.fichier for fault in verify.faults(now)]
    assert (verify.RELEASE, False) in mended(now)


def test_a_file_that_is_none_of_a_release_is_noticed(now: Settings) -> None:
    (release(now) / "csv" / "b.csv").write_text("n\n", encoding="utf-8")
    (release(now) / "csv" / "b.csv").chmod(0o444)
    assert [fault.constat for fault in verify.faults(now)] == ["n'est pas de la publication"]


def test_a_hash_that_follows_a_falsified_file_does_not_agree_with_the_manifest(now: Settings) -> None:
    path, sums = release(now) / "csv" / "a.csv", release(now) / manifest.SUMS
    before = sums.read_text(encoding="utf-8")
    changed(path)
    sums.chmod(0o644)
    old = next(line for line in before.splitlines() if line.endswith("csv/a.csv"))
    sums.write_text(before.replace(old, f"{fingerprints.sha256(path)}  csv/a.csv"), encoding="utf-8")
    sums.chmod(0o444)
    assert kinds(now) == [verify.RELEASE]


def test_a_release_that_was_left_open_is_closed(now: Settings) -> None:
    (release(now) / "csv" / "a.csv").chmod(0o644)
    assert kinds(now) == [verify.RIGHTS]
    assert mended(now) == [(verify.RIGHTS, True)]
    assert verify.faults(now) == []


def test_a_release_of_before_the_hashes_is_read_by_its_manifest(now: Settings) -> None:
    lost(release(now) / manifest.SUMS)
    assert verify.faults(now) == []
    changed(release(now) / "csv" / "a.csv")
    assert kinds(now) == [verify.RELEASE]


# --- The commands ---------------------------------------------------------------------------------------


def test_the_commands_say_what_they_found_and_did(now: Settings, tmp_path: Path) -> None:
    run = CliRunner()
    good = run.invoke(cli.app, ["verifier"])
    assert (good.exit_code, "Tout est tel qu'il a été laissé" in good.output) == (0, True)
    cut(provenance(now))
    (release(now) / "csv" / "a.csv").chmod(0o644)
    found = run.invoke(cli.app, ["verifier", "--json"])
    assert found.exit_code == 5
    assert [fault["quoi"] for fault in json.loads(found.stdout)] == [verify.RECORD, verify.RIGHTS]
    done = run.invoke(cli.app, ["reparer"])
    assert done.exit_code == 0, done.output
    assert done.output.count("réparé") == 2
    copy = shutil.copytree(release(now), tmp_path / "copie")
    assert run.invoke(cli.app, ["verifier", str(copy)]).exit_code == 0
    changed(copy / "csv" / "a.csv")
    assert run.invoke(cli.app, ["verifier", str(copy)]).exit_code == 5
    changed(release(now) / "csv" / "a.csv")
    left = run.invoke(cli.app, ["reparer"])
    assert left.exit_code == 5
    assert "1 défaut(s) restent" in left.output


# --- What is no longer there at all -----------------------------------------------------------------------


def noted(now: Settings) -> None:
    """What the journal and the registers of a warehouse say of its release."""
    journal.write(now.warehouse, etape="fetch", resultat="fait", source=GHT[0], millesime=GHT[1], revision=1)
    what = {"resultat": "fait", "edition": EDITION, "region": "28"}
    journal.write(now.warehouse, etape="draft", brouillon="abc", **what)
    journal.write(now.warehouse, etape="publish", version=f"{EDITION}.1", **what)
    made = Draft("abc", EDITION, "28", "", f"{EDITION}.1", None, "c", True, 1, True, (), "", drafts.PUBLISHED)
    folder = made.folder(now)
    folder.mkdir(parents=True)
    state.write(folder / drafts.RECORD, json.dumps(asdict(made)))
    for path in release(now).rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    said = manifest.read(release(now))
    (release(now) / manifest.MANIFEST).unlink()
    (release(now) / manifest.SUMS).unlink()
    manifest.seal(release(now), {**said, "protection": 1})
    now.protection.mkdir()
    memory.path(now.protection, 1).write_bytes(b"ensemble")


LOSSES = {
    "releases": [verify.RELEASE],
    "protection": [verify.PROTECTION],
    "editions": [verify.LOCK],
    "brouillons": [verify.REGISTER],
    f"landing/{GHT[0]}/{GHT[1]}": [verify.PIN, verify.BYTES],
}


@pytest.mark.parametrize("folder", LOSSES)
def test_what_is_gone_as_a_whole_is_told(now: Settings, folder: str) -> None:
    noted(now)
    assert verify.faults(now) == []
    shutil.rmtree(now.warehouse / folder)
    assert kinds(now) == LOSSES[folder]


def test_a_damaged_register_hides_no_loss(now: Settings) -> None:
    noted(now)
    (now.drafts / f"{EDITION}-28" / "abc" / drafts.RECORD).write_text("{", encoding="utf-8")
    shutil.rmtree(now.releases)
    assert kinds(now) == [verify.REGISTER, verify.RELEASE]


def test_a_release_that_housekeeping_took_away_is_no_loss(now: Settings) -> None:
    noted(now)
    journal.write(now.warehouse, etape="menage", resultat="fait", efface=[str(release(now))])
    shutil.rmtree(release(now))
    assert kinds(now) == []


def test_a_folder_that_is_neither_a_release_nor_backups_has_no_faults_to_list(now: Settings, tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "ailleurs" / "note.txt").touch()
    for folder in (tmp_path / "ailleurs", tmp_path / "nulle-part"):
        done = CliRunner().invoke(cli.app, ["verifier", str(folder)])
        assert "n'est ni une publication, ni un dossier de sauvegardes" in str(done.exception)
    copied = shutil.copytree(release(now), tmp_path / "recue")
    (copied / manifest.MANIFEST).unlink()
    assert CliRunner().invoke(cli.app, ["verifier", str(copied)]).exit_code == 5


def test_a_warehouse_that_is_not_there_is_not_as_it_was_left(tmp_path: Path) -> None:
    with environment(tmp_path / "nulle-part"):
        done = CliRunner().invoke(cli.app, ["verifier"])
    assert isinstance(done.exception, UsageError)
    assert "Il n'y a rien à vérifier" in str(done.exception)
    assert not (tmp_path / "nulle-part").exists()
