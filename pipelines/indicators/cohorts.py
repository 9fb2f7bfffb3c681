"""Cohorts of professionals by age band: who stays, who leaves, who comes.

Stocks are known by bands of one width and an open last one. A band's people, seen again that many years later, are
the next band: what is missing has left, what is added has come. Nothing is read inside a band.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YOUNG = 30  # bands under it make one: some sources cut them, others don't
EXITS_FROM = 50  # before that age, what leaves in mid-career is hidden under what comes in
WIDTHS = (5, 10)


@dataclass(frozen=True)
class Bands:
    """First ages of bands, all `width` years wide but the first, open below, and the last, open above."""

    lower: tuple[int, ...]
    width: int

    @property
    def old(self) -> NDArray[np.bool_]:
        """Bands in which exits are read."""
        return np.array(self.lower) >= EXITS_FROM

    def merged(self, ages: Iterable[int], counts: Floats) -> Floats:
        """Counts by these bands, from counts (..., ages) by finer ones, in increasing order; NaN where one is."""
        place = np.searchsorted(self.lower, np.array(list(ages)), side="right") - 1
        starts = np.searchsorted(place, np.arange(len(self.lower)))
        return np.asarray(np.add.reduceat(counts, starts, axis=-1))


def regular(lower: Iterable[int]) -> Bands | None:
    """The finest bands of one width that first ages allow, a multiple of five each; None where they allow none."""
    edges = sorted({age for age in lower if age >= YOUNG and age % 5 == 0})
    for width in WIDTHS if edges else ():
        mine = [age for age in edges if (edges[-1] - age) % width == 0]
        whole = mine == list(range(mine[0], mine[-1] + 1, width))
        if whole and mine[0] <= EXITS_FROM - width and mine[-1] >= EXITS_FROM + width:
            return Bands((0, *mine), width)
    return None


def stays(before: Floats, after: Floats, bands: Bands, *, apart: bool = True) -> Floats:
    """Share of each band still present one width later, from stocks at both dates: (pairs, bands) -> (bands,).

    Closed bands: the next band over this one, all pairs together, one at most; one before EXITS_FROM. The open band
    is fed by the last closed one and by itself. `apart`: a share for each, by least squares over the pairs, a stock's
    error growing as its square root; one share for both where these would be no shares or keep the older longer, where
    one pair alone is known, and without `apart`. Source: cohort change ratios (Hamilton and Perry, 1962).
    """
    kept = np.ones(len(bands.lower))
    for band in np.flatnonzero(bands.old[:-2]):
        kept[band] = min(1.0, after[:, band + 1].sum() / before[:, band].sum())
    fed, open_band = before[:, -2:], after[:, -1]
    kept[-2:] = min(1.0, open_band.sum() / fed.sum())
    if apart and len(before) > 1:
        scale = np.sqrt(fed.sum(axis=1))
        found = np.linalg.lstsq(fed / scale[:, None], open_band / scale, rcond=None)[0]
        if 0 <= found[1] <= found[0] <= 1:
            kept[-2:] = found
    return kept


def scenario(kept: Floats, bands: Bands, factor: float, later: int) -> Floats:
    """Shares where exits are multiplied, and where everybody leaves so many years later than today.

    A band then leaves partly as the one before it; who is in the open band leaves as today.
    """
    exits = (1 - kept) * factor
    younger = np.concatenate([[0.0], exits[:-1]])
    shifted = np.where(bands.old, exits + (younger - exits) * later / bands.width, exits)
    shifted[-1] = exits[-1]
    return np.asarray(1 - np.clip(shifted, 0, 1))


def gone(kept: Floats, bands: Bands, horizon: int) -> Floats:
    """Share of each band that has left after so many years: (bands,).

    At multiples of the width, one less the product of the shares of the bands gone through; between two, on a
    straight line: nothing is known of exits inside a step.
    """
    steps, rest = divmod(horizon, bands.width)
    staying = np.ones((steps + 2, len(kept)))
    for step in range(1, steps + 2):
        then = np.minimum(np.arange(len(kept)) + step - 1, len(kept) - 1)
        staying[step] = staying[step - 1] * kept[then]
    return np.asarray(1 - staying[steps] - (staying[steps + 1] - staying[steps]) * rest / bands.width)


def coming(before: Floats, after: Floats, bands: Bands) -> Floats:
    """Persons gained, one width later, by those under EXITS_FROM: (pairs, bands) -> (bands,), a mean over the pairs."""
    gains = np.zeros(len(bands.lower))
    gains[1:] = np.where(bands.old[:-1], 0.0, (after[:, 1:] - before[:, :-1]).mean(axis=0))
    return gains


def project(present: Floats, kept: Floats, gains: Floats, bands: Bands, horizon: int) -> Floats:
    """Totals from today to `horizon` years on: (territories, bands) -> (territories, horizon + 1).

    `gains`: (territories, bands), persons a step, constant; the first band stays as it is. Stocks are known at
    each step, and on a straight line between two.
    """
    totals, now = [present.sum(axis=-1)], present
    for _ in range(-(-horizon // bands.width)):
        following = gains.copy()
        following[:, 0] = present[:, 0]
        following[:, 1:] += (now * kept)[:, :-1]
        following[:, -1] += now[:, -1] * kept[-1]
        now = np.clip(following, 0, None)
        totals.append(now.sum(axis=-1))
    known = np.arange(len(totals)) * bands.width
    return np.stack([np.interp(np.arange(horizon + 1), known, each) for each in np.stack(totals, axis=-1)])
