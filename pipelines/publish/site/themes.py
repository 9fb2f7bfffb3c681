"""The pages that follow one question across the region: maps, ages, tension, hiring, access, needs, training."""

from collections.abc import Iterator
from decimal import Decimal

from pipelines.publish import charts, maps
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column, french, interval
from pipelines.publish.site import figures, professions, territoires
from pipelines.publish.site.blocks import Absent, Block, Links, Page, Section, Table, Text, slug
from pipelines.publish.site.marts import MODES, Marts


def pages(m: Marts) -> Iterator[Page]:
    """All of them, in the order of the menu."""
    for make in (
        _maps,
        _ages,
        _projections,
        _tension,
        _hiring,
        _access,
        _needs,
        _training,
        _hospital,
        _schemes,
    ):
        yield make(m)


def _page(name: str, title: str, lead: str, sections: list[Section], trail: tuple[tuple[str, str], ...] = ()) -> Page:
    return Page(f"pages/{name}.html", title, lead, f"pages/{name}.html", sections, trail)


def _departements(m: Marts, query: str, **parameters: str) -> list[Row]:
    """Rows of a query by département, with their names and addresses."""
    rows = m.rows(query, **parameters)
    for r in rows:
        r["libelle"] = m.label("departement", r["code"])
        r["_lien"] = territoires.address("departement", r["code"])
    return rows


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
    rows = _departements(
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
    rows = _departements(
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


def _zone_map(m: Marts, niveau: str) -> list[Block]:
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


def _maps(m: Marts) -> Page:
    density = [figure for p in m.professions if (figure := figures.density_map(m, p, "ensemble", m.professions[p]))]
    groups = [
        r["groupe"] for r in m.rows("SELECT DISTINCT groupe FROM atlas.tension WHERE score IS NOT NULL ORDER BY groupe")
    ]
    return _page(
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
            Section("Accès", [*_zone_map(m, "departement"), *_zone_map(m, "arrondissement")]),
            Section("Densités", density or [Absent("Aucune densité par département, ou pas de contours.")]),
        ],
    )


def _ages(m: Marts) -> Page:
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
    return _page(
        "ages",
        "Âges",
        "Les tranches d’âge des professionnels présents, et ceux qui approchent de la fin de leur carrière. "
        "Voir aussi [cessations attendues et projections](pages/projections.html).",
        sections,
    )


METHODS = {"cohorte": "cohortes par âge"}


def _projections(m: Marts) -> Page:
    known = [
        r["profession"]
        for r in m.rows("SELECT DISTINCT profession FROM atlas.projections WHERE retenue ORDER BY profession")
    ]
    sections = []
    for p in known:
        places = [("region", m.region), ("france", "F"), *(("departement", c) for c in m.departements)]
        made = [f for niveau, code in places if (f := figures.projected(m, p, m.professions[p], niveau, code))]
        if made:
            sections.append(Section(f"Projections : {m.professions[p].lower()}", made))
    rows = m.rows(
        "SELECT * FROM atlas.departs_attendus WHERE niveau IN ('departement', 'france') OR (niveau = 'region' AND "
        "code = $region) "
        "ORDER BY profession, horizon, niveau, code, scenario"
    )
    wide: dict[tuple[str, int, str, str], Row] = {}
    for r in rows:
        row = wide.setdefault(
            (r["profession"], r["horizon"], r["niveau"], r["code"]),
            {
                "libelle": m.label(r["niveau"], r["code"]),
                "nom": m.professions.get(r["profession"], r["profession"]),
                "terme": f"{r['horizon']}\u00a0ans",
                "effectif": r["effectif"],
                "annee": r["annee"],
            },
        )
        row[r["scenario"]] = r["departs"]
        if r["scenario"] == "central":
            row["intervalle"] = interval(r["bas"], r["haut"], "n0")
    names = list(dict.fromkeys(r["scenario"] for r in rows if r["scenario"] != "central"))
    for row in wide.values():
        for n in ("central", "intervalle", *names):
            row.setdefault(n, None)
    sections.insert(
        0,
        Section(
            "Cessations d’activité attendues",
            [
                Text(
                    "Parmi les professionnels présents, combien auront cessé d’exercer ? Ce ne sont pas des départs en "
                    "retraite : certains continuent, d’autres partent plus tôt. Les arrivées n’y sont pas."
                ),
                Table(
                    "Cessations attendues à cinq et dix ans, par scénario",
                    (
                        Column("libelle", "Territoire"),
                        Column("nom", "Profession"),
                        Column("terme", "D’ici"),
                        Column("annee", "Présents en", "year"),
                        Column("effectif", "Présents", "n0"),
                        Column("central", "Scénario central", "n0"),
                        Column("intervalle", "Intervalle à 95 %"),
                        *(Column(n, n[:1].upper() + n[1:], "n0") for n in names),
                    ),
                    list(wide.values()),
                ),
            ]
            if wide
            else [Absent("Aucune source d’âges ne permet de les estimer.")],
        ),
    )
    sections.append(
        Section(
            "Entrées en formation face aux cessations",
            [
                Table(
                    "Entrants d’une année pour une cessation annuelle",
                    professions.REPLACEMENT,
                    professions.replacement_rows(m),
                )
            ],
        )
    )
    errors = m.rows("FROM qualite.projections_epreuve ORDER BY profession, niveau DESC, annee, methode")
    for r in errors:
        r["nom"] = m.professions.get(r["profession"], r["profession"])
        r["methode"] = METHODS.get(r["methode"], r["methode"])
    sections.append(
        Section(
            "Épreuve sur le passé",
            [
                Text(
                    "Chaque méthode est ajustée jusqu’en 2016, puis comparée aux effectifs observés ensuite. "
                    "C’est l’erreur à garder en tête en lisant une projection."
                ),
                _error_figure(m, errors),
                Table(
                    "Erreur de chaque méthode",
                    (
                        Column("nom", "Profession"),
                        Column("niveau", "Niveau"),
                        Column("methode", "Méthode"),
                        Column("annee", "Année prédite", "year"),
                        Column("territoires", "Territoires", "n0"),
                        Column("erreur_mediane", "Erreur médiane", "signed2"),
                        Column("erreur_mediane_absolue", "Erreur médiane absolue", "pct2"),
                    ),
                    errors,
                    folded=True,
                ),
            ]
            if errors
            else [Absent("Aucune série assez longue.")],
        )
    )
    return _page("projections", "Départs et projections", "Qui cessera d’exercer, et combien serons-nous ?", sections)


def _error_figure(m: Marts, errors: list[Row]) -> Block:
    rows = [
        {"serie": r["methode"], "annee": r["annee"], "valeur": r["erreur_mediane_absolue"]}
        for r in errors
        if r["profession"] == "medecin" and r["niveau"] == "departement"
    ]
    if not rows:
        return Text("L’erreur par département n’est connue pour aucune profession.")
    rows.sort(key=lambda r: (r["serie"], r["annee"]))
    return Figure(
        id="epreuve-medecin-departement",
        title="Médecins : erreur médiane des projections, par département",
        spec=charts.series(rows, "erreur médiane absolue", zero=True, kind="pct1"),
        columns=(
            Column("serie", "Méthode"),
            Column("annee", "Année prédite", "year"),
            Column("valeur", "Erreur", "pct1"),
        ),
        rows=rows,
        words=charts.say_series(rows, "erreur médiane absolue par département", "pct1"),
        source=m.source("drees_demographie"),
    )


def _tension(m: Marts) -> Page:
    sections = []
    groups = [
        r["groupe"] for r in m.rows("SELECT DISTINCT groupe FROM atlas.tension WHERE score IS NOT NULL ORDER BY groupe")
    ]
    for g in groups:
        label = territoires.group_label(m, g)
        rows = _departements(
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
        details = _departements(
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
        "SELECT groupe, min(motif) AS motif, max(poids_present) AS poids FROM atlas.tension WHERE score IS NULL "
        "GROUP BY groupe ORDER BY groupe"
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
    return _page(
        "tension",
        "Tension",
        "Où l’offre, l’accès, les âges, l’évolution et le recrutement se conjuguent. Un rang se lit avec ses rangs "
        "plausibles.",
        sections,
    )


def _hiring(m: Marts) -> Page:
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
    return _page(
        "recrutement",
        "Recrutement",
        "Ce que les employeurs comptent recruter, et ce qu’ils jugent difficile.",
        sections,
    )


# Zones where access is hard: general practitioners, then the other professions.
HARD = {"medecin": ("ZIP", "ZAC")}
HARD_ELSEWHERE = ("TSD", "SD")


def _zones(m: Marts, profession: str) -> list[Block]:
    """How the population is split between the zones of a profession."""
    rows = m.rows(
        "SELECT annee, niveau, code, zone, population, valeur AS part, statut, origine FROM atlas.acces "
        "WHERE profession = $profession AND valeur IS NOT NULL "
        "AND (niveau = 'departement' OR (niveau = 'region' AND code = $region)) "
        "QUALIFY annee = max(annee) OVER () ORDER BY niveau DESC, code, zone",
        profession=profession,
    )
    if not {r["zone"] for r in rows} - {"non classée"}:
        return []
    hard = HARD.get(profession, HARD_ELSEWHERE)
    both: dict[str, Decimal] = {}
    for r in rows:
        r["libelle"] = m.label(r["niveau"], r["code"])
        both[r["libelle"]] = both.get(r["libelle"], Decimal(0)) + (r["part"] if r["zone"] in hard else 0)
    order = sorted(both, key=lambda n: (-both[n], n))
    label = m.doctors(profession).lower()
    return [
        Figure(
            id=slug(f"zonage-{profession}"),
            title=f"Population par zone, {label}, {rows[0]['annee']}",
            spec=charts.shares(rows, order),
            columns=(
                Column("libelle", "Territoire"),
                Column("zone", "Zone"),
                Column("population", "Habitants", "n0"),
                Column("part", "Part", "pct1"),
            ),
            rows=rows,
            words=f"Part des habitants en {' ou en '.join(hard)} : "
            + " ; ".join(f"{n}, {french(both[n], 'pct0')}" for n in order)
            + ".",
            source=m.zoning({r["origine"] for r in rows}),
            notes=[
                "Zones, de la plus difficile à la mieux pourvue : "
                + ", ".join(f"{z} ({charts.ZONES[z][1]})" for z in charts.ZONES if z in {r["zone"] for r in rows})
                + f". D’où elles viennent : {', '.join(sorted({r['origine'] for r in rows}))}."
            ],
        )
    ]


def _access(m: Marts) -> Page:
    doctors = _zones(m, "medecin")
    others = [b for p in m.professions if p != "medecin" for b in _zones(m, p)]
    sections = [
        Section(
            "Zonage des médecins généralistes",
            [*doctors, *_zone_map(m, "departement"), *_zone_map(m, "arrondissement")]
            if doctors
            else [Absent("Aucun zonage n’a été reçu.")],
        ),
        Section(
            "Zonage des autres professions",
            others or [Absent("Aucun arrêté de zonage n’a été reçu pour une autre profession.")],
        ),
    ]
    if doctors:
        communes = m.rows(
            "SELECT c.libelle, c.departement, a.zone, a.population, a.statut FROM atlas.acces AS a "
            "JOIN reference.communes AS c ON c.commune = a.code WHERE a.niveau = 'commune' AND c.region = $region "
            "AND a.profession = 'medecin' AND a.zone = 'ZIP' QUALIFY a.annee = max(a.annee) OVER () "
            "ORDER BY a.population DESC NULLS LAST, c.libelle LIMIT 100"
        )
        if communes:
            sections.append(
                Section(
                    "Communes en zone prioritaire",
                    [
                        Text(
                            "Les cent plus peuplées ; [toutes les communes](donnees.html) sont dans la table "
                            "atlas.acces."
                        ),
                        Table(
                            "Communes en ZIP, par population",
                            (
                                Column("libelle", "Commune"),
                                Column("departement", "Département"),
                                Column("population", "Habitants", "n0"),
                            ),
                            communes,
                            folded=True,
                        ),
                    ],
                )
            )
    apl = m.rows(
        "SELECT * FROM atlas.apl WHERE niveau IN ('departement', 'france') OR (niveau = 'region' AND code = $region) "
        "QUALIFY annee = max(annee) OVER () ORDER BY profession, niveau DESC, code"
    )
    for r in apl:
        r["libelle"] = m.label(r["niveau"], r["code"])
        r["nom"] = m.doctors(r["profession"])
        r["part_sous_2_5_statut"] = "sans objet" if r["profession"] != "medecin" else r["statut"]
    sections.append(
        Section(
            "Accessibilité potentielle localisée (APL)",
            [
                Table(
                    f"APL, {apl[0]['annee']}",
                    (
                        Column("libelle", "Territoire"),
                        Column("nom", "Profession"),
                        Column("valeur", "APL", "n1"),
                        Column("unite", "Unité"),
                        Column("part_sous_2_5", "Habitants sous 2,5 consultations", "pct1"),
                    ),
                    apl,
                )
                if apl
                else Absent("L’APL de la DREES n’a pas été reçue pour cette édition.")
            ],
        )
    )
    patients = _needs_rows(m, ("part_ald_sans_medecin_traitant",))
    sections.append(
        Section(
            "Patients sans médecin traitant",
            [_needs_table("Patients en affection de longue durée sans médecin traitant", patients)]
            if patients
            else [Absent("La CNAM ne les a pas donnés pour cette édition.")],
        )
    )
    return _page("acces", "Accès aux soins", "Qui vit loin d’un médecin généraliste, ou n’en trouve pas.", sections)


def _needs_rows(m: Marts, names: tuple[str, ...]) -> list[Row]:
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


def _needs_table(caption: str, rows: list[Row]) -> Table:
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


def _needs(m: Marts) -> Page:
    sections = []
    for name, label in (("part_60_plus_population", "60 ans ou plus"), ("part_75_plus_population", "75 ans ou plus")):
        found = m.rows(
            "SELECT annee, scenario, niveau, code, valeur FROM atlas.besoins WHERE indicateur = $name "
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
                            source=m.source("insee_population_departements", "insee_omphale"),
                            notes=["Une projection de population n’est pas une prévision."],
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
        rows = _needs_rows(m, names)
        sections.append(
            Section(
                caption,
                [_needs_table(f"{caption}, dernière année observée", rows)]
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
    return _page("besoins", "Besoins de soins", "Population âgée et affections de longue durée.", sections)


def _training(m: Marts) -> Page:
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
    return _page(
        "formations",
        "Formation et relève",
        "Places offertes, admis, internes, et ce que cela pèse face aux cessations attendues.",
        [
            Section(
                "Entrées en formation face aux cessations",
                [
                    *professions.replacement_figure(m),
                    Table(
                        "Entrants d’une année pour une cessation annuelle attendue",
                        professions.REPLACEMENT,
                        professions.replacement_rows(m),
                        "Un rapport de nombres annuels, pas un bilan : tous les admis ne sont pas diplômés, et tous ne "
                        "restent pas dans la région.",
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


def _hospital(m: Marts) -> Page:
    found = m.rows(
        "SELECT h.variable, v.libelle, v.mesure, v.ordre, v.dont, h.statut_regroupe, h.annee, h.valeur, h.statut "
        "FROM atlas.hospitaliers AS h JOIN reference.variables_sae AS v USING (variable) WHERE h.niveau = 'region' "
        "AND h.code = $region AND h.annee = (SELECT max(annee) FROM atlas.hospitaliers) ORDER BY v.ordre, "
        "h.statut_regroupe"
    )
    by_line: dict[str, Row] = {}
    for r in found:
        row = by_line.setdefault(r["variable"], {"libelle": r["libelle"], "mesure": r["mesure"]})
        row[f"s{r['statut_regroupe']}"], row[f"s{r['statut_regroupe']}_statut"] = r["valeur"], r["statut"]
    columns = [Column("libelle", "Personnels"), Column("mesure", "Mesure")] + [
        Column(f"s{k}", v[:1].upper() + v[1:], "n0") for k, v in territoires.STATUS.items()
    ]
    for row in by_line.values():
        for c in columns[2:]:
            row.setdefault(c.key, None)
    ght = m.rows(
        "SELECT code_ght, nom_ght, variable, valeur, statut FROM fiches.ght_personnels WHERE list_contains($names, "
        "variable) "
        "AND millesime = (SELECT max(millesime) FROM fiches.ght_personnels) ORDER BY code_ght, variable",
        names=["ETPSAL_TOT", "EFF_INT", "ETP_TOT_PNM", "ETP_INFSANSSPE", "ETP_AID", "ETP_SAG"],
    )
    by_ght: dict[str, Row] = {}
    for r in ght:
        row = by_ght.setdefault(r["code_ght"], {"libelle": r["nom_ght"] or r["code_ght"], "code": r["code_ght"]})
        row[r["variable"]], row[f"{r['variable']}_statut"] = r["valeur"], r["statut"]
    ght_columns = (
        Column("libelle", "GHT"),
        Column("ETPSAL_TOT", "ETP médicaux salariés", "n0"),
        Column("EFF_INT", "Internes, docteurs juniors et FFI", "n0"),
        Column("ETP_SAG", "Sages-femmes, ETP", "n0"),
        Column("ETP_TOT_PNM", "ETP non médicaux", "n0"),
        Column("ETP_INFSANSSPE", "Infirmiers sans spécialisation, ETP", "n0"),
        Column("ETP_AID", "Aides-soignants, ETP", "n0"),
    )
    for row in by_ght.values():
        for c in ght_columns:
            row.setdefault(c.key, None)
    year = found[0]["annee"] if found else ""
    return _page(
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


def _schemes(m: Marts) -> Page:
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
    return _page(
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
