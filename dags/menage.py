"""Takes away each week what runs leave behind, by the rules of pipelines/upkeep/menage.yml."""

import datetime as dt

import notes
from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException
from rules import RULES


@dag(
    dag_id="menage",
    description="Efface chaque semaine ce que des exécutions ont laissé, et les vieux journaux",
    doc_md="""
Restes d'exécutions interrompues, constructions jamais mises en place, mises en forme remplacées que rien n'épingle,
journaux et exécutions passées d'Airflow. Ce qui part est dans le journal de l'entrepôt. Rien de ce qu'un verrou
épingle ne part, ni aucune publication.
""",
    schedule="0 3 * * 0",  # before the sources, which are asked at five
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args=RULES,
    tags=["entretien"],
)
def menage() -> None:
    @task
    def warehouse() -> list[str]:
        from pipelines.upkeep import housekeeping

        gone = [going.chemin for going in housekeeping.clean(dry=False)]
        notes.tell(f"Effacés de l'entrepôt : {len(gone)}")
        return gone

    @task
    def database() -> None:
        from pipelines.upkeep import housekeeping

        if not (address := housekeeping.database()):
            raise AirflowSkipException("Rien ne dit où est la base d'Airflow (ATLAS_BASE_AIRFLOW).")
        housekeeping.clean_database(address)

    warehouse()
    database()


menage()
