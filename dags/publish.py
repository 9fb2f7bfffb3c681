"""The releases of an edition, one for each region, each time its marts are swapped in."""

import datetime as dt

from airflow.sdk import Asset, Param, PartitionedAssetTimetable, dag, get_current_context, task
from rules import LONG, RULES

MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="publish",
    description="Écrit les fichiers publiés d'une édition, région par région",
    doc_md="""
Se lance quand une édition a de nouveaux marts, et publie cette édition-là, une région après l'autre : ce qui échoue
pour l'une n'arrête pas les autres.
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
            None,
            type=["null", "integer"],
            minimum=2000,
            maximum=2099,
            title="Édition",
            description="Année de l'atlas, déjà construite ; vide : ATLAS_EDITION, sinon l'édition en place",
        ),
        "regions": Param(
            None,
            type=["null", "string"],
            title="Régions",
            description="Codes officiels, séparés par des espaces (11 28 53) ; vide : ATLAS_REGIONS, sinon 28",
        ),
    },
)
def publish() -> None:
    @task
    def regions() -> list[str]:
        from pipelines import steps

        return steps.regions(get_current_context()["params"]["regions"])

    # Releases are made one at a time: secrecy looks at all of them together.
    @task(execution_timeout=LONG, max_active_tis_per_dag=1, map_index_template="{{ task.op_kwargs['region'] }}")
    def release(region: str) -> str:
        from pipelines import steps

        run = get_current_context()
        # What was just put in place, or what a person asks for.
        return steps.publish(steps.edition(run["dag_run"].partition_key or run["params"]["edition"]), region)

    release.expand(region=regions())


publish()
