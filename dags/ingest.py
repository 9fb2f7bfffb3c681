"""One DAG per source of the catalogue: fetch and archive, stage, check, for each vintage on offer."""

import datetime as dt

from airflow.sdk import Asset, Param, dag, task, task_group
from airflow.sdk.exceptions import AirflowFailException

from pipelines import catalogue

AGAIN = {"retries": 3, "retry_delay": dt.timedelta(minutes=1), "retry_exponential_backoff": True}


def ingestion(source: catalogue.Source) -> None:
    accepted = Asset(name=f"staging_{source.id}", uri=f"atlas://staging/{source.id}")

    @dag(
        dag_id=f"ingest_{source.id}",
        description=f"{source.titre} ({source.producteur})",
        doc_md=f"""
**{source.titre}** — {source.producteur}, {source.licence}. [Le jeu de données chez le producteur]({source.adresse}).

Millésime : {source.millesime.sens}. Cadence : {source.cadence}.

{source.limits}
""",
        schedule=source.cron,
        start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        catchup=False,
        max_active_runs=1,
        tags=["source"],
        params={
            "millesime": Param(
                None,
                type=["null", "integer"],
                minimum=1900,
                maximum=2100,
                title="Millésime",
                description="Un seul millésime ; vide : tous ceux du dossier",
            )
        },
    )
    def source_dag() -> None:
        @task(**AGAIN)
        def vintages(params: dict | None = None) -> list[int]:
            from pipelines import errors, steps

            try:
                return steps.vintages(source.id, (params or {}).get("millesime"))
            except (errors.StorageError, errors.LaterError):
                raise
            except errors.AtlasError as error:
                raise AirflowFailException(str(error)) from error

        @task(**AGAIN, map_index_template="{{ task.op_kwargs['millesime'] }}")
        def fetch(millesime: int) -> dict[str, int]:
            from pipelines import errors, steps

            try:
                return {"millesime": millesime, "revision": steps.fetch(source.id, millesime)}
            except (errors.StorageError, errors.LaterError):  # a disk or a site may come back
                raise
            except errors.AtlasError as error:  # asking again would not mend a wrong file
                raise AirflowFailException(str(error)) from error

        @task(map_index_template="{{ task.op_kwargs['fetched']['millesime'] }}")
        def stage(fetched: dict[str, int]) -> dict[str, int]:
            from pipelines import steps

            steps.stage(source.id, **fetched)
            return fetched

        @task(outlets=[accepted], map_index_template="{{ task.op_kwargs['staged']['millesime'] }}")
        def check(staged: dict[str, int], outlet_events=None) -> None:
            from pipelines import steps

            steps.check(source.id, **staged)
            outlet_events[accepted].add_partitions([str(staged["millesime"])])

        @task_group
        def vintage(millesime: int) -> None:
            check(staged=stage(fetched=fetch(millesime=millesime)))

        vintage.expand(millesime=vintages())

    source_dag()


for entry in catalogue.load_all():
    ingestion(entry)
