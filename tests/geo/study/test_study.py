"""The study: layers and streets in memory, answers out; the README's lines run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box
from straight import straight_segments

from geo.crs import to_lonlat, to_metres
from geo.errors import BadInputError, CrsError, MissingError
from geo.layers.vocabulary import Kind
from geo.study import CoverageRule, SitingRules, Study

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
_ORIGIN = to_metres([[120.30, 36.10]])[0]


def place(east_m, north_m=0.0):
    return Point(*to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1] + north_m]])[0])


def street(nodes=4, step_m=1000):
    """A straight street with a node every `step_m`."""
    lonlat = np.array([place(step_m * i).coords[0] for i in range(nodes)])
    return straight_segments(lonlat, [(i, i + 1) for i in range(nodes - 1)])


def frame(*rows, crs=4326):
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=crs)


def people(east_m, workers, **more):
    return {
        "group": "courier",
        "setting": "work",
        "workers": workers,
        "geometry": place(east_m),
    } | more


def tiny(**more):
    """A station at 0 m, 10 workers at 500 m, 30 at 2,500 m, a candidate at 2,900 m."""
    layers = {
        "workers": frame(people(500, 10), people(2500, 30)),
        "yizhan": frame({"geometry": place(0), "opening_hours": "24/7"}),
        "candidates": frame({"geometry": place(2900), "cost_cny": 5000.0}),
        "districts": frame(
            {
                "adcode": "370202",
                "name": "市南区",
                "geometry": box(*place(-3000, -3000).coords[0], *place(9000, 3000).coords[0]),
            }
        ),
    }
    return Study(**({"streets": street()} | layers | more))


def test_plain_tables_need_only_what_cannot_be_known():
    study = tiny()
    seen = study.coverage()
    assert (seen.workers_covered, seen.workers_total) == (10, 40)
    assert seen.to_frame()["covered"].tolist() == [True, False]
    assert study.layer("yizhan")["kind"].tolist() == [str(Kind.OUTDOOR_REST_STATION)]
    assert seen.table()["district"].tolist() == ["370202"]  # looked up on the map


def test_sites_and_gaps_say_their_figures():
    study = tiny()
    gaps = study.gaps()
    assert gaps.table()["workers"].sum() == 30
    plan = study.sites(SitingRules(count=1, minimum_per_district=0, phases=()))
    assert plan.to_frame()["target_id"].tolist() == ["candidates-1"]
    assert plan.cost_cny == 5000
    assert "10 -> 40 workers" in repr(plan)


def test_the_longest_way_may_be_one_of_today_and_is_proven():
    """A station in the middle of 20 km, workers at both ends, one site: one end keeps its 10 km."""
    ends = {"workers": frame(people(0, 10), people(20_000, 30))}
    there = frame(*({"geometry": place(east_m)} for east_m in (300, 19_700)))
    middle = frame({"geometry": place(10_000), "opening_hours": "24/7"})
    study = tiny(**ends, candidates=there, yizhan=middle, districts=None, streets=street(21))
    one = study.sites(SitingRules(model="p_centre", count=1, phases=())).answer.objective
    assert one.value == pytest.approx(10_000 / 75, abs=0.2)
    assert (one.bound, one.gap) == (one.value, 0.0)
    both = study.sites(SitingRules(model="p_centre", count=2, phases=())).answer.objective
    assert both.value == pytest.approx(300 / 75, abs=0.1)


@pytest.mark.parametrize("limit", [{"limit_m": 1500.0}, {"limit_s": 1200.0}])
def test_ways_are_told_in_the_unit_they_are_measured_in(limit):
    """Metres along streets were once told as minutes: 400 m of way as 400 minutes."""
    rules = SitingRules(model="p_centre", count=1, minimum_per_district=0, phases=())
    sought = tiny(yizhan=None).sites(rules, rule=CoverageRule(**limit)).answer.objective
    named, expected = ("metres", 2_400) if "limit_m" in limit else ("minutes", 2_400 / 75)
    assert named in sought.text.en
    assert sought.value == pytest.approx(expected, rel=0.01)


def graph_of_the_street(nodes=4, crs=4326):
    """The straight street as osmnx has it: an arc each way, and a road nobody may use."""
    points = gpd.GeoSeries([place(1000 * i) for i in range(nodes)], crs=4326).to_crs(crs)
    graph = nx.MultiDiGraph(crs=f"EPSG:{crs}")
    for number, point in enumerate(points):
        graph.add_node(number, x=point.x, y=point.y)
    for number in range(nodes - 1):
        for one, other in ((number, number + 1), (number + 1, number)):
            kind = {"osmid": number, "highway": "residential", "oneway": False}
            graph.add_edge(one, other, **kind, reversed=one > other, length=1000.0)
    graph.add_edge(0, nodes - 1, osmid=9, highway="proposed", oneway=True)
    return graph


@pytest.mark.parametrize("crs", [4326, 4549])
def test_an_osmnx_graph_is_streets_as_it_comes(crs):
    """The same answers as of the same streets in segments; what was not usable is told."""
    study = tiny(streets=graph_of_the_street(crs=crs))
    here, there = study.coverage().to_frame(), tiny().coverage().to_frame()
    pd.testing.assert_frame_equal(
        here.drop(columns="geometry"), there.drop(columns="geometry"), atol=0.1
    )
    plan = study.sites(SitingRules(count=1, minimum_per_district=0, phases=()))
    assert "10 -> 40 workers" in repr(plan)
    assert "proposed: 0.0 of 3.0 km" in repr(study.streets_taken)
    assert tiny().streets_taken is None


@pytest.mark.parametrize("wrong", [{}, {"x": 120.3}, {"x": None, "y": 36.1}, {"x": "far", "y": 1}])
def test_a_graph_of_which_a_node_is_nowhere_is_refused_by_its_name(wrong):
    graph = graph_of_the_street()
    graph.add_node("corner", **wrong)
    with pytest.raises(BadInputError, match="corner") as refused:
        tiny(streets=graph)
    assert "osmnx" in refused.value.text.en


def test_what_is_no_streets_is_refused():
    with pytest.raises(BadInputError, match="GeoDataFrame"):
        tiny(streets=frame(people(500, 10)))
    with pytest.raises(BadInputError, match="highway"):
        tiny(streets=nx.MultiDiGraph(crs="EPSG:4326"))


def test_tables_come_in_any_stated_coordinate_system():
    metres = frame(people(500, 10), people(2500, 30)).to_crs(4549)
    assert tiny(workers=metres).coverage().workers_covered == 10
    with pytest.raises(CrsError, match="职工聚集点"):
        tiny(workers=frame(people(500, 10)).set_crs(None, allow_override=True))


@pytest.mark.parametrize(
    ("layer", "rows", "told"),
    [
        ("workers", [{"group": "courier", "setting": "work", "geometry": place(0)}], "workers"),
        ("workers", [people(0, 1, group="postman")], "postman"),
        ("yizhan", [{"geometry": LineString([place(0), place(9)])}], "LineString"),
        ("workers", [people(0, 1), people(0, None)], "2"),
    ],
)
def test_what_is_not_the_layer_is_refused_by_name(layer, rows, told):
    with pytest.raises(BadInputError, match=re.escape(told)):
        tiny(**{layer: frame(*rows)})


def test_what_an_answer_needs_is_told_when_it_is_asked():
    study = tiny(candidates=None)
    assert study.coverage().workers_covered == 10
    with pytest.raises(MissingError, match="candidates"):
        study.sites()
    with pytest.raises(MissingError, match="stops"):
        study.campaign()


def test_columns_that_no_layer_knows_are_told():
    odd = frame(people(500, 10, colour="red"))
    assert tiny(workers=odd).unread == {"workers": ("colour",)}


def test_the_same_question_is_computed_once():
    study = tiny()
    rule = CoverageRule(limit_s=600)
    assert study.gaps(rule) is study.gaps(CoverageRule(limit_s=600.0))
    assert study.coverage(rule) is study.coverage(rule)
    assert study.gaps(CoverageRule(limit_s=601)) is not study.gaps(rule)


def test_the_textbook_lines_of_the_readme_print_what_they_say(capsys):
    lines = re.search(r"The textbook models .*?```python\n(.*?)```", README, flags=re.DOTALL)
    assert lines is not None
    exec(lines[1], {})  # noqa: S102  the README's own lines
    assert capsys.readouterr().out.strip() == lines[1].rsplit("  # ", 1)[1].strip()


def test_the_lines_of_the_readme_run_as_they_stand(capsys):
    lines = re.search(r"## In a notebook.*?```python\n(.*?)```", README, flags=re.DOTALL)
    assert lines is not None
    names: dict[str, object] = {}
    exec(lines[1], names)  # noqa: S102  the README's own lines
    told = capsys.readouterr().out
    comment = re.search(r"coverage\(rule\)  # (<.*>)", lines[1])
    assert comment is not None
    assert comment[1] == repr(names["coverage"])
    assert told.startswith(comment[1])
