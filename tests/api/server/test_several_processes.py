"""``serve --workers 2``: both processes answer workers, one does all else, nobody notices which."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.command.service.several_processes import Pauses, is_for_every_process, listening
from data.store.project import Project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a port is shared on Linux only")
ENOUGH_S = 60.0
KEY = "key-of-the-planners-0123"
CONNECTIONS = 24


class Service:
    """A running service of two processes on a project of its own."""

    def __init__(self, folder: Path, make_project) -> None:
        self.project: Project = make_project(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            *(sys.executable, "-c", "from api.command.main import main; main()", "serve"),
            *("--workers", "2", "--port", str(self.port), "--project", str(folder)),
        ]
        self.first = subprocess.Popen(
            command,
            env={**os.environ, "YIZHAN_PLANNER_KEY": KEY},
            cwd=Path(__file__).parents[3],
            stdout=subprocess.DEVNULL,
        )
        self.helper = until(self._helper)
        until(lambda: self.listening() == 2)
        until(lambda: self.told("GET", "/health")[1].get("status") == "ok")

    def _helper(self) -> int | None:
        children = Path(f"/proc/{self.first.pid}/task/{self.first.pid}/children").read_text()
        for pid in children.split():
            if b"multiprocessing.spawn" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        return None

    def listening(self) -> int:
        """Return how many processes listen on the port."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        at = f":{self.port:04X}"
        return sum(row[1].endswith(at) and row[3] == "0A" for row in rows)

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ENOUGH_S)
        connection.connect()
        return connection

    def told(self, method, path, body=None, connection=None, **headers):
        asked = connection or self.connect()
        content = None if body is None else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        asked.request(method, path, content, {**kind, **headers})
        answer = asked.getresponse()
        found = json.loads(answer.read())
        if connection is None:
            asked.close()
        return answer.status, found


def until(found):
    end_s = time.monotonic() + ENOUGH_S
    while not (value := found()):
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.1)
    return value


def _sockets(pid: int) -> set[str]:
    links = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.add(str(link.readlink()))
        except OSError:
            continue
    return {re.sub(r"\D", "", link) for link in links if link.startswith("socket:")}


@pytest.fixture(scope="module")
def service(tmp_path_factory, make_project_in):
    running = Service(tmp_path_factory.mktemp("several") / "tiny", make_project_in)
    yield running
    running.first.terminate()
    running.first.wait(ENOUGH_S)


@pytest.mark.parametrize(
    ("line", "is_ours"),
    [
        (b"POST /nearest HTTP/1.1", True),
        (b"GET /nearest?lon=1 HTTP/1.1", True),
        (b"POST /nearest-station HTTP/1.1", True),
        (b"GET /s/QD0052 HTTP/1.1", True),
        (b"POST /s/QD0052 HTTP/1.1", False),
        (b"POST /stations/QD0052 HTTP/1.1", False),
        (b"GET /stations HTTP/1.1", True),
        (b"GET /health HTTP/1.1", False),
        (b"POST /planning/run HTTP/1.1", False),
        (b"POST /sign-in HTTP/1.1", False),
        (b"GET /jobs HTTP/1.1", False),
        (b"GET /nearest/../jobs HTTP/1.1", False),
        (b"DELETE /stations/S1 HTTP/1.1", False),
        (b"\x16\x03\x01", False),
    ],
)
def test_what_changes_nothing_is_for_every_process(line, is_ours):
    assert is_for_every_process(line) is is_ours


def test_both_answer_workers_and_one_does_the_rest(service, lonlat):
    lon, lat = lonlat(1000, 0)
    asked = {"lon": lon, "lat": lat, "at": "2026-11-24T10:00"}
    alone = _sockets(service.helper)
    connections = [service.connect() for _ in range(CONNECTIONS)]
    answers = [service.told("POST", "/nearest", asked, one) for one in connections]
    assert {status for status, _ in answers} == {200}
    assert len({json.dumps(answer) for _, answer in answers}) == 1
    helped = len(_sockets(service.helper) - alone)
    assert 0 < helped < CONNECTIONS

    # A connection goes to the first process with what is not for every process, and stays open.
    for one in connections:
        assert service.told("GET", "/health", None, one)[0] == 200
    until(lambda: not _sockets(service.helper) - alone)
    again = [service.told("POST", "/nearest", asked, one) for one in connections]
    assert again == answers
    for one in connections:
        one.close()


def test_reports_of_one_address_are_limited_across_processes(service):
    faults = ["closed", "no_water", "wrong_place", "moved"]
    asked = [(station, fault) for station in ("S1", "S2", "S3") for fault in faults]
    told = [
        service.told("POST", f"/stations/{station}", {"fault": fault})[0]
        for station, fault in asked
    ]
    assert told == [201] * 10 + [429] * 2


def test_a_job_is_run_by_one_process_and_seen_through_any_connection(service):
    status, job = service.told("POST", "/planning/run?part=coverage", {}, **{"X-API-Key": KEY})
    assert status == 202
    for _ in range(8):
        told = service.told("GET", "/jobs", **{"X-API-Key": KEY})[1]
        assert [one["href"] for one in told] == [job["href"]]


def test_every_process_tells_what_is_published(service):
    frame = service.project.read("yizhan")
    frame.loc[frame["id"] == "S1", "name"] = "新名字"
    service.project.write("yizhan", frame)

    def all_tell_it() -> bool:
        told = [service.told("GET", "/stations/S1")[1] for _ in range(8)]
        return all("新名字" in json.dumps(one, ensure_ascii=False) for one in told)

    until(all_tell_it)
    assert all_tell_it()


def test_a_body_that_is_large_goes_along(service):
    for _ in range(6):
        status, told = service.told("POST", "/planning/run", {"x": "y" * 300_000})
        assert status in {400, 401}, told


def test_a_helper_that_was_killed_is_replaced_and_the_first_goes_on(service):
    killed = service.helper
    os.kill(killed, signal.SIGKILL)
    for _ in range(8):
        with contextlib.suppress(ConnectionError):  # what had come to the one that was killed
            assert service.told("GET", "/stations/S1")[0] == 200
    service.helper = until(lambda: (now := service._helper()) != killed and now)
    until(lambda: service.listening() == 2)
    alone, helped = _sockets(service.helper), 0
    for _ in range(CONNECTIONS):
        with contextlib.closing(service.connect()) as one:
            assert service.told("GET", "/stations/S1", None, one)[0] == 200
            helped += bool(_sockets(service.helper) - alone)
            assert service.told("GET", "/health", None, one)[0] == 200
            until(lambda: not _sockets(service.helper) - alone)  # handed over to the first
    assert 0 < helped < CONNECTIONS


def test_a_process_that_ends_again_and_again_is_started_seldom():
    clock = [0.0]
    pauses = Pauses(3, 600.0, lambda: clock[0])

    def pause_s(now_s):
        clock[0] = now_s
        return pauses.next_s()

    assert [pause_s(now_s) for now_s in (0, 1, 2)] == [0, 0, 0]
    assert pause_s(3) == 597
    assert pause_s(601) == 0
    assert pause_s(1300) == 0


def test_a_helper_ends_when_the_first_is_killed(tmp_path, make_project_in):
    running = Service(tmp_path / "tiny", make_project_in)
    running.first.kill()
    running.first.wait(ENOUGH_S)
    until(lambda: running.listening() == 0)


def test_answers_do_not_wait_for_their_own_heads():
    with listening("127.0.0.1", 0) as door:
        door.listen()
        with (
            socket.create_connection(door.getsockname()),
            door.accept()[0] as accepted,
        ):
            # What asyncio asks before it lets a connection send small parts at once.
            assert accepted.proto == socket.IPPROTO_TCP
