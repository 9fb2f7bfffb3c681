"""The pages that follow one question across the region, a module each, named as the page."""

from collections.abc import Iterator

from pipelines.publish.site.blocks import Page
from pipelines.publish.site.marts import Marts
from pipelines.publish.site.themes import (
    acces,
    ages,
    besoins,
    cartes,
    formations,
    hopital,
    projections,
    recrutement,
    ressources_humaines,
    tension,
)


def pages(m: Marts) -> Iterator[Page]:
    """All of them, in the order of the menu."""
    for theme in (
        cartes,
        ages,
        projections,
        tension,
        recrutement,
        acces,
        besoins,
        formations,
        hopital,
        ressources_humaines,
    ):
        yield theme.page(m)
