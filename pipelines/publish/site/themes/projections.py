"""Expected departures, projections, and how well each method did on the past."""

from pipelines.publish import charts
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column, interval
from pipelines.publish.site import figures, professions
from pipelines.publish.site.blocks import Absent, Block, Page, Section, Table, Text, theme
from pipelines.publish.site.marts import Marts

METHODS = {"cohorte": "cohortes par âge"}


def page(m: Marts) -> Page:
    """The page."""
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
    sections.append(Section("Retraites liquidées selon les caisses", _claimed(m)))
    sections.append(
        Section(
            "Entrées en formation et postes à pourvoir",
            [
                Table(
                    "Entrants d’une année, cessations et postes créés par an",
                    professions.REPLACEMENT,
                    professions.replacement_rows(m),
                    professions.REPLACEMENT_NOTE,
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
    return theme("projections", "Départs et projections", "Qui cessera d’exercer, et combien serons-nous ?", sections)


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


def _claimed(m: Marts) -> list[Block]:
    """Pensions claimed, as the funds count them: who still practises is told apart.

    A fund that answered for some départements only has no national total.
    """
    rows = m.rows(
        "SELECT * FROM atlas.cessations WHERE niveau IN ('departement', 'france') "
        "OR (niveau = 'region' AND code = $region) QUALIFY annee = max(annee) OVER (PARTITION BY caisse) "
        "AND (niveau <> 'france' OR departements = departements_du_territoire) "
        "ORDER BY caisse, profession, niveau DESC, code"
    )
    if not rows:
        return [Absent("Ni la CNRACL ni la CARMF n’ont été reçues pour cette édition.")]
    for r in rows:
        r["libelle"] = m.label(r["niveau"], r["code"])
        r["nom"] = m.professions.get(r["profession"], r["profession"])
        r["connus"] = (
            f"{r['departements']} sur {r['departements_du_territoire']}" if r["niveau"] != "departement" else ""
        )
    return [
        Text(
            "Une retraite liquidée n’est pas une cessation d’activité : certains continuent d’exercer (cumul). Chaque "
            "caisse a son champ ; leurs nombres ne s’additionnent pas."
        ),
        Table(
            "Retraites liquidées, dont personnes qui continuent d’exercer",
            (
                Column("libelle", "Territoire"),
                Column("caisse", "Caisse"),
                Column("nom", "Profession"),
                Column("annee", "Année", "year"),
                Column("liquidations", "Liquidations", "n0"),
                Column("cumul", "dont cumul", "n0"),
                Column("age_moyen", "Âge moyen", "n1"),
                Column("connus", "Départements connus"),
            ),
            rows,
            "« s » : nombre trop petit pour être publié. Source : "
            f"{m.source(*sorted({str(r['caisse']).lower() for r in rows}))}.",
        ),
    ]
