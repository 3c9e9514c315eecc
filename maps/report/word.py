"""A report as a Word file that the office goes on editing: styles, captions, contents."""

from __future__ import annotations

import re
from pathlib import Path

from docx import Document
from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from maps.report.content import Report, Table

_BODY, _HEADING = "仿宋", "黑体"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold: a name with such a character is written without it."""


def write_word(path: Path, report: Report) -> None:
    """Write `report` as ``.docx``, A4; beside itself first and renamed, so no half is left."""
    document = Document()
    _styles(document)
    _page(document, report)
    _cover(document, report)
    number = 0
    for place, chapter in enumerate(report.chapters):
        if place == 1:
            _contents(document)
        heading = document.add_heading(_clean(chapter.title), level=1)
        heading.paragraph_format.page_break_before = place < 2  # noqa: PLR2004 - summary, then all
        for block in chapter.blocks:
            if isinstance(block, Table):
                number += 1
                _table(document, block, number)
            else:
                document.add_paragraph(_clean(block))
    partial = path.with_name(path.name + ".part")
    document.save(str(partial))
    partial.replace(path)


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _styles(document: Opened) -> None:
    for name, font, size in (
        ("Normal", _BODY, 12),
        ("Title", _HEADING, 26),
        ("Heading 1", _HEADING, 16),
        ("Caption", _HEADING, 10),
    ):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for old in [one for one in fonts.attrib if "heme" in one]:
            del fonts.attrib[old]
        fonts.set(qn("w:ascii"), "Times New Roman")
        fonts.set(qn("w:hAnsi"), "Times New Roman")
        fonts.set(qn("w:eastAsia"), font)


def _page(document: Opened, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.header.paragraphs[0].text = _clean("　".join(filter(None, (report.title, report.mark))))
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(foot, "PAGE", "1")


def _cover(document: Opened, report: Report) -> None:
    document.add_heading(_clean(report.title), level=0)
    for line in (report.mark, f"数据生成日期：{report.made}"):
        if line:
            document.add_paragraph(_clean(line)).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _contents(document: Opened) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    paragraph.add_run("目录").bold = True
    _field(document.add_paragraph(), r'TOC \o "1-1" \h \z', "在 Word 中按 F9 更新目录")


def _field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """Add a field that Word computes; `shown` stands there until it does."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = paragraph.add_run(shown)
    field.append(run._r)  # noqa: SLF001 - python-docx has no fields of its own
    paragraph._p.append(field)  # noqa: SLF001


def _table(document: Opened, table: Table, number: int) -> None:
    caption = document.add_paragraph("表 ", style="Caption")
    caption.paragraph_format.keep_with_next = True
    _field(caption, "SEQ 表 \\* ARABIC", str(number))
    caption.add_run("　" + _clean(table.caption))
    drawn = document.add_table(rows=1 + len(table.rows), cols=len(table.head), style="Table Grid")
    for row, texts in zip(drawn._tbl.tr_lst, (table.head, *table.rows), strict=True):  # noqa: SLF001
        for cell, text in zip(row.tc_lst, texts, strict=True):
            written = Paragraph(cell.p_lst[0], drawn)
            written.paragraph_format.space_after = Pt(0)
            written.add_run(_clean(text)).font.size = Pt(9)
    repeated = OxmlElement("w:tblHeader")
    drawn._tbl.tr_lst[0].get_or_add_trPr().append(repeated)  # noqa: SLF001
