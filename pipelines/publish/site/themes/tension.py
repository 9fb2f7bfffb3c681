"""The index of tension: ranks, what is behind them, how it is made."""

from pipelines.publish import charts
from pipelines.publish.charts import Figure
from pipelines.publish.numbers import Column, french
from pipelines.publish.site import figures, territoires
from pipelines.publish.site.blocks import Block, Page, Section, Table, Text, slug, theme
from pipelines.publish.site.marts import Marts


def page(m: Marts) -> Page:
    """The page."""
    sections = []
    groups = [
        r["groupe"] for r in m.rows("SELECT DISTINCT groupe FROM atlas.tension WHERE score IS NOT NULL ORDER BY groupe")
    ]
    for g in groups:
        label = territoires.group_label(m, g)
        rows = territoires.departements(
            m,
            "SELECT code, score, score_geometrique, rang, rang_bas, rang_haut, territoires_classes FROM atlas.tension "
            "WHERE groupe = $groupe AND niveau = 'departement' AND score IS NOT NULL ORDER BY rang, code",
            groupe=g,
        )
        last = rows[0]["territoires_classes"]
        blocks: list[Block] = [
            Figure(
                id=slug(f"rangs-{g}"),
                title=f"{label} : rang de tension et rangs plausibles",
                spec=charts.ranks(rows, last),
                columns=(
                    Column("libelle", "Département"),
                    Column("score", "Indice", "n0"),
                    Column("score_geometrique", "Indice, moyenne géométrique", "n0"),
                    Column("rang", "Rang", "n0"),
                    Column("rang_bas", "Meilleur rang plausible", "n0"),
                    Column("rang_haut", "Pire rang plausible", "n0"),
                ),
                rows=rows,
                words=" ; ".join(
                    f"{r['libelle']} : rang {r['rang']} (de {r['rang_bas']} à {r['rang_haut']}), indice "
                    f"{french(r['score'])}"
                    for r in rows
                )
                + ".",
                source="indicateurs de l’atlas",
                notes=[
                    "La barre couvre mille jeux de poids tirés au sort et l’abandon de chaque dimension. "
                    "Deux barres qui se recouvrent : l’ordre n’est pas assuré."
                ],
            ),
            *(f for c in m.departements if (f := figures.decomposition(m, g, label, c))),
        ]
        details = territoires.departements(
            m,
            "SELECT t.code, t.dimension, t.indicateur, i.libelle AS nom, t.valeur, i.unite, t.annee, t.source, "
            "t.rang_centile, t.motif "
            "FROM atlas.tension_indicateurs AS t LEFT JOIN reference.indicateurs AS i USING (indicateur) "
            "WHERE t.groupe = $groupe AND t.niveau = 'departement' ORDER BY t.code, t.dimension, t.indicateur",
            groupe=g,
        )
        for r in details:
            r["nom"], r["motif"] = r["nom"] or r["indicateur"], r["motif"] or ""
            r["source"] = m.source(r["source"])
            r["valeur"] = french(r["valeur"], "n2") if r["valeur"] is not None else None
        blocks.append(
            Table(
                f"{label} : les indicateurs derrière l’indice",
                (
                    Column("libelle", "Département"),
                    Column("dimension", "Dimension"),
                    Column("nom", "Indicateur"),
                    Column("valeur", "Valeur"),
                    Column("unite", "Unité"),
                    Column("annee", "Année", "year"),
                    Column("rang_centile", "Rang centile", "n0"),
                    Column("source", "Source"),
                    Column("motif", "Pourquoi il est écarté"),
                ),
                details,
                folded=True,
            )
        )
        sections.append(Section(label, blocks))
    missing = m.rows(
        "SELECT groupe, arg_max(motif, poids_present) AS motif, max(poids_present) AS poids FROM atlas.tension "
        "WHERE score IS NULL GROUP BY groupe ORDER BY groupe"
    )
    for r in missing:
        r["nom"] = territoires.group_label(m, r["groupe"])
    if missing:
        sections.append(
            Section(
                "Groupes sans indice",
                [
                    Text("Rien n’est imputé : là où une dimension requise manque, il n’y a pas d’indice."),
                    Table(
                        "Pourquoi il n’y a pas d’indice",
                        (
                            Column("nom", "Groupe"),
                            Column("motif", "Ce qui manque"),
                            Column("poids", "Poids connu", "pct0"),
                        ),
                        missing,
                    ),
                ],
            )
        )
    weights = m.rows(
        "SELECT c.groupe, c.dimension, c.poids, c.requise, c.note, i.libelle, c.indicateur FROM "
        "reference.tension_composition AS c "
        "LEFT JOIN reference.indicateurs AS i USING (indicateur) ORDER BY c.groupe, c.dimension, c.indicateur"
    )
    for r in weights:
        r["nom"], r["libelle"] = territoires.group_label(m, r["groupe"]), r["libelle"] or r["indicateur"]
        r["requise"], r["note"] = "oui" if r["requise"] else "non", r["note"] or ""
    sections.append(
        Section(
            "Comment l’indice est composé",
            [
                Text(
                    "Chaque indicateur devient un rang parmi les départements de métropole, de 0 (détendu) à 100 "
                    "(tendu). "
                    "L’indice est leur moyenne pondérée ; 50 est le milieu. C’est un classement, pas une mesure."
                ),
                Table(
                    "Dimensions, indicateurs et poids",
                    (
                        Column("nom", "Groupe"),
                        Column("dimension", "Dimension"),
                        Column("libelle", "Indicateur"),
                        Column("poids", "Poids", "n2"),
                        Column("requise", "Requise"),
                        Column("note", "Note"),
                    ),
                    weights,
                    folded=True,
                ),
            ],
        )
    )
    return theme(
        "tension",
        "Tension",
        "Où l’offre, l’accès, les âges, l’évolution et le recrutement se conjuguent. Un rang se lit avec ses rangs "
        "plausibles.",
        sections,
    )
