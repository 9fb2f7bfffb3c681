"""The site as people use it, in a real Chromium: from a folder, without a network.

Screenshots are left in `.captures/`, which git ignores: they are to be looked at.
"""

import csv
import functools
import http.server
import io
import itertools
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from fixtures_entrepots import REGION, ROOT, Publication
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from pipelines.publish import numbers

CHROMIUM = shutil.which("chromium")
SHOTS = ROOT / ".captures"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium n'est pas installé (apt install chromium)")

# One page of each kind.
KINDS = (
    "index.html",
    "donnees.html",
    "sources/sae.html",
    "qualite.html",
    "fiches/index.html",
    "fiches/ght-28106.html",
    "pages/territoires.html",
    f"pages/region-{REGION}.html",
    "pages/departement-14.html",
    "pages/arrondissement-141.html",
    "pages/profession-medecin.html",
    "pages/cartes.html",
    "pages/tension.html",
    "pages/projections.html",
    "pages/recrutement.html",
    "pages/ressources-humaines.html",
    "pages/recherche.html",
    "methodologie.html",
)
# Of which those that a change breaks first.
FIRST = ("index.html", "fiches/ght-28106.html", "pages/departement-14.html", "pages/tension.html")
LOOKED_AT = (
    ("index.html", "ordinateur"),
    ("index.html", "telephone"),
    ("index.html", "papier"),
    (f"pages/region-{REGION}.html", "ordinateur"),
    ("pages/departement-14.html", "telephone"),
    ("pages/departement-14.html", "papier"),
    ("pages/profession-medecin.html", "ordinateur"),
    ("pages/cartes.html", "ordinateur"),
    ("pages/tension.html", "telephone"),
    ("pages/recherche.html", "ordinateur"),
)
# Axe would fetch the style sheets to look at them, which a page opened from a folder may not do.
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "preload": False}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] * (os.geteuid() == 0))
        yield started
        started.close()


class Watched:
    """A page, what it complained of, and what it asked for outside its folder."""

    def __init__(self, browser: Browser, folder: Path, width: int = 1280) -> None:
        self.folder = folder
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints: list[str] = []
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("requestfailed", lambda r: self.complaints.append(f"pas trouvé : {r.url}"))
        self.page.on("request", self._asked)

    def _told(self, message: ConsoleMessage) -> None:
        # Of a figure asked to fit in width alone (fit-x), Vega-Lite says that its height does not fit.
        if message.type in ("error", "warning") and 'Dropping "fit-y"' not in message.text:
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        url = request.url
        if not url.startswith((self.folder.as_uri(), "data:", "blob:")):
            self.complaints.append(f"hors du dossier : {url}")

    def go(self, name: str) -> Page:
        self.page.goto((self.folder / name).as_uri())
        return self.page


@pytest.fixture
def site(browser: Browser, published: Publication) -> Iterator[Watched]:
    watched = Watched(browser, published.release)
    yield watched
    watched.page.close()
    assert watched.complaints == []


@pytest.mark.lent
def test_every_page_loads_fits_a_phone_and_asks_nobody(browser: Browser, published: Publication) -> None:
    watched = Watched(browser, published.release, width=320)
    pages = sorted(p.relative_to(published.release).as_posix() for p in published.release.rglob("*.html"))
    pages = [p for p in pages if not p.startswith("fiches/")]
    assert len(pages) > 60
    for name in pages:
        assert (published.release / name).stat().st_size < 1_500_000, name
        page = watched.go(name)
        if name in KINDS:  # elsewhere, that the file is there is enough: a page says how large it is drawn
            page.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
            page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
        images = page.evaluate("[...document.images].map(i => [i.getAttribute('src'), i.width, i.height])")
        for source, *size in images:
            assert ((published.release / name).parent / source).is_file(), (name, source)
            assert min(size) > 0, (name, source)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        assert "Données fictives" in page.inner_text("body"), name
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1, name
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), name
    watched.page.close()
    assert watched.complaints == []


# A table of a thousand lines has a few kinds of them, and axe looks at each element of each: one of each kind is left,
# by its elements, their attributes (but for what these hold) and which of them have a text.
ALIKE = """() => {
  const worded = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) ? '"' : '';
  const shape = e => [e.tagName, e.className.baseVal ?? e.className, ...e.getAttributeNames().sort(), worded(e),
    '(', ...[...e.children].map(shape), ')'].join(' ');
  const all = [...document.querySelectorAll('main, main :is(tbody, ul, ol, dl, section, article)')].reverse();
  for (const parent of all) {
    const seen = new Set();
    for (const child of [...parent.children]) {
      const made = shape(child);
      if (seen.has(made)) child.remove();
      seen.add(made);
    }
  }
  return all.length;
}"""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in FIRST else [pytest.mark.lent]) for name in KINDS]
)
def test_axe_finds_no_violation(site: Watched, name: str) -> None:
    page = site.go(name)
    assert page.evaluate(ALIKE)
    results = Axe().run(page, options=AXE)
    found = [(v["id"], [n["html"][:200] for n in v["nodes"][:2]]) for v in results.response["violations"]]
    assert found == []


def test_axe_would_find_one(site: Watched) -> None:
    page = site.go("sources/sae.html")
    last = "[...document.querySelectorAll('main tbody td')].at(-1)"
    page.evaluate(f"{last}.insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    assert page.evaluate(ALIKE)
    site.complaints.clear()
    assert "image-alt" in {v["id"] for v in Axe().run(page, options=AXE).response["violations"]}
    site.complaints.clear()


def test_search_finds_whatever_the_accents_and_case(site: Watched) -> None:
    page = site.go("pages/recherche.html")
    visible = "[...document.querySelectorAll('main tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].innerText)"
    everything = page.evaluate(visible)
    assert len(everything) > 50
    page.get_by_label("Nom, commune, FINESS ou GHT").fill("ght  Pláine")
    found = page.evaluate(visible)
    assert "GHT FICTIF DE LA PLAINE" in found
    assert 0 < len(found) < len(everything)
    assert page.get_by_role("status").inner_text() == f"{len(found)} résultats."
    page.get_by_label("Nom, commune, FINESS ou GHT").fill("introuvable")
    assert page.get_by_role("status").inner_text() == "Aucun résultat."


def test_search_leads_to_sheets(site: Watched) -> None:
    page = site.go("pages/recherche.html")
    page.get_by_label("Nom, commune, FINESS ou GHT").fill("28106 ght")
    page.get_by_role("link", name="GHT FICTIF DE LA PLAINE").first.click()
    assert "GHT FICTIF DE LA PLAINE" in page.inner_text("h1")


def test_protected_tables_are_shown_as_the_public_file_holds_them(site: Watched, published: Publication) -> None:
    """A hidden cell is an « s », never blank; the others are the file's numbers."""
    (file,) = published.release.glob("*.duckdb")
    with duckdb.connect(str(file), read_only=True) as public:
        told = public.execute(
            "SELECT code, valeur FROM atlas.ressources_humaines WHERE indicateur = 'taux_vacance' "
            "AND categorie = 'ensemble' AND niveau = 'ght' QUALIFY annee = max(annee) OVER () ORDER BY code"
        ).fetchall()
    page = site.go("pages/ressources-humaines.html")
    shown = page.locator(
        "section:has(> #par-groupement-hospitalier-de-territoire) table tbody tr td:nth-child(2)"
    ).all_inner_texts()
    assert [text.strip() for text in shown] == [numbers.french(v, "pct1") if v is not None else "s" for _, v in told]
    assert "s" in shown
    assert any(v is not None for _, v in told)
    page = site.go("pages/projections.html")
    assert "dont cumul" in page.inner_text("section:has(> #retraites-liquidees-selon-les-caisses)")


def test_a_sheet_draws_the_place_among_peers(site: Watched) -> None:
    page = site.go("fiches/ght-28106.html")
    drawings = page.locator("td.dessin")
    assert drawings.count() > 3
    for drawing in drawings.all():
        box = drawing.locator("svg").bounding_box()
        assert box
        assert box["width"] > 50
        assert drawing.locator("[role=img]").get_attribute("aria-label")
    assert "<" not in page.inner_text("main")


def test_a_table_is_sorted_by_its_numbers_both_ways(site: Watched) -> None:
    page = site.go("pages/departement-14.html")
    table = page.locator("table.triable").first
    head = table.get_by_role("button", name="Effectif", exact=True)
    column = "t => [...t.tBodies[0].rows].map(r => r.cells[3]).filter(c => 'v' in c.dataset).map(c => +c.dataset.v)"
    head.click()
    values = table.evaluate(column)
    assert len(values) > 5
    assert values == sorted(values)
    head.press("Enter")
    assert table.evaluate(column) == sorted(values, reverse=True)
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"


def test_keyboard_alone_reaches_the_content_and_opens_the_data(site: Watched) -> None:
    page = site.go("pages/profession-medecin.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Aller au contenu"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    for _ in range(60):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "[document.activeElement].map(e => [e.tagName, getComputedStyle(e)])"
            ".map(([tag, style]) => [tag, style.outlineStyle, style.outlineWidth])[0]"
        )
        assert shown[1:] == ["solid", "3px"], shown
        if shown[0] == "SUMMARY":
            break
    assert shown[0] == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")


@pytest.fixture
def served(published: Publication) -> Iterator[str]:
    """The same folder behind a web server."""
    handler = functools.partial(Quiet, directory=str(published.release))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def test_beside_each_figure_its_data_and_its_pictures(browser: Browser, served: str) -> None:
    page = browser.new_page()
    page.goto(f"{served}/pages/profession-medecin.html")
    figure = page.locator("figure").nth(1)
    saved = {}
    for words in ("données (CSV)", "image (SVG)", "image (PNG)"):
        with page.expect_download() as download:
            figure.get_by_role("link", name=words).click()
        saved[words] = Path(download.value.path()).read_bytes()
    lines = list(csv.reader(io.StringIO(saved["données (CSV)"].decode("utf-8-sig"), newline=""), delimiter=";"))
    figure.locator("summary").click()
    shown = figure.locator("table").evaluate("t => [...t.rows].map(r => [...r.cells].map(c => c.innerText))")
    # In a page each number has its sign; a CSV's numbers are bare, and their heading has it.
    assert [heading.removesuffix(" (%)") for heading in lines[0]] == [*shown[0], "donnees_fictives"]
    assert [line[0] for line in lines] == [line[0] for line in shown]
    assert {line[-1] for line in lines[1:]} == {"DONNÉES FICTIVES"}
    assert [line[1] for line in lines[1:]] == [line[1].replace("\u202f", "") for line in shown[1:]]
    assert saved["image (SVG)"].startswith(b"<svg")
    assert "DONNÉES FICTIVES" in saved["image (SVG)"].decode()
    assert saved["image (PNG)"].startswith(b"\x89PNG")
    page.close()


def test_a_figure_becomes_interactive_when_asked(site: Watched) -> None:
    page = site.go("pages/profession-medecin.html")
    figure = page.locator("figure").nth(1)
    figure.get_by_role("button").click()
    figure.locator("svg.marks").wait_for()
    assert figure.locator("img").count() == 0


def test_pages_are_read_without_script(browser: Browser, published: Publication) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((published.release / "pages/recherche.html").as_uri())
    assert page.locator("main tbody tr").count() > 50
    assert page.get_by_role("search").count() == 0
    context.close()


@pytest.mark.lent
@pytest.mark.parametrize(("name", "how"), LOOKED_AT)
def test_pictures_to_look_at(browser: Browser, published: Publication, name: str, how: str) -> None:
    watched = Watched(browser, published.release, width=320 if how == "telephone" else 1280)
    page = watched.go(name)
    page.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
    page.wait_for_function("[...document.images].every(i => i.complete)")
    SHOTS.mkdir(exist_ok=True)
    stem = f"{Path(name).stem}-{how}"
    if how == "papier":
        target = SHOTS / f"{stem}.pdf"
        page.pdf(path=target, prefer_css_page_size=True)
    else:
        target = SHOTS / f"{stem}.png"
        page.screenshot(path=target, full_page=True)
    watched.page.close()
    assert target.stat().st_size > 20_000
    assert watched.complaints == []
