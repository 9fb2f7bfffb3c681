"""Cohorts of professionals by age: exits, entries, departures to come and stocks to come.

Stocks are known by age bands and year. Between two years, those who were a to a+1 years old become a+1 to
a+2: what is missing has left, what is added has entered. Single ages are interpolated inside the bands.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.float64]

YOUNGEST, OPEN = 24, 71  # first single age, and first age of the group that closes a model
OLDEST = 80  # where the interpolation of the open band ends; ages from OPEN on are one group afterwards
EXITS_FROM = 50  # before that age, what leaves in mid-career is hidden under what enters
AGES = np.arange(YOUNGEST, OPEN + 1)


def single_ages(lower: NDArray[np.int64], counts: Floats) -> Floats:
    """Counts by single age from counts by band, each band's total kept.

    `lower`: first age of each band, increasing, the first at YOUNGEST; the last band is open and ends at
    OLDEST. `counts`: (..., bands). Returns (..., ages). Monotone cubic interpolation of the cumulative count.
    """
    edges = np.append(lower, OLDEST + 1).astype(float)
    running = np.concatenate([np.zeros((*counts.shape[:-1], 1)), np.cumsum(counts, axis=-1)], axis=-1)
    at = np.append(AGES, OLDEST + 1)
    inside: Floats = np.diff(PchipInterpolator(edges, running, axis=-1)(at), axis=-1)
    return np.clip(inside, 0, None)


@dataclass(frozen=True)
class Flows:
    """What a series of stocks teaches: yearly net exits by age, yearly entries by age, and how both vary.

    `hazards` and `hazards_sd`: (ages,), shares a year, negative where more come back than leave;
    `entries` and `entries_sd`: (ages,), persons a year.
    """

    hazards: Floats
    hazards_sd: Floats
    entries: Floats
    entries_sd: Floats


def _followed(stocks: Floats) -> Floats:
    """Those who could be present a year later, by the age they will have: (..., ages) -> (..., ages - 1)."""
    followed: Floats = stocks[..., :-1].copy()
    followed[..., -1] += stocks[..., -1]
    return followed


def _rates(lost: Floats, present: Floats, old: NDArray[np.bool_]) -> Floats:
    """Losses over those present, each on five neighbouring ages: single ages carry the interpolation's noise."""
    window = np.ones(5)
    inside = old.copy()
    inside[-1] = False  # the open group stands alone
    lost_near = np.convolve(np.where(inside, lost, 0.0), window, mode="same")
    near = np.convolve(np.where(inside, present, 0.0), window, mode="same")
    rates: Floats = np.divide(lost_near, near, out=np.zeros_like(near), where=near > 0)
    rates[-1] = lost[-1] / present[-1] if present[-1] > 0 else 0.0
    return rates


def fit(stocks: Floats) -> Flows:
    """Estimates net exits and entries from stocks by year and age, (years, ages).

    From EXITS_FROM on, a cohort's net loss over all years is its hazard; before, its mean net gain, in
    persons, is the entries of that age. Needs three years at least (ValueError otherwise). Source: cohort
    change ratios (Hamilton and Perry, 1962), with entries in persons instead of ratios at young ages.
    """
    if len(stocks) < 3:
        raise ValueError("trois années au moins pour estimer des sorties et des entrées")
    before, after = _followed(stocks[:-1]), stocks[1:, 1:]
    old = AGES[:-1] >= EXITS_FROM
    mean = np.where(old, _rates(before.sum(axis=0) - after.sum(axis=0), before.sum(axis=0), old), 0.0)
    yearly = np.stack([_rates(b - a, b, old) for b, a in zip(before, after, strict=True)])
    spread = np.where(old, yearly.std(axis=0, ddof=1), 0.0)
    gains, first = np.where(old, 0.0, after - before), stocks[1:, 0]
    return Flows(
        # A hazard is that of the age left behind; the open group has that of those who come into it.
        hazards=np.append(mean, mean[-1]),
        hazards_sd=np.append(spread, spread[-1]),
        entries=np.append(first.mean(), gains.mean(axis=0)),
        entries_sd=np.append(first.std(ddof=1), gains.std(axis=0, ddof=1)),
    )


def older(hazards: Floats, years: int) -> Floats:
    """Hazards where everybody leaves so many years later than today; those of the open group stay."""
    if not years:
        return hazards
    return np.concatenate([np.full(years, hazards[0]), hazards[: -1 - years], hazards[-1:]])


def staying(hazards: Floats, horizon: int) -> Floats:
    """Probability of still being present after `horizon` years, by age today: (..., ages) -> (..., ages)."""
    stay = np.ones_like(hazards)
    for year in range(horizon):
        later = np.minimum(np.arange(len(AGES)) + year, len(AGES) - 1)
        stay = stay * (1 - hazards[..., later])
    return stay


def leaving(stocks: Floats, hazards: Floats, horizon: int) -> Floats:
    """Expected number of those present who leave within `horizon` years: (..., ages) -> (...).

    Sum over ages of N_a * (1 - prod(1 - q)); entries are not counted, and those who leave don't come back.
    `hazards`: (ages,) or (..., ages).
    """
    return np.asarray((stocks * (1 - staying(np.clip(hazards, 0, 1), horizon))).sum(axis=-1))


def project(stocks: Floats, hazards: Floats, entries: Floats, horizon: int) -> Floats:
    """Stocks to come: (..., ages) today -> (..., horizon + 1, ages), entries constant in persons.

    `hazards` and `entries` broadcast against the stocks.
    """
    years = [stocks]
    for _ in range(horizon):
        now = years[-1]
        kept = now * (1 - hazards)
        following = np.zeros_like(kept) + entries
        following[..., 1:] += kept[..., :-1]
        following[..., -1] += kept[..., -1]
        years.append(np.clip(following, 0, None))
    return np.stack(np.broadcast_arrays(*years), axis=-2)


def totals(stocks: Floats, share: Floats, hazards: Floats, entries: Floats, horizon: int) -> Floats:
    """Totals of `project` for many models at once: (territories, draws, horizon + 1).

    `stocks`: (territories, ages); `share`: (territories,), of the entries; `hazards` and `entries`: (draws, ages).
    Linear in stocks and entries, hence no array by territory, draw and age; a stock under zero isn't cut.
    """
    present = [staying(hazards, year) for year in range(horizon + 1)]
    arrived = np.cumsum([np.zeros(len(entries)), *((entries * p).sum(axis=-1) for p in present[:-1])], axis=0)
    return np.stack([stocks @ p.T + np.outer(share, a) for p, a in zip(present, arrived, strict=True)], axis=-1)
