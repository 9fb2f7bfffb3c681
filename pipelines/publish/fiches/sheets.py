"""What each sheet says: text ready to set, made from its declaration (fiches.yml, esms.yml) and the views of a release.

PDF and HTML are made from the same structure, so neither can say what the other doesn't.
"""

import functools
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import BuildError, Place
from pipelines.publish.fiches.strips import strip
from pipelines.publish.numbers import cell
from pipelines.publish.rows import Row, text_of
from pipelines.publish.site import blocks, declared, render
from pipelines.publish.views import Views, say

# Those of hospitals, on paper too; those of the social sector, pages alone.
HOSPITALS, SOCIAL = "fiches", "esms"
# The place of a line in its table, where its view doesn't say (reference.variables_sae).
PLAIN = "détail"


class Fiches(declared.PageDeclaration):
    """The sheets, as a page made for each. `correction` is said last."""

    surtitre: str
    correction: str


@dataclass(frozen=True)
class Fiche:
    """One sheet, ready to set: its blocks are of plain text and lists."""

    niveau: str
    code: str
    fichier: str
    surtitre: str
    titre: str
    sous_titre: str
    sections: list[dict[str, Any]]
    correction: str
    fictif: bool
    index: dict[str, str]

    def data(self) -> dict[str, Any]:
        """The sheet as plain data, for both templates."""
        return asdict(self)


@functools.cache
def _declared(kind: str) -> Fiches:
    return declared.load(Path(__file__).with_name(f"{kind}.yml"), Fiches)


def sheets(views: Views, contact: str = "", kind: str = HOSPITALS) -> Iterator[Fiche]:
    """The sheets of a release of one kind, in the order of their view. `contact` is who corrects an error."""
    declaration = _declared(kind)
    for scope in render.each(views, declaration.pour, {**views.publication, "contact": contact}):
        page = render.page_of(views, declaration, scope, marks=False)  # a sheet lists its signs at its end
        yield Fiche(
            niveau=text_of(scope, "niveau"),
            code=text_of(scope, "code"),
            fichier=page.path,
            surtitre=say(declaration.surtitre, scope),
            titre=page.title,
            sous_titre=page.lead,
            sections=[{"titre": s.title, "blocs": [_plain(block) for block in s.blocks]} for s in page.sections],
            correction=say(declaration.correction, scope),
            fictif=bool(scope["fictif"]),
            index={
                "niveau": text_of(scope, "niveau"),
                "code": text_of(scope, "code"),
                "nom": page.title,
                "commune": text_of(scope, "commune_libelle", ""),
                "departement": text_of(scope, "departement", ""),
                **(
                    {"ght": text_of(scope, "code_ght", ""), "pdf": f"{page.path}.pdf"}
                    if kind == HOSPITALS
                    else {"public": text_of(scope, "public_libelle")}
                ),
                "html": f"{page.path}.html",
            },
        )


def _plain(block: blocks.Block) -> dict[str, Any]:
    """A block as templates take it: `genre` says which it is."""
    match block:
        case blocks.Cards(items=items, listed=listed):
            cards = [[card.label, card.value, card.detail] for card in items]
            return {"genre": "identite" if listed else "cles", "lignes": cards}
        case blocks.ShownTable():
            return _table(block)
        case blocks.Text(text=text):
            return {"genre": "note", "texte": text}
        case blocks.Absent(text=text):
            return {"genre": "absence", "texte": text}
    raise BuildError(
        f"Une fiche ne sait pas montrer ce bloc : {block.kind}.",
        where=Place(file="pipelines/publish/fiches/"),
        expected="des cartes, des tableaux ou des textes",
    )


def _table(table: blocks.ShownTable) -> dict[str, Any]:
    words = [column.numeric for column in table.columns]
    return {
        "genre": "tableau",
        "colonnes": [column.label for column in table.columns],
        "lignes": [[row.get("ligne") or PLAIN, _cells(table, row)] for row in table.rows],
        "note": table.note,
        # How many columns, from the left, are words.
        "textes": max(words.index(True) if True in words else len(words), 1),
    }


def _cells(table: blocks.ShownTable, row: Row) -> list[dict[str, Any]]:
    """The cells of a line: what each says, over how many columns, in bold or not, and the strip drawn in its place."""
    cells: list[dict[str, Any]] = []
    hidden = 0
    for column in table.columns:
        if hidden:
            hidden -= 1
            continue
        said = {"texte": cell(row, column), "sur": 1, "fort": False, "dessin": ""}
        if table.strip and column.key == table.strip.valeur:
            said["fort"] = True
        elif table.strip and column.key == table.strip.colonne:
            if row["_bande"]:
                said |= {"texte": row["_bande"], "dessin": strip(row)}
            else:
                said |= {"texte": row["_absente"], "sur": table.strip.sur}
                hidden = table.strip.sur - 1
        cells.append(said)
    return cells
