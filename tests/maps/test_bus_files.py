"""What is handed over parses back, keeps its order, and tells the public no contact person."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import gpxpy
import pytest
from icalendar import Calendar

from geo.bus.replanning.version import Announcement
from geo.errors import MissingError
from geo.layers.vocabulary import CampaignName
from maps.bus.bus_page import bus_page
from maps.bus.crew_page import bus_crew_page
from maps.bus.files import (
    bus_geojson,
    file_name,
    public_visits,
    write_bus_workbook,
)
from maps.bus.gpx import bus_gpx
from maps.bus.ics import bus_ics, stops_of
from maps.bus.near_page import CalledOff, bus_near_page
from maps.bus.news import SCREENING, BusCall, CallTime
from maps.bus.notice import notice_page
from maps.linked_files import run_file
from maps.worker.nearest_page import FormQuestion

ZONE = ZoneInfo("Asia/Shanghai")
MADE = datetime(2026, 11, 20, 8, tzinfo=ZONE)


def same(lonlat):
    return lonlat


@pytest.fixture
def with_contacts(layers):
    frame = layers["bus_stops"].assign(contact="李秘密", phone="13900001111")
    return {**layers, "bus_stops": frame}


@pytest.fixture
def announcements(with_contacts):
    def minutes(text):
        return int(text[:2]) * 60 + int(text[3:])

    told = [
        Announcement(
            uid=f"u{n}",
            sequence=0,
            stop_id=row.stop_id,
            bus_id=row.bus_id,
            day=date.fromisoformat(row.day),
            start_min=minutes(row.start),
            end_min=minutes(row.end),
        )
        for n, row in enumerate(with_contacts["bus_stops"].itertuples())
    ]
    return (
        *told,
        Announcement(
            uid="gone",
            sequence=2,
            stop_id=told[0].stop_id,
            bus_id="B1",
            day=told[0].day,
            start_min=600,
            end_min=660,
            is_cancelled=True,
        ),
    )


def test_the_calendar_parses_back_with_zone_sequence_and_cancelled(with_contacts, announcements):
    content = bus_ics(announcements, stops_of(with_contacts), made=MADE)
    events = {str(one["uid"]): one for one in Calendar.from_ical(content).walk("VEVENT")}
    assert len(events) == len(announcements)
    first = events["u0@bus.yizhan"]
    row = with_contacts["bus_stops"].iloc[0]
    assert first.decoded("dtstart").strftime("%Y-%m-%d %H:%M") == f"{row.day} {row.start}"
    assert str(first.decoded("dtstart").tzinfo) == "Asia/Shanghai"
    assert row["name"] in str(first["summary"])
    gone = events["gone@bus.yizhan"]
    assert (str(gone["status"]), gone["sequence"]) == ("CANCELLED", 2)


def test_a_crews_calendar_has_its_own_visits_and_whom_to_call(with_contacts, announcements):
    places = stops_of(with_contacts)
    mine = bus_ics(announcements, places, made=MADE, bus_id="B2").decode()
    assert mine.count("BEGIN:VEVENT") == 1
    assert "13900001111" in mine.replace("\r\n ", "")
    public = bus_ics(announcements, places, made=MADE).decode().replace("\r\n ", "")
    assert "13900001111" not in public
    assert "李秘密" not in public


def test_a_visit_given_to_another_bus_is_cancelled_for_the_crew_that_had_it(
    with_contacts, announcements
):
    moved = replace(announcements[0], sequence=1, bus_id="B2", earlier_buses=("B1",))
    status = {}
    for bus in ("B1", "B2", None):
        content = bus_ics([moved], stops_of(with_contacts), made=MADE, bus_id=bus)
        (event,) = Calendar.from_ical(content).walk("VEVENT")
        assert (event["uid"], event["sequence"]) == ("u0@bus.yizhan", 1)
        status[bus] = str(event["status"])
    assert status == {"B1": "CANCELLED", "B2": "CONFIRMED", None: "CONFIRMED"}


def test_the_screening_is_called_so_by_calendar_notice_and_page(
    with_contacts, announcements, summary
):
    """Nobody is to stand in the queue for a check-up that is a screening for women."""
    told = [replace(one, campaign=CampaignName.SCREENING.value) for one in announcements]
    content = bus_ics(told, stops_of(with_contacts), made=MADE, offer=SCREENING)
    calendar = Calendar.from_ical(content)
    assert str(calendar["x-wr-calname"]) == "两癌筛查大蓬车"
    assert all("两癌筛查" in str(one["summary"]) for one in calendar.walk("VEVENT"))
    visits = public_visits(with_contacts["bus_stops"], same)
    pages = (
        notice_page(visits, offer=SCREENING),
        bus_near_page(FormQuestion(), visits, offer=SCREENING),
        bus_page(with_contacts, summary.but(bus=summary.bus.but(campaign=CampaignName.SCREENING))),
    )
    for html in pages:
        assert "两癌筛查" in html
        assert "健康体检" not in html


def test_a_long_list_of_cancelled_visits_does_not_hide_the_coming_ones():
    gone = [CalledOff(f"站{n}", date(2026, 11, 26), "09:00", "10:00") for n in range(5)]
    html = bus_near_page(FormQuestion(), called_off=gone)
    assert all(one.name in html for one in gone)
    assert "另有 2 处" in html
    assert "另有" not in bus_near_page(FormQuestion(), called_off=gone[:3])


def test_gpx_has_the_stops_in_order_and_the_way(with_contacts):
    text = bus_gpx(with_contacts, "B1", "2026-11-26")
    read = gpxpy.parse(text)
    frame = with_contacts["bus_stops"].query("bus_id == 'B1' and day == '2026-11-26'")
    frame = frame.sort_values("order")
    at = [(round(p.x, 5), round(p.y, 5)) for p in frame.geometry]
    assert [(p.longitude, p.latitude) for p in read.waypoints] == at
    assert [(p.longitude, p.latitude) for p in read.routes[0].points] == at
    assert read.tracks[0].segments[0].points
    assert read.routes[0].name == "大蓬车 B1 2026-11-26"
    called = gpxpy.parse(bus_gpx(with_contacts, "B1", "2026-11-26", bus_name="1号车"))
    assert called.routes[0].name == called.tracks[0].name == "大蓬车 1号车 2026-11-26"
    assert "13900001111" not in text
    with pytest.raises(MissingError, match="B9"):
        bus_gpx(with_contacts, "B9", "2026-11-26")


def test_what_is_public_names_nobody(with_contacts, announcements):
    """Calendar, notices, navigation and GeoJSON say where and when, not who is in charge there."""
    days = {(row.bus_id, row.day) for row in with_contacts["bus_stops"].itertuples()}
    told = {
        "ics": bus_ics(announcements, stops_of(with_contacts), made=MADE).decode(),
        "notices": notice_page(public_visits(with_contacts["bus_stops"], same)),
        "geojson": bus_geojson(with_contacts),
        **{run_file(*run): bus_gpx(with_contacts, *run) for run in days},
    }
    for name, text in told.items():
        assert "李秘密" not in text.replace("\r\n ", ""), name
        assert "13900001111" not in text.replace("\r\n ", ""), name
    assert "<img src=x" not in told["notices"]


def test_no_name_becomes_a_formula_in_the_workbook(with_contacts, tmp_path):
    old = CallTime(day="2026-11-26", start="09:00", end="10:00", bus_id="B1")
    call = BusCall(
        kind="cancelled",
        word="取消",
        stop_id="S1",
        name='=HYPERLINK("http://x")',
        address="",
        district="",
        contact="李秘密",
        phone="1",
        old=old,
        new=None,
        people_old=3.0,
        people_new=0.0,
        reason="雨",
    )
    write_bus_workbook(tmp_path / "bus.xlsx", with_contacts, [call], sample=True)
    with ZipFile(tmp_path / "bus.xlsx") as book:
        sheets = "".join(
            book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name
        )
        assert "<f>" not in sheets
        assert "=HYPERLINK" in book.read("xl/sharedStrings.xml").decode()


def test_geojson_is_one_collection_of_both_layers(with_contacts):
    read = json.loads(bus_geojson(with_contacts))
    kinds = {(one["properties"]["layer"], one["geometry"]["type"]) for one in read["features"]}
    assert ("bus_stops", "Point") in kinds
    assert any(layer == "bus_routes" for layer, _ in kinds)
    assert all("phone" not in one["properties"] for one in read["features"])


def test_file_names_carry_nothing_but_letters_and_digits():
    assert file_name("../../etc/passwd\n") == "_etc_passwd_"
    assert file_name("鲁B·1号车") == "鲁B_1号车"


def test_the_crews_page_shows_forms_only_for_days_that_have_come(with_contacts):
    shown = bus_crew_page(
        with_contacts,
        date(2026, 11, 26),
        {("B1", "x", ""): 3},
        to_gcj02=same,
        made=datetime(2026, 11, 26, 8),
    )
    assert shown.count("<form") == len(re.findall('<article class="visit', shown))
    assert "<img src=x" not in shown
    later = bus_crew_page(
        with_contacts, date(2026, 11, 27), {}, to_gcj02=same, made=datetime(2026, 11, 26, 8)
    )
    assert "<form" not in later
    empty = bus_crew_page(
        with_contacts, date(2030, 1, 1), {}, to_gcj02=same, made=datetime(2026, 11, 26, 8)
    )
    assert "没有停靠安排" in empty
