from __future__ import annotations

import json
import re

import pytest

from geo.errors import BadInputError
from geo.summary.bus_figures import DistrictServed, StopLeftOut
from geo.summary.run import RunSummary
from maps.bus.bus_page import bus_page, day_text


def payload(html: str) -> dict:
    found = re.search(
        r'<script type="application/json" id="bus-data">(.*?)</script>', html, re.DOTALL
    )
    assert found is not None
    return json.loads(found.group(1))


def test_each_bus_has_its_colour_and_each_day_its_visits(layers, summary):
    data = payload(bus_page(layers, summary))
    assert data["days"] == ["2026-11-26", "2026-11-27"]
    assert len(set(data["colours"].values())) == 2
    assert [(stop["bus_id"], stop["order"]) for stop in data["stops"]] == [
        ("B1", 1),
        ("B1", 2),
        ("B2", 1),
    ]


def test_hostile_stop_names_stay_text(layers, summary, hostile):
    html = bus_page(layers, summary)
    assert "<img src=x" not in html
    assert payload(html)["stops"][1]["name"] == hostile


def test_who_is_served_is_shown_when_the_layer_says_so(layers, summary):
    served = layers["workers"].assign(bus_served=[1.0, 0.0, 0.5])
    html = bus_page({**layers, "workers": served}, summary)
    assert [worker[3] for worker in payload(html)["workers"]] == [1, 0, 0.5]
    assert "尚未服务" in html
    assert "尚未服务" not in bus_page(layers, summary)


def test_where_workers_are_is_drawn_only_when_asked_for(layers, summary):
    """The visits are what the page is for, and a planner shows it to others."""
    box = re.search(r'<input[^>]*id="show-workers"[^>]*>', bus_page(layers, summary))
    assert box is not None
    assert "checked" not in box.group()


def test_days_read_as_people_say_them():
    assert day_text("2026-11-26", "zh") == "11月26日 周四"
    assert day_text("2026-11-26", "en") == "Thu 26 Nov"


def test_a_day_that_is_no_date_is_refused():
    with pytest.raises(BadInputError, match="26/11"):
        day_text("26/11", "zh")


def test_a_campaign_without_visits_says_so():
    assert "还没有排班" in bus_page({}, RunSummary())


def test_turn_out_floors_and_stops_left_out_are_told(layers, summary, hostile):
    served = DistrictServed(district="370001", expected=88.0, floor=33.0, served=44.0)
    left_out = StopLeftOut(stop="T9", reason=hostile, reason_en="Banned.")
    told = summary.but(
        bus=summary.bus.but(
            by_district=(served,),
            rush_hours={"07:00-09:00": 1.5, "17:00-19:00": 1.6},
            calendar_note="2027 年节假日尚未公布",
        ),
        bus_planning=summary.bus_planning.but(unreachable=(left_out,)),
    )
    html = bus_page(layers, told)
    assert "07:00-09:00 ×1.5、17:00-19:00 ×1.6" in html
    for words in ("120", "180", "<td>西区</td><td>88</td><td>33</td><td>44</td>", "T9", "尚未公布"):
        assert words in html
    assert "<img src=x" not in html
    assert "T9: Banned." in bus_page(layers, told, language="en")
