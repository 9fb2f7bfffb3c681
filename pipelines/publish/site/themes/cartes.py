"""Maps of the region, a section for each question."""

from pipelines.publish import charts, maps
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column, interval
from pipelines.publish.site import figures, territoires
from pipelines.publish.site.blocks import Absent, Block, Page, Section, Table, slug, theme
from pipelines.publish.site.marts import Marts


def _map(
    m: Marts,
    name: str,
    title: str,
    rows: list[Row],
    unit: str,
    kind: str,
    source: str,
    extra: tuple[Column, ...] = (),
    notes: tuple[str, ...] = (),
    niveau: str = "departement",
) -> list[Block]:
    """One map and its table; the table alone where there is no outline."""
    columns = (Column("libelle", "Territoire"), Column("valeur", unit[:1].upper() + unit[1:], kind), *extra)
    if sum(r["valeur"] is not None for r in rows) < 2:
        return [Absent(f"{title} : moins de deux territoires ont une valeur.")]
    if not m.covered(niveau):
        return [Table(title, columns, rows)]
    return [
        Figure(
            id=slug(f"carte-{name}"),
            title=title,
            spec=maps.choropleth(
                m.outlines[niveau], rows, unit, kind=kind, palette=charts.BROWNS, labels=niveau == "departement"
            ),
            columns=columns,
            rows=rows,
            words=charts.say_dots(rows, unit, kind, []),
            source=source,
            notes=notes,
        )
    ]


def _tension_map(m: Marts, groupe: str) -> list[Block]:
    label = territoires.group_label(m, groupe)
    rows = territoires.departements(
        m,
        "SELECT code, score AS valeur, rang, rang_bas, rang_haut, statut FROM atlas.tension "
        "WHERE groupe = $groupe AND niveau = 'departement' ORDER BY code",
        groupe=groupe,
    )
    for r in rows:
        r["rangs"] = f"{r['rang_bas']} à {r['rang_haut']}" if r["rang"] else ""
    return _map(
        m,
        f"tension-{groupe}",
        f"{label} : indice de tension, édition {m.edition}",
        rows,
        "indice, de 0 (détendu) à 100 (tendu)",
        "n0",
        "indicateurs de l’atlas",
        (Column("rang", "Rang en métropole", "n0"), Column("rangs", "Rangs plausibles")),
        ("Deux départements dont les rangs plausibles se recouvrent ne se distinguent pas.",),
    )


def _old_map(m: Marts) -> list[Block]:
    rows = territoires.departements(
        m,
        "SELECT d.code, d.annee, d.valeur, d.statut, i.bas, i.haut, i.face_a_france AS face FROM atlas.departs AS d "
        "LEFT JOIN atlas.indicateurs AS i ON i.indicateur = d.indicateur AND i.annee = d.annee "
        "AND i.profession = d.profession AND i.source = d.source AND i.niveau = d.niveau AND i.code = d.code "
        "WHERE d.indicateur = 'part_60_plus' AND d.profession = 'medecin' AND d.niveau = 'departement' "
        "AND d.annee = (SELECT max(annee) FROM atlas.departs WHERE indicateur = 'part_60_plus') ORDER BY d.code",
    )
    for r in rows:
        r["intervalle"] = interval(r["bas"], r["haut"], "pct1")
    year = rows[0]["annee"] if rows else ""
    return _map(
        m,
        "medecins-60-plus",
        f"Médecins : part des 60 ans ou plus, 1er janvier {year}",
        rows,
        "part des 60 ans ou plus",
        "pct1",
        m.source("drees_medecins_ages"),
        (Column("intervalle", "Intervalle à 95 %"), Column("face", "Face à la France")),
        (figures.APPROX,),
    )


def _zone_rows(m: Marts, niveau: str) -> list[Row]:
    rows = m.rows(
        "SELECT code, annee, sum(valeur) AS valeur, sum(population) AS habitants, min(statut) AS statut, "
        "string_agg(DISTINCT origine, ' ' ORDER BY origine) AS origine FROM atlas.acces "
        "WHERE profession = 'medecin' AND niveau = $niveau AND zone IN ('ZIP', 'ZAC') GROUP BY code, annee "
        "QUALIFY annee = max(annee) OVER () ORDER BY code",
        niveau=niveau,
    )
    mine = {a["code"] for a in m.arrondissements} if niveau == "arrondissement" else set(m.departements)
    kept = [r for r in rows if r["code"] in mine]
    for r in kept:
        r["libelle"] = m.label(niveau, r["code"])
        r["_lien"] = territoires.address(niveau, r["code"])
    return kept


def zone_map(m: Marts, niveau: str) -> list[Block]:
    """Share of the population in a zone where access is hard, by territory: one map, or its table."""
    rows = _zone_rows(m, niveau)
    words = {"departement": "département", "arrondissement": "arrondissement"}[niveau]
    return _map(
        m,
        f"zip-zac-{niveau}",
        f"Part de la population en ZIP ou en ZAC, par {words}, {rows[0]['annee'] if rows else ''}",
        rows,
        "part de la population",
        "pct0",
        m.zoning({r["origine"] for r in rows}),
        (Column("habitants", "Habitants concernés", "n0"),),
        niveau=niveau,
    )


def page(m: Marts) -> Page:
    """The page."""
    density = [figure for p in m.professions if (figure := figures.density_map(m, p, "ensemble", m.professions[p]))]
    groups = [
        r["groupe"] for r in m.rows("SELECT DISTINCT groupe FROM atlas.tension WHERE score IS NOT NULL ORDER BY groupe")
    ]
    return theme(
        "cartes",
        "Cartes",
        "Une couleur plus foncée dit une valeur plus haute. Le signe ≈ marque un territoire que l’incertitude ne "
        "permet pas de distinguer de la France. Sous chaque carte, la liste de ses valeurs.",
        [
            Section(
                "Tension",
                [b for g in groups for b in _tension_map(m, g)] or [Absent("L’indice n’existe pour aucun groupe.")],
            ),
            Section("Âges", _old_map(m)),
            Section("Accès", [*zone_map(m, "departement"), *zone_map(m, "arrondissement")]),
            Section("Densités", density or [Absent("Aucune densité par département, ou pas de contours.")]),
        ],
    )
