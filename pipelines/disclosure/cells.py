"""From a table and its declared structure to the system of its cells: what is sensitive, what adds up to what.

The finest lines that a table sums are gathered in blocks: those that lie in the same territories of the table, so
that no difference between its lines tells them apart. A block may be what is left of a département when its GHT are
taken away: it is in no table, and protected all the same. A block is cut in atoms: those who answered the same cells,
the same times, alike, of all that equalities link. For an equality that holds for all others tells of him who left a
cell of it empty; and where the same answers are told more than once, by earlier releases, or by a campaign that asks
again what the one before did, a difference tells of him who answered one time only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from pipelines.catalogue import Confidentialite
from pipelines.disclosure.answers import TERRITORY, Answers, Axes, Key, Shown, answers_to, present_in, wrong
from pipelines.disclosure.attack import FROZEN, Flags, System
from pipelines.disclosure.sensitive import Sums, interval, policy_of, rules
from pipelines.disclosure.structures import Structure, linear, sums_of
from pipelines.edition import models
from pipelines.edition.models import Model
from pipelines.questionnaires.expressions import Rule

CENT = 0.005  # less is rounding
# How much more a cell is read than one of the finest level: hiding it costs as much more. Those who answer are run by
# a GHT, not by a département: where only one of two that overlap can be shown, it is the GHT.
READ = {"france": 8.0, "region": 8.0, "ght": 6.0}
TOTAL = 2.0  # and a total, than its parts


@dataclass(frozen=True)
class Cells:
    """The cells of a table as a system, and the line of the table, in the order of its grain, that each is in.

    Of latent cells, and of lines that only an earlier release shows, that is None. `told` are the cells that an
    earlier release showed, `kept` those that it hid. `broken` says of each rule which cells fall under it, and which
    of these break it; `regions`, of each cell, where those are who make it.
    """

    model: Model
    system: System
    rows: list[Key | None]
    told: Flags
    kept: Flags
    broken: dict[str, tuple[Flags, Flags]]
    regions: list[frozenset[str]]


OTHER = "autre"  # where a respondent is at a moment when he gave another answer
Where = tuple[Key | str | None, ...]
Blocks = dict[tuple[Key, Key, str], int]


Relation = tuple[dict[int, float], bool]  # and whether nothing is left over


class _Builder:
    """Cells and relations as they are found, moment by moment."""

    def __init__(self, axes: Axes) -> None:
        self.axes, self.model, self.structure, self.dimensions = axes, axes.model, axes.structure, axes.dimensions
        self.order = [[*self.dimensions, *TERRITORY].index(k) for k in self.model.grain]
        self.kinds: dict[Key, tuple[bool, bool]] = {}
        self.sources: dict[str, Confidentialite] = {}
        self.sums: list[Sums] = []
        self.weights: list[float] = []
        self.policies: list[Confidentialite] = []
        self.needs: list[tuple[float, float] | None] = []
        self.whole: list[bool] = []
        self.floor: list[float] = []
        self.rows: list[Key | None] = []
        self.relations: dict[frozenset[tuple[int, float]], dict[int, float]] = {}
        self.families: dict[Key, Key] = {}
        self.atoms: dict[tuple[Key, str, Where, int], int] = {}
        self.where: dict[int, Where] = {}
        self.members: dict[int, frozenset[int]] = {}  # of each cell, its atoms
        self.gathered: dict[frozenset[int], int] = {}
        self.cells: dict[tuple[Key, str, frozenset[int]], int] = {}
        self.rests: dict[frozenset[tuple[int, float]], int] = {}
        self.now: set[int] = set()
        self.seen: set[int] = set()
        self.told: set[int] = set()
        self.kept: set[int] = set()

    def add(
        self, sums: Sums, policy: Confidentialite, row: Key | None, *, whole: bool, signed: bool, weight: float = 1.0
    ) -> int:
        self.sums.append(sums)
        self.weights.append(weight)
        self.policies.append(policy)
        self.needs.append(interval(sums, policy, whole=whole))
        self.whole.append(whole)
        # A zero is shown, so a count hidden is one at least; unless it is about too few, whose zeros are hidden too.
        known = min(1.0, sums.value) if row is not None and whole and not sums.few(policy) else 0.0
        self.floor.append(-np.inf if signed else known)
        self.rows.append(row)
        return len(self.sums) - 1

    def measured(self, dims: Key, measure: str, sums: Sums, row: Key | None = None, weight: float = 1.0) -> int:
        """A cell of some dimensions, under their policy."""
        whole, signed = self.kinds[self.axes.kind(dims, measure)]
        return self.add(sums, self.policy(dims), row, whole=whole and sums.counts, signed=signed, weight=weight)

    def relate(self, relation: dict[int, float]) -> None:
        """A relation, once."""
        self.relations.setdefault(frozenset(relation.items()), relation)

    def policy(self, dims: Key) -> Confidentialite:
        """The policy of a line. Raises BuildError where its source has none."""
        source = self.structure.source
        named = str(dims[self.dimensions.index(source)]) if source else ""
        if named not in self.sources:
            found = policy_of([named] if named else models.sources_of(self.model.name))
            if found is None:
                raise wrong(
                    self.model, f"la source « {named or self.model.source} » n'a pas de règle de confidentialité"
                )
            self.sources[named] = found
        return self.sources[named]

    def split(self, times: list[Answers]) -> None:
        """The atoms: those who answered the same cells, and gave the same answer the same times, in the same places.

        Who left one empty is apart: what an equality leaves over, were he with others, would be his, and unprotected.
        """
        given: dict[Any, dict[tuple[Key, str, Where], Sums]] = defaultdict(dict)
        for dims, measure, who in dict.fromkeys(key for answers in times for key in answers):
            told = [answers.get((dims, measure, who)) for answers in times]
            for answer in {a.sums.value: a for a in told if a}.values():
                where = tuple(
                    None if a is None else a.places if a.sums.value == answer.sums.value else OTHER for a in told
                )
                given[who][dims, measure, where] = answer.sums
        alike: dict[tuple[Key, frozenset[tuple[Key, str, Where]]], int] = {}
        atoms: dict[tuple[Key, str, Where, int], Sums] = {}
        for cells in given.values():
            families: dict[Key, set[tuple[Key, str, Where]]] = defaultdict(set)
            for cell in cells:
                families[self.family(cell[0])].add(cell)
            same = {name: alike.setdefault((name, frozenset(f)), len(alike)) for name, f in families.items()}
            for cell, sums in cells.items():
                atoms.setdefault((*cell, same[self.family(cell[0])]), Sums()).add(sums)
        for (dims, measure, where, _), sums in atoms.items():
            for again in {time % 2 for time, places in enumerate(where) if places is not None}:
                kind = self.axes.kind(self.axes.asked(dims, again=True) if again else dims, measure)
                whole, signed = self.kinds.get(kind, (True, False))
                self.kinds[kind] = (whole and sums.value == round(sums.value), signed or sums.value < 0)
        for key, sums in atoms.items():
            first = next(time for time, places in enumerate(key[2]) if isinstance(places, tuple))
            atom = self.measured(self.axes.asked(key[0], again=True) if first % 2 else key[0], key[1], sums)
            self.atoms[key], self.where[atom], self.members[atom] = atom, key[2], frozenset([atom])

    def family(self, dims: Key) -> Key:
        """What no equality leads out of: a cell left empty tells nothing of those of another family.

        Totals link the values of a dimension; the sums of a questionnaire, its questions, and a question that asks the
        year before again, the years.
        """
        if dims not in self.families:
            named = {name: said for name, said in zip(self.dimensions, dims, strict=True)}
            named |= dict.fromkeys(self.structure.totaux)
            if self.structure.identites == "questionnaires":
                linked = self.structure.linked(str(named[str(self.structure.source)]), str(named["question"]))
                named |= {"question": min(linked)}
                if linked & {*self.axes.again, *self.structure.annee_precedente}:
                    named |= {"annee": None}
            self.families[dims] = tuple(named.values())
        return self.families[dims]

    def gather(self, dims: Key, measure: str, atoms: frozenset[int]) -> int:
        """The cell that some atoms make; one alone is its own."""
        if len(atoms) == 1:
            return next(iter(atoms))
        if atoms not in self.gathered:
            cell = self.gathered[atoms] = self.measured(dims, measure, self.total(atoms))
            self.members[cell] = atoms
            self.relate({cell: -1.0, **dict.fromkeys(sorted(atoms), 1.0)})
        return self.gathered[atoms]

    def total(self, atoms: Iterable[int]) -> Sums:
        """What some atoms come to."""
        found = Sums()
        for atom in sorted(atoms):
            found.add(self.sums[atom])
        return found

    def at(self, moment: int) -> Iterator[tuple[Key, Key, str, int, int]]:
        """The atoms of a moment: dimensions, territories, measure, those who answered alike, and the atom."""
        for (dims, measure, where, same), atom in self.atoms.items():
            for again in (False, True):
                places = where[2 * moment + again]
                if isinstance(places, tuple):
                    yield self.axes.asked(dims, again=True) if again else dims, places, measure, same, atom

    def blocks(self, moment: int) -> Blocks:
        """The cells of what lies in the same territories at a moment."""
        found: dict[tuple[Key, Key, str], list[int]] = defaultdict(list)
        for dims, places, measure, _, atom in self.at(moment):
            found[dims, places, measure].append(atom)
        return {key: self.gather(key[0], key[2], frozenset(atoms)) for key, atoms in found.items()}

    def show(self, present: dict[Key, Key], blocks: Blocks, *, latest: bool) -> None:
        """The lines of the table at a moment. Raises BuildError where they are not the sums of their blocks."""
        of_cell: dict[tuple[Key, str], list[int]] = defaultdict(list)
        for (dims, places, measure), block in blocks.items():
            for place in places:
                of_cell[(*dims, *place), measure].append(block)
        for (key, measure), inside in of_cell.items():
            if key not in present:
                continue
            atoms = frozenset(atom for block in inside for atom in self.members[block])
            total = self.total(atoms)
            self.hold(key, present[key][self.structure.mesures.index(measure)], total)
            cell = self.cells.get((key, measure, atoms))
            if cell is None:
                cell = self.cells[key, measure, atoms] = self.line(key, measure, total)
                self.members[cell] = atoms
                self.relate({cell: -1.0, **dict.fromkeys(inside, 1.0)})
                if len(inside) == 1:  # the block is this very cell, which is protected
                    self.needs[inside[0]] = None
            self.note(cell, visible=any(value is not None for value in present[key]), latest=latest)
            self.once(key, measure, atoms)
        for key, values in present.items():
            for measure, value in zip(self.structure.mesures, values, strict=True):
                if value is not None and (key, measure) not in of_cell:
                    raise wrong(self.model, f"{key} : aucune contribution")

    def hold(self, key: Key, said: Any, total: Sums) -> None:
        """Raises BuildError where a line says something else than what its contributions come to."""
        if said is not None and abs(float(said) - total.value) > 0.01 + 1e-6 * abs(total.value):
            named = dict(zip(self.dimensions, key, strict=False))
            raise wrong(self.model, f"{named} {key[-2:]} : {said} et {total.value}")

    def note(self, cell: int, *, visible: bool, latest: bool) -> None:
        """Whether a cell is of the latest moment, and what was shown of it."""
        if latest:
            self.now.add(cell)
            self.seen |= {cell} if visible else set()
        else:
            (self.told if visible else self.kept).add(cell)

    def line(self, key: Key, measure: str, sums: Sums) -> int:
        """The cell of a line of the table; what is read most costs most."""
        totals = self.structure.totaux.items()
        is_total = any(key[self.dimensions.index(name)] == value for name, value in totals)
        weight = READ.get(str(key[-2]), 1.0) * (TOTAL if is_total else 1.0)
        return self.measured(key[:-2], measure, sums, tuple(key[i] for i in self.order), weight)

    def once(self, key: Key, measure: str, atoms: frozenset[int]) -> None:
        """What a line tells with the same line of another time: the sum of those who did not answer then."""
        ordered = sorted(atoms)
        for places in zip(*(self.where[atom] for atom in ordered), strict=True):
            only = frozenset(atom for atom, there in zip(ordered, places, strict=True) if there is None)
            if only and only != atoms:
                self.gather(key[:-2], measure, only)

    def link(self, latent: Blocks, *, alike: bool = False) -> None:
        """The relations inside each block; `alike`, those of the same respondents: there an equality holds, or none.

        In a block it may not hold: one of those who answered left a cell of it empty. What is left over is then his.
        """
        for relation, equal in [*self.totals(latent), *self.identities(latent)]:
            left = Sums(counts=all(self.sums[cell].counts for cell in relation))
            for cell, weight in relation.items():
                left.value -= weight * self.sums[cell].value
                for who, value in self.sums[cell].by_contributor.items():
                    left.by_contributor[who] -= weight * value
            rest, same = left.value, len({frozenset(self.sums[c].by_contributor) for c in relation}) == 1
            if equal and abs(rest) < CENT:
                self.relate(relation)
            elif equal or (rest > -CENT and (same or not alike)):
                terms = frozenset(relation.items())
                if terms not in self.rests:
                    left.value = abs(rest)
                    left.by_contributor = {w: v for w, v in left.by_contributor.items() if equal and abs(v) >= CENT}
                    whole = all(self.whole[cell] for cell in relation)
                    self.rests[terms] = self.add(left, self.policies[min(relation)], None, whole=whole, signed=False)
                self.relate({**relation, self.rests[terms]: -1.0 if rest < 0 else 1.0})

    def totals(self, latent: Blocks) -> Iterator[Relation]:
        """In each block, what is « ensemble » is the sum of the others."""
        for dimension, total in self.structure.totaux.items():
            place = self.dimensions.index(dimension)
            relations: dict[Key, dict[int, float]] = defaultdict(dict)
            for (dims, places, measure), cell in latent.items():
                others = (*dims[:place], *dims[place + 1 :], places, measure)
                relations[others][cell] = -1.0 if dims[place] == total else 1.0
            yield from ((r, True) for r in relations.values() if len(r) > 1 and -1.0 in r.values())

    def identities(self, latent: Blocks) -> Iterator[Relation]:
        """In each block, what links measures; the rest of what is part of another is a cell of its own."""
        long = self.structure.identites == "questionnaires"
        place = self.dimensions.index("question") if long else len(self.dimensions)
        cells: dict[tuple[str, Key, Key], dict[str, int]] = defaultdict(dict)
        for (dims, places, measure), cell in latent.items():
            source = str(dims[self.dimensions.index(self.structure.source)]) if long else ""
            others = (*dims[:place], *dims[place + 1 :])
            cells[source, others, places][dims[place] if long else measure] = cell
        rules: dict[str, list[dict[str, float]]] = {}
        for (source, _, _), here in cells.items():
            if source not in rules:
                texts = sums_of(source) if long else list(self.structure.identites)
                rules[source] = [linear(Rule.parse(text)) for text in texts]
            for rule in rules[source]:
                weights = {name: weight for name, weight in rule.items() if name}
                if not weights.keys() <= here.keys():
                    continue
                yield {here[name]: weight for name, weight in weights.items()}, not rule[""]

    def regions(self, cell: int) -> frozenset[str]:
        """Where those are who make a cell."""
        places = {p for atom in self.members.get(cell, ()) for p in self.where[atom] if isinstance(p, tuple)}
        return frozenset(str(code) for place in places for level, code in place if level == "region")

    def broken(self) -> dict[str, tuple[Flags, Flags]]:
        """By rule, the cells that fall under it, and those that break it."""
        under = [rules(sums, policy) for sums, policy in zip(self.sums, self.policies, strict=True)]
        names = sorted({name for found in under for name in found})
        return {n: (np.array([n in f for f in under]), np.array([f.get(n, False) for f in under])) for n in names}

    def made(self) -> Cells:
        """All cells; those of the latest moment may be hidden, the others are as they were shown."""
        n = len(self.sums)
        values = np.array([s.value for s in self.sums], dtype=float)
        relations = list(self.relations.values())
        matrix = [(r, c, w) for r, relation in enumerate(relations) for c, w in relation.items()]
        low = np.array([need[0] if need else np.nan for need in self.needs], dtype=float)
        high = np.array([need[1] if need else np.nan for need in self.needs], dtype=float)
        now, told, kept = (np.isin(np.arange(n), sorted(cells)) for cells in (self.now, self.told, self.kept))
        rows = [row if latest else None for row, latest in zip(self.rows, now, strict=True)]
        numbers: dict[Key, int] = {}
        links = sp.csr_array(
            ([w for *_, w in matrix], ([r for r, *_ in matrix], [c for _, c, _ in matrix])),
            shape=(len(relations), n),
            dtype=float,
        )
        system = System(
            values=values,
            floor=np.array(self.floor, dtype=float),
            low=low,
            high=high,
            integer=np.array(self.whole, dtype=bool),
            shown=told | np.isin(np.arange(n), sorted(self.seen)),
            # A zero is nobody, and is shown; unless it tells a zero that is about too few.
            cost=np.where(
                now & ~told & ((values != 0) | telling(values == 0, ~np.isnan(low), links)),
                np.array(self.weights) * (1 + np.log10(1 + np.abs(values))),
                FROZEN,
            ),
            group=np.array([-1 if r is None else numbers.setdefault(r, len(numbers)) for r in rows], dtype=int),
            relations=links,
        )
        regions = [self.regions(cell) for cell in range(n)]
        return Cells(self.model, system, rows, told, kept & ~told, self.broken(), regions)


def telling(zero: Flags, sensitive: Flags, links: sp.csr_array) -> Flags:
    """The zeros that relations lead from one to the next to a sensitive one: a sum of zero tells each of its parts."""
    places = np.flatnonzero(zero)
    columns = abs(links[:, places])
    _, labels = connected_components(columns.T @ columns, directed=False)
    found = np.zeros(len(zero), dtype=bool)
    found[places] = np.isin(labels, labels[sensitive[places]])
    return found


def read(
    connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, now: Shown, past: Sequence[Shown] = ()
) -> Cells:
    """The cells of a table, from the lines of the warehouse that it sums, with those that earlier releases showed.

    Raises BuildError where the sums are not the table's: the structure is not its own.
    """
    axes = Axes(model, structure)
    made = _Builder(axes)
    moments = [*past, now]
    present = [present_in(connection, axes, shown.table) for shown in moments]
    times: list[Answers] = []
    for shown, lines in zip(moments, present, strict=True):
        times += answers_to(connection, axes, shown.contributions, {row[-2:] for row in lines})
    made.split(times)
    for moment, lines in enumerate(present):
        blocks = made.blocks(moment)
        made.show(lines, blocks, latest=moment == len(past))
        made.link(blocks)
        made.link({(d, (*places, same), m): atom for d, places, m, same, atom in made.at(moment)}, alike=True)
    return made.made()
