"""`make chaos`: strikes the main job, runs it again, says what was lost."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from . import blows, trial


def main() -> int:
    """Reads the command, strikes, prints a line for each blow and a table at the end. 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--coups", type=int, default=18, help="nombre de coups, répartis entre les sortes")
    parser.add_argument("--graine", type=int, default=1, help="graine du tirage : la même rend les mêmes coups")
    parser.add_argument("--seulement", nargs="*", choices=sorted(blows.KINDS), help="ces sortes de coups seulement")
    parser.add_argument("--dossier", type=Path, help="où travailler, et où reste ce qui a été perdu")
    parser.add_argument("--journal", type=Path, help="un fichier où écrire une ligne de JSON par coup")
    asked = parser.parse_args()
    kinds = asked.seulement or list(blows.KINDS)
    folder = asked.dossier or Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    bench = trial.Bench(folder)
    steps = len(bench.reference.steps)
    print(
        f"Sans coup : {bench.reference.seconds:.0f} s, {steps} étapes, {len(bench.reference.made)} fichiers", flush=True
    )
    times: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for rank in range(asked.coups):
        kind = kinds[rank % len(kinds)]
        verdict = bench.strike(kind, f"{asked.graine}-{rank}")
        times[kind] += 1
        lost[kind] += bool(verdict.perdu)
        print(f"[{rank + 1}/{asked.coups}] {kind} : {verdict.fait} ({verdict.secondes} s)", flush=True)
        for what in verdict.perdu:
            print(f"    PERDU : {what}", flush=True)
        if asked.journal:
            with asked.journal.open("a", encoding="utf-8") as out:
                out.write(json.dumps(verdict.record(), ensure_ascii=False) + "\n")
    print(f"\n{'coup':<16}{'essais':>8}{'perdus':>8}")
    for kind in times:
        print(f"{kind:<16}{times[kind]:>8}{lost[kind]:>8}")
    return 1 if +lost else 0


if __name__ == "__main__":
    sys.exit(main())
