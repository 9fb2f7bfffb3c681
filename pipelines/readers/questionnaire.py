"""Filled questionnaires: workbooks that people send back, one a respondent, read by code.

An answer that can't be used is set aside with its reason, and never with what was typed unless that is
a number: a cell may hold a name.
"""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from pipelines.catalogue.layouts import Layout, pattern
from pipelines.errors import Place, RefusedError
from pipelines.questionnaires import RESPONDENT, Form, answers, checks
from pipelines.questionnaires.checks import Answer, Verdict
from pipelines.readers import Extract, Ragged, text_columns, workbook


def sheets(path: Path, where: Place) -> dict[str, list[list[str]]]:
    """The text of all cells of a workbook, by sheet. Raises RefusedError where it doesn't open."""
    tables = workbook.cells(path, pattern(".*", 0), where).tables
    return {
        name: [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]
        for name, table in tables.items()
    }


def deposit(path: Path, form: Form, where: Place) -> answers.Deposit:
    """The answers of a workbook, by code. Raises RefusedError where it doesn't open."""
    return answers.collect(path.name, sheets(path, where), form, answers.computed(path))


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads one filled workbook. Raises RefusedError where it doesn't open or is no template of this campaign."""
    asked, millesime = layout.questionnaire, where.millesime
    if asked is None or millesime is None:
        raise ValueError("un questionnaire se lit avec sa déclaration et son millésime")
    form = asked.form(where.source or "", "", millesime)
    given = deposit(path, form, where)
    verdict = checks.verify(given, form)
    if not given.campaigns:
        raise RefusedError(verdict.faults[0].what, where=where, todo=verdict.faults[0].todo)
    headings = [name for name, _, _ in asked.columns()]
    by_sheet: dict[str, tuple[list[list[str | None]], list[int]]] = {}
    ragged = []
    for answer in verdict.answers.values():
        reasons = verdict.refused or verdict.blocking(answer.key)
        line = answer.cell.row + 1 if answer.cell else 1
        if not reasons:
            rows, lines = by_sheet.setdefault(answer.cell.sheet if answer.cell else "", ([], []))
            rows.append([verdict.respondent, str(millesime), given.campaigns[0][2], *_cells(verdict, answer)])
            lines.append(line)
        elif (answer.cell and answer.cell.text) or not verdict.refused:
            motif = " ; ".join(f"{fault.what} À faire : {fault.todo}" for fault in reasons)
            content = _content(verdict, answer)
            rule = "depot_refuse" if verdict.refused else f"reponse_{reasons[0].rule}"
            ragged.append(Ragged(line, 1, 1, content, motif, rule))
    if verdict.refused and not ragged:  # a foreign campaign has none of our cells
        motif = " ; ".join(f"{fault.what} À faire : {fault.todo}" for fault in verdict.refused)
        content = json.dumps({RESPONDENT: _respondent(verdict)}, ensure_ascii=False)
        ragged.append(Ragged(1, 1, 1, content, motif, "depot_refuse"))
    extracts = [
        Extract(
            file=f"{path.name}[{sheet}]" if sheet else path.name,
            headings=headings,
            columns=text_columns(rows, len(headings)),
            lines=pa.array(lines, pa.int64()),
            header_line=0,
        )
        for sheet, (rows, lines) in by_sheet.items()
    ]
    if ragged:
        empty = text_columns([], len(headings))
        extracts.append(Extract(path.name, headings, empty, pa.array([], pa.int64()), 0, ragged=ragged))
    return extracts


def _cells(verdict: Verdict, answer: Answer) -> list[str | None]:
    """The staged columns of an answer, after its respondent, year and version."""
    remarks = " ; ".join(f.what for f in verdict.remarks(answer.key))
    value = None if answer.value is None else f"{answer.value:f}"
    return [
        answer.part.code,
        answer.question.code,
        answer.line,
        value,
        answer.choice,
        answer.status,
        remarks or None,
    ]


def _respondent(verdict: Verdict) -> str | None:
    """The respondent, where what was typed is a FINESS number: else it could be anything."""
    return verdict.respondent if checks.is_finess(verdict.respondent) else None


def _content(verdict: Verdict, answer: Answer) -> str:
    """What quarantine keeps of an answer: its number, never its words."""
    text = answer.cell.text if answer.cell else ""
    value: Decimal | None = answers.number(text, answer.question.unite)
    said = {RESPONDENT: _respondent(verdict), "question": answer.question.code, "modalite": answer.line}
    if value is not None:
        return json.dumps({**said, "valeur": f"{value:f}"}, ensure_ascii=False)
    return json.dumps({**said, "texte": f"{len(text)} caractères, non gardés"} if text else said, ensure_ascii=False)
