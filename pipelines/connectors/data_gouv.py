"""data.gouv.fr: the files of a dataset, with their published checksums."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from pipelines.connectors import addresses, transfer
from pipelines.connectors import resources as offered
from pipelines.connectors.access import Access, Checksum
from pipelines.connectors.resources import Resource

API = "https://www.data.gouv.fr/api/1"
# What the portal calls "sha2" is told by its length.
KINDS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512"}


def resources(
    dataset: str, patterns: Mapping[str, re.Pattern[str]], access: Access, *, api: str = API
) -> list[Resource]:
    """The files of a dataset (its slug or identifier) that a pattern recognises: by their name, their title, or the
    end of their address (date of deposit and name).

    `patterns` gives a pattern per part. Raises RefusedError or LaterError as a download does.
    """
    url = f"{api}/datasets/{quote(dataset, safe='')}/"
    answer = transfer.read_json(url, access)
    found = []
    for item in offered.items(answer, "resources", url, access.where):
        address = str(item.get("url") or item.get("latest") or "")
        if not address:
            continue
        name = addresses.url_name(address)
        # The last folder is the date of deposit: what dates a file that always has the same name.
        labels = (name, str(item.get("title") or "").strip(), "/".join(urlsplit(address).path.split("/")[-2:]))
        checksum = _checksum(item.get("checksum"))
        hosted = item.get("filetype") == "file"
        for part, pattern in patterns.items():
            told = offered.recognise(pattern, labels, access.where)
            if told is None:
                continue
            found.append(
                Resource(
                    part=part,
                    variant=told.variant,
                    millesime=told.millesime,
                    label=told.label,
                    url=address,
                    modified=offered.date(item.get("last_modified")),
                    checksum=checksum,
                    # Of a file that it doesn't host, the portal only knows the size it was once told.
                    bytes=_count(item.get("filesize")) if hosted else None,
                    version=f"{checksum.algorithm}:{checksum.value}" if checksum else None,
                )
            )
    return found


def offer(
    dataset: str,
    patterns: Mapping[str, re.Pattern[str]],
    millesime: int,
    access: Access,
    *,
    api: str = API,
) -> list[Resource]:
    """The files of one vintage, one per part and variant: the newest by the producer's date.

    Raises RefusedError where one is missing.
    """
    found = resources(dataset, patterns, access, api=api)
    required = {part: f"« {pattern.pattern} »" for part, pattern in patterns.items()}
    return offered.chosen(found, millesime, required, access.where)


def _checksum(published: Any) -> Checksum | None:
    """The published checksum; None where there is none, or of a kind that isn't a digest (crc)."""
    if not isinstance(published, dict) or not str(published.get("value") or "").strip():
        return None
    kind = re.sub(r"[^a-z0-9]", "", str(published.get("type") or "").lower())
    value = str(published["value"]).strip().lower()
    if kind == "sha2":
        kind = {64: "sha256", 128: "sha512"}.get(len(value), kind)
    return Checksum(KINDS[kind], value) if kind in KINDS else None


def _count(published: Any) -> int | None:
    return published if isinstance(published, int) and published > 0 else None
