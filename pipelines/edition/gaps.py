"""The gaps that lines set aside leave: a line whose key is read still says which cells are missing.

It comes back in the view of its staged table with its key, what it names for sure, and no number: each sum that it
would have entered lacks a cell, and says so by the rule of all others (`statut_somme`). One whose key is read but for
its place (`lieux`) comes back as of a code that nobody knows, which is in no territory but France. What an entry of the
catalogue says of a table is enough: its key, its places, its lists, its year, its numbers and `faits`. Who doesn't
answer a survey is known by its coverage: none of its lines come back.
"""

import duckdb

from pipelines.catalogue import LINE, Column, Source, code_lists
from pipelines.checks import derived
from pipelines.database.duck import literal, quoted

TABLE = "staging.lacunes"  # the cells that are missing, each of a line set aside
WEIGHTS = "staging.poids_ecartes"  # the share of each measure of a table that its lines set aside have
NOWHERE = "inconnu"  # where a line is of which no place is read: no code of a territory, of an establishment
_OF = 'source VARCHAR, millesime INTEGER, revision INTEGER, "table" VARCHAR'
CREATE = (
    f"CREATE TABLE {TABLE} ({_OF}, fichier VARCHAR, ligne BIGINT, colonne VARCHAR); "
    f"CREATE TABLE {WEIGHTS} ({_OF}, mesure VARCHAR, part DECIMAL(9, 6))"
)


def measures(source: Source, table: str) -> list[Column]:
    """What a line says beside what it is of: its numbers, and the texts that its entry calls so (`faits`)."""
    entry = source.tables[table]
    return [
        column
        for column in source.of_table(table)
        if column.name in entry.faits
        or (column.is_number and column.unit != "année" and not entry.goes_with(column.name, number=True))
    ]


def lost(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, int, int, str]]:
    """The source, vintage, revision and table of each set of lines of which something is lost, and that can be read."""
    return {
        (source, millesime, revision, table)
        for source, millesime, revision, table in connection.execute(
            f'SELECT DISTINCT source, millesime, revision, "table" FROM staging.quarantaine WHERE {_READ}'
        ).fetchall()
    }


# Nothing comes back of a line whose key others deny: it would stand beside the right one, where it isn't.
_READ = (
    f"coalesce(colonne, '') = '' AND NOT rien_perdu(controle) AND controle <> {literal(derived.DENIED)} "
    "AND json_valid(contenu) AND contenu LIKE '{%'"
)


def lines(source: Source, table: str, millesime: int, revision: int) -> str:
    """SQL of the lines set aside whose key is read, typed, without their numbers; empty where a table has no such line.

    They have all its columns but statuses.
    """
    entry, missing = source.tables[table], {column.name for column in measures(source, table)}
    if entry.key == [LINE] or not missing or source.questionnaire:
        return ""
    listed, cells, read = code_lists.of_table(source, table), dict[str, str](), list[str]()
    for column in source.of_table(table):
        name = quoted(column.name)
        cell = f"try_cast(json_extract_string(contenu, '$.{name}') AS {column.sql})"
        if column.name in missing:
            cell = f"NULL::{column.sql}"
        elif column.name in listed:
            cell = f"CASE WHEN {cell} IN ({', '.join(map(literal, listed[column.name]))}) THEN {cell} END"
        elif column.name not in entry.key:  # what the rule at fault looks at may be what is wrong
            cell = f"CASE WHEN NOT list_contains(douteuses, {literal(column.name)}) THEN {cell} END"
        cells[column.name] = cell
    for name, cell in cells.items():
        # A place that another tells goes with it: a region, by a département that isn't read.
        by = entry.decoule.get(name)
        if by in entry.lieux and name in entry.key:
            cell = f"CASE WHEN {cells[by]} IS NULL THEN {literal(NOWHERE)} ELSE {cell} END"
        if name in entry.lieux:
            cell = f"coalesce({cell}, {literal(NOWHERE)})"
        read.append(f"{cell} AS {quoted(name)}")
    filled = [f"{quoted(k)} IS NOT NULL" for k in entry.key if k not in entry.key_blank]
    other = derived.of_another_year(source, table, millesime)
    return (
        f"SELECT * FROM (SELECT {', '.join(read)}, fichier AS _fichier, ligne AS _ligne FROM ("
        "SELECT * REPLACE (string_split(coalesce(douteuses, ''), ' ') AS douteuses) FROM staging.quarantaine "
        f'WHERE source = {literal(source.id)} AND "table" = {literal(table)} AND millesime = {millesime} '
        f"AND revision = {revision} AND {_READ})) "
        f"WHERE {' AND '.join([*filled, *([f'({other}) IS NOT TRUE'] if other else [])]) or 'true'}"
    )


def select(source: Source, table: str, millesime: int, mine: str, kept: str) -> str:
    """SQL of the gaps of a staged table: one line a key, with all its columns, from what `lines` reads (`mine`).

    `kept` is what stayed (SQL): what a line there says of the same key isn't missing.
    """
    entry, missing = source.tables[table], {column.name for column in measures(source, table)}
    marked = bool(source.layout(table, millesime).signs)
    said, statuses = [], []
    for column in source.of_table(table):
        name = quoted(column.name)
        # Lines of one key that contradict each other say nothing for sure but what they all say.
        same = f"CASE WHEN count(DISTINCT {name}) = 1 AND count({name}) = count(*) THEN min({name}) END AS {name}"
        said.append(name if column.name in entry.key else same)
        if marked and column.sql != "VARCHAR":
            status = "'nd'" if column.name in missing else f"CASE WHEN {name} IS NULL THEN 'nd' ELSE 'publié' END"
            statuses.append(f"{status} AS {quoted(column.name + '_statut')}")
    key = [quoted(k) for k in entry.key]
    there = " AND ".join(f"g.{k} IS NOT DISTINCT FROM p.{k}" for k in key)
    return (
        f"SELECT * FROM (SELECT *{''.join(f', {status}' for status in statuses)} FROM ("
        f"SELECT {', '.join(said)}, min(_fichier) AS _fichier, arg_min(_ligne, (_fichier, _ligne)) AS _ligne "
        f"FROM ({mine}) GROUP BY {', '.join(key)})) AS g ANTI JOIN {kept} AS p ON {there}"
    )


def record(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    millesime: int,
    revision: int,
    *,
    mine: str,
    kept: str,
) -> None:
    """Adds the missing cells of the lines of a table that `lines` reads to the table of gaps, and what they weigh."""
    of = f"{literal(source.id)}, {millesime}, {revision}, {literal(table)}"
    names = ", ".join(literal(column.name) for column in measures(source, table))
    connection.execute(
        f"INSERT INTO {TABLE} SELECT {of}, _fichier, _ligne, unnest([{names}]) FROM ({mine}) ORDER BY ALL"
    )
    numbers = [column for column in measures(source, table) if column.is_number]
    if source.restreint or not numbers:  # a weight would tell a number that is hidden
        return
    entry = source.tables[table]
    # Of lines that contradict each other one at most is right: the largest number is what may be lost. Those that have
    # lost their place contradict no other.
    alone = f"CASE WHEN {literal(NOWHERE)} IN ({', '.join(map(quoted, entry.lieux))}) THEN (_fichier, _ligne) END"
    key = ", ".join([*map(quoted, entry.key), *([alone] if entry.lieux else [])])
    said = ", ".join(
        f"max(abs(try_cast(json_extract_string(q.contenu, '$.{quoted(c.name)}') AS {c.sql}))) AS {quoted(c.name)}"
        for c in numbers
    )
    lost = ", ".join(f"coalesce(sum({quoted(c.name)}), 0)::DOUBLE AS {quoted(c.name)}" for c in numbers)
    there = ", ".join(f"coalesce(sum(abs({quoted(c.name)})), 0)::DOUBLE AS {quoted(c.name)}" for c in numbers)
    on = ", ".join(quoted(c.name) for c in numbers)
    connection.execute(
        f"INSERT INTO {WEIGHTS} SELECT {of}, mesure, round(e.ecarte / (e.ecarte + k.garde), 6) FROM "
        f"(UNPIVOT (SELECT {lost} FROM (SELECT {said} FROM ({mine}) AS l JOIN (SELECT fichier AS _fichier, "
        f"ligne AS _ligne, contenu FROM staging.quarantaine WHERE source = {literal(source.id)} "
        f'AND "table" = {literal(table)} AND millesime = {millesime} AND revision = {revision} AND {_READ}) AS q '
        f"USING (_fichier, _ligne) GROUP BY {key})) ON {on} INTO NAME mesure VALUE ecarte) AS e JOIN "
        f"(UNPIVOT (SELECT {there} FROM {kept}) ON {on} INTO NAME mesure VALUE garde) AS k USING (mesure) "
        "WHERE e.ecarte > 0 ORDER BY ALL"
    )
