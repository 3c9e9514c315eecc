"""Clients that send half a request, and servers that stay up: real sockets, short deadlines.

The attacker comes from 127.0.0.2, so that the limit per address tells it from everybody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time

import httpx2 as httpx
import pytest

from api.server.admission import Door, Limits, Phase
from api.server.log import RepeatFilter
from api.settings import Settings

KEY = "test-planner-key-0123456789"
HALF_HEAD = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "
HALF_BODY = (
    b"POST /nearest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n{"
)
ENOUGH_S = 20.0


@pytest.fixture(scope="module")
def port(city, serving):
    settings = Settings(
        project=city.folder,
        planner_key=KEY,
        trusted_proxies=("127.0.0.1",),
        max_connections=60,
        max_connections_per_address=20,
        header_timeout_s=1.0,
        body_timeout_s=1.0,
    )
    with serving(settings) as port:
        yield port


def dial(port, host="127.0.0.2"):
    line = socket.create_connection(("127.0.0.1", port), 5, source_address=(host, 0))
    line.settimeout(ENOUGH_S)
    return line


def heard(line):
    """Return all the server says until it closes."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := line.recv(65536):
            said += piece
    return said


@pytest.mark.parametrize("sent", [b"", HALF_HEAD], ids=["nothing", "half a head"])
def test_headers_have_to_arrive_in_time(port, sent):
    with dial(port) as line:
        line.sendall(sent)
        said = heard(line)
    assert said.startswith(b"HTTP/1.1 408 ") if sent else not said


def test_a_byte_now_and_then_buys_no_time(port):
    with dial(port) as line:
        line.sendall(HALF_HEAD)
        with pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe, as the system says
            drip(line)


def drip(line):
    for _ in range(int(ENOUGH_S / 0.2)):
        line.sendall(b"x")
        time.sleep(0.2)


def test_a_body_has_to_arrive_in_time(port):
    with dial(port) as line:
        line.sendall(HALF_BODY)
        assert heard(line) == b""


def test_a_slow_request_is_cut_off_when_it_is_not_the_first(port):
    with dial(port) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
        line.sendall(HALF_HEAD)
        assert b"HTTP/1.1 408 " in heard(line)


def test_a_refused_upload_is_told_so_before_it_is_sent(port):
    head = (
        b"POST /planning/imports/yizhan HTTP/1.1\r\nHost: x\r\nX-API-Key: wrong\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000000\r\n\r\n--b"
    )
    with dial(port) as line:
        line.sendall(head)
        assert line.recv(65536).startswith(b"HTTP/1.1 401 ")
        heard(line)


def test_one_client_with_many_half_sent_requests_keeps_nobody_out(port):
    lines = [dial(port) for _ in range(20)]
    try:
        for turn in range(200):
            line = dial(port)
            line.sendall((HALF_HEAD, HALF_BODY)[turn % 2])
            lines.append(line)
            if turn % 20 == 0:
                answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=ENOUGH_S)
                assert answer.status_code == 200
        neighbour = dial(port, "127.0.0.3")
        neighbour.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert heard(neighbour).startswith(b"HTTP/1.1 200 ")
        neighbour.close()
    finally:
        for line in lines:
            line.close()


def test_everybody_together_is_limited_and_still_served(port):
    lines = []
    try:
        for number in range(120):
            line = dial(port, f"127.0.1.{1 + number % 10}")
            line.sendall(HALF_HEAD)
            lines.append(line)
        answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=ENOUGH_S)
        assert answer.status_code == 200
    finally:
        for line in lines:
            line.close()


def test_whoever_goes_in_the_middle_of_a_body_leaves_no_trace_in_the_log(port, caplog):
    for path in (b"/nearest", b"/nearest-station"):
        with dial(port) as line:
            line.sendall(
                b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\nq=1"
            )
    with dial(port) as line:
        line.sendall(HALF_BODY)
        heard(line)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


class Guest:
    def __init__(self):
        self.is_out = False

    def turn_out(self):
        self.is_out = True


def full_door(**phases):
    door = Door(Limits(connections=3, connections_per_address=2))
    guests = {}
    for name, phase in phases.items():
        guests[name] = Guest()
        assert door.let_in(guests[name], f"10.0.0.{len(guests)}")
        door.moved(guests[name], phase)
    return door, guests


def test_the_longest_waiting_goes_first_and_the_answered_never():
    door, guests = full_door(a=Phase.ANSWERING, b=Phase.SENDING, c=Phase.WAITING)
    assert door.let_in(Guest(), "10.0.1.1")
    assert [name for name, guest in guests.items() if guest.is_out] == ["c"]
    door, guests = full_door(a=Phase.ANSWERING, b=Phase.ANSWERING, c=Phase.ANSWERING)
    assert not door.let_in(Guest(), "10.0.1.1")
    assert not any(guest.is_out for guest in guests.values())


def test_an_address_only_turns_out_its_own():
    door = Door(Limits(connections=10, connections_per_address=2))
    other, first, second = Guest(), Guest(), Guest()
    door.let_in(other, "2001:db8:0:2::1")
    door.let_in(first, "2001:db8:0:1::1")
    door.let_in(second, "2001:db8:0:1:ffff::2")
    assert door.let_in(Guest(), "2001:db8:0:1::3")
    assert (other.is_out, first.is_out, second.is_out) == (False, True, False)


def test_behind_a_trusted_proxy_everybody_may_come_by_one_address():
    door = Door(Limits(connections=10, connections_per_address=2, trusted_proxies=("10.0.0.0/8",)))
    guests = [Guest() for _ in range(10)]
    assert all(door.let_in(guest, "10.1.2.3") for guest in guests)
    assert not any(guest.is_out for guest in guests)
    for guest in guests:
        door.let_out(guest, "10.1.2.3")
    assert len(door) == 0


def test_a_repeated_message_is_written_once_a_minute_with_a_count():
    clock = [0.0]
    kept = RepeatFilter(60, lambda: clock[0])

    def told(second, number=1):
        clock[0] = second
        record = logging.LogRecord("asyncio", 40, "x.py", 7, "out of %s\nat 1.2.3.4", ("f",), None)
        return [record.getMessage() for _ in range(number) if kept.filter(record)]

    assert told(0.0) == ["out of f\nat 1.2.3.4"]
    assert told(1.0, 1000) == []
    assert told(60.0) == ["out of f\nat 1.2.3.4 (1000 more like this since)"]


@pytest.mark.parametrize("wrong", ["x", "10.0.0.0/99"])
def test_proxies_are_addresses(wrong):
    with pytest.raises(ValueError, match="YIZHAN_TRUSTED_PROXIES"):
        Settings(trusted_proxies=(wrong,))


def locked_posts(client):
    for path, item in client.app.openapi()["paths"].items():
        if "post" in item and item["post"].get("security"):
            yield path


def test_every_locked_door_asks_for_the_key_before_it_reads(client):
    """The whole kind: a body without the key is never read, wherever it is sent."""
    paths = list(locked_posts(client))
    assert "/planning/imports/{name}" in paths
    for path in paths:
        said = asyncio.run(unread(client.app, path.replace("{name}", "x").replace("{number}", "1")))
        assert said == 401, path


async def unread(app, path):
    said = []

    async def receive():
        pytest.fail("the body was read")

    async def send(message):
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "headers": [
            (b"content-length", b"90000000"),
            (b"content-type", b"multipart/form-data; boundary=b"),
        ],
    }
    await app(scope, receive, send)
    return said[0]["status"]
