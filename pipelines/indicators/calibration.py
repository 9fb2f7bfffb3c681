"""How far a number of a register moves: bands learnt from observed moves, and how each kind of band fared.

A register counts everybody, so chance says nothing of how far its numbers are to be trusted. What does is how
far they moved in the past: from one year to the next, and when their producer revised them. Three laws compete
for the half-width of the band (in logarithms): chance alone (Byar, Wilson), a power of the size of the number,
and the 95th centile of its class of size. Each is fitted without the moves it is then tried on; the lowest mean
interval score (width, and 40 times what falls outside: Gneiting and Raftery, 2007) wins, by rule.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.indicators.intervals import LEVEL, Floats, byar, wilson

Halves = Callable[[Floats], tuple[Floats, Floats]]  # sizes -> half-widths below and above, in logarithms

CHANCE, POWER, CLASSES = "hasard seul", "puissance de la taille", "classes de taille"
OWN, OTHERS = "ses propres mouvements", "mouvements d'autres séries"
YEARS_OUT, SERIES_OUT = "année par année", "série par série"
ALL_SIZES = "toutes tailles"
SIZES = ((10, 99), (100, 999), (1000, None))

FEWEST = 100  # moves: fewer do not tell the 95th centile from the 90th
STEPS = 3  # years: with two, one is left to learn from
GROUP = ["indicateur", "source", "profession", "nature"]
TRIED = [*GROUP, "calage", "epreuve", "methode", "classe", "mouvements", "couverture", "demi_largeur", "score"]


def _chance(_: Floats, __: Floats) -> Halves:
    def halves(sizes: Floats) -> tuple[Floats, Floats]:
        low, high = byar(sizes)
        return np.log(sizes / low), np.log(high / sizes)

    return halves


def _power(sizes: Floats, moves: Floats) -> Halves:
    """Half-width q × n^-p: p from the slope of log |move| on log n, between none and chance's; q the 95th centile."""
    logs = np.log(sizes)
    slope = np.polyfit(logs, np.log(np.maximum(moves, 1e-6)), 1)[0] if np.ptp(logs) > 0 else 0.0
    p = float(np.clip(-slope, 0.0, 0.5))
    q = float(np.quantile(moves * sizes**p, LEVEL))

    def halves(of: Floats) -> tuple[Floats, Floats]:
        half = q * of**-p
        return half, half

    return halves


def _classes(sizes: Floats, moves: Floats) -> Halves:
    """Half-width of the quarter of sizes in which a number falls."""
    cuts = np.quantile(sizes, (0.25, 0.5, 0.75))
    rank = np.searchsorted(cuts, sizes)
    widths = np.array([np.quantile(moves[rank == k], LEVEL) if (rank == k).any() else np.nan for k in range(4)])

    def halves(of: Floats) -> tuple[Floats, Floats]:
        half = widths[np.searchsorted(cuts, of)]
        return half, half

    return halves


LAWS: dict[str, Callable[[Floats, Floats], Halves]] = {CHANCE: _chance, POWER: _power, CLASSES: _classes}


def _fitted(name: str, moves: pd.DataFrame) -> Halves:
    return LAWS[name](moves.taille.to_numpy(dtype=float), np.abs(moves.mouvement.to_numpy(dtype=float)))


def tried(moves: pd.DataFrame, left_out: str) -> pd.DataFrame:
    """Each move with each law's half-widths, fitted without those that share its `left_out`.

    `moves`: taille, mouvement and the column named. Returns moves × laws, with `methode`, `sous`, `sur` (half-widths
    below and above, in logarithms), `dedans` and `score`.
    """
    found = []
    for held, mine in moves.groupby(left_out, sort=True):
        known = moves[moves[left_out] != held]
        if known.empty:
            continue
        for name in LAWS:
            under, over = _fitted(name, known)(mine.taille.to_numpy(dtype=float))
            move = mine.mouvement.to_numpy(dtype=float)
            outside = np.maximum(0.0, np.maximum(-under - move, move - over))
            found.append(
                mine.assign(
                    methode=name,
                    sous=under,
                    sur=over,
                    dedans=outside <= 0,
                    score=under + over + 2 / (1 - LEVEL) * outside,
                )
            )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _told(lines: pd.DataFrame) -> Iterator[tuple[str, str, int, float, float, float]]:
    """Method, class of size, moves, coverage, median half-width (a share), mean score."""
    for name, mine in lines.groupby("methode", sort=True):
        for low, high in ((None, None), *SIZES):
            part = mine if low is None else mine[(mine.taille >= low) & (mine.taille < (high or np.inf) + 1)]
            if len(part):
                label = ALL_SIZES if low is None else f"de {low} à {high}" if high else f"{low} ou plus"
                half = float(np.expm1((part.sous + part.sur).median() / 2))
                yield str(name), label, len(part), float(part.dedans.mean()), half, float(part.score.mean())


@dataclass(frozen=True)
class Calibration:
    """The laws retained: `own` by indicator, source and profession, `pooled` by indicator; `trials`, how all fared."""

    own: dict[tuple[str, str, str], list[tuple[str, Halves]]]
    pooled: dict[str, list[tuple[str, Halves]]]
    trials: pd.DataFrame

    def law(self, indicator: str, source: str, profession: str) -> tuple[str, str, Halves] | None:
        """Method, whose moves it was fitted to, half-widths; None where nothing was observed to fit one.

        The wider of what a year moves and of what a revision does.
        """
        for whose, laws in ((OWN, self.own.get((indicator, source, profession))), (OTHERS, self.pooled.get(indicator))):
            if laws:
                return " et ".join(dict.fromkeys(name for name, _ in laws)), whose, _widest([h for _, h in laws])
        return None


def _widest(laws: list[Halves]) -> Halves:
    def halves(sizes: Floats) -> tuple[Floats, Floats]:
        under, over = zip(*(law(sizes) for law in laws), strict=True)
        return np.max(under, axis=0), np.max(over, axis=0)

    return halves


def calibrate(moves: pd.DataFrame) -> Calibration:
    """Tries the laws on every group of moves that can bear it, and on all moves of an indicator together.

    `moves`: indicateur, source, profession, nature, annee, taille (≥ 10), mouvement (logarithms). A group is tried
    year by year; all together, series by series, each against what the others teach.
    """
    own: dict[tuple[str, str, str], list[tuple[str, Halves]]] = {}
    pooled: dict[str, list[tuple[str, Halves]]] = {}
    trials = []
    for key, mine in moves.groupby(GROUP, sort=True):
        if len(mine) >= FEWEST and mine.annee.nunique() >= STEPS:
            best, lines = _retained(mine, "annee", (*key, OWN, YEARS_OUT))
            own.setdefault((key[0], key[1], key[2]), []).append(best)
            trials += lines
    for (indicator, nature), mine in moves.groupby(["indicateur", "nature"], sort=True):
        mine = mine.assign(groupe=mine.source + " " + mine.profession)
        if len(mine) >= FEWEST and mine.groupe.nunique() >= STEPS:
            best, lines = _retained(mine, "groupe", (indicator, "", "", nature, OTHERS, SERIES_OUT))
            pooled.setdefault(indicator, []).append(best)
            trials += lines
    return Calibration(own, pooled, pd.DataFrame(trials, columns=[*TRIED, "retenue"]))


def _retained(
    moves: pd.DataFrame, left_out: str, key: tuple[str, ...]
) -> tuple[tuple[str, Halves], list[tuple[Any, ...]]]:
    told = list(_told(tried(moves, left_out)))
    scores = {name: score for name, label, _, _, _, score in told if label == ALL_SIZES}
    best = min(LAWS, key=lambda name: scores[name])
    lines = [(*key, *line, line[0] == best) for line in told]
    return (best, _fitted(best, moves)), lines


def bands(mesures: pd.DataFrame, found: Calibration) -> pd.DataFrame:
    """Bounds at 95 % of each measure, and those between which the rest of its region is no different.

    `mesures`: cle, indicateur, source, profession, hasard, sondage, numerateur, denominateur, echelle,
    reste_numerateur, reste_denominateur, petit_nombre. A survey has its sampling interval; a register, the band of
    its past moves, from ten upward. The two are combined without supposing symmetry (Zou and Donner, 2008).
    Returns cle, methode, calage, bas, haut, bas_reste, haut_reste.
    """
    made = [
        _of_one(mine, found, *key)
        for key, mine in mesures.groupby(["indicateur", "source", "profession", "hasard", "sondage"], sort=True)
    ]
    columns = ["cle", "methode", "calage", "bas", "haut", "bas_reste", "haut_reste"]
    return pd.concat([m for m in made if m is not None] or [pd.DataFrame(columns=columns)], ignore_index=True)


def _of_one(
    mine: pd.DataFrame, found: Calibration, indicator: str, source: str, profession: str, chance: str, survey: bool
) -> pd.DataFrame | None:
    share = chance == "Wilson"
    n, whole = mine.numerateur.to_numpy(dtype=float), mine.denominateur.to_numpy(dtype=float)
    other, others = (mine[c].to_numpy(dtype=float) for c in ("reste_numerateur", "reste_denominateur"))
    if survey:
        method, whose = chance, "sondage"
        under, over = _sampled(n, whole, share=share)
        rest_under, rest_over = _sampled(other, others, share=share)
    else:
        law = found.law(indicator, source, profession)
        if law is None:
            return None
        method, whose, halves = law
        under, over = _learnt(halves, n, whole, share=share)
        rest_under, rest_over = _learnt(halves, other, others, share=share)
    level = _level(n, whole, share=share)
    with np.errstate(invalid="ignore"):
        between = level - np.hypot(under, rest_over), level + np.hypot(over, rest_under)
        bounds = [level - under, level + over, *between]
    scale = 1.0 if share else mine.echelle.to_numpy(dtype=float)
    values = [_back(b, share=share) * scale for b in bounds]
    if survey:  # a count of nothing has no logarithm, and has an interval
        low, high = wilson(n, whole) if share else (b / whole for b in byar(n))
        values[:2] = low * scale, high * scale
    return pd.DataFrame(
        {
            "cle": mine.cle.to_numpy(),
            "methode": pd.Series(method, index=range(len(mine))).where(np.isfinite(values[0]), None),
            "calage": pd.Series(whose, index=range(len(mine))).where(np.isfinite(values[0]), None),
            **dict(zip(("bas", "haut", "bas_reste", "haut_reste"), values, strict=True)),
        }
    )


def _level(n: Floats, whole: Floats, *, share: bool) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(n / (whole - n)) if share else np.log(n / whole)


def _back(level: Floats, *, share: bool) -> Floats:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-level)) if share else np.exp(level)


def _sampled(n: Floats, whole: Floats, *, share: bool) -> tuple[Floats, Floats]:
    """Half-widths of a sampling interval, in logarithms; infinite below a count of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if share:
            low, high = wilson(n, whole)
            low, high, middle = np.log(low / (1 - low)), np.log(high / (1 - high)), _level(n, whole, share=True)
        else:
            low, high = (np.log(b) for b in byar(n))
            middle = np.log(n)
        return middle - low, high - middle


def _learnt(halves: Halves, n: Floats, whole: Floats, *, share: bool) -> tuple[Floats, Floats]:
    """Half-widths of the law for numbers of ten or more; NaN under that, where nothing was learnt."""
    with np.errstate(divide="ignore", invalid="ignore"):
        sizes = n * (1 - n / whole) if share else n
        known = np.isfinite(sizes) & (sizes >= SIZES[0][0])
    under, over = halves(np.where(known, sizes, 1.0))
    return np.where(known, under, np.nan), np.where(known, over, np.nan)
