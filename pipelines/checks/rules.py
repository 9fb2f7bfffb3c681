"""The rules: the suites of expectations/, and those that a catalogue entry or a mart's grain says by itself.

Each expectation has a severity. `critical` refuses the vintage (or the build); `warning` is listed,
and with `meta: {quarantaine: true}` takes the failing rows out, with their reason; `info` is listed.
Beside the written suites, every staged table is held to its catalogue entry: key filled and unique,
plausible size, and the row counts and totals pinned to a file's sha256.
"""

import functools
import json
from collections.abc import Collection
from typing import Any

import yaml

from pipelines import catalogue
from pipelines.catalogue import Source, code_lists, registers
from pipelines.duck import literal
from pipelines.errors import AtlasError, Place
from pipelines.settings import ROOT

SUITES = ROOT / "expectations"


@functools.cache
def suite_file(kind: str, name: str) -> dict[str, Any]:
    """One suite of expectations/: `staging/<source>` or `marts/<schema>.<table>`."""
    path = SUITES / kind / f"{name}.yml"
    if not path.is_file():
        raise AtlasError(
            f"« {name} » n'a pas de suite de contrôles.",
            where=Place(file=str(path.relative_to(ROOT))),
            expected="une suite par source et par mart",
            todo="l'écrire sur le modèle de ses voisines",
        )
    # The C loader: a suite is read in milliseconds instead of tenths of a second.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}


def _rows_rule(name: str, query: str, motif: str, *, severity: str, quarantine: bool = False) -> dict[str, Any]:
    return {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": query},
        "severity": severity,
        "notes": motif,
        "meta": {"controle": name, "quarantaine": quarantine},
    }


def key_rules(table: str, key: list[str], blank: list[str]) -> list[dict[str, Any]]:
    """Key filled, key unique. Of identical rows one is kept; of contradictory ones, none.

    Nothing of the kind where the producer gives lines no key.
    """
    if key == [catalogue.LINE]:
        return []
    empty = " OR ".join(f'"{k}" IS NULL' for k in key if k not in blank) or "false"
    said = ", ".join(key)
    double = f"SELECT * FROM {{batch}} WHERE _rang IN (SELECT _rang FROM doublons.{table} WHERE contredite"
    return [
        _rows_rule(
            "cle_renseignee",
            f"SELECT * FROM {{batch}} WHERE {empty}",
            f"la clé ({said}) n'est pas renseignée",
            severity="warning",
            quarantine=True,
        ),
        _rows_rule(
            "ligne_repetee",
            f"{double} = false)",
            f"la ligne en répète une autre, de même clé ({said}) et de même contenu : une seule est gardée",
            severity="warning",
            quarantine=True,
        ),
        _rows_rule(
            "cle_unique",
            f"{double})",
            f"des lignes de même clé ({said}) se contredisent : aucune n'est gardée",
            severity="warning",
            quarantine=True,
        ),
    ]


def entry_rules(source: Source, table: str, millesime: int) -> list[dict[str, Any]]:
    """What the entry itself asks of a table: columns that are never empty, codes that are in their list."""
    entry = source.tables[table]
    marked = bool(source.layout(table, millesime).markers)
    kinds = {c.name: c.type for c in source.of_table(table)}
    rules = []
    for column in entry.obligatoires:
        # A number that is told to be secret or unknown is an answer; an empty cell is none.
        told = f" AND \"{column}_statut\" = 'vide'" if marked and kinds[column] != "VARCHAR" else ""
        rules.append(
            _rows_rule(
                f"renseigne_{column.lower()}",
                f'SELECT * FROM {{batch}} WHERE "{column}" IS NULL{told}',
                f"la colonne {column} n'est jamais vide",
                severity="warning",
                quarantine=True,
            )
        )
    for column, codes in code_lists.of_table(source, table).items():
        known = ", ".join(map(literal, codes))
        shown = ", ".join(list(codes)[:12]) + (f" … ({len(codes)} codes)" if len(codes) > 12 else "")
        rules.append(
            _rows_rule(
                f"valeurs_{column.lower()}",
                f'SELECT * FROM {{batch}} WHERE "{column}" NOT IN ({known})',
                f"la colonne {column} prend une valeur de sa liste : {shown}",
                severity="warning",
                quarantine=True,
            )
        )
    return rules


def _example_rule(source: Source, table: str) -> dict[str, Any]:
    """A row of the template's example must not pass for a fact."""
    texts = [f'"{c.name}"' for c in source.of_table(table) if c.type == "VARCHAR"]
    return _rows_rule(
        "exemple_retire",
        f"SELECT * FROM {{batch}} WHERE contains(upper(concat_ws(' ', {', '.join(texts)})), 'FICTIF')",
        "la ligne est un exemple du modèle : elle dit FICTIF",
        severity="warning",
        quarantine=True,
    )


def table_rules(
    source: Source,
    table: str,
    millesime: int,
    hashes: Collection[str],
    *,
    fictif: bool,
    staged: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """All expectations of one staged table: its catalogue entry's, its pins, its written suite.

    `hashes` are the SHA-256 of the files of this vintage, `staged` its tables: a rule that compares with another
    table is left out without it.
    """
    there = source.tables if staged is None else staged
    entry = source.tables[table]
    rules = key_rules(table, entry.key, entry.key_blank) + entry_rules(source, table, millesime)
    if source.contrat and not fictif:
        rules.append(_example_rule(source, table))
    suite = suite_file("staging", source.id)
    pins = [pin for pin in suite.get("pins", []) if pin["table"] == table and pin["sha256"] in hashes]
    cut = next((pin["coupe"] for pin in pins if "coupe" in pin), None)
    if not fictif:
        rules.append(_volume_rule(entry.rows_min, cut))
    rules += _pin_rules(pins)
    written = (suite.get("tables") or {}).get(table) or []
    return rules + [
        _for_vintage(rule, millesime)
        for rule in written
        if _applies(rule, millesime)
        and set(rule.get("meta", {}).get("avec", [])) <= set(there)
        and not (cut and rule.get("meta", {}).get("entier"))
    ]


def _volume_rule(rows_min: int, cut: str | None) -> dict[str, Any]:
    """The size of a whole extract; a cut that its pin knows as such, by its bytes, is told and not refused."""
    return {
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": rows_min},
        "severity": "warning" if cut else "critical",
        "notes": f"un extrait entier a au moins {rows_min} lignes ; "
        + (f"celui-ci est une coupe, connue comme telle : {cut}" if cut else "celui-ci est tronqué ou partiel"),
        "meta": {"controle": "volume"},
    }


def mart_rules(name: str, grain: tuple[str, ...]) -> list[dict[str, Any]]:
    """All expectations of one mart: unique and filled at its grain, its indicators in bounds, its written suite.

    `grain_vide` in the suite lists the columns of the grain that may be empty. What breaks a rule (`casse`) is the
    tests' to read.
    """
    suite = suite_file("marts", name)
    columns = ", ".join(f'"{k}"' for k in grain)
    filled = [k for k in grain if k not in suite.get("grain_vide", [])]
    empty = " OR ".join(f'"{k}" IS NULL' for k in filled) or "false"
    return [
        _rows_rule(
            "grain_unique",
            f"SELECT {columns}, count(*) AS lignes FROM {{batch}} GROUP BY {columns} HAVING count(*) > 1",
            f"une ligne par {', '.join(grain)}",
            severity="critical",
        ),
        _rows_rule(
            "grain_renseigne",
            f"SELECT {columns} FROM {{batch}} WHERE {empty}",
            f"{', '.join(filled)} ne sont jamais vides",
            severity="critical",
        ),
        *registers.bound_rules(name, long="indicateur" in grain),
        *({k: v for k, v in rule.items() if k != "casse"} for rule in suite.get("expectations") or []),
    ]


def _applies(rule: dict[str, Any], millesime: int) -> bool:
    since = rule.get("meta", {}).get("depuis")
    until = rule.get("meta", {}).get("jusqua")
    return (since is None or millesime >= since) and (until is None or millesime <= until)


def _for_vintage(rule: dict[str, Any], millesime: int) -> dict[str, Any]:
    """`$millesime` in a rule is the vintage being checked."""
    text = json.dumps(rule, default=str).replace("$millesime", str(millesime))
    filled: dict[str, Any] = json.loads(text)
    return filled


def _pin_rules(pins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One expectation for all that is pinned to the files of a table: it lists what differs."""
    parts = []
    for pin in pins:
        file = pin["file"].replace("'", "''")
        mine = f"(_fichier = '{file}' OR starts_with(_fichier, '{file}['))"
        measures = {"count(*)": pin["rows"], **{f'sum("{k}")': v for k, v in pin.get("sums", {}).items()}}
        parts += [
            f"SELECT '{file}' AS fichier, '{measure}' AS mesure, ({measure})::VARCHAR AS observe, '{value}' AS attendu "
            f"FROM {{batch}} WHERE {mine} HAVING {measure} IS DISTINCT FROM {value}"
            for measure, value in measures.items()
        ]
    if not parts:
        return []
    return [
        _rows_rule(
            "epingles",
            " UNION ALL ".join(parts),
            "nombres de lignes et totaux relevés sur ces fichiers mêmes (sha256) : "
            + ", ".join(f"{pin['file']} {pin['rows']} lignes" for pin in pins[:8])
            + (" …" if len(pins) > 8 else ""),
            severity="critical",
        )
    ]
