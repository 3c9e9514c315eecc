"""Make the bundled sample anew: ``python -m data.sample.make [BOUNDARIES.geojson]``.

BOUNDARIES are OpenStreetMap's administrative areas of the city; without them the packed ones are
kept. Deterministic: one seed, no clock, coordinates rounded to 1e-6 degree.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np

from data.sample import PACKED
from data.sample.making.centres import make_centres
from data.sample.making.invented_places import Ground, make_landmarks
from data.sample.making.invented_stations import make_candidates, make_depots, make_stations
from data.sample.making.invented_streets import make_streets, town_names
from data.sample.making.invented_workers import make_stops, make_workers
from data.sample.making.qingdao_districts import make_districts
from data.sample.making.towns import make_towns
from data.sample.segment_packing import pack_segments
from geo.layers.columns import conform
from geo.layers.vocabulary import YIZHAN_KIND
from geo.network.segments import Segments

SEED = 2021
"""The sample is the same on every machine."""


def make_sample(districts: gpd.GeoDataFrame) -> tuple[dict[str, gpd.GeoDataFrame], Segments]:
    """Return all layers and the streets made from the districts."""
    streets_rng, places_rng, marks_rng = (np.random.default_rng([SEED, n]) for n in range(3))
    centres = make_centres(districts)
    towns = make_towns(districts, centres, town_names(3000, streets_rng), streets_rng)
    segments = make_streets(districts, centres, towns, streets_rng)
    ground = Ground.build(segments, districts, towns)
    everything = make_stations(ground, districts, places_rng)
    rest = everything["kind"] == YIZHAN_KIND
    layers = {
        "districts": districts,
        "stations": everything[~rest],
        "yizhan": everything[rest],
        "workers": make_workers(ground, districts, places_rng),
        "candidates": make_candidates(ground, districts, places_rng),
        "depots": make_depots(),
        "stops": make_stops(ground, districts, places_rng),
        "places": make_landmarks(ground, districts, marks_rng),
    }
    return {name: conform(frame, name) for name, frame in layers.items()}, segments


def main() -> None:
    """Write the packed sample from the boundaries named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("boundaries", type=Path, nargs="?", help="areas as GeoJSON")
    arguments = parser.parse_args()
    PACKED.mkdir(exist_ok=True)
    kept = PACKED / "districts.parquet"
    districts = (
        make_districts(arguments.boundaries) if arguments.boundaries else gpd.read_parquet(kept)
    )
    layers, segments = make_sample(districts)
    for name, frame in layers.items():
        frame.to_parquet(PACKED / f"{name}.parquet", compression="zstd", index=False)
    pack_segments(PACKED, segments)


if __name__ == "__main__":
    main()
