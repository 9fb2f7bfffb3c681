"""The tension index: indicators oriented, bounded, ranked in a fixed reference set, gathered by dimension.

No imputation: a dimension without an indicator is missing, and a composite needs two thirds of the weight
and every dimension that its group requires. What it needs and how it weighs is declared in
`reference.tension_composition`; what each territory has, in `atlas.tension_entrees`.
"""

import numpy as np
import pandas as pd
from scipy import stats

from pipelines.indicators.cohorts import Floats

DRAWS = 1000
SEED = 20252
WINSOR = (5, 95)
WEIGHT_NEEDED = 2 / 3
BOUNDS = (0.05, 0.95)


def oriented(values: Floats, sense: int, reference: Floats) -> Floats:
    """Values turned so that more is more tension, bounded by the 5th and 95th centiles of the reference set.

    `sense`: 1 where a high value is tension, -1 where a low one is.
    """
    turned, base = sense * values, sense * reference[np.isfinite(reference)]
    return np.clip(turned, *np.percentile(base, WINSOR)) if base.size else np.full_like(turned, np.nan)


def ranked(values: Floats, reference: Floats) -> Floats:
    """Percentile ranks, from 0 to 100, in a reference set: the share below, and half of the share equal.

    NaN where the value is missing or the reference set empty.
    """
    base = np.sort(reference[np.isfinite(reference)])
    if not base.size:
        return np.full_like(values, np.nan)
    below, upto = np.searchsorted(base, values, "left"), np.searchsorted(base, values, "right")
    return np.where(np.isfinite(values), 100 * (below + upto) / (2 * base.size), np.nan)


def gathered(scores: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted arithmetic and geometric means of dimension scores, over those present.

    `scores`: (territories, dimensions); `weights`: (dimensions,) or (draws, dimensions). Returns arrays
    (territories,) or (draws, territories). A missing dimension's weight goes to the others.
    """
    present = np.isfinite(scores)
    filled = np.where(present, scores, 0.0)
    total = weights @ present.T.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        arithmetic = (weights @ filled.T) / total
        logs = np.where(present, np.log(np.where(present & (scores > 0), scores, 1.0)), 0.0)
        zero = (weights @ (present & (scores <= 0)).T.astype(float)) > 0
        geometric = np.where(zero, 0.0, np.exp((weights @ logs.T) / total))
    return arithmetic, geometric


def _ranks(composite: Floats) -> Floats:
    """Ranks from 1, the highest tension, along the last axis; NaN where there is no composite."""
    return np.asarray(stats.rankdata(-composite, method="min", axis=-1, nan_policy="omit"))


def _intervals(scores: Floats, weights: Floats, eligible: np.ndarray) -> tuple[Floats, Floats]:
    """Bounds of each rank when the weights are drawn a thousand times, and when a dimension is left out."""
    draws = np.random.default_rng(SEED).dirichlet(weights / weights.sum() * len(weights), DRAWS)
    left_out = np.stack([np.where(np.arange(len(weights)) == d, 0.0, weights) for d in range(len(weights))])
    drawn = _ranks(np.where(eligible, gathered(scores, draws)[0], np.nan))
    without = _ranks(np.where(eligible, gathered(scores, left_out)[0], np.nan))
    low, high = np.quantile(drawn, BOUNDS, axis=0)
    own = _ranks(np.where(eligible, gathered(scores, weights)[0], np.nan))
    bottom = np.minimum(np.minimum(low, without.min(axis=0)), own)
    return np.floor(bottom), np.ceil(np.maximum(np.maximum(high, without.max(axis=0)), own))


def index(
    indicators: pd.DataFrame, composition: pd.DataFrame, reference: frozenset[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Scores, dimensions and indicators of every group and territory.

    `indicators`: groupe, dimension, indicateur, code, valeur; `composition`: groupe, dimension, indicateur,
    sens, poids, requise, version_poids; `reference`: codes of the fixed set. Returns three tables, by (groupe,
    code), by (groupe, code, dimension) and by (groupe, code, indicateur).
    """
    scores, dimensions, details = [], [], []
    for group, parts in composition.groupby("groupe", sort=True):
        wide = indicators[indicators.groupe == group].pivot_table(index="code", columns="indicateur", values="valeur")
        if wide.empty:
            continue
        base = wide.index.isin(reference)
        ranks = pd.DataFrame(index=wide.index)
        for part in parts.itertuples():
            if part.indicateur not in wide:
                continue
            raw = wide[part.indicateur].to_numpy(dtype=float)
            bounded = oriented(raw, part.sens, raw[base])
            ranks[part.indicateur] = ranked(bounded, bounded[base])
            details.append(
                pd.DataFrame(
                    {
                        "groupe": group,
                        "code": wide.index,
                        "dimension": part.dimension,
                        "indicateur": part.indicateur,
                        "rang_centile": ranks[part.indicateur].to_numpy(),
                    }
                ).dropna()
            )
        declared = parts.groupby("dimension", sort=True).agg(poids=("poids", "sum"), requise=("requise", "any"))
        matrix = np.column_stack(
            [
                ranks[[i for i in parts.indicateur[parts.dimension == d] if i in ranks]].mean(axis=1).to_numpy()
                for d in declared.index
            ]
        )
        codes, version = wide.index.to_numpy(), str(parts.version_poids.iloc[0])
        scores.append(_scores(str(group), codes, matrix, declared, base, version))
        dimensions.append(_dimensions(str(group), codes, matrix, declared))
    return (
        pd.concat(scores, ignore_index=True) if scores else pd.DataFrame(columns=SCORES),
        pd.concat(dimensions, ignore_index=True) if dimensions else pd.DataFrame(columns=DIMENSIONS),
        pd.concat(details, ignore_index=True) if details else pd.DataFrame(columns=DETAILS),
    )


SCORES = [
    *("groupe", "code", "score", "score_geometrique", "rang", "rang_bas", "rang_haut", "territoires_classes"),
    *("poids_present", "statut", "motif", "version_poids"),
]
DIMENSIONS = ["groupe", "code", "dimension", "score", "poids", "contribution"]
DETAILS = ["groupe", "code", "dimension", "indicateur", "rang_centile"]


def _scores(
    group: str, codes: np.ndarray, matrix: Floats, declared: pd.DataFrame, base: np.ndarray, version: str
) -> pd.DataFrame:
    weights = declared.poids.to_numpy(dtype=float)
    present = np.isfinite(matrix)
    share = present @ weights / weights.sum()
    required = declared.requise.to_numpy(dtype=bool)
    lacking = ~present & required
    eligible = (share >= WEIGHT_NEEDED - 1e-9) & ~lacking.any(axis=1)
    arithmetic, geometric = gathered(matrix, weights)
    composite = np.where(eligible, arithmetic, np.nan)
    ranked_ones = eligible & base
    rank, low, high = (np.full(len(codes), np.nan) for _ in range(3))
    if ranked_ones.any():
        rank[ranked_ones] = _ranks(composite[ranked_ones])
        low[ranked_ones], high[ranked_ones] = _intervals(
            matrix[ranked_ones], weights, np.ones(ranked_ones.sum(), dtype=bool)
        )
    names = declared.index.to_numpy()
    return pd.DataFrame(
        {
            "groupe": group,
            "code": codes,
            "score": composite,
            "score_geometrique": np.where(eligible, geometric, np.nan),
            "rang": rank,
            "rang_bas": low,
            "rang_haut": high,
            "territoires_classes": int(ranked_ones.sum()),
            "poids_present": share,
            "statut": np.where(eligible, "calculé", "sans objet"),
            "motif": [
                None
                if good
                else "il manque : " + ", ".join(names[missing])
                if missing.any()
                else "moins des deux tiers du poids"
                for good, missing in zip(eligible, ~present, strict=True)
            ],
            "version_poids": version,
        }
    )


def _dimensions(group: str, codes: np.ndarray, matrix: Floats, declared: pd.DataFrame) -> pd.DataFrame:
    """Each dimension's score, and what it adds to the composite: weight times its distance to 50."""
    weights = declared.poids.to_numpy(dtype=float)
    present = np.isfinite(matrix)
    total = present @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(present, weights / total[:, None], np.nan)
    made = pd.DataFrame(
        {
            "groupe": group,
            "code": np.repeat(codes, len(weights)),
            "dimension": np.tile(declared.index.to_numpy(), len(codes)),
            "score": matrix.ravel(),
            "poids": share.ravel(),
            "contribution": (share * (matrix - 50)).ravel(),
        }
    )
    return made.dropna(subset=["score"])
