"""What received bytes are, by their first ones: a file of the kind that its name says, or a page in its place."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

HEAD = 2048  # first bytes that are looked at
BLOCK = 1 << 20
SIGNATURES = {
    ".7z": (b"7z\xbc\xaf\x27\x1c",),
    ".gz": (b"\x1f\x8b",),
    ".xlsx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
}
PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title)\b", re.I | re.S)
PAGES = ("text/html", "application/xhtml+xml")


def mistaken(head: bytes, name: str, kind: str) -> str | None:
    """Why these first bytes are not the file of that name, as a sentence; None where they may be.

    `kind` is the Content-Type, believed only where the bytes agree: many servers get it wrong.
    """
    suffix, said = Path(name).suffix.lower(), kind.split(";")[0].strip().lower()
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    page = PAGE.match(text) or (said in PAGES and text.startswith(b"<"))
    if page and suffix not in (".html", ".htm"):
        return "Le serveur a rendu une page web à la place du fichier."
    if said.endswith("json") and suffix in (".csv", ".txt") and text.startswith((b"{", b"[")):
        return "Le serveur a rendu du JSON, sans doute un message d'erreur, à la place du fichier."
    signatures = SIGNATURES.get(suffix, ())
    if signatures and head and not any(head.startswith(s[: len(head)]) for s in signatures):
        return f"Ce qui a été reçu n'est pas un fichier {suffix}."
    return None


class Gunzip:
    """Undoes gzip block by block, so that a few bytes can't become more than a block at once."""

    def __init__(self) -> None:
        self.stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self.started = False

    @property
    def whole(self) -> bool:
        """Whether the last stream came to its end."""
        return not self.started or self.stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The plain bytes, at most a block at a time. Raises zlib.error."""
        while data:
            if self.stream.eof:
                self.stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
            self.started = True
            piece = self.stream.decompress(data, BLOCK)
            data = self.stream.unused_data if self.stream.eof else self.stream.unconsumed_tail
            if piece:
                yield piece
