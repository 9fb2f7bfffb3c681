"""Rules between questions: `etp_pourvus + etp_vacants = etp_budgetes`, `jours <= 365 * etp`.

Names of questions, numbers, + - *, parentheses, and one of = <= >=. Nothing else is evaluated.
"""

import ast
import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Rule:
    """A comparison of two sums of products of answers."""

    left: ast.expr
    sign: str
    right: ast.expr
    names: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Parses a rule. Raises ValueError, in French, where it isn't one."""
        sides = re.split(r"(<=|>=|=)", text)
        if len(sides) != 3:
            raise ValueError(f"« {text} » : une règle compare deux expressions par =, <= ou >=")
        left, sign, right = (side.strip() for side in sides)
        trees = []
        names: set[str] = set()
        for side in (left, right):
            try:
                tree = ast.parse(side, mode="eval").body
            except SyntaxError as error:
                raise ValueError(f"« {side} » n'est pas une expression") from error
            _known(tree, names)
            trees.append(tree)
        return cls(trees[0], sign, trees[1], frozenset(names))

    def gap(self, values: dict[str, Decimal]) -> Decimal:
        """By how much the rule is broken, in its own unit; zero or less where it holds."""
        difference = _value(self.left, values) - _value(self.right, values)
        return {"=": abs(difference), "<=": difference, ">=": -difference}[self.sign]

    def sides(self, values: dict[str, Decimal]) -> tuple[Decimal, Decimal]:
        """What both sides are worth."""
        return _value(self.left, values), _value(self.right, values)


def _known(node: ast.expr, names: set[str]) -> None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        _known(node.left, names)
        _known(node.right, names)
    elif isinstance(node, ast.Name):
        names.add(node.id)
    elif not (isinstance(node, ast.Constant) and isinstance(node.value, int | float)):
        raise ValueError(f"« {ast.unparse(node)} » n'est ni une question, ni un nombre, ni une somme ou un produit")


def _value(node: ast.expr, values: dict[str, Decimal]) -> Decimal:
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, values), _value(node.right, values)
        if isinstance(node.op, ast.Add):
            return left + right
        return left - right if isinstance(node.op, ast.Sub) else left * right
    if isinstance(node, ast.Name):
        return values[node.id]
    return Decimal(ast.unparse(node))
