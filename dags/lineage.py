"""What each run read and made, for a catalogue of data that listens (OpenLineage): tables under their own names.

Airflow's provider tells the runs by itself, wherever one of its settings says to whom; without any, or without the
provider (group `telemetry` of pyproject.toml), nothing is told and nothing is computed.
"""

import uuid
from collections.abc import Iterable
from typing import Any

NAMESPACE = "atlas"  # of datasets; that of jobs is Airflow's setting


def told(read: Iterable[str], made: Iterable[str]) -> None:
    """Tells what the task at work has read and made, by name."""
    if not listened_to():
        return
    from airflow.providers.openlineage.api import emit_dataset_lineage

    emit_dataset_lineage(inputs=_datasets(read), outputs=_datasets(made))


def told_of_tables(build: str) -> str:
    """Tells, of each table of a build, the tables that it is made from: a job each, below the task at work."""
    if not listened_to():
        return build
    from airflow.providers.openlineage.api import emit

    from pipelines.edition import models

    for model in models.load_all():
        emit(_event(model.name, models.made_from(model.name)))
    return build


def staged(source: str) -> list[str]:
    """The tables that a source is staged to."""
    from pipelines import catalogue

    entry = catalogue.load(source)
    return [f"staging.{entry.staged_name(table)}" for table in entry.tables]


def told_of_release(edition: int, region: str) -> None:
    """Tells of which tables the release of a region is made."""
    if listened_to():
        from pipelines.publish import public

        told([model.name for model in public.published()], [f"releases.{edition}-{region}"])


def listened_to() -> bool:
    """Whether anybody listens."""
    try:
        from airflow.providers.openlineage.api import is_openlineage_active
    except ModuleNotFoundError:
        return False
    return bool(is_openlineage_active())


def _datasets(names: Iterable[str]) -> list[Any]:
    from openlineage.client.event_v2 import Dataset

    return [Dataset(namespace=NAMESPACE, name=name) for name in sorted(names)]


def _event(table: str, read: Iterable[str]) -> Any:
    """That a table was made, as the event of a job of its own, whose parent is the task at work."""
    from airflow.providers.openlineage import conf
    from airflow.providers.openlineage.plugins.macros import lineage_job_name, lineage_run_id
    from airflow.sdk import get_current_context, timezone
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import parent_run

    task, namespace = get_current_context()["ti"], conf.namespace()
    parent = parent_run.ParentRunFacet(
        run=parent_run.Run(runId=lineage_run_id(task)),
        job=parent_run.Job(namespace=namespace, name=lineage_job_name(task)),
    )
    return RunEvent(
        eventType=RunState.COMPLETE,
        eventTime=timezone.utcnow().isoformat(),
        run=Run(runId=str(uuid.uuid5(uuid.UUID(lineage_run_id(task)), table)), facets={"parent": parent}),
        job=Job(namespace=namespace, name=f"{lineage_job_name(task)}.{table}"),
        inputs=_datasets(read),
        outputs=_datasets([table]),
        producer="https://airflow.apache.org",
    )
