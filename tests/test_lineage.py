"""A check of a mart that fails names the lines of the extracts that are behind it."""

import shutil
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import Warehouse

from pipelines.edition import lineage, marts, models
from pipelines.errors import BuildError


def test_a_failed_check_names_source_vintage_file_and_line(
    sample: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "construction.duckdb"
    shutil.copy(sample.settings.database.resolve(), file)
    with duckdb.connect(str(file)) as connection:
        millesime, finess = connection.execute(
            "SELECT millesime, finess FROM fiches.es_personnels WHERE variable = 'ETP_TOT_PNM' AND valeur > 0 "
            "ORDER BY millesime DESC, finess LIMIT 1"
        ).fetchall()[0]
        line = connection.execute(
            "SELECT _ligne FROM staging.sae_sygen WHERE millesime = $1 AND finess = $2", [millesime, finess]
        ).fetchall()[0][0]
        connection.execute(
            "UPDATE fiches.es_personnels SET valeur = NULL WHERE millesime = $1 AND finess = $2 "
            "AND variable = 'ETP_TOT_PNM'",
            [millesime, finess],
        )
    (broken,) = (model for model in models.load_all() if model.name == "fiches.es_personnels")
    monkeypatch.setattr(models, "load_all", lambda: (broken,))
    with pytest.raises(BuildError) as told:
        marts.check(file)
    assert f"sae {millesime}, SYGEN_{millesime}r.csv, ligne {line}" in told.value.what


@pytest.mark.parametrize("place", ["niveau = 'departement' AND code = '14'", "niveau = 'region' AND code = '28'"])
def test_lines_are_of_the_place_and_the_source(sample_db: duckdb.DuckDBPyConnection, place: str) -> None:
    read = sample_db.execute(f"SELECT * FROM atlas.besoins WHERE source = 'cnam_ald' AND {place} LIMIT 1")
    row = dict(zip([c[0] for c in read.description or []], read.fetchall()[0], strict=True))
    told = lineage.lines(sample_db, "atlas.besoins", row, models.sources_of("atlas.besoins"))
    assert told.startswith(f"cnam_ald {row['millesime']}, effectifs_ald_{row['millesime']}.csv, ligne ")
    assert "insee" not in told


def test_a_sum_of_many_lines_names_none(sample_db: duckdb.DuckDBPyConnection) -> None:
    row = {"millesime": 2022, "niveau": "france", "code": "F", "valeur": None}
    assert lineage.lines(sample_db, "fiches.es_personnels", row, {"sae"}) == ""
