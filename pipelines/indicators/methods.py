"""Ways to continue a series of stocks, and the sum that makes levels agree.

Each method takes the years known, the stocks (territories, years), where NaN is a year that is not known, and the
years ahead; it gives the change since the last stock, (territories, years ahead).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from pipelines.indicators.cohorts import Floats

LOCAL = 4  # years of which the local slope is taken
DAMPING = 0.9  # what is left of a slope, each year, in the damped one
Method = Callable[[Floats, Floats, NDArray[np.int64]], Floats]


def still(_years: Floats, stocks: Floats, ahead: NDArray[np.int64]) -> Floats:
    """No change."""
    return np.zeros((len(stocks), len(ahead)))


def _slope(years: Floats, stocks: Floats) -> Floats:
    """Least squares over the years known; 0 where one alone is: (territories,)."""
    known = np.isfinite(stocks)
    count = known.sum(axis=1)
    middle = np.where(known, years, 0.0).sum(axis=1) / np.maximum(count, 1)
    away = np.where(known, years - middle[:, None], 0.0)
    square = (away**2).sum(axis=1)
    moved = (away * np.nan_to_num(stocks)).sum(axis=1)
    return np.asarray(np.divide(moved, square, out=np.zeros(len(stocks)), where=square > 0))


def _recent(years: Floats, stocks: Floats) -> Floats:
    """Mean yearly change since the first stock known in the last LOCAL years: (territories,)."""
    window = years >= years[-1] - LOCAL
    stocks, years = stocks[:, window], years[window]
    first = np.isfinite(stocks).argmax(axis=1)
    spent = years[-1] - years[first]
    change = stocks[:, -1] - stocks[np.arange(len(stocks)), first]
    return np.asarray(np.divide(change, spent, out=np.zeros(len(stocks)), where=spent > 0))


def trend(years: Floats, stocks: Floats, ahead: NDArray[np.int64]) -> Floats:
    """The slope of least squares over all years."""
    return _slope(years, stocks)[:, None] * ahead


def local(years: Floats, stocks: Floats, ahead: NDArray[np.int64]) -> Floats:
    """The mean yearly change of the last LOCAL years."""
    return _recent(years, stocks)[:, None] * ahead


def damped(years: Floats, stocks: Floats, ahead: NDArray[np.int64]) -> Floats:
    """The local slope, of which DAMPING is left each year. Source: Gardner and McKenzie (1985)."""
    return _recent(years, stocks)[:, None] * DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING)


METHODS: dict[str, Method] = {
    "persistance": still,
    "tendance linéaire": trend,
    "niveau et pente locale": local,
    "pente amortie": damped,
}
COHORT = "cohorte"
# Years before the last from which each takes the change; the others take all.
SPAN = {"persistance": 0, "niveau et pente locale": LOCAL, "pente amortie": LOCAL}


def summing(regions: list[str | None]) -> Floats:
    """The matrix that adds départements up: themselves, then regions in order, then France."""
    names = sorted({region for region in regions if region is not None})
    added = np.array([[region == name for region in regions] for name in names], dtype=float)
    return np.vstack([np.eye(len(regions)), added.reshape(len(names), len(regions)), np.ones((1, len(regions)))])


def reconciled(said: Floats, errors: Floats, sums: Floats) -> Floats:
    """Stocks of the départements whose sums are nearest to what was said of every level: (départements,).

    `said`: (lines of `sums`,), foreseen apart; `errors`: their covariance, (lines, lines). Generalised least squares,
    none under 0. Source: Wickramasuriya, Athanasopoulos and Hyndman (2019), MinT.
    """
    root = linalg.cholesky(errors, lower=True)
    sides = linalg.solve_triangular(root, sums, lower=True)
    target = linalg.solve_triangular(root, said, lower=True)
    found = linalg.solve(sides.T @ sides, sides.T @ target, assume_a="pos")
    return np.asarray(found if (found >= 0).all() else optimize.nnls(sides, target)[0])
