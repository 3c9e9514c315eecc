"""The committee's papers, asked for on the workbench and kept as one file."""

from __future__ import annotations

import zipfile

import pytest

from data.store.drafts import Drafts
from geo.study.rules import StudyRules

KEY = "browser-planner-key-0123456789"
PATIENCE_MS = 120_000


@pytest.fixture
def desk(browser, tiny, tmp_path, serving):
    """The workbench with one draft in its list; faults fail the test."""
    project = tiny.make_project(tmp_path / "tiny")
    rules = StudyRules.model_validate({"coverage": {"limit_s": 300}, "siting": {"count": 1}})
    Drafts(project).create("十月方案", who="王莉", rules=rules)
    with serving(project, tmp_path) as (address, _):
        yield from opened(browser, address)


def opened(browser, address):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}/workbench")
    page.wait_for_selector("#new-draft")
    yield page
    context.close()
    assert faults == []


def test_a_button_has_the_papers_made_and_keeps_them(desk, tmp_path):
    desk.click(".papers button")
    desk.wait_for_selector(".papers a", timeout=PATIENCE_MS)
    with desk.expect_download(timeout=PATIENCE_MS) as waited:
        desk.click(".papers a")
    assert waited.value.suggested_filename == "决策材料-十月方案.zip"
    waited.value.save_as(tmp_path / "kept.zip")
    names = zipfile.ZipFile(tmp_path / "kept.zip").namelist()
    papers = ("决策报告.docx", "决策报告.pdf", "汇报.pptx")
    assert {f"决策材料-十月方案/{one}" for one in papers} <= set(names)
