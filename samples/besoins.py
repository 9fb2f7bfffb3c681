"""Fictitious access and needs: APL by commune, population by age and projected, long-term illness."""

from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.nomenclatures import departements, regions
from samples.population import DERNIERE, SEXES, Population
from samples.territoires import Territoire
from samples.writers import Cell

FICTIF = "DONNÉES FICTIVES dans la présentation du producteur"

# --- APL (DREES) ------------------------------------------------------------------------------------

APL = 2023
# File -> what stands after « APL aux », after « Population … standardisée … pour », level, unit.
APL_PROFESSIONS = {
    "medecins_generalistes": ("médecins généralistes", "la médecine générale", 3.3),
    "sages_femmes": ("sages-femmes", "les sages-femmes", 19.0),
}
UNITES = {
    "medecins_generalistes": "En nombre de consultations/visites accessibles par habitant standardisé",
    "sages_femmes": "En ETP accessibles pour 100 000 habitantes standardisées",
}


def _apl_head(profession: str, annee: int) -> list[Cell]:
    name, care, _ = APL_PROFESSIONS[profession]
    women = profession == "sages_femmes"
    # One name ends with a blank, as the producer's does.
    aged = [] if women else [f"APL aux {name} de {age} ans et moins" + " " * (age == 65) for age in (65, 62, 60)]
    kind = "féminine standardisée" if women else "standardisée"
    tail = [f"Population {kind} {annee - 2} pour {care}", f"Population totale {annee - 2}"]
    tail += [f"Population féminine {annee - 2}"] if women else []
    return ["Code commune INSEE", "Commune", f"APL aux {name}", *aged, *tail]


def _apl_sheet(
    profession: str, annee: int, territoire: Territoire, population: Population, seed: int
) -> list[list[Cell]]:
    name, _, level = APL_PROFESSIONS[profession]
    head = _apl_head(profession, annee)
    lines: list[list[Cell]] = [
        [f"Indicateur d'accessibilité potentielle localisée (APL) {annee} aux {name}"],
        [],
        [f"Millésime : {annee}"],
        [FICTIF],
        ["Champ : France hors Mayotte"],
        ["Note : pondérer par la population standardisée"],
        [],
        [],
        head,
        [None, None, UNITES[profession]],
    ]
    for departement in departements():
        if departement.code == "976":
            continue
        here = territoire.par_departement[departement.code]
        people = split(population.total(departement.code, annee - 2), [c.poids for c in here])
        for commune, inhabitants in zip(here, people, strict=True):
            codes = commune.arrondissements_municipaux or (commune.code,)
            for code in codes:
                draw = Draw(seed, "apl", profession, code)
                n = inhabitants // len(codes)
                apl = round(level * draw.between(0.3, 1.4) * (1 - 0.01 * (annee - APL)), 3)
                standard = round(n * draw.between(0.85, 1.15), 6)
                if profession == "sages_femmes":
                    lines.append([code, commune.nom, apl, round(standard * 0.51, 6), n, n * 51 // 100])
                else:
                    aged = [round(apl * share, 3) for share in (0.9, 0.8, 0.72)]
                    lines.append([code, commune.nom, apl, *aged, standard, n])
    return [*lines, [], ["Lecture : données fictives"], ["Champ : France hors Mayotte"], ["Source : fictive"]]


def write_apl(root: Path, territoire: Territoire, population: Population, seed: int, millesime: int) -> None:
    """Writes `apl/<millesime>`, a workbook a profession, whose sheets are the vintage's year and the one before."""
    for profession in APL_PROFESSIONS:
        sheets = [
            (f"APL {a}", _apl_sheet(profession, a, territoire, population, seed)) for a in (millesime - 1, millesime)
        ]
        writers.xlsx(root / "apl" / str(millesime) / f"indicateur_d_apl_aux_{profession}.xlsx", sheets)


# --- Population by age (INSEE) ----------------------------------------------------------------------

AGES = [*(f"{age} à {age + 4} ans" for age in range(0, 95, 5)), "95 ans et plus"]
# How each of the five large classes is shared out among the classes of five years.
PARTS = ((1.0, 1.05, 1.08, 1.05), (0.95, 0.98, 1.0, 1.02), (1.0, 1.0, 1.05, 1.02), (1.1, 1.0, 0.9), (9, 7, 5, 3, 1.2))


def _ages(population: Population, departement: str, annee: int) -> tuple[list[int], list[int]]:
    """Men and women by age of five years: the same totals as the file by large class."""
    men, women = population.cells(departement, annee)

    def fine(counts: list[int]) -> list[int]:
        return [n for count, shares in zip(counts, PARTS, strict=True) for n in split(count, shares)]

    return fine(men), fine(women)


def _blocks(men: list[int], women: list[int]) -> list[int]:
    both = [m + f for m, f in zip(men, women, strict=True)]
    return [n for block in (both, men, women) for n in (*block, sum(block))]


def _ages_sheet(population: Population, annee: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        ["Estimation de population au 1er janvier, par département, sexe et âge quinquennal"],
        [f"Année {annee}"],
        [],
        ["Départements", None, *(cell for sexe in SEXES for cell in (sexe, *[None] * len(AGES)))],
        [None, None, *[*AGES, "Total"] * 3],
    ]
    home: list[list[int]] = []
    away: list[list[int]] = []
    for departement in departements():
        line = _blocks(*_ages(population, departement.code, annee))
        (away if departement.outre_mer else home).append(line)
        rows.append([int(departement.code) if departement.outre_mer else departement.code, departement.nom, *line])
    for label, lines in (("France métropolitaine", home), ("DOM", away), ("France métropolitaine et DOM", home + away)):
        rows.append([label, None, *(sum(column) for column in zip(*lines, strict=True))])
    return [*rows, [], [f"Source : Insee - Estimations de population ({FICTIF.lower()})"]]


def write_ages(root: Path, population: Population, millesime: int) -> None:
    """Writes `insee_population/<millesime>`, its workbook by age of five years: the last five years of it."""
    sheets: list[tuple[str, list[list[Cell]]]] = [("À savoir", [[FICTIF]])]
    sheets += [(str(annee), _ages_sheet(population, annee)) for annee in range(millesime, millesime - 5, -1)]
    writers.xlsx(
        root / "insee_population" / str(millesime) / f"estim-pop-dep-sexe-aq-1975-{millesime}.xlsx", sheets, strict=True
    )


# --- Projections (INSEE) ----------------------------------------------------------------------------

OMPHALE, HORIZONS = 2022, (2018, 2025, 2030, 2040, 2050, 2070)


def _omphale(root: Path, population: Population) -> None:
    lines: list[list[Cell]] = [["Projections de population"], [FICTIF], [], [], []]
    lines.append(["ZONE", "SEXE", "AGE", *(str(annee) for annee in HORIZONS)])
    for departement in departements():
        men, women = _ages(population, departement.code, OMPHALE)
        for sexe, counts in (("1", men), ("2", women)):
            for rank, (age, n) in enumerate(zip(AGES, counts, strict=True)):
                # The older, the faster they grow.
                grown = [round(n * (1 + (rank - 9) * 0.0012 * (annee - OMPHALE)), 1) for annee in HORIZONS]
                lines.append([departement.nom, sexe, age, *grown])
    lines += [[], ["Source : Insee, modèle Omphale"]]
    writers.xlsx(root / "insee_omphale" / str(OMPHALE) / "donnees_det_Central.xlsx", [("Population", lines)])


# --- Long-term illness (CNAM) -----------------------------------------------------------------------

CNAM = 2023
ALD_COLONNES = (
    "annee patho_niv1 patho_niv2 patho_niv3 top cla_age_5 sexe region dept ntop npop prev "
    "niveau_prioritaire libelle_classe_age libelle_sexe tri"
)
MEDECIN_TRAITANT_COLONNES = (
    "annee region libelle_region departement libelle_departement "
    "taux_patients_ald_sans_mt taux_patients_ald_sans_mt_integer"
)
PATHOLOGIE = "Affections de longue durée"
CLASSES = {
    "tsage": ("tous âges", 1.0, 0.19),
    "75-79": ("de 75 à 79 ans", 0.055, 0.52),
    "0-4": ("de 0 à 4 ans", 0.05, 0.012),
}


def _zones() -> list[tuple[str, str, str, str, list[str]]]:
    """Départements, then régions and France, each with the départements that it holds."""
    noms = {r.code: r.nom for r in regions()}
    zones = [(d.region, noms[d.region], d.code, d.nom, [d.code]) for d in departements()]
    zones += [
        (r.code, r.nom, "999", "Tout département", [d.code for d in departements() if d.region == r.code])
        for r in regions()
    ]
    return [*zones, ("99", "FRANCE", "999", "FRANCE", [d.code for d in departements()])]


def write_cnam(root: Path, population: Population, seed: int, annee: int) -> None:
    """Writes `cnam_ald/<annee>` and `cnam_medecin_traitant/<annee>`."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for departement in departements():
        for age, (_, share, rate) in CLASSES.items():
            draw = Draw(seed, "ald", departement.code, age)
            people = int(population.total(departement.code, annee) * share) // 10 * 10
            counts[departement.code, age] = (int(people * rate * draw.between(0.85, 1.15)), people)
    ald: list[list[Cell]] = []
    rates: list[list[Cell]] = []
    for rank, (region, nom, code, label, members) in enumerate(_zones()):
        for age, (libelle, _, _) in CLASSES.items():
            patients = sum(counts[member, age][0] for member in members)
            people = sum(counts[member, age][1] for member in members)
            # A few small cells are left empty: fewer than eleven patients.
            hidden = age == "0-4" and len(members) == 1 and rank % 20 == 3
            shown: list[Cell] = [None, people, None] if hidden else [patients, people, f"{100 * patients / people:.3f}"]
            head: list[Cell] = [annee, PATHOLOGIE, PATHOLOGIE, PATHOLOGIE, "ALD_CAT_CAT", age, "9", region, code]
            ald.append([*head, *shown, "1,2,3", libelle, "tous sexes", "17.0"])
        rate = Draw(seed, "medecin traitant", region, code).between(2.5, 8.5)
        text = f"{rate:.1f}"
        rates.append([annee, region, nom, code, label, text.replace(".", ",") + " %", text])
    writers.delimited(
        root / "cnam_ald" / str(annee) / f"effectifs_ald_{annee}.csv",
        ALD_COLONNES.split(),
        ald,
        newline="\r\n",
        encoding="utf-8-sig",
    )
    writers.delimited(
        root / "cnam_medecin_traitant" / str(annee) / f"patients-longueduree-annuelle_{annee}.csv",
        MEDECIN_TRAITANT_COLONNES.split(),
        rates,
        newline="\r\n",
        encoding="utf-8-sig",
    )


def write(root: Path, territoire: Territoire, population: Population, seed: int) -> None:
    """Writes `apl`, `insee_population/2022` (ages), `insee_omphale`, `cnam_ald`, `cnam_medecin_traitant`."""
    write_apl(root, territoire, population, seed, APL)
    write_ages(root, population, DERNIERE)
    _omphale(root, population)
    write_cnam(root, population, seed, CNAM)
