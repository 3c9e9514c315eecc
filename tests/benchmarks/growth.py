"""A plot of cost against size, both logarithmic: what grows linearly rises at the dashes' slope."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _EDGE = 640, 420, 60
_COLOURS = ("#1f6f8b", "#c8553d", "#588157", "#7b5ea7", "#8d6a2f")


def draw(sizes: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """Return an SVG of seconds by number of nodes, one line a series."""
    seconds = [value for values in series.values() for value in values]
    low, high = math.log10(min(seconds)), math.log10(max(seconds))
    left, right = math.log10(sizes[0]), math.log10(sizes[-1])

    def place(size: float, value: float) -> tuple[float, float]:
        across = (math.log10(size) - left) / (right - left)
        up = (math.log10(value) - low) / (high - low)
        return _EDGE + across * (_WIDTH - 4 * _EDGE), _HEIGHT - _EDGE - up * (_HEIGHT - 2 * _EDGE)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}">',
        "<style>text { font: 12px sans-serif }</style>",
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for size in sizes:
        x, _ = place(size, 10**low)
        parts.append(f'<text x="{x:.0f}" y="{_HEIGHT - 30}" text-anchor="middle">{size:,}</text>')
    for (name, values), colour in zip(series.items(), _COLOURS, strict=False):
        points = [place(*pair) for pair in zip(sizes, values, strict=True)]
        linear = [place(size, values[0] * size / sizes[0]) for size in (sizes[0], sizes[-1])]
        for line, dash in ((points, ""), (linear, ' stroke-dasharray="3 5" opacity="0.6"')):
            joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
            parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}"{dash}/>')
        x, y = points[-1]
        parts.append(
            f'<text x="{x + 6:.0f}" y="{y + 4:.0f}" fill="{colour}">{name} '
            f"{values[-1]:.3g} s</text>"
        )
    return "\n".join([*parts, "</svg>"])
