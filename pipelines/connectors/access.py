"""How far a download may go for one source: limits, hosts, published fingerprints; and what it gives."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import tenacity

from pipelines.connectors import addresses
from pipelines.connectors.network import ExchangeError
from pipelines.errors import AtlasError, LaterError, Place, RefusedError

DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}


@dataclass(frozen=True)
class Checksum:
    """A fingerprint that the producer publishes: md5, sha1, sha256 or sha512, in hexadecimal."""

    algorithm: str
    value: str

    @property
    def known(self) -> bool:
        """Whether it is of a kind, and of a form, that can be verified."""
        return re.fullmatch(r"[0-9a-f]+", self.value) is not None and len(self.value) == DIGITS.get(self.algorithm)


@dataclass(frozen=True)
class Limits:
    """How far one download may go. Sizes are bytes on disk, durations are seconds.

    `tries` counts the attempts in a row that bring nothing new: a cut transfer that resumes and
    advances may go on until `total`. A server that asks to wait longer than `retry_after_max` is
    not waited for.
    """

    bytes: int = 2_000_000_000
    connect: float = 10.0
    read: float = 60.0
    total: float = 3600.0
    tries: int = 5
    wait: float = 1.0
    wait_max: float = 60.0
    retry_after_max: float = 300.0
    redirects: int = 5

    def pause(self, call: tenacity.RetryCallState) -> float:
        """Seconds before the next try: exponential, at random below its bound so that clients part, and never less
        than was asked.
        """
        drawn = tenacity.wait_random_exponential(multiplier=self.wait, max=self.wait_max)(call)
        return max(drawn, _asked(call))

    def too_long(self, call: tenacity.RetryCallState) -> bool:
        """Whether the server wants to be left alone for longer than anybody waits."""
        return _asked(call) > self.retry_after_max


def _asked(call: tenacity.RetryCallState) -> float:
    error = call.outcome.exception() if call.outcome else None
    return (error.retry_after if isinstance(error, LaterError) else None) or 0


@dataclass(frozen=True)
class State:
    """What is known of a file that was received: what the next request asks a change from.

    `url` is the address that answered, after redirects; `version` is the producer's own mark of the
    bytes (its checksum, its date of change), where there is one.
    """

    url: str
    name: str
    bytes: int
    sha256: str
    etag: str | None = None
    last_modified: str | None = None
    version: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "State":
        """From what `to_dict` gave."""
        return cls(**data)


@dataclass(frozen=True)
class Fetched:
    """What a download gave; `path` is None where the server says that nothing changed since `state`.

    `url` is the address that answered, `bytes` the size on disk, `tries` the requests that were
    needed, `resumed` how many of them went on from where the one before had stopped.
    """

    path: Path | None
    state: State
    unchanged: bool
    url: str
    bytes: int
    sha256: str
    tries: int = 1
    resumed: int = 0


@dataclass(frozen=True)
class Access:
    """How far a connector may go for one source: limits, hosts, and the place that its errors name.

    `allow_http` lets plain HTTP through to this very machine, and nowhere else.
    """

    limits: Limits
    hosts: frozenset[str]
    where: Place
    allow_http: bool = False

    def permit(self, url: str, before: str) -> None:
        """Raises RefusedError for an address that the catalogue doesn't allow."""
        told = f"L'adresse {addresses.shown(before)} renvoie" if before else "Le catalogue mène"
        parts = addresses.parsed(url)
        if parts is None:
            raise self.refused(
                url,
                f"{told} à une adresse qui ne se lit pas.",
                "une adresse https:// sans mot de passe",
                "corriger l'adresse dans le bloc `fetch` du catalogue",
            )
        host = (parts.host or "").lower().strip("[]").rstrip(".")
        local = self.allow_http and addresses.is_loopback(host)
        if parts.scheme != "https" and (before.startswith("https:") or not (parts.scheme == "http" and local)):
            raise self.refused(
                url,
                f"{told} à une adresse qui n'est pas chiffrée ({parts.scheme}).",
                "une adresse https://",
                "chercher l'adresse https:// de ce fichier ; à défaut, le déposer dans le dossier des extraits",
            )
        if host not in self.hosts:
            raise self.refused(
                url,
                f"{told} à un hôte qui n'est pas permis : {host}.",
                "l'un de : " + (", ".join(sorted(self.hosts)) or "aucun"),
                "si cet hôte est bien celui du producteur, l'ajouter à `hosts` dans le bloc `fetch` du catalogue",
            )

    def refused(self, url: str, what: str, expected: str, todo: str) -> RefusedError:
        """The error of an address that asking again wouldn't mend."""
        return RefusedError(what, where=replace(self.where, file=addresses.shown(url)), expected=expected, todo=todo)

    def later(self, url: str, what: str, retry_after: float | None = None) -> LaterError:
        """The error of an address that asking again may mend."""
        return LaterError(what, where=replace(self.where, file=addresses.shown(url)), retry_after=retry_after)

    def failed(self, url: str, failure: ExchangeError) -> AtlasError:
        """The error of an exchange that failed."""
        if failure.passes:
            return self.later(url, failure.what)
        return self.refused(url, failure.what, failure.expected, failure.todo)

    def too_large(self, url: str, announced: int | None) -> RefusedError:
        """The error of a file past the size cap."""
        return self.refused(
            url,
            f"Le fichier dépasse la taille permise{f' : {size(announced)} annoncés' if announced else ''}.",
            f"au plus {size(self.limits.bytes)}",
            "si le fichier a vraiment grossi, relever `max_mb` dans le bloc `fetch` du catalogue",
        )


def size(count: int) -> str:
    """A number of bytes as a person reads it."""
    for unit, scale in (("Go", 1e9), ("Mo", 1e6), ("ko", 1e3)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}".replace(".", ",")
    return f"{count} octet{'s' if count > 1 else ''}"
