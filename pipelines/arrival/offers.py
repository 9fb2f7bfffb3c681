"""What there is to fetch for a source: in the folder of extracts first, then on its producer's site.

A vintage that somebody has put in the folder is never downloaded over: behind a proxy, or where a portal
is wrong, the folder has the last word. The network is only asked where ATLAS_EN_LIGNE allows it.
"""

import logging
import shutil
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines import catalogue, journal
from pipelines.arrival import acceptance, landing, refusals
from pipelines.arrival.landing import Landed
from pipelines.catalogue import Source
from pipelines.connectors import Offer, declared, mirror
from pipelines.errors import RefusedError, UsageError
from pipelines.settings import Settings

RECORD = "telechargement.json"
LOG = logging.getLogger(__name__)


def deposited(settings: Settings, source: Source) -> list[int]:
    """Labels of the vintages that the folder of extracts holds. Raises UsageError where it doesn't exist."""
    if settings.en_ligne and not settings.sources.is_dir():
        return []
    return mirror.vintages(settings.sources, source)


def size(settings: Settings, source: Source) -> int:
    """Bytes in the folders of a source's deposited vintages; 0 where all are to be downloaded."""
    folders = (mirror.place(settings.sources, source, millesime) for millesime in deposited(settings, source))
    return sum(path.stat().st_size for folder in folders for path in folder.iterdir() if path.is_file())


def asks(settings: Settings, source: Source) -> bool:
    """Whether the producer's site may be asked: the network may, the catalogue says how, and the key is here if any."""
    return settings.en_ligne and source.fetch is not None and declared.askable(source.fetch)


def online(settings: Settings, source: Source, *, allow_http: bool = False) -> list[int]:
    """Labels of the vintages that the producer's site has; none where the network isn't to be asked.

    Raises LaterError where the site can't be had now, RefusedError where what it says isn't understood.
    """
    if source.fetch is None or not asks(settings, source):
        return []
    return [millesime for millesime, _ in declared.offers(source.fetch, source.id, allow_http=allow_http)]


def vintages(settings: Settings, source: Source, *, allow_http: bool = False) -> list[int]:
    """Labels of all vintages that can be fetched now, in order. Raises as `deposited` and `online`."""
    return sorted({*deposited(settings, source), *online(settings, source, allow_http=allow_http)})


def refuse_nothing(settings: Settings) -> None:
    """Raises UsageError where the folder of extracts holds none, no site is to be asked, and the archive is empty."""
    sources = catalogue.load_all()
    kept = any(landing.vintages(settings.landing, source.id) for source in sources)
    if not kept and not settings.en_ligne and not any(deposited(settings, source) for source in sources):
        raise UsageError(
            f"Il n'y a aucun extrait dans {settings.sources}, et l'archive est vide.",
            expected="un dossier <source>/<millésime>/<fichier>, des sources du catalogue (atlas sources)",
            todo="y déposer des extraits (atlas source NOM dit leurs noms), ou nommer un autre dossier : --sources",
        )


def turned_away(settings: Settings) -> dict[tuple[str, int], str]:
    """Why the last try to receive a vintage was refused, by source and vintage: the archive has no trace of it."""
    last: dict[tuple[str, int], dict[str, Any]] = {}
    for line in journal.entries(settings.warehouse):
        if line["etape"] == "fetch":
            last[str(line.get("source")), int(line.get("millesime") or 0)] = line
    refused = {place: line for place, line in last.items() if line.get("code") == RefusedError.exit_code}
    return {place: str(line.get("message", "")) for place, line in refused.items()}


def fetch(settings: Settings, source: Source, millesime: int, *, allow_http: bool = False) -> Landed:
    """Archives the files of one vintage; the revision that holds them, new or not.

    Raises RefusedError or UsageError where there is nothing to fetch, LaterError where asking again may
    help. What a download gave is remembered beside the archive: unchanged bytes are not sent again.
    """
    if source.fetch is None or not asks(settings, source) or millesime in deposited(settings, source):
        return _told(settings, landing.archive(settings.landing, source, _whole(settings.sources, source, millesime)))
    home = landing.home(settings.landing, source, millesime)
    known = declared.load(home / RECORD)
    # A record without its revision, whole, is worth nothing: the archive may have been started anew, or lost a file.
    archived = landing.sound(settings.landing, source.id, millesime, known[0]) if known else None
    states = known[1] if known and archived else None
    # Laid out as a folder of extracts is, so that both are read by the same rules.
    root = home / f".telechargement-{uuid.uuid4().hex}"
    folder = mirror.place(root, source, millesime)
    try:
        folder.mkdir(parents=True)
        brought = declared.download(source.fetch, source.id, millesime, folder, states, allow_http=allow_http)
        if brought.unchanged and archived:
            return archived
        offer = _whole(root, source, millesime)
        origins = {received.path.name: received.url for received in brought.received if received.path}
        landed = landing.archive(settings.landing, source, replace(offer, origins=origins))
        declared.save(home / RECORD, landed.revision, brought.states)
        return landed
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _told(settings: Settings, landed: Landed) -> Landed:
    """Says that deposited bytes are those of an earlier revision: who puts them back may want them to count."""
    newest = landing.numbers(settings.landing, landed.source, landed.millesime)[-1]
    if landed.revision < newest:
        LOG.warning(
            "%s %s : ces octets sont ceux de la révision %s, déjà reçue ; la révision %s, venue depuis, reste celle "
            "qui compte si elle est acceptée. Pour revenir aux premiers, en changer un octet : une ligne vide à la fin "
            "d'un CSV, un classeur enregistré de nouveau.",
            landed.source,
            landed.millesime,
            landed.revision,
            newest,
        )
    return landed


def _whole(root: Path, source: Source, millesime: int) -> Offer:
    """The files of a vintage. Raises RefusedError where one is missing: it tells what is wrong with the others too."""
    try:
        return mirror.offer(root, source, millesime)
    except mirror.IncompleteError as error:
        fictif = (root / mirror.FICTIF).is_file()
        found = acceptance.faults(source, millesime, error.present, fictif=fictif)
        raise refusals.together([error, *found]) from None
