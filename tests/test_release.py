"""The release: immutable folders, files that others can read, and fiction that says so everywhere."""

import csv
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures_entrepots import EDITION, REGION, Publication, one, rows
from python_calamine import CalamineWorkbook

from pipelines import catalogue, disclosure, steps
from pipelines.edition import lockfile, models
from pipelines.errors import BuildError
from pipelines.publish import numbers, package, pages, public, tables, workbooks
from pipelines.publish.figures import drawing
from pipelines.publish.numbers import PARTIAL_COLUMN
from pipelines.releases import components, drafts, release
from pipelines.settings import Settings

SAID = "DONNÉES FICTIVES"


def digest(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


def change(database: Path, statement: str, *values: object) -> None:
    with duckdb.connect(str(database)) as db:
        db.execute(statement, list(values))


# --- Figures ------------------------------------------------------------------------------------------


def test_figures_are_drawn_whatever_program_asks_for_them(tmp_path: Path) -> None:
    # A scheduler's program can't be imported again: here, doing so would draw anew, without end.
    program = tmp_path / "programme.py"
    program.write_text(
        "from pipelines.publish.figures import drawing\n"
        """specs = ['{"mark": "point", "data": {"values": [{"a": %d}]}}' % n for n in range(5)]\n"""
        "drawn = drawing.every(specs)\n"
        "assert list(drawn) == specs\n"
        "drawing._DRAWN.clear()\n"
        "assert all(drawing.every([spec])[spec] == drawn[spec] for spec in specs)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("family", ["DejaVu Serif", "Liberation Sans", "aucune"])
def test_no_typeface_of_the_machine_changes_a_picture(family: str) -> None:
    """Whichever it has of those that a figure asks for, it is set in ours; what a reader opens asks for theirs."""
    mark = {"data": {"values": [{}]}, "mark": {"type": "text", "text": "Été 1 234"}}
    fixed = {"width": 200, "height": 50, "autosize": "none"}  # else as large as its words, in the typeface asked for
    ours, theirs = (json.dumps({**mark, **fixed, "config": {"font": f}}) for f in ("Source Sans Pro", family))
    assert drawing.one(theirs)[1] == drawing.one(ours)[1]
    assert family in drawing.one(theirs)[0]


def test_what_words_take_is_not_measured_in_a_typeface_of_the_machine() -> None:
    """A label of « DejaVu Sans », which the machine has and is wide, takes the room of one that nobody has."""
    words = {"values": [{"a": n, "b": f"Seine-Maritime et alentours {n}"} for n in range(3)]}
    shape = {"x": {"field": "a"}, "y": {"field": "b", "axis": {"labelLimit": 0}}}
    both = [
        json.dumps({"data": words, "mark": "point", "encoding": shape, "config": {"font": f, "autosize": "fit"}})
        for f in ("DejaVu Sans", "aucune police")
    ]
    svg, other = (drawing.every([spec])[spec][0] for spec in both)
    assert svg.replace("DejaVu Sans", "aucune police") == other


def test_a_figure_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)figure ne se dessine pas.*ValueError"):
        drawing.every(['{"mark": "aucune de celles qui existent"}'])


# --- Immutable, numbered ------------------------------------------------------------------------------


@pytest.mark.lent
def test_same_content_once_new_content_next_number(numbered: Settings) -> None:
    home = numbered.releases / f"{EDITION}-{REGION}"
    first = Path(steps.publish(EDITION, REGION))
    assert first == home / f"{EDITION}.1"
    before = digest(first)
    assert {oct(p.stat().st_mode & 0o777) for p in first.rglob("*") if p.is_file()} == {"0o444"}
    assert steps.publish(EDITION, REGION) == str(first)
    change(numbered.database, "UPDATE reference.chiffres_publies SET attendu = attendu + 1")
    second = Path(steps.publish(EDITION, REGION))
    assert second == home / f"{EDITION}.2"
    assert digest(first) == before
    changed = {name for name, sha in digest(second).items() if before.get(name) != sha}
    changed -= {"FICTIF-atlas_public.duckdb", "SHA256SUMS"}  # whose bytes always differ
    assert {name for name in changed if name.removeprefix("FICTIF-") not in release.DERIVED} == {
        "csv/FICTIF-reference.chiffres_publies.csv",
        "csv-fr/FICTIF-reference.chiffres_publies.csv",
        "parquet/FICTIF-reference.chiffres_publies.parquet",
    }
    assert sorted(p.name for p in home.iterdir()) == [f"{EDITION}.1", f"{EDITION}.2"]
    # Who approves would have read what it changes, in the words of the release.
    made = list(drafts.every(numbered))[-1]
    assert (made.version, made.avant) == (f"{EDITION}.2", f"{EDITION}-{REGION}/{EDITION}.1")
    assert any(line.startswith(f"Par rapport à {EDITION}.1 : ") for line in made.resume)
    page = made.page(numbered).read_text(encoding="utf-8")
    table = "<code>reference.chiffres_publies</code>"
    assert table in page
    assert table in (second / "differences.html").read_text(encoding="utf-8")


@pytest.mark.lent
def test_a_commit_that_changes_nothing_shown_makes_no_release(
    numbered: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither does another lock of the same vintages, nor another version of a library; a word mended does."""
    first = Path(steps.publish(EDITION, REGION))
    monkeypatch.setattr(lockfile, "commit", lambda: "autre")
    lock = lockfile.path(numbered, EDITION)
    lock.write_text(
        json.dumps({**json.loads(lock.read_text(encoding="utf-8")), "commit": "autre", "uv_lock": "0" * 64}),
        encoding="utf-8",
    )
    change(numbered.database, "UPDATE staging.edition SET commit = 'autre', uv_lock = 'autre', empreinte = 'autre'")
    assert steps.publish(EDITION, REGION) == str(first)

    real = pages.write

    def mended(*given: Any, **named: Any) -> None:
        real(*given, **named)
        page = given[2] / "methodologie.html"
        page.write_text(page.read_text(encoding="utf-8").replace("</main>", "<p>Un mot de plus.</p></main>"), "utf-8")

    monkeypatch.setattr(pages, "write", mended)
    second = Path(steps.publish(EDITION, REGION))
    assert second.name == f"{EDITION}.2"
    log = (second / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "0 lignes ajoutées, 0 lignes retirées, 0 valeurs révisées" in log
    assert "Aucune table n'a changé : seulement des mots, ou des images. Fichiers différents : 1 pages." in log
    assert "seulement des mots" in html.unescape((second / "differences.html").read_text(encoding="utf-8"))
    assert "autre" not in (second / "FICTIF-differences.csv").read_text(encoding="utf-8")


@pytest.mark.lent
def test_eleven_comes_after_ten_and_nine_and_strangers_are_left_alone(numbered: Settings) -> None:
    home = numbered.releases / f"{EDITION}-{REGION}"
    for name in (f"{EDITION}.9", f"{EDITION}.10", f"{EDITION}.2"):
        (home / name).mkdir(parents=True)
        (home / name / "manifeste.json").write_text("autre\n", encoding="utf-8")
    (home / f"{EDITION}.9.zip").write_bytes(b"une archive")
    (home / f"{EDITION}.bak").mkdir()
    assert Path(steps.publish(EDITION, REGION)).name == f"{EDITION}.11"
    assert (home / f"{EDITION}.9.zip").read_bytes() == b"une archive"


@pytest.mark.lent
@pytest.mark.usefixtures("tables_alone")
def test_a_view_that_tells_a_wrong_number_refuses_the_release(
    protected: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change divided by the new value, as the person who publishes meets it."""
    wrong = "THEN (h.valeur - e.valeur_precedente) / nullif(h.valeur, 0) END"
    views = [replace(m, query=m.query.replace("THEN e.evolution_relative END", wrong)) for m in models.views()]
    assert [m.table for m, n in zip(models.views(), views, strict=True) if m != n] == ["hopital_territoires"]
    monkeypatch.setattr(models, "views", lambda: tuple(views))
    with pytest.raises(BuildError) as refused:
        steps.publish(EDITION, REGION)
    said = str(refused.value)
    assert "1 contrôle(s) critique(s) en échec" in said
    assert "vues.hopital_territoires, evolution_sur_l_ancienne : une évolution est rapportée à la valeur" in said
    assert re.search(r"vu : \d+ ligne\(s\), la première : source = sae, territoire = ", said)
    assert "sql/vues/hopital_territoires.sql ; rien n'est publié" in said
    assert not list(protected.releases.glob("*"))


@pytest.mark.lent
def test_a_view_that_is_only_doubtful_is_told(
    published: Publication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A list in another order is published, and named in the log and in the manifest."""
    checks = json.loads((published.release / "manifeste.json").read_text(encoding="utf-8"))["controles"]
    assert checks["reussis"] > 8 * len(models.views())
    assert checks["avertissements"] == []
    file = tmp_path / "public.duckdb"
    shutil.copyfile(next(published.release.glob("*.duckdb")), file)
    file.chmod(0o644)
    change(file, "CREATE OR REPLACE TABLE vues.communes_zip AS FROM vues.communes_zip ORDER BY population")
    failed = [control for control in public.check(file) if not control.reussi]
    assert [(c.objet, c.controle, c.severite) for c in failed] == [
        ("vues.communes_zip", "les_plus_peuplees_d_abord", "avertissement")
    ]
    assert "les_plus_peuplees_d_abord de vues.communes_zip" in caplog.text


def found_sums(release: Path) -> list[str]:
    return (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()


def test_manifest_lists_every_file_with_its_hash(published: Publication) -> None:
    manifest = json.loads((published.release / "manifeste.json").read_text(encoding="utf-8"))
    found = digest(published.release)
    told = (line.partition("  ") for line in found_sums(published.release))
    sums = {name: sha256 for sha256, _, name in told}
    found.pop("SHA256SUMS")
    assert sums == found  # of every byte, the manifest's and the public warehouse's too
    found.pop("manifeste.json")
    listed = {f["nom"]: f for f in manifest["fichiers"]}
    assert listed.keys() == found.keys()
    assert listed.pop("FICTIF-atlas_public.duckdb") == {"nom": "FICTIF-atlas_public.duckdb"}
    assert {name: f["sha256"] for name, f in listed.items()} == {name: found[name] for name in listed}
    assert all(f["octets"] == (published.release / name).stat().st_size for name, f in listed.items())
    assert (manifest["edition"], manifest["region"]) == (EDITION, REGION)
    assert set(manifest) == {
        *("edition", "region", "fictif", "commit", "protection", "methodes", "controles", "fichiers")
    }


def test_lock_goes_with_the_release(published: Publication) -> None:
    lock = published.settings.editions / str(EDITION) / "verrou.json"
    assert (published.release / "verrou.json").read_bytes() == lock.read_bytes()


@pytest.mark.parametrize(
    ("edition", "region", "said"),
    [
        (EDITION, "99", "n'est pas dans la géographie"),
        (EDITION, "28/../../../ailleurs", "n'est pas dans"),
        (2024, REGION, "L'édition 2024 n'est pas construite"),
    ],
)
def test_what_cannot_be_published_is_told_and_leaves_nothing(
    copied: Settings, edition: int, region: str, said: str
) -> None:
    with pytest.raises(BuildError, match=said) as told:
        steps.publish(edition, region)
    assert told.value.exit_code == 4
    assert told.value.expected
    assert not copied.releases.exists()
    assert sorted(p.name for p in copied.warehouse.parent.iterdir()) == [copied.warehouse.name]
    if region == "99":
        assert "28 " in told.value.expected


def test_a_lock_made_since_the_build_is_not_released_with_it(copied: Settings) -> None:
    made = lockfile.load(copied, EDITION)
    assert made
    gone = made.pins[0]
    lockfile.path(copied, EDITION).write_text(replace(made, pins=made.pins[1:]).to_json(), encoding="utf-8")
    with pytest.raises(BuildError, match="n'est plus celui de son entrepôt") as told:
        steps.publish(EDITION, REGION)
    assert f"{gone.source} {gone.millesime}, révision {gone.revision}, dans l'entrepôt seul" in told.value.what
    assert f"atlas edition --edition {EDITION}" in told.value.todo
    newer = replace(gone, revision=gone.revision + 1)
    lockfile.path(copied, EDITION).write_text(replace(made, pins=(newer, *made.pins[1:])).to_json(), encoding="utf-8")
    with pytest.raises(BuildError, match="dans le verrou seul"):
        steps.publish(EDITION, REGION)
    assert not copied.releases.exists()


def test_nothing_to_publish_is_told(empty: Settings) -> None:
    with pytest.raises(BuildError, match="n'est pas construite"):
        steps.publish(EDITION, REGION)


@pytest.mark.lent
def test_a_release_that_fails_leaves_nothing(numbered: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = numbered.drafts / ".en-cours-tue"  # what nobody could clear

    def fail(*arguments: object, **settings: object) -> None:
        assert not killed.exists(), "its room is needed"
        raise OSError(28, "plein")

    killed.mkdir(parents=True)
    (killed / "tables.csv").touch()
    monkeypatch.setattr(tables, "dictionary", fail)
    with pytest.raises(Exception, match="Le disque est plein"):
        steps.publish(EDITION, REGION)
    assert not numbered.releases.exists()
    assert not numbered.drafts.exists()


# --- Tables -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["published", pytest.param("mirror_published", marks=pytest.mark.lent)])
def made(request: pytest.FixtureRequest) -> Publication:
    found: Publication = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def fictif(made: Publication) -> bool:
    with made.connect() as db:
        return bool(one(db, "SELECT fictif FROM reference.edition"))


def filled(made: Publication) -> list[models.Model]:
    """The tables that have a line: those that have files."""
    (path,) = made.release.glob("*.duckdb")
    with duckdb.connect(str(path), read_only=True) as db:
        return [m for m in public.released() if one(db, f"SELECT count(*) FROM {m.name}")]


def test_csv_is_read_by_python_and_agrees_with_parquet(made: Publication, fictif: bool) -> None:
    for model in filled(made):
        name = tables.file_name(model, fictif=fictif)
        table = pq.read_table(made.release / "parquet" / f"{name}.parquet")
        with (made.release / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            header, *lines = list(csv.reader(handle, strict=True))
        assert header == table.column_names, model.name
        assert len(lines) == table.num_rows, model.name
        assert {len(line) for line in lines} <= {len(header)}, model.name
        # Cell by cell on the first rows and the last.
        for rank in {0, 1, table.num_rows // 2, table.num_rows - 1} & set(range(table.num_rows)):
            for text, value in zip(lines[rank], table.slice(rank, 1).to_pylist()[0].values(), strict=True):
                if value is None:
                    assert text == "", (model.name, rank)
                elif isinstance(value, str):
                    assert text == value, (model.name, rank)
                elif isinstance(value, bool):
                    assert text == str(value).lower()
                else:
                    assert text == str(value) or float(text) == float(value), (model.name, rank)


def test_french_csv_says_the_same_with_a_comma(made: Publication, fictif: bool) -> None:
    for model in (m for m in filled(made) if m.schema != models.VIEWS):
        name = f"{tables.file_name(model, fictif=fictif)}.csv"
        raw = (made.release / "csv-fr" / name).read_bytes()
        assert raw.startswith("\ufeff".encode()), name
        assert (made.release / "csv" / name).read_bytes().count(b"\r\n") == raw.count(b"\r\n"), name
        lines = list(csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), delimiter=";", strict=True))
        schema = pq.read_schema(made.release / "parquet" / f"{tables.file_name(model, fictif=fictif)}.parquet")
        assert lines[0] == schema.names, name
        machine = (made.release / "csv" / name).read_bytes().decode()
        for theirs, ours in list(zip(csv.reader(machine.splitlines(keepends=True)), lines, strict=True))[1::97]:
            for field, a, b in zip(schema, theirs, ours, strict=True):
                if pa.types.is_decimal(field.type):
                    assert b == a.replace(".", ","), (name, field.name)
                elif pa.types.is_boolean(field.type):
                    assert b == {"true": "VRAI", "false": "FAUX", "": ""}[a], (name, field.name)
                elif pa.types.is_date(field.type):
                    assert b == "/".join(reversed(a.split("-"))), (name, field.name)
                else:
                    assert b.lstrip("'") == a.lstrip("'"), (name, field.name)


def test_a_view_is_in_words_in_the_french_csv(made: Publication, fictif: bool) -> None:
    """Its headings with their units, each once; the numbers of the machines' file; a sign in each empty cell."""
    (path,) = made.release.glob("*.duckdb")
    views = [m for m in filled(made) if m.schema == models.VIEWS]
    assert {"vues.densites", "vues.personnels_etablissements"} <= {m.name for m in views}
    with duckdb.connect(str(path), read_only=True) as db:
        for model in views:
            name = f"{tables.file_name(model, fictif=fictif)}.csv"
            with (made.release / "csv-fr" / name).open(encoding="utf-8-sig", newline="") as handle:
                heading, *lines = list(csv.reader(handle, delimiter=";", strict=True))
            assert len(heading) == len(set(heading)), name
            assert not [h for h in heading if "_" in h and h not in (public.FICTIF_COLUMN, PARTIAL_COLUMN)], name
            assert len(lines) == one(db, f"SELECT count(*) FROM {model.name}"), name
            assert {len(line) for line in lines} == {len(heading)}, name
    with (made.release / "csv-fr" / f"{'FICTIF-' * fictif}vues.personnels_etablissements.csv").open(
        encoding="utf-8-sig", newline=""
    ) as handle:
        seen = list(csv.DictReader(handle, delimiter=";"))
    with (made.release / "csv" / f"{'FICTIF-' * fictif}vues.personnels_etablissements.csv").open(
        encoding="utf-8", newline=""
    ) as handle:
        plain = {r["finess"]: r for r in csv.DictReader(handle)}
    for line in seen:
        number = plain[line["FINESS"]]["medecins_etp"]
        shown = line["Médecins salariés (ETP)"]
        assert float(shown.replace(",", ".")) == float(number) if number else shown == "nd", line["FINESS"]
    assert {line["Statut"] for line in seen} >= {"public", "privé à but lucratif"}


@pytest.mark.lent
@pytest.mark.usefixtures("tables_alone", "views_unchecked")
def test_a_table_without_a_line_is_named_and_has_no_file(protected: Settings) -> None:
    """Its reason is what the edition lacks; the public file keeps it, with its columns."""
    with duckdb.connect(str(protected.database)) as db:
        db.execute("DELETE FROM reference.millesimes WHERE source = 'internat_postes'")
        for table in ("core.internat", "atlas.internat", "atlas.apl"):
            db.execute(f"DELETE FROM {table}")
    folder = Path(steps.publish(EDITION, REGION))
    names = {p.stem.removeprefix("FICTIF-") for p in folder.glob("*/*") if p.suffix in (".csv", ".parquet")}
    empty = {"core.internat", "atlas.internat", "vues.internat", "vues.internat_disciplines", "atlas.apl", "vues.apl"}
    assert not empty & names
    with duckdb.connect(str(next(folder.glob("*.duckdb"))), read_only=True) as db:
        assert {one(db, f"SELECT count(*) FROM {table}") for table in empty} == {0}
    told = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    why = {table["name"]: table["motif"] for table in told["tables_vides"]}
    assert set(why) == empty
    assert not empty & {resource["name"] for resource in told["resources"]}
    absent = "une source manque à cette édition : "
    assert {why[t].startswith(absent) and "interne" in why[t] for t in empty if t.endswith("internat")} == {True}
    assert why["atlas.apl"] == "ses sources sont dans l’édition, et n’y ont pas de ligne pour cette région"
    page = html.unescape((folder / "donnees.html").read_text(encoding="utf-8"))
    readme = (folder / "LISEZMOI.txt").read_text(encoding="utf-8-sig")
    listed = page[page.index('id="vides"') : page.index('id="sources"')]
    for table, reason in why.items():
        assert f"<code>{table}</code>" in listed, table
        assert table in readme, table
        for text in (listed, readme):
            assert reason[1:] in re.sub("[\u00a0\u202f]", " ", text), reason
    assert "vues.internat.csv" not in page
    assert "vues.internat " not in readme[: readme.index("Tables sans ligne")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_text_of_a_french_csv_can_be_a_formula_and_numbers_stay_negative(tmp_path: Path, start: str) -> None:
    with duckdb.connect() as db:
        db.execute("CREATE TABLE t (texte VARCHAR, nombre DECIMAL(9, 2))")
        db.execute("INSERT INTO t VALUES (?, -1234.50), ('sans danger : 1-2', NULL)", [f"{start}cmd|' /C calc'!A0"])
        tables.both(db, "t", tmp_path / "m.csv", tmp_path / "f.csv")
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert list(csv.reader(handle, delimiter=";")) == [
            ["texte", "nombre"],
            [f"'{start}cmd|' /C calc'!A0", "-1234,50"],
            ["sans danger : 1-2", ""],
        ]
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as handle:
        assert list(csv.reader(handle))[1] == [f"{start}cmd|' /C calc'!A0", "-1234.50"]


def test_codes_keep_their_zeros(made: Publication, fictif: bool) -> None:
    prefix = "FICTIF-" if fictif else ""
    with (made.release / "csv" / f"{prefix}reference.sources.csv").open(encoding="utf-8", newline="") as handle:
        assert {r["source"] for r in csv.DictReader(handle)} == set(catalogue.sources())
    with (made.release / "csv" / f"{prefix}reference.territoires.csv").open(encoding="utf-8", newline="") as handle:
        codes = {r["code"] for r in csv.DictReader(handle) if r["niveau"] == "region"}
    assert {"01", "02", "03", "04", "06", "11", "28", "94"} <= codes


def test_parquet_carries_words_and_units(made: Publication, fictif: bool) -> None:
    units = 0
    for model in filled(made):
        schema = pq.read_schema(made.release / "parquet" / f"{tables.file_name(model, fictif=fictif)}.parquet")
        about = {k.decode(): v.decode() for k, v in schema.metadata.items()}
        assert about["titre"] == model.title
        assert about["source"] == model.source
        assert about["grain"].split(", ") == list(model.grain)
        assert about.get("avertissement") == (SAID if fictif else None)
        for field in schema:
            if field.name == public.FICTIF_COLUMN:
                continue
            words = models.column_words(model, field.name)
            said = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
            assert said["description"] == words.description
            assert said["unite"] == words.unit
            units += bool(words.unit)
    assert units > 100


def test_dictionary_lists_each_column_of_each_table_once(made: Publication, fictif: bool) -> None:
    name = "FICTIF-dictionnaire.csv" if fictif else "dictionnaire.csv"
    with (made.release / name).open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    (path,) = made.release.glob("*.duckdb")
    with duckdb.connect(str(path), read_only=True) as db:
        expected = rows(
            db,
            "SELECT table_schema || '.' || table_name, column_name, data_type FROM information_schema.columns "
            "WHERE column_name <> ? ORDER BY ALL",
            public.FICTIF_COLUMN,
        )
    released = {m.name for m in public.released()}
    assert sorted((r["table"], r["colonne"], r["type"]) for r in lines) == [e for e in expected if e[0] in released]
    assert all(r["description"] and r["titre"] and r["source"] for r in lines)
    keys = {(r["table"], r["colonne"]) for r in lines if r["cle"] == "oui"}
    assert keys == {(m.name, k) for m in public.released() for k in m.grain}
    assert {r.get(public.FICTIF_COLUMN) for r in lines} == ({SAID} if fictif else {None})


@pytest.mark.lent
def test_released_decimals_are_not_rounded(mirror_published: Publication) -> None:
    path = mirror_published.release / "csv" / "fiches.ej_personnels.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        found = {
            r["valeur"]
            for r in csv.DictReader(handle)
            if (r["finess_ej"], r["millesime"], r["variable"]) == ("140000100", "2023", "ETP_TOT_PNM")
        }
    with mirror_published.connect() as db:
        query = (
            "SELECT valeur::VARCHAR FROM fiches.ej_personnels "
            "WHERE finess_ej = '140000100' AND millesime = 2023 AND variable = 'ETP_TOT_PNM'"
        )
        assert found == {one(db, query)}


def test_the_public_file_holds_the_released_tables_with_their_words(made: Publication, fictif: bool) -> None:
    (path,) = made.release.glob("*.duckdb")
    with duckdb.connect(str(path), read_only=True) as db:
        held = {f"{s}.{t}" for s, t in db.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()}
        assert held == {m.name for m in (*public.released(), *models.views())}
        silent = "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND column_name <> 'donnees_fictives'"
        assert one(db, f"{silent} AND NOT internal") == 0
        for model in filled(made):
            parquet = made.release / "parquet" / f"{tables.file_name(model, fictif=fictif)}.parquet"
            assert one(db, f"SELECT count(*) FROM (FROM {model.name} EXCEPT ALL FROM read_parquet('{parquet}'))") == 0


# --- Fiction ------------------------------------------------------------------------------------------


def test_fiction_says_so_in_every_file(published: Publication) -> None:
    every = [p for p in published.release.rglob("*") if p.is_file()]
    # See test_fiches; what the pages and the sheets look like.
    every = [p for p in every if p.parent.name not in ("fiches", "statique") and p.suffix not in (".css", ".js")]
    for path in every:
        if path.suffix == ".csv":
            assert path.name.startswith("FICTIF-")
            with path.open(encoding="utf-8-sig", newline="") as handle:
                header, *lines = list(csv.reader(handle, delimiter=";" if french(path) else ","))
            assert header[-1] == "donnees_fictives"
            assert {line[-1] for line in lines} <= {SAID}
        elif path.suffix == ".parquet":
            assert path.name.startswith("FICTIF-")
            table = pq.read_table(path)
            assert set(table.column("donnees_fictives").to_pylist()) <= {SAID}
            assert table.schema.metadata[b"avertissement"].decode() == SAID
        elif path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            words = "Données fictives : " if path.parent.name == "esms" else "<strong>Données fictives."
            assert words in text, path
            assert re.search(r"<title>\[Données fictives\]", text)
        elif path.parent.name == "figures":
            assert path.name.startswith("FICTIF-")
            assert path.suffix == ".png" or SAID in path.read_text(encoding="utf-8"), path.name
        elif path.suffix in (".duckdb", ".xlsx"):  # their sheets: test_workbooks
            assert path.name.startswith("FICTIF-")
        elif path.name in ("manifeste.json", "verrou.json", "datapackage.json"):
            assert json.loads(path.read_text(encoding="utf-8"))["fictif"] is True
        elif path.name == components.NAME:  # of the program, not of its data
            assert "FICTIF" not in path.read_text(encoding="utf-8")
        elif path.name == "SHA256SUMS":
            assert "  csv/FICTIF-" in path.read_text(encoding="utf-8")
        else:
            assert path.name in package.FILES
            assert SAID in path.read_text(encoding="utf-8")
    kinds = Counter(path.suffix for path in every if path.parent.name != "figures")
    assert kinds[".parquet"] == len(filled(published)) + 1
    assert kinds[".csv"] == 2 * kinds[".parquet"] + 2


def french(path: Path) -> bool:
    return path.parent.name in ("csv-fr", "figures") or path.name.endswith("-fr.csv")


@pytest.mark.lent
def test_real_data_are_not_called_fictitious(mirror_published: Publication) -> None:
    for path in mirror_published.release.rglob("*"):
        assert "FICTIF" not in path.name.upper()
        if path.suffix == ".parquet":
            schema = pq.read_schema(path)
            assert "donnees_fictives" not in schema.names
            assert b"avertissement" not in schema.metadata
        elif path.suffix == ".csv":
            assert "donnees_fictives" not in path.read_text(encoding="utf-8").splitlines()[0]
        elif path.suffix == ".html":
            assert "Données fictives" not in path.read_text(encoding="utf-8")
        elif path.suffix == ".json" and path.name != components.NAME:
            assert json.loads(path.read_text(encoding="utf-8"))["fictif"] is False


# --- Pages --------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page asks for, links to, and holds."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.asked: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.language = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {k: v or "" for k, v in attrs}
        self.tags.add(tag)
        self.language = self.language or named.get("lang", "")
        self.ids += [named["id"]] if "id" in named else []
        self.asked += [named[k] for k in ("src", "srcset", "data", "poster", "action", "background") if k in named]
        self.asked += [named["href"]] if tag in ("link", "base", "use", "image") else []
        self.asked += re.findall(r"url\(([^)]*)\)|@import", named.get("style", ""))
        self.links += [named["href"]] if tag == "a" and "href" in named else []
        if tag not in ("meta", "br", "link", "img", "hr", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_pages_open_offline_and_their_links_lead_somewhere(made: Publication) -> None:
    official = {s.adresse for s in catalogue.load_all()}
    found = sorted(p for p in made.release.rglob("*.html"))
    anchors = {path: set(Page(path).ids) for path in found}
    assert len(found) > 60
    for path in found:
        page = Page(path)
        assert page.open == [], path.name
        assert page.language == "fr"
        assert not page.tags & {"iframe", "object", "embed", "style", "base"}
        assert len(page.ids) == len(set(page.ids)), path.name
        for asked in page.asked:
            assert asked == "data:," or (path.parent / asked).is_file(), (path.name, asked)
        for link in page.links:
            target, _, anchor = link.partition("#")
            if "://" in link:
                assert link in official
                continue
            there = (path.parent / target).resolve() if target else path
            assert there.is_file(), (path.name, link)
            assert not anchor or anchor in anchors[there], (path.name, link)
    assert not re.search(r"@import|url\(", (made.release / "statique/atlas.css").read_text(encoding="utf-8"))


def test_every_table_is_listed_with_source_vintage_and_date(made: Publication, fictif: bool) -> None:
    text = (made.release / "donnees.html").read_text(encoding="utf-8")
    text = re.sub("[\u00a0\u202f](?=[:;?!»])|(?<=«)\u00a0", " ", text)
    with made.connect() as db:
        reference = dict(
            (s, (m, d))
            for s, m, d in rows(
                db, "SELECT source, millesime, date_reference FROM reference.millesimes WHERE reference"
            )
        )
    assert filled(made)
    for model in filled(made):
        start = text.index(f'<td><a href="#{model.name}">')
        line = text[start : text.index("</tr>", start)]
        assert model.title.replace("'", "&#39;") in line
        name = tables.file_name(model, fictif=fictif)
        assert f'href="csv/{name}.csv"' in line
        assert f'href="parquet/{name}.parquet"' in line
        for source in models.sources_of(model.name):
            if source not in reference:
                assert f"{source} (absente)" in line, (model.name, source)
                continue
            millesime, date = reference[source]
            assert f"{source} {millesime}" in line, (model.name, source)
            assert date.strftime("%d/%m/%Y") in line, (model.name, source)
    assert {"sae", "insee_cog", "bmo", "parcoursup"} <= reference.keys()
    for source_id in reference:
        assert catalogue.load(source_id).adresse in text


def test_the_data_page_begins_with_the_views_that_people_come_for(made: Publication, fictif: bool) -> None:
    """Ten to fifteen of them; each with its title, its sentence, and its three files, before any other table."""
    raw = (made.release / "donnees.html").read_text(encoding="utf-8")
    first = raw[raw.index('<h2 id="commencer">') : raw.index('<h2 id="tables">')]
    names = {m.name: m for m in filled(made)}
    begin = {table: name for table, name in workbooks.start().items() if table in names}
    assert 10 <= len(begin) <= len(workbooks.start()) <= 15
    assert all(table.startswith("vues.") for table in begin)
    assert re.findall(r'<dt><a href="#(.+?)">', first) == list(begin)
    book = workbooks.file_name(workbooks.START, fictif=fictif)
    assert first.count(f'href="{book}"') == len(begin) + 1
    for table, name in begin.items():
        file = tables.file_name(names[table], fictif=fictif)
        assert f'href="csv-fr/{file}.csv"' in first
        assert f'href="parquet/{file}.parquet"' in first
        assert f">{html.escape(name, quote=False).replace(chr(39), '&#39;')}</a>" in first
    assert CalamineWorkbook.from_path(str(made.release / book)).sheet_names == ["Lisez-moi", *begin.values()]
    assert re.search(r"enquête BMO 20\d\d\.</dd>", first)


def test_every_source_has_a_page_with_its_columns_as_the_producer_names_them(made: Publication) -> None:
    with made.connect() as db:
        pinned = rows(
            db, "SELECT source, millesime::VARCHAR, fichiers FROM reference.millesimes WHERE statut = 'accepté'"
        )
    for source in catalogue.load_all():
        page = html.unescape((made.release / "sources" / f"{source.id}.html").read_text(encoding="utf-8"))
        assert f"<code>{source.id}</code></a>" in (made.release / "donnees.html").read_text(encoding="utf-8")
        for table in source.tables:
            start = page.index(f'<h3 id="staging.{source.staged_name(table)}">')
            part = page[start : page.index("</table>", start)]
            listed = re.findall(r"<tr><td><code>(.+?)</code></td><td>(.+?)</td>", part)
            assert [name for name, _ in listed] == [c.name for c in source.of_table(table)]
        mine = [(m, files) for s, m, files in pinned if s == source.id]
        for millesime, files in mine:
            assert f"<tr><td>{millesime}" in page
            assert files in page
        assert mine or "Aucun n’a été accepté" in page
    page = html.unescape((made.release / "sources/sae.html").read_text(encoding="utf-8"))
    assert "DIRSI (2022)\u202f; absente (2023)" in page
    page = (made.release / "sources/rpps.html").read_text(encoding="utf-8")
    assert "core.rpps_personnes" not in page


def test_sources_of_a_table_are_all_that_it_reads() -> None:
    assert models.sources_of("reference.edition") == frozenset()
    assert {"sae", "insee_cog", "ght"} <= models.sources_of("fiches.ght_personnels")
    assert {"drees_demographie", "insee_population_departements"} <= models.sources_of("atlas.densites")


@pytest.mark.lent
def test_quality_page_tells_gaps_quarantine_and_unknown_territories(mirror_published: Publication) -> None:
    text = (mirror_published.release / "qualite.html").read_text(encoding="utf-8")
    for expected in (
        "sygen_etablissements",
        "EFF_INT est vide",
        "9A123",
        "laposte_codes_postaux",
        "000 -COM ou Etranger",
    ):
        assert expected in text
    assert "égal" in text
    # The readers of France write 41 097,00 with a narrow space and a comma.
    assert "41\u202f097" in text


NASTY = "<script>alert('x')</script> & \"<b>"


@pytest.mark.lent
def test_pages_escape_whatever_an_extract_contains(protected: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # A name that says one thing in a table and another elsewhere would refuse the release before anybody reads it.
    monkeypatch.setattr(public, "check", lambda file: [])
    # Pages alone are looked at: workbooks and pictures take as long as all the rest.
    monkeypatch.setattr(workbooks, "write", lambda *_, **__: [])
    monkeypatch.setattr(drawing, "every", lambda specs: dict.fromkeys(specs, ('<svg width="1" height="1"/>', b"")))
    with duckdb.connect(str(protected.database)) as db:
        for table, column in (
            ("reference.millesimes", "periode"),
            ("reference.sources", "titre"),
            ("reference.sources", "limites"),
            ("reference.sources", "adresse"),
            ("qualite.avertissements", "avertissement"),
            ("qualite.rapprochements", "libelle"),
            ("qualite.rapprochements", "explication"),
            ("qualite.rapprochements", "objet"),
            ("qualite.controles", "observe"),
            ("qualite.controles", "motif"),
            ("reference.territoires", "libelle"),
            ("reference.professions", "libelle"),
            ("reference.indicateurs", "limites"),
            ("reference.ruptures", "effet"),
            ("fiches.etablissements", "raison_sociale"),
            ("fiches.etablissements", "nom_ght"),
            ("atlas.recrutement", "libelle"),
            ("atlas.formations", "libelle"),
        ):
            db.execute(f"UPDATE {table} SET {column} = ? || {column}", [NASTY])
        db.execute("UPDATE qualite.rapprochements SET resultat = 'écart'")
        db.execute("UPDATE qualite.controles SET reussi = false")
        db.execute(
            "INSERT INTO qualite.quarantaine BY NAME SELECT 'sae' AS source, 2022 AS millesime, 1 AS revision, "
            "'id' AS table_source, $1 AS fichier, 3 AS ligne, $1 AS controle, $1 AS motif, $1 AS contenu",
            [NASTY],
        )
        db.execute(
            "INSERT INTO qualite.territoires_inconnus BY NAME SELECT 'sae' AS source, 2022 AS millesime, $1 AS niveau, "
            "$1 AS code_publie, 1 AS lignes, $1 AS fichier, 2 AS premiere_ligne",
            [NASTY],
        )
    folder = Path(steps.publish(EDITION, REGION))
    for name in ("index.html", "donnees.html", "qualite.html", "pages/departement-14.html", "pages/recherche.html"):
        assert "&lt;script&gt;alert(" in (folder / name).read_text(encoding="utf-8"), name
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "<script>" not in text, path.name
        assert "<b>" not in text, path.name
        assert Page(path).open == [], path.name


def test_numbers_and_dates_are_written_as_in_french() -> None:
    import datetime as dt
    from decimal import Decimal

    from pipelines.publish import pages

    # A page and a sheet round the same number to the same digit.
    for value, shown in (("12.25", "12,3"), ("12.35", "12,4"), ("-12.25", "\u221212,3"), ("-0.04", "0,0")):
        assert numbers.french(Decimal(value), "n1") == numbers.nombre(Decimal(value), 1) == shown
    assert numbers.french(Decimal("0.1225"), "pct1") == numbers.percent(Decimal("0.1225"), 1) == "12,3\u202f%"
    assert pages.nombre(1234567) == "1\u202f234\u202f567"
    assert pages.nombre(Decimal("-156.17")) == "\u2212156,17"
    assert pages.nombre(Decimal("1000.00")) == "1\u202f000"
    assert pages.nombre(None) == ""
    assert pages.nombre(0) == "0"
    assert pages.date(dt.date(2022, 12, 31)) == "31/12/2022"
    assert pages.date(None) == ""


def test_no_line_of_a_restricted_source_is_released_bare(published: Publication) -> None:
    """Not by its source, nor by the survey it names; what descends from one has a declared structure."""
    restricted = public.restricted()
    assert {"rpps", "enquete_rh", "cnracl"} <= restricted
    # What the catalogue says of a source is no secret: `reference` names them all. A view has what the marts here have.
    protected = set(disclosure.structures.load())
    marts = [m for m in filled(published) if m.schema not in ("reference", models.VIEWS)]
    for model in (m for m in marts if m.name not in protected):
        path = published.release / "parquet" / f"{tables.file_name(model, fictif=True)}.parquet"
        columns = [c for c in ("source", "enquete") if c in pq.read_schema(path).names]
        for column in columns:
            assert not restricted & set(pq.read_table(path, columns=[column])[column].to_pylist()), path.name
        if models.sources_of(model.name) & restricted:
            assert "source" in columns, model.name
