"""The rules of a table: those that its catalogue entry or its model says by itself (derived.py), and its suite.

Each expectation has a severity. `critical` refuses the vintage (or the build); `warning` is listed,
and with `meta: {quarantaine: true}` takes the failing rows out, with their reason; `info` is listed.
Beside these, in Great Expectations' own terms, a rule has `casse`: what breaks its table so that it must be seen to
fail (tests/breaking.py), or `sans_casse`, the reason why nothing can. The checks never see either.
"""

import functools
import json
from collections.abc import Collection, Sequence
from typing import Any

import yaml

from pipelines.catalogue import Source, registers
from pipelines.checks import built, derived, repeats, shown, totals
from pipelines.checks.derived import Rule
from pipelines.errors import AtlasError, Place
from pipelines.settings import ROOT

SUITES = ROOT / "expectations"
VIEWS = "vues"  # the schema whose suites have a folder of their own
BREAKING = ("casse", "sans_casse")


@functools.cache
def suite_file(folder: str, name: str) -> dict[str, Any]:
    """One suite of expectations/: `staging/<source>`, `marts/<schema>.<table>` or `vues/<table>`."""
    path = SUITES / folder / f"{name}.yml"
    if not path.is_file():
        raise AtlasError(
            f"« {name} » n'a pas de suite de contrôles.",
            where=Place(file=f"expectations/{folder}/{name}.yml"),
            expected="une suite par source, par mart et par vue",
            todo="l'écrire sur le modèle de ses voisines",
        )
    # The C loader: a suite is read in milliseconds instead of tenths of a second.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}


def suite_of(table: str) -> tuple[str, str]:
    """Where in expectations/ the suite of a built table (`schema.table`) is: its folder, and its name there."""
    schema, _, name = table.partition(".")
    return (VIEWS, name) if schema == VIEWS else ("marts", table)


@functools.cache
def suite_text(folder: str, name: str) -> str:
    """A suite as the checks read it, which a fingerprint holds: how its rules are seen to fail is no part of it."""
    return json.dumps(unbroken(suite_file(folder, name)), default=str, ensure_ascii=False)


def unbroken(said: Any) -> Any:
    """A rule, or all that a suite holds, without what breaks it."""
    if isinstance(said, dict):
        return {k: unbroken(v) for k, v in said.items() if k not in BREAKING}
    return [unbroken(v) for v in said] if isinstance(said, list) else said


def table_rules(
    source: Source,
    table: str,
    millesime: int,
    hashes: Collection[str],
    *,
    fictif: bool,
    staged: Collection[str] | None = None,
) -> list[Rule]:
    """All expectations of one staged table: its catalogue entry's, its pins, its written suite.

    `hashes` are the SHA-256 of the files of this vintage, `staged` its tables: a rule that compares with another
    table is left out without it.
    """
    there = source.tables if staged is None else staged
    suite = suite_file("staging", source.id)
    pins = [pin for pin in suite.get("pins", []) if pin["table"] == table and pin["sha256"] in hashes]
    cut = next((pin["coupe"] for pin in pins if "coupe" in pin), None)
    written = (suite.get("tables") or {}).get(table) or []
    return [
        *derived.key_rules(source, table, millesime),
        *derived.denied_rules(source, table),
        *derived.column_rules(source, table, millesime),
        *derived.sign_rules(source, table),
        *derived.percent_rules(source, table),
        *derived.year_rules(source, table, millesime),
        *repeats.repeat_rules(source, table),
        *totals.total_rules(source, table),
        *totals.sum_rules(source, table, millesime),
        *([derived.example_rule(source, table)] if source.contrat and not fictif else []),
        *([] if fictif else [derived.volume_rule(source.tables[table].rows_min, cut)]),
        *derived.pin_rules(pins),
        *(
            _for_vintage(rule, millesime)
            for rule in written
            if _applies(rule, millesime)
            and set(rule.get("meta", {}).get("avec", [])) <= set(there)
            and not (cut and rule.get("meta", {}).get("entier"))
        ),
    ]


def built_rules(
    table: str, *, grain: tuple[str, ...], columns: Sequence[shown.ViewColumn], reads: Collection[str], empty: str = ""
) -> list[Rule]:
    """All expectations of a built table (`schema.table`): derived from what it is, then those of its suite.

    `columns` are those of the table, of which those of a view are asked what its header says; `reads` the tables that
    it is made from, `empty` what is said where it has no row, which it then may. A suite that writes a rule of the name
    of a derived one says more, and stands alone. It says by words what else is not derived: `grain_vide` lists the
    columns of the grain that may be empty, `sans` the rules that don't hold, each with its reason; `remplie_par`,
    `signees`, `hors_territoires` and `additives` are told in built.py.
    """
    folder, name = suite_of(table)
    suite, names = suite_file(folder, name), {column.name for column in columns}
    written = suite.get("expectations") or []
    filled = built.filled_rule(reads, suite.get("remplie_par", ""))
    if folder == VIEWS:  # a region may have none of what a view selects; what it loses by mistake, its suite sees
        filled = {**filled, "severity": "warning"}
    rules = [
        *built.grain_rules(grain, suite.get("grain_vide", [])),
        filled,
        *([] if folder == VIEWS else built.sign_rules(columns, grain, suite.get("signees", []))),
        *([built.territory_rule(suite.get("hors_territoires", {}))] if {"niveau", "code"} <= names else []),
        *([built.parts_rule(grain, suite["additives"])] if "additives" in suite else []),
        *(shown.view_rules(columns) if folder == VIEWS else []),
        *registers.bound_rules(table, long="indicateur" in grain),
    ]
    spared = {*suite.get("sans", {}), *(rule["meta"]["controle"] for rule in written)}
    if empty or "chaque_source" in spared:  # which asks more
        spared.add("non_vide")
    return [*(rule for rule in rules if rule["meta"]["controle"] not in spared), *written]


def _applies(rule: Rule, millesime: int) -> bool:
    since = rule.get("meta", {}).get("depuis")
    until = rule.get("meta", {}).get("jusqua")
    return (since is None or millesime >= since) and (until is None or millesime <= until)


def _for_vintage(rule: Rule, millesime: int) -> Rule:
    """`$millesime` in a rule is the vintage being checked."""
    text = json.dumps(rule, default=str).replace("$millesime", str(millesime))
    filled: Rule = json.loads(text)
    return filled
