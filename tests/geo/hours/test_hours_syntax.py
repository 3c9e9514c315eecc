"""OSM opening_hours: what is evaluated exactly on real dates, and what is refused at the door."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInputError
from geo.hours import (
    check_hours,
    days_mask,
    hours_joined,
    hours_text,
    is_open,
    next_change,
    week_mask,
    week_minutes,
)
from geo.hours.opening_rules import DateSpan, Day, Days, Numbers, Rule, State
from geo.hours.syntax import read_rules
from geo.hours.writing import write_rules


@pytest.mark.parametrize(
    ("expression", "moment", "state"),
    [
        # A comma and a blank go on with a list of days.
        ("Mo, We, Fr 08:00-17:00", "2026-11-23T07:00", False),
        ("Mo, We, Fr 08:00-17:00", "2026-11-25T10:00", True),
        ("Mo-Fr 08:00-12:00, 13:00-17:00", "2026-11-23T12:30", False),
        ("Mo-Fr 08:00-12:00, Sa 13:00-17:00", "2026-11-28T14:00", True),
        # An unknown state is not open.
        ('Mo-Fr 08:00-17:00; Sa "by appointment"', "2026-11-28T10:00", False),
        ('Mo-Fr 08:00-17:00 || "on request"', "2026-11-28T10:00", False),
        ('Mo-Fr 08:00-17:00 || unknown "call"', "2026-11-23T10:00", True),
        ("24/7; Su unknown", "2026-11-29T10:00", False),
        ("24/7; Su unknown", "2026-11-28T10:00", True),
        # Seasons, on their own dates and with holidays in them.
        ("Oct-Mar Mo-Fr 08:00-17:00", "2026-10-01T10:00", False),
        ("Oct-Mar Mo-Fr 08:00-17:00", "2026-10-08T10:00", True),
        ("Oct-Mar Mo-Fr 08:00-17:00", "2026-06-08T10:00", False),
        ("Dec 24-Jan 05 10:00-12:00", "2026-01-03T11:00", True),
        ("Dec 24-Jan 05 10:00-12:00", "2026-01-06T11:00", False),
        ("2012 Nov-Nov 08:00-17:00", "2012-11-30T10:00", True),
        ("2012 Nov-Nov", "2012-11-15T23:00", True),
        ("2012 Nov-Nov", "2012-12-01T00:00", False),
        ("2026 Nov-2027 Feb 08:00-17:00", "2026-12-31T10:00", True),
        ("2026 Jun 15+ 08:00-17:00", "2026-06-14T10:00", False),
        ("2026 Jun 15+ 08:00-17:00", "2026-11-28T10:00", True),
        ("2027+ 08:00-17:00", "2026-11-28T10:00", False),
        ("Dec 24,25 10:00-12:00", "2026-12-25T11:00", True),
        ("week 01-53/2 Sa 09:00-12:00", "2026-11-21T10:00", True),
        ("week 01-53/2 Sa 09:00-12:00", "2026-11-28T10:00", False),
        # Weekdays by their place in the month.
        ("Sa[1,3] 09:00-12:00", "2026-11-21T10:00", True),
        ("Sa[1,3] 09:00-12:00", "2026-11-28T10:00", False),
        ("Sa[-1] 09:00-12:00", "2026-11-28T10:00", True),
        # Public holidays: 1 October 2026 is a Thursday, 4 October a Sunday.
        ("Mo-Fr 08:00-17:00; PH Mo-Fr 10:00-12:00", "2026-10-01T11:00", True),
        ("Mo-Fr 08:00-17:00; PH Mo-Fr 10:00-12:00", "2026-10-04T11:00", False),
        ("Mo-Fr,PH 08:00-17:00", "2026-10-01T16:00", True),
        ("PH off; Mo-Fr 08:00-17:00", "2026-10-01T10:00", False),
        ("PH off; Mo-Fr 08:00-17:00, Mo-Su 18:00-20:00", "2026-10-01T19:00", False),
        # Closed for a part of the day.
        ("08:00-17:00; 12:00-13:00 off", "2026-11-23T12:30", False),
        ("08:00-17:00; We 12:00-13:00 off", "2026-11-23T12:30", True),
        # Nights belong to the day they began.
        ("22:00-26:00; PH off", "2026-10-01T01:00", True),
        ("22:00-26:00; PH off", "2026-10-02T01:00", False),
        ("Fr 22:00-04:00; Mo-Th 20:00-23:00", "2026-11-28T03:00", True),
        ("Mo-Fr 18:00-02:00, Sa 10:00-16:00", "2026-11-28T01:00", True),
    ],
)
def test_the_last_rule_that_holds_on_the_date_decides(expression, moment, state):
    assert is_open(expression, datetime.fromisoformat(moment)) is state


@pytest.mark.parametrize(
    ("expression", "mend"),
    [
        ("sunrise-sunset", "by season"),
        ("08:00-(sunset+01:00)", "by season"),
        ("17:00+", "17:00-22:00"),
        ("Mo-Fr 08:00-17:00+", "17:00-22:00"),
        ("Mo-Fr 08:00-17:00; SH off", "Jul 10-Aug 31"),
        ("Mo-Fr 08:00-17:00; PH -1 day off", "write the dates"),
        ("easter off; Mo-Fr 08:00-17:00", "write the dates"),
        ("Mo-Fr 10:00-16:00/90", "from '/90'"),
        ("Feb 30 08:00-17:00", "no day 2-30"),
        ("2026 Nov-Feb 08:00-17:00", "2026 Nov-2027 Feb"),
        ("2026 Feb 16,Feb 17 off; 08:00-17:00", "write all or none"),
        ("08:00-08:00", "00:00-24:00"),
        ("08:00-49:00", "no time of day"),
        ("Mo-Fr 08:00-12:00; 13:00-17:00", "Go on with a comma"),
        ('Mo-Fr 08:00-17:00 "call"', "Write open or unknown"),
        ("Mo-Fr 08:00-12:00 || Sa 09:00-12:00", "with ';'"),
        ("PH off; Mo-Su 08:00-20:00", "Write the PH rule last"),
        ("Mo-Sa 08:00-20:00; PH off; Su 10:00-16:00", "Write the PH rule last"),
        ("Mo-Fr 18:00-02:00; Sa 10:00-16:00", "Mo-Fr 18:00-02:00, Sa 10:00-16:00"),
        ("Mo-Su 18:00-02:00; Mo off", "does it run its course"),
        ("22:00-06:00; 02:00-03:00 off", "each open span"),
        ("12:00-13:00 off", "when it is open"),
        ("Mo-Fr 08:00-17:00 nonsense", "from 'nonsense'"),
        ("week 60 Sa 09:00-12:00", "out of range"),
    ],
)
def test_what_has_no_exact_answer_is_refused_with_the_mend(expression, mend):
    with pytest.raises(BadInputError) as refusal:
        check_hours(expression)
    assert mend in refusal.value.text.en
    assert expression in refusal.value.text.zh


@pytest.mark.parametrize(
    "expression",
    [
        "Mo-Fr 08:00-17:00; PH Mo-Fr 10:00-12:00",
        "2012 Nov-Nov",
        "24/7;PH off",
        "mo-fr 8:00-17:00",
        'Sa "by appointment"',
    ],
)
def test_a_text_is_stored_as_it_was_written(expression):
    assert check_hours(f" {expression} ") == expression


def test_the_ordinary_week_and_a_real_week_have_one_evaluator():
    expression = 'Mo-Fr 08:00-17:00 || unknown "call"'
    assert week_mask(expression).sum() == days_mask(expression, date(2026, 11, 16), 7).sum() == 45


def test_the_ordinary_week_holds_what_all_seasons_do():
    """Summer hours are never taken for the year's, and a few days off do not close a week."""
    seasons = "Jun-Aug 06:00-22:00; Sep-May 07:00-19:00"
    assert week_mask(seasons).sum() == 7 * 12
    assert week_minutes(seasons) is None
    assert week_mask("Mo-Fr 08:00-17:00; Feb 16-19 off").sum() == 45
    assert week_mask("Jun-Aug 09:00-21:00").sum() == 0
    assert week_mask("Mo-Fr 08:00-17:00; Sa[1] 09:00-12:00").sum() == 45


def test_daily_hours_need_no_calendar_and_seasonal_ones_only_where_days_differ():
    assert is_open("Jun-Aug 08:00-20:00", datetime(2031, 7, 1, 10, 0))
    assert is_open("Mo-Fr 08:00-17:00; Sa,Su 08:00-17:00", datetime(2031, 3, 3, 10, 0))


def test_the_next_change_is_found_over_nights_seasons_and_holidays():
    night = next_change("Mo-Fr 18:00-26:00", datetime(2026, 11, 27, 23, 0))
    assert night == datetime.fromisoformat("2026-11-28T02:00+08:00")
    season = next_change("May-Sep 06:00-24:00; Oct-Apr 00:00-20:00", datetime(2026, 9, 30, 7, 0))
    assert season == datetime.fromisoformat("2026-10-01T20:00+08:00")
    assert next_change("2027+ 08:00-17:00", datetime(2026, 3, 1, 7, 0)) is None


@pytest.mark.parametrize(
    ("before", "added", "then"),
    [
        ("Mo-Fr 08:00-17:00", "17:00-20:00", "Mo-Fr 08:00-17:00, Mo-Su 17:00-20:00"),
        (
            "Mo-Fr 08:00-17:00; PH off",
            "Sa 09:00-12:00",
            "Mo-Fr 08:00-17:00, Sa 09:00-12:00; PH off",
        ),
        ('08:00-12:00 || "call"', "Mo 13:00-14:00", '08:00-12:00, Mo 13:00-14:00 || "call"'),
        ("Mo-Fr 08:00-17:00", "24/7", "24/7"),
        (
            "Mo-Fr 08:00-17:00; Sa,Su,PH 10:00-16:00",
            "17:00-22:00",
            "Mo-Fr 08:00-17:00; Sa-Su,PH 10:00-16:00, Mo-Su 17:00-22:00",
        ),
        (
            "Sa 08:00-12:00",
            "Mo 08:00-09:00; Mo 10:00-11:00",
            "Sa 08:00-12:00, Mo 08:00-09:00, Mo 10:00-11:00",
        ),
    ],
)
def test_added_hours_come_on_top_and_take_nothing_away(before, added, then):
    assert hours_joined(before, added) == then
    if "; Mo" not in added:
        both = week_mask(before) | week_mask(added)
        assert week_mask(then).tolist() == both.tolist()


@pytest.mark.parametrize(
    "before",
    [
        "Mo-Fr 08:00-17:00",
        "08:00-20:00",
        "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off",
        "Mo-Fr 08:00-17:00; Sa,Su,PH 10:00-16:00",
        "24/7; PH off",
        "PH off; Mo-Fr 08:00-17:00",
        "Mo-Fr 18:00-02:00, Sa 10:00-16:00",
        "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30",
        'Mo-Fr 08:00-17:00; Sa "ask"',
        'Mo-Fr 08:00-17:00 || "ask"',
        "Tu-Su 09:00-17:00; Mo off",
        "Mo-Fr 08:00-17:00; 12:00-13:00 off",
        "Mo-Fr 08:00-17:00; Feb 16-19 off",
    ],
)
@pytest.mark.parametrize(
    "added",
    [
        "17:00-22:00",
        "Mo-Fr 17:00-22:00",
        "Sa,Su 09:00-17:00",
        "24/7",
        "22:00-06:00",
        "Mo-Su 20:00-24:00; PH off",
    ],
)
def test_every_extension_is_the_union_in_an_ordinary_week(before, added):
    then = week_mask(hours_joined(before, added))
    assert then.tolist() == (week_mask(before) | week_mask(added)).tolist()


@pytest.mark.parametrize(
    ("expression", "zh", "en"),
    [
        ("24/7", "24小时", "24 hours"),
        ("08:00-20:00", "每天 8:00–20:00", "daily 8:00–20:00"),
        (
            "Mo-Fr 08:30-12:00,13:30-17:30; Sa 09:00-12:00; PH off",
            "周一至周五 8:30–12:00、13:30–17:30；周六 9:00–12:00；法定节假日 休息",
            "Mon–Fri 8:30–12:00, 13:30–17:30; Sat 9:00–12:00; public holidays closed",
        ),
        (
            "08:00-20:00; Su 09:00-17:00",
            "周一至周六 8:00–20:00；周日 9:00–17:00",
            "Mon–Sat 8:00–20:00; Sun 9:00–17:00",
        ),
        ("Mo-Fr 22:00-06:00", "周一至周五 22:00–次日6:00", "Mon–Fri 22:00–6:00 next day"),
        ("05:00-09:00", "每天 05:00–9:00", "daily 05:00–9:00"),
        (
            "Nov-Mar 08:00-17:00; Apr-Oct 08:00-18:00",
            "11月至次年3月 8:00–17:00；4月至10月 8:00–18:00",
            "Nov to Mar 8:00–17:00; Apr to Oct 8:00–18:00",
        ),
        (
            "Mo-Fr 08:00-17:00; 2026 Feb 16-19 off",
            "周一至周五 8:00–17:00；2026年2月16日至2026年2月19日 休息",
            "Mon–Fri 8:00–17:00; 16 Feb 2026 to 19 Feb 2026 closed",
        ),
        (
            "Mo-Fr 08:00-17:00, Mo 18:00-20:00",
            "周一至周五 8:00–17:00；周一 另加开 18:00–20:00",
            "Mon–Fri 8:00–17:00; Mon also 18:00–20:00",
        ),
        (
            'Mo-Fr 08:00-17:00; Sa "by appointment"',
            "周一至周五 8:00–17:00；周六 by appointment",
            "Mon–Fri 8:00–17:00; Sat by appointment",
        ),
        (
            "Sa[1,3] 09:00-12:00; PH Mo-Fr off",
            "每月第一个周六、每月第三个周六 9:00–12:00；周一至周五的法定节假日 休息",
            (
                "first Sat of the month, third Sat of the month 9:00–12:00; "
                "public holidays on Mon–Fri closed"
            ),
        ),
    ],
)
def test_hours_are_said_as_people_say_them(expression, zh, en):
    assert hours_text(expression).zh == zh
    assert hours_text(expression).en == en


DATES = [
    DateSpan(Day(None, 5, 1), Day(None, 9, 31)),
    DateSpan(Day(None, 10, 1), Day(None, 10, 3)),
    DateSpan(Day(None, 12, 24), Day(None, 1, 5)),
    DateSpan(Day(2026, 2, 16), Day(2026, 2, 19)),
    DateSpan(Day(2026, 2, 17), Day(2026, 2, 17)),
    DateSpan(Day(2026, 6, 15), Day(9999, 12, 31)),
]


@st.composite
def a_rule(draw) -> Rule:
    state = draw(st.sampled_from(State))
    begin = draw(st.integers(0, 95))
    spans = [(15 * begin, 15 * draw(st.integers(begin + 1, begin + 96)))]
    if state is State.OFF or (state is State.UNKNOWN and draw(st.booleans())):
        spans = []
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    kinds = [
        None,
        Days(weekdays),
        Days(weekdays, holidays=True),
        Days(weekdays, only_holidays=True),
        Days(weekdays, ((5, (1, -1)),)),
        Days(holidays=True),
    ]
    return Rule(
        state=state,
        spans=tuple(spans),
        days=draw(st.sampled_from(kinds)),
        dates=tuple(draw(st.lists(st.sampled_from(DATES[:3]), max_size=2, unique=True)))
        or tuple(draw(st.lists(st.sampled_from(DATES[3:]), max_size=2, unique=True))),
        weeks=tuple(
            draw(st.lists(st.sampled_from([Numbers(1, 53, 2), Numbers(3, 3)]), max_size=1))
        ),
        comment=draw(st.sampled_from(["", "请先致电"])),
    )


@settings(deadline=None)
@given(a_rule())
def test_rules_written_are_read_back_the_same(rule):
    written = write_rules((rule,))
    try:
        assert read_rules(written) == (rule,)
    except BadInputError as refusal:
        assert "when it is open" in refusal.text.en  # noqa: PT017 - a lone part of a day closed
    assert hours_text(written).en


@settings(deadline=None)
@given(a_rule(), st.dates(date(2026, 1, 2), date(2026, 12, 10)))
def test_the_edges_of_a_day_agree_with_every_minute_of_it(rule, day):
    expression = write_rules((rule,))
    moment = datetime(day.year, day.month, day.day)
    change = next_change(expression, moment)
    state = is_open(expression, moment)
    if change is not None:
        local = change.replace(tzinfo=None)
        assert is_open(expression, local) is not state
        before = local.replace(minute=local.minute - 1) if local.minute else None
        assert before is None or is_open(expression, before) is state
