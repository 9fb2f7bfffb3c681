"""docker-compose.yml and docker-compose.celery.yml as docker compose reads them, and their commands without containers.

No container engine is needed: the files are read and merged by the rules of the Compose specification that they use
(merge of maps, `extends`, interpolation), and `processes` starts the same commands with the same environment on
loopback. What differs is where things are: addresses, ports and folders, replaced as text.
"""

import contextlib
import functools
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.settings import ROOT

FILES = ("docker-compose.yml", "docker-compose.celery.yml")
VOLUMES = ("postgres", "warehouse", "airflow")
INNER = re.compile(r"(?<=:)\$\{(\w+)(?:(:[-?])([^{}]*))?\}(?=\})")
REFERENCE = re.compile(r"\$\$|\$\{(\w+)(?:(:[-?])([^}]*))?\}")

Service = dict[str, Any]


def services(values: Mapping[str, str]) -> dict[str, Service]:
    """The services of both files, merged, with values for their variables. Raises LookupError for a required one."""
    first, second = (interpolated(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")), values) for name in FILES)
    found: dict[str, Service] = dict(first["services"])
    for name, said in second["services"].items():
        above = said.pop("extends", None)
        base = first["services"][above["service"]] if above else found.get(name, {})
        found[name] = merged(base, said)
    return found


def merged(base: Service, over: Service) -> Service:
    """One service over another: maps are merged, ports are added, the rest is replaced."""
    made = dict(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(made.get(key), dict):
            made[key] = merged(made[key], value)
        elif key == "ports":
            made[key] = [*made.get(key, []), *value]
        else:
            made[key] = value
    return made


def interpolated(node: Any, values: Mapping[str, str]) -> Any:
    """A file with its variables replaced, as docker compose does; a doubled dollar is one."""
    if isinstance(node, dict):
        return {key: interpolated(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [interpolated(value, values) for value in node]
    return _filled(node, values) if isinstance(node, str) else node


def _filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables replaced, those of a default first: `${A:-http://host:${B:-80}}`."""
    filled = INNER.sub(lambda found: _value(found, values), text)
    return REFERENCE.sub(lambda found: _value(found, values), filled)


def _value(found: "re.Match[str]", values: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    said = values.get(found[1], "")
    if not said and found[2] == ":?":
        raise LookupError(found[3])
    return said or (found[3] or "" if found[2] == ":-" else "")


def words(service: Service) -> list[str]:
    """The command of a service, in words."""
    command = service["command"]
    return shlex.split(command) if isinstance(command, str) else list(command)


@contextlib.contextmanager
def processes(folder: Path) -> Iterator["Processes"]:
    """What starts services as processes, until the end of the block."""
    made = Processes(folder)
    try:
        yield made
    finally:
        made.stop()


class Processes:
    """Services at work, each as a process of its own session, its output in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._asked: dict[str, Callable[[], None]] = {}

    def start(self, name: str, service: Service, moved: Mapping[str, str], home: Path, **more: str) -> None:
        """Starts a service in a folder that has the code, its texts moved (`/opt/atlas` -> a folder of ours)."""
        if service.get("restart") != "no":
            self._asked[name] = functools.partial(self.start, name, service, moved, home, **more)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "ATLAS"))}
        environment |= {k: _moved(str(v), moved) for k, v in service["environment"].items()}
        environment |= {"AIRFLOW_HOME": str(home / ".airflow"), "PYTHONPATH": str(home), **more}
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [_moved(word, moved) for word in words(service)],
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, name: str, seconds: int) -> None:
        """Waits until a service that does one thing has done it."""
        assert self.running.pop(name).wait(seconds) == 0, self.said(name)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Kills a service and what it started, without a word."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(60)

    def again(self, name: str) -> None:
        """Kills a service, and starts it anew."""
        self.kill(name)
        self._asked[name]()

    def revive(self) -> None:
        """Starts anew the services that have stopped, where the file says so (`restart`)."""
        for name, process in list(self.running.items()):
            if process.poll() is not None and name in self._asked:
                self._asked[name]()

    def said(self, name: str) -> str:
        """The end of what a service said."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-6000:]

    def all_said(self) -> str:
        """The end of what each said."""
        return "\n".join(f"--- {name}\n{self.said(name)}" for name in self.running)

    def stop(self) -> None:
        """Stops all, the newest first."""
        for name in reversed(list(self.running)):
            self.kill(name)


def _moved(text: str, moved: Mapping[str, str]) -> str:
    for before, after in moved.items():
        text = text.replace(before, after)
    return text
