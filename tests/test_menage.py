"""What years leave behind goes, by declared rules; nothing that a lock pins, nothing young, nothing untold."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fixtures_entrepots import EDITION, ROOT
from test_state import cut
from test_upkeep import locked, now, release
from typer.testing import CliRunner

from pipelines import catalogue, cli, journal, steps
from pipelines.arrival import landing, outcomes
from pipelines.connectors import Offer
from pipelines.edition import lockfile
from pipelines.errors import BusyError, DamagedError, UsageError
from pipelines.runtime import locks
from pipelines.settings import Settings
from pipelines.upkeep import housekeeping, verify

__all__ = ["locked", "now"]  # fixtures of others

RUN = CliRunner()
OLD = 200  # days


@pytest.fixture(autouse=True)
def airflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Airflow's folder: never the checkout's own."""
    home = tmp_path / "airflow"
    (home / "logs").mkdir(parents=True)
    monkeypatch.setenv("AIRFLOW_HOME", str(home))
    monkeypatch.setattr(housekeeping, "HOMES", (home,))
    return home


def aged(path: Path, days: float = OLD) -> Path:
    """A file or a folder, and all in it, last written that many days ago."""
    then = time.time() - days * housekeeping.DAY
    for one in [*(path.rglob("*") if path.is_dir() else ()), path]:
        os.utime(one, (then, then), follow_symlinks=False)
    return path


def made(path: Path, text: str = "reste", days: float = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return aged(path, days)


def going(now: Settings) -> list[str]:
    return [Path(g.chemin).relative_to(now.warehouse).as_posix() for g in housekeeping.plan(now)]


def test_a_warehouse_just_made_has_nothing_to_lose(now: Settings) -> None:
    assert housekeeping.plan(now) == []


# --- What is left, and what was never put in place --------------------------------------------------------

LEFT = [
    "landing/sae/2023/.arrivee-1/sae.zip",
    "landing/sae/2023/.telechargement-1/sae.zip",
    "staging/sae/2023/.r1-ancien-1/sae.parquet",
    "staging/sae/2023/.r1-en-cours/sae.parquet",
    "editions/2025/.verrou.json-1",
    "releases/2025-28/.en-cours-1/index.html",
    "protection/.en-cours-1",
    "brouillons/.en-cours-1/publication/index.html",
    ".restauration-1/landing/sae",
]


@pytest.mark.parametrize("name", LEFT)
def test_what_cut_runs_left_goes_once_it_is_old(now: Settings, name: str) -> None:
    path = made(now.warehouse / name, days=1)
    (aside,) = [p for p in [path, *path.parents] if p.name.startswith(".")]
    aged(aside, 1)
    assert going(now) == []
    aged(aside, 3)
    assert going(now) == [aside.relative_to(now.warehouse).as_posix()]
    housekeeping.clean(dry=False)
    assert not aside.exists()
    assert verify.faults(now) == []


def test_builds_that_were_never_put_in_place_go_and_the_one_in_place_stays(now: Settings) -> None:
    folder = now.editions / str(EDITION)
    kept = [made(folder / "atlas_sante-aaaaaaaa.duckdb"), made(folder / "construction-aaaaaaaa.json")]
    (folder / "atlas_sante.duckdb").symlink_to("atlas_sante-aaaaaaaa.duckdb")
    gone = [made(folder / name) for name in ("construction-bbbbbbbb.duckdb", "construction-cccccccc.json")]
    made(folder / "temporaire" / "duckdb_temp")
    gone.append(aged(folder / "temporaire"))
    made(folder / "construction-dddddddd.duckdb", days=1)
    assert sorted(going(now)) == sorted(p.relative_to(now.warehouse).as_posix() for p in gone)
    housekeeping.clean(dry=False)
    assert [p.exists() for p in kept] == [True, True]
    assert lockfile.load(now, EDITION) is not None


# --- Staging -------------------------------------------------------------------------------------------------


@pytest.fixture
def revised(now: Settings, tmp_path: Path) -> Settings:
    """The same, each of its vintages in a second accepted revision, all staged long ago; the lock pins the first."""
    for vintage in (now.landing / "ght" / "2022", now.landing / "ght" / "2023"):
        (file,) = landing.revision(now.landing, "ght", int(vintage.name), 1).paths(now.landing)
        other = tmp_path / file.name
        other.write_bytes(file.read_bytes() + b"\n")
        landing.archive(now.landing, catalogue.load("ght"), Offer("ght", int(vintage.name), (other,), True))
        steps.restage("ght", int(vintage.name))
    aged(now.staging)
    return now


def staged(now: Settings) -> list[str]:
    return sorted(p.relative_to(now.staging).as_posix() for p in now.staging.glob("*/*/r*"))


def test_no_staging_that_a_lock_pins_goes(revised: Settings) -> None:
    assert staged(revised) == ["ght/2022/r1", "ght/2022/r2", "ght/2023/r1", "ght/2023/r2"]
    assert going(revised) == []


def test_staging_that_a_published_lock_alone_pins_stays(revised: Settings) -> None:
    steps.lock(EDITION, update=True)
    assert going(revised) == []
    shutil.rmtree(release(revised))
    assert going(revised) == ["staging/ght/2022/r1", "staging/ght/2023/r1"]


def test_staging_that_a_draft_alone_pins_stays(revised: Settings) -> None:
    draft = revised.drafts / f"{EDITION}-28" / "0123456789ab" / "publication"
    draft.parent.mkdir(parents=True)
    shutil.move(release(revised), draft)
    steps.lock(EDITION, update=True)
    assert going(revised) == []


def test_staging_that_nothing_pins_goes_and_can_be_made_again(revised: Settings) -> None:
    shutil.rmtree(revised.releases)
    steps.lock(EDITION, update=True)
    housekeeping.clean(dry=False)
    assert staged(revised) == ["ght/2022/r2", "ght/2023/r2"]
    assert verify.faults(revised) == []
    steps.restage("ght", 2022, 1)
    assert outcomes.current(revised, landing.revision(revised.landing, "ght", 2022, 1)) is not None


def test_staging_of_which_the_archive_is_damaged_stays(revised: Settings) -> None:
    shutil.rmtree(revised.releases)
    steps.lock(EDITION, update=True)
    (file,) = landing.revision(revised.landing, "ght", 2022, 1).paths(revised.landing)
    file.write_bytes(b"autre chose")
    assert going(revised) == ["staging/ght/2023/r1"]


@pytest.mark.parametrize("which", ["édition", "publication"])
def test_a_lock_that_cannot_be_read_stops_it_all(revised: Settings, which: str) -> None:
    made(revised.landing / "sae" / "2023" / ".arrivee-1")
    path = lockfile.path(revised, EDITION) if which == "édition" else release(revised) / lockfile.LOCK
    path.chmod(0o644)
    cut(path)
    with pytest.raises(DamagedError):
        housekeeping.clean(dry=False)
    assert (revised.landing / "sae" / "2023" / ".arrivee-1").exists()


# --- Releases, logs, journal, Airflow's database ------------------------------------------------------------


def test_no_release_goes_unless_a_rule_says_so(now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = release(now)
    for number in (2, 10):
        shutil.copytree(first, first.with_name(f"{EDITION}.{number}"))
    aged(now.releases)
    assert going(now) == []
    rules = housekeeping.rules()
    monkeypatch.setattr(housekeeping, "rules", lambda: rules.model_copy(update={"publications": 1}))
    home = first.parent.relative_to(now.warehouse).as_posix()
    assert going(now) == [f"{home}/{EDITION}.1", f"{home}/{EDITION}.2"]
    monkeypatch.setattr(housekeeping, "rules", lambda: rules.model_copy(update={"publications": 0}))
    housekeeping.clean(dry=False)
    assert [p.name for p in first.parent.iterdir()] == [f"{EDITION}.10"]


def test_old_logs_go_by_a_setting(now: Settings, airflow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = made(airflow / "logs" / "dag_id=ingest_sae" / "run_id=1" / "task.log", days=100)
    young = made(airflow / "logs" / "dag_id=ingest_sae" / "run_id=2" / "task.log", days=10)
    assert [g.chemin for g in housekeeping.plan(now)] == [str(old)]
    monkeypatch.setenv("ATLAS_JOURNAUX", "365")
    assert housekeeping.plan(now) == []
    monkeypatch.setenv("ATLAS_JOURNAUX", "5")
    housekeeping.clean(dry=False)
    assert [p.name for p in (airflow / "logs").iterdir()] == []
    assert not young.exists()
    monkeypatch.setenv("ATLAS_JOURNAUX", "longtemps")
    with pytest.raises(UsageError, match="ATLAS_JOURNAUX"):
        housekeeping.plan(now)


def test_a_long_journal_is_read_across_its_files(now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = housekeeping.rules()
    monkeypatch.setattr(housekeeping, "rules", lambda: rules.model_copy(update={"journal": 1}))
    journal.write(now.warehouse, etape="avant", resultat="fait")
    since = journal.size(now.warehouse)
    for _ in range(2):
        housekeeping.clean(dry=False)
    late = journal.size(now.warehouse)
    journal.write(now.warehouse, etape="après", resultat="fait")
    assert [e["etape"] for e in journal.entries(now.warehouse, late)] == ["après"]
    names = ["journal-001.jsonl", "journal-002.jsonl", "journal.jsonl"]
    assert [p.name for p in journal.files(now.warehouse)] == names
    assert [e["etape"] for e in journal.entries(now.warehouse, since)] == ["menage", "menage", "après"]
    assert "avant" in [e["etape"] for e in journal.entries(now.warehouse)]
    (now.warehouse / names[0]).unlink()
    journal.turn(now.warehouse, 1)
    assert [p.name for p in journal.files(now.warehouse)] == ["journal-002.jsonl", "journal-003.jsonl"]


@pytest.mark.lent
def test_airflow_s_database_loses_its_old_runs(airflow: Path) -> None:
    file = airflow / "airflow.db"
    address = f"sqlite:///{file}"
    environment_ = {**os.environ, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address}
    migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(migrate, env=environment_, check=True, capture_output=True)
    with sqlite3.connect(file) as base:
        for day in ("2020-01-01", "2099-01-01"):
            base.execute("INSERT INTO log (dttm, event) VALUES (?, 'essai')", [f"{day} 00:00:00"])
    assert housekeeping.databases() == (address,)
    housekeeping.clean_database(address)
    with sqlite3.connect(file) as base:
        left = base.execute("SELECT dttm FROM log WHERE event = 'essai'").fetchall()
    assert [dttm[:4] for (dttm,) in left] == ["2099"]


def test_the_database_is_named_by_whoever_starts_airflow() -> None:
    """Airflow hides its own setting from the tasks."""
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    own, ours = (
        next(line.partition(": ")[2] for line in compose.splitlines() if line.strip().startswith(name))
        for name in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN:", "ATLAS_BASE_AIRFLOW:")
    )
    assert own == ours
    said = cli.airflow.environment(Path("ailleurs"))
    assert said["ATLAS_BASE_AIRFLOW"] == said["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]


# --- The command -----------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_go_and_touches_nothing(now: Settings) -> None:
    path = made(now.landing / "sae" / "2023" / ".arrivee-1", "x" * 2_000_000)
    before = journal.size(now.warehouse)
    said = RUN.invoke(cli.app, ["menage", "--a-blanc"])
    assert said.exit_code == 0, said.output
    assert "reste d'une exécution interrompue : 1, 2.0 Mo" in said.output
    assert str(path) in said.output
    assert "1 fichier(s) ou dossier(s), 2.0 Mo partiraient" in said.output
    assert path.exists()
    assert journal.size(now.warehouse) == before
    (told,) = json.loads(RUN.invoke(cli.app, ["menage", "--a-blanc", "--json"]).stdout)
    assert (told["chemin"], told["octets"]) == (str(path), 2_000_000)


def test_what_goes_is_in_the_journal(now: Settings) -> None:
    path = made(now.landing / "sae" / "2023" / ".arrivee-1")
    done = RUN.invoke(cli.app, ["menage"])
    assert done.exit_code == 0, done.output
    entry = journal.entries(now.warehouse)[-1]
    assert (entry["etape"], entry["efface"], entry["octets"]) == ("menage", [str(path)], 5)
    assert not path.exists()


def test_nothing_goes_while_another_writes(now: Settings) -> None:
    path = made(now.landing / "sae" / "2023" / ".arrivee-1")
    other = locks.parts(now.warehouse, "une ingestion", locks.vintage("sae", 2023))
    with other, pytest.raises(BusyError):
        housekeeping.clean(dry=False)
    assert path.exists()
