"""What may happen to a run: each blow strikes it once, at a drawn moment, and says what it did."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import embedded_runs
import spread_runs

from pipelines.settings import DATABASE

from . import house as home
from .house import BUSY, Job, Reference, Said

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
BACK = 400  # days
MOMENTS = ("stage", "check", "lock", "build", "promote", "draft")  # steps after which a part of several machines falls


@dataclass
class Scene:
    """Where a blow strikes: the code, a warehouse of its own, what an undisturbed run makes, the draw."""

    house: embedded_runs.House
    warehouse: Path
    reference: Reference
    whole: Path
    draw: random.Random
    told: list[str] = field(default_factory=list)

    def struck(self, job: Job) -> str:
        """Waits for a drawn moment of a drawn step; says which."""
        step, share = self.draw.choice(self.reference.steps), self.draw.random()
        job.until(step, share)
        return f"dans {step.name}, à {share:.0%}"

    def lost(self, *what: str) -> None:
        self.told += what


Blow = Callable[[Scene], tuple[str, dict[str, str]]]


def killed(scene: Scene) -> tuple[str, dict[str, str]]:
    """The whole job killed at once, as by a power cut."""
    job = Job(scene.house, scene.warehouse)
    when = scene.struck(job)
    job.kill()
    return when, {}


def head_killed(scene: Scene) -> tuple[str, dict[str, str]]:
    """The command killed, not what it started: its children leave by themselves, and free the warehouse."""
    job = Job(scene.house, scene.warehouse)
    when = scene.struck(job)
    os.kill(job.process.pid, signal.SIGKILL)
    job.process.wait(60)
    until = time.monotonic() + 30
    while home.held(scene.warehouse) and time.monotonic() < until:
        time.sleep(0.2)
    return when, {}


def child_killed(scene: Scene) -> tuple[str, dict[str, str]]:
    """One of the processes that do the work killed, as by a system short of memory: it is told, or did no harm."""
    job = Job(scene.house, scene.warehouse)
    when = scene.struck(job)
    others = job.family()[2:]
    if others:
        os.kill(scene.draw.choice(others), signal.SIGKILL)
    said = job.ended()
    if said.status:
        _explained(scene, said)
    return f"{when} ; la commande rend {said.status}", {}


def stopped(scene: Scene) -> tuple[str, dict[str, str]]:
    """A plain `kill`: all stops, nothing is left at work."""
    job = Job(scene.house, scene.warehouse)
    when = scene.struck(job)
    family = job.family()
    job.process.send_signal(signal.SIGTERM)
    said = job.ended()
    until = time.monotonic() + 10  # what init has still to bury is at work no more
    while (left := [pid for pid in family if _at_work(pid)]) and time.monotonic() < until:
        time.sleep(0.2)
    if left:
        scene.lost(f"{len(left)} processus encore là")
    if said.status:
        _explained(scene, said)
    return f"{when} ; la commande rend {said.status}", {}


def disk_full(scene: Scene) -> tuple[str, dict[str, str]]:
    """A disk with less room than the job needs, then enough."""
    share = scene.draw.uniform(0.2, 0.95)
    with disk(scene.warehouse, int(scene.reference.octets * share)):
        said = Job(scene.house, scene.warehouse).ended()
        _explained(scene, said, "Le disque est plein", "a refusé une opération")
        rescued(scene)
    return f"{share:.0%} de la place nécessaire ; la commande rend {said.status}", {}


def read_only(scene: Scene) -> tuple[str, dict[str, str]]:
    """A disk that goes read-only in the middle, as after a fault, then is put right."""
    with disk(scene.warehouse, scene.reference.octets * 4):
        job = Job(scene.house, scene.warehouse)
        when = scene.struck(job)
        # The system refuses it while a file is open in writing: it is asked until it may.
        turn = ["mount", "-o", "remount,ro", str(scene.warehouse)]
        while job.running and subprocess.run(turn, capture_output=True, check=False).returncode:
            time.sleep(0.02)
        said = job.ended()
        subprocess.run(["mount", "-o", "remount,rw", str(scene.warehouse)], check=True)
        if said.status:
            _explained(scene, said, "a refusé une opération", "Le disque est plein")
        rescued(scene)
    return f"{when} ; la commande rend {said.status}", {}


def clock_back(scene: Scene) -> tuple[str, dict[str, str]]:
    """Killed, and taken up by a machine whose clock is more than a year behind."""
    when, _ = killed(scene)
    return f"{when} ; reprise {BACK} jours plus tôt", {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": f"-{BACK}d",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def twice(scene: Scene) -> tuple[str, dict[str, str]]:
    """The same job started twice at once: who comes second is told who works, and touches nothing."""
    first = Job(scene.house, scene.warehouse)
    time.sleep(scene.draw.uniform(0, scene.reference.seconds / 2))
    second = Job(scene.house, scene.warehouse)
    ends = sorted((job.ended() for job in (first, second)), key=lambda said: said.status)
    if ends[0].status or ends[1].status not in (0, BUSY):
        scene.lost(*(said.text[-600:] for said in ends if said.status not in (0, BUSY)))
    if ends[1].status == BUSY and "en cours d'écriture" not in ends[1].text:
        scene.lost("le second ne dit pas qui écrit : " + ends[1].text[-600:])
    return f"rendent {ends[0].status} et {ends[1].status}", {}


def reader(scene: Scene) -> tuple[str, dict[str, str]]:
    """Somebody reads the file in place while the edition is built again: neither hinders the other."""
    import duckdb

    aside = scene.warehouse.with_name(scene.warehouse.name + "-copie")
    shutil.copytree(scene.whole, aside, symlinks=True)
    aside.rename(scene.warehouse)
    question = "SELECT count(*), sum(hash(etape)) FROM qualite.controles"
    with duckdb.connect(str(scene.warehouse / DATABASE), read_only=True) as old:
        before = old.execute(question).fetchall()
        for file in scene.warehouse.glob(f"editions/{home.EDITION}/*.duckdb"):
            file.unlink()
        job = Job(scene.house, scene.warehouse)
        times = 0
        while job.running:
            times += 1
            if old.execute(question).fetchall() != before:
                scene.lost("le lecteur ne lit plus la même chose")
                break
            time.sleep(0.2)
        said = job.ended()
        if said.status:
            scene.lost(said.text[-600:])
    return f"{times} lectures", {}


def machines_fall(scene: Scene) -> tuple[str, dict[str, str]]:
    """Two machines make the edition, and three of what it takes fall meanwhile; a third one has what they made."""
    root = scene.warehouse.with_name(scene.warehouse.name + "-machines")
    root.mkdir()
    moments = sorted(scene.draw.sample(range(len(MOMENTS)), 3))
    parts = scene.draw.sample([*spread_runs.WORKERS, *spread_runs.PARTS], 3)
    with spread_runs.machines(root, scene.house, [home.REGION]) as running:
        running.turn_on()
        for moment, part in zip(moments, parts, strict=True):
            running.once(MOMENTS[moment])
            running.fall(part)
        ended = running.published()
        if ended != ["success"]:
            scene.lost(f"la publication : {ended}", running.running.all_said()[-2000:])
        running.bring(scene.warehouse)
    shutil.rmtree(root)
    return " ; ".join(f"{p} après {MOMENTS[m]}" for m, p in zip(moments, parts, strict=True)), {}


def rescued(scene: Scene) -> None:
    """Brings what is on a disk that is going to leave back to an ordinary folder, as somebody who saves it does."""
    aside = scene.warehouse.with_name(scene.warehouse.name + "-sauve")
    shutil.copytree(scene.warehouse, aside, symlinks=True)


@contextlib.contextmanager
def disk(folder: Path, octets: int) -> Iterator[None]:
    """A disk of its own under a folder; what `rescued` saved of it is there once it is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={octets}", "tmpfs", str(folder)], check=True)
    # Another disk is put in its place by us, not by the job: nobody looks meanwhile.
    with contextlib.ExitStack() as unseen:
        try:
            yield
        finally:
            unseen.enter_context(home.LOOKING)
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        aside = folder.with_name(folder.name + "-sauve")
        folder.rmdir()
        aside.rename(folder)


def _at_work(pid: int) -> bool:
    try:
        return " Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2][:3]
    except FileNotFoundError:
        return False


def _explained(scene: Scene, said: Said, *words: str) -> None:
    """A command that fails says why, in words of its own."""
    if "Traceback" in said.text:
        scene.lost("une trace : " + said.text[-800:])
    if said.status == 0:
        scene.lost("la commande dit avoir réussi")
    if words and not any(word in said.text for word in words):
        scene.lost("le message ne dit pas ce qui s'est passé : " + said.text[-800:])


KINDS: dict[str, Blow] = {
    "mort": killed,
    "tete": head_killed,
    "enfant": child_killed,
    "arret": stopped,
    "disque": disk_full,
    "lecture-seule": read_only,
    "horloge": clock_back,
    "deux": twice,
    "lecteur": reader,
    "machines": machines_fall,
}
