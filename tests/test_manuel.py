"""The manual is built as `make docs` does: no broken link, nothing from another site, its lists those of the code."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
import typer
import yaml
from fixtures_entrepots import ROOT

from pipelines import catalogue, cli
from pipelines.catalogue import contracts
from pipelines.edition import models

REMOTE = re.compile(
    r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)=["']?(?:https?:)?//[^>]*>|url\(["']?(?:https?:)?//"""
)


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built: a broken link or a page that no menu names fails here."""
    site = tmp_path_factory.mktemp("manuel")
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "mkdocs", "build", "--strict", "--site-dir", site],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return site


def words(page: Path) -> str:
    """What a page says."""
    return unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_nothing_comes_from_another_site(manual: Path) -> None:
    for path in [*manual.rglob("*.html"), *manual.rglob("*.css")]:
        found = [tag for tag in REMOTE.findall(path.read_text(encoding="utf-8")) if 'rel="canonical"' not in tag]
        assert found == [], path.name
    for remote in ('<script src="https://a.b/c.js">', "<link href=//a.b/c.css>", "url(//a.b/c.woff2)"):
        assert REMOTE.search(remote)


def test_its_lists_are_those_of_the_code(manual: Path) -> None:
    said = words(manual / "sources.html")
    assert [s.id for s in catalogue.load_all() if s.id not in said or s.titre[:20] not in said.replace("’", "'")] == []
    said = words(manual / "contrats.html")
    told = [(source, table) for source in contracts.load_all() for table in source.tables]
    assert len(told) > 5
    for source, table in told:
        assert source.staged_name(table) in said
        fields = contracts.columns(source, table, contracts.newest(source))
        assert [heading for heading, _ in fields if heading not in said] == []
    said = words(manual / "tables.html")
    assert [m.name for m in models.load_all() if m.name not in said] == []
    said = words(manual / "commandes.html")
    root = typer.main.get_group(cli.app)
    options = {o for c in root.commands.values() for p in c.params for o in p.opts}
    assert len(options) > 10
    assert [o for o in options if o not in said] == []
    for english in ("Usage:", "Options:", "Arguments:", "Commands:", "[required]", "[default:"):
        assert english not in said


def test_what_it_says_is_printed_in_french(manual: Path) -> None:
    said = words(manual / "lancer.html")
    assert "FICTIF d\u2019abord" in said
    assert "«\u00a0Revenir en arrière\u00a0»" in said
    assert 'REGION="28 11 53"' in said  # code stays as typed


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# A file of ours that a sentence names: a place in the tree, without a blank to fill in.
QUOTED = re.compile(r"`((?:pipelines|dags|sql|expectations|samples|tests|benchmarks|docs)/[\w./-]+)(?::[^`]*)?`")
# What the guide's reader makes, and what is told of the past.
GENERATED = {"sources.md", "tables.md", "commandes.md"}
MADE = re.compile(r"maisons|logement|pipelines/samples|broken_|publish/site/themes|publish/classeurs")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    quoted = {name for name in QUOTED.findall(text) if not MADE.search(name)}
    assert sorted(name for name in quoted if not (ROOT / name).exists()) == []
    inside = {t for t in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if t not in GENERATED}
    assert sorted(t for t in inside if not (page.parent / t).exists()) == []


def test_readme_is_short_and_shows_a_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
    assert (ROOT / "docs" / "images" / "tension.png").stat().st_size < 150_000


def test_another_agency_may_take_it() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    for template in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")):
        form = yaml.safe_load(template.read_text(encoding="utf-8"))
        if template.name != "config.yml":
            assert form["name"]
            assert form["description"]
            assert any(field.get("validations", {}).get("required") for field in form["body"]), template.name
