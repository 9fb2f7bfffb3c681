"""A plugin of pytest: of all tests, those that a mutant is tried by.

ATLAS_ESSAIS_PARMI keeps the tests that use one of its fixtures, and ATLAS_ESSAIS_MODELES, of the cases made by hand,
those of its models.
"""

import os

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
