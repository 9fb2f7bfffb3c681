"""A text that is wrong in an extract stops no edition: a code of the list, but of another line."""

from typing import Any

import pytest
from remade import Remade, made_of
from test_nombres_faux import LINES, Suite

from pipelines import catalogue


def texts() -> list[tuple[str, str, tuple[str, ...]]]:
    """Each staged table that marts come from, with its source and its texts."""
    found = []
    for source in catalogue.load_all():
        if source.personal or source.questionnaire:
            continue
        for name in source.tables:
            staged = source.staged_name(name)
            written = " ".join(str(layout.model_dump()) for layout in source.tables[name].layouts)
            columns = tuple(
                c.name
                for c in source.of_table(name)
                if c.sql in ("VARCHAR", "DATE") and f"(?P<{c.name}>" not in written  # of a file, a sheet or a heading
            )
            if columns and made_of(f"staging.{staged}"):
                found.append((source.id, staged, columns))
    return found


def exchanged(suite: Suite, columns: tuple[str, ...]) -> list[tuple[int, str, Any, Any]]:
    """Texts of each column, each on its own line, with the next one that its file has in the column in their place."""
    cells = []
    for place, name in enumerate(columns):
        cells += [
            (rank, name, old, new)
            for rank, old, new in suite.connection.execute(
                f'WITH dits AS (SELECT DISTINCT _fichier, "{name}" AS dit FROM controle.{suite.table} '
                f'WHERE "{name}" IS NOT NULL), '
                "suivants AS (SELECT *, coalesce(lead(dit) OVER f, first_value(dit) OVER f) AS suivant "
                "FROM dits WINDOW f AS (PARTITION BY _fichier ORDER BY hash(dit))) "
                f"SELECT _rang, dit, suivant FROM controle.{suite.table} AS t JOIN suivants AS s "
                f'ON s._fichier = t._fichier AND s.dit = t."{name}" WHERE suivant <> dit '
                f"ORDER BY hash(_rang - {suite.first}) LIMIT {LINES} OFFSET {LINES * place}"
            ).fetchall()
        ]
    return cells


@pytest.mark.lent
@pytest.mark.parametrize(("source", "staged", "columns"), [pytest.param(*case, id=case[1]) for case in texts()])
def test_a_text_that_is_wrong_stops_no_edition(
    remade: Remade, source: str, staged: str, columns: tuple[str, ...]
) -> None:
    with remade.case(staged) as connection:
        suite = Suite(connection, catalogue.load(source), staged)
        for rank, column, _, new in suite.let_by(exchanged(suite, columns)):
            connection.execute(f'UPDATE staging.{staged} SET "{column}" = ? WHERE rowid = ?', [new, rank])
        suite.set_aside()
        remade.make()
        assert remade.stopped() == {}
