"""The producer's own workbooks of the DARES: tensions since 2022, « métiers en 2030 » beside its JSON re-export."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import none, one, rows

from pipelines import catalogue
from pipelines.arrival import staging
from pipelines.catalogue.layouts import pattern
from pipelines.errors import RefusedError
from samples import writers
from samples.recrutement import IMPUTEE, INDICATEURS, METIERS_2030, metiers_workbook
from samples.writers import Cell

TENSIONS = "Dares_données_tensions_2022_.xlsx"
METIERS = "Les métiers en 2030 quelles perspectives de recrutement en région - Les données.xlsx"
Stage = Callable[[str, int, Path], staging.Staged]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    def run(source: str, millesime: int, path: Path) -> staging.Staged:
        entry = catalogue.load(source)
        rule = pattern(entry.layout(source, millesime).file, millesime)
        assert rule.fullmatch(path.name), path.name
        folder = tmp_path / path.stem
        folder.mkdir(exist_ok=True)
        with duckdb.connect() as connection:
            staged, aside = staging.stage(connection, entry, source, millesime, [path], folder)
        assert aside == []
        return staged

    return run


def read(staged: staging.Staged, names: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"FROM (SELECT {names} FROM '{staged.path}') ORDER BY ALL").fetchall()


# --- Tensions ---------------------------------------------------------------------------------------

MARKS = [x for name in INDICATEURS for x in (name, f"{name} - discret")]
NAT: list[Cell] = ["Année", "Code FAP 87", "Libellé FAP 87", "Emploi moyen", "Tension ", "Tension - discret", *MARKS]
DEP: list[Cell] = [
    *("Année", "Code FAP 225", "Libellé FAP 225", "Code département", "Libellé département", "Emploi moyen"),
    *(IMPUTEE, "Tension - discret", *MARKS),
]
FULL: list[Cell] = [0.1, 1, 0.2, 2, 0.3, 3, 0.4, 4, 0.5, 5, 0.6, 1]
NONE: list[Cell] = ["n.d."] * 12
SHOWN = (
    "annee, niveau_fap, niveau_geo, fap, departement, emploi_moyen, tension, tension_statut, tension_imputee, "
    "tension_categorie, tension_categorie_statut, lien_formation"
)


def tensions(tmp_path: Path, nat: list[Cell], dep: list[Cell]) -> Path:
    path = tmp_path / TENSIONS
    lines: list[list[Cell]] = [
        ["2021", "V1Z80", "Infirmiers", "01", "Ain", 12.25, 0.75, "n.d.", *NONE],
        ["2022", "V1Z80", "Infirmiers", "01", "Ain", 2512.5, "n.d.", "n.d.", *NONE],
    ]
    nation: list[list[Cell]] = [["2022", "V1Z", "Infirmiers", 600000.125, 1.5, 5, *FULL], ["Source : Dares"]]
    writers.xlsx(path, [("Lisez-moi", [["x"]]), ("FAP 87 x nat", [nat, *nation]), ("FAP 225 x dep ", [dep, *lines])])
    return path


def test_each_sheet_says_its_levels_and_imputed_values_stay_apart(tmp_path: Path, stage: Stage) -> None:
    d = Decimal
    assert read(stage("dares_tensions", 2022, tensions(tmp_path, NAT, DEP)), SHOWN) == [
        (2021, "FAP 225", "dep", "V1Z80", "01", d("12.25"), None, "vide", d("0.75"), None, "nd", None),
        (2022, "FAP 225", "dep", "V1Z80", "01", d("2512.5"), None, "vide", None, None, "nd", None),
        (2022, "FAP 87", "nat", "V1Z", None, d("600000.125"), d("1.5"), "publié", None, 5, "publié", 2),
    ]


def test_columns_may_move_and_strangers_are_told(tmp_path: Path, stage: Stage) -> None:
    """Reversed columns, one more, and the two indicators side by side: each finds its own place."""
    head = [*reversed(DEP), "Tension", "Commentaire"]
    line: list[Cell] = [*reversed(FULL), 4, -0.5, 2512.5, "Ain", 1, "Infirmiers", "V1Z80", "2022", -0.25, "x"]
    path = tmp_path / TENSIONS
    writers.xlsx(path, [("FAP 225 x dep", [head, line])])
    staged = stage("dares_tensions", 2022, path)
    assert staged.unknown_headings == ["Commentaire"]
    assert read(staged, "fap, departement, tension, tension_imputee, tension_categorie, inadequation_geographique") == [
        ("V1Z80", "1", Decimal("-0.25"), Decimal("-0.5"), 4, 1)
    ]


def test_another_wording_of_the_indicator_leaves_it_empty_and_is_told(tmp_path: Path, stage: Stage) -> None:
    """The check `tension_lue` then refuses the vintage (tests/test_suites.py breaks it)."""
    dep = ["Tension (valeurs estimées)" if h == IMPUTEE else h for h in DEP]
    staged = stage("dares_tensions", 2022, tensions(tmp_path, NAT, dep))
    assert staged.unknown_headings == ["Tension (valeurs estimées)"]
    assert read(staged, "niveau_geo, annee, coalesce(tension, tension_imputee)") == [
        ("dep", 2021, None),
        ("dep", 2022, None),
        ("nat", 2022, Decimal("1.5")),
    ]


def test_a_renamed_heading_is_named(tmp_path: Path, stage: Stage) -> None:
    renamed = ["Lien entre formation et emploi - discret" if h == "Lien formation-emploi - discret" else h for h in DEP]
    with pytest.raises(RefusedError, match="« Lien formation-emploi - discret » est peut-être devenue"):
        stage("dares_tensions", 2022, tensions(tmp_path, NAT, renamed))
    with pytest.raises(RefusedError, match="« Code FAP 225 ou Code FAP 87 ou Code FAP 228 ou Code FAP 86 »"):
        stage("dares_tensions", 2022, tensions(tmp_path, ["Année", "FAP", *NAT[2:]], DEP))
    path = tmp_path / "tensions_2023.xlsx"
    writers.xlsx(path, [("FAP 341 x nat", [NAT])])
    with pytest.raises(RefusedError):
        stage("dares_tensions", 2023, path)


def test_an_edition_in_fap_2021(tmp_path: Path, stage: Stage) -> None:
    path = tmp_path / "tensions_2023.xlsx"
    head: list[Cell] = ["Année", "Code FAP 228", "Libellé FAP 228", *NAT[3:]]
    line: list[Cell] = ["2023", "V1X80", "Infirmiers", 600000, 1.5, 5, *FULL]
    broad: list[Cell] = ["Année", "Code FAP 86", "Libellé FAP 86", *NAT[3:]]
    writers.xlsx(path, [("FAP 228 x nat", [head, line]), ("FAP 86 x nat", [broad, [line[0], "V1X", *line[2:]]])])
    assert read(stage("dares_tensions", 2023, path), "niveau_fap, fap, tension_categorie") == [
        ("FAP 228", "V1X80", 5),
        ("FAP 86", "V1X", 5),
    ]


def test_a_series_takes_the_newest_vintage_of_each_year(sample_db: duckdb.DuckDBPyConnection) -> None:
    kept = "SELECT DISTINCT annee, millesime FROM {} WHERE fap = 'V1Z80' AND niveau = 'departement' {} ORDER BY ALL"
    both = rows(sample_db, kept.format("core.dares_tensions", ""))
    assert both == [(2019, 2019), (2019, 2022), (2021, 2022), (2022, 2022)]
    series = rows(sample_db, kept.format("atlas.recrutement", "AND source = 'dares_tensions'"))
    assert series == [(2019, 2022), (2021, 2022), (2022, 2022)]
    assert one(sample_db, "SELECT DISTINCT annee FROM atlas.tension_entrees WHERE indicateur = 'tension_dares'") == 2022


def test_imputed_tensions_are_told_and_stay_out_of_the_index(sample_db: duckdb.DuckDBPyConnection) -> None:
    for millesime in (2019, 2022):
        said = rows(
            sample_db,
            "SELECT DISTINCT tension_statut, tension IS NULL, tension_categorie IS NULL FROM core.dares_tensions "
            "WHERE millesime = ? ORDER BY ALL",
            millesime,
        )
        assert said == [("imputé", False, True), ("nd", True, True), ("publié", False, False)]
    none(
        sample_db,
        "FROM atlas.recrutement AS r JOIN core.dares_tensions AS t USING (millesime, annee, fap, niveau, code) "
        "WHERE r.source = 'dares_tensions' AND r.indicateur = 'tension' AND t.tension_statut = 'imputé' "
        "AND (r.valeur IS NOT NULL OR r.statut <> 'nd')",
    )


# --- Métiers en 2030 --------------------------------------------------------------------------------


@pytest.fixture
def records(sample_extracts: Path) -> list[dict[str, Cell]]:
    path = sample_extracts / "dares_metiers_2030" / "2019" / "dares_metiers_2030.json"
    found: list[dict[str, Cell]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_the_workbook_reads_as_its_json(
    tmp_path: Path, stage: Stage, sample_extracts: Path, records: list[dict[str, Cell]]
) -> None:
    # A workbook keeps 16 digits of a number.
    columns = (
        "fap, fap_libelle, region_libelle, tension_2019, tension_2019_statut, "
        "round(COLUMNS('.*(_milliers|_pct|_region|_specificite)$'), 9)"
    )
    metiers_workbook(tmp_path / METIERS, records)
    read_there = read(stage("dares_metiers_2030", 2019, tmp_path / METIERS), columns)
    path = sample_extracts / "dares_metiers_2030" / "2019" / "dares_metiers_2030.json"
    assert read_there == read(stage("dares_metiers_2030", 2019, path), columns)
    assert len(read_there) == len(records) == 395


def test_its_columns_may_move_but_not_lose_their_words(
    tmp_path: Path, stage: Stage, records: list[dict[str, Cell]]
) -> None:
    head = list(METIERS_2030.values())
    lines = [[record[name] for name in METIERS_2030] for record in records[:5]]
    path = tmp_path / METIERS

    def write(changed: dict[str, str]) -> Path:
        there: list[list[Cell]] = [
            ["x", *(changed.get(h, h) for h in reversed(head))],
            *([9, *reversed(line)] for line in lines),
        ]
        writers.xlsx(path, [("lisez-moi", [["x"]]), ("Données", there)])
        return path

    # Another wording with the same words: found.
    staged = stage(
        "dares_metiers_2030", 2019, write({"Départs en fin de carrière (en %)": "% de départs en fin de carrière"})
    )
    assert staged.unknown_headings == ["x"]
    assert staged.rows == 5
    with pytest.raises(RefusedError, match="Il manque 1 colonne") as refused:
        stage("dares_metiers_2030", 2019, write({"Départs en fin de carrière (en %)": "Retraites"}))
    assert "Retraites" in str(refused.value.expected)
    with pytest.raises(RefusedError, match="deux fois dans l'en-tête"):
        stage("dares_metiers_2030", 2019, write({"Indice de spécificité": "Jeunes débutants (milliers)"}))
