"""Scripts and styles that pages load by address: from us, gzip, kept for a year."""

from __future__ import annotations

import gzip
import re

import pytest

from maps.assets import asset_folder, served_asset


def test_a_file_is_kept_for_a_year_at_the_address_of_its_release(client):
    address = f"/{asset_folder('maplibre')}/maplibre-gl-worker.mjs"
    response = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.content == served_asset("maplibre", "maplibre-gl-worker.mjs").content


def test_who_takes_no_gzip_gets_the_file_itself(client):
    address = f"/{asset_folder('workbench')}/workbench.css"
    response = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in response.headers
    assert response.content == served_asset("workbench", "workbench.css").content


def test_a_page_of_an_older_release_still_runs_but_keeps_nothing(client):
    response = client.get("/assets/workbench/000000000000/workbench.css")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "address",
    [
        "maplibre/1/LICENSE",
        "maplibre/1/nothing.js",
        "leaflet/1/leaflet.js",
        "maplibre/1/..%2Fask.js",
    ],
)
def test_nothing_else_of_the_installation_is_served(client, address):
    assert client.get(f"/assets/{address}").status_code == 404


def test_what_is_sent_zipped_is_the_file():
    found = served_asset("maplibre", "maplibre-gl.css")
    assert gzip.decompress(found.zipped) == found.content


def test_the_workbench_asks_for_the_key_and_loads_only_ours(client, as_planner):
    assert client.get("/workbench").status_code == 401
    page = client.get("/workbench", headers=as_planner).text
    asked = re.findall(r'<(?:script|link)\b[^>]*?(?:src|href)="([^"]+)"', page)
    assert len(asked) > 2
    for address in asked:
        if address != "data:,":
            assert address.startswith("/assets/")
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_base_map_style_is_public_and_asks_no_other_host(client, theme):
    response = client.get(f"/basemap/style.json?theme={theme}")
    assert response.status_code == 200
    style = response.json()
    assert style["version"] == 8
    assert "glyphs" not in style
    for source in style["sources"].values():
        assert all(tile.startswith("http://testserver/") for tile in source["tiles"])
    again = client.get(
        f"/basemap/style.json?theme={theme}", headers={"If-None-Match": response.headers["etag"]}
    )
    assert again.status_code == 304
    assert client.get("/basemap/style.json?theme=mauve").status_code == 400
