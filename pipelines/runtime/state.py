"""Records that a warehouse keeps of itself (what was received, judged, locked, published): written whole, read warily.

A process that is killed, a disk that fills or a power cut leaves the record of before or the new one. One that is
damaged all the same, by a disk or a hand, stops what needs it and says which file it is, and nothing else.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import DamagedError, Place

MEND = "atlas verifier montre tout ce qui est atteint, atlas reparer répare ce qui peut l'être"


def write(path: Path, text: str) -> None:
    """Puts a whole record in place, on the disk itself, with one rename."""
    aside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        with aside.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    settle(path.parent)


def settle(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def reading(path: Path, todo: str = MEND) -> Iterator[Any]:
    """What a JSON record holds, to be taken apart inside.

    Raises DamagedError, with what to do about it, where it isn't there, isn't JSON, or lacks what is taken from it.
    """
    try:
        yield json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise _damaged(path, "n'est plus là", todo) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        empty = not path.stat().st_size
        raise _damaged(path, "est vide" if empty else "est coupé, ou ne se comprend pas", todo) from error


def _damaged(path: Path, how: str, todo: str) -> DamagedError:
    return DamagedError(
        f"Un fichier où l'entrepôt note ce qu'il garde {how} : {path.name}.",
        where=Place(file=str(path)),
        expected="le fichier tel que l'atlas l'a écrit, entier",
        todo=todo,
    )
