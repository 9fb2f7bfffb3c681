"""Tells people, by mail or webhook, what they would otherwise find in a log: ATLAS_ALERTES says where to.

It is read when there is something to say. Without it nothing is sent, and the logs say it all the same.
"""

import html
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from airflow.sdk import BaseNotifier

from pipelines import settings
from pipelines.errors import AtlasError, RefusedError

if TYPE_CHECKING:
    from airflow.sdk import Context

MAIL = "AIRFLOW_CONN_ATLAS_ALERTES"  # the mail server, as Airflow's own notifier asks for it
PATIENCE = 30  # seconds


class Failed(BaseNotifier):
    """A task that has failed for good; a refused vintage is told as such."""

    def notify(self, context: "Context") -> None:
        ti, error = context["ti"], context.get("exception")
        task = ti.task_id + ("" if ti.map_index in (None, -1) else f" [{ti.rendered_map_index or ti.map_index}]")
        if isinstance(error, RefusedError):
            subject = f"Millésime refusé : {error.where.source} {error.where.millesime or ''}".strip()
        else:
            subject = f"Échec : {ti.dag_id}, {task}"
        places = {
            "DAG": f"{ti.dag_id}, {ti.run_id}",
            "Tâche": f"{task}, essai {ti.try_number} sur {ti.max_tries + 1}",
            "Journal": ti.log_url,
        }
        send(subject, _told(error), places)


def _told(error: object) -> str:
    """What happened, what was expected, what to do: an error of ours says it itself."""
    if isinstance(error, AtlasError):
        return str(error)
    return str(
        AtlasError(
            f"{type(error).__name__} : {error}" if error else "Le processus de la tâche s'est arrêté sans rien dire.",
            expected="une tâche qui aboutit ; rien d'inachevé n'est en place",
            todo="lire le journal de la tâche, puis la relancer (« Clear ») : elle reprend sans rien refaire d'acquis",
        )
    )


def send(subject: str, text: str, places: dict[str, str] | None = None) -> None:
    """Sends a notice where ATLAS_ALERTES says. Raises UsageError where that makes no sense, and what refuses it."""
    address = settings.alertes()
    if not address:
        return
    fictif, where = _warehouse()
    subject = f"[Atlas santé{', FICTIF' if fictif else ''}] {subject}"
    rows = {**(places or {}), "Entrepôt": where}
    text = "\n".join([text, "", *(f"{label:<8} : {value}" for label, value in rows.items() if value)])
    if urlsplit(address).scheme.startswith("smtp"):
        _mail(address, subject, text)
    else:
        _post(address, subject, text)


def _warehouse() -> tuple[bool, str]:
    """Whether the extracts are fictitious, and the warehouse; unknown where the settings are what is at fault."""
    from pipelines.connectors import mirror

    try:
        now = settings.load()
    except AtlasError:
        return False, ""
    return (now.sources / mirror.FICTIF).is_file(), str(now.warehouse)


def _mail(address: str, subject: str, text: str) -> None:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    url = urlsplit(address)
    asked: dict[str, Any] = dict(parse_qsl(url.query))
    to = asked.pop("to")
    secure = url.scheme == "smtps"
    server = {
        "conn_type": "smtp",
        "host": url.hostname,
        "port": url.port or (465 if secure else 25),
        "login": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        # Encrypted from the first word, or once the server has been greeted.
        "extra": {"timeout": PATIENCE, **({"disable_tls": True} if secure else {"disable_ssl": True}), **asked},
    }
    os.environ[MAIL] = json.dumps(server)
    SmtpNotifier(
        to=to,
        from_email=asked.get("from_email", to.split(",")[0]),
        subject=subject,
        html_content=f"<pre>{html.escape(text)}</pre>",
        smtp_conn_id="atlas_alertes",
    ).notify({})


def _post(address: str, subject: str, text: str) -> None:
    import requests

    try:
        requests.post(address, json={"text": f"{subject}\n\n{text}"}, timeout=PATIENCE).raise_for_status()
    except requests.RequestException as error:
        # Its own words quote the address, which is often a secret.
        answer = f", réponse {error.response.status_code}" if error.response is not None else ""
        raise RuntimeError(f"L'avis n'est pas parti : {type(error).__name__}{answer}") from None
