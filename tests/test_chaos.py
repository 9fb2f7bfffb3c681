"""The short form of `make chaos`: a few blows on the main job, drawn; nothing is lost."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from chaos import blows, trial


def mounts(folder: Path) -> bool:
    """Whether a disk of its own can be laid under a folder here."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> trial.Bench:
    return trial.Bench(tmp_path_factory.mktemp("chaos"))


@pytest.mark.lent
@pytest.mark.parametrize("kind", ["mort", "tete"])
def test_a_killed_edition_is_taken_up_and_makes_the_same_bytes(bench: trial.Bench, kind: str) -> None:
    verdict = bench.strike(kind, "essai")
    assert verdict.perdu == [], verdict.fait


@pytest.mark.lent
def test_a_full_disk_loses_nothing(bench: trial.Bench, tmp_path: Path) -> None:
    if os.geteuid() or not mounts(tmp_path / "disque"):
        pytest.skip("pas de disque d'essai : il faut être root, et pouvoir monter un tmpfs")
    verdict = bench.strike("disque", "essai")
    assert verdict.perdu == [], verdict.fait


@pytest.mark.lent
def test_what_is_lost_is_seen(bench: trial.Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def loses(scene: blows.Scene) -> tuple[str, dict[str, str]]:
        shutil.copytree(scene.whole, scene.warehouse, symlinks=True)
        (sheet,) = (scene.warehouse / "releases").glob("*/*/index.html")
        sheet.chmod(0o644)
        sheet.write_text("autre chose", encoding="utf-8")
        return "une page changée", {}

    monkeypatch.setitem(blows.KINDS, "fausse", loses)
    lost = bench.strike("fausse", "essai").perdu
    assert any("index.html diffère" in what for what in lost)
    assert any("ses octets ont changé" in what for what in lost)
