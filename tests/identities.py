"""What must hold in any edition that has the sources, real or fictitious: the marts against the raw files.

Each check takes a warehouse and the folder of the extracts it was built from, and reads the latter by hand.
"""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
from by_hand import NORMANDS, add, bmo, doctors, gaps_by_hand, metiers, number, population, read, sae, staff
from fixtures_entrepots import none, one, rows

Db = duckdb.DuckDBPyConnection

# --- SAE, one year ----------------------------------------------------------------------------------


def group_sums_follow_from_member_sites(db: Db, root: Path, year: int) -> None:
    """The sum of SYGEN over the public sites of the member entities, for all 77 staff columns."""
    members = read(root / "ght" / str(year) / f"ght_membership_inferred_{year}.csv", "utf-8", ",")
    group = {r["FINESS_EJ"]: r["CODE_GHT"] for r in members}
    assert len(set(group.values())) == 11
    public = {r["FI"] for r in sae(root, "ID", year) if r["STJR"] == "1"}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for r in sae(root, "SYGEN", year):
        if r["FI_EJ"] in group and r["FI"] in public:
            for name in staff(r):
                sums[group[r["FI_EJ"]], name] += number(r[name])
    ours = rows(
        db,
        "SELECT code_ght, variable, coalesce(valeur, 0) FROM fiches.ght_personnels "
        "WHERE millesime = ? AND region_ght = '28' AND variable <> 'EFF_INT_recalcule'",
        year,
    )
    assert len(ours) == len(sums) == 847
    assert {(code, variable): value for code, variable, value in ours} == sums


def gaps_with_the_questionnaires_are_those_found_by_hand(db: Db, root: Path, year: int) -> None:
    ours = rows(db, "SELECT finess, variable, ecart FROM qualite.sae_ecarts WHERE millesime = ?", year)
    assert {(finess, variable): gap for finess, variable, gap in ours} == gaps_by_hand(root, year)


COLLECTIVITIES = ("9A123", "9A127")  # Saint-Barthélemy and Saint-Martin, as the SAE writes them


def no_row_of_sygen_is_lost_or_doubled(db: Db, root: Path, year: int) -> None:
    raw = sae(root, "SYGEN", year)
    names = staff(raw[0])
    assert len(names) == 77
    sums = {name: add(r[name] for r in raw) for name in names}
    # Saint-Barthélemy and Saint-Martin are in no territory whose population has them not.
    apart = {r["FI"] for r in sae(root, "ID", year) if r["COMINSEE"] in COLLECTIVITIES}
    placed = {name: add(r[name] for r in raw if r["FI"] not in apart) for name in names}
    for level, kind in (("france", "ensemble"), ("departement", "ensemble"), ("region", "ensemble"), ("france", "*")):
        found = rows(
            db,
            "SELECT variable, coalesce(sum(valeur), 0) FROM atlas.hospitaliers WHERE annee = ? AND niveau = ? "
            "AND variable <> 'EFF_INT_recalcule' AND CASE ? WHEN '*' THEN secteur <> 'ensemble' "
            "ELSE secteur = 'ensemble' END GROUP BY variable",
            year,
            level,
            kind,
        )
        assert dict(found) == placed, (year, level, kind)
    for mart, key, column in (("es_personnels", "finess", "FI"), ("ej_personnels", "finess_ej", "FI_EJ")):
        found = rows(
            db,
            f"SELECT variable, coalesce(sum(valeur), 0) FROM fiches.{mart} WHERE millesime = ? "
            "AND variable <> 'EFF_INT_recalcule' GROUP BY variable",
            year,
        )
        assert dict(found) == sums, mart
        count = one(db, f"SELECT count(DISTINCT {key}) FROM fiches.{mart} WHERE millesime = ?", year)
        assert count == len({r[column] for r in raw})
    listed = {r[0] for r in rows(db, "SELECT finess FROM fiches.etablissements WHERE millesime = ?", year)}
    assert listed == {r["FI"] for r in sae(root, "ID", year)}


def entities_are_sums_of_their_own_sites(db: Db, root: Path, year: int) -> None:
    """By FI_EJ, never by FI: both numbers come from one register."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    sites: dict[str, int] = defaultdict(int)
    for r in sae(root, "SYGEN", year):
        sums[r["FI_EJ"]] += number(r["ETP_TOT_PNM"])
        sites[r["FI_EJ"]] += 1
    ours = rows(
        db,
        "SELECT finess_ej, coalesce(valeur, 0), sites FROM fiches.ej_personnels "
        "WHERE millesime = ? AND variable = 'ETP_TOT_PNM'",
        year,
    )
    assert {ej: (value, n) for ej, value, n in ours} == {ej: (sums[ej], sites[ej]) for ej in sums}
    assert max(sites.values()) > 2


def disci_rows_are_never_added_up(db: Db, root: Path, year: int) -> None:
    lines = sae(root, "Q24", year)
    trap, once = add(r["ETPPNM"] for r in lines), add(r["ETPPNM"] for r in lines if r["DISCI"] == "9999")
    assert trap > 2 * once
    recount = "SELECT sum(valeur_recalculee) FROM qualite.sae_recalculs "
    recount += "WHERE millesime = ? AND variable = 'ETP_TOT_PNM'"
    assert one(db, recount, year) == once
    lines = sae(root, "Q21", year)
    trap, once = add(r["ETP_INT"] for r in lines), add(r["ETP_INT"] for r in lines if r["DISCI"] == "9999")
    assert trap > 2 * once
    assert one(db, recount.replace("ETP_TOT_PNM", "ETPINT"), year) == once


def overseas_sites_are_located(db: Db, root: Path, year: int) -> None:
    raw = [r for r in sae(root, "ID", year) if r["DEP"].startswith("9") and r["DEP"][1].isalpha()]
    raw = [r for r in raw if r["COMINSEE"] not in COLLECTIVITIES]
    wanted = {r["FI"]: "97" + str("ABCDEF".index(r["DEP"][1]) + 1) for r in raw}
    found = rows(
        db,
        "SELECT finess, departement, commune, region FROM fiches.etablissements "
        "WHERE millesime = ? AND departement_publie SIMILAR TO '9[A-F]' AND collectivite IS NULL",
        year,
    )
    assert {r[0]: r[1] for r in found} == wanted
    regions = {"971": "01", "972": "02", "973": "03", "974": "04", "976": "06"}
    assert {r[1]: r[3] for r in found} == regions
    assert {r[2][:3] for r in found if r[1] == "974"} == {"974"}
    none(db, "FROM fiches.etablissements WHERE (departement IS NULL OR region IS NULL) AND collectivite IS NULL")
    for code in regions:
        hospital = "SELECT max(sites) FROM atlas.hospitaliers WHERE annee = ? AND niveau = 'departement' AND code = ?"
        assert one(db, hospital, year, code) > 0, code


OF_A_YEAR = [
    group_sums_follow_from_member_sites,
    gaps_with_the_questionnaires_are_those_found_by_hand,
    no_row_of_sygen_is_lost_or_doubled,
    entities_are_sums_of_their_own_sites,
    disci_rows_are_never_added_up,
    overseas_sites_are_located,
]

# --- All the rest -------------------------------------------------------------------------------------


def density_is_a_ratio_of_sums(db: Db, root: Path) -> None:
    """From the raw files, for two départements and the region; an average of densities is another number."""
    query = (
        "SELECT valeur, statut, avertissement FROM atlas.densites WHERE source = 'drees_demographie' AND annee = 2020 "
        "AND profession = 'medecin' AND niveau = ? AND code = ?"
    )
    count, people = doctors(root, 2020), population(root, 2020)
    assert (len(count), len(people)) == (101, 101)
    densities = {d: Decimal(100000 * count[d]) / people[d] for d in NORMANDS}
    for departement in ("14", "61"):
        assert rows(db, query, "departement", departement) == [(round(densities[departement], 4), "calculé", None)]
    whole = Decimal(100000 * sum(count[d] for d in NORMANDS)) / sum(people[d] for d in NORMANDS)
    mean = sum(densities.values(), Decimal(0)) / len(densities)
    assert abs(whole - mean) > Decimal("0.1")
    assert rows(db, query, "region", "28") == [(round(whole, 4), "calculé", None)]
    none(db, "FROM atlas.densites WHERE population > 0 AND abs(valeur - 100000.0 * effectif / population) > 0.0001")


def bmo_secret_is_neither_zero_nor_one(db: Db, root: Path) -> None:
    raw = bmo(root)
    assert one(db, "SELECT count(*) FROM core.bmo_projets WHERE millesime = 2024") == len(raw)
    for column in ("met", "xmet", "smet"):
        secret = sum(1 for r in raw if r[column] == "*")
        query = (
            "SELECT count(*) FROM core.bmo_projets "
            f"WHERE millesime = 2024 AND {column} IS NULL AND {column}_statut = 'secret'"
        )
        assert one(db, query) == secret > 100
        none(db, f"FROM core.bmo_projets WHERE ({column} IS NULL) <> ({column}_statut = 'secret')")
        total = one(db, f"SELECT sum({column}) FROM core.bmo_projets WHERE millesime = 2024")
        assert total == sum(int(r[column]) for r in raw if r[column] != "*")
    none(db, "FROM atlas.recrutement WHERE source = 'bmo' AND valeur IS NULL AND statut <> 'secret'")


def bmo_secret_cells_are_in_neither_term_of_a_ratio(db: Db, root: Path) -> None:
    """Hand-computed ratios; the trap is a masked numerator over a visible denominator."""
    trapped = 0
    for fap, region in (("V0X60", "28"), ("V1X80", "53"), ("V2X90", "28"), ("V0X60", "93")):
        cells = [r for r in bmo(root) if r["Code métier BMO"] == fap and r["REG"] == region]
        visible = [r for r in cells if r["met"] != "*"]
        found = {
            r[0]: r[1:]
            for r in rows(
                db,
                "SELECT indicateur, valeur, numerateur, denominateur, cases, cases_visibles, statut "
                "FROM atlas.recrutement WHERE source = 'bmo' AND fap = ? AND niveau = 'region' AND code = ?",
                fap,
                region,
            )
        }
        projects = sum(int(r["met"]) for r in visible)
        assert found["projets"][0] == projects
        assert found["projets"][3:5] == (len(cells), len(visible))
        for indicator, column in (("part_difficile", "xmet"), ("part_saisonniers", "smet")):
            both = [r for r in visible if r[column] != "*"]
            above, below = sum(int(r[column]) for r in both), sum(int(r["met"]) for r in both)
            share = round(Decimal(above) / below, 6) if below else None
            trapped += bool(below) and share != round(Decimal(above) / projects, 6)
            assert found[indicator][0] == share, (fap, region)
            assert [n or 0 for n in found[indicator][1:5]] == [above, below, len(cells), len(both)]
            state = "secret" if share is None else "partiel" if len(both) < len(cells) else "calculé"
            assert found[indicator][5] == state
    assert trapped > 2


def dares_thousands_become_persons(db: Db, root: Path) -> None:
    raw = {r["region"]: r for r in metiers(root) if r["code_fap"] == "V1Z"}
    query = (
        "SELECT indicateur, valeur, unite, denominateur FROM atlas.departs WHERE source = 'dares_metiers_2030' "
        "AND profession = 'V1Z' AND niveau = ? AND code = ?"
    )
    here = {r[0]: r for r in rows(db, query, "region", "28")}
    leaving, employed = raw["Normandie"]["departs_fin_carriere_milliers"], raw["Normandie"]["effectifs_2019_milliers"]
    assert 1000 < here["departs_fin_carriere"][1] < 30000
    assert abs(here["departs_fin_carriere"][1] - 1000 * leaving) <= Decimal("0.1")
    assert here["departs_fin_carriere"][2].startswith("personnes")
    assert abs(here["departs_annuels"][1] - 1000 * leaving / 11) <= Decimal("0.1")  # eleven years, from 2019 to 2030
    assert here["departs_annuels"][2].startswith("personnes par an")
    assert abs(here["part_departs"][1] - leaving / employed) < Decimal("0.000001")
    assert abs(here["part_departs"][3] - 1000 * employed) <= Decimal("0.1")
    france = {r[0]: r for r in rows(db, query, "france", "F")}
    whole = sum(r["departs_fin_carriere_milliers"] for r in raw.values())
    assert abs(france["departs_fin_carriere"][1] - 1000 * whole) <= Decimal("0.1")
    share = whole / sum(r["effectifs_2019_milliers"] for r in raw.values())
    assert abs(france["part_departs"][1] - share) < Decimal("0.000001")


def ages_are_shares_of_sums(db: Db, root: Path) -> None:
    none(
        db,
        "SELECT annee, source, profession, mode_exercice, niveau, code FROM atlas.ages GROUP BY ALL "
        # Where a band is secret, what is left adds up to less.
        "HAVING count(*) = count(effectif) "
        "AND (abs(sum(valeur) - 1) > 0.00001 OR sum(effectif) <> max(effectif_total))",
    )
    # The region is a sum of départements, and its share is not their mean.
    pairs = rows(
        db,
        "SELECT any_value(d.r), avg(d.valeur) FROM (SELECT a.valeur, r.valeur AS r FROM atlas.departs AS a, "
        "atlas.departs AS r WHERE a.indicateur = 'part_60_plus' AND a.niveau = 'departement' "
        "AND a.code IN ('14', '27', '50', '61', '76') AND r.indicateur = 'part_60_plus' "
        "AND r.niveau = 'region' AND r.code = '28') AS d",
    )
    assert abs(float(pairs[0][0]) - pairs[0][1]) > 0.0001


def territories_share_out_the_communes(db: Db, root: Path) -> None:
    """Each level that covers France counts every commune once."""
    whole = one(db, "SELECT count(*) FROM reference.communes")
    for level in ("commune", "arrondissement", "zone_emploi", "bassin_vie", "departement", "region", "france"):
        found = one(db, "SELECT sum(communes) FROM core.decoupages WHERE niveau = ?", level)
        column = "'F'" if level == "france" else level
        without = one(db, f"SELECT count(*) FROM reference.communes WHERE {column} IS NULL")
        assert found + without == whole, level
    none(
        db,
        "SELECT profession, niveau, code FROM atlas.acces WHERE statut = 'calculé' GROUP BY ALL "
        "HAVING abs(sum(valeur) - 1) > 0.00001 OR sum(population) <> max(population_totale)",
    )


CITIES = {"75": ("75056", 75100), "13": ("13055", 13200), "69": ("69123", 69380)}


def municipal_arrondissements_weigh_their_own_people(db: Db, root: Path) -> None:
    """Paris, Lyon and Marseille have as many zones as the list gives them, each of its arrondissements' people."""
    (path,) = (root / "insee_population" / "2021").glob("*.csv")
    people = {r["CODGEO"]: int(r["P21_POP"] or 0) for r in read(path, "utf-8-sig", ",")}
    listed = read(root / "zonage_medecins" / "2022" / "zonmed.csv", "utf-8", ",")
    for departement, (commune, first) in CITIES.items():
        zones: dict[str, set[str]] = defaultdict(set)
        for r in listed:
            # Each has a postal code of its own; the 16th of Paris has two.
            code = "75016" if r["CODE_POSTAL"] == "75116" else r["CODE_POSTAL"]
            place = str(first + int(code[-2:]))
            if code.startswith(f"{departement}0") and place in people:
                zones[place].add(r["ZONAGE"].split("_")[1])
        expected: dict[str, int] = defaultdict(int)
        for place, (zone,) in zones.items():
            expected[zone] += people[place]
        assert len(expected) > 1, commune
        query = "SELECT sum(communes_fichier) FROM atlas.acces WHERE profession = 'medecin' AND niveau = 'commune'"
        if rows(db, f"{query} AND code = ?", commune)[0][0]:
            continue  # the national file, newer, says it of the whole commune
        found = rows(
            db,
            "SELECT zone, population, population_totale FROM atlas.acces "
            "WHERE profession = 'medecin' AND niveau = 'commune' AND code = ?",
            commune,
        )
        assert {zone: n for zone, n, _ in found} == expected, commune
        assert {whole for _, _, whole in found} == {sum(expected.values())}
        # The département adds up to what INSEE counts in it.
        whole = sum(n for code, n in people.items() if code.startswith(departement))
        query = "SELECT sum(population), max(population_totale) FROM atlas.acces "
        query += "WHERE profession = 'medecin' AND niveau = 'departement' AND code = ?"
        assert rows(db, query, departement) == [(whole, whole)]


OF_AN_EDITION = [
    density_is_a_ratio_of_sums,
    bmo_secret_is_neither_zero_nor_one,
    bmo_secret_cells_are_in_neither_term_of_a_ratio,
    dares_thousands_become_persons,
    ages_are_shares_of_sums,
    territories_share_out_the_communes,
    municipal_arrondissements_weigh_their_own_people,
]
