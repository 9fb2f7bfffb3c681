"""Who made a release: its hashes signed by an OpenSSH key, and the signature held against the keys one knows.

`ssh-keygen` signs and verifies, so that anybody can without the atlas. With an Ed25519 key the same bytes have the
same signature.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import BuildError, Place, UsageError
from pipelines.runtime import state

PROGRAM = "ssh-keygen"
NAMESPACE = "atlas"  # a signature of something else, by the same key, is none of a release
SUFFIX = ".sig"  # the one that ssh-keygen gives
VARIABLE = "ATLAS_SIGNATURE"


@dataclass(frozen=True)
class Signed:
    """What a signature is worth, in words; `bonne` is None where nothing can be said of it."""

    bonne: bool | None
    dit: str


def sign(file: Path) -> None:
    """Signs a file by the key that ATLAS_SIGNATURE names, beside it; nothing without one.

    Raises BuildError where the key can't be used.
    """
    if made := signed(file.read_bytes()):
        state.write(beside(file), made)


def signed(data: bytes) -> str:
    """The signature of some bytes by the key that ATLAS_SIGNATURE names; "" without one. Raises as `sign`."""
    key = os.environ.get(VARIABLE, "").strip()
    if not key:
        return ""
    path = Path(key).expanduser()
    if not path.is_file():
        raise _unusable(path, "n'est pas là")
    done = _run(["-Y", "sign", "-q", "-f", str(path), "-n", NAMESPACE], data)
    if done is None:
        raise _unusable(path, f"ne sert à rien ici : {PROGRAM} n'est pas installé")
    if done.returncode:
        raise _unusable(path, _why(done.stderr.decode(errors="replace")))
    return done.stdout.decode("ascii")


def beside(file: Path) -> Path:
    """Where the signature of a file is."""
    return file.with_name(file.name + SUFFIX)


def verified(file: Path, signers: Path | None = None) -> Signed:
    """What the signature of a file is worth; against the keys of `signers` (as ssh-keygen reads them), where given.

    Raises UsageError where `signers` isn't a file, or where nothing here can verify what it asks.
    """
    if signers is not None and not signers.is_file():
        raise UsageError(
            f"Il n'y a pas de fichier {signers}.",
            expected=f'une ligne par signataire : nom namespaces="{NAMESPACE}" ssh-ed25519 AAAA…',
            todo="corriger --signataires ; ce fichier vient de qui publie, par une autre voie que la publication",
        )
    made = beside(file)
    if not made.is_file():
        return Signed(None if signers is None else False, "non signée")
    signed = file.read_bytes() if file.is_file() else b""
    options = ["-n", NAMESPACE, "-s", str(made)]
    done = _run(["-Y", "check-novalidate", *options], signed)
    if done is None:
        if signers is None:
            return Signed(None, f"signée, sans qu'on sache si elle est bonne : {PROGRAM} n'est pas installé")
        raise UsageError(
            f"Rien ici ne vérifie une signature : {PROGRAM} n'est pas installé.",
            expected="OpenSSH, 8.2 ou plus récent",
            todo="l'installer (apt install openssh-client), ou vérifier sur une autre machine",
        )
    if done.returncode:
        return Signed(False, "fausse signature : elle n'est pas celle de ces fichiers")
    key = done.stdout.decode(errors="replace").strip().rpartition(" ")[2]
    if signers is None:
        return Signed(None, f"signée par la clé {key} ; --signataires FICHIER dit si c'est une clé connue")
    known = _run(["-Y", "find-principals", "-s", str(made), "-f", str(signers)], b"")
    for name in known.stdout.decode(errors="replace").split() if known else ():
        good = _run(["-Y", "verify", *options, "-f", str(signers), "-I", name], signed)
        if good is not None and good.returncode == 0:
            return Signed(True, f"signée par {name}")
    return Signed(False, f"fausse signature : la clé {key} n'est pas de celles que nomme {signers}")


def _run(options: list[str], given: bytes) -> subprocess.CompletedProcess[bytes] | None:
    """What ssh-keygen answers, asked so that it asks nobody in its turn; None where it isn't there."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    return subprocess.run(  # noqa: S603
        [program, *options],
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, "SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"},
        start_new_session=True,  # no terminal to ask a passphrase on
    )


def _why(said: str) -> str:
    """What ssh-keygen said of a key, in words."""
    if "passphrase" in said:
        return "est protégée par une phrase de passe, que personne n'est là pour dire"
    if "UNPROTECTED" in said or "bad permissions" in said:
        return "peut être lue par d'autres"
    if "Permission denied" in said:
        return "ne se lit pas"
    return f"ne signe pas : {(said.strip().splitlines() or ['?'])[-1]}"


def _unusable(path: Path, why: str) -> BuildError:
    return BuildError(
        f"La clé qui signe les publications {why}.",
        where=Place(file=str(path)),
        expected=f"dans {VARIABLE}, une clé privée d'OpenSSH (Ed25519) sans phrase de passe, que son propriétaire seul "
        "lit (600) ; ou une clé publique dont l'agent (ssh-agent) a la clé privée",
        todo="la corriger et publier de nouveau ; sans cette variable, une publication n'est pas signée. "
        "Rien n'a été publié à moitié",
    )
