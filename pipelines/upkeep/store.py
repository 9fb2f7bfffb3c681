"""The folder of a warehouse's backups: bytes under their SHA-256, each once, and one list a backup.

`octets/ab/abcd…` are bytes that some file of the warehouse had; `sauvegardes/<n>.json` says which file had which. A
list is written when all its bytes are there: before, there is no such backup.
"""

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.errors import DamagedError, Place, UsageError
from pipelines.runtime import state
from pipelines.runtime.fingerprints import sha256

BYTES, LISTS = "octets", "sauvegardes"
README = "LISEZMOI.txt"
TOLD = """Sauvegardes d'un entrepôt de l'atlas, faites par « atlas sauvegarder » et rendues par « atlas restaurer ».

sauvegardes/<n>.json nomme chaque fichier de l'entrepôt (chemin), et l'empreinte SHA-256 de ses octets (sha256).
octets/<deux premiers signes>/<empreinte> sont ces octets : sans l'atlas, un fichier se reprend en copiant les siens.
Il peut y avoir là des données personnelles, telles que reçues : ce dossier n'est que pour son propriétaire.
"""
BLOCK = 1 << 20
HASH = re.compile(r"[0-9a-f]{64}")
ELSEWHERE = "la reprendre d'une autre copie de ce dossier ; une sauvegarde nouvelle remet ce que l'entrepôt a encore"


@dataclass(frozen=True)
class KeptFile:
    """A file of the warehouse: its place in it, its size, its bytes, its rights."""

    chemin: str
    octets: int
    sha256: str
    droits: int


@dataclass(frozen=True)
class Backup:
    """What one backup holds. `cle` names the key of persons that was at hand, and says nothing of it.

    `fermes` are the folders that their owner alone opens; `personnes` the vintages that describe persons.
    """

    numero: int
    fait_le: str
    commit: str
    fictif: bool
    en_place: int | None
    cle: str
    personnes: list[str]
    fermes: list[str]
    fichiers: list[KeptFile] = field(repr=False)

    @property
    def octets(self) -> int:
        """What it takes once restored."""
        return sum(kept.octets for kept in self.fichiers)


def is_one(folder: Path) -> bool:
    """Whether a folder is one of backups."""
    return (folder / LISTS).is_dir()


def numbers(folder: Path) -> list[int]:
    """The numbers of its backups, oldest first."""
    return sorted(int(p.stem) for p in (folder / LISTS).glob("*.json") if p.stem.isdecimal())


def path(folder: Path, number: int) -> Path:
    """The list of a backup."""
    return folder / LISTS / f"{number}.json"


def read(folder: Path, number: int | None = None) -> Backup:
    """A backup, the last unless one is named. Raises UsageError where there is none, DamagedError if it's damaged."""
    known = numbers(folder)
    if not known or (number is not None and number not in known):
        raise UsageError(
            f"Il n'y a pas de sauvegarde {number} dans {folder}." if known else f"{folder} n'a pas de sauvegarde.",
            expected=f"une de celles-ci : {', '.join(map(str, known))}" if known else f"un dossier avec {LISTS}/1.json",
            todo="corriger le numéro" if known else "corriger le dossier : celui qu'« atlas sauvegarder » a rempli",
        )
    with state.reading(path(folder, number or known[-1]), ELSEWHERE) as data:
        made = Backup(**{**data, "fichiers": [KeptFile(**kept) for kept in data["fichiers"]]})
        inside = [Path(name) for name in (*made.fermes, *(kept.chemin for kept in made.fichiers))]
        if any(one.is_absolute() or ".." in one.parts for one in inside):
            raise ValueError("a place outside of the warehouse")  # told as a damaged list: nobody of ours wrote it
        if not all(HASH.fullmatch(kept.sha256) for kept in made.fichiers):
            raise ValueError("no hash")
        return made


def write(folder: Path, made: Backup) -> None:
    """Puts the list of a backup in place: from then on it is one."""
    state.write(path(folder, made.numero), json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")
    path(folder, made.numero).chmod(0o600)


def place(folder: Path, digest: str) -> Path:
    """Where bytes of that hash are."""
    return folder / BYTES / digest[:2] / digest


def copied(found: Path, target: Path) -> str:
    """Copies a file onto the disk; returns the hash of what was read. Raises DamagedError where the copy is another."""
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with found.open("rb") as source, target.open("xb") as copy:
        while block := source.read(BLOCK):
            digest.update(block)
            copy.write(block)
    state.settle(target)
    if sha256(target) != digest.hexdigest():
        raise DamagedError(
            "Une copie ne se relit pas telle qu'elle a été écrite : ce disque ne garde pas ce qu'on lui donne.",
            where=Place(file=str(target)),
            expected=f"les octets de {found}",
            todo="changer de disque",
        )
    return digest.hexdigest()


def put(folder: Path, found: Path) -> tuple[str, int]:
    """Keeps the bytes of a file; returns their hash, and how many were written: none where they are there already."""
    digest = sha256(found)
    kept = place(folder, digest)
    if kept.is_file() and sha256(kept) == digest:
        return digest, 0
    aside = kept.with_name(f".{uuid.uuid4().hex}")
    try:
        if copied(found, aside) != digest:
            raise DamagedError(
                "Un fichier de l'entrepôt a changé pendant qu'il était copié.",
                where=Place(file=str(found)),
                expected="un entrepôt où rien d'autre n'écrit",
                todo="chercher qui y écrit, puis relancer : rien d'inachevé n'est en place",
            )
        aside.chmod(0o400)
        aside.replace(kept)
    finally:
        aside.unlink(missing_ok=True)
    return digest, kept.stat().st_size


def damaged(folder: Path, backups: list[Backup]) -> Iterator[tuple[Path, str]]:
    """The bytes that backups want and that are gone or changed, each with what is wrong and the file that it was."""
    wanted = {kept.sha256: f"{kept.chemin} (sauvegarde {made.numero})" for made in backups for kept in made.fichiers}
    for digest, name in sorted(wanted.items(), key=lambda one: one[1]):
        kept = place(folder, digest)
        if not kept.is_file():
            yield kept, f"n'est plus là : c'est {name}"
        elif sha256(kept) != digest:
            yield kept, f"ses octets ont changé : c'est {name}"


def forget(folder: Path, gone: set[str]) -> list[int]:
    """Removes the backups that hold such bytes, then all bytes that no backup holds; returns the removed ones.

    Raises DamagedError, with nothing removed, where a list can't be read: who knows what it holds.
    """
    held = {number: {kept.sha256 for kept in read(folder, number).fichiers} for number in numbers(folder)}
    removed = [number for number, bytes_ in held.items() if gone & bytes_]
    for number in removed:
        path(folder, number).unlink()
        del held[number]
    wanted = set().union(*held.values())
    for kept in (folder / BYTES).glob("*/*"):
        if kept.name not in wanted:
            kept.unlink()
    return removed


def room(folder: Path, needed: int) -> int:
    """How many bytes lack on the disk of a folder for so many more; 0 where they fit."""
    while not folder.exists():
        folder = folder.parent
    return max(0, needed - shutil.disk_usage(folder).free)


def prepare(folder: Path) -> None:
    """Makes the folder of backups, for its owner alone: it holds all that the archive does."""
    for made in (folder, folder / BYTES, folder / LISTS):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o700)
    if not (folder / README).exists():
        state.write(folder / README, TOLD)
