"""What a warehouse can't make again is kept elsewhere and comes back: whole or not at all, and its damages are told."""

import contextlib
import errno
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import EDITION, environment
from test_landing import fill, small_disk
from test_upkeep import changed, locked, now, release
from typer.testing import CliRunner

from pipelines import catalogue, cli, journal, steps
from pipelines.arrival import landing, retention
from pipelines.connectors import Offer
from pipelines.edition import lockfile
from pipelines.errors import DamagedError, StorageError, UsageError
from pipelines.runtime import fingerprints, state
from pipelines.settings import Settings
from pipelines.upkeep import backup, restore, store, verify

__all__ = ["locked", "now", "small_disk"]  # fixtures of others

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sauvegardes"


def held(home: Path) -> dict[str, tuple[str, int]]:
    """The bytes and the rights of all that a warehouse can't make again."""
    files = backup.kept(Settings(home, home))
    names = [p for p in files if p.name != journal.JOURNAL]
    return {p.relative_to(home).as_posix(): (fingerprints.sha256(p), p.stat().st_mode & 0o777) for p in names}


@contextlib.contextmanager
def elsewhere(tmp_path: Path) -> Iterator[Settings]:
    """Another warehouse, not made yet, with no extract in sight."""
    with environment(tmp_path / "ailleurs") as found:
        yield found


def told(*words: object, code: int = 0) -> str:
    done = RUN.invoke(cli.app, [str(word) for word in words])
    assert done.exit_code == code or (code and isinstance(done.exception, Exception)), done.output
    return done.output


def test_all_comes_back_with_its_rights(now: Settings, folder: Path, tmp_path: Path) -> None:
    (now.protection).mkdir(mode=0o700)
    (now.protection / "1.duckdb").write_bytes(b"memoire")
    (now.warehouse / "depot" / "sae").mkdir(parents=True)
    (now.warehouse / "depot" / "sae" / "depose.csv").write_text("pas encore lu", encoding="utf-8")
    (now.warehouse / "piece-a-venir").write_text("nul ne la connaît", encoding="utf-8")
    before = held(now.warehouse)
    assert {name.split("/")[0] for name in before} == {
        *("depot", "editions", "landing", "piece-a-venir", "protection", "releases"),
    }
    assert "Sauvegarde 1 : " in told("sauvegarder", folder)
    with elsewhere(tmp_path) as other:
        assert f"Refaire l'entrepôt de l'édition {EDITION}" in told("restaurer", folder)
        assert held(other.warehouse) == before
        assert other.protection.stat().st_mode & 0o777 == 0o700
        assert [fault.quoi for fault in verify.faults(other, verify.KEPT)] == []
        told("restaurer", folder)  # nothing to do, and it says so
        assert held(other.warehouse) == before
    assert folder.stat().st_mode & 0o077 == 0


def test_a_second_backup_copies_only_what_is_new(now: Settings, folder: Path) -> None:
    first = backup.back_up(now, folder)
    assert first.nouveaux > 0
    assert backup.back_up(now, folder).nouveaux == 0
    (now.warehouse / "depot").mkdir()
    (now.warehouse / "depot" / "n.csv").write_bytes(b"123")
    assert backup.back_up(now, folder).nouveaux == 3
    assert store.numbers(folder) == [1, 2, 3]


def test_the_journal_of_later_is_not_overwritten(now: Settings, folder: Path) -> None:
    journal.write(now.warehouse, etape="avant", resultat="fait")
    backup.back_up(now, folder)
    journal.write(now.warehouse, etape="après", resultat="fait")
    assert restore.restore(now, folder).revenus == 0
    assert [e["etape"] for e in journal.entries(now.warehouse)][-2:] == ["avant", "après"]


@pytest.mark.parametrize("where", ["", "landing", "un/de/plus", ".."])
def test_a_backup_beside_what_it_saves_is_refused(now: Settings, where: str) -> None:
    with pytest.raises(UsageError, match="avec ce qu'elle sauve"):
        backup.back_up(now, (now.warehouse / where).resolve())


def test_a_folder_of_something_else_is_refused(now: Settings, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "une.jpg").touch()
    with pytest.raises(UsageError, match="autre chose que des sauvegardes"):
        backup.back_up(now, tmp_path / "photos")
    with pytest.raises(UsageError, match="n'a pas de sauvegarde"):
        restore.restore(now, tmp_path / "photos")


def test_what_is_damaged_is_not_kept_in_place_of_the_good(now: Settings, folder: Path) -> None:
    backup.back_up(now, folder)
    path = release(now) / "csv" / "a.csv"
    good = path.read_bytes()
    changed(path)
    with pytest.raises(DamagedError, match="n'est plus le fichier publié") as caught:
        backup.back_up(now, folder)
    name = path.relative_to(now.warehouse).as_posix()
    assert f"--seulement {name}" in caught.value.todo
    assert store.numbers(folder) == [1]
    with pytest.raises(UsageError, match="recouvrirait"):
        restore.restore(now, folder, only=(name,))
    path.unlink()
    assert restore.restore(now, folder, only=(name,)).revenus == 1
    assert path.read_bytes() == good
    assert verify.faults(now) == []


def test_nothing_is_restored_over_another_file(now: Settings, folder: Path, tmp_path: Path) -> None:
    backup.back_up(now, folder)
    with elsewhere(tmp_path) as other:
        lockfile.path(other, EDITION).parent.mkdir(parents=True)
        lockfile.path(other, EDITION).write_text("un autre", encoding="utf-8")
        with pytest.raises(UsageError, match="recouvrirait") as caught:
            restore.restore(other, folder)
        assert str(lockfile.path(other, EDITION)) in str(caught.value)
        assert not other.landing.exists()


@pytest.mark.parametrize("how", ["changed", "lost"])
def test_a_damaged_backup_is_told_by_file(now: Settings, folder: Path, tmp_path: Path, how: str) -> None:
    made = backup.back_up(now, folder).backup
    (kept,) = [k for k in made.fichiers if k.chemin.endswith("csv/a.csv")]
    found = store.place(folder, kept.sha256)
    changed(found) if how == "changed" else found.unlink()
    said = told("verifier", folder, code=5)
    assert kept.chemin in said
    assert str(found) in said
    with elsewhere(tmp_path) as other:
        with pytest.raises(DamagedError, match=r"csv/a\.csv"):
            restore.restore(other, folder)
        assert [p.name for p in other.warehouse.rglob("*") if p.is_file()] == []
        assert restore.restore(other, folder, only=("landing",)).revenus > 0
    assert backup.back_up(now, folder).nouveaux == kept.octets  # the warehouse still has it
    assert told("verifier", folder)


@pytest.mark.parametrize("what", [{"chemin": "../dehors"}, {"chemin": "/etc/dehors"}, {"sha256": "../../x"}])
def test_a_list_that_leads_outside_of_the_warehouse_is_refused(
    now: Settings, folder: Path, tmp_path: Path, what: dict[str, str]
) -> None:
    backup.back_up(now, folder)
    said = json.loads(store.path(folder, 1).read_text(encoding="utf-8"))
    said["fichiers"][0] |= what
    store.path(folder, 1).write_text(json.dumps(said), encoding="utf-8")
    with elsewhere(tmp_path) as other:
        with pytest.raises(DamagedError, match=r"1\.json"):
            restore.restore(other, folder)
        assert not other.warehouse.exists()


def test_a_list_that_is_cut_is_told(now: Settings, folder: Path) -> None:
    backup.back_up(now, folder)
    path = store.path(folder, 1)
    path.write_bytes(path.read_bytes()[:50])
    assert "sauvegardes/1.json" in told("verifier", folder, code=5)
    with pytest.raises(DamagedError, match=r"1\.json"):
        restore.restore(now, folder)


def test_a_disk_that_fills_leaves_nothing_half_visible(
    now: Settings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = state.settle, []

    def full(path: Path) -> None:
        calls.append(path)
        if len(calls) == 4:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        real(path)

    monkeypatch.setattr(state, "settle", full)
    with pytest.raises(StorageError, match="Le disque est plein"), steps.alone("l'essai"):
        backup.back_up(now, folder)
    assert store.numbers(folder) == []
    assert [p for p in folder.rglob(".*") if p.is_file() and p.parent.name != ".verrous"] == []
    monkeypatch.setattr(state, "settle", real)
    backup.back_up(now, folder)
    calls.clear()
    monkeypatch.setattr(state, "settle", full)
    with elsewhere(tmp_path) as other:
        with pytest.raises(StorageError, match="Le disque est plein"), steps.alone("l'essai"):
            restore.restore(other, folder)
        assert [p for p in other.warehouse.iterdir() if p.name != ".verrous"] == []


def test_a_restoration_cut_short_is_taken_up_again(
    now: Settings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.back_up(now, folder)
    before, real, moved = held(now.warehouse), Path.rename, []

    def cut_short(self: Path, target: Path) -> Path:
        moved.append(target)
        if len(moved) == 2:
            raise OSError(errno.EIO, "coupure")
        return real(self, target)

    with elsewhere(tmp_path) as other:
        monkeypatch.setattr(Path, "rename", cut_short)
        with pytest.raises(OSError, match="coupure"):
            restore.restore(other, folder)
        monkeypatch.setattr(Path, "rename", real)
        assert len(moved) == 2
        assert {} != held(other.warehouse) != before
        restore.restore(other, folder)
        assert held(other.warehouse) == before
        assert [*other.warehouse.glob(".restauration-*")] == []


def test_what_was_kept_is_found_by_hand(now: Settings, folder: Path) -> None:
    """By the folder's own words alone."""
    backup.back_up(now, folder)
    assert "octets/<deux premiers signes>/<empreinte>" in (folder / "LISEZMOI.txt").read_text(encoding="utf-8")
    listed = json.loads((folder / "sauvegardes" / "1.json").read_text(encoding="utf-8"))["fichiers"]
    (one,) = [kept for kept in listed if kept["chemin"].endswith("csv/a.csv")]
    assert (folder / "octets" / one["sha256"][:2] / one["sha256"]).read_bytes() == b"n\n1\n"


def test_a_small_disk_is_told_before_anything_is_copied(now: Settings, small_disk: Path) -> None:
    fill(small_disk, left=0)
    with pytest.raises(StorageError, match="Il manque"):
        backup.back_up(now, small_disk / "sauvegardes")
    assert not (small_disk / "sauvegardes").exists()


def test_fictitious_and_real_do_not_share_a_folder(now: Settings, folder: Path, tmp_path: Path) -> None:
    backup.back_up(now, folder)
    with elsewhere(tmp_path) as other:
        (tmp_path / "reel.csv").write_text("réel", encoding="utf-8")
        landing.archive(other.landing, catalogue.load("sae"), Offer("sae", 2023, (tmp_path / "reel.csv",), False))
        with pytest.raises(UsageError, match="fictifs, et l'entrepôt d'extraits réels"):
            backup.back_up(other, folder)
        with pytest.raises(UsageError, match="fictifs, et l'entrepôt d'extraits réels"):
            restore.restore(other, folder)


def test_what_is_past_its_retention_leaves_the_backups_too(folder: Path, tmp_path: Path) -> None:
    with elsewhere(tmp_path) as other:
        (tmp_path / "rpps.csv").write_text("une personne", encoding="utf-8")
        offer = Offer("rpps", 2001, (tmp_path / "rpps.csv",), False)
        landing.archive(other.landing, catalogue.load("rpps"), offer)
        (other.warehouse / "depot" / "rpps" / "2001").mkdir(parents=True)
        shutil.copyfile(tmp_path / "rpps.csv", other.warehouse / "depot" / "rpps" / "2001" / "rpps.csv")
        first = backup.back_up(other, folder)
        assert first.backup.personnes == ["rpps 2001"]
        assert first.backup.cle
        assert "landing/rpps" in first.backup.fermes
        digest = fingerprints.sha256(tmp_path / "rpps.csv")
        assert store.place(folder, digest).is_file()
        retention.purge(other, retention.due(other, 2026))
        second = backup.back_up(other, folder)
        assert (second.oublies, second.backup.personnes) == ([1], [])
        assert not store.place(folder, digest).exists()
        assert store.numbers(folder) == [2]


def test_the_key_is_not_in_it_and_another_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with elsewhere(tmp_path) as other:
        (tmp_path / "rpps.csv").write_text("une personne", encoding="utf-8")
        landing.archive(other.landing, catalogue.load("rpps"), Offer("rpps", 2025, (tmp_path / "rpps.csv",), False))
        said = told("sauvegarder", folder)
    assert "noms compris" in said
    assert "n'est PAS dans la sauvegarde" in said
    secret = b"cle d'essai : personne"
    assert [p for p in folder.rglob("*") if p.is_file() and secret in p.read_bytes()] == []
    with environment(tmp_path / "neuf"):
        assert "clé des personnes n'est pas celle d'alors" not in told("restaurer", folder)
    monkeypatch.setenv("ATLAS_CLE_PERSONNES", "une autre clé, assez longue pour être prise")
    with environment(tmp_path / "encore"):
        assert "clé des personnes n'est pas celle d'alors" in told("restaurer", folder)


def test_scripts_read_the_answer(now: Settings, folder: Path, tmp_path: Path) -> None:
    assert json.loads(RUN.invoke(cli.app, ["sauvegarder", str(folder), "--json"]).stdout)["numero"] == 1
    with elsewhere(tmp_path):
        done = json.loads(RUN.invoke(cli.app, ["restaurer", str(folder), "--json"]).stdout)
    assert (done["numero"], done["editions"]) == (1, [EDITION])


def contents(database: str) -> dict[str, Any]:
    """Each table of a warehouse, as a hash of its lines in their order."""
    with duckdb.connect(database, read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name <> 'staging' ORDER BY 1"
        ).fetchall()
        query = "SELECT md5(string_agg(t::VARCHAR, '\n' ORDER BY t::VARCHAR)), count(*) FROM {} AS t"
        return {name: connection.execute(query.format(name)).fetchall()[0] for (name,) in names}


@pytest.mark.lent
def test_an_edition_is_the_same_after_all_but_the_backup_is_lost(now: Settings, folder: Path) -> None:
    """The archive and the lock are enough: no extract is in sight, and nothing staged came back."""
    lost = now.warehouse
    marts = contents(steps.build(EDITION))
    told("sauvegarder", folder)
    staged = {p.relative_to(lost): fingerprints.sha256(p) for p in now.staging.rglob("*.parquet")}
    before = held(lost)
    shutil.rmtree(lost)
    told("restaurer", folder)
    assert held(lost) == before
    assert contents(steps.build(EDITION)) == marts
    assert {name: fingerprints.sha256(lost / name) for name in staged} == staged
    assert verify.faults(now) == []
