"""The release of an edition for a region, each time its marts are swapped in."""

import datetime as dt

from airflow.sdk import Asset, Param, PartitionedAssetTimetable, dag, task
from rules import LONG, RULES

from pipelines import settings

MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="publish",
    description="Écrit les fichiers publiés d'une édition pour une région",
    doc_md="""
Se lance quand les marts d'une édition sont mis en place, et publie cette édition-là.
Une publication ne change jamais : un contenu déjà publié n'est pas publié deux fois.
""",
    schedule=PartitionedAssetTimetable(assets=MARTS),  # its partitions are the editions
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args=RULES,
    tags=["édition"],
    params={
        "edition": Param(
            settings.CURRENT_EDITION,
            type="integer",
            minimum=2000,
            maximum=2100,
            title="Édition",
            description="Année de l'atlas ; ce doit être celle de l'entrepôt en place",
        ),
        "region": Param(
            settings.DEFAULT_REGION,
            type="string",
            pattern="^[0-9]{2}$",
            title="Région",
            description="Code officiel de la région, deux chiffres (28 : Normandie)",
        ),
    },
)
def publish() -> None:
    @task(execution_timeout=LONG)
    def release(params: dict | None = None, dag_run=None) -> str:
        from pipelines import steps

        # What was just put in place, or what a person asks for.
        return steps.publish(int(dag_run.partition_key or params["edition"]), params["region"])

    release()


publish()
