"""What a step reads, as SHA-256: our own code from its module on, the libraries, and the files it names.

The code is found by following imports, those inside functions too: a module that a step begins to use
enters its fingerprint by itself, and one that it doesn't use never does.
"""

import ast
import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipelines.settings import ROOT

PACKAGE = "pipelines"
# How bytes come in: a step that reads them holds the hash of the bytes themselves.
OUTSIDE = "pipelines.connectors"
LIBRARIES = ROOT / "uv.lock"


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def of(parts: Iterable[str | Path]) -> str:
    """One fingerprint of texts and of the bytes of files, in that order; a file's place in the checkout counts too."""
    said = (part if isinstance(part, str) else f"{_placed(part)} {sha256(part)}" for part in parts)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _placed(path: Path) -> str:
    """Where a file is in the checkout; its name alone where a catalogue or a suite was laid elsewhere."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


@functools.cache
def code(module: str) -> str:
    """Fingerprint of the code that a module runs and of its libraries, as they were when this process first asked."""
    return of([*files(module), LIBRARIES])


def files(module: str) -> list[Path]:
    """The files of all our modules that a module imports, directly or not, with its own; in order."""
    found: dict[str, Path] = {}
    programs: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _path(name)
        if path is None or name in found or name == OUTSIDE or name.startswith(f"{OUTSIDE}."):
            continue
        found[name] = path
        imported, named = _read(path)
        programs |= named
        waiting += [*imported, name.rpartition(".")[0]]
    return sorted({*found.values(), *programs})


def _path(name: str) -> Path | None:
    """Where one of our modules is; None for a library's, or for a name that is no module."""
    if name.partition(".")[0] != PACKAGE:
        return None
    place = ROOT.joinpath(*name.split("."))
    return next((p for p in (place / "__init__.py", place.with_suffix(".py")) if p.is_file()), None)


def _read(path: Path) -> tuple[set[str], set[Path]]:
    """Names that a module imports, which may be modules; and files beside it that it names, programs that it starts."""
    names: set[str] = set()
    programs: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".py"):
            programs |= {program} if (program := path.with_name(node.value)).is_file() else set()
    return names, programs
