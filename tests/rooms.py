"""Rooms of one vintage, accepted once, that a test damages at will and receives again."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from fixtures_entrepots import environment

from pipelines import catalogue, steps
from pipelines.arrival import acceptance, landing, outcomes
from pipelines.arrival.outcomes import Outcome
from pipelines.connectors import mirror
from pipelines.errors import RefusedError
from pipelines.runtime import fingerprints
from pipelines.settings import Settings

Damage = Callable[[bytes], bytes]


@dataclass
class Room:
    """A folder of extracts and a warehouse of its own, with one vintage already accepted."""

    settings: Settings
    source: str
    millesime: int

    @property
    def folder(self) -> Path:
        entry = catalogue.load(self.source)
        home = self.settings.sources / entry.folder
        return home if entry.label is not None else home / str(self.millesime)

    def change(self, file: str, damage: Damage) -> None:
        path = self.folder / file
        path.write_bytes(damage(path.read_bytes()))

    def receive(self) -> Outcome:
        source = catalogue.load(self.source)
        offer = mirror.offer(self.settings.sources, source, self.millesime)
        landed = landing.archive(self.settings.landing, source, offer)
        acceptance.stage(self.settings, landed)
        return acceptance.check(self.settings, landed)

    def refused(self) -> RefusedError:
        """Receives what must be refused; holds what every refusal owes to the person who reads it."""
        with pytest.raises(RefusedError) as caught:
            self.receive()
        error = caught.value
        assert error.what
        assert error.expected
        assert error.todo
        assert error.where.source == self.source
        assert error.where.millesime == self.millesime
        assert error.where.file
        assert "None" not in str(error)
        self.keeps_all(refused=True)
        assert self.latest(accepted=False)[1].motif == str(error)
        self.refused_again(error)
        return error

    def refused_again(self, error: RefusedError) -> None:
        """The same bytes come back: the same four sentences, by the steps that a person and a task take."""
        with environment(self.settings.warehouse, self.settings.sources), pytest.raises(RefusedError) as caught:
            steps.ingest(self.source, self.millesime)
        again = caught.value
        assert (again.what, again.where, again.expected, again.todo) == (
            error.what,
            error.where,
            error.expected,
            error.todo,
        )

    def latest(self, *, accepted: bool) -> tuple[landing.Landed, Outcome]:
        found = outcomes.latest(self.settings, self.source, self.millesime, accepted=accepted)
        assert found is not None
        return found

    def keeps_all(self, *, refused: bool) -> None:
        """The bytes received are archived as revision 2, and revision 1 is whole; accepted if 2 is refused."""
        revisions = landing.revisions(self.settings.landing, self.source, self.millesime)
        assert [r.revision for r in revisions] == [1, 2]
        for landed in revisions:
            for file in landed.files:
                archived = landed.folder(self.settings.landing) / file.name
                assert fingerprints.sha256(archived) == file.sha256
                if landed.revision == 2:
                    assert archived.read_bytes() == (self.folder / file.name).read_bytes()
        assert self.latest(accepted=True)[0].revision == (1 if refused else 2)

    def rows(self, revision: int, table: str) -> list[tuple[Any, ...]]:
        """The staged rows of a revision, without the line they come from."""
        path = outcomes.folder(self.settings, self.source, self.millesime, revision) / f"{table}.parquet"
        with duckdb.connect() as connection:
            return connection.execute(f"SELECT * EXCLUDE (_ligne, _fichier) FROM '{path}'").fetchall()

    def aside(self, revision: int = 2) -> list[dict[str, Any]]:
        path = outcomes.folder(self.settings, self.source, self.millesime, revision) / outcomes.QUARANTINE
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows

    def lost(self, table: str) -> list[tuple[Any, ...]]:
        """Rows of revision 1 that revision 2 has not; and nothing else may differ."""
        before, after = Counter(self.rows(1, table)), Counter(self.rows(2, table))
        assert not after - before
        return list((before - after).elements())


@pytest.fixture(scope="module")
def accepted(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """Folders with one good vintage received, made once for each."""
    made: dict[tuple[str, int], Path] = {}

    def make(source: str, millesime: int) -> Path:
        if (source, millesime) not in made:
            root = tmp_path_factory.mktemp(f"{source}-{millesime}")
            entry = catalogue.load(source)
            where = Path(entry.folder) if entry.label is not None else Path(entry.folder) / str(millesime)
            shutil.copytree(sample_extracts / where, root / "extraits" / where)
            shutil.copy(sample_extracts / mirror.FICTIF, root / "extraits")
            room = Room(Settings(root / "extraits", root / "entrepot"), source, millesime)
            assert room.receive().accepte
            made[source, millesime] = root
        return made[source, millesime]

    return make


@pytest.fixture
def room(accepted: Callable[[str, int], Path], tmp_path: Path) -> Callable[[str, int], Room]:
    """A room of its own for one test, to damage at will."""

    def make(source: str, millesime: int) -> Room:
        shutil.copytree(accepted(source, millesime), tmp_path, dirs_exist_ok=True)
        return Room(Settings(tmp_path / "extraits", tmp_path / "entrepot"), source, millesime)

    return make
