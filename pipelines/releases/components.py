"""What the atlas is made of, as others read it: the locked libraries with their hashes, in CycloneDX."""

import json
import logging
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

from pipelines.errors import AtlasError, StorageError, UsageError
from pipelines.runtime import fingerprints, state
from pipelines.settings import ROOT

LOG = logging.getLogger(__name__)

NAME = "composants.cdx.json"

# Only what uv.lock says: nothing is asked of anybody. Libraries of the tests and of the manual run nowhere else.
GROUPS = ("--no-dev", "--group", "machines", "--group", "telemetry")
EXPORT = ("export", "--frozen", "--offline", *GROUPS, "--format", "cyclonedx1.5")
QUIET = ("--preview-features", "sbom-export", "--quiet")


def write(folder: Path) -> str | None:
    """Puts the list in a release; says what its manifest says instead where it can't be made.

    A release waits for no list: who must know its components has the lock of the commit that its manifest names.
    """
    try:
        state.write(folder / NAME, make())
    except AtlasError as error:
        LOG.warning("La publication ne porte pas la liste de ses composants.\n%s", error)
        return error.what
    return None


def make() -> str:
    """The list, as JSON: the same bytes as long as uv.lock is the same.

    Raises UsageError where uv isn't there, StorageError where it can't read the lock.
    """
    program = shutil.which("uv") or shutil.which("uv", path=ROOT / ".uv" / "bin")
    if program is None:
        raise UsageError(
            "La liste des composants se fait par uv, qui n'est pas là.",
            expected="uv dans le PATH, ou dans .uv/ comme « make install » l'y met",
            todo="make install, puis relancer",
        )
    done = subprocess.run(  # noqa: S603
        [program, *EXPORT, *QUIET, "--directory", str(ROOT)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StorageError(
            "uv ne lit pas uv.lock : " + (done.stderr.strip().splitlines() or ["?"])[-1],
            expected="le uv.lock du dépôt, et le uv que nomme uv.requirements.txt",
            todo="reprendre l'un et l'autre du dépôt (make clean, puis make install)",
        )
    said: dict[str, Any] = json.loads(done.stdout)
    # uv draws a number and notes the time: the lock itself says which list this is.
    said["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, fingerprints.sha256(ROOT / "uv.lock")).urn
    said["metadata"].pop("timestamp", None)
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
