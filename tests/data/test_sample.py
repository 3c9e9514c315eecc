"""The bundled sample keeps its promises: counts, totals, places, streets, and how it is made."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from data.project import Project
from data.sample import PACKED, SAMPLE_LAYERS, install, load_layer, load_segments
from data.sample.make import make_sample
from data.sample.making.districts import POPULATION_2020
from data.sample.making.towns import mountains
from data.sample.making.workers import WORKER_SHARE
from geo.crs import METRIC_CRS
from geo.hours import check_hours
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
    assert sum(path.stat().st_size for path in PACKED.iterdir()) < 15_000_000
    assert (PACKED / "districts.parquet").stat().st_size < 300_000
    assert len(segments.node_lonlat) >= 60_000
    sizes = {name: len(frame) for name, frame in layers.items()}
    assert sizes["candidates"] == 3000
    assert sizes["districts"] == 10
    assert sizes["depots"] == 5
    assert 900 <= sizes["stations"] + sizes["yizhan"] <= 1100
    assert 5800 <= sizes["workers"] <= 6200


def test_population_is_the_census_and_workers_follow_it_district_by_district(layers):
    districts, workers = layers["districts"], layers["workers"]
    people = dict(zip(districts["adcode"], districts["population"], strict=True))
    assert people == POPULATION_2020
    assert sum(people.values()) == 10_071_722
    totals = workers.groupby("district")["workers"].sum()
    assert totals.to_dict() == {code: round(n * WORKER_SHARE) for code, n in people.items()}
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


def test_all_kinds_groups_and_hours_are_there_and_readable(layers):
    kinds = set(layers["stations"]["kind"]) | set(layers["yizhan"]["kind"])
    assert kinds == {str(kind) for kind in Kind}
    assert set(layers["yizhan"]["kind"]) == {"outdoor_rest_station"}
    assert len(set(layers["workers"]["group"])) == 11
    for name, column in (("yizhan", "opening_hours"), ("workers", "active_hours")):
        for hours in set(layers[name][column]):
            assert check_hours(hours)


def test_neighbouring_districts_touch_and_never_overlap(layers):
    shapes = layers["districts"].to_crs(METRIC_CRS).geometry.to_numpy()
    assert shapely.is_valid(layers["districts"].geometry.to_numpy()).all()
    overlap = sum(
        shapely.area(shapely.intersection(one, other))
        for i, one in enumerate(shapes)
        for other in shapes[:i]
    )
    assert overlap < 0.0001 * shapely.area(shapes).sum()


def test_sea_bay_and_heights_carry_no_street_but_bridge_tunnel_and_paths(layers, segments):
    land = shapely.union_all(layers["districts"].to_crs(METRIC_CRS).geometry.to_numpy())
    network = compile_network(segments, Mode.WALK)
    lines = shapely.linestrings(
        network.to_metres(network.shape_lonlat),
        indices=np.repeat(np.arange(len(network.start)), np.diff(network.shape_offset)),
    )
    dry = land.buffer(250)
    shapely.prepare(dry)
    assert shapely.contains_properly(dry, lines).all()
    heights = shapely.buffer(mountains(), -400)
    shapely.prepare(heights)
    up = shapely.intersects(heights, lines)
    assert {HIGHWAYS[kind] for kind in network.highway[up]} <= {"path", "steps"}


def test_bridge_and_tunnel_are_for_cars_only(segments):
    for trait in (Trait.BRIDGE, Trait.TUNNEL):
        over = (segments.traits & trait) != 0
        assert over.any()
        assert not (segments.access[over] & (Access.WALK_FORWARD | Access.EBIKE_FORWARD)).any()
        assert (segments.access[over] & Access.DRIVE_FORWARD).all()


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
