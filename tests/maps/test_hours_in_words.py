"""Wherever a person reads when a place is open, it is in words and never in OSM syntax."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import geopandas as gpd
import openpyxl
import pytest
from shapely import Point

from geo.layers.vocabulary import Kind
from geo.text import Language
from maps.bus.bus_page import bus_page
from maps.page_links import PageFrame
from maps.planner.planner_page import planner_page
from maps.records import hours_words
from maps.workbook.book import write_workbook
from maps.worker.nearest_page import FormQuestion, PlaceChoice, nearest_page
from maps.worker.station_card import StationCard
from maps.worker.station_page import station_page, station_sign_page
from maps.worker.worker_page import worker_page

NOW = datetime(2026, 11, 24, 10)
OSM = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)\b(?![a-z:])|24/7|\boff\b(?!\")")
HOURS = (
    "24/7",
    "Mo-Fr 08:30-17:30",
    "Mo-Su 08:00-21:00",
    "Mo-Fr 08:30-12:00,13:30-17:30; Sa 09:00-12:00; PH off",
    "Mo,We,Fr 09:00-17:00",
    "22:00-06:00",
    "Apr-Oct Mo-Fr 08:00-20:00; Nov-Mar Mo-Fr 08:30-17:30",
    "Mo-Fr 08:00-18:00; PH 09:00-15:00",
)


def shown(html: str) -> str:
    """Return the page without the scripts and styles that only machines read."""
    return re.sub(
        r"<script>.*?</script>|<style>.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL
    )


@pytest.fixture(scope="module")
def city(layers) -> dict[str, gpd.GeoDataFrame]:
    """Toytown with a station for each kind of hours, and each in every column that holds hours."""
    one = layers["yizhan"].iloc[[0]].to_dict("records")[0]
    rows = [
        {
            **one,
            "id": f"H{n}",
            "name": f"站{n}",
            "opening_hours": hours,
            "geometry": Point(120.02 + n / 100, 36.05),
        }
        for n, hours in enumerate(HOURS)
    ]
    stations = gpd.GeoDataFrame(rows, crs="EPSG:4326")
    first = layers["actions"].iloc[[0]]
    return {
        **layers,
        "yizhan": stations,
        "stations": stations.assign(id=[f"S{n}" for n in range(len(HOURS))]),
        "actions": gpd.GeoDataFrame(
            [{**first.to_dict("records")[0], "hours_after": hours} for hours in HOURS],
            crs="EPSG:4326",
        ),
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_shows_osm_syntax(city, summary, language):
    cards = [
        StationCard(
            id=f"H{n}",
            name=f"站{n}",
            kind=Kind.OUTDOOR_REST_STATION,
            wgs84=(120.03, 36.08),
            gcj02=(120.03, 36.08),
            hours=hours,
            is_open=True,
            distance_m=100.0,
            time_s=80.0,
        )
        for n, hours in enumerate(HOURS)
    ]
    asked = FormQuestion(text="", origin=PlaceChoice("福海路", "", (120.03, 36.08)))
    frame = PageFrame(language=Language(language))
    pages = {
        **{
            f"station {card.hours}": station_page(card, now=NOW, nearby=cards, frame=frame)
            for card in cards
        },
        "nearest": nearest_page(asked, cards, now=NOW, frame=frame),
        "poster": station_sign_page(cards, base_url="https://example.org", frame=frame),
        "planner": planner_page(city, summary, language=language),
        "worker": worker_page(city, language=language),
        "bus": bus_page(city, summary, language=language),
    }
    for name, html in pages.items():
        found = OSM.search(shown(html))
        assert found is None, (name, shown(html)[found.start() - 60 : found.end() + 20])
    for hours in HOURS:
        words = hours_words(hours).into(language)
        assert words in shown(pages[f"station {hours}"])
        assert words in shown(pages["poster"])
        assert words in shown(pages["planner"])
        assert words in shown(pages["worker"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sheet_shows_osm_syntax(city, summary, tmp_path, language):
    path = tmp_path / "results.xlsx"
    write_workbook(path, city, summary, language=language)
    book = openpyxl.load_workbook(path, read_only=True)
    cells = [
        (sheet.title, str(value))
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    ]
    assert [cell for cell in cells if OSM.search(cell[1])] == []
    told = {text for _, text in cells}
    assert {hours_words(hours).into(language) for hours in HOURS} <= told


def test_hours_that_cannot_be_read_are_shown_as_typed_and_none_as_none():
    card = StationCard(
        id="X",
        name="x",
        kind=Kind.MOTHERS_ROOM,
        wgs84=(120, 36),
        gcj02=(120, 36),
        hours="问门卫 <b>",
    )
    assert "问门卫 &lt;b&gt;" in station_page(card, now=NOW)
    assert "开放时间</dt>" not in station_page(replace(card, hours=""), now=NOW)
    assert hours_words(" ").zh == ""
