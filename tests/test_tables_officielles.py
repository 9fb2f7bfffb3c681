"""Official workbooks and open tables: how each layout reads, and what it says when the producer moves something."""

import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import none, one, rows

import samples
from pipelines import catalogue
from pipelines.arrival import staging
from pipelines.catalogue.layouts import pattern
from pipelines.errors import RefusedError
from samples import geographie, territoires, writers
from samples.population import Population, write_communes
from samples.writers import Cell

Sheets = Sequence[tuple[str, Sequence[Sequence[Cell]]]]
Read = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Stages files that the test wrote, and returns the columns that it names, in their order."""

    def run(source: str, table: str, millesime: int, names: str, *paths: Path) -> list[tuple[Any, ...]]:
        entry = catalogue.load(source)
        rule = pattern(entry.layout(table, millesime).file, millesime)
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


def doctors(
    tmp_path: Path, head: Sequence[Cell], line: Sequence[Cell], *, above: Sequence[Sequence[Cell]] = ()
) -> Path:
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
    assert (staged.rows, [(row["ligne"], row["controle"]) for row in aside]) == (1, [(2, "type")])


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


# --- APL: a header to seek, a line of units, footers -------------------------------------------------

GP = [
    "Code commune INSEE",
    "Commune",
    "APL aux médecins généralistes",
    "APL aux médecins généralistes de 65 ans et moins ",
]
WEIGHT = ["Population standardisée 2021 pour la médecine générale", "Population totale 2021"]
APL = "profession, annee, commune, apl::DOUBLE, apl_65::DOUBLE, population_standardisee::DOUBLE, _ligne"


def apl(tmp_path: Path, head: list[Cell], *lines: list[Cell], above: int = 8, name: str = "") -> Path:
    notes: list[list[Cell]] = [["Champ : France hors Mayotte"], *[[]] * (above - 1)]
    units: list[Cell] = [None, None, "En nombre de consultations/visites accessibles par habitant standardisé"]
    rows: list[list[Cell]] = [*notes, head, units, *lines, [], ["Lecture : …"], ["Source : DREES"]]
    return book(
        tmp_path / (name or "Indicateur d'APL aux médecins généralistes.xlsx"), [("Notes", [["x"]]), ("APL 2023", rows)]
    )


def test_apl_seeks_its_header_and_leaves_units_and_footers(tmp_path: Path, read: Read) -> None:
    path = apl(tmp_path, [*GP, *WEIGHT], ["01001", "L'Abergement", 2.4, 2.1, 766.5, 800.000000004])
    expected = ("médecins généralistes", 2023, "01001", 2.4, 2.1, 766.5, 11)
    assert read("apl", "apl", 2023, APL, path) == [expected]


def test_apl_drift(tmp_path: Path, read: Read) -> None:
    """Reordered, another wording, another year in the names, no age bounds, more lines above."""
    head: list[Cell] = ["Commune", "Code commune INSEE", "Population féminine standardisée 2022 pour les sages-femmes"]
    head += ["APL aux sages-femmes", "Population totale 2022", "Population féminine 2022", "EPCI"]
    line: list[Cell] = ["Ajaccio", "2A004", 300, 21.5, 700, 360, "x"]
    path = apl(tmp_path, head, line, above=11, name="indicateur_d_apl_aux_sages_femmes.xlsx")
    assert read("apl", "apl", 2024, APL, path) == [("sages_femmes", 2023, "2A004", 21.5, None, 300.0, 14)]
    with pytest.raises(RefusedError, match="Il manque 1 colonne"):
        read("apl", "apl", 2023, APL, apl(tmp_path, [*GP, "Population totale 2021"], ["01001", "x", 1, 1, 1]))


def test_apl_is_weighted_at_every_level(sample_db: duckdb.DuckDBPyConnection) -> None:
    """The region is neither the mean of its communes nor that of its départements."""
    (published,) = rows(
        sample_db,
        "SELECT valeur::DOUBLE, population_sous_2_5 FROM atlas.apl WHERE annee = 2023 AND profession = 'medecin' "
        "AND niveau = 'region' AND code = '28'",
    )
    communes = rows(
        sample_db,
        "SELECT apl::DOUBLE, population_standardisee::DOUBLE, population FROM core.apl "
        "WHERE annee = 2023 AND profession = 'medecin' AND region = '28'",
    )
    weighted = sum(a * w for a, w, _ in communes) / sum(w for _, w, _ in communes)
    assert published[0] == pytest.approx(weighted, abs=1e-4)
    assert published[0] != pytest.approx(sum(a for a, *_ in communes) / len(communes), abs=1e-3)
    # By commune as published: one that has merged is not lost in the mean of the one that took it over.
    under = one(
        sample_db,
        "SELECT round(sum(population_totale)) FROM staging.apl WHERE annee = 2023 AND profession ILIKE 'm%decins%' "
        "AND apl < 2.5 AND commune[:2] IN ('14', '27', '50', '61', '76')",
    )
    assert published[1] == under


# --- Population by age, projections ------------------------------------------------------------------


def test_population_by_age_of_another_year(tmp_path: Path, read: Read) -> None:
    ages = ["0 à 4 ans", "95 ans et plus", "Total"]
    groups: list[Cell] = ["Départements", None, "Hommes", None, None, "Femmes", None, None]
    sheet: list[list[Cell]] = [["Titre"], ["Année 2026"], [], groups, [None, None, *ages, *ages]]
    sheet += [["14", "Calvados", 10, 2, 12, 9, 3, 12], [971, "Guadeloupe ", 1, 1, 2, 1, 1, 2], [], ["Source : Insee"]]
    path = book(tmp_path / "estim-pop-dep-sexe-aq-1975-2026.xlsx", [("À savoir", [["x"]]), ("2026", sheet)])
    found = read(
        "insee_population_ages",
        "insee_population_ages",
        2026,
        "annee, departement, sexe, tranche_age, population",
        path,
    )
    assert len(found) == 12
    assert (2026, "14", "Femmes", "95 ans et plus", 3) in found
    assert (2026, "971", "Hommes", "Total", 2) in found


def test_projections_keep_their_scenario(tmp_path: Path, read: Read) -> None:
    rows_: list[list[Cell]] = [
        ["Titre"],
        [],
        ["AGE", "ZONE", "SEXE", "2049", "2050"],
        ["65 à 69 ans", "Calvados", 1, 9.5, 10],
    ]
    path = book(tmp_path / "donnees_det_Pop_haute.xlsx", [("Population", rows_)])
    found = read("insee_omphale", "insee_omphale", 2022, "scenario, zone, sexe, age, annee, population::DOUBLE", path)
    assert found == [
        ("Pop_haute", "Calvados", "1", "65 à 69 ans", 2049, 9.5),
        ("Pop_haute", "Calvados", "1", "65 à 69 ans", 2050, 10),
    ]


def test_older_people_observed_and_projected(sample_db: duckdb.DuckDBPyConnection) -> None:
    ((counted,),) = rows(
        sample_db,
        "SELECT sum(population) FROM core.population_ages WHERE annee = 2022 AND region = '28' AND sexe = 'ensemble' "
        "AND age_min >= 65",
    )
    found = rows(
        sample_db,
        "SELECT annee, scenario, valeur::INTEGER, statut FROM atlas.besoins WHERE indicateur = 'population_65_plus' "
        "AND niveau = 'region' AND code = '28' AND annee IN (2022, 2050) ORDER BY annee",
    )
    assert found[0] == (2022, "observé", counted, "calculé")
    assert [(year, scenario, status) for year, scenario, _, status in found[1:]] == [(2050, "Central", "projeté")]
    # Both files of INSEE say the same population.
    none(
        sample_db,
        "SELECT a.annee, a.departement FROM (SELECT annee, departement, sum(population) AS n FROM core.population_ages "
        "WHERE sexe = 'ensemble' GROUP BY ALL) AS a JOIN core.population AS p ON p.annee = a.annee "
        "AND p.niveau = 'departement' AND p.code = a.departement "
        "AND p.sexe = 'ensemble' AND p.tranche_age = 'ensemble' "
        "WHERE a.n <> p.population",
    )


# --- CNAM: needs --------------------------------------------------------------------------------------


def test_cnam_secrets_and_rates(tmp_path: Path, read: Read, sample_db: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "patients-longueduree-annuelle_2024.csv"
    path.write_text(
        "libelle_region;annee;departement;taux_patients_ald_sans_mt_integer;region;nouvelle\n"
        "Normandie;2024;14;4.6;28;x\nNormandie;2024;61;NS;28;x\n",
        encoding="utf-8",
    )
    found = read("cnam_medecin_traitant", "cnam_medecin_traitant", 2024, "departement, taux::DOUBLE, taux_statut", path)
    assert found == [("14", 4.6, "publié"), ("61", None, "secret")]
    none(sample_db, "SELECT 1 FROM core.cnam_ald WHERE statut = 'secret' AND patients IS NOT NULL")
    assert rows(sample_db, "SELECT 1 FROM core.cnam_ald WHERE statut = 'secret' LIMIT 1")
    none(
        sample_db,
        "SELECT niveau, code FROM atlas.besoins WHERE indicateur = 'part_ald' "
        "AND abs(valeur - numerateur / denominateur) > 0.000001",
    )


# --- BMO: a suffix a year, other spellings, another nomenclature ---------------------------------------

OLD_BMO = ["annee", "code métier BMO ", "nom_metier BMO", "Famille_metier", "Libellé de famille de métier"]
PLACE: list[Cell] = ["14", "Calvados", "28", "Normandie"]
SURVEY = "annee, fap, famille, bassin, departement, met, met_statut"


def test_bmo_before_2020_has_other_names(tmp_path: Path, read: Read) -> None:
    head: list[Cell] = [*OLD_BMO, "BE19", "NOMBE19", "Dept", "NomDept", "REG", "NOM_REG", "met", "xmet", "smet"]
    line: list[Cell] = [2019, "V1Z80", "Infirmiers", "S", "Fonctions sociales", 2501, "CAEN", *PLACE, "*", "*", "*"]
    path = book(
        tmp_path / "Base_open_data_BMO_2019.xlsx", [("Description", [["x"]]), ("BMO_2019_open_data", [head, line])]
    )
    assert read("bmo", "projets", 2019, SURVEY, path) == [(2019, "V1Z80", "S", "2501", "14", None, "secret")]


@pytest.mark.parametrize(
    ("millesime", "name"), [(2023, "Base_open_data_23.xlsx"), (2025, "Base_open_data_BMO_2025.xlsx")]
)
def test_bmo_suffix_and_order_follow_the_year(tmp_path: Path, read: Read, millesime: int, name: str) -> None:
    aa = millesime % 100
    head: list[Cell] = [
        "annee",
        "Code métier BMO",
        "Nom métier BMO",
        "Famille_met",
        "Lbl_fam_met",
        f"BE{aa}",
        f"NOMBE{aa}",
    ]
    head += ["Dept", "NomDept", "REG", "NOM_REG", "met", "xmet", "smet", "clpe"]
    line: list[Cell] = [millesime, "V1X80", "Infirmiers", "S", "x", 2501, "CAEN", *PLACE, 25, 15, "*", "A"]
    path = book(tmp_path / name, [("Description_des_variables", []), (f"BMO_{millesime}_open_data", [head, line])])
    assert read("bmo", "projets", millesime, SURVEY, path) == [(millesime, "V1X80", "S", "2501", "14", 25, "publié")]
    moved: list[Cell] = ["BE99" if cell == f"BE{aa}" else cell for cell in head]
    book(path, [(f"BMO_{millesime}_open_data", [moved, line])])
    with pytest.raises(RefusedError, match=f"Il manque 1 colonne.*« BE{aa} »(.|\n)*colonnes inconnues ici : BE99"):
        read("bmo", "projets", millesime, SURVEY, path)


def test_bmo_nomenclature_breaks_in_2024(sample_db: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        sample_db,
        "SELECT annee, string_agg(DISTINCT nomenclature), count(*) FILTER (niveau = 'bassin_bmo') > 0 "
        "FROM atlas.recrutement WHERE source = 'bmo' GROUP BY annee ORDER BY annee",
    ) == [(2019, "FAP 2009", False), (2023, "FAP 2009", False), (2024, "FAP 2021", True)]


# --- Parcoursup: 118 columns, regional origin -----------------------------------------------------------


def test_parcoursup_declares_every_column_of_the_real_file(mirror_root: Path) -> None:
    source = catalogue.load("parcoursup")
    path = mirror_root / "parcoursup" / "2025" / "fr-esr-parcoursup_2025_normandie_sante.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(";")
    declared = [name for column in source.columns if column.table == "formations" for name in column.headings(2025)]
    assert (len(header), set(header) - set(declared)) == (118, set())
    assert [c.name for c in source.columns if c.table == "formations" and not c.description.strip()] == []


def test_regional_origin_of_the_real_nursing_schools(mirror_root: Path, tmp_path: Path, read: Read) -> None:
    path = mirror_root / "parcoursup" / "2025" / "fr-esr-parcoursup_2025_normandie_sante.csv"
    found = read("parcoursup", "formations", 2025, "fili, capa_fin, acc_neobac, acc_aca_orig", path)
    assert len(found) == 24
    assert sum(places for fili, places, *_ in found if fili == "IFSI") == 1536
    header, *lines = [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()]
    here = header.index("acc_aca_orig")
    assert sum(row[3] for row in found) == sum(int(float(line[here])) for line in lines)


def test_parcoursup_drift(tmp_path: Path, read: Read, mirror_root: Path) -> None:
    """Columns in another order and one more: the same rows; one less: refused, named."""
    real = mirror_root / "parcoursup" / "2025" / "fr-esr-parcoursup_2025_normandie_sante.csv"
    lines = [line.split(";") for line in real.read_text(encoding="utf-8").splitlines()]
    path = tmp_path / "fr-esr-parcoursup_2026_normandie_sante.csv"
    turned = [[*reversed(line), "nouveau" if rank else "nouvelle"] for rank, line in enumerate(lines)]
    path.write_text("\n".join(map(";".join, turned)) + "\n", encoding="utf-8")
    names = "cod_aff_form, capa_fin, acc_tot"
    same = read("parcoursup", "formations", 2025, names, real)
    assert read("parcoursup", "formations", 2026, names, path) == same
    text = real.read_text(encoding="utf-8").replace("capa_fin", "capacite", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError, match="« capa_fin »"):
        read("parcoursup", "formations", 2026, names, path)


def test_share_of_the_same_academy_is_recomputed(sample_db: duckdb.DuckDBPyConnection) -> None:
    none(
        sample_db,
        "SELECT 1 FROM atlas.formations "
        "WHERE abs(part_meme_academie - admis_meme_academie / admis_neobacheliers) > 0.00001",
    )
    assert rows(sample_db, "SELECT 1 FROM atlas.formations WHERE niveau = 'region' AND part_meme_academie < 1 LIMIT 1")


# --- INSEE: communes --------------------------------------------------------------------------------


def test_the_workbook_of_the_cog_says_what_the_re_export_says(tmp_path: Path, read: Read) -> None:
    territoire = territoires.build(samples.SEED, 0.1)
    geographie.write_cog_workbook(tmp_path, territoire, 2025)
    packed = tmp_path / "insee_cog" / "2025" / "table-appartenance-geo-communes-2025.zip"
    with zipfile.ZipFile(packed) as archive:
        path = Path(archive.extract("table-appartenance-geo-communes-2025.xlsx", tmp_path))
    kept = read("insee_cog", "communes", 2025, "commune, libelle, departement, epci, bassin_vie", path)
    assert kept == sorted(
        (c.code, c.nom, c.departement.code, c.epci, c.bassin_vie) for c in territoire.geographie(2025)
    )
    levels = {str(row[0]) for row in read("insee_cog", "libelles", 2025, "niveau", path)}
    assert {"ARR", "CANOV", "DEP", "EPCI", "REG"} <= levels


def test_the_workbook_of_populations_says_what_the_re_export_says(tmp_path: Path, read: Read) -> None:
    territoire, population = territoires.build(samples.SEED, 0.1), Population(samples.SEED)
    for millesime in (2022, 2023):
        write_communes(tmp_path, territoire, population, samples.SEED, millesime)
    (older,) = (tmp_path / "insee_population" / "2022").iterdir()
    (newer,) = (tmp_path / "insee_population" / "2023").iterdir()
    names = "departement, annee2, population, commune"
    before = read("insee_population_communes", "insee_population_communes", 2022, names, older)
    after = read("insee_population_communes", "insee_population_communes", 2023, names, newer)

    def totals(lines: list[tuple[object, ...]]) -> Counter[tuple[object, object]]:
        sums: Counter[tuple[object, object]] = Counter()
        for departement, year, count, _ in lines:
            sums[departement, year] += int(str(count or 0))
        return sums

    assert totals(before) == Counter({key: n for key, n in totals(after).items() if key[1] != 23})
    # Cities under their own code, overseas ones without the digit that the re-export adds.
    assert {"75056", "13055", "69123"} <= {str(line[3]) for line in after}
    assert {len(str(line[3])) for line in after} == {5}
    assert {str(line[3]) for line in before if len(str(line[3])) == 6}
