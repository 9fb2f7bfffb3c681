"""What the SQL reads: views on the pinned Parquet, and the edition's own records."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import catalogue, questionnaires
from pipelines.arrival import outcomes as known
from pipelines.arrival import typed
from pipelines.arrival.aside import QUARANTINE_SCHEMA
from pipelines.arrival.outcomes import Outcome
from pipelines.catalogue import Source, registers
from pipelines.checks.controls import Control
from pipelines.database.duck import literal
from pipelines.edition import gaps, inputs, models
from pipelines.edition.lockfile import Lock, Pin
from pipelines.settings import Settings

_TEXT, _INTEGER, _FLAG = pa.string(), pa.int32(), pa.bool_()
_RECORD = {str: _TEXT, int: _INTEGER, bool: _FLAG, Decimal: pa.decimal128(18, 4)}
SECRECY = ("seuil_secret", "dominance", "contributeurs_min", "precision_min")
TOLD = ("producteur", "titre", "licence", "adresse", "cadence", "limits")  # what a catalogue entry says of its source

VINTAGE = [("source", _TEXT), ("millesime", _INTEGER), ("revision", _INTEGER)]
CONTROLS = pa.schema(
    [
        ("etape", _TEXT),
        *VINTAGE,
        *[
            (name, _FLAG if name == "reussi" else pa.int64() if name == "lignes" else _TEXT)
            for name in Control.__dataclass_fields__
        ],
    ]
)
EDITION = pa.schema(
    [("edition", _INTEGER), ("fictif", _FLAG), *((name, _TEXT) for name in ("commit", "uv_lock", "empreinte"))]
)
SOURCES = pa.schema(
    [
        ("source", _TEXT),
        *((name, _TEXT) for name in TOLD),
        ("sens", _TEXT),
        ("age_max", _INTEGER),
        ("restreint", _FLAG),
        ("se_telecharge", _FLAG),
        ("avec_cle", _FLAG),
        ("millesime_connu", _INTEGER),
        ("emplois", _TEXT),
        *((name, pa.decimal128(9, 4)) for name in SECRECY),
        ("raison_secret", _TEXT),
    ]
)
VINTAGES = pa.schema(
    [
        *VINTAGE,
        ("reference", _FLAG),
        *((name, _TEXT) for name in ("statut", "periode", "date_reference", "fichiers", "sha256")),
        *((name, pa.int64()) for name in ("lignes", "lignes_ecartees")),
        ("motif", _TEXT),
    ]
)
ABSENCES = pa.schema([("source", _TEXT), ("millesime", _INTEGER), *((n, _TEXT) for n in ("table", "titre", "motif"))])


def stage_views(
    connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock, outcomes: dict[Pin, Outcome]
) -> None:
    """One view of `staging` for each table of the catalogue: the Parquet of its pinned vintages, and what they lack."""
    connection.execute(gaps.CREATE)
    lost = gaps.lost(connection)
    for source in catalogue.load_all():
        for table in source.tables:
            parts = [
                f"SELECT NULL::INTEGER AS millesime, NULL::INTEGER AS revision, NULL::BOOLEAN AS reference, * "
                f"FROM ({typed.empty_select(source, table)})"
            ]
            for pin in lock.of(source.id):
                if table in outcomes[pin].rows:
                    file = known.folder(settings, pin.source, pin.millesime, pin.revision) / f"{table}.parquet"
                    kept = f"read_parquet({literal(str(file))})"
                    read = [kept]
                    mine = (source, table, pin.millesime, pin.revision)
                    if (source.id, *mine[2:], table) in lost and (aside := gaps.lines(*mine)):
                        gaps.record(connection, *mine, mine=aside, kept=kept)
                        read.append(f"({gaps.select(source, table, pin.millesime, aside, kept)})")
                    parts += [
                        f"SELECT {pin.millesime} AS millesime, {pin.revision} AS revision, "
                        f"{pin.reference} AS reference, * FROM {lines}"
                        for lines in read
                    ]
            view = f"staging.{source.staged_name(table)}"
            said = [
                f"CREATE VIEW {view} AS " + " UNION ALL BY NAME ".join(parts),
                f"COMMENT ON VIEW {view} IS {literal(f'{source.titre} : {source.tables[table].title}')}",
            ]
            for column in source.of_table(table):
                words = column.description + (f" [{column.unit}]" if column.unit else "")
                said.append(f'COMMENT ON COLUMN {view}."{column.name}" IS {literal(words)}')
            connection.execute("; ".join(said))


def _load(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, schema)
    connection.register("a_charger", table)
    connection.execute(f"CREATE TABLE staging.{name} AS SELECT * FROM a_charger")
    connection.unregister("a_charger")


def write(connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock, outcomes: dict[Pin, Outcome]) -> None:
    """The edition's own records: parameters, sources, surveys, registers, vintages, controls, quarantine."""
    parameters = {name: getattr(lock, name) for name in ("edition", "fictif", "commit", "uv_lock")}
    _load(connection, "edition", EDITION, [{**parameters, "empreinte": inputs.fingerprint(lock)}])
    entries = catalogue.load_all()
    _load(connection, "sources", SOURCES, [_source(entry) for entry in entries])
    asked = [row for s in entries if s.questionnaire for row in s.questionnaire.records(s.id)]
    _load(connection, "questions", pa.schema([(k, _RECORD[kind]) for k, kind in questionnaires.RECORD.items()]), asked)
    for name, (columns, told) in registers.records().items():
        _load(connection, name, pa.schema([(k, _RECORD[kind]) for k, kind in columns.items()]), told)
    _vintages(connection, settings, lock, outcomes)
    absent = [
        {
            "source": pin.source,
            "millesime": pin.millesime,
            "table": name,
            "titre": table.title,
            "motif": table.sauf[pin.millesime],
        }
        for pin in lock.pins
        for name, table in catalogue.load(pin.source).tables.items()
        if pin.millesime in table.sauf
    ]
    _load(connection, "absences", ABSENCES, absent)


def _source(entry: Source) -> dict[str, Any]:
    """One line of `staging.sources`."""
    return {
        "source": entry.id,
        **{name: getattr(entry, name) for name in TOLD},
        "sens": entry.millesime.sens,
        "age_max": entry.millesime.age_max,
        "restreint": entry.restreint,
        "se_telecharge": entry.fetch is not None,
        "avec_cle": entry.fetch is not None and bool(entry.fetch.variables),
        "millesime_connu": entry.newest,
        "emplois": " ".join(sorted(m.name for m in models.load_all() if entry.id in models.sources_of(m.name))),
        **_secrecy(entry.confidentialite),
    }


def _vintages(
    connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock, outcomes: dict[Pin, Outcome]
) -> None:
    """The vintages that the lock pins and those that it saw refused; their controls, and the rows set aside."""
    vintages, controls, aside = [], [], []
    for pin in lock.pins:
        outcome = outcomes[pin]
        mine = {"source": pin.source, "millesime": pin.millesime, "revision": pin.revision}
        vintages.append(
            {
                **mine,
                "reference": pin.reference,
                "statut": "accepté",
                "periode": catalogue.load(pin.source).millesime.periode.format(millesime=pin.millesime),
                "date_reference": pin.date_reference,
                "fichiers": ", ".join(f.name for f in pin.files),
                "sha256": " ".join(f.sha256 for f in pin.files),
                "lignes": sum(outcome.rows.values()),
                "lignes_ecartees": sum(outcome.quarantined.values()),
                "motif": None,
            }
        )
        controls += [{"etape": "source", **mine, **asdict(c)} for c in outcome.controls]
        quarantine = known.folder(settings, pin.source, pin.millesime, pin.revision) / known.QUARANTINE
        aside += [{**mine, **row} for row in pq.read_table(quarantine).to_pylist()]
    for refused in lock.refus:
        mine = {"source": refused.source, "millesime": refused.millesime, "revision": refused.revision}
        vintages.append({**mine, "reference": False, "statut": "refusé", "motif": refused.motif})
        seen = known.load(settings, refused.source, refused.millesime, refused.revision)
        controls += [{"etape": "source", **mine, **asdict(c)} for c in (seen.controls if seen else [])]
    _load(connection, "millesimes", VINTAGES, vintages)
    _load(connection, "controles", CONTROLS, controls)
    _load(connection, "quarantaine", pa.schema([*VINTAGE, *QUARANTINE_SCHEMA]), aside)


def _secrecy(rules: catalogue.Confidentialite | None) -> dict[str, Any]:
    if rules is None:
        return {}
    return {
        "seuil_secret": Decimal(rules.seuil),
        "dominance": None if rules.dominance is None else Decimal(str(rules.dominance)),
        "contributeurs_min": Decimal(rules.contributeurs) if rules.contributeurs > 1 else None,
        "precision_min": None if rules.precision is None else Decimal(str(rules.precision)),
        "raison_secret": rules.raison,
    }
