"""Every table of the catalogue on drifted rows: columns that move, are added, renamed or missing; another year.

The rows are those of the fictitious extracts, as their reader gives them. Files without names of columns are left
out (tests/test_finess.py drifts their fields), and so are surveys, read by the codes of their questions.
"""

import atexit
import csv
import functools
import shutil
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import catalogue, readers
from pipelines.arrival import headings, personnes, staging
from pipelines.arrival.aside import Aside
from pipelines.catalogue import CAPTURED, Source
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import mirror
from pipelines.errors import AtlasError, Place, RefusedError
from pipelines.readers import Extract

ADDED = "Colonne nouvelle, jamais vue"
TABLES = [
    (source.id, table)
    for source in catalogue.load_all()
    for table, described in source.tables.items()
    if source.questionnaire is None and not any(layout.fields for layout in described.layouts)
]
tables = pytest.mark.parametrize(("source_id", "table"), TABLES)


def packed(folder: Path) -> list[Path]:
    """The members of the archives of a folder, unpacked."""
    aside = Path(tempfile.mkdtemp(prefix="membres-"))
    atexit.register(shutil.rmtree, aside, ignore_errors=True)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as held:
            held.extractall(aside, filter="data")
    return [path for path in aside.rglob("*") if path.is_file()]


@functools.cache
def newest(root: Path, source_id: str, table: str) -> tuple[int, Path, Extract]:
    """The newest fictitious vintage of a table, its lightest file, and what its reader gives of it."""
    source = catalogue.load(source_id)
    for millesime in reversed(mirror.vintages(root, source)):
        layout = source.layout(table, millesime)
        rule = pattern(layout.file, millesime)
        folder = mirror.place(root, source, millesime)
        files = [f for f in (*folder.iterdir(), *packed(folder)) if rule.fullmatch(f.name)]
        if files:
            path = min(files, key=lambda f: f.stat().st_size)
            where = Place(source=source_id, millesime=millesime, table=table, file=path.name)
            if layout.streamed:
                return millesime, path, next(readers.stream(path, layout, where, lambda e: range(len(e.headings))))
            return millesime, path, readers.read(path, layout, where)[0]
    raise AssertionError(f"no fictitious extract of {source_id}.{table}")


def staged(source: Source, table: str, millesime: int, extract: Extract) -> pa.Table:
    where = Place(source=source.id, millesime=millesime, table=table)
    return staging.text_table(source, table, millesime, extract, where, Aside(), personnes.SAMPLE_KEY)


def without(extract: Extract, heading: int) -> Extract:
    kept = [i for i in range(len(extract.headings)) if i != heading]
    return replace(extract, headings=[extract.headings[i] for i in kept], columns=[extract.columns[i] for i in kept])


def needed(source: Source, table: str, millesime: int, extract: Extract) -> list[int]:
    """Indexes of the columns that the vintage can't do without."""
    found = headings.match(source, table, millesime, extract, Place(source=source.id, millesime=millesime))
    may_lack = {c.name for c in source.of_table(table) if c.may_lack(millesime)}
    return [index for name, index in found.items() if name not in may_lack]


@tables
def test_columns_may_move_and_strangers_are_told(sample_extracts: Path, source_id: str, table: str) -> None:
    source = catalogue.load(source_id)
    millesime, _, extract = newest(sample_extracts, source_id, table)
    whole = staged(source, table, millesime, extract)
    moved = replace(
        extract,
        headings=[*reversed(extract.headings), ADDED],
        columns=[*reversed(extract.columns), pa.chunked_array([pa.nulls(extract.rows, pa.string())])],
    )
    drifted = staged(source, table, millesime, moved)
    assert whole.num_rows
    for name in whole.column_names:  # an unpivoted table gives its slices in the order of the headings
        assert sorted(map(str, drifted[name].to_pylist())) == sorted(map(str, whole[name].to_pylist())), name
    if not source.layout(table, millesime).unpivot:
        assert drifted.equals(whole)
    before = headings.unknown(source, table, millesime, extract)
    assert set(headings.unknown(source, table, millesime, moved)) == {*before, ADDED}


@pytest.mark.lent
@tables
def test_a_missing_or_renamed_column_is_named(sample_extracts: Path, source_id: str, table: str) -> None:
    source = catalogue.load(source_id)
    millesime, _, extract = newest(sample_extracts, source_id, table)
    indexes = needed(source, table, millesime, extract)
    for index in indexes:
        heading = extract.headings[index]
        renamed = replace(
            extract, headings=["Tout autre nom" if i == index else h for i, h in enumerate(extract.headings)]
        )
        for drifted in (without(extract, index), renamed):
            with pytest.raises(RefusedError, match="Il manque 1 colonne") as refused:
                staged(source, table, millesime, drifted)
            names = next(
                c.headings(millesime)
                for c in source.of_table(table)
                if any(catalogue.same_heading(name, heading) for name in c.headings(millesime))
            )
            assert f"« {' ou '.join(map(headings.plain, names))} »" in refused.value.what
        double = replace(extract, headings=[*extract.headings, heading], columns=[*extract.columns, extract.columns[0]])
        with pytest.raises(RefusedError, match="deux fois dans l'en-tête"):
            staged(source, table, millesime, double)
    assert indexes or not any(
        names and not CAPTURED.fullmatch(names[0]) for c in source.of_table(table) if (names := c.headings(millesime))
    )


@tables
def test_the_next_year_is_read_by_its_own_suffix(sample_extracts: Path, source_id: str, table: str) -> None:
    source = catalogue.load(source_id)
    millesime, path, extract = newest(sample_extracts, source_id, table)
    following = millesime + 1
    if source.layout(table, following) != source.layout(table, millesime) or following in source.columns[0].theirs:
        return  # declared otherwise: its own tests read it
    rule = pattern(source.layout(table, following).file, following)
    if str(millesime) in path.name and "{millesime}" in source.layout(table, following).file:
        assert rule.fullmatch(path.name.replace(str(millesime), str(following)))
        assert not rule.fullmatch(path.name)
    dated = {
        old: new
        for c in source.of_table(table)
        for old, new in zip(c.headings(millesime), c.headings(following), strict=True)
        if old != new
    }
    later = replace(extract, headings=[dated.get(h, h) for h in extract.headings])
    assert staged(source, table, following, later).num_rows == staged(source, table, millesime, extract).num_rows
    if dated:
        with pytest.raises(RefusedError, match="Il manque"):
            staged(source, table, following, extract)


# --- A new column of a map ------------------------------------------------------------------------------


def mapped(folder: Path, source_id: str, year: int, cells: dict[str, str]) -> Source:
    """The entry with one more year in its map, filled for these columns of ours and left empty for all others."""
    for path in catalogue.files(source_id):
        shutil.copy(path, folder)
    path = folder / f"{source_id}.columns.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        header, *lines = list(csv.reader(handle))
    rank = sorted([*header[5:], str(year)]).index(str(year)) + 5
    header.insert(rank, str(year))
    for line in lines:
        line.insert(rank, cells.get(f"{line[0]}.{line[1]}", ""))
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *lines])
    return catalogue.parse(folder, source_id)


def test_a_new_year_of_a_map_is_filled_where_it_differs(sample_extracts: Path, tmp_path: Path) -> None:
    sae = catalogue.load("sae")
    millesime, _, extract = newest(sample_extracts, "sae", "q20")
    whole = staged(sae, "q20", millesime, extract)
    year = 1 + max(year for column in sae.columns for year in column.theirs)
    (name,) = next(c.headings(millesime) for c in sae.columns if (c.table, c.name) == ("q20", "ETPSAL"))
    later = replace(extract, headings=["ETP_SAL_TOTAL" if h == name else h for h in extract.headings])
    # One cell of the map is what the refusal asks for, and enough; a dash says that the producer has it no longer.
    with pytest.raises(RefusedError, match="ETP_SAL_TOTAL") as refused:
        staged(sae, "q20", year, later)
    assert f"atlas adapter sae {year}" in refused.value.todo
    source = mapped(tmp_path, "sae", year, {"q20.ETPSAL": "ETP_SAL_TOTAL"})
    assert staged(source, "q20", year, later).equals(whole)
    gone = mapped(tmp_path, "sae", year, {"q20.ETPSAL": catalogue.NOWHERE})
    without_it = staged(gone, "q20", year, without(extract, extract.headings.index(name)))
    assert without_it["ETPSAL"].null_count == extract.rows
    assert without_it.drop_columns("ETPSAL").equals(whole.drop_columns("ETPSAL"))
    # Every other vintage is read as before.
    for column, before in zip(source.columns, sae.columns, strict=True):
        assert [column.headings(y) for y in range(2010, year)] == [before.headings(y) for y in range(2010, year)]


def test_the_oldest_year_of_a_map_has_nothing_to_take_up(tmp_path: Path) -> None:
    lines = len(catalogue.load("sae").columns)
    with pytest.raises(AtlasError, match=f"remplie que pour 1 lignes sur {lines} en 2012") as told:
        mapped(tmp_path, "sae", 2012, {"sygen.ETPSAL_TOT": "ETPSAL_TOT"})
    assert "« - »" in told.value.what
