"""What a portal offers for a source: which of its files belong to which vintage.

A vintage is read in what the producer calls a file, by a pattern with a group `millesime`; the day of
download says nothing. The other groups of the pattern tell apart the files of one vintage, and between
files that are alike in all that, the producer's own date of change decides. A file whose pattern has no
such group belongs to every vintage.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.connectors import addresses
from pipelines.connectors.access import Checksum
from pipelines.errors import Place, RefusedError

GROUP = "millesime"
OLDEST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Resource:
    """One file that a portal offers.

    `part` names the declared file that it is, `variant` what tells it from its like in one vintage;
    `millesime` is None for a file of every vintage. `bytes` and `checksum` are as published, `version`
    is the producer's own mark of the present bytes: where it stays the same, so do they.
    """

    part: str
    variant: str
    millesime: int | None
    label: str
    url: str
    name: str | None = None
    modified: dt.datetime | None = None
    checksum: Checksum | None = None
    bytes: int | None = None
    version: str | None = None


@dataclass(frozen=True)
class Recognised:
    """What a pattern reads in a label."""

    millesime: int | None
    variant: str
    label: str


def recognise(pattern: re.Pattern[str], labels: Sequence[str], where: Place) -> Recognised | None:
    """The vintage that a file's labels tell, by the first of them that the pattern matches whole.

    Raises RefusedError where the pattern takes something else than a year of four digits.
    """
    for label in labels:
        found = pattern.fullmatch(label)
        if not found:
            continue
        groups = found.groupdict(default="")
        if GROUP not in groups:
            return Recognised(None, _variant(groups), label)
        if not re.fullmatch(r"[0-9]{4}", groups[GROUP]):
            raise RefusedError(
                f"Le motif « {pattern.pattern} » lit « {groups[GROUP]} » comme millésime dans « {label} ».",
                where=where,
                expected="une année à quatre chiffres dans le groupe (?P<millesime>…)",
                todo="corriger le motif dans le bloc `fetch` du catalogue",
            )
        return Recognised(int(groups[GROUP]), _variant(groups), label)
    return None


def _variant(groups: Mapping[str, str]) -> str:
    return "|".join(f"{key}={value.casefold()}" for key, value in sorted(groups.items()) if key != GROUP)


def vintages(resources: Collection[Resource], required: Collection[str]) -> list[int]:
    """The vintages that have at least one file which isn't optional, in order."""
    return sorted({r.millesime for r in resources if r.millesime is not None and r.part in required})


def newest(resources: Collection[Resource], millesime: int) -> list[Resource]:
    """The files of a vintage, in the order of their declaration: of those alike, the newest by its producer.

    Files that nothing tells apart are all given: `chosen` refuses them.
    """
    alike: dict[tuple[str, str], list[Resource]] = {}
    for resource in resources:
        if resource.millesime in (None, millesime):
            alike.setdefault((resource.part, resource.variant), []).append(resource)
    kept: list[Resource] = []
    for _, group in sorted(alike.items()):
        last = max(r.modified or OLDEST for r in group)
        kept += {r.url: r for r in group if (r.modified or OLDEST) == last}.values()
    return kept


def chosen(
    resources: Collection[Resource], millesime: int, required: Mapping[str, str], where: Place
) -> list[Resource]:
    """The files to download for a vintage; `required` gives, per part, what it is, for the message.

    Raises RefusedError where a part is missing, or where two files could be it.
    """
    files = newest(resources, millesime)
    missing = [what for part, what in required.items() if not any(r.part == part for r in files)]
    if missing:
        known = vintages(resources, required)
        raise RefusedError(
            f"Le portail n'a pas, pour ce millésime : {' ; '.join(missing)}.",
            where=where,
            expected="un millésime parmi : " + (", ".join(map(str, known)) or "aucun"),
            todo="vérifier sur la page du producteur ; si le fichier a changé de nom, corriger le motif dans le bloc "
            "`fetch` du catalogue",
        )
    for resource in files:
        double = [r for r in files if (r.part, r.variant) == (resource.part, resource.variant)]
        if len(double) > 1:
            raise RefusedError(
                "Deux fichiers du portail sont pour ce millésime, sans date qui les départage : "
                + " ; ".join(f"« {r.label} » ({addresses.shown(r.url)})" for r in double),
                where=where,
                expected="un seul fichier, ou des dates de modification différentes",
                todo="préciser le motif dans le bloc `fetch` du catalogue",
            )
    return files


def date(text: Any) -> dt.datetime | None:
    """A date of an interface (ISO 8601; universal time where it doesn't say), None where it isn't one."""
    try:
        found = dt.datetime.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def items(answer: Any, key: str, url: str, where: Place) -> list[dict[str, Any]]:
    """A list of objects in what an interface answered. Raises RefusedError where it isn't there."""
    found = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise RefusedError(
            f"La réponse du portail n'a pas de liste « {key} ».",
            where=Place(where.source, where.millesime, file=addresses.shown(url)),
            expected="la description d'un jeu de données, comme l'interface du portail la documente",
            todo="ouvrir l'adresse ; si l'interface a changé, le connecteur est à adapter",
        )
    return [item for item in found if isinstance(item, dict)]
