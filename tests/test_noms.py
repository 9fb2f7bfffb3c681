"""Names of files as they come: numbered by a browser, an old or another name of the producer, and what is missing."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rooms import Room

from pipelines import catalogue
from pipelines.arrival import landing
from pipelines.connectors import mirror, numbered
from pipelines.errors import RefusedError

BMO, APL = "Base_open_data_BMO_2024.xlsx", "indicateur_d_apl_aux_medecins_generalistes.xlsx"
SYGEN = "SYGEN_2022r.csv"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("base (1).xlsx", "base.xlsx"),
        ("base(12).zip", "base.zip"),
        ("base_(2).csv.gz", "base.csv.gz"),
        ("base (2024).xlsx", "base (2024).xlsx"),
        ("base (1) finale.xlsx", "base (1) finale.xlsx"),
        ("(1).xlsx", ".xlsx"),
    ],
)
def test_the_number_of_a_browser(name: str, said: str) -> None:
    assert numbered.plain(name) == said


@pytest.mark.parametrize(
    ("source", "millesime", "file", "came"),
    [
        ("bmo", 2024, BMO, "Base_open_data_BMO_2024 (1).xlsx"),
        # Of which the name says a part of the key.
        ("apl", 2023, APL, "indicateur_d_apl_aux_medecins_generalistes(1).xlsx"),
        ("sae", 2022, SYGEN, "SYGEN_2022r (2).csv"),
        ("zonage_medecins", 2022, "zonmed.csv", "zonmed (1).csv"),
    ],
)
def test_a_second_download_is_read_as_the_first(
    room: Callable[[str, int], Room], source: str, millesime: int, file: str, came: str
) -> None:
    here = room(source, millesime)
    (here.folder / file).rename(here.folder / came)
    assert here.receive().accepte
    ((landed, _),) = [here.latest(accepted=True)]
    assert (landed.revision, landed.unknown) == (1, ())  # the same bytes under the same name: nothing new


def test_the_record_says_under_which_name_it_came(room: Callable[[str, int], Room]) -> None:
    here = room("bmo", 2024)
    came = here.folder / "Base_open_data_BMO_2024 (1).xlsx"
    (here.folder / BMO).rename(came)
    shutil.rmtree(here.settings.warehouse)
    assert here.receive().accepte
    folder = here.latest(accepted=True)[0].folder(here.settings.landing)
    assert (folder / BMO).read_bytes() == came.read_bytes()
    assert json.loads((folder / landing.PROVENANCE).read_text(encoding="utf-8"))["recus_sous"] == {BMO: came.name}


def test_two_downloads_that_are_the_same_are_one_and_told(room: Callable[[str, int], Room]) -> None:
    here = room("apl", 2023)
    shutil.copy(here.folder / APL, here.folder / "indicateur_d_apl_aux_medecins_generalistes (1).xlsx")
    offer = mirror.offer(here.settings.sources, catalogue.load("apl"), 2023)
    assert offer.unknown == ("indicateur_d_apl_aux_medecins_generalistes (1).xlsx",)
    assert here.folder / APL in offer.files


def test_two_downloads_that_differ_are_refused(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    (here.folder / "SYGEN_2022r (1).csv").write_bytes((here.folder / SYGEN).read_bytes() + b"\r\n")
    with pytest.raises(RefusedError, match=r"SYGEN_2022r \(1\)\.csv » sont deux téléchargements du même fichier"):
        here.receive()


def test_answers_to_a_survey_keep_their_names(sample_extracts: Path, tmp_path: Path) -> None:
    source = catalogue.load("enquete_rh")
    year = max(mirror.vintages(sample_extracts, source))
    folder = tmp_path / source.folder / str(year)
    folder.mkdir(parents=True)
    first, second, *_ = sorted(mirror.place(sample_extracts, source, year).glob("*.xlsx"))
    shutil.copy(first, folder / "gabarit.xlsx")
    shutil.copy(second, folder / "gabarit (1).xlsx")
    offer = mirror.offer(tmp_path, source, year)
    assert {path.name for path in offer.files} == {"gabarit.xlsx", "gabarit (1).xlsx"}
    assert offer.names == {}


@pytest.mark.parametrize(
    "name", ["table_appartenance_geo_communes_22(1).zip", "table-appartenance-geo-communes-22.zip"]
)
def test_the_archive_of_the_cog_by_any_of_its_names(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "insee_cog" / "2022"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("table-appartenance-geo-communes-22.xlsx", b"PK")
    source = catalogue.load("insee_cog")
    assert mirror.vintages(tmp_path, source) == [2022]
    assert mirror.offer(tmp_path, source, 2022).packed == {
        numbered.plain(name): ("table-appartenance-geo-communes-22.xlsx",)
    }


@pytest.mark.parametrize("name", ["v_commune_2024.csv", "commune2024.csv", "communes_2024.csv"])
def test_another_list_of_communes_is_refused_for_what_it_lacks(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "insee_cog" / "2024"
    folder.mkdir(parents=True)
    (folder / name).write_text("TYPECOM,COM,REG\nCOM,01001,84\n", encoding="utf-8")
    with pytest.raises(RefusedError) as caught:
        mirror.offer(tmp_path, catalogue.load("insee_cog"), 2024)
    assert f"« {name} » n'en tient pas lieu : c'est la liste des communes" in caught.value.what
    assert "« table-appartenance-geo-communes-2024.xlsx, .xls ou .csv »" in caught.value.expected
    assert "ou l'archive « table-appartenance-geo-communes-2024.zip »" in caught.value.expected
