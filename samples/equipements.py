"""Facilities by commune, in the layout of INSEE's count: what a commune has none of has no line there."""

from pathlib import Path

from samples import writers
from samples.draws import Draw
from samples.nomenclatures import departements
from samples.territoires import Territoire
from samples.writers import Cell

ANNEE = 2024
HEADER = (
    *("GEO", "GEO_OBJECT", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE", "BPE_MEASURE", "TIME_PERIOD"),
    "OBS_VALUE",
)
# How many a commune of average size has, for each type.
TYPES = {
    **{"D265": 6.0, "D277": 4.0, "D281": 9.0, "D279": 7.0, "D282": 2.0, "D280": 1.5},
    **{"D307": 2.0, "D302": 0.8, "D113": 0.4, "D108": 0.3, "D106": 0.2, "D107": 0.1, "D502": 1.2},
}


def write(root: Path, territoire: Territoire, seed: int) -> None:
    """Writes `insee_bpe`: communes and départements; another domain, and a total, that the atlas leaves aside."""
    lines: list[list[Cell]] = []
    sums: dict[tuple[str, str], int] = {}
    for commune in territoire.geographie(ANNEE):
        for kind, mean in TYPES.items():
            draw = Draw(seed, "bpe", commune.code, kind)
            count = int(mean * (2.5 if commune.chef_lieu else 0.4) * draw.between(0, 1.6))
            if count:
                lines.append([commune.code, "COM", "D", kind[:2], kind, "FACILITIES", ANNEE, count])
                key = (commune.departement.code, kind)
                sums[key] = sums.get(key, 0) + count
        lines.append([commune.code, "COM", "_T", "_T", "_T", "FACILITIES", ANNEE, 12])
    lines += [
        [d.code, "DEP", "D", kind[:2], kind, "FACILITIES", ANNEE, sums[d.code, kind]]
        for d in departements()
        for kind in TYPES
        if (d.code, kind) in sums
    ]
    writers.delimited(root / "insee_bpe" / str(ANNEE) / f"DS_BPE_{ANNEE}_data.csv", HEADER, lines)
