"""Questionnaires: a survey declared as data, in the `questionnaire` block of its catalogue entry.

From one declaration come the workbook that establishments fill (template.py), the reading of what they
send back, by code and never by position (answers.py), what is wrong with it (checks.py), the copy that
they correct (report.py), the staged table and the words of the dictionary. Next year's campaign adds,
renames or drops a question by editing the declaration.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.questionnaires.expressions import Rule
from pipelines.strict import Strict

TOTAL = "ensemble"
RESPONDENT = "repondant"  # its FINESS number: of an entité juridique, or of an establishment (`Scope`)
NAME = r"^[a-z][a-z0-9_]*$"

Kind = Literal["entier", "décimal", "liste", "oui-non"]
Gravity = Literal["bloquant", "avertissement"]

YES_NO = (("oui", "Oui"), ("non", "Non"))

# The staged columns of every questionnaire after its respondent: name, type, description.
COLUMNS = (
    ("annee", "INTEGER", "Année décrite par la campagne"),
    ("version", "VARCHAR", "Version du gabarit d'où vient la réponse"),
    ("section", "VARCHAR", "Partie du questionnaire"),
    ("question", "VARCHAR", "Question, sous le nom qu'elle porte dans la série"),
    ("modalite", "VARCHAR", "Ligne du tableau ; ensemble pour une question hors tableau, et pour une ligne de total"),
    ("valeur", "DECIMAL(18,2)", "Nombre répondu, dans l'unité de la question ; vide pour une liste"),
    ("reponse", "VARCHAR", "Code de la réponse choisie dans une liste"),
    ("statut", "VARCHAR", "publié, nd (non disponible), sans objet, vide"),
    ("anomalie", "VARCHAR", "Ce que la vérification du dépôt signale sans écarter la réponse"),
)


# What the warehouse is told of each answer that a survey asks (`Questionnaire.records`).
RECORD: dict[str, type] = {
    "enquete": str,
    "annee": int,
    "section": str,
    "section_titre": str,
    "question": str,
    "libelle": str,
    "definition": str,
    "unite": str,
    "type": str,
    "modalite": str,
    "modalite_libelle": str,
    "tableau": bool,
    "obligatoire": bool,
    "ordre": int,
    "evolution_max": Decimal,
    "champ_secteurs": str,
    "champ_variables": str,
    "champ_publics": str,
}


class _Dated(Strict):
    """Something that some campaigns have and others don't."""

    depuis: int | None = None
    jusqua: int | None = None

    def asked_in(self, millesime: int) -> bool:
        """Whether the campaign of that vintage has it."""
        return (self.depuis is None or millesime >= self.depuis) and (self.jusqua is None or millesime <= self.jusqua)


class Line(_Dated):
    """A line of a grid (a staff category, a mode of answer), or an item of a closed list."""

    code: str = Field(pattern=NAME)
    libelle: str
    definition: str = ""


class Question(_Dated):
    """One question. `codes` gives the code that campaigns from a year on printed, where it was another.

    `evolution_max` is the largest plausible change from one campaign to the next, as a share of the smaller of the two
    numbers: with 1, neither a double nor a half is passed.
    """

    code: str = Field(pattern=NAME)
    libelle: str
    type: Kind
    unite: str = ""
    definition: str = ""
    min: Decimal | None = None
    max: Decimal | None = None
    obligatoire: bool = False
    choix: str | None = None
    codes: dict[int, str] = {}
    evolution_max: Decimal | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Question":
        if (self.type == "liste") != (self.choix is not None):
            raise ValueError(f"question {self.code} : `choix` va avec le type liste, et lui seul")
        if self.is_number and not self.unite:
            raise ValueError(f"question {self.code} : un nombre a une unité")
        return self

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number."""
        return self.type in ("entier", "décimal")

    def printed(self, millesime: int) -> str:
        """The code that the template of that campaign carries."""
        years = [year for year in self.codes if year <= millesime]
        return self.codes[max(years)] if years else self.code


class FormSection(Strict):
    """A part of the questionnaire: a grid where `lignes` names its lines, else a list of questions.

    Where the grid has a line `ensemble`, the other lines add up to it, within `tolerance` a line.
    """

    code: str = Field(pattern=NAME)
    titre: str
    aide: str = ""
    lignes: str | None = None
    tolerance: Decimal = Decimal("0.05")
    questions: list[Question]


class Identity(Strict):
    """A rule between questions, held on each line that they share (`etp_pourvus <= etp_budgetes`).

    `tolerance` is in the unit of the rule. The message says, in French, what does not add up.
    """

    code: str = Field(pattern=NAME)
    regle: str
    tolerance: Decimal = Decimal(0)
    gravite: Gravity = "bloquant"
    message: str
    depuis: int | None = None

    @property
    def rule(self) -> Rule:
        """The rule, parsed."""
        return Rule.parse(self.regle)


class Scope(Strict):
    """Who is asked: entités juridiques with a site of one of these sectors where the SAE's variables are not zero.

    The sum of the same variables weighs the coverage. Or, where `publics` are told (reference.publics_esms), each open
    social or médico-social establishment for one of them, whatever its entity; its places weigh the coverage.
    """

    secteurs: list[str] = []
    variables: list[str] = []
    publics: list[str] = []

    @model_validator(mode="after")
    def _one_kind(self) -> "Scope":
        if bool(self.publics) == bool(self.secteurs) or bool(self.secteurs) != bool(self.variables):
            raise ValueError("le champ a « secteurs » et « variables » (SAE), ou « publics » (ESMS)")
        return self

    @property
    def who(self) -> str:
        """Who answers, after a « de »."""
        return "de l'établissement" if self.publics else "de l'entité juridique"


class Questionnaire(Strict):
    """A survey: its campaigns (vintage -> last day to answer), its parts, its rules."""

    campagnes: dict[int, dt.date]
    objet: str
    consignes: list[str]
    contact: str
    champ: Scope
    listes: dict[str, list[Line]]
    sections: list[FormSection]
    identites: list[Identity] = []

    @field_validator("campagnes")
    @classmethod
    def _in_order(cls, campaigns: dict[int, dt.date]) -> dict[int, dt.date]:
        return dict(sorted(campaigns.items()))

    @model_validator(mode="after")
    def _consistent(self) -> "Questionnaire":
        questions = [q.code for s in self.sections for q in s.questions]
        codes = [s.code for s in self.sections]
        for what, names in (("questions", questions), ("sections", codes), ("listes", [*self.listes])):
            double = {n for n in names if names.count(n) > 1}
            if double:
                raise ValueError(f"{what} en double : {sorted(double)}")
        for section in self.sections:
            wanted = [section.lignes, *(q.choix for q in section.questions)]
            unknown = [name for name in wanted if name is not None and name not in self.listes]
            if unknown:
                raise ValueError(f"section {section.code} : listes inconnues {unknown}")
            if section.lignes and any(not q.is_number for q in section.questions):
                raise ValueError(f"section {section.code} : un tableau n'a que des nombres")
        for identity in self.identites:
            strangers = identity.rule.names - set(questions)
            if strangers:
                raise ValueError(f"identité {identity.code} : questions inconnues {sorted(strangers)}")
        if not self.campagnes:
            raise ValueError("une enquête a au moins une campagne")
        return self

    def form(self, source: str, titre: str, millesime: int) -> "Form":
        """What the campaign of a vintage asks (a campaign not declared: the questions of that year)."""
        sections = []
        for section in self.sections:
            asked = [q for q in section.questions if q.asked_in(millesime)]
            if asked:
                lines = (
                    [line for line in self.listes[section.lignes] if line.asked_in(millesime)] if section.lignes else []
                )
                sections.append(Part(section, asked, lines))
        return Form(source, titre, millesime, self, sections)

    def records(self, source: str) -> list[dict[str, Any]]:
        """Each answer that each campaign asks, with its words (shape of RECORD)."""
        found = []
        for annee in self.campagnes:
            form = self.form(source, "", annee)
            for ordre, (part, question, line) in enumerate(form.cells(), 1):
                found.append(
                    {
                        "enquete": source,
                        "annee": annee,
                        "section": part.code,
                        "section_titre": part.section.titre,
                        "question": question.code,
                        "libelle": question.libelle,
                        "definition": question.definition,
                        "unite": question.unite,
                        "type": question.type,
                        "modalite": line,
                        "modalite_libelle": form.line_label(part, line) or "Ensemble",
                        "tableau": part.is_grid,
                        "obligatoire": question.obligatoire,
                        "ordre": ordre,
                        "evolution_max": question.evolution_max,
                        "champ_secteurs": " ".join(self.champ.secteurs),
                        "champ_variables": " ".join(self.champ.variables),
                        "champ_publics": " ".join(self.champ.publics),
                    }
                )
        return found

    def columns(self) -> list[tuple[str, str, str]]:
        """Name, type and description of each staged column."""
        return [(RESPONDENT, "VARCHAR", f"Numéro FINESS {self.champ.who} qui répond"), *COLUMNS]


class Part:
    """A section as one campaign asks it."""

    def __init__(self, section: FormSection, questions: list[Question], lines: list[Line]) -> None:
        self.section, self.questions, self.lines = section, questions, lines

    @property
    def code(self) -> str:
        """Code of the section."""
        return self.section.code

    @property
    def is_grid(self) -> bool:
        """Whether its questions are columns of a grid."""
        return self.section.lignes is not None

    @property
    def line_codes(self) -> list[str]:
        """The lines that each question has."""
        return [line.code for line in self.lines] if self.is_grid else [TOTAL]


class Form:
    """The questionnaire of one campaign."""

    def __init__(
        self, source: str, titre: str, millesime: int, questionnaire: Questionnaire, parts: list[Part]
    ) -> None:
        self.source, self.titre, self.millesime = source, titre, millesime
        self.questionnaire, self.parts = questionnaire, parts

    def cells(self) -> Iterator[tuple[Part, Question, str]]:
        """Each answer asked: its section, its question, its line."""
        for part in self.parts:
            for line in part.line_codes:
                for question in part.questions:
                    yield part, question, line

    def choices(self, question: Question) -> list[tuple[str, str]]:
        """Code and label of each possible answer of a closed question."""
        if question.type == "oui-non":
            return list(YES_NO)
        lines = self.questionnaire.listes[question.choix] if question.choix else []
        return [(line.code, line.libelle) for line in lines if line.asked_in(self.millesime)]

    def identities(self) -> list[Identity]:
        """The rules of that campaign: those whose questions it asks."""
        asked = {q.code for part in self.parts for q in part.questions}
        return [
            i
            for i in self.questionnaire.identites
            if i.rule.names <= asked and (i.depuis is None or self.millesime >= i.depuis)
        ]

    def line_label(self, part: Part, code: str) -> str:
        """Label of a line; empty outside a grid."""
        return next((line.libelle for line in part.lines if line.code == code), "")

    @property
    def deadline(self) -> dt.date | None:
        """Last day to answer."""
        return self.questionnaire.campagnes.get(self.millesime)

    @property
    def version(self) -> str:
        """A digest of what can be answered: it moves with codes, types and lines, not with words."""
        parts: list[Any] = [
            [p.code, p.line_codes, [[q.printed(self.millesime), q.type, self.choices(q)] for q in p.questions]]
            for p in self.parts
        ]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:8]
