"""Data contracts: sources for which no official layout exists, so that ours is declared and handed out.

A contract is a catalogue entry that says `contrat: true`, and nothing more: its template, its notice
and its checks all come from the entry and its column map.
"""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from pipelines import catalogue
from pipelines.catalogue import Column, Source, code_lists
from pipelines.catalogue.tables import Table
from pipelines.errors import Place, UsageError

DATA, NOTICE, LISTS, EXAMPLE = "Données", "Mode d'emploi", "Listes", "Exemple FICTIF"
CREATED = dt.datetime(2025, 1, 1)  # the same template is the same bytes, whenever it is made
ROWS = 5000  # lines of the template that carry the drop-down lists
KINDS = {"VARCHAR": "texte", "DATE": "date (AAAA-MM-JJ)", "BOOLEAN": "true ou false"}
SIGNS = {
    "s": "secret : le nombre existe et ne peut pas être donné",
    "nd": "non disponible : le nombre n'est pas connu",
    "///": "sans objet : il ne peut pas y avoir de nombre",
}


def load_all() -> list[Source]:
    """All contracts of the catalogue, in alphabetical order."""
    return [source for source in catalogue.load_all() if source.contrat]


def load(source_id: str) -> Source:
    """One contract. Raises UsageError where the source has an official layout."""
    source = catalogue.load(source_id)
    if not source.contrat:
        raise UsageError(
            f"« {source_id} » n'est pas un contrat de données : son producteur en fixe la présentation.",
            expected="l'une de : " + ", ".join(s.id for s in load_all()),
            todo=f"atlas source {source_id} en montre les fichiers et les colonnes",
        )
    return source


def table_of(source: Source, table: str | None) -> str:
    """The table asked for, or the only one. Raises UsageError where one must be chosen, or is unknown."""
    if table is None and len(source.tables) == 1:
        return next(iter(source.tables))
    if table is None or table not in source.tables:
        raise UsageError(
            f"« {source.id} » a plusieurs tables, une par fichier."
            if table is None
            else f"« {source.id} » n'a pas de table « {table} ».",
            expected="l'une de : " + ", ".join(source.tables),
            todo=f"atlas contrat {source.id} FICHIER --table {next(iter(source.tables))}",
        )
    return table


def newest(source: Source) -> int:
    """The newest vintage that the column map declares: whose headings a template carries by default."""
    return max(year for column in source.columns for year in column.theirs)


def columns(source: Source, table: str, millesime: int) -> list[tuple[str, Column]]:
    """Heading and column of each cell that a depositor fills, in the map's order."""
    found = []
    for column in source.of_table(table):
        names = column.headings(millesime)
        if names and not catalogue.CAPTURED.fullmatch(names[0]):
            found.append((names[0], column))
    return found


def file_name(source: Source, table: str, millesime: int | str) -> str:
    """Name under which a filled template is deposited, without its extension."""
    return f"{source.staged_name(table)}_{millesime}"


def kind(column: Column) -> str:
    """What a column holds, for the person who fills it."""
    if column.type in KINDS:
        return KINDS[column.type]
    return "nombre" if column.type.startswith("DECIMAL") else "nombre entier"


def expected(source: Source, table: str, column: Column) -> str:
    """What a cell may hold: kind, unit, whether it may be empty."""
    entry = source.tables[table]
    empty = "obligatoire" if column.name in _filled(entry) else "peut être vide"
    return ", ".join(filter(None, (kind(column), column.unit, empty)))


def _filled(table: Table) -> set[str]:
    return {*table.obligatoires, *(k for k in table.key if k not in table.key_blank)}


def _intro(source: Source, table: str, millesime: int | str) -> Iterator[tuple[str, str]]:
    """What the notice says before its columns: label, sentence."""
    yield "Contrat", f"{source.titre} — {source.tables[table].title}"
    yield "Qui remplit", source.producteur
    yield "Quand", source.cadence
    yield "Millésime", source.millesime.periode.format(millesime=millesime)
    yield (
        "Fichier",
        f"{file_name(source, table, millesime)}.xlsx (feuille « {DATA} ») ou .csv (UTF-8, séparateur « ; »), "
        f"à déposer dans {source.folder}/{millesime}/",
    )
    if source.restreint:
        yield "Diffusion", "restreinte : rien n'en est publié sans protection statistique"
    yield "Une ligne par", ", ".join(source.tables[table].key)
    yield "Ce qu'il faut savoir", source.limits
    for sign, meaning in SIGNS.items():
        yield f"Signe « {sign} »", meaning
    yield "Cellule vide", "elle ne vaut pas zéro : un zéro s'écrit 0"


def csv_template(source: Source, table: str, millesime: int) -> bytes:
    """The line of headings alone, as a CSV that spreadsheets open in UTF-8."""
    return ("\ufeff" + ";".join(heading for heading, _ in columns(source, table, millesime)) + "\r\n").encode()


def xlsx_template(source: Source, table: str, millesime: int) -> bytes:
    """A workbook to fill: data sheet with drop-down lists, notice, lists of codes, example that says FICTIF."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    book.set_properties({"title": source.titre, "created": CREATED})
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "text_wrap": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "warn": book.add_format({"bold": True, "font_color": "#B00020"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    fields = columns(source, table, millesime)
    lists = code_lists.of_table(source, table)
    data, notice = book.add_worksheet(DATA), book.add_worksheet(NOTICE)
    codes, example = book.add_worksheet(LISTS), book.add_worksheet(EXAMPLE)
    ranges = _write_lists(codes, fields, lists, styles)
    data.freeze_panes(1, 0)
    data.repeat_rows(0)
    data.set_landscape()
    for rank, (heading, column) in enumerate(fields):
        # Codes keep their zeros in a column of text; a date typed as a date is read back as one.
        style = styles.get({"VARCHAR": "text", "DATE": "date"}.get(column.type, ""))
        data.set_column(rank, rank, max(14, len(heading) + 2), style)
        data.write_string(0, rank, heading, styles["head"])
        data.write_comment(0, rank, f"{column.description}\n({expected(source, table, column)})", {"x_scale": 2})
        if rule := _validation(column, ranges.get(column.name)):
            data.data_validation(1, rank, ROWS, rank, rule)
    _write_notice(notice, source, table, millesime, styles)
    example.set_column(0, len(fields), 20)
    example.write_string(0, 0, "EXEMPLE FICTIF : aucune de ces lignes ne décrit la réalité.", styles["warn"])
    for rank, (heading, column) in enumerate(fields):
        example.write_string(1, rank, heading, styles["head"])
        for line, row in enumerate(source.tables[table].exemple, start=2):
            example.write_string(line, rank, row.get(column.name, ""))
    book.close()
    return raw.getvalue()


def _write_lists(
    sheet: Any, fields: list[tuple[str, Column]], lists: dict[str, dict[str, str]], styles: dict[str, Any]
) -> dict[str, str]:
    """Writes code and label of each list; returns where the codes are, by column."""
    ranges: dict[str, str] = {}
    left = 0
    for heading, column in fields:
        if column.name not in lists:
            continue
        found = lists[column.name]
        sheet.write_string(0, left, heading, styles["head"])
        sheet.write_string(0, left + 1, "libellé", styles["head"])
        for line, (code, label) in enumerate(found.items(), start=1):
            sheet.write_string(line, left, code, styles["text"])
            sheet.write_string(line, left + 1, label)
        sheet.set_column(left, left, 26)
        sheet.set_column(left + 1, left + 1, 50)
        letter = xlsxwriter.utility.xl_col_to_name(left)
        ranges[column.name] = f"={LISTS}!${letter}$2:${letter}${len(found) + 1}"
        left += 3
    if not ranges:
        sheet.write_string(0, 0, "Ce contrat n'a pas de liste de codes.")
    return ranges


def _validation(column: Column, codes: str | None) -> dict[str, Any] | None:
    """What a spreadsheet accepts in a column of codes; other columns are checked when the file is read."""
    if codes is None:
        return None
    return {
        "validate": "list",
        "source": codes,
        "error_title": "Valeur hors de la liste",
        "error_message": f"Choisir un code de la feuille « {LISTS} », colonne {column.name}."[:255],
    }


def _write_notice(sheet: Any, source: Source, table: str, millesime: int, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 40)
    line = 0
    for label, sentence in _intro(source, table, millesime):
        sheet.write_string(line, 0, label, styles["bold"])
        sheet.write_string(line, 1, sentence, styles["wrap"])
        line += 1
    line += 1
    for rank, heading in enumerate(("colonne", "ce qu'elle dit", "ce qu'elle contient")):
        sheet.write_string(line, rank, heading, styles["head"])
    for heading, column in columns(source, table, millesime):
        line += 1
        sheet.write_string(line, 0, heading, styles["bold"])
        sheet.write_string(line, 1, column.description, styles["wrap"])
        sheet.write_string(line, 2, expected(source, table, column), styles["wrap"])


def write(source_id: str, target: Path, *, table: str | None = None, millesime: int | None = None) -> Path:
    """Writes the template of a contract, as .xlsx or .csv after the file's extension; returns the file.

    Raises UsageError where the source is no contract, its table is not told, the extension is another
    one, or the file exists.
    """
    source = load(source_id)
    name = table_of(source, table)
    year = millesime or newest(source)
    makers = {".xlsx": xlsx_template, ".csv": csv_template}
    if target.is_dir():
        target = target / f"{file_name(source, name, year)}.xlsx"
    if target.suffix.lower() not in makers:
        raise UsageError(
            f"Un modèle ne s'écrit pas sous ce nom : {target.name}",
            where=Place(source=source_id),
            expected="un nom qui finit par .xlsx ou .csv, ou un dossier",
        )
    if target.exists():
        raise UsageError(
            f"Le fichier existe déjà : {target}",
            expected="un nom nouveau : un modèle n'écrase pas ce qui a peut-être été rempli",
        )
    content = makers[target.suffix.lower()](source, name, year)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


# --- documentation ----------------------------------------------------------------------------------

SHOWN = ("Qui remplit", "Quand", "Millésime", "Fichier", "Diffusion", "Une ligne par", "Ce qu'il faut savoir")


def described(source: Source, table: str) -> Iterator[str]:
    """One table of a contract as the manual shows it, in lines of Markdown."""
    millesime = newest(source)
    fields = columns(source, table, millesime)
    lists = code_lists.of_table(source, table)
    yield f"## `{source.staged_name(table)}` : {source.tables[table].title}"
    yield ""
    yield from (f"- {label} : {sentence}" for label, sentence in _intro(source, table, "AAAA") if label in SHOWN)
    yield ""
    yield "| colonne | ce qu'elle dit | ce qu'elle contient |"
    yield "|---|---|---|"
    for heading, column in fields:
        codes = lists.get(column.name, {})
        said = f" ; liste : {_shortened(codes)}" if codes else ""
        yield f"| `{heading}` | {column.description} | {expected(source, table, column)}{said} |"
    yield ""
    yield "Exemple FICTIF :"
    yield ""
    yield "```text"
    yield ";".join(heading for heading, _ in fields)
    yield from (";".join(row.get(c.name, "") for _, c in fields) for row in source.tables[table].exemple)
    yield "```"


def _shortened(codes: dict[str, str], most: int = 14) -> str:
    """The codes of a list, or the first of a long one."""
    shown = ", ".join(f"`{code}`" for code in list(codes)[:most])
    return shown + (f" … ({len(codes)} codes)" if len(codes) > most else "")
