"""What a refusal says to who deposited the file: all that is wrong, in words, a line for each."""

import re
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


def test_a_failed_rule_shows_several_lines(room: Callable[[str, int], Room]) -> None:
    """Of a rule that sets nothing aside: ten of its lines, and how many more there are."""
    here = room("sae", 2022)
    text = (here.folder / SYGEN).read_bytes().decode("cp1252").splitlines(keepends=True)
    rank = text[0].rstrip().split(";").index("ETP_AID")
    for number in range(1, 14):
        cells = text[number].rstrip("\r\n").split(";")
        cells[rank] = "987654"
        text[number] = ";".join(cells) + "\r\n"
    here.change(SYGEN, lambda _: "".join(text).encode("cp1252"))
    told = [c for c in here.receive().controls if not c.reussi and "puis ligne(s)" in c.observe]
    assert told
    for control in told:
        listed = re.search(r"puis ligne\(s\) ((?:\d+(?:, )?)+)", control.observe)
        assert listed is not None
        shown = len(listed[1].split(", ")) + 1
        assert shown == min(10, control.lignes)
        assert (f" et {control.lignes - 10} de plus" in control.observe) is (control.lignes > 10)


def test_no_message_names_our_controls(room: Callable[[str, int], Room]) -> None:
    here = room("carmf", 2024)
    text = (here.folder / "carmf_2024.csv").read_text(encoding="utf-8-sig")
    lines = text.splitlines(keepends=True)
    here.change("carmf_2024.csv", lambda _: "".join([*lines, *lines[1:9]]).encode("utf-8-sig"))
    error = here.refused()
    names = {c.controle for c in here.latest(accepted=False)[1].controls} - {"carmf"}
    assert [name for name in names if name in str(error)] == []
    assert "8, la première ligne 42 de carmf_2024.csv : la ligne en répète une autre" in error.what
