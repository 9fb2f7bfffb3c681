"""What a release says of its own files: the manifest that its reader opens, and the hashes that seal the folder.

The manifest is the same whenever the same edition is released. `SHA256SUMS` is of these very bytes, the public
warehouse among them, which DuckDB never writes twice alike: `sha256sum -c SHA256SUMS` reads it anywhere.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import DamagedError
from pipelines.releases import signature
from pipelines.runtime import fingerprints, state

MANIFEST = "manifeste.json"
SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}{signature.SUFFIX}"


def listed(folder: Path) -> list[dict[str, Any]]:
    """The files of a release with their sizes and hashes."""
    return [
        {
            "nom": p.relative_to(folder).as_posix(),
            # DuckDB never writes a file twice with the same bytes: its tables are those of the Parquet files.
            **({} if p.suffix == ".duckdb" else {"octets": p.stat().st_size, "sha256": fingerprints.sha256(p)}),
        }
        for p in _files(folder)
    ]


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a release; empty where it can't be read."""
    try:
        with state.reading(folder / MANIFEST) as found:
            return dict(found)
    except (OSError, DamagedError):
        return {}


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes the manifest and the hashes of a release that is ready, and makes its files read-only."""
    state.write(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    known = {file["nom"]: file.get("sha256") for file in manifest["fichiers"]}
    names = ((path, path.relative_to(folder).as_posix()) for path in _files(folder))
    lines = [f"{known.get(name) or fingerprints.sha256(path)}  {name}\n" for path, name in names]
    state.write(folder / SUMS, "".join(lines))
    close(folder)


def sign(folder: Path) -> None:
    """Signs the hashes of a sealed release, once it is approved. Raises BuildError where the key can't be used."""
    signature.sign(folder / SUMS)
    close(folder)


def close(folder: Path) -> None:
    """Makes the files of a release read-only."""
    for path in _files(folder):
        path.chmod(0o444)


def writable(folder: Path) -> list[Path]:
    """The files of a release that somebody may still write to."""
    return [path for path in _files(folder) if path.stat().st_mode & 0o222]


def releases(home: Path) -> list[Path]:
    """The folders of all releases."""
    return sorted(p for p in home.glob("*/*") if p.is_dir() and re.fullmatch(r"\d{4}\.\d+", p.name))


def is_one(folder: Path) -> bool:
    """Whether a folder is a release, or what is left of one: it has its manifest or its hashes."""
    return (folder / MANIFEST).is_file() or (folder / SUMS).is_file()


def faults(folder: Path) -> Iterator[tuple[str, str]]:
    """The files of a release that are no longer those sealed, each with what is wrong with it."""
    known: dict[str, str | None] = {}
    try:
        with state.reading(folder / MANIFEST) as manifest:
            known = {str(file["nom"]): file.get("sha256") for file in manifest["fichiers"]}
    except DamagedError:
        yield MANIFEST, "n'est plus là, ou ne se lit pas : il dit ce que la publication contient"
    sums = _sums(folder)
    if sums and known:
        for name in sorted(known.keys() - sums.keys()):
            yield name, f"le manifeste le nomme, et pas {SUMS}"
        for name in sorted(known.keys() & sums.keys()):
            if (known[name] or sums[name]) != sums[name]:
                yield name, f"n'a pas la même empreinte dans le manifeste et dans {SUMS}"
    expected: dict[str, str | None] = {**known, **sums}
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name, sha256 in sorted(expected.items()):
        if name not in found:
            yield name, "n'est plus là"
        elif sha256 and fingerprints.sha256(found[name]) != sha256:
            yield name, "n'est plus le fichier publié : ses octets ont changé"
    for name in sorted(found.keys() - expected.keys() - {MANIFEST, SUMS, SIGNATURE}):
        yield name, "n'est pas de la publication"


def _sums(folder: Path) -> dict[str, str]:
    """The hashes that seal a release, by file; none for one made before there were."""
    file = folder / SUMS
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*")) if p.is_file()]
