"""The rules that look for what would be counted twice: lines that add up others, by their name or by their number."""

import re

from pipelines.catalogue import Column, Source, code_lists
from pipelines.catalogue.tables import Sum, Table
from pipelines.checks.derived import Rule, aside_rule, query_rule
from pipelines.database.duck import literal

# A line that adds up others says so by its first words; « Ensemble pour l'accueil » is a name.
TOTAL = (
    "^([0-9]+ ?- ?)?(sous[ -]?tota(l|ux)|grand total|tota(l|ux)|cumul|ensemble|france (entiere|metropolitaine)"
    "|tou(te)?s (les )?(departements|regions|communes|professions|specialites|ages))( |:|$)"
)
# What people write in a contract by themselves; a producer names regions so, where it gives them.
OURS = TOTAL.replace("|cumul|", "|cumul|moyenne|region|")
NO_TOTAL = "^ensemble (pour|contre|avec|a|au|aux|sur|vers) "
MOTIF_TOTAL = (
    "la ligne est un total : ce qu'elle dit est déjà dans celles qu'elle additionne, et serait compté deux fois"
)
# A total that no label tells adds up the others in at least half of the groups of a table, and in three, or of ten.
GROUPS_SHARE, GROUPS_MIN, LINES_MIN = 0.5, 3, 10
# Share of lines of a producer past which its totals are a part of its file that the entry doesn't know, and are told.
TOTALS_MAX = 0.01


def total_rules(source: Source, table: str) -> list[Rule]:
    """The lines that add up others, in the columns that name parts: by their name, or because they are their sum.

    Those are, of a contract, all that people write; of a producer, the texts of the key, but for the totals that the
    entry says it gives (`totaux`). Where the entry says of what a line is a part (`parties`), the whole said by itself
    is not another number.
    """
    entry = source.tables[table]
    kinds = {c.name: c for c in source.of_table(table)}
    names = [
        c.name
        for c in source.of_table(table)
        if c.type == "VARCHAR" and c.name not in code_lists.of_table(source, table)
        if source.contrat or c.name in entry.key
    ]
    if not names or source.personal or source.questionnaire:
        return []
    # Columns that name parts have few names: they are read, and not each cell.
    known = OURS if source.contrat else TOTAL
    said = " OR ".join(
        f'"{name}" IN (SELECT "{name}" FROM (SELECT DISTINCT "{name}" FROM {{batch}}) WHERE '
        f"regexp_matches({text}, {literal(known)}) AND NOT regexp_matches({text}, {literal(NO_TOTAL)})"
        f"{_unsaid(entry, name)})"
        for name in names
        for text in [f'strip_accents(lower("{name}"))']
    )
    free = [name for name in names if name in entry.key]
    broken = {_open(entry, free or names): "'Sous-total'"}
    if source.contrat:
        rules = [aside_rule("ligne_de_total", said, MOTIF_TOTAL, casse=broken)]
    else:
        lines = f"SELECT * FROM {{batch}} WHERE {said}"
        rules = _few_or_told("ligne_de_total", lines, MOTIF_TOTAL, next(iter(broken)), "'Sous-total'")
    if entry.parties:
        measures = [name for name in entry.obligatoires if kinds[name].is_number and kinds[name].unit != "année"]
        return [*rules, *_parts(entry.parties, entry, kinds, measures)] if measures else rules
    counted = next(
        (
            c.name
            for c in source.of_table(table)
            if c.sql in ("INTEGER", "BIGINT") and c.unit != "année" and not entry.goes_with(c.name, number=True)
        ),
        None,
    )
    return [*rules, _sum_rule(entry, free, kinds[counted])] if counted and free else rules


def sum_rules(source: Source, table: str, millesime: int) -> list[Rule]:
    """The totals that a producer publishes beside their parts (`sommes` of the entry): there, and exactly their sum.

    Where one is not, a cell is wrong: one that is in several sums is, if they all fail; else any cell of the sum may
    be. Those are left empty, and what they hold is told. A part that is secret or unknown only bounds its total.
    """
    sums = [somme for somme in source.tables[table].sommes if somme.holds_in(millesime)]
    if not sums:
        return []
    rules = [
        query_rule(
            "totaux_presents",
            " UNION ALL ".join(
                f"SELECT {literal(s.tout)} AS total_absent FROM {{batch}} HAVING count(*) FILTER ({s.tout}) = 0"
                for s in sums
            ),
            "le producteur publie ce total à côté de ses parties : sans lui, elles ne se vérifient pas",
            casse=f"DELETE FROM {{batch}} WHERE {sums[0].tout}",
        ),
        query_rule(
            "totaux_publies",
            " UNION ALL ".join(f"SELECT total, publie, somme, _fichier, _ligne FROM ({_unequal(s)})" for s in sums),
            "un total publié est la somme de ses parties ; ici non : une case au moins est fausse",
            casse=_one_more(sums[0]),
            severity="warning",
        ),
        query_rule(
            "cases_d_une_somme_fausse",
            _suspect(sums),
            "un total publié dont cette case fait partie n'est pas la somme de ses parties : elle est fausse, ou peut "
            "l'être",
            casse=_one_more(sums[0]),
            severity="warning",
            quarantine=True,
        ),
    ]
    rules[-1]["meta"]["cellule"] = sums[0].mesure
    return rules


def _one_more(somme: Sum) -> str:
    number = f'"{somme.mesure}"'
    return (
        f"UPDATE {{batch}} SET {number} = {number} + 1 "
        f"WHERE rowid = (SELECT min(rowid) FROM {{batch}} WHERE {somme.tout} AND {number} IS NOT NULL)"
    )


def _unequal(somme: Sum) -> str:
    """SQL of the totals that are not their sum, as the columns that they share with their parts say which."""
    number, of = f'"{somme.mesure}"', ", ".join(f'"{name}"' for name in somme.par)
    return (
        f"SELECT {of}, concat_ws(', ', {of}) AS total, sum({number}) FILTER ({somme.tout}) AS publie, "
        f"sum({number}) FILTER ({somme.parties}) AS somme, min(_fichier) AS _fichier, "
        f"min(_ligne) FILTER ({somme.tout}) AS _ligne FROM {{batch}} GROUP BY {of} HAVING publie <> somme "
        f"AND (somme > publie OR count(*) FILTER (({somme.parties}) AND {number} IS NULL) = 0)"
    )


def _suspect(sums: list[Sum]) -> str:
    """SQL of the lines whose number makes sums fail: all those that it is in, or one in which no such number is."""
    ranks, number = range(len(sums)), f'"{sums[0].mesure}"'
    within, joins, alone = [], [], []
    for rank, somme in enumerate(sums):
        of = [f'"{name}"' for name in somme.par]
        within.append(f"({somme.tout}) OR ({somme.parties}) AS _dans{rank}")
        same = " AND ".join(f"b.{name} IS NOT DISTINCT FROM s{rank}.{name}" for name in of)
        joins.append(f"LEFT JOIN ({_unequal(somme)}) AS s{rank} ON b._dans{rank} AND {same}")
        alone.append(f"_fausse{rank} AND NOT bool_or(_suspecte) OVER (PARTITION BY {', '.join(of)}, _fausse{rank})")
    failing = ", ".join(f"s{rank}.total IS NOT NULL AS _fausse{rank}" for rank in ranks)
    every = " AND ".join(f"_fausse{rank} >= coalesce(_dans{rank}, false)" for rank in ranks)
    some = " OR ".join(f"_fausse{rank}" for rank in ranks)
    added = ", ".join(f"_dans{rank}, _fausse{rank}" for rank in ranks)
    return (
        f"WITH membres AS (SELECT *, {', '.join(within)} FROM {{batch}} WHERE {number} IS NOT NULL), "
        f"dites AS (SELECT b.*, {failing} FROM membres AS b {' '.join(joins)}), "
        f"cases AS (SELECT *, {every} AND ({some}) AS _suspecte FROM dites) "
        f"SELECT * EXCLUDE ({added}, _suspecte) FROM cases QUALIFY _suspecte OR ({') OR ('.join(alone)})"
    )


def _few_or_told(name: str, lines: str, motif: str, column: str, value: str) -> list[Rule]:
    """Lines of a producer are set aside where they are few; many are told, for they may be how its file is made."""
    few = f"(SELECT count(*) FROM ({lines})) <= {TOTALS_MAX} * (SELECT count(*) FROM {{batch}})"
    one = f'UPDATE {{batch}} SET "{column}" = {value} WHERE rowid = (SELECT min(rowid) FROM {{batch}})'
    many = "INSERT INTO {batch} SELECT b.* FROM (FROM {batch} LIMIT 1) AS b, range(200)"
    aside = query_rule(
        name, f"SELECT * FROM ({lines}) WHERE {few}", motif, casse=f"{many}; {one}", severity="warning", quarantine=True
    )
    aside["meta"]["cellule"] = ""  # the line, whatever its cells
    told = query_rule(
        f"{name}_nombreux",
        f"SELECT * FROM ({lines}) WHERE NOT {few}",
        f"{motif} ; si nombreux, ils sont dans la présentation du fichier : à dire sous `totaux`, au catalogue",
        casse=f'UPDATE {{batch}} SET "{column}" = {value}',
        severity="warning",
    )
    return [aside, told]


def _open(entry: Table, names: list[str]) -> str:
    """The last of some columns in which any name may be a total that the entry doesn't know."""
    return [name for name in names if not re.fullmatch(entry.totaux.get(name, ""), "Sous-total")][-1]


def _unsaid(entry: Table, name: str) -> str:
    """SQL condition that a cell is none of the totals that an entry says its producer gives."""
    known = entry.totaux.get(name)
    return f' AND regexp_full_match("{name}", {literal(_braced(known))}) IS NOT TRUE' if known else ""


def _braced(pattern: str) -> str:
    return pattern.replace("{", "{{").replace("}", "}}")


def _sum_rule(entry: Table, names: list[str], measure: Column) -> Rule:
    """Lines whose number is each time the sum of the others that differ from them by one column alone."""
    parts = []
    for name in names:
        group = ", ".join(f'"{k}"' for k in entry.key if k != name) or "_fichier"
        of = f'"{name}" IS NOT NULL{_unsaid(entry, name)}'
        part, number = f'"{name}"', f'"{measure.name}"'
        same = " AND ".join(f"b.{k} IS NOT DISTINCT FROM g.{k}" for k in group.split(", "))
        parts.append(
            f"SELECT b._rang FROM {{batch}} AS b JOIN (SELECT {group}, count(*) AS _lignes, arg_max({part}, {number}) "
            f"AS _tout, 2 * max({number}) = sum({number}) AND max({number}) > 0 AS _somme FROM {{batch}} WHERE {of} "
            f"GROUP BY {group} HAVING count(*) >= 3) AS g ON {same} AND b.{part} = g._tout WHERE g._somme "
            f"QUALIFY count(*) OVER (PARTITION BY b.{part}) >= {GROUPS_SHARE} * (SELECT count(*) FROM (SELECT 1 "
            f"FROM {{batch}} WHERE {of} GROUP BY {group} HAVING count(*) >= 3)) AND (count(*) OVER "
            f"(PARTITION BY b.{part}) >= {GROUPS_MIN} OR max(g._lignes) OVER (PARTITION BY b.{part}) >= {LINES_MIN})"
        )
    part = _open(entry, names)
    first = "rowid = (SELECT min(rowid) FROM {batch})"
    return query_rule(
        "somme_des_autres",
        f"SELECT * FROM {{batch}} WHERE _rang IN ({' UNION '.join(parts)})",
        f"la ligne est chaque fois la somme des autres ({measure.name}) : si c'est un total, il est compté deux fois",
        casse=f"DELETE FROM {{batch}} WHERE NOT {first}; "
        f'INSERT INTO {{batch}} SELECT b.* REPLACE (\'partie \' || r AS "{part}", 1 AS "{measure.name}") '
        f"FROM {{batch}} AS b, range({LINES_MIN}) AS t (r); "
        f'UPDATE {{batch}} SET "{part}" = \'Réunis\', "{measure.name}" = {LINES_MIN} WHERE {first}',
        severity="warning",
    )


def _parts(part: str, entry: Table, kinds: dict[str, Column], measures: list[str]) -> list[Rule]:
    """The rules of a table whose column `part` names the parts of a whole."""
    same = [k for k in (*entry.key, *entry.obligatoires) if k != part and k not in measures]
    same = [k for k in dict.fromkeys(same) if k in entry.key or kinds[k].type == "VARCHAR"]
    group, named = ", ".join(f'"{k}"' for k in same), f'"{part}"'
    double = " AND ".join(f'2 * "{m}" = sum("{m}") OVER w AND "{m}" > 0' for m in measures)
    sums = ", ".join(f'sum("{m}") AS "{m}"' for m in measures)
    sum_rule = query_rule(
        "ligne_somme_des_autres",
        f"WITH groupes AS (SELECT *, count(*) OVER w AS _lignes, {double} AS _somme FROM {{batch}} "
        f"WHERE {named} IS NOT NULL WINDOW w AS (PARTITION BY {group})), "
        f"sommes AS (SELECT {named} FROM groupes WHERE _lignes >= 3 GROUP BY {named} "
        "HAVING bool_and(_somme) AND (count(*) >= 2 OR max(_lignes) >= 4)) "
        f"SELECT * EXCLUDE (_lignes, _somme) FROM groupes SEMI JOIN sommes USING ({named}) WHERE _lignes >= 3",
        f"la ligne est chaque fois la somme des autres lignes de même {', '.join(same)} : c'est un total, qui serait "
        "compté deux fois",
        casse=f"INSERT INTO {{batch}} SELECT b.* REPLACE ('Toutes réunies' AS {named}, "
        + ", ".join(f't."{m}"::{kinds[m].type} AS "{m}"' for m in measures)
        + f") FROM {{batch}} AS b JOIN (SELECT {group}, min({named}) AS _une, {sums} FROM {{batch}} GROUP BY {group} "
        f"HAVING count(*) >= 2) AS t ON b.{named} = t._une AND " + " AND ".join(f'b."{k}" = t."{k}"' for k in same),
        severity="warning",
        quarantine=True,
    )
    sum_rule["meta"]["cellule"] = ""  # the line, whatever its cells
    if part not in entry.key_blank:
        return [sum_rule]
    wholes = ", ".join(f'min("{m}") FILTER ({named} IS NULL) AS "{m}"' for m in measures)
    parts = ", ".join(f'sum("{m}") FILTER ({named} IS NOT NULL) AS "{m}_parties"' for m in measures)
    known = ", ".join(f'count(*) FILTER ({named} IS NOT NULL AND "{m}" IS NULL) AS "{m}_inconnues"' for m in measures)
    differ = " OR ".join(f'"{m}_parties" > "{m}" OR ("{m}_parties" < "{m}" AND "{m}_inconnues" = 0)' for m in measures)
    return [
        sum_rule,
        query_rule(
            "ensemble_et_parties",
            f"SELECT * FROM (SELECT {group}, min(_fichier) AS _fichier, "
            f"min(_ligne) FILTER ({named} IS NULL) AS _ligne, {wholes}, {parts}, {known} "
            f"FROM {{batch}} GROUP BY {group}) WHERE {differ}",
            f"une ligne dont {part} est vide dit l'ensemble : il est la somme de ses parties, ou elles n'y sont pas ; "
            "différents, on ne sait lequel est le bon",
            casse=f"INSERT INTO {{batch}} SELECT * REPLACE (NULL AS {named}, "
            + ", ".join(f'3 * "{m}" AS "{m}"' for m in measures)
            + f') FROM {{batch}} WHERE {named} IS NOT NULL AND "{measures[0]}" > 0 LIMIT 1',
        ),
    ]
