"""The bundled sample keeps its promises: counts, totals, places, streets, and how it is made."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from data.city.totals import census
from data.sample import PACKED, SAMPLE_LAYERS, install, load_layer, load_segments
from data.sample.make import make_sample
from data.sample.making.invented_workers import WORKER_SHARE, worker_totals
from data.sample.making.qingdao_districts import mountains
from data.store.project import Project
from geo.crs import METRIC_CRS, to_metres
from geo.hours import check_hours
from geo.layers.districts import districts_only, subdistricts_only, with_districts
from geo.layers.vocabulary import Kind, Mode
from geo.network.compile import compile_network
from geo.network.segments import HIGHWAYS, Access, Trait


@pytest.fixture(scope="module")
def layers():
    return {name: load_layer(name) for name in SAMPLE_LAYERS}


@pytest.fixture(scope="module")
def segments():
    return load_segments()


def test_the_packed_sample_is_small_and_the_size_of_a_city(layers, segments):
    assert sum(path.stat().st_size for path in PACKED.iterdir()) < 4_000_000
    assert (PACKED / "districts.parquet").stat().st_size < 300_000
    assert len(segments.node_lonlat) >= 60_000
    sizes = {name: len(frame) for name, frame in layers.items()}
    assert sizes["candidates"] == 3000
    assert sizes["districts"] == 145
    assert sizes["depots"] == 5
    assert 900 <= sizes["stations"] + sizes["yizhan"] <= 1100
    assert 5800 <= sizes["workers"] <= 6200


def test_ten_districts_and_135_subdistricts_have_codes_names_and_a_stated_source(layers):
    """Both levels hang together: every subdistrict names its district, none has a name twice there."""
    upper, beneath = districts_only(layers["districts"]), subdistricts_only(layers["districts"])
    assert (len(upper), len(beneath)) == (10, 135)
    assert dict(zip(upper["adcode"], upper["name"], strict=True)) == census()["name"].to_dict()
    assert set(beneath["parent"]) == set(upper["adcode"])
    assert layers["districts"]["adcode"].is_unique
    assert not beneath.duplicated(["parent", "name"]).any()
    official = beneath[~beneath["adcode"].str.startswith("osm-")]
    assert len(official) == 15
    assert [code[:6] for code in official["adcode"]] == official["parent"].tolist()
    assert layers["districts"]["source"].str.contains("OpenStreetMap 贡献者（ODbL").all()


def test_population_is_the_census_and_workers_are_shared_out_by_it(layers):
    """Six in a hundred residents; a group's districts as its industry's employed of the census."""
    districts, workers = districts_only(layers["districts"]), layers["workers"]
    people = dict(zip(districts["adcode"], districts["population"], strict=True))
    assert people == census()["residents"].to_dict()
    assert sum(people.values()) == 10_071_722
    assert workers["workers"].sum() == round(10_071_722 * WORKER_SHARE) == 604_303
    counted = workers.groupby(["group", "district"])["workers"].sum().unstack()
    expected = worker_totals(10_071_722).loc[counted.index, counted.columns]
    assert (counted == expected).all(axis=None)
    couriers = counted.loc["courier"] / counted.loc["courier"].sum()
    employed = census()["交通运输仓储和邮政业"] / census()["交通运输仓储和邮政业"].sum()
    assert (couriers - employed).abs().max() < 0.0001
    assert (workers["women_35_59"] <= workers["workers"]).all()


def test_every_place_lies_in_its_district_and_says_it_is_invented(layers):
    shapes = dict(zip(layers["districts"]["adcode"], layers["districts"].geometry, strict=True))
    for name in ("stations", "yizhan", "workers", "candidates", "stops", "depots"):
        frame = layers[name]
        centre = frame.geometry.representative_point()
        off = [
            point.distance(shapes[code])
            for point, code in zip(centre, frame["district"], strict=True)
        ]
        assert max(off) < 0.001, name
        assert frame["id"].is_unique
        assert frame["name"].str.contains("示例").all()


def test_every_row_names_the_subdistrict_it_lies_in(layers):
    """What the rows say is what a reader looks up from the map."""
    for name in ("stations", "yizhan", "candidates", "stops", "workers"):
        frame = layers[name]
        unsaid = frame.assign(subdistrict=None, geometry=frame.geometry.representative_point())
        found = with_districts(unsaid, layers["districts"])
        assert frame["subdistrict"].notna().all()
        same = found["subdistrict"] == frame["subdistrict"]
        # Areas of a few workers reach over a border.
        assert same.mean() > (0.995 if name == "workers" else 0.9999), name
    assert layers["workers"]["subdistrict"].nunique() > 120


def test_all_kinds_groups_and_hours_are_there_and_readable(layers):
    kinds = set(layers["stations"]["kind"]) | set(layers["yizhan"]["kind"])
    assert kinds == {str(kind) for kind in Kind}
    assert set(layers["yizhan"]["kind"]) == {"outdoor_rest_station"}
    assert len(set(layers["workers"]["group"])) == 11
    for name, column in (("yizhan", "opening_hours"), ("workers", "active_hours")):
        for hours in set(layers[name][column]):
            assert check_hours(hours)


def test_neighbours_share_their_borders_and_a_district_is_its_subdistricts(layers):
    """Borders were simplified once for both sides: no gap, no overlap, at neither level."""
    upper, beneath = districts_only(layers["districts"]), subdistricts_only(layers["districts"])
    for level in (upper, beneath):
        assert shapely.is_valid(level.geometry.to_numpy()).all()
        assert shapely.coverage_is_valid(level.geometry.to_numpy())
    for district in upper.itertuples():
        parts = beneath.loc[beneath["parent"] == district.adcode].geometry.to_numpy()
        assert shapely.equals(shapely.coverage_union_all(parts), district.geometry)


def test_sea_bay_and_heights_carry_no_street_but_bridge_tunnel_and_paths(layers, segments):
    """Nothing invented lies in the real sea, streets for cars included."""
    land = shapely.union_all(
        districts_only(layers["districts"]).to_crs(METRIC_CRS).geometry.to_numpy()
    )
    shapely.prepare(land)
    lines = shapely.linestrings(
        to_metres(segments.shape_lonlat),
        indices=np.repeat(np.arange(len(segments.start)), np.diff(segments.shape_offset)),
    )
    over = (segments.traits & (Trait.BRIDGE | Trait.TUNNEL)) != 0
    assert shapely.contains(land, lines[~over]).all()
    assert not shapely.contains(land, lines[over]).all()
    for name in ("stations", "yizhan", "candidates", "stops", "depots"):
        assert shapely.contains(land, layers[name].to_crs(METRIC_CRS).geometry.to_numpy()).all()
    heights = shapely.buffer(mountains(), -400)
    shapely.prepare(heights)
    up = shapely.intersects(heights, lines) & ~over
    motor = {HIGHWAYS[kind] for kind in segments.highway[up]} - {"path", "steps"}
    assert motor <= {"motorway"}


def test_bridge_and_tunnel_are_for_cars_only(segments):
    for trait in (Trait.BRIDGE, Trait.TUNNEL):
        over = (segments.traits & trait) != 0
        assert over.any()
        assert not (segments.access[over] & (Access.WALK_FORWARD | Access.EBIKE_FORWARD)).any()
        assert (segments.access[over] & Access.DRIVE_FORWARD).all()


def test_arterials_are_there_and_named(segments):
    kinds = np.array(HIGHWAYS)[segments.highway]
    for kind in ("trunk", "primary", "secondary"):
        assert (segments.name[kinds == kind] >= 0).mean() > 0.95
    assert any(name.endswith("示例环路") for name in segments.names)


def test_streets_hang_together_but_for_a_few_cut_off(segments):
    for mode in Mode:
        share = compile_network(segments, mode).reachable.mean()
        assert 0.97 <= share < 1


def test_the_sample_is_made_again_exactly(layers, segments):
    made, streets = make_sample(layers["districts"])
    for name in ("yizhan", "workers", "candidates"):
        assert made[name].drop(columns="geometry").equals(layers[name].drop(columns="geometry"))
        apart = shapely.hausdorff_distance(
            made[name].geometry.to_numpy(), layers[name].geometry.to_numpy()
        )
        assert apart.max() < 2e-6
    assert (streets.start == segments.start).all()
    assert np.abs(streets.shape_lonlat - segments.shape_lonlat).max() < 2e-6


def test_a_project_gets_all_layers_and_streets(tmp_path):
    project = Project.create(tmp_path / "p", "示例", sample=True)
    install(project)
    assert all(project.has(name) for name in SAMPLE_LAYERS)
    assert (project.streets_folder / "manifest.json").exists()
