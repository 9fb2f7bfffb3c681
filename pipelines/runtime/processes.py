"""The processes that a command starts: they end with it, however it is asked to end."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

import psutil

PATIENCE = 30  # seconds that a program has to end by itself, once asked
# For one whose work may be cut anywhere: Airflow lets a task go on to its end, whatever it is asked.
SOON = 3


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """A terminal that closes and a plain `kill` stop everything as Ctrl-C does."""
    known = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(_number: int, _frame: object) -> None:
        for other in known:  # once: a second Ctrl-C must not leave half of it running
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop(process: subprocess.Popen[bytes], patience: int = PATIENCE) -> None:
    """Ends a process and all that it started: it leads a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    end_session(process.pid, min(patience, 10))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)


def end_session(leader: int, patience: int = 10) -> None:
    """Ends what is left of a session, but this process: asked first, then killed.

    Airflow gives each task a group of its own: their session is all that they still have in common.
    """
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        left = [one for one in psutil.process_iter() if _of_session(one, leader)]
        for one in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(number)
        if not psutil.wait_procs(left, seconds)[1]:
            return


def _of_session(process: psutil.Process, leader: int) -> bool:
    """Whether a process is of a session, and could be ended: it is not this one, and has not ended already."""
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and process.pid != os.getpid() and os.getsid(process.pid) == leader
    except (psutil.NoSuchProcess, ProcessLookupError):
        return False


def run(command: list[str], environment: dict[str, str], pass_fds: tuple[int, ...]) -> int:
    """Runs a program to its end; returns its status. What stops this process soon stops it, and all that it started.

    Its work is one that may be cut anywhere: what isn't whole is never in place.
    """
    with stoppable():
        process = subprocess.Popen(  # noqa: S603
            command, env=environment, pass_fds=pass_fds, start_new_session=True
        )
        try:
            return process.wait()
        finally:
            stop(process, SOON)
