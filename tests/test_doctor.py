"""`atlas doctor`: what a run would meet, tried on a server that misbehaves."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import serveur_capricieux as caprice
from fixtures_entrepots import environment
from serveur_capricieux import File, Server, status
from typer.testing import CliRunner

from pipelines import catalogue, settings
from pipelines.arrival import diagnosis
from pipelines.catalogue import Source
from pipelines.catalogue.fetch import DataGouv, Hosted, Web, Written
from pipelines.cli import app
from pipelines.settings import Settings

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


@pytest.fixture
def now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name in (*PROXIES, *diagnosis.BUNDLES):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "extraits").mkdir()
    with environment(tmp_path / "entrepot", tmp_path / "extraits") as made:
        yield made


def at(address: str) -> Source:
    """BMO, as if it were there."""
    file = Written(url=address, millesimes=[2025], name="Base_open_data_BMO_2025.xlsx")
    return catalogue.load("bmo").model_copy(update={"fetch": Web(type="web", files=[file])})


def listed(server: Server, *resources: dict[str, str]) -> Source:
    """BMO, in the listing of a portal."""
    server.on("/api/datasets/bmo/", File(json.dumps({"resources": list(resources)}).encode(), kind="application/json"))
    block = DataGouv(
        type="data_gouv",
        dataset="bmo",
        api=server.url("/api"),
        files=[Hosted(pattern=r"base_(?P<millesime>\d{4})\.csv")],
    )
    return catalogue.load("bmo").model_copy(update={"fetch": block})


def test_a_file_that_is_there_is_asked_for_and_not_downloaded(server: Server, now: Settings) -> None:
    address = server.on("/bmo.xlsx", File(b"PK\x03\x04" + bytes(30_000_000), kind="application/octet-stream"))
    started = time.monotonic()
    found = diagnosis.of_source(now, at(address), allow_http=True)
    assert (found.etat, found.constat, found.code) == ("bon", "en ligne : 2025", 0)
    assert time.monotonic() - started < 10
    assert not list(now.warehouse.rglob("*")), "nothing is kept"


def test_what_a_listing_has_is_told_and_its_newest_file_is_tried(server: Server, now: Settings) -> None:
    urls = {year: server.on(f"/base_{year}.csv", File(b"a;b\n1;2\n")) for year in (2023, 2024, 2025)}
    source = listed(server, *({"url": url, "title": "BMO"} for url in urls.values()))
    assert diagnosis.of_source(now, source, allow_http=True).constat == "en ligne : 2023 à 2025"
    assert server.asked("/base_2025.csv")
    assert not server.asked("/base_2024.csv")
    # The listing may have a file that its server no longer has.
    server.on("/base_2025.csv", status(404))
    found = diagnosis.of_source(now, source, allow_http=True)
    assert (found.etat, found.code) == ("en échec", 3)
    assert "n'existe pas" in found.constat
    assert "2025" in found.constat
    nothing = diagnosis.of_source(now, listed(server, {"url": server.url("/autre.csv")}), allow_http=True)
    assert "aucun fichier que le catalogue reconnaisse" in nothing.constat
    assert nothing.code == 3


@pytest.mark.parametrize(
    ("behaviour", "said", "code"),
    [
        (status(404), "n'existe pas", 3),
        (status(403), "refuse l'accès", 3),
        (status(503), "503", 6),
        (File(b"<!DOCTYPE html><html><body>Maintenance</body></html>", kind="text/html"), "page", 3),
    ],
)
def test_why_a_source_would_fail(
    behaviour: caprice.Behaviour, said: str, code: int, server: Server, now: Settings
) -> None:
    found = diagnosis.of_source(now, at(server.on("/bmo.xlsx", behaviour)), allow_http=True)
    assert (found.etat, found.code) == ("en échec", code)
    assert said in found.constat
    assert "déposer le fichier dans" in found.a_faire


def test_a_deposit_stands_in_for_a_site_that_fails(server: Server, now: Settings) -> None:
    folder = now.sources / "bmo" / "2025"
    folder.mkdir(parents=True)
    (folder / "Base_open_data_BMO_2025.xlsx").write_bytes(b"PK\x03\x04")
    found = diagnosis.of_source(now, at(server.on("/bmo.xlsx", status(404))), allow_http=True)
    assert (found.etat, found.code) == ("dépôt", 0)
    assert found.constat.startswith("déposé : 2025 ; le site, lui :")


def test_what_nobody_puts_on_line_is_to_be_deposited(now: Settings) -> None:
    found = diagnosis.of_source(now, catalogue.load("dares_tensions"))
    assert (found.etat, found.code) == ("à déposer", 0)
    assert str(now.sources / "dares_tensions") in found.a_faire


def test_settings_folders_and_disk(now: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "load_all", lambda: [])
    assert {f.etat for f in diagnosis.diagnose()} == {"bon"}
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(now.warehouse / "absent.pem"))
    monkeypatch.setenv("ATLAS_CLE_PERSONNES", "courte")
    monkeypatch.setattr(diagnosis, "FREE_MIN", 10**18)
    failed = {(f.objet, f.code) for f in diagnosis.diagnose() if f.code}
    assert failed == {("REQUESTS_CA_BUNDLE", 2), ("clé des personnes", 2), ("entrepôt", 5)}
    monkeypatch.setenv("ATLAS_REGIONS", "Normandie")
    assert next((f.objet, f.code) for f in diagnosis.diagnose() if f.sujet == "réglages") == ("environnement", 2)


def test_the_command_says_it_all_and_its_exit_status(
    server: Server, now: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_EN_LIGNE", "non")  # put back afterwards: the command says yes
    monkeypatch.setattr(diagnosis, "diagnose", partial(diagnosis.diagnose, allow_http=True))
    busy, wrong = (server.on(f"/{name}", status(code)) for name, code in (("occupe", 503), ("absent", 404)))
    monkeypatch.setattr(catalogue, "load_all", lambda: [at(busy)])
    run = CliRunner().invoke(app, ["doctor", "--json"])
    assert run.exit_code == 6, "it may pass"
    said = {finding["objet"]: finding for finding in json.loads(run.stdout)}
    assert said["bmo"]["etat"] == "en échec"
    assert "503" in said["bmo"]["constat"]
    monkeypatch.setattr(catalogue, "load_all", lambda: [at(busy), at(wrong).model_copy(update={"id": "parcoursup"})])
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 3, "an address that is wrong stays so"
    assert "2 en échec (bmo, parcoursup)" in run.stdout
    assert settings.load().warehouse == now.warehouse
