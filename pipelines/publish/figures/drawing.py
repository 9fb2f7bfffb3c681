"""Vega-Lite specifications drawn as SVG and PNG, by several processes: in one, the library never draws two at once.

Each process is this very module, run as a program: it reads specifications on its standard input and writes their
pictures on its standard output. What `multiprocessing` starts would import `__main__` first, which under a scheduler
is the scheduler. It imports little: each process starts with it.
"""

import base64
import functools
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import vl_convert

from pipelines.errors import BuildError

VEGA_LITE = "6.4"
SCALE_PNG = 1.75

Picture = tuple[str, bytes]

_DRAWN: dict[str, Picture] = {}


# Liberation Sans of a machine is not that of another: a figure was a pixel narrower, and the release another one.
NO_TYPEFACE = {"FONTCONFIG_FILE": str(Path(__file__).with_name("polices.conf"))}
FAMILY = re.compile(r'font-family="[^"]*"')


@functools.cache
def _own_font() -> str:
    """The typeface of the sheets, which comes with the locked packages, made known to the library; its name."""
    vl_convert.register_font_directory(str(files("font_source_sans_pro") / "files"))
    return "Source Sans Pro"


def one(spec: str) -> Picture:
    """A complete specification, in JSON, as SVG and PNG.

    Who opens the SVG has it set in a typeface of their own. The picture is set here, in ours: with one that the
    machine has or hasn't, the same lock would give other bytes, and another release. It is the narrower of the two.
    What the words take is measured in the library's own: a process of `every` sees none of the machine's.
    """
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return svg, vl_convert.svg_to_png(FAMILY.sub(f'font-family="{_own_font()}"', svg), scale=SCALE_PNG)


def _workers() -> int:
    return len(os.sched_getaffinity(0))


def every(specs: Iterable[str]) -> dict[str, Picture]:
    """Specification -> picture. What this process has had drawn before isn't drawn again."""
    asked = list(dict.fromkeys(specs))
    new = [spec for spec in asked if spec not in _DRAWN]
    if new:
        workers = min(_workers(), len(new))
        shares = [list(itertools.islice(new, rank, None, workers)) for rank in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            for share, pictures in zip(shares, pool.map(_elsewhere, shares), strict=True):
                _DRAWN.update(zip(share, pictures, strict=True))
    return {spec: _DRAWN[spec] for spec in asked}


def _elsewhere(specs: list[str]) -> list[Picture]:
    """The pictures of specifications, drawn by a process of its own.

    Raises BuildError where the system ended it, RuntimeError with what it said where it failed.
    """
    command = [sys.executable, "-P", "-m", __name__]  # -P: no file of the present folder stands for a module
    done = subprocess.run(  # noqa: S603
        command,
        input=json.dumps(specs).encode(),
        capture_output=True,
        check=False,
        env=os.environ | NO_TYPEFACE,
    )
    if done.returncode < 0:
        raise BuildError(
            "Le système a arrêté un des processus qui dessinent les figures : la mémoire a manqué, le plus souvent.",
            expected=f"de la mémoire pour {_workers()} processus",
            todo="en libérer, puis relancer la publication : rien n'en est en place",
        )
    if done.returncode:
        raise RuntimeError(f"une figure ne se dessine pas : {done.stderr.decode(errors='replace')}")
    return [(svg, base64.b64decode(png)) for svg, png in json.loads(done.stdout)]


def main() -> None:
    """Draws what standard input lists."""
    drawn = (one(spec) for spec in json.load(sys.stdin))
    json.dump([(svg, base64.b64encode(png).decode()) for svg, png in drawn], sys.stdout)


if __name__ == "__main__":
    main()
