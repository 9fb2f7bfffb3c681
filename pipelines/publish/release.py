"""A release: an immutable folder of published files of one edition and one region."""

import contextlib
import json
import re
import shutil
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import hints, state
from pipelines.checks.controls import Control, undated
from pipelines.disclosure import memory, structures
from pipelines.edition import inputs, lockfile
from pipelines.errors import BuildError, DamagedError
from pipelines.publish import differences, fiches, manifest, methods, package, pages, public, site, tables, workbooks
from pipelines.settings import Settings

PUBLISHED = "publie.json"  # beside the lock: of which build each region's last release was made
FIRST_EDITION = 2000
# They say what a release changes, how it was made, or list it: another content makes them, they make no other content.
DERIVED = {manifest.MANIFEST, manifest.SUMS, lockfile.LOCK, *differences.FILES, *package.FILES}
# What the CSV files and the dictionary say, in bytes that a library writes otherwise from one version to the next.
SAME_TABLES = (".duckdb", ".parquet")


@dataclass(frozen=True)
class Release:
    """A published folder; `new` is false where the same content had been released already."""

    path: Path
    version: str
    files: int
    new: bool


def _open(settings: Settings, edition: int, region: str) -> duckdb.DuckDBPyConnection:
    file = settings.built(edition)
    if not file.is_file():
        again = hints.command(settings, "edition", "--edition", edition, "--region", region, extracts=True)
        raise BuildError(
            f"L'édition {edition} n'est pas construite : il n'y a rien à publier.",
            expected=f"le fichier {file}",
            todo=f"la construire d'abord : {again}",
        )
    return duckdb.connect(str(file), read_only=True)


def _lock_of(connection: duckdb.DuckDBPyConnection, settings: Settings, edition: int) -> lockfile.Lock:
    """The lock that goes with a release. Raises BuildError where it isn't that of the warehouse that is released."""
    lock = lockfile.load(settings, edition)
    if lock is None:
        raise BuildError(
            f"L'édition {edition} n'a plus de verrou.",
            todo=hints.command(settings, "lock", edition, "--update"),
        )
    unlike = inputs.unlike(connection, lock)
    if unlike:
        raise BuildError(
            f"Le verrou de l'édition {edition} n'est plus celui de son entrepôt : {' ; '.join(unlike[:6])}"
            + (f" ; et {len(unlike) - 6} autre(s)." if len(unlike) > 6 else "."),
            expected="un entrepôt construit d'après ce verrou, qui part avec la publication",
            todo="construire d'abord : " + hints.command(settings, "edition", "--edition", edition, extracts=True),
        )
    return lock


def publish(settings: Settings, edition: int, region: str) -> Release:
    """Writes the release of an edition for a region; the same content is never released twice.

    Raises BuildError where the edition isn't built, or the region isn't a region of France.
    """
    with _open(settings, edition, region) as connection:
        label = _label(connection, region)
        lock = _lock_of(connection, settings, edition)
        fictif = bool(connection.execute("SELECT fictif FROM reference.edition").fetchall()[0][0])
        home = settings.releases / f"{edition}-{region}"
        pending = home / f".en-cours-{uuid.uuid4().hex}"
        try:
            pending.mkdir(parents=True)
            file = pending / (("FICTIF-" if fictif else "") + public.NAME)
            _remembered(settings)
            made_of = public.write(settings.built(edition), region, file, settings.protection, fictif=fictif)
            written, checked = made_of.written, public.check(file)
            with duckdb.connect(str(file), read_only=True) as shown:
                books = _write(shown, pending, written, settings, edition, region, fictif=fictif)
                state.write(pending / lockfile.LOCK, lock.to_json())
                made = _versions(home, edition)
                if made and _content(manifest.read(made[-1]).get("fichiers", ())) == _content(manifest.listed(pending)):
                    return Release(made[-1], made[-1].name, len(manifest.listed(made[-1])), new=False)
                about = package.About(
                    version=f"{edition}.{int(made[-1].suffix[1:]) + 1 if made else 1}",
                    edition=edition,
                    region=region,
                    region_libelle=label,
                    commit=lockfile.commit(),
                    fictif=fictif,
                    editeur=settings.editeur,
                    adresse=settings.adresse,
                )
                how = methods.of(connection, settings, lock)
                _compare(settings, about, pending, lock, how, written, books, shown)
            return _seal(home / about.version, pending, _said(about, made_of, how, checked, pending))
        finally:
            # What an earlier publication that was killed left goes too: one release is made after the other.
            for left in home.glob(".en-cours-*"):
                shutil.rmtree(left, ignore_errors=True)
            memory.sweep(settings.protection)
            with contextlib.suppress(OSError):  # it stays where it holds a release
                home.rmdir()


def _checks(found: list[Control]) -> dict[str, Any]:
    """What a manifest says of the checks that the views have passed: how many, and those that are warnings."""
    failed = [control for control in found if not control.reussi]
    told = [{"vue": c.objet, "controle": c.controle, "motif": undated(c.motif), "vu": c.observe} for c in failed]
    return {"reussis": len(found) - len(failed), "avertissements": told}


def _label(connection: duckdb.DuckDBPyConnection, region: str) -> str:
    """The name of a region. Raises BuildError where the edition has no such region."""
    known: dict[str, str] = dict(
        connection.execute(
            "SELECT code, libelle FROM reference.territoires WHERE niveau = 'region' ORDER BY code"
        ).fetchall()
    )
    if region not in known:
        raise BuildError(
            f"La région « {region} » n'est pas dans la géographie de l'édition.",
            expected="un code parmi : " + ", ".join(f"{k} {v}" for k, v in known.items()),
            todo="corriger REGION (make) ou --region",
        )
    return known[region]


def _write(
    shown: duckdb.DuckDBPyConnection,
    pending: Path,
    written: list[public.WrittenTable],
    settings: Settings,
    edition: int,
    region: str,
    *,
    fictif: bool,
) -> list[workbooks.Workbook]:
    """Writes what people read, and what machines do, from the public file."""
    tables.write(shown, written, pending, fictif=fictif)
    tables.dictionary(written, pending, fictif=fictif)
    # Workbooks are made in Python; sheets and figures outside of it, on the core that it leaves.
    with shown.cursor() as beside, ThreadPoolExecutor(1) as pool:
        books = pool.submit(workbooks.write, beside, written, pending, edition=edition, fictif=fictif)
        pages.write(shown, region, pending, written, fictif=fictif)
        fiches.write(shown, pending, contact=settings.contact)
        site.write(shown, region, pending, fictif=fictif)
        return books.result()


def _said(
    about: package.About, made_of: public.PublicFile, how: methods.Methods, checked: list[Control], pending: Path
) -> dict[str, Any]:
    """The manifest of a release."""
    return {
        "edition": about.edition,
        "region": about.region,
        "fictif": about.fictif,
        "commit": about.commit,
        "protection": made_of.protection.keep(),
        "methodes": asdict(how),
        "controles": _checks(checked),
        "fichiers": manifest.listed(pending),
    }


def published_from(settings: Settings, edition: int) -> dict[str, str]:
    """Region -> the fingerprint of the build that its last release of an edition was made of, or found equal to."""
    file = settings.editions / str(edition) / PUBLISHED
    try:
        with state.reading(file) as said:
            return {str(region): str(build) for region, build in said.items()}
    except DamagedError:  # none yet, or none legible: it only costs to publish again, which makes the same release
        return {}


def note(settings: Settings, edition: int, region: str, build: str) -> None:
    """Notes of which build the release of a region was made: what is not noted is taken up again."""
    text = json.dumps({**published_from(settings, edition), region: build}, indent=1, sort_keys=True) + "\n"
    state.write(settings.editions / str(edition) / PUBLISHED, text)


def _compare(
    settings: Settings,
    about: package.About,
    pending: Path,
    lock: lockfile.Lock,
    how: methods.Methods,
    written: list[public.WrittenTable],
    books: list[workbooks.Workbook],
    shown: duckdb.DuckDBPyConnection,
) -> None:
    """Writes what depends on the release before: differences, changelog; then the package, which lists all files."""
    before = _before(settings, about)
    now = differences.Published(pending, about.version, lock, how, _content(manifest.listed(pending)), about.fictif)
    diff = differences.write(before, now, written)
    differences.page(diff, now, about.region, about.region_libelle)
    past = before.path / package.CHANGELOG if before and before.lock.edition == about.edition else None
    package.write(shown, about, pending, written, books, diff, manifest.listed(pending), past)


def _remembered(settings: Settings) -> None:
    """Raises BuildError where it is no longer known of whose answers the numbers of an earlier release are the sums."""
    tables = [f"csv/*{name}.csv" for name in structures.protected()]
    for file in sorted(settings.releases.glob(f"*/[0-9]*/{manifest.MANIFEST}")):
        number = manifest.read(file.parent).get("protection")
        if memory.path(settings.protection, number).is_file() if number else not _lines(file.parent, tables):
            continue
        name = file.parent.relative_to(settings.releases)
        raise BuildError(
            f"On ne sait plus de quelles réponses sont faits les nombres de la publication {name} : ce qu'une nouvelle "
            "en ferait retrouver ne peut pas être caché.",
            expected=f"dans {settings.protection}, le fichier que nomme son manifeste (« protection »)",
            todo="le rétablir d'une sauvegarde ; ou retirer cette publication, si personne ne l'a lue",
        )


def _lines(folder: Path, names: list[str]) -> bool:
    """Whether one of these CSV files of a release has more than its header."""
    return any(path.read_bytes().count(b"\n") > 1 for name in names for path in folder.glob(name))


def _versions(home: Path, edition: int) -> list[Path]:
    """The releases made of an edition, oldest first."""
    made = [p for p in home.glob(f"{edition}.*") if re.fullmatch(rf"{edition}\.[0-9]+", p.name) and p.is_dir()]
    return sorted(made, key=lambda p: int(p.suffix[1:]))


def _content(files: Iterable[dict[str, Any]]) -> dict[str, str]:
    """What a reader is shown: the files of a release with their hashes, but for those that make no other content."""
    return {
        f["nom"]: f["sha256"]
        for f in files
        if f["nom"].removeprefix("FICTIF-") not in DERIVED and not f["nom"].endswith(SAME_TABLES)
    }


def _before(settings: Settings, about: package.About) -> differences.Published | None:
    """The release that a reader had before: the last of the same edition, else of the nearest edition before it."""
    for edition in range(about.edition, FIRST_EDITION, -1):
        for folder in reversed(_versions(settings.releases / f"{edition}-{about.region}", edition)):
            known = manifest.read(folder)
            if known.get("fictif") == about.fictif and (folder / lockfile.LOCK).is_file():
                lock = lockfile.read(folder / lockfile.LOCK)
                how = methods.Methods(**known.get("methodes", {"etapes": {}, "lectures": {}}))
                content = _content(known.get("fichiers", ()))
                return differences.Published(folder, folder.name, lock, how, content, about.fictif)
    return None


def _seal(target: Path, pending: Path, said: dict[str, Any]) -> Release:
    """Writes the manifest, makes the files read-only, and gives the folder its version: from then on nothing moves."""
    manifest.seal(pending, said)
    pending.rename(target)
    state.settle(target.parent)
    return Release(target, target.name, len(manifest.listed(target)), new=True)
