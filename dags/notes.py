"""What each run came to, a line for each thing done or left: `plugins/run_notes.py` makes it the note of the run."""

import contextlib
from collections.abc import Iterator

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

KEY = "note"  # of what tasks leave for it


def tell(line: str) -> None:
    """Adds a line to the note of the run at work."""
    get_current_context()["ti"].xcom_push(key=KEY, value=line)


@contextlib.contextmanager
def why_skipped() -> Iterator[None]:
    """Why the task at work is skipped is told."""
    try:
        yield
    except AirflowSkipException as skipped:
        tell(str(skipped))
        raise


def checked(what: object, counts: dict[str, int]) -> str:
    """What was checked, in words: « 2024 : 28 contrôles, 1 avertissement, 12 lignes écartées »."""
    said = [_counted(counts["controles"], "contrôle"), _counted(counts["avertissements"], "avertissement")]
    if left := counts.get("ecartees"):
        said.append(f"{left} ligne{'s' * (left > 1)} écartée{'s' * (left > 1)}")
    return f"{what} : {', '.join(said)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number > 1)}"
