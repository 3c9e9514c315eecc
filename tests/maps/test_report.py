"""The decision report in Word, read back and compared with the figures it was made from."""

from __future__ import annotations

import pytest
from docx import Document

from geo.summary.siting import DistrictSites
from maps.numbers import count, percent, share
from maps.report.content import Chapter, Report
from maps.report.decision import decision_report
from maps.report.word import write_word


@pytest.fixture
def summary(summary):
    """Toytown's figures, with the districts of its plan: both sites stand in the east."""
    rows = (
        DistrictSites(
            district="370001",
            workers=1000,
            covered_before=700,
            covered_after=700,
            share_before=0.7,
            share_after=0.7,
            sites=0,
        ),
        DistrictSites(
            district="370002",
            workers=500,
            covered_before=200,
            covered_after=500,
            share_before=0.4,
            share_after=1.0,
            sites=2,
        ),
    )
    plan = summary.siting.model_copy(update={"by_district": rows})
    return summary.model_copy(update={"siting": plan})


@pytest.fixture
def report(tmp_path, layers, summary):
    write_word(tmp_path / "r.docx", decision_report(layers, summary, sample=True))
    return Document(str(tmp_path / "r.docx"))


def text(document):
    return "\n".join(one.text for one in document.paragraphs)


def rows(document, first):
    """Return the cells below the head of the tables whose head begins with `first`."""
    return [
        [[cell.text for cell in row.cells] for row in table.rows[1:]]
        for table in document.tables
        if [cell.text for cell in table.rows[0].cells][: len(first)] == first
    ]


def test_the_summary_says_the_figures_of_the_run(report, summary):
    told = text(report)
    plan, seen = summary.siting, summary.coverage
    for figure in (
        f"全部 {count(summary.workers_total)} 名职工",
        f"{count(seen.covered_before)} 名职工（{share(seen.covered_before, summary.workers_total)}）",
        f"建成后覆盖 {count(plan.covered_after)} 名职工",
        f"至多覆盖 {count(plan.upper_bound)} 名职工",
        f"不超过 {percent(plan.gap, 2)}",
        f"每周新增 {count(summary.improve.gain)} 工时",
    ):
        assert figure in told


def test_every_district_stands_with_its_figures(report, summary):
    (now,) = rows(report, ["区市", "职工"])
    assert [row[1:3] for row in now] == [
        [count(one.workers), count(one.workers_covered)] for one in summary.coverage.by_district
    ]
    (then,) = rows(report, ["区市", "新建站点"])
    assert [row[1:4] for row in then] == [
        [count(one.sites), percent(one.share_before), percent(one.share_after)]
        for one in summary.siting.by_district
    ]


def test_the_phases_add_up_to_the_whole_plan(report, summary):
    (phases,) = rows(report, ["批次"])
    assert [row[1:] for row in phases] == [["1", "200", "50,000 元"], ["1", "300", "30,000 元"]]
    assert sum(int(row[1]) for row in phases) == summary.siting.sites


def test_every_kind_of_action_stands_with_its_figures(report, summary):
    (kinds,) = rows(report, ["措施"])
    assert [[row[1], row[3]] for row in kinds] == [
        [count(one.count), count(one.worker_hours)] for one in summary.improve.kinds
    ]


def test_all_sites_stand_in_their_order_and_hostile_names_are_text(report, hostile):
    (sites,) = rows(report, ["序号"])
    assert [(row[0], row[1], row[6]) for row in sites] == [
        ("1", hostile, "50,000"),
        ("2", "=2+3", "30,000"),
    ]


def test_a_sample_says_so_on_cover_and_header(report, tmp_path, layers, summary):
    assert "示例数据" in report.paragraphs[1].text
    assert "示例数据" in report.sections[0].header.paragraphs[0].text
    write_word(tmp_path / "real.docx", decision_report(layers, summary, sample=False))
    assert "示例数据" not in text(Document(str(tmp_path / "real.docx")))


def test_headings_contents_and_captions_are_words_own(report):
    headings = [one.text for one in report.paragraphs if one.style.name == "Heading 1"]
    assert len(headings) == 9
    fields = report.element.xpath("//w:fldSimple/@w:instr")
    assert sum("SEQ" in one for one in fields) == len(report.tables)
    assert any("TOC" in one for one in fields)


def test_a_name_with_a_character_no_file_holds_is_still_written(tmp_path):
    write_word(tmp_path / "r.docx", Report("a", "b", None, (Chapter("c\x00d", ("e\x0bf",)),)))
    assert "ef" in text(Document(str(tmp_path / "r.docx")))


def test_a_site_without_a_cost_leaves_no_partial_sum(tmp_path, layers, summary):
    sites = layers["sites"].assign(cost_cny=[float("nan"), 50000.0])
    write_word(
        tmp_path / "r.docx", decision_report({**layers, "sites": sites}, summary, sample=True)
    )
    (then,) = rows(Document(str(tmp_path / "r.docx")), ["区市", "新建站点"])
    assert "费用不全" in {row[4] for row in then}
