"""Drafts: what would be released, written aside until somebody approves it. By a scheduler, and by commands:
test_dags.py.
"""

import getpass
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures_entrepots import EDITION, REGION, ROOT
from typer.testing import CliRunner

from pipelines import cli, disclosure, journal, steps
from pipelines.disclosure import memory
from pipelines.edition import inputs, lockfile
from pipelines.errors import BuildError, UsageError
from pipelines.publish import public
from pipelines.releases import acts, drafts, manifest
from pipelines.releases.drafts import Draft
from pipelines.runtime import fingerprints
from pipelines.settings import Settings
from pipelines.upkeep import verify


def digest(folder: Path) -> dict[str, str]:
    """The hash of each file of a folder."""
    return {p.relative_to(folder).as_posix(): fingerprints.sha256(p) for p in folder.rglob("*") if p.is_file()}


def a_draft(now: Settings, name: str, region: str, *, new: bool, build: str = "c") -> Draft:
    """A draft that waits, made of a set of protected tables; without its files."""
    made = Draft(name, EDITION, region, "", f"{EDITION}.1", None, build, True, 1, new, (), journal.moment())
    aside = now.drafts / ".en-cours-x"
    (aside / drafts.FILES).mkdir(parents=True)
    return drafts.put(now, made, aside)


@pytest.mark.lent
@pytest.mark.usefixtures("tables_alone", "views_unchecked")
def test_a_draft_is_no_release_until_it_is_approved(protected: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    older = a_draft(protected, "ancien", REGION, new=False)
    made = acts.draft(EDITION, REGION)
    assert made is not None
    # The newest takes the other's place.
    assert [each.id for each in drafts.waiting(protected)] == [made.id]
    with pytest.raises(BuildError, match="n'attend plus : remplacé"):
        acts.approve(older.id)
    files, page = made.files(protected), made.page(protected).read_text(encoding="utf-8")
    # Nothing of it is a release, and nobody is asked to make it again: it is left to who approves.
    assert not protected.releases.exists()
    assert verify.faults(protected) == []
    assert steps.unpublished(EDITION) == []
    # What a publisher must see, in one file.
    assert (made.version, made.avant, made.etat) == (f"{EDITION}.1", None, drafts.WAITING)
    for words in ("Brouillon", "Données fictives", "Première publication", "Rapprochements", "Contrôles des marts"):
        assert words in page + " ".join(made.resume)
    for words in ("rien de secret ne s", "Millésimes du verrou", f"approuver {made.id}"):
        assert words in page.replace("Rien de", "rien de")
    assert not re.search(r'<(?:link|script|img)[^>]*(?:href|src)="(?!data:)', page)
    before = digest(files)

    # Who isn't named may not approve; what has changed since isn't approved.
    monkeypatch.setenv("ATLAS_APPROBATEURS", "publicateur, suppleant")
    with pytest.raises(UsageError, match="n'est pas de ceux"):
        acts.approve(made.id, "ingenieur")
    lock = lockfile.load(protected, EDITION)
    assert lock
    path = lockfile.path(protected, EDITION)
    kept = path.read_text(encoding="utf-8")
    path.write_text(replace(lock, pins=lock.pins[1:]).to_json(), encoding="utf-8")
    with pytest.raises(BuildError, match="le verrou de l'édition a été refait depuis") as told:
        acts.approve(made.id, "publicateur")
    assert f"atlas brouillon --edition {EDITION} --region {REGION}" in told.value.todo
    path.write_text(kept, encoding="utf-8")
    table = next(files.glob("csv/*.csv"))
    table.chmod(0o644)
    was = table.read_bytes()
    table.write_bytes(was + b"\n")
    with pytest.raises(BuildError, match=f"on a touché à ses fichiers .*{table.name}"):
        acts.approve(made.id, "publicateur")
    table.write_bytes(was)
    table.chmod(0o444)
    assert digest(files) == before
    assert not protected.releases.exists()

    # Approved, its bytes have their place, closed before they have it; who and when is noted beside them.
    rights: list[set[int]] = []
    real = Path.rename

    def rename(path: Path, to: Path) -> Path:
        if path == files:
            rights.append({p.stat().st_mode & 0o222 for p in path.rglob("*") if p.is_file()})
        return real(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        folder = Path(acts.approve(made.id, "publicateur"))
    assert rights == [{0}]
    assert folder == protected.releases / f"{EDITION}-{REGION}" / f"{EDITION}.1"
    assert digest(folder) == before
    assert verify.faults(protected) == []
    assert not files.exists()
    ended = drafts.find(protected, made.id)
    assert (ended.etat, ended.par, bool(ended.quand)) == (drafts.PUBLISHED, "publicateur", True)
    line = journal.entries(protected.warehouse)[-1]
    assert (line["etape"], line["resultat"], line["approuve_par"]) == ("publish", "fait", "publicateur")
    # A task that is tried again finds what it had done; nothing is released twice.
    assert acts.approve(made.id, "publicateur") == str(folder)
    with pytest.raises(BuildError, match=r"n'attend plus : publié le .* par publicateur"):
        acts.reject(made.id, "publicateur", "trop tard")


@pytest.mark.usefixtures("tables_alone", "views_unchecked")
def test_what_waits_goes_on_waiting_until_the_next_one_is_ready(
    protected: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = a_draft(protected, "ancien", REGION, new=True)
    seen: list[tuple[list[str], set[int]]] = []

    def fails(*_: object, replaced: set[int], **__: object) -> None:
        seen.append(([each.id for each in drafts.waiting(protected)], replaced))
        raise BuildError("Le disque est plein.")

    monkeypatch.setattr(public, "write", fails)
    with pytest.raises(BuildError, match="plein"):
        acts.draft(EDITION, REGION)
    # Nobody will have been shown what the older one shows: it doesn't count against the one that replaces it.
    assert seen == [(["ancien"], {1})]
    assert [each.id for each in drafts.waiting(protected)] == ["ancien"]
    assert older.files(protected).is_dir()


@pytest.mark.parametrize(("replaced", "counted"), [((), ["1"]), ({1}, [])])
def test_what_a_replaced_draft_showed_does_not_count(
    protected: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaced: set[int], counted: list[str]
) -> None:
    def protect(_: object, __: str, past: list[memory.Set]) -> None:
        assert [one.file.stem for one in past] == counted
        raise BuildError("assez vu")

    monkeypatch.setattr(memory, "same", lambda *_: None)  # the content is another one
    monkeypatch.setattr(disclosure, "protect", protect)
    with pytest.raises(BuildError, match="assez vu"):
        public.write(
            protected.database, REGION, tmp_path / "p.duckdb", protected.protection, fictif=True, replaced=replaced
        )


def test_what_became_of_a_draft_is_said_and_not_that_it_waits(copied: Settings) -> None:
    made = a_draft(copied, "ancien", REGION, new=False)
    assert acts.ended("ancien") == ""
    drafts.end(copied, made, drafts.REPLACED)
    assert acts.ended("ancien").startswith("Le brouillon ancien n'attend plus : remplacé le ")


def test_a_rejected_draft_leaves_its_reason_and_nothing_to_release(copied: Settings) -> None:
    build = inputs.built_from(copied, EDITION)
    assert build
    (copied.drafts / f"{EDITION}-{REGION}" / "publie.json").unlink(missing_ok=True)
    assert steps.unpublished(EDITION) == [REGION]
    made = a_draft(copied, "brouillon", REGION, new=True, build=build)
    assert steps.unpublished(EDITION) == []  # it is left to who approves
    made.page(copied).touch()
    acts.reject("", "publicateur", "la table des âges est à revoir")
    assert drafts.waiting(copied) == []
    assert not made.files(copied).exists()
    assert made.page(copied).is_file()
    line = journal.entries(copied.warehouse)[-1]
    told = ("reject", "fait", "publicateur", "la table des âges est à revoir")
    assert tuple(line[word] for word in ("etape", "resultat", "rejete_par", "motif")) == told
    with pytest.raises(BuildError, match=r"rejeté le .* par publicateur : la table des âges"):
        acts.approve(made.id)
    with pytest.raises(UsageError, match="Aucun brouillon n'attend"):
        acts.approve()
    # Decided: it isn't taken up again each day.
    assert steps.unpublished(EDITION) == []
    assert not copied.releases.exists()
    assert verify.faults(copied) == []


def test_the_command_that_rejects_says_what_stays(copied: Settings) -> None:
    made = a_draft(copied, "brouillon", REGION, new=True)
    run = [sys.executable, "-m", "pipelines.cli", "rejeter", "--motif", "la page des âges est à revoir"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert f"Rejeté : le brouillon {made.id} de l'édition {EDITION}, région {REGION}. Rien n'est publié" in done.stdout
    again = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (again.returncode, again.stdout) == (2, "")
    assert "Aucun brouillon n'attend" in again.stderr
    assert "Traceback" not in done.stderr + again.stderr
    (ended,) = drafts.every(copied)
    assert (ended.etat, ended.motif, ended.par) == (drafts.REJECTED, "la page des âges est à revoir", getpass.getuser())


def test_what_rejected_drafts_alone_would_have_shown_is_forgotten(tmp_path: Path) -> None:
    now = Settings(sources=tmp_path, warehouse=tmp_path)
    now.protection.mkdir()
    shown = now.protection / "1.duckdb"
    shown.touch()
    normandie = a_draft(now, "a", "28", new=True)
    bretagne = a_draft(now, "b", "53", new=False)
    drafts.end(now, normandie, drafts.REJECTED, by="x", why="y")
    assert shown.exists()  # the other waits, and shows it
    drafts.end(now, bretagne, drafts.REJECTED, by="x", why="y")
    assert not shown.exists()
    shown.touch()
    folder = now.releases / f"{EDITION}-11" / f"{EDITION}.1"
    folder.mkdir(parents=True)
    (folder / manifest.MANIFEST).write_text(json.dumps({"protection": 1}), encoding="utf-8")
    drafts.end(now, a_draft(now, "c", "28", new=True), drafts.REJECTED, by="x", why="y")
    assert shown.exists()  # readers have it


@pytest.mark.parametrize("name", ["ATLAS_APPROBATION", "ATLAS_EN_LIGNE"])
def test_a_setting_that_makes_no_sense_is_told_before_an_hour_of_work(
    name: str, empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "peut-être")
    done = CliRunner().invoke(cli.app, ["edition"])
    assert isinstance(done.exception, UsageError), done.output
    assert str(done.exception).startswith(f"{name} ne se comprend pas : « peut-être »")
    assert not empty.warehouse.exists()


def test_several_drafts_that_wait_are_named(tmp_path: Path) -> None:
    now = Settings(sources=tmp_path, warehouse=tmp_path)
    a_draft(now, "a", "28", new=True)
    assert drafts.find(now).id == "a"
    a_draft(now, "b", "53", new=False)
    with pytest.raises(UsageError, match="2 brouillons attendent") as told:
        drafts.find(now)
    assert "région 53" in told.value.what
    with pytest.raises(UsageError, match="Aucun brouillon ne s'appelle « z »"):
        drafts.find(now, "z")
