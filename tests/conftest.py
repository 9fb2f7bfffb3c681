"""What all tests share."""

import os
from collections.abc import Iterator

import pytest

pytest_plugins = ["fixtures_entrepots", "remade", "rooms"]

# The longest files, the longest first: begun last, one of them would keep a core waiting for the other. What starts
# processes that work by themselves comes early too, one such file at a time. The others follow by name.
LONGEST = (
    "test_arrivees",
    "test_dags",
    "test_determinism",
    "test_valeurs_fausses",
    "test_silence",
    "test_marts_mirror",
    "test_celery",
    "test_release",
    "test_disclosure",
    "test_en_ligne",
    "test_commandes",
    "test_relecture",
    "test_site",
    "test_contrats",
    "test_enquetes",
    "test_entrees_abimees",
    "test_in_force",
    "test_connectors",
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than the cores: a process that waits for what another makes (a warehouse, a release) leaves its core."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    from fixtures_entrepots import (
        MADE,
        fixtures_of,
    )  # a plugin: imported before pytest does, its asserts would say nothing

    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))
    if "ATLAS_ESSAIS" not in os.environ:
        # The first file makes the warehouse and the release that many read; those that read neither go on meanwhile.
        read = {item.path: set[str]() for item in items}
        for item in items:
            read[item.path] |= MADE & fixtures_of(item)
        first = next((path for path, made in read.items() if made & {"released", "published"}), None)
        items.sort(key=lambda item: item.path != first)
        waiting = {path for path, made in read.items() if made}
        items.sort(key=lambda item: item.path != first and item.path in waiting)


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """What a command that a test runs in this process sets in the environment ends with the test."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        if name.startswith("ATLAS"):
            del os.environ[name]
    os.environ.update({name: said for name, said in before.items() if name.startswith("ATLAS")})
