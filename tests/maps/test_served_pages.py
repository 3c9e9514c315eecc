"""The pages a worker is served: light, useful without JavaScript, and nothing a name says runs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from geo.coverage.rule import REST_KINDS
from geo.layers.vocabulary import ASKED_AMENITIES, Amenity, CampaignName, Kind, Mode
from geo.text import Language, Text
from maps.bus.near_page import BusVisit, bus_near_page
from maps.bus.notice import notice_page, notice_text
from maps.front_pages import error_page, home_page
from maps.page_links import PageFrame, PageLinks
from maps.qr import qr_svg
from maps.station_count import StationCount
from maps.worker.nearest_page import FormQuestion, PlaceChoice, arranged, nearest_page
from maps.worker.opening_text import opening_text
from maps.worker.station_card import StationCard
from maps.worker.station_page import station_page, station_sign_page

SAMPLE = PageFrame(sample=True)
ENGLISH = PageFrame(language=Language.EN)
NOW = datetime(2026, 11, 24, 19, 30)
HERE = PlaceChoice("福州路", "市南区", (120.38123, 36.07456))


@pytest.fixture
def card(hostile):
    return StationCard(
        id='Y/1?"',
        name=hostile,
        kind=Kind.OUTDOOR_REST_STATION,
        wgs84=(120.03, 36.08),
        gcj02=(120.035, 36.08),
        address=hostile,
        phone="0532-8000 0000",
        hours=hostile,
        operator=hostile,
        amenities=tuple(Amenity),
        is_open=True,
        changes=datetime(2026, 11, 24, 21),
        distance_m=844.0,
        time_s=620.0,
        straight_m=600.0,
    )


@pytest.fixture
def visit(hostile):
    return BusVisit(
        name=hostile,
        day=date(2026, 11, 26),
        start="14:00",
        end="17:30",
        wgs84=(120.03, 36.08),
        gcj02=(120.035, 36.08),
        address=hostile,
        phone="0532-1",
    )


@pytest.fixture
def pages(card, visit, hostile):
    asked = FormQuestion(
        text=hostile,
        origin=PlaceChoice(hostile, hostile, HERE.lonlat),
        amenities=frozenset({Amenity.AED}),
    )
    both = Text(hostile, hostile)
    return {
        "nearest": nearest_page(
            asked, [card] * 20, now=NOW, places=[HERE], message=both, frame=SAMPLE
        ),
        "station": station_page(card, now=NOW, nearby=[card], frame=SAMPLE),
        "bus": bus_near_page(asked, [visit] * 20, message=both, frame=SAMPLE),
        "home": home_page(
            title=hostile,
            bus_workers_served=10,
            stations=StationCount(3, 1),
            frame=SAMPLE,
        ),
        "error": error_page(404, both, both, frame=SAMPLE),
        "notice": notice_page([visit], organiser=hostile, sample=True),
        "poster": station_sign_page([card], base_url="https://example.org", frame=SAMPLE),
    }


def test_nothing_a_name_says_becomes_an_element(pages):
    for name, html in pages.items():
        assert "<img src=x" not in html, name
        assert "<script>window.hacked" not in html, name


def test_every_page_says_it_is_a_sample(pages):
    for name, html in pages.items():
        assert "示例数据" in html, name


def test_a_page_with_twenty_results_stays_under_100_kb(card, visit):
    name, address = (
        "福州路中国银行户外劳动者驿站（香港中路支行）",
        "市南区福州路128号新世界大厦一层",
    )
    cards = [replace(card, name=name, address=address, hours="Mo-Su 08:00-21:00")] * 20
    visits = [replace(visit, name=name, address=address)] * 20
    question = FormQuestion(
        text=name, origin=PlaceChoice(name, address, HERE.lonlat), amenities=frozenset(Amenity)
    )
    assert len(nearest_page(question, cards, now=NOW, frame=SAMPLE).encode()) < 100_000
    assert len(bus_near_page(question, visits, frame=SAMPLE).encode()) < 100_000
    assert len(station_page(cards[0], now=NOW, nearby=cards[:5], frame=SAMPLE).encode()) < 100_000


def test_no_page_asks_another_host(pages):
    for name, html in pages.items():
        assert not re.search(r"<(script|img|iframe|link)[^>]+(src|href)=\"(?!data:|/[^/])", html), (
            name
        )
        assert "@import" not in html


def test_the_position_goes_by_post_and_into_no_address():
    html = nearest_page(FormQuestion(text="", origin=HERE), now=NOW)
    assert set(re.findall(r'<form[^>]* method="(\w+)"', html)) == {"post"}
    assert 'name="lon" value="120.38123"' in html
    assert not re.search(r'(href|action)="[^"]*120\.38', html)


def test_without_javascript_the_form_still_asks_and_filters(card):
    html = re.sub(
        r"<script.*?</script>",
        "",
        nearest_page(FormQuestion(text="", origin=HERE), [card], now=NOW),
        flags=re.DOTALL,
    )
    assert html.count('<button type="submit"') == 2
    assert 'id="locate" class="primary" hidden' in html
    assert set(re.findall(r'name="amenity" value="(\w+)"', html)) == {
        a.value for a in ASKED_AMENITIES
    }


def test_what_was_asked_stays_chosen(card):
    asked = FormQuestion(
        text="福州",
        origin=HERE,
        mode=Mode.EBIKE,
        open_now=True,
        amenities=frozenset({Amenity.TOILET}),
    )
    html = nearest_page(asked, [card], now=NOW)
    assert 'value="ebike" checked' in html
    assert 'name="open" value="1" checked' in html
    assert re.findall(r'name="amenity" value="(\w+)" checked', html) == ["toilet"]
    assert "mode=ride&amp;" in html


def test_a_card_tells_the_way_the_detour_and_when_it_closes(card):
    html = nearest_page(FormQuestion(text="", origin=HERE), [card], now=NOW)
    assert "840 米" in html
    assert "直线 600 米" in html
    assert "10 分钟" in html
    assert "营业中 · 21:00 关门" in html
    assert 'href="/s/Y%2F1%3F%22"' in html


@pytest.mark.parametrize(
    ("is_open", "changes", "words"),
    [
        (True, None, "全天开放"),
        (True, (24, 21, 0), "营业中 · 21:00 关门"),
        (True, (25, 0, 0), "营业中 · 24:00 关门"),
        (True, (25, 2, 0), "营业中 · 明天 02:00 关门"),
        (False, (25, 8, 30), "已关闭 · 明天 08:30 开门"),
        (False, (25, 0, 0), "已关闭 · 明天 00:00 开门"),
        (False, (27, 8, 0), "已关闭 · 周五 08:00 开门"),
        (False, None, "暂不开放"),
        (None, None, "开放时间未知，请先致电"),
    ],
)
def test_opening_is_said_as_people_say_it(is_open, changes, words):
    moment = None if changes is None else datetime(2026, 11, *changes)
    assert opening_text(is_open=is_open, changes=moment, now=NOW).zh == words


def test_english_pages_hold_no_chinese_of_ours():
    card = StationCard(
        id="Y1",
        name="x",
        kind=Kind.MOTHERS_ROOM,
        wgs84=(120, 36),
        gcj02=(120, 36),
        amenities=tuple(Amenity),
        is_open=None,
    )
    question = FormQuestion(text="x", origin=PlaceChoice("x", "y", (120, 36)))
    html = nearest_page(question, [card], now=NOW, frame=ENGLISH) + station_page(
        card, now=NOW, frame=ENGLISH
    )
    html += home_page(frame=ENGLISH) + bus_near_page(question, frame=ENGLISH)
    shown = re.sub(r"<style.*?</style>|href=\"[^\"]*\"", "", html, flags=re.DOTALL)
    # Only the switch back to Chinese, once a page, is in Chinese.
    assert re.findall(r"[\u4e00-\u9fff]+", shown) == ["中文"] * 4


def test_each_visit_says_what_it_is_for_where_several_campaigns_stand():
    """The first page may hold visits of one campaign alone, and must still say which."""
    visit = BusVisit(
        name="东港广场",
        day=date(2026, 11, 26),
        start="14:00",
        end="17:30",
        wgs84=(120, 36),
        gcj02=(120, 36),
        campaign=CampaignName.SCREENING,
    )
    asked = FormQuestion()
    word = "免费两癌筛查（35–59 岁女会员）"
    assert word in bus_near_page(asked, [visit], several=True)
    assert word not in bus_near_page(asked, [visit])
    assert word in notice_page([visit])


def test_a_notice_says_when_and_where_in_one_sentence():
    visit = BusVisit(
        name="东港广场",
        day=date(2026, 11, 26),
        start="14:00",
        end="17:30",
        wgs84=(120, 36),
        gcj02=(120, 36),
    )
    assert notice_text(visit).zh == "大蓬车 11月26日 14:00–17:30 到 东港广场"
    assert notice_text(visit).en == "The health bus is at 东港广场 on Thu 26 Nov, 14:00–17:30"


def test_a_sign_leads_to_the_stations_own_page(card):
    html = station_sign_page(
        [card], base_url="https://example.org/", frame=PageFrame(PageLinks(station="/x/{id}"))
    )
    assert str(qr_svg("https://example.org/x/Y%2F1%3F%22", card.name)) in html


def test_the_nearest_open_on_arrival_comes_first_and_closed_nearer_ones_below(card):
    """A closed one at 100 m, one that closes on the way at 200 m, an open one at 800 m."""
    closed = replace(card, id="C", distance_m=100.0, is_open=False)
    closing = replace(card, id="D", distance_m=200.0, changes=datetime(2026, 11, 24, 19, 40))
    unknown = replace(card, id="U", distance_m=300.0, is_open=None, changes=None)
    later = replace(card, id="L", distance_m=900.0)
    found = arranged([closed, closing, unknown, card, later], NOW)
    assert found.best == card
    assert [one.id for one in found.nearer] == ["C", "D", "U"]
    assert [one.id for one in found.others] == ["L"]
    html = nearest_page(
        FormQuestion(text="", origin=HERE), [closed, closing, unknown, card, later], now=NOW
    )
    places = [html.index(f'href="/s/{part}"') for part in ("Y%2F1%3F%22", "C", "D", "U", "L")]
    assert places == sorted(places)
    assert html.index("更近，但现在去没有开门") < places[1]


def test_of_the_others_two_that_are_open_are_shown_in_full(card):
    """A long row of full cards is no help on a small phone."""
    others = [
        replace(card, id=name, distance_m=900.0 + number, is_open=name != "C")
        for number, name in enumerate("CDEF")
    ]
    assert arranged([card, *others], NOW).in_full == (1, 2)
    html = nearest_page(FormQuestion(text="", origin=HERE), [card, *others], now=NOW)
    assert html.count("data-apps>") == 3
    assert all(f'href="/s/{name}"' in html for name in "CDEF")


def test_where_none_is_open_the_page_says_so_and_when_they_open(card):
    closed = replace(card, is_open=False, changes=datetime(2026, 11, 25, 8, 30))
    html = nearest_page(FormQuestion(text="", origin=HERE), [closed], now=NOW)
    assert arranged([closed], NOW).best is None
    assert "附近现在没有确定开着的站点" in html
    assert "明天 08:30 开门" in html


def test_a_shared_page_has_a_title_a_line_and_a_picture(card):
    links = PageLinks(picture="https://example.org/share.png")
    html = station_page(card, now=NOW, frame=PageFrame(links))
    for name in ("title", "description", "image"):
        assert re.search(f'<meta property="og:{name}" content="[^"]+">', html), name
    assert "og:image" not in station_page(card, now=NOW)


def test_where_anyone_may_rest_comes_before_a_nearer_room_for_few(card):
    """A courier is not led into a mothers' room because it is nearer and open."""
    room = replace(card, id="M", kind=Kind.MOTHERS_ROOM, distance_m=100.0)
    shut = replace(card, id="C", distance_m=200.0, is_open=False)
    assert card.kind in REST_KINDS
    found = arranged([room, shut, card], NOW, REST_KINDS)
    assert (found.best, [one.id for one in found.nearer]) == (card, ["C"])
    assert [one.id for one in found.others] == ["M"]
    assert arranged([room, shut], NOW, REST_KINDS).best == room

    def first(question):
        html = nearest_page(question, [room, shut, card], now=NOW)
        return html.index('href="/s/M"') < html.index('href="/s/Y%2F1%3F%22"')

    assert not first(FormQuestion(text="", origin=HERE))
    assert first(FormQuestion(text="", origin=HERE, kind=Kind.MOTHERS_ROOM))
