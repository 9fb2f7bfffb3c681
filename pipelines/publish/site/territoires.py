"""What several pages still need of territories, until they are declared."""

from pipelines.publish.charts import Row
from pipelines.publish.site.blocks import slug
from pipelines.publish.site.marts import Marts


def departements(m: Marts, query: str, **parameters: str) -> list[Row]:
    """Rows of a query by département, with their names and addresses."""
    rows = m.rows(query, **parameters)
    for r in rows:
        r["libelle"] = m.label("departement", r["code"])
        r["_lien"] = address("departement", r["code"])
    return rows


def address(niveau: str, code: str) -> str:
    """Where the page of a territory is."""
    return f"pages/{niveau}-{slug(code)}.html"


def group_label(m: Marts, groupe: str) -> str:
    """The name of a group of the index."""
    return "Médecins généralistes" if groupe == "medecin_generaliste" else m.professions.get(groupe, groupe)


def hiring_rows(m: Marts, niveau: str, code: str) -> list[Row]:
    """BMO's last year: projects and the share judged difficult, by occupation, beside France."""
    return m.rows(
        "SELECT p.annee, p.fap, p.libelle, p.valeur AS projets, p.statut AS projets_statut, p.couverture AS "
        "couverture_projets, "
        "d.valeur AS difficile, coalesce(d.statut, 'nd') AS difficile_statut, d.couverture, f.valeur AS france "
        "FROM atlas.recrutement AS p "
        "LEFT JOIN atlas.recrutement AS d ON d.indicateur = 'part_difficile' AND d.source = 'bmo' AND d.annee = "
        "p.annee "
        "AND d.fap = p.fap AND d.niveau = p.niveau AND d.code = p.code "
        "LEFT JOIN atlas.recrutement AS f ON f.indicateur = 'part_difficile' AND f.source = 'bmo' AND f.annee = "
        "p.annee "
        "AND f.fap = p.fap AND f.niveau = 'france' "
        "WHERE p.source = 'bmo' AND p.indicateur = 'projets' AND p.niveau = $niveau AND p.code = $code "
        "AND p.annee = (SELECT max(annee) FROM atlas.recrutement WHERE source = 'bmo') ORDER BY p.libelle",
        niveau=niveau,
        code=code,
    )
