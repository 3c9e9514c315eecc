"""Work that a restart cut off: the planner is told, and can have it run again."""

from __future__ import annotations

import json

KEY = "browser-planner-key-0123456789"


def test_work_cut_off_is_told_and_run_again(browser, tiny, tmp_path, serving):
    project = tiny.make_project(tmp_path / "tiny")
    cut = {
        "job_id": "cut",
        "kind": "run",
        "made": "2026-11-29T01:00:00+00:00",
        "path": "/planning/run?part=coverage",
        "body": {},
    }
    (project.folder / "jobs.json").write_text(json.dumps([cut]), encoding="utf-8")
    with serving(project, tmp_path) as (address, _):
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/workbench")
        page.wait_for_selector("#cut-off >> text=计算")
        page.click("#cut-off button:has-text('再运行一次')")
        page.wait_for_selector("#said >> text=计算：完成", timeout=120_000)
        assert page.locator("#cut-off").count() == 0
        context.close()
