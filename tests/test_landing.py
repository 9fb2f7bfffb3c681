"""The archive: revisions, provenance, two writers at once, and disks that fail."""

import concurrent.futures
import datetime as dt
import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import Warehouse, environment, one

from pipelines import catalogue, journal, steps
from pipelines.arrival import landing, offers
from pipelines.connectors import Offer
from pipelines.errors import StorageError
from pipelines.settings import Settings

SAE = catalogue.load("sae")


def offer(folder: Path, *, fictif: bool = True, **files: str) -> Offer:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return Offer("sae", 2022, tuple(paths), fictif)


def archived(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


# --- Revisions ------------------------------------------------------------------------------------


def test_same_bytes_are_the_same_revision(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    first = landing.archive(root, SAE, offer(tmp_path / "a", id="x\n", q20="y\n"))
    before = archived(root)
    again = landing.archive(root, SAE, offer(tmp_path / "b", q20="y\n", id="x\n"))
    assert (first.revision, first.new) == (1, True)
    assert (again.revision, again.new) == (1, False)
    assert archived(root) == before


def test_changed_bytes_are_a_new_revision_and_the_old_one_stays(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    landing.archive(root, SAE, offer(tmp_path / "a", id="x\n"))
    before = archived(root)
    second = landing.archive(root, SAE, offer(tmp_path / "a", id="autre\n"))
    assert (second.revision, second.new) == (2, True)
    after = archived(root)
    assert {name: after[name] for name in before} == before
    assert after["sae/2022/r2/id.csv"] == b"autre\n"
    # The first bytes come back: they are known.
    assert landing.archive(root, SAE, offer(tmp_path / "a", id="x\n")).revision == 1
    assert [r.revision for r in landing.revisions(root, "sae", 2022)] == [1, 2]
    assert landing.vintages(root, "sae") == [2022]
    assert landing.vintages(root, "bmo") == []


def test_another_name_or_more_files_are_new_revisions(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    made = [
        landing.archive(root, SAE, offer(tmp_path / "a", id="x\n")),
        landing.archive(root, SAE, offer(tmp_path / "b", autre="x\n")),
        landing.archive(root, SAE, offer(tmp_path / "c", id="x\n", q20="y\n")),
    ]
    assert [(m.revision, m.new) for m in made] == [(1, True), (2, True), (3, True)]
    assert [m.fictif for m in landing.revisions(root, "sae", 2022)] == [True, True, True]


def test_ten_revisions_are_in_order(tmp_path: Path) -> None:
    for n in range(11):
        landing.archive(tmp_path / "landing", SAE, offer(tmp_path / "a", id=f"{n}\n"))
    assert [r.revision for r in landing.revisions(tmp_path / "landing", "sae", 2022)] == list(range(1, 12))


def test_provenance_says_who_what_when_and_under_which_licence(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    start = dt.datetime.now(dt.UTC).replace(microsecond=0)
    landed = landing.archive(root, SAE, offer(tmp_path / "a", id="é\n"))
    record = json.loads((landed.folder(root) / landing.PROVENANCE).read_text(encoding="utf-8"))
    received = dt.datetime.fromisoformat(record.pop("recu_le"))
    assert start <= received <= dt.datetime.now(dt.UTC)
    expected = {
        "source": "sae",
        "producteur": SAE.producteur,
        "titre": SAE.titre,
        "licence": SAE.licence,
        "adresse": SAE.adresse,
        "millesime": 2022,
        "revision": 1,
        "fictif": True,
        "files": [{"name": "id.csv", "bytes": 3, "sha256": hashlib.sha256("é\n".encode()).hexdigest()}],
    }
    assert {k: record[k] for k in expected} == expected
    assert landing.revision(root, "sae", 2022, 1).files == landed.files


def test_raw_bytes_are_kept_as_received(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbfC\x8cUR;\r\n\x00\xff"
    (tmp_path / "a.csv").write_bytes(raw)
    landed = landing.archive(tmp_path / "l", SAE, Offer("sae", 2022, (tmp_path / "a.csv",), fictif=False))
    assert (landed.folder(tmp_path / "l") / "a.csv").read_bytes() == raw


def test_leftovers_of_a_killed_run_are_no_revision(tmp_path: Path) -> None:
    root = tmp_path / "landing"
    left = root / "sae" / "2022" / ".arrivee-0123"
    left.mkdir(parents=True)
    (left / "id.csv").write_text("coupé", encoding="utf-8")
    (left / landing.PROVENANCE).write_text('{"revision": 7', encoding="utf-8")
    assert landing.revisions(root, "sae", 2022) == []
    assert landing.archive(root, SAE, offer(tmp_path / "a", id="x\n")).revision == 1
    assert [r.revision for r in landing.revisions(root, "sae", 2022)] == [1]


# --- Two writers at once ----------------------------------------------------------------------------


def archive_many(root: Path, folder: Path, who: int, turns: int) -> list[int]:
    """What one process archives: turn by turn its own bytes, then bytes that all share."""
    found = []
    for turn in range(turns):
        found.append(landing.archive(root, SAE, offer(folder / f"{who}", id=f"{who} {turn}\n")).revision)
        found.append(landing.archive(root, SAE, offer(folder / f"{who}-commun", id=f"commun {turn}\n")).revision)
    return found


def test_two_processes_at_once_lose_nothing_and_share_what_is_equal(tmp_path: Path) -> None:
    workers, turns = 2, 10
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(archive_many, tmp_path / "l", tmp_path / "e", w, turns) for w in range(workers)]
        numbers = [future.result() for future in futures]
    made = landing.revisions(tmp_path / "l", "sae", 2022)
    assert [m.revision for m in made] == list(range(1, len(made) + 1))
    texts = [(m.folder(tmp_path / "l") / "id.csv").read_text(encoding="utf-8") for m in made]
    assert {t for t in texts if not t.startswith("commun")} == {
        f"{w} {t}\n" for w in range(workers) for t in range(turns)
    }
    assert set(texts) >= {f"commun {t}\n" for t in range(turns)}
    # Each was told the revision that really holds its bytes.
    for who, told in enumerate(numbers):
        own = [texts[n - 1] for n in told]
        assert own == [text for t in range(turns) for text in (f"{who} {t}\n", f"commun {t}\n")]
    assert sum(t.startswith("commun") for t in texts) == turns
    assert list((tmp_path / "l" / "sae" / "2022").glob(".*")) == []


def test_a_race_for_the_same_number_takes_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run archives between our look and our rename."""
    root, real, raced = tmp_path / "landing", landing.numbers, list[bool]()

    def look(folder: Path, source: str, millesime: int) -> list[int]:
        seen = real(folder, source, millesime)
        if not raced:
            raced.append(True)
            landing.archive(root, SAE, offer(tmp_path / "autre", id="premier\n"))
        return seen

    monkeypatch.setattr(landing, "numbers", look)
    assert landing.archive(root, SAE, offer(tmp_path / "a", id="second\n")).revision == 2
    assert archived(root)["sae/2022/r1/id.csv"] == b"premier\n"
    assert archived(root)["sae/2022/r2/id.csv"] == b"second\n"


# --- Disks that fail --------------------------------------------------------------------------------


def nothing_half_made(root: Path) -> None:
    left = [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()]
    assert left == []
    assert [p for p in root.rglob("*") if p.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "Le disque est plein"), (errno.EACCES, "a refusé une opération")]
)
def test_a_file_that_cannot_be_copied_is_told_and_leaves_nothing(
    empty: Settings, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    real, copies = shutil.copyfile, []

    def fail(source: Path, target: Path) -> None:
        copies.append(real(source, target))
        if len(copies) == 3:
            raise OSError(number, os.strerror(number), str(source))

    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises(StorageError, match=said) as told:
        steps.fetch("sae", 2022)
    assert told.value.exit_code == 5
    assert "libérer" in told.value.todo
    assert str(copies[2].parent.parent.parent.parent) not in told.value.what
    nothing_half_made(empty.landing)
    entry = json.loads((empty.warehouse / "journal.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (entry["etape"], entry["resultat"], entry["code"]) == ("fetch", "échec", 5)
    # Room is found: the same step now ends, from nothing.
    monkeypatch.undo()
    with environment(empty.warehouse, empty.sources):
        assert steps.fetch("sae", 2022) == 1


def test_an_unreadable_extract_is_told(empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "illisible"
    shutil.copytree(empty.sources / "ght", folder / "ght")
    if os.geteuid():
        for path in (folder / "ght" / "2022").iterdir():
            path.chmod(0)
    else:  # root reads everything: the refusal is played

        def refuse(source: Path, target: Path) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", str(source))

        monkeypatch.setattr(shutil, "copyfile", refuse)
    with environment(empty.warehouse, folder), pytest.raises(StorageError, match="a refusé une opération"):
        steps.fetch("ght", 2022)
    nothing_half_made(empty.landing)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 32 MB, where mounting one is allowed."""
    folder = tmp_path / "disque"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("monter un petit disque n'est pas permis ici")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fills a disk but for some bytes."""
    room = shutil.disk_usage(disk).free
    path = disk / "remplissage"
    path.write_bytes(bytes(max(0, room - left)))
    return path


def test_a_full_disk_refuses_a_fetch_and_keeps_the_warehouse(small_disk: Path, sample_extracts: Path) -> None:
    with environment(small_disk / "e", sample_extracts) as now:
        now.warehouse.mkdir()
        with duckdb.connect(str(now.database)) as old:
            old.execute("CREATE TABLE ancien AS SELECT 42 AS n")
        before = now.database.read_bytes()
        filler = fill(small_disk, left=200_000)
        with pytest.raises(StorageError, match="Le disque est plein"):
            steps.fetch("sae", 2022)
        nothing_half_made(now.landing)
        assert now.database.read_bytes() == before
        filler.unlink()
        assert steps.fetch("sae", 2022) == 1


@pytest.mark.lent
def test_a_full_disk_refuses_staging_checking_and_building(small_disk: Path, sample_extracts: Path) -> None:
    """Whichever library meets the full disk, the message is the same, and what is in place stays."""
    with environment(small_disk / "e", sample_extracts) as now:
        steps.ingest("ght", 2022)
        revision = steps.fetch("insee_population_departements", 2022)
        with duckdb.connect(str(now.database)) as old:
            old.execute("CREATE TABLE ancien AS SELECT 42 AS n")
        before = now.database.read_bytes()
        filler = fill(small_disk, left=8_000)
        with pytest.raises(StorageError, match="Le disque est plein"):
            steps.stage("insee_population_departements", 2022, revision)
        filler.unlink()
        steps.lock(2025)
        filler = fill(small_disk, left=300_000)
        with pytest.raises(StorageError, match="Le disque est plein"):
            steps.build(2025)
        assert now.database.read_bytes() == before
        filler.unlink()
        steps.ingest("insee_population_departements", 2022)
        assert steps.build(2025)


def test_a_journal_that_cannot_be_written_hides_no_message(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **entry: object) -> None:
        raise OSError(errno.ENOSPC, "plein")

    monkeypatch.setattr(journal, "write", fail)
    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises(StorageError, match="Le disque est plein"):
        steps.fetch("sae", 2022)


def test_a_failed_fetch_leaves_the_sample_warehouse_readable(copied: Settings, sample: Warehouse) -> None:
    before = copied.database.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "copyfile", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "panne")))
        with pytest.raises(StorageError):
            steps.fetch("sae", 2022)
    assert copied.database.read_bytes() == before
    with duckdb.connect(str(copied.database), read_only=True) as connection:
        assert one(connection, "SELECT count(*) FROM fiches.es_personnels") > 0


def test_old_bytes_put_back_are_told_to_change_nothing(
    depot: tuple[Path, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    root, now = depot
    source = catalogue.load("cnracl")
    file = root / "cnracl" / "2024" / "cnracl_2024.csv"
    file.parent.mkdir(parents=True)
    for text in ("bon\n", "mauvais\n"):
        file.write_text(text, encoding="utf-8")
        offers.fetch(now, source, 2024)
    assert caplog.text == ""
    file.write_text("bon\n", encoding="utf-8")
    assert offers.fetch(now, source, 2024).revision == 1
    assert "la révision 2, venue depuis, reste celle qui compte" in caplog.text
