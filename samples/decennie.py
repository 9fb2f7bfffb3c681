"""Ten fictitious vintages of every yearly source, small, each in the layout of its own year.

They stand beside the default sample, whose own vintages are among the ten.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from samples import besoins, contrats, demographie, finess, geographie, infirmiers, recrutement, sae
from samples import population as populations
from samples.etablissements import Parc
from samples.population import Population
from samples.territoires import Territoire

VINTAGES = 10
# Sources without a yearly rhythm.
SANS_RYTHME = {
    *("contours", "dares_fap", "dares_metiers_2030", "decoupage_administratif", "insee_omphale", "mpom"),
    *("laposte_codes_postaux", "barometre_vss"),
    *("drees_tensions_social", "zonage_arretes", "zonage_medecins", "zonage_professions"),
}
# Yearly sources of which there are fewer, and why.
COURTES = {
    "dares_tensions": "la méthode date de 2019, et le classeur de 2022 contient 2020 et 2021",
    "drees_formations": "la présentation est supposée : une seule année",
    "drees_infirmiers": "ces classeurs ne paraissent que depuis 2023",
    "drees_professionnels": "le catalogue lit ces classeurs depuis 2025 ; chacun contient les années depuis 2012",
    "enquete_esms": "deux campagnes déclarées",
    "enquete_internes": "deux campagnes déclarées",
    "enquete_rh": "deux campagnes déclarées",
    "finess_plus": "FINESS+ commence en 2026 (2025 dans l'échantillon)",
    "finess_activites": "FINESS+ commence en 2026 (2025 dans l'échantillon)",
    "france_travail": "un seul relevé, de quatre trimestres",
    "ght": "déduit de la SAE pour 2022 et 2023 seulement",
    "insee_bpe": "ce dénombrement n'est lu que depuis 2024",
    "insee_cog": "l'échantillon en écrit quatre ; la présentation est déclarée depuis 2014",
    "inserjeunes": "un seul jeu, de deux années de sortie",
    "insersup": "un seul jeu, de deux promotions",
    "marche_travail": "un seul relevé, de quatre trimestres",
    "parcoursup": "les colonnes des sessions d'avant 2025 ne sont pas déclarées",
    "postes_padhue": "une seule session",
    "urssaf_effectifs": "chaque millésime contient les années d'avant",
    "violences": "une seule année",
}


def write(root: Path, territoire: Territoire, population: Population, parc: Parc, seed: int, scale: float) -> None:
    """Writes the vintages that the default sample doesn't have; the health directory's are `annuaire`'s."""
    added: dict[str, tuple[Iterable[int], Callable[[int], object]]] = {
        "apl": (range(2014, 2023), lambda m: besoins.write_apl(root, territoire, population, seed, m)),
        "bmo": (range(2015, 2023), lambda m: recrutement.write_bmo(root, territoire, population, seed, m)),
        "carmf": (range(2015, 2024), lambda m: contrats.write_carmf(root, seed, m)),
        "cnam_ald, cnam_medecin_traitant": (
            range(2014, 2023),
            lambda m: besoins.write_cnam(root, population, seed, m),
        ),
        "cnam_demographie": (range(2010, 2018), lambda m: demographie.write_cnam_xls(root, seed, population, m)),
        "cnracl": (range(2015, 2023), lambda m: contrats.write_cnracl(root, seed, [m])),
        "dares_tensions": ((2023, 2024), lambda m: recrutement.write_tensions(root, population, seed, m)),
        "dispositifs": (range(2015, 2024), lambda m: contrats.write_dispositifs(root, territoire, seed, m)),
        "drees_demographie": (
            (*range(2013, 2020), 2021, 2022),
            lambda m: demographie.write_drees_series(root, seed, population, m),
        ),
        "drees_infirmiers": ((2024, 2025), lambda m: infirmiers.write(root, population, seed, m)),
        "drees_medecins_ages": (range(2013, 2022), lambda m: demographie.write_drees_ages(root, seed, population, m)),
        "finess": (range(2015, 2023), lambda m: finess.write_annual(root, parc, territoire, scale, m)),
        "formations_capacites": (range(2015, 2024), lambda m: contrats.write_capacites(root, seed, m)),
        "formations_sanitaires": (
            range(2015, 2024),
            lambda m: contrats.write_formations(root, territoire, seed, m),
        ),
        "insee_cog": ((2025,), lambda m: geographie.write_cog_workbook(root, territoire, m)),
        "insee_population_ages": (range(2013, 2022), lambda m: besoins.write_ages(root, population, m)),
        "insee_population_communes": (
            (*range(2014, 2021), 2022, 2023),
            lambda m: populations.write_communes(root, territoire, population, seed, m),
        ),
        "insee_population_departements": (
            range(2013, 2022),
            lambda m: populations.write_departements(root, population, m),
        ),
        "internat_postes": (range(2015, 2023), lambda m: contrats.write_internat(root, seed, [m])),
        "sae": (range(2014, 2022), lambda m: sae.archive(root, parc, seed, m)),
        "tvs": (range(2015, 2024), lambda m: contrats.write_tvs(root, territoire, m)),
    }
    for millesimes, one in added.values():
        for millesime in millesimes:
            one(millesime)
