"""Questions a second, and how long they take, at 1 to 128 connections: ours beside the framework's.

Serves a project on loopback as ``yizhan serve`` does, and on other ports an empty endpoint of the
framework, by the same server (``empty``) and by the framework's usual one (``usual``). Questions are
asked as programs do (``nearest``) and as phones do, which take packed answers (``packed``). All are
asked in turn, a second each, by as many connections as told, every one with its next question as
soon as it is answered. Prints requests a second, p50 and p99, and what the server took of the
processor for one request; other work on the machine changes that less.

    python tests/benchmarks/load.py --project PROJECT [--quick] [--workers N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import numpy as np

from data.store.project import Project

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "from pathlib import Path; from api.command.console import Console;"
    "from api.command.service.serve_command import run_server; from geo.text import Language;"
    "run_server(Path({project!r}), '127.0.0.1', {port}, Console(Language.EN){more})"
)
EMPTY = """
import uvicorn
from fastapi import FastAPI
from api.command.service.serving import server_of
from api.settings import Settings
app = FastAPI()
@app.get("/health")
async def empty() -> dict[str, str]:
    return {{}}
"""
OUR_SERVER = EMPTY + 'server_of(app, Settings(), "127.0.0.1", {port}).run()'
USUAL_SERVER = EMPTY + "uvicorn.run(app, port={port}, log_config=None, access_log=False)"
CONNECTIONS = (1, 8, 32, 128)
QUESTIONS = 500
IDLE_S = 0.05
"""What a server that has nothing to do takes of the processor in a second at most."""


def main() -> None:
    """Run both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="one turn instead of five")
    parser.add_argument("--workers", type=int, default=1, help="processes of ours")
    told = parser.parse_args()
    turns = 1 if told.quick else 5
    more = f", workers={told.workers}" if told.workers > 1 else ""
    ours = OURS.format(project=str(told.project), port="{port}", more=more)
    print(f"{'who':>8} {'conn':>5} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'cpu ms':>7}")
    with served(USUAL_SERVER) as usual, served(OUR_SERVER) as empty, served(ours) as found:
        asked = questions(told.project)
        get = [b"GET /health HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n"]
        packed = [one.replace(b"\r\n", b"\r\nAccept-Encoding: gzip\r\n", 1) for one in asked]
        rows = [
            Row("usual", usual, get),
            Row("empty", empty, get),
            Row("nearest", found, asked),
            Row("packed", found, packed),
        ]
        for each in rows:  # streets, labels and answers that are kept are made on first use
            asyncio.run(one(each.server[0], each.asked, 0, np.inf, most=len(asked)))
        for number in CONNECTIONS:
            rates = ask(rows, number, turns)
            print(f"{'':>8} {'':>5} {rates['nearest'] / rates['empty']:7.0%} of the empty one's")


class Row(NamedTuple):
    """Who is asked, at what port by which process, and the requests."""

    who: str
    server: tuple[int, int]
    asked: list[bytes]


def ask(rows: list[Row], number: int, turns: int) -> dict[str, float]:
    """Ask each in its turn, print what was measured, return requests a second."""
    for row in rows:
        wait_until_idle(row.server[1])
    times_s: dict[str, list[float]] = {row.who: [] for row in rows}
    took_s, used_s = dict.fromkeys(times_s, 0.0), dict.fromkeys(times_s, 0.0)
    for row in rows * turns:
        port, pid = row.server
        before_s, began_s = cpu_s(pid), time.perf_counter()
        times_s[row.who] += asyncio.run(load(port, row.asked, number, 1.0))
        took_s[row.who] += time.perf_counter() - began_s
        used_s[row.who] += cpu_s(pid) - before_s
    rates = {}
    for who, spent_s in times_s.items():
        rates[who] = len(spent_s) / took_s[who]
        p50, p99 = np.percentile(np.array(spent_s) * 1e3, [50, 99])
        cpu_ms = 1e3 * used_s[who] / len(spent_s)
        print(f"{who:>8} {number:>5} {rates[who]:8.0f} {p50:8.2f} {p99:8.2f} {cpu_ms:7.3f}")
    return rates


def wait_until_idle(pid: int) -> None:
    """Wait until the server has prepared what it prepares behind its answers."""
    used_s = -1.0
    while (now_s := cpu_s(pid)) - used_s > IDLE_S:
        used_s = now_s
        time.sleep(1)


def questions(project: Path) -> list[bytes]:
    """Return questions from near stations of the project, chosen by a fixed seed."""
    rows = Project.open(project).read("yizhan")
    chance = np.random.default_rng(7)
    found = []
    for _ in range(QUESTIONS):
        at = rows.geometry.iloc[int(chance.integers(len(rows)))]
        body = json.dumps(
            {
                "lon": at.x + chance.uniform(-0.004, 0.004),
                "lat": at.y + chance.uniform(-0.004, 0.004),
                "mode": str(chance.choice(["walk", "ebike"])),
            }
        ).encode()
        head = (
            "POST /nearest HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        found.append(head.encode() + body)
    return found


async def load(port: int, asked: list[bytes], number: int, seconds: float) -> list[float]:
    """Ask over `number` connections for `seconds`; return how long each answer took."""
    until_s = time.perf_counter() + seconds
    times = await asyncio.gather(*(one(port, asked, n, until_s) for n in range(number)))
    return [time_s for part in times for time_s in part]


async def one(
    port: int, asked: list[bytes], first: int, until_s: float, most: float = np.inf
) -> list[float]:
    """Ask over one connection until then or so often; an answer that is no 200 ends the benchmark."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times_s = []
    number = first
    while (began_s := time.perf_counter()) < until_s and len(times_s) < most:
        writer.write(asked[number % len(asked)])
        number += 1
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:16] and b" 400 " not in head[:16]:
            sys.exit(f"answered {head[:80]!r}")
        length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
        times_s.append(time.perf_counter() - began_s)
    writer.close()
    return times_s


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process and of those it started."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(folder.name) == pid or int(fields[1]) == pid:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(code: str) -> Iterator[tuple[int, int]]:
    """Run the server and yield its port and process id once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", code.format(port=port)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            time.sleep(0.1)
            try:
                with urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                    if b"starting" not in answer.read():
                        break
            except OSError:
                continue
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


if __name__ == "__main__":
    main()
