"""`atlas edition`: the main job, and what a person reads at its end."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipelines import hints, journal, settings, steps
from pipelines.arrival import offers, outcomes
from pipelines.arrival.outcomes import Outcome
from pipelines.cli import airflow
from pipelines.cli.common import Edition, Online, Regions, origin, screen, use, with_extracts
from pipelines.connectors import mirror
from pipelines.edition import lockfile
from pipelines.runtime import locks, processes

Demonstrated = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        "-s",
        help="Dossier d'extraits réels, <source>/<millésime>/<fichier>. Sans lui : la démonstration, sur extraits "
        "fictifs, dans warehouse/echantillon/ ; l'entrepôt réel n'est pas touché.",
    ),
]


STOPPED = 130  # what a shell says of a command that Ctrl-C has ended

MARTS_WARNED = "FROM qualite.controles WHERE etape = 'mart' AND NOT reussi"


def _demonstrate() -> None:
    """Without extracts or warehouse of one's own, the main job is a demonstration, apart from all that is real."""
    if not any(os.environ.get(name) for name in ("ATLAS_SOURCES", "ATLAS_WAREHOUSE")) and not settings.load().en_ligne:
        os.environ["ATLAS_WAREHOUSE"] = str(settings.sample_home())


def edition_(
    edition: Edition = None,
    region: Regions = None,
    sources: Demonstrated = None,
    update: Annotated[
        bool, typer.Option("--update", help="Refaire le verrou avec les millésimes acceptés depuis.")
    ] = False,
    back: Annotated[
        bool,
        typer.Option("--revenir", help="Mettre en place cette édition même si une édition plus récente l'est."),
    ] = False,
    online: Online = False,
    draft: Annotated[
        bool,
        typer.Option(
            "--brouillon",
            help="S'arrêter au brouillon, que quelqu'un relit puis approuve (ou ATLAS_APPROBATION=oui) ; sans elle, "
            "publier aussitôt.",
        ),
    ] = False,
) -> None:
    """La grande tâche : ingérer, contrôler, construire, rapprocher, publier une édition, par les DAG d'Airflow."""
    use(sources, online, edition=edition, regions=region)
    _demonstrate()
    if draft:
        os.environ["ATLAS_APPROBATION"] = "oui"
    with steps.alone("atlas edition"):
        _edition(update=update, back=back)


def _edition(*, update: bool, back: bool) -> None:
    start = time.perf_counter()
    console, regions, now = screen(), steps.regions(), with_extracts()
    edition = now.edition
    named = f"région{'s' if len(regions) > 1 else ''} {', '.join(regions)}"
    console.print(f"[bold]Atlas {edition}, {named}[/bold] — {origin(now)}", soft_wrap=True)
    if now.warehouse == settings.sample_home() and settings.in_use(settings.real_home()):
        console.print(
            f"L'entrepôt réel ({settings.real_home()}) n'est pas touché ; pour le refaire, nommer ses extraits : "
            "--sources DOSSIER (SOURCES= avec make).",
            markup=False,
            soft_wrap=True,
        )
    offers.refuse_nothing(now)  # told here, not by Airflow
    before = lockfile.load(now, edition)
    position = journal.size(now.warehouse)
    embedded = [sys.executable, str(settings.ROOT / "dags" / "embedded.py")]
    asked = [*(["--update"] if update else []), *(["--back"] if back else [])]
    try:
        status = processes.run([*embedded, *asked], airflow.environment(airflow.EMBEDDED_HOME), locks.passed())
    except KeyboardInterrupt:
        console.print("\nArrêté. Rien d'inachevé n'est en place ; relancer reprend là où c'en était.")
        raise typer.Exit(STOPPED) from None
    entries = journal.entries(now.warehouse, position)
    _summary(console, now, edition, entries, time.perf_counter() - start, before)
    failures = [e for e in entries if e["resultat"] != "fait"]
    if failures:
        raise typer.Exit(max(int(e.get("code", 1)) for e in failures))
    if status:
        console.print(
            f"Airflow a échoué : voir {airflow.EMBEDDED_HOME / 'logs' / 'embarque.log'}", markup=False, soft_wrap=True
        )
        raise typer.Exit(1)


def _summary(
    console: Console,
    now: settings.Settings,
    edition: int,
    entries: list[dict[str, Any]],
    seconds: float,
    before: lockfile.Lock | None,
) -> None:
    """What a person reads at the end of a run."""
    of = {e["etape"]: e for e in entries}
    made = lockfile.load(now, edition)
    failures = [e for e in entries if e["resultat"] != "fait"]
    checked = _checked(now, made) if made else {}
    if made:
        console.print(_vintages(made, checked))
    for failure in failures:
        what = " ".join(str(failure[k]) for k in ("source", "millesime", "region") if k in failure)
        console.print(f"\n[bold red]ÉCHEC[/bold red] {failure['etape']} {what}", markup=True)
        console.print(str(failure["message"]), markup=False, soft_wrap=True)
    marts, every = of.get("check_marts", {}), [o for found in checked.values() for o in found]
    passed = sum(1 for o in every for c in o.controls if c.reussi)
    warned = sum(o.count("avertissement") for o in every) + marts.get("avertissements", 0)
    console.print(
        f"\nContrôles   : {passed + marts.get('controles', 0) - marts.get('avertissements', 0)} réussis, "
        f"{warned} avertissements, {len(failures)} étape(s) en échec"
    )
    _warned(console, now, checked, marts.get("avertis", []))
    if "rapprochements" in of.get("reconcile", {}):
        natures = of["reconcile"]["rapprochements"].items()
        told = (f"{nature} : {', '.join(f'{n} {k}' for k, n in counts.items())}" for nature, counts in natures)
        console.print("Rapprochés  : " + " ; ".join(told), markup=False)
    work = sum(float(e.get("secondes", 0)) for e in entries)
    console.print(f"Durée       : {seconds:.0f} s, dont {work:.1f} s de travail hors Airflow et imports")
    if before is not None and made is not None:
        _lock_told(console, now, before, made)
    if now.sources.is_dir() and (left := mirror.unclaimed(now.sources)):
        console.print("Non lus     : " + ", ".join(left) + " (aucune source du catalogue n'y correspond)", markup=False)
    if of.get("promote", {}).get("resultat") == "fait":
        _place_told(console, now, edition, of["promote"]["en_place"])
    _published_told(console, now, entries)
    if made and made.fictif:
        console.print("[bold]Données FICTIVES : aucun de ces nombres ne décrit la réalité.[/bold]")


def _published_told(console: Console, now: settings.Settings, entries: list[dict[str, Any]]) -> None:
    """Says what was released, and by which act; or what waits to be approved. By region: they end in any order."""
    released = sorted((e for e in entries if "dossier" in e), key=lambda e: str(e["dossier"]))
    for entry in released:
        console.print(
            f"Publication : {entry['dossier']}" + ("" if entry["nouvelle"] else " (inchangée)"),
            markup=False,
            soft_wrap=True,
        )
    if any("approuve_par" in entry for entry in released):
        console.print("              publié sans approbation séparée (exécution directe)", markup=False)
    decided = {e["brouillon"] for e in released if "brouillon" in e}
    for entry in entries:
        if "page" in entry and entry["brouillon"] not in decided:
            again = hints.command(now, "approuver", entry["brouillon"])
            said = f"Brouillon   : {entry['page']}\n              rien n'est publié ; à relire, puis : {again}"
            console.print(said, markup=False, soft_wrap=True)


def _warned(console: Console, now: settings.Settings, checked: dict[str, list[Outcome]], marts: list[str]) -> None:
    """Names the warnings that were counted: by source, those of its vintages; then those of the marts."""
    for source, found in checked.items():
        by_name: dict[str, list[str]] = {}
        for outcome in found:
            for control in outcome.controls:
                if not control.reussi and control.severite == "avertissement":
                    by_name.setdefault(f"{control.controle} de {control.objet}", []).append(str(outcome.millesime))
        if by_name:
            said = " ; ".join(f"{name} ({', '.join(years)})" for name, years in by_name.items())
            again = hints.command(now, "controles", source)
            console.print(f"  {source} : {said}. Détail : {again}", markup=False, soft_wrap=True)
    if marts:
        again = hints.command(now, "query", MARTS_WARNED)
        console.print(f"  marts : {' ; '.join(marts)}. Détail : {again}", markup=False, soft_wrap=True)


def _checked(now: settings.Settings, made: lockfile.Lock) -> dict[str, list[Outcome]]:
    """What the checks said of the vintages that a lock pins, by source."""
    found: dict[str, list[Outcome]] = {}
    for pin in made.pins:
        outcome = outcomes.load(now, pin.source, pin.millesime, pin.revision)
        found.setdefault(pin.source, []).extend([outcome] if outcome else [])
    return found


def _vintages(made: lockfile.Lock, checked: dict[str, list[Outcome]]) -> Table:
    """The sources and vintages of an edition, and how their checks went."""
    table = Table(title="Sources et millésimes", title_justify="left")
    for heading in ("source", "millésimes", "référence"):
        table.add_column(heading, no_wrap=heading == "source")
    for heading in ("contrôles", "avertissements", "lignes écartées"):
        table.add_column(heading, justify="right")
    for source, found in checked.items():
        pins = made.of(source)
        table.add_row(
            source,
            " ".join(str(p.millesime) for p in pins),
            next((str(p.millesime) for p in pins if p.reference), ""),
            str(sum(len(o.controls) for o in found)),
            str(sum(o.count("avertissement") for o in found)),
            str(sum(sum(o.quarantined.values()) for o in found)),
        )
    return table


def _lock_told(console: Console, now: settings.Settings, before: lockfile.Lock, made: lockfile.Lock) -> None:
    """Says of a lock made earlier what waits for its next making, or that other code has built from it."""
    waiting = lockfile.differences(before, lockfile.draft(now, made.edition)) if before == made else []
    if waiting:
        console.print(
            f"Verrou      : fait auparavant ; {len(waiting)} changement(s) en attente de "
            f"« {hints.command(now, 'lock', made.edition, '--update')} » : " + " ; ".join(waiting[:6]),
            markup=False,
            soft_wrap=True,
        )
    elif made.commit != lockfile.commit():
        console.print(f"Verrou      : fait au commit {made.commit[:12]}, construit à {lockfile.commit()[:12]}")


def _place_told(console: Console, now: settings.Settings, edition: int, in_place: int) -> None:
    """Says where the warehouse of the edition is, and that it isn't the one in place where it isn't."""
    there = in_place == edition
    console.print(f"Entrepôt    : {now.database if there else now.built(edition)}", markup=False, soft_wrap=True)
    if not there:
        again = hints.command(now, "edition", "--edition", edition, "--revenir", extracts=True)
        console.print(
            f"              L'édition en place reste celle de {in_place} : on ne revient en arrière que sur demande "
            f"({again}).",
            markup=False,
            soft_wrap=True,
        )
