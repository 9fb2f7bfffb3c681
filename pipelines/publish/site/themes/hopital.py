"""Staff of hospitals by legal status and by GHT."""

from pipelines.publish.charts import Row
from pipelines.publish.numbers import Column
from pipelines.publish.site import professions
from pipelines.publish.site.blocks import Absent, Links, Page, Section, Table, theme
from pipelines.publish.site.marts import Marts


def page(m: Marts) -> Page:
    """The page."""
    found = m.rows(
        "SELECT h.variable, v.libelle, v.mesure, v.ordre, v.dont, h.secteur, h.annee, h.valeur, h.statut "
        "FROM atlas.hospitaliers AS h JOIN reference.variables_sae AS v USING (variable) WHERE h.niveau = 'region' "
        "AND h.code = $region AND h.annee = (SELECT max(annee) FROM atlas.hospitaliers) ORDER BY v.ordre, "
        "h.secteur"
    )
    by_line: dict[str, Row] = {}
    for r in found:
        row = by_line.setdefault(r["variable"], {"libelle": r["libelle"], "mesure": r["mesure"]})
        row[f"s{r['secteur']}"], row[f"s{r['secteur']}_statut"] = r["valeur"], r["statut"]
    shown = {r["secteur"] for r in found}
    columns = [Column("libelle", "Personnels"), Column("mesure", "Mesure")] + [
        Column(f"s{k}", v[:1].upper() + v[1:], "n0") for k, v in m.statuses.items() if k in shown
    ]
    for row in by_line.values():
        for c in columns[2:]:
            row.setdefault(c.key, None)
    ght = m.rows(
        "SELECT code_ght, nom_ght, variable, valeur, statut FROM fiches.ght_personnels WHERE list_contains($names, "
        "variable) "
        "AND millesime = (SELECT max(millesime) FROM fiches.ght_personnels) ORDER BY code_ght, variable",
        names=["ETPSAL_TOT", "EFF_INT_recalcule", "ETP_TOT_PNM", "ETP_INFSANSSPE", "ETP_AID", "ETP_SAG"],
    )
    by_ght: dict[str, Row] = {}
    for r in ght:
        row = by_ght.setdefault(r["code_ght"], {"libelle": r["nom_ght"] or r["code_ght"], "code": r["code_ght"]})
        row[r["variable"]], row[f"{r['variable']}_statut"] = r["valeur"], r["statut"]
    ght_columns = (
        Column("libelle", "GHT"),
        Column("ETPSAL_TOT", "ETP médicaux salariés", "n0"),
        Column("EFF_INT_recalcule", "Internes, docteurs juniors et FFI", "n0"),
        Column("ETP_SAG", "Sages-femmes, ETP", "n0"),
        Column("ETP_TOT_PNM", "ETP non médicaux", "n0"),
        Column("ETP_INFSANSSPE", "Infirmiers sans spécialisation, ETP", "n0"),
        Column("ETP_AID", "Aides-soignants, ETP", "n0"),
    )
    for row in by_ght.values():
        for c in ght_columns:
            row.setdefault(c.key, None)
    year = found[0]["annee"] if found else ""
    return theme(
        "hopital",
        "Hôpital",
        "Personnels des établissements de santé, publics et privés. "
        "[Chercher un établissement ou un GHT](pages/recherche.html).",
        [
            Section(
                "Région, par statut juridique",
                [
                    Table(
                        f"Personnels des établissements de santé, {m.name}, {year}",
                        columns,
                        list(by_line.values()),
                        "Effectifs au 31 décembre ; ETP moyens annuels rémunérés. Une ligne « dont » fait partie de la "
                        f"précédente : ne pas l’ajouter. Source : {m.source('sae')}.",
                    )
                ]
                if found
                else [Absent("La SAE n’a pas été reçue.")],
            ),
            Section(
                "Groupements hospitaliers de territoire",
                [
                    Table(
                        f"Personnels des GHT, {year}",
                        ght_columns,
                        list(by_ght.values()),
                        "Somme des sites publics des membres.",
                    )
                ]
                if by_ght
                else [Absent("Aucun GHT n’a de total connu.")],
            ),
            Section(
                "Groupes de spécialités",
                [
                    Links(
                        [
                            (
                                professions.group_address(g["groupe"]),
                                g["libelle"].removeprefix("dont ").capitalize(),
                                "",
                            )
                            for g in m.rows(
                                "SELECT substr(variable, 8) AS groupe, libelle FROM reference.variables_sae "
                                "WHERE variable LIKE 'ETPSAL_%' AND variable <> 'ETPSAL_TOT' ORDER BY ordre"
                            )
                        ]
                    )
                ],
            ),
        ],
    )
