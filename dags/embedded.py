"""Runs the DAGs of this folder in this process: no scheduler, SQLite metadata. `atlas edition` starts it.

Airflow's own log goes to a file; what a person follows goes to the terminal.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def _split_output(log: Path) -> Callable[[str], None]:
    """Sends all that Airflow prints to the log; returns what still speaks to the terminal."""
    log.parent.mkdir(parents=True, exist_ok=True)
    terminal = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.stdout.flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)

    def say(line: str) -> None:
        terminal.write(line + "\n")

    return say


def _entries(journal: Path, since: int) -> list[dict]:
    """What the steps wrote to the journal from a position on."""
    if not journal.is_file():
        return []
    with journal.open(encoding="utf-8") as handle:
        handle.seek(since)
        return [json.loads(line) for line in handle]


def _saved_once() -> "DagBag":
    """Reads this folder and saves its DAGs, once for all runs.

    `dag.test()` would do both again at each run, for all DAGs: with forty sources, a third of the whole time.
    """
    from airflow.dag_processing import dagbag
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    manager = DagBundlesManager()
    manager.sync_bundles_to_db()
    (bundle,) = manager.get_all_dag_bundles()
    bundle.initialize()
    bag = dagbag.BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
    dagbag.sync_bag_to_db(bag, bundle.name, bundle.version)
    dagbag.BundleDagBag = lambda **_: bag
    dagbag.sync_bag_to_db = lambda *_: None
    return bag


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--edition", type=int, required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--journal", type=Path, required=True)
    arguments = parser.parse_args()
    home = Path(os.environ["AIRFLOW_HOME"])
    say = _split_output(home / "logs" / "embarque.log")

    say("Airflow démarre…")
    from airflow.utils import db

    from pipelines import settings, steps

    db.initdb()
    bag = _saved_once()
    if bag.import_errors:
        say(f"Les DAG ne se chargent pas : {bag.import_errors}")
        return 1
    for dag in bag.dags.values():
        for task in dag.tasks:
            task.retries = 0  # a run in a terminal says at once what failed; Airflow would wait out minutes
    plan: list[tuple[str, dict]] = [(f"ingest_{source}", {}) for source in steps.ingestible()]
    plan.append(("atlas", {"edition": arguments.edition, "update": arguments.update}))
    plan.append(("publish", {"edition": arguments.edition, "region": arguments.region}))
    now = settings.load()
    online = ", et ce qui n'y est pas chez les producteurs" if now.en_ligne else ""
    say(f"{len(plan)} DAG à exécuter, extraits de {now.sources}{online}\n")
    failed = []
    for rank, (name, conf) in enumerate(plan, start=1):
        start = time.perf_counter()
        position = arguments.journal.stat().st_size if arguments.journal.is_file() else 0
        run = bag.dags[name].test(run_conf=conf)
        done = _entries(arguments.journal, position)
        good = str(run.state) == "success"
        if not good:
            failed.append(name)
        said = ", ".join(
            dict.fromkeys(
                str(e["millesime"]) + ("" if e["resultat"] == "fait" else " REFUSÉ" if e.get("code") == 3 else " ÉCHEC")
                for e in done
                if "millesime" in e and (e["etape"] == "check" or e["resultat"] != "fait")
            )
        )
        mark = "fait " if good else "ÉCHEC"
        say(f"[{rank:2}/{len(plan)}] {mark} {name:<38} {said:<24} {time.perf_counter() - start:5.1f} s")
        if name == "atlas" and not good:
            break
    # What failed for a known reason is in the journal, with its sentence; anything else is in the log.
    told = {e.get("resultat") for e in _entries(arguments.journal, 0)}
    if failed and not told & {"échec", "erreur"}:
        say(f"Le détail est dans {home / 'logs' / 'embarque.log'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
