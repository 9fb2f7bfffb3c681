"""The result of a check, and how it is told."""

import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["critique", "avertissement", "information"]
SEVERITIES: dict[str, Severity] = {"critical": "critique", "warning": "avertissement", "info": "information"}
LEVELS = {"critique": logging.ERROR, "avertissement": logging.WARNING, "information": logging.INFO}
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Control:
    """The result of one check, as `qualite.controles` shows it."""

    objet: str
    controle: str
    severite: Severity
    reussi: bool
    observe: str
    motif: str
    lignes: int = 0


MOST = 0.5  # of the lines of a table
FEW = 10  # lines, under which a share says nothing


def of_the_file(controls: Iterable[Control], rows: int, borne: Collection[str]) -> list[Control]:
    """The checks of a table, where a warning that most of its lines bring is critical.

    It no longer says something of lines: columns were exchanged, or a unit, or a year. `borne` names the rules whose
    producer is known to break them everywhere.
    """
    return [
        replace(
            control,
            severite="critique",
            motif=f"{control.motif} ; {control.lignes} lignes sur {rows} ne le font pas : ce n'est pas un cas isolé, "
            "mais le fichier (colonnes échangées, unité, année ?)",
        )
        if control.severite == "avertissement"
        and rows >= FEW
        and control.lignes > MOST * rows
        and control.controle not in borne
        else control
        for control in controls
    ]


def tell(controls: Iterable[Control]) -> None:
    """Names each failed check in the log, with what it saw and its reason."""
    for control in controls:
        if not control.reussi:
            LOG.log(
                LEVELS[control.severite],
                f"contrôle en échec ({control.severite}) : {control.controle} de {control.objet} ; "
                f"observé : {control.observe} ; attendu : {undated(control.motif)}",
            )


def undated(reason: str) -> str:
    """A rule's reason without the date at its head, for the person who meets the row."""
    return re.sub(r"^\d{4}-\d{2}(-\d{2})? ?: ?", "", reason)


def shortened(text: str, length: int) -> str:
    """A text, cut to a length."""
    return text if len(text) <= length else text[: length - 1] + "…"
