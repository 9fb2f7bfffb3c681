"""`atlas lock` and `atlas query`: what an edition is made of, and what is in it."""

import contextlib
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines import hints, settings, steps
from pipelines.cli.common import banner, fictitious, screen, use
from pipelines.database.duck import literal
from pipelines.edition import lockfile, models
from pipelines.errors import DamagedError, UsageError

if TYPE_CHECKING:
    import duckdb


def lock(
    edition: Annotated[
        str | None,
        typer.Argument(help="Année de l'atlas ; sans elle, ATLAS_EDITION, sinon l'édition en place.", metavar="ANNÉE"),
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Le refaire avec les millésimes acceptés depuis.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="En JSON : le verrou, et les changements.")] = False,
) -> None:
    """Montre le verrou d'une édition : les millésimes épinglés, celui de référence, ce qui attend."""
    use(None, edition=edition)
    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    year = now.edition
    again = hints.command(now, "lock", year, "--update")
    before = None
    with contextlib.suppress(*[DamagedError] * update):  # one that can't be read is made anew all the same
        before = lockfile.load(now, year)
    if update:
        steps.lock(year, update=True)
    made = lockfile.load(now, year)
    if made is None:
        raise UsageError(
            f"L'édition {year} n'a pas de verrou dans {now.editions}.",
            expected="une édition déjà construite",
            todo=f"le faire, après ingestion : {again} ; ou tout faire : "
            + hints.command(now, "edition", "--edition", year, extracts=True),
        )
    changes = (
        lockfile.differences(before, made)
        if update and before
        else lockfile.differences(made, lockfile.draft(now, year))
    )
    if as_json:
        said = {**asdict(made), "changements": changes, "faits": update}
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    _show(console, made)
    if changes:
        told = "faits" if update else f"en attente ({again})"
        console.print(f"Changements {told} :", markup=False, soft_wrap=True)
        for change in changes:
            console.print("  " + change)


def _show(console: Console, made: lockfile.Lock) -> None:
    """What a lock pins, what it lacks, what was refused when it was made."""
    table = Table(title=f"Verrou {made.edition}, commit {made.commit[:12]}" + (" — FICTIF" if made.fictif else ""))
    for heading in ("source", "millésime", "révision", "référence", "date décrite", "fichiers", "sha256"):
        table.add_column(heading, no_wrap=heading == "source")  # a name is there to be copied
    for pin in made.pins:
        table.add_row(
            pin.source,
            str(pin.millesime),
            str(pin.revision),
            "oui" if pin.reference else "",
            pin.date_reference,
            "\n".join(f.name for f in pin.files),
            "\n".join(f.sha256[:12] for f in pin.files),
        )
    console.print(table)
    if made.effaces:
        console.print(
            "Effacés, l'édition ne se refait plus à l'identique : " + " ; ".join(made.effaces), soft_wrap=True
        )
    if made.absents:
        console.print("Sans millésime : " + ", ".join(made.absents))
    for refusal in made.refus:
        said = refusal.motif.splitlines()[0] if refusal.motif else ""
        console.print(f"Refusé : {refusal.source} {refusal.millesime} — {said}", markup=False, soft_wrap=True)


def query(
    sql: Annotated[str, typer.Argument(help="Une requête SQL de DuckDB, entre guillemets.")],
    csv: Annotated[bool, typer.Option("--csv", help="Sortie en CSV plutôt qu'en tableau.")] = False,
) -> None:
    """Interroge l'entrepôt en lecture seule. Exemple : atlas query "FROM reference.sources"."""
    import duckdb

    now = settings.load()
    if not now.database.is_file():
        raise UsageError(
            f"Il n'y a pas encore d'entrepôt : {now.database}",
            expected="une édition construite",
            todo=hints.command(now, "edition", extracts=True),
        )
    try:
        with steps.reading(now.database) as connection, tempfile.TemporaryDirectory() as folder:
            if not connection.extract_statements(sql):
                raise UsageError(
                    "La requête ne s'exécute pas : elle est vide.",
                    expected="une requête de lecture, entre guillemets",
                    todo=hints.command(now, "query", "FROM reference.sources"),
                )
            banner(now, connection.execute("SELECT fictif FROM reference.edition").fetchall()[0][0])
            _shut(connection, sql, now.staging, Path(folder))
            relation = connection.sql(sql)
            if relation is None:
                return
            if csv:
                _print_csv(relation, Path(folder) / "resultat.csv")
            else:
                relation.show(max_rows=200, max_width=200)
    except duckdb.Error as error:
        raise UsageError(
            f"La requête ne s'exécute pas : {error}",
            expected="une requête de lecture sur " + ", ".join(models.SCHEMAS),
            todo="les tables : "
            + hints.command(now, "query", "SELECT schema_name, table_name, comment FROM duckdb_tables()"),
        ) from error


def _shut(connection: "duckdb.DuckDBPyConnection", sql: str, staging: Path, folder: Path) -> None:
    """Shuts a session to the network and to files, but for those in our own folder, for its answer.

    What only reads may read what is staged too, which the views of `staging` name: a folder that is open is open to
    writing as well.
    """
    import duckdb

    reads = all(said.type == duckdb.StatementType.SELECT for said in connection.extract_statements(sql))
    opened = ", ".join(literal(str(path)) for path in (folder, *[staging] * reads))
    connection.execute(f"SET allowed_directories = [{opened}]")
    for setting in ("python_enable_replacements = false", "enable_external_access = false"):
        connection.execute(f"SET {setting}")
    connection.execute("SET lock_configuration = true")


def _print_csv(relation: "duckdb.DuckDBPyRelation", file: Path) -> None:
    # By our own standard output: opened again by its name, a file would lose what it already holds.
    relation.write_csv(str(file), header=True)
    with file.open("rb") as handle:
        shutil.copyfileobj(handle, sys.stdout.buffer)
    sys.stdout.buffer.flush()
