"""Fictitious populations, in the layouts of INSEE's two files: départements by age, and communes."""

from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.nomenclatures import NORMANDS, Departement, departements
from samples.territoires import VILLES, Commune, Territoire
from samples.writers import Cell

CLASSES = ("0 à 19 ans", "20 à 39 ans", "40 à 59 ans", "60 à 74 ans", "75 ans et plus")
SEXES = ("Ensemble", "Hommes", "Femmes")
PREMIERE, DERNIERE = 1975, 2022
CLASSEUR_COMMUNES = 2023
FUSION = 2018

# Shares of the age classes at both ends of the series, and of men in each class.
PARTS_1975 = (0.32, 0.28, 0.22, 0.13, 0.05)
PARTS_2022 = (0.235, 0.225, 0.255, 0.18, 0.105)
HOMMES = (0.512, 0.500, 0.492, 0.473, 0.395)


class Population:
    """Inhabitants of each département by sex and age class, whatever the year."""

    def __init__(self, seed: int) -> None:
        self._base: dict[str, tuple[float, float, list[float]]] = {}
        for departement in departements():
            draw = Draw(seed, "population", departement.code)
            size = draw.between(28e4, 9e5) if departement.code in NORMANDS else draw.between(11e4, 11e5)
            growth = draw.between(-0.003, 0.008)
            tilt = [draw.between(0.93, 1.07) for _ in CLASSES]
            self._base[departement.code] = (size, growth, tilt)
        self._cells: dict[tuple[str, int], tuple[list[int], list[int]]] = {}

    def _shares(self, departement: str, annee: int) -> list[float]:
        age = (annee - PREMIERE) / (DERNIERE - PREMIERE)
        tilt = self._base[departement][2]
        return [(old + (new - old) * age) * t for old, new, t in zip(PARTS_1975, PARTS_2022, tilt, strict=True)]

    def cells(self, departement: str, annee: int) -> tuple[list[int], list[int]]:
        """Men and women by age class, on 1 January."""
        if (departement, annee) not in self._cells:
            size, growth, _ = self._base[departement]
            total = int(size * max(0.3, 1 + growth * (annee - DERNIERE)))
            by_age = split(total, self._shares(departement, annee))
            men = [int(n * share) for n, share in zip(by_age, HOMMES, strict=True)]
            self._cells[departement, annee] = (men, [n - m for n, m in zip(by_age, men, strict=True)])
        return self._cells[departement, annee]

    def total(self, departement: str, annee: int) -> int:
        """Inhabitants on 1 January."""
        men, women = self.cells(departement, annee)
        return sum(men) + sum(women)


def _blocks(men: list[int], women: list[int]) -> list[int]:
    both = [m + f for m, f in zip(men, women, strict=True)]
    return [n for block in (both, men, women) for n in (*block, sum(block))]


def _added(lines: list[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*lines, strict=True)]


def _sheet(population: Population, annee: int, millesime: int) -> list[list[Cell]]:
    metropole = [d for d in departements() if not d.outre_mer]
    overseas = [d for d in departements() if d.outre_mer and (d.code != "976" or annee >= 2014)]
    blank = " " if annee >= 2007 else ""
    rows: list[list[Cell]] = [
        ["Estimation de population au 1er janvier, par département, sexe et grande classe d'âge"],
        [f"Année {annee}"],
        [],
        ["Départements", None, *(cell for sexe in SEXES for cell in (sexe, *[None] * len(CLASSES)))],
        [None, None, *[*CLASSES, "Total"] * 3],
    ]
    france: list[list[int]] = []
    for departement in metropole:
        france.append(_blocks(*population.cells(departement.code, annee)))
        rows.append([departement.code, departement.nom, *france[-1]])
    rows.append([f"France métropolitaine{blank}", None, *_added(france)])
    if annee >= 1990:
        dom = [_blocks(*population.cells(d.code, annee)) for d in overseas]
        for departement, line in zip(overseas, dom, strict=True):
            # Overseas codes are typed as numbers, and two names end with a space.
            nom = departement.nom + (blank if departement.code in ("971", "972") else "")
            if departement.code == "974" and annee == 1990:
                nom += " (*)"
            rows.append([int(departement.code), nom, *line])
        rows.append(["DOM", None, *_added(dom)])
        rows.append(["France métropolitaine et DOM", None, *_added(france + dom)])
    provisional = " (résultats provisoires fictifs)." if annee > millesime - 3 else ""
    rows += [[], [f"Source : Insee - Estimations de population{provisional}"]]
    if annee == 1990:
        rows.append([" (*) Population au recensement de 1990"])
    if annee < 1990:
        rows.append(
            [
                "NB: Pour les années 1975 à 1989, il n'existe pas d'estimation par sexe et âge détaillé "
                "pour les départements de Guadeloupe, Guyane, Martinique et La Réunion."
            ]
        )
    return rows


def _foreword() -> list[list[Cell]]:
    return [
        ["Quelques remarques"],
        [],
        ["Estimation de population au 1er janvier, par département, sexe et grande classe d'âge "],
        ["Source : Insee - Estimations de population"],
        ["DONNÉES FICTIVES dans la présentation du producteur"],
        [],
        [],
        ["La population des départements est présentée ici par sexe et selon 5 grandes classes d'âge."],
        [],
        ["L'âge s'entend comme l'âge atteint au 1er janvier de l'année considérée."],
        [],
        ["De 1975 à 1989, métropole seulement ; Mayotte à partir de l'année 2014."],
    ]


def write_departements(root: Path, population: Population, millesime: int) -> None:
    """Writes `insee_population/<millesime>`, its workbook of départements by large class of age since 1975."""
    folder = root / "insee_population" / str(millesime)
    sheets = [("À savoir", _foreword())]
    sheets += [(str(annee), _sheet(population, annee, millesime)) for annee in range(millesime, PREMIERE - 1, -1)]
    writers.xlsx(folder / f"estim-pop-dep-sexe-gca-1975-{millesime}.xlsx", sheets, strict=True)


def _counted(territoire: Territoire, departement: Departement) -> list[tuple[str, Commune, str, float]]:
    """The lines of one département: code as published, commune, name, weight."""
    lines = []
    for commune in territoire.par_departement[departement.code]:
        if commune.code == territoire.sans_population:
            continue
        if commune.arrondissements_municipaux:
            share = commune.poids / len(commune.arrondissements_municipaux)
            for rank, code in enumerate(commune.arrondissements_municipaux, start=1):
                lines.append((code, commune, f"{commune.nom}, arrondissement {rank}", share))
        else:
            # Overseas the code has six characters: 971102 for 97102.
            code = f"{departement.code}1{commune.code[3:]}" if departement.outre_mer else commune.code
            lines.append((code, commune, commune.nom, commune.poids))
    return lines


def write_communes(root: Path, territoire: Territoire, population: Population, seed: int, millesime: int) -> None:
    """Writes `insee_population/<millesime>`, its communes since 2013: a re-export, then INSEE's workbook."""
    annees = range(2013, millesime + 1)
    rows: list[list[Cell]] = []
    for departement in departements():
        if departement.code == "976":
            continue
        lines = _counted(territoire, departement)
        if departement.code == territoire.ancienne[:2]:
            host = territoire.par_departement[departement.code][1]
            lines.append((territoire.ancienne, host, "Commune fictive 14-990", 0.6))
        weights = {code: weight for code, _, _, weight in lines}
        series: dict[str, list[Cell]] = {code: [] for code in weights}
        for annee in annees:
            gone = {territoire.ancienne} if annee >= FUSION else set()
            living = [code for code in weights if code not in gone]
            parts = split(population.total(departement.code, annee), [weights[code] for code in living])
            count = dict(zip(living, parts, strict=True))
            for code, values in series.items():
                values.append(count.get(code))
        for code, commune, nom, _ in lines:
            rows.append([departement.region_avant_2016, departement.code, commune.canton, code, nom, *series[code]])
    folder = root / "insee_population" / str(millesime)
    if millesime >= CLASSEUR_COMMUNES:
        _communes_workbook(folder, rows, annees)
        return
    mixed = Draw(seed, "population", "ordre").shuffled(rows)
    header = ["objectid", "reg", "dep", "cv", "codgeo", "libgeo"]
    writers.delimited(
        folder / "insee-estimation-population-2024.csv",
        [*header, *(f"p{annee % 100}_pop" for annee in annees)],
        ([100001 + i, *row] for i, row in enumerate(mixed)),
        sep=",",
        newline="\r\n",
        encoding="utf-8-sig",
    )


def _communes_workbook(folder: Path, rows: list[list[Cell]], annees: range) -> None:
    """INSEE's own: cities and overseas communes under their codes, newest year first, older censuses after."""
    last = annees[-1]
    municipal = {str(first + rank): city for city, first, count in VILLES.values() for rank in range(count)}
    lines: dict[str, list[Cell]] = {}
    for _, departement, _, published, nom, *counts in rows:
        code = str(published) if len(str(published)) == 5 else f"{str(published)[:3]}{str(published)[4:]}"
        code = municipal.get(code, code)
        line = lines.setdefault(code, [code, departement, nom, *[0] * len(counts)])
        line[3:] = [None if n is None else int(n) + int(o or 0) for o, n in zip(line[3:], counts, strict=True)]
    regions = {d.code: d.region for d in departements()}
    head: list[Cell] = ["CODGEO", "REG", "DEP", "LIBGEO", *(f"PMUN{annee}" for annee in reversed(annees)), "PSDC1999"]
    sheet: list[list[Cell]] = [["Population"], ["DONNÉES FICTIVES"], [], [], ["Code géographique"], head]
    for code, line in sorted(lines.items()):
        _, departement, nom, *counts = line
        sheet.append([code, regions[str(departement)], departement, nom, *reversed(counts), None])
    writers.xlsx(folder / f"base-pop-historiques-1876-{last}.xlsx", [(f"pop_1876_{last}", sheet)])


def write(root: Path, territoire: Territoire, population: Population, seed: int) -> None:
    """Writes `insee_population/2021` (communes) and `insee_population/2022` (départements)."""
    write_communes(root, territoire, population, seed, 2021)
    write_departements(root, population, DERNIERE)
