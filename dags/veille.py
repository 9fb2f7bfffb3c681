"""Tells people, once a month, which sources have grown too old."""

import datetime as dt

import notes
from airflow.sdk import dag, task
from rules import RULES


@dag(
    dag_id="veille",
    description="Dit chaque mois quelles sources sont périmées, à qui ATLAS_ALERTES désigne",
    doc_md="""
Une source est périmée quand son dernier millésime accepté est plus vieux que `age_max` ne l'admet (son entrée du
catalogue) pour l'édition en cours ; ou, si personne n'a changé d'édition, pour celle de l'an dernier.
Une source que cette installation n'a jamais reçue n'attend rien.
""",
    schedule="0 7 2 * *",
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args=RULES,
    tags=["source"],
)
def veille() -> None:
    @task
    def sources() -> list[str]:
        from notices import send

        from pipelines import steps

        old, text = steps.stale(dt.date.today().year)
        notes.tell(f"Sources périmées : {', '.join(old) or 'aucune'}")
        if old:
            send(f"Sources périmées : {', '.join(old)}", text)
        return old

    sources()


veille()
