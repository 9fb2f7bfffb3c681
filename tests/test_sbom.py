"""What the atlas is made of, in CycloneDX: all that is locked and runs, and the same bytes each time."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fixtures_entrepots import ROOT, Publication
from typer.testing import CliRunner

from pipelines import cli
from pipelines.errors import UsageError
from pipelines.releases import components

RUN = CliRunner()


@pytest.fixture(scope="module")
def made() -> str:
    if shutil.which("uv") is None and not (ROOT / ".uv").is_dir():
        pytest.skip("pas de uv ici")
    return components.make()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name).group()).lower()  # type: ignore[union-attr]


def test_all_that_runs_is_listed_as_it_is_locked(made: str) -> None:
    said: dict[str, Any] = json.loads(made)
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.5")
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {(p["name"], p["version"]) for p in lock["package"]}
    listed = {(c["name"], c["version"]) for c in said["components"]}
    assert listed <= locked
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {name for name, _ in listed}
    assert {normal(d) for d in project["project"]["dependencies"]} <= names
    assert "psycopg2-binary" in names or "psycopg2" in names
    assert not names & {"pytest", "mkdocs", "ruff"}
    hashes = [h for c in said["components"] for r in c["externalReferences"] for h in r["hashes"]]
    assert {h["alg"] for h in hashes} == {"SHA-256"}
    assert all(c["externalReferences"] for c in said["components"])


def test_the_same_lock_gives_the_same_bytes(made: str) -> None:
    assert components.make() == made
    assert "timestamp" not in made


def test_the_command_writes_it_where_it_is_asked(made: str, tmp_path: Path) -> None:
    assert RUN.invoke(cli.app, ["sbom"]).stdout == made
    assert RUN.invoke(cli.app, ["sbom", str(tmp_path / "sbom.json")]).exit_code == 0
    assert (tmp_path / "sbom.json").read_text(encoding="utf-8") == made
    assert isinstance(RUN.invoke(cli.app, ["sbom", str(tmp_path / "non" / "x.json")]).exception, UsageError)


def test_without_uv_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(UsageError, match="uv, qui n'est pas là"):
        components.make()


def test_a_release_carries_it(published: Publication, made: str) -> None:
    assert (published.release / components.NAME).read_text(encoding="utf-8") == made
    said = json.loads((published.release / "manifeste.json").read_text(encoding="utf-8"))
    assert components.NAME in {file["nom"] for file in said["fichiers"]}
    assert "composants" not in said


def test_a_release_without_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    said = components.write(tmp_path)
    assert said == "La liste des composants se fait par uv, qui n'est pas là."
    assert list(tmp_path.iterdir()) == []
    assert "à faire : make install" in caplog.text
