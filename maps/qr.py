"""QR codes as inline SVG."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

_MASK = 2
"""Pattern laid over each code: over 30 addresses of stops its penalty is within 3 % of the best of the
eight (2,732 to 2,652), and trying all eight takes five times as long."""
_KEPT = 500
"""Codes kept: a visit's stands on the crew's sheet, on the notice and in each bus's file."""


@lru_cache(maxsize=2048)
def qr_svg(text: str, label: str) -> Markup:
    """Return `text` as a QR code (error correction M, quiet zone of 2 modules).

    Kept while the program runs: sheets are printed again and again.

    Parameters
    ----------
    text : str
        What the code holds, usually a URL.
    label : str
        What a screen reader says for it; any text.
    """
    width, height, runs = _drawn(text)
    return Markup(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}" '
        'shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/><path d="{}" fill="#000"/></svg>'
    ).format(width, height, label, runs)


@lru_cache(maxsize=_KEPT)
def _drawn(text: str) -> tuple[float, float, str]:
    """Return width, height and path of the code."""
    import segno  # noqa: PLC0415 - only posters and sheets have one

    code = segno.make(text, error="m", micro=False, mask=_MASK)
    width, height = code.symbol_size(border=2)
    runs = " ".join(
        f"M{column + 2} {row + 2}h1v1h-1z"
        for row, line in enumerate(code.matrix)
        for column, dark in enumerate(line)
        if dark
    )
    return width, height, runs
