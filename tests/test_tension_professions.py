"""The tension of every profession: the ranks of a profile, and what the table says on real extracts."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import python_calamine
from duckdb import DuckDBPyConnection
from fixtures_entrepots import Publication

from pipelines.indicators import profile

NORMANDIE = "28"


def measures(values: list[float], sense: int = 1, **columns: Any) -> pd.DataFrame:
    """One measure of as many territories."""
    codes = [f"{n:02}" for n in range(1, len(values) + 1)]
    made = pd.DataFrame({"code": codes, "classee": values, "sens": sense, "tirage": None})
    told = {"profession": "p", "indicateur": "i", "niveau": "departement", "numerateur": np.nan, "duree": None}
    return made.assign(**{**told, "denominateur": np.nan, "dispersion": np.nan, **columns})


def test_the_most_tense_is_first_whichever_way_a_measure_reads() -> None:
    assert list(profile.ranked(measures([0.2, 0.9, 0.5])).rang) == [3, 1, 2]
    assert list(profile.ranked(measures([0.2, 0.9, 0.5], sense=-1)).rang) == [1, 3, 2]
    assert list(profile.ranked(measures([0.9, 0.9, 0.5])).rang) == [1, 1, 3]
    assert profile.ranked(measures([0.2]).head(0)).empty


def test_only_a_measure_whose_error_has_a_law_has_an_interval() -> None:
    assert profile.ranked(measures([0.2, 0.9])).rang_bas.isna().all()
    counts: dict[str, Any] = {
        "numerateur": [20.0, 25.0, 900.0],
        "denominateur": 1000.0,
        "dispersion": 1.0,
        "tirage": "part",
    }
    found = profile.ranked(measures([0.02, 0.025, 0.9], **counts))
    assert list(found.rang) == [3, 2, 1]
    # Two shares that chance may turn round, and one that it can't.
    assert list(zip(found.rang_bas, found.rang_haut, strict=True)) == [(2, 3), (2, 3), (1, 1)]
    alone = pd.concat([measures([0.02, 0.025, 0.9], **counts)] * 2, ignore_index=True)
    alone.loc[3:, "profession"] = "q"
    assert len(profile.ranked(alone)) == 6


def test_professions_of_one_family_have_the_same_ranks(mirror_db: DuckDBPyConnection) -> None:
    counted = mirror_db.execute(
        "SELECT count(DISTINCT profession) AS professions, count(DISTINCT (valeur, rang, rang_bas, rang_haut)) "
        "FROM atlas.tension_professions WHERE indicateur = 'part_difficile' AND niveau = 'departement' AND code = '14' "
        "AND champ = 'infirmiers et sages-femmes'"
    ).fetchall()
    assert counted == [(5, 1)]


def test_every_cell_of_the_table_is_a_number_or_a_reason(mirror_db: DuckDBPyConnection) -> None:
    empty, known = mirror_db.execute(
        "SELECT count(*) FILTER (valeur IS NULL AND motif IS NULL), "
        "count(DISTINCT profession) FILTER (valeur IS NOT NULL) "
        "FROM atlas.tension_professions WHERE niveau = 'departement' AND code IN ('14', '27', '50', '61', '76')"
    ).fetchone() or (1, 0)
    assert empty == 0
    assert known >= 20
    dimensions = dict(
        mirror_db.execute(
            "SELECT profession, count(DISTINCT dimension) FROM atlas.tension_professions "
            "WHERE niveau = 'region' AND code = ? AND valeur IS NOT NULL GROUP BY profession",
            [NORMANDIE],
        ).fetchall()
    )
    assert len(dimensions) >= 40
    assert min(dimensions["infirmier"], dimensions["aide_soignant"]) >= 5


def test_social_work_counts_more_projects_than_health(mirror_db: DuckDBPyConnection, mirror_root: object) -> None:
    """The survey's own sheet, summed by hand: social work as the atlas had it, and home helps, the first of all."""
    book = python_calamine.CalamineWorkbook.from_path(f"{mirror_root}/bmo/2024/Base_open_data_BMO_2024.xlsx")
    head, *lines = book.get_sheet_by_name("BMO_2024_open_data").to_python()
    at = {name: place for place, name in enumerate(head)}
    norman = [line for line in lines if str(line[at["REG"]]) == NORMANDIE]

    def summed(column: str, *starts: str) -> int:
        mine = [ln[at[column]] for ln in norman if str(ln[at["Code métier BMO"]]).startswith(starts)]
        return sum(int(str(value)) for value in mine if value != "*")

    social = ("V4X83", "V4X84", "V4X85", "T2A60")
    health = ("V0X60", "V1X80", "V2X90", "V2X91", "V2X92", "V2X93", "V3X")
    assert (summed("met", *social), summed("met", *health), summed("met", "V2X92")) == (7310, 6949, 101)
    said = mirror_db.execute(
        "SELECT numerateur, denominateur, round(valeur, 2)::DOUBLE FROM atlas.recrutement "
        "WHERE indicateur = 'part_difficile' AND annee = 2024 AND fap = 'T2A60' AND niveau = 'region' AND code = ?",
        [NORMANDIE],
    ).fetchone()
    assert said == (summed("xmet", "T2A60"), summed("met", "T2A60"), pytest.approx(0.92))
    assert said[1] == 4696
    mart = mirror_db.execute(
        "SELECT sum(valeur) FROM atlas.recrutement WHERE indicateur = 'projets' AND annee = 2024 AND niveau = 'region' "
        f"AND code = ? AND fap IN {('V4X83', 'V4X84', 'V4X85', 'T2A60')}",
        [NORMANDIE],
    ).fetchone()
    assert mart == (7310,)


def test_trades_of_social_work_are_shown_where_no_establishment_is_known(mirror_published: Publication) -> None:
    """The survey of recruitment needs no directory: an extract that lacks takes away what it holds, no more."""
    page = (mirror_published.release / "pages" / "social.html").read_text(encoding="utf-8")
    assert "Rien de FINESS pour cette région dans cette édition." in page
    assert "Aides à domicile et auxiliaires de vie</th>" in page.split("Les métiers du secteur</h2>")[1]
    assert "sa fiche" not in page
