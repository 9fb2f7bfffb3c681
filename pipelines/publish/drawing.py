"""Vega-Lite specifications drawn as SVG and PNG, by several processes: in one, the library never draws two at once.

It imports little: each process starts with it.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import vl_convert

VEGA_LITE = "6.4"
SCALE_PNG = 1.5
TOGETHER = 8  # specifications handed to a process at once

Picture = tuple[str, bytes]

_DRAWN: dict[str, Picture] = {}


def one(spec: str) -> Picture:
    """A complete specification, in JSON, as SVG and PNG."""
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, format_locale="fr-FR")
    return svg, vl_convert.svg_to_png(svg, scale=SCALE_PNG)


def every(specs: Iterable[str]) -> dict[str, Picture]:
    """Specification -> picture. What this process has had drawn before isn't drawn again."""
    asked = list(dict.fromkeys(specs))
    new = [spec for spec in asked if spec not in _DRAWN]
    if new:
        with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
            _DRAWN.update(zip(new, pool.map(one, new, chunksize=TOGETHER), strict=True))
    return {spec: _DRAWN[spec] for spec in asked}
