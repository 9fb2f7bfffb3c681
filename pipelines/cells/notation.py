"""How numbers, dates and missing values are written: one grammar for surveys, contracts and producers' extracts.

What has two readings is told, never guessed: `1.000` is one or a thousand, `03/04/2024` is in March or in April.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

# Signs of the missing that people and spreadsheets use, compared without case, blanks nor dots.
USUAL = {
    **dict.fromkeys(("s", "secret", "ns", "nonsignificatif"), "secret"),
    **dict.fromkeys(("nd", "nc", "nondisponible", "noncommuniqué", "nonconnu", "-", "–", "—", "…", "?"), "nd"),
    **dict.fromkeys(("///", "//", "so", "s/o", "sansobjet", "na", "n/a", "nonapplicable", "nonconcerné"), "sans objet"),
}
# What a spreadsheet shows in place of a result, in English and in French; `Err:502` is LibreOffice’s, and `=` starts a
# formula that has none.
ERROR = (
    r"#(REF!|N/A|DIV/0!|VALUE!|VALEUR!|NAME\?|NOM\?|NULL!|NUL!|NUM!|NOMBRE!|SPILL!|PROPAGATION!|CALC!|CALCUL!|"
    r"FIELD!|CHAMP!|CONNECT!|BLOCKED!|UNKNOWN!|GETTING_DATA|#+)|Err ?:\d{3}|=.+"
)
ISO = "AAAA-MM-JJ"
DATES = {
    ISO: r"(?P<a>\d{4})[-/](?P<m>\d{1,2})[-/](?P<j>\d{1,2})([T ][\d:.,]+(Z|[+-]\d\d:?\d\d)?)?",
    "JJ/MM/AAAA": r"(?P<j>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<a>\d{4})",
    "MM/JJ/AAAA": r"(?P<m>\d{1,2})[-/.](?P<j>\d{1,2})[-/.](?P<a>\d{4})",
    "AAAAMMJJ": r"(?P<a>\d{4})(?P<m>\d{2})(?P<j>\d{2})",
}

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2007\u2009]+")
# Digits are 0 to 9: those of other scripts are no number here, as they are none for SQL.
_SPACED = re.compile(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?", re.ASCII)
_TWO_READINGS = re.compile(r"([+-]?)([1-9]\d{0,2})[.,](\d{3})", re.ASCII)
_POINTED = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})", re.ASCII)
_COMMAED = re.compile(r"[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})", re.ASCII)
_PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_ERROR = re.compile(ERROR, re.IGNORECASE)


class UnreadError(ValueError):
    """A text that is not what its column holds; its message says why, after « … »."""


@dataclass(frozen=True)
class Numbers:
    """How the numbers of a column are written.

    `decimal` is the mark of decimals, `thousands` the one between groups of three digits, beside blanks, which may
    always stand there. `by_hand`: people typed them, each in a way of their own; either mark may be a decimal one,
    and three digits after a single mark may be thousands.
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    whole: bool = False
    by_hand: bool = False


def number(text: str, said: Numbers) -> Decimal:
    """The number that a text says. Raises UnreadError where it says none, or has two readings."""
    clean = _BLANKS.sub(" ", text.replace("\u2212", "-")).strip()
    if said.unit and clean.casefold().endswith(said.unit.casefold()):
        clean = clean[: -len(said.unit)].strip()
    mark = said.thousands.strip()
    if mark and re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(mark)}\d{{3}})+([.,]\d+)?", clean):
        clean = clean.replace(mark, "")
    elif _SPACED.fullmatch(clean):
        clean = clean.replace(" ", "")
    elif (said.by_hand or said.whole) and (found := _TWO_READINGS.fullmatch(clean)):
        raise UnreadError(_two_readings(*found.groups(), whole=said.whole))
    elif said.by_hand and _POINTED.fullmatch(clean):
        clean = clean.replace(".", "")
    elif said.by_hand and _COMMAED.fullmatch(clean):
        clean = clean.replace(",", "")
    other = "" if said.by_hand else "," if said.decimal == "." else "."
    if not _PLAIN.fullmatch(clean) or (other and other in clean):
        raise UnreadError(_called(said))
    value = Decimal(clean.replace(",", "."))
    if said.whole and value != value.to_integral_value():
        raise UnreadError(_called(said))
    return value


def _two_readings(sign: str, head: str, tail: str, *, whole: bool) -> str:
    """What to write in place of a number whose single mark may part thousands or decimals."""
    decimals = tail.rstrip("0")
    big, small = f"{sign}{head}{tail}", f"{sign}{head}" + (f",{decimals}" if decimals else "")
    if whole and decimals:
        return f"n’est pas un nombre entier : écrire {big}, sans séparateur de milliers, si c’est ce nombre"
    return f"a deux lectures : écrire {big}, sans séparateur de milliers, ou {small}"


def _called(said: Numbers) -> str:
    return "n’est pas un nombre entier" if said.whole else "n’est pas un nombre"


def date(text: str, form: str = ISO) -> dt.date:
    """The date that a text says in that form. Raises UnreadError where it says none, or has two readings."""
    found = re.fullmatch(DATES[form], text.strip(), re.ASCII)
    if found and (day := _day(found["a"], found["m"], found["j"])):
        return day
    readings = {
        said
        for other in ("JJ/MM/AAAA", "MM/JJ/AAAA")
        if form == ISO and (seen := re.fullmatch(DATES[other], text.strip(), re.ASCII))
        if (said := _day(seen["a"], seen["m"], seen["j"]))
    }
    shown = " ou ".join(f"{day:%Y-%m-%d}" for day in sorted(readings))
    several = "deux lectures, " if len(readings) > 1 else ""
    raise UnreadError(f"n’est pas une date écrite {form}" + (f" : {several}écrire {shown}" if shown else ""))


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def sign(text: str) -> str:
    """A sign of the missing as signs are compared: without case, blanks nor dots; of dots alone, an ellipsis."""
    said = re.sub(r"[\s\u00a0\u202f.]+", "", text).casefold()
    return said or ("…" if "." in text else "")


def missing(text: str, signs: Mapping[str, str]) -> str | None:
    """Why there is no number where the text is one of these signs; None where it is another text."""
    return signs.get(sign(text))


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet has in place of a result."""
    return _ERROR.fullmatch(text.strip()) is not None


def error(text: str) -> str:
    """What is said of such a text."""
    return (
        "est une formule sans résultat enregistré : la remplacer par sa valeur"
        if text.strip().startswith("=")
        else "est une erreur de calcul du tableur : la remplacer par sa valeur"
    )
