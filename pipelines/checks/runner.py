"""Runs suites by Great Expectations, inside DuckDB."""

import functools
import json
import logging
import os
import re
import uuid
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.checks.controls import SEVERITIES, Control, shortened
from pipelines.checks.rules import unbroken
from pipelines.errors import AtlasError, Place

NAMING = ("source", "millesime", "revision", "fichier", "ligne")  # what says where a row comes from
SHOWN = 10  # rows of a failed control that are told; it says how many there are
FIRST, OTHER = 240, 80  # signs of the first, and of each of the others that has no line


@functools.cache
def _gx() -> tuple[Any, Any]:
    """Great Expectations, imported once a process (it takes seconds), quiet and without telemetry."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # a thousand lines of its own making
    import great_expectations as gx

    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.NOTSET)  # it chose to speak
    from pipelines.checks import gx_duckdb, gx_rows  # noqa: F401 (gx_rows registers its expectation)

    gx_duckdb.register()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    # It lives in memory: written out as YAML at each data source, its configuration would serve nobody.
    context._save_project_config = lambda: None
    return gx, context


def warm() -> None:
    """Imports Great Expectations ahead of the first check, so that a step's time is its own."""
    _gx()


def _read(database: str) -> duckdb.DuckDBPyConnection:
    """A reading connection to a file, or to a database in memory that this process holds open."""
    return duckdb.connect(database, read_only=not database.startswith(":memory:"))


def validate(
    database: str, batches: dict[str, tuple[str, list[dict[str, Any]]]], *, personal: Collection[str] = ()
) -> dict[str, list[Control]]:
    """Runs suites by SQL on tables of a DuckDB file, or of a named database in memory (`:memory:name`).

    `batches`: object name -> (`schema.table`, expectations in GX's own form). Of the objects that are `personal`, no
    control and no message repeats the text of a cell: counts and places only.
    Returns the controls per object. Raises AtlasError where an expectation can't run.
    """
    _, context = _gx()
    from great_expectations.datasource.fluent.sql_datasource import TableAsset

    from pipelines.checks import gx_duckdb

    name = uuid.uuid4().hex
    # All assets at once: adding them one by one writes the context's whole configuration each time.
    source = context.data_sources.add_sql(
        name=name,
        connection_string=f"{gx_duckdb.NAME}:///{database}"
        # One thread: rules are many and small, and parting each costs more than it brings.
        + ("" if database.startswith(":memory:") else "?access_mode=read_only&threads=1"),
        assets=[
            TableAsset(name=target, type="table", schema_name=target.split(".")[0], table_name=target.split(".")[1])
            for target, _ in batches.values()
        ],
    )
    found: dict[str, list[Control]] = {}
    try:
        for objet, (target, rules) in batches.items():
            asset = source.get_asset(target)
            batch = asset.get_batch(asset.build_batch_request())
            results = batch.validate(_suite(f"{name}-{objet}", rules), result_format="BASIC")
            by_rank = {r.expectation_config.meta["rang"]: r for r in results.results}
            found[objet] = [
                _control(objet, rule, by_rank[rank], objet not in personal) for rank, rule in enumerate(rules)
            ]
    finally:
        context.data_sources.delete(name)
        gx_duckdb.close(database)
    if all(control.reussi for controls in found.values() for control in controls):
        return found
    with _read(database) as connection:
        return {
            objet: [
                _with_example(connection, target, rule, control, objet not in personal)
                for rule, control in zip(rules, found[objet], strict=True)
            ]
            for objet, (target, rules) in batches.items()
        }


def _aliased(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule whose query may name the batch as it likes: GX names it itself where the query has no JOIN."""
    query = rule["kwargs"].get("unexpected_rows_query")
    if query is None:
        return rule
    return {**rule, "kwargs": {**rule["kwargs"], "unexpected_rows_query": query.replace("{batch}", "(FROM {batch})")}}


def _suite(name: str, rules: list[dict[str, Any]]) -> Any:
    """A suite of GX's, each of its expectations marked with the rank of its rule."""
    gx, _ = _gx()
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    from pipelines.checks import gx_rows

    # Built at once: adding one by one replaces an earlier expectation of the same type.
    return gx.ExpectationSuite(
        name=name,
        expectations=[
            ExpectationConfiguration(
                **{
                    **_aliased(unbroken(rule)),
                    "type": gx_rows.NAME if rule["type"] == gx_rows.STANDARD else rule["type"],
                    "meta": {**rule.get("meta", {}), "rang": rank},
                }
            ).to_domain_obj()
            for rank, rule in enumerate(rules)
        ],
    )


def failing(rule: dict[str, Any], target: str) -> str | None:
    """SQL of the rows that a rule finds, for a rule written as a query."""
    query = rule["kwargs"].get("unexpected_rows_query") if rule["type"] == "unexpected_rows_expectation" else None
    return None if query is None else str(query).rstrip("; \n").format(batch=target)


def _with_example(
    connection: duckdb.DuckDBPyConnection, target: str, rule: dict[str, Any], control: Control, quoting: bool
) -> Control:
    """A failed control with the first rows that it found: a count alone sends nobody to the right line.

    Of a rule that sets them aside, the first alone: all are listed, with their reason.
    """
    query = failing(rule, target)
    if control.reussi or query is None:
        return control
    rows = some(connection, query)
    if not quoting:
        safe = (int, float, Decimal)
        rows = [{k: v for k, v in r.items() if k in ("_fichier", "_ligne") or isinstance(v, safe)} for r in rows]
    if not rows or not rows[0]:
        return control
    row, others = rows[0], [] if rule.get("meta", {}).get("quarantaine") else rows[1:]
    if "_fichier" in row and "_ligne" in row:
        # The columns that the rule reads say what is wrong with the row.
        read = [k for k in row if not k.startswith("_") and re.search(rf"\b{k}\b", query)]
        read.sort(key=lambda k: not (isinstance(row[k], int | Decimal) and row[k] < 0))  # which strikes first
        values = ", ".join(f"{k} = {'vide' if row[k] is None else row[k]}" for k in read[:4])
        seen = f"{control.observe} ligne(s), la première : {row['_fichier']}, ligne {row['_ligne']}"
        seen += f" ({values})" if values else ""
        more = [f"{r['_ligne']}" + (f" de {r['_fichier']}" if r["_fichier"] != row["_fichier"] else "") for r in others]
        listed = f"puis ligne(s) {', '.join(more)}"
    else:
        # Where to look comes first.
        named = sorted(row, key=lambda k: NAMING.index(k) if k in NAMING else len(NAMING))
        told = [", ".join(f"{k} = {r[k]}" for k in named[:8]) for r in rows]
        seen = f"{control.observe} ligne(s), la première : {told[0]}" if control.lignes > 1 else told[0]
        listed = f"puis : {' ; '.join(shortened(text, OTHER) for text in told[1:])}"
    seen = shortened(seen, FIRST)
    if others:
        left = control.lignes - len(rows)
        seen += f" ; {listed}" + (f" et {left} de plus" if left > 0 else "")
    return replace(control, observe=seen)


def some(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The first rows of a query in an order of its own, by name."""
    names = [c[0] for c in connection.execute(f"SELECT * FROM ({query}) LIMIT 0").description or []]
    order = "_fichier, _ligne" if {"_fichier", "_ligne"} <= set(names) else "ALL"
    rows = connection.execute(f"SELECT * FROM ({query}) ORDER BY {order} LIMIT {SHOWN}").fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def first(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    """The first row of a query, as `some` has them; empty where there is none."""
    return next(iter(some(connection, query)), {})


def _control(objet: str, rule: dict[str, Any], result: Any, quoting: bool) -> Control:
    name = rule.get("meta", {}).get("controle") or rule["type"]
    raised = result.exception_info or {}
    if raised.get("raised_exception") or any(
        isinstance(v, dict) and v.get("raised_exception") for v in raised.values()
    ):
        detail = f" : {json.dumps(raised, ensure_ascii=False, default=str)[:600]}" if quoting else ""
        raise AtlasError(
            f"Le contrôle « {name} » de {objet} ne s'exécute pas{detail}",
            where=Place(table=objet),
            expected="une expectation que Great Expectations sait exécuter en SQL sur DuckDB",
            todo="corriger la suite dans expectations/",
        )
    observed = result.result.get("observed_value", result.result.get("unexpected_count", ""))
    if not quoting and not isinstance(observed, int | float):
        observed = ""
    lines = result.result.get("unexpected_count", observed if rule["type"] == "unexpected_rows_expectation" else 0)
    return Control(
        objet=objet,
        controle=name,
        severite=SEVERITIES[rule.get("severity", "critical")],
        reussi=bool(result.success),
        observe=str(observed),
        motif=str(rule.get("notes") or ""),
        lignes=0 if result.success else int(lines or 0),
    )
