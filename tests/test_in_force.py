"""Which warehouse a command acts on: the real one as soon as there is one; a fictitious one says so."""

import ast
import csv
import io
import json
import re
import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import EDITION, ROOT, VARIABLES, Warehouse, a_copy
from scheduled_runs import free_port
from typer.testing import CliRunner

from pipelines import cli, hints, settings, steps
from pipelines.cli import airflow
from pipelines.connectors.mirror import FICTIF
from pipelines.edition import lockfile
from pipelines.errors import AtlasError, UsageError
from pipelines.runtime import processes
from pipelines.settings import Settings

BANNER = "FICTIF : "
# What acts on a warehouse, and whose suggestion must say which one.
ACTING = re.compile(r"\b(?:atlas (?:edition|lock|purge|query|run|up|vintages)|make (?:atlas|up))\b")


@dataclass(frozen=True)
class Checkout:
    """A checkout with a fictitious warehouse, and a real one beside it once `real` was called."""

    root: Path
    sample: Warehouse

    @property
    def real(self) -> Settings:
        return Settings(self.root / "extraits", self.root / "warehouse")

    @property
    def fictitious(self) -> Settings:
        home = self.root / "warehouse" / "echantillon"
        return Settings(home / "extraits", home)

    def locks(self) -> dict[str, str]:
        """The commit that each lock of the checkout was made at."""
        found = self.root.glob("**/verrou.json")
        return {p.relative_to(self.root).parts[-4]: json.loads(p.read_text("utf-8"))["commit"] for p in found}

    def forget_locks(self) -> None:
        """Every lock says a commit of its own, so that a new one is seen."""
        for path in self.root.glob("**/verrou.json"):
            made = replace(lockfile.read(path), commit="auparavant")
            path.write_text(made.to_json(), encoding="utf-8")


def make_real(now: Settings) -> None:
    """What a warehouse would be, had its extracts been real: the tests have no other everywhere."""
    for record in now.landing.rglob("provenance.json"):
        record.write_text(record.read_text("utf-8").replace('"fictif": true', '"fictif": false'), encoding="utf-8")
    for lock in now.editions.glob("*/verrou.json"):
        lock.write_text(replace(lockfile.read(lock), fictif=False).to_json(), encoding="utf-8")
    database = now.database.resolve()
    database.chmod(0o644)
    with duckdb.connect(str(database)) as db:
        db.execute("UPDATE reference.edition SET fictif = false")


@pytest.fixture
def checkout(tmp_path: Path, sample: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    made = Checkout(tmp_path, sample)
    a_copy(sample.settings, made.fictitious.warehouse, database=True)
    made.fictitious.sources.mkdir()
    for name in ("ght", FICTIF):
        (made.fictitious.sources / name).symlink_to(sample.settings.sources / name)
    monkeypatch.setattr("samples.make", lambda root: [root])
    return made


@pytest.fixture
def both(checkout: Checkout) -> Checkout:
    a_copy(checkout.sample.settings, checkout.real.warehouse, database=True)
    make_real(checkout.real)
    shutil.copytree(checkout.sample.settings.sources / "ght", checkout.real.sources / "ght")
    return checkout


def test_without_anything_real_it_is_the_fictitious_one(checkout: Checkout) -> None:
    now = settings.load()
    assert (now.warehouse, now.sources) == (checkout.fictitious.warehouse, checkout.fictitious.sources)
    assert now.made_here


def test_the_real_one_as_soon_as_there_is_one(both: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    now = settings.load()
    assert now.warehouse == both.real.warehouse
    assert not now.made_here
    monkeypatch.setenv("ATLAS_SOURCES", str(both.real.sources))
    assert (settings.load().warehouse, settings.load().sources) == (both.real.warehouse, both.real.sources)
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(both.root / "ailleurs"))
    assert settings.load().warehouse == both.root / "ailleurs"


@pytest.mark.parametrize("kept", ["landing", "editions", "atlas_sante.duckdb"])
def test_an_archive_a_lock_or_marts_make_a_real_warehouse(both: Checkout, kept: str) -> None:
    home = both.real.warehouse
    for path in home.iterdir():
        if path.name not in (kept, "echantillon"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if kept != "atlas_sante.duckdb" or (home / kept).exists():  # a pointer alone leads nowhere
        assert settings.load().warehouse == home


READERS = (
    ["vintages", "ght"],
    ["lock"],
    ["lock", "--update"],
    ["query", "FROM reference.sources"],
    ["query", "--csv", "SELECT fictif FROM reference.edition"],
    ["purge"],
    ["enquete", "modele", "enquete_rh"],
)


@pytest.mark.parametrize("arguments", [*READERS, ["run", "ght", "-m", "2022"]], ids=" ".join)
def test_a_fictitious_warehouse_says_so(
    checkout: Checkout, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout.root)
    done = CliRunner().invoke(cli.app, arguments)
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith(BANNER)
    assert str(checkout.fictitious.warehouse) in done.stderr


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_a_real_warehouse_says_no_such_thing(
    both: Checkout, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(both.root)
    done = CliRunner().invoke(cli.app, arguments)
    assert done.exit_code == 0, done.output
    assert BANNER not in done.stderr
    assert "extraits FICTIFS" not in done.output


def test_the_banner_of_a_csv_is_not_in_the_csv(checkout: Checkout) -> None:
    done = CliRunner().invoke(cli.app, ["query", "--csv", "SELECT fictif FROM reference.edition"])
    assert list(csv.reader(io.StringIO(done.stdout))) == [["fictif"], ["true"]]


def test_marts_alone_say_that_they_are_fictitious(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's copy of the file, without its archive."""
    copy = checkout.root / "copie"
    copy.mkdir()
    shutil.copyfile(checkout.fictitious.database, copy / "atlas_sante.duckdb")
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(copy))
    assert CliRunner().invoke(cli.app, ["query", "FROM reference.edition"]).stderr.startswith(BANNER)


def test_commands_act_on_the_real_one(both: Checkout) -> None:
    both.forget_locks()
    assert CliRunner().invoke(cli.app, ["lock", str(EDITION), "--update"]).exit_code == 0
    assert both.locks() == {"warehouse": lockfile.commit(), "echantillon": "auparavant"}
    done = CliRunner().invoke(cli.app, ["query", "--csv", "SELECT fictif FROM reference.edition"])
    assert done.stdout.split() == ["fictif", "false"]


@pytest.mark.parametrize("arguments", [["run", "ght"], ["up"]], ids=" ".join)
def test_fictitious_extracts_never_come_into_a_real_warehouse(
    both: Checkout, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(airflow, "HOME", both.root / ".airflow")
    if arguments == ["up"]:  # another Airflow of this machine may hold the usual port
        arguments = ["up", "--port", str(free_port())]
    for named in ("", str(both.real.warehouse)):
        monkeypatch.setenv("ATLAS_WAREHOUSE", named)
        done = CliRunner().invoke(cli.app, arguments)
        assert isinstance(done.exception, UsageError)
        for phrase in ("n'est pas celui des extraits fictifs", "--sources DOSSIER", str(both.real.warehouse)):
            assert phrase in str(done.exception)
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(both.real.warehouse))
    assert isinstance(CliRunner().invoke(cli.app, ["edition"]).exception, UsageError)


def test_what_was_deposited_in_a_real_warehouse_is_read(both: Checkout) -> None:
    shutil.copytree(both.real.sources, both.real.warehouse / "depot")
    done = CliRunner().invoke(cli.app, ["run", "ght", "-m", "2022"])
    assert "Observé : 35" in done.output  # lines: read, and too few for a real extract


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The environments in which the main job was launched; nothing is."""
    found: list[dict[str, str]] = []

    def launch(_command: list[str], environment: dict[str, str], _kept: tuple[int, ...]) -> int:
        found.append(environment)
        return 0

    monkeypatch.setattr(processes, "run", launch)
    monkeypatch.setattr(lockfile, "commit", lambda: "celui-ci")
    return found


def test_the_main_job_without_extracts_stays_a_demonstration(both: Checkout, launched: list[dict[str, str]]) -> None:
    before = {p: p.stat().st_mtime_ns for p in both.real.warehouse.rglob("*") if "echantillon" not in p.parts}
    done = CliRunner().invoke(cli.app, ["edition"])
    assert done.exit_code == 0, done.output
    assert [Path(env["ATLAS_WAREHOUSE"]) for env in launched] == [both.fictitious.warehouse]
    assert [Path(env["ATLAS_SOURCES"]) for env in launched] == [both.fictitious.sources]
    assert "extraits FICTIFS" in done.output
    assert f"L'entrepôt réel ({both.real.warehouse}) n'est pas touché" in done.output
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_the_main_job_with_extracts_is_real(both: Checkout, launched: list[dict[str, str]]) -> None:
    done = CliRunner().invoke(cli.app, ["edition", "--sources", str(both.real.sources)])
    assert done.exit_code == 0, done.output
    assert [Path(env["ATLAS_WAREHOUSE"]) for env in launched] == [both.real.warehouse]
    assert BANNER not in done.stderr
    assert "extraits FICTIFS" not in done.output


# --- What a message says to type --------------------------------------------------------------------------


def typed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a suggested line as a person would type it, in a shell where nothing is set."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    words = shlex.split(line)
    while "=" in words[0]:
        name, value = words.pop(0).split("=", 1)
        monkeypatch.setenv(name, value)
    assert words.pop(0) == "atlas"
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output


def waiting(now: Settings) -> None:
    """A vintage that is no longer accepted: the lock and what could be locked differ."""
    shutil.rmtree(now.staging / "contours")


@pytest.mark.lent
@pytest.mark.parametrize("which", ["real", "fictitious", "own"])
@pytest.mark.parametrize("said_by", ["lock", "edition", "awakened"])
def test_a_suggested_command_acts_on_the_same_warehouse(
    both: Checkout, which: str, said_by: str, launched: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = both.root / "le mien"
    if which == "own":
        shutil.copytree(both.real.warehouse, own, ignore=shutil.ignore_patterns("echantillon"))
    now = {"real": both.real, "fictitious": both.fictitious, "own": Settings(both.real.sources, own)}[which]
    waiting(now)
    both.forget_locks()
    if which != "real":
        monkeypatch.setenv("ATLAS_WAREHOUSE", str(now.warehouse))
    if said_by == "awakened":
        monkeypatch.setattr(steps, "is_built", lambda edition: True)
        said = steps.nothing_to_build(EDITION) or ""
        line = re.findall(r", ou (.* --update)\)", said)[0]
    elif said_by == "edition":
        asked = ["edition"] if which == "fictitious" else ["edition", "--sources", str(both.real.sources)]
        line = re.findall("« (.* --update) »", CliRunner().invoke(cli.app, asked).output)[0]
    else:
        line = re.findall(r"en attente \((.*)\)", CliRunner().invoke(cli.app, ["lock"]).output)[0]
    typed(line, monkeypatch)
    assert [home for home, commit in both.locks().items() if commit == "celui-ci"] == [now.warehouse.name]


@pytest.mark.parametrize("which", ["real", "fictitious"])
def test_a_command_that_reads_extracts_names_them(
    both: Checkout, which: str, launched: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {"real": both.real, "fictitious": both.fictitious}[which]
    typed(hints.command(now, "edition", "--edition", EDITION, extracts=True), monkeypatch)
    assert Path(launched[0]["ATLAS_WAREHOUSE"]) == now.warehouse
    assert Path(launched[0]["ATLAS_SOURCES"]) == now.sources


def test_where_nobody_named_the_extracts_there_is_a_blank_to_fill(both: Checkout) -> None:
    line = hints.command(settings.load(), "edition", extracts=True)
    assert line == "atlas edition --sources DOSSIER"


def test_on_line_is_an_option_too(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_EN_LIGNE", "oui")
    assert hints.command(settings.load(), "run", "sae", extracts=True) == "atlas run sae --en-ligne"


def test_what_to_do_without_a_lock_says_where(both: Checkout) -> None:
    with pytest.raises(AtlasError) as told:
        lockfile.draft(replace(both.fictitious, warehouse=both.root / "vide"), EDITION)
    assert f"ATLAS_WAREHOUSE={both.root}/vide atlas vintages" in told.value.todo


def said(path: Path) -> list[str]:
    """The texts of a module that a person may read: no docstring, no help, no name that a lock is taken under."""
    code = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(code) if isinstance(node, ast.Call)]
    silent: set[ast.AST] = {node.value for node in ast.walk(code) if isinstance(node, ast.Expr)}
    silent |= {keyword.value for call in calls for keyword in call.keywords if keyword.arg == "help"}
    silent |= {part for c in calls if ast.unparse(c.func).endswith("alone") for a in c.args for part in ast.walk(a)}
    return [
        node.value
        for node in ast.walk(code)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent
    ]


def test_no_message_writes_by_hand_a_command_that_acts_on_a_warehouse() -> None:
    found = {
        f"{path.relative_to(ROOT)} : {text}"
        for path in sorted((ROOT / "pipelines").rglob("*.py"))
        for text in said(path)
        if ACTING.search(text)
    }
    # It acts on none: there is one Airflow a checkout.
    assert {line for line in found if "« atlas up » tourne déjà" not in line} == set()
