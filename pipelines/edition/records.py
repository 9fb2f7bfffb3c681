"""What the SQL reads: views on the pinned Parquet, and the edition's own records."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import catalogue, questionnaires
from pipelines.arrival import outcomes as known
from pipelines.arrival import staging
from pipelines.arrival.outcomes import Outcome
from pipelines.catalogue import registers
from pipelines.checks.controls import Control
from pipelines.duck import literal
from pipelines.edition import inputs
from pipelines.edition.lockfile import Lock, Pin
from pipelines.settings import Settings

CONTROLS = pa.schema(
    [
        ("etape", pa.string()),
        ("source", pa.string()),
        ("millesime", pa.int32()),
        ("revision", pa.int32()),
        *[
            (name, pa.bool_() if name == "reussi" else pa.int64() if name == "lignes" else pa.string())
            for name in Control.__dataclass_fields__
        ],
    ]
)
_RECORD = {str: pa.string(), int: pa.int32(), bool: pa.bool_(), Decimal: pa.decimal128(18, 4)}
SECRECY = ("seuil_secret", "dominance", "contributeurs_min", "precision_min")


def stage_views(
    connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock, outcomes: dict[Pin, Outcome]
) -> None:
    """One view of `staging` for each table of the catalogue, on the Parquet of its pinned vintages."""
    for source in catalogue.load_all():
        for table in source.tables:
            parts = [
                f"SELECT NULL::INTEGER AS millesime, NULL::INTEGER AS revision, NULL::BOOLEAN AS reference, * "
                f"FROM ({staging.empty_select(source, table)})"
            ]
            for pin in lock.of(source.id):
                if table in outcomes[pin].rows:
                    file = known.folder(settings, pin.source, pin.millesime, pin.revision) / f"{table}.parquet"
                    parts.append(
                        f"SELECT {pin.millesime} AS millesime, {pin.revision} AS revision, "
                        f"{pin.reference} AS reference, * FROM read_parquet({literal(str(file))})"
                    )
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
    text, integer, boolean = pa.string(), pa.int32(), pa.bool_()
    _load(
        connection,
        "edition",
        pa.schema(
            [
                ("edition", integer),
                ("fictif", boolean),
                ("commit", text),
                ("uv_lock", text),
                ("empreinte", text),
            ]
        ),
        [
            {
                "edition": lock.edition,
                "fictif": lock.fictif,
                "commit": lock.commit,
                "uv_lock": lock.uv_lock,
                "empreinte": inputs.fingerprint(lock),
            }
        ],
    )
    entries = catalogue.load_all()
    fields = ["producteur", "titre", "licence", "adresse", "cadence", "limits"]
    _load(
        connection,
        "sources",
        pa.schema(
            [
                ("source", text),
                *[(f, text) for f in fields],
                ("sens", text),
                ("age_max", integer),
                ("restreint", boolean),
                *(
                    (k, pa.decimal128(9, 4))
                    for k in ("seuil_secret", "dominance", "contributeurs_min", "precision_min")
                ),
                ("raison_secret", text),
            ]
        ),
        [
            {
                "source": s.id,
                **{f: getattr(s, f) for f in fields},
                "sens": s.millesime.sens,
                "age_max": s.millesime.age_max,
                "restreint": s.restreint,
                **_secrecy(s.confidentialite),
            }
            for s in entries
        ],
    )
    asked = [row for s in entries if s.questionnaire for row in s.questionnaire.records(s.id)]
    _load(connection, "questions", pa.schema([(k, _RECORD[kind]) for k, kind in questionnaires.RECORD.items()]), asked)
    for name, (columns, told) in registers.records().items():
        _load(connection, name, pa.schema([(k, _RECORD[kind]) for k, kind in columns.items()]), told)
    vintages, controls, aside = [], [], []
    for pin in lock.pins:
        source = catalogue.load(pin.source)
        outcome = outcomes[pin]
        mine = {"source": pin.source, "millesime": pin.millesime, "revision": pin.revision}
        vintages.append(
            {
                **mine,
                "reference": pin.reference,
                "statut": "accepté",
                "periode": source.millesime.periode.format(millesime=pin.millesime),
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
    for refusal in lock.refus:
        mine = {"source": refusal.source, "millesime": refusal.millesime, "revision": refusal.revision}
        vintages.append({**mine, "reference": False, "statut": "refusé", "motif": refusal.motif})
        refused = known.load(settings, refusal.source, refusal.millesime, refusal.revision)
        controls += [{"etape": "source", **mine, **asdict(c)} for c in (refused.controls if refused else [])]
    mine_schema = [("source", text), ("millesime", integer), ("revision", integer)]
    _load(
        connection,
        "millesimes",
        pa.schema(
            [
                *mine_schema,
                ("reference", boolean),
                ("statut", text),
                ("periode", text),
                ("date_reference", text),
                ("fichiers", text),
                ("sha256", text),
                ("lignes", pa.int64()),
                ("lignes_ecartees", pa.int64()),
                ("motif", text),
            ]
        ),
        vintages,
    )
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
    absent_schema = pa.schema(
        [("source", text), ("millesime", integer), *((n, text) for n in ("table", "titre", "motif"))]
    )
    _load(connection, "absences", absent_schema, absent)
    _load(connection, "controles", CONTROLS, controls)
    _load(connection, "quarantaine", pa.schema([*mine_schema, *staging.QUARANTINE_SCHEMA]), aside)


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
