"""Fictitious recruitment, tension and projections, in the layouts of France Travail and DARES."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from samples import writers
from samples.draws import Draw
from samples.nomenclatures import departements, headings, regions, rows
from samples.population import Population
from samples.territoires import Bassin, Territoire
from samples.writers import Cell

BMO = 2024
BMO_VARIABLES = (
    ("annee", BMO),
    ("Code métier BMO", "Code métier BMO (FAP)"),
    ("Nom métier BMO", "libellé métier BMO "),
    ("Famille_met", "Code famille de métier"),
    ("Lbl_fam_met", "libellé famille de métier"),
    ("REG", "Code région Insee"),
    ("NOM_REG", "Nom de la région "),
    ("Dept", "N° de département "),
    ("NomDept", "Nom du département "),
    (f"BE{BMO % 100}", "Code bassin d'emploi "),
    (f"NOMBE{BMO % 100}", "Nom du bassin d'emploi"),
    ("met", "Nombre de projet de recrutement "),
    ("xmet", "Nombre de projets de recrutement jugés difficiles"),
    ("smet", "Nombre de projets de recrutement saisonniers"),
)
MASQUE = "*"

TENSIONS = 2019
FACTORS = 6
NATIONAL_FACTORS = (1, 4)  # training link and working conditions are set by occupation alone
# The producer's workbook holds a series; the sample keeps some years, and the occupations of health and care.
CLASSEUR = 2022
CLASSEUR_METIERS = ("V", "T2A")
INDICATEURS = (
    "Intensité d'embauches",
    "Lien formation-emploi",
    "Manque de main-d'œuvre disponible",
    "Non-durabilité de l'emploi",
    "Conditions de travail contraignantes",
    "Inadéquation géographique",
)
IMPUTEE = "Tension (Valeurs imputées: volumétrie insuffisantes)"
ND = "n.d."

PROJECTION = 2019
METROPOLE_2030 = {"Nouvelle-Aquitaine": "Nouvelle Aquitaine"}
# Order and meaning of the workbook's columns are known, not their exact wording.
METIERS_2030 = {
    "code_fap": "Code FAP",
    "fap_libelle": "Libellé FAP",
    "region": "Région",
    "effectifs_2019_milliers": "Effectifs en 2019 (en milliers)",
    "part_metier_region": "Part du métier dans la région",
    "indice_specificite": "Indice de spécificité",
    "creations_destructions_milliers": "Créations/destructions d'emplois (en milliers)",
    "creations_destructions_pct": "Créations/destructions d'emplois (en %)",
    "departs_fin_carriere_milliers": "Départs en fin de carrière (en milliers)",
    "departs_fin_carriere_pct": "Départs en fin de carrière (en %)",
    "jeunes_debutants_milliers": "Jeunes débutants (en milliers)",
    "jeunes_debutants_pct": "Jeunes débutants (en %)",
    "solde_mobilites_inter_regions_milliers": "Solde des mobilités interrégionales (en milliers)",
    "solde_mobilites_inter_regions_pct": "Solde des mobilités interrégionales (en %)",
    "desequilibre_milliers": "Déséquilibre potentiel (en milliers)",
    "desequilibre_pct": "Déséquilibre potentiel (en %)",
    "postes_a_pourvoir_milliers": "Postes à pourvoir (en milliers)",
    "postes_a_pourvoir_pct": "Postes à pourvoir (en %)",
    "niveau_tension_2019": "Niveau de tension en 2019",
}


def _bmo_cells(draw: Draw, mean: float) -> tuple[str, str, str]:
    """Projects, difficult ones, seasonal ones; under the threshold all are secret."""
    if draw.chance(0.20):
        return MASQUE, MASQUE, MASQUE
    met = 5 + draw.about(mean * draw.low() * 2, 0.3)
    xmet = int(met * draw.between(0.35, 0.75))
    smet = int(met * draw.between(0.02, 0.45))
    return (
        str(met),
        MASQUE if draw.chance(0.225) else str(xmet),
        MASQUE if draw.chance(0.67) else str(smet),
    )


def _bmo(root: Path, territoire: Territoire, population: Population, seed: int) -> None:
    nom_region = {r.code: r.nom for r in regions()}
    nom_departement = {d.code: d.nom for d in departements()} | {"978": "Guadeloupe"}
    order = sorted(territoire.bassins.values(), key=lambda b: (b.region, b.code))
    lines: list[list[Cell]] = [[*headings(f"Base_open_data_BMO_{BMO}.csv")]]
    for metier in rows("bmo_2024.csv"):
        for bassin in order:
            for departement in bassin.departements:
                draw = Draw(seed, "bmo", metier["code"], bassin.code, departement)
                if draw.chance(0.15):
                    continue
                size = population.total("971" if departement == "978" else departement, BMO - 2)
                share = 0.00022 if metier["code"][0] in "VT" else 0.00014
                lines.append(
                    [
                        *(BMO, metier["code"], metier["nom"], metier["famille"], metier["famille_nom"]),
                        *(
                            bassin.region,
                            nom_region[bassin.region],
                            departement,
                            nom_departement[departement],
                        ),
                        *(int(bassin.code), bassin.nom, *_bmo_cells(draw, size * share)),
                    ]
                )
    description: list[list[Cell]] = [[] for _ in range(6)]
    description.append([None, "Variables ", "Description "])
    description += [[None, name, meaning] for name, meaning in BMO_VARIABLES]
    description += [[], ["DONNÉES FICTIVES dans la présentation du producteur"]]
    folder = root / "bmo" / str(BMO)
    writers.xlsx(
        folder / f"Base_open_data_BMO_{BMO}.xlsx",
        [("Description des variables", description), (f"BMO_{BMO}_open_data", lines)],
    )
    _bassins(folder, territoire, seed)


# The health occupations of FAP 2009, in which the survey was coded before 2024.
BMO_ANCIENNES = (2019, 2023)
METIERS_2009 = {
    "V0Z60": "Aides-soignants",
    "V1Z80": "Infirmiers, cadres infirmiers",
    "V1Z81": "Sages-femmes",
    "V2Z90": "Médecins",
    "V3Z80": "Autres professionnels paramédicaux",
    "T2A60": "Aides à domicile et aides ménagères",
}


def _bmo_head(annee: int) -> list[Cell]:
    """Headings of an older survey: other spellings in 2019, another order since."""
    bassin: list[Cell] = [f"BE{annee % 100}", f"NOMBE{annee % 100}", "Dept", "NomDept", "REG", "NOM_REG"]
    famille = ["Famille_metier", "Libellé de famille de métier"] if annee < 2020 else ["Famille_met", "Lbl_fam_met"]
    metier = ["code métier BMO", "nom_metier BMO"] if annee < 2020 else ["Code métier BMO", "Nom métier BMO"]
    return ["annee", *metier, *famille, *bassin, "met", "xmet", "smet"]


def write_bmo(root: Path, territoire: Territoire, population: Population, seed: int, annee: int) -> None:
    """Writes `bmo/<annee>`, a survey coded in FAP 2009."""
    nom_region = {r.code: r.nom for r in regions()}
    nom_departement = {d.code: d.nom for d in departements()} | {"978": "Guadeloupe"}
    lines: list[list[Cell]] = [_bmo_head(annee)]
    for code, nom in METIERS_2009.items():
        famille = (
            ("V", "Vente, tourisme et services") if code == "T2A60" else ("S", "Fonctions sociales et médico-sociales")
        )
        for bassin in sorted(territoire.bassins.values(), key=lambda b: (b.region, b.code)):
            for departement in bassin.departements:
                draw = Draw(seed, "bmo", annee, code, bassin.code, departement)
                size = population.total("971" if departement == "978" else departement, annee - 2)
                place: list[Cell] = [int(bassin.code), bassin.nom, departement, nom_departement[departement]]
                place += [bassin.region, nom_region[bassin.region]]
                lines.append([annee, code, nom, *famille, *place, *_bmo_cells(draw, size * 0.00018)])
    writers.xlsx(
        root / "bmo" / str(annee) / f"Base_open_data_{f'BMO_{annee}' if annee < 2020 else annee % 100}.xlsx",
        [("Description_des_variables", [["DONNÉES FICTIVES"]]), (f"BMO_{annee}_open_data", lines)],
    )


def _bassins(folder: Path, territoire: Territoire, seed: int) -> None:
    """Communes of the basins: no leading zero, 97 for any overseas département, no final line end."""

    def line(bassin: Bassin, commune: str, departement: str) -> list[Cell]:
        dep = departement[:2] if len(departement) == 3 else departement.lstrip("0")
        return [bassin.region.lstrip("0"), dep, commune, bassin.code, bassin.nom]

    lines = [line(territoire.bassins[c.bassin], c.code, c.departement.code) for c in territoire.communes]
    host = territoire.par_departement[territoire.ancienne[:2]][1]
    lines.append(line(territoire.bassins[host.bassin], territoire.ancienne, host.departement.code))
    writers.delimited(
        folder / "bassin_emploi.csv",
        ["reg", "dep", "code_commune_insee", "code_bassin_BMO", "lib_bassin_BMO"],
        Draw(seed, "bmo", "ordre").shuffled(lines),
        sep=",",
        newline="\r\n",
        final_newline=False,
    )


def _category(tension: float) -> float:
    return 1.0 + sum(tension >= limit for limit in (-0.8, -0.3, 0.05, 0.45))


class _Metier:
    """One occupation: its jobs per inhabitant, and the marks that it has everywhere."""

    def __init__(self, seed: int, fap: str) -> None:
        self.fap, self.draw = fap, Draw(seed, "tensions", fap)
        # Many occupations are rare, and too few to mark in a small département.
        rare, common = 0.00005 + 0.006 * self.draw.low(), self.draw.between(0.002, 0.01)
        self.rate = common if fap[0] == "V" else rare
        self.national = [float(self.draw.whole(1, 5)) for _ in NATIONAL_FACTORS]

    def line(self, level: str, region: str, departement: str, inhabitants: int) -> list[Cell]:
        """One line of the file: employment, tension, and seven marks or none."""
        draw = self.draw
        jobs = draw.about(self.rate * inhabitants / 100, 0.4) * 100
        tension: float | None = draw.between(-1.6, 2.2)
        marks: list[Cell] = [None] * (FACTORS + 1)
        if level != "nat" and jobs < 200:
            # In the smallest cells even the imputed tension is missing.
            tension = None if level == "dep" and draw.chance(0.15) else tension
        elif tension is not None:
            marks = [_category(tension), *(float(draw.whole(1, 5)) for _ in range(FACTORS))]
            for factor, mark in zip(NATIONAL_FACTORS, self.national, strict=True):
                marks[1 + factor] = mark
        geo = f"{level} " if level == "reg" and len(self.fap) == 3 else level
        fap_level = "fap 87" if len(self.fap) == 3 else "fap 225"
        reg = f"{int(region)}.0" if region else None
        return [self.fap, jobs, tension, *marks, TENSIONS, geo, fap_level, reg, departement or None]


def _tensions(root: Path, population: Population, seed: int) -> None:
    places = [d for d in departements() if d.code != "976"]
    codes = [r.code for r in regions() if r.code != "06"]
    size = {d.code: population.total(d.code, TENSIONS) for d in places}
    by_region = {code: sum(size[d.code] for d in places if d.region == code) for code in codes}
    # Doctors, dentists and pharmacists (V2Z) are out of scope.
    fine = [line["fap225"] for line in rows("fap2009.csv")]
    lines: list[list[Cell]] = []
    for faps in (fine, sorted({fap[:3] for fap in fine})):
        metiers = [_Metier(seed, fap) for fap in faps]
        lines += [m.line("nat", "", "", sum(size.values())) for m in metiers]
        lines += [m.line("reg", r, "", by_region[r]) for m in metiers for r in codes]
        lines += [m.line("dep", "", d.code, size[d.code]) for m in metiers for d in places]
    writers.delimited(
        root / "dares_tensions" / str(TENSIONS) / "tensions.csv",
        headings("tensions.csv", ","),
        lines,
        sep=",",
    )


class _Classeur:
    """The producer's workbook: a sheet per level of occupation and territory, all years in each."""

    def __init__(self, population: Population, seed: int, millesime: int) -> None:
        self.seed = seed
        self.annees = (2019, *range(2021, millesime + 1))
        places = [d for d in departements() if d.code != "976"]
        size = {d.code: population.total(d.code, millesime - 2) for d in places}
        self.territoires: dict[str, list[tuple[list[Cell], int]]] = {
            "nat": [([], sum(size.values()))],
            "reg": [
                ([r.code, r.nom], sum(size[d.code] for d in places if d.region == r.code))
                for r in regions()
                if r.code != "06"
            ],
            "dep": [([d.code, d.nom], size[d.code]) for d in places],
        }

    def line(self, annee: int, fap: str, place: list[Cell], inhabitants: int) -> list[Cell]:
        """One line: decimal employment, tension, then each indicator and its mark; « n.d. » where too few."""
        who, here = Draw(self.seed, "classeur", fap), Draw(self.seed, "classeur", fap, annee, str(place))
        jobs = who.between(0.0005, 0.006) * inhabitants * here.between(0.8, 1.2)
        tension = here.between(-1.6, 2.2)
        few = bool(place) and jobs < 400
        marks: list[Cell] = [ND, tension] if few else [_category(tension), tension]
        pairs: list[Cell] = []
        for rank in range(FACTORS):
            mark = who.whole(1, 5) if rank in NATIONAL_FACTORS else here.whole(1, 5)
            pairs += [ND, ND] if few else [mark - here.between(2.5, 3.5), mark]
        nom = METIERS_2009.get(fap, f"Métier {fap}")
        missing = few and here.chance(0.2)
        return [str(annee), fap, nom, *place, jobs, ND if missing else marks[1], marks[0], *pairs]

    def sheet(self, niveau: str, geo: str) -> list[list[Cell]]:
        """A sheet, with its headings and its footer."""
        fine = [line["fap225"] for line in rows("fap2009.csv") if line["fap225"].startswith(CLASSEUR_METIERS)]
        faps = fine if niveau == "225" else sorted({fap[:3] for fap in fine})
        lieu = {"nat": [], "reg": ["Code région", "Libellé région"]}.get(
            geo, ["Code département", "Libellé département"]
        )
        head: list[Cell] = ["Année", f"Code FAP {niveau}", f"Libellé FAP {niveau}", *lieu, "Emploi moyen"]
        head += ["Tension " if geo == "nat" else IMPUTEE, "Tension - discret"]
        head += [name for indicateur in INDICATEURS for name in (indicateur, f"{indicateur} - discret")]
        body = [
            self.line(annee, fap, place, inhabitants)
            for fap in faps
            for place, inhabitants in self.territoires[geo]
            for annee in self.annees
        ]
        return [head, *body, [], ["Source : données fictives, dans la présentation du producteur."]]


def write_tensions(root: Path, population: Population, seed: int, millesime: int) -> None:
    """Writes `dares_tensions/<millesime>` as the producer's workbook."""
    book = _Classeur(population, seed, millesime)
    writers.xlsx(
        root / "dares_tensions" / str(millesime) / f"Dares_donnees_tensions_{millesime}.xlsx",
        [
            # One name has a blank too many.
            (f"FAP {niveau} x {geo}" + " " * (niveau == "87" and geo == "reg"), book.sheet(niveau, geo))
            for geo in ("nat", "reg", "dep")
            for niveau in ("225", "87")
        ],
    )


def metiers_workbook(path: Path, records: Sequence[Mapping[str, Cell]]) -> None:
    """The projections as the producer's regional workbook, from the records of their JSON re-export."""
    lines: list[list[Cell]] = [[*METIERS_2030.values()]]
    lines += [[record[name] for name in METIERS_2030] for record in records]
    writers.xlsx(path, [("données", lines)])


def _metiers(root: Path, population: Population, seed: int) -> None:
    metropole = [r for r in regions() if not r.code.startswith("0")]
    size = {
        r.code: sum(population.total(d.code, PROJECTION) for d in departements() if d.region == r.code)
        for r in metropole
    }
    order = sorted(metropole, key=lambda r: r.nom.replace("Î", "I"))
    metiers = rows("metiers_2030.csv")
    jobs: dict[tuple[str, str], float] = {}
    for metier in metiers:
        share = Draw(seed, "metiers", metier["code_fap"]).between(0.002, 0.018)
        for region in order:
            if metier["corse" if region.nom == "Corse" else "continent"] == "oui":
                draw = Draw(seed, "metiers", metier["code_fap"], region.code)
                jobs[metier["code_fap"], region.code] = size[region.code] / 1000 * share * draw.between(0.7, 1.3)
    totals = {r.code: math.fsum(n for (_, code), n in jobs.items() if code == r.code) for r in order}
    france = math.fsum(totals.values())
    records = []
    for metier in metiers:
        fap = metier["code_fap"]
        here = [r for r in order if (fap, r.code) in jobs]
        nation = math.fsum(jobs[fap, r.code] for r in here) / france
        for region in here:
            draw = Draw(seed, "metiers", fap, region.code, "flux")
            n = jobs[fap, region.code]
            created, left = n * draw.between(-0.08, 0.16), n * draw.between(0.18, 0.36)
            young, moved = -n * draw.between(0.12, 0.34), n * draw.between(-0.02, 0.02)
            posts = created + left
            gap = created + left + young + moved
            part = n / totals[region.code]
            hors_champ = metier["hors_champ"] == "oui"
            records.append(
                {
                    "code_fap": fap,
                    "fap_libelle": metier["fap_libelle"],
                    "region": METROPOLE_2030.get(region.nom, region.nom),
                    "effectifs_2019_milliers": n,
                    "part_metier_region": part,
                    "indice_specificite": part / nation,
                    "creations_destructions_milliers": created,
                    "creations_destructions_pct": created / n,
                    "departs_fin_carriere_milliers": left,
                    "departs_fin_carriere_pct": left / n,
                    "jeunes_debutants_milliers": young,
                    "jeunes_debutants_pct": young / n,
                    "solde_mobilites_inter_regions_milliers": moved,
                    "solde_mobilites_inter_regions_pct": moved / n,
                    "desequilibre_milliers": gap,
                    "desequilibre_pct": gap / n,
                    "postes_a_pourvoir_milliers": posts,
                    "postes_a_pourvoir_pct": posts / n,
                    "niveau_tension_2019": "hors champ" if hors_champ else str(draw.whole(1, 5)),
                }
            )
    writers.json_document(root / "dares_metiers_2030" / str(PROJECTION) / "dares_metiers_2030.json", records, indent=2)


def _fap(root: Path) -> None:
    lines = rows("fap2021.csv", sep=";")
    writers.delimited(
        root / "nomenclatures" / "fap2021.csv",
        list(lines[0]),
        (list(line.values()) for line in lines),
        newline="\r\n",
        encoding="utf-8-sig",
    )


def write(root: Path, territoire: Territoire, population: Population, seed: int) -> None:
    """Writes `bmo`, `dares_tensions`, `dares_metiers_2030`, and the FAP of `nomenclatures`."""
    _bmo(root, territoire, population, seed)
    for annee in BMO_ANCIENNES:
        write_bmo(root, territoire, population, seed, annee)
    _tensions(root, population, seed)
    write_tensions(root, population, seed, CLASSEUR)
    _metiers(root, population, seed)
    _fap(root)
