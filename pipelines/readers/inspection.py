"""One pass over the bytes of a text file, before it is read: its encoding, its lines, whether it is whole."""

import codecs
import struct
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from pipelines.catalogue.advice import again, filled
from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError

CHUNK = 1 << 20


@dataclass(frozen=True)
class Inspected:
    """What one pass over the bytes tells: physical lines, and whether the last one is ended.

    `broken`: a carriage return stands in the middle of a line, where no line ends.
    """

    lines: int
    ends_with_newline: bool
    broken: bool = False


class _Decodes:
    """Feeds blocks to a strict decoder and remembers where it failed."""

    def __init__(self, encoding: str) -> None:
        self.decoder = codecs.getincrementaldecoder(encoding)("strict")
        self.failed_at: int | None = None
        self.fed = 0

    def feed(self, block: bytes, final: bool = False) -> None:
        if self.failed_at is not None:
            return
        pending = len(self.decoder.getstate()[0])
        if not pending and _valid_utf8(block, self.decoder):
            self.fed += len(block)
            return
        try:
            self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self.failed_at = self.fed - pending + error.start
        self.fed += len(block)


def _valid_utf8(block: bytes, decoder: codecs.IncrementalDecoder) -> bool:
    """Whether a block is UTF-8 to its last byte, as Arrow tells it some ten times as fast as a decoder."""
    if not block or not isinstance(decoder, codecs.BufferedIncrementalDecoder):
        return False
    ends = pa.py_buffer(struct.pack("<ii", 0, len(block)))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(block)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _line_of(path: Path, offset: int) -> int:
    with path.open("rb") as handle:
        return handle.read(offset).count(b"\n") + 1


def _kind(start: bytes, nul: int, size: int) -> str | None:
    """What a file is when it isn't delimited text, by its first bytes; None where it may be text."""
    magic = {
        b"PK\x03\x04": "un classeur (xlsx, ods) ou une archive zip",
        b"\xd0\xcf\x11\xe0": "un classeur xls",
        b"7z\xbc\xaf": "une archive 7z",
        b"\x1f\x8b": "une archive gzip",
        b"%PDF": "un document PDF",
    }
    for known, kind in magic.items():
        if start.startswith(known):
            return kind
    # Half of the bytes of a Latin text in UTF-16 are null; a damaged file has a few.
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or nul > size / 5:
        return "du texte en UTF-16 (« Unicode » des tableurs) ou un fichier binaire"
    return None


AS_IT_IS = (
    "déposer le fichier d'origine du producteur, sans l'avoir ouvert ni enregistré dans un tableur ; d'un fichier à "
    "soi : l'enregistrer en « CSV UTF-8 »"
)


def inspect(path: Path, layout: Layout, where: Place) -> Inspected:
    """One pass over the bytes. Refuses another encoding than the layout's, and binary content."""
    utf8, declared = _Decodes("utf-8"), _Decodes(layout.encoding)
    newlines, returns, nul, first_nul, size, ascii_only, last, start = 0, 0, 0, -1, 0, True, b"", b""
    with path.open("rb") as handle:
        while block := handle.read(CHUNK) + handle.readline(CHUNK):  # whole lines, so whole characters
            start = start or block[:4]
            newlines += block.count(b"\n")
            returns += block.count(b"\r") - block.count(b"\r\n")
            if found := block.count(b"\x00"):
                first_nul = size + block.index(b"\x00") if first_nul < 0 else first_nul
                nul += found
            size += len(block)
            ascii_only = ascii_only and block.isascii()
            utf8.feed(block)
            if layout.encoding != "utf-8":
                declared.feed(block)
            last = block[-1:]
    utf8.feed(b"", final=True)
    if layout.encoding == "utf-8":
        declared = utf8
    else:
        declared.feed(b"", final=True)
    kind = _kind(start, nul, size)
    if kind is not None:
        raise RefusedError(
            f"Ce n'est pas du texte délimité, mais {kind}.",
            where=where,
            expected=f"du texte en {called(layout.encoding)}, séparé par « {layout.delimiter} »",
            todo=AS_IT_IS,
        )
    if nul:
        raise RefusedError(
            f"Le fichier est abîmé : {nul} octet(s) nul(s) dans le texte.",
            where=replace(where, line=_line_of(path, first_nul)),
            expected=f"du texte en {called(layout.encoding)}, sans octet nul",
            todo="télécharger de nouveau : le transfert ou le disque a laissé un trou dans le fichier",
        )
    if declared.failed_at is not None:
        hint = " ; il se lit en Windows-1252" if layout.encoding == "utf-8" else ""
        raise RefusedError(
            f"Le fichier n'est pas en {called(layout.encoding)} : un octet y est illisible{hint}.",
            where=replace(where, line=_line_of(path, declared.failed_at)),
            expected=f"du texte en {called(layout.encoding)}",
            todo="l'enregistrer de nouveau au format « CSV UTF-8 » du tableur"
            if filled(where.source)
            else again(where.source, where.millesime),
        )
    if layout.encoding == "cp1252" and not ascii_only and utf8.failed_at is None:
        raise RefusedError(
            "Le fichier est en UTF-8, alors que ce millésime se lit en Windows-1252 : "
            "les accents seraient faux (« CÅ’UR » pour « CŒUR »).",
            where=where,
            expected="du texte en Windows-1252",
            todo=again(where.source, where.millesime),
        )
    ended = last in (b"\n", b"\r")
    if returns and not newlines:  # as systems of long ago ended their lines
        return Inspected(lines=returns + (not ended), ends_with_newline=ended)
    return Inspected(newlines + (0 if last == b"\n" else 1), ended, broken=returns > 0)


def called(encoding: str) -> str:
    """What an encoding is called in a message."""
    return {"utf-8": "UTF-8", "cp1252": "Windows-1252"}[encoding]


def refuse_cut(layout: Layout, survey: Inspected, where: Place) -> None:
    """Refuses a file whose last line has no end, where its producer always ends it."""
    if layout.final_newline and not survey.ends_with_newline:
        raise RefusedError(
            "Le fichier ne finit pas par une fin de ligne : sa dernière ligne est sans doute coupée.",
            where=replace(where, line=survey.lines),
            expected="un fichier entier ; ce producteur termine toujours sa dernière ligne",
            todo="télécharger de nouveau ; s'il est bien entier, aller à la ligne à la fin de la dernière",
        )
