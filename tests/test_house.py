"""The rules of the house: what may import what, how SQL and catalogue are written, what is tracked."""

import ast
import csv
import datetime as dt
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from fixtures_entrepots import ROOT, Warehouse, none, rows
from sqlfluff.core import FluffConfig, Linter

from pipelines import catalogue, indicators
from pipelines.arrival import typed
from pipelines.catalogue import registers
from pipelines.catalogue.layouts import pattern
from pipelines.edition import gaps, magnitudes, models
from pipelines.errors import BuildError
from pipelines.publish import public

PIPELINES = sorted((ROOT / "pipelines").rglob("*.py"))
SAMPLES = sorted((ROOT / "samples").rglob("*.py"))
DAGS = sorted((ROOT / "dags").glob("*.py"))
SQL = sorted((ROOT / "sql").glob("*/*.sql"))  # beside them, the macros that all are written with
HEAVY = {"pandas", "duckdb", "great_expectations", "pyarrow", "sqlalchemy"}
SLOW = {"pandas", "great_expectations", "scipy", "altair"}
TYPES = re.compile(r"INTEGER|BIGINT|DECIMAL\(\d+,\d+\)|VARCHAR|DATE|BOOLEAN")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """Full names of the modules that these nodes import."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def eager(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: bodies of functions wait, decorators and defaults don't."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults)):
                yield from eager(part)
        elif isinstance(child, ast.Lambda):
            continue
        else:
            yield from eager(child)


# --- Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PIPELINES, *SAMPLES], ids=named)
def test_pipelines_never_import_airflow(path: Path) -> None:
    assert {m for m in imported(ast.walk(tree(path))) if m.split(".")[0] == "airflow"} == set()


@pytest.mark.parametrize("path", [*PIPELINES, *SAMPLES, *DAGS, *sorted((ROOT / "benchmarks").glob("*.py"))], ids=named)
def test_no_assert_outside_tests(path: Path) -> None:
    assert [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("path", [*PIPELINES, *SAMPLES, *DAGS], ids=named)
def test_nothing_reads_the_environment_at_import(path: Path) -> None:
    reads = {"os.environ", "os.getenv", "os.environb", "settings.load", "load_dotenv"}
    found = [
        f"ligne {node.lineno}"
        for node in eager(tree(path))
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in reads)
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    ]
    assert found == []


def test_reading_the_environment_at_import_would_be_seen() -> None:
    for code in (
        "import os\nX = os.environ['A']",
        "import os\ndef f(x=os.getenv('A')): ...",
        "from pipelines import settings\nclass C:\n    now = settings.load()",
    ):
        names = {ast.unparse(n) for n in eager(ast.parse(code)) if isinstance(n, ast.Attribute)}
        assert names & {"os.environ", "os.getenv", "settings.load"}, code
    lazy = ast.parse("import os\ndef f():\n    return os.environ['A']")
    assert not [n for n in eager(lazy) if isinstance(n, ast.Attribute)]


@pytest.mark.parametrize("path", DAGS, ids=named)
def test_dags_are_short_and_light(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert {m.split(".")[0] for m in imported(eager(tree(path)))} & HEAVY == set()
    assert len(text.splitlines()) <= 120
    tasks = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(d).split("(")[0] in ("task", "task_group") for d in node.decorator_list)
    ]
    assert {t.name: n for t in tasks if (n := (t.end_lineno or 0) - t.lineno) > 10} == {}


def test_what_dags_and_commands_import_of_the_pipelines_is_light() -> None:
    modules = {
        m for path in DAGS for m in imported(eager(tree(path))) if m.startswith("pipelines.") and m.count(".") == 1
    }
    assert modules
    code = (
        f"import importlib, sys\n[importlib.import_module(m) for m in {sorted(modules)!r}]\n"
        f"print(*sorted(set(sys.modules) & {HEAVY!r}))\n"
        # A command is a process: a library that takes a second to import is imported where it is used.
        f"import pipelines.cli\nprint(*sorted(set(sys.modules) & {SLOW!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", ""]


# --- SQL ------------------------------------------------------------------------------------------


def test_sql_lives_where_it_is_read() -> None:
    assert {path.parent.name for path in SQL} == {*models.SCHEMAS, models.VIEWS}
    built = [m.name for m in (*models.load_all(), *models.views())]
    assert sorted(built) == sorted(f"{p.parent.name}.{p.stem}" for p in SQL)


@pytest.mark.lent
@pytest.mark.parametrize("path", SQL, ids=named)
def test_each_sql_file_is_one_select_with_a_whole_header(path: Path) -> None:
    model = models.parse(path)
    assert model.title.endswith((".", "?"))
    assert not model.title.startswith("Grain")
    assert model.publication in {*public.RULES, public.INTERNAL, public.SHOWN}
    assert re.fullmatch(r"[a-z][a-z0-9_]*", path.stem)
    with duckdb.connect() as connection:
        parsed = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [model.query]).fetchall()[0][0]
        statements = connection.extract_statements(model.query)
    assert '"error":false' in parsed.replace(" ", "")
    assert [s.type for s in statements] == [duckdb.StatementType.SELECT]
    # A file runs as it stands: nothing to fill in.
    assert not re.search(r"\{\{|\{%|\$\w|\?", re.sub(r"--.*|'[^']*'", "", model.query))


def test_a_comment_inside_a_query_is_no_word_of_its_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "ROOT", tmp_path)
    header = [
        "-- Une phrase.",
        "-- Grain : a",
        "-- Source : s",
        "-- Publication : nationale",
        "-- Colonnes :",
        "--   a : mot",
    ]
    path = tmp_path / "t.sql"
    path.write_text("\n".join([*header, "SELECT", "-- Why so.", "1 AS a"]), encoding="utf-8")
    assert models.parse(path).columns == {"a": models.Words("mot")}


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("SELECT a FROM t WHERE", "PRS"),
        ("select a FROM t", "CP01"),
        ("SELECT a b FROM t", "AL02"),
        ("SELECT a FROM t u", "AL01"),
        ("SELECT t.a FROM t JOIN u", "AM08"),
        ("SELECT a FROM t WHERE a != 1", "CV01"),
        ("SELECT CAST(a AS INTEGER) AS b FROM t", "CV11"),
        ("WITH u AS (SELECT a FROM t) SELECT b FROM v", "ST03"),
        (f"SELECT {', '.join(f'colonne_{n}' for n in range(12))} FROM t", "LT05"),
    ],
)
def test_what_is_no_sql_of_ours_would_be_seen(query: str, rule: str) -> None:
    assert rule in linted(query)
    assert linted("SELECT {'a': 1} AS s, true AS b, NULL AS c FROM t WHERE a <> 1 AND (b IS DISTINCT FROM c)") == []


def linted(query: str) -> list[str]:
    """The rules of pyproject.toml that a query breaks, says sqlfluff."""
    config = FluffConfig.from_path(str(ROOT))
    return [fault.rule_code() for fault in Linter(config=config).lint_string(query + "\n").get_violations()]


@pytest.mark.parametrize("missing", ["Grain", "Source", "Publication"])
def test_a_header_without_a_part_is_refused(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "ROOT", tmp_path)
    header = ["-- Une phrase.", "-- Grain : a", "-- Source : s", "-- Publication : nationale"]
    path = tmp_path / "t.sql"
    path.write_text("\n".join(line for line in header if missing not in line) + "\nSELECT 1 AS a\n", encoding="utf-8")
    with pytest.raises(BuildError, match=missing.lower()):
        models.parse(path)


def test_models_come_after_what_they_read() -> None:
    order = [m.name for m in models.load_all()]
    staged = {f"staging.{s.staged_name(t)}" for s in catalogue.load_all() for t in s.tables}
    names = ("edition", "sources", "questions", "millesimes", "absences", "controles", "quarantaine")
    records = {f"staging.{n}" for n in (*names, *registers.records())} | {gaps.TABLE, gaps.WEIGHTS, magnitudes.TABLE}
    calculated = {f"{indicators.SCHEMA}.{table}" for c in indicators.ALL for table in c.makes}
    with duckdb.connect() as connection:
        for rank, model in enumerate(models.load_all()):
            # Names of its own WITH come without a schema.
            read = {
                name for name in models.dependencies(connection, model.query, model.name) if not name.startswith(".")
            }
            assert read <= set(order[:rank]) | staged | records | calculated, model.name


def test_layers_only_read_to_the_left() -> None:
    """Staging is read by reference, core, and the quality's own tables; atlas and fiches read marts."""
    reads_staging: dict[str, set[str]] = {"atlas": set(), "fiches": set()}
    with duckdb.connect() as connection:
        for model in models.load_all():
            read = models.dependencies(connection, model.query, model.name)
            if model.schema in reads_staging:
                reads_staging[model.schema] |= {f"{model.name} < {r}" for r in read if r.startswith("staging.")}
            assert not {r for r in read if r.startswith("qualite.")} or model.schema == "qualite", model.name
    # Beds and staff of an establishment are in no core table: they would stand twice.
    assert reads_staging == {
        "atlas": set(),
        "fiches": {
            "fiches.etablissements < staging.sae_sygen",
            "fiches.es_personnels < staging.sae_sygen",
            "fiches.es_personnels < staging.sae_q22",
            "fiches.es_personnels < staging.absences",
        },
    }


def test_tables_and_columns_say_what_they_are(sample_db: duckdb.DuckDBPyConnection) -> None:
    described = dict(
        rows(sample_db, "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal")
    )
    published = {m.name for m in models.load_all()}
    assert published <= described.keys()
    assert {name for name in published if not (described[name] or "").strip()} == set()
    none(
        sample_db,
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal "
        "AND (schema_name <> 'staging' OR table_name IN (SELECT view_name FROM duckdb_views() "
        "WHERE schema_name = 'staging')) "
        "AND column_name NOT IN ('_fichier', '_ligne') AND NOT (schema_name = 'staging' AND (column_name IN "
        "('millesime', 'revision', 'reference') OR column_name LIKE '%\\_statut' ESCAPE '\\')) "
        "AND coalesce(trim(comment), '') = ''",
    )


def test_every_word_of_a_header_is_about_a_column_that_exists(sample_db: duckdb.DuckDBPyConnection) -> None:
    for model in models.load_all():
        names = {name for name, _ in models.described(sample_db, model)}
        assert set(model.columns) <= names, model.name
        assert set(model.grain) <= names, model.name
    used = {n for m in models.load_all() for n, _ in models.described(sample_db, m)}
    used |= {n for m in models.views() for n in re.findall(r"\w+", m.query)}
    assert set(models.glossary()) - used == set()


def test_an_undescribed_column_stops_the_build() -> None:
    model = next(m for m in models.load_all() if m.name == "reference.edition")
    with pytest.raises(BuildError, match=r"colonne inconnue_ici de reference\.edition"):
        models.column_words(model, "inconnue_ici")


def test_types_that_r_python_and_spreadsheets_take(sample_db: duckdb.DuckDBPyConnection) -> None:
    for model in models.load_all():
        odd = {n: k for n, k in models.described(sample_db, model) if not TYPES.fullmatch(k)}
        assert odd == {}, model.name
    keys = rows(
        sample_db,
        "SELECT DISTINCT column_name, data_type FROM information_schema.columns WHERE table_schema <> 'staging' AND "
        "column_name IN ('annee', 'millesime', 'date_reference', 'code', 'commune', 'departement', 'region', 'statut', "
        "'finess', 'finess_ej', 'code_ght')",
    )
    expected = {"annee": "INTEGER", "millesime": "INTEGER", "date_reference": "DATE"}
    assert dict(keys) == {name: expected.get(name, "VARCHAR") for name, _ in keys}
    assert len(keys) == len(dict(keys))
    decimals = rows(
        sample_db,
        "SELECT table_schema, table_name, data_type FROM information_schema.columns "
        "WHERE table_schema <> 'staging' AND column_name = 'valeur'",
    )
    assert [d for d in decimals if not d[2].startswith("DECIMAL")] == []


def test_grain_is_unique_and_facts_carry_their_times(sample_db: duckdb.DuckDBPyConnection) -> None:
    for model in models.load_all():
        keys = ", ".join(f'"{k}"' for k in model.grain)
        none(sample_db, f"SELECT {keys} FROM {model.name} GROUP BY ALL HAVING count(*) > 1")
        names = {name for name, _ in models.described(sample_db, model)}
        if model.schema == "atlas" and model.name != "atlas.tension_sources":  # a choice, of all territories
            assert {"annee", "millesime", "revision", "niveau", "code"} <= names, model.name
        if model.table.endswith("_personnels") and model.schema == "fiches":
            long = ("millesime", "variable", "filiere", "dont", "valeur", "unite", "statut")
            assert set(long) <= names, model.name


def test_publication_rules_are_known_and_all_used() -> None:
    assert {m.publication for m in models.load_all()} == {*public.RULES, public.INTERNAL}


def test_an_unknown_publication_rule_is_refused() -> None:
    model = models.parse(ROOT / "sql" / "reference" / "edition.sql")
    odd = models.Model(**{**vars(model), "publication": "mondiale"})
    with pytest.raises(BuildError, match="mondiale"):
        public.select(odd, [("edition", "INTEGER")], fictif=False)


# --- Rooms ----------------------------------------------------------------------------------------

# The folders and files of pipelines/ in the order of the flow: each imports those before it, and none after.
ROOMS = (
    "errors",
    "strict",
    "settings",
    "hints",
    "runtime",
    "shared",
    "journal",
    "database",
    "cells",
    "questionnaires",
    "catalogue",
    "connectors",
    "readers",
    "checks",
    "arrival",
    "indicators",
    "edition",
    "disclosure",
    "publish",
    "releases",
    "status",
    "steps",
    "upkeep",
    "cli",
)


def room(module: str) -> str:
    """The room of a module of ours: `checks` for `pipelines.checks.rules`; empty for the package itself."""
    return [*module.split("."), ""][1]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def ours(name: str) -> bool:
    """Whether a dotted name is a module of pipelines/, and no function or class of one."""
    place = ROOT.joinpath(*name.split("."))
    return name.startswith("pipelines.") and (place.with_suffix(".py").is_file() or (place / "__init__.py").is_file())


def climbs(path: Path, code: ast.AST) -> set[str]:
    """What a module imports of rooms that come after its own; imports inside functions count."""
    mine = ROOMS.index(room(module_of(path)))
    return {m for m in imported(ast.walk(code)) if ours(m) and ROOMS.index(room(m)) > mine}


def private_parts(path: Path, code: ast.AST) -> set[str]:
    """The private names of other rooms that a module uses."""
    mine, found, bound = room(module_of(path)), set(), {}
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipelines":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if ours(whole):
                    bound[alias.asname or alias.name] = whole
                elif alias.name.startswith("_") and room(node.module) != mine:
                    found.add(whole)
    for node in ast.walk(code):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            module = bound.get(ast.unparse(node.value))
            if module is not None and room(module) != mine:
                found.add(f"{module}.{node.attr}")
    return found


def test_all_that_is_in_pipelines_is_a_room() -> None:
    assert {room(module_of(path)) for path in PIPELINES} - {""} == set(ROOMS)


@pytest.mark.parametrize("path", [p for p in PIPELINES if room(module_of(p))], ids=named)
def test_no_import_climbs_back_and_no_room_needs_the_private_parts_of_another(path: Path) -> None:
    assert climbs(path, tree(path)) == set()
    assert private_parts(path, tree(path)) == set()


@pytest.mark.parametrize(
    ("code", "climbing", "private"),
    [
        ("from pipelines.edition import lockfile", {"pipelines.edition", "pipelines.edition.lockfile"}, set()),
        ("def f():\n    from pipelines import steps", {"pipelines.steps"}, set()),
        ("from pipelines.errors import AtlasError", set(), set()),
        ("from pipelines.arrival.landing import _unpacked", set(), set()),
        ("from pipelines.checks.rules import _pin_rules", set(), {"pipelines.checks.rules._pin_rules"}),
        ("from pipelines.checks import rules as r\nr._pin_rules([])", set(), {"pipelines.checks.rules._pin_rules"}),
    ],
)
def test_an_import_that_climbs_or_pries_would_be_seen(code: str, climbing: set[str], private: set[str]) -> None:
    path = ROOT / "pipelines" / "arrival" / "landing.py"
    assert climbs(path, ast.parse(code)) == climbing
    assert private_parts(path, ast.parse(code)) == private


def test_only_the_command_line_and_the_tests_know_the_samples() -> None:
    """The wheel goes without them."""
    knowing = {
        named(p) for p in [*PIPELINES, *DAGS] if "samples" in {m.split(".")[0] for m in imported(ast.walk(tree(p)))}
    }
    assert knowing == {"pipelines/cli/common.py"}


@pytest.mark.parametrize("path", [*PIPELINES, *DAGS], ids=named)
def test_no_file_over_400_lines_and_no_function_over_60(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60] == []


def test_no_two_classes_of_one_name() -> None:
    found: dict[str, list[str]] = {}
    for path in PIPELINES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(named(path))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


# --- Catalogue ------------------------------------------------------------------------------------


@pytest.mark.parametrize("source_id", catalogue.sources())
def test_entry_is_well_formed(source_id: str) -> None:
    source = catalogue.load(source_id)
    assert source.adresse.startswith("https://")
    for text in (source.producteur, source.titre, source.licence, source.cadence, source.limits):
        assert text.strip()
    assert len(source.cron.split()) == 5
    assert "{millesime}" in source.millesime.periode or source.label
    dt.date.fromisoformat(source.millesime.date_reference.format(millesime=2022))
    for name, table in source.tables.items():
        assert table.key, name
        assert source.of_table(name), name
        assert [x.since for x in table.layouts] == sorted({x.since for x in table.layouts})
        for layout in table.layouts:
            groups: set[str] = set()
            for rule in (layout.file, layout.sheet, layout.unpivot and layout.unpivot.heading):
                if rule:
                    groups |= set(pattern(rule, layout.since).groupindex)
            groups |= {*layout.roots, *(re.compile(layout.preamble).groupindex if layout.preamble else ())}
            if layout.stop:
                re.compile(layout.stop)
            if layout.unpivot:
                assert layout.unpivot.value in {c.name for c in source.of_table(name)}
            wanted = {
                captured[1]
                for column in source.of_table(name)
                for heading in column.headings(layout.since)
                if (captured := catalogue.CAPTURED.fullmatch(heading)) and captured[1] != "valeur"
            }
            assert wanted <= groups, f"{name}: {wanted - groups}"
    with duckdb.connect() as connection:
        for name in source.tables:
            connection.execute(typed.empty_select(source, name))


@pytest.mark.parametrize("source_id", catalogue.sources())
def test_column_map_is_well_formed(source_id: str) -> None:
    source = catalogue.load(source_id)
    path = ROOT / "pipelines" / "catalogue" / f"{source_id}.columns.csv"
    if source.questionnaire:  # its columns follow from its questions
        assert not path.exists()
        return
    with path.open(encoding="utf-8", newline="") as handle:
        header, *lines = list(csv.reader(handle))
    assert header[:5] == ["table", "name", "type", "unit", "description"]
    years = header[6:] if header[5] == "ecriture" else header[5:]
    assert all(re.fullmatch(r"\d{4}", year) for year in years)
    assert years == sorted(set(years))
    assert {len(line) for line in lines} == {len(header)}
    for column in source.columns:
        assert column.type == catalogue.IGNORED or re.fullmatch(
            r"INTEGER|BIGINT|VARCHAR|DATE|BOOLEAN|DECIMAL\(\d+,\s?\d+\)|personne", column.type
        ), column.name
        if column.type != catalogue.IGNORED:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", column.name), column.name
            assert column.description.strip(), column.name
        assert any(column.headings(year) for year in column.theirs), column.name
    for name in source.tables:
        for year in source.columns[0].theirs:
            headings = [catalogue.normalise(h) for c in source.columns if c.table == name for h in c.headings(year)]
            plain = [h for h in headings if not catalogue.CAPTURED.fullmatch(h)]
            assert len(plain) == len(set(plain)), f"{name} {year}"


def test_staged_names_are_unique() -> None:
    names = [source.staged_name(table) for source in catalogue.load_all() for table in source.tables]
    assert sorted(names) == sorted(set(names))


def test_two_sources_never_claim_the_same_file() -> None:
    claims: dict[tuple[str, str], str] = {}
    for source in catalogue.load_all():
        for table in source.tables.values():
            for layout in table.layouts:
                key = (source.folder, layout.file)
                assert claims.setdefault(key, source.id) == source.id, key


def test_every_source_reaches_a_mart() -> None:
    read = frozenset().union(*(models.sources_of(m.name) for m in models.load_all()))
    assert read == set(catalogue.sources())


# --- What a change must pass ------------------------------------------------------------------------


def test_a_commit_passes_what_make_check_passes() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (parts,) = re.findall(r"^check: install\n\t@\$\(MAKE\) .*--output-sync (.+)$", makefile, re.MULTILINE)
    recipes = [re.findall(rf"^{part}:\n\t@(.+)$", makefile, re.MULTILINE) for part in parts.split()]
    steps = [step for (recipe,) in recipes for step in recipe.split("&&")]
    # Where it looks is said by the recipe alone: a commit has its own files.
    whole = {re.sub(r" (?:\.|sql)$", "", step.strip().replace("$(BIN)", ".venv/bin")) for step in steps}
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert {repo["repo"] for repo in hooks} == {"local"}, "somebody behind a proxy has them too"
    assert {hook["entry"] for repo in hooks for hook in repo["hooks"]} == whole
    assert {hook["language"] for repo in hooks for hook in repo["hooks"]} == {"system"}


# --- What is tracked ------------------------------------------------------------------------------


def tracked() -> list[Path]:
    """The files that git follows, and those that it would."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("pas de dépôt git ici")
    return [p for name in done.stdout.split("\0") if name and (p := ROOT / name).is_file()]


def test_no_absolute_path_in_tracked_files() -> None:
    rule = re.compile(r"(?<![\w.:/~$}-])/(?:work|home|Users|root|mnt|media|srv)/\w|\b[A-Z]:\\Users\\")
    found = []
    for path in tracked():
        # Paths inside a container are the container's own.
        if path.name in ("uv.lock", "docker-compose.yml", "Dockerfile"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{named(path)}:{n} {line.strip()[:80]}" for n, line in enumerate(text.splitlines(), 1) if rule.search(line)
        ]
    assert found == []


def test_nothing_that_a_run_makes_is_tracked() -> None:
    odd = [named(p) for p in tracked() if p.suffix in (".duckdb", ".parquet", ".xlsx", ".xls", ".geojson", ".jsonl")]
    assert odd == []
    inside = [p for p in tracked() if named(p).startswith(("warehouse/", ".airflow/", ".venv/"))]
    assert [named(p) for p in inside] in ([], ["warehouse/README.md"])


def test_no_real_extract_is_tracked(mirror_root: Path) -> None:
    with (mirror_root / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        manifest = list(csv.DictReader(handle))
    column = next(name for name in manifest[0] if "sha256" in name)
    real = {row[column] for row in manifest}
    assert len(real) > 40
    assert [named(p) for p in tracked() if hashlib.sha256(p.read_bytes()).hexdigest() in real] == []


def test_the_mirror_is_never_written(mirror: Warehouse, mirror_root: Path) -> None:
    with (mirror_root / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        manifest = list(csv.DictReader(handle))
    name = next(k for k in manifest[0] if k in ("file", "path", "fichier", "chemin", "nom"))
    column = next(k for k in manifest[0] if "sha256" in k)
    for row in manifest:
        if (mirror_root / row[name]).is_file():
            assert hashlib.sha256((mirror_root / row[name]).read_bytes()).hexdigest() == row[column], row[name]
    assert not mirror.settings.warehouse.is_relative_to(mirror_root)


def test_uv_comes_by_its_bytes() -> None:
    pinned = (ROOT / "uv.requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"^uv==[0-9.]+ \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+\n\Z", pinned, flags=re.MULTILINE)
    for name in ("Makefile", "Dockerfile"):
        installs = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "pip install" in line]
        assert installs
        assert all("--require-hashes" in line and "uv.requirements.txt" in line for line in installs), name
