"""Damaged extracts, by the steps of `atlas run`: nothing crashes, nothing hangs, nothing wrong passes in silence.

Some seconds of it, always the same, are in `make test`. `ATLAS_ROBUSTESSE=600 pytest tests/test_robustesse.py` looks for
new ones for ten minutes. What it found is in FOUND, and is tried each time.
"""

import json
import os
import re
import resource
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import oracle
import pyarrow.parquet as pq
import pytest
import seeds
from damages import BOOK_DAMAGES, JSON_DAMAGES, TEXT_DAMAGES, Book, Damage, Document, Error, Formula, Text
from fixtures_entrepots import environment, mirror_folder
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st
from seeds import Seed

from pipelines import catalogue, steps
from pipelines.arrival import landing, outcomes
from pipelines.arrival.aside import WHOLE
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import mirror
from pipelines.errors import AtlasError
from pipelines.settings import Settings

SECONDS, BYTES = 10, 1_000_000_000
BUDGET = float(os.environ.get("ATLAS_ROBUSTESSE", "0"))  # seconds of the search for new ones
DAMAGES: dict[type, Any] = {Text: TEXT_DAMAGES, Book: BOOK_DAMAGES, Document: JSON_DAMAGES}
# Small enough to be checked whole, and complete enough to be accepted.
WHOLE_SOURCES = ("carmf", "cnam_medecin_traitant", "formations_capacites", "ght", "mpom", "tvs", "zonage_arretes")
# What no message may show: terms of programmers, paths of the program, patterns, words of the libraries.
FOREIGN = re.compile(
    r"Traceback|inattendue|regex|[A-Za-z]+(Error|Exception)\b|\(\?[P:!<]|\\d|\\\.|\[\^|site-packages|\.py\b|pyarrow|"
    r"duckdb|calamine|None\b|<class|\b(the|invalid|expected|failed|cannot|could not|column|row|file|line|value|quote)\b",
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
    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert peak(resource.RUSAGE_SELF) - before < BYTES, "plus de 1 Go dans ce processus"
    assert peak(resource.RUSAGE_CHILDREN) < max(BYTES, started + 1), "plus de 1 Go dans un processus lancé"


def receive(chosen: Seed, damages: list[Damage], *, checked: bool = False) -> str:
    """Receives a damaged file; returns why it is refused, or nothing. What is accepted is held against the oracle."""
    name, data, model = chosen.damaged(damages)
    source = catalogue.load(chosen.source)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "extraits"
        home = mirror.place(root, source, chosen.millesime)
        home.mkdir(parents=True)
        (root / mirror.FICTIF).touch()
        for other, content in {**chosen.beside, name: data}.items():
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
                told = f"{error.what} | {error.expected} | {error.todo}"
                assert error.what, "une erreur sans message"
                assert error.todo, f"rien à faire n'est dit : {told}"
                assert not (foreign := FOREIGN.search(told)), f"« {foreign[0]} » dans : {told}"
                return str(error)
            compare(chosen, name, data, model, staged, remarks)
    return ""


def compare(chosen: Seed, name: str, data: bytes, model: Any, staged: Path, remarks: dict[str, Any]) -> None:
    """Holds what was accepted of a file against what the file says."""
    source = catalogue.load(chosen.source)
    layout = source.layout(chosen.table, chosen.millesime)
    if not pattern(layout.file, chosen.millesime).fullmatch(name) or chosen.table not in remarks:
        return  # taken out of an archive, or another file's
    aside = [row for row in pq.read_table(staged / outcomes.QUARANTINE).to_pylist() if row["table"] == chosen.table]
    rows = pq.read_table(staged / f"{chosen.table}.parquet").to_pylist()
    _, _, _, rejoined, _, _, headers, _ = remarks[chosen.table]
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
    assert not problems, "\n".join(problems)


def said(chosen: Seed, name: str, data: bytes, model: Any) -> Iterator[tuple[str, oracle.Seen]]:
    """What the oracle reads of a file, by part; nothing of one whose bytes it can't follow."""
    layout = catalogue.load(chosen.source).layout(chosen.table, chosen.millesime)
    if isinstance(model, Text):
        seen = oracle.text(data, layout)
        if seen is not None:
            yield name, seen
    elif isinstance(model, Book) and not model.raw:
        for sheet in model.sheets:
            if pattern(layout.sheet or ".*", chosen.millesime).fullmatch(sheet.strip()):
                yield f"{name}[{sheet}]", oracle.book(model, sheet, layout, chosen.millesime)
    elif isinstance(model, Document) and not model.raw and model.whole is model.records:
        yield name, oracle.records(model)


def _numbers(places: list[str], file: str) -> set[int]:
    return {int(place.rsplit(" ", 1)[1]) for place in places if place.startswith(f"{file}, ligne ")}


@pytest.fixture(scope="module")
def kept(sample_extracts: Path) -> list[Seed]:
    """All seeds: the fictitious extracts, and the real ones where there are."""
    real = mirror_folder()
    return [*seeds.all_of(sample_extracts), *(seeds.all_of(real) if (real / "sae").is_dir() else [])]


@pytest.fixture(scope="module")
def complete(sample_extracts: Path) -> list[Seed]:
    """Whole extracts of some small sources, which the checks accept."""
    return [s for s in seeds.all_of(sample_extracts, whole=WHOLE_SOURCES) if s.source in WHOLE_SOURCES]


def test_the_oracle_agrees_on_sound_extracts(kept: list[Seed]) -> None:
    wrong = {}
    for chosen in kept:
        try:
            refusal = receive(chosen, [])
        except AssertionError as error:
            refusal = str(error)
        if refusal:
            wrong[chosen.id] = refusal
    assert not wrong, "\n\n".join(f"{name}: {why[:600]}" for name, why in wrong.items())


def search(chosen: list[Seed], *, examples: int, first: int, checked: bool = False) -> None:
    """Damages those extracts in so many ways, always the same for the same `first`."""

    @seed(first)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(chosen), label="graine")
        damages = data.draw(st.lists(DAMAGES[type(one.model)], min_size=1, max_size=3), label="dommages")
        note(f"({one.id!r}, {one.table!r}, {damages!r})")
        receive(one, damages, checked=checked)

    tried()


def test_damaged_extracts(kept: list[Seed]) -> None:
    search(kept, examples=60, first=0)


def test_damaged_extracts_are_checked(complete: list[Seed]) -> None:
    search(complete, examples=8, first=0, checked=True)
