"""Building aside, checking, swapping in: a reader never meets half a warehouse, and never blocks the writer."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import EDITION, Warehouse, one, rows

from pipelines import catalogue, steps
from pipelines.arrival import landing, outcomes
from pipelines.checks import rules, runner
from pipelines.edition import builder, lockfile, marts, models
from pipelines.errors import AtlasError, BuildError, StorageError
from pipelines.runtime import fingerprints
from pipelines.settings import ROOT, Settings

FEW = ("reference.edition", "reference.sources", "reference.millesimes", "qualite.controles")
Few = tuple[models.Model, ...]
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for query in sys.stdin:
    print(connection.execute(query).fetchall()[0][0], flush=True)
"""


class Reader:
    """Another process that holds the database open, as an analyst does."""

    def __init__(self, database: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, query: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(query + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextlib.contextmanager
def reading(database: Path) -> Iterator[Reader]:
    reader = Reader(database)
    try:
        yield reader
    finally:
        assert reader.process.stdin
        reader.process.stdin.close()
        reader.process.wait(timeout=10)
        assert reader.process.stdout
        reader.process.stdout.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Few:
    """A build of four small tables, and of warnings that the check reads, where there are none."""
    warnings = next(m for m in models.load_all() if m.name == "qualite.avertissements")
    empty = ", ".join(f"NULL::VARCHAR AS {name}" for name in (*warnings.grain, "avertissement"))
    chosen = (
        *(m for m in models.load_all() if m.name in FEW),
        replace(warnings, query=f"SELECT {empty} WHERE false"),
    )
    monkeypatch.setattr(models, "graph", lambda: one_by_one(*chosen))
    monkeypatch.setattr(models, "load_all", lambda: chosen)
    monkeypatch.setattr(rules, "built_rules", lambda table, **_: [rule("ok", "SELECT * FROM {batch} WHERE false")])
    return chosen


def one_by_one(*models: models.Model) -> dict[str, tuple[models.Model, tuple[str, ...]]]:
    """What a build makes, each after the one before."""
    names = [m.name for m in models]
    return {m.name: (m, tuple(names[:rank][-1:])) for rank, m in enumerate(models)}


def rule(name: str, query: str, severity: str = "critical") -> dict[str, Any]:
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": query},
        "severity": severity,
        "notes": "2025-11 : pour l'essai",
        "meta": {"controle": name},
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- A build that fails -----------------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM staging.nulle_part", "nulle_part"),
        ("SELECT 1 AS a, colonne_absente FROM staging.edition", "colonne_absente"),
        ("SELECT 'x'::INTEGER AS a", "Could not convert"),
        ("SELECT edition AS a, edition AS jamais_decrite FROM staging.edition", "jamais_decrite"),
    ],
)
def test_a_failing_model_leaves_the_warehouse_in_place(
    copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch, query: str, said: str
) -> None:
    bad = replace(
        few[0], schema="atlas", table="fautive", grain=("a",), columns={"a": few[0].columns["edition"]}, query=query
    )
    monkeypatch.setattr(models, "graph", lambda: one_by_one(*few, bad))
    before = digest(copied.database)
    with reading(copied.database) as reader:
        count = reader.ask("SELECT count(*) FROM fiches.es_personnels")
        with pytest.raises(BuildError, match=r"atlas\.fautive") as told:
            steps.build(EDITION)
        assert said in told.value.what
        assert told.value.where.file == "sql/atlas/fautive.sql"
        assert told.value.exit_code == 4
        assert int(reader.ask("SELECT count(*) FROM fiches.es_personnels")) == int(count) > 0
    assert digest(copied.database) == before


def test_a_failing_critical_check_leaves_the_warehouse_in_place(
    copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_fails(name: str, **_: object) -> list[dict[str, Any]]:
        always = rule("toujours_faux", "SELECT * FROM {batch}")
        return [always] if name == "reference.edition" else [rule("ok", "SELECT * FROM {batch} WHERE false")]

    monkeypatch.setattr(rules, "built_rules", one_fails)
    before = digest(copied.database)
    with reading(copied.database) as reader:
        reader.ask("SELECT 1")
        target = steps.build(EDITION)
        with pytest.raises(BuildError, match=r"reference\.edition, toujours_faux : 2025-11 : pour l'essai") as told:
            steps.check_marts(target)
        assert target in told.value.todo
        assert int(reader.ask("SELECT count(*) FROM fiches.es_personnels")) > 0
    assert digest(copied.database) == before
    # The build is kept to be looked at, with what failed.
    with duckdb.connect(target, read_only=True) as db:
        failed = rows(
            db, "SELECT objet, controle, severite, lignes FROM qualite.controles WHERE etape = 'mart' AND NOT reussi"
        )
        assert failed == [("reference.edition", "toujours_faux", "critique", 1)]


def test_a_failing_warning_is_listed_and_stops_nothing(
    copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rules, "built_rules", lambda table, **_: [rule("mieux_vaudrait", "SELECT * FROM {batch}", "warning")]
    )
    target = steps.build(EDITION)
    counts = steps.check_marts(target)
    assert counts["controles"] == len(few)
    assert counts["avertissements"] > 0
    with duckdb.connect(target, read_only=True) as db:
        assert one(db, "SELECT count(*) FROM qualite.controles WHERE etape = 'mart'") == len(few)


def test_a_check_that_cannot_run_is_told(copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        rules, "built_rules", lambda table, **_: [rule("fautif", "SELECT colonne_absente FROM {batch}")]
    )
    target = steps.build(EDITION)
    with pytest.raises(AtlasError, match=r"« fautif » de .* ne s'exécute pas"):
        steps.check_marts(target)


def test_every_mart_is_checked_at_its_grain(sample_db: duckdb.DuckDBPyConnection) -> None:
    checked = {
        r[0]
        for r in rows(
            sample_db, "SELECT objet FROM qualite.controles WHERE etape = 'mart' AND controle = 'grain_unique'"
        )
    }
    assert checked == {m.name for m in models.load_all()}
    assert one(sample_db, "SELECT bool_and(reussi) FROM qualite.controles WHERE severite = 'critique'")


def test_a_mart_without_sources_counts_no_check(mirror_db: duckdb.DuckDBPyConnection) -> None:
    there = {s for (s,) in rows(mirror_db, "SELECT DISTINCT source FROM reference.millesimes")}
    checked = {o for (o,) in rows(mirror_db, "SELECT DISTINCT objet FROM qualite.controles WHERE etape = 'mart'")}
    empty = {m.name for m in models.load_all() if (of := models.sources_of(m.name)) and not of & there}
    assert empty
    assert checked == {m.name for m in models.load_all()} - empty
    for name in empty:
        assert one(mirror_db, f"SELECT count(*) FROM {name}") == 0, name


def test_a_broken_lock_stops_the_build_before_anything(copied: Settings, few: Few) -> None:
    pin = lockfile.lock(copied, EDITION).pins[0]
    outcome = outcomes.folder(copied, pin.source, pin.millesime, pin.revision) / outcomes.OUTCOME
    outcome.unlink()
    before = digest(copied.database)
    with pytest.raises(BuildError, match="n'est plus dans l'entrepôt"):
        builder.build(copied, lockfile.lock(copied, EDITION))
    assert digest(copied.database) == before
    steps.build(EDITION)  # the archive still has the bytes: they are staged anew
    assert outcome.is_file()


def test_builds_left_by_a_killed_run_are_cleared(copied: Settings, few: Few) -> None:
    folder = copied.editions / str(EDITION)
    for name in ("construction-mort.duckdb", "construction-mort.duckdb.wal"):
        (folder / name).write_bytes(b"x")
    target = Path(steps.build(EDITION))
    assert [p for p in folder.glob("construction-*")] == [target]


def killed(*_: object, **__: object) -> None:
    os._exit(9)


def test_a_killed_check_is_told_and_leaves_the_warehouse_in_place(
    copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = steps.build(EDITION)
    before = digest(copied.database)
    monkeypatch.setattr(runner, "validate", killed)
    with pytest.raises(BuildError, match="a arrêté un des processus"):
        steps.check_marts(target)
    assert digest(copied.database) == before


def test_models_that_read_each_other_are_told(copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_ = few
    circle = {first.name: (first, (second.name,)), second.name: (second, (first.name,))}
    monkeypatch.setattr(models, "graph", lambda: circle)
    with pytest.raises(BuildError, match="se citent en rond") as told:
        steps.build(EDITION)
    assert first.name in told.value.what
    assert second.name in told.value.what


# --- Swapping in ------------------------------------------------------------------------------------


def test_promotion_swaps_under_an_open_reader(copied: Settings, few: Few) -> None:
    target = steps.build(EDITION)
    steps.check_marts(target)
    with reading(copied.database) as old:
        assert int(old.ask("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'fiches'")) > 0
        assert steps.promote(target) == str(copied.built(EDITION))
        assert not Path(target).exists()
        # Who had the old file keeps it to the end; who comes now has the new one.
        assert int(old.ask("SELECT count(*) FROM fiches.es_personnels")) > 0
        with reading(copied.database) as new:
            assert new.ask("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'fiches'") == "0"
            assert new.ask("SELECT edition FROM reference.edition") == str(EDITION)
    assert list(copied.warehouse.glob("*.wal")) == []


def test_promoted_file_stands_alone(sample: Warehouse, tmp_path: Path) -> None:
    """The marts need neither staging nor the write-ahead log: one file can be taken away."""
    database = tmp_path / "emporté.duckdb"
    database.write_bytes(sample.settings.database.read_bytes())
    with duckdb.connect(str(database), read_only=True) as db:
        for model in models.load_all():
            assert one(db, f"SELECT count(*) FROM {model.name}") >= 0
        assert one(db, "SELECT count(*) FROM atlas.effectifs") > 0


def test_the_catalogue_is_not_named_as_a_schema(sample: Warehouse) -> None:
    """`atlas.duckdb` would make `atlas.effectifs` ambiguous."""
    assert sample.settings.database.stem not in (*models.SCHEMAS, "staging")


def test_reconcile_counts_results_by_nature(sample: Warehouse, sample_db: duckdb.DuckDBPyConnection) -> None:
    counts = marts.reconcile(sample.settings.database)
    found = {(nature, result): n for nature, results in counts.items() for result, n in results.items()}
    counted = rows(sample_db, "SELECT nature, resultat, count(*) FROM qualite.rapprochements GROUP BY ALL")
    assert found == {(nature, result): n for nature, result, n in counted}
    assert {result for _, result in found} <= {"égal", "écart expliqué"}


# --- What it is built from --------------------------------------------------------------------------


@pytest.mark.lent
def test_a_staged_table_that_is_missing_refuses_the_build(copied: Settings) -> None:
    """Each kind of staged table, and what was set aside: none becomes an empty one."""
    made = lockfile.load(copied, EDITION)
    assert made
    before = digest(copied.database)
    tried = 0
    for pin in made.pins:
        home = outcomes.folder(copied, pin.source, pin.millesime, pin.revision)
        for path in sorted(home.glob("*.parquet")):
            aside = path.rename(path.with_suffix(".ailleurs"))
            with pytest.raises(BuildError, match=f"{path.name} est absent") as told:
                steps.build(EDITION)
            where = told.value.where
            assert (where.source, where.millesime, where.file) == (pin.source, pin.millesime, str(path))
            assert str(home) in told.value.todo
            aside.rename(path)
            tried += 1
    assert tried > 2 * len(catalogue.sources())
    assert digest(copied.database) == before


def one_number_changed(path: Path, column: str) -> None:
    """Writes a staged table anew with one more in one cell."""
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (coalesce({column}, 0) + (_ligne = (SELECT min(_ligne) FROM '{path}'))::INTEGER "
            f"AS {column}) FROM '{path}') TO '{path}.autre' (FORMAT parquet, COMPRESSION zstd)"
        )
    Path(f"{path}.autre").replace(path)


def test_one_number_changed_in_a_staged_file_refuses_the_build_until_it_is_staged_anew(copied: Settings) -> None:
    home = outcomes.folder(copied, "sae", 2023, 1)
    path = home / "sygen.parquet"
    good = path.read_bytes()
    one_number_changed(path, "EFFSAL_TOT")
    with pytest.raises(BuildError, match=r"sygen\.parquet est changé depuis les contrôles") as told:
        steps.build(EDITION)
    assert (told.value.where.source, told.value.where.millesime, told.value.where.table) == ("sae", 2023, "sygen")
    # The one command, then the one deletion, that put it right: both from the archive.
    steps.ingest("sae", 2023)
    assert path.read_bytes() == good
    one_number_changed(path, "EFFSAL_TOT")
    shutil.rmtree(home)
    steps.lock(EDITION)
    assert path.read_bytes() == good


def test_rows_that_the_outcome_does_not_count_refuse_the_build(copied: Settings) -> None:
    path = outcomes.folder(copied, "ght", 2023, 1) / outcomes.OUTCOME
    path.write_text(path.read_text(encoding="utf-8").replace('"ght": ', '"ght": 1'), encoding="utf-8")
    with pytest.raises(BuildError, match="lignes, où le bilan en compte 1"):
        steps.build(EDITION)


def test_what_other_code_staged_is_staged_anew_before_a_build(
    copied: Settings, few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pinned revision that is no longer on offer too; and by itself, a build refuses it."""
    path = outcomes.folder(copied, "ght", 2022, 1) / outcomes.OUTCOME
    present = path.read_text(encoding="utf-8")
    old = re.sub(r'"empreinte": "\w+"', '"empreinte": "d\'un autre code"', present)
    path.write_text(old, encoding="utf-8")
    made = lockfile.load(copied, EDITION)
    assert made
    with pytest.raises(BuildError, match="mise en forme par un autre code") as told:
        builder.build(copied, made)
    assert (told.value.where.source, told.value.where.millesime) == ("ght", 2022)
    monkeypatch.setenv("ATLAS_SOURCES", str(copied.warehouse / "vide"))
    (copied.warehouse / "vide").mkdir()
    steps.build(EDITION)
    assert path.read_text(encoding="utf-8") == present


def test_one_number_changed_in_an_archived_file_is_not_staged(copied: Settings) -> None:
    landed = landing.revision(copied.landing, "sae", 2023, 1)
    file = next(f for f in landed.files if f.name.startswith("SYGEN"))
    path = landed.folder(copied.landing) / file.name
    good = path.read_bytes()
    path.write_bytes(good.replace(b"7", b"8", 1))
    shutil.rmtree(outcomes.folder(copied, "sae", 2023, 1))
    with pytest.raises(StorageError, match="ses octets ont changé") as told:
        steps.restage("sae", 2023)
    assert (told.value.where.source, told.value.where.file) == ("sae", str(path))
    assert file.sha256 in told.value.expected
    path.unlink()
    with pytest.raises(StorageError, match="n'est plus là"):
        steps.restage("sae", 2023)
    # It says nothing of the extract, which puts its bytes back where it is still offered: the vintage is accepted.
    assert steps.ingest("sae", 2023)["controles"] > 0
    assert path.read_bytes() == good


# --- Whether it is built already --------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.parametrize(
    "touched",
    [
        "sql/atlas/ages.sql",
        "sql/indicateurs.yml",
        "expectations/marts/atlas.ages.yml",
        "expectations/staging/sae.yml",
        "pipelines/catalogue/sae.columns.csv",
        "pipelines/catalogue/__init__.py",
        "pipelines/indicators/projections.py",
        "uv.lock",
    ],
)
def test_is_built_from_this_lock_and_what_it_reads(
    copied: Settings, monkeypatch: pytest.MonkeyPatch, touched: str
) -> None:
    assert steps.is_built(EDITION)
    assert not steps.is_built(EDITION - 1)
    made = lockfile.load(copied, EDITION)
    assert made
    lockfile.path(copied, EDITION).write_text(replace(made, pins=made.pins[1:]).to_json(), encoding="utf-8")
    assert not steps.is_built(EDITION)
    lockfile.path(copied, EDITION).write_text(made.to_json(), encoding="utf-8")
    assert steps.is_built(EDITION)
    real = fingerprints.sha256
    monkeypatch.setattr(fingerprints, "sha256", lambda path: "autre" if path == ROOT / touched else real(path))
    text = rules.suite_text
    changed = {touched: "autre"}
    monkeypatch.setattr(
        rules, "suite_text", lambda room, name: text(room, name) + changed.get(f"expectations/{room}/{name}.yml", "")
    )
    fingerprints.code.cache_clear()
    assert not steps.is_built(EDITION)
    assert steps.nothing_to_build(EDITION) is None
    monkeypatch.undo()
    fingerprints.code.cache_clear()


def test_nothing_is_built_where_there_is_no_warehouse(empty: Settings) -> None:
    assert not steps.is_built(EDITION)


@pytest.mark.lent
def test_an_upstream_revision_is_told(copied: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed bytes under the same label: the old ones stay in the archive, and the edition says so."""
    extracts = tmp_path / "extraits"
    shutil.copytree(copied.sources / "ght" / "2023", extracts / "ght" / "2023")
    shutil.copy(copied.sources / "FICTIF.txt", extracts)
    (path,) = (extracts / "ght" / "2023").iterdir()
    path.write_bytes(path.read_bytes().rstrip() + b"\n\n")
    monkeypatch.setenv("ATLAS_SOURCES", str(extracts))
    steps.ingest("ght", 2023)
    steps.lock(EDITION, update=True)
    with duckdb.connect(steps.build(EDITION), read_only=True) as db:
        said = rows(db, "SELECT objet, avertissement FROM qualite.avertissements WHERE sujet = 'révision'")
    assert [objet for objet, _ in said] == ["2023"]
    assert "révision 2" in said[0][1]
    assert (copied.landing / "ght" / "2023" / "r1" / path.name).is_file()
