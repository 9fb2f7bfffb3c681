"""Airflow with its UI: what `atlas up` and docker-compose.yml open, keep secret and leave behind."""

import ast
import fcntl
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fixtures_entrepots import EDITION, REGION, ROOT, environment
from typer.testing import CliRunner

from pipelines import catalogue, cli, settings, steps
from pipelines.arrival import outcomes
from pipelines.cli import airflow
from pipelines.edition import lockfile
from pipelines.errors import StorageError, UsageError
from pipelines.publish import tables
from pipelines.runtime import processes
from pipelines.settings import Settings

# --- atlas up ---------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for Airflow's state; nothing of the person's own environment."""
    for name in ("NO_PROXY", "no_proxy", "ATLAS_SOURCES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ATLAS_WAREHOUSE", str(tmp_path / "entrepot"))
    monkeypatch.setattr(airflow, "HOME", tmp_path / ".airflow")
    return tmp_path / ".airflow"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something listens."""
    with socket.create_server((airflow.LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_the_server_listens_on_loopback_only(home: Path) -> None:
    made = airflow.environment(home, 8123)
    assert made["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert made["AIRFLOW__API__PORT"] == "8123"
    assert made["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8123"
    assert made["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"
    assert "0.0.0.0" not in " ".join(f"{k}={v}" for k, v in made.items() if k.startswith("AIRFLOW"))  # noqa: S104


def test_standalone_serves_no_log_to_other_machines(home: Path) -> None:
    code = (
        "import standalone as s; from airflow.cli.commands import standalone_command as o; "
        "print([s.Component(None, n, [n], {}).command for n in ('scheduler', 'triggerer', 'api-server')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**airflow.environment(home, 8123), "PYTHONPATH": str(ROOT / "dags")},
        capture_output=True,
        text=True,
    )
    said = done.stdout.strip().splitlines()[-1:]
    assert said == [str([["scheduler", "--skip-serve-logs"], ["triggerer", "--skip-serve-logs"], ["api-server"]])], (
        done.stderr[-2000:]
    )


def test_the_state_is_in_the_home_and_the_embedded_run_has_its_own(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://ailleurs/autre")
    monkeypatch.setenv("AIRFLOW_HOME", "/ailleurs")
    for place in (home, tmp_path / "embarque"):
        made = airflow.environment(place)
        assert made["AIRFLOW_HOME"] == str(place)
        assert made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{place}/airflow.db"
        assert made["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"
        assert made["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
        assert "AIRFLOW__API__PORT" not in made
    assert airflow.EMBEDDED_HOME.is_relative_to(ROOT / ".airflow")
    assert airflow.EMBEDDED_HOME != ROOT / ".airflow"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_stands_between_its_own_processes(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "intranet.example,localhost")
    made = airflow.environment(home, 8123)
    assert made["NO_PROXY"] == made["no_proxy"] == "intranet.example,localhost,127.0.0.1"


def test_the_airflow_that_starts_is_the_one_of_this_installation(home: Path) -> None:
    path = airflow.environment(home, 8123)["PATH"]
    assert shutil.which("airflow", path=path) == str(Path(sys.executable).parent / "airflow")


def test_a_taken_port_is_told_in_one_screen(home: Path, taken: int, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["up", "--port", str(taken)])
    assert isinstance(done.exception, UsageError)
    said = str(done.exception)
    assert f"Le port {taken} est déjà pris." in said
    assert f"atlas up --port {taken + 1}" in said
    assert done.exception.exit_code == 2
    assert not (tmp_path / "entrepot").exists()  # told before the samples are made


def test_notices_that_would_go_nowhere_are_told_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_ALERTES", "donnees@ars.example")
    done = CliRunner().invoke(cli.app, ["up"])
    assert isinstance(done.exception, UsageError)
    assert "ATLAS_ALERTES ne se comprend pas" in str(done.exception)
    assert not home.exists()


def test_a_second_airflow_on_the_same_folder_is_refused(home: Path, taken: int) -> None:
    home.mkdir()
    with (home / "atlas-up.verrou").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = CliRunner().invoke(cli.app, ["up", "--port", str(taken)])
    assert isinstance(done.exception, UsageError)
    assert "« atlas up » tourne déjà" in str(done.exception)


def test_the_folder_with_the_password_is_closed_to_others(home: Path, taken: int) -> None:
    CliRunner().invoke(cli.app, ["up", "--port", str(taken)])
    assert home.stat().st_mode & 0o077 == 0


@pytest.mark.lent
@pytest.mark.parametrize("group", [False, True], ids=["of its group", "in a group of its own"])
def test_stopping_leaves_no_process_behind(*, group: bool) -> None:
    # A leader that ends at once, and a child of its session that would rather not. Airflow gives its tasks groups.
    code = (
        "import subprocess, sys, time\n"
        "child = [sys.executable, '-c', \"import signal, time; "
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('la', flush=True); time.sleep(600)\"]\n"
        f"subprocess.Popen(child, process_group={0 if group else None})\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout
    assert process.stdout.readline() == b"la\n"
    processes.stop(process)
    assert process.poll() is not None
    # Its other end is closed: nobody of that session is left.
    assert select.select([process.stdout], [], [], 5)[0]
    assert process.stdout.read() == b""
    process.stdout.close()


# A command that runs a program, which starts another: both say that they are there.
CHILD = "import time; print('la', flush=True); time.sleep(60)"
PROGRAM = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"
RUNS = f"""
import os, sys
from pipelines.runtime import processes
processes.run([sys.executable, "-c", {PROGRAM!r}], dict(os.environ), ())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_stopped_leaves_nobody_at_work(number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", RUNS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"la\n"
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)  # ends once nobody has its output open
    assert said == b""
    assert process.returncode != 0


def test_a_command_whose_program_is_deaf_stops_soon() -> None:
    """As Airflow is during a task: what it is asked changes nothing, and its work may be cut anywhere."""
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('la', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", RUNS.replace(repr(PROGRAM), repr(deaf))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline() == b"la\n"
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert time.monotonic() - asked < 4 * processes.SOON


HOLDS = f"""
import subprocess, sys
from pathlib import Path
from pipelines.cli import airflow
airflow.HOME = Path(sys.argv[1])
with airflow._alone() as held:
    subprocess.run([sys.executable, "-c", {CHILD!r}], pass_fds=(held,))
"""


def test_what_a_killed_airflow_left_keeps_a_second_one_out(home: Path, taken: int) -> None:
    up = subprocess.Popen([sys.executable, "-c", HOLDS, str(home)], cwd=ROOT, stdout=subprocess.PIPE)
    assert up.stdout
    assert up.stdout.readline() == b"la\n"
    children = subprocess.run(["pgrep", "-P", str(up.pid)], capture_output=True, text=True, check=True).stdout.split()
    up.kill()
    up.wait()
    done = CliRunner().invoke(cli.app, ["up", "--port", str(taken)])
    assert "« atlas up » tourne déjà" in str(done.exception)
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    assert up.stdout.read() == b""  # the child has gone
    up.stdout.close()
    done = CliRunner().invoke(cli.app, ["up", "--port", str(taken)])
    assert "est déjà pris" in str(done.exception)


def test_airflow_and_its_components_hold_the_lock_of_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, Any]]] = []

    def start(command: list[str], **options: Any) -> None:
        started.append((command, options))
        raise KeyboardInterrupt

    monkeypatch.setattr(airflow, "with_extracts", settings.load)
    monkeypatch.setattr(airflow, "origin", lambda now: "")
    monkeypatch.setattr(subprocess, "Popen", start)
    with socket.create_server((airflow.LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    CliRunner().invoke(cli.app, ["up", "--port", str(port)])
    ((command, options),) = started
    (held,) = options["pass_fds"]
    assert command[-1] == str(held)
    standalone = ast.parse((ROOT / "dags" / "standalone.py").read_text(encoding="utf-8"))
    passed = [k for n in ast.walk(standalone) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "pass_fds"]
    assert [ast.unparse(keyword.value) for keyword in passed] == ["HELD"]


WATCHED = f"import sys; sys.path.insert(0, 'dags'); import parent; parent.leave_with_it(); {CHILD}"
LEAVES = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WATCHED!r}])"


def test_what_is_started_leaves_with_a_parent_that_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", LEAVES], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"la\n"
    process.kill()
    start = time.monotonic()
    assert process.stdout.read() == b""
    assert time.monotonic() - start < 20
    process.wait()
    process.stdout.close()


# --- what wakes the atlas ---------------------------------------------------------------------------------


def test_the_first_lock_waits_for_all_that_is_on_offer(empty: Settings) -> None:
    steps.ingest("ght", 2022)
    why = steps.nothing_to_build(EDITION)
    assert why
    assert "premier verrou" in why
    assert "ght 2023" in why
    assert "sae 2023" in why
    assert "ght 2022" not in why


def test_a_built_edition_is_left_alone(copied: Settings) -> None:
    why = steps.nothing_to_build(EDITION)
    assert why
    assert "déjà construite" in why
    assert "attendent" not in why


def test_what_waits_for_an_updated_lock_is_named(copied: Settings) -> None:
    shutil.rmtree(outcomes.folder(copied, "contours", 2018, 1))
    why = steps.nothing_to_build(EDITION)
    assert why
    assert "- contours 2018" in why


def test_an_edition_is_built_once_all_is_checked_and_again_when_its_file_is_gone(copied: Settings) -> None:
    copied.built(EDITION).unlink()
    assert steps.nothing_to_build(EDITION) is None
    (copied.editions / str(EDITION) / "verrou.json").unlink()
    assert steps.nothing_to_build(EDITION) is None


def test_a_warehouse_that_has_received_nothing_has_nothing_to_build(empty: Settings) -> None:
    nothing = empty.warehouse.parent / "vide"
    nothing.mkdir()
    with environment(empty.warehouse, nothing):
        why = steps.nothing_to_build(EDITION)
    assert why
    assert "Aucun millésime n'est accepté" in why


@pytest.mark.lent
def test_a_publication_that_failed_is_left_to_be_taken_up(numbered: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    steps.publish(EDITION, REGION)
    assert steps.unpublished(EDITION) == []
    (numbered.drafts / f"{EDITION}-{REGION}" / "publie.json").unlink()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "plein")

    with monkeypatch.context() as patch:
        patch.setattr(tables, "dictionary", fail)
        with pytest.raises(StorageError):
            steps.publish(EDITION, REGION)
    assert steps.unpublished(EDITION) == [REGION]
    steps.publish(EDITION, REGION)
    assert steps.unpublished(EDITION) == []


# --- what people are told once a month --------------------------------------------------------------------


def test_a_source_too_old_for_the_edition_is_named_with_what_is_awaited(copied: Settings) -> None:
    reference = {p.source: p.millesime for p in lockfile.lock(copied, EDITION).pins if p.reference}
    for year in (EDITION, EDITION + 1, EDITION + 4):
        edition = max(EDITION, year - 1)
        expected = [s for s, label in reference.items() if label + catalogue.load(s).millesime.age_max < edition]
        old, text = steps.stale(year)
        assert old == expected
        for source in old:
            wanted = edition - catalogue.load(source).millesime.age_max
            assert f"{source} : dernier millésime accepté {reference[source]}, {wanted} au moins attendu" in text
        assert "à faire" in text
    assert len(old) > len(steps.stale(EDITION)[0])  # they grow old


# --- docker-compose.yml -----------------------------------------------------------------------------------

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
MACHINES = (ROOT / "docker-compose.celery.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SECRETS = {
    "POSTGRES_PASSWORD",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
    "ATLAS_UI_PASSWORD",
}
AIRFLOW = {"init", "api-server", "scheduler", "dag-processor"}
REFERENCE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_the_services_are_those_that_airflow_needs(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"postgres", *AIRFLOW}
    assert {services[name]["image"] for name in AIRFLOW} == {"atlas-sante"}
    for name, service in services.items():
        assert service["restart"] == ("no" if name == "init" else "unless-stopped")
        assert ("healthcheck" in service) == (name != "init")
        assert "privileged" not in service
        assert "network_mode" not in service
    for name in AIRFLOW - {"init"}:
        assert services[name]["depends_on"]["init"] == {"condition": "service_completed_successfully"}


def test_every_secret_comes_from_the_environment(services: dict[str, dict[str, Any]]) -> None:
    required = {name for name, rest in REFERENCE.findall(COMPOSE) if rest.startswith(":?")}
    assert required == {*SECRETS, "ATLAS_SOURCES"}
    # None has a default anywhere, and each absence is told in French.
    for name, rest in REFERENCE.findall(COMPOSE):
        if name in required:
            assert re.fullmatch(r":\?.+ à définir, voir \.env\.example", rest), name
    for service in services.values():
        for name, value in service["environment"].items():
            if re.search(r"PASSWORD$|SECRET|_KEY$", name):
                assert REFERENCE.fullmatch(value), name
            # An address may hold a password: that one too.
            for inside in re.findall(r"://[^/:@]*:([^@]*)@", REFERENCE.sub(r"<\1>", value)):
                assert inside == "<POSTGRES_PASSWORD>", name


def test_only_the_interface_is_published_and_on_loopback(services: dict[str, dict[str, Any]]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"api-server"}
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])
    assert "--skip-serve-logs" in services["scheduler"]["command"]


def test_the_extracts_are_read_only(services: dict[str, dict[str, Any]]) -> None:
    for name in AIRFLOW:
        mounts = [v for v in services[name]["volumes"] if ":/extraits" in v]
        assert len(mounts) == 1
        assert mounts[0].endswith(":/extraits:ro")
        assert services[name]["environment"]["ATLAS_SOURCES"] == "/extraits"


def test_a_proxy_of_the_agency_spares_the_services_themselves(services: dict[str, dict[str, Any]]) -> None:
    made = services["scheduler"]["environment"]
    assert {"HTTP_PROXY", "HTTPS_PROXY"} <= set(made)
    assert {"127.0.0.1", "api-server", "postgres", "${NO_PROXY:-}"} <= set(made["NO_PROXY"].split(","))


def test_the_example_names_all_that_is_asked_and_holds_no_secret() -> None:
    given = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, flags=re.MULTILINE))
    assert set(given) == {*SECRETS, "ATLAS_SOURCES"}
    assert set(given.values()) == {""}
    known = set(re.findall(r"^(?:# )?(\w+)=", EXAMPLE, flags=re.MULTILINE))
    assert {name for name, _ in REFERENCE.findall(COMPOSE + MACHINES)} == known
    # The file made from it stays out of git and out of the image.
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".env" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_an_image_is_named_by_its_version_and_its_bytes() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (.+)$", dockerfile, re.M)
    images = {said for said in re.findall(r"^ +image: (.+)$", COMPOSE + MACHINES, re.M)} - {"atlas-sante"}
    assert {re.split(r"[:@]", image)[0] for image in [*bases, *images]} == {"python", "postgres", "redis"}
    version = r"\d+\.\d+[\w.-]*"
    assert [i for i in bases if not re.fullmatch(rf"\w+:{version}@sha256:[0-9a-f]{{64}}", i)] == []
    # The specification of compose, as it is checked, takes one or the other: the version is said beside it.
    assert [i for i in images if not re.fullmatch(rf"\w+@sha256:[0-9a-f]{{64}} # {version}", i)] == []


def test_the_image_has_what_is_locked_and_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    syncs = [line for line in lines if "uv sync" in line]
    assert syncs
    assert all("--locked" in line and "--group machines --group telemetry" in line for line in syncs)
    user = lines.index("USER atlas")
    assert all(lines.index(line) > user for line in syncs)
    assert [line for line in lines if line.startswith("USER")] == ["USER atlas"]
