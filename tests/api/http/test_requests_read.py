"""How requests are read and kept apart: real sockets, an app that tells what reached it."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.command.service.serving import server_of
from api.settings import Settings

ENOUGH_S = 20.0
GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


async def tell(request: Request) -> JSONResponse:
    body = await request.body()
    told = {"path": request.url.path, "headers": dict(request.headers), "body": body.decode()}
    return JSONResponse(told)


@pytest.fixture(scope="module")
def port():
    app = Starlette(routes=[Route("/{path}", tell, methods=["GET", "POST"])])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = server_of(app, Settings(), "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    until_s = time.monotonic() + ENOUGH_S
    while not server.started and time.monotonic() < until_s:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(ENOUGH_S)


@pytest.fixture
def line(port):
    with socket.create_connection(("127.0.0.1", port), ENOUGH_S) as line:
        yield line


def answers(line, number):
    """Return the status and what the app told of so many answers."""
    with line.makefile("rb") as said:
        return [one(said) for _ in range(number)]


def one(said):
    status, length = int(said.readline().split()[1]), 0
    while (header := said.readline()) != b"\r\n":
        name, _, value = header.partition(b":")
        length = int(value) if name == b"content-length" else length
    return status, json.loads(said.read(length))


def test_what_follows_a_body_is_no_header(line):
    line.sendall(
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\nX-Api-Key: smuggled\r\n\r\n"
    )
    ((status, told),) = answers(line, 1)
    assert (status, told["body"]) == (200, "abc")
    assert "x-api-key" not in told["headers"]


def test_requests_sent_together_are_answered_in_their_order(line):
    line.sendall(GET + GET.replace(b"/a", b"/b") + GET.replace(b"/a", b"/c"))
    assert [told["path"] for _, told in answers(line, 3)] == ["/a", "/b", "/c"]


def test_a_heap_of_requests_sent_together_is_refused(line):
    line.sendall(GET * 1000)
    with line.makefile("rb") as said:
        heard = said.read()
    assert heard.endswith(b"Invalid HTTP request received.")
    assert heard.count(b"HTTP/1.1 ") < 20


def test_a_head_without_an_end_is_refused(line):
    line.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 70_000)
    assert line.recv(100).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "wrong",
    [
        b"\x16\x03\x01\x00",
        "GET /a?q=栈桥 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        b"GET /a HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /a HTTP/1.1\r\nAccept: */*\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
    ],
)
def test_what_is_no_request_is_told_so(line, wrong):
    line.sendall(wrong)
    with line.makefile("rb") as said:
        assert said.read().startswith(b"HTTP/1.1 400 ")


def test_an_old_client_needs_no_host(line):
    line.sendall(b"GET /a HTTP/1.0\r\n\r\n")
    with line.makefile("rb") as said:
        assert said.read().startswith(b"HTTP/1.1 200 ")


def test_a_protocol_we_do_not_speak_is_answered_in_ours_and_closed(line):
    line.sendall(GET[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    with line.makefile("rb") as said:
        head, _, body = said.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in head
    assert json.loads(body)["path"] == "/a"
