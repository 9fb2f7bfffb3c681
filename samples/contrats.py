"""Fictitious deposits of every data contract: what caisses, the région, ministries and the agency would hand in.

Some come as CSV, others as the sheet of a workbook: a depositor may choose.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines import catalogue
from pipelines.catalogue import code_lists
from samples import writers
from samples.draws import Draw, split
from samples.nomenclatures import NORMANDIE, NORMANDS, departements
from samples.territoires import Commune, Territoire
from samples.writers import Cell

SHEET = "Données"
SECRET, NOT_KNOWN, NO_OBJECT = "s", "nd", "///"
ARRETE = "arrêté FICTIF"

# What the arrêtés fix for all of France: the fictitious deposits share out the true totals.
INTERNAT = {2023: (9484, 252), 2024: (7974, 285)}
MPOM = {"medecin": 51505, "pharmacien": 17065, "chirurgien_dentiste": 7265, "sage_femme": 5220}
REGIONS = ("04", "11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93")

INSTITUTS = (
    *(("infirmier", 3, 100),) * 12,
    *(("aide_soignant", 1, 50),) * 8,
    ("auxiliaire_puericulture", 1, 30),
    ("ambulancier", 1, 20),
    ("masseur_kinesitherapeute", 4, 60),
    ("ergotherapeute", 3, 40),
    ("psychomotricien", 3, 30),
    ("manipulateur_erm", 3, 35),
    ("infirmier_anesthesiste", 2, 20),
    ("cadre_sante", 1, 25),
    ("sage_femme", 4, 28),
    *(("educateur_specialise", 3, 50),) * 5,
    *(("assistant_service_social", 3, 35),) * 4,
    *(("moniteur_educateur", 2, 40),) * 4,
    *(("accompagnant_educatif_social", 1, 45),) * 4,
)


def _deposit(path: Path, header: tuple[str, ...], rows: list[list[Cell]]) -> None:
    """Writes a deposit as its name asks: CSV with a byte order mark as spreadsheets put it, or a workbook."""
    if path.suffix == ".csv":
        writers.delimited(path, header, rows, newline="\r\n", encoding="utf-8-sig")
    else:
        writers.xlsx(path, [(SHEET, [header, *rows]), ("Mode d'emploi", [["Données FICTIVES"]])])


# --- retirement ---------------------------------------------------------------------------------------

DEPARTS = (
    "annee",
    "caisse",
    "profession",
    "departement",
    "age_liquidation",
    "classe_age",
    "n_liquidations",
    "n_cumul",
)


def _hidden(count: int, part: int) -> tuple[Cell, Cell]:
    """A count and its part, secret below three."""
    return (SECRET, SECRET) if 0 < count < 3 else (count, part)


def write_cnracl(root: Path, seed: int, annees: Iterable[int]) -> None:
    """Writes `cnracl`, the deposits of those years."""
    for millesime in annees:
        rows: list[list[Cell]] = []
        for annee in (millesime - 1, millesime):
            for departement in departements():
                for profession, ages in (("infirmier", (57, 60, 62, 64)), ("aide_soignant", (60, 62, 64))):
                    for age in ages:
                        # A later vintage revises a little what the earlier one said.
                        draw = Draw(seed, "cnracl", millesime, annee, departement.code, profession, age)
                        count = draw.about(22, 0.9)
                        shown = _hidden(count, int(count * draw.between(0, 0.15)))
                        rows.append([annee, "CNRACL", profession, departement.code, age, "", *shown])
        suffix = "csv" if millesime % 2 else "xlsx"
        _deposit(root / "cnracl" / str(millesime) / f"cnracl_{millesime}.{suffix}", DEPARTS, rows)


def write_carmf(root: Path, seed: int, millesime: int) -> None:
    """Writes `carmf/<millesime>`: Normandy alone; one département by class of age, some cells secret."""
    rows: list[list[Cell]] = []
    for departement in NORMANDS:
        by_class = departement == "61"
        for band in ("moins de 62", "62-64", "65-69", "70 et plus") if by_class else range(62, 71):
            draw = Draw(seed, "carmf", *([millesime] if millesime != 2024 else []), departement, band)
            count = draw.about(9, 0.8)
            age, classe = ("", band) if by_class else (band, "")
            rows.append(
                [
                    millesime,
                    "CARMF",
                    "medecin",
                    departement,
                    age,
                    classe,
                    *_hidden(count, int(count * draw.between(0, 0.6))),
                ]
            )
    _deposit(root / "carmf" / str(millesime) / f"carmf_{millesime}.csv", DEPARTS, rows)


# --- training -----------------------------------------------------------------------------------------


def _places(territoire: Territoire) -> list[Commune]:
    """Norman communes that still exist, one département after the other."""
    lists = [[c for c in territoire.par_departement[d] if c.code != territoire.disparue] for d in NORMANDS]
    return [communes[rank % len(communes)] for rank in range(3) for communes in lists]


def write_formations(root: Path, territoire: Territoire, seed: int, millesime: int) -> None:
    """Writes `formations_sanitaires/<millesime>`: institutes in that year and the one before, and their cohorts."""
    header = (
        *("annee", "uai", "finess", "institut", "gestionnaire", "commune", "diplome", "places_autorisees", "entrants"),
        *("presents_annee_1", "presents_annee_2", "presents_annee_3", "presents_annee_4"),
        *("diplomes", "apprentis", "interruptions"),
    )
    places = _places(territoire)
    rows: list[list[Cell]] = []
    cohorts: list[list[Cell]] = []
    for rank, (diplome, years, size) in enumerate(INSTITUTS):
        commune = places[rank % len(places)]
        uai = f"0{commune.departement.code}8{rank:03d}{'ABCDEFGHJKLMNPRSTUVWXYZ'[rank % 23]}"
        quota = Draw(seed, "quota", rank).about(size, 0.4)
        for annee in (millesime - 1, millesime):
            draw = Draw(seed, "formations", rank, annee)
            entrants = int(quota * draw.between(0.85, 1.02))
            first = entrants + draw.whole(0, 4)
            later = [int(entrants * (0.9 - 0.06 * year) * draw.between(0.9, 1.05)) for year in range(1, years)]
            present: list[Cell] = [first, *later, *[NO_OBJECT] * (4 - years)]
            left = int(first * draw.between(0.05, 0.2))
            graduates = int((later[-1] if later else first) * draw.between(0.85, 0.95))
            apprentices: Cell = NOT_KNOWN if draw.chance(0.1) else draw.whole(0, first // 6)
            name = f"INSTITUT FICTIF {commune.departement.code}-{rank + 1:02d}"
            rows.append(
                [
                    *(annee, uai, "", name, f"GESTIONNAIRE FICTIF {commune.departement.code}", commune.code, diplome),
                    *(quota, entrants, *present, graduates, apprentices, left),
                ]
            )
        # Two institutes do not follow their cohorts.
        for entree in range(millesime - 6, millesime) if rank not in (1, 14) else ():
            draw = Draw(seed, "promotions", rank, entree)
            entrants = int(quota * draw.between(0.85, 1.02))
            out = int(entrants * draw.between(0.08, 0.25))
            # Nobody is left two years after the due date.
            still = 0 if entree + years + 2 <= millesime else int((entrants - out) * draw.between(0.05, 0.95))
            cohorts.append([millesime, uai, diplome, entree, entrants, entrants - out - still, still, out])
    folder = root / "formations_sanitaires" / str(millesime)
    _deposit(folder / f"formations_sanitaires_instituts_{millesime}.csv", header, rows)
    _deposit(
        folder / f"formations_sanitaires_promotions_{millesime}.xlsx",
        ("annee", "uai", "diplome", "annee_entree", "entrants", "diplomes", "en_formation", "interruptions"),
        cohorts,
    )


def write_internat(root: Path, seed: int, annees: Iterable[int]) -> None:
    """Writes `internat_postes`, the deposits of those years; before 2023 their totals are invented too."""
    header = ("annee", "subdivision", "specialite", "postes", "postes_cesp", "pourvus", "pourvus_cesp", "arrete")
    subdivisions = list(code_lists.reference("internat_subdivisions"))
    specialites = list(code_lists.reference("internat_specialites"))
    general = specialites.index("medecine_generale")
    shape = Draw(seed, "internat")
    sizes = [shape.between(0.6, 1.6) for _ in subdivisions]
    weights = [30.0 if i == general else shape.between(0.4, 2.4) for i in range(len(specialites))]
    for annee in annees:
        total, cesp = INTERNAT.get(annee, (8000 + 50 * (annee % 10), 200))
        draw = Draw(seed, "internat", annee)
        posts = split(total, [size * weight for size in sizes for weight in weights])
        reserved = split(cesp, sizes)
        rows: list[list[Cell]] = []
        for rank, count in enumerate(posts):
            subdivision, specialite = divmod(rank, len(specialites))
            mine = reserved[subdivision] if specialite == general else 0
            vacant = int(count * draw.between(0, 0.12)) if specialite == general else int(draw.chance(0.05))
            filled = max(mine, count - vacant)
            # The posts of the last year are known before who takes them.
            known: list[Cell] = [filled, mine] if annee < 2024 else ["", ""]
            rows.append([annee, subdivisions[subdivision], specialites[specialite], count, mine, *known, ARRETE])
        _deposit(root / "internat_postes" / str(annee) / f"internat_postes_{annee}.csv", header, rows)


MARCHE = 2024
OFFRES = (("stat-offres", "TOFF"), ("stat-offres", "PE"))  # all of them, and those of France Travail


def write_marche(root: Path, seed: int) -> None:
    """Writes `france_travail`: job seekers and offers of each trade, quarter and place; few offers are secret."""
    header = ("annee", "trimestre", "rome", "niveau", "code", "demandeurs", "demandeurs_a", "offres")
    rows: list[list[Cell]] = []
    for rome in code_lists.reference("metiers_rome"):
        mean = Draw(seed, "marche", rome).between(30, 400)
        for trimestre in range(1, 5):
            totals: dict[tuple[str, str], list[int]] = {}
            for departement in departements():
                draw = Draw(seed, "marche", rome, trimestre, departement.code)
                seekers = draw.about(mean, 0.6)
                counts = [seekers, int(seekers * draw.between(0.5, 0.8)), draw.about(mean * 0.25, 0.9)]
                for place in (("region", departement.region), ("france", "F")):
                    totals[place] = [a + b for a, b in zip(totals.get(place, [0, 0, 0]), counts, strict=True)]
                shown: list[Cell] = [*counts[:2], SECRET if 0 < counts[2] < 3 else counts[2]]
                rows.append([MARCHE, trimestre, rome, "departement", departement.code, *shown])
            rows += [[MARCHE, trimestre, rome, *place, *counts] for place, counts in totals.items()]
    _deposit(root / "france_travail" / str(MARCHE) / f"france_travail_{MARCHE}.csv", header, rows)


def write_interface(root: Path, seed: int) -> None:
    """Writes `marche_travail`, the year before, of social trades: what the interface answers, a value a line."""
    keys = ("codeTypeTerritoire", "codeTerritoire", "codeActivite", "codeNomenclature", "codePeriode")
    annee = MARCHE - 1
    rows: list[list[Cell]] = []
    for rome in (code for code in code_lists.reference("metiers_rome") if code.startswith("K1") and code != "K1104"):
        mean = Draw(seed, "interface", rome).between(30, 400)
        for trimestre in range(1, 5):
            totals: dict[tuple[str, str], list[int]] = {}
            for departement in departements():
                draw = Draw(seed, "interface", rome, trimestre, departement.code)
                a = draw.about(mean * 0.6, 0.6)
                offers = draw.about(mean * 0.25, 0.9)
                counts = [a, int(a * draw.between(0.1, 0.3)), int(a * draw.between(0.1, 0.4)), offers, offers // 2]
                for place in (("DEP", departement.code), ("REG", departement.region), ("NAT", "FR")):
                    totals[place] = [x + y for x, y in zip(totals.get(place, [0] * 5), counts, strict=True)]
            for place, counts in totals.items():
                said = zip((*(("stat-demandeurs", c) for c in "ABC"), *OFFRES), counts, strict=True)
                rows += [[ind, *place, rome, code, f"{annee}T{trimestre}", count] for (ind, code), count in said]
    header = ("indicateur", *keys, "valeurPrincipaleNombre")
    _deposit(root / "marche_travail" / str(annee) / f"marche_travail_{annee}.csv", header, rows)


PADHUE = 2024
VIOLENCES = 2024
VSS = 2024
REGION_PADHUE = (NORMANDIE, "11", "53")


def write_padhue(root: Path, seed: int) -> None:
    """Writes `postes_padhue`: a few régions; who came is unknown for one specialty."""
    header = ("annee", "voie", "profession", "specialite", "region", "postes", "affectes", "arrete")
    rows: list[list[Cell]] = []
    specialties = {
        "medecin": ("Médecine générale", "Gériatrie", "Psychiatrie", "Médecine d'urgence", "Anesthésie-réanimation"),
        "chirurgien_dentiste": ("Chirurgie dentaire",),
        "pharmacien": ("Pharmacie",),
        "sage_femme": ("Maïeutique",),
    }
    for region in REGION_PADHUE:
        for voie in ("EVC", "EVC interne", "attestation"):
            for profession, names in specialties.items():
                for name in names:
                    draw = Draw(seed, "padhue", region, voie, name)
                    posts = draw.whole(1, 30) if profession == "medecin" else draw.whole(0, 6)
                    came: Cell = int(posts * draw.between(0.3, 1))
                    rows.append(
                        [PADHUE, voie, profession, name, region, posts, "nd" if name == "Gériatrie" else came, ARRETE]
                    )
    _deposit(root / "postes_padhue" / str(PADHUE) / f"postes_padhue_{PADHUE}.xlsx", header, rows)


def write_violences(root: Path, seed: int) -> None:
    """Writes `violences`: the Norman départements, and two of Brittany, whose région is then partial."""
    header = ("annee", "departement", "milieu", "nature", "signalements", "graves", "declarants")
    rows: list[list[Cell]] = []
    for departement in (*NORMANDS, "22", "29"):
        for milieu, mean in (("établissements de santé", 90), ("médico-social", 30), ("ville", 8)):
            for nature, part in (("atteintes aux personnes", 1.0), ("atteintes aux biens", 0.3)):
                draw = Draw(seed, "violences", departement, milieu, nature)
                count = draw.about(mean * part, 0.5)
                severe = int(count * draw.between(0, 0.25))
                shown: list[Cell] = [count, SECRET if 0 < severe < 3 else severe, max(1, count // 4) if count else 0]
                rows.append([VIOLENCES, departement, milieu, nature, *shown])
    _deposit(root / "violences" / str(VIOLENCES) / f"violences_{VIOLENCES}.csv", header, rows)


def write_vss(root: Path, seed: int) -> None:
    """Writes `barometre_vss`: Normandy; too few students answer for some questions to be shown."""
    header = ("annee", "region", "public", "question", "repondants", "concernes")
    source = catalogue.load("barometre_vss")
    lists = source.tables["barometre_vss"].listes
    rows: list[list[Cell]] = []
    for public, size in zip(lists["public"], (180, 260, 24, 640), strict=True):
        for question, share in zip(lists["question"], (0.45, 0.09, 0.015, 0.3, 0.4), strict=True):
            draw = Draw(seed, "vss", public, question)
            asked = size - draw.whole(0, size // 10)
            rows.append([VSS, NORMANDIE, public, question, asked, int(asked * share * draw.between(0.8, 1.2))])
    _deposit(root / "barometre_vss" / str(VSS) / f"barometre_vss_{VSS}.csv", header, rows)


def _universities(region: str) -> list[str]:
    return [f"Université FICTIVE {region}-{rank}" for rank in range(1, 3 if region == NORMANDIE else 2)]


def write_mpom(root: Path, seed: int) -> None:
    """Writes `mpom/2021`, the objectives of five years."""
    header = (
        *("periode_debut", "periode_fin", "profession", "region", "universite"),
        *("objectif", "seuil_min", "seuil_max", "arrete"),
    )
    targets: list[list[Cell]] = []
    for profession, region, name, target in _targets(seed):
        bounds = (target * 95 // 100, -(-target * 105 // 100))
        targets.append([2021, 2025, profession, region, name, target, *bounds, ARRETE])
    _deposit(root / "mpom" / "2021" / "mpom_2021.xlsx", header, targets)


def _targets(seed: int) -> Iterator[tuple[str, str, str, int]]:
    """Profession, région, university and its objective."""
    for profession, total in MPOM.items():
        schools = [(region, name) for region in REGIONS for name in _universities(region)]
        draw = Draw(seed, "mpom", profession)
        shares = split(total, [draw.between(0.5, 1.5) for _ in schools])
        for (region, name), target in zip(schools, shares, strict=True):
            yield profession, region, name, target


def write_capacites(root: Path, seed: int, millesime: int) -> None:
    """Writes `formations_capacites/<millesime>`: the four years up to it."""
    header = ("annee", "uai", "universite", "region", "profession", "cycle", "capacite")
    rows: list[list[Cell]] = []
    for profession, region, name, target in _targets(seed):
        for annee in range(millesime - 3, millesime + 1):
            for cycle in ("2", "3"):
                places = Draw(seed, "capacite", profession, name, annee, cycle).about(target / 5, 0.08)
                # One university does not say what its third cycle holds.
                told: Cell = NOT_KNOWN if (cycle, region, annee) == ("3", "11", 2024) else places
                rows.append([annee, "", name, region, profession, cycle, told])
    _deposit(root / "formations_capacites" / str(millesime) / f"formations_capacites_{millesime}.csv", header, rows)


# --- schemes and zoning -------------------------------------------------------------------------------


def write_dispositifs(root: Path, territoire: Territoire, seed: int, millesime: int) -> None:
    """Writes `dispositifs/<millesime>`: that year and the one before."""
    header = (
        *("annee", "dispositif", "intitule", "public", "profession", "niveau", "code", "finess", "nature"),
        *("date_debut", "date_fin", "beneficiaires", "montant", "financeur"),
    )
    rows: list[list[Cell]] = []

    def add(
        annee: int, what: tuple[str, str, str, str], where: tuple[str, str, str], end: str, mean: int, finess: str = ""
    ) -> None:
        draw = Draw(seed, "dispositifs", annee, *what, *where)
        count = 5 + draw.about(mean, 0.6)
        amount: Cell = SECRET if draw.chance(0.05) else f"{count * draw.whole(1500, 9000)},{draw.whole(0, 99):02d}"
        scheme, public, profession, title = what
        dates = (f"{annee}-09-01", f"{annee + 3}-{end}" if end else "")
        place = [*where[:2], finess, where[2]]
        rows.append([annee, scheme, f"{title} FICTIF", public, profession, *place, *dates, count, amount, "ARS"])

    communes = _places(territoire)
    for annee in (millesime - 1, millesime):
        for departement in NORMANDS:
            for profession in ("infirmier", "masseur_kinesitherapeute"):
                what = ("CAE", "étudiants", profession, "Contrat d'allocation d'études")
                add(annee, what, ("departement", departement, "personnes"), "08-31", 12)
            what = ("CESP", "étudiants", "medecin", "Contrat d'engagement de service public")
            add(annee, what, ("departement", departement, "personnes"), "", 4)
        for commune in communes[:5]:
            what = ("CLACT", "établissements", "", "Contrat local")
            add(annee, what, ("commune", commune.code, "établissements"), "12-31", 2)
            what = ("QVCT", "établissements", "", "Qualité de vie au travail")
            finess = f"{commune.departement.code}0000{commune.code[2:]}"
            add(annee, what, ("commune", commune.code, "établissements"), "12-31", 1, finess)
            add(
                annee,
                ("INSTALLATION", "professionnels", "medecin", "Aide à l'installation"),
                ("epci", commune.epci, "personnes"),
                "12-31",
                3,
            )
        add(annee, ("TROPHEES", "établissements", "", "Trophées"), ("region", NORMANDIE, "projets"), "", 20)
        add(annee, ("BOURSE", "étudiants", "", "Bourse"), ("region", NORMANDIE, "personnes"), "", 900)
    _deposit(root / "dispositifs" / str(millesime) / f"dispositifs_{millesime}.xlsx", header, rows)


def _tvs(territoire: Territoire) -> dict[str, str]:
    """The territoire de vie-santé of each commune of 2024: its living area; one crosses a département's limit."""
    found = {c.code: c.bassin_vie for c in territoire.geographie(2024)}
    found[territoire.par_departement["27"][-1].code] = territoire.par_departement["76"][0].bassin_vie
    return found


def write_tvs(root: Path, territoire: Territoire, millesime: int) -> None:
    """Writes `tvs/<millesime>`."""
    _deposit(
        root / "tvs" / str(millesime) / f"tvs_{millesime}.csv",
        ("INSEE_COM", "Code_TVS", "Nom_TVS"),
        [[commune, code, f"TVS FICTIF {code}"] for commune, code in sorted(_tvs(territoire).items())],
    )


def _zonages(root: Path, territoire: Territoire, seed: int) -> None:
    tvs = _tvs(territoire)
    norman = sorted({code for commune, code in tvs.items() if commune[:2] in NORMANDS})
    rows: list[list[Cell]] = []
    for code in norman:
        # Each arrêté ends the day before the next takes effect.
        for number, (start, end, zones) in enumerate(
            (
                ("2019-07-04", "2024-06-30", ("ZIP", "ZAC", "ZAC", "HV")),
                ("2024-07-01", "", ("ZIP", "ZIP", "ZAC", "ZV")),
            ),
            start=1,
        ):
            zone = Draw(seed, "zonage", code, number).pick(zones)
            rows.append(["medecin", "tvs", code, zone, f"{ARRETE} n° {number}", start, start, end])
        zone = Draw(seed, "zonage", "infirmier", code).pick(("TSD", "SD", "INT", "TD", "SURD"))
        rows.append(["infirmier", "tvs", code, zone, f"{ARRETE} n° 3", "2023-12-20", "2024-01-01", ""])
    # One commune has a zone of its own, whatever its territory's.
    commune = territoire.par_departement["14"][0].code
    rows.append(["medecin", "commune", commune, "ZAR", f"{ARRETE} n° 4", "2024-10-15", "2024-11-01", ""])
    _deposit(
        root / "zonage_arretes" / "2024" / "zonage_arretes_2024.csv",
        ("profession", "niveau", "code", "zone", "arrete", "date_arrete", "valide_du", "valide_au"),
        rows,
    )


def write(root: Path, territoire: Territoire, seed: int) -> None:
    """Writes the deposits of all contracts, each in the folder of its source."""
    write_cnracl(root, seed, (2023, 2024))
    write_carmf(root, seed, 2024)
    write_formations(root, territoire, seed, 2024)
    write_internat(root, seed, INTERNAT)
    write_mpom(root, seed)
    write_marche(root, seed)
    write_interface(root, seed)
    write_padhue(root, seed)
    write_violences(root, seed)
    write_vss(root, seed)
    write_capacites(root, seed, 2024)
    write_dispositifs(root, territoire, seed, 2024)
    write_tvs(root, territoire, 2024)
    _zonages(root, territoire, seed)
