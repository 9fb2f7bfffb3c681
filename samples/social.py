"""The social sector: tension of its professions, in a supposed layout of DREES's workbook, and private employees."""

from pathlib import Path

from samples import writers
from samples.draws import Draw
from samples.nomenclatures import departements, regions
from samples.territoires import Territoire
from samples.writers import Cell

TENSIONS = 2022
PROFESSIONS = (
    *("Aides à domicile", "Accompagnants éducatifs et sociaux", "Éducateurs spécialisés"),
    *("Éducateurs de jeunes enfants", "Moniteurs-éducateurs", "Assistants de service social"),
    *("Conseillers en économie sociale et familiale", "Assistants maternels"),
)
COLONNES = ("Besoin en recrutement", "Embauches anticipées comme difficiles (en %)", "Tension de recrutement")


def write_tensions(root: Path, seed: int) -> None:
    """Writes `drees_tensions_social`: a sheet for France, one for the régions, one for the départements."""
    places: dict[str, list[list[Cell]]] = {
        "National": [[]],
        "Régional": [[r.nom] for r in regions() if r.code != "06"],
        "Départemental": [[d.nom, d.code] for d in departements() if d.code != "976"],
    }
    lieux: dict[str, list[Cell]] = {"National": [], "Régional": ["Région"], "Départemental": ["Région", "Département"]}
    noms = {d.code: next(r.nom for r in regions() if r.code == d.region) for d in departements()}
    sheets = []
    for sheet, where in places.items():
        lines: list[list[Cell]] = [["Tensions dans les professions du social (FICTIF)"], [], []]
        lines.append(["Profession", *lieux[sheet], *COLONNES])
        for profession in PROFESSIONS:
            for place in where:
                draw = Draw(seed, "social", profession, str(place))
                small = bool(place) and draw.chance(0.04)
                named = [noms[str(place[1])], place[1]] if len(place) == 2 else place
                marks: list[Cell] = [
                    round(draw.between(0.2, 1.6), 2),
                    "nd" if small else round(draw.between(45, 95), 1),
                    "nd" if small else round(draw.between(0.6, 4.5), 2),
                ]
                lines.append([profession, *named, *marks])
        lines += [[], ["Source : données FICTIVES, dans une présentation supposée."]]
        sheets.append((sheet, lines))
    writers.xlsx(root / "drees_tensions_social" / str(TENSIONS) / f"tensions_social_{TENSIONS}.xlsx", sheets)


SALARIES = 2023
ACTIVITES = {"8610Z": 14, "8690D": 2, "8710A": 9, "8720A": 4, "8810A": 12, "8891A": 3, "8899B": 5}


def write_salaries(root: Path, territoire: Territoire, seed: int) -> None:
    """Writes `urssaf_effectifs`: a column per year of each count; no activity is in every commune."""
    annees = range(SALARIES - 2, SALARIES + 1)
    header = ["code_commune", "intitule_commune", "code_departement", "code_ape"]
    for annee in annees:
        header += [f"nombre_d_etablissements_{annee}", f"effectifs_salaries_{annee}"]
    lines: list[list[Cell]] = []
    for commune in territoire.geographie(2023):
        if commune.departement.code == "976":
            continue
        for ape, mean in ACTIVITES.items():
            draw = Draw(seed, "urssaf", commune.code, ape)
            if not (commune.chef_lieu or draw.chance(0.25)):
                continue
            places = 1 + draw.whole(0, 2)
            jobs = draw.about(mean * places * 4, 0.5)
            counts: list[Cell] = []
            opened = Draw(seed, "urssaf-places", commune.code, ape)
            for _ in annees:
                jobs = int(jobs * draw.between(0.96, 1.06))
                counts += [places, "" if draw.chance(0.005) else jobs]
                places += opened.chance(0.1)
            lines.append([commune.code, f"{commune.code} {commune.nom}", commune.departement.code, ape, *counts])
    writers.delimited(
        root / "urssaf_effectifs" / str(SALARIES) / f"effectifs_commune_ape_{SALARIES}.csv", header, lines
    )
