"""The views of a release (sql/vues/): what they may read, their words, and the pages that show them."""

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import get_args

import duckdb
import pytest
from fixtures_entrepots import ROOT, Publication, none

from pipelines.checks import shown as rules
from pipelines.database import macros
from pipelines.edition import marts, models
from pipelines.edition.models import Model
from pipelines.errors import BuildError
from pipelines.publish import numbers, public
from pipelines.publish.fiches import sheets
from pipelines.publish.numbers import UNMARKED, ShownColumn
from pipelines.publish.rows import Row, Value, number_of, text_of, whole_of
from pipelines.publish.site import declared, render, traces
from pipelines.publish.views import Views, say

VIEWS = models.views()
KINDS = re.compile(rf"(?:{models.KIND})?")
MAKERS = (ROOT / "pipelines" / "publish", ROOT / "pipelines" / "releases")
# Those that write and read tables, whatever they are: the public file, its CSV, the differences of two releases.
WRITERS = {"methods.py", "public.py", "tables.py", "differences.py", "release.py"}


@pytest.fixture(scope="session")
def shown(released: Publication) -> Iterator[duckdb.DuckDBPyConnection]:
    """The public file of a release on fictitious extracts."""
    with duckdb.connect(str(next(released.release.glob("*.duckdb"))), read_only=True) as connection:
        yield connection


def test_a_share_is_shown_in_percent_and_nothing_else_is() -> None:
    """What has the unit « part » and a kind; a median error may be more than the whole, a score has no unit."""
    other = {("departs_epreuve", "erreur_mediane_absolue"), ("intervalles_epreuve", "score")}
    odd = {
        (model.table, name)
        for model in VIEWS
        for name, words in model.columns.items()
        if words.kind
        and (words.kind.removeprefix("entre_").startswith(("pct", "signe_pct", "signed")))
        is not (models.column_words(model, name).unit == "part")
    }
    assert odd == other


@pytest.mark.lent
@pytest.mark.parametrize("model", VIEWS, ids=lambda m: m.name)
def test_a_view_reads_what_is_published_in_the_order_in_which_it_is_shown(model: Model) -> None:
    with duckdb.connect() as connection:
        read = {n for n in models.dependencies(connection, model.query, model.name) if not n.startswith(".")}
    assert read <= {m.name for m in public.published()} | {m.name for m in VIEWS}
    last = re.sub(r"\([^()]*\)", "", re.sub(r"--.*", "", model.query)).rpartition("ORDER BY")
    assert last[1] or model.table == "publication", "a view ends by the order of its lines"
    assert not [w for w in model.columns.values() if not KINDS.fullmatch(w.kind)]
    assert not model.empty or model.empty.endswith(".")


@pytest.mark.parametrize("model", VIEWS, ids=lambda m: m.name)
def test_a_view_has_its_grain_and_its_words(model: Model, shown: duckdb.DuckDBPyConnection) -> None:
    names = [name for name, _ in models.described(shown, model) if name != public.FICTIF_COLUMN]
    assert set(model.grain) | set(model.columns) <= set(names)
    for name in names:
        assert models.column_words(model, name).description
    keys = ", ".join(f'"{k}"' for k in model.grain)
    none(shown, f"SELECT {keys} FROM {model.name} GROUP BY ALL HAVING count(*) > 1")


# Where years and sources are chosen, once for all; the specialties that have a page are those of the newest choices.
CHOOSING = {"annees_retenues", "sources_retenues", "series_retenues", "specialites"}


def test_a_view_shows_the_year_that_was_chosen() -> None:
    own = re.compile(r"SELECT max\((\w+\.)?(annee|millesime)\)|QUALIFY[^\n]*max\(\(?(\w+\.)?(annee|millesime)")
    assert {model.table for model in VIEWS if own.search(model.query)} <= CHOOSING


# Views whose numbers have no statut though what they read has one, each with the reason why none of them is partial.
NEVER_PARTIAL = {
    "millesimes": "le statut est celui du millésime, accepté ou refusé",
    "series_retenues": "un nombre d'années",
    "qualite_alertes": "l'alerte compare deux publications du producteur",
    "densites": "un écart n'existe qu'entre nombres entiers ; la densité du producteur est telle que publiée",
    "densites_annuelles": "comme dans densites",
    "densites_ciblees": "une densité de la cible n'existe que de nombres entiers ; l'autre est du producteur",
    "densites_publiees": "un écart entre deux densités ; le statut est celui du millésime",
    "ages_60_plus": "un écart avec la France n'existe qu'entre nombres entiers ; les parts ont leur statut",
    "equipements": "des équipements comptés ; ce qui se rapporte aux habitants a son statut",
    "salaries_prives": "une évolution n'existe qu'entre nombres entiers ; les salariés ont leur statut",
    "equilibre": "les départs et les postes que publie la DARES ; ceux qui sont formés ont leur statut",
    "equilibre_professions": "comme dans equilibre",
    "secret_cases": "des cases comptées, montrées ou cachées",
    "personnels_ght": "un nombre de sites ; les personnels ont leur statut",
    "personnels_etablissements": "les lits sont ceux du seul site, tels que publiés",
    "evolutions_personnels": "une évolution n'existe qu'entre sommes des mêmes réponses ; les valeurs ont leur statut",
    "tension_composition": "un poids, et l'année de la source retenue",
    "tension_professions": "un rang ; la valeur d'une mesure a son statut",
    "insertion": "des nombres de formations publiées, et leurs taux extrêmes ; les médianes ont leur statut",
    "etat_sources": "des millésimes et des nombres de tables",
    "tension": "un rang : un indice se classe ou manque, et dit pourquoi",
    "tension_absente": "un poids",
    "tension_classement": "un indice se classe ou manque, et dit pourquoi",
    "tension_dimensions": "un indice se classe ou manque, et dit pourquoi",
    "tension_epreuves": "une corrélation, entre départements qui ont les deux ; le statut est celui du millésime",
    "tension_facteurs": "une part de ce qui distingue des départements qui ont toutes les dimensions",
    "tension_france": "un rang, et les projets dont la difficulté est connue",
    "tension_sensibilite": "un écart de rangs : un indice se classe ou manque",
    "tension_indicateurs": "un indicateur partiel est dit écarté, avec son motif",
    "fiche_identites": "des lits, tels que publiés",
    "fiche_chiffres_cles": "une évolution n'existe qu'entre sommes des mêmes réponses ; les valeurs ont leur statut",
    "fiche_medicaux": "une évolution n'existe qu'entre sommes des mêmes réponses ; les valeurs ont leur statut",
    "fiche_non_medicaux": "une part n'existe que de sommes entières ; les valeurs ont leur statut",
    "fiche_pairs": "ni un total partiel, ni ses pairs partiels ne sont comparés",
    "projections": "les bornes d'une projection ; sa valeur a son statut",
    "chiffres_feuille_de_route": "le nombre publié ailleurs ; celui de l'édition a son statut",
    "chiffres_cles": "un indice se classe ou manque ; les autres nombres ont leur statut",
}


def bare(model: Model, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The numbers of a view that people read and that no statut goes with: its own, or that of its line."""
    shown_columns = marts.columns(connection, model)
    names = {c.name for c in shown_columns}
    return [
        c.name
        for c in shown_columns
        if c.heading and c.kind not in UNMARKED and c.sql.startswith(("INTEGER", "BIGINT", "HUGEINT", "DECIMAL"))
        if f"{c.name}_statut" not in names and ("statut" not in names or c.empty)
    ]


def test_a_number_that_may_be_partial_has_its_statut_beside_it(
    shown: duckdb.DuckDBPyConnection, sample_db: duckdb.DuckDBPyConnection
) -> None:
    told = {
        f"{schema}.{table}"
        for schema, table in sample_db.execute(
            "SELECT schema_name, table_name FROM duckdb_columns() WHERE column_name = 'statut'"
        ).fetchall()
    }
    found = set()
    for model in VIEWS:
        reached: set[str] = set()
        waiting = [model.name]
        while waiting:
            for name in models.made_from(waiting.pop()) - reached - models.CHOICES:
                reached.add(name)
                waiting += [name] if name.startswith("vues.") else []
        if reached & told and bare(model, shown):
            found.add(model.table)
    assert found == NEVER_PARTIAL.keys()


def test_a_partial_number_is_marked_in_every_view(shown: duckdb.DuckDBPyConnection) -> None:
    views, seen = Views(shown), 0
    for model in VIEWS:
        view = views.view(model.table)
        for column in view.shown:
            row = next((r for r in view.rows if isinstance(r[column.key], int | Decimal)), None)
            own = f"{column.key}_statut"
            name = own if own in view.columns else "" if column.empty else "statut"
            if row is None or name not in view.columns or numbers.kind_of(row, column) in UNMARKED:
                continue
            said = numbers.cell({**row, name: "partiel"}, column)
            assert numbers.PARTIAL in said or said == "", (model.table, column.key, said)
            assert numbers.PARTIAL not in numbers.cell({**row, name: "calculé"}, column), (model.table, column.key)
            seen += 1
    assert seen > 100


def test_no_number_that_is_there_is_said_to_be_absent(shown: duckdb.DuckDBPyConnection) -> None:
    with duckdb.connect() as connection:
        macros.make(connection)
        seen = 0
        for model in VIEWS:
            view = Views(shown).view(model.table)
            for column in view.shown:
                own = f"{column.key}_statut"
                there = {r[own] for r in view.rows if own in r and isinstance(r[column.key], int | Decimal)}
                said = connection.execute(
                    "SELECT w FROM unnest($1::VARCHAR[]) AS u (w) WHERE statut_absent(w)", [list(there)]
                )
                assert not said.fetchall(), (model.table, column.key)
                seen += bool(there)
    assert seen > 30


@pytest.mark.parametrize(("second", "partial"), [(True, []), (False, ["partiel"])], ids=["of several", "alone"])
def test_one_unknown_number_of_a_partial_line_stops_no_release(*, second: bool, partial: list[str]) -> None:
    """It is « nd », the others of the line are partial; a number alone that is empty says why."""
    columns = [rules.ViewColumn("statut", "VARCHAR"), rules.ViewColumn("entrants", "INTEGER", "Entrants", "n0")]
    columns += [rules.ViewColumn("presents", "INTEGER", "Présents", "n0")] if second else []
    (rule,) = [r for r in rules.view_rules(columns) if r["meta"]["controle"] == "vide_explique"]
    with duckdb.connect() as db:
        db.execute("CREATE SCHEMA reference")
        db.execute("CREATE TABLE reference.codes AS SELECT 'statut' AS liste, 'secret' AS code, 's' AS signe")
        db.execute(
            "CREATE TABLE t AS FROM (VALUES ('partiel', NULL, 5), ('calculé', NULL, 5), ('secret', NULL, NULL), "
            "('partiel', 4, 5)) AS v (statut, entrants, presents)"
        )
        query = rule["kwargs"]["unexpected_rows_query"].format(batch="t")
        assert sorted(statut for statut, *_ in db.execute(query).fetchall()) == ["calculé", *partial]


def test_a_line_names_each_of_its_sources_once(shown: duckdb.DuckDBPyConnection) -> None:
    seen = 0
    for model in VIEWS:
        for row in Views(shown).view(model.table).rows:
            named = str(row.get("sources") or "").split()
            assert len(named) == len(set(named)), (model.table, named)
            seen += len(named) > 1
    assert seen > 100


def test_every_view_is_shown_or_serves_one_that_is(shown: duckdb.DuckDBPyConnection) -> None:
    declarations = [*declared.FOLDER.rglob("*.yml"), *Path(sheets.__file__).parent.glob("*.yml")]
    cited = set(re.findall(r"\w+", "\n".join(p.read_text(encoding="utf-8") for p in declarations)))
    made_by = [path for home in MAKERS for path in home.rglob("*.py")]
    code = "\n".join(p.read_text(encoding="utf-8") for p in made_by)
    sql = {n for m in VIEWS for n in re.findall(r"vues\.(\w+)", m.query)}
    for model in VIEWS:
        assert model.publication == public.SHOWN or model.table in cited | sql or f'"{model.table}"' in code, model.name


def test_pages_name_views_columns_and_figures_that_exist(shown: duckdb.DuckDBPyConnection) -> None:
    assert [page.path for page in render.pages(Views(shown), frozenset())]
    for page in declared.pages():
        for section in page.sections:
            for block in section.blocs:
                if isinstance(block, declared.FigureBlock):
                    assert block.figure in traces.KINDS


def test_nothing_else_of_what_makes_a_release_asks_the_database() -> None:
    asking = {
        path.name
        for home in MAKERS
        for path in home.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\b(SELECT\s|FROM [a-z_]+\.|QUALIFY|PIVOT)", node.value)
    }
    assert asking == WRITERS


def test_an_unknown_view_or_column_is_told(shown: duckdb.DuckDBPyConnection) -> None:
    views = Views(shown)
    with pytest.raises(BuildError, match="inconnue"):
        views.view("inconnue")
    with pytest.raises(BuildError, match="pas_une_colonne"):
        views.rows("territoires", {"pas_une_colonne": 1})
    with pytest.raises(BuildError, match="absente"):
        say("{absente}", {})


def test_the_rows_of_every_view_hold_what_they_are_said_to(shown: duckdb.DuckDBPyConnection) -> None:
    views = Views(shown)
    held = {
        f"{model.table}.{column} : {type(value).__name__}"
        for model in VIEWS
        for row in views.view(model.table).rows
        for column, value in row.items()
        if not isinstance(value, get_args(Value))
    }
    assert held == set()


def test_a_cell_that_isnt_what_a_figure_needs_is_told_by_its_column() -> None:
    row: Row = {"annee": 2024, "valeur": Decimal("1.5"), "libelle": "Orne", "vide": None}
    assert (whole_of(row, "annee"), number_of(row, "valeur"), text_of(row, "libelle")) == (2024, Decimal("1.5"), "Orne")
    for read, column in ((whole_of, "valeur"), (number_of, "libelle"), (text_of, "annee"), (number_of, "vide")):
        with pytest.raises(BuildError, match=f"« {column} »"):
            read(row, column)


def test_a_sentence_says_only_what_is_known() -> None:
    signs = {"secret": "s"}
    columns = {
        "valeur": ShownColumn("valeur", "Valeur", "pct0", signs=signs),
        "annee": ShownColumn("annee", "Année", "year"),
    }
    template = "{valeur} en {annee}[[ ; France : {france:n1}]]"
    row: Row = {"valeur": Decimal("0.256"), "annee": 2024, "france": None}
    assert say(template, row, columns) == "26\u202f% en 2024"
    assert say(template, {**row, "france": 3}, columns) == "26\u202f% en 2024 ; France : 3,0"
    assert say("{valeur}", {"valeur": None}, columns) == "nd"
    assert say("{nom:minuscule}", {"nom": "Médecins"}) == "médecins"
    otherwise = "[[{valeur} en {annee}||inconnu en {annee}]]"
    assert say(otherwise, {"valeur": Decimal("0.256"), "annee": 2024}, columns) == "26\u202f% en 2024"
    assert say(otherwise, {"valeur": None, "annee": 2024}, columns) == "inconnu en 2024"
    assert say("{valeur}", {"valeur": None, "statut": "secret"}, columns) == "s"
