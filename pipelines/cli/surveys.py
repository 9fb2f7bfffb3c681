"""`atlas enquete`: the template of a campaign, and the check of what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines import catalogue, settings, steps
from pipelines.catalogue import Source
from pipelines.cli import french
from pipelines.cli.common import banner
from pipelines.connectors.mirror import FICTIF
from pipelines.errors import Place, RefusedError, UsageError
from pipelines.questionnaires import Form, answers, checks, report, template
from pipelines.questionnaires.answers import Key
from pipelines.questionnaires.checks import Verdict
from pipelines.readers import questionnaire

app = french.App(
    help="Les enquêtes de l'agence : gabarit Excel d'une campagne, vérification des classeurs reçus.",
    no_args_is_help=True,
)

ENTITIES = "SELECT finess_ej, arg_max(raison_sociale, millesime) FROM core.entites_juridiques GROUP BY 1"
ESTABLISHMENTS = "SELECT finess, raison_sociale FROM core.esms"

Name = Annotated[str, typer.Argument(help="Nom de l'enquête, au catalogue (enquete_rh …).")]
Campaign = Annotated[int | None, typer.Option("--millesime", "-m", help="Campagne ; sans elle, la dernière déclarée.")]


@dataclass
class Known:
    """What the warehouse in place knows of the respondents: names, and answers of the campaign before."""

    names: Mapping[str, str] = field(default_factory=dict)
    previous: Mapping[str, Mapping[Key, Decimal]] = field(default_factory=dict)
    fictif: bool = False


def survey(name: str) -> Source:
    """A source of the catalogue that has a questionnaire. Raises UsageError for another one."""
    source = catalogue.load(name)
    if source.questionnaire is None:
        surveys = [s.id for s in catalogue.load_all() if s.questionnaire]
        raise UsageError(
            f"« {name} » n'est pas une enquête : son entrée du catalogue n'a pas de questionnaire.",
            expected="l'une de : " + ", ".join(surveys),
            todo="docs/enquetes.md dit comment en déclarer une",
        )
    return source


def form_of(name: str, millesime: int | None) -> Form:
    """The questionnaire of a campaign. Raises UsageError where it isn't declared."""
    source = survey(name)
    asked = source.questionnaire
    if asked is None:  # survey() has seen to it
        raise UsageError(f"« {name} » n'est pas une enquête.")
    wanted = millesime if millesime is not None else max(asked.campagnes)
    if wanted not in asked.campagnes:
        raise UsageError(
            f"L'enquête « {name} » n'a pas de campagne {wanted}.",
            expected="l'une de : " + ", ".join(map(str, asked.campagnes)),
            todo=f"la déclarer sous `campagnes` (pipelines/catalogue/{name}.yml)",
        )
    return asked.form(source.id, source.titre, wanted)


def known(form: Form) -> Known | None:
    """What the warehouse in place says of a campaign's respondents; None where there is no warehouse."""
    import duckdb

    database = settings.load().database
    if not database.is_file():
        return None
    with steps.reading(database) as connection:
        try:
            names = connection.execute(ESTABLISHMENTS if form.questionnaire.champ.publics else ENTITIES).fetchall()
            before = connection.execute(
                "SELECT repondant, question, modalite, valeur FROM core.enquete_reponses "
                "WHERE enquete = ? AND annee = ? AND valeur IS NOT NULL",
                [form.source, form.millesime - 1],
            ).fetchall()
            fictif = connection.execute("SELECT fictif FROM reference.edition").fetchall()[0][0]
        except duckdb.CatalogException:  # an edition from before surveys
            return None
    previous: dict[str, dict[Key, Decimal]] = {}
    for finess, question, line, value in before:
        previous.setdefault(finess, {})[question, line] = value
    return Known(dict(names), previous, bool(fictif))


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"Le classeur ne s'écrit pas : {path} ({error.strerror}).",
            expected="un dossier où l'on peut écrire, et un classeur qui n'est pas ouvert ailleurs",
        ) from error


@app.command("modele")
def template_(
    nom: Name,
    millesime: Campaign = None,
    finess: Annotated[
        list[str] | None,
        typer.Option("--finess", "-f", help="Établissement à qui le gabarit est destiné ; à répéter pour plusieurs."),
    ] = None,
    tous: Annotated[bool, typer.Option("--tous", help="Un gabarit pour chaque établissement attendu.")] = False,
    vers: Annotated[Path, typer.Option("--vers", help="Dossier où écrire.")] = Path(),
) -> None:
    """Écrit le gabarit Excel d'une campagne, vierge ou au nom d'établissements."""
    form = form_of(nom, millesime)
    facts = known(form)
    banner(settings.load(), facts is not None and facts.fictif)
    wanted = list(finess or [])
    if tous:
        wanted += _expected(form)
    for number in wanted:
        if not checks.is_finess(number):
            raise UsageError(
                f"« {number} » n'est pas un numéro FINESS.",
                expected="neuf caractères, dont le dernier est une clé de contrôle",
            )
        if facts is not None and facts.names and number not in facts.names:
            raise UsageError(
                f"Le numéro FINESS {number} est inconnu de l'entrepôt.",
                expected="un ESMS de core.esms"
                if form.questionnaire.champ.publics
                else "une entité juridique de core.entites_juridiques",
            )
    console = Console(highlight=False, soft_wrap=True)
    fictif = facts is not None and facts.fictif
    for number in wanted or [""]:
        name = facts.names.get(number, "") if facts else ""
        path = vers / ("_".join(filter(None, [form.source, str(form.millesime), number])) + ".xlsx")
        _write(path, template.render(form, template.Filled(number, name), fictif=fictif and bool(number)))
        console.print(f"{path}" + (f" — {name}" if name else ""), markup=False)


def _expected(form: Form) -> list[str]:
    """The respondents that a campaign, or the last one known before it, awaits."""
    database = settings.load().database
    found: list[tuple[str]] = []
    if database.is_file():
        with steps.reading(database) as connection:
            found = connection.execute(
                "SELECT repondant FROM core.enquete_attendus WHERE enquete = ? AND annee = (SELECT max(annee) "
                "FROM core.enquete_attendus WHERE enquete = ? AND annee <= ?) ORDER BY repondant",
                [form.source, form.source, form.millesime],
            ).fetchall()
    if not found:
        raise UsageError(
            "L'entrepôt ne dit pas qui est attendu à cette campagne.",
            expected="une édition construite, et une campagne déjà menée dans la région",
            todo="nommer les établissements : --finess, autant de fois qu'il faut",
        )
    return [number for (number,) in found]


def _campaign_of(path: Path, name: str | None) -> Form:
    """The form that a workbook says it is of. Raises UsageError or RefusedError where it says nothing known."""
    if not path.is_file():
        raise UsageError(f"Le classeur n'existe pas : {path}")
    sheets = questionnaire.sheets(path, Place(file=path.name))
    words = [
        cell.split()
        for rows in sheets.values()
        for row in rows
        for cell in row
        if cell.startswith(f"{answers.MARK} ") and len(cell.split()) == 5
    ]
    for _, source, millesime, *_ in words:
        if (name is None or source == name) and source in catalogue.sources() and millesime.isdigit():
            return form_of(source, int(millesime))
    raise RefusedError(
        "Ce classeur n'est pas le gabarit d'une enquête de l'atlas : il n'en porte aucun repère.",
        where=Place(file=path.name),
        expected="un gabarit écrit par « atlas enquete modele », rempli",
        todo="demander à l'établissement de répondre dans le gabarit envoyé",
    )


@app.command("verifier")
def verify_(
    fichiers: Annotated[list[Path], typer.Argument(help="Classeurs reçus.")],
    enquete: Annotated[
        str | None, typer.Option("--enquete", help="Enquête ; sans elle, celle que dit le classeur.")
    ] = None,
    millesime: Annotated[
        int | None, typer.Option("--millesime", "-m", help="Campagne ; sans elle, celle que dit le classeur.")
    ] = None,
    vers: Annotated[
        Path | None,
        typer.Option("--vers", help="Dossier des copies à corriger ; sans lui, a-corriger/, à côté des classeurs."),
    ] = None,
) -> None:
    """Vérifie des classeurs remplis, et écrit une copie à corriger de ceux qui ont des fautes."""
    console = Console(highlight=False, soft_wrap=True)
    contexts: dict[tuple[str, int], Known | None] = {}
    owners: dict[tuple[str, int, str], Path] = {}
    worst = False
    for path in fichiers:
        try:
            form = form_of(enquete, millesime) if enquete and millesime else _campaign_of(path, enquete)
            if millesime is not None:
                form = form_of(form.source, millesime)
            given = questionnaire.deposit(
                path, form, Place(source=form.source, millesime=form.millesime, file=path.name)
            )
        except RefusedError as error:
            worst = True
            console.print(f"\n[bold red]refusé[/bold red]   {escape(path.name)}")
            console.print(str(error), markup=False)
            continue
        campaign = form.source, form.millesime
        new = campaign not in contexts
        facts = contexts[campaign] = known(form) if new else contexts[campaign]
        banner(settings.load(), new and facts is not None and facts.fictif)
        respondent = checks.verify(given, form).respondent
        verdict = checks.verify(
            given,
            form,
            known=facts.names.keys() if facts and facts.names else None,
            previous=facts.previous.get(respondent) if facts else None,
        )
        twin = owners.setdefault((form.source, form.millesime, respondent), path)
        if twin != path and respondent:
            what = f"Un autre classeur est du même établissement : « {twin.name} »."
            verdict.faults.append(checks.Fault("double_depot", "bloquant", what, "n'envoyer que le bon"))
        fictif = (facts is not None and facts.fictif) or (path.resolve().parent.parent.parent / FICTIF).is_file()
        worst |= _tell(console, path, verdict, facts.names.get(respondent, "") if facts else "", vers, fictif)
    if worst:
        raise typer.Exit(RefusedError.exit_code)


def _tell(console: Console, path: Path, verdict: Verdict, name: str, folder: Path | None, fictif: bool) -> bool:
    """Says what a workbook is worth, writes its copy to correct; whether something blocks."""
    blocking = sum(f.gravity == "bloquant" for f in verdict.faults)
    given = sum(a.status == "publié" for a in verdict.answers.values())
    state = (
        "[bold red]à corriger[/bold red]" if blocking else "[bold]à vérifier[/bold]" if verdict.faults else "recevable"
    )
    console.print(f"\n{state} {escape(path.name)} : {verdict.respondent or 'FINESS absent'} {escape(name)}")
    console.print(
        f"  campagne {verdict.form.millesime}, {given} réponses sur {len(verdict.answers)}, "
        f"{blocking} faute(s), {len(verdict.faults) - blocking} point(s) à vérifier",
        markup=False,
    )
    if not verdict.faults:
        return False
    table = Table(show_lines=False)
    for heading in ("cellule", "ce qui ne va pas", "à faire"):
        table.add_column(heading, no_wrap=heading == "cellule")
    notes = report.notes(verdict)
    for note in notes[:12]:
        table.add_row(escape(note.origin), escape(note.what), escape(note.todo))
    console.print(table)
    if len(notes) > 12:
        console.print(f"  … et {len(notes) - 12} autre(s), dans la copie", markup=False)
    # Not beside the deposits: the pipeline would read it as one more.
    target = (folder or path.parent / "a-corriger") / f"{path.stem}.xlsx"
    _write(target, report.copy(verdict, name, fictif=fictif))
    console.print(f"  Copie à corriger : {target}", markup=False)
    return bool(blocking)
