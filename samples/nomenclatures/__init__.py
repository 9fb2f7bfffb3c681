"""Public code lists that the samples share with the official files: territories, occupations, headings."""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
HEADINGS = FOLDER.parent / "entetes"

NORMANDIE = "28"
NORMANDS = ("14", "27", "50", "61", "76")


@dataclass(frozen=True)
class Region:
    """A région: code, name, and the acronym that SAE uses for its GHT."""

    code: str
    nom: str
    sigle: str


@dataclass(frozen=True)
class Departement:
    """A département, its région today and before 2016, and about where its middle is."""

    code: str
    nom: str
    region: str
    region_avant_2016: str
    longitude: float
    latitude: float

    @property
    def outre_mer(self) -> bool:
        """Whether it is one of the five overseas départements."""
        return len(self.code) == 3

    @property
    def code_sae(self) -> str:
        """The code as SAE writes it: 9A to 9F overseas."""
        return "9" + "ABCDEF"[int(self.code) - 971] if self.outre_mer else self.code

    def uai(self, serie: int, rank: int) -> str:
        """The code of a school of a series of ten: those of Corse begin with 620 and 720."""
        start = self.code if self.outre_mer else {"2A": "620", "2B": "720"}.get(self.code, f"0{self.code}")
        return f"{start}{serie}{rank:03d}{'ABCDEFGHJKLMNPRSTUVWXYZ'[rank % 23]}"


def rows(name: str, sep: str = ",") -> list[dict[str, str]]:
    """The lines of one list of this folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=sep))


@functools.cache
def regions() -> tuple[Region, ...]:
    """All 18 régions."""
    return tuple(Region(r["code"], r["nom"], r["sigle"]) for r in rows("regions.csv"))


@functools.cache
def departements() -> tuple[Departement, ...]:
    """All 101 départements."""
    return tuple(
        Departement(
            r["code"],
            r["nom"],
            r["region"],
            r["region_avant_2016"],
            float(r["longitude"]),
            float(r["latitude"]),
        )
        for r in rows("departements.csv")
    )


def headings(file: str, sep: str = ";") -> list[str]:
    """The official column names of a file, in their official order."""
    with (HEADINGS / file).open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle, delimiter=sep))
