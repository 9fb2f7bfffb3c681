"""One request and its body: no redirect followed, no cookie, no credentials; what fails is told as lasting or passing.

Proxies (HTTPS_PROXY, NO_PROXY) and authorities (REQUESTS_CA_BUNDLE) come from the environment.
"""

import http.client
import importlib.metadata
import re
import ssl
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

BLOCK = 1 << 20  # bytes read, decoded and written at a time
BUSY = {408, 425, 429}  # and every 5xx: the same request may succeed later
LINE = "une adresse https://"
ENTRY = "corriger le bloc `fetch` du catalogue"


class ExchangeError(Exception):
    """A request that failed; `passes` where it may succeed later, else with what to do about it.

    What the libraries say is left out: they write whole addresses, signatures included.
    """

    def __init__(self, what: str, *, passes: bool, expected: str = "", todo: str = "") -> None:
        self.what = what
        self.passes = passes
        self.expected = expected
        self.todo = todo
        super().__init__(what)


class _NoAuth(requests.auth.AuthBase):
    """No credentials, not even those that requests would take from a ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Session(requests.Session):
    """A session that leaves redirects alone: requests would read their bodies whole, to look ahead."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def session() -> requests.Session:
    """A session that names the project, and nothing else."""
    try:
        version = importlib.metadata.version("atlas-sante")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    made = _Session()
    made.auth = _NoAuth()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers.clear()
    made.headers["User-Agent"] = f"atlas-sante/{version} (atlas des professions et specialites medicales)"
    made.headers["Accept"] = "*/*"
    # A published checksum is that of the file, not of a compressed copy of it; and only plain bytes resume.
    made.headers["Accept-Encoding"] = "identity"
    return made


def ask(
    client: requests.Session,
    url: str,
    headers: Mapping[str, str],
    *,
    connect: float,
    read: float,
    body: bytes | None = None,
) -> requests.Response:
    """The response to a request, its body unread; `connect` and `read` are seconds. Raises ExchangeError.

    A `body` is posted.
    """
    try:
        return client.request(
            "GET" if body is None else "POST",
            url,
            headers=dict(headers),
            data=body,
            stream=True,
            allow_redirects=False,
            timeout=(connect, read),
        )
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
        raise _failure(error) from None
    except OSError:  # how requests says that the file of authorities isn't there
        raise ExchangeError(
            "Le fichier des autorités de certification ne se lit pas.",
            passes=False,
            expected="un fichier PEM, ou rien",
            todo="corriger REQUESTS_CA_BUNDLE (ou CURL_CA_BUNDLE)",
        ) from None


def block(response: requests.Response) -> bytes:
    """The next bytes of a body as they were sent, as soon as there are some; none at its end. Raises ExchangeError."""
    try:
        return bytes(response.raw.read1(BLOCK, decode_content=False) or b"")
    except (urllib3.exceptions.ReadTimeoutError, TimeoutError):
        raise ExchangeError("Plus rien n'est venu", passes=True) from None
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError):
        raise ExchangeError("Le transfert a été coupé", passes=True) from None


def _failure(error: Exception) -> ExchangeError:
    kinds = requests.exceptions
    if isinstance(error, kinds.SSLError):
        return _tls(error)
    if isinstance(error, kinds.ProxyError):
        refused = re.search(r"Tunnel connection failed: (4\d\d)", str(error))
        if refused and int(refused[1]) not in BUSY:
            return ExchangeError(
                f"Le mandataire refuse la connexion (réponse {refused[1]}).",
                passes=False,
                expected="un mandataire qui laisse passer vers cet hôte",
                todo="vérifier HTTPS_PROXY et NO_PROXY, ou demander l'ouverture de l'accès",
            )
        return ExchangeError("Le mandataire ne répond pas.", passes=True)
    if isinstance(error, kinds.Timeout):
        return ExchangeError("Le serveur n'a pas répondu à temps.", passes=True)
    if isinstance(error, kinds.ConnectionError):
        unnamed = any(isinstance(cause, urllib3.exceptions.NameResolutionError) for cause in _causes(error))
        said = "Le nom de l'hôte ne se résout pas." if unnamed else "La connexion a échoué ou a été coupée."
        return ExchangeError(said, passes=True)
    if isinstance(error, kinds.InvalidProxyURL):
        return ExchangeError(
            "L'adresse du mandataire ne se lit pas.",
            passes=False,
            expected="http://hôte:port",
            todo="corriger HTTPS_PROXY ou HTTP_PROXY",
        )
    if isinstance(error, kinds.InvalidURL | kinds.InvalidSchema | kinds.MissingSchema):
        return ExchangeError("L'adresse ne se lit pas.", passes=False, expected=LINE, todo=ENTRY)
    return ExchangeError(f"L'échange a échoué ({type(error).__name__}).", passes=True)


def _tls(error: Exception) -> ExchangeError:
    """Why TLS failed: a server that cuts may do better later, a certificate won't."""
    causes = list(_causes(error))
    if any(isinstance(c, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError) for c in causes):
        return ExchangeError("Le serveur a coupé pendant l'établissement du chiffrement.", passes=True)
    certificate = next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None)
    said = {
        10: "le certificat a expiré",
        18: "le certificat n'est signé par aucune autorité",
        19: "l'autorité du certificat n'est pas connue",
        20: "l'autorité du certificat n'est pas connue",
        62: "le certificat n'est pas celui de cet hôte",
        64: "le certificat n'est pas celui de cette adresse",
    }.get(getattr(certificate, "verify_code", 0), "le certificat n'est pas valide")
    return ExchangeError(
        f"Le chiffrement n'a pas pu être établi : {said if certificate else 'le serveur ne parle pas le TLS attendu'}.",
        passes=False,
        expected="un certificat valide, signé par une autorité connue",
        todo="si le réseau a sa propre autorité, la donner par REQUESTS_CA_BUNDLE ; sinon, prévenir le producteur",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those it comes from, whichever way they are linked."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            linked = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
            waiting += [other for other in linked if isinstance(other, BaseException)]


def encoding(response: requests.Response) -> str:
    """How a server says that it has compressed its answer; empty where it has not."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding
