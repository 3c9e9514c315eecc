"""The week as a strip of 7 x 24 cells: when the city is covered, and when it is not; as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from geo.text import Language, Text
from maps.numbers import count, percent
from maps.planner.coverage_block import DAYS, HOURS_A_DAY, HeatCell
from maps.templating import render

_LEFT, _TOP, _WIDTH, _HEIGHT = 30, 14, 13, 15
"""Room for days and hours, and the size of a cell, in pixels: 24 cells fit the column beside the map."""
_DAYS = len(DAYS)


def heat_strip(cells: Sequence[HeatCell], *, language: Language | str = Language.ZH) -> Markup:
    """Draw the share of the workers present who are covered, hour by hour.

    Parameters
    ----------
    cells : Sequence[HeatCell]
        All 168 hours, Monday first; nothing is drawn otherwise.
    language : Language
        Of days and tips.
    """
    if len(cells) != _DAYS * HOURS_A_DAY:
        return Markup("")
    title = Text(
        "一周各小时在岗职工的覆盖率，颜色越深覆盖率越高",
        "Workers covered of those present, hour by hour; darker is better covered",
    )
    return Markup(  # noqa: S704 - rendered with autoescape
        render(
            "parts/heat_strip.svg.jinja",
            language=language,
            title=title,
            width=_LEFT + HOURS_A_DAY * _WIDTH + 2,
            height=_TOP + _DAYS * _HEIGHT,
            cell=(_WIDTH - 1, _HEIGHT - 1),
            cells=[
                (_x(cell.hour), _TOP + cell.day * _HEIGHT, cell.share, _tip(cell, language))
                for cell in cells
            ],
            days=[(_TOP + row * _HEIGHT + 11, day) for row, day in enumerate(DAYS)],
            hours=[(_x(hour), hour) for hour in range(0, HOURS_A_DAY, 3)],
        )
    )


def hour_text(cell: HeatCell, language: Language | str) -> str:
    """Return the day and hour of a cell as people read them."""
    return f"{DAYS[cell.day].into(language)} {cell.hour}:00–{cell.hour + 1}:00"


def _tip(cell: HeatCell, language: Language | str) -> str:
    told = Text(
        f"在岗 {count(cell.present)} 人，覆盖 {percent(cell.share, 0)}",
        f"{count(cell.present)} workers there, {percent(cell.share, 0)} covered",
    )
    return f"{hour_text(cell, language)} {told.into(language)}"


def _x(hour: int) -> int:
    return _LEFT + hour * _WIDTH
