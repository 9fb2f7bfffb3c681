"""What a sum is worth where a cell isn't known: the macros of sql/macros.sql, and every sum that needs them."""

from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from pipelines.database import macros
from pipelines.edition import models

# Sums that have no statut beside them, each with its reason: `model: {what is summed: why nothing can be missing}`.
COUNTED = "des lignes comptées : aucune ne peut manquer"
COMPARED = "un recalcul compare ce qui est là : ce qui manque d'un côté y est l'écart"
WEIGHT = "un poids : la part des répondants, que le mart donne à côté, dit ce qui manque"
EXCUSED = {
    "core.population_lieux": {"habitants": "une année où la population d'un arrondissement manque est laissée"},
    "core.enquete_attendus": {"valeur": WEIGHT},
    "core.population_cibles": {
        "population": "vide dès qu'une tranche d'âge d'un département manque",
        "age_max": "les âges d'une classe, qui les dit toujours",
        "age_min": "les âges d'une classe, qui les dit toujours",
    },
    "atlas.apl": {
        "population_sous_2_5": "compté des mêmes communes que population, dont le statut est à côté",
    },
    "atlas.acces": {
        "sans_population": COUNTED,
        "sans_repartition": COUNTED,
        "communes": COUNTED,
        "communes_par_arrete": COUNTED,
        "communes_fichier": COUNTED,
        "zones_perdues": COUNTED,
        "population": "le total d'un territoire : total_partiel dit si une commune y manque",
    },
    "atlas.densites": {"population": "celle du producteur d'une région, vide dès qu'un département manque"},
    "atlas.equilibre": {
        "emploi_moyen": "des seules familles dont toutes les formations sont connues",
        **dict.fromkeys(("entrants", "reussite", "reste"), "des seules formations connues : `motif` dit les autres"),
    },
    "atlas.ages": {"effectif": "le total d'un territoire : total_partiel dit s'il l'est"},
    "atlas.cessations": {"age_liquidation": "âge moyen des seules lignes dont l'âge est donné, que la table compte"},
    "atlas.effectifs": {"effectif": "des parties : `ecart_parties` est ce qui leur manque du total publié"},
    "atlas.effectifs_rpps": {"part": COUNTED, "effectif": COUNTED},
    "atlas.mouvements_rpps": {"personnes": COUNTED},
    "atlas.internat": {
        "pourvus": "vide dès qu'une part n'en est pas connue",
        "pourvus_cesp": "vide dès qu'une part n'en est pas connue",
    },
    "atlas.objectifs_formation": {"capacite_cycle_2": "cumul, vide dès qu'une année n'est pas entière"},
    "atlas.ressources_humaines": {
        "numerateur": "des seuls établissements qui ont répondu aux deux termes, que la table compte",
        "denominateur": "des seuls établissements qui ont répondu aux deux termes, que la table compte",
        "poids": WEIGHT,
    },
    "atlas.ressources_humaines_esms": {
        "numerateur": "des seuls établissements qui ont répondu aux deux termes, que la table compte",
        "denominateur": "des seuls établissements qui ont répondu aux deux termes, que la table compte",
        "poids": WEIGHT,
    },
    "atlas.tension_entrees": {
        "valeur": "parts d'un même total, dont atlas.acces dit s'il est partiel",
        "difficile": "une zone est toujours dite",
        "population": "parts d'un même total, dont atlas.acces dit s'il est partiel",
    },
    "atlas.tension_mesures": {
        "valeur": "parts d'un même total, dont atlas.acces dit s'il est partiel",
        "sites": COUNTED,
        "sites_repondants": COUNTED,
        "population": "parts d'un même total, dont atlas.acces dit s'il est partiel",
    },
    "atlas.tension_facteurs": {"part": "parts d'un même total, toutes calculées"},
    "qualite.tension_epreuves": dict.fromkeys(("ecart", "attendue"), COMPARED),
    "fiches.pairs": {
        "capacite": "la SAE laisse vides les lits d'un site qui n'en a pas",
        "numerateur": "des seuls pairs qui ont les deux termes",
        "denominateur": "des seuls pairs qui ont les deux termes",
    },
    "qualite.reponses_enquetes": {"poids": WEIGHT},
    "qualite.avertissements": dict.fromkeys(("lignes", "lignes_ecartees"), COUNTED),
    "qualite.sae_recalculs": dict.fromkeys(("EFFSAL", "EFFLIB", "ETPSAL", "mesure", "valeur"), COMPARED),
    "qualite.rapprochements": dict.fromkeys(
        ["EFF_INT", "ecart", "valeur_recalculee", "valeur_sygen", "ETPPNM", "effectif", "population"], COMPARED
    ),
    "qualite.chiffres_compares": dict.fromkeys(("departs_fin_carriere", "met", "population", "valeur"), COMPARED),
}
SUMMED = [m for m in models.load_all() if m.schema in ("core", "atlas", "fiches", "qualite")]


def columns(node: exp.Expression) -> set[str]:
    return {column.name for column in node.find_all(exp.Column)}


def bare(query: str) -> Iterator[str]:
    """The columns that a query sums without giving, in the same SELECT, the statut of what it sums."""
    for select in sqlglot.parse_one(query, read="duckdb").find_all(exp.Select):
        mine = [n for n in select.walk() if n.find_ancestor(exp.Select) is select]
        told: set[str] = set()
        for call in mine:
            if isinstance(call, exp.Anonymous) and call.name.lower() == "statut_somme":
                told |= columns(call.expressions[0])
        for call in mine:
            if isinstance(call, exp.Sum):
                yield from sorted(columns(call.this) - told)


@pytest.mark.parametrize("model", SUMMED, ids=lambda m: m.name)
def test_each_sum_of_what_may_be_missing_has_its_statut(model: models.Model) -> None:
    assert set(bare(model.query)) == set(EXCUSED.get(model.name, {})), (
        f"{model.name} : une somme sans statut_somme à côté, ou une exception qui ne sert plus"
    )


def test_a_bare_sum_would_be_seen() -> None:
    assert list(bare("SELECT a, sum(b) AS b FROM t GROUP BY a")) == ["b"]
    assert list(bare("SELECT a, sum(b) AS b, statut_somme(b, s) AS s FROM t GROUP BY a")) == []
    assert list(
        bare("WITH x AS (SELECT sum(b) FILTER (c) OVER (PARTITION BY a) AS b FROM t) SELECT statut_somme(b) FROM x")
    ) == ["b"]
    assert all(len(reason) > 5 for excused in EXCUSED.values() for reason in excused.values())


# A cast that an implausible quotient would overflow: it has stopped whole editions.
NARROW = 9  # digits before the point
BOUNDED = {"core.apl": "moyenne pondérée d'APL, dont aucune ne passe les six chiffres de son type"}


def narrow(query: str) -> list[str]:
    found = []
    for cast in sqlglot.parse_one(query, read="duckdb").find_all(exp.Cast):
        if cast.to.this != exp.DataType.Type.DECIMAL:  # the fields of a STRUCT are no digits
            continue
        digits = [int(str(p.this)) for p in cast.to.expressions]
        small = len(digits) == 2 and digits[0] - digits[1] < NARROW
        if small and any(isinstance(n, exp.Div | exp.Sum) for n in cast.this.walk()):
            found.append(cast.sql("duckdb"))
    return found


@pytest.mark.parametrize("model", [*models.load_all(), *models.views()], ids=lambda m: m.name)
def test_no_quotient_overflows_its_type(model: models.Model) -> None:
    assert bool(narrow(model.query)) == (model.name in BOUNDED), narrow(model.query)


def test_a_narrow_quotient_would_be_seen() -> None:
    assert narrow("SELECT (a / b)::DECIMAL(9, 6) AS c FROM t") != []
    assert narrow("SELECT (a / b)::DECIMAL(18, 6) AS c, d::DECIMAL(9, 2) AS d FROM t") == []


CELLS = [
    ([(1, "publié"), (2, "zéro implicite")], "calculé"),
    ([(1, "publié"), (None, "secret")], "partiel"),
    ([(1, "publié"), (None, "vide")], "partiel"),
    ([(1, "publié"), (None, None)], "partiel"),
    ([(1, "publié"), (None, "sans objet")], "calculé"),
    ([(1, "publié"), (2, "partiel")], "partiel"),
    ([(None, "secret"), (None, "nd")], "secret"),
    ([(None, "non collecté"), (None, "non collecté")], "non collecté"),
    ([(None, "non-réponse"), (None, "non collecté")], "non-réponse"),
    ([(None, "sans objet")], "sans objet"),
    ([(None, "vide")], "vide"),
    ([(None, "nd"), (None, "vide")], "nd"),
    ([(None, None)], "nd"),
]


@pytest.mark.parametrize(("cells", "expected"), CELLS)
def test_the_statut_of_a_sum(cells: list[tuple[int | None, str | None]], expected: str) -> None:
    with duckdb.connect() as connection:
        macros.make(connection)
        connection.execute("CREATE TABLE t (valeur INTEGER, statut VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", cells)
        assert connection.execute("SELECT statut_somme(valeur, statut) FROM t").fetchall() == [(expected,)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("statut_rapport('partiel', 'publié')", "partiel"),
        ("statut_rapport('publié', 'secret')", "secret"),
        ("statut_rapport('calculé', 'publié')", "calculé"),
        ("statut_ligne(['calculé', 'partiel'])", "partiel"),
        ("statut_ligne(['calculé', 'secret'])", "partiel"),
        ("statut_ligne(['calculé', 'vide', 'sans objet'])", "calculé"),
        ("statut_ligne(['vide', 'secret'])", "secret"),
        ("zero_implicite(['EFFSAL'], 'EFFSAL')", None),
        ("zero_implicite(['EFFSAL'], 'EFFLIB')", 0),
        ("zero_implicite(NULL, 'EFFLIB')", 0),
    ],
)
def test_the_statut_of_a_ratio_and_of_a_line(said: str, expected: object) -> None:
    with duckdb.connect() as connection:
        macros.make(connection)
        assert connection.execute(f"SELECT {said}").fetchall() == [(expected,)]


def test_what_is_written_with_a_macro_changes_with_it() -> None:
    assert macros.called("SELECT statut_rapport(a, b) FROM t").keys() == {"statut_rapport", "statut_absent"}
    assert macros.called("SELECT sum(a) AS statut_somme FROM t") == {}
