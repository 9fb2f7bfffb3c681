"""France Travail's « Marché du travail » interface, v1: figures asked one by one, to who has its key.

It has no files: an indicator is posted for one trade (ROME) in one place, and answers all its quarters at once, each
nomenclature code on a line (`listeValeursParPeriode`). The lines of a year are gathered in one CSV, as they were said.
Ten requests a second at most. The forms are those that public programs send and read; nothing was asked from here.
"""

import csv
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
import tenacity

from pipelines.catalogue import code_lists
from pipelines.catalogue.fetch import Figures, MarcheTravail
from pipelines.connectors import addresses, network
from pipelines.connectors.access import Access, Fetched, State
from pipelines.connectors.resources import Resource
from pipelines.errors import AtlasError, LaterError, RefusedError

PACE = 0.12  # seconds from one request to the next
ANSWER = 5_000_000  # bytes of one answer: some ten kB, without the characteristics that are not asked
FRANCE = ("NAT", "FR")
# What an answer that has no figure says, with a status of 400 or 500: there is none, and nothing is out of order.
NOTHING = ("pas pu trouver la liste", "n'est pas disponible")
KEYS = ("codeTypeTerritoire", "codeTerritoire", "codeActivite", "codeNomenclature", "codePeriode")
COLUMNS = ("indicateur", *KEYS, "valeurPrincipaleNombre")

Line = tuple[str, ...]


def offers(block: MarcheTravail, access: Access) -> list[Resource]:
    """The years that the interface has, each with a mark that the figures of France change."""
    years: dict[int, list[Line]] = {}
    with network.session() as session:
        client = _Interface(block, access, session)
        for line in client.lines([FRANCE]):
            years.setdefault(_year(line), []).append(line)
    return [
        Resource("0", "", year, f"{block.api}, {year}", block.api, version=_digest(lines))
        for year, lines in sorted(years.items())
    ]


def tried(block: MarcheTravail, access: Access) -> list[int]:
    """The years of one trade in France, the key having been taken."""
    with network.session() as session:
        client = _Interface(block, access, session)
        return sorted({_year(line) for line in client.lines([FRANCE], list(client.trades())[:1])})


def fetch(resource: Resource, block: MarcheTravail, millesime: int, folder: Path, access: Access, name: str) -> Fetched:
    """Writes the figures of a year, of all trades and places, into a folder.

    Raises RefusedError for a key that is not taken or an answer that is not understood, LaterError for what may pass.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / addresses.safe_name(name)
    with network.session() as session:
        client = _Interface(block, access, session)
        lines = sorted(line for line in client.lines(client.places()) if _year(line) == millesime)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(lines)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    size = path.stat().st_size
    state = State(resource.url, path.name, size, sha256, version=resource.version)
    return Fetched(path, state, False, resource.url, size, sha256, client.asked)


def _year(line: Line) -> int:
    return int(line[COLUMNS.index("codePeriode")][:4])


def _digest(lines: Iterable[Line]) -> str:
    return hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()


def _pause(seconds: float) -> None:
    time.sleep(seconds)


@dataclass
class _Interface:
    """The interface during one call: its right to ask, its pace, its deadline."""

    block: MarcheTravail
    access: Access
    session: requests.Session
    right: str = ""
    asked: int = 0
    deadline: float = field(init=False)
    last: float = 0.0

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.access.limits.total

    @property
    def figures(self) -> Figures:
        return self.block.files[0]

    def trades(self) -> list[str]:
        """The codes that are asked."""
        return list(code_lists.reference(self.figures.liste))

    def places(self) -> list[tuple[str, str]]:
        """All places of the kinds that are asked, as the interface lists them."""
        found = [FRANCE] if "NAT" in self.figures.niveaux else []
        for kind in self.figures.niveaux:
            if kind != "NAT":
                url = f"{self.block.api}/referentiel/territoires/{kind}"
                answer = self._answer(url, None)
                listed = answer.get("territoires") if isinstance(answer, dict) else None
                codes = [str(t.get("codeTerritoire") or "") for t in listed or [] if isinstance(t, dict)]
                if not codes or not all(codes):
                    raise self._unread(url, "« territoires », chacun avec son « codeTerritoire »")
                found += [(kind, code) for code in sorted(codes)]
        return found

    def lines(self, places: list[tuple[str, str]], trades: list[str] | None = None) -> Iterator[Line]:
        """What is said of these trades in these places. Raises RefusedError where it is nothing at all."""
        none = True
        for kind, code in places:
            for trade in trades if trades is not None else self.trades():
                for indicator, nomenclature in self.figures.indicateurs.items():
                    for line in self._figures(indicator, nomenclature, kind, code, trade):
                        none = False
                        yield line
        if none:
            raise self.access.refused(
                self.block.api,
                "L'interface n'a aucun chiffre de ces métiers.",
                "des demandeurs et des offres par métier et par trimestre",
                "vérifier les métiers (sql/reference/metiers_rome.sql) et la page du producteur",
            )

    def _figures(self, indicator: str, nomenclature: str, kind: str, code: str, trade: str) -> Iterator[Line]:
        url = f"{self.block.api}/indicateur/{indicator}"
        asked = {
            "codeTypeTerritoire": kind,
            "codeTerritoire": code,
            "codeTypeActivite": "ROME",
            "codeActivite": trade,
            "codeTypePeriode": "TRIMESTRE",
            "codeTypeNomenclature": nomenclature,
            "dernierePeriode": False,
            "sansCaracteristiques": True,
        }
        answer = self._answer(url, asked)
        if answer is None:
            return
        said = answer.get("listeValeursParPeriode", []) if isinstance(answer, dict) else None
        if not isinstance(said, list):
            raise self._unread(url, "« listeValeursParPeriode », une liste")
        for item in said:
            keys = [str(item.get(key) or "") for key in KEYS] if isinstance(item, dict) else []
            if not all(keys) or not keys[-1][:4].isdecimal():
                raise self._unread(url, f"à chaque valeur {', '.join(KEYS)}")
            if keys[:3] != [kind, code, trade]:
                raise self._unread(url, f"les chiffres demandés : {kind} {code}, {trade}")
            value = item.get("valeurPrincipaleNombre")
            yield (indicator, *keys, "" if value is None else str(value))

    def _unread(self, url: str, expected: str) -> RefusedError:
        return self.access.refused(
            url,
            "La réponse de l'interface n'a pas la forme attendue.",
            expected,
            "comparer avec la documentation du producteur ; en attendant, déposer un relevé (atlas source)",
        )

    # --- One question ---------------------------------------------------------------------------

    def _answer(self, url: str, asked: dict[str, Any] | None) -> Any:
        """What is answered, parsed; None where it is that there is no figure. Tries again what may pass."""
        limits = self.access.limits
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(LaterError),
            stop=lambda call: call.attempt_number >= limits.tries or limits.too_long(call),
            wait=limits.pause,
            sleep=_pause,
            reraise=True,
        )
        return retrying(self._once, url, asked)

    def _once(self, url: str, asked: dict[str, Any] | None) -> Any:
        if not self.right:
            self.right = self._ask_right()
        headers = {"Authorization": f"Bearer {self.right}", "Accept": "application/json"}
        if asked is not None:
            headers["Content-Type"] = "application/json"
        body = None if asked is None else json.dumps(asked).encode()
        status, text, wait = self._exchange(url, headers, body)
        if status in (200, 206):
            return self._parsed(url, text)
        said = text.decode("utf-8", "replace")
        if status == 204 or (status in (400, 500) and any(words in said for words in NOTHING)):
            return None
        if status == 401:  # the right lasts less than a year of figures takes
            self.right = ""
        raise self._status(url, status, wait)

    def _ask_right(self) -> str:
        """A right to ask, for some twenty minutes. Raises RefusedError where the key isn't taken."""
        identifier, secret = (os.environ.get(name, "").strip() for name in self.block.variables)
        asked = {
            "grant_type": "client_credentials",
            "client_id": identifier,
            "client_secret": secret,
            "scope": self.block.portee,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        status, text, wait = self._exchange(self.block.jetons, headers, urlencode(asked).encode())
        if status in (400, 401, 403):
            raise self.access.refused(
                self.block.jetons,
                f"Le producteur ne prend pas la clé (réponse {status}).",
                "une clé en cours, dont l'application a droit à l'interface « Marché du travail »",
                f"vérifier {' et '.join(self.block.variables)}, et l'application chez le producteur",
            )
        if status != 200:
            raise self._status(self.block.jetons, status, wait)
        answer = self._parsed(self.block.jetons, text)
        right = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(right, str) or not right.isascii() or not right.isprintable():
            raise self._unread(self.block.jetons, "« access_token »")
        return right

    def _exchange(self, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes, float | None]:
        """The status of one request, its body whole, and the wait that it asks for. A redirect is not followed."""
        self.access.permit(url, "")
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self.access.later(url, f"Le temps imparti est écoulé, après {self.asked} questions.")
        limits = self.access.limits
        _pause(max(0.0, self.last + PACE - time.monotonic()))
        self.last = time.monotonic()
        self.asked += 1
        try:
            response = network.ask(
                self.session, url, headers, connect=min(limits.connect, left), read=min(limits.read, left), body=body
            )
            with response:
                blocks, received = [], 0
                while block := network.block(response):
                    blocks.append(block)
                    received += len(block)
                    if received > ANSWER:
                        raise replace(self.access, limits=replace(limits, bytes=ANSWER)).too_large(url, None)
                return response.status_code, b"".join(blocks), addresses.retry_after(response.headers)
        except network.ExchangeError as failure:
            raise self.access.failed(url, failure) from None

    def _parsed(self, url: str, text: bytes) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            raise self._unread(url, "du JSON") from None

    def _status(self, url: str, status: int, wait: float | None) -> AtlasError:
        if status == 401 or status in network.BUSY or status >= 500:
            return self.access.later(url, f"Réponse {status}.", retry_after=wait)
        said = "L'application n'a pas droit à cette interface" if status == 403 else "L'interface n'a pas répondu"
        return self.access.refused(
            url,
            f"{said} (réponse {status}).",
            "des chiffres (réponse 200)",
            "vérifier chez le producteur l'application de cette clé, et l'adresse de l'interface",
        )
