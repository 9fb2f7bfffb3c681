"""A plugin of pytest: the warehouses that tests share are those that a mutant's process has prepared.

ATLAS_ESSAIS_PRETS says where they are; ATLAS_ESSAIS_PARMI keeps the tests that use one of its fixtures, and
ATLAS_ESSAIS_MODELES, of the cases made by hand, those of its models.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest


def _asked(name: str) -> set[str]:
    return set(os.environ.get(name, "").split())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests that can't see the fault."""
    among, models = _asked("ATLAS_ESSAIS_PARMI"), _asked("ATLAS_ESSAIS_MODELES")
    kept = []
    for item in items:
        model = item.callspec.params.get("name") if hasattr(item, "callspec") else None
        of_a_case = item.path.name == "test_cas.py" and "ATLAS_ESSAIS_MODELES" in os.environ
        if model in models if of_a_case else among <= set(getattr(item, "fixturenames", ())):
            kept.append(item)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_sessionstart(session: pytest.Session) -> None:
    """Puts what is prepared in the place of what the session would make."""
    import fixtures_entrepots as fixtures

    made = fixtures.once

    def once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> tuple[Path, str]:
        for home in map(Path, os.environ["ATLAS_ESSAIS_PRETS"].split(os.pathsep)):
            said = home / f"{name}.fait"
            if (home / name).is_dir():
                return home / name, said.read_text(encoding="utf-8") if said.is_file() else ""
        return made(factory, name, fill)

    fixtures.once = once
