"""A process for each mutant, forked from one that has imported everything, with a time limit."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

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


def all_of(root: Path, mutants: Sequence[Mutant], prepared: Path, limit: float) -> Iterator[trial.Verdict]:
    """Tries mutants one after the other in a copy of the tree. The current process becomes one of the copy."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder) / "arbre"
        copy_of(root, tree)
        os.chdir(tree)
        sys.path[:0] = [str(tree), str(tree / "tests")]
        os.environ["PYTHONPATH"] = os.pathsep.join([str(tree), str(tree / "tests")])
        # The copy has no uv of its own, by which a release lists its components.
        os.environ["PATH"] = os.pathsep.join([str(root / ".uv" / "bin"), os.environ.get("PATH", os.defpath)])
        os.environ["ATLAS_CLE_PERSONNES"] = "cle d'essai : personne n'est protege par elle"
        trial.libraries()
        home = Path(folder) / "essai"
        home.mkdir()
        rooms = sorted({trial.room(mutant.file) for mutant in mutants})
        if failing := _forked(lambda: trial.without_any(rooms, prepared, home), home, None):
            raise SystemExit(f"Sans aucun défaut, ceci échoue déjà, et passerait pour les voir tous : {failing}")
        shutil.rmtree(home)
        for mutant in mutants:
            yield _one(mutant, prepared, home, limit)


def _one(mutant: Mutant, prepared: Path, home: Path, limit: float) -> trial.Verdict:
    file = Path(mutant.file)
    kept = file.with_name(f".{file.name}.entier")
    shutil.copy2(file, kept)
    home.mkdir()
    try:
        file.write_text(mutant.mutated, encoding="utf-8")
        found = _forked(lambda: trial.of(mutant, prepared, home).record(), home, limit)
        said = found or {"verdict": trial.TOO_LONG, "processor": limit}
        return trial.Verdict(**{**trial.Verdict.of(mutant).record(), **said})
    finally:
        shutil.move(kept, file)
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        shutil.rmtree(home, ignore_errors=True)


def _forked(job: Callable[[], Any], home: Path, limit: float | None) -> Any:
    """What a job gives in a process of its own; None past the limit. What it writes goes to a file of `home`.

    The limit is of the processor's seconds; on a busy machine they may take ten times as long.
    """
    answer, log = home / "reponse.json", home / "journal.txt"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setsid()
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit)))
            written = os.open(log, os.O_WRONLY | os.O_CREAT)
            os.dup2(written, 1)
            os.dup2(written, 2)
            answer.write_text(json.dumps(job(), ensure_ascii=False), encoding="utf-8")
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    start = time.perf_counter()
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if limit is not None and time.perf_counter() - start > 10 * limit:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.05)
    if limit is not None and os.WIFSIGNALED(ended[1]) and os.WTERMSIG(ended[1]) in (signal.SIGKILL, signal.SIGXCPU):
        return None
    if not answer.is_file():
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-4000:])
    return json.loads(answer.read_text(encoding="utf-8"))
