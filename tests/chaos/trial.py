"""One blow, what it left to be seen, the same job again, and what that made beside what it should have."""

import random
import shutil
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import embedded_runs

from . import blows, house

LOOK = 0.3  # seconds between two looks at what anybody can see


@dataclass(frozen=True)
class Verdict:
    """What a blow did, and what was lost: nothing, where all is well."""

    coup: str
    graine: str
    fait: str
    secondes: float
    perdu: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """As a line of JSON."""
        return asdict(self)


class Bench:
    """A house, and the undisturbed run that all others are held against."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house = embedded_runs.House(folder)
        self.whole = folder / "entier"
        self.reference = house.undisturbed(self.house, self.whole)

    def strike(self, kind: str, seed: str) -> Verdict:
        """One blow in a new warehouse, and the job again after it."""
        start = time.monotonic()
        warehouse = self.folder / f"{kind}-{seed}"
        scene = blows.Scene(self.house, warehouse, self.reference, self.whole, random.Random(f"{kind} {seed}"))  # noqa: S311
        with watched(warehouse, scene.told):
            did, variables = blows.KINDS[kind](scene)
        before = house.archived(warehouse)
        with watched(warehouse, scene.told):
            again = house.Job(self.house, warehouse, **variables).ended()
        if again.status:
            scene.lost(f"la reprise rend {again.status} : {again.text[-1200:]}")
        after = house.archived(warehouse)
        scene.lost(*(f"{name} n'est plus dans l'archive" for name in before if after.get(name) != before[name]))
        found = house.made(warehouse)
        scene.lost(
            *(
                f"{name} diffère"
                for name in sorted(found.keys() | self.reference.made.keys())
                if found.get(name) != self.reference.made.get(name)
            )
        )
        scene.lost(*(f"verrou {name} encore tenu" for name in house.held(warehouse)))
        scene.lost(*house.verified(self.house, warehouse))
        if not scene.told:
            shutil.rmtree(warehouse)
        return Verdict(kind, seed, did, round(time.monotonic() - start, 1), list(dict.fromkeys(scene.told)))


class watched:  # noqa: N801 - a context manager, named as one
    """Looks at a warehouse as anybody may while something happens to it; what isn't whole is told."""

    def __init__(self, warehouse: Path, told: list[str]) -> None:
        self.warehouse, self.told = warehouse, told
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.over.wait(LOOK):
            with house.LOOKING:
                self.told += [f"vu pendant : {what}" for what in house.partial(self.warehouse)]
