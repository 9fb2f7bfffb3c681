"""A page per territory: the region, its départements, their arrondissements."""

from collections.abc import Iterator
from typing import Any

from pipelines.publish.charts import Row
from pipelines.publish.numbers import Column, french, interval
from pipelines.publish.site import figures
from pipelines.publish.site.blocks import Absent, Block, Card, Cards, Links, Page, Section, Table, Text, slug
from pipelines.publish.site.marts import MODES, Marts

AREA = "pages/territoires.html"
HOSPITAL = (
    "EFFSAL_TOT",
    "ETPSAL_TOT",
    "EFFLIB_TOT",
    "EFF_INT_recalcule",
    "ETP_SAG",
    "ETP_TOT_PNM",
    "ETP_INFSANSSPE",
    "ETP_INFAVECSPE",
    "ETP_AID",
    "ETP_ASH",
    "ETP_CAD",
    "ETP_REEDU",
)


def departements(m: Marts, query: str, **parameters: str) -> list[Row]:
    """Rows of a query by département, with their names and addresses."""
    rows = m.rows(query, **parameters)
    for r in rows:
        r["libelle"] = m.label("departement", r["code"])
        r["_lien"] = address("departement", r["code"])
    return rows


def address(niveau: str, code: str) -> str:
    """Where the page of a territory is."""
    return f"pages/{niveau}-{slug(code)}.html"


def pages(m: Marts, sheets: frozenset[str]) -> Iterator[Page]:
    """The list of territories, then their pages. `sheets`: identifiers that have a sheet."""
    yield _index(m)
    for niveau, code in [("region", m.region), *(("departement", c) for c in m.departements)]:
        yield _territory(m, niveau, code, sheets)
    for row in m.arrondissements:
        yield _arrondissement(m, row, sheets)


def _index(m: Marts) -> Page:
    sections = [
        Section(
            "La région",
            [Links([(address("region", m.region), m.name, "toutes les professions, l’hôpital, la formation")])],
        ),
        Section(
            "Les départements",
            [Links([(address("departement", c), m.label("departement", c), "") for c in m.departements])],
        ),
    ]
    for c in m.departements:
        rows = [a for a in m.arrondissements if a["departement"] == c]
        if rows:
            sections.append(
                Section(
                    f"Arrondissements : {m.label('departement', c)}",
                    [Links([(address("arrondissement", a["code"]), a["libelle"], "") for a in rows])],
                )
            )
    return Page(AREA, "Territoires", f"{m.name}, ses départements et leurs arrondissements.", AREA, sections)


def _territory(m: Marts, niveau: str, code: str, sheets: frozenset[str]) -> Page:
    name = m.label(niveau, code)
    sections = [
        Section("En bref", [_brief(m, niveau, code)]),
        Section("Effectifs et densités", _supply(m, niveau, code)),
        Section("Âges et cessations d’activité", _ages(m, niveau, code)),
    ]
    if niveau == "departement":
        sections.append(Section("Tension", _tension(m, code)))
    sections += [
        Section("Accès aux médecins généralistes", _access(m, niveau, code)),
        Section("Besoins de soins", _needs(m, niveau, code)),
        Section("Recrutement", _hiring(m, niveau, code)),
        Section("Hôpital", _hospital(m, niveau, code)),
        Section("Formation", _training(m, niveau, code)),
        Section("Établissements", _establishments(m, niveau, code, sheets)),
    ]
    if niveau == "region":
        sections.insert(
            1,
            Section(
                "Départements",
                [Links([(address("departement", c), m.label("departement", c), "") for c in m.departements])],
            ),
        )
    else:
        rows = [a for a in m.arrondissements if a["departement"] == code]
        if rows:
            sections.append(
                Section(
                    "Arrondissements", [Links([(address("arrondissement", a["code"]), a["libelle"], "") for a in rows])]
                )
            )
    trail = [(AREA, "Territoires")] + ([(address("region", m.region), m.name)] if niveau != "region" else [])
    return Page(
        address(niveau, code), name, f"Les professions de santé en un coup d’œil : {name}.", AREA, sections, trail
    )


def _arrondissement(m: Marts, row: Row, sheets: frozenset[str]) -> Page:
    code, departement = row["code"], row["departement"]
    return Page(
        address("arrondissement", code),
        f"Arrondissement : {row['libelle']}",
        "À cette échelle, les effectifs de ville par profession ne sont pas publiés : "
        f"voir [{m.label('departement', departement)}]({address('departement', departement)}).",
        AREA,
        [
            Section("Accès aux médecins généralistes", _access(m, "arrondissement", code)),
            Section("Hôpital", _hospital(m, "arrondissement", code)),
            Section("Établissements", _establishments(m, "arrondissement", code, sheets)),
        ],
        [(AREA, "Territoires"), (address("departement", departement), m.label("departement", departement))],
    )


def _one(m: Marts, query: str, **parameters: Any) -> Row | None:
    found = m.rows(query, **parameters)
    return found[0] if found else None


def _brief(m: Marts, niveau: str, code: str) -> Block:
    cards = []
    for profession, label in (("medecin", "médecins"), ("infirmier", "infirmiers libéraux")):
        mode = "libéral" if profession == "infirmier" else None
        here = [r for r in m.density(profession, mode=mode) if (r["niveau"], r["code"]) == (niveau, code)]
        france = [r for r in m.density(profession, mode=mode) if r["niveau"] == "france"]
        if here and here[0]["effectif"] is not None:
            detail = f"{french(here[0]['valeur'], 'n1')} pour 100 000 habitants"
            if france:
                detail += f" ; France : {french(france[0]['valeur'], 'n1')}"
            cards.append(
                Card(
                    french(here[0]["effectif"]),
                    label,
                    f"{detail} ({here[0]['date_reference'].year})",
                    f"pages/profession-{slug(profession)}.html",
                )
            )
    old = _one(
        m,
        "SELECT valeur, annee FROM atlas.departs WHERE indicateur = 'part_60_plus' AND profession = 'medecin' "
        "AND niveau = $niveau AND code = $code ORDER BY annee DESC LIMIT 1",
        niveau=niveau,
        code=code,
    )
    if old:
        cards.append(
            Card(
                french(old["valeur"], "pct1"),
                "des médecins ont 60 ans ou plus",
                f"au 1er janvier {old['annee']}",
                "pages/ages.html",
            )
        )
    zoned = m.rows(
        "SELECT zone, valeur, annee, origine FROM atlas.acces WHERE profession = 'medecin' AND niveau = $niveau "
        "AND code = $code "
        "AND zone IN ('ZIP', 'ZAC') QUALIFY annee = max(annee) OVER () ORDER BY zone",
        niveau=niveau,
        code=code,
    )
    if zoned:
        cards.append(
            Card(
                french(sum(z["valeur"] or 0 for z in zoned), "pct1"),
                "des habitants vivent en ZIP ou en ZAC",
                f"zones où l’accès aux généralistes est difficile, {zoned[0]['annee']}"
                + ("" if all(z["origine"] == "arrêté" for z in zoned) else " ; d’après une liste non officielle"),
                "pages/acces.html",
            )
        )
    tension = _one(
        m,
        "FROM atlas.tension WHERE groupe = 'medecin' AND niveau = $niveau AND code = $code AND score IS NOT NULL",
        niveau=niveau,
        code=code,
    )
    if tension:
        cards.append(
            Card(
                french(tension["score"]),
                "indice de tension des médecins, sur 100",
                f"rang {tension['rang']} sur {tension['territoires_classes']} (de {tension['rang_bas']} à "
                f"{tension['rang_haut']})",
                "pages/tension.html",
            )
        )
    return Cards(cards) if cards else Absent("Aucun chiffre clé n’est connu à cette échelle.")


def _supply(m: Marts, niveau: str, code: str) -> list[Block]:
    rows = []
    for r in m.of_reference:
        if (r["niveau"], r["code"]) != (niveau, code) or r["specialite"] != "ensemble":
            continue
        france = next(
            (
                f["valeur"]
                for f in m.of_reference
                if f["niveau"] == "france"
                and all(
                    f[k] == r[k] for k in ("profession", "specialite", "mode_exercice", "source", "annee", "feuille")
                )
            ),
            None,
        )
        rows.append(
            {
                **r,
                "nom": m.professions.get(r["profession"], r["profession"]),
                "_lien": f"pages/profession-{slug(r['profession'])}.html",
                "mode": MODES.get(r["mode_exercice"], r["mode_exercice"]),
                "france": None if r["reserve"] else france,
                **({"france_statut": "sans objet"} if r["reserve"] else {}),
                "face_statut": "sans objet",
                "reserve": r["reserve"] or "",
                "producteur": m.source(r["source"]).split(",")[0],
            }
        )
    if not rows:
        return [Absent("Aucun effectif n’est publié à cette échelle.")]
    rows.sort(key=lambda r: (r["nom"], list(MODES).index(r["mode_exercice"]) if r["mode_exercice"] in MODES else 9))
    blocks: list[Block] = [
        Table(
            f"Professionnels par mode d’exercice, dernière année connue : {m.label(niveau, code)}",
            (
                Column("nom", "Profession"),
                Column("mode", "Mode d’exercice"),
                Column("annee", "Année", "year"),
                Column("effectif", "Effectif", "n0"),
                Column("valeur", "Densité", "n1"),
                Column("intervalle", "Intervalle à 95 %"),
                Column("france", "Densité, France", "n1"),
                Column("face", "Face à la France"),
                Column("producteur", "Source"),
                *([Column("reserve", "Réserve")] if any(r["reserve"] for r in rows) else []),
            ),
            rows,
            "Densités pour 100 000 habitants. « Non distinguable » : l’intervalle contient la valeur de la France. "
            "La DREES compte au 1er janvier, la CNAM au 31 décembre et les seuls libéraux : ne pas les additionner.",
        )
    ]
    figure = figures.density_series(m, "medecin", "Médecins", niveau, code)
    return [*blocks, *([figure] if figure else [])]


def _ages(m: Marts, niveau: str, code: str) -> list[Block]:
    blocks: list[Block] = []
    for profession in ("medecin",):
        label = m.professions[profession]
        for make in (figures.age_bands, figures.projected):
            figure = make(m, profession, label, niveau, code)
            if figure:
                blocks.append(figure)
    rows = m.rows(
        "SELECT * FROM atlas.departs_attendus WHERE niveau = $niveau AND code = $code AND scenario = 'central' "
        "ORDER BY profession, horizon",
        niveau=niveau,
        code=code,
    )
    for r in rows:
        r["nom"] = m.professions.get(r["profession"], r["profession"])
        r["intervalle"] = interval(r["bas"], r["haut"], "n0")
        r["terme"] = f"{r['horizon']}\u00a0ans"
    if rows:
        blocks.append(
            Table(
                f"Cessations d’activité attendues parmi les professionnels présents : {m.label(niveau, code)}",
                (
                    Column("nom", "Profession"),
                    Column("annee", "Présents en", "year"),
                    Column("effectif", "Présents", "n0"),
                    Column("terme", "D’ici"),
                    Column("departs", "Cessations attendues", "n0"),
                    Column("intervalle", "Intervalle à 95 %"),
                    Column("part_departs", "Part des présents", "pct1"),
                ),
                rows,
                "Ce ne sont pas des départs en retraite : certains continuent d’exercer, d’autres partent plus tôt.",
            )
        )
    return blocks or [Absent("Les âges ne sont connus pour aucune profession à cette échelle.")]


def _tension(m: Marts, code: str) -> list[Block]:
    rows = m.rows(
        "FROM atlas.tension WHERE niveau = 'departement' AND code = $code ORDER BY score IS NULL, score DESC, groupe",
        code=code,
    )
    if not rows:
        return [Absent("L’indice n’existe pas pour ce territoire.")]
    blocks: list[Block] = []
    for r in rows:
        label = group_label(m, r["groupe"])
        r["nom"], r["rangs"] = label, f"{r['rang_bas']} à {r['rang_haut']}" if r["rang"] else ""
        r["motif"] = r["motif"] or ""
        if r["score"] is not None:
            figure = figures.decomposition(m, r["groupe"], label, code)
            if figure:
                blocks.append(figure)
    blocks.append(
        Table(
            f"Indice de tension par groupe de professions : {m.label('departement', code)}",
            (
                Column("nom", "Groupe"),
                Column("score", "Indice (0 à 100)", "n0"),
                Column("rang", "Rang", "n0"),
                Column("rangs", "Rangs plausibles"),
                Column("motif", "Pourquoi il manque"),
            ),
            rows,
            "Rang 1 : le plus tendu de France métropolitaine. [Comment l’indice est composé](pages/tension.html).",
        )
    )
    return blocks


def group_label(m: Marts, groupe: str) -> str:
    """The name of a group of the index."""
    return "Médecins généralistes" if groupe == "medecin_generaliste" else m.professions.get(groupe, groupe)


def _access(m: Marts, niveau: str, code: str) -> list[Block]:
    rows = m.rows(
        "SELECT * FROM atlas.acces WHERE profession = 'medecin' AND niveau = $niveau AND code = $code "
        "QUALIFY annee = max(annee) OVER () ORDER BY valeur DESC NULLS LAST, zone",
        niveau=niveau,
        code=code,
    )
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                f"Population par zone, médecins généralistes, {rows[0]['annee']} : {m.label(niveau, code)}",
                (
                    Column("zone", "Zone"),
                    Column("communes", "Communes", "n0"),
                    Column("population", "Habitants", "n0"),
                    Column("valeur", "Part de la population", "pct1"),
                ),
                rows,
                "ZIP : zone d’intervention prioritaire ; ZAC : zone d’action complémentaire ; HZ : hors zone. "
                + (
                    f"{rows[0]['avertissement'][:1].upper()}{rows[0]['avertissement'][1:]}."
                    if rows[0]["avertissement"]
                    else ""
                ),
            )
        )
    apl = m.rows(
        "SELECT * FROM atlas.apl WHERE niveau = $niveau AND code = $code "
        "AND annee = (SELECT max(annee) FROM atlas.apl) ORDER BY profession",
        niveau=niveau,
        code=code,
    )
    for r in apl:
        r["nom"] = m.doctors(r["profession"])
        r["part_sous_2_5_statut"] = "sans objet" if r["profession"] != "medecin" else r["statut"]
    if apl:
        blocks.append(
            Table(
                f"Accessibilité potentielle localisée (APL), {apl[0]['annee']} : {m.label(niveau, code)}",
                (
                    Column("nom", "Profession"),
                    Column("valeur", "APL", "n1"),
                    Column("unite", "Unité"),
                    Column("part_sous_2_5", "Habitants sous 2,5 consultations", "pct1"),
                ),
                apl,
            )
        )
    return blocks or [Absent("Ni zonage ni accessibilité ne sont connus ici.")]


def _needs(m: Marts, niveau: str, code: str) -> list[Block]:
    rows = m.rows(
        "SELECT b.indicateur, b.annee, b.scenario, b.valeur, b.unite, b.statut, i.libelle, f.valeur AS france "
        "FROM atlas.besoins AS b LEFT JOIN reference.indicateurs AS i USING (indicateur) "
        "LEFT JOIN atlas.besoins AS f ON f.niveau = 'france' AND f.indicateur = b.indicateur AND f.annee = b.annee "
        "AND f.scenario = b.scenario AND f.source = b.source "
        "WHERE b.niveau = $niveau AND b.code = $code AND b.scenario = 'observé' AND b.indicateur LIKE 'part%' "
        "QUALIFY row_number() OVER (PARTITION BY b.indicateur ORDER BY b.annee DESC, b.source) = 1 ORDER BY "
        "b.indicateur",
        niveau=niveau,
        code=code,
    )
    if not rows:
        return [Absent("Aucune source de population âgée ou de patients n’a été reçue pour cette édition.")]
    for r in rows:
        r["libelle"] = r["libelle"] or r["indicateur"]
    return [
        Table(
            f"Besoins de soins, dernière année observée : {m.label(niveau, code)}",
            (
                Column("libelle", "Indicateur"),
                Column("annee", "Année", "year"),
                Column("valeur", "Valeur", "pct1"),
                Column("france", "France", "pct1"),
            ),
            rows,
        )
    ]


def hiring_rows(m: Marts, niveau: str, code: str) -> list[Row]:
    """BMO's last year: projects and the share judged difficult, by occupation, beside France."""
    return m.rows(
        "SELECT p.annee, p.fap, p.libelle, p.valeur AS projets, p.statut AS projets_statut, p.couverture AS "
        "couverture_projets, "
        "d.valeur AS difficile, coalesce(d.statut, 'nd') AS difficile_statut, d.couverture, f.valeur AS france "
        "FROM atlas.recrutement AS p "
        "LEFT JOIN atlas.recrutement AS d ON d.indicateur = 'part_difficile' AND d.source = 'bmo' AND d.annee = "
        "p.annee "
        "AND d.fap = p.fap AND d.niveau = p.niveau AND d.code = p.code "
        "LEFT JOIN atlas.recrutement AS f ON f.indicateur = 'part_difficile' AND f.source = 'bmo' AND f.annee = "
        "p.annee "
        "AND f.fap = p.fap AND f.niveau = 'france' "
        "WHERE p.source = 'bmo' AND p.indicateur = 'projets' AND p.niveau = $niveau AND p.code = $code "
        "AND p.annee = (SELECT max(annee) FROM atlas.recrutement WHERE source = 'bmo') ORDER BY p.libelle",
        niveau=niveau,
        code=code,
    )


def _hiring(m: Marts, niveau: str, code: str) -> list[Block]:
    rows = hiring_rows(m, niveau, code)
    if not rows:
        return [Absent("L’enquête Besoins en main-d’œuvre n’a pas de ligne ici.")]
    return [
        Table(
            f"Projets de recrutement, enquête BMO {rows[0]['annee']} : {m.label(niveau, code)}",
            (
                Column("libelle", "Métier"),
                Column("projets", "Projets", "n0"),
                Column("difficile", "Jugés difficiles", "pct0"),
                Column("couverture", "Couverture", "pct0"),
                Column("france", "Jugés difficiles, France", "pct0"),
            ),
            rows,
            "La couverture est la part des cases de l’enquête que le secret laisse voir : sous 100 %, les projets sont "
            "un minimum. [Lire BMO](pages/recrutement.html).",
        )
    ]


def _hospital(m: Marts, niveau: str, code: str) -> list[Block]:
    names = ", ".join(f"'{v}'" for v in HOSPITAL)
    rows = m.rows(
        f"SELECT h.variable, v.libelle, v.mesure, h.annee, h.valeur, h.statut, h.sites, h.sites_repondants, "
        f"e.valeur_precedente AS avant, e.statut_precedent AS avant_statut, e.sites_precedents, "
        f"e.sites_repondants_precedents, e.evolution_relative AS evolution, e.motif "
        f"FROM atlas.hospitaliers AS h JOIN reference.variables_sae AS v USING (variable) "
        f"LEFT JOIN atlas.evolutions_hospitalieres AS e USING (annee, niveau, code, variable) "
        f"WHERE h.niveau = $niveau AND h.code = $code AND h.secteur = 'ensemble' AND h.variable IN ({names}) "
        f"AND h.annee = (SELECT max(annee) FROM atlas.hospitaliers) ORDER BY v.ordre",
        niveau=niveau,
        code=code,
    )
    if not rows:
        return [Absent("Aucun établissement de santé n’a répondu à la SAE sur ce territoire.")]
    for r in rows:
        r["motif"] = (r["motif"] or "").replace("'", "’")
        r["evolution_statut"] = "nd" if r["motif"] or r["avant"] is None else "sans objet"
        r["reponse"] = f"{r['sites_repondants']} sur {r['sites']}"
        if r["sites_precedents"] is not None:
            r["reponse"] += f" ; en {r['annee'] - 1}, {r['sites_repondants_precedents']} sur {r['sites_precedents']}"
    year = rows[0]["annee"]
    return [
        Table(
            f"Personnels des établissements de santé, {year} : {m.label(niveau, code)}",
            (
                Column("libelle", "Personnels"),
                Column("mesure", "Mesure"),
                Column("avant", str(year - 1), "n0"),
                Column("valeur", str(year), "n0"),
                Column("evolution", f"Évolution {year - 1}-{year}", "signed1"),
                Column("reponse", "Sites répondants"),
                *([Column("motif", "Pourquoi l’évolution manque")] if any(r["motif"] for r in rows) else []),
            ),
            rows,
            "Effectifs au 31 décembre ; ETP moyens annuels rémunérés. Source : "
            f"{m.source('sae')}. Une évolution n’est donnée que si aucun des sites présents les deux années n’a manqué "
            "de répondre l’une d’elles ; celle d’un territoire comprend les sites qui y ont ouvert ou fermé.",
        )
    ]


def _training(m: Marts, niveau: str, code: str) -> list[Block]:
    rows = m.rows(
        "SELECT * FROM atlas.formations WHERE niveau = $niveau AND code = $code "
        "AND annee = (SELECT max(annee) FROM atlas.formations) ORDER BY admis DESC NULLS LAST, diplome",
        niveau=niveau,
        code=code,
    )
    if not rows:
        return [Absent("Aucune formation de Parcoursup sur ce territoire.")]
    return [
        Table(
            f"Places offertes et admis sur Parcoursup, session {rows[0]['annee']} : {m.label(niveau, code)}",
            (
                Column("diplome", "Diplôme"),
                Column("formations", "Formations", "n0"),
                Column("places_offertes", "Places offertes", "n0"),
                Column("admis", "Admis", "n0"),
                Column("part_meme_academie", "Néobacheliers de la même académie", "pct0"),
            ),
            rows,
            "Hors formation continue : ce n’est pas le quota régional. [Toute la formation](pages/formations.html).",
        )
    ]


def _establishments(m: Marts, niveau: str, code: str, sheets: frozenset[str]) -> list[Block]:
    column = {"region": "region", "departement": "departement", "arrondissement": "arrondissement"}[niveau]
    rows = m.rows(
        f"SELECT finess, raison_sociale, commune_libelle, secteur, nom_ght FROM fiches.etablissements "
        f"WHERE {column} = $code AND millesime = (SELECT max(millesime) FROM fiches.etablissements) "
        f"ORDER BY raison_sociale, finess",
        code=code,
    )
    if not rows:
        return [Absent("Aucun établissement de santé de la SAE n’est sur ce territoire.")]
    if niveau == "region":
        return [
            Text(f"{french(len(rows))} sites de la SAE. [Chercher un établissement ou un GHT](pages/recherche.html).")
        ]
    for r in rows:
        r["secteur"] = m.status(r["secteur"])
        r["nom_ght"] = r["nom_ght"] or "aucun"
        if r["finess"] in sheets:
            r["_lien"] = f"fiches/{r['finess']}.html"
    return [
        Table(
            f"Établissements de santé : {m.label(niveau, code)}",
            (
                Column("raison_sociale", "Établissement"),
                Column("finess", "FINESS"),
                Column("commune_libelle", "Commune"),
                Column("secteur", "Statut"),
                Column("nom_ght", "GHT"),
            ),
            rows,
            folded=len(rows) > 30,
        )
    ]
