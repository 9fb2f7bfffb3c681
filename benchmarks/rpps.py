"""RPPS from text to typed Parquet: ours, DuckDB alone doing the least possible, and pandas.

    .venv/bin/python benchmarks/rpps.py [--sizes 0.25 0.5 1 2 4] [--runs 3] [--without pandas] [--folder FOLDER]

For each size (1: some 2.4 million lines of 56 columns, 1.05 GB) a fictitious extract is made, then read in
turn by each side in a fresh process, imports outside the time:
ours    the staging of the pipeline: encoding checked, ragged lines set aside, cells trimmed, persons hashed
duckdb  COPY (read_csv all-varchar) TO Parquet: all columns, no check, no line numbers
pandas  read_csv of text, to_parquet
Prints seconds and peak memory of each, and the ratio of ours to DuckDB (goals: 1.3 at most, 2 GB at most);
then ours beside its own smallest size: time in proportion to the lines, memory that stays. pandas, which
needs several times the file in memory, is only run up to size 1.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIDES = ("ours", "duckdb", "pandas")
ANNEE = 2025


def make(folder: Path, size: float) -> Path:
    """Makes the extract; returns its file of activities."""
    from samples import SEED, annuaire, etablissements, territoires

    territoire = territoires.build(SEED, 1.0)
    parc = etablissements.build(SEED, 1.0, territoire)
    start = time.perf_counter()
    persons = int(annuaire.NATIONAL * size)
    first, *_ = annuaire.write_vintage(folder, territoire, parc, SEED, ANNEE, persons)
    seconds, megabytes = time.perf_counter() - start, first.stat().st_size / 1e6
    print(f"size {size}: made in {seconds:.1f} s, activities {megabytes:.0f} MB")
    return first


def read(side: str, path: Path, target: Path) -> None:
    """Reads the file and writes Parquet, as one side does; prints its time and peak memory."""
    import duckdb
    import pandas as pd

    from pipelines import catalogue
    from pipelines.arrival import personnes, staging

    source = catalogue.load("rpps")
    start = time.perf_counter()
    if side == "ours":
        with duckdb.connect() as connection:
            staging.stage(connection, source, "activites", ANNEE, [path], target, key=personnes.SAMPLE_KEY)
    elif side == "duckdb":
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (FROM read_csv('{path}', all_varchar = true, delim = '|', quote = '', header = true)) "
                f"TO '{target / 'duckdb.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
            )
    else:
        table = pd.read_csv(path, sep="|", quoting=3, dtype=str, keep_default_na=False)
        table.to_parquet(target / "pandas.parquet", compression="zstd")
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": peak_megabytes()}))


def peak_megabytes() -> float:
    """Memory of this process at its highest; getrusage would count its parent's, which made the extract."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def main() -> None:
    """Makes the extracts, reads each by all sides in turn, prints a line for each run and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.25, 0.5, 1, 2, 4])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without", choices=SIDES, nargs="*", default=[])
    parser.add_argument("--folder", type=Path, help="where the extracts are made (default: a temporary folder)")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        if given.side:
            read(given.side, given.path, Path(folder))
            return
        growth: list[tuple[float, float, float]] = []
        for size in given.sizes:
            path = make(Path(folder) / str(size), size)
            seconds: dict[str, list[float]] = {}
            memory: dict[str, float] = {}
            for _ in range(given.runs):
                for side in (s for s in SIDES if s not in given.without and not (s == "pandas" and size > 1)):
                    done = subprocess.run(
                        [sys.executable, __file__, "--side", side, "--path", str(path), "--folder", folder],
                        capture_output=True,
                        text=True,
                        check=False,
                    )
                    if done.returncode:
                        sys.exit(done.stderr)
                    said = json.loads(done.stdout.splitlines()[-1])
                    seconds.setdefault(side, []).append(said["seconds"])
                    memory[side] = max(memory.get(side, 0), said["megabytes"])
            for side, times in seconds.items():
                median = statistics.median(times)
                print(f"  {side:<7} {median:6.1f} s (of {len(times)} runs) {memory[side]:6.0f} MB at most")
            if {"ours", "duckdb"} <= seconds.keys():
                ratio = statistics.median(a / b for a, b in zip(seconds["ours"], seconds["duckdb"], strict=True))
                print(f"  ours / duckdb: {ratio:.2f} (goal: at most 1.3)")
            if "ours" in seconds:
                growth.append((size, statistics.median(seconds["ours"]), memory["ours"]))
            path.unlink()
        for size, median, peak in growth:
            least, first, start = growth[0]
            print(
                f"ours, {size / least:g} times the lines: {median / first:.2f} times the time, "
                f"{peak:.0f} MB ({peak / start:.2f} times)"
            )


if __name__ == "__main__":
    main()
