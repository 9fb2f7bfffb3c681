"""Staging: the extract's cells as typed Parquet, and nothing else.

Cells are trimmed, renamed, cast by the column map, and unpivoted where the layout says so; `_fichier`
and `_ligne` say where each row comes from. A line that can't be read as the map says is set aside
with its reason; it never reaches `core`.

What identifies a person leaves here as a keyed hash or not at all: of a source with such a column, lines
set aside keep their place and their reason, never their text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import catalogue, readers
from pipelines.arrival import personnes
from pipelines.catalogue import CAPTURED, PERSON, Column, Layout, Source, normalise, same_heading
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract

QUARANTINE_SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("fichier", pa.string()),
        ("ligne", pa.int64()),
        ("controle", pa.string()),
        ("motif", pa.string()),
        ("contenu", pa.string()),
    ]
)
VALUE = "<valeur>"
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}


@dataclass
class Staged:
    """One staged table: where it is, how many rows it holds, what was set aside and remarked.

    `formless`: column -> cells that were emptied for their form, and the file and line of the first.
    """

    table: str
    path: Path
    rows: int
    quarantined: int
    unknown_headings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejoined: list[str] = field(default_factory=list)
    formless: dict[str, list[Any]] = field(default_factory=dict)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def match(source: Source, table: str, millesime: int, extract: Extract, where: Place) -> dict[str, int]:
    """For each mapped column that is a heading of the extract, its index.

    Raises RefusedError where a heading is missing, or stands twice.
    """
    layout = source.layout(table, millesime)
    found: dict[str, int] = {}
    missing: list[str] = []
    double: list[str] = []
    for column in source.of_table(table):
        names = column.headings(millesime)
        if not names or CAPTURED.fullmatch(names[0]):
            continue
        indexes = [i for i, h in enumerate(extract.headings) if any(same_heading(name, h) for name in names)]
        if len(indexes) == 1:
            found[column.name] = indexes[0]
        elif indexes:
            double.append(names[0])
        elif not column.may_lack(millesime):
            missing.append(" ou ".join(names))
    line = replace(where, line=extract.header_line or None)
    if double:
        raise RefusedError(
            "Une colonne est deux fois dans l'en-tête : " + ", ".join(f"« {n} »" for n in double) + ".",
            where=line,
            expected="chaque nom de colonne une seule fois",
            todo="reprendre le fichier d'origine : on ne peut pas savoir laquelle est la bonne",
        )
    if missing:
        # Where most names are unknown, the first line is no header: it may be a person's.
        hidden = source.personal and len(missing) > len(found)
        strangers = [] if hidden else unknown(source, table, millesime, extract)
        raise _missing(source, table, layout, extract, missing, strangers, line)
    return found


def _missing(
    source: Source,
    table: str,
    layout: Layout,
    extract: Extract,
    missing: list[str],
    strangers: list[str],
    where: Place,
) -> RefusedError:
    header = layout.delimiter.join(extract.headings)
    other = max(";,|\t", key=header.count)
    if (
        layout.reader in ("delimited", "deposit")
        and len(extract.headings) < 3
        and other != layout.delimiter
        and other in header
    ):
        return RefusedError(
            f"Le séparateur n'est pas « {layout.delimiter} » : l'en-tête se lit comme "
            f"{len(extract.headings)} colonne(s) et contient {header.count(other)} « {other} ».",
            where=where,
            expected=f"des colonnes séparées par « {layout.delimiter} »",
            todo="reprendre le fichier d'origine ; si le producteur en a changé, le dire dans "
            f"`delimiter` (pipelines/catalogue/{source.id}.yml)",
        )
    close = {m: get_close_matches(m, strangers, n=1, cutoff=0.5) for m in missing}
    if len(missing) == len(strangers) == 1:  # nothing else can be its new name
        close = {missing[0]: strangers}
    renamed = [f"« {m} » est peut-être devenue « {c[0]} »" for m, c in close.items() if c]
    return RefusedError(
        f"Il manque {len(missing)} colonne(s) : "
        + ", ".join(f"« {m} »" for m in missing[:12])
        + (" …" if len(missing) > 12 else "")
        + "."
        + (" " + " ; ".join(renamed[:5]) + "." if renamed else ""),
        where=where,
        expected=f"les colonnes de pipelines/catalogue/{source.id}.columns.csv, dans n'importe quel ordre"
        + (f" ; colonnes inconnues ici : {', '.join(strangers[:12])}" if strangers else ""),
        todo=f"reprendre les noms de colonnes du modèle (atlas contrat {source.id} MODELE.xlsx) et déposer de nouveau"
        if source.contrat
        else "reprendre le fichier d'origine ; si le producteur a renommé la colonne, écrire son nouveau nom dans une "
        f"colonne « {where.millesime} » de la carte, ou « {catalogue.NOWHERE} » s'il l'a retirée : les cases laissées "
        "vides reprennent le millésime d'avant",
    )


def unknown(source: Source, table: str, millesime: int, extract: Extract) -> list[str]:
    """Headings of the extract that the map doesn't name."""
    known = [n for c in source.columns if c.table == table for n in c.headings(millesime)]
    layout = source.layout(table, millesime)
    rule = catalogue.pattern(layout.unpivot.heading, millesime) if layout.unpivot else None
    return [
        h
        for h in extract.headings
        if normalise(h) and not any(same_heading(n, h) for n in known) and not (rule and rule.fullmatch(h.strip()))
    ]


def _captured(column: Column, millesime: int, captures: dict[str, str], length: int) -> pa.Array:
    """What the name of the file, sheet or heading says of a column; nothing where the column is absent."""
    names = column.headings(millesime)
    named = CAPTURED.fullmatch(names[0]) if names else None
    if not named:
        return pa.nulls(length, pa.string())
    return pa.repeat(pa.scalar(captures.get(named[1]), pa.string()), length)


def text_table(
    source: Source,
    table: str,
    millesime: int,
    extract: Extract,
    where: Place,
    key: bytes = b"",
    formless: dict[str, list[Any]] | None = None,
) -> pa.Table:
    """The mapped cells of one extract, all text, under our names, with `_fichier` and `_ligne`.

    Cells that identify a person are hashed with `key` here, and those of another form than their column's are
    emptied, before anything else sees them; `formless` counts these, with the file and the line of the first.
    """
    layout = source.layout(table, millesime)
    columns = source.of_table(table)
    found = match(source, table, millesime, extract, where)
    slices: list[tuple[dict[str, str], int | None]] = [(extract.captures, None)]
    if layout.unpivot:
        rule = catalogue.pattern(layout.unpivot.heading, millesime)
        slices = [
            ({**extract.captures, **named.groupdict()}, index)
            for index, heading in enumerate(extract.headings)
            if (named := rule.fullmatch(heading.strip()))
        ]
        if not slices:
            raise RefusedError(
                f"Aucune colonne ne s'appelle « {rule.pattern} ».",
                where=replace(where, line=extract.header_line),
                expected="une colonne par modalité ; l'en-tête a : " + ", ".join(extract.headings[:15]),
                todo=f"reprendre le fichier d'origine, ou corriger `unpivot` (pipelines/catalogue/{source.id}.yml)",
            )
    trimmed = {name: _trimmed(extract.columns[index]) for name, index in found.items()}
    for column in columns:
        if column.type == PERSON and column.name in trimmed:
            trimmed[column.name] = personnes.hashed(trimmed[column.name], key)
        form = source.tables[table].formes.get(column.name)
        if form and column.name in trimmed:
            trimmed[column.name], count, first = _formed(trimmed[column.name], form)
            if count and formless is not None:
                formless.setdefault(column.name, [0, extract.file, extract.lines[first].as_py()])[0] += count
    parts = []
    for captures, value_index in slices:
        arrays: dict[str, pa.ChunkedArray | pa.Array] = {}
        for column in columns:
            if layout.unpivot and column.name == layout.unpivot.value and value_index is not None:
                arrays[column.name] = _trimmed(extract.columns[value_index])
            elif column.name in found:
                arrays[column.name] = trimmed[column.name]
            else:
                arrays[column.name] = _captured(column, millesime, captures, extract.rows)
        arrays["_fichier"] = pa.repeat(pa.scalar(extract.file, pa.string()), extract.rows)
        arrays["_ligne"] = extract.lines
        parts.append(pa.table(arrays))
    return pa.concat_tables(parts)


def _trimmed(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Text without the blanks around it, of any kind; missing where nothing is left."""
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _formed(column: pa.ChunkedArray | pa.Array, form: str) -> tuple[pa.ChunkedArray | pa.Array, int, int]:
    """A column without the cells that are not of that form; how many they were, and the place of the first."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    # Codes repeat: each text of a batch is looked at once.
    coded = pc.dictionary_encode(whole)
    known = pc.match_substring_regex(coded.dictionary, f"^(?:{form})$")
    if pc.all(known).as_py() is not False:
        return column, 0, 0
    good = pc.fill_null(pc.take(known, coded.indices), True)
    other = pc.invert(good)
    return pc.if_else(good, whole, pa.scalar(None, pa.string())), pc.sum(other).as_py(), pc.index(other, True).as_py()


def _cast(column: Column, layout: Layout) -> str:
    """SQL of the typed value; NULL where the text isn't of that type or stands for a reason."""
    text = _quoted(column.name)
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
    text = _quoted(column.name)
    cases = " ".join(f"WHEN {text} = {_literal(k)} THEN {_literal(v)}" for k, v in layout.markers.items())
    return f"CASE {cases} WHEN {text} IS NULL THEN 'vide' ELSE 'publié' END"


def select(source: Source, table: str, millesime: int) -> str:
    """SQL of the typed rows of a table, and in `_motif` why a row can't be typed ('' if it can).

    `_lu` keeps the text of such a row, as JSON.
    """
    layout = source.layout(table, millesime)
    columns = source.of_table(table)
    markers = ", ".join(map(_literal, layout.markers))
    values, typed, reasons = [], [], []
    for column in columns:
        name, value = _quoted(column.name), _quoted(f"{column.name} :")
        if column.sql == "VARCHAR":
            typed.append(name)
            continue
        values.append(f"{_cast(column, layout)} AS {value}")
        typed.append(f"{value} AS {name}")
        if layout.markers:
            typed.append(f"{_status(column, layout)} AS {_quoted(column.name + '_statut')}")
        reasons.append(
            f"CASE WHEN {value} IS NULL AND {name} IS NOT NULL"
            + (f" AND {name} NOT IN ({markers})" if markers else "")
            + (
                f" THEN {_literal(f'colonne {column.name} : la valeur n’est pas {_plain(column)}')} END"
                if source.personal
                else f" THEN {_literal(f'colonne {column.name} : « ')} || {name} || "
                f"{_literal(f' » n’est pas {_plain(column)}')} END"
            )
        )
    reason = f"concat_ws(' ; ', {', '.join(reasons)})" if reasons else "''"
    text = ", ".join(f"{_quoted(c.name)} := {_quoted(c.name)}" for c in columns)
    kept = "NULL" if source.personal else f"to_json(struct_pack({text}))"
    return f"""
        WITH valeurs AS (SELECT {", ".join(["*", *values])} FROM lu),
        motifs AS (SELECT *, {reason} AS _motif FROM valeurs)
        SELECT {", ".join(typed)}, _fichier, _ligne, _motif,
            CASE WHEN _motif <> '' THEN {kept}::VARCHAR END AS _lu
        FROM motifs"""


@dataclass
class Aside:
    """What reading the files of a table set aside and remarked, filled as they are read."""

    rows: list[dict[str, object]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejoined: list[str] = field(default_factory=list)
    formless: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, source: Source, table: str, millesime: int, extract: Extract) -> None:
        """Takes the ragged lines, unknown headings, notes and mended lines of one extract."""
        self.rows += [
            {
                "table": table,
                "fichier": extract.file,
                "ligne": ragged.line,
                "controle": ragged.rule,
                "motif": ragged.reason,
                "contenu": None if source.personal else ragged.text,
            }
            for ragged in extract.ragged
        ]
        self.strangers += [h for h in unknown(source, table, millesime, extract) if h not in self.strangers]
        self.notes += extract.notes
        self.rejoined += [f"{extract.file}, ligne {line}" for line in extract.rejoined]


def read_files(
    source: Source, table: str, millesime: int, files: Iterable[Path], aside: Aside, key: bytes = b""
) -> pa.Table:
    """Text of all files of a table; `aside` takes the rest.

    Raises RefusedError for a file that can't be read, is cut in the middle of a line, or has no row.
    """
    layout = source.layout(table, millesime)
    parts: list[pa.Table] = []
    for path in files:
        where = Place(source=source.id, millesime=millesime, table=table, file=path.name)
        try:
            extracts = readers.read(path, layout, where)
        except RefusedError as error:
            if not layout.isolated:
                raise
            aside.rows.append(_refused_file(table, path, error))
            continue
        for extract in extracts:
            place = replace(where, file=extract.file)
            part = text_table(source, table, millesime, extract, place, key, aside.formless)
            last = max(extract.ragged, key=lambda r: r.line, default=None)
            end = extract.lines[-1].as_py() if extract.rows else 0
            # A short last line that is properly ended is a footer or a fault of its own, not a cut file.
            if last and last.line > end and not extract.ended and not extract.notes:
                raise RefusedError(
                    f"Le fichier est coupé : sa dernière ligne a {last.cells} cellule(s) sur {last.expected}.",
                    where=replace(place, line=last.line),
                    expected="un fichier entier",
                    todo="télécharger de nouveau",
                )
            if not extract.rows and not layout.isolated:
                raise _no_row(place)
            aside.add(source, table, millesime, extract)
            parts.append(part)
    if not any(part.num_rows for part in parts):  # only deposits come to this: elsewhere it was said above
        first = aside.rows[0] if aside.rows else None
        raise RefusedError(
            f"Aucun des {len(aside.rows)} dépôts n'est recevable."
            if not parts
            else "Aucune réponse des dépôts n'est recevable.",
            where=replace(where, file=str(first["fichier"]) if first else None),
            expected="au moins un classeur rempli dans le gabarit de cette campagne",
            todo=str(first["motif"]) if first else "",
        )
    return pa.concat_tables(parts)


def _no_row(where: Place) -> RefusedError:
    return RefusedError(
        "Le fichier n'a que son en-tête : aucune ligne de données.",
        where=where,
        expected="au moins une ligne",
        todo="télécharger de nouveau ; si le producteur n'a rien publié, retirer ce millésime",
    )


def stream_files(
    source: Source, table: str, millesime: int, files: Iterable[Path], aside: Aside, key: bytes = b""
) -> Iterator[pa.RecordBatch]:
    """As `read_files`, a batch at a time: what a file holds is never in memory at once."""
    layout = source.layout(table, millesime)
    for path in files:
        where = Place(source=source.id, millesime=millesime, table=table, file=path.name)
        rows = 0

        def wanted(headings: Extract, where: Place = where) -> list[int]:
            return list(match(source, table, millesime, headings, where).values())

        for extract in readers.stream(path, layout, where, wanted):
            aside.add(source, table, millesime, extract)
            rows += extract.rows
            part = text_table(source, table, millesime, extract, where, key, aside.formless)
            yield from part.combine_chunks().to_batches()
        if not rows:
            raise _no_row(where)


def _refused_file(table: str, path: Path, error: RefusedError) -> dict[str, object]:
    """A whole deposit set aside, with its reason (shape of QUARANTINE_SCHEMA)."""
    return {
        "table": table,
        "fichier": path.name,
        "ligne": 1,
        "controle": "depot_refuse",
        "motif": " À faire : ".join(filter(None, [error.what, error.todo])),
        "contenu": "",
    }


def stage(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    millesime: int,
    files: list[Path],
    folder: Path,
    *,
    key: bytes = b"",
) -> tuple[Staged, list[dict[str, object]]]:
    """Writes one staged table to `folder/<table>.parquet`; `key` hashes persons, where the table has some.

    Returns it with the rows set aside (shape of QUARANTINE_SCHEMA).
    Raises RefusedError as `read_files` does.
    """
    if source.personal and not key:
        raise ValueError(f"{source.id} has personal keys: staging it takes the key that hashes them")
    target = folder / f"{table}.parquet"
    if source.layout(table, millesime).streamed:
        return _stage_streamed(connection, source, table, millesime, files, target, key)
    aside = Aside()
    connection.register("lu", read_files(source, table, millesime, files, aside, key))
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE type AS {select(source, table, millesime)}")
        rows = _keep_typed(connection, "type", table, target, aside)
    finally:
        connection.execute("DROP TABLE IF EXISTS type")
        connection.unregister("lu")
    return _told(table, target, rows, aside), aside.rows


def _told(table: str, target: Path, rows: int, aside: Aside) -> Staged:
    return Staged(table, target, rows, len(aside.rows), aside.strangers, aside.notes, aside.rejoined, aside.formless)


def _keep_typed(connection: duckdb.DuckDBPyConnection, typed: str, table: str, target: Path, aside: Aside) -> int:
    """Writes the rows that could be typed, and their number; sets the others aside."""
    refused = connection.execute(f"SELECT _fichier, _ligne, _motif, _lu FROM {typed} WHERE _motif <> ''").fetchall()
    aside.rows += [
        {"table": table, "fichier": file, "ligne": line, "controle": "type", "motif": motif, "contenu": content}
        for file, line, motif, content in refused
    ]
    return _written(connection, f"SELECT * EXCLUDE (_motif, _lu) FROM {typed} WHERE _motif = ''", target)


def _written(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes the rows of a query as Parquet, in their order; returns their number."""
    done = connection.execute(
        f"COPY ({query}) TO {_literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchall()
    return int(done[0][0])


def _stage_streamed(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    millesime: int,
    files: list[Path],
    target: Path,
    key: bytes,
) -> tuple[Staged, list[dict[str, object]]]:
    aside = Aside()
    faults: list[Exception] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from stream_files(source, table, millesime, files, aside, key)
        except Exception as error:  # DuckDB would tell it in words of its own
            faults.append(error)
            raise

    names = [*(c.name for c in source.of_table(table)), "_fichier"]
    schema = pa.schema([*((name, pa.string()) for name in names), ("_ligne", pa.int64())])
    connection.register("lu", pa.RecordBatchReader.from_batches(schema, batches()))
    typed = select(source, table, millesime)
    whole = target.with_suffix(".lu.parquet")
    try:
        if all(column.sql == "VARCHAR" for column in source.of_table(table)):  # text always types
            rows = _written(connection, f"SELECT * EXCLUDE (_motif, _lu) FROM ({typed})", target)
        else:
            _written(connection, typed, whole)
            rows = _keep_typed(connection, f"read_parquet({_literal(str(whole))})", table, target, aside)
    except duckdb.Error:
        if faults:
            raise faults[0] from None
        raise
    finally:
        connection.unregister("lu")
        whole.unlink(missing_ok=True)
    return _told(table, target, rows, aside), aside.rows


def empty_select(source: Source, table: str) -> str:
    """SQL of a staged table without rows: marts stand, empty, where a source is absent."""
    marked = any(layout.markers for layout in source.tables[table].layouts)
    columns = []
    for column in source.of_table(table):
        columns.append(f"NULL::{column.sql} AS {_quoted(column.name)}")
        if marked and column.sql != "VARCHAR":
            columns.append(f"NULL::VARCHAR AS {_quoted(column.name + '_statut')}")
    return f"SELECT {', '.join(columns)}, NULL::VARCHAR AS _fichier, NULL::BIGINT AS _ligne WHERE false"
