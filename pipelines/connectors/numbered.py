"""The names that browsers number: what is downloaded a second time is « extrait (1).xlsx »."""

import filecmp
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.errors import Place, RefusedError

NUMBER = re.compile(r"[ _]?\(\d{1,2}\)(?=(\.\w+){1,2}$)")


def plain(name: str) -> str:
    """The name of a file without the number that a browser gave it."""
    return NUMBER.sub("", name)


def names(files: Iterable[Path], claimed: Callable[[str], bool], where: Place) -> dict[Path, str]:
    """The name that each file had before a browser numbered it, where a source claims that; its own elsewhere.

    Of several that are the same, byte for byte, one is left: the one without a number, or the first. Raises
    RefusedError where they differ: nobody can tell which of them is good.
    """
    named: dict[Path, str] = {}
    for path in sorted(files, key=lambda path: (len(path.name), path.name)):
        name = plain(path.name) if claimed(plain(path.name)) else path.name
        twin = next((other for other, known in named.items() if known == name), None)
        if twin is None:
            named[path] = name
        elif not filecmp.cmp(path, twin, shallow=False):
            raise RefusedError(
                f"« {twin.name} » et « {path.name} » sont deux téléchargements du même fichier, et diffèrent.",
                where=where,
                expected=f"un seul fichier « {name} »",
                todo="ne laisser dans le dossier que le plus récent des deux, avec ou sans son numéro",
            )
    return named
