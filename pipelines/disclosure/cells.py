"""From a table and its declared structure to the system of its cells: what is sensitive, what adds up to what.

The finest lines that a table sums are gathered in blocks: those that lie in the same territories of the table, so
that no difference between its lines tells them apart. A block may be what is left of a département when its GHT are
taken away: it is in no table, and protected all the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import scipy.sparse as sp

from pipelines import catalogue, warehouse
from pipelines.catalogue import Confidentialite
from pipelines.disclosure.attack import FROZEN, System
from pipelines.disclosure.structures import Structure
from pipelines.errors import BuildError, Place
from pipelines.questionnaires.expressions import Rule
from pipelines.warehouse import Model

MARGIN = 0.15  # by how much a reader must miss a sum of establishments, where the policy names nothing more
TERRITORY = ("niveau", "code")
CONTRIBUTOR, COUNTS, POPULATION = "contributeur", "denombre", "population"
# How much more a cell is read than one of the finest level: hiding it costs as much more. Those who answer are run by
# a GHT, not by a département: where only one of two that overlap can be shown, it is the GHT.
READ = {"france": 8.0, "region": 8.0, "ght": 6.0}
TOTAL = 2.0  # and a total, than its parts

Key = tuple[Any, ...]


@dataclass
class Sums:
    """What the lines of a cell or a block come to, for one measure."""

    value: float = 0.0
    population: float | None = None
    counts: bool = True
    by_contributor: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def few(self, policy: Confidentialite) -> bool:
        """Whether it is about too few persons, whatever it counts."""
        return self.population is not None and 0 < self.population < policy.seuil

    def add(self, other: "Sums") -> None:
        """Adds another line or block."""
        self.value += other.value
        if other.population is not None:
            self.population = (self.population or 0.0) + other.population
        self.counts = self.counts and other.counts
        for who, value in other.by_contributor.items():
            self.by_contributor[who] += value


@dataclass(frozen=True)
class Cells:
    """The cells of a table as a system, and the line of the table, in the order of its grain, that each is in.

    The rows of latent cells are None.
    """

    model: Model
    system: System
    rows: list[Key | None]


def interval(sums: Sums, policy: Confidentialite, *, whole: bool) -> tuple[float, float] | None:
    """The interval, around its value, that a reader must not narrow, where a cell is sensitive.

    A number of persons under the threshold could be as much as the threshold more. A sum that one establishment
    dominates, that too few make, or that tells one of them the answer of another could be 15 % (what dominance
    leaves to the others) less or more.
    Of a count only the upper end is held: a total of three cells that are not zero is three at least, whatever is
    hidden.
    """
    value, found = sums.value, []
    few = sums.few(policy)
    if sums.counts and (0 < value < policy.seuil or (few and value < policy.seuil)):
        found.append((value, value + policy.seuil))
    margin = abs(value) * max(round(1 - policy.dominance, 6) if policy.dominance else MARGIN, policy.precision or 0.0)
    if value and (_exposed(sums, policy) or (few and not found)):
        found.append((value, value + np.ceil(margin)) if whole else (value - margin, value + margin))
    return (min(f[0] for f in found), max(f[1] for f in found)) if found else None


def _exposed(sums: Sums, policy: Confidentialite) -> bool:
    """Whether a sum tells of one of those who make it: they are too few, or one dominates it, or the second of them,
    by taking his own away, knows the first too well. Who answered zero makes none of it.
    """
    shares = sorted((abs(v) for v in sums.by_contributor.values() if v), reverse=True)
    if not shares:
        return False
    others = sum(shares[2:])
    return (
        len(shares) < policy.contributeurs
        or (policy.dominance is not None and shares[0] >= policy.dominance * sum(shares))
        or (policy.precision is not None and others < policy.precision * shares[0])
    )


def policy_of(sources: Iterable[str]) -> Confidentialite | None:
    """The strictest of the policies of some sources; None where one that is restricted has none."""
    restricted = [s for s in map(catalogue.load, sorted(sources)) if s.restreint]
    policies = [s.confidentialite for s in restricted if s.confidentialite]
    if not policies or len(policies) < len(restricted):
        return None
    return Confidentialite(
        seuil=max(p.seuil for p in policies),
        dominance=min((p.dominance for p in policies if p.dominance), default=None),
        contributeurs=max(p.contributeurs for p in policies),
        precision=max((p.precision for p in policies if p.precision), default=None),
        raison=" ; ".join(sorted({p.raison for p in policies})),
    )


class _Builder:
    """Cells and relations as they are found."""

    def __init__(self) -> None:
        self.sums: list[Sums] = []
        self.weights: list[float] = []
        self.policies: list[Confidentialite] = []
        self.needs: list[tuple[float, float] | None] = []
        self.whole: list[bool] = []
        self.floor: list[float] = []
        self.rows: list[Key | None] = []
        self.relations: list[dict[int, float]] = []

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

    def system(self) -> System:
        n = len(self.sums)
        values = np.array([s.value for s in self.sums], dtype=float)
        cells = [(r, c, w) for r, relation in enumerate(self.relations) for c, w in relation.items()]
        matrix = sp.csr_array(
            ([w for *_, w in cells], ([r for r, *_ in cells], [c for _, c, _ in cells])),
            shape=(len(self.relations), n),
            dtype=float,
        )
        inside = np.array([row is not None for row in self.rows], dtype=bool)
        numbers: dict[Key, int] = {}
        group = np.array([-1 if row is None else numbers.setdefault(row, len(numbers)) for row in self.rows], dtype=int)
        low = np.array([need[0] if need else np.nan for need in self.needs], dtype=float)
        high = np.array([need[1] if need else np.nan for need in self.needs], dtype=float)
        return System(
            values=values,
            floor=np.array(self.floor, dtype=float),
            low=low,
            high=high,
            integer=np.array(self.whole, dtype=bool),
            shown=inside.copy(),
            # A zero is nobody, and is shown; unless all that it is part of is about too few.
            cost=np.where(
                inside & ((values != 0) | ~np.isnan(low)),
                np.array(self.weights) * (1 + np.log10(1 + np.abs(values))),
                FROZEN,
            ),
            group=group,
            relations=matrix,
        )


def read(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str) -> Cells:
    """The cells of a table of `database`, from the lines of the warehouse (the connection's own database) it sums.

    Raises BuildError where the sums are not the table's: the structure is not its own.
    """
    dimensions = [k for k in model.grain if k not in TERRITORY]
    present = _present(connection, model, structure, database)
    territories = {row[-2:] for row in present}
    blocks = _blocks(connection, structure, dimensions, territories)
    kinds = _kinds(structure, dimensions, blocks)
    policies: dict[str, Confidentialite | None] = {}

    def policy(dims: Key) -> Confidentialite:
        named = str(dims[dimensions.index(structure.source)]) if structure.source else ""
        if named not in policies:
            policies[named] = policy_of([named] if named else warehouse.sources_of(model.name))
        found = policies[named]
        if found is None:
            raise _wrong(model, f"la source « {named or model.source} » n'a pas de règle de confidentialité")
        return found

    made = _Builder()
    latent: dict[tuple[Key, Key, str], int] = {}
    of_cell: dict[tuple[Key, str], list[tuple[Key, Key, str]]] = defaultdict(list)
    for (dims, places, measure), sums in blocks.items():
        whole, signed = kinds[_kind(structure, dimensions, dims, measure)]
        latent[dims, places, measure] = made.add(sums, policy(dims), None, whole=whole and sums.counts, signed=signed)
        for place in places:
            of_cell[(*dims, *place), measure].append((dims, places, measure))
    order = [[*dimensions, *TERRITORY].index(k) for k in model.grain]
    for (key, measure), members in of_cell.items():
        if key not in present:
            continue
        total = Sums()
        for member in members:
            total.add(blocks[member])
        said = present[key][structure.mesures.index(measure)]
        if said is not None and abs(float(said) - total.value) > 0.01 + 1e-6 * abs(total.value):
            raise _wrong(model, f"{dict(zip(dimensions, key, strict=False))} {key[-2:]} : {said} et {total.value}")
        dims = key[:-2]
        whole, signed = kinds[_kind(structure, dimensions, dims, measure)]
        row = tuple(key[i] for i in order)
        is_total = any(dims[dimensions.index(name)] == value for name, value in structure.totaux.items())
        weight = READ.get(str(key[-2]), 1.0) * (TOTAL if is_total else 1.0)
        cell = made.add(total, policy(dims), row, whole=whole and total.counts, signed=signed, weight=weight)
        made.relations.append({cell: -1.0, **{latent[m]: 1.0 for m in members}})
        if len(members) == 1:  # the block is this very cell, which is protected
            made.needs[latent[members[0]]] = None
    for key, said in present.items():
        for measure, value in zip(structure.mesures, said, strict=True):
            if value is not None and (key, measure) not in of_cell:
                raise _wrong(model, f"{key} : aucune contribution")
    _totals(made, structure, dimensions, latent)
    _identities(made, structure, dimensions, latent)
    _repeated(made, structure, dimensions, latent)
    return Cells(model, made.system(), made.rows)


def _wrong(model: Model, what: str) -> BuildError:
    return BuildError(
        f"La structure déclarée de {model.name} n'est pas la sienne : {what}.",
        where=Place(file="pipelines/disclosure/structures.yml"),
        expected="des contributions dont les sommes sont les cases de la table",
        todo="corriger la structure, ou la retirer : la table n'est alors pas publiée",
    )


def _present(
    connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str
) -> dict[Key, Key]:
    """The measures of each line of the table, by its dimensions then its territory."""
    keys = [k for k in model.grain if k not in TERRITORY] + list(TERRITORY)
    named = ", ".join(f'"{k}"' for k in [*keys, *structure.mesures])
    sums = f"WHERE NOT ({structure.hors})" if structure.hors else ""
    rows = connection.execute(f"SELECT {named} FROM {database}.{model.name} {sums}").fetchall()
    return {row[: len(keys)]: row[len(keys) :] for row in rows}


def _blocks(
    connection: duckdb.DuckDBPyConnection, structure: Structure, dimensions: list[str], territories: set[Key]
) -> dict[tuple[Key, Key, str], Sums]:
    """The lines of the warehouse, added up by dimensions, territories in which they lie, and measure."""
    cursor = connection.execute(structure.contributions)
    names = [d[0] for d in cursor.description or []]
    known = {*dimensions, *structure.mesures, CONTRIBUTOR, COUNTS, POPULATION}
    levels = [n for n in names if n not in known]
    blocks: dict[tuple[Key, Key, str], Sums] = defaultdict(Sums)
    for row in sorted(cursor.fetchall(), key=str):  # the same order, so the same cells hidden, from run to run
        line = dict(zip(names, row, strict=True))
        dims = tuple(line[d] for d in dimensions)
        places = tuple((n, line[n]) for n in levels if (n, line[n]) in territories)
        for measure in structure.mesures:
            if line[measure] is None:
                continue
            value = float(line[measure])
            who = {line[CONTRIBUTOR]: value} if line.get(CONTRIBUTOR) else {}
            people = line.get(POPULATION)
            one = Sums(value, None if people is None else float(people), bool(line.get(COUNTS, True)), who)
            blocks[dims, places, measure].add(one)
    return blocks


def _kind(structure: Structure, dimensions: list[str], dims: Key, measure: str) -> Key:
    """What is measured: a long table names it in a dimension."""
    return (dims[dimensions.index("question")],) if "question" in dimensions else (measure,)


def _kinds(
    structure: Structure, dimensions: list[str], blocks: dict[tuple[Key, Key, str], Sums]
) -> dict[Key, tuple[bool, bool]]:
    """Of each thing measured: whether it is always whole, and whether it may be negative."""
    kinds: dict[Key, tuple[bool, bool]] = {}
    for (dims, _, measure), sums in blocks.items():
        kind = _kind(structure, dimensions, dims, measure)
        whole, signed = kinds.get(kind, (True, False))
        kinds[kind] = (whole and sums.value == round(sums.value), signed or sums.value < 0)
    return kinds


def _totals(
    made: _Builder, structure: Structure, dimensions: list[str], latent: dict[tuple[Key, Key, str], int]
) -> None:
    """In each block, what is « ensemble » is the sum of the others."""
    for dimension, total in structure.totaux.items():
        place = dimensions.index(dimension)
        relations: dict[Key, dict[int, float]] = defaultdict(dict)
        for (dims, places, measure), cell in latent.items():
            others = (*dims[:place], *dims[place + 1 :], places, measure)
            relations[others][cell] = -1.0 if dims[place] == total else 1.0
        made.relations += [r for r in relations.values() if len(r) > 1 and -1.0 in r.values()]


def _identities(
    made: _Builder, structure: Structure, dimensions: list[str], latent: dict[tuple[Key, Key, str], int]
) -> None:
    """In each block, what links measures; the rest of what is part of another is a cell of its own."""
    long = structure.identites == "questionnaires"
    place = dimensions.index("question") if long else len(dimensions)
    cells: dict[tuple[str, Key, Key], dict[str, int]] = defaultdict(dict)
    for (dims, places, measure), cell in latent.items():
        source = str(dims[dimensions.index(structure.source)]) if long else ""
        cells[source, (*dims[:place], *dims[place + 1 :]), places][dims[place] if long else measure] = cell
    rules: dict[str, list[dict[str, float]]] = {}
    for (source, _, _), here in cells.items():
        if source not in rules:
            texts = _rules(source) if long else list(structure.identites)
            rules[source] = [linear(Rule.parse(text)) for text in texts]
        for rule in rules[source]:
            weights = {name: weight for name, weight in rule.items() if name}
            if not weights.keys() <= here.keys():
                continue
            relation = {here[name]: weight for name, weight in weights.items()}
            rest = -sum(w * made.sums[c].value for c, w in relation.items())
            if rule[""] and rest < 0:  # not so here: no relation
                continue
            if rule[""]:  # left - right + rest = 0
                sums = Sums(rest, counts=all(made.sums[c].counts for c in relation))
                whole = all(made.whole[c] for c in relation)
                relation[made.add(sums, made.policies[min(relation)], None, whole=whole, signed=False)] = 1.0
            made.relations.append(relation)


def _repeated(
    made: _Builder, structure: Structure, dimensions: list[str], latent: dict[tuple[Key, Key, str], int]
) -> None:
    """What a campaign asks of the year before was told by the campaign before, where both agree."""
    for (dims, places, measure), cell in latent.items():
        told = dict(zip(dimensions, dims, strict=True))
        if told.get("question") not in structure.annee_precedente:
            continue
        told |= {"question": structure.annee_precedente[told["question"]], "annee": told["annee"] - 1}
        before = latent.get((tuple(told[d] for d in dimensions), places, measure))
        if before is not None and made.sums[before].value == made.sums[cell].value:
            made.relations.append({cell: 1.0, before: -1.0})


def _rules(source: str) -> list[str]:
    """The sums of a survey's questionnaire. A part and its whole are of the same respondents: hidden alike."""
    asked = catalogue.load(source).questionnaire
    return [i.regle for i in asked.identites if i.rule.sign == "="] if asked else []


def linear(rule: Rule) -> dict[str, float]:
    """The weights of a rule's names in left - right; under the empty name, 1 where it is an inequality."""
    sign = -1 if rule.sign == ">=" else 1
    nothing = dict.fromkeys(rule.names, Decimal(0))

    def gap(values: dict[str, Decimal]) -> Decimal:
        left, right = rule.sides(values)
        return left - right

    weights = {name: float(gap({**nothing, name: Decimal(1)}) - gap(nothing)) * sign for name in sorted(rule.names)}
    return {**weights, "": 0.0 if rule.sign == "=" else 1.0}
