"""What the dimensions of the tension index have in common, and what its ranks owe to the weights chosen.

Correlations and factors are those of percentile ranks over the ranked territories, each pair over those that have both.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from pipelines.indicators import tension
from pipelines.indicators.cohorts import Floats
from pipelines.indicators.tension import Scored

CORRELATIONS = ["groupe", "dimension", "autre_dimension", "territoires", "correlation"]
FACTORS = ["groupe", "facteur", "part", "territoires"]
VARIANTS = ["groupe", "code", "variante", "score", "rang"]
FEWEST = 10  # pairs under which a correlation says nothing


def correlations(group: Scored) -> pd.DataFrame:
    """Rank correlation of each pair of dimensions; NaN (dropped) under ten territories that have both."""
    scores = pd.DataFrame(group.matrix[group.base], columns=group.declared.index)
    found = scores.corr("spearman", min_periods=FEWEST)
    known = scores.notna()
    lines = [
        (group.name, one, other, int((known[one] & known[other]).sum()), found.loc[one, other])
        for one, other in combinations(scores.columns, 2)
    ]
    return pd.DataFrame(lines, columns=CORRELATIONS).dropna()


def factors(group: Scored) -> pd.DataFrame:
    """The share of the variance of the dimensions that each principal factor explains, the largest first.

    Over the territories that have every dimension known somewhere, so that the shares are those of a real sample.
    """
    scores = pd.DataFrame(group.matrix[group.base]).dropna(axis=1, how="all").dropna()
    spread = scores.loc[:, scores.nunique() > 1]
    if len(spread) < FEWEST or spread.shape[1] < 2:
        return pd.DataFrame(columns=FACTORS)
    values = np.linalg.eigvalsh(spread.corr("spearman").to_numpy())[::-1]
    shares = values / values.sum()
    return pd.DataFrame(
        {"groupe": group.name, "facteur": np.arange(1, len(shares) + 1), "part": shares, "territoires": len(spread)}
    )


def variants(group: Scored, weighings: pd.DataFrame) -> pd.DataFrame:
    """Score and rank of each ranked territory by other weights.

    `weighings`: variante, dimension, poids. A territory that a variant leaves without weight has no line.
    """
    made = []
    for name, parts in weighings.groupby("variante", sort=True):
        by_dimension = parts.set_index("dimension").poids
        weights: Floats = by_dimension.reindex(group.declared.index, fill_value=0.0).to_numpy(dtype=float)
        score = tension.gathered(group.matrix[group.ranked], weights)[0]
        of = {"groupe": group.name, "code": group.codes[group.ranked], "variante": name}
        made.append(pd.DataFrame({**of, "score": score, "rang": tension.ranks(score)}).dropna())
    return pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=VARIANTS)
