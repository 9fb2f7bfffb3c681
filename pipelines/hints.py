"""What a message says to type next: for the warehouse, the extracts and the edition that it is about.

Typed as it stands, in this checkout, the command acts on the same ones.
"""

import shlex

from pipelines import settings
from pipelines.settings import Settings


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
