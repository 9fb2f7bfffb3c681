"""One mutant, tried: does any cell change, and what sees it, the cheapest first.

Runs in a process of its own, forked with the libraries at hand, in a copy of the tree where the fault stands. The
order: cases made by hand of the model; the rules of the tables that changed, then of those that cite them; the tests.
"""

import importlib
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from . import base
from .edits import Mutant

SEEN, SURVIVES, NO_EFFECT, NOT_VIABLE, TOO_LONG = "vu", "survit", "sans effet", "non viable", "délai"

# The tests that may see a fault that no rule saw: those of these files, and of them, where a fixture is named, those
# that use it. `*` is any file that cites the fixture.
TESTS: dict[str, tuple[tuple[str, str], ...]] = {
    "sql/macros.sql": (("test_lieux.py", ""), ("test_statuts.py", ""), ("test_cas.py", "")),
    "sql/vues": (("test_vues.py", ""), ("test_phrases.py", ""), ("test_fiches.py", ""), ("test_site.py", "")),
    "sql": (("*", "sample_db"), ("test_marts_samples.py", "made")),
    "pipelines/indicators": (("test_indicators.py", ""), ("*", "sample_db")),
    "pipelines/catalogue": (("test_house.py", ""), ("*", "sample_db"), ("test_marts_samples.py", "made")),
    "pipelines/disclosure": (("test_disclosure.py", ""),),
    "pipelines/publish": (
        ("test_phrases.py", ""),
        ("test_fiches.py", ""),
        ("test_site.py", ""),
        ("test_workbooks.py", ""),
        ("test_package.py", ""),
        ("test_release.py", ""),
    ),
}


# Of these files, the tests that are `lent` too: what they read is a release, which a fault in what makes it needs. A
# case made by hand takes a tenth of a second. What else is long would be all that a mutant may take.
WHOLE = {
    *("test_cas.py", "test_fiches.py", "test_indicators.py", "test_package.py", "test_phrases.py"),
    "test_workbooks.py",
}


@dataclass
class Verdict:
    """What became of a mutant."""

    id: str
    file: str
    operator: str
    line: int
    verdict: str = ""
    by: str = ""
    diff: str = ""
    seconds: float = 0.0
    processor: float = 0.0

    @classmethod
    def of(cls, mutant: Mutant) -> "Verdict":
        """That of a mutant which nobody has tried yet."""
        return cls(mutant.id, mutant.file, mutant.operator, mutant.line, diff=mutant.diff)

    def record(self) -> dict[str, Any]:
        """A line of the journal."""
        return asdict(self)


class Done(Exception):  # noqa: N818 (no error: the verdict is known)
    """The verdict is known."""

    def __init__(self, verdict: str, by: str = "") -> None:
        super().__init__(verdict)
        self.verdict, self.by = verdict, by


def of(mutant: Mutant, prepared: Path, home: Path) -> Verdict:
    """Tries a mutant whose fault stands in the current folder, a copy of the tree; `home` is thrown away after."""
    start, worked = time.perf_counter(), time.process_time()
    try:
        verdict, by = _tried(mutant, prepared, home)
    except Done as done:
        verdict, by = done.verdict, done.by
    used = os.times()
    return replace(
        Verdict.of(mutant),
        verdict=verdict,
        by=by,
        seconds=round(time.perf_counter() - start, 1),
        processor=round(time.process_time() - worked + used.children_user + used.children_system, 1),
    )


def _tried(mutant: Mutant, prepared: Path, home: Path) -> tuple[str, str]:
    where = room(mutant.file)
    changed: list[str] | None = None
    mine = ".".join(Path(mutant.file).with_suffix("").parts[1:]) if where in ("sql", "sql/vues") else ""
    _forget(mine)
    if where == "sql/vues":
        changed = _view(mutant, prepared, home)
    elif where == "sql":
        _cases([mine], prepared, home)
        changed = _sql(mutant, prepared, home)
    elif where == "pipelines/indicators":
        changed = _indicators(prepared, home)
    elif where == "pipelines/catalogue":
        changed = _catalogue(mutant, prepared, home)
    if where != "sql/vues":
        _cases([name for name in changed or [] if name != mine], prepared, home)
    if changed == []:
        return NO_EFFECT, "aucune cellule ne change sur les extraits fictifs"
    for file, fixture in TESTS[where]:
        if fixture == "made" and mine and not _of_hospitals(mine):
            continue
        if failed := _pytest(file, fixture, [], prepared, home):
            return SEEN, failed
    return SURVIVES, ""


def room(file: str) -> str:
    """The room where a file stands, which says what may see a fault of it."""
    return next(name for name in TESTS if file.startswith(name))


def without_any(rooms: Iterable[str], prepared: Path, home: Path) -> str:
    """What fails in the whole tree already, and would be taken for the sight of every fault; nothing, as a rule."""
    database = _warehouse(prepared, home)
    _made_again(database, {})
    from pipelines.edition import models

    try:
        _rules(database, [model.name for model in models.load_all()], models.load_all())
        if "sql/vues" in rooms:
            _rules(prepared / base.PUBLIC, [view.name for view in models.views()], models.views())
        _cases([path.stem for path in Path("tests/cas").glob("*.yml")], prepared, home)
    except Done as done:
        return done.by
    asked = dict.fromkeys(pair for name in rooms for pair in TESTS[name])
    return next(filter(None, (_pytest(file, fixture, [], prepared, home) for file, fixture in asked)), "")


def _of_hospitals(model: str) -> bool:
    """Whether a table comes from the survey of hospitals, which a test has made by hand."""
    from pipelines.edition import models

    return bool(models.sources_of(model) & {"sae", "ght"})


def _forget(model: str) -> None:
    """What was read of the whole tree is read again, with the fault: queries alone, or all our code."""
    if model:
        from pipelines.edition import models

        for kept in vars(models).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
        return
    for name in [name for name in sys.modules if name.split(".")[0] in ("pipelines", "fixtures_entrepots")]:
        del sys.modules[name]


def _cases(models: list[str], prepared: Path, home: Path) -> None:
    """The cases made by hand of these models, where there are some. Raises Done where one fails."""
    there = [name for name in models if Path("tests/cas", f"{name}.yml").is_file()]
    if there and (failed := _pytest("test_cas.py", "", there, prepared, home)):
        raise Done(SEEN, failed)


# --- what is built again --------------------------------------------------------------------------------


def _sql(mutant: Mutant, prepared: Path, home: Path) -> list[str]:
    """The tables that change with a model. Raises Done where it can't be built, or where a rule sees it."""
    from pipelines.edition import models

    model = models.parse(Path(mutant.file).absolute())
    database = _warehouse(prepared, home)
    changed = _made_again(database, {model.name: model})
    _rules(database, changed, models.load_all())
    return changed


def _view(mutant: Mutant, prepared: Path, home: Path) -> list[str]:
    """The views that change with one, in a copy of the public file. Raises Done as `_sql`."""
    import duckdb
    import fixtures_entrepots

    from pipelines.edition import models
    from pipelines.publish import public

    faulty = models.parse(Path(mutant.file).absolute())
    entire = home / "entier" / models.VIEWS / Path(mutant.file).name
    entire.parent.mkdir(parents=True)
    entire.write_text(mutant.original, encoding="utf-8")
    whole = models.parse(entire)
    said = replace(whole, query="") != replace(faulty, query="")  # people read the words of a view too
    file = home / base.PUBLIC
    shutil.copyfile(prepared / base.PUBLIC, file)
    changed: list[str] = []
    with duckdb.connect(str(file)) as connection:
        connection.execute("SET threads = 1")
        public.of_region(connection, fixtures_entrepots.REGION)
        read = {name: needs for name, (_, needs) in models._needs().items()}
        for view in models.views():
            if view.name != faulty.name and not read[view.name] & set(changed):
                continue
            before = content(connection, view.name, ordered=True)
            connection.execute(f"DROP TABLE {view.name}")
            try:
                public.show_one(connection, faulty if view.name == faulty.name else view, fictif=True)
            except (duckdb.BinderException, duckdb.ParserException) as error:
                raise Done(NOT_VIABLE, f"la vue ne se calcule plus : {error}") from error
            except duckdb.Error as error:
                raise Done(SEEN, f"la publication s'arrête : {error}") from error
            if content(connection, view.name, ordered=True) != before or (said and view.name == faulty.name):
                changed.append(view.name)
    _rules(file, changed, models.views())
    return changed


def _indicators(prepared: Path, home: Path) -> list[str]:
    """The same for the calculations: all are made again, and what reads a table that changes."""
    from pipelines import indicators
    from pipelines.edition import models

    database = _warehouse(prepared, home)
    changed = _made_again(database, {c.name: c for c in indicators.ALL})
    _rules(database, changed, models.load_all())
    return changed


def _catalogue(mutant: Mutant, prepared: Path, home: Path) -> list[str]:
    """The same for a source: its vintages are read and checked again, then what the build knows of it."""
    from pipelines import catalogue
    from pipelines.arrival import acceptance, landing, outcomes
    from pipelines.edition import lockfile, models
    from pipelines.errors import AtlasError
    from pipelines.settings import Settings

    id_ = Path(mutant.file).name.split(".")[0]
    database = _warehouse(prepared, home, own=("staging",))
    settings = Settings(sources=prepared / base.EXTRACTS, warehouse=database.parent)
    try:
        catalogue.load(id_)
        for millesime in landing.vintages(settings.landing, id_):
            landed = landing.revisions(settings.landing, id_, millesime)[-1]
            known = outcomes.load(settings, id_, millesime, landed.revision)
            acceptance.stage(settings, landed)
            found = acceptance.check(settings, landed)
            before = {(c.objet, c.controle) for c in known.controls if not c.reussi} if known else set()
            new = [c for c in found.controls if not c.reussi and (c.objet, c.controle) not in before]
            if told := [c for c in new if c.severite != "information"]:
                raise Done(SEEN, " ; ".join(f"contrôle {c.controle} de {c.objet}" for c in told[:4]))
        lock = lockfile.draft(settings, lockfile.locked(settings)[0])
    except AtlasError as error:
        raise Done(SEEN, f"refus : {error.what[:200]}") from error
    changed = _made_again(database, {}, _staged_again(database, prepared, settings, lock, id_))
    _rules(database, changed, models.load_all())
    return changed


def _staged_again(database: Path, prepared: Path, settings: Any, lock: Any, source: str) -> list[str]:
    """Puts into a build what is now staged of all sources and known of them; returns what changed of one source."""
    import duckdb

    from pipelines import catalogue
    from pipelines.arrival import outcomes
    from pipelines.edition import records as of_edition

    checked = {pin: outcomes.load(settings, pin.source, pin.millesime, pin.revision) for pin in lock.pins}
    found = {pin: outcome for pin, outcome in checked.items() if outcome is not None}
    entry = catalogue.load(source)
    records = (
        "sources",
        "questions",
        "millesimes",
        "absences",
        "controles",
        "quarantaine",
        "lacunes",
        "poids_ecartes",
        "grandeurs",
    )
    names = [*(entry.staged_name(table) for table in entry.tables), *records]
    with duckdb.connect(str(database)) as connection:
        connection.execute("SET threads = 1")
        connection.execute(f"ATTACH '{prepared / base.BUILD}' AS avant (READ_ONLY)")
        connection.execute("DROP SCHEMA staging CASCADE")
        connection.execute("CREATE SCHEMA staging")
        of_edition.write(connection, settings, lock, found)
        of_edition.stage_views(connection, settings, lock, found)
        here, there = "staging.{}", "avant.staging.{}"
        return [
            here.format(name)
            for name in names
            if content(connection, here.format(name)) != content(connection, there.format(name))
        ]


def _warehouse(prepared: Path, home: Path, own: tuple[str, ...] = ()) -> Path:
    """A warehouse like the base's, whose build may be changed, and the folders of its `own`; the rest is the base's."""
    of, target = prepared / base.WAREHOUSE, home / base.WAREHOUSE
    target.mkdir(parents=True)
    for part in of.iterdir():
        if part.name in own:
            shutil.copytree(part, target / part.name)
        elif part.name not in ("atlas_sante.duckdb", "editions"):
            (target / part.name).symlink_to(part)
    shutil.copytree(of / "editions", target / "editions", symlinks=True, ignore=_builds)
    shutil.copyfile(prepared / f"{base.WAREHOUSE}.fait", home / f"{base.WAREHOUSE}.fait")
    # As one that was promoted: a link to the file of its edition, from which a release is made.
    database = target / "atlas_sante.duckdb"
    link = (of / database.name).readlink()
    shutil.copyfile(prepared / base.BUILD, target / link)
    database.symlink_to(link)
    return database


def _builds(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".duckdb")]


def _made_again(database: Path, faulty: dict[str, Any], staged: Iterable[str] = ()) -> list[str]:
    """Makes the faulty tables again, then those that read one that changed; returns those that changed.

    `staged` are the tables of staging that changed.
    """
    import duckdb

    from pipelines import indicators
    from pipelines.edition import builder, models
    from pipelines.errors import BuildError

    changed = list(staged)
    read = {name: needs for name, (_, needs) in models._needs().items()}
    with duckdb.connect(str(database)) as connection:
        connection.execute("SET threads = 1")
        for made in models.plan():
            tables = [made.name] if isinstance(made, models.Model) else [f"{indicators.SCHEMA}.{t}" for t in made.makes]
            if made.name not in faulty and not any(needed in changed for t in tables for needed in read[t]):
                continue
            before = {table: content(connection, table) for table in tables}
            checked = _of_marts(connection) if made.name == "qualite.controles" else []
            for table in tables:
                connection.execute(f"DROP TABLE {table}")
            try:
                if isinstance(made, models.Model):
                    builder._create(connection, faulty.get(made.name, made))
                else:
                    builder._calculate(connection, faulty.get(made.name, made))
            except BuildError as error:
                # What doesn't even bind is no fault that anybody could leave; a row that stops a build is.
                bound = isinstance(error.__cause__, duckdb.BinderException | duckdb.ParserException)
                raise Done(NOT_VIABLE if bound else SEEN, f"la construction s'arrête : {error.__cause__}") from error
            except Exception as error:
                raise Done(SEEN, f"le calcul s'arrête : {type(error).__name__} {error}") from error
            changed += [table for table in tables if content(connection, table) != before[table]]
            if checked:  # the checks of marts are written there after the build
                marks = ", ".join("?" * len(checked[0]))
                connection.executemany(f"INSERT INTO qualite.controles VALUES ({marks})", checked)
        connection.execute(f"DROP SCHEMA {indicators.SCHEMA} CASCADE")  # as a promoted warehouse has none
    return changed


def _of_marts(connection: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = connection.execute("FROM qualite.controles WHERE etape = 'mart'").fetchall()
    return found


def content(connection: Any, table: str, *, ordered: bool = False) -> tuple[Any, ...]:
    """What tells a table from another: its columns, its rows, and where people see it their order."""
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    place = ", rowid" if ordered else ""
    rows = connection.execute(f"SELECT count(*), sum(hash(t{place})::HUGEINT) FROM {table} AS t").fetchone()
    return columns, rows


# --- who sees it --------------------------------------------------------------------------------------------


def _rules(database: Path, changed: list[str], tables: Iterable[Any]) -> None:
    """The suites of the tables that changed, then those that cite one of them. Raises Done where one fails."""
    import duckdb

    from pipelines.checks import runner
    from pipelines.edition import marts
    from pipelines.errors import AtlasError

    with duckdb.connect(str(database), read_only=True) as connection:
        held = marts.batches(connection, tables)
    own = [name for name in changed if name in held]
    citing = [name for name in held if name not in own and _cites(held[name][1], own)]
    for names in filter(None, (own, citing)):
        try:
            found = runner.validate(str(database), {name: held[name] for name in names})
        except AtlasError as error:
            raise Done(SEEN, f"contrôle qui ne s'exécute plus : {error.what[:200]}") from error
        failed = [c for controls in found.values() for c in controls if not c.reussi and c.severite != "information"]
        if failed:
            raise Done(SEEN, " ; ".join(f"contrôle {c.controle} de {c.objet}" for c in failed[:4]))


def _cites(rules: list[dict[str, Any]], tables: list[str]) -> bool:
    """Whether a rule reads one of these tables. All tables ask of those that they read whether they have lines."""
    said = " ".join(str(rule["kwargs"]) for rule in rules if rule["meta"]["controle"] != "non_vide")
    return any(re.search(rf"\b{re.escape(table)}\b", said) for table in tables)


class _First:
    """Remembers the first test that failed."""

    def __init__(self) -> None:
        self.failed = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called for each phase of each test."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        """Called for each module read."""
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid} (à la lecture)"


def _pytest(name: str, fixture: str, models: list[str], prepared: Path, home: Path) -> str:
    """The first test that fails on the prepared warehouse, if one does: of a file, or of all that cite a fixture."""
    import pytest

    os.environ["ATLAS_ESSAIS"] = os.pathsep.join([str(home), str(prepared)])
    os.environ["ATLAS_ESSAIS_PARMI"], os.environ["ATLAS_ESSAIS_MODELES"] = fixture, " ".join(models)
    files = sorted(Path("tests").glob("test_*.py")) if name == "*" else [Path("tests", name)]
    citing = [str(file) for file in files if fixture in file.read_text(encoding="utf-8")]
    first = _First()
    pytest.main(
        [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "tests.mutants.prepared",
            *([] if name in WHOLE else ["-m", "not lent"]),
            f"--basetemp={home / 'essais'}",
            *citing,
        ],
        plugins=[first],
    )
    return first.failed


def libraries() -> None:
    """Imports, once before all forks, what takes seconds to import and no fault touches."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in ("duckdb", "pandas", "pyarrow", "scipy.stats", "pytest", "yaml", "great_expectations", "openpyxl"):
        importlib.import_module(name)
    from pipelines import catalogue
    from pipelines.checks import runner
    from pipelines.edition import models

    runner.warm()
    catalogue.load_all()
    models.plan()
