"""What a disk, or another session, refuses: told as such, whichever library met it."""

import contextlib
import errno
import re
from collections.abc import Iterator

import duckdb

from pipelines.errors import AtlasError, BusyError, StorageError

SAID = {
    errno.EROFS: "il est en lecture seule",
    errno.EACCES: "l'accès est refusé",
    errno.EPERM: "ce n'est pas permis",
    errno.ENOENT: "ce fichier ou ce dossier n'existe pas",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EISDIR: "c'est un dossier",
    errno.EEXIST: "il existe déjà",
    errno.EIO: "le disque ne se lit ou ne s'écrit plus",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ESTALE: "le disque distant ne répond plus",
}


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Tells what a disk or another session refused, as StorageError or BusyError; any other error passes."""
    try:
        yield
    except AtlasError:
        raise
    except Exception as error:
        known = _held(error) or _storage(error)
        if known is None:
            raise
        raise known from error


def _held(error: Exception) -> BusyError | None:
    """DuckDB's refusal of a file that another session has open in writing, told as such; None for any other error."""
    found = re.search(r'Could not set lock on file "(.+?)"(?:.*?PID (\d+))?', str(error), re.DOTALL)
    if not isinstance(error, duckdb.IOException) or found is None:
        return None
    return BusyError(
        f"Une autre session tient ouvert en écriture le fichier {found[1]}"
        + (f" (processus {found[2]})." if found[2] else "."),
        expected="des sessions en lecture seule (duckdb -readonly, read_only=True)",
        todo="fermer cette session, puis relancer ; rien n'a été touché",
    )


def _storage(error: Exception) -> StorageError | None:
    """The disk's fault told as such, whichever library met it; None for any other error."""
    # DuckDB says in words what the system says by a number, and may only notice when it commits.
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    full = full or (isinstance(error, OSError | duckdb.Error) and "No space left on device" in str(error))
    # A library's own ConnectionError is an OSError too, without a number: that is no disk.
    numbered = isinstance(error, OSError) and error.errno is not None
    if not full and not numbered and not isinstance(error, duckdb.IOException):
        return None
    number, file = (error.errno, error.filename) if isinstance(error, OSError) else (None, None)
    said = SAID.get(number or 0) or (error.strerror if isinstance(error, OSError) else None)
    return StorageError(
        "Le disque est plein." if full else f"Le système de fichiers a refusé une opération : {said or error}",
        expected="de la place, et le droit d'écrire, dans le dossier de l'entrepôt" + (f" ({file})" if file else ""),
        todo="libérer de la place ou corriger les droits, puis relancer : rien d'inachevé n'est en place",
    )
