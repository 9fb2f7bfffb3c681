"""The rules that no suite writes: what the catalogue and the models already say, asked of the data.

Each comes with the case that breaks it (`casse`), as written ones do, or the reason why none can.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from pipelines import catalogue
from pipelines.catalogue import Source, code_lists
from pipelines.database.duck import literal, quoted

Rule = dict[str, Any]
Casse = str | dict[str, str | None]

# Share of lines of another year past which the file itself is of another year; fewer are strays, and set aside.
ANOTHER_YEAR_MAX = 0.01
# The control of lines whose key is denied by others: whose they are isn't known.
DENIED = "cle_dementie"
# The macros by which a key is compared.
FORMS = "forme_cle() forme_lieu()"
# The control of numbers that have no sign.
UNDER_ZERO = "nombres_positifs"
# A number this far under zero is one that the producer rounded, and stays: SAE 2022 has two of -0.01 ETP.
ROUNDED = "-0.01"
# What a column holds when its file is of another year.
ANOTHER_YEAR = {"DATE": "DATE '1999-01-01'", "VARCHAR": "'1999-01-01'"}


def query_rule(
    name: str,
    query: str,
    motif: str,
    *,
    casse: Casse = "",
    sans_casse: str = "",
    severity: str = "critical",
    quarantine: bool = False,
) -> Rule:
    """A query that must find no row, in Great Expectations' terms."""
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": query},
        "severity": severity,
        "notes": motif,
        "meta": {"controle": name, "quarantaine": quarantine},
        **({"casse": casse} if casse else {"sans_casse": sans_casse}),
    }


def aside_rule(name: str, where: str, motif: str, **said: Any) -> Rule:
    """A condition of rows that are set aside, with the reason."""
    query = f"SELECT * FROM {{batch}} WHERE {where}"
    return query_rule(name, query, motif, severity="warning", quarantine=True, **said)


# --- staged tables --------------------------------------------------------------------------------


def key_rules(source: Source, table: str, millesime: int) -> list[Rule]:
    """Key filled, key unique. Of identical rows one is kept; of contradictory ones, none.

    Nothing of the kind where the producer gives lines no key. The rules read `doublons.<table>` (`doubles`).
    """
    entry = source.tables[table]
    if entry.key == [catalogue.LINE]:
        return []
    said, filled = ", ".join(entry.key), [k for k in entry.key if k not in entry.key_blank]
    empty = " OR ".join(f'"{k}" IS NULL' for k in filled) or "false"
    double = f"_rang IN (SELECT _rang FROM doublons.{table} WHERE contredite"
    other = [f'"{name}"' for name in source.cells(table, millesime) if name not in entry.key]
    emptied = ", ".join(f"NULL AS {name}" for name in other)
    some = " OR ".join(f"{name} IS NOT NULL" for name in other)
    return [
        aside_rule("cle_renseignee", empty, f"la clé ({said}) n'est pas renseignée", casse=dict.fromkeys(filled[:1])),
        aside_rule(
            "ligne_repetee",
            f"{double} = false)",
            f"la ligne en répète une autre, de même clé ({said}) et de même contenu : une seule est gardée",
            casse="INSERT INTO {batch} SELECT * FROM {batch} LIMIT 1",
        ),
        aside_rule(
            "cle_unique",
            f"{double})",
            f"des lignes de même clé ({said}) se contredisent : aucune n'est gardée",
            casse=f"INSERT INTO {{batch}} SELECT * REPLACE ({emptied}) FROM {{batch}} WHERE {some} LIMIT 1"
            if other
            else "",
            sans_casse="toutes les cellules sont de la clé : deux lignes de même clé sont la même",
        ),
    ]


def doubles(source: Source, table: str, millesime: int) -> str:
    """SQL of the rows to take out because their key stands twice; `contredite`: their contents differ.

    A key is read as the models read it: « 014 », « 14 » and, of a place, « 14 - Calvados » are one, a name is whatever
    its capitals, accents and blanks. Rows of another year are out already: one of them contradicts no row of the year.
    """
    entry, texts = source.tables[table], {c.name for c in source.of_table(table) if c.sql == "VARCHAR"}
    forms = {k: "forme_lieu" if k in entry.lieux else "forme_cle" for k in entry.key if k in texts}
    other = of_another_year(source, table, millesime)
    mine = f"(FROM controle.{table} WHERE ({other}) IS NOT TRUE)" if other else f"controle.{table}"
    # Most columns write nothing in two ways, which their few values tell; most tables repeat no key, and what their
    # rows say is only looked at where one is repeated.
    ways = ", ".join(
        f'(SELECT count(*) > count(DISTINCT {form}(v)) FROM (SELECT DISTINCT "{k}" AS v FROM {mine})) AS "{k}"'
        for k, form in forms.items()
    )
    read = ", ".join(
        f'CASE WHEN f."{k}" THEN {forms[k]}(t."{k}") ELSE t."{k}" END AS _cle{rank}'
        if k in forms
        else f'"{k}" AS _cle{rank}'
        for rank, k in enumerate(entry.key)
    )
    names = [f"_cle{rank}" for rank in range(len(entry.key))]
    key, same = ", ".join(names), " AND ".join(f"t.{k} IS NOT DISTINCT FROM c.{k}" for k in names)
    content = ", ".join(f'"{name}"' for name in source.cells(table, millesime) if name not in entry.key) or "1"
    return (
        f"WITH formes AS (SELECT {ways or '1'}), "
        f"lues AS (SELECT t.*, {read} FROM {mine} AS t CROSS JOIN formes AS f), "
        f"cles AS (SELECT {key} FROM lues GROUP BY {key} HAVING count(*) > 1), "
        f"repetees AS (SELECT t.* FROM lues AS t SEMI JOIN cles AS c ON {same}), "
        f"groupes AS (SELECT list(_rang ORDER BY _rang) AS rangs, count(DISTINCT hash({content})) > 1 AS contredite "
        f"FROM repetees GROUP BY {key}) "
        "SELECT unnest(CASE WHEN contredite THEN rangs ELSE rangs[2:] END) AS _rang, contredite FROM groupes"
    )


# A cell that gives a code and its name: « 014 -Calvados », « 2B - Haute-Corse »; no total (« 00-Ensemble »).
CODED = "'^[ 0]*([1-9][0-9AB]?[0-9]?) *- *([^ ].*)$'"


def _name(column: str) -> str:
    """SQL of a name as it is compared: « 44-Grand Est » and « 44 - Grand Est » are one."""
    return f"regexp_replace(lower(strip_accents({column})), '[^a-z0-9]+', '', 'g')"


def denied_rules(source: Source, table: str) -> list[Rule]:
    """The lines whose key contradicts itself, by what most lines say; totals have no say.

    Either a column follows from another (`decoule` of the entry), or the name in a cell is mostly that of another code
    (`nommes`).
    """
    entry, where, of, told, cases = source.tables[table], [], [], [], []
    for column, by in entry.decoule.items():
        known = entry.totaux.get(by)
        total = f' AND regexp_full_match("{by}", {literal(known)}) IS NOT TRUE' if known else ""
        name = _name(f'"{column}"::VARCHAR')
        where.append(f'"{by}" IS NOT NULL{total}')
        of.append(
            f'({where[-1]} AND 2 * count(*) OVER (PARTITION BY "{by}", {name}) <= count(*) OVER (PARTITION BY "{by}"))'
        )
        told.append(f"{column} par {by}")
        cases.append(f"REPLACE ('autre' AS \"{column}\") FROM {{batch}} AS b WHERE {where[-1]}")
    for column in entry.nommes:
        code, name = (f'regexp_extract("{column}", {CODED}, {part})' for part in (1, 2))
        where.append(f'regexp_matches("{column}", {CODED})')
        of.append(
            f"({where[-1]} AND 2 * count(*) OVER (PARTITION BY {_name(name)}, {code}) <= "
            f"count(*) OVER (PARTITION BY {_name(name)}))"
        )
        told.append(f"nom et code de {column}")
        other = f"regexp_replace(\"{column}\", '[1-9]', '8') AS \"{column}\""
        cases.append(f"REPLACE ({other}) FROM {{batch}} AS b WHERE {where[-1]} AND NOT contains(\"{column}\", '8')")
    if not of:
        return []
    rule = query_rule(
        DENIED,
        f"SELECT * FROM {{batch}} WHERE {' OR '.join(where)} QUALIFY {' OR '.join(of)}",
        f"la clé se contredit ({', '.join(told)}) : la plupart des lignes disent autrement, et l'un des deux est faux",
        casse=f"INSERT INTO {{batch}} SELECT b.* {cases[0]} LIMIT 1",
        severity="warning",
        quarantine=True,
    )
    rule["meta"]["cellule"] = ""  # the line, whatever its cells
    return [rule]


def column_rules(source: Source, table: str, millesime: int) -> list[Rule]:
    """What the entry asks of columns: those that are never empty, those whose codes are in a list."""
    entry = source.tables[table]
    marked = bool(source.layout(table, millesime).signs)
    kinds = {c.name: c for c in source.of_table(table)}
    rules = []
    for column in entry.obligatoires:
        # A number that is told to be secret or unknown is an answer; an empty cell is none, and its line stays.
        told = marked and kinds[column].sql != "VARCHAR"
        rule = aside_rule(
            f"renseigne_{column.lower()}",
            f'"{column}" IS NULL' + (f" AND \"{column}_statut\" = 'vide'" if told else ""),
            f"la colonne {column} n'est jamais vide",
            casse={column: None, **({f"{column}_statut": "'vide'"} if told else {})},
        )
        if kinds[column].is_number and column not in entry.key:
            rule["meta"]["cellule"] = column
        rules.append(rule)
    for column, codes in code_lists.of_table(source, table).items():
        shown = ", ".join(list(codes)[:12]) + (f" … ({len(codes)} codes)" if len(codes) > 12 else "")
        rules.append(
            aside_rule(
                f"valeurs_{column.lower()}",
                f'"{column}" NOT IN ({", ".join(map(literal, codes))})',
                f"la colonne {column} prend une valeur de sa liste : {shown}",
                casse={column: "'hors de la liste'"},
            )
        )
    return rules


def under_zero(numbers: Iterable[str]) -> str:
    """SQL condition of the lines where one of these numbers is under zero."""
    return f"least({', '.join(map(quoted, numbers))}) < {ROUNDED}"


def positive(signed: Collection[str]) -> str:
    """Why a number under zero is wrong, but those that have a sign."""
    return "un nombre n'est pas négatif" + (f", sauf ceux qui ont un signe ({', '.join(signed)})" if signed else "")


def sign_rules(source: Source, table: str) -> list[Rule]:
    """No number is under zero, but those that the entry says may be (`signees`): a line loses one that is.

    Those of the key are not asked: they tell the line.
    """
    entry = source.tables[table]
    spared = {*entry.key, *entry.signees}
    measures = [c.name for c in source.of_table(table) if c.is_number and c.name not in spared]
    if not measures:
        return []
    return [
        aside_rule(
            UNDER_ZERO,
            under_zero(measures),
            positive(entry.signees),
            casse={measures[0]: "-5"},
        )
    ]


SOME = 20  # numbers of a column, under which their highest tells nothing of its unit


def percent_rules(source: Source, table: str) -> list[Rule]:
    """A column in percent goes past one somewhere: from zero to one, it would be read a hundred times too low."""
    percents = [quoted(c.name) for c in source.of_table(table) if c.is_number and c.unit == "%"]
    if not percents:
        return []
    low = " OR ".join(f"count({name}) >= {SOME} AND max({name}) <= 1" for name in percents)
    highest = ", ".join(f"max({name}) AS {name}" for name in percents)
    return [
        query_rule(
            "pourcentages",
            f"SELECT {highest} FROM {{batch}} HAVING {low}",
            "un taux de 0 à 1 serait lu cent fois trop bas : la colonne est en pour cent",
            casse=f"UPDATE {{batch}} SET {percents[0]} = 0.5",
        )
    ]


def of_another_year(source: Source, table: str, millesime: int) -> str:
    """SQL condition of the lines that say another year than the vintage's; empty where lines say none."""
    year = source.tables[table].annee
    if year is None or not year.toutes:
        return ""
    return f"{year.toutes} NOT BETWEEN {millesime + year.de} AND {millesime + year.a}"


def year_rules(source: Source, table: str, millesime: int) -> list[Rule]:
    """Its lines are of the year that the vintage's label says, where the entry says how they tell it.

    Stray lines of another year are set aside; a file that has more than a few is itself of another year.
    """
    year = source.tables[table].annee
    if year is None:
        return []
    said = year.toutes or year.derniere
    kinds = {c.name: c.sql for c in source.of_table(table)}
    column = next(name for name in kinds if re.search(rf"\b{name}\b", said))
    why = year.raison or source.millesime.periode.format(millesime=millesime)
    newest = query_rule(
        "annee_du_millesime" if year.derniere else "annee_presente",
        f"SELECT max({said}) AS derniere_annee FROM {{batch}} HAVING max({said}) <> {millesime}",
        f"la dernière année est celle du millésime, {millesime} : {why}",
        casse=f"UPDATE {{batch}} SET {column} = {column} - 1",
    )
    if year.derniere:
        return [newest]
    first, last = millesime + year.de, millesime + year.a
    told = f"toutes les lignes sont de {first}" if first == last else f"les lignes sont de {first} à {last}"
    other = of_another_year(source, table, millesime)
    another = ANOTHER_YEAR.get(kinds[column], "1")
    few = f"(SELECT count(*) FILTER ({other}) <= {ANOTHER_YEAR_MAX} * count(*) FROM {{batch}})"
    many = "INSERT INTO {batch} SELECT b.* FROM (FROM {batch} LIMIT 1) AS b, range(200)"
    return [
        aside_rule(
            "autre_annee",
            f"{other} AND {few}",
            f"{told} : {why} ; celle-ci est d'une autre année, elle n'entre pas dans ce millésime",
            casse=f"{many}; UPDATE {{batch}} SET {column} = {another} WHERE rowid = (SELECT min(rowid) FROM {{batch}})",
        ),
        query_rule(
            "annee_du_millesime",
            f"SELECT * FROM {{batch}} WHERE {other} AND NOT {few}",
            f"{told} : {why}",
            casse=f"UPDATE {{batch}} SET {column} = {another}",
        ),
        # What an agency deposits for a year may tell those before again, but has that one.
        *([newest] if source.contrat and year.de < 0 else []),
    ]


def example_rule(source: Source, table: str) -> Rule:
    """A row of the template's example must not pass for a fact."""
    texts = [c.name for c in source.of_table(table) if c.type == "VARCHAR"]
    quoted = ", ".join(f'"{name}"' for name in texts)
    return aside_rule(
        "exemple_retire",
        f"contains(upper(concat_ws(' ', {quoted})), 'FICTIF')",
        "la ligne est un exemple du modèle : elle dit FICTIF",
        casse={texts[0]: "'14 (FICTIF)'"},
    )


def volume_rule(rows_min: int, cut: str | None) -> Rule:
    """The size of a whole extract; a cut that its pin knows as such, by its bytes, is told and not refused."""
    return {
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": rows_min},
        "severity": "warning" if cut else "critical",
        "notes": f"un extrait entier a au moins {rows_min} lignes ; "
        + (f"celui-ci est une coupe, connue comme telle : {cut}" if cut else "celui-ci est tronqué ou partiel"),
        "meta": {"controle": "volume"},
        "casse": "DELETE FROM {batch}",
    }


def pin_rules(pins: list[dict[str, Any]]) -> list[Rule]:
    """One expectation for all that is pinned to the files of a table: it lists what differs."""
    parts = []
    for pin in pins:
        file = pin["file"].replace("'", "''")
        mine = f"(_fichier = '{file}' OR starts_with(_fichier, '{file}['))"
        measures = {"count(*)": pin["rows"], **{f'sum("{k}")': v for k, v in pin.get("sums", {}).items()}}
        parts += [
            f"SELECT '{file}' AS fichier, '{measure}' AS mesure, ({measure})::VARCHAR AS observe, '{value}' AS attendu "
            f"FROM {{batch}} WHERE {mine} HAVING {measure} IS DISTINCT FROM {value}"
            for measure, value in measures.items()
        ]
    if not parts:
        return []
    return [
        query_rule(
            "epingles",
            " UNION ALL ".join(parts),
            "nombres de lignes et totaux relevés sur ces fichiers mêmes (sha256) : "
            + ", ".join(f"{pin['file']} {pin['rows']} lignes" for pin in pins[:8])
            + (" …" if len(pins) > 8 else ""),
            casse="DELETE FROM {batch}",
        )
    ]
