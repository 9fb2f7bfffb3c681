"""What SQL says badly: intervals, cohorts, projections and their back-tests, composite index.

Each calculation reads queries of the edition's own tables and gives tables of the schema `calculs`, which
the SQL of the marts reads like any other. `ALL` is what the warehouse runs, in the order of what each reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pandas and scipy take a second to import: only a build needs them
    import pandas as pd

SCHEMA = "calculs"

NOW, BEFORE = "édition", "édition précédente"  # the situations of atlas.tension_entrees

WHOLE, NUMBER, SHARE, TEXT, YES = "INTEGER", "DECIMAL(18, 4)", "DECIMAL(18, 8)", "VARCHAR", "BOOLEAN"


@dataclass(frozen=True)
class Calculation:
    """One calculation: `reads` gives the queries of its inputs, `makes` the columns and types of its tables.

    Queries are ordered, so that the same edition gives the same bytes.
    """

    name: str
    reads: Mapping[str, str]
    makes: Mapping[str, Mapping[str, str]]
    run: Callable[[Mapping[str, "pd.DataFrame"]], Mapping[str, "pd.DataFrame"]]


def _intervals(given: Mapping[str, "pd.DataFrame"]) -> Mapping[str, "pd.DataFrame"]:
    from pipelines.indicators import calibration

    found = calibration.calibrate(given["mouvements"])
    return {"intervalles": calibration.bands(given["mesures"], found), "intervalles_epreuve": found.trials}


def _stocks(given: Mapping[str, "pd.DataFrame"]) -> Mapping[str, "pd.DataFrame"]:
    from pipelines.indicators import departures, projections, series

    ages = series.ages(given["ages"])
    coming, tested = projections.projections(ages, given["effectifs"], given["departements"])
    return {
        "departs": departures.expected(ages),
        "departs_epreuve": departures.back_test(ages),
        "projections": coming,
        "epreuve": tested,
    }


def _tension(given: Mapping[str, "pd.DataFrame"]) -> Mapping[str, "pd.DataFrame"]:
    import pandas as pd

    from pipelines.indicators import factors, tension

    entries, composition, reference = given["indicateurs"], given["composition"], frozenset(given["reference"].code)
    of = {name: mine.drop(columns="situation") for name, mine in entries.groupby("situation")}
    none = entries.drop(columns="situation").head(0)
    scores, dimensions, details = tension.index(of.get(NOW, none), composition, reference)
    # Of the edition before, only the ranks are compared.
    same = of.get(BEFORE, none).reset_index(drop=True).equals(of.get(NOW, none).reset_index(drop=True))
    before = scores if same else tension.index(of.get(BEFORE, none), composition, reference)[0]
    groups = tension.groups(of.get(NOW, none), composition, reference)
    studies = {
        "tension_correlations": ([factors.correlations(g) for g in groups], factors.CORRELATIONS),
        "tension_facteurs": ([factors.factors(g) for g in groups], factors.FACTORS),
        "tension_variantes": ([factors.variants(g, given["variantes"]) for g in groups], factors.VARIANTS),
    }
    return {
        "tension": pd.concat([scores.assign(situation=NOW), before.assign(situation=BEFORE)], ignore_index=True),
        "tension_dimensions": dimensions,
        "tension_details": details,
        **{n: pd.concat([pd.DataFrame(columns=names), *made]) for n, (made, names) in studies.items()},
    }


def _profile(given: Mapping[str, "pd.DataFrame"]) -> Mapping[str, "pd.DataFrame"]:
    from pipelines.indicators import profile

    return {"tension_rangs": profile.ranked(given["mesures"])}


_FROM = {"niveau": TEXT, "code": TEXT}
_SOURCE = {"millesime": WHOLE, "revision": WHOLE, "source": TEXT, "profession": TEXT}

# The schedule of ages of nurses comes from a register where leavers stay: no exits can be read in it.
_FOLLOWED = "profession <> 'infirmier'"

# Sources that continue one another are one chain; years on either side of a break that the register calls
# incomparable are two stretches of it. Of two sources of a chain, a year is told by the one of the best rank.
_CHAIN = "JOIN reference.priorites_sources AS c USING (source)"
_BEST = "QUALIFY c.rang = min(c.rang) OVER (PARTITION BY profession, c.serie, niveau, code, annee)"
_SERIES = (
    "c.serie AS chaine, (SELECT count(DISTINCT r.annee) FROM reference.ruptures AS r "
    "JOIN reference.priorites_sources AS o ON o.source = r.source AND o.serie = c.serie "
    "WHERE NOT r.comparable AND r.profession IN ('', s.profession) AND r.annee <= s.annee)::INTEGER AS serie"
)

ALL = (
    Calculation(
        name="intervalles",
        reads={
            "mesures": "SELECT cle, indicateur, source, profession, hasard, sondage, numerateur::DOUBLE AS numerateur, "
            "denominateur::DOUBLE AS denominateur, echelle::DOUBLE AS echelle, "
            "reste_numerateur::DOUBLE AS reste_numerateur, reste_denominateur::DOUBLE AS reste_denominateur "
            "FROM atlas.mesures WHERE hasard IS NOT NULL ORDER BY cle",
            "mouvements": "SELECT indicateur, source, profession, nature, annee, taille::DOUBLE AS taille, "
            "mouvement::DOUBLE AS mouvement FROM atlas.mouvements_mesures ORDER BY ALL",
        },
        makes={
            "intervalles": {
                "cle": "BIGINT",
                "methode": TEXT,
                "calage": TEXT,
                "bas": SHARE,
                "haut": SHARE,
                "bas_reste": SHARE,
                "haut_reste": SHARE,
            },
            "intervalles_epreuve": {
                "indicateur": TEXT,
                "source": TEXT,
                "profession": TEXT,
                "nature": TEXT,
                "calage": TEXT,
                "epreuve": TEXT,
                "methode": TEXT,
                "classe": TEXT,
                "mouvements": WHOLE,
                "couverture": SHARE,
                "demi_largeur": SHARE,
                "score": SHARE,
                "retenue": YES,
            },
        },
        run=_intervals,
    ),
    Calculation(
        name="effectifs à venir",
        reads={
            "ages": f"SELECT profession, source, {_SERIES}, niveau, code, annee, millesime, revision, "
            "coalesce(age_min, 0) AS age_min, effectif, effectif_total "
            f"FROM atlas.ages AS s {_CHAIN} WHERE {_FOLLOWED} AND mode_exercice = 'ensemble' {_BEST} ORDER BY ALL",
            "effectifs": f"SELECT profession, source, {_SERIES}, niveau, code, annee, millesime, revision, effectif "
            f"FROM atlas.effectifs AS s {_CHAIN} WHERE specialite = 'ensemble' AND sexe = 'ensemble' "
            f"AND mode_exercice = 'ensemble' AND {_FOLLOWED} AND effectif IS NOT NULL {_BEST} ORDER BY ALL",
            "departements": "SELECT code, regions AS region FROM reference.territoires "
            "WHERE niveau = 'departement' ORDER BY code",
        },
        makes={
            "departs": {
                **_FROM,
                "annee": WHOLE,
                **_SOURCE,
                "horizon": WHOLE,
                "scenario": TEXT,
                "effectif": NUMBER,
                "departs": NUMBER,
                "bas": NUMBER,
                "haut": NUMBER,
                "debut_serie": WHOLE,
                "fin_serie": WHOLE,
            },
            "departs_epreuve": {
                "profession": TEXT,
                "niveau": TEXT,
                "methode": TEXT,
                "retenue": YES,
                "apprises": TEXT,
                "annee": WHOLE,
                "annee_fin": WHOLE,
                "age_min": WHOLE,
                "age_max": WHOLE,
                "ensemble": YES,
                "territoires": WHOLE,
                "presents": NUMBER,
                "departs_attendus": NUMBER,
                "departs_observes": NUMBER,
                "erreur": SHARE,
                "erreur_mediane_absolue": SHARE,
            },
            "projections": {
                **_FROM,
                "annee_depart": WHOLE,
                **_SOURCE,
                "methode": TEXT,
                "scenario": TEXT,
                "annee": WHOLE,
                "effectif": NUMBER,
                "seul": NUMBER,
                "bas": NUMBER,
                "haut": NUMBER,
                "debut_serie": WHOLE,
                "fin_serie": WHOLE,
                "retenue": YES,
                "reconciliee": YES,
            },
            "epreuve": {
                "profession": TEXT,
                "niveau": TEXT,
                "methode": TEXT,
                "horizon": WHOLE,
                "origines": WHOLE,
                "premiere_origine": WHOLE,
                "derniere_origine": WHOLE,
                "territoires": WHOLE,
                "erreur_mediane": SHARE,
                "erreur_mediane_absolue": SHARE,
                "erreur_moyenne_absolue": SHARE,
                "perte": SHARE,
                "retenue": YES,
                "demi_largeur": SHARE,
                "couverture": SHARE,
            },
        },
        run=_stocks,
    ),
    Calculation(
        name="tension",
        reads={
            "indicateurs": "SELECT situation, groupe, dimension, indicateur, code, valeur::DOUBLE AS valeur, tirage, "
            "numerateur::DOUBLE AS numerateur, denominateur::DOUBLE AS denominateur, duree, "
            "dispersion::DOUBLE AS dispersion FROM atlas.tension_entrees "
            "WHERE niveau = 'departement' AND retenu ORDER BY ALL",
            "composition": "SELECT version_poids, groupe, dimension, indicateur, sens, poids::DOUBLE AS poids, requise "
            "FROM reference.tension_composition ORDER BY ALL",
            "variantes": "SELECT variante, dimension, poids::DOUBLE AS poids "
            "FROM reference.tension_variantes ORDER BY ALL",
            # The 96 of the metropolis: a set that doesn't move with what is known this year.
            "reference": "SELECT code FROM reference.territoires "
            "WHERE niveau = 'departement' AND length(code) = 2 ORDER BY code",
        },
        makes={
            "tension": {
                "situation": TEXT,
                "groupe": TEXT,
                "code": TEXT,
                "score": NUMBER,
                "score_geometrique": NUMBER,
                "rang": WHOLE,
                "rang_bas": WHOLE,
                "rang_haut": WHOLE,
                "territoires_classes": WHOLE,
                "poids_present": SHARE,
                "statut": TEXT,
                "motif": TEXT,
                "version_poids": TEXT,
            },
            "tension_dimensions": {
                "groupe": TEXT,
                "code": TEXT,
                "dimension": TEXT,
                "score": NUMBER,
                "poids": SHARE,
                "contribution": NUMBER,
            },
            "tension_details": {
                "groupe": TEXT,
                "code": TEXT,
                "dimension": TEXT,
                "indicateur": TEXT,
                "valeur_classee": SHARE,
                "rang_centile": NUMBER,
            },
            "tension_correlations": {
                "groupe": TEXT,
                "dimension": TEXT,
                "autre_dimension": TEXT,
                "territoires": WHOLE,
                "correlation": SHARE,
            },
            "tension_facteurs": {"groupe": TEXT, "facteur": WHOLE, "part": SHARE, "territoires": WHOLE},
            "tension_variantes": {"groupe": TEXT, "code": TEXT, "variante": TEXT, "score": NUMBER, "rang": WHOLE},
        },
        run=_tension,
    ),
    Calculation(
        name="profil des tensions",
        reads={
            # Of the metropolis alone: what follows the size of a territory has no sense, and no rank.
            "mesures": "SELECT m.profession, m.indicateur, m.niveau, m.code, m.classee::DOUBLE AS classee, p.sens, "
            "m.tirage, m.numerateur::DOUBLE AS numerateur, m.denominateur::DOUBLE AS denominateur, "
            "NULL::INTEGER AS duree, s.valeur::DOUBLE AS dispersion "
            "FROM atlas.tension_mesures AS m JOIN reference.tension_profil AS p USING (indicateur) "
            "LEFT JOIN reference.seuils AS s ON s.seuil = "
            "CASE m.source WHEN 'bmo' THEN 'dispersion_projets' ELSE 'dispersion_registre' END "
            "WHERE p.sens IS NOT NULL AND m.motif IS NULL AND m.classee IS NOT NULL "
            "AND (m.niveau = 'departement' AND length(m.code) = 2 OR m.niveau = 'region' AND m.code NOT LIKE '0%') "
            "ORDER BY ALL",
        },
        makes={
            "tension_rangs": {
                "profession": TEXT,
                "indicateur": TEXT,
                **_FROM,
                "rang": WHOLE,
                "rang_bas": WHOLE,
                "rang_haut": WHOLE,
                "territoires_classes": WHOLE,
            },
        },
        run=_profile,
    ),
)
