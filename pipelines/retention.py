"""Retention: the bytes of personal vintages go when their time is over; their record and hashes stay.

A source with `conservation: N` keeps the vintage labelled Y until the end of the year Y + N. After that,
`purge` deletes its archived files and its staged tables. What stays says which files they were (sha256),
and that they were deleted; the locks that pinned them say that they can't be built again.
"""

import datetime as dt
import json
from dataclasses import dataclass

from pipelines import catalogue, editions, landing, quality
from pipelines.landing import Landed
from pipelines.settings import Settings


@dataclass(frozen=True)
class Due:
    """One archived revision whose time is over; `locks` are the editions that pin it."""

    landed: Landed
    until: int
    locks: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of its archived files."""
        return sum(f.bytes for f in self.landed.files)


def due(settings: Settings, year: int) -> list[Due]:
    """The archived revisions that may no longer be kept in a year, by source and vintage."""
    found = []
    for source in catalogue.load_all():
        if source.conservation is None:
            continue
        for millesime in landing.vintages(settings.landing, source.id):
            until = millesime + source.conservation
            if until >= year:
                continue
            for landed in landing.revisions(settings.landing, source.id, millesime):
                if landed.efface_le is None:
                    found.append(Due(landed, until, _locks(settings, landed)))
    return found


def _locks(settings: Settings, landed: Landed) -> tuple[int, ...]:
    made = (editions.load(settings, edition) for edition in editions.locked(settings))
    wanted = (landed.source, landed.millesime, landed.revision)
    return tuple(
        lock.edition for lock in made if lock and wanted in {(p.source, p.millesime, p.revision) for p in lock.pins}
    )


def purge(settings: Settings, dues: list[Due]) -> None:
    """Deletes the bytes of these revisions, archived and staged; marks the locks that pin them.

    In this order, so that a purge cut short can be run again: locks, staged tables, archived files.
    """
    today = dt.date.today().isoformat()
    for item in dues:
        for edition in item.locks:
            editions.mark_deleted(settings, edition, item.landed)
        gone = landing.with_deletion(item.landed, today)
        quality.refuse(settings, gone, landing.deleted(gone))
        folder = item.landed.folder(settings.landing)
        record = folder / landing.PROVENANCE
        data = json.loads(record.read_text(encoding="utf-8"))
        for file in item.landed.files:
            (folder / file.name).unlink(missing_ok=True)
        pending = record.with_suffix(".en-cours")
        pending.write_text(json.dumps({**data, "efface_le": today}, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pending.replace(record)
