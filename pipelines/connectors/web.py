"""Plain HTTP: addresses that the catalogue writes out, with the vintages that each is for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipelines.connectors import resources as offered
from pipelines.connectors.access import Access
from pipelines.connectors.resources import Resource


@dataclass(frozen=True)
class Address:
    """An address, with `{millesime}` and `{aa}` for the vintage and its last two digits.

    An address for no vintage in particular belongs to all.
    """

    url: str
    millesimes: tuple[int, ...] = ()


def fill(text: str, millesime: int) -> str:
    """A text of the catalogue for one vintage."""
    return text.replace("{millesime}", f"{millesime:04d}").replace("{aa}", f"{millesime % 100:02d}")


def resources(addresses: Mapping[str, Collection[Address]]) -> list[Resource]:
    """The files that these addresses stand for, per part; nothing is asked of a server."""
    return [
        Resource(part, "", millesime, url := fill(address.url, millesime) if millesime else address.url, url)
        for part, several in addresses.items()
        for address in several
        for millesime in (address.millesimes or (None,))
    ]


def offer(addresses: Mapping[str, Collection[Address]], millesime: int, access: Access) -> list[Resource]:
    """The files of one vintage. Raises RefusedError where a part has no address for it."""
    required = {part: " ou ".join(a.url for a in several) for part, several in addresses.items()}
    return offered.chosen(resources(addresses), millesime, required, access.where)
