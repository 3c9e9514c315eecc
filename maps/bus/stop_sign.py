"""Signs to put up where the bus stops: what comes and when, and a QR code that tells what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.text import Language
from maps.bus.near_page import BusVisit
from maps.qr import qr_svg
from maps.templating import render

_SHOWN = 6
"""Visits for which a sign has room."""


@dataclass(frozen=True, slots=True)
class StopSign:
    """One stop's sign.

    Attributes
    ----------
    url : str
        Absolute address that tells when the bus comes to this stop.
    visits : tuple[BusVisit, ...]
        Those coming, soonest first; at least one.
    """

    url: str
    visits: tuple[BusVisit, ...]


def stop_sign_page(
    signs: Sequence[StopSign], *, language: Language | str = Language.ZH, sample: bool = False
) -> str:
    """Return the signs, one A4 page per stop.

    Parameters
    ----------
    signs : Sequence[StopSign]
        In the order of the pages.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据 on every page.
    """
    pages = [
        {
            "stop": sign.visits[0],
            "visits": sign.visits[:_SHOWN],
            "more": max(0, len(sign.visits) - _SHOWN),
            "qr": qr_svg(sign.url, sign.visits[0].name),
        }
        for sign in signs
    ]
    return render("stop_sign.html.jinja", language=language, sample=sample, pages=pages)
