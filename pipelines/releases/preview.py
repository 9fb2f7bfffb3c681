"""What a publisher looks at before approving a draft: one page that needs no other file, and the same in a few lines.

Nothing is computed for it: what changed, what failed, what is hidden was known when the draft was written.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from markupsafe import Markup

from pipelines import disclosure, hints
from pipelines.disclosure import structures
from pipelines.edition.lockfile import Lock
from pipelines.publish import differences, package, pages
from pipelines.publish.differences import Diff
from pipelines.publish.numbers import french
from pipelines.publish.public import FICTIF
from pipelines.publish.rows import number_of
from pipelines.publish.site import TEMPLATES, declared, render
from pipelines.publish.views import Views
from pipelines.releases.drafts import PAGE, Draft, day
from pipelines.settings import Settings

DECLARED = Path(__file__).with_name("brouillon.yml")


@dataclass(frozen=True)
class Seen:
    """What is known of a draft once it is written; `controles` is what its manifest says of its views."""

    fictif: bool
    diff: Diff
    lock: Lock
    reports: list[disclosure.Report]
    controles: dict[str, Any]

    @property
    def hidden(self) -> str:
        """What was hidden, and what the attack found, in a sentence."""
        if not self.reports:
            return "Rien de secret ne se déduit de ce qui serait montré ; ce qui est caché n’a pas été compté."
        if not any(report.lines for report in self.reports):
            return "Aucune des tables protégées n’a de ligne."
        own, others, removed = (
            sum(getattr(r, name) for r in self.reports) for name in ("sensitive", "others", "removed")
        )
        return (
            f"{french(own)} lignes secrètes par elles-mêmes, {french(others)} cachées avec elles, {french(removed)} "
            "retirées, pour toute la France. Attaqué avec tout ce qui a été montré jusqu’ici, rien de secret ne "
            "s’en déduit."
        )


def told(seen: Seen, shown: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The draft in a few lines: what changed, what was reconciled, what failed, what is hidden, what it is made of."""
    views = Views(shown)
    natures = views.view("rapprochements_natures").rows
    equal, explained, gaps = (sum(number_of(r, name) for r in natures) for name in ("egaux", "expliques", "ecarts"))
    failed = [row for row in views.view("qualite_controles").rows if not row["reussi"]]
    marts = sum(1 for row in failed if row["etape"] == "mart")
    grave = sum(1 for row in failed if row["severite"] == "critique")
    views_ = len(seen.controles["avertissements"])
    pins = seen.lock.pins
    lines = [
        f"{FICTIF} : aucun de ces nombres ne décrit la réalité." if seen.fictif else "Données réelles.",
        package.told(seen.diff),
        f"Rapprochements : {french(equal)} égaux, {french(explained)} écarts expliqués, {french(gaps)} à examiner.",
        f"Contrôles en échec : {french(marts)} des marts, {french(len(failed) - marts)} des extraits, "
        f"{french(views_)} de ce qui serait montré ; dont {french(grave)} critique(s).",
        f"Secret statistique : {seen.hidden}",
        f"Verrou : {french(len(pins))} millésimes de {french(len({p.source for p in pins}))} sources.",
    ]
    return tuple(lines)


def write(settings: Settings, made: Draft, seen: Seen, shown: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the page into the folder of a draft, beside the files that it is about."""
    views = Views(shown)
    page = render.page_of(views, declared.load(DECLARED, declared.PageDeclaration), views.publication, marks=False)
    text = (
        pages.environment()
        .get_template(f"{PAGE}.j2")
        .render(
            fait=made,
            fait_le=day(made.fait_le),
            fictif=seen.fictif,
            css=Markup((TEMPLATES / "atlas.css").read_text(encoding="utf-8")),  # noqa: S704
            racine="publication/",
            prefixe="FICTIF-" if seen.fictif else "",
            approuver=hints.command(settings, "approuver", made.id),
            rejeter=hints.command(settings, "rejeter", made.id, "--motif", "…"),
            diff=seen.diff,
            sens=differences.MEANING,
            sans=differences.WITHOUT,
            protegees=sorted(structures.protected()),
            sections=page.sections,
            vues=seen.controles,
            attaque=seen.hidden,
            caches=[report for report in seen.reports if report.lines],
            verrou=seen.lock,
        )
    )
    (folder / PAGE).write_text(text, encoding="utf-8")
