"""What the tasks of several machines wrote, kept in the store: it is read there, whatever became of a machine.

docker-compose.celery.yml names LOGGING (logging_config_class): Airflow takes REMOTE_TASK_LOG from beside it.
"""

import os
from pathlib import Path

from airflow.config_templates.airflow_local_settings import DEFAULT_LOGGING_CONFIG
from airflow.configuration import conf

from pipelines import settings
from pipelines.errors import AtlasError
from pipelines.shared.objects import Store


class StoreLogs:
    """Airflow's RemoteLogIO over the store that the machines share (ATLAS_MAGASIN)."""

    processors = ()

    def upload(self, path: "os.PathLike[str] | str", ti: object = None) -> None:  # noqa: ARG002
        """Keeps a log, whose path is told from the folder of logs, once its task has ended."""
        home = Path(conf.get_mandatory_value("logging", "base_log_folder"))
        here = home / path
        if here.is_file():
            Store(settings.magasin()).put_log(here.relative_to(home).as_posix(), here)

    def read(self, relative_path: str, ti: object) -> tuple[list[str], list[str] | None]:  # noqa: ARG002
        """Where a log was read, and its text; what the store answers where it has none, or can't say."""
        try:
            found = Store(settings.magasin()).log(relative_path)
        except AtlasError as error:
            return [error.what], None
        return ([], None) if found is None else ([f"journal gardé par le magasin : {relative_path}"], [found])


LOGGING = DEFAULT_LOGGING_CONFIG
REMOTE_TASK_LOG = StoreLogs()
