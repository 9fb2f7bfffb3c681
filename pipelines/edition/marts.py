"""The checks of a build's marts, and their reconciliation with published totals."""

import functools
import itertools
import json
import logging
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, replace
from multiprocessing import current_process, get_context
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines import catalogue
from pipelines.checks import rules, runner
from pipelines.checks.controls import Control, tell
from pipelines.checks.derived import Rule
from pipelines.checks.shown import ViewColumn
from pipelines.database import duck
from pipelines.edition import lineage, models, promotion
from pipelines.edition.models import Model
from pipelines.edition.records import CONTROLS
from pipelines.errors import BuildError
from pipelines.runtime import state

LOG = logging.getLogger(__name__)
GEOGRAPHY = "reference.territoires"


def check(target: Path) -> list[Control]:
    """Runs the suites of the marts on a build, makes their results those of `qualite.controles`, and counts its rows.

    A mart none of whose sources is there has nothing to check: rules that pass on no row would only swell the count.
    Raises BuildError where a critical check fails.
    """
    with duckdb.connect(str(promotion.there(target)), read_only=True) as connection:
        there = {str(s) for (s,) in connection.execute("SELECT DISTINCT source FROM staging.millesimes").fetchall()}
        for subject, source, what, said in connection.execute("FROM qualite.avertissements ORDER BY ALL").fetchall():
            LOG.warning("%s (%s) : %s", subject, " ".join(filter(None, (source, what))), said)
        known = [m for m in models.load_all() if not models.sources_of(m.name) or models.sources_of(m.name) & there]
        checked = batches(connection, known)
        vintages: dict[str, str] = dict(
            connection.execute(
                "SELECT source, source || ' ' || string_agg(DISTINCT millesime::VARCHAR, ', ' "
                "ORDER BY millesime::VARCHAR) FROM staging.millesimes WHERE statut = 'accepté' GROUP BY source"
            ).fetchall()
        )
    found = _validated(target, checked)
    if any(not control.reussi for control in found):
        with duckdb.connect(str(target), read_only=True) as connection:
            found = [_sourced(connection, control, checked[control.objet][1], vintages) for control in found]
    tell(found)
    with duckdb.connect(str(target)) as connection:
        rows = [{"etape": "mart", **asdict(c)} for c in found]
        connection.register("a_charger", pa.Table.from_pylist(rows, CONTROLS))
        connection.execute("BEGIN")
        connection.execute("DELETE FROM qualite.controles WHERE etape = 'mart'")  # of a check that died after this
        connection.execute("INSERT INTO qualite.controles BY NAME SELECT * FROM a_charger")
        connection.execute("COMMIT")
        connection.unregister("a_charger")
        connection.execute("CHECKPOINT")
    failed = [c for c in found if c.severite == "critique" and not c.reussi]
    if failed:
        raise BuildError(
            f"{len(failed)} contrôle(s) critique(s) en échec sur les marts. " + " ; ".join(map(_told, failed[:6])),
            expected="des marts conformes à expectations/marts/",
            todo=f"examiner la construction, gardée dans {target} : si un extrait est en cause, le corriger, ou "
            "retirer son millésime, puis relancer ; sinon, corriger le modèle. L'entrepôt en place n'a pas changé",
        )
    state.write(promotion.counted(target), json.dumps(promotion.counts(target)))
    return found


def _sourced(
    connection: duckdb.DuckDBPyConnection, control: Control, asked: list[Rule], vintages: dict[str, str]
) -> Control:
    """A failed check with the sources of its table, their vintages, and the lines that its first row comes from.

    A fault of data is looked for there. All tables of territories read the geography: it is named where there is
    nothing else.
    """
    read = models.sources_of(control.objet)
    sources = [s for s in sorted(read - models.sources_of(GEOGRAPHY) or read) if s in vintages]
    if control.reussi or not sources:
        return control
    seen = f"{control.observe} ; sources de la table : {' ; '.join(vintages[s] for s in sources)}"
    rule = next(r for r in asked if r["meta"]["controle"] == control.controle)
    query = runner.failing(rule, control.objet)
    row = runner.first(connection, query) if query else {}
    lines = lineage.lines(connection, control.objet, row, sources) if row else ""
    return replace(control, observe=seen + (f" ; à lire dans les extraits : {lines}" if lines else ""))


def _told(control: Control) -> str:
    """A failed check in a sentence."""
    return f"{control.objet}, {control.controle} : {control.motif} (observé : {control.observe})"


def batches(connection: duckdb.DuckDBPyConnection, tables: Iterable[Model]) -> dict[str, tuple[str, list[Rule]]]:
    """Built tables by name, each with what it is checked by: what `runner.validate` runs on their file.

    They may be the views of a release as well as marts: `connection` is to the file that holds them.
    """
    return {
        model.name: (
            model.name,
            rules.built_rules(
                model.name,
                grain=model.grain,
                columns=columns(connection, model),
                reads=models.made_from(model.name),
                empty=model.empty,
            ),
        )
        for model in tables
    }


def columns(connection: duckdb.DuckDBPyConnection, model: Model) -> list[ViewColumn]:
    """The columns of a table, each with what its header says of it, if it does."""
    said = {name: (w.label, w.kind, w.empty) for name, w in model.columns.items()}
    return [ViewColumn(name, sql, *said.get(name, ())) for name, sql in models.described(connection, model)]


def _personal() -> set[str]:
    """The tables that descend from a personal source and are not yet summed: a line is one of a person."""
    kept = {source.id for source in catalogue.load_all() if source.personal}
    return {
        model.name for model in models.load_all() if model.schema == "core" and models.sources_of(model.name) & kept
    }


def _validated(target: Path, checked: dict[str, tuple[str, list[Rule]]]) -> list[Control]:
    """Runs the suites of a build by several processes, each a share; in the order of the marts.

    They are forked, with Great Expectations at hand: it takes seconds to import, and as long as the queries to run.
    """
    runner.warm()
    validate = functools.partial(runner.validate, personal=_personal())
    if current_process().daemon:  # a worker of Celery, of which there are several: none may start others
        found = validate(str(target), checked)
        return [control for name in checked for control in found[name]]
    workers = duck.workers()
    shares = [dict(itertools.islice(checked.items(), rank, None, workers)) for rank in range(workers)]
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            done = list(pool.map(validate, [str(target)] * workers, shares))
    except BrokenProcessPool as error:
        raise BuildError(
            "Le système a arrêté un des processus qui contrôlent les marts : la mémoire a manqué, le plus souvent.",
            expected=f"de la mémoire pour {workers} processus",
            todo=f"en libérer, puis relancer ; la construction est gardée dans {target}, "
            "l'entrepôt en place n'a pas changé",
        ) from error
    found = {name: controls for part in done for name, controls in part.items()}
    return [control for name in checked for control in found[name]]


def reconcile(target: Path) -> dict[str, dict[str, int]]:
    """Counts the reconciliations of a build by nature, then by result (`qualite.rapprochements`)."""
    with duckdb.connect(str(promotion.there(target)), read_only=True) as connection:
        rows = connection.execute(
            "SELECT nature, resultat, count(*) FROM qualite.rapprochements GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for nature, result, count in rows:
        found.setdefault(str(nature), {})[str(result)] = int(count)
    return found
