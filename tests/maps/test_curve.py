from __future__ import annotations

import re

from maps.planner.curve import curve_svg
from maps.summary import CoverageCurve, coverage_curve


def heights(svg: str, kind: str) -> list[float]:
    points = re.search(rf'class="{kind}" points="([^"]*)"', svg).group(1)
    return [float(pair.split(",")[1]) for pair in points.split()]


def test_the_line_ends_at_the_chosen_sites_and_goes_on_thinner():
    svg = curve_svg(CoverageCurve((50, 60, 65, 67), (50, 61, 68, 70), 2), 100)
    assert len(heights(svg, "line")) == 3
    assert len(heights(svg, "beyond")) == 2
    assert heights(svg, "line")[-1] == heights(svg, "beyond")[0]


def test_the_bound_never_runs_below_the_line():
    svg = curve_svg(CoverageCurve((50, 60, 65), (50, 61, 68), 2), 100)
    assert all(
        bound <= line
        for bound, line in zip(heights(svg, "bound"), heights(svg, "line"), strict=True)
    )


def test_the_axis_reads_round_per_cents():
    svg = curve_svg(CoverageCurve((50, 60, 65), (), 2), 100)
    assert re.findall(r'text-anchor="end">([\d.]+%)<', svg) == ["50%", "55%", "60%", "65%"]


def test_nothing_to_draw_draws_nothing():
    assert curve_svg(CoverageCurve((50,), (), 0), 100) == ""
    assert curve_svg(CoverageCurve((50, 60), (), 1), 0) == ""


def test_a_curve_the_summary_holds_is_preferred(layers):
    told = {
        "siting_curve": {
            "sites": [0, 1, 2, 3],
            "covered": [1, 2, 3, 4],
            "upper_bound": [1, 3, 4, 5],
        }
    }
    assert coverage_curve(told, layers) == CoverageCurve((1, 2, 3, 4), (1, 3, 4, 5), 2)
    assert coverage_curve({"covered_before": 900}, layers).covered == (900, 1100, 1200)
