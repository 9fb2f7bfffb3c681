"""The headings of an extract beside those that the column map names."""

from dataclasses import replace
from difflib import get_close_matches

from pipelines.catalogue import CAPTURED, Source, normalise, same_heading
from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import Layout, pattern, plainly
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract


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
    close = {m: get_close_matches(m, strangers, n=1, cutoff=0.5) for m in missing}
    if len(missing) == len(strangers) == 1:  # nothing else can be its new name
        close = {missing[0]: strangers}
    renamed = [f"« {m} » est peut-être devenue « {c[0]} »" for m, c in close.items() if c]
    return RefusedError(
        f"Il manque {len(missing)} colonne(s) : "
        + ", ".join(f"« {m} »" for m in missing)
        + "."
        + (" " + " ; ".join(renamed) + "." if renamed else ""),
        where=where,
        expected=f"les colonnes de cette table (atlas source {source.id}), dans n'importe quel ordre"
        + (f" ; colonnes inconnues ici : {', '.join(strangers[:40])}" if strangers else ""),
        todo=again(where.source, where.millesime),
    )


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
