"""The atlas as a static site, in French: it opens from a folder, without a network, and works without a script.

Pages are data (`blocks`), which one template writes. Each figure has its files beside the pages: the picture as SVG and
PNG, its data as CSV, and its specification, for the interactive version.
"""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from markupsafe import Markup, escape

from pipelines.publish.figures import drawing
from pipelines.publish.figures.figure import Figure, script
from pipelines.publish.numbers import PARTIAL_COLUMN, ShownColumn, cell, partial, written
from pipelines.publish.site import render
from pipelines.publish.views import LINK, Views

TEMPLATES = Path(__file__).parents[1] / "gabarits"


def liens(text: str, racine: str = "") -> Markup:
    """A sentence whose `[words](address)` become links; all else is escaped."""
    return Markup(LINK.sub(rf'<a href="{racine}\2">\1</a>', str(escape(text))))  # noqa: S704


def typography(value: Any) -> Any:
    """No-break spaces where French has them: a sign of punctuation never starts a line."""
    if not isinstance(value, str):
        return value
    made = re.sub(r" ([:»])", "\u00a0\\1", re.sub(r" ([;?!])", "\u202f\\1", value)).replace("« ", "«\u00a0")
    return Markup(made) if isinstance(value, Markup) else made  # noqa: S704


def environment() -> jinja2.Environment:
    """Templates, with the filters that all pages use."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=typography,
    )
    made.filters.update(liens=liens, cellule=cell)
    made.globals.update(menu=render.menu())
    return made


def write(connection: duckdb.DuckDBPyConnection, region: str, folder: Path, *, fictif: bool) -> None:
    """Writes the pages, their figures and what they share into a release's folder.

    A sheet is linked where its file is in `fiches/` already.
    """
    views = Views(connection)
    about = views.publication
    sheets = frozenset(p.stem for p in (folder / "fiches").glob("*.html"))
    pages = list(render.pages(views, sheets))
    prefix = "FICTIF-" if fictif else ""
    figures = {b.id: b for page in pages for s in page.sections for b in s.blocks if isinstance(b, Figure)}
    for name in ("pages", "figures", "statique"):
        (folder / name).mkdir()
    credit = f"Atlas {about['edition']}, {about['region_libelle']}"

    specs = {
        f.id: json.dumps(f.complete(credit, fictif=fictif), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for f in figures.values()
    }
    drawn = drawing.every(specs.values())
    sizes = {
        name: _write_figure(f, specs[name], drawn[specs[name]], folder / "figures" / f"{prefix}{name}", fictif=fictif)
        for name, f in figures.items()
    }
    for name in ("atlas.css", "atlas.js"):
        (folder / "statique" / name).write_bytes((TEMPLATES / name).read_bytes())
    (folder / "statique" / "vega.js").write_text(script(), encoding="utf-8")
    templates = environment()
    common = {
        "edition": about,
        "region": region,
        "region_libelle": about["region_libelle"],
        "fictif": fictif,
        "prefixe": prefix,
        "tailles": sizes,
        "differences": (folder / "differences.html").is_file(),
    }
    for page in pages:
        template = templates.get_template("recherche.html.j2" if page.searched else "page.html.j2")
        text = template.render(**common, page=page, racine="../" * page.path.count("/"))
        (folder / page.path).write_text(text, encoding="utf-8")


def _write_figure(figure: Figure, spec: str, drawn: drawing.Picture, stem: Path, *, fictif: bool) -> tuple[int, int]:
    """Writes the files of a figure; returns the picture's width and height."""
    svg, png = drawn
    stem.with_name(f"{stem.name}.svg").write_text(svg, encoding="utf-8")
    stem.with_name(f"{stem.name}.png").write_bytes(png)
    said = spec.replace("</", "<\\/")
    stem.with_name(f"{stem.name}.js").write_text(f'atlasFigure("{stem.name}", {said});\n', encoding="utf-8")
    stem.with_name(f"{stem.name}.csv").write_text(_csv(figure, fictif=fictif), encoding="utf-8-sig", newline="")
    size = re.search(r'<svg [^>]*width="([0-9.]+)" height="([0-9.]+)"', svg)
    return (round(float(size[1])), round(float(size[2]))) if size else (640, 400)


def _csv(figure: Figure, *, fictif: bool) -> str:
    """The data of a figure, for French spreadsheets: semicolons, decimal commas, empty cells said by their sign."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    columns = list(figure.columns)
    marked = [partial(row, columns) for row in figure.rows]
    told = [PARTIAL_COLUMN] if any(marked) else []
    writer.writerow([*(_heading(c) for c in columns), *told, *(["donnees_fictives"] if fictif else [])])
    for row, mark in zip(figure.rows, marked, strict=True):
        cells = [*(written(row, c) for c in columns), *(mark for _ in told)]
        writer.writerow(cells + (["DONNÉES FICTIVES"] if fictif else []))
    return out.getvalue()


def _heading(column: ShownColumn) -> str:
    percent = column.kind.startswith(("pct", "signed")) and "%" not in column.label
    return f"{column.label} (%)" if percent else column.label
