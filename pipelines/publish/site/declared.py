"""How a page is declared (pages/*.yml): its address, its words, and the views that it shows, in order.

In any text, `{…}` stands for a column of the row that the page, section or block is made for, then of the first row of
the view that is shown, then of the publication (`region`, `region_libelle`, `edition`). See `views.say`.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import BuildError, Place
from pipelines.settings import ROOT

FOLDER = Path(__file__).with_name("pages")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Selection(_Strict):
    """Rows of a view: `ou` gives the values that columns must have (one; or several, which give the order).

    A text is a template.
    """

    vue: str
    ou: dict[str, Any] = {}


class Texte(_Strict):
    """A paragraph; with a view, one a row, or one for all of them, which `entre` stands between."""

    texte: str
    vue: str | None = None
    ou: dict[str, Any] = {}
    entre: str = ""


class Croisement(_Strict):
    """A table with a column per value of one column; `lignes` are the columns that make a line: those that are shown,
    unless told.
    """

    colonnes: str
    valeur: str
    intitule: str = ""
    lignes: list[str] = []


class Bande(_Strict):
    """A strip drawn in place of a column: where the `valeur` of a line stands among its peers, if `exige` are known.

    `mots` say the same to who doesn't see it. Where it isn't drawn, `absente` says why over that column and those that
    follow, `sur` in all.
    """

    colonne: str
    valeur: str
    exige: list[str]
    mots: str
    absente: str
    sur: int = 1


class Tableau(_Strict):
    """A view as a table: all its columns that have a heading, or those of `colonnes`, or all but those of `sans`.

    A column of `si_connues` is left out where no row has a value. `plie` folds it: always, or above a number of lines.
    `source` cites its sources under it. `lien` is the column whose address is behind the first cell.
    """

    tableau: str
    ou: dict[str, Any] = {}
    titre: str | None = None
    note: str | None = None
    vide: str | None = None
    colonnes: list[str] = []
    sans: list[str] = []
    si_connues: list[str] = []
    croise: Croisement | None = None
    bande: Bande | None = None
    lien: str = "lien"
    limite: int | None = None
    source: bool = False
    plie: bool | int = False


class Carte(_Strict):
    """One key number, from the first row of a view (of all the cards, or its own); nothing where there is no row or
    where `exige` are not known. `chaque` makes one of each row; `entre` one of all, whose values it stands between, or
    which says `vide`.
    """

    vue: str = ""
    ou: dict[str, Any] = {}
    exige: list[str] = []
    chaque: bool = False
    entre: str = ""
    vide: str = ""
    valeur: str
    libelle: str
    detail: str = ""
    lien: str = ""


class Cartes(_Strict):
    """Key numbers side by side, or words in a `liste`; `vide` is said where there is none."""

    cartes: list[Carte]
    liste: bool = False
    vue: str = ""
    ou: dict[str, Any] = {}
    vide: str = ""


class Lien(_Strict):
    """One way on."""

    vers: str
    libelle: str
    detail: str = ""


class Liens(_Strict):
    """Ways on: declared ones, or one a row of a view, in templates."""

    liens: list[Lien]
    vue: str | None = None
    ou: dict[str, Any] = {}


class FigureBlock(_Strict):
    """A chart of a view (`figure` is its kind: see traces.py), with the table of its data.

    Where it can't be drawn, that table alone is shown if `ou_tableau`, else `vide` is said.

    It isn't drawn under `minimum` rows. Its words are `mots`, then those of the chart, then `mots_apres`. The sources
    that its view's rows name (`sources` or `source`) are cited, or `source` in words.
    """

    figure: str
    vue: str
    ou: dict[str, Any] = {}
    id: str
    titre: str | None = None
    trace: dict[str, Any] = {}
    colonnes: list[str] = []
    sans: list[str] = []
    mots: str = ""
    mots_apres: str = ""
    notes: list[str] = []
    source: str = ""
    minimum: int = 1
    vide: str = ""
    ou_tableau: bool = False
    lien: str = ""


class Repete(_Strict):
    """Blocks made again for each row of a view."""

    pour: Selection
    blocs: list[Bloc]


Bloc = Texte | Tableau | Cartes | Liens | FigureBlock | Repete


class SectionDeclaration(_Strict):
    """A heading and its blocks; left out where it has none, unless `vide` says why.

    `pour` repeats it; `si` keeps it for the rows of the page that have these values, or one of a list, alone.
    """

    titre: str
    ancre: str = ""
    blocs: list[Bloc]
    vide: str = ""
    si: dict[str, Any] = {}
    pour: Selection | None = None


class PageDeclaration(_Strict):
    """A page, or one for each row of a view (`pour`). `menu` is the entry of the menu that it belongs to.

    `entree` and `rang` make it an entry of the menu itself.
    """

    chemin: str
    titre: str
    chapeau: str = ""
    menu: str = ""
    entree: str = ""
    rang: int = Field(default=99)
    recherche: bool = False
    fil: list[Lien] = []
    pour: Selection | None = None
    sections: list[SectionDeclaration]


Declared = TypeVar("Declared", bound=PageDeclaration)


@functools.cache
def pages() -> tuple[PageDeclaration, ...]:
    """All declared pages, in the order of the menu. Raises BuildError where a declaration has a fault."""
    return tuple(
        sorted((load(path, PageDeclaration) for path in sorted(FOLDER.glob("*.yml"))), key=lambda page: page.rang)
    )


def load(path: Path, kind: type[Declared]) -> Declared:
    """A page, or what is declared as one. Raises BuildError where the declaration has a fault."""
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise BuildError(
            f"La page n'est pas bien déclarée : {error}",
            where=Place(file=path.relative_to(ROOT).as_posix()),
            expected="les mots de pipelines/publish/site/declared.py",
        ) from error


def shown(page: PageDeclaration) -> frozenset[str]:
    """The views that a page names."""
    found: set[str] = set()
    stack: list[Any] = [page.model_dump()]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            found |= {node[key] for key in ("vue", "tableau") if isinstance(node.get(key), str) and node[key]}
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return frozenset(found)
