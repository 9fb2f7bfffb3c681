"""The store that machines share: bytes under their SHA-256, and one head that says which list each part has now.

    octets/ab/abcd…   what a file of the warehouse holds, or the list of a part (copies.py)
    tete.json         part -> the SHA-256 of its list
    journaux/…        what Airflow's tasks wrote, by the names that it gives to their logs

Bytes are never changed. The head is one object, replaced whole once all that it leads to is there: what a machine
sees is always complete, and what was cut short leads nowhere. It is what an S3 server does, or a folder.
"""

import contextlib
import datetime as dt
import hashlib
import io
import json
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from pyarrow import fs

from pipelines.errors import DamagedError, LaterError, Place, UsageError

BYTES, HEAD, LOGS = "octets", "tete.json", "journaux"
AT_ONCE = 16  # requests side by side: each waits more than it works
BLOCK = 1 << 20


class Store:
    """A store at an address: `s3://bucket/prefix?endpoint_override=…&scheme=…&region=…`, or a folder."""

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            # Credentials come from the environment or the machine, as with any client of S3 (AWS_ACCESS_KEY_ID…).
            self.files, self.root = fs.FileSystem.from_uri(address)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"ATLAS_MAGASIN ne se comprend pas : {error}",
                expected="s3://seau/dossier?endpoint_override=hôte:port&scheme=https, ou file:///dossier",
                todo="corriger cette variable de l'environnement",
            ) from None

    def head(self) -> dict[str, str]:
        """Part -> the hash of its list; empty in a new store."""
        with self._answering():
            if self.files.get_file_info(self._at(HEAD)).type == fs.FileType.NotFound:
                return {}
            with self.files.open_input_stream(self._at(HEAD)) as said:
                return {str(part): str(digest) for part, digest in json.loads(said.read()).items()}

    def put_head(self, head: dict[str, str]) -> None:
        """Replaces the head: from then on, this is what the store holds."""
        self._write(HEAD, io.BytesIO((json.dumps(head, indent=1, sort_keys=True) + "\n").encode()))

    def put(self, text: str) -> str:
        """Keeps a text; returns its hash."""
        octets = text.encode()
        digest = hashlib.sha256(octets).hexdigest()
        if not self.has(digest, len(octets)):
            self._write(_key(digest), io.BytesIO(octets))
        return digest

    def put_files(self, found: dict[str, Path]) -> None:
        """Keeps files under their hashes, those that are not there yet."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(self._put_file, found, found.values()):
                pass

    def get(self, digest: str) -> str:
        """A text by its hash. Raises DamagedError where it is gone or changed."""
        with self._reading(digest) as said:
            octets = said.read()
        if hashlib.sha256(octets).hexdigest() != digest:
            raise self._damaged(digest)
        return str(octets, "utf-8")

    def get_files(self, wanted: dict[Path, str]) -> None:
        """Writes files, each from its hash, where none is yet. Raises DamagedError where bytes are gone or changed."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(self._get_file, wanted, wanted.values()):
                pass

    def has(self, digest: str, octets: int) -> bool:
        """Whether bytes are there, whole."""
        with self._answering():
            found = self.files.get_file_info(self._at(_key(digest)))
        return bool(found.type == fs.FileType.File and found.size == octets)

    def old(self, days: int) -> Iterator[str]:
        """The hashes of the bytes that are there since so many days."""
        return (one.path.rpartition("/")[2] for one in self._old(BYTES, days))

    def put_log(self, name: str, path: Path) -> None:
        """Keeps what a task wrote, in place of what it had written at an earlier end."""
        with path.open("rb") as source:
            self._write(f"{LOGS}/{name}", source)

    def log(self, name: str) -> str | None:
        """What a task wrote; None where no machine gave it."""
        with self._answering():
            if self.files.get_file_info(self._at(f"{LOGS}/{name}")).type != fs.FileType.File:
                return None
            with self.files.open_input_stream(self._at(f"{LOGS}/{name}")) as said:
                return str(said.read(), "utf-8", errors="replace")

    def old_logs(self, days: int) -> list[tuple[str, int]]:
        """The logs that are there since so many days, as addresses in the store, with their bytes."""
        return [(one.path, one.size) for one in self._old(LOGS, days)]

    def drop_log(self, address: str) -> None:
        """Deletes a log, by its address in the store."""
        with self._answering():
            self.files.delete_file(address)

    def _old(self, room: str, days: int) -> Iterator[fs.FileInfo]:
        """The files of a room that are there since so many days."""
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        with self._answering():
            found = self.files.get_file_info(fs.FileSelector(self._at(room), allow_not_found=True, recursive=True))
        return (one for one in found if one.type == fs.FileType.File and one.mtime < before)

    def remove(self, digest: str) -> None:
        """Deletes bytes that no list leads to any more."""
        with self._answering():
            self.files.delete_file(self._at(_key(digest)))

    def _at(self, key: str) -> str:
        return f"{self.root}/{key}"

    def _put_file(self, digest: str, path: Path) -> None:
        if not self.has(digest, path.stat().st_size):
            with path.open("rb") as source:
                self._write(_key(digest), source)

    def _get_file(self, path: Path, digest: str) -> None:
        seen = hashlib.sha256()
        with self._reading(digest) as source, path.open("xb") as target:
            while block := source.read(BLOCK):
                seen.update(block)
                target.write(block)
        if seen.hexdigest() != digest:
            path.unlink()
            raise self._damaged(digest)

    def _write(self, key: str, source: IO[bytes]) -> None:
        """Writes an object, whole or not at all: a folder needs a rename for what an S3 server does by itself."""
        place = isinstance(self.files, fs.LocalFileSystem)
        aside = self._at(f"{key}-{uuid.uuid4().hex}" if place else key)
        with self._answering():
            if place:
                self.files.create_dir(aside.rpartition("/")[0])
            with self.files.open_output_stream(aside) as target:
                shutil.copyfileobj(source, target, BLOCK)
            if place:
                self.files.move(aside, self._at(key))

    @contextlib.contextmanager
    def _reading(self, digest: str) -> Iterator[IO[bytes]]:
        with self._answering():
            try:
                said = self.files.open_input_stream(self._at(_key(digest)))
            except FileNotFoundError as error:
                raise self._damaged(digest) from error
            with said:
                yield said

    def _damaged(self, digest: str) -> DamagedError:
        return DamagedError(
            "Le magasin n'a plus, ou plus intacts, des octets qu'une machine lui a donnés.",
            where=Place(file=f"{self.root}/{_key(digest)}"),
            expected="les octets de cette empreinte SHA-256",
            todo="sur une machine qui les a encore : atlas magasin --rendre ; sinon une sauvegarde de l'entrepôt",
        )

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno is not None:
                raise  # a disk of this machine, which `told` tells
            raise LaterError(
                f"Le magasin ne répond pas, ou refuse : {error}",
                where=Place(file=self.root),
                expected="un magasin joignable, où ce compte lit et écrit (ATLAS_MAGASIN)",
                todo="relancer plus tard : rien d'inachevé n'est visible",
            ) from error


def _key(digest: str) -> str:
    return f"{BYTES}/{digest[:2]}/{digest}"
