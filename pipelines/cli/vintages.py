"""`atlas vintages`, `run`, `echantillon`, `purge`: what comes in, and what goes."""

import contextlib
import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines import catalogue, hints, settings, steps
from pipelines.arrival import landing, offers, outcomes, retention
from pipelines.cli import controles
from pipelines.cli.common import Online, Sources, banner, fictitious, samples_factory, screen, use, with_extracts
from pipelines.edition import lockfile
from pipelines.errors import AtlasError, DamagedError, LaterError, RefusedError, UsageError

HEADINGS = ("source", "millésime", "révision", "état", "lignes", "écartées", "motif")
KEYS = ("source", "millesime", "revision", "etat", "lignes", "ecartees", "motif")


def vintages(
    nom: Annotated[str | None, typer.Argument(help="Une source ; sans elle, toutes.")] = None,
    sources: Sources = None,
    online: Online = False,
    as_json: Annotated[bool, typer.Option("--json", help="En JSON : un objet par révision.")] = False,
) -> None:
    """Liste les millésimes : offerts par le dossier, archivés, acceptés ou refusés et pourquoi."""
    use(sources, online)
    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    lines: list[tuple[str, ...]] = []
    away = offers.turned_away(now)
    for source_id in [catalogue.load(nom).id] if nom else catalogue.sources():
        entry = catalogue.load(source_id)
        offered = offers.vintages(now, entry) if now.en_ligne or now.sources.is_dir() else []
        for millesime in sorted({*offered, *landing.vintages(now.landing, source_id)}):
            numbers = landing.numbers(now.landing, source_id, millesime)
            why = away.get((source_id, millesime), "") if millesime in offered else ""
            if why or not numbers:
                etat = "refusé tel que déposé" if why else "offert, non ingéré"
                lines.append((source_id, str(millesime), "", etat, "", "", _one_line(why)))
            lines += [(source_id, str(millesime), str(n), *_state(now, source_id, millesime, n)) for n in numbers]
    if as_json:
        said = [{k: int(v) if v.isdecimal() else v for k, v in zip(KEYS, line, strict=True)} for line in lines]
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    table = Table()
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=heading == "source")  # a name is there to be copied
    for line in lines:
        table.add_row(*(escape(cell) for cell in line))
    console.print(table)
    if not now.en_ligne and not now.sources.is_dir() and not now.made_here:
        console.print("Les millésimes archivés seulement ; pour voir ceux d'un dossier d'extraits : --sources DOSSIER.")


def _one_line(message: str) -> str:
    """A message on one line: its parts follow one another."""
    return " ; ".join(" ".join(part.split()) for part in message.splitlines())


def _state(now: settings.Settings, source: str, millesime: int, number: int) -> tuple[str, str, str, str]:
    """What became of a revision: its state, its lines, those set aside, why."""
    try:
        landed = landing.revision(now.landing, source, millesime, number)
        outcome = outcomes.load(now, source, millesime, number)
    except DamagedError as error:
        return "abîmé", "", "", str(error).replace("\n", " ")
    fiction = " (fictif)" if landed.fictif else ""
    if outcome is None:
        return f"archivé, non contrôlé{fiction}", "", "", ""
    return (
        ("accepté" if outcome.accepte else "refusé") + fiction,
        str(sum(outcome.rows.values())),
        str(sum(outcome.quarantined.values())),
        _one_line(outcome.motif),
    )


def run(
    nom: Annotated[str, typer.Argument(help="Nom de la source (atlas sources).")],
    millesime: Annotated[
        int | None,
        typer.Option("--millesime", "-m", help="Un seul millésime ; sans lui, tous ceux qui sont offerts."),
    ] = None,
    sources: Sources = None,
    online: Online = False,
    archived: Annotated[
        bool,
        typer.Option("--archive", help="Rien n'est reçu : ce que l'archive garde est remis en forme et contrôlé."),
    ] = False,
    dry: Annotated[
        bool, typer.Option("--a-blanc", help="Dire ce qui serait accepté ou refusé, et pourquoi, sans rien garder.")
    ] = False,
) -> None:
    """Ingère une source, sans Airflow : archive, lit, met en forme, contrôle chaque millésime."""
    use(sources, online)
    catalogue.load(nom)
    if dry:
        with _elsewhere(archived=archived):
            ingest_shown(nom, millesime, archived=archived, told=True)
        return
    with steps.alone(f"atlas run {nom}"):
        ingest_shown(nom, millesime, archived=archived)


@contextlib.contextmanager
def _elsewhere(*, archived: bool) -> Iterator[None]:
    """Another warehouse for a moment, closed to others and deleted at the end, with the same extracts.

    Where `archived`, it reads the archive of the one in place, and writes nothing there.
    """
    now = settings.load() if archived else with_extracts()
    with tempfile.TemporaryDirectory(prefix="atlas-a-blanc-") as folder:
        if archived:
            (Path(folder) / "landing").symlink_to(now.landing)
        os.environ.update(ATLAS_WAREHOUSE=folder, ATLAS_SOURCES=str(now.sources))
        screen().print(f"À blanc : rien n'est gardé, {now.warehouse} n'est pas touché.", markup=False, soft_wrap=True)
        yield


def ingest_shown(nom: str, millesime: int | None, *, archived: bool = False, told: bool = False) -> None:
    """Ingests a vintage, or all that are offered, and says what became of each. Exits as a refusal does.

    Where `archived`, those of the archive, from it alone; where `told`, with each check that fails.
    """
    console, now = screen(), settings.load() if archived else with_extracts()
    banner(now, fictitious(now))
    wanted = steps.archived(nom, millesime) if archived else steps.vintages(nom, millesime)
    if not wanted:
        raise UsageError(
            f"Aucun millésime de « {nom} » dans {now.landing if archived else now.sources}"
            + (", ni en ligne." if now.en_ligne and not archived else "."),
            expected=f"un dossier {catalogue.load(nom).folder}/<millésime>/",
            todo="déposer l'extrait, nommer un autre dossier avec --sources, ou le télécharger avec --en-ligne",
        )
    refused: AtlasError | None = None
    for label in wanted:
        try:
            counts = steps.restage(nom, label) if archived else steps.ingest(nom, label)
        except (RefusedError, LaterError, DamagedError) as error:
            refused = error
            said = "refusé" if isinstance(error, RefusedError) else "abîmé" if error.exit_code == 5 else "reporté"
            console.print(f"[bold red]{said}[/bold red]  {nom} {label}")
            if not (told and _controls(nom, label)):
                console.print(str(error), markup=False, soft_wrap=True)
        else:
            console.print(
                f"accepté {nom} {label} : {counts['controles']} contrôles, {counts['avertissements']} "
                f"avertissement(s), {counts['ecartees']} ligne(s) écartée(s)"
            )
            if told:
                _controls(nom, label)
            elif counts["avertissements"]:
                _warnings(now, nom, label)
    if refused:
        raise typer.Exit(refused.exit_code)


def _warnings(now: settings.Settings, nom: str, label: int) -> None:
    """Names what was accepted with a warning, and says where all of it is read."""
    found = outcomes.latest(now, nom, label, accepted=True)
    for control in found[1].controls if found else ():
        if not control.reussi and control.severite == "avertissement":
            said = f"  {control.controle} de {control.objet} : {control.observe}"
            screen().print(said, markup=False, soft_wrap=True)
    screen().print(f"  Détail : {hints.command(now, 'controles', nom, label)}", markup=False, soft_wrap=True)


def _controls(nom: str, label: int) -> bool:
    """Shows the checks of a vintage that fail, and why it is refused; False where it came to none."""
    with contextlib.suppress(UsageError):
        controles.controles(nom, label)
        return True
    return False


def echantillon(
    dossier: Annotated[Path, typer.Argument(help="Dossier à remplir, nouveau ou déjà fait par cette commande.")],
    echelle: Annotated[float, typer.Option("--echelle", help="1 : une centaine d'établissements normands.")] = 1.0,
    annuaires: Annotated[
        int, typer.Option("--annuaires", min=1, max=20, help="Nombre d'extraits annuels de l'annuaire santé.")
    ] = 2,
    national: Annotated[
        bool,
        typer.Option(
            "--national",
            help="FINESS et le dernier annuaire à la taille nationale (175 000 sites, 2,4 millions de lignes).",
        ),
    ] = False,
    decennie: Annotated[
        bool, typer.Option("--decennie", help="Jusqu'à dix millésimes de chaque source annuelle.")
    ] = False,
) -> None:
    """Fabrique des extraits fictifs, dans la présentation des producteurs, à l'échelle voulue."""
    samples = samples_factory()
    start = time.perf_counter()
    made = samples.make(dossier, scale=echelle, vintages=annuaires, national=national, decade=decennie)
    size = sum(path.stat().st_size for path in made) / 1e6
    screen().print(
        f"{len(made)} fichiers fictifs, {size:.0f} Mo, dans {dossier} ({time.perf_counter() - start:.0f} s)",
        markup=False,
        soft_wrap=True,
    )
    if decennie:
        for source, reason in samples.decennie.COURTES.items():
            screen().print(f"  {source}, moins de dix millésimes : {reason}", markup=False, soft_wrap=True)


def purge(
    annee: Annotated[
        int | None,
        typer.Option("--annee", "-a", min=2000, max=2100, help="Année où l'on est ; sans elle, la présente."),
    ] = None,
    sure: Annotated[bool, typer.Option("--oui", help="Effacer vraiment ; sans cela, rien n'est touché.")] = False,
) -> None:
    """Efface les extraits personnels dont la durée de conservation est passée, et ce que des exécutions ont laissé."""
    console, now = screen(), settings.load()
    banner(now, fictitious(now))
    left = len(retention.leftovers(now))
    found = steps.purge(annee or dt.date.today().year, sure=sure)
    again = hints.command(now, "purge", "--oui", *(["--annee", annee] if annee else []))
    if left:
        said = "effacés" if sure else f"à effacer : {again}"
        console.print(f"Restes d'exécutions interrompues : {left} dossier(s), {said}", markup=False, soft_wrap=True)
    if not found:
        console.print("Aucun millésime personnel n'a passé sa durée de conservation.")
        return
    table = Table()
    for heading in ("source", "millésime", "révision", "conservé jusqu'à", "Mo", "éditions touchées"):
        table.add_column(heading, no_wrap=heading == "source")
    for item in found:
        table.add_row(
            item.landed.source,
            str(item.landed.millesime),
            str(item.landed.revision),
            f"fin {item.until}",
            f"{item.size / 1e6:.1f}",
            ", ".join(map(str, lockfile.pinning(now, item.landed))) or "aucune",
        )
    console.print(table)
    editions_ = sorted({edition for item in found for edition in lockfile.pinning(now, item.landed)})
    if not sure:
        console.print(f"Rien n'a été effacé. Pour le faire : {again}", markup=False, soft_wrap=True)
        return
    console.print("Effacés : les fichiers archivés et leur mise en forme. Leur trace et leurs empreintes restent.")
    for edition in editions_:
        console.print(
            f"L'édition {edition} ne se refait plus à l'identique, et son entrepôt garde ces lignes tant qu'elle n'est "
            f"pas reconstruite : {hints.command(now, 'lock', edition, '--update')}, puis "
            f"{hints.command(now, 'edition', '--edition', edition, extracts=True)}",
            markup=False,
            soft_wrap=True,
        )
