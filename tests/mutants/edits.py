"""A fault: the place where it may be put, how the text is changed there, and the file that has it."""

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """The characters from `start` to before `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class Place:
    """A kind of fault, its line from 1, and what makes it."""

    operator: str
    line: int
    make: Callable[[str], str]


def edited(operator: str, text: str, *edits: Edit) -> Place:
    """A place whose fault is made by edits that don't overlap."""
    return Place(operator, text.count("\n", 0, edits[0].start) + 1, lambda original: apply(original, edits))


def apply(text: str, edits: tuple[Edit, ...]) -> str:
    """The text with all edits made."""
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def swapped(operator: str, text: str, first: tuple[int, int], second: tuple[int, int]) -> Place:
    """A place whose fault is that two spans take each other's text."""
    return edited(operator, text, Edit(*first, text[slice(*second)]), Edit(*second, text[slice(*first)]))


@dataclass(frozen=True)
class Mutant:
    """One file with one fault in it."""

    file: str
    operator: str
    line: int
    original: str
    mutated: str
    name: str = ""

    @property
    def id(self) -> str:
        """The same for the same fault of the same text, whatever the draw."""
        return self.name or hashlib.sha256(f"{self.file}\n{self.diff}".encode()).hexdigest()[:10]

    @property
    def diff(self) -> str:
        """The lines that differ, as a reader of a change sees them."""
        before, after = self.original.splitlines(), self.mutated.splitlines()
        return "\n".join(difflib.unified_diff(before, after, self.file, self.file, lineterm="", n=1))
