"""The workbooks of a release: what people read is what the tables say, and no cell can become a formula."""

import datetime as dt
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import EDITION, Publication, rows
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from pipelines.edition import models
from pipelines.publish import public, workbooks, xlsx
from pipelines.publish.numbers import ShownColumn, absence
from pipelines.publish.rows import text_of, whole_of
from pipelines.publish.views import Views
from pipelines.publish.xlsx import Sheet

FICTIF = "DONNÉES FICTIVES"
SIGNS = {"s", "nd", "///"}


@pytest.fixture(scope="module")
def released(published: Publication) -> duckdb.DuckDBPyConnection:
    (path,) = published.release.glob("*.duckdb")
    return duckdb.connect(str(path), read_only=True)


@pytest.fixture(scope="module")
def written(released: duckdb.DuckDBPyConnection) -> list[public.WrittenTable]:
    counts = {m.name: rows(released, f"SELECT count(*) FROM {m.name}")[0][0] for m in public.released()}
    return [public.WrittenTable(m, counts[m.name], models.described(released, m)) for m in public.released()]


@pytest.fixture(scope="module")
def sheets(released: duckdb.DuckDBPyConnection) -> workbooks.Sheets:
    return workbooks.Sheets(Views(released))


def test_words_of_codes_are_in_a_list_of_theirs(released: duckdb.DuckDBPyConnection) -> None:
    """A list without a line is an edition's; one that doesn't exist is a fault of classeurs.yml."""
    lists = {r[0] for r in rows(released, "SELECT DISTINCT colonne FROM vues.libelles")}
    assert {rule.get("liste", name) for name, rule in workbooks.layout()["noms"].items()} <= lists


def model_of(name: str) -> models.Model:
    (found,) = (m for m in public.released() if m.name == name)
    return found


def read(path: Path, sheet: str, *, units: bool = False) -> tuple[list[str], list[str], list[list[Any]]]:
    """What stands above the headings, the headings (with what is in brackets under them, or not), and the lines."""
    whole = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
    lines: list[list[Any]] = whole.to_python(skip_empty_area=False)
    blank = next(n for n, line in enumerate(lines) if not any(line))
    return (
        [line[0] for line in lines[:blank]],
        [c if units else c.split("\n(")[0] for c in lines[blank + 1]],
        lines[blank + 2 :],
    )


def book(made: Publication, theme: str) -> Path:
    (path,) = (made.release / "classeurs").glob(f"*{theme}.xlsx")
    return path


def test_each_table_for_people_is_in_one_workbook(written: list[public.WrittenTable]) -> None:
    placed = [table for sheets in workbooks.themes(written).values() for table in sheets]
    assert len(placed) == len(set(placed))
    assert {w.model.name for w in written if w.model.schema in ("atlas", "fiches")} <= set(placed)
    odd = next(w for w in written if w.model.name == "atlas.densites")
    odd = public.WrittenTable(models.Model(**{**vars(odd.model), "table": "nouvelle_table"}), 0, odd.columns)
    assert workbooks.themes([odd]) == {"autres": {"atlas.nouvelle_table": "Nouvelle table"}}


@pytest.mark.lent
def test_every_sheet_says_title_source_and_fiction(
    published: Publication, written: list[public.WrittenTable], sheets: workbooks.Sheets
) -> None:
    by_name = {w.model.name: w.model for w in written}
    for theme, names in workbooks.themes(written).items():
        assert CalamineWorkbook.from_path(str(book(published, theme))).sheet_names == ["Lisez-moi", *names.values()]
        for table, sheet in names.items():
            said, headings, _ = read(book(published, theme), sheet, units=True)
            assert said[0] == sheets.make(by_name[table], sheet).title
            assert said[1].startswith(FICTIF)
            if by_name[table].schema != models.VIEWS:
                assert f"Source : {by_name[table].source}." in said
            assert all(headings), table
            assert len(headings) == len(set(headings)), table
            assert not any("_" in h for h in headings), (table, headings)
            if table in ("vues.recrutement", "vues.tension", "vues.personnels_ght"):
                assert any(line.startswith("Source : ") for line in said), table
    said, _, _ = read(book(published, workbooks.START), "Recrutement")
    assert said[0].endswith("enquête BMO 2024")
    assert "[" not in "".join(said)


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
    _, headings, lines = read(book(published, "departs"), "Équilibre")
    code, name = headings.index("Code"), headings.index("Territoire")
    assert {(x[code], x[name]) for x in lines} >= {("01", "Guadeloupe"), ("28", "Normandie")}


def test_years_become_columns_and_empty_cells_say_why(
    published: Publication, released: duckdb.DuckDBPyConnection
) -> None:
    _, headings, lines = read(book(published, "ages"), "Âges moyens")
    keys = ("Source", "Profession", "Spécialité", "Mode d'exercice", "Sexe", "Niveau du territoire", "Code")
    # What is the same on every line is told above.
    here = [k for k in keys if k in headings]
    assert {"Profession", "Sexe", "Code"} <= set(here)
    found = {
        (*(x[headings.index(k)] for k in here), int(h)): x[rank]
        for x in lines
        for rank, h in enumerate(headings)
        if h.isdigit()
    }
    told = rows(
        released,
        "SELECT source, p.libelle, ages_moyens.specialite, mode_exercice, sexe, n.libelle, code, annee, valeur, statut "
        "FROM atlas.ages_moyens JOIN reference.professions AS p USING (profession) "
        "JOIN reference.niveaux AS n USING (niveau)",
    )
    assert {s for *_, s in told} >= {"publié", "secret"}
    for *whole, annee, value, statut in told:
        key = (*(part for k, part in zip(keys, whole, strict=True) if k in here), annee)
        cell = found.pop(key)
        assert cell == (float(value) if value is not None else "s" if statut == "secret" else "nd"), key
    assert set(found.values()) <= {"nd"}


def test_years_never_collected_are_no_columns(released: duckdb.DuckDBPyConnection, sheets: workbooks.Sheets) -> None:
    """A column of « nd » on every line is named above; one of secrets stays, and so does one of a single number."""
    model = model_of("atlas.effectifs")
    assert not [c for c in _years(sheets._mart(model, "Effectifs")) if not c.label.isdigit()]
    view = sheets.views.table(model)
    year = min(whole_of(row, "annee") for row in view.rows)
    empty = {year: "non collecté", year + 1: "secret"}
    changed = [
        {**row, "effectif": None, "statut": empty[at]} if (at := whole_of(row, "annee")) in empty else row
        for row in view.rows
    ]
    columns, lines, said = sheets._laid_out(replace(view, rows=changed))
    shown = [c.label for c in columns if c.label.isdigit()]
    assert str(year) not in shown
    assert f"Sans aucun nombre, donc sans colonne : {year}." in said
    assert str(year + 1) in shown
    assert {row[f"c_{year + 1}_statut"] for row in lines} <= {"secret", "nd"}


def _years(sheet: Sheet) -> list[ShownColumn]:
    """The columns of a sheet that are crossed, none of which is empty on every line."""
    crossed = [c for c in sheet.columns if c.key.startswith("c_")]
    assert crossed
    for column in crossed:
        assert {absence(row, column) if row[column.key] is None else "" for row in sheet.rows} != {"nd"}, column.label
    return crossed


def test_each_column_has_its_own_unit(published: Publication) -> None:
    """Numbers of several units are no longer under one heading: each indicator is a column, with its unit."""
    _, headings, lines = read(book(published, "departs"), "Fins de carrière", units=True)
    assert "Professionnels de 55 ans ou plus\n(personnes)" in headings
    (share,) = (rank for rank, h in enumerate(headings) if h == "Part des professionnels de 60 ans ou plus\n(%)")
    assert {0 <= x[share] <= 1 for x in lines if not isinstance(x[share], str)} == {True}
    _, headings, _ = read(book(published, "hopitaux"), "Personnels", units=True)
    measured = headings[headings.index("Secteur (statut juridique)") + 1 :]
    assert len(measured) > 50
    assert not [h for h in measured if "personnes)" not in h and "ETP" not in h]
    for theme, sheet in (("recrutement", "Recrutement"), ("acces", "Besoins"), ("departs", "Fins de carrière")):
        _, headings, _ = read(book(published, theme), sheet, units=True)
        assert "Unité" not in headings, sheet


def test_a_long_table_is_no_empty_sheet(published: Publication, released: duckdb.DuckDBPyConnection) -> None:
    for theme, table in (("fiches", "fiches.evolutions"), ("hopitaux", "atlas.evolutions_hospitalieres")):
        _, _, lines = read(book(published, theme), "Évolutions")
        assert len(lines) == rows(released, f"SELECT count(*) FROM {table}")[0][0] > 1000
    assert workbooks.LINES + 100 < 2**20


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
    assert {c for c in numbers if isinstance(c, str)} <= SIGNS
    empty = rows(released, "SELECT count(*) FROM fiches.es_personnels WHERE valeur IS NULL")[0][0]
    assert sum(c == "nd" for c in numbers) == empty
    words = rows(released, "SELECT libelle || ', ' || mesure FROM reference.variables_sae ORDER BY ordre, variable")
    order = [f"{w[:1].upper()}{w[1:]}" for (w,) in words]
    assert headings[first:] == [h for h in order if h in headings[first:]]


def test_no_number_is_blank(published: Publication, written: list[public.WrittenTable]) -> None:
    """Only a column that says so has empty cells of its own (« vide : rien »)."""
    for theme, names in workbooks.themes(written).items():
        for sheet in names.values():
            _, headings, lines = read(book(published, theme), sheet)
            for rank, heading in enumerate(headings):
                cells = [x[rank] for x in lines]
                if any(isinstance(c, float) for c in cells):
                    assert {c for c in cells if not isinstance(c, float)} <= SIGNS, (sheet, heading)


NASTY = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "{=1}", "http://x", "1e5", "007"]


def written_sheet(path: Path, columns: list[ShownColumn], lines: list[tuple[Any, ...]], said: list[str]) -> None:
    """A workbook of one sheet."""
    made = [dict(zip((c.key for c in columns), line, strict=True)) for line in lines]
    front = xlsx.Front(said[0] if said else "Essai", EDITION, fictif=False, signs=[], empty=[])
    xlsx.write(path, front, [Sheet("Feuille", "Essai", columns, made, said)])


def test_text_stays_text_whatever_it_begins_with(tmp_path: Path) -> None:
    columns = [ShownColumn("a", "Texte"), ShownColumn("b", "Nombre", "n2")]
    written_sheet(tmp_path / "a.xlsx", columns, [(t, Decimal("-1234.50")) for t in NASTY], NASTY)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        pages = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
    assert not any("<f>" in page or "<hyperlink r:id" in page for page in pages)
    _, _, found = read(tmp_path / "a.xlsx", "Feuille")
    assert [x[0].replace("_x000D_", "\r") for x in found] == NASTY
    assert {x[1] for x in found} == {-1234.5}


def test_formats_follow_the_kind_of_each_column(published: Publication) -> None:
    page = load_workbook(book(published, "departs"))["Cessations attendues"]
    top = next(r for r in range(1, 20) if not page.cell(r, 1).value) + 1
    formats = {page.cell(top, c).value.split("\n")[0]: page.cell(top + 1, c).number_format for c in range(1, 15)}
    assert formats["Année"] == "0"
    assert formats["Professionnels présents au départ"] == "#,##0"
    assert formats["Cessations d'activité attendues"] == "#,##0.0"
    assert page.freeze_panes == f"A{top + 1}"
    assert page.auto_filter.ref.startswith(f"A{top}:")
    page = load_workbook(book(published, workbooks.START))["Effectifs et âges"]
    top = next(r for r in range(1, 20) if not page.cell(r, 1).value) + 1
    shown = {page.cell(top, c).value: c for c in range(1, page.max_column + 1)}
    for heading, expected in (
        ("Année de l’effectif", "0"),
        ("Effectif\n(personnes)", "#,##0"),
        ("Densité\n(pour 100 000 habitants)", "#,##0.0"),
        ("60 ans ou plus\n(%)", "0.0%"),
        ("60 ans ou plus : intervalle à 95 %, borne basse\n(%)", "0.0%"),
    ):
        cells = [page.cell(r, shown[heading]) for r in range(top + 1, page.max_row + 1)]
        assert {c.number_format for c in cells if c.value != "nd"} == {expected}, heading


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("year", "0"),
        ("n0", "#,##0"),
        ("n2", "#,##0.00"),
        ("pct0", "0%"),
        ("pct1", "0.0%"),
        ("signed1", "+0.0%;-0.0%;0.0%"),
        ("signe_n1", "+#,##0.0;-#,##0.0;#,##0.0"),
        ("date", "dd/mm/yyyy"),
        ("n1*", '#,##0.0"*"'),
    ],
)
def test_a_kind_is_one_format(kind: str, expected: str) -> None:
    assert xlsx.number_format(kind) == expected


def test_a_partial_sum_is_marked_and_stays_a_number(
    published: Publication, released: duckdb.DuckDBPyConnection
) -> None:
    page = load_workbook(book(published, workbooks.START))["Personnels par GHT"]
    top = next(r for r in range(1, 20) if not page.cell(r, 1).value) + 1
    headings = {page.cell(top, c).value: c for c in range(1, page.max_column + 1)}
    code, *measured = (headings[h] for h in ("Code", "Internes et FFI\n(personnes)", "Personnels non médicaux\n(ETP)"))
    shown = {page.cell(r, code).value: [page.cell(r, c) for c in measured] for r in range(top + 1, page.max_row + 1)}
    told = rows(
        released,
        "SELECT code_ght, internes, internes_statut, '#,##0', non_medicaux_etp, non_medicaux_etp_statut, '#,##0.0' "
        "FROM vues.personnels_ght",
    )
    seen = set()
    for ght, *numbers in told:
        for cell, value, statut, plain in zip(shown[ght], numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            assert cell.value == pytest.approx(float(value)), ght
            assert cell.number_format == (f'{plain}"*"' if statut == "partiel" else plain), ght
            seen.add(statut)
    assert seen >= {"partiel", "calculé"}


def test_a_share_among_other_numbers_is_shown_as_one(sheets: workbooks.Sheets) -> None:
    sheet = sheets.make(model_of("atlas.indicateurs"), "Indicateurs")
    (value,) = (c for c in sheet.columns if c.key == "valeur")
    assert value.kind == "selon"
    shown = {(text_of(row, "unite_indicateur_mots").startswith("part"), row["format"]) for row in sheet.rows}
    assert shown == {(True, "pct1"), (False, "n2")}


def test_a_long_table_keeps_its_newest_whole_years_and_says_so(
    released: duckdb.DuckDBPyConnection, sheets: workbooks.Sheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("atlas.indicateurs")
    years = rows(released, "SELECT annee, count(*) FROM atlas.indicateurs GROUP BY annee ORDER BY annee DESC")
    monkeypatch.setattr(workbooks, "LINES", years[0][1] + years[1][1])
    sheet = sheets.make(model, "Indicateurs")
    assert len(sheet.rows) == workbooks.LINES
    assert any(f"Depuis {years[1][0]} seulement" in line and "CSV" in line for line in sheet.said)
    monkeypatch.setattr(workbooks, "LINES", 3)
    sheet = sheets.make(model, "Indicateurs")
    assert sheet.rows == []
    assert workbooks.TOO_LONG in sheet.said


def test_a_sheet_without_a_line_is_told_on_the_first_one(
    released: duckdb.DuckDBPyConnection,
    written: list[public.WrittenTable],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only = {
        "acces": {"atlas.acces": "Zonage", "atlas.apl": "Accessibilité"},
        "formations": {"atlas.internat": "Internat"},
    }
    monkeypatch.setattr(workbooks, "themes", lambda _: only)
    few = [replace(w, rows=0) if w.model.name in ("atlas.apl", "atlas.internat") else w for w in written]
    made = workbooks.write(released, few, tmp_path, edition=EDITION, fictif=True)
    assert [list(b.sheets) for b in made] == [["Zonage"]]
    front = CalamineWorkbook.from_path(str(tmp_path / made[0].file)).get_sheet_by_name("Lisez-moi").to_python()
    assert ["Accessibilité", "ses sources sont dans l’édition, et n’y ont pas de ligne pour cette région"] in [
        line[:2] for line in front
    ]


def test_dates_are_dates(tmp_path: Path) -> None:
    written_sheet(tmp_path / "a.xlsx", [ShownColumn("d", "Jour", "date")], [(dt.date(2025, 12, 31),)], [])
    assert read(tmp_path / "a.xlsx", "Feuille")[2] == [[dt.date(2025, 12, 31)]]


@pytest.mark.parametrize(
    "statut", ["secret", "nd", "non-réponse", "non collecté", "vide", "rupture", "sans objet", "calculé", None]
)
def test_an_empty_cell_always_has_a_sign(released: duckdb.DuckDBPyConnection, statut: str | None) -> None:
    """The one of the reference; « nd » where a statut isn't a reason for being empty."""
    column = Views(released).view("densites").columns["valeur"]
    told = dict(rows(released, "SELECT code, signe FROM reference.codes WHERE liste = 'statut'"))
    expected = told.get(statut) or "nd"
    assert absence({"valeur": None, "statut": statut}, column) == expected
    assert expected in SIGNS
