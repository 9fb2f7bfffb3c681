"""The sheets of a release: one A4 page or two per establishment, legal entity with several sites, and GHT."""

from pipelines.publish.fiches.files import write

__all__ = ["write"]
