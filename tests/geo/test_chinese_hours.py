"""Opening hours as Chinese offices write them: the right week, or a refusal that names the mend."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInputError
from geo.hours import days_mask, from_chinese, hours_text, week_mask

FIRST, DAYS = date(2026, 1, 5), 350
"""All of 2026 that can be asked about without the holidays of other years."""

PHRASES: tuple[tuple[str, str | None], ...] = (
    # One time for some days.
    ("8:30-17:30", "08:30-17:30"),
    ("8：30—17：30", "08:30-17:30"),
    ("８：３０－１７：３０", "08:30-17:30"),
    ("08:30~17:30", "08:30-17:30"),
    ("8:30至17:30", "08:30-17:30"),
    ("8点-17点", "08:00-17:00"),
    ("8点半到17点半", "08:30-17:30"),
    ("八点半至十七点半", "08:30-17:30"),
    ("8时30分-17时30分", "08:30-17:30"),
    ("开放时间：每天8:00—20:00", "08:00-20:00"),
    ("每日 7:00-22:00 对外开放", "07:00-22:00"),
    ("周一至周五 8:30-17:30", "Mo-Fr 08:30-17:30"),
    ("周一～周五8:30～17:30", "Mo-Fr 08:30-17:30"),
    ("周一-周六：9:00-18:00", "Mo-Sa 09:00-18:00"),
    ("星期一至星期五 8:30-17:30", "Mo-Fr 08:30-17:30"),
    ("礼拜一到礼拜六 9点到18点", "Mo-Sa 09:00-18:00"),
    ("周1至周5 8:30-17:00", "Mo-Fr 08:30-17:00"),
    ("周1-5 8:30-17:00", "Mo-Fr 08:30-17:00"),
    ("周一至五 8:30-17:00", "Mo-Fr 08:30-17:00"),
    ("工作日8:30—17:00", "Mo-Fr 08:30-17:00"),
    ("每个工作日 9:00-16:30", "Mo-Fr 09:00-16:30"),
    ("周一、三、五 14:00-17:00", "Mo,We,Fr 14:00-17:00"),
    ("周二四六9:00-11:30", "Tu,Th,Sa 09:00-11:30"),
    ("周二、周四下午14:00-17:00", "Tu,Th 14:00-17:00"),
    ("逢周三 9:00-11:00", "We 09:00-11:00"),
    ("周六日 9:00-16:00", "Sa,Su 09:00-16:00"),
    ("双休日 9:00-16:00", "Sa,Su 09:00-16:00"),
    ("8:30-17:30（周一至周五）", "Mo-Fr 08:30-17:30"),
    ("8:30-17:30 周一至周五", "Mo-Fr 08:30-17:30"),
    # Several days, several times.
    ("周一至周五8:00-17:00，周六9:00-12:00", "Mo-Fr 08:00-17:00; Sa 09:00-12:00"),
    ("周一至周五8:30-17:30；周末10:00-16:00", "Mo-Fr 08:30-17:30; Sa-Su 10:00-16:00"),
    ("工作日：8:30-20:00\n周末：9:00-18:00", "Mo-Fr 08:30-20:00; Sa-Su 09:00-18:00"),
    ("周一至周四 8:30-17:30 周五 8:30-12:00", "Mo-Th 08:30-17:30; Fr 08:30-12:00"),
    ("周一8:00-12:00，周三13:00-17:00，周五8:00-17:00",
     "Mo 08:00-12:00; We 13:00-17:00; Fr 08:00-17:00"),
    ("9:00-21:00（周末10:00-22:00）", "Mo-Fr 09:00-21:00; Sa-Su 10:00-22:00"),
    ("8:00-17:00(周一至周五) 9:00-12:00(周六)", "Mo-Fr 08:00-17:00; Sa 09:00-12:00"),
    ("每天8:00-20:00，周日9:00-17:00", "Mo-Sa 08:00-20:00; Su 09:00-17:00"),
    ("周一至周日均开放，8:00-20:00", "08:00-20:00"),
    # Parts of the day.
    ("上午8:30-11:30，下午14:00-17:30", "08:30-11:30,14:00-17:30"),
    ("上午8:30-12:00；下午1:30-5:30", "08:30-12:00,13:30-17:30"),
    ("周一至周五 上午8:30—11:30 下午2:00—5:00", "Mo-Fr 08:30-11:30,14:00-17:00"),
    ("周一至周五 8:30-12:00、13:30-17:30", "Mo-Fr 08:30-12:00,13:30-17:30"),
    ("8:30-12:00/14:00-18:00", "08:30-12:00,14:00-18:00"),
    ("早8:00-晚8:00", "08:00-20:00"),
    ("早上6点至晚上10点", "06:00-22:00"),
    ("早7点半到晚9点半", "07:30-21:30"),
    ("中午11:00-下午2:00", "11:00-14:00"),
    ("周一至周五8:30-17:30（午休12:00-13:30）", "Mo-Fr 08:30-12:00,13:30-17:30"),
    ("周一至周五8:30-17:30，午休时间12:00-13:30", "Mo-Fr 08:30-12:00,13:30-17:30"),
    ("8:30-17:30，中午12:00-13:00休息", "08:30-12:00,13:00-17:30"),
    ("8:30-17:30，中午不休息", "08:30-17:30"),
    ("周一至周五8:30-17:00，周六9:00-11:00，午休12:00-13:00",
     "Mo-Fr 08:30-12:00,13:00-17:00; Sa 09:00-11:00"),
    # Nights.
    ("22:00-6:00", "22:00-06:00"),
    ("20:00至次日8:00", "20:00-08:00"),
    ("18:00-次日凌晨2点", "18:00-02:00"),
    ("晚上10点到早上6点", "22:00-06:00"),
    ("9:00-24:00", "09:00-24:00"),
    ("10:00-0:00", "10:00-24:00"),
    ("周一至周五 8:00-次日2:00；周六周日 9:00-18:00", "Mo-Fr 08:00-26:00, Sa,Su 09:00-18:00"),
    ("周一至周四17:00-23:00，周五周六17:00-次日1:00，周日休息",
     "Mo-Th 17:00-23:00; Fr,Sa 17:00-25:00"),
    # Always.
    ("24小时", "24/7"),
    ("24小时开放", "24/7"),
    ("24h", "24/7"),
    ("7×24小时", "24/7"),
    ("7*24", "24/7"),
    ("７×２４小时服务", "24/7"),
    ("全天24小时", "24/7"),
    ("全年无休，24小时开放", "Mo-Su,PH 00:00-24:00"),
    ("周一至周五24小时，周末8:00-20:00", "Mo-Fr 00:00-24:00; Sa-Su 08:00-20:00"),
    # Days off.
    ("周一至周五8:30-17:30，周末休息", "Mo-Fr 08:30-17:30"),
    ("8:30-17:30，周末休息", "Mo-Fr 08:30-17:30"),
    ("8:30-17:30 双休", "Mo-Fr 08:30-17:30"),
    ("9:00-17:00，周一闭馆", "Tu-Su 09:00-17:00"),
    ("9:00-17:00（周一闭馆，法定节假日除外）", "Tu-Su 09:00-17:00; PH off"),
    ("周二至周日9:00-17:00（周一闭馆）", "Tu-Su 09:00-17:00"),
    ("除周日外，每天8:00-18:00", "Mo-Sa 08:00-18:00"),
    ("周一至周六8:00-18:00，周日不营业", "Mo-Sa 08:00-18:00"),
    ("每月第一个周六 9:00-11:00", "Sa[1] 09:00-11:00"),
    ("周一至周五9:00-17:00，每月第1、3个周六9:00-12:00", "Mo-Fr 09:00-17:00; Sa[1,3] 09:00-12:00"),
    ("周一至周五8:00-17:00，周六需预约", 'Mo-Fr 08:00-17:00; Sa "需预约"'),
    # Public holidays.
    ("周一至周五8:30-17:30（法定节假日除外）", "Mo-Fr 08:30-17:30; PH off"),
    ("8:00-20:00，节假日休息", "08:00-20:00; PH off"),
    ("每天8:00-20:00，国家法定节假日不开放", "08:00-20:00; PH off"),
    ("除法定节假日外，每天9:00-17:00", "09:00-17:00; PH off"),
    ("周一至周五8:30-17:00，法定节假日9:00-16:00", "Mo-Fr 08:30-17:00; PH 09:00-16:00"),
    ("周一至周五8:30-17:00，周末及节假日9:00-16:00", "Mo-Fr 08:30-17:00; Sa-Su,PH 09:00-16:00"),
    ("周一至周五8:30-17:00，节假日正常开放", "Mo-Fr,PH 08:30-17:00"),
    ("8:00-20:00（含节假日）", "Mo-Su,PH 08:00-20:00"),
    ("全年无休 8:00-20:00", "Mo-Su,PH 08:00-20:00"),
    ("8:00-20:00（全年无休）", "Mo-Su,PH 08:00-20:00"),
    ("8:00-20:00，节假日不休", "Mo-Su,PH 08:00-20:00"),
    # Seasons and dates.
    ("夏季（5月-9月）8:00-18:00，冬季（10月-次年4月）8:30-17:30",
     "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30"),
    ("夏季(5-9月):8:00-18:00;冬季(10-4月):8:30-17:30", "May-Sep 08:00-18:00; Oct-Apr 08:30-17:30"),
    ("4月至10月 6:00-21:00；11月至次年3月 7:00-19:00", "Apr-Oct 06:00-21:00; Nov-Mar 07:00-19:00"),
    ("夏令时（5月1日至9月30日）8:30-12:00，14:00-18:00；冬令时（10月1日至次年4月30日）8:30-12:00，13:30-17:30",
     "May 01-Sep 30 08:30-12:00,14:00-18:00; Oct 01-Apr 30 08:30-12:00,13:30-17:30"),
    ("周一至周五：夏季（6月至8月）8:00-18:00，冬季（9月至次年5月）8:30-17:30",
     "Jun-Aug Mo-Fr 08:00-18:00; Sep-May Mo-Fr 08:30-17:30"),
    ("夏季（6-8月）8:00-18:00，冬季（9-5月）8:30-17:30，周末休息",
     "Jun-Aug Mo-Fr 08:00-18:00; Sep-May Mo-Fr 08:30-17:30"),
    ("8:00-18:00（5月至9月），8:30-17:00（10月至次年4月）",
     "May-Sep 08:00-18:00; Oct-Apr 08:30-17:00"),
    ("6、7、8月 9:00-21:00", "Jun-Aug 09:00-21:00"),
    ("周一至周五8:30-17:30，2月16日至2月19日休息", "Mo-Fr 08:30-17:30; Feb 16-19 off"),
    ("每天8:00-18:00，2026年2月17日休息", "08:00-18:00; 2026 Feb 17 off"),
    ("周一至周五8:30-17:30，10月1-3日休息，10月4日-7日10:00-16:00",
     "Mo-Fr 08:30-17:30; Oct 01-03 off; Oct 04-07 10:00-16:00"),
    # OSM syntax as it stands.
    ("Mo-Fr 08:30-17:30; Sa 09:00-12:00", "Mo-Fr 08:30-17:30; Sa 09:00-12:00"),
    ("Mo, We, Fr 08:00-17:00", "Mo,We,Fr 08:00-17:00"),
    ("Mon-Fri 09:00-17:00", "Mo-Fr 09:00-17:00"),
    ("PH,Mo-Su 08:00-20:00", "Mo-Su,PH 08:00-20:00"),
    ('Mo-Fr 08:00-17:00 || unknown "call"', "Mo-Fr 08:00-17:00"),
    # A 12-hour clock, or none at all.
    ("8:30-5:30", None),
    ("08:30-05:30", None),
    ("8:30-11:30，2:00-5:30", None),
    ("8点-5点", None),
    ("八点半到五点半", None),
    ("2:00-5:00", None),
    ("13:00-5:00", None),
    ("Mo-Fr 8:30-5:30", None),
    ("上午9:00-5:00", None),
    ("8-25", None),
    ("25:00-26:00", None),
    ("8:70-17:00", None),
    ("8:00-8:00", None),
    # Days without hours, hours without days.
    ("", None),
    ("全年无休", None),
    ("周一至周五", None),
    ("Mo-Fr", None),
    ("周末休息", None),
    ("午休", None),
    ("8:30-17:30（午休）", None),
    ("8:30-17:30，周六9:00-12:00", None),
    ("8:00-17:00 周一至周五，节假日休息", None),
    # Which of two readings?
    ("8:30-17:30，单双休", None),
    ("单周周六9:00-12:00", None),
    ("8:30-17:30 单休", None),
    ("大小周，8:30-17:30", None),
    ("周一至周六8:00-17:00，周六9:00-12:00", None),
    ("夏季8:00-18:00，冬季8:30-17:30", None),
    ("夏季（5-10月）8:00-18:00，冬季（10-4月）8:30-17:30", None),
    ("夏季（5-9月）周一至周五8:00-18:00，冬季（10-4月）8:30-17:30", None),
    ("08:00-12:00; 13:00-17:00", None),
    ("Mo-Fr 18:00-02:00; Sa 10:00-16:00", None),
    ("PH off; Mo-Su 08:00-20:00", None),
    # No fixed times.
    ("看情况", None),
    ("以现场公告为准", None),
    ("8:30左右开门", None),
    ("8:00-天黑", None),
    ("日出至日落", None),
    ("sunrise-sunset", None),
    ("08:00-sunset", None),
    ("17:00+", None),
    ("春节期间休息，平时8:00-17:00", None),
    ("8:00-17:00，国庆节除外", None),
    ("8:00-17:00，法定节假日顺延", None),
    ("Mo-Fr 08:00-17:00; SH off", None),
    ("Mo-Fr 08:00-17:00; PH -1 day 08:00-12:00", None),
    ("2月30日休息，8:00-17:00", None),
)  # fmt: skip


@pytest.mark.parametrize(("words", "osm"), [pair for pair in PHRASES if pair[1] is not None])
def test_what_offices_write_is_open_when_they_mean(words, osm):
    told = from_chinese(words)
    assert days_mask(told, FIRST, DAYS).tolist() == days_mask(osm, FIRST, DAYS).tolist()


@pytest.mark.parametrize("words", [words for words, osm in PHRASES if osm is None])
def test_what_cannot_be_told_is_refused_and_named(words):
    with pytest.raises(BadInputError) as refusal:
        from_chinese(words)
    assert words in refusal.value.text.zh
    assert len(refusal.value.text.zh) > len(words) + 12


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("8:30-5:30", ("8:30-17:30", "8:30-次日5:30")),
        ("2:00-5:00", ("14:00-17:00", "02:00-05:00")),
        ("全年无休", ("24小时", "每天 8:00-20:00")),
        ("8:30-17:30 单双休", ("每月第1、3个周六", "week 01-53/2 Sa")),
        ("夏季8:00-18:00，冬季8:30-17:30", ("5月至9月", "10月至次年4月")),
        ("Mo-Fr 18:00-02:00; Sa 10:00-16:00", ("到次日", "Mo-Fr 18:00-02:00, Sa 10:00-16:00")),
    ],
)
def test_a_refusal_tells_the_readings_that_are_possible(words, readings):
    with pytest.raises(BadInputError) as refusal:
        from_chinese(words)
    assert all(reading in refusal.value.text.zh for reading in readings)


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


@st.composite
def spans(draw) -> str:
    """One or two openings of a day, or one over midnight."""
    if draw(st.integers(0, 5)) == 0:
        begin = draw(st.integers(72, 95))
        return f"{clock(15 * begin)}-次日{clock(15 * draw(st.integers(1, 32)))}"
    edges = sorted(draw(st.lists(st.integers(26, 96), min_size=4, max_size=4, unique=True)))
    told = [f"{clock(15 * edges[0])}-{clock(15 * edges[1])}"]
    if draw(st.booleans()):
        told.append(f"{clock(15 * edges[2])}-{clock(15 * edges[3])}")
    return draw(st.sampled_from(["，", "、", " "])).join(told)


@st.composite
def phrases(draw) -> str:
    """A phrase of the kinds offices write, all of which are understood."""
    days = draw(
        st.sampled_from(
            [
                ("周一至周五", "周六", "周日"),
                ("工作日", "周末"),
                ("每天",),
                ("周一、三、五", "周二四六"),
                ("周一至周四", "周五", "周六日"),
                ("周二至周日",),
            ]
        )
    )
    groups = [f"{day}{draw(spans())}" for day in days]
    groups += draw(
        st.sampled_from(
            [[], ["法定节假日休息"], [f"节假日{draw(spans())}"], ["每月第一个周三休息"],
             ["10月1日至10月3日休息"]]
        )
    )  # fmt: skip
    return draw(st.sampled_from(["；", "，", "\n"])).join(groups)


@settings(deadline=None)
@given(phrases())
def test_words_to_osm_to_words_to_osm_are_the_same_year(words):
    osm = from_chinese(words)
    back = from_chinese(hours_text(osm).zh)
    assert days_mask(back, FIRST, DAYS).tolist() == days_mask(osm, FIRST, DAYS).tolist()
    assert from_chinese(osm) == osm


@settings(deadline=None)
@given(phrases(), phrases())
def test_seasons_keep_their_own_hours(summer, winter):
    if "10月" in summer + winter or "每月" in summer + winter:
        return
    osm = from_chinese(f"夏季（5-9月）{summer}\n冬季（10-4月）{winter}")
    june, december = date(2026, 6, 1), date(2026, 12, 7)
    assert days_mask(osm, june, 7).tolist() == days_mask(from_chinese(summer), june, 7).tolist()
    cold = days_mask(osm, december, 7)
    assert cold.tolist() == days_mask(from_chinese(winter), december, 7).tolist()


@given(
    st.text(
        alphabet="周一二五六日至到工作节假休息上下午早晚次0123458:点-，；（）季月 MoSaFr,;",
        max_size=24,
    )
)
def test_any_scrap_of_such_words_is_read_or_refused(words):
    try:
        osm = from_chinese(words)
    except BadInputError:
        return
    assert from_chinese(osm) == osm
    assert week_mask(osm).shape == (168,)
    assert hours_text(osm).zh
