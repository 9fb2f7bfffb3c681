"""One download: streamed to disk, conditional, resumed where it can be, tried again where it may help.

Nothing of a file is in place until all of it is: bytes go to a temporary name and are renamed at the
end. Redirects are followed by hand, so that each address is checked before it is asked. What passes by
itself (a server that is down, busy or cut off) raises LaterError once the tries are used up; the rest
(a wrong address, a page instead of a file, bytes that are not those published) raises RefusedError at
once.
"""

import contextlib
import json
import tempfile
import time
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
import tenacity

from pipelines.connectors import addresses, content, network
from pipelines.connectors.access import Access, Checksum, Fetched, Limits, State, size
from pipelines.connectors.partial import Partial
from pipelines.errors import AtlasError, LaterError, Place, RefusedError

ANSWER = 50_000_000  # bytes that the answer of an interface may have, whatever the files it lists
REDIRECTS = {301, 302, 303, 307, 308}


def fetch(
    url: str,
    folder: Path,
    *,
    state: State | None,
    limits: Limits,
    allowed_hosts: frozenset[str],
    allow_http: bool = False,
    expected: Checksum | None = None,
    expected_bytes: int | None = None,
    name: str | None = None,
    where: Place,
) -> Fetched:
    """Downloads one file into a folder, unless the server says that it is still the one of `state`.

    The file is named `name`, else as the server says, else by the address; never outside `folder`.
    Raises RefusedError where asking again would give the same, LaterError where it may not; a disk
    that fails raises OSError. Where the server tells no length, a cut can't be told from an end
    unless `expected` or `expected_bytes` is given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    access = Access(limits, allowed_hosts, replace(where, file=addresses.shown(url)), allow_http)
    with Partial(folder / f".reception-{uuid.uuid4().hex}", access, expected) as part, network.session() as session:
        return _Download(url, access, state, expected, expected_bytes, name, part, session).run()


def read_json(url: str, access: Access) -> Any:
    """What an interface answers, parsed. Raises as `fetch` does, and RefusedError where it isn't JSON."""
    limits = replace(access.limits, bytes=ANSWER)
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        fetched = fetch(
            url,
            Path(folder),
            state=None,
            limits=limits,
            allowed_hosts=access.hosts,
            allow_http=access.allow_http,
            name="reponse.json",
            where=access.where,
        )
        try:
            return json.loads((Path(folder) / "reponse.json").read_bytes())
        except ValueError:
            raise RefusedError(
                "La réponse du portail n'est pas du JSON.",
                where=replace(access.where, file=addresses.shown(fetched.url)),
                expected="la description d'un jeu de données",
                todo="ouvrir l'adresse ; si le portail a changé d'interface, corriger le bloc `fetch` du catalogue",
            ) from None


def begin(url: str, access: Access, name: str | None) -> None:
    """Asks once for a file, and reads its first bytes alone. Raises as `fetch` does."""
    with (
        tempfile.TemporaryDirectory(prefix="atlas-") as folder,
        Partial(Path(folder) / "debut", access, None) as part,
        network.session() as session,
    ):
        _Download(url, access, None, None, None, name, part, session).begin()


def _pause(seconds: float) -> None:
    time.sleep(seconds)


class _Download:
    """One call of `fetch`."""

    def __init__(
        self,
        url: str,
        access: Access,
        state: State | None,
        expected: Checksum | None,
        expected_bytes: int | None,
        name: str | None,
        part: Partial,
        session: requests.Session,
    ) -> None:
        self.url = url
        self.access = access
        self.limits = access.limits
        self.state = state
        self.expected = expected
        self.expected_bytes = expected_bytes
        self.name = name
        self.part = part
        self.session = session
        self.tries = 0
        self.resumed = 0
        self.conditional = False
        self.deadline = time.monotonic() + self.limits.total

    def run(self) -> Fetched:
        """Tries until it is done, refused, or out of tries or time."""
        if self.expected is not None and not self.expected.known:
            raise RefusedError(
                f"L'empreinte publiée ne se vérifie pas : {self.expected.algorithm} « {self.expected.value} ».",
                where=self.access.where,
                expected="une empreinte md5, sha1, sha256 ou sha512, en hexadécimal",
                todo="la signaler au producteur ; en attendant, déposer le fichier dans le dossier des extraits",
            )
        start = time.monotonic()
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(LaterError),
            stop=self._enough,
            wait=self.limits.pause,
            sleep=_pause,
            reraise=True,
        )
        try:
            return retrying(self._attempt)
        except LaterError as error:
            spent = f"{self.tries} essai{'s' if self.tries > 1 else ''} en {time.monotonic() - start:.0f} s"
            raise LaterError(
                f"Le fichier n'a pas pu être reçu ({spent}). {error.what}",
                where=error.where,
                expected=error.expected or "un fichier entier, dans le temps imparti",
                todo="relancer plus tard : rien d'inachevé n'est en place ; si cela dure, vérifier l'adresse, "
                "le réseau et le mandataire (HTTPS_PROXY)",
                retry_after=error.retry_after,
            ) from None

    def begin(self) -> None:
        """One try, as far as what tells a file from a page."""
        self.part.restart()
        response, url = self._answer({})
        with response:
            if response.status_code != 200:
                raise self._status(response, url)
            self.part.write(self._block(response, url), url)
            self._judge(url, self._name(response, url), response)

    def _enough(self, call: tenacity.RetryCallState) -> bool:
        """No try advances any more, time is out, or the server wants to be left alone for too long."""
        return (
            self.part.idle >= self.limits.tries
            or self.limits.too_long(call)
            or tenacity.stop_before_delay(self.limits.total)(call)
        )

    def _attempt(self) -> Fetched:
        self.tries += 1
        try:
            return self._exchange()
        except LaterError:
            self.part.count()
            raise

    def _exchange(self) -> Fetched:
        part = self.part
        headers = {}
        if part.bytes and part.validator:
            headers = {"Range": f"bytes={part.bytes}-", "If-Range": part.validator}
        else:
            part.restart()
        response, url = self._answer(headers)
        with response:
            status = response.status_code
            if status == 304 and self.conditional and self.state is not None:
                state = self.state
                return Fetched(None, state, True, url, state.bytes, state.sha256, self.tries)
            if status == 206 and headers and part.continues(response):
                self.resumed += 1
            elif status in (206, 416) and headers:
                part.restart()
                raise self.access.later(url, "Le serveur n'a pas repris le transfert là où il s'était arrêté.")
            elif status == 200:
                part.restart()
            else:
                raise self._status(response, url)
            name = self._name(response, url)
            self._receive(response, url, name)
            return self._done(url, name)

    # --- Asking ---------------------------------------------------------------------------------

    def _answer(self, headers: Mapping[str, str]) -> tuple[requests.Response, str]:
        """The response after redirects, and the address it comes from."""
        url, before = self.url, ""
        for _ in range(self.limits.redirects + 1):
            self.access.permit(url, before)
            extra = headers or self._conditions(url)
            self.conditional = not headers and bool(extra)
            response = self._ask(url, extra)
            location = response.headers.get("Location")
            if response.status_code not in REDIRECTS or not location:
                return response, url
            response.close()
            with contextlib.suppress(UnicodeError):
                location = location.encode("latin-1").decode("utf-8")
            before, url = url, addresses.joined(url, location)
        raise self.access.refused(
            url,
            f"L'adresse renvoie d'adresse en adresse sans fin (plus de {self.limits.redirects} fois).",
            "un fichier",
            "ouvrir l'adresse dans un navigateur, puis corriger le bloc `fetch` du catalogue",
        )

    def _conditions(self, url: str) -> dict[str, str]:
        """Asks for a change only: of the address that dates and tags are of, not where redirects lead elsewhere."""
        state = self.state
        if state is None or state.url != url:
            return {}
        tag = {"If-None-Match": state.etag} if state.etag else {}
        date = {"If-Modified-Since": state.last_modified} if state.last_modified else {}
        return tag | date

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        left = self._left(url)
        limits = self.limits
        try:
            return network.ask(
                self.session, url, headers, connect=min(limits.connect, left), read=min(limits.read, left)
            )
        except network.ExchangeError as failure:
            raise self.access.failed(url, failure) from None

    def _status(self, response: requests.Response, url: str) -> AtlasError:
        """What a status that is not a file means."""
        status = response.status_code
        if status in network.BUSY or status >= 500:
            asked = addresses.retry_after(response.headers)
            return self.access.later(
                url,
                (f"Le serveur demande d'attendre (réponse {status})" if status == 429 else f"Réponse {status}")
                + (f", {asked:.0f} s." if asked else "."),
                retry_after=asked,
            )
        said = {
            304: "Le serveur dit que rien n'a changé, alors que rien ne lui était comparé",
            401: "Le serveur demande une identification",
            403: "Le serveur refuse l'accès",
            404: "Ce fichier n'existe pas ou plus",
            410: "Ce fichier a été retiré",
        }.get(status, "Le serveur n'a pas rendu de fichier")
        return self.access.refused(
            url,
            f"{said} (réponse {status}).",
            "un fichier (réponse 200)",
            "vérifier l'adresse sur la page du producteur, puis corriger le bloc `fetch` du catalogue",
        )

    # --- Receiving ------------------------------------------------------------------------------

    def _receive(self, response: requests.Response, url: str, name: str) -> None:
        part, encoding = self.part, network.encoding(response)
        if encoding and encoding not in ("gzip", "x-gzip"):
            raise self.access.refused(
                url,
                f"Le serveur a compressé sa réponse d'une façon qui n'a pas été demandée ({encoding}).",
                "le fichier tel quel",
                "déposer le fichier dans le dossier des extraits",
            )
        announced = response.headers.get("Content-Length", "")
        length = int(announced) if announced.isdigit() else None
        if not encoding and length is not None and part.bytes + length > self.limits.bytes:
            raise self.access.too_large(url, part.bytes + length)
        if response.status_code == 200:
            part.total = None if encoding else length
            part.remember(response, encoding)
        # A .gz that a server says to be "encoded" is itself the file.
        unzip = content.Gunzip() if encoding and not name.lower().endswith(".gz") else None
        judged = False
        while True:
            block = self._block(response, url)
            if not block:
                break
            try:
                for piece in unzip.feed(block) if unzip else (block,):
                    part.write(piece, url)
            except zlib.error:
                raise self.access.later(url, "Le flux compressé est abîmé.") from None
            if not judged and len(part.head) == content.HEAD:
                self._judge(url, name, response)
                judged = True
        if (
            (part.total is not None and part.bytes != part.total)
            or (unzip is not None and not unzip.whole)
            or (length is None and self.expected_bytes is not None and part.bytes < self.expected_bytes)
        ):
            raise self.access.later(url, f"Le transfert a été coupé après {size(part.bytes)}.")
        self._judge(url, name, response)

    def _block(self, response: requests.Response, url: str) -> bytes:
        """The next bytes of the network, as soon as there are some."""
        self._left(url)
        try:
            return network.block(response)
        except network.ExchangeError as failure:
            raise self.access.later(url, f"{failure.what} après {size(self.part.bytes)}.") from None

    def _judge(self, url: str, name: str, response: requests.Response) -> None:
        """Raises RefusedError where what comes is a page, or another kind of file than its name says."""
        mistake = content.mistaken(self.part.head, name, response.headers.get("Content-Type", ""))
        if mistake is not None:
            raise self.access.refused(
                url,
                mistake,
                f"le fichier « {name} »",
                "ouvrir l'adresse dans un navigateur : un fichier déplacé ou un portail en panne répondent souvent "
                "ainsi ; corriger le bloc `fetch` du catalogue, ou relancer plus tard",
            )

    def _name(self, response: requests.Response, url: str) -> str:
        if self.name is not None:
            return addresses.safe_name(self.name)
        given = addresses.disposition(response.headers.get("Content-Disposition", ""))
        if given:
            return addresses.safe_name(given)
        final, asked = addresses.url_name(url), addresses.url_name(self.url)
        return final if Path(final).suffix or not Path(asked).suffix else asked

    def _done(self, url: str, name: str) -> Fetched:
        """Verifies the whole file, and puts it in place."""
        part = self.part
        if not part.bytes:
            raise self.access.refused(
                url, "Le serveur a rendu un fichier vide.", "un fichier avec des données", "vérifier chez le producteur"
            )
        if self.expected is not None and part.digest() != self.expected.value:
            raise self.access.refused(
                url,
                f"Le fichier reçu n'est pas celui que le producteur annonce : {self.expected.algorithm} "
                f"{part.digest()}, sur {size(part.bytes)}.",
                f"{self.expected.algorithm} {self.expected.value}",
                "relancer dans quelques heures si le jeu vient d'être mis à jour ; sinon, signaler l'écart au "
                "producteur, ou déposer le fichier dans le dossier des extraits après l'avoir vérifié",
            )
        if self.expected is None and self.expected_bytes not in (None, part.bytes):
            raise self.access.refused(
                url,
                f"Le fichier reçu fait {part.bytes} octets.",
                f"{self.expected_bytes} octets, comme le producteur l'annonce",
                "relancer dans quelques heures si le jeu vient d'être mis à jour ; sinon, le signaler au producteur",
            )
        target = part.path.with_name(name)
        part.keep(target)
        sha256 = part.sha256.hexdigest()
        state = State(url, name, part.bytes, sha256, part.etag, part.last_modified)
        return Fetched(target, state, False, url, part.bytes, sha256, self.tries, self.resumed)

    # --- Telling --------------------------------------------------------------------------------

    def _left(self, url: str) -> float:
        """Seconds left of the total. Raises LaterError where there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self.access.later(
                url,
                f"Le temps imparti est écoulé ({self.limits.total:g} s) : {size(self.part.bytes)} reçus.",
            )
        return left
