"""What the outside gives as text: addresses, names of files, dates and waits in headers."""

import contextlib
import datetime as dt
import email.utils
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import urllib3
from urllib3.util import Url, parse_url

# Parameters of an address that a message may show; a signature or a key never is one of them.
SHOWN = {"delimiter", "facet", "format", "lang", "limit", "order_by", "refine", "select", "use_labels", "where"}
# Characters that one reader of addresses drops, and that another takes for a separator.
ODD = re.compile(r"[\x00-\x1f\x7f\\]")


def shown(url: str) -> str:
    """An address as a message shows it: without a password, a key or a signature."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(adresse illisible)"
    query = "&".join(
        f"{key}={value if key in SHOWN else '…'}" for key, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return f"{parts.scheme}://{host}{port}{parts.path}" + (f"?{query}" if query else "")


def parsed(url: str) -> Url | None:
    """An address as the client that connects reads it; None where it is not one, or carries a password."""
    if ODD.search(url):
        return None
    try:
        parts = parse_url(url)
    except urllib3.exceptions.LocationParseError:
        return None
    return parts if parts.scheme and parts.host and parts.auth is None and "@" not in (parts.netloc or "") else None


def joined(url: str, location: str) -> str:
    """Where a redirect leads; what can't be joined is given back, to be refused when it is looked at."""
    if ODD.search(location):
        return location
    try:
        return urljoin(url, location).split("#")[0]
    except ValueError:
        return location


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url_name(url: str) -> str:
    """The name that an address ends with."""
    return safe_name(unquote(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]))


def safe_name(text: str) -> str:
    """A name of a file, and of nothing else: no folder, no hidden file, no control character.

    Blanks and accents stay, since the catalogue's patterns were written on the producer's names.
    """
    last = unicodedata.normalize("NFC", text).replace("\\", "/").split("/")[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    plain = re.sub(r'[<>:"|?*]', "_", kept).strip(" .")
    while len(plain.encode()) > 200:
        stem, dot, suffix = plain.rpartition(".")
        plain = f"{stem[:-1]}{dot}{suffix}" if stem and len(suffix) < 20 else plain[:-1]
    return plain or "fichier"


def disposition(header: str) -> str:
    """The name in a Content-Disposition, by preference the one that tells its encoding."""
    encoded = re.search(r"filename\*\s*=\s*([\w-]+)'[^']*'([^;\s]+)", header, re.I)
    if encoded:
        with contextlib.suppress(LookupError, UnicodeError):
            return unquote(encoded[2], encoding=encoded[1], errors="strict")
    plain = re.search(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))', header, re.I)
    if not plain:
        return ""
    text = re.sub(r'\\(["\\])', r"\1", plain[1]) if plain[1] is not None else plain[2].strip()
    with contextlib.suppress(UnicodeError):  # headers come as Latin-1, and are often UTF-8
        text = text.encode("latin-1").decode("utf-8")
    return unquote(text) if re.search(r"%[0-9A-Fa-f]{2}", text) else text


def date(text: str | None) -> dt.datetime | None:
    """A date of a header, None where there is none that reads as one."""
    try:
        found = email.utils.parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The wait that a server asks for, in seconds: given as such, or as a date by its own clock."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = date(text)
    if until is None:
        return None
    return max(0.0, (until - (date(headers.get("Date")) or _now())).total_seconds())
