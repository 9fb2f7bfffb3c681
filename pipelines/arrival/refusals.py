"""Why a vintage is refused, told to the person who can mend it."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb

from pipelines import catalogue
from pipelines.arrival.landing import Landed
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern
from pipelines.checks import runner
from pipelines.checks.controls import Control, shortened, undated
from pipelines.errors import AtlasError, Place, RefusedError


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
    unread = Counter(str(row["table"]) for row in aside if row["controle"] in ("type", "ligne_irreguliere"))
    causes = {source.staged_name(table) for table, rows in unread.items() if 2 * rows > len(aside)}
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


def refusal(
    source: Source,
    landed: Landed,
    failed: list[Control],
    aside: list[dict[str, object]],
    place: tuple[str, int] | None,
) -> RefusedError:
    """The error that refuses a vintage, from its failed critical checks, the first one explaining the others."""
    first = failed[0]
    mine = [row for row in aside if source.staged_name(str(row["table"])) == first.objet]
    table = next((t for t in source.tables if source.staged_name(t) == first.objet), "")
    files = ", ".join(f.name for f in landed.files if not table or _is_of(source, table, landed, f.name))
    todo = (
        "reprendre le fichier d'origine ; si c'est bien lui, examiner l'écart avec le producteur avant "
        f"d'assouplir un contrôle (expectations/staging/{source.id}.yml). Le dernier bon millésime reste en place"
    )
    if first.controle == "part_en_quarantaine" and mine:
        place = (str(mine[0]["fichier"]), int(str(mine[0]["ligne"])))
        what = f"Trop de lignes écartées dans {first.objet} : {first.observe}. {_why_aside(mine)}"
        if any(row["controle"] == "type" for row in mine):
            todo = (
                "reprendre le fichier d'origine ; si le producteur a changé sa façon d'écrire les nombres, le dire "
                f"dans `decimal`, `thousands` ou `markers` (pipelines/catalogue/{source.id}.yml). "
                "Le dernier bon millésime reste en place"
            )
    else:
        what = f"Le contrôle « {first.controle} » de {first.objet} échoue. Observé : {first.observe}."
    if source.contrat:
        todo = (
            "corriger le fichier et le déposer de nouveau ; colonnes, listes de codes et exemple sont dans le modèle : "
            f"atlas contrat {source.id} MODELE.xlsx. Le dernier bon millésime reste en place"
        )
    others = [f"{c.controle} ({c.objet})" for c in failed[1:6]]
    if others:
        what += f" Échouent aussi : {', '.join(others)}{' …' if len(failed) > 6 else '.'}"
    return RefusedError(
        what,
        where=Place(
            source=source.id,
            millesime=landed.millesime,
            table=first.objet,
            file=place[0] if place else files,
            line=place[1] if place else None,
        ),
        expected=undated(first.motif),
        todo=todo,
    )


def _is_of(source: Source, table: str, landed: Landed, name: str) -> bool:
    """Whether a file of a revision is one of a table."""
    rule = pattern(source.layout(table, landed.millesime).file, landed.millesime)
    return rule.fullmatch(name) is not None


def _why_aside(rows: list[dict[str, object]]) -> str:
    """Why rows were set aside, the most frequent reason first, each with one example."""
    by_rule: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_rule.setdefault(str(row["controle"]), []).append(row)
    ranked = sorted(by_rule.values(), key=len, reverse=True)[:3]
    return (
        " ; ".join(
            f"{len(found)} pour « {found[0]['controle']} », la première ligne {found[0]['ligne']} "
            f"de {found[0]['fichier']} : {shortened(str(found[0]['motif']), 200)}"
            for found in ranked
        )
        + "."
    )
