"""What was understood of a file is told before it counts."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pytest
import shapely

from data.importing import import_layer
from data.reading.reading import UnclearFileError
from data.reading.reading_report import ReadingReport
from data.store.project import Project
from data.tables.answers import Answers
from geo.errors import BadInputError
from geo.layers.columns import INPUT_LAYERS
from geo.text import Language

YIZHAN = INPUT_LAYERS["yizhan"]


@pytest.fixture
def project(tmp_path):
    """Return a project whose layer yizhan has A, B and C in a row, 1 km apart."""
    project = Project.create(tmp_path / "city", "city")
    rows = gpd.GeoDataFrame(
        {
            "id": ["A", "B", "C"],
            "name": ["甲", "乙", "丙"],
            "kind": "outdoor_rest_station",
            "capacity": [10, 20, 30],
        },
        geometry=[shapely.Point(120.38 + 0.01 * i, 36.07) for i in range(3)],
        crs=4326,
    )
    project.write("yizhan", rows)
    return project


def sheet(path, rows, title="Sheet", more=()):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, its_rows in more:
        tab = book.create_sheet(name)
        for row in its_rows:
            tab.append(row)
    book.save(path)
    return path


def check(project, path, **answers):
    return import_layer(
        project, YIZHAN, path, source=path.name, answers=Answers(**answers), publish=False
    )


def test_every_column_table_and_row_is_told(project, tmp_path):
    path = sheet(
        tmp_path / "站点.xlsx",
        [
            ["2026年驿站名单（高德坐标）"],
            ["编号", "名称", "经度", "纬度", "日接待能力（百人）", "片长", "合作单位"],
            ["A", "甲", 120.3852, 36.0705, 0.1, "张三", None],
            ["合计", None, None, None, 0.1, None, None],
            ["注：以上为上报数"],
        ],
        more=[("说明", [["填写说明"], ["请勿改动"]])],
    )
    report = check(project, path).report
    facts = report.facts(Language.ZH).model_dump()
    assert [(one["name"], one["read"]) for one in facts["tables"]] == [
        ("Sheet", True),
        ("说明", False),
    ]
    assert facts["header_row"] == 2
    assert (facts["datum"], "高德坐标" in facts["datum_why"]) == ("gcj02", True)
    by_header = {one["header"]: one for one in facts["columns"]}
    assert by_header["日接待能力（百人）"]["times"] == 100.0
    assert by_header["名称"] | {"why": None} == {
        "header": "名称",
        "field": "name",
        "name": "名称",
        "unit": None,
        "times": 1.0,
        "datum": None,
        "days": None,
        "example": "甲",
        "why": None,
        "nearest": None,
    }
    assert facts["not_understood"] == ["片长"]
    assert [(one["row"], one["why"]) for one in facts["left_out"]] == [
        (4, "合计行"),
        (5, "说明文字"),
    ]
    told = "\n".join(line.zh for line in report.lines())
    assert "日接待能力（百人） → 日接待能力（capacity），单位百人，乘以 100" in told
    assert "片长 → 不导入（未识别）" in told


def test_differences_to_the_present_version_are_counted_and_moves_measured(project, tmp_path):
    path = sheet(
        tmp_path / "s.xlsx",
        [
            ["编号", "名称", "经度", "纬度", "日接待能力"],
            ["A", "甲", 120.38, 36.07, 10],
            ["B", "乙", 120.40, 36.07, 20],
            ["C", "丙", 120.40, 36.07, 31],
            ["D", "丁", 120.42, 36.07, 1],
        ],
    )
    found = check(project, path).report.differences
    assert (found.version, found.added, found.removed, found.changed, found.same) == (1, 1, 0, 1, 1)
    ((identity, moved_m),) = found.moved
    assert identity == "B"
    assert moved_m == pytest.approx(901, abs=3)
    assert len(project.versions("yizhan")) == 1


def test_one_sheet_a_district_is_asked_for_and_all_are_read_when_told(project, tmp_path):
    head = ["编号", "名称", "经度", "纬度"]
    path = sheet(
        tmp_path / "s.xlsx",
        [head, ["S1", "甲", 120.38, 36.07]],
        title="市南区",
        more=[("市北区", [head, ["N1", "乙", 120.39, 36.08], ["N2", "丙", "x", 36.08]])],
    )
    with pytest.raises(BadInputError, match="市南区、市北区"):
        check(project, path)
    imported = check(project, path, table="全部")
    assert imported.reading.good["id"].tolist() == ["S1", "N1"]
    assert imported.reading.problems[0].line.zh.startswith(
        "s.xlsx “市北区”第 3 行，经度/纬度“x，36.08”"
    )
    assert check(project, path, table="市北区").reading.good["id"].tolist() == ["N1"]


def test_an_unclear_file_still_shows_what_was_understood(project, tmp_path):
    path = sheet(
        tmp_path / "s.xlsx",
        [["编号", "名称", "经度", "纬度", "开门"], ["A", "甲", 120.38, 36.07, "8:00-18:00"]],
    )
    with pytest.raises(UnclearFileError) as refused:
        check(project, path)
    facts = ReadingReport.of_unclear(YIZHAN, refused.value).facts("zh").model_dump()
    assert facts["not_understood"] == ["开门"]
    assert "--column '开门=opening_hours'" in facts["unclear"]


def test_answers_are_kept_for_the_next_file_with_the_same_headers(project, tmp_path):
    rows = [["编号", "名称", "经度", "纬度", "开门"], ["A", "甲", 120.38, 36.07, "8:00-18:00"]]
    path = sheet(tmp_path / "s.xlsx", rows)
    told = Answers(columns={"开门": "opening_hours"})
    import_layer(project, YIZHAN, path, source="s.xlsx", answers=told, keep_answers=True)
    again = sheet(tmp_path / "next.xlsx", rows)
    assert check(project, again).reading.good["opening_hours"][0] == "08:00-18:00"
    other = sheet(tmp_path / "other.xlsx", [[*rows[0], "备注"], [*rows[1], ""]])
    with pytest.raises(UnclearFileError):
        check(project, other)


def test_a_planner_is_told_what_an_import_takes_away_and_where_the_problems_are(project, tmp_path):
    head = ["序号", "编号", "名称", "经度", "纬度", "开放时间", "日接待能力"]
    rows = [
        [1, "A", "甲", 120.38, 36.07, "8:30-5:30", 10],
        [2, "N", "新", 120.41, 36.07, "全年无休", 10],
        [3, "M", "另", 120.42, 36.07, "8:30-17:30", "约50"],
    ]
    report = check(project, sheet(tmp_path / "s.xlsx", [head, *rows])).report
    said = [line.zh for line in report.lines()]
    assert "  序号 → 不导入（只是行的序号），如“1”" in said
    assert "问题按列：开放时间 2 处；日接待能力 1 处。" in said
    assert any(line.startswith("注意：导入会替换整个图层，现有 3 行不在") for line in said)
    assert not any("看不懂开放时间" in line for line in said)
    assert any("坐标按 wgs84（GPS、天地图、CGCS2000；没有说明，按默认）" in line for line in said)


def test_what_is_filled_from_the_map_is_no_change(project, tmp_path):
    """A list that names no districts, imported twice, used to be told as changed in every row."""
    quarter = {
        "adcode": ["370202", "370202001"],
        "name": ["市南区", "某街道"],
        "parent": [None, "370202"],
    }
    area = shapely.box(120.3, 36.0, 120.5, 36.2)
    project.write("districts", gpd.GeoDataFrame(quarter, geometry=[area, area], crs=4326))
    assert project.read("yizhan")["subdistrict"].tolist() == ["某街道"] * 3
    path = sheet(
        tmp_path / "again.xlsx",
        [
            ["编号", "名称", "类型", "经度", "纬度", "日接待能力"],
            ["A", "甲", "户外劳动者驿站", 120.38, 36.07, 10],
            ["B", "乙", "户外劳动者驿站", 120.39, 36.07, 20],
            ["C", "丙", "户外劳动者驿站", 120.40, 36.07, 31],
        ],
    )
    found = check(project, path).report.differences
    assert (found.changed, found.same) == (1, 2)
