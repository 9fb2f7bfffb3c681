"""What all tests share."""

import os
from collections.abc import Iterator

import pytest

pytest_plugins = ["fixtures_entrepots"]


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """What a command that a test runs in this process sets in the environment ends with the test."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        if name.startswith("ATLAS"):
            del os.environ[name]
    os.environ.update({name: said for name, said in before.items() if name.startswith("ATLAS")})
