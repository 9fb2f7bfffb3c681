"""The search over establishments and GHT, which also works as a plain list."""

from pipelines.publish.numbers import Column
from pipelines.publish.site.blocks import Absent, Block, Page, Section, Table, Text
from pipelines.publish.site.marts import Marts

AREA = "pages/recherche.html"


def page(m: Marts, sheets: frozenset[str]) -> Page:
    """All sites and GHT of the region; each leads to its sheet where there is one."""
    ghts = m.rows(
        "SELECT code_ght, max(nom_ght) AS nom FROM fiches.ght_personnels WHERE region_ght = $region "
        "GROUP BY code_ght ORDER BY code_ght"
    )
    rows = [
        {
            "libelle": r["nom"] or r["code_ght"],
            "code": r["code_ght"],
            "quoi": "GHT",
            "fiche": f"ght-{r['code_ght']}",
            "commune": "",
            "departement": "",
            "ght": "",
        }
        for r in ghts
    ]
    for r in m.rows(
        "SELECT j.*, c.libelle AS commune_libelle, g.nom_ght FROM core.entites_juridiques AS j "
        "LEFT JOIN reference.communes AS c ON c.commune = j.commune "
        "LEFT JOIN (SELECT DISTINCT code_ght, nom_ght FROM fiches.ght_membres WHERE millesime = (SELECT max(millesime) "
        "FROM fiches.ght_membres)) AS g ON g.code_ght = j.code_ght "
        "WHERE j.millesime = (SELECT max(millesime) FROM core.entites_juridiques) AND j.sites > 1 "
        "AND (j.region = $region OR j.region_ght = $region) ORDER BY j.raison_sociale, j.finess_ej"
    ):
        rows.append(
            {
                "libelle": r["raison_sociale"],
                "code": r["finess_ej"],
                "quoi": f"entité juridique, {r['sites']} sites",
                "commune": r["commune_libelle"] or "",
                "departement": m.label("departement", r["departement"] or ""),
                "ght": r["nom_ght"] or "",
                "fiche": f"ej-{r['finess_ej']}",
            }
        )
    for r in m.rows(
        "SELECT * FROM fiches.etablissements WHERE millesime = (SELECT max(millesime) FROM fiches.etablissements) "
        "AND (region = $region OR region_ght = $region) ORDER BY raison_sociale, finess"
    ):
        rows.append(
            {
                "libelle": r["raison_sociale"],
                "code": r["finess"],
                "quoi": m.status(r["secteur"]),
                "commune": r["commune_libelle"] or "",
                "departement": m.label("departement", r["departement"] or ""),
                "ght": r["nom_ght"] or "",
            }
        )
    for row in rows:
        name = row.get("fiche", row["code"])
        if name in sheets:
            row["_lien"] = f"fiches/{name}.html"
    blocks: list[Block] = (
        [
            Table(
                "Établissements de santé et GHT",
                (
                    Column("libelle", "Nom"),
                    Column("code", "FINESS ou code"),
                    Column("quoi", "Nature"),
                    Column("commune", "Commune"),
                    Column("departement", "Département"),
                    Column("ght", "GHT"),
                ),
                rows,
            )
        ]
        if rows
        else [Absent("La SAE n’a pas été reçue : il n’y a pas d’établissement à chercher.")]
    )
    listed = [Text("Ou parcourir [toutes les fiches](fiches/index.html).")] if "index" in sheets else []
    return Page(
        AREA,
        "Chercher un établissement ou un GHT",
        "Par nom, commune, numéro FINESS ou GHT ; les accents et la casse ne comptent pas.",
        AREA,
        [Section("Résultats", [*listed, *blocks])],
    )
