"""Connectors: where the bytes of a vintage come from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Offer:
    """The files that a connector has for one vintage; `fictif` when they are made, not published."""

    source: str
    millesime: int
    files: tuple[Path, ...]
    fictif: bool
    unknown: tuple[str, ...] = ()
