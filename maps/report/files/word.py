"""A report as a Word file that the office goes on editing: styles, captions, contents."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import zip_longest
from typing import Any

from docx import Document
from docx.document import Document as Opened
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

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
from maps.report.files.paper import (
    CONTENTS,
    TEXT_MM,
    WHOLE_ROWS,
    column_widths,
    drawing,
    letters_pt,
    made_on,
    room_em,
)
from maps.report.typesetting import drawings_pdf, page_pngs

_BODY, _HEADING = "仿宋", "黑体"
_BLUE, _GREY, _BLACK = RGBColor(0x0F, 0x4C, 0x81), RGBColor(90, 90, 90), RGBColor(0, 0, 0)
_HEAD_FILL = "E8EEF4"
_CHART_MM = 138.0
"""Width of a chart between the margins."""
_BEFORE = {"Heading 1": 8, "Heading 2": 6, "Caption": 4}
"""Points of space before."""
_DPI = 200
"""Sharp in print, and the file stays small enough to be sent."""
_TABLE, _FIGURE = Text("表", "Table"), Text("图", "Figure")
_RENEW = Text(
    "修改正文后，右键点目录、选“更新域”，页码即更新。",
    "After editing, right-click the contents and choose Update Field to renew the page numbers.",
)
_LINE_PT, _ROW_PT = 17.4, 12.3
"""Lines of text and rows of tables are as high as on the PDF, so that pages break alike."""
_CELL_MM = 1.0
"""Room left and right in a cell."""


def report_docx(report: Report, pages: Sequence[int] = ()) -> bytes:
    """Return `report` as ``.docx``, A4.

    Parameters
    ----------
    pages : Sequence[int]
        On which page each heading stands, as the contents show it until Word counts anew; Word
        asks to do so when it opens the file.
    """
    document = Document()
    _styles(document)
    _page(document, report)
    writer = _Writer(document, report)
    document.add_heading(report.say(report.title), level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in (report.mark, made_on(report)):
        if line:
            centred = document.add_paragraph(report.say(line))
            centred.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for place, chapter in enumerate(report.chapters):
        if place == 1:
            writer.contents(pages)
        writer.heading(report.say(chapter.title), 1).paragraph_format.page_break_before = (
            place > 0 and chapter.new_page
        )
        for block, following in zip_longest(chapter.blocks, chapter.blocks[1:]):
            writer.write(block, following)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


class _Writer:
    """Puts blocks into a document, and numbers what is captioned."""

    def __init__(self, document: Opened, report: Report) -> None:
        self._document, self._report = document, report
        self._numbers = {_TABLE: 0, _FIGURE: 0}
        self._marks = 0
        drawn = [one for one in report.blocks() if isinstance(one, Chart | Picture)]
        drawings = [drawing(one, report) for one in drawn]
        pngs = page_pngs(drawings_pdf(drawings), dpi=_DPI) if drawn else iter(())
        self._pictures = {
            one.key: (png, size) for one, (_, size), png in zip(drawn, drawings, pngs, strict=True)
        }

    def write(self, block: Block, following: Block | None) -> None:
        """Put `block` at the end; words stay on the page of a table that follows them."""
        if isinstance(block, Text):
            written = self._paragraph(self._report.say(block))
            written.paragraph_format.keep_with_next = isinstance(following, PaperTable) or None
        elif isinstance(block, Heading):
            self.heading(self._report.say(block.text), 2)
        elif isinstance(block, Headlines):
            self._headlines(block)
        elif isinstance(block, PaperTable):
            self._table(block)
        else:
            self._drawing(block)

    def heading(self, text: str, level: int) -> Paragraph:
        """Add a heading that the contents point to."""
        held: Paragraph = self._document.add_heading(text, level=level)
        name = _bookmark(self._marks)
        for kind in ("bookmarkStart", "bookmarkEnd"):
            mark = OxmlElement(f"w:{kind}")
            mark.set(qn("w:id"), str(self._marks))
            if kind == "bookmarkStart":
                mark.set(qn("w:name"), name)
            held._p.append(mark)  # noqa: SLF001 - python-docx has no bookmarks of its own
        self._marks += 1
        return held

    def contents(self, pages: Sequence[int]) -> None:
        """Put the table of contents on a page of its own; its page numbers are Word's fields."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.page_break_before = True
        paragraph.add_run(self._report.say(CONTENTS)).bold = True
        lines = list(self._report.headings())
        held = []
        for place, (text, level) in enumerate(lines):
            line = self._document.add_paragraph(style=_contents_style(self._document, level))
            line.add_run(text)
            line.add_run("\t")
            known = pages[place] if place < len(pages) else None
            _field(line, f"PAGEREF {_bookmark(place)} \\h", "" if known is None else str(known))
            held.append(line)
        _mark(held[0], 1, "begin", r'TOC \o "1-2" \h \z \u')
        _mark(held[-1], len(held[-1]._p), "end")  # noqa: SLF001 - python-docx has no such fields
        hint = self._document.add_paragraph().add_run(self._report.say(_RENEW))
        hint.font.size, hint.font.color.rgb = Pt(9), _GREY
        renew = OxmlElement("w:updateFields")
        renew.set(qn("w:val"), "true")
        _insert(self._document.settings.element, renew, _AFTER_UPDATE_FIELDS)

    def _paragraph(self, text: str) -> Paragraph:
        written = self._document.add_paragraph(text)
        written.paragraph_format.first_line_indent = Pt(22)
        written.paragraph_format.line_spacing = Pt(_LINE_PT)
        return written

    def _caption(self, word: Text, text: Text, *, above: bool) -> None:
        self._numbers[word] += 1
        said = self._report.say(word)
        caption = self._document.add_paragraph(f"{said} ", style="Caption")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = above
        _field(caption, f"SEQ {said} \\* ARABIC", str(self._numbers[word]))
        caption.add_run("　" + self._report.say(text))

    def _headlines(self, block: Headlines) -> None:
        across = 3
        rows = -(-len(block.figures) // across)
        drawn = self._document.add_table(rows=rows, cols=across, style="Table Grid")
        for place, one in enumerate(block.figures):
            cell = drawn.cell(place // across, place % across)
            value = shown(one.value, one.kind, self._report.language)
            lines = (
                (self._report.say(one.label), 10),
                (value, 18),
                (self._report.say(one.note), 9),
            )
            for number, (text, size) in enumerate(lines):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(0)
                run = paragraph.add_run(text)
                run.font.size = Pt(size)
                if number == 1:
                    run.font.color.rgb = _BLUE
        self._document.add_paragraph()

    def _table(self, table: PaperTable) -> None:
        columns, rows, total = table.printed(self._report.language)
        heads = [self._report.say(one.head) for one in columns]
        self._caption(_TABLE, table.caption, above=True)
        body = [*rows, *([total] if total else [])]
        size = letters_pt(heads, body)
        drawn = self._document.add_table(rows=1 + len(body), cols=len(heads), style="Table Grid")
        drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
        _set_widths(drawn, column_widths(heads, body, room_em(size)))
        whole = len(rows) <= WHOLE_ROWS
        right = [one.kind is not ValueKind.TEXT for one in columns]
        for number, (row, texts) in enumerate(
            zip(drawn._tbl.tr_lst, (heads, *body), strict=True)  # noqa: SLF001 - ten times quicker
        ):
            strong = number == 0 or (total is not None and number == len(body))
            for place, (cell, text) in enumerate(zip(row.tc_lst, texts, strict=True)):
                written = Paragraph(cell.p_lst[0], drawn)
                look = written.paragraph_format
                look.space_before = look.space_after = Pt(0)
                look.line_spacing = Pt(_ROW_PT - 3)
                look.keep_with_next = True if number < (len(body) if whole else 1) else None
                if number == 0:
                    written.alignment = WD_ALIGN_PARAGRAPH.CENTER
                elif right[place]:
                    written.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                run = written.add_run(text)
                run.font.size, run.bold = Pt(round(size)), strong
        _repeat_head(drawn)
        if table.note:
            self._document.add_paragraph(self._report.say(table.note)).runs[0].font.size = Pt(9)

    def _drawing(self, block: Chart | Picture) -> None:
        png, size = self._pictures[block.key]
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        wide = _CHART_MM if isinstance(block, Chart) else min(size[0], TEXT_MM)
        drawn = paragraph.add_run().add_picture(BytesIO(png), width=Mm(wide))
        drawn._inline.docPr.set("descr", self._report.say(block.caption))  # noqa: SLF001 - read out
        self._caption(_FIGURE, block.caption, above=False)


def _styles(document: Opened) -> None:
    for name, font, size, colour in (
        ("Normal", _BODY, 11, _BLACK),
        ("Title", _HEADING, 24, _BLUE),
        ("Heading 1", _HEADING, 16, _BLUE),
        ("Heading 2", _HEADING, 13, _BLUE),
        ("Caption", _HEADING, 10, _BLACK),
    ):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = colour
        style.paragraph_format.space_before = Pt(_BEFORE.get(name, 2))
        style.paragraph_format.space_after = Pt(3)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for old in [one for one in fonts.attrib if "heme" in one]:
            del fonts.attrib[old]
        fonts.set(qn("w:ascii"), "Times New Roman")
        fonts.set(qn("w:hAnsi"), "Times New Roman")
        fonts.set(qn("w:eastAsia"), font)


_AFTER_UPDATE_FIELDS = ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "rsids")


def _insert(parent: Any, child: Any, before: tuple[str, ...]) -> None:  # noqa: ANN401
    """Add `child` before the first of the elements that must come after it."""
    for name in before:
        found = parent.find(qn(f"w:{name}"))
        if found is not None:
            found.addprevious(child)
            return
    parent.append(child)


def _bookmark(place: int) -> str:
    return f"_Toc{place:04d}"


def _contents_style(document: Opened, level: int) -> ParagraphStyle:
    """Return Word's own style of a line of the contents, with dots up to the page number."""
    name = f"TOC {level}"
    if name not in [one.name for one in document.styles]:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent = Mm(6 * (level - 1))
        style.paragraph_format.tab_stops.add_tab_stop(
            Mm(TEXT_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
    found: ParagraphStyle = document.styles[name]
    return found


def _page(document: Opened, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Mm((210 - TEXT_MM) / 2)
    section.top_margin, section.bottom_margin = Mm(27), Mm(22)
    said = [report.say(one) for one in (report.title, report.mark) if one]
    section.header.paragraphs[0].text = "　".join(said)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(report.say(report.source) + "　").font.size = Pt(8)
    _field(foot, "PAGE", "1")


def _field(paragraph: Paragraph, instruction: str, shown_until: str) -> None:
    """Add a field that Word computes; `shown_until` stands there until it does."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = paragraph.add_run(shown_until)
    field.append(run._r)  # noqa: SLF001 - python-docx has no fields of its own
    paragraph._p.append(field)  # noqa: SLF001


def _mark(paragraph: Paragraph, place: int, kind: str, instruction: str = "") -> None:
    """Open or close, at `place` of a paragraph, a field that reaches over several."""
    names = ("begin", "separate") if kind == "begin" else (kind,)
    for offset, name in enumerate(names):
        run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), name)
        run.append(mark)
        if name == "begin":
            said = OxmlElement("w:instrText")
            said.set(qn("xml:space"), "preserve")
            said.text = instruction
            run.append(said)
        paragraph._p.insert(place + offset, run)  # noqa: SLF001


def _set_widths(drawn: WordTable, widths: list[float]) -> None:
    """Say how wide the columns are; Word and others read it from the grid."""
    drawn.autofit = False
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(Mm(_CELL_MM).twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    _insert(drawn._tbl.tblPr, margins, ("tblLook",))  # noqa: SLF001 - python-docx has no margins
    per = TEXT_MM / sum(widths)
    for column, wide in zip(drawn.columns, widths, strict=True):
        column.width = Mm(wide * per)
    for row in drawn._tbl.tr_lst:  # noqa: SLF001
        for cell, wide in zip(row.tc_lst, widths, strict=True):
            cell.width = Mm(wide * per)


def _repeat_head(drawn: WordTable) -> None:
    """Repeat the head on every page, and keep each row on one."""
    for number, row in enumerate(drawn._tbl.tr_lst):  # noqa: SLF001
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        height = OxmlElement("w:trHeight")
        height.set(qn("w:val"), str(Pt(_ROW_PT).twips))
        height.set(qn("w:hRule"), "atLeast")
        properties.append(height)
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
            for cell in row.tc_lst:
                fill = OxmlElement("w:shd")
                fill.set(qn("w:val"), "clear")
                fill.set(qn("w:fill"), _HEAD_FILL)
                cell.get_or_add_tcPr().append(fill)
