"""What the manual does not write by hand: lists of sources, contracts, tables, commands; French spaces (mkdocs.yml)."""

import re
from collections.abc import Iterable, Iterator

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from typer.cli import get_docs_for_click

from pipelines import catalogue, cli
from pipelines.catalogue import contracts
from pipelines.edition import models

# Typer writes its own documentation in English.
FRENCH = {
    "**Usage**:": "**Usage :**",
    "**Arguments**:": "**Arguments :**",
    "**Options**:": "**Options :**",
    "**Commands**:": "**Commandes :**",
    "[required]": "(obligatoire)",
}
DEFAULT = re.compile(r"\[default: ([^\]]*)\]")
TAG = re.compile(r"(<[^>]+>)")
VERBATIM = {"pre", "code", "script", "style"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made here."""
    for name, make in {"sources.md": sources, "tables.md": tables, "commandes.md": commands}.items():
        files.append(File.generated(config, name, content="\n".join(make()) + "\n"))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Adds the contracts of the catalogue to their page."""
    if page.file.src_uri != "contrats.md":
        return markdown
    tables = [(source, table) for source in contracts.load_all() for table in source.tables]
    return "\n\n".join([markdown, *("#" + "\n".join(contracts.described(*table)) for table in tables)])


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Typographic apostrophes and no-break spaces, outside code."""
    parts, verbatim = TAG.split(html), 0
    for rank, part in enumerate(parts):
        if rank % 2:
            name = part.strip("</>").split()[0]
            verbatim += (name in VERBATIM) * (-1 if part.startswith("</") else 1)
        elif not verbatim:
            parts[rank] = french(part)
    page.title = french(str(page.title))
    for item in every(page.toc):
        item.title = french(item.title)
    return "".join(parts)


def every(items: Iterable[AnchorLink]) -> Iterator[AnchorLink]:
    """The headings of a page, those inside others included."""
    for item in items:
        yield item
        yield from every(item.children)


def french(text: str) -> str:
    """A text of ours as it is printed in French."""
    text = re.sub(r"(?<=\w)'(?=[\w«])", "’", text)
    text = re.sub(r" ([:»%])", "\u00a0\\1", text).replace("« ", "«\u00a0")
    return re.sub(r" ([;?!])", "\u202f\\1", text)


def table(heading: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield "| " + " | ".join(heading) + " |"
    yield "|" + "---|" * len(heading)
    yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    yield ""


def sources() -> Iterator[str]:
    """The catalogue, one section a source."""
    entries = list(catalogue.load_all())
    yield "# Les sources"
    yield ""
    yield f"Ce que le catalogue (`pipelines/catalogue/`) dit de ses {len(entries)} sources."
    yield "Les colonnes, et leurs noms par millésime : `atlas source NOM`."
    yield ""
    yield from table(
        ["source", "producteur", "jeu de données", "cadence", "diffusion"],
        (
            [f"[`{s.id}`](#{s.id})", s.producteur, s.titre, s.cadence, "restreinte" if s.restreint else "libre"]
            for s in entries
        ),
    )
    for source in entries:
        yield f"## {source.titre} {{ #{source.id} }}"
        yield ""
        yield from table(
            [f"`{source.id}`", source.producteur],
            iter(
                [
                    ["adresse", f"<{source.adresse}>"],
                    ["licence", source.licence],
                    ["cadence", source.cadence],
                    [
                        "millésime",
                        f"{source.millesime.sens} ; au plus {source.millesime.age_max} an(s) avant l'édition",
                    ],
                    ["fichiers", f"`{source.folder}/<millésime>/`" + ("" if source.fetch else ", à déposer")],
                    [
                        "tables",
                        ", ".join(f"`staging.{source.staged_name(t)}` ({x.title})" for t, x in source.tables.items()),
                    ],
                ]
            ),
        )
        yield " ".join(source.limits.split())
        yield ""


def tables() -> Iterator[str]:
    """The tables of the warehouse, from the headers of sql/."""
    known = sorted(models.load_all(), key=lambda m: m.name)
    yield "# Les tables de l'entrepôt"
    yield ""
    yield f"Ce que disent les en-têtes de `sql/<schéma>/<table>.sql`, {len(known)} tables. Les colonnes d'une table :"
    yield "`SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'effectifs'`."
    yield ""
    for schema in sorted({m.schema for m in known}):
        yield f"## {schema}"
        yield ""
        yield from table(
            ["table", "ce qu'elle dit", "une ligne par", "source", "publication"],
            (
                [f"`{m.name}`", m.title, ", ".join(f"`{k}`" for k in m.grain), m.source, m.publication]
                for m in known
                if m.schema == schema
            ),
        )


def commands() -> Iterator[str]:
    """The help of the command line, as Typer documents it."""
    root = typer.main.get_command(cli.app)
    text = get_docs_for_click(obj=root, ctx=typer.Context(root), name="atlas", title="Les commandes")
    text = DEFAULT.sub(r"(par défaut : \1)", text)
    for english, said in FRENCH.items():
        text = text.replace(english, said)
    # Outside the blocks, <source> is no tag.
    yield "```".join(part if rank % 2 else part.replace("<", "&lt;") for rank, part in enumerate(text.split("```")))
