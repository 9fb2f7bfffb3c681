"""The bands of registers (`pipelines/indicators/calibration.py`), tried on years and on regions left out.

    .venv/bin/python benchmarks/intervalles.py warehouse/atlas_sante.duckdb

Prints, by series and law, how many of the moves that its fitting had not seen stayed inside, the year or the region
where fewest did, and the mean score. Nothing is written. What is published is in qualite.intervalles_epreuve.
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
    """Prints them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("warehouse", type=Path)
    with duckdb.connect(str(parser.parse_args().warehouse), read_only=True) as connection:
        bands(connection)


if __name__ == "__main__":
    main()
