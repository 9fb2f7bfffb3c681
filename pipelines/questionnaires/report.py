"""What an establishment gets back: its answers in a new template, the cells to correct marked and listed."""

from pipelines.questionnaires.answers import Key
from pipelines.questionnaires.checks import Fault, Verdict, name
from pipelines.questionnaires.template import Filled, Note, render


def copy(verdict: Verdict, raison_sociale: str = "", *, fictif: bool = False) -> bytes:
    """The deposit's answers in the template of its campaign, with the sheet « À corriger »: .xlsx bytes.

    Every answer that could be read back is carried over; what was moved is back in its place.
    """
    marks: dict[Key, tuple[str, bool]] = {}
    for fault in verdict.faults:
        for key in fault.keys:
            said, blocks = marks.get(key, ("", False))
            comment = f"{fault.what}\nÀ faire : {fault.todo}"
            marks[key] = (f"{said}\n\n{comment}".strip(), blocks or fault.gravity == "bloquant")
    answers: dict[Key, str | float] = {}
    for key, answer in verdict.answers.items():
        if answer.value is not None:
            answers[key] = float(answer.value)
        elif answer.choice is not None:
            answers[key] = dict(verdict.form.choices(answer.question))[answer.choice]
        elif answer.cell is not None:
            answers[key] = answer.cell.text
    finess = [fault for fault in verdict.faults if fault.rule in ON_FINESS]
    filled = Filled(
        finess=verdict.respondent,
        raison_sociale=raison_sociale,
        answers=answers,
        marks=marks,
        finess_mark="\n".join(fault.what for fault in finess),
        correctable=bool(finess),
        notes=notes(verdict),
    )
    return render(verdict.form, filled, fictif=fictif)


ON_FINESS = ("finess", "finess_inconnu")


def notes(verdict: Verdict) -> list[Note]:
    """The lines of « À corriger », the blocking ones first."""
    return [
        Note(
            keys=fault.keys,
            on_finess=fault.rule in ON_FINESS,
            origin=f"{fault.cell.sheet}!{fault.cell.address}" if fault.cell else "",
            question=_question(fault, verdict),
            what=("" if fault.gravity == "bloquant" else "À vérifier. ") + fault.what,
            todo=fault.todo,
            seen=fault.seen,
        )
        for fault in sorted(verdict.faults, key=lambda f: f.gravity != "bloquant")
    ]


def _question(fault: Fault, verdict: Verdict) -> str:
    if not fault.keys:
        return "Numéro FINESS" if fault.rule in ON_FINESS else "Le classeur"
    shown = [name(verdict.answers[key], verdict.form) for key in fault.keys[:3]]
    return " ; ".join(shown) + (" …" if len(fault.keys) > 3 else "")
