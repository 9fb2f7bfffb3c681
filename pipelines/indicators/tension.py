"""The tension index: indicators oriented, bounded, ranked in a fixed reference set, gathered by dimension.

No imputation: a dimension without an indicator is missing, and a composite needs two thirds of the weight
and every dimension that its group requires. What it needs and how it weighs is declared in
`reference.tension_composition`; what each territory has, in `atlas.tension_entrees`. The intervals of ranks draw
the weights and the data together: each entry says by which law its own error is drawn (`errors.py`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipelines.indicators import errors
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

    `scores`: (territories, dimensions), or (draws, territories, dimensions); `weights`: (dimensions,) or (draws,
    dimensions). Returns arrays (territories,) or (draws, territories). A missing dimension's weight goes to the others.
    """
    present = np.isfinite(scores)
    over = "...td,...d->...t"
    total = np.einsum(over, present.astype(float), weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        arithmetic = np.einsum(over, np.where(present, scores, 0.0), weights) / total
        logs = np.where(present, np.log(np.where(present & (scores > 0), scores, 1.0)), 0.0)
        zero = np.einsum(over, (present & (scores <= 0)).astype(float), weights) > 0
        geometric = np.where(zero, 0.0, np.exp(np.einsum(over, logs, weights) / total))
    return arithmetic, geometric


def ranks(composite: Floats) -> Floats:
    """Ranks from 1, the highest tension, along the last axis; NaN where there is no composite."""
    return np.asarray(stats.rankdata(-composite, method="min", axis=-1, nan_policy="omit"))


def _centiles(drawn: Floats, sense: int) -> Floats:
    """Percentile ranks of each draw among themselves: (draws, territories), oriented and bounded as the values are."""
    turned = sense * drawn
    low, high = np.nanpercentile(turned, WINSOR, axis=1, keepdims=True)
    order = stats.rankdata(np.clip(turned, low, high), method="average", axis=1, nan_policy="omit")
    return np.asarray(100 * (order - 0.5) / np.isfinite(turned).sum(axis=1, keepdims=True))


def _drawn_scores(entries: pd.DataFrame, parts: pd.DataFrame, codes: np.ndarray, chance: np.random.Generator) -> Floats:
    """Dimension scores drawn with the error of each indicator: (draws, territories, dimensions)."""
    by_dimension: dict[str, list[Floats]] = {}
    for part in parts.sort_values(["dimension", "indicateur"]).itertuples():
        mine = entries[entries.indicateur == part.indicateur].set_index("code").reindex(codes)
        if mine.valeur.notna().any():
            drawn = _centiles(errors.draws(mine, DRAWS, chance), part.sens)
            by_dimension.setdefault(part.dimension, []).append(drawn)
    nothing = np.full((DRAWS, len(codes)), np.nan)
    layers = [np.stack(by_dimension.get(d, [nothing])) for d in sorted(parts.dimension.unique())]
    known = [np.isfinite(layer).sum(axis=0) for layer in layers]
    with np.errstate(invalid="ignore"):
        means = [np.nansum(layer, axis=0) / np.where(k > 0, k, np.nan) for layer, k in zip(layers, known, strict=True)]
    return np.stack(means, axis=-1)


def _intervals(scores: Floats, drawn: Floats, weights: Floats, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Bounds of each rank: weights and data drawn a thousand times together, and each dimension left out in turn."""
    each = chance.dirichlet(weights / weights.sum() * len(weights), DRAWS)
    left_out = np.stack([np.where(np.arange(len(weights)) == d, 0.0, weights) for d in range(len(weights))])
    low, high = np.nanquantile(ranks(gathered(drawn, each)[0]), BOUNDS, axis=0)
    without = ranks(gathered(scores, left_out)[0])
    own = ranks(gathered(scores, weights)[0])
    bottom, top = np.fmin(np.fmin(low, np.nanmin(without, axis=0)), own), np.fmax(high, np.nanmax(without, axis=0))
    return np.floor(bottom), np.ceil(np.fmax(top, own))


@dataclass(frozen=True)
class Scored:
    """One group's part of the index: its territories, the scores of its dimensions, and how they weigh."""

    name: str
    codes: np.ndarray
    matrix: Floats  # (territories, dimensions), from 0 to 100
    declared: pd.DataFrame  # by dimension: poids, requise
    base: np.ndarray  # territories of the reference set
    details: pd.DataFrame  # groupe, code, dimension, indicateur, valeur_classee, rang_centile

    @property
    def weights(self) -> Floats:
        """Of each dimension."""
        return np.asarray(self.declared.poids.to_numpy(dtype=float))

    @property
    def eligible(self) -> np.ndarray:
        """Territories with two thirds of the weight, and every dimension required."""
        present = np.isfinite(self.matrix)
        enough = present @ self.weights / self.weights.sum() >= WEIGHT_NEEDED - 1e-9
        return np.asarray(enough & ~(~present & self.declared.requise.to_numpy(dtype=bool)).any(axis=1))

    @property
    def ranked(self) -> np.ndarray:
        """Territories that have a rank."""
        return np.asarray(self.eligible & self.base)


def groups(indicators: pd.DataFrame, composition: pd.DataFrame, reference: frozenset[str]) -> list[Scored]:
    """Each group of which an indicator is known, its dimensions scored.

    `indicators`: groupe, dimension, indicateur, code, valeur, and what `errors.settled` reads; `composition`: groupe,
    dimension, indicateur, sens, poids, requise; `reference`: codes of the fixed set.
    """
    made = []
    for name, parts in composition.groupby("groupe", sort=True):
        mine = indicators[indicators.groupe == name]
        mine = mine.assign(valeur=errors.settled(mine))
        wide = mine.pivot_table(index="code", columns="indicateur", values="valeur")
        if wide.empty:
            continue
        base = wide.index.isin(reference)
        centiles, details = pd.DataFrame(index=wide.index), []
        for part in parts[parts.indicateur.isin(wide.columns)].itertuples():
            raw = wide[part.indicateur].to_numpy(dtype=float)
            bounded = oriented(raw, part.sens, raw[base])
            centiles[part.indicateur] = ranked(bounded, bounded[base])
            of = {"groupe": name, "code": wide.index, "dimension": part.dimension, "indicateur": part.indicateur}
            found = {"valeur_classee": raw, "rang_centile": centiles[part.indicateur].to_numpy()}
            details.append(pd.DataFrame({**of, **found}).dropna())
        declared = parts.groupby("dimension", sort=True).agg(poids=("poids", "sum"), requise=("requise", "any"))
        matrix = np.column_stack(
            [
                centiles[[i for i in parts.indicateur[parts.dimension == d] if i in centiles]].mean(axis=1).to_numpy()
                for d in declared.index
            ]
        )
        made.append(Scored(str(name), wide.index.to_numpy(), matrix, declared, base, pd.concat(details)))
    return made


def index(
    indicators: pd.DataFrame, composition: pd.DataFrame, reference: frozenset[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Scores, dimensions and indicators of every group and territory.

    As for `groups`, and `version_poids` in the composition. Returns three tables, by (groupe, code), by (groupe, code,
    dimension) and by (groupe, code, indicateur).
    """
    scores, dimensions, details = [], [], []
    for group in groups(indicators, composition, reference):
        parts = composition[composition.groupe == group.name]
        mine = indicators[indicators.groupe == group.name]
        scores.append(_scores(group, mine, parts))
        dimensions.append(_dimensions(group))
        details.append(group.details)
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
DETAILS = ["groupe", "code", "dimension", "indicateur", "valeur_classee", "rang_centile"]


def _scores(group: Scored, entries: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    matrix, weights, eligible, classed = group.matrix, group.weights, group.eligible, group.ranked
    present = np.isfinite(matrix)
    arithmetic, geometric = gathered(matrix, weights)
    composite = np.where(eligible, arithmetic, np.nan)
    rank, low, high = (np.full(len(group.codes), np.nan) for _ in range(3))
    if classed.any():
        chance = np.random.default_rng(SEED)
        rank[classed] = ranks(composite[classed])
        drawn = _drawn_scores(entries, parts, group.codes[classed], chance)
        low[classed], high[classed] = _intervals(matrix[classed], drawn, weights, chance)
    names = group.declared.index.to_numpy()
    return pd.DataFrame(
        {
            "groupe": group.name,
            "code": group.codes,
            "score": composite,
            "score_geometrique": np.where(eligible, geometric, np.nan),
            "rang": rank,
            "rang_bas": low,
            "rang_haut": high,
            "territoires_classes": int(classed.sum()),
            "poids_present": present @ weights / weights.sum(),
            "statut": np.where(eligible, "calculé", "sans objet"),
            "motif": [
                None
                if good
                else "il manque : " + ", ".join(names[missing])
                if missing.any()
                else "moins des deux tiers du poids"
                for good, missing in zip(eligible, ~present, strict=True)
            ],
            "version_poids": str(parts.version_poids.iloc[0]),
        }
    )


def _dimensions(group: Scored) -> pd.DataFrame:
    """Each dimension's score, and what it adds to the composite: weight times its distance to 50."""
    weights, matrix = group.weights, group.matrix
    present = np.isfinite(matrix)
    total = present @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(present, weights / total[:, None], np.nan)
    made = pd.DataFrame(
        {
            "groupe": group.name,
            "code": np.repeat(group.codes, len(weights)),
            "dimension": np.tile(group.declared.index.to_numpy(), len(group.codes)),
            "score": matrix.ravel(),
            "poids": share.ravel(),
            "contribution": (share * (matrix - 50)).ravel(),
        }
    )
    return made.dropna(subset=["score"])
