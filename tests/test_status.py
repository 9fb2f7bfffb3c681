"""The page that says where a warehouse stands: what somebody has to do something about is on it; it hinders nothing."""

import html
import re
import shutil
from pathlib import Path

import pytest
from fixtures_entrepots import EDITION, environment
from typer.testing import CliRunner

from pipelines import catalogue, cli, journal, status, steps
from pipelines.arrival import landing
from pipelines.connectors import mirror
from pipelines.errors import BusyError, LaterError, RefusedError
from pipelines.runtime import state
from pipelines.settings import STATUS, Settings

GHT = ("ght", 2023)


def line_of(page: str, source: str) -> str:
    """The line of a source, without its marks."""
    (found,) = re.findall(rf"<tr><th scope=\"row\"><code>{source}</code>.*?</tr>", page, re.DOTALL)
    return html.unescape(re.sub(r"(<[^>]+>)+", " | ", found))


def damaged(now: Settings, folder: Path) -> Path:
    """The extracts with one of them under another heading."""
    sources = folder / "extraits"
    shutil.copytree(now.sources / "ght", sources / "ght")
    shutil.copyfile(now.sources / mirror.FICTIF, sources / mirror.FICTIF)
    (file,) = (sources / "ght" / "2023").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace("finess_ej", "autre_nom", 1), encoding="utf-8")
    return sources


def test_what_waits_is_told_by_vintage(empty: Settings) -> None:
    steps.fetch(*GHT)
    page = status.page(empty)
    assert "| ght | en attente | aucun |" in line_of(page, "ght")
    assert "2022 : déposé, pas encore reçu" in line_of(page, "ght")
    assert "2023 : reçu, pas encore contrôlé" in line_of(page, "ght")
    assert f"Le verrou de l’édition {empty.edition} n’est pas encore fait" in page
    assert "Données fictives" in page


def test_a_refusal_is_told_with_its_reason_and_what_stays_in_place(empty: Settings, tmp_path: Path) -> None:
    steps.ingest(*GHT)
    received = line_of(status.page(empty), "ght")
    assert re.search(r"\| 2023 \| \d\d/\d\d/20\d\d \|", received)
    with environment(empty.warehouse, damaged(empty, tmp_path)) as now:
        with pytest.raises(RefusedError):
            steps.ingest(*GHT)
        page = status.page(now)
    said = line_of(page, "ght")
    assert "| ght | refusé | 2023 |" in said
    assert "2023, révision 2 :" in said
    assert "finess_ej" in said
    assert "La révision acceptée auparavant reste en place." in said
    failed = page[page.index("Derniers échecs") :]
    assert "mise en forme ght 2023" in failed
    assert failed.count("<tr><td>") == 1


def test_an_edition_in_place_says_what_its_lock_lacks_and_what_is_old(copied: Settings) -> None:
    page = status.page(copied)
    assert f"L’entrepôt en place est celui de l’édition {EDITION}." in page
    assert "attendent que le verrou soit refait" not in page
    assert "Aucun dans le journal" in page or "Derniers échecs" in page
    old = {s.source.id for s in status.standings(copied) if s.etat == status.OLD}
    newest = {s.id: max(landing.vintages(copied.landing, s.id), default=0) for s in catalogue.load_all()}
    late = {s.id for s in catalogue.load_all() if 0 < newest[s.id] < EDITION - s.millesime.age_max}
    assert old == late
    shutil.rmtree(copied.staging / "ght" / "2023")
    assert "1 changement(s) attendent que le verrou soit refait" in status.page(copied)
    assert "reçu, pas encore contrôlé" in line_of(status.page(copied), "ght")


def test_a_damaged_record_is_on_the_page_and_hides_no_other(copied: Settings) -> None:
    (copied.landing / "ght" / "2023" / "r1" / landing.PROVENANCE).write_bytes(b"")
    (copied.staging / "bmo" / "2024" / "r1" / "bilan.json").write_bytes(b"{")
    page = status.page(copied)
    for source in ("ght", "bmo"):
        assert f"| {source} | abîmé |" in line_of(page, source)
    assert "| sae | à jour |" in line_of(page, "sae")


def test_a_command_leaves_the_page_and_one_that_fails_too(empty: Settings, tmp_path: Path) -> None:
    run = CliRunner()
    assert run.invoke(cli.app, ["run", "ght", "--millesime", "2023"]).exit_code == 0
    page = empty.warehouse / STATUS
    assert "| ght | en attente | 2023 |" in line_of(page.read_text(encoding="utf-8"), "ght")
    page.unlink()
    sources = damaged(empty, tmp_path)
    assert run.invoke(cli.app, ["run", "ght", "--sources", str(sources)]).exit_code != 0
    assert "| ght | refusé | 2023 |" in line_of(page.read_text(encoding="utf-8"), "ght")


def test_a_page_that_cannot_be_written_stops_nothing(
    empty: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    empty.landing.mkdir(parents=True)
    monkeypatch.setattr(state, "write", full)
    with steps.alone("essai"):
        pass
    assert "n'est pas écrite" in caplog.text


def test_a_page_that_cannot_be_made_hides_no_error(empty: Settings, caplog: pytest.LogCaptureFixture) -> None:
    steps.fetch(*GHT)
    with (empty.warehouse / "journal.jsonl").open("a", encoding="utf-8") as handle:
        handle.write('{"quand": "hier", "etape": "stage", "resultat": "erreur"}\n')
    with pytest.raises(RefusedError, match="la vraie raison"), steps.alone("essai"):
        raise RefusedError("la vraie raison")
    assert "n'est pas écrite" in caplog.text


def test_what_is_turned_away_as_it_was_deposited_is_refused_until_it_is_received_or_withdrawn(
    empty: Settings, tmp_path: Path
) -> None:
    """A wrong name, which the archive never sees: the page and `atlas vintages` say it all the same."""
    sources = tmp_path / "extraits"
    shutil.copytree(empty.sources / "ght" / "2023", sources / "ght" / "2023")
    shutil.copyfile(empty.sources / mirror.FICTIF, sources / mirror.FICTIF)
    (file,) = (sources / "ght" / "2023").iterdir()
    wrong = file.rename(file.with_name("export_mail.csv"))
    run = CliRunner()
    with environment(empty.warehouse, sources) as now:
        with pytest.raises(RefusedError):
            steps.ingest(*GHT)
        said = line_of(status.page(now), "ght")
        assert "| ght | refusé | aucun |" in said
        assert "2023, tel que déposé : " in said
        listed = run.invoke(cli.app, ["vintages", "ght", "--json"]).stdout
        assert '"etat": "refusé tel que déposé"' in listed
        assert "export_mail.csv" in listed
        assert "réception ght 2023" in status.page(now)
        wrong.rename(file)
        steps.ingest(*GHT)
        page = status.page(now)
        assert "| ght | à jour | 2023 |" in line_of(page, "ght")
        assert "Aucun dans le journal" in page


def test_a_refused_vintage_that_was_withdrawn_is_no_more_refused(empty: Settings, tmp_path: Path) -> None:
    with environment(empty.warehouse, damaged(empty, tmp_path)) as now:
        steps.ingest("ght", 2022)
        with pytest.raises(RefusedError):
            steps.ingest(*GHT)
        assert "| ght | refusé | 2022 |" in line_of(status.page(now), "ght")
        shutil.rmtree(now.sources / "ght" / "2023")
        said = line_of(status.page(now), "ght")
    assert "| ght | à jour |" in said or "| ght | ancien |" in said
    assert "2023 : refusé, puis retiré du dossier" in said


def test_what_only_had_to_wait_is_no_failure(empty: Settings) -> None:
    steps.fetch(*GHT)
    with pytest.raises(LaterError), journal.step("lock", edition=EDITION):
        raise BusyError("L'entrepôt est en cours d'écriture.")
    assert "Aucun dans le journal" in status.page(empty)


def test_a_source_of_which_all_was_refused_and_withdrawn_is_still_told(empty: Settings, tmp_path: Path) -> None:
    with environment(empty.warehouse, damaged(empty, tmp_path)) as now:
        with pytest.raises(RefusedError):
            steps.ingest(*GHT)
        shutil.rmtree(now.sources / "ght" / "2023")
        shutil.rmtree(now.sources / "ght" / "2022")
        page = status.page(now)
    assert "2023 : refusé, puis retiré du dossier" in line_of(page, "ght")
