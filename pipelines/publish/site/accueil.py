"""The cover: the year's messages, each by a rule from the marts, and whether the edition holds together."""

from collections.abc import Callable

from pipelines.publish.numbers import LEGEND, Column, french, interval
from pipelines.publish.site import figures, professions, territoires
from pipelines.publish.site.blocks import Absent, Block, Card, Cards, Links, Page, Section, Table
from pipelines.publish.site.marts import Marts

Message = Callable[[Marts], Card | None]


def page(m: Marts) -> Page:
    """The first page that a reader sees."""
    cards = [card for rule in MESSAGES if (card := rule(m))]
    blocks: list[Block] = [Cards(cards)] if cards else [Absent("Aucune source ne permet de message cette année.")]
    shown = figures.density_map(m, "medecin", "ensemble", "Médecins")
    return Page(
        "index.html",
        f"Professions de santé en {m.name} : l’essentiel de l’édition {m.edition}",
        "Combien de professionnels, où, à quel âge, qui arrive, où l’on recrute mal. Chaque nombre mène à sa page, "
        "sa source et ses données.",
        "index.html",
        [
            Section("L’année en quelques nombres", blocks),
            *([Section("La carte", [shown])] if shown else []),
            Section("Où aller", [Links(WAYS)]),
            Section("Peut-on s’y fier ?", _trust(m)),
            Section("Lire les tableaux", [_signs()]),
        ],
    )


WAYS = (
    ("pages/territoires.html", "Territoires", "région, départements, arrondissements"),
    ("pages/professions.html", "Professions et spécialités", "effectifs, densités, hôpital"),
    ("pages/cartes.html", "Cartes", "ce qui se distingue, et ce qui ne se distingue pas"),
    ("pages/recherche.html", "Chercher un établissement ou un GHT", "et sa fiche de synthèse"),
    ("donnees.html", "Données", "toutes les tables à télécharger"),
    ("methodologie.html", "Méthode", "la carte de chaque indicateur, les signes, les ruptures de série"),
)


def _signs() -> Block:
    return Table(
        "Signes à la place d’un nombre",
        (Column("signe", "Signe"), Column("sens", "Ce qu’il veut dire")),
        [{"signe": s, "sens": w} for s, w in LEGEND],
    )


def _density(m: Marts) -> Card | None:
    found = m.density("medecin")
    here = next((r for r in found if r["niveau"] == "region"), None)
    france = next((r for r in found if r["niveau"] == "france"), None)
    if not here or not france or here["valeur"] is None or france["valeur"] is None:
        return None
    gap = {
        "plus bas": "au-dessous de la France",
        "plus haut": "au-dessus de la France",
        "non distinguable": "sans écart avec la France qui dépasse l’incertitude",
    }.get(here["face"] or "", "France")
    return Card(
        french(here["valeur"], "n0"),
        "médecins pour 100 000 habitants",
        f"{gap} ({french(france['valeur'], 'n0')}) ; {french(here['effectif'])} médecins, {m.practised(here)}",
        "pages/profession-medecin.html",
    )


def _old(m: Marts) -> Card | None:
    rows = m.rows(
        "SELECT niveau, code, valeur, annee FROM atlas.departs WHERE indicateur = 'part_60_plus' "
        "AND profession = 'medecin' AND annee = (SELECT max(annee) FROM atlas.departs WHERE indicateur = "
        "'part_60_plus') "
        "AND valeur IS NOT NULL ORDER BY valeur DESC, code"
    )
    here = next((r for r in rows if r["niveau"] == "region" and r["code"] == m.region), None)
    most = next((r for r in rows if r["niveau"] == "departement"), None)
    if not here or not most:
        return None
    return Card(
        french(here["valeur"], "pct0"),
        "des médecins ont 60 ans ou plus",
        f"le plus : {m.label('departement', most['code'])}, {french(most['valeur'], 'pct0')} ; 1er janvier "
        f"{here['annee']}",
        "pages/ages.html",
    )


def _departures(m: Marts) -> Card | None:
    rows = m.rows(
        "FROM atlas.departs_attendus WHERE profession = 'medecin' AND niveau = 'region' AND code = $region "
        "AND horizon = 10 AND scenario = 'central' ORDER BY annee DESC LIMIT 1"
    )
    if not rows:
        return None
    r = rows[0]
    return Card(
        french(r["departs"], "n0"),
        "cessations d’activité de médecins attendues en dix ans",
        f"parmi les {french(r['effectif'])} présents en {r['annee']} ; de {interval(r['bas'], r['haut'], 'n0')}",
        "pages/projections.html",
    )


def _zones(m: Marts) -> Card | None:
    rows = m.rows(
        "SELECT annee, sum(population) AS habitants, sum(valeur) AS part, bool_and(origine = 'arrêté') AS par_arrete "
        "FROM atlas.acces WHERE profession = 'medecin' AND niveau = 'region' "
        "AND code = $region AND zone IN ('ZIP', 'ZAC') GROUP BY annee ORDER BY annee DESC LIMIT 1"
    )
    # The unofficial list doesn't find the shares that the agency publishes: it is no message of the year.
    if not rows or rows[0]["part"] is None or not rows[0]["par_arrete"]:
        return None
    return Card(
        french(rows[0]["part"], "pct0"),
        "des habitants vivent là où l’accès aux généralistes est difficile",
        f"{french(rows[0]['habitants'])} habitants en ZIP ou en ZAC, zonage de {rows[0]['annee']}",
        "pages/acces.html",
    )


def _hiring(m: Marts) -> Card | None:
    rows = [
        r
        for r in territoires.hiring_rows(m, "region", m.region)
        if r["fap"].startswith("V")
        and r["libelle"] != "Vétérinaires"
        and r["difficile"] is not None
        and (r["projets"] or 0) >= 100
        and (r["couverture"] or 0) >= 0.7
    ]
    if not rows:
        return None
    most = max(rows, key=lambda r: (r["projets"], r["libelle"]))
    return Card(
        french(most["difficile"], "pct0"),
        "des projets jugés difficiles pour le métier de la santé qui recrute le plus",
        f"{most['libelle']} : {french(most['projets'])} projets, BMO {most['annee']}, couverture "
        f"{french(most['couverture'], 'pct0')}",
        "pages/recrutement.html",
    )


def _tension(m: Marts) -> Card | None:
    rows = m.rows(
        "FROM atlas.tension WHERE groupe = 'medecin' AND niveau = 'departement' AND rang IS NOT NULL ORDER BY "
        "rang, code"
    )
    if not rows:
        return None
    r = rows[0]
    return Card(
        f"{r['rang']}ᵉ" if r["rang"] > 1 else "1er",
        f"rang de tension des médecins : {m.label('departement', r['code'])}",
        f"sur {r['territoires_classes']} départements de métropole ; selon les poids, de {r['rang_bas']} à "
        f"{r['rang_haut']}",
        "pages/tension.html",
    )


def _openings(m: Marts) -> Card | None:
    rows = [
        r
        for r in professions.replacement_rows(m)
        if (r["profession"], r["niveau"]) == ("infirmier", "region") and r["motif"] == ""
    ]
    if not rows:
        return None
    r = rows[0]
    return Card(
        french(r["entrants"]), f"{r['entrees_de']}, soins infirmiers", professions.openings(r), "pages/formations.html"
    )


def _hospital(m: Marts) -> Card | None:
    rows = m.rows(
        "SELECT h.annee, h.valeur, h.sites, h.sites_repondants, e.evolution_relative FROM atlas.hospitaliers AS h "
        "LEFT JOIN atlas.evolutions_hospitalieres AS e USING (annee, niveau, code, variable) "
        "WHERE h.niveau = 'region' AND h.code = $region AND h.secteur = 'ensemble' "
        "AND h.variable = 'ETP_TOT_PNM' AND h.valeur IS NOT NULL ORDER BY h.annee DESC LIMIT 1"
    )
    if not rows:
        return None
    now = rows[0]
    detail = f"en {now['annee']}, {now['sites_repondants']} sites répondants sur {now['sites']}"
    if now["evolution_relative"] is not None:
        detail += f" ; {french(now['evolution_relative'], 'signed1')} en un an"
    return Card(french(now["valeur"], "n0"), "ETP non médicaux à l’hôpital", detail, "pages/hopital.html")


MESSAGES: tuple[Message, ...] = (_density, _old, _departures, _zones, _tension, _hiring, _openings, _hospital)


def _trust(m: Marts) -> list[Block]:
    natures = m.rows(
        "SELECT nature, count(*) FILTER (resultat = 'égal') AS egaux, count(*) FILTER (resultat = 'écart expliqué') AS "
        "expliques, count(*) FILTER (resultat = 'écart') AS ecarts, count(*) AS nombre FROM qualite.rapprochements "
        "GROUP BY nature ORDER BY nature"
    )
    checks = m.rows(
        "SELECT count(*) FILTER (reussi) AS reussis, count(*) AS tous, "
        "count(*) FILTER (NOT reussi AND severite = 'critique') AS graves FROM qualite.controles"
    )[0]
    reserves = m.rows(
        "SELECT source, 'millésime ' || millesime || ', plus ancien que d’ordinaire' AS raison FROM "
        "reference.millesimes "
        "WHERE reference AND trop_ancien UNION ALL SELECT source, 'absente de cette édition' FROM "
        "qualite.avertissements "
        "WHERE sujet = 'source absente' ORDER BY ALL"
    )
    for r in reserves:
        r["titre"] = m.sources[r["source"]]
    published = next((r for r in natures if r["nature"] == "chiffre publié"), None)
    blocks: list[Block] = [
        Cards(
            [
                *(
                    [
                        Card(
                            f"{french(published['egaux'])} sur {french(published['nombre'])}",
                            "chiffres publiés ailleurs, retrouvés à l’identique",
                            f"{published['expliques']} écart(s) expliqué(s), {published['ecarts']} à examiner",
                            "qualite.html#rapprochements",
                        )
                    ]
                    if published
                    else []
                ),
                Card(
                    f"{french(checks['reussis'])} sur {french(checks['tous'])}",
                    "contrôles réussis",
                    f"{checks['graves']} échec(s) critique(s)",
                    "qualite.html#bilan",
                ),
            ]
        )
    ]
    if natures:
        blocks.append(
            Table(
                "Ce qui est rapproché, par nature",
                (
                    Column("nature", "Nature"),
                    Column("nombre", "Rapprochements", "n0"),
                    Column("egaux", "Égaux", "n0"),
                    Column("expliques", "Écarts expliqués", "n0"),
                    Column("ecarts", "À examiner", "n0"),
                ),
                natures,
                "[Chaque rapprochement](qualite.html#rapprochements).",
            )
        )
    if reserves:
        blocks.append(
            Table(
                f"Sources anciennes ou absentes : {len(reserves)}",
                (Column("titre", "Source"), Column("raison", "Réserve")),
                reserves,
                folded=True,
            )
        )
    return blocks
