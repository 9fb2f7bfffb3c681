"""Which warehouse a command acts on, told to the person: the banner of a fictitious one, and what to type next.

A message that says what to type says it for the warehouse, the extracts and the edition it is about: typed as it
stands, in this checkout, the command acts on the same ones.
"""

import shlex

from rich.console import Console

from pipelines import settings
from pipelines.arrival import landing
from pipelines.connectors.mirror import FICTIF
from pipelines.settings import Settings


def fictitious(now: Settings) -> bool:
    """Whether what is in the warehouse, or would come into it, is fictitious."""
    return now.made_here or (now.sources / FICTIF).is_file() or landing.any_fictitious(now.landing)


def banner(now: Settings, fictif: bool) -> None:
    """Says that what a command acts on is fictitious, where it is; on the error stream, so that a CSV stays one."""
    if fictif:
        said = f"FICTIF : {now.warehouse} est un entrepôt d'essai, aucun de ses nombres ne décrit la réalité."
        Console(stderr=True, highlight=False, soft_wrap=True).print(said, markup=False)


def command(now: Settings, *words: object, extracts: bool = False) -> str:
    """`atlas …` with these words, as it must be typed to act on this warehouse.

    With `extracts`, for the commands that read them: the folder they come from too, or DOSSIER where nobody named it.
    """
    options = []
    if extracts and now.en_ligne:
        options.append("--en-ligne")
    if extracts and not now.made_here and (not now.en_ligne or now.sources != now.warehouse / settings.DEPOSIT):
        options += ["--sources", shlex.quote(str(now.sources)) if now.sources.is_dir() else "DOSSIER"]
    reached = settings.real_home() if options else settings.default_home()
    aimed = "" if now.warehouse == reached.resolve() else f"ATLAS_WAREHOUSE={shlex.quote(str(now.warehouse))} "
    return f"{aimed}atlas " + " ".join([*(shlex.quote(str(word)) for word in words), *options])
