"""A webhook and a mail server on loopback, which keep what they are sent."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@contextmanager
def served(server: socketserver.TCPServer) -> Iterator[int]:
    """A server on loopback, and its port."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook's address, and what it was sent."""
    received: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with served(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/crochet/jeton-secret", received


@contextmanager
def counted() -> Iterator[tuple[int, set[str]]]:
    """The port of a StatsD server, and the names of what it was sent."""
    received: set[str] = set()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            received.update(line.partition(":")[0] for line in self.request[0].decode().splitlines())

    with served(socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, received


@contextmanager
def mail_server() -> Iterator[tuple[int, list[tuple[str, list[str], EmailMessage]]]]:
    """A mail server's port, and what it was given: from whom, to whom, the message."""
    received: list[tuple[str, list[str], EmailMessage]] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 essai")
            sender, to = "", list[str]()
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("DATA"):
                    self.say("354 allez")
                    parts = iter(self.rfile.readline, b".\r\n")
                    message = message_from_bytes(b"".join(parts), policy=policy.default)
                    assert isinstance(message, EmailMessage)
                    received.append((sender, to, message))
                elif verb.startswith("MAIL FROM"):
                    sender = line[10:].split(">")[0].strip(" <")
                elif verb.startswith("RCPT TO"):
                    to.append(line[8:].split(">")[0].strip(" <"))
                self.say("221 au revoir" if verb.startswith("QUIT") else "250 bien")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, received
