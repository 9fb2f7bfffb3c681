"""A release: an immutable folder of published files of one edition and one region.

It is made in two acts: `draft` writes all of it, aside; `approve` gives these very bytes their place. `publish` is
both, one after the other.
"""

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

from pipelines import hints, journal
from pipelines.checks.controls import Control, undated
from pipelines.disclosure import memory, structures
from pipelines.edition import inputs, lockfile
from pipelines.errors import BuildError, DamagedError
from pipelines.publish import differences, fiches, methods, package, pages, public, site, tables, workbooks
from pipelines.releases import components, drafts, manifest, preview
from pipelines.releases.drafts import Draft
from pipelines.runtime import state
from pipelines.settings import Settings

PUBLISHED = "publie.json"  # beside its drafts: of which build a region's last release was made
FIRST_EDITION = 2000
# They say what a release changes, how it was made, or list it: another content makes them, they make no other content.
DERIVED = {manifest.MANIFEST, manifest.SUMS, lockfile.LOCK, components.NAME, *differences.FILES, *package.FILES}
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
    """Writes the release of an edition for a region, without anybody's approval; raises as `draft` does."""
    made = draft(settings, edition, region)
    return made if isinstance(made, Release) else approve(settings, made)


def draft(settings: Settings, edition: int, region: str) -> Draft | Release:
    """Writes aside all that a release would be; or says which one has that content, which is never released twice.

    It takes the place of what waited for that edition and region. Raises BuildError where the edition isn't built, or
    the region isn't a region of France.
    """
    with _open(settings, edition, region) as connection:
        label = _label(connection, region)
        lock = _lock_of(connection, settings, edition)
        fictif = bool(connection.execute("SELECT fictif FROM reference.edition").fetchall()[0][0])
        made = _versions(settings, edition, region)
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
        # What an earlier one that was killed left goes, before this one needs its room: they are made one at a time.
        for left in settings.drafts.glob(".en-cours-*"):
            shutil.rmtree(left, ignore_errors=True)
        aside = settings.drafts / f".en-cours-{uuid.uuid4().hex}"
        waited = drafts.waiting(settings, edition, region)
        try:
            (aside / drafts.FILES).mkdir(parents=True)
            _remembered(settings)
            found = _draft(settings, about, lock, connection, aside, made[-1] if made else None, waited)
            # Not before: where this one can't be made, the one that waits can still be approved.
            for old in waited:
                drafts.end(settings, old, drafts.REPLACED)
            return found if isinstance(found, Draft) else _made(found, new=False)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            memory.sweep(settings.protection)
            with contextlib.suppress(OSError):  # it stays where it holds a draft
                settings.drafts.rmdir()


def _draft(
    settings: Settings,
    about: package.About,
    lock: lockfile.Lock,
    connection: duckdb.DuckDBPyConnection,
    aside: Path,
    last: Path | None,
    waited: list[Draft],
) -> Draft | Path:
    """Writes a draft, and gives it its place; or says that the last release has that content."""
    pending, before = aside / drafts.FILES, _before(settings, about)
    file = pending / (("FICTIF-" if about.fictif else "") + public.NAME)
    made_of = public.write(
        settings.built(about.edition),
        about.region,
        file,
        settings.protection,
        fictif=about.fictif,
        replaced=drafts.theirs(settings, waited),
    )
    fresh, checked = not made_of.protection.file.suffix, public.check(file)
    with duckdb.connect(str(file), read_only=True) as shown:
        books = _write(shown, pending, made_of.written, settings, about)
        state.write(pending / lockfile.LOCK, lock.to_json())
        if last and _content(manifest.read(last).get("fichiers", ())) == _content(manifest.listed(pending)):
            return last
        how = methods.of(connection, settings, lock)
        diff = _compare(before, about, pending, lock, how, made_of.written, books, shown)
        said = _said(about, made_of, how, checked, pending)
        manifest.seal(pending, said)
        seen = preview.Seen(about.fictif, diff, lock, made_of.reports, said["controles"])
        made = Draft(
            id=drafts.name_of(pending),
            edition=about.edition,
            region=about.region,
            region_libelle=about.region_libelle,
            version=about.version,
            avant=_named(settings, before),
            construction=str(inputs.built_from(settings, about.edition)),
            fictif=about.fictif,
            ensemble=said["protection"],
            ensemble_neuf=fresh,
            resume=preview.told(seen, shown),
            fait_le=journal.moment(),
        )
        preview.write(settings, made, seen, shown, aside)
    return drafts.put(settings, made, aside)


def approve(settings: Settings, made: Draft, by: str = "") -> Release:
    """Makes a draft the release, with one rename: its files are sealed already, and nothing of them moves. Signs it.

    `by` is nobody where the same person runs both acts. Raises BuildError where it waits no longer, or where a draft
    made now would be another.
    """
    files, target = made.files(settings), settings.releases / f"{made.edition}-{made.region}" / made.version
    if not files.is_dir() and target.is_dir() and drafts.name_of(target) == made.id:  # cut short, taken up again
        if made.etat == drafts.WAITING:
            drafts.end(settings, made, drafts.PUBLISHED, by=by)
        return _made(target, new=made.etat == drafts.WAITING)
    drafts.still(settings, made)
    since = _since(settings, made)
    if since:
        raise BuildError(
            f"Le brouillon {made.id} de {made.where}, n'est plus ce qui serait publié : {' ; '.join(since)}.",
            expected="un brouillon du verrou, de l'entrepôt et des publications d'aujourd'hui ; il attend, inchangé",
            todo="en faire un autre, et le relire : "
            + hints.command(settings, "brouillon", "--edition", made.edition, "--region", made.region),
        )
    manifest.sign(files)  # not before: a signed draft would pass for a release
    target.parent.mkdir(parents=True, exist_ok=True)
    files.rename(target)
    state.settle(target.parent)
    drafts.end(settings, made, drafts.PUBLISHED, by=by)
    return _made(target, new=True)


def reject(settings: Settings, made: Draft, by: str, why: str) -> None:
    """Rejects a draft: its files go, its page and the reason stay. Raises BuildError where it waits no longer."""
    drafts.still(settings, made)
    drafts.end(settings, made, drafts.REJECTED, by=by, why=why)


def _since(settings: Settings, made: Draft) -> list[str]:
    """What has changed since a draft was made, a sentence each: what it says would be said otherwise now."""
    files, lock, before = made.files(settings), lockfile.load(settings, made.edition), _before(settings, made)
    said = []
    faults = [f"{name} {how}" for name, how in manifest.faults(files)]
    if faults or drafts.name_of(files) != made.id:
        return [f"on a touché à ses fichiers ({'; '.join(faults[:3]) or manifest.SUMS})"]
    if lock != lockfile.read(files / lockfile.LOCK):
        said.append("le verrou de l'édition a été refait depuis")
    if inputs.built_from(settings, made.edition) != made.construction:
        said.append("l'édition a été construite de nouveau depuis")
    if _named(settings, before) != made.avant:
        said.append(f"la publication {before.version if before else ''} a été faite ou retirée depuis")
    if not memory.path(settings.protection, made.ensemble).is_file():
        said.append(f"ce qu'il montre des tables protégées n'est plus gardé ({settings.protection})")
    return said


def _named(settings: Settings, published: differences.Published | None) -> str | None:
    return str(published.path.relative_to(settings.releases)) if published else None


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
    about: package.About,
) -> list[workbooks.Workbook]:
    """Writes what people read, and what machines do, from the public file."""
    edition, region, fictif = about.edition, about.region, about.fictif
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
    """The manifest of a release, once the list of its components stands beside it, or why it does not."""
    unlisted = components.write(pending)
    return {
        "edition": about.edition,
        "region": about.region,
        "fictif": about.fictif,
        "commit": about.commit,
        "protection": made_of.protection.keep(),
        "methodes": asdict(how),
        "controles": _checks(checked),
        **({"composants": unlisted} if unlisted else {}),
        "fichiers": manifest.listed(pending),
    }


def published_from(settings: Settings, edition: int) -> dict[str, str]:
    """Region -> the fingerprint of the build that its last release of an edition was made of, or found equal to."""
    found = {}
    for file in settings.drafts.glob(f"{edition}-*/{PUBLISHED}"):
        # One that isn't legible only costs to publish again, which makes the same release.
        with contextlib.suppress(DamagedError), state.reading(file) as said:
            found[file.parent.name.partition("-")[2]] = str(said["construction"])
    return found


def note(settings: Settings, edition: int, region: str, build: str) -> None:
    """Notes of which build the release of a region was made: what is not noted is taken up again."""
    file = settings.drafts / f"{edition}-{region}" / PUBLISHED
    file.parent.mkdir(parents=True, exist_ok=True)
    state.write(file, json.dumps({"construction": build}, indent=1) + "\n")


def _compare(
    before: differences.Published | None,
    about: package.About,
    pending: Path,
    lock: lockfile.Lock,
    how: methods.Methods,
    written: list[public.WrittenTable],
    books: list[workbooks.Workbook],
    shown: duckdb.DuckDBPyConnection,
) -> differences.Diff:
    """Writes what depends on the release before: differences, changelog; then the package, which lists all files."""
    now = differences.Published(pending, about.version, lock, how, _content(manifest.listed(pending)), about.fictif)
    diff = differences.write(before, now, written)
    differences.page(diff, now, about.region, about.region_libelle)
    past = before.path / package.CHANGELOG if before and before.lock.edition == about.edition else None
    package.write(shown, about, pending, written, books, diff, manifest.listed(pending), past)
    return diff


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


def last(settings: Settings, edition: int, region: str) -> Path:
    """The last release of an edition for a region, which has one."""
    return _versions(settings, edition, region)[-1]


def _versions(settings: Settings, edition: int, region: str) -> list[Path]:
    """The releases made of an edition for a region, oldest first."""
    home = settings.releases / f"{edition}-{region}"
    made = [p for p in home.glob(f"{edition}.*") if re.fullmatch(rf"{edition}\.[0-9]+", p.name) and p.is_dir()]
    return sorted(made, key=lambda p: int(p.suffix[1:]))


def _content(files: Iterable[dict[str, Any]]) -> dict[str, str]:
    """What a reader is shown: the files of a release with their hashes, but for those that make no other content."""
    return {
        f["nom"]: f["sha256"]
        for f in files
        if f["nom"].removeprefix("FICTIF-") not in DERIVED and not f["nom"].endswith(SAME_TABLES)
    }


def _before(settings: Settings, about: package.About | Draft) -> differences.Published | None:
    """The release that a reader had before: the last of the same edition, else of the nearest edition before it."""
    for edition in range(about.edition, FIRST_EDITION, -1):
        for folder in reversed(_versions(settings, edition, about.region)):
            known = manifest.read(folder)
            if known.get("fictif") == about.fictif and (folder / lockfile.LOCK).is_file():
                lock = lockfile.read(folder / lockfile.LOCK)
                how = methods.Methods(**known.get("methodes", {"etapes": {}, "lectures": {}}))
                content = _content(known.get("fichiers", ()))
                return differences.Published(folder, folder.name, lock, how, content, about.fictif)
    return None


def _made(folder: Path, *, new: bool) -> Release:
    return Release(folder, folder.name, len(manifest.listed(folder)), new=new)
