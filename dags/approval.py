"""The question that a person answers between the draft of a release and the release: see publish.py. Not a DAG file."""

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import BaseNotifier, Param
from airflow.sdk.exceptions import AirflowSkipException
from notices import send

from pipelines import settings
from pipelines.errors import BuildError

if TYPE_CHECKING:
    from airflow.sdk import Context

    from pipelines.releases.drafts import Draft

LOG = logging.getLogger(__name__)
# Airflow's own ApprovalOperator has its two answers in English, and none for « not now ».
APPROVE, REJECT, LATER = "Approuver", "Rejeter", "Plus tard"
PATIENCE = dt.timedelta(days=7)  # then « Plus tard » is answered for nobody: the draft goes on waiting


class Awaited(BaseNotifier):
    """A question that waits for a person's answer: not told, it waits all the same, and the interface shows it."""

    def notify(self, context: "Context") -> None:
        ti, asked = context["ti"], cast(Any, context["task"])
        link = asked.generate_link_to_ui_from_context(context=context)
        places = {"DAG": f"{ti.dag_id}, {ti.run_id}", "Répondre": link}
        try:
            send(f"Approbation attendue : {asked.subject}", asked.body, places)
        except Exception:
            LOG.exception("L'avis n'est pas parti")


class Approval(HITLOperator):
    """Asks whether a draft may be released, and waits for the answer; asks nobody where the settings ask for none."""

    somebody = True  # who may answer: embedded.py, which runs in a terminal, has nobody

    def __init__(self, **arguments: Any) -> None:
        said = {
            "options": [APPROVE, REJECT, LATER],
            "defaults": LATER,
            "response_timeout": PATIENCE,
            "notifiers": [Awaited()],
            "params": {"motif": Param("", type="string", title="Motif", description="Pourquoi il est rejeté")},
        }
        super().__init__(**{**arguments, **said})  # Airflow passes the DAG's own parameters along

    def execute(self, context: "Context") -> Any:
        """Asks. Raises AirflowSkipException where an approval is wanted and nobody here can give it."""
        if not wanted(by_default=self.somebody):
            return None
        if not self.somebody:
            raise AirflowSkipException("Le brouillon attend d'être approuvé : atlas brouillons")
        # Read when it is asked, as all settings are: Airflow lets these users alone answer.
        self.assigned_users = [{"id": name, "name": name} for name in settings.approvers()] or None
        return super().execute(context)


def wanted(*, by_default: bool = True) -> bool:
    """Whether somebody must approve what is released: unless the settings say it, under a scheduler, yes."""
    said = settings.load().approbation
    return by_default if said is None else said


def question(made: "Draft | None") -> dict[str, str]:
    """What a person is asked about a draft: its name, a headline, and what it holds, in Markdown.

    Raises AirflowSkipException where there is none: all of it is released already.
    """
    if made is None:
        raise AirflowSkipException("Ce contenu est déjà publié.")
    lines = [
        *(f"- {line}" for line in made.resume),
        f"\nÀ lire avant de répondre : `{made.page(settings.load())}`\n",
        f"**{APPROVE}** publie ces fichiers tels quels, sous le numéro {made.version}. **{REJECT}** les efface ; le "
        f"motif est gardé. **{LATER}**, ou {PATIENCE.days} jours sans réponse : le brouillon attend, et "
        f"`atlas approuver {made.id}` le publie, ou cette tâche effacée (« Clear ») repose la question.",
    ]
    return {
        "name": made.id,
        "subject": f"Publier l'édition {made.edition}, {made.region_libelle} ({made.region}) ? Brouillon {made.id}",
        "body": "\n".join(lines),
    }


def act(name: str, answer: dict[str, Any] | None) -> str:
    """Does what was answered about a draft; returns the folder of the release.

    Raises AirflowSkipException where nothing is released, BuildError where nobody answered who should have.
    """
    from pipelines.releases import acts

    if answer is None and not wanted(by_default=Approval.somebody):
        return acts.approve(name)
    said = answer or {"chosen_options": [""], "responded_by_user": None, "params_input": {}}
    (choice,), user = said["chosen_options"], said["responded_by_user"]
    by = dict(user)["id"] if user else ""
    if not by and choice != LATER:
        raise BuildError(
            f"Personne n'a approuvé le brouillon {name} : la tâche « approval » n'a pas de réponse.",
            expected=f"« {APPROVE} », « {REJECT} » ou « {LATER} », répondu dans l'interface",
            todo="effacer la tâche « approval » (« Clear ») : elle repose la question",
        )
    if choice == APPROVE:
        return acts.approve(name, by)
    if choice == REJECT:
        acts.reject(name, by, said["params_input"].get("motif") or "sans motif")
        raise AirflowSkipException(f"Le brouillon {name} a été rejeté par {by}.")
    ended = acts.ended(name)  # decided or replaced since it was asked, nobody has to be told of it
    told = ended or f"Le brouillon {name} attend toujours : atlas approuver {name}, ou effacer la tâche « approval »."
    if not (by or ended):
        send(f"Sans réponse depuis {PATIENCE.days} jours : le brouillon {name}", told)
    raise AirflowSkipException(told)
