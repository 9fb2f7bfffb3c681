"""The processes that a command starts: they end with it, however it is asked to end."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator


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


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it started: it leads a session of its own."""
    for number, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def run(command: list[str], environment: dict[str, str], pass_fds: tuple[int, ...]) -> int:
    """Runs a program to its end; returns its status. What stops this process stops it, and all that it started."""
    with stoppable():
        process = subprocess.Popen(  # noqa: S603
            command, env=environment, pass_fds=pass_fds, start_new_session=True
        )
        try:
            return process.wait()
        finally:
            stop(process)
