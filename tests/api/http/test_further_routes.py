"""Operations that are brought in behind the first answers: no request is answered without them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.settings import Settings


@pytest.fixture
def service():
    return create_app(Settings(project="nowhere"))


def addresses(service):
    return {route.path_format for route in iter_route_contexts(service.routes)}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nearest"), ("POST", "/nearest"), ("HEAD", "/"), ("GET", "/health")],
)
def test_what_workers_ask_first_waits_for_nothing(service, method, path):
    assert not service.state.further.are_needed(method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/planner"),
        ("GET", "/openapi.json"),
        ("GET", "/no-such-page"),
        ("PUT", "/nearest"),
        ("OPTIONS", "/nearest"),
        ("POST", "/health"),
    ],
)
def test_everything_else_waits_until_all_may_answer(service, method, path):
    further = service.state.further
    assert further.are_needed(method, path)
    further.bring_in()
    assert not further.are_needed(method, path)


def test_they_come_once_behind_the_first(service):
    first = list(iter_route_contexts(service.routes))
    service.state.further.bring_in()
    every = list(iter_route_contexts(service.routes))
    service.state.further.bring_in()
    assert len(list(iter_route_contexts(service.routes))) == len(every)
    paths = [route.path_format for route in every]
    assert paths[: len(first)] == [route.path_format for route in first]
    assert {"/planner", "/collections", "/drafts"} <= set(paths)


def test_the_document_tells_all_of_them(service):
    assert {"/nearest", "/planning/what-if", "/drafts"} <= set(service.openapi()["paths"])


def test_asking_first_for_a_planners_page_finds_it(city):
    """A process of its own: here all routes may be there already."""
    script = f"""
from starlette.testclient import TestClient
from api.app import create_app
from api.settings import Settings
client = TestClient(create_app(Settings(project={str(city.folder)!r}, planner_key="k" * 20)))
assert client.options("/drafts").headers["allow"] == "GET, HEAD, OPTIONS, POST"
assert client.get("/no-such-page").status_code == 404
assert client.post("/health").status_code == 405
with client:
    assert client.get("/drafts").status_code == 401
    assert client.get("/collections").status_code == 200
"""
    subprocess.run([sys.executable, "-c", script], check=True)
