"""A folder of extracts laid out `<folder>/<millésime>/<file>`: a mirror, a deposit, or the samples."""

import re
from pathlib import Path

from pipelines import catalogue
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern, plainly
from pipelines.connectors import Offer, packed
from pipelines.errors import Place, RefusedError, UsageError

FICTIF = "FICTIF.txt"


def _folder(root: Path) -> Path:
    if not root.is_dir():
        raise UsageError(
            f"Le dossier des extraits n'existe pas : {root}",
            expected="un dossier <source>/<millésime>/<fichier>",
            todo="corriger SOURCES (make) ou ATLAS_SOURCES",
        )
    return root


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))


def _claims(source: Source, millesime: int, path: Path) -> bool:
    return any(
        pattern(source.layout(name, millesime).file, millesime).fullmatch(path.name)
        for name, table in source.tables.items()
        if table.exists_in(millesime)
    )


def _known(source: Source, millesime: int, path: Path) -> bool:
    return any(pattern(rule, millesime).fullmatch(path.name) for rule in source.known_files)


def _sharing(source: Source) -> list[Source]:
    return [other for other in catalogue.load_all() if other.folder == source.folder and other.id != source.id]


def vintages(root: Path, source: Source) -> list[int]:
    """Labels that the folder holds for a source, in order.

    A folder whose files nobody recognises is offered too: fetching it then says what was expected,
    where passing over it would lose it.
    """
    home = _folder(root) / source.folder
    if not home.is_dir():
        return []
    if source.label is not None:
        return [source.label] if any(_claims(source, source.label, path) for path in _files(home)) else []
    found = []
    for folder in sorted(p for p in home.iterdir() if p.is_dir() and p.name.isdigit()):
        millesime, files = int(folder.name), _files(folder)
        mine = any(_claims(source, millesime, path) or packed.is_archive(source, millesime, path) for path in files)
        others = any(_claims(other, millesime, path) for other in _sharing(source) for path in files)
        if files and (mine or not others):
            found.append(millesime)
    return sorted(found)


def place(root: Path, source: Source, millesime: int) -> Path:
    """The folder where the files of a vintage are laid."""
    home = root / source.folder
    return home if source.label is not None else home / str(millesime)


def offer(root: Path, source: Source, millesime: int) -> Offer:
    """The files of one vintage. Raises RefusedError where a table's file is missing."""
    folder = place(_folder(root), source, millesime)
    if not folder.is_dir():
        raise RefusedError(
            "Ce millésime n'est pas dans le dossier des extraits.",
            where=Place(source=source.id, millesime=millesime, file=str(folder)),
            expected="un millésime parmi : " + (", ".join(map(str, vintages(root, source))) or "aucun"),
            todo=f"demander l'un d'eux, ou déposer celui-ci dans {root}",
        )
    files = _files(folder)
    inside = {p: tuple(packed.members(p, source, millesime)) for p in files if packed.is_archive(source, millesime, p)}
    names = [*(p.name for p in files), *(name for members in inside.values() for name in members)]
    for name, table in source.tables.items():
        layout = source.layout(name, millesime)
        rule = pattern(layout.file, millesime)
        if table.exists_in(millesime) and not table.optional and not any(map(rule.fullmatch, names)):
            raise RefusedError(
                f"Il manque le fichier de la table « {name} » ({table.title}).{_misplaced(source, name, files)}",
                where=Place(source=source.id, millesime=millesime, table=name, file=str(folder)),
                expected=f"un fichier nommé « {plainly(layout.file, millesime)} » ; "
                f"le dossier a : {_content(folder, files)}",
                todo="déposer le fichier, décompressé et sous le nom attendu",
            )
    mine = [p for p in files if p in inside or _claims(source, millesime, p)]
    if not mine:
        raise RefusedError(
            "Aucun fichier de ce dossier n'est de cette source.",
            where=Place(source=source.id, millesime=millesime, file=str(folder)),
            expected="un fichier que le catalogue décrit (atlas source "
            f"{source.id}) ; le dossier a : {_content(folder, files)}",
            todo="déposer le fichier sous son nom d'origine",
        )
    others = [p for p in files if any(_claims(o, millesime, p) or _known(o, millesime, p) for o in _sharing(source))]
    unknown = [p.name for p in files if p not in mine and p not in others and not _known(source, millesime, p)]
    unknown += [f"{p.name}/" for p in _inside(folder) if source.label is None and any(map(Path.is_file, p.rglob("*")))]
    return Offer(
        source.id,
        millesime,
        tuple(mine),
        (root / FICTIF).is_file(),
        tuple(unknown),
        packed={p.name: members for p, members in inside.items()},
    )


def _misplaced(source: Source, table: str, files: list[Path]) -> str:
    """Says that a file is there under the name of another vintage, where one is."""
    for path in files:
        for year in sorted({int(text) for text in re.findall(r"(?:19|20)\d\d", path.name)}):
            if pattern(source.layout(table, year).file, year).fullmatch(path.name):
                return f" « {path.name} » porte le nom du millésime {year}."
    return ""


def _inside(folder: Path) -> list[Path]:
    """The folders in a vintage's own, which nobody reads."""
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _content(folder: Path, files: list[Path]) -> str:
    """What a folder holds, in a message."""
    folders = [p.name for p in _inside(folder)]
    names = ", ".join(p.name for p in files) or "aucun fichier"
    return names + (f", et des sous-dossiers qui ne sont pas lus : {', '.join(folders)}" if folders else "")


def unclaimed(root: Path) -> list[str]:
    """What the root holds that no source of the catalogue reads: folders, and files out of their place."""
    known = {source.folder: source.label is not None for source in catalogue.load_all()}
    found = []
    for path in _folder(root).iterdir():
        if path.is_dir() and path.name not in known:
            found.append(path.name)
        elif path.is_dir() and not known[path.name]:
            found += [
                f"{path.name}/{inside.name}"
                for inside in path.iterdir()
                if not inside.name.startswith(".") and not (inside.is_dir() and inside.name.isdigit())
            ]
    return sorted(found)
