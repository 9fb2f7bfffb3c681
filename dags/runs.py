"""The DAGs of this folder, read once, and run alone or side by side: what `embedded.py` runs them with."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

AT_ONCE = 4  # processes; one that reads the largest extracts takes a gigabyte

# The DAGs, read before the processes that run them part: each has them at once.
_BAG: list["DagBag"] = []

Run = tuple[str, bool, float]


def read() -> "DagBag":
    """Reads this folder and saves its DAGs, once for all runs.

    `dag.test()` would do both again at each run, for all DAGs: with forty sources, a third of the whole time.
    """
    from airflow.dag_processing import dagbag
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    manager = DagBundlesManager()
    manager.sync_bundles_to_db()
    (bundle,) = manager.get_all_dag_bundles()
    bundle.initialize()
    bag = dagbag.BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
    dagbag.sync_bag_to_db(bag, bundle.name, bundle.version)
    # `dag.test()` takes both by these names, whatever they are: no setting says to take this one.
    dagbag.BundleDagBag = lambda **_: bag  # type: ignore[misc,assignment]
    dagbag.sync_bag_to_db = lambda *_: None
    for task in (task for each in bag.dags.values() for task in each.tasks):
        # A run in a terminal says at once what failed; Airflow would wait out minutes, and write to people. The command
        # that runs it writes where the warehouse stands, once, at its end.
        task.retries, task.on_failure_callback, task.on_success_callback = 0, [], []
    _BAG.append(bag)
    return bag


def one(name: str, conf: dict[str, Any]) -> Run:
    """Runs one DAG in this process; says whether it succeeded, and its seconds."""
    start = time.perf_counter()
    run = _BAG[0].dags[name].test(run_conf=conf)
    return name, str(run.state) == "success", time.perf_counter() - start


def ready() -> None:
    """Makes once what each process would make anew: Airflow's own service, and Great Expectations.

    The first request to the service takes seconds. It is asked without its thread, which would not follow.
    """
    import asyncio

    import httpx
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    from pipelines.checks import runner

    async def ask() -> None:
        asked = httpx.ASGITransport(in_process_api_server().app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=asked, base_url="http://embedded") as client:
            await client.get("/health/ping")

    asyncio.run(ask())
    runner.warm()


def every(names: list[str]) -> Iterator[Run]:
    """Runs independent DAGs, as many at once as this process has cores; each as it ends."""
    from airflow import settings as airflow_settings

    # Each process opens its own connections to the metadata: SQLite forbids to inherit one.
    airflow_settings.get_engine().dispose()
    cores = min(len(os.sched_getaffinity(0)), AT_ONCE)
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
        for done in as_completed([pool.submit(one, name, {}) for name in names]):
            yield done.result()
