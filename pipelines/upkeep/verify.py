"""All that a warehouse keeps, held against the hashes noted of it: archive, staging, locks, warehouses, releases.

Nothing is written, and everything is looked at: one fault hides no other.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue, hints, journal, settings
from pipelines.arrival import landing, outcomes
from pipelines.edition import lockfile, promotion
from pipelines.errors import DamagedError, StorageError
from pipelines.releases import manifest, signature
from pipelines.settings import DATABASE, Settings
from pipelines.upkeep import store

RECORD, BYTES, STAGED, LOCK, PIN, BUILD, RELEASE, RIGHTS, BACKUP, SIGNATURE = (
    "trace d'archive",
    "fichier archivé",
    "mise en forme",
    "verrou",
    "millésime épinglé",
    "entrepôt",
    "publication",
    "publication modifiable",
    "sauvegarde",
    "signature",
)
PROTECTION, REGISTER = "tables protégées", "registre"
ARCHIVE, STAGING, LOCKS, BUILDS, RELEASES = "archive", "mises en forme", "verrous", "entrepôts", "publications"
LOST = "pertes"
KEPT = (ARCHIVE, LOCKS, RELEASES)  # what nothing makes again
UNSIGNED = "ne pas s'y fier, et demander à qui publie : l'empreinte de SHA256SUMS, ou la publication"
RESTORED = "la rétablir d'une sauvegarde ; à défaut, publier de nouveau"


@dataclass(frozen=True)
class Flaw:
    """Something that is no longer as it was left: its kind, where it is, what is wrong, what to do."""

    quoi: str
    fichier: str
    constat: str
    a_faire: str = ""
    source: str = ""
    millesime: int = 0
    revision: int = 0


def faults(now: Settings, parts: tuple[str, ...] = (), signers: Path | None = None) -> list[Flaw]:
    """All that is wrong in a warehouse, or in some parts of it, in the order in which it can be put right.

    With `signers`, each release must be signed by one of them.
    """
    looks: dict[str, Callable[[Settings], Iterable[Flaw]]] = {
        ARCHIVE: _archive,
        STAGING: _staging,
        LOCKS: _locks,
        BUILDS: _builds,
        RELEASES: lambda now: (
            flaw for folder in manifest.releases(now.releases) for flaw in of_release(folder, signers)
        ),
        LOST: _lost,
    }
    return [fault for part in parts or looks for fault in looks[part](now)]


def of_backups(folder: Path) -> list[Flaw]:
    """All that is wrong in a folder of backups."""
    found, read = [], []
    for number in store.numbers(folder):
        try:
            read.append(store.read(folder, number))
        except DamagedError as error:
            found.append(Flaw(BACKUP, str(error.where.file), error.what, store.ELSEWHERE))
    return found + [Flaw(BACKUP, str(path), said, store.ELSEWHERE) for path, said in store.damaged(folder, read)]


def of_release(folder: Path, signers: Path | None = None) -> list[Flaw]:
    """All that is wrong in the folder of one release, wherever it was copied, its signature too.

    With `signers`, it must be signed by one of them. Raises as `signature.verified`.
    """
    found = [Flaw(RELEASE, str(folder / name), said, RESTORED) for name, said in manifest.faults(folder)]
    said = signature.verified(folder / manifest.SUMS, signers)
    if said.bonne is False:
        found.append(Flaw(SIGNATURE, str(folder / manifest.SIGNATURE), said.dit, UNSIGNED))
    open_ = manifest.writable(folder)
    if open_:
        told = f"{len(open_)} fichier(s) que l'on peut encore modifier : {open_[0].name}" + "…" * (len(open_) > 1)
        found.append(Flaw(RIGHTS, str(folder), told, "atlas reparer, ou chmod a-w"))
    return found


def _lost(now: Settings) -> Iterator[Flaw]:
    """What the journal, the registers and the releases name, and that is there no more as a whole.

    Where machines share a store, each has its own journal and a part of the whole: its lines are not asked.
    """
    # What protects takes a second to import: other commands do without.
    from pipelines.releases import drafts

    lines = [] if settings.magasin() else journal.entries(now.warehouse)
    for source, millesime, revision in _done(lines, "fetch", "source", "millesime", "revision"):
        folder = now.landing / source / millesime / f"r{revision}"
        if not folder.is_dir():
            place = (source, int(millesime), int(revision))
            yield Flaw(BYTES, str(folder), "reçu un jour, n'est plus dans l'archive", landing.AGAIN, *place)
    for edition, region, name in _done(lines, "draft", "edition", "region", "brouillon"):
        folder = now.drafts / f"{edition}-{region}" / name
        if not (folder / drafts.RECORD).is_file():
            yield Flaw(REGISTER, str(folder), "le registre de ce brouillon n'est plus là", RESTORED)
    published = {
        f"{edition}-{of}/{name}" for edition, of, name in _done(lines, "publish", "edition", "region", "version")
    }
    try:
        published |= {f"{d.edition}-{d.region}/{d.version}" for d in drafts.every(now) if d.etat == drafts.PUBLISHED}
    except DamagedError as error:
        yield Flaw(REGISTER, str(error.where.file), error.what, error.todo)
    erased = {"/".join(Path(path).parts[-2:]) for line in lines for path in line.get("efface", ())}
    for name in sorted(published - erased):
        if not (now.releases / name).is_dir():
            yield Flaw(RELEASE, str(now.releases / name), "publiée un jour, n'est plus là", RESTORED)
    for folder in manifest.releases(now.releases):
        yield from _without(now, folder)
    if now.database.is_symlink() and not now.database.exists():
        again = hints.command(now, "edition", "--edition", settings.in_place(now.warehouse), extracts=True)
        yield Flaw(BUILD, str(now.database), "mène à un fichier qui n'est plus là", again)


def _done(lines: list[dict[str, Any]], step: str, *names: str) -> list[tuple[str, ...]]:
    """What a step has done by the journal, each once, by some of its words; a line that lacks one says nothing."""
    did = [line for line in lines if (line["etape"], line["resultat"]) == (step, "fait")]
    said = (tuple(str(line.get(name, "")) for name in names) for line in did)
    return [*dict.fromkeys(words for words in said if all(words))]


def _without(now: Settings, release: Path) -> Iterator[Flaw]:
    """What a release needs to be followed by another: the lock of its edition, and what it showed."""
    from pipelines.disclosure import memory

    number = manifest.read(release).get("protection")
    if number and not memory.path(now.protection, number).is_file():
        said = f"{release.parent.name}/{release.name} en vient : sans lui, aucune publication ne se fait plus"
        yield Flaw(PROTECTION, str(memory.path(now.protection, number)), said, "le rétablir d'une sauvegarde")
    edition = release.parent.name.partition("-")[0]
    lock = lockfile.path(now, int(edition)) if edition.isdecimal() else None
    if lock and not lock.is_file() and (release / lockfile.LOCK).is_file():
        yield Flaw(LOCK, str(lock), "n'est plus là", "atlas reparer le reprend d'une publication")


def _vintages(now: Settings) -> Iterator[tuple[str, int]]:
    for source in catalogue.sources():
        for millesime in landing.vintages(now.landing, source):
            yield source, millesime


def _archive(now: Settings) -> Iterator[Flaw]:
    for source, millesime in _vintages(now):
        for number in landing.numbers(now.landing, source, millesime):
            place = (source, millesime, number)
            try:
                landed = landing.revision(now.landing, *place)
            except DamagedError as error:
                yield Flaw(RECORD, str(error.where.file), error.what, error.todo, *place)
                continue
            folder = landed.folder(now.landing)
            for file in landing.lacking(now.landing, landed):
                gone = "n'est plus là" if not (folder / file.name).is_file() else "n'a plus les octets reçus"
                yield Flaw(BYTES, str(folder / file.name), gone, landing.AGAIN, *place)


def _staging(now: Settings) -> Iterator[Flaw]:
    for source, millesime in _vintages(now):
        numbers = landing.numbers(now.landing, source, millesime)
        for number in numbers:
            place = (source, millesime, number)
            again = hints.command(now, "run", source, "--millesime", millesime, "--archive")
            home = outcomes.folder(now, *place)
            try:
                outcome = outcomes.load(now, *place)
            except DamagedError as error:
                yield Flaw(STAGED, str(error.where.file), error.what, again, *place)
                continue
            if outcome is None and number == numbers[-1]:
                yield Flaw(STAGED, str(home), "l'archive le garde, et rien ne l'a mis en forme", again, *place)
            for path, how in outcomes.altered(now, outcome) if outcome else ():
                yield Flaw(STAGED, str(path), how, again, *place)


def _locks(now: Settings) -> Iterator[Flaw]:
    for edition in lockfile.locked(now):
        file, again = str(lockfile.path(now, edition)), hints.command(now, "lock", edition, "--update")
        try:
            made = lockfile.read(Path(file))
        except DamagedError as error:
            yield Flaw(LOCK, file, error.what, f"atlas reparer le reprend d'une publication ; ou le refaire : {again}")
            continue
        for pin in made.pins:
            said = f"{pin.source} {pin.millesime}, révision {pin.revision}"
            if said in made.effaces:
                continue
            try:
                known = set(landing.revision(now.landing, pin.source, pin.millesime, pin.revision).files)
            except DamagedError:  # told of the archive already
                continue
            except StorageError:
                yield Flaw(PIN, file, f"{said} : plus rien n'en est dans l'archive", f"la rétablir, ou {again}")
                continue
            if known != set(pin.files):
                yield Flaw(PIN, file, f"{said} : l'archive en garde d'autres octets", f"la rétablir, ou {again}")


def _builds(now: Settings) -> Iterator[Flaw]:
    for link in sorted(now.editions.glob(f"*/{DATABASE}")):
        again = hints.command(now, "edition", "--edition", link.parent.name, extracts=True)
        try:
            promotion.counts(link)
        except duckdb.Error as error:
            yield Flaw(BUILD, str(link), f"ne se lit pas : {str(error).splitlines()[0]}", again)
