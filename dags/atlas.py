"""The marts of an edition: lock, build aside, check, reconcile, swap in. Runs when a source has a new vintage."""

import datetime as dt
from typing import Any

import lineage
import notes
from airflow.sdk import (
    Asset,
    AssetAny,
    FixedKeyMapper,
    Param,
    PartitionedAssetTimetable,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowSkipException
from rules import EDITION, RULES

from pipelines import catalogue

SOURCES = [Asset(name=f"staging_{s}", uri=f"atlas://staging/{s}") for s in catalogue.sources()]
AGAIN = Asset(name="reprise", uri="atlas://reprise")
MARTS = Asset(name="marts", uri="atlas://marts")


@dag(
    dag_id="atlas",
    description="Verrouille, construit, contrôle et rapproche une édition, puis la met en place",
    doc_md="""
Se lance dès qu'une source a un millésime accepté, et saute tout si l'édition est déjà construite avec son verrou.
Le verrou n'est fait qu'une fois : pour y prendre les millésimes arrivés depuis, déclencher et cocher
**Refaire le verrou**. Chaque édition a son fichier ; une édition antérieure à celle qui est en place ne prend
sa place que si l'on coche **Revenir en arrière**.
""",
    schedule=PartitionedAssetTimetable(
        assets=AssetAny(*SOURCES, AGAIN),
        default_partition_mapper=FixedKeyMapper("edition"),  # which one, the task reads in the settings
    ),
    start_date=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args=RULES,
    tags=["édition"],
    params={
        "edition": EDITION,
        "update": Param(
            False,
            type="boolean",
            title="Refaire le verrou",
            description="Prendre les millésimes acceptés depuis que le verrou de l'édition a été fait",
        ),
        "back": Param(
            False,
            type="boolean",
            title="Revenir en arrière",
            description="Mettre en place cette édition même si une édition plus récente l'est",
        ),
    },
)
def atlas() -> None:
    @task
    @notes.why_skipped()
    def lock() -> int:
        from pipelines import steps

        run = get_current_context()
        edition = steps.edition(run["params"]["edition"])
        # A new vintage of a source wakes this DAG; the lock alone decides whether it changes anything.
        if run["triggering_asset_events"] and (why := steps.nothing_to_build(edition)):
            raise AirflowSkipException(why)
        steps.regions()  # an unknown one is told now, not once all is built
        steps.lock(edition, update=run["params"]["update"])
        return edition

    @task
    def build(edition: int) -> str:
        from pipelines import steps

        return lineage.told_of_tables(steps.build(edition))

    @task
    def check(target: str) -> str:
        from pipelines import steps

        notes.tell(notes.checked("Édition construite", steps.check_marts(target)))
        return target

    @task
    def reconcile(target: str) -> str:
        from pipelines import steps

        steps.reconcile(target)
        return target

    @task(outlets=[MARTS])
    def promote(edition: int, target: str) -> str:
        from pipelines import steps

        run = get_current_context()
        promoted = steps.promote(target, back=run["params"]["back"])
        run["outlet_events"][MARTS].add_partitions([str(edition)])
        notes.tell(f"Édition {edition} en place")
        return promoted

    # Any: Airflow types what a task will return as an XComArg, whatever the task says it returns.
    edition: Any = lock()
    built: Any = build(edition)
    checked: Any = check(built)
    reconciled: Any = reconcile(checked)
    promote(edition, reconciled)


atlas()
