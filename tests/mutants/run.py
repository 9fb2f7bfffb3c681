"""A process for each mutant, forked from one that has imported everything, with a time limit."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import trial
from .edits import Mutant


def copy_of(root: Path, target: Path) -> None:
    """The files that git follows, and those that it would, with their times."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)


def all_of(root: Path, mutants: Iterable[Mutant], prepared: Path, limit: float) -> Iterator[trial.Verdict]:
    """Tries mutants one after the other in a copy of the tree. The current process becomes one of the copy."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder) / "arbre"
        copy_of(root, tree)
        os.chdir(tree)
        sys.path[:0] = [str(tree), str(tree / "tests")]
        os.environ["PYTHONPATH"] = os.pathsep.join([str(tree), str(tree / "tests")])
        os.environ["ATLAS_CLE_PERSONNES"] = "cle d'essai : personne n'est protege par elle"
        trial.libraries()
        for mutant in mutants:
            yield _one(mutant, prepared, Path(folder) / "essai", limit)


def _one(mutant: Mutant, prepared: Path, home: Path, limit: float) -> trial.Verdict:
    file = Path(mutant.file)
    kept = file.with_name(f".{file.name}.entier")
    shutil.copy2(file, kept)
    home.mkdir()
    try:
        file.write_text(mutant.mutated, encoding="utf-8")
        child = os.fork()
        if child == 0:
            _try(mutant, prepared, home)
        return _awaited(child, mutant, home, limit)
    finally:
        shutil.move(kept, file)
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        shutil.rmtree(home, ignore_errors=True)


def _try(mutant: Mutant, prepared: Path, home: Path) -> None:
    """What the forked process does, and nothing after it."""
    status = 1
    try:
        os.setsid()
        log = os.open(home / "journal.txt", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        verdict = trial.of(mutant, prepared, home)
        (home / "verdict.json").write_text(json.dumps(verdict.record(), ensure_ascii=False), encoding="utf-8")
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _awaited(child: int, mutant: Mutant, home: Path, limit: float) -> trial.Verdict:
    start = time.perf_counter()
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.perf_counter() - start > limit:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.05)
    said, seconds = home / "verdict.json", round(time.perf_counter() - start, 1)
    if said.is_file():
        return trial.Verdict(**json.loads(said.read_text(encoding="utf-8")))
    if seconds > limit:
        return trial.Verdict(
            mutant.id, mutant.file, mutant.operator, mutant.line, trial.TOO_LONG, "", mutant.diff, seconds
        )
    raise RuntimeError(f"{mutant.id} ({mutant.file}) :\n" + (home / "journal.txt").read_text(errors="replace")[-4000:])
