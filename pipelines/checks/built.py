"""The rules of a built table that no suite writes: its grain, that it has lines, the signs of its numbers,
its territories, its parts and wholes.

Each comes with the case that breaks it (`casse`), as written ones do.
"""

from collections.abc import Collection, Iterable
from typing import Any

from pipelines.checks.derived import ROUNDED, UNDER_ZERO, Rule, positive, query_rule, under_zero
from pipelines.checks.shown import NUMBERS, ViewColumn
from pipelines.database.duck import literal, quoted


def grain_rules(grain: Collection[str], blank: Collection[str]) -> list[Rule]:
    """One line for each value of the grain, which is filled but for the columns that may be `blank`."""
    columns = ", ".join(f'"{k}"' for k in grain)
    filled = [k for k in grain if k not in blank]
    empty = " OR ".join(f'"{k}" IS NULL' for k in filled) or "false"
    return [
        query_rule(
            "grain_unique",
            f"SELECT {columns}, count(*) AS lignes FROM {{batch}} GROUP BY {columns} HAVING count(*) > 1",
            f"une ligne par {', '.join(grain)}",
            casse="INSERT INTO {batch} SELECT * FROM {batch} LIMIT 1",
        ),
        query_rule(
            "grain_renseigne",
            f"SELECT {columns} FROM {{batch}} WHERE {empty}",
            f"{', '.join(filled)} ne sont jamais vides",
            casse=dict.fromkeys(filled[:1]),
        ),
    ]


def filled_rule(reads: Collection[str], said: str = "") -> Rule:
    """A table has lines as soon as all that it reads has some, or what its suite says under `remplie_par`.

    `said` names tables between « et » and « ou »: « a et b ou c » is (a and b) or c.
    """
    ways = [way.split(" et ") for way in said.split(" ou ")] if said else [sorted(reads)]
    full = " OR ".join(" AND ".join(f"EXISTS (FROM {table})" for table in way) or "true" for way in ways)
    named = said or ", ".join(sorted(reads))
    return query_rule(
        "non_vide",
        f"SELECT '{named}' AS lues WHERE NOT EXISTS (FROM {{batch}}) AND ({full})",
        f"la table n'est pas vide quand ce qui la remplit ne l'est pas ({named}) ; vide, une jointure s'est défaite"
        if named
        else "la table n'est jamais vide",
        casse="DELETE FROM {batch}",
    )


def sign_rules(columns: Iterable[ViewColumn], grain: Collection[str], signed: Collection[str]) -> list[Rule]:
    """No number is under zero, but those of the grain and those that a suite says may be (`signees`).

    What extracts have under zero was set aside: it is our arithmetic that is looked at, and the line that tells it
    begins with the number. Its release is refused by the rules of its view; the edition goes on.
    """
    numbers = [c.name for c in columns if c.sql.startswith(NUMBERS) and c.name not in (*grain, *signed)]
    if not numbers:
        return []
    told = ", ".join(f"CASE WHEN {quoted(n)} < {ROUNDED} THEN '{n} = ' || {quoted(n)}::VARCHAR END" for n in numbers)
    return [
        query_rule(
            UNDER_ZERO,
            f"SELECT concat_ws(' ; ', {told}) AS sous_zero, * FROM {{batch}} WHERE {under_zero(numbers)}",
            positive(signed),
            casse=f"INSERT INTO {{batch}} BY NAME SELECT -5 AS {quoted(numbers[0])}",
            severity="warning",
        )
    ]


def territory_rule(elsewhere: Collection[str]) -> Rule:
    """Each (niveau, code) is a territory of the edition, but at the levels that a suite has `hors_territoires`."""
    where = f"niveau NOT IN ({', '.join(map(literal, elsewhere))}) AND " if elsewhere else ""
    return query_rule(
        "territoires_connus",
        f"SELECT DISTINCT niveau, code FROM {{batch}} WHERE {where}niveau || ' ' || code NOT IN "
        "(SELECT niveau || ' ' || code FROM reference.territoires)",
        "un territoire est de la géographie de l'édition (reference.territoires) ; les autres codes se listent, "
        "ils ne s'affichent pas",
        casse="UPDATE {batch} SET code = 'ZZZ' WHERE rowid = "
        f"(SELECT min(rowid) FROM {{batch}} WHERE {where}code IS NOT NULL)",
    )


def parts_rule(grain: Collection[str], said: dict[str, Any]) -> Rule:
    """Parts add up to wholes, where a suite says which measures do (`additives`).

    Départements make their region, regions France, arrondissements their département, employment areas France. What a
    place could not be given to is no silence: `non_places` is the column that counts it, and only where it does may
    parts be less than their whole; they are never more. `sans_departement` is the same column where a region may have
    what none of its départements has. `ecart` is the column that names the difference from a published whole, to the
    unit, of the one measure. `seulement` is a condition of the lines that add up.
    """
    measures, aside, where = said["mesures"], said.get("non_places"), said.get("seulement", "true")
    within = f't."{said["sans_departement"]}"' if "sans_departement" in said else "0"
    gap = f' + coalesce(t."{said["ecart"]}", 0)' if "ecart" in said else ""
    keys = [k for k in grain if k not in ("niveau", "code")]
    key = "".join(f'"{k}", ' for k in keys)
    sums = ", ".join(f'sum("{m}") AS "{m}"' for m in measures)
    shown = ", ".join(f't."{m}" AS "{m}", s."{m}" AS "{m}_des_parties"' for m in measures)
    more = " OR ".join(f's."{m}"{gap} > t."{m}"' for m in measures)
    less = " OR ".join(f's."{m}"{gap} < t."{m}"' for m in measures)
    # An area none of whose facts has a place has no line that could count them.
    named = (
        f"CASE s.partie WHEN 'departement' THEN {within} WHEN 'region' THEN t.\"{aside}\" WHEN 'zone_emploi' THEN 1 "
    )
    named += "ELSE s.non_places END"
    told = f"AND coalesce({named}, 0) = 0" if aside else ""
    query = (
        f"WITH lignes AS (SELECT * FROM {{batch}} WHERE {where}), liens AS ("
        "SELECT niveau AS partie, code AS code_partie, 'region' AS niveau, regions AS code FROM core.decoupages "
        "WHERE niveau = 'departement' "
        "UNION ALL SELECT niveau, code, 'france', 'F' FROM core.decoupages WHERE niveau IN ('region', 'zone_emploi') "
        "UNION ALL SELECT niveau, code, 'departement', departement FROM core.decoupages "
        "WHERE niveau = 'arrondissement'), "
        f"sommes AS (SELECT {key}l.partie, l.niveau, l.code, {sums}"
        + (f', sum("{aside}") AS non_places' if aside else "")
        + " FROM lignes AS p JOIN liens AS l ON l.partie = p.niveau AND l.code_partie = p.code GROUP BY ALL) "
        f"SELECT {key}niveau, code, s.partie, {shown} FROM lignes AS t JOIN sommes AS s USING ({key}niveau, code) "
        f"WHERE {more} OR (({less}) {told})"
    )
    return query_rule(
        "parties_et_tout",
        query,
        "les parties font le tout : les départements leur région, les régions et les zones d'emploi la France, les "
        "arrondissements leur département"
        + (f" ; ce qui manque est ce que {aside} compte" if aside else "")
        + (f" ; la différence avec un tout publié est {said['ecart']}" if gap else ""),
        casse=f'UPDATE {{batch}} SET "{measures[0]}" = "{measures[0]}" + 1 WHERE niveau = \'region\'',
    )
