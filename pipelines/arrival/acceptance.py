"""One revision of a vintage: staged, checked, then accepted or refused."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import catalogue, fingerprints
from pipelines.arrival import landing, outcomes, personnes, reading, refusals, repairs, staging
from pipelines.arrival.landing import Landed
from pipelines.arrival.outcomes import QUARANTINE, Outcome
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern
from pipelines.checks import derived, runner
from pipelines.checks.controls import Control, tell, undated
from pipelines.checks.rules import table_rules
from pipelines.duck import literal
from pipelines.errors import Place, RefusedError
from pipelines.settings import Settings

# Bytes under which a vintage is read by one thread, and a table held in memory while it is checked.
SMALL = 32_000_000


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
    staged: list[staging.Staged] = []
    aside: list[dict[str, object]] = []
    try:
        with duckdb.connect() as connection:
            _share_cores(connection, landed)
            for name, table in source.tables.items():
                rule = pattern(source.layout(name, landed.millesime).file, landed.millesime)
                mine = [path for path in files if rule.fullmatch(path.name)]
                if mine and table.exists_in(landed.millesime):
                    _refuse_ambiguous(landed, name, rule, mine)
                    result, refused = staging.stage(connection, source, name, landed.millesime, mine, pending, key=key)
                    staged.append(result)
                    aside += refused
            repairs.mend(connection, source, staged)
    except RefusedError as error:
        outcomes.refuse(settings, landed, error)
        raise
    pq.write_table(pa.Table.from_pylist(aside, staging.QUARANTINE_SCHEMA), pending / QUARANTINE)
    notes = {
        s.table: [s.rows, s.quarantined, s.unknown_headings, s.rejoined, s.formless, s.mended, s.headers]
        for s in staged
    }
    (pending / "lecture.json").write_text(json.dumps(notes, ensure_ascii=False), encoding="utf-8")
    return staged


def _share_cores(connection: duckdb.DuckDBPyConnection, landed: Landed) -> None:
    """One thread for a small vintage: to part its work costs more than it brings, and others are read beside it."""
    if sum(file.bytes for file in landed.files) < SMALL:
        connection.execute("SET threads = 1")


def _refuse_ambiguous(landed: Landed, table: str, rule: re.Pattern[str], files: list[Path]) -> None:
    """Refuses two files that say they are the same part of a table: reading both would count it twice."""
    seen: dict[tuple[str, ...], str] = {}
    for path in files:
        match = rule.fullmatch(path.name)
        part = tuple((text or "").casefold() for text in (match.groupdict().values() if match else ()))
        if part in seen:
            raise RefusedError(
                f"Deux fichiers se disent la même partie de la table « {table} » : "
                f"« {seen[part]} » et « {path.name} ».",
                where=Place(source=landed.source, millesime=landed.millesime, table=table, file=path.name),
                expected="un seul fichier par table, ou par partie de table que son nom distingue",
                todo="ne laisser dans le dossier que celui que le producteur a publié",
            )
        seen[part] = path.name


def check(settings: Settings, landed: Landed) -> Outcome:
    """Checks the staged tables of a revision; accepts them, or records a refusal and raises.

    Rows that fail a rule marked `quarantaine` are taken out. Raises RefusedError where a critical
    check fails, or where more rows are set aside than the source allows.
    """
    source = catalogue.load(landed.source)
    pending = outcomes.aside(settings, landed)
    notes: dict[str, Any] = json.loads((pending / "lecture.json").read_text(encoding="utf-8"))
    database = f":memory:{uuid.uuid4().hex}"
    with duckdb.connect(database) as connection:
        _share_cores(connection, landed)
        connection.execute("CREATE SCHEMA controle")
        connection.execute("CREATE SCHEMA doublons")
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
        mine = by_table[source.staged_name(name)]
        controls += mine
        failing = _quarantine_rows(connection, name, rules[name], mine, told=not source.personal)
        if failing:
            _take_out(connection, pending / f"{name}.parquet", [row.pop("_rang") for row in failing])
            aside += failing
        outcome.rows[name] = rows - len(failing)
        outcome.quarantined[name] = quarantined + len(failing)
        share = outcome.quarantined[name] / max(1, rows + quarantined)
        controls.append(
            Control(
                source.staged_name(name),
                "part_en_quarantaine",
                "critique",
                share <= source.quarantine_share_max,
                f"{outcome.quarantined[name]} sur {rows + quarantined}",
                f"au plus {100 * source.quarantine_share_max:.0f} % des lignes peuvent être écartées",
                outcome.quarantined[name],
            )
        )
    tell(controls)
    failed = refusals.first_cause([c for c in controls if c.severite == "critique" and not c.reussi], source, aside)
    place = refusals.place(connection, source, rules, by_table, failed[0]) if failed else None
    error = refusals.refusal(source, landed, failed, aside, place) if failed else None
    (pending / "lecture.json").unlink()
    if error is not None:
        outcomes.refuse(settings, landed, error, controls, aside)
        raise error
    pq.write_table(pa.Table.from_pylist(aside, staging.QUARANTINE_SCHEMA), pending / QUARANTINE)
    outcome.empreinte = outcomes.fingerprint(landed.source, landed.files, fictif=landed.fictif)
    outcome.sha256 = {name: fingerprints.sha256(pending / name) for name in outcomes.files(outcome)}
    outcomes.keep(settings, outcome, pending)
    return outcome


def _take_out(connection: duckdb.DuckDBPyConnection, staged: Path, ranks: list[object]) -> None:
    """Writes a staged table again, without the rows of these ranks."""
    kept = staged.with_suffix(".garde.parquet")
    connection.register("ecartees", pa.table({"_rang": pa.array(ranks, pa.int64())}))
    connection.execute(
        "COPY (SELECT * EXCLUDE (file_row_number) "
        f"FROM read_parquet({literal(str(staged))}, file_row_number = true) "
        "WHERE file_row_number NOT IN (SELECT _rang FROM ecartees) ORDER BY file_row_number) "
        f"TO {literal(str(kept))} (FORMAT parquet, COMPRESSION zstd)"
    )
    connection.unregister("ecartees")
    kept.replace(staged)


def _quarantine_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rules: list[dict[str, Any]],
    controls: list[Control],
    *,
    told: bool,
) -> list[dict[str, object]]:
    """The rows that failed a rule marked `quarantaine`, each with the rule's reason; their cells where `told`."""
    aside: dict[int, dict[str, object]] = {}
    for rule, control in zip(rules, controls, strict=True):
        if control.reussi or not rule.get("meta", {}).get("quarantaine"):
            continue
        query = runner.failing(rule, f"controle.{table}")
        rows = connection.execute(
            "SELECT b._rang, b._fichier, b._ligne, to_json(b)::VARCHAR "
            f"FROM controle.{table} AS b WHERE b._rang IN (SELECT _rang FROM ({query}))"
        ).fetchall()
        for rank, file, line, content in rows:
            cells = {k: v for k, v in json.loads(content).items() if not k.startswith("_")}
            row = aside.setdefault(
                rank,
                {
                    "table": table,
                    "fichier": file,
                    "ligne": line,
                    "controle": control.controle,
                    "motif": "",
                    "contenu": json.dumps(cells, ensure_ascii=False) if told else None,
                    "_rang": rank,
                },
            )
            row["motif"] = " ; ".join(filter(None, [str(row["motif"]), undated(control.motif)]))
    return list(aside.values())
