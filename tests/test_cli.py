"""The command line: help that needs no manual, mistakes told on one screen, exit statuses that differ."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main
from fixtures_entrepots import EDITION, ROOT, Warehouse, environment
from typer.core import TyperArgument, TyperOption
from typer.testing import CliRunner

from pipelines import catalogue, cli, errors, steps
from pipelines.arrival import outcomes
from pipelines.cli import controles
from pipelines.connectors import mirror
from pipelines.edition import lockfile
from pipelines.settings import Settings

RUN = CliRunner()
GROUP = typer.main.get_group(cli.app)
COMMANDS = sorted(GROUP.commands)
ENGLISH = re.compile(
    r"\b(show|this|default|required|commands|error|try|such|invalid|missing|unexpected|mean|must|should|the|and|is|are|"
    r"not|of|bool|str|int|range|aborted|input|value|with|for|you|did)\b",
    re.IGNORECASE,
)


def in_french(text: str) -> bool:
    plain = re.sub(r"--?[\w-]+|\"[^\"]*\"|<[^>]*>", " ", text)
    found = ENGLISH.findall(plain)
    assert found == [], f"{found} dans : {text}"
    return True


@dataclass
class Said:
    status: int
    out: str
    err: str


Atlas = Callable[..., Said]


@pytest.fixture
def atlas(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Atlas:
    """Runs `atlas …` by its own entry point, in this process."""

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["atlas", *arguments])
        capfdbinary.readouterr()
        try:
            cli.main()
            status: object = 0
        except SystemExit as error:
            status = error.code or 0
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        assert isinstance(status, int)
        return Said(status, out.decode("utf-8"), err.decode("utf-8"))

    return run


def one_screen(said: Said, status: int, *phrases: str) -> None:
    """A message for a person: on the error stream, short, in French, without the code's own path."""
    assert said.status == status, said
    assert said.err.strip()
    assert "Traceback" not in said.err + said.out
    assert len(said.err.splitlines()) <= 15
    for phrase in phrases:
        assert phrase in said.err, said.err


def process(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


# --- Help -------------------------------------------------------------------------------------------


def test_there_is_a_command_for_each_daily_task() -> None:
    daily = {"adapter", "controles", "edition", "lock", "query", "run", "source", "sources", "up", "vintages"}
    assert daily <= set(COMMANDS)


@pytest.mark.parametrize("arguments", [[], *[[c] for c in COMMANDS]], ids=lambda a: " ".join(a) or "atlas")
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_in_french(arguments: list[str], flag: str) -> None:
    result = CliRunner().invoke(cli.app, [*arguments, flag], env={"COLUMNS": "120", "TERMINAL_WIDTH": "120"})
    assert result.exit_code == 0
    assert "Montre cette aide." in result.output
    assert in_french(result.output)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    command = GROUP.commands[name]
    assert command.help
    assert re.match(r"[A-ZÀ-Ý]", command.help)
    for param in command.params:
        assert isinstance(param, TyperArgument | TyperOption)
        assert param.help, f"{name} {param.name}"
        assert param.help.endswith(".") or param.help.endswith("millésime."), f"{name} {param.name}"


def test_the_version_is_that_of_the_project_and_of_its_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockfile, "commit", lambda: "0123abc")
    said = CliRunner().invoke(cli.app, ["--version"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (said.exit_code, said.output) == (0, f"atlas {project['version']}, commit 0123abc\n")


def test_help_tells_the_exit_statuses() -> None:
    said = CliRunner().invoke(cli.app, ["--help"]).output
    kinds = (errors.UsageError, errors.RefusedError, errors.BuildError, errors.StorageError)
    assert [kind.exit_code for kind in kinds] == [2, 3, 4, 5]
    for kind in kinds:
        assert f"{kind.exit_code} " in said[said.index("Codes de sortie") :]


def test_without_command_the_help_is_shown(atlas: Atlas) -> None:
    said = atlas()
    assert said.status == 2
    assert "Commandes" in said.out + said.err


# --- Mistakes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "phrases"),
    [
        (["source", "nulle_part"], ["Source inconnue : « nulle_part »", "l'une de : apl, ", "atlas sources"]),
        (["run", "nulle_part"], ["Source inconnue"]),
        (["vintages", "nulle_part"], ["Source inconnue"]),
        (["sourc"], ["Commande inconnue : « sourc »", "source, sources"]),
        (["run", "--nimporte"], ["Option inconnue : --nimporte", "--millesime", "atlas run --help"]),
        (["source"], ["Il manque « nom »", "atlas source --help"]),
        (["lock", "bientôt"], ["L'édition ne se comprend pas : « bientôt »", "une année"]),
        (["edition", "--edition", "1800"], ["L'édition ne se comprend pas : « 1800 »", "une année"]),
        (["edition", "--region"], ["L'option --region attend une valeur"]),
        (["lock", "--update=oui"], ["L'option --update n'attend pas de valeur"]),
        (["query", "FROM", "reference.sources"], ["un argument de trop : reference.sources", "guillemets"]),
        (["vintages", "--sources", "nulle/part"], ["Le dossier des extraits n'existe pas : nulle/part", "SOURCES="]),
        (["run", "ght", "-s", "nulle/part"], ["Le dossier des extraits n'existe pas"]),
        (["query", "FROM reference.sources"], ["Il n'y a pas encore d'entrepôt", "atlas edition --sources"]),
        (["lock"], ["L'édition 2025 n'a pas de verrou", "atlas lock 2025 --update"]),
        (["lock", "2019"], ["L'édition 2019 n'a pas de verrou", "atlas edition --edition 2019"]),
    ],
    ids=lambda a: " ".join(a) if isinstance(a, list) and len(a) < 4 else "",
)
def test_mistakes_are_told(empty: Settings, atlas: Atlas, arguments: list[str], phrases: list[str]) -> None:
    said = atlas(*arguments)
    one_screen(said, 2, *phrases, "à faire")
    assert said.out == ""
    assert in_french(said.err)


def test_nothing_to_lock_is_status_4(empty: Settings, atlas: Atlas) -> None:
    one_screen(atlas("lock", "--update"), 4, "rien à verrouiller", "atlas vintages")


def test_a_folder_without_extracts_is_told_before_airflow_starts(atlas: Atlas, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    with environment(tmp_path / "entrepot"):
        said = atlas("edition", "--sources", str(tmp_path / "vide"))
    assert said.status == 2
    assert f"Il n'y a aucun extrait dans {tmp_path / 'vide'}, et l'archive est vide." in said.err
    assert "Airflow" not in said.out + said.err


def test_a_warehouse_that_cannot_be_written_is_status_5(atlas: Atlas, tmp_path: Path, sample_extracts: Path) -> None:
    (tmp_path / "fichier").write_text("pas un dossier", encoding="utf-8")
    with environment(tmp_path / "fichier" / "entrepot", sample_extracts):
        one_screen(atlas("run", "ght"), 5, "Le système de fichiers a refusé une opération", "libérer de la place")


# --- Sources and vintages -------------------------------------------------------------------------------


def test_sources_lists_the_catalogue(atlas: Atlas) -> None:
    said = atlas("sources")
    assert said.status == 0
    for source in catalogue.sources():
        assert re.search(rf"\b{source}\b", said.out)


def test_source_shows_address_limits_and_names_by_vintage(atlas: Atlas) -> None:
    said = atlas("source", "sae")
    sae = catalogue.load("sae")
    assert sae.adresse in said.out
    assert "staging.sae_q20" in said.out
    assert "2022" in said.out
    assert "2023" in said.out
    assert "finess (clé)" in said.out


def damaged(extracts: Path, root: Path) -> Path:
    """Extracts of `ght` whose vintage of 2023 has lost a column."""
    shutil.copytree(extracts / "ght", root / "ght")
    shutil.copyfile(extracts / "FICTIF.txt", root / "FICTIF.txt")
    path = root / "ght" / "2023" / "ght_membership_inferred_2023.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("finess_ej", "autre_nom", 1), encoding="utf-8")
    return root


def test_run_tells_a_refused_vintage_and_accepts_the_others(
    atlas: Atlas, sample_extracts: Path, tmp_path: Path
) -> None:
    root = damaged(sample_extracts, tmp_path / "extraits")
    with environment(tmp_path / "entrepot", root):
        said = atlas("run", "ght")
        assert said.status == 3
        assert re.search(r"accepté ght 2022 : \d+ contrôles", said.out)
        assert "refusé  ght 2023" in said.out
        for phrase in ("Il manque 1 colonne(s) : « finess_ej »", "source ght, millésime 2023", "ligne 1", "à faire"):
            assert phrase in said.out
        assert "Traceback" not in said.out + said.err
        # The refused one is told again without being read again, and the good one stays.
        assert atlas("run", "ght", "--millesime", "2023").status == 3
        assert atlas("run", "ght", "-m", "2022").status == 0
        shown = atlas("vintages", "ght").out
        assert re.search(r"ght +│ 2022 +│ 1 +│ accepté \(fictif\)", shown)
        assert re.search(r"ght +│ 2023 +│ 1 +│ refusé \(fictif\)", shown)
        lock = atlas("lock", "--update")
        assert lock.status == 0
        assert "Refusé : ght 2023 — Il manque 1 colonne(s)" in lock.out
        # Mended: another revision, accepted.
        shutil.copytree(sample_extracts / "ght", root / "ght", dirs_exist_ok=True)
        assert atlas("run", "ght", "-m", "2023").status == 0
        shown = atlas("vintages", "ght").out
        assert re.search(r"ght +│ 2023 +│ 2 +│ accepté", shown)
        waiting = atlas("lock").out
        assert re.search(r"Changements en attente \(ATLAS_WAREHOUSE=\S+ atlas lock 2025 --update\)", waiting)
        assert "+ ght 2023 (révision 2)" in waiting
        done = atlas("lock", "--update").out
        assert "Changements faits" in done
        assert "Changements" not in atlas("lock").out


def test_run_of_a_vintage_that_is_not_there(empty: Settings, atlas: Atlas) -> None:
    said = atlas("run", "ght", "--millesime", "1999")
    assert said.status == 3
    assert "Ce millésime n'est pas dans le dossier des extraits" in said.out
    assert "2022, 2023" in said.out


def test_run_of_a_source_without_any_vintage(atlas: Atlas, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    with environment(tmp_path / "entrepot", tmp_path / "vide"):
        one_screen(atlas("run", "ght"), 2, "Aucun millésime de « ght »", "ght/<millésime>/")


def test_vintages_of_an_untouched_folder_are_on_offer(empty: Settings, atlas: Atlas) -> None:
    shown = atlas("vintages").out
    offered = sum(len(mirror.vintages(empty.sources, source)) for source in catalogue.load_all())
    assert shown.count("offert, non ingéré") == offered > 20
    for source in catalogue.sources():
        assert source in shown


def test_what_a_file_contains_is_never_read_as_markup(copied: Settings, atlas: Atlas) -> None:
    """A reason may quote anything: « [/x] » is a closing tag for the library that prints tables."""
    odd = "Feuille [/x] [bold]absente[/bold] de classeur.xlsx[feuille]"
    folder = outcomes.folder(copied, "ght", 2023, 1)
    outcome = json.loads((folder / outcomes.OUTCOME).read_text(encoding="utf-8"))
    (folder / outcomes.OUTCOME).write_text(json.dumps({**outcome, "accepte": False, "motif": odd}), encoding="utf-8")
    shown = atlas("vintages", "ght")
    assert shown.status == 0
    assert "[/x]" in shown.out
    lock = atlas("lock", "2024", "--update")
    assert lock.status == 0
    assert f"Refusé : ght 2023 — {odd}" in lock.out


# --- Lock -----------------------------------------------------------------------------------------------


def test_lock_shows_what_is_pinned(copied: Settings, atlas: Atlas) -> None:
    said = atlas("lock")
    made = lockfile.load(copied, EDITION)
    assert made
    assert said.status == 0
    assert "FICTIF" in said.out
    for pin in made.pins:
        assert re.search(rf"{pin.source} +│ {pin.millesime} +│ {pin.revision} ", said.out), pin
        assert pin.files[0].sha256[:12] in said.out
    assert "Changements" not in said.out


# --- Query ----------------------------------------------------------------------------------------------


def test_query_shows_a_table(copied: Settings, atlas: Atlas) -> None:
    said = atlas("query", "SELECT source, titre FROM reference.sources WHERE source = 'ght'")
    assert said.status == 0
    assert "Appartenance des entités juridiques" in said.out


@pytest.mark.parametrize("end", ["", ";", " ; ", " -- la fin", "\n"])
def test_query_as_csv_is_csv_and_nothing_else(copied: Settings, atlas: Atlas, end: str) -> None:
    said = atlas(
        "query", "--csv", f"SELECT code, libelle, 'a;\"b' AS x FROM reference.territoires ORDER BY ALL LIMIT 3{end}"
    )
    assert said.status == 0
    lines = list(csv.reader(io.StringIO(said.out)))
    assert lines[0] == ["code", "libelle", "x"]
    assert [len(line) for line in lines] == [3, 3, 3, 3]
    assert lines[1][0].startswith("0")
    assert lines[1][2] == 'a;"b'


@pytest.mark.lent
@pytest.mark.parametrize(
    ("sql", "phrase"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nulle_part FROM reference.sources", "nulle_part"),
        ("FROM reference.nulle_part", "nulle_part"),
        ("CREATE TABLE core.essai AS SELECT 1", "read-only"),
        ("DELETE FROM reference.sources", "read-only"),
        ("UPDATE reference.sources SET titre = 'x'", "read-only"),
        ("DROP TABLE reference.sources", "read-only"),
        ("", "elle est vide"),
        (" -- rien\n;", "elle est vide"),
    ],
)
@pytest.mark.parametrize("flags", [[], ["--csv"]])
def test_bad_queries_and_writes_are_refused(
    copied: Settings, atlas: Atlas, sql: str, phrase: str, flags: list[str]
) -> None:
    before = copied.database.read_bytes()
    said = atlas("query", *flags, sql)
    one_screen(said, 2, "La requête ne s'exécute pas", phrase, "une requête de lecture")
    assert said.out == ""
    assert copied.database.read_bytes() == before


BEYOND = [
    "COPY reference.sources TO '{out}'",
    "COPY (SELECT 1) TO '{staging}/essai.parquet'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{staging}/essai.parquet'",
    "SELECT 1; COPY (SELECT 1) TO '{staging}/essai.parquet'",
    "EXPORT DATABASE '{out}'",
    "ATTACH '{out}' AS autre",
    "SELECT content FROM read_text('{secret}')",
    "FROM read_csv('{staging}/../secret.txt')",
    "FROM '{secret}'",
    "FROM glob('/etc/*')",
    "FROM read_csv('https://127.0.0.1:1/a.csv')",
    "SET enable_external_access = true; SELECT content FROM read_text('{secret}')",
    "FROM sql",
]


@pytest.mark.lent
def test_a_query_reads_the_warehouse_and_what_is_staged_and_writes_nothing(copied: Settings, atlas: Atlas) -> None:
    secret, out, staging = copied.warehouse / "secret.txt", copied.warehouse / "sorti", copied.staging
    secret.write_text("n\nmot de passe\n", encoding="utf-8")
    before = {*copied.warehouse.rglob("*")}
    for sql in BEYOND:
        for flags in ([], ["--csv"]):
            said = atlas("query", *flags, sql.format(secret=secret, out=out, staging=staging))
            assert said.status == 2, sql
            assert "mot de passe" not in said.out + said.err
            assert {*copied.warehouse.rglob("*")} == before, sql
    file = staging / "ght" / "2023" / "r1" / "ght.parquet"
    read = atlas("query", "--csv", f"SELECT count(*) > 0 AS lu FROM read_parquet('{file}')")
    assert (read.status, read.out) == (0, "lu\ntrue\n")
    pivot = atlas("query", "--csv", "PIVOT (SELECT 1 AS a, 2 AS b) ON a USING sum(b)")
    assert (pivot.status, pivot.out) == (0, "1\n2\n")


# --- As processes -----------------------------------------------------------------------------------------


@pytest.mark.lent
def test_processes_end_with_their_own_status(sample: Warehouse, sample_extracts: Path, tmp_path: Path) -> None:
    place = {"ATLAS_WAREHOUSE": str(sample.settings.warehouse), "ATLAS_SOURCES": str(sample_extracts)}
    good = process("query", "--csv", "SELECT count(*) AS n FROM fiches.etablissements", **place)
    assert (good.returncode, good.stderr.split(" :")[0]) == (0, "FICTIF")
    assert int(good.stdout.split()[1]) > 0
    bad = process("source", "nulle_part", **place)
    assert bad.returncode == 2
    assert bad.stdout == ""
    assert bad.stderr.startswith("Source inconnue")
    nothing = process("lock", "--update", ATLAS_WAREHOUSE=str(tmp_path / "e"), ATLAS_SOURCES=str(sample_extracts))
    assert nothing.returncode == 4
    for done in (bad, nothing):
        assert "Traceback" not in done.stderr


@pytest.mark.lent
def test_csv_is_added_to_a_file_and_a_closed_pipe_is_no_error(sample: Warehouse, tmp_path: Path) -> None:
    variables = {**os.environ, "ATLAS_WAREHOUSE": str(sample.settings.warehouse)}
    path = tmp_path / "resultat.csv"
    path.write_text("déjà là\n", encoding="utf-8")
    command = [sys.executable, "-m", "pipelines.cli", "query", "--csv"]
    with path.open("ab") as handle:
        subprocess.run([*command, "SELECT 1 AS un"], cwd=ROOT, env=variables, stdout=handle, check=True)
    assert path.read_text(encoding="utf-8") == "déjà là\nun\n1\n"
    piped = subprocess.Popen(
        [*command, "FROM core.population"], cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert piped.stdout
    assert piped.stderr
    piped.stdout.readline()
    piped.stdout.close()
    assert piped.stderr.read().startswith(b"FICTIF : ")
    piped.stderr.close()
    piped.wait(timeout=30)


def test_the_journal_times_each_step(copied: Settings) -> None:
    steps.reconcile(str(copied.database))
    entry = json.loads((copied.warehouse / "journal.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (entry["etape"], entry["resultat"]) == ("reconcile", "fait")
    assert entry["secondes"] >= 0
    assert entry["quand"].endswith("+00:00")
    assert entry["rapprochements"]["identité d'un fichier"]["égal"] > 0


# --- Failed checks --------------------------------------------------------------------------------------


def test_controles_lists_what_failed_and_the_lines_set_aside(
    atlas: Atlas, sample_extracts: Path, tmp_path: Path
) -> None:
    """A vintage refused for its lines, and one for its columns: each with observed, expected and its lines."""
    root = damaged(sample_extracts, tmp_path / "extraits")
    path = root / "ght" / "2022" / "ght_membership_inferred_2022.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, *[lines[-1]] * 4]), encoding="utf-8")
    with environment(tmp_path / "entrepot", root):
        one_screen(atlas("controles", "ght"), 2, "Aucun millésime contrôlé de « ght »", "atlas run ght")
        assert atlas("run", "ght").status == 3
        said = atlas("controles", "ght")
        assert said.status == 0
        first, last = len(lines) + 1, len(lines) + 4
        shown = " ".join(re.sub(r"[│┃]", " ", said.out).split())
        assert "ght 2022, révision 1 : refusé" in said.out
        assert "4 ligne(s) écartée(s)" in said.out
        assert f"4 lignes : {first}-{last}" in shown
        assert "ligne_repetee" in shown
        assert "ght 2023, révision 1 : refusé" in said.out
        assert "Il manque 1 colonne(s) : « finess_ej »" in said.out
        alone = atlas("controles", "ght", "2022")
        assert "ght 2023" not in alone.out
        assert in_french(re.sub(r"\b[a-z]+_[a-z_]+\b", "", alone.out))
        one_screen(atlas("controles", "ght", "2021"), 2, "« ght » 2021", "atlas run ght --millesime 2021")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([7], "7"), ([3, 1, 2], "3 lignes : 1-3"), ([9, 4, 5, 9], "3 lignes : 4-5, 9"), (range(1, 200, 2), "… ")],
)
def test_runs_of_lines(numbers: list[int], said: str) -> None:
    assert said.strip() in controles.runs(numbers)
    assert len(controles.runs(numbers)) < 300


# --- For scripts and shells --------------------------------------------------------------------------------


def test_vintages_and_locks_are_read_by_scripts(copied: Settings) -> None:
    lines = json.loads(RUN.invoke(cli.app, ["vintages", "ght", "--json"]).stdout)
    assert [(line["millesime"], line["revision"]) for line in lines] == [(2022, 1), (2023, 1)]
    assert set(lines[0]) == {"source", "millesime", "revision", "etat", "lignes", "ecartees", "motif"}
    made = json.loads(RUN.invoke(cli.app, ["lock", "2025", "--json"]).stdout)
    assert (made["edition"], made["changements"], made["faits"]) == (2025, [], False)
    assert {pin["source"] for pin in made["pins"]} > {"ght", "sae"}


def test_an_ingestion_is_tried_without_keeping_anything(depot: tuple[Path, Settings], sample_extracts: Path) -> None:
    root, now = depot
    (root / mirror.FICTIF).touch()
    shutil.copytree(sample_extracts / "ght", root / "ght", copy_function=shutil.copyfile)
    bad = next((root / "ght" / "2022").glob("*.csv"))
    bad.write_text(bad.read_text(encoding="utf-8").replace("finess_ej", "autre_nom", 1), encoding="utf-8")
    done = RUN.invoke(cli.app, ["run", "ght", "--a-blanc"])
    assert done.exit_code == 3, done.output
    assert "rien n'est gardé" in done.output
    assert "accepté ght 2023" in done.output
    assert re.search(r"refusé +ght 2022", done.output)
    assert "« finess_ej »" in done.output
    assert "ATLAS_WAREHOUSE" not in done.output
    assert not now.warehouse.exists()


def test_an_archive_is_tried_again_without_touching_its_staging(copied: Settings) -> None:
    before = {p: p.stat().st_mtime_ns for p in sorted(copied.warehouse.rglob("*"))}
    done = RUN.invoke(cli.app, ["run", "ght", "--millesime", "2023", "--archive", "--a-blanc"])
    assert (done.exit_code, "accepté ght 2023" in done.output) == (0, True), done.output
    assert {p: p.stat().st_mtime_ns for p in sorted(copied.warehouse.rglob("*"))} == before


def test_a_shell_completes_commands(tmp_path: Path) -> None:
    script = 'eval "$(_ATLAS_COMPLETE=source_bash atlas)"; COMP_WORDS=(atlas ver); COMP_CWORD=1; '
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", script + '_atlas_completion atlas; echo "${COMPREPLY[@]}"'],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["verifier"], done.stderr
