"""Several machines on one warehouse: each has its copy in a folder, the store is a folder or a real S3 server."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
import yaml
from compose_spec import PyCompose
from composed import VOLUMES, services
from object_store import credentials, seaweed
from typer.testing import CliRunner

from pipelines import cli, settings, shared
from pipelines.arrival import personnes
from pipelines.cli import doctor
from pipelines.errors import BusyError, DamagedError, LaterError, UsageError
from pipelines.runtime import locks
from pipelines.runtime.fingerprints import sha256
from pipelines.shared import copies, lake
from pipelines.shared.objects import BYTES, LOGS, Store
from pipelines.upkeep import housekeeping

BASE = os.environ.get("ATLAS_BASE_ESSAI", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres")
ALICE, BOB = "copie-a", "copie-b"


def answers(base: str) -> bool:
    try:
        with sa.create_engine(base, poolclass=sa.NullPool, connect_args={"connect_timeout": 3}).connect():
            return True
    except sa.exc.DBAPIError:
        return False


@pytest.fixture(scope="module", autouse=True)
def base() -> None:
    if not answers(BASE):
        pytest.skip(f"pas de PostgreSQL à {BASE} : le démarrer, ou en nommer un par ATLAS_BASE_ESSAI")


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweed(tmp_path_factory.mktemp("seau") / "weed") as found:
        yield found


@pytest.fixture(params=["dossier", "s3"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store, in a folder or on an S3 server, named in the environment with the database of locks."""
    if request.param == "dossier":
        said = f"file://{tmp_path}/magasin"
    else:
        said = request.getfixturevalue("bucket").replace("?", f"/{tmp_path.name}?")
        for name, value in credentials().items():
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("ATLAS_MAGASIN", said)
    monkeypatch.setenv("ATLAS_BASE", BASE)
    monkeypatch.delenv(locks.INHERITED, raising=False)
    return said


@pytest.fixture
def alice(tmp_path: Path, address: str) -> Path:
    return tmp_path / ALICE


@pytest.fixture
def bob(tmp_path: Path, address: str) -> Path:
    return tmp_path / BOB


PART = locks.vintage("bmo", 2024)
FOLDER = "landing/bmo/2024/r1"


def write(home: Path, name: str, text: str, rights: int = 0o444) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(rights)
    return path


def archive(home: Path, name: str = FOLDER, text: str = "un extrait\n") -> None:
    """A vintage, as one machine archives it."""
    with shared.working(home, "essai", PART):
        write(home, f"{name}/bmo.csv", text)
        write(home, f"{name}/provenance.json", "{}")


def held(home: Path) -> dict[str, tuple[str, int]]:
    return {
        p.relative_to(home).as_posix(): (sha256(p), p.stat().st_mode & 0o777)
        for p in home.rglob("*")
        if p.is_file() and not p.relative_to(home).parts[0].startswith(".")
    }


@pytest.mark.lent
def test_what_one_machine_made_another_has(alice: Path, bob: Path) -> None:
    archive(alice)
    with shared.working(bob, "essai", PART):
        assert held(bob) == held(alice)
        write(bob, "staging/bmo/2024/r1/bilan.json", "{}")
    with shared.working(alice, "essai"):
        pass
    assert held(alice) == held(bob)
    assert set(held(alice)) == {f"{FOLDER}/bmo.csv", f"{FOLDER}/provenance.json", "staging/bmo/2024/r1/bilan.json"}


def test_who_only_reads_does_without_the_archived_bytes(alice: Path, bob: Path) -> None:
    archive(alice)
    with shared.working(bob, "essai"):
        assert set(held(bob)) == {f"{FOLDER}/provenance.json"}
    with shared.working(bob, "essai", PART):  # who works on it has them, and gives none of them up
        assert held(bob) == held(alice)


def test_what_one_machine_deleted_is_nowhere(alice: Path, bob: Path, address: str) -> None:
    archive(alice)
    with shared.working(bob, "essai", PART):
        gone = sha256(bob / FOLDER / "bmo.csv")
        (bob / FOLDER / "bmo.csv").unlink()
    assert not Store(address).has(gone, 11)
    with shared.working(alice, "essai"):
        assert set(held(alice)) == {f"{FOLDER}/provenance.json"}


def test_links_and_rights_of_folders_come_too(alice: Path, bob: Path) -> None:
    with shared.working(alice, "essai", locks.EDITIONS, locks.RELEASES):
        write(alice, "editions/2025/atlas_sante-1.duckdb", "marts")
        (alice / "editions" / "2025" / settings.DATABASE).symlink_to("atlas_sante-1.duckdb")
        (alice / settings.DATABASE).symlink_to(f"editions/2025/{settings.DATABASE}")
        write(alice, "protection/1.duckdb", "secret", 0o400)
        (alice / "protection").chmod(0o700)
    with shared.working(bob, "essai"):
        assert (bob / settings.DATABASE).read_text() == "marts"
        assert settings.in_place(bob) == 2025
        assert (bob / "protection").stat().st_mode & 0o777 == 0o700
        assert held(bob) == held(alice)
    with shared.working(bob, "essai", locks.EDITIONS):
        write(bob, "editions/2025/atlas_sante-2.duckdb", "marts nouveaux")
        for link in (bob / "editions" / "2025" / settings.DATABASE,):
            link.unlink()
            link.symlink_to("atlas_sante-2.duckdb")
        (bob / "editions" / "2025" / "atlas_sante-1.duckdb").unlink()
    with shared.working(alice, "essai"):
        assert (alice / settings.DATABASE).read_text() == "marts nouveaux"
        assert not (alice / "editions" / "2025" / "atlas_sante-1.duckdb").exists()


def test_two_machines_do_not_write_in_one_place(alice: Path, bob: Path) -> None:
    with shared.working(alice, "stage bmo 2024", PART):
        with (
            pytest.raises(BusyError, match=r"stage bmo 2024 \(.*processus \d+\)"),
            shared.working(bob, "autre", PART),
        ):
            pass
        with shared.working(bob, "autre", locks.vintage("bmo", 2023)):
            pass
        with pytest.raises(BusyError), shared.alone(bob, "atlas sauvegarder"):
            pass
    with (
        shared.alone(alice, "atlas sauvegarder"),
        pytest.raises(BusyError, match="atlas sauvegarder"),
        shared.working(bob, "autre", PART),
    ):
        pass
    with shared.alone(bob, "atlas sauvegarder"):
        pass


def test_what_a_killed_machine_had_not_given_back_is_given_next_time(alice: Path, bob: Path, address: str) -> None:
    archive(alice)
    script = (
        "import os, sys, pathlib; from pipelines import shared; home = pathlib.Path(sys.argv[1])\n"
        "with shared.working(home, 'essai', 'bmo-2024'):\n"
        "    (home / 'landing/bmo/2024/r2').mkdir(); (home / 'landing/bmo/2024/r2/bmo.csv').write_text('deux')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(alice)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with shared.working(bob, "essai"):
        assert f"{FOLDER.replace('r1', 'r2')}/bmo.csv" not in held(bob)
    with shared.working(alice, "essai", PART):  # its lock went with it
        assert (alice / "landing/bmo/2024/r2/bmo.csv").read_text() == "deux"
    with shared.working(bob, "essai", PART):
        assert held(bob) == held(alice)


def test_a_part_that_a_killed_machine_had_begun_is_anothers_to_make(alice: Path, bob: Path) -> None:
    begun = (
        "import os, sys, pathlib; from pipelines import shared; home = pathlib.Path(sys.argv[1])\n"
        "with shared.working(home, 'essai', 'bmo-2024'):\n"
        "    (home / 'landing/bmo/2024/r1').mkdir(parents=True)\n"
        "    (home / 'landing/bmo/2024/r1/bmo.csv').write_text('du premier')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", begun, str(alice)], check=False).returncode == -signal.SIGKILL
    archive(bob)
    with shared.working(alice, "essai", PART):
        assert held(alice) == held(bob)


def test_what_a_killed_machine_kept_gives_way_to_what_another_made_since(alice: Path, bob: Path) -> None:
    archive(alice)
    write(alice, "landing/bmo/2024/r2/bmo.csv", "jamais rendu")
    with shared.working(bob, "essai", PART):
        write(bob, "landing/bmo/2024/r2/bmo.csv", "fait ailleurs")
    with shared.working(alice, "essai", PART):
        assert held(alice) == held(bob)


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_another_store_takes_nothing_away(
    alice: Path, bob: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is archived may not be had again: a wrong address deletes none of it."""
    archive(alice)
    write(bob, "landing/bmo/2024/r1/autre.csv", "archivé avant tout magasin")
    with (
        pytest.raises(UsageError, match=r"a de lui-même 1 fichier.*landing/bmo/2024/r1/autre\.csv"),
        shared.working(bob, "essai", PART),
    ):
        pass
    assert list(held(bob)) == ["landing/bmo/2024/r1/autre.csv"]
    # Nor does the address of another warehouse's store, to a copy that has one.
    kept = held(alice)
    monkeypatch.setenv("ATLAS_MAGASIN", address.replace("/magasin", "/autre"))
    archive(bob.with_name("copie-c"), text="une autre archive\n")
    with pytest.raises(UsageError, match="vérifier ATLAS_MAGASIN"), shared.working(alice, "essai", PART):
        pass
    assert held(alice) == kept


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_the_warehouse_of_the_samples_is_never_shared(address: str) -> None:
    assert shared.store(settings.sample_home()) is None
    assert shared.store(settings.real_home()) is not None


def test_a_machine_that_lost_its_locks_gives_nothing_back(alice: Path, bob: Path) -> None:
    archive(alice)

    def cut_off() -> None:
        with shared.working(alice, "coupé", PART):
            others_turn()
            write(alice, "landing/bmo/2024/r2/bmo.csv", "du premier")

    def others_turn() -> None:
        with sa.create_engine(BASE, isolation_level="AUTOCOMMIT").connect() as other:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'coupe %'"
            assert other.execute(sa.text(cut)).scalars().all() == [True]
        with shared.working(bob, "autre", PART):
            write(bob, "landing/bmo/2024/r2/bmo.csv", "de l'autre")

    with pytest.raises(LaterError, match="La base des verrous ne répond pas"):
        cut_off()
    with shared.working(alice, "essai", PART):
        assert (alice / "landing/bmo/2024/r2/bmo.csv").read_text() == "de l'autre"


def test_what_is_staged_goes_to_whoever_checks_it(alice: Path, bob: Path) -> None:
    archive(alice)
    with shared.working(alice, "stage", PART):
        write(alice, "staging/bmo/2024/.r1-en-cours/lecture.json", "{}")
        write(alice, "staging/bmo/2024/.autre/reste.json", "{}")
    with shared.working(bob, "check", PART):
        assert (bob / "staging/bmo/2024/.r1-en-cours/lecture.json").is_file()
        (bob / "staging/bmo/2024/.r1-en-cours").rename(bob / "staging/bmo/2024/r1")
    with shared.working(alice, "stage", PART):
        assert sorted(p.name for p in (alice / "staging/bmo/2024").iterdir()) == [".autre", "r1"]


def test_a_refusal_is_given_back_as_a_success_is(alice: Path, bob: Path) -> None:
    def refused() -> None:
        with shared.working(alice, "essai", PART):
            write(alice, "staging/bmo/2024/r1/bilan.json", "refusé")
            raise ValueError("refusé")

    with pytest.raises(ValueError, match="refusé"):
        refused()
    with shared.working(bob, "essai"):
        assert held(bob) == held(alice) != {}


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_changed_bytes_of_the_store_are_told_and_never_copied(alice: Path, bob: Path, address: str) -> None:
    archive(alice)
    digest = sha256(alice / FOLDER / "bmo.csv")
    file = Path(address.removeprefix("file://")) / BYTES / digest[:2] / digest
    file.write_text("autre chose", encoding="utf-8")
    with pytest.raises(DamagedError, match="plus intacts"), shared.working(bob, "essai", PART):
        pass
    assert held(bob) == {}
    file.unlink()
    with pytest.raises(DamagedError, match="Le magasin n'a plus"), shared.working(bob, "essai", PART):
        pass


def test_a_new_folder_is_never_seen_in_part(alice: Path, bob: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = locks.release(2025, "28")
    with shared.working(alice, "essai", part):
        for number in range(300):
            write(alice, f"releases/2025-28/2025.1/csv/{number}.csv", str(number))
    seen: set[int] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(sum(1 for p in (bob / "releases/2025-28/2025.1").rglob("*.csv")))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        with shared.working(bob, "essai"):
            pass
    finally:
        done.set()
        watcher.join()
    assert seen <= {0, 300}
    assert held(bob) == held(alice)


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_bytes_that_no_list_leads_to_go_after_a_day(alice: Path, address: str) -> None:
    archive(alice)
    store, orphan = Store(address), "0" * 64
    fresh = store.put("en cours")
    lost = Path(address.removeprefix("file://")) / BYTES / "00" / orphan
    lost.parent.mkdir(exist_ok=True)
    lost.write_text("perdu", encoding="utf-8")
    os.utime(lost, (time.time() - 2 * 86400,) * 2)
    with shared.alone(alice, "essai"):
        pass
    assert not lost.exists()
    assert store.has(fresh, 8)
    with shared.working(alice, "essai", PART):
        assert set(held(alice)) == {f"{FOLDER}/bmo.csv", f"{FOLDER}/provenance.json"}


def test_what_tasks_wrote_is_read_from_the_store_until_its_time_is_over(address: str, tmp_path: Path) -> None:
    store, name = Store(address), "dag_id=atlas/run_id=manual__2026-12-01T05:00:00+00:00/task_id=build/attempt=1.log"
    wrote = tmp_path / "attempt=1.log"
    for text in ("une ligne\n", "puis « deux »\n"):
        wrote.write_text(text, encoding="utf-8")
        store.put_log(name, wrote)
        assert store.log(name) == text
    assert store.log(name.replace("attempt=1", "attempt=2")) is None
    assert (store.old_logs(1), store.log(name)) == ([], "puis « deux »\n")
    ((address, size),) = store.old_logs(-1)
    assert size == len("puis « deux »\n".encode())
    store.drop_log(address)
    assert (store.old_logs(-1), store.log(name)) == ([], None)


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_housekeeping_tells_what_goes_of_the_store_before_it_does(
    alice: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(alice))
    monkeypatch.setenv("ATLAS_SOURCES", str(tmp_path))
    monkeypatch.setattr(housekeeping, "HOMES", ())
    (wrote := tmp_path / "tache.log").write_text("fini\n", encoding="utf-8")
    store = Store(address)
    store.put_log("dag_id=atlas/vieux.log", wrote)
    os.utime(Path(address.removeprefix("file://")) / LOGS / "dag_id=atlas/vieux.log", (time.time() - 91 * 86400,) * 2)
    store.put_log("dag_id=atlas/neuf.log", wrote)
    for dry in (True, False):
        (going,) = housekeeping.clean(dry=dry)
        assert (going.quoi, going.chemin.rpartition("/")[2], going.octets) == (housekeeping.SHARED_LOG, "vieux.log", 5)
        assert (store.log("dag_id=atlas/vieux.log") is not None) == dry
    assert housekeeping.clean(dry=False) == []
    assert store.log("dag_id=atlas/neuf.log") == "fini\n"


def test_a_store_without_a_database_of_locks_is_refused(alice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_BASE")
    with pytest.raises(UsageError, match="pas ATLAS_BASE"), shared.working(alice, "essai", PART):
        pass
    monkeypatch.setenv("ATLAS_BASE", "postgresql+psycopg2://nul@127.0.0.1:1/rien")
    with pytest.raises(LaterError, match="La base des verrous ne répond pas"), shared.working(alice, "essai", PART):
        pass
    monkeypatch.setenv("ATLAS_MAGASIN", "n'importe quoi")
    with pytest.raises(UsageError, match="ATLAS_MAGASIN ne se comprend pas"), shared.working(alice, "essai"):
        pass


def test_one_machine_needs_neither(alice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_MAGASIN")
    monkeypatch.delenv("ATLAS_BASE")
    archive(alice)
    assert not (alice / copies.MEMORY).exists()


# --- The lake ----------------------------------------------------------------------------------------------


@pytest.fixture
def catalogued(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A lake of its own, whose catalogue is in a schema of that PostgreSQL."""
    name = f"essai_{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(lake, "SCHEMA", name)
    yield
    with sa.create_engine(BASE, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT").connect() as base:
        base.execute(sa.text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))


def marts(path: Path, edition: int, *, more: bool = True) -> Path:
    """A built warehouse of one mart, or two, and a staged table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as built:
        for schema in ("atlas", "reference", "staging"):
            built.execute(f"CREATE SCHEMA {schema}")
        built.execute("CREATE TABLE staging.rpps AS SELECT 'une personne' AS personne")
        built.execute(
            f"CREATE TABLE atlas.effectifs AS SELECT '28' AS code, {edition} AS annee, 1.5::DECIMAL(18, 6) AS n"
        )
        if more:
            built.execute("CREATE TABLE reference.edition AS SELECT 1 AS un")
    return path


@pytest.mark.usefixtures("catalogued")
def test_each_edition_in_place_is_a_state_of_the_lake(tmp_path: Path) -> None:
    first = lake.deposit(marts(tmp_path / "2024" / "atlas_sante-aaaa.duckdb", 2024), 2024)
    with lake.connect(read_only=True) as reader:
        second = lake.deposit(marts(tmp_path / "2025" / "atlas_sante-bbbb.duckdb", 2025, more=False), 2025)
        assert second > first
        # Who reads sees one edition or the other, whole; those before stay under their number.
        now = reader.execute("SELECT code, annee, n FROM lac.atlas.effectifs").fetchall()
        assert now == [("28", 2025, Decimal("1.5"))]
        before = reader.execute(f"SELECT annee FROM lac.atlas.effectifs AT (VERSION => {first})").fetchall()
        assert before == [(2024,)]
        assert reader.execute(f"SELECT un FROM lac.reference.edition AT (VERSION => {first})").fetchall() == [(1,)]
        with pytest.raises(duckdb.CatalogException):
            reader.execute("FROM lac.reference.edition")
        told = [(state.numero, state.contenu) for state in lake.snapshots(reader)]
        assert told == [
            (first, "édition 2024, construction aaaa"),
            (second, "édition 2025, construction bbbb"),
        ]
        # All of it is in the store, small tables too: PostgreSQL has the catalogue alone.
        assert len(reader.execute("FROM ducklake_list_files('lac', 'effectifs', schema => 'atlas')").fetchall()) == 1
        # Nobody's person is in it, and who reads changes nothing.
        with pytest.raises(duckdb.CatalogException):
            reader.execute("FROM lac.staging.rpps")
        with pytest.raises(duckdb.Error, match="read-only"):
            reader.execute("DROP TABLE lac.atlas.effectifs")


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
@pytest.mark.usefixtures("catalogued")
def test_what_cannot_be_deposited_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    first = lake.deposit(marts(tmp_path / "2024" / "atlas_sante-aaaa.duckdb", 2024), 2024)
    odd = marts(tmp_path / "2025" / "atlas_sante-bbbb.duckdb", 2025)
    with duckdb.connect(str(odd)) as built:  # a type that a lake doesn't have comes last
        built.execute("CREATE TABLE reference.zzz AS SELECT 'a'::ENUM ('a') AS e")
    with pytest.raises(LaterError, match="Le lac ne répond pas"):
        lake.deposit(odd, 2025)
    with lake.connect(read_only=True) as reader:
        assert [state.numero for state in lake.snapshots(reader)] == [first]
        assert reader.execute("SELECT annee FROM lac.atlas.effectifs").fetchall() == [(2024,)]


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_a_lake_that_does_not_answer_tells_no_password(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_BASE", "postgresql+psycopg2://atlas:tres-secret@127.0.0.1:1/rien")
    with pytest.raises(LaterError, match="Le lac ne répond pas") as told:
        lake.connect()
    assert "tres-secret" not in str(told.value)
    monkeypatch.delenv("ATLAS_BASE")
    with pytest.raises(UsageError, match="Le lac n'a pas d'endroit"):
        lake.connect()


# --- The command -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_the_command_brings_a_copy_up_to_date_and_gives_what_is_here(
    alice: Path, bob: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(alice, f"{FOLDER}/bmo.csv", "avant le magasin")
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(alice))
    given = CliRunner().invoke(cli.app, ["magasin", "--rendre"])
    assert given.exit_code == 0, given.output
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(bob))
    done = CliRunner().invoke(cli.app, ["magasin"])
    assert done.exit_code == 0, done.output
    assert f"Copie   : {bob}, à jour" in done.output
    assert held(bob)[f"{FOLDER}/bmo.csv"] == held(alice)[f"{FOLDER}/bmo.csv"]
    monkeypatch.delenv("ATLAS_MAGASIN")
    alone = CliRunner().invoke(cli.app, ["magasin"])
    assert isinstance(alone.exception, UsageError)
    assert "celui d'une seule machine" in str(alone.exception)


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_the_doctor_tries_what_machines_share(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_LAC", "oui")
    assert [(f.objet, f.code) for f in doctor._machines()] == [("magasin", 0), ("base des verrous", 0), ("lac", 0)]
    monkeypatch.setenv("ATLAS_BASE", "postgresql+psycopg2://atlas:tres-secret@127.0.0.1:1/rien")
    monkeypatch.setenv("ATLAS_MAGASIN", "s3://rien?endpoint_override=127.0.0.1:1&scheme=http&region=x")
    found = {f.objet: f for f in doctor._machines()}
    assert [found[name].code for name in ("magasin", "base des verrous")] == [LaterError.exit_code] * 2
    assert "tres-secret" not in str(found)
    monkeypatch.delenv("ATLAS_MAGASIN")
    assert list(doctor._machines()) == []


@pytest.mark.parametrize("address", ["dossier"], indirect=True)
def test_each_machine_has_the_same_key_or_none(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(personnes.VARIABLE, raising=False)
    with pytest.raises(UsageError, match="elle se ferait une clé à elle"):
        personnes.key(fictif=False)
    assert list(tmp_path.rglob("cle-personnes")) == []
    monkeypatch.setenv(personnes.VARIABLE, "k" * 64)
    assert personnes.key(fictif=False) == b"k" * 64


# --- docker-compose.celery.yml -------------------------------------------------------------------------------

BASE_URL = "AIRFLOW__API__BASE_URL"
VALUES = dict.fromkeys(
    (
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
        "AIRFLOW__CORE__FERNET_KEY",
        "AIRFLOW__API__SECRET_KEY",
        "AIRFLOW__API_AUTH__JWT_SECRET",
        "ATLAS_UI_PASSWORD",
        "ATLAS_SOURCES",
        "ATLAS_MAGASIN",
    ),
    "/donne",
)


def test_the_services_are_by_the_specification() -> None:
    found = PyCompose.from_yaml(yaml.safe_dump({"services": services(VALUES), "volumes": dict.fromkeys(VOLUMES)}))
    found.validate()
    assert set(found.service_names()) == {
        "postgres", "redis", "init", "api-server", "scheduler", "dag-processor", "worker"
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(VALUES))
def test_nothing_that_machines_share_has_a_default(name: str) -> None:
    with pytest.raises(LookupError, match=r"à définir, voir \.env\.example"):
        services({**VALUES, name: ""})


def test_a_machine_more_asks_the_first_one_for_all() -> None:
    worker = services({**VALUES, "ATLAS_SERVEUR": "10.0.0.5"})["worker"]["environment"]
    asked = {name: value for name, value in worker.items() if "10.0.0.5" in value}
    assert {name.rpartition("__")[2] for name in asked} == {
        "EXECUTION_API_SERVER_URL", "SQL_ALCHEMY_CONN", "BROKER_URL", "RESULT_BACKEND", "ATLAS_BASE_AIRFLOW",
        "ATLAS_BASE", "NO_PROXY",
    }  # fmt: skip
    here = services(VALUES)
    for name in ("init", "api-server", "scheduler", "dag-processor", "worker"):
        assert here[name]["environment"]["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
        assert here[name]["environment"]["ATLAS_MAGASIN"] == "/donne"
    assert here["worker"]["healthcheck"] != here["dag-processor"]["healthcheck"]


def test_the_interface_has_the_address_that_people_open() -> None:
    def address(**values: str) -> set[str]:
        found = services({**VALUES, **values}).values()
        return {s["environment"][BASE_URL] for s in found if BASE_URL in s.get("environment", {})}

    assert address() == {"http://127.0.0.1:8080"}
    assert address(ATLAS_PORT="8123") == {"http://127.0.0.1:8123"}
    assert address(ATLAS_INTERFACE="https://airflow.exemple.fr") == {"https://airflow.exemple.fr"}


def test_no_service_may_take_all_the_memory() -> None:
    limits = {name: service.get("mem_limit") for name, service in services({**VALUES, "ATLAS_MEMOIRE": "9g"}).items()}
    assert all(limits.values()), limits
    assert {name for name, limit in limits.items() if limit == "9g"} == {"scheduler", "worker"}  # where tasks run


def test_what_machines_ask_each_other_listens_on_loopback_unless_told() -> None:
    ports = [port for service in services(VALUES).values() for port in service.get("ports", [])]
    assert sorted(port.split(":")[0] for port in ports) == ["127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.2"]
    told = [p for s in services({**VALUES, "ATLAS_ECOUTE": "10.0.0.5"}).values() for p in s.get("ports", [])]
    assert sorted(port.split(":")[0] for port in told) == ["10.0.0.5", "10.0.0.5", "10.0.0.5", "127.0.0.1"]
