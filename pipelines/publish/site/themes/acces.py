"""Zoning, APL, patients without a doctor."""

from decimal import Decimal

from pipelines.publish import charts
from pipelines.publish.charts import Figure
from pipelines.publish.numbers import Column, french
from pipelines.publish.site.blocks import Absent, Block, Page, Section, Table, Text, slug, theme
from pipelines.publish.site.marts import Marts
from pipelines.publish.site.themes import besoins, cartes

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


def page(m: Marts) -> Page:
    """The page."""
    doctors = _zones(m, "medecin")
    others = [b for p in m.professions if p != "medecin" for b in _zones(m, p)]
    sections = [
        Section(
            "Zonage des médecins généralistes",
            [*doctors, *cartes.zone_map(m, "departement"), *cartes.zone_map(m, "arrondissement")]
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
    patients = besoins.needs(m, ("part_ald_sans_medecin_traitant",))
    sections.append(
        Section(
            "Patients sans médecin traitant",
            [besoins.table("Patients en affection de longue durée sans médecin traitant", patients)]
            if patients
            else [Absent("La CNAM ne les a pas donnés pour cette édition.")],
        )
    )
    return theme(
        "acces",
        "Accès aux soins",
        "Zones où les médecins manquent, accessibilité et patients sans médecin traitant, selon les sources présentes.",
        sections,
    )
