"""`atlas sources`, `source`, `contrat`: the catalogue."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines import catalogue
from pipelines.catalogue.layouts import plainly
from pipelines.cli.common import screen


def sources() -> None:
    """Liste les sources du catalogue : producteur, cadence, licence, sens du millésime."""
    console = screen()
    table = Table()
    for heading in ("source", "producteur", "jeu de données", "millésime", "cadence", "licence"):
        table.add_column(heading, no_wrap=heading == "source")  # a name is there to be copied
    for source in catalogue.load_all():
        table.add_row(source.id, source.producteur, source.titre, source.millesime.sens, source.cadence, source.licence)
    console.print(table)
    console.print("Les adresses et les limites : atlas source NOM")


def source(nom: Annotated[str, typer.Argument(help="Nom de la source (atlas sources).")]) -> None:
    """Montre une source : adresse, limites, tables, colonnes et leurs noms par millésime."""
    console = screen()
    entry = catalogue.load(nom)
    for label, value in (
        ("Titre", entry.titre),
        ("Producteur", entry.producteur),
        ("Licence", entry.licence),
        ("Adresse", entry.adresse),
        ("Cadence", entry.cadence),
        ("Millésime", f"{entry.millesime.sens} ; admis {entry.millesime.age_max} an(s) avant l'édition"),
        ("Dossier", f"{entry.folder}/<millésime>/"),
        (f"Fichiers {entry.newest}", " ; ".join(_files(entry))),
        ("Heures", f"{entry.cron} (cron, UTC)"),
        ("Limites", entry.limits),
    ):
        console.print(f"[bold]{label:<13}[/bold] {value}")
    cells = False
    for name, table in entry.tables.items():
        shown = Table(title=f"staging.{entry.staged_name(name)} — {table.title}", title_justify="left")
        years = sorted({y for c in entry.of_table(name) for y in c.theirs})
        cells = cells or any(not c.theirs[y] for c in entry.of_table(name) for y in years)
        for heading in ("colonne", "type", "unité", "description", *map(str, years)):
            shown.add_column(heading)
        for column in entry.of_table(name):
            shown.add_row(
                column.name + (" (clé)" if column.name in table.key else ""),
                column.type,
                column.unit,
                column.description,
                *(column.theirs[y] or f"= {column.said_in(y)}" for y in years),
            )
        console.print(shown)
    if cells:
        console.print(
            "« = 2023 » : comme en 2023, la case de la carte est vide. « - » : le producteur n'a pas la colonne."
        )


def _files(entry: catalogue.Source) -> list[str]:
    """The names of the files of its newest vintage, as a person would write them."""
    layouts = [
        entry.layout(name, entry.newest) for name, table in entry.tables.items() if table.exists_in(entry.newest)
    ]
    return list(dict.fromkeys(f"« {plainly(layout.file, entry.newest)} »" for layout in layouts))


def contrat(
    nom: Annotated[str | None, typer.Argument(help="Nom du contrat ; sans lui, la liste des contrats.")] = None,
    fichier: Annotated[
        Path | None, typer.Argument(help="Modèle à écrire, .xlsx ou .csv, ou dossier où l'écrire.")
    ] = None,
    table: Annotated[str | None, typer.Option("--table", "-t", help="Table, quand le contrat en a plusieurs.")] = None,
    millesime: Annotated[int | None, typer.Option("--millesime", "-m", help="Millésime que le modèle annonce.")] = None,
) -> None:
    """Écrit le modèle vide d'un contrat de données : colonnes, mode d'emploi, listes de codes, exemple fictif."""
    from pipelines.catalogue import contracts

    console = screen()
    if nom is None:
        shown = Table()
        for heading in ("contrat", "tables", "jeu de données", "qui remplit"):
            shown.add_column(heading, no_wrap=heading == "contrat")
        for entry in contracts.load_all():
            shown.add_row(entry.id, " ".join(entry.tables), entry.titre, entry.producteur)
        console.print(shown)
        console.print("Un modèle : atlas contrat NOM FICHIER.xlsx")
    elif fichier is None:
        source(nom)
    else:
        written = contracts.write(nom, fichier, table=table, millesime=millesime)
        console.print(f"Modèle écrit : {written}", markup=False, soft_wrap=True)
