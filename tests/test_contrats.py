"""Data contracts: templates that read back, deposits that drift, messages to act on, marts counted by hand."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import python_calamine
from fixtures_entrepots import EDITION, Publication, environment, none, one, rows
from typer.testing import CliRunner

from pipelines import catalogue, cli, readers, steps
from pipelines.arrival import headings, outcomes, staging
from pipelines.arrival.aside import Aside
from pipelines.catalogue import code_lists, contracts
from pipelines.catalogue.layouts import pattern
from pipelines.connectors import mirror
from pipelines.errors import AtlasError, Place, RefusedError, UsageError
from pipelines.settings import Settings
from samples import writers

TABLES = [(source.id, table) for source in contracts.load_all() for table in source.tables]
Row = dict[str, str]


def deposits(root: Path, source_id: str, table: str) -> Path:
    """The newest fictitious deposit of a table."""
    source = catalogue.load(source_id)
    millesime = mirror.vintages(root, source)[-1]
    rule = pattern(source.layout(table, millesime).file, millesime)
    return next(p for p in mirror.offer(root, source, millesime).files if rule.fullmatch(p.name))


def cells(path: Path, source_id: str, table: str) -> list[list[str]]:
    """Header and rows of a deposit, as text."""
    source = catalogue.load(source_id)
    millesime = int(path.parent.name)
    layout = source.layout(table, millesime)
    (extract,) = readers.read(path, layout, Place(source=source_id, millesime=millesime))
    columns = [[cell or "" for cell in column.to_pylist()] for column in extract.columns]
    return [extract.headings, *map(list, zip(*columns, strict=True))]


def stage(path: Path, source_id: str, table: str) -> tuple[staging.Staged, list[Row]]:
    source = catalogue.load(source_id)
    with duckdb.connect() as connection:
        staged, _ = staging.stage(connection, source, table, int(path.parent.name), [path], path.parent)
        names = [c.name for c in source.of_table(table)]
        found = connection.execute(f"SELECT {', '.join(names)} FROM '{staged.path}' ORDER BY _ligne").fetchall()
    return staged, [dict(zip(names, map(str, row), strict=True)) for row in found]


def write(path: Path, lines: list[list[str]]) -> Path:
    if path.suffix == ".csv":
        writers.delimited(path, lines[0], lines[1:])
    else:
        writers.xlsx(path, [(contracts.DATA, lines)])
    return path


# --- the template -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source_id", "table"), TABLES)
def test_a_template_reads_back(source_id: str, table: str, tmp_path: Path) -> None:
    """Headings are those that staging looks for; codes, notice and example are in the workbook."""
    source = catalogue.load(source_id)
    millesime = contracts.newest(source)
    folder = tmp_path / str(millesime)
    folder.mkdir()
    written = contracts.write(source_id, folder, table=table)
    assert written.name == f"{contracts.file_name(source, table, millesime)}.xlsx"
    layout = source.layout(table, millesime)
    assert pattern(layout.file, millesime).fullmatch(written.name)
    where = Place(source=source_id, millesime=millesime)
    (extract,) = readers.read(written, layout, where)
    assert extract.rows == 0
    assert headings.unknown(source, table, millesime, extract) == []
    assert len(headings.match(source, table, millesime, extract, where)) == len(source.of_table(table))
    # An empty deposit is told as such.
    with pytest.raises(RefusedError, match="que son en-tête"):
        staging.read_files(source, table, millesime, [written], Aside())
    notice = sheet(written, contracts.NOTICE)
    assert all(column.description in notice for _, column in contracts.columns(source, table, millesime))
    assert "FICTIF" in sheet(written, contracts.EXAMPLE)
    codes = {code for found in code_lists.of_table(source, table).values() for code in found}
    assert codes <= set(sheet(written, contracts.LISTS).split("\n"))
    with zipfile.ZipFile(written) as book:
        rules = book.read("xl/worksheets/sheet1.xml").decode().count("<dataValidation ")
    assert rules == len(source.tables[table].listes)
    plain = contracts.write(source_id, folder / f"{written.stem}.csv", table=table)
    (again,) = readers.read(plain, layout, where)
    assert again.headings == extract.headings


def sheet(path: Path, name: str) -> str:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return "\n".join(str(cell) for line in book.get_sheet_by_name(name).to_python() for cell in line)


@pytest.mark.parametrize(("source_id", "table"), TABLES)
def test_a_template_is_the_same_bytes_each_time(source_id: str, table: str) -> None:
    source = catalogue.load(source_id)
    year = contracts.newest(source)
    first, again = (zipfile.ZipFile(io.BytesIO(contracts.xlsx_template(source, table, year))) for _ in range(2))
    assert {n: first.read(n) for n in first.namelist()} == {n: again.read(n) for n in again.namelist()}


@pytest.mark.parametrize(("source_id", "table"), TABLES)
def test_examples_say_that_they_are_fictitious(source_id: str, table: str) -> None:
    source = catalogue.load(source_id)
    examples = source.tables[table].exemple
    assert examples
    lists = code_lists.of_table(source, table)
    texts = {c.name for c in source.of_table(table) if c.type == "VARCHAR"}
    for row in examples:
        assert any("FICTIF" in row.get(name, "") for name in texts), row
        assert all(not row.get(column) or row[column] in codes for column, codes in lists.items()), row


def test_a_template_is_asked_for_properly(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="n'est pas un contrat"):
        contracts.write("sae", tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match="plusieurs tables"):
        contracts.write("formations_sanitaires", tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match="n'a pas de table « autre »"):
        contracts.write("formations_sanitaires", tmp_path / "a.xlsx", table="autre")
    with pytest.raises(UsageError, match=r"ne s'écrit pas sous ce nom : a\.pdf"):
        contracts.write("mpom", tmp_path / "a.pdf")
    contracts.write("mpom", tmp_path / "a.xlsx", millesime=2026)
    assert "2026" in sheet(tmp_path / "a.xlsx", contracts.NOTICE)
    with pytest.raises(UsageError, match="existe déjà"):
        contracts.write("mpom", tmp_path / "a.xlsx")


def test_contracts_say_that_the_layout_is_ours() -> None:
    for source in contracts.load_all():
        assert "nôtre" in source.limits or "notre présentation" in source.limits, source.id
        assert "que des lignes fictives" in source.limits, source.id
        for table in source.tables.values():
            assert [layout.reader for layout in table.layouts] == ["deposit"] * len(table.layouts)
    assert {s.id for s in contracts.load_all() if s.restreint} == {"cnracl", "carmf"}


def test_a_list_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="liste « rebouteux » ne se lit pas"):
        code_lists.reference("rebouteux")
    with pytest.raises(AtlasError, match="ne se lit pas"):
        code_lists.reference("territoires")  # it reads other tables


def test_an_entry_that_names_an_unknown_column_is_refused(tmp_path: Path) -> None:
    for name in ("mpom.yml", "mpom.columns.csv"):
        shutil.copy(catalogue.FOLDER / name, tmp_path / name)
    entry = tmp_path / "mpom.yml"
    entry.write_text(entry.read_text(encoding="utf-8").replace("[periode_fin, objectif]", "[cible]"), encoding="utf-8")
    with pytest.raises(AtlasError, match=r"colonnes absentes de la carte : \['cible'\]"):
        catalogue.parse(tmp_path, "mpom")


# --- deposits that drift ------------------------------------------------------------------------------


@pytest.fixture(params=TABLES, ids=lambda pair: ".".join(pair))
def deposit(request: pytest.FixtureRequest, sample_extracts: Path) -> tuple[str, str, Path]:
    source_id, table = request.param
    return source_id, table, deposits(sample_extracts, source_id, table)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_reordered_and_added_columns(deposit: tuple[str, str, Path], suffix: str, tmp_path: Path) -> None:
    source_id, table, path = deposit
    lines = cells(path, source_id, table)[:60]
    wanted = stage(write(tmp_path / "droit" / path.parent.name / f"{path.stem}{suffix}", lines), source_id, table)
    turned = [[*reversed(line), "x"] for line in lines]
    turned[0][-1] = "Remarque"
    turned[0][0] = f"  {turned[0][0].upper()} "
    found = stage(write(tmp_path / "tourné" / path.parent.name / f"{path.stem}{suffix}", turned), source_id, table)
    assert found[1] == wanted[1]
    assert len(found[1]) == len(lines) - 1
    assert found[0].unknown_headings == ["Remarque"]
    assert wanted[0].quarantined == found[0].quarantined == 0


def test_renamed_and_missing_columns(deposit: tuple[str, str, Path], tmp_path: Path) -> None:
    source_id, table, path = deposit
    lines = cells(path, source_id, table)[:10]
    name = lines[0][-1]
    renamed = [[*lines[0][:-1], f"{name}_bis"], *lines[1:]]
    with pytest.raises(RefusedError) as said:
        stage(write(tmp_path / path.parent.name / f"{path.stem}.csv", renamed), source_id, table)
    assert f"est peut-être devenue « {name}_bis »" in str(said.value)
    assert f"atlas contrat {source_id}" in said.value.todo
    cut = [line[:-1] for line in lines]
    with pytest.raises(RefusedError, match=f"Il manque 1 colonne.*{name}"):
        stage(write(tmp_path / path.parent.name / f"{path.stem}.csv", cut), source_id, table)
    twice = [[*line, line[-1]] for line in lines]
    with pytest.raises(RefusedError, match="deux fois dans l'en-tête"):
        stage(write(tmp_path / path.parent.name / f"{path.stem}.csv", twice), source_id, table)


def test_the_next_year_needs_nothing(deposit: tuple[str, str, Path], tmp_path: Path) -> None:
    source_id, table, path = deposit
    source = catalogue.load(source_id)
    year = int(path.parent.name)
    following = tmp_path / str(year + 1) / path.name.replace(str(year), str(year + 1))
    lines = cells(path, source_id, table)[:10]
    staged, found = stage(write(following, lines), source_id, table)
    assert len(found) == len(lines) - 1
    assert source.declares(year + 1)
    assert pattern(source.layout(table, year + 1).file, year + 1).fullmatch(following.name)
    assert not pattern(source.layout(table, year + 1).file, year + 1).fullmatch(path.name)
    assert not staged.unknown_headings


def test_french_numbers_signs_and_dates(tmp_path: Path, sample_extracts: Path) -> None:
    path = deposits(sample_extracts, "dispositifs", "dispositifs")
    header, first, *_ = cells(path, "dispositifs", "dispositifs")
    place = {name: rank for rank, name in enumerate(header)}

    def row(**changes: str) -> list[str]:
        return [changes.get(name, first[place[name]]) for name in header]

    made = write(
        tmp_path / "2024" / "dispositifs_2024.csv",
        [
            header,
            row(montant="1 234,50", beneficiaires="1 012"),
            row(montant="s", beneficiaires="nd", intitule="b"),
            row(montant="", beneficiaires="0", intitule="c"),
            row(date_debut="01/09/2024", intitule="d"),
            row(beneficiaires="douze", intitule="e"),
        ],
    )
    source = catalogue.load("dispositifs")
    with duckdb.connect() as connection:
        staged, aside = staging.stage(connection, source, "dispositifs", 2024, [made], made.parent)
        found = rows(
            connection,
            f"SELECT montant::VARCHAR, montant_statut, beneficiaires, beneficiaires_statut FROM '{staged.path}'",
        )
    assert found == [
        ("1234.50", "publié", 1012, "publié"),
        (None, "secret", None, "nd"),
        (None, "vide", 0, "publié"),
        ("31170.94", "publié", None, "nd"),
    ]
    assert [a["motif"] for a in aside] == [
        "colonne date_debut : « 01/09/2024 » n’est pas une date écrite AAAA-MM-JJ : "
        "deux lectures, écrire 2024-01-09 ou 2024-09-01",
        "colonne beneficiaires : « douze » n’est pas un nombre entier",
    ]
    assert [a["colonne"] for a in aside] == ["", "beneficiaires"]


# --- deposits that are wrong --------------------------------------------------------------------------


def refused(source_id: str, millesime: int) -> RefusedError:
    with pytest.raises(RefusedError) as said:
        steps.ingest(source_id, millesime)
    return said.value


def depose(root: Path, source_id: str, millesime: int, text: str, table: str = "") -> None:
    name = f"{source_id}{'_' + table if table else ''}_{millesime}.csv"
    lines = list(csv.reader(io.StringIO(text.strip()), delimiter=";"))
    write(root / source_id / str(millesime) / name, lines)


@pytest.mark.parametrize(("source_id", "table"), TABLES)
def test_the_example_itself_is_never_accepted(source_id: str, table: str, depot: tuple[Path, Settings]) -> None:
    root, now = depot
    source = catalogue.load(source_id)
    year = contracts.newest(source)
    for name in source.tables:
        fields = contracts.columns(source, name, year)
        lines = [[h for h, _ in fields], *([r.get(c.name, "") for _, c in fields] for r in source.tables[name].exemple)]
        write(root / source.folder / str(year) / f"{contracts.file_name(source, name, year)}.csv", lines)
    refused(source_id, year)
    kept = outcomes.latest(now, source_id, year, accepted=False)
    assert kept is not None
    controls = {c.controle: c for c in kept[1].controls if c.objet == source.staged_name(table)}
    assert controls["exemple_retire"].lignes == len(source.tables[table].exemple)


CNRACL = """
annee;caisse;profession;departement;age_liquidation;classe_age;n_liquidations;n_cumul
2024;CNRACL;infirmier;14;60;;20;1
2024;CNRACL;infirmier;27;60;;30;0
2024;CNRACL;infirmier;50;60;;40;2
2024;CNRACL;infirmier;61;60;;s;s
2024;CNRACL;infirmier;76;60;;50;3
"""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("infirmier;14", "infirmiere;14", "la colonne profession prend une valeur de sa liste : medecin"),
        ("CNRACL;infirmier;14", "CARMF;infirmier;14", "la colonne caisse prend une valeur de sa liste : CNRACL"),
        ("60;;20;1", "60;;;", "la colonne n_liquidations n'est jamais vide"),
        ("60;;20;1", "60;60-64;20;1", "une ligne donne l'âge ou la classe d'âge, jamais les deux"),
        ("infirmier;14", "infirmier;Calvados", "le département est un code officiel"),
        ("infirmier;27;60;;30", "infirmier;14;60;;30", "se contredisent : aucune n'est gardée"),
        ("60;;20;1", "60;;vingt;1", "colonne n_liquidations : « vingt » n’est pas un nombre entier"),
        ("2024;CNRACL;infirmier;14", "2025;CNRACL;infirmier;14", "la dernière année est celle du millésime, 2024"),
    ],
)
def test_a_wrong_line_is_told(depot: tuple[Path, Settings], before: str, after: str, told: str) -> None:
    root, _ = depot
    depose(root, "cnracl", 2024, CNRACL)
    assert steps.ingest("cnracl", 2024)["ecartees"] == 0
    assert before in CNRACL
    depose(root, "cnracl", 2024, CNRACL.replace(before, after))
    error = refused("cnracl", 2024)
    assert told in f"{error.what} {error.expected}"
    assert error.where.file == "cnracl_2024.csv"
    assert error.where.line == 2
    assert "atlas contrat cnracl" in error.todo


def test_numbers_that_disagree_are_told_and_kept(
    depot: tuple[Path, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    root, _ = depot
    depose(root, "cnracl", 2024, CNRACL.replace("60;;20;1", "60;;20;21"))
    assert steps.ingest("cnracl", 2024)["ecartees"] == 0
    assert "cumul_parmi_liquidations de cnracl" in caplog.text


ZONAGE = """
profession;niveau;code;zone;arrete;date_arrete;valide_du;valide_au
medecin;commune;14118;ZAC;n° 1;2019-07-04;2019-07-05;2024-06-30
medecin;commune;14118;ZIP;n° 2;2024-06-20;2024-07-01;
medecin;commune;14047;ZAC;n° 1;2019-07-04;2019-07-05;
infirmier;commune;14118;SD;n° 3;2023-01-01;2023-01-01;
sage_femme;commune;14118;INT;n° 4;2023-01-01;2023-01-01;
"""


@pytest.mark.parametrize("end", ["2024-07-01", "2025-12-31", ""])
def test_overlapping_arretes_are_refused(depot: tuple[Path, Settings], end: str) -> None:
    root, _ = depot
    depose(root, "zonage_arretes", 2024, ZONAGE)
    assert steps.ingest("zonage_arretes", 2024)["ecartees"] == 0
    depose(root, "zonage_arretes", 2024, ZONAGE.replace("2024-06-30", end))
    error = refused("zonage_arretes", 2024)
    assert "un territoire n'a qu'une zone à la fois par profession" in error.what
    for part in ("profession = medecin", "code = 14118", "arrete = n° 1 du 2019", "chevauche = n° 2 du 2024-07-01"):
        assert part in error.what, part
    assert "un arrêté finit (valide_au) la veille du jour où le suivant prend effet" in error.expected
    assert (error.where.file, error.where.line) == ("zonage_arretes_2024.csv", 2)


def test_two_deposits_of_one_table_are_refused(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    depose(root, "zonage_arretes", 2024, ZONAGE)
    lines = list(csv.reader(io.StringIO(ZONAGE.strip()), delimiter=";"))
    write(root / "zonage_arretes" / "2024" / "zonage_arretes_2024.xlsx", lines)
    assert "Deux fichiers se disent la même partie" in refused("zonage_arretes", 2024).what


def test_a_comma_in_place_of_the_separator_is_told(depot: tuple[Path, Settings]) -> None:
    root, _ = depot
    depose(root, "zonage_arretes", 2024, ZONAGE.replace(";", ","))
    assert "Le séparateur n'est pas « ; »" in refused("zonage_arretes", 2024).what


# --- marts counted by hand ----------------------------------------------------------------------------

CARMF = """
annee;caisse;profession;departement;age_liquidation;classe_age;n_liquidations;n_cumul
2024;CARMF;medecin;14;62;;3;1
2024;CARMF;medecin;14;70;;1;1
2024;CARMF;medecin;27;66;;4;0
2024;CARMF;medecin;50;;65-69;5;2
2024;CARMF;medecin;61;66;;s;s
"""
INSTITUTS = """
annee;uai;finess;institut;gestionnaire;commune;diplome;places_autorisees;entrants;presents_annee_1;presents_annee_2;presents_annee_3;presents_annee_4;diplomes;apprentis;interruptions
2024;0140001A;;Institut A;CH;{c14};infirmier;100;90;95;80;75;///;70;5;12
2024;0270001B;;Institut B;CH;{c27};infirmier;60;60;62;50;nd;///;s;0;6
2024;0140001A;;Institut A;CH;{c14};aide_soignant;40;38;38;///;///;///;35;2;3
2024;0760001C;;Institut C;CH;{c76};infirmier;80;78;79;70;66;///;60;1;4
2024;0500001D;;Institut D;CH;{c50};infirmier;30;30;30;28;27;///;25;0;1
2024;0610001E;;Institut E;CH;{c61};infirmier;20;19;19;18;18;///;17;0;1
2024;0610001E;;Institut E;CH;{c61};ambulancier;20;19;19;///;///;///;17;0;1
2024;0610001E;;Institut E;CH;{c61};cadre_sante;20;19;19;///;///;///;17;0;1
2024;0610001E;;Institut E;CH;{c61};puericultrice;20;19;19;///;///;///;17;0;1
2024;0610001E;;Institut E;CH;{c61};auxiliaire_puericulture;20;19;19;///;///;///;17;0;1
"""
PROMOTIONS = """
annee;uai;diplome;annee_entree;entrants;diplomes;en_formation;interruptions
2023;0140001A;infirmier;2019;80;50;20;10
2024;0140001A;infirmier;2019;80;64;0;16
2024;0270001B;infirmier;2019;40;38;0;2
2024;0140001A;infirmier;2020;90;60;9;21
2024;0270001B;infirmier;2020;40;30;0;10
"""


def arretes(territoire: dict[str, list[str]]) -> str:
    one_, _, third, past = territoire["14"][:4]
    return f"""
profession;niveau;code;zone;arrete;date_arrete;valide_du;valide_au
medecin;tvs;T1;ZIP;n° 1;2024-06-01;2024-07-01;
medecin;commune;{one_};ZAR;n° 2;2024-06-01;2024-07-01;
medecin;commune;{past};HV;n° 0;2019-06-01;2019-07-01;2024-12-31
medecin;commune;{territoire["27"][0]};ZV;n° 3;2024-12-01;2025-01-02;
infirmier;commune;{third};TSD;n° 4;2024-06-01;2024-07-01;
medecin;tvs;T404;ZIP;n° 1;2024-06-01;2024-07-01;
"""


@pytest.fixture(scope="module")
def hand(
    sample_extracts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, list[str]]]]:
    """An edition of fictitious geography and of hand-made deposits."""
    root = tmp_path_factory.mktemp("contrats") / "extraits"
    kept = ("insee_cog", "insee_population", "bmo", "zonage_medecins", "nomenclatures")
    for name in kept:
        if (sample_extracts / name).is_dir():
            shutil.copytree(sample_extracts / name, root / name)
    shutil.copy(sample_extracts / mirror.FICTIF, root / mirror.FICTIF)
    lines = cells(sample_extracts / "tvs" / "2024" / "tvs_2024.csv", "tvs", "tvs")
    places: dict[str, list[str]] = {}
    for commune, *_ in lines[1:]:
        places.setdefault(commune[:2], []).append(commune)
    one_, other = places["14"][:2]
    turned = [[c, "T1" if c in (one_, other) else t, "T un" if c in (one_, other) else n] for c, t, n in lines[1:]]
    write(root / "tvs" / "2024" / "tvs_2024.csv", [lines[0], *turned])
    depose(root, "zonage_arretes", 2024, arretes(places))
    depose(root, "carmf", 2024, CARMF)
    known = {f"c{d}": places[d][0] for d in ("14", "27", "50", "61", "76")}
    depose(root, "formations_sanitaires", 2024, INSTITUTS.format(**known), "instituts")
    depose(root, "formations_sanitaires", 2024, PROMOTIONS, "promotions")
    with environment(tmp_path_factory.mktemp("contrats-entrepot"), root):
        for source in catalogue.load_all():
            for millesime in steps.vintages(source.id):
                steps.ingest(source.id, millesime)
        steps.lock(EDITION)
        target = steps.build(EDITION)
        with duckdb.connect(target, read_only=True) as connection:
            yield connection, places


Hand = tuple[duckdb.DuckDBPyConnection, dict[str, list[str]]]


@pytest.mark.lent
def test_departures_are_recomputed_from_sums(hand: Hand) -> None:
    db, _ = hand
    found = rows(
        db,
        "SELECT niveau, code, liquidations, cumul, liquidations_age_connu, age_moyen::VARCHAR, departements, "
        "departements_du_territoire, statut FROM atlas.cessations ORDER BY niveau, code",
    )
    assert found == [
        ("departement", "14", 4, 2, 4, "64.00", 1, 1, "calculé"),  # (3 × 62 + 70) / 4
        ("departement", "27", 4, 0, 4, "66.00", 1, 1, "calculé"),
        ("departement", "50", 5, 2, None, None, 1, 1, "calculé"),  # by class of age: no mean
        ("departement", "61", None, None, None, None, 1, 1, "secret"),
        ("france", "F", 13, 4, 8, "65.00", 4, 101, "partiel"),
        ("region", "28", 13, 4, 8, "65.00", 4, 5, "partiel"),  # (4 × 64 + 4 × 66) / 8; 76 is absent, 61 secret
    ]


def test_only_closed_cohorts_have_a_drop_out(hand: Hand) -> None:
    db, _ = hand
    query = (
        "SELECT annee, promotion_entrants, promotion_diplomes, promotion_en_formation, promotion_statut, "
        "valeur::VARCHAR FROM atlas.formations_regionales WHERE diplome = 'infirmier' AND niveau = ? AND code = ? "
        "ORDER BY annee"
    )
    assert rows(db, query, "institut", "0140001A") == [
        (2019, 80, 64, 0, "close", "0.200000"),  # the later observation replaces the earlier one
        (2020, 90, 60, 9, "en cours", None),
        (2024, None, None, None, "non suivie", None),
    ]
    assert rows(db, query, "region", "28") == [
        (2019, 120, 102, 0, "close", "0.150000"),  # 1 - 102 / 120, not the mean of 0.2 and 0.05
        (2020, 130, 90, 9, "en cours", None),
        (2024, None, None, None, "non suivie", None),
    ]


def test_training_places_are_sums_and_say_what_is_hidden(hand: Hand) -> None:
    db, _ = hand
    found = rows(
        db,
        "SELECT instituts, places_autorisees, entrants, presents, diplomes, apprentis, statut "
        "FROM atlas.formations_regionales WHERE annee = 2024 AND diplome = 'infirmier' AND niveau = 'region'",
    )
    # 95+80+75 + 79+70+66 + 30+28+27 + 19+18+18; one hides its graduates, and lacks a year of presents
    assert found == [(5, 290, 277, 605, 172, 6, "partiel")]
    none(db, "SELECT 1 FROM atlas.formations_regionales WHERE niveau = 'france'")  # one région is not France


def test_the_arrete_in_force_prevails_over_the_list(hand: Hand) -> None:
    db, places = hand
    one_, other, third, past = places["14"][:4]
    zones = dict(
        rows(
            db,
            "SELECT code, zone || ', ' || origine FROM atlas.acces WHERE niveau = 'commune' AND profession = 'medecin'",
        )
    )
    assert zones[one_] == "ZAR, arrêté"  # the commune's own line prevails over its territory's
    assert zones[other] == "ZIP, arrêté"
    for commune in (third, past, places["27"][0]):  # another profession's; ended the day before; not yet in force
        zone = one(db, "SELECT zone FROM core.zonage WHERE commune = ? AND reference", commune)
        assert zones[commune] == f"{zone}, liste"
    assert rows(db, "SELECT DISTINCT annee FROM atlas.acces") == [(EDITION,)]
    france = "SELECT any_value(avertissement) FROM atlas.acces WHERE niveau = 'france' AND profession = ?"
    warned = str(one(db, france, "medecin"))
    # A place is a commune, or one of the arrondissements of Paris, Lyon and Marseille.
    lieux = "(SELECT DISTINCT commune, lieu FROM core.population_lieux)"
    total = one(db, f"SELECT count(*) FROM reference.communes LEFT JOIN {lieux} USING (commune)")
    assert f"zone de la liste non officielle de 2022 : {int(str(total)) - 2}" in warned
    # Another profession has the zones of its own arrêtés, and no list behind them.
    nurses = "SELECT zone, origine FROM atlas.acces WHERE profession = 'infirmier' AND niveau = 'commune' AND code = ?"
    assert rows(db, nurses, third) == [("TSD", "arrêté")]
    assert rows(db, nurses, one_) == [("non classée", "sans arrêté")]
    assert f"donc sans zone : {int(str(total)) - 1}" in str(one(db, france, "infirmier"))
    none(
        db,
        "SELECT profession, niveau, code FROM atlas.acces WHERE statut = 'calculé' GROUP BY ALL "
        "HAVING abs(sum(valeur) - 1) > 0.00001 OR sum(population) <> max(population_totale)",
    )


def test_an_unknown_territory_is_listed(hand: Hand) -> None:
    db, _ = hand
    found = rows(db, "SELECT niveau, code_publie FROM qualite.territoires_inconnus WHERE source = 'zonage_arretes'")
    assert found == [("tvs", "T404")]
    assert rows(db, "SELECT commune FROM core.zonage_arretes WHERE code_publie = 'T404'") == [(None,)]


# --- the sample, and what is released -----------------------------------------------------------------


def test_internat_dip_is_a_break_not_a_trend(sample_db: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        sample_db,
        "SELECT annee, postes, postes_cesp, rupture IS NOT NULL FROM atlas.internat "
        "WHERE niveau = 'france' AND specialite = 'ensemble' ORDER BY annee",
    )
    assert found == [(2023, 9484, 252, False), (2024, 7974, 285, True)]
    norman = rows(
        sample_db,
        "SELECT sum(postes) FILTER (niveau = 'subdivision' AND code IN ('caen', 'rouen')), "
        "sum(postes) FILTER (niveau = 'region' AND code = '28') FROM atlas.internat "
        "WHERE annee = 2023 AND specialite = 'ensemble'",
    )
    assert norman[0][0] == norman[0][1] > 0


def test_objectives_stand_beside_whole_periods_only(sample_db: duckdb.DuckDBPyConnection) -> None:
    none(
        sample_db,
        "SELECT 1 FROM atlas.objectifs_formation AS o WHERE niveau = 'region' AND capacite_cumulee IS DISTINCT FROM ("
        "SELECT sum(capacite_cycle_2) FROM atlas.objectifs_formation AS p WHERE p.profession = o.profession "
        "AND p.niveau = o.niveau AND p.code = o.code AND p.annee BETWEEN 2021 AND o.annee)",
    )
    total = "SELECT objectif FROM atlas.objectifs_formation WHERE niveau = 'france' AND annee = 2021 AND profession = ?"
    assert one(sample_db, total, "medecin") == 51505


def test_schemes_have_no_national_total(sample_db: duckdb.DuckDBPyConnection) -> None:
    none(sample_db, "SELECT 1 FROM atlas.dispositifs WHERE niveau = 'france'")
    assert rows(sample_db, "SELECT 1 FROM atlas.dispositifs WHERE niveau = 'epci' LIMIT 1")
    assert rows(sample_db, "SELECT 1 FROM atlas.dispositifs WHERE statut = 'partiel' LIMIT 1")


def test_a_release_holds_the_subdivisions_of_its_region(released: Publication) -> None:
    (path,) = (released.release / "csv").glob("*atlas.internat.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        codes = {r["code"] for r in csv.DictReader(handle) if r["niveau"] == "subdivision"}
    assert codes == {"caen", "rouen"}


def test_the_command_writes_a_template(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["contrat", "internat_postes", str(tmp_path / "modele.xlsx"), "-m", "2026"])
    assert "Modèle écrit" in done.output
    assert (tmp_path / "modele.xlsx").is_file()
    assert "zonage_arretes" in CliRunner().invoke(cli.app, ["contrat"]).output
    assert "postes_cesp" in CliRunner().invoke(cli.app, ["contrat", "internat_postes"]).output
