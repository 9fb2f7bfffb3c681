"""What became of each revision of a vintage: accepted, or refused and why, by which checks.

A revision is staged in a folder aside, with its outcome (`bilan.json`), and swapped in once judged.
"""

import json
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import catalogue
from pipelines.arrival import landing, personnes
from pipelines.arrival.landing import File, Landed
from pipelines.catalogue import code_lists
from pipelines.checks import derived, rules
from pipelines.checks.controls import Control, Severity
from pipelines.database import macros
from pipelines.errors import AtlasError, DamagedError, Place, RefusedError
from pipelines.runtime import fingerprints, state
from pipelines.settings import Settings

STEP = "pipelines.arrival.acceptance"  # whose code stages and checks a revision

OUTCOME = "bilan.json"
QUARANTINE = "quarantaine.parquet"


@dataclass(frozen=True)
class Refusal:
    """Why a revision is refused: the four sentences of its error, each kept apart."""

    what: str
    where: Place = field(default_factory=Place)
    expected: str = ""
    todo: str = ""

    def error(self) -> RefusedError:
        """The error that was told when the revision was refused."""
        return RefusedError(self.what, where=self.where, expected=self.expected, todo=self.todo)


@dataclass
class Outcome:
    """What became of one revision of a vintage: accepted, or refused and why, by which checks.

    `sha256` are the files that the checks left in staging, by name: those that a build reads.
    """

    source: str
    millesime: int
    revision: int
    accepte: bool
    refus: Refusal | None = None
    empreinte: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    controls: list[Control] = field(default_factory=list)

    @property
    def motif(self) -> str:
        """Why it is refused, as it was told; empty where it is accepted."""
        return str(self.refus.error()) if self.refus else ""

    def count(self, severity: Severity) -> int:
        """Number of failed checks of a severity."""
        return sum(1 for c in self.controls if not c.reussi and c.severite == severity)


def folder(settings: Settings, source: str, millesime: int, revision: int) -> Path:
    """Where the staged tables of a checked revision are."""
    return settings.staging / source / str(millesime) / f"r{revision}"


def aside(settings: Settings, landed: Landed) -> Path:
    """Where a revision is staged until it is judged."""
    return settings.staging / landed.source / str(landed.millesime) / f".r{landed.revision}-en-cours"


def begin(settings: Settings, landed: Landed) -> Path:
    """An empty folder for what is staged of a revision; of a restricted source, its owner alone can open it."""
    pending = aside(settings, landed)
    shutil.rmtree(pending, ignore_errors=True)
    pending.mkdir(parents=True)
    if catalogue.load(landed.source).restreint:
        landing.close(pending.parent.parent, pending.parent, pending)
    return pending


def fingerprint(source_id: str, files: Iterable[File], *, fictif: bool) -> str:
    """SHA-256 of all that a revision's outcome depends on: its bytes, its entry, its suite, our code."""
    source = catalogue.load(source_id)
    parts: list[str | Path] = [fingerprints.code(STEP), *(f"{f.name} {f.sha256}" for f in files), str(fictif)]
    if source.personal:  # under another key, persons have other hashes
        parts.append(personnes.key_id(personnes.key(fictif=fictif)))
    suite = rules.suite_text("staging", source_id)
    said = " ".join([suite, derived.FORMS, *(text for table in source.tables.values() for text in table.sens.values())])
    parts += [*catalogue.files(source_id), suite, *macros.called(said).values(), *code_lists.files(source)]
    return fingerprints.of(parts)


def load(settings: Settings, source: str, millesime: int, revision: int) -> Outcome | None:
    """The outcome of a revision, or None where it has not been checked. Raises DamagedError where it can't be read."""
    path = folder(settings, source, millesime, revision) / OUTCOME
    if not path.is_file():
        return None
    with state.reading(path) as data:
        data["controls"] = [Control(**c) for c in data["controls"]]
        told = data.pop("motif", "")  # outcomes of before `refus` kept the whole message as one text
        if told:
            data["refus"] = {"what": told}
        if refus := data.get("refus"):
            data["refus"] = Refusal(**{**refus, "where": Place(**refus.get("where", {}))})
        return Outcome(**data)


def legible(settings: Settings, source: str, millesime: int, revision: int) -> Outcome | None:
    """The same; None too where it can't be read: a revision is staged and checked anew from the archive."""
    try:
        return load(settings, source, millesime, revision)
    except DamagedError:
        return None


def current(settings: Settings, landed: Landed) -> Outcome | None:
    """The outcome of a revision, where its bytes, the rules and the code are still those that led to it.

    None where it is to be staged and checked anew, be it because what the checks left was changed since.
    """
    known = legible(settings, landed.source, landed.millesime, landed.revision)
    if known is None or known.empreinte != fingerprint(landed.source, landed.files, fictif=landed.fictif):
        return None
    return None if altered(settings, known) else known


def altered(settings: Settings, outcome: Outcome) -> list[tuple[Path, str]]:
    """The staged files of an accepted revision that are no longer as the checks left them, each with what it is now.

    A table that the outcome counts and whose file it doesn't know is one of them.
    """
    if not outcome.accepte:
        return []
    home = folder(settings, outcome.source, outcome.millesime, outcome.revision)
    found = []
    for name in files(outcome):
        path = home / name
        if not path.is_file():
            found.append((path, "absent"))
        elif fingerprints.sha256(path) != outcome.sha256.get(name):
            found.append((path, "changé depuis les contrôles"))
        elif name != QUARANTINE and (rows := pq.read_metadata(path).num_rows) != outcome.rows[path.stem]:
            found.append((path, f"de {rows} lignes, où le bilan en compte {outcome.rows[path.stem]}"))
    return found


def files(outcome: Outcome) -> list[str]:
    """Names of the files that the checks leave of an accepted revision, for a build to read."""
    return [*(f"{table}.parquet" for table in outcome.rows), QUARANTINE]


def keep(settings: Settings, outcome: Outcome, pending: Path) -> None:
    """Puts a judged revision in its place, with its outcome."""
    text = json.dumps(asdict(outcome), ensure_ascii=False, indent=1)
    state.write(pending / OUTCOME, text + "\n")
    target = folder(settings, outcome.source, outcome.millesime, outcome.revision)
    old = target.with_name(f".{target.name}-ancien-{uuid.uuid4().hex}")
    if target.exists():
        target.rename(old)
    pending.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def refuse(
    settings: Settings,
    landed: Landed,
    error: AtlasError,
    controls: Iterable[Control] = (),
    rows: Sequence[dict[str, object]] = (),
) -> Outcome:
    """Records that a revision is refused, why, and which rows were set aside; none reaches the warehouse."""
    pending = begin(settings, landed)
    if rows:
        pq.write_table(pa.Table.from_pylist(list(rows)), pending / QUARANTINE)
    failed = [*controls]
    if not any(c.severite == "critique" and not c.reussi for c in failed):
        failed.append(Control(landed.source, "lecture", "critique", False, "", str(error)))
    outcome = Outcome(
        landed.source,
        landed.millesime,
        landed.revision,
        accepte=False,
        refus=Refusal(error.what, error.where, error.expected, error.todo),
        empreinte=fingerprint(landed.source, landed.files, fictif=landed.fictif),
        quarantined=dict(Counter(str(row["table"]) for row in rows if not row.get("colonne"))),
        controls=failed,
    )
    keep(settings, outcome, pending)
    return outcome


def stand_by(outcome: Outcome) -> Outcome:
    """An outcome already reached on the same bytes by the same rules. Raises RefusedError again."""
    if outcome.refus:
        raise outcome.refus.error()
    return outcome


def latest(settings: Settings, source: str, millesime: int, *, accepted: bool) -> tuple[Landed, Outcome] | None:
    """The newest checked revision of a vintage that was accepted (or refused), with its outcome."""
    for number in reversed(landing.numbers(settings.landing, source, millesime)):
        outcome = load(settings, source, millesime, number)
        if outcome is not None and outcome.accepte is accepted:
            return landing.revision(settings.landing, source, millesime, number), outcome
    return None
