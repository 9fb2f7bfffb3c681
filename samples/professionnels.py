"""Fictitious health professionals, in the layout of the DREES workbooks: one a profession, a column a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.nomenclatures import departements, regions
from samples.population import Population
from samples.writers import Cell

MILLESIME = 2025
SEUIL = 10  # under it, the producer writes ND
ENSEMBLE = "00-Ensemble"
EXERCICES = {"1-Libéral": 0.45, "2-Salarié": 0.43, "3-Mixte": 0.12}
SEXES = {"1-Hommes": 0.48, "2-Femmes": 0.52}
# Age classes, their share and their middle.
AGES = (
    ("01-moins de 25 ans", 0.0, 23.5),
    ("02-25-29 ans", 0.05, 27.5),
    *((f"{rank:02d}-{age}-{age + 4} ans", 0.11, age + 2.5) for rank, age in enumerate(range(30, 65, 5), start=3)),
    ("10-65-69 ans", 0.11, 67.5),
    ("11-70 ans et plus", 0.07, 73.0),
)
SPECIALITES = {
    "01-Médecine générale": {"01-Médecine générale": 0.43},
    "02-Spécialités médicales": {"02-Anesthésie-réanimation": 0.2, "03-Cardiologie et maladies vasculaires": 0.22},
    "03-Spécialités chirurgicales": {"04-Gynécologie-obstétrique": 0.1, "05-Ophtalmologie": 0.05},
    "04-Autres spécialités": {"06-Génétique médicale": 0.004},  # rare: often under the threshold
}


@dataclass(frozen=True)
class _Profession:
    """One workbook: its name, first and last year, heads per inhabitant, and the columns that it has."""

    fichier: str
    debut: int
    fin: int
    taux: float
    specialites: bool = False

    @property
    def annees(self) -> range:
        return range(self.debut, self.fin + 1)


PROFESSIONS = (
    _Profession(f"medecins_rpps_2012_{MILLESIME}.xlsx", 2012, MILLESIME, 0.0033, specialites=True),
    _Profession(f"masseurs_kinesitherapeutes_rpps_2017_{MILLESIME}.xlsx", 2017, MILLESIME, 0.00145),
)

# Family of specialties, specialty, mode, age, sex -> heads a year.
_Profile = tuple[str, str, str, str, str]
_Counts = dict[_Profile, list[int]]


def _profiles(profession: _Profession) -> Iterator[tuple[_Profile, str, float]]:
    """The lines of one territory, what divides each from the whole, and its share there."""
    for exercice, share in EXERCICES.items():
        yield (ENSEMBLE, ENSEMBLE, exercice, ENSEMBLE, "0-Ensemble"), "exercice", share
    for age, share, _ in AGES:
        yield (ENSEMBLE, ENSEMBLE, "0-Ensemble", age, "0-Ensemble"), "age", share
    for sexe, share in SEXES.items():
        yield (ENSEMBLE, ENSEMBLE, "0-Ensemble", ENSEMBLE, sexe), "sexe", share
    for famille, members in SPECIALITES.items() if profession.specialites else ():
        for specialite, share in members.items():
            yield (famille, specialite, "0-Ensemble", ENSEMBLE, "0-Ensemble"), "specialite", share


TOUT: _Profile = (ENSEMBLE, ENSEMBLE, "0-Ensemble", ENSEMBLE, "0-Ensemble")


def _counts(seed: int, profession: _Profession, code: str, population: Population) -> _Counts:
    """Heads of one département: each way of dividing the whole adds up to it."""
    draw = Draw(seed, "drees", profession.fichier, code)
    rate, trend = profession.taux * draw.between(0.7, 1.25), draw.between(-0.004, 0.012)
    profiles = list(_profiles(profession))
    tilted = [(profile, kind, share * draw.between(0.8, 1.2)) for profile, kind, share in profiles]
    counts: _Counts = {profile: [] for profile in (TOUT, *(p for p, _, _ in profiles))}
    for annee in profession.annees:
        total = int(population.total(code, annee) * rate * (1 + trend * (annee - profession.debut)))
        counts[TOUT].append(total)
        for kind in dict.fromkeys(k for _, k, _ in tilted):
            mine = [(profile, share) for profile, k, share in tilted if k == kind]
            for (profile, _), n in zip(mine, split(total, [share for _, share in mine]), strict=True):
                counts[profile].append(n)
    for famille in SPECIALITES if profession.specialites else ():
        members = [values for profile, values in counts.items() if profile[0] == famille]
        counts[famille, ENSEMBLE, *TOUT[2:]] = _summed(members)
    return counts


def _summed(lines: list[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*lines, strict=True)]


def _territories() -> Iterator[tuple[tuple[str, str, str], list[str]]]:
    """Labels of each territory as the producer writes them, and the départements that it adds up."""
    home = [d.code for d in departements() if not d.outre_mer]
    away = [d.code for d in departements() if d.outre_mer]
    yield ("0-France entière", ENSEMBLE, "000-Ensemble"), [*home, *away]
    yield ("1-France métropolitaine", ENSEMBLE, "000-Ensemble"), home
    yield ("2-DROM", ENSEMBLE, "000-Ensemble"), away
    for region in regions():
        mine = [d for d in departements() if d.region == region.code]
        territoire = "2-DROM" if mine[0].outre_mer else "1-France métropolitaine"
        label = f"{region.code}-{region.nom}"
        yield (territoire, label, "000-Ensemble"), [d.code for d in mine]
        for d in mine:
            # Overseas, a blank stands before the hyphen.
            nom = f"{d.code} -{d.nom}" if d.outre_mer else f"0{d.code}-{d.nom}"
            yield (territoire, label, nom), [d.code]


def _head(profession: _Profession, measure: str) -> list[Cell]:
    dimensions = ["territoire", "region", "departement"]
    dimensions += ["specialites_agregees", "specialites"] if profession.specialites else []
    return [*dimensions, "exercice", "tranche_age", "sexe", *(f"{measure}_{annee}" for annee in profession.annees)]


def _line(profession: _Profession, place: tuple[str, str, str], profile: _Profile, values: list[Cell]) -> list[Cell]:
    famille, specialite, exercice, age, sexe = profile
    dimensions = [famille, specialite] if profession.specialites else []
    return [*place, *dimensions, exercice, age, sexe, *values]


def _mean_age(counts: _Counts, rank: int) -> float:
    """Mean of the middles of the age classes, to one decimal."""
    heads = [(counts[ENSEMBLE, ENSEMBLE, "0-Ensemble", age, "0-Ensemble"][rank], middle) for age, _, middle in AGES]
    return int(10 * sum(n * middle for n, middle in heads) / sum(n for n, _ in heads) + 0.5) / 10


def _workbook(path: Path, profession: _Profession, seed: int, population: Population) -> None:
    by_code = {d.code: _counts(seed, profession, d.code, population) for d in departements()}
    sheets: dict[str, list[list[Cell]]] = {
        "Effectifs": [_head(profession, "effectif")],
        "Ages moyens": [_head(profession, "am")],
        "Densités": [_head(profession, "densite")],
    }
    for place, members in _territories():
        counts = {profile: _summed([by_code[code][profile] for code in members]) for profile in by_code["14"]}
        people = [sum(population.total(code, annee) for code in members) for annee in profession.annees]
        for profile, values in counts.items():
            shown: list[Cell] = ["ND" if 0 < n < SEUIL else n for n in values]
            sheets["Effectifs"].append(_line(profession, place, profile, shown))
            if profile[3] != ENSEMBLE:
                continue
            shift = len(profile[2]) % 3 - len(profile[4]) % 2
            ages: list[Cell] = [
                "ND" if 0 < n < SEUIL else round(_mean_age(counts, rank) + shift, 1) for rank, n in enumerate(values)
            ]
            densities: list[Cell] = [
                "ND" if 0 < n < SEUIL else round(1e5 * n / p, 4) for n, p in zip(values, people, strict=True)
            ]
            sheets["Ages moyens"].append(_line(profession, place, profile, ages))
            sheets["Densités"].append(_line(profession, place, profile, densities))
    foreword: list[list[Cell]] = [
        ["La démographie des professionnels de santé"],
        [],
        ["DONNÉES FICTIVES dans la présentation du producteur"],
        [],
        ["ND : moins de 10 professionnels"],
        ["Champ : France entière, situation au 1er janvier"],
    ]
    writers.xlsx(path, [("Lisez-moi", foreword), *sheets.items()])


def write(root: Path, population: Population, seed: int) -> None:
    """Writes `drees_professionnels/2025`."""
    for profession in PROFESSIONS:
        _workbook(root / "drees_professionnels" / str(MILLESIME) / profession.fichier, profession, seed, population)
