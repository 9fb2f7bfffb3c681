"""Personal keys: a keyed hash in place of what identifies a person, and where the key is kept.

A column of type `personne` in a map (a register's number, the SIRET of a practice) leaves staging as
the keyed BLAKE2b hash of its text: the same person has the same hash in every vintage, and nobody who
lacks the key can find it again, not even by hashing all possible numbers. **Losing the key breaks the
count of entries and exits**: vintages staged under another key have nobody in common with the rest, and
those whose raw bytes were deleted can't be staged again.
"""

import array
import hashlib
import os
import secrets
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import StorageError, UsageError
from pipelines.settings import ROOT, magasin

VARIABLE = "ATLAS_CLE_PERSONNES"
# 128 bits, as 32 hexadecimal digits: among a hundred million persons, two share a hash once in 10²² draws.
BYTES = 16
LENGTH = 2 * BYTES
SHORTEST = 32  # characters of a key given in the environment

# Fictitious persons need no secret, and the same bytes on every machine.
SAMPLE_KEY = b"cle publique des personnes fictives"


def key(*, fictif: bool) -> bytes:
    """The key that hashes persons: the samples' own, that of the environment, or that of the key file.

    The file is made at the first need. Raises UsageError where the key is too short, where several machines share the
    warehouse and the environment has none, or where the file can be read by others or lies inside the checkout;
    StorageError where it can't be written.
    """
    if fictif:
        return SAMPLE_KEY
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return _long_enough(given, f"la variable {VARIABLE}")
    if magasin():
        raise UsageError(
            f"Plusieurs machines partagent cet entrepôt, et {VARIABLE} n'est pas dite sur celle-ci : "
            "elle se ferait une clé à elle, et une personne n'y serait plus la même qu'ailleurs.",
            expected="la même clé sur toutes les machines",
            todo=f"donner {VARIABLE} à celle-ci ; sur celle qui l'avait seule, elle est dans {key_file()}",
        )
    return _from_file(key_file())


def key_file() -> Path:
    """Where the key is kept when the environment doesn't give it: the user's own configuration."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home).expanduser() / "atlas-sante" / "cle-personnes"


def _long_enough(text: str, where: str) -> bytes:
    if len(text) < SHORTEST:
        raise UsageError(
            f"La clé des personnes est trop courte : {len(text)} caractère(s) dans {where}.",
            expected=f"au moins {SHORTEST} caractères tirés au hasard",
            todo="remettre la clé d'origine ; s'il n'y en a jamais eu, en tirer une : "
            'python3 -c "import secrets; print(secrets.token_hex(32))"',
        )
    return text.encode()


def _from_file(path: Path) -> bytes:
    _refuse_exposed(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as new:
                new.write(secrets.token_hex(32) + "\n")
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise UsageError(
                f"La clé des personnes peut être lue par d'autres : {path} a les droits {stat.S_IMODE(mode):o}.",
                expected="un fichier que son propriétaire seul peut lire (600)",
                todo=f"chmod 600 {path} ; si d'autres ont pu la lire, la traiter comme connue d'eux",
            )
        return _long_enough(path.read_text(encoding="ascii").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"La clé des personnes ne se lit ni ne s'écrit : {path} ({error})",
            expected=f"un fichier de texte accessible à l'utilisateur seul, ou la variable {VARIABLE}",
            todo="corriger les droits du dossier, ou donner la clé par l'environnement",
        ) from error


def _refuse_exposed(path: Path) -> None:
    """Refuses a key beside the data that it protects: whoever copies one would have the other."""
    warehouse = os.environ.get("ATLAS_WAREHOUSE")
    for folder in [ROOT, *([Path(warehouse).expanduser()] if warehouse else [])]:
        if path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"La clé des personnes serait à côté des données qu'elle protège : {path}",
                expected="un dossier hors de l'entrepôt et du code (XDG_CONFIG_HOME, ou ~/.config)",
                todo=f"corriger XDG_CONFIG_HOME, ou donner la clé par la variable {VARIABLE}",
            )


def key_id(secret: bytes) -> str:
    """A short name of a key, which tells two keys apart and says nothing of either."""
    return hashlib.blake2b(b"nom de la cle", key=_sized(secret), digest_size=8).hexdigest()


def _sized(secret: bytes) -> bytes:
    """BLAKE2b takes keys up to 64 bytes; a longer one is hashed first."""
    return secret if len(secret) <= 64 else hashlib.blake2b(secret).digest()


def hashed(column: pa.ChunkedArray | pa.Array, secret: bytes) -> pa.Array:
    """Texts replaced by the hexadecimal keyed hash of each; a missing one stays missing."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    # A person stands on neighbouring lines: each text of a batch is hashed once.
    coded = pc.dictionary_encode(whole)
    sized, digest = _sized(secret), hashlib.blake2b
    texts = coded.dictionary.cast(pa.binary()).to_pylist()
    hexadecimal = b"".join(digest(text, key=sized, digest_size=BYTES).digest() for text in texts).hex().encode()
    ends = array.array("i", range(0, LENGTH * len(texts) + 1, LENGTH))
    hashes = pa.Array.from_buffers(
        pa.string(), len(texts), [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(hexadecimal)]
    )
    return hashes.take(coded.indices)
