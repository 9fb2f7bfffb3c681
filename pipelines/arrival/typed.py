"""From text to the types of the column map, in SQL."""

from pipelines.catalogue import Column, Source
from pipelines.catalogue.layouts import Layout
from pipelines.duck import literal, quoted

INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}


def select(source: Source, table: str, millesime: int) -> str:
    """SQL of the typed rows of a table, and in `_motif` why a row can't be typed ('' if it can).

    `_lu` keeps the text of such a row, as JSON.
    """
    layout = source.layout(table, millesime)
    columns = source.of_table(table)
    markers = ", ".join(map(literal, layout.markers))
    values, typed, reasons = [], [], []
    for column in columns:
        name, value = quoted(column.name), quoted(f"{column.name} :")
        if column.sql == "VARCHAR":
            typed.append(name)
            continue
        values.append(f"{_cast(column, layout)} AS {value}")
        typed.append(f"{value} AS {name}")
        if layout.markers:
            typed.append(f"{_status(column, layout)} AS {quoted(column.name + '_statut')}")
        reasons.append(
            f"CASE WHEN {value} IS NULL AND {name} IS NOT NULL"
            + (f" AND {name} NOT IN ({markers})" if markers else "")
            + (
                f" THEN {literal(f'colonne {column.name} : la valeur n’est pas {_plain(column)}')} END"
                if source.personal
                else f" THEN {literal(f'colonne {column.name} : « ')} || {name} || "
                f"{literal(f' » n’est pas {_plain(column)}')} END"
            )
        )
    reason = f"concat_ws(' ; ', {', '.join(reasons)})" if reasons else "''"
    text = ", ".join(f"{quoted(c.name)} := {quoted(c.name)}" for c in columns)
    kept = "NULL" if source.personal else f"to_json(struct_pack({text}))"
    return f"""
        WITH valeurs AS (SELECT {", ".join(["*", *values])} FROM lu),
        motifs AS (SELECT *, {reason} AS _motif FROM valeurs)
        SELECT {", ".join(typed)}, _fichier, _ligne, _motif,
            CASE WHEN _motif <> '' THEN {kept}::VARCHAR END AS _lu
        FROM motifs"""


def _cast(column: Column, layout: Layout) -> str:
    """SQL of the typed value; NULL where the text isn't of that type or stands for a reason."""
    text = quoted(column.name)
    if column.sql == "VARCHAR":
        return text
    if layout.thousands:
        for blank in " \u00a0\u202f\u2007":
            text = f"replace({text}, '{blank}', '')"
    if layout.decimal == ",":
        text = f"replace({text}, ',', '.')"
    if column.type in INTEGERS:
        # CAST would round '3.7' to 4, and read '1_000' and '0x1F': only digits are a whole number.
        return (
            f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN TRY_CAST({text} AS {column.type}) "
            f"WHEN regexp_full_match({text}, '[+-]?[0-9]+[.]0+') "
            f"THEN TRY_CAST(regexp_replace({text}, '[.]0+$', '') AS {column.type}) END"
        )
    if column.type.startswith("DECIMAL"):
        return (
            f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') "
            f"THEN TRY_CAST({text} AS {column.type}) END"
        )
    return f"TRY_CAST({text} AS {column.type})"


def _plain(column: Column) -> str:
    """What a type is called in a message."""
    if column.type in INTEGERS:
        return "un nombre entier"
    if column.type.startswith("DECIMAL"):
        return "un nombre"
    return "une date écrite AAAA-MM-JJ" if column.type == "DATE" else f"une valeur de type {column.type}"


def _status(column: Column, layout: Layout) -> str:
    text = quoted(column.name)
    cases = " ".join(f"WHEN {text} = {literal(k)} THEN {literal(v)}" for k, v in layout.markers.items())
    return f"CASE {cases} WHEN {text} IS NULL THEN 'vide' ELSE 'publié' END"


def empty_select(source: Source, table: str) -> str:
    """SQL of a staged table without rows: marts stand, empty, where a source is absent."""
    marked = any(layout.markers for layout in source.tables[table].layouts)
    columns = []
    for column in source.of_table(table):
        columns.append(f"NULL::{column.sql} AS {quoted(column.name)}")
        if marked and column.sql != "VARCHAR":
            columns.append(f"NULL::VARCHAR AS {quoted(column.name + '_statut')}")
    return f"SELECT {', '.join(columns)}, NULL::VARCHAR AS _fichier, NULL::BIGINT AS _ligne WHERE false"
