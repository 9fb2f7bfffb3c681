"""What is wrong with a filled workbook, in words that the establishment can act on.

No fault cites what was typed: it may be a name. `seen` keeps it beside, for the establishment's own
report; what the pipeline keeps is made of `what` and `todo`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from pipelines.cells import notation
from pipelines.questionnaires import TOTAL, Form, Gravity, Identity, Part, Question
from pipelines.questionnaires.answers import Cell, Deposit, Key, number, status

CENTS = Decimal("0.01")
FINESS = re.compile(r"\d[\dAB]\d{7}")

Said = tuple[str, Gravity, str, str]  # the rule, its gravity, what is wrong, what to do


@dataclass(frozen=True)
class Fault:
    """One thing to correct: which rule, how grave, on which answers, what is wrong, what to do."""

    rule: str
    gravity: Gravity
    what: str
    todo: str
    keys: tuple[Key, ...] = ()
    cell: Cell | None = None
    seen: str = ""


@dataclass
class Answer:
    """One answer as it is understood."""

    part: Part
    question: Question
    line: str
    cell: Cell | None
    status: str = "vide"
    value: Decimal | None = None
    choice: str | None = None

    @property
    def key(self) -> Key:
        """Its question and its line."""
        return self.question.code, self.line


@dataclass
class Verdict:
    """All that was read of a workbook, and what is wrong with it."""

    form: Form
    respondent: str
    answers: dict[Key, Answer] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def refused(self) -> list[Fault]:
        """What makes the whole workbook unusable."""
        return [f for f in self.faults if f.gravity == "bloquant" and not f.keys]

    def blocking(self, key: Key) -> list[Fault]:
        """What keeps an answer out of the atlas; a missing one is only missing."""
        return [f for f in self.faults if key in f.keys and f.gravity == "bloquant" and f.rule != "manquante"]

    def remarks(self, key: Key) -> list[Fault]:
        """What is said of an answer without keeping it out."""
        return [f for f in self.faults if key in f.keys and (f.gravity == "avertissement" or f.rule == "manquante")]


def shown(value: Decimal) -> str:
    """A number as the French write it: `1 234,5`."""
    text = f"{value.quantize(CENTS, ROUND_HALF_UP):,}".replace(",", "\u202f").replace(".", ",")
    return text.rstrip("0").rstrip(",") if "," in text else text


def verify(
    deposit: Deposit,
    form: Form,
    *,
    known: Collection[str] | None = None,
    previous: Mapping[Key, Decimal] | None = None,
) -> Verdict:
    """Checks a workbook against its questionnaire.

    `known`: the FINESS numbers that exist, where they are known; `previous`: the establishment's numbers
    of the campaign before, by question and line.
    """
    respondent = _finess(deposit.respondent.text) if deposit.respondent else ""
    verdict = Verdict(form, respondent)
    verdict.faults += _identification(deposit, form, respondent, known)
    for part, question, line in form.cells():
        answer = Answer(part, question, line, deposit.cells.get((question.code, line)))
        verdict.answers[answer.key] = answer
        if not verdict.refused:
            _read(answer, form, deposit, verdict.faults)
    if not verdict.refused:
        verdict.faults += _unread(deposit)
        verdict.faults += _totals(verdict) + _identities(verdict) + _changes(verdict, previous or {})
    return verdict


def name(answer: Answer, form: Form) -> str:
    """A question as a message names it."""
    line = form.line_label(answer.part, answer.line)
    return f"« {answer.question.libelle} »" + (f", ligne « {line} »" if line else "")


# --- the workbook ------------------------------------------------------------------------------------------


def _finess(text: str) -> str:
    clean = re.sub(r"[\s\u00a0\u202f.]", "", text).upper()
    # Typed as a number, the code of an establishment of the first nine départements loses its zero.
    return clean.zfill(9) if clean.isdigit() and len(clean) == 8 else clean


def is_finess(text: str) -> bool:
    """Whether a text is a FINESS number: nine characters, the last one a Luhn key."""
    if not FINESS.fullmatch(text):
        return False
    total = 0
    for rank, char in enumerate(reversed(text)):
        digit = int(char) if char.isdigit() else ord(char) - ord("A") + 1
        if rank % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def _identification(deposit: Deposit, form: Form, respondent: str, known: Collection[str] | None) -> list[Fault]:
    wanted = (form.source, str(form.millesime))
    again = f"remplir le gabarit de la campagne {form.millesime}, que l'agence a envoyé"
    if not deposit.campaigns:
        what = "Ce classeur n'est pas le gabarit de l'enquête : il n'en porte aucun repère."
        return [Fault("gabarit", "bloquant", what, again)]
    others = sorted({(s, m) for s, m, _ in deposit.campaigns if (s, m) != wanted})
    if others:
        seen = ", ".join(f"« {s} », campagne {m}" for s, m in others)
        what = f"Ce classeur est le gabarit d'une autre enquête ou d'une autre campagne ({seen})."
        return [Fault("campagne", "bloquant", what, again)]
    faults = []
    if {version for *_, version in deposit.campaigns} != {form.version}:
        what = "Le gabarit est d'une autre version que celle de l'agence : des questions ont pu changer."
        faults.append(Fault("version", "avertissement", what, "demander à l'agence le gabarit en vigueur"))
    cell, who = deposit.respondent, form.questionnaire.champ.who
    if not is_finess(respondent):
        missing = not respondent
        what = f"Le numéro FINESS {who} " + ("manque." if missing else "n'est pas valable.")
        todo = "écrire ses neuf caractères (le dernier est une clé de contrôle)"
        faults.append(Fault("finess", "bloquant", what, todo, cell=cell, seen=cell.text if cell else ""))
    elif known is not None and respondent not in known:
        what = f"Le numéro FINESS {who} est inconnu de l'atlas."
        other = "de son entité juridique" if form.questionnaire.champ.publics else "d'un de ses sites"
        todo = f"vérifier le numéro : celui {who}, non {other}"
        faults.append(Fault("finess_inconnu", "bloquant", what, todo, cell=cell, seen=respondent))
    return faults


def _unread(deposit: Deposit) -> list[Fault]:
    faults = []
    for cell in deposit.added:
        what = "Un nombre est écrit sur une ligne qui n'est pas du questionnaire : il n'est pas lu."
        faults.append(
            Fault("ligne_ajoutee", "avertissement", what, "le reporter sur une ligne du gabarit", (), cell, cell.text)
        )
    for code, cell in deposit.strangers:
        what = f"La ligne ou la colonne de code « {code[:60]} » n'est pas de cette campagne : elle n'est pas lue."
        faults.append(
            Fault("code_inconnu", "avertissement", what, "demander le gabarit en vigueur", (), cell, cell.text)
        )
    return faults


# --- one answer --------------------------------------------------------------------------------------------


def _read(answer: Answer, form: Form, deposit: Deposit, faults: list[Fault]) -> None:
    """Understands the text of one cell, and adds what is wrong with it."""
    what, cell = name(answer, form), answer.cell
    for rule, gravity, said, todo in _understood(answer, form, deposit):
        faults.append(Fault(rule, gravity, f"{what} : {said}", todo, (answer.key,), cell, cell.text if cell else ""))


def _understood(answer: Answer, form: Form, deposit: Deposit) -> Iterator[Said]:
    """What is wrong with one cell; its status, its choice or its value go into the answer."""
    cell, question = answer.cell, answer.question
    if cell is None:
        if question.obligatoire:
            said = "la ligne ou la colonne a disparu du classeur."
            yield "manquante", "bloquant", said, "la rétablir d'après le gabarit"
        return
    if answer.key in deposit.double:
        places = " et ".join(c.address for c in deposit.double[answer.key])
        yield "double", "bloquant", f"deux réponses différentes ({places}).", "n'en garder qu'une"
        return
    if cell.kind == "erreur":
        yield "nombre", "bloquant", "la cellule contient une erreur de calcul.", "remplacer la formule par sa valeur"
        return
    found = status(cell.text)
    if found is not None:
        answer.status = found
        if found == "vide" and question.obligatoire:
            todo = "répondre, ou écrire n.d. (non disponible) ou sans objet"
            yield "manquante", "bloquant", "réponse attendue.", todo
        return
    if cell.kind == "formule":
        said = "une formule est restée dans la cellule ; c'est son dernier résultat qui est lu."
        yield "formule", "avertissement", said, "copier la cellule, puis collage spécial « valeurs »"
    answer.status = "publié"
    yield from _counted(answer, cell.text) if question.is_number else _chosen(answer, cell.text, form)


def _chosen(answer: Answer, text: str, form: Form) -> Iterator[Said]:
    """A choice, from a list's code or its words."""
    choices = {said.casefold(): code for code, label in form.choices(answer.question) for said in (code, label)}
    answer.choice = choices.get(" ".join(text.split()).casefold())
    if answer.choice is None:
        todo = "choisir : " + _choices(form, answer.question)
        yield "liste", "bloquant", "la réponse n'est pas dans la liste.", todo


def _counted(answer: Answer, text: str) -> Iterator[Said]:
    """A number, of its question's type and within its bounds."""
    question, value, unread = answer.question, None, ""
    whole = question.type == "entier"
    try:
        value = notation.number(text, notation.Numbers(unit=question.unite, by_hand=True, whole=whole))
    except notation.UnreadError as error:
        unread = str(error)
    if value is None and re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", text):
        said = "le tableur a pris la réponse pour une date."
        yield "nombre", "bloquant", said, "mettre la cellule au format Nombre et ressaisir"
    elif "écrire" in unread:  # two readings
        said, _, todo = unread.partition(" : ")
        yield "nombre", "bloquant", f"la réponse {said}.", todo
    elif value is None and whole and number(text, question.unite) is not None:
        yield "entier", "bloquant", "un nombre entier est attendu.", "écrire un nombre sans décimale"
    elif value is None:
        todo = "écrire un nombre seul, n.d. (non disponible) ou sans objet"
        yield "nombre", "bloquant", "ce n'est pas un nombre.", todo
    else:
        answer.value = value.quantize(CENTS, ROUND_HALF_UP)
        todo = "vérifier le nombre et son unité"
        if question.min is not None and value < question.min:
            yield "borne", "bloquant", f"moins que le minimum, {shown(question.min)} {question.unite}.", todo
        if question.max is not None and value > question.max:
            yield "borne", "bloquant", f"plus que le maximum, {shown(question.max)} {question.unite}.", todo


def _choices(form: Form, question: Question) -> str:
    return ", ".join(f"« {label} »" for _, label in form.choices(question))


# --- several answers ---------------------------------------------------------------------------------------


def _usable(verdict: Verdict, key: Key) -> Decimal | None:
    answer = verdict.answers.get(key)
    return answer.value if answer is not None and not verdict.blocking(key) else None


def _totals(verdict: Verdict) -> list[Fault]:
    """The lines of a grid add up to its line `ensemble`; with missing ones, they don't exceed it."""
    faults = []
    for part in verdict.form.parts:
        others = [code for code in part.line_codes if code != TOTAL]
        if not part.is_grid or len(others) == len(part.line_codes):
            continue
        for question in part.questions:
            total = _usable(verdict, (question.code, TOTAL))
            values = [_usable(verdict, (question.code, code)) for code in others]
            known = [v for v in values if v is not None]
            # « sans objet » counts nothing; anything else without a number may hide one.
            whole = all(
                v is not None or verdict.answers[question.code, code].status == "sans objet"
                for v, code in zip(values, others, strict=True)
            )
            if total is None or not known:
                continue
            gap = sum(known) - total
            slack = part.section.tolerance * len(others)
            if gap > slack or (whole and abs(gap) > slack):
                answer = verdict.answers[question.code, TOTAL]
                said = (
                    f"la somme des lignes est {shown(sum(known, Decimal(0)))}, et la ligne de total dit {shown(total)}."
                )
                faults.append(
                    Fault(
                        "total",
                        "bloquant",
                        f"« {question.libelle} » : {said}",
                        "corriger la ligne de total, ou la ligne en cause",
                        tuple((question.code, code) for code in part.line_codes),
                        answer.cell,
                        answer.cell.text if answer.cell else "",
                    )
                )
    return faults


def _lines(form: Form, identity: Identity) -> list[str]:
    """The lines on which a rule can be held: those that all its questions share."""
    shared: list[str] | None = None
    for part in form.parts:
        if any(q.code in identity.rule.names for q in part.questions):
            shared = part.line_codes if shared is None else [code for code in shared if code in part.line_codes]
    return shared or []


def _identities(verdict: Verdict) -> list[Fault]:
    faults = []
    for identity in verdict.form.identities():
        names = sorted(identity.rule.names)
        for line in _lines(verdict.form, identity):
            values = {n: v for n in names if (v := _usable(verdict, (n, line))) is not None}
            if len(values) < len(names) or identity.rule.gap(values) <= identity.tolerance:
                continue
            answers = [verdict.answers[n, line] for n in names]
            label = next((text for a in answers if (text := verdict.form.line_label(a.part, line))), "")
            left, right = identity.rule.sides(values)
            said = identity.message + (f" Ligne « {label} »." if label else "")
            faults.append(
                Fault(
                    identity.code,
                    identity.gravite,
                    f"{said} Lu : {shown(left)} et {shown(right)}.",
                    "vérifier ces réponses : "
                    + ", ".join(
                        f"« {a.question.libelle} » ({a.cell.address if a.cell else 'absente'})" for a in answers
                    ),
                    tuple(a.key for a in answers),
                    answers[0].cell,
                    ", ".join(shown(values[n]) for n in names),
                )
            )
    return faults


def _placed(answer: Answer) -> str:
    return f"« {answer.question.libelle} » ({answer.cell.address if answer.cell else 'absente'})"


def _changes(verdict: Verdict, previous: Mapping[Key, Decimal]) -> list[Fault]:
    """Changes since the campaign before that are larger than the questionnaire says plausible."""
    faults = []
    for key, before in previous.items():
        answer, value = verdict.answers.get(key), _usable(verdict, key)
        limit = answer.question.evolution_max if answer else None
        if answer is None or value is None or limit is None or not before:
            continue
        # By their ratio: a half is as far as a double.
        if max(value, before) > (1 + limit) * min(value, before) and abs(value - before) >= 5:
            change = (100 * (value - before) / before).quantize(Decimal(1), ROUND_HALF_UP)
            faults.append(
                Fault(
                    "evolution",
                    "avertissement",
                    f"{name(answer, verdict.form)} : {shown(before)} à la campagne précédente, {shown(value)} "
                    f"à celle-ci ({'+' if change > 0 else '−'}{abs(change)} %).",
                    "confirmer le nombre à l'agence, ou le corriger",
                    (key,),
                    answer.cell,
                    answer.cell.text if answer.cell else "",
                )
            )
    return faults
