"""The whole edition from ten vintages of everything: seconds of each phase, and peak memory.

    .venv/bin/python benchmarks/decennie.py [--scale 1] [--folder FOLDER] [--edition 2025] [--region 28]

Makes the fictitious extracts (or takes those that `atlas echantillon FOLDER --decennie` has made), then does
what the DAGs do, by the same steps, without Airflow. Prints the slowest vintages too.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Runs the phases in turn, in this process, and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--edition", type=int, default=2025)
    parser.add_argument("--region", default="28")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        run(given.folder or Path(aside) / "extraits", Path(aside) / "entrepot", given)


def run(sources: Path, warehouse: Path, given: argparse.Namespace) -> None:
    """All phases on one folder of extracts and one new warehouse."""
    os.environ.update(ATLAS_SOURCES=str(sources), ATLAS_WAREHOUSE=str(warehouse))
    import samples
    from pipelines import catalogue, steps
    from pipelines.checks import runner

    total = 0.0

    def timed(name: str, work: Callable[[], Any]) -> Any:
        nonlocal total
        start = time.perf_counter()
        found = work()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        total += seconds if name != "samples" else 0
        print(f"{name:<10} {seconds:6.1f} s   peak so far {peak:5.0f} MB", flush=True)
        return found

    slow: dict[tuple[str, int], float] = {}

    def ingest() -> None:
        for source in catalogue.sources():
            for millesime in steps.vintages(source):
                start = time.perf_counter()
                steps.ingest(source, millesime)
                slow[source, millesime] = time.perf_counter() - start

    timed("samples", lambda: samples.make(sources, scale=given.scale, decade=True))
    runner.warm()
    timed("ingest", ingest)
    timed("lock", lambda: steps.lock(given.edition))
    target = timed("build", lambda: steps.build(given.edition))
    timed("check", lambda: steps.check_marts(target))
    timed("reconcile", lambda: steps.reconcile(target))
    timed("promote", lambda: steps.promote(target))
    timed("publish", lambda: steps.publish(given.edition, given.region))
    print(f"{'all':<10} {total:6.1f} s   {len(slow)} vintages ingested")
    for (source, millesime), seconds in sorted(slow.items(), key=lambda item: -item[1])[:5]:
        print(f"  {source} {millesime}: {seconds:.1f} s")


if __name__ == "__main__":
    main()
