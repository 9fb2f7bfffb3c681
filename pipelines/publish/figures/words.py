"""Figures said in words: who doesn't see a picture reads the same thing."""

from collections.abc import Sequence

from pipelines.publish.numbers import capital, french, joined
from pipelines.publish.rows import Row, Value, number_of, text_of, whole_of


def told(rupture: Row) -> str:
    """A break in words, and what it does to an evolution (reference.ruptures)."""
    bond = "les années se comparent, avec prudence" if rupture["comparable"] else "rien ne se compare au travers"
    return f"{rupture['annee']}, {rupture['rupture']} ({rupture['effet']}) : {bond}"


def say_series(
    rows: Sequence[Row], *, x: str, y: str, series: str, unit: str, kind: str, breaks: Sequence[Row] = ()
) -> str:
    """Last value of each series, beside the first that no break makes incomparable with it; and the breaks."""
    apart = [whole_of(b, "annee") for b in breaks if not b["comparable"]]
    said = []
    for name in dict.fromkeys(row[series] for row in rows):
        known = [row for row in rows if row[series] == name and row[y] is not None]
        if not known:
            continue
        last = known[-1]
        since = max((year for year in apart if year <= whole_of(last, x)), default=whole_of(known[0], x))
        first = next(row for row in known if whole_of(row, x) >= since)
        now = f"{name} : {french(last[y], kind)} en {last[x]}"
        said.append(now if first is last else f"{now}, contre {french(first[y], kind)} en {first[x]}")
    text = f"{capital(unit)}. " + " ; ".join(said) + "."
    if breaks:
        text += f" Ruptures de la série : {' ; '.join(told(b) for b in breaks)}."
    return text


def say_values(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    unit: str,
    kind: str,
    face: str | None = None,
    references: Sequence[tuple[str, Value]] = (),
) -> str:
    """Extremes, references, and who stands apart from France."""
    known = sorted((row for row in rows if row[x] is not None), key=lambda row: (number_of(row, x), text_of(row, y)))
    if not known:
        return "Aucune valeur n’est connue."
    low, high = ((french(row[x], kind), row[y]) for row in (known[0], known[-1]))
    text = f"{capital(unit)} : "
    text += f"{low[1]}, {low[0]}" if len(known) == 1 else f"de {low[0]} ({low[1]}) à {high[0]} ({high[1]})"
    text += "".join(f" ; {name} : {french(value, kind)}" for name, value in references if value is not None) + "."
    for code, words in (
        ("plus haut", "Au-dessus de la France, et l’écart dépasse ce que le nombre bouge en un an"),
        ("plus bas", "Au-dessous de la France, et l’écart dépasse ce que le nombre bouge en un an"),
        ("non distinguable", "Sans écart avec la France qui dépasse ce que le nombre bouge en un an"),
    ):
        names = [text_of(row, y) for row in rows if face and row[face] == code]
        if names:
            text += f" {words} : {joined(names)}."
    return text
