"""The journal of runs: what happened, when, how long it took. Never released, never read by a mart."""

import contextlib
import datetime as dt
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines import settings, shared
from pipelines.errors import AtlasError
from pipelines.runtime import locks
from pipelines.runtime.faults import told

LOG = logging.getLogger(__name__)


JOURNAL = "journal.jsonl"
PAST = "journal-{:03}.jsonl"  # those before it, once it was long: the first one is the oldest

# What a step is called where people read of it; in the lines of the journal, it has its own name.
NAMES = {
    "vintages": "millésimes offerts",
    "regions": "régions",
    "adapt": "adaptation",
    "fetch": "réception",
    "stage": "mise en forme",
    "check": "contrôles",
    "lock": "verrou",
    "build": "construction",
    "check_marts": "contrôles des marts",
    "reconcile": "rapprochements",
    "promote": "mise en place",
    "draft": "brouillon",
    "publish": "publication",
    "reject": "rejet",
}


def moment() -> str:
    """The time, as the journal says it: no other room of what is released knows a clock."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def write(warehouse: Path, **entry: Any) -> None:
    """Appends one line to the journal, with the time."""
    warehouse.mkdir(parents=True, exist_ok=True)
    line = {"quand": moment(), **entry}
    text = json.dumps(line, ensure_ascii=False) + "\n"
    with (warehouse / JOURNAL).open("a+b") as handle:
        if handle.tell() and handle.seek(-1, os.SEEK_END) and handle.read(1) != b"\n":
            text = "\n" + text  # what a writer cut short had begun stays a line of its own
        handle.write(text.encode())


def files(warehouse: Path) -> list[Path]:
    """The files of the journal, oldest first: those that were long enough, then the one that is written to."""
    past = sorted(warehouse.glob("journal-[0-9]*.jsonl"), key=lambda p: int(p.stem.partition("-")[2]))
    return [*past, *(p for p in [warehouse / JOURNAL] if p.is_file())]


def size(warehouse: Path) -> int:
    """How long the journal is now, all its files together: a position from which `entries` reads what comes after."""
    return sum(file.stat().st_size for file in files(warehouse))


def turn(warehouse: Path, limit: int) -> Path | None:
    """Begins another file once the journal has that many bytes; returns the one that ended. None of them is deleted."""
    file = warehouse / JOURNAL
    if not file.is_file() or file.stat().st_size < limit:
        return None
    past = [int(p.stem.partition("-")[2]) for p in files(warehouse) if p != file]
    return file.rename(warehouse / PAST.format(1 + max(past, default=0)))


def entries(warehouse: Path, since: int = 0) -> list[dict[str, Any]]:
    """The lines of the journal from a position on; one that was cut short is passed over."""
    found = []
    for file in files(warehouse):
        length = file.stat().st_size
        if since >= length:
            since -= length
            continue
        with file.open("rb") as handle:
            handle.seek(since)
            for line in handle:
                with contextlib.suppress(ValueError):
                    entry = json.loads(line)
                    if isinstance(entry, dict) and {"etape", "resultat"} <= entry.keys():
                        found.append(entry)
        since = 0
    return found


@contextlib.contextmanager
def step(name: str, *writes: str, beside: tuple[str, ...] = (), **what: Any) -> Iterator[dict[str, Any]]:
    """Times a step that writes there (locks.py), says how it ended, and tells a failing disk from a failing input.

    Nothing is locked for a step that only reads. Where machines share the warehouse, the step works on what they made.
    """
    folder = settings.load().warehouse
    said: dict[str, Any] = {}
    start = time.perf_counter()
    who = " ".join(map(str, (NAMES.get(name, name), *what.values())))
    try:
        here = locks.parts(folder, who, *writes, beside=beside) if writes else contextlib.nullcontext()
        with told(), shared.working(folder, who, *writes, beside=beside), here:
            yield said
    except AtlasError as error:
        _tell(folder, name, start, what, {"resultat": "échec", "code": error.exit_code, "message": str(error)})
        raise
    except Exception as error:
        _tell(folder, name, start, what, {"resultat": "erreur", "message": f"{type(error).__name__}: {error}"})
        raise
    _tell(folder, name, start, what, {"resultat": "fait", **said})


def _tell(folder: Path, name: str, start: float, what: dict[str, Any], said: dict[str, Any]) -> None:
    """Says how a step ended, in the journal and in the log of whoever runs it."""
    line = {"etape": name, "secondes": round(time.perf_counter() - start, 3), **what, **said}
    LOG.log(
        logging.INFO if said["resultat"] == "fait" else logging.ERROR,
        " ; ".join(f"{word} : {_text(value)}" for word, value in line.items()),
    )
    # A full disk must not hide its own message behind a journal that can't be written.
    with contextlib.suppress(OSError):
        write(folder, **line)


def _text(value: Any) -> str:
    """A value of the journal, as a line of a log says it."""
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
