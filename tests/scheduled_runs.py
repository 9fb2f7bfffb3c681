"""Airflow with its scheduler, as `atlas up` starts it, and as its REST API drives it: see test_dags.py."""

import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

LOOPBACK = "127.0.0.1"
STARTED_WITHIN, DONE_WITHIN = 300, 600  # seconds, where a minute is enough when nothing else runs
ENDED = ("success", "failed")


class Scheduler:
    """A running Airflow, and the person at its interface: `process` runs while it does, `log` tells why it stopped."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        port: int,
        passwords: Path,
        log: Callable[[], str],
        user: str = "admin",
    ) -> None:
        self.process, self.passwords, self.log = process, passwords, log
        self.address = f"http://{LOOPBACK}:{port}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.until(self._listens, STARTED_WITHIN, "interface d'Airflow")
        self.session.headers.update(self._as(user))

    def _listens(self) -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return self.session.get(f"{self.address}/api/v2/monitor/health", timeout=30).ok
        return False

    def _as(self, who: str) -> dict[str, str]:
        """The header of a user of the interface."""
        known = json.loads(self.passwords.read_text())
        asked = self.session.post(
            f"{self.address}/auth/token", json={"username": who, "password": known[who]}, timeout=30
        )
        asked.raise_for_status()
        return {"Authorization": f"Bearer {asked.json()['access_token']}"}

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """What the API answers."""
        answer = self.session.request(
            method, f"{self.address}/api/v2/{path}", json=body if method != "GET" else None, timeout=120
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def unpause(self, *dags: str) -> None:
        """Lets DAGs run when what they wait for comes."""
        for dag in dags:
            self.until(functools.partial(self._known, dag), STARTED_WITHIN, f"DAG {dag}")
            self.ask("PATCH", f"dags/{dag}", is_paused=False)

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """The runs of a DAG, oldest first."""
        return list(self.ask("GET", f"dags/{dag}/dagRuns?order_by=run_after")["dag_runs"])

    def ended(self, dag: str) -> str:
        """The name of a DAG's first run, once it has ended."""

        def found() -> list[str]:
            return [run["dag_run_id"] for run in self.runs(dag) if run["state"] in ENDED]

        self.until(found, DONE_WITHIN, f"DAG {dag}")
        return found()[0]

    def asked(self, dag: str, count: int) -> list[dict[str, Any]]:
        """What the tasks of a DAG ask people, once there are so many questions."""

        self.until(lambda: len(self._open(dag)) >= count, DONE_WITHIN, f"questions du DAG {dag}")
        return self._open(dag)

    def _open(self, dag: str) -> list[dict[str, Any]]:
        asked = self.ask("GET", f"dags/{dag}/dagRuns/~/hitlDetails?response_received=false")["hitl_details"]
        return [one for one in asked if one["task_instance"]["state"] == "awaiting_input"]

    def answered(self, dag: str, reply: Callable[[dict[str, Any]], int]) -> None:
        """Answers what a DAG asks until its run has ended.

        A scheduler that lags behind may take an answer given as soon as it asks for a task that was lost: it tries the
        task again a minute later, and so asks again.
        """

        def ended() -> bool:
            for one in self._open(dag):
                reply(one)
            return any(run["state"] in ENDED for run in self.runs(dag))

        self.until(ended, DONE_WITHIN, f"réponses au DAG {dag}")

    def answer(self, asked: dict[str, Any], who: str, choice: str, motif: str = "") -> int:
        """What a user answers, as the interface does; the status of what Airflow says."""
        task = asked["task_instance"]
        place = f"dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}"
        return self.session.patch(
            f"{self.address}/api/v2/{place}/{task['map_index']}/hitlDetails",
            json={"chosen_options": [choice], "params_input": {"motif": motif}},
            headers=self._as(who),
            timeout=30,
        ).status_code

    def tasks(self, dag: str, run: str) -> dict[str, str]:
        """The states of the tasks of a run; of a mapped one, by what it was mapped over."""
        return {
            f"{t['task_id']} {t['rendered_map_index'] or ''}".strip(): t["state"] for t in self._instances(dag, run)
        }

    def logs(self, dag: str, run: str) -> str:
        """All that the tasks of a run wrote, one after the other."""
        lines = []
        for task in self._instances(dag, run):
            place = f"dags/{dag}/dagRuns/{run}/taskInstances/{task['task_id']}/logs/{max(1, task['try_number'])}"
            said = self.ask("GET", f"{place}?map_index={task['map_index']}&full_content=true")
            lines.append(f"--- {task['task_id']} [{task['map_index']}] {task['state']}")
            lines += [_line(event) for event in said["content"]]
        return "\n".join(lines)

    def _instances(self, dag: str, run: str) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"])

    def _known(self, dag: str) -> bool:
        return any(d["dag_id"] == dag for d in self.ask("GET", "dags?limit=200")["dags"])

    def until(self, done: Callable[[], Any], seconds: int, what: str) -> None:
        """Waits until something holds, while Airflow runs."""
        deadline = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None, f"Airflow s'est arrêté :\n{self.log()}"
            assert time.monotonic() < deadline, f"{what} : rien après {seconds} s\n{self.log()}"
            time.sleep(1)


def ended(*logs: Path) -> str:
    """The ends of logs, of those that are there."""
    return "\n".join(p.read_text(encoding="utf-8", errors="replace")[-6000:] for p in logs if p.is_file())


def _line(event: Any) -> str:
    """One line of a task's log: its level, what it says, and its error if it has one."""
    if not isinstance(event, dict):
        return str(event)
    told = "".join(f"\n{e['exc_type']}: {e['exc_value']}" for e in event.get("error_detail") or ())
    return f"{event.get('level') or ''} {event['event']}{told}"


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def scheduler(root: Path, warehouse: Path, sources: Path, **variables: str) -> Iterator[Scheduler]:
    """`atlas up` from a copy of the code, until the end of the block; then Ctrl-C."""
    port = free_port()
    said = root.parent / "atlas-up.log"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "ATLAS"))}
    with said.open("wb") as handle:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", "up", "--port", str(port), "--sources", str(sources)],
            cwd=root,
            env={**kept, "PYTHONPATH": str(root), "ATLAS_WAREHOUSE": str(warehouse), **variables},
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        log = root / ".airflow" / "logs" / "standalone.log"
        passwords = root / ".airflow" / "simple_auth_manager_passwords.json.generated"
        airflow = Scheduler(process, port, passwords, lambda: ended(said, log))
        airflow.until(lambda: "Un DAG arrive en pause" in ended(said), STARTED_WITHIN, "atlas up")
        yield airflow
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
