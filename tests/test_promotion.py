"""One file a build, one link an edition, one link for the edition in place: what a promotion changes, and never does.

The builds are as small as can be: promoting reads no more of them than their tables and their edition.
"""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import duckdb
import pytest

from pipelines import settings, steps
from pipelines.edition import lockfile, promotion
from pipelines.errors import BuildError, BusyError, UsageError
from pipelines.settings import Settings

SESSION = """
import os, sys, duckdb
session = duckdb.connect(sys.argv[1])
session.execute("SET wal_autocheckpoint = '1TB'")
print("ouverte", flush=True)
for line in sys.stdin:
    if line == "mourir\\n":
        os._exit(9)
    session.execute(line)
    print("fait", flush=True)
session.close()
"""


class Session:
    """Another process that has the warehouse open read-write, as DuckDB's shell, R and DBeaver do by default."""

    def __init__(self, file: Path) -> None:
        run = [sys.executable, "-c", SESSION, str(file)]
        self.process = subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._heard("ouverte")

    def _heard(self, word: str) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline() == word + "\n"

    def write(self, sql: str) -> None:
        self._say(sql + "\n")
        self._heard("fait")

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def die(self) -> None:
        """Ends without writing what its journal holds into the file."""
        self._say("mourir\n")
        assert self.process.wait(timeout=10) == 9

    def close(self) -> None:
        self.process.communicate(timeout=10)


def build(now: Settings, edition: int, *rows: int, counted: int | None = None) -> str:
    """A checked build of an edition, aside: one table with these rows."""
    folder = now.editions / str(edition)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"construction-{uuid.uuid4().hex[:8]}.duckdb"
    with duckdb.connect(str(target)) as db:
        db.execute(f"CREATE SCHEMA reference; CREATE TABLE reference.edition AS SELECT {edition} AS edition")
        db.execute("CREATE SCHEMA core; CREATE TABLE core.faits (n INTEGER)")
        db.executemany("INSERT INTO core.faits VALUES (?)", [[row] for row in rows])
    counts = {"reference.edition": 1, "core.faits": len(rows) if counted is None else counted}
    target.with_suffix(".json").write_text(json.dumps(counts), encoding="utf-8")
    return str(target)


def read(file: Path) -> list[int]:
    """What a reader who comes now finds, in a process of its own."""
    code = (
        "import duckdb, sys; "
        "print(duckdb.connect(sys.argv[1], read_only=True).execute('SELECT n FROM core.faits ORDER BY n').fetchall())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.translate(str.maketrans("[](),", "     ")).split()]


@pytest.fixture
def now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A warehouse where nothing is yet, in a folder that exists."""
    for name in ("ATLAS_EDITION", "ATLAS_REGIONS", "ATLAS_EN_LIGNE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(tmp_path / "entrepot"))
    monkeypatch.setenv("ATLAS_SOURCES", str(tmp_path))
    return settings.load()


# --- Where files are --------------------------------------------------------------------------------------


def test_each_build_is_a_file_and_links_lead_to_it(now: Settings) -> None:
    builds = [build(now, 2025, *range(1, n)) for n in (2, 3, 4)]
    files = []
    for target in builds:
        assert steps.promote(target) == str(now.built(2025))
        assert not Path(target).exists()
        file = now.database.resolve()
        assert file == now.built(2025).resolve()
        assert file.parent == now.editions / "2025"
        assert file.stem == Path(target).stem.replace("construction", "atlas_sante")
        assert file.stat().st_mode & 0o777 == 0o444
        files.append(file.name)
    assert read(now.database) == [1, 2, 3]
    # Links are relative: the folder can be moved. Of the builds before, the last is left: someone may be opening it.
    assert [str(link.readlink()) for link in (now.database, now.built(2025))] == [
        "editions/2025/atlas_sante.duckdb",
        file.name,
    ]
    assert sorted(p.name for p in now.built(2025).parent.glob("atlas_sante-*")) == sorted(files[-2:])


def test_the_warehouse_of_before_was_one_file_and_is_replaced(now: Settings) -> None:
    now.warehouse.mkdir()
    Path(build(now, 2025, 7)).replace(now.database)
    now.database.with_name("atlas_sante.duckdb.wal").write_bytes(b"de quelqu'un")
    steps.promote(build(now, 2025, 1, 2))
    assert now.database.is_symlink()
    assert read(now.database) == [1, 2]
    assert list(now.warehouse.rglob("*.wal")) == []


@pytest.mark.parametrize("before", ["one file", "a link"])
def test_an_earlier_edition_never_takes_the_place_of_a_later_one_on_its_own(now: Settings, before: str) -> None:
    now.warehouse.mkdir()
    if before == "one file":
        Path(build(now, 2026, 6)).replace(now.database)
    else:
        steps.promote(build(now, 2026, 6))
    steps.promote(build(now, 2025, 5))
    assert read(now.database) == [6]
    assert read(now.built(2025)) == [5]  # it can be queried and published all the same
    steps.promote(build(now, 2025, 5, 5), back=True)
    assert read(now.database) == [5, 5]
    steps.promote(build(now, 2026, 6, 6))
    assert read(now.database) == [6, 6]
    assert read(now.built(2025)) == [5, 5]


# --- What is promoted is what was checked -----------------------------------------------------------------


def test_rows_other_than_those_checked_are_refused_and_the_old_ones_stay(now: Settings) -> None:
    steps.promote(build(now, 2025, 1))
    with pytest.raises(BuildError, match=r"core\.faits, 3 lignes contrôlées, 2 lues") as told:
        steps.promote(build(now, 2025, 1, 2, counted=3))
    assert told.value.exit_code == 4
    assert read(now.database) == [1]


def test_a_build_that_nobody_checked_is_refused(now: Settings) -> None:
    target = Path(build(now, 2025, 1))
    target.with_suffix(".json").unlink()
    with pytest.raises(BuildError, match="n'a pas été contrôlée"):
        steps.promote(str(target))
    assert not now.database.exists()


def test_a_build_that_another_has_swept_away_is_told(now: Settings) -> None:
    target = Path(build(now, 2025, 1))
    target.unlink()
    for step in (steps.promote, steps.check_marts, steps.reconcile):
        with pytest.raises(BuildError, match="n'est plus là : une autre a été commencée depuis"):
            step(str(target))


def test_a_promotion_cut_short_is_taken_up_again(now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    target = build(now, 2025, 1)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(promotion, "_point", stop)
        with pytest.raises(KeyboardInterrupt):
            steps.promote(target)
    assert not now.database.exists()
    steps.promote(target)
    assert read(now.database) == [1]


# --- Nobody's journal survives a swap ---------------------------------------------------------------------


def test_what_a_session_that_died_left_behind_is_not_replayed(now: Settings) -> None:
    steps.promote(build(now, 2025, 1, 2, 3))
    session = Session(now.database)
    session.write("DELETE FROM core.faits WHERE n = 1")
    session.write("UPDATE core.faits SET n = 0")
    session.die()
    assert list(now.warehouse.rglob("*.wal"))
    steps.promote(build(now, 2025, 1, 2, 3))
    assert read(now.database) == [1, 2, 3]
    assert list(now.warehouse.rglob("*.wal")) == []


def test_what_a_session_open_across_the_swap_writes_is_not_replayed(now: Settings) -> None:
    steps.promote(build(now, 2025, 1, 2, 3))
    session = Session(now.database)
    session.write("DELETE FROM core.faits WHERE n = 1")
    steps.promote(build(now, 2025, 1, 2, 3))
    session.write("UPDATE core.faits SET n = 0")
    assert read(now.database) == [1, 2, 3]
    session.die()
    assert read(now.database) == [1, 2, 3]
    assert read(now.built(2025)) == [1, 2, 3]


def test_a_session_on_the_file_of_before_is_not_replayed(now: Settings) -> None:
    """The warehouse was one file: what is open on it keeps its journal under the name of the link."""
    now.warehouse.mkdir()
    Path(build(now, 2025, 7)).replace(now.database)
    session = Session(now.database)
    with pytest.raises(BusyError, match="Une autre session tient ouvert"):  # its edition can't be read
        steps.promote(build(now, 2025, 1))
    assert not now.built(2025).exists()
    session.write("DELETE FROM core.faits")
    session.die()
    steps.promote(build(now, 2025, 1, 2))
    assert read(now.database) == [1, 2]
    assert list(now.warehouse.rglob("*.wal")) == []


def test_a_journal_beside_the_links_is_removed(now: Settings) -> None:
    """Where a client that doesn't follow links would have left it."""
    steps.promote(build(now, 2025, 1))
    for link in (now.database, now.built(2025)):
        link.with_name(link.name + ".wal").write_bytes(b"de quelqu'un")
    target = build(now, 2025, 1, 2)
    Path(target + ".wal").write_bytes(b"")
    steps.promote(target)
    assert list(now.warehouse.glob("*.wal")) == []
    assert list(now.built(2025).parent.glob("atlas_sante*.wal")) == []


# --- Which edition, which regions -------------------------------------------------------------------------


def test_the_edition_is_the_one_asked_for_else_the_one_in_place(now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().edition == settings.FIRST_EDITION
    steps.promote(build(now, 2027, 1))
    assert settings.load().edition == 2027
    monkeypatch.setenv("ATLAS_EDITION", "2026")
    assert settings.load().edition == 2026
    assert steps.edition(2025) == 2025
    assert steps.edition() == 2026


@pytest.mark.parametrize(
    ("said", "read_as"),
    [("28", ("28",)), ("28 11 53", ("28", "11", "53")), (" 28,11, 28 ", ("28", "11")), ("", ("28",))],
)
def test_regions_are_several(now: Settings, monkeypatch: pytest.MonkeyPatch, said: str, read_as: object) -> None:
    monkeypatch.setenv("ATLAS_REGIONS", said)
    assert settings.load().regions == read_as


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ATLAS_EDITION", "abc"),
        ("ATLAS_EDITION", "25"),
        ("ATLAS_EDITION", "2025 2026"),
        ("ATLAS_REGIONS", "Normandie"),
        ("ATLAS_REGIONS", "28;11"),
        ("ATLAS_REGIONS", ","),
        ("ATLAS_REGIONS", "28/../.."),
    ],
)
def test_settings_that_make_no_sense_are_told(
    now: Settings, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(name, said)
    with pytest.raises(UsageError, match="compren") as told:
        settings.load()
    assert said in told.value.what
    assert name in told.value.todo


def test_an_unknown_region_is_refused_before_anything_is_made(now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockfile, "regions", lambda _: {"11": "Île-de-France", "28": "Normandie"})
    monkeypatch.setenv("ATLAS_REGIONS", "28 99")
    with pytest.raises(UsageError, match="Région inconnue : 99") as told:
        steps.regions()
    assert "28 Normandie" in told.value.expected
    assert steps.regions("11") == ["11"]
    assert [p.name for p in now.warehouse.iterdir()] == ["journal.jsonl"]
