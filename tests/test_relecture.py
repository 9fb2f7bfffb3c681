"""A release is read back as a person reads it, and each number is looked for in the marts of the warehouse.

A number is found where a cell of a mart, written with as many decimals, equals it, and where what that cell is about
(territory, profession, variable, year …) is said around the number: in its line, its heading, its caption or its
title. What pages compute from several cells is computed here again, in SQL, from the marts.
"""

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pypdf
import pytest
from fixtures_entrepots import EDITION, REGION, Publication

from pipelines.publish import public

# --- What a person reads ----------------------------------------------------------------------------------

NUMBER = re.compile(
    r"(?<![\w,.-])([+−]?)(\d{1,3}(?:[\u202f\u00a0]\d{3})+|\d+)(?:,(\d+))?([\u202f\u00a0]%)?(?!-?\w|[,.]\w)"
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
HORIZON = re.compile(r"d.ici à 20\d\d")  # when what is foreseen would be, not the year of what is known


@cache
def plain(text: str) -> str:
    """A text without case, accents and typography, between spaces: how labels are compared."""
    text = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return " " + re.sub(r"[^a-z0-9]+", " ", "".join(c for c in text if not unicodedata.combining(c))).strip() + " "


def says(around: str, alternatives: str) -> bool:
    """Whether a text, made plain, holds one of the alternatives, at the beginning of a word."""
    return any(plain(one).rstrip() in around for one in alternatives.removeprefix("§").split("¦"))


@dataclass(frozen=True)
class Shown:
    """A text that holds numbers, and what stands around it; `years` are those that its line or heading says."""

    place: str
    text: str
    around: str
    years: frozenset[int] = frozenset()
    heading: str = ""


BLOCKS = {"h1", "h2", "h3", "p", "li", "dt", "dd", "th", "td", "caption", "figcaption", "div", "section"}


SILENT = {"script", "style", "nav", "svg", "summary", "footer", "title"}

HELD = {"h1": "title", "h2": "section", "h3": "section", "caption": "caption", "dt": "label"}


class Reader(HTMLParser):
    """The tables, the key numbers and the sentences of a page, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.title = self.section = self.caption = ""
        self.columns: list[str] = []
        self.line: list[tuple[str, str]] = []
        self.found: list[Shown] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.quiet += 1
        if tag in ("p", "span", "a", "strong") and "li" in self.open:
            self.text.append(" ")  # the parts of one key number
        elif tag in BLOCKS:
            self._sentence()
        if tag == "table":
            self.columns, self.line = [], []
        if tag == "tr":
            self.line = []
        if tag not in ("br", "img", "meta", "link", "input", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.quiet = max(0, self.quiet - 1)
            self.text = []
        said = self._take() if tag in ("h1", "h2", "h3", "caption", "th", "td", "dt") else ""
        if tag in HELD:
            setattr(self, HELD[tag], said)
        elif tag in ("th", "td"):
            (self.columns.append(said) if "thead" in self.open else self.line.append((tag, said)))
        elif tag == "tr" and "thead" not in self.open:
            self._row()
        elif tag in BLOCKS and not (tag == "p" and "li" in self.open):
            self._sentence()
        if tag == "table":
            self.caption = ""
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.text.append(data)

    def _take(self) -> str:
        said = re.sub(r"[ \n\t]+", " ", "".join(self.text)).strip()
        self.text = []
        return said

    def _sentence(self) -> None:
        before = "".join(self.open[-1:])
        said = self._take()
        if said:
            label = getattr(self, "label", "") if "dd" in self.open else ""
            self.found.append(Shown(before or "p", said, " | ".join([self.title, self.section, label, said])))

    def _row(self) -> None:
        whole = " | ".join(text for _, text in self.line)
        stated = {int(y) for n, (_, t) in enumerate(self.line) if _a_year(self._column(n), t) for y in YEAR.findall(t)}
        for n, (tag, text) in enumerate(self.line):
            column = self._column(n)
            if tag == "td" and column != "Réserve" and not _a_year(column, text):  # the words of a register
                years = {int(y) for y in YEAR.findall(HORIZON.sub("", column))[-1:]} or stated
                around = " | ".join([self.title, self.section, self.caption, column, whole])
                self.found.append(Shown("td", text, around, frozenset(years), column))

    def _column(self, n: int) -> str:
        return self.columns[n] if n < len(self.columns) else ""


def _a_year(column: str, text: str) -> bool:
    return bool(YEAR.fullmatch(text)) and bool(re.search("année|présents en|session|rentrée", column, re.IGNORECASE))


def read(page: str) -> list[Shown]:
    """What a page shows."""
    reader = Reader()
    reader.feed(page)
    return reader.found


# Numbers of the words themselves, that no mart holds: definitions, scales, dates, thresholds of a method.
WORDS = (
    (r"\d+[\u202f\u00a0 ]000 (?:habitants|hab\.)", "the base of a density"),
    (r"\b95 fois sur 100\b", "the level of an interval"),
    (r"\bsorties [+-]20\s%", "the name of a scenario"),
    (r"\bsur 100\b|\b0 à 100\b|\bde 0 \([^)]*\) à 100 \([^)]*\)|\b50 au milieu", "the scale of the index"),
    (r"\b9[05][\u202f\u00a0 ]%", "the level of an interval"),
    (
        r"\b(?:1er|[0-3]?\d) (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)",
        "a day",
    ),
    (r"\b\d+(?:[- ]\d+)?(?: à \d+)?[\u202f\u00a0 ]ans\b(?: (?:ou|et) plus)?", "an age or a term"),
    (r"\b(?:[Rr]ang 1|1 pour le plus)\b", "the first rank"),
    (r"\b\d\d/\d\d/\d{4}\b", "a day"),
    (r"\b(?:19|20)\d\d\b(?:-(?:19|20)\d\d\b)?", "a year"),
    (r"\b(?:\d{9}|\d[AB]\d{7}|28\d{3})\b", "a FINESS number or the code of a GHT"),
    (r"\(\d{2,3}[AB]?\)|\b2[AB]\b", "the code of a département or of a category"),
    (r"\bQ2[0-4]\b|\bMétiers 2030\b", "the name of a questionnaire or of a source"),
    (r"\b2,5 consultations|\bsous 2,5\b", "the threshold of the APL"),
    (r"\b[Ss]ous 100[\u202f\u00a0 ]%", "a whole coverage"),
    (r"\bde 1 à 5\b|\b1\s:\sla plus faible, 5\s:\sla plus forte", "the scale of tensions of DARES"),
    (r"\bpour 100 (?:non médicaux|infirmiers|ETP)|\bpour 100[\u202f\u00a0 ]000$", "the base of a ratio"),
    (r"\b4e : les plus grands|\b[1-4]er? quart|\b[1-4]e quart", "a quarter of the peers"),
    (r"[Aa]rrondissement fictif \d+", "an invented name"),
    (
        r"ce qui aurait été publié de \d{4} à \d{4} .*? de ce qui est arrivé",
        "an error and a coverage of qualite.projections_epreuve, counted by tests/test_effectifs.py",
    ),
    (r"La série est rompue.*|\brupture de 20\d\d.*|Ruptures de la série.*", "words of reference.ruptures"),
    (r"moins de 5 (?:pairs|personnes)", "the threshold of a comparison"),
    (r"/// : sans objet ; 0 : zéro véritable", "the signs"),
    (r"\b50 est le milieu", "the middle of the index"),
    (
        r"(?:dès|moins de) (?:30 projets|80[\u202f\u00a0 ]% des)|\bet 80[\u202f\u00a0 ]% des projets",
        "thresholds of the index",
    ),
    (r"corrélés à plus de 0,5|corrélation de 1\s:|de 0\s: l’ordre", "the scale of a correlation, and its threshold"),
)
SPOKEN = re.compile("|".join(f"(?:{rule})" for rule, _ in WORDS))


@dataclass(frozen=True)
class Number:
    """A number as it is written: its value, its decimals, and whether it is a percentage."""

    value: Decimal
    decimals: int
    percent: bool


def numbers(text: str) -> list[Number]:
    """The numbers of a text, but those of the words themselves."""
    found = []
    text = re.sub(r"(\d)(\u00a0à\u00a0\d+(?:,\d)?\u202f%)", "\\1\u202f%\\2", text)  # an interval says % once
    for sign, whole, decimals, percent in NUMBER.findall(SPOKEN.sub(" ", text)):
        value = Decimal(re.sub(r"\D", "", whole) + (f".{decimals}" if decimals else ""))
        found.append(Number(-value if sign == "−" else value, len(decimals), bool(percent)))
    return found


# --- What the marts hold ----------------------------------------------------------------------------------

# What each key says of its line, as SQL: alternatives with « ¦ » between them; NULL where it is said by silence.
KEYS = {
    "profession": "CASE WHEN {specialite} = 'ensemble' THEN m.profession || '¦' || (SELECT libelle "
    "FROM e.reference.professions AS p WHERE p.profession = m.profession) END",
    "specialite": "nullif(m.specialite, 'ensemble')",
    "mode_exercice": "CASE m.mode_exercice WHEN 'libéral' THEN 'libéral¦libéraux' WHEN 'salarié' THEN "
    "'salarié¦salariés' WHEN 'mixte' THEN 'libéral et salarié¦mixte' END",
    "zone": "m.zone",
    "diplome": "CASE WHEN m.niveau <> 'institut' THEN m.diplome || '¦' || "
    "coalesce((SELECT libelle FROM e.reference.diplomes AS d WHERE d.diplome = m.diplome), m.diplome) END",
    "dimension": "CASE m.dimension WHEN 'flux' THEN 'flux¦évolution de l’effectif' ELSE m.dimension END || {mesure}",
    "fap": "m.libelle",
    "groupe": "CASE m.groupe WHEN 'medecin_generaliste' THEN 'médecins généralistes' ELSE coalesce("
    "(SELECT libelle FROM e.reference.professions AS p WHERE p.profession = m.groupe), "
    "(SELECT regexp_replace(libelle, '^dont ', '') FROM e.reference.variables_sae AS v "
    "WHERE v.variable = 'ETPSAL_' || m.groupe), m.groupe) END",
    "variable": "(SELECT mot FROM mots WHERE mots.variable = m.variable)",
}
# What a line of tension measures, which a table may name instead of its dimension.
INDICATOR = (
    "coalesce((SELECT '¦' || i.libelle_court FROM e.reference.indicateurs AS i WHERE i.indicateur = m.indicateur), '')"
)
# A measure of SAE is told by a heading, or by its unit.
MEASURES = {
    "effectif salarié": "salariés¦effectif salarié",
    "ETP salariés": "ETP",
    "effectif libéral": "libéraux¦effectif libéral",
    "ETP": "ETP",
    "effectif": "effectif¦internes",
}
SYNONYMS = {
    "TOT": "ensemble¦total¦médecins salariés¦médecins, odontologistes et pharmaciens¦libéraux¦médecins (ETP)¦médicaux",
    "TOT_PNM": "ensemble¦total¦non médicaux",
    "EFF_INT_recalcule": "internes",
    "ETPINT": "internes",
    "INFSANSSPE": "infirmiers (ETP)¦infirmiers sans spécialisation",
}
CHANGE = "évolution¦depuis"  # a change is told as such, and what is told as a change is one
HIDDEN = {"millesime", "revision", "annee", "cle", "ordre", "echelle"}
PLACES = ("finess", "finess_ej", "code_ght")


@dataclass
class Cells:
    """Every number of the marts that a region's release may show, with what it is about."""

    database: Path
    region: str
    db: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        self.db.execute(f"ATTACH '{self.database}' AS e (READ_ONLY)")
        self.db.execute(
            "CREATE TABLE mots AS SELECT variable, mesure, concat_ws('¦', trim(split_part(split_part("
            "regexp_replace(libelle, '^dont ', ''), ' (', 1), ' : ensemble', 1)), s.mots) AS mot "
            "FROM e.reference.variables_sae AS v LEFT JOIN ("
            "SELECT unnest($mots::STRUCT(suffixe VARCHAR, mots VARCHAR)[], recursive := true)) AS s "
            "ON v.variable = s.suffixe OR regexp_replace(v.variable, '^[A-Z]+_', '') = s.suffixe",
            {"mots": [{"suffixe": k, "mots": v} for k, v in SYNONYMS.items()]},
        )
        self.db.execute(
            "CREATE TABLE mesures AS SELECT unnest($m::STRUCT(mesure VARCHAR, mots VARCHAR)[], recursive := true)",
            {"m": [{"mesure": k, "mots": v} for k, v in MEASURES.items()]},
        )
        self.db.execute(
            """
            CREATE TABLE lieux AS
            SELECT niveau, code, CASE niveau WHEN 'departement' THEN libelle || '¦' || libelle || ' (' || code || ')'
                WHEN 'region' THEN libelle || '¦Région' ELSE libelle END AS nom, NULL AS fiche
            FROM e.reference.territoires
            WHERE niveau = 'region' OR (niveau IN ('departement', 'arrondissement', 'bassin_bmo')
                AND list_contains(string_split(regions, ' '), $region))
            UNION ALL
            SELECT 'france', 'F', 'France', NULL
            UNION ALL
            SELECT DISTINCT 'institut', code, libelle, NULL FROM e.atlas.formations
            WHERE niveau = 'institut' AND region = $region
            UNION ALL
            SELECT 'es', finess, finess || '¦' || arg_max(raison_sociale, millesime),
                '§' || finess || '¦' || arg_max(raison_sociale, millesime)
            FROM e.fiches.etablissements
            WHERE region = $region OR region_ght = $region GROUP BY finess
            UNION ALL
            SELECT 'ej', finess_ej, finess_ej || '¦Entité juridique¦' || arg_max(raison_sociale, millesime),
                '§' || finess_ej || '¦' || arg_max(raison_sociale, millesime)
            FROM e.core.entites_juridiques WHERE region = $region OR region_ght = $region GROUP BY finess_ej
            UNION ALL
            SELECT 'ght', code_ght, code_ght || '¦GHT¦Groupement¦' || arg_max(nom_ght, millesime),
                '§' || code_ght || '¦' || arg_max(nom_ght, millesime)
            FROM e.fiches.ght_personnels
            WHERE substr(code_ght, 1, 2) = $region GROUP BY code_ght
            """,
            {"region": self.region},
        )
        self.db.execute(
            "CREATE TABLE cellules (mart VARCHAR, colonne VARCHAR, annee INTEGER, lieu VARCHAR, fiche VARCHAR, "
            "mots VARCHAR[], valeur DECIMAL(28, 8))"
        )
        columns: dict[str, dict[str, str]] = defaultdict(dict)
        for mart, name, kind in self.db.execute(
            "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = 'e' AND schema_name IN ('atlas', 'fiches') ORDER BY ALL"
        ).fetchall():
            columns[mart][name] = kind
        for model in public.published():
            if model.schema in ("atlas", "fiches"):
                self._load(model.name, columns[model.name])
        for name, query in DERIVED.items():
            self.db.execute(
                f"INSERT INTO cellules SELECT '{name}', '', annee, lieu, fiche, mots, valeur FROM ({query})"
            )
        self.groups: dict[tuple[str, ...], list[tuple[int, Decimal]]] = defaultdict(list)
        for year, places, words, value in self.db.execute(
            "SELECT DISTINCT annee, list_filter([lieu, fiche], x -> x IS NOT NULL), mots, valeur FROM cellules "
            "WHERE valeur IS NOT NULL"
        ).fetchall():
            self.groups[(*places, *words)].append((year, value))
        self.labels = {label for labels in self.groups for label in labels}

    def _load(self, mart: str, kinds: dict[str, str]) -> None:
        place = next((k for k in PLACES if k in kinds and "niveau" not in kinds), None)
        level = {"finess": "'es'", "finess_ej": "'ej'", "code_ght": "'ght'"}[place] if place else "m.niveau"
        if place is None and "niveau" not in kinds:
            return
        measures = [n for n, k in kinds.items() if n not in HIDDEN and re.match(r"INTEGER|BIGINT|DECIMAL", k)]
        specialty = "m.specialite" if "specialite" in kinds else "'ensemble'"
        measure = INDICATOR if {"dimension", "indicateur"} <= kinds.keys() else "''"
        words = [f"({sql.format(specialite=specialty, mesure=measure)})" for key, sql in KEYS.items() if key in kinds]
        if "variable" in kinds and "femmes" not in kinds:
            words.append("(SELECT s.mots FROM mots JOIN mesures AS s USING (mesure) WHERE mots.variable = m.variable)")
        if "secteur" in kinds and "variable" in kinds:
            words.append(
                "(SELECT c.libelle FROM e.reference.codes AS c WHERE c.liste = 'secteur' "
                "AND c.code = m.secteur AND c.code <> 'ensemble')"
            )
        year = "m.annee" if "annee" in kinds else "m.millesime" if "millesime" in kinds else "NULL"
        for measure in measures:
            said = [*words, f"'{CHANGE}'"] if measure.startswith("evolution") else words
            self.db.execute(
                f"INSERT INTO cellules SELECT '{mart}', '{measure}', {year}, l.nom, l.fiche, "
                f'list_filter([{", ".join(said)}], x -> x IS NOT NULL), m."{measure}" '
                f"FROM e.{mart} AS m JOIN lieux AS l ON l.niveau = {level} AND l.code = m.{place or 'code'} "
                f'WHERE m."{measure}" IS NOT NULL'
            )


STAFF = """
(FROM e.fiches.es_personnels SELECT 'es' AS niveau, finess AS code, annee, millesime, variable, valeur UNION ALL
FROM e.fiches.ej_personnels SELECT 'ej', finess_ej, annee, millesime, variable, valeur UNION ALL
FROM e.fiches.ght_personnels SELECT 'ght', code_ght, annee, millesime, variable, valeur)
"""
# What an entity brings to its group: the private sites of a public entity aren't counted there.
BROUGHT = """
(FROM e.fiches.ght_membres AS m JOIN e.fiches.es_personnels AS s USING (millesime, finess)
SELECT m.code_ght, 'ej' AS niveau, m.finess_ej AS code, s.annee, m.millesime, s.variable, sum(s.valeur) AS valeur
WHERE m.retenu GROUP BY ALL)
"""
BEDS = ("LIT_MCO", "PLA_MCO", "CAP_COMPLET_TOT", "LIT_SSR", "PLA_SSR", "LIT_USLD", "PLATOT_HAD")
# The words of a group of the tension index.
GROUP = (
    "CASE {0}.groupe WHEN 'medecin_generaliste' THEN 'médecins généralistes' ELSE (SELECT p.libelle || '¦' "
    "|| p.libelle_court FROM e.reference.professions AS p WHERE p.profession = {0}.groupe) END"
)
# What sheets and pages compute from several cells, computed again: one query of cells each.
DERIVED = {
    "toute la France": f"""
        SELECT annee, libelle AS lieu, NULL AS fiche, [{GROUP.format("s")}] AS mots, valeur
        FROM (UNPIVOT (
            SELECT t.annee, t.libelle, t.groupe, t.score::DECIMAL(28, 8) AS score, t.rang::DECIMAL(28, 8) AS rang,
                t.rang_bas::DECIMAL(28, 8) AS rang_bas, t.rang_haut::DECIMAL(28, 8) AS rang_haut,
                i.valeur::DECIMAL(28, 8) AS part, i.denominateur::DECIMAL(28, 8) AS projets,
                t.territoires_classes::DECIMAL(28, 8) AS classes
            FROM e.atlas.tension AS t
            LEFT JOIN e.atlas.tension_indicateurs AS i
                ON i.groupe = t.groupe AND i.code = t.code AND i.indicateur = 'part_difficile'
        ) ON score, rang, rang_bas, rang_haut, part, projets, classes INTO NAME quoi VALUE valeur) AS s""",
    "milieu de la tension": f"""
        SELECT DISTINCT annee, 'France' AS lieu, NULL AS fiche, [{GROUP.format("s")}] AS mots, 50 AS valeur
        FROM e.atlas.tension AS s""",
    "valeur de la tension": f"""
        SELECT 2000 AS annee, '§départements' AS lieu, NULL AS fiche, [{GROUP.format("s")}] AS mots, valeur
        FROM (
            SELECT groupe, unnest([facteur, part, cumul, territoires]::DECIMAL(28, 8)[]) AS valeur
            FROM e.atlas.tension_facteurs UNION ALL
            SELECT groupe, unnest([correlation, territoires]::DECIMAL(28, 8)[]) FROM e.atlas.tension_correlations
            UNION ALL
            SELECT s.groupe, unnest([
                corr(s.rang, s.rang_indice), median(abs(s.ecart)), quantile_cont(abs(s.ecart), 0.9), max(abs(s.ecart)),
                count(*) FILTER (s.rang NOT BETWEEN t.rang_bas AND t.rang_haut), count(*)]::DECIMAL(28, 8)[])
            FROM e.atlas.tension_sensibilite AS s JOIN e.atlas.tension AS t USING (groupe, niveau, code)
            GROUP BY s.groupe, s.variante UNION ALL
            SELECT groupe, unnest([correlation, dispersion, dispersion_declaree, territoires]::DECIMAL(28, 8)[])
            FROM e.qualite.tension_epreuves UNION ALL
            SELECT groupe, unnest([poids / sum(poids) OVER (PARTITION BY groupe)]::DECIMAL(28, 8)[])
            FROM e.reference.tension_composition UNION ALL
            SELECT groupe, max(poids_present)::DECIMAL(28, 8) FROM e.atlas.tension GROUP BY groupe
        ) AS s WHERE valeur IS NOT NULL""",
    "spécialités en ville": f"""
        SELECT s.annee, l.nom AS lieu, l.fiche, [s.libelle] AS mots, s.valeur
        FROM (UNPIVOT (
            SELECT annee, niveau, code, libelle, effectif::DECIMAL(28, 8) AS effectif, valeur::DECIMAL(28, 8) AS densite
            FROM e.atlas.specialites_liberales
        ) ON effectif, densite INTO NAME quoi VALUE valeur) AS s JOIN lieux AS l USING (niveau, code)
        UNION ALL
        SELECT d.annee, l.nom, l.fiche, [d.libelle, '{CHANGE}'], d.effectif::DECIMAL(28, 8) / a.effectif - 1
        FROM e.atlas.specialites_liberales AS d
        JOIN e.atlas.specialites_liberales AS a
            ON a.specialite = d.specialite AND a.niveau = d.niveau AND a.code = d.code AND a.annee = d.premiere
        JOIN lieux AS l ON l.niveau = d.niveau AND l.code = d.code WHERE a.effectif >= 20""",
    # A line says the year of its statuses too, which may be another than that of its staff.
    "statuts des médecins": """
        SELECT y.annee, l.nom AS lieu, l.fiche,
            [CASE s.specialite WHEN 'ensemble' THEN 'médecins' ELSE coalesce(s.libelle, s.specialite) END] AS mots,
            s.valeur
        FROM (UNPIVOT (
            SELECT niveau, code, specialite, any_value(libelle) AS libelle,
                arg_max(effectif_salarie, annee)::DECIMAL(28, 8) AS salaries,
                arg_max(femmes / nullif(effectif_salarie, 0), annee)::DECIMAL(28, 8) AS femmes,
                arg_max(temps_partiel / nullif(effectif_salarie, 0), annee)::DECIMAL(28, 8) AS partiel,
                arg_max(etp_connus, annee)::DECIMAL(28, 8) AS connus,
                arg_max((etp_pu + etp_ph) / nullif(etp_connus, 0), annee)::DECIMAL(28, 8) AS titulaires,
                arg_max((etp_as + etp_hu) / nullif(etp_connus, 0), annee)::DECIMAL(28, 8) AS assistants,
                arg_max(etp_autres / nullif(etp_connus, 0), annee)::DECIMAL(28, 8) AS autres
            FROM e.atlas.statuts_hospitaliers GROUP BY ALL
        ) ON salaries, femmes, partiel, connus, titulaires, assistants, autres INTO NAME quoi VALUE valeur) AS s
        JOIN lieux AS l USING (niveau, code)
        CROSS JOIN (SELECT DISTINCT annee FROM e.atlas.statuts_hospitaliers) AS y""",
    "part des ETP non médicaux": f"""
        SELECT s.annee, l.nom AS lieu, l.fiche, [mots.mot] AS mots, s.valeur / t.valeur AS valeur
        FROM {STAFF} AS s JOIN {STAFF} AS t USING (niveau, code, millesime)
        JOIN lieux AS l USING (niveau, code) JOIN mots ON mots.variable = s.variable
        WHERE t.variable = 'ETP_TOT_PNM' AND t.valeur > 0 AND starts_with(s.variable, 'ETP_')""",
    "apport au groupement": f"""
        SELECT s.annee, l.nom AS lieu, l.fiche, [mots.mot, '§' || s.code_ght] AS mots, s.valeur
        FROM {BROUGHT} AS s JOIN lieux AS l USING (niveau, code) JOIN mots ON mots.variable = s.variable""",
    "part du groupement": f"""
        SELECT s.annee, l.nom AS lieu, l.fiche, [mots.mot, '§' || s.code_ght] AS mots, s.valeur / g.valeur AS valeur
        FROM {BROUGHT} AS s JOIN lieux AS l USING (niveau, code) JOIN mots ON mots.variable = s.variable
        JOIN e.fiches.ght_personnels AS g
        ON g.code_ght = s.code_ght AND g.millesime = s.millesime AND g.variable = s.variable WHERE g.valeur > 0""",
    "capacités": f"""
        WITH sites AS (
            FROM e.fiches.etablissements SELECT *, 'es' AS niveau, finess AS lieu_code UNION ALL
            FROM e.fiches.etablissements SELECT *, 'ej', finess_ej UNION ALL
            FROM e.fiches.etablissements AS t JOIN e.fiches.ght_membres AS m USING (millesime, finess)
            SELECT t.*, 'ght', m.code_ght WHERE m.retenu
        ), sommes AS (
            SELECT annee, niveau, lieu_code, {", ".join(f"sum({b}) AS {b}" for b in BEDS)},
                sum(coalesce(LIT_MCO, 0) + coalesce(CAP_COMPLET_TOT, 0) + coalesce(LIT_SSR, 0) + coalesce(LIT_USLD, 0))
                    AS complet
            FROM sites GROUP BY ALL
        )
        SELECT annee, l.nom AS lieu, l.fiche, ['capacité¦lits'] AS mots, valeur
        FROM (UNPIVOT sommes ON {", ".join(BEDS)}, complet INTO NAME capacite VALUE valeur) AS s
        JOIN lieux AS l ON l.niveau = s.niveau AND l.code = s.lieu_code""",
    "places et admis ici": """
        WITH ici AS (
            SELECT a.annee, a.diplome, c.departement, sum(a.places_offertes) AS places, sum(a.admis) AS admis
            FROM e.atlas.formations AS a
            JOIN (SELECT DISTINCT cod_uai, departement FROM e.core.formations) AS c ON c.cod_uai = a.code
            JOIN lieux AS l ON l.niveau = 'departement' AND l.code = c.departement
            WHERE a.niveau = 'institut' GROUP BY ALL
        ), deux AS (
            FROM ici SELECT annee, diplome, [departement] AS ou, places, admis
            UNION ALL FROM ici AS x JOIN ici AS y USING (annee, diplome)
            SELECT annee, diplome, [x.departement, y.departement], x.places + y.places, x.admis + y.admis
            WHERE x.departement < y.departement
            UNION ALL FROM ici AS x JOIN ici AS y USING (annee, diplome) JOIN ici AS z USING (annee, diplome)
            SELECT annee, diplome, [x.departement, y.departement, z.departement], x.places + y.places + z.places,
                x.admis + y.admis + z.admis WHERE x.departement < y.departement AND y.departement < z.departement
        )
        SELECT annee, 'ici' AS lieu, NULL AS fiche,
            [diplome, '§instituts de'] || list_transform(ou, d -> '§(' || d || ')') AS mots, valeur
        FROM (UNPIVOT deux ON places, admis INTO NAME quoi VALUE valeur)""",
    "ZIP et ZAC": """
        SELECT annee, l.nom AS lieu, l.fiche, ['ZIP'] AS mots, valeur
        FROM (UNPIVOT (
            SELECT annee, profession, niveau, code, sum(population)::DECIMAL(28, 8) AS habitants,
                (sum(population) / nullif(any_value(population_totale), 0))::DECIMAL(28, 8) AS part
            FROM e.atlas.acces WHERE zone IN ('ZIP', 'ZAC') GROUP BY ALL
        ) ON habitants, part INTO NAME quoi VALUE valeur) AS s JOIN lieux AS l USING (niveau, code)""",
    "sites": """
        SELECT j.millesime AS annee, l.nom AS lieu, l.fiche, ['sites'] AS mots, j.sites AS valeur
        FROM e.core.entites_juridiques AS j JOIN lieux AS l ON l.niveau = 'ej' AND l.code = j.finess_ej
        UNION ALL SELECT t.annee, l.nom, l.fiche, ['sites'], count(*) FROM e.fiches.etablissements AS t
        JOIN lieux AS l ON l.niveau = 'region' AND l.code = t.region GROUP BY ALL
        UNION ALL SELECT max(annee_appartenance), l.nom, l.fiche, ['sites'], count(*) FILTER (m.retenu)
        FROM e.fiches.ght_membres AS m JOIN lieux AS l ON l.niveau = 'ght' AND l.code = m.code_ght GROUP BY ALL
        UNION ALL SELECT max(annee_appartenance), l.nom, l.fiche, ['entités'], count(DISTINCT finess_ej)
        FROM e.fiches.ght_membres AS m JOIN lieux AS l ON l.niveau = 'ght' AND l.code = m.code_ght
        GROUP BY ALL""",
}


@cache
def keys(value: Decimal) -> tuple[Number, ...]:
    """How a value of a mart may be written."""
    return tuple(
        Number((value * (100 if percent else 1)).quantize(unit, rounding=ROUND_HALF_UP), decimals, percent)
        for percent in (False, True)
        for decimals, unit in enumerate((Decimal(1), Decimal("0.1"), Decimal("0.01")))
    )


def _fits(one: Shown, labels: tuple[str, ...], years: set[int], near: dict[str, bool]) -> bool:
    """Whether a cell of these labels and years is what stands there: its words are near, its year is said."""
    change = CHANGE in labels or not one.heading.startswith("Évolution")
    return change and all(near[label] for label in labels) and bool(not one.years or one.years & years)


def unmatched(shown: Sequence[Shown], cells: Cells) -> list[str]:
    """The numbers of a page that no cell of a mart is, with what stands around them."""
    page = plain(" | ".join(one.around for one in shown))
    wanted = {number for one in shown for number in numbers(one.text)}
    said = {label: says(page, label) for label in cells.labels}
    pool: dict[Number, dict[tuple[str, ...], set[int]]] = defaultdict(lambda: defaultdict(set))
    for labels, held in cells.groups.items():
        if all(said[label] for label in labels):
            for year, value in held:
                for written in wanted.intersection(keys(value)):
                    pool[written][labels].add(year)
    lost = []
    for one in shown:
        around = plain(one.around)
        near: dict[str, bool] = {}
        for number in numbers(one.text):
            found = pool.get(number, {})
            for label in {label for labels in found for label in labels} - near.keys():
                near[label] = label.startswith("§") or says(around, label)
            if not any(_fits(one, labels, years, near) for labels, years in found.items()):
                lost.append(f"{number.value}{' %' if number.percent else ''} — {one.around}")
    return lost


# --- Ten pages, ten sheets, and the files of tables ----------------------------------------------------

# Not among those drawn: what they compute from several marts isn't computed again here.
LEFT = {"projections", "formations", "acces", "ressources-humaines"}


@dataclass(frozen=True)
class House:
    """A warehouse, its release, and the cells of its marts."""

    made: Publication
    cells: Cells

    def drawn(self, folder: str, count: int) -> list[Path]:
        """Pages or sheets taken at random, always the same."""
        files = sorted(p for p in (self.made.release / folder).glob("*.html") if p.stem not in {"index", *LEFT})
        return random.Random(EDITION).sample(files, count)  # noqa: S311


@pytest.fixture(scope="module")
def invented(published: Publication) -> House:
    """The release of fictitious extracts: what is seen of a fault doesn't depend on the numbers."""
    return House(published, Cells(published.settings.database, REGION))


@pytest.fixture(scope="module")
def real(mirror_published: Publication) -> House:
    return House(mirror_published, Cells(mirror_published.settings.database, REGION))


@pytest.fixture(scope="module", params=["invented", pytest.param("real", marks=pytest.mark.lent)])
def house(request: pytest.FixtureRequest) -> House:
    found: House = request.getfixturevalue(request.param)
    return found


@pytest.mark.lent
@pytest.mark.parametrize(("folder", "count"), [("pages", 10), ("fiches", 10)])
def test_every_number_is_a_cell_of_a_mart(house: House, folder: str, count: int) -> None:
    total, lost = 0, {}
    for path in house.drawn(folder, count):
        shown = read(path.read_text(encoding="utf-8"))
        total += sum(len(numbers(one.text)) for one in shown)
        if missing := unmatched(shown, house.cells):
            lost[path.name] = missing
    assert lost == {}
    assert total > 40 * count


def test_a_sheet_says_the_same_numbers_in_pdf(house: House) -> None:
    for path in house.drawn("fiches", 10):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(path.with_suffix(".pdf")).pages)
        printed = re.sub(r"\s", "", text)
        told = [one.text for one in read(path.read_text(encoding="utf-8")) if one.place == "td" and numbers(one.text)]
        assert {cell for cell in told if re.sub(r"\s", "", cell) not in printed} == set(), path.name


@pytest.mark.lent
def test_the_public_file_and_its_copies_are_the_marts(house: House) -> None:
    """Where a release shows a number, it is the warehouse's; CSV and Parquet hold what the public file holds."""
    release = house.made.release
    (file,) = release.glob("*.duckdb")
    prefix = file.name.removesuffix(public.NAME)
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{house.made.settings.database}' AS e (READ_ONLY); ATTACH '{file}' AS p (READ_ONLY)")
        for model in (m for m in public.published() if m.schema in ("atlas", "fiches")):
            described = db.execute(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'p' AND schema_name = ? "
                "AND table_name = ? AND column_name <> ?",
                [model.schema, model.table, public.FICTIF_COLUMN],
            ).fetchall()
            measures = [n for n, k in described if n not in model.grain and re.match("INTEGER|BIGINT|DECIMAL", k)]
            key = " AND ".join(f'w."{k}" IS NOT DISTINCT FROM q."{k}"' for k in model.grain)
            wrong = " OR ".join(f'(q."{c}" IS NOT NULL AND q."{c}" IS DISTINCT FROM w."{c}")' for c in measures)
            odd = db.execute(
                f"SELECT count(*) FROM p.{model.name} AS q LEFT JOIN e.{model.name} AS w ON {key} "
                f"WHERE {wrong or 'false'}"
            ).fetchall()
            assert odd == [(0,)], model.name
            # A CSV doesn't tell an empty text from no text.
            alike = [
                f'nullif("{n}", \'\') AS "{n}"' if k == "VARCHAR" else f'"{n}"::{k} AS "{n}"' for n, k in described
            ]
            whole = f"SELECT {', '.join(alike)} FROM"
            held = f"{whole} p.{model.name}"
            copies = f"parquet/{prefix}{model.name}.parquet", f"csv/{prefix}{model.name}.csv"
            if db.execute(f"SELECT count(*) FROM p.{model.name}").fetchall() == [(0,)]:
                assert [c for c in copies if (release / c).exists()] == []
                continue
            for copy in copies:
                text = ", all_varchar = true, header = true" if copy.endswith("csv") else ""
                told = f"{whole} read_{copy.rsplit('.', 1)[1]}('{release / copy}'{text})"
                for one, other in ((held, told), (told, held)):
                    assert db.execute(f"SELECT count(*) FROM ({one} EXCEPT {other})").fetchall() == [(0,)], copy


# --- What would be seen -----------------------------------------------------------------------------------


def broken(page: str, name: str) -> str:
    """A page with one fault of a renderer."""
    rows = re.findall(r"<tr[^>]*>.*?</tr>", page, re.DOTALL)
    lines = [row for row in rows if len(re.findall(r'<td class="n"', row) or re.findall(r"<td>[\d]", row)) > 1]
    first, last = lines[0], lines[-1]
    label = re.compile(r'<th scope="row">.*?</th>', re.DOTALL)
    if name == "labels":
        mine, other = label.findall(first)[0], label.findall(last)[0]
        return page.replace(first, first.replace(mine, other)).replace(last, last.replace(other, mine))
    if name == "year":
        return re.sub(r"(<th[^>]*>[^<]*)\b(20\d\d)\b", lambda m: f"{m[1]}{int(m[2]) - 1}", page)
    return re.sub(r"(\d),(\d)(?=\D)", lambda m: f"{m[1]},{(int(m[2]) + 1) % 10}", page, count=40)


@pytest.mark.lent
@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("pages/profession-medecin.html", "labels"),
        ("pages/profession-medecin.html", "decimal"),
        ("pages/hopital-psy.html", "year"),
        ("fiches/ght-*.html", "labels"),
        ("fiches/ght-*.html", "decimal"),
    ],
)
def test_a_fault_is_seen(invented: House, path: str, fault: str) -> None:
    file = sorted(invented.made.release.glob(path))[0]
    page = file.read_text(encoding="utf-8")
    wrong = broken(page, fault)
    assert wrong != page
    assert len(unmatched(read(wrong), invented.cells)) > len(unmatched(read(page), invented.cells))


def test_a_share_of_the_new_value_is_seen(invented: House) -> None:
    """A change divided by the value it leads to, instead of the one it starts from."""
    found = invented.cells.db.execute(
        "SELECT code, evolution, valeur FROM e.fiches.evolutions WHERE niveau = 'es' AND variable = 'ETP_TOT_PNM' "
        "AND valeur_precedente >= 20 ORDER BY abs(evolution_relative) DESC, code"
    ).fetchall()
    folder = invented.made.release / "fiches"
    code, change, value = next(line for line in found if (folder / f"{line[0]}.html").is_file())
    page = (folder / f"{code}.html").read_text(encoding="utf-8")
    wrong = re.sub(
        r"(Ensemble</th><td>[^<]*</td><td>100,0[^<]*</td><td>[^<(]*\()[+−][\d,]+",
        lambda m: m[1] + f"{100 * change / value:+.1f}".replace(".", ",").replace("-", "−"),
        page,
    )
    assert wrong != page
    assert len(unmatched(read(wrong), invented.cells)) == 1 + len(unmatched(read(page), invented.cells))
