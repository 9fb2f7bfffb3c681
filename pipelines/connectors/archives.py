"""Archives as producers publish them (.7z, .zip, .tgz): only the wanted members are written, within limits.

An archive is refused whole, before anything is written, where a member would leave the folder, where it
holds a link, a password, or more than is allowed. What an archive declares is then verified as it is
decompressed, block by block.
"""

import contextlib
import lzma
import re
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import py7zr
from py7zr.exceptions import PasswordRequired

from pipelines.catalogue.layouts import plainly
from pipelines.connectors.access import size
from pipelines.connectors.members import DiskError, Factory, Writing
from pipelines.errors import Place, RefusedError

BLOCK = 1 << 20
SEVEN = b"7z\xbc\xaf\x27\x1c"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
UNICODE_PATH = 0x7075  # Info-ZIP's extra field: the name in UTF-8
ENCRYPTED, UTF8 = 0x1, 0x800  # bits of a zip member's flags
LINK, KINDS = 0o120000, 0o170000  # bits of a Unix mode
# Below this, a high ratio is only a very regular small file.
RATIO_FROM = 50_000_000
FRENCH = set("àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ°’–—«»²³ºª€")


@dataclass(frozen=True)
class Caps:
    """What an archive may hold: members, bytes once decompressed (all members), and how many times its size.

    `memory` bounds, in bytes, what its compression may need to be undone (the dictionary of a .7z).
    """

    members: int = 10_000
    bytes: int = 4_000_000_000
    ratio: int = 200
    memory: int = 1_000_000_000


@dataclass(frozen=True)
class _Member:
    """A member of an archive: its key there, its path as text, its bytes once decompressed."""

    key: Any  # what the library of its format calls it by
    path: str
    bytes: int
    folder: bool
    link: bool
    locked: bool = False


def names(path: Path, wanted: re.Pattern[str], limits: Caps, *, where: Place | None = None) -> list[str]:
    """The names under which `extract` would write the wanted members, in order. Raises as it does."""
    return sorted(p.name for p in _opened(path, None, wanted, limits, where))


def extract(
    path: Path, folder: Path, wanted: re.Pattern[str], limits: Caps, *, where: Place | None = None
) -> list[Path]:
    """Writes the members that `wanted` matches whole, by their path or their name, flat into a folder.

    Returns them by name. Raises RefusedError for an archive that isn't one, is damaged, locked by a
    password or dangerous, or has no wanted member; a disk that fails raises OSError.
    """
    return _opened(path, folder, wanted, limits, where)


def _opened(path: Path, folder: Path | None, wanted: re.Pattern[str], limits: Caps, where: Place | None) -> list[Path]:
    place = where or Place(file=path.name)
    if path.stat().st_size == 0:
        raise _refused("Le fichier est vide.", place, "une archive .7z, .zip ou .tgz", "la télécharger de nouveau")
    with path.open("rb") as handle:
        start = handle.read(6)
        handle.seek(0)
        try:
            if start == SEVEN:
                return _seven(handle, path, folder, wanted, limits, place)
            if start[:4] in ZIP:
                return _zip(handle, path, folder, wanted, limits, place)
            if start[:2] == GZIP:
                return _tar(handle, path, folder, wanted, limits, place)
        except DiskError as error:
            raise error.cause from None
        except (RefusedError, MemoryError):
            raise
        except (PasswordRequired, py7zr.UnsupportedCompressionMethodError, RuntimeError) as error:
            raise _refused(
                "Une méthode de cette archive ne se lit pas, ou elle demande un mot de passe "
                f"({type(error).__name__}).",
                place,
                "une archive .7z ou .zip ordinaire",
                "la décompresser à la main, et déposer les fichiers dans le dossier des extraits",
            ) from None
        except (
            py7zr.exceptions.ArchiveError,
            zipfile.BadZipFile,
            tarfile.TarError,
            zlib.error,
            lzma.LZMAError,
            struct.error,
            ArithmeticError,
            AttributeError,
            EOFError,
            LookupError,
            OSError,
            TypeError,
            ValueError,
        ) as error:  # how the two libraries stumble on damaged headers
            raise _refused(
                f"L'archive est abîmée ({type(error).__name__}).",
                place,
                "une archive entière",
                "la télécharger de nouveau ; si elle reste illisible, prévenir le producteur",
            ) from None
    raise _foreign(place)


# --- The three formats ----------------------------------------------------------------------------


def _seven(
    handle: IO[bytes], path: Path, folder: Path | None, wanted: re.Pattern[str], limits: Caps, place: Place
) -> list[Path]:
    # Given a handle, py7zr decompresses in this thread, in the archive's order.
    with py7zr.SevenZipFile(handle, max_extract_size=limits.bytes) as archive:
        members = [
            _Member(
                key=info.filename,
                path=_path(info.filename, place),
                bytes=info.uncompressed,
                folder=info.is_directory,
                link=info.is_symlink or not (info.is_file or info.is_directory),
                locked=archive.needs_password(),
            )
            for info in archive.list()
        ]
        targets = _targets(members, path, wanted, limits, place)
        if (needed := max(_dictionaries(archive), default=0)) > limits.memory:
            raise _refused(
                f"L'archive demande {size(needed)} de mémoire pour être décompressée.",
                place,
                f"au plus {size(limits.memory)}",
                "la décompresser à la main, et déposer les fichiers dans le dossier des extraits",
            )
        if folder is None:
            return [Path(name) for name in targets]
        with Writing(folder) as writing:
            factory = Factory({_written(str(m.key)): (name, m.bytes) for name, m in targets.items()}, writing)
            archive.extract(targets=[str(m.key) for m in targets.values()], factory=factory)
            factory.verify()
            return writing.keep()


def _dictionaries(archive: py7zr.SevenZipFile) -> Iterator[int]:
    """Bytes that each LZMA, LZMA2 or PPMd stream of an archive keeps in memory."""
    streams = getattr(archive.header, "main_streams", None)
    for folder in streams.unpackinfo.folders if streams is not None else ():
        for coder in folder.coders:
            told = bytes(coder.get("properties") or b"")
            if coder["method"] in (b"\x03\x01\x01", b"\x03\x04\x01") and len(told) >= 5:
                yield int.from_bytes(told[1:5], "little")
            elif coder["method"] == b"\x21" and told:
                yield (2 | told[0] & 1) << (told[0] // 2 + 11)


def _zip(
    handle: IO[bytes], path: Path, folder: Path | None, wanted: re.Pattern[str], limits: Caps, place: Place
) -> list[Path]:
    with zipfile.ZipFile(handle) as archive:
        members = [
            _Member(
                key=info,
                path=_path(zip_name(info), place),
                bytes=info.file_size,
                folder=info.is_dir(),
                link=(info.external_attr >> 16) & KINDS == LINK,
                locked=bool(info.flag_bits & ENCRYPTED),
            )
            for info in archive.infolist()
        ]
        targets = _targets(members, path, wanted, limits, place)
        if folder is None:
            return [Path(name) for name in targets]
        with Writing(folder) as writing:
            for name, member in targets.items():
                with archive.open(member.key) as source:
                    while block := source.read(BLOCK):
                        writing.write(name, block, member.bytes)
                writing.close(name, member.bytes)
            return writing.keep()


def _tar(
    handle: IO[bytes], path: Path, folder: Path | None, wanted: re.Pattern[str], limits: Caps, place: Place
) -> list[Path]:
    with contextlib.ExitStack() as stack:
        try:
            archive = stack.enter_context(tarfile.open(fileobj=handle, mode="r:gz"))
        except tarfile.ReadError:  # compressed, and nothing more
            raise _foreign(place) from None
        members: list[_Member] = []
        declared = 0
        # What is past a limit is not decompressed to know the rest: `_targets` refuses it.
        for info in archive:
            plain = info.isfile() or info.isdir()
            members.append(_Member(info, _path(info.name, place), info.size, info.isdir(), link=not plain))
            declared += info.size
            if len(members) > limits.members or declared > limits.bytes:
                break
        targets = _targets(members, path, wanted, limits, place)
        if folder is None:
            return [Path(name) for name in targets]
        with Writing(folder) as writing:
            for name, member in targets.items():
                source = archive.extractfile(member.key)
                while source is not None and (block := source.read(BLOCK)):
                    writing.write(name, block, member.bytes)
                writing.close(name, member.bytes)
            return writing.keep()


def zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name: as its Unicode field says, else as UTF-8, else by the code page that reads as French."""
    if info.flag_bits & UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", errors="replace")
    for kind, data in _fields(info.extra):
        if kind == UNICODE_PATH and data[:1] == b"\x01" and data[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return data[5:].decode("utf-8", errors="replace")
    readings = []
    for encoding in ("utf-8", "cp850", "cp437", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_french(unicodedata.normalize("NFC", text)):
            return text
        readings.append(text)
    return readings[0]


def _is_french(text: str) -> bool:
    """Whether a name reads as French: its letters are, and no accented capital follows a small letter."""
    return all(c.isascii() or c in FRENCH for c in text) and not re.search(r"[a-zà-ÿœ][À-ÞŒŸ]", text)


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


# --- What is allowed ------------------------------------------------------------------------------


def _path(name: str, place: Place) -> str:
    """A member's path with plain slashes. Raises RefusedError where it leaves the folder."""
    path = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = path.rstrip("/").split("/")
    odd = any(unicodedata.category(c) == "Cc" for c in path)
    if odd or path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in parts or not parts[-1].strip(" ."):
        raise _refused(
            f"L'archive veut écrire hors de son dossier : « {ascii(name)[1:-1]} ».",
            place,
            "des membres rangés sous l'archive",
            "ne pas l'ouvrir ; prévenir le producteur",
        )
    return path


def _targets(
    members: list[_Member], path: Path, wanted: re.Pattern[str], limits: Caps, place: Place
) -> dict[str, _Member]:
    """The wanted members by the name they are written under. Raises RefusedError past a limit."""
    packed, total = path.stat().st_size, sum(m.bytes for m in members)
    if len(members) > limits.members:
        raise _refused(
            f"L'archive a {len(members)} membres.", place, f"au plus {limits.members}", "l'ouvrir à la main, à part"
        )
    if total > limits.bytes or (total > RATIO_FROM and total > limits.ratio * packed):
        raise _refused(
            f"L'archive ferait {size(total)} une fois décompressée, soit {total // max(packed, 1)} fois sa taille.",
            place,
            f"au plus {size(limits.bytes)}, et {limits.ratio} fois sa taille",
            "si elle a vraiment grossi, relever `max_extracted_mb` dans le bloc `fetch` du catalogue",
        )
    for member in members:
        if member.link:
            raise _refused(
                f"L'archive contient un lien : « {member.path} ».",
                place,
                "des fichiers et des dossiers",
                "ne pas l'ouvrir ; prévenir le producteur",
            )
        if member.locked:
            raise _refused(
                "L'archive est protégée par un mot de passe.",
                place,
                "une archive ouverte à tous",
                "la décompresser à la main, et déposer les fichiers dans le dossier des extraits",
            )
    targets: dict[str, _Member] = {}
    for member in members:
        name = member.path.rsplit("/", 1)[-1]
        if member.folder or not (wanted.fullmatch(member.path) or wanted.fullmatch(name)):
            continue
        if name in targets:
            raise _refused(
                f"Deux dossiers de l'archive contiennent le même fichier : « {targets[name].path} » et "
                f"« {member.path} ».",
                place,
                "chaque fichier une seule fois",
                "décompresser l'archive, et ne déposer que les fichiers du bon dossier",
            )
        targets[name] = member
    if not targets:
        raise _without(members, wanted, place)
    return targets


def _without(members: list[_Member], wanted: re.Pattern[str], place: Place) -> RefusedError:
    """Says what an archive has in place of the files expected."""
    inside = next((m.path for m in members if m.path.lower().endswith((".zip", ".7z", ".tgz", ".tar.gz"))), None)
    if inside is not None:
        return _refused(
            f"L'archive contient une autre archive : « {inside} ».",
            place,
            "une archive qui contient les fichiers eux-mêmes",
            "la décompresser, et déposer l'archive ou les fichiers qui étaient dedans",
        )
    some = ", ".join(sorted(m.path for m in members if not m.folder)[:8])
    return _refused(
        f"L'archive n'a aucun des fichiers attendus ; elle a : {some or 'aucun fichier'}.",
        place,
        f"des fichiers nommés « {plainly(wanted.pattern)} »",
        "déposer l'archive du producteur, ou les fichiers décompressés sous leur nom d'origine",
    )


def _foreign(place: Place) -> RefusedError:
    return _refused(
        "Le fichier n'est pas une archive .7z, .zip ni .tgz.",
        place,
        "une archive .7z, .zip ou .tgz",
        "déposer l'archive du producteur, ou ses fichiers décompressés",
    )


def _refused(what: str, place: Place, expected: str, todo: str) -> RefusedError:
    return RefusedError(what, where=place, expected=expected, todo=todo)


def _written(name: str) -> str:
    """The path under which py7zr asks for a member's writer."""
    return Path(*[part for part in name.split("/") if part not in ("", ".")]).as_posix()
