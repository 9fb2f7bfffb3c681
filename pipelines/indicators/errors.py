"""The error that each entry of the tension index carries: by which law a value is drawn anew.

An entry says its law (`tirage`), the counts that it is made of, and its dispersion: how many times more those counts
move than independent persons or projects would (Poisson, binomial). A value without a law is drawn as it stands.
"""

import numpy as np
import pandas as pd

from pipelines.indicators.cohorts import Floats

SHARE, COUNT, CHANGE = "part", "nombre", "évolution"  # the laws of atlas.tension_entrees
JEFFREYS = 0.5  # what a share has seen of either side before any count: k of k is no certainty


def settled(entries: pd.DataFrame) -> Floats:
    """The values to rank: a share that is drawn takes the middle of its draws, k + ½ of n + 1 after dispersion.

    `entries`: valeur, tirage, numerateur, denominateur, dispersion. So 30 of 30 stands below 130 of 130.
    """
    values: Floats = entries.valeur.to_numpy(dtype=float).copy()
    share = (entries.tirage == SHARE).to_numpy()
    part, rest = _sides(entries[share])
    values[share] = part / (part + rest)
    return values


def draws(entries: pd.DataFrame, count: int, chance: np.random.Generator) -> Floats:
    """Values drawn with their errors: (count, entries); NaN where a value is missing.

    part: Beta (Jeffreys) of the counts divided by their dispersion; nombre: relative error √(dispersion / numerateur);
    évolution: both stocks drawn so, then the yearly change over `duree` years.
    """
    values = entries.valeur.to_numpy(dtype=float)
    made = np.tile(values, (count, 1))
    share, number, change = ((entries.tirage == law).to_numpy() for law in (SHARE, COUNT, CHANGE))
    if share.any():
        made[:, share] = chance.beta(*_sides(entries[share]), size=(count, share.sum()))
    if number.any():
        error = _relative(entries[number], "numerateur")
        made[:, number] *= 1 + error * chance.standard_normal((count, number.sum()))
    if change.any():
        mine = entries[change]
        after, before = (
            counts * (1 + _relative(mine, name) * chance.standard_normal((count, change.sum())))
            for name in ("numerateur", "denominateur")
            for counts in (mine[name].to_numpy(dtype=float),)
        )
        ratio = np.maximum(after, 0.5) / np.maximum(before, 0.5)  # a stock isn't negative
        made[:, change] = ratio ** (1 / mine.duree.to_numpy(dtype=float)) - 1
    return made


def _sides(entries: pd.DataFrame) -> tuple[Floats, Floats]:
    """What a share has seen of either side, as so many independent observations."""
    part, total, dispersion = (entries[n].to_numpy(dtype=float) for n in ("numerateur", "denominateur", "dispersion"))
    return part / dispersion + JEFFREYS, (total - part) / dispersion + JEFFREYS


def _relative(entries: pd.DataFrame, counts: str) -> Floats:
    return np.asarray(np.sqrt(entries.dispersion.to_numpy(dtype=float) / entries[counts].to_numpy(dtype=float)))
