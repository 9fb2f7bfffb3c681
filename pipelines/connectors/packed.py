"""Archives (.7z, .zip) that stand in place of a vintage's files, deposited or downloaded: one way to open them.

The catalogue's `archive` says their name; the members wanted are those that the source's tables claim.
"""

import re
from pathlib import Path

from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import archives
from pipelines.errors import Place


def is_archive(source: Source, millesime: int, name: str) -> bool:
    """Whether a file is an archive of that vintage, by its name."""
    return source.archive is not None and bool(pattern(source.archive, millesime).fullmatch(name))


def _wanted(source: Source, millesime: int) -> re.Pattern[str]:
    """What any table of the vintage claims, as one pattern (its groups lose their names, which may repeat)."""
    rules = [
        pattern(source.layout(name, millesime).file, millesime).pattern
        for name, table in source.tables.items()
        if table.exists_in(millesime)
    ]
    return re.compile("|".join(f"(?:{re.sub(r'[(][?]P<[^>]+>', '(?:', rule)})" for rule in rules), re.IGNORECASE)


def _limits(source: Source) -> archives.Caps:
    cap = source.fetch.max_extracted_mb if source.fetch is not None else None
    return archives.Caps(bytes=cap * 1_000_000) if cap else archives.Caps()


def members(path: Path, source: Source, millesime: int) -> list[str]:
    """Names of the members that the source reads. Raises RefusedError as `archives.extract` does."""
    where = Place(source=source.id, millesime=millesime, file=path.name)
    return archives.names(path, _wanted(source, millesime), _limits(source), where=where)


def unpack(path: Path, source: Source, millesime: int, folder: Path) -> list[Path]:
    """Writes those members into a folder, by name. Raises as `members`; a failing disk raises OSError."""
    where = Place(source=source.id, millesime=millesime, file=path.name)
    return archives.extract(path, folder, _wanted(source, millesime), _limits(source), where=where)
