"""What a build and its checks depend on, as a fingerprint."""

from pathlib import Path

import duckdb

from pipelines import catalogue, fingerprints
from pipelines.arrival import outcomes
from pipelines.checks import rules
from pipelines.edition import models
from pipelines.edition.lockfile import Lock
from pipelines.settings import Settings

STEPS = ("pipelines.edition.builder", "pipelines.edition.marts")  # whose code builds and checks


def fingerprint(lock: Lock) -> str:
    """SHA-256 of all that a build and its checks depend on: the lock, what stages it, `files`, our code."""
    staged = (outcomes.fingerprint(pin.source, pin.files, fictif=lock.fictif) for pin in lock.pins)
    return fingerprints.of([lock.to_json(), *map(fingerprints.code, STEPS), *staged, *files()])


def files() -> list[Path]:
    """The files that a build and its checks read, beside the code and what is staged: queries, catalogue, suites."""
    entries = [path for source in catalogue.sources() for path in catalogue.files(source)]
    suites = (rules.SUITES / "marts").glob("*.yml")
    return [*(path for path in sorted(models.SQL.rglob("*")) if path.is_file()), *entries, *sorted(suites)]


def built_from(settings: Settings, edition: int) -> str | None:
    """The fingerprint of an edition's warehouse, or None where it has none."""
    file = settings.built(edition)
    if not file.is_file():
        return None
    with duckdb.connect(str(file), read_only=True) as connection:
        return str(connection.execute("SELECT empreinte FROM staging.edition").fetchall()[0][0])
