"""What a run would meet: settings, folders, disk, credentials, and the address of each source, tried beforehand.

Nothing is downloaded or written, but for a file of no byte that shows that a folder takes one.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines import catalogue, settings
from pipelines.arrival import offers, personnes
from pipelines.catalogue import Source
from pipelines.connectors import declared
from pipelines.connectors.access import Limits
from pipelines.errors import AtlasError, StorageError, UsageError
from pipelines.settings import Settings

GOOD, INSTEAD, ABSENT, FAILED = "bon", "dépôt", "à déposer", "en échec"
# All the sources side by side, one try each: a minute, even where nobody answers.
SIDE_BY_SIDE = 16
HURRIED = Limits(connect=5, read=10, total=20, tries=1, wait=0, wait_max=0)
# A year of all sources, archived, staged and built twice, national directory included.
FREE_MIN = 10_000_000_000
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True)
class Finding:
    """One thing that was tried. `code` is the exit status that it asks for: 0 where nothing would fail."""

    sujet: str  # réglages, dossiers, disque, identifiants, source
    objet: str
    etat: str
    constat: str
    a_faire: str = ""
    code: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def diagnose(*, allow_http: bool = False) -> list[Finding]:
    """All that can be tried, in the order in which a run would meet it."""
    now, wrong = _settings()
    if now is None:
        return wrong
    here = [*wrong, *_folders(now), _disk(now), *_credentials()]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return [*here, *pool.map(lambda entry: of_source(now, entry, allow_http=allow_http), catalogue.load_all())]


def of_source(now: Settings, source: Source, *, allow_http: bool = False) -> Finding:
    """Where a source would come from, and why it would not. A deposit stands in for a site that fails."""
    deposited = offers.deposited(now, source) if now.sources.is_dir() else []
    kept = f"déposé : {_years(deposited)}" if deposited else ""
    folder = now.sources / source.folder / "<millésime>"
    if source.fetch is None:
        if deposited:
            return Finding("source", source.id, GOOD, kept)
        said = "ne se télécharge pas, et rien n'est déposé : ce qui en vient manquera"
        return Finding("source", source.id, ABSENT, said, f"déposer le fichier dans {folder} ({source.adresse})")
    if not declared.askable(source.fetch):
        names = " et ".join(source.fetch.variables)
        if deposited:
            return Finding("source", source.id, GOOD, f"{kept} ; le site se demande avec une clé, qui n'est pas donnée")
        said = "ne se télécharge qu'avec une clé, qui n'est pas donnée ; rien n'est déposé : ce qui en vient manquera"
        todo = f"la demander au producteur ({source.adresse}) et la donner par {names} ; ou déposer dans {folder}"
        return Finding("source", source.id, ABSENT, said, todo)
    try:
        online = declared.tried(source.fetch, source.id, HURRIED, allow_http=allow_http)
    except AtlasError as error:
        said = f"{error.what} ({error.where})"
        if deposited:
            return Finding("source", source.id, INSTEAD, f"{kept} ; le site, lui : {said}", error.todo)
        todo = " ; ou ".join(part for part in (error.todo, f"déposer le fichier dans {folder}") if part)
        return Finding("source", source.id, FAILED, said, todo, error.exit_code)
    said = f"en ligne : {_years(online)}"
    return Finding("source", source.id, GOOD, f"{said} ; {kept}" if kept else said)


def _settings() -> tuple[Settings | None, list[Finding]]:
    """The settings, and those that make no sense."""
    found = []
    now = None
    try:
        now = settings.load()
    except UsageError as error:
        found.append(_failure("réglages", "environnement", error))
    try:
        settings.alertes()
    except UsageError as error:
        found.append(_failure("réglages", "ATLAS_ALERTES", error))
    for name in BUNDLES:
        path = os.environ.get(name)
        if path and not Path(path).exists():
            absent = UsageError(f"Le fichier n'existe pas : {path}", todo=f"corriger {name}, ou la retirer")
            found.append(_failure("réglages", name, absent))
    return now, found or [Finding("réglages", "environnement", GOOD, f"édition {now.edition}" if now else "")]


def _folders(now: Settings) -> list[Finding]:
    def readable() -> str:
        if not now.sources.is_dir():
            return f"{now.sources} n'existe pas encore : tout viendra des sites"
        return f"{now.sources}, {sum(1 for _ in now.sources.iterdir())} entrée(s)"

    def writable() -> str:
        with tempfile.TemporaryFile(dir=_standing(now.warehouse)):
            return f"{now.warehouse} : on peut y écrire"

    return [_tried("dossiers", "extraits", readable), _tried("dossiers", "entrepôt", writable)]


def _disk(now: Settings) -> Finding:
    free = shutil.disk_usage(_standing(now.warehouse)).free
    said = f"{free / 1e9:.0f} Go libres pour {now.warehouse}"
    if free >= FREE_MIN:
        return Finding("disque", "entrepôt", GOOD, said)
    todo = f"en libérer : il en faut {FREE_MIN / 1e9:.0f}"
    return Finding("disque", "entrepôt", FAILED, said, todo, StorageError.exit_code)


def _credentials() -> list[Finding]:
    def persons() -> str:
        if not os.environ.get(personnes.VARIABLE, "").strip() and not personnes.key_file().exists():
            return f"aucune encore : elle sera tirée au premier besoin, dans {personnes.key_file()}"
        personnes.key(fictif=False)
        return "elle se lit, et elle est assez longue"

    return [_tried("identifiants", "clé des personnes", persons)]


def _tried(subject: str, what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, what, GOOD, look())
    except AtlasError as error:
        return _failure(subject, what, error)
    except OSError as error:
        said = StorageError(f"Refusé par le système : {error.strerror} ({error.filename})", todo="vérifier les droits")
        return _failure(subject, what, said)


def _failure(subject: str, what: str, error: AtlasError) -> Finding:
    return Finding(subject, what, FAILED, error.what, error.todo, error.exit_code)


def _standing(folder: Path) -> Path:
    """The folder, or the nearest of those above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _years(found: list[int]) -> str:
    if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):
        return f"{found[0]} à {found[-1]}"
    return ", ".join(map(str, found))
