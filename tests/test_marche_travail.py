"""France Travail's interface, asked figure by figure: a server on the loopback answers as public programs read it."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import duckdb
import pytest
import serveur_capricieux as caprice
from fixtures_entrepots import environment, rows
from serveur_capricieux import Exchange, Server, status

from pipelines import catalogue, steps
from pipelines.arrival import diagnosis, offers
from pipelines.catalogue import Source, code_lists
from pipelines.catalogue.fetch import MarcheTravail
from pipelines.connectors import declared, marche_travail
from pipelines.errors import AtlasError, LaterError, RefusedError
from pipelines.settings import Settings

KEY = {"ATLAS_FRANCE_TRAVAIL_IDENTIFIANT": "PAR_essai", "ATLAS_FRANCE_TRAVAIL_SECRET": "s3cret"}
TRADES = ["J1501", "K1302"]
PLACES = {"REG": ["28"], "DEP": ["14", "2A"]}
NOTHING = b'{"message": "Le serveur n\'a pas pu trouver la liste demandee"}'


@dataclass
class Interface:
    """What France Travail would answer, and what it was asked."""

    server: Server
    years: tuple[int, ...] = (2023, 2024)
    add: int = 0  # to each figure
    odd: dict[str, Any] = field(default_factory=dict)  # instead of an item's own cells
    rights: int = 0
    questions: list[dict[str, Any]] = field(default_factory=list)
    last: int = 1_000_000  # questions that one right lasts

    def __post_init__(self) -> None:
        self.server.on("/jetons", self.give)
        for kind, codes in PLACES.items():
            told = {"territoires": [{"codeTypeTerritoire": kind, "codeTerritoire": code} for code in codes]}
            self.server.on(f"/v1/referentiel/territoires/{kind}", caprice.json_of(json.dumps(told)))
        for indicator in ("stat-demandeurs", "stat-offres"):
            self.server.on(f"/v1/indicateur/{indicator}", self.answer)

    def give(self, exchange: Exchange) -> None:
        asked = {name: values[0] for name, values in parse_qs(exchange.sent().decode()).items()}
        right = (asked["client_id"], asked["client_secret"]) == ("PAR_essai", "s3cret")
        assert asked["scope"] == "api_stats-offres-demandes-emploiv1 offresetdemandesemploi"
        self.rights += 1
        said = {"access_token": f"droit-{self.rights}", "expires_in": 1499}
        (caprice.json_of(json.dumps(said)) if right else status(401, data=b'{"error": "invalid_client"}'))(exchange)

    def answer(self, exchange: Exchange) -> None:
        asked = json.loads(exchange.sent())
        self.questions.append(asked)
        if exchange.asked()["authorization"] != f"Bearer droit-{self.rights}" or len(self.questions) % self.last == 0:
            return status(401)(exchange)
        if (asked["codeTerritoire"], asked["codeActivite"]) == ("2A", "K1302"):
            return status(500, data=NOTHING)(exchange)
        codes = {"CATCAND": ("A", "B", "C"), "ORIGINEOFF": ("TOFF", "PE")}[asked["codeTypeNomenclature"]]
        lines = [
            {
                **{k: asked[k] for k in ("codeTypeTerritoire", "codeTerritoire", "codeActivite", "codeTypePeriode")},
                "codeNomenclature": code,
                "codePeriode": f"{year}T{quarter}",
                "valeurPrincipaleNombre": 100 * rank + quarter + self.add,
                "datMaj": "2026-01-01",
            }
            | self.odd
            for year in self.years
            for quarter in (1, 2, 3, 4)
            for rank, code in enumerate(codes, 1)
        ]
        return caprice.json_of(json.dumps({"codeIndicateur": "X", "listeValeursParPeriode": lines}))(exchange)


@pytest.fixture
def server() -> Iterator[Server]:
    with caprice.running() as started:
        yield started


@pytest.fixture
def interface(server: Server, monkeypatch: pytest.MonkeyPatch) -> Interface:
    """The interface, two trades of the list, and the key; no wait is waited out."""
    for name in (*diagnosis.BUNDLES, "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(marche_travail, "_pause", lambda seconds: None)
    monkeypatch.setattr(code_lists, "reference", lambda name: {rome: rome for rome in TRADES})
    return Interface(server)


@pytest.fixture
def source(server: Server) -> Source:
    """The entry of the catalogue, its interface on the loopback."""
    found = catalogue.load("marche_travail")
    assert isinstance(found.fetch, MarcheTravail)
    here = {"api": server.url("/v1"), "jetons": server.url("/jetons")}
    return found.model_copy(update={"fetch": found.fetch.model_copy(update=here)})


def download(source: Source, folder: Path, states: Any = None, year: int = 2023) -> declared.Delivery:
    assert source.fetch is not None
    return declared.download(source.fetch, source.id, year, folder, states, allow_http=True)


def offered(source: Source) -> list[int]:
    assert source.fetch is not None
    return [year for year, _ in declared.offers(source.fetch, source.id, allow_http=True)]


def test_a_year_is_gathered_as_it_is_said(interface: Interface, source: Source, tmp_path: Path) -> None:
    interface.years = (2021, 2022, 2023, 2024)
    assert offered(source) == [2023, 2024], "what the catalogue reads"
    brought = download(source, tmp_path)
    (path,) = brought.files
    assert path.name == "marche_travail_2023.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle, delimiter=";"))
    # Two trades in four places, but one that has no figure in one of them.
    assert len(lines) == 7 * 4 * (3 + 2)
    assert {line["codePeriode"][:4] for line in lines} == {"2023"}
    found = Counter((line["codeTypeTerritoire"], line["codeTerritoire"]) for line in lines)
    assert found == {("NAT", "FR"): 40, ("REG", "28"): 40, ("DEP", "14"): 40, ("DEP", "2A"): 20}
    (one,) = [
        line["valeurPrincipaleNombre"]
        for line in lines
        if (line["codeTerritoire"], line["codeActivite"], line["codeNomenclature"], line["codePeriode"])
        == ("14", "J1501", "B", "2023T3")
    ]
    assert one == "203"
    asked = interface.questions[-1]
    assert (asked["codeTypePeriode"], asked["dernierePeriode"], asked["sansCaracteristiques"]) == (
        "TRIMESTRE",
        False,
        True,
    )
    secrets = [r for r in interface.server.requests if "s3cret" in r.path or "s3cret" in str(r.headers)]
    assert secrets == []


def test_what_has_not_changed_is_not_asked_again(interface: Interface, source: Source, tmp_path: Path) -> None:
    first = download(source, tmp_path / "1")
    before = len(interface.questions)
    again = download(source, tmp_path / "2", first.states)
    assert again.unchanged
    assert not again.files
    assert len(interface.questions) - before == 2 * len(TRADES), "the figures of France, and no other"
    interface.add = 1
    assert not download(source, tmp_path / "3", first.states).unchanged


def test_a_right_that_ends_is_asked_again(interface: Interface, source: Source, tmp_path: Path) -> None:
    interface.last = 7
    assert len(download(source, tmp_path).files) == 1
    assert interface.rights > 2


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ("key", RefusedError, "ne prend pas la clé (réponse 401)"),
        ("right", RefusedError, "n'a pas droit à cette interface (réponse 403)"),
        ("down", LaterError, "Réponse 503"),
        ("busy for long", LaterError, "Réponse 429"),
        ("page", RefusedError, "n'a pas la forme attendue"),
        ("bare", RefusedError, "n'a pas la forme attendue"),
        ("other place", RefusedError, "n'a pas la forme attendue"),
        ("period", RefusedError, "n'a pas la forme attendue"),
        ("nothing", RefusedError, "n'a aucun chiffre"),
        ("elsewhere", RefusedError, "n'a pas répondu (réponse 302)"),
        ("huge", RefusedError, "dépasse la taille permise"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_stays(
    wrong: str,
    error: type[AtlasError],
    words: str,
    interface: Interface,
    source: Source,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = interface.server
    instead = {
        "right": status(403),
        "down": status(503),
        "busy for long": status(429, {"Retry-After": "9999"}),
        "page": status(200, {"Content-Type": "text/html"}, b"<html>maintenance</html>"),
        "bare": caprice.json_of('{"listeValeursParPeriode": [{"codePeriode": "2023T1"}]}'),
        "nothing": status(500, data=NOTHING),
        "elsewhere": caprice.redirect("https://example.org/"),
        "huge": caprice.generated(b"x" * 1_000_000, 8),
    }
    if wrong == "key":
        monkeypatch.setenv("ATLAS_FRANCE_TRAVAIL_SECRET", "s3cret-faux")
    elif wrong == "other place":
        interface.odd = {"codeTerritoire": "50"}
    elif wrong == "period":
        interface.odd = {"codePeriode": "janvier"}
    else:
        for indicator in ("stat-demandeurs", "stat-offres"):
            server.on(f"/v1/indicateur/{indicator}", instead[wrong])
    with pytest.raises(error) as caught:
        download(source, tmp_path)
    assert words in caught.value.what
    assert "s3cret" not in str(caught.value)
    assert caught.value.where.source == "marche_travail"
    assert list(tmp_path.iterdir()) == []
    tries = sum(r.path.startswith("/v1/indicateur") for r in server.requests)
    assert tries == {"down": 5, "nothing": 2 * len(TRADES), "period": 1}.get(wrong, min(tries, 1))


def test_without_a_key_nothing_is_asked_and_doctor_says_how_to_have_one(
    interface: Interface, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "extraits").mkdir()
    with environment(tmp_path / "entrepot", tmp_path / "extraits") as now:
        on_line = Settings(now.sources, now.warehouse, en_ligne=True)
        assert offers.online(on_line, source, allow_http=True) == [2023, 2024]
        assert diagnosis.of_source(now, source, allow_http=True).constat == "en ligne : 2023, 2024"
        monkeypatch.delenv("ATLAS_FRANCE_TRAVAIL_SECRET")
        asked = len(interface.server.requests)
        assert offers.online(on_line, source, allow_http=True) == []
        assert "marche_travail" not in steps.ingestible()
        found = diagnosis.of_source(now, source, allow_http=True)
        assert (found.etat, found.code) == ("à déposer", 0)
        assert "ATLAS_FRANCE_TRAVAIL_SECRET" in found.a_faire
        assert len(interface.server.requests) == asked


def test_what_was_gathered_is_read_into_the_mart(
    interface: Interface, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the interface to the staged lines; the model of `core` has its own cases."""
    monkeypatch.undo()  # the whole list of trades, which the checks read
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(marche_travail, "_pause", lambda seconds: None)
    (tmp_path / "extraits").mkdir()
    with environment(tmp_path / "entrepot", tmp_path / "extraits") as now:
        on_line = Settings(now.sources, now.warehouse, en_ligne=True)
        landed = offers.fetch(on_line, source, 2023, allow_http=True)
        steps.stage("marche_travail", 2023, landed.revision)
        steps.check("marche_travail", 2023, landed.revision)
        with duckdb.connect() as db:
            staged = str(now.staging / "marche_travail" / "**" / "*.parquet")
            found = rows(
                db,
                f"SELECT indicateur, nombre FROM read_parquet('{staged}', union_by_name := true) "
                "WHERE territoire = '14' AND rome = 'J1501' AND periode = '2023T4' ORDER BY 1, 2",
            )
    assert found == [
        *(("stat-demandeurs", n) for n in (104, 204, 304)),
        *(("stat-offres", n) for n in (104, 204)),
    ]
