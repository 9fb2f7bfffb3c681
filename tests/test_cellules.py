"""Cells: what is read, what is emptied and told, what is never guessed; totals and doubles. All is fictitious."""

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures_entrepots import environment

from pipelines import catalogue, steps
from pipelines.arrival import headings, outcomes, staging, typed
from pipelines.catalogue import Column
from pipelines.catalogue.layouts import Layout, plainly
from pipelines.cells import formulas, notation
from pipelines.checks.controls import Control
from pipelines.errors import RefusedError
from pipelines.settings import Settings

Deposit = Callable[..., Path]


def depose(root: Path, source: str, millesime: int, text: str, *, encoding: str = "utf-8", name: str = "") -> Path:
    path = root / source / str(millesime) / f"{name or source}_{millesime}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.strip() + "\n", encoding=encoding, newline="\n")
    return path


def book(root: Path, source: str, millesime: int, text: str, change: Callable[[Any], None]) -> Path:
    """The same deposit as a workbook, as a library or a spreadsheet leaves it."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Données"
    for row in csv.reader(text.strip().splitlines(), delimiter=";"):
        sheet.append([float(cell) if re.fullmatch(r"\d+\.\d+", cell) else cell or None for cell in row])
    change(sheet)
    path = root / source / str(millesime) / f"{source}_{millesime}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)
    return path


def refused(source: str, millesime: int) -> RefusedError:
    with pytest.raises(RefusedError) as said:
        steps.ingest(source, millesime)
    for word in ("pipelines/", "`", ".yml", "(?P", "\\", ".*"):
        assert word not in str(said.value), word
    return said.value


def result(now: Settings, source: str, millesime: int, table: str, said: str) -> list[tuple[Any, ...]]:
    (path,) = now.staging.glob(f"{source}/{millesime}/r*/{table}.parquet")
    with duckdb.connect() as connection:
        return connection.execute(said.format(f"'{path}'")).fetchall()


def set_aside(now: Settings, source: str, millesime: int) -> list[dict[str, Any]]:
    (path,) = now.staging.glob(f"{source}/{millesime}/r*/{outcomes.QUARANTINE}")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def failed(now: Settings, source: str, millesime: int) -> dict[str, Control]:
    kept = outcomes.latest(now, source, millesime, accepted=True)
    assert kept is not None
    return {c.controle: c for c in kept[1].controls if not c.reussi}


def many(*lines: str, count: int = 120) -> str:
    """Capacities of universities enough for a cell to be less than a hundredth of them, and these lines."""
    others = [f"2024;;Université {n};11;medecin;2;{100 + n}" for n in range(count)]
    return "\n".join(["annee;uai;universite;region;profession;cycle;capacite", *lines, *others])


# --- numbers, dates, signs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "whole", "value"),
    [
        ("1 234", True, "1234"),
        ("1\u202f234\u202f567", True, "1234567"),
        ("1\u00a0234,5", False, "1234.5"),
        ("1.234,50", False, "1234.5"),
        ("1,234.50", False, "1234.5"),
        ("1.234.567", True, "1234567"),
        ("0.125", False, "0.125"),
        ("12 places", True, "12"),
        ("3.0", True, "3"),
        ("−3", True, "-3"),
    ],
)
def test_numbers_as_people_write_them(text: str, whole: bool, value: str) -> None:
    said = notation.Numbers(decimal=",", unit="places", whole=whole, by_hand=True)
    assert notation.number(text, said) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "whole", "told"),
    [
        ("1.000", True, "écrire 1000, sans séparateur de milliers, ou 1"),
        ("1,000", True, "écrire 1000, sans séparateur de milliers, ou 1"),
        ("911.870", False, "écrire 911870, sans séparateur de milliers, ou 911,87"),
        ("911,870", False, "écrire 911870, sans séparateur de milliers, ou 911,87"),
        ("1.012", True, "écrire 1012, sans séparateur de milliers, si c’est ce nombre"),
        ("12 34", True, "n’est pas un nombre entier"),
        ("3.5", True, "n’est pas un nombre entier"),
        ("12 ou 13", False, "n’est pas un nombre"),
    ],
)
def test_two_readings_are_told(text: str, whole: bool, told: str) -> None:
    with pytest.raises(notation.UnreadError, match=re.escape(told)):
        notation.number(text, notation.Numbers(decimal=",", whole=whole, by_hand=True))


def test_a_producer_writes_with_its_declared_mark() -> None:
    """Three decimals of a file that a machine wrote are decimals; its other mark is none of its own."""
    assert notation.number("911.870", notation.Numbers()) == Decimal("911.87")
    assert notation.number("1.234,5", notation.Numbers(decimal=",", thousands=".")) == Decimal("1234.5")
    with pytest.raises(notation.UnreadError):
        notation.number("12,5", notation.Numbers())
    with pytest.raises(notation.UnreadError):
        notation.number("1.000", notation.Numbers(whole=True))


@pytest.mark.parametrize(
    ("text", "form", "read"),
    [
        ("2024-03-04", notation.ISO, "2024-03-04"),
        ("2024-03-04T00:00:00", notation.ISO, "2024-03-04"),
        ("04/03/2024", "JJ/MM/AAAA", "2024-03-04"),
        ("20240304", "AAAAMMJJ", "2024-03-04"),
        ("04/03/2024", notation.ISO, "deux lectures, écrire 2024-03-04 ou 2024-04-03"),
        ("25/12/2024", notation.ISO, "écrire 2024-12-25"),
        ("2023-02-30", notation.ISO, "n’est pas une date écrite AAAA-MM-JJ"),
        ("45355", notation.ISO, "n’est pas une date écrite AAAA-MM-JJ"),
    ],
)
def test_dates_have_one_form_a_column(text: str, form: str, read: str) -> None:
    if re.fullmatch(r"[\d-]+", read):
        assert notation.date(text, form).isoformat() == read
    else:
        with pytest.raises(notation.UnreadError, match=read):
            notation.date(text, form)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *((text, "nd") for text in ("nd", "ND", "n.d.", "N. D.", "NC", "-", "…", "...", "Non disponible")),
        *((text, "secret") for text in ("s", "S", "ns", "n.s.")),
        *((text, "sans objet") for text in ("///", "s.o.", "Sans objet")),
        ("0", None),
    ],
)
def test_signs_of_the_missing_are_many(text: str, why: str | None) -> None:
    assert notation.missing(text, notation.USUAL) == why


def column(kind: str, ecriture: str = "", unit: str = "") -> Column:
    return Column(table="t", name="x", type=kind, unit=unit, description="", theirs={2024: "x"}, ecriture=ecriture)


def read(kind: str, texts: list[str | None], ecriture: str = "", **said: Any) -> typed.Read:
    return typed.read(column(kind, ecriture), Layout(since=2024, file="x", **said), pa.array(texts, pa.string()))


def test_a_column_has_its_own_grammar() -> None:
    assert read("DECIMAL(12,2)", ["1.234,5", "12"], "1.234,5").values.to_pylist() == ["1234.50", "12"]
    assert read("INTEGER", ["1.000"], "1.234").values.to_pylist() == ["1000"]
    assert read("DATE", ["31/12/2024"], "JJ/MM/AAAA").values.to_pylist() == ["2024-12-31"]
    with pytest.raises(ValueError, match="ne montre ni un nombre"):
        column("INTEGER", "mille")


def test_what_does_not_fit_is_told() -> None:
    found = read("INTEGER", ["12", None, "99999999999", "1.000", "nd", "#N/A"], markers={"N.D.": "nd"})
    assert found.values.to_pylist() == ["12", None, None, None, None, None]
    assert found.status is not None
    assert found.status.to_pylist() == ["publié", "vide", "nd", "nd", "nd", "nd"]
    assert [row for row, *_ in found.unread] == [2, 3, 5]
    text = typed.read(column("VARCHAR"), Layout(since=2024, file="x"), pa.array(["a", "#REF!", "# 12"]))
    assert text.values.to_pylist() == ["a", None, "# 12"]
    assert [row for row, *_ in text.unread] == [1]


# --- the cell goes, not the line ----------------------------------------------------------------------------


def test_a_cell_goes_and_its_line_stays(depot: tuple[Path, Settings], caplog: Any) -> None:
    root, now = depot
    depose(root, "formations_capacites", 2024, many("2024;;Université A;28;medecin;2;1.000"))
    assert steps.ingest("formations_capacites", 2024)["ecartees"] == 0
    assert result(
        now, "formations_capacites", 2024, "formations_capacites", "SELECT capacite, capacite_statut FROM {} LIMIT 1"
    ) == [(None, "nd")]
    (row,) = set_aside(now, "formations_capacites", 2024)
    assert (row["colonne"], row["ligne"], json.loads(row["contenu"])["universite"]) == ("capacite", 2, "Université A")
    assert "écrire 1000" in row["motif"]
    told = failed(now, "formations_capacites", 2024)["cellules_ecartees_capacite"]
    assert told.observe == "1 cellule(s) sur 121 lignes : formations_capacites_2024.csv, ligne 2"
    assert "cellules_ecartees_capacite de formations_capacites" in caplog.text


def test_a_rule_of_one_number_costs_this_number(depot: tuple[Path, Settings]) -> None:
    root, now = depot
    depose(root, "formations_capacites", 2024, many("2024;;Université A;28;medecin;2;-1"))
    steps.ingest("formations_capacites", 2024)
    (row,) = set_aside(now, "formations_capacites", 2024)
    assert (row["colonne"], row["controle"]) == ("capacite", "nombres_positifs")
    assert "« -1 »" in row["motif"]
    depose(root, "formations_capacites", 2024, many("2024;;Université A;Normandie;medecin;2;12"))
    assert steps.ingest("formations_capacites", 2024)["ecartees"] == 1  # without its region, a line is nowhere


def test_a_column_of_bad_cells_refuses(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    lines = [f"2024;;Université {n} bis;28;medecin;2;1.0{n}0" for n in range(5)]
    depose(root, "formations_capacites", 2024, many(*lines))
    error = refused("formations_capacites", 2024)
    assert "dans la colonne capacite" in error.what
    assert error.where.line == 2


@pytest.fixture
def sae(sample_extracts: Path, tmp_path: Path) -> Iterator[tuple[Path, Settings]]:
    root = tmp_path / "extraits"
    shutil.copytree(sample_extracts / "sae" / "2023", root / "sae" / "2023")
    (root / "FICTIF.txt").write_text("fictif\n", encoding="utf-8")
    with environment(tmp_path / "entrepot", root) as now:
        yield root / "sae" / "2023", now


def test_one_bad_bed_leaves_the_staff_of_the_site(sae: tuple[Path, Settings], caplog: Any) -> None:
    folder, now = sae
    path = folder / "SYGEN_2023r.csv"
    lines = path.read_text(encoding="cp1252").splitlines(keepends=True)
    names, cells = lines[0].rstrip("\r\n").split(";"), lines[7].rstrip("\r\n").split(";")
    bed, text = names.index("PLA_SSR"), names.index("ETP_AID")
    finess, staff = cells[names.index("FI")], cells[names.index("ETP_ASH")]
    cells[bed], cells[text] = "-1", "douze"
    path.write_text("".join([*lines[:7], ";".join(cells) + "\r\n", *lines[8:]]), encoding="cp1252", newline="")
    assert steps.ingest("sae", 2023)["ecartees"] == 0
    said = f"SELECT PLA_SSR, ETP_AID, ETP_ASH FROM {{}} WHERE finess = '{finess}'"
    assert result(now, "sae", 2023, "sygen", said) == [(None, None, Decimal(staff) if staff else None)]
    told = {(r["colonne"], r["controle"], r["ligne"]) for r in set_aside(now, "sae", 2023)}
    assert told == {("PLA_SSR", "nombres_positifs", 8), ("ETP_AID", "type", 8)}
    assert "cellules_ecartees_PLA_SSR de sae_sygen ; observé : 1 cellule(s)" in caplog.text


# --- workbooks ----------------------------------------------------------------------------------------------

ONE = "2024;;Université A;28;medecin;2;12"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("=40+28", "« =40+28 » est une formule sans résultat enregistré"),
        ("#REF!", "« #REF! » est une erreur de calcul"),
        ("#DIV/0!", "« #DIV/0! » est une erreur de calcul"),
    ],
)
def test_an_error_of_calculation_refuses_a_contract(depot: tuple[Path, Settings], cell: str, told: str) -> None:
    root, _ = depot

    def change(sheet: Any) -> None:
        sheet["G2"] = cell

    book(root, "formations_capacites", 2024, many(ONE), change)
    error = refused("formations_capacites", 2024)
    assert told in error.what
    assert "cellule G2" in error.what
    assert error.where.line == 2


def test_an_error_in_a_key_takes_the_line(depot: tuple[Path, Settings]) -> None:
    root, _ = depot

    def change(sheet: Any) -> None:
        sheet["C2"] = "#N/A"

    book(root, "formations_capacites", 2024, many(ONE), change)
    assert "cellule C2" in refused("formations_capacites", 2024).what


def test_an_error_exported_as_text_is_one(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    depose(root, "formations_capacites", 2024, many("2024;;Université A;28;medecin;2;#VALEUR!"))
    assert "« #VALEUR! » est une erreur de calcul" in refused("formations_capacites", 2024).what


def test_numbers_of_a_sheet_are_no_texts(depot: tuple[Path, Settings]) -> None:
    """911,875 as a number is a number; as a text, it may be thousands. A formula with its value is its value."""
    root, now = depot
    line = "2024;CAE;Contrat {n};étudiants;infirmier;departement;61;personnes;2024-09-01;;12;{m};ARS"
    head = (
        "annee;dispositif;intitule;public;profession;niveau;code;nature;date_debut;date_fin;beneficiaires;montant;"
        "financeur"
    )
    text = "\n".join([head, *(line.format(n=n, m="911.875" if n else "") for n in range(120))])

    def change(sheet: Any) -> None:
        sheet["L2"] = "911.875"
        sheet.row_dimensions[5].hidden = True

    book(root, "dispositifs", 2024, text, change)
    steps.ingest("dispositifs", 2024)
    found = result(now, "dispositifs", 2024, "dispositifs", "SELECT montant, count(*) FROM {} GROUP BY 1 ORDER BY 2")
    assert found == [(None, 1), (Decimal("911.88"), 119)]
    (row,) = set_aside(now, "dispositifs", 2024)
    assert "cellule L2" in row["motif"]
    assert "écrire 911875" in row["motif"]
    assert failed(now, "dispositifs", 2024)["lignes_masquees"].observe == "dispositifs_2024.xlsx[Données], ligne 5"


def test_odd_cells_are_found_in_any_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks end between two lines: a cell is never cut in two. A text that a formula leaves blank is a blank."""
    path = tmp_path / "a.xlsx"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B{n}"><f>A{n}&lt;2</f></c>'
        f'<c r="C{n}" t="str"><f>""</f><v></v></c><c r="D{n}"><f>1</f><v>1</v></c></row>'
        for n in range(1, 60)
    )
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="F" r:id="r1"/></sheets></workbook>')
        made.writestr("xl/_rels/workbook.xml.rels", '<r><Relationship Id="r1" Target="worksheets/s.xml"/></r>')
        made.writestr("xl/worksheets/s.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    monkeypatch.setattr(formulas, "_BLOCK", 211)
    found = formulas.odd(path, computed=True)["F"]
    assert found.errors == {f"A{n}": "#DIV/0!" for n in range(1, 60)}
    assert found.unsaved == {f"B{n}": f"=A{n}<2" for n in range(1, 60)}
    assert found.computed == {f"{c}{n}" for n in range(1, 60) for c in "CD"}


# --- counted twice ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["TOTAL Normandie", "Sous-total", "ensemble", "Ensemble de la région", "Totaux :"])
def test_a_total_by_its_name(depot: tuple[Path, Settings], name: str) -> None:
    root, now = depot
    depose(root, "formations_capacites", 2024, many(ONE, f"2024;;{name};28;medecin;2;12"))
    assert steps.ingest("formations_capacites", 2024)["ecartees"] == 1
    assert [r["controle"] for r in set_aside(now, "formations_capacites", 2024)] == ["ligne_de_total"]


def test_a_name_that_begins_as_a_total_is_none(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    lines = [ONE, "2024;;Ensemble pour la santé;28;medecin;2;7", "2024;;Totalia;28;medecin;2;7"]
    depose(root, "formations_capacites", 2024, many(*lines))
    assert steps.ingest("formations_capacites", 2024)["ecartees"] == 0


def test_a_total_by_what_it_says(depot: tuple[Path, Settings]) -> None:
    root, now = depot
    lines = [
        f"2024;;{name};28;{profession};2;{value}"
        for profession, values in {"medecin": (12, 30, 42), "pharmacien": (5, 6, 11)}.items()
        for name, value in zip(("Caen", "Rouen", "Normandie"), values, strict=True)
    ]
    depose(root, "formations_capacites", 2024, many(*lines, count=300))
    assert steps.ingest("formations_capacites", 2024)["ecartees"] == 2
    assert {(r["controle"], json.loads(r["contenu"])["universite"]) for r in set_aside(now, *LAST)} == {
        ("ligne_somme_des_autres", "Normandie")
    }


LAST = ("formations_capacites", 2024)
MPOM = """
periode_debut;periode_fin;profession;region;universite;objectif;seuil_min;seuil_max;arrete
2021;2025;medecin;28;Caen;100;90;110;
2021;2025;medecin;28;Rouen;200;190;210;
2021;2025;medecin;11;;900;800;1000;
2021;2025;pharmacien;11;;90;80;100;
"""


def test_a_whole_beside_other_parts_refuses(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    depose(root, "mpom", 2021, MPOM + "2021;2025;medecin;28;;300;280;320;\n")
    assert steps.ingest("mpom", 2021)["ecartees"] == 0  # the mart takes the region's own
    depose(root, "mpom", 2021, MPOM + "2021;2025;medecin;28;;310;280;320;\n")
    error = refused("mpom", 2021)
    assert "vide dit l'ensemble" in error.what
    assert error.where.line == 6


def test_two_names_of_one_profession(tmp_path: Path) -> None:
    from pipelines.arrival import doubles
    from pipelines.arrival.landing import Landed

    source = catalogue.load("apl")
    landed = Landed.__new__(Landed)
    object.__setattr__(landed, "source", "apl")
    object.__setattr__(landed, "millesime", 2024)
    one, two = (
        Path(f"indicateur_d_apl_aux_{name}.xlsx") for name in ("kinesitherapeutes", "masseurs_kinesitherapeutes")
    )
    doubles.refuse_names(landed, source, "apl", [one, Path("indicateur_d_apl_aux_infirmiers.xlsx")])
    with pytest.raises(RefusedError, match="se disent la même partie"):
        doubles.refuse_names(landed, source, "apl", [one, two])
    path = tmp_path / "apl.parquet"
    with duckdb.connect() as connection:
        cells = ", ".join(f"n AS {name}" for name in source.cells("apl", 2024))
        connection.execute(
            f"COPY (SELECT {cells}, f || '.xlsx[APL_2024]' AS _fichier FROM range(9) AS t (n), "
            f"(VALUES ('a'), ('b')) AS u (f)) TO '{path}'"
        )
        with pytest.raises(RefusedError, match=r"même contenu.*« a\.xlsx » et « b\.xlsx »"):
            doubles.refuse_contents(connection, landed, source, "apl", path)


# --- deposits of a spreadsheet, messages --------------------------------------------------------------------


def test_what_a_spreadsheet_saves(depot: tuple[Path, Settings]) -> None:
    root, now = depot
    signs = ["NC", "-", "…", "n.d.", "ND", "S", "ns"]
    lines = [f"2024;;Université {sign};28;medecin;2;{sign}" for sign in signs]
    depose(root, *LAST, "sep=;\n" + many(*lines))
    assert steps.ingest(*LAST)["ecartees"] == 0
    found = result(
        now, *LAST, "formations_capacites", "SELECT capacite_statut, min(_ligne) FROM {} GROUP BY 1 ORDER BY 2"
    )
    assert found == [("nd", 3), ("secret", 8), ("publié", 10)]
    depose(root, *LAST, many("2024;;Université d’Évry;11;medecin;2;9"), encoding="cp1252")
    assert "CSV UTF-8" in refused(*LAST).todo


def test_all_that_is_wrong_is_told_at_once(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    for table in ("instituts", "promotions"):
        depose(
            root,
            "formations_sanitaires",
            2024,
            "annee;uai;diplome\n2024;0140001A;infirmier",
            name=f"formations_sanitaires_{table}",
        )
    error = refused("formations_sanitaires", 2024)
    assert "« places_autorisees »" in error.what
    assert "« annee_entree »" in error.what
    assert "formations_sanitaires_promotions_2024.csv" in error.what
    assert error.where.line == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"mpom_{millesime}\.(csv|xlsx)", "mpom_2024.csv ou .xlsx"),
        (
            r"indicateur[ _]d['’_]apl[ _]aux[ _](?P<profession>.+?)(_xlsx)?\.xlsx",
            "indicateur d'apl aux <profession>.xlsx",
        ),
        (r"Code commune( INSEE)?", "Code commune"),
        (r"SYGEN_{millesime}r?\.csv", "SYGEN_2024.csv"),
        (r"communes-({millesime}|{aa})(_v[-0-9]+)?\.(xlsx?|csv)", "communes-2024.xlsx, .xls ou .csv"),
        (r"(communes-{millesime}\.xlsx?|libelles-{millesime}\.csv)", "communes-2024.xlsx ou .xls"),
        (r"tension \(valeurs imputées.*\)", "tension (valeurs imputées…)"),
        (r"(ptot|psdc)[0-9]+", "ptot…"),
    ],
)
def test_a_pattern_as_a_person_reads_it(text: str, said: str) -> None:
    assert plainly(text, 2024) == said


def test_every_pattern_reads_plainly() -> None:
    for source in catalogue.load_all():
        for table in source.tables.values():
            for layout in table.layouts:
                for text in filter(None, (layout.file, layout.sheet, layout.header_cell)):
                    assert not re.search(r"[\\*+?^$|\[\]{}]", plainly(text, 2024)), text
        for column in source.columns:
            for name in (name for year in column.theirs for name in column.headings(year)):
                if name.startswith("/"):
                    assert not re.search(r"[\\*+?^$|\[\]{}/]", headings.plain(name)), name


def test_lines_of_another_width_say_theirs(tmp_path: Path) -> None:
    """A separator at the end of each line, but not of the header."""
    path = tmp_path / "formations_capacites_2024.csv"
    head, *lines = many(count=9).splitlines()
    path.write_text("\n".join([head, *(f"{line};" for line in lines)]) + "\n", encoding="utf-8")
    source = catalogue.load("formations_capacites")
    with duckdb.connect() as connection, pytest.raises(RefusedError, match="9 lignes ont 8 cellules au lieu de 7"):
        staging.stage(connection, source, "formations_capacites", 2024, [path], tmp_path)
