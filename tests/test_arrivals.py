"""What is fetched for a source: from the folder of extracts first, then from its producer's site."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import serveur_capricieux as caprice
from fixtures_entrepots import EDITION, environment
from pydantic import TypeAdapter
from serveur_capricieux import File, Server

from pipelines import catalogue, settings, steps
from pipelines.arrival import landing, offers
from pipelines.catalogue import Source
from pipelines.catalogue.fetch import Fetch, Hosted, Written
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import addresses, declared, transfer, web
from pipelines.errors import LaterError, RefusedError, UsageError
from pipelines.settings import Settings

HEADER = b"code_ght,nom_ght,finess_ej,nom_ej,annee\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def now(tmp_path: Path) -> Settings:
    """A warehouse that may ask the sites, with an empty folder of extracts."""
    (tmp_path / "depot").mkdir()
    return Settings(sources=tmp_path / "depot", warehouse=tmp_path / "entrepot", en_ligne=True)


@pytest.fixture
def source(server: Server, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The GHT, said to be on a data.gouv.fr of this machine."""
    monkeypatch.setattr(transfer, "_pause", lambda seconds: None)
    adapter: TypeAdapter[Fetch] = TypeAdapter(Fetch)
    block = adapter.validate_python(
        {
            "type": "data_gouv",
            "dataset": "ght",
            "api": server.url("/api/1"),
            "files": [{"pattern": r"ght_membership_inferred_(?P<millesime>\d{4})\.csv"}],
        }
    )
    return catalogue.load("ght").model_copy(update={"fetch": block})


def publish(server: Server, year: int, lines: bytes) -> None:
    """The dataset with one year, as its portal lists it."""
    data, name = HEADER + lines, f"ght_membership_inferred_{year}.csv"
    server.on(f"/r/{name}", File(data, etag=f'"{len(data)}-{lines[:4].decode()}"'))
    listed = {"id": "1", "title": name, "filetype": "file", "url": server.url(f"/r/{name}"), "latest": ""}
    server.on("/api/1/datasets/ght/", caprice.json_of(json.dumps({"slug": "ght", "resources": [listed]})))


def deposit(now: Settings, year: int, lines: bytes) -> None:
    path = now.sources / "ght" / str(year) / f"ght_membership_inferred_{year}.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(HEADER + lines)


def test_a_download_is_archived_with_its_address(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    assert offers.vintages(now, source, allow_http=True) == [2023]
    landed = offers.fetch(now, source, 2023, allow_http=True)
    folder = landed.folder(now.landing)
    record = json.loads((folder / landing.PROVENANCE).read_text(encoding="utf-8"))
    assert (landed.revision, landed.new, landed.fictif) == (1, True, False)
    assert record["adresses"] == {"ght_membership_inferred_2023.csv": server.url("/r/ght_membership_inferred_2023.csv")}
    assert (folder / "ght_membership_inferred_2023.csv").read_bytes().startswith(HEADER)
    assert sorted(p.name for p in folder.parent.iterdir()) == ["r1", "telechargement.json"]


def test_unchanged_bytes_are_not_sent_again(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    first = offers.fetch(now, source, 2023, allow_http=True)
    again = offers.fetch(now, source, 2023, allow_http=True)
    assert (again.revision, again.files, again.new) == (1, first.files, False)
    second = server.asked("/r/ght_membership_inferred_2023.csv")[1]
    assert second.headers["if-none-match"]


def test_changed_bytes_under_the_same_name_are_a_new_revision(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    offers.fetch(now, source, 2023, allow_http=True)
    publish(server, 2023, b"28102,AUTRE,140000100,CHU,2023\n")
    landed = offers.fetch(now, source, 2023, allow_http=True)
    assert (landed.revision, landed.new) == (2, True)
    kept = landing.revision(now.landing, "ght", 2023, 1).folder(now.landing)
    assert b"28101" in (kept / "ght_membership_inferred_2023.csv").read_bytes()
    # And the one after asks from the second.
    assert offers.fetch(now, source, 2023, allow_http=True).revision == 2


def test_a_lost_archive_is_downloaded_again(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    landed = offers.fetch(now, source, 2023, allow_http=True)
    (landed.folder(now.landing) / landing.PROVENANCE).unlink()
    landed.folder(now.landing).rename(now.landing / "perdu")
    assert offers.fetch(now, source, 2023, allow_http=True).new


def test_the_folder_has_the_last_word(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    deposit(now, 2023, b"28109,DEPOSE,760780239,CHU,2023\n")
    deposit(now, 2022, b"28109,DEPOSE,760780239,CHU,2022\n")
    assert offers.vintages(now, source, allow_http=True) == [2022, 2023]
    landed = offers.fetch(now, source, 2023, allow_http=True)
    archived = landed.folder(now.landing) / "ght_membership_inferred_2023.csv"
    assert b"DEPOSE" in archived.read_bytes()
    assert server.asked("/r/ght_membership_inferred_2023.csv") == []


def test_nothing_is_asked_unless_allowed(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    offline = Settings(sources=now.sources, warehouse=now.warehouse)
    assert offers.vintages(offline, source, allow_http=True) == []
    with pytest.raises(RefusedError, match="n'est pas dans le dossier"):
        offers.fetch(offline, source, 2023, allow_http=True)
    assert server.asked("/api/1/datasets/ght/") == []


def test_a_site_that_is_down_leaves_nothing_half_made(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    server.on("/r/ght_membership_inferred_2023.csv", caprice.status(503))
    with pytest.raises(LaterError) as told:
        offers.fetch(now, source, 2023, allow_http=True)
    assert told.value.exit_code == 6
    assert "ght" in str(told.value)
    assert list((now.landing / "ght" / "2023").iterdir()) == []


def test_a_page_in_place_of_the_file_is_refused_and_not_archived(server: Server, source: Source, now: Settings) -> None:
    publish(server, 2023, b"28101,GHT,760780239,CHU,2023\n")
    page = b"<!DOCTYPE html><html><body>Maintenance</body></html>"
    server.on("/r/ght_membership_inferred_2023.csv", File(page, headers={"Content-Type": "text/html"}))
    with pytest.raises(RefusedError):
        offers.fetch(now, source, 2023, allow_http=True)
    assert landing.revisions(now.landing, "ght", 2023) == []


def test_a_downloaded_archive_is_opened_as_a_deposited_one_is(server: Server, source: Source, now: Settings) -> None:
    packed, name = io.BytesIO(), "ght_membership_inferred_2023.csv"
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr(f"dossier/{name}", HEADER + b"28101,GHT,760780239,CHU,2023\n")
        book.writestr("dossier/lisez-moi.txt", b"")
    zipped = "ght_membership_inferred_2023.zip"
    publish(server, 2023, b"")
    server.on(f"/r/{zipped}", File(packed.getvalue()))
    listed = {"id": "1", "title": zipped, "filetype": "file", "url": server.url(f"/r/{zipped}"), "latest": ""}
    server.on("/api/1/datasets/ght/", caprice.json_of(json.dumps({"slug": "ght", "resources": [listed]})))
    assert source.fetch
    files = [source.fetch.files[0].model_copy(update={"pattern": r"ght_membership_inferred_(?P<millesime>\d{4})\.zip"})]
    entry = source.model_copy(update={"archive": r".*\.zip", "fetch": source.fetch.model_copy(update={"files": files})})
    online = offers.fetch(now, entry, 2023, allow_http=True)
    (now.sources / "ght" / "2023").mkdir(parents=True)
    (now.sources / "ght" / "2023" / zipped).write_bytes(packed.getvalue())
    assert sorted(f.name for f in online.files) == [name, zipped]
    assert offers.fetch(now, entry, 2023, allow_http=True).revision == online.revision  # the same bytes


# --- settings, and what waits -----------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "allowed"), [("oui", True), ("OUI", True), ("1", True), ("non", False), ("", False)])
def test_the_setting(said: str, allowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with environment(tmp_path):
        monkeypatch.setenv("ATLAS_EN_LIGNE", said)
        now = settings.load()
        assert now.en_ligne is allowed
        assert now.sources == tmp_path / ("depot" if allowed else "extraits")
        monkeypatch.delenv("ATLAS_EN_LIGNE")


def test_a_setting_that_is_neither_yes_nor_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_EN_LIGNE", "peut-être")
    with pytest.raises(UsageError, match="peut-être"):
        settings.load()


def test_a_first_lock_waits_for_one_vintage_of_each_site(
    source: Source, now: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "load_all", lambda: [source])
    monkeypatch.setattr(settings, "load", lambda: now)
    why = steps.nothing_to_build(EDITION)
    assert why
    assert "ght (en ligne)" in why


# --- The blocks of the catalogue ------------------------------------------------------------------

# What a producer puts on line at an address that could not be verified, or nowhere: the entry says which.
DEPOSITS = {
    "dares_metiers_2030",
    "dares_tensions",
    "decoupage_administratif",
    "drees_demographie",
    "drees_medecins_ages",
    "ght",
    "insee_omphale",
    "laposte_codes_postaux",
    "zonage_medecins",
}


def test_each_source_is_fetched_or_says_why_it_is_deposited() -> None:
    deposits = {s.id for s in catalogue.load_all() if s.fetch is None and not s.contrat and s.questionnaire is None}
    assert deposits == DEPOSITS
    assert not [
        s for s in DEPOSITS if not re.search("(adresse non ouverte|ne le met en ligne)", catalogue.load(s).limits)
    ]
    assert not [s.id for s in catalogue.load_all() if s.fetch and (s.contrat or s.questionnaire)]


@pytest.mark.parametrize("source_id", [s.id for s in catalogue.load_all() if s.fetch])
def test_what_a_block_brings_is_what_the_entry_reads(source_id: str) -> None:
    entry = catalogue.load(source_id)
    assert entry.fetch is not None
    for file in entry.fetch.files:
        name = file.name or (addresses.url_name(file.url) if isinstance(file, Written) else None)
        if name is None:
            continue
        for millesime in getattr(file, "millesimes", None) or [max(t.layouts[-1].since for t in entry.tables.values())]:
            given = web.fill(name, millesime)
            rules = [entry.layout(table, millesime).file for table in entry.tables] + [entry.archive or "(?!)"]
            assert any(pattern(rule, millesime).fullmatch(given) for rule in rules), given


def test_a_file_is_dated_by_its_folder_and_may_come_of_another_dataset(
    server: Server, now: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_pause", lambda seconds: None)
    names = ("ps-libreacces-personne-activite.txt", "ps-libreacces-savoirfaire.txt", "ps-libreacces-dipl-autexerc.txt")
    entry = catalogue.load("rpps")
    assert entry.fetch is not None
    here = server.url("/api/1")
    files = [
        file.model_copy(update={"dataset": "savoirs"} if "savoir" in file.pattern else {})
        for file in entry.fetch.files
        if isinstance(file, Hosted)
    ]
    block = entry.fetch.model_copy(update={"api": here, "dataset": "rpps", "files": files})
    for dataset in ("rpps", "savoirs"):
        listed = []
        for name in names:
            if ("savoir" in name) == (dataset == "savoirs"):
                path = f"/resources/rpps/20260105-084840/{name}"
                server.on(path, File(name.encode()))
                listed.append({"title": name, "filetype": "file", "url": server.url(path)})
        server.on(f"/api/1/datasets/{dataset}/", caprice.json_of(json.dumps({"resources": listed})))
    offered = declared.offers(block, "rpps", allow_http=True)
    assert [(m, sorted(addresses.url_name(r.url) for r in found)) for m, found in offered] == [(2026, sorted(names))]
    landed = offers.fetch(now, entry.model_copy(update={"fetch": block}), 2026, allow_http=True)
    assert sorted(file.name for file in landed.files) == sorted(names)


def test_each_year_of_a_list_is_read_and_a_known_address_stands_in_for_it(server: Server) -> None:
    entry = catalogue.load("bmo")
    assert entry.fetch is not None
    known = server.on("/connue/Base_open_data_BMO_2025.xlsx", File(b"PK"))
    files = [f.model_copy(update={"connus": {2025: known}}) for f in entry.fetch.files if isinstance(f, Hosted)]
    block = entry.fetch.model_copy(update={"api": server.url("/api/1"), "dataset": "bmo", "files": files})
    names = (
        *("Base_open_data_BMO_2026.xlsx", "Base_open_data_BMO_2024.zip", "Donnees_consolidees_2022.zip"),
        *("Note_methodologique_2026.pdf", "Bassins_d_emploi_2026.xlsx"),
    )
    listed = [{"url": server.url(f"/{name}"), "title": ""} for name in names]
    listed.append({"url": server.url("/fichier"), "title": "Enquête BMO 2023"})
    server.on("/api/1/datasets/bmo/", caprice.json_of(json.dumps({"resources": listed})))

    def offered() -> list[tuple[int, list[str]]]:
        offers_of = declared.offers(block, "bmo", allow_http=True)
        return [(year, [addresses.url_name(r.url) for r in found]) for year, found in offers_of]

    assert offered() == [
        (2023, ["fichier"]),
        (2024, ["Base_open_data_BMO_2024.zip"]),
        (2025, ["Base_open_data_BMO_2025.xlsx"]),
        (2026, ["Base_open_data_BMO_2026.xlsx"]),
    ]
    # The list may have moved: what is known of it is not lost with it.
    server.on("/api/1/datasets/bmo/", caprice.status(404))
    assert offered() == [(2025, ["Base_open_data_BMO_2025.xlsx"])]


def test_sessions_that_a_portal_has_moved_are_of_the_same_source(server: Server) -> None:
    entry = catalogue.load("parcoursup")
    assert entry.fetch is not None
    block = entry.fetch.model_copy(update={"portal": server.url("")})
    for dataset, year in (("fr-esr-parcoursup", 2025), *((f"fr-esr-parcoursup_{y}", y) for y in range(2021, 2025))):
        home = f"/api/explore/v2.1/catalog/datasets/{dataset}"
        server.on(home, caprice.json_of(json.dumps({"metas": {"default": {"title": "Parcoursup"}}})))
        facets = [{"name": "session", "facets": [{"name": str(year), "value": str(year)}]}]
        server.on(f"{home}/facets", caprice.json_of(json.dumps({"facets": facets})))
    found = declared.offers(block, "parcoursup", allow_http=True)
    assert [year for year, _ in found] == [2021, 2022, 2023, 2024, 2025]
    assert "fr-esr-parcoursup_2022/exports/csv" in found[1][1][0].url


def test_a_dataset_without_a_year_in_its_title_is_dated_by_its_name(server: Server) -> None:
    entry = catalogue.load("dares_fap")
    assert entry.fetch is not None
    block = entry.fetch.model_copy(update={"portal": server.url("")})
    home = "/api/explore/v2.1/catalog/datasets/dares_nomenclature_fap2021"
    server.on(home, caprice.json_of(json.dumps({"metas": {"default": {"title": "Nomenclature des familles"}}})))
    assert [year for year, _ in declared.offers(block, "dares_fap", allow_http=True)] == [2021]
