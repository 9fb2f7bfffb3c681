"""What people are told of a run they don't watch: the log of each task, and notices by mail or webhook."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures_entrepots import ROOT, environment
from receivers import mail_server, webhook

from pipelines import settings, steps
from pipelines.arrival import outcomes
from pipelines.checks import controls
from pipelines.errors import RefusedError, UsageError
from pipelines.settings import Settings


@pytest.fixture
def ght(tmp_path: Path, sample_extracts: Path) -> Iterator[Settings]:
    """A new warehouse beside an extract that the test may damage."""
    shutil.copytree(sample_extracts / "ght", tmp_path / "extraits" / "ght")
    shutil.copyfile(sample_extracts / "FICTIF.txt", tmp_path / "extraits" / "FICTIF.txt")
    with environment(tmp_path / "entrepot", tmp_path / "extraits") as now:
        yield now


def spoil(now: Settings, before: str, after: str) -> None:
    (path,) = (now.sources / "ght" / "2023").iterdir()
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


# --- The log of a task ------------------------------------------------------------------------------------


def test_the_log_tells_what_the_journal_does(ght: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    steps.fetch("ght", 2023)
    (said,) = [r for r in caplog.records if r.name == "pipelines.journal"]
    (line,) = (ght.warehouse / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert entry.pop("quand")
    assert said.levelname == "INFO"
    assert said.getMessage() == " ; ".join(f"{word} : {value}" for word, value in entry.items())


def test_each_failed_check_is_named_in_the_log(empty: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    steps.ingest("zonage_medecins", 2022)
    known = outcomes.load(empty, "zonage_medecins", 2022, 1)
    assert known
    failed = [c for c in known.controls if not c.reussi]
    assert failed  # the fictitious extract has some
    for control in failed:
        (said,) = [r for r in caplog.records if f"{control.controle} de {control.objet} " in r.getMessage()]
        assert control.observe in said.getMessage()
        assert said.levelno == controls.LEVELS[control.severite]


def test_a_refusal_is_in_the_log_with_the_checks_that_make_it(ght: Settings, caplog: pytest.LogCaptureFixture) -> None:
    spoil(ght, "2023,", "2022,")
    with pytest.raises(RefusedError) as refused:
        steps.ingest("ght", 2023)
    check, told = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert check.startswith("contrôle en échec (critique) : annee_du_millesime de ght ; ")
    assert str(refused.value) in told


def test_what_has_not_changed_is_told_without_great_expectations(ght: Settings) -> None:
    steps.ingest("ght", 2023)
    code = (
        "import logging, sys; logging.basicConfig(level=logging.INFO); from pipelines import steps\n"
        "assert steps.stage('ght', 2023, 1) is False\n"
        "assert steps.check('ght', 2023, 1)['inchange']\n"
        "print('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
    assert "etape : check" in done.stderr
    assert "inchange : True" in done.stderr


def test_great_expectations_says_nothing_of_its_own(ght: Settings) -> None:
    code = (
        "import logging; logging.basicConfig(level=logging.INFO); from pipelines import steps; "
        "steps.ingest('ght', 2023)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = [line for line in done.stderr.splitlines() if not line.startswith(("INFO:pipelines", "WARNING:pipelines"))]
    assert (said, done.stdout) == ([], "")


# --- Notices ----------------------------------------------------------------------------------------------

TELL = """
import json, sys
from types import SimpleNamespace
import notices
from pipelines import errors

told = json.loads(sys.argv[1])
error = {
    "refused": errors.RefusedError("La feuille « {{ 7 * 7 }} » manque.", expected="une feuille", todo="la remettre",
                                   where=errors.Place(source="sae", millesime=2023, file="sae.xlsx", line=12)),
    "unknown": ZeroDivisionError("division by zero"), "killed": None,
}[told]
ti = SimpleNamespace(
    dag_id="ingest_sae", task_id="vintage.check", run_id="scheduled__2026", map_index=0, rendered_map_index="2023",
    try_number=4, max_tries=3, log_url="http://127.0.0.1:8080/journal",
)
notices.Failed()({"ti": ti, "exception": error})
"""


def tell(what: str, address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A task fails; Airflow keeps to a process of its own here."""
    return subprocess.run(
        [sys.executable, "-c", TELL, json.dumps(what)],
        env={
            **os.environ,
            "ATLAS_ALERTES": address,
            "AIRFLOW_HOME": str(folder),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "dags")]),
        },
        capture_output=True,
        text=True,
    )


def test_a_refusal_goes_to_the_webhook_with_all_that_a_person_needs(ght: Settings, tmp_path: Path) -> None:
    with webhook() as (address, received):
        done = tell("refused", address, tmp_path)
    assert done.returncode == 0, done.stderr
    ((word, text),) = [*received[0].items()]
    assert (word, len(received)) == ("text", 1)
    assert text.splitlines() == [
        "[Atlas santé, FICTIF] Millésime refusé : sae 2023",
        "",
        "La feuille « {{ 7 * 7 }} » manque.",  # as it is: no template
        "  où      : source sae, millésime 2023, fichier sae.xlsx, ligne 12",
        "  attendu : une feuille",
        "  à faire : la remettre",
        "",
        "DAG      : ingest_sae, scheduled__2026",
        "Tâche    : vintage.check [2023], essai 4 sur 4",
        "Journal  : http://127.0.0.1:8080/journal",
        f"Entrepôt : {ght.warehouse}",
    ]


@pytest.mark.parametrize(
    ("what", "said"),
    [("unknown", "ZeroDivisionError : division by zero"), ("killed", "Le processus de la tâche s'est arrêté")],
)
def test_what_is_no_mistake_of_a_person_is_told_too(what: str, said: str, tmp_path: Path) -> None:
    with webhook() as (address, received):
        done = tell(what, address, tmp_path)
    assert done.returncode == 0, done.stderr
    text = received[0]["text"]
    assert "Échec : ingest_sae, vintage.check [2023]\n" in text
    assert said in text
    assert "attendu" in text
    assert "à faire" in text


def test_a_refusal_goes_by_mail(ght: Settings, tmp_path: Path) -> None:
    with mail_server() as (port, received):
        to = "to=donnees@ars.example,astreinte@ars.example&from_email=atlas@ars.example&disable_tls=true"
        done = tell("refused", f"smtp://127.0.0.1:{port}/?{to}", tmp_path)
    assert done.returncode == 0, done.stderr
    ((sender, to_whom, message),) = received
    assert (sender, to_whom) == ("atlas@ars.example", ["donnees@ars.example", "astreinte@ars.example"])
    assert message["Subject"] == "[Atlas santé, FICTIF] Millésime refusé : sae 2023"
    text = message.get_body(("html",))
    assert text
    assert "La feuille « {{ 7 * 7 }} » manque.\n  où      : source sae" in text.get_content()


def test_without_the_variable_nothing_is_sent(tmp_path: Path) -> None:
    done = tell("refused", "", tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_notice_that_does_not_leave_is_told_without_its_address(tmp_path: Path) -> None:
    with webhook(500) as (address, _):
        done = tell("refused", address, tmp_path)
    assert done.returncode
    assert "L'avis n'est pas parti : HTTPError, réponse 500" in done.stderr
    assert "jeton-secret" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "address",
    ["a@b.example", "mailto:a@b.example", "ftp://serveur/", "smtps://serveur/", "https://?", "smtp://h:port/?to=a@b"],
)
def test_an_address_that_makes_no_sense_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_ALERTES", address)
    with pytest.raises(UsageError, match="ATLAS_ALERTES") as told:
        settings.alertes()
    assert address not in str(told.value)
