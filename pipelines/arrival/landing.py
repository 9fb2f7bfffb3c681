"""The archive: raw bytes of each vintage and revision, with their provenance.

Append-only, but for personal vintages past their retention (retention.py): their bytes go, their record stays.
"""

import contextlib
import datetime as dt
import json
import shutil
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipelines.catalogue import Source
from pipelines.connectors import Offer, packed
from pipelines.errors import DamagedError, Place, RefusedError, StorageError, UsageError
from pipelines.runtime import state
from pipelines.runtime.fingerprints import sha256

PROVENANCE = "provenance.json"
AGAIN = "déposer ou télécharger de nouveau cet extrait, puis relancer : l'archive reprend ce qui lui manque"


@dataclass(frozen=True)
class File:
    """One archived file; `archive` names the one that it was taken out of, as it was received."""

    name: str
    bytes: int
    sha256: str
    archive: str = ""


@dataclass(frozen=True)
class Landed:
    """One revision of a vintage in the archive.

    `unknown` names the files that stood beside it and that the catalogue doesn't read. `efface_le` is the
    day when its bytes were deleted, past their retention. `restored` are those of its files that it had lost,
    and that have just come again.
    """

    source: str
    millesime: int
    revision: int
    fictif: bool
    files: tuple[File, ...]
    new: bool
    unknown: tuple[str, ...] = ()
    efface_le: str | None = None
    restored: tuple[str, ...] = ()

    def folder(self, landing: Path) -> Path:
        """Where its files are."""
        return landing / self.source / str(self.millesime) / f"r{self.revision}"

    def paths(self, landing: Path) -> list[Path]:
        """Its files, where they are."""
        return [self.folder(landing) / file.name for file in self.files]


def home(landing: Path, source: Source, millesime: int) -> Path:
    """The folder of a vintage, made where it isn't; of a restricted source, its owner alone can open it."""
    folder = landing / source.id / str(millesime)
    folder.mkdir(parents=True, exist_ok=True)
    if source.restreint:
        close(folder.parent, folder, *folder.glob("r*"), *folder.glob("r*/*"))
    return folder


def close(*paths: Path) -> None:
    """Leaves folders and files to their owner alone."""
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)


def numbers(landing: Path, source: str, millesime: int) -> list[int]:
    """The numbers of the revisions of a vintage, whatever is left of them, oldest first."""
    home = landing / source / str(millesime)
    return sorted(int(p.name[1:]) for p in home.glob("r*") if p.name[1:].isdecimal() and p.is_dir())


def revisions(landing: Path, source: str, millesime: int) -> list[Landed]:
    """The archived revisions of a vintage, oldest first. Raises DamagedError where the record of one can't be read."""
    return [revision(landing, source, millesime, number) for number in numbers(landing, source, millesime)]


def revision(landing: Path, source: str, millesime: int, number: int) -> Landed:
    """One archived revision. Raises StorageError where it isn't in the archive, DamagedError where its record isn't."""
    folder = landing / source / str(millesime) / f"r{number}"
    if not folder.is_dir():
        raise StorageError(
            f"La révision {number} n'est pas dans l'archive.",
            where=Place(source=source, millesime=millesime, file=str(folder.parent)),
            expected="un dossier que l'archive a écrit ; elle n'efface rien",
            todo="relancer l'ingestion de cette source",
        )
    with state.reading(folder / PROVENANCE, f"{AGAIN} ; {state.MEND}") as data:
        return Landed(
            source=source,
            millesime=millesime,
            revision=number,
            fictif=data["fictif"],
            files=tuple(File(**f) for f in data["files"]),
            new=False,
            unknown=tuple(data.get("non_lus", ())),
            efface_le=data.get("efface_le"),
        )


def verify(landing: Path, landed: Landed) -> None:
    """Raises DamagedError where an archived file isn't there, or isn't byte for byte the one that was received."""
    for file in lacking(landing, landed):
        path = landed.folder(landing) / file.name
        raise DamagedError(
            "Un fichier archivé "
            + ("n'est plus celui qui a été reçu : ses octets ont changé." if path.is_file() else "n'est plus là."),
            where=Place(source=landed.source, millesime=landed.millesime, file=str(path)),
            expected=f"le fichier reçu, de {file.bytes} octets et d'empreinte sha256 {file.sha256}",
            todo=f"{AGAIN}, ou remettre ce fichier à cette place d'une sauvegarde ; {state.MEND}",
        )


def lacking(landing: Path, landed: Landed) -> list[File]:
    """The files of a revision that aren't there, or aren't byte for byte those received; none of a deleted one."""
    if landed.efface_le is not None:
        return []
    folder = landed.folder(landing)
    return [f for f in landed.files if not (folder / f.name).is_file() or sha256(folder / f.name) != f.sha256]


def sound(landing: Path, source: str, millesime: int, number: int) -> Landed | None:
    """One archived revision, where its record can be read and its bytes are those received; else None."""
    with contextlib.suppress(StorageError):
        landed = revision(landing, source, millesime, number)
        return None if lacking(landing, landed) else landed
    return None


def with_deletion(landed: Landed, day: str) -> Landed:
    """The same revision, once its bytes are deleted."""
    return replace(landed, efface_le=day)


def deleted(landed: Landed) -> RefusedError:
    """Why a deleted revision can't be read any more."""
    return RefusedError(
        f"Millésime effacé le {landed.efface_le} : sa durée de conservation est passée.",
        where=Place(source=landed.source, millesime=landed.millesime),
        expected="un millésime encore conservé (conservation, dans le catalogue)",
        todo="le retirer du dossier des extraits ; il reste dans le verrou par son nom et son empreinte",
    )


def vintages(landing: Path, source: str) -> list[int]:
    """The labels of a source that the archive holds, in order."""
    home = landing / source
    return sorted(int(p.name) for p in home.iterdir() if p.name.isdigit()) if home.is_dir() else []


def natures(landing: Path) -> dict[bool, list[Path]]:
    """The revisions of the archive that are fictitious (True) and that are real (False), each by its folder.

    One whose record can't be read says nothing.
    """
    found: dict[bool, list[Path]] = {}
    for record in sorted(landing.glob(f"*/*/r*/{PROVENANCE}")):
        with contextlib.suppress(DamagedError), state.reading(record) as data:
            found.setdefault(bool(data["fictif"]), []).append(record.parent)
    return found


def any_fictitious(landing: Path) -> bool:
    """Whether the archive holds a fictitious revision."""
    return True in natures(landing)


def _alike(landing: Path, source: Source, offer: Offer) -> None:
    """Raises UsageError where what arrives is fictitious and the archive is real, or the reverse."""
    if not natures(landing).get(not offer.fictif):
        return
    home = landing.parent
    raise UsageError(
        f"Ces extraits sont fictifs, et l'entrepôt {home} est réel : ils n'y entrent pas."
        if offer.fictif
        else f"Ces extraits sont réels, et l'entrepôt {home} est fictif : ils n'y entrent pas.",
        where=Place(source=source.id, millesime=offer.millesime),
        expected="un entrepôt tout réel ou tout fictif ; FICTIF.txt dit qu'un dossier d'extraits est fictif",
        todo="leur donner un entrepôt à eux : ATLAS_WAREHOUSE=DOSSIER ; ou corriger --sources",
    )


def _unpacked(arriving: Path, name: str, source: Source, millesime: int, files: list[File]) -> list[File]:
    """The members taken out of an archive, beside it; one that is already there, byte for byte, is left out.

    Raises RefusedError where it is there with other bytes.
    """
    known = {f.name: f for f in files}
    found = []
    aside = arriving / f".membres-{uuid.uuid4().hex}"
    try:
        for member in packed.unpack(arriving / name, source, millesime, aside):
            file = File(member.name, member.stat().st_size, sha256(member), archive=name)
            twin = known.get(file.name)
            if twin is None:
                member.replace(arriving / file.name)
                found.append(file)
            elif twin.sha256 != file.sha256:
                raise RefusedError(
                    f"« {file.name} » est à la fois dans le dossier et dans « {name} », et les deux diffèrent.",
                    where=Place(source=source.id, millesime=millesime, file=file.name),
                    expected="un seul fichier de ce nom, ou deux fois les mêmes octets",
                    todo="ne laisser que l'archive du producteur",
                )
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return found


def archive(landing: Path, source: Source, offer: Offer) -> Landed:
    """Copies the files of a vintage into the archive, as a new revision unless the bytes are known.

    A packed file is kept as received, and its members are taken out beside it.

    Returns the revision that holds those bytes; `new` says whether it was just made. What it had lost of them, or of
    its record, is put back. Raises RefusedError for bytes that were deleted past their retention, UsageError where
    real and fictitious extracts would meet.
    """
    _alike(landing, source, offer)
    place = home(landing, source, offer.millesime)
    arriving = place / f".arrivee-{uuid.uuid4().hex}"
    try:
        arriving.mkdir()
        files = []
        for path in offer.files:
            target = arriving / offer.names.get(path.name, path.name)
            shutil.copyfile(path, target)
            files.append(File(target.name, target.stat().st_size, sha256(target)))
        for name in sorted(offer.packed):
            files += _unpacked(arriving, name, source, offer.millesime, files)
        for file in files:
            state.settle(arriving / file.name)
        while True:
            known = numbers(landing, source.id, offer.millesime)
            for number in known:
                landed = _known(landing, source, offer, number, files, arriving)
                if landed is not None:
                    return landed
            revision = max(known, default=0) + 1
            note(arriving, source, offer, revision, files)
            if source.restreint:
                close(arriving, *arriving.iterdir())
            try:
                arriving.rename(place / f"r{revision}")
            except OSError:
                if (place / f"r{revision}").exists():  # another run archived at the same moment
                    continue
                raise
            state.settle(place)
            return Landed(
                source.id, offer.millesime, revision, offer.fictif, tuple(files), new=True, unknown=offer.unknown
            )
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


def _known(
    landing: Path, source: Source, offer: Offer, number: int, files: list[File], arriving: Path
) -> Landed | None:
    """The revision of that number, where it is of those bytes, with what it had lost of them; None where it isn't."""
    folder = landing / source.id / str(offer.millesime) / f"r{number}"
    try:
        landed = revision(landing, source.id, offer.millesime, number)
    except DamagedError:
        left = {p.name: sha256(p) for p in folder.iterdir() if p.is_file() and p.name != PROVENANCE}
        if not left or not left.items() <= {file.name: file.sha256 for file in files}.items():
            return None
        note(folder, source, offer, number, files)
        landed = revision(landing, source.id, offer.millesime, number)
    if set(landed.files) != set(files) or landed.fictif != offer.fictif:
        return None
    if landed.efface_le is not None:
        raise deleted(landed)
    lost = lacking(landing, landed)
    for file in lost:
        (arriving / file.name).replace(folder / file.name)
    if source.restreint:
        close(folder, *folder.iterdir())
    if lost:
        state.settle(folder)
    return replace(landed, restored=tuple(file.name for file in lost))


def note(folder: Path, source: Source, offer: Offer, revision: int, files: list[File]) -> None:
    """Writes the record of a revision beside its files."""
    record = {
        "source": source.id,
        "producteur": source.producteur,
        "titre": source.titre,
        "licence": source.licence,
        "adresse": source.adresse,
        "millesime": offer.millesime,
        "revision": revision,
        "fictif": offer.fictif,
        "recu_le": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "files": [{k: v for k, v in asdict(f).items() if v != ""} for f in files],
        "adresses": dict(sorted(offer.origins.items())),
        "non_lus": list(offer.unknown),
        **({"recus_sous": {name: came for came, name in sorted(offer.names.items())}} if offer.names else {}),
    }
    state.write(folder / PROVENANCE, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
