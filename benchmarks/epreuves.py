"""Back-tests of the methods: every table `qualite.*_epreuve` of a built warehouse, and the bands of registers again.

    .venv/bin/python benchmarks/epreuves.py warehouse/atlas_sante.duckdb

What is published is printed as it stands; the bands are then tried anew on each year and each region that their
fitting had not seen, and on what was said of chance alone. Nothing is written.
"""

import argparse
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.indicators import calibration

MOVES = (
    "SELECT m.*, coalesce(nullif(t.regions, ''), m.code) AS region FROM atlas.mouvements_mesures AS m "
    "LEFT JOIN reference.territoires AS t ON t.niveau = m.niveau AND t.code = m.code ORDER BY ALL"
)


def tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Prints each table of back-tests."""
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'qualite' AND ends_with(table_name, '_epreuve') "
        "ORDER BY 1"
    ).fetchall()
    for (name,) in names:
        print(f"\nqualite.{name}")
        found = connection.sql(f"FROM qualite.{name} ORDER BY ALL").df()
        print(found.to_string(index=False) if len(found) else "  aucune ligne dans cette édition")


def bands(connection: duckdb.DuckDBPyConnection) -> None:
    """Prints the coverage of each law on years and on regions left out."""
    moves = connection.sql(MOVES).df().astype({"taille": float, "mouvement": float})
    for left_out in ("annee", "region"):
        print(f"\nIntervalles des registres, {left_out} tenue à l'écart")
        lines = []
        for key, mine in moves.groupby(calibration.GROUP, sort=True):
            if len(mine) < calibration.FEWEST:
                continue
            tried = calibration.tried(mine, left_out)
            for method, held in tried.groupby("methode", sort=True):
                worst = held.groupby(left_out).dedans.mean()
                lines.append(
                    {
                        "serie": " ".join(key[:3]),
                        "methode": method,
                        "mouvements": len(held),
                        "couverture": round(float(held.dedans.mean()), 4),
                        "pire": f"{worst.min():.3f} ({worst.idxmin()})",
                        "score": round(float(held.score.mean()), 4),
                    }
                )
        print(pd.DataFrame(lines).to_string(index=False) if lines else "  aucune série assez longue")


def main() -> None:
    """Prints all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("warehouse", type=Path)
    with duckdb.connect(str(parser.parse_args().warehouse), read_only=True) as connection:
        tables(connection)
        bands(connection)


if __name__ == "__main__":
    main()
