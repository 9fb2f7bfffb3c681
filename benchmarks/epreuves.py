"""Every back-test: what each method would have said of the past, beside what came.

    .venv/bin/python benchmarks/epreuves.py warehouse/atlas_sante.duckdb

Prints the shares of each age band that stay, learnt from all pairs of years and from each one, then, of each view that
a card of sql/indicateurs.yml names as its back-test (`epreuve`), all lines. Views are in releases, not in warehouses:
they are made in a copy, which is thrown away.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any


def main() -> None:
    """Prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse", type=Path)
    given = parser.parse_args()

    import duckdb

    from pipelines.catalogue import registers
    from pipelines.edition import models

    views = {model.table: model for model in models.views()}
    cards: dict[str, list[str]] = {}
    for name, card in registers.indicators().items():
        if card.epreuve:
            cards.setdefault(card.epreuve, []).append(name)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(given.warehouse, Path(folder) / given.warehouse.name)
        connection = duckdb.connect(str(copy))
        connection.execute(f"CREATE SCHEMA {models.VIEWS}")
        for model in reversed(needed(connection, [views[view] for view in cards])):
            connection.execute(f"CREATE VIEW {model.name} AS {model.query}")
        shares(connection)
        for view, names in cards.items():
            print(f"\n{views[view].title}\n  ({view} : {', '.join(names)})\n")
            table(connection.execute(f"FROM {views[view].name}"))
        connection.close()


def needed(connection: Any, wanted: list[Any]) -> list[Any]:
    """The wanted views and those that they read, each before what it reads."""
    from pipelines.edition import models

    views = {model.name: model for model in models.views()}
    found: dict[str, Any] = {}
    waiting = list(wanted)
    while waiting:
        model = waiting.pop()
        found.pop(model.name, None)
        found[model.name] = model
        read = models.dependencies(connection, model.query, model.name)
        waiting += [views[name] for name in read if name in views and name != model.name]
    return list(found.values())


def shares(connection: Any) -> None:
    """What stays of each band, a band's width later: by profession, from all pairs of years, then from each."""
    from pipelines import indicators
    from pipelines.indicators import cohorts, departures, series

    (read,) = [c.reads["ages"] for c in indicators.ALL if "departs" in c.makes]
    ages = series.ages(connection.execute(read).df())
    for profession, mine in departures.followed(ages).items():
        pairs, old = mine.pairs("france"), mine.bands.old
        print(f"\n{profession} : part restante, {mine.bands.width} ans plus tard ({departures.chosen(mine)})")
        print("  ", *(f"{age:>7}" for age, exits in zip(mine.bands.lower, old, strict=True) if exits))
        print("  ", *(f"{share:7.3f}" for share in departures.kept(mine, pairs)[old]), "  tous les couples d'années")
        for year, one in pairs.groupby("annee"):
            each = cohorts.stays(mine.counts[one.avant], mine.counts[one.apres], mine.bands)
            print("  ", *(f"{share:7.3f}" for share in each[old]), f"  {year} → {year + mine.bands.width}")


def table(found: Any) -> None:
    """Lines under their headings, each column as wide as its widest cell."""
    lines = [[name for name, *_ in found.description], *([written(cell) for cell in row] for row in found.fetchall())]
    wide = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(size) for cell, size in zip(line, wide, strict=True)).rstrip())


def written(cell: Any) -> str:
    """A cell in a few characters."""
    return "" if cell is None else f"{cell:.4f}".rstrip("0").rstrip(".") if hasattr(cell, "as_tuple") else str(cell)


if __name__ == "__main__":
    main()
