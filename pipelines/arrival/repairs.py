"""What the catalogue says how to mend in a staged table, once all tables of its vintage are staged."""

import duckdb

from pipelines.arrival.staging import Staged
from pipelines.catalogue import Source
from pipelines.catalogue.tables import Repair
from pipelines.database.duck import literal, quoted


def mend(connection: duckdb.DuckDBPyConnection, source: Source, staged: list[Staged]) -> None:
    """Mends the declared columns of the tables staged, in place, and notes in each how many cells it mended.

    A table that would mend another is left alone where the vintage has none.
    """
    there = {table.table: table for table in staged}
    for table in staged:
        for column, repair in source.tables[table.table].reparations.items():
            if repair.de is None or repair.de in there:
                _mend(connection, table, column, repair, there)


def _mend(
    connection: duckdb.DuckDBPyConnection, table: Staged, column: str, repair: Repair, there: dict[str, Staged]
) -> None:
    name, read = quoted(column), f"read_parquet({literal(str(table.path))}, file_row_number = true)"
    if repair.chiffres is not None:
        wrong = f"regexp_full_match(t.{name}, '[0-9]{{1,{repair.chiffres - 1}}}')"
        right, other = f"lpad(t.{name}, {repair.chiffres}, '0')", ""
    else:
        by, file = quoted(repair.par or ""), literal(str(there[repair.de or ""].path))
        wrong, right = f"t.{name} IS NULL AND autre.valeur IS NOT NULL", "autre.valeur"
        # What the other table says twice, and differently, mends nothing.
        other = (
            f" LEFT JOIN (SELECT {by} AS cle, min({name}) AS valeur FROM read_parquet({file}) "
            f"GROUP BY {by} HAVING count(DISTINCT {name}) = 1) AS autre ON autre.cle = t.{by}"
        )
    count = connection.execute(f"SELECT count(*) FILTER ({wrong}) FROM {read} AS t{other}").fetchall()[0][0]
    if not count:
        return
    mended = table.path.with_suffix(".repare.parquet")
    connection.execute(
        f"COPY (SELECT t.* EXCLUDE (file_row_number) REPLACE (CASE WHEN {wrong} THEN {right} ELSE t.{name} END "
        f"AS {name}) FROM {read} AS t{other} ORDER BY t.file_row_number) "
        f"TO {literal(str(mended))} (FORMAT parquet, COMPRESSION zstd)"
    )
    mended.replace(table.path)
    table.mended[column] = count
