"""When those a site serves are there: a small town's week, in words and as a strip."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from geo.text import Language
from maps.hour_profile import busiest_words, profile_of, profile_words
from maps.report.drawing.hour_strip import strip_svg


def week(*busy):
    """Return a stored week: (days, first hour, last hour, workers), elsewhere 0."""
    there = np.zeros((7, 24))
    for days, first, last, workers in busy:
        there[days, first:last] = workers
    return json.dumps(there.ravel().tolist())


ALL, WORKDAYS = slice(0, 7), slice(0, 5)


def test_the_words_name_the_busiest_hours_and_what_the_opening_hours_miss():
    held = week((WORKDAYS, 8, 18, 100.0), (WORKDAYS, 18, 22, 300.0), (slice(5, 7), 10, 12, 50.0))
    profile = profile_of(held, "Mo-Fr 09:00-18:00")
    words = profile_words(profile)
    assert "周一至周五 18:00–22:00（最多时 300 名）" in words.zh
    assert "周六、周日 10:00–12:00（最多时 50 名）" in words.zh
    assert profile.share == pytest.approx(5 * 9 * 100 / (5 * (1000 + 1200) + 2 * 100))
    assert "40%本站开着门" in words.zh
    assert words.zh.endswith("关门时在岗最多：周一至周五 18:00–22:00（最多时 300 名）。")
    assert "up to 300" in words.en


def test_a_week_of_equal_days_is_told_once_and_an_open_door_misses_nobody():
    profile = profile_of(week((ALL, 0, 6, 10.0), (ALL, 20, 24, 12.0)), "24/7")
    assert busiest_words(profile).zh == "每天 0:00–6:00、20:00–24:00（最多时 12 名）"
    assert "100%本站开着门。" in profile_words(profile).zh


@pytest.mark.parametrize("held", [None, "", json.dumps([0.0] * 168), "[1, 2]", float("nan")])
def test_no_profile_where_nobody_is_known_to_be_there(held):
    assert profile_of(held, "24/7") is None


def test_hours_nobody_stated_are_said_to_be_unknown():
    for hours in (None, "", "whenever"):
        profile = profile_of(week((ALL, 8, 9, 5.0)), hours)
        assert "开放时间未填" in profile_words(profile).zh


def test_the_strip_fills_the_open_hours_and_leaves_the_others_hollow():
    profile = profile_of(week((ALL, 8, 12, 10.0)), "Mo-Su 10:00-20:00")
    drawn = ET.fromstring(strip_svg(profile, Language.ZH))  # noqa: S314 - our own drawing
    bars = [one.attrib for one in drawn.iter("{http://www.w3.org/2000/svg}rect")][3:]
    hollow = [one for one in bars if one["fill"] == "#ffffff"]
    filled = [one for one in bars if one["fill"] != "#ffffff"]
    assert (len(hollow), len(filled)) == (8, 4)
    lines = list(drawn.iter("{http://www.w3.org/2000/svg}path"))
    assert len(lines) == 2 * (10 + 1)
