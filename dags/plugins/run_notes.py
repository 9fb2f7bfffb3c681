"""The note of a run, in the list of runs: what its tasks told (`dags/notes.py`), and which of them failed."""

from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

KEY = "note"  # as in dags/notes.py, which this process, the scheduler's, has no need to read


class Listener:
    """Called by the scheduler as a run ends, before it saves the run."""

    @hookimpl
    def on_dag_run_success(self, dag_run: "DagRun") -> None:
        """A run that ended well."""
        _note(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: "DagRun") -> None:
        """A run that didn't."""
        _note(dag_run)


def _note(run: "DagRun") -> None:
    """Gives a run its note. What a person wrote stays; a run that is taken up again is told anew."""
    from airflow.models.xcom import XComModel
    from sqlalchemy.orm import object_session

    session: Any = object_session(run)
    if session is None or (run.dag_run_note is not None and run.dag_run_note.user_id):
        return
    told = session.scalars(XComModel.get_many(run_id=run.run_id, dag_ids=run.dag_id, key=KEY)).all()
    failed = [
        f"Échec : {task.task_id}" + (f" [{task.rendered_map_index or task.map_index}]" if task.map_index >= 0 else "")
        for task in run.get_task_instances(session=session)
        if str(task.state) == "failed"
    ]
    lines = [str(XComModel.deserialize_value(one)) for one in sorted(told, key=lambda one: one.timestamp)] + failed
    if lines:
        run.note = "\n".join(f"- {line}" for line in lines)


class Notes(AirflowPlugin):
    """Registers it."""

    name = "atlas_notes"
    listeners = [Listener()]  # noqa: RUF012 - as Airflow declares it
