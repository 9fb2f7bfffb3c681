"""Schemes of attractiveness beside the tension."""

from pipelines.publish.numbers import Column
from pipelines.publish.site.blocks import Absent, Page, Section, Table, theme
from pipelines.publish.site.marts import Marts


def page(m: Marts) -> Page:
    """The page."""
    rows = m.rows(
        "SELECT * FROM atlas.dispositifs WHERE niveau IN ('region', 'departement') QUALIFY annee = max(annee) OVER () "
        "ORDER BY dispositif, profession, niveau DESC, code"
    )
    tension = {
        r["code"]: r["score"]
        for r in m.rows("SELECT code, score FROM atlas.tension WHERE groupe = 'medecin' AND niveau = 'departement'")
    }
    for r in rows:
        r["libelle"] = m.label(r["niveau"], r["code"])
        r["nom"] = m.professions.get(
            r["profession"], "toutes professions" if r["profession"] == "toutes" else r["profession"]
        )
        r["tension"] = tension.get(r["code"]) if r["niveau"] == "departement" else None
        r["tension_statut"] = "sans objet" if r["niveau"] != "departement" else "nd"
    return theme(
        "dispositifs",
        "Dispositifs d’attractivité",
        "Qui en a bénéficié, à côté de la tension des médecins. Un nombre de bénéficiaires ne dit pas l’effet.",
        [
            Section(
                "Bénéficiaires",
                [
                    Table(
                        f"Bénéficiaires et montants, {rows[0]['annee']}",
                        (
                            Column("libelle", "Territoire"),
                            Column("dispositif", "Dispositif"),
                            Column("nom", "Profession"),
                            Column("public", "Public"),
                            Column("nature", "Ce qui est compté"),
                            Column("beneficiaires", "Bénéficiaires", "n0"),
                            Column("montant", "Montant (€)", "n0"),
                            Column("tension", "Tension des médecins (0 à 100)", "n0"),
                        ),
                        rows,
                    )
                ]
                if rows
                else [Absent("L’agence n’a pas encore déposé ses dispositifs pour cette édition.")],
            )
        ],
    )
