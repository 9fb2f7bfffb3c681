"""Numbers and lists as French readers write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pipelines.publish import signes

NARROW, NBSP, MINUS = "\u202f", "\u00a0", "\u2212"
LEGEND = (
    *((sign, signes.SIGNS[sign]) for sign in signes.EMPTY),
    ("≈", "l’écart avec la France ne dépasse pas l’incertitude : il ne se distingue pas"),
)

WORDS = (
    ("effectif", "nombre de professionnels en activité, à une date"),
    ("ETP", "équivalent temps plein : moyenne annuelle rémunérée, un mi-temps compte pour la moitié"),
    ("densité", "professionnels pour 100 000 habitants"),
    ("intervalle à 95 %", "ce que le seul hasard ferait bouger ; plus le nombre est petit, plus il est large"),
    ("cessation d’activité attendue", "sortie du registre estimée d’après l’âge : pas un départ en retraite"),
    ("ZIP, ZAC", "zones d’intervention prioritaire et d’action complémentaire, médecins généralistes"),
    ("couverture", "part des cases que le secret statistique laisse voir"),
    ("millésime", "publication d’une source, telle que son producteur l’a étiquetée"),
    (
        "rupture de série",
        "changement de source, de méthode ou de nomenclature : avant et après se comparent mal, ou pas",
    ),
)


@dataclass(frozen=True)
class Column:
    """A column of a table for readers: `kind` is text, year, n0 to n2, pct0, pct1, or signed (a change in %)."""

    key: str
    label: str
    kind: str = "text"

    @property
    def numeric(self) -> bool:
        """Aligned on the right."""
        return self.kind not in ("text", "link")


def rounded(value: Any, kind: str) -> Decimal:
    """The value that is shown: a share becomes a percentage."""
    exact = Decimal(str(value))
    if kind.startswith(("pct", "signed")):
        exact *= 100
    digits = int(kind[-1]) if kind[-1].isdigit() else 1
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


def french(value: Any, kind: str = "n0") -> str:
    """A value in French: narrow no-break spaces, decimal comma, true minus; « nd » where there is none."""
    if value is None:
        return "nd"
    if kind in ("text", "link", "year"):
        return str(value)
    shown = rounded(value, kind)
    text = f"{shown:+,f}" if kind.startswith("signed") else f"{shown:,f}"
    text = text.replace(",", NARROW).replace(".", ",").replace("-", MINUS)
    return f"{text}{NARROW}%" if kind.startswith(("pct", "signed")) else text


def interval(low: Any, high: Any, kind: str) -> str:
    """An interval; empty where there is none."""
    if low is None or high is None:
        return ""
    return f"{french(low, kind).removesuffix(NARROW + '%')}{NBSP}à{NBSP}{french(high, kind)}"


def joined(names: Sequence[str]) -> str:
    """« a, b et c »."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " et " + names[-1]


def machine(value: Any, kind: str) -> str:
    """A value in a CSV for French spreadsheets; what could be taken for a formula is preceded by an apostrophe."""
    if value is None:
        return ""
    if kind in ("text", "link"):
        text = str(value)
        return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    if kind == "year":
        return str(value)
    exact = rounded(value, f"{kind[:-1]}6").normalize()
    return f"{exact:f}".replace(".", ",")
