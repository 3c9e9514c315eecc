from __future__ import annotations

import re

import geopandas as gpd
import pytest
from shapely import Point

from geo.errors import MissingError
from maps.bus.day_sheet import day_sheet_page


def shift(lonlat):
    return lonlat + 0.005


def test_there_is_one_sheet_for_each_bus_and_day(layers):
    html = day_sheet_page(layers, to_gcj02=shift, sample=True)
    assert html.count('<section class="sheet"') == 2
    assert html.count("示例数据") == 3  # each sheet and the title


def test_a_sheet_adds_up_its_visits_and_keeps_their_order(layers):
    html = day_sheet_page(layers, to_gcj02=shift, bus_id="B1", day="2026-11-26")
    assert re.findall(r'<span class="order">(\d)</span>', html) == ["1", "2"]
    assert "<dd>110</dd>" in html
    assert "28.0 公里" in html
    assert html.count('class="qr"') == 2


def test_hostile_names_stay_text(layers):
    html = day_sheet_page(layers, to_gcj02=shift)
    assert "<img src=x" not in html
    assert "<script" not in html


def test_the_depot_is_named_when_its_layer_is_there(layers):
    depots = gpd.GeoDataFrame(
        {"id": ["D1"], "name": ["合心车场"]}, geometry=[Point(120.01, 36.05)], crs=4326
    )
    assert "合心车场" in day_sheet_page({**layers, "depots": depots}, to_gcj02=shift)


def test_a_day_without_visits_is_an_error_that_names_it(layers):
    with pytest.raises(MissingError, match="2030-01-01"):
        day_sheet_page(layers, to_gcj02=shift, day="2030-01-01")
