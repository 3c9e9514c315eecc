"""Ten slides for the meeting, with the report's figures and charts that can be edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Mm, Pt

from geo.text import Text
from maps.report.content import Block, Chart, Form, Headline, Report, ValueKind, shown, yuan
from maps.report.drawing.chart_drawing import scale
from maps.report.files.paper import column_widths, made_on
from maps.report.plain import width_em
from maps.report.typesetting import drawings_pdf, page_pngs

_WIDE, _HIGH, _EDGE, _TOP = 338.7, 190.5, 16.0, 34.0
"""The slide (mm), its margin and where its content begins."""
_BLUE, _AMBER, _INK = RGBColor(15, 76, 129), RGBColor(240, 168, 48), RGBColor(34, 34, 34)
_GREY, _PALE, _WHITE = RGBColor(95, 95, 95), RGBColor(232, 238, 244), RGBColor(255, 255, 255)
_FONT = "微软雅黑"
_DPI = 220
"""Sharp on a screen of 3,840 pixels."""
_MM_PER_POINT = 25.4 / 72
"""A point is a 72nd of an inch."""
_MOST_ROWS = 16
"""Rows of a table that are read from the back of a room."""
_Box = tuple[float, float, float, float]
"""Left, top, width, height (mm)."""
_WHOLE: _Box = (_EDGE, _TOP, _WIDE - 2 * _EDGE, _HIGH - _TOP - 16)
_AXIS = {ValueKind.SHARE: "0%", ValueKind.INDEX: "0.00"}


def committee_slides(report: Report) -> bytes:
    """Return the slides of `report`."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(_WIDE), Mm(_HIGH)
    show = _Show(deck, report)
    show.cover()
    for title, draw in (
        (Text("一页看懂", "In one page"), show.headlines),
        (Text("现状：各区市", "Today: districts"), show.districts),
        (Text("现状：什么时候有站可去", "Today: when a station is open"), show.hours),
        (Text("现状：各群体", "Today: groups of workers"), show.groups),
        (Text("方案：建在哪里", "Plan: where"), show.city_map),
        (Text("方案：分批实施", "Plan: by phase"), show.phases),
        (Text("方案：各区市与资金", "Plan: districts and money"), show.districts_plan),
        (Text("同样的钱还能做什么", "What else the money does"), show.beyond),
        (Text("把握有多大，请会议决定什么", "How sure, and what to decide"), show.decide),
    ):
        draw(show.slide(title))
    held = BytesIO()
    deck.save(held)
    return held.getvalue()


class _Show:
    """Draws the slides of one report."""

    def __init__(self, deck: Any, report: Report) -> None:  # noqa: ANN401 - python-pptx has no types
        self._deck, self._report = deck, report
        self._blank = deck.slide_layouts[6]
        self._number = 0

    def _say(self, text: Text) -> str:
        return self._report.say(text)

    def _new(self) -> Any:  # noqa: ANN401
        self._number += 1
        return self._deck.slides.add_slide(self._blank)

    def cover(self) -> None:
        """Draw the first slide: what it is about, of when, and what the data are."""
        slide = self._new()
        band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Mm(_WIDE), Mm(96))
        _fill(band, _BLUE)
        title = self._say(self._report.title)
        self._write(slide, (_EDGE, 40, _WIDE - 2 * _EDGE, 30), [title], 38, colour=_WHITE)
        lines = [self._say(made_on(self._report)), self._say(self._report.source)]
        self._write(slide, (_EDGE, 104, _WIDE - 2 * _EDGE, 30), lines, 16, colour=_GREY)
        self._mark(slide, 140, 20)

    def slide(self, title: Text) -> Any:  # noqa: ANN401
        """Add a slide with a title, what the data are, where they are from, and its number."""
        slide = self._new()
        self._write(slide, (_EDGE, 9, 215, 16), [self._say(title)], 28, colour=_BLUE)
        line = slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, Mm(_EDGE), Mm(27), Mm(_WIDE - 2 * _EDGE), Mm(0.8)
        )
        _fill(line, _BLUE)
        self._mark(slide, 12, 12, right=True)
        foot = f"{self._say(self._report.source)}　{self._number}"
        self._write(
            slide, (_EDGE, _HIGH - 12, _WIDE - 2 * _EDGE, 8), [foot], 10, colour=_GREY, right=True
        )
        return slide

    def headlines(self, slide: Any) -> None:  # noqa: ANN401
        """Draw the figures a leader takes home."""
        across, gap = 3, 8.0
        wide = (_WIDE - 2 * _EDGE - gap * (across - 1)) / across
        for place, one in enumerate(self._report.headlines()):
            left = _EDGE + (place % across) * (wide + gap)
            self._headline(slide, one, (left, _TOP + (place // across) * 62, wide, 54))

    def _headline(self, slide: Any, one: Headline, box: _Box) -> None:  # noqa: ANN401
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Mm(mm) for mm in box))
        _fill(shape, _PALE)
        left, top, wide, _ = box
        value = shown(one.value, one.kind, self._report.language)
        self._write(slide, (left + 4, top + 4, wide - 8, 10), [self._say(one.label)], 16)
        self._write(slide, (left + 4, top + 15, wide - 8, 20), [value], 36, colour=_BLUE)
        note = [self._say(one.note)]
        self._write(slide, (left + 4, top + 37, wide - 8, 14), note, 13, colour=_GREY)

    def districts(self, slide: Any) -> None:  # noqa: ANN401
        """Draw the share covered by district."""
        self._chart(slide, "district_shares", _WHOLE)

    def hours(self, slide: Any) -> None:  # noqa: ANN401
        """Draw the share with an open station by hour."""
        self._chart(slide, "hours", (_EDGE, _TOP, _WIDE - 2 * _EDGE, 110))
        said = self._sentences(self._report.section("hours"))
        self._write(slide, (_EDGE, _TOP + 113, _WIDE - 2 * _EDGE, 26), said, 16)

    def groups(self, slide: Any) -> None:  # noqa: ANN401
        """Draw the groups as a table."""
        self._table(slide, "groups", _WHOLE)

    def city_map(self, slide: Any) -> None:  # noqa: ANN401
        """Draw the map, and say beside it what is proposed."""
        picture = self._report.picture("city_map")
        if picture is not None:
            (png,) = page_pngs(drawings_pdf([(picture.svg, picture.size_mm)]), dpi=_DPI)
            shown_at = slide.shapes.add_picture(BytesIO(png), Mm(_EDGE), Mm(31), height=Mm(146))
            name = shown_at._element._nvXxPr.cNvPr  # noqa: SLF001 - what is read out
            name.set("descr", self._say(picture.caption))
        said = [*self._sentences(self._report.chapter("plan"))[:2], *self._phase_lines()]
        self._write(slide, (160, _TOP, _WIDE - 160 - _EDGE, 120), said, 18)

    def _phase_lines(self) -> list[str]:
        """Return what each phase opens, adds and costs, a line each."""
        table = self._report.table("phases")
        rows = () if table is None else table.rows
        language = self._report.language
        told = []
        for row in rows:
            phase, sites, new = (shown(one, ValueKind.COUNT, language) for one in row[:3])
            cost = yuan(row[6] if isinstance(row[6], int | float) else None)
            text = Text(
                f"{phase}：{sites} 处，新增覆盖 {new}，费用 {cost.zh}",
                f"{phase}: {sites} sites, {new} newly covered, {cost.en}",
            )
            told.append(self._say(text))
        return told

    def phases(self, slide: Any) -> None:  # noqa: ANN401
        """Draw how cover grows with the sites, and the phases."""
        self._chart(slide, "curve", (_EDGE, _TOP, _WIDE - 2 * _EDGE, 84))
        self._table(slide, "phases", (_EDGE, _TOP + 88, _WIDE - 2 * _EDGE, 50))

    def districts_plan(self, slide: Any) -> None:  # noqa: ANN401
        """Draw what each district gets and pays."""
        self._table(slide, "plan", _WHOLE)

    def beyond(self, slide: Any) -> None:  # noqa: ANN401
        """Draw what the money does when it need not only build, and which rule holds it back."""
        said = self._sentences(self._report.chapter("beyond"))[:2]
        self._write(slide, (_EDGE, _TOP, _WIDE - 2 * _EDGE, 40), said, 18)
        self._table(slide, "kinds", (_EDGE, _TOP + 42, _WIDE - 2 * _EDGE, 56))
        self._table(slide, "binding", (_EDGE, _TOP + 106, _WIDE - 2 * _EDGE, 30))

    def decide(self, slide: Any) -> None:  # noqa: ANN401
        """Say how sure it is, and what is asked of the meeting."""
        said = self._sentences(self._report.chapter("sure"))
        self._write(slide, (_EDGE, _TOP, _WIDE - 2 * _EDGE, 74), said, 16)
        words = self._sentences(self._report.chapter("summary"))[-1:]
        box = slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, Mm(_EDGE), Mm(112), Mm(_WIDE - 2 * _EDGE), Mm(54)
        )
        _fill(box, _PALE)
        self._write(slide, (_EDGE + 5, 117, _WIDE - 2 * _EDGE - 10, 44), words, 20)

    def _sentences(self, blocks: Iterable[Block]) -> list[str]:
        """Return the sentences among `blocks`."""
        return [self._say(one) for one in blocks if isinstance(one, Text)]

    def _mark(self, slide: Any, top: float, size: int, *, right: bool = False) -> None:  # noqa: ANN401
        if self._report.mark is None:
            return
        said = self._say(self._report.mark)
        wide, high = _WIDE - 2 * _EDGE, size * 0.75
        if right:  # As wide as the words, as far as the title leaves room.
            wide = min(130.0, width_em(said) * size * _MM_PER_POINT + 8)
            size = min(size, int((wide - 8) / width_em(said) / _MM_PER_POINT))
        left = _WIDE - _EDGE - wide if right else _EDGE
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Mm(left), Mm(top), Mm(wide), Mm(high))
        _fill(shape, RGBColor(245, 184, 46))
        inner = (left + 2, top + (high - size * 0.55) / 2, wide - 4, size * 0.55)
        self._write(slide, inner, [said], size)

    def _write(
        self,
        slide: Any,  # noqa: ANN401
        box: _Box,
        lines: Sequence[str],
        size: float,
        *,
        colour: RGBColor = _INK,
        right: bool = False,
    ) -> None:
        frame = slide.shapes.add_textbox(*(Mm(mm) for mm in box)).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
            paragraph.space_after = Pt(size * 0.4)
            _run(paragraph, line, size, colour)

    def _table(self, slide: Any, key: str, box: _Box) -> None:  # noqa: ANN401
        table = self._report.table(key)
        if table is None:
            return
        columns, rows, total = table.printed(self._report.language)
        heads = [self._say(one.head) for one in columns]
        body = [*self._fitting(rows), *([total] if total else [])]
        size = 11 if len(columns) > 8 else 13  # noqa: PLR2004 - nine columns are narrow
        drawn = slide.shapes.add_table(
            len(body) + 1, len(heads), *(Mm(one) for one in box[:3]), Mm(8 * (len(body) + 1))
        ).table
        widths = column_widths(heads, rows, box[2] / size / _MM_PER_POINT)
        for column, wide in zip(drawn.columns, widths, strict=True):
            column.width = Emu(int(Mm(box[2] * wide / sum(widths))))
        high = min(9.5, box[3] / (len(body) + 1))
        for number, texts in enumerate((heads, *body)):
            drawn.rows[number].height = Mm(high)
            strong = total is not None and number == len(body)
            for place, text in enumerate(texts):
                number_right = columns[place].kind is not ValueKind.TEXT and number > 0
                _cell(
                    drawn.cell(number, place),
                    text,
                    size,
                    head=number == 0,
                    strong=strong,
                    right=number_right,
                )

    def _fitting(self, rows: list[list[str]]) -> Iterable[list[str]]:
        """Return the rows a slide has room for; what is left out is said in the last one."""
        if len(rows) <= _MOST_ROWS:
            return rows
        left = len(rows) - _MOST_ROWS + 1
        said = self._say(Text(f"另有 {left} 行，见报告", f"{left} more rows: see the report"))
        return [*rows[: _MOST_ROWS - 1], [said, *[""] * (len(rows[0]) - 1)]]

    def _chart(self, slide: Any, key: str, box: _Box) -> None:  # noqa: ANN401
        chart = self._report.chart(key)
        if chart is None or not chart.categories:
            return
        data = CategoryChartData(number_format=_AXIS.get(chart.kind, "#,##0"))
        words = [shown(one, ValueKind.TEXT, self._report.language) for one in chart.categories]
        data.categories = words
        for one in chart.series:
            data.add_series(self._say(one.name), one.values)
        kind = XL_CHART_TYPE.COLUMN_CLUSTERED if chart.form is Form.BAR else XL_CHART_TYPE.LINE
        place = [Mm(one) for one in box]
        _styled(slide.shapes.add_chart(kind, *place, data).chart, chart, self._report)


def _styled(drawn: Any, chart: Chart, report: Report) -> None:  # noqa: ANN401
    """Give a chart its colours, axes and legend."""
    drawn.font.size, drawn.font.name = Pt(12), _FONT
    drawn.has_title = False
    drawn.has_legend = True
    drawn.legend.position = XL_LEGEND_POSITION.TOP
    drawn.legend.include_in_layout = False
    for place, series in enumerate(drawn.plots[0].series):
        colour = (_BLUE, _AMBER)[place % 2]
        if chart.form is Form.BAR:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour
        else:
            series.smooth = False
            series.format.line.color.rgb, series.format.line.width = colour, Pt(2.5)
            series.format.line.dash_style = MSO_LINE.DASH if place else MSO_LINE.SOLID
    values, names = drawn.value_axis, drawn.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = scale(chart)
    values.tick_labels.number_format = _AXIS.get(chart.kind, "#,##0")
    values.tick_labels.number_format_is_linked = False
    values.major_gridlines.format.line.color.rgb = RGBColor(210, 214, 220)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    for axis, words in zip((names, values), chart.axes, strict=True):
        axis.has_title = True
        frame = axis.axis_title.text_frame
        _run(frame.paragraphs[0], report.say(words), 11, _GREY)
    if chart.form is Form.BAR:
        plot = drawn.plots[0]
        plot.gap_width = 60
        plot.has_data_labels = True
        plot.data_labels.number_format = _AXIS.get(chart.kind, "#,##0")
        plot.data_labels.number_format_is_linked = False
        plot.data_labels.font.size = Pt(10)


def _fill(shape: Any, colour: RGBColor) -> None:  # noqa: ANN401
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour
    shape.line.fill.background()
    shape.shadow.inherit = False


def _run(paragraph: Any, text: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:  # noqa: ANN401
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour
    run.font.name = _FONT
    properties = run._r.get_or_add_rPr()  # noqa: SLF001 - the font of Chinese has no name of its own
    east = properties.makeelement(qn("a:ea"), {"typeface": _FONT})
    properties.append(east)


def _cell(cell: Any, text: str, size: float, *, head: bool, strong: bool, right: bool) -> None:  # noqa: ANN401
    cell.margin_top = cell.margin_bottom = Mm(0.6)
    cell.margin_left = cell.margin_right = Mm(1.8)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = _BLUE if head else _PALE if strong else _WHITE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER if head else PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _run(paragraph, text, size, _WHITE if head else _INK, bold=strong)
