"""How many stations there are is said alike everywhere, with those not open."""

from __future__ import annotations

import json
import re

from maps.front_pages import home_page
from maps.planner.planner_page import planner_page
from maps.station_count import StationCount, station_count
from maps.worker.worker_page import worker_page


def test_closed_stations_are_counted_and_told_apart(layers):
    """Toytown has five stations; Y3 is closed."""
    assert station_count(layers) == StationCount(total=5, not_open=1)
    assert station_count({}) == StationCount(0, 0)


def test_a_missing_status_means_open(layers):
    unsaid = {"yizhan": layers["yizhan"].assign(status=None)}
    assert station_count(unsaid) == StationCount(3, 0)


def test_every_page_says_the_same_number(layers, summary):
    said = "5 个站点，其中 1 个未开放"
    assert said in home_page(stations=station_count(layers))
    assert said in planner_page(layers, summary)
    assert said in worker_page(layers)


def test_the_lists_add_up_to_what_is_said(layers):
    page = worker_page(layers)
    held = re.search(r'id="worker-data">(.*?)</script>', page, re.DOTALL).group(1)
    count = station_count(layers)
    assert len(json.loads(held)["stations"]) == count.total - count.not_open


def test_where_all_are_open_nothing_more_is_said():
    assert StationCount(3, 0).text.zh == "3 个站点"
    assert StationCount(1019, 49).text.en == "1,019 stations, 49 of them not open"
