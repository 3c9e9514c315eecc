"""The base map of a city, from the extract that all else comes from."""

from __future__ import annotations

from data.basemap.building import base_map_from_file, base_map_of_project
from data.basemap.themes import Theme
from data.city.city import City, Origin
from data.streets.osm_file import OSM_KINDS
from geo.text import Text


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
