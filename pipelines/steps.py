"""What one task does, called by names and numbers only: what an orchestrator can pass along.

Each step reads its settings when it runs, writes a line with its duration to the journal, and lets
AtlasError through. The DAGs and the command line call these, and the acts of a publication (releases/acts.py).
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue, hints, settings, shared
from pipelines.arrival import acceptance, adaptation, landing, offers, outcomes, refusals, retention
from pipelines.checks import runner
from pipelines.edition import builder, inputs, lockfile, marts, models, promotion
from pipelines.errors import AtlasError, RefusedError, UsageError
from pipelines.journal import step
from pipelines.runtime import locks
from pipelines.runtime.faults import told

COMPARED = 3  # vintages beside which one is looked at: the nearest may lack a table


@contextlib.contextmanager
def alone(command: str) -> Iterator[None]:
    """The whole warehouse for one command, to its end; then says on a page (status.py) where it stands.

    Raises BusyError where another process writes to it.
    """
    home = settings.load().warehouse
    with told(), shared.alone(home, command), locks.whole(home, command):
        try:
            yield
        finally:
            show()


def show() -> None:
    """Writes anew the page that says where the warehouse stands, whatever has just happened."""
    from pipelines import status  # its template engine and what it reads of releases: most steps do without

    status.write(settings.load())


@contextlib.contextmanager
def reading(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse opened to be read. Raises BusyError where another session has it open in writing."""
    with told():
        connection = duckdb.connect(str(database), read_only=True)
    with connection:
        yield connection


def vintages(source_id: str, millesime: int | None = None) -> list[int]:
    """The vintages that can be fetched for a source now; or the one asked for. Raises as `offers`."""
    if millesime is not None:
        return [millesime]
    with step("vintages", source=source_id) as said:
        found = offers.vintages(settings.load(), catalogue.load(source_id))
        said.update(millesimes=found)
        return found


def ingestible() -> list[str]:
    """Sources from which there is something to fetch: a deposited vintage, or a site that may be asked.

    The largest first: side by side, a long one begun last would keep all waiting.
    """
    now = settings.load()
    found = [source for source in catalogue.load_all() if offers.asks(now, source) or offers.deposited(now, source)]
    return [source.id for source in sorted(found, key=lambda s: (-offers.size(now, s), s.id))]


def fetch(source_id: str, millesime: int) -> int:
    """Archives the files of a vintage; returns its revision. First deletes what cut runs of its source left."""
    retention.sweep(settings.load(), source_id)
    with step("fetch", locks.vintage(source_id, millesime), source=source_id, millesime=millesime) as said:
        now, source = settings.load(), catalogue.load(source_id)
        landed = offers.fetch(now, source, millesime)
        said.update(revision=landed.revision, nouvelle=landed.new, octets=sum(f.bytes for f in landed.files))
        if landed.restored:
            said.update(retablis=landed.restored)
        return landed.revision


def stage(source_id: str, millesime: int, revision: int) -> bool:
    """Stages an archived revision; False where it was already, by the same code and the same rules."""
    with step(
        "stage", locks.vintage(source_id, millesime), source=source_id, millesime=millesime, revision=revision
    ) as said:
        now = settings.load()
        landed = landing.revision(now.landing, source_id, millesime, revision)
        if outcomes.current(now, landed) is not None:
            said.update(inchange=True)
            return False
        with refusals.unquoted(landed):
            said.update(lignes={s.table: s.rows for s in acceptance.stage(now, landed)})
        return True


def check(source_id: str, millesime: int, revision: int) -> dict[str, int]:
    """Checks a staged revision; returns its failed checks by severity, and whether it was known. Raises RefusedError.

    What was checked already, by the same rules, is told without Great Expectations, which takes seconds to import.
    """
    with step(
        "check", locks.vintage(source_id, millesime), source=source_id, millesime=millesime, revision=revision
    ) as said:
        now = settings.load()
        landed = landing.revision(now.landing, source_id, millesime, revision)
        known = outcomes.current(now, landed)
        with refusals.unquoted(landed):
            outcome = outcomes.stand_by(known) if known else acceptance.check(now, landed)
        counts = {
            "controles": len(outcome.controls),
            "avertissements": outcome.count("avertissement"),
            "ecartees": sum(outcome.quarantined.values()),
            "inchange": known is not None,
        }
        said.update(counts)
        return counts


def ingest(source_id: str, millesime: int) -> dict[str, int]:
    """Fetches, stages and checks one vintage, in this process."""
    revision = fetch(source_id, millesime)
    stage(source_id, millesime, revision)
    return check(source_id, millesime, revision)


def archived(source_id: str, millesime: int | None = None) -> list[int]:
    """The vintages of a source that the archive holds; or the one asked for, where it holds it."""
    known = landing.vintages(shared.current().landing, source_id)
    return [label for label in known if millesime in (None, label)]


def restage(source_id: str, millesime: int, revision: int | None = None) -> dict[str, int]:
    """Stages and checks a revision, the newest unless one is named, from the archive alone, in this process."""
    numbers = landing.numbers(shared.current().landing, source_id, millesime)
    number = revision or (numbers[-1] if numbers else 1)
    stage(source_id, millesime, number)
    return check(source_id, millesime, number)


def _pinned(edition: int) -> None:
    """Stages and checks anew, from the archive, what the lock pins and nobody has staged by the present code and rules.

    A pinned revision may be neither the newest nor on offer any more: no ingestion would come to it.
    """
    now = shared.current()
    made = lockfile.load(now, edition)
    if made is None or made.effaces:
        return
    for pin in made.pins:
        known = outcomes.legible(now, pin.source, pin.millesime, pin.revision)
        if known is None or known.empreinte != outcomes.fingerprint(pin.source, pin.files, fictif=made.fictif):
            with contextlib.suppress(RefusedError):  # recorded: what reads the lock tells that it pins what is refused
                restage(pin.source, pin.millesime, pin.revision)


def adapt(source_id: str, millesime: int) -> list[adaptation.Found]:
    """What the headings of a vintage are in the map, held against the vintages before it, else after. Archives both."""
    number = fetch(source_id, millesime)
    with step("adapt", source=source_id, millesime=millesime) as said:
        now, source = settings.load(), catalogue.load(source_id)
        landed = landing.revision(now.landing, source_id, millesime, number)
        landing.verify(now.landing, landed)
        found = adaptation.adapt(source, millesime, landed.paths(now.landing), _beside(now, source, millesime))
        said.update({f.table: len(f.proposals) for f in found})
        return found


def _beside(now: settings.Settings, source: catalogue.Source, millesime: int) -> list[adaptation.Vintage]:
    """The files of the vintages nearest to one, those before it first; of each, the newest revision that is kept."""
    labels = {*landing.vintages(now.landing, source.id), *offers.deposited(now, source)} - {millesime}
    nearest = sorted(labels, key=lambda label: (label > millesime, abs(label - millesime)))[:COMPARED]
    found: list[adaptation.Vintage] = []
    for label in nearest:
        with contextlib.suppress(RefusedError):
            if label in offers.deposited(now, source):
                fetch(source.id, label)
        kept = [one for one in landing.revisions(now.landing, source.id, label) if one.efface_le is None]
        if kept:
            found.append((label, kept[-1].paths(now.landing)))
    return found


def regions(asked: str | None = None) -> list[str]:
    """The regions to publish: those asked for, else those of the settings.

    Raises UsageError where the newest accepted geography doesn't know one; before there is any, nobody can tell.
    """
    with step("regions") as said:
        now = settings.load()
        wanted = settings.regions(asked) if asked else now.regions
        known = lockfile.regions(now)
        unknown = [code for code in wanted if code not in known]
        if known and unknown:
            raise UsageError(
                f"Région inconnue : {', '.join(unknown)}.",
                expected="des codes parmi : " + ", ".join(f"{code} {name}" for code, name in known.items()),
                todo="corriger ATLAS_REGIONS, --region, REGION= avec make, ou le champ « Régions » du DAG publish",
            )
        said.update(regions=wanted)
        return list(wanted)


def edition(asked: int | str | None = None) -> int:
    """The edition to make: the one asked for, else that of the settings. Raises UsageError where it is no year."""
    return settings.edition(str(asked)) if asked else settings.load().edition


def lock(edition: int, *, update: bool = False) -> dict[str, Any]:
    """Makes or reads the lock of an edition."""
    if not update:
        _pinned(edition)
    with step("lock", locks.EDITIONS, edition=edition) as said:
        made = lockfile.lock(settings.load(), edition, update=update)
        said.update(sources=len({p.source for p in made.pins}), millesimes=len(made.pins), commit=made.commit)
        return {"fictif": made.fictif, "millesimes": len(made.pins)}


def build(edition: int) -> str:
    """Builds the marts of a locked edition, aside; returns the path of the new file."""
    _pinned(edition)
    with step("build", locks.EDITIONS, edition=edition) as said:
        now = settings.load()
        target = builder.build(now, lockfile.lock(now, edition))
        said.update(tables=len(models.load_all()))
        return str(target)


def _here(now: settings.Settings, target: str) -> Path:
    """A build in this machine's copy of the warehouse: another machine may have made it, in its own."""
    made = Path(target)
    return made if made.is_relative_to(now.warehouse) else now.editions / made.parent.name / made.name


def check_marts(target: str) -> dict[str, int]:
    """Checks a build; returns the number of checks, and of failed ones by severity."""
    runner.warm()
    with step("check_marts", locks.EDITIONS) as said:
        controls = marts.check(_here(settings.load(), target))
        counts = {
            "controles": len(controls),
            "avertissements": sum(1 for c in controls if not c.reussi and c.severite == "avertissement"),
        }
        warned = [c for c in controls if not c.reussi and c.severite == "avertissement"]
        said.update(counts, avertis=[f"{c.controle} de {c.objet}" for c in warned])
        return counts


def reconcile(target: str) -> dict[str, dict[str, int]]:
    """Counts the reconciliations of a build by nature, then by result."""
    with step("reconcile") as said:
        results = marts.reconcile(_here(settings.load(), target))
        said.update(rapprochements=results)
        return results


def promote(target: str, *, back: bool = False) -> str:
    """Makes a build the warehouse of its edition; returns its path. `back` as in `promotion.promote`."""
    with step("promote", locks.EDITIONS) as said:
        now = settings.load()
        made = promotion.promote(now, _here(now, target), back=back)
        said.update(entrepot=str(made), en_place=settings.in_place(now.warehouse))
        if settings.lac():
            from pipelines.shared import lake  # as the store's, its libraries are for several machines

            said.update(instantane=lake.deposit(made.resolve(), int(made.parent.name)))
        return str(made)


def is_built(edition: int) -> bool:
    """Whether an edition has a warehouse, from its present lock and the present code."""
    now = shared.current()
    made = lockfile.load(now, edition)
    return made is not None and inputs.built_from(now, edition) == inputs.fingerprint(made)


def _awaited(now: settings.Settings, source: catalogue.Source, edition: int) -> list[str]:
    """What a first lock waits for from a source: its deposited or archived vintages that nobody has checked.

    A site isn't asked again what it has: one vintage of it that was checked will do.
    """
    labels = {*offers.deposited(now, source), *landing.vintages(now.landing, source.id)}
    checked = {
        label
        for label in labels
        if any(outcomes.latest(now, source.id, label, accepted=known) for known in (True, False))
    }
    if offers.asks(now, source) and not checked:
        return [f"{source.id} (en ligne)"]
    return [f"{source.id} {label}" for label in sorted(labels - checked) if label <= edition]


def _accepted(now: settings.Settings, source: catalogue.Source) -> list[int]:
    """The vintages of a source that have an accepted revision, in order."""
    known = landing.vintages(now.landing, source.id)
    return sorted(label for label in known if outcomes.latest(now, source.id, label, accepted=True))


def stale(year: int) -> tuple[list[str], str]:
    """The sources whose newest accepted vintage is too old for the edition at hand, and what to do, for a person.

    That edition is last year's at least, `year` being this one: by now, each source has published what it needed.
    """
    with step("veille") as said:
        now = settings.load()
        edition = max(now.edition, year - 1)
        newest = [(source, labels[-1]) for source in catalogue.load_all() if (labels := _accepted(now, source))]
        old = [(source, label) for source, label in newest if label + source.millesime.age_max < edition]
        said.update(edition=edition, perimees=[source.id for source, _ in old])
    lines = [
        f"  {s.id} : dernier millésime accepté {label}, {edition - s.millesime.age_max} au moins attendu ({s.cadence})"
        for s, label in old
    ]
    told = AtlasError(
        "\n".join([f"{len(old)} source(s) trop ancienne(s) pour l'édition {edition} :", *lines]),
        expected="l'âge que chaque source admet (`age_max`, pipelines/catalogue/)",
        todo="déposer l'extrait attendu (atlas source NOM) ; s'il a été refusé, la raison est dans "
        + hints.command(now, "vintages"),
    )
    return [source.id for source, _ in old], str(told)


def unpublished(edition: int) -> list[str]:
    """The regions for which what is built of an edition was neither published nor rejected; none where there is none.

    One whose draft waits for somebody's approval is left to that person.
    """
    from pipelines.releases import drafts, release  # see publish

    now = shared.current()
    built, made = inputs.built_from(now, edition), release.published_from(now, edition)
    awaited = [] if now.approbation is False else drafts.waiting(now, edition)
    of_draft = {draft.region for draft in awaited if draft.construction == built}
    return [region for region in now.regions if built and made.get(region) != built and region not in of_draft]


def nothing_to_build(edition: int) -> str | None:
    """Why a newly accepted vintage calls for no build of an edition, as a sentence; None where it does.

    The first lock waits until all that is on offer has been checked: it is made once, and sources arrive
    one after the other.
    """
    now = shared.current()
    made = lockfile.load(now, edition)
    if made is None:
        awaited = [label for source in catalogue.load_all() for label in _awaited(now, source, edition)]
        if awaited:
            return (
                f"Le premier verrou de l'édition {edition} attend {len(awaited)} millésime(s) : {', '.join(awaited)}. "
                "Pour verrouiller sans eux, déclencher ce DAG à la main."
            )
        if not any(_accepted(now, source) for source in catalogue.load_all()):
            return f"Aucun millésime n'est accepté : l'édition {edition} n'a rien à verrouiller."
        return None
    if not is_built(edition):
        return None
    waiting = lockfile.differences(made, lockfile.draft(now, edition))
    return f"L'édition {edition} est déjà construite, avec ce verrou et ce code." + (
        f" {len(waiting)} changement(s) attendent que le verrou soit refait (« Refaire le verrou » en déclenchant "
        f"ce DAG, ou {hints.command(now, 'lock', edition, '--update')}) : {' ; '.join(waiting[:6])}"
        if waiting
        else ""
    )


def publish(edition: int, region: str) -> str:
    """Writes the release of an edition for a region, without anybody's approval; returns its folder."""
    # What draws and protects takes a second or more to import: the other steps, and most commands, do without.
    from pipelines.releases import acts

    return acts.publish(edition, region)


def purge(year: int, *, sure: bool) -> list[retention.Due]:
    """The personal vintages that may no longer be kept in a year; deletes their bytes, and leftovers, where `sure`.

    The locks that pin them are marked first, so that a purge cut short can be run again.
    """
    now = settings.load()
    found = retention.due(now, year)
    if sure and (found or retention.leftovers(now)):
        with alone("atlas purge --oui"), step("purge", annee=year) as said:
            for item in found:
                for edition in lockfile.pinning(now, item.landed):
                    lockfile.mark_deleted(now, edition, item.landed)
            retention.purge(now, found)
            said.update(effaces=[f"{d.landed.source} {d.landed.millesime} r{d.landed.revision}" for d in found])
            said.update(restes=len(retention.sweep(now)))
    return found
