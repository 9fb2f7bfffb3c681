"""What a refusal says to who deposited the file: all that is wrong, in words, a line for each."""

from collections.abc import Callable

import pytest
from fixtures_entrepots import environment
from rooms import Room

from pipelines import steps
from pipelines.errors import RefusedError

SYGEN, Q24, Q22, IDENTITY = "SYGEN_2022r.csv", "Q24_2022r.csv", "Q22_2022r.csv", "ID_2022r.csv"
GROUPS = "GHT_2022r.csv"


def test_a_file_that_is_missing_hides_no_other_fault(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    here.change(SYGEN, lambda data: data.replace(b"ETP_AID;", b"ETP_AIDES;", 1).replace(b"EFF_AID", b"EFF_AIDES", 1))
    here.change(Q24, lambda data: data.replace(b"ADMTO", b"ADMTOT", 1))
    here.change(IDENTITY, lambda data: data.replace(b";", b"\t"))
    (here.folder / Q22).unlink()
    with environment(here.settings.warehouse, here.settings.sources), pytest.raises(RefusedError) as caught:
        steps.fetch("sae", 2022)
    lines = caught.value.what.splitlines()
    assert lines[0].startswith("Il manque le fichier de la table « q22 »")
    assert lines[1] == "Et aussi :"
    assert [line.partition(",")[0] for line in lines[2:]] == [f"- {name}" for name in (IDENTITY, Q24, SYGEN)]
    assert "Le séparateur n'est pas « ; »" in lines[2]
    assert "« ETP_AID » est peut-être devenue « ETP_AIDES »" in lines[4]
    assert caught.value.where.table == "q22"


def test_what_is_missing_alone_is_told_alone(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    (here.folder / Q22).unlink()
    with environment(here.settings.warehouse, here.settings.sources), pytest.raises(RefusedError) as caught:
        steps.fetch("sae", 2022)
    assert "\n" not in caught.value.what


def test_a_name_that_is_not_like_another_is_no_hint(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    # A new name of the group, unlike the old one, among others.
    here.change(
        GROUPS,
        lambda data: data.replace(b"NOM_COURT_GHT", b"GHT_LIBC;NB_CMP_CONSULT_TOT;NB_UHSA", 1).replace(
            b"ETP_AID;", b"ETPAID;", 1
        ),
    )
    said = here.refused().what
    assert "« NOM_COURT_GHT »" in said
    assert "« NOM_COURT_GHT » est peut-être" not in said


def test_many_names_are_counted(room: Callable[[str, int], Room]) -> None:
    here = room("sae", 2022)
    for name in (SYGEN, GROUPS):
        here.change(name, lambda data: data.replace(b"EFF_", b"NBR_").replace(b"ETP_", b"TPS_"))
    error = here.refused()
    assert all(len(line) < 1500 for line in str(error).splitlines())
    assert " et 31 autres." in error.what
    assert len(error.what.splitlines()) == 3
    # One new name is not said of two old ones.
    assert error.what.splitlines()[0].count("« TPS_AID »") == 1
    assert "colonnes inconnues" not in error.expected
