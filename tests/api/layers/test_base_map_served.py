"""The base map over HTTP: anyone may read it, and browsers keep it for as long as it holds."""

from __future__ import annotations

import json

import mapbox_vector_tile
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.command.main import run
from api.settings import Settings
from data.basemap.building import base_map_of_project, stored_base_map
from maps.ground.base_colours import PALETTES, ColourScheme
from maps.ground.base_style import base_style

KEY = "test-planner-key-0123456789"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, make_project_in):
    """The tiny city with the base map that its streets and districts make."""
    project = make_project_in(tmp_path_factory.mktemp("base") / "city")
    base_map_of_project(project)
    return project


@pytest.fixture(scope="module")
def served(drawn):
    with TestClient(create_app(Settings(project=drawn.folder, planner_key=KEY))) as client:
        yield client


def style_of(client, theme="light"):
    return client.get(f"/basemap/style.json?theme={theme}").json()


def tile_address(style, zoom, lon=120.305, lat=36.101):
    import math  # noqa: PLC0415

    column = int((lon + 180) / 360 * 2**zoom)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
    template = style["sources"]["base"]["tiles"][0].removeprefix("http://testserver")
    return template.format(z=zoom, x=column, y=row)


def test_a_tile_of_this_version_is_kept_for_a_year(served):
    response = served.get(tile_address(style_of(served), 13), headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    layers = mapbox_vector_tile.decode(response.content)
    names = {feature["properties"].get("name") for feature in layers["street"]["features"]}
    assert {"福州路"} <= names <= {"福州路", "桥路", "江西路"}
    assert {"land", "street"} <= set(layers)


def test_whoever_takes_no_gzip_gets_the_tile_plain(served):
    address = tile_address(style_of(served), 13)
    plain = served.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == served.get(address, headers={"Accept-Encoding": "gzip"}).content


def test_a_tile_without_version_or_of_another_is_asked_for_again(served):
    address = tile_address(style_of(served), 13).split("?")[0]
    for other in (address, f"{address}?v=000000000000"):
        response = served.get(other)
        assert response.headers["cache-control"] == "public, no-cache"
        again = served.get(other, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""


@pytest.mark.parametrize("address", ["/basemap/13/0/0", "/basemap/3/9999/0", "/basemap/0/0/0"])
def test_where_nothing_is_the_answer_is_empty(served, address):
    assert served.get(address).status_code == 204


def test_a_zoom_beyond_the_last_is_refused(served):
    assert served.get("/basemap/15/0/0").status_code == 400


def test_land_around_is_sent_once(served):
    source = style_of(served)["sources"]["beyond"]["data"].removeprefix("http://testserver")
    response = served.get(source)
    assert response.headers["cache-control"].endswith("immutable")
    assert response.json()["geometry"]["type"] in {"MultiPolygon", "Polygon"}


def test_the_facts_tell_what_it_lacks(served):
    facts = served.get("/basemap/facts.json").json()
    assert facts["rows"]["street"] == 4
    assert facts["rows"]["water"] == 0
    assert "没有水系" in facts["remarks"][0]
    assert facts["largest_tile_bytes"] < 500_000


def test_a_sample_says_so_on_every_picture(served):
    assert "示例" in style_of(served)["sources"]["base"]["attribution"]


def test_before_one_is_made_districts_are_drawn_and_a_tile_is_missing(client):
    assert set(client.get("/basemap/style.json").json()["sources"]) == {"districts"}
    response = client.get("/basemap/13/1/1")
    assert response.status_code == 404
    assert "yizhan basemap" in response.json()["detail"]


def test_a_new_base_map_is_served_without_a_restart(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        assert "base" not in style_of(client)["sources"]
        version = base_map_of_project(project).version
        style = client.get("/basemap/style.json", headers={"X-API-Key": KEY}).json()
        assert style["sources"]["base"]["tiles"][0].endswith(f"?v={version}")


@pytest.mark.parametrize("theme", list(ColourScheme))
def test_every_colour_of_a_theme_is_used_and_none_is_missing(theme):
    assert set(PALETTES[theme]) == set(PALETTES[ColourScheme.LIGHT])
    style = base_style(
        root="",
        version="1",
        bounds=(120, 36, 121, 37),
        credit="© OpenStreetMap 贡献者",
        theme=theme,
    )
    written = json.dumps(style)
    unused = {name for name, colour in PALETTES[theme].items() if colour not in written}
    assert unused == set()
    assert len({layer["id"] for layer in style["layers"]}) == len(style["layers"])


def test_english_readers_get_english_names(served):
    text = json.dumps(served.get("/basemap/style.json?lang=en").json())
    assert "name_en" in text
    assert "name_en" not in json.dumps(style_of(served))


def test_the_command_makes_it_of_what_there_is(tmp_path, make_project_in, capsys):
    project = make_project_in(tmp_path / "city")
    assert run(["basemap", "--project", str(project.folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["version"] == stored_base_map(project).version
    assert facts["rows"]["street"] == 4


def test_the_command_refuses_an_empty_project(tmp_path, capsys):
    assert run(["init", str(tmp_path / "empty")]) == 0
    assert run(["basemap", "--project", str(tmp_path / "empty")]) == 1
    assert "yizhan fetch" in capsys.readouterr().err
