"""What protection says of itself: the cells that each table loses, and the attacks that the release withstood.

It names no cell, and weighs a line by what is shown even where it is hidden (who answered), never by its number: a part
of persons would be one more equation. The narrowest interval is told by steps, so that it tells of no cell either.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.disclosure import attack
from pipelines.disclosure.answers import Key
from pipelines.disclosure.attack import Bound, Flags, Numbers
from pipelines.disclosure.cells import YEAR, Cells
from pipelines.disclosure.levels import Level
from pipelines.disclosure.structures import Group, Structure
from pipelines.edition.models import Model

# Why a line is hidden: secret itself, of a level that doesn't hold, or so that another can't be deduced.
SECRET, LEVEL, LINKED = "secret", "niveau", "avec"
CASES, TRIALS = "secret_cases", "secret_epreuves"
TOTALS, DETAILS = "ensemble", "détail"
STEP = 20  # of the narrowest interval, in parts of one

_TEXT, _NUMBER, _PART = pa.string(), pa.int32(), pa.decimal128(9, 4)
SCHEMAS = {
    CASES: pa.schema(
        [
            *((name, _TEXT) for name in ("tableau", "enquete", "niveau", "detail")),
            *((name, _NUMBER) for name in ("annee", "cases", "montrees", "secretes", "liees", "retirees")),
            *((name, _PART) for name in ("poids_cache", "part_tenue", "part_minimale")),
            ("tenu", pa.bool_()),
        ]
    ),
    TRIALS: pa.schema(
        [
            *((name, _TEXT) for name in ("tableau", "epreuve")),
            *((name, _NUMBER) for name in ("essais", "concernees", "trouvees", "ensemble")),
            ("etroit", _PART),
        ]
    ),
}


@dataclass(frozen=True)
class Trial:
    """One attack on a table: how many cells it was tried on, how many the rule is about, how many it found.

    `ensemble` is how many earlier releases, or regions, the attacker has in hand; `etroit`, the narrowest interval left
    to him, of the value.
    """

    tableau: str
    epreuve: str
    essais: int
    concernees: int | None
    trouvees: int
    ensemble: int | None = None
    etroit: Decimal | None = None


def why(table: Cells, shown: Flags, structure: Structure, levels: dict[Group, Level]) -> dict[Key, str]:
    """Why each line of a table is hidden; a line is hidden whole."""
    found: dict[Key, str] = {}
    for row, visible, own in zip(table.rows, shown, table.system.sensitive, strict=True):
        if row is None or visible:
            continue
        level = levels.get(structure.group(dict(zip(table.model.grain, row, strict=True))))
        reason = SECRET if own else LEVEL if level and not level.held else LINKED
        found[row] = SECRET if SECRET in (found.get(row), reason) else reason
    return found


def why_ratios(hidden: Iterable[Key], model: Model, structure: Structure, terms: dict[Key, str]) -> dict[Key, str]:
    """Why each ratio is hidden, from why its terms are; what one establishment tells alone is never shown."""
    found = {}
    for row in hidden:
        line, taken = dict(zip(model.grain, row, strict=True)), structure.reprend
        asked = taken.termes[line["indicateur"]] if taken else []
        reasons = {
            terms.get((taken.enquete, line["annee"], q, line["categorie"], "", line["niveau"], line["code"]))
            for q in asked
            if taken
        } - {None}
        alone = line["niveau"] == "ej"
        found[row] = next((r for r in (SECRET, LEVEL) if r in reasons), LEVEL if alone else LINKED)
    return found


def cases(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    model: Model,
    structure: Structure,
    hidden: dict[Key, str],
    levels: dict[Group, Level],
) -> list[dict[str, Any]]:
    """What a protected table shows and loses, by survey or fund, level, totals or details, and year."""
    some = " OR ".join(f'"{m}" IS NOT NULL' for m in structure.mesures)
    keys = ", ".join(f'"{k}"' for k in model.grain)
    counts: dict[tuple[Group, int], Counter[str]] = defaultdict(Counter)
    for *row, weight, visible in connection.execute(
        f"SELECT {keys}, {structure.poids}, {some} FROM {database}.{model.name} "
        + (f"WHERE NOT ({structure.hors})" if structure.hors else "")
    ).fetchall():
        reason = hidden.get(tuple(row), "" if visible else None)
        if reason is not None:  # a line that had no number loses none
            line = dict(zip(model.grain, row, strict=True))
            count = counts[structure.group(line), line[YEAR]]
            count.update({reason: 1, "cases": 1, "poids": weight, "caché": weight if reason else 0})
    made = []
    for (group, year), count in sorted(counts.items()):
        level, rule = levels.get(group), structure.tenue
        made.append(
            {
                "tableau": model.name,
                "enquete": str(group[0][0]) if group[0] else structure.reprend.enquete if structure.reprend else "",
                "niveau": group[1],
                "detail": TOTALS if group[2] else DETAILS,
                "annee": year,
                "cases": count["cases"],
                "montrees": count[""],
                "secretes": count[SECRET],
                "liees": count[LINKED],
                "retirees": count[LEVEL],
                "poids_cache": _part(count["caché"] / count["poids"] if count["poids"] else 0.0),
                "part_tenue": _part(level.part) if level else None,
                "part_minimale": _part(rule.part) if level and rule else None,
                "tenu": level.held if level else count[LEVEL] == 0,
            }
        )
    return made


def trials(table: Cells, widths: Numbers, found: Sequence[Bound], past: int) -> list[Trial]:
    """The attacks on a table: bounds of what is hidden, each rule on what is shown, other releases, other regions."""
    if not table.rows:
        return []
    name, system = table.model.name, table.system
    hidden, cells = system.sensitive & ~system.shown, [b.cell for b in found]
    known = np.flatnonzero(hidden & (system.values != 0))
    narrow = float(np.min(widths[known] / np.abs(system.values[known]), initial=np.inf))
    made = [
        Trial(
            name,
            "bornes",
            int(system.sensitive.sum()),
            None,
            len(found),
            etroit=_part(np.floor(narrow * STEP + attack.EPSILON) / STEP) if np.isfinite(narrow) else None,
        )
    ]
    lines = np.array([row is not None for row in table.rows], dtype=bool)
    for rule, under in table.rules.items():
        broken = table.broken[rule] & lines
        shown = broken & system.shown & ~table.told
        made.append(Trial(name, rule, int((under & lines).sum()), int(broken.sum()), int(shown.sum())))
    if past:
        made.append(Trial(name, "anterieures", int(system.sensitive.sum()), None, len(found), past))
    several, regions = np.zeros(len(hidden), dtype=bool), frozenset().union(*table.regions)
    for part in attack.parts(system, ~system.shown):
        several[part] = len(frozenset().union(*(table.regions[c] for c in part))) > 1
    if len(regions) > 1:
        tried = int((several & hidden).sum())
        made.append(Trial(name, "regions", tried, None, int(several[cells].sum()), len(regions)))
    return made


def write(
    connection: duckdb.DuckDBPyConnection, database: str, made: Sequence[dict[str, Any]], tried: Sequence[Trial]
) -> None:
    """Writes the record beside the protected tables."""
    for name, lines in ((CASES, made), (TRIALS, [asdict(t) for t in tried])):
        connection.register("bilan", pa.Table.from_pylist(list(lines), SCHEMAS[name]))
        connection.execute(f"CREATE OR REPLACE TABLE {database}.{name} AS FROM bilan")
        connection.unregister("bilan")


def _part(value: float) -> Decimal:
    return Decimal(str(round(float(value), 4)))
