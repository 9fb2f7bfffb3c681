"""Intervals of counts, rates and shares.

A headcount taken from a register is no sample: its interval reads the year's count as one outcome of a
process that could have given another. Nothing here is for SAE totals or for a weighted survey (BMO).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

LEVEL = 0.95


def byar(counts: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Bounds of counts by Byar's approximation of the exact Poisson limits.

    `counts`: non-negative numbers of any shape; bounds have that shape, NaN where a count is missing.
    Source: Breslow and Day, Statistical Methods in Cancer Research, vol. 2 (1987), p. 69.
    """
    observed = np.asarray(counts, dtype=float)
    z = stats.norm.ppf((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
    above = observed + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return np.where(observed == 0, 0.0, low), high


def wilson(successes: ArrayLike, totals: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Bounds of proportions by Wilson's score, without continuity correction.

    Arrays of one shape; NaN where the total is missing or zero. Raises ValueError where a part is
    larger than its total. Source: Wilson (1927); scipy gives one interval at a time.
    """
    part, total = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if np.any(part > total):
        raise ValueError("une part plus grande que son total")
    n, z = np.where(total > 0, total, np.nan), stats.norm.ppf((1 + level) / 2)
    share = part / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half
