"""A folder of extracts laid out `<folder>/<millésime>/<file>`: a mirror, a deposit, or the samples."""

from pathlib import Path

from pipelines import catalogue
from pipelines.catalogue import Source
from pipelines.connectors import Offer
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
        catalogue.pattern(source.layout(name, millesime).file, millesime).fullmatch(path.name)
        for name, table in source.tables.items()
        if table.exists_in(millesime)
    )


def _known(source: Source, millesime: int, path: Path) -> bool:
    return any(catalogue.pattern(rule, millesime).fullmatch(path.name) for rule in source.known_files)


def _sharing(source: Source) -> list[Source]:
    return [
        other for other in catalogue.load_all() if other.folder == source.folder and other.id != source.id
    ]


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
        mine = any(_claims(source, millesime, path) for path in files)
        others = any(_claims(other, millesime, path) for other in _sharing(source) for path in files)
        if files and (mine or not others):
            found.append(millesime)
    return sorted(found)


def offer(root: Path, source: Source, millesime: int) -> Offer:
    """The files of one vintage. Raises RefusedError where a table's file is missing."""
    home = _folder(root) / source.folder
    folder = home if source.label is not None else home / str(millesime)
    if not folder.is_dir():
        raise RefusedError(
            "Ce millésime n'est pas dans le dossier des extraits.",
            where=Place(source=source.id, millesime=millesime, file=str(folder)),
            expected="un millésime parmi : " + (", ".join(map(str, vintages(root, source))) or "aucun"),
            todo="atlas vintages donne ceux qui sont là",
        )
    files = _files(folder)
    for name, table in source.tables.items():
        layout = source.layout(name, millesime)
        rule = catalogue.pattern(layout.file, millesime)
        if (
            table.exists_in(millesime)
            and not table.optional
            and not any(rule.fullmatch(p.name) for p in files)
        ):
            raise RefusedError(
                f"Il manque le fichier de la table « {name} » ({table.title}).",
                where=Place(source=source.id, millesime=millesime, table=name, file=str(folder)),
                expected=f"un fichier nommé « {rule.pattern} » ; le dossier a : "
                + (", ".join(p.name for p in files) or "aucun fichier"),
                todo="déposer le fichier, ou corriger `file` "
                f"(pipelines/catalogue/{source.id}.yml) si le producteur l'a renommé",
            )
    mine = [p for p in files if _claims(source, millesime, p)]
    others = [
        p for p in files if any(_claims(o, millesime, p) or _known(o, millesime, p) for o in _sharing(source))
    ]
    unknown = [
        p.name for p in files if p not in mine and p not in others and not _known(source, millesime, p)
    ]
    return Offer(source.id, millesime, tuple(mine), (root / FICTIF).is_file(), tuple(unknown))


def unclaimed(root: Path) -> list[str]:
    """Folders of the root that no source of the catalogue reads."""
    known = {source.folder for source in catalogue.load_all()}
    return sorted(p.name for p in _folder(root).iterdir() if p.is_dir() and p.name not in known)
