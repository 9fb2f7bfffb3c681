"""`atlas sbom`: what the atlas is made of, for who watches over the machine it runs on."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.errors import UsageError
from pipelines.releases import components
from pipelines.runtime import state


def sbom(
    fichier: Annotated[Path | None, typer.Argument(help="Où l'écrire ; sans lui, sur la sortie.")] = None,
) -> None:
    """Liste les bibliothèques verrouillées (uv.lock), leurs versions et leurs empreintes, en CycloneDX 1.5."""
    text = components.make()
    if fichier is None:
        typer.echo(text, nl=False)
        return
    if not fichier.parent.is_dir():
        raise UsageError(
            f"Il n'y a pas de dossier {fichier.parent}.", expected="un dossier qui existe", todo="corriger le chemin"
        )
    state.write(fichier, text)
    typer.echo(f"Composants : {fichier}")
