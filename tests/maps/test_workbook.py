from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest

from geo.summary.run import RunSummary
from maps.workbook.book import write_workbook


@pytest.fixture
def book(tmp_path, layers, summary):
    write_workbook(tmp_path / "results.xlsx", layers, summary, sample=True)
    return openpyxl.load_workbook(tmp_path / "results.xlsx")


def rows(sheet):
    """Return the records below the header, which stands under the sample notice."""
    header = [cell.value for cell in sheet[2]]
    return [
        dict(zip(header, [cell.value for cell in row], strict=True))
        for row in sheet.iter_rows(min_row=3)
    ]


def test_the_sheets_are_those_the_office_knows(book):
    assert book.sheetnames == [
        "说明",
        "汇总",
        "缺口",
        "推荐站点",
        "综合措施",
        "各区市",
        "分时段覆盖",
        "可信范围",
        "公平性",
        "接待能力",
        "工时覆盖明细",
        "到站时间明细",
        "大蓬车日程",
        "路线",
    ]


def test_every_sheet_says_it_is_a_sample_and_prints_on_a4(book):
    for sheet in book:
        texts = {str(cell.value) for row in sheet.iter_rows(max_row=2) for cell in row}
        assert any("示例数据" in text for text in texts), sheet.title
        assert sheet.page_setup.paperSize == 9
        assert "示例数据" in sheet.oddHeader.center.text


def test_a_real_project_is_not_called_a_sample(tmp_path, layers, summary):
    write_workbook(tmp_path / "r.xlsx", layers, summary)
    for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx"):
        assert not any("示例" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_text_that_looks_like_a_formula_is_text(book):
    sites = rows(book["推荐站点"])
    assert (sites[0]["名称"], sites[0]["地址"]) == ("=2+3", "+1")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]


def test_numbers_are_numbers_and_words_are_read_out(book):
    site = rows(book["推荐站点"])[0]
    assert site["新增覆盖人数"] == 100
    assert site["费用（元）"] == 30000
    assert (site["依托单位类型"], site["措施"]) == ("邮政", "新建站点")
    assert (site["经度"], site["纬度"]) == (120.18, 36.06)
    assert site["区市代码"] == "东区"
    assert site["改选备选损失人数"] is None
    assert "英文理由" not in site


def test_actions_read_in_the_readers_language(book):
    first = rows(book["综合措施"])[0]
    assert (first["措施"], first["措施内容"]) == ("延长开放时间", "延长到 22:00")
    assert first["每周新增服务人时"] == 700
    assert first["费用（元）"] == 9000
    assert first["各群体新增人时"] == "快递员 700"
    assert "措施内容（英文）" not in first


def test_json_cells_are_read_out_largest_first(book):
    assert rows(book["缺口"])[0]["各群体人数"] == "网约送餐员 200、快递员 100"


def test_days_are_dates(book):
    assert rows(book["大蓬车日程"])[0]["日期"] == dt.datetime(2026, 11, 26)


def test_district_totals_add_up(book):
    table = rows(book["各区市"])
    assert [row["区市"] for row in table] == ["西区", "东区", "合计"]
    assert [row["职工人数"] for row in table] == [1000, 500, 1500]
    assert [row["附近无站人数"] for row in table] == [300, 0, 300]
    assert [row["附近无站占比"] for row in table] == [0.3, 0, 0.2]
    assert [row["现有站点"] for row in table] == [3, 2, 5]


def test_the_summary_says_what_is_proven(book):
    figures = {row["指标"]: row["数值"] for row in rows(book["汇总"])}
    assert figures["新建后覆盖（人）"] == 1200
    assert figures["选址方案与最优的最大差距"] == 0.005
    assert figures["用时（秒） reach"] == 1.5


def test_parameters_are_told(book):
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["覆盖 · 服务圈（分钟）"] == "15"
    assert (
        about["覆盖 · 计入的站点类型"]
        == "户外劳动者驿站、新时代共享区域职工之家、职工信赖的职工之家"
    )
    assert about["选址 · 新站点之间的最小间距（米）"] == "300"
    assert about["大蓬车 · 活动"] == "免费体检"
    assert about["生成时间"] == "2026-11-24T08:00+08:00"


def test_tables_are_filtered_and_their_headers_stay(book):
    for name in ("缺口", "推荐站点", "大蓬车日程", "路线"):
        assert book[name].auto_filter.ref is not None
        assert book[name].freeze_panes == "A3"


def test_a_workbook_without_layers_has_every_sheet(tmp_path):
    write_workbook(tmp_path / "empty.xlsx", {}, RunSummary(), language="en")
    assert len(openpyxl.load_workbook(tmp_path / "empty.xlsx").sheetnames) == 14


@pytest.mark.usefixtures("book")
def test_no_part_is_left_beside_the_file(tmp_path):
    assert [path.name for path in tmp_path.iterdir()] == ["results.xlsx"]


def test_longer_hours_that_cure_a_gap_are_read_out(tmp_path, layers, summary):
    cures = [
        {
            "station_id": "S1",
            "station_name": "=望山",
            "hours": "每天 17:00–20:00",
            "osm_hours": "Mo-Su 17:00-20:00",
            "workers": 1300,
            "worker_hours": 9.5,
        }
    ]
    gaps = layers["gaps"].assign(
        cures=json.dumps(cures), reading_zh="读给人听", reading_en="read aloud"
    )
    path = tmp_path / "results.xlsx"
    for language, wanted, other in (
        ("zh", "=望山（S1）加开 每天 17:00–20:00，服务 1,300 人", "read aloud"),
        ("en", "=望山 (S1) also Mo-Su 17:00-20:00: 1,300 workers", "读给人听"),
    ):
        write_workbook(path, {**layers, "gaps": gaps}, summary, language=language)
        sheet = openpyxl.load_workbook(path)["缺口" if language == "zh" else "Gaps"]
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell.data_type for cell in cells if cell.value == wanted] == ["s"]
        assert other not in [cell.value for cell in cells]
