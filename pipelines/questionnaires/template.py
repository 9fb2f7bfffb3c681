"""The workbook that a respondent fills: instructions and definitions, then one sheet of questions.

Made for people (frozen headings, closed lists, bounds, locked labels, ready to print) and read back by
the codes that it hides (answers.py). The same sheet, filled and marked, is the copy to correct.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from pipelines.questionnaires import RESPONDENT, TOTAL, Form, Part, Question
from pipelines.questionnaires.answers import ANSWER, HEADING, IDENTITY, MARK, Key
from pipelines.questionnaires.book import GREY, NAVY, PALE, RED, WHITE, YELLOW, Book

SHEET = "Réponses"
GUIDE = "Consignes"
TO_CORRECT = "À corriger"
ROWS_A_PAGE = 36
WIDTHS = (12, 12, 20, 46, 60, 50, 22)  # of the columns of « À corriger », in characters
LABELS, FIRST = 1, 2  # columns: codes are in column 0, hidden


@dataclass(frozen=True)
class Note:
    """A line of « À corriger »: on which answers (or on the FINESS number), and the words of its columns."""

    keys: Sequence[Key]
    on_finess: bool
    origin: str
    question: str
    what: str
    todo: str
    seen: str


@dataclass
class Filled:
    """What goes into a template: who it is for, answers already known, and what is to be marked.

    `finess` is locked where it is given, unless `correctable`. `marks`: answer -> (comment, whether it blocks).
    `notes` makes the sheet « À corriger », even where there are none.
    """

    finess: str = ""
    raison_sociale: str = ""
    answers: Mapping[Key, str | float] = field(default_factory=dict)
    marks: Mapping[Key, tuple[str, bool]] = field(default_factory=dict)
    finess_mark: str = ""
    correctable: bool = False
    notes: Sequence[Note] | None = None


def render(form: Form, filled: Filled | None = None, *, fictif: bool = False) -> bytes:
    """The workbook of a campaign, blank or filled, as .xlsx bytes."""
    made = Book(form, fictif)
    filled = filled or Filled()
    # First in the workbook, written last: it says where the marked cells are.
    summary = made.book.add_worksheet(TO_CORRECT) if filled.notes is not None else None
    _guide(made)
    _answers(made, filled)
    if summary is not None:
        _summary(made, summary, filled.notes or [])
    made.book.close()
    return made.raw.getvalue()


def _page(made: Book, sheet: Any, title: str) -> None:
    """Print setup: A4, one page wide, titles repeated, pages numbered."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    fiction = " — DONNÉES FICTIVES" if made.fictif else ""
    sheet.set_header(f"&L&9{made.form.titre}, campagne {made.form.millesime}{fiction}&R&9{title}")
    sheet.set_footer(f"&L&8{made.form.source} {made.form.millesime} {made.form.version}&R&9Page &P sur &N")
    sheet.hide_gridlines(2)


# --- instructions ------------------------------------------------------------------------------------------


def _guide(made: Book) -> None:
    form, asked = made.form, made.form.questionnaire
    sheet = made.book.add_worksheet(GUIDE)
    _page(made, sheet, GUIDE)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 96)
    sheet.write(0, 0, form.titre, made.style(bold=True, font_size=18, font_color=NAVY))
    sheet.write(
        1, 0, f"Campagne {form.millesime}" + (" — DONNÉES FICTIVES" if made.fictif else ""), made.style(bold=True)
    )
    said = [asked.objet, *asked.consignes]
    if form.deadline:
        said.append(f"À renvoyer au plus tard le {form.deadline:%d/%m/%Y}. {asked.contact}")
    said.append(
        "Un nombre s'écrit seul : 12 ou 12,5. Écrire 0 pour « aucun », « n.d. » quand le nombre n'est pas disponible, "
        "« sans objet » quand la question ne vous concerne pas. Une réponse laissée vide n'est pas un zéro."
    )
    said.append(
        "Ne donner aucun nom ni aucune information sur une personne : seuls les nombres et les choix des listes "
        "sont lus."
    )
    row = 3
    for sentence in said:
        sheet.merge_range(row, 0, row, 2, sentence, made.style(text_wrap=True, valign="top"))
        sheet.set_row(row, 15 * (1 + len(sentence) // 150) + 3)
        row += 1
    row += 1
    heading = made.style(bold=True, bg_color=NAVY, font_color=WHITE, border=1)
    for column, text in enumerate(("Question", "Unité", "Définition")):
        sheet.write(row, column, text, heading)
    row += 1
    plain = made.style(text_wrap=True, valign="top", border=1, border_color="#BFBFBF")
    told: list[tuple[str, str, str]] = []
    for part in form.parts:
        sheet.merge_range(row, 0, row, 2, part.section.titre, made.style(bold=True, bg_color=PALE, border=1))
        row += 1
        # A line is defined once, where it first appears.
        listed = [(line.libelle, "ligne", line.definition) for line in part.lines if line.definition]
        listed = [line for line in listed if line not in told]
        told += listed
        for label, unit, text in [(q.libelle, _unit(form, q), q.definition) for q in part.questions] + listed:
            for column, cell in enumerate((label, unit, text)):
                sheet.write(row, column, cell, plain)
            sheet.set_row(row, 15 * max(1 + len(text) // 105, 1 + len(label) // 46, 1 + len(unit) // 17))
            row += 1
    sheet.protect()


def _unit(form: Form, question: Question) -> str:
    if question.is_number:
        return question.unite
    return " / ".join(label for _, label in form.choices(question)) if question.type == "oui-non" else "liste"


# --- questions ---------------------------------------------------------------------------------------------


def _mark(form: Form, part: str) -> str:
    return f"{MARK} {form.source} {form.millesime} {form.version} {part}"


def _answers(made: Book, filled: Filled) -> None:
    form = made.form
    sheet = made.book.add_worksheet(SHEET)
    _page(made, sheet, SHEET)
    width = max([3, *(len(p.questions) for p in form.parts if p.is_grid)])
    sheet.set_column(0, 0, None, None, {"hidden": True})
    sheet.set_column(LABELS, LABELS, 58)
    sheet.set_column(FIRST, FIRST + width - 1, 17)
    sheet.write(0, LABELS, form.titre, made.style(bold=True, font_size=16, font_color=NAVY))
    sheet.write(
        1, LABELS, f"{made.campaign}. Répondre dans les cases blanches ; définitions dans la feuille « {GUIDE} »."
    )
    sheet.freeze_panes(2, FIRST)
    sheet.repeat_rows(0, 1)
    row = _identity(made, sheet, filled, 3)
    breaks, page = [], 0
    for part in form.parts:
        # A table that would straddle two pages starts the second.
        if row + len(part.line_codes) + len(part.questions) * (not part.is_grid) - page > ROWS_A_PAGE:
            page = row + 1
            breaks.append(page)
        row = _part(made, sheet, part, filled, row + 1)
    sheet.set_h_pagebreaks(breaks)
    options = dict.fromkeys(("format_cells", "format_columns", "format_rows", "select_locked_cells"), True)
    sheet.protect("", options)
    sheet.print_area(0, LABELS, row, FIRST + width - 1)
    if filled.notes is None:
        sheet.activate()


def _hidden(sheet: Any, row: int) -> None:
    sheet.set_row(row, None, None, {"hidden": True})


def _title(made: Book, sheet: Any, row: int, text: str, help_text: str, columns: int) -> int:
    style = made.style(bold=True, font_size=12, bg_color=NAVY, font_color=WHITE)
    sheet.merge_range(row, LABELS, row, FIRST + columns - 1, text, style)
    if not help_text:
        return row + 1
    sheet.merge_range(
        row + 1, LABELS, row + 1, FIRST + columns - 1, help_text, made.style(italic=True, text_wrap=True, valign="top")
    )
    sheet.set_row(row + 1, 15 * (1 + len(help_text) // 110))
    return row + 2


def _identity(made: Book, sheet: Any, filled: Filled, row: int) -> int:
    form = made.form
    row = _title(made, sheet, row, "Qui répond", "", 3)
    sheet.write(row, 0, _mark(form, IDENTITY))
    sheet.write(row, FIRST, ANSWER)
    _hidden(sheet, row)
    locked = bool(filled.finess) and not filled.correctable
    known = made.style(border=1, bg_color=GREY, num_format="@")
    for code, label, text in (
        (RESPONDENT, f"Numéro FINESS {form.questionnaire.champ.who} (neuf caractères)", filled.finess),
        (HEADING, "Raison sociale (rappel, non lue)", filled.raison_sociale),
    ):
        row += 1
        sheet.write(row, 0, code)
        sheet.write(row, LABELS, label, made.style(bg_color=PALE, border=1))
        if code == HEADING:
            sheet.merge_range(row, FIRST, row, FIRST + 2, text, known)
            continue
        made.finess = f"{xl_col_to_name(FIRST)}{row + 1}"
        marked = RED if filled.finess_mark else WHITE
        sheet.write_string(row, FIRST, text, known if locked else made.input(None, marked))
        if filled.finess_mark:
            sheet.write_comment(row, FIRST, filled.finess_mark, {"author": "", "x_scale": 2})
        made.book.define_name(RESPONDENT, f"='{SHEET}'!${xl_col_to_name(FIRST)}${row + 1}")
        if not locked:
            sheet.data_validation(
                row,
                FIRST,
                row,
                FIRST,
                {
                    "validate": "custom",
                    "value": f"=LEN({made.finess})=9",
                    "error_title": "Numéro FINESS",
                    "error_message": "Un numéro FINESS a neuf caractères.",
                },
            )
    return row + 1


def _part(made: Book, sheet: Any, part: Part, filled: Filled, row: int) -> int:
    form, millesime = made.form, made.form.millesime
    columns = len(part.questions) if part.is_grid else 3
    row = _title(made, sheet, row, part.section.titre, part.section.aide, columns)
    sheet.write(row, 0, _mark(form, part.code))
    if not part.is_grid:
        sheet.write(row, FIRST, ANSWER)
        _hidden(sheet, row)
        for question in part.questions:
            row += 1
            sheet.write(row, 0, question.printed(millesime))
            label = question.libelle + ("\u00a0*" if question.obligatoire else "")
            sheet.write(row, LABELS, label, made.style(bg_color=PALE, border=1, text_wrap=True))
            sheet.set_row(row, 15 * (1 + len(label) // 62))
            _cell(made, sheet, row, FIRST, question, (question.code, TOTAL), filled)
            _allow(made, sheet, row, row, FIRST, question)
            sheet.write(row, FIRST + 1, _unit(form, question), made.style(italic=True))
        return row + 1
    for column, question in enumerate(part.questions):
        sheet.write(row, FIRST + column, question.printed(millesime))
    _hidden(sheet, row)
    row += 1
    sheet.write(row, 0, HEADING)
    head = made.style(bold=True, bg_color=PALE, border=1, text_wrap=True, align="center")
    sheet.write(row, LABELS, "", head)
    sheet.set_row(row, 78)
    for column, question in enumerate(part.questions):
        star = "\u00a0*" if question.obligatoire else ""
        sheet.write(row, FIRST + column, f"{question.libelle}{star}\n({question.unite})", head)
    for column, question in enumerate(part.questions):
        _allow(made, sheet, row + 1, row + len(part.lines), FIRST + column, question)
    for line in part.lines:
        row += 1
        bold = line.code == TOTAL
        sheet.write(row, 0, line.code)
        sheet.write(row, LABELS, line.libelle, made.style(bg_color=PALE, border=1, bold=bold, text_wrap=True))
        for column, question in enumerate(part.questions):
            _cell(made, sheet, row, FIRST + column, question, (question.code, line.code), filled)
    return row + 1


def _cell(made: Book, sheet: Any, row: int, column: int, question: Question, key: Key, filled: Filled) -> None:
    """One cell to fill: its answer if known, its mark, what may be typed."""
    made.places[key] = f"{xl_col_to_name(column)}{row + 1}"
    comment, blocks = filled.marks.get(key, ("", False))
    style = made.input(question, RED if blocks else YELLOW if comment else WHITE)
    answer = filled.answers.get(key, "")
    if isinstance(answer, str):
        sheet.write_string(row, column, answer, style) if answer else sheet.write_blank(row, column, None, style)
    else:
        sheet.write_number(row, column, answer, style)
    if comment:
        sheet.write_comment(row, column, comment, {"author": "", "x_scale": 2.5, "y_scale": 1.5})


def _allow(made: Book, sheet: Any, first: int, last: int, column: int, question: Question) -> None:
    """Says what the cells of a question take; the formula is about the first one and follows the others."""
    rule = _allowed(made.form, question, f"{xl_col_to_name(column)}{first + 1}")
    sheet.data_validation(first, column, last, column, rule)


def _allowed(form: Form, question: Question, cell: str) -> dict[str, Any]:
    """What a cell takes: a choice of the list; or a number within its bounds, n.d., sans objet."""
    help_text = {"input_title": question.libelle[:32], "input_message": _hint(question)}
    if not question.is_number:
        choices = [label for _, label in form.choices(question)]
        return {
            **help_text,
            "validate": "list",
            "source": [*choices, "n.d.", "sans objet"],
            "error_title": "Hors de la liste",
            "error_message": "Choisir une réponse dans la liste.",
        }
    tests = [f"ISNUMBER({cell})"]
    tests += [f"{cell}>={question.min}"] if question.min is not None else []
    tests += [f"{cell}<={question.max}"] if question.max is not None else []
    tests += [f"{cell}=INT({cell})"] if question.type == "entier" else []
    return {
        **help_text,
        "validate": "custom",
        "value": f'=IF(ISNUMBER({cell}),AND({",".join(tests)}),OR({cell}="n.d.",{cell}="sans objet"))',
        "error_title": "Réponse impossible",
        "error_message": _hint(question),
    }


def _hint(question: Question) -> str:
    """In one sentence, what is expected."""
    if not question.is_number:
        return "Choisir dans la liste."
    kind = "Un nombre entier" if question.type == "entier" else "Un nombre"
    bounds = [f"au moins {_plain(question.min)}" if question.min is not None else ""]
    bounds += [f"au plus {_plain(question.max)}" if question.max is not None else ""]
    said = ", ".join(filter(None, bounds))
    return f"{kind}, en {question.unite}{', ' + said if said else ''} ; n.d. ou sans objet sinon."[:255]


def _plain(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


# --- what to correct ---------------------------------------------------------------------------------------


def _summary(made: Book, sheet: Any, notes: Sequence[Note]) -> None:
    _page(made, sheet, TO_CORRECT)
    sheet.write(0, 0, f"{made.form.titre} : à corriger", made.style(bold=True, font_size=16, font_color=NAVY))
    sheet.write(
        1,
        0,
        f"Corriger dans la feuille « {SHEET} » de ce classeur (cases rouges ; les jaunes sont à vérifier), "
        "puis le renvoyer.",
    )
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    head = made.style(bold=True, bg_color=NAVY, font_color=WHITE, border=1)
    heads = ("Feuille", "Cellule", "Cellule du dépôt", "Question", "Ce qui ne va pas", "À faire", "Lu dans le dépôt")
    for column, text in enumerate(heads):
        sheet.write(3, column, text, head)
    plain = made.style(text_wrap=True, valign="top", border=1, border_color="#BFBFBF")
    for rank, note in enumerate(notes):
        places = [made.finess] if note.on_finess else list(dict.fromkeys(made.places[key] for key in note.keys))
        shown = ", ".join(places[:6]) + (" …" if len(places) > 6 else "")
        line = (SHEET, shown, note.origin, note.question, note.what, note.todo, note.seen)
        for column, text in enumerate(line):
            sheet.write_string(4 + rank, column, text, plain)
        sheet.set_row(4 + rank, 15 * max(1 + len(text) // width for text, width in zip(line, WIDTHS, strict=True)))
        if places:
            sheet.write_url(4 + rank, 1, f"internal:'{SHEET}'!{places[0]}", plain, shown)
    if not notes:
        sheet.write(4, 0, "Rien à corriger.")
    sheet.freeze_panes(4, 0)
    sheet.autofilter(3, 0, 3 + max(1, len(notes)), len(heads) - 1)
    sheet.activate()
