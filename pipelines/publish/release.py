"""A release: an immutable folder of published files of one edition and one region."""

import json
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines import editions, landing
from pipelines.errors import BuildError
from pipelines.publish import pages, public, tables
from pipelines.settings import Settings

MANIFEST = "manifeste.json"


@dataclass(frozen=True)
class Release:
    """A published folder; `new` is false where the same bytes had been released already."""

    path: Path
    version: str
    files: int
    new: bool


def _open(settings: Settings, edition: int) -> duckdb.DuckDBPyConnection:
    if not settings.database.is_file():
        raise BuildError(
            "Il n'y a pas d'entrepôt à publier.",
            expected=f"le fichier {settings.database}",
            todo="construire l'édition d'abord : make atlas, ou atlas edition",
        )
    connection = duckdb.connect(str(settings.database), read_only=True)
    built = connection.execute("SELECT edition FROM reference.edition").fetchall()[0][0]
    if built != edition:
        connection.close()
        raise BuildError(
            f"L'entrepôt en place est celui de l'édition {built}, pas {edition}.",
            expected=f"l'édition {edition}",
            todo=f"la construire : atlas edition --edition {edition}",
        )
    return connection


def publish(settings: Settings, edition: int, region: str) -> Release:
    """Writes the release of an edition for a region; the same content is never released twice.

    Raises BuildError where the edition isn't the one in place, or the region isn't a region of France.
    """
    with _open(settings, edition) as connection:
        known = dict(
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
        lock = editions.load(settings, edition)
        if lock is None:
            raise BuildError(f"L'édition {edition} n'a plus de verrou.", todo=f"atlas lock {edition} --update")
        fictif = bool(connection.execute("SELECT fictif FROM reference.edition").fetchall()[0][0])
        home = settings.releases / f"{edition}-{region}"
        pending = home / f".en-cours-{uuid.uuid4().hex}"
        try:
            pending.mkdir(parents=True)
            file = pending / (("FICTIF-" if fictif else "") + public.NAME)
            written = public.write(settings.database, region, file, fictif=fictif)
            with duckdb.connect(str(file), read_only=True) as shown:
                tables.write(shown, written, pending, fictif=fictif)
                tables.dictionary(written, pending, fictif=fictif)
                pages.write(shown, region, pending, written, fictif=fictif)
            (pending / editions.LOCK).write_text(lock.to_json(), encoding="utf-8")
            return _seal(home, pending, edition, region, fictif=fictif)
        finally:
            shutil.rmtree(pending, ignore_errors=True)


def _seal(home: Path, pending: Path, edition: int, region: str, *, fictif: bool) -> Release:
    """Writes the manifest, gives the folder its version, and makes it read-only."""
    files = [p for p in sorted(pending.rglob("*")) if p.is_file()]
    manifest = {
        "edition": edition,
        "region": region,
        "fictif": fictif,
        "commit": editions.commit(),
        "fichiers": [
            {
                "nom": p.relative_to(pending).as_posix(),
                # DuckDB never writes a file twice with the same bytes: its tables are those of the Parquet files.
                **({} if p.suffix == ".duckdb" else {"octets": p.stat().st_size, "sha256": landing.sha256(p)}),
            }
            for p in files
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    made = sorted(
        (int(number[1]), p)
        for p in home.iterdir()
        if (number := re.fullmatch(rf"{edition}\.([0-9]+)", p.name)) and p.is_dir()
    )
    if made and (made[-1][1] / MANIFEST).read_text(encoding="utf-8") == text:
        return Release(made[-1][1], made[-1][1].name, len(files) + 1, new=False)
    (pending / MANIFEST).write_text(text, encoding="utf-8")
    version = f"{edition}.{made[-1][0] + 1 if made else 1}"
    target = home / version
    pending.rename(target)
    for path in target.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    return Release(target, version, len(files) + 1, new=True)
