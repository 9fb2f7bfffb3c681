"""`atlas doctor`: what a first run on line would meet, in a minute."""

import json
from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines import settings
from pipelines.arrival import diagnosis
from pipelines.cli.common import Sources, screen, use
from pipelines.errors import AtlasError, BuildError, LaterError
from pipelines.releases import signature


def doctor(
    sources: Sources = None,
    as_json: Annotated[bool, typer.Option("--json", help="En JSON : un objet par chose essayée.")] = False,
) -> None:
    """Essaie chaque adresse, identifiant, dossier et disque ; dit quelle source échouerait, et pourquoi.

    Rien n'est téléchargé ni écrit. Code de sortie : 0 si rien n'échouerait ; sinon celui du plus durable des échecs
    (5 disque, 4 clé de signature, 3 adresse ou fichier refusé, 2 réglage), ou 6 si tout ce qui échoue
    peut n'être que passager.
    """
    use(sources, True)
    found = [*_signature(), *_machines(), *diagnosis.diagnose()]
    if as_json:
        typer.echo(json.dumps([finding.to_dict() for finding in found], ensure_ascii=False, indent=1))
    else:
        _told(found)
    codes = {finding.code for finding in found} - {0}
    if codes:
        raise typer.Exit(max(codes - {LaterError.exit_code}, default=LaterError.exit_code))


def _signature() -> list[diagnosis.Finding]:
    """Whether the key that signs releases can, where one is named: an hour of work ends with it."""
    subject, what = "identifiants", "clé de signature"
    try:
        if not signature.signed(b"essai"):
            return []
    except BuildError as error:
        return [diagnosis.Finding(subject, what, diagnosis.FAILED, error.what, error.todo, error.exit_code)]
    return [diagnosis.Finding(subject, what, diagnosis.GOOD, "elle signe sans rien demander")]


def _machines() -> Iterator[diagnosis.Finding]:
    """Whether what several machines share answers, where it is said; a store is read, and nothing written to it."""
    if not settings.magasin():
        return
    from pipelines.shared import lake, leases
    from pipelines.shared.objects import Store

    def locks() -> str:
        with leases.held(settings.base(), settings.magasin(), "atlas doctor", (), beside=("essai",)):
            return "elle répond"

    tried: list[tuple[str, Callable[[], str]]] = [
        ("magasin", lambda: f"il répond : {len(Store(settings.magasin()).head())} partie(s)"),
        ("base des verrous", locks),
    ]
    if settings.lac():
        tried.append(("lac", lambda: f"ses {len(lake.extensions())} extensions sont là"))
    for what, answer in tried:
        try:
            yield diagnosis.Finding("machines", what, diagnosis.GOOD, answer())
        except AtlasError as error:
            yield diagnosis.Finding("machines", what, diagnosis.FAILED, error.what, error.todo, error.exit_code)


def _told(found: list[diagnosis.Finding]) -> None:
    console, table = screen(), Table()
    for heading in ("", "quoi", "état", "constat", "à faire"):
        table.add_column(heading, no_wrap=heading in ("", "quoi", "état"), overflow="fold")
    for finding in found:
        style = "bold red" if finding.code else "yellow" if finding.etat != diagnosis.GOOD else ""
        cells = (finding.sujet, finding.objet, finding.etat, finding.constat, finding.a_faire)
        table.add_row(*map(escape, cells), style=style)
    console.print(table)
    of = [f for f in found if f.sujet == "source"]
    failed = [f.objet for f in of if f.code]
    console.print(
        f"{len(of)} sources : {sum(f.etat in (diagnosis.GOOD, diagnosis.INSTEAD) for f in of)} viendraient, "
        f"{sum(f.etat == diagnosis.ABSENT for f in of)} à déposer, {len(failed)} en échec"
        + (f" ({', '.join(failed)})" if failed else ""),
        soft_wrap=True,
    )
