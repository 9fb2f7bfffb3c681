"""Older people and long-term illness."""

from pipelines.publish import charts
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column
from pipelines.publish.site.blocks import Absent, Page, Section, Table, slug, theme
from pipelines.publish.site.marts import Marts


def needs(m: Marts, names: tuple[str, ...]) -> list[Row]:
    """Last observed values of some indicators of need, for the départements, the region and France."""
    rows = m.rows(
        "SELECT b.*, i.libelle AS nom FROM atlas.besoins AS b LEFT JOIN reference.indicateurs AS i USING (indicateur) "
        "WHERE list_contains($names, b.indicateur) AND b.scenario = 'observé' "
        "AND (b.niveau IN ('departement', 'france') OR (b.niveau = 'region' AND b.code = $region)) "
        "QUALIFY b.annee = max(b.annee) OVER (PARTITION BY b.indicateur) ORDER BY b.indicateur, b.niveau DESC, "
        "b.code, b.source",
        names=list(names),
    )
    for r in rows:
        r["libelle"], r["nom"] = m.label(r["niveau"], r["code"]), r["nom"] or r["indicateur"]
    return rows


def table(caption: str, rows: list[Row]) -> Table:
    """They as a table."""
    kind = "pct1" if rows and rows[0]["indicateur"].startswith("part") else "n0"
    return Table(
        caption,
        (
            Column("libelle", "Territoire"),
            Column("nom", "Indicateur"),
            Column("annee", "Année", "year"),
            Column("valeur", "Valeur", kind),
        ),
        rows,
    )


def page(m: Marts) -> Page:
    """The page."""
    sections = []
    for name, label in (("part_60_plus_population", "60 ans ou plus"), ("part_75_plus_population", "75 ans ou plus")):
        found = m.rows(
            "SELECT annee, scenario, niveau, code, valeur, source FROM atlas.besoins WHERE indicateur = $name "
            "AND (niveau = 'france' OR (niveau = 'region' AND code = $region)) AND valeur IS NOT NULL "
            "ORDER BY niveau DESC, code, scenario = 'observé' DESC, scenario, annee",
            name=name,
        )
        rows = [
            {
                **r,
                "serie": m.label(r["niveau"], r["code"])
                + (" (observé)" if r["scenario"] == "observé" else f" (projection : {r['scenario'].lower()})"),
            }
            for r in found
        ]
        if len({r["annee"] for r in rows}) > 2:
            sections.append(
                Section(
                    f"Population de {label}",
                    [
                        Figure(
                            id=slug(name),
                            title=f"Part des {label} dans la population",
                            spec=charts.series(rows, "part de la population", kind="pct1"),
                            columns=(
                                Column("serie", "Territoire"),
                                Column("annee", "Année", "year"),
                                Column("valeur", "Part", "pct1"),
                            ),
                            rows=rows,
                            words=charts.say_series(rows, "part de la population", "pct1"),
                            source=m.source(*sorted({r["source"] for r in rows})),
                            notes=["Une projection de population n’est pas une prévision."]
                            if any(r["scenario"] != "observé" for r in rows)
                            else [],
                        ),
                    ],
                )
            )
    for caption, names in (
        (
            "Parts dans la population",
            ("part_60_plus_population", "part_65_plus_population", "part_75_plus_population", "part_ald"),
        ),
        ("Nombres", ("population_60_plus", "population_75_plus", "patients_ald")),
    ):
        rows = needs(m, names)
        sections.append(
            Section(
                caption,
                [table(f"{caption}, dernière année observée", rows)]
                if rows
                else [
                    Absent(
                        "Ni les estimations de population par âge détaillé, ni les patients en affection de longue "
                        "durée "
                        "n’ont été reçus pour cette édition."
                    )
                ],
            )
        )
    return theme(
        "besoins",
        "Besoins de soins",
        "Population âgée, et affections de longue durée où une source de l’édition les donne.",
        sections,
    )
