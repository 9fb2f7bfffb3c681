"""What a step reads is its fingerprint, and nothing else is: seen by what it opens, and by changing each file."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fixtures_entrepots import EDITION, ROOT, Warehouse, a_copy

from pipelines import catalogue
from pipelines.arrival import landing, outcomes
from pipelines.catalogue import code_lists
from pipelines.checks import rules
from pipelines.database import macros
from pipelines.edition import inputs, lockfile
from pipelines.runtime import fingerprints

# Read by every kind of reader, a program of its own among them; a survey; a source with lists of codes; persons.
READ = [
    ("sae", 2023),
    ("bmo", 2024),
    ("enquete_rh", 2024),
    ("internat_postes", 2024),
    ("rpps", 2025),
    ("contours", 2018),
]

ROOMS = ("pipelines", "samples", "expectations", "sql", "uv.lock")

WATCH = """
import json, sys
seen = set()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        seen.add(arguments[0])
    elif event == "subprocess.Popen":
        seen.update(str(a) for a in arguments[1])
sys.addaudithook(hook)
"""

TOLD = """
modules = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "pipelines" and m.__file__]
print(json.dumps(sorted({*modules, *seen})))
"""

STAGE = """
from pipelines import settings
from pipelines.arrival import acceptance, landing
now = settings.load()
for source, millesime in json.loads(sys.argv[1]):
    landed = landing.revision(now.landing, source, millesime, 1)
    acceptance.stage(now, landed)
    acceptance.check(now, landed)
"""

BUILD = """
from pipelines import settings
from pipelines.edition import builder, lockfile, marts
now = settings.load()
marts.check(builder.build(now, lockfile.load(now, json.loads(sys.argv[1]))))
"""


def run(script: str, argument: object, warehouse: Path) -> list[str]:
    """What a script prints last, as JSON, run by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(argument)],
        env={**os.environ, "ATLAS_WAREHOUSE": str(warehouse)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    printed: list[str] = json.loads(done.stdout.splitlines()[-1])
    return printed


def ours(opened: list[str]) -> set[Path]:
    """Those of the opened files that are of the checkout: a compiled module is its source."""
    found = set()
    for name in opened:
        path = Path(name)
        if path.parent.name == "__pycache__":
            path = path.parent.parent / f"{path.name.split('.')[0]}.py"
        if path.is_relative_to(ROOT) and path.is_file() and not path.is_relative_to(ROOT / ".venv"):
            found.add(path)
    # How bytes come in is told by the bytes themselves; tests and packaging are read by this process alone.
    return {p for p in found if not p.is_relative_to(ROOT / "pipelines" / "connectors") and p.suffix != ".toml"}


def declared(sources: list[str]) -> set[Path]:
    """What the fingerprint of a vintage of these sources is made of."""
    entries = [path for source in sources for path in catalogue.files(source)]
    suites = [ROOT / "expectations" / "staging" / f"{source}.yml" for source in sources]
    lists = [path for source in sources for path in code_lists.files(catalogue.load(source))]
    return {*fingerprints.files(outcomes.STEP), fingerprints.LIBRARIES, *entries, *suites, *lists}


def built() -> set[Path]:
    """The code that builds an edition and checks it."""
    return {path for step in inputs.STEPS for path in fingerprints.files(step)}


@pytest.mark.lent
def test_staging_and_checks_open_nothing_that_their_fingerprint_leaves_out(sample: Warehouse, tmp_path: Path) -> None:
    now = a_copy(sample.settings, tmp_path)
    opened = ours(run(WATCH + STAGE + TOLD, READ, now.warehouse))
    known = declared([source for source, _ in READ])
    assert opened - known == {macros.FILE}  # of which those that a suite calls are in its source's (below)
    assert known - opened == set()


def test_a_macro_moves_the_fingerprints_of_what_is_checked_with_it(
    sample: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = lockfile.load(sample.settings, EDITION)
    assert lock
    landed = {s: landing.revision(sample.settings.landing, s, m, 1) for s, m in (("sae", 2023), ("carmf", 2024))}

    def prints() -> dict[str, str]:
        mine = {s: outcomes.fingerprint(s, found.files, fictif=found.fictif) for s, found in landed.items()}
        return mine | {"build": inputs.fingerprint(lock)}

    before, real = prints(), macros.statements()
    changed = real | {"code_commune": real["code_commune"].replace("sans_ponctuation", "upper")}
    monkeypatch.setattr(macros, "statements", lambda: changed)
    assert [name for name, said in prints().items() if said != before[name]] == ["sae", "build"]


@pytest.mark.lent
def test_a_build_and_its_checks_open_nothing_that_their_fingerprint_leaves_out(
    sample: Warehouse, tmp_path: Path
) -> None:
    now = a_copy(sample.settings, tmp_path)
    opened = ours(run(WATCH + BUILD + TOLD, EDITION, now.warehouse))
    read = {*inputs.files(), *(ROOT / "expectations" / "marts").glob("*.yml")}
    known = {*built(), *read} | declared(list(catalogue.sources()))
    assert opened - known == set()
    assert {p for p in read if p.parent.name != "catalogue"} - opened == set()


@pytest.fixture(scope="module")
def moved(sample: Warehouse) -> dict[str, list[str]]:
    """Each file of our code, queries and suites -> the steps whose fingerprint moves where its bytes do.

    A step that never asks what a file holds can't be moved by it: only those that ask are tried.
    """
    known, suite = functools.cache(fingerprints.sha256), functools.cache(rules.suite_text)
    listed = functools.cache(fingerprints.files)
    lock = lockfile.load(sample.settings, EDITION)
    assert lock
    steps: dict[str, Callable[[], str]] = {"build": lambda: inputs.fingerprint(lock)}
    for source, millesime in READ:
        landed = landing.revision(sample.settings.landing, source, millesime, 1)
        steps[f"{source} {millesime}"] = functools.partial(
            outcomes.fingerprint, landed.source, landed.files, fictif=landed.fictif
        )
    changed: list[Path] = []
    asked: set[Path] = set()

    def sha256(path: Path) -> str:
        asked.add(path)
        return "autre" if path in changed else known(path)

    def suite_text(room: str, name: str) -> str:  # of a suite, what it says
        path = rules.SUITES / room / f"{name}.yml"
        asked.add(path)
        return "autre" if path in changed else suite(room, name)

    def told(step: str) -> str:
        fingerprints.code.cache_clear()
        asked.clear()
        return steps[step]()

    every = sorted(p for room in ROOMS for p in [ROOT / room, *(ROOT / room).rglob("*")] if p.is_file())
    found: dict[str, list[str]] = {p.relative_to(ROOT).as_posix(): [] for p in every if p.suffix != ".pyc"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprints, "sha256", sha256)
        patch.setattr(fingerprints, "files", listed)
        patch.setattr(rules, "suite_text", suite_text)
        patch.setattr(macros, "called", functools.cache(macros.called))
        for step in steps:
            before = told(step)
            for path in sorted(asked & set(every)):
                changed[:] = [path]
                if told(step) != before:
                    found[path.relative_to(ROOT).as_posix()].append(step)
            changed.clear()
            assert told(step) == before
    fingerprints.code.cache_clear()
    return found


@pytest.mark.lent
def test_one_byte_of_each_file_that_staging_reads_moves_its_fingerprint(moved: dict[str, list[str]]) -> None:
    for source, millesime in READ:
        step = f"{source} {millesime}"
        found = {ROOT / name for name, steps in moved.items() if step in steps}
        assert found == declared([source]), step


@pytest.mark.lent
def test_one_byte_of_each_file_that_a_build_reads_moves_its_fingerprint(moved: dict[str, list[str]]) -> None:
    found = {name for name, steps in moved.items() if "build" in steps}
    code = {p.relative_to(ROOT).as_posix() for p in built()}
    # What stages and accepts a vintage counts too: a build says from which staging it was made.
    accepted = {p.relative_to(ROOT).as_posix() for p in fingerprints.files("pipelines.arrival.acceptance")}
    assert code <= {name for name in found if name.endswith(".py")} <= code | accepted
    elsewhere = ("pipelines/", "samples/", "expectations/vues/")
    assert {name for name in moved.keys() - found if not name.startswith(elsewhere)} == set()
    entries = {name for name in moved if name.startswith("pipelines/catalogue/") and not name.endswith(".py")}
    assert entries - found == set()


@pytest.mark.parametrize(
    "place",
    ["samples", *(f"pipelines/{place}" for place in ("publish", "disclosure", "connectors", "cli", "steps.py"))],
)
def test_what_neither_reads_moves_neither(moved: dict[str, list[str]], place: str) -> None:
    told = {name: steps for name, steps in moved.items() if name.startswith(place)}
    assert told
    assert {name for name, steps in told.items() if steps} == set()
