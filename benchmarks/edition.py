"""Time and memory of the pipeline's own work, against the least any reader can do on the same files.

    .venv/bin/python benchmarks/edition.py FOLDER [--runs 3] [--edition 2025] [--region 28]

In turn, in fresh processes: (a) every file of the folder that the catalogue reads, read once into
DuckDB; (b) the whole work from archive to released tables, by the same steps as the DAGs, without Airflow; sources
side by side, a process for each core, as the main job runs them.
Workbooks, sheets and site have budgets and benchmarks of their own (fiches.py, site.py): they are left out.
Imports are outside both. Prints each pair, the median ratio and the peak memory. The ratio of processor times
says more than that of seconds where the machine does other work too.
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest import mock

Spent = tuple[float, float]


def spent(since: Spent = (0, 0)) -> Spent:
    """Seconds and processor seconds, those of ended children too, since a moment."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return time.perf_counter() - since[0], sum(p.ru_utime + p.ru_stime for p in parts) - since[1]


def held(root: int) -> float:
    """Megabytes that a process and its children hold now; what they share is counted once."""
    total, family = 0.0, [root]
    while family:
        with contextlib.suppress(OSError):  # it may have ended since
            pid = family.pop()
            for task in Path(f"/proc/{pid}/task").iterdir():
                family += [int(child) for child in (task / "children").read_text().split()]
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def side(name: str, given: argparse.Namespace) -> dict[str, float]:
    """Runs one side in a fresh process: its seconds, processor seconds, and megabytes at most, looked at as it runs."""
    options = ["--edition", str(given.edition), "--region", given.region, "--side", name]
    peak = 0.0
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        command = [sys.executable, __file__, str(given.folder.resolve()), *options]
        with subprocess.Popen(command, stdout=said, stderr=wrong) as running:
            while running.poll() is None:
                peak = max(peak, held(running.pid))
                time.sleep(0.2)
        for output in (said, wrong):
            output.seek(0)
        if running.returncode:
            sys.exit(wrong.read())
        return {**json.loads(said.read().splitlines()[-1]), "megabytes": peak}


def least(folder: Path) -> Spent:
    """What it takes to read every file once into DuckDB."""
    import duckdb
    import pandas as pd
    import pyarrow.csv as pacsv
    import python_calamine

    from pipelines import catalogue
    from pipelines.connectors import mirror

    start = spent()
    with duckdb.connect() as connection:
        for source in catalogue.load_all():
            for millesime in mirror.vintages(folder, source):
                for path in mirror.offer(folder, source, millesime).files:
                    if path.suffix in (".xls", ".xlsx"):
                        book = python_calamine.CalamineWorkbook.from_path(str(path))
                        for sheet in book.sheet_names:
                            rows = book.get_sheet_by_name(sheet).to_python()
                            if rows:
                                connection.register("lu", pd.DataFrame(rows).astype(str))
                                connection.execute("CREATE OR REPLACE TABLE t AS FROM lu")
                    elif path.suffix in (".json", ".geojson"):
                        connection.execute(f"CREATE OR REPLACE TABLE t AS FROM read_json('{path}')")
                    else:
                        try:
                            connection.execute(
                                f"CREATE OR REPLACE TABLE t AS FROM read_csv('{path}', all_varchar = true, "
                                "ignore_errors = true)"
                            )
                        except duckdb.Error:  # Windows-1252, which DuckDB's latin-1 rejects
                            skip = pacsv.ParseOptions(delimiter=";", invalid_row_handler=lambda _: "skip")
                            lines = pacsv.read_csv(path, pacsv.ReadOptions(encoding="cp1252"), parse_options=skip)
                            connection.register("lu", lines)
                            connection.execute("CREATE OR REPLACE TABLE t AS FROM lu")
    return spent(start)


def ingest(source: str) -> None:
    """All vintages of a source, from archive to checked tables."""
    from pipelines import steps

    for millesime in steps.vintages(source):
        steps.ingest(source, millesime)


def whole(folder: Path, edition: int, region: str) -> Spent:
    """What it takes from archive to released tables."""
    from pipelines import steps
    from pipelines.checks import runner

    with tempfile.TemporaryDirectory() as warehouse:
        os.environ.update(ATLAS_SOURCES=str(folder), ATLAS_WAREHOUSE=warehouse)
        runner.warm()
        from pipelines.indicators import departures, intervals, projections, tension  # noqa: F401 pandas and scipy
        from pipelines.publish import fiches, site, workbooks

        # Tables alone are timed.
        for kind, nothing in ((workbooks, []), (fiches, None), (site, None)):
            mock.patch.object(kind, "write", return_value=nothing).start()

        start = spent()
        with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=get_context("fork")) as pool:
            list(pool.map(ingest, steps.ingestible()))
        steps.lock(edition)
        target = steps.build(edition)
        steps.check_marts(target)
        steps.reconcile(target)
        steps.promote(target)
        steps.publish(edition, region)
        return spent(start)


def main() -> None:
    """Runs the pairs, each side in a fresh process, and prints them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--edition", type=int, default=2025)
    parser.add_argument("--region", default="28")
    parser.add_argument("--side", choices=["least", "whole"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        seconds, cpu = (
            least(given.folder) if given.side == "least" else whole(given.folder, given.edition, given.region)
        )
        print(json.dumps({"seconds": seconds, "cpu": cpu}))
        return
    ratios: dict[str, list[float]] = {"seconds": [], "cpu": []}
    for run in range(1, given.runs + 1):
        sides = {name: side(name, given) for name in ("least", "whole")}
        for measure, found in ratios.items():
            found.append(sides["whole"][measure] / sides["least"][measure])
        print(
            f"run {run}: read once {sides['least']['seconds']:5.2f} s, {sides['least']['megabytes']:5.0f} MB | "
            f"archive to tables {sides['whole']['seconds']:5.2f} s, {sides['whole']['megabytes']:5.0f} MB | "
            f"ratio {ratios['seconds'][-1]:.2f}, of processor times {ratios['cpu'][-1]:.2f}"
        )
    print(
        f"median ratio: {statistics.median(ratios['seconds']):.2f} (goal: at most 5; memory goal: under 1536 MB), "
        f"of processor times {statistics.median(ratios['cpu']):.2f}"
    )


if __name__ == "__main__":
    main()
