"""What several commands share: options, where things are shown, which extracts are read."""

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipelines import settings, steps
from pipelines.arrival import landing
from pipelines.connectors.mirror import FICTIF
from pipelines.errors import UsageError
from pipelines.settings import Settings

Edition = Annotated[
    str | None,
    typer.Option(
        "--edition",
        "-e",
        help="Année de l'atlas ; sans elle, ATLAS_EDITION, sinon l'édition en place.",
        metavar="ANNÉE",
    ),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        "-r",
        help="Code officiel d'une région (28 : Normandie), autant de fois qu'il y en a à publier ; sans elle, "
        "ATLAS_REGIONS, sinon 28.",
        metavar="CODE",
    ),
]
Sources = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        "-s",
        help="Dossier d'extraits réels, <source>/<millésime>/<fichier>. Sans lui : l'entrepôt réel s'il y en a un, "
        "et ce qui a été déposé dans warehouse/depot/ ; sinon des extraits fictifs, dans warehouse/echantillon/.",
    ),
]
Online = Annotated[
    bool,
    typer.Option(
        "--en-ligne",
        help="Demander aux sites des producteurs ce que le dossier d'extraits n'a pas (ou ATLAS_EN_LIGNE=oui). "
        "Le dossier est alors warehouse/depot/ par défaut.",
    ),
]
SAMPLE_NOTE = "extraits FICTIFS, fabriqués pour l'essai"


def screen() -> Console:
    """Where a command shows its answer; piped into a file or a CI log, a table keeps its columns whole."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def use(
    sources: Path | None, online: bool = False, *, edition: str | None = None, regions: list[str] | None = None
) -> None:
    """Makes what a person said on the command line the settings of this process. Raises UsageError."""
    if edition is not None:
        os.environ["ATLAS_EDITION"] = str(settings.edition(edition))
    if regions:
        os.environ["ATLAS_REGIONS"] = " ".join(settings.regions(" ".join(regions)))
    if online:
        os.environ["ATLAS_EN_LIGNE"] = "oui"
    if sources is not None:
        if not sources.is_dir():
            raise UsageError(
                f"Le dossier des extraits n'existe pas : {sources}",
                expected="un dossier <source>/<millésime>/<fichier>",
                todo="corriger --sources (SOURCES= avec make)",
            )
        os.environ["ATLAS_SOURCES"] = str(sources.resolve())


def with_extracts() -> settings.Settings:
    """The settings of a command that reads extracts: makes the fictitious ones where nothing is real.

    Raises UsageError where the warehouse is real and nobody said where its extracts are.
    """
    now = settings.load()
    if now.made_here:
        with steps.alone("la fabrique des extraits fictifs"):
            samples = samples_factory()
            added = samples.added(now.sources)
            if added:  # what somebody tries there is not to be made anew, nor to stop what reads it
                said = f"L'échantillon est pris tel quel : on y a déposé ou changé {added}. Effacé, il se refait."
                Console(stderr=True, highlight=False, soft_wrap=True).print(said, markup=False)
            else:
                samples.make(now.sources)
    elif not now.en_ligne and not now.sources.is_dir():
        raise UsageError(
            f"L'entrepôt en place n'est pas celui des extraits fictifs ({now.warehouse}), "
            "et rien ne dit où sont ses extraits.",
            expected=f"un dossier <source>/<millésime>/<fichier>, nommé, ou {now.sources}",
            todo="le nommer : --sources DOSSIER (SOURCES= avec make), ou ATLAS_SOURCES dans l'environnement",
        )
    return now


def samples_factory() -> ModuleType:
    """What makes fictitious extracts. Raises UsageError where it isn't there: the checkout has it, a wheel doesn't."""
    try:
        import samples
    except ModuleNotFoundError as error:
        if error.name != "samples":
            raise
        raise UsageError(
            "La fabrique des extraits fictifs (samples/) n'est pas installée ici.",
            expected="le dépôt du projet : le paquet installé seul ne la contient pas",
            todo="lancer depuis le dépôt, ou donner des extraits réels : --sources DOSSIER",
        ) from error
    return samples


def fictitious(now: Settings) -> bool:
    """Whether what is in the warehouse, or would come into it, is fictitious."""
    return now.made_here or (now.sources / FICTIF).is_file() or landing.any_fictitious(now.landing)


def banner(now: Settings, fictif: bool) -> None:
    """Says that what a command acts on is fictitious, where it is; on the error stream, so that a CSV stays one."""
    if fictif:
        said = f"FICTIF : {now.warehouse} est un entrepôt d'essai, aucun de ses nombres ne décrit la réalité."
        Console(stderr=True, highlight=False, soft_wrap=True).print(said, markup=False)


def origin(now: settings.Settings) -> str:
    """What extracts a run reads, in its first line."""
    named = "" if now.made_here else f"extraits de {escape(str(now.sources))}"
    return ", ".join(filter(None, [named, SAMPLE_NOTE if fictitious(now) else ""]))
