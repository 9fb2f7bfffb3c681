"""Rules seen to fail: each on its table, broken in the way that it guards against (`casse`), then put back as it was.

`casse` is SQL in which `{batch}` stands for the table, statements between `;`; or the cells to change on its first
line, each with the SQL of what it then holds. A rule that nothing can break says why, under `sans_casse`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from pipelines.checks import runner

Rule = dict[str, Any]


def name(rule: Rule) -> str:
    return str(rule["meta"]["controle"])


def statements(casse: str | dict[str, Any], table: str) -> Iterator[str]:
    """The SQL that breaks a table."""
    if isinstance(casse, dict):
        cells = ", ".join(f'"{column}" = {"NULL" if held is None else held}' for column, held in casse.items())
        yield f"UPDATE {table} SET {cells} WHERE rowid = (SELECT min(rowid) FROM {table})"
    else:
        yield from (statement.format(batch=table) for statement in casse.split(";"))


def unseen(database: str, connection: duckdb.DuckDBPyConnection, table: str, rules: Iterable[Rule]) -> list[str]:
    """Those of a table's rules that fail on it as it is, or pass on it broken, each with what was seen.

    `connection` is to the named `database` in memory, which holds the table and what its rules read. Rules of the
    severity `info` may find rows in it, but fewer than once it is broken.
    """
    tried = [rule for rule in rules if "sans_casse" not in rule]
    queries = [(rule, query) for rule in tried if (query := runner.failing(rule, table))]
    found = [said for rule, query in queries if (said := _by_query(connection, table, rule, query))]
    return [f"{table}, {said}" for said in found + _by_expectation(database, connection, table, tried)]


def _by_query(connection: duckdb.DuckDBPyConnection, table: str, rule: Rule, query: str) -> str:
    def count() -> int:
        return int(connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0])

    before = count()
    connection.execute("BEGIN")
    try:
        for statement in statements(rule["casse"], table):
            connection.execute(statement)
        after = count()
    except duckdb.Error as error:
        return f"{name(rule)} : {error}"
    finally:
        connection.execute("ROLLBACK")
    seen = after > before and (before == 0 or rule["severity"] == "info")
    return "" if seen else f"{name(rule)} : {before} ligne(s), puis {after} une fois la table cassée"


def _by_expectation(database: str, connection: duckdb.DuckDBPyConnection, table: str, rules: list[Rule]) -> list[str]:
    """Rules that are no query are run by Great Expectations, each on a broken copy."""
    others = [rule for rule in rules if runner.failing(rule, table) is None]
    if not others:
        return []
    batches = {"": (table, others)}
    for rank, rule in enumerate(others):
        copy = f"cassee.c{rank}"
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS cassee; CREATE OR REPLACE TABLE {copy} AS FROM {table}")
        for statement in statements(rule["casse"], copy):
            connection.execute(statement)
        batches[name(rule)] = (copy, [rule])
    found = runner.validate(database, batches)
    good = {control.controle for control in found.pop("") if control.reussi}
    seen = {said for said, (control,) in found.items() if not control.reussi}
    connection.execute("DROP SCHEMA cassee CASCADE")
    return [
        f"{name(rule)} : {'passe' if name(rule) in good else 'échoue'}, "
        f"puis {'échoue' if name(rule) in seen else 'passe'} une fois la table cassée"
        for rule in others
        if name(rule) not in good & seen
    ]
