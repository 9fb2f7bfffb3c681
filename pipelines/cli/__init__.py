"""The `atlas` command: what a data engineer does daily."""

import sys
from collections.abc import Callable
from importlib import metadata
from typing import Annotated, Any

import typer
from rich.console import Console
from typer._completion_classes import completion_init

from pipelines.cli import (
    adapter,
    airflow,
    backups,
    controles,
    doctor,
    drafts,
    edition,
    french,
    sbom,
    shared,
    sources,
    surveys,
    upkeep,
    vintages,
    warehouse,
)
from pipelines.edition import lockfile
from pipelines.errors import AtlasError

app = french.App(
    name="atlas",
    help="L'atlas régional des professions et des spécialités médicales : sources, millésimes, éditions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Codes de sortie : 0 tout va bien ; 2 commande ou réglage erroné ; 3 millésime refusé ; "
    "4 édition non construite ou non publiée ; 5 disque ; "
    "6 plus tard : site injoignable, ou entrepôt en cours d'écriture.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"atlas {metadata.version('atlas-sante')}, commit {lockfile.commit()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Montre la version et le commit.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """What `atlas` takes before any command."""


app.add_typer(surveys.app, name="enquete")

# In the order in which the help lists them.
app.command("edition")(edition.edition_)
for command in (
    airflow.up,
    doctor.doctor,
    sources.sources,
    sources.source,
    sources.contrat,
    vintages.vintages,
    vintages.run,
    controles.controles,
    adapter.adapter,
    vintages.echantillon,
    vintages.purge,
    drafts.brouillon,
    drafts.brouillons,
    drafts.approuver,
    drafts.rejeter,
    upkeep.verifier,
    upkeep.reparer,
    upkeep.menage,
    backups.sauvegarder,
    backups.restaurer,
    shared.magasin,
    sbom.sbom,
    warehouse.lock,
    warehouse.query,
):
    app.command()(command)


def main(run_app: Callable[..., Any] = app) -> None:
    """Entry point: a person's mistake is told on one screen, with its own exit status."""
    completion_init()  # asked by a shell alone: _ATLAS_COMPLETE=source_bash atlas
    try:
        status = run_app(standalone_mode=False)
    except AtlasError as error:
        sys.exit(_tell(error))
    except typer.TyperException as error:
        # Without a command the help was shown already.
        sys.exit(2 if type(error).__name__ == "NoArgsIsHelpError" else _tell(french.told(error)))
    sys.exit(status if isinstance(status, int) else 0)


def _tell(error: AtlasError) -> int:
    Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
    return error.exit_code
