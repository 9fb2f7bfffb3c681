"""The same lock and commit give the same bytes, whatever the clock, the folder, the threads and the order."""

import contextlib
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import (
    EDITION,
    REGION,
    ROOT,
    Publication,
    Warehouse,
    a_copy,
    build_edition,
    environment,
    mirror_folder,
    one,
    tables_only,
)

from pipelines import catalogue, steps
from pipelines.connectors import mirror as folder_connector
from pipelines.database import duck
from pipelines.edition import lockfile, models
from pipelines.publish import public
from pipelines.settings import Settings


def digest(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.suffix != ".duckdb" and p.name != "SHA256SUMS"
    }


def same(one: Path, other: Path) -> None:
    """Every file, the manifest and the lock too: nothing may differ. But DuckDB's, and their hash."""
    first, second = digest(one), digest(other)
    assert first.keys() == second.keys()
    data = [name for name in first if not name.startswith("figures/")]
    (file,) = one.glob("*.duckdb")
    with duckdb.connect(str(file), read_only=True) as db:  # a table of no line is not shipped
        shipped = [m for m in public.released() if db.execute(f"FROM {m.name} LIMIT 1").fetchall()]
    assert len(shipped) > 0.8 * len(public.released())
    assert len([name for name in data if name.endswith(".csv")]) == 2 * (len(shipped) + 2)
    assert len([name for name in first if name.endswith(".parquet")]) == len(shipped) + 1
    assert len([name for name in first if name.endswith(".xlsx")]) > 8
    assert {
        "index.html",
        "donnees.html",
        "methodologie.html",
        "qualite.html",
        "verrou.json",
        "manifeste.json",
        "datapackage.json",
    } <= first.keys()
    assert [name for name in first if first[name] != second[name]] == []


class Elsewhere:
    """The sample edition made by another process, from nothing: it runs while other tests do.

    In another order, folder, clock, time zone, locale, hash seed and number of threads.
    """

    def __init__(self, extracts: Path, folder: Path) -> None:
        pairs = [(s.id, m) for s in catalogue.load_all() for m in folder_connector.vintages(extracts, s)]
        shuffled = random.Random(7).sample(pairs, len(pairs))  # noqa: S311
        assert shuffled != pairs
        self.warehouse = folder / "l'entrepôt d'été, n° 2"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "another_run", json.dumps({"pairs": shuffled, "threads": 1, "year": 2031})],
            cwd=folder,
            env={
                **os.environ,
                "ATLAS_SOURCES": str(extracts),
                "ATLAS_WAREHOUSE": str(self.warehouse),
                "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
                "PYTHONHASHSEED": "7",
                "TZ": "Pacific/Kiritimati",
                "LC_ALL": "C",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def done(self) -> Settings:
        """Its warehouse, once it has ended well."""
        _, err = self.process.communicate(timeout=600)
        assert self.process.returncode == 0, err[-2000:]
        return Settings(sources=self.warehouse, warehouse=self.warehouse)


@pytest.fixture(scope="module")
def elsewhere(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    started = Elsewhere(sample_extracts, tmp_path_factory.mktemp("ailleurs"))
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.communicate()


@pytest.fixture(scope="module")
def otherwise(elsewhere: Elsewhere) -> Settings:
    return elsewhere.done()


@pytest.mark.lent
@pytest.mark.usefixtures("elsewhere", "views_unchecked")  # the first works meanwhile
def test_more_threads_give_the_same_bytes(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On real extracts where there are: DuckDB shares out tables of several hundred thousand rows, not small ones."""
    made = request.getfixturevalue("mirror_published" if (mirror_folder() / "sae").is_dir() else "published")
    again_with_threads(made, tmp_path, monkeypatch)


def again_with_threads(made: Publication, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds and releases from a copy of the archive and the lock, with more threads than the first time."""
    threads = (os.cpu_count() or 1) + 3
    connect, seen = duckdb.connect, set[int]()

    def with_threads(*arguments: Any, **settings: Any) -> duckdb.DuckDBPyConnection:
        connection = connect(*arguments, **settings)
        connection.execute(f"SET threads = {threads}")
        seen.add(one(connection, "SELECT current_setting('threads')"))
        return connection

    copy = a_copy(made.settings, folder / "copie")

    @contextlib.contextmanager
    def one_after_the_other(connection: duckdb.DuckDBPyConnection) -> Iterator[ThreadPoolExecutor]:
        connection.execute(f"SET threads = {threads}")
        with ThreadPoolExecutor(1) as pool:
            yield pool

    monkeypatch.setattr(duckdb, "connect", with_threads)
    # Tables are made side by side, by one thread each: here one after the other, each by many.
    monkeypatch.setattr(duck, "side_by_side", one_after_the_other)
    with environment(copy.warehouse, copy.sources), tables_only():
        build_edition()
        path = Path(steps.publish(EDITION, REGION))
    assert seen == {threads}
    first, second = digest(made.release), digest(path)
    tables = [name for name in first if name.startswith(("csv/", "csv-fr/", "parquet/"))]
    assert len(tables) > 2 * len(public.published())
    assert [name for name in tables if first[name] != second[name]] == []


def test_neither_sql_nor_release_asks_clock_or_chance() -> None:
    rule = re.compile(
        r"\b(now|today|current_date|current_time|current_timestamp|localtimestamp|random|setseed|uuid|gen_random_uuid|"
        r"get_current_time\w*|getenv)\b\s*(\(|,|\s|$)|\bversion\s*\(",
        re.IGNORECASE,
    )
    for path in sorted((ROOT / "sql").rglob("*.sql")):
        code = re.sub(r"--.*|'(?:[^']|'')*'", "", path.read_text(encoding="utf-8"))
        assert not rule.search(code), path.name
        # The first met depends on the threads.
        assert not re.search(
            r"\b(any_value|first|last|arbitrary|array_agg)\s*\(|\blist\s*\((?![^()]* ORDER BY)", code
        ), path.name
        for aggregate in re.findall(r"string_agg\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", code):
            assert "ORDER BY" in aggregate, path.name
    for path in sorted((ROOT / "pipelines" / "publish").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\btime\.|\bnow\(|\btoday\(", text), path.name


def test_measures_are_never_doubles(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """A parallel sum of doubles changes from run to run."""
    found = mirror_db.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns "
        "WHERE data_type IN ('DOUBLE', 'FLOAT', 'REAL')"
    ).fetchall()
    assert found == []


@pytest.mark.lent
def test_released_rows_are_totally_ordered(sample: Warehouse) -> None:
    """Key first, then all the other columns: no two rows can change places."""
    with sample.connect() as connection:
        for model in public.published():
            query = public.select(model, models.described(connection, model), fictif=False)
            ordered = re.findall(r'"([^"]+)"', query.rsplit("ORDER BY", 1)[1])
            assert ordered[: len(model.grain)] == list(model.grain)
            assert set(ordered) == {name for name, _ in models.described(connection, model)}


# --- What the other process made: last, since it takes its time ---------------------------------------


@pytest.mark.lent
def test_another_clock_folder_order_locale_and_thread_give_the_same_bytes(
    published: Publication, otherwise: Settings
) -> None:
    # The other run did see another clock: its archive says so, which is not released.
    received = json.loads((otherwise.landing / "sae/2022/r1/provenance.json").read_text(encoding="utf-8"))
    assert received["recu_le"].startswith("2031-")
    same(published.release, otherwise.releases / f"{EDITION}-{REGION}" / f"{EDITION}.1")


@pytest.mark.lent
def test_the_lock_holds_neither_clock_nor_folder(sample: Warehouse, otherwise: Settings) -> None:
    assert lockfile.path(otherwise, EDITION).read_bytes() == lockfile.path(sample.settings, EDITION).read_bytes()
