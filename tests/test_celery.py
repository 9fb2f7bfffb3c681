"""Two workers, which share a store, PostgreSQL and Redis and nothing else, make what one machine makes.

Whatever falls meanwhile: each of them, the scheduler, Redis, PostgreSQL, the store. `make chaos` draws when.
"""

from dataclasses import dataclass

import pytest
from embedded_runs import EDITION, House, files
from spread_runs import WORKERS, machines

REGIONS = ("01", "02", "03")  # of one département each: few pages
LOOSE = ("FICTIF-atlas_public.duckdb", "SHA256SUMS")  # DuckDB never writes a file twice with the same bytes


@dataclass(frozen=True)
class Spread:
    """What two workers made: the releases in the store and those of one machine; the steps that each worker did.

    `logs` is what the interface shows of the publication once both are gone.
    """

    made: dict[str, bytes]
    alone: dict[str, bytes]
    steps: dict[str, set[str]]
    logs: str


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Spread:
    root = tmp_path_factory.mktemp("machines")
    house = House(root)
    done = house.edition(*REGIONS)
    assert done.status == 0, done.out[-3000:] + done.err[-3000:]
    with machines(root, house, REGIONS) as running:
        running.turn_on()
        running.once("stage")
        running.fall("redis")
        running.once("check", 2)
        running.fall("machine-a")
        running.once("lock")
        running.fall("postgres")
        running.once("build")
        running.fall("scheduler")
        running.once("promote")
        running.fall("magasin")
        running.once("draft")
        running.fall("machine-b")
        assert running.published() == ["success"], running.running.all_said()
        made = running.bring(root / "lecteur")
        steps = {name: set(running.steps(name)) for name in WORKERS}
        for name in WORKERS:
            running.running.kill(name)
        logs = running.airflow.logs("publish", running.airflow.ended("publish"))
    return Spread(made, files(house.warehouse / "releases"), steps, logs)


@pytest.mark.lent
def test_two_machines_publish_what_one_does_whatever_falls(spread: Spread) -> None:
    assert {name.split("/")[0] for name in spread.alone} == {f"{EDITION}-{region}" for region in REGIONS}
    assert spread.made.keys() == spread.alone.keys()
    different = [n for n in spread.made if spread.made[n] != spread.alone[n] and n.rpartition("/")[2] not in LOOSE]
    assert different == []


@pytest.mark.lent
def test_both_machines_worked(spread: Spread) -> None:
    first, second = (spread.steps[name] for name in WORKERS)
    assert first & second
    assert {"fetch", "stage", "check", "lock", "build", "check_marts", "promote", "draft", "publish"} <= first | second


@pytest.mark.lent
def test_the_logs_outlive_the_machines(spread: Spread) -> None:
    assert spread.logs.count("journal gardé par le magasin") >= 2 * len(REGIONS)
    assert all(f"{EDITION}.1" in part for part in spread.logs.split("--- publish ")[1:])
