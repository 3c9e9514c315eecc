"""The signs of a whole district as one PDF: by command, by address, and by the button that leads there."""

from __future__ import annotations

import re
from html import unescape

import pytest
from click.testing import CliRunner
from pypdfium2 import PdfDocument

from api.command.poster_command import posters_command
from geo.layers.vocabulary import Amenity, Kind
from geo.text import Language
from maps.page_links import PageFrame, PageLinks
from maps.report.files import poster_book as signs
from maps.worker.station_card import StationCard
from maps.worker.station_page import station_sign_page

PATH = "/planning/posters.pdf"


def texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in PdfDocument(pdf)]


@pytest.fixture
def run(city):
    def run(*arguments: str):
        command = posters_command(Language.ZH)
        return CliRunner().invoke(command, ["--project", str(city.folder), *arguments])

    return run


def test_a_page_for_every_station_that_serves(client, as_planner):
    answered = client.get(PATH, params={"district": "市南区"}, headers=as_planner)
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "application/pdf"
    told = texts(answered.content)
    assert [re.search(r"编号 (S\d)", page).group(1) for page in told] == ["S1", "S2", "S3"]
    assert "福州路驿站<script>alert(1)</script>" in told[0].replace("\r\n", "")
    assert all("示例数据" in page for page in told)
    assert "周一至周五 8:30–17:30" in told[1]


def test_the_code_opens_the_stations_page(monkeypatch):
    drawn = []
    monkeypatch.setattr(signs, "qr_svg", lambda url, _name: drawn.append(url) or "<svg />")
    monkeypatch.setattr(signs, "pdf_of", lambda *_: b"")
    card = StationCard(
        id="Q/1",
        name="#panic()",
        kind=Kind.OUTDOOR_REST_STATION,
        wgs84=(120.0, 36.0),
        gcj02=(120.0, 36.0),
    )
    signs.posters_pdf([card], base_url="https://yz.example/qd/")
    assert drawn == ["https://yz.example/qd/s/Q%2F1"]


@pytest.mark.parametrize("language", list(Language))
def test_the_page_and_the_file_say_the_same(language):
    card = StationCard(
        id="Q1",
        name="港城驿站",
        kind=Kind.OUTDOOR_REST_STATION,
        wgs84=(120.0, 36.0),
        gcj02=(120.0, 36.0),
        address="港城路 1 号",
        hours="Mo-Fr 08:30-17:30",
        amenities=(Amenity.DRINKING_WATER,),
        phone="0532-1",
    )
    html = station_sign_page(
        [card], base_url="https://x", frame=PageFrame(PageLinks(), language=language)
    )
    page = unescape(re.sub(r"(?s)<[^>]*>", " ", html.split("</header>")[1]))
    printed = "".join(texts(signs.posters_pdf([card], base_url="https://x", language=language)))
    for said in filter(None, map(str.strip, page.split("  "))):
        assert "".join(said.split()) in "".join(printed.split()), said


def test_a_name_is_never_read_as_markup():
    card = StationCard(
        id="Q1",
        name='#panic("x") *b* $x$ @y',
        kind=Kind.OUTDOOR_REST_STATION,
        wgs84=(120.0, 36.0),
        gcj02=(120.0, 36.0),
    )
    assert '#panic("x") *b* $x$ @y' in texts(signs.posters_pdf([card], base_url="https://x"))[0]


def test_it_needs_the_key_and_a_district_that_is_there(client, as_planner):
    assert client.get(PATH, params={"district": "370202"}).status_code == 401
    wrong = client.get(PATH, params={"district": "火星"}, headers=as_planner)
    assert wrong.status_code == 400
    assert "市南区" in wrong.json()["detail"]


def test_the_page_of_reports_has_the_button(client, as_planner):
    page = client.get("/reports", headers={**as_planner, "Accept": "text/html"}).text
    assert f'action="{PATH}"' in page
    assert '<option value="370202">市南区</option>' in page


def test_the_command_tells_pages_size_time_and_what_is_left_out(run, tmp_path):
    out = tmp_path / "signs.pdf"
    told = run("--district", "市南", "--base-url", "https://yz.example", "--out", str(out))
    assert told.exit_code == 0, told.output
    assert len(texts(out.read_bytes())) == 3
    assert re.search(
        r"市南区 3 页，\d\.\d MB，用时 \d+ 秒。未开放的 1 个站点没有海报：S4。", told.output
    )


def test_the_command_wants_the_public_address(run, monkeypatch):
    monkeypatch.delenv("YIZHAN_BASE_URL", raising=False)
    assert "--base-url" in str(run("--district", "市南").exception.args)
    wrong = run("--district", "市南", "--base-url", "x")
    assert "http(s)" in str(wrong.exception.args)
