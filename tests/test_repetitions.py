"""The same lines twice under two names: sheets that mean one thing, a year copied as another."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from rooms import Damage, Room

from pipelines import catalogue
from pipelines.catalogue import CAPTURED, Source

Book = Any
SCHOOLS, APL = "formations_sante_2023.xlsx", "indicateur_d_apl_aux_medecins_generalistes.xlsx"
SOCIAL = "tensions_social_2022.xlsx"


def book(change: Callable[[Book], None]) -> Damage:
    """Changes a workbook as a person does, in a spreadsheet."""

    def damage(data: bytes) -> bytes:
        opened, saved = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
        change(opened)
        opened.save(saved)
        return saved.getvalue()

    return damage


def copied(sheet: str, name: str, *, times: int = 1, plus: int = 0, most: int | None = None) -> Damage:
    """A sheet copied under another name: its first lines or all, as many times, its numbers raised."""

    def change(opened: Book) -> None:
        copy = opened.create_sheet(name)
        for line in opened[sheet].iter_rows(values_only=True, max_row=most):
            numbers = sum(isinstance(c, int | float) for c in line)
            for _ in range(times if numbers > 2 else 1):
                # A year stays.
                copy.append([c + plus if isinstance(c, int | float) and not 1990 < c < 2100 else c for c in line])

    return book(change)


@pytest.mark.parametrize(
    ("copy", "said"),
    [
        (copied("Infirmiers", "Infirmiers (2)"), "Deux feuilles ont le même contenu"),
        (copied("Masseurs-kinésithérapeutes", "Masseurs-kinésithérapeutes (23)"), "Deux feuilles ont le même contenu"),
        # The same numbers for another diploma are a copy too, whatever its name.
        (copied("Infirmiers", "Ergothérapeutes bis"), "Deux feuilles ont le même contenu"),
        (copied("Infirmiers", "Infirmiers corrigé", plus=1), "dont le nom dit la même chose (formation)"),
        (copied("Infirmiers", "Infirmiers détail", times=2), "dont le nom dit la même chose (formation)"),
    ],
    ids=["numero", "parenthese", "autre-diplome", "corrige", "detail"],
)
def test_two_sheets_of_one_diploma_are_refused(room: Callable[[str, int], Room], copy: Damage, said: str) -> None:
    here = room("drees_formations", 2023)
    here.change(SCHOOLS, copy)
    error = here.refused()
    assert said in str(error)
    assert "comptées deux fois" in str(error)


def test_a_sheet_of_regions_copied_is_refused_though_its_numbers_moved(room: Callable[[str, int], Room]) -> None:
    here = room("drees_tensions_social", 2022)
    (sheet,) = [s for s in openpyxl.load_workbook(here.folder / SOCIAL).sheetnames if "gion" in s]
    here.change(SOCIAL, copied(sheet, f"{sheet} (2)", plus=1))
    assert "dont le nom dit la même chose (feuille)" in str(here.refused())


def test_a_copy_that_writes_its_regions_otherwise_is_refused(room: Callable[[str, int], Room]) -> None:
    here = room("drees_formations", 2023)

    def upper(opened: Book) -> None:
        for line in opened["Infirmiers bis"].iter_rows(max_col=1):
            for cell in line:
                cell.value = str(cell.value).upper() if cell.value else None

    here.change(SCHOOLS, copied("Infirmiers", "Infirmiers bis", plus=1))
    here.change(SCHOOLS, book(upper))
    assert "dont le nom dit la même chose (formation)" in str(here.refused())


def test_a_year_copied_as_another_is_told(room: Callable[[str, int], Room]) -> None:
    here = room("apl", 2023)
    last = openpyxl.load_workbook(here.folder / APL).sheetnames[-1]
    here.change(APL, copied(last, "APL 2021"))
    (told,) = [c for c in here.receive().controls if c.controle == "annee_recopiee" and not c.reussi]
    assert told.severite == "avertissement"
    assert f"fichier = {APL}, annees = 2021, {last[-4:]}" in told.observe


def test_sheets_of_years_that_differ_are_not_told(room: Callable[[str, int], Room]) -> None:
    for source, millesime in (("apl", 2023), ("drees_formations", 2023), ("urssaf_effectifs", 2023)):
        found = room(source, millesime).latest(accepted=True)[1]
        assert [c for c in found.controls if c.controle == "annee_recopiee" and not c.reussi] == []


PADHUE, PROJECTS = "postes_padhue_2024.xlsx", "Base_open_data_BMO_2024.xlsx"


@pytest.mark.lent
@pytest.mark.parametrize(
    ("source", "millesime", "file", "copy", "severity"),
    [
        ("postes_padhue", 2024, PADHUE, copied("Données", "Données (2)", times=2), "avertissement"),
        ("postes_padhue", 2024, PADHUE, copied("Données", "Feuil1", plus=1), "avertissement"),
        ("bmo", 2024, PROJECTS, copied("BMO_2024_open_data", "BMO complet", times=2), "avertissement"),
        ("apl", 2023, APL, copied("APL 2023", "APL 2023 (2)"), "avertissement"),
        ("postes_padhue", 2024, PADHUE, copied("Données", "suite", most=5), "information"),
    ],
    ids=["plus-de-lignes", "autant", "bmo", "une-annee-en-double", "quelques-lignes"],
)
def test_a_sheet_of_the_same_headings_that_nobody_reads_is_told(
    room: Callable[[str, int], Room], source: str, millesime: int, file: str, copy: Damage, severity: str
) -> None:
    here = room(source, millesime)
    here.change(file, copy)
    (told,) = [c for c in here.receive().controls if c.controle == "feuilles_non_lues"]
    assert told.severite == severity
    assert told.observe.startswith(f"{file}[")
    assert re.search(r"\] : \d+ lignes, contre \d+ dans ", told.observe)


def test_a_sheet_of_notes_is_not_told(room: Callable[[str, int], Room]) -> None:
    here = room("postes_padhue", 2024)

    def notes(opened: Book) -> None:
        sheet = opened.create_sheet("Lisez-moi")
        for line in (["annee", "an de la session"], ["profession", "celle du concours"], ["x"]):
            sheet.append(line)

    here.change(PADHUE, book(notes))
    assert [c for c in here.receive().controls if c.controle == "feuilles_non_lues"] == []


def test_a_sheet_that_nobody_reads_costs_no_other(room: Callable[[str, int], Room]) -> None:
    here = room("postes_padhue", 2024)

    def far(opened: Book) -> None:
        opened.create_sheet("brouillon").cell(1_048_576, 16_384, "x").offset(-1_048_575, -16_383).value = "y"

    here.change(PADHUE, book(far))
    assert here.receive().accepte
    assert here.rows(1, "postes_padhue") == here.rows(2, "postes_padhue")


def named() -> Iterator[tuple[Source, str, str, str]]:
    """Each text of a key that the name of a file or of a sheet says, with what that name may be."""
    for source in catalogue.load_all():
        for name, table in source.tables.items():
            for layout in table.layouts:
                groups = re.findall(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)", f"{layout.file} {layout.sheet or ''}")
                for column, rule in groups:
                    if column in table.key and not re.fullmatch(r"\\d\{4\}|\{millesime\}", rule):
                        yield source, name, column, rule


# What such a name says is a code, or a list of words that are each of their own.
CODES = {
    ("contours", "perimetre"): "la clé compte le code du territoire, qui est le même dans deux fichiers",
    ("insee_omphale", "scenario"): "un scénario de plus est une hypothèse de plus, qui ne s'ajoute à aucune",
}


def test_each_name_in_a_key_says_what_it_means() -> None:
    loose = [
        (source.id, column)
        for source, table, column, rule in named()
        if re.search(r"[.*+?\[\\]", rule)
        and column not in source.tables[table].sens
        and column not in source.tables[table].synonymes
    ]
    assert set(loose) == set(CODES)
    assert any(CAPTURED.fullmatch("<formation>") is not None for _, _, column, _ in named() if column == "formation")
