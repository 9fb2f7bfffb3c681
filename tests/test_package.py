"""What goes with the tables of a release: descriptor, record, licence, and what changed since the one before."""

import dataclasses
import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures_entrepots import EDITION, REGION, Publication, none, rows

from pipelines import catalogue
from pipelines.edition import lockfile, models
from pipelines.publish import differences, methods, package, public, tables
from pipelines.publish.differences import Published
from pipelines.publish.methods import Methods
from pipelines.releases import release
from pipelines.settings import Settings

FICTIF = "DONNÉES FICTIVES"
# As the registries of IANA and of the European Union write them.
MEDIA = {
    ".csv": ("/text/csv", "/CSV"),
    ".parquet": ("/application/vnd.apache.parquet", "/PARQUET"),
    ".xlsx": ("/application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "/XLSX"),
}


@pytest.fixture(scope="module")
def descriptor(published: Publication) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((published.release / "datapackage.json").read_text(encoding="utf-8"))
    return found


def of(descriptor: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (r for r in descriptor["resources"] if r["name"] == name)
    return found


# --- The package --------------------------------------------------------------------------------------


@pytest.mark.lent
def test_the_descriptor_is_valid_and_so_are_its_rows(published: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(published.release)
    read = frictionless.Package("datapackage.json")
    assert frictionless.Package.validate_descriptor(str(published.release / "datapackage.json")).flatten() == []
    for resource in read.resources:
        assert resource.bytes, resource.name
        if resource.bytes < 60_000:
            assert resource.validate().flatten(["type", "note"]) == [], resource.name
    assert read.get_resource("atlas.tension").validate().tasks[0].stats["rows"] > 0


def test_hashes_and_sizes_are_those_of_the_files(published: Publication, descriptor: dict[str, Any]) -> None:
    listed = {r["path"]: r for r in descriptor["resources"] + descriptor["autres_fichiers"]}
    # The data of a figure are beside it, and are those of a table.
    there = [p for p in published.release.rglob("*") if p.suffix in package.FORMATS and p.parent.name != "figures"]
    assert listed.keys() == {p.relative_to(published.release).as_posix() for p in there}
    for path in there:
        resource = listed[path.relative_to(published.release).as_posix()]
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        assert resource["bytes"] == path.stat().st_size
    names = [r["name"] for r in descriptor["resources"]]
    assert len(names) == len(set(names))


def test_each_table_has_its_schema(published: Publication, descriptor: dict[str, Any]) -> None:
    (path,) = published.release.glob("*.duckdb")
    with duckdb.connect(str(path), read_only=True) as db:
        for model in public.released():
            schema = of(descriptor, model.name)["schema"]
            fields = {f["name"]: f for f in schema["fields"]}
            types = {n: k for n, k in models.described(db, model) if n != public.FICTIF_COLUMN}
            assert list(fields) == [*types, public.FICTIF_COLUMN]
            for name, kind in types.items():
                expected = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date"}.get(
                    kind, "number" if kind.startswith(("DECIMAL", "DOUBLE")) else "integer"
                )
                assert fields[name]["type"] == expected, (model.name, name)
                assert fields[name]["description"]
                if fields[name].get("constraints", {}).get("required"):
                    none(db, f'SELECT 1 FROM {model.name} WHERE "{name}" IS NULL')
            for key in schema.get("foreignKeys", ()):
                columns = [key["fields"]] if isinstance(key["fields"], str) else key["fields"]
                listed = ", ".join(columns)
                asked = "(" + " OR ".join(f"{c} IS NOT NULL" for c in columns) + ")"
                orphans = f"({listed}) NOT IN (SELECT ({listed}) FROM {key['reference']['resource']})"
                none(db, f"SELECT {listed} FROM {model.name} WHERE {asked} AND {orphans}")
    assert of(descriptor, "atlas.densites")["schema"]["primaryKey"][:3] == ["annee", "source", "profession"]
    assert {"fields": "variable", "reference": {"resource": "reference.variables_sae", "fields": "variable"}} in of(
        descriptor, "fiches.es_personnels"
    )["schema"]["foreignKeys"]


def test_licence_and_sources_are_told_table_by_table(published: Publication, descriptor: dict[str, Any]) -> None:
    assert [x["name"] for x in descriptor["licenses"]] == ["etalab-2.0"]
    told = {s["licence"] for s in of(descriptor, "atlas.recrutement")["sources"]}
    assert told == {catalogue.load(s).licence for s in models.sources_of("atlas.recrutement")}
    text = (published.release / "LICENCE.md").read_text(encoding="utf-8")
    for w in public.released():
        for source in models.sources_of(w.name):
            assert catalogue.load(source).adresse in text
    assert "### ODbL 1.0" in text


def test_dcat_record_names_each_file_and_invents_no_address(published: Publication) -> None:
    record = json.loads((published.release / "dcat.jsonld").read_text(encoding="utf-8"))
    assert record["dct:title"]["@value"].endswith(f"[{FICTIF}]")
    assert record["dct:publisher"]["foaf:name"] == "Agence régionale de santé, Normandie"
    assert record["dct:temporal"]["dcat:startDate"]["@value"] <= "2014"
    for one in record["dcat:distribution"]:
        name = one["dcat:downloadURL"]["@id"]
        assert (published.release / name).is_file()
        kind, form = MEDIA[Path(name).suffix]
        assert one["dcat:mediaType"]["@id"].endswith(kind), name
        assert one["dct:format"]["@id"].endswith(form), name
    official = {s.adresse for s in catalogue.load_all()}
    known = ("http://publications.europa.eu/", "http://www.iana.org/", "https://www.etalab.gouv.fr/", "http://www.w3.org/",
             "http://purl.org/", "http://xmlns.com/", "http://spdx.org/")  # fmt: skip

    def addresses(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [a for v in value.values() for a in addresses(v)]
        if isinstance(value, list):
            return [a for v in value for a in addresses(v)]
        return [value] if isinstance(value, str) and "://" in value else []

    assert {a for a in addresses(record) if not a.startswith(known)} <= official
    about = package.About("2025.3", 2025, "28", "Normandie", "c", False, "ARS X", "https://a.example/atlas/")
    assert about.at("csv/t.csv") == "https://a.example/atlas/2025.3/csv/t.csv"
    assert about.publisher == "ARS X"


def test_readme_names_files_that_exist(published: Publication) -> None:
    raw = (published.release / "LISEZMOI.txt").read_bytes()
    assert raw.startswith("\ufeff".encode())
    assert raw.count(b"\n") == raw.count(b"\r\n") > 20
    names = [line.split()[0] for line in raw.decode("utf-8-sig").splitlines() if line[:1] != " " and "   " in line]
    assert len(names) > 8
    for name in names:
        assert (published.release / name.rstrip(",")).exists(), name
    for path in (published.release / "classeurs").iterdir():
        assert path.name in raw.decode()


# --- What changed -------------------------------------------------------------------------------------


def test_a_first_release_says_so(published: Publication) -> None:
    assert "première publication" in (published.release / "differences.html").read_text(encoding="utf-8")
    assert "Première publication." in (published.release / "CHANGELOG.md").read_text(encoding="utf-8")
    table = pq.read_table(published.release / "FICTIF-differences.parquet")
    assert table.num_rows == 0
    assert table.column_names == [*differences.COLUMNS, public.FICTIF_COLUMN]


@pytest.fixture
def next_release(published: Publication, tmp_path: Path) -> Published:
    """A second release's folder with the same Parquet files, to be changed."""
    folder = tmp_path / f"{EDITION}.2"
    (folder / "parquet").mkdir(parents=True)
    for path in (published.release / "parquet").iterdir():
        os.link(path, folder / "parquet" / path.name)
    lock = lockfile.read(published.release / lockfile.LOCK)
    manifest = json.loads((published.release / "manifeste.json").read_text(encoding="utf-8"))
    return Published(folder, folder.name, lock, Methods(**manifest["methodes"]), {}, fictif=True)


@pytest.fixture
def written(published: Publication) -> list[public.WrittenTable]:
    (path,) = published.release.glob("*.duckdb")
    with duckdb.connect(str(path), read_only=True) as db:
        return [public.WrittenTable(m, 0, models.described(db, m)) for m in public.released()]


def rewrite(there: Published, name: str, query: str) -> None:
    """Replaces a table's file by what a query makes of it (`t`), with the same metadata."""
    path = there.table(name)
    before = pq.read_table(path)
    with duckdb.connect() as db:
        db.register("t", before)
        after = db.execute(query).to_arrow_table()
    path.unlink()
    pq.write_table(after.replace_schema_metadata(before.schema.metadata), path)


def revised(column: str, condition: str, value: str) -> str:
    return f"SELECT * REPLACE (CASE WHEN {condition} THEN {value} ELSE {column} END AS {column}) FROM t"


def found(there: Published, condition: str = "true") -> list[tuple[Any, ...]]:
    with duckdb.connect() as db:
        file = there.path / "FICTIF-differences.parquet"
        return rows(
            db,
            "SELECT table_publiee, nature, cle, colonne, avant, apres, ecart::VARCHAR, cause, precision "
            f"FROM read_parquet('{file}') WHERE {condition} ORDER BY ALL",
        )


def test_nothing_changed_is_no_difference(
    published: Publication, next_release: Published, written: list[public.WrittenTable]
) -> None:
    before = dataclasses.replace(next_release, path=published.release, version=f"{EDITION}.1")
    diff = differences.write(before, next_release, written)
    assert (diff.before, diff.counts, diff.sources) == (f"{EDITION}.1", {}, [])
    assert found(next_release) == []


def test_each_cause_is_told_once(
    published: Publication, next_release: Published, written: list[public.WrittenTable]
) -> None:
    """One line of each cause, with everything that could hide it equal on the other lines."""
    now, lock = next_release, next_release.lock
    # Geography: a commune leaves its arrondissement, and its own line of the atlas changes.
    rewrite(now, "reference.communes", revised("arrondissement", "commune = '14001'", "'999'"))
    one = "niveau = 'commune' AND code = '14001' AND profession = 'medecin' AND annee = 2023"
    rewrite(now, "atlas.apl", revised("valeur", one, "valeur + 1"))
    # Confidentiality: one number becomes secret; its old value isn't told again.
    one = (
        "profession = 'medecin' AND annee = 2016 AND niveau = 'departement' AND code = '50' "
        "AND specialite = 'ensemble' AND mode_exercice = 'ensemble' AND sexe = 'ensemble' "
        "AND source = 'drees_demographie'"
    )
    rewrite(now, "atlas.effectifs", revised("statut", one, "'secret'"))
    rewrite(now, "atlas.effectifs", revised("effectif", one, "NULL"))
    # Source: a vintage leaves the lock, and one line of what reads it goes with it.
    rewrite(now, "atlas.formations", "FROM t WHERE NOT (niveau = 'france' AND diplome = 'D.E Infirmier')")
    pins = tuple(p for p in lock.pins if p.source != "parcoursup")
    # Method: a step of the table differs, no source of it does.
    one = "groupe = 'medecin' AND code = '14' AND dimension = 'offre'"
    rewrite(now, "atlas.tension_dimensions", revised("poids", one, "poids + 0.5"))
    steps = {**now.methods.etapes, "atlas.tension_dimensions": "autre"}
    # The checks of a vintage go with it: nobody has changed them.
    rewrite(now, "qualite.controles", "FROM t WHERE coalesce(source, '') <> 'parcoursup'")
    before = dataclasses.replace(now, path=published.release, version=f"{EDITION}.1")
    now = dataclasses.replace(
        now, lock=dataclasses.replace(lock, pins=pins), methods=dataclasses.replace(now.methods, etapes=steps)
    )
    diff = differences.write(before, now, written)
    lines = [line for line in found(now) if line[0].startswith("atlas.")]
    assert [(t, n, c, k) for t, n, _, c, _, _, _, k, _ in lines] == [
        ("atlas.apl", "valeur révisée", "valeur", "géographie"),
        ("atlas.effectifs", "valeur révisée", "effectif", "confidentialité"),
        ("atlas.effectifs", "valeur révisée", "statut", "confidentialité"),
        ("atlas.formations", "ligne retirée", "", "source"),
        ("atlas.tension_dimensions", "valeur révisée", "poids", "méthode"),
    ]
    apl, effectif, statut, formations, tension = lines
    assert apl[2] == "annee = 2023 ; profession = medecin ; niveau = commune ; code = 14001"
    assert (apl[6], tension[6]) == ("1.000000", "0.500000")
    assert effectif[4:7] == (None, None, None)
    assert (statut[4], statut[5], statut[8]) == ("publié", "secret", "devenu secret")
    assert formations[8] == "parcoursup 2025"
    assert tension[8] == "calcul : atlas.tension_dimensions"
    assert {line[7:] for line in found(now, "table_publiee = 'qualite.controles'")} == {("source", "parcoursup 2025")}
    assert "- parcoursup 2025" in diff.sources
    assert diff.counts["atlas.effectifs"] == {("valeur révisée", "confidentialité"): 2}
    assert {"confidentialité", "géographie", "source", "méthode"} == diff.causes().keys()
    differences.page(diff, now, REGION, "Normandie")
    text = (now.path / "differences.html").read_text(encoding="utf-8")
    assert "annee = 2023 ; profession = medecin ; niveau = commune ; code = 14001" in re.sub(
        "[\u00a0\u202f]", " ", text
    )
    assert "Données fictives" in text
    about = package.About(now.version, EDITION, REGION, "Normandie", "c", True, "", "")
    log = package.changelog(about, diff, "# Ancien titre\n\n## 2025.1\n\nPremière publication.\n")
    assert log.count("# Publications") == 1
    assert (
        log.index("## 2025.2")
        < log.index("- source - parcoursup 2025")
        < log.index("## 2025.1\n\nPremière publication.")
    )


def test_what_nothing_explains_is_told_as_such(
    published: Publication, next_release: Published, written: list[public.WrittenTable]
) -> None:
    rewrite(next_release, "atlas.formations", "SELECT * REPLACE (admis + 1 AS admis) FROM t")
    before = dataclasses.replace(next_release, path=published.release, version=f"{EDITION}.1")
    diff = differences.write(before, next_release, written)
    assert {line[7:] for line in found(next_release)} == {("", "")}
    about = package.About(next_release.version, EDITION, REGION, "Normandie", "c", True, "", "")
    assert "Causes : sans cause connue" in package.changelog(about, diff, "")
    # Both its sources and a query that it rests on differ: nobody can say which of the two it was.
    pins = tuple(p for p in next_release.lock.pins if p.source != "parcoursup")
    steps = {**next_release.methods.etapes, "core.formations": "autre"}
    both = dataclasses.replace(
        next_release,
        lock=dataclasses.replace(next_release.lock, pins=pins),
        methods=dataclasses.replace(next_release.methods, etapes=steps),
    )
    differences.write(before, both, written)
    assert {line[7:] for line in found(both)} == {("source et méthode", "parcoursup 2025 ; calcul : core.formations")}
    assert diff.total(differences.REVISED) == pq.read_metadata(next_release.table("atlas.formations")).num_rows


def test_a_vintage_that_was_refused_explains_what_is_said_of_it(
    published: Publication, next_release: Published, written: list[public.WrittenTable]
) -> None:
    """Refused since, it changes the list of vintages and the count of checks, and nothing else."""
    refused = lockfile.Refused("carmf", 2025, 1, "Une colonne manque.")
    now = dataclasses.replace(next_release, lock=dataclasses.replace(next_release.lock, refus=(refused,)))
    rewrite(now, "reference.millesimes", revised("motif", "source = 'carmf'", "'Une colonne manque.'"))
    rewrite(now, "vues.qualite_bilan", revised("reussis", "true", "reussis + 4"))
    rewrite(now, "atlas.formations", revised("admis", "niveau = 'france'", "admis + 1"))
    before = dataclasses.replace(next_release, path=published.release, version=f"{EDITION}.1")
    differences.write(before, now, written)
    assert {line[7:] for line in found(now, "table_publiee = 'reference.millesimes'")} == {("source", "carmf 2025")}
    assert {line[7:] for line in found(now, "table_publiee = 'vues.qualite_bilan'")} == {("source", "carmf 2025")}
    assert {line[7:] for line in found(now, "table_publiee = 'atlas.formations'")} == {("", "")}


def test_a_step_is_what_a_query_does_not_how_it_is_written(published: Publication) -> None:
    with duckdb.connect() as db:
        first = methods._query(db, "-- Un titre.\nSELECT a, sum(b) AS b FROM core.t GROUP BY a")
        assert methods._query(db, "SELECT a,  sum(b) AS b -- une raison\nFROM core.t\nGROUP BY a;") == first
        assert methods._query(db, "SELECT a, sum(b) + 1 AS b FROM core.t GROUP BY a") != first
    manifest = json.loads((published.release / "manifeste.json").read_text(encoding="utf-8"))["methodes"]
    steps = manifest["etapes"]
    assert {m.name for m in models.load_all()} | {"staging.ruptures", "contrôles de sae"} <= steps.keys()
    assert "staging.millesimes" not in steps
    # What a table rests on, and nothing else.
    now = Methods(**manifest)
    other = Methods(
        {**steps, "core.bmo_projets": "autre", "staging.ruptures": "autre"}, {**now.lectures, "sae 2023 r1": ""}
    )
    changes = methods.changed(now, other)
    assert methods.behind(changes, "core.bmo_projets") == ["core.bmo_projets"]
    assert "lecture de sae 2023 r1" in methods.behind(changes, "fiches.es_personnels")
    assert methods.behind(changes, "core.formations") == []


def test_lines_and_tables_that_come_and_go(
    published: Publication, next_release: Published, written: list[public.WrittenTable]
) -> None:
    new = "(SELECT * REPLACE ('groupe nouveau' AS groupe) FROM t LIMIT 1)"
    rewrite(next_release, "atlas.tension", f"FROM t UNION ALL {new}")
    next_release.table("atlas.internat").unlink()
    grain = {k: v for k, v in pq.read_schema(next_release.table("atlas.besoins")).metadata.items() if k != b"grain"}
    table = pq.read_table(next_release.table("atlas.besoins")).replace_schema_metadata({**grain, b"grain": b"code"})
    next_release.table("atlas.besoins").unlink()
    pq.write_table(table, next_release.table("atlas.besoins"))
    before = dataclasses.replace(next_release, path=published.release, version=f"{EDITION}.1")
    released = [w for w in written if w.model.name != "atlas.internat"]
    odd = next(w for w in released if w.model.name == "atlas.besoins")
    odd = public.WrittenTable(dataclasses.replace(odd.model, grain=("code",)), 0, odd.columns)
    differences.write(before, next_release, [odd if w.model.name == "atlas.besoins" else w for w in released])
    assert [(t, n) for t, n, *_ in found(next_release)] == [
        ("atlas.besoins", "table refaite"),
        ("atlas.internat", "table retirée"),
        ("atlas.tension", "ligne ajoutée"),
    ]


def test_a_column_that_a_table_gained_is_no_difference_of_its_lines(
    published: Publication, next_release: Published, written: list[public.WrittenTable], tmp_path: Path
) -> None:
    """The release before was made by other code: a column that it had not is not looked for in it."""
    shutil.copytree(published.release, tmp_path / "avant")
    before = dataclasses.replace(next_release, path=tmp_path / "avant", version=f"{EDITION}.1")
    for path in (tmp_path / "avant" / "parquet").iterdir():
        path.chmod(0o644)
    rewrite(before, "reference.chiffres_publies", "SELECT * EXCLUDE (niveau, code, source) FROM t")
    rewrite(next_release, "reference.chiffres_publies", "SELECT * REPLACE (attendu + 1 AS attendu) FROM t")
    differences.write(before, next_release, written)
    told = found(next_release, "table_publiee = 'reference.chiffres_publies'")
    assert {column for _, _, _, column, *_ in told} == {"attendu"}


def test_the_release_before_is_the_last_of_the_edition_or_of_the_one_before(
    tmp_path: Path, published: Publication
) -> None:
    settings = Settings(sources=tmp_path, warehouse=tmp_path)
    about = package.About("2025.1", 2025, "28", "Normandie", "c", True, "", "")
    assert release._before(settings, about) is None
    for name, fictif in (("2023-28/2023.4", True), ("2024-28/2024.9", True), ("2024-28/2024.10", True),
                         ("2024-28/2024.11", False), ("2024-11/2024.12", True)):  # fmt: skip
        folder = settings.releases / name
        folder.mkdir(parents=True)
        (folder / "manifeste.json").write_text(json.dumps({"fictif": fictif, "commit": "c"}), encoding="utf-8")
        (folder / "verrou.json").write_bytes((published.release / "verrou.json").read_bytes())
    before = release._before(settings, about)
    assert before is not None
    assert before.version == "2024.10"
    (settings.releases / "2025-28" / "2025.1").mkdir(parents=True)  # without a manifest, no release
    assert release._before(settings, about) == before


def test_pages_escape_what_a_table_holds(
    published: Publication, next_release: Published, written: list[public.WrittenTable]
) -> None:
    rewrite(next_release, "atlas.besoins", "SELECT * REPLACE ('<script>' AS code, valeur + 1 AS valeur) FROM t LIMIT 1")
    rewrite(
        next_release, "fiches.etablissements", "SELECT * REPLACE ('<script>' AS raison_sociale, 7 AS LIT_MED) FROM t"
    )
    before = dataclasses.replace(next_release, path=published.release, version="<script>")
    diff = differences.write(before, next_release, written)
    differences.page(diff, next_release, REGION, "<script>")
    assert "<script>" not in (next_release.path / "differences.html").read_text(encoding="utf-8")


def test_differences_are_read_back_from_csv(published: Publication) -> None:
    assert pa.types.is_decimal(pq.read_schema(published.release / "FICTIF-differences.parquet").field("ecart").type)
    header = (published.release / "FICTIF-differences-fr.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == ";".join([*differences.COLUMNS, public.FICTIF_COLUMN])
    assert tables.BOM in (published.release / "FICTIF-differences-fr.csv").read_text(encoding="utf-8")
