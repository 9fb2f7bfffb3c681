"""The gaps that lines set aside leave: a line whose key is read still says which cells are missing.

It comes back in the view of its staged table with its key, what it names for sure, and no number: each sum that it
would have entered lacks a cell, and says so by the rule of all others (`statut_somme`). What an entry of the catalogue
says of a table is enough: its key, its lists, its year, its numbers and `faits`. Who doesn't answer a survey is known
by its coverage: none of its lines come back.
"""

import duckdb

from pipelines.arrival import typed
from pipelines.catalogue import LINE, Column, Source, code_lists
from pipelines.checks import derived
from pipelines.duck import literal, quoted

TABLE = "staging.lacunes"  # the cells that are missing: those of core.cellules_ecartees, and how many lines they are of
CREATE = (
    f'CREATE TABLE {TABLE} (source VARCHAR, millesime INTEGER, revision INTEGER, "table" VARCHAR, '
    "fichier VARCHAR, ligne BIGINT, colonne VARCHAR)"
)


def measures(source: Source, table: str) -> list[Column]:
    """What a line says beside what it is of: its numbers, and the texts that its entry calls so (`faits`)."""
    entry = source.tables[table]
    return [
        column
        for column in source.of_table(table)
        if column.name in entry.faits
        or (typed.is_number(column) and column.unit != "année" and not entry.goes_with(column.name, number=True))
    ]


def lost(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, int, int, str]]:
    """The source, vintage, revision and table of each set of lines of which something is lost, and that can be read."""
    return {
        (source, millesime, revision, table)
        for source, millesime, revision, table in connection.execute(
            f'SELECT DISTINCT source, millesime, revision, "table" FROM staging.quarantaine WHERE {_READ}'
        ).fetchall()
    }


_READ = "coalesce(colonne, '') = '' AND NOT rien_perdu(controle) AND json_valid(contenu) AND contenu LIKE '{%'"


def select(source: Source, table: str, millesime: int, revision: int, kept: str) -> str:
    """SQL of the gaps of a staged table (its columns, its key unique, its numbers empty); empty where it can have none.

    `kept` is what stayed (SQL): what a line there says of the same key isn't missing.
    """
    entry, missing = source.tables[table], {column.name for column in measures(source, table)}
    if entry.key == [LINE] or not missing or source.questionnaire:
        return ""
    columns, listed = source.of_table(table), code_lists.of_table(source, table)
    marked = bool(source.layout(table, millesime).signs)
    read, said, statuses = [], [], []
    for column in columns:
        name = quoted(column.name)
        cell = f"try_cast(json_extract_string(contenu, '$.{name}') AS {column.sql})"
        if column.name in missing:
            cell = f"NULL::{column.sql}"
        elif column.name in listed:
            cell = f"CASE WHEN {cell} IN ({', '.join(map(literal, listed[column.name]))}) THEN {cell} END"
        elif column.name not in entry.key:  # what the rule at fault looks at may be what is wrong
            cell = f"CASE WHEN NOT list_contains(douteuses, {literal(column.name)}) THEN {cell} END"
        read.append(f"{cell} AS {name}")
        # Lines of one key that contradict each other say nothing for sure but what they all say.
        same = f"CASE WHEN count(DISTINCT {name}) = 1 AND count({name}) = count(*) THEN min({name}) END AS {name}"
        said.append(name if column.name in entry.key else same)
        if marked and column.sql != "VARCHAR":
            status = "'nd'" if column.name in missing else f"CASE WHEN {name} IS NULL THEN 'nd' ELSE 'publié' END"
            statuses.append(f"{status} AS {quoted(column.name + '_statut')}")
    key = [quoted(k) for k in entry.key]
    filled = [f"{quoted(k)} IS NOT NULL" for k in entry.key if k not in entry.key_blank]
    other = derived.of_another_year(source, table, millesime)
    there = " AND ".join(f"g.{k} IS NOT DISTINCT FROM p.{k}" for k in key)
    return (
        "SELECT * FROM (SELECT *, " + "".join(f"{status}, " for status in statuses) + "FROM ("
        f"SELECT {', '.join(said)}, min(_fichier) AS _fichier, arg_min(_ligne, (_fichier, _ligne)) AS _ligne FROM ("
        f"SELECT {', '.join(read)}, fichier AS _fichier, ligne AS _ligne FROM ("
        "SELECT * REPLACE (string_split(coalesce(douteuses, ''), ' ') AS douteuses) FROM staging.quarantaine "
        f'WHERE source = {literal(source.id)} AND "table" = {literal(table)} AND millesime = {millesime} '
        f"AND revision = {revision} AND {_READ})) "
        f"WHERE {' AND '.join([*filled, *([f'({other}) IS NOT TRUE'] if other else [])]) or 'true'} "
        f"GROUP BY {', '.join(key)})) AS g ANTI JOIN {kept} AS p ON {there}"
    )


def record(
    connection: duckdb.DuckDBPyConnection, source: Source, table: str, millesime: int, revision: int, gaps: str
) -> None:
    """Adds the missing cells of a table, as `select` gives its lines, to the table of gaps."""
    names = ", ".join(literal(column.name) for column in measures(source, table))
    connection.execute(
        f"INSERT INTO {TABLE} SELECT {literal(source.id)}, {millesime}, {revision}, {literal(table)}, _fichier, "
        f"_ligne, unnest([{names}]) FROM ({gaps}) ORDER BY ALL"
    )
