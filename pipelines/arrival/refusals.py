"""Why a vintage is refused, told to the person who can mend it."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb

from pipelines import catalogue
from pipelines.arrival import quarantine
from pipelines.arrival.aside import TYPE, WHOLE
from pipelines.arrival.headings import UNKNOWN
from pipelines.arrival.landing import Landed
from pipelines.catalogue import Source
from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import pattern
from pipelines.checks import runner
from pipelines.checks.controls import Control, shortened, undated
from pipelines.errors import AtlasError, Place, RefusedError

MOST = 12  # failed controls told at once; `atlas controles` lists them all


@contextlib.contextmanager
def unquoted(landed: Landed) -> Iterator[None]:
    """Withholds what a library says of an error that nobody foresaw, where it may cite a person."""
    try:
        yield
    except (AtlasError, OSError, duckdb.IOException):  # ours, or the disk's: they cite no cell
        raise
    except Exception as error:
        if not catalogue.load(landed.source).personal:
            raise
        raise RefusedError(
            f"La lecture s'est arrêtée sur une erreur inattendue ({type(error).__name__}), dont le texte est tu : "
            "il pourrait citer une personne.",
            where=Place(source=landed.source, millesime=landed.millesime),
            expected="un extrait que la lecture et les contrôles comprennent",
            todo="reprendre le fichier d'origine ; si l'erreur reste, la reproduire sur des lignes fictives",
        ) from None


def first_cause(failed: list[Control], source: Source, aside: list[dict[str, object]]) -> list[Control]:
    """Failed controls, those first that explain the others: a table that could not be read fails the rest too."""
    lines = [row for row in aside if row["colonne"] == WHOLE]
    unread = Counter(str(row["table"]) for row in lines if row["controle"] in (TYPE, "ligne_irreguliere"))
    causes = {source.staged_name(table) for table, rows in unread.items() if 2 * rows > len(lines)}
    return sorted(failed, key=lambda c: not (c.controle == "part_en_quarantaine" and c.objet in causes))


def place(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    rules: dict[str, list[dict[str, Any]]],
    by_table: dict[str, list[Control]],
    failed: Control,
) -> tuple[str, int] | None:
    """File and line of the first row that a failed rule found, where it finds rows."""
    for table, written in rules.items():
        for rule, control in zip(written, by_table[source.staged_name(table)], strict=True):
            query = runner.failing(rule, f"controle.{table}")
            if control is failed and query is not None:
                row = runner.first(connection, query)
                return (row["_fichier"], row["_ligne"]) if {"_fichier", "_ligne"} <= row.keys() else None
    return None


def together(errors: list[RefusedError]) -> RefusedError:
    """The error that tells all that keeps the tables of an arrival from being read: a line for each.

    What is unknown in each of several files would hide what is missing: it is left to the command that compares them.
    """
    first, *others = errors
    if not others:
        return first
    said = [
        f"- {', '.join(filter(None, (error.where.file or error.where.table, _line(error.where))))} : {error.what}"
        for error in others
    ]
    wanted = [error.expected.partition(f" ; {UNKNOWN}")[0] for error in errors]
    return RefusedError(
        "\n".join([first.what, "Et aussi :", *said]),
        where=first.where,
        expected=" ; ".join(dict.fromkeys(filter(None, wanted))),
        todo=" ; ".join(dict.fromkeys(error.todo for error in errors if error.todo)),
    )


def _line(where: Place) -> str:
    return f"ligne {where.line}" if where.line is not None else ""


def refusal(
    source: Source,
    landed: Landed,
    failed: list[Control],
    aside: list[dict[str, Any]],
    place: tuple[str, int] | None,
) -> RefusedError:
    """The error that refuses a vintage, from its failed critical checks, the first one explaining the others."""
    first = failed[0]
    mine = _rows_of(first, source, aside)
    table = next((t for t in source.tables if source.staged_name(t) == first.objet), "")
    files = ", ".join(f.name for f in landed.files if not table or _is_of(source, table, landed, f.name))
    if mine:
        place = (str(mine[0]["fichier"]), int(str(mine[0]["ligne"])))
    shown = [c for c in failed if not c.controle.startswith(quarantine.CELLS)][:MOST]
    said = [
        *_columns(failed, source, aside),
        *(_sentence(c, _rows_of(c, source, aside)) for c in shown),
    ]
    return RefusedError(
        " ".join(said if first.controle.startswith(quarantine.CELLS) else [*said[-len(shown) :], *said[: -len(shown)]]),
        where=Place(
            source=source.id,
            millesime=landed.millesime,
            table=first.objet,
            file=place[0] if place else files,
            line=place[1] if place else None,
        ),
        expected=f"au plus {100 * source.quarantine_share_max:.0f} % de cellules illisibles ou fausses par colonne, "
        f"ou {quarantine.FEW} d'un petit tableau" + (", et aucune erreur de calcul" if source.contrat else "")
        if first.controle.startswith(quarantine.CELLS)
        else undated(first.motif),
        todo=(
            "corriger le fichier et le déposer de nouveau ; colonnes, listes de codes et exemple sont dans le modèle : "
            f"atlas contrat {source.id} MODELE.xlsx. "
            if source.contrat
            else f"{again(source.id, landed.millesime)}. "
            if first.controle.startswith(quarantine.CELLS)
            else "reprendre le fichier d'origine ; si c'est bien lui, examiner l'écart avec le producteur : "
            f"atlas controles {source.id} {landed.millesime}. "
        )
        + "Le dernier bon millésime reste en place",
    )


def _columns(failed: list[Control], source: Source, aside: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the cells of columns, one sentence a table: all columns, and the reason of the first."""
    said = []
    cells = [c for c in failed if c.controle.startswith(quarantine.CELLS)]
    for objet in dict.fromkeys(c.objet for c in cells):
        mine = [c for c in cells if c.objet == objet]
        names = [c.controle.removeprefix(quarantine.CELLS) for c in mine]
        which = (
            f"la colonne {names[0]}" if len(names) == 1 else f"{len(names)} colonnes de {objet} ({', '.join(names)})"
        )
        reasons = _why_aside(_rows_of(mine[0], source, aside))
        said.append(f"Des cellules sont illisibles ou fausses dans {which} : {mine[0].observe}. {reasons}")
    return said


def _rows_of(control: Control, source: Source, aside: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was set aside that a control is about: lines, or the cells of its column."""
    mine = [row for row in aside if source.staged_name(str(row["table"])) == control.objet]
    if control.controle.startswith(quarantine.CELLS):
        return [row for row in mine if row["colonne"] == control.controle.removeprefix(quarantine.CELLS)]
    if control.controle.startswith(quarantine.LINES):
        name = control.controle.removeprefix(quarantine.LINES)
        return [row for row in mine if row["controle"] == name and row["colonne"] == WHOLE]
    return [row for row in mine if row["colonne"] == WHOLE] if control.controle == "part_en_quarantaine" else []


def _sentence(control: Control, rows: list[dict[str, Any]]) -> str:
    """What a failed control found, with why rows were set aside where that is what failed.

    By its reason: its name is ours, and says nothing to who deposits a file.
    """
    if rows and control.controle == "part_en_quarantaine":
        return f"Trop de lignes écartées dans {control.objet} : {control.observe}. {_why_aside(rows)}"
    if rows:
        return f"Des lignes sont illisibles dans {control.objet}, {control.observe}. {_why_aside(rows)}"
    return f"Un contrôle de {control.objet} échoue : {undated(control.motif)}. Observé : {control.observe}."


def _is_of(source: Source, table: str, landed: Landed, name: str) -> bool:
    """Whether a file of a revision is one of a table."""
    rule = pattern(source.layout(table, landed.millesime).file, landed.millesime)
    return rule.fullmatch(name) is not None


def _why_aside(rows: list[dict[str, Any]]) -> str:
    """Why rows were set aside, the most frequent reason first, each with one example."""
    by_rule: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_rule.setdefault(str(row["controle"]), []).append(row)
    ranked = sorted(by_rule.values(), key=len, reverse=True)[:3]
    return (
        " ; ".join(
            f"{len(found)}, la première ligne {found[0]['ligne']} de {found[0]['fichier']} : "
            f"{shortened(undated(str(found[0]['motif'])), 200)}"
            for found in ranked
        )
        + "."
    )
