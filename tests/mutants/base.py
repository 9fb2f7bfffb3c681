"""What all mutants start from, made once for a state of the tree: extracts, a warehouse, a build.

The build keeps the tables of the calculations, which a promoted warehouse has no more: what depends on a fault is made
again in a copy of it, and nothing else.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

EXTRACTS, WAREHOUSE, BUILD, PUBLIC = "extraits-fictifs", "echantillon", "base.duckdb", "public.duckdb"
ROOT = Path(__file__).parents[2]
HOME = ROOT / ".mutants"
MAKES = ("sql", "pipelines", "samples", "tests/fixtures_entrepots.py", "tests/mutants/base.py")
KEY = "cle d'essai : personne n'est protege par elle"


def state(root: Path = ROOT) -> str:
    """The state of all that a base is made from."""
    digest = hashlib.sha256()
    for name in MAKES:
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def prepared() -> Path:
    """The base of the tree as it is now, made where it is not there yet (a minute or two)."""
    folder = HOME / f"base-{state()}"
    if not (folder / BUILD).is_file():
        for old in HOME.glob("base-*"):
            shutil.rmtree(old)
        print("Base des mutants : extraits fictifs, entrepôt…", flush=True)
        subprocess.run(
            [sys.executable, "-m", "tests.mutants.base", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
            check=True,
        )
    return folder


def make(folder: Path) -> None:
    """Makes a base, by the steps that the tests' own warehouses are made by."""
    import duckdb
    import fixtures_entrepots as fixtures

    import samples
    from pipelines import indicators
    from pipelines.edition import builder
    from pipelines.publish import public

    os.environ["ATLAS_CLE_PERSONNES"] = KEY
    folder.mkdir(parents=True)
    samples.make(folder / EXTRACTS)
    fixtures.make(folder / WAREHOUSE, folder / EXTRACTS)
    for name in (EXTRACTS, WAREHOUSE):
        (folder / f"{name}.fait").touch()
    with fixtures.environment(folder / WAREHOUSE, folder / EXTRACTS) as settings:
        build = folder / f"{BUILD}.en-cours"
        shutil.copyfile(settings.database, build)
        public.write(settings.database, fixtures.REGION, folder / PUBLIC, folder / "protection", fictif=True)
    with duckdb.connect(str(build)) as connection:
        connection.execute(f"CREATE SCHEMA {indicators.SCHEMA}")
        for calculation in indicators.ALL:
            builder._calculate(connection, calculation)
    build.rename(folder / BUILD)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
