"""Time of all indicators for all territories: the calculations, and the SQL of the marts that they serve.

    .venv/bin/python benchmarks/indicateurs.py warehouse/atlas_sante.duckdb

Remakes them in a copy of a built warehouse; nothing is written to it. Prints each step over a tenth of a
second, and the total, which the project holds under 10 s on 2 idle cores for the real extracts. The
processor's own time, on all cores, tells more on a machine that does something else.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Remakes and times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("warehouse", type=Path)
    given = parser.parse_args()

    import duckdb

    from pipelines import indicators
    from pipelines.edition import builder, models

    # Outside the measure: what is imported once a process.
    from pipelines.indicators import departures, intervals, projections, tension  # noqa: F401

    steps: list[tuple[float, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "banc.duckdb"
        shutil.copyfile(given.warehouse, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute(f"CREATE SCHEMA {indicators.SCHEMA}")
            for made in models.plan():
                if isinstance(made, models.Model) and made.schema != "atlas":
                    continue
                start, worked = time.perf_counter(), time.process_time()
                if isinstance(made, models.Model):
                    connection.execute(f"CREATE OR REPLACE TABLE {made.name} AS {made.query}")
                else:
                    builder._calculate(connection, made)
                steps.append((time.perf_counter() - start, time.process_time() - worked, made.name))
    for seconds, work, name in sorted(steps, reverse=True):
        if seconds >= 0.1:
            print(f"{seconds:6.2f} s, {work:6.2f} s de processeur  {name}")
    seconds, work = sum(step[0] for step in steps), sum(step[1] for step in steps)
    print(f"{seconds:6.2f} s, {work:6.2f} s de processeur  en tout, {len(steps)} étapes")


if __name__ == "__main__":
    main()
