"""Says where the warehouse stands, each time that a task ends: the page is in the warehouse (pipelines/status.py)."""

from typing import TYPE_CHECKING

from airflow.sdk import BaseNotifier

if TYPE_CHECKING:
    from airflow.sdk import Context


class Shown(BaseNotifier):
    """A task that has ended, well or not: the page that says where the warehouse stands is written anew."""

    def notify(self, context: "Context") -> None:  # noqa: ARG002 - all that it says is in the warehouse
        from pipelines import steps

        steps.show()
