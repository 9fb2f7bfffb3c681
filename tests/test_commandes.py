"""Every command of README.md and of the manual, run as it is written; what a page shows under it, shown again.

A checkout is prepared, with a fictitious warehouse, and the commands run there in the order of the pages. A command
that can't run here is named below with the reason: a new one that is neither run nor named fails.
"""

import ast
import csv
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import ROOT, Warehouse, a_copy
from test_docs import GUIDE

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MARTS = ROOT / "docs" / "interroger.md"  # what it shows was read on the real extracts
FENCED = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:atlas|make|benchmarks|\.venv/bin)[ /][^`]+|(?:FROM|SELECT) [^`]+)`")

# What a page leaves to fill in.
BLANKS = {"NAME": "insee_cog", "<source>": "insee_cog", "ANNÉE": "2025"}

CI = "by .ci/run, which is this: minutes"
HALF = "a part of `make test-tout`, which .ci/run runs"
UNDER_AIRFLOW = "stays open until Ctrl-C: tests/test_up.py, and `make atlas` runs the same DAGs"
GUIDED = "by tests/test_docs.py, which follows the page: its source is not of this catalogue"
MEASURES = "a measure, minutes at national size"
SHARED = "it wants a store and a database of locks: tests/test_machines.py, which has both"
NAMED = "the name of a command, in a sentence"
ELSEWHERE = {
    "make atlas": CI,
    "make atlas SOURCES=../extraits EDITION=2025 REGION=28": CI,
    "make atlas SOURCES=…": CI,
    "make test": HALF,
    "make test-lent": HALF,
    "make test-tout": CI,
    "make check": CI,
    "make clean": CI,
    "make docs": "by tests/test_manuel.py, which builds the manual",
    "atlas edition": "by .ci/run, as `make atlas`",
    "atlas edition --brouillon": "tests/test_dags.py, and what follows it: a draft that waits, seen and approved",
    "atlas brouillon": "a whole release, a minute: the same draft, tests/test_brouillons.py",
    "atlas approuver": "tests/test_dags.py: a draft, approved",
    'atlas rejeter --motif "…"': "tests/test_brouillons.py: a draft, rejected",
    'atlas rejeter --motif "la page des âges est à revoir"': "tests/test_brouillons.py: a draft, rejected",
    "atlas edition --revenir": "tests/test_promotion.py: an edition earlier than the one in place",
    "atlas doctor": "it asks the producers' sites: tests/test_doctor.py",
    "atlas verifier DOSSIER": "tests/test_upkeep.py: a release, and a falsified one",
    "atlas verifier DOSSIER --signataires FICHIER": "tests/test_signature.py: signed, not signed, badly signed",
    "atlas sbom": "it reads the whole checkout: tests/test_sbom.py",
    "atlas magasin": SHARED,
    "atlas magasin --rendre": SHARED,
    "make install": "a part of `make atlas`",
    "atlas edition --edition ANNÉE": "by .ci/run, as `make atlas`; after a restoration: tests/test_sauvegarde.py",
    "make up": UNDER_AIRFLOW,
    "atlas up": UNDER_AIRFLOW,
    "atlas up --actifs": UNDER_AIRFLOW,
    "atlas adapter sae 2024": "the official files: tests/test_adapter.py",
    "atlas run maisons_sante --millesime 2024": GUIDED,
    'atlas query "SELECT niveau, code, maisons, maisons_repondantes, medecins, statut FROM atlas.maisons_sante '
    'ORDER BY ALL" --csv': GUIDED,
    "atlas run maisons_sante --en-ligne": "an invented site",
    "atlas enquete modele enquete_logement": "a survey that the page declares: tests/test_enquetes.py reads it",
    "atlas echantillon DOSSIER --echelle 100": "some gigabytes; tests/test_samples.py makes them at other scales",
    ".venv/bin/duckdb -readonly warehouse/atlas_sante.duckdb": "a shell: below, on real extracts, with what follows it",
    ".venv/bin/atlas": NAMED,
    "atlas run": NAMED,
    "atlas enquete verifier": NAMED,
    "atlas sauvegarder": NAMED,
    "atlas query": NAMED,
    "atlas controles": NAMED,
    "atlas restaurer": NAMED,
    "benchmarks/edition.py FOLDER": MEASURES,
    "benchmarks/indicateurs.py WAREHOUSE": MEASURES,
    "benchmarks/decennie.py": MEASURES,
    "benchmarks/epreuves.py WAREHOUSE": MEASURES,
    "benchmarks/fiches.py": MEASURES,
    "benchmarks/site.py": MEASURES,
    "benchmarks/confidentialite.py": MEASURES,
    "benchmarks/confidentialite.py ENTREPÔT": MEASURES,
    "benchmarks/rpps.py": MEASURES,
    "benchmarks/intervalles.py": MEASURES,
    "benchmarks/tension.py WAREHOUSE": MEASURES,
    "benchmarks/tension.py WAREHOUSE --bmo BMO_2024 BMO_2025": MEASURES,
}

REAL = {"atlas enquete modele enquete_rh --finess 140000100"}  # a public number, which no fictitious extract has


@dataclass(frozen=True)
class Command:
    """A command of a page, and what the page shows under it."""

    page: str
    text: str
    shown: str = ""


def commands(page: Path) -> list[Command]:
    """The commands of a page, in its order: those of console blocks, and those quoted in its sentences."""
    text = page.read_text(encoding="utf-8")
    found: dict[int, Command] = {}
    for block in FENCED.finditer(text):
        if block[1] != "console":
            continue
        for part in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block[2], re.MULTILINE):
            line = re.sub(r"\s{2,}# .*", "", part[1]).strip()
            found[block.start(2) + part.start()] = Command(page.name, line, part[2])
    sentences = FENCED.sub(lambda block: " " * len(block[0]), text)
    for quoted in INLINE.finditer(sentences):
        found[quoted.start()] = Command(page.name, quoted[1])
    return [found[place] for place in sorted(found)]


ALL = [command for page in PAGES for command in commands(page)]


def filled(text: str) -> str:
    """The command, its blanks filled in."""
    for blank, value in BLANKS.items():
        text = re.sub(rf"(?<!\w){re.escape(blank)}(?!\w)", value, text)
    return text


def code(root: Path) -> Path:
    """A copy of the code: it acts on the warehouse that is beside it."""
    for name in ("pipelines", "sql", "expectations", "docs"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "uv.lock"):
        shutil.copyfile(ROOT / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")
    return root


@pytest.fixture(scope="module")
def checkout(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout after `make atlas`, with what has come back from a survey."""
    root = code(tmp_path_factory.mktemp("dossier"))
    home = root / "warehouse" / "echantillon"
    a_copy(sample.settings, home, database=True)
    (home / "extraits").symlink_to(sample.settings.sources)
    (root / "recus").mkdir()
    for answer in sorted((sample.settings.sources / "enquete_rh" / "2024").iterdir())[:2]:
        shutil.copyfile(answer, root / "recus" / answer.name)
    kept = run(root, "atlas sauvegarder ../sauvegardes")  # as each day: what a page says of it comes before its own
    assert kept.returncode == 0, kept.stderr
    return root


def run(checkout: Path, text: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a line in a shell, in a checkout, with nothing of the person's own."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("ATLAS") or k == "ATLAS_CLE_PERSONNES"}
    path = os.pathsep.join([str(checkout / ".venv" / "bin"), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-c", text],
        cwd=checkout,
        env={**variables, "PATH": path, "PYTHONPATH": str(checkout), "COLUMNS": "150"},
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_what_does_not_run_here_is_still_in_a_page() -> None:
    assert set(ELSEWHERE) - {command.text for command in ALL} == set()


def test_what_ci_runs_is_in_ci() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command, reason in ELSEWHERE.items():
        if reason == CI:
            wanted = re.sub(r"SOURCES=\S+", 'SOURCES="$ATLAS_MIROIR"', command)
            assert re.search(rf"^ *{re.escape(wanted)}", script, re.MULTILINE), command


def test_a_command_in_a_page_is_found() -> None:
    assert {c.page for c in ALL} >= {
        "README.md",
        "lancer.md",
        "interroger.md",
        "contrats.md",
        "enquetes.md",
        "donnees-personnelles.md",
        GUIDE.name,
    }
    assert len(ALL) > 50
    assert Command("contrats.md", "atlas contrat", "") in ALL


TO_RUN = list({filled(c.text): c for c in ALL if c.text not in {*ELSEWHERE, *REAL}}.values())


@pytest.mark.lent
@pytest.mark.parametrize("command", TO_RUN, ids=lambda c: c.text[:60])
def test_it_runs_as_written(checkout: Path, command: Command) -> None:
    text = filled(command.text)
    if text.startswith(("SELECT", "FROM")):
        text = f'.venv/bin/duckdb -readonly warehouse/echantillon/atlas_sante.duckdb "{text}"'
    done = run(checkout, text)
    assert done.returncode == 0, f"{command.page} : {text}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
    assert done.stdout.strip(), text
    if command.shown:
        assert done.stdout == command.shown


# --- What the manual shows of the real marts --------------------------------------------------------------

SHOWN = MARTS.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def real_checkout(mirror: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout after `make atlas SOURCES=…` on the mirror."""
    root = code(tmp_path_factory.mktemp("reel"))
    (root / "warehouse").symlink_to(mirror.settings.warehouse)
    return root


def results(comments: str) -> list[list[str]]:
    """The rows that comments show: one a line, or several with « | » between them."""
    lines = [re.sub(r"^(?:--|#) ?", "", line) for line in comments.strip().splitlines()]
    return [row.split() for line in lines for row in line.split(" | ")]


def same(shown: list[list[str]], found: list[tuple[Any, ...]]) -> None:
    """Each shown cell is the one found, to half a unit of its last decimal."""
    cells = [[word for value in row for word in str(value).split()] for row in found]
    assert [len(row) for row in shown] == [len(row) for row in cells]
    for said, had in zip(shown, cells, strict=True):
        for one, other in zip(said, had, strict=True):
            try:
                wanted = Decimal(one)
                half = Decimal(5).scaleb(int(wanted.as_tuple().exponent) - 1)
                assert abs(Decimal(other) - wanted) <= half, (said, had)
            except InvalidOperation:
                assert one == other, (said, had)


def statements(block: str) -> list[tuple[str, str]]:
    """The statements of a block of SQL, each with the comments that follow it."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("--"):
            found[-1] = (found[-1][0], found[-1][1] + line)
        elif found and not found[-1][0].rstrip().endswith(";"):
            found[-1] = (found[-1][0] + line, "")
        else:
            found.append((line, ""))
    return found


STATEMENTS = [pair for language, block in FENCED.findall(SHOWN) if language == "sql" for pair in statements(block)]


def test_the_page_shows_statements() -> None:
    assert len(STATEMENTS) == 6
    assert len([shown for _, shown in STATEMENTS if shown]) == 5


@pytest.mark.lent
@pytest.mark.parametrize(("statement", "shown"), STATEMENTS, ids=lambda s: s.strip()[:40])
def test_duckdb_s_shell_shows_what_the_page_does(real_checkout: Path, statement: str, shown: str) -> None:
    line = ".venv/bin/duckdb -readonly warehouse/atlas_sante.duckdb"
    assert line in {command.text for command in ALL}
    done = run(real_checkout, f"{line} -csv -noheader", given=statement)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    if shown:
        same(results(shown), [tuple(row) for row in csv.reader(done.stdout.splitlines())])


@pytest.mark.lent
def test_python_shows_what_the_page_does(real_checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(real_checkout)
    (block,) = [text for language, text in FENCED.findall(SHOWN) if language == "python"]
    *before, last = ast.parse(block).body
    scope: dict[str, Any] = {}
    exec(compile(ast.Module(before, []), MARTS.name, "exec"), scope)  # noqa: S102 - code of our own page
    assert isinstance(last, ast.Expr)
    frame = eval(compile(ast.Expression(last.value), MARTS.name, "eval"), scope)  # noqa: S307
    shown = "".join(line + "\n" for line in block.splitlines() if line.startswith("# "))
    same(results(shown), list(frame.itertuples(index=False, name=None)))


def test_the_sql_of_r_shows_what_the_page_does(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """R isn't here: its lines are not run, their SQL is."""
    (block,) = [text for language, text in FENCED.findall(SHOWN) if language == "r"]
    shown = "".join(line + "\n" for line in block.splitlines() if line.startswith("# "))
    same(results(shown), mirror_db.execute(block.split('"')[3]).fetchall())


@pytest.mark.lent
@pytest.mark.parametrize("command", sorted(REAL))
def test_it_runs_as_written_on_real_extracts(real_checkout: Path, command: str) -> None:
    assert command in {c.text for c in ALL}
    done = run(real_checkout, command)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_commands_after_a_real_run_act_on_it(real_checkout: Path) -> None:
    done = run(real_checkout, 'atlas query --csv "SELECT fictif FROM reference.edition"')
    assert (done.stdout.split(), done.stderr) == (["fictif", "false"], "")
