"""Drafts: all that a release would be, written aside until somebody approves it; and what became of each.

`brouillons/<edition>-<region>/<id>/` holds `publication/`, sealed as a release is, for as long as the draft waits;
`brouillon.html`, which a publisher looks at before approving (preview.py); `brouillon.json`, what it was made of, who
approved or rejected it, when and why. The last two stay: they are the register of what was approved, and on what sight.
"""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipelines import hints, journal
from pipelines.disclosure import memory
from pipelines.errors import BuildError, UsageError
from pipelines.releases import manifest
from pipelines.runtime import state
from pipelines.settings import Settings

RECORD, PAGE, FILES = "brouillon.json", "brouillon.html", "publication"
WAITING, PUBLISHED, REJECTED, REPLACED = "attend", "publié", "rejeté", "remplacé"
ALONE = "sans approbation séparée (exécution directe)"


@dataclass(frozen=True)
class Draft:
    """A draft as its record says it. `id` begins the hash of its SHA256SUMS: it names these very bytes.

    `avant` is the release that it is compared with, `construction` the fingerprint of the build that it was made of,
    `ensemble` what was shown of the protected tables (disclosure/memory.py), new where `ensemble_neuf`; `resume` what
    is said of it in a few lines. `par`, `quand` and `motif` are of the decision; nobody's where it was approved by
    whoever ran the whole (ALONE).
    """

    id: str
    edition: int
    region: str
    region_libelle: str
    version: str
    avant: str | None
    construction: str
    fictif: bool
    ensemble: int
    ensemble_neuf: bool
    resume: tuple[str, ...]
    fait_le: str
    etat: str = WAITING
    par: str = ""
    quand: str = ""
    motif: str = ""

    @property
    def where(self) -> str:
        """Its edition and its region, in words."""
        return f"l'édition {self.edition}, région {self.region}"

    def folder(self, settings: Settings) -> Path:
        """Where it is."""
        return settings.drafts / f"{self.edition}-{self.region}" / self.id

    def files(self, settings: Settings) -> Path:
        """What becomes the release; gone once it was decided."""
        return self.folder(settings) / FILES

    def page(self, settings: Settings) -> Path:
        """What is looked at before approving."""
        return self.folder(settings) / PAGE


def day(said: str) -> str:
    """A time of a record, as people write it."""
    return f"{dt.datetime.fromisoformat(said):%d/%m/%Y à %H:%M} (UTC)" if said else ""


def name_of(files: Path) -> str:
    """The name of a draft: the beginning of the hash of its SHA256SUMS."""
    return hashlib.sha256((files / manifest.SUMS).read_bytes()).hexdigest()[:12]


def put(settings: Settings, made: Draft, aside: Path) -> Draft:
    """Gives a draft that is ready its place, with one rename: from then on it waits."""
    _note(aside, made)
    target = made.folder(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.rename(target)
    state.settle(target.parent)
    return made


def every(settings: Settings) -> Iterator[Draft]:
    """All drafts, whatever became of them, oldest first. Raises DamagedError where a record can't be read."""
    found = []
    for file in settings.drafts.glob(f"*/*/{RECORD}"):
        with state.reading(file, f"supprimer {file.parent} : un brouillon se refait (atlas brouillon)") as said:
            found.append(Draft(**{**said, "resume": tuple(said["resume"])}))
    yield from sorted(found, key=lambda made: (made.fait_le, made.region))


def waiting(settings: Settings, edition: int | None = None, region: str = "") -> list[Draft]:
    """The drafts that wait, all or those of an edition and a region; one is replaced by the next of its own."""
    return [
        made
        for made in every(settings)
        if made.etat == WAITING and edition in (None, made.edition) and region in ("", made.region)
    ]


def find(settings: Settings, name: str = "") -> Draft:
    """The draft of that name, or the only one that waits where none is given. Raises UsageError otherwise."""
    found = [made for made in every(settings) if made.id == name] if name else waiting(settings)
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"  {made.id}  {made.where}, {made.version}" for made in waiting(settings))
    if not name and found:
        raise UsageError(
            f"{len(found)} brouillons attendent :\n{listed}",
            expected="le nom de l'un d'eux, tel que sa page l'écrit",
            todo=f"le donner : {hints.command(settings, 'approuver', found[0].id)}",
        )
    raise UsageError(
        f"Aucun brouillon ne s'appelle « {name} »." if name else "Aucun brouillon n'attend.",
        expected=f"l'un de :\n{listed}" if listed else "un brouillon, fait et pas encore approuvé",
        todo="les voir : " + hints.command(settings, "brouillons"),
    )


def still(settings: Settings, made: Draft) -> None:
    """Raises BuildError where a draft waits no longer: another took its place, or somebody decided."""
    if made.etat != WAITING:
        by, why = f" par {made.par}" if made.par else "", f" : {made.motif}" if made.motif else ""
        raise BuildError(
            f"Le brouillon {made.id} n'attend plus : {made.etat} le {day(made.quand)}{by}{why}.",
            expected="un brouillon qui attend",
            todo="voir ceux qui attendent : " + hints.command(settings, "brouillons"),
        )


def end(settings: Settings, made: Draft, state_: str, *, by: str = "", why: str = "") -> Draft:
    """Notes what became of a draft, and removes what of it was not released."""
    ended = replace(made, etat=state_, par=by, quand=journal.moment(), motif=why)
    _note(made.folder(settings), ended)
    shutil.rmtree(made.files(settings), ignore_errors=True)
    if state_ != PUBLISHED:
        for number in theirs(settings, [ended]):
            memory.forget(settings.protection, number)
    return ended


def _note(folder: Path, made: Draft) -> None:
    state.write(folder / RECORD, json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")


def theirs(settings: Settings, going: list[Draft]) -> set[int]:
    """The sets of the protected tables that these drafts were made from, and no release and no draft beside them."""
    names = {made.id for made in going}
    read = {manifest.read(folder).get("protection") for folder in manifest.releases(settings.releases)}
    fresh = set()
    for made in every(settings):
        if made.ensemble_neuf:
            fresh.add(made.ensemble)
        if made.id not in names and made.etat in (WAITING, PUBLISHED):
            read.add(made.ensemble)
    return ({made.ensemble for made in going} & fresh) - read
