"""A real S3 server on loopback, for tests that need one: SeaweedFS, whose binary its package carries."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pyarrow import fs
from scheduled_runs import LOOPBACK, free_port

KEY, SECRET, BUCKET = "atlas", "secret-d-essai", "atlas"
WITHIN = 90  # seconds, where five are enough when nothing else runs


def credentials() -> dict[str, str]:
    """What a client of the server has in its environment."""
    return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


@contextlib.contextmanager
def seaweed(root: Path) -> Iterator[str]:
    """A server with one bucket, its files in a folder, until the end of the block; gives the address of the bucket."""
    with weed(root) as (bucket, _):
        yield bucket


@contextlib.contextmanager
def weed(root: Path) -> Iterator[tuple[str, int]]:
    """The same, with the group of its processes."""
    root.mkdir(parents=True)
    known = {"name": KEY, "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    (root / "s3.json").write_text(json.dumps({"identities": [known]}), encoding="utf-8")
    ports = [free_port() for _ in range(8)]
    names = (
        "s3.port",
        "s3.port.grpc",
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
    )
    asked = [f"-{name}={port}" for name, port in zip((*names, "filer.port", "filer.port.grpc"), ports, strict=True)]
    asked += [
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        "-volume.max=30",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.volumeSizeLimitMB=128",
    ]
    program = Path(sys.executable).with_name("weed")
    with (root / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "server", *asked, f"-dir={root}", "-s3", f"-s3.config={root / 's3.json'}"],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        _prepare(process, f"{LOOPBACK}:{ports[0]}", root / "weed.log")
        yield f"s3://{BUCKET}?endpoint_override={LOOPBACK}:{ports[0]}&scheme=http&region=us-east-1", process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _prepare(process: "subprocess.Popen[bytes]", endpoint: str, log: Path) -> None:
    """Makes the bucket, and writes to it, once the server is ready."""
    files = fs.S3FileSystem(
        access_key=KEY,
        secret_key=SECRET,
        endpoint_override=endpoint,
        scheme="http",
        region="us-east-1",
        allow_bucket_creation=True,
    )
    until = time.monotonic() + WITHIN
    while True:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
        try:
            files.create_dir(BUCKET)
            with files.open_output_stream(f"{BUCKET}/pret") as target:
                target.write(b"oui")
            return
        except OSError:
            assert time.monotonic() < until, log.read_text(encoding="utf-8", errors="replace")[-3000:]
            time.sleep(0.5)
