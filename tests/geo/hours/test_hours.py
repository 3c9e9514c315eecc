"""Opening hours: weeks, midnight, China's holidays and Chinese wording."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from geo.errors import BadInputError, CalendarError
from geo.holidays import DayKind, day_kind, working_days
from geo.hours import check_hours, days_mask, from_chinese, is_open, next_change, week_mask

OFFICE = "Mo-Fr 08:30-17:00"


def test_week_mask_counts_an_hour_open_at_half_past():
    mask = week_mask("Mo-Fr 08:00-17:30")
    assert mask.sum() == 5 * 9
    assert mask[8]
    assert not mask[7]
    assert not mask[17]
    assert not mask[5 * 24 :].any()


def test_hours_over_midnight_belong_to_the_next_morning_too():
    mask = week_mask("22:00-06:00")
    assert mask.reshape(7, 24)[:, [22, 23, 0, 5]].all()
    assert mask.sum() == 7 * 8
    assert is_open("22:00-06:00", datetime(2026, 11, 24, 2, 0))
    assert next_change("22:00-06:00", datetime(2026, 11, 24, 23, 0)) == datetime.fromisoformat(
        "2026-11-25T06:00+08:00"
    )


def test_national_day_is_closed_for_an_office_and_its_make_up_saturday_is_open():
    assert day_kind(date(2026, 10, 7)) is DayKind.HOLIDAY
    assert not is_open(OFFICE, datetime(2026, 10, 7, 10, 0))
    assert day_kind(date(2026, 10, 10)) is DayKind.MAKE_UP
    assert is_open(OFFICE, datetime(2026, 10, 10, 10, 0))
    assert not is_open(OFFICE, datetime(2026, 10, 17, 10, 0))


def test_a_ph_rule_decides_for_every_day_of_a_long_holiday():
    expression = "08:00-20:00; PH 10:00-16:00"
    assert not is_open(expression, datetime(2026, 10, 6, 9, 0))
    assert is_open(expression, datetime(2026, 10, 6, 11, 0))
    assert is_open(expression, datetime(2026, 10, 14, 9, 0))


def test_next_opening_skips_the_holiday():
    opens = next_change(OFFICE, datetime(2026, 9, 30, 18, 0))
    assert opens == datetime.fromisoformat("2026-10-08T08:30+08:00")


NIGHT = "Mo-Fr 22:00-06:00"


def test_the_night_before_a_holiday_runs_its_course_and_the_holiday_night_does_not_begin():
    """30 September 2026 is a working Wednesday, 1 to 7 October are holidays."""
    assert is_open(NIGHT, datetime(2026, 10, 1, 5, 0))
    assert not is_open(NIGHT, datetime(2026, 10, 1, 23, 0))
    assert not is_open(NIGHT, datetime(2026, 10, 2, 5, 0))
    closes = next_change(NIGHT, datetime(2026, 9, 30, 23, 0))
    assert closes == datetime.fromisoformat("2026-10-01T06:00+08:00")
    opens = next_change(NIGHT, closes)
    assert opens == datetime.fromisoformat("2026-10-08T22:00+08:00")


def test_the_night_of_a_make_up_saturday_runs_into_sunday():
    assert is_open(NIGHT, datetime(2026, 10, 10, 23, 0))
    assert is_open(NIGHT, datetime(2026, 10, 11, 5, 0))
    assert not is_open(NIGHT, datetime(2026, 10, 18, 5, 0))


def test_days_of_the_national_day_week_hour_by_hour():
    """Monday 28 September to Sunday 11 October 2026: three working days, seven off, four on."""
    open_hours = days_mask(OFFICE, date(2026, 9, 28), 14).reshape(14, 24).sum(axis=1)
    assert open_hours.tolist() == [9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 0]


@pytest.mark.parametrize(
    "expression",
    [
        OFFICE,
        NIGHT,
        "24/7",
        "Mo-Fr 00:00-24:00",
        "Fr 20:00-24:00; Sa 00:00-08:00",
        "Sa 18:00-03:00",
        "Mo-Th 08:00-12:00,13:30-18:00; Su off",
    ],
)
def test_an_ordinary_week_of_real_dates_is_the_ordinary_week(expression):
    """The week from Monday 16 November 2026 has no holiday near it."""
    assert (days_mask(expression, date(2026, 11, 16), 7) == week_mask(expression)).all()


def test_a_week_of_a_year_not_announced_is_said():
    with pytest.raises(CalendarError, match="2031"):
        days_mask(OFFICE, date(2031, 3, 3), 7)
    assert days_mask("24/7", date(2031, 3, 3), 7).all()


def test_a_year_not_announced_is_said_and_not_guessed_but_daily_hours_need_no_calendar():
    with pytest.raises(CalendarError, match="2031"):
        is_open(OFFICE, datetime(2031, 3, 3, 10, 0))
    assert is_open("06:00-22:00", datetime(2031, 3, 3, 10, 0))


def test_working_days_skip_weekends():
    assert working_days(date(2026, 11, 27), 2) == (date(2026, 11, 27), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("words", "osm"),
    [
        ("24小时", "24/7"),
        ("全天开放", "24/7"),
        ("周一至周五 8:00-17:30", "Mo-Fr 08:00-17:30"),
        ("工作日8:30—17:00", "Mo-Fr 08:30-17:00"),
        ("每天 7:00-22:00", "07:00-22:00"),
        ("周一到周五上午8:30-12:00，下午13:30-17:30", "Mo-Fr 08:30-12:00,13:30-17:30"),
        ("8：30-17：30", "08:30-17:30"),
        ("上午8:00-12:00，下午1:30-5:30", "08:00-12:00,13:30-17:30"),
        ("22:00-次日6:00", "22:00-06:00"),
        ("周一至周五 9:00-17:00；周末 10:00-16:00", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00"),
        ("Mo-Sa 08:00-20:00", "Mo-Sa 08:00-20:00"),
    ],
)
def test_chinese_hours_become_osm_hours(words, osm):
    assert (week_mask(from_chinese(words)) == week_mask(check_hours(osm))).all()


@pytest.mark.parametrize(
    "words",
    ["", "看情况", "夏季8:00-18:00，冬季8:30-17:30", "8-25"],
)
def test_hours_that_would_be_a_guess_are_refused(words):
    with pytest.raises(BadInputError):
        from_chinese(words)
