"""`atlas adapter`: a vintage whose headings moved is mapped by what is sure and by what a person decides, else not."""

import csv
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from fixtures_entrepots import ROOT, environment
from typer.testing import CliRunner, Result

from pipelines import catalogue, cli, steps
from pipelines.arrival import adaptation, outcomes
from pipelines.arrival.witnesses import OPEN, SURE
from pipelines.catalogue import maps
from pipelines.database.duck import literal
from pipelines.settings import Settings

SYGEN = Path("sae") / "2023" / "SYGEN_2023r.csv"
SERIES = {f"ETP_{x}": f"ETPNM_{x}" for x in ("AID", "ASH", "CAD", "EDU", "REEDU", "TEC", "SOINS", "AUTADM")}


@pytest.fixture
def house(tmp_path: Path, sample_extracts: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A catalogue and extracts of SAE, 2022 and 2023, that a test may change."""
    folder = tmp_path / "pipelines" / "catalogue"
    shutil.copytree(catalogue.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    extracts = tmp_path / "extraits"
    shutil.copytree(sample_extracts / "sae", extracts / "sae")
    shutil.copyfile(sample_extracts / "FICTIF.txt", extracts / "FICTIF.txt")
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    catalogue.load.cache_clear()
    with environment(tmp_path / "entrepot", extracts) as now:
        yield now
    monkeypatch.undo()
    catalogue.load.cache_clear()


def changed(path: Path, change: Callable[[list[str], list[list[str]]], None], quoting: int = csv.QUOTE_MINIMAL) -> None:
    """An extract whose heading and lines were changed, in the producer's encoding."""
    head, *lines = csv.reader(io.StringIO(path.read_bytes().decode("cp1252")), delimiter=";")
    change(head, lines)
    made = io.StringIO()
    csv.writer(made, delimiter=";", lineterminator="\r\n", quoting=quoting).writerows([head, *lines])  # type: ignore[arg-type]
    path.write_bytes(made.getvalue().encode("cp1252"))


def renamed(head: list[str], names: dict[str, str]) -> None:
    head[:] = [names.get(name, name) for name in head]


def atlas(*arguments: str, given: str = "") -> Result:
    result = CliRunner().invoke(cli.app, [*arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit | Exception)
    return result


def entry() -> tuple[str, str]:
    """The texts of the entry: its map, its layouts."""
    return tuple((catalogue.FOLDER / f"sae{end}").read_text(encoding="utf-8") for end in (".columns.csv", ".yml"))  # type: ignore[return-value]


def staged(now: Settings, revision: int) -> list[tuple[object, ...]]:
    file = outcomes.folder(now, "sae", 2023, revision) / "sygen.parquet"
    return duckdb.sql(f"SELECT * FROM read_parquet({literal(str(file))}) ORDER BY ALL").fetchall()


@pytest.mark.lent
def test_what_moved_is_proposed_then_written_and_the_same_numbers_come_out(house: Settings) -> None:
    assert atlas("run", "sae", "-m", "2022").exit_code == atlas("run", "sae", "-m", "2023").exit_code == 0

    def move(head: list[str], lines: list[list[str]]) -> None:
        amounts = [i for i, name in enumerate(head) if name.startswith("ETP")]
        renamed(head, {**SERIES, "FI": "NUM_FINESS", "CAP_COMPLET_TOT": "Cap complet  tot"})
        for line in lines:
            for i in amounts:
                line[i] = line[i].replace(".", ",")

    changed(house.sources / SYGEN, move, csv.QUOTE_ALL)
    before = entry()
    refused = atlas("run", "sae", "-m", "2023")
    assert refused.exit_code == 3
    shown = atlas("adapter", "sae", "2023")
    assert shown.exit_code == 0, shown.output
    assert entry() == before
    assert "Rien n'est écrit" in shown.output
    for name in (*SERIES.values(), "NUM_FINESS"):
        assert f"+sygen,{'finess' if name == 'NUM_FINESS' else name.replace('ETPNM', 'ETP')}" in shown.output
    assert "le signe des décimales est « , »" in shown.output
    done = atlas("adapter", "sae", "2023", "--ecrire")
    assert done.exit_code == 0, done.output
    assert "accepté sae 2023" in done.output
    assert staged(house, 2) == staged(house, 1)
    again = atlas("adapter", "sae", "2023")
    assert "Rien à adapter" in again.output
    sae = catalogue.load("sae")
    assert sae.layout("sygen", 2023).decimal == ","
    assert sae.layout("sygen", 2022).decimal == "."
    assert [c.headings(2022) for c in sae.of_table("sygen")] == [
        c.headings(2022) for c in catalogue.parse(ROOT / "pipelines" / "catalogue", "sae").of_table("sygen")
    ]


@pytest.mark.lent
def test_a_name_that_says_one_thing_and_cells_another_is_for_a_person(house: Settings) -> None:
    """Two columns renamed as all others, whose cells were exchanged: the name alone would be believed."""
    names = {**SERIES, "ETP_AID": SERIES["ETP_ASH"], "ETP_ASH": SERIES["ETP_AID"]}
    changed(house.sources / SYGEN, lambda head, _: renamed(head, names))
    found = next(f for f in steps.adapt("sae", 2023) if f.table == "sygen")
    levels = {p.column.name: (p.heading, p.level) for p in found.proposals if p.read}
    assert levels.pop("ETP_AID") == levels.pop("ETP_ASH") == (None, OPEN)
    assert levels == {old: (new, SURE) for old, new in SERIES.items() if old in levels}
    assert len(levels) == len(SERIES) - 2
    done = atlas("adapter", "sae", "2023", "--ecrire")
    assert done.exit_code == 3
    assert "Il manque 2 colonne(s)" in done.output
    assert "2 colonne(s) à décider par une personne" in done.output
    decided = [f"sygen.ETP_AID={SERIES['ETP_ASH']}", f"sygen.ETP_ASH={SERIES['ETP_AID']}"]
    done = atlas("adapter", "sae", "2023", "--choix", decided[0], "-c", decided[1], "--ecrire")
    assert done.exit_code == 0, done.output
    assert "accepté sae 2023" in done.output


def test_names_that_stand_over_the_cells_of_others_stop_the_writing(house: Settings) -> None:
    changed(house.sources / SYGEN, lambda head, _: renamed(head, {"ETP_AID": "ETP_ASH", "ETP_ASH": "ETP_AID"}))
    found = next(f for f in steps.adapt("sae", 2023) if f.table == "sygen")
    assert {p.column.name for p in found.proposals if p.same} == {"ETP_AID", "ETP_ASH"}
    before = entry()
    refused = atlas("adapter", "sae", "2023", "--ecrire")
    assert refused.exit_code != 0
    assert "ont gardé leur nom et non leurs cellules" in str(refused.exception)
    assert entry() == before


def test_what_is_gone_is_never_taken_for_gone_without_a_person(
    house: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(head: list[str], lines: list[list[str]]) -> None:
        for row in (head, *lines):
            del row[at]

    text = (house.sources / SYGEN).read_bytes().decode("cp1252")
    at = text.split("\r\n", 1)[0].split(";").index("ETP_EDU")
    changed(house.sources / SYGEN, lose)
    found = next(f for f in steps.adapt("sae", 2023) if f.table == "sygen")
    lost = [(p.column.name, p.heading, p.level) for p in found.proposals if p.read]
    assert lost == [("ETP_EDU", None, OPEN)]
    before = entry()
    monkeypatch.setattr(sys.modules["pipelines.cli.adapter"], "_asking", lambda: True)
    assert "Rien n'est écrit" in atlas("adapter", "sae", "2023", given="0\nn\n").output
    assert entry() == before
    done = atlas("adapter", "sae", "2023", given="0\ny\n")
    assert "absente" in done.output
    assert catalogue.load("sae").of_table("sygen")
    edu = next(c for c in catalogue.load("sae").of_table("sygen") if c.name == "ETP_EDU")
    assert edu.theirs[2023] == catalogue.NOWHERE
    assert edu.headings(2024) == ["ETPPNM_EDU"]
    assert edu.headings(2022) == ["ETP_EDU"]


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["enquete_rh", "2024"], "n'a pas de carte à adapter"),
        (["internat_postes", "2024"], "atlas contrat internat_postes"),
        (["sae", "2023", "-c", "sygen.ETP_AID"], "Ce choix ne se comprend pas"),
        (["sae", "2023", "-c", "sygen.RIEN=ETP_AID"], "Ce choix ne se comprend pas"),
    ],
)
def test_mistakes_are_told(house: Settings, arguments: list[str], phrase: str) -> None:
    told = atlas("adapter", *arguments)
    assert told.exit_code != 0
    assert phrase in f"{told.exception}{told.output}"


def test_persons_are_never_shown(sample_extracts: Path, tmp_path: Path) -> None:
    """Neither in a proposal, nor where the header is missing and a person's line stands in its place."""
    extracts = tmp_path / "extraits"
    shutil.copytree(sample_extracts / "rpps", extracts / "rpps")
    shutil.copyfile(sample_extracts / "FICTIF.txt", extracts / "FICTIF.txt")
    year = max(int(p.name) for p in (extracts / "rpps").iterdir())
    path = max((extracts / "rpps" / str(year)).iterdir(), key=lambda p: p.stat().st_size)
    head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = {cell for line in lines[:50] for cell in line.strip().split("|") if len(cell) > 8}
    path.write_text("".join([head.replace("Identifiant PP", "Identité du praticien", 1), *lines]), encoding="utf-8")
    with environment(tmp_path / "entrepot", extracts):
        shown = atlas("adapter", "rpps", str(year))
        assert shown.exit_code == 0, f"{shown.exception}{shown.output}"
        assert "Identité du praticien" in shown.output
        words = " ".join(shown.output.split())
        # Names of professions are headings' own words in the map; what is a line's alone must not be there.
        numbers = {cell for cell in cells if cell.isdigit()}
        assert numbers
        assert not {cell for cell in numbers if cell in words}
        path.write_text("".join(lines), encoding="utf-8")
        told = atlas("adapter", "rpps", str(year))
        assert told.exit_code != 0
        assert not {cell for cell in numbers if cell in f"{told.exception}{told.output}"}


# --- The texts of the catalogue ------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(catalogue.FOLDER.glob("*.columns.csv")), ids=lambda p: p.name.split(".")[0])
def test_every_entry_can_be_added_to_and_nothing_else_changes(path: Path) -> None:
    text, name = path.read_text(encoding="utf-8"), path.name.split(".")[0]
    years = [int(year) for year in text.split("\n", 1)[0].split(",")[5:] if year.isdigit()]
    assert list(csv.reader(io.StringIO(maps.mapped(text, max(years), {})))) == list(csv.reader(io.StringIO(text)))
    layouts = path.with_name(f"{name}.yml").read_text(encoding="utf-8")
    before = yaml.safe_load(layouts)
    for table, said in before["tables"].items():
        after = yaml.safe_load(maps.laid_out(layouts, table, 2031, {"decimal": ",", "delimiter": "|"}))
        added = [item for item in after["tables"][table]["layouts"] if item["since"] == 2031]
        newest = max(said["layouts"], key=lambda item: item["since"])
        assert added == [{**newest, "since": 2031, "decimal": ",", "delimiter": "|"}]
        after["tables"][table]["layouts"].remove(added[0])
        assert after == before


def test_a_vintage_written_between_two_leaves_the_later_one_as_it_was() -> None:
    text = "table,name,type,unit,description,2019,2023\nt,a,VARCHAR,,,A,\nt,b,VARCHAR,,,B,B2\n"
    made = maps.mapped(text, 2021, {("t", "a"): "A21", ("t", "b"): "-"}, [("t", "Neuf")])
    assert made == (
        "table,name,type,unit,description,2019,2021,2023\nt,a,VARCHAR,,,A,A21,A\nt,b,VARCHAR,,,B,-,B2\n"
        "t,Neuf,ignoré,,,-,Neuf,\n"
    )
    older = maps.mapped(text, 2015, {("t", "a"): "A15"})
    assert older.splitlines()[1:] == ["t,a,VARCHAR,,,A15,A,", "t,b,VARCHAR,,,B,B,B2"]


@pytest.mark.parametrize("heading", ["Effectif 2024", "a|b", "-", "<absente>", "/oui/", "non/oui", "a  b\nc", "x (%)"])
def test_a_cell_of_the_map_names_its_heading_and_no_other(heading: str) -> None:
    column = catalogue.Column(
        table="t", name="a", type="VARCHAR", unit="", description="", theirs={2023: "Eff {millesime}"}
    )
    said = column.model_copy(update={"theirs": {**column.theirs, 2024: maps.cell(heading, column, 2024)}})
    names = said.headings(2024)
    assert any(catalogue.same_heading(name, heading) for name in names), names
    assert not any(catalogue.same_heading(name, "autre") for name in names)
    assert maps.cell("Effectif 2024", column, 2024) == "Effectif {millesime}"


# --- The real thing ------------------------------------------------------------------------------------


@pytest.mark.lent
def test_sae_2024_is_found_again_without_its_column(together_root: Path, tmp_path: Path) -> None:
    """The map and the layouts of 2024 are taken out; what the command proposes is what was written by hand."""
    folder = tmp_path / "pipelines" / "catalogue"
    folder.mkdir(parents=True)
    text = (catalogue.FOLDER / "sae.columns.csv").read_text(encoding="utf-8")
    lines = list(csv.DictReader(io.StringIO(text)))
    truth = {(line["table"], line["name"]): line["2024"] for line in lines if line["type"] != catalogue.IGNORED}
    with (folder / "sae.columns.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [n for n in lines[0] if n != "2024"], extrasaction="ignore")
        writer.writeheader()
        said = [n for n in lines[0] if n.isdigit() and n != "2024"]
        writer.writerows(line for line in lines if any(line[year] not in ("", "-") for year in said))
    layouts = (catalogue.FOLDER / "sae.yml").read_text(encoding="utf-8").splitlines()
    (folder / "sae.yml").write_text("\n".join(n for n in layouts if "since: 2024" not in n), encoding="utf-8")
    source = catalogue.parse(folder, "sae")
    files = {year: sorted((together_root / "sae" / str(year)).iterdir()) for year in (2023, 2024)}
    found = adaptation.adapt(source, 2024, files[2024], [(2023, files[2023])])
    proposed = {
        (p.table, p.column.name): maps.cell(p.heading, p.column, 2024) for f in found for p in f.proposals if p.read
    }
    assert {p.level for f in found for p in f.proposals if p.read} == {SURE}
    assert proposed == {key: said for key, said in truth.items() if said}
    assert len(proposed) == 92  # 44 headings of SYGEN, and these with four more of GHT
    assert {f.table: f.layout for f in found if f.layout} == {"sygen": {"decimal": ","}, "ght": {"decimal": ","}}
