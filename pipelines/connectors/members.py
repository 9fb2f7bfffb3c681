"""The members of an archive as they are written: under temporary names, in place together once all are whole."""

import contextlib
import uuid
import zipfile
from pathlib import Path
from typing import IO

import py7zr


class DiskError(Exception):
    """A failing disk, told apart from the OSError of a damaged archive."""

    def __init__(self, cause: OSError) -> None:
        self.cause = cause
        super().__init__(str(cause))


class Writing:
    """Members under temporary names, put in place together once all are whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = uuid.uuid4().hex
        self.asides: dict[str, Path] = {}
        self.handles: dict[str, IO[bytes]] = {}
        self.counts: dict[str, int] = {}

    def __enter__(self) -> "Writing":
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(error) from None
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self.handles.values():
            with contextlib.suppress(OSError):  # `close` tells of a member that had to be kept
                handle.close()
        for aside in self.asides.values():
            aside.unlink(missing_ok=True)

    def write(self, name: str, block: bytes | bytearray, declared: int) -> None:
        """Adds bytes to a member. Raises BadZipFile past what the archive declared."""
        try:
            if name not in self.handles:
                self.asides[name] = self.folder / f".membre-{self.mark}-{len(self.asides)}"
                self.handles[name] = self.asides[name].open("wb")
                self.counts[name] = 0
            self.counts[name] += len(block)
            if self.counts[name] > declared:
                raise zipfile.BadZipFile("more bytes than declared")
            self.handles[name].write(block)
        except OSError as error:
            raise DiskError(error) from None

    def close(self, name: str, declared: int) -> None:
        """Ends a member, empty ones too. Raises BadZipFile where it is shorter than declared."""
        self.write(name, b"", declared)
        if self.counts[name] != declared:
            raise zipfile.BadZipFile("fewer bytes than declared")
        try:
            self.handles[name].close()
        except OSError as error:
            raise DiskError(error) from None

    def keep(self) -> list[Path]:
        """Puts all members in place, by name."""
        try:
            for name, aside in self.asides.items():
                aside.replace(self.folder / name)
        except OSError as error:
            raise DiskError(error) from None
        return sorted(self.folder / name for name in self.asides)


class _Sink(py7zr.Py7zIO):
    """Where py7zr writes one member."""

    def __init__(self, name: str, declared: int, writing: Writing) -> None:
        self.name = name
        self.declared = declared
        self.writing = writing

    def write(self, s: bytes | bytearray) -> int:
        self.writing.write(self.name, s, self.declared)
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return self.writing.counts.get(self.name, 0)


class Factory(py7zr.WriterFactory):
    """Gives py7zr a sink for each wanted member, known by the path that it sanitises."""

    def __init__(self, targets: dict[str, tuple[str, int]], writing: Writing) -> None:
        self.targets = targets
        self.writing = writing

    def create(self, filename: str) -> py7zr.Py7zIO:
        """Where a member goes."""
        name, declared = self.targets[filename]
        self.writing.write(name, b"", declared)
        return _Sink(name, declared, self.writing)

    def verify(self) -> None:
        """Raises BadZipFile where a member didn't come whole."""
        for name, declared in self.targets.values():
            self.writing.close(name, declared)
