"""The rules that see a part of a table twice: under two names that mean the same, or a year copied as another."""

from pipelines import catalogue
from pipelines.catalogue import Source
from pipelines.checks.derived import Rule, query_rule
from pipelines.database.duck import quoted

# Lines under which the same numbers twice may be chance.
FEW = 10


def repeat_rules(source: Source, table: str) -> list[Rule]:
    """What no key sees by itself: it holds the name of a sheet or of a file as it is written, and its year."""
    return [*_meaning_rules(source, table), *_year_rules(source, table)]


def _meaning_rules(source: Source, table: str) -> list[Rule]:
    """One meaning, one name: a key twice under names that say the same would be counted twice."""
    entry, texts, rules = source.tables[table], {c.name for c in source.of_table(table) if c.sql == "VARCHAR"}, []
    for column, meaning in entry.sens.items():
        name, others = quoted(column), [k for k in entry.key if k != column]
        read = {k: "forme_lieu" if k in entry.lieux else "forme_cle" if k in texts else "" for k in others}
        rest = ", ".join(f"{form}({quoted(k)})" for k, form in read.items())
        # Names of one meaning are rare: lines are only looked at where there are some.
        several = f"SELECT {meaning} FROM {{batch}} GROUP BY 1 HAVING count(DISTINCT {name}) > 1"
        rules.append(
            query_rule(
                f"sens_unique_{column}",
                f"SELECT * FROM {{batch}} WHERE {meaning} IN ({several}) "
                f"WINDOW memes AS (PARTITION BY {meaning}, {rest}) "
                f"QUALIFY min({name}) OVER memes <> max({name}) OVER memes",
                f"deux feuilles, ou deux fichiers, dont le nom dit la même chose ({column}) donnent les mêmes lignes : "
                "elles seraient comptées deux fois ; ne laisser que celle que le producteur a publiée",
                casse=f"INSERT INTO {{batch}} SELECT * REPLACE (upper({name}) AS {name}) FROM {{batch}} "
                f"WHERE {meaning} IS NOT NULL LIMIT 1",
            )
        )
    return rules


def _year_rules(source: Source, table: str) -> list[Rule]:
    """No year of a series has in a file, line for line, all the numbers of another one."""
    entry, columns = source.tables[table], source.of_table(table)
    years = [c.name for c in columns if c.unit == "année" and c.name in entry.key]
    numbers = [c.name for c in columns if c.is_number and c.name not in entry.key]
    if len(years) != 1 or not numbers or entry.key == [catalogue.LINE]:
        return []
    year = quoted(years[0])
    content = ", ".join(quoted(c.name) for c in columns if c.name in {*entry.key, *numbers} - {years[0]})
    some = " OR ".join(f"{quoted(name)} <> 0" for name in numbers)
    # What few lines are of the year, none stands for a year.
    one = f"{year} = (SELECT min({year}) FROM {{batch}})"
    return [
        query_rule(
            "annee_recopiee",
            f"SELECT fichier, string_agg({year}::VARCHAR, ', ' ORDER BY {year}) AS annees, lignes FROM (SELECT "
            f"regexp_replace(_fichier, '\\[.*$', '') AS fichier, {year}, count(*) AS lignes, "
            f"count(*) FILTER ({some}) AS dites, sum(hash({content})::HUGEINT) AS contenu FROM {{batch}} "
            f"WHERE {year} IS NOT NULL GROUP BY fichier, {year}) WHERE dites >= {FEW} "
            "GROUP BY fichier, lignes, dites, contenu HAVING count(*) > 1",
            "deux années ont, ligne à ligne, les mêmes nombres : l'une est sans doute la copie de l'autre",
            casse=f"DELETE FROM {{batch}} WHERE NOT {one}; INSERT INTO {{batch}} SELECT b.* REPLACE "
            f"({year} + r AS {year}, 5 AS {quoted(numbers[0])}) FROM {{batch}} AS b, range(1, 3) AS t (r), "
            f"range({FEW}) AS u (ligne)",
            severity="warning",
        )
    ]
