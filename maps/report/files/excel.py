"""The committee's workbook: one table a sheet, filters, charts, and totals that are formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from types import MappingProxyType

import xlsxwriter
from xlsxwriter.chart import Chart as XlsxChart
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from geo.json_shapes import JsonOptions
from geo.text import Text
from maps.report.content import (
    COSTS_MISSING,
    TOTAL,
    Chart,
    Form,
    PaperTable,
    Report,
    TableColumn,
    Value,
    ValueKind,
)
from maps.report.drawing.chart_drawing import scale
from maps.report.plain import printable, width_em
from maps.workbook.book import TEXT_STAYS_TEXT

SHEETS: Mapping[str, Text] = MappingProxyType(
    {
        "summary": Text("主要数字", "Main figures"),
        "districts": Text("区市现状", "Districts"),
        "subdistricts": Text("街道现状", "Subdistricts"),
        "groups": Text("群体现状", "Groups"),
        "district_groups": Text("区市×群体", "Districts and groups"),
        "hours": Text("分时段", "Hours"),
        "equity_districts": Text("公平性·区市", "Equity by district"),
        "equity_groups": Text("公平性·群体", "Equity by group"),
        "room": Text("接待能力", "Room"),
        "phases": Text("分批", "Phases"),
        "plan": Text("区市方案", "Plan by district"),
        "phase_districts": Text("分批分区市", "Phases by district"),
        "kinds": Text("各类措施", "Kinds of action"),
        "action_districts": Text("措施·区市", "Actions by district"),
        "needs": Text("需求", "Needs"),
        "floors": Text("要求的代价", "Floors"),
        "binding": Text("放宽一步", "Binding rules"),
        "robustness": Text("误差下入选", "Robustness"),
        "ranges": Text("可信范围", "Ranges"),
        "rules": Text("规则", "Rules"),
        "bus_campaigns": Text("各项活动", "Campaigns"),
        "bus_days": Text("每车每天", "Bus days"),
        "bus_visits": Text("全部停靠", "Visits"),
        "bus_districts": Text("各区市", "By district"),
        "sites": Text("推荐站点", "Sites"),
        "curve": Text("覆盖曲线", "Curve"),
        "actions": Text("措施明细", "Actions"),
        "gaps": Text("缺口", "Gaps"),
    }
)
"""By key; at most 31 characters, and nothing a sheet or a file may not be called."""


_HEAD = 3
"""Rows above the head: caption, what the data are, where they come from."""
_RIBBON = 5
"""Columns the words about the data run over."""
_WIDEST, _LEAST, _LOOKED_AT = 46, 9, 400
"""Width of a column in characters, at most and at least; so many rows are measured for it."""
_ROUNDED = 0.06
"""Parts of a sum are stored with one decimal: so much may each be off."""
_NUMBERS: Mapping[ValueKind, str] = {
    ValueKind.COUNT: "#,##0",
    ValueKind.YUAN: "#,##0",
    ValueKind.SHARE: "0.0%",
    ValueKind.INDEX: "0.00",
}
_SUMMARY, _CHECK = Text("汇总", "Summary"), Text("核对", "Check")
_CHARTS = Text("图表", "Charts")
_CHART_ROWS = 22
"""Rows of cells a chart is high."""


def committee_workbook(report: Report) -> bytes:
    """Return the workbook of `report`; each table has a sheet of its own."""
    held = BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, **TEXT_STAYS_TEXT})
    try:
        _Sheets(book, report).write()
    finally:
        book.close()
    return held.getvalue()


class _Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, report: Report) -> None:
        self._book, self._report = book, report
        self._formats: dict[str, Format] = {
            "title": book.add_format({"bold": True, "font_size": 14, "font_color": "#0F4C81"}),
            "mark": book.add_format({"bold": True, "bg_color": "#F5B82E", "font_color": "#2B1D00"}),
            "source": book.add_format({"font_size": 9, "font_color": "#5A5A5A"}),
            "head": book.add_format(
                {
                    "bold": True,
                    "font_color": "#FFFFFF",
                    "bg_color": "#0F4C81",
                    "text_wrap": True,
                    "align": "center",
                    "valign": "vcenter",
                    "border": 1,
                    "border_color": "#B9C7D6",
                }
            ),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "total_text": book.add_format({"bold": True, "top": 1, "bg_color": "#E8EEF4"}),
        }
        for kind, number in _NUMBERS.items():
            plain_format = {"num_format": number, "valign": "top"}
            self._formats[kind] = book.add_format(plain_format)
            total = {"num_format": number, "bold": True, "top": 1, "bg_color": "#E8EEF4"}
            self._formats[f"total_{kind}"] = book.add_format(total)

    def write(self) -> None:
        """Write the summary, then every table, then what reconciles."""
        summary = self._sheet(_SUMMARY, self._report.title)
        charts = self._sheet(_CHARTS, _CHARTS) if self._report.charts() else None
        tables = {one.key: one for one in self._report.tables()}
        for table in tables.values():
            self._table(table)
        if charts is not None:
            charts.fit_to_pages(1, 1)
            self._charts(charts, tables)
        self._summary(summary, tables)

    def _sheet(self, name: Text, title: Text) -> Worksheet:
        sheet = self._book.add_worksheet(self._report.say(name))
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        mark = self._report.say(self._report.mark) if self._report.mark else ""
        sheet.set_header(f"&L&A&C{mark.replace('&', '&&')}&R{self._report.made}")
        sheet.set_footer("&C&P / &N")
        sheet.write_string(0, 0, self._report.say(title), self._formats["title"])
        if mark:
            for place in range(1, _RIBBON):  # Words run on over cells of the same colour.
                sheet.write_blank(1, place, None, self._formats["mark"])
            sheet.write_string(1, 0, mark, self._formats["mark"])
            sheet.set_tab_color("#F5B82E")
        sheet.write_string(2, 0, self._report.say(self._report.source), self._formats["source"])
        return sheet

    def _name(self, key: str) -> str:
        return self._report.say(SHEETS[key])

    def _table(self, table: PaperTable) -> None:
        sheet = self._sheet(SHEETS[table.key], table.caption)
        last = _HEAD + len(table.rows)
        sheet.set_row(_HEAD, 32)
        for place, column in enumerate(table.columns):
            sheet.write_string(_HEAD, place, self._report.say(column.head), self._formats["head"])
            sheet.set_column(place, place, self._width(table, place))
        for number, row in enumerate(table.rows, start=_HEAD + 1):
            for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                self._cell(sheet, number, place, value, column)
        sheet.freeze_panes(_HEAD + 1, 0)
        sheet.repeat_rows(0, _HEAD)
        if table.rows:
            sheet.autofilter(_HEAD, 0, last, len(table.columns) - 1)
        self._totals(sheet, table, last)

    def _width(self, table: PaperTable, place: int) -> float:
        cells = [row[place] for row in table.rows[:_LOOKED_AT]]
        words = [one for one in cells if isinstance(one, str)]
        words += [self._report.say(one) for one in cells if isinstance(one, Text)]
        longest = max((width_em(one) for one in words), default=0.0) * 1.9
        head = width_em(self._report.say(table.columns[place].head)) * 1.1
        return min(_WIDEST, max(_LEAST, longest, head) + 2)

    def _cell(
        self, sheet: Worksheet, row: int, place: int, value: Value, column: TableColumn
    ) -> None:
        if isinstance(value, str | Text):
            words = value if isinstance(value, str) else self._report.say(value)
            sheet.write_string(row, place, printable(words)[:32_767], self._formats["text"])
        elif value is not None and value == value:  # noqa: PLR0124 - not a number is left empty
            sheet.write_number(row, place, self._whole(value, column), self._formats[column.kind])

    @staticmethod
    def _whole(value: float, column: TableColumn) -> float:
        """People are whole; money and shares stay as they are, so that sums agree."""
        return value if column.adds or column.kind is not ValueKind.COUNT else round(value)

    def _totals(self, sheet: Worksheet, table: PaperTable, last: int) -> None:
        totals = table.totals
        if totals is None:
            return
        row = last + 1
        for place, (value, column) in enumerate(zip(totals, table.columns, strict=True)):
            letter = xl_col_to_name(place)
            cells = f"{letter}{_HEAD + 2}:{letter}{last + 1}"
            look = self._formats[f"total_{column.kind}"]
            if column.adds:
                formula = f"=SUBTOTAL(9,{cells})"
                if column.kind is ValueKind.YUAN:  # Never a sum that leaves out a cost.
                    missing = self._report.say(COSTS_MISSING)
                    formula = f'=IF(COUNTBLANK({cells})>0,"{missing}",SUBTOTAL(9,{cells}))'
                sheet.write_formula(row, place, formula, look, self._told(value))
            elif column.of:
                part, whole = (xl_rowcol_to_cell(row, one) for one in column.of)
                formula = f'=IFERROR({part}/{whole},"")'
                sheet.write_formula(row, place, formula, look, self._told(value))
            else:
                text = self._report.say(TOTAL) if value == TOTAL else ""
                sheet.write_string(row, place, text, self._formats["total_text"])

    def _told(self, value: Value) -> float | str:
        """Return what a formula shows until it is computed anew."""
        if isinstance(value, Text):
            return self._report.say(value)
        return "" if value is None else value

    def _charts(self, sheet: Worksheet, tables: Mapping[str, PaperTable]) -> None:
        """Put every chart on one sheet; each shows the cells of its own table's sheet."""
        for place, chart in enumerate(self._report.charts()):
            if not tables[chart.table].rows:
                continue
            drawn = self._book.add_chart({"type": "column" if chart.form is Form.BAR else "line"})
            rows = len(tables[chart.table].rows)
            for which, one in enumerate(chart.series):
                drawn.add_series(self._series(chart, which, self._report.say(one.name), rows))
            self._dressed(drawn, chart, rows)
            words = {"description": self._report.say(chart.caption)}
            sheet.insert_chart(_HEAD + place * _CHART_ROWS, 0, drawn, words)

    def _dressed(self, drawn: XlsxChart, chart: Chart, rows: int) -> None:
        drawn.set_title({"name": self._report.say(chart.caption), "name_font": {"size": 12}})
        along, up = (self._report.say(one) for one in chart.axes)
        low, high, step = scale(chart)
        drawn.set_x_axis({"name": along, "interval_unit": max(1, rows // 20)})
        axis = {"name": up, "num_format": _AXIS[chart.kind]}
        drawn.set_y_axis({**axis, "min": low, "max": high, "major_unit": step})
        drawn.set_legend({"position": "top"})
        drawn.set_size({"width": 900, "height": 400})

    def _series(self, chart: Chart, which: int, name: str, rows: int) -> JsonOptions:
        first, last = _HEAD + 1, _HEAD + rows
        sheet, colour = self._name(chart.table), ("#0F4C81", "#F0A830")[which % 2]
        names, values = chart.columns[0], chart.columns[which + 1]
        bars = {"fill": {"color": colour}}
        line = {"line": {"color": colour, "width": 2.5, "dash_type": "dash" if which else "solid"}}
        return {
            "name": name,
            "categories": [sheet, first, names, last, names],
            "values": [sheet, first, values, last, values],
            **(bars if chart.form is Form.BAR else line),
        }

    def _summary(self, sheet: Worksheet, tables: Mapping[str, PaperTable]) -> None:
        """Write the main figures, and beside them what the sheets add up to."""
        heads = (Text("指标", "Figure"), Text("数值", "Value"), Text("说明", "Note"))
        for place, (head, wide) in enumerate(zip(heads, (26, 18, 52), strict=True)):
            sheet.write_string(_HEAD, place, self._report.say(head), self._formats["head"])
            sheet.set_column(place, place, wide)
        row = _HEAD
        for row, one in enumerate(self._report.headlines(), start=_HEAD + 1):
            self._cell(sheet, row, 0, one.label, TableColumn(one.label))
            self._cell(sheet, row, 1, one.value, TableColumn(one.label, one.kind))
            self._cell(sheet, row, 2, one.note, TableColumn(one.label))
        self._checks(sheet, row + 3, tables)
        sheet.freeze_panes(_HEAD + 1, 0)

    def _checks(self, sheet: Worksheet, row: int, tables: Mapping[str, PaperTable]) -> None:
        """Compare each figure with the sum of every table that adds up to it."""
        sheet.write_string(row - 1, 0, self._report.say(_CHECK), self._formats["title"])
        heads = (
            Text("应为", "Figure"),
            Text("数值", "Value"),
            Text("来自工作表（公式）", "From sheet (formula)"),
            Text("合计", "Sum"),
            Text("是否一致", "Agrees"),
        )
        for place, head in enumerate(heads):
            sheet.write_string(row, place, self._report.say(head), self._formats["head"])
        sheet.set_column(3, 4, 16)
        for number, (name, value, key, place) in enumerate(self._facts(tables), start=row + 1):
            self._cell(sheet, number, 0, name, TableColumn(name))
            sheet.write_number(number, 1, value, self._formats[ValueKind.COUNT])
            self._cell(sheet, number, 2, self._name(key), TableColumn(name))
            letter, rows = xl_col_to_name(place), len(tables[key].rows)
            cells = f"'{self._name(key)}'!{letter}{_HEAD + 2}:{letter}{_HEAD + 1 + rows}"
            total = tables[key].totals
            known = 0 if total is None else self._told(total[place])
            sheet.write_formula(number, 3, f"=SUM({cells})", self._formats[ValueKind.COUNT], known)
            yes, no = (self._report.say(one) for one in (_YES, _NO))
            near = 1 + _ROUNDED * rows
            told = yes if isinstance(known, float | int) and abs(known - value) < near else no
            formula = f'=IF(ABS(B{number + 1}-D{number + 1})<{near:g},"{yes}","{no}")'
            sheet.write_formula(number, 4, formula, self._formats["text"], told)

    def _facts(self, tables: Mapping[str, PaperTable]) -> Sequence[tuple[Text, float, str, int]]:
        """Return what each figure is called, the figure, and the table and column of its parts."""
        found = []
        for fact in self._report.facts:
            table = tables.get(fact.table)
            if table is not None and fact.value is not None and table.rows:
                found.append((fact.name, fact.value, fact.table, fact.column))
        return found


_AXIS: Mapping[ValueKind, str] = {**_NUMBERS, ValueKind.SHARE: "0%"}
_YES, _NO = Text("一致", "yes"), Text("不一致", "no")
