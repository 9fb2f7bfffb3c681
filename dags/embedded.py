"""Runs the DAGs of this folder without a scheduler, metadata in SQLite: `atlas edition` starts it with its settings.

Sources don't depend on each other: their DAGs run side by side, one process for each core. Airflow's own log goes
to a file; what a person follows goes to the terminal.
"""

import argparse
import os
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import parent
import runs


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


class Told:
    """Says how each run of a DAG ended, a line each, and remembers those that failed."""

    def __init__(self, say: Callable[[str], None], count: int, entries: Callable[[], list[dict[str, Any]]]) -> None:
        self.say, self.count, self.entries = say, count, entries
        self.failed: list[str] = []

    def tell(self, rank: int, run: runs.Run) -> None:
        """Tells one run: the vintages that it ingested, and how long it took."""
        name, good, seconds = run
        if not good:
            self.failed.append(name)
        said = ", ".join(
            dict.fromkeys(
                str(e["millesime"]) + ("" if e["resultat"] == "fait" else " REFUSÉ" if e.get("code") == 3 else " ÉCHEC")
                for e in self.entries()
                if "millesime" in e
                and name == f"ingest_{e['source']}"
                and (e["etape"] == "check" or e["resultat"] != "fait")
            )
        )
        mark = "fait " if good else "ÉCHEC"
        self.say(f"[{rank:2}/{self.count}] {mark} {name:<38} {said:<24} {seconds:5.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--back", action="store_true")
    arguments = parser.parse_args()
    parent.leave_with_it(family=True)
    home = Path(os.environ["AIRFLOW_HOME"])
    say = _split_output(home / "logs" / "embarque.log")

    say("Airflow démarre…")
    import approval
    from airflow.utils import db

    from pipelines import journal, settings, steps

    approval.Approval.somebody = False  # no interface: what must be approved is left as a draft
    db.initdb()
    bag = runs.read()
    if bag.import_errors:
        say(f"Les DAG ne se chargent pas : {bag.import_errors}")
        return 1
    now = settings.load()
    ingests = [f"ingest_{source}" for source in steps.ingestible()]
    then = [("atlas", {"update": arguments.update, "back": arguments.back}), ("publish", {})]
    count = len(ingests) + len(then)
    online = ", et ce qui n'y est pas chez les producteurs" if now.en_ligne else ""
    say(f"{count} DAG à exécuter, extraits de {now.sources}{online}\n")
    runs.ready()
    since = journal.size(now.warehouse)
    told = Told(say, count, lambda: journal.entries(now.warehouse, since))
    try:
        for rank, run in enumerate(runs.every(ingests), start=1):
            told.tell(rank, run)
    except BrokenProcessPool:
        say(
            "Le système a arrêté un des processus qui lisaient les extraits : la mémoire a manqué, le plus souvent.\n"
            "Rien n'est construit : l'édition n'aurait pas toutes ses sources. Libérer de la mémoire, puis relancer : "
            "ce qui est déjà contrôlé n'est pas refait."
        )
        return 1
    for rank, (name, conf) in enumerate(then, start=len(ingests) + 1):
        run = runs.one(name, conf)
        told.tell(rank, run)
        if name == "atlas" and not run[1]:
            break
    # What failed for a known reason is in the journal, with its sentence; anything else is in the log.
    results = {e["resultat"] for e in told.entries()}
    if told.failed and not results & {"échec", "erreur"}:
        say(f"Le détail est dans {home / 'logs' / 'embarque.log'}")
    return 1 if told.failed else 0


if __name__ == "__main__":
    sys.exit(main())
