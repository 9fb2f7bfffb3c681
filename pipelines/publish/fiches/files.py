"""Writes the sheets of a release: PDF by typst, HTML by Jinja2, and the list that a search reads."""

import datetime as dt
import json
import os
import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import typst

from pipelines.errors import BuildError, Place
from pipelines.publish.fiches.sheets import HOSPITALS, SOCIAL, Fiche, sheets
from pipelines.publish.rows import whole_of
from pipelines.publish.views import Views

TEMPLATES = Path(__file__).parents[1] / "gabarits"
# What would run over two pages is set smaller, down to what still reads on paper.
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76)
PAGES = 2
# How the list of hospital sheets is divided: key, its value, heading.
GROUPS = (
    ("niveau", "ght", "Groupements hospitaliers de territoire"),
    ("niveau", "ej", "Entités juridiques de plusieurs sites"),
    ("niveau", "es", "Établissements de santé"),
)


class Press:
    """Sets sheets in type; one to a thread, since it keeps typst's compiler and its fonts."""

    def __init__(self, edition: int) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(files("font_source_sans_pro") / "files")],
        )
        self.compiler = typst.Compiler(str(TEMPLATES / "fiche.typ"), font_paths=fonts, ignore_system_fonts=True)
        # No clock time is released: a PDF is dated by its edition.
        self.date = dt.datetime(edition, 1, 1, tzinfo=dt.UTC)
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.page = environment.get_template("fiche.html.j2")
        self.list = environment.get_template("fiches.html.j2")

    def pdf(self, sheet: Fiche) -> bytes:
        """A tagged PDF of at most two pages. Raises BuildError where it can't be set on two."""
        data = json.dumps(sheet.data(), ensure_ascii=False)
        for scale in SCALES:
            made = self.compiler.compile(
                format="pdf",
                sys_inputs={"fiche": data, "echelle": str(scale)},
                pdf_standards=["ua-1"],
                timestamp=self.date,
            )
            if not isinstance(made, bytes):
                break
            if pages(made) <= PAGES:
                return made
        raise BuildError(
            f"La fiche {sheet.fichier} ne tient pas sur {PAGES} pages.",
            where=Place(file=f"{HOSPITALS}/{sheet.fichier}.pdf"),
            expected=f"au plus {PAGES} pages A4",
            todo="raccourcir ce que la fiche montre (pipelines/publish/fiches/fiches.yml)",
        )

    def html(self, sheet: Fiche) -> str:
        """The same sheet as a page."""
        return self.page.render(**sheet.data())


def pages(pdf: bytes) -> int:
    """The number of pages of a PDF of typst, which writes its page tree in clear."""
    return max(int(n) for n in re.findall(rb"/Count (\d+)", pdf))


def write(db: duckdb.DuckDBPyConnection, folder: Path, *, contact: str = "") -> list[dict[str, str]]:
    """Writes `fiches/` and `esms/` into a release's folder from its public file; returns the list of the first.

    One `<finess>`, `ej-<finess>` or `ght-<code>` as .pdf and .html each, and one `<finess>.html` for each social or
    médico-social establishment; in both folders a stylesheet, an index to read, and `index.js`, which a page can load
    from a disk: `window.FICHES`.
    """
    views = Views(db)
    edition = whole_of(views.publication, "edition")
    target = folder / HOSPITALS
    target.mkdir()
    local = threading.local()

    def press() -> Press:
        if not hasattr(local, "press"):
            local.press = Press(edition)
        made: Press = local.press
        return made

    def one(sheet: Fiche) -> dict[str, str]:
        (target / f"{sheet.fichier}.pdf").write_bytes(press().pdf(sheet))
        (target / f"{sheet.fichier}.html").write_text(press().html(sheet), encoding="utf-8")
        return sheet.index

    # typst works outside the interpreter's lock: threads use every core, and share what was read.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        index = list(pool.map(one, sheets(views, contact)))
    _shared(views, target, press(), index, GROUPS)
    _social(views, folder / SOCIAL, press(), contact)
    return index


def _social(views: Views, target: Path, press: Press, contact: str) -> None:
    """Writes the sheets of the social sector: pages alone, since there are thousands of them."""
    target.mkdir()
    index = []
    for sheet in sheets(views, contact, SOCIAL):
        (target / f"{sheet.fichier}.html").write_text(press.html(sheet), encoding="utf-8")
        index.append(sheet.index)
    publics = dict.fromkeys(entry["public"] for entry in index)
    _shared(views, target, press, index, [("public", public, public) for public in publics])


def _shared(
    views: Views, target: Path, press: Press, index: list[dict[str, str]], groups: Sequence[tuple[str, str, str]]
) -> None:
    """Writes what the sheets of a folder share: their style, and their lists, by groups (key, value, heading)."""
    fictif = bool(views.publication["fictif"])
    (target / "fiches.css").write_text((TEMPLATES / "fiches.css").read_text(encoding="utf-8"), encoding="utf-8")
    listed = [(title, [entry for entry in index if entry[key] == value]) for key, value, title in groups]
    (target / "index.html").write_text(press.list.render(groupes=listed, fictif=fictif), encoding="utf-8")
    (target / "index.js").write_text(_script(index, fictif=fictif), encoding="utf-8")


def _script(index: list[dict[str, Any]], *, fictif: bool) -> str:
    said = "// DONNÉES FICTIVES\n" if fictif else ""
    return said + "window.FICHES = " + json.dumps(index, ensure_ascii=False, indent=0) + ";\n"
