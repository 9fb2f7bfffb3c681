"""Warehouses and publications that the tests read, each made once a session, whichever process first needs it.

`sample` and `mirror` are warehouses alone, of fictitious and of real extracts; `small` is one of a few sources of the
first; `released` is what is released of the first without sheets, pages and workbooks; `published` and
`mirror_published` (whose tests are `lent`) are all that is released of them. They are made by the
steps that the DAGs call, without Airflow. Tests only read them; a test that changes something takes a copy (`a_copy`).

Loaded by `pytest_plugins` in conftest.py.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from embedded_runs import Runs
from filelock import FileLock

import samples
from pipelines import catalogue, settings, steps
from pipelines.errors import RefusedError
from pipelines.publish import fiches, public, site, workbooks
from pipelines.publish.figures import drawing
from pipelines.settings import Settings

pytest.register_assert_rewrite("identities")

ROOT = Path(__file__).parents[1]
EDITION = 2025
REGION = "28"
# What a session makes once, and others wait for.
MADE = {"sample", "released", "published", "mirror", "mirror_published", "together", "airflow"}
# A whole release, and behind every fixture that reads many real extracts at once.
LONG = {"mirror", "arrivals_root", "published", "invented"}
TOGETHER = "extraits-ensemble"
# The vintages of other years that stand beside the mirror.
ARRIVED = [
    *(("sae", year) for year in (2019, 2020, 2023, 2024)),
    ("bmo", 2025),
    ("insee_population_ages", 2021),
    ("insee_population_departements", 2024),
    ("apl", 2023),
    ("drees_infirmiers", 2023),
    ("contours", 2018),
    ("insee_cog", 2022),
    ("decoupage_administratif", 2024),
    ("decoupage_administratif", 2025),
]
FEW = ("bmo", "enquete_rh", "insee_cog")  # sources of an edition that is soon released
SHARED = "PYTEST_XDIST_WORKER" in os.environ  # several processes share the tests, and what they read
VARIABLES = tuple(
    f"ATLAS_{name}" for name in ("CONTACT", "EDITION", "EN_LIGNE", "REGIONS", "SOURCES", "VERROU_TENU", "WAREHOUSE")
)


def pytest_configure(config: pytest.Config) -> None:
    # Real extracts of persons are hashed by a key of the tests, never by the person's own.
    os.environ["ATLAS_CLE_PERSONNES"] = "cle d'essai : personne n'est protege par elle"
    config.addinivalue_line("filterwarnings", "ignore:.schema_name. is deprecated:DeprecationWarning")


@pytest.hookimpl(tryfirst=True)  # before those that `-m` leaves out are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that reads a whole release, a whole edition of real extracts, or those of other years, takes long."""
    for item in items:
        if LONG & fixtures_of(item):
            item.add_marker(pytest.mark.lent)


def fixtures_of(item: pytest.Item) -> set[str]:
    """The fixtures that a test reads, those that it takes by name from its parameters too."""
    said = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    return {*getattr(item, "fixturenames", ()), *(name for name in said if isinstance(name, str))}


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Two editions made by Airflow, and one by its scheduler."""
    runs = Runs(tmp_path_factory.mktemp("maison"))
    try:
        yield runs
    finally:
        runs.close()


def mirror_folder() -> Path:
    """Where the mirror of real extracts is: ATLAS_MIROIR, else beside the checkout."""
    return Path(os.environ.get("ATLAS_MIROIR") or ROOT.parent / "shared" / "mirror").resolve()


@dataclass(frozen=True)
class Warehouse:
    """A warehouse with its edition built, checked and promoted."""

    settings: Settings

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.settings.database), read_only=True)


@dataclass(frozen=True)
class Publication(Warehouse):
    """A warehouse, and what was released of it for one region."""

    release: Path


@contextlib.contextmanager
def environment(warehouse: Path, sources: Path | None = None) -> Iterator[Settings]:
    """The environment of a command on that warehouse, and nothing of the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        patch.setenv("ATLAS_WAREHOUSE", str(warehouse))
        if sources is not None:
            patch.setenv("ATLAS_SOURCES", str(sources))
        yield settings.load()


def ingest_all(pairs: list[tuple[str, int]] | None = None) -> None:
    """Ingests all vintages on offer, or those given, in that order."""
    if pairs is None:
        pairs = [(source, m) for source in catalogue.sources() for m in steps.vintages(source)]
    for source, millesime in pairs:
        steps.ingest(source, millesime)


def build_edition(edition: int = EDITION) -> None:
    """What the DAG `atlas` does, in the same order."""
    steps.lock(edition)
    target = steps.build(edition)
    steps.check_marts(target)
    steps.reconcile(target)
    steps.promote(target)


@contextlib.contextmanager
def words_only() -> Iterator[None]:
    """Releases without workbooks and pictures, a third of the time: for tests of what pages and sheets say."""
    blank = '<svg width="640" height="400"></svg>', b""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbooks, "write", lambda *_, **__: [])
        patch.setattr(drawing, "every", lambda specs: dict.fromkeys(specs, blank))
        yield


@contextlib.contextmanager
def tables_only() -> Iterator[None]:
    """Releases without sheets, site and workbooks, which take most of the time: for tests of what the tables hold."""
    with words_only(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(fiches, "write", lambda *_, **__: None)
        patch.setattr(site, "write", lambda *_, **__: None)
        yield


@pytest.fixture
def tables_alone() -> Iterator[None]:
    """`tables_only`, for a whole test."""
    with tables_only():
        yield


def once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """A folder filled once a session, whichever process comes first.

    Or once for several sessions of the same code: ATLAS_ESSAIS names the folders where it may be, the first of them
    where it is made (.ci/run, `make mutants`).
    """
    shared = [Path(home) for home in os.environ.get("ATLAS_ESSAIS", "").split(os.pathsep) if home]
    homes = shared or [factory.getbasetemp().parent if SHARED else factory.getbasetemp()]
    for home in homes:
        if (home / f"{name}.fait").exists():
            return home / name
    folder, done = homes[0] / name, homes[0] / f"{name}.fait"
    with FileLock(homes[0] / f"{name}.verrou"):
        if not done.exists():
            fill(folder)
            done.touch()
    return folder


def make(folder: Path, sources: Path) -> None:
    """A warehouse built from all those extracts."""
    with environment(folder, sources):
        ingest_all()
        build_edition()


def built(factory: pytest.TempPathFactory, name: str, sources: Path) -> Warehouse:
    """The warehouse of that name, built once from all those extracts."""
    return Warehouse(Settings(sources, once(factory, name, lambda folder: make(folder, sources))))


def published_once(factory: pytest.TempPathFactory, name: str, of: Warehouse) -> Publication:
    """What is released of a warehouse, from a copy of it: who reads the warehouse alone waits for nothing."""

    def fill(folder: Path) -> None:
        a_copy(of.settings, folder, database=True)
        with environment(folder, of.settings.sources):
            steps.publish(EDITION, REGION)

    now = Settings(sources=of.settings.sources, warehouse=once(factory, name, fill))
    return Publication(now, now.releases / f"{EDITION}-{REGION}" / f"{EDITION}.1")


def a_copy(source: Settings, target: Path, *, database: bool = False) -> Settings:
    """A warehouse with the same archive, staging and locks, that a test may change."""
    for name in ("landing", "staging"):
        shutil.copytree(getattr(source, name), target / name)
    builds = () if database else (f"{source.database.stem}*",)
    shutil.copytree(source.editions, target / "editions", symlinks=True, ignore=shutil.ignore_patterns(*builds))
    if database:
        shutil.copyfile(source.database, target / source.database.name, follow_symlinks=False)
        (target / source.database.name).chmod(0o644)  # follows the links: what is promoted is read-only
    return Settings(sources=source.sources, warehouse=target)


@pytest.fixture(scope="session")
def sample_extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fictitious extracts of every source."""
    return once(tmp_path_factory, "extraits-fictifs", samples.make)


@pytest.fixture(scope="session")
def sample(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The sample edition, built."""
    return built(tmp_path_factory, "echantillon", sample_extracts)


@pytest.fixture(scope="session")
def sample_db(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with sample.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def published(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The sample edition, released for Normandie."""
    return published_once(tmp_path_factory, "echantillon-publie", sample)


@pytest.fixture(scope="session")
def released(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The sample edition, released for Normandie without sheets, pages and workbooks; the whole of it where it is."""
    if os.environ.get("ATLAS_ESSAIS"):
        return published_once(tmp_path_factory, "echantillon-publie", sample)
    with tables_only():
        return published_once(tmp_path_factory, "echantillon-tables", sample)


@pytest.fixture(scope="session")
def mirror_root() -> Path:
    """The mirror of real extracts; the tests that need it are skipped where it is absent."""
    folder = mirror_folder()
    if not (folder / "sae").is_dir():
        pytest.skip(f"pas de miroir d'extraits réels dans {folder} (ATLAS_MIROIR dit où il est)")
    return folder


def lay_over(folder: Path, *roots: Path) -> None:
    """A folder of extracts laid one over the other, the last one on top."""
    for root in roots:
        shutil.copytree(root, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture(scope="session")
def arrivals_root(mirror_root: Path) -> Path:
    """Real extracts of other years, beside the mirror; the tests that need them are skipped where they are absent."""
    folder = mirror_root.parent / "arrivals"
    if not (folder / "sae").is_dir():
        pytest.skip(f"pas d'extraits d'autres années dans {folder}")
    return folder


@pytest.fixture(scope="session")
def together_root(mirror_root: Path, arrivals_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mirror, and the other years over it: what a folder of extracts looks like after some years."""
    return once(tmp_path_factory, TOGETHER, lambda folder: lay_over(folder, mirror_root, arrivals_root))


@pytest.fixture(scope="session")
def arrived(together_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse with the vintages of other years alone; what became of each is in `issues.json`."""

    def fill(folder: Path) -> None:
        told: dict[str, Any] = {}
        with environment(folder, together_root):
            for source, millesime in ARRIVED:
                try:
                    told[f"{source} {millesime}"] = steps.ingest(source, millesime)
                except RefusedError as error:
                    told[f"{source} {millesime}"] = str(error)
        (folder / "issues.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    return Settings(together_root, once(tmp_path_factory, "arrivees", fill))


def receive(folder: Path, of: Settings, sources: Collection[str] = ()) -> None:
    """Puts into a warehouse what another has received and read (of these sources), but the vintages that it has."""
    for vintage in sorted(of.landing.glob("*/*")):
        if sources and vintage.parent.name not in sources:
            continue
        name = vintage.relative_to(of.landing)
        if not (folder / "landing" / name).exists():
            for part in ("landing", "staging"):
                if (of.warehouse / part / name).exists():
                    shutil.copytree(of.warehouse / part / name, folder / part / name)


@pytest.fixture(scope="session")
def together(
    together_root: Path, arrived: Settings, mirror: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """The edition of 2025 on the mirror and the other years; what is rightly refused is left out."""

    def fill(folder: Path) -> None:
        receive(folder, arrived)
        receive(folder, mirror.settings)  # the same bytes there and here are not read again
        with environment(folder, together_root):
            for source in catalogue.sources():
                for millesime in steps.vintages(source):
                    with contextlib.suppress(RefusedError):
                        steps.ingest(source, millesime)
            build_edition()

    return Warehouse(Settings(together_root, once(tmp_path_factory, "ensemble", fill)))


@pytest.fixture(scope="session")
def together_db(together: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with together.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def mirror(mirror_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The real edition of 2025, built."""
    return built(tmp_path_factory, "reel", mirror_root)


@pytest.fixture(scope="session")
def mirror_db(mirror: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with mirror.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def mirror_published(mirror: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The real edition of 2025, released for Normandie."""
    return published_once(tmp_path_factory, "reel-publie", mirror)


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[tuple[Path, Settings]]:
    """An empty folder of real deposits, and a new warehouse."""
    root = tmp_path / "extraits"
    root.mkdir()
    with environment(tmp_path / "entrepot", root) as now:
        yield root, now


@pytest.fixture
def empty(tmp_path: Path, sample_extracts: Path) -> Iterator[Settings]:
    """A new warehouse beside the fictitious extracts, as the environment of this process."""
    with environment(tmp_path / "entrepot", sample_extracts) as now:
        yield now


@pytest.fixture
def copied(tmp_path: Path, sample: Warehouse) -> Iterator[Settings]:
    """A copy of the sample warehouse with its archive, staging, lock and database, to be changed."""
    made = a_copy(sample.settings, tmp_path / "entrepot", database=True)
    with environment(made.warehouse, made.sources):
        yield made


@pytest.fixture
def protected(copied: Settings, published: Publication) -> Settings:
    """The same, with what the sample's release hid: to find it again takes as long as all the rest of a release."""
    shutil.copytree(published.settings.protection, copied.protection)
    return copied


@pytest.fixture
def views_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases whose views are not checked, which takes as long as to write their tables: for tests of several."""
    monkeypatch.setattr(public, "check", lambda file: [])


@pytest.fixture(scope="session")
def small(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The edition of a few sources of the sample: for tests of what a release does with any."""
    extracts = sample.settings.sources

    def fill(folder: Path) -> None:
        receive(folder, sample.settings, FEW)
        with environment(folder, extracts):
            build_edition()

    return Warehouse(Settings(extracts, once(tmp_path_factory, "peu", fill)))


@pytest.fixture
def numbered(tmp_path: Path, small: Warehouse, tables_alone: None, views_unchecked: None) -> Iterator[Settings]:
    """A copy of it, released by its tables alone, without the checks of its views: for tests of several releases."""
    made = a_copy(small.settings, tmp_path / "entrepot", database=True)
    with environment(made.warehouse, made.sources):
        yield made


Rows = Callable[..., list[tuple[object, ...]]]


def rows(db: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[tuple[Any, ...]]:
    return db.execute(query, list(values)).fetchall()


def one(db: duckdb.DuckDBPyConnection, query: str, *values: object) -> Any:
    """The only cell of the only row."""
    found = rows(db, query, *values)
    assert len(found) == 1, f"{len(found)} rows: {found[:5]}"
    return found[0][0]


def none(db: duckdb.DuckDBPyConnection, query: str, *values: object) -> None:
    """The query looks for what must not be."""
    found = rows(db, query, *values)
    assert found == [], f"{len(found)} rows, the first: {found[:3]}"
