"""Protection and audit of a release: what they hide, seconds and memory.

    .venv/bin/python benchmarks/confidentialite.py WAREHOUSE.duckdb [--region 28]

Writes the public file of the region aside, as a first release, in a fresh process. Prints, per protected table, its
lines, those that are sensitive and those hidden with them; then what is shown by level and year, and how much of it
was shown the year before too; the seconds of protection, of the audit and of all, the processor's own, and the peak
memory (goals: 60 s for protection and audit on 2 cores, 2 GB).
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from pipelines import disclosure
from pipelines.publish import public


def timed(name: str, step: Callable[..., Any], said: dict[str, float]) -> Callable[..., Any]:
    """The same step, whose seconds are kept."""

    def run(*given: Any) -> Any:
        start = time.perf_counter()
        made = step(*given)
        said[name] = time.perf_counter() - start
        return made

    return run


def main() -> None:
    """Writes the file once and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("--region", default="28")
    given = parser.parse_args()
    with duckdb.connect(str(given.database), read_only=True) as db:
        fictif = bool(db.execute("SELECT fictif FROM reference.edition").fetchall()[0][0])
    seconds: dict[str, float] = {}
    disclosure.protect = timed("protection", disclosure.protect, seconds)
    disclosure.examine = timed("audit", disclosure.examine, seconds)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        home = Path(folder)
        reports = public.write(
            given.database, given.region, home / public.NAME, home / "protection", fictif=fictif
        ).reports
        seconds["all"] = time.perf_counter() - start
        with duckdb.connect(str(home / public.NAME), read_only=True) as shown:
            cases = shown.execute(
                "SELECT tableau, enquete, niveau, detail, annee, montrees, cases, coalesce(suivies, 0) "
                "FROM vues.secret_cases"
            ).fetchall()
    for report in reports:
        print(
            f"{report.table:<28} {report.lines:6} lines, {report.sensitive:6} sensitive, "
            f"{report.others:6} hidden with them, {report.removed:4} removed"
        )
    for *place, some, every, again in cases:
        print(f"  {' '.join(map(str, place)):<70} {some:5} shown of {every:5}, {again:5} of them the year before too")
    print(", ".join(f"{name} {value:.1f} s" for name, value in seconds.items()), end="; ")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"processor {time.process_time():.1f} s, {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
