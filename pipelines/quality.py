"""Checks: the suites of expectations/ run by Great Expectations inside DuckDB.

Each expectation has a severity. `critical` refuses the vintage (or the build); `warning` is listed,
and with `meta: {quarantaine: true}` takes the failing rows out, with their reason; `info` is listed.
Beside the written suites, every staged table is held to its catalogue entry: key filled and unique,
plausible size, and the row counts and totals pinned to a file's sha256.
"""

import contextlib
import functools
import json
import logging
import os
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines import catalogue, fingerprints
from pipelines.arrival import landing, personnes, staging
from pipelines.arrival.landing import File, Landed
from pipelines.catalogue import Source, code_lists, registers
from pipelines.errors import AtlasError, Place, RefusedError
from pipelines.settings import ROOT, Settings

SUITES = ROOT / "expectations"
OUTCOME = "bilan.json"
QUARANTINE = "quarantaine.parquet"

# Bytes under which a vintage is read by one thread, and a table held in memory while it is checked.
SMALL = 32_000_000

# Share of lines past which a column whose cells are not of its form is another one, under its name.
FORMLESS_MAX = 0.01

Severity = Literal["critique", "avertissement", "information"]
SEVERITIES: dict[str, Severity] = {"critical": "critique", "warning": "avertissement", "info": "information"}
LEVELS = {"critique": logging.ERROR, "avertissement": logging.WARNING, "information": logging.INFO}

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Control:
    """The result of one check, as `qualite.controles` shows it."""

    objet: str
    controle: str
    severite: Severity
    reussi: bool
    observe: str
    motif: str
    lignes: int = 0


@dataclass(frozen=True)
class Refusal:
    """Why a revision is refused: the four sentences of its error, each kept apart."""

    what: str
    where: Place = field(default_factory=Place)
    expected: str = ""
    todo: str = ""

    def error(self) -> RefusedError:
        """The error that was told when the revision was refused."""
        return RefusedError(self.what, where=self.where, expected=self.expected, todo=self.todo)


@dataclass
class Outcome:
    """What became of one revision of a vintage: accepted, or refused and why, by which checks.

    `sha256` are the files that the checks left in staging, by name: those that a build reads.
    """

    source: str
    millesime: int
    revision: int
    accepte: bool
    refus: Refusal | None = None
    empreinte: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    controls: list[Control] = field(default_factory=list)

    @property
    def motif(self) -> str:
        """Why it is refused, as it was told; empty where it is accepted."""
        return str(self.refus.error()) if self.refus else ""

    def count(self, severity: Severity) -> int:
        """Number of failed checks of a severity."""
        return sum(1 for c in self.controls if not c.reussi and c.severite == severity)


def folder(settings: Settings, source: str, millesime: int, revision: int) -> Path:
    """Where the staged tables of a checked revision are."""
    return settings.staging / source / str(millesime) / f"r{revision}"


def _pending(settings: Settings, landed: Landed) -> Path:
    return settings.staging / landed.source / str(landed.millesime) / f".r{landed.revision}-en-cours"


def _begin(settings: Settings, landed: Landed) -> Path:
    """An empty folder for what is staged of a revision; of a restricted source, its owner alone can open it."""
    pending = _pending(settings, landed)
    shutil.rmtree(pending, ignore_errors=True)
    pending.mkdir(parents=True)
    if catalogue.load(landed.source).restreint:
        landing.close(pending.parent.parent, pending.parent, pending)
    return pending


def fingerprint(source_id: str, files: Iterable[File], *, fictif: bool) -> str:
    """SHA-256 of all that a revision's outcome depends on: its bytes, its entry, its suite, our code."""
    source = catalogue.load(source_id)
    parts: list[str | Path] = [fingerprints.code(__name__), *(f"{f.name} {f.sha256}" for f in files), str(fictif)]
    if source.personal:  # under another key, persons have other hashes
        parts.append(personnes.key_id(personnes.key(fictif=fictif)))
    return fingerprints.of(
        [*parts, *catalogue.files(source_id), SUITES / "staging" / f"{source_id}.yml", *code_lists.files(source)]
    )


def load_outcome(settings: Settings, source: str, millesime: int, revision: int) -> Outcome | None:
    """The outcome of a revision, or None where it has not been checked."""
    path = folder(settings, source, millesime, revision) / OUTCOME
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    data["controls"] = [Control(**c) for c in data["controls"]]
    told = data.pop("motif", "")  # outcomes of before `refus` kept the whole message as one text
    if told:
        data["refus"] = {"what": told}
    if refus := data.get("refus"):
        data["refus"] = Refusal(**{**refus, "where": Place(**refus.get("where", {}))})
    return Outcome(**data)


def current(settings: Settings, landed: Landed) -> Outcome | None:
    """The outcome of a revision, where its bytes, the rules and the code are still those that led to it.

    None where it is to be staged and checked anew, be it because what the checks left was changed since.
    """
    known = load_outcome(settings, landed.source, landed.millesime, landed.revision)
    if known is None or known.empreinte != fingerprint(landed.source, landed.files, fictif=landed.fictif):
        return None
    return None if altered(settings, known) else known


def altered(settings: Settings, outcome: Outcome) -> list[tuple[Path, str]]:
    """The staged files of an accepted revision that are no longer as the checks left them, each with what it is now.

    A table that the outcome counts and whose file it doesn't know is one of them.
    """
    if not outcome.accepte:
        return []
    home = folder(settings, outcome.source, outcome.millesime, outcome.revision)
    found = []
    for name in _staged(outcome):
        path = home / name
        if not path.is_file():
            found.append((path, "absent"))
        elif landing.sha256(path) != outcome.sha256.get(name):
            found.append((path, "changé depuis les contrôles"))
        elif name != QUARANTINE and (rows := pq.read_metadata(path).num_rows) != outcome.rows[path.stem]:
            found.append((path, f"de {rows} lignes, où le bilan en compte {outcome.rows[path.stem]}"))
    return found


def _staged(outcome: Outcome) -> list[str]:
    """Names of the files that the checks leave of an accepted revision, for a build to read."""
    return [*(f"{table}.parquet" for table in outcome.rows), QUARANTINE]


def _save(outcome: Outcome, target: Path) -> None:
    text = json.dumps(asdict(outcome), ensure_ascii=False, indent=1)
    (target / OUTCOME).write_text(text + "\n", encoding="utf-8")


def _swap(pending: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}-ancien-{uuid.uuid4().hex}")
    if target.exists():
        target.rename(old)
    pending.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def refuse(settings: Settings, landed: Landed, error: AtlasError, controls: Iterable[Control] = ()) -> Outcome:
    """Records that a revision is refused, and why; its rows never reach the warehouse."""
    pending = _begin(settings, landed)
    failed = [*controls]
    if not any(c.severite == "critique" and not c.reussi for c in failed):
        failed.append(Control(landed.source, "lecture", "critique", False, "", str(error)))
    outcome = Outcome(
        landed.source,
        landed.millesime,
        landed.revision,
        accepte=False,
        refus=Refusal(error.what, error.where, error.expected, error.todo),
        empreinte=fingerprint(landed.source, landed.files, fictif=landed.fictif),
        controls=failed,
    )
    _save(outcome, pending)
    _swap(pending, folder(settings, landed.source, landed.millesime, landed.revision))
    return outcome


def stage_vintage(settings: Settings, landed: Landed) -> list[staging.Staged]:
    """Stages all tables of an archived revision, aside; `check_vintage` accepts or refuses them.

    Raises RefusedError, after recording it, where a file can't be read by its layout. Raises StorageError,
    which says nothing of the extract and is not recorded, where the archive no longer holds the bytes received.
    """
    source = catalogue.load(landed.source)
    key = personnes.key(fictif=landed.fictif) if source.personal else b""
    pending = _begin(settings, landed)
    if landed.efface_le is not None:
        refuse(settings, landed, landing.deleted(landed))
        raise landing.deleted(landed)
    landing.verify(settings.landing, landed)
    files = [landed.folder(settings.landing) / f.name for f in landed.files]
    staged: list[staging.Staged] = []
    aside: list[dict[str, object]] = []
    try:
        with duckdb.connect() as connection:
            _share_cores(connection, landed)
            for name, table in source.tables.items():
                rule = catalogue.pattern(source.layout(name, landed.millesime).file, landed.millesime)
                mine = [path for path in files if rule.fullmatch(path.name)]
                if mine and table.exists_in(landed.millesime):
                    _refuse_ambiguous(landed, name, rule, mine)
                    result, refused = staging.stage(connection, source, name, landed.millesime, mine, pending, key=key)
                    staged.append(result)
                    aside += refused
    except RefusedError as error:
        refuse(settings, landed, error)
        raise
    pq.write_table(pa.Table.from_pylist(aside, staging.QUARANTINE_SCHEMA), pending / QUARANTINE)
    notes = {s.table: [s.rows, s.quarantined, s.unknown_headings, s.rejoined, s.formless] for s in staged}
    (pending / "lecture.json").write_text(json.dumps(notes, ensure_ascii=False), encoding="utf-8")
    return staged


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


# --- suites -----------------------------------------------------------------------------------


@functools.cache
def suite_file(kind: str, name: str) -> dict[str, Any]:
    """One suite of expectations/: `staging/<source>` or `marts/<schema>.<table>`."""
    path = SUITES / kind / f"{name}.yml"
    if not path.is_file():
        raise AtlasError(
            f"« {name} » n'a pas de suite de contrôles.",
            where=Place(file=str(path.relative_to(ROOT))),
            expected="une suite par source et par mart",
            todo="l'écrire sur le modèle de ses voisines",
        )
    # The C loader: a suite is read in milliseconds instead of tenths of a second.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}


def _rows_rule(name: str, query: str, motif: str, *, severity: str, quarantine: bool = False) -> dict[str, Any]:
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": query},
        "severity": severity,
        "notes": motif,
        "meta": {"controle": name, "quarantaine": quarantine},
    }


def key_rules(table: str, key: list[str], blank: list[str]) -> list[dict[str, Any]]:
    """Key filled, key unique. Of identical rows one is kept; of contradictory ones, none.

    Nothing of the kind where the producer gives lines no key.
    """
    if key == [catalogue.LINE]:
        return []
    empty = " OR ".join(f'"{k}" IS NULL' for k in key if k not in blank) or "false"
    said = ", ".join(key)
    double = f"SELECT * FROM {{batch}} WHERE _rang IN (SELECT _rang FROM doublons.{table} WHERE contredite"
    return [
        _rows_rule(
            "cle_renseignee",
            f"SELECT * FROM {{batch}} WHERE {empty}",
            f"la clé ({said}) n'est pas renseignée",
            severity="warning",
            quarantine=True,
        ),
        _rows_rule(
            "ligne_repetee",
            f"{double} = false)",
            f"la ligne en répète une autre, de même clé ({said}) et de même contenu : une seule est gardée",
            severity="warning",
            quarantine=True,
        ),
        _rows_rule(
            "cle_unique",
            f"{double})",
            f"des lignes de même clé ({said}) se contredisent : aucune n'est gardée",
            severity="warning",
            quarantine=True,
        ),
    ]


def entry_rules(source: Source, table: str, millesime: int) -> list[dict[str, Any]]:
    """What the entry itself asks of a table: columns that are never empty, codes that are in their list."""
    entry = source.tables[table]
    marked = bool(source.layout(table, millesime).markers)
    kinds = {c.name: c.type for c in source.of_table(table)}
    rules = []
    for column in entry.obligatoires:
        # A number that is told to be secret or unknown is an answer; an empty cell is none.
        told = f" AND \"{column}_statut\" = 'vide'" if marked and kinds[column] != "VARCHAR" else ""
        rules.append(
            _rows_rule(
                f"renseigne_{column.lower()}",
                f'SELECT * FROM {{batch}} WHERE "{column}" IS NULL{told}',
                f"la colonne {column} n'est jamais vide",
                severity="warning",
                quarantine=True,
            )
        )
    for column, codes in code_lists.of_table(source, table).items():
        known = ", ".join("'" + code.replace("'", "''") + "'" for code in codes)
        shown = ", ".join(list(codes)[:12]) + (f" … ({len(codes)} codes)" if len(codes) > 12 else "")
        rules.append(
            _rows_rule(
                f"valeurs_{column.lower()}",
                f'SELECT * FROM {{batch}} WHERE "{column}" NOT IN ({known})',
                f"la colonne {column} prend une valeur de sa liste : {shown}",
                severity="warning",
                quarantine=True,
            )
        )
    return rules


def _example_rule(source: Source, table: str) -> dict[str, Any]:
    """A row of the template's example must not pass for a fact."""
    texts = [f'"{c.name}"' for c in source.of_table(table) if c.type == "VARCHAR"]
    return _rows_rule(
        "exemple_retire",
        f"SELECT * FROM {{batch}} WHERE contains(upper(concat_ws(' ', {', '.join(texts)})), 'FICTIF')",
        "la ligne est un exemple du modèle : elle dit FICTIF",
        severity="warning",
        quarantine=True,
    )


def table_rules(
    source: Source, table: str, landed: Landed, staged: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """All expectations of one staged table: its catalogue entry's, its pins, its written suite.

    `staged` are the tables of this vintage: a rule that compares with another one is left out without it.
    """
    there = source.tables if staged is None else staged
    entry = source.tables[table]
    rules = key_rules(table, entry.key, entry.key_blank) + entry_rules(source, table, landed.millesime)
    if source.contrat and not landed.fictif:
        rules.append(_example_rule(source, table))
    suite = suite_file("staging", source.id)
    hashes = {f.sha256 for f in landed.files}
    pins = [pin for pin in suite.get("pins", []) if pin["table"] == table and pin["sha256"] in hashes]
    cut = next((pin["coupe"] for pin in pins if "coupe" in pin), None)
    if not landed.fictif:
        rules.append(_volume_rule(entry.rows_min, cut))
    rules += _pin_rules(pins)
    written = (suite.get("tables") or {}).get(table) or []
    return rules + [
        _for_vintage(rule, landed.millesime)
        for rule in written
        if _applies(rule, landed.millesime)
        and set(rule.get("meta", {}).get("avec", [])) <= set(there)
        and not (cut and rule.get("meta", {}).get("entier"))
    ]


def _volume_rule(rows_min: int, cut: str | None) -> dict[str, Any]:
    """The size of a whole extract; a cut that its pin knows as such, by its bytes, is told and not refused."""
    return {
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": rows_min},
        "severity": "warning" if cut else "critical",
        "notes": f"un extrait entier a au moins {rows_min} lignes ; "
        + (f"celui-ci est une coupe, connue comme telle : {cut}" if cut else "celui-ci est tronqué ou partiel"),
        "meta": {"controle": "volume"},
    }


def mart_rules(name: str, grain: tuple[str, ...]) -> list[dict[str, Any]]:
    """All expectations of one mart: unique and filled at its grain, its indicators in bounds, its written suite.

    `grain_vide` in the suite lists the columns of the grain that may be empty.
    """
    suite = suite_file("marts", name)
    columns = ", ".join(f'"{k}"' for k in grain)
    filled = [k for k in grain if k not in suite.get("grain_vide", [])]
    empty = " OR ".join(f'"{k}" IS NULL' for k in filled) or "false"
    return [
        _rows_rule(
            "grain_unique",
            f"SELECT {columns}, count(*) AS lignes FROM {{batch}} GROUP BY {columns} HAVING count(*) > 1",
            f"une ligne par {', '.join(grain)}",
            severity="critical",
        ),
        _rows_rule(
            "grain_renseigne",
            f"SELECT {columns} FROM {{batch}} WHERE {empty}",
            f"{', '.join(filled)} ne sont jamais vides",
            severity="critical",
        ),
        *registers.bound_rules(name, long="indicateur" in grain),
        *(suite.get("expectations") or []),
    ]


def _applies(rule: dict[str, Any], millesime: int) -> bool:
    since = rule.get("meta", {}).get("depuis")
    until = rule.get("meta", {}).get("jusqua")
    return (since is None or millesime >= since) and (until is None or millesime <= until)


def _for_vintage(rule: dict[str, Any], millesime: int) -> dict[str, Any]:
    """`$millesime` in a rule is the vintage being checked."""
    text = json.dumps(rule, default=str).replace("$millesime", str(millesime))
    filled: dict[str, Any] = json.loads(text)
    return filled


def _pin_rules(pins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One expectation for all that is pinned to the files of a table: it lists what differs."""
    parts = []
    for pin in pins:
        file = pin["file"].replace("'", "''")
        mine = f"(_fichier = '{file}' OR starts_with(_fichier, '{file}['))"
        measures = {"count(*)": pin["rows"], **{f'sum("{k}")': v for k, v in pin.get("sums", {}).items()}}
        parts += [
            f"SELECT '{file}' AS fichier, '{measure}' AS mesure, ({measure})::VARCHAR AS observe, '{value}' AS attendu "
            f"FROM {{batch}} WHERE {mine} HAVING {measure} IS DISTINCT FROM {value}"
            for measure, value in measures.items()
        ]
    if not parts:
        return []
    return [
        _rows_rule(
            "epingles",
            " UNION ALL ".join(parts),
            "nombres de lignes et totaux relevés sur ces fichiers mêmes (sha256) : "
            + ", ".join(f"{pin['file']} {pin['rows']} lignes" for pin in pins[:8])
            + (" …" if len(pins) > 8 else ""),
            severity="critical",
        )
    ]


@functools.cache
def _gx() -> tuple[Any, Any]:
    """Great Expectations, imported once a process (it takes seconds), quiet and without telemetry."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # a thousand lines of its own making
    import great_expectations as gx

    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.NOTSET)  # it chose to speak
    from pipelines.checks import gx_duckdb, gx_rows  # noqa: F401 (gx_rows registers its expectation)

    gx_duckdb.register()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    # It lives in memory: written out as YAML at each data source, its configuration would serve nobody.
    context._save_project_config = lambda: None
    return gx, context


def warm() -> None:
    """Imports Great Expectations ahead of the first check, so that a step's time is its own."""
    _gx()


def tell(controls: Iterable[Control]) -> None:
    """Names each failed check in the log, with what it saw and its reason."""
    for control in controls:
        if not control.reussi:
            LOG.log(
                LEVELS[control.severite],
                f"contrôle en échec ({control.severite}) : {control.controle} de {control.objet} ; "
                f"observé : {control.observe} ; attendu : {undated(control.motif)}",
            )


def stand_by(outcome: Outcome) -> Outcome:
    """An outcome already reached on the same bytes by the same rules. Raises RefusedError again."""
    if outcome.refus:
        raise outcome.refus.error()
    return outcome


def _read(database: str) -> duckdb.DuckDBPyConnection:
    """A reading connection to a file, or to a database in memory that this process holds open."""
    return duckdb.connect(database, read_only=not database.startswith(":memory:"))


def validate(
    database: str, batches: dict[str, tuple[str, list[dict[str, Any]]]], *, personal: Collection[str] = ()
) -> dict[str, list[Control]]:
    """Runs suites by SQL on tables of a DuckDB file, or of a named database in memory (`:memory:name`).

    `batches`: object name -> (`schema.table`, expectations in GX's own form). Of the objects that are `personal`, no
    control and no message repeats the text of a cell: counts and places only.
    Returns the controls per object. Raises AtlasError where an expectation can't run.
    """
    gx, context = _gx()
    from great_expectations.datasource.fluent.sql_datasource import TableAsset
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    from pipelines.checks import gx_duckdb, gx_rows

    name = uuid.uuid4().hex
    # All assets at once: adding them one by one writes the context's whole configuration each time.
    source = context.data_sources.add_sql(
        name=name,
        connection_string=f"{gx_duckdb.NAME}:///{database}"
        # One thread: rules are many and small, and parting each costs more than it brings.
        + ("" if database.startswith(":memory:") else "?access_mode=read_only&threads=1"),
        assets=[
            TableAsset(name=target, type="table", schema_name=target.split(".")[0], table_name=target.split(".")[1])
            for target, _ in batches.values()
        ],
    )
    found: dict[str, list[Control]] = {}
    try:
        for objet, (target, rules) in batches.items():
            asset = source.get_asset(target)
            batch = asset.get_batch(asset.build_batch_request())
            # Built at once: adding one by one replaces an earlier expectation of the same type.
            suite = gx.ExpectationSuite(
                name=f"{name}-{objet}",
                expectations=[
                    ExpectationConfiguration(
                        **{
                            **rule,
                            "type": gx_rows.NAME if rule["type"] == gx_rows.STANDARD else rule["type"],
                            "meta": {**rule.get("meta", {}), "rang": rank},
                        }
                    ).to_domain_obj()
                    for rank, rule in enumerate(rules)
                ],
            )
            results = batch.validate(suite, result_format="BASIC")
            by_rank = {r.expectation_config.meta["rang"]: r for r in results.results}
            found[objet] = [
                _control(objet, rule, by_rank[rank], objet not in personal) for rank, rule in enumerate(rules)
            ]
    finally:
        context.data_sources.delete(name)
        gx_duckdb.close(database)
    if all(control.reussi for controls in found.values() for control in controls):
        return found
    with _read(database) as connection:
        return {
            objet: [
                _with_example(connection, target, rule, control, objet not in personal)
                for rule, control in zip(rules, found[objet], strict=True)
            ]
            for objet, (target, rules) in batches.items()
        }


def _failing(rule: dict[str, Any], target: str) -> str | None:
    """SQL of the rows that a rule finds, for a rule written as a query."""
    query = rule["kwargs"].get("unexpected_rows_query") if rule["type"] == "unexpected_rows_expectation" else None
    return None if query is None else str(query).rstrip("; \n").format(batch=target)


def _with_example(
    connection: duckdb.DuckDBPyConnection, target: str, rule: dict[str, Any], control: Control, quoting: bool
) -> Control:
    """A failed control with the first row that it found: a count alone sends nobody to the right line."""
    query = _failing(rule, target)
    if control.reussi or query is None:
        return control
    row = _first(connection, query)
    if not quoting:
        row = {k: v for k, v in row.items() if k in ("_fichier", "_ligne") or isinstance(v, int | float | Decimal)}
    if not row:
        return control
    if "_fichier" in row and "_ligne" in row:
        # The columns that the rule reads say what is wrong with the row.
        read = [k for k in row if not k.startswith("_") and re.search(rf"\b{k}\b", query)]
        values = ", ".join(f"{k} = {'vide' if row[k] is None else row[k]}" for k in read[:4])
        seen = f"{control.observe} ligne(s), la première : {row['_fichier']}, ligne {row['_ligne']}"
        seen += f" ({values})" if values else ""
    else:
        cells = ", ".join(f"{k} = {v}" for k, v in list(row.items())[:8])
        seen = f"{control.observe} ligne(s), la première : {cells}" if control.lignes > 1 else cells
    return replace(control, observe=_shortened(seen, 240))


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _first(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    """The first row of a query in an order of its own, by name; empty where there is none."""
    names = [c[0] for c in connection.execute(f"SELECT * FROM ({query}) LIMIT 0").description or []]
    order = "_fichier, _ligne" if {"_fichier", "_ligne"} <= set(names) else "ALL"
    row = connection.execute(f"SELECT * FROM ({query}) ORDER BY {order} LIMIT 1").fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _control(objet: str, rule: dict[str, Any], result: Any, quoting: bool) -> Control:
    name = rule.get("meta", {}).get("controle") or rule["type"]
    raised = result.exception_info or {}
    if raised.get("raised_exception") or any(
        isinstance(v, dict) and v.get("raised_exception") for v in raised.values()
    ):
        detail = f" : {json.dumps(raised, ensure_ascii=False, default=str)[:600]}" if quoting else ""
        raise AtlasError(
            f"Le contrôle « {name} » de {objet} ne s'exécute pas{detail}",
            where=Place(table=objet),
            expected="une expectation que Great Expectations sait exécuter en SQL sur DuckDB",
            todo="corriger la suite dans expectations/",
        )
    observed = result.result.get("observed_value", result.result.get("unexpected_count", ""))
    if not quoting and not isinstance(observed, int | float):
        observed = ""
    lines = result.result.get("unexpected_count", observed if rule["type"] == "unexpected_rows_expectation" else 0)
    return Control(
        objet=objet,
        controle=name,
        severite=SEVERITIES[rule.get("severity", "critical")],
        reussi=bool(result.success),
        observe=str(observed),
        motif=str(rule.get("notes") or ""),
        lignes=0 if result.success else int(lines or 0),
    )


# --- checking a vintage -----------------------------------------------------------------------


def _reading_controls(source: Source, landed: Landed, notes: dict[str, Any]) -> list[Control]:
    controls = []
    if not source.declares(landed.millesime):
        controls.append(
            Control(
                source.id,
                "millesime_declare",
                "avertissement",
                False,
                str(landed.millesime),
                f"cette campagne n'est pas déclarée sous `campagnes` ({source.id}.yml)"
                if source.questionnaire
                else "ce millésime n'a pas de colonne dans la carte : il est lu avec celle du plus proche. "
                f"Vérifier puis ajouter une colonne {landed.millesime} à {source.id}.columns.csv",
            )
        )
    if landed.unknown:
        controls.append(
            Control(
                source.id,
                "fichiers_reconnus",
                "avertissement",
                False,
                ", ".join(landed.unknown[:20]),
                "fichiers que le catalogue ne connaît pas : ni lus, ni archivés. S'ils sont de cette source, leur "
                f"écrire une table, ou une ligne sous known_files ({source.id}.yml)",
                len(landed.unknown),
            )
        )
    for name, table in source.tables.items():
        if name not in notes:
            controls.append(
                Control(
                    source.staged_name(name),
                    "table_publiee",
                    "information",
                    False,
                    "absente",
                    f"ce millésime ne comporte pas la table « {table.title} » : elle reste vide, non nulle"
                    + (f" ({table.sauf[landed.millesime]})" if landed.millesime in table.sauf else ""),
                )
            )
            continue
        rows, quarantined, strangers, rejoined, formless = notes[name]
        for column, form in table.formes.items():
            controls.append(
                _form_control(source.staged_name(name), column, form, formless.get(column), rows + quarantined)
            )
        if strangers:
            controls.append(
                Control(
                    source.staged_name(name),
                    "colonnes_connues",
                    "avertissement",
                    False,
                    ", ".join(strangers[:20]),
                    "colonnes que la carte ne connaît pas : non lues, gardées dans l'archive",
                    len(strangers),
                )
            )
        if rejoined:
            controls.append(
                Control(
                    source.staged_name(name),
                    "enregistrement_recolle",
                    "avertissement",
                    False,
                    " ; ".join(rejoined),
                    "un enregistrement coupé sur deux lignes a été recollé",
                    len(rejoined),
                )
            )
    return controls


def _form_control(objet: str, column: str, form: str, found: list[Any] | None, rows: int) -> Control:
    """Whether the cells of a column are of its form. Those that aren't were emptied, and are never told."""
    reason = f"la colonne {column} a la forme {form} ; une cellule d'une autre forme, qui peut être un nom, reste vide"
    count, file, line = found or [0, "", 0]
    return Control(
        objet,
        f"forme_{column}",
        "critique" if count > FORMLESS_MAX * rows or not count else "avertissement",
        not count,
        f"{count} cellule(s) sur {rows} lignes" + (f", la première : {file}, ligne {line}" if count else ""),
        reason + f". Passé {100 * FORMLESS_MAX:.0f} % des lignes, c'est une autre colonne qui est lue sous ce nom",
        count,
    )


def undated(reason: str) -> str:
    """A rule's reason without the date at its head, for the person who meets the row."""
    return re.sub(r"^\d{4}-\d{2}(-\d{2})? ?: ?", "", reason)


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
        query = _failing(rule, f"controle.{table}")
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


def check_vintage(settings: Settings, landed: Landed) -> Outcome:
    """Checks the staged tables of a revision; accepts them, or records a refusal and raises.

    Rows that fail a rule marked `quarantaine` are taken out. Raises RefusedError where a critical
    check fails, or where more rows are set aside than the source allows.
    """
    source = catalogue.load(landed.source)
    pending = _pending(settings, landed)
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
                f"FROM read_parquet({_text(path)}, file_row_number = true)"
            )
            if source.tables[name].key != [catalogue.LINE]:
                connection.execute(f"CREATE TABLE doublons.{name} AS {_doubles(source, name, landed.millesime)}")
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
    rules = {name: table_rules(source, name, landed, notes.keys()) for name in notes}
    batches = {source.staged_name(name): (f"controle.{name}", rules[name]) for name in notes}
    by_table = validate(database, batches, personal=batches if source.personal else ())
    controls = _reading_controls(source, landed, notes)
    outcome = Outcome(landed.source, landed.millesime, landed.revision, accepte=True, controls=controls)
    aside = pq.read_table(pending / QUARANTINE).to_pylist()
    for name, (rows, quarantined, *_) in notes.items():
        mine = by_table[source.staged_name(name)]
        controls += mine
        failing = _quarantine_rows(connection, name, rules[name], mine, told=not source.personal)
        if failing:
            staged = pending / f"{name}.parquet"
            kept = pending / f"{name}.garde.parquet"
            ranks = pa.table({"_rang": pa.array([row.pop("_rang") for row in failing], pa.int64())})
            connection.register("ecartees", ranks)
            connection.execute(
                "COPY (SELECT * EXCLUDE (file_row_number) "
                f"FROM read_parquet({_text(staged)}, file_row_number = true) "
                "WHERE file_row_number NOT IN (SELECT _rang FROM ecartees) ORDER BY file_row_number) "
                f"TO {_text(kept)} (FORMAT parquet, COMPRESSION zstd)"
            )
            connection.unregister("ecartees")
            kept.replace(staged)
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
    failed = _first_cause([c for c in controls if c.severite == "critique" and not c.reussi], source, aside)
    place = _place(connection, source, rules, by_table, failed[0]) if failed else None
    error = _refusal(source, landed, failed, aside, place) if failed else None
    (pending / "lecture.json").unlink()
    if error is not None:
        refuse(settings, landed, error, controls)
        raise error
    pq.write_table(pa.Table.from_pylist(aside, staging.QUARANTINE_SCHEMA), pending / QUARANTINE)
    outcome.empreinte = fingerprint(landed.source, landed.files, fictif=landed.fictif)
    outcome.sha256 = {name: landing.sha256(pending / name) for name in _staged(outcome)}
    _save(outcome, pending)
    _swap(pending, folder(settings, landed.source, landed.millesime, landed.revision))
    return outcome


def _text(path: Path) -> str:
    """A path as a SQL literal."""
    return "'" + str(path).replace("'", "''") + "'"


def _doubles(source: Source, table: str, millesime: int) -> str:
    """SQL of the rows to take out because their key stands twice; `contredite`: their contents differ."""
    names = [f'"{k}"' for k in source.tables[table].key]
    key, same = ", ".join(names), " AND ".join(f"t.{k} IS NOT DISTINCT FROM c.{k}" for k in names)
    # Most tables repeat no key: what their rows say is only looked at where one is repeated.
    return (
        f"WITH cles AS (SELECT {key} FROM controle.{table} GROUP BY {key} HAVING count(*) > 1), "
        f"repetees AS (SELECT t.* FROM controle.{table} AS t SEMI JOIN cles AS c ON {same}), "
        "groupes AS (SELECT list(_rang ORDER BY _rang) AS rangs, "
        f"count(DISTINCT {_content_hash(source, table, millesime)}) > 1 AS contredite "
        f"FROM repetees GROUP BY {key}) "
        "SELECT unnest(CASE WHEN contredite THEN rangs ELSE rangs[2:] END) AS _rang, contredite FROM groupes"
    )


def _content_hash(source: Source, table: str, millesime: int) -> str:
    """SQL of a hash of a row's own cells, without what the names of file and sheet say of it."""
    own = [
        c.name
        for c in source.of_table(table)
        if not any(catalogue.CAPTURED.fullmatch(h) and h != staging.VALUE for h in c.headings(millesime))
    ]
    return "hash(" + ", ".join(f'"{name}"' for name in own) + ")"


def _place(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    rules: dict[str, list[dict[str, Any]]],
    by_table: dict[str, list[Control]],
    failed: Control,
) -> tuple[str, int] | None:
    """File and line of the first row that a failed rule found, where it finds rows."""
    for table, written in rules.items():
        for rule, control in zip(written, by_table[source.staged_name(table)], strict=True):
            query = _failing(rule, f"controle.{table}")
            if control is failed and query is not None:
                row = _first(connection, query)
                return (row["_fichier"], row["_ligne"]) if {"_fichier", "_ligne"} <= row.keys() else None
    return None


def _refusal(
    source: Source,
    landed: Landed,
    failed: list[Control],
    aside: list[dict[str, object]],
    place: tuple[str, int] | None,
) -> RefusedError:
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


def _first_cause(failed: list[Control], source: Source, aside: list[dict[str, object]]) -> list[Control]:
    """Failed controls, those first that explain the others: a table that could not be read fails the rest too."""
    unread = Counter(str(row["table"]) for row in aside if row["controle"] in ("type", "ligne_irreguliere"))
    causes = {source.staged_name(table) for table, rows in unread.items() if 2 * rows > len(aside)}
    return sorted(failed, key=lambda c: not (c.controle == "part_en_quarantaine" and c.objet in causes))


def _is_of(source: Source, table: str, landed: Landed, name: str) -> bool:
    """Whether a file of a revision is one of a table."""
    rule = catalogue.pattern(source.layout(table, landed.millesime).file, landed.millesime)
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
            f"de {found[0]['fichier']} : {_shortened(str(found[0]['motif']), 200)}"
            for found in ranked
        )
        + "."
    )


def latest(settings: Settings, source: str, millesime: int, *, accepted: bool) -> tuple[Landed, Outcome] | None:
    """The newest checked revision of a vintage that was accepted (or refused), with its outcome."""
    for landed in reversed(landing.revisions(settings.landing, source, millesime)):
        outcome = load_outcome(settings, source, millesime, landed.revision)
        if outcome is not None and outcome.accepte is accepted:
            return landed, outcome
    return None
