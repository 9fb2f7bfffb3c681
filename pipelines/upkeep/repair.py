"""What can be put right of a warehouse, from what is left of it: the folder of extracts, the archive, the locks.

Nothing is guessed: bytes come back where they are those noted, a record where the bytes that it describes are there.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import catalogue, steps
from pipelines.arrival import landing, offers
from pipelines.arrival.landing import File
from pipelines.connectors import Offer, mirror, packed
from pipelines.edition import lockfile
from pipelines.edition.lockfile import Lock
from pipelines.errors import AtlasError, DamagedError, RefusedError
from pipelines.releases import manifest
from pipelines.runtime import state
from pipelines.runtime.fingerprints import sha256
from pipelines.settings import Settings
from pipelines.upkeep import verify
from pipelines.upkeep.verify import Flaw


@dataclass(frozen=True)
class Mended:
    """What was done about a fault; `fait` is false where nothing could be."""

    fault: Flaw
    fait: bool
    dit: str


def repair(now: Settings) -> Iterator[Mended]:
    """Puts right what can be, one fault after the other, each told as it is done."""
    means: dict[str, Callable[[Settings, Flaw], str]] = {
        verify.RECORD: _record,
        verify.BYTES: _bytes,
        verify.STAGED: _staged,
        verify.LOCK: _lock,
        verify.RIGHTS: _rights,
    }
    done: set[tuple[str, str, int, int]] = set()
    for fault in verify.faults(now):
        mean = means.get(fault.quoi)
        subject = (fault.quoi, fault.source or fault.fichier, fault.millesime, fault.revision)
        if mean is None or (fault.quoi == verify.STAGED and subject in done):
            if mean is None:
                yield Mended(fault, False, fault.a_faire)
            continue
        done.add(subject)
        try:
            said = mean(now, fault)
        except AtlasError as error:
            yield Mended(fault, False, error.what)
        else:
            yield Mended(fault, bool(said), said or fault.a_faire)


def _deposited(now: Settings, fault: Flaw) -> Offer | None:
    """This vintage in the folder of extracts, where it is there."""
    source = catalogue.load(fault.source)
    if not now.sources.is_dir() or fault.millesime not in offers.deposited(now, source):
        return None
    return mirror.offer(now.sources, source, fault.millesime)


def _record(now: Settings, fault: Flaw) -> str:
    """The record of a revision: from the same extract, or from a lock that pins these very bytes."""
    folder = Path(fault.fichier).parent
    source = catalogue.load(fault.source)
    held = {p.name: sha256(p) for p in folder.iterdir() if p.is_file() and p.name != landing.PROVENANCE}
    for where, lock in _known_locks(now):
        for pin in lock.of(fault.source):
            mine = (pin.millesime, pin.revision) == (fault.millesime, fault.revision)
            if mine and held and held == {file.name: file.sha256 for file in pin.files}:
                offer = Offer(source.id, pin.millesime, (), lock.fictif)
                landing.note(folder, source, offer, pin.revision, list(pin.files))
                return f"trace refaite d'après {where}, qui épingle ces octets"
    offered = _deposited(now, fault)
    if offered and {path.name: sha256(path) for path in offered.files}.items() <= held.items():
        landing.archive(now.landing, source, offered)
        return "trace refaite d'après le même extrait, dans le dossier des extraits"
    return ""


def _bytes(now: Settings, fault: Flaw) -> str:
    """An archived file: from another revision, from the packed file that it came in, or from the same extract."""
    path = Path(fault.fichier)
    landed = landing.revision(now.landing, fault.source, fault.millesime, fault.revision)
    file = next(f for f in landed.files if f.name == path.name)
    offered = _deposited(now, fault)
    beside = [*path.parent.parent.glob("r*/*"), *(offered.files if offered else ())]
    for twin in (p for p in beside if p.name == file.name and p != path):
        if sha256(twin) == file.sha256:
            _put(twin, path, fault.source)
            return f"repris de {twin.parent}"
    if file.archive and _unpacked(path, file, fault):
        return f"extrait de nouveau de {file.archive}"
    return ""


def _unpacked(path: Path, file: File, fault: Flaw) -> bool:
    packet = path.parent / file.archive
    with tempfile.TemporaryDirectory(dir=path.parent.parent, prefix=".arrivee-") as folder:
        if packet.is_file():
            for member in packed.unpack(packet, catalogue.load(fault.source), fault.millesime, Path(folder)):
                if member.name == file.name and sha256(member) == file.sha256:
                    _put(member, path, fault.source)
                    return True
    return False


def _put(found: Path, path: Path, source: str) -> None:
    """Copies a file into its place in the archive, whole or not at all."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        shutil.copyfile(found, aside)
        state.settle(aside)
        if catalogue.load(source).restreint:
            landing.close(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _staged(_now: Settings, fault: Flaw) -> str:
    """What is staged of a revision: made anew from the archive."""
    try:
        steps.restage(fault.source, fault.millesime, fault.revision)
    except RefusedError as error:
        return f"contrôlé de nouveau depuis l'archive, et refusé : {error.what}"
    return "remis en forme et contrôlé depuis l'archive"


def _lock(now: Settings, fault: Flaw) -> str:
    """The lock of an edition: the one that its last release carries."""
    edition = int(Path(fault.fichier).parent.name)
    for where, lock in _known_locks(now):
        if lock.edition == edition:
            state.write(Path(fault.fichier), lock.to_json())
            return f"repris de {where}"
    return ""


def _rights(_now: Settings, fault: Flaw) -> str:
    """A release whose files can be modified: closed."""
    manifest.close(Path(fault.fichier))
    return "mise en lecture seule"


def _known_locks(now: Settings) -> Iterator[tuple[str, Lock]]:
    """The locks that can be read, with where each is: those of editions, then of releases, the newest first."""
    releases = sorted(manifest.releases(now.releases), key=lambda p: (p.name[:4], int(p.suffix[1:])), reverse=True)
    files = [lockfile.path(now, edition) for edition in lockfile.locked(now)]
    for file in [*files, *(folder / lockfile.LOCK for folder in releases)]:
        with contextlib.suppress(DamagedError):
            yield file.relative_to(now.warehouse).as_posix(), lockfile.read(file)
