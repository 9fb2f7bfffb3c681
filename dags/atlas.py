"""The marts of an edition: lock, build aside, check, reconcile, swap in. Runs when a source has a new vintage."""

import datetime as dt

from airflow.exceptions import AirflowSkipException
from airflow.sdk import Asset, AssetAny, FixedKeyMapper, Param, PartitionedAssetTimetable, dag, task

from pipelines import catalogue, settings

SOURCES = [Asset(name=f"staging_{s}", uri=f"atlas://staging/{s}") for s in catalogue.sources()]
MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="atlas",
    description="Marts d'une édition, depuis son verrou",
    schedule=PartitionedAssetTimetable(
        assets=AssetAny(*SOURCES),
        default_partition_mapper=FixedKeyMapper(str(settings.CURRENT_EDITION)),
    ),
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    tags=["édition"],
    params={
        "edition": Param(settings.CURRENT_EDITION, type="integer", description="Année de l'atlas"),
        "update": Param(False, type="boolean", description="Refaire le verrou avec les millésimes acceptés depuis"),
    },
)
def atlas() -> None:
    @task
    def lock(params: dict | None = None, triggering_asset_events=None) -> int:
        from pipelines import steps

        steps.lock(params["edition"], update=params["update"])
        # A new vintage of a source wakes this DAG; the lock alone decides whether it changes anything.
        if triggering_asset_events and steps.is_built(params["edition"]):
            raise AirflowSkipException("Cette édition est déjà construite avec ce verrou et ce code.")
        return params["edition"]

    @task
    def build(edition: int) -> str:
        from pipelines import steps

        return steps.build(edition)

    @task
    def check(target: str) -> str:
        from pipelines import steps

        steps.check_marts(target)
        return target

    @task
    def reconcile(target: str) -> str:
        from pipelines import steps

        steps.reconcile(target)
        return target

    @task(outlets=[MARTS])
    def promote(target: str) -> str:
        from pipelines import steps

        return steps.promote(target)

    promote(reconcile(check(build(lock()))))


atlas()
