"""What `atlas` starts ends with it, even where it is killed without a word."""

import os
import signal
import threading
import time


def leave_with_it(*, family: bool = False) -> None:
    """Sends this process SIGTERM once the one that started it has gone; with `family`, kills all of its group.

    A process that leads a group takes those with it that wait for work from it, and would wait for ever.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        if family and os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
