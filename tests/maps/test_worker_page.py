from __future__ import annotations

import json
import re

import pytest

from maps.worker.worker_page import worker_page


def payload(html: str) -> dict:
    found = re.search(r'application/json" id="worker-data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


@pytest.fixture(scope="module")
def html(layers):
    return worker_page(layers, sample=True, to_gcj02=lambda lonlat: lonlat + 0.005)


def test_only_stations_that_serve_are_found(html):
    assert [station["id"] for station in payload(html)["stations"]] == ["Y1", "Y2", "S1", "S2"]


def test_both_datums_are_carried(html):
    station = payload(html)["stations"][0]
    assert station["at"] == [120.03, 36.08]
    assert station["g"] == [120.035, 36.085]


def test_without_a_conversion_only_the_wgs84_link_is_offered(layers):
    assert [app["app"] for app in payload(worker_page(layers))["apps"]] == ["geo"]


def test_filters_are_amenities_some_station_has(html):
    assert re.findall(r'data-amenity="(\d+)"', html) == ["0", "1"]


def test_hostile_names_stay_text(html, hostile):
    assert "<img src=x" not in html
    assert payload(html)["stations"][1]["n"] == hostile


def test_hours_unknown_are_told_from_hours_closed(html):
    weeks = {station["id"]: station["w"] for station in payload(html)["stations"]}
    assert weeks["Y1"] == [0, 10080]
    assert weeks["S2"] is None
