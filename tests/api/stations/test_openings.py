"""What a station's hours say at a moment, also where the next year's holidays are not known."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import geopandas as gpd
import pytest

from api.stations.directory import read_directory
from api.stations.openings import Opening, Openings
from geo.holidays import latest_announced_year
from geo.hours import SHANGHAI
from geo.layers.columns import STATIONS


def openings(hours: str) -> Openings:
    row = {column.name: None for column in STATIONS.columns}
    row |= {"id": "S", "name": "示例站", "kind": "outdoor_rest_station", "opening_hours": hours}
    frame = gpd.GeoDataFrame([row], geometry=gpd.points_from_xy([120.38], [36.07]), crs=4326)
    return Openings(read_directory({"stations": frame}))


@pytest.mark.parametrize(
    ("hours", "hour", "opening"),
    [
        (
            "Mo-Fr 08:30-17:30",
            10,
            Opening(is_open=True, changes=datetime(2026, 12, 31, 17, 30, tzinfo=SHANGHAI)),
        ),
        # The first working day of the year after is not announced; closed it is all the same.
        ("Mo-Fr 08:30-17:30", 20, Opening(is_open=False, changes=None)),
        (
            "08:30-17:30",
            20,
            Opening(is_open=False, changes=datetime(2027, 1, 1, 8, 30, tzinfo=SHANGHAI)),
        ),
        ("sunrise-sunset", 10, Opening(is_open=None, changes=None)),
    ],
)
def test_the_last_evening_of_the_announced_years(hours, hour, opening):
    assert latest_announced_year() >= 2026
    moment = datetime(2026, 12, 31, hour, 0, tzinfo=SHANGHAI)
    if latest_announced_year() > 2026 and opening == Opening(is_open=False, changes=None):
        pytest.skip("the year after is announced now")
    assert openings(hours).of(0, moment) == opening


@pytest.mark.parametrize("hours", ["Mo-Fr 08:30-17:30", "24/7", "22:00-02:00", "nonsense", ""])
def test_what_is_kept_until_it_changes_is_what_each_minute_would_say(hours):
    kept = openings(hours)
    chance = random.Random(5)  # noqa: S311 - which minutes are asked, in which order
    for _ in range(300):
        at = datetime(2026, 11, 20 + chance.randrange(3), tzinfo=SHANGHAI)
        moment = at + timedelta(minutes=15 * chance.randrange(96))
        assert kept.of(0, moment) == openings(hours).of(0, moment), moment
