from __future__ import annotations

import re

import segno

from maps.qr import qr_svg


def test_the_drawing_has_a_square_for_each_dark_module():
    code = segno.make("https://example.org/s/Y1", error="m", micro=False, mask=2)
    svg = qr_svg("https://example.org/s/Y1", "x")
    drawn = {(int(y) - 2, int(x) - 2) for x, y in re.findall(r"M(\d+) (\d+)h1", svg)}
    assert drawn == {
        (y, x) for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    }


def test_the_label_is_escaped():
    assert "<b>" not in qr_svg("x", '"><b>')


def test_the_same_text_with_another_label_is_the_same_code():
    one, other = (str(qr_svg("https://example.org/7", label)) for label in ("甲", "乙"))
    assert one != other
    assert one.replace('aria-label="甲"', "") == other.replace('aria-label="乙"', "")
