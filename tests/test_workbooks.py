"""The workbooks of a release: what people read is what the tables say, and no cell can become a formula."""

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import EDITION, Publication, Warehouse, rows
from python_calamine import CalamineWorkbook

from pipelines.edition import models
from pipelines.publish import public, signes, workbooks
from pipelines.publish.workbooks import Column, Sheet

FICTIF = "DONNÉES FICTIVES"


@pytest.fixture(scope="module")
def released(published: Publication) -> duckdb.DuckDBPyConnection:
    (path,) = published.release.glob("*.duckdb")
    return duckdb.connect(str(path), read_only=True)


@pytest.fixture(scope="module")
def written(released: duckdb.DuckDBPyConnection) -> list[public.Written]:
    return [public.Written(m, 0, models.described(released, m)) for m in public.published()]


def read(path: Path, sheet: str, *, units: bool = False) -> tuple[list[str], list[str], list[list[Any]]]:
    """What stands above the headings, the headings (with what is in brackets under them, or not), and the lines."""
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    blank = next(n for n, line in enumerate(lines) if not any(line))
    return (
        [line[0] for line in lines[:blank]],
        [c if units else c.split("\n(")[0] for c in lines[blank + 1]],
        lines[blank + 2 :],
    )


def book(made: Warehouse, theme: str) -> Path:
    (path,) = (made.release / "classeurs").glob(f"*{theme}.xlsx")
    return path


def test_each_table_for_people_is_in_one_workbook(written: list[public.Written]) -> None:
    placed = [table for sheets in workbooks.themes(written).values() for table in sheets]
    assert len(placed) == len(set(placed))
    assert {w.model.name for w in written if w.model.schema in ("atlas", "fiches")} <= set(placed)
    odd = next(w for w in written if w.model.name == "atlas.densites")
    odd = public.Written(models.Model(**{**vars(odd.model), "table": "nouvelle_table"}), 0, odd.columns)
    assert workbooks.themes([odd]) == {"autres": {"atlas.nouvelle_table": "Nouvelle table"}}


def test_every_sheet_says_title_source_and_fiction(published: Publication, written: list[public.Written]) -> None:
    by_name = {w.model.name: w.model for w in written}
    for theme, sheets in workbooks.themes(written).items():
        names = CalamineWorkbook.from_path(str(book(published, theme))).sheet_names
        assert names == ["Lisez-moi", *sheets.values()]
        for table, sheet in sheets.items():
            said, headings, _ = read(book(published, theme), sheet, units=True)
            assert said[0] == by_name[table].title.rstrip(".")
            assert said[1].startswith(FICTIF)
            assert f"Source : {by_name[table].source}." in said
            assert all(headings), table
            assert len(headings) == len(set(headings)), table
            assert not any("_" in h or h == h.lower() for h in headings if not h[0].isdigit()), (table, headings)


@pytest.mark.lent
def test_real_workbooks_never_say_fiction(mirror_published: Publication) -> None:
    for path in (mirror_published.release / "classeurs").iterdir():
        with zipfile.ZipFile(path) as archive:
            assert not any("FICTIVES" in archive.read(name).decode() for name in archive.namelist())
    said, _, _ = read(book(mirror_published, "effectifs"), "Effectifs")
    assert any("drees_demographie 2020 (01/01/2020)" in line for line in said)


def test_a_sheet_has_the_numbers_of_its_table(published: Publication, released: duckdb.DuckDBPyConnection) -> None:
    _, headings, lines = read(book(published, "acces"), "Dispositifs")
    total, count = rows(released, "SELECT sum(montant), count(*) FROM atlas.dispositifs")[0]
    assert len(lines) == count
    amount = headings.index("Montant attribué")
    assert round(sum(x[amount] for x in lines if x[amount] != "nd"), 2) == float(total)
    assert (
        sum(x[amount] == "nd" for x in lines)
        == rows(released, "SELECT count(*) FROM atlas.dispositifs WHERE montant IS NULL")[0][0]
    )


def test_codes_keep_their_zeros_and_have_their_names(published: Publication) -> None:
    _, headings, lines = read(book(published, "departs"), "Entrées et postes")
    code, name = headings.index("Code"), headings.index("Territoire")
    assert {(x[code], x[name]) for x in lines} >= {("01", "Guadeloupe"), ("28", "Normandie")}


def test_years_become_columns_and_empty_cells_say_why(
    published: Publication, released: duckdb.DuckDBPyConnection
) -> None:
    _, headings, lines = read(book(published, "ages"), "Âges moyens")
    keys = ("Source", "Profession", "Spécialité", "Mode d'exercice", "Sexe", "Niveau du territoire", "Code")
    found = {
        (*(x[headings.index(k)] for k in keys), int(h)): x[rank]
        for x in lines
        for rank, h in enumerate(headings)
        if h.isdigit()
    }
    told = rows(
        released,
        "SELECT source, p.libelle, specialite, mode_exercice, sexe, niveau, code, annee, valeur, statut "
        "FROM atlas.ages_moyens JOIN reference.professions AS p USING (profession)",
    )
    assert {s for *_, s in told} >= {"publié", "secret"}
    for *key, value, statut in told:
        cell = found.pop(tuple(key))
        assert cell == (float(value) if value is not None else signes.of_empty(statut)), key
    assert set(found.values()) <= {"nd"}


def test_age_bands_that_sources_write_differently_are_one_column(published: Publication) -> None:
    _, headings, _ = read(book(published, "ages"), "Âges")
    first = headings.index("Moins de 25 ans")
    assert headings[first : first + 4] == ["Moins de 25 ans", "25-29 ans", "Moins de 30 ans", "30-34 ans"]
    assert not any("ntre " in h for h in headings)


def test_variables_become_columns(published: Publication, released: duckdb.DuckDBPyConnection) -> None:
    _, headings, lines = read(book(published, "fiches"), "Personnels des ES")
    first = headings.index("Numéro FINESS de l'établissement") + 2
    assert [x[0] for x in lines] == sorted((x[0] for x in lines), reverse=True)
    numbers = [c for x in lines for c in x[first:]]
    total = rows(released, "SELECT sum(valeur), count(valeur) FROM fiches.es_personnels")[0]
    shown = [c for c in numbers if not isinstance(c, str)]
    assert (round(Decimal(str(sum(shown))), 2), len(shown)) == total
    assert {c for c in numbers if isinstance(c, str)} <= set(signes.EMPTY)
    empty = rows(released, "SELECT count(*) FROM fiches.es_personnels WHERE valeur IS NULL")[0][0]
    assert sum(c == "nd" for c in numbers) == empty


def test_no_number_is_blank(published: Publication, written: list[public.Written]) -> None:
    for theme, sheets in workbooks.themes(written).items():
        for sheet in sheets.values():
            _, headings, lines = read(book(published, theme), sheet)
            for rank, heading in enumerate(headings):
                cells = [x[rank] for x in lines]
                if any(isinstance(c, float) for c in cells):
                    assert {c for c in cells if not isinstance(c, float)} <= set(signes.EMPTY), (sheet, heading)


NASTY = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "{=1}", "http://x", "1e5", "007"]


def test_text_stays_text_whatever_it_begins_with(tmp_path: Path) -> None:
    model = next(m for m in public.published() if m.name == "atlas.densites")
    text, number = (
        Column("a", "Texte", "", "un texte", "VARCHAR"),
        Column("b", "Nombre", "", "un nombre", "DECIMAL(9,2)"),
    )
    lines = [(t, Decimal("-1234.50")) for t in NASTY]
    (tmp_path / "classeurs").mkdir()
    workbook = workbooks.Workbook("classeurs/a.xlsx", NASTY[0], {"Feuille": model})
    workbooks._write(tmp_path, workbook, [Sheet("Feuille", model, [text, number], lines, NASTY)], 2025, fictif=False)
    with zipfile.ZipFile(tmp_path / workbook.file) as archive:
        pages = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not any("<f>" in page or "<hyperlink r:id" in page for page in pages)
    _, _, found = read(tmp_path / workbook.file, "Feuille")
    assert [x[0].replace("_x000D_", "\r") for x in found] == NASTY
    assert {x[1] for x in found} == {-1234.5}


def test_formats_follow_the_unit(published: Publication) -> None:
    from openpyxl import load_workbook

    page = load_workbook(book(published, "departs"))["Cessations attendues"]
    top = next(r for r in range(1, 20) if not page.cell(r, 1).value) + 1
    formats = {page.cell(top, c).value.split("\n")[0]: page.cell(top + 1, c).number_format for c in range(1, 15)}
    assert formats["Année"] == "0"
    assert formats["Professionnels présents au départ"] == "#,##0"
    assert formats["Cessations d'activité attendues"] == "#,##0.0"
    assert page.freeze_panes == f"A{top + 1}"
    assert page.auto_filter.ref.startswith(f"A{top}:")


def test_a_long_table_keeps_its_newest_whole_years_and_says_so(
    released: duckdb.DuckDBPyConnection, written: list[public.Written], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = next(w for w in written if w.model.name == "atlas.indicateurs")
    years = rows(released, "SELECT annee, count(*) FROM atlas.indicateurs GROUP BY annee ORDER BY annee DESC")
    monkeypatch.setattr(workbooks, "LINES", years[0][1] + years[1][1])
    sheet = workbooks._sheet(released, table, "Indicateurs", {})
    assert len(sheet.lines) == workbooks.LINES
    assert any(f"Depuis {years[1][0]} seulement" in line and "CSV" in line for line in sheet.said)
    monkeypatch.setattr(workbooks, "LINES", 3)
    sheet = workbooks._sheet(released, table, "Indicateurs", {})
    assert sheet.lines == []
    assert workbooks.TOO_LONG in sheet.said


def test_dates_are_dates(tmp_path: Path) -> None:
    model = next(m for m in public.published() if m.name == "atlas.densites")
    (tmp_path / "classeurs").mkdir()
    day = Column("d", "Jour", "", "un jour", "DATE")
    workbook = workbooks.Workbook("classeurs/a.xlsx", "Essai", {"Feuille": model})
    workbooks._write(
        tmp_path, workbook, [Sheet("Feuille", model, [day], [(dt.date(2025, 12, 31),)], [])], EDITION, fictif=True
    )
    assert read(tmp_path / workbook.file, "Feuille")[2] == [[dt.date(2025, 12, 31)]]


@pytest.mark.parametrize(
    "statut", ["secret", "nd", "non-réponse", "non collecté", "vide", "sans objet", "calculé", None]
)
def test_an_empty_cell_always_has_a_sign(statut: str | None) -> None:
    assert signes.of_empty(statut) in signes.EMPTY
    assert (signes.of_empty(statut) == "s") == (statut == "secret")
