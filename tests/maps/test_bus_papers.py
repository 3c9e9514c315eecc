"""The bus on paper, read back and compared with the plan: sheets, notices, signs, workbook."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pypdfium2 import PdfDocument

from geo.layers.vocabulary import CampaignName
from geo.summary.bus_figures import CampaignFigures
from maps.bus.bus_page import day_text
from maps.numbers import count
from maps.report.bus.bus_papers import (
    bus_papers,
    day_sheets_pdf,
    notices_pdf,
    stop_signs_pdf,
)
from maps.report.bus.bus_workbook import bus_report
from maps.report.committee_folder import committee_files
from maps.report.files.excel import committee_workbook
from maps.report.formats import Format
from maps.report.subject import Stands, Subject


def words(content):
    pages = PdfDocument(content)
    return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in pages]


@pytest.fixture
def subject(layers, summary):
    return Subject(layers=layers, summary=summary, sample=True, to_gcj02=np.asarray)


@pytest.fixture
def papers(subject):
    return bus_papers(subject)


def test_every_bus_and_day_has_a_sheet_with_its_stops_and_contacts(papers, layers):
    pages = words(day_sheets_pdf(papers))
    stops = layers["bus_stops"]
    keys = sorted({(row.day, row.bus_id) for row in stops.itertuples()})
    assert len(pages) == len(keys)
    for page, (day, bus) in zip(pages, keys, strict=True):
        assert day_text(day, "zh").replace(" ", "") in page
        for row in stops[(stops["day"] == day) & (stops["bus_id"] == bus)].itertuples():
            for figure in (row.name, row.start, row.depart, row.contact, row.phone):
                assert re.sub(r"\s", "", figure) in page
            assert count(row.workers_served) in page


def test_notices_and_signs_name_no_contact_person(papers, layers, hostile):
    notices, signs = words(notices_pdf(papers)), words(stop_signs_pdf(papers))
    assert len(notices) == len(layers["bus_stops"])
    assert len(signs) == layers["bus_stops"]["name"].nunique()
    for page in (*notices, *signs):
        assert "王师傅" not in page
        assert "0532" not in page
        assert "示例数据" in page
    assert any(re.sub(r"\s", "", hostile) in page for page in notices)


def test_the_workbook_adds_up_to_the_people_of_the_visits(papers, layers):
    book = openpyxl.load_workbook(BytesIO(committee_workbook(bus_report(papers))), data_only=True)
    *rows, total = list(book["全部停靠"].iter_rows(min_row=5, values_only=True))
    assert total[13] == layers["bus_stops"]["workers_served"].sum()
    assert [row[3] for row in rows] == ["T1", "T2", "T1"]
    assert "图表" not in book.sheetnames


def test_a_guest_is_told_as_one_and_drives_nowhere(layers, summary):
    """Talks at the first check-up: one stop fewer than rows, and 同场 wherever they are named."""
    stops = layers["bus_stops"]
    talks = stops.iloc[[0]].assign(campaign="legal_talks", shared_with="checkup")
    both = pd.concat([stops.assign(campaign="checkup", shared_with=""), talks], ignore_index=True)
    papers = bus_papers(
        Subject(
            layers={**layers, "bus_stops": both}, summary=summary, sample=True, to_gcj02=np.asarray
        )
    )
    first, *_ = words(day_sheets_pdf(papers))
    same = (stops["bus_id"] == stops["bus_id"][0]) & (stops["day"] == stops["day"][0])
    assert f"停靠{same.sum()}处" in first
    assert "同场：普法宣讲" in first
    told = [row[12] for row in bus_report(papers).table("bus_visits").rows]
    assert told.count("同场：普法宣讲") == 1
    sign = next(page for page in words(stop_signs_pdf(papers)) if "普法宣讲" in page)
    assert "工会服务大蓬车" in sign
    assert "免费体检" in sign


def test_several_campaigns_are_told_apart_and_add_up(layers, summary):
    """The range and the bound of one campaign never stand beside the people of all."""
    one = summary.bus
    other = CampaignFigures(
        campaign="screening", version=2, workers_served=40, upper_bound=55, visits=3, days=one.days
    )
    both = one.model_copy(update={"beside": (other,), "served_range": (11, 13)})
    papers = bus_papers(
        Subject(layers=layers, summary=summary.but(bus=both), sample=True, to_gcj02=np.asarray)
    )
    report = bus_report(papers)
    total, *_ = report.headlines()
    assert total.value == one.workers_served + 40
    assert "筛查 40" in total.note.zh
    assert not [head for head in report.headlines() if "11" in head.note.zh]
    table = report.table("bus_campaigns")
    assert [row[1:4] for row in table.rows] == [
        (one.workers_served, one.upper_bound, 11),
        (40, 55, None),
    ]
    assert table.totals[1] == total.value
    assert CampaignName(one.campaign).text.zh in report.table("bus_districts").caption.zh


def test_a_draft_of_sites_or_a_project_without_a_bus_has_no_papers_of_one(layers, summary):
    draft = Subject(
        layers=layers, summary=summary, sample=True, to_gcj02=np.asarray, stands=Stands.DRAFT
    )
    none = Subject(layers=layers, summary=summary.but(bus=None), sample=True, to_gcj02=np.asarray)
    assert bus_papers(draft) is None
    assert bus_papers(none) is None
    assert not [name for name, _ in committee_files(draft, [Format.XLSX]) if "大蓬车" in name]


def test_the_folder_holds_the_bus(subject):
    names = {name for name, _ in committee_files(subject, [Format.PDF, Format.XLSX])}
    kinds = ("日程单.pdf", "张贴公告.pdf", "停靠点标识.pdf", "大蓬车.xlsx")
    assert {f"大蓬车/{one}" for one in kinds} <= names
