"""Who writes to the warehouse: locks that every writer takes, held by the system, so that they end with their process.

A command that writes takes the whole warehouse (`whole`). A step takes what it writes (`parts`) beside other steps:
one run ingests many vintages side by side, and publishes while another ingests. Below a command, in its own process
or in those it starts with `passed()`, the steps find the warehouse taken for them.

Nobody waits: who comes second is refused with BusyError, which names who came first. A scheduled task retries.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import BusyError

FOLDER = ".verrous"
WHOLE = "entrepot"
EDITIONS = "editions"  # locks, builds and the file in place
RELEASES = "publications"  # all releases, of every edition and region: secrecy looks at them together

INHERITED = "ATLAS_VERROU_TENU"  # the descriptor by which a command holds the whole warehouse
MOMENT = 1.0  # seconds: who only looks whether a lock is held (`_holders`) holds it himself for an instant


@contextlib.contextmanager
def whole(warehouse: Path, who: str) -> Iterator[None]:
    """Takes the whole warehouse for a command; for its children too, where they are started with `passed()`.

    `who` is what a second comer reads: « atlas edition ». Raises BusyError where anyone else writes.
    """
    if inherited(warehouse) or _read_only(warehouse):
        yield
        return
    with contextlib.ExitStack() as stack:
        descriptor = _take(stack, warehouse, WHOLE, who)
        os.environ[INHERITED] = str(descriptor)
        stack.callback(os.environ.pop, INHERITED, None)
        yield


@contextlib.contextmanager
def parts(warehouse: Path, who: str, *names: str, beside: tuple[str, ...] = ()) -> Iterator[None]:
    """Takes parts of the warehouse for a step: `names` alone, `beside` with others who don't write there.

    The names are EDITIONS, RELEASES, `vintage()` and `release()`. Raises BusyError where another writes there, or where
    a command has the whole warehouse.
    """
    if inherited(warehouse) or _read_only(warehouse):
        yield
        return
    with contextlib.ExitStack() as stack:
        for name in (WHOLE, *beside):
            _take(stack, warehouse, name)
        for name in names:
            _take(stack, warehouse, name, who)
        yield


def vintage(source: str, millesime: int) -> str:
    """The part that is one vintage of a source: its archive and its staging."""
    return f"{source}-{millesime}"


def release(edition: int, region: str) -> str:
    """The part that is the releases of one region in an edition, and what waits to become one."""
    # A region that is none is told by who publishes, whatever it is made of.
    return f"{RELEASES}-{edition}-{''.join(filter(str.isalnum, region))}"


def passed() -> tuple[int, ...]:
    """What a command passes to a process that it starts (`pass_fds`), so that it works under the command's lock."""
    held = os.environ.get(INHERITED)
    return (int(held),) if held else ()


def inherited(warehouse: Path) -> bool:
    """Whether this process works under a command that holds this whole warehouse."""
    with contextlib.suppress(KeyError, ValueError, OSError):
        return os.path.samestat(os.fstat(int(os.environ[INHERITED])), (warehouse / FOLDER / WHOLE).stat())
    return False


def _read_only(warehouse: Path) -> bool:
    """Whether a warehouse is on a disk that can only be read: nobody writes there, and no lock can be made."""
    return warehouse.is_dir() and bool(os.statvfs(warehouse).f_flag & os.ST_RDONLY)


def _take(stack: contextlib.ExitStack, warehouse: Path, name: str, who: str = "") -> int:
    """Holds one lock until the stack ends: alone where `who` is named, else beside others."""
    folder = warehouse / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handle = stack.enter_context((folder / name).open("a+", encoding="utf-8"))
    until = time.monotonic() + MOMENT
    while not _free(handle.fileno(), fcntl.LOCK_EX if who else fcntl.LOCK_SH):
        if time.monotonic() > until:
            holders = " ; ".join(dict.fromkeys(_holders(folder)))  # one step may hold several parts
            raise BusyError(
                f"L'entrepôt est en cours d'écriture : {holders or 'par un autre processus'}.",
                expected=f"une seule écriture à la fois dans {warehouse}",
                todo="attendre qu'elle finisse, puis relancer ; une tâche d'Airflow réessaie d'elle-même ; "
                "rien n'a été touché",
            )
        time.sleep(0.05)
    if who:
        note = {"qui": who, "processus": os.getpid(), "depuis": f"{dt.datetime.now():%d/%m/%Y à %H:%M:%S}"}
        with contextlib.suppress(OSError):  # a full disk is told by what is then written, not by this note
            handle.truncate(0)
            handle.write(json.dumps(note, ensure_ascii=False))
            handle.flush()
    return handle.fileno()


def _free(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holders(folder: Path) -> list[str]:
    """Who holds what, as a sentence each: what was asked, the process, since when."""
    found = []
    for path in sorted(folder.iterdir()):
        with path.open(encoding="utf-8") as handle, contextlib.suppress(ValueError):
            if not _free(handle.fileno(), fcntl.LOCK_SH):
                note = json.load(handle)
                found.append(f"{note['qui']} (processus {note['processus']}, depuis le {note['depuis']})")
    return found
