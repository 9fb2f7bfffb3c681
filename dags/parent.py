"""What `atlas` starts ends with it, even where it is killed without a word."""

import os
import signal
import threading
import time


def leave_with_it() -> None:
    """Sends this process SIGTERM once the one that started it has gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
