"""Two workers, which share a store, PostgreSQL and Redis and nothing else, make what one machine makes."""

import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from composed import Processes, Service, processes, services
from embedded_runs import EDITION, House, files
from object_store import credentials, seaweed
from scheduled_runs import LOOPBACK, Scheduler, free_port
from test_machines import BASE, answers

from pipelines import journal, locks, shared

WORKERS = ("machine-a", "machine-b")
REDIS = ("127.0.0.1", 6379)
REGIONS = ("01", "02", "03")  # of one département each: few pages
WITHIN = 900  # seconds; some 150 where nothing else runs
USER = "atlas"
LOOSE = ("FICTIF-atlas_public.duckdb", "SHA256SUMS")  # DuckDB never writes a file twice with the same bytes


@dataclass(frozen=True)
class Spread:
    """What two workers made: the releases in the store and those of one machine; who did what; how long it took."""

    made: dict[str, bytes]
    alone: dict[str, bytes]
    steps: dict[str, set[str]]
    seconds: dict[str, float]


def needed() -> None:
    if not answers(BASE):
        pytest.skip(f"pas de PostgreSQL à {BASE}")
    with socket.socket() as probe:
        if probe.connect_ex(REDIS):
            pytest.skip("pas de Redis à 127.0.0.1:6379 : le démarrer (redis-server)")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A database of its own, in the PostgreSQL that is there."""
    needed()
    name = f"essai_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(BASE, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield BASE.rpartition("/")[0] + f"/{name}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def spread(database: str, tmp_path_factory: pytest.TempPathFactory) -> Spread:
    root = tmp_path_factory.mktemp("machines")
    house = House(root)
    start = time.monotonic()
    done = house.edition(*REGIONS)
    assert done.status == 0, done.out[-3000:] + done.err[-3000:]
    alone = time.monotonic() - start
    with seaweed(root / "seau") as bucket, processes(root) as running:
        port = free_port()
        values = {
            "POSTGRES_PASSWORD": "secret",
            "REDIS_PASSWORD": "secret",
            "AIRFLOW__CORE__FERNET_KEY": "",
            "AIRFLOW__API__SECRET_KEY": "s" * 64,
            "AIRFLOW__API_AUTH__JWT_SECRET": "j" * 64,
            "ATLAS_UI_PASSWORD": "secret",
            "ATLAS_SOURCES": str(house.sources),
            "ATLAS_SERVEUR": LOOPBACK,
            "ATLAS_MAGASIN": bucket,
            "ATLAS_EDITION": str(EDITION),
            "ATLAS_REGIONS": " ".join(REGIONS),
            "ATLAS_APPROBATION": "non",
            "ATLAS_CLE_PERSONNES": "cle d'essai : personne n'est protege par elle",
        }
        values["AIRFLOW__CORE__FERNET_KEY"] = "Zm9yIHRlc3RzIG9ubHksIG5vdGhpbmcgaXMgc2VjcmV0LiE="
        known = services({**values, **credentials()})
        moved = {
            f"postgresql+psycopg2://atlas:secret@{LOOPBACK}/atlas": database,
            "redis://:secret@": "redis://",
            "8080": str(port),
            "0.0.0.0": LOOPBACK,  # noqa: S104
        }
        airflow = start_all(root, house, known, moved, running, port)
        start = time.monotonic()
        sources = [f"ingest_{name}" for name in house.present]
        airflow.unpause("publish", "atlas", *sources)
        airflow.until(lambda: ended(airflow, "publish"), WITHIN, "publication par deux machines")
        seconds = time.monotonic() - start
        said = {name: running.said(name) for name in running.running}
        assert ended(airflow, "publish") == ["success"], said
        made = brought(root / "lecteur", values | credentials())
    steps = {
        name: {str(e["etape"]) for e in journal.entries(root / name / "warehouse") if e["resultat"] == "fait"}
        for name in WORKERS
    }
    return Spread(made, files(house.warehouse / "releases"), steps, {"une": alone, "deux": seconds})


def ended(airflow: Scheduler, dag: str) -> list[str]:
    return [run["state"] for run in airflow.runs(dag) if run["state"] in ("success", "failed")]


def start_all(
    root: Path, house: House, known: dict[str, Service], moved: dict[str, str], running: Processes, port: int
) -> Scheduler:
    """The services of the first machine, then two workers in folders of their own."""
    server = copy_of(house, root / "serveur")
    # The Redis of this machine may serve others: tasks go by a queue of their own.
    queue = {"AIRFLOW__OPERATORS__DEFAULT_QUEUE": root.name}
    here = {**moved, "/opt/atlas": str(server), "/extraits": str(house.sources)}
    running.start("init", known["init"], here, server)
    running.wait("init", 300)
    for name in ("api-server", "scheduler", "dag-processor"):
        running.start(name, known[name], here, server, **queue)
    for name in WORKERS:
        home = copy_of(house, root / name)
        shutil.copytree(house.sources, home / "extraits")
        there = {**moved, "/opt/atlas": str(home), "/extraits": str(home / "extraits")}
        log_server = {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port())}  # each its own, in a container
        running.start(name, known["worker"], there, home, HOSTNAME=name, **log_server, **queue)
    passwords = server / ".airflow" / "mots_de_passe.json"
    return Scheduler(running.running["scheduler"], port, passwords, running.all_said, USER)


def brought(home: Path, variables: dict[str, str]) -> dict[str, bytes]:
    """The releases as a third machine has them, which made none of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.delenv(locks.INHERITED, raising=False)
        with shared.working(home, "lecture"):
            return files(home / "releases")


def copy_of(house: House, home: Path) -> Path:
    shutil.copytree(house.root, home, ignore=shutil.ignore_patterns(".airflow", "__pycache__"))
    (home / ".airflow").mkdir()
    return home


@pytest.mark.lent
def test_two_machines_publish_what_one_does(spread: Spread) -> None:
    assert {name.split("/")[0] for name in spread.alone} == {f"{EDITION}-{region}" for region in REGIONS}
    assert spread.made.keys() == spread.alone.keys()
    different = [n for n in spread.made if spread.made[n] != spread.alone[n] and n.rpartition("/")[2] not in LOOSE]
    assert different == []


@pytest.mark.lent
def test_both_machines_worked(spread: Spread) -> None:
    first, second = (spread.steps[name] for name in WORKERS)
    assert first & second
    assert {"fetch", "stage", "check", "lock", "build", "check_marts", "promote", "draft", "publish"} <= first | second
