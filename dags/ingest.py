"""One DAG per source of the catalogue: fetch and archive, stage, check, for each vintage on offer."""

import datetime as dt
from typing import Any

import lineage
import notes
from airflow.sdk import Asset, Param, dag, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowSkipException
from rules import LONG, RULES

from pipelines import catalogue

DOC = """
**{s.titre}** — {s.producteur}, {s.licence}. [Le jeu de données chez le producteur]({s.adresse}).

Millésime : {s.millesime.sens}. Cadence : {s.cadence}.

{s.limits}
"""
ONE = Param(
    None,
    type=["null", "integer"],
    minimum=1900,
    maximum=2100,
    title="Millésime",
    description="Un seul millésime ; vide : tous ceux du dossier",
)


def ingestion(source: catalogue.Source) -> None:
    accepted = Asset(name=f"staging_{source.id}", uri=f"atlas://staging/{source.id}")

    @dag(
        dag_id=f"ingest_{source.id}",
        description=f"{source.titre} ({source.producteur})",
        doc_md=DOC.format(s=source),
        schedule=source.cron,
        start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        catchup=False,
        max_active_runs=1,
        default_args=RULES,
        tags=["source", source.domaine],
        params={"millesime": ONE},
    )
    def source_dag() -> None:
        @task
        def vintages() -> list[int]:
            from pipelines import steps

            return steps.vintages(source.id, get_current_context()["params"]["millesime"])

        @task(execution_timeout=LONG, map_index_template="{{ task.op_kwargs['millesime'] }}")
        def fetch(millesime: int) -> dict[str, int]:
            from pipelines import steps

            return {"millesime": millesime, "revision": steps.fetch(source.id, millesime)}

        @task(map_index_template="{{ task.op_kwargs['fetched']['millesime'] }}")
        def stage(fetched: dict[str, int]) -> dict[str, int]:
            from pipelines import steps

            steps.stage(source.id, **fetched)
            lineage.told([f"landing.{source.id}"], lineage.staged(source.id))
            return fetched

        @task(outlets=[accepted], map_index_template="{{ task.op_kwargs['staged']['millesime'] }}")
        def check(staged: dict[str, int]) -> None:
            from pipelines import steps

            done = steps.check(source.id, **staged)
            notes.tell(notes.checked(staged["millesime"], done) + (", inchangé" if done["inchange"] else ""))
            if done["inchange"]:
                raise AirflowSkipException("millésime inchangé, déjà contrôlé : rien à faire en aval")
            get_current_context()["outlet_events"][accepted].add_partitions([str(staged["millesime"])])

        @task_group
        def vintage(millesime: int) -> None:
            # Any: Airflow types what a task will return as an XComArg, whatever the task says it returns.
            fetched: Any = fetch(millesime=millesime)
            staged: Any = stage(fetched=fetched)
            check(staged=staged)

        vintage.expand(millesime=vintages())

    source_dag()


for entry in catalogue.load_all():
    ingestion(entry)
