"""Typst, with the fonts a package ships: Chinese is right on a machine without Chinese fonts.

What is typeset comes as data beside a template, so a name is never read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import typst
from pylopdf_fonts_zh_cn import sans_path
from pypdfium2 import PdfDocument

_POINTS_PER_INCH = 72.0
"""By definition."""
SANS = "Noto Sans SC"
_PAGES = Path(__file__).parent / "pages"
_ONE_EACH = """
#let sizes = json("data.json")
#for (n, size) in sizes.enumerate() {
  page(width: size.at(0) * 1mm, height: size.at(1) * 1mm, margin: 0mm)[
    #image(str(n) + ".svg", width: 100%, height: 100%)
  ]
}
"""


def pdf_of(template: str, data: object, files: Mapping[str, bytes] | None = None) -> bytes:
    """Return a template of ``pages/`` filled with `data`, as a PDF with its fonts in it."""
    source = (_PAGES / template).read_bytes()
    return _compiled({"main.typ": source, "data.json": _json(data), **(files or {})})


def drawings_pdf(drawings: Sequence[tuple[str, tuple[float, float]]]) -> bytes:
    """Return SVG drawings (and their width and height, mm), one a page of its size."""
    return _compiled(_one_each(drawings))


def page_pngs(pdf: bytes, *, dpi: float) -> Iterator[bytes]:
    """Yield the pages of a PDF as pictures."""
    for page in PdfDocument(pdf):
        picture = page.render(scale=dpi / _POINTS_PER_INCH).to_pil()
        held = BytesIO()
        # Flat colours: a palette of 128 is a quarter of the size and looks the same.
        picture.quantize(128, method=2, dither=0).save(held, "png", dpi=(dpi, dpi))
        yield held.getvalue()


def _one_each(drawings: Sequence[tuple[str, tuple[float, float]]]) -> dict[str, bytes]:
    files = {f"{n}.svg": svg.encode() for n, (svg, _) in enumerate(drawings)}
    sizes = [list(size) for _, size in drawings]
    return {"main.typ": _ONE_EACH.encode(), "data.json": _json(sizes), **files}


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _compiled(files: dict[str, bytes]) -> bytes:
    # Its stubs leave out that several files may be given by name.
    make: Callable[..., bytes] = typst.compile
    return make(files, format="pdf", font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(sans_path().parent)],
    )
