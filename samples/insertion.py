"""Fictitious outcomes of training, under the columns of InserJeunes and InserSup that public programmes name."""

from pathlib import Path

from samples import writers
from samples.draws import Draw
from samples.nomenclatures import departements, regions
from samples.writers import Cell

INSERJEUNES = 2023
LYCEE_COLONNES = (
    *("annee", "uai", "libelle", "region", "type_diplome", "libelle_formation", "duree_formation"),
    *("diplome_renove_ou_nouveau", "code_formation_mefstat11", "part_en_poursuite_d_etudes"),
    *("part_en_emploi_6_mois_apres_la_sortie", "part_des_autres_situations", "taux_poursuite_etudes"),
    *("taux_emploi_6_mois", "taux_emploi_12_mois", "taux_emploi_18_mois", "taux_emploi_24_mois"),
)
# Type, title, length in years, code; the last two are no training of the atlas.
LYCEE_FORMATIONS = (
    ("CAP", "accompagnant éducatif petite enfance", 2, "33320101004"),
    ("MC5", "aide à domicile", 1, "33220102001"),
    ("BAC PRO", "accompagnement, soins et services à la personne option a : à domicile", 3, "33420103007"),
    ("BAC PRO", "accompagnement, soins et services à la personne option b : en structure", 3, "33420104007"),
    ("BTS", "services et prestations des secteurs sanitaire et social", 2, "33120105015"),
    ("BTS", "économie sociale familiale", 2, "33220106015"),
    ("BTS", "opticien-lunetier", 2, "33120107015"),
    ("CAP", "cuisine", 2, "22120108004"),
    ("BTS", "comptabilité et gestion", 2, "31420109015"),
)

INSERSUP = 2024
DIPLOMES = (
    ("Master LMD", "PSYCHOLOGIE", "2501001"),
    ("Master LMD", "SANTE PUBLIQUE", "2501002"),
    ("Licence professionnelle", "INTERVENTION SOCIALE : ACCOMPAGNEMENT DE PUBLICS SPECIFIQUES", "2501003"),
    ("Master LMD", "DROIT PRIVE", "2501004"),
    ("Master LMD", "Tout Master LMD", ""),
)
ENSEMBLE = "ensemble"
DIFFUSION = 20  # under so many leavers nothing is published


def write_lycees(root: Path, seed: int) -> None:
    """Writes `inserjeunes`: two years of leavers together, a rate for each lycée and training, no head count."""
    noms = {r.code: r.nom for r in regions()}
    periode = f"cumul {INSERJEUNES - 1}-{INSERJEUNES}"
    lines: list[list[Cell]] = []
    for departement in departements():
        for rank in range(1, 4):
            lycee = Draw(seed, "lycee", departement.code, rank)
            name = f"LYCEE PROFESSIONNEL FICTIF {rank} ({departement.nom.upper()})"
            for type_diplome, libelle, duree, code in LYCEE_FORMATIONS:
                if not lycee.chance(0.45):
                    continue
                draw = Draw(seed, "inserjeunes", departement.code, rank, code)
                shown = draw.chance(0.6)
                studies, work = draw.whole(20, 60), draw.whole(25, 80)
                parts = (studies, (100 - studies) * work // 100)
                rates: list[Cell] = [studies, work, min(100, work + draw.whole(0, 9)), "", ""]
                lines.append(
                    [
                        *(periode, departement.uai(8, rank), name, noms[departement.region].upper()),
                        *(type_diplome, libelle, duree, "non", code),
                        *((*parts, 100 - sum(parts)) if shown else ("", "", "")),
                        *(rates if shown else ["nd" if draw.chance(0.2) else studies, "", "", "", ""]),
                    ]
                )
    name = f"fr-en-inserjeunes-lycee_pro-formation-fine_{INSERJEUNES}.csv"
    writers.delimited(root / "inserjeunes" / str(INSERJEUNES) / name, LYCEE_COLONNES, lines)


SUP_COLONNES = (
    *("date_jeu", "reg_nom", "uo_lib", "etablissement", "type_diplome_long", "dom_lib", "libelle_diplome", "diplome"),
    *("obtention_diplome", "genre", "nationalite", "regime_inscription", "nb_sortants", "nb_poursuivants", "promo"),
    *(f"tx_sortants_en_emploi_sal_fr_{m}" for m in (6, 12, 18, 24, 30)),
    *("salaire_q1_12", "salaire_q2_12", "salaire_q3_12"),
)


def write_universites(root: Path, seed: int) -> None:
    """Writes `insersup`: a university for each région, two classes; few graduates say nothing (nd)."""
    lines: list[list[Cell]] = []
    for region in regions():
        capital = next(d for d in departements() if d.region == region.code)
        for type_diplome, libelle, code in DIPLOMES:
            for promo in (f"{INSERSUP - 3}", f"{INSERSUP - 4},{INSERSUP - 3}"):
                draw = Draw(seed, "insersup", region.code, libelle, promo)
                if "," in promo and not draw.chance(0.5):
                    continue
                left, on = draw.whole(8, 90), draw.whole(0, 30)
                work = draw.between(55, 92)
                median = draw.whole(1650, 2250)
                known = left >= DIFFUSION
                rates: list[Cell] = [f"{min(100, work + 2 * step):.2f}" if known else "nd" for step in range(4)]
                salaries: list[Cell] = [median - 150, median, median + 240] if known else ["nd"] * 3
                lines.append(
                    [
                        *(f"{INSERSUP}_S2", region.nom, f"Université FICTIVE ({region.nom})", capital.uai(8, 900)),
                        *(type_diplome, "Domaine FICTIF", libelle, code, "diplômé", *[ENSEMBLE] * 3),
                        *(left, on, promo, *rates, "", *salaries),
                    ]
                )
    writers.delimited(root / "insersup" / str(INSERSUP) / f"fr-esr-insersup_{INSERSUP}.csv", SUP_COLONNES, lines)


def write(root: Path, seed: int) -> None:
    """Writes what becomes of those trained in lycées and universities."""
    write_lycees(root, seed)
    write_universites(root, seed)
