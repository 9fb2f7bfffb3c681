"""What a `fetch` block of the catalogue declares, asked from its portal and brought.

`offers` says which vintages there are, `download` brings one. What was received is remembered in a small
record that the caller keeps: with it, what hasn't changed is not sent again.
"""

import contextlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.catalogue.fetch import DataGouv, Fetch, MarcheTravail, Written, compiled
from pipelines.connectors import data_gouv, marche_travail, opendatasoft, resources, transfer, web
from pipelines.connectors.access import Access, Fetched, Limits, State
from pipelines.connectors.resources import Resource
from pipelines.errors import DamagedError, Place, RefusedError
from pipelines.runtime import state


@dataclass(frozen=True)
class Delivery:
    """What a download brought for a vintage.

    `files` are all that came, as received. `received` tells each as the portal gave it, in the order of the
    declaration; `states` is what to give to the next download. Where `unchanged`, nothing was brought: the
    last revision stands.
    """

    files: tuple[Path, ...]
    received: tuple[Fetched, ...]
    states: dict[str, State]
    unchanged: bool


def askable(block: Fetch) -> bool:
    """Whether it may be asked here and now: it wants no key, or the key is there."""
    return all(os.environ.get(name, "").strip() for name in block.variables)


def offers(block: Fetch, source_id: str, *, allow_http: bool = False) -> list[tuple[int, list[Resource]]]:
    """The vintages that the portal has, oldest first, each with its files.

    A vintage that lacks a file is listed too: downloading it says which. Raises RefusedError or
    LaterError where the portal can't be read.
    """
    found = _resources(block, _access(block, Place(source=source_id), allow_http))
    required = _required(block)
    return [
        (millesime, resources.newest(found, millesime))
        for millesime in resources.vintages(found, required)
        if block.since is None or millesime >= block.since
    ]


def download(
    block: Fetch,
    source_id: str,
    millesime: int,
    folder: Path,
    states: Mapping[str, State] | None = None,
    *,
    allow_http: bool = False,
) -> Delivery:
    """Brings the files of a vintage into a folder, all or none.

    `states` is what the last download of this vintage gave. As soon as one file has changed, all are
    brought, so that a revision is whole. Raises RefusedError for what asking again wouldn't mend,
    LaterError for what it may; a disk that fails raises OSError.
    """
    where = Place(source=source_id, millesime=millesime)
    access = _access(block, where, allow_http)
    picked = resources.chosen(_resources(block, access), millesime, _required(block, millesime), where)
    # Another set of files is a change, even where each of those that stay is the same.
    known = dict(states) if states and set(states) == {r.url for r in picked} else {}
    with _aside(folder) as aside:
        received = [
            _receive(resource, block, millesime, aside / str(rank), access, known.get(resource.url))
            for rank, resource in enumerate(picked)
        ]
        if all(fetched.unchanged for fetched in received):
            return Delivery((), tuple(received), known, unchanged=True)
        for rank, (resource, fetched) in enumerate(zip(picked, received, strict=True)):
            if fetched.unchanged:
                received[rank] = _receive(resource, block, millesime, aside / str(rank), access, None)
        files, received = _place(received, folder, where)
        return Delivery(
            files,
            tuple(received),
            {resource.url: fetched.state for resource, fetched in zip(picked, received, strict=True)},
            unchanged=False,
        )


def tried(block: Fetch, source_id: str, limits: Limits, *, allow_http: bool = False) -> list[int]:
    """The vintages that the portal has, once the first bytes of each file of the newest have come.

    Nothing is kept. Raises as `download` does, and RefusedError where the portal has no vintage at all.
    """
    where = Place(source=source_id)
    access = replace(_access(block, where, allow_http), limits=limits)
    if isinstance(block, MarcheTravail):
        return [m for m in marche_travail.tried(block, access) if block.since is None or m >= block.since]
    found = _resources(block, access)
    known = [m for m in resources.vintages(found, _required(block)) if block.since is None or m >= block.since]
    if not known:
        raise RefusedError(
            "Le portail répond, mais n'a aucun fichier que le catalogue reconnaisse.",
            where=where,
            expected=" ; ".join(_required(block).values()),
            todo="ouvrir la page du producteur ; si les noms ont changé, corriger les motifs du bloc `fetch`",
        )
    for resource in resources.chosen(
        found, known[-1], _required(block, known[-1]), replace(where, millesime=known[-1])
    ):
        transfer.begin(resource.url, access, resource.name)
    return known


def save(path: Path, revision: int, states: Mapping[str, State]) -> None:
    """Remembers what a revision was made from, in one JSON file; never half-written."""
    text = json.dumps(
        {"revision": revision, "fichiers": {url: known.to_dict() for url, known in sorted(states.items())}},
        ensure_ascii=False,
        indent=2,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    state.write(path, text + "\n")


def load(path: Path) -> tuple[int, dict[str, State]] | None:
    """What `save` wrote: the revision and its states. None where there is nothing, or nothing readable.

    A record that can't be read only costs a download.
    """
    try:
        with state.reading(path) as data:
            return int(data["revision"]), {url: State.from_dict(known) for url, known in data["fichiers"].items()}
    except (OSError, DamagedError):
        return None


def _fill(text: str, millesime: int) -> str:
    return text.replace("{millesime}", f"{millesime:04d}").replace("{aa}", f"{millesime % 100:02d}")


def _access(block: Fetch, where: Place, allow_http: bool) -> Access:
    own = [block.api] if block.type == "data_gouv" else [block.portal] if block.type == "opendatasoft" else []
    hosts = frozenset({*block.hosts, *(urlsplit(url).hostname or "" for url in own)})
    if block.type == "web":
        hosts |= {urlsplit(file.url).hostname or "" for file in block.files}
    if block.type == "marche_travail":
        hosts |= {urlsplit(url).hostname or "" for url in (block.api, block.jetons)}
    limits = Limits(bytes=block.max_mb * 1_000_000, total=block.max_minutes * 60)
    return Access(limits, hosts, where, allow_http)


def _required(block: Fetch, millesime: int | None = None) -> dict[str, str]:
    """The files that a vintage can't do without, by part; those of all vintages together where none is named."""
    return {
        str(rank): file.title
        for rank, file in enumerate(block.files)
        if not file.optional
        and not (isinstance(file, Written) and millesime and file.millesimes and millesime not in file.millesimes)
    }


def _resources(block: Fetch, access: Access) -> list[Resource]:
    """All that the portal offers of the declared files; a part is the rank of its declaration."""
    if block.type == "data_gouv":
        datasets: dict[str, dict[str, re.Pattern[str]]] = {}
        for rank, hosted in enumerate(block.files):
            datasets.setdefault(hosted.dataset or block.dataset, {})[str(rank)] = compiled(hosted.pattern)
        return _with_known(
            block,
            lambda: [
                resource
                for dataset, patterns in datasets.items()
                for resource in data_gouv.resources(dataset, patterns, access, api=block.api)
            ],
        )
    if block.type == "web":
        return web.resources(
            {str(rank): [web.Address(file.url, tuple(file.millesimes))] for rank, file in enumerate(block.files)}
        )
    if block.type == "marche_travail":
        return marche_travail.offers(block, access)
    found: list[Resource] = []
    for rank, file in enumerate(block.files):
        pattern = compiled(file.pattern)
        if file.kind == "export":
            for dataset in (file.dataset, *file.avant):
                found += opendatasoft.exports(
                    block.portal,
                    dataset,
                    str(rank),
                    pattern,
                    access,
                    field=file.field,
                    kind=file.format,
                    parameters=file.parameters,
                )
        else:
            found += opendatasoft.attachments(block.portal, file.dataset, str(rank), pattern, access)
    return found


def _with_known(block: DataGouv, listed: Callable[[], list[Resource]]) -> list[Resource]:
    """What a portal lists, and the addresses that the catalogue knows for what it doesn't; these alone where its list
    can no longer be read.
    """
    known = [
        Resource(str(rank), "", millesime, url, url)
        for rank, file in enumerate(block.files)
        for millesime, url in file.connus.items()
    ]
    try:
        found = listed()
    except RefusedError:
        if not known:
            raise
        return known
    return found + [k for k in known if not any((r.part, r.millesime) == (k.part, k.millesime) for r in found)]


def _receive(
    resource: Resource, block: Fetch, millesime: int, folder: Path, access: Access, state: State | None
) -> Fetched:
    """One file, unless it is known not to have changed."""
    if state is not None and resource.version is not None:
        if state.version == resource.version:
            return Fetched(None, state, True, state.url, state.bytes, state.sha256, tries=0)
        state = None  # the producer says that it changed: what a cache says no longer counts
    given = block.files[int(resource.part)].name
    if isinstance(block, MarcheTravail):
        return marche_travail.fetch(resource, block, millesime, folder, access, _fill(str(given), millesime))
    fetched = transfer.fetch(
        resource.url,
        folder,
        state=state,
        limits=access.limits,
        allowed_hosts=access.hosts,
        allow_http=access.allow_http,
        expected=resource.checksum,
        expected_bytes=resource.bytes,
        name=_fill(given, millesime) if given else resource.name,
        where=access.where,
    )
    return replace(fetched, state=replace(fetched.state, version=resource.version))


def _place(received: list[Fetched], folder: Path, where: Place) -> tuple[tuple[Path, ...], list[Fetched]]:
    """Moves what came into the folder. Raises RefusedError for a name given twice, before anything moves."""
    came = [fetched.path for fetched in received if fetched.path is not None]
    names = [path.name for path in came]
    for name in names:
        if names.count(name) > 1:
            raise RefusedError(
                f"Deux fichiers de ce millésime portent le même nom : « {name} ».",
                where=where,
                expected="un nom par fichier",
                todo="donner à l'un d'eux un autre `name` dans le bloc `fetch` du catalogue",
            )
    for path in came:
        path.replace(folder / path.name)
    placed = [replace(f, path=folder / f.path.name) if f.path else f for f in received]
    return tuple(sorted(folder / name for name in names)), placed


@contextlib.contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder inside the folder, gone at the end with what was not moved out of it."""
    aside = folder / f".livraison-{uuid.uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)
