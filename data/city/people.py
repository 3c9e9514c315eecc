"""Workers of a city, estimated where nobody has counted them, and the bus that goes to them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.city.city import NOT_HELD, OSM, City, Origin
from data.city.city_themes import DRAWS
from data.city.draws import draws_of
from data.city.stops_and_depots import depots_of, stops_of
from data.city.tables import read_weights
from data.city.totals import RELATIVE, by_census, read_totals, relative_totals
from data.city.workers import CELL_M, estimate_workers, merged_with_own, workers_layer
from data.osm.osm_places import BUS_THEME, bus_places_of, named_by_place
from data.streets.folder import open_streets
from geo.bus.campaign.stop import workers_around
from geo.crs import STORAGE_CRS
from geo.estimate.spread import Spread, Total
from geo.layers.districts import districts_only, with_districts
from geo.layers.vocabulary import Host, Mode
from geo.network.vehicle import Vehicle
from geo.text import Text

_REACH_M = 800.0
"""Chosen: about ten minutes' walk, as far as people walk to a stop."""
_WHAT = Text("职工", "Workers")
_STOPS, _DEPOTS = Text("大蓬车停靠点", "Places for the bus"), Text("车场", "Depots")
_NOTHING = gpd.GeoDataFrame(
    {"id": [], "tags": [], "area_m2": np.empty(0)}, geometry=[], crs=STORAGE_CRS
)


def place_workers(city: City) -> None:
    """Estimate the workers of every group, but for those somebody has listed."""
    weights = read_weights(city.project.folder)
    names = districts_only(city.bounds.districts).set_index("adcode")["name"].to_dict()
    asked = city.wishes.totals
    totals = read_totals(asked, names) if asked else relative_totals(weights)
    totals, shared = by_census(totals, weights, list(names))
    draws = _draws(city)
    spread, resolution = estimate_workers(draws, totals, weights)
    if not len(spread.rows):
        city.tell(_WHAT, "0", Origin.ABSENT, NOT_HELD)
        return
    layer = workers_layer(spread.rows, city.names)
    layer, own = merged_with_own(city.project, layer)
    if own:
        city.tell(
            Text("职工（您的名单）", "Workers (your list)"),
            f"{own:,}",
            Origin.OWN,
            Text("有名单的区市和群体不估算", "no estimate where your list holds a group"),
        )
    city.write("workers", layer)
    count = int(layer["workers"].sum())
    city.tell(_WHAT, f"{count:,}", Origin.ESTIMATED, _told(totals, shared, resolution))
    city.remarks += _remarks(spread)


def _draws(city: City) -> gpd.GeoDataFrame:
    found = _NOTHING if city.features is None else city.features[DRAWS]
    draws = city.inside(draws_of(found, city.segments))
    return with_districts(draws.assign(district=None), city.bounds.districts)


def _told(totals: list[Total], shared: Text | None, resolution: int) -> Text:
    relative = any(total.relative for total in totals)
    zh = (
        f"没有总数：每个群体一律按 {RELATIVE:,} 份计，是相对权重，不是人数（有总数请用 --totals）"
        if relative
        else "总数来自您的表"
    )
    en = (
        f"no totals: every group is {RELATIVE:,} parts, weights and no count (give --totals)"
        if relative
        else "totals from your table"
    )
    zh += f"；{shared.zh}" if shared else ""
    en += f"; {shared.en}" if shared else ""
    cell = CELL_M[resolution]
    return Text(
        f"{zh}；按餐饮、商场、医院、住宅等吸引点分到边长约 {cell} 米的格子，权重见项目里的 city/weights.csv",
        f"{en}; shared out over restaurants, malls, hospitals, homes … in cells of about {cell} m, "
        "weights in city/weights.csv of the project",
    )


def _remarks(spread: Spread) -> list[Text]:
    remarks = []
    for (group, draw), count in spread.instead.items():
        remarks.append(
            Text(
                f"{group.text.zh}：{count} 处没有吸引点，改按{draw.text.zh}分配。",
                f"{group.text.en}: nothing that draws them known in {count} places; shared out by "
                f"{draw.text.en.lower()}.",
            )
        )
    if spread.nowhere:
        remarks.append(
            Text(
                f"有 {spread.nowhere:,} 人所在区市在文件里什么都没有，未能分配。",
                f"{spread.nowhere:,} people are of districts of which the file holds nothing; left out.",
            )
        )
    return remarks


def send_bus(city: City) -> None:
    """Write places where the bus may stand and start from; nobody has looked at them."""
    if city.is_own("stops") or city.is_own("depots"):
        for layer, what in (("stops", _STOPS), ("depots", _DEPOTS)):
            if city.project.has(layer):
                city.tell(
                    what, f"{city.project.versions(layer)[-1].rows:,}", Origin.OWN, Text("", "")
                )
        return
    found = city.project.empty("stops")
    if city.features is not None:
        found = city.inside(bus_places_of(city.features[BUS_THEME.name]))
    if not len(found):
        city.tell(
            _STOPS,
            "0",
            Origin.ABSENT,
            Text(
                "文件里没有停车场、广场、客运站：大蓬车排不了，请导入 stops 和 depots",
                "the file holds no car park, square or station: import stops and depots for the bus",
            ),
        )
        return
    places = named_by_place(found, city.names)
    stops = stops_of(places, _near(city, places), city.wishes.most_stops)
    drive = open_streets(city.project.streets_folder).network(Mode.DRIVE, vehicle=Vehicle())
    hospitals = city.project.read_or_empty("candidates")
    hospitals = hospitals[hospitals["host"] == Host.HOSPITAL]
    middle = shapely.point_on_surface(city.bounds.area)
    depots = depots_of(places, hospitals, stops, drive, middle)
    stops, cut_off = stops[depots.reached].reset_index(drop=True), int((~depots.reached).sum())
    if not len(stops):
        city.tell(
            _STOPS,
            "0",
            Origin.ABSENT,
            Text("找到的地方大客车都开不到", "none of the places found can be driven to by a bus"),
        )
        return
    city.write("stops", stops)
    city.write("depots", depots.layer)
    city.tell(
        _STOPS,
        f"{len(stops):,}",
        Origin.REAL,
        Text(
            f"{OSM.zh}，未核实：能否进出、停放要到现场看；{cut_off} 处大客车开不到，略去",
            f"{OSM.en}, not verified: whether a bus can get in has to be seen; {cut_off} that none can "
            "be driven to left out",
        ),
    )
    city.tell(
        _DEPOTS,
        f"{len(depots.layer):,}",
        Origin.DERIVED,
        Text(f"按{depots.told.zh}推定，未核实", f"taken to be {depots.told.en}, not verified"),
    )


def _near(city: City, places: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the workers within 800 m of each place."""
    workers = city.project.read("workers")
    return workers_around(
        places.get_coordinates().to_numpy(),
        workers.get_coordinates().to_numpy(),
        workers["workers"].to_numpy(np.float64),
        _REACH_M,
    )
