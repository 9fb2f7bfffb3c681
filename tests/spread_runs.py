"""Airflow over several machines, as docker-compose.celery.yml starts it, without containers: see test_celery.py.

Workers are in folders of their own, which share a store, PostgreSQL and Redis and nothing else. Each part may be
killed and started anew, as an engine that restarts containers does.
"""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import servers
from composed import Processes, Service, processes, services
from embedded_runs import EDITION, House, files
from object_store import credentials, weed
from scheduled_runs import ENDED, LOOPBACK, Scheduler, free_port

from pipelines import journal, shared
from pipelines.runtime import locks
from pipelines.shared.objects import Store

WORKERS = ("machine-a", "machine-b")
PARTS = ("scheduler", "redis", "postgres", "magasin")  # that may fall beside the workers
SILENCE = 20.0  # seconds that a store which falls answers nothing
WITHIN = 900  # seconds; some 150 where nothing else runs
USER = "atlas"
# A worker or a queue that is lost is given up after a minute, where Airflow waits for five, or ten.
IMPATIENT = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
}


@dataclass
class Machines:
    """All that is at work, and the person at the interface."""

    root: Path
    house: House
    running: Processes
    airflow: Scheduler
    base: servers.Postgres
    queue: servers.Redis
    store: int
    variables: dict[str, str]
    workers: Sequence[str]

    def turn_on(self) -> None:
        """Lets the DAGs run when what they wait for comes."""
        self.airflow.unpause("publish", "atlas", *(f"ingest_{name}" for name in self.house.present))

    def published(self, seconds: int = WITHIN) -> list[str]:
        """Waits until the publication has ended, whatever falls meanwhile; gives how it ended."""
        until = time.monotonic() + seconds
        while not (done := self.ended("publish")):
            assert time.monotonic() < until, f"publication : rien après {seconds} s\n{self.running.all_said()}"
            self.running.revive()
            time.sleep(1)
        return done

    def ended(self, dag: str) -> list[str]:
        """How the runs of a DAG have ended; none where nobody answers."""
        with contextlib.suppress(requests.RequestException, AssertionError):
            return [run["state"] for run in self.airflow.runs(dag) if run["state"] in ENDED]
        return []

    def steps(self, name: str) -> list[str]:
        """The steps that a worker has done, in order."""
        return [str(e["etape"]) for e in journal.entries(self.root / name / "warehouse") if e["resultat"] == "fait"]

    def once(self, step: str, times: int = 1, seconds: int = WITHIN) -> None:
        """Waits until the workers have together done a step so many times."""
        until = time.monotonic() + seconds
        while sum(self.steps(name).count(step) for name in self.workers) < times:
            assert time.monotonic() < until, f"étape {step} : rien après {seconds} s\n{self.running.all_said()}"
            self.running.revive()
            time.sleep(0.2)

    def fall(self, name: str) -> None:
        """Kills a service, a worker, PostgreSQL or Redis, and starts it anew; has the store be silent for a while."""
        if name == "postgres":
            self.base.again()
        elif name == "redis":
            self.queue.again()
        elif name == "magasin":
            os.killpg(self.store, signal.SIGSTOP)
            time.sleep(SILENCE)
            os.killpg(self.store, signal.SIGCONT)
        else:
            self.running.again(name)
        self.airflow.process = self.running.running["scheduler"]

    def bring(self, home: Path) -> dict[str, bytes]:
        """The releases as a machine has them that made none of them, in a new copy of the whole."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.delenv(locks.INHERITED, raising=False)
            shared.bring(Store(self.variables["ATLAS_MAGASIN"]), home)
        return files(home / "releases")


@contextlib.contextmanager
def machines(root: Path, house: House, regions: Sequence[str], workers: Sequence[str] = WORKERS) -> Iterator[Machines]:
    """The services of a first machine and its workers, DAGs paused, until the end of the block."""
    with (
        servers.postgres() as base,
        servers.redis() as queue,
        weed(root / "seau") as (bucket, store),
        processes(root) as running,
    ):
        port = free_port()
        values = {
            "POSTGRES_PASSWORD": "secret",
            "REDIS_PASSWORD": "secret",
            "AIRFLOW__CORE__FERNET_KEY": "Zm9yIHRlc3RzIG9ubHksIG5vdGhpbmcgaXMgc2VjcmV0LiE=",
            "AIRFLOW__API__SECRET_KEY": "s" * 64,
            "AIRFLOW__API_AUTH__JWT_SECRET": "j" * 64,
            "ATLAS_UI_PASSWORD": "secret",
            "ATLAS_SOURCES": str(house.sources),
            "ATLAS_SERVEUR": LOOPBACK,
            "ATLAS_MAGASIN": bucket,
            "ATLAS_EDITION": str(EDITION),
            "ATLAS_REGIONS": " ".join(regions),
            "ATLAS_APPROBATION": "non",
            "ATLAS_CLE_PERSONNES": "cle d'essai : personne n'est protege par elle",
        } | credentials()
        moved = {
            f"postgresql+psycopg2://atlas:secret@{LOOPBACK}/atlas": base.address,
            f"redis://:secret@{LOOPBACK}:6379/0": queue.address,
            "8080": str(port),
            "0.0.0.0": LOOPBACK,  # noqa: S104
        }
        airflow = _start(root, house, services(values), moved, running, port, workers)
        yield Machines(root, house, running, airflow, base, queue, store, values, workers)


def _start(
    root: Path,
    house: House,
    known: dict[str, Service],
    moved: dict[str, str],
    running: Processes,
    port: int,
    workers: Sequence[str],
) -> Scheduler:
    """The services of the first machine, then workers in folders of their own."""
    server = _copy(house, root / "serveur")
    here = {**moved, "/opt/atlas": str(server), "/extraits": str(house.sources)}
    running.start("init", known["init"], here, server)
    running.wait("init", 300)
    for name in ("api-server", "scheduler", "dag-processor"):
        running.start(name, known[name], here, server, **IMPATIENT)
    for name in workers:
        home = _copy(house, root / name)
        shutil.copytree(house.sources, home / "extraits")
        there = {**moved, "/opt/atlas": str(home), "/extraits": str(home / "extraits")}
        log_server = {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port())}  # each its own, in a container
        running.start(name, known["worker"], there, home, HOSTNAME=name, **log_server)
    passwords = server / ".airflow" / "mots_de_passe.json"
    return Scheduler(running.running["scheduler"], port, passwords, running.all_said, USER)


def _copy(house: House, home: Path) -> Path:
    shutil.copytree(house.root, home, ignore=shutil.ignore_patterns(".airflow", "__pycache__"))
    (home / ".airflow").mkdir()
    return home
