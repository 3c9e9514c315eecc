"""An amenity is stated in the vocabulary; every place that shows amenities has all of them."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

import maps
from data.words.headers import word_of
from geo.layers.columns import YIZHAN
from geo.layers.vocabulary import ASKED_AMENITIES, Amenity, Kind
from maps.worker.nearest_page import FormQuestion, PlaceChoice, nearest_page
from maps.worker.station_card import StationCard

NOW = datetime(2026, 11, 24, 19, 30)
HERE = PlaceChoice("福州路", "市南区", (120.38123, 36.07456))
CARD = StationCard(
    id="Y1",
    name="驿站",
    kind=Kind.OUTDOOR_REST_STATION,
    wgs84=(120.03, 36.08),
    gcj02=(120.03, 36.08),
    amenities=tuple(reversed(Amenity)),
)


@pytest.fixture(scope="module")
def page():
    return nearest_page(FormQuestion(text="", origin=HERE), [CARD], now=NOW)


@pytest.mark.parametrize("amenity", Amenity)
def test_it_has_an_icon_and_a_name_in_both_languages(amenity):
    icons = (Path(maps.__file__).parent / "pages/parts/_icons.html.jinja").read_text(
        encoding="utf-8"
    )
    assert f'<symbol id="i-{amenity}" ' in icons, (
        f"draw i-{amenity} in maps/pages/parts/_icons.html.jinja"
    )
    assert amenity.text.zh
    assert amenity.text.en


@pytest.mark.parametrize("amenity", Amenity)
def test_workers_filter_by_it_if_they_ask_for_it(page, amenity):
    offered = re.findall(r'name="amenity" value="(\w+)"', page)
    assert (amenity.value in offered) is amenity.asked
    assert offered == [one.value for one in ASKED_AMENITIES]


@pytest.mark.parametrize("amenity", Amenity)
def test_lists_are_read_by_its_name(amenity):
    for written in (amenity.value, amenity.text.zh, amenity.text.en):
        assert word_of(YIZHAN.column("amenities"), written) is amenity


def test_cards_name_what_workers_ask_for_first():
    assert CARD.offered == tuple(Amenity)
    assert CARD.offered[0] is Amenity.DRINKING_WATER
