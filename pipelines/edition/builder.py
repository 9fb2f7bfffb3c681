"""Runs sql/ and indicators/ into a new DuckDB file, aside."""

import uuid
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines import indicators
from pipelines.arrival import outcomes as known
from pipelines.arrival.outcomes import Outcome
from pipelines.database import duck, macros
from pipelines.database.duck import literal
from pipelines.edition import magnitudes, models, records
from pipelines.edition.lockfile import Lock, Pin
from pipelines.edition.models import Model
from pipelines.errors import BuildError, Place
from pipelines.indicators import Calculation
from pipelines.settings import Settings


def build(settings: Settings, lock: Lock) -> Path:
    """Builds the marts of an edition into a new DuckDB file, aside. Returns its path.

    Raises BuildError as `_outcomes`, and, naming the model, where a query fails; the warehouse in place is
    not touched.
    """
    outcomes = _outcomes(settings, lock)
    folder = settings.editions / str(lock.edition)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("construction-*"):
        left.unlink()
    target = folder / f"construction-{uuid.uuid4().hex[:8]}.duckdb"
    with duckdb.connect() as connection:
        # Without a journal: a build that stops is begun anew, never recovered.
        connection.execute(f"ATTACH {literal(str(target))} AS construction (RECOVERY_MODE no_wal_writes)")
        connection.execute("USE construction")
        connection.execute(f"SET memory_limit = '{duck.MEMORY}'")
        connection.execute(f"SET temp_directory = {literal(str(folder / 'temporaire'))}")
        connection.execute(duck.COMPRESSION)
        connection.begin()
        for schema in ("staging", indicators.SCHEMA, *models.SCHEMAS):
            connection.execute(f"CREATE SCHEMA {schema}")
        macros.make(connection)
        records.write(connection, settings, lock, outcomes)
        records.stage_views(connection, settings, lock, outcomes)
        magnitudes.write(connection, lock)
        connection.commit()
        _make_all(connection)
        # What the marts took from it is in them, with its words.
        connection.execute(f"DROP SCHEMA {indicators.SCHEMA} CASCADE")
        connection.execute("CHECKPOINT construction")
    return target


def _outcomes(settings: Settings, lock: Lock) -> dict[Pin, Outcome]:
    """What the checks said of each pinned revision, once seen that its staging is what they left.

    Raises BuildError where one was staged by other code or other rules, or where a staged file is missing or changed.
    """
    found = {}
    for pin in lock.pins:
        outcome = known.load(settings, pin.source, pin.millesime, pin.revision)
        home = known.folder(settings, pin.source, pin.millesime, pin.revision)
        again = f"effacer {home}, puis relancer : le millésime est remis en forme depuis l'archive"
        where = Place(source=pin.source, millesime=pin.millesime)
        if outcome is None or outcome.empreinte != known.fingerprint(pin.source, pin.files, fictif=lock.fictif):
            raise BuildError(
                f"La révision {pin.revision} a été mise en forme par un autre code, ou sous d'autres contrôles.",
                where=where,
                expected="une mise en forme faite par le code et sous les contrôles présents",
                todo=again,
            )
        altered = known.altered(settings, outcome)
        if altered:
            raise BuildError(
                f"{len(altered)} fichier(s) mis en forme ne sont plus ce que les contrôles ont accepté : "
                + " ; ".join(f"{path.name} est {how}" for path, how in altered[:6])
                + ".",
                where=replace(where, table=altered[0][0].stem, file=str(altered[0][0])),
                expected="les fichiers dont le bilan du millésime donne les lignes et l'empreinte",
                todo=again,
            )
        found[pin] = outcome
    return found


def _make_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all tables, each as soon as what it reads is there."""
    graph = models.graph()
    order = models.ordered(graph)
    running: dict[Future[None], str] = {}
    with duck.side_by_side(connection) as pool:
        while order.is_active():
            for name in order.get_ready():
                running[pool.submit(_make, connection.cursor(), graph[name][0])] = name
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                ended.result()
                order.done(running.pop(ended))


def _make(connection: duckdb.DuckDBPyConnection, made: Model | Calculation) -> None:
    with connection:
        connection.execute("USE construction")
        connection.begin()
        if isinstance(made, Model):
            _create(connection, made)
        else:
            _calculate(connection, made)
        connection.commit()


def _create(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    order = ", ".join(f'"{k}"' for k in model.grain)
    try:
        connection.execute(f"CREATE TABLE {model.name} AS SELECT * FROM (\n{model.query}\n) ORDER BY {order}")
    except duckdb.IOException:  # the disk's fault, not the model's
        raise
    except duckdb.Error as error:
        raise BuildError(
            f"Le modèle {model.name} ne se construit pas : {error}",
            where=Place(file=f"sql/{model.schema}/{model.table}.sql"),
            expected="un SELECT qui s'exécute sur les vues staging.* de l'édition",
            todo="corriger le modèle ; l'entrepôt en place n'a pas changé",
        ) from error
    models.comment(connection, model, models.described(connection, model))


def _calculate(connection: duckdb.DuckDBPyConnection, calculation: Calculation) -> None:
    made = calculation.run({name: connection.execute(query).df() for name, query in calculation.reads.items()})
    for table, columns in calculation.makes.items():
        connection.register("a_charger", made[table])
        # NaN is how numpy says missing, and no number of a mart.
        cast = ", ".join(
            f'(CASE WHEN isnan("{name}"::DOUBLE) THEN NULL ELSE "{name}" END)::{kind} AS "{name}"'
            if kind not in ("VARCHAR", "BOOLEAN")
            else f'"{name}"::{kind} AS "{name}"'
            for name, kind in columns.items()
        )
        connection.execute(f"CREATE TABLE {indicators.SCHEMA}.{table} AS SELECT {cast} FROM a_charger")
        connection.unregister("a_charger")
