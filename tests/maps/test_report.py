"""The committee's papers, read back and compared with the figures of the run they are about."""

from __future__ import annotations

import csv
import math
import re
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET

import geopandas as gpd
import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from papers_read import differences
from pptx import Presentation
from pypdfium2 import PdfDocument

from geo.summary.coverage import GroupCoverageRow, SubdistrictCoverageRow
from geo.summary.siting_figures import DistrictSites, PhaseFigures, PricedRule
from geo.text import Language, Text
from maps.numbers import count, index, percent, share
from maps.report.chapters.coverage_today import district_chart
from maps.report.chapters.decision import decision_report, facts, headlines
from maps.report.committee_folder import committee_files, csv_files
from maps.report.content import COSTS_MISSING, Chapter, PaperTable, Report, TableColumn, ValueKind
from maps.report.drawing.chart_drawing import chart_svg
from maps.report.drawing.map_drawing import Frame, Mapped
from maps.report.drawing.print_map import city_picture, print_maps
from maps.report.files.excel import SHEETS, committee_workbook
from maps.report.files.paper import WHOLE_ROWS, heading_pages, report_pdf
from maps.report.files.site_sheets import site_sheets_pdf
from maps.report.files.slides import committee_slides
from maps.report.files.word import report_docx
from maps.report.formats import Format
from maps.report.plain import printable
from maps.report.subject import Confirmed, Stands, Subject


@pytest.fixture
def summary(summary):
    """Toytown's figures, with districts, phases and a floor: both sites stand in the east."""
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
    phase = PhaseFigures(count=1, covered=200, bound=210, gap=0.05, free_bound=220)
    floor = PricedRule(
        rule="东区至少 1 个",
        rule_en="at least 1 in the east",
        sites=1,
        cost_cny=30000,
        gain=41,
        gain_bound=43,
    )
    plan = summary.siting.model_copy(
        update={"by_district": rows, "phases": (phase,), "rule_prices": (floor,)}
    )
    east = {"district": "370002", "worker_hours": 3000, "worker_hours_covered": 1234}
    west = {"district": "370001", "worker_hours": 6000, "worker_hours_covered": 3266}
    groups = (
        GroupCoverageRow(**west, group="courier", workers=987, workers_covered=611),
        GroupCoverageRow(**east, group="sanitation_worker", workers=513, workers_covered=289),
    )
    streets = (
        SubdistrictCoverageRow(**west, subdistrict="福海街道", workers=876, workers_covered=654),
        SubdistrictCoverageRow(**east, subdistrict="", workers=624, workers_covered=246),
    )
    seen = summary.coverage.model_copy(
        update={"by_district_group": groups, "by_subdistrict": streets}
    )
    return summary.model_copy(update={"siting": plan, "coverage": seen})


@pytest.fixture
def subject(layers, summary):
    return Subject(layers=layers, summary=summary, sample=True)


@pytest.fixture
def report(subject):
    return decision_report(subject, city_picture(subject))


def word_text(content):
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def paper_text(content):
    """Return what a PDF says without spaces and line ends, which typesetting moves."""
    pages = PdfDocument(content)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in pages))


_COUNTED = ("workers", "workers_covered")
_HOURS = ("worker_hours", "worker_hours_covered")


def page_words(page):
    return re.sub(r"\s", "", page.get_textpage().get_text_range())


def told(summary, layers):
    """Return every figure the papers must show, each as people read it."""
    seen, plan, improve = summary.coverage, summary.siting, summary.improve
    figures = [
        count(summary.workers_total),
        share(seen.covered_before, summary.workers_total),
        share(seen.worker_hours_covered, seen.worker_hours_total),
        count(plan.covered_after),
        count(plan.upper_bound),
        count(plan.cost_cny),
        count(plan.cost_cny / 2),
        index(seen.equity.gini),
        percent(seen.equity.worst_tenth),
        *(percent(one) for one in seen.range.workers),
        *(percent(one) for one in seen.range.worker_hours),
        count(improve.gain),
        count(improve.build_only_gain),
        count(improve.more_than_building),
        count(seen.capacity.visits),
    ]
    return (
        figures
        + _parts(summary)
        + [
            count(row[name])
            for row in layers["sites"].to_dict("records")
            for name in ("workers_new", "cost_cny")
        ]
    )


def _parts(summary):
    """Return the figures of districts, groups, phases, floors and actions."""
    seen, plan, improve = summary.coverage, summary.siting, summary.improve
    figures = []
    groups = {}
    for row in seen.by_district_group:
        groups.setdefault(row.group, []).append(row)
    for rows in (*zip(seen.by_district), *zip(seen.by_subdistrict), *groups.values()):
        figures += [count(sum(getattr(row, name) for row in rows)) for name in _COUNTED]
        hours, served = (sum(getattr(row, name) for row in rows) for name in _HOURS)
        figures.append(share(served, hours))
    figures += [index(row.gini) for row in seen.equity.by_district]
    figures += [percent(row.mean) for row in seen.equity.by_district]
    figures += [count(row.capacity) for row in seen.capacity.by_district]
    for row in plan.by_district:
        figures += [percent(row.share_before), percent(row.share_after), count(row.sites)]
    for row in plan.phases:
        figures += [count(row.covered), count(row.bound), percent(row.gap)]
    for row in plan.rule_prices:
        figures += [row.rule, count(row.cost_cny), count(row.gain), count(row.gain_bound)]
    figures += [count(one) for row in plan.binding for one in (row.gain, row.gain_bound)]
    for row in improve.kinds:
        figures += [row.action.text.zh, count(row.worker_hours), count(row.cost_cny)]
    for row in improve.by_district:
        figures += [count(row.unserved_before), count(row.unserved_after)]
    figures += [count(one) for row in improve.needs for one in (row.before, row.after)]
    return figures


@pytest.mark.parametrize(
    ("made", "read"), [(report_docx, word_text), (report_pdf, paper_text)], ids=["docx", "pdf"]
)
def test_every_figure_of_the_run_stands_in_the_report(made, read, report, summary, layers):
    held = read(made(report))
    bare = re.sub(r"\s", "", held)
    missing = [one for one in told(summary, layers) if re.sub(r"\s", "", one) not in bare]
    assert not missing


def test_every_figure_of_every_file_is_the_run_s_own(subject):
    """All tables of all files, formulas computed anew; ``tests/benchmarks/papers.py`` does a city."""
    files = dict(committee_files(subject))
    compared, wrong = differences(subject, files)
    assert compared > 500
    assert wrong == []


def test_a_figure_that_is_off_in_one_place_is_found_in_every_file(layers, summary):
    files = dict(committee_files(Subject(layers=layers, summary=summary, sample=True)))
    off = layers["sites"].assign(workers_new=layers["sites"]["workers_new"] + 1)
    _, wrong = differences(
        Subject(layers={**layers, "sites": off}, summary=summary, sample=True), files
    )
    found = {one.split(" ")[0].split(".")[-1] for one in wrong}
    assert found == {"表格", "xlsx", "docx", "pdf", "pptx"}


def sheet_rows(sheet):
    """Return the rows of a sheet below its head, without the totals, and the totals."""
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    return rows[:-1], rows[-1]


def test_the_workbook_holds_every_figure_and_its_totals_are_the_run_s(report, summary):
    content = committee_workbook(report)
    shown = openpyxl.load_workbook(BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(BytesIO(content))
    seen, plan = summary.coverage, summary.siting
    rows, total = sheet_rows(shown["区市现状"])
    assert [row[:4] for row in rows] == [
        (one.district, {"370001": "西区", "370002": "东区"}[one.district], one.workers, covered)
        for one, covered in zip(
            seen.by_district, [one.workers_covered for one in seen.by_district], strict=True
        )
    ]
    assert total[2] == summary.workers_total
    assert total[3] == seen.covered_before
    *_, last = formulas["区市现状"].iter_rows(min_row=5, values_only=True)
    assert last[2].startswith("=SUBTOTAL(9,")
    rows, total = sheet_rows(shown["区市方案"])
    assert [row[2] for row in rows] == [one.sites for one in plan.by_district]
    assert total[8:11] == (plan.cost_cny, plan.cost_cny / 2, plan.cost_cny / 2)
    assert formulas["区市现状"].auto_filter.ref
    assert formulas["区市现状"].freeze_panes == "A5"
    assert [len(sheet._charts) for sheet in formulas.worksheets if sheet._charts] == [3]
    assert formulas["图表"]._charts


def test_the_workbook_tells_every_group_in_every_district(report, summary):
    shown = openpyxl.load_workbook(BytesIO(committee_workbook(report)), data_only=True)
    rows, total = sheet_rows(shown["区市×群体"])
    assert [row[3:5] for row in rows] == [
        (one.workers, one.workers_covered) for one in summary.coverage.by_district_group
    ]
    assert total[3] == summary.workers_total


def test_charts_show_the_cells_of_their_tables(report):
    for chart in report.charts():
        table = report.table(chart.table)
        names, *columns = ([row[place] for row in table.rows] for place in chart.columns)
        assert len(names) == len(chart.categories)
        for held, one in zip(columns, chart.series, strict=True):
            assert [value or 0 for value in held] == [value or 0 for value in one.values]


def test_the_workbook_checks_itself_against_the_run(report, subject):
    shown = openpyxl.load_workbook(BytesIO(committee_workbook(report)), data_only=True)["汇总"]
    checks = [row for row in shown.iter_rows(values_only=True) if row[4] in {"一致", "不一致"}]
    assert len(checks) == len([one for one in facts(subject) if one.value is not None])
    for name, value, sheet, total, _ in checks:
        assert total == pytest.approx(value, abs=2), (name, sheet)
    assert {row[4] for row in checks} == {"一致"}


def test_a_workbook_whose_parts_do_not_add_up_says_so(layers, summary):
    wrong = summary.model_copy(update={"workers_total": summary.workers_total + 50})
    report = decision_report(Subject(layers=layers, summary=wrong, sample=True))
    sheet = openpyxl.load_workbook(BytesIO(committee_workbook(report)), data_only=True)["汇总"]
    assert "不一致" in {row[4] for row in sheet.iter_rows(values_only=True)}


def test_every_table_is_a_file_of_the_archive_with_the_same_cells(report):
    files = dict(csv_files(report))
    assert set(files) == {f"{SHEETS[one.key]}.csv" for one in report.tables()} | {"主要数字.csv"}
    for table in report.tables():
        rows = list(csv.reader(StringIO(files[f"{SHEETS[table.key]}.csv"].decode("utf-8-sig"))))
        assert len(rows) == 1 + len(table.rows)
        for row, cells in zip(rows[1:], table.rows, strict=True):
            for read, cell in zip(row, cells, strict=True):
                if isinstance(cell, int | float) and not math.isnan(cell):
                    assert float(read) == pytest.approx(cell, rel=1e-9)


def test_every_table_has_a_name_of_its_own_that_a_sheet_and_a_file_may_have():
    for language in Language:
        names = [one.into(language) for one in SHEETS.values()]
        assert len(set(names)) == len(names)
        assert all(len(one) <= 31 and not re.search(r"[\\/:*?\[\]']", one) for one in names)


def test_the_headlines_are_the_run_s(subject, summary):
    values = [one.value for one in headlines(subject)]
    plan, seen = summary.siting, summary.coverage
    assert values[:4] == [
        seen.covered_before / summary.workers_total,
        plan.covered_after / summary.workers_total,
        plan.sites,
        80000,
    ]


@pytest.mark.parametrize("share_of_city", [0.5, 0.3])
def test_city_and_district_pay_each_cost_whole(layers, summary, share_of_city):
    subject = Subject(layers=layers, summary=summary, sample=True)
    rules = subject.rules
    siting = rules.siting.model_copy(update={"city_share": share_of_city})

    class Shared(Subject):
        rules = property(lambda _: subject.rules.model_copy(update={"siting": siting}))

    report = decision_report(Shared(layers=layers, summary=summary, sample=True))
    for key, at in (("phases", 6), ("plan", 8), ("sites", 16)):
        for row in report.table(key).rows:
            assert row[at + 1] == pytest.approx(share_of_city * row[at])
            assert row[at + 1] + row[at + 2] == pytest.approx(row[at])


def test_a_site_without_a_cost_leaves_no_partial_sum(layers, summary):
    sites = layers["sites"].assign(cost_cny=[float("nan"), 50000.0])
    report = decision_report(
        Subject(layers={**layers, "sites": sites}, summary=summary, sample=True)
    )
    assert report.table("plan").totals[8] == COSTS_MISSING
    assert COSTS_MISSING.zh in word_text(report_docx(report))
    sheet = openpyxl.load_workbook(BytesIO(committee_workbook(report)), data_only=True)["区市方案"]
    *_, last = sheet.iter_rows(values_only=True)
    assert last[8] == COSTS_MISSING.zh


def test_hostile_names_stay_text_everywhere(report, hostile):
    assert hostile in word_text(report_docx(report))
    assert re.sub(r"\s", "", hostile) in paper_text(report_pdf(report))
    book = openpyxl.load_workbook(BytesIO(committee_workbook(report)))
    names = [row[3] for row in book["推荐站点"].iter_rows(min_row=5, max_row=6, values_only=True)]
    assert names == [hostile, "=2+3"]
    assert {cell.data_type for row in book["推荐站点"]["D5:D6"] for cell in row} == {"s"}
    sites = dict(csv_files(report))["推荐站点.csv"].decode("utf-8-sig")
    assert [row[3] for row in csv.reader(StringIO(sites))][1:] == [hostile, "'=2+3"]


PLAN = "=cmd()|'a' <script>a&b</script> #eval(1) *b* _c_ $d$ @e \\f\\ \u202egnp"


def test_a_hostile_name_of_a_plan_stays_text_in_every_paper(layers, summary):
    """The name stands whole among the sources, cut on every page, and safe in a file's name."""
    drawn = Subject(
        layers=layers, summary=summary, sample=True, stands=Stands.DRAFT, plan_name=PLAN
    )
    report, bare = decision_report(drawn), re.sub(r"\s", "", printable(PLAN))
    document = Document(BytesIO(report_docx(report)))
    assert printable(PLAN) in word_text(report_docx(report))
    assert "草案“=cmd()" in document.sections[0].header.paragraphs[0].text
    assert bare in paper_text(report_pdf(report))
    assert "草案“=cmd()" in paper_text(site_sheets_pdf(drawn))
    assert all("草案“=cmd()" in one.svg and "<script" not in one.svg for one in print_maps(drawn))
    for slide in Presentation(BytesIO(committee_slides(report))).slides:
        assert "草案“=cmd()" in slide_words(slide)
    book = openpyxl.load_workbook(BytesIO(committee_workbook(report)))
    for sheet in book.worksheets:
        assert "草案“=cmd()" in sheet["A2"].value
        assert sheet["A3"].value.startswith("方案：=cmd()")
        assert {sheet["A2"].data_type, sheet["A3"].data_type} == {"s"}
    about = dict(csv_files(report))["主要数字.csv"].decode("utf-8-sig")
    assert [row[2] for row in csv.reader(StringIO(about))][-2].endswith("尚未发布")
    assert re.fullmatch(r"决策材料-[0-9A-Za-z一-鿿_-]+", drawn.folder_name)


@pytest.mark.parametrize("name", ["c\x00d\x0be", "\u202egnp.exe", "#eval(1) $x$ *b* `r`", "𠀀𪚥"])
def test_a_name_no_format_likes_is_written_all_the_same(name):
    table = PaperTable(
        key="sites",
        caption=Text(name, name),
        columns=(TableColumn(Text(name, name)),),
        rows=((name,),),
    )
    report = Report(
        title=Text(name, name), made="", mark=None, chapters=(Chapter(Text(name, name), (table,)),)
    )
    assert report_docx(report)
    assert report_pdf(report)
    assert committee_workbook(report)
    assert committee_slides(report)
    assert "\u202e" not in word_text(report_docx(report))


def test_a_sample_says_so_on_every_page_and_a_real_city_does_not(report, layers, summary):
    document = Document(BytesIO(report_docx(report)))
    assert "示例数据" in document.sections[0].header.paragraphs[0].text
    pages = PdfDocument(report_pdf(report))
    assert all("示例数据" in page.get_textpage().get_text_range() for page in pages)
    real = decision_report(Subject(layers=layers, summary=summary, sample=False))
    assert "示例数据" not in word_text(report_docx(real))
    assert "示例数据" not in paper_text(report_pdf(real))


def test_a_draft_says_so(layers, summary):
    report = decision_report(
        Subject(
            layers=layers, summary=summary, sample=True, stands=Stands.DRAFT, plan_name="春季草案"
        )
    )
    text = paper_text(report_pdf(report))
    assert "草案“春季草案”：尚未发布" in text
    assert "草案“春季草案”" in text


def test_the_report_in_english_says_the_same_figures(layers, summary):
    report = decision_report(
        Subject(layers=layers, summary=summary, sample=True, language=Language.EN)
    )
    text = paper_text(report_pdf(report))
    assert "Wherewestand" in text
    assert "现状" not in text
    assert "东区" not in text
    assert "DongDistrict" in text
    for figure in (count(summary.siting.covered_after), index(summary.coverage.equity.gini)):
        assert figure in text


def test_names_of_two_words_stand_in_two_lines_below_a_chart(layers, summary):
    rows = summary.siting.by_district * 5
    plan = summary.siting.model_copy(update={"by_district": rows})
    english = Subject(
        layers=layers, summary=summary.but(siting=plan), sample=True, language=Language.EN
    )
    drawn = chart_svg(district_chart(english), Language.EN)
    assert ">Dong<" in drawn
    assert drawn.count(">District<") == len(rows) + 1  # and the axis


@pytest.mark.parametrize("language", list(Language))
def test_the_summary_is_one_page_with_its_chart_and_the_contents_follow(layers, summary, language):
    content = report_pdf(
        decision_report(Subject(layers=layers, summary=summary, sample=True, language=language))
    )
    first, second = (PdfDocument(content)[n].get_textpage().get_text_range() for n in (0, 1))
    asked, chart, contents = {
        "zh": ("请会议审议", "各区市职工覆盖率", "目录"),
        "en": ("To decide", "Workers covered by district", "Contents"),
    }[language]
    assert asked in first
    assert chart in first
    assert contents not in first
    assert contents in second


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Confirmed(180, 40, 0, 0.0, 0.0), "40个站点的开放时间都在180天内核实过"),
        (Confirmed(180, 40, 7, 0.123, 0.45), "现状覆盖中12.3%的职工、45.0%的工时靠这些站点"),
        (None, ""),
    ],
)
def test_the_papers_say_what_rests_on_hours_nobody_confirmed(known, said, layers, summary):
    report = decision_report(Subject(layers=layers, summary=summary, sample=True, confirmed=known))
    text = paper_text(report_pdf(report))
    assert said in text
    assert known is not None or "天内核实" not in text


def test_fonts_are_in_the_file(report):
    content = report_pdf(report)
    assert b"NotoSerifSC" in content
    assert b"FontFile3" in content


def test_headings_contents_and_captions_are_words_own(report):
    document = Document(BytesIO(report_docx(report)))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert len(headings) == 10
    fields = document.element.xpath("//w:fldSimple/@w:instr")
    captioned = [one for one in fields if "SEQ" in one]
    assert len(captioned) == len(document.tables) - 1 + len(document.inline_shapes)
    assert "TOC" in "".join(document.element.xpath("//w:instrText/text()"))


def test_the_contents_of_the_word_file_point_to_the_pages_of_the_pdf(report):
    """The same pages break in both; Word counts anew when it opens the file."""
    pdf = report_pdf(report)
    pages = heading_pages(pdf)
    headings = list(report.headings())
    bare = [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in PdfDocument(pdf)]
    assert len(pages) == len(headings)
    for (text, _), page in zip(headings, pages, strict=True):
        assert re.sub(r"\s", "", text) in bare[page - 1]
    document = Document(BytesIO(report_docx(report, pages)))
    marks = document.element.xpath("//w:bookmarkStart/@w:name")
    fields = document.element.xpath("//w:fldSimple[contains(@w:instr, 'PAGEREF')]")
    told = {one.get(qn("w:instr")).split()[1]: one.find(f".//{qn('w:t')}").text for one in fields}
    assert told == {mark: str(page) for mark, page in zip(marks, pages, strict=True)}
    assert document.settings.element.xpath("./w:updateFields[@w:val='true']")


def test_no_table_that_fits_a_page_is_cut_and_every_head_is_repeated(report):
    document = Document(BytesIO(report_docx(report)))
    for table in document.tables[1:]:
        rows = table._tbl.tr_lst
        assert rows[0].xpath("./w:trPr/w:tblHeader")
        if len(rows) <= WHOLE_ROWS:
            kept = [len(row.xpath(".//w:keepNext")) == len(row.tc_lst) for row in rows]
            assert kept == [True] * (len(rows) - 1) + [False]


def test_maps_say_title_scale_date_source_and_sample_and_keep_their_paper(subject):
    maps = list(print_maps(subject))
    assert [one.name for one in maps] == ["city", "370001", "370002"]
    for one, size in zip(maps, [(297, 420), (210, 297), (210, 297)], strict=True):
        assert one.size_mm == size
        for word in ("示例数据", "数据来源", "制图日期", "北", "第 1 批新建站点", "现有站点"):
            assert word in one.svg


def test_street_names_stand_along_their_streets_and_are_text(subject, hostile):
    mapped = Mapped(subject, Frame.around((120.0, 36.0, 120.2, 36.1), (160, 100)), 6)
    mapped.street_names(5, 3.0)
    drawn = ET.fromstring(mapped.svg())  # noqa: S314 - our own drawing
    words = {one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert "福海路" in words
    assert words <= {"福海路", hostile}


def test_no_marker_of_a_map_hides_another(subject, layers):
    crowd = gpd.GeoDataFrame(
        [{**layers["sites"].iloc[0].to_dict(), "rank": n} for n in range(1, 25)], crs="EPSG:4326"
    )
    picture = city_picture(
        Subject(layers={**layers, "sites": crowd}, summary=subject.summary, sample=True)
    )
    squares = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="3\.22"', picture.svg)
    spots = {(float(x), float(y)) for x, y in squares}
    assert len(spots) == 24
    apart = [max(abs(a[0] - b[0]), abs(a[1] - b[1])) for a in spots for b in spots if a is not b]
    assert min(apart) >= 3.2


def slide_words(slide):
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    return "\n".join([*texts, *(cell.text for table in tables for cell in table.iter_cells())])


def test_ten_slides_show_the_run_s_figures_and_their_charts_hold_its_numbers(report, summary):
    slides = Presentation(BytesIO(committee_slides(report))).slides
    assert len(slides) == 10
    text = "\n".join(slide_words(slide) for slide in slides)
    plan, seen = summary.siting, summary.coverage
    for figure in (
        share(seen.covered_before, summary.workers_total),
        share(plan.covered_after, summary.workers_total),
        count(plan.upper_bound),
        count(plan.cost_cny),
        count(plan.cost_cny / 2),
        count(summary.improve.gain),
        *(percent(row.share_after) for row in plan.by_district),
        *(count(row.covered) for row in plan.phases),
        *(count(row.gain_bound) for row in plan.binding),
        *(percent(one) for one in seen.range.workers),
    ):
        assert figure in text
    charts = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    held = [[list(one.values) for one in chart.plots[0].series] for chart in charts]
    assert held[0] == [
        [row.share_before for row in plan.by_district],
        [row.share_after for row in plan.by_district],
    ]
    assert held[2][0] == list(plan.curve.covered)
    assert all("示例数据" in slide_words(slide) for slide in slides)


def test_no_shape_leaves_its_slide(report):
    deck = Presentation(BytesIO(committee_slides(report)))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_a_site_has_a_page_of_its_own_with_its_figures(layers, summary):
    areas = {"C1": layers["sites"].geometry.iloc[1].buffer(0.01)}
    drawn = Subject(layers=layers, summary=summary, sample=True, draw_catchments=lambda _: areas)
    pages = [page_words(page) for page in PdfDocument(site_sheets_pdf(drawn))]
    assert len(pages) == len(layers["sites"])
    for page, row in zip(pages, drawn.sites.to_dict("records"), strict=True):
        assert f"{count(row['workers_new'])}名职工" in page
        assert f"去掉它，{count(row['workers_lost'])}名失去覆盖" in page
        assert f"{count(row['cost_cny'])}元" in page
        assert f"{count(row['cost_cny'] / 2)}元" in page
        for word in ("示例数据", "快递员", "现场要办的事", "照片", "踏勘人"):
            assert word in page
    assert "只少覆盖12名" in pages[0]
    assert "没有可替代的候选点" in pages[1]


def test_words_without_end_still_leave_a_page_a_site(layers, summary):
    sites = layers["sites"].copy()
    for column in ("name", "address", "reason_zh", "nearest_station_name", "runner_up_name"):
        sites[column] = "很长的话" * 400
    pages = PdfDocument(
        site_sheets_pdf(Subject(layers={**layers, "sites": sites}, summary=summary, sample=True))
    )
    assert len(pages) == len(sites)
    assert "…" in pages[0].get_textpage().get_text_range()


def test_the_folder_holds_what_was_asked_for(subject):
    files = dict(committee_files(subject, [Format.DOCX, Format.CSV]))
    assert "决策报告.docx" in files
    assert {name.split("/")[0] for name in files} == {"决策报告.docx", "表格"}
    assert ValueKind.YUAN in {one.kind for one in decision_report(subject).table("sites").columns}


def poor(layers, summary):
    """Yield runs that lack what most have."""
    none = summary.siting.model_copy(update={"sites": 0, "phases": (), "by_district": ()})
    yield "no sites", {**layers, "sites": layers["sites"].iloc[:0]}, summary.but(siting=none)
    yield "no districts", {"sites": layers["sites"]}, summary
    yield "no actions", layers, summary.but(improve=None, improve_skipped=None)
    bare = layers["sites"].drop(columns=["phase", "district", "cost_cny"])
    unknown = bare.assign(phase=None, district=None, cost_cny=float("nan"), robustness=None)
    yield "nothing known of sites", {**layers, "sites": unknown}, summary
    yield "weights", layers, summary.but(workers_rest_on="relative")


@pytest.mark.parametrize("case", range(5))
def test_a_run_that_lacks_something_still_becomes_all_papers(case, layers, summary):
    name, held, figures = list(poor(layers, summary))[case]
    files = dict(committee_files(Subject(layers=held, summary=figures, sample=False)))
    assert {"决策报告.docx", "决策报告.pdf", "数据表.xlsx", "汇报.pptx"} <= set(files), name
    text = paper_text(files["决策报告.pdf"])
    assert "nan" not in text.lower(), name
    assert "None" not in text, name
