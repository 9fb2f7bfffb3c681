"""What a build and its checks depend on, as a fingerprint."""

from pathlib import Path

import duckdb

from pipelines import catalogue
from pipelines.arrival import outcomes
from pipelines.checks import rules
from pipelines.edition import models
from pipelines.edition.lockfile import Lock
from pipelines.runtime import fingerprints
from pipelines.settings import Settings

STEPS = ("pipelines.edition.builder", "pipelines.edition.marts")  # whose code builds and checks


def fingerprint(lock: Lock) -> str:
    """SHA-256 of all that a build and its checks depend on: the lock, what stages it, `files`, suites, our code."""
    staged = (outcomes.fingerprint(pin.source, pin.files, fictif=lock.fictif) for pin in lock.pins)
    suites = [rules.suite_text("marts", path.stem) for path in sorted((rules.SUITES / "marts").glob("*.yml"))]
    return fingerprints.of([lock.to_json(), *map(fingerprints.code, STEPS), *staged, *files(), *suites])


def files() -> list[Path]:
    """The files that a build reads, beside the code, what is staged and the suites: queries and catalogue."""
    entries = [path for source in catalogue.sources() for path in catalogue.files(source)]
    return [*(path for path in sorted(models.SQL.rglob("*")) if path.is_file()), *entries]


def unlike(connection: duckdb.DuckDBPyConnection, lock: Lock) -> list[str]:
    """The vintages that a warehouse holds and a lock doesn't pin, or the other way round, a line each."""
    query = "SELECT source, millesime, revision, sha256 FROM staging.millesimes WHERE statut = 'accepté'"
    held = set(connection.execute(query).fetchall())
    pinned = {(p.source, p.millesime, p.revision, " ".join(f.sha256 for f in p.files)) for p in lock.pins}
    told = [(what, "dans l'entrepôt seul") for what in held - pinned]
    told += [(what, "dans le verrou seul") for what in pinned - held]
    return sorted(f"{source} {millesime}, révision {n}, {where}" for (source, millesime, n, _), where in told)


def built_from(settings: Settings, edition: int) -> str | None:
    """The fingerprint of an edition's warehouse, or None where it has none."""
    file = settings.built(edition)
    if not file.is_file():
        return None
    with duckdb.connect(str(file), read_only=True) as connection:
        return str(connection.execute("SELECT empreinte FROM staging.edition").fetchall()[0][0])
