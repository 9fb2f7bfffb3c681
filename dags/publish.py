"""The releases of an edition, one for each region, each time its marts are swapped in: drafted, approved, released."""

import datetime as dt
from typing import Any

import lineage
import notes
from airflow.sdk import Asset, Param, PartitionedAssetTimetable, dag, get_current_context, task, task_group
from approval import Approval
from rules import EDITION, LONG, RULES

MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="publish",
    description="Écrit les fichiers d'une édition, région par région, et les publie une fois approuvés",
    doc_md="""
Se lance quand une édition a de nouveaux marts, et publie cette édition-là, une région après l'autre : ce qui échoue
pour l'une n'arrête pas les autres.

Chaque région a son **brouillon** : tout ce qui serait publié, écrit à part, avec une page à lire. La tâche
`approval` attend qu'une personne réponde (« Required Actions ») ; approuvé, le brouillon devient la publication,
tel quel. Une publication ne change jamais : un contenu déjà publié n'est pas publié deux fois.
""",
    schedule=PartitionedAssetTimetable(assets=MARTS),  # its partitions are the editions
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=16,  # one that waits for an answer keeps no other: the newest draft takes the place of the others
    default_args=RULES,
    tags=["édition"],
    params={
        "edition": EDITION,
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

    # Drafts are made one at a time: secrecy looks at all of them together.
    @task(execution_timeout=LONG, max_active_tis_per_dag=1, map_index_template="{{ task.op_kwargs['code'] }}")
    @notes.why_skipped()
    def draft(code: str) -> dict[str, str]:
        from approval import question

        from pipelines import steps
        from pipelines.releases import acts

        run = get_current_context()
        # What was just put in place, or what a person asks for.
        edition = steps.edition(run["dag_run"].partition_key or run["params"]["edition"])
        lineage.told_of_release(edition, code)
        return question(acts.draft(edition, code))

    @task(map_index_template="{{ task.op_kwargs['name'] }}")
    @notes.why_skipped()
    def release(name: str, answer: dict[str, Any] | None) -> str:
        from approval import act

        released = act(name, answer)
        notes.tell(f"Publié : {released}")
        return released

    @task_group
    def region(code: str) -> None:
        # Any: Airflow types what a task will return as an XComArg, whatever the task says it returns.
        made: Any = draft(code=code)
        asked = Approval(
            task_id="approval", subject=made["subject"], body=made["body"], map_index_template="{{ task.subject }}"
        )
        answer: Any = asked.output
        release(name=made["name"], answer=answer)

    region.expand(code=regions())


publish()
