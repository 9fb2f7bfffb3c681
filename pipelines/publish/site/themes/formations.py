"""Training places, interns, and what they weigh against departures."""

from pipelines.publish.numbers import Column
from pipelines.publish.site import professions
from pipelines.publish.site.blocks import Absent, Page, Section, Table, theme
from pipelines.publish.site.marts import Marts


def page(m: Marts) -> Page:
    """The page."""
    rows = m.rows(
        "SELECT * FROM atlas.formations WHERE region = $region AND niveau IN ('institut', 'region') "
        "AND annee = (SELECT max(annee) FROM atlas.formations) ORDER BY diplome, niveau DESC, libelle, code"
    )
    for r in rows:
        r["lieu"] = r["libelle"] or m.label(r["niveau"], r["code"])
    regional = m.rows(
        "SELECT * FROM atlas.formations_regionales WHERE niveau = 'region' AND code = $region AND entrants IS NOT NULL "
        "QUALIFY annee = max(annee) OVER () ORDER BY diplome"
    )
    posts = m.rows(
        "SELECT i.*, s.libelle AS nom, s.discipline FROM atlas.internat AS i LEFT JOIN "
        "reference.internat_specialites AS s "
        "USING (specialite) WHERE i.niveau = 'region' AND i.code = $region QUALIFY annee = max(annee) OVER () "
        "ORDER BY s.discipline, s.libelle, i.specialite"
    )
    for r in posts:
        r["nom"], r["discipline"] = r["nom"] or r["specialite"], r["discipline"] or ""
    diplomas = {r["diplome"]: r["libelle"] for r in m.rows("SELECT diplome, libelle FROM reference.diplomes")}
    for r in regional:
        r["nom"] = diplomas.get(r["diplome"], r["diplome"])
    goals = m.rows(
        "SELECT * FROM atlas.objectifs_formation WHERE niveau = 'region' AND code = $region "
        "QUALIFY annee = max(annee) OVER () ORDER BY profession"
    )
    for r in goals:
        r["nom"] = m.professions.get(r["profession"], r["profession"])
        r["periode"] = f"{r['periode_debut']} à {r['periode_fin']}" if r["periode_debut"] else "nd"
    return theme(
        "formations",
        "Formation et relève",
        "Places offertes, admis, internes, et les postes à pourvoir en face.",
        [
            Section(
                "Entrées en formation et postes à pourvoir",
                [
                    *professions.replacement_figure(m),
                    Table(
                        "Entrants d’une année, cessations et postes créés par an",
                        professions.REPLACEMENT,
                        professions.replacement_rows(m),
                        professions.REPLACEMENT_NOTE,
                    ),
                ],
            ),
            Section(
                "Parcoursup",
                [
                    Table(
                        f"Places offertes et admis, session {rows[0]['annee']}",
                        (
                            Column("diplome", "Diplôme"),
                            Column("lieu", "Institut"),
                            Column("places_offertes", "Places offertes", "n0"),
                            Column("admis", "Admis", "n0"),
                            Column("admises", "dont femmes", "n0"),
                            Column("part_meme_academie", "Néobacheliers de la même académie", "pct0"),
                        ),
                        rows,
                        "Hors formation continue et apprentissage hors Parcoursup : ni un quota, ni un taux de "
                        "remplissage.",
                    )
                ]
                if rows
                else [Absent("Parcoursup n’a pas été reçu.")],
            ),
            Section(
                "Instituts de formation, toutes voies",
                [
                    Table(
                        f"Entrants, présents et diplômés, rentrée {regional[0]['annee']}",
                        (
                            Column("nom", "Diplôme"),
                            Column("places_autorisees", "Places autorisées", "n0"),
                            Column("entrants", "Entrants", "n0"),
                            Column("presents", "Présents", "n0"),
                            Column("diplomes", "Diplômés", "n0"),
                            Column("apprentis", "Apprentis", "n0"),
                        ),
                        regional,
                    )
                ]
                if regional
                else [Absent("La carte régionale des formations n’a pas été reçue.")],
            ),
            Section(
                "Internat",
                [
                    Table(
                        f"Postes d’interne offerts et pourvus, {posts[0]['annee']}",
                        (
                            Column("nom", "Spécialité"),
                            Column("discipline", "Discipline"),
                            Column("postes", "Postes offerts", "n0"),
                            Column("postes_cesp", "dont CESP", "n0"),
                            Column("pourvus", "Pourvus", "n0"),
                            Column("valeur", "Part pourvue", "pct0"),
                        ),
                        posts,
                        next((f"{r['rupture'][:1].upper()}{r['rupture'][1:]}." for r in posts if r["rupture"]), ""),
                    )
                ]
                if posts
                else [Absent("Les arrêtés d’ouverture de postes n’ont pas été reçus.")],
            ),
            Section(
                "Objectifs nationaux et capacités d’accueil",
                [
                    Table(
                        "Professionnels à former et places des universités",
                        (
                            Column("nom", "Profession"),
                            Column("periode", "Période"),
                            Column("objectif", "Objectif", "n0"),
                            Column("capacite_cycle_2", "Places, deuxième cycle", "n0"),
                            Column("capacite_cumulee", "Places cumulées", "n0"),
                            Column("valeur", "Part de l’objectif", "pct0"),
                        ),
                        goals,
                    )
                ]
                if goals
                else [Absent("Ni les objectifs, ni les capacités d’accueil n’ont été reçus.")],
            ),
        ],
    )
