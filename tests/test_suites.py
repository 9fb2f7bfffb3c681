"""The suites of expectations/: complete, dated, able to fail, and satisfied by the fictitious extracts.

Every written rule is tried on a copy of its table broken in the way that it guards against: a check
that cannot fail guards nothing.
"""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from broken_marts import MARTS
from broken_staging import STAGING
from fixtures_entrepots import Warehouse

from pipelines import catalogue
from pipelines.arrival import acceptance, landing
from pipelines.checks import controls, rules, runner
from pipelines.connectors import mirror
from pipelines.edition import models
from pipelines.settings import Settings

Rule = dict[str, Any]

STAGED = [(source.id, table) for source in catalogue.load_all() for table in source.tables]
MODELS = [model.name for model in models.load_all()]


def written(kind: str, name: str, table: str = "") -> list[Rule]:
    suite = rules.suite_file(kind, name)
    found: list[Rule] = suite["tables"][table] if kind == "staging" else suite["expectations"]
    return found


def table_rules(source: catalogue.Source, table: str, landed: landing.Landed) -> list[Rule]:
    hashes = {file.sha256 for file in landed.files}
    return rules.table_rules(source, table, landed.millesime, hashes, fictif=landed.fictif)


def all_rules() -> Iterator[tuple[str, Rule]]:
    for source, table in STAGED:
        for rule in written("staging", source, table):
            yield f"staging/{source}.{table}", rule
    for name in MODELS:
        for rule in written("marts", name):
            yield f"marts/{name}", rule


# --- written as they should be ---------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "table"), STAGED)
def test_chaque_table_lue_a_une_suite(source: str, table: str) -> None:
    forms = catalogue.load(source).tables[table].formes  # checked as the file is read
    assert len(written("staging", source, table)) + len(forms) >= 3


@pytest.mark.parametrize("name", MODELS)
def test_chaque_mart_a_une_suite(name: str) -> None:
    assert len(written("marts", name)) >= 2


def test_aucune_suite_sans_table() -> None:
    files = {path.stem for path in (rules.SUITES / "staging").glob("*.yml")}
    assert files == set(catalogue.sources())
    assert {path.stem for path in (rules.SUITES / "marts").glob("*.yml")} == set(MODELS)
    for source in catalogue.load_all():
        assert set(rules.suite_file("staging", source.id)["tables"]) == set(source.tables)


def test_chaque_controle_dit_sa_severite_sa_date_et_sa_raison() -> None:
    for place, rule in all_rules():
        assert rule["severity"] in controls.SEVERITIES, (place, rule)
        dated = re.match(r"(\d{4})-(\d{2}) : (.{15,})", rule["notes"])
        assert dated, (place, rule["notes"])
        assert dt.date(int(dated[1]), int(dated[2]), 1) >= dt.date(2026, 1, 1)
        assert re.fullmatch(r"[a-z0-9_]+", rule["meta"]["controle"]), (place, rule)


def test_un_nom_de_controle_par_table() -> None:
    """`qualite.controles` has one line for each: two rules of one name would stop the build."""
    for source in catalogue.load_all():
        for millesime in (2000, *sorted(source.columns[0].theirs), 2099):
            for table in source.tables:
                landed = landing.Landed(source.id, millesime, 1, fictif=False, files=(), new=False)
                names = [rule["meta"]["controle"] for rule in table_rules(source, table, landed)]
                assert len(names) == len(set(names)), (source.id, table, millesime)
    for model in models.load_all():
        names = [rule["meta"]["controle"] for rule in rules.mart_rules(model.name, model.grain)]
        assert len(names) == len(set(names)), model.name


def test_une_regle_de_quarantaine_rend_des_lignes() -> None:
    for place, rule in all_rules():
        if rule["meta"].get("quarantaine"):
            assert place.startswith("staging/")
            assert rule["kwargs"]["unexpected_rows_query"].startswith("SELECT * FROM {batch} WHERE "), place
            assert rule["severity"] == "warning", place


def test_une_regle_qui_compare_le_declare() -> None:
    """A rule that reads another table says so: it is left out where that table is absent."""
    for source, table in STAGED:
        for rule in written("staging", source, table):
            query = rule["kwargs"].get("unexpected_rows_query", "")
            others = set(re.findall(r"\bcontrole\.(\w+)", query))
            assert others == set(rule["meta"].get("avec", [])), (source, table, rule["meta"]["controle"])


def test_noms_des_tables_lues_uniques() -> None:
    names = [catalogue.load(source).staged_name(table) for source, table in STAGED]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("source", catalogue.sources())
def test_les_mots_du_millesime_se_forment(source: str) -> None:
    words = catalogue.load(source).millesime
    for millesime in (2018, 2025):
        dt.date.fromisoformat(words.date_reference.format(millesime=millesime))
        said = words.periode.format(millesime=millesime)
        assert "{" not in said
        assert str(millesime) in said


# --- pins ------------------------------------------------------------------------------------------------

PINS = [(source, pin) for source in catalogue.sources() for pin in rules.suite_file("staging", source)["pins"]]


def test_les_epingles_sont_d_un_seul_fichier() -> None:
    seen = [(source, pin["table"], pin["file"]) for source, pin in PINS]
    assert len(seen) == len(set(seen))
    for source, pin in PINS:
        assert re.fullmatch(r"[0-9a-f]{64}", pin["sha256"])
        assert pin["rows"] > 0
        names = {c.name for c in catalogue.load(source).of_table(pin["table"])}
        assert set(pin.get("sums", {})) <= names


def test_chaque_fichier_reel_est_epingle(mirror_root: Path) -> None:
    manifest = dict(line.rsplit(",", 2)[::2] for line in (mirror_root / "manifest.csv").read_text().splitlines()[1:])
    by_hash = {digest: name.rsplit("/", 1)[1] for name, digest in manifest.items()}
    for source, pin in PINS:
        assert by_hash.get(pin["sha256"]) == pin["file"], source
    pinned = {pin["sha256"] for _, pin in PINS}
    for source in catalogue.load_all():
        for millesime in mirror.vintages(mirror_root, source):
            for path in mirror.offer(mirror_root, source, millesime).files:
                assert manifest[path.relative_to(mirror_root).as_posix()] in pinned, path


# --- able to fail ----------------------------------------------------------------------------------------


@pytest.fixture
def memory() -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """A database in memory, by the name under which the checks reach it."""
    name = f":memory:{uuid.uuid4().hex}"
    with duckdb.connect(name) as connection:
        connection.execute("CREATE SCHEMA controle")
        yield name, connection


def broken(connection: duckdb.DuckDBPyConnection, schema: str, table: str, origin: str, breaking: str) -> str:
    """Copies a table into a schema of its own and breaks it; returns its name."""
    connection.execute(f"CREATE SCHEMA {schema}")
    connection.execute(f"CREATE TABLE {schema}.{table} AS FROM {origin}")
    for statement in breaking.split(";"):
        connection.execute(statement.format(t=f"{schema}.{table}"))
    return f"{schema}.{table}"


@pytest.fixture(scope="module")
def staged(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], dict[str, Path]]:
    """The staged tables of a fictitious vintage, as they are before the checks."""
    root = tmp_path_factory.mktemp("suites")
    settings = Settings(sample_extracts, root)
    made: dict[tuple[str, int], dict[str, Path]] = {}

    def make(source: str, millesime: int) -> dict[str, Path]:
        if (source, millesime) not in made:
            entry = catalogue.load(source)
            landed = landing.archive(settings.landing, entry, mirror.offer(sample_extracts, entry, millesime))
            made[source, millesime] = {s.table: s.path for s in acceptance.stage(settings, landed)}
        return made[source, millesime]

    return make


@pytest.mark.parametrize("source", catalogue.sources())
def test_chaque_controle_de_source_peut_echouer(
    source: str, staged: Callable[[str, int], dict[str, Path]], sample_extracts: Path
) -> None:
    entry = catalogue.load(source)
    offered = mirror.vintages(sample_extracts, entry)
    for table in entry.tables:
        todo: dict[int, list[Rule]] = {}
        for rule in written("staging", source, table):
            last = max(m for m in offered if table in staged(source, m) and rules._applies(rule, m))
            todo.setdefault(last, []).append(rules._for_vintage(rule, last))
        for millesime, mine in todo.items():
            _hold_and_break(source, table, millesime, mine, staged(source, millesime))


def _hold_and_break(source: str, table: str, millesime: int, rules: list[Rule], paths: dict[str, Path]) -> None:
    """The good table passes all the rules; broken in the way of each, it fails that one."""
    database = f":memory:{uuid.uuid4().hex}"
    with duckdb.connect(database) as connection:
        connection.execute("CREATE SCHEMA controle")
        for name, path in paths.items():
            connection.execute(
                f"CREATE TABLE controle.{name} AS SELECT *, row_number() OVER () AS _rang FROM read_parquet('{path}')"
            )
        batches = {"bon": (f"controle.{table}", rules)}
        for rank, rule in enumerate(rules):
            breaking = STAGING[source, table, rule["meta"]["controle"]]
            statement = breaking[millesime] if isinstance(breaking, dict) else breaking
            target = broken(connection, f"m{rank}", table, f"controle.{table}", statement)
            batches[rule["meta"]["controle"]] = (target, [rule])
        found = runner.validate(database, batches)
        assert [c.controle for c in found.pop("bon") if not c.reussi] == []
        assert [name for name, (control,) in found.items() if control.reussi] == []
        assert all(control.observe for (control,) in found.values())


def test_chaque_controle_de_source_est_essaye() -> None:
    expected = {(s, t, rule["meta"]["controle"]) for s, t in STAGED for rule in written("staging", s, t)}
    assert set(STAGING) == expected


def test_les_epingles_peuvent_echouer(
    staged: Callable[[str, int], dict[str, Path]], memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    name, connection = memory
    connection.execute(f"CREATE TABLE controle.sygen AS FROM '{staged('sae', 2022)['sygen']}'")
    rows, total = connection.execute('SELECT count(*), sum("ETP_TOT_PNM") FROM controle.sygen').fetchall()[0]
    pin = {"table": "sygen", "file": "SYGEN_2022r.csv", "sha256": "0" * 64, "rows": rows}
    tries = [
        {"sums": {"ETP_TOT_PNM": total}},
        {"rows": rows + 1},
        {"sums": {"ETP_TOT_PNM": total + 1}},
        {"file": "SYGEN_absent.csv"},
    ]
    tried = [rules._pin_rules([{**pin, **change}])[0] for change in tries]
    found = runner.validate(name, {"sygen": ("controle.sygen", tried)})["sygen"]
    assert [control.reussi for control in found] == [True, False, False, False]
    assert 'mesure = sum("ETP_TOT_PNM")' in found[2].observe
    assert all(control.severite == "critique" for control in found)


def test_les_epingles_ne_lient_que_leur_fichier() -> None:
    source = catalogue.load("sae")
    pin = next(pin for name, pin in PINS if name == "sae" and pin["table"] == "sygen")
    file = landing.File(pin["file"], 1, pin["sha256"])
    landed = landing.Landed("sae", 2022, 1, fictif=False, files=(file,), new=True)
    other = replace(landed, files=(replace(file, sha256=hashlib.sha256(b"autre").hexdigest()),))
    assert "epingles" in [r["meta"]["controle"] for r in table_rules(source, "sygen", landed)]
    assert "epingles" not in [r["meta"]["controle"] for r in table_rules(source, "sygen", other)]
    assert "volume" in [r["meta"]["controle"] for r in table_rules(source, "sygen", other)]
    fictif = [r["meta"]["controle"] for r in table_rules(source, "sygen", replace(other, fictif=True))]
    assert "volume" not in fictif


# --- marts -----------------------------------------------------------------------------------------------


def test_les_marts_de_l_echantillon_sont_conformes(sample_db: duckdb.DuckDBPyConnection) -> None:
    failed = sample_db.execute(
        "SELECT objet, controle, observe FROM qualite.controles "
        "WHERE etape = 'mart' AND NOT reussi AND severite <> 'information'"
    ).fetchall()
    assert failed == []


# What every mart is held to, tried on two of them: one has columns of its grain that may be empty.
GRAIN = {
    name: {
        "grain_unique": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
        "grain_renseigne": f"UPDATE {{t}} SET {column} = NULL",
    }
    for name, column in (("fiches.etablissements", "finess"), ("qualite.controles", "controle"))
}


def cases(name: str) -> dict[str, str]:
    """What breaks each rule of a mart: in broken_marts.py, or beside the rule (`casse`)."""
    beside = {rule["meta"]["controle"]: rule["casse"] for rule in written("marts", name) if "casse" in rule}
    return {**MARTS.get(name, {}), **{k: v.replace("{batch}", "{t}") for k, v in beside.items()}}


def test_chaque_controle_de_mart_peut_echouer(sample: Warehouse) -> None:
    database = f":memory:{uuid.uuid4().hex}"
    batches: dict[str, tuple[str, list[Rule]]] = {}
    with duckdb.connect(database) as connection:
        connection.execute(f"ATTACH '{sample.settings.database}' AS promu (READ_ONLY)")
        connection.execute("COPY FROM DATABASE promu TO memory")
        connection.execute("DETACH promu")
        # Some rules hold for real extracts only.
        connection.execute("UPDATE reference.edition SET fictif = false")
        # Rules of this mart hold variable by variable: two are enough, of the 78 on 200 000 rows.
        connection.execute("DELETE FROM atlas.hospitaliers WHERE variable NOT IN ('ETP_TOT_PNM', 'ETPSAL_PSY')")
        for model in models.load_all():
            breaking = cases(model.name)
            if model.name in GRAIN:
                breaking = {**breaking, **GRAIN[model.name]}
            for rule in rules.mart_rules(model.name, model.grain):
                name = rule["meta"]["controle"]
                if name in breaking:
                    target = broken(connection, f"m{len(batches)}", model.table, model.name, breaking[name])
                    batches[f"{model.name} {name}"] = (target, [rule])
        found = runner.validate(database, batches)
    assert [name for name, (control,) in found.items() if control.reussi] == []


def test_chaque_controle_de_mart_est_essaye() -> None:
    assert set(MARTS) <= set(MODELS)
    for name in MODELS:
        assert set(cases(name)) == {rule["meta"]["controle"] for rule in written("marts", name)}, name
