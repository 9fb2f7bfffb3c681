"""Official workbooks and open tables: how each layout reads, and what it says when the producer moves something."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import none, rows

from pipelines import catalogue, staging
from pipelines.errors import RefusedError
from pipelines.samples import writers
from pipelines.samples.writers import Cell

Sheets = Sequence[tuple[str, Sequence[Sequence[Cell]]]]
Read = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Stages files that the test wrote, and returns the columns that it names, in their order."""

    def run(source: str, table: str, millesime: int, names: str, *paths: Path) -> list[tuple[object, ...]]:
        entry = catalogue.load(source)
        rule = catalogue.pattern(entry.layout(table, millesime).file, millesime)
        assert [path.name for path in paths if not rule.fullmatch(path.name)] == []
        with duckdb.connect() as connection:
            staged, aside = staging.stage(connection, entry, table, millesime, list(paths), tmp_path)
            assert aside == []
            query = f"FROM (SELECT {names} FROM '{staged.path}') ORDER BY ALL"
            return connection.execute(query).fetchall()

    return run


def book(path: Path, sheets: Sheets) -> Path:
    writers.xlsx(path, sheets)
    return path


# --- DREES: one workbook a profession --------------------------------------------------------------

DREES = [
    "territoire",
    "region",
    "departement",
    "specialites_agregees",
    "specialites",
    "exercice",
    "tranche_age",
    "sexe",
]
PARIS = ["1-France métropolitaine", "11-Île-de-France", "075-Paris", "00-Ensemble", "00-Ensemble", "0-Ensemble"]
SHOWN = "profession, departement, specialite, tranche_age, sexe, annee, effectif, effectif_statut"


def doctors(tmp_path: Path, head: list[Cell], line: list[Cell], *, above: Sequence[Sequence[Cell]] = ()) -> Path:
    return book(
        tmp_path / "Médecins RPPS 2012-2025.xlsx", [("Lisez-moi", [["x"]]), ("Effectifs", [*above, head, line])]
    )


def test_drees_wide_years_become_lines_and_nd_is_secret(tmp_path: Path, read: Read) -> None:
    path = doctors(
        tmp_path, [*DREES, "effectif_2024", "effectif_2025"], [*PARIS, "03-30-34 ans", "2-Femmes", 812, "ND"]
    )
    assert read("drees_professionnels", "effectifs", 2025, SHOWN, path) == [
        ("Médecins", "075-Paris", "00-Ensemble", "03-30-34 ans", "2-Femmes", 2024, 812, "publié"),
        ("Médecins", "075-Paris", "00-Ensemble", "03-30-34 ans", "2-Femmes", 2025, None, "secret"),
    ]


def test_drees_drift(tmp_path: Path, read: Read) -> None:
    """Reordered columns, lines of title above, another year, a column more, no specialties: read as before."""
    head: list[Cell] = [
        "sexe",
        "tranche_age",
        "exercice",
        "departement",
        "region",
        "territoire",
        "note",
        "effectif_2026",
    ]
    line: list[Cell] = ["0-Ensemble", "00-Ensemble", "1-Libéral", "02A-Corse-du-Sud", "94-Corse", "1-France", "x", 12]
    path = tmp_path / "sages_femmes_rpps_2012_2026.xlsx"
    book(path, [("Effectifs", [["Effectifs au 1er janvier"], [], head, line])])
    assert read("drees_professionnels", "effectifs", 2026, f"{SHOWN}, exercice, _ligne", path) == [
        ("sages_femmes", "02A-Corse-du-Sud", None, "00-Ensemble", "0-Ensemble", 2026, 12, "publié", "1-Libéral", 4)
    ]


def test_drees_renamed_and_missing_columns_are_named(tmp_path: Path, read: Read) -> None:
    head: list[Cell] = [*DREES, "effectif_2025"]
    renamed = ["Département" if name == "departement" else name for name in head]
    with pytest.raises(RefusedError, match="« departement » est peut-être devenue « Département »"):
        read("drees_professionnels", "effectifs", 2025, SHOWN, doctors(tmp_path, renamed, [*PARIS, "a", "b", 1]))
    with pytest.raises(RefusedError, match="en-tête ne se trouve pas"):
        read("drees_professionnels", "effectifs", 2025, SHOWN, doctors(tmp_path, ["zone", *head[1:]], [*PARIS, "a"]))
    with pytest.raises(RefusedError, match="Aucune colonne ne s'appelle"):
        read("drees_professionnels", "effectifs", 2025, SHOWN, doctors(tmp_path, DREES, [*PARIS, "a", "b"]))
    with pytest.raises(RefusedError, match=r"Aucune feuille du classeur"):
        read("drees_professionnels", "densites", 2025, "densite", doctors(tmp_path, head, [*PARIS, "a", "b", 1]))


def test_a_value_that_is_no_number_is_set_aside(tmp_path: Path) -> None:
    path = doctors(tmp_path, [*DREES, "effectif_2025"], [*PARIS, "00-Ensemble", "0-Ensemble", "n.c."])
    with duckdb.connect() as connection:
        staged, aside = staging.stage(
            connection, catalogue.load("drees_professionnels"), "effectifs", 2025, [path], tmp_path
        )
    assert (staged.rows, [(row["ligne"], row["controle"]) for row in aside]) == (0, [(2, "type")])


def test_a_sheet_of_many_parts_keeps_its_lines(tmp_path: Path, read: Read) -> None:
    """The reader takes a large sheet some thousand lines at a time."""
    lines: list[list[Cell]] = [[*PARIS, "00-Ensemble", f"{i}-x", i] for i in range(45_000)]
    path = book(tmp_path / "medecins_rpps_2012_2025.xlsx", [("Effectifs", [[*DREES, "effectif_2025"], *lines])])
    found = read("drees_professionnels", "effectifs", 2025, "effectif, sexe, _ligne", path)
    assert found == [(i, f"{i}-x", i + 2) for i in range(45_000)]


# --- Marts of the fictitious edition ---------------------------------------------------------------


def test_professionals_published_regions_are_kept(sample_db: duckdb.DuckDBPyConnection) -> None:
    """Regions of the workbooks are those published; each equals its départements where nothing is secret."""
    none(
        sample_db,
        "SELECT 1 FROM atlas.effectifs WHERE source = 'drees_professionnels' AND niveau = 'region' "
        "AND statut = 'calculé'",
    )
    none(
        sample_db,
        "SELECT profession, specialite, mode_exercice, sexe, annee, t.regions FROM atlas.effectifs AS e "
        "JOIN reference.territoires AS t USING (niveau, code) "
        "WHERE source = 'drees_professionnels' AND niveau <> 'france' "
        "GROUP BY ALL HAVING count(*) = count(effectif) "
        "AND sum(effectif) FILTER (niveau = 'region') <> sum(effectif) FILTER (niveau = 'departement')",
    )
    assert rows(sample_db, "SELECT 1 FROM atlas.effectifs WHERE statut = 'secret' AND effectif IS NULL LIMIT 1")
    none(sample_db, "SELECT 1 FROM atlas.densites WHERE statut = 'secret' AND valeur IS NOT NULL")


def test_sources_of_one_profession_are_not_mixed(sample_db: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        sample_db,
        "SELECT source, count(DISTINCT mode_exercice) FROM atlas.effectifs WHERE profession = 'infirmier' "
        "AND niveau = 'departement' AND code = '14' AND specialite = 'ensemble' GROUP BY source ORDER BY source",
    ) == [("cnam_demographie", 1), ("drees_demographie", 1), ("drees_infirmiers", 2)]


def test_shares_near_the_end_of_career_by_hand(sample_db: duckdb.DuckDBPyConnection) -> None:
    ages = "FROM core.demographie WHERE source = 'drees_professionnels' AND profession_publiee = 'medecins' "
    ages += "AND annee = 2025 AND code = '14' AND niveau = 'departement' "
    ages += "AND sexe = 'ensemble' AND mode_exercice = 'ensemble'"
    ((older, total),) = rows(
        sample_db,
        "SELECT sum(effectif) FILTER (left(tranche_age, 2) IN ('08', '09', '10', '11')), "
        f"max(effectif) FILTER (tranche_age = 'ensemble') {ages}",
    )
    found = rows(
        sample_db,
        "SELECT numerateur::INTEGER, denominateur::INTEGER FROM atlas.departs WHERE source = 'drees_professionnels' "
        "AND indicateur = 'part_55_plus' AND profession = 'medecin' AND annee = 2025 "
        "AND niveau = 'departement' AND code = '14'",
    )
    assert found == [(older, total)]
