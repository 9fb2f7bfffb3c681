"""Several machines on one warehouse: each has its copy of it, and a store that all reach holds what is true.

A step takes its locks for all machines (leases.py), brings the copy up to date (copies.py), works on it as on any
folder, and gives back what it made to the store (objects.py). Without ATLAS_MAGASIN none of this happens.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import settings
from pipelines.runtime import locks
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.shared.objects import Store


def store(warehouse: Path) -> "Store | None":
    """The store that machines share; None where a warehouse is this machine's alone, as that of the samples always."""
    address = settings.magasin()
    if not address or warehouse == settings.sample_home():
        return None
    # One machine, which is most of them, does without the clients of S3 and of PostgreSQL.
    from pipelines.shared.objects import Store

    return Store(address)


def bring(found: "Store", warehouse: Path) -> None:
    """Makes a copy whole and up to date, the archived extracts included. Raises as `working`."""
    from pipelines.shared import copies

    copies.pull(found, warehouse, whole=None)


def current() -> Settings:
    """The settings, once this machine's copy of the warehouse is up to date: what is read before any step."""
    now = settings.load()
    with working(now.warehouse, ""):
        return now


@contextlib.contextmanager
def working(warehouse: Path, who: str, *names: str, beside: tuple[str, ...] = ()) -> Iterator[None]:
    """Holds parts of the warehouse on all machines, up to date, and gives back what was made of them at the end.

    `names` and `beside` as `locks.parts`; no name: only brought up to date, for who reads. Raises BusyError where
    another machine writes there, LaterError where the store or its locks don't answer; else as `copies.pull`.
    """
    shared = None if locks.inherited(warehouse) else store(warehouse)
    if shared is None:
        yield
        return
    from pipelines.shared import copies, leases

    if not names:
        copies.pull(shared, warehouse)
        yield
        return
    with leases.held(settings.base(), shared.address, who, names, beside=(locks.WHOLE, *beside)) as lease:
        copies.pull(shared, warehouse, whole=names)
        try:
            yield
        finally:  # whatever happened, what is in place is whole: a refusal is given back too
            copies.push(shared, warehouse, names, lease)


@contextlib.contextmanager
def alone(warehouse: Path, who: str) -> Iterator[None]:
    """Holds the whole warehouse on all machines, as `working`: for a command, and the steps below it."""
    shared = None if locks.inherited(warehouse) else store(warehouse)
    if shared is None:
        yield
        return
    from pipelines.shared import copies, leases

    with leases.held(settings.base(), shared.address, who, (locks.WHOLE,)) as lease:
        copies.pull(shared, warehouse, whole=None)
        try:
            yield
        finally:
            copies.push(shared, warehouse, copies.parts(warehouse), lease)
            copies.sweep(shared)
