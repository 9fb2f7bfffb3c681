"""One writer at a time: whoever comes second is told who came first, and touches nothing.

Each writer here is a process of its own, held on its way by a step or a command that doesn't end.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import EDITION, REGION, ROOT, Warehouse, a_copy, environment

from pipelines import steps
from pipelines.errors import BusyError, LaterError
from pipelines.releases import acts
from pipelines.runtime import locks
from pipelines.settings import Settings
from pipelines.upkeep import backup

HOLD = """
import sys
from pipelines import settings
from pipelines.runtime import locks
home = settings.load().warehouse
who, *names = sys.argv[1:]
with locks.parts(home, who, *names) if names else locks.whole(home, who):
    print("tenu", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def another(who: str, *names: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds parts of this warehouse, or all of it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, who, *names],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == "tenu\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """All files of a warehouse but its locks and its journal, with size and time."""
    return {
        p.relative_to(folder).as_posix(): (p.stat().st_size, p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file() and locks.FOLDER not in p.parts and p.name != "journal.jsonl"
    }


WRITERS: dict[str, Callable[[], object]] = {
    "fetch": lambda: steps.fetch("ght", 2023),
    "stage": lambda: steps.stage("ght", 2023, 1),
    "check": lambda: steps.check("ght", 2023, 1),
    "lock": lambda: steps.lock(EDITION, update=True),
    "build": lambda: steps.build(EDITION),
    "check_marts": lambda: steps.check_marts("construction.duckdb"),
    "promote": lambda: steps.promote("construction.duckdb"),
    "publish": lambda: steps.publish(EDITION, REGION),
    "draft": lambda: acts.draft(EDITION, REGION),
    "purge": lambda: steps.purge(2100, sure=True),
}


@pytest.mark.lent
@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_is_refused_while_a_command_runs(copied: Settings, name: str) -> None:
    before = files(copied.warehouse)
    with another("atlas edition") as first, pytest.raises(BusyError) as told:
        WRITERS[name]()
    assert f"atlas edition (processus {first.pid}, depuis le " in told.value.what
    assert "disque" not in str(told.value)
    assert isinstance(told.value, LaterError)  # what a scheduled task tries again
    assert told.value.exit_code == 6
    assert files(copied.warehouse) == before


@pytest.mark.lent
@pytest.mark.parametrize(
    ("first", "held", "second"),
    [
        ("stage ght 2023", locks.vintage("ght", 2023), "fetch"),
        ("build 2025", locks.EDITIONS, "lock"),
        ("build 2025", locks.EDITIONS, "publish"),
        ("publish 2025 11", locks.RELEASES, "publish"),
        ("approuver 2025 28", locks.release(EDITION, REGION), "draft"),
        ("fetch sae 2022", locks.vintage("sae", 2022), "purge"),
    ],
)
def test_steps_that_write_the_same_are_refused(copied: Settings, first: str, held: str, second: str) -> None:
    with another(first, held), pytest.raises(BusyError, match=f"{first} \\(processus"):
        WRITERS[second]()


def test_steps_that_write_elsewhere_work_side_by_side(copied: Settings) -> None:
    with another("stage ght 2022", locks.vintage("ght", 2022)), another("build 2025", locks.EDITIONS):
        assert steps.fetch("ght", 2023) == 1
    with another("publish 2025 11", locks.RELEASES):
        steps.lock(EDITION)


def test_a_lock_ends_with_its_process(copied: Settings) -> None:
    with another("atlas edition") as first:
        first.kill()
        first.wait()
        assert steps.fetch("ght", 2023) == 1


def test_what_a_command_starts_works_under_its_lock(copied: Settings) -> None:
    code = "from pipelines import steps; print(steps.fetch('ght', 2023))"
    with steps.alone("atlas essai"):
        assert steps.fetch("ght", 2023) == 1
        run = [sys.executable, "-c", code]
        inside = subprocess.run(run, cwd=ROOT, pass_fds=locks.passed(), capture_output=True, text=True)
        # The same words in its environment, without what they point to, open nothing.
        outside = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert inside.stdout == "1\n", inside.stderr
    assert "BusyError" in outside.stderr
    assert locks.INHERITED not in os.environ


def test_another_warehouse_is_another_lock(copied: Settings, sample: Warehouse, tmp_path: Path) -> None:
    other = a_copy(sample.settings, tmp_path / "autre")
    with another("atlas edition"), environment(other.warehouse, other.sources):
        assert steps.fetch("ght", 2023) == 1


@pytest.mark.lent
@pytest.mark.parametrize(
    "arguments", [["edition"], ["run", "ght"], ["lock", "--update"], ["purge", "--oui", "-a", "2100"]]
)
def test_every_command_that_writes_is_refused_on_one_screen(copied: Settings, arguments: list[str]) -> None:
    with another("atlas edition"):
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 6
    assert "L'entrepôt est en cours d'écriture : atlas edition (processus" in done.stderr
    assert "Traceback" not in done.stderr
    assert "système de fichiers" not in done.stderr + done.stdout


def test_a_session_open_in_writing_is_told_as_such(copied: Settings) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('tenu', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(copied.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as session:
        assert session.stdin
        assert session.stdout
        assert session.stdout.readline() == "tenu\n"
        with pytest.raises(BusyError, match="Une autre session tient ouvert en écriture") as told:
            steps.publish(EDITION, REGION)
        asked = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "query", "SELECT 1"], cwd=ROOT, capture_output=True, text=True
        )
        session.stdin.close()
    assert str(session.pid) in told.value.what
    assert asked.returncode == 6
    assert "Une autre session" in asked.stderr
    with duckdb.connect(str(copied.database), read_only=True):
        pass


def test_a_disk_that_can_only_be_read_is_locked_by_nobody_and_can_be_backed_up(
    copied: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a failing disk becomes: its files can still be had, and what writes there is told by the disk itself."""

    class ReadOnly:
        f_flag = os.ST_RDONLY

    real = os.statvfs
    inside = str(copied.warehouse)
    monkeypatch.setattr(os, "statvfs", lambda path: ReadOnly() if str(path).startswith(inside) else real(path))
    with steps.alone("atlas sauvegarder"):
        made = backup.back_up(copied, tmp_path / "sauvegardes")
    assert made.nouveaux
    assert not (copied.warehouse / locks.FOLDER).exists()


def test_one_step_that_holds_two_parts_is_named_once_and_in_french(copied: Settings) -> None:
    code = (
        "import sys\nfrom pipelines import journal\nfrom pipelines.runtime import locks\n"
        "with journal.step('draft', locks.RELEASES, locks.release(2025, '28'), edition=2025, region='28'):\n"
        "    print('la', flush=True); sys.stdin.read()\n"
    )
    held = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert held.stdin
    assert held.stdout
    assert held.stdout.readline() == b"la\n"
    with pytest.raises(BusyError) as told, steps.alone("atlas menage"):
        pass
    held.stdin.close()
    held.wait()
    held.stdout.close()
    assert str(told.value).count("brouillon 2025 28 (processus ") == 1
    assert "draft" not in str(told.value)
