"""`atlas magasin`: this machine's copy of a warehouse that several share."""

from typing import Annotated

import typer

from pipelines import settings, shared, steps
from pipelines.cli.common import banner, fictitious, screen
from pipelines.errors import UsageError


def magasin(
    rendre: Annotated[
        bool,
        typer.Option("--rendre", help="Donner aussi au magasin ce que cette machine a et qu'il n'a pas."),
    ] = False,
) -> None:
    """Met à jour, depuis le magasin que plusieurs machines partagent, la copie de l'entrepôt qu'a celle-ci.

    La copie est faite en entier, extraits archivés compris. Montre ensuite les états du lac, s'il y en a un.
    """
    console, now = screen(), settings.load()
    found = shared.store(now.warehouse)
    if found is None:
        raise UsageError(
            "Aucun magasin n'est dit : cet entrepôt est celui d'une seule machine.",
            expected="ATLAS_MAGASIN et ATLAS_BASE, les mêmes sur toutes les machines",
            todo="les dire, s'il y en a plusieurs (docs/exploitation/machines.md)",
        )
    banner(now, fictitious(now))
    if rendre:
        with steps.alone("atlas magasin --rendre"):
            pass
    else:
        shared.bring(found, now.warehouse)
    parts = found.head()
    console.print(f"Magasin : {found.root}, {len(parts)} partie(s)", markup=False, soft_wrap=True)
    console.print(f"Copie   : {now.warehouse}, à jour", markup=False, soft_wrap=True)
    if settings.lac():
        from pipelines.shared import lake  # as in steps

        with lake.connect(read_only=True) as session:
            for state in lake.snapshots(session):
                console.print(f"Lac     : {state.numero}, {state.quand}, {state.contenu}", markup=False, soft_wrap=True)
