"""Makes pages from their declaration (declared.py) and the views of a release: the one way from data to blocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.errors import BuildError
from pipelines.publish.figures.figure import Figure
from pipelines.publish.numbers import PARTIAL, ShownColumn, french, marked
from pipelines.publish.rows import Row, Value, text_of
from pipelines.publish.site import blocks, declared, traces
from pipelines.publish.views import View, Views, headed, say

# What a text may name: the columns of a row, after those of the rows that its page and its section are made for.
Scope = Row


def pages(views: Views, sheets: frozenset[str], path: str = "") -> Iterator[blocks.Page]:
    """Every page of a release, or that of one path, in the order of the menu. `sheets`: names of the sheets that there
    are.
    """
    for page in declared.pages():
        for scope in each(views, page.pour, views.publication):
            if path in ("", say(page.chemin, scope)):
                yield page_of(views, page, scope, sheets)


# Pages of the release itself, whose lists come from its tables (publish/pages.py).
OWN = ((30, "donnees.html", "Données"), (31, "methodologie.html", "Méthode"))


def menu() -> tuple[tuple[str, str], ...]:
    """The entries of the menu: address, words."""
    declare = [(page.rang, page.chemin, page.entree) for page in declared.pages() if page.entree]
    return tuple((path, words) for _, path, words in sorted([*declare, *OWN]))


def page_of(
    views: Views,
    page: declared.PageDeclaration,
    scope: Scope,
    sheets: frozenset[str] = frozenset(),
    *,
    marks: bool = True,
) -> blocks.Page:
    """A declared page, made for one scope; with `marks`, that of a partial number is explained where it is shown."""
    path = say(page.chemin, scope)
    made = _Blocks(views, sheets, marks=marks)
    return blocks.Page(
        path=path,
        title=say(page.titre, scope),
        lead=say(page.chapeau, scope),
        area=page.menu or path,
        sections=[s for section in page.sections for s in made.sections(section, scope)],
        trail=[(to, say(step.libelle, scope)) for step in page.fil if (to := say(step.vers, scope))],
        searched=page.recherche,
    )


def each(views: Views, selection: declared.Selection | None, scope: Scope) -> Iterator[Scope]:
    """The scope itself, or one for each row of a selection: its columns, then what the scope said already."""
    if selection is None:
        yield scope
        return
    for row in _rows(views, selection.vue, selection.ou, scope):
        yield {**scope, **row}


def _rows(views: Views, name: str, where: Mapping[str, Any], scope: Scope) -> list[Row]:
    """Rows of a view; a text of the condition is a template, and stands for the value where it is one column alone."""

    def value(asked: Any) -> Any:
        if isinstance(asked, list):
            return [value(one) for one in asked]
        if not isinstance(asked, str):
            return asked
        alone = asked[1:-1] if asked.startswith("{") and asked.endswith("}") else ""
        return scope[alone] if alone in scope else say(asked, scope)

    return views.rows(name, {column: value(asked) for column, asked in where.items()})


class _Blocks:
    """Makes the blocks of pages."""

    def __init__(self, views: Views, sheets: frozenset[str], *, marks: bool) -> None:
        self.views, self.sheets, self.marks = views, sheets, marks

    def sections(self, section: declared.SectionDeclaration, scope: Scope) -> Iterator[blocks.Section]:
        """The section, as many times as it is repeated; nothing where it is empty and doesn't say why."""
        if any(scope[name] not in (said if isinstance(said, list) else [said]) for name, said in section.si.items()):
            return
        for inner in each(self.views, section.pour, scope):
            made = [block for one in section.blocs for block in self.make(one, inner)]
            if not made and section.vide:
                made = [blocks.Absent(say(section.vide, inner))]
            if made:
                yield blocks.Section(say(section.titre, inner), made, section.ancre)

    def make(self, block: declared.Bloc, scope: Scope) -> Iterator[blocks.Block]:
        """What a declared block makes for a scope."""
        match block:
            case declared.Texte():
                said = [
                    say(block.texte, row, self._columns(block.vue)) for row in self._rows(block.vue, block.ou, scope)
                ]
                yield from map(blocks.Text, [block.entre.join(said)] if block.entre else said)
            case declared.Cartes():
                yield from self._cards(block, scope)
            case declared.Liens():
                yield from self._links(block, scope)
            case declared.Tableau():
                yield from self._table(block, scope)
            case declared.FigureBlock():
                yield from self._figure(block, scope)
            case declared.Repete():
                for inner in each(self.views, block.pour, scope):
                    for one in block.blocs:
                        yield from self.make(one, inner)

    def _links(self, block: declared.Liens, scope: Scope) -> Iterator[blocks.Block]:
        items = [
            (say(one.vers, row), say(one.libelle, row), say(one.detail, row))
            for row in self._rows(block.vue, block.ou, scope)
            for one in block.liens
        ]
        if items:
            yield blocks.Links(items)

    def _rows(self, view: str | None, where: Mapping[str, Any], scope: Scope) -> list[Scope]:
        """The scope of each row of a view, or the scope alone where there is no view."""
        return [scope] if view is None else [{**scope, **row} for row in _rows(self.views, view, where, scope)]

    def _columns(self, view: str | None) -> dict[str, ShownColumn]:
        return self.views.view(view).columns if view else {}

    def _cards(self, block: declared.Cartes, scope: Scope) -> Iterator[blocks.Block]:
        cards = []
        for card in block.cartes:
            view, where = (card.vue, card.ou) if card.vue else (block.vue or None, block.ou)
            columns, rows = self._columns(view), self._rows(view, where, scope)
            made = [
                blocks.Card(*(say(text, row, columns) for text in (card.valeur, card.libelle, card.detail, card.lien)))
                for row in (rows if card.chaque or card.entre else rows[:1])
                if all(row[name] is not None for name in card.exige)
            ]
            if card.entre:
                value = card.entre.join(one.value for one in made) or say(card.vide, scope)
                made = [blocks.Card(value, say(card.libelle, scope))]
            cards += made
        if cards:
            yield blocks.Cards(cards, block.liste)
            if self.marks and any(PARTIAL in text for card in cards for text in (card.value, card.detail)):
                yield blocks.Text(self.views.mark)
        elif block.vide:
            yield blocks.Absent(say(block.vide, scope))

    def _table(self, block: declared.Tableau, scope: Scope) -> Iterator[blocks.Block]:
        view = self.views.view(block.tableau)
        rows = _rows(self.views, block.tableau, block.ou, scope)
        if not rows:
            said = self.views.nothing(view) if block.vide is None else block.vide
            if said:
                yield blocks.Absent(say(said, scope))
            return
        first = {**scope, **rows[0]}
        columns = _chosen(view, block.colonnes, block.sans)
        columns = [c for c in columns if c.key not in block.si_connues or any(r[c.key] is not None for r in rows)]
        shown = [self._linked(row, block.lien) for row in rows[: block.limite]]
        if block.bande:
            shown = [_with_strip(row, block.bande, view) for row in shown]
        if block.croise:
            columns, shown = crossed(block.croise, columns, shown, view)
        note = say(view.note if block.note is None else block.note, first, view.columns)
        cited = f"Source : {self.views.cited(view, rows)}." if block.source else ""
        yield blocks.ShownTable(
            caption=say(view.title if block.titre is None else block.titre, first, view.columns),
            columns=[headed(c, first, view.columns) for c in columns],
            rows=shown,
            note=" ".join(filter(None, [self._mark(columns, shown), note, cited])),
            strip=block.bande,
            folded=len(shown) > block.plie if block.plie is not True and block.plie else bool(block.plie),
        )

    def _mark(self, columns: Sequence[ShownColumn], rows: Sequence[Row]) -> str:
        """What the mark of a partial number means, where one of these cells has it."""
        return self.views.mark if self.marks and any(marked(r, c) for r in rows for c in columns) else ""

    def _linked(self, row: Row, column: str) -> Row:
        """A row whose first cell leads somewhere: an address, or a sheet, where there is one of that name."""
        address = text_of(row, column, "")
        if address.startswith("fiches/") and address[7:].removesuffix(".html") not in self.sheets:
            address = ""
        return {**row, "_lien": address} if address else row

    def _figure(self, block: declared.FigureBlock, scope: Scope) -> Iterator[blocks.Block]:
        view = self.views.view(block.vue)
        rows = _rows(self.views, block.vue, block.ou, scope)
        if len(rows) < block.minimum or not (drawn := traces.KINDS[block.figure](rows, block.trace, self.views)):
            if block.ou_tableau and rows:
                first = {**scope, **rows[0]}
                shown = [headed(c, first, view.columns) for c in _chosen(view, block.colonnes, block.sans)]
                told = self._mark(shown, rows)
                yield blocks.ShownTable(say(block.titre or view.title, first, view.columns), shown, rows, told)
            elif block.vide:
                yield blocks.Absent(say(block.vide, scope))
            return
        first = {**scope, **rows[0]}
        columns = [headed(c, first, view.columns) for c in _chosen(view, block.colonnes, block.sans)]
        lines = [self._linked(row, block.lien) for row in drawn.rows or rows]
        notes = [self._mark(columns, lines), *(say(note, first, view.columns) for note in block.notes)]
        words = say(block.mots, first, view.columns) + drawn.words + say(block.mots_apres, first, view.columns)
        yield Figure(
            id=blocks.slug(say(block.id, first)),
            title=say(view.title if block.titre is None else block.titre, first, view.columns),
            spec=drawn.spec,
            columns=columns,
            rows=lines,
            words=words,
            source=block.source or self.views.cited(view, rows, *drawn.sources),
            notes=[*filter(None, notes)],
        )


def _chosen(view: View, names: Sequence[str], without: Sequence[str]) -> list[ShownColumn]:
    unknown = sorted({*names, *without} - view.columns.keys())
    if unknown:
        raise BuildError(
            f"La vue « {view.model.table} » n'a pas de colonne {', '.join(unknown)}.",
            expected="l'une de : " + ", ".join(view.columns),
        )
    return [view.columns[name] for name in names] or [c for c in view.shown if c.key not in without]


def _with_strip(row: Row, strip: declared.Bande, view: View) -> Row:
    drawn = all(row[name] is not None for name in (strip.valeur, *strip.exige))
    return {**row, "_bande": say(strip.mots, row, view.columns) if drawn else None, "_absente": say(strip.absente, row)}


def crossed(
    cross: declared.Croisement, columns: Sequence[ShownColumn], rows: Sequence[Row], view: View
) -> tuple[list[ShownColumn], list[Row]]:
    """A table with a column for each value of one of its columns, in the order in which they come.

    The other columns that are shown make a line. An absent cell has the statut of the column that it would fill.
    """
    measure = view.columns[cross.valeur]
    kept = [c for c in columns if c.key not in (cross.colonnes, cross.valeur)]
    across: dict[Value, ShownColumn] = {}
    lines: dict[tuple[Value, ...], dict[str, Value]] = {}
    for row in rows:
        value = row[cross.colonnes]
        key = f"c_{value}"
        if value not in across:
            said = say(cross.intitule, row, view.columns) if cross.intitule else french(value, "year")
            across[value] = replace(measure, key=key, label=said)
        line = lines.setdefault(tuple(row[k] for k in cross.lignes or [c.key for c in kept]), dict(row))
        line[key] = row[cross.valeur]
        line[f"{key}_statut"] = row.get(f"{cross.valeur}_statut") or row.get("statut")
        line[f"{key}_format"] = row.get(f"{cross.valeur}_format") or row.get("format")
        for more in ("detail", "lien", "teinte"):
            line[f"{key}_{more}"] = row.get(f"{cross.valeur}_{more}")
    for line in lines.values():
        for column in across.values():
            line.setdefault(column.key, None)
            line.setdefault(f"{column.key}_statut", None)
    return [*kept, *across.values()], list(lines.values())
