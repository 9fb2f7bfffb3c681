"""Two editions made by Airflow in its embedded mode, and one by its scheduler, beside the other tests: test_dags.py."""

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from receivers import counted, webhook
from scheduled_runs import Scheduler, scheduler

import samples
from pipelines.settings import ROOT

EDITION, REGION = 2025, "28"
OTHER = "01"  # a region of one département: few pages
LATER = "02"  # another: what is drafted, and decided later
PUBLISHER, ANALYST = "publicateur", "analyste"  # users of Airflow, beside its administrator


CHOICES = {REGION: ("Approuver", ""), OTHER: ("Rejeter", "une commune manque"), LATER: ("Plus tard", "")}
DECIDING = (("brouillons",), ("approuver", "--par", PUBLISHER), ("brouillons",))


@dataclass(frozen=True)
class Done:
    """What a command said, and the release as it was when it ended."""

    status: int
    out: str
    err: str
    released: dict[str, bytes]


@dataclass(frozen=True)
class Scheduled:
    """What a scheduler ran: the states of its tasks and their logs, by DAG; what it released; whom it told.

    `asked` is what people were asked, by region; `answers` what Airflow said of each answer; `early` what was released
    before any; `drafts` what became of each, by region; `waiting` the files of the draft that was left waiting, and
    `direct` those of the same, released without a draft being approved; `lineage` and `metrics` what was told to who
    watches; `notes` what the list of runs says of each.
    """

    runs: dict[str, list[str]] = field(default_factory=dict)
    tasks: dict[str, dict[str, str]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    early: list[str] = field(default_factory=list)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, bytes] = field(default_factory=dict)
    direct: dict[str, bytes] = field(default_factory=dict)
    lineage: list[dict[str, Any]] = field(default_factory=list)
    metrics: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)


def region_of(asked: dict[str, Any]) -> str:
    """The region that a question is about."""
    return next(region for region in CHOICES if f"({region})" in asked["subject"])


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, with their bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class House:
    """A copy of the code elsewhere, with its own Airflow and warehouse: the checkout's are left alone."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "atlas"
        for name in ("pipelines", "dags", "sql", "expectations"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(ROOT / "uv.lock", self.root / "uv.lock")
        self.warehouse = folder / "entrepot"
        self.sources = folder / "extraits"
        # A few sources are enough for every kind of task; `make atlas` runs them all.
        samples.make(folder / "tous", scale=0.1)
        for name in ("ght", "insee_cog", "sae"):
            shutil.copytree(folder / "tous" / name, self.sources / name)
        shutil.copyfile(folder / "tous" / "FICTIF.txt", self.sources / "FICTIF.txt")
        self.process: subprocess.Popen[str] | None = None
        self.airflow: Scheduler | None = None
        self.stopped = False

    @property
    def present(self) -> list[str]:
        """The sources that the extracts have."""
        return sorted(p.name for p in self.sources.iterdir() if p.is_dir())

    @property
    def database(self) -> Path:
        return self.warehouse / "atlas_sante.duckdb"

    @property
    def releases(self) -> Path:
        return self.warehouse / "releases" / f"{EDITION}-{REGION}"

    def variables(self, warehouse: Path) -> dict[str, str]:
        """The environment of that copy, with nothing of the person's own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "ATLAS"))}
        return {**kept, "PYTHONPATH": str(self.root), "ATLAS_WAREHOUSE": str(warehouse)}

    def atlas(self, *arguments: str) -> Done:
        """Runs `atlas …` from that copy."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *arguments],
            cwd=self.root,
            env=self.variables(self.warehouse),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            out, err = self.process.communicate(timeout=600)
        except subprocess.TimeoutExpired:
            self.stop()
            out, err = self.process.communicate()
            err += "\narrêté : plus de 600 secondes"
        released = {
            p.relative_to(self.releases).as_posix(): p.read_bytes() for p in self.releases.rglob("*.*") if p.is_file()
        }
        return Done(self.process.returncode, out, err, released)

    def edition(self, *regions: str, draft: bool = False) -> Done:
        asked = [word for code in regions for word in ("--region", code)] + ["--brouillon"] * draft
        return self.atlas("edition", "--sources", str(self.sources), "--edition", str(EDITION), *asked)

    def damage(self) -> None:
        """One column of one file changes its name."""
        path = self.sources / "ght" / "2023" / "ght_membership_inferred_2023.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("finess_ej", "autre_nom", 1), encoding="utf-8")

    def scheduled(self) -> Scheduled:
        """The edition built again from its lock and released by a scheduler, in another warehouse, by what wakes what.

        Meanwhile it asks one source again: a vintage of it has not changed, the file of the other is still refused.
        """
        home = self.warehouse.with_name("entrepot-planifie")
        for name in ("landing", "staging", f"editions/{EDITION}"):
            shutil.copytree(
                self.warehouse / name, home / name, ignore=shutil.ignore_patterns("*.duckdb*", "publie.json")
            )
        dags = ("ingest_ght", "reprise", "atlas", "publish")
        variables = {
            "ATLAS_REGIONS": f"{REGION} {OTHER} {LATER}",
            "ATLAS_APPROBATEURS": PUBLISHER,
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"admin:admin,{PUBLISHER}:user,{ANALYST}:viewer",
        }
        events = home.with_name("evenements.jsonl")
        sent = {"type": "file", "log_file_path": str(events), "append": True}
        with (
            webhook() as (address, told),
            counted() as (port, metrics),
            scheduler(
                self.root,
                home,
                self.sources,
                ATLAS_ALERTES=address,
                AIRFLOW__OPENLINEAGE__TRANSPORT=json.dumps(sent),
                AIRFLOW__METRICS__STATSD_ON="True",
                AIRFLOW__METRICS__STATSD_PORT=str(port),
                **variables,
            ) as airflow,
        ):
            self.airflow = airflow
            # What wakes by the clock runs once as soon as it may; then one wakes the other.
            airflow.unpause(*reversed(dags))
            found = airflow.asked("publish", 3)
            asked = {region_of(one): one for one in found}
            early = sorted(p.name for p in home.glob("releases/*"))
            answers = {who: airflow.answer(asked[REGION], who, "Approuver") for who in ("admin", ANALYST)}
            airflow.answered("publish", lambda one: airflow.answer(one, PUBLISHER, *CHOICES[region_of(one)]))
            ended = {dag: airflow.ended(dag) for dag in dags}
            done = Scheduled(
                {dag: [run["state"] for run in airflow.runs(dag)] for dag in dags},
                {dag: airflow.tasks(dag, run) for dag, run in ended.items()},
                {dag: airflow.logs(dag, run) for dag, run in ended.items()},
                {p.relative_to(home / "releases").as_posix() for p in (home / "releases").rglob("*") if p.is_file()},
                [t["text"] for t in told],
                asked,
                answers,
                early,
                lineage=[json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()],
                metrics=metrics,
                notes={dag: airflow.runs(dag)[0]["note"] or "" for dag in dags},
            )
        return self.directly(home, done)

    def directly(self, home: Path, done: Scheduled) -> Scheduled:
        """What became of the drafts of a scheduler; and the one left waiting beside its release without approval."""
        records = [json.loads(p.read_text(encoding="utf-8")) for p in home.glob("brouillons/*/*/brouillon.json")]
        (left,) = home.glob(f"brouillons/{EDITION}-{LATER}/*/publication")
        waiting = files(left)
        code = f"from pipelines import steps; steps.publish({EDITION}, '{LATER}')"
        subprocess.run([sys.executable, "-c", code], cwd=self.root, env=self.variables(home), check=True, timeout=600)
        direct = files(home / "releases" / f"{EDITION}-{LATER}" / f"{EDITION}.1")
        return replace(done, drafts={r["region"]: r for r in records}, waiting=waiting, direct=direct)

    def stop(self) -> None:
        """Ends what still runs, Airflow included."""
        self.stopped = True
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.airflow is not None and self.airflow.process.poll() is None:
            self.airflow.process.send_signal(signal.SIGINT)


class Runs:
    """At once, in the background: a run on whole extracts, one after a file was damaged, the lock, a scheduler."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.pool = ThreadPoolExecutor(1)
        self.first: Future[Done] = self.pool.submit(self.house.edition, REGION, OTHER)
        self.second: Future[Done] = self.pool.submit(self._again)
        self.decided: Future[list[Done]] = self.pool.submit(self._decided)
        self.lock: Future[Done] = self.pool.submit(self._unless_stopped, "lock", str(EDITION), "--update")
        self.scheduled: Future[Scheduled] = self.pool.submit(self._scheduled)

    def _again(self) -> Done:
        self.house.damage()
        return Done(-1, "", "", {}) if self.house.stopped else self.house.edition(REGION, LATER, draft=True)

    def _decided(self) -> list[Done]:
        """What a person then types: see what waits, and approve it."""
        return [self._unless_stopped(*command) for command in DECIDING]

    def _unless_stopped(self, *arguments: str) -> Done:
        return Done(-1, "", "", {}) if self.house.stopped else self.house.atlas(*arguments)

    def _scheduled(self) -> Scheduled:
        return Scheduled() if self.house.stopped else self.house.scheduled()

    def close(self) -> None:
        """Stops what nobody waits for."""
        self.house.stop()
        self.pool.shutdown(wait=True, cancel_futures=True)
