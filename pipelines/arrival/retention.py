"""Retention: the bytes of personal vintages go when their time is over; their record and hashes stay.

A source with `conservation: N` keeps the vintage labelled Y until the end of the year Y + N. After that,
`purge` deletes its archived files and its staged tables. What stays says which files they were (sha256),
and that they were deleted; the locks that pinned them say that they can't be built again. `sweep` deletes what
runs that were cut short left behind, names of persons among it.
"""

import contextlib
import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines import catalogue
from pipelines.arrival import landing, outcomes
from pipelines.arrival.landing import Landed
from pipelines.errors import BusyError
from pipelines.runtime import locks, state
from pipelines.settings import Settings


@dataclass(frozen=True)
class Due:
    """One archived revision whose time is over: it could be kept until the end of the year `until`."""

    landed: Landed
    until: int

    @property
    def size(self) -> int:
        """Bytes of its archived files."""
        return sum(f.bytes for f in self.landed.files)


def due(settings: Settings, year: int) -> list[Due]:
    """The archived revisions that may no longer be kept in a year, by source and vintage."""
    found: list[Due] = []
    for source in catalogue.load_all():
        if source.conservation is None:
            continue
        for millesime in landing.vintages(settings.landing, source.id):
            until = millesime + source.conservation
            if until >= year:
                continue
            archived = landing.revisions(settings.landing, source.id, millesime)
            found += [Due(landed, until) for landed in archived if landed.efface_le is None]
    return found


def purge(settings: Settings, dues: list[Due]) -> None:
    """Deletes the bytes of these revisions: staged tables, then archived files, so that it can be run again."""
    today = dt.date.today().isoformat()
    for item in dues:
        gone = landing.with_deletion(item.landed, today)
        outcomes.refuse(settings, gone, landing.deleted(gone))
        folder = item.landed.folder(settings.landing)
        record = folder / landing.PROVENANCE
        with state.reading(record) as read:
            data = {**read, "efface_le": today}
        for file in item.landed.files:
            (folder / file.name).unlink(missing_ok=True)
        state.write(record, json.dumps(data, ensure_ascii=False, indent=2) + "\n")


# What a run makes aside and takes away again as it ends. What is staged and not yet checked is none of it.
LEFT = {"landing": (".arrivee-*", ".telechargement-*"), "staging": (".r*-ancien-*",)}


def leftovers(settings: Settings, source: str = "*") -> list[Path]:
    """What runs that were cut short left in the archive and in staging, of a source or of all; or still work on."""
    return sorted(
        path
        for room, names in LEFT.items()
        for name in names
        for path in getattr(settings, room).glob(f"{source}/*/{name}")
    )


def sweep(settings: Settings, source: str = "*") -> list[Path]:
    """Deletes leftovers, but for those of a vintage that another process writes at this moment; returns the deleted."""
    gone = []
    for path in leftovers(settings, source):
        mine, millesime = path.parts[-3:-1]
        with contextlib.suppress(BusyError):
            with locks.parts(settings.warehouse, "le ménage", locks.vintage(mine, int(millesime))):
                shutil.rmtree(path, ignore_errors=True)
            gone.append(path)
    return gone
