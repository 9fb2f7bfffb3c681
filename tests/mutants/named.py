"""The faults that once left every test green: they are tried for ever, and say so where their place is gone."""

from pathlib import Path
from typing import Any

import yaml

from .edits import Edit, Mutant, apply

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("nommes.yml")


def all_of(root: Path) -> list[Mutant]:
    """All named faults. Raises ValueError where the text that one changes no longer stands once in its file."""
    return [mutant(root, said) for said in yaml.safe_load(FILE.read_text(encoding="utf-8"))]


def mutant(root: Path, said: dict[str, Any]) -> Mutant:
    """A named fault. Raises ValueError as `all_of`."""
    path = root / said["fichier"]
    original = path.read_text(encoding="utf-8") if path.is_file() else ""
    edits = []
    for before, after in said["remplace"].items():
        if original.count(before) != 1:
            raise ValueError(
                f"{FILE.name}, « {said['nom']} » : « {before} » se trouve {original.count(before)} fois dans "
                f"{said['fichier']}, et non une. Dire où ce défaut se met désormais."
            )
        start = original.index(before)
        edits.append(Edit(start, start + len(before), after))
    line = original.count("\n", 0, min(edit.start for edit in edits)) + 1
    return Mutant(said["fichier"], "nommé", line, original, apply(original, tuple(edits)), said["nom"])
