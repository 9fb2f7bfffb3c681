"""`atlas brouillon`, `brouillons`, `approuver`, `rejeter`: the two acts of a publication, by hand."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines import hints, settings, steps
from pipelines.cli.common import Edition, Regions, banner, fictitious, screen, use
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.releases.drafts import Draft

Name = Annotated[
    str,
    typer.Argument(help="Le nom du brouillon, que sa page écrit ; sans lui, le seul qui attend.", metavar="BROUILLON"),
]
By = Annotated[
    str,
    typer.Option("--par", help="Qui décide ; sans lui, le nom de session. Rien ici ne le vérifie.", metavar="NOM"),
]


def brouillon(edition: Edition = None, region: Regions = None) -> None:
    """Écrit à part tout ce qui serait publié d'une édition construite, avec la page à lire avant d'approuver."""
    from pipelines.releases import acts

    use(None, edition=edition, regions=region)
    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    with steps.alone("atlas brouillon"):
        for code in steps.regions():
            made = acts.draft(now.edition, code)
            if made is None:
                said = f"Région {code} : rien de nouveau, ce contenu est déjà publié."
                console.print(said, markup=False, soft_wrap=True)
            else:
                tell(console, now, made)


def tell(console: Console, now: Settings, made: "Draft") -> None:
    """Says of a draft that waits what it holds, where its page is, and how it is approved or rejected."""
    lines = [
        f"Brouillon {made.id} : {made.where} ({made.region_libelle}), qui serait {made.version}",
        *(f"  {line}" for line in made.resume),
        f"  À lire      : {made.page(now)}",
        f"  L'approuver : {hints.command(now, 'approuver', made.id)}",
        f"  Le rejeter  : {hints.command(now, 'rejeter', made.id, '--motif', '…')}",
    ]
    console.print("\n".join(lines), markup=False, soft_wrap=True)


def brouillons() -> None:
    """Montre les brouillons qui attendent, et ce que les autres sont devenus : par qui, quand, pourquoi."""
    from pipelines.releases import drafts

    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    table = Table(title="Brouillons", title_justify="left")
    for heading in ("brouillon", "édition", "région", "version", "fait le", "état", "par", "le", "motif"):
        table.add_column(heading, no_wrap=heading == "brouillon")
    found = list(drafts.every(now))
    for made in found:
        by = made.par or ("directement" if made.etat == drafts.PUBLISHED else "")
        when, decided = drafts.day(made.fait_le), drafts.day(made.quand)
        table.add_row(made.id, str(made.edition), made.region, made.version, when, made.etat, by, decided, made.motif)
    console.print(table if found else "Aucun brouillon n'a encore été fait.")
    for made in found:
        if made.etat == drafts.WAITING:
            tell(console, now, made)


def approuver(nom: Name = "", par: By = "") -> None:
    """Publie un brouillon tel qu'il a été lu ; refuse si verrou, entrepôt ou publications ont changé depuis."""
    from pipelines.releases import acts

    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    with steps.alone("atlas approuver"):
        folder = acts.approve(nom, par or getpass.getuser())
    console.print(f"Publication : {folder}", markup=False, soft_wrap=True)


def rejeter(
    motif: Annotated[str, typer.Option("--motif", help="Pourquoi ; le journal le garde.")],
    nom: Name = "",
    par: By = "",
) -> None:
    """Rejette un brouillon : ses fichiers sont effacés ; sa page et le motif restent."""
    from pipelines.releases import acts

    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    with steps.alone("atlas rejeter"):
        made = acts.reject(nom, par or getpass.getuser(), motif)
    said = f"Rejeté : le brouillon {made.id} de {made.where}. Rien n'est publié ; sa page reste : {made.page(now)}"
    console.print(said, markup=False, soft_wrap=True)
