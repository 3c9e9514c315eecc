"""``yizhan import --check``: everything is told and nothing is imported."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.command.main import build
from data.store.project import Project
from geo.text import Language

HEAD = "编号,名称,经度（GCJ02）,纬度（GCJ02）,建设费用（万元）,片长"


@pytest.fixture
def project(tmp_path):
    return Project.create(tmp_path / "city", "city")


@pytest.fixture
def run(project, tmp_path):
    def command(text, *options):
        path = tmp_path / "名单.csv"
        path.write_text(text, encoding="utf-8")
        words = ["import", "candidates", str(path), "--project", str(project.folder), *options]
        return CliRunner().invoke(build(Language.ZH), words)

    return command


def test_a_check_says_what_every_column_became_and_imports_nothing(run, project):
    told = run(f"{HEAD}\nC1,甲,120.387733,36.067376,1.5,张三\n合计,,,,1.5,\n", "--check")
    assert told.exit_code == 0
    for line in (
        "经度（GCJ02） → 经度（lon），gcj02 坐标",
        "建设费用（万元） → 建设费用（元）（cost_cny），单位万元，乘以 10,000",
        "片长 → 不导入（未识别）",
        "共 1 行：可用 1，有问题 0。",
        "略过 1 行合计行：第 3 行",
    ):
        assert line in told.stdout
    assert not project.has("candidates")


def test_a_check_of_bad_rows_fails_and_counts_them_for_programs(run, project):
    rows = "".join(f"C{i},甲{i},x,36.067376,1.5,\n" for i in range(60))
    told = run(f"{HEAD}\n{rows}", "--check", "--json")
    assert told.exit_code == 1
    facts = json.loads(told.stdout)
    assert (facts["rows"], facts["rejected"], facts["problems_in_all"]) == (60, 60, 60)
    assert len(facts["problems"]) == 50
    assert not project.has("candidates")


def test_a_column_that_must_be_settled_is_asked_for_and_taken_as_told(run, project):
    text = "编号,名称,经度,纬度,开门\nC1,甲,120.38123,36.07123,8:00-18:00\n"
    asked = run(text)
    assert asked.exit_code != 0
    assert not project.has("candidates")
    told = run(text, "--column", "开门=opening_hours", "--json")
    assert json.loads(told.stdout)["reading"]["not_understood"] == []
    assert project.read("candidates")["opening_hours"].tolist() == ["08:00-18:00"]
