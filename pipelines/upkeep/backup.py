"""A backup of a warehouse: all that it can't make again, whatever it is, and nothing that it can.

What is made again from the archive and the locks (staging, builds, fictitious extracts) is named here; the rest is
kept, so that a room that comes later is in by itself. The key of persons is never in the warehouse, nor here.
"""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import catalogue, hints, settings
from pipelines.arrival import landing, personnes
from pipelines.edition import lockfile
from pipelines.errors import DamagedError, Place, StorageError, UsageError
from pipelines.runtime import locks
from pipelines.runtime.fingerprints import sha256
from pipelines.settings import DATABASE, SAMPLES, STATUS, Settings
from pipelines.upkeep import store, verify
from pipelines.upkeep.store import Backup, KeptFile

AGAIN = (
    DATABASE,
    SAMPLES,
    "staging",
    "README.md",
    STATUS,
)  # at the top of a warehouse: made again, or not its own
BUILDS, TEMPORARY = ("construction-", Path(DATABASE).stem), "temporaire"  # in the folder of an edition
HELD = (verify.RECORD, verify.BYTES, verify.LOCK, verify.RELEASE)  # the faults that would be kept with the rest


@dataclass(frozen=True)
class Done:
    """A backup that was made: the bytes that it added, and the backups that went, for what they held is deleted."""

    backup: Backup
    nouveaux: int
    oublies: list[int]


def back_up(now: Settings, folder: Path) -> Done:
    """Makes a backup of a warehouse in a folder; what it already has is not copied again.

    The caller holds the warehouse. Raises UsageError for a folder that can't be one of backups, DamagedError where
    what is to be kept is damaged, StorageError where there is no room.
    """
    _refuse(now, folder)
    for fault in verify.faults(now, verify.KEPT):
        if fault.quoi in HELD:
            raise DamagedError(
                f"L'entrepôt a un fichier abîmé, qui serait gardé à la place du bon : {fault.quoi}, {fault.constat}",
                where=Place(file=fault.fichier),
                expected="un entrepôt tel qu'il a été laissé",
                todo=f"{hints.command(now, 'reparer')} ; ou, d'une sauvegarde antérieure, l'enlever puis "
                + hints.command(now, "restaurer", folder, "--seulement", _relative(now, fault.fichier)),
            )
    gone = {file.sha256 for landed in _landed(now) if landed.efface_le for file in landed.files}
    found = [path for path in kept(now) if not _deleted(now, path, gone)]
    lacking = store.room(folder, sum(p.stat().st_size for p in found) if not store.is_one(folder) else 0)
    if lacking:
        raise StorageError(
            f"Il manque {lacking / 1e6:.0f} Mo sur le disque de {folder}.",
            expected=f"de quoi copier {len(found)} fichiers",
            todo="faire de la place, ou choisir un autre disque : rien n'a été copié",
        )
    store.prepare(folder)
    with locks.parts(folder, "atlas sauvegarder", store.LISTS):
        written, listed = 0, []
        for path in found:
            digest, new = store.put(folder, path)
            written += new
            status = path.stat()
            listed.append(KeptFile(_relative(now, path), status.st_size, digest, status.st_mode & 0o777))
        made = _said(now, folder, listed)
        store.write(folder, made)
        return Done(made, written, store.forget(folder, gone))


def kept(now: Settings) -> list[Path]:
    """The files of a warehouse that can't be made again, in order: neither those, nor what a run makes aside."""
    found = []
    for home, folders, names in os.walk(now.warehouse):
        here = Path(home)
        top = here == now.warehouse
        folders[:] = [n for n in folders if not n.startswith(".") and not (top and (n in AGAIN or _nested(here / n)))]
        if here.parent == now.editions:
            folders[:] = [n for n in folders if n != TEMPORARY]
            names = [n for n in names if not n.startswith(BUILDS)]
        found += [here / n for n in names if not n.startswith(".") and not (top and n in AGAIN)]
    return sorted(found)


def _nested(folder: Path) -> bool:
    """Whether a folder is another warehouse: that of fictitious extracts lies in the real one."""
    return folder == settings.sample_home()


def _relative(now: Settings, path: str | Path) -> str:
    return Path(path).relative_to(now.warehouse).as_posix()


def _landed(now: Settings) -> Iterator[landing.Landed]:
    for source in catalogue.sources():
        for millesime in landing.vintages(now.landing, source):
            yield from landing.revisions(now.landing, source, millesime)


def _deleted(now: Settings, path: Path, gone: set[str]) -> bool:
    """Whether a deposited file is one whose retention is past: whoever left it there is told by the ingestion."""
    deposit = now.warehouse / settings.DEPOSIT
    return bool(gone) and path.is_relative_to(deposit) and sha256(path) in gone


def _said(now: Settings, folder: Path, listed: list[KeptFile]) -> Backup:
    fictif = landing.any_fictitious(now.landing)
    homes = {now.warehouse / parent for kept in listed for parent in Path(kept.chemin).parents}
    return Backup(
        numero=max(store.numbers(folder), default=0) + 1,
        fait_le=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        commit=lockfile.commit(),
        fictif=fictif,
        en_place=settings.in_place(now.warehouse),
        cle=known_key(fictif=fictif),
        personnes=[
            f"{landed.source} {landed.millesime}"
            for landed in _landed(now)
            if catalogue.load(landed.source).personal and not landed.efface_le and not landed.fictif
        ],
        fermes=sorted(_relative(now, home) for home in homes if home != now.warehouse and _closed(home)),
        fichiers=listed,
    )


def known_key(*, fictif: bool) -> str:
    """The short name of the key of persons that is at hand; empty where there is none yet, and none is made."""
    at_hand = fictif or os.environ.get(personnes.VARIABLE, "").strip() or personnes.key_file().is_file()
    return personnes.key_id(personnes.key(fictif=fictif)) if at_hand else ""


def _closed(folder: Path) -> bool:
    return not folder.stat().st_mode & 0o077


def _refuse(now: Settings, folder: Path) -> None:
    """Raises UsageError for a folder that is the warehouse, in it or around it, or that holds something else."""
    inside = folder == now.warehouse or now.warehouse in folder.parents or folder in now.warehouse.parents
    if inside or folder.is_relative_to(settings.real_home()):
        raise UsageError(
            f"La sauvegarde serait avec ce qu'elle sauve : {folder}",
            expected=f"un dossier hors de {settings.real_home() if not inside else now.warehouse}, sur un autre disque",
            todo="en nommer un autre",
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} n'est pas un dossier.", expected="un dossier, ou un nom libre", todo="le corriger")
    if folder.is_dir() and not store.is_one(folder) and any(folder.iterdir()):
        raise UsageError(
            f"{folder} contient autre chose que des sauvegardes.",
            expected="un dossier vide, à créer, ou celui des sauvegardes précédentes",
            todo="en nommer un autre",
        )
    if not settings.in_use(now.warehouse):
        raise UsageError(
            f"Il n'y a rien à sauvegarder dans {now.warehouse}.",
            expected="un entrepôt où quelque chose a été reçu ou construit",
            todo="nommer l'entrepôt par ATLAS_WAREHOUSE",
        )
    if store.is_one(folder) and store.numbers(folder):
        refuse_mixture(now, store.read(folder))


def refuse_mixture(now: Settings, made: Backup) -> None:
    """Raises UsageError where a backup is of fictitious extracts and the warehouse of real ones, or the other way."""
    held = any(now.landing.glob(f"*/*/r*/{landing.PROVENANCE}"))
    if held and made.fictif != landing.any_fictitious(now.landing):
        words = {True: "fictifs", False: "réels"}
        raise UsageError(
            f"Ces sauvegardes sont d'extraits {words[made.fictif]}, et l'entrepôt d'extraits {words[not made.fictif]}.",
            expected=f"un dossier de sauvegardes pour chacun ({now.warehouse})",
            todo="en nommer un autre",
        )
