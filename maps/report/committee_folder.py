"""The committee's folder: the same figures as report, sheets, maps, workbook, slides and archive.

```
决策材料/
  决策报告.docx  决策报告.pdf   the report, to edit and to print
  站点踏勘表.pdf               one page a site, for the visit
  数据表.xlsx                  one table a sheet, with charts and formulas
  汇报.pptx                    ten slides with the same figures
  地图/*.pdf  地图/*.png        the city (A3) and each district (A4)
  大蓬车/*.pdf  大蓬车.xlsx     day sheets, notices, signs of the bus, and its tables
  表格/*.csv                   every table, for the archive
```
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from types import MappingProxyType

from geo.solving import Progress, silent
from geo.text import Text
from maps.linked_files import file_name
from maps.report.bus.bus_papers import bus_papers, bus_pdfs
from maps.report.bus.bus_workbook import bus_report
from maps.report.chapters.decision import decision_report
from maps.report.chapters.lists import headline_table
from maps.report.content import PaperTable, Report, Value
from maps.report.drawing.print_map import PrintMap, city_picture, print_maps
from maps.report.files.excel import SHEETS, committee_workbook
from maps.report.files.paper import heading_pages, report_pdf
from maps.report.files.site_sheets import site_sheets_pdf
from maps.report.files.slides import committee_slides
from maps.report.files.word import report_docx
from maps.report.formats import Format
from maps.report.plain import csv_cell
from maps.report.subject import Subject
from maps.report.typesetting import drawings_pdf, page_pngs

_REPORT, _MAPS = Text("决策报告", "report"), Text("地图", "maps")
_SHEETS = Text("站点踏勘表", "site sheets")
_SLIDES = Text("汇报", "slides")
_WORKBOOK, _TABLES = Text("数据表", "tables"), Text("表格", "csv")
_BUS = Text("大蓬车", "bus")
_CITY = Text("全市", "city")
_MAP_DPI = 300
"""What offices print at."""


File = tuple[str, bytes]
"""A path below the folder, and what is in it."""


@dataclass(frozen=True)
class _Making:
    """What several files share, made when first asked for."""

    subject: Subject

    def name(self, text: Text) -> str:
        return self.subject.say(text)

    @cached_property
    def report(self) -> Report:
        return decision_report(self.subject, city_picture(self.subject))

    @cached_property
    def report_pdf(self) -> bytes:
        return report_pdf(self.report)

    @cached_property
    def maps(self) -> list[PrintMap]:
        return list(print_maps(self.subject))

    @cached_property
    def maps_pdf(self) -> bytes:
        return drawings_pdf([(one.svg, one.size_mm) for one in self.maps])


def committee_files(
    subject: Subject, formats: Collection[Format] = tuple(Format), *, progress: Progress = silent
) -> Iterator[File]:
    """Yield the files of the folder.

    Parameters
    ----------
    subject : Subject
        The run.
    formats : Collection[Format]
        The kinds of file wanted.
    progress : Progress
        Told which is being made.
    """
    making = _Making(subject)
    wanted = [one for one in Format if one in formats]
    for number, one in enumerate(wanted):
        step, make = _MAKERS[one]
        progress(step, number / len(wanted))
        yield from make(making)


def _docx(making: _Making) -> Iterator[File]:
    yield (
        f"{making.name(_REPORT)}.docx",
        report_docx(making.report, heading_pages(making.report_pdf)),
    )


def _pdf(making: _Making) -> Iterator[File]:
    yield f"{making.name(_REPORT)}.pdf", making.report_pdf
    yield f"{making.name(_MAPS)}/{making.name(_MAPS)}.pdf", making.maps_pdf
    if len(making.subject.sites):
        yield f"{making.name(_SHEETS)}.pdf", site_sheets_pdf(making.subject)
    yield from _bus_pdf(making)


def _bus_pdf(making: _Making) -> Iterator[File]:
    papers = bus_papers(making.subject)
    if papers is not None:
        for name, content in bus_pdfs(papers):
            yield f"{making.name(_BUS)}/{name}", content


def _xlsx(making: _Making) -> Iterator[File]:
    papers = bus_papers(making.subject)
    if papers is not None:
        content = committee_workbook(bus_report(papers))
        yield f"{making.name(_BUS)}/{making.name(_BUS)}.xlsx", content
    yield f"{making.name(_WORKBOOK)}.xlsx", committee_workbook(making.report)


def _pptx(making: _Making) -> Iterator[File]:
    yield f"{making.name(_SLIDES)}.pptx", committee_slides(making.report)


def _csv(making: _Making) -> Iterator[File]:
    for name, content in csv_files(making.report):
        yield f"{making.name(_TABLES)}/{name}", content


def _png(making: _Making) -> Iterator[File]:
    pictures = page_pngs(making.maps_pdf, dpi=_MAP_DPI)
    for one, picture in zip(making.maps, pictures, strict=True):
        known = making.subject.district(one.name)
        name = making.name(_CITY) if one.name == "city" else file_name(f"{one.name} {known}")
        yield f"{making.name(_MAPS)}/{name}.png", picture


_MAKERS: Mapping[Format, tuple[Text, Callable[[_Making], Iterator[File]]]] = MappingProxyType(
    {
        Format.DOCX: (Text("写 Word 报告", "Writing the report for Word"), _docx),
        Format.PDF: (Text("排版 PDF", "Typesetting PDF"), _pdf),
        Format.XLSX: (Text("写数据表", "Writing the workbook"), _xlsx),
        Format.PPTX: (Text("写汇报幻灯片", "Writing the slides"), _pptx),
        Format.CSV: (Text("写归档表格", "Writing tables for the archive"), _csv),
        Format.PNG: (Text("绘制地图图片", "Drawing maps as pictures"), _png),
    }
)


def csv_files(report: Report) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of a file for every table.

    In UTF-8 that Excel reads, and nothing in it is a formula.
    """
    for table in (headline_table(report), *report.tables()):
        yield f"{report.say(SHEETS[table.key])}.csv", _table_csv(report, table)


def _table_csv(report: Report, table: PaperTable) -> bytes:
    held = StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(report.say(one.head) for one in table.columns)
    writer.writerows([_csv_value(report, one) for one in row] for row in table.rows)
    return b"\xef\xbb\xbf" + held.getvalue().encode()


def _csv_value(report: Report, value: Value) -> str:
    if isinstance(value, str | Text):
        return csv_cell(value if isinstance(value, str) else report.say(value))
    if value is None or value != value:  # noqa: PLR0124 - not a number is left empty
        return ""
    return f"{value:.10g}"
