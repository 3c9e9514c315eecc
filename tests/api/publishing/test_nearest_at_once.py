"""The plain question answered by the server, and the framework's own answer, are the same."""

from __future__ import annotations

import json
import socket

import httpx2 as httpx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.routes.worker import nearest_at_once, nearest_routes
from api.stations.finder import FoundStation, ServiceArea
from api.stations.lasting import _way
from api.stations.station_answer import way_answer
from geo.layers.vocabulary import Mode

BY_THE_FRAMEWORK = "/nearest?_"
"""A question with anything in its address is not a plain one."""


@pytest.fixture(scope="module")
def service(settings, serving):
    with (
        serving(settings) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        yield client


@pytest.fixture
def client(service):
    service.cookies.clear()
    return service


@pytest.fixture
def line(client):
    with socket.create_connection((client.base_url.host, client.base_url.port), 60) as line:
        yield line


@pytest.fixture
def at_b(lonlat):
    lon, lat = lonlat(1000, 0)
    return {"lon": lon, "lat": lat, "at": "2026-11-24T10:00"}


def without_date(response):
    return {name: value for name, value in response.headers.items() if name != "date"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"k": 1},
        {"k": 10, "mode": "ebike"},
        {"kind": ["mothers_room"]},
        {"amenity": ["drinking_water"], "audience": "outdoor_worker"},
        {"open_now": True},
        {"at": "2026-11-22T23:30:00Z"},
        {"at": "2026-10-01T10:00"},
        {"datum": "gcj02"},
        # Refused:
        {"k": 0},
        {"lon": 36.1, "lat": 120.3},
        {"lon": 0.0, "lat": 0.0},
        {"lat": 36.14},
        {"at": "1800-01-01T00:00"},
        {"name": "x"},
        {"lon": None},
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept-Language": "en-GB,en;q=0.8"},
        {"Accept": "text/html", "Accept-Language": "en"},
        {"Accept-Encoding": "identity"},
        {"Origin": "https://union.example", "Host": "驿站.example:81".encode("idna").decode()},
    ],
)
def test_both_ways_answer_alike(client, at_b, more, headers):
    asked = {**at_b, **more}
    plain = client.post("/nearest", json=asked, headers=headers)
    other = client.post(BY_THE_FRAMEWORK, json=asked, headers=headers)
    assert plain.status_code == other.status_code
    assert plain.content == other.content
    assert without_date(plain) == without_date(other)


def test_the_framework_is_not_asked_what_is_plain(client, at_b, monkeypatch):
    expected = client.post(BY_THE_FRAMEWORK, json=at_b)
    monkeypatch.setattr(nearest_routes, "answer", None)
    plain = client.post("/nearest", json=at_b)
    assert plain.status_code == 200
    assert plain.json() == expected.json()
    assert client.post(BY_THE_FRAMEWORK, json=at_b).status_code == 500


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "some key"},
        {"Authorization": "Bearer some key"},
        {"Cookie": "lang=en"},
        {"Content-Type": "application/json; charset=utf-8"},
    ],
)
def test_what_is_not_plain_is_for_the_framework(client, at_b, monkeypatch, headers):
    monkeypatch.setattr(nearest_at_once, "answer", None)
    asked = {"Content-Type": "application/json", **headers}
    answered = client.post("/nearest", content=json.dumps(at_b), headers=asked)
    assert answered.status_code == 200, answered.text


def test_what_fails_here_fails_where_failures_are_told(client, at_b, monkeypatch):
    monkeypatch.setattr(nearest_at_once, "answer", None)
    monkeypatch.setattr(nearest_routes, "answer", None)
    answered = client.post("/nearest", json=at_b)
    assert answered.status_code == 500
    assert answered.headers["content-type"] == "application/problem+json"


def test_a_body_in_parts_is_read_whole_by_the_framework(client, at_b):
    body = json.dumps(at_b).encode()
    answered = client.post(
        "/nearest",
        content=iter([body[:20], body[20:]]),
        headers={"Content-Type": "application/json"},
    )
    assert answered.json() == client.post(BY_THE_FRAMEWORK, json=at_b).json()


def raw(asked, *headers):
    body = json.dumps(asked).encode()
    lines = [
        "POST /nearest HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n", body


def heard(line, answers=1):
    """Return the status lines and bodies of so many answers."""
    with line.makefile("rb") as said:
        return [one_answer(said) for _ in range(answers)]


def one_answer(said):
    status, length = said.readline(), 0
    while (header := said.readline()) != b"\r\n":
        name, _, value = header.partition(b":")
        length = int(value) if name == b"content-length" else length
    return status, said.read(length)


@pytest.mark.parametrize("cut", [0, 10])
def test_a_body_that_comes_later_is_waited_for(client, line, at_b, cut):
    head, body = raw(at_b)
    line.sendall(head + body[:cut])
    assert client.get("/health").status_code == 200  # the server has seen what came
    line.sendall(body[cut:])
    expected = client.post("/nearest", json=at_b, headers={"Host": "x"})
    assert heard(line) == [(b"HTTP/1.1 200 OK\r\n", expected.content)]


def test_several_questions_at_once_are_answered_in_their_order(client, line, at_b):
    asked = [at_b, {**at_b, "k": 1}, {**at_b, "lon": 0}, {**at_b, "mode": "ebike"}]
    line.sendall(b"".join(b"".join(raw(one)) for one in asked))
    host = {"Host": "x"}
    expected = [client.post(BY_THE_FRAMEWORK, json=one, headers=host) for one in asked]
    told = heard(line, len(asked))
    assert [body for _, body in told] == [answer.content for answer in expected]
    assert [status[9:12] for status, _ in told] == [b"200", b"200", b"400", b"200"]


def test_who_takes_no_answers_is_given_no_more(line, at_b):
    """However much is asked, it is not all answered into memory: reading stops, or the line is cut."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(2)
    questions = b"".join(raw({**at_b, "k": 10})) * 100_000
    with pytest.raises(OSError):  # noqa: PT011 - in time, reset or broken pipe
        line.sendall(questions)


def test_who_wants_the_connection_closed_is_told_so(line, at_b):
    line.sendall(b"".join(raw(at_b, "Connection: close")))
    with line.makefile("rb") as said:
        head, _, body = said.read().partition(b"\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in head
    assert json.loads(body)["stations"]


def test_behind_a_proxy_the_framework_is_asked_how_people_came(client, at_b):
    told = client.post("/nearest", json=at_b, headers={"X-Forwarded-Proto": "https"}).json()
    assert all(station["href"].startswith("https://") for station in told["stations"])


metres = st.floats(0, 1e6)


@given(st.builds(FoundStation, st.just(3), metres, metres, metres), st.sampled_from(Mode))
def test_a_way_is_written_as_its_model_is(found, mode):
    assert _way(found, mode) == way_answer(found, mode).model_dump_json().encode()


@pytest.mark.parametrize("margin", [0.0, 0.02])
def test_cells_and_shapes_say_the_same_of_where_the_service_answers(margin):
    bend = [(120, 36), (120.3, 36), (120.31, 36.1), (120.1, 36.1), (120.1, 36.3), (120, 36.3)]
    shapes = np.array([shapely.Polygon(bend), shapely.box(120.5, 36, 120.6, 36.1)])
    area = ServiceArea(shapes, margin)
    area.prepare()
    places = np.random.default_rng(3).uniform([119.9, 35.9], [120.7, 36.4], (3000, 2))
    told = [area.holds(*place) for place in places.tolist()]
    nearest_m = shapely.distance(shapes[:, None], shapely.points(places)).min(axis=0)
    assert told == (nearest_m <= margin).tolist()
    assert area._inner.inside.mean() > 0.1


def test_an_area_of_points_or_of_nothing_has_no_cells_within():
    assert ServiceArea(shapely.points([[120.3, 36.1]]), 0.5).holds(120.6, 36.1)
    assert not ServiceArea(np.empty(0, object)).holds(120.3, 36.1)
