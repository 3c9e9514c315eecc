"""Opening hours in files as offices send them: read to the right week, or refused with the mend.

Dates are of 2026: 16 to 19 February is Spring Festival with Saturday 14 February worked; 19 June
is the Dragon Boat Festival; 1 to 7 October is National Day.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import shapely

from data.reading.reading import Reading, read_layer
from geo.hours import is_open, week_mask
from geo.layers.columns import CANDIDATES, STATIONS

AREA = shapely.box(120.0, 36.0, 121.0, 37.0)
FILES = Path(__file__).parent / "office_hours"


def read(name: str) -> Reading:
    layer = CANDIDATES if name == "chinese" else STATIONS
    return read_layer(layer, FILES / f"{name}.csv", area=AREA)


def hours(name: str) -> dict[str, str]:
    reading = read(name)
    assert reading.problems == ()
    return dict(zip(reading.good["id"], reading.good["opening_hours"], strict=True))


@pytest.mark.parametrize(
    ("name", "station", "moment", "state"),
    [
        *[("dated-exception", "S1", f"2026-02-{day}T10:00", False) for day in range(16, 20)],
        ("dated-exception", "S1", "2026-02-15T10:00", True),
        ("dated-exception", "S2", "2026-02-17T11:00", False),
        ("dated-exception", "S2", "2026-02-18T11:00", True),
        ("dated-exception", "S3", "2026-02-14T10:00", False),
        ("dated-exception", "S3", "2026-02-28T10:00", True),
        ("dated-exception", "S4", "2026-10-02T11:00", False),
        ("dated-exception", "S4", "2026-10-05T11:00", True),
        ("dated-exception", "S4", "2026-10-05T09:00", False),
        ("season-and-holiday", "S1", "2026-06-19T06:30", True),
        ("season-and-holiday", "S1", "2026-06-19T21:30", True),
        ("season-and-holiday", "S1", "2026-10-01T06:30", False),
        ("season-and-holiday", "S2", "2026-01-01T10:00", False),
        ("season-and-holiday", "S2", "2026-05-01T10:00", True),
        ("past-midnight-then-other-days", "S1", "2026-11-21T01:00", True),
        ("past-midnight-then-other-days", "S1", "2026-11-22T01:00", False),
        ("past-midnight-then-other-days", "S1", "2026-11-21T10:00", True),
        ("past-midnight-then-other-days", "S1", "2026-11-23T01:00", False),
        ("ph-with-weekday", "S1", "2026-10-08T08:30", True),
        ("ph-with-weekday", "S1", "2026-10-08T19:30", True),
        ("ph-with-weekday", "S1", "2026-10-01T11:00", True),
        ("ph-with-weekday", "S1", "2026-10-01T13:00", False),
        ("ph-with-weekday", "S1", "2026-10-03T11:00", False),
        ("ph-with-weekday", "S2", "2026-06-07T11:00", True),
        ("ph-with-weekday", "S2", "2026-10-04T11:00", False),
    ],
)
def test_a_station_is_open_when_its_sign_says_so(name, station, moment, state):
    assert is_open(hours(name)[station], datetime.fromisoformat(moment)) is state


def test_a_stored_text_is_the_text_that_was_written():
    assert hours("ph-with-weekday") == {
        "S1": "Mo-Fr 08:00-20:00; PH Mo-Fr 10:00-12:00; PH Sa,Su off",
        "S2": "Mo-Fr 08:00-20:00; Su 09:00-12:00; PH Su off",
    }


@pytest.mark.parametrize(
    ("name", "station", "week"),
    [
        ("chinese-comma-days", "S1", "Mo-Fr 09:00-17:00; Sa 10:00-16:00"),
        ("chinese-comma-days", "S2", "Mo-Fr 09:00-17:00; Sa 10:00-16:00"),
        ("chinese-comma-days", "S3", "Mo-Fr 08:00-20:00; Sa,Su 09:00-12:00"),
    ],
)
def test_each_day_has_its_own_times_and_never_the_union(name, station, week):
    assert week_mask(hours(name)[station]).tolist() == week_mask(week).tolist()


def test_hours_on_one_line_of_chinese_are_read_or_asked_about():
    reading = read("chinese")
    told = dict(zip(reading.good["id"], reading.good["opening_hours"], strict=True))
    right = {
        "H0": "Mo-Fr 08:00-17:00; Sa 09:00-12:00",
        "H1": "Mo-Fr 09:00-21:00; Sa,Su 10:00-22:00",
        "H2": "Mo-Th 08:30-17:30; Fr 08:30-12:00",
        "H3": "Mo-Fr 08:30-17:30; Sa 09:00-12:00",
    }
    assert told.keys() == right.keys()
    for station, week in right.items():
        assert week_mask(told[station]).tolist() == week_mask(week).tolist()
    says = [problem.text.zh for problem in reading.problems]
    assert len(says) == 4
    assert "8:30-17:30 还是 8:30-次日5:30" in says[0]
    assert "14:00-17:30 还是 02:00-05:30" in says[1]
    assert "8:00-17:00 还是 8:00-次日5:00" in says[2]
    assert "每天 24 小时" in says[3]


def test_sun_times_are_refused_with_clock_times_as_the_mend():
    reading = read("sunset")
    assert len(reading.good) == 0
    assert [problem.column for problem in reading.problems] == ["开放时间"] * 2
    assert all("Apr-Sep 05:30-18:30" in problem.text.zh for problem in reading.problems)
