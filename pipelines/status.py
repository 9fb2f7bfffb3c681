"""Where a warehouse stands, on one page that each run writes anew: `etat.html`, beside the warehouse's file.

Of each source: the last good vintage, whether it grows old, what was refused, what waits. Of the edition: what is in
place, what its lock doesn't have, which drafts wait. Then the last failures of the journal. Nothing is computed that
isn't on disk, and nobody needs it: where it can't be made, the run goes on and says so.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipelines import catalogue, hints, journal, settings
from pipelines.arrival import landing, offers, outcomes
from pipelines.arrival.outcomes import Outcome
from pipelines.catalogue import Source
from pipelines.edition import lockfile
from pipelines.errors import AtlasError, DamagedError, LaterError
from pipelines.releases import drafts, manifest
from pipelines.runtime import state
from pipelines.settings import Settings

LOG = logging.getLogger(__name__)

GABARITS = Path(__file__).parent / "publish" / "gabarits"
FAILURES = 12  # the last ones that are shown
SUBJECT = ("source", "millesime", "edition", "region")  # what a step of the journal was about
GOOD, OLD, REFUSED, WAITING, NONE, DAMAGED = "à jour", "ancien", "refusé", "en attente", "rien", "abîmé"
# What somebody has to do something about comes first.
ORDER = (DAMAGED, REFUSED, WAITING, OLD, GOOD, NONE)


@dataclass(frozen=True)
class Standing:
    """One source: how it stands, its last good vintage (none: 0) and when it was received, and why, a sentence each."""

    source: Source
    etat: str
    bon: int = 0
    recu: str = ""
    dit: list[str] = field(default_factory=list)


def write(now: Settings) -> Path | None:
    """Writes the page; None, with a warning in the log, where it can't be made. Nothing before there is an archive."""
    if not now.landing.is_dir():
        return None
    target = now.warehouse / settings.STATUS
    try:
        state.write(target, page(now))
    except Exception as error:  # whatever it is: the page must not hide how what it tells of has ended
        LOG.warning("%s n'est pas écrite : %s", target, error)
        return None
    return target


def page(now: Settings) -> str:
    """The page, from what the warehouse and the folder of extracts hold now."""
    found = sorted(standings(now), key=lambda one: (ORDER.index(one.etat), one.source.id))
    edition = now.edition
    made = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return made.from_string((GABARITS / "etat.html.j2").read_text(encoding="utf-8")).render(
        css=Markup((GABARITS / "atlas.css").read_text(encoding="utf-8")),  # noqa: S704
        fictif=landing.any_fictitious(now.landing),
        entrepot=str(now.warehouse),
        fait_le=drafts.day(journal.moment()),
        sources=[one for one in found if one.dit or one.etat != NONE],
        rien=[one.source.id for one in found if one.etat == NONE and not one.dit],
        comptes={name: sum(one.etat == name for one in found) for name in ORDER},
        edition=edition,
        en_place=settings.in_place(now.warehouse),
        verrou=lockfile.load(now, edition),
        attend=_unlocked(now, edition),
        verrouiller=hints.command(now, "lock", edition, "--update"),
        brouillons=[(one, one.page(now).relative_to(now.warehouse)) for one in drafts.waiting(now)],
        publications=[p.relative_to(now.warehouse) for p in _last(manifest.releases(now.releases))],
        echecs=list(failures(now.warehouse)),
    )


def standings(now: Settings) -> Iterator[Standing]:
    """How each source of the catalogue stands."""
    away = offers.turned_away(now)
    for source in catalogue.load_all():
        try:
            yield _standing(now, source, {label: said for (name, label), said in away.items() if name == source.id})
        except DamagedError as error:
            yield Standing(source, DAMAGED, dit=[f"{error.what} {error.todo}"])


def _standing(now: Settings, source: Source, away: dict[int, str]) -> Standing:
    """`away`: why the last try to receive a vintage was refused, by label."""
    here = landing.vintages(now.landing, source.id)
    offered = offers.deposited(now, source) if now.sources.is_dir() else []
    good, received = 0, ""
    refused, waiting, withdrawn = [], [], []
    for label in sorted({*here, *offered}):
        numbers = landing.numbers(now.landing, source.id, label)
        last = outcomes.load(now, source.id, label, numbers[-1]) if numbers else None
        turned = label in away and label in offered
        if turned:
            refused.append(f"{label}, tel que déposé : {away[label].splitlines()[0]}")
        if last is None:
            if not turned:
                waiting.append(f"{label} : {'reçu, pas encore contrôlé' if numbers else 'déposé, pas encore reçu'}")
            continue
        kept = outcomes.latest(now, source.id, label, accepted=True)
        if kept is not None:
            good, received = label, _received(kept[0].folder(now.landing))
        if last.accepte:
            continue
        if label in offered or now.en_ligne or not now.sources.is_dir():
            refused.append(_refusal(last, kept is not None))
        else:
            withdrawn.append(f"{label} : refusé, puis retiré du dossier")
    if not here and not offered:
        return Standing(source, NONE)
    wanted = now.edition - source.millesime.age_max
    old = [f"{wanted} au moins attendu pour l'édition {now.edition} ({source.cadence})"] if good < wanted else []
    etat = REFUSED if refused else WAITING if waiting else OLD if old and good else GOOD if good else NONE
    return Standing(source, etat, good, received, [*refused, *waiting, *old, *withdrawn])


def _refusal(outcome: Outcome, kept: bool) -> str:
    said = outcome.refus.what if outcome.refus else ""
    rest = " La révision acceptée auparavant reste en place." if kept else ""
    return f"{outcome.millesime}, révision {outcome.revision} : {said}{rest}"


def _unlocked(now: Settings, edition: int) -> list[str]:
    """What a lock made now would change; nothing where there is none yet, or none can be made."""
    made = lockfile.load(now, edition)
    try:
        return lockfile.differences(made, lockfile.draft(now, edition)) if made else []
    except AtlasError:
        return []


def _last(releases: list[Path]) -> list[Path]:
    """The last release of each edition and region."""
    newest: dict[Path, Path] = {}
    for path in releases:
        if path.parent not in newest or int(path.suffix[1:]) > int(newest[path.parent].suffix[1:]):
            newest[path.parent] = path
    return sorted(newest.values(), reverse=True)


def failures(warehouse: Path) -> Iterator[dict[str, Any]]:
    """The last failures of the journal, newest first: when, what, the first line of why.

    What has been done since, and what only had to wait, isn't one.
    """
    failed: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in journal.entries(warehouse):
        subject = (line["etape"], *(line.get(name) for name in SUBJECT))
        failed.pop(subject, None)  # done since, or failed again
        if line["resultat"] != "fait" and line.get("code") != LaterError.exit_code:
            failed[subject] = line
    for line in reversed(list(failed.values())[-FAILURES:]):
        what = (line.get(name) for name in SUBJECT)
        said = str(line.get("message", "")).splitlines()
        yield {
            "quand": drafts.day(str(line.get("quand", ""))),
            "quoi": " ".join(
                [journal.NAMES.get(line["etape"], line["etape"]), *(str(one) for one in what if one is not None)]
            ),
            "pourquoi": said[0] if said else "",
        }


def _received(revision: Path) -> str:
    """The day when a revision was archived."""
    with state.reading(revision / landing.PROVENANCE) as said:
        return f"{dt.datetime.fromisoformat(said['recu_le']):%d/%m/%Y}"
