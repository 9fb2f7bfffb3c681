"""A folder of extracts laid out `<folder>/<millésime>/<file>`: a mirror, a deposit, or the samples."""

import re
from pathlib import Path

from pipelines import catalogue
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern, plainly
from pipelines.connectors import Offer, numbered, packed
from pipelines.errors import Place, RefusedError, UsageError

FICTIF = "FICTIF.txt"


class IncompleteError(RefusedError):
    """Tables of a vintage have no file; `present` are the files that it has, each under its producer's name."""

    def __init__(self, what: str, *, where: Place, expected: str, todo: str, present: dict[Path, str]) -> None:
        super().__init__(what, where=where, expected=expected, todo=todo)
        self.present = present


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


def _claims(source: Source, millesime: int, file: str) -> bool:
    return any(
        pattern(source.layout(name, millesime).file, millesime).fullmatch(file)
        for name, table in source.tables.items()
        if table.exists_in(millesime)
    )


def _reads(source: Source, millesime: int, file: str) -> bool:
    """Whether a file is one of the source's, or an archive of some, by its name."""
    return _claims(source, millesime, file) or packed.is_archive(source, millesime, file)


def _named(source: Source, millesime: int, folder: Path) -> dict[Path, str]:
    """The files of a folder, each under the name that its producer gave it.

    Answers to a survey keep theirs: two hospitals may have sent « gabarit.xlsx » and « gabarit (1).xlsx ».
    """
    files = _files(folder)
    if source.questionnaire:
        return {path: path.name for path in files}
    where = Place(source=source.id, millesime=millesime, file=str(folder))
    return numbered.names(files, lambda name: _reads(source, millesime, name), where)


def _known(source: Source, millesime: int, file: str) -> bool:
    return any(pattern(rule, millesime).fullmatch(file) for rule in source.known_files)


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
        return (
            [source.label] if any(_claims(source, source.label, numbered.plain(p.name)) for p in _files(home)) else []
        )
    found = []
    for folder in sorted(p for p in home.iterdir() if p.is_dir() and p.name.isdigit()):
        millesime, files = int(folder.name), _files(folder)
        names = {name for path in files for name in (path.name, numbered.plain(path.name))}
        mine = any(_reads(source, millesime, name) for name in names)
        others = any(_claims(other, millesime, name) for other in _sharing(source) for name in names)
        if files and (mine or not others):
            found.append(millesime)
    return sorted(found)


def place(root: Path, source: Source, millesime: int) -> Path:
    """The folder where the files of a vintage are laid."""
    home = root / source.folder
    return home if source.label is not None else home / str(millesime)


def offer(root: Path, source: Source, millesime: int) -> Offer:
    """The files of one vintage. Raises IncompleteError where a table's file is missing, RefusedError elsewhere."""
    folder = place(_folder(root), source, millesime)
    if not folder.is_dir():
        raise RefusedError(
            "Ce millésime n'est pas dans le dossier des extraits.",
            where=Place(source=source.id, millesime=millesime, file=str(folder)),
            expected="un millésime parmi : " + (", ".join(map(str, vintages(root, source))) or "aucun"),
            todo=f"demander l'un d'eux, ou déposer celui-ci dans {root}",
        )
    files, read = _files(folder), _named(source, millesime, folder)
    inside = {
        name: tuple(packed.members(path, source, millesime))
        for path, name in read.items()
        if packed.is_archive(source, millesime, name)
    }
    mine = {p: read[p] for p in files if p in read and (read[p] in inside or _claims(source, millesime, read[p]))}
    _refuse_missing(source, millesime, folder, mine, [name for some in inside.values() for name in some])
    if not mine:
        raise RefusedError(
            "Aucun fichier de ce dossier n'est de cette source.",
            where=Place(source=source.id, millesime=millesime, file=str(folder)),
            expected="un fichier que le catalogue décrit (atlas source "
            f"{source.id}) ; le dossier a : {_content(folder, files)}",
            todo="déposer le fichier sous son nom d'origine",
        )
    shared = _sharing(source)
    others = [p for p in files if any(_claims(o, millesime, p.name) or _known(o, millesime, p.name) for o in shared)]
    unknown = [p.name for p in files if p not in mine and p not in others and not _known(source, millesime, p.name)]
    unknown += [f"{p.name}/" for p in _inside(folder) if source.label is None and any(map(Path.is_file, p.rglob("*")))]
    return Offer(
        source.id,
        millesime,
        tuple(mine),
        (root / FICTIF).is_file(),
        tuple(unknown),
        packed=inside,
        names={path.name: name for path, name in mine.items() if path.name != name},
    )


def _refuse_missing(
    source: Source, millesime: int, folder: Path, mine: dict[Path, str], packed_names: list[str]
) -> None:
    """Raises IncompleteError where tables have no file: all of them are told at once."""
    files, missing = _files(folder), {}
    for name, table in source.tables.items():
        layout = source.layout(name, millesime)
        rule = pattern(layout.file, millesime)
        asked = table.exists_in(millesime) and not table.optional
        if asked and not any(map(rule.fullmatch, [*mine.values(), *packed_names])):
            missing[name] = layout.file
    if not missing:
        return
    told = [f"« {name} » ({source.tables[name].title})" for name in missing]
    first = next(iter(missing))
    misplaced = dict.fromkeys(_misplaced(source, name, files) for name in missing)
    wanted = " et ".join(dict.fromkeys(f"« {plainly(file, millesime)} »" for file in missing.values()))
    archive = f", ou l'archive « {plainly(source.archive, millesime)} »" if source.archive else ""
    raise IncompleteError(
        (
            f"Il manque le fichier de la table {told[0]}."
            if len(told) == 1
            else f"Il manque {len(told)} fichiers, ceux des tables {', '.join(told)}."
        )
        + "".join(misplaced)
        + "".join(f" « {p.name} » n'en tient pas lieu : {why}." for p, why in _reasons(source, millesime, files)),
        where=Place(source=source.id, millesime=millesime, table=first, file=str(folder)),
        expected=f"{'un fichier nommé' if len(told) == 1 else 'des fichiers nommés'} {wanted}{archive} ; "
        f"le dossier a : {_content(folder, files)}",
        todo="déposer le fichier" + ("" if len(told) == 1 else " de chacune") + ", décompressé et sous le nom attendu",
        present=mine,
    )


def _reasons(source: Source, millesime: int, files: list[Path]) -> list[tuple[Path, str]]:
    """The files that the entry knows without reading them, each with its reason."""
    return [
        (path, why)
        for path in files
        for rule, why in source.known_files.items()
        if pattern(rule, millesime).fullmatch(path.name)
    ]


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
