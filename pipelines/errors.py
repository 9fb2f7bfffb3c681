"""The one error a person is meant to read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where something went wrong, as precisely as it is known."""

    source: str | None = None
    millesime: int | None = None
    table: str | None = None
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        parts = [
            f"source {self.source}" if self.source else "",
            f"millésime {self.millesime}" if self.millesime is not None else "",
            f"table {self.table}" if self.table else "",
            f"fichier {self.file}" if self.file else "",
            f"ligne {self.line}" if self.line is not None else "",
        ]
        return ", ".join(part for part in parts if part)


class AtlasError(Exception):
    """A mistake in an input or a setting, told to the person who can mend it.

    Four sentences, in French because the person reads them: what happened, where,
    what was expected, what to do. The command line prints them and exits with
    `exit_code`; the checks keep them as the reason of a refusal.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: Place | None = None, expected: str = "", todo: str = "") -> None:
        self.what = what
        self.where = where or Place()
        self.expected = expected
        self.todo = todo
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.what]
        if str(self.where):
            lines.append(f"  où      : {self.where}")
        if self.expected:
            lines.append(f"  attendu : {self.expected}")
        if self.todo:
            lines.append(f"  à faire : {self.todo}")
        return "\n".join(lines)


class UsageError(AtlasError):
    """A wrong option, name or path given on the command line."""

    exit_code = 2


class RefusedError(AtlasError):
    """An extract that can't be accepted: the last good vintage stays in place."""

    exit_code = 3


class BuildError(AtlasError):
    """An edition that can't be built or published: the warehouse in place is not touched."""

    exit_code = 4


class StorageError(AtlasError):
    """The disk or a folder failed: nothing half-written is left in place."""

    exit_code = 5


class DamagedError(StorageError):
    """What the warehouse keeps is no longer what was put there: trying again changes nothing, mending does."""


class LaterError(AtlasError):
    """What can't be had now and may be had later: nothing is wrong with what was asked.

    `retry_after` is the wait that the server asked for, in seconds, where it asked for one.
    """

    exit_code = 6

    def __init__(
        self,
        what: str,
        *,
        where: Place | None = None,
        expected: str = "",
        todo: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.retry_after = retry_after
        super().__init__(what, where=where, expected=expected, todo=todo)


class BusyError(LaterError):
    """Another process writes where this one would: one at a time, and nothing was touched."""
