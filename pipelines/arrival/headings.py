"""The headings of an extract beside those that the column map names."""

from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches

from pipelines.catalogue import CAPTURED, Source, normalise, same_heading
from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import Layout, pattern, plainly
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract

LIKE = 0.75  # how alike two names are where one may have become the other
SOME = 12  # names told in a message; the map and the file have the others
UNKNOWN = "colonnes inconnues ici : "


def match(source: Source, table: str, millesime: int, extract: Extract, where: Place) -> dict[str, int]:
    """For each mapped column that is a heading of the extract, its index.

    Raises RefusedError where a heading is missing, or stands twice.
    """
    layout = source.layout(table, millesime)
    found: dict[str, int] = {}
    missing: list[str] = []
    double: list[str] = []
    for column in source.of_table(table):
        names = column.headings(millesime)
        if not names or CAPTURED.fullmatch(names[0]):
            continue
        indexes = [i for i, h in enumerate(extract.headings) if any(same_heading(name, h) for name in names)]
        if len(indexes) == 1:
            found[column.name] = indexes[0]
        elif indexes:
            double.append(plain(names[0]))
        elif not column.may_lack(millesime):
            missing.append(" ou ".join(map(plain, names)))
    line = replace(where, line=extract.header_line or None)
    if double:
        raise RefusedError(
            "Une colonne est deux fois dans l'en-tête : "
            + ", ".join(f"« {n} »" for n in double)
            + "."
            + (f" Et il manque : {', '.join(f'« {m} »' for m in missing)}." if missing else ""),
            where=line,
            expected="chaque nom de colonne une seule fois",
            todo="reprendre le fichier d'origine : on ne peut pas savoir laquelle est la bonne",
        )
    if missing:
        # Where most names are unknown, the first line is no header: it may be a person's.
        hidden = source.personal and len(missing) > len(found)
        strangers = [] if hidden else unknown(source, table, millesime, extract)
        raise _missing(source, layout, extract, missing, strangers, line)
    return found


def plain(name: str) -> str:
    """A name of the map as a person reads it, where it is a pattern."""
    return plainly(name[1:-1]) if len(name) > 2 and name.startswith("/") and name.endswith("/") else name


def _missing(
    source: Source,
    layout: Layout,
    extract: Extract,
    missing: list[str],
    strangers: list[str],
    where: Place,
) -> RefusedError:
    header = layout.delimiter.join(extract.headings)
    other = max(";,|\t", key=header.count)
    if (
        layout.reader in ("delimited", "deposit")
        and len(extract.headings) < 3
        and other != layout.delimiter
        and other in header
    ):
        return RefusedError(
            f"Le séparateur n'est pas « {layout.delimiter} » : l'en-tête se lit comme "
            f"{len(extract.headings)} colonne(s) et contient {header.count(other)} « {other} ».",
            where=where,
            expected=f"des colonnes séparées par « {layout.delimiter} »",
            todo=again(where.source, where.millesime),
        )
    close = _likely(missing, strangers)
    renamed = [f"« {old} » est peut-être devenue « {new} »" for old, new in close.items()][:SOME]
    return RefusedError(
        f"Il manque {len(missing)} colonne(s) : "
        + _some([f"« {m} »" for m in missing])
        + "."
        + (" " + " ; ".join(renamed) + "." if renamed else ""),
        where=where,
        expected=f"les colonnes de cette table (atlas source {source.id}), dans n'importe quel ordre"
        + (f" ; {UNKNOWN}{_some(strangers)}" if strangers else ""),
        todo=again(where.source, where.millesime),
    )


def _likely(missing: list[str], strangers: list[str]) -> dict[str, str]:
    """What each missing heading may have become; a heading of the extract stands for the one that it is most like."""
    if len(missing) == len(strangers) == 1:  # nothing else can be its new name
        return {missing[0]: strangers[0]}
    found: dict[str, tuple[float, str]] = {}
    for old in missing:
        known = {normalise(name): name for name in strangers}
        for like in get_close_matches(normalise(old), known, n=1, cutoff=LIKE):
            found[known[like]] = max(
                found.get(known[like], (0.0, "")), (SequenceMatcher(None, normalise(old), like).ratio(), old)
            )
    said = {old: new for new, (_, old) in found.items()}
    return {old: said[old] for old in missing if old in said}


def _some(names: list[str]) -> str:
    """Names in a message: those that a person can take in."""
    left = len(names) - SOME
    return ", ".join(names) if left <= 1 else f"{', '.join(names[:SOME])} et {left} autres"


def unknown(source: Source, table: str, millesime: int, extract: Extract) -> list[str]:
    """Headings of the extract that the map doesn't name."""
    known = [n for c in source.columns if c.table == table for n in c.headings(millesime)]
    layout = source.layout(table, millesime)
    rule = pattern(layout.unpivot.heading, millesime) if layout.unpivot else None
    return [
        h
        for h in extract.headings
        if normalise(h) and not any(same_heading(n, h) for n in known) and not (rule and rule.fullmatch(h.strip()))
    ]
