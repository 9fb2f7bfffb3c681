"""Fictitious extracts of every source, in the producers' own layouts, at any scale.

They let the whole pipeline run without a network and without real data. Names of files, headers,
separators, encodings, line ends, workbook formats, footers, code lists and known quirks are those
of the real vintages; names and figures are invented, and say so. The same seed and scale give the
same bytes on every machine.
"""

import hashlib
import json
import math
import shutil
import uuid
from functools import cache
from pathlib import Path

from pipelines.connectors.mirror import FICTIF
from pipelines.errors import StorageError, UsageError
from samples import (
    annuaire,
    besoins,
    contrats,
    decennie,
    demographie,
    enquetes,
    equipements,
    etablissements,
    finess,
    formations,
    geographie,
    infirmiers,
    insertion,
    professionnels,
    recrutement,
    sae,
    social,
    territoires,
)
from samples import population as populations

SEED = 2025
MARKER = ".echantillon.json"
SENTENCE = (
    "Données fictives : ces extraits imitent la présentation des producteurs, "
    "mais leurs noms et leurs chiffres sont inventés.\n"
)


def make(
    root: Path,
    *,
    seed: int = SEED,
    scale: float = 1.0,
    vintages: int = len(annuaire.ANNEES),
    national: bool = False,
    decade: bool = False,
) -> list[Path]:
    """Makes the fictitious extracts in `root/<folder>/<millésime>/` and returns them, in order.

    `vintages` yearly extracts of the health directory; where `national`, its newest and FINESS are of national
    size. `decade` adds vintages of every yearly source, up to ten (samples/decennie.py).

    Does nothing where `root` already holds those of the same seed, scale and code. They are made
    aside, then swapped in. Raises UsageError where `root` holds something else.
    """
    if not (math.isfinite(scale) and 0 < scale <= 100):
        raise UsageError(
            f"L'échelle de l'échantillon n'est pas possible : {scale}",
            expected="un nombre entre 0 et 100 (1 : une centaine d'établissements normands)",
        )
    root = root.absolute()
    vintages = max(vintages, decennie.VINTAGES) if decade else vintages
    wanted = {
        "graine": seed,
        "echelle": float(scale),
        "annuaires": vintages,
        "national": national,
        "decennie": decade,
        "code": _code(),
    }
    try:
        return _make(root, wanted, seed, scale, vintages, national, decade)
    except OSError as error:
        raise StorageError(
            f"L'échantillon ne s'écrit pas dans {root} : {error}",
            expected="un dossier où l'on peut écrire, et de la place sur le disque",
        ) from error


def _make(
    root: Path, wanted: dict[str, object], seed: int, scale: float, vintages: int, national: bool, decade: bool
) -> list[Path]:
    made = _made(root)
    if made is not None and all(made.get(key) == value for key, value in wanted.items()) and _whole(root, made):
        return _extracts(root)
    foreign = _foreign(root, made)
    if foreign:
        raise UsageError(
            f"Le dossier de l'échantillon contient autre chose : {foreign}",
            expected="un dossier nouveau, vide, ou tel que l'échantillon l'a fait",
            todo="choisir un autre dossier, ou déplacer ces fichiers ; rien n'y a été touché",
        )
    root.parent.mkdir(parents=True, exist_ok=True)
    aside = root.parent / f".{root.name}-{uuid.uuid4().hex}"
    try:
        aside.mkdir()
        _write(aside, seed, scale, vintages, national, decade)
        sizes = {path.relative_to(aside).as_posix(): path.stat().st_size for path in _extracts(aside)}
        marker = json.dumps({**wanted, "fichiers": sizes}, ensure_ascii=False, indent=1)
        (aside / MARKER).write_text(marker + "\n", encoding="utf-8", newline="\n")
        _swap(aside, root)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return _extracts(root)


def _write(root: Path, seed: int, scale: float, vintages: int, national: bool, decade: bool) -> None:
    territoire = territoires.build(seed, scale)
    population = populations.Population(seed)
    parc = etablissements.build(seed, scale, territoire)
    geographie.write(root, territoire, seed)
    populations.write(root, territoire, population, seed)
    recrutement.write(root, territoire, population, seed)
    demographie.write(root, population, seed)
    infirmiers.write(root, population, seed)
    equipements.write(root, territoire, seed)
    social.write_tensions(root, seed)
    social.write_salaries(root, territoire, seed)
    professionnels.write(root, population, seed)
    besoins.write(root, territoire, population, seed)
    formations.write(root, territoire, seed, scale)
    insertion.write(root, seed)
    sae.write(root, parc, seed)
    contrats.write(root, territoire, seed)
    enquetes.write(root, parc, finess.social(territoire, int(600 * scale), 2025), seed)
    finess.write(root, parc, territoire, scale, autres=finess.NATIONAL if national else None)
    annuaire.write(root, territoire, parc, seed, scale, vintages, national=national)
    if decade:
        decennie.write(root, territoire, population, parc, seed, scale)
    (root / FICTIF).write_text(SENTENCE, encoding="utf-8", newline="\n")


@cache
def _code() -> str:
    """What made the extracts: a digest of this package's code and lists."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(p for p in here.rglob("*") if p.suffix in (".py", ".csv")):
        digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _made(root: Path) -> dict[str, object] | None:
    """The marker of a folder of samples, or None where there is none that reads."""
    try:
        marker = json.loads((root / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return marker if isinstance(marker, dict) else None


def _foreign(root: Path, made: dict[str, object] | None) -> str:
    """What stands in the folder that the samples did not make; replacing the folder would lose it."""
    if not root.exists():
        return ""
    if not root.is_dir():
        return str(root)
    known = made.get("fichiers") if made is not None else None
    mine = set(known) | {MARKER, FICTIF} if isinstance(known, dict) else set()
    here = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    others = [name for name in here if name not in mine]
    return f"{root} ({', '.join(others[:3])}{' …' if len(others) > 3 else ''})" if others else ""


def added(root: Path) -> str:
    """What somebody put or changed in a folder of samples; empty where there is nothing of the kind, or no samples."""
    made = _made(root)
    known = made.get("fichiers") if made is not None else None
    if not isinstance(known, dict):
        return ""
    sizes = {path.relative_to(root).as_posix(): path.stat().st_size for path in _extracts(root)}
    names = [name for name, size in sizes.items() if known.get(name) != size]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _whole(root: Path, made: dict[str, object]) -> bool:
    """Whether the files that the marker lists are all there, at their size."""
    sizes = {path.relative_to(root).as_posix(): path.stat().st_size for path in _extracts(root)}
    return (root / FICTIF).is_file() and sizes == made.get("fichiers")


def _extracts(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and path.parent != root)


def _swap(aside: Path, root: Path) -> None:
    old = root.parent / f".{root.name}-ancien-{uuid.uuid4().hex}"
    if root.exists():
        root.rename(old)
    aside.rename(root)
    shutil.rmtree(old, ignore_errors=True)
