"""One client with a thousand half-sent requests, and what everybody else notices of it.

Serves a project on loopback, asks ``/nearest`` over and over, first in peace, then while another
address holds as many half-sent requests as it can and dials again whatever is closed. Prints the
latency of ``/nearest`` in both cases and how much the server wrote into its log.

    python tests/benchmarks/slow_clients.py PROJECT [--connections 1000] [--seconds 20]
    python tests/benchmarks/slow_clients.py PROJECT --plain     # uvicorn without our limits
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import IO

import httpx2 as httpx

ROOT = Path(__file__).resolve().parents[2]
HALF = (
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    (
        b"POST /nearest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{"
    ),
)
GUARDED = (
    "from pathlib import Path; from api.command.console import Console;"
    "from api.command.service.serve_command import run_server; from geo.text import Language;"
    "run_server(Path({project!r}), '127.0.0.1', {port}, Console(Language.EN))"
)
PLAIN = (
    "import uvicorn; from pathlib import Path; from api.app import create_app;"
    "from api.settings import Settings;"
    "uvicorn.run(create_app(Settings(project=Path({project!r}))), port={port},"
    " log_config=None, access_log=False)"
)
FILES = 1024


def main() -> None:
    """Run the trial and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--redials", type=float, default=100.0, help="a second, at most")
    parser.add_argument("--plain", action="store_true", help="uvicorn without our limits")
    told = parser.parse_args()
    with tempfile.TemporaryFile() as log, serving(told.project, log, plain=told.plain) as port:
        print(f"{'':24}{'asked':>8}{'failed':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}")
        ask(port, 20)
        show("in peace", ask(port, 400))
        over = multiprocessing.Event()
        attacker = multiprocessing.Process(
            target=attack, args=(port, told.connections, told.redials, over)
        )
        attacker.start()
        time.sleep(3)
        show(f"{told.connections} half-sent", ask(port, 10_000, told.seconds))
        over.set()
        attacker.join()
        time.sleep(1)
        show("afterwards", ask(port, 400, 20))
        log.seek(0, os.SEEK_END)
        print(f"log written: {log.tell():,} bytes")


@contextlib.contextmanager
def serving(project: Path, log: IO[bytes], *, plain: bool):
    """Serve `project` from another process with 1,024 file descriptors; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = (PLAIN if plain else GUARDED).format(project=str(project), port=port)
    started = [
        "bash",
        "-c",
        f'ulimit -S -n {FILES}; ulimit -H -n {FILES}; exec "$0" -c "$1"',
        sys.executable,
        code,
    ]
    process = subprocess.Popen(started, cwd=ROOT, stdout=log, stderr=log)
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/health")
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def ask(port: int, most: int, seconds: float = 60.0) -> list[float | None]:
    """Ask ``/nearest`` on a new connection each time; return each latency in ms, None if failed."""
    answers: list[float | None] = []
    address = f"http://127.0.0.1:{port}/nearest"
    until = time.monotonic() + seconds
    while len(answers) < most and time.monotonic() < until:
        began = time.perf_counter()
        try:
            answer = httpx.post(address, json={"lon": 120.383, "lat": 36.067}, timeout=5)
            answer.raise_for_status()
            answers.append(1000 * (time.perf_counter() - began))
        except httpx.HTTPError:
            answers.append(None)
        time.sleep(0.01)
    return answers


def show(name: str, answers: list[float | None]) -> None:
    """Print one line of the table."""
    took = sorted(answer for answer in answers if answer is not None)
    failed = len(answers) - len(took)
    if len(took) < 2:
        print(f"{name:24}{len(answers):8}{failed:8}")
        return
    p99 = statistics.quantiles(took, n=100)[98]
    print(
        f"{name:24}{len(answers):8}{failed:8}{statistics.median(took):10.1f}{p99:10.1f}"
        f"{took[-1]:10.1f}"
    )


def attack(port: int, most: int, redials: float, over: Event) -> None:
    """Hold `most` half-sent requests from 127.0.0.2; dial again what the server closes."""
    watched = selectors.DefaultSelector()
    lines: list[socket.socket] = []
    dialled = 0
    began = time.monotonic()
    while not over.is_set():
        allowed = most + redials * (time.monotonic() - began) - dialled
        for _ in range(min(50, most - len(lines), int(allowed))):
            with contextlib.suppress(OSError):
                line = socket.create_connection(
                    ("127.0.0.1", port), 0.5, source_address=("127.0.0.2", 0)
                )
                line.sendall(HALF[dialled % 2])
                watched.register(line, selectors.EVENT_READ)
                lines.append(line)
                dialled += 1
        for key, _ in watched.select(0.05):
            line = key.fileobj
            watched.unregister(line)
            lines.remove(line)
            line.close()
    print(f"(the attacker dialled {dialled:,} times)")
    for line in lines:
        line.close()


if __name__ == "__main__":
    main()
