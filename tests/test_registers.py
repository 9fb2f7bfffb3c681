"""The registers of sql/*.yml: a record for every indicator, a column for every record, bounds that bind."""

import html
import re
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from by_hand import doctors
from fixtures_entrepots import ROOT, Publication, Warehouse, none, one, rows

from pipelines import indicators
from pipelines.catalogue import entries, registers
from pipelines.edition import models
from pipelines.errors import BuildError
from pipelines.publish import public
from pipelines.publish.figures.figure import Figure
from pipelines.publish.site import render
from pipelines.publish.views import Views

INDICATORS = registers.indicators()
READINGS = [(name, *lecture.rpartition(".")[::2]) for name, i in INDICATORS.items() for lecture in i.lectures]
LONG = {m.name for m in models.load_all() if "indicateur" in m.grain and registers.read_in(m.name)}


def test_every_indicator_of_every_mart_is_in_the_dictionary(sample_db: duckdb.DuckDBPyConnection) -> None:
    holding = rows(
        sample_db,
        "SELECT schema_name || '.' || table_name FROM duckdb_columns() WHERE column_name = 'indicateur' "
        "AND schema_name NOT IN ('staging', 'calculs') ORDER BY 1",
    )
    assert {mart for (mart,) in holding} > LONG
    for (mart,) in holding:
        none(sample_db, f"SELECT indicateur FROM {mart} EXCEPT SELECT indicateur FROM reference.indicateurs")


@pytest.mark.parametrize(("name", "mart", "column"), READINGS, ids=lambda value: value)
def test_every_record_is_read_and_its_bounds_bind(
    sample_db: duckdb.DuckDBPyConnection, name: str, mart: str, column: str
) -> None:
    """The sample has a value where the record says; one out of bounds is found, by the rule of its severity."""
    bounds = INDICATORS[name].bornes
    mine = f"{column} IS NOT NULL" + (f" AND indicateur = '{name}'" if mart in LONG else "")
    assert one(sample_db, f"SELECT count(*) FROM {mart} WHERE {mine}") > 0
    rules = {rule["severity"]: rule for rule in registers.bound_rules(mart, long=mart in LONG)}
    query = rules[bounds.severite]["kwargs"]["unexpected_rows_query"]
    none(sample_db, query.format(batch=mart))
    for bound, step in ((bounds.min, -1), (bounds.max, 1)):
        if bound is not None:
            wrong = f"(SELECT * REPLACE ({bound + step} AS {column}) FROM (FROM {mart} WHERE {mine} LIMIT 1))"
            assert len(rows(sample_db, query.format(batch=wrong))) == 1, bound


@pytest.mark.parametrize("mart", sorted(LONG))
def test_an_indicator_without_a_record_fails_the_suite(sample_db: duckdb.DuckDBPyConnection, mart: str) -> None:
    rule = registers.bound_rules(mart, long=True)[0]
    assert rule["severity"] == "critical"
    batch = f"(SELECT * REPLACE ('age_du_capitaine' AS indicateur) FROM (FROM {mart} LIMIT 1))"
    assert len(rows(sample_db, rule["kwargs"]["unexpected_rows_query"].format(batch=batch))) == 1


GOOD = yaml.safe_load((ROOT / "sql" / "indicateurs.yml").read_text(encoding="utf-8"))["densite"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": ["inconnue"]}, "source absente du catalogue : inconnue"),
        ({"sources": []}, "sources"),
        ({"unite": " "}, "unite"),
        ({"bornes": {"min": 0}}, "une borne qui manque a sa `raison`"),
        ({"bornes": {"min": 1, "max": 0}}, "`min` est sous `max`"),
        ({"bornes": None}, "bornes"),
        ({"lectures": []}, "lectures"),
        ({"lectures": ["atlas.densites"]}, "schema.table.colonne"),
        ({"intervalle": {"methode": "aucun", "raison": ""}}, "intervalle.raison"),
        ({"sens": "bon"}, "sens"),
        ({"epreuve": "absente"}, "vue absente de sql/vues : absente"),
        ({"auteur": "moi"}, "auteur"),
    ],
    ids=str,
)
def test_a_record_with_a_hole_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "indicateurs.yml"
    path.write_text(yaml.safe_dump({"densite": GOOD}), encoding="utf-8")
    assert dict(registers.read(path, entries.Indicator))["densite"] == INDICATORS["densite"]
    path.write_text(yaml.safe_dump({"densite": {**GOOD, **change}}), encoding="utf-8")
    with pytest.raises(BuildError) as refused:
        list(registers.read(path, entries.Indicator))
    assert "« densite »" in str(refused.value)
    assert said in str(refused.value)


def test_a_mart_says_what_the_dictionary_says(sample_db: duckdb.DuckDBPyConnection) -> None:
    comments = dict(
        rows(
            sample_db,
            "SELECT schema_name || '.' || table_name || '.' || column_name, comment FROM duckdb_columns() "
            "WHERE comment IS NOT NULL",
        )
    )
    for name, mart, column in READINGS:
        told = comments[f"{mart}.{column}"]
        assert "reference.indicateurs" in told
        assert mart in LONG or INDICATORS[name].libelle in told
    for mart in LONG:
        assert all(name in comments[f"{mart}.indicateur"] for name in registers.read_in(mart))
    # One place for each word: no header says again what the dictionary says.
    again = [(m.name, c) for m in models.load_all() for c in m.columns if registers.column_words(m.name, c)]
    assert again == []


def test_the_index_orients_its_indicators_as_the_dictionary_does(sample_db: duckdb.DuckDBPyConnection) -> None:
    sense = {"favorable": -1, "défavorable": 1}
    for name, dimension, sign in rows(
        sample_db, "SELECT DISTINCT indicateur, dimension, sens FROM reference.tension_composition"
    ):
        assert (INDICATORS[name].dimension, sense[INDICATORS[name].sens]) == (dimension, sign), name


def test_a_card_is_whole_and_names_its_breaks() -> None:
    for name, indicator in INDICATORS.items():
        assert not indicator.epreuve or (indicator.exemple and indicator.defaillance), name
        # What tells a difference from the past has been tried on the past; a draw has its law from theory.
        assert indicator.epreuve or indicator.intervalle.methode in ("aucun", "Byar"), name
        told = registers.card(name)
        assert told["Unité"] == indicator.unite
        assert all(text == text.strip() and text for text in told.values())
    assert "FAP 2021" in registers.card("part_difficile")["Ruptures de série"]
    assert "Ruptures de série" not in registers.card("part_ald")
    assert registers.card("beneficiaires")["Bornes de contrôle"].startswith("au moins 0 (")


def test_a_data_package_takes_its_bounds_from_the_record() -> None:
    field = registers.package_field("atlas.tension", "score")
    assert field["indicateurs"] == ["tension_indice"]
    assert field["constraints"] == {"minimum": 0.0, "maximum": 100.0}
    assert registers.package_field("atlas.departs", "valeur").keys() == {"indicateurs"}
    assert registers.package_field("atlas.tension", "rang") == {}


def test_breaks_between_two_years_of_a_series() -> None:
    years = [b.annee for b in registers.crossed("drees_professionnels", 2016, 2024, "masseur_kinesitherapeute")]
    assert sorted(years) == [2017, 2024]
    assert registers.crossed("drees_professionnels", 2024, 2026, "masseur_kinesitherapeute") == []
    assert [b.comparable for b in registers.crossed("bmo", 2023, 2024)] == [False]
    assert isinstance(INDICATORS["evolution_annuelle"].bornes.min, Decimal)


def test_an_evolution_does_not_cross_an_incomparable_break(sample_db: duckdb.DuckDBPyConnection) -> None:
    flux = "FROM atlas.tension_entrees WHERE indicateur = 'evolution_annuelle' AND groupe = ?"
    said = "SELECT DISTINCT annee, retenu, motif, rupture " + flux
    assert rows(sample_db, said, "chirurgien_dentiste") == [(2019, True, None, None)]  # the break is of 2020
    # Of this edition, from the workbooks; of the one before, from the series that was there.
    assert sorted(rows(sample_db, said, "medecin")) == [
        (2020, True, None, "2019 : extraction du répertoire"),
        (2025, True, None, "2024 : extraction au 30 septembre 2024, passé recalculé"),
    ]


@pytest.mark.lent
def test_text_index_and_projection_follow_the_register(sample: Warehouse, tmp_path: Path) -> None:
    """The break of doctors in 2019 turned incomparable: no pair of years is taken from both of its sides."""
    path = tmp_path / "atlas_sante.duckdb"
    shutil.copyfile(sample.settings.database, path)
    path.chmod(0o600)
    known = {m.name: m for m in models.load_all()}
    seen = {}
    with duckdb.connect(str(path)) as db:
        db.execute(f"CREATE SCHEMA IF NOT EXISTS {indicators.SCHEMA}")
        for table in ("effectifs", "ages", "densites"):  # where only the series of 2012 to 2020 is deposited
            db.execute(f"DELETE FROM atlas.{table} WHERE source = 'drees_professionnels'")
        for comparable in (True, False):
            db.execute(
                "UPDATE reference.ruptures SET comparable = ? WHERE source = 'drees_demographie' AND annee = 2019",
                [comparable],
            )
            stocks = next(c for c in indicators.ALL if "projections" in c.makes)
            made = stocks.run({name: db.execute(query).df() for name, query in stocks.reads.items()})
            for name, frame in made.items():
                columns = ", ".join(f"{n}::{kind} AS {n}" for n, kind in stocks.makes[name].items())
                db.register("made", frame)
                db.execute(f"CREATE OR REPLACE TABLE {indicators.SCHEMA}.{name} AS SELECT {columns} FROM made")
                db.unregister("made")
            for name in ("atlas.tension_sources", "atlas.tension_entrees", "atlas.projections"):
                db.execute(f"CREATE OR REPLACE TABLE {name} AS {known[name].query}")
            db.execute("DROP SCHEMA IF EXISTS vues CASCADE")
            public.show(db, "28", fictif=False)
            (page,) = render.pages(Views(db), frozenset(), "pages/departement-61.html")
            drawn = {b.id: b for s in page.sections for b in s.blocks if isinstance(b, Figure)}
            series = drawn["serie-densite-medecin-departement-61"]
            projected = drawn["projection-medecin-departement-61"]
            flux = "SELECT DISTINCT annee, retenu, rupture FROM atlas.tension_entrees WHERE groupe = 'medecin' "
            flux += "AND indicateur = 'evolution_annuelle' AND situation = 'édition'"
            slope = "SELECT DISTINCT debut_serie < 2019, fin_serie FROM atlas.projections WHERE profession = 'medecin' "
            slope += "AND niveau = 'departement' AND retenue"
            seen[comparable] = (rows(db, flux), rows(db, slope), series.words, " ".join(projected.notes))
    index, slope_years, words, notes = seen[True]
    assert index == [(2020, True, "2019 : extraction du répertoire")]
    assert slope_years == [(True, 2022)]
    assert "en 2020, contre" in words
    assert "les années se comparent, avec prudence" in words
    assert "à 2022 ; rupture de 2019" in notes
    index, slope_years, words, notes = seen[False]
    assert index == [(2018, True, None)]
    assert slope_years == [(True, 2018)]  # the three years of after are too few
    assert "rien ne se compare au travers" in words
    assert all(f"en {year}" not in words.split("Ruptures")[0] for year in range(2012, 2019))
    assert "à 2018." in notes


def test_the_record_of_the_break_of_2019_says_what_the_extract_shows(mirror_root: Path) -> None:
    known = [doctors(mirror_root, year) for year in range(2012, 2021)]
    places = [p for p in known[0] if p != "F"]
    total = {2012 + i: sum(each[p] for p in places) for i, each in enumerate(known)}
    below = {
        year: sum(2 * now[p] < before[p] + after[p] for p in places)
        for year, (before, now, after) in enumerate(zip(known, known[1:], known[2:], strict=False), 2013)
    }
    growth = {year: 100 * (total[year] / total[year - 1] - 1) for year in range(2013, 2021)}
    (record,) = [b for b in registers.breaks() if (b.source, b.annee) == ("drees_demographie", 2019)]
    assert record.comparable
    said = (growth[2019], min(growth[y] for y in range(2013, 2019)), max(growth[y] for y in range(2013, 2019)))
    assert (
        "hausse de {:.2f} % seulement en un an, contre {:.2f} à {:.2f} %".format(*said).replace(".", ",")
        in record.effet
    )
    others = [n for year, n in below.items() if year != 2019]
    told = f"{below[2019]} départements sur {len(places)} (de {min(others)} à {max(others)} pour les autres années)"
    assert told in record.effet
    two = [100 * (total[year] / total[year - 2] - 1) for year in (2020, 2018)]
    assert "{:.2f} % en deux ans, après {:.2f} %".format(*two).replace(".", ",") in record.effet


def test_the_release_has_a_card_for_every_indicator(published: Publication) -> None:
    text = (published.release / "methodologie.html").read_text(encoding="utf-8")
    text = re.sub("[\u00a0\u202f](?=[:;?!»])|(?<=«)\u00a0", " ", text)
    for name, indicator in INDICATORS.items():
        assert f'<h3 id="{name}">' in text
        assert text.count(f'href="#{name}"') == 1, name
        assert html.escape(indicator.limites, quote=False).replace("'", "&#39;") in text
    # What is held back isn't offered to read.
    assert [name for name in public.held_back() if name in text] == []
    index = (published.release / "donnees.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="donnees\.html#([^"]+)"', text))
    assert linked
    assert all(f'id="{table}"' in index for table in linked)


@pytest.mark.lent
def test_a_card_says_where_a_release_has_no_value(mirror_published: Publication) -> None:
    text = (mirror_published.release / "methodologie.html").read_text(encoding="utf-8")
    card = text[text.index('<h3 id="taux_vacance">') :]
    assert "aucune valeur dans cette publication" in card[: card.index("</article>")]
