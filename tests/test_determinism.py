"""The same lock and commit give the same bytes, whatever the clock, the folder, the threads and the order."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import EDITION, REGION, ROOT, Warehouse, a_copy, build_and_release, environment

from pipelines import catalogue, editions, warehouse
from pipelines.connectors import mirror as folder_connector
from pipelines.publish import release


def digest(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def same(one: Path, other: Path) -> None:
    """Every file, the manifest and the lock too: nothing may differ."""
    first, second = digest(one), digest(other)
    assert first.keys() == second.keys()
    assert len([name for name in first if name.endswith(".csv")]) == len(warehouse.models()) + 1
    assert len([name for name in first if name.endswith(".parquet")]) == len(warehouse.models())
    assert {"index.html", "qualite.html", "verrou.json", "manifeste.json"} <= first.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.fixture(scope="module")
def otherwise(sample: Warehouse, sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ingested from nothing in another order, folder, clock, time zone, locale, hash seed and number of threads."""
    pairs = [
        (source.id, millesime)
        for source in catalogue.load_all()
        for millesime in folder_connector.vintages(sample_extracts, source)
    ]
    shuffled = random.Random(7).sample(pairs, len(pairs))  # noqa: S311
    assert shuffled != pairs
    home = tmp_path_factory.mktemp("ailleurs") / "l'entrepôt d'été, n° 2"
    environment = {
        **os.environ,
        "ATLAS_SOURCES": str(sample_extracts),
        "ATLAS_WAREHOUSE": str(home),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-m", "another_run", json.dumps({"pairs": shuffled, "threads": 1, "year": 2031})],
        cwd=tmp_path_factory.mktemp("dossier courant"),
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return next((home / "releases" / f"{EDITION}-{REGION}").glob(f"{EDITION}.1"))


def test_another_clock_folder_order_locale_and_thread_give_the_same_bytes(sample: Warehouse, otherwise: Path) -> None:
    # The other run did see another clock: its archive says so, which is not released.
    received = json.loads((otherwise.parents[2] / "landing/sae/2022/r1/provenance.json").read_text(encoding="utf-8"))
    assert received["recu_le"].startswith("2031-")
    same(sample.release, otherwise)


def test_the_lock_holds_neither_clock_nor_folder(sample: Warehouse, otherwise: Path) -> None:
    mine = editions.path(sample.settings, EDITION).read_bytes()
    assert (otherwise.parents[2] / "editions" / str(EDITION) / editions.LOCK).read_bytes() == mine


def test_more_threads_give_the_same_bytes(sample: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again_with_threads(sample, tmp_path, monkeypatch)


def test_more_threads_give_the_same_bytes_on_real_extracts(
    mirror: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables of several hundred thousand rows are those that DuckDB really shares out among threads."""
    again_with_threads(mirror, tmp_path, monkeypatch)


def again_with_threads(made: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds and releases from a copy of the archive and the lock, with more threads than the first time."""
    threads = (os.cpu_count() or 1) + 3
    connect, seen = duckdb.connect, set()

    def with_threads(*arguments: object, **settings: object) -> duckdb.DuckDBPyConnection:
        connection = connect(*arguments, **settings)
        connection.execute(f"SET threads = {threads}")
        seen.add(connection.execute("SELECT current_setting('threads')").fetchone()[0])
        return connection

    copy = a_copy(made.settings, folder / "copie")
    monkeypatch.setattr(duckdb, "connect", with_threads)
    with environment(copy.warehouse, copy.sources):
        path = build_and_release()
    assert seen == {threads}
    same(made.release, path)


def test_build_takes_a_number_of_threads(copied: object) -> None:
    lock = editions.lock(copied, EDITION)
    monkey: list[str] = []
    real = duckdb.connect

    class Watched:
        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self.connection = connection

        def __enter__(self) -> "Watched":
            return self

        def __exit__(self, *_: object) -> None:
            self.connection.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self.connection, name)

        def execute(self, query: str, *rest: object) -> object:
            monkey.append(query)
            return self.connection.execute(query, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse, "models", lambda: ())
        patch.setattr(warehouse.duckdb, "connect", lambda *a, **k: Watched(real(*a, **k)))
        warehouse.build(copied, lock, threads=3)
    assert "SET threads = 3" in monkey


def test_neither_sql_nor_release_asks_clock_or_chance() -> None:
    rule = re.compile(
        r"\b(now|today|current_date|current_time|current_timestamp|localtimestamp|random|setseed|uuid|gen_random_uuid|"
        r"get_current_time\w*|getenv|version)\b\s*(\(|,|\s|$)",
        re.IGNORECASE,
    )
    for path in sorted((ROOT / "sql").rglob("*.sql")):
        code = re.sub(r"--.*|'(?:[^']|'')*'", "", path.read_text(encoding="utf-8"))
        assert not rule.search(code), path.name
        # The first met depends on the threads.
        assert not re.search(r"\b(any_value|first|last|arbitrary|list|array_agg)\s*\(", code), path.name
        for aggregate in re.findall(r"string_agg.*", code):
            assert "ORDER BY" in aggregate, path.name
    for name in ("release", "tables", "pages"):
        text = (ROOT / "pipelines" / "publish" / f"{name}.py").read_text(encoding="utf-8")
        assert not re.search(r"datetime|\btime\.|\bnow\(", text), name


def test_measures_are_never_doubles(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """A parallel sum of doubles changes from run to run."""
    found = mirror_db.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns "
        "WHERE data_type IN ('DOUBLE', 'FLOAT', 'REAL')"
    ).fetchall()
    assert found == []


def test_released_rows_are_totally_ordered(sample: Warehouse) -> None:
    """Key first, then all the other columns: no two rows can change places."""
    with sample.connect() as connection:
        for model in warehouse.models():
            query = release.tables.select(model, warehouse.described(connection, model), fictif=False)
            ordered = re.findall(r'"([^"]+)"', query.rsplit("ORDER BY", 1)[1])
            assert ordered[: len(model.grain)] == list(model.grain)
            assert set(ordered) == {name for name, _ in warehouse.described(connection, model)}
