"""Damaged extracts, by the steps of `atlas run`: nothing crashes, nothing hangs, nothing wrong passes in silence.

Some seconds of it, always the same, are in `make test`. `ATLAS_ROBUSTESSE=600 pytest tests/test_robustesse.py` looks
for new ones for ten minutes. What it found is in FOUND, and is tried each time.
"""

import importlib
import json
import os
import re
import resource
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import oracle
import pyarrow.parquet as pq
import pytest
import seeds
from damages import (
    BOOK_CELL,
    BOOK_DAMAGES,
    JSON_CELL,
    JSON_DAMAGES,
    TEXT_CELL,
    TEXT_DAMAGES,
    Book,
    Cell,
    Damage,
    Document,
    Error,
    Formula,
    Text,
)
from fixtures_entrepots import TOGETHER, environment, lay_over, mirror_folder, once
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st
from seeds import Seed

from pipelines import catalogue, steps
from pipelines.arrival import landing, outcomes
from pipelines.arrival.aside import WHOLE
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import mirror, packed
from pipelines.errors import AtlasError, Place
from pipelines.readers import workbook

SECONDS, BYTES = 10, 1_000_000_000
BUDGET = float(os.environ.get("ATLAS_ROBUSTESSE", "0"))  # seconds of the search for new ones
DAMAGES: dict[type, Any] = {Text: TEXT_DAMAGES, Book: BOOK_DAMAGES, Document: JSON_DAMAGES}
CELLS: dict[type, Any] = {Text: TEXT_CELL, Book: BOOK_CELL, Document: JSON_CELL}
# Small enough to be checked whole, and complete enough to be accepted.
WHOLE_SOURCES = ("carmf", "cnam_medecin_traitant", "formations_capacites", "ght", "mpom", "tvs", "zonage_arretes")
# What no message may show: terms of programmers, paths of the program, patterns, words of the libraries.
FOREIGN = re.compile(
    r"Traceback|inattendue|regex|[A-Za-z]+(Error|Exception)\b|\(\?[P:!<]|\\d|\\\.|\[\^|site-packages|\.py\b|pyarrow|"
    r"duckdb|calamine|None\b|<class|sql/|"
    r"\b(the|invalid|expected|failed|cannot|could not|column|row|file|line|value|quote)\b",
)


class HangError(Exception):
    """An example took too long."""


@contextmanager
def bounded() -> Iterator[None]:
    """At most SECONDS, and BYTES of memory more than before, in this process and in those it starts."""

    def stop(*_: Any) -> None:
        raise HangError(f"plus de {SECONDS} s")

    def peak(who: int) -> int:
        return resource.getrusage(who).ru_maxrss * 1024

    before, started = peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)
    # Seconds of this process, whatever else the machine does; of those it waits for, many more.
    timers = ((signal.SIGPROF, signal.ITIMER_PROF, SECONDS), (signal.SIGALRM, signal.ITIMER_REAL, 12 * SECONDS))
    handlers = {number: signal.signal(number, stop) for number, _, _ in timers}
    for _, timer, seconds in timers:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for number, timer, _ in timers:
            signal.setitimer(timer, 0)
            signal.signal(number, handlers[number])
    assert peak(resource.RUSAGE_SELF) - before < BYTES, "plus de 1 Go dans ce processus"
    # A process starts with the peak of the one that starts it.
    most = max(BYTES, started + 1, peak(resource.RUSAGE_SELF) + 1)
    assert peak(resource.RUSAGE_CHILDREN) < most, "plus de 1 Go dans un processus lancé"


def legible(error: AtlasError) -> None:
    """A message says what happened and what to do, in the words of the person who deposited the file."""
    told = f"{error.what} | {error.expected} | {error.todo}"
    assert error.what, "une erreur sans message"
    assert error.todo, f"rien à faire n'est dit : {told}"
    foreign = FOREIGN.search(told)
    assert foreign is None, f"« {foreign[0]} » dans : {told}"


def receive(chosen: Seed, damages: list[Damage], *, checked: bool = False, beside: Sequence[Seed] = ()) -> str:
    """Receives a damaged file; returns why it is refused, or nothing. What is accepted is held against the oracle.

    So is what those `beside` it, which are of the same delivery, have become.
    """
    name, data, model = chosen.damaged(damages)
    source = catalogue.load(chosen.source)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "extraits"
        home = mirror.place(root, source, chosen.millesime)
        home.mkdir(parents=True)
        (root / mirror.FICTIF).touch()
        for other, content in chosen.sent({**chosen.beside, name: data}).items():
            (home / other).write_bytes(content)
        with environment(Path(folder) / "entrepot", root) as now, bounded():
            try:
                number = steps.fetch(chosen.source, chosen.millesime)
                steps.stage(chosen.source, chosen.millesime, number)
                staged = outcomes.aside(now, landing.revision(now.landing, chosen.source, chosen.millesime, number))
                remarks = json.loads((staged / "lecture.json").read_text(encoding="utf-8"))
                if checked:
                    steps.check(chosen.source, chosen.millesime, number)
                    staged = outcomes.folder(now, chosen.source, chosen.millesime, number)
            except AtlasError as error:
                legible(error)
                return str(error)
            compare(chosen, name, data, model, staged, remarks)
            for one in beside:
                compare(one, one.name, one.model.bytes(), one.model, staged, remarks)
    return ""


def compare(chosen: Seed, name: str, data: bytes, model: Any, staged: Path, remarks: dict[str, Any]) -> None:
    """Holds what was accepted of a file against what the file says."""
    source = catalogue.load(chosen.source)
    layout = source.layout(chosen.table, chosen.millesime)
    if packed.is_archive(source, chosen.millesime, name):
        name = chosen.name  # the member is what was read
    if not pattern(layout.file, chosen.millesime).fullmatch(name) or chosen.table not in remarks:
        return  # another file's
    aside = [row for row in pq.read_table(staged / outcomes.QUARANTINE).to_pylist() if row["table"] == chosen.table]
    rows = pq.read_table(staged / f"{chosen.table}.parquet").to_pylist()
    _, _, _, rejoined, _, _, headers, *_ = remarks[chosen.table]
    problems = []
    for file, seen in said(chosen, name, data, model):
        by_line = defaultdict(list)
        for row in rows:
            if row["_fichier"] == file:
                by_line[row["_ligne"]].append(row)
        mine = [row for row in aside if row["fichier"] in (file, name)]
        told = oracle.Told(
            by_line,
            {row["ligne"] for row in mine if row["colonne"] == WHOLE},
            {(row["ligne"], row["colonne"]) for row in mine if row["colonne"] != WHOLE},
            _numbers(rejoined, file),
            _numbers(headers, file),
        )
        problems += oracle.differences(source, chosen.table, chosen.millesime, seen, told, file=name)
    assert not problems, "\n".join([f"{chosen.id}, {chosen.table} :", *problems])


def said(chosen: Seed, name: str, data: bytes, model: Any) -> Iterator[tuple[str, oracle.Seen]]:
    """What the oracle reads of a file, by part; nothing of one whose bytes it can't follow."""
    layout = catalogue.load(chosen.source).layout(chosen.table, chosen.millesime)
    if isinstance(model, Text):
        seen = oracle.text(data, layout)
        if seen is not None:
            yield name, seen
    elif isinstance(model, Book) and not model.raw and not model.far and layout.reader != "questionnaire":
        for sheet in model.sheets:
            if pattern(layout.sheet or ".*", chosen.millesime).fullmatch(sheet.strip()):
                yield f"{name}[{sheet}]", oracle.book(model, sheet, layout, chosen.millesime)
    elif isinstance(model, Document) and not model.raw and model.whole is model.records:
        yield name, oracle.records(model)


def _numbers(places: list[str], file: str) -> set[int]:
    return {int(place.rsplit(" ", 1)[1]) for place in places if place.startswith(f"{file}, ligne ")}


@pytest.fixture(scope="module")
def folders(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The fictitious extracts, and the real ones where there are: the mirror, with those of other years over it."""
    real, beside = mirror_folder(), mirror_folder().parent / "arrivals"
    if not (real / "sae").is_dir():
        return [sample_extracts]
    if not (beside / "sae").is_dir():
        return [sample_extracts, real]
    return [sample_extracts, once(tmp_path_factory, TOGETHER, lambda folder: lay_over(folder, real, beside))]


@pytest.fixture(scope="module")
def kept(folders: list[Path]) -> list[Seed]:
    """All seeds."""
    return [one for folder in folders for one in seeds.all_of(folder)]


@pytest.fixture(scope="module")
def archived(folders: list[Path]) -> list[Seed]:
    """Seeds in the archive that their producer sends."""
    return [one for folder in folders for one in seeds.in_archives(folder)]


@pytest.fixture(scope="module")
def complete(sample_extracts: Path) -> list[Seed]:
    """Whole extracts of some small sources, which the checks accept."""
    importlib.import_module("great_expectations")  # takes seconds, once, that are nobody's hang
    return [s for s in seeds.all_of(sample_extracts, whole=WHOLE_SOURCES) if s.source in WHOLE_SOURCES]


def search(chosen: list[Seed], *, examples: int, first: int, checked: bool = False, cells: bool = False) -> None:
    """Damages those extracts in so many ways, always the same for the same `first`."""

    @seed(first)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        # Of many cells, the message names those that count.
        phases=[Phase.generate] if cells else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(chosen), label="graine")
        # Few damages of any kind, or many cells at once.
        few = st.lists(DAMAGES[type(one.model)], min_size=1, max_size=3)
        many = st.lists(CELLS[type(one.model)], min_size=20, max_size=60)
        damages = data.draw(many if cells else few, label="dommages")
        note(f"({one.id!r}, {one.table!r}, {damages!r})")
        receive(one, damages, checked=checked)

    tried()


def lookup(kept: list[Seed], name: str, table: str) -> Seed:
    return next(one for one in kept if one.id == name and one.table == table)


CAPACITIES = "formations_capacites/2024/formations_capacites_2024.csv"
CNAM = "cnam_demographie/2018/Effectif_et_densite_par_departement_en_2018.xls"
BMO = "bmo/2019/Base_open_data_BMO_2019.xlsx"
RPPS = "rpps/2025/PS_LibreAcces_Personne_activite_202501020805.txt"
FINESS = "finess/2024/etalab-cs1100507-stock-20241112-0339.csv"
# What was found by searching: each crashed, hung, took gigabytes, spoke in patterns, or passed in silence.
FOUND: list[tuple[str, str, list[Damage]]] = [
    ("contours/2018/arrondissements-27-eure.geojson", "contours", [("deep",)]),
    (BMO, "projets", [("far", 0, 1_048_575, 30)]),
    (BMO, "projets", [("far", 0, 60, 16_383)]),
    (FINESS, "etablissements", [("title", 0, "")]),
    ("apl/2023/indicateur_d_apl_aux_medecins_generalistes.xlsx", "apl", [("drop", 0, 2)]),
    (FINESS, "etablissements", [("insert", 3_000, b"\r")]),
    (RPPS, "activites", [("insert", 3_000, b"\r")]),
    (RPPS, "activites", [("ends", "\r\r\n")]),
    (CAPACITIES, "formations_capacites", [("insert", 300, b"\r"), ("cell", 12, 6, "1.000")]),
    ("drees_demographie/2020/Medecin_sexe_annee.csv", "sexes", [("cell", 1, 3, "١٢")]),
    ("sae/2023/Q24_2023r.csv", "q24", [("cell", 339, 188, "1e100")]),
    (BMO, "projets", [("cell", 0, 4, column, 1.234) for column in range(12)]),
    (CNAM, "cnam_demographie", [("cell", 0, 5, 5, Error("#N/A")), ("cell", 0, 6, 4, Error("#REF!"))]),
]


@pytest.mark.lent
@pytest.mark.parametrize(("name", "table", "damages"), FOUND, ids=range(len(FOUND)))
def test_what_was_found_stays_mended(kept: list[Seed], name: str, table: str, damages: list[Damage]) -> None:
    receive(lookup(kept, name, table), damages)


HEADED: list[list[Damage]] = [
    [("header", 0, 0)],  # a header of two lines, said again
    [("cell", 0, 4, 26, Error("#N/A"))],  # a class of ages that can't be read
]


@pytest.mark.lent
@pytest.mark.parametrize("damages", HEADED, ids=["en-tete-repete", "classe-illisible"])
def test_two_lines_of_header_are_followed(kept: list[Seed], damages: list[Damage]) -> None:
    chosen = [one for one in kept if one.source in ("insee_population_ages", "insee_population_departements")]
    if not chosen:
        pytest.skip("pas d'extraits réels : aucun fichier d'échantillon n'a cet en-tête")
    for one in chosen:
        receive(one, damages)


@pytest.mark.parametrize(("kind", "name"), [("xlsx", "xls"), ("xls", "xlsx"), ("ods", "xlsx")])
def test_a_workbook_under_the_ending_of_another_kind_is_read(kind: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"classeur.{name}"
    path.write_bytes(Book({"F": [["nom", "nombre"], ["a", 1], ["b", Error("#REF!")]]}, kind, 1).bytes())
    sheets = workbook.cells(path, re.compile(".*"), Place(file=path.name))
    read = [list(row.values()) for row in sheets.tables["F"].to_pylist()]
    assert read == [["nom", "nombre"], ["a", "1"], ["b", "#REF!"]]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_errors_and_hidden_lines_are_seen_whatever_the_format(kind: str, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["nom", "nombre", "autre"], ["a", 1, Error("#DIV/0!")], [], ["b", Error("#REF!"), 2]]
    book = Book({"F": [*rows, ["c", Formula("=40+28")]]}, kind, 1, hidden={"F": {4}})
    path = tmp_path / f"classeur.{kind}"
    path.write_bytes(book.bytes())
    sheets = workbook.cells(path, re.compile(".*"), Place(file=path.name))
    read = [list(row.values()) for row in sheets.tables["F"].to_pylist()]
    assert read[:4] == [["nom", "nombre", "autre"], ["a", "1", "#DIV/0!"], ["", "", ""], ["b", "#REF!", "2"]]
    assert sheets.hidden["F"] == [4]
    if kind != "xls":  # which doesn't say whether the result of a formula was saved
        assert read[4] == ["c", "=40+28", ""]


def sound(kept: list[Seed]) -> None:
    """The oracle and the readers say the same of what nobody damaged: each delivery is received once."""
    deliveries: dict[Any, list[Seed]] = defaultdict(list)
    for one in kept:
        files = frozenset({**one.beside, one.name: one.model.bytes()}.items())
        deliveries[one.source, one.millesime, one.archive, files].append(one)
    wrong = {}
    for chosen, *beside in deliveries.values():
        try:
            refusal = receive(chosen, [], beside=beside)
        except AssertionError as error:
            refusal = str(error)
        if refusal:
            wrong[chosen.id] = refusal
    assert not wrong, "\n\n".join(f"{name}: {why[:600]}" for name, why in wrong.items())


@pytest.mark.lent
def test_the_oracle_agrees_on_sound_extracts(kept: list[Seed]) -> None:
    sound(kept[::8])


@pytest.mark.lent
def test_the_oracle_agrees_on_all_sound_extracts(kept: list[Seed]) -> None:
    sound(kept)


@pytest.mark.lent
def test_each_source_that_comes_in_an_archive_is_read_in_one(archived: list[Seed]) -> None:
    assert {source.id for source in catalogue.load_all() if source.archive is not None} == set(seeds.ARCHIVES)
    assert {one.source for one in archived} >= {"sae", "rpps", "bmo"}
    sound(archived[::3])


@pytest.mark.lent
def test_damaged_members_of_archives(archived: list[Seed]) -> None:
    search(archived, examples=12, first=0)
    search(archived, examples=8, first=0, cells=True)


@pytest.mark.lent
def test_damaged_extracts(kept: list[Seed]) -> None:
    search(kept, examples=25, first=0)
    search(kept, examples=15, first=0, cells=True)
    end, first = time.monotonic() + BUDGET, int(time.time())
    while BUDGET and time.monotonic() < end:
        first += 1
        search(kept, examples=50, first=first, cells=first % 2 == 0)


def test_damaged_extracts_are_checked(complete: list[Seed]) -> None:
    search(complete, examples=6, first=0, checked=True)
