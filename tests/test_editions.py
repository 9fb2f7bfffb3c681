"""The lock of an edition: what it pins, when it changes, what it refuses."""

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import EDITION, Warehouse, none, one, rows

from pipelines import catalogue, steps
from pipelines.arrival import landing, outcomes
from pipelines.connectors import Offer
from pipelines.connectors import mirror as folder_connector
from pipelines.edition import lockfile
from pipelines.errors import BuildError, RefusedError, StorageError, UsageError
from pipelines.runtime import fingerprints
from pipelines.settings import ROOT, Settings


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(sources=tmp_path / "extraits", warehouse=tmp_path / "entrepot")


def offered(home: Settings, source: str, millesime: int, text: str, *, fictif: bool = True) -> landing.Landed:
    """Archives one small file as that vintage."""
    path = home.sources / source / str(millesime) / f"{source}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return landing.archive(home.landing, catalogue.load(source), Offer(source, millesime, (path,), fictif))


def judged(home: Settings, landed: landing.Landed, *, accepte: bool = True, motif: str = "") -> landing.Landed:
    """Records the outcome of its checks, as the checks do."""
    folder = outcomes.folder(home, landed.source, landed.millesime, landed.revision)
    folder.mkdir(parents=True, exist_ok=True)
    refus = None if accepte else outcomes.Refusal(motif)
    outcome = outcomes.Outcome(landed.source, landed.millesime, landed.revision, accepte=accepte, refus=refus)
    (folder / outcomes.OUTCOME).write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    return landed


def accepted(home: Settings, source: str, millesime: int, text: str = "a\n", *, fictif: bool = True) -> None:
    judged(home, offered(home, source, millesime, text, fictif=fictif))


def mixed(home: Settings, source: str, millesime: int) -> None:
    """A real vintage in an archive of fictitious ones, as one of before they were kept apart may be."""
    accepted(home, source, millesime)
    record = home.landing / source / str(millesime) / "r1" / landing.PROVENANCE
    record.write_text(record.read_text(encoding="utf-8").replace('"fictif": true', '"fictif": false'), encoding="utf-8")


def refused(home: Settings, source: str, millesime: int, text: str = "b\n", motif: str = "Un motif.\n  détail") -> None:
    judged(home, offered(home, source, millesime, text), accepte=False, motif=motif)


def pinned(lock: lockfile.Lock) -> dict[tuple[str, int], tuple[int, bool]]:
    return {(p.source, p.millesime): (p.revision, p.reference) for p in lock.pins}


# --- What it pins ---------------------------------------------------------------------------------


def test_pins_every_accepted_vintage_up_to_the_edition_and_marks_the_reference(home: Settings) -> None:
    for millesime in (2021, 2022, 2023, 2026):
        accepted(home, "sae", millesime)
    accepted(home, "bmo", 2025)
    lock = lockfile.lock(home, 2025)
    assert pinned(lock) == {
        ("bmo", 2025): (1, True),
        ("sae", 2021): (1, False),
        ("sae", 2022): (1, False),
        ("sae", 2023): (1, True),
    }
    assert lock.fictif
    assert set(lock.absents) == set(catalogue.sources()) - {"bmo", "sae"}
    pin = lock.of("sae")[-1]
    assert pin.date_reference == "2023-12-31"
    assert [f.name for f in pin.files] == ["sae.csv"]
    assert pin.files[0].sha256 == fingerprints.sha256(home.landing / "sae/2023/r1/sae.csv")


def test_an_older_edition_pins_less(home: Settings) -> None:
    for millesime in (2021, 2022, 2023):
        accepted(home, "sae", millesime)
    accepted(home, "bmo", 2024)
    assert pinned(lockfile.lock(home, 2022)) == {("sae", 2021): (1, False), ("sae", 2022): (1, True)}
    assert "bmo" in lockfile.lock(home, 2022).absents
    assert len(lockfile.lock(home, 2025).pins) == 4


def test_the_newest_accepted_revision_is_pinned(home: Settings) -> None:
    accepted(home, "sae", 2023, "un\n")
    accepted(home, "sae", 2023, "deux\n")
    refused(home, "sae", 2023, "trois\n")
    judged(home, offered(home, "bmo", 2024, "x\n"), accepte=False, motif="d'abord refusé")
    accepted(home, "bmo", 2024, "y\n")
    offered(home, "ght", 2023, "jamais contrôlé\n")
    lock = lockfile.lock(home, 2025)
    assert pinned(lock) == {("bmo", 2024): (2, True), ("sae", 2023): (2, True)}
    # What was refused after the good revision is kept with its reason; what was mended is forgotten.
    assert [(r.source, r.millesime, r.revision, r.motif) for r in lock.refus] == [
        ("sae", 2023, 3, "Un motif.\n  détail")
    ]


def test_a_refused_vintage_leaves_the_last_good_one_as_the_reference(home: Settings) -> None:
    accepted(home, "sae", 2022)
    refused(home, "sae", 2023)
    lock = lockfile.lock(home, 2025)
    assert pinned(lock) == {("sae", 2022): (1, True)}
    assert [(r.millesime, r.revision) for r in lock.refus] == [(2023, 1)]


def test_lock_is_written_as_it_is_read_without_clock(home: Settings) -> None:
    accepted(home, "sae", 2022)
    refused(home, "bmo", 2024)
    made = lockfile.lock(home, 2025)
    assert lockfile.load(home, 2025) == made
    assert lockfile.draft(home, 2025) == made
    text = lockfile.path(home, 2025).read_text(encoding="utf-8")
    assert text == made.to_json()
    assert made.uv_lock == fingerprints.sha256(ROOT / "uv.lock")
    assert str(home.warehouse) not in text
    recorded = json.loads((home.landing / "sae/2022/r1/provenance.json").read_text(encoding="utf-8"))["recu_le"]
    assert recorded not in text
    assert [p.name for p in lockfile.path(home, 2025).parent.iterdir()] == [lockfile.LOCK]


def test_lock_names_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"rev-parse": "abc123", "status": ""}
    monkeypatch.setattr(lockfile, "_git", lambda command, *rest: answers[command])
    assert lockfile.commit() == "abc123"
    answers["status"] = " M pipelines/steps.py"
    assert lockfile.commit() == "abc123+modifié"

    def fail(*arguments: str) -> str:
        raise subprocess.CalledProcessError(128, "git")

    monkeypatch.setattr(lockfile, "_git", fail)
    assert lockfile.commit() == "inconnu"


# --- When it changes ------------------------------------------------------------------------------


def test_made_once_and_changed_only_by_an_update(home: Settings) -> None:
    accepted(home, "sae", 2022)
    accepted(home, "bmo", 2024)
    first = lockfile.lock(home, 2025)
    before = lockfile.path(home, 2025).read_bytes()
    accepted(home, "sae", 2023)
    accepted(home, "bmo", 2024, "révisé\n")
    shutil.rmtree(outcomes.folder(home, "sae", 2022, 1))
    judged(home, landing.revision(home.landing, "sae", 2022, 1))
    assert lockfile.lock(home, 2025) == first
    assert lockfile.path(home, 2025).read_bytes() == before
    waiting = lockfile.differences(first, lockfile.draft(home, 2025))
    assert waiting == ["+ sae 2023 (révision 1)", "~ bmo 2024 : révision 1 -> 2"]
    second = lockfile.lock(home, 2025, update=True)
    assert pinned(second) == {("bmo", 2024): (2, True), ("sae", 2022): (1, False), ("sae", 2023): (1, True)}
    assert lockfile.load(home, 2025) == second
    assert lockfile.differences(first, second) == waiting
    assert lockfile.differences(second, first) == ["- sae 2023", "~ bmo 2024 : révision 2 -> 1"]
    assert lockfile.differences(second, second) == []


def test_a_failed_update_keeps_the_lock(home: Settings) -> None:
    accepted(home, "sae", 2022)
    made = lockfile.lock(home, 2025)
    mixed(home, "bmo", 2024)
    with pytest.raises(BuildError):
        lockfile.lock(home, 2025, update=True)
    assert lockfile.load(home, 2025) == made


# --- What it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "said"), [(True, "réels, et l'entrepôt"), (False, "fictifs, et l'entrepôt")])
def test_real_and_fictitious_never_meet_in_an_archive(home: Settings, *, first: bool, said: str) -> None:
    accepted(home, "sae", 2022, fictif=first)
    before = sorted(home.landing.rglob("*"))
    with pytest.raises(UsageError, match=said) as told:
        offered(home, "bmo", 2024, "a\n", fictif=not first)
    assert "ATLAS_WAREHOUSE" in str(told.value)
    assert sorted(home.landing.rglob("*")) == before
    accepted(home, "bmo", 2024, fictif=first)


def test_an_archive_that_mixes_them_is_not_locked(home: Settings) -> None:
    accepted(home, "sae", 2022)
    accepted(home, "sae", 2023)
    mixed(home, "bmo", 2024)
    with pytest.raises(BuildError, match="1 réels, et fictifs : sae 2022, sae 2023") as told:
        lockfile.lock(home, 2025)
    assert "tout réel ou tout fictif" in str(told.value)
    # What is real may not be had again: nobody is told to take it away.
    assert f"les extraits fictifs, qui se refont : {home.landing / 'sae' / '2022' / 'r1'}, " in str(told.value)
    assert "bmo/2024" not in str(told.value)
    assert not lockfile.path(home, 2025).exists()


def test_nothing_accepted_is_nothing_to_lock(home: Settings) -> None:
    with pytest.raises(BuildError, match="rien à verrouiller"):
        lockfile.lock(home, 2025)
    refused(home, "sae", 2022)
    accepted(home, "bmo", 2026)
    with pytest.raises(BuildError, match="rien à verrouiller") as told:
        lockfile.lock(home, 2025)
    assert told.value.exit_code == 4
    assert "atlas vintages" in told.value.todo


def test_a_pinned_revision_that_is_gone_is_told(home: Settings) -> None:
    accepted(home, "sae", 2022)
    lockfile.lock(home, 2025)
    shutil.rmtree(outcomes.folder(home, "sae", 2022, 1))
    with pytest.raises(BuildError, match="qui n'est plus dans l'entrepôt") as told:
        lockfile.lock(home, 2025)
    assert (told.value.where.source, told.value.where.millesime) == ("sae", 2022)
    assert "atlas lock 2025 --update" in str(told.value)
    assert lockfile.path(home, 2025).exists()


def test_a_pinned_revision_that_is_refused_since_is_told(home: Settings) -> None:
    landed = judged(home, offered(home, "sae", 2022, "a\n"))
    lockfile.lock(home, 2025)
    judged(home, landed, accepte=False, motif="Clés en double.")
    with pytest.raises(BuildError, match="que les contrôles refusent désormais") as told:
        lockfile.lock(home, 2025)
    assert told.value.expected == "Clés en double."


def test_unknown_revision_and_source_have_a_message(home: Settings) -> None:
    with pytest.raises(StorageError, match="révision 3 n'est pas dans l'archive"):
        landing.revision(home.landing, "sae", 2022, 3)
    with pytest.raises(UsageError, match="Source inconnue"):
        catalogue.load("nulle_part")


def test_an_outcome_of_before_the_four_sentences_still_reads(home: Settings) -> None:
    landed = judged(home, offered(home, "sae", 2022, "a\n"), accepte=False, motif="x")
    path = outcomes.folder(home, "sae", 2022, 1) / outcomes.OUTCOME
    data = json.loads(path.read_text(encoding="utf-8"))
    for name in ("refus", "sha256"):
        del data[name]
    old = "Clés en double.\n  où      : fichier a.csv, ligne 7\n  à faire : reprendre le fichier"
    path.write_text(json.dumps({**data, "motif": old}), encoding="utf-8")
    outcome = outcomes.load(home, landed.source, landed.millesime, landed.revision)
    assert outcome is not None
    assert outcome.motif == old
    with pytest.raises(RefusedError, match="ligne 7"):
        outcomes.stand_by(outcome)


# --- What the edition says of its age ---------------------------------------------------------------


def test_old_references_warn(sample_db: duckdb.DuckDBPyConnection) -> None:
    vintages = rows(
        sample_db,
        "SELECT source, millesime, age, trop_ancien FROM reference.millesimes WHERE reference ORDER BY source",
    )
    assert len(vintages) == len(catalogue.sources())
    for source, millesime, age, old in vintages:
        assert age == EDITION - millesime
        assert old == (age > catalogue.load(source).millesime.age_max), source
    old = {(s, str(m)) for s, m, _, old in vintages if old}
    assert ("dares_tensions", "2022") in old
    warned = rows(sample_db, "SELECT source, objet FROM qualite.avertissements WHERE sujet = 'référence ancienne'")
    assert set(warned) == old
    none(sample_db, "FROM reference.millesimes WHERE trop_ancien AND NOT reference")
    assert one(sample_db, "SELECT count(*) FROM reference.millesimes WHERE source = 'sae'") == 2


@pytest.mark.lent
def test_an_older_edition_builds_from_what_it_pins(copied: Settings, sample: Warehouse) -> None:
    steps.lock(2023)
    with duckdb.connect(steps.build(2023), read_only=True) as db:
        assert one(db, "SELECT max(millesime) FROM reference.millesimes WHERE statut = 'accepté'") == 2023
        assert one(db, "SELECT DISTINCT millesime FROM reference.communes") == 2023
        absent = {r[0] for r in rows(db, "SELECT source FROM qualite.avertissements WHERE sujet = 'source absente'")}
        later = {s.id for s in catalogue.load_all() if min(folder_connector.vintages(copied.sources, s)) > 2023}
        assert absent == later > {"parcoursup", "laposte_codes_postaux"}
        assert one(db, "SELECT count(*) FROM atlas.formations") == 0
        assert one(db, "SELECT max(annee) FROM atlas.hospitaliers") == 2023
        none(db, "FROM atlas.recrutement WHERE annee > 2023")
    # The lock of the edition in place is not touched.
    assert lockfile.load(copied, EDITION) == lockfile.load(sample.settings, EDITION)
