"""The lock of an edition: which revision of which vintage it is made of. Made once.

It pins every accepted vintage of each source up to the edition, marks the one of reference, and keeps
what was refused at that moment. The same lock and the same commit give the same bytes.
"""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from pipelines import catalogue, hints
from pipelines.arrival import landing, outcomes
from pipelines.arrival.landing import File, Landed
from pipelines.arrival.outcomes import Outcome
from pipelines.errors import BuildError, Place
from pipelines.runtime import fingerprints, state
from pipelines.settings import ROOT, Settings

LOCK = "verrou.json"
GEOGRAPHY = "insee_cog"


@dataclass(frozen=True)
class Pin:
    """One revision of one vintage, as the lock holds it."""

    source: str
    millesime: int
    revision: int
    reference: bool
    date_reference: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Refused:
    """A vintage that was there but refused when the lock was made."""

    source: str
    millesime: int
    revision: int
    motif: str


@dataclass(frozen=True)
class Lock:
    """What an edition is made of. `absents` are the sources of the catalogue without any vintage.

    `effaces` are the pinned revisions whose bytes were deleted past their retention: with one, this
    edition can't be built again from this lock.
    """

    edition: int
    fictif: bool
    commit: str
    uv_lock: str
    pins: tuple[Pin, ...]
    refus: tuple[Refused, ...]
    absents: tuple[str, ...]
    effaces: tuple[str, ...] = ()

    def of(self, source: str) -> list[Pin]:
        """The pinned vintages of a source, oldest first."""
        return [pin for pin in self.pins if pin.source == source]

    def to_json(self) -> str:
        """The lock as it is written: sorted, no clock."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def path(settings: Settings, edition: int) -> Path:
    """Where the lock of an edition is."""
    return settings.editions / str(edition) / LOCK


def commit() -> str:
    """The commit that runs, marked `+modifié` where the working tree differs.

    Outside git (an image), what the build said in ATLAS_COMMIT; `inconnu` where it said nothing.
    """
    try:
        head = _git("rev-parse", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return os.environ.get("ATLAS_COMMIT") or "inconnu"
    return head + ("+modifié" if changed else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["git", *arguments],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def load(settings: Settings, edition: int) -> Lock | None:
    """The lock of an edition, or None where it has not been made."""
    file = path(settings, edition)
    return read(file) if file.is_file() else None


def read(file: Path) -> Lock:
    """The lock that a file holds. Raises DamagedError where it can't be read."""
    with state.reading(file) as data:
        return Lock(
            edition=data["edition"],
            fictif=data["fictif"],
            commit=data["commit"],
            uv_lock=data["uv_lock"],
            pins=tuple(Pin(**{**p, "files": tuple(File(**f) for f in p["files"])}) for p in data["pins"]),
            refus=tuple(Refused(**r) for r in data["refus"]),
            absents=tuple(data["absents"]),
            effaces=tuple(data.get("effaces", ())),
        )


def regions(settings: Settings) -> dict[str, str]:
    """The regions of the newest accepted geography, names by code; none before there is any."""
    for millesime in reversed(landing.vintages(settings.landing, GEOGRAPHY)):
        found = outcomes.latest(settings, GEOGRAPHY, millesime, accepted=True)
        if found:
            file = outcomes.folder(settings, GEOGRAPHY, millesime, found[0].revision) / "libelles.parquet"
            rows = pq.read_table(file, filters=[("niveau", "=", "REG")], columns=["code", "libelle"]).to_pylist()
            return {row["code"]: row["libelle"] for row in sorted(rows, key=lambda row: str(row["code"]))}
    return {}


def locked(settings: Settings) -> list[int]:
    """The editions that have a lock, in order."""
    home = settings.editions
    return sorted(int(p.parent.name) for p in home.glob(f"*/{LOCK}") if p.parent.name.isdigit())


def pinning(settings: Settings, landed: Landed) -> list[int]:
    """The editions whose lock pins a revision, in order."""
    wanted = (landed.millesime, landed.revision)
    made = (load(settings, edition) for edition in locked(settings))
    return [m.edition for m in made if m and wanted in {(p.millesime, p.revision) for p in m.of(landed.source)}]


def mark_deleted(settings: Settings, edition: int, landed: Landed) -> None:
    """Writes in a lock that a revision it pins was deleted: the edition can't be built from it again."""
    known = load(settings, edition)
    if known is None:
        return
    said = f"{landed.source} {landed.millesime}, révision {landed.revision}"
    _save(settings, replace(known, effaces=tuple(sorted({*known.effaces, said}))))


def _save(settings: Settings, lock: Lock) -> None:
    target = path(settings, lock.edition)
    target.parent.mkdir(parents=True, exist_ok=True)
    state.write(target, lock.to_json())


def draft(settings: Settings, edition: int) -> Lock:
    """The lock that could be made now from the accepted vintages up to the edition.

    Raises BuildError where nothing was accepted, or where fictitious and real extracts would mix.
    """
    pins: list[Pin] = []
    refusals: list[Refused] = []
    absent: list[str] = []
    fictif: dict[bool, list[str]] = {}
    for source in catalogue.load_all():
        accepted: list[tuple[Landed, outcomes.Outcome]] = []
        for millesime in landing.vintages(settings.landing, source.id):
            if millesime > edition:
                continue
            good = outcomes.latest(settings, source.id, millesime, accepted=True)
            bad = outcomes.latest(settings, source.id, millesime, accepted=False)
            if good:
                accepted.append(good)
            if bad and (good is None or bad[0].revision > good[0].revision):
                refusals.append(Refused(source.id, millesime, bad[0].revision, _reason(bad[1])))
        if not accepted:
            absent.append(source.id)
        newest = max((landed.millesime for landed, _ in accepted), default=None)
        for landed, _ in accepted:
            fictif.setdefault(landed.fictif, []).append(f"{source.id} {landed.millesime}")
            pins.append(
                Pin(
                    source=source.id,
                    millesime=landed.millesime,
                    revision=landed.revision,
                    reference=landed.millesime == newest,
                    date_reference=source.millesime.date_reference.format(millesime=landed.millesime),
                    files=landed.files,
                )
            )
    if not pins:
        raise BuildError(
            f"Aucun millésime accepté jusqu'à l'édition {edition} : il n'y a rien à verrouiller.",
            expected="au moins un extrait ingéré et accepté",
            todo=f"ingérer : {hints.command(settings, 'edition', '--edition', edition, extracts=True)} ; "
            f"les refus : {hints.command(settings, 'vintages')}",
        )
    if len(fictif) > 1:
        raise BuildError(
            "Le verrou mêlerait des extraits réels et des extraits fictifs : "
            f"{len(fictif[False])} réels, et fictifs : {', '.join(fictif[True][:8])}.",
            expected="un entrepôt tout réel ou tout fictif",
            todo=f"sortir de l'archive les extraits fictifs, qui se refont : {_fictitious(settings)}",
        )
    return Lock(
        edition=edition,
        fictif=True in fictif,
        commit=commit(),
        uv_lock=fingerprints.sha256(ROOT / "uv.lock"),
        pins=tuple(pins),
        refus=tuple(refusals),
        absents=tuple(absent),
    )


def _reason(outcome: Outcome) -> str:
    """Why a vintage was refused, as readers of a release may know it; whoever deposited it is told the rest."""
    return outcome.refus.what if outcome.refus else ""


def _fictitious(settings: Settings) -> str:
    """The folders of the fictitious revisions of the archive."""
    folders = landing.natures(settings.landing)[True]
    return ", ".join(map(str, folders[:6])) + (f" … ({len(folders)} en tout)" if len(folders) > 6 else "")


def differences(old: Lock, new: Lock) -> list[str]:
    """What a new lock would change, a line each (French, for the person who decides)."""
    before = {(p.source, p.millesime): p for p in old.pins}
    after = {(p.source, p.millesime): p for p in new.pins}
    lines = [f"+ {s} {m} (révision {after[s, m].revision})" for s, m in sorted(after.keys() - before.keys())]
    lines += [f"- {s} {m}" for s, m in sorted(before.keys() - after.keys())]
    lines += [
        f"~ {s} {m} : révision {before[s, m].revision} -> {after[s, m].revision}"
        for s, m in sorted(before.keys() & after.keys())
        if before[s, m].revision != after[s, m].revision
    ]
    return lines


def lock(settings: Settings, edition: int, *, update: bool = False) -> Lock:
    """The lock of an edition: the one made earlier, or a new one where there is none or `update` is set.

    Raises BuildError as `draft`, and where a pinned revision is no longer there or no longer accepted.
    """
    made = None if update else load(settings, edition)
    if made is None:
        made = draft(settings, edition)
        _save(settings, made)
    again = hints.command(settings, "lock", edition, "--update")
    if made.effaces:
        raise BuildError(
            f"L'édition {edition} ne peut plus être refaite à l'identique : des millésimes de son verrou ont été "
            f"effacés, leur durée de conservation passée ({', '.join(made.effaces)}).",
            expected="un verrou dont tous les millésimes sont conservés",
            todo=f"la refaire avec ce qui est encore conservé : {again}",
        )
    for pin in made.pins:
        outcome = outcomes.load(settings, pin.source, pin.millesime, pin.revision)
        where = Place(source=pin.source, millesime=pin.millesime)
        if outcome is None:
            raise BuildError(
                f"Le verrou {edition} épingle la révision {pin.revision}, qui n'est plus dans l'entrepôt.",
                where=where,
                expected="l'archive et sa mise en forme, telles qu'au jour du verrou",
                todo=f"rétablir l'archive, ou refaire le verrou : {again}",
            )
        if not outcome.accepte:
            raise BuildError(
                f"Le verrou {edition} épingle la révision {pin.revision}, que les contrôles refusent désormais.",
                where=where,
                expected=outcome.refus.what if outcome.refus else "",
                todo=f"corriger, ou refaire le verrou sans elle : {again}",
            )
    return made
