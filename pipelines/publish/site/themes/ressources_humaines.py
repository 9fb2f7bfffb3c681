"""Vacancies, turnover, absences and risks as hospitals declare them, then what the agency's other surveys say."""

from pipelines.publish import charts
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column, french
from pipelines.publish.site.blocks import Absent, Block, Page, Section, Table, Text, theme
from pipelines.publish.site.marts import Marts

SOURCE = "enquete_rh"
ALL = "ensemble"
KINDS = {"part, de 0 à 1": "pct1"}
# Reasons of absence: together they are taux_absence.
REASONS = "taux_absence_"
HIDDEN = (
    "« s » : un nombre si petit, ou si dépendant d’un seul établissement, qu’il dirait ce que celui-ci a répondu. "
    "Ce qu’un établissement déclare seul n’est pas publié."
)


def page(m: Marts) -> Page:
    """The page."""
    rows = m.rows(
        "SELECT r.*, i.libelle AS nom FROM atlas.ressources_humaines AS r "
        "LEFT JOIN reference.indicateurs AS i USING (indicateur) "
        "WHERE r.niveau IN ('ght', 'departement') OR (r.niveau = 'region' AND r.code = $region) "
        "ORDER BY r.annee, r.indicateur, r.categorie, r.niveau, r.code"
    )
    for r in rows:
        r["nom"] = r["nom"] or r["indicateur"]
    last = max((r["annee"] for r in rows), default=0)
    now = [r for r in rows if r["annee"] == last]
    sections = (
        [
            Section("Indicateurs de la région", _region(m, rows, last)),
            Section("Par catégorie de personnel", _categories(m, now)),
            Section("Motifs d’absence", _reasons(m, now)),
            Section("Par groupement hospitalier de territoire", _places(m, now, "ght", "GHT")),
            Section("Par département", _places(m, now, "departement", "Département")),
        ]
        if rows
        else [Section("Ressources humaines", [Absent("La campagne de l’agence n’a pas été reçue pour cette édition.")])]
    )
    return theme(
        "ressources-humaines",
        "Ressources humaines et enquêtes",
        "Postes vacants, rotation, absences, contractuels, intérim, accidents et violences, tels que les "
        "établissements publics de santé les déclarent à l’agence ; puis ses autres enquêtes.",
        [*sections, *_surveys(m)],
    )


def _region(m: Marts, rows: list[Row], last: int) -> list[Block]:
    mine = [r for r in rows if r["niveau"] == "region" and r["categorie"] == ALL]
    years = sorted({r["annee"] for r in mine})[-2:]
    by_indicator: dict[str, Row] = {}
    for r in mine:
        row = by_indicator.setdefault(r["indicateur"], {"libelle": r["nom"], "unite": _unit(r["unite"])})
        row[f"a{r['annee']}"] = french(r["valeur"], KINDS.get(r["unite"], "n1")) if r["valeur"] is not None else None
        row[f"a{r['annee']}_statut"] = r["statut"]
    for row in by_indicator.values():
        for year in years:
            row.setdefault(f"a{year}", None)
    answered = max((r for r in mine if r["annee"] == last), key=lambda r: r["repondants"], default=None)
    said: list[Block] = []
    if answered:
        said.append(
            Text(
                f"En {last}, {answered['repondants']} établissements sur {answered['attendus']} ont répondu, soit "
                f"{french(answered['couverture'], 'pct0')} des ETP du champ selon la SAE. Un taux ne porte que sur "
                "eux : c’est un recensement incomplet, sans intervalle de confiance."
            )
        )
    return [
        *said,
        Table(
            f"Indicateurs de ressources humaines, {m.name}",
            (
                Column("libelle", "Indicateur"),
                *(Column(f"a{year}", str(year)) for year in years),
                Column("unite", "Unité"),
            ),
            list(by_indicator.values()),
            f"{HIDDEN} Source : {m.source(SOURCE)}.",
        ),
    ]


def _unit(unit: str) -> str:
    return "%" if unit in KINDS else unit


def _categories(m: Marts, now: list[Row]) -> list[Block]:
    names = {
        r["modalite"]: r["modalite_libelle"]
        for r in m.rows(
            "SELECT modalite, modalite_libelle FROM reference.questions WHERE enquete = $source", source=SOURCE
        )
    }
    shown = ("taux_vacance", "taux_rotation", "part_contractuels")
    by_category: dict[str, Row] = {}
    for r in now:
        if r["niveau"] == "region" and r["indicateur"] in shown:
            row = by_category.setdefault(r["categorie"], {"libelle": names.get(r["categorie"], r["categorie"])})
            row[r["indicateur"]], row[f"{r['indicateur']}_statut"] = r["valeur"], r["statut"]
    order = sorted(by_category, key=lambda c: (c == ALL, by_category[c]["libelle"]))
    lines = [{**dict.fromkeys(shown), **by_category[c]} for c in order]
    vacant = sorted(
        ({**r, "valeur": r["taux_vacance"]} for r in lines if r["taux_vacance"] is not None),
        key=lambda r: (-r["valeur"], r["libelle"]),
    )
    columns = (
        Column("libelle", "Catégorie"),
        Column("taux_vacance", "Postes vacants", "pct1"),
        Column("taux_rotation", "Rotation", "pct1"),
        Column("part_contractuels", "Contractuels", "pct1"),
    )
    table = Table("Postes vacants, rotation et contractuels, par catégorie", columns, lines, HIDDEN)
    if not vacant:
        return [table]
    return [
        Figure(
            id="rh-postes-vacants",
            title=f"Part des postes vacants par catégorie de personnel, {m.name}, {now[0]['annee']}",
            spec=charts.bars(vacant, "part des postes budgétés", kind="pct1"),
            columns=(Column("libelle", "Catégorie"), Column("valeur", "Postes vacants", "pct1")),
            rows=vacant,
            words=charts.say_dots(vacant, "part des postes vacants", "pct1", []),
            source=m.source(SOURCE),
            notes=["Postes budgétés moins postes pourvus, en ETP, des établissements qui ont répondu."],
        ),
        table,
    ]


def _reasons(m: Marts, now: list[Row]) -> list[Block]:
    found = [
        {"libelle": r["nom"], "valeur": r["valeur"]}
        for r in now
        if r["niveau"] == "region"
        and r["categorie"] == ALL
        and r["indicateur"].startswith(REASONS)
        and r["valeur"] is not None
    ]
    if not found:
        return [Absent("Aucun motif n’est publiable.")]
    found.sort(key=lambda r: (-r["valeur"], r["libelle"]))
    return [
        Figure(
            id="rh-absences",
            title=f"Jours d’absence par motif, {m.name}, {now[0]['annee']}",
            spec=charts.bars(found, "part des jours théoriques", kind="pct1"),
            columns=(Column("libelle", "Motif"), Column("valeur", "Part des jours", "pct1")),
            rows=found,
            words=charts.say_dots(found, "part des jours d’absence", "pct1", []),
            source=m.source(SOURCE),
            notes=["Jours d’absence rapportés à 365 jours par ETP moyen : les motifs s’ajoutent."],
        )
    ]


def _places(m: Marts, now: list[Row], niveau: str, label: str) -> list[Block]:
    shown = ("taux_vacance", "taux_rotation", "taux_absence", "part_contractuels", "part_interim")
    names = {r["code_ght"]: r["nom_ght"] for r in m.rows("SELECT DISTINCT code_ght, nom_ght FROM fiches.ght_membres")}
    by_place: dict[str, Row] = {}
    for r in now:
        if r["niveau"] != niveau or r["categorie"] != ALL or r["indicateur"] not in shown:
            continue
        name = (names.get(r["code"]) or r["code"]) if niveau == "ght" else m.label(niveau, r["code"])
        row = by_place.setdefault(r["code"], {"libelle": name, **dict.fromkeys(shown)})
        row[r["indicateur"]], row[f"{r['indicateur']}_statut"] = r["valeur"], r["statut"]
        row["reponses"] = f"{r['repondants']} sur {r['attendus']}"
    if not by_place:
        return [Absent("Aucun établissement n’a répondu.")]
    return [
        Table(
            f"Ressources humaines par {label if niveau == 'ght' else label.lower()}",
            (
                Column("libelle", label),
                Column("taux_vacance", "Postes vacants", "pct1"),
                Column("taux_rotation", "Rotation", "pct1"),
                Column("taux_absence", "Absences", "pct1"),
                Column("part_contractuels", "Contractuels", "pct1"),
                Column("part_interim", "Intérim", "pct1"),
                Column("reponses", "Réponses"),
            ),
            [by_place[code] for code in sorted(by_place)],
            HIDDEN,
        )
    ]


def _surveys(m: Marts) -> list[Section]:
    """The other surveys: a section each, a table per section of the questionnaire."""
    rows = m.rows(
        "SELECT e.enquete, e.annee, q.section, q.section_titre, q.libelle, q.modalite_libelle AS modalite, e.choix, "
        "e.valeur, e.unite, e.statut, e.repondants, e.attendus FROM atlas.enquetes AS e "
        "JOIN reference.questions AS q USING (enquete, annee, question, modalite) "
        "WHERE e.enquete <> $source AND e.niveau = 'region' AND e.code = $region "
        "QUALIFY e.annee = max(e.annee) OVER (PARTITION BY e.enquete) ORDER BY e.enquete, q.ordre, e.choix",
        source=SOURCE,
    )
    sections = []
    for survey in dict.fromkeys(r["enquete"] for r in rows):
        mine = [r for r in rows if r["enquete"] == survey]
        year, asked = mine[0]["annee"], max(mine, key=lambda r: r["repondants"])
        blocks: list[Block] = [
            Text(
                f"En {year}, {asked['repondants']} établissements sur {asked['attendus']} ont répondu. "
                f"Source : {m.source(survey)}."
            )
        ]
        for part in dict.fromkeys(r["section"] for r in mine):
            lines = [r for r in mine if r["section"] == part]
            columns = [Column("libelle", "Question"), Column("modalite", "Pour")]
            if any(r["choix"] for r in lines):
                columns.append(Column("choix", "Réponse"))
            columns += [Column("valeur", "Valeur", "n0"), Column("unite", "Unité")]
            blocks.append(Table(lines[0]["section_titre"], columns, lines, folded=len(lines) > 12))
        title = m.rows("SELECT titre FROM reference.sources WHERE source = $name", name=survey)[0]["titre"]
        sections.append(Section(title, blocks))
    return sections
