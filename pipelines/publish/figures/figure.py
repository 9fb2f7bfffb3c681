"""A figure: its picture, its table and its text, under one name."""

import functools
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import vl_convert

from pipelines.publish.figures import theme
from pipelines.publish.figures.drawing import VEGA_LITE
from pipelines.publish.numbers import NBSP, ShownColumn
from pipelines.publish.rows import Row


@dataclass(frozen=True)
class Figure:
    """One picture: `id` names its files, `rows` and `columns` are its table, `words` says it in a few sentences."""

    id: str
    title: str
    spec: theme.Chart
    columns: Sequence[ShownColumn]
    rows: Sequence[Row]
    words: str
    source: str
    notes: Sequence[str] = field(default_factory=tuple)
    kind: ClassVar[str] = "figure"

    def complete(self, credit: str, *, fictif: bool) -> dict[str, Any]:
        """The whole specification, with the lines that say what the picture is once it has left its page."""
        said = [self.title, f"Source : {self.source} — {credit}"] + (["DONNÉES FICTIVES"] if fictif else [])
        lines = [part for line in said for part in textwrap.wrap(_tied(line), 92, break_on_hyphens=False)]
        # Each kind of figure is checked against the schema once, in the tests: it takes longer than to draw it.
        return {
            **self.spec.to_dict(validate=False),
            "title": {"text": lines, "color": theme.FICTIF if fictif else theme.SOFT},
            "config": theme.CONFIG,
        }


def _tied(text: str) -> str:
    # No sign of punctuation starts a line.
    return re.sub(r" ([;:?!»—])", rf"{NBSP}\1", text)


@functools.cache
def script() -> str:
    """The JavaScript that makes figures interactive, shared by all pages; no page needs it to be read."""
    return str(vl_convert.javascript_bundle(vl_version=VEGA_LITE))  # type: ignore[call-arg]  # the stub is behind
