"""Faults of Python: those of cosmic-ray's operators that are small, and two more (labels, the least for the greatest).

cosmic-ray numbers the places of an operator in a text, and puts one fault at one of them.
"""

import functools
import itertools
from collections.abc import Iterator
from typing import Any, ClassVar

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

from .edits import Place


class SwapTexts(Operator):  # type: ignore[misc]  # cosmic-ray has no types
    """Two neighbouring texts of a dictionary, a list or a tuple take each other's place."""

    def _pairs(self, node: Any) -> list[tuple[Any, Any]]:
        if node.type == "dictorsetmaker":
            listed = [node.children[i + 1] for i, child in enumerate(node.children) if child == ":"]
        elif node.type == "testlist_comp":
            listed = list(node.children[::2])
        else:
            return []
        texts = [child for child in listed if child.type == "string"]
        return [(a, b) for a, b in itertools.pairwise(texts) if a.value != b.value]

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        """Where each pair begins."""
        for first, _ in self._pairs(node):
            yield first.start_pos, first.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """The node with that pair exchanged."""
        first, second = self._pairs(node)[index]
        first.value, second.value = second.value, first.value
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """None: `places` tries them."""
        return ()


class SwapNames(Operator):  # type: ignore[misc]  # cosmic-ray has no types
    """The least for the greatest, and the other way round."""

    OTHER: ClassVar = {"min": "max", "max": "min", "floor": "ceil", "ceil": "floor", "first": "last", "last": "first"}

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        """Where the name stands, called."""
        following = node.get_next_leaf() if node.type == "name" else None
        if following is not None and node.value in self.OTHER and following.value == "(":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """The node under the other name."""
        node.value = self.OTHER[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """None: `places` tries them."""
        return ()


def _core(*names: str) -> list[Operator]:
    return [get_operator(f"core/{name}")() for name in names]


OPERATORS: dict[str, list[Operator]] = {
    "libellés échangés": [SwapTexts()],
    "agrégat changé": [SwapNames()],
    "borne déplacée": _core(
        *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq"))
    ),
    "négation ajoutée": _core("AddNot", "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_NotEq_Eq"),
    "négation retirée": _core("ReplaceUnaryOperator_Delete_Not", "ReplaceComparisonOperator_IsNot_Is"),
    "opération inversée": _core(
        *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul"))
    ),
    "ET pour OU": _core("ReplaceAndWithOr", "ReplaceOrWithAnd"),
    "vrai pour faux": _core("ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    "nombre changé": _core("NumberReplacer"),
    "boucle vide": _core("ZeroIterationForLoop"),
    "boucle écourtée": _core("ReplaceContinueWithBreak", "ReplaceBreakWithContinue"),
}


class _Lines(Visitor):  # type: ignore[misc]  # cosmic-ray has no types
    """The line of each place where an operator can put a fault, in the order in which cosmic-ray numbers them."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.lines: list[int] = []

    def visit(self, node: Any) -> Any:
        self.lines += [start[0] for start, _ in self.operator.mutation_positions(node)]
        return node


def _mutated(operator: Operator, occurrence: int, text: str) -> str:
    return mutate_code(text, operator, occurrence) or text


def places(text: str) -> Iterator[Place]:
    """All faults that can be put into a module."""
    tree = get_ast(text)
    for name, operators in OPERATORS.items():
        for operator in operators:
            seen = _Lines(operator)
            seen.walk(tree)
            for occurrence, line in enumerate(seen.lines):
                yield Place(name, line, functools.partial(_mutated, operator, occurrence))
