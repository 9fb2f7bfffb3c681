"""Faults of SQL, found among the tokens that sqlglot gives of DuckDB's dialect, and written where these stand.

The text outside a fault stays as it is: a survivor is read as a change of one line.
"""

import itertools
from collections.abc import Iterator
from functools import cached_property

import sqlglot
from sqlglot.tokens import Token, TokenType

from .edits import Edit, Place, edited, swapped

T = TokenType

BOUNDS = {T.LT: "<=", T.LTE: "<", T.GT: ">=", T.GTE: ">", T.NEQ: "="}
FUNCTIONS = {
    "min": "max",
    "max": "min",
    "sum": "max",
    "avg": "min",
    "median": "max",
    "first": "last",
    "last": "first",
    "arg_max": "arg_min",
    "arg_min": "arg_max",
    "greatest": "least",
    "least": "greatest",
    "bool_or": "bool_and",
    "bool_and": "bool_or",
    "lag": "lead",
    "lead": "lag",
}
ENDS = {
    T.WHERE,
    T.GROUP_BY,
    T.ORDER_BY,
    T.HAVING,
    T.QUALIFY,
    T.LIMIT,
    T.UNION,
    T.EXCEPT,
    T.INTERSECT,
    T.JOIN,
    T.LEFT,
    T.RIGHT,
    T.FULL,
    T.CROSS,
    T.INNER,
    T.SEMI,
    T.ANTI,
    T.ASOF,
    T.ON,
    T.COMMA,
    T.WINDOW,
}
KINDS_OF_JOIN = {T.LEFT, T.RIGHT, T.FULL, T.CROSS, T.INNER, T.SEMI, T.ANTI, T.ASOF, T.NATURAL, T.OUTER, T.STRAIGHT_JOIN}
YEARS = {"annee", "millesime", "annee_population", "annee_voulue"}


class Query:
    """The tokens of a text, and how they nest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = sqlglot.tokenize(text, read="duckdb")

    def __len__(self) -> int:
        return len(self.tokens)

    def kind(self, rank: int) -> TokenType | None:
        """The type of a token; None past the ends."""
        return self.tokens[rank].token_type if 0 <= rank < len(self.tokens) else None

    def word(self, rank: int) -> str:
        """A token as it is written, in small letters; nothing past the ends."""
        return self.tokens[rank].text.lower() if 0 <= rank < len(self.tokens) else ""

    def span(self, rank: int) -> tuple[int, int]:
        """Where a token is written, its quotes included."""
        return self.tokens[rank].start, self.tokens[rank].end + 1

    def replace(self, operator: str, rank: int, by: str) -> Place:
        """A place where one token becomes another text."""
        return edited(operator, self.text, Edit(*self.span(rank), by))

    def drop(self, operator: str, first: int, last: int) -> Place:
        """A place where the tokens from one to another, both included, are left out."""
        return edited(operator, self.text, Edit(self.span(first)[0], self.span(last)[1], ""))

    @cached_property
    def depth(self) -> list[int]:
        """How many parentheses, brackets and CASE are open around each token."""
        found, now = [], 0
        for token in self.tokens:
            closing = token.token_type in (T.R_PAREN, T.R_BRACKET, T.R_BRACE, T.END)
            now -= closing
            found.append(now)
            now += token.token_type in (T.L_PAREN, T.L_BRACKET, T.L_BRACE, T.CASE)
        return found

    def closing(self, rank: int) -> int:
        """The token that closes what a token opens."""
        return next(i for i in range(rank + 1, len(self)) if self.depth[i] == self.depth[rank])

    def until(self, rank: int, ends: set[TokenType]) -> int:
        """The first token from `rank` that ends its clause: one of those at its depth, or what closes it."""
        for i in range(rank, len(self)):
            if self.depth[i] < self.depth[rank] or (self.depth[i] == self.depth[rank] and self.kind(i) in ends):
                return i
        return len(self)

    def conjuncts(self, first: int, end: int) -> list[tuple[int, int]]:
        """The conditions that AND holds together between two tokens; none where an OR stands among them."""
        parts, start, between = [], first, False
        for i in range(first, end):
            if self.depth[i] != self.depth[first]:
                continue
            if self.kind(i) == T.OR:
                return []
            if self.kind(i) == T.BETWEEN:
                between = True
            elif self.kind(i) == T.AND and between:
                between = False
            elif self.kind(i) == T.AND:
                parts.append((start, i - 1))
                start = i + 1
        return [*parts, (start, end - 1)]


def places(text: str) -> Iterator[Place]:
    """All faults that can be put into a query."""
    query = Query(text)
    for find in (
        _bounds,
        _numbers,
        _arithmetic,
        _logic,
        _negations,
        _functions,
        _distinct,
        _joins,
        _conditions,
        _keys,
        _years,
        _fallbacks,
        _orders,
        _labels_of_values,
        _labels_of_cases,
        _literals,
        _lists,
    ):
        yield from find(query)


def _bounds(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if (other := BOUNDS.get(q.tokens[i].token_type)) is not None:
            yield q.replace("borne déplacée", i, other)


def _numbers(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if q.kind(i) != T.NUMBER or _of_a_type(q, i):
            continue
        said = q.tokens[i].text
        step = 1 if q.tokens[i].start % 2 or said == "0" else -1
        digits = len(said.partition(".")[2])
        by = f"{float(said) + step * 10**-digits:.{digits}f}" if digits else str(int(said) + step)
        yield q.replace("nombre changé", i, by)


def _of_a_type(q: Query, rank: int) -> bool:
    """Whether a number is the width of a type, as in DECIMAL(18, 4)."""
    while rank > 0 and q.kind(rank) in (T.NUMBER, T.COMMA):
        rank -= 1
    return q.kind(rank) == T.L_PAREN and q.word(rank - 1) in ("decimal", "varchar", "numeric")


def _arithmetic(q: Query) -> Iterator[Place]:
    other = {T.PLUS: "-", T.DASH: "+", T.SLASH: "*", T.STAR: "/"}
    operands = {T.VAR, T.NUMBER, T.R_PAREN, T.R_BRACKET, T.END, T.IDENTIFIER}
    for i in range(len(q)):
        kind = q.tokens[i].token_type
        if kind in other and q.kind(i - 1) in operands and q.kind(i + 1) not in (T.COMMA, T.FROM, T.R_PAREN, T.EXCEPT):
            if kind == T.STAR and q.word(i + 1) in ("exclude", "replace"):
                continue
            yield q.replace("opération inversée", i, other[kind])


def _logic(q: Query) -> Iterator[Place]:
    between: set[int] = set()
    for i in range(len(q)):
        if q.kind(i) == T.BETWEEN:
            between.add(q.depth[i])
        elif q.kind(i) == T.AND and q.depth[i] in between:
            between.discard(q.depth[i])
        elif q.kind(i) in (T.AND, T.OR):
            yield q.replace("ET pour OU", i, "OR" if q.kind(i) == T.AND else "AND")


def _negations(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if q.kind(i) == T.NOT:
            yield q.drop("négation retirée", i, i)
        if q.kind(i) == T.IS and q.kind(i + 1) == T.NULL:
            yield q.replace("négation ajoutée", i, "IS NOT")


def _functions(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if q.kind(i + 1) == T.L_PAREN and q.word(i) in FUNCTIONS and q.kind(i - 1) != T.DOT:
            yield q.replace("agrégat changé", i, FUNCTIONS[q.word(i)])


def _distinct(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if q.kind(i) == T.DISTINCT and q.kind(i + 1) != T.FROM and q.word(i + 1) != "on" and q.kind(i - 1) != T.NOT:
            yield q.drop("DISTINCT retiré", i, i)
        if q.kind(i) == T.UNION and q.kind(i + 1) == T.ALL:
            yield q.drop("doublons retirés", i + 1, i + 1)


def _joins(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if q.kind(i) != T.JOIN:
            continue
        before = q.kind(i - 1)
        if before == T.LEFT:
            yield q.drop("jointure resserrée", i - 1, i - 1)
        elif before not in KINDS_OF_JOIN:
            yield q.replace("jointure élargie", i, "LEFT JOIN")
        elif before == T.SEMI:
            yield q.replace("jointure inversée", i - 1, "ANTI")
        elif before == T.ANTI:
            yield q.replace("jointure inversée", i - 1, "SEMI")


def _conditions(q: Query) -> Iterator[Place]:
    """A condition left out of an ON, a WHERE, a HAVING or a FILTER; the whole of a WHERE that has one."""
    for i in range(len(q)):
        if q.kind(i) not in (T.ON, T.WHERE, T.HAVING, T.QUALIFY) or q.word(i - 1) == "distinct":
            continue
        end = q.until(i + 1, ENDS)
        parts = q.conjuncts(i + 1, end)
        said = "clé de jointure retirée" if q.kind(i) == T.ON else "condition retirée"
        if len(parts) > 1:
            for rank, (first, last) in enumerate(parts):
                # With the AND after it, or before the last.
                yield q.drop(said, first, last + 1) if rank < len(parts) - 1 else q.drop(said, first - 1, last)
        elif parts and q.kind(i) == T.WHERE:
            yield edited(said, q.text, Edit(q.span(i + 1)[0], q.span(end - 1)[1], "true"))


def _keys(q: Query) -> Iterator[Place]:
    """A key left out of USING, or of a partition."""
    for i in range(len(q)):
        if q.kind(i) == T.USING and q.kind(i + 1) == T.L_PAREN:
            end = q.closing(i + 1)
            ranks = range(i + 2, end)
        elif q.kind(i) == T.PARTITION_BY:
            end = q.until(i + 1, {T.ORDER_BY, T.ROWS, T.RANGE})
            ranks = range(i + 1, end)
        else:
            continue
        commas = [k for k in ranks if q.kind(k) == T.COMMA and q.depth[k] == q.depth[ranks[0]]]
        for comma in commas:
            before = max((k for k in commas if k < comma), default=ranks[0] - 1)
            said = "clé de jointure retirée" if q.kind(i) == T.USING else "clé de fenêtre retirée"
            yield q.drop(said, before + 1, comma)


def _years(q: Query) -> Iterator[Place]:
    """A year compared with the next one."""
    for i in range(len(q)):
        if q.kind(i) != T.EQ or q.word(i - 1) not in YEARS:
            continue
        last = i + 3 if q.kind(i + 2) == T.DOT else i + 1
        if q.word(last) in YEARS and q.kind(last + 1) not in (T.PLUS, T.DASH):
            end = q.span(last)[1]
            yield edited("année décalée", q.text, Edit(end, end, " + 1"))


def _fallbacks(q: Query) -> Iterator[Place]:
    """`coalesce(x, 0)` becomes `x`: a missing value stays missing."""
    for i in range(len(q)):
        if q.kind(i + 1) != T.L_PAREN or q.word(i) != "coalesce":
            continue
        end = q.closing(i + 1)
        comma = q.until(i + 2, {T.COMMA})
        kept = q.text[q.span(i + 2)[0] : q.span(comma - 1)[1]]
        yield edited("défaut retiré", q.text, Edit(q.span(i)[0], q.span(end)[1], f"({kept})"))


def _orders(q: Query) -> Iterator[Place]:
    for i in range(len(q)):
        if q.kind(i) == T.DESC:
            yield q.drop("ordre inversé", i, i)


def _rows_of_values(q: Query, rank: int) -> list[list[tuple[int, int]]]:
    """The cells of each row of VALUES, from their first token to their last."""
    rows, i = [], rank + 1
    while q.kind(i) == T.L_PAREN:
        end = q.closing(i)
        commas = [k for k in range(i + 1, end) if q.kind(k) == T.COMMA and q.depth[k] == q.depth[i] + 1]
        edges = [i, *commas, end]
        rows.append([(a + 1, b - 1) for a, b in itertools.pairwise(edges)])
        i = end + 2 if q.kind(end + 1) == T.COMMA else end + 1
    return rows


def _labels_of_values(q: Query) -> Iterator[Place]:
    """Two neighbouring rows of VALUES take each other's text, in one column."""
    for i in range(len(q)):
        if q.kind(i) != T.VALUES:
            continue
        rows = _rows_of_values(q, i)
        for above, below in itertools.pairwise(rows):
            for (a, a_end), (b, b_end) in zip(above, below, strict=False):
                both = q.kind(a) == q.kind(b) == T.STRING and a == a_end and b == b_end
                if both and q.tokens[a].text != q.tokens[b].text:
                    yield swapped("libellés échangés", q.text, q.span(a), q.span(b))


def _labels_of_cases(q: Query) -> Iterator[Place]:
    """Two neighbouring branches of a CASE take each other's text."""
    for i in range(len(q)):
        if q.kind(i) != T.CASE:
            continue
        end = q.closing(i)
        said = [
            k + 1
            for k in range(i + 1, end)
            if q.kind(k) in (T.THEN, T.ELSE) and q.depth[k] == q.depth[i] + 1 and q.kind(k + 1) == T.STRING
        ]
        for a, b in itertools.pairwise(said):
            if q.tokens[a].text != q.tokens[b].text and q.kind(b + 1) in (T.WHEN, T.ELSE, T.END):
                yield swapped("libellés échangés", q.text, q.span(a), q.span(b))


def _literals(q: Query) -> Iterator[Place]:
    """A text that something is compared with becomes the next one that the query compares something with."""
    ranks = [i for i in range(len(q)) if q.kind(i) == T.STRING and q.kind(i - 1) in (T.EQ, T.NEQ)]
    texts = sorted({q.tokens[i].text for i in ranks})
    for i in ranks:
        if len(texts) > 1:
            other = texts[(texts.index(q.tokens[i].text) + 1) % len(texts)]
            yield q.replace("texte comparé changé", i, "'" + other.replace("'", "''") + "'")


def _lists(q: Query) -> Iterator[Place]:
    """An item left out of IN (…)."""
    for i in range(len(q)):
        if q.kind(i) == T.IN and q.kind(i + 1) == T.L_PAREN and q.kind(i + 2) in (T.STRING, T.NUMBER):
            end = q.closing(i + 1)
            for k in range(i + 2, end - 1):
                if q.kind(k + 1) == T.COMMA and q.depth[k] == q.depth[i + 2]:
                    yield q.drop("élément de liste retiré", k, k + 1)
