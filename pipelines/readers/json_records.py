"""JSON: a list of flat records, as the portals re-export their tables."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, text_columns


def text(value: Any) -> str | None:
    """A JSON value as text; nested values keep their JSON form."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def load(path: Path, where: Place, *, digits_as_text: bool = False) -> Any:
    """The document of a JSON file. Raises RefusedError with the line of the fault.

    `digits_as_text` keeps the producer's own digits: DECIMAL columns must not pass through a float.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str if digits_as_text else float)
    except UnicodeDecodeError as error:
        raise RefusedError(
            "Le fichier JSON n'est pas en UTF-8.",
            where=where,
            expected="du JSON en UTF-8",
            todo="reprendre le fichier d'origine, sans l'avoir enregistré de nouveau",
        ) from error
    except json.JSONDecodeError as error:
        raise RefusedError(
            f"Le JSON est coupé ou abîmé : il ne se lit plus à la colonne {error.colno} de cette ligne.",
            where=replace(where, line=error.lineno),
            expected="un document JSON entier",
            todo="télécharger de nouveau ; le transfert a pu être coupé",
        ) from error
    except (RecursionError, ValueError) as error:
        raise unfit(error, where) from error


def unfit(error: RecursionError | ValueError, where: Place) -> RefusedError:
    """Why a document that is JSON can't be read all the same: the library's own words are in English."""
    if isinstance(error, RecursionError):
        why = "ses crochets s'emboîtent sans fin"
    elif isinstance(error, UnicodeEncodeError):
        why = "un caractère y est coupé en deux (\\ud800 à \\udfff, seul)"
    else:  # Python reads no longer one
        why = "un nombre y a plus de 4 300 chiffres"
    return RefusedError(
        f"Le JSON est abîmé : {why}.",
        where=where,
        expected="un document JSON entier",
        todo="télécharger de nouveau",
    )


def table(records: list[dict[str, Any]], where: Place, file: str) -> Extract:
    """Records with their union of keys as columns; the line is the rank of the record, from 1.

    Raises RefusedError where a text of theirs is none.
    """
    headings = list(dict.fromkeys(key for record in records for key in record))
    try:
        "".join(headings).encode()
        rows: list[list[str | None]] = [[text(record.get(key)) for key in headings] for record in records]
        columns = text_columns(rows, len(headings))
    except (RecursionError, UnicodeEncodeError) as error:
        raise unfit(error, where) from error
    return Extract(
        file=file,
        headings=headings,
        columns=columns,
        lines=pa.array(range(1, len(rows) + 1), type=pa.int64()),
        header_line=0,
    )


def read(path: Path, _layout: Layout, where: Place) -> list[Extract]:
    """Reads a list of records. Raises RefusedError where the document is something else."""
    document = load(path, where, digits_as_text=True)
    if not isinstance(document, list) or not all(isinstance(record, dict) for record in document):
        raise RefusedError(
            "Le document JSON n'est pas une liste d'enregistrements.",
            where=where,
            expected='une liste d\'objets : [{"colonne": valeur, …}, …]',
            todo="reprendre l'export d'origine",
        )
    if not document:
        raise RefusedError(
            "La liste d'enregistrements est vide.",
            where=where,
            expected="au moins un enregistrement",
            todo="télécharger de nouveau ; si le producteur n'a rien publié, retirer ce millésime",
        )
    return [table(document, where, path.name)]
