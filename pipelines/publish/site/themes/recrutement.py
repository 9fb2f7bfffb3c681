"""What employers mean to hire, and find hard."""

from pipelines.publish import charts
from pipelines.publish.charts import Figure
from pipelines.publish.numbers import Column, french
from pipelines.publish.site import territoires
from pipelines.publish.site.blocks import Absent, Page, Section, Table, theme
from pipelines.publish.site.marts import Marts


def page(m: Marts) -> Page:
    """The page."""
    rows = territoires.hiring_rows(m, "region", m.region)
    sections = []
    if rows:
        year = rows[0]["annee"]
        for r in rows:
            r["texte"] = f"{french(r['projets'])} (couverture {french(r['couverture_projets'], 'pct0')})"
        shown = sorted(
            ({**r, "valeur": r["projets"]} for r in rows if r["projets"] is not None),
            key=lambda r: (-r["valeur"], r["libelle"]),
        )
        hard = sorted(
            (
                {
                    **r,
                    "valeur": r["difficile"],
                    "texte": f"{french(r['difficile'], 'pct0')} (couverture {french(r['couverture'], 'pct0')})",
                }
                for r in rows
                if r["difficile"] is not None
            ),
            key=lambda r: (-r["valeur"], r["libelle"]),
        )
        note = (
            "La couverture est la part des cases de l’enquête (métier, bassin) que le secret laisse voir. Sous 100 "
            "%, un "
            "total est un minimum, et une part ne porte que sur ce qui se voit."
        )
        sections.append(
            Section(
                f"Projets de recrutement en {year}",
                [
                    Figure(
                        id="bmo-projets",
                        title=f"Projets de recrutement par métier, {m.name}, {year}",
                        spec=charts.bars(shown, "projets"),
                        columns=(
                            Column("libelle", "Métier"),
                            Column("valeur", "Projets", "n0"),
                            Column("couverture_projets", "Couverture", "pct0"),
                        ),
                        rows=shown,
                        words=charts.say_dots(shown, "projets", "n0", []),
                        source=m.source("bmo"),
                        notes=[note],
                    ),
                    Figure(
                        id="bmo-difficiles",
                        title=f"Part des projets jugés difficiles, {m.name}, {year}",
                        spec=charts.bars(hard, "part des projets jugés difficiles", kind="pct0"),
                        columns=(
                            Column("libelle", "Métier"),
                            Column("valeur", "Jugés difficiles", "pct0"),
                            Column("france", "France", "pct0"),
                            Column("couverture", "Couverture", "pct0"),
                        ),
                        rows=hard,
                        words=charts.say_dots(hard, "part des projets jugés difficiles", "pct0", []),
                        source=m.source("bmo"),
                        notes=[note],
                    )
                    if hard
                    else Absent("Aucune part n’est visible."),
                ],
            )
        )
        basins = m.rows(
            "SELECT p.code, p.libelle AS metier, p.valeur AS projets, p.statut AS projets_statut, d.valeur AS "
            "difficile, "
            "coalesce(d.statut, 'nd') AS difficile_statut, d.couverture FROM atlas.recrutement AS p "
            "LEFT JOIN atlas.recrutement AS d ON d.indicateur = 'part_difficile' AND d.source = 'bmo' "
            "AND d.annee = p.annee AND d.fap = p.fap AND d.niveau = p.niveau AND d.code = p.code "
            "WHERE p.source = 'bmo' AND p.indicateur = 'projets' AND p.niveau = 'bassin_bmo' AND p.annee = $annee "
            "ORDER BY p.code, p.fap",
            annee=year,
        )
        for r in basins:
            r["libelle"] = m.label("bassin_bmo", r["code"])
        sections.append(
            Section(
                "Par bassin d’emploi",
                [
                    Table(
                        f"Projets de recrutement par bassin et métier, {year}",
                        (
                            Column("libelle", "Bassin"),
                            Column("metier", "Métier"),
                            Column("projets", "Projets", "n0"),
                            Column("difficile", "Jugés difficiles", "pct0"),
                            Column("couverture", "Couverture", "pct0"),
                        ),
                        basins,
                        folded=True,
                    )
                ],
            )
        )
    else:
        sections.append(Section("Projets de recrutement", [Absent("L’enquête BMO n’a pas été reçue.")]))
    dares = m.rows(
        "SELECT annee, libelle, fap, nomenclature, niveau, code, valeur, statut FROM atlas.recrutement "
        "WHERE source LIKE 'dares%' AND indicateur = 'tension' "
        "AND (niveau IN ('departement', 'france') OR (niveau = 'region' AND code = $region)) "
        "QUALIFY annee = max(annee) OVER () ORDER BY fap, niveau DESC, code"
    )
    for r in dares:
        r["territoire"] = m.label(r["niveau"], r["code"])
    sections.append(
        Section(
            "Tension selon la DARES",
            [
                Table(
                    f"Niveau de tension par famille professionnelle, {dares[0]['annee']} (de 1 à 5)",
                    (
                        Column("libelle", "Famille professionnelle"),
                        Column("territoire", "Territoire"),
                        Column("valeur", "Tension", "n0"),
                    ),
                    dares,
                    "1 : la plus faible, 5 : la plus forte. Imputée là où le volume ne suffit pas.",
                    folded=len(dares) > 40,
                )
                if dares
                else Absent("Les tensions de la DARES n’ont pas été reçues.")
            ],
        )
    )
    return theme(
        "recrutement",
        "Recrutement",
        "Ce que les employeurs comptent recruter, et ce qu’ils jugent difficile.",
        sections,
    )
