"""What each sheet says: one structure per sheet, of text ready to set, from the public file alone.

PDF and HTML are made from the same structure, so neither can say what the other doesn't.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.publish import signes
from pipelines.publish.fiches.strips import strip
from pipelines.publish.numbers import nombre, percent
from pipelines.publish.public import rows

THIN = "\u202f"
NOTHING = "///"

MISSING = "nd"
PARTIAL = "*"
# The reason of a change that a sign says already.
UNKNOWN = "donnée manquante"

KEYS = {
    "ETPSAL_TOT": "Médecins salariés (ETP)",
    "EFFLIB_TOT": "Libéraux",
    "EFF_INT_recalcule": "Internes, FFI",
    "ETP_SAG": "Sages-femmes (ETP)",
    "ETP_INFSANSSPE": "Infirmiers (ETP)",
    "ETP_INFAVECSPE": "Infirmiers spécialisés (ETP)",
    "ETP_AID": "Aides-soignants (ETP)",
    "ETP_TOT_PNM": "Non médicaux (ETP)",
}
CAPACITIES = {
    "LIT_MCO": ("lit", "lits", "de court séjour"),
    "PLA_MCO": ("place", "places", "de court séjour"),
    "CAP_COMPLET_TOT": ("lit ou place", "lits et places", "de psychiatrie à temps complet, toutes formes"),
    "LIT_SSR": ("lit", "lits", "de réadaptation"),
    "PLA_SSR": ("place", "places", "de réadaptation"),
    "LIT_USLD": ("lit", "lits", "de longue durée"),
    "PLATOT_HAD": ("place", "places", "à domicile"),
}
# Where people stay day and night; in psychiatry, SYGEN doesn't tell beds from the other forms of full-time care.
FULL_TIME = ("LIT_MCO", "CAP_COMPLET_TOT", "LIT_SSR", "LIT_USLD")
PEERS = {
    "etp_medical": "Médecins salariés",
    "etp_non_medical": "Personnels non médicaux",
    "medecins_pour_100_non_medicaux": "Médecins salariés pour 100 non médicaux",
    "infirmiers_par_lit_ou_place": "Infirmiers par lit ou place à temps complet",
    "aides_soignants_pour_100_infirmiers": "Aides-soignants pour 100 infirmiers",
    "part_femmes_medecins": "Femmes parmi les médecins salariés",
    "part_temps_partiel_medecins": "Temps partiel des médecins salariés",
    "part_liberaux": "Libéraux parmi les médecins",
}
GROUPS = {
    "medecin": "Médecins",
    "medecin_generaliste": "Médecins généralistes",
    "infirmier": "Infirmiers",
    "sage_femme": "Sages-femmes",
    "masseur_kinesitherapeute": "Kinésithérapeutes",
    "chirurgien_dentiste": "Chirurgiens-dentistes",
}
# The recruitment projects of the trades that hospitals hire most.
TRADES = {"V2X90": "Médecins", "V1X80": "Infirmiers et sages-femmes", "V0X60": "Aides-soignants"}
HR = {
    "taux_vacance": "Postes vacants",
    "taux_absence": "Absences",
    "taux_rotation": "Rotation",
    "part_contractuels": "Contractuels",
    "part_interim": "Intérim, en dépenses",
}
USED = ("sae", "finess_plus", "ght", "insee_cog", "drees_medecins_ages", "bmo", "parcoursup", "enquete_rh")

MEMBERS_MAX = 22


@dataclass(frozen=True)
class Table:
    """A table of text: the first cell of a line is its heading. `lignes`: (class, cells).

    `textes`: how many columns, from the left, are words. Without lines, `note` says what is missing, and why.
    """

    titre: str
    colonnes: list[str]
    lignes: list[tuple[str, list[str]]]
    note: str = ""
    textes: int = 1


@dataclass(frozen=True)
class Sheet:
    """One sheet, ready to set."""

    niveau: str
    code: str
    fichier: str
    surtitre: str
    titre: str
    sous_titre: str
    identite: list[tuple[str, str]]
    cles: list[tuple[str, str, str]]
    personnels: list[Table]
    pairs: dict[str, Any]
    territoire: list[Table]
    sources: Table
    signes: str
    notes: list[str]
    correction: str
    fictif: bool
    index: dict[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """The sheet as plain data, for both templates."""
        return asdict(self)


# --- Numbers as French readers write them -------------------------------------------------------------


def cell(row: dict[str, Any] | None, decimals: int | None = None) -> str:
    """A value of a mart as it stands in a table, or the sign that says why there is none."""
    if row is None:
        return MISSING
    if row["valeur"] is None:
        return signes.of_empty(row["statut"])
    if decimals is None:
        decimals = 1 if row["unite"] == "ETP" else 0
    return nombre(row["valeur"], decimals) + (PARTIAL if row["statut"] == "partiel" else "")


def change(row: dict[str, Any] | None) -> str:
    """A change since the year before: the difference, and its share where the base bears one."""
    if row is None or row["evolution"] is None:
        return MISSING
    said = nombre(row["evolution"], 1 if row["unite"] == "ETP" else 0, sign=True)
    if row["valeur_precedente"] >= 20:
        said += f" ({percent(row['evolution_relative'], 1, sign=True)})"
    return said


def plain(text: str) -> str:
    """Our own labels without the aside that the table already says."""
    return text.split(" (")[0].split(" : ensemble")[0].replace("'", "’")


# --- What the sheets read -----------------------------------------------------------------------------


def _keyed(rows: Iterable[dict[str, Any]], *keys: str) -> dict[Any, dict[str, Any]]:
    return {tuple(r[k] for k in keys): r for r in rows}


class Public:
    """The public file of a release, read once: what any sheet of the region may need."""

    def __init__(self, db: duckdb.DuckDBPyConnection, region: str) -> None:
        self.region = region
        edition = rows(db, "SELECT edition, fictif FROM reference.edition")[0]
        self.edition, self.fictif = edition["edition"], edition["fictif"]
        self.places = {
            (r["niveau"], r["code"]): r["libelle"]
            for r in rows(
                db, "FROM reference.territoires SELECT niveau, code, libelle WHERE niveau IN ('departement', 'region')"
            )
        }
        self.variables = rows(db, "FROM reference.variables_sae ORDER BY ordre")
        self.statuts: dict[str, str] = {
            r["code"]: r["libelle"]
            for r in rows(db, "SELECT code, libelle FROM reference.codes WHERE liste = 'secteur'")
        }
        self.sae = {r["categorie_regroupee"]: r for r in rows(db, "FROM reference.categories_sae")}
        self.finess = {
            r["categorie"]: r["libelle"] for r in rows(db, "FROM reference.categories_finess WHERE libelle IS NOT NULL")
        }
        found = rows(db, "SELECT max(millesime) AS m, max(annee) AS a FROM fiches.etablissements")[0]
        self.millesime, self.annee = found["m"], found["a"]
        year = self.millesime
        self.sites = rows(db, "FROM fiches.etablissements WHERE millesime = ? ORDER BY finess", [year])
        self.by_finess = {r["finess"]: r for r in self.sites}
        self.entities = rows(db, "FROM core.entites_juridiques WHERE millesime = ? ORDER BY finess_ej", [year])
        self.members = rows(
            db, "FROM fiches.ght_membres WHERE millesime = ? ORDER BY code_ght, finess_ej, finess", [year]
        )
        self.staff: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
        for level, table, key in (
            ("es", "es_personnels", "finess"),
            ("ej", "ej_personnels", "finess_ej"),
            ("ght", "ght_personnels", "code_ght"),
        ):
            for r in rows(
                db,
                f"SELECT {key} AS code, variable, valeur, unite, statut FROM fiches.{table} WHERE millesime = ?",
                [year],
            ):
                self.staff[level, r["code"]][r["variable"]] = r
        self.women = _keyed(rows(db, "FROM fiches.medecins WHERE millesime = ?", [year]), "niveau", "code", "variable")
        self.changes = _keyed(
            rows(db, "FROM fiches.evolutions WHERE millesime = ?", [year]), "niveau", "code", "variable"
        )
        self.before = max((r["millesime_precedent"] for r in self.changes.values()), default=None)
        self.peers: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for r in rows(db, "FROM fiches.pairs WHERE millesime = ? ORDER BY niveau, code, ordre", [year]):
            self.peers[r["niveau"], r["code"]].append(r)
        self._territory(db)
        self._vintages(db)

    def _territory(self, db: duckdb.DuckDBPyConnection) -> None:
        self.tension = _keyed(rows(db, "FROM atlas.tension WHERE niveau = 'departement'"), "groupe", "code")
        self.ages = _keyed(
            rows(
                db,
                "FROM atlas.departs WHERE profession = 'medecin' AND indicateur IN ('part_55_plus', 'part_60_plus') "
                "QUALIFY annee = max(annee) OVER ()",
            ),
            "indicateur",
            "niveau",
            "code",
        )
        self.hiring = _keyed(
            rows(
                db,
                "FROM atlas.recrutement WHERE source = 'bmo' AND indicateur = 'part_difficile' "
                "AND niveau IN ('departement', 'region', 'france') QUALIFY annee = max(annee) OVER ()",
            ),
            "fap",
            "niveau",
            "code",
        )
        self.institutes = rows(
            db,
            "SELECT a.annee, a.diplome, a.code, a.libelle, a.places_offertes, a.admis, c.departement "
            "FROM atlas.formations AS a "
            "JOIN (SELECT DISTINCT cod_uai, departement FROM core.formations) AS c ON c.cod_uai = a.code "
            "WHERE a.niveau = 'institut' QUALIFY a.annee = max(a.annee) OVER () ORDER BY a.diplome, a.libelle, a.code",
        )
        self.trained = rows(
            db,
            "FROM atlas.formations WHERE niveau IN ('departement', 'region') QUALIFY annee = max(annee) OVER () "
            "ORDER BY admis DESC, diplome",
        )
        self.hr = _keyed(
            rows(
                db,
                "FROM atlas.ressources_humaines WHERE categorie = 'ensemble' AND niveau IN ('ej', 'ght', 'region') "
                "QUALIFY annee = max(annee) OVER ()",
            ),
            "indicateur",
            "niveau",
            "code",
        )

    def _vintages(self, db: duckdb.DuckDBPyConnection) -> None:
        self.vintages = rows(
            db,
            "SELECT m.source, m.millesime, m.revision, m.periode, s.producteur, s.titre "
            "FROM reference.millesimes AS m JOIN reference.sources AS s USING (source) "
            "WHERE m.reference AND m.statut = 'accepté' ORDER BY m.source",
        )
        self.breaks = rows(
            db, "FROM reference.ruptures WHERE source = 'sae' AND annee >= ? ORDER BY annee", [(self.annee or 0) - 3]
        )

    def status(self, site: dict[str, Any]) -> str:
        """What the legal status of a site is called."""
        code: str = site["secteur"] or "inconnu"
        return self.statuts.get(code, code)

    def place(self, niveau: str, code: str | None) -> str:
        """Name of a département or a region, with the code of the former."""
        name = self.places.get((niveau, code or ""))
        if name is None:
            return code or MISSING
        return f"{name} ({code})" if niveau == "departement" else name


# --- The blocks of a sheet ----------------------------------------------------------------------------


def _medical(public: Public, niveau: str, code: str) -> Table:
    staff = public.staff[niveau, code]
    if all(r["valeur"] is None for v, r in staff.items() if v.startswith(("EFFSAL", "EFFLIB"))):
        return Table("Personnels médicaux", [], [], _silence(staff.get("EFFSAL_TOT"), public))
    lines = []
    for v in public.variables:
        if v["mesure"] != "effectif salarié":
            continue
        group = v["variable"].removeprefix("EFFSAL_")
        women = public.women.get((niveau, code, v["variable"]))
        lines.append(
            (
                v["ligne"],
                [
                    plain(v["libelle"]) if v["ligne"] != "total" else "Ensemble",
                    cell(staff.get(v["variable"])),
                    cell(staff.get(f"ETPSAL_{group}")),
                    change(public.changes.get((niveau, code, f"ETPSAL_{group}"))),
                    *_shares(women),
                    cell(staff.get(f"EFFLIB_{group}")),
                ],
            )
        )
    trainees = staff.get("EFF_INT_recalcule")
    lines.append(
        (
            "à part",
            [
                "Internes, docteurs juniors et FFI",
                cell(trainees),
                cell(staff.get("ETPINT")),
                change(public.changes.get((niveau, code, "ETPINT"))),
                NOTHING,
                NOTHING,
                NOTHING,
            ],
        )
    )
    followed = [v["variable"] for v in public.variables if v["mesure"] == "ETP salariés"]
    return Table(
        "Personnels médicaux",
        [
            "Groupe de spécialités",
            "Salariés",
            "ETP salariés",
            _since(public),
            "Femmes",
            "Temps partiel",
            "Libéraux",
        ],
        lines,
        "Salariés et libéraux : personnes au 31 décembre. ETP : moyens annuels rémunérés. Femmes et temps partiel : "
        "part des salariés. Les internes s’y ajoutent ; leur effectif est recalculé depuis le bordereau Q22."
        + _reasons(public, niveau, code, [*followed, "ETPINT"]),
    )


def _since(public: Public) -> str:
    return f"Évolution des ETP, {public.before}-{public.millesime}" if public.before else "Évolution des ETP"


def _reasons(public: Public, niveau: str, code: str, variables: list[str]) -> str:
    """Why some lines of a table have no change, or of which sites theirs is; empty where nothing is to be said."""
    said: dict[str, str] = {}
    for v in variables:
        row = public.changes.get((niveau, code, v))
        if row and row["motif"] not in (None, UNKNOWN):
            # The total comes first: of each kind of reason, its own is told.
            said.setdefault(row["motif"].split(" : ")[0], row["motif"].replace("'", "’"))
    return f" Évolution, {' ; '.join(said.values())}." if said else ""


def _shares(women: dict[str, Any] | None) -> list[str]:
    if women is None:
        return [MISSING, MISSING]
    if not women["effectif"]:
        return [NOTHING, NOTHING]
    return [percent(women["part_femmes"]), percent(women["part_temps_partiel"])]


def _silence(row: dict[str, Any] | None, public: Public) -> str:
    """Why a whole table is missing."""
    if row is None:
        return f"La SAE {public.millesime} n’a pas de ligne de personnel pour cet établissement."
    if row["statut"] == "non collecté":
        return f"La SAE n’a pas collecté ces données pour {public.annee}."
    return f"Sans réponse à ce questionnaire de la SAE {public.millesime} : rien n’est publié, ce n’est pas zéro."


def _non_medical(public: Public, niveau: str, code: str) -> Table:
    staff = public.staff[niveau, code]
    if all(r["valeur"] is None for v, r in staff.items() if v in ("ETP_TOT_PNM", "EFF_TOT_PNM")):
        return Table("Personnels non médicaux et sages-femmes", [], [], _silence(staff.get("ETP_TOT_PNM"), public))
    total = staff.get("ETP_TOT_PNM")
    lines, shown = [], []
    for v in public.variables:
        if v["mesure"] != "ETP" or v["filiere"] not in ("non médicale", "sages-femmes"):
            continue
        shown.append(v["variable"])
        own = staff.get(v["variable"])
        share = (
            percent(own["valeur"] / total["valeur"], 1)
            if own and total and own["valeur"] is not None and total["valeur"]
            else NOTHING
        )
        label = plain(v["libelle"]) if v["ligne"] != "total" else "Ensemble"
        kind = "à part" if v["filiere"] == "sages-femmes" else v["ligne"]
        lines.append(
            (
                kind,
                [
                    label,
                    cell(own),
                    share,
                    change(public.changes.get((niveau, code, v["variable"]))),
                    cell(staff.get("EFF_" + v["variable"].removeprefix("ETP_"))),
                ],
            )
        )
    return Table(
        "Personnels non médicaux et sages-femmes",
        ["Fonction", "ETP", "Part des ETP", _since(public), "Effectif"],
        lines,
        "Les sages-femmes, profession médicale selon la loi, sont comptées par la SAE parmi les soignants non médicaux "
        "et font partie de leurs totaux. ETP moyens annuels rémunérés ; effectif au 31 décembre."
        + _reasons(public, niveau, code, shown),
    )


def _capacity(sites: list[dict[str, Any]]) -> str:
    said = []
    for name, (one, several, label) in CAPACITIES.items():
        if count := sum(s[name] or 0 for s in sites):
            said.append(f"{nombre(count)} {several if count > 1 else one} {label}")
    return ", ".join(said) or "aucune capacité d’hospitalisation déclarée dans les lignes de SYGEN"


def _full_time(sites: list[dict[str, Any]]) -> tuple[str, str]:
    """Beds and places where people stay day and night, and what they are; they are beds only without psychiatry."""
    known = [s[k] for s in sites for k in FULL_TIME if s[k] is not None]
    if not known:
        return MISSING, "aucun lit ni place déclaré"
    psychiatry = sum(s["CAP_COMPLET_TOT"] or 0 for s in sites)
    return nombre(sum(known)), f"dont {nombre(psychiatry)} en psychiatrie" if psychiatry else "lits"


def _key_figures(public: Public, niveau: str, code: str, sites: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    staff = public.staff[niveau, code]
    before = public.before

    def since(variable: str) -> str:
        row = public.changes.get((niveau, code, variable))
        if row is None:
            return "évolution non disponible"
        if row["evolution"] is None:
            return f"évolution {MISSING} : {row['motif'].split(' : ')[0]}"
        return f"{change(row)} depuis {before}"

    return [
        ("Médecins salariés", _with_unit(cell(staff.get("ETPSAL_TOT"))), since("ETPSAL_TOT")),
        ("Libéraux", cell(staff.get("EFFLIB_TOT")), since("EFFLIB_TOT")),
        ("Internes et FFI", _with_unit(cell(staff.get("ETPINT"))), since("ETPINT")),
        ("Non médicaux", _with_unit(cell(staff.get("ETP_TOT_PNM"))), since("ETP_TOT_PNM")),
        ("Capacité à temps complet", *_full_time(sites)),
    ]


def _with_unit(text: str) -> str:
    return text if text in signes.EMPTY else f"{text} ETP"


def _peers(public: Public, niveau: str, code: str) -> dict[str, Any]:
    rows = public.peers.get((niveau, code), [])
    table = {"titre": "Place parmi les pairs", "colonnes": [], "lignes": []}
    if not any(r["valeur"] is not None for r in rows):
        return table | {"note": "Aucune comparaison : ses personnels manquent à la SAE, ou n'y sont que partiels."}
    region = public.place("region", public.region)
    lines = [_peer(r) for r in rows]
    group, quart = rows[0]["categorie_regroupee"], rows[0]["quart"]
    kind = public.sae.get(group)
    named = (
        f"« {kind['libelle']} », {kind['secteur_libelle']}"
        if kind
        else "les GHT dont tous les sites ont répondu, celui-ci compris"
    )
    size = f", {quart}{'er' if quart == 1 else 'e'} quart par la taille (4e : les plus grands)" if quart else ""
    unknown = " La France est vide : ailleurs, les membres des GHT ne sont pas connus."
    alone = niveau == "ght" and all(r["valeur_france"] is None for r in rows)
    return table | {
        "colonnes": ["Indicateur", "Ici", "Position", "Médiane", "Quartiles", "Pairs", region, "France"],
        "lignes": lines,
        "note": f"Pairs : {named}{size}{'' if alone else ', France entière'}. "
        "Bande : du premier au dernier décile ; pavé : quartiles ; "
        f"trait : médiane ; point : la valeur ici, creux au-delà des déciles. {region} et France : taux de la même "
        f"catégorie, recalculés des sommes.{unknown if alone else ''}",
    }


def _peer(r: dict[str, Any]) -> dict[str, str]:
    """One line of the comparison; where nothing is compared, `texte` says why."""
    share = r["unite"].startswith("part")
    decimals = 2 if r["unite"] == "ETP par lit ou place" else 1

    def said(value: Decimal | None) -> str:
        return percent(value) if share else nombre(value, decimals)

    label = PEERS[r["indicateur"]] + (" (ETP)" if r["unite"] == "ETP" else "")
    own = said(r["valeur"]) or (MISSING if "manquante" in (r["motif"] or "") else NOTHING)
    line = {
        "libelle": label,
        "valeur": own,
        "dessin": "",
        "texte": r["motif"] or "",
        "region": said(r["valeur_region"]) or NOTHING,
        "france": said(r["valeur_france"]) or NOTHING,
    }
    if r["valeur"] is None or r["mediane"] is None:
        return line
    quartiles = [said(r["quartile_1"]), said(r["quartile_3"])]
    return line | {
        "dessin": strip(r),
        "texte": f"{label} : {own} ; médiane {said(r['mediane'])}, quartiles {quartiles[0]} et {quartiles[1]}, "
        f"déciles {said(r['decile_1'])} et {said(r['decile_9'])}.",
        "quartiles": " – ".join(quartiles),
        "mediane": said(r["mediane"]),
        "nombre": nombre(r["effectif_pairs"]),
    }


def _territory(public: Public, departements: list[str]) -> list[Table]:
    shown = [d for d in departements if ("departement", d) in public.places][:3]
    region = public.place("region", public.region)
    if not shown:
        return [Table("Tension du territoire", [], [], "Le territoire n’est pas dans la région de cette publication.")]
    heads = [public.place("departement", d) for d in shown]
    lines: list[tuple[str, list[str]]] = []
    silent: dict[str, list[str]] = defaultdict(list)
    for group, label in GROUPS.items():
        found = [public.tension.get((group, d)) for d in shown]
        if any(t and t["score"] is not None for t in found):
            said = [f"{nombre(t['score'])} ({_rank(t)})" if t and t["score"] is not None else NOTHING for t in found]
            lines.append(("détail", [f"{label} : indice de tension, sur 100", *said, NOTHING, "50"]))
        else:
            reason = next((t["motif"] for t in found if t and t["motif"]), "source absente de cette édition")
            silent[reason].append(label.lower())
    for fap, label in TRADES.items():
        cells = [_hiring(public, fap, "departement", d) for d in shown]
        lines.append(
            (
                "détail",
                [
                    f"{label} : recrutements jugés difficiles",
                    *cells,
                    _hiring(public, fap, "region", public.region),
                    _hiring(public, fap, "france", "F"),
                ],
            )
        )
    for key, label in (("part_55_plus", "Médecins de 55 ans ou plus"), ("part_60_plus", "Médecins de 60 ans ou plus")):
        ages = [
            public.ages.get((key, n, c))
            for n, c in [*(("departement", d) for d in shown), ("region", public.region), ("france", "F")]
        ]
        if any(ages):
            lines.append(
                ("détail", [label, *(percent(a["valeur"]) if a and a["valeur"] is not None else MISSING for a in ages)])
            )
    why = " ".join(f"Sans indice pour {', '.join(v)} : {k}." for k, v in silent.items())
    note = (
        "Indice de 0 (détendu) à 100 (tendu), 50 au milieu des départements classés ; entre parenthèses, le rang, "
        f"1 pour le plus tendu. {why} L’âge des personnels de l’établissement n’est pas dans les sources publiées."
    )
    return [Table("Tension et âges du territoire", ["Indicateur", *heads, region, "France"], lines, note)]


def _rank(row: dict[str, Any]) -> str:
    return f"{row['rang']}{'er' if row['rang'] == 1 else 'e'} sur {row['territoires_classes']}"


def _hiring(public: Public, fap: str, niveau: str, code: str) -> str:
    row = public.hiring.get((fap, niveau, code))
    if row is None:
        return MISSING
    if row["valeur"] is None:
        return "s" if row["cases"] and not row["cases_visibles"] else signes.of_empty(row["statut"])
    return percent(row["valeur"])


def _training(public: Public, departements: list[str]) -> Table:
    title = "Où se forment les prochains"
    local = [i for i in public.institutes if i["departement"] in departements]
    region = public.place("region", public.region)
    totals = {(t["diplome"], t["niveau"], t["code"]): t for t in public.trained}
    here = [t for t in public.trained if t["niveau"] == "departement" and t["code"] in departements]
    if not public.trained:
        return Table(title, [], [], "Aucune source de formation dans cette édition.")
    diplomas = sorted(
        {t["diplome"] for t in here}, key=lambda d: (-sum(t["admis"] or 0 for t in here if t["diplome"] == d), d)
    )
    lines: list[tuple[str, list[str]]] = []
    for diploma in diplomas[:4]:
        mine = [i for i in local if i["diplome"] == diploma]
        whole = totals.get((diploma, "region", public.region))
        lines.append(
            (
                "sous-total",
                [
                    diploma,
                    *(nombre(sum(i[k] or 0 for i in mine)) for k in ("places_offertes", "admis")),
                    nombre(whole["places_offertes"]) if whole else MISSING,
                    nombre(whole["admis"]) if whole else MISSING,
                ],
            )
        )
        if diploma == diplomas[0]:
            lines += [
                ("dont", [i["libelle"], nombre(i["places_offertes"]), nombre(i["admis"]), NOTHING, NOTHING])
                for i in sorted(mine, key=lambda i: (-(i["admis"] or 0), i["libelle"], i["code"]))[:6]
            ]
    names = ", ".join(public.place("departement", d) for d in departements[:3])
    if not lines:
        return Table(title, [], [], f"Aucune formation paramédicale sur Parcoursup dans le territoire : {names}.")
    year = public.trained[0]["annee"]
    return Table(
        title,
        ["Diplôme et institut", "Places, ici", "Admis, ici", f"Places, {region}", f"Admis, {region}"],
        lines,
        f"Parcoursup, session {year}, instituts de : {names}. Hors formation continue, aides-soignants et spécialités "
        "infirmières : les places offertes ne sont pas le quota régional.",
    )


def _human_resources(public: Public, finess_ej: str | None, code_ght: str | None) -> Table:
    title = "Campagne régionale sur les ressources humaines"
    if not public.hr:
        return Table(
            title,
            [],
            [],
            "Vacance, absences, rotation et intérim ne figurent pas dans cette publication : elle n’a pas de réponses "
            "à la campagne.",
        )
    heads = [("ej", finess_ej, "Entité juridique"), ("ght", code_ght, "GHT"), ("region", public.region, "Région")]
    heads = [h for h in heads if h[1]]
    lines = []
    for key, label in HR.items():
        found = [public.hr.get((key, n, c or "")) for n, c, _ in heads]
        lines.append(
            (
                "détail",
                [
                    label,
                    *(
                        percent(r["valeur"], 1)
                        if r and r["valeur"] is not None
                        else signes.of_empty(r["statut"])
                        if r
                        else MISSING
                        for r in found
                    ),
                ],
            )
        )
    return Table(
        title, ["Indicateur", *(h[2] for h in heads)], lines, "Déclarations des établissements qui ont répondu."
    )


def _members(public: Public, code: str) -> Table:
    mine = [m for m in public.members if m["code_ght"] == code]
    entities: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for m in mine:
        entities[m["finess_ej"]].append(m)
    title = "Les membres côte à côte"
    if not mine:
        return Table(
            title, [], [], "La liste des membres de ce groupement n’est pas connue : seul son total est publié."
        )
    known = {e["finess_ej"]: e for e in public.entities}
    total = public.staff["ght", code]
    ordered = sorted(
        entities,
        key=lambda e: (-(public.staff["ej", e].get("ETP_TOT_PNM", {}).get("valeur") or 0), e),
    )
    lines = []
    for finess_ej in ordered[:MEMBERS_MAX]:
        staff = public.staff["ej", finess_ej]
        name = known[finess_ej]["raison_sociale"] if finess_ej in known else entities[finess_ej][0]["raison_sociale"]
        cells = []
        for variable in KEYS:
            own, whole = staff.get(variable), total.get(variable)
            text = cell(own)
            if own and whole and own["valeur"] is not None and whole["valeur"]:
                text += f" ({percent(own['valeur'] / whole['valeur'])})"
            cells.append(text)
        lines.append(("détail", [name, *cells]))
    left = ordered[MEMBERS_MAX:]
    lines.append(("total", ["Groupement", *(cell(total.get(v)) for v in KEYS)]))
    out = [m["raison_sociale"] for m in mine if not m["retenu"]]
    note = "Entre parenthèses, part du total du groupement ; il compte les sites publics de ses membres."
    if out:
        note += f" N’y entrent pas, de statut privé : {', '.join(out)}."
    if left:
        note += f" {len(left)} autres membres, plus petits, ne sont pas détaillés."
    return Table(title, ["Membre", *KEYS.values()], lines, note)


def _sites(public: Public, sites: list[dict[str, Any]]) -> Table:
    lines = []
    ordered = sorted(
        sites, key=lambda s: (-(public.staff["es", s["finess"]].get("ETP_TOT_PNM", {}).get("valeur") or 0), s["finess"])
    )
    for s in ordered[:MEMBERS_MAX]:
        staff = public.staff["es", s["finess"]]
        lines.append(
            (
                "détail",
                [
                    s["raison_sociale"],
                    s["commune_libelle"] or MISSING,
                    cell(staff.get("ETPSAL_TOT")),
                    cell(staff.get("ETP_TOT_PNM")),
                    _full_time([s])[0],
                ],
            )
        )
    left = len(ordered) - MEMBERS_MAX
    return Table(
        "Ses sites",
        ["Site", "Commune", "Médecins (ETP)", "Non médicaux (ETP)", "Capacité à temps complet"],
        lines,
        "Capacité à temps complet : lits d’hospitalisation complète, lits et places de psychiatrie toutes formes."
        + (f" {left} autres sites, plus petits, ne sont pas détaillés." if left > 0 else ""),
        textes=2,
    )


def _sources(public: Public) -> Table:
    lines = [
        (
            "détail",
            [
                v["titre"],
                v["producteur"],
                f"{v['millesime']}" + (f", révision {v['revision']}" if v["revision"] > 1 else ""),
                v["periode"],
            ],
        )
        for v in public.vintages
        if v["source"] in USED and (v["source"] != "enquete_rh" or public.hr)
    ]
    return Table("Sources et dates", ["Jeu de données", "Producteur", "Millésime", "Période décrite"], lines, textes=4)


def _common(public: Public, contact: str) -> dict[str, Any]:
    notes = [f"Rupture {b['annee']} : {b['rupture']} ({b['effet']})." for b in public.breaks]
    return {
        "sources": _sources(public),
        "signes": "s : secret statistique ; nd : non disponible ; /// : sans objet ; 0 : zéro véritable ; "
        "* : total partiel, un site au moins n’a pas répondu.",
        "notes": notes,
        "correction": f"Une erreur ? Écrire à {contact}."
        if contact
        else "Une erreur ? L’agence n’a pas indiqué, dans cette publication, à qui écrire pour la faire corriger.",
        "fictif": public.fictif,
    }


def _over_title(public: Public) -> str:
    region = public.place("region", public.region)
    return f"Atlas {public.edition} · {region} · personnels au 31 décembre {public.annee}"


def _category(public: Public, site: dict[str, Any]) -> str:
    kind = public.sae.get(site["categorie_regroupee"] or "")
    label = public.finess.get(site["categorie"] or "") or (kind["libelle"] if kind else "catégorie inconnue")
    return f"{label} ({site['categorie']})" if site["categorie"] else label


def _es(public: Public, site: dict[str, Any], common: dict[str, Any]) -> Sheet:
    code = site["finess"]
    entity = next((e for e in public.entities if e["finess_ej"] == site["finess_ej"]), None)
    place = f"{site['commune_libelle'] or site['commune_publiee']}, {public.place('departement', site['departement'])}"
    sites = f"{entity['sites']} sites" if entity and entity["sites"] > 1 else "site unique"
    departements = [site["departement"]] if site["departement"] else []
    statut = public.status(site)
    return Sheet(
        "es",
        code,
        code,
        _over_title(public),
        site["raison_sociale"],
        f"{_category(public, site)} · {statut} · {place}",
        [
            ("FINESS du site", code),
            ("Entité juridique", f"{site['finess_ej'] or MISSING}, {sites}"),
            ("Groupement (GHT)", _ght(site)),
            ("Capacités au 31 décembre", _capacity([site])),
        ],
        _key_figures(public, "es", code, [site]),
        [_medical(public, "es", code), _non_medical(public, "es", code)],
        _peers(public, "es", code),
        [
            _human_resources(public, site["finess_ej"], site["code_ght"]),
            *_territory(public, departements),
            _training(public, departements),
        ],
        **common,
        index=_index(
            "es", code, code, site["raison_sociale"], site["commune_libelle"], site["departement"], site["code_ght"]
        ),
    )


def _ght(site: dict[str, Any]) -> str:
    if site["code_ght"]:
        return f"{site['nom_ght']} ({site['code_ght']})"
    if site["secteur"] == "1":
        return "appartenance inconnue"
    return f"{NOTHING} : établissement privé"


def _index(
    niveau: str, code: str, file: str, name: str, commune: str | None, departement: str | None, ght: str | None
) -> dict[str, str]:
    return {
        "niveau": niveau,
        "code": code,
        "nom": name,
        "commune": commune or "",
        "departement": departement or "",
        "ght": ght or "",
        "html": f"{file}.html",
        "pdf": f"{file}.pdf",
    }


def _ej(public: Public, entity: dict[str, Any], common: dict[str, Any]) -> Sheet:
    code = entity["finess_ej"]
    sites = [s for s in public.sites if s["finess_ej"] == code]
    main = public.by_finess[entity["site_principal"]]
    departements = sorted(
        {s["departement"] for s in sites if s["departement"]}, key=lambda d: (d != entity["departement"], d)
    )
    return Sheet(
        "ej",
        code,
        f"ej-{code}",
        _over_title(public),
        entity["raison_sociale"],
        f"Entité juridique · {public.status(main)} · "
        f"{entity['sites']} sites · {public.place('departement', entity['departement'])}",
        [
            ("FINESS de l’entité", code),
            ("Site principal", f"{main['raison_sociale']} ({main['finess']})"),
            ("Groupement (GHT)", _ght(main)),
            ("Capacités au 31 décembre", _capacity(sites)),
        ],
        _key_figures(public, "ej", code, sites),
        [_sites(public, sites), _medical(public, "ej", code), _non_medical(public, "ej", code)],
        _peers(public, "ej", code),
        [
            _human_resources(public, code, entity["code_ght"]),
            *_territory(public, departements),
            _training(public, departements),
        ],
        **common,
        index=_index(
            "ej",
            code,
            f"ej-{code}",
            entity["raison_sociale"],
            main["commune_libelle"],
            entity["departement"],
            entity["code_ght"],
        ),
    )


def _group(public: Public, code: str, common: dict[str, Any]) -> Sheet:
    mine = [m for m in public.members if m["code_ght"] == code]
    sites = [public.by_finess[m["finess"]] for m in mine if m["retenu"] and m["finess"] in public.by_finess]
    weight: dict[str, Decimal] = defaultdict(Decimal)
    for s in sites:
        if s["departement"]:
            weight[s["departement"]] += public.staff["es", s["finess"]].get("ETP_TOT_PNM", {}).get("valeur") or 0
    departements = sorted(weight, key=lambda d: (-weight[d], d))
    name = "GHT " + (mine[0]["nom_ght"].removeprefix("GHT ") if mine else code)
    entities = len({m["finess_ej"] for m in mine})
    how = "; ".join(sorted({f"{m['appartenance']} ({m['annee_appartenance']})" for m in mine}))
    return Sheet(
        "ght",
        code,
        f"ght-{code}",
        _over_title(public),
        name,
        f"Groupement hospitalier de territoire · {entities} entités juridiques, {len(sites)} sites publics",
        [
            ("Code du groupement", code),
            ("Appartenance des membres", how or MISSING),
            ("Départements", ", ".join(public.place("departement", d) for d in departements) or MISSING),
            ("Capacités au 31 décembre", _capacity(sites)),
        ],
        _key_figures(public, "ght", code, sites),
        [_members(public, code), _medical(public, "ght", code), _non_medical(public, "ght", code)],
        _peers(public, "ght", code),
        [_human_resources(public, None, code), *_territory(public, departements), _training(public, departements)],
        **common,
        index=_index("ght", code, f"ght-{code}", name, "", departements[0] if departements else "", code),
    )


def sheets(public: Public, contact: str = "") -> Iterator[Sheet]:
    """The sheets of a release's region: its establishments, its entities of several sites, its GHT."""
    common = _common(public, contact)
    for site in public.sites:
        if site["region"] == public.region:
            yield _es(public, site, common)
    for entity in public.entities:
        if entity["region"] == public.region and entity["sites"] > 1:
            yield _ej(public, entity, common)
    for code in sorted({m["code_ght"] for m in public.members}):
        yield _group(public, code, common)
