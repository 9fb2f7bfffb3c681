"""`make mutants`: draws faults, tries them, says which tests see them."""

import argparse
import json
from pathlib import Path

from . import base, named, places, report, run, trial

JOURNAL = "journal.jsonl"


def main() -> None:
    """Reads the command, tries what the journal doesn't know yet, writes the report."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--budget", type=int, default=150, help="nombre de mutants tirés")
    parser.add_argument("--graine", type=int, default=1, help="graine du tirage : la même rend les mêmes mutants")
    parser.add_argument("--seulement", default="", help="début du chemin des fichiers où mettre des défauts")
    parser.add_argument("--nommes", action="store_true", help="les défauts nommés, qui ont un jour échappé à tout")
    parser.add_argument("--limite", type=float, default=400, help="secondes de processeur, au plus, par mutant")
    parser.add_argument("--reprendre", action="store_true", help="garder les verdicts déjà rendus du même tirage")
    asked = parser.parse_args()
    base.HOME.mkdir(exist_ok=True)
    mutants = (
        named.all_of(base.ROOT) if asked.nommes else places.draw(base.ROOT, asked.budget, asked.graine, asked.seulement)
    )
    journal = base.HOME / JOURNAL
    known = _known(journal) if asked.reprendre else {}
    prepared = base.prepared()
    left = [mutant for mutant in mutants if mutant.id not in known]
    # The current folder becomes that of a copy of the tree: paths are whole from here on.
    with journal.open("a" if asked.reprendre else "w", encoding="utf-8") as out:
        for rank, verdict in enumerate(
            run.all_of(base.ROOT, left, prepared, asked.limite), len(mutants) - len(left) + 1
        ):
            known[verdict.id] = verdict
            out.write(json.dumps(verdict.record(), ensure_ascii=False) + "\n")
            out.flush()
            print(f"[{rank}/{len(mutants)}] {report.line(verdict)}", flush=True)
    verdicts = [known[mutant.id] for mutant in mutants]
    report.write(base.HOME, verdicts)
    print(report.summary(verdicts))
    print(f"Rapport : {base.HOME / report.MARKDOWN}")


def _known(journal: Path) -> dict[str, trial.Verdict]:
    """The verdicts of earlier runs, by mutant."""
    if not journal.is_file():
        return {}
    lines = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    return {line["id"]: trial.Verdict(**line) for line in lines}


if __name__ == "__main__":
    main()
