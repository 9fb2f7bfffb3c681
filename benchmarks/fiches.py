"""Seconds that the sheets take, from a built warehouse: `benchmarks/fiches.py ENTREPOT.duckdb [REGION | france]`.

One region by default (28), in PDF and HTML, with the light sheets of the social sector; `france` makes those of every
region, each from its own public file.
Prints the sheets, the seconds, those of processor, those a sheet, and the memory at its highest.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.publish import fiches, public
from pipelines.publish.fiches import sheets


def measure(database: Path, region: str, folder: Path) -> tuple[int, float, float]:
    """Writes the sheets of a region: how many, seconds, and processor seconds, without the public file's."""
    file = folder / public.NAME
    public.write(database, region, file, folder / "protection", fictif=False)
    started, worked = time.perf_counter(), time.process_time()
    with duckdb.connect(str(file), read_only=True) as shown:
        made = fiches.write(shown, folder)
        social = len(list((folder / sheets.SOCIAL).glob("[0-9]*.html")))
    return len(made) + social, time.perf_counter() - started, time.process_time() - worked


def main() -> None:
    """Prints what the module says."""
    database, asked = Path(sys.argv[1]), (sys.argv[2:] or ["28"])[0]
    regions = [asked]
    if asked == "france":
        with duckdb.connect(str(database), read_only=True) as connection:
            found = connection.execute("SELECT DISTINCT region FROM fiches.etablissements WHERE region IS NOT NULL")
            regions = sorted(region for (region,) in found.fetchall())
    total, seconds, processor = 0, 0.0, 0.0
    for region in regions:
        with tempfile.TemporaryDirectory() as folder:
            count, took, work = measure(database, region, Path(folder))
        total, seconds, processor = total + count, seconds + took, processor + work
        print(f"région {region} : {count} fiches, {took:.1f} s, {work:.1f} s de processeur")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{total} fiches : {seconds:.1f} s, {processor:.1f} s de processeur, "
        f"{1000 * seconds / total:.0f} ms l'une, {memory:.0f} Mo"
    )


if __name__ == "__main__":
    main()
