"""Where a fault may be put, and which are drawn."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from . import maps, python, sql
from .edits import Mutant, Place

# What is broken, and for how many of a hundred mutants.
ROOMS = {
    "sql": 50,
    "pipelines/publish": 20,
    "pipelines/indicators": 10,
    "pipelines/disclosure": 10,
    "pipelines/catalogue": 10,
}

FAULTS: dict[str, Callable[[str], Iterator[Place]]] = {
    ".sql": sql.places,
    ".py": python.places,
    ".columns.csv": maps.columns,
    ".yml": maps.entry,
}


def kind(file: str) -> str | None:
    """The ending that says how a file is broken; None where it is not."""
    if file.endswith("__init__.py") and file.startswith("pipelines/catalogue"):
        return None  # the reader of the catalogue, not a map
    if file.endswith(".yml") and not file.startswith("pipelines/catalogue"):
        return None
    return next((ending for ending in FAULTS if file.endswith(ending)), None)


def files(root: Path, only: str = "") -> dict[str, list[str]]:
    """The files of each room, in order; those that `only` begins, where it is given."""
    found: dict[str, list[str]] = {}
    for room in ROOMS:
        paths = sorted(path.relative_to(root).as_posix() for path in (root / room).rglob("*") if path.is_file())
        found[room] = [file for file in paths if file.startswith(only) and kind(file)]
    return found


def of(root: Path, file: str) -> list[Place]:
    """All places of one file."""
    ending = kind(file)
    return [] if ending is None else list(FAULTS[ending]((root / file).read_text(encoding="utf-8")))


def draw(root: Path, budget: int, seed: int, only: str = "") -> list[Mutant]:
    """That many mutants, the same for the same seed and the same tree.

    A file is drawn as the square root of its length, then a kind of fault among its own, then a place: neither long
    files nor numbers, the most common, take all.
    """
    chance = random.Random(seed)  # noqa: S311 (a draw of faults, no secret)
    rooms = {room: names for room, names in files(root, only).items() if names}
    whole = sum(ROOMS[room] for room in rooms)
    found: list[Mutant] = []
    for room, names in rooms.items():
        found += _of_room(root, names, round(budget * ROOMS[room] / whole), chance)
    return found


def _of_room(root: Path, names: list[str], wanted: int, chance: random.Random) -> list[Mutant]:
    found: dict[str, Mutant] = {}
    weights = {name: (root / name).stat().st_size ** 0.5 for name in names}
    left: dict[str, list[Place]] = {}
    while len(found) < wanted and weights:
        (file,) = chance.choices(list(weights), weights=list(weights.values()))
        if file not in left:
            left[file] = of(root, file)
        mine = left[file]
        if not mine:
            del weights[file]
            continue
        operator = chance.choice(sorted({place.operator for place in mine}))
        place = chance.choice([place for place in mine if place.operator == operator])
        mine.remove(place)
        original = (root / file).read_text(encoding="utf-8")
        mutant = Mutant(file, place.operator, place.line, original, place.make(original))
        if mutant.mutated != original:
            found[mutant.id] = mutant
    return list(found.values())
