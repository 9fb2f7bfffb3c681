"""A workbook of a survey under construction: its formats, its protected cells."""

import datetime as dt
import io
from typing import Any

import xlsxwriter

from pipelines.questionnaires import Form, Question
from pipelines.questionnaires.answers import Key

NAVY, PALE, GREY, WHITE, RED, YELLOW = "#1F3864", "#DCE6F1", "#F2F2F2", "#FFFFFF", "#F8CBAD", "#FFF2CC"


class Book:
    """A workbook under construction, with its formats made once."""

    def __init__(self, form: Form, fictif: bool) -> None:
        self.raw = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.raw, {"in_memory": True, "strings_to_numbers": False})
        self.form, self.fictif = form, fictif
        day = form.deadline or dt.date(form.millesime + 1, 1, 1)
        self.book.set_properties(
            {
                "title": form.titre,
                "subject": f"Campagne {form.millesime}",
                "keywords": f"{form.source} {form.millesime} {form.version}",
                "comments": "Données fictives" if fictif else "",
                "created": dt.datetime(day.year, day.month, day.day),  # the same form gives the same bytes
            }
        )
        self.formats: dict[str, Any] = {}
        self.places: dict[Key, str] = {}  # where each answer is
        self.finess = ""

    @property
    def campaign(self) -> str:
        """The line under each title."""
        return f"Campagne {self.form.millesime}" + (" — DONNÉES FICTIVES" if self.fictif else "")

    def style(self, **words: Any) -> Any:
        """A format; the same words give the same one."""
        key = repr(sorted(words.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(
                {"font_name": "Calibri", "font_size": 11, "valign": "vcenter", **words}
            )
        return self.formats[key]

    def input(self, question: Question | None, colour: str = WHITE) -> Any:
        """The look of a cell to fill: unlocked, framed."""
        words: dict[str, Any] = {"locked": False, "border": 1, "border_color": "#7F7F7F", "bg_color": colour}
        if question is None or not question.is_number:
            return self.style(**words, num_format="@" if question is None else "General")
        decimals = "#,##0" if question.type == "entier" else "#,##0.00"
        return self.style(**words, num_format=decimals, align="right")
