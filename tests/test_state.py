"""What the warehouse notes of itself, cut, emptied or lost: told on one screen, alone concerned, mended from the rest.

Each case damages one record of a small warehouse as a disk or a power cut does.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fixtures_entrepots import EDITION, ROOT, environment

from pipelines import catalogue, journal, steps
from pipelines.arrival import landing, outcomes
from pipelines.connectors import Offer
from pipelines.edition import lockfile
from pipelines.errors import DamagedError, UsageError
from pipelines.runtime import state
from pipelines.settings import Settings

GHT = ("ght", 2023)
SAE = catalogue.load("sae")


def empty_of(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def otherwise(path: Path) -> None:
    path.write_text('{"d\'un autre": 1}', encoding="utf-8")


def lost(path: Path) -> None:
    path.unlink()


DAMAGES = [empty_of, cut, otherwise, lost]


def provenance(now: Settings, source: str = GHT[0], millesime: int = GHT[1]) -> Path:
    return now.landing / source / str(millesime) / "r1" / landing.PROVENANCE


def extract(now: Settings) -> Path:
    """The archived file of the vintage."""
    return landing.revision(now.landing, *GHT, 1).paths(now.landing)[0]


@pytest.fixture
def kept(empty: Settings) -> Settings:
    """A warehouse with a vintage accepted."""
    steps.ingest(*GHT)
    return empty


# --- Written whole --------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_the_record_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "note.json"
    state.write(path, "{}\n")

    def fail(descriptor: int) -> None:
        raise OSError(28, "plein")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="plein"):
        state.write(path, '{"a": 1}\n')
    assert path.read_text(encoding="utf-8") == "{}\n"
    assert [p.name for p in tmp_path.iterdir()] == ["note.json"]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "note.json", []
    real = os.fsync

    def look(descriptor: int) -> None:
        seen.append(path.exists())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    state.write(path, "{}\n")
    assert seen == [False, True]  # the bytes, then the name


def test_records_are_read_and_written_in_one_place() -> None:
    """No room takes a record of ours apart by itself: what a reader of extracts parses is not one."""
    rooms = [*(ROOT / "pipelines" / "arrival").glob("*.py"), *(ROOT / "pipelines" / "edition").glob("*.py")]
    rooms += [ROOT / "pipelines" / "releases" / "release.py", *(ROOT / "pipelines" / "cli").glob("*.py")]
    own = re.compile(r"json\.loads?\([^\n]*read_(?:text|bytes)|write_text\([^\n]*json|\.with_suffix\(\"\.en-cours\"\)")
    assert {path.name: found for path in rooms if (found := own.findall(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize("name", ["a?b", "a*b", "a[b]"])
def test_a_path_that_duckdb_would_misread_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="DuckDB lirait mal"), environment(tmp_path / name):
        pass


# --- The archive ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_lost_record_is_told_and_comes_back_with_the_extract(kept: Settings, damage: Callable[[Path], None]) -> None:
    path = provenance(kept)
    before = json.loads(path.read_text(encoding="utf-8"))
    damage(path)
    with pytest.raises(DamagedError, match=r"provenance\.json") as told:
        landing.revisions(kept.landing, *GHT)
    assert told.value.where.file == str(path)
    assert "atlas reparer" in told.value.todo
    assert told.value.exit_code == 5
    steps.ingest("ght", 2022)  # no other is concerned
    landing.any_fictitious(kept.landing)
    assert steps.fetch(*GHT) == 1
    after = json.loads(path.read_text(encoding="utf-8"))
    assert {**after, "recu_le": ""} == {**before, "recu_le": ""}
    assert steps.check(*GHT, 1)["inchange"]


def test_other_bytes_beside_a_lost_record_are_another_revision(tmp_path: Path) -> None:
    root, offered = tmp_path / "landing", tmp_path / "id.csv"
    offered.write_text("x\n", encoding="utf-8")
    landing.archive(root, SAE, Offer("sae", 2022, (offered,), fictif=True))
    lost(root / "sae" / "2022" / "r1" / landing.PROVENANCE)
    offered.write_text("autre\n", encoding="utf-8")
    assert landing.archive(root, SAE, Offer("sae", 2022, (offered,), fictif=True)).revision == 2
    assert (root / "sae" / "2022" / "r1" / "id.csv").read_text(encoding="utf-8") == "x\n"
    offered.write_text("x\n", encoding="utf-8")
    assert landing.archive(root, SAE, Offer("sae", 2022, (offered,), fictif=True)).revision == 1


@pytest.mark.parametrize("damage", [empty_of, cut, lost])
def test_a_lost_file_comes_back_with_the_extract(kept: Settings, damage: Callable[[Path], None]) -> None:
    path = extract(kept)
    good = path.read_bytes()
    damage(path)
    shutil.rmtree(kept.staging)
    with pytest.raises(DamagedError, match="Un fichier archivé") as told:
        steps.restage(*GHT)
    assert "déposer" in told.value.todo
    assert steps.ingest(*GHT)["controles"] > 0
    assert path.read_bytes() == good
    assert path.name in journal.entries(kept.warehouse)[-3]["retablis"]
    assert landing.numbers(kept.landing, *GHT) == [1]


def test_a_restricted_file_that_comes_back_stays_closed(tmp_path: Path) -> None:
    restricted = next(source for source in catalogue.load_all() if source.restreint)
    offered, root = tmp_path / "a.csv", tmp_path / "landing"
    offered.write_text("x\n", encoding="utf-8")
    offer = Offer(restricted.id, 2024, (offered,), fictif=False)
    folder = landing.archive(root, restricted, offer).folder(root)
    for name in ("a.csv", landing.PROVENANCE):
        lost(folder / name)
        if name == landing.PROVENANCE:
            assert (folder / "a.csv").is_file()
        landing.archive(root, restricted, offer)
    assert {oct(p.stat().st_mode & 0o777) for p in folder.iterdir()} == {"0o600"}


# --- What was judged ------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_lost_outcome_is_judged_anew(kept: Settings, damage: Callable[[Path], None]) -> None:
    path = outcomes.folder(kept, *GHT, 1) / outcomes.OUTCOME
    before = path.read_bytes()
    damage(path)
    if damage is not lost:
        # A lock would be made without it: it says so instead.
        with pytest.raises(DamagedError, match=r"bilan\.json"):
            steps.lock(EDITION, update=True)
    assert not steps.ingest(*GHT)["inchange"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", DAMAGES[:3])
def test_what_a_lock_pins_is_judged_anew_from_the_archive_alone(
    kept: Settings, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps.lock(EDITION)
    path = outcomes.folder(kept, *GHT, 1) / outcomes.OUTCOME
    before = path.read_bytes()
    damage(path)
    monkeypatch.setenv("ATLAS_SOURCES", str(tmp_path))
    steps.lock(EDITION)
    assert path.read_bytes() == before


def test_the_archive_alone_is_staged(kept: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.rmtree(kept.staging)
    monkeypatch.setenv("ATLAS_SOURCES", str(tmp_path))
    assert (steps.archived("ght"), steps.archived("ght", 2023), steps.archived("ght", 1990)) == ([2023], [2023], [])
    assert steps.restage(*GHT)["controles"] > 0
    assert outcomes.load(kept, *GHT, 1)


# --- Locks and journal ----------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", DAMAGES[:3])
def test_a_damaged_lock_stops_its_edition_and_can_be_made_anew(kept: Settings, damage: Callable[[Path], None]) -> None:
    steps.lock(EDITION)
    path = lockfile.path(kept, EDITION)
    before = path.read_bytes()
    damage(path)
    with pytest.raises(DamagedError, match=r"verrou\.json"):
        steps.lock(EDITION)
    assert steps.ingest("ght", 2022)["controles"] > 0
    shutil.rmtree(kept.landing / "ght" / "2022")
    steps.lock(EDITION, update=True)
    assert path.read_bytes() == before


def test_a_cut_line_of_the_journal_hides_no_other(tmp_path: Path) -> None:
    journal.write(tmp_path, etape="un", resultat="fait")
    with (tmp_path / journal.JOURNAL).open("ab") as handle:
        handle.write(b'{"etape": "coup\xc3')
    since = journal.size(tmp_path)
    journal.write(tmp_path, etape="deux", resultat="fait")
    assert [e["etape"] for e in journal.entries(tmp_path)] == ["un", "deux"]
    assert [e["etape"] for e in journal.entries(tmp_path, since)] == ["deux"]


@pytest.mark.lent
@pytest.mark.parametrize("arguments", [["vintages", "ght"], ["run", "ght", "-m", "2023"], ["lock", str(EDITION)]])
def test_no_command_answers_damage_with_a_traceback(kept: Settings, arguments: list[str]) -> None:
    steps.lock(EDITION)
    for path in (provenance(kept), outcomes.folder(kept, *GHT, 1) / outcomes.OUTCOME, lockfile.path(kept, EDITION)):
        cut(path)
    lost(extract_of(kept))
    run = [sys.executable, "-m", "pipelines.cli", *arguments]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr + done.stdout
    if arguments[0] == "lock":
        assert done.returncode == 5
        assert "verrou.json" in done.stderr


def extract_of(now: Settings) -> Path:
    """The archived file, where its record can't be read."""
    return next(p for p in provenance(now).parent.iterdir() if p.name != landing.PROVENANCE)
