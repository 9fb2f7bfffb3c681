"""Fictitious training places, in the layouts of Parcoursup: Norman programmes, and where all are."""

from pathlib import Path

from samples import writers
from samples.draws import Draw, split
from samples.geographie import capitals
from samples.nomenclatures import NORMANDS, Departement, departements, headings, regions
from samples.territoires import Commune, Territoire
from samples.writers import Cell

SESSION = 2025
IFSI = "D.E Infirmier"
AUTRES = (
    "D.E Masseur-Kinésithérapeute",
    "D.E Ergothérapeute",
    "D.E Pédicure-Podologue",
    "D.E manipulateur/trice en électroradiologie médicale",
)
LISTE = "Liste d'appel propre à cette formation"
FICHE = (
    "https://dossierappel.parcoursup.fr/Candidats/public/fiches/afficherFicheFormation"
    "?g_ta_cod={code}&typeBac=0&originePc=0"
)
# Shares of general, technological, vocational and other applicants.
BACS = {"bg": 0.28, "bt": 0.25, "bp": 0.15, "at": 0.32}
MENTIONS = {"sansmention": 0.3, "ab": 0.38, "b": 0.24, "tb": 0.07, "tbf": 0.01}


def _percent(part: int, whole: int) -> str:
    """A share rounded to the unit and written with one decimal, as the export does."""
    return f"{(200 * part + whole) // (2 * whole)}.0" if whole else "0.0"


def _applicants(draw: Draw, places: int) -> dict[str, Cell]:
    """Applications, rankings and offers: each total is the sum of its parts."""
    total = places * draw.whole(18, 38)
    weights = [w * draw.between(0.8, 1.2) for w in BACS.values()]
    voe = split(total, weights)
    ranked = [n - int(n * draw.between(0.02, 0.15)) for n in voe]
    offers = split(int(places * draw.between(5, 14)), weights)
    row: dict[str, Cell] = {
        **{"voe_tot": total, "voe_tot_f": int(total * draw.between(0.8, 0.87)), "nb_voe_pp": total},
        **{"nb_cla_pp": sum(ranked), "prop_tot": sum(offers), "nb_voe_pc": 0, "nb_cla_pc": 0},
        **{f"nb_voe_pc_{bac}": 0 for bac in BACS},
    }
    for bac, n, kept, offered in zip(BACS, voe, ranked, offers, strict=True):
        row |= {f"nb_voe_pp_{bac}": n, f"nb_cla_pp_{bac}": kept, f"prop_tot_{bac}": f"{offered}.0"}
        if bac != "at":
            row |= {
                f"nb_voe_pp_{bac}_brs": n // 6,
                f"nb_cla_pp_{bac}_brs": kept // 6,
                f"prop_tot_{bac}_brs": f"{offered // 7}.0",
            }
    return row


def _admitted(draw: Draw, places: int) -> dict[str, Cell]:
    """Admissions; a few programmes admit more than their places. Shares are of the totals they name."""
    admitted = places + (draw.whole(1, 3) if draw.chance(0.15) else -int(places * draw.between(0, 0.08)))
    bac = dict(zip(BACS, split(admitted, [w * draw.between(0.7, 1.3) for w in BACS.values()]), strict=True))
    new = admitted - bac["at"]
    honours = dict(zip(MENTIONS, split(new, list(MENTIONS.values())), strict=True))
    women, local = int(admitted * draw.between(0.8, 0.92)), int(new * draw.between(0.82, 0.97))
    early = int(admitted * draw.between(0.1, 0.7))
    mid = early + int((admitted - early) * draw.between(0.1, 0.4))
    late = mid + int((admitted - mid) * draw.between(0.3, 0.9))
    grants = int(new * draw.between(0.12, 0.3))
    with_honours = {b: int(bac[b] * draw.between(0.5, 0.9)) for b in ("bg", "bt", "bp")}
    counts: dict[str, Cell] = {
        **{"capa_fin": places, "acc_tot": admitted, "acc_tot_f": women, "acc_pp": admitted, "acc_pc": 0},
        **{"acc_debutpp": early, "acc_datebac": mid, "acc_finpp": late, "acc_brs": grants},
        **{"acc_neobac": new, "acc_mention_nonrenseignee": 0},
        **{"acc_aca_orig": local, "acc_aca_orig_idf": local, "pct_etab_orig": "0.0"},
        **{f"acc_{b}": n for b, n in bac.items()},
        **{f"acc_{m}": n for m, n in honours.items()},
        **{f"acc_{b}_mention": n for b, n in with_honours.items()},
    }
    shares: dict[str, Cell] = {
        "pct_acc_debutpp": _percent(early, admitted),
        "pct_acc_datebac": _percent(mid, admitted),
        "pct_acc_finpp": _percent(late, admitted),
        "pct_f": _percent(women, admitted),
        "pct_aca_orig": _percent(local, new),
        "pct_aca_orig_idf": _percent(local, new),
        "pct_bours": _percent(grants, new),
        "pct_neobac": _percent(new, admitted),
        "pct_mention_nonrenseignee": "0.0",
        **{f"pct_{m}": _percent(n, new) for m, n in honours.items()},
        **{f"pct_{b}": _percent(bac[b], new) for b in ("bg", "bt", "bp")},
        **{f"pct_{b}_mention": _percent(n, new) for b, n in with_honours.items()},
    }
    general, technological = draw.whole(35, 65), draw.whole(15, 30)
    access = (general, technological, 100 - general - technological)
    parts = dict(zip(("part_acces_gen", "part_acces_tec", "part_acces_pro"), access, strict=True))
    return {**counts, **shares, **parts, "taux_acces_ens": draw.whole(15, 70)}


def _place(longitude: float, latitude: float) -> str:
    return f"{latitude:.5g}, {longitude:.5g}"


def _programme(seed: int, commune: Commune, rank: int, name: str, code: int) -> dict[str, Cell]:
    departement = commune.departement
    draw = Draw(seed, "parcoursup", departement.code, rank)
    nursing = name == IFSI
    school = f"{'IFSI FICTIF' if nursing else 'INSTITUT FICTIF'} {departement.code}-{rank:02d}"
    return {
        **{
            "session": SESSION,
            "contrat_etab": "Public" if nursing else draw.pick(["Public", "Privé hors contrat"]),
        },
        **{"cod_uai": departement.uai(9, rank), "g_ea_lib_vx": school, "dep": departement.code},
        **{"dep_lib": departement.nom, "region_etab_aff": "Normandie", "acad_mies": "Normandie"},
        **{"ville_etab": commune.nom, "lib_for_voe_ins": name, "select_form": "formation sélective"},
        **{"fili": "IFSI" if nursing else "Autre formation", "lib_comp_voe_ins": f"{school} - {name}"},
        **{"form_lib_voe_acc": "D.E secteur sanitaire", "fil_lib_voe_acc": name},
        **{"g_olocalisation_des_formations": _place(*commune.position)},
        **_applicants(draw, places := draw.whole(45, 165) if nursing else draw.whole(18, 60)),
        **_admitted(draw, places),
        **{"lib_grp1": "Tous les candidats", "ran_grp1": places * draw.whole(6, 16), "list_com": LISTE},
        **{"tri": "3_Autres formations", "cod_aff_form": code, "lien_form_psup": FICHE.format(code=code)},
    }


def _schools(territoire: Territoire, scale: float) -> list[tuple[Commune, int, str]]:
    """17 × scale nursing schools and 7 × scale others, spread over the Norman communes."""
    nursing = max(5, int(17 * scale + 0.5))
    others = max(2, int(7 * scale + 0.5))
    names = [IFSI] * nursing + [AUTRES[i % len(AUTRES)] for i in range(others)]
    schools = []
    for i, name in enumerate(names):
        departement = NORMANDS[i % len(NORMANDS)]
        here = [c for c in territoire.par_departement[departement] if c.code != territoire.disparue]
        rank = i // len(NORMANDS)
        schools.append((here[rank % len(here)], rank + 1, name))
    return schools


def _locations(seed: int, schools: list[tuple[Commune, int, str]], scale: float) -> list[list[Cell]]:
    """Six columns for all of France, without accents or hyphens; some lines repeat, some lack a place."""
    noms = {r.code: capitals(r.nom).title().replace("De La Loire", "de la Loire") for r in regions()}
    noms |= {"24": "Centre", "04": "Reunion", "11": "Ile de France"}
    lines: list[list[Cell]] = []

    def line(departement: Departement, rank: int, name: str, at: tuple[float, float], draw: Draw) -> list[Cell]:
        place = "" if draw.chance(0.02) else _place(*at)
        school = f"{'IFSI FICTIF' if name == IFSI else 'ETABLISSEMENT FICTIF'} {departement.code} {rank:02d}"
        status = draw.pick(["Public"] * 4 + ["Prive sous contrat d association", "Prive enseignement superieur"])
        region = "" if draw.chance(0.01) else noms[departement.region]
        return [status, departement.uai(9, rank), school, region, name, place]

    for commune, rank, name in schools:
        plain = "D.E Manipulateur/trice en electroradiologie medicale" if name == AUTRES[3] else name
        draw = Draw(seed, "lieux", commune.code, rank, name)
        lines.append(line(commune.departement, rank, plain, commune.position, draw))
    for departement in departements():
        for rank in range(50, 50 + max(2, int(4 * scale + 0.5))):
            draw = Draw(seed, "lieux", departement.code, rank)
            name = draw.pick(
                [IFSI, "BTS   Services   Comptabilite et gestion", "CPGE   Lettres", "D.E Audioprothesiste"]
            )
            at = (departement.longitude + rank % 5 * 0.03, departement.latitude + rank % 7 * 0.03)
            lines.append(line(departement, rank, name, at, draw))
            if draw.chance(0.05):
                lines.append(lines[-1])
    return lines


ECOLES = 2023
FORMATIONS = {
    "Infirmiers": (0.0005, 3),
    "Aides-soignants": (0.0004, 1),
    "Masseurs-kinésithérapeutes": (0.00005, 4),
    "Ergothérapeutes": (0.00002, 3),
    "Manipulateurs d'électroradiologie": (0.00001, 3),
}
ECOLES_COLONNES = (
    *("Région", "Année", "Places offertes", "Inscrits en 1re année", "Inscrits", "Présentés au diplôme"),
    *("Reçus au diplôme", "Diplômés par VAE", "Interruptions"),
)


def write_ecoles(root: Path, seed: int) -> None:
    """Writes `drees_formations`: a sheet per programme in a supposed layout, the régions and France, two years."""
    sheets = []
    for formation, (rate, years) in FORMATIONS.items():
        lines: list[list[Cell]] = [[f"{formation} : écoles de santé (FICTIF)"], [], [*ECOLES_COLONNES]]
        for annee in (ECOLES - 1, ECOLES):
            total = [0] * 7
            for rank, region in enumerate(regions()):
                draw = Draw(seed, "ecoles", formation, annee, region.code)
                places = 10 + draw.about(rate * 3_000_000 / (1 + rank % 5), 0.3)
                first = int(places * draw.between(0.85, 1.05))
                present = first * years - draw.whole(0, first // 4) * (years - 1)
                shown = int(first * draw.between(0.75, 0.95))
                counts = [places, first, present, shown, int(shown * draw.between(0.85, 1)), draw.whole(0, 9), 0]
                counts[6] = int(present * draw.between(0.03, 0.12))
                total = [a + b for a, b in zip(total, counts, strict=True)]
                # One région does not say how many left.
                lines.append([region.nom, annee, *counts[:6], "nd" if region.code == "94" else counts[6]])
            lines.append(["France entière", annee, *total])
        lines += [[], ["Source : données FICTIVES, dans une présentation supposée."]]
        sheets.append((formation[:31], lines))
    writers.xlsx(root / "drees_formations" / str(ECOLES) / f"formations_sante_{ECOLES}.xlsx", sheets)


def write(root: Path, territoire: Territoire, seed: int, scale: float) -> None:
    """Writes `parcoursup/2025`: the Norman programmes, and the places of programmes of all France; the schools."""
    write_ecoles(root, seed)
    folder = root / "parcoursup" / str(SESSION)
    name = f"fr-esr-parcoursup_{SESSION}_normandie_sante.csv"
    header = headings(name)
    schools = _schools(territoire, scale)
    programmes = [_programme(seed, commune, rank, title, 90001 + i) for i, (commune, rank, title) in enumerate(schools)]
    writers.delimited(folder / name, header, ([row.get(h) for h in header] for row in programmes))
    places = f"fr-esr-parcoursup_{SESSION}_locations.csv"
    writers.delimited(
        folder / places,
        headings(places, ","),
        _locations(seed, schools, scale),
        sep=",",
        final_newline=False,
    )
