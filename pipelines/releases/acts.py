"""The two acts of a publication, as tasks and commands call them: by names alone, each with its line in the journal.

Beside `steps`, which calls them: what draws and protects takes seconds to import, and most steps do without.
"""

from typing import Any

from pipelines import settings, shared
from pipelines.edition import inputs
from pipelines.errors import BuildError, UsageError
from pipelines.journal import step
from pipelines.releases import drafts, release
from pipelines.releases.drafts import Draft
from pipelines.runtime import locks


def draft(edition: int, region: str) -> Draft | None:
    """Writes the draft of an edition for a region; None where its content is released already."""
    parts = (locks.RELEASES, locks.release(edition, region))
    with step("draft", *parts, beside=(locks.EDITIONS,), edition=edition, region=region) as said:
        now = settings.load()
        made = release.draft(now, edition, region)
        if isinstance(made, Draft):
            said.update(brouillon=made.id, version=made.version, page=str(made.page(now)))
            return made
        release.note(now, edition, region, str(inputs.built_from(now, edition)))
        said.update(_told(made))
        return None


def approve(name: str = "", by: str = "") -> str:
    """Makes a draft the release; returns its folder. `by` is nobody where the same person runs both acts.

    The draft is the one of that name, or the only one that waits. Raises UsageError where `by` may not approve.
    """
    found = drafts.find(shared.current(), name)
    if by:
        _may(by)
    what: dict[str, Any] = {"edition": found.edition, "region": found.region, "brouillon": found.id}
    with step("publish", locks.release(found.edition, found.region), **what) as said:
        now = settings.load()
        made = release.approve(now, drafts.find(now, found.id), by)
        release.note(now, found.edition, found.region, found.construction)
        said.update(_told(made), approuve_par=by or drafts.ALONE)
        return str(made.path)


def reject(name: str, by: str, why: str) -> Draft:
    """Rejects a draft, and says why; returns it. It is the one of that name, or the only one that waits.

    Raises UsageError where `by` may not decide.
    """
    found = drafts.find(shared.current(), name)
    _may(by)
    what: dict[str, Any] = {"edition": found.edition, "region": found.region, "brouillon": found.id}
    with step("reject", locks.RELEASES, locks.release(found.edition, found.region), **what) as said:
        now = settings.load()
        release.reject(now, drafts.find(now, found.id), by, why)
        release.note(now, found.edition, found.region, found.construction)  # decided: it isn't taken up again
        said.update(rejete_par=by, motif=why)
    return found


def ended(name: str) -> str:
    """What became of a draft that waits no longer, in a sentence; empty where it waits."""
    now = shared.current()
    try:
        drafts.still(now, drafts.find(now, name))
    except BuildError as error:
        return error.what
    return ""


def publish(edition: int, region: str) -> str:
    """Both acts, one after the other, by whoever runs them alone; returns the folder of the release."""
    made = draft(edition, region)
    if made is not None:
        return approve(made.id)
    return str(release.last(settings.load(), edition, region))


def _told(made: release.Release) -> dict[str, Any]:
    return {"version": made.version, "fichiers": made.files, "nouvelle": made.new, "dossier": str(made.path)}


def _may(by: str) -> None:
    """Raises UsageError where those who may approve are named, and this is none of them."""
    named = settings.approvers()
    if named and by not in named:
        raise UsageError(
            f"« {by} » n'est pas de ceux qui approuvent ou rejettent une publication.",
            expected=f"l'un de : {', '.join(named)}",
            todo="demander à l'un d'eux ; la liste est ATLAS_APPROBATEURS",
        )
