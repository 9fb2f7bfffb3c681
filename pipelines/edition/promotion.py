"""Makes a checked build the warehouse of its edition, with one rename of a link."""

import uuid
from pathlib import Path

import duckdb

from pipelines.errors import BuildError
from pipelines.runtime import state
from pipelines.settings import DATABASE, Settings, in_place


def promote(settings: Settings, target: Path, *, back: bool = False) -> Path:
    """Makes a checked build the warehouse of its edition, and that edition the one in place; returns the edition's.

    Readers see the old file or the new one, never half of one. An edition earlier than the one in place takes its
    place only where `back` is set. Raises BuildError, with everything left as it was, where the build was not
    checked, or doesn't hold what was checked.
    """
    file, folder = _build_of(target), target.parent
    there(target if target.is_file() else file)  # a promotion cut short is taken up again
    if not counted(target).is_file():
        raise BuildError(
            f"La construction {target.name} n'a pas été contrôlée.",
            expected="des contrôles passés sans échec critique",
            todo="la contrôler, ou la refaire ; l'entrepôt en place n'a pas changé",
        )
    if target.is_file():
        target.chmod(0o444)
        target.replace(file)
    edition = int(folder.name)
    _journal(file).unlink(missing_ok=True)
    with state.reading(counted(target), "la contrôler, ou la refaire ; l'entrepôt en place n'a pas changé") as said:
        expected: dict[str, int] = dict(said)
    found = counts(file)
    if found != expected:
        raise BuildError(
            "L'entrepôt construit n'a plus les lignes que les contrôles ont comptées : "
            + " ; ".join(
                f"{name}, {expected.get(name, 0)} lignes contrôlées, {found.get(name, 0)} lues"
                for name in sorted(expected.keys() | found.keys())
                if expected.get(name) != found.get(name)
            ),
            expected=f"dans {file}, ce qui a été contrôlé",
            todo="chercher qui y a écrit, puis reconstruire ; l'entrepôt en place n'a pas changé",
        )
    now, replaced = _edition_in_place(settings), settings.built(edition).resolve()
    _point(settings.built(edition), file)
    if back or now is None or now <= edition:
        _point(settings.database, settings.built(edition))
    # Who has an old build open reads it to the end: a name goes, not what is open. The one just replaced stays until
    # the next promotion, or `atlas menage`: a reader may have followed the link, and not opened it yet.
    for old in folder.glob(f"{Path(DATABASE).stem}-*"):
        if old.resolve() not in (file.resolve(), replaced):
            old.unlink()
    return settings.built(edition)


def there(target: Path) -> Path:
    """A build, where it still is. Raises BuildError where another has been begun since."""
    if not target.is_file():
        raise BuildError(
            f"La construction {target.name} n'est plus là : une autre a été commencée depuis.",
            expected=f"un fichier dans {target.parent}",
            todo="relancer l'édition ; l'entrepôt en place n'a pas changé",
        )
    return target


def counts(file: Path) -> dict[str, int]:
    """The rows of each table of a warehouse, by a reader of its own."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        query = " UNION ALL ".join(
            f"SELECT '{schema}.{name}', count(*) FROM {schema}.{name}" for schema, name in tables
        )
        return dict(connection.execute(query).fetchall())


def counted(target: Path) -> Path:
    """Where the check of a build leaves its counts."""
    return target.with_suffix(".json")


def _build_of(target: Path) -> Path:
    """Where a build stands once promoted: a file of its own, which no other build ever takes the name of."""
    return target.with_name(target.name.replace("construction", Path(DATABASE).stem))


def _journal(file: Path) -> Path:
    """Where DuckDB keeps what it has not yet written into a file."""
    return file.with_name(f"{file.name}.wal")


def _point(link: Path, target: Path) -> None:
    """Makes a link, or an old file of that name, lead to another file, in one move.

    A client that doesn't follow links keeps its journal beside them: nobody's is replayed on another build.
    """
    _journal(link).unlink(missing_ok=True)
    new = link.with_name(f".{link.name}-{uuid.uuid4().hex}")
    new.symlink_to(target.relative_to(link.parent))
    new.replace(link)


def _edition_in_place(settings: Settings) -> int | None:
    """The edition that people query now; None where there is none."""
    if settings.database.is_file() and not settings.database.is_symlink():  # a warehouse made when it was one file
        with duckdb.connect(str(settings.database), read_only=True) as connection:
            return int(connection.execute("SELECT edition FROM reference.edition").fetchall()[0][0])
    return in_place(settings.warehouse)
