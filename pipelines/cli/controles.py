"""`atlas controles`: each failed check of a source's vintages, and the lines that were set aside."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines import catalogue, hints, settings
from pipelines.arrival import landing, outcomes
from pipelines.arrival.outcomes import Outcome
from pipelines.checks.controls import Control, undated
from pipelines.cli.common import banner, fictitious, screen
from pipelines.errors import UsageError

ORDER = ("critique", "avertissement", "information")
RUNS = 40  # runs of line numbers that one cell shows


def controles(
    nom: Annotated[str, typer.Argument(help="Nom de la source (atlas sources).")],
    millesime: Annotated[int | None, typer.Argument(help="Un seul millésime ; sans lui, tous.")] = None,
) -> None:
    """Liste chaque contrôle en échec d'une source : observé, attendu, et les lignes écartées (fichier, numéros)."""
    console, now, source = screen(), settings.load(), catalogue.load(nom)
    banner(now, fictitious(now))
    labels = [label for label in landing.vintages(now.landing, source.id) if millesime in (None, label)]
    checked = [found for label in labels if (found := _latest(now, source.id, label))]
    if not checked:
        raise UsageError(
            f"Aucun millésime contrôlé de « {nom} »" + (f" {millesime}." if millesime else "."),
            expected="un millésime ingéré" + (f", parmi : {', '.join(map(str, labels))}" if labels else ""),
            todo=hints.command(now, "run", nom, *(["--millesime", millesime] if millesime else []), extracts=True),
        )
    for outcome in checked:
        _show(console, now, outcome)


def _latest(now: settings.Settings, source: str, label: int) -> Outcome | None:
    """What became of the newest checked revision of a vintage."""
    found = (outcomes.latest(now, source, label, accepted=accepted) for accepted in (True, False))
    return max((f[1] for f in found if f), key=lambda outcome: outcome.revision, default=None)


def _show(console: Console, now: settings.Settings, outcome: Outcome) -> None:
    failed = sorted((c for c in outcome.controls if not c.reussi), key=lambda c: ORDER.index(c.severite))
    aside = sum(outcome.quarantined.values())
    console.print(
        f"\n[bold]{outcome.source} {outcome.millesime}[/bold], révision {outcome.revision} : "
        + ("accepté" if outcome.accepte else "[red]refusé[/red]")
        + f", {len(outcome.controls)} contrôles, {len(failed)} en échec, {aside} ligne(s) écartée(s)",
        soft_wrap=True,
    )
    if outcome.refus:
        console.print(outcome.motif, markup=False, soft_wrap=True)
    if failed:
        console.print(_controls(failed))
    home = outcomes.folder(now, outcome.source, outcome.millesime, outcome.revision)
    rows = pq.read_table(home / outcomes.QUARANTINE).to_pylist() if (home / outcomes.QUARANTINE).is_file() else []
    if rows:
        console.print(_aside(rows))


def _controls(failed: Iterable[Control]) -> Table:
    table = Table(title="Contrôles en échec", title_justify="left")
    for heading in ("gravité", "contrôle", "table", "observé", "attendu"):
        table.add_column(heading, overflow="fold")
    for control in failed:
        said = (control.severite, control.controle, control.objet, control.observe, undated(control.motif))
        table.add_row(*map(escape, said))
    return table


def _aside(rows: Sequence[dict[str, Any]]) -> Table:
    """The lines that were set aside, each rule's together, by file."""
    table = Table(title="Lignes écartées", title_justify="left")
    for heading in ("table", "règle", "fichier", "lignes", "pourquoi (la première)"):
        table.add_column(heading, overflow="fold")

    def group(row: dict[str, Any]) -> tuple[str, ...]:
        rule = ", colonne ".join(filter(None, [row["controle"], row.get("colonne")]))
        return row["table"], rule, row["fichier"]

    for key, found in groupby(sorted(rows, key=lambda row: (*group(row), row["ligne"])), key=group):
        mine = list(found)
        table.add_row(*map(escape, (*key, runs(row["ligne"] for row in mine), mine[0]["motif"] or "")))
    return table


def runs(numbers: Iterable[int]) -> str:
    """Line numbers in order, neighbours told as one run: « 3 lignes : 12, 15-16 »."""
    ordered = sorted(set(numbers))
    parts = []
    for _, found in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in found]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    shown = ", ".join(parts[:RUNS]) + (" …" if len(parts) > RUNS else "")
    return shown if len(ordered) == 1 else f"{len(ordered)} lignes : {shown}"
