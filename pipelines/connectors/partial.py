"""The bytes of one download as they come."""

import datetime as dt
import hashlib
import re
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from pipelines.connectors import addresses, content, network
from pipelines.connectors.access import Access, Checksum


class Partial:
    """The bytes received so far, under a temporary name that goes away unless it is kept."""

    def __init__(self, path: Path, access: Access, expected: Checksum | None) -> None:
        self.path = path
        self.access = access
        self.algorithm = expected.algorithm if expected is not None and expected.known else "sha256"
        self.best = 0
        self.idle = 0
        self.handle = path.open("wb")
        self.restart()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.handle.close()  # a full disk may only say so here
        finally:
            self.path.unlink(missing_ok=True)

    def restart(self) -> None:
        """Forgets what was received."""
        self.handle.seek(0)
        self.handle.truncate()
        self.bytes = 0
        self.head = b""
        self.sha256 = hashlib.sha256()
        self.other = hashlib.new(self.algorithm, usedforsecurity=False)
        # What a Range request needs: a strong validator, and the whole length where it was told.
        self.validator: str | None = None
        self.etag: str | None = None
        self.last_modified: str | None = None
        self.total: int | None = None

    def continues(self, response: requests.Response) -> bool:
        """Whether a partial answer is the rest of the very same bytes."""
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", response.headers.get("Content-Range", "").strip())
        if not span or int(span[1]) != self.bytes or network.encoding(response):
            return False
        same = (
            response.headers.get("ETag", self.etag) == self.etag
            and response.headers.get("Last-Modified", self.last_modified) == self.last_modified
            and (self.total is None or span[3] in ("*", str(self.total)))
        )
        if same and span[3] != "*":
            self.total = int(span[3])
        return same

    def remember(self, response: requests.Response, encoding: str) -> None:
        """Keeps what the next request needs: to go on from here, or to ask for a change."""
        headers = response.headers
        self.etag, self.last_modified = headers.get("ETag"), headers.get("Last-Modified")
        if encoding or headers.get("Accept-Ranges", "").strip().lower() != "bytes":
            return
        if self.etag is not None:
            self.validator = self.etag if self.etag.startswith('"') else None
        elif (changed := addresses.date(self.last_modified)) and (sent := addresses.date(headers.get("Date"))):
            # A date names one state of the bytes only once its second is over.
            self.validator = self.last_modified if sent - changed >= dt.timedelta(seconds=1) else None

    def write(self, block: bytes, url: str) -> None:
        """Adds bytes. Raises RefusedError past the size cap."""
        if self.bytes + len(block) > self.access.limits.bytes:
            raise self.access.too_large(url, None)
        self.handle.write(block)
        self.bytes += len(block)
        self.head += block[: content.HEAD - len(self.head)]
        self.sha256.update(block)
        if self.algorithm != "sha256":
            self.other.update(block)

    def digest(self) -> str:
        """The fingerprint by the published algorithm."""
        return (self.sha256 if self.algorithm == "sha256" else self.other).hexdigest()

    def count(self) -> None:
        """Tells an attempt that advanced from one that didn't."""
        self.idle = 0 if self.validator and self.bytes > self.best else self.idle + 1
        self.best = max(self.best, self.bytes)

    def keep(self, target: Path) -> None:
        """Puts the file in place, under its name."""
        self.handle.close()
        self.path.replace(target)
