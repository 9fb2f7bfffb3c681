"""A server on the loopback that misbehaves as it is told, for the tests of the connectors.

`Server.on(path, …)` gives what to answer there: one behaviour per request, the last of them for all that
follow. A behaviour is a function that takes the exchange and writes raw bytes, so that a length may lie,
a body stop, or a redirect go nowhere. Every request is kept, to count tries and to look at their headers.
"""

import contextlib
import datetime as dt
import email.utils
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOON = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)  # what the server takes for now

Behaviour = Callable[["Exchange"], None]


def http_date(when: dt.datetime) -> str:
    return email.utils.format_datetime(when, usegmt=True)


LONG_AGO = http_date(NOON - dt.timedelta(days=40))


@dataclass(frozen=True)
class Request:
    """A request as it came; names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]


class Exchange(BaseHTTPRequestHandler):
    """One request and its answer."""

    protocol_version = "HTTP/1.1"
    owner: "Server"

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, ssl.SSLError):
            super().handle_one_request()
        self.close_connection = True

    def do_GET(self) -> None:
        self.owner.answer(self)

    def do_POST(self) -> None:
        self.owner.answer(self)

    def sent(self) -> bytes:
        """The body of what was posted."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_CONNECT(self) -> None:
        self.owner.answer(self)

    def log_message(self, format: str, *args: Any) -> None:
        return None

    def asked(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def head(self, status: int, headers: dict[str, str] | None = None) -> None:
        """The status and headers, as given: nothing is added but a date and the end of the connection."""
        given = {"Date": http_date(NOON), "Connection": "close"} | (headers or {})
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in given.items())]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def body(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def hang_up(self) -> None:
        """Cuts the connection, so that the other side sees a reset and not an end."""
        self.wfile.flush()
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


@dataclass
class File:
    """A file that is served as it should be: conditions, ranges and If-Range included."""

    data: bytes
    etag: str | None = '"v1"'
    modified: str | None = None
    ranges: bool = True
    kind: str = "text/csv"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None  # bytes after which the connection ends
    if_range: bool = True  # whether If-Range is looked at

    def __call__(self, exchange: Exchange) -> None:
        asked = exchange.asked()
        headers = {"Content-Type": self.kind} | self.headers
        if self.etag:
            headers["ETag"] = self.etag
        if self.modified:
            headers["Last-Modified"] = self.modified
        if self.ranges:
            headers["Accept-Ranges"] = "bytes"
        if self.etag and asked.get("if-none-match") == self.etag:
            return exchange.head(304, headers)
        if "if-none-match" not in asked and self.modified and asked.get("if-modified-since") == self.modified:
            return exchange.head(304, headers)
        start, status, data = 0, 200, self.data
        still = not self.if_range or asked.get("if-range") in (self.etag, self.modified)
        if self.ranges and asked.get("range", "").startswith("bytes=") and still:
            start = int(asked["range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                return exchange.head(416, {"Content-Length": "0"})
            status, data = 206, data[start:]
            headers["Content-Range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        headers.setdefault("Content-Length", str(len(data)))
        exchange.head(status, headers)
        exchange.body(data if self.cut is None else data[: self.cut])
        return None


def status(code: int, headers: dict[str, str] | None = None, data: bytes = b"") -> Behaviour:
    """An answer with a body of its true length."""

    def behave(exchange: Exchange) -> None:
        exchange.head(code, {"Content-Length": str(len(data))} | (headers or {}))
        exchange.body(data)

    return behave


def raw(headers: dict[str, str], *blocks: bytes, code: int = 200, reset: bool = False) -> Behaviour:
    """Headers as given, true or not, then the bytes."""

    def behave(exchange: Exchange) -> None:
        exchange.head(code, headers)
        for block in blocks:
            exchange.body(block)
        if reset:
            exchange.hang_up()

    return behave


def redirect(to: str, code: int = 302) -> Behaviour:
    return status(code, {"Location": to})


def stalled(data: bytes, length: int, headers: dict[str, str] | None = None, *, code: int = 200) -> Behaviour:
    """The first bytes, then nothing more, with the connection left open."""

    def behave(exchange: Exchange) -> None:
        exchange.head(code, {"Content-Length": str(length)} | (headers or {}))
        exchange.body(data)
        exchange.owner.stopped.wait(20)

    return behave


def mute(exchange: Exchange) -> None:
    """Takes the request, and answers nothing."""
    exchange.owner.stopped.wait(20)


def dripping(data: bytes, pause: float) -> Behaviour:
    """One byte at a time: never silent for long, never done."""

    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": str(len(data))})
        for byte in data:
            exchange.body(bytes([byte]))
            if exchange.owner.stopped.wait(pause):
                return

    return behave


def hang_up(exchange: Exchange) -> None:
    """Cuts before a word is said."""
    exchange.hang_up()


def gzipped(data: bytes, *, cut: int | None = None, headers: dict[str, str] | None = None) -> Behaviour:
    """The file in a Content-Encoding that nobody asked for."""
    packed = gzip.compress(data, mtime=0)
    packed = packed if cut is None else packed[:cut]
    return raw({"Content-Encoding": "gzip", "Content-Length": str(len(packed))} | (headers or {}), packed)


def chunked(*blocks: bytes, end: bool = True) -> Behaviour:
    """A body in chunks, with or without its end."""
    data = b"".join(b"%x\r\n%s\r\n" % (len(block), block) for block in blocks) + (b"0\r\n\r\n" if end else b"")
    return raw({"Transfer-Encoding": "chunked"}, data)


def generated(block: bytes, times: int, headers: dict[str, str] | None = None, *, cut: int | None = None) -> Behaviour:
    """A large file made as it goes; goes on from a Range; may be cut after some blocks."""

    def behave(exchange: Exchange) -> None:
        start = int(exchange.asked().get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        total = len(block) * times
        told = {"Content-Length": str(total - start), "Accept-Ranges": "bytes", "ETag": '"grand"'} | (headers or {})
        exchange.head(206 if start else 200, told | {"Content-Range": f"bytes {start}-{total - 1}/{total}"})
        skip, sent = start % len(block), 0
        for _ in range(start // len(block), times):
            if cut is not None and sent == cut:
                return
            exchange.wfile.write(block[skip:])
            skip, sent = 0, sent + 1

    return behave


def json_of(text: str) -> Behaviour:
    return status(200, {"Content-Type": "application/json"}, text.encode())


class Quiet(ThreadingHTTPServer):
    """Says nothing of a client that hangs up: that is what is tried."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class Server:
    """The server, its behaviours and the requests it got."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.behaviours: dict[str, list[Behaviour]] = {}
        self.requests: list[Request] = []
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        handler = type("Handler", (Exchange,), {"owner": self})
        self.http = Quiet(("127.0.0.1", 0), handler, bind_and_activate=True)
        self.scheme = "https" if context else "http"
        if context:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self.http.server_address[1])
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join(5)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def on(self, path: str, *behaviours: Behaviour) -> str:
        """What to answer there; returns the address."""
        self.behaviours[path] = list(behaviours)
        return self.url(path)

    def answer(self, exchange: Exchange) -> None:
        with self.lock:
            self.requests.append(Request(exchange.command, exchange.path, exchange.asked()))
            known = self.behaviours.get(exchange.path) or self.behaviours.get(exchange.path.split("?")[0])
            behaviour = (known.pop(0) if len(known) > 1 else known[0]) if known else status(404)
        behaviour(exchange)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path.split("?")[0] == path]


@dataclass(frozen=True)
class Authority:
    """A certificate authority of its own, made for one session of tests."""

    bundle: Path
    context: ssl.SSLContext
    stranger: ssl.SSLContext  # a certificate of the same authority, for another host


def authority(folder: Path) -> Authority:
    now = dt.datetime.now(dt.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorité des tests")])
    root = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle = folder / "autorite.pem"
    bundle.write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def context(label: str, names: list[x509.GeneralName]) -> ssl.SSLContext:
        own = ec.generate_private_key(ec.SECP256R1())
        leaf = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label)]))
            .issuer_name(name)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=2))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(key, hashes.SHA256())
        )
        path = folder / f"{label}.pem"
        path.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(path)
        return made

    here: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    return Authority(bundle, context("ici", here), context("ailleurs", [x509.DNSName("ailleurs.example")]))


@contextlib.contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server(context) as server:
        yield server


def closed(port: int) -> bool:
    """Whether nothing listens there any more."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        with socket.socket() as client:
            client.settimeout(0.2)
            if client.connect_ex(("127.0.0.1", port)) != 0:
                return True
        time.sleep(0.02)
    return False
