"""The DAGs: what they are without running, then a whole edition by Airflow in its embedded mode.

Airflow keeps to processes of its own here: it reads its settings at import.
"""

import csv
import io
import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from embedded_runs import ANALYST, CHOICES, LATER, OTHER, PUBLISHER, Runs
from fixtures_entrepots import EDITION, REGION, ROOT, one, rows
from receivers import webhook

from pipelines import catalogue, journal
from pipelines.cli.airflow import PASSWORDS
from pipelines.edition import models
from pipelines.releases import drafts
from pipelines.settings import Settings

DESCRIBE = """
import json, os, sys, time

read = []
kind = type(os.environ)
for name in ("__getitem__", "__contains__"):
    def watched(self, key, *, real=getattr(kind, name)):
        frame = sys._getframe(1)
        while frame and frame.f_code.co_filename.startswith("<frozen"):
            frame = frame.f_back
        # Only what our own files ask for: Airflow copies the whole environment.
        if frame and frame.f_code.co_filename.startswith(os.path.dirname(sys.argv[1]) + os.sep):
            if "site-packages" not in frame.f_code.co_filename:
                read.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {key}")
        return real(self, key)
    setattr(kind, name, watched)

from airflow.dag_processing.dagbag import BundleDagBag
from pipelines import errors
ERRORS = [*filter(lambda e: isinstance(e, type) and e.__module__ == errors.__name__ and issubclass(e, Exception),
                  vars(errors).values()), RuntimeError]
before = set(sys.modules)
start = time.perf_counter()
bag = BundleDagBag(sys.argv[1], bundle_path=sys.argv[1], bundle_name="dags-folder")  # as a scheduler reads them
seconds = time.perf_counter() - start
brought = {m.split(".")[0] for m in set(sys.modules) - before}

def task(t):
    return {
        "downstream": sorted(t.downstream_task_ids), "retries": t.retries, "delay": t.retry_delay.total_seconds(),
        "backoff": bool(t.retry_exponential_backoff), "owner": t.owner,
        "timeout": t.execution_timeout.total_seconds() if t.execution_timeout else None,
        "told": [type(c).__name__ for c in t.on_failure_callback],
        "shown": all(
            "Shown" in [type(c).__name__ for c in getattr(t, f"on_{how}_callback")]
            for how in ("success", "failure", "skipped", "retry")
        ),
        "decided": {e.__name__: t.retry_policy.evaluate(e("x"), 1, 3).action.value for e in ERRORS},
        "outlets": [o.uri.rstrip("/") for o in t.outlets],
        "mapped": type(t).__name__.startswith("Mapped") or t.get_closest_mapped_task_group() is not None,
    }

def assets(condition):
    if condition is None:
        return []
    return sorted(o.uri.rstrip("/") for o in getattr(condition, "objects", [condition]))

def dag(d):
    timetable = d.timetable
    mapper = getattr(timetable, "default_partition_mapper", None)
    return {
        "tasks": {t.task_id: task(t) for t in d.tasks}, "timetable": type(timetable).__name__,
        "cron": getattr(timetable, "expression", ""),
        "assets": assets(getattr(timetable, "asset_condition", None)),
        "any": type(getattr(timetable, "asset_condition", None)).__name__,
        "mapper": type(mapper).__name__, "mapped_to": mapper.to_downstream("2022") if mapper else None,
        "params": d.params.dump(), "catchup": d.catchup, "max_active_runs": d.max_active_runs,
        "tags": sorted(d.tags), "description": d.description,
    }

json.dump({
    "errors": {k: str(v) for k, v in bag.import_errors.items()}, "seconds": seconds, "read": read,
    "brought": sorted(brought), "dags": {name: dag(d) for name, d in bag.dags.items()},
}, open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the DAG files say, loaded where the settings make no sense."""
    folder = tmp_path_factory.mktemp("dags")
    nonsense = {
        "ATLAS_SOURCES": "/nulle/part\n",
        "ATLAS_WAREHOUSE": "/proc/non/plus",
        "ATLAS_EDITION": "abc",
        "ATLAS_REGIONS": "?",
    }
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE, str(ROOT / "dags"), str(folder / "dags.json")],
        cwd=folder,
        env={
            **os.environ,
            **nonsense,
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads((folder / "dags.json").read_text(encoding="utf-8"))
    return said


def follows(dag: dict[str, Any], *tasks: str) -> bool:
    """The tasks are a chain, in that order."""
    return all(after in dag["tasks"][before]["downstream"] for before, after in itertools.pairwise(tasks))


OTHERS = {"atlas", "menage", "publish", "reprise", "veille"}


def test_dags_load_without_error_and_quickly(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert set(bag["dags"]) == {*(f"ingest_{s}" for s in catalogue.sources()), *OTHERS}
    assert bag["seconds"] < 20


def test_loading_dags_reads_no_setting_and_no_heavy_library(bag: dict[str, Any]) -> None:
    assert bag["read"] == []
    assert set(bag["brought"]) & {"duckdb", "pandas", "great_expectations", "pyarrow"} == set()


@pytest.mark.parametrize("source_id", catalogue.sources())
def test_one_ingestion_per_source(bag: dict[str, Any], source_id: str) -> None:
    dag, source = bag["dags"][f"ingest_{source_id}"], catalogue.load(source_id)
    assert source.titre in dag["description"]
    assert dag["cron"] == source.cron
    assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)
    assert set(dag["tasks"]) == {"vintages", "vintage.fetch", "vintage.stage", "vintage.check"}
    assert follows(dag, "vintages", "vintage.fetch", "vintage.stage", "vintage.check")
    assert {name for name, t in dag["tasks"].items() if t["mapped"]} == set(dag["tasks"]) - {"vintages"}
    assert dag["params"] == {"millesime": None}
    assert dag["tasks"]["vintage.check"]["outlets"] == [f"atlas://staging/{source_id}"]


def test_every_task_is_tried_again_timed_owned_and_told(bag: dict[str, Any]) -> None:
    tasks = {f"{name}.{task}": said for name, dag in bag["dags"].items() for task, said in dag["tasks"].items()}
    assert {(t["retries"], t["backoff"], t["owner"], *t["told"]) for t in tasks.values()} == {
        (3, True, "atlas", "Failed", "Shown")
    }
    # However a task ends, the page that says where the warehouse stands is written anew.
    assert [name for name, t in tasks.items() if not t["shown"]] == []
    assert [name for name, t in tasks.items() if not t["timeout"]] == []
    # A disk, a site, a writer may come back, and a task that was stopped; what a person mends would fail again.
    for task in tasks.values():
        passing = {name for name, what in task["decided"].items() if what != "fail"}
        assert passing == {"StorageError", "LaterError", "BusyError", "RuntimeError"}
        mended = {"AtlasError", "UsageError", "RefusedError", "BuildError", "DamagedError"}
        assert set(task["decided"]) - passing == mended


def test_the_atlas_wakes_on_any_source_for_the_current_edition(bag: dict[str, Any]) -> None:
    dag = bag["dags"]["atlas"]
    assert dag["timetable"] == "PartitionedAssetTimetable"
    assert dag["any"] == "AssetAny"
    assert dag["assets"] == sorted(["atlas://reprise", *(f"atlas://staging/{s}" for s in catalogue.sources())])
    # Sources lag by different years: every partition wakes the same edition.
    assert dag["mapper"] == "FixedKeyMapper"
    # … which the task reads in the settings when it runs.
    assert dag["mapped_to"] in ("edition", ["edition"])
    assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)
    assert dag["params"] == {"edition": None, "update": False, "back": False}


def test_the_atlas_checks_before_it_promotes(bag: dict[str, Any]) -> None:
    dag = bag["dags"]["atlas"]
    assert follows(dag, "lock", "build", "check", "reconcile", "promote")
    assert set(dag["tasks"]) == {"lock", "build", "check", "reconcile", "promote"}
    assert [name for name, t in dag["tasks"].items() if t["outlets"]] == ["promote"]


def test_the_release_follows_the_promotion(bag: dict[str, Any]) -> None:
    dag = bag["dags"]["publish"]
    assert dag["assets"] == bag["dags"]["atlas"]["tasks"]["promote"]["outlets"] == ["atlas://marts"]
    assert dag["params"] == {"edition": None, "regions": None}
    # Each region apart: what waits for an answer, or fails, keeps no other.
    assert follows(dag, "regions", "region.draft", "region.approval", "region.release")
    assert {name: t["mapped"] for name, t in dag["tasks"].items()} == {
        "regions": False,
        "region.draft": True,
        "region.approval": True,
        "region.release": True,
    }


def test_what_was_left_undone_is_looked_for_each_day(bag: dict[str, Any]) -> None:
    dag = bag["dags"]["reprise"]
    assert dag["cron"] == "0 7 * * *"
    assert {name: t["outlets"] for name, t in dag["tasks"].items()} == {
        "build": ["atlas://reprise"],
        "publish": ["atlas://marts"],
    }
    assert bag["dags"]["veille"]["cron"] == "0 7 2 * *"


def test_the_housekeeping_is_weekly_and_before_the_sources(bag: dict[str, Any]) -> None:
    dag = bag["dags"]["menage"]
    assert (dag["cron"], dag["max_active_runs"], dag["catchup"]) == ("0 3 * * 0", 1, False)
    assert set(dag["tasks"]) == {"warehouse", "database"}


def acted(answer: dict[str, Any] | None, **variables: str) -> str:
    """What the task that follows an approval says of its answer."""
    home = os.pathsep.join([str(ROOT), str(ROOT / "dags")])
    done = subprocess.run(
        [sys.executable, "-c", f"import approval; approval.act('3f2a', {answer!r})"],
        env={**os.environ, "PYTHONPATH": home, "ATLAS_APPROBATION": "", **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode
    return done.stderr


@pytest.mark.lent
def test_a_task_marked_as_done_approves_nothing() -> None:
    assert "BuildError: Personne n'a approuvé le brouillon 3f2a" in acted(None)


def waiting(home: Path, state: str = drafts.WAITING) -> str:
    """A warehouse with the draft that is asked about, and nothing else."""
    made = drafts.Draft("3f2a", EDITION, "28", "Normandie", f"{EDITION}.1", None, "", True, 1, True, (), "", state)
    made.folder(Settings(home, home)).mkdir(parents=True)
    record = made.folder(Settings(home, home)) / drafts.RECORD
    record.write_text(json.dumps(asdict(replace(made, quand=journal.moment()))), encoding="utf-8")
    return str(home)


def test_a_draft_that_another_replaced_is_not_said_to_wait(tmp_path: Path) -> None:
    later = {"chosen_options": ["Plus tard"], "responded_by_user": None, "params_input": {"motif": ""}}
    with webhook() as (address, told):
        said = acted(later, ATLAS_ALERTES=address, ATLAS_WAREHOUSE=waiting(tmp_path, drafts.REPLACED))
    assert "AirflowSkipException: Le brouillon 3f2a n'attend plus : remplacé" in said
    assert told == []


def test_a_week_without_an_answer_leaves_the_draft_and_tells_it(tmp_path: Path) -> None:
    nobody = {"chosen_options": ["Plus tard"], "responded_by_user": None, "params_input": {"motif": ""}}
    with webhook() as (address, told):
        said = acted(nobody, ATLAS_ALERTES=address, ATLAS_WAREHOUSE=waiting(tmp_path))
    assert "AirflowSkipException: Le brouillon 3f2a attend toujours : atlas approuver 3f2a" in said
    (notice,) = told
    assert "Sans réponse depuis 7 jours : le brouillon 3f2a" in notice["text"]


# --- A whole edition, by Airflow: see embedded_runs.py -----------------------------------------------------


@pytest.mark.lent
def test_an_edition_by_airflow_ends_well_and_tells_it(airflow: Runs) -> None:
    house, done = airflow.house, airflow.first.result()
    said = done.out
    assert done.status == 0, said[-3000:] + done.err[-3000:]
    assert "Traceback" not in said + done.err
    # Progress while it works: a line per DAG, each source before the atlas.
    count = len(house.present) + 2
    lines = re.findall(r"\[ ?(\d+)/(\d+)\] (fait|ÉCHEC) +(\w+)", said)
    assert [(int(n), int(of), state) for n, of, state, _ in lines] == [(i, count, "fait") for i in range(1, count + 1)]
    names = [name for *_, name in lines]  # sources side by side, in the order in which they end
    assert [*sorted(names[:-2]), *names[-2:]] == [*(f"ingest_{s}" for s in house.present), "atlas", "publish"]
    # Then a summary that a person can read.
    for source in house.present:
        assert re.search(rf"│ {source} +│ \d{{4}}", said)
    for word in ("Contrôles   :", "Rapprochés  :", "Durée       :", "Entrepôt    :", "Publication :", "FICTIVES"):
        assert word in said
    counted = re.search(r"Contrôles   : \d+ réussis, (\d+) avertissements, 0 étape\(s\) en échec", said)
    assert counted
    # Each warning that is counted is named, by the vintage or the mart it is of.
    named = [line for line in said.splitlines() if re.match(r"  \w+ : .* Détail : ", line)]
    each = [len(re.findall(r"\d{4}(?=[,)])", line)) or len(line.split(" ; ")) for line in named]
    assert sum(each) == int(counted[1])
    assert f"Entrepôt    : {house.database}" in said
    # One publication run, a release for each region.
    assert [Path(told) for told in re.findall(r"Publication : (.+)", said)] == [
        house.warehouse / "releases" / f"{EDITION}-{region}" / f"{EDITION}.1" for region in sorted((REGION, OTHER))
    ]
    assert f"{EDITION}.1/index.html" in done.released
    assert "publié sans approbation séparée (exécution directe)" in said
    # All of Airflow's state is inside the checkout, under what git ignores.
    assert {p.name for p in house.root.iterdir()} == {"pipelines", "dags", "sql", "expectations", "uv.lock", ".airflow"}


@pytest.mark.lent
def test_a_damaged_file_is_refused_and_the_last_good_one_kept(airflow: Runs) -> None:
    house, done = airflow.house, airflow.second.result()
    said = done.out
    assert done.status == 3, said[-3000:] + done.err[-3000:]
    line = re.search(r"ÉCHEC ingest_ght +(.+?)  ", said)
    assert line
    assert set(line[1].split(", ")) == {"2022", "2023 REFUSÉ"}
    for phrase in (
        "Il manque 1 colonne(s) : « finess_ej »",
        "source ght, millésime 2023",
        "fichier ght_membership_inferred_2023.csv, ligne 1",
        "attendu",
        "à faire",
        "1 étape(s) en échec",
    ):
        assert phrase in said
    assert "Traceback" not in said + done.err
    # The edition is built again from its lock, and says the same: nothing new to release.
    assert re.search(r"fait  +atlas", said)
    assert said.count("(inchangée)") == 1
    # What is new elsewhere was asked as a draft, and nobody answers a terminal: it waits.
    assert re.search(rf"Brouillon   : .*/brouillons/{EDITION}-{LATER}/(\w+)/brouillon.html\n", said)
    assert "rien n'est publié ; à relire, puis : " in said
    assert "publié sans approbation" not in said
    assert done.released == airflow.first.result().released
    with duckdb.connect(str(house.database), read_only=True) as db:
        good = "SELECT revision, statut FROM reference.millesimes WHERE source = 'ght' AND millesime = 2023"
        assert rows(db, good) == [(1, "accepté")]
        assert one(db, "SELECT count(*) FROM fiches.ght_membres WHERE millesime = 2023") > 0


@pytest.mark.lent
def test_an_updated_lock_names_the_refusal_and_keeps_the_good_revision(airflow: Runs) -> None:
    lock = airflow.lock.result()
    assert lock.status == 0, lock.err
    assert "Refusé : ght 2023 — Il manque 1 colonne(s)" in lock.out
    assert re.search(r"ght +│ 2023 +│ 1 ", lock.out)


@pytest.mark.lent
def test_the_journal_has_a_line_for_every_step(airflow: Runs) -> None:
    airflow.lock.result()
    text = (airflow.house.warehouse / "journal.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    done = {(e["etape"], e.get("source"), e.get("millesime")) for e in entries if e["resultat"] == "fait"}
    listed = airflow.first.result().released[f"{EDITION}.1/csv/FICTIF-reference.millesimes.csv"].decode("utf-8")
    pinned = [(r["source"], int(r["millesime"])) for r in csv.DictReader(io.StringIO(listed))]
    assert len(pinned) == 6
    for source, millesime in pinned:
        for step in ("fetch", "stage", "check"):
            assert (step, source, millesime) in done
    assert {("lock", None, None), ("build", None, None), ("publish", None, None)} <= done
    # The journal, which knows clocks and durations, is not released.
    assert [name for name in airflow.first.result().released if "journal" in name] == []


@pytest.mark.lent
def test_who_watches_is_told_of_tables_and_tasks(airflow: Runs) -> None:
    done = airflow.scheduled.result()
    made = {o["name"]: e for e in done.lineage for o in e["outputs"] if o["namespace"] == "atlas"}
    table = made["atlas.hospitaliers"]
    assert table["job"]["name"] == "atlas.build.atlas.hospitaliers"
    assert {i["name"] for i in table["inputs"]} == models.made_from("atlas.hospitaliers")
    assert table["run"]["facets"]["parent"]["job"]["name"] == "atlas.build"
    assert {model.name for model in models.load_all()} <= made.keys()
    assert {i["name"] for i in made["staging.ght"]["inputs"]} == {"landing.ght"}
    assert {i["name"] for i in made[f"releases.{EDITION}-{REGION}"]["inputs"]} >= {"atlas.densites", "fiches.pairs"}
    ended = {(e["job"]["name"], e["eventType"]) for e in done.lineage}
    assert {("atlas.promote", "COMPLETE"), ("publish", "COMPLETE")} <= ended
    assert any(name.startswith("airflow.") and "atlas" in name for name in done.metrics), sorted(done.metrics)[:40]


@pytest.mark.lent
def test_a_scheduler_leaves_the_page_of_where_it_stands(airflow: Runs) -> None:
    airflow.scheduled.result()
    page = (airflow.house.warehouse.with_name("entrepot-planifie") / "etat.html").read_text(encoding="utf-8")
    assert f"L’entrepôt en place est celui de l’édition {EDITION}" in page
    assert "<code>ght</code></th><td>refusé</td>" in page


@pytest.mark.lent
def test_a_draft_is_seen_and_approved_by_commands(airflow: Runs) -> None:
    seen, approved, after = airflow.decided.result()
    for done in (seen, approved, after):
        assert done.status == 0, done.out + done.err
        assert "FICTIF" in done.err
    assert f"qui serait {EDITION}.1" in seen.out
    assert "Première publication." in seen.out
    folder = airflow.house.warehouse / "releases" / f"{EDITION}-{LATER}" / f"{EDITION}.1"
    assert approved.out == f"Publication : {folder}\n"
    assert (folder / "SHA256SUMS").is_file()
    assert re.search(rf"{LATER} .*│ publié .*│ {PUBLISHER} ", after.out)
    assert "attend" not in after.out


# --- By a scheduler: see House.scheduled ------------------------------------------------------------------


@pytest.mark.lent
def test_a_scheduler_builds_and_publishes(airflow: Runs) -> None:
    done = airflow.scheduled.result()
    # What was left undone is taken up; then the marts wake the publication. No source woke anything: nothing was new.
    assert done.tasks["reprise"] == {"build": "success", "publish": "skipped"}, done.logs["reprise"]
    assert done.runs["atlas"] == ["success"], done.logs["atlas"]
    assert done.runs["publish"] == ["success"], done.logs["publish"]
    # Each region asked apart; nothing was released before an answer, and only what was approved then.
    assert done.early == []
    ends = {
        task: sorted(state for name, state in done.tasks["publish"].items() if name.startswith(f"region.{task} "))
        for task in ("draft", "approval", "release")
    }
    assert ends == {
        "draft": ["success"] * 3,
        "approval": ["success"] * 3,
        "release": ["skipped", "skipped", "success"],
    }, done.logs["publish"]
    home = f"{EDITION}-{REGION}/{EDITION}.1"
    assert {name.split("/")[0] for name in done.released} == {f"{EDITION}-{REGION}"}
    assert {f"{home}/index.html", f"{home}/manifeste.json"} <= done.released
    assert any(re.fullmatch(rf"{home}/figures/FICTIF-.+\.png", name) for name in done.released)


@pytest.mark.lent
def test_a_scheduler_asks_those_who_may_approve_and_does_what_they_answer(airflow: Runs) -> None:
    done = airflow.scheduled.result()
    assert set(done.asked) == {REGION, OTHER, LATER}
    assert all(one["options"] == ["Approuver", "Rejeter", "Plus tard"] for one in done.asked.values())
    for phrase in (
        "DONNÉES FICTIVES",
        "Première publication",
        "Rapprochements : ",
        "Verrou : 6 millésimes de 3 sources",
    ):
        assert phrase in done.asked[REGION]["body"]
    assert done.asked[REGION]["defaults"] == ["Plus tard"]  # what a week without an answer comes to
    # Neither who may do anything else, nor who may only look.
    assert done.answers == {"admin": 403, ANALYST: 403}
    told = {r: (d["etat"], d["par"], d["motif"]) for r, d in done.drafts.items()}
    assert told == {
        REGION: ("publié", PUBLISHER, ""),
        OTHER: ("rejeté", PUBLISHER, "une commune manque"),
        LATER: ("attend", "", ""),
    }
    awaited = [notice for notice in done.notices if "Approbation attendue" in notice]
    # Each question was told; one that was asked again (see Scheduler.answered) was told again.
    assert {region for region in CHOICES for notice in awaited if f"({region}) ? " in notice} == CHOICES.keys()
    assert all("/dags/publish/runs/" in notice and "/required_actions?map_index=" in notice for notice in awaited)


@pytest.mark.lent
def test_an_approved_draft_is_what_a_direct_release_is(airflow: Runs) -> None:
    done = airflow.scheduled.result()
    # DuckDB never writes a file twice with the same bytes; the hashes that seal the folder are of these too.
    loose = {"FICTIF-atlas_public.duckdb", "SHA256SUMS"}
    assert done.waiting.keys() == done.direct.keys() >= loose
    assert [name for name in done.waiting if name not in loose and done.waiting[name] != done.direct[name]] == []


@pytest.mark.lent
def test_the_password_is_for_whoever_started_it(airflow: Runs) -> None:
    airflow.scheduled.result()
    home = airflow.house.root / ".airflow"
    assert (home.stat().st_mode & 0o777, (home / PASSWORDS).stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.lent
def test_each_run_says_in_the_list_what_it_came_to(airflow: Runs) -> None:
    notes = airflow.scheduled.result().notes
    told = {
        "ingest_ght": [r"2022 : \d+ contrôles, 0 avertissement, inchangé", r"Échec : vintage\.check \[2023\]"],
        "reprise": [rf"À construire : édition {EDITION}", r"Tout ce qui est construit est publié\."],
        "atlas": [r"Édition construite : \d+ contrôles, \d+ avertissements?", rf"Édition {EDITION} en place"],
        "publish": [
            rf"Publié : \S+/{EDITION}-{REGION}/{EDITION}\.1",
            rf"Le brouillon \w+ a été rejeté par {PUBLISHER}\.",
            r"Le brouillon \w+ attend toujours : .+",
        ],
    }
    for dag, lines in told.items():
        said = notes[dag].splitlines()
        assert len(said) == len(lines), notes[dag]
        assert [line for line in lines if not any(re.fullmatch(f"- {line}", one) for one in said)] == [], notes[dag]


@pytest.mark.lent
def test_a_scheduler_logs_what_was_done_and_nothing_else(airflow: Runs) -> None:
    logs = airflow.scheduled.result().logs
    assert re.search(
        r"info etape : publish ; secondes : [\d.]+ ; edition : 2025 ; region : 28 ; brouillon : \w+ ; resultat : fait",
        logs["publish"],
    )
    assert re.search(r"warning source absente \(bmo édition\) : ", logs["atlas"])
    assert "get_default_value" not in logs["atlas"]  # Great Expectations at work
    assert "Skipping registering" not in logs["atlas"]


@pytest.mark.lent
def test_a_scheduler_tells_what_is_unchanged_and_people_what_is_refused(airflow: Runs) -> None:
    done = airflow.scheduled.result()
    assert done.tasks["ingest_ght"]["vintage.check 2022"] == "skipped"
    assert "inchange : True" in done.logs["ingest_ght"]
    assert "great_expectations" not in done.logs["ingest_ght"]
    # A file that a person must mend is refused at once; others of the source go on.
    assert done.tasks["ingest_ght"]["vintage.check 2023"] == "failed"
    assert set(done.runs["ingest_ght"]) == {"failed"}
    refused = [notice for notice in done.notices if "Millésime refusé" in notice]
    assert refused
    for notice in refused:
        for phrase in (
            "[Atlas santé, FICTIF] Millésime refusé : ght 2023",
            "Il manque 1 colonne(s) : « finess_ej »",
            "fichier ght_membership_inferred_2023.csv, ligne 1",
            "attendu : ",
            "à faire : ",
            "vintage.check [2023], essai 1 sur 4",
            "/dags/ingest_ght/runs/",
        ):
            assert phrase in notice
