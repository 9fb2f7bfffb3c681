"""Fictitious nurses, in the layout of two DREES workbooks: private ones counted in refunds, salaried ones in wages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.nomenclatures import departements, regions
from samples.population import Population
from samples.writers import Cell

MILLESIME = 2023
MAYOTTE = "976"  # out of both
AGES = (
    "Moins de 25 ans",
    *(f"Entre {age} et {age + 4} ans" for age in range(25, 65, 5)),
    "65 ans et plus",
)
SEXES = {"Hommes": 0.14, "Femmes": 0.86}
SECTEURS = {"Hôpital public": 0.7, "Hôpital privé": 0.2, "Autre secteur privé": 0.1}


@dataclass(frozen=True)
class _Book:
    """One workbook: its name, its years, nurses per inhabitant, and how it writes a label."""

    fichier: str
    annees: range
    taux: float
    tiret: str  # between a code and its name
    salariees: bool = False

    def label(self, code: str, nom: str) -> str:
        return f"{code}{self.tiret}{nom}"

    def head(self) -> list[Cell]:
        years = [f"effectif_{annee}" for annee in self.annees]
        if self.salariees:
            return ["Région", "Département", "Secteur d'activité", "Spécialité", "Sexe", "Tranche d'âge", *years]
        return ["region", "departement", "sexe", "tranche_age", *years, None]  # a last column without a name


# What a line is of: sector, sex, age; the heads of each year.
_Line = tuple[str, str, str]


def _counts(seed: int, book: _Book, code: str, population: Population) -> dict[_Line, list[int]]:
    """Nurses of one département: each way of dividing the whole adds up to it."""
    draw, everyone = Draw(seed, book.fichier, code), "Ensemble"
    rate = book.taux * draw.between(0.7, 1.25)
    ways: list[dict[_Line, float]] = [
        {(everyone, everyone, age): draw.between(0.5, 1.5) for age in AGES},
        {(everyone, sexe, everyone): share * draw.between(0.8, 1.2) for sexe, share in SEXES.items()},
    ]
    if book.salariees:
        ways.append({(secteur, everyone, everyone): share for secteur, share in SECTEURS.items()})
    counts: dict[_Line, list[int]] = {(everyone, everyone, everyone): []}
    for annee in book.annees:
        total = int(population.total(code, annee) * rate)
        counts[everyone, everyone, everyone].append(total)
        for way in ways:
            for line, n in zip(way, split(total, list(way.values())), strict=True):
                counts.setdefault(line, []).append(n)
    return counts


def _territories(book: _Book) -> Iterator[tuple[str, str, list[str]]]:
    """Labels of each territory, region then département, and the départements that it adds up."""
    there = [d for d in departements() if d.code != MAYOTTE]
    france = book.label("00", "France entière (hors Mayotte)" if book.salariees else "Ensemble")
    whole = book.label("00", "Région entière" if book.salariees else "Ensemble")
    yield france, france, [d.code for d in there]
    for region in regions():
        mine = [d for d in there if d.region == region.code]
        if mine:
            yield book.label(region.code, region.nom), whole, [d.code for d in mine]
        for d in mine:
            yield book.label(region.code, region.nom), book.label(d.code, d.nom), [d.code]


def _ranked(book: _Book, value: str, values: list[str], digits: int) -> str:
    """A label behind its rank among those of its column; the whole has rank zero."""
    rank = 0 if value == "Ensemble" else values.index(value) + 1
    return book.label(f"{rank:0{digits}d}", value)


def _workbook(path: Path, book: _Book, seed: int, population: Population) -> None:
    by_code = {d.code: _counts(seed, book, d.code, population) for d in departements() if d.code != MAYOTTE}
    rows: list[list[Cell]] = [book.head()]
    for region, departement, members in _territories(book):
        for line in by_code["14"]:
            secteur, sexe, age = line
            heads = [sum(column) for column in zip(*(by_code[code][line] for code in members), strict=True)]
            own = [_ranked(book, secteur, [*SECTEURS], 1), "0-Ensemble"] if book.salariees else []
            known = [_ranked(book, sexe, [*SEXES], 1), _ranked(book, age, [*AGES], 2)]
            rows.append([region, departement, *own, *known, *heads])
    foreword: list[list[Cell]] = [
        ["Champ :", "France hors Mayotte"],
        [],
        ["DONNÉES FICTIVES dans la présentation du producteur"],
    ]
    writers.xlsx(path, [("Lisez-moi", foreword), ("Effectifs", rows)])


def write(root: Path, population: Population, seed: int, millesime: int = MILLESIME) -> None:
    """Writes `drees_infirmiers/<millesime>`: the private nurses up to it, the salaried up to 2021."""
    for book in (
        _Book(f"infirmieres_liberales_snds_2012_{millesime}.xlsx", range(2012, millesime + 1), 0.0015, " - "),
        _Book("infirmieres_salariees_bts_2013_2021.xlsx", range(2013, 2022), 0.0078, "-", salariees=True),
    ):
        _workbook(root / "drees_infirmiers" / str(millesime) / book.fichier, book, seed, population)
