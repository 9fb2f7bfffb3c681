"""`airflow standalone` with nothing listening beyond this machine. `atlas up` starts it.

Standalone's scheduler and triggerer serve their logs to other machines on all addresses, which no setting
changes; here the UI reads the log files themselves. One component down stops the others too.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import parent
from airflow import __main__ as airflow
from airflow.cli.commands import standalone_command

from pipelines.runtime import processes

PATIENCE = 15  # seconds that the components have to end by themselves; less than `atlas up` gives this process
SERVE_LOGS = ("scheduler", "triggerer")
HELD: list[int] = []  # the descriptor of the lock of `atlas up`
COMPONENTS: list[standalone_command.SubCommand] = []


class Component(standalone_command.SubCommand):
    """A component of standalone, without its log server; where it ends, all end."""

    def __init__(
        self, parent: standalone_command.StandaloneCommand, name: str, command: list[str], env: dict[str, str]
    ) -> None:
        super().__init__(parent, name, [*command, "--skip-serve-logs"] if name in SERVE_LOGS else command, env)
        COMPONENTS.append(self)

    def _follow(self) -> None:
        """Starts the component and passes on what it says, as Airflow does; it holds what `atlas up` holds."""
        self.process = subprocess.Popen(  # noqa: S603
            ["airflow", *self.command],  # noqa: S607
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.env,
            pass_fds=HELD,
        )
        for line in self.process.stdout or ():
            self.parent.output_queue.append((self.name, line))

    def run(self) -> None:
        reader = threading.Thread(target=self._follow, daemon=True)
        reader.start()
        # Its children may outlive it and keep its output open: the end of that says too little.
        while reader.is_alive() and (self.process is None or self.process.poll() is None):
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for known in (signal.SIGTERM, signal.SIGINT):  # said once: what stops must be left to stop
        signal.signal(known, signal.SIG_IGN)
    # A scheduler waits for its tasks, however long they take, and nobody waits for it any more.
    late = threading.Timer(PATIENCE, _end_all)
    late.daemon = True
    late.start()
    raise KeyboardInterrupt


def _end_all() -> None:
    """Ends the components, and the tasks that they started, each in a group of its own."""
    if os.getsid(0) == os.getpid():  # as `atlas up` starts it
        processes.end_session(os.getpid())


def main() -> None:
    for known in (signal.SIGTERM, signal.SIGINT):
        signal.signal(known, _stop)
    HELD.extend(map(int, sys.argv[1:]))
    parent.leave_with_it()
    # `airflow standalone` makes its components by this name: no setting says to make others.
    standalone_command.SubCommand = Component  # type: ignore[misc]
    sys.argv = ["airflow", "standalone"]
    try:
        airflow.main()
    finally:
        for component in COMPONENTS:
            component.stop()
        _end_all()


if __name__ == "__main__":
    main()
