"""The `atlas` command: what a data engineer does daily."""

import contextlib
import datetime as dt
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import requests
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines import catalogue, french, in_force, locks, settings, steps
from pipelines.arrival import landing, offers, outcomes, retention
from pipelines.connectors import mirror
from pipelines.edition import lockfile, models
from pipelines.errors import AtlasError, BuildError, LaterError, RefusedError, UsageError
from pipelines.questionnaires import commands

if TYPE_CHECKING:
    import duckdb

app = french.App(
    name="atlas",
    help="L'atlas régional des professions et des spécialités médicales : sources, millésimes, éditions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Codes de sortie : 0 tout va bien ; 2 commande ou réglage erroné ; 3 millésime refusé ; "
    "4 édition non construite ou non publiée ; 5 disque ; "
    "6 plus tard : site injoignable, ou entrepôt en cours d'écriture.",
)

app.add_typer(commands.app, name="enquete")

Edition = Annotated[
    str | None,
    typer.Option(
        "--edition",
        "-e",
        help="Année de l'atlas ; sans elle, ATLAS_EDITION, sinon l'édition en place.",
        metavar="ANNÉE",
    ),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        "-r",
        help="Code officiel d'une région (28 : Normandie), autant de fois qu'il y en a à publier ; sans elle, "
        "ATLAS_REGIONS, sinon 28.",
        metavar="CODE",
    ),
]
Sources = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        "-s",
        help="Dossier d'extraits réels, <source>/<millésime>/<fichier>. Sans lui : l'entrepôt réel s'il y en a un, "
        "et ce qui a été déposé dans warehouse/depot/ ; sinon des extraits fictifs, dans warehouse/echantillon/.",
    ),
]

Demonstrated = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        "-s",
        help="Dossier d'extraits réels, <source>/<millésime>/<fichier>. Sans lui : la démonstration, sur extraits "
        "fictifs, dans warehouse/echantillon/ ; l'entrepôt réel n'est pas touché.",
    ),
]

Online = Annotated[
    bool,
    typer.Option(
        "--en-ligne",
        help="Demander aux sites des producteurs ce que le dossier d'extraits n'a pas (ou ATLAS_EN_LIGNE=oui). "
        "Le dossier est alors warehouse/depot/ par défaut.",
    ),
]

LOOPBACK = "127.0.0.1"
HEALTHY_WITHIN = 300  # seconds; some 20 s where nothing else runs

# The embedded run has a home of its own. In one database, the partitions that it adds would wake the DAGs
# that someone has unpaused in the UI, the scheduler would adopt its runs, and SQLite takes one writer at once.
HOME = settings.ROOT / ".airflow"
EMBEDDED_HOME = HOME / "embarque"

SAMPLE_NOTE = "extraits FICTIFS, fabriqués pour l'essai"


def _console() -> Console:
    # Piped into a file or a CI log, a table keeps its columns whole.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def _use(
    sources: Path | None, online: bool = False, *, edition: str | None = None, regions: list[str] | None = None
) -> None:
    if edition is not None:
        os.environ["ATLAS_EDITION"] = str(settings.edition(edition))
    if regions:
        os.environ["ATLAS_REGIONS"] = " ".join(settings.regions(" ".join(regions)))
    if online:
        os.environ["ATLAS_EN_LIGNE"] = "oui"
    if sources is not None:
        if not sources.is_dir():
            raise UsageError(
                f"Le dossier des extraits n'existe pas : {sources}",
                expected="un dossier <source>/<millésime>/<fichier>",
                todo="corriger --sources (SOURCES= avec make)",
            )
        os.environ["ATLAS_SOURCES"] = str(sources.resolve())


def _demonstrate() -> None:
    """Without extracts or warehouse of one's own, the main job is a demonstration, apart from all that is real."""
    if not any(os.environ.get(name) for name in ("ATLAS_SOURCES", "ATLAS_WAREHOUSE")) and not settings.load().en_ligne:
        os.environ["ATLAS_WAREHOUSE"] = str(settings.sample_home())


def _with_extracts() -> settings.Settings:
    """The settings of a command that reads extracts: makes the fictitious ones where nothing is real.

    Raises UsageError where the warehouse is real and nobody said where its extracts are.
    """
    now = settings.load()
    if now.made_here:
        with steps.alone("la fabrique des extraits fictifs"):
            _samples().make(now.sources)
    elif not now.en_ligne and not now.sources.is_dir():
        raise UsageError(
            f"L'entrepôt en place n'est pas celui des extraits fictifs ({now.warehouse}), "
            "et rien ne dit où sont ses extraits.",
            expected=f"un dossier <source>/<millésime>/<fichier>, nommé, ou {now.sources}",
            todo="le nommer : --sources DOSSIER (SOURCES= avec make), ou ATLAS_SOURCES dans l'environnement",
        )
    return now


def _samples() -> ModuleType:
    """What makes fictitious extracts. Raises UsageError where it isn't there: the checkout has it, a wheel doesn't."""
    try:
        import samples
    except ModuleNotFoundError as error:
        if error.name != "samples":
            raise
        raise UsageError(
            "La fabrique des extraits fictifs (samples/) n'est pas installée ici.",
            expected="le dépôt du projet : le paquet installé seul ne la contient pas",
            todo="lancer depuis le dépôt, ou donner des extraits réels : --sources DOSSIER",
        ) from error
    return samples


def _origin(now: settings.Settings) -> str:
    """What extracts a run reads, in its first line."""
    named = "" if now.made_here else f"extraits de {escape(str(now.sources))}"
    return ", ".join(filter(None, [named, SAMPLE_NOTE if in_force.fictitious(now) else ""]))


def airflow_environment(home: Path, port: int | None = None) -> dict[str, str]:
    """What Airflow runs with: all its state in `home`; with a port, its server too, on loopback only."""
    now = settings.load()
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(home / "airflow.cfg"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "ATLAS_SOURCES": str(now.sources),
        "ATLAS_WAREHOUSE": str(now.warehouse),
    }
    if port is None:
        return environment
    address = f"http://{LOOPBACK}:{port}"
    # A proxy that the machine needs for the outside must not get what its own processes say to each other.
    spared = (os.environ.get("NO_PROXY") or os.environ.get("no_proxy", "")).split(",")
    direct = ",".join(dict.fromkeys([*filter(None, spared), LOOPBACK, "localhost"]))
    return {
        **environment,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "NO_PROXY": direct,
        "no_proxy": direct,
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__INSTANCE_NAME": "Atlas santé",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        # Each check imports Great Expectations: more at once than there are cores only fills the memory.
        "AIRFLOW__CORE__PARALLELISM": str(max(2, os.cpu_count() or 2)),
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    }


@app.command("edition")
def edition_(
    edition: Edition = None,
    region: Regions = None,
    sources: Demonstrated = None,
    update: Annotated[
        bool, typer.Option("--update", help="Refaire le verrou avec les millésimes acceptés depuis.")
    ] = False,
    back: Annotated[
        bool,
        typer.Option("--revenir", help="Mettre en place cette édition même si une édition plus récente l'est."),
    ] = False,
    online: Online = False,
) -> None:
    """La grande tâche : ingérer, contrôler, construire, rapprocher, publier une édition, par les DAG d'Airflow."""
    _use(sources, online, edition=edition, regions=region)
    _demonstrate()
    with steps.alone("atlas edition"):
        _edition(update=update, back=back)


def _edition(*, update: bool, back: bool) -> None:
    start = time.perf_counter()
    console, regions, now = _console(), steps.regions(), _with_extracts()
    edition = now.edition
    named = f"région{'s' if len(regions) > 1 else ''} {', '.join(regions)}"
    console.print(f"[bold]Atlas {edition}, {named}[/bold] — {_origin(now)}", soft_wrap=True)
    if now.warehouse == settings.sample_home() and settings.in_use(settings.real_home()):
        console.print(
            f"L'entrepôt réel ({settings.real_home()}) n'est pas touché ; pour le refaire, nommer ses extraits : "
            "--sources DOSSIER (SOURCES= avec make).",
            markup=False,
            soft_wrap=True,
        )
    before = lockfile.load(now, edition)
    journal = now.warehouse / "journal.jsonl"
    position = journal.stat().st_size if journal.is_file() else 0
    done = subprocess.run(  # noqa: S603
        [
            sys.executable,
            str(settings.ROOT / "dags" / "embedded.py"),
            *("--journal", str(journal)),
            *(["--update"] if update else []),
            *(["--back"] if back else []),
        ],
        env=airflow_environment(EMBEDDED_HOME),
        pass_fds=locks.passed(),
        check=False,
    )
    with journal.open(encoding="utf-8") if journal.is_file() else open(os.devnull) as handle:  # noqa: PTH123
        handle.seek(position)
        entries = [json.loads(line) for line in handle]
    _summary(console, now, edition, entries, time.perf_counter() - start, before)
    failures = [e for e in entries if e["resultat"] != "fait"]
    if failures:
        raise typer.Exit(max(int(e.get("code", 1)) for e in failures))
    if done.returncode:
        console.print(
            f"Airflow a échoué : voir {EMBEDDED_HOME / 'logs' / 'embarque.log'}", markup=False, soft_wrap=True
        )
        raise typer.Exit(1)


def _summary(
    console: Console,
    now: settings.Settings,
    edition: int,
    entries: list[dict[str, Any]],
    seconds: float,
    before: lockfile.Lock | None,
) -> None:
    """What a person reads at the end of a run."""
    of = {e["etape"]: e for e in entries}
    made = lockfile.load(now, edition)
    failures = [e for e in entries if e["resultat"] != "fait"]
    table = Table(title="Sources et millésimes", title_justify="left")
    for heading in ("source", "millésimes", "référence", "contrôles", "avertissements", "lignes écartées"):
        table.add_column(
            heading,
            justify="right" if heading in ("contrôles", "avertissements", "lignes écartées") else "left",
            no_wrap=heading == "source",
        )
    passed = warned = 0
    for source in dict.fromkeys(pin.source for pin in made.pins) if made else []:
        outcomes = [
            o
            for pin in (made.of(source) if made else [])
            if (o := outcomes.load(now, pin.source, pin.millesime, pin.revision))
        ]
        table.add_row(
            source,
            " ".join(str(p.millesime) for p in (made.of(source) if made else [])),
            next((str(p.millesime) for p in (made.of(source) if made else []) if p.reference), ""),
            str(sum(len(o.controls) for o in outcomes)),
            str(sum(o.count("avertissement") for o in outcomes)),
            str(sum(sum(o.quarantined.values()) for o in outcomes)),
        )
        passed += sum(1 for o in outcomes for c in o.controls if c.reussi)
        warned += sum(o.count("avertissement") for o in outcomes)
    if made:
        console.print(table)
    for failure in failures:
        what = " ".join(str(failure[k]) for k in ("source", "millesime", "region") if k in failure)
        console.print(f"\n[bold red]ÉCHEC[/bold red] {failure['etape']} {what}", markup=True)
        console.print(str(failure["message"]), markup=False, soft_wrap=True)
    marts = of.get("check_marts", {})
    console.print(
        f"\nContrôles   : {passed + marts.get('controles', 0) - marts.get('avertissements', 0)} réussis, "
        f"{warned + marts.get('avertissements', 0)} avertissements, {len(failures)} étape(s) en échec"
    )
    if "rapprochements" in of.get("reconcile", {}):
        natures = of["reconcile"]["rapprochements"].items()
        told = (f"{nature} : {', '.join(f'{n} {k}' for k, n in counts.items())}" for nature, counts in natures)
        console.print("Rapprochés  : " + " ; ".join(told), markup=False)
    work = sum(float(e.get("secondes", 0)) for e in entries)
    console.print(f"Durée       : {seconds:.0f} s, dont {work:.1f} s de travail hors Airflow et imports")
    if before is not None and made is not None:
        waiting = lockfile.differences(before, lockfile.draft(now, edition)) if before == made else []
        if waiting:
            console.print(
                f"Verrou      : fait auparavant ; {len(waiting)} changement(s) en attente de "
                f"« {in_force.command(now, 'lock', edition, '--update')} » : " + " ; ".join(waiting[:6]),
                markup=False,
                soft_wrap=True,
            )
        elif made.commit != lockfile.commit():
            console.print(f"Verrou      : fait au commit {made.commit[:12]}, construit à {lockfile.commit()[:12]}")
    if now.sources.is_dir() and (left := mirror.unclaimed(now.sources)):
        console.print("Non lus     : " + ", ".join(left) + " (aucune source du catalogue n'y correspond)", markup=False)
    if of.get("promote", {}).get("resultat") == "fait":
        there = of["promote"]["en_place"] == edition
        console.print(f"Entrepôt    : {now.database if there else now.built(edition)}", markup=False, soft_wrap=True)
        if not there:
            again = in_force.command(now, "edition", "--edition", edition, "--revenir", extracts=True)
            console.print(
                f"              L'édition en place reste celle de {of['promote']['en_place']} : on ne revient en "
                f"arrière que sur demande ({again}).",
                markup=False,
                soft_wrap=True,
            )
    # By region: they end in no order of their own.
    for entry in sorted((e for e in entries if "dossier" in e), key=lambda e: str(e["dossier"])):
        console.print(
            f"Publication : {entry['dossier']}" + ("" if entry["nouvelle"] else " (inchangée)"),
            markup=False,
            soft_wrap=True,
        )
    if made and made.fictif:
        console.print("[bold]Données FICTIVES : aucun de ces nombres ne décrit la réalité.[/bold]")


@app.command()
def up(
    port: Annotated[int, typer.Option("--port", "-p", min=1024, max=65535, help="Port de l'interface.")] = 8080,
    sources: Sources = None,
) -> None:
    """Ouvre l'interface d'Airflow sur cette machine seule, avec les mêmes DAG ; Ctrl-C arrête tout."""
    _use(sources)
    settings.alertes()  # one that makes no sense is told now, not when there is something to tell
    console = _console()
    with _alone(), _stoppable():
        _check_port(port)
        now = _with_extracts()
        log = HOME / "logs" / "standalone.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        console.print(
            f"[bold]Airflow[/bold] — {_origin(now)}\nDémarrage, de vingt secondes à une minute…",
            soft_wrap=True,
        )
        with log.open("wb") as handle:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, str(settings.ROOT / "dags" / "standalone.py")],
                env=airflow_environment(HOME, port),
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches it through `_stop` alone, once
            )
        try:
            _wait_healthy(process, port, log)
            console.print(
                f"\nInterface    : http://{LOOPBACK}:{port}\n"
                "Utilisateur  : admin\n"
                f"Mot de passe : dans {HOME / 'simple_auth_manager_passwords.json.generated'}\n"
                f"Entrepôt     : {now.warehouse}\n"
                f"Journal      : {log}\n\n"
                "Les DAG sont en pause : les activer dans l'interface. Ctrl-C arrête tout.",
                markup=False,
                soft_wrap=True,
            )
            process.wait()
            raise _stopped_alone(log)
        except KeyboardInterrupt:
            console.print("\nArrêt…")
        finally:
            _stop(process)
        console.print("Airflow est arrêté.")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Holds the only `atlas up` of this checkout: two schedulers on one SQLite file would corrupt each other's runs."""
    HOME.mkdir(parents=True, exist_ok=True)
    HOME.chmod(0o700)  # the password is in there
    with (HOME / "atlas-up.verrou").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                "« atlas up » tourne déjà dans ce dossier.",
                expected="un seul Airflow par dossier",
                todo="utiliser celui qui tourne, ou l'arrêter (Ctrl-C dans son terminal) puis relancer",
            ) from error
        yield


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """A terminal that closes and a plain `kill` stop everything as Ctrl-C does."""

    known = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: object) -> None:
        for other in known:  # once: a second Ctrl-C must not leave half of it running
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise UsageError(
                f"Le port {port} est déjà pris." if taken else f"Le port {port} ne s'ouvre pas : {error.strerror}.",
                expected=f"un port libre sur {LOOPBACK}",
                todo="arrêter ce qui l'occupe (ss -ltnp), ou en choisir un autre : "
                + in_force.command(settings.load(), "up", "--port", port + 1, extracts=True),
            ) from error


def _wait_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns once the server, the scheduler and the DAG processor answer. Raises BuildError where they don't."""
    deadline = time.monotonic() + HEALTHY_WITHIN
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to oneself
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise _stopped_alone(log)
            with contextlib.suppress(requests.RequestException, KeyError):  # not up yet
                health = session.get(f"http://{LOOPBACK}:{port}/api/v2/monitor/health", timeout=5).json()
                if all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")):
                    return
            time.sleep(1)
    raise BuildError(
        f"Airflow ne répond pas après {HEALTHY_WITHIN} secondes.",
        expected="un serveur, un planificateur et un lecteur de DAG en bonne santé",
        todo=f"lire {log}",
    )


def _stopped_alone(log: Path) -> BuildError:
    return BuildError(
        "Airflow s'est arrêté de lui-même.",
        expected="un serveur, un planificateur et un lecteur de DAG qui tournent",
        todo=f"lire la fin de {log}",
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends Airflow and all that it started: it leads a session of its own."""
    for number, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


@app.command()
def sources() -> None:
    """Liste les sources du catalogue : producteur, cadence, licence, sens du millésime."""
    console = _console()
    table = Table()
    for heading in ("source", "producteur", "jeu de données", "millésime", "cadence", "licence"):
        table.add_column(heading, no_wrap=heading == "source")  # a name is there to be copied
    for source in catalogue.load_all():
        table.add_row(source.id, source.producteur, source.titre, source.millesime.sens, source.cadence, source.licence)
    console.print(table)
    console.print("Les adresses et les limites : atlas source NOM")


@app.command()
def source(nom: Annotated[str, typer.Argument(help="Nom de la source (atlas sources).")]) -> None:
    """Montre une source : adresse, limites, tables, colonnes et leurs noms par millésime."""
    console = _console()
    entry = catalogue.load(nom)
    for label, value in (
        ("Titre", entry.titre),
        ("Producteur", entry.producteur),
        ("Licence", entry.licence),
        ("Adresse", entry.adresse),
        ("Cadence", entry.cadence),
        ("Millésime", f"{entry.millesime.sens} ; admis {entry.millesime.age_max} an(s) avant l'édition"),
        ("Limites", entry.limits),
    ):
        console.print(f"[bold]{label:<11}[/bold] {value}")
    for name, table in entry.tables.items():
        shown = Table(title=f"staging.{entry.staged_name(name)} — {table.title}", title_justify="left")
        years = sorted({y for c in entry.of_table(name) for y in c.theirs})
        for heading in ("colonne", "type", "unité", "description", *map(str, years)):
            shown.add_column(heading)
        for column in entry.of_table(name):
            shown.add_row(
                column.name + (" (clé)" if column.name in table.key else ""),
                column.type,
                column.unit,
                column.description,
                *(column.theirs[y] or f"= {column.said_in(y)}" for y in years),
            )
        console.print(shown)
    console.print("« = 2023 » : comme en 2023, la case de la carte est vide. « - » : le producteur n'a pas la colonne.")


@app.command()
def contrat(
    nom: Annotated[str | None, typer.Argument(help="Nom du contrat ; sans lui, la liste des contrats.")] = None,
    fichier: Annotated[
        Path | None, typer.Argument(help="Modèle à écrire, .xlsx ou .csv, ou dossier où l'écrire.")
    ] = None,
    table: Annotated[str | None, typer.Option("--table", "-t", help="Table, quand le contrat en a plusieurs.")] = None,
    millesime: Annotated[int | None, typer.Option("--millesime", "-m", help="Millésime que le modèle annonce.")] = None,
    documentation: Annotated[
        bool, typer.Option("--documentation", help="Refaire docs/contrats.md d'après le catalogue.")
    ] = False,
) -> None:
    """Écrit le modèle vide d'un contrat de données : colonnes, mode d'emploi, listes de codes, exemple fictif."""
    from pipelines.catalogue import contracts

    console = _console()
    if documentation:
        contracts.DOCUMENT.write_text(
            contracts.document(contracts.DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8"
        )
        console.print(f"Écrit : {contracts.DOCUMENT}", markup=False, soft_wrap=True)
    elif nom is None:
        shown = Table()
        for heading in ("contrat", "tables", "jeu de données", "qui remplit"):
            shown.add_column(heading, no_wrap=heading == "contrat")
        for entry in contracts.load_all():
            shown.add_row(entry.id, " ".join(entry.tables), entry.titre, entry.producteur)
        console.print(shown)
        console.print("Un modèle : atlas contrat NOM FICHIER.xlsx")
    elif fichier is None:
        source(nom)
    else:
        written = contracts.write(nom, fichier, table=table, millesime=millesime)
        console.print(f"Modèle écrit : {written}", markup=False, soft_wrap=True)


@app.command()
def vintages(
    nom: Annotated[str | None, typer.Argument(help="Une source ; sans elle, toutes.")] = None,
    sources: Sources = None,
    online: Online = False,
) -> None:
    """Liste les millésimes : offerts par le dossier, archivés, acceptés ou refusés et pourquoi."""
    _use(sources, online)
    console, now = _console(), settings.load()
    in_force.banner(now, in_force.fictitious(now))
    table = Table()
    for heading in ("source", "millésime", "révision", "état", "lignes", "écartées", "motif"):
        table.add_column(heading, no_wrap=heading == "source")  # a name is there to be copied
    for source_id in [catalogue.load(nom).id] if nom else catalogue.sources():
        entry = catalogue.load(source_id)
        offered = offers.vintages(now, entry) if now.en_ligne or now.sources.is_dir() else []
        for millesime in sorted({*offered, *landing.vintages(now.landing, source_id)}):
            revisions = landing.revisions(now.landing, source_id, millesime)
            if not revisions:
                table.add_row(source_id, str(millesime), "", "offert, non ingéré", "", "", "")
            for landed in revisions:
                outcome = outcomes.load(now, source_id, millesime, landed.revision)
                state = "archivé, non contrôlé" if outcome is None else "accepté" if outcome.accepte else "refusé"
                table.add_row(
                    source_id,
                    str(millesime),
                    str(landed.revision),
                    state + (" (fictif)" if landed.fictif else ""),
                    str(sum(outcome.rows.values())) if outcome else "",
                    str(sum(outcome.quarantined.values())) if outcome else "",
                    escape(outcome.motif.replace("\n", " ")) if outcome else "",
                )
    console.print(table)
    if not now.en_ligne and not now.sources.is_dir() and not now.made_here:
        console.print("Les millésimes archivés seulement ; pour voir ceux d'un dossier d'extraits : --sources DOSSIER.")


@app.command()
def run(
    nom: Annotated[str, typer.Argument(help="Nom de la source (atlas sources).")],
    millesime: Annotated[
        int | None,
        typer.Option("--millesime", "-m", help="Un seul millésime ; sans lui, tous ceux qui sont offerts."),
    ] = None,
    sources: Sources = None,
    online: Online = False,
) -> None:
    """Ingère une source, sans Airflow : archive, lit, met en forme, contrôle chaque millésime."""
    _use(sources, online)
    catalogue.load(nom)
    with steps.alone(f"atlas run {nom}"):
        _ingest(nom, millesime)


def _ingest(nom: str, millesime: int | None) -> None:
    console, now = _console(), _with_extracts()
    in_force.banner(now, in_force.fictitious(now))
    wanted = steps.vintages(nom, millesime)
    if not wanted:
        raise UsageError(
            f"Aucun millésime de « {nom} » dans {now.sources}" + (", ni en ligne." if now.en_ligne else "."),
            expected=f"un dossier {catalogue.load(nom).folder}/<millésime>/",
            todo="déposer l'extrait, nommer un autre dossier avec --sources, ou le télécharger avec --en-ligne",
        )
    refused: AtlasError | None = None
    for label in wanted:
        try:
            counts = steps.ingest(nom, label)
        except (RefusedError, LaterError) as error:
            refused = error
            said = "refusé" if isinstance(error, RefusedError) else "reporté"
            console.print(f"[bold red]{said}[/bold red]  {nom} {label}")
            console.print(str(error), markup=False, soft_wrap=True)
        else:
            console.print(
                f"accepté {nom} {label} : {counts['controles']} contrôles, {counts['avertissements']} "
                f"avertissement(s), {counts['ecartees']} ligne(s) écartée(s)"
            )
    if refused:
        raise typer.Exit(refused.exit_code)


@app.command()
def echantillon(
    dossier: Annotated[Path, typer.Argument(help="Dossier à remplir, nouveau ou déjà fait par cette commande.")],
    echelle: Annotated[float, typer.Option("--echelle", help="1 : une centaine d'établissements normands.")] = 1.0,
    annuaires: Annotated[
        int, typer.Option("--annuaires", min=1, max=20, help="Nombre d'extraits annuels de l'annuaire santé.")
    ] = 2,
    national: Annotated[
        bool,
        typer.Option(
            "--national",
            help="FINESS et le dernier annuaire à la taille nationale (175 000 sites, 2,4 millions de lignes).",
        ),
    ] = False,
    decennie: Annotated[
        bool, typer.Option("--decennie", help="Jusqu'à dix millésimes de chaque source annuelle.")
    ] = False,
) -> None:
    """Fabrique des extraits fictifs, dans la présentation des producteurs, à l'échelle voulue."""
    samples = _samples()
    start = time.perf_counter()
    made = samples.make(dossier, scale=echelle, vintages=annuaires, national=national, decade=decennie)
    size = sum(path.stat().st_size for path in made) / 1e6
    _console().print(
        f"{len(made)} fichiers fictifs, {size:.0f} Mo, dans {dossier} ({time.perf_counter() - start:.0f} s)",
        markup=False,
        soft_wrap=True,
    )
    if decennie:
        for source, reason in samples.decennie.COURTES.items():
            _console().print(f"  {source}, moins de dix millésimes : {reason}", markup=False, soft_wrap=True)


@app.command()
def purge(
    annee: Annotated[
        int | None,
        typer.Option("--annee", "-a", min=2000, max=2100, help="Année où l'on est ; sans elle, la présente."),
    ] = None,
    sure: Annotated[bool, typer.Option("--oui", help="Effacer vraiment ; sans cela, rien n'est touché.")] = False,
) -> None:
    """Efface les extraits personnels dont la durée de conservation est passée, et ce que des exécutions ont laissé."""
    console, now = _console(), settings.load()
    in_force.banner(now, in_force.fictitious(now))
    left = len(retention.leftovers(now))
    found = steps.purge(annee or dt.date.today().year, sure=sure)
    again = in_force.command(now, "purge", "--oui", *(["--annee", annee] if annee else []))
    if left:
        said = "effacés" if sure else f"à effacer : {again}"
        console.print(f"Restes d'exécutions interrompues : {left} dossier(s), {said}", markup=False, soft_wrap=True)
    if not found:
        console.print("Aucun millésime personnel n'a passé sa durée de conservation.")
        return
    table = Table()
    for heading in ("source", "millésime", "révision", "conservé jusqu'à", "Mo", "éditions touchées"):
        table.add_column(heading, no_wrap=heading == "source")
    for item in found:
        table.add_row(
            item.landed.source,
            str(item.landed.millesime),
            str(item.landed.revision),
            f"fin {item.until}",
            f"{item.size / 1e6:.1f}",
            ", ".join(map(str, item.locks)) or "aucune",
        )
    console.print(table)
    editions_ = sorted({edition for item in found for edition in item.locks})
    if not sure:
        console.print(f"Rien n'a été effacé. Pour le faire : {again}", markup=False, soft_wrap=True)
        return
    console.print("Effacés : les fichiers archivés et leur mise en forme. Leur trace et leurs empreintes restent.")
    for edition in editions_:
        console.print(
            f"L'édition {edition} ne se refait plus à l'identique, et son entrepôt garde ces lignes tant qu'elle n'est "
            f"pas reconstruite : {in_force.command(now, 'lock', edition, '--update')}, puis "
            f"{in_force.command(now, 'edition', '--edition', edition, extracts=True)}",
            markup=False,
            soft_wrap=True,
        )


@app.command()
def lock(
    edition: Annotated[
        str | None,
        typer.Argument(help="Année de l'atlas ; sans elle, ATLAS_EDITION, sinon l'édition en place.", metavar="ANNÉE"),
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Le refaire avec les millésimes acceptés depuis.")] = False,
) -> None:
    """Montre le verrou d'une édition : les millésimes épinglés, celui de référence, ce qui attend."""
    _use(None, edition=edition)
    console, now = _console(), settings.load()
    in_force.banner(now, in_force.fictitious(now))
    year = now.edition
    again = in_force.command(now, "lock", year, "--update")
    before = lockfile.load(now, year)
    if update:
        steps.lock(year, update=True)
    made = lockfile.load(now, year)
    if made is None:
        raise UsageError(
            f"L'édition {year} n'a pas de verrou dans {now.editions}.",
            expected="une édition déjà construite",
            todo=f"le faire, après ingestion : {again} ; ou tout faire : "
            + in_force.command(now, "edition", "--edition", year, extracts=True),
        )
    table = Table(title=f"Verrou {year}, commit {made.commit[:12]}" + (" — FICTIF" if made.fictif else ""))
    for heading in ("source", "millésime", "révision", "référence", "date décrite", "fichiers", "sha256"):
        table.add_column(heading, no_wrap=heading == "source")  # a name is there to be copied
    for pin in made.pins:
        table.add_row(
            pin.source,
            str(pin.millesime),
            str(pin.revision),
            "oui" if pin.reference else "",
            pin.date_reference,
            "\n".join(f.name for f in pin.files),
            "\n".join(f.sha256[:12] for f in pin.files),
        )
    console.print(table)
    if made.effaces:
        console.print(
            "Effacés, l'édition ne se refait plus à l'identique : " + " ; ".join(made.effaces), soft_wrap=True
        )
    if made.absents:
        console.print("Sans millésime : " + ", ".join(made.absents))
    for refusal in made.refus:
        said = refusal.motif.splitlines()[0] if refusal.motif else ""
        console.print(f"Refusé : {refusal.source} {refusal.millesime} — {said}", markup=False, soft_wrap=True)
    changes = (
        lockfile.differences(before, made)
        if update and before
        else lockfile.differences(made, lockfile.draft(now, year))
    )
    if changes:
        said = "faits" if update else f"en attente ({again})"
        console.print(f"Changements {said} :", markup=False, soft_wrap=True)
        for change in changes:
            console.print("  " + change)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="Une requête SQL de DuckDB, entre guillemets.")],
    csv: Annotated[bool, typer.Option("--csv", help="Sortie en CSV plutôt qu'en tableau.")] = False,
) -> None:
    """Interroge l'entrepôt en lecture seule. Exemple : atlas query "FROM reference.sources"."""
    import duckdb

    now = settings.load()
    if not now.database.is_file():
        raise UsageError(
            f"Il n'y a pas encore d'entrepôt : {now.database}",
            expected="une édition construite",
            todo=in_force.command(now, "edition", extracts=True),
        )
    try:
        with steps.reading(now.database) as connection:
            in_force.banner(now, connection.execute("SELECT fictif FROM reference.edition").fetchall()[0][0])
            relation = connection.sql(sql)
            if relation is None:
                return
            if csv:
                _print_csv(relation)
            else:
                relation.show(max_rows=200, max_width=200)
    except duckdb.Error as error:
        raise UsageError(
            f"La requête ne s'exécute pas : {error}",
            expected="une requête de lecture sur " + ", ".join(models.SCHEMAS),
            todo="les tables : "
            + in_force.command(now, "query", "SELECT schema_name, table_name, comment FROM duckdb_tables()"),
        ) from error


def _print_csv(relation: "duckdb.DuckDBPyRelation") -> None:
    # By our own standard output: opened again by its name, a file would lose what it already holds.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "resultat.csv"
        relation.write_csv(str(file), header=True)
        with file.open("rb") as handle:
            shutil.copyfileobj(handle, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def main(run_app: Callable[..., Any] = app) -> None:
    """Entry point: a person's mistake is told on one screen, with its own exit status."""
    try:
        status = run_app(standalone_mode=False)
    except AtlasError as error:
        sys.exit(_tell(error))
    except typer.TyperException as error:
        # Without a command the help was shown already.
        sys.exit(2 if type(error).__name__ == "NoArgsIsHelpError" else _tell(french.told(error)))
    sys.exit(status if isinstance(status, int) else 0)


def _tell(error: AtlasError) -> int:
    Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
    return error.exit_code


if __name__ == "__main__":
    main()
