"""The marginal curve: how many workers are covered as sites open one after another, as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from geo.text import Language, Text
from maps.numbers import count, percent
from maps.templating import render

_WIDTH, _HEIGHT = 340, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 12, 26
_TICKS = 4


def curve_svg(
    covered: Sequence[float],
    workers_total: float,
    *,
    bound: float | None = None,
    language: Language | str = Language.ZH,
) -> Markup:
    """Draw coverage against the number of sites opened.

    Parameters
    ----------
    covered : Sequence[float]
        Workers covered after 0, 1, 2, … sites; at least two values.
    workers_total : float
        All workers; the axis is the share of them.
    bound : float | None
        Proven upper bound on workers covered with all sites, drawn as a dashed line.
    language : Language
        Of the axis labels.

    Returns
    -------
    Markup
        An ``<svg>`` element; empty when there is nothing to draw.
    """
    if len(covered) < 2 or workers_total <= 0:  # noqa: PLR2004 - one point is no curve
        return Markup("")
    shares = [value / workers_total for value in covered]
    low, high = min(shares), max(*shares, (bound or 0) / workers_total)
    margin = max((high - low) * 0.12, 0.005)
    low, high = max(0.0, low - margin), min(1.0, high + margin)

    def x(number: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * number / (len(shares) - 1)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low)

    line = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in enumerate(shares))
    title = Text(
        f"新建 0 到 {len(shares) - 1} 个站点时，覆盖率从 {percent(shares[0])} 升到 "
        f"{percent(shares[-1])}（{count(covered[-1])} 人）",
        f"From 0 to {len(shares) - 1} sites coverage rises from {percent(shares[0])} to "
        f"{percent(shares[-1])} ({count(covered[-1])} workers)",
    )
    return Markup(  # noqa: S704 - rendered with autoescape
        render(
            "curve.svg.jinja",
            language=language,
            width=_WIDTH,
            height=_HEIGHT,
            left=_LEFT,
            right=_WIDTH - _RIGHT,
            top=_TOP,
            base=_HEIGHT - _BOTTOM,
            line=line,
            end=(x(len(shares) - 1), y(shares[-1])),
            bound_y=None if bound is None else y(bound / workers_total),
            y_ticks=[
                (y(value), percent(value, 0 if high - low > 0.04 else 1))  # noqa: PLR2004 - whole per cents would repeat
                for value in (low + (high - low) * step / _TICKS for step in range(_TICKS + 1))
            ],
            x_ticks=[(x(number), number) for number in _nice(len(shares) - 1)],
            title=title,
        )
    )


def _nice(last: int) -> list[int]:
    step = max(1, round(last / _TICKS))
    return [*range(0, last - step // 2, step), last]
