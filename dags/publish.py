"""The release of an edition for a region, each time its marts are swapped in."""

import datetime as dt

from airflow.sdk import Asset, Param, dag, task

from pipelines import settings

MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="publish",
    description="Publication d'une édition pour une région",
    schedule=[MARTS],
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    tags=["édition"],
    params={
        "edition": Param(settings.CURRENT_EDITION, type="integer", description="Année de l'atlas"),
        "region": Param(settings.DEFAULT_REGION, type="string", description="Code officiel de la région"),
    },
)
def publish() -> None:
    @task
    def release(params: dict | None = None) -> str:
        from pipelines import steps

        return steps.publish(params["edition"], params["region"])

    release()


publish()
