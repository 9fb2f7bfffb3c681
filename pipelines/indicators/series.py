"""Series of stocks: which years and sources follow one another, and ages by bands of one width.

`chaine` names the sources that continue one another (reference.priorites_sources.serie); `serie` numbers, in a
chain, the stretches that an incomparable break of reference.ruptures parts. Nothing is learnt from one year of a
stretch to another's.
"""

import functools
from dataclasses import dataclass

import pandas as pd

from pipelines.indicators import cohorts
from pipelines.indicators.cohorts import Bands, Floats

KEYS = ["niveau", "code", "annee", "source", "millesime", "revision", "serie"]


@dataclass(frozen=True, eq=False)
class Ages:
    """Stocks by band of one chain of sources: `keys` has one line per territory and year, `counts` (lines, bands)."""

    chaine: str
    bands: Bands
    keys: pd.DataFrame
    counts: Floats

    def at(self, level: str, year: int) -> tuple[pd.DataFrame, Floats]:
        """The lines of one level and one year, by code."""
        mine = ((self.keys.niveau == level) & (self.keys.annee == year)).to_numpy()
        return self.keys[mine].reset_index(drop=True), self.counts[mine]

    def pairs(self, level: str, upto: int | None = None) -> pd.DataFrame:
        """Lines of one territory one width apart, in one stretch: `avant` and `apres` are rows of `counts`.

        Only those complete by the year `upto`, where it is given.
        """
        both = self._pairs.get(level, self._pairs["france"].head(0))
        return both if upto is None else both[both.annee + self.bands.width <= upto]

    @functools.cached_property
    def _pairs(self) -> dict[str, pd.DataFrame]:
        mine = self.keys.reset_index(names="avant")[["avant", "niveau", "code", "annee", "serie"]]
        later = mine.rename(columns={"avant": "apres"}).assign(annee=mine.annee - self.bands.width)
        both = mine.merge(later, on=["niveau", "code", "annee", "serie"])
        return {"france": both.head(0), **{str(level): each for level, each in both.groupby("niveau")}}


def ages(given: pd.DataFrame) -> dict[str, list[Ages]]:
    """Ages of each profession, one for each chain of sources that has bands of one width for France, best first.

    `given`: profession, chaine, KEYS, age_min, effectif, effectif_total. A line of which a band from YOUNG on is
    secret or missing is left out; the youngest are what is left of the total. The best has most pairs of years one
    width apart, then the latest ones.
    """
    found: dict[str, list[Ages]] = {}
    for (profession, chain), mine in given.groupby(["profession", "chaine"], sort=True):
        edges = [set(each.age_min) for _, each in mine[mine.niveau == "france"].groupby(["source", "annee"])]
        bands = cohorts.regular(set.intersection(*edges)) if edges and len(set.union(*edges)) > 1 else None
        if bands is None:
            continue
        keys, counts = [], []
        for _, each in mine.groupby("source", sort=True):
            wide = each.pivot_table(index=KEYS, columns="age_min", values="effectif", aggfunc="sum", min_count=1)
            wide = wide.reindex(columns=sorted(set(each.age_min)))  # a band that is secret everywhere is one still
            merged = pd.DataFrame(bands.merged(wide.columns, wide.to_numpy(dtype=float)), index=wide.index)
            total = each.groupby(KEYS).effectif_total.max()
            merged[0] = merged[0].fillna(total - merged.drop(columns=0).sum(axis=1))
            whole = merged.dropna()
            keys.append(whole.index.to_frame(index=False))
            counts.append(whole)
        joined = pd.concat(keys, ignore_index=True)
        order = joined.sort_values(["niveau", "code", "annee", "source"]).index
        values = pd.concat(counts, ignore_index=True).to_numpy(dtype=float)
        found.setdefault(str(profession), []).append(
            Ages(str(chain), bands, joined.loc[order].reset_index(drop=True), values[order])
        )
    return {profession: sorted(each, key=_best, reverse=True) for profession, each in found.items()}


def _best(ages: Ages) -> tuple[int, int]:
    pairs = ages.pairs("france")
    return len(pairs), int(pairs.annee.max()) if len(pairs) else 0
