"""Every table as CSV, for the archive: UTF-8 that Excel reads, and nothing in it is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from geo.text import Text
from maps.report.content import PaperTable, Report, Value
from maps.report.lists import headline_table
from maps.report.plain import csv_cell
from maps.report.table_names import SHEETS


def csv_files(report: Report) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of a file for every table."""
    for table in (headline_table(report), *report.tables()):
        yield f"{report.say(SHEETS[table.key])}.csv", _csv(report, table)


def _csv(report: Report, table: PaperTable) -> bytes:
    held = StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(report.say(one.head) for one in table.columns)
    writer.writerows([_cell(report, one) for one in row] for row in table.rows)
    return b"\xef\xbb\xbf" + held.getvalue().encode()


def _cell(report: Report, value: Value) -> str:
    if isinstance(value, str | Text):
        return csv_cell(value if isinstance(value, str) else report.say(value))
    if value is None or value != value:  # noqa: PLR0124 - not a number is left empty
        return ""
    return f"{value:.10g}"
