"""A file that is wrong as a whole: columns exchanged, which each line alone only makes odd. It is refused."""

import shutil
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import environment
from typer.testing import CliRunner

from pipelines import cli, steps
from pipelines.arrival import landing
from pipelines.catalogue import load
from pipelines.checks.controls import Control, of_the_file
from pipelines.connectors import mirror
from pipelines.errors import RefusedError
from pipelines.settings import Settings

EXCHANGED = {
    ("insee_cog", 2024): ("table-appartenance-geo-communes-2024.csv", "ZE2020", "BV2022", "et un bassin de vie"),
    ("france_travail", 2024): ("france_travail_2024.csv", "demandeurs;", "offres", ""),
}


def exchanged(now: Settings, folder: Path, source: str, millesime: int) -> Path:
    """The extracts of a source, two headings of one of its files having changed places."""
    name, one, other, _ = EXCHANGED[source, millesime]
    sources = folder / "extraits"
    shutil.copytree(now.sources / source / str(millesime), sources / source / str(millesime))
    (sources / "FICTIF.txt").touch()
    path = sources / source / str(millesime) / name
    head, _, rest = path.read_text(encoding="utf-8-sig").partition("\n")
    end = ";" if one.endswith(";") else ""
    head = head.replace(one, "§").replace(other, one.rstrip(";")).replace("§", other + end)
    path.write_text(head + "\n" + rest, encoding="utf-8")
    return sources


@pytest.mark.parametrize(("source", "millesime"), EXCHANGED)
def test_two_columns_exchanged_are_refused(empty: Settings, tmp_path: Path, source: str, millesime: int) -> None:
    sources = exchanged(empty, tmp_path, source, millesime)
    with environment(empty.warehouse, sources), pytest.raises(RefusedError) as refused:
        steps.ingest(source, millesime)
    said = str(refused.value)
    assert "ce n'est pas un cas isolé, mais le fichier" in said
    assert EXCHANGED[source, millesime][3] in said


def test_employees_read_as_establishments_are_refused(empty: Settings, tmp_path: Path) -> None:
    """All the years of one series in the place of all those of the other: each line stays plausible."""
    sources = tmp_path / "extraits"
    shutil.copytree(empty.sources / "urssaf_effectifs", sources / "urssaf_effectifs")
    (sources / "FICTIF.txt").touch()
    (path,) = (sources / "urssaf_effectifs").rglob("*.csv")
    head, _, rest = path.read_text(encoding="utf-8-sig").partition("\n")
    one, other = "effectifs_salaries", "nombre_d_etablissements"
    path.write_text(head.replace(one, "§").replace(other, one).replace("§", other) + "\n" + rest, encoding="utf-8")
    with environment(empty.warehouse, sources), pytest.raises(RefusedError, match="deux séries de colonnes"):
        steps.ingest("urssaf_effectifs", int(path.parent.name))


def test_a_code_with_the_name_of_another_goes_with_its_line(empty: Settings, tmp_path: Path) -> None:
    sources = tmp_path / "extraits"
    shutil.copytree(empty.sources / "drees_demographie" / "2020", sources / "drees_demographie" / "2020")
    (sources / "FICTIF.txt").touch()
    path = sources / "drees_demographie" / "2020" / "Medecin_departement_annee.csv"
    text = path.read_text(encoding="cp1252")
    assert "061 -Orne" in text
    path.write_text(text.replace("061 -Orne", "061 -Calvados"), encoding="cp1252")
    with environment(empty.warehouse, sources) as now:
        steps.ingest("drees_demographie", 2020)
        aside = now.staging / "drees_demographie" / "2020" / "r1" / "quarantaine.parquet"
        found = duckdb.sql(f"SELECT DISTINCT controle, ligne FROM '{aside}' ORDER BY ALL").fetchall()
    # Files of other professions say Calvados of 14 too: the other line stays.
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if "061 -Orne" in line]
    assert found == [("cle_dementie", line)]


# A line of each of these files, and the same key as another hand writes it.
WRITINGS = [
    ("carmf", 2024, ";14;", ";014;"),
    ("carmf", 2024, ";14;", ";14 - Calvados;"),
    ("violences", 2024, ";14;", ";014;"),
    ("violences", 2024, "atteintes aux biens", "Atteintes  aux biens"),
    ("barometre_vss", 2024, ";28;", ";028;"),
    ("france_travail", 2024, ";01;", ";1;"),
    ("insee_bpe", 2024, "01001;", "1001;"),
    ("urssaf_effectifs", 2023, "01001;", "1001;"),
    ("formations_capacites", 2024, "Université FICTIVE", "UNIVERSITÉ FICTIVE"),
]


@pytest.mark.lent
@pytest.mark.parametrize("numbers", ["the same numbers", "others"])
@pytest.mark.parametrize(("source", "millesime", "written", "otherwise"), WRITINGS)
def test_one_key_written_in_two_ways_is_one(
    empty: Settings, tmp_path: Path, source: str, millesime: int, written: str, otherwise: str, numbers: str
) -> None:
    """The models read both as one: its numbers would count twice."""
    sources = tmp_path / "extraits"
    shutil.copytree(empty.sources / source / str(millesime), sources / source / str(millesime))
    (sources / "FICTIF.txt").touch()
    (path,) = (sources / source / str(millesime)).glob("*.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    first = next(n for n, line in enumerate(lines) if written in line)
    again = lines[first].replace(written, otherwise, 1)
    if numbers == "others":
        head, _, last = again.rpartition(";")
        again = f"{head};{int(last) + 1}"
    path.write_text("\n".join([*lines, again, ""]), encoding="utf-8")
    with environment(empty.warehouse, sources) as now:
        steps.ingest(source, millesime)
        aside = now.staging / source / str(millesime) / "r1" / "quarantaine.parquet"
        found = duckdb.sql(f"SELECT DISTINCT controle, ligne FROM '{aside}' ORDER BY ALL").fetchall()
    if numbers == "others":
        # The years of a line that say the same are one; those that don't are none.
        assert {("cle_unique", first + 1), ("cle_unique", len(lines) + 1)} <= set(found)
        assert {line for _, line in found} == {first + 1, len(lines) + 1}
    else:
        assert found == [("ligne_repetee", len(lines) + 1)]


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("2024;CARMF;medecin;99;62;;1;1", False),
        ("Source : CARMF, libéraux cotisants", False),
        ("2024;CARMF;medecin;\u200b14\ufeff;77;;1;1", True),
    ],
    ids=["a code", "a note", "signs without width"],
)
def test_a_line_that_is_wrong_takes_no_small_file_with_it(
    empty: Settings, tmp_path: Path, line: str, stays: bool
) -> None:
    sources = tmp_path / "extraits"
    shutil.copytree(empty.sources / "carmf" / "2024", sources / "carmf" / "2024")
    (sources / "FICTIF.txt").touch()
    path = sources / "carmf" / "2024" / "carmf_2024.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*lines, line, ""]), encoding="utf-8")
    with environment(empty.warehouse, sources) as now:
        steps.ingest("carmf", 2024)
        home = now.staging / "carmf" / "2024" / "r1"
        aside = duckdb.sql(f"SELECT ligne FROM '{home / 'quarantaine.parquet'}'").fetchall()
        last = duckdb.sql(
            f"SELECT max(_ligne), arg_max(departement, _ligne) FROM '{home / 'carmf.parquet'}'"
        ).fetchall()
    assert aside == ([] if stays else [(len(lines) + 1,)])
    assert last == [(len(lines) + stays, "14" if stays else lines[-1].split(";")[3])]


def test_a_few_lines_are_still_a_warning_and_a_rule_may_be_borne() -> None:
    warned = Control("t", "identite", "avertissement", False, "6 ligne(s)", "2026-11 : a ≤ b", 6)
    assert of_the_file([warned], 12, []) == [warned]
    (found,) = of_the_file([warned], 11, [])
    assert (found.severite, found.lignes) == ("critique", 6)
    assert "6 lignes sur 11" in found.motif
    assert of_the_file([warned], 11, ["identite"]) == [warned]
    assert of_the_file([warned], 9, []) == [warned]  # of so few lines, a share says nothing


def test_run_names_what_it_warns_of(empty: Settings, tmp_path: Path) -> None:
    sources = tmp_path / "extraits"
    folder = load("laposte_codes_postaux").folder
    shutil.copytree(empty.sources / folder, sources / folder)
    (sources / "FICTIF.txt").touch()
    done = CliRunner().invoke(cli.app, ["run", "laposte_codes_postaux", "--sources", str(sources)])
    assert done.exit_code == 0
    assert "ligne_repetee de laposte_codes_postaux : " in done.output
    assert "atlas controles laposte_codes_postaux 2024" in done.output


def test_a_folder_inside_a_vintage_is_told(empty: Settings, tmp_path: Path) -> None:
    sources = tmp_path / "extraits"
    shutil.copytree(empty.sources / "ght", sources / "ght")
    (sources / "FICTIF.txt").touch()
    inside = sources / "ght" / "2023" / "Calvados"
    inside.mkdir()
    assert mirror.offer(sources, load("ght"), 2023).unknown == ()
    (inside / "réponse.xlsx").write_bytes(b"x")
    with environment(empty.warehouse, sources) as now:
        steps.ingest("ght", 2023)
        landed = landing.revision(now.landing, "ght", 2023, 1)
    assert landed.unknown == ("Calvados/",)
