from __future__ import annotations

import re

from maps.planner.curve import CoverageCurve, coverage_curve, curve_svg


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


def test_the_curve_is_that_of_the_recommended_sites(summary):
    assert coverage_curve(summary.siting) == CoverageCurve((900, 1100, 1200), (900, 1101, 1206), 2)
    assert coverage_curve(None) == CoverageCurve((), (), 0)


def test_a_bound_that_is_not_known_everywhere_is_not_drawn(summary):
    curve = summary.siting.curve.but(upper_bound=(900.0, None, 1206.0))
    assert coverage_curve(summary.siting.but(curve=curve)).bound == ()
