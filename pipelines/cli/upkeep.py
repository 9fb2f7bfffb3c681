"""`atlas verifier` and `atlas reparer`: what the warehouse keeps, held against its hashes, and put right."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines import hints, settings, steps
from pipelines.cli.common import banner, fictitious, screen
from pipelines.errors import StorageError, UsageError
from pipelines.releases import manifest, signature
from pipelines.upkeep import housekeeping, repair, store, verify
from pipelines.upkeep.verify import Flaw

SHOWN = 20  # of a kind, on a screen


def verifier(
    dossier: Annotated[
        Path | None,
        typer.Argument(help="Une publication, où qu'elle ait été copiée, ou des sauvegardes ; sans lui, l'entrepôt."),
    ] = None,
    signataires: Annotated[
        Path | None,
        typer.Option(
            help="Les clés de qui publie (allowed_signers d'OpenSSH) : il faut que l'une d'elles ait signé.",
            metavar="FICHIER",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="En JSON : un objet par défaut trouvé.")] = False,
) -> None:
    """Compare à leurs empreintes l'archive, les millésimes mis en forme, les verrous et les publications.

    Rien n'est écrit. Code de sortie : 0 si tout est tel qu'il a été laissé, 5 sinon.
    """
    console, now = screen(), settings.load()
    if dossier is not None and not (store.is_one(dossier) or manifest.is_one(dossier)):
        raise UsageError(
            f"{dossier} n'est ni une publication, ni un dossier de sauvegardes.",
            expected="celui d'une publication (<édition>.<numéro>), avec son manifeste, ou de sauvegardes",
            todo="corriger son chemin ; sans lui, tout l'entrepôt est vérifié",
        )
    if dossier is None and not any(path.exists() for path in (now.landing, now.editions, now.releases)):
        raise UsageError(
            f"Il n'y a rien à vérifier dans {now.warehouse} : ni archive, ni verrou, ni publication.",
            expected="un entrepôt où l'atlas a travaillé",
            todo="corriger ATLAS_WAREHOUSE, monter le disque, ou rétablir une sauvegarde (atlas restaurer)",
        )
    if dossier is None:
        banner(now, fictitious(now))
        found = verify.faults(now, signers=signataires)
    else:
        backups = store.is_one(dossier)
        found = verify.of_backups(dossier) if backups else verify.of_release(dossier, signataires)
        if not backups and not as_json:
            said = signature.verified(dossier / manifest.SUMS, signataires).dit
            console.print(f"Signature : {said}", markup=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in found], ensure_ascii=False, indent=1))
    else:
        for fault in found:
            _tell(console, fault, fault.a_faire)
        said = f"{len(found)} défaut(s)" if found else "Tout est tel qu'il a été laissé"
        console.print(f"{said} : {dossier or now.warehouse}", markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(StorageError.exit_code)


def reparer() -> None:
    """Répare ce qui peut l'être sans rien inventer : de l'archive, du dossier des extraits, des verrous publiés.

    Code de sortie : 0 si plus rien n'est à réparer, 5 sinon.
    """
    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    with steps.alone("atlas reparer"):
        for mended in repair.repair(now):
            console.print("réparé" if mended.fait else "[bold red]resté[/bold red]", end="  ")
            _tell(console, mended.fault, mended.dit)
        left = verify.faults(now)
    if left:
        again = hints.command(now, "verifier")
        console.print(f"{len(left)} défaut(s) restent, que rien ici ne répare : {again}", markup=False, soft_wrap=True)
        raise typer.Exit(StorageError.exit_code)
    console.print(f"Tout est tel qu'il a été laissé : {now.warehouse}", markup=False, soft_wrap=True)


def menage(
    dry: Annotated[bool, typer.Option("--a-blanc", help="Dire ce qui partirait, sans rien toucher.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="En JSON : un objet par fichier ou dossier.")] = False,
) -> None:
    """Efface ce que les années laissent : restes, constructions, mises en forme remplacées, journaux d'Airflow.

    Les durées sont dans pipelines/upkeep/menage.yml. Rien de ce qu'un verrou épingle ne part, ni aucune publication
    sans qu'on l'ait écrit là. Code de sortie : 6 si un autre processus écrit dans l'entrepôt.
    """
    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    found = housekeeping.clean(dry=dry)
    if not dry:
        for address in housekeeping.databases():
            housekeeping.clean_database(address)
    if as_json:
        typer.echo(json.dumps([asdict(going) for going in found], ensure_ascii=False, indent=1))
        return
    for kind in dict.fromkeys(going.quoi for going in found):
        those = [going for going in found if going.quoi == kind]
        console.print(
            f"{kind} : {len(those)}, {sum(g.octets for g in those) / 1e6:.1f} Mo", markup=False, soft_wrap=True
        )
        for going in those[:SHOWN]:
            console.print(f"  {going.chemin}", markup=False, soft_wrap=True)
        if len(those) > SHOWN:
            console.print(f"  … et {len(those) - SHOWN} autres (--json les nomme tous)", markup=False)
    total = f"{len(found)} fichier(s) ou dossier(s), {sum(g.octets for g in found) / 1e6:.1f} Mo"
    if dry:
        console.print(f"{total} partiraient : {hints.command(now, 'menage')}", markup=False, soft_wrap=True)
    else:
        console.print(f"{total} effacés : le journal les nomme. {now.warehouse}", markup=False, soft_wrap=True)


def _tell(console: Console, fault: Flaw, then: str) -> None:
    where = " ".join(filter(None, [fault.source, str(fault.millesime or "")]))
    console.print(f"{fault.quoi} {where}".strip(), markup=False, soft_wrap=True)
    console.print(f"  {fault.fichier}\n  {fault.constat}\n  → {then}", markup=False, soft_wrap=True)
