"""Codes have their words in one place, reference.codes: what people read says what the producer's code means."""

import html
import re
from pathlib import Path

import pytest
from by_hand import sae
from fixtures_entrepots import ROOT, Publication
from python_calamine import CalamineWorkbook

# As the SAE documents STJR.
SAID = {"1": "public", "2": "privé à but lucratif", "3": "privé à but non lucratif"}
# Known to everybody: a centre of the fight against cancer is non-profit, these two are companies.
KNOWN = {"760000166": "3", "140000555": "3", "760025312": "2", "140017237": "2"}


@pytest.fixture(scope="module", params=["published", pytest.param("mirror_published", marks=pytest.mark.lent)])
def made(request: pytest.FixtureRequest) -> Publication:
    found: Publication = request.getfixturevalue(request.param)
    return found


def lines(page: Path) -> list[list[str]]:
    """The cells of each line of the tables of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
    ]


def test_pages_sheets_and_workbook_say_the_status_that_the_producer_gives(made: Publication) -> None:
    given = {r["FI"]: r["STJR"] for r in sae(made.settings.sources, "ID", 2023)}
    pages = [*made.release.glob("pages/departement-*.html"), made.release / "pages" / "recherche.html"]
    seen: dict[str, set[str]] = {}
    for page in pages:
        for line in lines(page):
            for finess in set(line) & set(given):
                if any(cell.startswith("entité juridique") for cell in line):  # some bear the number of a site
                    continue
                (said,) = {cell for cell in line if cell in SAID.values()}
                assert said == SAID[given[finess]], (page.name, line)
                seen.setdefault(given[finess], set()).add(finess)
    assert set(seen) == set(SAID)
    for finess in set().union(*seen.values()):
        sheet = made.release / "fiches" / f"{finess}.html"
        if sheet.exists():
            assert f" · {SAID[given[finess]]} · " in html.unescape(sheet.read_text(encoding="utf-8")), finess
    (book,) = made.release.glob("classeurs/*fiches.xlsx")
    told = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("Établissements").to_python()
    number, status, year = next(
        (row.index("Numéro FINESS de l'établissement"), row.index("Secteur (statut juridique)"), row.index("Année"))
        for row in ([str(c).split("\n")[0] for c in line] for line in told)
        if "Secteur (statut juridique)" in row
    )
    listed = {str(row[number]): row[status] for row in told if row[number] in given and row[year] == 2023}
    assert listed.keys() >= set().union(*seen.values())
    assert all(listed[finess] == SAID[given[finess]] for finess in listed)


@pytest.mark.lent
def test_establishments_that_everybody_knows(mirror_published: Publication) -> None:
    found = {
        line[1]: next(c for c in line if c in SAID.values())
        for page in mirror_published.release.glob("pages/departement-*.html")
        for line in lines(page)
        if len(line) > 1 and line[1] in KNOWN
    }
    assert found == {finess: SAID[code] for finess, code in KNOWN.items()}


def test_one_file_gives_a_status_its_words() -> None:
    rooms = [p for room in ("pipelines", "sql", "expectations", "dags") for p in (ROOT / room).rglob("*")]
    texts = [p for p in rooms if p.suffix in {".py", ".sql", ".yml", ".csv", ".j2", ".typ", ".js"}]
    assert len(texts) > 300
    found = [p.relative_to(ROOT).as_posix() for p in texts if "lucratif" in p.read_text(encoding="utf-8")]
    assert found == ["sql/reference/codes.sql"]
