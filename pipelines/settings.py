"""Where things are, read from the environment when a command or a task runs, never at import."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

CURRENT_EDITION = 2025
DEFAULT_REGION = "28"


@dataclass(frozen=True)
class Settings:
    """The folders of one installation.

    `sources` is the folder that extracts come from, laid out `<source>/<millésime>/<file>`;
    `warehouse` receives all that a run makes.
    """

    sources: Path
    warehouse: Path

    @property
    def landing(self) -> Path:
        """Raw bytes as received, append-only."""
        return self.warehouse / "landing"

    @property
    def staging(self) -> Path:
        """Typed Parquet per source, vintage and revision."""
        return self.warehouse / "staging"

    @property
    def editions(self) -> Path:
        """Locks and builds."""
        return self.warehouse / "editions"

    @property
    def releases(self) -> Path:
        """Published folders, never changed once made."""
        return self.warehouse / "releases"

    @property
    def database(self) -> Path:
        """The promoted DuckDB file that people query.

        Not `atlas.duckdb`: DuckDB names the catalogue after the file, and `atlas.effectifs` would be an
        "ambiguous reference to catalog or schema".
        """
        return self.warehouse / "atlas_sante.duckdb"


def load() -> Settings:
    """Settings of this process.

    ATLAS_SOURCES: folder of extracts; by default the fictitious ones of the sample warehouse.
    ATLAS_WAREHOUSE: folder of the warehouse; by default `warehouse/` for real extracts and
    `warehouse/echantillon/` for the fictitious ones, so that the two never meet.
    """
    sample = ROOT / "warehouse" / "echantillon"
    sources = os.environ.get("ATLAS_SOURCES")
    warehouse = os.environ.get("ATLAS_WAREHOUSE") or (ROOT / "warehouse" if sources else sample)
    warehouse = Path(warehouse).expanduser().resolve()
    return Settings(
        sources=Path(sources).expanduser().resolve() if sources else warehouse / "extraits",
        warehouse=warehouse,
    )
