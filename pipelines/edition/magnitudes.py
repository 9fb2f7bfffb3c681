"""What the numbers of each vintage look like, column by column: `qualite.grandeurs` compares a vintage with the last.

A unit that changed, two columns exchanged, a column that came empty leave each line plausible: the column tells.
"""

import duckdb

from pipelines import catalogue
from pipelines.catalogue import Column, Source
from pipelines.database.duck import literal, quoted
from pipelines.edition.lockfile import Lock

TABLE = "staging.grandeurs"
CREATE = (
    f"CREATE TABLE {TABLE} (source VARCHAR, table_source VARCHAR, colonne VARCHAR, sens VARCHAR, unite VARCHAR, "
    "millesime INTEGER, lignes BIGINT, remplies BIGINT, mediane DECIMAL(38, 6))"
)


def write(connection: duckdb.DuckDBPyConnection, lock: Lock) -> None:
    """Makes `staging.grandeurs` from the views of staging: a line for each column of numbers of each pinned vintage.

    `mediane` is that of the numbers other than zero, without their sign, in the column's unit. Left out are the
    sources of which one vintage is pinned, the columns that a vintage is known not to have, and surveys, whose answers
    are compared one by one (`evolution_max`).
    """
    connection.execute(CREATE)
    for source in catalogue.load_all():
        years = sorted({pin.millesime for pin in lock.of(source.id)})
        if source.questionnaire or len(years) < 2:
            continue
        for table in source.tables:
            columns = [
                column
                for column in source.of_table(table)
                if column.is_number and column.unit != "année" and column.name not in source.tables[table].key
            ]
            if columns:
                connection.execute(f"INSERT INTO {TABLE} BY NAME {select(source, table, columns, years)}")


def select(source: Source, table: str, columns: list[Column], years: list[int]) -> str:
    """SQL of the lines of a staged table, which it reads once whatever its number of columns.

    A column has none for the years whose map says that the producer did not have it.
    """
    told = ", ".join(
        f"{{'colonne': {literal(column.name)}, 'sens': {literal(column.description)}, "
        f"'unite': {literal(column.unit)}, 'annees': {[year for year in years if column.headings(year)]}, "
        f"'remplies': count({name}), "
        f"'mediane': quantile_disc(abs({name}::DECIMAL(38, 6)), 0.5) FILTER ({name} <> 0)}}"
        for column in columns
        for name in [quoted(column.name)]
    )
    return (
        f"SELECT source, table_source, millesime, lignes, dites.colonne, dites.sens, dites.unite, dites.remplies, "
        f"dites.mediane FROM (SELECT {literal(source.id)} AS source, {literal(table)} AS table_source, millesime, "
        f"count(*) AS lignes, unnest([{told}]) AS dites FROM staging.{source.staged_name(table)} GROUP BY millesime) "
        "WHERE millesime IN dites.annees"
    )
