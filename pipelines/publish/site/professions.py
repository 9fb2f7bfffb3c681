"""A page per profession, per specialty of private practice, and per group of hospital specialties."""

from collections.abc import Iterator

from pipelines.publish import charts
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column, french, interval
from pipelines.publish.site import figures, territoires
from pipelines.publish.site.blocks import Absent, Block, Links, Page, Section, Table, Text, slug
from pipelines.publish.site.marts import MODES, Marts

AREA = "pages/professions.html"
# Whole professions under another name: they have their profession's page.
WHOLE = {"ensemble"}
FAMILIES = {
    "infirmier": ("V1X80", "V1Z"),
    "aide_soignant": ("V0X60", "V0Z"),
    "medecin": ("V2X90", "V2Z"),
    "chirurgien_dentiste": ("V2X91",),
    "pharmacien": ("V2X93",),
    "sage_femme": ("V1X80", "V1Z"),
    "masseur_kinesitherapeute": ("V3X80", "V3Z"),
}
DIPLOMAS = {
    "infirmier": "D.E Infirmier",
    "ergotherapeute": "D.E Ergothérapeute",
    "psychomotricien": "D.E Psychomotricien",
    "pedicure_podologue": "D.E Pédicure-Podologue",
    "manipulateur_erm": "D.E manipulateur/trice en électroradiologie médicale",
}


def address(profession: str) -> str:
    """Where the page of a profession is."""
    return f"pages/profession-{slug(profession)}.html"


def specialty_address(profession: str, specialite: str) -> str:
    """Where the page of a specialty is."""
    return f"pages/specialite-{slug(profession)}-{slug(specialite)}.html"


def group_address(groupe: str) -> str:
    """Where the page of a group of hospital specialties is."""
    return f"pages/hopital-{slug(groupe)}.html"


def pages(m: Marts) -> Iterator[Page]:
    """The list, then the pages."""
    specialties = _specialties(m)
    groups = _groups(m)
    known = [p for p in m.professions if _known(m, p)]
    yield _index(m, known, specialties, groups)
    for profession in known:
        yield _profession(m, profession, [s for p, s in specialties if p == profession], groups)
    for profession, specialite in specialties:
        yield _specialty(m, profession, specialite)
    for group in groups:
        yield _group(m, group)


def _known(m: Marts, profession: str) -> bool:
    return bool(m.density(profession)) or profession in FAMILIES or profession in DIPLOMAS


def _specialties(m: Marts) -> list[tuple[str, str]]:
    """Specialties whose last year is their profession's last year in that source."""
    last: dict[tuple[str, str], int] = {}
    for r in m.of_reference:
        key = (r["profession"], r["source"])
        last[key] = max(last.get(key, 0), r["annee"])
    found = {
        (r["profession"], r["specialite"])
        for r in m.of_reference
        if r["specialite"] not in WHOLE
        and r["niveau"] == "region"
        and r["annee"] == last[(r["profession"], r["source"])]
    }
    return sorted(found, key=lambda k: (k[0], slug(k[1])))


def _groups(m: Marts) -> list[Row]:
    return m.rows(
        "SELECT substr(variable, 8) AS groupe, libelle, dont FROM reference.variables_sae "
        "WHERE variable LIKE 'ETPSAL_%' AND variable <> 'ETPSAL_TOT' ORDER BY ordre"
    )


def _named(text: str) -> str:
    return text.removeprefix("dont ")[:1].upper() + text.removeprefix("dont ")[1:]


def _index(m: Marts, known: list[str], specialties: list[tuple[str, str]], groups: list[Row]) -> Page:
    sections = [Section("Professions", [Links([(address(p), m.professions[p], "") for p in known])])]
    for profession in dict.fromkeys(p for p, _ in specialties):
        sections.append(
            Section(
                f"{m.professions[profession]} : spécialités en ville",
                [
                    Links(
                        [
                            (specialty_address(p, s), s[:1].upper() + s[1:], "")
                            for p, s in specialties
                            if p == profession
                        ]
                    )
                ],
            )
        )
    sections.append(
        Section(
            "À l’hôpital : groupes de spécialités",
            [Links([(group_address(g["groupe"]), _named(g["libelle"]), "") for g in groups])],
        )
    )
    return Page(AREA, "Professions et spécialités", "Combien, où, à quel âge, et qui vient après.", AREA, sections)


def _profession(m: Marts, profession: str, specialties: list[str], groups: list[Row]) -> Page:
    label = m.professions[profession]
    made = [
        figures.density_map(m, profession, "ensemble", label),
        figures.density_dots(m, profession, "ensemble", label),
        figures.density_series(m, profession, label, "region", m.region),
    ]
    supply: list[Block] = [f for f in made if f]
    reserves = {r["reserve"] for r in m.of_reference if r["profession"] == profession and r["reserve"]}
    sections = [
        Section(
            "Effectifs et densités",
            [*[Text(f"À savoir : {r}.") for r in sorted(reserves)], *supply]
            or [Absent("Aucun répertoire reçu ne compte cette profession par département.")],
        ),
        Section("Effectif par mode d’exercice", [_modes(m, profession)]),
    ]
    if specialties:
        sections.append(
            Section(
                "Spécialités",
                [Links([(specialty_address(profession, s), s[:1].upper() + s[1:], "") for s in specialties])]
                + (
                    [
                        Links(
                            [
                                (group_address(g["groupe"]), f"À l’hôpital : {_named(g['libelle']).lower()}", "")
                                for g in groups
                            ]
                        )
                    ]
                    if profession == "medecin"
                    else []
                ),
            )
        )
    sections += [
        Section("Âges et cessations d’activité", _ages(m, profession, label)),
        Section("Recrutement", _hiring(m, profession)),
        Section("Formation et relève", _training(m, profession)),
    ]
    return Page(
        address(profession), label, f"{label} en {m.name}.", AREA, sections, [(AREA, "Professions et spécialités")]
    )


def _modes(m: Marts, profession: str) -> Block:
    rows = [
        {**r, "mode": MODES.get(r["mode_exercice"], r["mode_exercice"]), "producteur": m.source(r["source"])}
        for r in m.of_reference
        if r["profession"] == profession
        and r["specialite"] == "ensemble"
        and (r["niveau"], r["code"]) == ("region", m.region)
    ]
    if not rows:
        return Absent(
            " ".join(["Aucun répertoire reçu ne compte cette profession dans la région.", *_elsewhere(m, profession)])
        )
    return Table(
        f"{m.professions[profession]} : effectif régional par mode d’exercice",
        (
            Column("mode", "Mode d’exercice"),
            Column("annee", "Année", "year"),
            Column("effectif", "Effectif", "n0"),
            Column("valeur", "Densité pour 100 000 hab.", "n1"),
            Column("intervalle", "Intervalle à 95 %"),
            Column("face", "Face à la France"),
            Column("producteur", "Source"),
        ),
        rows,
        "Les sources ne se mélangent pas : une ligne n’est pas une part d’une autre.",
    )


def _elsewhere(m: Marts, profession: str) -> list[str]:
    """Who counts a profession that no register does: hospitals, and the labour force survey behind DARES."""
    hospital = m.rows(
        "SELECT h.annee, h.valeur, v.libelle FROM atlas.hospitaliers AS h "
        "JOIN reference.variables_sae AS v USING (variable) WHERE h.niveau = 'region' AND h.code = $region "
        "AND h.secteur = 'ensemble' AND v.mesure = 'ETP' AND starts_with(v.libelle, $label) "
        "AND h.valeur IS NOT NULL QUALIFY h.annee = max(h.annee) OVER () ORDER BY v.ordre",
        label=m.professions[profession],
    )
    jobs = m.rows(
        "SELECT annee, libelle, denominateur FROM atlas.departs WHERE indicateur = 'part_departs' "
        "AND niveau = 'region' AND code = $region AND list_contains($families, profession) "
        "AND denominateur IS NOT NULL ORDER BY profession",
        families=list(FAMILIES.get(profession, ())),
    )
    return [
        f"À l’hôpital, la SAE en compte {french(r['valeur'], 'n0')} ETP en {r['annee']} ({r['libelle'].lower()})."
        for r in hospital
    ] + [
        f"La DARES compte {french(r['denominateur'], 'n0')} emplois en {r['annee']} ({r['libelle'].lower()})."
        for r in jobs
    ]


def _ages(m: Marts, profession: str, label: str) -> list[Block]:
    blocks: list[Block] = [
        figure
        for figure in (
            figures.age_bands(m, profession, label, "region", m.region),
            figures.projected(m, profession, label, "region", m.region),
        )
        if figure
    ]
    rows = m.rows(
        "SELECT * FROM atlas.departs_attendus WHERE profession = $profession AND scenario = 'central' AND "
        "(niveau = 'departement' OR (niveau = 'region' AND code = $region) OR niveau = 'france') "
        "ORDER BY horizon, niveau, code",
        profession=profession,
    )
    for r in rows:
        r["libelle"], r["terme"] = m.label(r["niveau"], r["code"]), f"{r['horizon']}\u00a0ans"
        r["intervalle"] = interval(r["bas"], r["haut"], "n0")
    if rows:
        blocks.append(
            Table(
                f"{label} : cessations d’activité attendues",
                (
                    Column("libelle", "Territoire"),
                    Column("terme", "D’ici"),
                    Column("annee", "Présents en", "year"),
                    Column("effectif", "Présents", "n0"),
                    Column("departs", "Cessations", "n0"),
                    Column("intervalle", "Intervalle à 95 %"),
                    Column("part_departs", "Part des présents", "pct1"),
                ),
                rows,
            )
        )
    if not blocks:
        blocks.append(Absent("Aucune source reçue ne donne d’âges de cette profession qui vaillent par territoire."))
    families = FAMILIES.get(profession, ())
    rows = m.rows(
        "SELECT d.annee, d.libelle, d.niveau, d.valeur AS departs, p.valeur AS part, d.statut FROM atlas.departs AS d "
        "LEFT JOIN atlas.departs AS p ON p.indicateur = 'part_departs' AND p.profession = d.profession "
        "AND p.niveau = d.niveau AND p.code = d.code AND p.annee = d.annee "
        "WHERE d.indicateur = 'departs_fin_carriere' AND list_contains($families, d.profession) "
        "AND ((d.niveau = 'region' AND d.code = $region) OR d.niveau = 'france') ORDER BY d.niveau DESC",
        families=list(families),
    )
    for r in rows:
        r["territoire"] = m.name if r["niveau"] == "region" else "France"
    if rows:
        blocks.append(
            Table(
                f"Départs en fin de carrière de 2019 à 2030 selon la DARES : {label.lower()}",
                (
                    Column("territoire", "Territoire"),
                    Column("libelle", "Famille professionnelle"),
                    Column("departs", "Départs", "n0"),
                    Column("part", "Part de l’emploi de 2019", "pct1"),
                ),
                rows,
                "Une famille professionnelle (FAP) réunit souvent plusieurs professions.",
            )
        )
    return blocks


def _hiring(m: Marts, profession: str) -> list[Block]:
    codes = FAMILIES.get(profession, ())
    rows = m.rows(
        "SELECT p.annee, p.libelle, p.niveau, p.code, p.valeur AS projets, p.statut AS projets_statut, d.valeur AS "
        "difficile, "
        "coalesce(d.statut, 'nd') AS difficile_statut, d.couverture, d.numerateur, d.denominateur "
        "FROM atlas.recrutement AS p LEFT JOIN atlas.recrutement AS d ON d.indicateur = 'part_difficile' "
        "AND d.source = 'bmo' AND d.annee = p.annee AND d.fap = p.fap AND d.niveau = p.niveau AND d.code = p.code "
        "WHERE p.source = 'bmo' AND p.indicateur = 'projets' AND list_contains($codes, p.fap) "
        "AND (p.niveau = 'departement' OR p.niveau = 'france' OR (p.niveau = 'region' AND p.code = $region)) "
        "AND p.annee = (SELECT max(annee) FROM atlas.recrutement WHERE source = 'bmo') ORDER BY p.fap, p.niveau, "
        "p.code",
        codes=list(codes),
    )
    if not rows and "bmo" not in m.held:
        return [Absent("L’enquête Besoins en main-d’œuvre n’a pas été reçue pour cette édition.")]
    if not rows:
        return [Absent("L’enquête Besoins en main-d’œuvre ne distingue pas cette profession.")]
    for r in rows:
        r["territoire"] = m.label(r["niveau"], r["code"])
        r["_lien"] = territoires.address(r["niveau"], r["code"]) if r["niveau"] == "departement" else ""
    return [
        Table(
            f"{rows[0]['libelle']} : projets de recrutement, enquête BMO {rows[0]['annee']}",
            (
                Column("territoire", "Territoire"),
                Column("projets", "Projets", "n0"),
                Column("difficile", "Jugés difficiles", "pct0"),
                Column("couverture", "Couverture", "pct0"),
            ),
            rows,
            "La couverture est la part des cases de l’enquête que le secret laisse voir. "
            "[Lire BMO](pages/recrutement.html).",
        )
    ]


def replacement_rows(m: Marts) -> list[Row]:
    """Entries in training beside expected departures and posts created, in the region and France."""
    rows = m.rows(
        "SELECT * FROM atlas.remplacement WHERE (niveau = 'region' AND code = $region) OR niveau = 'france' "
        "ORDER BY profession, niveau DESC"
    )
    for r in rows:
        r["nom"], r["territoire"] = m.professions.get(r["profession"], r["profession"]), m.label(r["niveau"], r["code"])
        r["motif"] = r["motif"] or ""
        r["_lien"] = address(r["profession"])
    return rows


def replacement_figure(m: Marts) -> list[Block]:
    """Entries and departures of the region, where both are known."""
    known = [
        r
        for r in replacement_rows(m)
        if r["niveau"] == "region" and r["entrants"] is not None and r["postes_annuels"] is not None
    ]
    if not known:
        return []
    rows = [
        {"libelle": r["nom"], "annee": r["annee"], "serie": serie, "valeur": r[key]}
        for r in known
        for serie, key in (
            ("entrants en formation, un an", "entrants"),
            ("postes à pourvoir, par an", "postes_annuels"),
        )
    ]
    return [
        Figure(
            id="remplacement",
            title=f"Entrées en formation et postes à pourvoir, {m.name}",
            spec=charts.pairs(rows, "par an"),
            columns=(
                Column("libelle", "Profession"),
                Column("serie", "Ce qui est compté"),
                Column("annee", "Année d’entrée", "year"),
                Column("valeur", "Nombre par an", "n0"),
            ),
            rows=rows,
            words=" ".join(openings(r) for r in known),
            source=m.source(*[r["source"] for r in known], "dares_metiers_2030"),
        )
    ]


def openings(row: Row) -> str:
    """Entrants beside the posts to fill, each with whom it counts: no ratio, for they aren't of the same people."""
    return (
        f"{row['nom']} : {french(row['entrants'], 'n0')} {row['entrees_de']} (en {row['annee']}, avant abandons) ; "
        f"en face, {french(row['postes_annuels'], 'n0')} postes à pourvoir par an "
        f"({french(row['departs_annuels'], 'n0')} départs et {french(row['creations_annuelles'], 'n0')} créations, "
        f"{row['periode_departs']}), "
        f"pour : {row['perimetre'].lower()}."
    )


REPLACEMENT = (
    Column("nom", "Profession"),
    Column("territoire", "Territoire"),
    Column("annee", "Année", "year"),
    Column("entrants", "Entrants en un an", "n0"),
    Column("entrees_de", "Entrants comptés"),
    Column("diplomes", "Diplômés", "n0"),
    Column("departs_annuels", "Départs ou cessations par an", "n0"),
    Column("creations_annuelles", "Postes créés par an", "n0"),
    Column("perimetre", "Départs et créations de"),
    Column("periode_departs", "Période"),
    Column("motif", "Ce qui manque"),
)
REPLACEMENT_NOTE = (
    "Des nombres annuels côte à côte : les entrants sont comptés avant les abandons, les diplômés ne restent pas tous "
    "dans la région, et les deux côtés ne sont pas toujours des mêmes professions."
)


def _training(m: Marts, profession: str) -> list[Block]:
    rows = [r for r in replacement_rows(m) if r["profession"] == profession]
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                f"Entrées en formation, cessations et postes créés : {m.professions[profession].lower()}",
                REPLACEMENT,
                rows,
                REPLACEMENT_NOTE,
            )
        )
    places = m.rows(
        "SELECT * FROM atlas.formations WHERE diplome = $diplome AND niveau IN ('institut', 'departement', 'region') "
        "AND region = $region AND annee = (SELECT max(annee) FROM atlas.formations) ORDER BY niveau DESC, code",
        diplome=DIPLOMAS.get(profession, ""),
    )
    for r in places:
        r["lieu"] = r["libelle"] or m.label(r["niveau"], r["code"])
    if places:
        blocks.append(
            Table(
                f"{places[0]['diplome']} : places offertes et admis, Parcoursup {places[0]['annee']}",
                (
                    Column("lieu", "Institut ou territoire"),
                    Column("places_offertes", "Places offertes", "n0"),
                    Column("admis", "Admis", "n0"),
                    Column("part_meme_academie", "Néobacheliers de la même académie", "pct0"),
                ),
                places,
            )
        )
    return blocks or [Absent("Aucune source reçue ne donne les entrées en formation de cette profession.")]


def _specialty(m: Marts, profession: str, specialite: str) -> Page:
    label = specialite[:1].upper() + specialite[1:]
    rows = m.density(profession, specialite)
    figure = figures.density_dots(m, profession, specialite, label)
    here = next((r for r in rows if r["niveau"] == "region"), None)
    lead = f"{m.name}"
    if here and here["effectif"] is not None:
        lead += f" : {french(here['effectif'])} professionnels ({m.practised(here)})"
        if here["petit_nombre"]:
            lead += ". Moins de dix : le nombre varie trop pour être commenté"
    order = {"departement": 0, "region": 1, "france": 2}
    for r in rows:
        r["face_statut"] = "sans objet"
    blocks: list[Block] = [figure] if figure else []
    blocks.append(
        Table(
            f"{label} : effectif et densité",
            figures.DENSITY_COLUMNS,
            sorted(rows, key=lambda r: (order[r["niveau"]], r["code"])),
        )
    )
    if not figure:
        blocks.insert(0, Absent("Trop peu de départements ont une valeur pour une figure."))
    return Page(
        specialty_address(profession, specialite),
        label,
        lead + ".",
        AREA,
        [Section("Effectif et densité", blocks)],
        [(AREA, "Professions et spécialités"), (address(profession), m.professions[profession])],
    )


def _group(m: Marts, group: Row) -> Page:
    label = _named(group["libelle"])
    measures = {"EFFSAL": "effectif salarié", "ETPSAL": "ETP salariés", "EFFLIB": "effectif libéral"}
    found = m.rows(
        "SELECT niveau, code, secteur, annee, variable, valeur, statut FROM atlas.hospitaliers "
        "WHERE split_part(variable, '_', 1) IN ('EFFSAL', 'ETPSAL', 'EFFLIB') "
        "AND substr(variable, 8) = $groupe AND (niveau IN ('departement', 'france') OR (niveau = 'region' AND code "
        "= $region)) "
        "AND annee >= (SELECT max(annee) FROM atlas.hospitaliers) - 1 ORDER BY ALL",
        groupe=group["groupe"],
    )
    years = sorted({r["annee"] for r in found})
    by_place: dict[tuple[str, str, str], Row] = {}
    for r in found:
        row = by_place.setdefault(
            (r["niveau"], r["code"], r["secteur"]),
            {
                "niveau": r["niveau"],
                "code": r["code"],
                "libelle": m.label(r["niveau"], r["code"]),
                "secteur": m.status(r["secteur"]),
            },
        )
        key = f"{r['variable'][:6]}_{r['annee']}"
        row[key], row[f"{key}_statut"] = r["valeur"], r["statut"]
    rows = list(by_place.values())
    whole = [row for (_, _, statut), row in by_place.items() if statut == "ensemble"]
    columns = [Column("libelle", "Territoire"), Column("secteur", "Statut juridique")] + [
        Column(f"{k}_{y}", f"{v[:1].upper()}{v[1:]}, {y}", "n0") for k, v in measures.items() for y in years
    ]
    for r in rows:
        for c in columns[2:]:
            r.setdefault(c.key, None)
    blocks: list[Block] = []
    last = years[-1] if years else 0
    shown = [
        {**r, "valeur": r[f"ETPSAL_{last}"]}
        for r in whole
        if r["niveau"] == "departement" and r.get(f"ETPSAL_{last}") is not None
    ]
    shown.sort(key=lambda r: (-r["valeur"], r["code"]))
    if len(shown) > 1:
        blocks.append(
            Figure(
                id=slug(f"hopital-{group['groupe']}"),
                title=f"{label} : ETP salariés par département, {last}",
                spec=charts.bars(shown, "ETP salariés", kind="n0"),
                columns=(Column("libelle", "Département"), Column("valeur", "ETP salariés", "n0")),
                rows=shown,
                words=charts.say_dots(shown, "ETP salariés", "n0", []),
                source=m.source("sae"),
            )
        )
    blocks.append(
        Table(f"{label} : personnels médicaux des établissements de santé", columns, whole)
        if whole
        else Absent("La SAE de cette édition n’a pas ce groupe.")
    )
    detail = [r for r in rows if r not in whole and r["niveau"] != "france"]
    if detail:
        blocks.append(Table(f"{label} : par statut juridique", columns, detail, folded=True))
    note = (
        "Cette ligne fait partie d’un autre groupe : ne pas l’y ajouter." if group["libelle"].startswith("dont") else ""
    )
    return Page(
        group_address(group["groupe"]),
        f"À l’hôpital : {label[:1].lower()}{label[1:]}",
        f"Médecins, odontologistes et pharmaciens des établissements de santé. {note}".strip(),
        AREA,
        [Section("Effectifs et ETP", blocks), *_hospital_specialties(m, group, label)],
        [(AREA, "Professions et spécialités")],
    )


def _hospital_specialties(m: Marts, group: Row, label: str) -> list[Section]:
    """The lines of the questionnaire that make a group, by département; none where it is a single line."""
    found = m.rows(
        "SELECT h.annee, h.niveau, h.code, h.specialite, coalesce(h.libelle, 'Code ' || h.specialite) AS libelle, "
        "h.etp_salarie, h.effectif_salarie, h.effectif_liberal, h.statut FROM atlas.specialites_hospitalieres AS h "
        "WHERE h.groupe = $groupe AND (h.niveau = 'departement' OR (h.niveau = 'region' AND h.code = $region)) "
        "AND h.annee = (SELECT max(annee) FROM atlas.specialites_hospitalieres) "
        "ORDER BY h.specialite, h.niveau DESC, h.code",
        groupe=group["groupe"],
    )
    if len({r["specialite"] for r in found}) < 2:
        return []
    places = {f"{r['niveau']}_{r['code']}": m.label(r["niveau"], r["code"]) for r in found}
    measures = {
        "etp_salarie": "ETP salariés",
        "effectif_salarie": "effectif salarié",
        "effectif_liberal": "effectif libéral",
    }
    tables: list[Block] = []
    for measure, words in measures.items():
        lines: dict[str, Row] = {}
        for r in found:
            line = lines.setdefault(r["specialite"], {"libelle": r["libelle"]})
            place = f"{r['niveau']}_{r['code']}"
            line[place], line[f"{place}_statut"] = r[measure], r["statut"]
        columns = [Column("libelle", "Spécialité")] + [Column(key, name, "n0") for key, name in places.items()]
        tables.append(
            Table(
                f"{label} : {words} par spécialité, {found[0]['annee']}",
                columns,
                list(lines.values()),
                "Les fichiers de la SAE donnent la plupart des spécialités par leur code ; leurs libellés sont dans "
                f"sa documentation (Liste_variables). Source : {m.source('sae')}.",
                folded=measure != "etp_salarie",
            )
        )
    return [Section("Spécialités du groupe", tables)]
