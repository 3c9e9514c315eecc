from __future__ import annotations

import json
import re

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString

from geo.errors import CrsError
from geo.summary.run import RunSummary
from geo.summary.siting_figures import PricedRule
from maps.ground.background_tiles import TileSource
from maps.planner.planner_page import planner_page


def payload(html: str) -> dict:
    found = re.search(
        r'<script type="application/json" id="planner-data">(.*?)</script>', html, re.DOTALL
    )
    assert found is not None
    return json.loads(found.group(1))


def test_the_page_names_no_other_host(layers, summary):
    html = planner_page(layers, summary, sample=True)
    assert not re.search(r"(?i)cdn|googleapis|cloudflare|bootstrap|jquery|fontawesome", html)
    assert not re.search(r"@import|url\((?!['\"]?(data:|#))", html)
    assert not re.search(r"<(script|img|iframe|link)[^>]+(src|href)=\"(?!data:)", html)


def test_hostile_names_stay_text(layers, summary, hostile):
    html = planner_page(layers, summary)
    assert "<img src=x" not in html
    assert "<script>window.hacked" not in html
    assert payload(html)["sites"][0]["name"] == hostile


def test_figures_are_those_of_the_summary(layers, summary):
    html = planner_page(layers, summary)
    assert "60.0%" in html  # 900 of 1,500
    assert "80.0%" in html  # 1,200 of 1,500
    assert "+300" in html
    assert "0.50%" in html
    assert "1,206" in html


def test_sites_come_by_rank_and_the_curve_adds_them_up(layers, summary):
    html = planner_page(layers, summary)
    assert [site["rank"] for site in payload(html)["sites"]] == [1, 2]
    assert "从 60.0% 升到 80.0%（1,200 人）" in html


def test_stations_of_both_layers_are_counted_by_kind(layers, summary):
    counts = {
        kind["text"]: kind["count"] for kind in payload(planner_page(layers, summary))["kinds"]
    }
    assert counts["户外劳动者驿站"] == 3
    assert counts["新时代共享区域职工之家"] == 1
    assert sum(counts.values()) == 5


def test_the_sample_is_called_one_and_nothing_else_is(layers, summary):
    assert planner_page(layers, summary, sample=True).count("示例数据") >= 3
    assert "示例数据" not in planner_page(layers, summary, sample=False)


def test_english_labels_leave_no_chinese_but_names(layers, summary):
    html = planner_page(layers, summary, language="en")
    shown = re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.DOTALL)
    assert set(re.findall(r"[\u4e00-\u9fff]+", shown)) <= {"西区", "东区", "合心驿站"}


def test_a_page_without_layers_or_figures_still_stands():
    html = planner_page({}, RunSummary())
    assert "没有推荐站点" in html
    assert "—" in html


def test_the_same_layers_give_the_same_page(layers, summary):
    assert planner_page(layers, summary) == planner_page(layers, summary)


def test_a_layer_in_metres_is_refused(layers, summary):
    with pytest.raises(CrsError, match="gaps"):
        planner_page({"gaps": layers["gaps"].to_crs(4549)}, summary)


def test_tiles_are_asked_only_where_the_operator_said(layers, summary):
    html = planner_page(layers, summary, tiles=TileSource.tianditu("abc"))
    assert "t{s}.tianditu.gov.cn" in html
    assert json.dumps("天地图")[1:-1] in html


def test_streets_of_one_name_are_joined_and_footways_left_out(layers, summary):
    streets = payload(planner_page(layers, summary))["base"]["streets"]
    main = next(street for street in streets if street["name"] == "福海路")
    assert len(main["lines"]) == 1
    assert len(streets) == 2


def test_gap_polygons_and_groups_reach_the_script(layers, summary):
    gap = payload(planner_page(layers, summary))["gaps"][0]
    assert gap["rings"][0][:2] == [12002000, 3602000]
    assert gap["groups"] == [["网约送餐员", 200], ["快递员", 100]]
    assert gap["district"] == "西区"


def test_a_street_without_geometry_does_not_shift_its_neighbours(layers, summary):
    streets = layers["streets"]
    hole = streets.iloc[[0]].set_geometry([LineString()], crs=4326)
    with_hole = gpd.GeoDataFrame(pd.concat([hole, streets], ignore_index=True), crs=4326)
    drawn = payload(planner_page({**layers, "streets": with_hole}, summary))["base"]["streets"]
    assert drawn == payload(planner_page(layers, summary))["base"]["streets"]


def test_a_gap_reads_its_sentence_and_says_in_the_list_what_keeps_it_open(layers, summary):
    gaps = pd.concat([layers["gaps"]] * 3, ignore_index=True).assign(
        rank=[1, 2, 3],
        cause=["closed_then", "lacks_amenity", "too_far"],
        lacking=[None, "wifi;toilet", None],
        detour_station_name=[None, None, "望山"],
        reading_zh="一句话。",
        reading_en="One sentence.",
    )
    zh = payload(planner_page({**layers, "gaps": gaps}, summary))["gaps"]
    assert [gap["reading"] for gap in zh] == ["一句话。"] * 3
    assert zh[0]["brief"] == "不开门：周一 20:00–24:00"
    assert zh[1]["brief"] == "缺无线网络、卫生间"
    assert zh[2]["brief"].endswith("2.3 公里，有站隔路难到")
    en = payload(planner_page({**layers, "gaps": gaps}, summary, language="en"))["gaps"]
    assert en[0]["reading"] == "One sentence."
    assert en[1]["brief"] == "Lacks Wi-Fi, Toilet"


def test_actions_stand_in_a_list_of_their_own_beside_what_building_alone_gives(layers, summary):
    html = planner_page(layers, summary)
    assert "同样的钱，不只新建" in html
    assert re.search(r"至少多\s*<b class=\"number\">200</b>", html)
    assert "25.0%" in html
    assert "费用按示例价目测算" in html
    assert "再多 800 元，每周可再增 5–9 人时" in html
    shown = payload(html)["actions"]
    assert [one["what"] for one in shown] == ["延长到 22:00", "新建"]
    assert shown[0]["groups"] == [["快递员", 700.0]]
    english = payload(planner_page(layers, summary, language="en"))["actions"]
    assert english[0]["what"] == "Open until 22:00"


def test_what_is_proven_of_phases_and_what_binds_is_told(layers, summary):
    html = planner_page(layers, summary)
    assert "同样好方案的任何 1 处都不超过" in re.sub(r"\s+", " ", html)
    assert "总数不超过 2 个" in html
    assert "40–45" in html
    assert "at most 2 sites" in planner_page(layers, summary, language="en")


def test_a_plan_without_actions_has_no_empty_tab(layers, summary):
    html = planner_page(
        {k: v for k, v in layers.items() if k != "actions"}, summary.but(improve=None)
    )
    assert "tab-actions" not in html.split("<script")[0]
    assert "同样的钱" not in html


def words_of(html):
    """Return what a reader sees, tags and line ends aside."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_fewer_sites_and_rules_that_serve_nobody_are_told(layers, summary):
    rule = PricedRule(
        rule="市南区至少 3 个",
        rule_en="at least 3 in Shinan",
        sites=2,
        cost_cny=29_000.0,
        gain=623.0,
        gain_bound=700.0,
    )
    unknown = rule.but(cost_cny=None, gain=None, gain_bound=None)
    siting = summary.siting.but(
        fewer="要求 20 处，17 处已够。", fewer_en="17 suffice.", rule_prices=(rule, unknown)
    )
    told = summary.but(siting=siting)
    chinese = words_of(planner_page(layers, told))
    assert "要求 20 处，17 处已够。" in chinese
    assert "要求“市南区至少 3 个”使 2 处入选而不新增覆盖职工，共花费 ¥29,000" in chinese
    assert "取消它可多覆盖 623–700 人" in chinese
    english = words_of(planner_page(layers, told, language="en"))
    assert "17 suffice." in english
    assert "“at least 3 in Shinan” puts in 2 sites that add nobody, for ¥29,000" in english
