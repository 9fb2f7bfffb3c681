"""A PostgreSQL and a Redis of its own on loopback, that a test may stop and start anew; skipped where there is none."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from scheduled_runs import LOOPBACK, free_port

WITHIN = 60  # seconds, where one is enough when nothing else runs
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Postgres:
    """A cluster in a folder: its programs, its port; who runs it, which is never root."""

    programs: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        """Where its one database is, for SQLAlchemy."""
        return f"postgresql+psycopg2://postgres@{LOOPBACK}:{self.port}/postgres"

    def run(self, program: str, *options: str) -> None:
        """Runs one of its programs in its folder. Raises CalledProcessError where it fails."""
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        with (self.folder / "sortie.log").open("ab") as out:
            command = [*who, str(self.programs / program), "-D", str(self.folder / "donnees"), *options]
            subprocess.run(command, cwd=self.folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=True)

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        asked = f"-p {self.port} -c listen_addresses={LOOPBACK} -c unix_socket_directories={self.folder} -c fsync=off"
        self.run("pg_ctl", "start", "-w", "-o", asked, "-l", str(self.folder / "journal.log"))

    def again(self) -> None:
        """Stops it as a power cut does, and starts it anew."""
        self.run("pg_ctl", "stop", "-m", "immediate")
        self.start()


@dataclass
class Redis:
    """A Redis that writes nothing to the disk, as that of docker-compose.celery.yml."""

    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Where it is, for Celery."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Starts it, and waits until it listens."""
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        asked = ["redis-cli", "-h", LOOPBACK, "-p", str(self.port), "ping"]
        until = time.monotonic() + WITHIN
        while b"PONG" not in subprocess.run(asked, capture_output=True, check=False).stdout:
            assert self.process.poll() is None, "Redis s'est arrêté"
            assert time.monotonic() < until, "Redis n'a pas démarré"
            time.sleep(0.1)

    def stop(self) -> None:
        """Kills it: what waited there is lost."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def again(self) -> None:
        """Kills it, and starts it anew, empty."""
        self.stop()
        self.start()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A new cluster, until the end of the block."""
    beside = shutil.which("initdb")
    found = [Path(beside).parent] if beside else sorted(DEBIAN.glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        pytest.skip("pas de PostgreSQL à démarrer ici (apt install postgresql)")
    # Not in pytest's own folder, which is closed to any other user.
    folder = Path(tempfile.mkdtemp(prefix="essai-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = Postgres(found[-1], folder, free_port())
    try:
        made.run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        made.start()
        yield made
    finally:
        if (folder / "donnees" / "postmaster.pid").is_file():
            made.run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)


@contextmanager
def redis() -> Iterator[Redis]:
    """A new Redis, until the end of the block."""
    if not shutil.which("redis-server") or not shutil.which("redis-cli"):
        pytest.skip("pas de Redis à démarrer ici (apt install redis)")
    made = Redis(free_port())
    made.start()
    try:
        yield made
    finally:
        made.stop()
