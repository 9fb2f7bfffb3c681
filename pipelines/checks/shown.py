"""The rules that no suite of a view writes: what its header says of each column, and what a code, a status and a
territory are, asked of the lines that people read.

As in derived.py, each comes with the case that breaks it (`casse`).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipelines.checks.derived import Casse, Rule, query_rule
from pipelines.database.duck import literal

LOW = "entre_"  # the low bound of an interval (`bas` in its name); `haut` is the other
BY_ROW = "selon"  # each line says its kind in its column `format`
SHARES = ("pct", f"{LOW}pct")
NUMBERS = ("INTEGER", "BIGINT", "DECIMAL")  # the types of the numbers of a built table
COUNTS = ("n", f"{LOW}n")  # a number that may be under zero is « signe_ »
# Levels whose territories are those of the region that a release is about, or France.
LEVELS = ("departement", "arrondissement", "region", "france")
# The signs that stand in place of a number: a status with another says that the number is there.
EMPTY = "SELECT code FROM reference.codes WHERE liste = 'statut' AND signe IN ('s', 'nd', '///')"


def _codes(name: str) -> str:
    return f"SELECT code, libelle FROM reference.codes WHERE liste = '{name}'"


# Of those who see patients, access counts general practitioners alone: the profession has another name there.
PROFESSIONS = (
    "SELECT profession AS code, libelle FROM reference.professions "
    "UNION ALL SELECT profession, libelle_acces FROM reference.professions"
)
# label of a column of codes: that column, and what says the words of its codes
LABELS = {
    "profession_libelle": ("profession", PROFESSIONS),
    "territoire_libelle": (
        "niveau || ' ' || code",
        "SELECT niveau || ' ' || code AS code, libelle FROM reference.territoires",
    ),
    "indicateur_libelle": (
        "indicateur",
        "SELECT indicateur AS code, libelle FROM reference.indicateurs "
        "UNION ALL SELECT indicateur, libelle_court FROM reference.indicateurs",
    ),
    "niveau_libelle": (
        "niveau",
        "SELECT niveau AS code, libelle FROM reference.niveaux "
        "UNION ALL SELECT niveau, libelle_court FROM reference.niveaux",
    ),
    "diplome_libelle": ("diplome", "SELECT diplome AS code, libelle FROM reference.diplomes"),
    "groupe_libelle": (
        "groupe",
        "SELECT groupe AS code, libelle FROM reference.groupes_tension UNION ALL "
        "SELECT groupe, regexp_replace(libelle, '^dont ', '') FROM reference.variables_sae "
        "WHERE mesure = 'ETP salariés'",
    ),
    "mode_libelle": ("mode_exercice", _codes("mode_exercice")),
    "secteur_libelle": ("secteur", _codes("secteur")),
    "dimension_libelle": ("dimension", _codes("dimension")),
    "methode_libelle": ("methode", _codes("methode")),
    "scenario_libelle": ("scenario", _codes("scenario")),
}


@dataclass(frozen=True)
class ViewColumn:
    """A column of a view: its type in the file, and what the header says of it.

    That is its heading, the kind of its values, and the status of its empty cells where it is always the same.
    """

    name: str
    sql: str
    heading: str = ""
    kind: str = ""
    empty: str = ""

    @property
    def number(self) -> bool:
        """Whether it holds numbers that people read."""
        return bool(self.heading) and self.kind != "year" and self.sql.startswith(NUMBERS)


def view_rules(columns: Sequence[ViewColumn]) -> list[Rule]:
    """All that is asked of a view by what its header says; what has no object in it is not asked."""
    by_name = {column.name: column for column in columns}
    rules = (
        _shares(columns),
        _counts(columns),
        _intervals(columns),
        _words(columns),
        _labels(by_name),
        _statuses(columns),
        _explained(columns, by_name),
        _secret(columns, by_name),
        _bounds(columns, by_name),
        _region(by_name),
        _sources(by_name),
    )
    return [rule for rule in rules if rule]


def _rule(name: str, where: Collection[str], reason: str, casse: Casse) -> Rule | None:
    """No line for which one of some conditions holds; none where there is no condition."""
    if not where:
        return None
    return query_rule(name, f"SELECT * FROM {{batch}} WHERE {' OR '.join(where)}", reason, casse=casse)


def _shares(columns: Sequence[ViewColumn]) -> Rule | None:
    shares = [c.name for c in columns if c.kind.startswith(SHARES)]
    shares += [c.name.replace("bas", "haut") for c in columns if c.kind.startswith(f"{LOW}pct")]
    where = [f'"{name}" NOT BETWEEN 0 AND 1' for name in shares]
    reason = "ce qui se lit en % est une part : de 0 à 1"
    return _rule("parts_de_0_a_1", where, reason, dict.fromkeys(shares[:1], "1.5"))


def _counts(columns: Sequence[ViewColumn]) -> Rule | None:
    counts = [c.name for c in columns if c.kind.startswith(COUNTS)]
    where = [f'"{name}" < 0' for name in counts]
    return _rule("pas_sous_zero", where, "ce qui se compte n'est pas négatif", dict.fromkeys(counts[:1], "-1"))


def _intervals(columns: Sequence[ViewColumn]) -> Rule | None:
    bounds = [(c.name, c.name.replace("bas", "haut")) for c in columns if c.kind.startswith(LOW)]
    where = [f'"{low}" > "{high}" OR ("{low}" IS NULL) <> ("{high}" IS NULL)' for low, high in bounds]
    casse: Casse = {low: f'coalesce("{high}", 0) + 1' for low, high in bounds[:1]}
    return _rule("intervalle_ordonne", where, "un intervalle a ses deux bornes, la basse sous la haute", casse)


def _words(columns: Sequence[ViewColumn]) -> Rule | None:
    words = [c.name for c in columns if c.sql == "VARCHAR" and c.heading and c.kind in ("", "text") and not c.empty]
    where = [f"coalesce(trim(\"{name}\"), '') = ''" for name in words]
    reason = "une case de texte n'est vide que si l'en-tête de la vue le dit"
    return _rule("mots_dits", where, reason, dict.fromkeys(words[:1]))


def _labels(by_name: Mapping[str, ViewColumn]) -> Rule | None:
    pairs = [
        (label, code, said)
        for label, (code, said) in LABELS.items()
        if {label, *re.findall(r"\w+", code)} <= by_name.keys()
    ]
    where = [
        f"{label} IS NOT NULL AND ({code}, lower({label})) NOT IN (SELECT (code, lower(libelle)) FROM ({said}))"
        for label, code, said in pairs
    ]
    casse = f"UPDATE {{batch}} SET {pairs[0][0]} = 'un autre mot'" if pairs else ""
    return _rule("libelles_des_codes", where, "un libellé est celui que la nomenclature donne à son code", casse)


def _statuses(columns: Sequence[ViewColumn]) -> Rule | None:
    names = [c.name for c in columns if c.name == "statut" or c.name.endswith("_statut")]
    where = [f"\"{name}\" NOT IN (SELECT code FROM reference.codes WHERE liste = 'statut')" for name in names]
    casse: Casse = dict.fromkeys(names[:1], "'inconnu'")
    return _rule("statuts_connus", where, "un statut est l'un de reference.codes", casse)


def _told(columns: Sequence[ViewColumn], by_name: Mapping[str, ViewColumn]) -> list[tuple[str, str]]:
    """The numbers that people read, each with the column that says why it is empty: its own, or that of the line."""
    numbers = [c.name for c in columns if c.number and not c.kind.startswith(LOW)]
    named = ((name, f"{name}_statut" if f"{name}_statut" in by_name else "statut") for name in numbers)
    return [(name, statut) for name, statut in named if statut in by_name and not by_name[name].empty]


def _explained(columns: Sequence[ViewColumn], by_name: Mapping[str, ViewColumn]) -> Rule | None:
    told = _told(columns, by_name)
    # A line that lacks one of its several numbers is « partiel »: that one is known by nobody, the others are.
    shared = {"statut"} if sum(statut == "statut" for _, statut in told) > 1 else set()
    known = {statut: f"{EMPTY} UNION ALL SELECT 'partiel'" if statut in shared else EMPTY for _, statut in told}
    where = [f'"{name}" IS NULL AND "{statut}" NOT IN ({known[statut]})' for name, statut in told]
    casse: Casse = {told[0][0]: None, told[0][1]: "'calculé'"} if told else ""
    reason = "une case vide a le statut qui dit pourquoi : secret, non disponible ou sans objet"
    return _rule("vide_explique", where, reason, casse)


def _bounds(columns: Sequence[ViewColumn], by_name: Mapping[str, ViewColumn]) -> Rule | None:
    by_row = [c.name for c in columns if c.kind == BY_ROW and c.name in ("valeur", "france")]
    if not by_row or "indicateur" not in by_name:
        return None
    out = " OR ".join(f'v."{name}" < i.borne_min OR v."{name}" > i.borne_max' for name in by_row)
    query = f"SELECT v.* FROM {{batch}} AS v JOIN reference.indicateurs AS i USING (indicateur) WHERE {out}"
    reason = "un indicateur est dans ses bornes (reference.indicateurs)"
    return query_rule("dans_ses_bornes", query, reason, casse={by_row[0]: "-99999"})


def _secret(columns: Sequence[ViewColumn], by_name: Mapping[str, ViewColumn]) -> Rule | None:
    # The status of a line is that of its value: what else it has, a count of its cells, may be known.
    told = [(name, statut) for name, statut in _told(columns, by_name) if statut != "statut" or name == "valeur"]
    where = [f'"{name}" IS NOT NULL AND "{statut}" = \'secret\'' for name, statut in told]
    casse: Casse = {told[0][0]: f'coalesce("{told[0][0]}", 0)', told[0][1]: "'secret'"} if told else ""
    return _rule("secret_tu", where, "un nombre secret n'est pas montré", casse)


def _region(by_name: Mapping[str, ViewColumn]) -> Rule | None:
    if not {"niveau", "code"} <= by_name.keys():
        return None
    here = (
        "SELECT (t.niveau, t.code) FROM reference.territoires AS t, vues.publication AS p "
        "WHERE t.niveau = 'france' OR list_contains(string_split(t.regions, ' '), p.region)"
    )
    where = [f"niveau IN ({', '.join(map(literal, LEVELS))}) AND (niveau, code) NOT IN ({here})"]
    if "territoire" in by_name:
        where.append("(territoire, niveau, code) NOT IN (SELECT (territoire, niveau, code) FROM vues.territoires)")
    elsewhere = (
        "SELECT min(t.code) FROM reference.territoires AS t, vues.publication AS p "
        "WHERE t.niveau = 'departement' AND NOT list_contains(string_split(t.regions, ' '), p.region)"
    )
    reason = "une ligne est d'un territoire de la publication : la région, ce qu'elle contient, ou la France"
    return _rule("territoires_de_la_region", where, reason, {"niveau": "'departement'", "code": f"({elsewhere})"})


def _sources(by_name: Mapping[str, ViewColumn]) -> Rule | None:
    if "source" not in by_name:
        return None
    where = ["source <> '' AND source NOT IN (SELECT source FROM reference.sources)"]
    return _rule("sources_connues", where, "une source est de reference.sources", {"source": "'nulle_part'"})
