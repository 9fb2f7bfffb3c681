"""`atlas up`: Airflow's interface on this machine; and the environment that Airflow runs in."""

import contextlib
import errno
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

import requests
import typer

from pipelines import hints, settings
from pipelines.cli.common import Sources, origin, screen, use, with_extracts
from pipelines.errors import BuildError, UsageError
from pipelines.runtime.processes import stop, stoppable

LOOPBACK = "127.0.0.1"
HEALTHY_WITHIN = 300  # seconds; some 20 s where nothing else runs
# The embedded run has a home of its own. In one database, the partitions that it adds would wake the DAGs
# that someone has unpaused in the UI, the scheduler would adopt its runs, and SQLite takes one writer at once.
HOME = settings.ROOT / ".airflow"
PASSWORDS = "simple_auth_manager_passwords.json.generated"
EMBEDDED_HOME = HOME / "embarque"


def environment(home: Path, port: int | None = None, *, paused: bool = True) -> dict[str, str]:
    """What Airflow runs with: all its state in `home`; with a port, its server too, on loopback only.

    `paused` is what becomes of a DAG that it sees for the first time.
    """
    now = settings.load()
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(home / "airflow.cfg"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "ATLAS_BASE_AIRFLOW": f"sqlite:///{home / 'airflow.db'}",  # Airflow hides the other one from its tasks
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": str(paused),
        "ATLAS_SOURCES": str(now.sources),
        "ATLAS_WAREHOUSE": str(now.warehouse),
    }
    if port is None:
        # Its listener forks to tell: below a run without a scheduler, that waits for ever.
        return {**environment, "AIRFLOW__OPENLINEAGE__DISABLED": "True"}
    address = f"http://{LOOPBACK}:{port}"
    # A proxy that the machine needs for the outside must not get what its own processes say to each other.
    spared = (os.environ.get("NO_PROXY") or os.environ.get("no_proxy", "")).split(",")
    direct = ",".join(dict.fromkeys([*filter(None, spared), LOOPBACK, "localhost"]))
    return {
        **environment,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "NO_PROXY": direct,
        "no_proxy": direct,
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__INSTANCE_NAME": "Atlas santé",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(settings.ROOT / "dags" / "plugins"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        # Each check imports Great Expectations: more at once than there are cores only fills the memory.
        "AIRFLOW__CORE__PARALLELISM": str(max(2, os.cpu_count() or 2)),
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    }


def up(
    port: Annotated[int, typer.Option("--port", "-p", min=1024, max=65535, help="Port de l'interface.")] = 8080,
    sources: Sources = None,
    active: Annotated[
        bool, typer.Option("--actifs", help="Active tous les DAG : chacun s'exécute dès qu'il le doit.")
    ] = False,
) -> None:
    """Ouvre l'interface d'Airflow sur cette machine seule, avec les mêmes DAG ; Ctrl-C arrête tout."""
    use(sources)
    settings.alertes()  # one that makes no sense is told now, not when there is something to tell
    console = screen()
    with _alone() as held, stoppable():
        _check_port(port)
        now = with_extracts()
        log = HOME / "logs" / "standalone.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        console.print(
            f"[bold]Airflow[/bold] — {origin(now)}\nDémarrage, de vingt secondes à une minute…",
            soft_wrap=True,
        )
        env = environment(HOME, port, paused=not active)
        with log.open("wb") as handle:
            if active and (HOME / "airflow.db").is_file():
                _activate(env, handle)
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, str(settings.ROOT / "dags" / "standalone.py"), str(held)],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                pass_fds=(held,),  # whatever becomes of this process, what it started keeps others out
                start_new_session=True,  # Ctrl-C reaches it through `stop` alone, once
            )
        try:
            _wait_healthy(process, port, log)
            (HOME / PASSWORDS).chmod(0o600)  # Airflow leaves it to the umask
            console.print(
                f"\nInterface    : http://{LOOPBACK}:{port}\n"
                "Utilisateur  : admin\n"
                f"Mot de passe : dans {HOME / PASSWORDS}\n"
                f"Entrepôt     : {now.warehouse}\n"
                f"État         : {now.warehouse / settings.STATUS}, refait à chaque tâche\n"
                f"Journal      : {log}\n\n"
                + (
                    "Tous les DAG sont actifs. "
                    if active
                    else "Un DAG arrive en pause, et reste comme on l'a laissé : l'activer dans l'interface, ou tous "
                    "par --actifs. "
                )
                + "Ctrl-C arrête tout.",
                markup=False,
                soft_wrap=True,
            )
            process.wait()
            raise _stopped_alone(log)
        except KeyboardInterrupt:
            console.print("\nArrêt…")
        finally:
            stop(process)
        console.print("Airflow est arrêté.")


def _activate(environment: dict[str, str], log: IO[bytes]) -> None:
    """Activates the DAGs that an earlier run knew as paused; those that are new will be active as they are seen."""
    asked = ("dags", "unpause", "--treat-dag-id-as-regex", "--yes", ".*")
    subprocess.run(  # noqa: S603
        ["airflow", *asked],  # noqa: S607 - the one of PATH, which begins with this installation
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        check=False,  # its words are in the log; a base of another version is brought up to date by what comes next
    )


@contextlib.contextmanager
def _alone() -> Iterator[int]:
    """Holds the only `atlas up` of this checkout: two schedulers on one SQLite file would corrupt each other's runs.

    The lock ends with the last process that was given its descriptor.
    """
    HOME.mkdir(parents=True, exist_ok=True)
    HOME.chmod(0o700)  # the password is in there
    with (HOME / "atlas-up.verrou").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                "« atlas up » tourne déjà dans ce dossier.",
                expected="un seul Airflow par dossier",
                todo="utiliser celui qui tourne, ou l'arrêter (Ctrl-C dans son terminal) puis relancer ; "
                "s'il a été tué, attendre une minute que ce qu'il avait lancé s'arrête de soi-même",
            ) from error
        yield handle.fileno()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise UsageError(
                f"Le port {port} est déjà pris." if taken else f"Le port {port} ne s'ouvre pas : {error.strerror}.",
                expected=f"un port libre sur {LOOPBACK}",
                todo="arrêter ce qui l'occupe (ss -ltnp), ou en choisir un autre : "
                + hints.command(settings.load(), "up", "--port", port + 1, extracts=True),
            ) from error


def _wait_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns once the server, the scheduler and the DAG processor answer. Raises BuildError where they don't."""
    deadline = time.monotonic() + HEALTHY_WITHIN
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to oneself
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise _stopped_alone(log)
            with contextlib.suppress(requests.RequestException, KeyError):  # not up yet
                health = session.get(f"http://{LOOPBACK}:{port}/api/v2/monitor/health", timeout=5).json()
                if all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")):
                    return
            time.sleep(1)
    raise BuildError(
        f"Airflow ne répond pas après {HEALTHY_WITHIN} secondes.",
        expected="un serveur, un planificateur et un lecteur de DAG en bonne santé",
        todo=f"lire {log}",
    )


def _stopped_alone(log: Path) -> BuildError:
    return BuildError(
        "Airflow s'est arrêté de lui-même.",
        expected="un serveur, un planificateur et un lecteur de DAG qui tournent",
        todo=f"lire la fin de {log}",
    )
