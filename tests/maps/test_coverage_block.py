"""What the page and the workbook say of a coverage beyond its headline."""

from __future__ import annotations

import re

import openpyxl
import pandas as pd
import pytest

from geo.summary.coverage import (
    CoverageRange,
    DistrictEquity,
    DistrictRoom,
    GroupEquity,
    HolidayCoverage,
    HoursOfWeek,
    LoadedStation,
    RangeRow,
    Remark,
)
from maps.planner.coverage_block import coverage_block, week_cells
from maps.planner.curve import lorenz_svg
from maps.planner.heat_strip import heat_strip, hour_text
from maps.planner.planner_page import planner_page
from maps.workbook.book import write_workbook


@pytest.fixture
def told(summary, hostile):
    """A summary whose worst hour is Sunday 03:00 and whose best is Monday 09:00."""
    present = [100.0] * 168
    covered = [50.0] * 168
    covered[9], covered[6 * 24 + 3] = 90.0, 5.0
    present[12] = covered[12] = 0.0
    seen = summary.coverage
    even = {
        "workers": 9.0,
        "mean": 0.3,
        "gini": 0.1,
        "theil": 0.2,
        "worst_tenth": 0.0,
        "in_farthest_tenth": 7.0,
    }
    limit = {"assumption": "limit"}
    return summary.but(
        coverage=seen.but(
            by_hour=HoursOfWeek(present=present, covered=covered),
            range=CoverageRange(
                workers=(0.5, 0.7),
                worker_hours=(0.2, 0.4),
                workers_error=0.1,
                draws=9,
                rows=(
                    RangeRow(**limit, change=-0.2, workers=0.5, worker_hours=0.2),
                    RangeRow(**limit, change=0.2, workers=0.7, worker_hours=0.4),
                ),
            ),
            holiday_week=HolidayCoverage(
                monday="2026-09-28",
                worker_hours_total=10.0,
                worker_hours_covered=3.0,
                note=Remark(zh="2027 年的放假安排尚未公布。", en="Not announced."),
            ),
            stations_without_hours=2,
            worker_hours_unsure=1234.0,
            equity=seen.equity.but(
                gini=0.5,
                unserved_share=0.25,
                worst_tenth_from_m=5100.0,
                worst_half_share=0.0,
                lorenz=((0.0, 0.0), (0.5, 0.0), (1.0, 1.0)),
                by_district=(DistrictEquity(district="370001", **even),),
                by_group=(GroupEquity(group="courier", **even),),
            ),
            capacity=seen.capacity.but(
                visits=50.0,
                capacity=40.0,
                overloaded=1,
                stations_unstated=3,
                visits_without_room=12.0,
                stations=(
                    LoadedStation(
                        id="Y2",
                        name=hostile,
                        district="370002",
                        capacity=30.0,
                        visits=42.0,
                        load=1.4,
                    ),
                ),
                by_district=(
                    DistrictRoom(
                        district="370001", workers=1000.0, capacity=30.0, visits_without_room=2.0
                    ),
                    DistrictRoom(
                        district="370002", workers=500.0, capacity=10.0, visits_without_room=10.0
                    ),
                ),
            ),
        )
    )


NAMES = {"370001": "西区", "370002": "东区"}


def test_the_worst_and_the_best_hour_are_found_and_an_empty_one_has_no_share(told):
    block = coverage_block(told.coverage, NAMES, "zh")
    assert hour_text(block.worst, "zh") == "周日 3:00–4:00"
    assert hour_text(block.best, "en") == "Mon 9:00–10:00"
    assert block.cells[12].share is None
    assert [row.name for row in block.supply] == ["东区", "西区"]


def test_the_strip_has_a_cell_an_hour_with_its_tip(told):
    svg = str(heat_strip(week_cells(told.coverage.by_hour)))
    assert svg.count("<rect") == 168
    assert "<title>周一 9:00–10:00 在岗 100 人，覆盖 90%</title>" in svg
    assert svg.count('class="none"') == 1
    assert not heat_strip([])


def test_the_lorenz_curve_runs_from_corner_to_corner(told):
    svg = str(lorenz_svg(told.coverage.equity))
    assert 'points="36.0,158.0 111.0,158.0 186.0,8.0"' in svg
    assert "基尼系数 0.50" in svg
    assert not lorenz_svg(told.coverage.equity.but(lorenz=()))


def test_the_page_says_range_week_equity_and_room(layers, told, hostile):
    html = planner_page(layers, told)
    for words in (
        "50.0%–70.0%",
        "周日 3:00–4:00",
        "2027 年的放假安排尚未公布。",
        "5.1 公里",
        "140%",
        "2026-09-28",
        "1,234",
    ):
        assert words in html, words
    shown = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert hostile not in shown


def test_the_english_page_leaves_no_chinese_but_names(layers, told):
    html = planner_page(layers, told, language="en")
    shown = re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.DOTALL)
    assert set(re.findall(r"[\u4e00-\u9fff]+", shown)) <= {"西区", "东区", "合心驿站"}
    assert "Not announced." in shown


def test_a_page_before_the_first_coverage_has_no_such_tab(layers, summary):
    assert "tab-coverage" in planner_page(layers, summary)
    assert "tab-coverage" not in planner_page(layers, summary.but(coverage=None, siting=None))


def test_the_workbook_holds_the_week_the_equity_the_room_and_the_tables(tmp_path, layers, told):
    hours = pd.DataFrame(
        {
            "district": ["370001"],
            "group": ["courier"],
            "week_part": ["evening"],
            "kind": ["outdoor_rest_station"],
            "worker_hours": [10.0],
            "worker_hours_covered": [4.0],
        }
    )
    reach = pd.DataFrame(
        {
            "district": ["370001"] * 2,
            "group": ["courier"] * 2,
            "kind": ["mothers_room"] * 2,
            "over": [0.0, 900.0],
            "within": [300.0, float("inf")],
            "workers": [3.0, 6.0],
        }
    )
    tables = {"coverage_hours": hours, "coverage_reach": reach}
    write_workbook(tmp_path / "r.xlsx", layers, told, tables=tables)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book["分时段覆盖"]["K2"].value == 0.9
    assert [cell.value for cell in book["可信范围"][2]] == ["服务圈阈值", 0.2, 0.5, 0.7, 0.2, 0.4]
    assert [row[0].value for row in book["公平性"].iter_rows(min_row=2)] == ["西区", "快递员"]
    assert [cell.value for cell in book["接待能力"][2]][6:] == ["东区", 500, 10, 20, 10]
    assert [cell.value for cell in book["工时覆盖明细"][2]] == [
        "西区",
        "快递员",
        "晚间（每天 17–22 点）",
        "户外劳动者驿站",
        10,
        4,
    ]
    assert [cell.value for cell in book["到站时间明细"][3]][3:] == [15, None, 6]
