"""Ages of the professionals present, and the share of women."""

from pipelines.publish.numbers import Column, interval
from pipelines.publish.site import figures
from pipelines.publish.site.blocks import Absent, Block, Page, Section, Table, theme
from pipelines.publish.site.marts import MODES, Marts


def page(m: Marts) -> Page:
    """The page."""
    known = [
        r["profession"]
        for r in m.rows(
            "SELECT DISTINCT profession FROM atlas.ages WHERE niveau = 'region' AND code = $region AND valeur IS "
            "NOT NULL "
            "ORDER BY profession"
        )
    ]
    sections = []
    for p in known:
        blocks: list[Block] = [
            f
            for niveau, code in [
                ("region", m.region),
                *(("departement", c) for c in (m.departements if p == "medecin" else ())),
            ]
            if (f := figures.age_bands(m, p, m.professions[p], niveau, code))
        ]
        if blocks:
            sections.append(Section(m.professions[p], blocks))
    rows = m.rows(
        "SELECT d.niveau, d.code, d.profession, d.annee, d.valeur AS plus_60, e.valeur AS plus_55, d.denominateur, "
        "i.bas, i.haut, i.face_a_france AS face FROM atlas.departs AS d "
        "JOIN atlas.departs AS e ON e.indicateur = 'part_55_plus' AND e.profession = d.profession AND e.niveau = "
        "d.niveau "
        "AND e.code = d.code AND e.annee = d.annee AND e.source = d.source "
        "LEFT JOIN atlas.indicateurs AS i ON i.indicateur = d.indicateur AND i.annee = d.annee AND i.source = d.source "
        "AND i.profession = d.profession AND i.niveau = d.niveau AND i.code = d.code "
        "WHERE d.indicateur = 'part_60_plus' AND d.valeur IS NOT NULL "
        "AND (d.niveau IN ('departement', 'france') OR (d.niveau = 'region' AND d.code = $region)) "
        "QUALIFY d.annee = max(d.annee) OVER (PARTITION BY d.profession) "
        "ORDER BY d.profession, d.niveau, d.code, d.source"
    )
    for r in rows:
        r["libelle"] = m.label(r["niveau"], r["code"])
        r["nom"] = m.professions.get(r["profession"], r["profession"])
        r["intervalle"] = interval(r["bas"], r["haut"], "pct1")
        r["face_statut"] = "sans objet"
    sections.append(
        Section(
            "Part des 55 ans ou plus et des 60 ans ou plus",
            [
                Table(
                    "Professionnels proches de la fin de carrière",
                    (
                        Column("libelle", "Territoire"),
                        Column("nom", "Profession"),
                        Column("annee", "Année", "year"),
                        Column("denominateur", "Effectif", "n0"),
                        Column("plus_55", "55 ans ou plus", "pct1"),
                        Column("plus_60", "60 ans ou plus", "pct1"),
                        Column("intervalle", "60 ans ou plus : intervalle à 95 %"),
                        Column("face", "Face à la France"),
                    ),
                    rows,
                )
                if rows
                else Absent("Aucun âge n’a été reçu.")
            ],
        )
    )
    women = m.rows(
        "SELECT * FROM atlas.indicateurs WHERE indicateur = 'part_femmes' AND specialite = 'ensemble' "
        "AND (niveau IN ('departement', 'france') OR (niveau = 'region' AND code = $region)) "
        "QUALIFY annee = max(annee) OVER (PARTITION BY profession, source, mode_exercice) "
        "ORDER BY profession, mode_exercice, niveau, code, source"
    )
    for r in women:
        r["libelle"], r["nom"] = m.label(r["niveau"], r["code"]), m.professions.get(r["profession"], r["profession"])
        r["mode"], r["intervalle"] = (
            MODES.get(r["mode_exercice"], r["mode_exercice"]),
            interval(r["bas"], r["haut"], "pct1"),
        )
    sections.append(
        Section(
            "Part des femmes",
            [
                Table(
                    "Part des femmes, dernière année connue",
                    (
                        Column("libelle", "Territoire"),
                        Column("nom", "Profession"),
                        Column("mode", "Mode d’exercice"),
                        Column("annee", "Année", "year"),
                        Column("denominateur", "Effectif", "n0"),
                        Column("valeur", "Part des femmes", "pct1"),
                        Column("intervalle", "Intervalle à 95 %"),
                    ),
                    women,
                )
                if women
                else Absent("Aucune source ne donne le sexe des professionnels.")
            ],
        )
    )
    return theme(
        "ages",
        "Âges",
        "Les tranches d’âge des professionnels présents, et ceux qui approchent de la fin de leur carrière. "
        "Voir aussi [cessations attendues et projections](pages/projections.html).",
        sections,
    )
