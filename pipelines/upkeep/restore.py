"""The way back of a backup: into an empty warehouse, or where it overwrites nothing.

Everything comes aside first, is read again there, and is then moved into its place: a disk that fills or a damaged
backup leaves the warehouse as it was. What is there already, byte for byte, stays.
"""

import hashlib
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from pipelines import journal, settings
from pipelines.edition import lockfile
from pipelines.errors import DamagedError, Place, StorageError, UsageError
from pipelines.runtime import state
from pipelines.runtime.fingerprints import sha256
from pipelines.settings import Settings
from pipelines.upkeep import backup, store
from pipelines.upkeep.store import Backup, KeptFile

ASIDE = ".restauration-"


@dataclass(frozen=True)
class Restored:
    """What came back. `editions` can be built again; `autre_cle`: persons had hashes of another key."""

    backup: Backup
    revenus: int
    octets: int
    editions: list[int]
    autre_cle: bool


def restore(now: Settings, folder: Path, number: int | None = None, only: tuple[str, ...] = ()) -> Restored:
    """Puts back what a backup holds, all of it or what is under `only`. The caller holds the warehouse.

    Raises UsageError where something would be overwritten, DamagedError where the backup is damaged, StorageError
    where there is no room; then nothing has changed.
    """
    made = store.read(folder, number)
    backup.refuse_mixture(now, made)
    chosen = [kept for kept in made.fichiers if not only or _under(kept.chemin, only)]
    if not chosen:
        raise UsageError(
            f"La sauvegarde {made.numero} n'a rien sous {', '.join(only)}.",
            expected="un chemin dans l'entrepôt : landing/sae/2023, releases/2025-28/2025.1",
            todo="corriger --seulement",
        )
    coming = [kept for kept in chosen if not _there(now, kept)]
    lacking = store.room(now.warehouse, sum(kept.octets for kept in coming))
    if lacking:
        raise StorageError(
            f"Il manque {lacking / 1e6:.0f} Mo sur le disque de {now.warehouse}.",
            expected=f"de quoi remettre {len(coming)} fichiers",
            todo="faire de la place : rien n'a été touché",
        )
    _bring_all(now, folder, made, coming)
    if not only:
        _point(now, made.en_place)
    known = backup.known_key(fictif=made.fictif)
    return Restored(
        made,
        len(coming),
        sum(kept.octets for kept in coming),
        lockfile.locked(now),
        autre_cle=bool(made.personnes and made.cle != known),
    )


def _bring_all(now: Settings, folder: Path, made: Backup, coming: list[KeptFile]) -> None:
    """Brings files aside, then moves them into their places; closes the folders that their owner alone opened."""
    for left in now.warehouse.glob(f"{ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = now.warehouse / f"{ASIDE}{uuid.uuid4().hex}"
    try:
        for kept in coming:
            _bring(folder, kept, aside / kept.chemin)
        for closed in made.fermes:
            if (aside / closed).is_dir():
                (aside / closed).chmod(0o700)
        if aside.is_dir():
            _place(aside, now.warehouse)
        for closed in made.fermes:  # those that were there already
            if (now.warehouse / closed).is_dir():
                (now.warehouse / closed).chmod(0o700)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _under(path: str, only: tuple[str, ...]) -> bool:
    return any(Path(path).is_relative_to(name) for name in only)


def _there(now: Settings, kept: KeptFile) -> bool:
    """Whether a file is in the warehouse already. Raises UsageError where another stands in its place."""
    path = now.warehouse / kept.chemin
    if not path.exists():
        return False
    if path.is_file() and (sha256(path) == kept.sha256 or (path.name == journal.JOURNAL and _begins(path, kept))):
        return True
    raise UsageError(
        "La restauration recouvrirait ce que l'entrepôt a.",
        where=Place(file=str(path)),
        expected="un entrepôt vide, ou dont les fichiers sont ceux de la sauvegarde",
        todo="restaurer dans un autre dossier (ATLAS_WAREHOUSE), ou une partie seulement (--seulement CHEMIN) ; "
        "un fichier abîmé : l'enlever d'abord",
    )


def _begins(path: Path, kept: KeptFile) -> bool:
    """Whether the journal in place is the one that was kept, with what was written since."""
    with path.open("rb") as handle:
        return hashlib.sha256(handle.read(kept.octets)).hexdigest() == kept.sha256


def _bring(folder: Path, kept: KeptFile, target: Path) -> None:
    """Copies the bytes of a file aside, with its rights. Raises DamagedError where they aren't those that were kept."""
    found = store.place(folder, kept.sha256)
    if not found.is_file() or store.copied(found, target) != kept.sha256:
        raise DamagedError(
            f"La sauvegarde est abîmée : les octets de {kept.chemin} "
            + ("ont changé." if found.is_file() else "n'y sont plus."),
            where=Place(file=str(found)),
            expected=f"le fichier gardé, d'empreinte {kept.sha256}",
            todo=f"atlas verifier {folder} montre tout ce qui y est atteint ; {store.ELSEWHERE} ; "
            "le reste se restaure par parties (--seulement CHEMIN) ; rien n'a été touché",
        )
    target.chmod(kept.droits)


def _place(aside: Path, target: Path) -> None:
    """Moves what is aside into its place: a whole folder in one move, where there is none of that name."""
    for path in sorted(aside.iterdir()):
        if path.is_dir() and (target / path.name).is_dir():
            _place(path, target / path.name)
        else:
            path.rename(target / path.name)
    state.settle(target)


def _point(now: Settings, edition: int | None) -> None:
    """Says which edition was in place, and makes the folder where extracts are looked for: the archive is enough."""
    if edition is not None and settings.in_place(now.warehouse) is None and not now.database.exists():
        now.database.symlink_to(now.built(edition).relative_to(now.warehouse))
    (now.warehouse / settings.DEPOSIT).mkdir(exist_ok=True)
