"""Connectors: where the bytes of a vintage come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Offer:
    """The files that a connector has for one vintage; `fictif` when they are made, not published.

    `packed` gives the members wanted of each archive among them, `origins` the address of each file that was
    downloaded, by its name. `names` gives the files that are kept under another name than they came with.
    """

    source: str
    millesime: int
    files: tuple[Path, ...]
    fictif: bool
    unknown: tuple[str, ...] = ()
    packed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
