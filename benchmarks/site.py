"""Time of the site of one region, its pages and figures, and the weight of the heaviest page.

    .venv/bin/python benchmarks/site.py warehouse/atlas_sante.duckdb [--region 28]

The public file is written first, outside the measure; the folder is thrown away.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.publish import public, site


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints seconds, processor seconds, numbers of files and weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("--region", default="28")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, target = Path(folder) / public.NAME, Path(folder) / "site"
        target.mkdir()
        public.write(asked.database, asked.region, file, Path(folder) / "protection", fictif=False)
        with duckdb.connect(str(file), read_only=True) as shown:
            start, worked, drawn = time.perf_counter(), time.process_time(), _children()
            site.write(shown, asked.region, target, fictif=False)
            print(f"site      : {time.perf_counter() - start:.1f} s, processor {time.process_time() - worked:.1f} s")
            print(f"drawing   : processor {_children() - drawn:.1f} s, in processes of its own")
        pages = sorted(target.rglob("*.html"), key=lambda p: p.stat().st_size)
        figures = list((target / "figures").glob("*.svg"))
        print(f"pages     : {len(pages)}, the heaviest {pages[-1].name}, {pages[-1].stat().st_size / 1e3:.0f} kB")
        print(f"figures   : {len(figures)}")
        print(f"folder    : {sum(p.stat().st_size for p in target.rglob('*') if p.is_file()) / 1e6:.1f} MB")
    print(f"memory    : {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB at most")


if __name__ == "__main__":
    main()
