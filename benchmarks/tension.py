"""Back-tests of the tension index: what its weights, its data and the intervals of its ranks are worth.

    .venv/bin/python benchmarks/tension.py warehouse/atlas_sante.duckdb [--bmo BMO_2024.xlsx BMO_2025.xlsx]

The first part prints what the warehouse holds. With two workbooks of the enquiry BMO, the second is told nothing of the
other: shares of the first year predict those of the next, and ranks of the first are looked for in its intervals.
"""

import argparse
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import python_calamine

from pipelines import indicators
from pipelines.indicators import errors, tension

TABLES = {
    "what each factor explains of the dimensions": (
        "SELECT groupe, facteur, part, cumul, territoires FROM atlas.tension_facteurs ORDER BY ALL"
    ),
    "correlations of ranks between dimensions (accord: the weights follow the rule)": (
        "SELECT groupe, dimension, autre_dimension, territoires, correlation, meme_bloc, accord "
        "FROM atlas.tension_correlations WHERE indice ORDER BY groupe, correlation DESC"
    ),
    "ranks by other weights (moves of ranks; out: how many leave their interval)": (
        "SELECT s.groupe, s.variante, corr(s.rang, s.rang_indice) AS correlation, median(abs(s.ecart)) AS median, "
        'max(abs(s.ecart)) AS "max", count(*) FILTER (s.rang NOT BETWEEN t.rang_bas AND t.rang_haut) AS "out" '
        "FROM atlas.tension_sensibilite AS s JOIN atlas.tension AS t USING (groupe, niveau, code) GROUP BY ALL "
        "ORDER BY ALL"
    ),
    "indicators from one observation to the next (means over the pairs of years)": (
        "SELECT groupe, indicateur, source, count(*) AS pairs, min(annee_avant) AS since, max(annee) AS until, "
        "avg(correlation) AS correlation, max(dispersion) AS worst_dispersion, "
        "any_value(dispersion_declaree) AS declared FROM qualite.tension_epreuves GROUP BY ALL ORDER BY ALL"
    ),
    "widths of the intervals of ranks": (
        "SELECT groupe, count(rang) AS ranked, median(rang_haut - rang_bas) AS median, max(rang_haut - rang_bas) "
        'AS "max" FROM atlas.tension GROUP BY groupe HAVING count(rang) > 0 ORDER BY ALL'
    ),
}
FEWEST = 30  # projects, as in the index


def projects(path: Path) -> pd.DataFrame:
    """Visible projects of a workbook, by trade and département: met, xmet."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    for name in workbook.sheet_names:
        heading, *lines = workbook.get_sheet_by_name(name).to_python()
        if {"Dept", "met", "xmet"} <= set(heading):
            break
    else:
        raise SystemExit(f"{path.name}: no sheet with the columns Dept, met, xmet")
    table = pd.DataFrame(lines, columns=heading).rename(columns={"Code métier BMO": "fap", "Dept": "code"})
    table[["met", "xmet"]] = table[["met", "xmet"]].apply(pd.to_numeric, errors="coerce")
    return table.dropna(subset=["met", "xmet"]).groupby(["fap", "code"])[["met", "xmet"]].sum()


def entries(counts: pd.DataFrame, dispersion: float) -> pd.DataFrame:
    """Shares of difficult projects as the index takes them."""
    return counts.rename(columns={"xmet": "numerateur", "met": "denominateur"}).assign(
        valeur=counts.xmet / counts.met, tirage=errors.SHARE, dispersion=dispersion, duree=np.nan
    )


def shares(first: pd.DataFrame, second: pd.DataFrame, groups: dict[str, str], dispersion: float) -> pd.DataFrame:
    """How the shares of a year tell those of the next, for each trade of the index."""
    made = []
    for group, fap in groups.items():
        both = first.loc[fap].join(second.loc[fap].add_suffix("_next"), how="inner").query(f"met >= {FEWEST}")
        both = both.query(f"met_next >= {FEWEST}")
        if len(both) < 10:
            continue
        given = entries(both[["met", "xmet"]], dispersion)
        seen, truth = given.valeur, both.xmet_next / both.met_next
        smooth, nation = errors.settled(given), both.xmet.sum() / both.met.sum()
        pooled = (both.xmet + both.xmet_next) / (both.met + both.met_next)
        move = truth - seen - (truth - seen).mean()
        low, high = np.quantile(predicted(given, both.met_next.to_numpy(), dispersion), (0.05, 0.95), axis=0)
        made.append(
            {
                "group": group,
                "départements": len(both),
                "correlation": seen.corr(truth, method="spearman"),
                "dispersion": (move**2).sum() / (pooled * (1 - pooled) * (1 / both.met + 1 / both.met_next)).sum(),
                "error, as it stands": rms(seen - truth),
                "error, smoothed": rms(smooth - truth),
                "error, all alike": rms(nation - truth),
                "in the 90 % interval": float(((truth >= low) & (truth <= high)).mean()),
                "k of k: their next share": float(truth[seen == 1].mean()) if (seen == 1).any() else np.nan,
            }
        )
    return pd.DataFrame(made).set_index("group")


def predicted(given: pd.DataFrame, projects_next: np.ndarray, dispersion: float) -> np.ndarray:
    """Shares of the year after, drawn from those of this one: their error, then that of the next survey."""
    chance = np.random.default_rng(1)
    share, seen = errors.draws(given, 4000, chance), projects_next / dispersion
    return chance.beta(share * seen + 1e-6, (1 - share) * seen + 1e-6)


def rms(error: pd.Series) -> float:
    """Root mean square."""
    return float((error**2).mean() ** 0.5)


def ranks(db: duckdb.DuckDBPyConnection, second: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """Ranks with the next enquiry in place of this one: how many are in the interval published before."""
    (calculation,) = (c for c in indicators.ALL if c.name == "tension")
    given = {name: db.execute(query).df() for name, query in calculation.reads.items()}
    now = given["indicateurs"].query("situation == 'édition'").drop(columns="situation")
    later = now.copy()
    for group, fap in groups.items():
        mine = (later.groupe == group) & (later.indicateur == "part_difficile") & later.code.isin(second.loc[fap].index)
        counts = second.loc[fap].loc[later.code[mine]]
        later.loc[mine, "numerateur"], later.loc[mine, "denominateur"] = counts.xmet.to_numpy(), counts.met.to_numpy()
        later.loc[mine, "valeur"] = (counts.xmet / counts.met).to_numpy()
    reference = frozenset(given["reference"].code)
    old, new = (
        tension.index(e, given["composition"], reference)[0].set_index(["groupe", "code"]) for e in (now, later)
    )
    both = old.join(new.rang.rename("next")).dropna(subset=["rang", "next"])
    both["inside"] = both.next.between(both.rang_bas, both.rang_haut)
    both["moved"] = (both.next - both.rang).abs()
    return both.groupby("groupe").agg(
        ranked=("rang", "size"), inside=("inside", "mean"), moved=("moved", "median"), most=("moved", "max")
    )


def main() -> None:
    """Prints every back-test, a table each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("--bmo", type=Path, nargs=2, metavar="WORKBOOK")
    asked = parser.parse_args()
    pd.set_option("display.width", 200, "display.max_columns", 20, "display.precision", 3)
    with duckdb.connect(str(asked.database), read_only=True) as db:
        for title, query in TABLES.items():
            print(f"\n# {title}\n{db.execute(query).df().to_string(index=False)}")
        if asked.bmo:
            groups = db.execute("SELECT groupe, fap_bmo FROM reference.groupes_tension ORDER BY ordre").fetchall()
            ((declared,),) = db.execute(
                "SELECT valeur::DOUBLE FROM reference.seuils WHERE seuil = 'dispersion_projets'"
            ).fetchall()
            first, second = (projects(path) for path in asked.bmo)
            print(f"\n# shares of difficult projects, from a survey to the next (dispersion declared: {declared:g})")
            print(shares(first, second, dict(groups), declared).T.to_string())
            print("\n# ranks, with the next survey in place of this one")
            print(ranks(db, second, dict(groups)).to_string())


if __name__ == "__main__":
    main()
