"""The decision report as a PDF: fonts embedded, drawings as vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.text import Text
from maps.report.chart_drawing import SIZE_MM, chart_svg
from maps.report.content import (
    Block,
    Chart,
    Heading,
    Headlines,
    Kind,
    Picture,
    Report,
    Table,
    shown,
)
from maps.report.plain import width_em
from maps.report.typesetting import pdf_of

CONTENTS = Text("目录", "Contents")
_TALL_MM = 100.0
_WIDEST_EM, _LEAST_EM = 16.0, 3.2


def report_pdf(report: Report) -> bytes:
    """Return `report` on A4."""
    files: dict[str, bytes] = {}
    data = {
        "title": report.say(report.title),
        "lang": report.language.value,
        "mark": report.say(report.mark) if report.mark else "",
        "made": report.say(made_on(report)),
        "contents": report.say(CONTENTS),
        "source": report.say(report.source),
        "chapters": [
            {
                "title": report.say(chapter.title),
                "blocks": [_block(report, one, files) for one in chapter.blocks],
            }
            for chapter in report.chapters
        ],
    }
    return pdf_of("report.typ", data, files)


def made_on(report: Report) -> Text:
    """Return when the figures were made."""
    return Text(f"数据生成日期：{report.made}", f"Figures of {report.made}")


def drawing(block: Chart | Picture, report: Report) -> tuple[str, tuple[float, float]]:
    """Return a chart or a picture as SVG, and its size (mm)."""
    if isinstance(block, Picture):
        return block.svg, block.size_mm
    return chart_svg(block, report.language), SIZE_MM


def _block(report: Report, block: Block, files: dict[str, bytes]) -> Mapping[str, Any]:
    if isinstance(block, Text):
        return {"is": "text", "text": report.say(block)}
    if isinstance(block, Heading):
        return {"is": "heading", "text": report.say(block.text)}
    if isinstance(block, Headlines):
        figures = [
            {
                "label": report.say(one.label),
                "value": shown(one.value, one.kind, report.language),
                "note": report.say(one.note),
            }
            for one in block.figures
        ]
        return {"is": "heads", "figures": figures}
    if isinstance(block, Table):
        return _table(report, block)
    svg, size = drawing(block, report)
    name = f"{block.key}.svg"
    files[name] = svg.encode()
    tall = size[1] > _TALL_MM
    caption = report.say(block.caption)
    return {"is": "drawing", "file": name, "wide": size[0], "tall": tall, "caption": caption}


def _table(report: Report, table: Table) -> Mapping[str, Any]:
    columns, rows, total = table.printed(report.language)
    heads = [report.say(one.head) for one in columns]
    return {
        "is": "table",
        "caption": report.say(table.caption),
        "columns": [
            {"head": head, "number": column.kind is not Kind.TEXT, "wide": wide}
            for head, column, wide in zip(heads, columns, column_widths(heads, rows), strict=True)
        ],
        "rows": rows,
        "total": total,
        "note": report.say(table.note) if table.note else "",
    }


def column_widths(heads: list[str], rows: list[list[str]]) -> list[float]:
    """Return how wide each column is beside the others, by what it holds."""
    widths = []
    for place, head in enumerate(heads):
        held = max((width_em(row[place]) for row in rows), default=0.0)
        widths.append(min(_WIDEST_EM, max(_LEAST_EM, held, width_em(head) / 2)) + 1)
    return widths
