"""The decision report as a PDF: fonts embedded, drawings as vectors."""

from __future__ import annotations

from pypdfium2 import PdfDocument

from geo.json_shapes import JsonPage
from geo.text import Text
from maps.report.content import (
    Block,
    Chart,
    Heading,
    Headlines,
    PaperTable,
    Picture,
    Report,
    ValueKind,
    shown,
)
from maps.report.drawing.chart_drawing import SIZE_MM, chart_svg
from maps.report.plain import width_em
from maps.report.typesetting import pdf_of

CONTENTS = Text("目录", "Contents")
_WIDEST_EM, _NARROW_EM, _LEAST_EM, _PADDING_EM = 20.0, 11.0, 3.0, 1.2
"""Widths of a column in characters: at most, of figures, at least, and the gap."""
TEXT_MM = 162.0
"""How wide the text is on the page."""
_LETTERS_PT, _SMALL_PT, _MM_PER_POINT = 8.8, 7.8, 25.4 / 72
"""Type of tables, and of wide ones; a point is a 72nd of an inch."""
WHOLE_ROWS = 26
"""A table of so many rows is not cut by the end of a page."""


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
                "new_page": chapter.new_page,
                "blocks": [_block(report, one, files) for one in chapter.blocks],
            }
            for chapter in report.chapters
        ],
    }
    return pdf_of("report.typ", data, files)


def heading_pages(pdf: bytes) -> list[int]:
    """Return on which page each heading of a report typeset by :func:`report_pdf` stands, from 1."""
    marks = [one.get_dest() for one in PdfDocument(pdf).get_toc()]
    return [0 if one is None else (one.get_index() or 0) + 1 for one in marks]


def made_on(report: Report) -> Text:
    """Return when the figures were made."""
    return Text(f"数据生成日期：{report.made}", f"Figures of {report.made}")


def drawing(block: Chart | Picture, report: Report) -> tuple[str, tuple[float, float]]:
    """Return a chart or a picture as SVG, and its size (mm)."""
    if isinstance(block, Picture):
        return block.svg, block.size_mm
    return chart_svg(block, report.language), SIZE_MM


def _block(report: Report, block: Block, files: dict[str, bytes]) -> JsonPage:
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
    if isinstance(block, PaperTable):
        return _table(report, block)
    svg, size = drawing(block, report)
    name = f"{block.key}.svg"
    files[name] = svg.encode()
    caption = report.say(block.caption)
    return {"is": "drawing", "file": name, "wide": size[0], "caption": caption}


def _table(report: Report, table: PaperTable) -> JsonPage:
    columns, rows, total = table.printed(report.language)
    heads = [report.say(one.head) for one in columns]
    body = [*rows, *([total] if total else [])]
    size = letters_pt(heads, body)
    widths = column_widths(heads, body, room_em(size))
    return {
        "is": "table",
        "size": size,
        "whole": len(rows) <= WHOLE_ROWS,
        "caption": report.say(table.caption),
        "columns": [
            {"head": head, "number": column.kind is not ValueKind.TEXT, "wide": wide}
            for head, column, wide in zip(heads, columns, widths, strict=True)
        ],
        "rows": rows,
        "total": total,
        "note": report.say(table.note) if table.note else "",
    }


def letters_pt(heads: list[str], rows: list[list[str]]) -> float:
    """Return how large the letters of a table are on paper: smaller where it would not fit."""
    return _LETTERS_PT if sum(_wishes(heads, rows)) <= room_em(_LETTERS_PT) else _SMALL_PT


def room_em(letters: float) -> float:
    """Return how many letters of so many points fit across the page."""
    return TEXT_MM / (letters * _MM_PER_POINT)


def column_widths(heads: list[str], rows: list[list[str]], room: float) -> list[float]:
    """Return how wide each column is (em of its letters): names give way where room is short."""
    widths = _wishes(heads, rows)
    narrow = sum(one for one in widths if one <= _NARROW_EM)
    wide = sum(widths) - narrow
    if narrow + wide > room and room - narrow > wide / 3:
        part = (room - narrow) / wide
        widths = [one if one <= _NARROW_EM else one * part for one in widths]
    return widths


def _wishes(heads: list[str], rows: list[list[str]]) -> list[float]:
    widths = []
    for place, head in enumerate(heads):
        held = max((width_em(row[place]) for row in rows), default=0.0)
        widths.append(min(_WIDEST_EM, max(_LEAST_EM, held, width_em(head) / 2)) + _PADDING_EM)
    return widths
