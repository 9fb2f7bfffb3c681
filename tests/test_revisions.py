"""What a revision changes to the one that was accepted before it: told always, a warning where it is no correction."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from rooms import Damage, Room

from pipelines.arrival import revisions
from pipelines.checks.controls import Control

Rows = list[list[str]]
FUND = "carmf_2024.csv"


def rows(change: Callable[[Rows], Rows | None]) -> Damage:
    """Changes the cells of a contract's file, its header included."""

    def damage(data: bytes) -> bytes:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
        lines, text = change(lines) or lines, io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
        return text.getvalue().encode("utf-8-sig")

    return damage


def set_number(line: int, change: Callable[[int], Any]) -> Damage:
    def edit(lines: Rows) -> None:
        rank = lines[0].index("n_liquidations")
        lines[line][rank] = str(change(int(lines[line][rank])))

    return rows(edit)


def told(here: Room) -> Control:
    (found,) = [c for c in here.receive().controls if c.controle == revisions.NAME]
    return found


def largest(here: Room) -> int:
    """The line of the file whose number is the largest."""
    lines = list(csv.reader(io.StringIO((here.folder / FUND).read_bytes().decode("utf-8-sig")), delimiter=";"))
    rank = lines[0].index("n_liquidations")
    return max(range(1, len(lines)), key=lambda n: int(lines[n][rank]) if lines[n][rank].isdigit() else 0)


def test_a_number_ten_times_larger_is_a_warning(room: Callable[[str, int], Room]) -> None:
    here = room("carmf", 2024)
    here.change(FUND, set_number(largest(here), lambda n: 10 * n))
    found = told(here)
    assert found.severite == "avertissement"
    assert found.observe.startswith("0 ligne(s) ajoutée(s), 0 retirée(s), 1 changée(s), sur 40 ; n_liquidations : 1 ")
    assert "profession = medecin, departement = " in found.observe
    before, after = found.observe.rpartition(" : ")[2].split(" → ")
    assert int(after) == 10 * int(before)


def test_a_correction_is_an_information(room: Callable[[str, int], Room]) -> None:
    here = room("carmf", 2024)
    here.change(FUND, set_number(largest(here), lambda n: n + 1))
    found = told(here)
    assert (found.severite, found.reussi) == ("information", False)
    assert "1 changée(s)" in found.observe
    assert "ce que cette révision change à la révision 1" in found.motif


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (rows(lambda lines: lines[:-2]), "0 ligne(s) ajoutée(s), 2 retirée(s), 0 changée(s), sur 40"),
        (
            rows(lambda lines: [*lines, *([*x[:4], str(int(x[4]) - 20), *x[5:]] for x in lines[1:7])]),
            "6 ligne(s) ajoutée(s), 0 retirée(s)",
        ),
    ],
    ids=["lignes-en-moins", "lignes-en-plus"],
)
def test_lines_that_go_or_come_in_number_are_a_warning(
    room: Callable[[str, int], Room], change: Damage, said: str
) -> None:
    here = room("carmf", 2024)
    here.change(FUND, change)
    found = told(here)
    assert said in found.observe
    assert found.severite == "avertissement"


def test_cells_that_come_empty_are_a_warning(room: Callable[[str, int], Room]) -> None:
    here = room("carmf", 2024)
    here.change(FUND, set_number(largest(here), lambda _: "nd"))
    found = told(here)
    assert found.severite == "avertissement"
    assert "1 vidé(s)" in found.observe
    assert found.observe.endswith("→ vide")


def test_the_same_lines_in_other_bytes_change_nothing(room: Callable[[str, int], Room]) -> None:
    here = room("carmf", 2024)
    here.change(FUND, rows(lambda lines: [lines[0], *reversed(lines[1:])]))
    assert told(here).reussi


def test_a_table_that_is_gone_is_a_warning(room: Callable[[str, int], Room]) -> None:
    here = room("rpps", 2025)
    for path in here.folder.glob("*Dipl*"):
        path.unlink()
    gone = [c for c in here.receive().controls if c.controle == revisions.NAME and c.observe == "absente"]
    assert [(c.objet, c.severite) for c in gone] == [("rpps_diplomes", "avertissement")]


def test_of_persons_only_counts_are_told(room: Callable[[str, int], Room]) -> None:
    here = room("rpps", 2025)
    (path,) = here.folder.glob("*Personne*activite*.txt")
    here.change(path.name, lambda data: b"".join(data.splitlines(keepends=True)[:-1]))
    found = [c for c in here.receive().controls if c.controle == revisions.NAME and not c.reussi]
    assert [c.objet for c in found] == ["rpps_activites"]
    assert set(found[0].observe.split()) & {"=", "→"} == set()
