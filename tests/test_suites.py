"""The suites of expectations/: complete, dated, able to fail, and satisfied by the fictitious extracts.

Every written rule is tried on a copy of its table broken in the way that it guards against: a check
that cannot fail guards nothing.
"""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import breaking
import duckdb
import pytest
from fixtures_entrepots import Publication, Warehouse

from pipelines import catalogue
from pipelines.arrival import aside, landing, outcomes, quarantine
from pipelines.catalogue import Source
from pipelines.checks import controls, derived, rules, runner, shown
from pipelines.connectors import mirror
from pipelines.database import macros
from pipelines.edition import marts, models

Rule = dict[str, Any]

STAGED = [(source.id, table) for source in catalogue.load_all() for table in source.tables]
MODELS = [model.name for model in models.load_all()]
VIEWS = [model.table for model in models.views()]


def written(kind: str, name: str, table: str = "") -> list[Rule]:
    suite = rules.suite_file(kind, name)
    found: list[Rule] = suite["tables"][table] if kind == "staging" else suite["expectations"]
    return found


def table_rules(
    source: Source, table: str, landed: landing.Landed, staged: Collection[str] | None = None
) -> list[Rule]:
    hashes = {file.sha256 for file in landed.files}
    return rules.table_rules(source, table, landed.millesime, hashes, fictif=landed.fictif, staged=staged)


def all_rules() -> Iterator[tuple[str, Rule]]:
    for source, table in STAGED:
        for rule in written("staging", source, table):
            yield f"staging/{source}.{table}", rule
    for folder, names in (("marts", MODELS), ("vues", VIEWS)):
        for name in names:
            for rule in written(folder, name):
                yield f"{folder}/{name}", rule


# --- written as they should be ---------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "table"), STAGED)
def test_chaque_table_lue_a_une_suite(source: str, table: str) -> None:
    entry = catalogue.load(source).tables[table]
    told = len(entry.formes) + bool(entry.annee) + len(derived.sign_rules(catalogue.load(source), table))
    assert len(written("staging", source, table)) + told >= 3


@pytest.mark.parametrize("name", MODELS)
def test_chaque_mart_a_une_suite(name: str) -> None:
    assert written("marts", name)


@pytest.mark.parametrize("name", VIEWS)
def test_chaque_vue_a_une_suite(name: str) -> None:
    assert written("vues", name)


def test_les_suites_des_vues_se_lisent() -> None:
    for path in (rules.SUITES / "vues").glob("*.yml"):
        assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 120, path.name


def test_aucune_suite_sans_table() -> None:
    files = {path.stem for path in (rules.SUITES / "staging").glob("*.yml")}
    assert files == set(catalogue.sources())
    assert {path.stem for path in (rules.SUITES / "marts").glob("*.yml")} == set(MODELS)
    assert {path.stem for path in (rules.SUITES / "vues").glob("*.yml")} == set(VIEWS)
    for source in catalogue.load_all():
        assert set(rules.suite_file("staging", source.id)["tables"]) == set(source.tables)


def test_chaque_controle_dit_sa_severite_sa_date_et_sa_raison() -> None:
    for place, rule in all_rules():
        assert rule["severity"] in controls.SEVERITIES, (place, rule)
        dated = re.match(r"(\d{4})-(\d{2}) : (.{15,})", rule["notes"])
        assert dated, (place, rule["notes"])
        assert dt.date(int(dated[1]), int(dated[2]), 1) >= dt.date(2026, 1, 1)
        assert re.fullmatch(r"[a-z0-9_]+", rule["meta"]["controle"]), (place, rule)


def test_chaque_controle_dit_ce_qui_le_casse() -> None:
    """A check that cannot fail guards nothing; where no case can be made, the rule says why."""
    for place, rule in all_rules():
        assert ("casse" in rule) is not ("sans_casse" in rule), (place, rule)
        assert rule.get("casse") or len(rule["sans_casse"]) >= 15, (place, rule)


def test_un_nom_de_controle_par_table() -> None:
    """`qualite.controles` has one line for each: two rules of one name would stop the build."""
    for source in catalogue.load_all():
        for millesime in (2000, *sorted(source.columns[0].theirs), 2099):
            for table in source.tables:
                landed = landing.Landed(source.id, millesime, 1, fictif=False, files=(), new=False)
                names = [rule["meta"]["controle"] for rule in table_rules(source, table, landed)]
                assert len(names) == len(set(names)), (source.id, table, millesime)


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


def manifest(root: Path) -> dict[str, str]:
    """The files of a folder of real extracts, each with its SHA-256."""
    return dict(line.rsplit(",", 2)[::2] for line in (root / "manifest.csv").read_text().splitlines()[1:])


def test_chaque_fichier_reel_est_epingle(mirror_root: Path, arrivals_root: Path) -> None:
    listed = manifest(mirror_root)
    by_hash = {digest: name.rsplit("/", 1)[1] for name, digest in (listed | manifest(arrivals_root)).items()}
    for source, pin in PINS:
        assert by_hash.get(pin["sha256"]) == pin["file"], source
    pinned = {pin["sha256"] for _, pin in PINS}
    for entry in catalogue.load_all():
        for millesime in mirror.vintages(mirror_root, entry):
            for path in mirror.offer(mirror_root, entry, millesime).files:
                assert listed[path.relative_to(mirror_root).as_posix()] in pinned, path
    # Of the other years: an example that is refused, what an archive holds, and a table that is not read, aside.
    spared = r"(finess_plus|insee_cog|decoupage_administratif)/.*|sae/\d+/PSY_.*"
    for name, digest in manifest(arrivals_root).items():
        assert digest in pinned or re.fullmatch(spared, name), name


# --- able to fail ----------------------------------------------------------------------------------------


@pytest.fixture
def memory() -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """A database in memory, by the name under which the checks reach it."""
    name = f":memory:{uuid.uuid4().hex}"
    with duckdb.connect(name) as connection:
        connection.execute("CREATE SCHEMA controle; CREATE SCHEMA doublons")
        yield name, connection


def staged(sample: Warehouse, source: Source, millesime: int) -> dict[str, Path]:
    """The staged tables of a fictitious vintage, by name."""
    folder = outcomes.folder(sample.settings, source.id, millesime, 1)
    return {table: path for table in source.tables if (path := folder / f"{table}.parquet").is_file()}


def laid(connection: duckdb.DuckDBPyConnection, source: Source, millesime: int, paths: dict[str, Path]) -> None:
    """Staged tables laid out as the checks find them, in the place of others."""
    macros.make(connection)
    for table, path in paths.items():
        connection.execute(
            f"CREATE OR REPLACE TABLE controle.{table} AS SELECT * EXCLUDE (file_row_number), file_row_number AS _rang "
            f"FROM read_parquet('{path}', file_row_number = true)"
        )
        if source.tables[table].key != [catalogue.LINE]:
            connection.execute(
                f"CREATE OR REPLACE VIEW doublons.{table} AS {derived.doubles(source, table, millesime)}"
            )


@pytest.mark.lent
@pytest.mark.parametrize("name", catalogue.sources())
def test_chaque_controle_de_source_peut_echouer(
    name: str, sample: Warehouse, sample_extracts: Path, memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    source, tried = catalogue.load(name), set[tuple[str, ...]]()
    for millesime in reversed(mirror.vintages(sample_extracts, source)):
        paths = staged(sample, source, millesime)
        landed = landing.Landed(name, millesime, 1, fictif=True, files=(), new=False)
        todo = {}
        for table in paths:
            mine = {spell(table, rule): rule for rule in table_rules(source, table, landed, paths.keys())}
            todo[table] = [rule for said, rule in mine.items() if said not in tried]
            tried |= mine.keys()
        if any(todo.values()):
            laid(memory[1], source, millesime, paths)
            assert [s for t, mine in todo.items() for s in breaking.unseen(*memory, f"controle.{t}", mine)] == []
    assert {spell(table, rule) for table in source.tables for rule in written("staging", name, table)} <= tried


@pytest.mark.lent
@pytest.mark.parametrize("name", catalogue.sources())
def test_un_nombre_sous_zero_coute_a_sa_ligne_ce_nombre(
    name: str, sample: Warehouse, sample_extracts: Path, memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    """Each number of each table in turn, but those that have a sign and those that tell the line."""
    source, connection = catalogue.load(name), memory[1]
    todo = {table for table in source.tables if derived.sign_rules(source, table)}
    for millesime in reversed(mirror.vintages(sample_extracts, source)):
        paths = staged(sample, source, millesime)
        laid(connection, source, millesime, paths)
        for table in sorted(todo & paths.keys()):
            todo.remove(table)
            entry, (rule,) = source.tables[table], derived.sign_rules(source, table)
            numbers = [column.name for column in source.of_table(table) if column.is_number]
            asked = [column for column in numbers if column not in (*entry.key, *entry.signees)]
            found = {column: set_aside(connection, source, table, rule, column, "-5") for column in numbers}
            gone = {c: [aside.WHOLE if entry.goes_with(c, number=True) else c] for c in asked}
            assert found == {column: [] for column in numbers} | gone, table
            rounded = (c for c in asked if set_aside(connection, source, table, rule, c, derived.ROUNDED))
            assert list(rounded) == [], table
    assert todo == set()


def set_aside(
    connection: duckdb.DuckDBPyConnection, source: Source, table: str, rule: Rule, column: str, held: str
) -> list[str]:
    """The columns that a rule empties once the first line of a table holds this number, and put back as it was."""
    failed = controls.Control(table, breaking.name(rule), "avertissement", False, "", rule["notes"])
    connection.execute("BEGIN")
    try:
        for statement in breaking.statements({column: held}, f"controle.{table}"):
            connection.execute(statement)
        return [row["colonne"] for row in quarantine.of_rules(connection, source, table, [rule], [failed])]
    finally:
        connection.execute("ROLLBACK")


def spell(table: str, rule: Rule) -> tuple[str, ...]:
    """A rule of a table, told from that of the same name in other vintages."""
    return table, breaking.name(rule), str(rule["meta"].get("depuis")), str(rule["meta"].get("jusqua"))


def test_un_extrait_tronque_et_un_exemple_laisse_se_voient(
    sample: Warehouse, memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    """What fictitious extracts are spared: the size of a real one, and a line of the template among its own."""
    source = catalogue.load("internat_postes")
    laid(memory[1], source, 2024, staged(sample, source, 2024))
    for column in (c.name for c in source.of_table(source.id) if c.type == "VARCHAR"):
        memory[1].execute(f"UPDATE controle.{source.id} SET {column} = regexp_replace({column}, '(?i)fictif', '')")
    landed = landing.Landed(source.id, 2024, 1, fictif=False, files=(), new=False)
    mine = {breaking.name(rule): rule for rule in table_rules(source, source.id, landed)}
    volume = {**mine["volume"], "kwargs": {"min_value": 1}}
    assert mine["volume"]["kwargs"]["min_value"] == source.tables[source.id].rows_min > 1
    assert breaking.unseen(*memory, f"controle.{source.id}", [volume, mine["exemple_retire"]]) == []


def test_les_epingles_peuvent_echouer(sample: Warehouse, memory: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    name, connection = memory
    path = staged(sample, catalogue.load("sae"), 2022)["sygen"]
    connection.execute(f"CREATE TABLE controle.sygen AS FROM '{path}'")
    rows, total = connection.execute('SELECT count(*), sum("ETP_TOT_PNM") FROM controle.sygen').fetchall()[0]
    pin = {"table": "sygen", "file": "SYGEN_2022r.csv", "sha256": "0" * 64, "rows": rows}
    tries = [
        {"sums": {"ETP_TOT_PNM": total}},
        {"rows": rows + 1},
        {"sums": {"ETP_TOT_PNM": total + 1}},
        {"file": "SYGEN_absent.csv"},
    ]
    mine = [derived.pin_rules([{**pin, **change}])[0] for change in tries]
    found = runner.validate(name, {"sygen": ("controle.sygen", mine)})["sygen"]
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


def test_chaque_controle_de_mart_peut_echouer(sample: Warehouse, memory: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    assert not_seen(sample.settings.database, memory, models.load_all()) == []


@pytest.mark.lent
def test_chaque_nombre_d_un_mart_sous_zero_se_voit(
    sample: Warehouse, memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    """Each number of each mart in turn, but those of the grain and those that have a sign; the line says which."""
    tables, connection = models.load_all(), memory[1]
    for name, mine in copied(sample.settings.database, memory, tables).items():
        signed = rules.suite_file(*rules.suite_of(name)).get("signees", [])
        model = next(table for table in tables if table.name == name)
        found = marts.columns(connection, model)
        numbers = [c.name for c in found if c.sql.startswith(shown.NUMBERS) and c.name not in model.grain]
        assert set(signed) <= set(numbers), name
        asked = [rule for rule in mine if breaking.name(rule) == derived.UNDER_ZERO]
        assert bool(asked) == (set(numbers) > set(signed)), name
        for number in numbers if asked else []:
            connection.execute(f'BEGIN; INSERT INTO {name} BY NAME SELECT -5 AS "{number}"')
            row = runner.first(connection, str(runner.failing(asked[0], name)))
            connection.execute("ROLLBACK")
            assert row.get("sous_zero", "").startswith(f"{number} = -5") is (number not in signed), (name, number)


def test_chaque_controle_de_vue_peut_echouer(
    released: Publication, memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    assert not_seen(next(released.release.glob("*.duckdb")), memory, models.views()) == []


def not_seen(file: Path, memory: tuple[str, duckdb.DuckDBPyConnection], tables: Iterable[models.Model]) -> list[str]:
    """What of the rules of tables isn't seen to fail, on a copy in memory of the file that holds them."""
    found = copied(file, memory, tables)
    return [said for table, mine in found.items() for said in breaking.unseen(*memory, table, mine)]


def copied(
    file: Path, memory: tuple[str, duckdb.DuckDBPyConnection], tables: Iterable[models.Model]
) -> dict[str, list[Rule]]:
    """The rules of tables, by table, once the file that holds them is copied in memory."""
    connection = memory[1]
    connection.execute(f"ATTACH '{file}' AS lu (READ_ONLY)")
    connection.execute("DROP SCHEMA controle; DROP SCHEMA doublons; COPY FROM DATABASE lu TO memory; DETACH lu")
    return dict(marts.batches(connection, tables).values())


@pytest.mark.parametrize("model", models.load_all(), ids=lambda model: model.name)
def test_une_dispense_a_un_objet(model: models.Model, sample_db: duckdb.DuckDBPyConnection) -> None:
    """The words by which a suite changes what is derived of its table say why, and would be missed."""
    excused(model, sample_db)


@pytest.mark.lent
@pytest.mark.parametrize("model", models.views(), ids=lambda model: model.name)
def test_une_dispense_de_vue_a_un_objet(model: models.Model, released: Publication) -> None:
    with duckdb.connect(str(next(released.release.glob("*.duckdb"))), read_only=True) as connection:
        excused(model, connection)


def excused(model: models.Model, db: duckdb.DuckDBPyConnection) -> None:
    words = rules.suite_file(*rules.suite_of(model.name))
    ((_, mine),) = marts.batches(db, [model]).values()
    names = [breaking.name(rule) for rule in mine]
    assert len(names) == len(set(names))
    columns = {name for name, _ in models.described(db, model)}
    asked = {"grain_unique", "grain_renseigne", "non_vide"}
    asked |= {"territoires_connus"} if {"niveau", "code"} <= columns else set()
    if model.schema == models.VIEWS:
        asked |= {rule["meta"]["controle"] for rule in shown.view_rules(marts.columns(db, model))}
    assert words.keys() <= {
        "expectations",
        "grain_vide",
        "remplie_par",
        "signees",
        "hors_territoires",
        "additives",
        "sans",
    }
    assert words.get("sans", {}).keys() <= asked - {rule["meta"]["controle"] for rule in words["expectations"]}
    assert set(words.get("grain_vide", [])) <= set(model.grain)
    levels = words.get("hors_territoires", {})
    if levels:
        assert "territoires_connus" in names
        seen = db.execute(f"SELECT DISTINCT niveau FROM {model.name}").fetchall()
        assert levels.keys() <= {level for (level,) in seen}
    assert all(len(reason) >= 15 for reason in (*words.get("sans", {}).values(), *levels.values()))


# --- suites of other folders ------------------------------------------------------------------------------

VIEW = """
sans: {grain_renseigne: "une carte peut n'avoir pas de nom"}
hors_territoires: {institut: un institut n'est pas un territoire}
expectations:
  - type: expect_column_values_to_be_in_set
    kwargs: {column: unite, value_set: [ETP]}
    severity: critical
    notes: "2026-11 : une carte dit son unité"
    meta: {controle: unite_dite}
    casse: {unite: "'euros'"}
"""


def test_une_vue_se_controle_par_sa_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    (tmp_path / "vues").mkdir()
    (tmp_path / "vues" / "cartes.yml").write_text(VIEW, encoding="utf-8")
    monkeypatch.setattr(rules, "SUITES", tmp_path)
    rules.suite_file.cache_clear()
    name, connection = memory
    connection.execute(
        "CREATE SCHEMA vues; CREATE SCHEMA reference;"
        "CREATE TABLE reference.territoires AS "
        "SELECT * FROM (VALUES ('region', '28', '28'), ('departement', '75', '11')) AS t (niveau, code, regions);"
        "CREATE TABLE vues.publication AS SELECT '28' AS region;"
        "CREATE TABLE vues.cartes AS SELECT * FROM (VALUES ('institut', '140A', 'ETP'), ('region', '28', 'ETP')) "
        "AS t (niveau, code, unite)"
    )
    columns = [shown.ViewColumn(name, "VARCHAR") for name in ("niveau", "code", "unite")]
    grain = ("niveau", "code")
    mine = rules.built_rules("vues.cartes", grain=grain, columns=columns, reads=["reference.territoires"])
    assert [breaking.name(rule) for rule in mine] == [
        "grain_unique",
        "non_vide",
        "territoires_connus",
        "territoires_de_la_region",
        "unite_dite",
    ]
    assert breaking.unseen(name, connection, "vues.cartes", mine) == []
    found = runner.validate(name, {"vues.cartes": ("vues.cartes", mine)})["vues.cartes"]
    assert [control.controle for control in found if not control.reussi] == []
    rules.suite_file.cache_clear()


# --- the cases that break them are of no account to the checks ----------------------------------------------


@pytest.mark.parametrize(("change", "moved"), [("casse: {finess: null}", False), ("severity: info", True)])
def test_l_empreinte_d_une_suite_est_ce_qu_elle_controle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, moved: bool
) -> None:
    def said() -> str:
        rules.suite_file.cache_clear()
        rules.suite_text.cache_clear()
        return outcomes.fingerprint("sae", [], fictif=True)

    text = (rules.SUITES / "staging" / "sae.yml").read_text(encoding="utf-8")
    before = said()
    (tmp_path / "staging").mkdir()
    key = change.partition(":")[0]
    changed, count = re.subn(rf"^( +){key}: .*$", rf"\1{change}", text, count=1, flags=re.MULTILINE)
    assert count == 1
    assert changed != text
    (tmp_path / "staging" / "sae.yml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(rules, "SUITES", tmp_path)
    assert (said() != before) is moved
    monkeypatch.undo()
    said()
