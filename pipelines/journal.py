"""The journal of runs: what happened, when, how long it took. Never released, never read by a mart."""

import datetime as dt
import json
from pathlib import Path
from typing import Any


def write(warehouse: Path, **entry: Any) -> None:
    """Appends one line to `journal.jsonl`, with the time."""
    warehouse.mkdir(parents=True, exist_ok=True)
    line = {"quand": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), **entry}
    with (warehouse / "journal.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(line, ensure_ascii=False) + "\n")
