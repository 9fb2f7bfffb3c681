"""Locks that hold on all machines: PostgreSQL's advisory locks, each as long as the session that took it.

A machine that is killed loses its session, and so its locks, by itself. One that lost its session while it worked,
because PostgreSQL was restarted or the network was cut, finds out before it gives anything back (`Lease.hold`).
"""

import contextlib
import hashlib
import os
import socket
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from pipelines.errors import BusyError, LaterError, UsageError
from pipelines.runtime.locks import MOMENT

HEAD = "tete"  # taken for the instant in which the head of the store is replaced
# A machine that vanished without a word is known to be gone after a minute, not after PostgreSQL's two hours.
ALIVE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


@dataclass(frozen=True)
class Lease:
    """Locks that are held, and the session that holds them."""

    session: sa.Connection
    address: str

    @contextlib.contextmanager
    def head(self) -> Iterator[None]:
        """Holds the head of the store for an instant, waiting for whoever has it.

        Raises LaterError where the session was lost: others may have worked on the same parts since.
        """
        key = _key(self.address, HEAD)
        try:
            self.session.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": key})
        except sa.exc.DBAPIError as error:
            raise _lost(error) from error
        try:
            yield
        finally:
            with contextlib.suppress(sa.exc.DBAPIError):  # a lost session holds nothing
                self.session.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": key})


@contextlib.contextmanager
def held(base: str, address: str, who: str, names: tuple[str, ...], *, beside: tuple[str, ...] = ()) -> Iterator[Lease]:
    """Holds names alone, and others beside whoever holds them so, on all machines of a store.

    Raises BusyError, with who has them, LaterError where the database doesn't answer, UsageError where none is named.
    """
    if not base:
        raise UsageError(
            "ATLAS_MAGASIN est dit, et pas ATLAS_BASE : rien ne dirait à une machine ce que fait une autre.",
            expected="ATLAS_BASE=postgresql+psycopg2://utilisateur:mot-de-passe@hôte/base",
            todo="dire la base PostgreSQL que toutes les machines partagent",
        )
    # PostgreSQL shows who has a lock by the name of the session, in ASCII.
    name = unicodedata.normalize("NFKD", f"{who} ({socket.gethostname()}, processus {os.getpid()})")
    said = {"application_name": name.encode("ascii", "ignore").decode()[:63], "options": ALIVE}
    engine = sa.create_engine(base, poolclass=sa.NullPool, connect_args=said, isolation_level="AUTOCOMMIT")
    with contextlib.ExitStack() as stack:
        try:
            session = stack.enter_context(engine.connect())
            for name in sorted(beside):
                _take(session, address, name, "pg_try_advisory_lock_shared")
            for name in sorted(names):
                _take(session, address, name, "pg_try_advisory_lock")
        except sa.exc.DBAPIError as error:
            raise _lost(error) from error
        yield Lease(session, address)


def _take(session: sa.Connection, address: str, name: str, function: str) -> None:
    """Takes one lock, within the moment for which somebody may only look at it."""
    key, until = _key(address, name), time.monotonic() + MOMENT
    while not session.execute(sa.text(f"SELECT {function}(:key)"), {"key": key}).scalar():
        if time.monotonic() > until:
            raise BusyError(
                f"L'entrepôt partagé est en cours d'écriture : {_holder(session, key)}.",
                expected=f"une seule écriture à la fois de « {name} », sur toutes les machines",
                todo="attendre qu'elle finisse, puis relancer ; rien n'a été touché",
            )
        time.sleep(0.1)


def _holder(session: sa.Connection, key: int) -> str:
    """Who has a lock, as each machine says it of itself."""
    # A lock of one 64-bit key is shown in two halves.
    found = session.execute(
        sa.text(
            "SELECT DISTINCT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = :key ORDER BY 1"
        ),
        {"key": key},
    )
    return " ; ".join(found.scalars()) or "par une autre machine"


def _key(address: str, name: str) -> int:
    """The number of a lock: PostgreSQL names them so."""
    return int.from_bytes(hashlib.blake2b(f"{address} {name}".encode(), digest_size=8).digest(), "big", signed=True)


def _lost(error: sa.exc.DBAPIError) -> LaterError:
    return LaterError(
        f"La base des verrous ne répond pas, ou plus : {str(error.orig).strip().splitlines()[0]}",
        expected="une base PostgreSQL joignable pendant tout le travail (ATLAS_BASE)",
        todo="relancer quand elle répond : ce qui n'a pas été rendu au magasin sera refait",
    )
