"""The marginal curve: how many workers are covered as sites open one after another, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from geo.summary.coverage import EquityFigures
from geo.summary.siting_figures import SitingFigures
from geo.text import Language, Text
from maps.numbers import count, percent
from maps.templating import render

_WIDTH, _HEIGHT = 340, 150
"""Of the drawing, in pixels: as wide as the column beside the map."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 12, 26
"""Room in it for the figures at the axes."""
_TICKS = 4
"""Lines across, so that a value is read off without crowding."""


@dataclass(frozen=True, slots=True)
class CoverageCurve:
    """Workers covered after 0, 1, 2, … sites.

    Attributes
    ----------
    covered : tuple[float, ...]
        In the order of the recommendation, and on with the next best sites where they are known.
    bound : tuple[float, ...]
        What no choice of so many sites can exceed; empty where that is not known.
    chosen : int
        How many sites are recommended.
    """

    covered: tuple[float, ...]
    bound: tuple[float, ...]
    chosen: int


def coverage_curve(plan: SitingFigures | None) -> CoverageCurve:
    """Return the curve of the recommended sites; nothing to draw without them."""
    if plan is None:
        return CoverageCurve((), (), 0)
    bound = tuple(value for value in plan.curve.upper_bound if value is not None)
    known = len(bound) == len(plan.curve.covered)
    return CoverageCurve(plan.curve.covered, bound if known else (), plan.sites)


def curve_svg(
    curve: CoverageCurve, workers_total: float, *, language: Language | str = Language.ZH
) -> Markup:
    """Draw coverage against the number of sites opened.

    Parameters
    ----------
    curve : CoverageCurve
        Workers covered after 0, 1, 2, … sites; empty unless it has at least two values.
    workers_total : float
        All workers; the axis is the share of them.
    language : Language
        Of the axis labels.

    Returns
    -------
    Markup
        An ``<svg>`` element; empty when there is nothing to draw.
    """
    if len(curve.covered) < 2 or workers_total <= 0:  # noqa: PLR2004 - one point is no curve
        return Markup("")
    frame = _Frame.of(curve, workers_total)
    chosen = min(curve.chosen, len(curve.covered) - 1)
    first, last = curve.covered[0], curve.covered[chosen]
    title = Text(
        f"新建 0 到 {chosen} 个站点时，覆盖率从 {percent(first / workers_total)} 升到 "
        f"{percent(last / workers_total)}（{count(last)} 人）",
        f"From 0 to {chosen} sites coverage rises from {percent(first / workers_total)} to "
        f"{percent(last / workers_total)} ({count(last)} workers)",
    )
    return Markup(  # noqa: S704 - rendered with autoescape
        render(
            "parts/curve.svg.jinja",
            language=language,
            width=_WIDTH,
            height=_HEIGHT,
            left=_LEFT,
            right=_WIDTH - _RIGHT,
            base=_HEIGHT - _BOTTOM,
            line=frame.points(curve.covered[: chosen + 1]),
            beyond=frame.points(curve.covered[chosen:], start=chosen),
            bound=frame.points(curve.bound),
            end=(frame.x(chosen), frame.y(last)),
            y_ticks=frame.y_ticks(),
            x_ticks=[(frame.x(number), number) for number in _nice(len(curve.covered) - 1)],
            title=title,
        )
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where sites (x) and workers (y) fall on the drawing."""

    sites: int
    low: float
    high: float
    total: float

    @classmethod
    def of(cls, curve: CoverageCurve, total: float) -> _Frame:
        """Return the frame that holds the curve and its bound, up to all workers."""
        low, high = min(curve.covered), max(*curve.covered, *curve.bound, 0.0)
        margin = max((high - low) * 0.12, 0.005 * total)
        return cls(len(curve.covered) - 1, max(0.0, low - margin), min(total, high + margin), total)

    def x(self, number: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * number / self.sites

    def y(self, workers: float) -> float:
        height = _HEIGHT - _TOP - _BOTTOM
        return _HEIGHT - _BOTTOM - height * (workers - self.low) / (self.high - self.low)

    def points(self, workers: Sequence[float], start: int = 0) -> str:
        """Return the points of an SVG polyline."""
        return " ".join(
            f"{self.x(number):.1f},{self.y(value):.1f}"
            for number, value in enumerate(workers, start=start)
        )

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return round shares of all workers within the frame."""
        low, high = self.low / self.total, self.high / self.total
        step = next(
            s
            for s in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
            if (high - low) / s <= _TICKS + 1
        )
        digits = 1 if step < 0.01 else 0  # noqa: PLR2004 - below one per cent
        first = math.ceil(low / step - 1e-9)
        shares = [step * number for number in range(first, math.floor(high / step + 1e-9) + 1)]
        return [(self.y(share * self.total), percent(share, digits)) for share in shares]


def _nice(last: int) -> list[int]:
    step = max(1, round(last / _TICKS))
    return [*range(0, last - step // 2, step), last]


_SIDE, _LEFT, _TOP, _BOTTOM, _RIGHT = 150, 36, 8, 24, 16
"""The square of the Lorenz curve and the room around it, in pixels."""


def lorenz_svg(equity: EquityFigures, *, language: Language | str = Language.ZH) -> Markup:
    """Draw the curve of ``lorenz`` (share of the workers, share of the hours), worst served first.

    Returns
    -------
    Markup
        An ``<svg>`` element; empty when there is nothing to draw.
    """
    if len(equity.lorenz) < 2:  # noqa: PLR2004 - no line
        return Markup("")
    half, gini = equity.worst_half_share, equity.gini
    title = Text(
        f"洛伦兹曲线：服务最差的一半职工只占有 {percent(half)} 的已服务工时；"
        f"基尼系数 {gini or 0:.2f}",
        f"Lorenz curve: the worst-served half has {percent(half)} of the hours served; "
        f"Gini {gini or 0:.2f}",
    )
    return Markup(  # noqa: S704 - rendered with autoescape
        render(
            "parts/lorenz.svg.jinja",
            language=language,
            width=_LEFT + _SIDE + _RIGHT,
            height=_TOP + _SIDE + _BOTTOM,
            left=_LEFT,
            top=_TOP,
            side=_SIDE,
            line=" ".join(f"{_x(people):.1f},{_y(share):.1f}" for people, share in equity.lorenz),
            x_ticks=[(_x(tick), percent(tick, 0)) for tick in (0.0, 0.5, 1.0)],
            y_ticks=[(_y(tick), percent(tick, 0)) for tick in (0.0, 0.5, 1.0)],
            title=title,
        )
    )


def _x(people: float) -> float:
    return _LEFT + _SIDE * float(people)


def _y(share: float) -> float:
    return _TOP + _SIDE * (1.0 - float(share))
