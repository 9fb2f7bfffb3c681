"""Takes up each day what was left undone: an edition that is not built, releases that were not made."""

import datetime as dt

import notes
from airflow.sdk import Asset, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from rules import RULES

AGAIN = Asset(name="reprise", uri="atlas://reprise")
MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="reprise",
    description="Reprend chaque jour ce qui est resté en plan : édition à construire, publications à faire",
    doc_md="""
Un millésime nouveau réveille l'atlas, des marts nouveaux la publication ; une tâche qui échoue pour de bon, un DAG
en pause à ce moment-là, une machine arrêtée, et personne ne les réveille plus. Ce DAG regarde chaque jour ce qui
reste à faire, et ne fait rien quand tout est fait.
""",
    schedule="0 7 * * *",  # after the sources, which are asked at five
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args=RULES,
    tags=["édition"],
)
def reprise() -> None:
    @task(outlets=[AGAIN])
    @notes.why_skipped()
    def build() -> None:
        from pipelines import steps

        edition = steps.edition()
        if why := steps.nothing_to_build(edition):
            raise AirflowSkipException(why)
        notes.tell(f"À construire : édition {edition}")
        get_current_context()["outlet_events"][AGAIN].add_partitions([str(edition)])

    @task(outlets=[MARTS])
    @notes.why_skipped()
    def publish() -> None:
        from pipelines import steps

        edition = steps.edition()
        if not steps.unpublished(edition):
            raise AirflowSkipException("Tout ce qui est construit est publié.")
        notes.tell(f"À publier : édition {edition}")
        get_current_context()["outlet_events"][MARTS].add_partitions([str(edition)])

    build()
    publish()


reprise()
