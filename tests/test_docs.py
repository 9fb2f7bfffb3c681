"""The worked example of the documentation, run as it is written."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import EDITION, ROOT, Warehouse, environment, receive
from typer.testing import CliRunner

from pipelines import catalogue, cli, steps
from pipelines.checks import rules, runner
from pipelines.edition import marts, models
from pipelines.publish import public
from pipelines.publish.site import declared, render
from pipelines.publish.views import Views
from pipelines.settings import Settings

GUIDE = ROOT / "docs" / "ajouter-une-source.md"
BLOCK = re.compile(r'^```\w+ title="(\S+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CACHED = (
    *(catalogue.sources, catalogue.load, rules.suite_file, rules.suite_text, models.glossary, declared.pages),
    *(models._needs, models.plan, models.load_all, models.views, models.sources_of, models.made_from),
)


def forget() -> None:
    for cached in CACHED:
        cached.cache_clear()


def shown(command: str) -> str:
    """What the guide shows under a command."""
    text = GUIDE.read_text(encoding="utf-8")
    return text.split(f"$ atlas {command}\n", 1)[1].split("```", 1)[0]


@pytest.fixture
def followed(sample: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A house where somebody has followed the guide, beside the geography that the sample warehouse has read."""
    house = tmp_path / "maison"
    for part in ("pipelines/catalogue", "pipelines/publish/site/pages", "expectations", "sql"):
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    extracts = tmp_path / "extraits"
    shutil.copytree(sample.settings.sources / "insee_cog", extracts / "insee_cog")
    shutil.copy(sample.settings.sources / "FICTIF.txt", extracts)
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) == 11
    for name, text in blocks:
        path = extracts.parent / name if name.startswith("extraits/") else house / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", house / "pipelines" / "catalogue")
    monkeypatch.setattr(declared, "FOLDER", house / "pipelines" / "publish" / "site" / "pages")
    monkeypatch.setattr(rules, "SUITES", house / "expectations")
    monkeypatch.setattr(models, "SQL", house / "sql")
    forget()
    warehouse = tmp_path / "entrepot"
    receive(warehouse, sample.settings, {"insee_cog"})
    with environment(warehouse, extracts):
        yield Settings(sources=extracts, warehouse=warehouse)
    monkeypatch.undo()
    forget()


@pytest.mark.lent
def test_the_guide_ends_where_it_says(followed: Settings, tmp_path: Path) -> None:
    run = CliRunner().invoke(cli.app, ["run", "maisons_sante", "--millesime", "2024"])
    assert run.exit_code == 0, run.output
    assert re.sub(r"ATLAS_WAREHOUSE=\S+ ", "", run.stdout) == shown("run maisons_sante --millesime 2024")
    steps.lock(EDITION, update=True)
    target = steps.build(EDITION)
    steps.check_marts(target)
    steps.promote(target)
    sql = "SELECT niveau, code, maisons, maisons_repondantes, medecins, statut FROM atlas.maisons_sante ORDER BY ALL"
    found = CliRunner().invoke(cli.app, ["query", sql, "--csv"])
    assert found.exit_code == 0, found.output
    assert found.stdout.splitlines() == shown(f'query "{sql}" --csv').splitlines()
    file = tmp_path / "public.duckdb"
    public.write(followed.database, "28", file, tmp_path / "protection", fictif=True)
    view = next(view for view in models.views() if view.table == "maisons_sante")
    with duckdb.connect(str(file), read_only=True) as connection:
        (page,) = render.pages(Views(connection), frozenset(), "pages/maisons_sante.html")
        checked = marts.batches(connection, [view])
    said = re.search(r"Elle dit, pour la Normandie : « (.*?) »", " ".join(GUIDE.read_text("utf-8").split()))
    assert said
    assert said[1] in str(page.sections).replace("\u202f", " ")
    assert all(c.reussi for c in runner.validate(str(file), checked)[view.name])
    with duckdb.connect(str(file)) as connection:
        for rule in rules.suite_file("vues", "maisons_sante")["expectations"]:
            connection.execute(rule["casse"].replace("{batch}", view.name))
    assert not all(c.reussi for c in runner.validate(str(file), checked)[view.name])
