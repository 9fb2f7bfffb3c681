"""Questionnaires: template, reading by code, every kind of fault, the copy to correct, the warehouse."""

import datetime as dt
import io
import itertools
import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import python_calamine
from fixtures_entrepots import ROOT, Warehouse, environment, none, one, rows
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from pipelines import catalogue, cli, steps
from pipelines.arrival import staging
from pipelines.catalogue import Source
from pipelines.errors import AtlasError, Place, RefusedError
from pipelines.questionnaires import TOTAL, Form, Questionnaire, answers, checks, report, template
from pipelines.questionnaires.answers import Key
from pipelines.questionnaires.book import RED, YELLOW
from pipelines.questionnaires.checks import Verdict
from pipelines.questionnaires.expressions import Rule
from pipelines.questionnaires.template import Filled
from pipelines.readers import questionnaire as reader

SOURCE = "enquete_test"
FINESS = "140000100"  # a public number: the CHU of Caen
NAMES = ("poste", "pourvus", "budgetes")


def question(code: str, libelle: str, kind: str, unite: str = "", **rest: object) -> dict[str, object]:
    return {"code": code, "libelle": libelle, "type": kind, "unite": unite, "definition": "D.", **rest}


def identity(code: str, regle: str, message: str, **rest: object) -> dict[str, object]:
    return {"code": code, "regle": regle, "message": message, **rest}


DECLARATION: dict[str, Any] = {
    "campagnes": {2023: dt.date(2024, 3, 31), 2024: dt.date(2025, 3, 31)},
    "objet": "Essai.",
    "consignes": ["Répondre."],
    "contact": "Personne.",
    "champ": {"secteurs": ["1"], "variables": ["ETP_TOT_PNM"]},
    "listes": {
        "metiers": [
            {"code": "infirmiers", "libelle": "Infirmiers", "definition": "Tous."},
            {"code": "aides", "libelle": "Aides-soignants"},
            {"code": "medecins", "libelle": "Médecins", "depuis": 2024},
            {"code": "ensemble", "libelle": "Ensemble"},
        ],
        "causes": [{"code": "salaire", "libelle": "Le salaire"}, {"code": "lieu", "libelle": "Le lieu"}],
    },
    "sections": [
        {
            "code": "postes",
            "titre": "Postes",
            "aide": "En ETP.",
            "lignes": "metiers",
            "questions": [
                question(
                    "budgetes", "Budgétés", "décimal", "ETP", min=0, max=5000, obligatoire=True, evolution_max=0.5
                ),
                question("pourvus", "Pourvus", "décimal", "ETP", min=0),
                question(
                    "jours", "Jours d'absence", "entier", "jours", min=0, codes={2023: "jours_absence", 2024: "jours"}
                ),
                question("interim", "Intérim", "décimal", "€", jusqua=2023),
            ],
        },
        {
            "code": "autres",
            "titre": "Autres",
            "questions": [
                question("accidents", "Accidents", "entier", "accidents", min=0, obligatoire=True),
                question("cause", "Cause", "liste", choix="causes"),
                question("alerte", "Alerte ?", "oui-non", depuis=2024),
            ],
        },
    ],
    "identites": [
        identity("pourvus_bornes", "pourvus <= budgetes", "Plus de postes pourvus que budgétés.", tolerance=0.5),
        identity("absences_bornees", "jours <= 365 * pourvus", "Trop de jours d'absence.", gravite="avertissement"),
        identity("accidents_rares", "accidents <= pourvus", "Plus d'accidents que de postes.", gravite="avertissement"),
    ],
}

GOOD: dict[Key, str | float] = {
    ("budgetes", "infirmiers"): 100.0,
    ("budgetes", "aides"): 50.5,
    ("budgetes", "medecins"): 20.0,
    ("budgetes", TOTAL): 170.5,
    ("pourvus", "infirmiers"): 90.0,
    ("pourvus", "aides"): 50.0,
    ("pourvus", "medecins"): 15.0,
    ("pourvus", TOTAL): 155.0,
    ("jours", "infirmiers"): 900.0,
    ("jours", "aides"): 1000.0,
    ("jours", "medecins"): 100.0,
    ("jours", TOTAL): 2000.0,
    ("accidents", TOTAL): 7.0,
    ("cause", TOTAL): "Le lieu",
    ("alerte", TOTAL): "Oui",
}


def asked(**changes: object) -> Questionnaire:
    return Questionnaire(**{**DECLARATION, **changes})


@pytest.fixture
def form() -> Form:
    return asked().form(SOURCE, "Enquête d'essai", 2024)


Edit = Callable[[Worksheet], None]


class Sheet:
    """A filled workbook, edited as a person would; addresses are found by code, as they were before the edits."""

    def __init__(self, form: Form, given: dict[Key, str | float] | None = None, finess: str = FINESS) -> None:
        content = template.render(form, Filled(finess, "CHU", GOOD if given is None else given))
        self.form = form
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet = self.book[template.SHEET]
        self.cells: dict[Key, str] = {}
        codes: dict[int, str] = {}
        printed = {q.printed(form.millesime): q.code for p in form.parts for q in p.questions}
        for row in self.sheet.iter_rows():
            code = str(row[0].value or "")
            if code.startswith("§"):
                codes = {c.column: str(c.value) for c in row[1:] if c.value}
            elif code and code != answers.HEADING:
                for column, heading in codes.items():
                    cell = self.sheet.cell(row[0].row, column)
                    key = (code, TOTAL) if heading == answers.ANSWER else (heading, code)
                    self.cells[printed.get(key[0], key[0]), key[1]] = cell.coordinate

    def put(self, question: str, line: str, value: object) -> "Sheet":
        self.sheet[self.cells[question, line]] = value
        return self

    def verdict(self, tmp_path: Path, **context: Any) -> Verdict:
        path = tmp_path / "depot.xlsx"
        self.book.save(path)
        return checks.verify(reader.deposit(path, self.form, Place()), self.form, **context)


def values(verdict: Verdict) -> dict[Key, object]:
    return {k: a.choice if a.choice is not None else a.value for k, a in verdict.answers.items()}


def rules(verdict: Verdict) -> list[str]:
    return [fault.rule for fault in verdict.faults]


EXPECTED = {
    k: {"Le lieu": "lieu", "Oui": "oui"}.get(v) if isinstance(v, str) else Decimal(str(v)) for k, v in GOOD.items()
}


# --- declaration -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source_id", [s.id for s in catalogue.load_all() if s.questionnaire])
def test_shipped_questionnaires_are_whole(source_id: str) -> None:
    source = catalogue.load(source_id)
    assert source.restreint
    assert source.questionnaire is not None
    assert "fictives" in source.limits
    for millesime in source.questionnaire.campagnes:
        form = source.questionnaire.form(source_id, source.titre, millesime)
        keys = [(question.code, line) for _, question, line in form.cells()]
        assert len(keys) == len(set(keys))
        for part in form.parts:
            for question in part.questions:
                assert question.definition, question.code
                printed = [q.printed(millesime) for q in part.questions]
                assert len(printed) == len(set(printed))
        names = {i.code for i in form.identities()}
        assert names
        # Every rule can be held somewhere.
        assert all(checks._lines(form, identity) for identity in form.identities())


def test_what_the_declaration_refuses() -> None:
    section = DECLARATION["sections"][0]
    question = section["questions"][0]
    wrongs: tuple[dict[str, Any], ...] = (
        {"sections": [section, section]},
        {"sections": [{**section, "lignes": "inconnue"}]},
        {"sections": [{**section, "questions": [{**question, "unite": ""}]}], "identites": []},
        {"sections": [{**section, "questions": [{**question, "type": "liste"}]}], "identites": []},
        {"sections": [{**section, "questions": [{**question, "code": "Été"}]}], "identites": []},
        {"identites": [{"code": "a", "regle": "inconnue <= pourvus", "message": "m"}]},
        {"identites": [{"code": "a", "regle": "__import__('os') <= pourvus", "message": "m"}]},
        {"identites": [{"code": "a", "regle": "pourvus < budgetes < 3", "message": "m"}]},
        {"campagnes": {}},
        {"question": []},
    )
    for wrong in wrongs:
        with pytest.raises(ValueError):  # noqa: PT011 (each says it in its own words)
            asked(**wrong)


def test_a_survey_of_social_establishments_is_answered_by_the_site(tmp_path: Path) -> None:
    form = asked(champ={"publics": ["domicile"]}).form(SOURCE, "Enquête d'essai", 2024)
    (fault,) = Sheet(form, finess="140000101").verdict(tmp_path).refused
    assert fault.what == "Le numéro FINESS de l'établissement n'est pas valable."
    (fault,) = Sheet(form).verdict(tmp_path, known=["140000118"]).refused
    assert fault.todo == "vérifier le numéro : celui de l'établissement, non de son entité juridique"
    for champ in ({}, {"secteurs": ["1"]}, {"secteurs": ["1"], "variables": ["ETPINT"], "publics": ["domicile"]}):
        with pytest.raises(ValueError, match="le champ a"):
            asked(champ=champ)


def test_rules_are_sums_and_products() -> None:
    rule = Rule.parse("2 * (poste + pourvus) - 1 <= budgetes")
    numbers = dict(zip(NAMES, map(Decimal, ("1", "2", "4")), strict=True))
    assert rule.names == set(NAMES)
    assert rule.gap(numbers) == 1
    assert Rule.parse("poste = pourvus").gap(numbers) == 1
    assert Rule.parse("budgetes >= pourvus").gap(numbers) == -2
    for wrong in ("poste", "poste == 1", "f(poste) = 1", "poste ** 2 = 1", "poste. = 1", "'a' = 1"):
        with pytest.raises(ValueError):  # noqa: PT011
            Rule.parse(wrong)


def test_a_campaign_adds_renames_and_drops_questions() -> None:
    before, after = (asked().form(SOURCE, "", m) for m in (2023, 2024))
    codes = [{q.code for p in f.parts for q in p.questions} for f in (before, after)]
    assert codes[0] - codes[1] == {"interim"}
    assert codes[1] - codes[0] == {"alerte"}
    assert [f.parts[0].line_codes for f in (before, after)] == [
        ["infirmiers", "aides", TOTAL],
        ["infirmiers", "aides", "medecins", TOTAL],
    ]
    assert before.version != after.version
    words = asked(objet="Autres mots.", contact="Autre.").form(SOURCE, "Autre titre", 2024)
    assert words.version == after.version


def test_a_renamed_question_keeps_its_series(tmp_path: Path) -> None:
    form = asked().form(SOURCE, "", 2023)
    given = {k: v for k, v in GOOD.items() if k[0] != "alerte" and k[1] != "medecins"}
    given |= {("budgetes", TOTAL): 150.5, ("pourvus", TOTAL): 140.0, ("jours", TOTAL): 1900.0}
    sheet = Sheet(form, given)
    headings = [c.value for row in sheet.sheet.iter_rows() if str(row[0].value).startswith("§") for c in row]
    assert "jours_absence" in headings
    assert "jours" not in headings
    verdict = sheet.verdict(tmp_path)
    assert rules(verdict) == []
    assert verdict.answers["jours", "aides"].value == 1000


def test_the_survey_of_the_guide_works(tmp_path: Path) -> None:
    """What docs/enquetes.md declares gives a template, which reads back; the next campaign asks one more."""
    text = (ROOT / "docs" / "enquetes.md").read_text(encoding="utf-8")
    block = text.split('```yaml title="pipelines/catalogue/enquete_logement.yml"\n', 1)[1].split("```", 1)[0]
    folder = tmp_path / "pipelines" / "catalogue"
    folder.mkdir(parents=True)
    (folder / "enquete_logement.yml").write_text(block, encoding="utf-8")
    source = catalogue.parse(folder, "enquete_logement")
    assert source.questionnaire is not None
    first, second = (source.questionnaire.form(source.id, source.titre, m) for m in (2024, 2025))
    assert len(list(second.cells())) == len(list(first.cells())) + 1
    given: dict[Key, str | float] = {(q.code, line): 2.0 for _, q, line in first.cells() if q.is_number}
    given |= {("loges", TOTAL): 4.0, ("demandes", TOTAL): 4.0, ("frein", TOTAL): "Prix des loyers"}
    assert Sheet(first, given).verdict(tmp_path).faults == []
    assert rules(Sheet(first, given | {("loges", TOTAL): 3.0}).verdict(tmp_path)) == ["total"]


def test_a_finess_typed_as_a_number_gets_its_zero_back(form: Form, tmp_path: Path) -> None:
    sheet = Sheet(form)
    for number in range(10000000, 10000020):
        if checks.is_finess(f"{number:09d}"):
            assert sheet.put("repondant", TOTAL, number).verdict(tmp_path).respondent == f"{number:09d}"
            break
    else:
        pytest.fail("no number with a valid key")


# --- template ----------------------------------------------------------------------------------------------


def test_template_is_made_for_people(form: Form, tmp_path: Path) -> None:
    content = template.render(form, Filled(FINESS, "CHU FICTIF", {}))
    assert content == template.render(form, Filled(FINESS, "CHU FICTIF", {}))  # no clock in it
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == [template.GUIDE, template.SHEET]
    guide = " ".join(str(c.value) for row in book[template.GUIDE].iter_rows() for c in row if c.value)
    for text in ("Enquête d'essai", "31/03/2025", "Budgétés", "ETP", "n.d.", "sans objet", "aucun nom"):
        assert text in guide
    sheet = book[template.SHEET]
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "C3"
    assert sheet.protection.sheet
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$2"
    assert book.defined_names["repondant"].attr_text.startswith("'Réponses'!$C$")
    marks = [str(c.value) for row in sheet.iter_rows() for c in row if str(c.value).startswith("§")]
    assert marks == [f"§ {SOURCE} 2024 {form.version} {part}" for part in ("identification", "postes", "autres")]
    filled = Sheet(form, {})
    for key, place in filled.cells.items():
        locked = filled.sheet[place].protection.locked
        assert locked == (key[0] == "repondant"), key
    kinds = {
        str(cells): (v.type, v.formula1) for v in sheet.data_validations.dataValidation for cells in v.sqref.ranges
    }
    assert ("list", '"Le salaire,Le lieu,n.d.,sans objet"') in kinds.values()
    assert ("list", '"Oui,Non,n.d.,sans objet"') in kinds.values()
    bounded = [formula for kind, formula in kinds.values() if kind == "custom" and "5000" in formula]
    assert len(bounded) == 1
    path = tmp_path / "modele.xlsx"
    path.write_bytes(content)
    assert python_calamine.CalamineWorkbook.from_path(str(path)).sheet_names == book.sheetnames


def test_blank_template_lets_its_number_be_typed(form: Form, tmp_path: Path) -> None:
    sheet = Sheet(form, {}, finess="")
    assert not sheet.sheet[sheet.cells["repondant", TOTAL]].protection.locked
    assert rules(sheet.verdict(tmp_path)) == ["finess"]


@pytest.mark.parametrize("source_id", [s.id for s in catalogue.load_all() if s.questionnaire])
def test_shipped_templates_round_trip(source_id: str, tmp_path: Path) -> None:
    source = catalogue.load(source_id)
    assert source.questionnaire is not None
    for millesime in source.questionnaire.campagnes:
        form = source.questionnaire.form(source_id, source.titre, millesime)
        given = {(q.code, line): 0.0 if q.is_number else form.choices(q)[0][1] for _, q, line in form.cells()}
        path = tmp_path / f"{millesime}.xlsx"
        path.write_bytes(template.render(form, Filled(FINESS, "", given)))
        verdict = checks.verify(reader.deposit(path, form, Place()), form)
        assert verdict.faults == []
        assert {a.status for a in verdict.answers.values()} == {"publié"}
        assert len(verdict.answers) == len(given)


def test_round_trip(form: Form, tmp_path: Path) -> None:
    verdict = Sheet(form).verdict(tmp_path)
    assert verdict.faults == []
    assert verdict.respondent == FINESS
    assert values(verdict) == EXPECTED


# --- what people do to a workbook ------------------------------------------------------------------------------


def moved(sheet: Sheet, first: str, second: str) -> None:
    """Swaps two whole rows, code and all."""
    one_, two = (sheet.sheet[sheet.sheet[place].row] for place in (first, second))
    for a, b in zip(one_, two, strict=True):
        a.value, b.value = b.value, a.value


def test_read_by_code_never_by_position(form: Form, tmp_path: Path) -> None:
    sheet = Sheet(form)
    moved(sheet, sheet.cells["budgetes", "infirmiers"], sheet.cells["budgetes", TOTAL])
    sheet.sheet["B1"] = "Un autre titre"
    row = sheet.sheet[sheet.cells["budgetes", "aides"]].row
    sheet.sheet.cell(row, 2).value = "un libellé collé par-dessus"
    sheet.sheet.insert_rows(row)
    sheet.sheet.insert_cols(1)
    sheet.book.move_sheet(template.SHEET, -1)
    sheet.book.create_sheet("Notes")["A1"] = "à voir avec Mme D."
    verdict = sheet.verdict(tmp_path)
    assert verdict.faults == []
    assert values(verdict) == EXPECTED


def test_sections_pasted_into_another_workbook(form: Form, tmp_path: Path) -> None:
    sheet = Sheet(form)
    other = openpyxl.Workbook()
    target = other.active
    assert target is not None
    for row in sheet.sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                target.cell(cell.row + 7, cell.column + 2).value = cell.value
    sheet.book = other
    verdict = sheet.verdict(tmp_path)
    assert verdict.faults == []
    assert values(verdict) == EXPECTED


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,5", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1\u00a0234", "1234"),
        ("12.5", "12.5"),
        ("1.234,5", "1234.5"),
        (" 12 ETP ", "12"),
        ("−3", "-3"),
        (",5", "0.5"),
        ("1e-05", "0.00001"),
        ("0", "0"),
    ],
)
def test_french_numbers(text: str, value: str) -> None:
    assert answers.number(text, "ETP") == Decimal(value)


@pytest.mark.parametrize("text", ["12 5", "env. 12", "12 %", "3/4", "", "-", "1,2,3", "douze", "12 34,5", "n.d."])
def test_not_numbers(text: str) -> None:
    assert answers.number(text, "ETP") is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("n.d.", "nd"),
        ("ND", "nd"),
        ("N. D.", "nd"),
        ("Sans objet", "sans objet"),
        ("s.o.", "sans objet"),
        ("  ", "vide"),
        ("0", None),
    ],
)
def test_secret_missing_and_zero_are_three_things(text: str, status: str | None) -> None:
    assert answers.status(text) == status


# Each fault: how the workbook is spoilt, which rule says so, whether it blocks, and words of its message.
FAULTS: dict[str, tuple[Callable[[Sheet], object], str, bool, str]] = {
    "missing": (lambda s: s.put("accidents", TOTAL, None), "manquante", True, "réponse attendue"),
    "words": (lambda s: s.put("jours", "aides", "voir Mme Durand"), "nombre", True, "ce n'est pas un nombre"),
    "date": (lambda s: s.put("pourvus", "aides", dt.datetime(2024, 2, 1)), "nombre", True, "pour une date"),
    "error": (lambda s: s.put("pourvus", "aides", "#REF!"), "nombre", True, "erreur de calcul"),
    "not whole": (lambda s: s.put("jours", "medecins", 99.5), "entier", True, "nombre entier"),
    "too low": (lambda s: s.put("pourvus", "aides", -1), "borne", True, "moins que le minimum, 0 ETP"),
    "too high": (lambda s: s.put("budgetes", "aides", 5001), "borne", True, "plus que le maximum, 5 000 ETP"),
    "not in the list": (lambda s: s.put("cause", TOTAL, "La pluie"), "liste", True, "pas dans la liste"),
    "identity": (
        lambda s: s.put("pourvus", "infirmiers", 101).put("pourvus", TOTAL, 166),
        "pourvus_bornes",
        True,
        "Plus de postes pourvus",
    ),
    "soft identity": (lambda s: s.put("accidents", TOTAL, 200), "accidents_rares", False, "Lu : 200 et 155."),
    "total": (
        lambda s: s.put("jours", TOTAL, 2500),
        "total",
        True,
        "la somme des lignes est 2 000, et la ligne de total dit 2 500",
    ),
    "added line": (lambda s: _added(s), "ligne_ajoutee", False, "n'est pas lu"),
    "unknown code": (lambda s: _renamed(s), "code_inconnu", False, "« budgetes, dentistes »"),
    "twice": (lambda s: _twice(s), "double", True, "deux réponses différentes"),
    "finess": (lambda s: s.put("repondant", TOTAL, "140000101"), "finess", True, "n'est pas valable"),
    "no finess": (lambda s: s.put("repondant", TOTAL, None), "finess", True, "manque"),
    "version": (lambda s: _remarked(s, form_version="00000000"), "version", False, "autre version"),
    "campaign": (lambda s: _remarked(s, millesime="2023"), "campagne", True, "autre campagne"),
    "survey": (lambda s: _remarked(s, source="enquete_rh"), "campagne", True, "autre enquête"),
    "no mark": (lambda s: s.sheet.delete_cols(1), "gabarit", True, "pas le gabarit"),
}


def _added(sheet: Sheet) -> None:
    place = sheet.sheet[sheet.cells["budgetes", "aides"]]
    sheet.sheet.insert_rows(place.row)
    sheet.sheet.cell(place.row - 1, place.column).value = 12


def _renamed(sheet: Sheet) -> None:
    row = sheet.sheet[sheet.cells["budgetes", TOTAL]].row + 1
    for column, value in ((1, "dentistes"), (3, 4)):
        sheet.sheet.cell(row, column).value = value


def _twice(sheet: Sheet) -> None:
    row = sheet.sheet[sheet.cells["budgetes", TOTAL]].row + 1
    for column, value in ((1, "aides"), (3, 51.5)):
        sheet.sheet.cell(row, column).value = value


def _remarked(sheet: Sheet, *, source: str = SOURCE, millesime: str = "2024", form_version: str = "") -> None:
    for row in sheet.sheet.iter_rows():
        words = str(row[0].value or "").split()
        if words[:1] == ["§"]:
            row[0].value = " ".join(["§", source, millesime, form_version or words[3], words[4]])


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_told(name: str, form: Form, tmp_path: Path) -> None:
    spoil, rule, blocks, words = FAULTS[name]
    sheet = Sheet(form)
    spoil(sheet)
    verdict = sheet.verdict(tmp_path)
    assert rules(verdict) == [rule], verdict.faults
    fault = verdict.faults[0]
    assert (fault.gravity == "bloquant") is blocks
    assert words in fault.what.replace("\u202f", " ")
    assert fault.todo
    assert "Durand" not in fault.what + fault.todo
    # Nothing but the answers at fault is lost.
    if fault.keys:
        kept = {k for k in verdict.answers if not verdict.blocking(k)}
        lost = set(fault.keys) if blocks and rule != "manquante" else set()
        assert kept == verdict.answers.keys() - lost


@pytest.mark.parametrize(("medical", "told"), [(0, False), (400_000, False), (1_200_000, True)])
def test_interim_costs_no_more_than_the_staff(tmp_path: Path, medical: int, *, told: bool) -> None:
    """Thousands of euros on one side, euros on the other."""
    questionnaire = catalogue.load("enquete_rh").questionnaire
    assert questionnaire
    given = {
        "depenses_personnel": 900_000,
        "depenses_interim_medical": medical,
        "depenses_interim_non_medical": 100_000,
    }
    sheet = Sheet(questionnaire.form("enquete_rh", "", 2024), {(code, TOTAL): value for code, value in given.items()})
    assert ("interim_sous_personnel" in rules(sheet.verdict(tmp_path))) is told


def test_a_formula_left_is_seen_and_its_result_read(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "depot.xlsx"
    sheet = Sheet(form)
    place = sheet.cells["pourvus", "aides"]
    sheet.book.save(path)
    # As a spreadsheet writes it: the formula and its last result.
    _replaced(path, f'r="{place}"', "<v>50</v>", "<f>25+25</f><v>50</v>")
    verdict = checks.verify(reader.deposit(path, form, Place()), form)
    assert rules(verdict) == ["formule"]
    assert verdict.faults[0].keys == (("pourvus", "aides"),)
    assert values(verdict) == EXPECTED


def _replaced(path: Path, after: str, old: str, new: str) -> None:
    import zipfile

    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    for name, content in parts.items():
        text = content.decode("utf-8", "replace")
        at = text.find(after)
        if name.startswith("xl/worksheets/") and at >= 0 and old in text[at : at + 200]:
            parts[name] = (text[:at] + text[at:].replace(old, new, 1)).encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


def test_missing_lines_make_no_false_total(form: Form, tmp_path: Path) -> None:
    kept = Sheet(form).put("jours", "aides", "n.d.").verdict(tmp_path)
    assert rules(kept) == []
    assert kept.answers["jours", "aides"].status == "nd"
    more = Sheet(form).put("jours", "aides", "n.d.").put("jours", "medecins", 2000).verdict(tmp_path)
    assert "total" in rules(more)
    gone = Sheet(form).put("jours", "aides", "sans objet").verdict(tmp_path)
    assert rules(gone) == ["total"]


def test_unknown_respondent_and_implausible_change(form: Form, tmp_path: Path) -> None:
    assert rules(Sheet(form).verdict(tmp_path, known={"760780239"})) == ["finess_inconnu"]
    assert rules(Sheet(form).verdict(tmp_path, known={FINESS})) == []
    before = {
        ("budgetes", "infirmiers"): Decimal(40),
        ("budgetes", "aides"): Decimal(45),
        ("jours", "aides"): Decimal(1),
    }
    verdict = Sheet(form).verdict(tmp_path, previous=before)
    assert rules(verdict) == ["evolution"]
    assert "40 à la campagne précédente, 100 à celle-ci (+150 %)" in verdict.faults[0].what
    assert verdict.blocking(("budgetes", "infirmiers")) == []


def test_a_fall_is_read_as_a_rise_is(form: Form, tmp_path: Path) -> None:
    """With 0.5, neither 1.5 times as many nor 1.5 times as few is passed: 180 to 100 is a fall of 44 % only."""
    for before, found in ((180, ["evolution"]), (140, []), (70, []), (60, ["evolution"])):
        assert rules(Sheet(form).verdict(tmp_path, previous={("budgetes", "infirmiers"): Decimal(before)})) == found


# --- the copy to correct ------------------------------------------------------------------------------------


def test_the_copy_marks_what_to_correct_and_can_be_sent_back(form: Form, tmp_path: Path) -> None:
    sheet = Sheet(form).put("jours", "aides", "beaucoup").put("accidents", TOTAL, 200).put("alerte", TOTAL, "n.d.")
    moved(sheet, sheet.cells["budgetes", "infirmiers"], sheet.cells["budgetes", TOTAL])
    verdict = sheet.verdict(tmp_path)
    copy = openpyxl.load_workbook(io.BytesIO(report.copy(verdict, "CHU")))
    assert copy.sheetnames == [template.TO_CORRECT, template.GUIDE, template.SHEET]
    heads, *lines = [[c.value for c in row] for row in copy[template.TO_CORRECT].iter_rows(min_row=4)]
    assert heads[:3] == ["Feuille", "Cellule", "Cellule du dépôt"]
    words = next(line for line in lines if "ce n'est pas un nombre" in line[4])
    place = words[1]
    cell = copy[template.SHEET][place]
    assert cell.value == "beaucoup" == words[6]
    assert cell.fill.start_color.rgb.endswith(RED.removeprefix("#"))
    assert "ce n'est pas un nombre" in cell.comment.text
    assert not cell.protection.locked
    warned = next(line for line in lines if line[4].startswith("À vérifier"))
    assert copy[template.SHEET][warned[1].split(",")[0]].fill.start_color.rgb.endswith(YELLOW.removeprefix("#"))
    # Corrected there, it comes back clean; what was moved is back in its place.
    copy[template.SHEET][place] = 1000
    path = tmp_path / "corrige.xlsx"
    copy.save(path)
    again = checks.verify(reader.deposit(path, form, Place()), form)
    assert rules(again) == ["accidents_rares"]
    assert {k: v for k, v in values(again).items() if k[0] not in ("accidents", "alerte")} == {
        k: v for k, v in EXPECTED.items() if k[0] not in ("accidents", "alerte")
    }
    assert again.answers["alerte", TOTAL].status == "nd"


@pytest.mark.parametrize(("number", "locked"), [(FINESS, True), ("140000101", False)])
def test_only_a_wrong_number_can_be_changed_in_the_copy(number: str, locked: bool, form: Form, tmp_path: Path) -> None:
    verdict = Sheet(form, finess=number).verdict(tmp_path)
    copy = openpyxl.load_workbook(io.BytesIO(report.copy(verdict)))
    place = copy.defined_names["repondant"].attr_text.split("!")[1].replace("$", "")
    cell = copy[template.SHEET][place]
    assert cell.value == number
    assert cell.protection.locked is locked
    assert (cell.comment is None) is locked
    first = [c.value for c in next(copy[template.TO_CORRECT].iter_rows(min_row=5))]
    assert first[:2] == (["Rien à corriger.", None] if locked else [template.SHEET, place])


# --- staging ---------------------------------------------------------------------------------------------------


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A survey declared in a catalogue of its own, from its YAML."""
    import yaml

    entry = {
        **{"producteur": "P", "titre": "Enquête d'essai", "domaine": "emploi", "licence": "L"},
        "adresse": "https://exemple.fr/",
        **{"cadence": "annuelle", "cron": "0 5 * * 2", "folder": SOURCE, "restreint": True},
        "millesime": {"sens": "enquête", "periode": "{millesime}", "date_reference": "{millesime}-12-31", "age_max": 2},
        "questionnaire": DECLARATION,
    }
    folder = tmp_path / "pipelines" / "catalogue"
    folder.mkdir(parents=True)
    (folder / f"{SOURCE}.yml").write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
    return catalogue.parse(folder, SOURCE)


def staged(source: Source, files: list[Path], tmp_path: Path) -> tuple[list[tuple[Any, ...]], list[dict[str, object]]]:
    with duckdb.connect() as connection:
        result, aside = staging.stage(connection, source, SOURCE, 2024, files, tmp_path)
        found = connection.execute(f"SELECT * EXCLUDE (version) FROM '{result.path}' ORDER BY ALL").fetchall()
    return found, aside


def test_one_bad_file_never_blocks_the_others(source: Source, form: Form, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.xlsx" for name in ("bon", "faute", "campagne", "page", "coupe")]
    Sheet(form).book.save(files[0])
    spoilt = Sheet(form, finess="760780239").put("jours", "aides", "demander à Jean Dupont, 06 12 34 56 78")
    spoilt.put("accidents", TOTAL, None).book.save(files[1])
    old = Sheet(form, finess="760780239")
    _remarked(old, millesime="2023")
    old.book.save(files[2])
    files[3].write_text("<html><title>Jean Dupont</title></html>", encoding="utf-8")
    files[4].write_bytes(files[0].read_bytes()[:3000])
    found, aside = staged(source, files, tmp_path)
    assert len(found) == 2 * len(GOOD) - 1
    assert {row[-2] for row in found} == {"bon.xlsx[Réponses]", "faute.xlsx[Réponses]"}
    why = {(str(a["fichier"]), a["controle"]) for a in aside}
    assert why == {
        ("faute.xlsx", "reponse_nombre"),
        *((f"{name}.xlsx", "depot_refuse") for name in ("campagne", "page", "coupe")),
    }
    assert all(a["motif"] for a in aside)
    kept = json.loads(str(next(a["contenu"] for a in aside if a["controle"] == "reponse_nombre")))
    assert kept == {
        "repondant": "760780239",
        "question": "jours",
        "modalite": "aides",
        "texte": "38 caractères, non gardés",
    }
    # Nobody's name or telephone is kept anywhere.
    assert "Dupont" not in str(found) + str([a["contenu"] for a in aside])
    assert not any("06 12" in str(a) or "Jean" in str(a["motif"]) for a in aside if a["fichier"] == "faute.xlsx")


def test_staged_rows(source: Source, form: Form, tmp_path: Path) -> None:
    path = tmp_path / "depot.xlsx"
    Sheet(form).put("jours", "aides", "n.d.").put("budgetes", "aides", "50,5").put("accidents", TOTAL, None).book.save(
        path
    )
    found, aside = staged(source, [path], tmp_path)
    assert aside == []
    by_key = {(row[3], row[4]): row for row in found}
    assert by_key.keys() == GOOD.keys()
    assert by_key["budgetes", "aides"][5:9] == (Decimal("50.50"), None, "publié", None)
    assert by_key["jours", "aides"][5:9] == (None, None, "nd", None)
    assert by_key["cause", TOTAL][5:8] == (None, "lieu", "publié")
    assert by_key["accidents", TOTAL][5:8] == (None, None, "vide")
    assert "réponse attendue" in by_key["accidents", TOTAL][8]
    assert {row[:2] for row in found} == {(FINESS, 2024)}


def test_a_campaign_without_a_usable_file_is_refused(source: Source, tmp_path: Path) -> None:
    path = tmp_path / "autre.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(RefusedError, match="Aucun des 1 dépôts"):
        staged(source, [path], tmp_path)


@pytest.mark.lent
def test_two_deposits_of_one_establishment(tmp_path: Path, sample_extracts: Path) -> None:
    """Both are set aside where they differ; one is kept where they say the same."""
    folder = tmp_path / "extraits" / "enquete_rh" / "2024"
    shutil.copytree(sample_extracts / "enquete_rh" / "2024", folder)
    shutil.copyfile(sample_extracts / "FICTIF.txt", tmp_path / "extraits" / "FICTIF.txt")
    questionnaire = catalogue.load("enquete_rh").questionnaire
    assert questionnaire
    form = questionnaire.form("enquete_rh", "", 2024)
    good = [*itertools.islice((p for p in sorted(folder.glob("*.xlsx")) if not _verdict(p, form).faults), 2)]
    shutil.copyfile(good[0], folder / "renvoi.xlsx")
    second = openpyxl.load_workbook(good[1])
    cell = next(
        row[2] for row in second[template.SHEET].iter_rows() if row[0].value == "accidents_travail" and len(row) > 2
    )
    cell.value = 1
    second.save(folder / "rectificatif.xlsx")
    with environment(tmp_path / "entrepot", tmp_path / "extraits") as now:
        steps.ingest("enquete_rh", 2024)
        path = now.staging / "enquete_rh" / "2024" / "r1"
        with duckdb.connect() as db:
            db.execute(f"CREATE VIEW reponses AS FROM '{path / 'enquete_rh.parquet'}'")
            numbers = [_verdict(p, form).respondent for p in good]
            asked_of = len(list(form.cells()))
            assert one(db, "SELECT count(*) FROM reponses WHERE repondant = ?", numbers[0]) == asked_of
            assert one(db, "SELECT count(*) FROM reponses WHERE repondant = ?", numbers[1]) == 0
            said = rows(
                db,
                f"SELECT DISTINCT motif FROM '{path / 'quarantaine.parquet'}' WHERE contenu LIKE ?",
                f"%{numbers[1]}%",
            )
    assert all("deux dépôts du même établissement" in str(motif) for (motif,) in said)


def _verdict(path: Path, form: Form) -> Verdict:
    return checks.verify(reader.deposit(path, form, Place()), form)


# --- marts -----------------------------------------------------------------------------------------------------


def test_rates_are_those_of_the_answers(sample: Warehouse, sample_db: duckdb.DuckDBPyConnection) -> None:
    """The region's vacancy, by hand from the workbooks themselves."""
    questionnaire = catalogue.load("enquete_rh").questionnaire
    assert questionnaire
    form = questionnaire.form("enquete_rh", "", 2024)
    budget = filled = Decimal(0)
    counted = 0
    for path in sorted((sample.settings.sources / "enquete_rh" / "2024").glob("*.xlsx")):
        verdict = _verdict(path, form)
        pair = [verdict.answers[q, TOTAL] for q in ("etp_budgetes", "etp_pourvus")]
        if not verdict.refused and all(a.value is not None and not verdict.blocking(a.key) for a in pair):
            budget, filled, counted = budget + (pair[0].value or 0), filled + (pair[1].value or 0), counted + 1
    assert counted > 20
    found = rows(
        sample_db,
        "SELECT numerateur, denominateur, repondants, valeur FROM atlas.ressources_humaines WHERE annee = 2024 "
        "AND indicateur = 'taux_vacance' AND categorie = 'ensemble' AND niveau = 'region' AND code = '28'",
    )
    assert found == [(budget - filled, budget, counted, ((budget - filled) / budget).quantize(Decimal("0.000001")))]
    none(
        sample_db,
        "SELECT annee, indicateur, categorie FROM atlas.ressources_humaines GROUP BY ALL "
        "HAVING sum(denominateur) FILTER (niveau = 'departement') <> sum(denominateur) FILTER (niveau = 'region')",
    )


def test_who_answered_is_known(sample: Warehouse, sample_db: duckdb.DuckDBPyConnection) -> None:
    states = dict(
        rows(
            sample_db,
            "SELECT etat, count(*) FROM qualite.enquetes_repondants "
            "WHERE enquete = 'enquete_rh' AND annee = 2024 GROUP BY 1",
        )
    )
    files = len(list((sample.settings.sources / "enquete_rh" / "2024").glob("*.xlsx")))
    assert states["dépôt refusé"] == 1
    assert states["répondu"] + states["à corriger"] + states["dépôt refusé"] == files
    assert states["sans réponse"] > 0
    total = one(
        sample_db,
        "SELECT attendus FROM qualite.reponses_enquetes WHERE enquete = 'enquete_rh' AND annee = 2024 "
        "AND niveau = 'region' AND categorie = 'ensemble'",
    )
    assert total == sum(states.values())


def test_nothing_typed_as_text_reaches_the_warehouse(sample_db: duckdb.DuckDBPyConnection) -> None:
    assert one(
        sample_db,
        "SELECT count(*) FROM qualite.quarantaine WHERE source = 'enquete_rh' AND controle = 'reponse_nombre'",
    )
    none(sample_db, "SELECT contenu FROM qualite.quarantaine WHERE contenu LIKE '%compléter%'")


# --- commands --------------------------------------------------------------------------------------------------


def run(*arguments: str) -> int:
    return cli.app([*arguments], standalone_mode=False) or 0


def test_commands_on_the_sample(sample: Warehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with environment(sample.settings.warehouse, sample.settings.sources):
        with sample.connect() as db:
            number, name = rows(
                db,
                "SELECT repondant, raison_sociale FROM core.enquete_attendus "
                "WHERE enquete = 'enquete_rh' AND annee = 2024 ORDER BY 1",
            )[0]
        run("enquete", "modele", "enquete_rh", "-m", "2024", "--finess", str(number), "--vers", str(tmp_path))
        path = tmp_path / f"enquete_rh_2024_{number}.xlsx"
        cells = [c.value for row in openpyxl.load_workbook(path)[template.SHEET].iter_rows() for c in row]
        assert number in cells
        assert name in cells
        assert "FICTIVES" in str(cells)
        assert run("enquete", "verifier", str(path)) == 3
        said = capsys.readouterr().out
        assert "réponse attendue" in said
        assert (tmp_path / "a-corriger" / path.name).is_file()
        good = sorted((sample.settings.sources / "enquete_internes" / "2024").glob("*.xlsx"))
        # Their own numbers of the year before are known, and plausible or told.
        run("enquete", "verifier", *map(str, good), "--vers", str(tmp_path / "vers"))
        assert "recevable" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["modele", "verifier"])
def test_help_is_in_french(command: str) -> None:
    said = CliRunner().invoke(cli.app, ["enquete", command, "--help"], env={"COLUMNS": "120"})
    assert said.exit_code == 0
    assert "Montre cette aide." in said.output
    assert not re.search(r"list\[|<str>|<path>|Path|required|default", said.output)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["modele", "sae"], "n'est pas une enquête"),
        (["modele", "enquete_rh", "-m", "1999"], "pas de campagne 1999"),
        (["modele", "enquete_rh", "--finess", "123"], "n'est pas un numéro FINESS"),
        (["verifier", "absent.xlsx"], "n'existe pas"),
        (["modele", "enquete_rh", "--tous"], "qui est attendu"),
    ],
)
def test_mistakes_are_told(arguments: list[str], words: str, tmp_path: Path) -> None:
    with environment(tmp_path), pytest.raises(AtlasError, match=words) as raised:
        run("enquete", *arguments)
    assert raised.value.exit_code == 2
    assert not list(Path(ROOT).glob("enquete_*.xlsx"))
