"""Reproducible draws: the same names give the same numbers on every machine.

Only `Random.random()` is used, whose sequence Python guarantees, and plain arithmetic: nothing
depends on the hash seed, the locale, the clock, or a vectorised library's rounding.
"""

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A stream of draws named by a seed and what it is for."""

    def __init__(self, seed: int, *names: object) -> None:
        self._next = random.Random(":".join(map(str, (seed, *names)))).random  # noqa: S311

    def between(self, low: float, high: float) -> float:
        """A real number in [low, high)."""
        return low + (high - low) * self._next()

    def low(self) -> float:
        """A share in [0, 1) that is most often small."""
        share = self._next()
        return share * share

    def whole(self, low: int, high: int) -> int:
        """A whole number in [low, high], both included."""
        return low + int(self._next() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self._next() < probability

    def about(self, mean: float, spread: float = 0.2) -> int:
        """A whole number around a mean, at most `spread` of it away; never negative."""
        return max(0, int(mean * (1 - spread + 2 * spread * self._next()) + self._next()))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self._next() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        return [item for _, _, item in sorted((self._next(), i, item) for i, item in enumerate(items))]


def split(total: int, weights: Sequence[float]) -> list[int]:
    """A total shared out in whole numbers, in proportion to weights; the parts add up exactly."""
    mass = math.fsum(weights)
    if mass <= 0:
        return [total if i == 0 else 0 for i in range(len(weights))]
    exact = [total * weight / mass for weight in weights]
    parts = [int(part) for part in exact]
    rest = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in rest[: total - sum(parts)]:
        parts[i] += 1
    return parts
