"""`atlas adapter`: the column map of a vintage whose headings moved, proposed, decided, written, tried."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines import catalogue, hints, settings, steps
from pipelines.arrival.adaptation import Found, Proposal
from pipelines.arrival.witnesses import LIKELY, OPEN, SURE
from pipelines.catalogue import Source, maps
from pipelines.cli.common import Online, Sources, banner, fictitious, screen, use, with_extracts
from pipelines.cli.vintages import ingest_shown
from pipelines.errors import UsageError

ABSENT = "absente"  # what a person writes of a column that the producer no longer has
COLOURS = {SURE: "green", LIKELY: "yellow", OPEN: "red"}
Key = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    """The files of an entry as they would be: name -> (before, after); `left` waits for a decision."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    left: list[Proposal] = field(default_factory=list)


def adapter(
    nom: Annotated[str, typer.Argument(help="Nom de la source (atlas sources).")],
    millesime: Annotated[int, typer.Argument(help="Millésime dont les colonnes ont changé de nom.")],
    sources: Sources = None,
    online: Online = False,
    choix: Annotated[
        list[str] | None,
        typer.Option(
            "--choix",
            "-c",
            help="Ce que l'on décide d'une colonne, autant de fois qu'il y en a : « table.colonne=TITRE DU FICHIER », "
            "ou « table.colonne=absente » si le producteur ne la publie plus.",
            metavar="CHOIX",
        ),
    ] = None,
    ecrire: Annotated[
        bool,
        typer.Option(
            "--ecrire", help="Écrire dans le catalogue ce qui est sûr et ce que --choix décide, puis ingérer."
        ),
    ] = False,
) -> None:
    """Propose la carte d'un millésime dont les colonnes ont changé de nom ; ne l'écrit que sur demande."""
    use(sources, online)
    entry = catalogue.load(nom)
    if entry.questionnaire or entry.contrat:
        raise UsageError(
            f"« {nom} » n'a pas de carte à adapter : ses colonnes sont fixées par nous.",
            expected="une source dont le producteur choisit les noms de colonnes",
            todo=f"reprendre le modèle : atlas {'enquete modele' if entry.questionnaire else 'contrat'} {nom}",
        )
    with steps.alone(f"atlas adapter {nom}"):
        now = with_extracts()
        banner(now, fictitious(now))
        _adapt(screen(), now, entry, millesime, choix or [], ecrire)


def _adapt(
    console: Console, now: settings.Settings, entry: Source, millesime: int, said: list[str], sure: bool
) -> None:
    found = steps.adapt(entry.id, millesime)
    _show(console, entry, millesime, found)
    decided = _decided(said, found)
    asking = _asking() and not sure
    if asking:
        decided |= _asked(console, [p for p in _open(found) if (p.table, p.column.name) not in decided])
    made = _written(entry, millesime, found, decided)
    if not made.texts:
        console.print("\nRien à écrire : la carte dit déjà tout ce qui est sûr." if made.left else "\nRien à adapter.")
    for name, (before, after) in made.texts.items():
        console.print(f"\n{maps.difference(name, before, after)}", markup=False, soft_wrap=True)
    _left(console, now, entry, millesime, made)
    if sure:
        _refuse_misread(made)
    if not made.texts:
        return
    if sure or (
        asking
        and not any(p.same for p in made.left)
        and typer.confirm("\nÉcrire ces lignes dans le catalogue ?", default=False)
    ):
        _write(entry, made)
        console.print(f"\nÉcrit dans {catalogue.FOLDER}. Le millésime est ingéré de nouveau :", soft_wrap=True)
        ingest_shown(entry.id, millesime)
    else:
        again = hints.command(now, "adapter", entry.id, millesime, *_options(said), "--ecrire", extracts=True)
        console.print(f"\nRien n'est écrit. Pour l'écrire, puis ingérer : {again}", markup=False, soft_wrap=True)


def _asking() -> bool:
    """Whether a person is there to answer."""
    return sys.stdin.isatty()


def _options(said: Iterable[str]) -> list[str]:
    return [word for choice in said for word in ("--choix", choice)]


def _open(found: Sequence[Found]) -> list[Proposal]:
    """What a person is to decide: what isn't sure, of a column that is read."""
    return [p for f in found for p in f.proposals if p.level != SURE and p.read]


def _show(console: Console, entry: Source, millesime: int, found: Sequence[Found]) -> None:
    """What was found, table by table."""
    shown = Table(title=f"{entry.titre}, millésime {millesime}", title_justify="left")
    for heading in ("table", "colonne", "jusqu'ici", f"en {millesime}", "sûreté", "pourquoi"):
        shown.add_column(heading, overflow="fold")
    for f in found:
        for p in sorted((p for p in f.proposals if p.read), key=lambda p: p.level == SURE):
            shown.add_row(
                p.table,
                p.column.name,
                escape(p.before),
                escape(p.heading or (" ? ".join(p.others) + " ?" if p.others else "absente ?")),
                f"[{COLOURS[p.level]}]{p.level}[/]",
                escape(p.why),
            )
    if shown.row_count:
        console.print(shown)
    for f in found:
        read = Counter(p.level for p in f.proposals if p.read)
        gone = [p.before for p in f.proposals if not p.read and p.heading is None]
        counts = ", ".join(f"{read[level]} {words}" for level, words in _COUNTED.items() if read[level])
        console.print(
            f"[bold]{f.table}[/bold] : {f.same} colonnes sous leur nom"
            + (f" ; renommées : {counts}" if counts else "")
            + (f" (comparée à {f.against})" if f.against else " (aucun millésime à quoi la comparer)"),
            soft_wrap=True,
        )
        for what, names in (("nouvelles, non lues", f.strangers), ("non lues jusqu'ici, et qui n'y sont plus", gone)):
            if names:
                console.print(f"  {len(names)} {what} : {', '.join(names)}", markup=False, soft_wrap=True)
        for key, value in f.layout.items():
            console.print(f"  présentation : {_LAYOUT[key]} « {_SIGNS.get(value, value)} »", markup=False)
        if f.mixed:
            where = " ; ".join(f"« {sign} » sous {heading}" for sign, heading in f.mixed.items())
            console.print(f"  à décider : deux signes des décimales, {where}", markup=False, soft_wrap=True)


_COUNTED = {SURE: "sûres", LIKELY: "probables", OPEN: "à décider"}
_LAYOUT = {"decimal": "le signe des décimales est", "delimiter": "le séparateur est", "encoding": "l'encodage est"}
_SIGNS = {"\t": "tabulation", "cp1252": "Windows-1252", "utf-8": "UTF-8"}


def _decided(said: Iterable[str], found: Sequence[Found]) -> dict[Key, str | None]:
    """What a person decided on the command line. Raises UsageError where it names nothing of this vintage."""
    decided: dict[Key, str | None] = {}
    proposals = {f"{p.table}.{p.column.name}": p for f in found for p in f.proposals}
    for choice in said:
        name, sign, heading = choice.partition("=")
        proposal = proposals.get(name.strip())
        if proposal is None or not sign:
            raise UsageError(
                f"Ce choix ne se comprend pas : « {choice} ».",
                expected="table.colonne=TITRE, la colonne étant l'une de : "
                + (", ".join(n for n, p in proposals.items() if p.read) or "aucune n'est à décider"),
                todo="corriger --choix",
            )
        headings = next(f for f in found if f.table == proposal.table).headings
        wanted = next((h for h in headings if catalogue.same_heading(heading.strip(), h)), None)
        if wanted is None and heading.strip() != ABSENT:
            raise UsageError(
                f"Aucun fichier de la table « {proposal.table} » n'a de colonne « {heading} ».",
                expected=f"l'une de : {', '.join(headings)}, ou {ABSENT}",
                todo="corriger --choix",
            )
        decided[proposal.table, proposal.column.name] = wanted
    return decided


def _asked(console: Console, undecided: Sequence[Proposal]) -> dict[Key, str | None]:
    """What a person answers, column by column."""
    decided: dict[Key, str | None] = {}
    for p in undecided:
        choices = list(dict.fromkeys([*([p.heading] if p.heading else []), *p.others]))
        console.print(f"\n{p.table}.{p.column.name} — {p.column.description}", markup=False, soft_wrap=True)
        console.print(f"  jusqu'ici « {p.before} » ; {p.level} : {p.why}", markup=False, soft_wrap=True)
        for rank, heading in enumerate(choices, start=1):
            console.print(f"  {rank}  {heading}", markup=False)
        console.print("  0  absente : le producteur ne la publie plus")
        answer = typer.prompt("  Numéro, ou Entrée pour ne pas décider", default="", show_default=False).strip()
        if answer.isdecimal() and int(answer) <= len(choices):
            decided[p.table, p.column.name] = choices[int(answer) - 1] if int(answer) else None
    return decided


def _written(entry: Source, millesime: int, found: Sequence[Found], decided: dict[Key, str | None]) -> Kept:
    """The files of the entry with what is sure and what was decided."""
    cells: dict[Key, str] = {}
    left = []
    for p in (p for f in found for p in f.proposals):
        key = (p.table, p.column.name)
        if key in decided:
            cells[key] = maps.cell(decided[key], p.column, millesime)
        elif p.level == SURE:
            cells[key] = maps.cell(p.heading, p.column, millesime)
        elif p.read:
            left.append(p)
    taken = {heading for heading in decided.values() if heading}
    strangers = [(f.table, h) for f in found for h in f.strangers if h not in taken]
    columns, layout = (catalogue.FOLDER / f"{entry.id}{suffix}" for suffix in (".columns.csv", ".yml"))
    texts = {}
    before = columns.read_text(encoding="utf-8")
    # Beside its column, empty: else each line of the map would differ by a comma.
    after, blank = maps.mapped(before, millesime, cells, strangers), maps.mapped(before, millesime, {})
    if after != before:
        texts[columns.name] = (blank if after != blank else before, after)
    said = before = layout.read_text(encoding="utf-8")
    for f in found:
        if f.layout:
            said = maps.laid_out(said, f.table, millesime, f.layout)
    if said != before:
        texts[layout.name] = (before, said)
    return Kept(texts, left)


def _left(console: Console, now: settings.Settings, entry: Source, millesime: int, made: Kept) -> None:
    """Says what waits for a decision, and what to type once it is made."""
    if not made.left:
        return
    console.print(f"\n{len(made.left)} colonne(s) à décider par une personne, que rien n'écrit d'ici là :")
    options = []
    for p in made.left:
        heading = p.heading or next(iter(p.others), ABSENT)
        options += ["--choix", f"{p.table}.{p.column.name}={heading}"]
        console.print(f"  {p.table}.{p.column.name} : {p.why}", markup=False, soft_wrap=True)
    again = hints.command(now, "adapter", entry.id, millesime, *options, extracts=True)
    console.print(f"Une fois chacune vérifiée (ou remplacée par « {ABSENT} ») : {again}", markup=False, soft_wrap=True)


def _refuse_misread(made: Kept) -> None:
    """Refuses to write while a column would be read under its name with the cells of another."""
    misread = [p for p in made.left if p.same]
    if misread:
        raise UsageError(
            f"{len(misread)} colonne(s) ont gardé leur nom et non leurs cellules : les lire ainsi les confondrait.",
            expected="une décision pour " + ", ".join(f"{p.table}.{p.column.name}" for p in misread),
            todo="dire pour chacune, par --choix, sous quel titre elle est",
        )


def _write(entry: Source, made: Kept) -> None:
    """Writes the files of the entry, once they have been read back together. Raises AtlasError where they can't be."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "pipelines" / "catalogue"
        home.mkdir(parents=True)
        for path in catalogue.files(entry.id):
            text = made.texts[path.name][1] if path.name in made.texts else path.read_text(encoding="utf-8")
            (home / path.name).write_text(text, encoding="utf-8")
        catalogue.parse(home, entry.id)
    for name, (_, after) in made.texts.items():
        aside = catalogue.FOLDER / f".{name}"
        aside.write_text(after, encoding="utf-8")
        aside.replace(catalogue.FOLDER / name)
    catalogue.load.cache_clear()
