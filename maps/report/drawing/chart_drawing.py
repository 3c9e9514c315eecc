"""Charts for paper, as SVG in millimetres; they stay readable printed in grey."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from geo.text import Language
from maps.report.content import Chart, Form, Series, ValueKind, shown
from maps.report.plain import svg_text, width_em
from maps.report.typesetting import SANS

SIZE_MM = (160.0, 78.0)
"""As wide as the text of an A4 page, three to a page."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 17.0, 4.0, 10.0, 15.0
"""Room for axes, key and names, in millimetres."""
_COLOURS = ("#0f4c81", "#f0a830")
_TEXT_MM = 2.9
"""About 8 pt, the smallest type of the report."""
_STEPS = (1, 2, 2.5, 5, 10)
"""Steps of an axis that people count by."""
_TICKS = 5
"""Lines across, about."""
_MOST_NAMES = 14
"""Names below a chart that are written flat; more would touch."""


def chart_svg(chart: Chart, language: Language) -> str:
    """Draw `chart` as wide and high as :data:`SIZE_MM`."""
    width, height = SIZE_MM
    low, high, step = scale(chart)
    plot = _Plot(chart, low, high, language)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}mm" height="{height}mm" font-family="{SANS}" font-size="{_TEXT_MM}">'
        ),
        *plot.grid(step),
        *plot.names(),
        *(plot.bars() if chart.form is Form.BAR else plot.lines()),
        *_legend(chart.series, chart.form, language),
        _said(_LEFT - 15, 4, chart.axes[1].into(language), "start"),
        "</svg>",
    ]
    return "".join(parts)


def scale(chart: Chart) -> tuple[float, float, float]:
    """Return where the axis of values begins and ends, and its step."""
    values = [v for one in chart.series for v in one.values if v is not None]
    if chart.kind is ValueKind.SHARE:
        return 0.0, 1.0, 0.2
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if low < 0.5 * high:  # A line that fills little of the axis would look flat.
        low = 0.0
    rough = max(high - low, 1.0) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in _STEPS if one * power >= rough)
    return math.floor(low / step) * step, max(math.ceil(high / step), 1) * step, step


class _Plot:
    """Where a chart's values fall on the paper."""

    def __init__(self, chart: Chart, low: float, high: float, language: Language) -> None:
        self.chart, self.low, self.high, self.language = chart, low, high, language
        self.wide = SIZE_MM[0] - _LEFT - _RIGHT
        self.high_mm = SIZE_MM[1] - _TOP - _BOTTOM
        self.room = self.wide / max(1, len(chart.categories))

    def y(self, value: float) -> float:
        """Return how far down a value stands (mm)."""
        return _TOP + self.high_mm * (1 - (value - self.low) / (self.high - self.low))

    def x(self, place: int) -> float:
        """Return how far right the middle of a category stands (mm)."""
        return _LEFT + self.room * (place + 0.5)

    def grid(self, step: float) -> Iterator[str]:
        """Draw the lines across, with their values."""
        for number in range(round((self.high - self.low) / step) + 1):
            value = self.low + number * step
            y = self.y(value)
            yield (
                f'<path d="M{_LEFT} {y:.2f}H{SIZE_MM[0] - _RIGHT}" stroke="#c8ced6" '
                f'stroke-width="{0.35 if number == 0 else 0.15}"/>'
            )
            said = f"{value:.0%}" if self.chart.kind is ValueKind.SHARE else f"{value:,.0f}"
            yield _said(_LEFT - 1.5, y + 1, said, "end")

    def names(self) -> Iterator[str]:
        """Write the categories below, not all where they would touch."""
        names = [shown(one, ValueKind.TEXT, self.language) for one in self.chart.categories]
        longest = max((width_em(one) for one in names), default=0) * _TEXT_MM
        every = 1 if longest < self.room else math.ceil(max(longest, 1.2) / self.room)
        lines = [[one] for one in names]
        if every > 1 and len(names) <= _MOST_NAMES:
            every, room = 1, self.room / _TEXT_MM
            lines = [[_shortened(line, room * 1.1) for line in _in_two(one, room)] for one in names]
        for place in range(0, len(names), every):
            for down, line in enumerate(lines[place]):
                y = SIZE_MM[1] - _BOTTOM + 4.2 + down * _TEXT_MM * 1.1
                yield _said(self.x(place), y, line, "middle")
        middle = _LEFT + self.wide / 2
        yield _said(middle, SIZE_MM[1] - 3.6, self.chart.axes[0].into(self.language), "middle")

    def bars(self) -> Iterator[str]:
        """Draw bars side by side, each with its value."""
        number = len(self.chart.series)
        bar = self.room * 0.76 / number
        for which, series in enumerate(self.chart.series):
            for place, value in enumerate(series.values):
                if value is None:
                    continue
                x = self.x(place) - self.room * 0.38 + bar * which
                y = self.y(value)
                yield (
                    f'<rect x="{x:.2f}" y="{y:.2f}" width="{bar * 0.94:.2f}" '
                    f'height="{self.y(self.low) - y:.2f}" fill="{_COLOURS[which % 2]}"/>'
                )
                said = (
                    f"{value * 100:.0f}" if self.chart.kind is ValueKind.SHARE else f"{value:,.0f}"
                )
                yield _said(x + bar / 2, y - 0.7, said, "middle", size=2.3)

    def lines(self) -> Iterator[str]:
        """Draw lines, told apart by colour and by dashes."""
        for which, series in enumerate(self.chart.series):
            points = [
                f"{self.x(place):.2f} {self.y(value):.2f}"
                for place, value in enumerate(series.values)
                if value is not None
            ]
            dashes = ' stroke-dasharray="2 1.2"' if which else ""
            wide = 0.55 if which else 0.8
            yield (
                f'<path d="M{"L".join(points)}" fill="none" stroke="{_COLOURS[which % 2]}" '
                f'stroke-width="{wide}"{dashes} stroke-linejoin="round"/>'
                if points
                else ""
            )


def _in_two(text: str, room_em: float) -> list[str]:
    """Return `text` in two lines where one has no room for its words."""
    first, _, rest = text.partition(" ")
    return [text] if not rest or width_em(text) < room_em else [first, rest]


def _shortened(text: str, room_em: float) -> str:
    kept = text
    while kept and width_em(kept) > room_em:
        kept = kept[:-1]
    return kept


def _legend(series: Sequence[Series], form: Form, language: Language) -> Iterator[str]:
    x = SIZE_MM[0] - _RIGHT
    for which, one in reversed(list(enumerate(series))):
        name = one.name.into(language)
        x -= width_em(name) * _TEXT_MM
        yield _said(x, 4, name, "start")
        x -= 7
        if form is Form.BAR:
            yield f'<rect x="{x + 2}" y="1.6" width="3.6" height="2.6" fill="{_COLOURS[which % 2]}"/>'
        else:
            dashes = ' stroke-dasharray="1.6 0.9"' if which else ""
            yield (
                f'<path d="M{x} 3H{x + 5.8}" stroke="{_COLOURS[which % 2]}" '
                f'stroke-width="0.8"{dashes}/>'
            )
        x -= 3


def _said(x: float, y: float, text: str, anchor: str, size: float = _TEXT_MM) -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="#222">{svg_text(text)}</text>'
    )
