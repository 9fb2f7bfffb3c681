"""What years leave behind, and that may go: by the rules of menage.yml, told first, noted in the journal.

Nothing that a lock pins goes, of an edition or of a release; a lock that can't be read stops it all.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipelines import journal, settings, steps
from pipelines.arrival import landing, outcomes
from pipelines.edition import lockfile
from pipelines.errors import StorageError, UsageError
from pipelines.releases import manifest
from pipelines.settings import DATABASE, ROOT, Settings
from pipelines.shared import store
from pipelines.strict import Strict

RULES = Path(__file__).with_name("menage.yml")
DAY = 86400
ASIDE = ("landing", "staging", "editions", "releases", "protection", "brouillons")  # where a run makes things aside
HOMES = (ROOT / ".airflow", ROOT / ".airflow" / "embarque")  # of `atlas up`, and of `atlas edition`
SHARED_LOG = "journal d'Airflow, au magasin"
Revision = tuple[str, int, int]


class Rules(Strict):
    """How long each thing is kept: days, but for the journal's bytes and the number of releases."""

    restes: int
    constructions: int
    remplaces: int
    journaux: int
    journal: int
    publications: int | None


@dataclass(frozen=True)
class Going:
    """Something that goes: what it is, where, its bytes."""

    quoi: str
    chemin: str
    octets: int


def rules() -> Rules:
    """The rules, logs kept as many days as ATLAS_JOURNAUX says. Raises UsageError where it makes no sense."""
    said = Rules(**yaml.safe_load(RULES.read_text(encoding="utf-8")))
    days = os.environ.get("ATLAS_JOURNAUX", "").strip()
    if days and (not days.isdecimal() or not int(days)):
        raise UsageError(
            f"ATLAS_JOURNAUX ne se comprend pas : « {days} ».",
            expected="un nombre de jours, un au moins",
            todo="corriger cette variable de l'environnement",
        )
    return said.model_copy(update={"journaux": int(days)}) if days else said


def clean(*, dry: bool) -> list[Going]:
    """Takes away what may go, and begins another journal where it is long; tells alone where `dry`.

    Raises BusyError where another process writes to the warehouse, DamagedError where a lock can't be read.
    """
    if dry:
        return plan(settings.load())
    with steps.alone("atlas menage"):
        with journal.step("menage") as said:
            now = settings.load()
            found = plan(now)
            shared = store(now.warehouse)
            for going in found:
                if shared and going.quoi == SHARED_LOG:
                    shared.drop_log(going.chemin)
                else:
                    _remove(Path(going.chemin))
            said.update(efface=[going.chemin for going in found], octets=sum(going.octets for going in found))
        journal.turn(now.warehouse, rules().journal)
        return found


def plan(now: Settings) -> list[Going]:
    """What would go now, kind by kind."""
    kept, found = rules(), []
    kinds = {
        "reste d'une exécution interrompue": (_leftovers(now), kept.restes),
        "construction jamais mise en place": (_builds(now), kept.constructions),
        "mise en forme d'une révision remplacée": (_replaced(now), kept.remplaces),
        "journal d'Airflow": (_logs(), kept.journaux),
        "publication": (_releases(now, kept.publications), 0),
    }
    for kind, (paths, days) in kinds.items():
        for path in paths:
            size, touched = _measured(path)
            if touched <= time.time() - days * DAY:
                found.append(Going(kind, str(path), size))
    if shared := store(now.warehouse):
        found += [Going(SHARED_LOG, address, size) for address, size in shared.old_logs(kept.journaux)]
    return found


def _measured(path: Path) -> tuple[int, float]:
    """The bytes of a file or of a folder, and when anything in it was last written."""
    seen = [path.lstat(), *(p.lstat() for p in path.rglob("*"))] if path.is_dir() else [path.lstat()]
    return sum(s.st_size for s in seen), max(s.st_mtime for s in seen)


def _leftovers(now: Settings) -> Iterator[Path]:
    """What is made aside has a name that begins with a point, in the rooms and at the top of a warehouse."""
    yield from sorted([*now.warehouse.glob(".restauration-*"), *now.warehouse.glob(f".{DATABASE}-*")])
    for room in ASIDE:
        for home, folders, names in os.walk(now.warehouse / room):
            hidden = [n for n in sorted([*folders, *names]) if n.startswith(".")]
            folders[:] = sorted(n for n in folders if not n.startswith("."))
            yield from (Path(home) / n for n in hidden)


def _builds(now: Settings) -> Iterator[Path]:
    """Builds that no link leads to, the counts of those, and what DuckDB spilled for one."""
    for folder in sorted(now.editions.glob("*")):
        link = folder / DATABASE
        there = link.resolve().stem.rpartition("-")[2] if link.is_symlink() else ""
        for path in sorted([*folder.glob("construction-*"), *folder.glob(f"{Path(DATABASE).stem}-*")]):
            if not there or path.name.split(".")[0].rpartition("-")[2] != there:
                yield path
        if (folder / "temporaire").is_dir():
            yield folder / "temporaire"


def pinned(now: Settings) -> set[Revision]:
    """The revisions that a lock pins, of an edition or of a release. Raises DamagedError where one can't be read."""
    files = [lockfile.path(now, edition) for edition in lockfile.locked(now)]
    files += sorted(now.drafts.glob(f"*/*/*/{lockfile.LOCK}"))
    files += [f for folder in manifest.releases(now.releases) if (f := folder / lockfile.LOCK).is_file()]
    return {(pin.source, pin.millesime, pin.revision) for file in files for pin in lockfile.read(file).pins}


def _replaced(now: Settings) -> Iterator[Path]:
    """Staging of the revisions that no lock pins, and that come before the newest accepted one of their vintage."""
    held = pinned(now)
    for home in sorted(now.staging.glob("*/*")):
        source, millesime = home.parent.name, home.name
        if not millesime.isdecimal():
            continue
        newest = outcomes.latest(now, source, int(millesime), accepted=True)
        for folder in sorted(home.glob("r*")):
            number = int(folder.name[1:]) if folder.name[1:].isdecimal() else 0
            older = newest is not None and 0 < number < newest[0].revision
            if older and (source, int(millesime), number) not in held and _again(now, source, int(millesime), number):
                yield folder


def _again(now: Settings, source: str, millesime: int, number: int) -> bool:
    """Whether what is staged of a revision can be made again: its bytes are in the archive, as received."""
    landed = landing.sound(now.landing, source, millesime, number)
    return landed is not None and landed.efface_le is None


def _logs() -> Iterator[Path]:
    """The files that Airflow's tasks and services wrote, each by itself."""
    home = os.environ.get("AIRFLOW_HOME")
    for logs in [Path(home) / "logs"] if home else [place / "logs" for place in HOMES]:
        yield from (p for p in sorted(logs.rglob("*")) if p.is_file() and not p.is_symlink())


def _releases(now: Settings, count: int | None) -> Iterator[Path]:
    """The releases past the last `count` of each edition and region; none where all are kept."""
    if count is None:
        return
    groups: dict[tuple[Path, str], list[Path]] = {}
    for folder in sorted(manifest.releases(now.releases), key=lambda p: int(p.suffix[1:])):
        groups.setdefault((folder.parent, folder.stem), []).append(folder)
    for found in groups.values():
        yield from found[: -max(1, count)]  # the last one says which number comes next


def _remove(path: Path) -> None:
    """Deletes a file, or a folder in one move for whoever looks at it; then the folders that are left empty."""
    if path.is_dir():
        aside = path if path.name.startswith(".") else path.rename(path.with_name(f".{path.name}-ancien-menage"))
        shutil.rmtree(aside)
    else:
        path.unlink()
    if "logs" in path.parts:
        parent = path.parent
        while parent.name != "logs" and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent


def clean_database(address: str) -> None:
    """Has Airflow delete from its database the runs and events of before the logs that are kept.

    Raises StorageError with what Airflow said, where it couldn't.
    """
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=rules().journaux)
    command = [sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", before.isoformat()]
    command += ["--skip-archive", "--yes", "--error-on-cleanup-failure"]
    known = {name: said for name, said in os.environ.items() if not name.startswith(("__AIRFLOW", "_AIRFLOW"))}
    done = subprocess.run(  # noqa: S603
        command,
        env={**known, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StorageError(
            "La base d'Airflow n'a pas pu être allégée : " + (done.stderr.strip().splitlines() or ["?"])[-1],
            expected="une base à jour (airflow db migrate), et le droit d'y écrire",
            todo="relancer ; l'entrepôt n'est pas en cause",
        )


def database() -> str:
    """The address of the database of the Airflow that runs this, where whoever started it says so; else "".

    Airflow hides it from its tasks; ATLAS_BASE_AIRFLOW tells this one alone (cli/airflow.py, docker-compose.yml).
    """
    return os.environ.get("ATLAS_BASE_AIRFLOW", "").strip()


def databases() -> tuple[str, ...]:
    """The addresses of the databases of Airflow that are on this machine, in this checkout."""
    return tuple(f"sqlite:///{file}" for home in HOMES if (file := home / "airflow.db").is_file())
