"""`atlas sauvegarder` and `atlas restaurer`: what can't be made again, put elsewhere, and its way back."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines import hints, journal, settings, steps
from pipelines.cli.common import banner, fictitious, screen
from pipelines.upkeep import backup, restore, store

AsJson = Annotated[bool, typer.Option("--json", help="En JSON.")]


def sauvegarder(
    dossier: Annotated[Path, typer.Argument(help="Le dossier des sauvegardes, hors de l'entrepôt ; fait s'il manque.")],
    as_json: AsJson = False,
) -> None:
    """Garde ailleurs ce que rien ne refait : archive, verrous, publications, mémoire du secret, dépôt, journal.

    Ce que le dossier a déjà n'est pas recopié. La clé des personnes n'y est pas. Code de sortie : 5 si l'entrepôt a un
    fichier abîmé, ou si la place manque ; les sauvegardes précédentes restent.
    """
    console, now, folder = screen(), settings.load(), dossier.expanduser().resolve()
    banner(now, fictitious(now))
    with steps.alone("atlas sauvegarder"), journal.step("sauvegarder", dossier=str(folder)) as said:
        done = backup.back_up(now, folder)
        made = done.backup
        said.update(numero=made.numero, fichiers=len(made.fichiers), octets=made.octets, nouveaux=done.nouveaux)
    if as_json:
        typer.echo(json.dumps({**said, "oublies": done.oublies, "personnes": made.personnes}, ensure_ascii=False))
        return
    console.print(
        f"Sauvegarde {made.numero} : {len(made.fichiers)} fichiers, {made.octets / 1e6:.1f} Mo, dont "
        f"{done.nouveaux / 1e6:.1f} Mo nouveaux, dans {folder}",
        markup=False,
        soft_wrap=True,
    )
    if done.oublies:
        console.print(
            f"Sauvegarde(s) {', '.join(map(str, done.oublies))} effacée(s) : elles gardaient des octets dont la durée "
            "de conservation est passée.",
            soft_wrap=True,
        )
    if made.personnes:
        console.print(
            f"Données personnelles : {', '.join(made.personnes)}, tels que reçus, noms compris. Ce dossier ne s'ouvre "
            "qu'à son propriétaire ; le protéger comme l'entrepôt (disque chiffré).\n"
            "La clé qui tient lieu de leurs numéros n'est PAS dans la sauvegarde : la garder à part, et jamais avec "
            "elle. Sans elle, ces millésimes ne se comparent plus aux suivants.",
            markup=False,
            soft_wrap=True,
        )
    if folder.stat().st_dev == now.warehouse.stat().st_dev:
        console.print("Attention : ce dossier est sur le même disque que l'entrepôt.", soft_wrap=True)


def restaurer(
    dossier: Annotated[Path, typer.Argument(help="Le dossier qu'« atlas sauvegarder » a rempli.")],
    numero: Annotated[int | None, typer.Option("--numero", "-n", help="La sauvegarde ; sans lui, la dernière.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--seulement",
            help="Un chemin de l'entrepôt, autant de fois qu'il y en a : landing/sae/2023.",
            metavar="CHEMIN",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Remet dans un entrepôt vide, ou sans rien recouvrir, ce qu'une sauvegarde garde ; le reste se refait ensuite."""
    console, now, folder = screen(), settings.load(), dossier.expanduser().resolve()
    store.read(folder, numero)
    with steps.alone("atlas restaurer"):
        done = restore.restore(now, folder, numero, tuple(path.strip("/") for path in only or ()))
        # Only what succeeds: the journal is one of the files that come back.
        with journal.step("restaurer", dossier=str(folder)) as said:
            said.update(numero=done.backup.numero, fichiers=done.revenus, octets=done.octets)
    here = settings.load()
    banner(here, fictitious(here))
    if as_json:
        typer.echo(json.dumps({**said, "editions": done.editions, "autre_cle": done.autre_cle}, ensure_ascii=False))
        return
    console.print(
        f"Sauvegarde {done.backup.numero}, du {done.backup.fait_le} : {done.revenus} fichiers remis, "
        f"{done.octets / 1e6:.1f} Mo, dans {now.warehouse}",
        markup=False,
        soft_wrap=True,
    )
    if done.autre_cle:
        console.print(
            "[bold]La clé des personnes n'est pas celle d'alors :[/bold] "
            "la remettre avant toute ingestion (ATLAS_CLE_PERSONNES, ou son fichier), ou personne ne se retrouvera "
            "d'un millésime au suivant.",
            soft_wrap=True,
        )
    for edition in done.editions:
        again = hints.command(here, "edition", "--edition", edition, extracts=True)
        console.print(f"Refaire l'entrepôt de l'édition {edition} : {again}", markup=False, soft_wrap=True)
    console.print(f"Puis : {hints.command(here, 'verifier')}", markup=False, soft_wrap=True)
