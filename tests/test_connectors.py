"""Connectors against a local server that misbehaves, and archives made to harm."""

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import re
import ssl
import stat
import struct
import subprocess
import sys
import tarfile
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import py7zr
import pytest
import requests
import serveur_capricieux as caprice
import urllib3
from pydantic import TypeAdapter, ValidationError
from serveur_capricieux import LONG_AGO, NOON, Authority, File, Server, status

from pipelines import catalogue
from pipelines.arrival import landing
from pipelines.catalogue.fetch import DataGouv, Fetch
from pipelines.connectors import Offer, addresses, archives, data_gouv, declared, resources, transfer, web
from pipelines.connectors.access import Access, Checksum, Fetched, Limits, State
from pipelines.connectors.partial import Partial
from pipelines.connectors.resources import Resource
from pipelines.errors import AtlasError, LaterError, Place, RefusedError

HERE = frozenset({"127.0.0.1"})
WHERE = Place(source="bmo", millesime=2024)
CSV = b"code;valeur\n" + b"".join(b"%05d;%d\n" % (n, n * n) for n in range(2000))
QUICK = Limits(bytes=10_000_000, connect=2, read=2, total=20, tries=3, wait=0, wait_max=0)
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, authority or password of the person's own."""
    for name in (*PROXIES, *(p.upper() for p in PROXIES), *BUNDLES, "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "chez-soi"))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were asked for, none of them waited out."""
    asked: list[float] = []
    monkeypatch.setattr(transfer, "_pause", asked.append)
    return asked


@pytest.fixture
def server() -> Iterator[Server]:
    with caprice.running() as started:
        yield started
    assert caprice.closed(started.port)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return caprice.authority(tmp_path_factory.mktemp("autorite"))


@pytest.fixture
def tls(authority: Authority) -> Iterator[Server]:
    with caprice.running(authority.context) as started:
        yield started


def fetch(
    url: str,
    folder: Path,
    *,
    state: State | None = None,
    limits: Limits = QUICK,
    hosts: frozenset[str] = HERE,
    allow_http: bool = True,
    expected: Checksum | None = None,
    expected_bytes: int | None = None,
    name: str | None = None,
) -> Fetched:
    """`transfer.fetch` with what the tests have in common; looks that nothing half-made stays."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else {}
    try:
        fetched = transfer.fetch(
            url,
            folder,
            state=state,
            limits=limits,
            allowed_hosts=hosts,
            allow_http=allow_http,
            expected=expected,
            expected_bytes=expected_bytes,
            name=name,
            where=WHERE,
        )
    except AtlasError as error:
        after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else {}
        assert after == before, "un transfert qui échoue ne laisse et ne change rien"
        told(error)
        raise
    assert [p for p in folder.iterdir() if p.name.startswith(".")] == []
    return fetched


def told(error: AtlasError) -> None:
    """A message says what, where, what was expected and what to do, and no secret."""
    assert error.what
    assert error.expected, error.what
    assert error.todo, error.what
    assert error.where.source == "bmo"
    assert error.where.millesime in (2024, None)
    assert "s3cret" not in str(error)
    assert error.__cause__ is None, "la cause porte l'adresse entière"


def content(fetched: Fetched) -> bytes:
    assert fetched.path is not None
    return fetched.path.read_bytes()


def digest(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def sha256(data: bytes) -> str:
    return digest("sha256", data)


def sha1(data: bytes) -> str:
    return digest("sha1", data)


def md5(data: bytes) -> str:
    return digest("md5", data)


# --- One download ---------------------------------------------------------------------------------


def test_a_file_is_received_whole_under_its_name(server: Server, tmp_path: Path) -> None:
    url = server.on("/jeux/base%202024.csv", File(CSV, modified=LONG_AGO))
    fetched = fetch(url, tmp_path / "recu")
    assert content(fetched) == CSV
    assert fetched == Fetched(
        tmp_path / "recu" / "base 2024.csv",
        State(url, "base 2024.csv", len(CSV), sha256(CSV), '"v1"', LONG_AGO),
        unchanged=False,
        url=url,
        bytes=len(CSV),
        sha256=sha256(CSV),
        tries=1,
    )


def test_a_request_names_the_project_and_carries_nothing_else(server: Server, tmp_path: Path) -> None:
    home = Path(os.environ["HOME"])
    home.mkdir()
    (home / ".netrc").write_text("machine 127.0.0.1 login moi password s3cret\n", encoding="utf-8")
    cookie = {"Set-Cookie": "suivi=1; Path=/"}
    server.on("/a", status(302, {"Location": "/b"} | cookie))
    server.on("/b", status(503, cookie), File(CSV, headers=cookie))
    fetch(server.url("/a"), tmp_path / "recu", name="a.csv")
    assert len(server.requests) == 4
    for request in server.requests:
        assert request.headers["user-agent"].startswith("atlas-sante/")
        assert request.headers["accept-encoding"] == "identity"
        assert not {"cookie", "authorization", "referer", "from"} & set(request.headers)


def test_unchanged_since_the_tag(server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", File(CSV))
    first = fetch(url, tmp_path)
    again = fetch(url, tmp_path / "autre", state=State.from_dict(json.loads(json.dumps(first.state.to_dict()))))
    assert again.unchanged
    assert again.path is None
    assert again.state == first.state
    assert (again.bytes, again.sha256) == (len(CSV), sha256(CSV))
    assert server.requests[-1].headers["if-none-match"] == '"v1"'
    assert list((tmp_path / "autre").iterdir()) == []


def test_unchanged_since_the_date(server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", File(CSV, etag=None, modified=LONG_AGO))
    first = fetch(url, tmp_path)
    assert fetch(url, tmp_path / "autre", state=first.state).unchanged
    assert server.requests[-1].headers["if-modified-since"] == LONG_AGO


def test_changed_bytes_under_the_same_name_are_received(server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", File(CSV), File(CSV + b"99999;1\n", etag='"v2"'))
    first = fetch(url, tmp_path / "r1")
    second = fetch(url, tmp_path / "r2", state=first.state)
    assert not second.unchanged
    assert content(first) == CSV
    assert content(second) == CSV + b"99999;1\n"
    assert second.state.etag == '"v2"'


def test_conditions_are_only_put_to_the_address_that_answered_them(server: Server, tmp_path: Path) -> None:
    """A permanent address that leads to an older file again must not be told "unchanged" by its date."""
    server.on("/latest", caprice.redirect("/2024.csv"), caprice.redirect("/2023.csv"))
    for year in (2023, 2024):
        server.on(f"/{year}.csv", File(CSV + b"%d;0\n" % year, etag=None, modified=LONG_AGO))
    first = fetch(server.url("/latest"), tmp_path / "1")
    second = fetch(server.url("/latest"), tmp_path / "2", state=first.state)
    assert first.path
    assert second.path
    assert (first.path.name, second.path.name) == ("2024.csv", "2023.csv")
    third = fetch(server.url("/latest"), tmp_path / "3", state=second.state)
    assert third.unchanged
    assert "if-modified-since" not in server.requests[-2].headers
    assert server.requests[-1].headers["if-modified-since"] == LONG_AGO


def test_unchanged_out_of_the_blue_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="rien ne lui était comparé"):
        fetch(server.on("/a.csv", status(304)), tmp_path)
    elsewhere = State(server.url("/ailleurs.csv"), "a.csv", 1, "0", '"v1"', LONG_AGO)
    with pytest.raises(RefusedError, match="rien ne lui était comparé"):
        fetch(server.url("/a.csv"), tmp_path, state=elsewhere)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451, 204, 300])
def test_what_stays_is_refused_at_once(code: int, server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(RefusedError, match=rf"réponse {code}"):
        fetch(server.on("/a.csv", status(code), File(CSV)), tmp_path)
    assert len(server.requests) == 1
    assert pauses == []


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(code: int, server: Server, tmp_path: Path, pauses: list[float]) -> None:
    fetched = fetch(server.on("/a.csv", status(code), status(code), File(CSV)), tmp_path)
    assert content(fetched) == CSV
    assert fetched.tries == len(server.requests) == 3
    assert len(pauses) == 2


def test_what_does_not_pass_is_told_after_the_tries(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(LaterError, match=r"3 essais.*Réponse 503") as caught:
        fetch(server.on("/a.csv", status(503)), tmp_path)
    assert len(server.requests) == 3
    assert not isinstance(caught.value, RefusedError)
    assert isinstance(caught.value, AtlasError)
    assert caught.value.exit_code not in (0, AtlasError.exit_code, RefusedError.exit_code)
    assert caught.value.where == Place(source="bmo", millesime=2024, file=server.url("/a.csv"))


def test_waits_grow_and_are_drawn_at_random(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    limits = replace(QUICK, tries=9, wait=1, wait_max=8, total=1000)
    with pytest.raises(LaterError):
        fetch(server.on("/a.csv", status(503)), tmp_path, limits=limits)
    assert len(pauses) == 8
    assert all(0 <= wait <= bound for wait, bound in zip(pauses, [1, 2, 4, 8, 8, 8, 8, 8], strict=True))
    assert len(set(pauses)) == 8


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("asked", ["7", caprice.http_date(NOON + dt.timedelta(seconds=7))])
def test_retry_after_is_honoured(code: int, asked: str, server: Server, tmp_path: Path, pauses: list[float]) -> None:
    fetch(server.on("/a.csv", status(code, {"Retry-After": asked}), File(CSV)), tmp_path)
    assert pauses == [7]


@pytest.mark.parametrize(
    "asked", ["", "bientôt".encode().decode("latin-1"), "-5", "1.5", caprice.http_date(NOON - dt.timedelta(days=1))]
)
def test_an_odd_retry_after_is_not_waited(asked: str, server: Server, tmp_path: Path, pauses: list[float]) -> None:
    fetch(server.on("/a.csv", status(503, {"Retry-After": asked}), File(CSV)), tmp_path)
    assert pauses == [0]


def test_a_date_to_retry_after_is_read_by_the_clock_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_now", lambda: NOON)
    until = {"Retry-After": caprice.http_date(NOON + dt.timedelta(seconds=90))}
    late = {"Date": caprice.http_date(NOON + dt.timedelta(seconds=60))}
    assert addresses.retry_after(until) == 90
    assert addresses.retry_after(until | late) == 30


def test_a_server_that_asks_for_too_long_is_left_alone(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    url = server.on("/a.csv", status(429, {"Retry-After": "3600"}), File(CSV))
    with pytest.raises(LaterError, match="3600 s") as caught:
        fetch(url, tmp_path, limits=replace(QUICK, total=10_000))
    assert caught.value.retry_after == 3600
    assert len(server.requests) == 1
    assert pauses == []


def test_a_wait_that_would_pass_the_total_is_not_begun(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(LaterError):
        fetch(server.on("/a.csv", status(503, {"Retry-After": "30"}), File(CSV)), tmp_path)
    assert pauses == []


@pytest.mark.parametrize("behaviour", [caprice.hang_up, caprice.mute])
def test_a_server_that_says_nothing(behaviour: caprice.Behaviour, server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", behaviour, File(CSV))
    assert fetch(url, tmp_path, limits=replace(QUICK, read=0.2)).tries == 2


def test_nobody_at_the_address(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with caprice.running() as other:
        gone = other.url("/a.csv")
    with pytest.raises(LaterError, match="connexion a échoué"):
        fetch(gone, tmp_path)
    assert len(pauses) == 2


def test_a_name_that_does_not_resolve(tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(LaterError, match="nom de l'hôte"):
        fetch("https://absent.invalid/a.csv", tmp_path, hosts=frozenset({"absent.invalid"}))
    assert len(pauses) == 2


# --- Cut, slow, resumed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("etag", "modified"), [('"v1"', None), (None, LONG_AGO), ('"v1"', LONG_AGO)], ids=["tag", "date", "both"]
)
def test_a_cut_transfer_goes_on(etag: str | None, modified: str | None, server: Server, tmp_path: Path) -> None:
    file = File(CSV, etag, modified)
    url = server.on("/a.csv", replace(file, cut=1000), replace(file, cut=500), file)
    fetched = fetch(url, tmp_path, expected=Checksum("sha1", sha1(CSV)))
    assert content(fetched) == CSV
    assert fetched.sha256 == sha256(CSV)
    assert (fetched.tries, fetched.resumed) == (3, 2)
    ranges = [request.headers.get("range") for request in server.requests]
    assert ranges == [None, "bytes=1000-", "bytes=1500-"]
    assert [r.headers.get("if-range") for r in server.requests] == [None, etag or modified, etag or modified]
    assert fetched.state.etag == etag


@pytest.mark.parametrize(
    ("etag", "modified", "ranges"),
    [
        (None, None, True),
        ('W/"v1"', None, True),
        ('W/"v1"', LONG_AGO, True),
        (None, caprice.http_date(NOON), True),  # changed in this very second: may change again
        ('"v1"', LONG_AGO, False),
    ],
    ids=["nothing", "weak", "weak and date", "date of now", "no ranges"],
)
def test_what_cannot_be_told_apart_starts_again(
    etag: str | None, modified: str | None, ranges: bool, server: Server, tmp_path: Path
) -> None:
    file = File(CSV, etag, modified, ranges)
    fetched = fetch(server.on("/a.csv", replace(file, cut=1000), file), tmp_path)
    assert content(fetched) == CSV
    assert fetched.resumed == 0
    assert all("range" not in request.headers for request in server.requests)


@pytest.mark.parametrize("honest", [True, False], ids=["If-Range", "If-Range ignored"])
def test_bytes_that_change_between_two_tries_are_never_mixed(honest: bool, server: Server, tmp_path: Path) -> None:
    new = CSV.replace(b";", b",")
    url = server.on("/a.csv", File(CSV, cut=1000), File(new, etag='"v2"', if_range=honest))
    fetched = fetch(url, tmp_path)
    assert content(fetched) == new
    assert fetched.sha256 == sha256(new)
    assert fetched.state.etag == '"v2"'
    assert server.requests[1].headers["range"] == "bytes=1000-"
    assert fetched.tries == (2 if honest else 3)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Range": f"bytes 900-{len(CSV) - 1}/{len(CSV)}", "ETag": '"v1"'}, 206),
        ({"Content-Range": f"bytes 1000-{len(CSV) - 1}/{len(CSV) + 1}", "ETag": '"v1"'}, 206),
        ({"Content-Range": "bytes abc", "ETag": '"v1"'}, 206),
        ({"ETag": '"v1"'}, 206),
        ({"Content-Range": f"bytes 1000-{len(CSV) - 1}/{len(CSV)}", "Content-Encoding": "gzip"}, 206),
        ({}, 416),
    ],
    ids=["elsewhere", "another length", "unreadable", "no span", "encoded", "416"],
)
def test_a_wrong_rest_is_not_put_after_the_beginning(
    headers: dict[str, str], code: int, server: Server, tmp_path: Path
) -> None:
    rest = CSV[1000:]
    wrong = caprice.raw({"Content-Length": str(len(rest))} | headers, rest, code=code)
    fetched = fetch(server.on("/a.csv", File(CSV, cut=1000), wrong, File(CSV)), tmp_path)
    assert content(fetched) == CSV
    assert (fetched.tries, fetched.resumed) == (3, 0)


def test_a_rest_in_two_pieces(server: Server, tmp_path: Path) -> None:
    """A server may send less than the rest: the length of a part is not the length of the file."""
    part = caprice.raw(
        {"Content-Length": "1000", "Content-Range": f"bytes 1000-1999/{len(CSV)}", "ETag": '"v1"'},
        CSV[1000:2000],
        code=206,
    )
    fetched = fetch(server.on("/a.csv", File(CSV, cut=1000), part, File(CSV)), tmp_path)
    assert content(fetched) == CSV
    assert (fetched.tries, fetched.resumed) == (3, 2)


def test_a_connection_that_is_reset(server: Server, tmp_path: Path) -> None:
    headers = {"Content-Length": str(len(CSV)), "ETag": '"v1"', "Accept-Ranges": "bytes"}
    url = server.on("/a.csv", caprice.raw(headers, CSV[:1000], reset=True), File(CSV))
    assert content(fetch(url, tmp_path)) == CSV


def test_tries_count_those_that_bring_nothing(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    """Ten cuts with three tries: each goes further than the one before."""
    step = len(CSV) // 10
    url = server.on("/a.csv", *[File(CSV, cut=step)] * 10, File(CSV))
    assert fetch(url, tmp_path).tries >= 10
    # Without a validator each begins again, and none goes further.
    url = server.on("/b.csv", *[File(CSV, etag=None, cut=step)] * 10, File(CSV))
    with pytest.raises(LaterError, match=r"3 essais.*coupé"):
        fetch(url, tmp_path)


def test_a_body_that_stops_coming_goes_on_elsewhere(server: Server, tmp_path: Path) -> None:
    headers = {"ETag": '"v1"', "Accept-Ranges": "bytes"}
    url = server.on("/a.csv", caprice.stalled(CSV[:1000], len(CSV), headers), File(CSV))
    fetched = fetch(url, tmp_path, limits=replace(QUICK, read=0.3))
    assert content(fetched) == CSV
    assert fetched.resumed == 1


def test_a_body_that_drips_is_stopped_by_the_total(server: Server, tmp_path: Path) -> None:
    """Each byte comes in time, so that only the time in all can end it."""
    start = dt.datetime.now(dt.UTC)
    with pytest.raises(LaterError, match="temps imparti"):
        fetch(server.on("/a.csv", caprice.dripping(CSV[:300], 0.02)), tmp_path, limits=replace(QUICK, total=0.6))
    assert dt.datetime.now(dt.UTC) - start < dt.timedelta(seconds=3)


def test_a_slow_body_that_ends_is_received(server: Server, tmp_path: Path) -> None:
    assert content(fetch(server.on("/a.csv", caprice.dripping(b"a;b\n1;2\n", 0.02)), tmp_path)) == b"a;b\n1;2\n"


# --- Lengths and sizes ----------------------------------------------------------------------------


def test_a_length_that_promises_too_much(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(LaterError, match="coupé"):
        fetch(server.on("/a.csv", caprice.raw({"Content-Length": str(len(CSV) + 10)}, CSV)), tmp_path)
    assert len(server.requests) == 3


def test_a_length_that_promises_too_little_is_seen_by_what_is_published(server: Server, tmp_path: Path) -> None:
    short = caprice.raw({"Content-Length": "1000"}, CSV)
    with pytest.raises(RefusedError, match="pas celui que le producteur annonce"):
        fetch(server.on("/a.csv", short), tmp_path, expected=Checksum("md5", md5(CSV)))
    with pytest.raises(RefusedError, match="1000 octets"):
        fetch(server.on("/a.csv", short), tmp_path, expected_bytes=len(CSV))


@pytest.mark.parametrize("length", ["", "beaucoup", "-1"])
def test_a_length_that_is_none(length: str, server: Server, tmp_path: Path) -> None:
    assert content(fetch(server.on("/a.csv", caprice.raw({"Content-Length": length}, CSV)), tmp_path)) == CSV


def test_no_length_at_all(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    assert content(fetch(server.on("/a.csv", caprice.raw({}, CSV)), tmp_path)) == CSV
    url = server.on("/b.csv", caprice.raw({}, CSV[:1000]), File(CSV))
    assert content(fetch(url, tmp_path, expected_bytes=len(CSV))) == CSV
    assert len(pauses) == 1


def test_chunks(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    assert content(fetch(server.on("/a.csv", caprice.chunked(CSV[:99], CSV[99:])), tmp_path)) == CSV
    url = server.on("/b.csv", caprice.chunked(CSV[:99], end=False), caprice.chunked(CSV))
    assert content(fetch(url, tmp_path)) == CSV
    assert len(pauses) == 1


def test_too_large_as_announced(server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", caprice.stalled(b"", 5_000_000_000))
    with pytest.raises(RefusedError, match=r"5,0 Go annoncés") as caught:
        fetch(url, tmp_path)
    assert caught.value.expected == "au plus 10,0 Mo"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "behaviour", [caprice.raw({}, CSV), caprice.chunked(CSV), caprice.gzipped(CSV)], ids=["raw", "chunked", "gzip"]
)
def test_too_large_without_a_word(behaviour: caprice.Behaviour, server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="taille permise"):
        fetch(server.on("/a.csv", behaviour), tmp_path, limits=replace(QUICK, bytes=len(CSV) - 1))
    assert fetch(server.on("/a.csv", behaviour), tmp_path, limits=replace(QUICK, bytes=len(CSV))).bytes == len(CSV)


def test_too_large_once_resumed(server: Server, tmp_path: Path) -> None:
    rest = caprice.raw({"Content-Range": "bytes 1000-20000/*", "ETag": '"v1"'}, CSV * 2, code=206)
    with pytest.raises(RefusedError, match="taille permise"):
        fetch(server.on("/a.csv", File(CSV, cut=1000), rest), tmp_path, limits=replace(QUICK, bytes=len(CSV)))


def test_an_empty_file_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="vide"):
        fetch(server.on("/a.csv", File(b"")), tmp_path)


def test_what_is_under_way_has_no_name_that_is_read(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is looked at meanwhile shows nothing: names with a dot are nobody's extract."""
    seen: list[str] = []
    monkeypatch.setattr(transfer, "_pause", lambda _: seen.extend(p.name for p in tmp_path.iterdir()))
    fetch(server.on("/a.csv", File(CSV, cut=1000), File(CSV)), tmp_path)
    assert len(seen) == 1
    assert seen[0].startswith(".")


def test_an_old_file_stays_when_a_new_one_fails(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"ancien")
    with pytest.raises(RefusedError):
        fetch(server.on("/a.csv", caprice.raw({"Content-Type": "text/html"}, b"<p>Panne</p>")), tmp_path)
    assert (tmp_path / "a.csv").read_bytes() == b"ancien"
    fetch(server.on("/a.csv", File(CSV)), tmp_path)
    assert (tmp_path / "a.csv").read_bytes() == CSV


def test_a_full_disk_is_not_taken_for_the_network(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(part: Any, block: bytes, url: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Partial, "write", full)
    with pytest.raises(OSError, match="No space") as caught:
        transfer.fetch(
            server.on("/a.csv", File(CSV)),
            tmp_path / "recu",
            state=None,
            limits=QUICK,
            allowed_hosts=HERE,
            allow_http=True,
            where=WHERE,
        )
    assert caught.value.errno == 28
    assert len(server.requests) == 1
    assert list((tmp_path / "recu").iterdir()) == []


def test_gzip_that_nobody_asked_for(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    whole = caprice.gzipped(CSV, headers={"ETag": '"z"', "Accept-Ranges": "bytes"})
    assert content(fetch(server.on("/a.csv", whole), tmp_path)) == CSV
    # Cut, with a length that agrees: only the stream itself says that it isn't at its end.
    cut = caprice.gzipped(CSV, cut=500, headers={"ETag": '"z"', "Accept-Ranges": "bytes"})
    fetched = fetch(server.on("/b.csv", cut, whole), tmp_path)
    assert content(fetched) == CSV
    assert all("range" not in request.headers for request in server.requests)
    assert len(pauses) == 1


def test_gzip_in_several_streams(server: Server, tmp_path: Path) -> None:
    packed = gzip.compress(CSV[:5000]) + gzip.compress(CSV[5000:])
    url = server.on("/a.csv", caprice.raw({"Content-Encoding": "gzip"}, packed[:700], packed[700:]))
    assert content(fetch(url, tmp_path)) == CSV


def test_gzip_that_is_not(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(LaterError, match="abîmé"):
        fetch(server.on("/a.csv", caprice.raw({"Content-Encoding": "gzip"}, CSV)), tmp_path)


def test_a_gz_file_said_to_be_encoded_is_the_file(server: Server, tmp_path: Path) -> None:
    packed = gzip.compress(CSV)
    url = server.on("/structures.json.gz", caprice.raw({"Content-Encoding": "gzip"}, packed))
    assert content(fetch(url, tmp_path, expected=Checksum("sha256", sha256(packed)))) == packed


def test_another_encoding_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"\(br\)"):
        fetch(server.on("/a.csv", caprice.raw({"Content-Encoding": "br"}, CSV)), tmp_path)


def test_gzip_of_more_than_a_block(server: Server, tmp_path: Path) -> None:
    """Little comes in, much goes out: nothing of it is lost between two blocks."""
    data = b"".join(b"%d;0;0;0;0;0;0\n" % n * 40 for n in range(8000))
    assert len(data) > 4 << 20
    assert content(fetch(server.on("/a.csv", caprice.gzipped(data)), tmp_path)) == data


def test_a_gzip_bomb_stops_at_the_cap(server: Server, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(60_000_000))
    with pytest.raises(RefusedError, match="taille permise"):
        fetch(server.on("/a.csv", caprice.raw({"Content-Encoding": "gzip"}, bomb)), tmp_path)


BIG = """
    import resource, sys, threading, time
    from pathlib import Path
    from pipelines.connectors import archives, transfer
    from pipelines.errors import Place
    from pipelines.connectors.access import Limits

    # Since ru_maxrss keeps the peak of the process that started this one, what is resident is sampled.
    peak, done = 0, threading.Event()
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    def watch():
        global peak
        while not done.wait(0.002):
            peak = max(peak, resident())
    before = resident()
    watcher = threading.Thread(target=watch)
    watcher.start()
"""


def measured(work: str, *arguments: str) -> list[int]:
    """Runs some work in a process of its own; returns what it prints and, last, its growth in bytes."""
    code = textwrap.dedent(BIG) + textwrap.dedent(work) + "\ndone.set(); watcher.join(); print(peak - before)\n"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="la mémoire se mesure par /proc")
def test_a_large_file_does_not_cost_its_size_in_memory(server: Server, tmp_path: Path) -> None:
    block = os.urandom(1 << 20)
    times = 300
    url = server.on("/gros.txt", caprice.generated(block, times, cut=120), caprice.generated(block, times))
    size, resumed, grown = measured(
        """
        fetched = transfer.fetch(
            sys.argv[1], Path(sys.argv[2]), state=None, limits=Limits(wait=0), where=Place(),
            allowed_hosts=frozenset({"127.0.0.1"}), allow_http=True,
        )
        print(fetched.bytes, fetched.resumed)
        """,
        url,
        str(tmp_path),
    )
    assert (size, resumed) == (300 << 20, 1)
    assert grown < 30 << 20
    digest = hashlib.sha256()
    for _ in range(times):
        digest.update(block)
    with (tmp_path / "gros.txt").open("rb") as handle:
        assert hashlib.file_digest(handle, "sha256").hexdigest() == digest.hexdigest()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="la mémoire se mesure par /proc")
def test_a_compressed_body_does_not_cost_its_size_in_memory(server: Server, tmp_path: Path) -> None:
    """A few hundred kilobytes that become two hundred megabytes."""
    url = server.on("/gros.txt", caprice.raw({"Content-Encoding": "gzip"}, gzip.compress(bytes(200_000_000), 1)))
    size, grown = measured(
        """
        fetched = transfer.fetch(
            sys.argv[1], Path(sys.argv[2]), state=None, limits=Limits(wait=0), where=Place(),
            allowed_hosts=frozenset({"127.0.0.1"}), allow_http=True,
        )
        print(fetched.bytes)
        """,
        url,
        str(tmp_path),
    )
    assert size == 200_000_000
    assert grown < 30 << 20


# --- What comes is not what was asked -------------------------------------------------------------


PAGE = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Revenez plus tard</body></html>"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PAGE, "text/html; charset=utf-8"),
        (PAGE, "text/csv"),
        (b"\xef\xbb\xbf\n  " + PAGE.lower(), "application/octet-stream"),
        (b'<?xml version="1.0"?>\n<html xmlns="x">', "text/plain"),
        (b"<!-- page -->\n<html>" + b" " * 5000, "text/csv"),
        (b"<p>Erreur</p>", "text/html"),
    ],
    ids=["page", "page said to be csv", "mark and blanks", "xhtml", "comment", "piece of a page"],
)
def test_a_page_in_place_of_a_file(data: bytes, kind: str, server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(RefusedError, match="page web"):
        fetch(server.on("/a.csv", File(data, kind=kind)), tmp_path)
    assert len(server.requests) == 1


def test_a_csv_said_to_be_a_page_is_a_csv(server: Server, tmp_path: Path) -> None:
    assert content(fetch(server.on("/a.csv", File(CSV, kind="text/html")), tmp_path)) == CSV
    lower = b"<25 ans;>65 ans\n1;2\n"
    assert content(fetch(server.on("/b.csv", File(lower)), tmp_path)) == lower


def test_a_page_is_noticed_before_all_of_it_came(server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", caprice.stalled(PAGE + b" " * 4000, 9_000_000))
    with pytest.raises(RefusedError, match="page web"):
        fetch(url, tmp_path)


@pytest.mark.parametrize("name", ["a.xlsx", "a.zip", "a.7z", "a.json.gz"])
def test_another_kind_of_file_than_its_name_says(name: str, server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="n'est pas un fichier"):
        fetch(server.on(f"/{name}", File(CSV)), tmp_path)


def test_an_error_in_json_in_place_of_a_csv(server: Server, tmp_path: Path) -> None:
    answer = File(b'{"error_code": "ODSQLError"}', kind="application/json; charset=utf-8")
    with pytest.raises(RefusedError, match="JSON"):
        fetch(server.on("/a.csv", answer), tmp_path)
    assert fetch(server.on("/a.json", answer), tmp_path).bytes == 28


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_the_published_checksum_is_verified(algorithm: str, server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", File(CSV))
    good = Checksum(algorithm, digest(algorithm, CSV))
    assert content(fetch(url, tmp_path / "bon", expected=good)) == CSV
    bad = Checksum(algorithm, digest(algorithm, CSV + b"x"))
    with pytest.raises(RefusedError, match="pas celui que le producteur annonce") as caught:
        fetch(url, tmp_path / "faux", expected=bad)
    assert good.value in caught.value.what
    assert bad.value in caught.value.expected
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "checksum", [Checksum("sha1", "abc"), Checksum("crc", "0" * 8), Checksum("sha256", "z" * 64), Checksum("md5", "")]
)
def test_a_checksum_that_cannot_be_verified_is_refused(checksum: Checksum, server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="ne se vérifie pas"):
        fetch(server.on("/a.csv", File(CSV)), tmp_path, expected=checksum)
    assert server.requests == []


# --- Where it may go ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed_on_the_same_host(code: int, server: Server, tmp_path: Path) -> None:
    server.on("/a", caprice.redirect("/b?x=1#haut", code))
    server.on("/b", caprice.redirect("fichier.csv", code))
    url = server.on("/fichier.csv", File(CSV))
    fetched = fetch(server.url("/a"), tmp_path)
    assert fetched.url == fetched.state.url == url
    assert content(fetched) == CSV


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:{port}/a.csv",
        "//localhost:{port}/a.csv",
        "https://ailleurs.example/a.csv",
        "http://127.0.0.1.ailleurs.example/a.csv",
        "http://127.0.0.1@ailleurs.example/a.csv",
        "http://ailleurs.example\\@127.0.0.1:{port}/a.csv",
        "http://moi:s3cret@127.0.0.1:{port}/a.csv",
        "ftp://127.0.0.1/a.csv",
        "file:///etc/hostname",
        "http://[::1/a.csv",
        "http://127.0.0.1:99999/a.csv",
        "http://127.0.0.1:{port}/a\tb.csv",
    ],
)
def test_redirects_elsewhere_are_refused(target: str, server: Server, tmp_path: Path, pauses: list[float]) -> None:
    server.on("/a.csv", File(CSV))
    url = server.on("/depart", caprice.redirect(target.format(port=server.port)))
    with pytest.raises(RefusedError, match=r"hôte qui n'est pas permis|pas chiffrée|ne se lit pas"):
        fetch(url, tmp_path)
    assert [request.path for request in server.requests] == ["/depart"]
    assert pauses == []


def test_a_listed_host_is_allowed_and_the_message_names_the_list(server: Server, tmp_path: Path) -> None:
    server.on("/a.csv", File(CSV))
    url = server.on("/depart", caprice.redirect(server.url("/a.csv", host="localhost")))
    assert content(fetch(url, tmp_path, hosts=HERE | {"localhost"})) == CSV
    with pytest.raises(RefusedError, match="localhost") as caught:
        fetch(url, tmp_path)
    assert "127.0.0.1" in caught.value.expected
    assert "hosts" in caught.value.todo


def test_the_first_address_is_checked_too(server: Server, tmp_path: Path) -> None:
    url = server.on("/a.csv", File(CSV))
    for address, kind in (
        (url, "pas permis"),
        ("https://ailleurs.example/a.csv", "pas permis"),
        ("pas une adresse", "ne se lit pas"),
        (url.replace("//", "//moi:s3cret@"), "ne se lit pas"),
    ):
        with pytest.raises(RefusedError, match=kind):
            fetch(address, tmp_path, hosts=frozenset())
    with pytest.raises(RefusedError, match="pas chiffrée"):
        fetch(url, tmp_path, allow_http=False)
    with pytest.raises(RefusedError, match="pas chiffrée"):
        fetch("http://ailleurs.example/a.csv", tmp_path, hosts=frozenset({"ailleurs.example"}))
    assert server.requests == []


def test_a_round_of_redirects_ends(server: Server, tmp_path: Path) -> None:
    server.on("/a", caprice.redirect("/b"))
    server.on("/b", caprice.redirect("/a"))
    with pytest.raises(RefusedError, match="sans fin"):
        fetch(server.url("/a"), tmp_path)
    assert len(server.requests) == QUICK.redirects + 1


def test_the_body_of_a_redirect_is_not_read(server: Server, tmp_path: Path) -> None:
    """It may have no end."""
    server.on("/depart", caprice.stalled(b"...", 5_000_000_000, {"Location": "/a.csv"}, code=302))
    server.on("/a.csv", File(CSV))
    start = dt.datetime.now(dt.UTC)
    assert content(fetch(server.url("/depart"), tmp_path)) == CSV
    assert dt.datetime.now(dt.UTC) - start < dt.timedelta(seconds=QUICK.read)


def test_a_redirect_that_leads_nowhere_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="réponse 302"):
        fetch(server.on("/a", status(302)), tmp_path)


def test_messages_show_no_secret_of_an_address(server: Server, tmp_path: Path) -> None:
    path = "/a.csv?apikey=s3cret&X-Amz-Signature=s3cret&refine=annee%3A2024"
    with pytest.raises(RefusedError) as caught:
        fetch(server.url(path), tmp_path)
    assert caught.value.where.file == server.url("/a.csv") + "?apikey=…&X-Amz-Signature=…&refine=annee:2024"
    assert addresses.shown("https://moi:s3cret@exemple.fr:8443/a?b=c#d") == "https://exemple.fr:8443/a?b=…"
    assert addresses.shown("https://[exemple") == "(adresse illisible)"


# --- TLS and proxies ------------------------------------------------------------------------------


def test_an_authority_of_the_environment_is_trusted(
    tls: Server, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    assert content(fetch(tls.on("/a.csv", File(CSV)), tmp_path, allow_http=False)) == CSV


def test_an_unknown_authority_is_refused(tls: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises(RefusedError, match="autorité") as caught:
        fetch(tls.on("/a.csv", File(CSV)), tmp_path)
    assert "REQUESTS_CA_BUNDLE" in caught.value.todo
    assert tls.requests == []
    assert pauses == []


def test_the_certificate_of_another_host_is_refused(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with caprice.running(authority.stranger) as server:
        with pytest.raises(RefusedError, match="n'est pas celui de cette adresse"):
            fetch(server.on("/a.csv", File(CSV)), tmp_path)
        with pytest.raises(RefusedError, match="n'est pas celui de cet hôte"):
            fetch(server.url("/a.csv", host="localhost"), tmp_path, hosts=frozenset({"localhost"}))
    assert pauses == []


def test_a_server_that_does_not_speak_tls_is_refused(server: Server, tmp_path: Path, pauses: list[float]) -> None:
    with pytest.raises((RefusedError, LaterError)):
        fetch(server.on("/a.csv", File(CSV)).replace("http:", "https:"), tmp_path)
    assert server.requests == []


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), LaterError),
        (ssl.SSLZeroReturnError(6, "TLS/SSL connection has been closed"), LaterError),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), RefusedError),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), RefusedError),
    ],
)
def test_a_cut_while_greeting_passes_and_a_bad_certificate_stays(
    cause: Exception, kind: type[AtlasError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        reason = urllib3.exceptions.SSLError(cause)
        pool = urllib3.HTTPSConnectionPool("127.0.0.1")
        raise requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(pool, "/a?cle=s3cret", reason))

    monkeypatch.setattr(requests.Session, "request", refuse)
    with pytest.raises(kind, match="chiffrement"):
        fetch("https://127.0.0.1/a.csv", tmp_path)
    assert len(pauses) == (2 if kind is LaterError else 0)


def test_a_proxy_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://")
    with pytest.raises(RefusedError, match="mandataire"):
        fetch("https://producteur.example/a.csv", tmp_path, hosts=frozenset({"producteur.example"}))


def test_a_file_of_authorities_that_is_not_there(tls: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "absent.pem"))
    with pytest.raises(RefusedError, match="autorités de certification"):
        fetch(tls.on("/a.csv", File(CSV)), tmp_path / "recu")


def test_from_https_to_http_is_refused(
    tls: Server, server: Server, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    plain = server.on("/a.csv", File(CSV))
    with pytest.raises(RefusedError, match="pas chiffrée"):
        fetch(tls.on("/depart", caprice.redirect(plain)), tmp_path, allow_http=True)
    assert server.requests == []
    # The other way round is fine.
    secure = tls.on("/a.csv", File(CSV))
    assert content(fetch(server.on("/depart", caprice.redirect(secure)), tmp_path)) == CSV


def test_the_proxy_of_the_environment_is_used(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server.on("/a.csv", File(CSV))
    with caprice.running() as proxy:
        proxy.on(url, File(CSV + b"par le mandataire\n"))
        monkeypatch.setenv("HTTP_PROXY", proxy.url(""))
        assert content(fetch(url, tmp_path / "1")).endswith(b"par le mandataire\n")
        assert [request.path for request in proxy.requests] == [url]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert content(fetch(url, tmp_path / "2")) == CSV
        assert len(proxy.requests) == 1


@pytest.mark.parametrize(
    ("code", "kind", "tries"), [(407, RefusedError, 1), (403, RefusedError, 1), (502, LaterError, 3)]
)
def test_a_proxy_that_refuses(
    code: int,
    kind: type[AtlasError],
    tries: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pauses: list[float],
) -> None:
    with caprice.running() as proxy:
        proxy.on("producteur.example:443", status(code))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url("").replace("//", "//moi:s3cret@"))
        with pytest.raises(kind, match="mandataire"):
            fetch("https://producteur.example/a.csv", tmp_path, hosts=frozenset({"producteur.example"}))
        assert [(request.method, request.path) for request in proxy.requests] == [
            ("CONNECT", "producteur.example:443")
        ] * tries


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="base 2024.csv"', "base 2024.csv"),
        ("attachment; filename=base.csv; size=3", "base.csv"),
        ("attachment; filename*=UTF-8''Enqu%C3%AAte%20n%C2%B01.csv", "Enquête n°1.csv"),
        ("attachment; filename=\"secours.csv\"; filename*=iso-8859-1'fr'%E9t%E9.csv", "été.csv"),
        ('attachment; filename="Démographie.csv"'.encode().decode("latin-1"), "Démographie.csv"),
        ('attachment; filename="D\u00e9mographie.csv"', "Démographie.csv"),
        ('attachment; filename="../../etc/passwd.csv"', "passwd.csv"),
        (r'attachment; filename="..\\..\\windows\\a.csv"', "a.csv"),
        ("attachment; filename*=UTF-8''..%2F..%2Fa.csv", "a.csv"),
        ('attachment; filename="%2e%2e%2fa.csv"', "a.csv"),
        ('attachment; filename="/etc/a.csv"', "a.csv"),
        ('attachment; filename=".cache.csv"', "cache.csv"),
        ('attachment; filename="a\u202ecsv.exe"'.encode().decode("latin-1"), "acsv.exe"),
        ('attachment; filename="a:b|c?.csv"', "a_b_c_.csv"),
        ('attachment; filename=".."', "fichier"),
        ("attachment; filename*=inconnu''%E9.csv", "donnees.csv"),
        ('attachment; filename=""', "donnees.csv"),
        ("inline", "donnees.csv"),
    ],
)
def test_the_name_a_server_gives_stays_in_the_folder(header: str, name: str, server: Server, tmp_path: Path) -> None:
    url = server.on("/x/donnees.csv", File(CSV, headers={"Content-Disposition": header}))
    fetched = fetch(url, tmp_path / "recu")
    assert fetched.path == tmp_path / "recu" / name
    assert fetched.state.name == name
    assert sorted(p.name for p in tmp_path.iterdir()) == ["recu"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a%20b/%C3%A9t%C3%A9%202024.csv", "été 2024.csv"),
        ("/..%2F..%2Fa.csv", "a.csv"),
        ("/telecharger/", "telecharger"),
        ("/", "fichier"),
        ("/" + "é" * 400 + ".csv", "é" * 98 + ".csv"),
    ],
)
def test_the_name_in_an_address_stays_in_the_folder(path: str, name: str, server: Server, tmp_path: Path) -> None:
    quoted = path if path.isascii() else path.replace("é", "%C3%A9")
    server.on(quoted, File(CSV))
    fetched = fetch(server.url(path), tmp_path / "recu")
    assert fetched.path == tmp_path / "recu" / name


def test_a_name_is_never_a_folder() -> None:
    for text in ("..", ".", "", "/", "a/", "a/..", "\\..", " . ", "\x00", "..\u200b"):
        assert addresses.safe_name(text) == "fichier", text
    assert addresses.url_name("https://a.fr/x/%2e%2e") == "fichier"


def test_the_name_of_the_asked_address_where_the_last_has_none(server: Server, tmp_path: Path) -> None:
    server.on("/objet/8f3a", File(CSV))
    server.on("/base.csv", caprice.redirect("/objet/8f3a"))
    assert fetch(server.url("/base.csv"), tmp_path).state.name == "base.csv"
    assert fetch(server.url("/base.csv"), tmp_path, name="../choisi.csv").state.name == "choisi.csv"


# --- Vintages and resources -----------------------------------------------------------------------


def access(limits: Limits = QUICK) -> Access:
    return Access(limits, HERE, WHERE, allow_http=True)


def a_file(server: Server, path: str, data: bytes, **more: Any) -> dict[str, Any]:
    """A resource as data.gouv.fr describes one, that the server has."""
    server.on(path, File(data, etag=f'"{sha256(data)[:8]}"'))
    return {
        "id": "0b1",
        "title": path.rsplit("/", 1)[-1],
        "filetype": "file",
        "format": "csv",
        "url": server.url(path),
        "latest": server.url("/latest"),
        "filesize": len(data),
        "checksum": {"type": "sha1", "value": sha1(data)},
        "last_modified": "2024-05-02T08:00:00.000000+00:00",
    } | more


def dataset(server: Server, *found: dict[str, Any]) -> None:
    server.on("/api/1/datasets/bmo/", caprice.json_of(json.dumps({"slug": "bmo", "resources": found})))


def block(**given: Any) -> Fetch:
    adapter: TypeAdapter[Fetch] = TypeAdapter(Fetch)
    return adapter.validate_python(given)


def bmo(server: Server, **more: Any) -> Fetch:
    files = [{"pattern": r"Base_BMO_(?P<millesime>\d{4})\.csv"}]
    return block(type="data_gouv", dataset="bmo", api=server.url("/api/1"), files=more.pop("files", files), **more)


PATTERN = {"0": re.compile(r"base_bmo_(?P<millesime>\d{4})\.csv", re.IGNORECASE)}


def test_the_resources_of_a_dataset(server: Server) -> None:
    dataset(
        server,
        a_file(server, "/r/Base_BMO_2024.csv", CSV),
        a_file(server, "/r/8f3a", CSV, title="Base_BMO_2023.csv", filetype="remote", checksum=None, last_modified=None),
        a_file(server, "/r/lisez-moi.pdf", CSV),
        a_file(server, "/r/Base_BMO_2022.csv.zip", CSV),
        {"title": "Base_BMO_2021.csv", "url": None, "latest": None},
    )
    found = data_gouv.resources("bmo", PATTERN, access(), api=server.url("/api/1"))
    published = sha1(CSV)
    assert found == [
        Resource(
            "0",
            "",
            2024,
            "Base_BMO_2024.csv",
            server.url("/r/Base_BMO_2024.csv"),
            modified=dt.datetime(2024, 5, 2, 8, tzinfo=dt.UTC),
            checksum=Checksum("sha1", published),
            bytes=len(CSV),
            version=f"sha1:{published}",
        ),
        Resource("0", "", 2023, "Base_BMO_2023.csv", server.url("/r/8f3a")),
    ]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ({"type": "sha1", "value": " ABC "}, Checksum("sha1", "abc")),
        ({"type": "SHA-256", "value": "a" * 64}, Checksum("sha256", "a" * 64)),
        ({"type": "sha2", "value": "a" * 64}, Checksum("sha256", "a" * 64)),
        ({"type": "md5", "value": "b" * 32}, Checksum("md5", "b" * 32)),
        ({"type": "crc", "value": "c"}, None),
        ({"type": "sha1", "value": ""}, None),
        (None, None),
        ("abc", None),
    ],
)
def test_published_checksums(published: Any, expected: Checksum | None, server: Server) -> None:
    dataset(server, a_file(server, "/r/Base_BMO_2024.csv", CSV, checksum=published))
    assert data_gouv.resources("bmo", PATTERN, access(), api=server.url("/api/1"))[0].checksum == expected


def test_of_several_files_of_a_vintage_the_newest_by_its_producer(server: Server) -> None:
    for order in (1, -1):
        listed = [
            a_file(server, "/r/1/Base_BMO_2024.csv", b"a", last_modified="2024-05-02T08:00:00+00:00"),
            a_file(server, "/r/2/Base_BMO_2024.csv", b"b", last_modified="2024-11-02T08:00:00+01:00"),
            a_file(server, "/r/3/Base_BMO_2024.csv", b"c", last_modified="2024-11-02T07:30:00+00:00"),
            a_file(server, "/r/4/Base_BMO_2024.csv", b"d", last_modified=None),
            a_file(server, "/r/5/Base_BMO_2023.csv", b"e", last_modified="2025-01-01T00:00:00+00:00"),
        ]
        dataset(server, *listed[::order])
        picked = data_gouv.offer("bmo", PATTERN, 2024, access(), api=server.url("/api/1"))
        assert [r.url for r in picked] == [server.url("/r/3/Base_BMO_2024.csv")]


def test_two_files_that_nothing_tells_apart_are_refused(server: Server) -> None:
    dataset(server, *[a_file(server, f"/r/{n}/Base_BMO_2024.csv", b"a") for n in (1, 2)])
    with pytest.raises(RefusedError, match="sans date qui les départage") as caught:
        data_gouv.offer("bmo", PATTERN, 2024, access(), api=server.url("/api/1"))
    told(caught.value)
    assert [year for year, _ in declared.offers(bmo(server), "bmo", allow_http=True)] == [2024]


def test_a_vintage_that_is_not_there(server: Server) -> None:
    dataset(server, *[a_file(server, f"/r/Base_BMO_{year}.csv", b"a") for year in (2022, 2023)])
    with pytest.raises(RefusedError, match="pour ce millésime") as caught:
        data_gouv.offer("bmo", PATTERN, 2024, access(), api=server.url("/api/1"))
    assert caught.value.expected.endswith("2022, 2023")
    told(caught.value)


def test_a_pattern_that_takes_no_year_is_refused(server: Server) -> None:
    dataset(server, a_file(server, "/r/Base_BMO_24.csv", CSV))
    with pytest.raises(RefusedError, match="« 24 » comme millésime") as caught:
        data_gouv.resources(
            "bmo", {"0": re.compile(r"Base_BMO_(?P<millesime>\d+)\.csv")}, access(), api=server.url("/api/1")
        )
    told(caught.value)


@pytest.mark.parametrize("answer", ['{"message": "ok"}', "[]", '{"resources": {}}'])
def test_an_interface_that_answers_something_else(answer: str, server: Server) -> None:
    server.on("/api/1/datasets/bmo/", caprice.json_of(answer))
    with pytest.raises(RefusedError, match="resources") as caught:
        data_gouv.resources("bmo", PATTERN, access(), api=server.url("/api/1"))
    told(caught.value)


def test_an_interface_that_answers_too_much(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset(server, a_file(server, "/r/Base_BMO_2024.csv", CSV))
    small = access(replace(QUICK, bytes=10))  # the cap of files says nothing of what lists them
    assert data_gouv.resources("bmo", PATTERN, small, api=server.url("/api/1"))
    monkeypatch.setattr(transfer, "ANSWER", 100)
    with pytest.raises(RefusedError, match="taille permise"):
        data_gouv.resources("bmo", PATTERN, access(), api=server.url("/api/1"))


def test_an_interface_that_fails(server: Server, pauses: list[float]) -> None:
    url = "/api/1/datasets/bmo/"
    for behaviour, kind, words in (
        (caprice.json_of("{"), RefusedError, "pas du JSON"),
        (File(PAGE, kind="text/html"), RefusedError, "page web"),
        (status(404), RefusedError, "réponse 404"),
        (status(503), LaterError, "Réponse 503"),
    ):
        server.on(url, behaviour)
        with pytest.raises(kind, match=words) as caught:
            data_gouv.resources("bmo", PATTERN, access(), api=server.url("/api/1"))
        told(caught.value)
        assert caught.value.where.file == server.url(url)


def test_other_groups_tell_apart_the_files_of_a_vintage() -> None:
    pattern = re.compile(r"(?P<profession>Medecin|Dentiste)_(?P<millesime>\d{4})\.csv", re.IGNORECASE)
    found = []
    for rank, label in enumerate(["medecin_2024.csv", "Dentiste_2024.csv", "Medecin_2024.csv", "Medecin_2023.csv"]):
        seen = resources.recognise(pattern, [label], WHERE)
        assert seen
        when = dt.datetime(2024, 1, 1 + rank, tzinfo=dt.UTC)
        found.append(Resource("0", seen.variant, seen.millesime, label, f"https://exemple.fr/{rank}", modified=when))
    assert [r.label for r in resources.newest(found, 2024)] == ["Dentiste_2024.csv", "Medecin_2024.csv"]
    assert resources.vintages(found, ["0"]) == [2023, 2024]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-02T08:00:00Z", dt.datetime(2024, 5, 2, 8, tzinfo=dt.UTC)),
        ("2024-05-02T10:00:00+02:00", dt.datetime(2024, 5, 2, 8, tzinfo=dt.UTC)),
        ("2024-05-02", dt.datetime(2024, 5, 2, tzinfo=dt.UTC)),
        ("hier", None),
        (None, None),
        (17, None),
    ],
)
def test_dates_of_interfaces(text: Any, expected: dt.datetime | None) -> None:
    assert resources.date(text) == expected


HOME = "/api/explore/v2.1/catalog/datasets/"


def ods_dataset(server: Server, name: str, processed: str, years: tuple[str, ...], title: str = "Parcoursup") -> None:
    metas = {"title": title, "modified": "2025-01-10T10:00:00+00:00", "data_processed": processed}
    server.on(HOME + name, caprice.json_of(json.dumps({"dataset_id": name, "metas": {"default": metas}})))
    values = [{"name": y, "value": y, "count": 3, "state": "displayed"} for y in years]
    facets = [{"name": "region", "facets": []}, {"name": "session", "facets": values}]
    server.on(f"{HOME}{name}/facets", caprice.json_of(json.dumps({"links": [], "facets": facets})))

    def export(exchange: caprice.Exchange) -> None:
        asked = parse_qs(urlsplit(exchange.path).query)
        year = re.search(r"\d{4}", asked.get("refine", ["0000"])[0])
        data = f"session;capacite\n{year[0] if year else ''};12\n".encode()
        exchange.head(200, {"Content-Type": "text/csv", "Content-Length": str(len(data))})
        exchange.body(data)

    server.on(f"{HOME}{name}/exports/csv", export)


def parcoursup(server: Server, **more: Any) -> Fetch:
    files = [{"kind": "export", "dataset": "fr-esr-parcoursup", "field": "session"} | more.pop("file", {})]
    return block(type="opendatasoft", portal=server.url(""), files=files, **more)


def test_the_exports_of_a_dataset_by_year(server: Server, tmp_path: Path) -> None:
    ods_dataset(server, "fr-esr-parcoursup", "2025-02-01T00:00:00+00:00", ("2025", "2024", "n.d."))
    here = parcoursup(server, file={"select": "session, capa_fin", "order_by": "cod_aff_form"})
    assert [year for year, _ in declared.offers(here, "bmo", allow_http=True)] == [2024, 2025]
    brought = declared.download(here, "bmo", 2024, tmp_path, allow_http=True)
    assert [path.name for path in brought.files] == ["fr-esr-parcoursup_2024.csv"]
    assert brought.files[0].read_bytes() == b"session;capacite\n2024;12\n"
    asked = parse_qs(urlsplit(server.asked(f"{HOME}fr-esr-parcoursup/exports/csv")[0].path).query)
    assert asked == {
        "delimiter": [";"],
        "with_bom": ["false"],
        "select": ["session, capa_fin"],
        "order_by": ["cod_aff_form"],
        "refine": ['session:"2024"'],
    }


def test_an_export_is_asked_again_only_when_the_dataset_changed(server: Server, tmp_path: Path) -> None:
    """An export has neither tag nor date: the dataset's dates stand for them."""
    here, export = parcoursup(server), f"{HOME}fr-esr-parcoursup/exports/csv"
    ods_dataset(server, "fr-esr-parcoursup", "2025-02-01T00:00:00+00:00", ("2024",))
    first = declared.download(here, "bmo", 2024, tmp_path / "1", allow_http=True)
    again = declared.download(here, "bmo", 2024, tmp_path / "2", first.states, allow_http=True)
    assert again.unchanged
    assert again.states == first.states
    assert len(server.asked(export)) == 1
    ods_dataset(server, "fr-esr-parcoursup", "2025-03-01T00:00:00+00:00", ("2024",))
    changed = declared.download(here, "bmo", 2024, tmp_path / "3", first.states, allow_http=True)
    assert not changed.unchanged
    assert len(server.asked(export)) == 2
    assert [s.version for s in changed.states.values()] == ["2025-01-10T10:00:00+00:00 2025-03-01T00:00:00+00:00"]


def test_a_field_that_is_no_facet_is_refused(server: Server) -> None:
    ods_dataset(server, "fr-esr-parcoursup", "2025-02-01", ("2024",))
    with pytest.raises(RefusedError, match="n'est pas un critère") as caught:
        declared.offers(parcoursup(server, file={"field": "annee"}), "bmo", allow_http=True)
    assert caught.value.expected == "l'un de : region, session"


def test_a_whole_dataset_whose_title_tells_the_vintage(server: Server, tmp_path: Path) -> None:
    ods_dataset(server, "la-demographie", "2025-02-01", (), title="La démographie des professionnels, 2012 à 2025")
    file = {"dataset": "la-demographie", "field": None, "pattern": r".*, 2012 à (?P<millesime>\d{4})"}
    here = parcoursup(server, file=file)
    assert [year for year, _ in declared.offers(here, "bmo", allow_http=True)] == [2025]
    brought = declared.download(here, "bmo", 2025, tmp_path, allow_http=True)
    assert "refine" not in server.requests[-1].path
    assert [path.name for path in brought.files] == ["la-demographie_2025.csv"]


def seven(files: dict[str, bytes], password: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return buffer.getvalue()


def test_the_archives_attached_to_a_dataset(server: Server, tmp_path: Path) -> None:
    """The shape of the SAE: one .7z a year, with the tables in folders, under an identifier without a suffix."""
    base = "SAE 2023 Bases statistiques - formats SAS-CSV/Bases statistiques/Bases CSV"
    packed = seven(
        {f"{base}/ID_2023r.csv": b"fi;rs\n1;a\n", f"{base}/Q24_2023r.csv": b"FI;DISCI\n1;2\n", "Lisez-moi.txt": b"x"}
    )
    listed = [
        {
            "href": server.url(f"{HOME}708_sae/attachments/sae_{year}_bases_statistiques_formats_sas_csv_7z"),
            "metas": {
                "id": f"sae_{year}_bases_statistiques_formats_sas_csv_7z",
                "title": f"SAE {year} Bases statistiques - formats SAS-CSV.7z",
            },
        }
        for year in (2022, 2023)
    ]
    listed.append({"href": server.url("/x"), "metas": {"id": "aide_au_remplissage", "title": "Aide"}})
    server.on(f"{HOME}708_sae/attachments", caprice.json_of(json.dumps({"attachments": listed})))
    name = 'attachment; filename="SAE 2023 Bases statistiques - formats SAS-CSV.7z"'
    server.on(urlsplit(str(listed[1]["href"])).path, File(packed, headers={"Content-Disposition": name}))
    here = block(
        type="opendatasoft",
        portal=server.url(""),
        files=[
            {
                "kind": "attachment",
                "dataset": "708_sae",
                "pattern": r"sae_(?P<millesime>\d{4})_bases_statistiques_formats_sas_csv_7z",
            }
        ],
    )
    assert [year for year, _ in declared.offers(here, "bmo", allow_http=True)] == [2022, 2023]
    brought = declared.download(here, "bmo", 2023, tmp_path / "recu", allow_http=True)
    # As the producer packed it: what is inside is taken out by `packed`, deposited or downloaded.
    assert [path.name for path in brought.files] == ["SAE 2023 Bases statistiques - formats SAS-CSV.7z"]
    assert brought.files[0].read_bytes() == packed
    assert sorted((tmp_path / "recu").iterdir()) == list(brought.files)
    again = declared.download(here, "bmo", 2023, tmp_path / "encore", brought.states, allow_http=True)
    assert again.unchanged
    assert list((tmp_path / "encore").iterdir()) == []


def test_addresses_written_out(server: Server, tmp_path: Path) -> None:
    server.on("/fichier/8721456/pop-{millesime}.xlsx".replace("{millesime}", "2025"), File(b"PK\x03\x04x"))
    server.on("/fichier/77/ancien-24.csv", File(CSV))
    server.on("/notice.txt", File(b"notice"))
    here = block(
        type="web",
        files=[
            {"url": server.url("/fichier/8721456/pop-{millesime}.xlsx"), "millesimes": [2025, 2026]},
            {"url": server.url("/fichier/77/ancien-{aa}.csv"), "millesimes": [2024], "name": "pop-{millesime}.csv"},
            {"url": server.url("/notice.txt"), "optional": True},
        ],
    )
    assert [(year, len(found)) for year, found in declared.offers(here, "bmo", allow_http=True)] == [
        (2024, 2),
        (2025, 2),
        (2026, 2),
    ]
    assert server.requests == []
    for year, names in ((2024, ["notice.txt", "pop-2024.csv"]), (2025, ["notice.txt", "pop-2025.xlsx"])):
        brought = declared.download(here, "bmo", year, tmp_path / str(year), allow_http=True)
        assert [path.name for path in brought.files] == names
    with pytest.raises(RefusedError, match="réponse 404"):
        declared.download(here, "bmo", 2026, tmp_path / "2026", allow_http=True)
    assert list((tmp_path / "2026").iterdir()) == []
    one = {"0": [web.Address(server.url("/{millesime}/a-{aa}.csv"), (2023,))]}
    assert [r.url for r in web.offer(one, 2023, access())] == [server.url("/2023/a-23.csv")]
    with pytest.raises(RefusedError, match="pour ce millésime"):
        web.offer(one, 2024, access())


# --- A block of the catalogue ---------------------------------------------------------------------


def test_a_download_by_the_catalogue(server: Server, tmp_path: Path) -> None:
    files = [
        {"pattern": r"Base_BMO_(?P<millesime>\d{4})\.csv"},
        {"pattern": r"bassin_emploi\.csv"},
        {"pattern": r"Notice_(?P<millesime>\d{4})\.pdf", "optional": True},
    ]
    here = bmo(server, files=files, since=2023)
    dataset(
        server,
        *[a_file(server, f"/r/Base_BMO_{year}.csv", b"%d\n" % year) for year in (2022, 2023, 2024)],
        a_file(server, "/r/bassin_emploi.csv", b"commune;bassin\n"),
        a_file(server, "/r/Notice_2024.pdf", b"%PDF"),
        a_file(server, "/r/Notice_2019.pdf", b"%PDF"),
    )
    offered = declared.offers(here, "bmo", allow_http=True)
    assert [(year, [r.label for r in found]) for year, found in offered] == [
        (2023, ["Base_BMO_2023.csv", "bassin_emploi.csv"]),
        (2024, ["Base_BMO_2024.csv", "bassin_emploi.csv", "Notice_2024.pdf"]),
    ]
    brought = declared.download(here, "bmo", 2024, tmp_path, allow_http=True)
    assert {path.name: path.read_bytes() for path in brought.files} == {
        "Base_BMO_2024.csv": b"2024\n",
        "Notice_2024.pdf": b"%PDF",
        "bassin_emploi.csv": b"commune;bassin\n",
    }
    assert sorted(p.name for p in tmp_path.iterdir()) == [p.name for p in brought.files]
    dataset(server, a_file(server, "/r/Base_BMO_2024.csv", b"2024\n"))
    with pytest.raises(RefusedError, match="bassin_emploi") as caught:
        declared.download(here, "bmo", 2024, tmp_path, allow_http=True)
    told(caught.value)


def test_one_changed_file_brings_all_of_them(server: Server, tmp_path: Path) -> None:
    files = [{"pattern": r"(?P<quoi>A|B)_(?P<millesime>\d{4})\.csv"}]
    here = bmo(server, files=files)

    def publish(a: bytes, b: bytes, **more: Any) -> None:
        dataset(server, a_file(server, "/A_2024.csv", a, **more), a_file(server, "/B_2024.csv", b, **more))

    publish(b"a\n", b"b\n")
    first = declared.download(here, "bmo", 2024, tmp_path / "1", allow_http=True)
    asked = len(server.requests)
    same = declared.download(here, "bmo", 2024, tmp_path / "2", first.states, allow_http=True)
    assert same.unchanged
    assert len(server.requests) == asked + 1  # the published checksums say it: no file is asked
    publish(b"a\n", b"b2\n")
    changed = declared.download(here, "bmo", 2024, tmp_path / "3", first.states, allow_http=True)
    assert [path.read_bytes() for path in changed.files] == [b"a\n", b"b2\n"]
    # Without a checksum, the servers are asked under condition, with the same outcome.
    publish(b"a\n", b"b\n", checksum=None)
    bare = declared.download(here, "bmo", 2024, tmp_path / "4", allow_http=True)
    assert declared.download(here, "bmo", 2024, tmp_path / "5", bare.states, allow_http=True).unchanged
    assert "if-none-match" in server.requests[-1].headers
    publish(b"a\n", b"b3\n", checksum=None)
    once = declared.download(here, "bmo", 2024, tmp_path / "6", bare.states, allow_http=True)
    assert [path.read_bytes() for path in once.files] == [b"a\n", b"b3\n"]
    # A file more, or less, is a change too.
    dataset(server, a_file(server, "/A_2024.csv", b"a\n"))
    fewer = declared.download(here, "bmo", 2024, tmp_path / "7", changed.states, allow_http=True)
    assert not fewer.unchanged
    assert [path.name for path in fewer.files] == ["A_2024.csv"]


def test_a_new_checksum_is_believed_before_a_cache(server: Server, tmp_path: Path) -> None:
    """The portal says that the bytes changed; a cache between still says that they didn't."""
    here = bmo(server)
    dataset(server, a_file(server, "/Base_BMO_2024.csv", CSV))
    first = declared.download(here, "bmo", 2024, tmp_path / "1", allow_http=True)
    dataset(server, a_file(server, "/Base_BMO_2024.csv", CSV + b"1;1\n"))
    server.on("/Base_BMO_2024.csv", File(CSV, etag=next(iter(first.states.values())).etag))
    with pytest.raises(RefusedError, match="pas celui que le producteur annonce"):
        declared.download(here, "bmo", 2024, tmp_path / "2", first.states, allow_http=True)
    assert list((tmp_path / "2").iterdir()) == []


def test_a_host_that_the_catalogue_does_not_list_is_refused(server: Server, tmp_path: Path) -> None:
    dataset(server, a_file(server, "/Base_BMO_2024.csv", CSV, url=server.url("/Base_BMO_2024.csv", host="localhost")))
    with pytest.raises(RefusedError, match="localhost"):
        declared.download(bmo(server), "bmo", 2024, tmp_path, allow_http=True)
    listed = bmo(server, hosts=["localhost"])
    assert declared.download(listed, "bmo", 2024, tmp_path, allow_http=True).files


def test_the_size_cap_of_the_catalogue(server: Server, tmp_path: Path) -> None:
    dataset(server, a_file(server, "/Base_BMO_2024.csv", bytes(range(256)) * 5000))
    with pytest.raises(RefusedError, match="max_mb"):
        declared.download(bmo(server, max_mb=1), "bmo", 2024, tmp_path, allow_http=True)


def test_two_files_of_the_same_name_are_refused(server: Server, tmp_path: Path) -> None:
    files = [{"pattern": r"(?P<quoi>A|B)_(?P<millesime>\d{4})\.csv", "name": "base.csv"}]
    dataset(server, a_file(server, "/A_2024.csv", b"a\n"), a_file(server, "/B_2024.csv", b"b\n"))
    with pytest.raises(RefusedError, match=r"même nom : « base\.csv »") as caught:
        declared.download(bmo(server, files=files), "bmo", 2024, tmp_path, allow_http=True)
    told(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_plain_http_needs_to_be_asked_for(server: Server, tmp_path: Path) -> None:
    dataset(server, a_file(server, "/Base_BMO_2024.csv", CSV))
    with pytest.raises(RefusedError, match="pas chiffrée"):
        declared.offers(bmo(server), "bmo")
    with pytest.raises(RefusedError, match="pas chiffrée"):
        declared.download(bmo(server), "bmo", 2024, tmp_path)
    assert server.requests == []


@pytest.mark.parametrize(
    "given",
    [
        {"type": "ftp"},
        {"type": "data_gouv", "dataset": "bmo", "files": []},
        {"type": "data_gouv", "dataset": "a/../b", "files": [{"pattern": r"(?P<millesime>\d{4})"}]},
        {"type": "data_gouv", "dataset": "bmo", "files": [{"pattern": "("}]},
        {"type": "data_gouv", "dataset": "bmo", "files": [{"pattern": "sans millesime"}]},
        {"type": "data_gouv", "dataset": "bmo", "files": [{"pattern": r"(?P<millesime>\d{4})", "optional": True}]},
        {"type": "data_gouv", "dataset": "bmo", "files": [{"pattern": r"(?P<millesime>\d{4})", "members": "x"}]},
        {"type": "data_gouv", "dataset": "bmo", "hosts": ["https://a.fr"], "files": [{"pattern": "(?P<millesime>a)"}]},
        {"type": "data_gouv", "dataset": "bmo", "max_mb": 0, "files": [{"pattern": r"(?P<millesime>\d{4})"}]},
        {"type": "data_gouv", "dataset": "bmo", "inconnu": 1, "files": [{"pattern": r"(?P<millesime>\d{4})"}]},
        {"type": "data_gouv", "dataset": "b", "api": "http://a.fr", "files": [{"pattern": r"(?P<millesime>\d{4})"}]},
        {"type": "opendatasoft", "portal": "http://a.fr", "files": [{"kind": "export", "dataset": "a"}]},
        {"type": "opendatasoft", "portal": "https://m:p@a.fr", "files": [{"kind": "export", "dataset": "a"}]},
        {"type": "opendatasoft", "portal": "https://a.fr", "files": [{"dataset": "a"}]},
        {"type": "web", "files": [{"url": "https://a.fr/b.csv"}]},
        {"type": "web", "files": [{"url": "http://a.fr/b.csv", "millesimes": [2024]}]},
    ],
)
def test_a_block_that_is_not_well_formed(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        block(**given)


def test_a_block_is_read_as_the_catalogue_writes_it() -> None:
    here = block(
        type="data_gouv",
        dataset="enquete-besoins-en-main-doeuvre-bmo",
        hosts=["static.data.gouv.fr"],
        max_mb=50,
        files=[{"pattern": r"Base_open_data_BMO_(?P<millesime>\d{4})\.xlsx"}, {"pattern": r"bassin_emploi\.csv"}],
    )
    assert isinstance(here, DataGouv)
    found = declared._access(here, WHERE, allow_http=False)
    assert found.hosts == {"www.data.gouv.fr", "static.data.gouv.fr"}
    assert found.limits == replace(Limits(), bytes=50_000_000, total=3600)


def test_reading_the_catalogue_loads_no_client() -> None:
    code = (
        "import sys; import pipelines.catalogue; "
        "print(*{m.split('.')[0] for m in sys.modules} & {'requests', 'urllib3', 'py7zr', 'tenacity'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_what_was_received_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "2024" / "recu.json"
    assert declared.load(path) is None
    states = {"https://a.fr/é.csv": State("https://b.fr/é.csv", "é.csv", 3, "abc", '"v1"', LONG_AGO, "sha1:1")}
    declared.save(path, 2, states)
    assert declared.load(path) == (2, states)
    declared.save(path, 3, {})
    assert declared.load(path) == (3, {})
    assert [p.name for p in path.parent.iterdir()] == ["recu.json"]
    for damaged in ("", "{", "[]", '{"revision": 1}', '{"revision": 1, "fichiers": {"u": {"url": 1}}}'):
        path.write_text(damaged, encoding="utf-8")
        assert declared.load(path) is None


def test_changed_bytes_under_a_label_are_a_new_revision(server: Server, tmp_path: Path) -> None:
    """From the portal to the archive: the first bytes stay, the new ones stand beside them."""
    here, source = bmo(server), catalogue.load("bmo")
    archived, states = [], None
    for rank, data in enumerate((b"1\n", b"1\n", b"2\n")):
        dataset(server, a_file(server, "/Base_BMO_2024.csv", data))
        brought = declared.download(here, "bmo", 2024, tmp_path / str(rank), states, allow_http=True)
        states = brought.states
        if not brought.unchanged:
            archived.append(landing.archive(tmp_path / "landing", source, Offer("bmo", 2024, brought.files, False)))
    assert [(landed.revision, landed.new) for landed in archived] == [(1, True), (2, True)]
    assert [(landed.folder(tmp_path / "landing") / "Base_BMO_2024.csv").read_bytes() for landed in archived] == [
        b"1\n",
        b"2\n",
    ]


# --- Archives -------------------------------------------------------------------------------------


ALL = re.compile(r".*\.csv")
SMALL = archives.Caps(members=20, bytes=5_000_000, ratio=100)


def zipped(files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(info)
            archive.writestr(info, data)
    return buffer.getvalue()


def extract(
    data: bytes, tmp_path: Path, wanted: re.Pattern[str] = ALL, limits: archives.Caps = SMALL
) -> dict[str, bytes]:
    """Extracts, and looks that nothing is written where it shouldn't, nor left half-made."""
    path, folder = tmp_path / "archive", tmp_path / "dedans"
    path.write_bytes(data)
    try:
        found = archives.extract(path, folder, wanted, limits, where=WHERE)
    except AtlasError as error:
        told(error)
        assert not folder.exists() or list(folder.iterdir()) == []
        assert sorted(p.name for p in tmp_path.iterdir() if p != folder) == ["archive"]
        raise
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "dedans"]
    assert sorted(folder.iterdir()) == found
    assert all(stat.S_ISREG(p.lstat().st_mode) for p in found)
    return {p.name: p.read_bytes() for p in found}


@pytest.mark.parametrize("pack", [zipped, seven], ids=["zip", "7z"])
def test_only_the_wanted_members_are_written(pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path) -> None:
    data = pack({"Bases CSV/ID_2023r.csv": CSV, "Bases SAS/ID_2023r.sas": b"x", "b/vide.csv": b"", "c/Été.csv": b"e"})
    assert extract(data, tmp_path) == {"ID_2023r.csv": CSV, "vide.csv": b"", "Été.csv": b"e"}


@pytest.mark.parametrize("pack", [zipped, seven], ids=["zip", "7z"])
def test_a_pattern_with_a_folder(pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path) -> None:
    data = pack({"r/ID.csv": b"redressee", "a/ID.csv": b"administrative"})
    assert extract(data, tmp_path, re.compile(r"r/.*\.csv")) == {"ID.csv": b"redressee"}


@pytest.mark.parametrize("pack", [zipped, seven], ids=["zip", "7z"])
def test_two_wanted_members_of_one_name(pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="contiennent le même fichier"):
        extract(pack({"r/ID.csv": b"r", "a/ID.csv": b"a"}), tmp_path)


@pytest.mark.parametrize("pack", [zipped, seven], ids=["zip", "7z"])
def test_no_wanted_member(pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"aucun des fichiers attendus.*a\.txt"):
        extract(pack({"a.txt": b"a"}), tmp_path)


def renamed(data: bytes, old: str, new: str) -> bytes:
    """A .7z whose header, not compressed, says another name of the same length."""
    offset, size = struct.unpack("<QQ", data[12:28])
    header = data[32 + offset : 32 + offset + size]
    assert old.encode("utf-16-le") in header
    header = header.replace(old.encode("utf-16-le"), new.encode("utf-16-le"))
    start = data[12:28] + struct.pack("<I", zlib.crc32(header))
    return data[:8] + struct.pack("<I", zlib.crc32(start)) + start + data[32 : 32 + offset] + header


def plain_seven(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.set_encoded_header_mode(False)
        for name, data in files.items():
            archive.writestr(data, name)
    return buffer.getvalue()


OUTSIDE = ["../xx.csv", "/abs/x.csv", "a/../../x.csv", "C:\\xx.csv", "..\\xx.csv", "a/b\n.csv", "sous/dos/.."]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_member_of_a_zip_outside_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="hors de son dossier"):
        extract(zipped({"bon.csv": b"a", name: b"b"}), tmp_path)


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_member_of_a_7z_outside_the_folder(name: str, tmp_path: Path) -> None:
    filler = "n" * len(name)
    with pytest.raises(RefusedError, match="hors de son dossier"):
        extract(renamed(plain_seven({"bon.csv": b"a", filler: b"b"}), filler, name), tmp_path)


def test_a_renamed_7z_is_otherwise_sound(tmp_path: Path) -> None:
    assert extract(renamed(plain_seven({"bon.csv": b"a"}), "bon.csv", "mal.csv"), tmp_path) == {"mal.csv": b"a"}


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        if info.filename.startswith("lien"):
            info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    with pytest.raises(RefusedError, match="lien"):
        extract(zipped({"bon.csv": b"a", "lien.csv": b"../../secret"}, link), tmp_path)


def test_a_link_in_a_7z(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "bon.csv").write_bytes(b"a")
    (source / "lien.csv").symlink_to("bon.csv")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writeall(source, "dossier")
    (tmp_path / "ici").mkdir()
    with pytest.raises(RefusedError, match="lien"):
        extract(buffer.getvalue(), tmp_path / "ici")


def test_too_many_members(tmp_path: Path) -> None:
    files = {f"{n}.csv": b"a" for n in range(21)}
    for data in (zipped(files), seven(files)):
        with pytest.raises(RefusedError, match="21 membres"):
            extract(data, tmp_path)


def test_too_large_once_decompressed(tmp_path: Path) -> None:
    files = {"a.csv": os.urandom(300_000), "b.csv": os.urandom(300_000)}
    for name, data in (("zip", zipped(files)), ("7z", seven(files))):
        (folder := tmp_path / name).mkdir()
        with pytest.raises(RefusedError, match="une fois décompressée"):
            extract(data, folder, limits=replace(SMALL, bytes=599_999))
        assert extract(data, folder, limits=replace(SMALL, bytes=600_000)) == files


def test_a_ratio_that_no_table_has(tmp_path: Path) -> None:
    files = {"a.csv": bytes(60_000_000)}
    for data in (zipped(files), seven(files)):
        with pytest.raises(RefusedError, match="fois sa taille"):
            extract(data, tmp_path, limits=replace(SMALL, bytes=100_000_000))


def test_a_dictionary_that_needs_too_much_memory(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="mémoire"):
        extract(seven({"a.csv": CSV}), tmp_path, limits=replace(SMALL, memory=100_000))


def central(data: bytes, **fields: int) -> bytes:
    """A zip whose directory says other sizes of its first member."""
    at = data.index(b"PK\x01\x02")
    places = {"flags": (8, "<H"), "packed": (20, "<I"), "size": (24, "<I"), "crc": (16, "<I")}
    changed = bytearray(data)
    for name, value in fields.items():
        place, form = places[name]
        struct.pack_into(form, changed, at + place, value)
    return bytes(changed)


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: central(d, size=10),
        lambda d: central(d, size=len(CSV) + 10),
        lambda d: central(d, crc=1),
        lambda d: d[: len(d) // 2],
        lambda d: d[:-30],
        lambda d: d[:200] + bytes(200) + d[400:],
        lambda d: b"PK\x03\x04" + bytes(100),
    ],
    ids=["declares less", "declares more", "crc", "half", "no end", "hole", "nothing"],
)
def test_a_damaged_zip(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="abîmée"):
        extract(damage(zipped({"a.csv": CSV})), tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d[: len(d) // 2],
        lambda d: d[:-5],
        lambda d: d[:60] + bytes(60) + d[120:],
        lambda d: d[:6] + bytes(100),
        lambda d: d[:6],
        lambda d: d[:12] + b"\xff" * 16 + d[28:],
    ],
    ids=["half", "end", "hole", "nothing", "signature", "offsets"],
)
def test_a_damaged_7z(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="abîmée"):
        extract(damage(seven({"a.csv": CSV})), tmp_path)


def test_every_byte_of_a_small_archive_may_be_wrong(tmp_path: Path) -> None:
    """Whatever byte is damaged, the content comes out whole or the archive is refused with a sentence."""
    for data in (zipped({"a.csv": b"a;b\n1;2\n" * 20}), seven({"a.csv": b"a;b\n1;2\n" * 20})):
        outcomes = set()
        for place in range(len(data)):
            changed = bytearray(data)
            changed[place] ^= 0xFF
            try:
                found = extract(bytes(changed), tmp_path, re.compile(".*", re.DOTALL))
            except RefusedError:
                outcomes.add("refus")
            else:
                assert set(found.values()) <= {b"a;b\n1;2\n" * 20, b""}
                outcomes.add("lu")
                for path in (tmp_path / "dedans").iterdir():
                    path.unlink()
        assert "refus" in outcomes


def test_an_archive_of_empty_files(tmp_path: Path) -> None:
    for data in (zipped({"a.csv": b""}), seven({"a.csv": b""})):
        assert extract(data, tmp_path) == {"a.csv": b""}


def test_archives_under_a_password(tmp_path: Path) -> None:
    for data in (central(zipped({"a.csv": CSV}), flags=1), seven({"a.csv": CSV}, password="s3cret")):  # noqa: S106
        with pytest.raises(RefusedError, match="mot de passe"):
            extract(data, tmp_path)


def tarred(*members: tuple[str, bytes | str]) -> bytes:
    """A .tgz; a member given as a text is a link to it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            if isinstance(data, str):
                info.type, info.linkname = tarfile.SYMTYPE, data
            info.size = 0 if isinstance(data, str) else len(data)
            archive.addfile(info, None if isinstance(data, str) else io.BytesIO(data))
    return raw.getvalue()


def test_a_tgz_is_read_like_the_others(tmp_path: Path) -> None:
    data = tarred(("package/data/a.csv", CSV), ("package/b.txt", b"x"))
    assert extract(data, tmp_path) == {"a.csv": CSV}
    for wrong, said in (
        (tarred(("../a.csv", CSV)), "hors de son dossier"),
        (tarred(("a.csv", "/etc/passwd")), "lien"),
        (tarred(("d/a.csv", CSV), ("e/a.csv", CSV)), "contiennent le même fichier"),
        (data[: len(data) // 2], "abîmée|archive"),
    ):
        other = tmp_path / said[:4]
        other.mkdir()
        with pytest.raises(RefusedError, match=said):
            extract(wrong, other)


@pytest.mark.parametrize("data", [b"", b"code;valeur\n", PAGE, gzip.compress(CSV)])
def test_what_is_no_archive(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"vide|n'est pas une archive"):
        extract(data, tmp_path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"Enqu\x88te.csv", "Enquête.csv"),  # code page 850, as Windows in French writes it
        (b"\xd2tre_\x85.csv", "Être_à.csv"),
        (b"Enqu\xeate.csv", "Enquête.csv"),  # Windows-1252
        (b"N\xb01_\xe9t\xe9.csv", "N°1_été.csv"),
        ("Été.csv".encode(), "Été.csv"),  # UTF-8 that doesn't say so
        ("E\u0301te\u0301.csv".encode(), "Été.csv"),  # accents apart, as macOS writes them
    ],
)
def test_names_in_a_zip(written: bytes, expected: str, tmp_path: Path) -> None:
    filler = b"n" * len(written)
    data = zipped({filler.decode(): b"a"}).replace(filler, written)
    assert extract(data, tmp_path, re.compile(".*")) == {expected: b"a"}


def test_the_unicode_field_of_a_zip_is_believed(tmp_path: Path) -> None:
    name = "Établissements.csv".encode()

    def extra(info: zipfile.ZipInfo) -> None:
        told = b"\x01" + struct.pack("<I", zlib.crc32(b"Etab.csv")) + name
        info.extra = struct.pack("<HH", 1, 0) + struct.pack("<HH", 0x7075, len(told)) + told

    assert extract(zipped({"Etab.csv": b"a"}, extra), tmp_path) == {"Établissements.csv": b"a"}


def test_a_full_disk_is_not_taken_for_a_damaged_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "archive"
    opened = Path.open

    def full(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "w" in mode:
            raise OSError(28, "No space left on device")
        return opened(self, mode, *rest, **more)

    for data in (zipped({"a.csv": CSV}), seven({"a.csv": CSV})):
        path.write_bytes(data)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", full)
            with pytest.raises(OSError, match="No space"):
                archives.extract(path, tmp_path / "dedans", ALL, SMALL)
        assert list((tmp_path / "dedans").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="la mémoire se mesure par /proc")
@pytest.mark.parametrize("kind", ["zip", "7z"])
def test_a_large_member_does_not_cost_its_size_in_memory(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    lines = [os.urandom(2000).hex().encode() + b";CH DE CAEN;0;0\n" * 1000 for _ in range(40)]
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            member = archive.open("gros.csv", "w")
            for _ in range(120):
                member.writelines(lines)
            member.close()
    else:
        with (tmp_path / "gros.csv").open("wb") as handle:
            for n in range(120):
                handle.writelines(lines[n % 40 :] + lines[: n % 40])
        with py7zr.SevenZipFile(path, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 0}]) as packed:
            packed.write(tmp_path / "gros.csv", "gros.csv")
        (tmp_path / "gros.csv").unlink()
    size, grown = measured(
        """
        import re
        found = archives.extract(
            Path(sys.argv[1]), Path(sys.argv[2]), re.compile(".*"), archives.Caps(ratio=100_000)
        )
        print(sum(p.stat().st_size for p in found))
        """,
        str(path),
        str(tmp_path / "dedans"),
    )
    assert size == 96_000_000
    assert grown < (90 << 20 if kind == "7z" else 30 << 20)
