"""One revision of a vintage: staged, checked, then accepted or refused."""

import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import catalogue
from pipelines.arrival import (
    doubles,
    landing,
    outcomes,
    personnes,
    quarantine,
    reading,
    refusals,
    repairs,
    revisions,
    staging,
)
from pipelines.arrival.aside import QUARANTINE_SCHEMA, WHOLE
from pipelines.arrival.landing import Landed
from pipelines.arrival.outcomes import QUARANTINE, Outcome
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern
from pipelines.checks import derived, runner
from pipelines.checks.controls import Control, of_the_file, tell
from pipelines.checks.rules import table_rules
from pipelines.connectors import packed
from pipelines.database import macros
from pipelines.database.duck import literal
from pipelines.errors import RefusedError
from pipelines.runtime import fingerprints, state
from pipelines.settings import Settings

# Bytes under which a vintage is read by one thread, and a table held in memory while it is checked.
SMALL = 32_000_000
READ = "lecture.json"  # what reading noted of each table, from staging to the checks


def stage(settings: Settings, landed: Landed) -> list[staging.Staged]:
    """Stages all tables of an archived revision, aside; `check` accepts or refuses them.

    Raises RefusedError, after recording it, where a file can't be read by its layout. Raises StorageError,
    which says nothing of the extract and is not recorded, where the archive no longer holds the bytes received.
    """
    source = catalogue.load(landed.source)
    key = personnes.key(fictif=landed.fictif) if source.personal else b""
    pending = outcomes.begin(settings, landed)
    if landed.efface_le is not None:
        outcomes.refuse(settings, landed, landing.deleted(landed))
        raise landing.deleted(landed)
    landing.verify(settings.landing, landed)
    files = [landed.folder(settings.landing) / f.name for f in landed.files]
    with duckdb.connect() as connection:
        _share_cores(connection, landed)
        staged, aside, errors = _staged(connection, source, landed, files, pending, key)
        if not errors:
            repairs.mend(connection, source, staged)
    if errors:
        told = refusals.together(errors)
        outcomes.refuse(settings, landed, told)
        raise told
    pq.write_table(pa.Table.from_pylist(aside, QUARANTINE_SCHEMA), pending / QUARANTINE)
    notes = {
        s.table: [
            *(s.rows, s.quarantined, s.unknown_headings, s.rejoined, s.formless, s.mended, s.headers, s.hidden),
            s.beside,
        ]
        for s in staged
    }
    state.write(pending / READ, json.dumps(notes, ensure_ascii=False))
    return staged


def _staged(
    connection: duckdb.DuckDBPyConnection, source: Source, landed: Landed, files: list[Path], folder: Path, key: bytes
) -> tuple[list[staging.Staged], list[dict[str, object]], list[RefusedError]]:
    """The tables of files, staged in a folder; what is set aside of them; and why others can't be read.

    All are read whatever becomes of one: all that is wrong is told at once.
    """
    staged: list[staging.Staged] = []
    aside: list[dict[str, object]] = []
    errors: list[RefusedError] = []
    for name, table in source.tables.items():
        rule = pattern(source.layout(name, landed.millesime).file, landed.millesime)
        mine = [path for path in files if rule.fullmatch(path.name)]
        if not mine or not table.exists_in(landed.millesime):
            continue
        try:
            doubles.refuse_names(landed, source, name, mine)
            result, refused = staging.stage(connection, source, name, landed.millesime, mine, folder, key=key)
            if not source.layout(name, landed.millesime).isolated:
                doubles.refuse_contents(connection, landed, source, name, result.path)
        except RefusedError as error:
            errors.append(error)
            continue
        staged.append(result)
        aside += refused
    return staged, aside, errors


def faults(source: Source, millesime: int, files: dict[Path, str], *, fictif: bool) -> list[RefusedError]:
    """Why files can't be read that are not archived, each under its producer's name; archives are not opened."""
    landed = Landed(source.id, millesime, 0, fictif, (), new=False)
    key = personnes.key(fictif=fictif) if source.personal else b""
    with tempfile.TemporaryDirectory(prefix="atlas-lecture-") as folder, duckdb.connect() as connection:
        for path, name in files.items():
            if not packed.is_archive(source, millesime, name):
                (Path(folder) / name).symlink_to(path.resolve())
        with refusals.unquoted(landed):
            return _staged(connection, source, landed, sorted(Path(folder).iterdir()), Path(folder), key)[2]


def _share_cores(connection: duckdb.DuckDBPyConnection, landed: Landed) -> None:
    """One thread for a small vintage: to part its work costs more than it brings, and others are read beside it."""
    if sum(file.bytes for file in landed.files) < SMALL:
        connection.execute("SET threads = 1")


def check(settings: Settings, landed: Landed) -> Outcome:
    """Checks the staged tables of a revision; accepts them, or records a refusal and raises.

    Lines that fail a rule marked `quarantaine` are taken out, or the cells that make them fail. Raises RefusedError
    where a critical check fails, or where more lines, or cells of a column, are set aside than the source allows.
    """
    source = catalogue.load(landed.source)
    pending = outcomes.aside(settings, landed)
    with state.reading(pending / READ, "relancer l'ingestion de ce millésime : il est remis en forme") as said:
        notes: dict[str, Any] = dict(said)
    database = f":memory:{uuid.uuid4().hex}"
    with duckdb.connect(database) as connection:
        _share_cores(connection, landed)
        connection.execute("CREATE SCHEMA controle")
        connection.execute("CREATE SCHEMA doublons")
        macros.make(connection)
        for name in notes:
            path = pending / f"{name}.parquet"
            # Dozens of rules read each table: it is decoded once, unless it is too large for memory.
            kind = "TABLE" if path.stat().st_size < SMALL else "VIEW"
            connection.execute(
                f"CREATE {kind} controle.{name} AS SELECT * EXCLUDE (file_row_number), "
                f"file_row_number AS _rang "
                f"FROM read_parquet({literal(str(path))}, file_row_number = true)"
            )
            if source.tables[name].key != [catalogue.LINE]:
                connection.execute(f"CREATE TABLE doublons.{name} AS {derived.doubles(source, name, landed.millesime)}")
        return _judge(settings, source, landed, notes, pending, connection, database)


def _judge(
    settings: Settings,
    source: Source,
    landed: Landed,
    notes: dict[str, Any],
    pending: Path,
    connection: duckdb.DuckDBPyConnection,
    database: str,
) -> Outcome:
    """Runs the rules on the loaded tables, takes rows out, and accepts or refuses the revision."""
    hashes = {file.sha256 for file in landed.files}
    rules = {
        name: table_rules(source, name, landed.millesime, hashes, fictif=landed.fictif, staged=notes.keys())
        for name in notes
    }
    batches = {source.staged_name(name): (f"controle.{name}", rules[name]) for name in notes}
    by_table = runner.validate(database, batches, personal=batches if source.personal else ())
    controls = reading.controls_of(source, landed, notes)
    outcome = Outcome(landed.source, landed.millesime, landed.revision, accepte=True, controls=controls)
    aside = pq.read_table(pending / QUARANTINE).to_pylist()
    for name, (rows, quarantined, *_) in notes.items():
        borne = [r["meta"]["controle"] for r in rules[name] if r.get("meta", {}).get("partout")]
        mine = by_table[source.staged_name(name)] = of_the_file(by_table[source.staged_name(name)], rows, borne)
        controls += mine
        failing = quarantine.of_rules(connection, source, name, rules[name], mine)
        if failing:
            quarantine.take_out(connection, pending / f"{name}.parquet", failing)
            aside += failing
        lines = sum(1 for row in failing if row["colonne"] == WHOLE)
        outcome.rows[name] = rows - lines
        outcome.quarantined[name] = quarantined + lines
        controls += quarantine.controls_of(
            source, name, rows + quarantined, [row for row in aside if row["table"] == name]
        )
        spared = quarantine.spared(source, rows + quarantined)
        controls.append(
            Control(
                source.staged_name(name),
                "part_en_quarantaine",
                "critique",
                outcome.quarantined[name] <= spared,
                f"{outcome.quarantined[name]} sur {rows + quarantined}",
                f"au plus {spared} ligne(s) de ce fichier, sur {rows + quarantined}, peuvent être écartées",
                outcome.quarantined[name],
            )
        )
    controls += revisions.controls_of(settings, source, landed, pending, connection)
    tell(controls)
    failed = refusals.first_cause([c for c in controls if c.severite == "critique" and not c.reussi], source, aside)
    place = refusals.place(connection, source, rules, by_table, failed[0]) if failed else None
    error = refusals.refusal(source, landed, failed, aside, place) if failed else None
    (pending / READ).unlink()
    if error is not None:
        outcomes.refuse(settings, landed, error, controls, aside)
        raise error
    pq.write_table(pa.Table.from_pylist(aside, QUARANTINE_SCHEMA), pending / QUARANTINE)
    outcome.empreinte = outcomes.fingerprint(landed.source, landed.files, fictif=landed.fictif)
    outcome.sha256 = {name: fingerprints.sha256(pending / name) for name in outcomes.files(outcome)}
    outcomes.keep(settings, outcome, pending)
    return outcome
