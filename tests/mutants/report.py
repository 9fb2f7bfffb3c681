"""What a run has seen: a line for each mutant, the counts, and the survivors with their change."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .trial import NO_EFFECT, NOT_VIABLE, SEEN, SURVIVES, TOO_LONG, Verdict

MARKDOWN, JSON = "rapport.md", "rapport.json"


def line(verdict: Verdict) -> str:
    """One mutant on one line."""
    where = f"{verdict.file}:{verdict.line}"
    return f"{verdict.verdict:<10} {verdict.processor:5.1f} s  {verdict.id}  {where}  {verdict.operator}  {verdict.by}"


def _share(verdicts: Sequence[Verdict]) -> str:
    """Those seen among those that can be, in words."""
    seen = sum(v.verdict in (SEEN, TOO_LONG) for v in verdicts)
    counted = seen + sum(v.verdict == SURVIVES for v in verdicts)
    return f"{seen} vus sur {counted}" + (f" ({100 * seen / counted:.0f} %)" if counted else "")


def summary(verdicts: Sequence[Verdict]) -> str:
    """The counts: what was seen of what can be; what has no effect, or doesn't build, is counted apart."""
    counts = Counter(v.verdict for v in verdicts)
    apart = ", ".join(f"{counts[name]} {name}" for name in (NO_EFFECT, NOT_VIABLE, TOO_LONG) if counts[name])
    mean = sum(v.processor for v in verdicts) / max(1, len(verdicts))
    return f"{_share(verdicts)}" + (f" ; {apart}" if apart else "") + f" ; {mean:.1f} s de processeur par mutant"


def write(folder: Path, verdicts: Sequence[Verdict]) -> None:
    """Writes the report, for people and for machines."""
    records = [verdict.record() for verdict in verdicts]
    (folder / JSON).write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    rooms: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        rooms.setdefault("/".join(Path(verdict.file).parts[:2]), []).append(verdict)
    lines = ["# Défauts mis exprès, et qui les voit", "", summary(verdicts), "", "| où | vus |", "|---|---|"]
    lines += [f"| {room} | {_share(mine)} |" for room, mine in sorted(rooms.items())]
    for title, kinds in (("Survivants", (SURVIVES,)), ("Sans effet, ou non viables", (NO_EFFECT, NOT_VIABLE))):
        lines += ["", f"## {title}", ""]
        for verdict in verdicts:
            if verdict.verdict in kinds:
                lines += [f"### {verdict.id} : {verdict.operator}", "", verdict.by, "```diff", verdict.diff, "```", ""]
    lines += ["## Vus", "", *(f"- {line(v)}" for v in verdicts if v.verdict in (SEEN, TOO_LONG))]
    (folder / MARKDOWN).write_text("\n".join(lines) + "\n", encoding="utf-8")
