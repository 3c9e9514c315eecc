"""The Lorenz curve of served hours as SVG."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from geo.text import Language, Text
from maps.numbers import percent
from maps.summary import number
from maps.templating import render

_SIDE, _LEFT, _TOP, _BOTTOM, _RIGHT = 150, 36, 8, 24, 16


def lorenz_svg(equity: Mapping[str, object], *, language: Language | str = Language.ZH) -> Markup:
    """Draw the curve of ``lorenz`` (share of the workers, share of the hours), worst served first.

    Returns
    -------
    Markup
        An ``<svg>`` element; empty when there is nothing to draw.
    """
    vertices = equity.get("lorenz")
    if not isinstance(vertices, list) or len(vertices) < 2:  # noqa: PLR2004 - no line
        return Markup("")
    half, gini = number(equity, "worst_half_share"), number(equity, "gini")
    title = Text(
        f"洛伦兹曲线：服务最差的一半职工只占有 {percent(half)} 的已服务工时；"
        f"基尼系数 {gini or 0:.2f}",
        f"Lorenz curve: the worst-served half has {percent(half)} of the hours served; "
        f"Gini {gini or 0:.2f}",
    )
    return Markup(  # noqa: S704 - rendered with autoescape
        render(
            "lorenz.svg.jinja",
            language=language,
            width=_LEFT + _SIDE + _RIGHT,
            height=_TOP + _SIDE + _BOTTOM,
            left=_LEFT,
            top=_TOP,
            side=_SIDE,
            line=" ".join(f"{_x(people):.1f},{_y(share):.1f}" for people, share in vertices),
            x_ticks=[(_x(tick), percent(tick, 0)) for tick in (0.0, 0.5, 1.0)],
            y_ticks=[(_y(tick), percent(tick, 0)) for tick in (0.0, 0.5, 1.0)],
            title=title,
        )
    )


def _x(people: float) -> float:
    return _LEFT + _SIDE * float(people)


def _y(share: float) -> float:
    return _TOP + _SIDE * (1.0 - float(share))
