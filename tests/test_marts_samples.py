"""The marts of the sample edition, and a hand-made SAE whose every status and sum is known beforehand."""

import csv
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import identities
import pytest
from by_hand import Row, read
from fixtures_entrepots import EDITION, environment, none, one, rows

from pipelines import steps

Check = Callable[..., None]


# --- Identities that real extracts obey too: see identities.py --------------------------------------


@pytest.mark.parametrize("year", [2022, 2023])
@pytest.mark.parametrize("check", identities.OF_A_YEAR, ids=lambda c: c.__name__)
def test_identity_of_a_year(
    sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path, check: Check, year: int
) -> None:
    check(sample_db, sample_extracts, year)


@pytest.mark.parametrize("check", identities.OF_AN_EDITION, ids=lambda c: c.__name__)
def test_identity(sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path, check: Check) -> None:
    check(sample_db, sample_extracts)


def test_every_reconciliation_holds_but_the_blanks_of_2022(sample_db: duckdb.DuckDBPyConnection) -> None:
    others = rows(
        sample_db,
        "SELECT rapprochement, millesime, objet, explication FROM qualite.rapprochements WHERE resultat <> 'égal'",
    )
    assert {r[:3] for r in others} == {("q22_sygen", 2022, "EFF_INT"), ("sygen_etablissements", 2022, "Q22")}
    assert all("EFF_INT est vide" in r[3] for r in others)
    assert (
        one(
            sample_db,
            "SELECT count(*) FROM qualite.rapprochements WHERE rapprochement = 'ght_sygen' "
            "AND nature = 'somme sous appartenance ajustée'",
        )
        == 847
    )
    none(sample_db, "FROM qualite.sae_ecarts WHERE variable <> 'EFF_INT' OR millesime <> 2022")


def test_published_figures_do_not_bind_fictitious_data(sample_db: duckdb.DuckDBPyConnection) -> None:
    none(sample_db, "FROM qualite.rapprochements WHERE rapprochement = 'chiffre_publie'")
    assert one(sample_db, "SELECT count(*) FROM reference.chiffres_publies") > 0


def test_totals_are_sums_of_their_details_never_of_dont(sample_db: duckdb.DuckDBPyConnection) -> None:
    """Per site, measure and kind of staff: the lines `détail` add up to the total; `dont` lines are marked."""
    none(
        sample_db,
        "WITH s AS (SELECT p.millesime, p.finess, p.mesure, left(p.variable, 6) AS famille, "
        "sum(p.valeur) FILTER (p.ligne = 'détail') AS details, sum(p.valeur) FILTER (p.ligne = 'total') AS total "
        "FROM fiches.es_personnels AS p WHERE p.filiere IN ('médicale') GROUP BY ALL) "
        "FROM s WHERE details <> total",
    )
    none(
        sample_db,
        "WITH s AS (SELECT millesime, finess, mesure, sum(valeur) FILTER (ligne = 'détail') AS details, "
        "sum(valeur) FILTER (ligne = 'total') AS total FROM fiches.es_personnels "
        "WHERE filiere IN ('non médicale', 'sages-femmes') GROUP BY ALL) FROM s WHERE details <> total",
    )
    none(sample_db, "FROM fiches.es_personnels WHERE dont <> (ligne <> 'total')")
    assert one(sample_db, "SELECT count(DISTINCT variable) FROM fiches.es_personnels WHERE ligne = 'dont'") == 14


# --- A hand-made SAE ------------------------------------------------------------------------------

# Entities and their sites (site, status of SAE). A site's number is never its entity's, but the number of
# one site is here that of another entity: sums must go by FI_EJ.
MAISON, AUTRE, MUETTE, HORS = "149900001", "149900002", "149900003", "149900004"
PLEIN, SANS_Q20, VIDE, PRIVE = "149910001", "149910002", "149910003", "149910004"
HOMONYME, MUET_A, MUET_B, SANS_9999 = MAISON, "149910005", "149910006", "149910007"
SITES = {
    PLEIN: (MAISON, "1"),
    SANS_Q20: (MAISON, "1"),
    VIDE: (MAISON, "1"),
    PRIVE: (MAISON, "3"),
    HOMONYME: (AUTRE, "1"),
    MUET_A: (MUETTE, "1"),
    MUET_B: (MUETTE, "1"),
    SANS_9999: (HORS, "1"),
}
GROUP = "28199"

Q20: dict[str, dict[str, int | None]] = {
    PLEIN: {"M1010": 4, "M2050": 3, "M3020": 0, "M9999": 7},
    VIDE: {"M9999": None},
    PRIVE: {"M1010": 50, "M9999": 50},
    HOMONYME: {"M1010": 1000, "M9999": 1000},
}
SYGEN: dict[str, Row] = {
    PLEIN: {
        "EFFSAL_TOT": "7",
        "EFFSAL_SPEMED": "4",
        "EFFSAL_DT_MEDGEN": "4",
        "EFFSAL_SPECHI": "3",
        "EFFSAL_DT_GYNOBS": "3",
        "EFFSAL_PSY": "0",
        "EFF_INT": "",
        "ETP_TOT_PNM": "20.5",
        "ETP_SOINS": "12.25",
        "ETP_AID": "12.25",
        "ETP_TOT_HORS_SOINS": "8.25",
        "ETP_TEC": "8.25",
        "EFF_TOT_PNM": "25",
        "EFF_SOINS": "25",
        "EFF_AID": "25",
    },
    SANS_Q20: {"EFF_INT": "4"},
    VIDE: {},
    PRIVE: {"EFFSAL_TOT": "50", "EFFSAL_SPEMED": "50", "EFFSAL_DT_MEDGEN": "50"},
    HOMONYME: {"EFFSAL_TOT": "1000", "EFFSAL_SPEMED": "1000", "EFFSAL_DT_MEDGEN": "1000"},
    MUET_A: {},
    MUET_B: {},
    SANS_9999: {},
}
# Blank DOCJU: SYGEN 2022 left EFF_INT blank, though there are 7 interns.
Q22: dict[str, Row] = {
    PLEIN: {"INT": "5", "DOCJU": "", "FFI": "2"},
    SANS_Q20: {"INT": "4", "DOCJU": "0", "FFI": "0"},
    VIDE: {"INT": "", "DOCJU": "", "FFI": ""},
}
CARE = {"AIDES": "12.25", "SOITO": "12.25", "ETPPNM": "12.25"}
Q24: dict[str, dict[str, Row]] = {
    PLEIN: {
        "1000": {"TECHN": "8.25", "ETPPNM": "8.25"},
        "2000": CARE,
        "2100": {"AIDES": "10", "SOITO": "10", "ETPPNM": "10"},
        "2400": {"AIDES": "2.25", "SOITO": "2.25", "ETPPNM": "2.25"},
        "9999": {"TECHN": "8.25", **CARE, "ETPPNM": "20.5"},
    },
    # No line of total: a questionnaire that was not finished.
    SANS_9999: {"2000": CARE, "2100": CARE},
}


def append(path: Path, lines: list[Row], encoding: str = "cp1252", delimiter: str = ";") -> None:
    """Adds lines under the official header of a file, whatever its case."""
    with path.open(encoding=encoding, newline="") as handle:
        header = next(csv.reader(handle, delimiter=delimiter))
    with path.open("a", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter, lineterminator="\n")
        for line in lines:
            unknown = {k.upper() for k in line} - {h.upper() for h in header}
            assert unknown == set(), unknown
            upper = {k.upper(): v for k, v in line.items()}
            writer.writerow([upper.get(h.upper(), "") for h in header])


def hand_made(extracts: Path, root: Path) -> None:
    """The sample's SAE of 2022 with eight sites more; the survey is national, and checked to be."""
    for folder in ("sae/2022", "ght/2022", "insee_cog/2024"):
        shutil.copytree(extracts / folder, root / folder)
    shutil.copyfile(extracts / "FICTIF.txt", root / "FICTIF.txt")
    cog = read(root / "insee_cog/2024/table-appartenance-geo-communes-2024.csv", "utf-8-sig", ",")
    commune = next(r["CODGEO"] for r in cog if r["DEP"] == "14")
    sae = root / "sae" / "2022"
    every = {"AN": "2022"}
    identity = [
        {**every, "BOR": "ID", "FI": fi, "FI_EJ": ej, "RS": f"SITE FICTIF {fi}", "STJR": stjr, "STJ": "13"}
        | {"CAT": "355", "CATR": "PUB2", "REG": "28", "DEP": "14", "COMINSEE": commune, "NOMCOM": "FICTIVE"}
        for fi, (ej, stjr) in SITES.items()
    ]
    append(sae / "ID_2022r.csv", identity)

    def named(fi: str, bordereau: str) -> Row:
        return {**every, "BOR": bordereau, "FI": fi, "FI_EJ": SITES[fi][0]}

    doctors = [
        {**named(fi, "Q20"), "PERSO": perso} | ({} if n is None else {"EFFSAL": str(n), "EFFSALPLH": str(n)})
        for fi, lines in Q20.items()
        for perso, n in lines.items()
    ]
    append(sae / "Q20_2022r.csv", doctors)
    append(sae / "Q22_2022r.csv", [{**named(fi, "Q22"), **cells} for fi, cells in Q22.items()])
    functions = [
        {**named(fi, "Q24"), "DISCI": disci, **cells} for fi, lines in Q24.items() for disci, cells in lines.items()
    ]
    append(sae / "Q24_2022r.csv", functions)
    append(sae / "SYGEN_2022r.csv", [{**named(fi, "SYGEN"), **cells} for fi, cells in SYGEN.items()])
    members = [
        {
            "annee": "2022",
            "ght": "NOR-99",
            "code_ght": GROUP,
            "nom_ght": "GHT FICTIF A LA MAIN",
            "finess_ej": ej,
            "es": ej,
        }
        for ej in (MAISON, MUETTE)
    ]
    append(root / "ght/2022/ght_membership_inferred_2022.csv", members, "utf-8", ",")


@pytest.fixture(scope="module")
def made(sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = tmp_path_factory.mktemp("a-la-main")
    hand_made(sample_extracts, root / "extraits")
    with environment(root / "entrepot", root / "extraits"):
        for source, millesime in (("sae", 2022), ("ght", 2022), ("insee_cog", 2024)):
            counts = steps.ingest(source, millesime)
            assert counts["ecartees"] == 0
        steps.lock(EDITION)
        target = steps.build(EDITION)
    with duckdb.connect(target, read_only=True) as connection:
        yield connection


def cells(db: duckdb.DuckDBPyConnection, mart: str, key: str, code: str, variable: str) -> tuple[object, ...]:
    """Value and status of a variable; beside them sites and answering sites, for sums."""
    counted = "" if mart == "es_personnels" else ", sites, sites_repondants"
    found = rows(
        db, f"SELECT valeur, statut{counted} FROM fiches.{mart} WHERE {key} = ? AND variable = ?", code, variable
    )
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("site", "variable", "value", "status"),
    [
        (PLEIN, "EFFSAL_TOT", 7, "publié"),
        (PLEIN, "EFFSAL_PSY", 0, "publié"),
        (PLEIN, "EFFSAL_ODON", 0, "zéro implicite"),
        (PLEIN, "EFFLIB_TOT", 0, "zéro implicite"),
        (VIDE, "EFFSAL_TOT", 0, "zéro implicite"),
        (SANS_Q20, "EFFSAL_TOT", None, "non-réponse"),
        (MUET_A, "EFFSAL_TOT", None, "non-réponse"),
        (PLEIN, "EFF_INT", None, "nd"),
        (PLEIN, "EFF_INT_recalcule", 7, "calculé"),
        (SANS_Q20, "EFF_INT", 4, "publié"),
        (SANS_Q20, "EFF_INT_recalcule", 4, "calculé"),
        (VIDE, "EFF_INT", 0, "zéro implicite"),
        (VIDE, "EFF_INT_recalcule", 0, "calculé"),
        (MUET_A, "EFF_INT", None, "non-réponse"),
        (MUET_A, "EFF_INT_recalcule", None, "non-réponse"),
        (PLEIN, "ETP_TOT_PNM", Decimal("20.5"), "publié"),
        (PLEIN, "ETP_PSYCHO", 0, "zéro implicite"),
        (SANS_9999, "ETP_TOT_PNM", None, "non-réponse"),
        (SANS_9999, "ETP_AID", None, "non-réponse"),
        (VIDE, "ETP_TOT_PNM", None, "non-réponse"),
        (PLEIN, "EFF_AID", 25, "publié"),
        (PLEIN, "EFF_CAD", 0, "zéro implicite"),
        (VIDE, "EFF_CAD", None, "non-réponse"),
    ],
)
def test_blank_zero_and_non_response_are_three_things(
    made: duckdb.DuckDBPyConnection, site: str, variable: str, value: object, status: str
) -> None:
    assert cells(made, "es_personnels", "finess", site, variable) == (value, status)


@pytest.mark.parametrize(
    ("entity", "variable", "expected"),
    [
        # 7 + 0 + 50, one site of four silent; the site that bears the entity's number is another's.
        (MAISON, "EFFSAL_TOT", (57, "partiel", 4, 3)),
        (MAISON, "EFF_INT_recalcule", (11, "partiel", 4, 3)),
        (MAISON, "EFF_INT", (4, "partiel", 4, 2)),
        (MAISON, "ETP_TOT_PNM", (Decimal("20.5"), "partiel", 4, 1)),
        (AUTRE, "EFFSAL_TOT", (1000, "calculé", 1, 1)),
        (AUTRE, "EFFSAL_PSY", (0, "calculé", 1, 1)),
        (MUETTE, "EFFSAL_TOT", (None, "non-réponse", 2, 0)),
        (HORS, "ETP_TOT_PNM", (None, "non-réponse", 1, 0)),
    ],
)
def test_sums_of_an_entity_say_who_answered(
    made: duckdb.DuckDBPyConnection, entity: str, variable: str, expected: tuple[object, ...]
) -> None:
    assert cells(made, "ej_personnels", "finess_ej", entity, variable) == expected


def test_sums_of_a_group_count_public_sites_of_member_entities(made: duckdb.DuckDBPyConnection) -> None:
    # PLEIN 7, VIDE 0; SANS_Q20 and the two silent ones don't answer; PRIVE and HOMONYME don't count.
    assert cells(made, "ght_personnels", "code_ght", GROUP, "EFFSAL_TOT") == (7, "partiel", 5, 2)
    assert cells(made, "ght_personnels", "code_ght", GROUP, "EFF_INT_recalcule") == (11, "partiel", 5, 3)
    assert cells(made, "ght_personnels", "code_ght", GROUP, "ETP_AID") == (Decimal("12.25"), "partiel", 5, 1)
    members = rows(made, "SELECT finess, retenu, motif_exclusion FROM fiches.ght_membres WHERE code_ght = ?", GROUP)
    assert {m[0] for m in members} == {PLEIN, SANS_Q20, VIDE, PRIVE, MUET_A, MUET_B}
    assert [m for m in members if not m[1]] == [(PRIVE, False, "site de statut privé")]
    assert rows(made, "SELECT code_ght FROM fiches.etablissements WHERE finess IN (?, ?)", PRIVE, HOMONYME) == [
        (None,),
        (None,),
    ]


def test_site_and_entity_of_the_same_number_are_not_mixed(made: duckdb.DuckDBPyConnection) -> None:
    assert cells(made, "es_personnels", "finess", HOMONYME, "EFFSAL_TOT") == (1000, "publié")
    entities = rows(
        made, "SELECT finess_ej, sites, site_principal FROM core.entites_juridiques WHERE finess_ej LIKE '1499%'"
    )
    assert {e[0]: e[1] for e in entities} == {MAISON: 4, AUTRE: 1, MUETTE: 2, HORS: 1}
    assert {e[0]: e[2] for e in entities}[AUTRE] == HOMONYME
    assert {e[0]: e[2] for e in entities}[MAISON] == PLEIN


def test_recount_takes_the_line_of_total_alone(made: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        made,
        "SELECT variable, valeur_sygen, valeur_recalculee, ecart FROM qualite.sae_recalculs WHERE finess = ? "
        "AND variable IN ('ETP_TOT_PNM', 'ETP_AID', 'EFFSAL_TOT', 'EFFSAL_SPEMED', 'EFF_INT') ORDER BY variable",
        PLEIN,
    )
    assert found == [
        ("EFFSAL_SPEMED", 4, 4, 0),
        ("EFFSAL_TOT", 7, 7, 0),
        ("EFF_INT", 0, 7, -7),
        ("ETP_AID", Decimal("12.25"), Decimal("12.25"), 0),
        ("ETP_TOT_PNM", Decimal("20.5"), Decimal("20.5"), 0),
    ]
    none(
        made,
        "FROM qualite.sae_recalculs WHERE finess = ? AND variable LIKE 'ETP_%' AND valeur_recalculee <> 0",
        SANS_9999,
    )


def test_territory_sums_say_who_answered(made: duckdb.DuckDBPyConnection) -> None:
    """A département with a silent site is `partiel`; the sum is that of those who answered."""
    query = (
        "SELECT h.valeur, h.statut, h.sites, h.sites_repondants FROM atlas.hospitaliers AS h WHERE annee = 2022 "
        "AND niveau = 'departement' AND code = '14' AND secteur = '1' AND variable = 'EFFSAL_TOT'"
    )
    by_hand = (
        "SELECT sum(p.valeur), CASE WHEN count(p.valeur) < count(*) THEN 'partiel' ELSE 'calculé' END, count(*), "
        "count(p.valeur) FROM fiches.es_personnels AS p JOIN fiches.etablissements AS e USING (millesime, finess) "
        "WHERE e.departement = '14' AND e.secteur = '1' AND p.variable = 'EFFSAL_TOT'"
    )
    assert rows(made, query) == rows(made, by_hand)
    assert rows(made, query)[0][1] == "partiel"


def test_marts_of_absent_sources_are_empty_and_said(made: duckdb.DuckDBPyConnection) -> None:
    for table in ("atlas.effectifs", "atlas.densites", "atlas.recrutement", "atlas.formations", "core.population"):
        assert one(made, f"SELECT count(*) FROM {table}") == 0, table
    absent = {r[0] for r in rows(made, "SELECT source FROM qualite.avertissements WHERE sujet = 'source absente'")}
    assert {"bmo", "drees_demographie", "cnam_demographie", "parcoursup"} <= absent
    assert not absent & {"sae", "ght", "insee_cog"}
