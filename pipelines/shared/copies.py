"""A machine's copy of the shared warehouse: brought up to date before a step, given back after it, part by part.

A part is what one lock covers (locks.py). The store keeps a list for each: its files with their hashes, its links, the
rights of its folders. The copy remembers which list it has of each part, and what it hashed, beside its own locks.
A step that only reads does without the archived extracts themselves: a machine has those that it worked on.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import stat
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import DamagedError, Place, UsageError
from pipelines.runtime import locks, state
from pipelines.runtime.fingerprints import sha256
from pipelines.settings import DATABASE
from pipelines.shared.leases import Lease
from pipelines.shared.objects import Store

MEMORY = ".magasin"
ARCHIVE, RECORD = "landing", "provenance.json"
PENDING = re.compile(r"\.r[0-9]+-en-cours")  # staged, and to be checked by the step that follows, maybe elsewhere
DAYS = 1  # bytes that no list leads to are those of a machine at work, at first


class SharedFile(NamedTuple):
    """A file of a part: its bytes, and its rights."""

    sha256: str
    octets: int
    droits: int


@dataclass
class Listed:
    """What a part holds; paths are those in a warehouse."""

    fichiers: dict[str, SharedFile] = field(default_factory=dict)
    liens: dict[str, str] = field(default_factory=dict)
    dossiers: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The list as the store keeps it: the same content, the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=0) + "\n"


@dataclass
class Remembered:
    """What a copy knows of a part: the list that it had last, of which store, whether whole; the files it hashed."""

    magasin: str = ""
    liste: str = ""
    entiere: bool = False
    vus: dict[str, tuple[int, int, str]] = field(default_factory=dict)


def trees(part: str) -> tuple[str, ...]:
    """The files and folders of a warehouse that a part is."""
    if part == locks.EDITIONS:
        return ("editions", DATABASE)
    if part == locks.RELEASES:
        return ("protection",)
    if part.startswith(f"{locks.RELEASES}-"):
        home = part.removeprefix(f"{locks.RELEASES}-")
        return (f"releases/{home}", f"brouillons/{home}")
    source, _, millesime = part.rpartition("-")
    return (f"landing/{source}/{millesime}", f"staging/{source}/{millesime}")


def parts(warehouse: Path) -> tuple[str, ...]:
    """The parts of which a copy has anything."""
    homes = {p.name for room in ("releases", "brouillons") for p in (warehouse / room).glob("[0-9]*-[0-9]*")}
    vintages = {(p.parent.name, p.name) for room in ("landing", "staging") for p in (warehouse / room).glob("*/[0-9]*")}
    return (
        locks.EDITIONS,
        locks.RELEASES,
        *(f"{locks.RELEASES}-{home}" for home in sorted(homes)),
        *(locks.vintage(source, int(millesime)) for source, millesime in sorted(vintages)),
    )


def pull(store: Store, warehouse: Path, *, whole: tuple[str, ...] | None = ()) -> None:
    """Brings a copy up to date with the store: all parts, those of `whole` with their archive; None: all so.

    What a part had here and never gave back is kept where nobody else changed that part since.
    Raises LaterError where the store doesn't answer, DamagedError for its bytes, UsageError where the copy has of its
    own what the store has otherwise: it may be the wrong store.
    """
    head = store.head()
    for part in set(whole or ()) - head.keys():
        _begin(store, warehouse, part)
    for part, seen in head.items():
        entire = whole is None or part in whole
        if _has(_remembered(store, warehouse, part), seen, entire=entire):
            continue
        with _copying(warehouse, part):
            digest = store.head()[part]  # who works on it here may just have given it back
            had = _remembered(store, warehouse, part)
            if not _has(had, digest, entire=entire):
                _apply(store, warehouse, part, _read(store, digest), had, entire=entire)
                _remember(store, warehouse, part, had, digest, entire=entire)


def _begin(store: Store, warehouse: Path, part: str) -> None:
    """Notes that what comes into an empty part is made for a store: another's work takes its place if this is cut."""
    with _copying(warehouse, part):
        had = _remembered(store, warehouse, part)
        if not had.magasin and not _scan(warehouse, part, had).fichiers:
            _remember(store, warehouse, part, had, "", entire=True)


def push(store: Store, warehouse: Path, names: Iterable[str], lease: Lease) -> None:
    """Gives back to the store what parts of a copy hold now. The caller holds them, here and on all machines.

    Raises LaterError where the store or the locks don't answer: the copy keeps what it has, and gives it next time.
    """
    head, changed, gone = store.head(), dict[str, str](), set[str]()
    copied: list[tuple[str, Remembered, str]] = []
    with contextlib.ExitStack() as stack:
        for part in sorted(names):
            stack.enter_context(_copying(warehouse, part))
            had = _remembered(store, warehouse, part)
            listed = _scan(warehouse, part, had)
            if part not in head and not listed.fichiers:
                continue
            before = _read(store, head[part]) if part in head else Listed()
            known = {kept.sha256 for kept in before.fichiers.values()}
            store.put_files(
                {k.sha256: warehouse / name for name, k in listed.fichiers.items() if k.sha256 not in known}
            )
            digest = store.put(listed.text())
            copied.append((part, had, digest))
            if digest != head.get(part):
                changed[part] = digest
                gone |= {
                    k.sha256 for name, k in before.fichiers.items() if name not in listed.fichiers and _archived(name)
                }
        if changed:
            with lease.head():
                head = {**store.head(), **changed}
                store.put_head(head)
        for part, had, digest in copied:
            _remember(store, warehouse, part, had, digest, entire=True)
    _forget(store, head, gone)  # a vintage past its retention leaves the store with its last mention


def sweep(store: Store) -> int:
    """Deletes from the store the bytes that no list leads to, and that are no machine's at work; returns how many."""
    return _forget(store, store.head(), set(store.old(DAYS)))


def _forget(store: Store, head: dict[str, str], found: set[str]) -> int:
    if not found:
        return 0
    held = set(head.values())
    held |= {kept.sha256 for digest in head.values() for kept in _read(store, digest).fichiers.values()}
    for digest in sorted(found - held):
        store.remove(digest)
    return len(found - held)


def _read(store: Store, digest: str) -> Listed:
    said = json.loads(store.get(digest))
    return Listed({name: SharedFile(*kept) for name, kept in said["fichiers"].items()}, said["liens"], said["dossiers"])


def _scan(warehouse: Path, part: str, had: Remembered) -> Listed:
    """What a part of a copy holds now; a file that is as it was when it was hashed isn't read again."""
    found, seen = Listed(), {}
    for tree in trees(part):
        for path in _walk(warehouse / tree):
            name, status = path.relative_to(warehouse).as_posix(), path.lstat()
            if path.is_symlink():
                found.liens[name] = str(path.readlink())
            elif path.is_dir():
                found.dossiers[name] = stat.S_IMODE(status.st_mode)
            else:
                as_it_was = had.vus.get(name)
                same = as_it_was and as_it_was[:2] == (status.st_size, status.st_mtime_ns)
                digest = as_it_was[2] if as_it_was and same else sha256(path)
                seen[name] = (status.st_size, status.st_mtime_ns, digest)
                found.fichiers[name] = SharedFile(digest, status.st_size, stat.S_IMODE(status.st_mode))
    had.vus = seen
    return found


def _walk(tree: Path) -> Iterable[Path]:
    """A file or link, or a folder and all in it, in order; what is made aside, or spilled, is none of it."""
    if tree.is_symlink() or tree.is_file():
        yield tree
        return
    for home, folders, names in os.walk(tree):
        folders[:] = sorted(n for n in folders if PENDING.fullmatch(n) or (not n.startswith(".") and n != "temporaire"))
        yield Path(home)
        yield from (Path(home) / n for n in sorted(names) if not n.startswith("."))


def _archived(name: str) -> bool:
    """Whether a file is the bytes of an extract, as received."""
    return name.startswith(f"{ARCHIVE}/") and not name.endswith(f"/{RECORD}")


def _apply(store: Store, warehouse: Path, part: str, listed: Listed, had: Remembered, *, entire: bool) -> None:
    """Makes a part of a copy what a list says: a new folder appears whole, other files one by one, the records last."""
    here = _scan(warehouse, part, had)
    own = [name for name, kept in here.fichiers.items() if listed.fichiers.get(name) != kept]
    if own and not had.magasin:
        raise _foreign(store, part, own)
    lacking = [
        name
        for name, kept in listed.fichiers.items()
        if here.fichiers.get(name) != kept and (entire or name in here.fichiers or not _archived(name))
    ]
    aside = warehouse / MEMORY / f".{uuid.uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        came = {name: aside / str(rank) for rank, name in enumerate(lacking)}
        store.get_files({path: listed.fichiers[name].sha256 for name, path in came.items()})
        for name, path in came.items():
            path.chmod(listed.fichiers[name].droits)
            status = path.stat()
            had.vus[name] = (status.st_size, status.st_mtime_ns, listed.fichiers[name].sha256)
        _place(warehouse, came, listed.dossiers)
        _link(warehouse, listed.liens, aside)
    finally:
        shutil.rmtree(aside)
    for name in [*(here.fichiers.keys() - listed.fichiers.keys()), *(here.liens.keys() - listed.liens.keys())]:
        (warehouse / name).unlink()
        had.vus.pop(name, None)
    for name in sorted(here.dossiers.keys() - listed.dossiers.keys(), reverse=True):
        with contextlib.suppress(OSError):  # what is made aside in it is somebody's
            (warehouse / name).rmdir()
    for name, rights in listed.dossiers.items():
        if (warehouse / name).is_dir():
            (warehouse / name).chmod(rights)


def _foreign(store: Store, part: str, own: list[str]) -> UsageError:
    return UsageError(
        f"Cet entrepôt a de lui-même {len(own)} fichier(s) de « {part} » que le magasin n'a pas, "
        f"ou qu'il a autrement : {own[0]}…",
        where=Place(file=store.root),
        expected="le magasin de cet entrepôt, ou un entrepôt qui n'a encore rien",
        todo="vérifier ATLAS_MAGASIN ; pour être une copie de plus, nommer un dossier vide par ATLAS_WAREHOUSE. "
        "Rien n'a été touché",
    )


def _place(warehouse: Path, came: dict[str, Path], folders: dict[str, int]) -> None:
    """Moves files to their places: those of a folder that isn't there yet all at once, with it."""
    new: dict[Path, list[str]] = {}
    for name in sorted(came, key=lambda one: (one.endswith(".json"), one)):
        missing = [p for p in (warehouse / name).parents if not p.exists()]
        if missing:
            new.setdefault(missing[-1], []).append(name)
        else:
            came[name].replace(warehouse / name)
    for folder, names in new.items():
        aside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
        for name in names:
            target = aside / (warehouse / name).relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            came[name].rename(target)
        for name, rights in folders.items():
            if (warehouse / name).is_relative_to(folder):
                inside = aside / (warehouse / name).relative_to(folder)
                inside.mkdir(parents=True, exist_ok=True)
                inside.chmod(rights)
        aside.rename(folder)


def _link(warehouse: Path, links: dict[str, str], aside: Path) -> None:
    for name, target in links.items():
        link = warehouse / name
        if not (link.is_symlink() and str(link.readlink()) == target):
            link.parent.mkdir(parents=True, exist_ok=True)
            (aside / "lien").symlink_to(target)
            (aside / "lien").replace(link)


def _has(had: Remembered, digest: str, *, entire: bool) -> bool:
    return had.liste == digest and (had.entiere or not entire)


@contextlib.contextmanager
def _copying(warehouse: Path, part: str) -> Iterator[None]:
    """Waits until no other process of this machine compares, brings or gives a part of the copy; then holds it."""
    (warehouse / MEMORY).mkdir(parents=True, exist_ok=True)
    with (warehouse / MEMORY / f"{part}.verrou").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remembered(store: Store, warehouse: Path, part: str) -> Remembered:
    """What a copy remembers of a part: nothing where that is damaged, and all of it is then compared again."""
    file = warehouse / MEMORY / f"{part}.json"
    with contextlib.suppress(DamagedError), state.reading(file) as said:
        vus = {name: (v[0], v[1], v[2]) for name, v in said["vus"].items()}
        if said["magasin"] == store.address:
            return Remembered(store.address, str(said["liste"]), bool(said["entiere"]), vus)
        return Remembered(vus=vus)
    return Remembered()


def _remember(store: Store, warehouse: Path, part: str, said: Remembered, digest: str, *, entire: bool) -> None:
    said.magasin, said.liste, said.entiere = store.address, digest, entire
    state.write(warehouse / MEMORY / f"{part}.json", json.dumps(asdict(said)) + "\n")
