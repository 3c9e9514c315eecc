"""Every door of the service, walked without a key: nothing of the planner's layers comes out.

The secret layers, columns and figures of the project hold marked words, numbers and coordinates.
The walk takes every route the app has, fills its path with everything there is to ask for, and
looks for the marks in what comes back. A route that is added later is walked too.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

import geopandas as gpd
import pytest
from fastapi.routing import iter_route_contexts
from shapely.geometry import LineString, Point
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from api.app import create_app
from api.http.visibility import (
    COLUMN_READERS,
    LAYER_READERS,
    Reader,
    least_reader,
)
from api.settings import Settings
from data.basemap.building import base_map_of_project
from data.geometry.datum import Datum, from_wgs84
from data.store.geopackage import read_geopackage, write_geopackage
from data.store.summary_file import write_summary
from geo.layers.columns import INPUT_LAYERS, LAYERS, RESULT_LAYERS

KEY = "test-planner-key-0123456789"
WORD, ASKED = "密记暗", "密记"
LON, LAT = 120.3071713, 36.1017179
GCJ = from_wgs84([[LON, LAT]], Datum.GCJ02)[0]
MARKS = (WORD, "7771717", "120.30717", "36.10171", *(f"{degrees:.5f}" for degrees in GCJ))

SECRET = [name for name in LAYERS if least_reader(name) is not Reader.ANYONE]
TILES = [("0", "0", "0"), ("11", "1708", "802"), ("14", "13667", "6418")]
PATHS = {
    "name": [
        *LAYERS,
        "results.xlsx",
        "results.gpkg",
        "planner.html",
        "bus.html",
        "bus.xlsx",
        "worker.html",
        "coverage_hours.csv",
        "coverage_reach.csv",
    ],
    "fid": ["S2", "1-2026-11-02-1", f"{WORD}id", f"{WORD}gap_id", f"open-{WORD}target_id", "1"],
    "station_id": ["S1", "S3", f"{WORD}id"],
    "job_id": ["{job}"],
    "number": ["1"],
    "folder": ["maplibre", "workbench"],
    "digest": ["0"],
    "file": ["workbench.mjs", "LICENSE"],
    "draft_id": ["published"],
    "watch": ["1"],
    "site": ["C1"],
    "z": [],
    "x": [],
    "y": [],
}
"""What each path parameter is tried with; a new parameter must be given values here."""

QUERIES = [
    {},
    {"q": ASKED},
    {"lon": "120.306", "lat": "36.1"},
    {"bus_id": "1", "day": "2026-11-02"},
    {"f": "html"},
]
BODIES = [
    {"json": {"lon": 120.306, "lat": 36.1}},
    {"data": {"q": ASKED}},
    {"json": {"q": ASKED}},
    {"json": {"fault": "moved"}},
    {"data": {"lon": "120.306", "lat": "36.1"}},
]


@dataclass(frozen=True)
class Answer:
    """What one request without a key got."""

    method: str
    route: str
    address: str
    status: int
    content: bytes


def marked_cell(column):
    if column.words is not None:
        return next(iter(column.words)).value
    return {
        "integer": 7771717,
        "number": 7771717.0,
        "flag": False,
        "date": "2026-11-02",
        "hours": "24/7",
        "json": json.dumps({WORD: 7771717}, ensure_ascii=False),
    }.get(column.dtype, f"{WORD}{column.name}")


def marked_layer(layer):
    point = Point(LON, LAT)
    shape = {"Point": point, "Polygon": point.buffer(1e-6)}.get(
        layer.geometry[0], LineString([point, (LON + 1e-6, LAT)])
    )
    row = {column.name: marked_cell(column) for column in layer.columns}
    return gpd.GeoDataFrame([row], geometry=[shape], crs="EPSG:4326")


@pytest.fixture(scope="module")
def marked(tmp_path_factory, make_project_in, summary_with):
    """Return the app of the tiny city whose secrets are marked."""
    project = make_project_in(tmp_path_factory.mktemp("marked") / "city")
    for name in INPUT_LAYERS.keys() & set(SECRET):
        project.write(name, marked_layer(INPUT_LAYERS[name]))
    path = project.results_folder / "results.gpkg"
    results = {name: read_geopackage(path, name) for name in ("bus_stops", "bus_routes")}
    for name, column in COLUMN_READERS:
        results[name][column] = f"{WORD}{column}"
    secret = {name: marked_layer(RESULT_LAYERS[name]) for name in RESULT_LAYERS if name in SECRET}
    path.unlink()
    write_geopackage(path, {**results, **secret})
    summary = summary_with(
        bus_version=0,
        project=f"{WORD}project",
        siting_fewer=f"{WORD}plan",
        bus_unreachable=[{"stop": f"{WORD}id", "reason": WORD, "reason_en": WORD}],
        improve_needs=[{"need_zh": WORD, "need_en": WORD, "total": 1, "before": 0, "after": 1}],
        equity=summary_with().coverage.equity.model_dump()
        | {
            "by_district": [
                {
                    "district": WORD,
                    "workers": 1,
                    "mean": 0,
                    "gini": 0,
                    "theil": 0,
                    "worst_tenth": 0,
                    "in_farthest_tenth": 0,
                }
            ]
        },
    )
    write_summary(project.results_folder, summary)
    (project.results_folder / "maps").mkdir()
    for file in ("results.xlsx", "maps/planner.html", "maps/bus.html", "maps/worker.html"):
        (project.results_folder / file).write_text(WORD, encoding="utf-8")
    base_map_of_project(project)
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        # Until it is warm the service says that it is starting.
        deadline_s = time.monotonic() + 60
        while client.get("/health").json()["status"] == "starting":
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        yield client


def doors(routes, below=""):
    """Yield (path, parameter names, methods) of every route, and of every static file."""
    for route in iter_route_contexts(routes):
        mounted = route.original_route
        if not isinstance(mounted, Mount):
            yield below + route.path_format, sorted(route.param_convertors), route.methods
        elif isinstance(mounted.app, StaticFiles):
            for folder in mounted.app.all_directories:
                for file in Path(folder).rglob("*.*"):
                    yield f"{below}{mounted.path}/{file.relative_to(folder)}", [], {"GET"}
        else:
            yield from doors(mounted.routes, below + mounted.path)


def addresses(path, names, job):
    if {"z", "x", "y"} <= set(names):
        for layer, (z, x, y) in product(LAYERS, TILES):
            yield path.format(name=layer, draft_id="published", z=z, x=x, y=y), ()
        return
    for values in product(*(PATHS[name] for name in names)):
        told = {name: value.format(job=job) for name, value in zip(names, values, strict=True)}
        quoted = {name: quote(value) for name, value in told.items()}
        yield path.format(**quoted), tuple(told.values())


def walk(client, headers=None):
    """Ask every route in every way; return the answers, what was asked taken out of each."""
    job = client.post("/planning/run?part=bus", json={}, headers={"X-API-Key": KEY}).json()["id"]
    answers = []
    for path, names, methods in doors(client.app.routes):
        for method in sorted(methods - {"HEAD"}):
            bodies = BODIES if method == "POST" else [{}]
            queries = QUERIES if method == "GET" else [{}]
            for (address, told), query, body in product(
                addresses(path, names, job), queries, bodies
            ):
                client.cookies.clear()
                got = client.request(
                    method, address, params=query, headers=headers, follow_redirects=False, **body
                )
                content = got.content
                for value in told:
                    for written in (value, quote(value), quote(value, safe="")):
                        content = content.replace(written.encode(), b"")
                answers.append(Answer(method, path, address, got.status_code, content))
    return answers


@pytest.fixture(scope="module")
def answers(marked):
    return walk(marked)


def test_no_mark_comes_out_of_any_door(answers):
    leaks = {
        (answer.method, answer.address, mark)
        for answer in answers
        for mark in MARKS
        if mark.encode() in answer.content
        or json.dumps(mark)[1:-1].encode() in answer.content
        or quote(mark).encode() in answer.content
    }
    assert not leaks


def test_every_door_was_entered_or_is_locked(answers):
    """Otherwise the walk would prove nothing: it would only have knocked."""
    doors: dict[tuple[str, str], set[int]] = {}
    for answer in answers:
        doors.setdefault((answer.method, answer.route), set()).add(answer.status)
    neither = {
        door: statuses
        for door, statuses in doors.items()
        if min(statuses) >= 400 and not statuses <= {401, 403}
    }
    assert not neither


def test_secret_layers_are_locked_at_every_door_that_names_one(answers):
    named = [answer for answer in answers for name in SECRET if f"/{name}" in answer.address]
    assert len(named) > 50
    assert {answer.status for answer in named} <= {400, 401, 404, 406}
    plainly = {answer.address for answer in named if answer.status == 401}
    assert plainly == {answer.address for answer in named if answer.status != 404}


def test_the_planner_finds_what_others_do_not(marked):
    """The marks are there to be found: with the key they come out."""
    keyed = {"X-API-Key": KEY}
    for address in (
        "/search?q=密记",
        "/layers/workers.geojson",
        "/collections/sites/items",
        "/bus/plan",
        "/maps/planner.html",
        "/summary",
    ):
        found = marked.get(address, headers=keyed)
        assert found.status_code == 200, address
        assert WORD in found.text or json.dumps(WORD)[1:-1] in found.text, address


def test_bus_crews_see_contact_persons_and_nothing_of_the_planners(marked):
    crew = {"X-API-Key": marked.app.state.settings.bus_key}
    assert WORD in marked.get("/bus/plan", headers=crew).text
    assert WORD in marked.get("/layers/bus_stops.geojson", headers=crew).text
    assert marked.get("/layers/depots.geojson", headers=crew).status_code == 200
    for name in set(SECRET) - {"depots"}:
        assert marked.get(f"/layers/{name}.geojson", headers=crew).status_code == 401, name
    assert WORD not in marked.get("/search?q=密记", headers=crew).text


def test_a_layer_nobody_decided_on_is_the_planners():
    assert least_reader("anything new") is Reader.PLANNER
    assert set(LAYER_READERS) <= set(LAYERS)
    assert all(LAYERS[layer].column(column) for layer, column in COLUMN_READERS)
