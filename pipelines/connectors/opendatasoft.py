"""Opendatasoft portals (DREES, MESR, CNAM), Explore API v2.1: exports of a dataset and its attachments.

An export is made when it is asked, so that the portal gives it neither tag nor date: the dataset's own
dates of change stand for them.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from pipelines.connectors import addresses, transfer
from pipelines.connectors import resources as offered
from pipelines.connectors.access import Access
from pipelines.connectors.resources import Resource
from pipelines.errors import Place, RefusedError

CSV = {"delimiter": ";", "with_bom": "false"}


def exports(
    portal: str,
    dataset: str,
    part: str,
    pattern: re.Pattern[str],
    access: Access,
    *,
    field: str | None,
    kind: str = "csv",
    parameters: Mapping[str, str] | None = None,
) -> list[Resource]:
    """The exports of a dataset, one per vintage that its facet `field` holds.

    Without a field the whole dataset is one vintage, told by its title or its name. `parameters` are those of the
    interface (select, where, order_by, delimiter, use_labels …). Raises RefusedError or LaterError as
    a download does.
    """
    home = _home(portal, dataset)
    answer = transfer.read_json(home, access)
    metas = _default(answer)
    modified = [offered.date(metas.get(key)) for key in ("modified", "data_processed")]
    # Both dates: the producer's, and that of the portal's last treatment of the data.
    version = " ".join(str(metas.get(key) or "") for key in ("modified", "data_processed")).strip() or None
    base = {**(CSV if kind == "csv" else {}), **(parameters or {})}
    found = []
    for value, label in _labels(home, field, str(metas.get("title") or dataset), access):
        told = offered.recognise(pattern, (label,) if field else (label, dataset), access.where)
        if told is None:
            continue
        query = {**base, **({"refine": f'{field}:"{value}"'} if field else {})}
        found.append(
            Resource(
                part=part,
                variant=told.variant,
                millesime=told.millesime,
                label=f"{dataset}, {field} = {value}" if field else label,
                url=f"{home}/exports/{kind}" + (f"?{urlencode(query)}" if query else ""),
                name=f"{dataset}_{told.millesime}.{kind}" if told.millesime else f"{dataset}.{kind}",
                modified=max((date for date in modified if date), default=None),
                version=version,
            )
        )
    return found


def attachments(portal: str, dataset: str, part: str, pattern: re.Pattern[str], access: Access) -> list[Resource]:
    """The attachments of a dataset that the pattern recognises by their identifier or title.

    Raises RefusedError or LaterError as a download does.
    """
    url = f"{_home(portal, dataset)}/attachments"
    answer = transfer.read_json(url, access)
    found = []
    for item in offered.items(answer, "attachments", url, access.where):
        raw = item.get("metas")
        metas: dict[str, Any] = raw if isinstance(raw, dict) else {}
        address = str(item.get("href") or (f"{url}/{quote(str(metas['id']))}" if metas.get("id") else ""))
        labels = [str(metas.get(key) or "").strip() for key in ("id", "title")]
        told = offered.recognise(pattern, [*labels, addresses.url_name(address)] if address else [], access.where)
        if told is not None:
            found.append(Resource(part, told.variant, told.millesime, told.label, address))
    return found


def offer(found: list[Resource], millesime: int, access: Access) -> list[Resource]:
    """Of exports or attachments, the files of one vintage. Raises RefusedError where there are none."""
    required = {resource.part: resource.label for resource in found} or {"": "aucun fichier reconnu"}
    return offered.chosen(found, millesime, required, access.where)


def _home(portal: str, dataset: str) -> str:
    return f"{portal.rstrip('/')}/api/explore/v2.1/catalog/datasets/{quote(dataset, safe='')}"


def _default(answer: Any) -> dict[str, Any]:
    metas = answer.get("metas") if isinstance(answer, dict) else None
    default = metas.get("default") if isinstance(metas, dict) else None
    return default if isinstance(default, dict) else {}


def _labels(home: str, field: str | None, title: str, access: Access) -> list[tuple[str, str]]:
    """The values that can be asked for, and how they read."""
    if field is None:
        return [("", title)]
    url = f"{home}/facets?{urlencode({'facet': field})}"
    facets = offered.items(transfer.read_json(url, access), "facets", url, access.where)
    values = next((facet.get("facets") for facet in facets if facet.get("name") == field), None)
    if not isinstance(values, list):
        raise RefusedError(
            f"Le champ « {field} » n'est pas un critère (facette) de ce jeu de données.",
            where=Place(access.where.source, access.where.millesime, file=addresses.shown(url)),
            expected="l'un de : " + (", ".join(str(facet.get("name")) for facet in facets) or "aucun"),
            todo="corriger `field` dans le bloc `fetch` du catalogue",
        )
    return [
        (str(v.get("value") or v.get("name")), str(v.get("name") or v.get("value")))
        for v in values
        if isinstance(v, dict)
    ]
