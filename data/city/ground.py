"""The ground of a city: what the extract holds, its districts, its streets."""

from __future__ import annotations

import geopandas as gpd
import shapely

from data.basemap.building import base_map_from_file, base_map_of_project
from data.basemap.themes import Theme
from data.city.bounds import Bounds, bounds_of
from data.city.city import City, Line, Origin
from data.city.city_themes import BOUNDS, city_themes
from data.osm.osm_features import Tags, read_features
from data.streets.folder import bounds, write_streets
from data.streets.osm_file import OSM_KINDS, file_border, read_streets
from data.streets.source import source_of
from data.streets.speed_file import read_speeds
from geo.crs import STORAGE_CRS, Box, common_box, covering_box
from geo.layers.districts import districts_only, subdistricts_only
from geo.text import Text


def read_themes(city: City) -> None:
    """Read all themes of an OpenStreetMap extract in one pass."""
    if city.file.name.lower().endswith(OSM_KINDS):
        city.features = read_features(city.file, city_themes(), progress=city.progress)
    else:
        city.remarks.append(
            Text(
                f"{city.file.name} 只有道路：没有行政区、地点和建筑，下面各项按道路推定。",
                f"{city.file.name} holds streets alone: no areas, places or buildings; what follows "
                "is derived from the streets.",
            )
        )


def find_districts(city: City) -> None:
    """Find districts and subdistricts, those imported before first."""
    if city.is_own("districts"):
        frame = city.project.read("districts")
        area = city.project.area() or shapely.Polygon()
        city.bounds = Bounds(frame, area)
        city.lines.append(_line_of_districts(frame, Origin.OWN, Text("", "")))
        return
    box = file_border(city.file) or bounds(city.segments)
    found = gpd.GeoDataFrame({"id": [], "tags": []}, geometry=[], crs=STORAGE_CRS)
    broken: tuple[Tags, ...] = ()
    if city.features is not None:
        found, broken = city.features[BOUNDS], city.features.broken[BOUNDS]
    city.bounds = bounds_of(
        found,
        broken,
        within=city.wishes.within,
        box=box,
        fallback=_stem(city),
        levels=city.wishes.levels,
    )
    city.remarks += city.bounds.remarks
    city.write("districts", city.bounds.districts)
    origin = Origin.REAL if city.bounds.real else Origin.DERIVED
    note = Text("OpenStreetMap 行政区关系", "OpenStreetMap's administrative relations")
    if not city.bounds.real:
        note = Text("文件的范围，不是行政区划", "the box of the file, no administrative area")
    city.lines.append(_line_of_districts(city.bounds.districts, origin, note))


def _box(area: shapely.Geometry) -> Box:
    west, south, east, north = shapely.bounds(area).tolist()
    return west, south, east, north


def _stem(city: City) -> str:
    return city.wishes.within or city.file.name.split(".")[0]


def _line_of_districts(frame: gpd.GeoDataFrame, origin: Origin, note: Text) -> Line:
    upper, lower = len(districts_only(frame)), len(subdistricts_only(frame))
    return Line(Text("区市／街道", "Districts / subdistricts"), f"{upper} / {lower}", origin, note)


def take_streets(city: City) -> None:
    """Compile the streets of all modes, as far beyond the districts as is asked for."""
    clip: Box | None = None
    border = file_border(city.file)
    if city.bounds.real:
        clip = covering_box(_box(city.bounds.area), city.wishes.margin_m)
        if border is not None:
            border = common_box(border, clip)
    if not city.has_segments:
        city.segments = read_streets(city.file, clip=clip, progress=city.progress).segments
    segments = city.segments
    streets = write_streets(
        city.project.streets_folder,
        segments,
        speeds=read_speeds(city.project.folder),
        border=border,
        source=source_of(city.file),
        progress=city.progress,
    )
    kind = source_of(city.file).credit or Text("您的路网", "your streets")
    city.tell(
        Text("道路（节点／路段）", "Streets (nodes / segments)"),
        f"{streets.nodes:,} / {len(segments.start):,}",
        Origin.REAL,
        kind,
    )


def draw_base_map(city: City) -> None:
    """Make the project's base map; of the streets and districts where the file holds no more."""
    if city.file.name.lower().endswith(OSM_KINDS):
        held = base_map_from_file(
            city.project, city.file, margin_m=city.wishes.margin_m, progress=city.progress
        )
    else:
        found = base_map_of_project(city.project, progress=city.progress)
        if found is None:
            return
        held = found
    city.remarks += held.remarks
    rows = held.facts.rows
    waters = rows[Theme.WATER] + rows[Theme.WATERWAY]
    city.tell(
        Text(
            "底图（水系／绿地／铁路／建筑／地名）",
            "Base map (water / green / rail / buildings / names)",
        ),
        f"{waters:,} / {rows[Theme.GREEN]:,} / {rows[Theme.RAIL]:,} / {rows[Theme.BUILDING]:,} / "
        f"{rows[Theme.PLACE] + rows[Theme.POI]:,}",
        Origin.REAL if "extract" in held.facts.made_from else Origin.DERIVED,
        held.credit or Text("您的区市和道路", "your districts and streets"),
    )
