"""What is sensitive: a number of too few persons, a sum that too few make or that one of them dominates."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from pipelines import catalogue
from pipelines.catalogue import Confidentialite

THRESHOLD = "seuil"  # the rule of numbers of persons; the others are of those who make a sum
MARGIN = 0.15  # by how much a reader must miss a sum of establishments, where the policy names nothing more


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
    broken = rules(sums, policy)
    if value and (any(broken[r] for r in broken if r != THRESHOLD) or (few and not found)):
        found.append((value, value + np.ceil(margin)) if whole else (value - margin, value + margin))
    return (min(f[0] for f in found), max(f[1] for f in found)) if found else None


def rules(sums: Sums, policy: Confidentialite) -> dict[str, bool]:
    """The rules of a policy that a sum falls under, by their names in the catalogue, and whether it breaks each.

    It tells of one of those who make it where they are too few, or one dominates it, or the second of them, by taking
    his own away, knows the first too well. Who answered zero makes none of it.
    """
    found = {}
    if sums.counts or sums.population is not None:
        found[THRESHOLD] = sums.few(policy) or (sums.counts and 0 < sums.value < policy.seuil)
    shares = sorted((abs(v) for v in sums.by_contributor.values() if v), reverse=True)
    if shares:
        found["contributeurs"] = len(shares) < policy.contributeurs
        if policy.dominance is not None:
            found["dominance"] = shares[0] >= policy.dominance * sum(shares)
        if policy.precision is not None:
            found["precision"] = sum(shares[2:]) < policy.precision * shares[0]
    return found


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
