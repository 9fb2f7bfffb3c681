"""What a release changes: lines added and removed, values revised, each with its cause, since the one before.

Of the tables that are protected, no line is written: the difference of two sums would tell of those who answered in
between. Both releases' Parquet files are joined on the grain of each table. The cause is the first of these that holds:
confidentialité (the line became secret, or is no more), géographie (its territory is new, gone, or of other communes),
then source (a vintage or revision that its table reads entered or left the lock) and méthode (a step that its table
rests on is another, methods.py), or both. Where none holds there is no cause: it is to be looked into.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.database import duck
from pipelines.disclosure import structures
from pipelines.edition import lockfile, models
from pipelines.edition.lockfile import Lock
from pipelines.publish import methods, pages, tables
from pipelines.publish.methods import Methods
from pipelines.publish.public import FICTIF, FICTIF_COLUMN, WrittenTable
from pipelines.runtime import fingerprints

NAME = "differences"
PAGE = "differences.html"
FILES = (PAGE, f"{NAME}.csv", f"{NAME}-fr.csv", f"{NAME}.parquet")
# When a number was published is no number: it says where a revision comes from.
VINTAGE = ("millesime", "revision", "millesime_population", "millesime_ght", FICTIF_COLUMN)
TOLD = 3  # steps that a difference names
ADDED, REMOVED, REVISED = "ligne ajoutée", "ligne retirée", "valeur révisée"
SECRET, PLACE, SOURCE, METHOD, UNKNOWN = "confidentialité", "géographie", "source", "méthode", ""
MEANING = {
    SECRET: "la ligne est devenue secrète, ou a cessé de l'être",
    PLACE: "son territoire est nouveau, a disparu, ou n'a plus les mêmes communes",
    SOURCE: "un millésime ou une révision d'une source de la table est entré dans l'édition, ou en est sorti",
    METHOD: "le calcul de la table, ou d'une table qu'elle lit, a changé",
    f"{SOURCE} et {METHOD}": "les deux, qui ne se séparent pas",
    UNKNOWN: "aucun changement des sources de la table ni de son calcul n'est connu : à examiner",
}
CAUSES = tuple(MEANING)
WITHOUT = "sans cause connue"
CHECKS = "staging.controles"  # of all sources
# What a territory is made of: a line that changes there only has changed of territory.
ZONES = ("arrondissement", "departement", "region", "epci", "zone_emploi", "bassin_vie", "bassin_bmo")

COLUMNS = {
    "table_publiee": "table où se trouve la différence",
    "nature": "ligne ajoutée, ligne retirée, valeur révisée, table ajoutée, table retirée, table refaite (autre grain)",
    "cle": "ligne concernée : chaque colonne du grain et sa valeur",
    "colonne": "colonne révisée ; vide pour une ligne ou une table entière",
    "avant": "valeur dans la publication précédente ; vide quand le secret de la ligne a changé",
    "apres": "valeur dans celle-ci",
    "ecart": "après moins avant, pour un nombre",
    "cause": "confidentialité, géographie, source, méthode, source et méthode ; vide : aucune n'est connue",
    "precision": "ce qui a changé dans le secret, les sources ou le calcul",
}


@dataclass(frozen=True)
class Published:
    """One release as a diff reads it; `files` are those of its content, with their hashes."""

    path: Path
    version: str
    lock: Lock
    methods: Methods
    files: dict[str, str]
    fictif: bool

    def table(self, name: str) -> Path:
        """The Parquet file of a table."""
        return self.path / "parquet" / f"{'FICTIF-' if self.fictif else ''}{name}.parquet"


@dataclass
class Diff:
    """What changed since `before`; nothing is known where it is None (first release)."""

    before: str | None
    sources: list[str] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    counts: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    largest: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def total(self, nature: str) -> int:
        """Differences of a kind, all tables together."""
        return sum(n for counts in self.counts.values() for (kind, _), n in counts.items() if kind == nature)

    def causes(self) -> dict[str, int]:
        """Differences by cause, all tables together."""
        found = Counter[str]()
        for counts in self.counts.values():
            for (_, cause), number in counts.items():
                found[cause] += number
        return {cause: found[cause] for cause in CAUSES if found[cause]}


def write(before: Published | None, now: Published, written: list[WrittenTable]) -> Diff:
    """Writes `differences` as Parquet and CSV into the folder of the new release; returns what it holds."""
    diff = Diff(before.version if before else None)
    with duckdb.connect(config={"memory_limit": duck.MEMORY}) as connection:
        kinds = ", ".join(f"{name} {'DECIMAL(38, 6)' if name == 'ecart' else 'VARCHAR'}" for name in COLUMNS)
        connection.execute(f"CREATE TABLE {NAME} ({kinds})")
        if before is not None:
            diff.sources = lockfile.differences(before.lock, now.lock)
            diff.files = _files(before.files, now.files)
            _compare(connection, before, now, written)
        for table, nature, cause, number in connection.execute(
            f"SELECT table_publiee, nature, cause, count(*) FROM {NAME} GROUP BY ALL ORDER BY ALL"
        ).fetchall():
            diff.counts.setdefault(table, Counter())[nature, cause] = number
        largest = connection.execute(
            f"SELECT * FROM {NAME} WHERE ecart <> 0 QUALIFY row_number() OVER "
            "(PARTITION BY table_publiee ORDER BY abs(ecart) DESC, cle, colonne) <= 10 "
            "ORDER BY table_publiee, abs(ecart) DESC, cle, colonne"
        )
        names = [d[0] for d in largest.description or []]
        for row in largest.fetchall():
            diff.largest.setdefault(row[0], []).append(dict(zip(names, row, strict=True)))
        _save(connection, now)
    return diff


def _save(connection: duckdb.DuckDBPyConnection, now: Published) -> None:
    said = f", '{FICTIF}' AS {FICTIF_COLUMN}" if now.fictif else ""
    connection.execute(f"CREATE VIEW publiees AS SELECT *{said} FROM {NAME} ORDER BY ALL")
    stem = ("FICTIF-" if now.fictif else "") + NAME
    tables.both(connection, "publiees", now.path / f"{stem}.csv", now.path / f"{stem}-fr.csv")
    table = connection.execute("FROM publiees").to_arrow_table()
    about = {
        "titre": "Différences avec la publication précédente.",
        **({"avertissement": FICTIF} if now.fictif else {}),
    }
    fields = [f.with_metadata({"description": COLUMNS[f.name]}) if f.name in COLUMNS else f for f in table.schema]
    pq.write_table(table.cast(pa.schema(fields, metadata=about)), now.path / f"{stem}.parquet", compression="zstd")


def page(diff: Diff, now: Published, region: str, label: str) -> None:
    """Writes `differences.html`: counts by table and cause, and the largest changes."""
    text = (
        pages.environment()
        .get_template(f"{PAGE}.j2")
        .render(
            diff=diff,
            sens=MEANING,
            sans=WITHOUT,
            protegees=sorted(structures.protected()),
            version=now.version,
            edition={"edition": now.lock.edition},
            region=region,
            region_libelle=label,
            fictif=now.fictif,
            prefixe="FICTIF-" if now.fictif else "",
        )
    )
    (now.path / PAGE).write_text(text, encoding="utf-8")


# --- Comparing ----------------------------------------------------------------------------------------


def _compare(
    connection: duckdb.DuckDBPyConnection, before: Published, now: Published, written: list[WrittenTable]
) -> None:
    _territories(connection, before, now)
    moved = _moved(before.lock, now.lock)
    changes = methods.changed(before.methods, now.methods)
    released = {w.model.name: w for w in written}
    prefix = "FICTIF-" if before.fictif else ""
    there = {p.stem.removeprefix(prefix) for p in (before.path / "parquet").glob("*.parquet")}
    for name in sorted(there - released.keys()):
        _whole(connection, name, "table retirée", changes)
    for name, w in sorted(released.items()):
        # A table without a line has no file: only one whose steps weren't known is new.
        if name not in there and name not in before.methods.etapes:
            _whole(connection, name, "table ajoutée", changes)
            continue
        old, new = (r.table(name) if r.table(name).is_file() else None for r in (before, now))
        if name in structures.protected() or (old and new and fingerprints.sha256(old) == fingerprints.sha256(new)):
            continue
        if old and _grain(old) != list(w.model.grain):
            _whole(connection, name, "table refaite", changes)
            continue
        _lines(connection, w, old, new, moved, changes)


def _grain(table: Path) -> list[str]:
    told: bytes = (pq.read_schema(table).metadata or {}).get(b"grain", b"")
    return told.decode().split(", ")


def _files(before: dict[str, str], now: dict[str, str]) -> dict[str, int]:
    """How many files differ, by what they are: words may change where no number does."""
    kinds = {
        "csv": "tables",
        "csv-fr": "",
        "classeurs": "classeurs",
        "fiches": "fiches",
        "esms": "fiches",
        "figures": "figures",
    }
    found = Counter(
        kinds.get(name.partition("/")[0], "pages" if name.endswith(".html") else "autres fichiers")
        for name in {*before, *now}
        if before.get(name) != now.get(name)
    )
    return {kind: found[kind] for kind in sorted(found) if kind}


def _whole(connection: duckdb.DuckDBPyConnection, name: str, nature: str, changes: Methods) -> None:
    """A table of which no line can be compared."""
    cause = METHOD if name in changes.etapes else UNKNOWN
    connection.execute(
        f"INSERT INTO {NAME} VALUES (?, ?, '', '', NULL, NULL, NULL, ?, ?)",
        [name, nature, cause, f"calcul : {name}" if cause else ""],
    )


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    described = connection.execute(f"DESCRIBE FROM read_parquet({duck.literal(str(path))})").fetchall()
    return [(name, kind) for name, kind, *_ in described if name != FICTIF_COLUMN]


def _moved(old: Lock, new: Lock) -> dict[str, str]:
    """The sources of which a vintage or revision entered, left, changed or was refused, with what changed."""

    def said(lock: Lock) -> set[tuple[str, int, int, str]]:
        pins = {(p.source, p.millesime, p.revision, "de référence" if p.reference else "") for p in lock.pins}
        return pins | {(r.source, r.millesime, r.revision, "refusé") for r in lock.refus}

    found: dict[str, set[int]] = {}
    for source, millesime, _, _ in said(old) ^ said(new):
        found.setdefault(source, set()).add(millesime)
    return {source: f"{source} {', '.join(str(m) for m in sorted(years))}" for source, years in found.items()}


def _territories(connection: duckdb.DuckDBPyConnection, before: Published, now: Published) -> None:
    """Table `deplaces`: the territories that are new or gone, and those whose communes are not the same."""
    old, new = (
        {
            name: f"read_parquet({duck.literal(str(r.table(f'reference.{name}')))})"
            for name in ("communes", "territoires")
        }
        for r in (before, now)
    )
    level = "SELECT niveau, code FROM {} WHERE niveau NOT IN ('ej', 'ght')"
    past, here = (level.format(r["territoires"]) for r in (old, new))
    moves = " UNION ALL ".join(
        f"SELECT '{zone}' AS niveau, unnest([a.{zone}, b.{zone}]) AS code FROM a JOIN b USING (commune) "
        f"WHERE a.{zone} IS DISTINCT FROM b.{zone} "
        f"UNION ALL SELECT 'commune', commune FROM a JOIN b USING (commune) WHERE a.{zone} IS DISTINCT FROM b.{zone}"
        for zone in ZONES
    )
    connection.execute(
        f"CREATE TABLE deplaces AS WITH a AS (FROM {old['communes']}), b AS (FROM {new['communes']}), "
        f"apparus AS (({past} EXCEPT {here}) UNION ALL ({here} EXCEPT {past})) "
        f"SELECT DISTINCT niveau, code FROM (FROM apparus UNION ALL {moves}) WHERE code IS NOT NULL"
    )


def _lines(
    connection: duckdb.DuckDBPyConnection,
    table: WrittenTable,
    old: Path | None,
    new: Path | None,
    moved: dict[str, str],
    changes: Methods,
) -> None:
    """Adds the differences of one table; it had, or has, no line where it has no file."""
    one = old or new
    if one is None:
        return
    past, here = (dict(_columns(connection, file or one)) for file in (old, new))
    read = [
        f"SELECT *, true AS _la FROM read_parquet({duck.literal(str(file or one))}) WHERE {'true' if file else 'false'}"
        for file in (old, new)
    ]
    name, grain = table.model.name, table.model.grain
    values = [c for c in here if c in past and c not in (*grain, *VINTAGE)]
    secret = " OR ".join(
        f"""coalesce(a."{c}" = 'secret', false) <> coalesce(b."{c}" = 'secret', false)"""
        for c in values
        if c == "statut" or c.endswith("_statut")
    )
    changed = {c: _changed(c, past[c], here[c]) for c in values}
    both = "a._la AND b._la"
    key = " || ' ; ' || ".join(f"""'{k} = ' || coalesce(coalesce(b."{k}", a."{k}")::VARCHAR, '')""" for k in grain)
    cells = ", ".join(
        f"""CASE WHEN {changed[c]} THEN {{'colonne': '{c}', 'avant': a."{c}"::VARCHAR, 'apres': b."{c}"::VARCHAR, """
        f"'ecart': {_gap(c, past[c], here[c])}}} END"
        for c in values
    )
    shared = {c: kind for c, kind in here.items() if c in past}
    elsewhere = " OR ".join(test for c, test in changed.items() if c not in ZONES) or "false"
    cause, why = _cause(table, shared, secret, elsewhere, moved, changes)
    # The number that a secret covers from now on isn't told again.
    hidden = f"CASE WHEN cause = '{SECRET}' AND NOT suffix(colonne, 'statut') THEN NULL ELSE"
    connection.execute(
        f"""
        INSERT INTO {NAME}
        WITH a AS ({read[0]}), b AS ({read[1]}),
        differentes AS (
            SELECT
                CASE WHEN a._la IS NULL THEN '{ADDED}' WHEN b._la IS NULL THEN '{REMOVED}'
                    ELSE '{REVISED}' END AS nature,
                {key} AS cle, {cause} AS cause, {why} AS precision,
                CASE WHEN {both} THEN list_filter([{cells}], x -> x IS NOT NULL) ELSE [NULL] END AS cellules
            FROM a FULL JOIN b ON {" AND ".join(f'a."{k}" IS NOT DISTINCT FROM b."{k}"' for k in grain)}
            WHERE NOT coalesce({both}, false) OR {" OR ".join(changed.values()) or "false"}
        ),
        depliees AS (SELECT nature, cle, cause, precision, unnest(cellules) AS cellule FROM differentes)
        SELECT
            '{name}', nature, cle, coalesce(cellule.colonne, '') AS colonne,
            {hidden} cellule.avant END, cellule.apres, {hidden} cellule.ecart END, cause, precision
        FROM depliees
        """
    )


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL") or kind.endswith("INT") or kind == "INTEGER"


def _changed(column: str, past: str, here: str) -> str:
    same = past == here or (_is_number(past) and _is_number(here))
    cast = "" if same else "::VARCHAR"
    return f'a."{column}"{cast} IS DISTINCT FROM b."{column}"{cast}'


def _gap(column: str, past: str, here: str) -> str:
    if _is_number(past) and _is_number(here):
        return f'(b."{column}"::DECIMAL(38, 6) - a."{column}"::DECIMAL(38, 6))'
    return "NULL::DECIMAL(38, 6)"


def _cause(
    table: WrittenTable, here: dict[str, str], secret: str, elsewhere: str, moved: dict[str, str], changes: Methods
) -> tuple[str, str]:
    """SQL of the cause of a line's difference, and of what it comes from: the first that holds.

    `secret` and `elsewhere` are SQL: the line became secret, or is no more; it changed in more than its zones.
    """
    both = "a._la AND b._la"
    cases: list[tuple[str, str, str]] = []
    if secret:
        became = " OR ".join(f"""b."{c}" = 'secret'""" for c in here if c == "statut" or c.endswith("_statut"))
        said = f"CASE WHEN {became} THEN 'devenu secret' ELSE 'n''est plus secret' END"
        cases.append((f"{both} AND ({secret})", f"'{SECRET}'", said))
    place = None
    if {"niveau", "code"} <= here.keys():
        place = "(coalesce(b.niveau, a.niveau), coalesce(b.code, a.code)) IN (SELECT (niveau, code) FROM deplaces)"
    elif "commune" in here:
        place = f"{both} AND NOT ({elsewhere}) AND ('commune', b.commune) IN (SELECT (niveau, code) FROM deplaces)"
    if place:
        cases.append((place, f"'{PLACE}'", "'territoire nouveau, disparu ou de composition changée'"))
    source, step = _entered(table, here, moved), _changed_steps(table, here, changes)
    said = f"""CASE WHEN {source} <> '' AND {step} <> '' THEN '{SOURCE} et {METHOD}'
        WHEN {source} <> '' THEN '{SOURCE}' WHEN {step} <> '' THEN '{METHOD}' ELSE '{UNKNOWN}' END"""
    cases.append(("true", said, f"concat_ws(' ; ', nullif({source}, ''), nullif({step}, ''))"))
    cause = " ".join(f"WHEN {when} THEN {name}" for when, name, _ in cases)
    why = " ".join(f"WHEN {when} THEN {said}" for when, _, said in cases)
    return f"CASE {cause} END", f"CASE {why} END"


def _named(column: str, said: dict[str, str]) -> str:
    """SQL of what is said of the value of a column; NULL where nothing is."""
    cases = " ".join(f"WHEN {duck.literal(k)} THEN {duck.literal(v)}" for k, v in sorted(said.items()))
    return f"CASE coalesce(b.{column}, a.{column}) {cases} END" if said else "NULL"


def _entered(table: WrittenTable, here: dict[str, str], moved: dict[str, str]) -> str:
    """SQL of the vintages that entered or left: of the source that the line names, of the table that it is about, or
    of those that its own table reads.
    """

    def of(name: str) -> str:
        return " ; ".join(moved[s] for s in sorted(models.sources_of(name)) if s in moved)

    found = [_named("source", moved)] if "source" in here else []
    if "objet" in here:
        found.append(_named("objet", {m.name: said for m in models.load_all() if (said := of(m.name))}))
    whole = of(table.model.name)
    if CHECKS in models.lineage(table.model.name):
        whole = whole or " ; ".join(moved[name] for name in sorted(moved))
    return f"coalesce({', '.join([*found, duck.literal(whole)])})"


def _changed_steps(table: WrittenTable, here: dict[str, str], changes: Methods) -> str:
    """SQL of the steps that changed: those that the table rests on, and the suite of checks that a line tells of."""
    steps = methods.behind(changes, table.model.name)
    whole = duck.literal("calcul : " + ", ".join(steps[:TOLD]) + (" …" if len(steps) > TOLD else "") if steps else "")
    if CHECKS not in models.lineage(table.model.name):
        return whole
    suites = {k.removeprefix(methods.SUITE): k for k in changes.etapes if k.startswith(methods.SUITE)}
    own = [_named(c, suites) for c in ("source", "objet") if c in here]
    return f"concat_ws(' ; ', nullif({whole}, ''), coalesce({', '.join([*own, 'NULL'])}))"
