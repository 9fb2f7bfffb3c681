"""What every task of these DAGs keeps to (how often it is tried, how long it may take, whose it is, who is told), and
what a person who triggers one may say of the edition.
"""

import datetime as dt

from airflow.sdk import ExceptionRetryPolicy, Param, RetryAction, RetryRule
from notices import Failed
from state import Shown

from pipelines.errors import AtlasError, DamagedError, LaterError, StorageError

OWNER = "atlas"
LONG = dt.timedelta(hours=6)  # what a producer's site sends, or the sheets of a whole region

# Every task can be tried again: it makes its result aside, puts it in place at the end, and finds there what an
# earlier try had put. A disk, a site or a writer may come back; what a person has to mend would only fail again.
# Anything else (a machine stopped, memory short) is tried again too.
RULES = {
    "owner": OWNER,
    "retries": 3,
    "retry_delay": dt.timedelta(minutes=1),
    "retry_exponential_backoff": True,
    "retry_policy": ExceptionRetryPolicy(
        [
            RetryRule(DamagedError, RetryAction.FAIL, reason="à réparer : atlas reparer"),
            RetryRule([StorageError, LaterError], RetryAction.RETRY, reason="ce qui manque peut revenir"),
            RetryRule(AtlasError, RetryAction.FAIL, reason="à corriger : recommencer n'y changerait rien"),
        ]
    ),
    "execution_timeout": dt.timedelta(hours=1),
    "on_success_callback": [Shown()],
    "on_skipped_callback": [Shown()],
    "on_retry_callback": [Shown()],
    "on_failure_callback": [Failed(), Shown()],
}

EDITION = Param(
    None,
    type=["null", "integer"],
    minimum=2000,
    maximum=2099,
    title="Édition",
    description="Année de l'atlas ; vide : ATLAS_EDITION, sinon l'édition en place",
)
