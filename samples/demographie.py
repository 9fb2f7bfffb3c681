"""Fictitious health professionals, in the layouts of CNAM (private practice) and DREES (all)."""

import re
from collections.abc import Sequence
from pathlib import Path

from samples import liberaux, writers
from samples.draws import Draw, split
from samples.nomenclatures import Departement, departements, headings, regions, rows
from samples.population import Population
from samples.writers import Cell

# --- CNAM -----------------------------------------------------------------------------------------

CNAM_XLS, CNAM_CSV = 2018, 2024
# What stands above the occupations of each sheet of the workbook.
FEUILLES = {
    "Spécialistes": "Spécialistes",
    "Généralistes et MEP": "Généralistes et compétence MEP",
    "Auxiliaires médicaux": "Auxiliaires médicaux",
    "Sages-femmes": "Sages-femmes",
    "Dentistes et ODF": "Chirurgiens-dentistes et ODF",
    "Laboratoires": "Laboratoires",
}
NOMS_CNAM = {
    "04": "Alpes-Hte-Provence",
    "75": "Paris (Ville)",
    "90": "Terr. de Belfort",
    "93": "Seine-St-Denis",
    "974": "Réunion",
}
TOTAUX = ("TOTAL FRANCE METROPOLITAINE", "TOTAL OUTRE-MER", "TOTAL France ENTIERE")
OMNIPRATICIENS, MEP, GENERALISTES = "01- OMNIPRATICIENS", "01- M.E.P.", "01- Médecine générale"
SPECIALISTES, MEDECINS, BIOLOGISTES = "TOTAL SPECIALISTES", "TOTAL MEDECINS", "38- Médecins biologistes"
SANS_DETAIL = "TOTAL PSYCHIATRIE  (75, 33,17)"
# Per 100 000 inhabitants; what is not named is small.
DENSITES = {
    GENERALISTES: 80.0,
    SANS_DETAIL: 9.0,
    "24- Infirmiers": 140.0,
    "26- Masseurs-kinésithérapeutes-rééducateurs": 100.0,
    "27- Pédicures": 18.0,
    "28- Orthophonistes": 30.0,
    "29- Orthoptistes": 4.0,
    "21- Sages-femmes": 9.0,
    "19- Chirurgiens-dentistes": 52.0,
    "36- Chirurgiens-dentistes, spécialistes O.D.F.": 3.0,
    "30- Laboratoires": 5.4,
    "02- Anesthésie-réanimation chirurgicale": 5.0,
    "03- Pathologie cardio-vasculaire": 7.0,
    "15- Ophtalmologie": 6.5,
    "06- Radiodiagnostic et imagerie médicale": 8.0,
    "12- Pédiatrie": 4.0,
    "07- Gynécologie obstétrique": 4.5,
}


def _members(label: str, labels: Sequence[str]) -> list[str]:
    """The lines that a TOTAL of the workbook adds up, read from its own label or its sheet."""
    named = re.search(r"\(([\d, ]+)\)", label)
    if named and label != SANS_DETAIL:
        codes = {code.strip() for code in named[1].split(",")}
        return [x for x in labels if not x.startswith("TOTAL") and x.split("-")[0] in codes]
    if label == SPECIALISTES:
        return [x for x in labels if x == SANS_DETAIL or not x.startswith(("TOTAL", "38-"))]
    return [x for x in labels if not x.startswith("TOTAL")]


def _counts_2018(seed: int, population: Population, annee: int) -> dict[str, dict[str, list[int]]]:
    """Sheet -> label -> one count per département; every total is the sum of its members."""
    sheets: dict[str, list[str]] = {}
    for line in rows("cnam_2018.csv"):
        sheets.setdefault(line["feuille"], []).append(line["intitule"])
    places = departements()
    size = [population.total(d.code, annee) for d in places]
    counts: dict[str, dict[str, list[int]]] = {}

    def drawn(label: str, mean: float) -> list[int]:
        draw = Draw(seed, "cnam", annee, label)
        return [draw.about(mean * n / 1e5, 0.45) for n in size]

    def summed(lines: list[list[int]]) -> list[int]:
        return [sum(column) for column in zip(*lines, strict=True)]

    for sheet, labels in sheets.items():
        here: dict[str, list[int]] = {}
        small = 0.13 if sheet == "Généralistes et MEP" else 1.2
        for label in labels:
            if label == SANS_DETAIL or not label.startswith(("TOTAL", OMNIPRATICIENS, MEP)):
                here[label] = drawn(label, DENSITES.get(label, small))
        if GENERALISTES in here:
            skills = [x for x in labels if x in here and x != GENERALISTES]
            here[MEP] = summed([here[x] for x in skills])
            here[OMNIPRATICIENS] = summed([here[GENERALISTES], here[MEP]])
        for label in labels:
            if label.startswith("TOTAL") and label not in (SANS_DETAIL, MEDECINS):
                here[label] = summed([here[x] for x in _members(label, labels)])
        counts[sheet] = {label: here.get(label, []) for label in labels}
    counts["Spécialistes"][MEDECINS] = summed(
        [counts["Généralistes et MEP"][OMNIPRATICIENS], counts["Spécialistes"][SPECIALISTES]]
    )
    return counts


def _with_totals(places: Sequence[Departement], values: Sequence[int]) -> list[int]:
    """Départements of the mainland, their total, overseas ones, theirs, and France."""
    home = [v for d, v in zip(places, values, strict=True) if not d.outre_mer]
    away = [v for d, v in zip(places, values, strict=True) if d.outre_mer]
    return [*home, sum(home), *away, sum(away), sum(values)]


def write_cnam_xls(root: Path, seed: int, population: Population, annee: int) -> None:
    """Writes `cnam_demographie/<annee>` as the workbook that the producer made before its open data."""
    places = departements()
    # The producer's population is near INSEE's, not equal to it.
    inhabitants = [int(population.total(d.code, annee) * 1.0043) for d in places]
    names = [f"{d.code}- {NOMS_CNAM.get(d.code, d.nom)}" for d in places]
    labels = [*names[:96], TOTAUX[0], *names[96:], *TOTAUX[1:]]
    people = _with_totals(places, inhabitants)
    sheets: list[tuple[str, list[list[Cell]]]] = [
        (
            "Lisez moi",
            [
                ["Année : ", annee],
                [],
                ["Sources :", "DONNÉES FICTIVES dans la présentation du producteur."],
                [],
                ["Champ : France entière - Tous régimes"],
            ],
        ),
        ("Nomenclature des PS", [["Feuille", "Intitulé de la ligne", "Détails"]]),
    ]
    for sheet, counts in _counts_2018(seed, population, annee).items():
        lines: list[list[Cell]] = [
            [FEUILLES[sheet], "DEPARTEMENT", "EFFECTIF", "POPULATION FRANCAISE", "DENSITE /100 000 hab."]
        ]
        for label, values in counts.items():
            sheets[1][1].append([sheet, label, label])
            lines += [
                [label, place, count, n, count / n * 100000]
                for place, count, n in zip(labels, _with_totals(places, values), people, strict=True)
            ]
        sheets.append((sheet, lines))
    writers.xls(
        root / "cnam_demographie" / str(annee) / f"Effectif_et_densite_par_departement_en_{annee}.xls",
        sheets,
    )


# Per 100 000 inhabitants in 2024; the « Ensemble » lines are sums.
DENSITES_2024 = {
    "Médecins généralistes (hors médecins à expertise particulière - MEP)": 76.0,
    "Médecins généralistes à expertise particulière (MEP)": 5.5,
    "Infirmiers": 145.0,
    "Masseurs-kinésithérapeutes": 120.0,
    "Pédicures-podologues": 19.0,
    "Orthophonistes": 32.0,
    "Orthoptistes": 4.7,
    "Sages-femmes": 12.0,
    "Chirurgiens-dentistes (hors spécialistes d'orthopédie dento-faciale - ODF)": 54.0,
    "Chirurgiens-dentistes spécialistes d'orthopédie dento-faciale (ODF)": 3.0,
    "Chirurgiens": 11.0,
    "Psychiatres": 9.0,
    "Radiologues": 8.0,
    "Cardiologues": 7.0,
}
AUXILIAIRES = (
    "Infirmiers",
    "Masseurs-kinésithérapeutes",
    "Pédicures-podologues",
    "Orthophonistes",
    "Orthoptistes",
)
TOUS_GENERALISTES = "Ensemble des médecins généralistes"
TOUS_SPECIALISTES = "Ensemble des médecins spécialistes (hors généralistes)"
TOUS_DENTISTES = "Ensemble des chirurgiens-dentistes"
TOUS_AUXILIAIRES = "Ensemble des auxiliaires médicaux"
TOUS_MEDECINS = "Ensemble des médecins"


def _sums_2024(professions: Sequence[str]) -> dict[str, list[str]]:
    generalists = [p for p in professions if p.startswith("Médecins généralistes")]
    dentists = [p for p in professions if p.startswith("Chirurgiens-dentistes")]
    others = {*generalists, *dentists, *AUXILIAIRES, "Sages-femmes"}
    specialists = [p for p in professions if p not in others and not p.startswith("Ensemble")]
    return {
        TOUS_GENERALISTES: generalists,
        TOUS_SPECIALISTES: specialists,
        TOUS_DENTISTES: dentists,
        TOUS_AUXILIAIRES: [*AUXILIAIRES],
        TOUS_MEDECINS: [*generalists, *specialists],
    }


def _density(count: int, inhabitants: int) -> str:
    """One decimal, rounded by whole-number arithmetic."""
    tenths = (count * 2_000_000 + inhabitants) // (2 * inhabitants)
    return f"{tenths // 10}.{tenths % 10}"


def _cnam_2024(root: Path, seed: int, population: Population) -> None:
    lists = rows("cnam_2024.csv")
    professions = [line["profession_sante"] for line in lists]
    sums = _sums_2024(professions)
    places = departements()
    people = {d.code: population.total(d.code, CNAM_CSV) for d in places}
    counts: dict[str, dict[str, int]] = {}
    for profession in professions:
        if profession not in sums:
            mean = DENSITES_2024.get(profession, 2.2)
            draw = Draw(seed, "cnam", CNAM_CSV, profession)
            counts[profession] = {d.code: draw.about(mean * people[d.code] / 1e5, 0.45) for d in places}
    for profession, members in sums.items():
        counts[profession] = {d.code: sum(counts[m][d.code] for m in members) for d in places}
    noms = {r.code: r.nom.replace("Île", "Ile") for r in regions()}
    lines: list[list[Cell]] = []
    for line in lists:
        profession = line["profession_sante"]
        tail = [line[f"vision_{name}"] for name in ("generale_all", "generale_prescriptions")]
        tail.append(line["vision_profession_territoire"])
        zones: list[tuple[str, str, str, str, list[str]]] = [
            (d.region, noms[d.region], d.code, d.nom, [d.code]) for d in places
        ]
        zones += [
            (r.code, noms[r.code], "999", "Tout département", [d.code for d in places if d.region == r.code])
            for r in regions()
        ]
        zones.append(("99", "FRANCE", "999", "FRANCE", [d.code for d in places]))
        for region, nom, code, label, members in zones:
            count = sum(counts[profession][m] for m in members)
            density = _density(count, sum(people[m] for m in members))
            lines.append(
                [
                    *(CNAM_CSV, profession, region, nom, code, label),
                    *("tout_age", "Tout âge", "tout sexe", count, density),
                    *tail,
                ]
            )
    liberaux.write_ages(root, seed, CNAM_CSV, counts, noms)
    writers.delimited(
        root / "cnam_demographie" / str(CNAM_CSV) / "toutes_specialites_departement.csv",
        headings("toutes_specialites_departement.csv", ","),
        Draw(seed, "cnam", "ordre").shuffled(lines),
        sep=",",
        newline="\r\n",
        encoding="utf-8-sig",
    )


# --- DREES ----------------------------------------------------------------------------------------

DREES, DREES_AGES = 2020, 2022
# profession -> heading of the départements, of the ages, rate per inhabitant, register
PROFESSIONS = {
    "Medecin": ("dep_insc", "trage_med", 0.0033, "ASIP-Sante RPPS - traitements Drees"),
    "Dentiste": ("dep_act", "trage", 0.00062, "ASIP-Sante RPPS - traitements Drees"),
    "Infirmier": ("dep", "trage", 0.0105, "Repertoire ADELI - Drees"),
}
AGES_MEDECIN = ["Moins de 30 ans", *(f"Entre {a} et {a + 4} ans" for a in range(30, 65, 5)), "65 ans et plus"]
AGES_AUTRES = [
    "Moins de 25 ans",
    *(f"Entre {a} et {a + 4} ans" for a in range(25, 65, 5)),
    "65 ans et plus",
]
FOOTER = "Champ :  France entière, Source : {source} - donnees au 1er janvier {date}"
ETRANGER = "000 -COM ou Etranger"


def _thousands(n: int) -> str:
    return f"{n:,}".replace(",", " ")


def _territory(profession: str, d: Departement) -> str:
    """A département as the application writes it, with its irregular blanks and its old name."""
    code = d.code.zfill(3)
    nom = "Nord-Pas-de-Calais" if d.code == "62" else d.nom.replace("'", "’")
    if profession == "Medecin" and d.code in ("67", "68"):
        return f"{code}- {nom}"
    return f"{code} - {nom}" if d.code == "972" else f"{code} -{nom}"


def _drees_order() -> list[Departement]:
    """Corsica comes after 29, as its codes sort."""
    return sorted(departements(), key=lambda d: d.code.zfill(3))


def _people(seed: int, population: Population, profession: str, d: Departement, annee: int, mean: float) -> int:
    level = Draw(seed, "drees", profession, d.code).between(0.72, 1.25)
    trend = 1 + (annee - DREES) * Draw(seed, "drees", profession, d.code, "pente").between(-0.008, 0.02)
    return int(population.total(d.code, annee) * mean * level * trend)


def _age_weights(seed: int, profession: str, place: str, bands: int) -> list[float]:
    draw = Draw(seed, "drees", profession, place, "ages")
    shape = [0.02, *[0.11] * (bands - 2), 0.15]
    return [weight * draw.between(0.8, 1.2) for weight in shape]


def _drees_table(
    path: Path, head: str, lines: list[tuple[str, list[int]]], source: str, encoding: str, annees: range
) -> None:
    """One table of the application: a UTF-8 footer whatever the encoding, and a line of TRUE."""
    width = len(annees)
    quotes = ",".join(['""'] * width)
    footer = f'"{FOOTER.format(source=source, date="de l" + chr(39) + "année ")}",{quotes}\n'
    footer += ",".join(["TRUE"] * (width + 1)) + "\n"
    writers.delimited(
        path,
        [head, *map(str, annees)],
        ([label, *map(_thousands, values)] for label, values in lines),
        sep=",",
        encoding=encoding,
        footer=footer.encode(),
    )


def write_drees_series(root: Path, seed: int, population: Population, millesime: int) -> None:
    """Writes `drees_demographie/<millesime>`: the application's tables, from 2012 on."""
    annees = range(2012, millesime + 1)
    folder = root / "drees_demographie" / str(millesime)
    for profession, (head, age_head, mean, source) in PROFESSIONS.items():
        lines = [
            (
                _territory(profession, d),
                [_people(seed, population, profession, d, annee, mean) for annee in annees],
            )
            for d in _drees_order()
        ]
        if profession == "Dentiste":
            abroad = [Draw(seed, "drees", ETRANGER, annee).whole(0, 3) for annee in annees]
            lines.insert(0, (ETRANGER, abroad))
        total = [sum(column) for column in zip(*(values for _, values in lines), strict=True)]
        bands = AGES_MEDECIN if profession == "Medecin" else AGES_AUTRES
        digits = 1 if profession == "Medecin" else 2
        weights = _age_weights(seed, profession, "France", len(bands))
        ages = [split(n, weights) for n in total]
        women = [int(n * (0.87 if profession == "Infirmier" else 0.45 + i * 0.004)) for i, n in enumerate(total)]
        unknown = [0] * len(total)
        if profession == "Dentiste":
            unknown[-1] = 5
        men = [n - f - u for n, f, u in zip(total, women, unknown, strict=True)]
        whole = (" Ensemble", total)
        _drees_table(folder / f"{profession}_departement_annee.csv", head, [whole, *lines], source, "cp1252", annees)
        by_age = [(f"{k + 1:0{digits}d}- {band}", [year[k] for year in ages]) for k, band in enumerate(bands)]
        _drees_table(folder / f"{profession}_age_annee.csv", age_head, [whole, *by_age], source, "utf-8", annees)
        by_sex = [whole, ("Femme", women), ("Homme", men)]
        if profession == "Dentiste":
            by_sex.append(("Non disponible", unknown))
        _drees_table(folder / f"{profession}_sexe_annee.csv", "SEXID", by_sex, source, "utf-8", annees)


def write_drees_ages(root: Path, seed: int, population: Population, annee: int) -> None:
    """Writes doctors by département and age band: those of the series, some years later."""
    _, _, mean, source = PROFESSIONS["Medecin"]
    lines = []
    for d in _drees_order():
        total = _people(seed, population, "Medecin", d, annee, mean)
        weights = _age_weights(seed, "Medecin", d.code, len(AGES_MEDECIN))
        nom = "Nord-Pas-de-Calais" if d.code == "62" else d.nom.replace("'", "’")
        lines.append((f"{d.code.zfill(3)} - {nom}", [total, *split(total, weights)]))
    whole = [sum(column) for column in zip(*(values for _, values in lines), strict=True)]
    bands = [f"{k} - {band}" for k, band in enumerate(AGES_MEDECIN, start=1)]
    width = len(bands) + 1
    footer = f'"{FOOTER.format(source=source, date=f"{annee} ")},' + ",".join(['""""'] * width) + '"\n'
    footer += ",".join(["TRUE"] * (width + 1)) + "\n"
    writers.delimited(
        root / "drees_demographie" / str(annee) / "medecin_tranche_age.csv",
        ["dep_insc", " Ensemble", *bands],
        ([label, *map(_thousands, values)] for label, values in [(" Ensemble", whole), *lines]),
        sep=",",
        encoding="cp1252",
        footer=footer.encode(),
    )


def write(root: Path, population: Population, seed: int) -> None:
    """Writes `cnam_demographie` (2018 and 2024) and `drees_demographie` (2020 and 2022)."""
    write_cnam_xls(root, seed, population, CNAM_XLS)
    _cnam_2024(root, seed, population)
    write_drees_series(root, seed, population, DREES)
    write_drees_ages(root, seed, population, DREES_AGES)
