"""Statistical confidentiality: what a reader can deduce, what hiding takes it away, and a release that stops."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
import scipy.optimize as so
import scipy.sparse as sp
from fixtures_entrepots import EDITION, REGION, Publication, Warehouse, none, one, rows
from scipy.sparse.csgraph import connected_components

from pipelines import catalogue, disclosure, steps
from pipelines.catalogue import Confidentialite
from pipelines.disclosure import attack, cells, memory, sensitive, structures
from pipelines.disclosure.answers import Shown
from pipelines.disclosure.attack import FROZEN, System
from pipelines.disclosure.sensitive import Sums
from pipelines.disclosure.structures import linear
from pipelines.edition import models
from pipelines.errors import BuildError, BusyError
from pipelines.publish import public
from pipelines.publish.numbers import french
from pipelines.releases import drafts
from pipelines.settings import Settings

THRESHOLD = 5


def system(values: list[float], relations: list[dict[int, int]], *, sensitive: list[int] | None = None) -> System:
    """Counts and their relations; sensitive where under the threshold, unless said. Nothing is hidden yet."""
    x = np.array(values, dtype=float)
    small = (x > 0) & (x < THRESHOLD) if sensitive is None else np.isin(np.arange(len(x)), sensitive)
    matrix = np.zeros((len(relations), len(x)))
    for r, relation in enumerate(relations):
        matrix[r, list(relation)] = list(relation.values())
    assert not np.any(matrix @ x)
    return System(
        values=x,
        floor=np.minimum(1.0, x),
        low=np.where(small, x, np.nan),
        high=np.where(small, x + THRESHOLD, np.nan),
        integer=np.ones(len(x), dtype=bool),
        shown=np.ones(len(x), dtype=bool),
        cost=np.where(x > 0, 1 + np.log10(1 + x), FROZEN),
        group=np.full(len(x), -1),
        relations=sp.csr_array(matrix),
    )


def grid(inside: np.ndarray) -> System:
    """A table with its margins: row by row, the total last."""
    full = np.block(
        [[inside, inside.sum(1, keepdims=True)], [inside.sum(0, keepdims=True), np.array([[inside.sum()]])]]
    )
    index = np.arange(full.size).reshape(full.shape)
    lines = [*index, *index.T]
    return system(
        full.ravel().tolist(), [{**dict.fromkeys(map(int, line[:-1]), 1), int(line[-1]): -1} for line in lines]
    )


def naive(of: System, *more: int) -> System:
    """Only the sensitive cells are hidden, and those named."""
    return replace(of, shown=~of.sensitive & ~np.isin(np.arange(len(of.values)), more))


def bounds(of: System) -> dict[int, tuple[float, float]]:
    return {b.cell: (b.low, b.high) for b in attack.attack(of)}


# --- Naive hiding, broken by subtraction ---------------------------------------------------------------

ROW = system([3, 20, 30, 53], [{0: 1, 1: 1, 2: 1, 3: -1}])
PAIR = system([2, 3, 30, 35], [{0: 1, 1: 1, 2: 1, 3: -1}])
# Two départements (0, 1) of a region (2), each in two professions (3, 4 and 5, 6) whose totals are 7 and 8.
HIERARCHY = system(
    [23, 42, 65, 3, 20, 12, 30, 15, 50],
    [{0: 1, 1: 1, 2: -1}, {3: 1, 4: 1, 0: -1}, {5: 1, 6: 1, 1: -1}, {3: 1, 5: 1, 7: -1}, {4: 1, 6: 1, 8: -1}],
)
# One table by age (0, 1 of 2), another by sex (3, 4 of the same 2): 5 is in both, the young women, with 0 = 5 + 6.
LINKED = system([9, 21, 30, 14, 16, 4, 5], [{0: 1, 1: 1, 2: -1}, {3: 1, 4: 1, 2: -1}, {5: 1, 6: 1, 0: -1}])


@pytest.mark.parametrize(
    ("of", "also", "cell", "deduced"),
    [
        (ROW, [], 0, (3, 3)),
        (PAIR, [], 0, (2, 4)),
        (system([2, 5, 30, 37], [{0: 1, 1: 1, 2: 1, 3: -1}]), [1], 0, (2, 6)),
        (HIERARCHY, [4], 3, (3, 3)),
        (LINKED, [], 5, (4, 4)),
    ],
    ids=["one in a row", "two of a small sum", "nearly enough", "another level", "linked tables"],
)
def test_what_subtraction_gives_back_is_found_then_hidden(
    of: System, also: list[int], cell: int, deduced: tuple[float, float]
) -> None:
    found = bounds(naive(of, *also))[cell]
    assert (found[0], found[1]) == deduced
    safe = replace(of, shown=attack.conceal(of))
    assert bounds(safe) == {}
    assert not safe.shown[of.sensitive].any()
    assert safe.shown.any()


def test_zero_is_shown_and_hides_nothing() -> None:
    of = system([3, 0, 0, 3, 40, 43], [{0: 1, 1: 1, 2: 1, 3: -1}, {3: 1, 4: 1, 5: -1}])
    shown = attack.conceal(of)
    assert shown[[1, 2]].all()
    assert not shown[[0, 3]].any()
    assert bounds(replace(of, shown=shown)) == {}


def test_a_zero_that_tells_one_of_too_few_persons_may_be_hidden() -> None:
    # A total of nobody tells that each of its parts is nobody, whatever stands between; another total tells nothing.
    links = sp.csr_array([[-1.0, 1, 1, 0, 0, 0], [0, 0, -1, 1, 0, 0], [0, 0, 0, 0, -1, 1]])
    few = np.array([False, False, False, True, False, False])
    assert cells.telling(np.ones(6, dtype=bool), few, links).tolist() == [True] * 4 + [False] * 2
    # Where a total is of somebody, its parts may be anybody's.
    some = np.array([True, True, False, True, True, True])
    assert cells.telling(some, few, links).tolist() == [False, False, False, True, False, False]


def test_what_an_earlier_release_showed_is_known() -> None:
    first = attack.conceal(ROW)
    (other,) = np.flatnonzero(~first & ~ROW.sensitive)
    told = replace(ROW, shown=first | (np.arange(4) == other))
    assert bounds(told)[0] == (3, 3)
    # It can't be hidden any more: another cell is.
    again = attack.conceal(replace(ROW, cost=np.where(np.arange(4) == other, FROZEN, ROW.cost)))
    assert again[other]
    assert bounds(replace(ROW, shown=again)) == {}
    # The secret itself, once told, is a breach that nothing mends.
    gone = replace(ROW, cost=np.where(np.arange(4) == 0, FROZEN, ROW.cost))
    assert bounds(replace(gone, shown=attack.conceal(gone)))[0] == (3, 3)


def test_cells_of_a_group_are_hidden_together() -> None:
    of = replace(ROW, group=np.array([-1, 7, -1, 7]))
    shown = attack.conceal(of)
    assert shown[1] == shown[3]


def test_hiding_loses_no_more_than_it_must() -> None:
    """Not the large cell where a small one will do, and nothing that can be given back."""
    shown = attack.conceal(system([3, 6, 900, 909], [{0: 1, 1: 1, 2: 1, 3: -1}]))
    assert shown.tolist() == [False, False, True, True]


def test_the_narrowest_interval_is_at_least_what_was_asked() -> None:
    safe = replace(HIERARCHY, shown=attack.conceal(HIERARCHY))
    found, widths = attack.examine(safe)
    assert found == []
    assert (widths[safe.sensitive] >= THRESHOLD).all()
    assert (widths[safe.shown] == 0).all()


# --- Against counting everything -----------------------------------------------------------------------


def possible(of: System, most: int) -> np.ndarray:
    """All whole tables that a reader can't rule out, by trying them all."""
    hidden = np.flatnonzero(~of.shown)
    tried = np.indices((most + 1,) * len(hidden)).reshape(len(hidden), -1).T
    tables = np.tile(of.values, (len(tried), 1))
    tables[:, hidden] = tried
    fits = np.all(tables >= of.floor, axis=1)
    adds_up = np.all(np.abs((tables - of.values) @ of.relations.toarray().T) < 1e-9, axis=1)
    kept: np.ndarray = tables[fits & adds_up]
    return kept


@pytest.mark.parametrize("seed", range(12))
def test_the_audit_says_what_counting_says(seed: int) -> None:
    draw = np.random.default_rng(seed)
    of = grid(draw.integers(0, 4, size=(3, 3)))
    inside = [0, 1, 2, 4, 5, 6, 8, 9, 10]
    hidden = draw.choice(inside, 5, replace=False)
    # An interval that no cell can keep: every hidden cell is told, with what is deduced of it.
    everything = np.isin(np.arange(16), hidden)
    of = replace(
        of,
        shown=~everything,
        low=np.where(everything, -100.0, np.nan),
        high=np.where(everything, 1000.0, np.nan),
    )
    said, tables = bounds(of), possible(of, 9)
    assert said.keys() == set(map(int, hidden))
    for cell, (low, high) in said.items():
        assert (low, high) == (tables[:, cell].min(), tables[:, cell].max()), cell


@pytest.mark.parametrize("seed", range(15))
def test_random_tables_are_safe_once_concealed(seed: int) -> None:
    draw = np.random.default_rng(seed)
    of = grid(draw.integers(0, 12, size=draw.integers(2, 6, 2)))
    safe = replace(of, shown=attack.conceal(of))
    assert bounds(safe) == {}
    assert not safe.shown[of.sensitive].any()
    assert safe.shown[of.values == 0].all()
    # By another solver's own word: each sensitive cell may be as large as its interval says.
    for cell in np.flatnonzero(of.sensitive):
        most = so.linprog(
            -np.eye(len(of.values))[cell],
            A_eq=of.relations.toarray(),
            b_eq=of.relations @ of.values,
            bounds=[
                (x, x) if s else (f, of.values.sum() + 99)
                for x, s, f in zip(of.values, safe.shown, of.floor, strict=True)
            ],
        )
        assert -most.fun >= of.high[cell] - 1e-6


# --- Policies ------------------------------------------------------------------------------------------

STAFF = Confidentialite(seuil=5, dominance=0.85, contributeurs=3, precision=0.1, raison="essai")


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"a": 40.5, "b": 30.0, "c": 29.5}, None),
        ({"a": 86.0, "b": 7.0, "c": 7.0}, (85, 115)),
        ({"a": 60.0, "b": 40.5}, (85.425, 115.575)),
        ({"a": 2.0, "b": 1.5, "c": 1.0}, (4.5, 9.5)),
        ({"a": 0.0, "b": 0.0, "c": 0.0}, None),
        ({"a": 60.0, "b": 40.0, "c": 0.0, "d": 0.0}, (85, 115)),
        ({"a": 60.0, "b": 34.5, "c": 5.5}, (85, 115)),
        ({"a": 60.0, "b": 34.0, "c": 6.0}, None),
    ],
    ids=["three", "one dominates", "two only", "few persons", "nobody", "two and zeros", "b knows a", "b misses a"],
)
def test_what_makes_a_sum_of_establishments_sensitive(
    shares: dict[str, float], expected: tuple[float, float] | None
) -> None:
    found = sensitive.interval(Sums(sum(shares.values()), by_contributor=shares), STAFF, whole=False)
    assert found == (pytest.approx(expected) if expected else None)


def test_each_rule_that_a_sum_breaks_is_named() -> None:
    def broken(sums: Sums) -> set[str]:
        return {rule for rule, breaks in sensitive.rules(sums, STAFF).items() if breaks}

    assert broken(Sums(100.0, by_contributor={"a": 60.0, "b": 34.5, "c": 5.5})) == {"precision"}
    assert broken(Sums(100.0, by_contributor={"a": 60.0, "b": 40.0, "c": 0.0})) == {"contributeurs", "precision"}
    assert broken(Sums(4.0, by_contributor={"a": 2.0, "b": 1.0, "c": 1.0})) == {"seuil"}
    # What counts nobody, and is about nobody in particular, has no threshold to be under.
    days = Sums(4.0, counts=False, by_contributor={"a": 2.0, "b": 1.0, "c": 1.0})
    assert "seuil" not in sensitive.rules(days, STAFF)


def test_a_number_about_too_few_persons_is_sensitive_whatever_it_counts() -> None:
    days = Sums(300.0, population=2.0, counts=False)
    assert sensitive.interval(days, STAFF, whole=True) == (300, 345)
    # Of answers too few, even « nobody » says something.
    assert sensitive.interval(Sums(0.0, population=3.0), STAFF, whole=True) == (0, 5)
    assert sensitive.interval(Sums(0.0, population=30.0), STAFF, whole=True) is None


def test_a_table_has_the_strictest_policy_of_its_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    of = sensitive.policy_of(["enquete_rh", "enquete_internes", "sae"])
    assert of is not None
    assert (of.seuil, of.dominance, of.contributeurs, of.precision) == (5, 0.85, 3, 0.1)
    bare = catalogue.load("enquete_internes").model_copy(update={"confidentialite": None})
    real = catalogue.load
    monkeypatch.setattr(catalogue, "load", lambda name: bare if name == bare.id else real(name))
    assert sensitive.policy_of(["enquete_rh", "enquete_internes"]) is None


def test_open_sources_have_no_policy_and_declared_tables_have_a_restricted_source() -> None:
    assert [s.id for s in catalogue.load_all() if s.confidentialite and not s.restreint] == []
    assert structures.load().keys() <= public.descending().keys()
    assert not any(name.startswith("core.") for name in structures.load())
    for taken in (s.reprend for s in structures.load().values() if s.reprend):
        assert taken.table in structures.load()


# --- The release ---------------------------------------------------------------------------------------


@contextmanager
def attached(settings: Settings, file: Path, how: str = "READ_WRITE") -> Iterator[duckdb.DuckDBPyConnection]:
    """A public file beside the warehouse that it comes from, as the audit sees them."""
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{settings.database}' AS entrepot (READ_ONLY)")
        db.execute(f"ATTACH '{file}' AS publie ({how})")
        db.execute("USE entrepot")
        yield db


@pytest.fixture
def public_file(published: Publication, tmp_path: Path) -> Path:
    """A copy of the released file, to be changed."""
    (released,) = published.release.glob("*.duckdb")
    return Path(shutil.copyfile(released, tmp_path / "public.duckdb"))


def test_the_release_shows_nothing_sensitive_and_says_why(sample: Warehouse, public_file: Path) -> None:
    with attached(sample.settings, public_file) as db:
        none(
            db,
            "FROM publie.atlas.enquetes WHERE enquete = 'enquete_internes' AND unite = 'personnes' "
            "AND valeur BETWEEN 1 AND 4",
        )
        none(db, "FROM publie.atlas.ressources_humaines WHERE niveau = 'ej' AND valeur IS NOT NULL")
        none(db, "FROM publie.atlas.ressources_humaines_esms WHERE niveau = 'esms' AND valeur IS NOT NULL")
        # A rate tells no more than the sums that it is made of, of its category and its staff.
        none(
            db,
            "FROM publie.atlas.ressources_humaines_esms AS r JOIN publie.atlas.enquetes AS e "
            "ON e.enquete = 'enquete_esms' AND e.annee = r.annee AND e.question = 'etp_pourvus' "
            "AND e.modalite = r.fonction AND e.choix = '' "
            "AND e.categorie = r.categorie AND e.niveau = r.niveau AND e.code = r.code "
            "WHERE r.indicateur = 'taux_vacance' AND r.valeur IS NOT NULL AND e.valeur IS NULL",
        )
        none(db, "FROM publie.atlas.cessations WHERE cumul BETWEEN 1 AND 4 OR liquidations - cumul BETWEEN 1 AND 4")
        for table in ("atlas.enquetes", "atlas.ressources_humaines", "atlas.ressources_humaines_esms"):
            none(db, f"FROM publie.{table} WHERE (valeur IS NULL) <> (statut IN ('secret', 'nd'))")
            assert one(db, f"SELECT count(*) FROM publie.{table} WHERE statut = 'secret'")
            assert one(db, f"SELECT count(*) FROM publie.{table} WHERE valeur > 0 AND niveau = 'departement'")
        none(db, "FROM entrepot.atlas.enquetes WHERE statut = 'secret'")
        # What is read most is hidden last: hardly a total of the region had to be, and none that all must answer.
        totals = (
            "FROM publie.atlas.enquetes WHERE enquete = 'enquete_rh' AND niveau = 'region' AND modalite = 'ensemble' "
            "AND choix = ''"
        )
        optional = "('sorties_retraite', 'accidents_trajet', 'violences_plaintes')"
        none(db, f"{totals} AND valeur IS NULL AND question NOT IN {optional}")
        assert one(db, f"SELECT count(*) {totals} AND valeur IS NULL") <= one(db, f"SELECT count(*) // 20 {totals}")
        # A campaign asks again what the one before told: where both say the same, one would give the other away.
        same = "a.enquete, a.modalite, a.categorie, a.niveau, a.code"
        again = (
            "FROM {0}.atlas.enquetes AS a JOIN {0}.atlas.enquetes AS b ON b.annee = a.annee - 1 "
            "AND a.question = 'effectif_precedent' AND b.question = 'effectif' AND b.enquete = a.enquete "
            "AND b.modalite = a.modalite AND b.categorie = a.categorie AND b.niveau = a.niveau AND b.code = a.code"
        )
        equal = f"SELECT a.annee, {same} {again.format('entrepot')} WHERE a.valeur = b.valeur"
        split = f"SELECT a.annee, {same} {again.format('publie')} WHERE (a.valeur IS NULL) <> (b.valeur IS NULL)"
        assert len(rows(db, equal)) > 20
        none(db, f"{equal} INTERSECT {split}")
        # What is shown is what the warehouse says.
        for table, structure in structures.load().items():
            keys = ", ".join(next(m.grain for m in models.load_all() if m.name == table))
            for measure in structure.mesures:
                none(
                    db,
                    f"SELECT {keys}, {measure} FROM publie.{table} WHERE {measure} IS NOT NULL EXCEPT "
                    f"SELECT {keys}, {measure} FROM entrepot.{table}",
                )


@pytest.mark.lent
def test_one_cell_shown_again_stops_the_release(sample: Warehouse, public_file: Path) -> None:
    """A complementary one: not sensitive itself, but what is hidden beside it can then be deduced."""
    with attached(sample.settings, public_file) as db:
        assert disclosure.audit(db, "publie") == []
        same = "m.annee = e.annee AND m.caisse = e.caisse AND m.profession = e.profession AND m.code = e.code"
        shown = rows(
            db,
            "UPDATE publie.atlas.cessations AS m SET liquidations = e.liquidations FROM entrepot.atlas.cessations AS e "
            f"WHERE {same} AND m.niveau = e.niveau AND m.statut = 'secret' AND e.liquidations > 10 AND e.cumul > 10 "
            "RETURNING 1",
        )
        assert shown
        breaches, tried = disclosure.examine(db, "publie")
    assert breaches
    assert sum(t.trouvees for t in tried if t.epreuve == "bornes") == len(breaches)
    assert sum(t.trouvees for t in tried if t.epreuve == "regions") > 0
    assert {b.table for b in breaches} == {"atlas.cessations"}
    with pytest.raises(disclosure.DisclosureError, match="un lecteur en déduirait") as told:
        disclosure.check(breaches)
    assert told.value.exit_code == BuildError.exit_code
    assert "cessations (" in str(told.value)


@pytest.mark.lent
def test_a_ratio_whose_terms_are_hidden_is_a_breach(sample: Warehouse, public_file: Path) -> None:
    with attached(sample.settings, public_file) as db:
        db.execute("UPDATE publie.atlas.ressources_humaines SET valeur = 0.5 WHERE niveau = 'ej'")
        breaches, tried = disclosure.examine(db, "publie")
        assert {b.table for b in breaches} == {"atlas.ressources_humaines"}
        found = {(t.tableau, t.epreuve): t.trouvees for t in tried if t.trouvees}
        assert found == {("atlas.ressources_humaines", "termes"): len(breaches)}


@pytest.mark.lent
def test_a_secret_that_is_shown_is_counted_under_each_rule_that_it_breaks(sample: Warehouse, public_file: Path) -> None:
    with attached(sample.settings, public_file) as db:
        shown = rows(
            db,
            "UPDATE publie.atlas.cessations AS m SET liquidations = e.liquidations, cumul = e.cumul "
            "FROM entrepot.atlas.cessations AS e WHERE m.annee = e.annee AND m.caisse = e.caisse "
            "AND m.profession = e.profession AND m.code = e.code AND m.niveau = e.niveau AND m.statut = 'secret' "
            "AND e.cumul BETWEEN 1 AND 4 RETURNING 1",
        )
        tried = disclosure.examine(db, "publie")[1]
    (threshold,) = (t for t in tried if (t.tableau, t.epreuve) == ("atlas.cessations", "seuil"))
    assert threshold.concernees is not None
    assert threshold.essais > threshold.concernees >= threshold.trouvees >= len(shown) > 0


def test_naive_hiding_stops_the_release_and_leaves_nothing(copied: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attack, "conceal", lambda of: of.shown & ~of.sensitive)
    one_table = {"atlas.cessations": structures.protected()["atlas.cessations"]}
    monkeypatch.setattr(structures, "protected", lambda: one_table)
    with pytest.raises(disclosure.DisclosureError, match=r"atlas\.cessations"):
        steps.publish(EDITION, REGION)
    assert [p for p in copied.releases.rglob("*") if p.is_file()] == []


@pytest.mark.lent
def test_an_earlier_release_is_attacked_with_the_new_one(
    published: Publication, public_file: Path, tmp_path: Path
) -> None:
    """One line that the earlier showed, no secret by itself, gives away what the new one hides beside it."""
    sets = tmp_path / "protection"
    shutil.copytree(published.settings.protection, sets)
    earlier = sets / "1.duckdb"
    earlier.chmod(0o600)
    with duckdb.connect(str(earlier)) as db:
        db.execute(f"ATTACH '{published.settings.database}' AS entrepot (READ_ONLY)")
        same = " AND ".join(f"t.{k} = e.{k}" for k in ("annee", "caisse", "profession", "niveau", "code"))
        told = rows(
            db,
            "UPDATE atlas.cessations AS t SET liquidations = e.liquidations FROM entrepot.atlas.cessations AS e "
            f"WHERE {same} AND t.statut = 'secret' AND t.niveau = 'region' AND e.liquidations > 10 RETURNING 1",
        )
        assert told
    with attached(published.settings, public_file) as db:
        past = memory.attach(db, published.settings.protection)
        breaches, tried = disclosure.examine(db, "publie", past)
        assert breaches == []
        assert {(t.ensemble, t.trouvees) for t in tried if t.epreuve == "anterieures"} == {(1, 0)}
    with attached(published.settings, public_file) as db:
        past = memory.attach(db, sets)
        # What it tells alone is told: only what the new one adds to it is a breach of the new one.
        alone = disclosure.audit(db, past[0].name)
        assert alone
        assert len(disclosure.audit(db, "publie", past)) < len(alone)
        (sets / "2.duckdb").write_bytes(b"rien")
        with pytest.raises(BuildError, match="ne se lit pas"):
            memory.attach(db, sets)


def test_sums_that_are_not_the_table_s_are_refused(sample: Warehouse, public_file: Path) -> None:
    model = next(m for m in models.load_all() if m.name == "atlas.cessations")
    structure = structures.load()[model.name]
    with attached(sample.settings, public_file) as db:
        for right, wrong in (("sum(cumul)", "1 + sum(cumul)"), ("IS NOT NULL\n", "<> '14'\n")):
            assert right in structure.contributions
            other = structure.model_copy(update={"contributions": structure.contributions.replace(right, wrong)})
            with pytest.raises(BuildError, match="n'est pas la sienne"):
                cells.read(db, model, other, Shown(f"entrepot.{model.name}", other.contributions))


@pytest.mark.lent
def test_what_a_producer_publishes_openly_is_never_hidden(mirror_published: Publication) -> None:
    """Every open table of the real release has the cells of the warehouse, small ones and all."""
    (file,) = mirror_published.release.glob("*.duckdb")
    hidden = structures.load().keys() - {n for n, s in structures.load().items() if s.ouvert}
    with attached(mirror_published.settings, file, "READ_ONLY") as db:
        for model in (m for m in public.published() if m.name not in hidden):
            columns = models.described(db, model)
            query = public.select(model, columns, fictif=False)
            needed = {"region": REGION} if "$region" in query else {}
            left = db.execute(f"SELECT count(*) FROM (({query}) EXCEPT ALL FROM publie.{model.name})", needed)
            assert left.fetchall() == [(0,)], model.name
        assert one(db, "SELECT count(*) FROM publie.atlas.effectifs WHERE effectif BETWEEN 1 AND 4")


@pytest.mark.parametrize(("left", "implied"), [("etp_budgetes", 28), ("etp_pourvus", 21), ("etp_vacants", 7)])
def test_an_equality_does_not_tell_of_one_who_left_a_cell_of_it_empty(left: str, implied: int) -> None:
    """Filled posts, vacant ones and their sum: of five, one left a cell empty, and the others' sums tell it."""
    filled, vacant = {"a": 30, "b": 20, "c": 25, "d": 22, "e": 21}, {"a": 3, "b": 5, "c": 4, "d": 6, "e": 7}
    given = {("etp_pourvus", e): n for e, n in filled.items()} | {("etp_vacants", e): n for e, n in vacant.items()}
    given |= {("etp_budgetes", e): n + vacant[e] for e, n in filled.items()}
    del given[left, "e"]
    model = next(m for m in models.load_all() if m.name == "atlas.enquetes")
    with duckdb.connect() as db:
        db.execute(
            "CREATE TABLE reponses AS SELECT 'enquete_rh' AS enquete, 2024 AS annee, question, 'cadres' AS modalite, "
            "'ensemble' AS categorie, '' AS choix, 'D' AS departement, contributeur, valeur::DOUBLE AS valeur, "
            "true AS denombre FROM (VALUES "
            + ", ".join(f"('{question}', '{who}', {value})" for (question, who), value in given.items())
            + ") AS r (question, contributeur, valeur)"
        )
        db.execute(
            "CREATE TABLE sommes AS SELECT enquete, annee, question, modalite, categorie, choix, "
            "'departement' AS niveau, departement AS code, sum(valeur) AS valeur FROM reponses GROUP BY ALL"
        )
        structure = structures.load()[model.name].model_copy(update={"contributions": "FROM reponses"})
        of = cells.read(db, model, structure, Shown("sommes", "FROM reponses")).system
    shown = np.array([row >= 0 for row in of.group])
    assert shown.sum() == 3
    # None of the three sums is of too few, yet what they leave between them is of the fifth alone.
    assert not of.sensitive[shown].any()
    told = attack.attack(replace(of, shown=shown))
    assert {(b.low, b.high) for b in told} >= {(implied, implied)}
    safe = replace(of, shown=attack.conceal(of))
    assert attack.attack(safe) == []
    assert 0 < safe.shown[shown].sum() < 3


# --- Several releases ----------------------------------------------------------------------------------

RH = "enquete = 'enquete_rh' AND annee = 2024"


def answers(settings: Settings, statement: str, *values: object) -> None:
    """Changes the answers to the surveys in a warehouse, and makes again the tables that add them up."""
    tables = {m.name: m.query for m in models.load_all() if m.name in ("atlas.enquetes", "atlas.ressources_humaines")}
    with duckdb.connect(str(settings.database)) as db:
        db.execute(statement, list(values))
        for name, query in tables.items():
            db.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")


def bounds_of(database: Path, who: str, releases: dict[Path, set[str]]) -> dict[tuple[str, str], tuple[float, ...]]:
    """Each number that one answered in 2024, other than zero, and between what a reader of releases knows it to be.

    He knows who answers where, who had not answered yet when each release was made, the sums of the questionnaire, and
    who left a cell empty. Written apart from the engine: one unknown per answer, and another solver's entry.
    """
    with duckdb.connect(str(database), read_only=True) as db:
        given = {
            (e, q, m): float(v)
            for e, q, m, v in rows(
                db,
                "SELECT repondant, question, modalite, valeur FROM core.enquete_reponses "
                f"SEMI JOIN core.enquete_attendus USING (enquete, annee, repondant) WHERE {RH} AND valeur IS NOT NULL "
                "AND statut = 'publié' ORDER BY ALL",
            )
        }
        places = {
            e: {("ght", g), ("departement", d), ("region", r), ("france", "F")}
            for e, g, d, r in rows(
                db, f"SELECT repondant, code_ght, departement, region FROM core.enquete_attendus WHERE {RH}"
            )
        }
    number = {key: i for i, key in enumerate(given)}
    known: list[dict[int, float]] = []
    for file, absent in releases.items():
        with duckdb.connect(str(file), read_only=True) as db:
            shown = rows(
                db,
                f"SELECT question, modalite, niveau, code FROM atlas.enquetes WHERE {RH} AND choix = '' "
                "AND valeur IS NOT NULL",
            )
        for question, line, level, code in shown:
            those = (e for e in places if (level, code) in places[e] and e not in absent)
            known.append({number[k]: 1.0 for e in those if (k := (e, question, line)) in number})
    asked = catalogue.load("enquete_rh").questionnaire
    rules = [linear(i.rule) for i in asked.identites if i.rule.sign == "="] if asked else []
    lines = {m for _, _, m in given}
    asked_of = {q: sorted({m for _, other, m in given if other == q}) for _, q, _ in given}
    for e in places:
        for q, whole in asked_of.items():
            # Where a line was left empty, nobody knows what it would be: the total tells nothing of the others.
            terms = {number[k]: -1.0 if m == "ensemble" else 1.0 for m in whole if (k := (e, q, m)) in number}
            known += [terms] if len(terms) == len(whole) > 1 else []
        for rule in rules:
            weights = {q: w for q, w in rule.items() if q}
            known += [
                {number[e, q, m]: w for q, w in weights.items()}
                for m in lines
                if all((e, q, m) in number for q in weights)
            ]
    values = np.array(list(given.values()))
    matrix = sp.csr_array(
        (
            [w for k in known for w in k.values()],
            ([r for r, k in enumerate(known) for _ in k], [c for k in known for c in k]),
        ),
        shape=(len(known), len(values)),
    )
    _, part = connected_components(abs(matrix.T) @ abs(matrix), directed=False)
    found: dict[tuple[str, str], tuple[float, ...]] = {}
    for (e, q, m), cell in number.items():
        if e != who or not values[cell]:
            continue
        columns = np.flatnonzero(part == part[cell])
        mine = matrix[:, columns]
        mine = mine[np.unique(mine.nonzero()[0])]
        ends = [
            so.linprog(sign * (columns == cell), A_eq=mine, b_eq=mine @ values[columns], bounds=(0, None)).x
            for sign in (1.0, -1.0)
        ]
        low, high = (np.inf if x is None else x[columns == cell][0] for x in ends)
        found[q, m] = (values[cell], low, high)
    return found


def within(found: dict[tuple[str, str], tuple[float, ...]], share: float) -> list[tuple[str, str]]:
    """The answers that are known at least that well, on both sides."""
    return [k for k, (value, low, high) in found.items() if low > (1 - share) * value and high < (1 + share) * value]


@pytest.mark.lent
@pytest.mark.usefixtures("tables_alone", "views_unchecked")
def test_one_late_answer_does_not_follow_from_two_releases(copied: Settings) -> None:
    with duckdb.connect(str(copied.database)) as db:
        late = str(one(db, f"SELECT mode(repondant) FROM core.enquete_reponses WHERE {RH}"))
        db.execute("CREATE TABLE staging.toutes AS FROM core.enquete_reponses")
    answers(copied, f"DELETE FROM core.enquete_reponses WHERE {RH} AND repondant = ?", late)
    first = Path(steps.publish(EDITION, REGION))
    answers(
        copied,
        "CREATE OR REPLACE TABLE core.enquete_reponses AS "
        f"SELECT * REPLACE (CASE WHEN {RH} THEN 2 ELSE revision END AS revision) FROM staging.toutes",
    )
    second = Path(steps.publish(EDITION, REGION))
    assert second != first
    # Who approves reads what was hidden, as it was counted when it was.
    for number, made in enumerate(drafts.every(copied), start=1):
        with duckdb.connect(str(copied.protection / f"{number}.duckdb"), read_only=True) as db:
            hidden = int(one(db, "SELECT sum(sensibles) FROM rapport"))
        assert hidden > 0
        assert f"Secret statistique : {french(hidden)} lignes secrètes par elles-mêmes, " in "".join(made.resume)
    files = {next(folder.glob("*.duckdb")): absent for folder, absent in ((first, {late}), (second, set[str]()))}
    found = bounds_of(copied.database, late, files)
    assert len(found) > 150
    assert within(found, 0.1) == []
    # Nor what he chose: the first counts of it, or the second, are not there.
    chosen = f"SELECT question FROM atlas.enquetes WHERE {RH} AND choix <> '' AND niveau = 'region'"
    both = [set(rows(duckdb.connect(str(file), read_only=True), chosen)) for file in files]
    assert both[0]
    assert not both[0] & both[1]
    # The list of differences doesn't do the subtraction either, and says so.
    told = pq.read_table(second / "FICTIF-differences.parquet").column("table_publiee").to_pylist()
    assert not set(told) & set(structures.protected())


def regions(settings: Settings) -> list[str]:
    with duckdb.connect(str(settings.database), read_only=True) as db:
        return [
            str(r) for (r,) in rows(db, "SELECT code FROM reference.territoires WHERE niveau = 'region' ORDER BY 1")
        ]


@pytest.mark.lent
@pytest.mark.usefixtures("tables_alone", "views_unchecked")
def test_all_regions_are_published_from_one_protected_whole(copied: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once, then one after another: none is refused, and all together give nothing away."""
    codes = regions(copied)
    assert len(codes) == 18

    def publish(region: str) -> Path:
        while True:
            with contextlib.suppress(BusyError):  # as a scheduler, that tries again
                return next(Path(steps.publish(EDITION, region)).glob("*.duckdb"))
            time.sleep(0.1)

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(publish, ("28", "11")))
    # The other regions: their protected tables alone, without views, which is enough here, and quick.
    held = [m for m in public.published() if m.name in structures.protected()]
    monkeypatch.setattr(public, "published", lambda: held)
    monkeypatch.setattr(public, "show", lambda *_, **__: [])
    for code in codes:
        file = copied.warehouse / f"{code}.duckdb"
        assert public.write(copied.database, code, file, copied.protection, fictif=True).protection.keep() == 1
        made.append(file)
    assert [p.name for p in copied.protection.iterdir()] == ["1.duckdb"]
    assert copied.protection.stat().st_mode & 0o777 == 0o700
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{copied.database}' AS entrepot (READ_ONLY)")
        db.execute("ATTACH ':memory:' AS toutes")
        for rank, file in enumerate(made):
            db.execute(f"ATTACH '{file}' AS region_{rank} (READ_ONLY)")
        for model in held:
            every = " UNION ".join(f"FROM region_{rank}.{model.name}" for rank in range(len(made)))
            db.execute(f"CREATE SCHEMA IF NOT EXISTS toutes.{model.schema}")
            db.execute(f"CREATE TABLE toutes.{model.name} AS {every}")
            keys = ", ".join(model.grain)
            # A line hidden for one region and shown for another would be there twice.
            none(db, f"SELECT {keys} FROM toutes.{model.name} GROUP BY {keys} HAVING count(*) > 1")
        db.execute("USE entrepot")
        places = "SELECT count(DISTINCT code) FROM toutes.atlas.cessations WHERE niveau = 'departement'"
        assert one(db, places) == 101
        assert disclosure.audit(db, "toutes") == []


def test_without_what_earlier_releases_showed_nothing_is_published(copied: Settings) -> None:
    folder = copied.releases / f"{EDITION}-{REGION}" / f"{EDITION}.1"
    (folder / "csv").mkdir(parents=True)
    (folder / "manifeste.json").write_text('{"protection": 1}', encoding="utf-8")
    with pytest.raises(BuildError, match=f"{EDITION}-{REGION}/{EDITION}.1") as told:
        steps.publish(EDITION, REGION)
    assert "sauvegarde" in told.value.todo
    # One made before such files were kept stops the next one where it showed anything protected.
    (folder / "manifeste.json").write_text("{}", encoding="utf-8")
    (folder / "csv" / "FICTIF-atlas.enquetes.csv").write_bytes(b"enquete\r\nenquete_rh\r\n")
    with pytest.raises(BuildError, match="On ne sait plus"):
        steps.publish(EDITION, REGION)


def test_a_set_made_by_a_weaker_method_serves_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect() as db:
        before = memory.content(db, "memory", [])
        assert memory.content(db, "memory", []) == before
        monkeypatch.setattr(memory, "METHOD", memory.METHOD + 1)
        assert memory.content(db, "memory", []) != before
