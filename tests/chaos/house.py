"""The main job on a few fictitious extracts, as a person starts it; and what it makes when nothing happens to it."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import embedded_runs

from pipelines import journal
from pipelines.edition import lockfile
from pipelines.releases import manifest
from pipelines.runtime import locks
from pipelines.settings import DATABASE, Settings

EDITION, REGION = embedded_runs.EDITION, embedded_runs.OTHER  # of one département: few pages
WITHIN = 900  # seconds; some 40 where nothing else runs
# What DuckDB never writes twice alike, what is its hash, what says when.
UNLIKE = re.compile(r"\.duckdb$|(^|/)SHA256SUMS$|/provenance\.json$")
BUSY = 6  # what `atlas` exits with where another writes


@dataclass(frozen=True)
class Said:
    """How a command ended, and all that it printed."""

    status: int
    text: str


@dataclass(frozen=True)
class Step:
    """A step of the undisturbed run: how many had ended before it began, and how long it took."""

    name: str
    after: int
    seconds: float


@dataclass(frozen=True)
class Reference:
    """What the undisturbed run made (bytes by name, but those that differ each time), its steps, its size, its time."""

    made: dict[str, bytes]
    steps: tuple[Step, ...]
    octets: int
    seconds: float


class Job:
    """`atlas edition` at work in a warehouse, in a session of its own."""

    def __init__(self, house: embedded_runs.House, warehouse: Path, *options: str, **variables: str) -> None:
        self.warehouse = warehouse
        command = [sys.executable, "-m", "pipelines.cli", "edition", "--sources", str(house.sources)]
        self.output = warehouse.with_name(f"{warehouse.name}-{time.monotonic_ns()}.log")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--edition", str(EDITION), "--region", REGION, *options],
                cwd=house.root,
                env={**house.variables(warehouse), **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def ended(self) -> Said:
        """Waits for its end."""
        try:
            self.process.wait(WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            return Said(-1, self.output.read_text(encoding="utf-8", errors="replace") + f"\nplus de {WITHIN} s")
        return Said(self.process.returncode, self.output.read_text(encoding="utf-8", errors="replace"))

    def family(self) -> list[int]:
        """Its process and all that it started, the oldest first."""
        import psutil

        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [self.process.pid, *(child.pid for child in children)]

    def kill(self) -> None:
        """Kills all of it at once, as a machine that stops does."""
        for pid in reversed(self.family()):
            _kill(pid)
        self.process.wait(60)

    def until(self, step: Step, share: float) -> None:
        """Waits until that share of a step has gone, as far as the steps ended tell."""
        while self.running and len(ended(self.warehouse)) < step.after:
            time.sleep(0.05)
        until = time.monotonic() + step.seconds * share
        while self.running and time.monotonic() < until:
            time.sleep(0.02)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def ended(warehouse: Path) -> list[dict[str, object]]:
    """The steps that have ended, in the order in which they did."""
    return journal.entries(warehouse)


def undisturbed(house: embedded_runs.House, warehouse: Path) -> Reference:
    """Runs the job once, with nothing in its way. Raises RuntimeError where it fails."""
    start = time.time()
    done = Job(house, warehouse).ended()
    if done.status:
        raise RuntimeError(done.text[-3000:])
    lines = ended(warehouse)
    spans = []
    for line in lines:
        end, took = datetime.fromisoformat(str(line["quand"])).timestamp(), float(str(line["secondes"]))
        spans.append((str(line["etape"]), end - took, end))
    steps = tuple(Step(n, sum(e <= begun for _, _, e in spans), e - begun) for n, begun, e in spans)
    octets = sum(p.stat().st_size for p in warehouse.rglob("*") if p.is_file())
    return Reference(made(warehouse), steps, octets, time.time() - start)


def made(warehouse: Path) -> dict[str, bytes]:
    """What stays of a run, but what differs each time: archive, staging, lock, releases; and the tables in place."""
    found: dict[str, bytes] = {}
    for part in ("landing", "staging", "releases"):
        for path in sorted((warehouse / part).rglob("*")):
            name = path.relative_to(warehouse).as_posix()
            aside = any(piece.startswith(".") for piece in path.relative_to(warehouse).parts)
            if path.is_file() and not aside and not UNLIKE.search(name):
                found[name] = path.read_bytes()
    lock = lockfile.path(Settings(sources=warehouse, warehouse=warehouse), EDITION)
    if lock.is_file():
        found["verrou"] = lock.read_bytes()
    return found


def archived(warehouse: Path) -> dict[str, bytes]:
    """The archive as whoever looks finds it, records included."""
    return {
        path.relative_to(warehouse).as_posix(): path.read_bytes()
        for path in (warehouse / "landing").rglob("*")
        if path.is_file() and not any(piece.startswith(".") for piece in path.relative_to(warehouse).parts)
    }


# Held by who looks at a warehouse, and by who puts another in its place.
LOOKING = threading.Lock()


def partial(warehouse: Path) -> list[str]:
    """What anybody can see in a warehouse that isn't whole: a release, an archived vintage, the file in place."""
    said = []
    for folder in manifest.releases(warehouse / "releases"):
        said += [f"{folder.name}/{name} {why}" for name, why in manifest.faults(folder)]
    for revision in (warehouse / "landing").glob("*/*/r*"):
        if not (revision / "provenance.json").is_file():
            said.append(f"{revision} sans provenance.json")
    file = warehouse / DATABASE
    if file.exists():
        import duckdb

        try:
            with duckdb.connect(str(file), read_only=True) as found:
                if not found.execute("SELECT count(*) FROM reference.sources").fetchone():
                    said.append("reference.sources vide")
        except duckdb.Error as error:
            said.append(f"{DATABASE} : {error}")
    return said


def held(warehouse: Path) -> list[str]:
    """The locks that somebody still holds."""
    found = []
    for path in sorted((warehouse / locks.FOLDER).glob("*")):
        with path.open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                found.append(path.name)
    return found


def verified(house: embedded_runs.House, warehouse: Path) -> list[str]:
    """What `atlas verifier` finds wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "verifier", "--json"],
        cwd=house.root,
        env=house.variables(warehouse),
        capture_output=True,
        text=True,
        timeout=300,
    )
    try:
        return [f"{flaw['fichier']} : {flaw['constat']}" for flaw in json.loads(done.stdout)]
    except ValueError:
        return [f"atlas verifier : {done.stdout[-500:]}{done.stderr[-500:]}"]
