"""FINESS, old and new: real rows where there are some, drifted rows, and marts whose every figure is known."""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import environment, none, one, rows

import samples
from pipelines import catalogue, settings, steps
from pipelines.arrival import outcomes, staging
from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import json_tree
from samples import etablissements, finess, territoires

STOCK = "etalab-cs1100507-stock-20241112-0339.csv"
ENTITES = "etalab-cs1100501-stock-20241112-0341.csv"
JSON = "finess-structures-annuel-2025.json"

Result = tuple[staging.Staged, list[dict[str, Any]], list[dict[str, Any]]]
Stage = Callable[..., Result]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Stages one table of one file; gives what staging says, the rows, and the rows set aside."""

    def run(source: str, table: str, millesime: int, path: Path) -> Result:
        with duckdb.connect() as connection:
            entry = catalogue.load(source)
            staged, aside = staging.stage(connection, entry, table, millesime, [path], tmp_path)
            found = connection.execute(f"FROM read_parquet('{staged.path}') ORDER BY _ligne")
            names = [c[0] for c in found.description]
            return staged, [dict(zip(names, row, strict=True)) for row in found.fetchall()], aside

    return run


def put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


# --- Real rows ------------------------------------------------------------------------------------


def test_real_stock_with_its_geolocation(stage: Stage, mirror_root: Path, tmp_path: Path) -> None:
    real = (mirror_root / "finess" / "cs1100502_sample.txt").read_bytes()
    path = put(tmp_path / "reel", "etalab-cs1100507-stock-20260512-0339.csv", real)
    staged, (site,), aside = stage("finess", "etablissements", 2026, path)
    assert (staged.unknown_headings, aside) == ([], [])
    assert (site["finess"], site["finess_ej"]) == ("010000024", "010780054")
    assert site["departement"] + site["commune_courte"] == "01451"
    assert site["raison_sociale_longue"] == "CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT"
    assert (site["categorie"], site["categorie_agregee"], site["mode_tarif"], site["espic"]) == (
        "355",
        "1102",
        "03",
        "1",
    )
    assert (str(site["date_extraction"]), site["version_flux"], site["_ligne"]) == ("2026-05-12", 111, 2)
    _, (position,), _ = stage("finess", "geolocalisations", 2026, path)
    assert (position["finess"], str(position["x"]), str(position["y"])) == ("010000024", "870262.20", "6571540.80")
    assert position["_ligne"] == 3


def test_real_yearly_history(stage: Stage, mirror_root: Path, tmp_path: Path) -> None:
    # The mirror's copy was saved again in UTF-8, with a sign in place of each accent.
    text = (mirror_root / "finess" / "etalab_small_20201231.csv").read_text("utf-8").replace("\ufffd", "é")
    path = put(tmp_path / "reel", "etalab_small_20201231.csv", text.encode("cp1252"))
    staged, sites, aside = stage("finess", "annuels", 2020, path)
    assert (staged.rows, staged.unknown_headings, aside) == (100, [], [])
    assert {site["departement"] for site in sites} == {"01"}
    assert all(site["commune"].startswith("01") and len(site["commune"]) == 5 for site in sites)
    assert [site["commune"] for site in sites if site["finess"] == "010000024"] == ["01451"]
    assert sum(site["espic"] == "1" for site in sites) == 13
    assert sum(site["mode_tarif"] == "03" for site in sites) == 13


def paths(schema: dict[str, Any], node: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The paths of plain values that a JSON schema declares, as our column maps write them."""
    if "$ref" in node:
        target: Any = schema
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target.get(key) if isinstance(target, dict) else None
        if target is None:  # the published schema has references to nothing
            yield prefix
            return
        node = target
    if node.get("type") == "array":
        yield from paths(schema, node["items"], prefix)
    elif "properties" in node and not set(node["properties"]) <= {"code", "system"}:
        for key, child in node["properties"].items():
            yield from paths(schema, child, f"{prefix}.{key}" if prefix else key)
    else:
        yield prefix


def test_every_path_we_read_is_in_the_published_schema(mirror_root: Path) -> None:
    schema = json.loads((mirror_root / "finess" / "schema-structures-v1.json").read_text(encoding="utf-8"))
    # What the flow has moved or renamed since the schema of December 2025.
    flow = {
        "pmej.etatObjet",
        "pmej.ege.informationsGeneralesEGE.espic",
        "gcc.etatObjet",
        "gcc.numFinessGcc",
    }
    known = {catalogue.normalise(p) for p in {*paths(schema, schema), *flow}}
    entry = catalogue.load("finess_plus")
    for table in entry.tables:
        layout = entry.layout(table, 2025)
        for column in entry.of_table(table):
            names = [n for n in column.headings(2025) if not n.startswith(("<", "#"))]
            whole = [n if n in layout.parents else f"{layout.rows}.{n}" for n in names]
            bare = [w.replace("informationsGeneralesEGE.", "") for w in whole]
            # The schema keeps the details of an establishment in a definition that it doesn't give.
            hidden = any("informationsGeneralesEGE." in w for w in whole)
            assert not names or hidden or {catalogue.normalise(w) for w in [*whole, *bare]} & known, column.name


# --- Social equipment: no real file was seen, its 28 fields are those of public documentation ----------------------

EQUIPEMENT = (
    "equipementsocial;140000001;924;Accueil pour Personnes Âgées;11;Hébergement Complet Internat;711;"
    "P.A. dépendantes;A;{installees};;;40;;;{supprimee};2009-01-01;2006-03-29;85;;;;;;N;2006-03-29;2012-05-03;"
    "2009-06-29"
)


def equipped(tmp_path: Path, *lines: str) -> Path:
    text = "\n".join(["finess;etalab;98;2024-11-12", "structureet;140000001;140000019", *lines, ""])
    return put(tmp_path / "equipements", "etalab-cs1100505-stock-20241112-0344.csv", text.encode("cp1252"))


def test_equipment_is_read_field_by_field(stage: Stage, tmp_path: Path) -> None:
    path = equipped(tmp_path, EQUIPEMENT.format(installees=80, supprimee="N"))
    staged, (line,), aside = stage("finess", "equipements_sociaux", 2024, path)
    assert (staged.unknown_headings, aside) == ([], [])
    codes = ("finess", "discipline", "activite", "clientele")
    assert tuple(line[c] for c in codes) == ("140000001", "924", "11", "711")
    assert (line["places_installees"], line["places_autorisees"], line["places_habilitees"]) == (80, 85, 40)
    assert (line["installation_supprimee"], line["autorisation_supprimee"]) == ("N", "N")
    assert (str(line["date_installation"]), str(line["date_autorisation"])) == ("2009-01-01", "2006-03-29")
    assert str(line["date_extraction"]) == "2024-11-12"


def test_an_empty_capacity_is_none_and_a_short_line_is_set_aside(stage: Stage, tmp_path: Path) -> None:
    path = equipped(tmp_path, EQUIPEMENT.format(installees="", supprimee="N"), "equipementsocial;140000001;924")
    _, (line,), aside = stage("finess", "equipements_sociaux", 2024, path)
    assert line["places_installees"] is None
    assert len(aside) == 1


# --- Drifted rows of the old files ----------------------------------------------------------------


@pytest.fixture
def stock(sample_extracts: Path) -> list[bytes]:
    return (sample_extracts / "finess" / "2024" / STOCK).read_bytes().split(b"\n")


def drifted(tmp_path: Path, lines: list[bytes], name: str = STOCK) -> Path:
    return put(tmp_path / "derive", name, b"\n".join(lines))


def test_quirks_are_in_the_fictitious_file(stock: list[bytes]) -> None:
    assert stock[0] == b"finess;etalab;98;2024-11-12"
    assert stock[1].startswith(b"structureet;")
    assert stock[2].startswith(b"geolocalisation;")
    assert any(b'"LIEU DE VIE ""FICTIF"" ' in line for line in stock)
    assert any(b"C\x8cUR" in line for line in stock)
    assert any(b";105;9A;" in line or b";9A;GUADELOUPE;" in line for line in stock)


def test_lines_of_the_two_types_are_told_apart(stage: Stage, stock: list[bytes], tmp_path: Path) -> None:
    """Whatever their order, and with blank lines or other ends of line among them."""
    first, rest = stock[0], [line for line in stock[1:] if line]
    expected, _, _ = stage("finess", "etablissements", 2024, drifted(tmp_path, stock))
    for other in (
        [first, *reversed(rest), b""],
        [first, b"", *rest, b"", b""],
        [line + b"\r" for line in [first, *rest]] + [b""],
    ):
        path = drifted(tmp_path, other)
        sites, found, aside = stage("finess", "etablissements", 2024, path)
        assert (sites.rows, aside) == (expected.rows, [])
        assert stage("finess", "geolocalisations", 2024, path)[0].rows == expected.rows
        lines = path.read_bytes().split(b"\n")
        assert all(site["finess"].encode() in lines[site["_ligne"] - 1] for site in found[:20])


def test_quotes_and_accents_come_out_as_written(stage: Stage, stock: list[bytes], tmp_path: Path) -> None:
    _, sites, _ = stage("finess", "etablissements", 2024, drifted(tmp_path, stock))
    names = {site["raison_sociale"] for site in sites}
    assert any(name.startswith('LIEU DE VIE "FICTIF" ') for name in names)
    assert any("SACRÉ-CŒUR" in name for name in names)


def test_a_line_of_unknown_type_is_set_aside(stage: Stage, stock: list[bytes], tmp_path: Path) -> None:
    path = drifted(tmp_path, [*stock[:3], b"equipement;010000024;1;2", *stock[3:]])
    staged, _, (odd,) = stage("finess", "etablissements", 2024, path)
    assert (odd["ligne"], odd["controle"]) == (4, "ligne_irreguliere")
    assert "type d'enregistrement inconnu : « equipement »" in odd["motif"]
    assert staged.quarantined == 1


def test_a_cell_longer_than_the_library_takes_stops_nothing(stage: Stage, stock: list[bytes], tmp_path: Path) -> None:
    odd = b"inconnu;" + b"x" * 200_000 + b";1"
    path = put(tmp_path / "s", STOCK, b"\n".join([*stock[:3], odd, *stock[3:]]) + b"\n")
    staged, rows_, aside = stage("finess", "etablissements", 2024, path)
    assert [row["ligne"] for row in aside] == [4]
    assert staged.rows == len(rows_) > 0


def test_a_record_cut_in_two_is_put_back_together(stage: Stage, stock: list[bytes], tmp_path: Path) -> None:
    before, _, _ = stage("finess", "etablissements", 2024, drifted(tmp_path, stock))
    cells = stock[1].split(b";")
    cut = stock[1].replace(b" FICTI", b"\nFICTI", 1)
    staged, sites, aside = stage("finess", "etablissements", 2024, drifted(tmp_path, [stock[0], cut, *stock[2:]]))
    assert (staged.rows, aside, staged.rejoined) == (before.rows, [], [f"{STOCK}, ligne 2"])
    assert sites[0]["finess"] == cells[1].decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s[1:], "La première ligne n'est pas celle qui décrit le fichier"),
        (lambda s: [b"structureet;nofinesset;nofinessej", *s[1:]], "La première ligne"),
        (lambda s: [s[0], *(line + b";x" for line in s[1:-1]), b""], "ont 33 champs au lieu de 32"),
        (lambda s: [s[0], *(line.rpartition(b";")[0] for line in s[1:-1]), b""], "ont 31 champs au lieu de 32"),
        (lambda s: [s[0], *(line for line in s if line.startswith(b"geoloc")), b""], "Aucune ligne n'est du type"),
        (lambda s: [line.decode("cp1252").encode() for line in s], "en UTF-8, alors que ce millésime"),
        (lambda s: [*s[:5], s[5][:40]], "ne finit pas par une fin de ligne"),
    ],
)
def test_refused(
    stage: Stage, stock: list[bytes], tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        stage("finess", "etablissements", 2024, drifted(tmp_path, change(stock)))


def test_the_file_of_2026_is_in_utf8(stage: Stage, stock: list[bytes], tmp_path: Path) -> None:
    name = STOCK.replace("2024", "2026")
    text = b"\n".join(stock).decode("cp1252").replace("2024-11-12", "2026-05-12", 1)
    staged, _, _ = stage("finess", "etablissements", 2026, put(tmp_path / "utf8", name, text.encode()))
    assert staged.rows > 500
    with pytest.raises(RefusedError, match="Windows-1252"):
        stage("finess", "etablissements", 2026, put(tmp_path / "cp1252", name, text.encode("cp1252")))


@pytest.fixture
def room(tmp_path: Path, sample_extracts: Path) -> Iterator[Path]:
    """A folder of extracts with FINESS alone, to be changed, beside a new warehouse."""
    for name in ("finess", "finess_plus"):
        shutil.copytree(sample_extracts / name, tmp_path / "extraits" / name)
    shutil.copyfile(sample_extracts / "FICTIF.txt", tmp_path / "extraits" / "FICTIF.txt")
    with environment(tmp_path / "entrepot", tmp_path / "extraits"):
        yield tmp_path / "extraits"


def failed(source: str, millesime: int) -> dict[str, str]:
    """The critical checks that refused a vintage."""
    outcome = outcomes.latest(settings.load(), source, millesime, accepted=False)
    assert outcome is not None
    return {c.controle: c.observe for c in outcome[1].controls if not c.reussi and c.severite == "critique"}


def test_a_file_without_part_of_its_geolocations_is_refused(room: Path, stock: list[bytes]) -> None:
    kept = [line for n, line in enumerate(stock) if not (line.startswith(b"geoloc") and n > 1000)]
    (room / "finess" / "2024" / STOCK).write_bytes(b"\n".join(kept))
    with pytest.raises(RefusedError):
        steps.ingest("finess", 2024)
    assert "une_par_etablissement" in failed("finess", 2024)


def test_shifted_fields_are_refused_though_nothing_names_them(room: Path, stock: list[bytes]) -> None:
    def shift(line: bytes) -> bytes:
        cells = line.split(b";")
        return b";".join([cells[0], cells[1], cells[3], cells[2], *cells[4:]]) if cells[0] == b"structureet" else line

    (room / "finess" / "2024" / STOCK).write_bytes(b"\n".join(map(shift, stock)))
    with pytest.raises(RefusedError):
        steps.ingest("finess", 2024)
    assert "codes_en_masse" in failed("finess", 2024)


def test_a_file_of_another_date_is_refused(room: Path, stock: list[bytes]) -> None:
    (room / "finess" / "2024" / STOCK).write_bytes(b"\n".join([b"finess;etalab;98;2019-11-12", *stock[1:]]))
    with pytest.raises(RefusedError):
        steps.ingest("finess", 2024)
    assert "annee_du_millesime" in failed("finess", 2024)


# --- Drifted FINESS+ ------------------------------------------------------------------------------


@pytest.fixture
def document(sample_extracts: Path) -> Any:
    return json.loads((sample_extracts / "finess_plus" / "2025" / JSON).read_text(encoding="utf-8"))


def written(tmp_path: Path, document: Any, name: str = JSON) -> Path:
    return put(tmp_path / "derive", name, json.dumps(document, ensure_ascii=False).encode())


def read_all(stage: Stage, path: Path) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in catalogue.load("finess_plus").tables:
        staged, lines, aside = stage("finess_plus", table, 2025, path)
        assert aside == []
        assert staged.unknown_headings == [], table
        found[table] = [{k: v for k, v in line.items() if k != "_fichier"} for line in lines]
    return found


def test_plain_and_compressed_say_the_same(stage: Stage, document: Any, tmp_path: Path) -> None:
    plain = written(tmp_path, document)
    compressed = put(tmp_path / "gz", f"{JSON}.gz", gzip.compress(plain.read_bytes()))
    assert read_all(stage, plain) == read_all(stage, compressed)
    cut = put(tmp_path / "coupe", f"{JSON}.gz", compressed.read_bytes()[:-2000])
    with pytest.raises(RefusedError, match="coupé ou abîmé"):
        stage("finess_plus", "etablissements", 2025, cut)


def test_reordered_and_indented_documents_say_the_same(stage: Stage, document: Any, tmp_path: Path) -> None:
    expected = read_all(stage, written(tmp_path, document))
    turned = {key: document[key] for key in reversed(document)}
    for pm in turned["pmej"]:
        pm["ege"] = [dict(reversed(ege.items())) for ege in pm["ege"]]
    path = put(
        tmp_path / "tourne", JSON, json.dumps(turned, indent=2).encode("utf-8-sig").removeprefix(b"\xef\xbb\xbf")
    )
    assert read_all(stage, path) == expected


def test_groups_as_objects_and_codes_as_objects(stage: Stage, document: Any, tmp_path: Path) -> None:
    """The schema of December 2025: one object in place of the array, a code inside an object, another case."""
    expected = read_all(stage, written(tmp_path, document))
    document["gcc"] = document["gcc"][0]
    document["gco"] = {"pmSmsseId": "1", "typeGco": "001", "pmejDuGco": []}
    for pm in document["pmej"]:
        about = pm["informationsGeneralesPmej"] = pm.pop("informationsGeneralesPMEJ")
        about["pm_smsseId"] = about.pop("pmSmsseId")
        about["statutJuridique"] = {
            "code": about["statutJuridique"],
            "system": "https://mos.esante.gouv.fr/NOS/tre_r400",
        }
        for ege in pm["ege"]:
            code = ege.pop("categorieentiteGeographiqueExercice")
            ege["categorieEntiteGeographiqueExercice"] = {
                "code": code,
                "system": "https://mos.esante.gouv.fr/NOS/tre_r397",
            }
    found = read_all(stage, written(tmp_path, document))
    assert found["etablissements"] == expected["etablissements"]
    assert found["entites_juridiques"] == expected["entites_juridiques"]
    assert found["groupements"] == expected["groupements"][:1]
    first = expected["groupements"][0]["gcc_id"]
    assert found["groupement_membres"] == [m for m in expected["groupement_membres"] if m["gcc_id"] == first]


def test_coordinates_are_those_of_the_directions(stage: Stage, document: Any, tmp_path: Path) -> None:
    lines = read_all(stage, written(tmp_path, document))["adresses"]
    raw = [a["coordonneesGeographique"] for pm in document["pmej"] for ege in pm["ege"] for a in ege["adresse"]]
    assert {bool(c) for c in raw} == {True, False}
    # x and y come in every order: none of them is read.
    assert len({float(c["coordonneeX"]) > 1e6 for c in raw if c}) == 2
    assert [(line["latitude"], line["longitude"]) for line in lines if line["latitude"]] == [
        (Decimal(c["directionLatitude"]), Decimal(c["directionLongitude"])) for c in raw if c
    ]
    many = [line for line in lines if line["rang"] > 1]
    assert many
    assert {line["usage"] for line in many} == {"06"}


def test_a_renamed_key_is_named(stage: Stage, document: Any, tmp_path: Path) -> None:
    for pm in document["pmej"]:
        for ege in pm["ege"]:
            ege["informationsGeneralesEGE"]["numeroFinessEge"] = ege["informationsGeneralesEGE"].pop("numFinessEge")
    with pytest.raises(RefusedError, match=r"informationsGeneralesEGE\.numeroFinessEge"):
        stage("finess_plus", "etablissements", 2025, written(tmp_path, document))


def test_an_added_key_is_remarked_and_an_unfilled_one_is_missing(stage: Stage, document: Any, tmp_path: Path) -> None:
    document["pmej"][3]["ege"][0]["nouveau"] = "x"
    del document["pmej"][5]["ege"][0]["modefixationtarifaire"]
    staged, lines, _ = stage("finess_plus", "etablissements", 2025, written(tmp_path, document))
    assert staged.unknown_headings == ["nouveau"]
    assert sum(line["mode_tarif"] is None for line in lines) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "coupé ou abîmé"),
        (lambda text: text.replace(b'"pmej":', b'"personnes":', 1), "n'a rien sous « pmej.ege »"),
        (lambda text: b'[{"a": 1}]', "n'a rien sous"),
        (lambda text: text.replace("É".encode(), b"\xc9", 1), "coupé ou abîmé|UTF-8"),
        (lambda text: text.replace(b'"generatedAt"', b'"genereLe"', 1), "ne dit pas : generatedAt"),
    ],
)
def test_a_damaged_document_is_refused(
    stage: Stage, sample_extracts: Path, tmp_path: Path, change: Callable[[bytes], bytes], said: str
) -> None:
    text = (sample_extracts / "finess_plus" / "2025" / JSON).read_bytes()
    with pytest.raises(RefusedError, match=said):
        stage("finess_plus", "etablissements", 2025, put(tmp_path / "abime", JSON, change(text)))


@pytest.mark.parametrize("block", [1, 7, 64])
def test_where_a_block_ends_changes_nothing(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{"gco": [], "pmej" : [ {"a": 1.10, "b": "é]}", "c": {"d": true}} , {"a": 12345} ], "version": 20250102}\n'
    monkeypatch.setattr(json_tree, "BLOCK", block)
    layout = Layout(since=2025, file="x", reader="json_tree", rows="pmej", roots=["version"])
    path = put(tmp_path / "blocs", "x.json", text.encode())
    (extract,) = json_tree.read(path, layout, Place(source="finess_plus"))
    cells = {name: column.to_pylist() for name, column in zip(extract.headings, extract.columns, strict=True)}
    assert cells == {"a": ["1.10", "12345"], "b": ["é]}", None], "c.d": ["true", None]}
    assert extract.captures == {"version": "20250102"}


def test_two_files_of_one_year_are_refused(room: Path) -> None:
    folder = room / "finess_plus" / "2025"
    shutil.copyfile(folder / JSON, folder / "finess-structures-mensuel-202511.json")
    with pytest.raises(RefusedError, match="Deux fichiers se disent la même partie"):
        steps.ingest("finess_plus", 2025)


# --- Marts ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_extracts: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sample's hospitals with a FINESS+ of 2022 and of 2023 beside that of 2025."""
    root = tmp_path_factory.mktemp("finess")
    for name in ("finess", "finess_plus", "sae", "ght", "insee_cog", "bmo", "contours"):
        shutil.copytree(sample_extracts / name, root / "extraits" / name)
    shutil.copyfile(sample_extracts / "FICTIF.txt", root / "extraits" / "FICTIF.txt")
    territoire = territoires.build(samples.SEED, 1.0)
    parc = etablissements.build(samples.SEED, 1.0, territoire)
    path = root / "extraits" / "finess_plus" / "2023" / "finess-structures-annuel-2023.json"
    finess.structures(path, parc, territoire, 600, 2023)
    with environment(root / "entrepot", root / "extraits"):
        for source in ("finess", "finess_plus", "sae", "ght", "insee_cog", "bmo"):
            for millesime in steps.vintages(source):
                steps.ingest(source, millesime)
        steps.lock(2025)
        with duckdb.connect(steps.build(2025), read_only=True) as connection:
            yield connection


@pytest.mark.lent
def test_official_membership_comes_before_the_inferred_one(made: duckdb.DuckDBPyConnection) -> None:
    """2023 has both lists; 2022 the inferred one, which is Norman, and elsewhere the next official one."""
    said = rows(
        made,
        "SELECT millesime, appartenance, annee_appartenance, count(DISTINCT left(code_ght, 2)) FROM core.ght_membres "
        "GROUP BY ALL ORDER BY ALL",
    )
    assert said == [
        (2022, "dernière connue", 2023, 16),
        (2022, "déduite", 2022, 1),
        (2023, "officielle", 2023, 17),
    ]
    # Both lists come from the same hospitals: where both speak, they agree.
    none(
        made,
        "SELECT finess_ej, m.code_ght, g.code_ght FROM core.ght_membres AS m JOIN staging.ght AS g USING (finess_ej) "
        "WHERE m.millesime = 2023 AND g.annee = 2023 AND m.code_ght <> g.code_ght",
    )
    none(made, "SELECT finess_ej FROM staging.ght WHERE annee = 2023 EXCEPT SELECT finess_ej FROM core.ght_membres")
    none(made, "SELECT millesime, finess_ej FROM core.ght_membres GROUP BY ALL HAVING count(*) > 1")


def test_groups_are_recognised_by_their_code_their_name_or_their_members(made: duckdb.DuckDBPyConnection) -> None:
    assert rows(made, "SELECT reconnu_par, count(*) > 0 FROM core.ght_codes GROUP BY 1 ORDER BY 1") == [
        ("identifiant", True),
        ("membres", True),
        ("nom", True),
    ]
    assert rows(made, "SELECT code_ght, nom_ght FROM core.ght_codes WHERE reconnu_par = 'membres'") == [
        ("28105", "GROUPEMENT FICTIF DU PAYS BOCAGER")
    ]
    # Œ is OE there.
    assert one(made, "SELECT code_ght FROM core.ght_codes WHERE nom_ght = 'GHT FICTIF COEUR DE SEINE'") == "28107"


def test_one_support_a_group(made: duckdb.DuckDBPyConnection) -> None:
    none(
        made,
        "SELECT gcc_id, count(*) FILTER (role = 'support') AS n FROM core.finess_ght WHERE valide_au IS NULL "
        "GROUP BY gcc_id HAVING n <> 1",
    )
    both = "FROM core.finess_ght WHERE premier_millesime = 2023 AND millesime = 2025"
    assert one(made, f"SELECT count(*) {both} AND valide_au IS NULL AND valide_du = DATE '2024-01-02'") > 100


def states(made: duckdb.DuckDBPyConnection, number: str) -> list[tuple[Any, ...]]:
    return rows(
        made,
        "SELECT valide_du::VARCHAR, valide_au::VARCHAR, categorie, finess_ej, commune, ouvert "
        "FROM core.finess_etablissements WHERE finess = ? ORDER BY valide_du",
        number,
    )


def test_continuity_is_what_the_register_says(sample_db: duckdb.DuckDBPyConnection) -> None:
    """Counted again by plain Python on the fictitious register."""
    territoire = territoires.build(samples.SEED, 1.0)
    parc = etablissements.build(samples.SEED, 1.0, territoire)
    before = {e.finess: e for e in finess.registre(parc, territoire, 600, 2024).etablissements}
    last = finess.registre(parc, territoire, 600, 2025)
    after = {e.finess: e for e in last.etablissements}
    both = before.keys() & after.keys()
    moved = {n for n in both if before[n].entite != after[n].entite}
    expected = {
        ("dans les deux", "même numéro FINESS"): len(both),
        ("absent de FINESS+", "à expliquer"): len(before.keys() - after.keys()),
        ("fermé", "fermé depuis"): sum(bool(after[n].ferme) for n in both),
        ("fermé avant l'ancienne extraction", "FINESS+ garde les établissements fermés"): sum(
            bool(e.ferme) for n, e in after.items() if n not in before
        ),
        ("entité juridique", "reprise ou fusion : l'ancienne entité est fermée"): sum(
            before[n].entite in last.entites_fermees for n in moved
        ),
        ("entité juridique", "transfert : l'ancienne entité est toujours active"): sum(
            before[n].entite not in last.entites_fermees for n in moved
        ),
        ("catégorie", "réforme des services autonomie (354 et 460 deviennent 209)"): sum(
            before[n].categorie == "354" and after[n].categorie == "209" for n in both
        ),
        ("catégorie", "autre changement de catégorie"): sum(
            before[n].categorie not in ("354", after[n].categorie) for n in both
        ),
    }
    counted = {
        (c, m): n for c, m, n in rows(sample_db, "SELECT constat, motif, etablissements FROM qualite.continuite_finess")
    }
    assert {key: counted.get(key, 0) for key in expected} == expected
    assert all(expected.values())
    places = sum(before[n].code_commune != after[n].code_commune for n in both)
    assert sum(n for (c, _), n in counted.items() if c == "commune") == places > 0
    assert sum(n for (c, _), n in counted.items() if c == "statut juridique") > 0


def test_states_follow_each_other(sample_db: duckdb.DuckDBPyConnection) -> None:
    # Its category was corrected in 2024, its entity changed in FINESS+.
    number = one(
        sample_db,
        "SELECT min(finess) FROM core.finess_etablissements WHERE finess IN (SELECT finess FROM qualite.ecarts_finess "
        "WHERE constat = 'entité juridique') GROUP BY finess HAVING count(*) = 3 LIMIT 1",
    )
    found = states(sample_db, str(number))
    assert [s[:2] for s in found] == [
        ("2023-12-31", "2024-11-11"),
        ("2024-11-12", "2026-01-01"),
        ("2026-01-02", None),
    ]
    assert found[0][2] == "603" != found[1][2] == found[2][2]
    assert found[0][3] == found[1][3] != found[2][3]
    # Not knowing the legal status, as in the yearly history, is no change.
    query = "SELECT 1 FROM core.finess_etablissements WHERE origine = 'finess finess_plus' AND statut_juridique IS NULL"
    none(sample_db, query)


def test_hospitals_are_those_of_the_survey(sample_db: duckdb.DuckDBPyConnection) -> None:
    none(
        sample_db,
        "SELECT e.finess FROM core.etablissements AS e LEFT JOIN core.finess_situations AS f ON f.finess = e.finess "
        "AND f.origine = 'finess_plus' WHERE e.millesime = 2023 AND (f.finess IS NULL OR f.finess_ej <> e.finess_ej "
        "OR f.commune IS DISTINCT FROM e.commune OR f.categorie <> e.categorie)",
    )


def test_categories_have_their_words(sample_db: duckdb.DuckDBPyConnection) -> None:
    found = dict(rows(sample_db, "SELECT categorie, libelle FROM reference.categories_finess"))
    assert found["620"] == "Pharmacie d'Officine"
    assert found["209"] is None  # FINESS+ made it, without a word
