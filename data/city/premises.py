"""Places of a city and the premises a station could share, named as people name them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from data.city.city import NOT_HELD, OSM, City, Origin
from data.city.city_themes import HOSTS
from data.city.crossings import crossings_of
from data.city.hosts import hosts_of
from data.city.tables import read_prices
from geo.layers.columns import layers_with
from geo.layers.districts import with_districts
from geo.layers.roles import Role
from geo.layers.vocabulary import Host
from geo.place_names import called, told_apart
from geo.text import Text


def name_places(city: City) -> None:
    """Write the places people can be found by."""
    what = Text("地名地标", "Places and landmarks")
    if not len(city.places):
        city.tell(what, "0", Origin.ABSENT, NOT_HELD)
        return
    places = city.places
    unsaid = places["address"].isna()
    streets = city.names.streets_at(places.get_coordinates().to_numpy())
    places = places.assign(
        address=[
            street or None if empty else told
            for street, empty, told in zip(streets, unsaid, places["address"], strict=True)
        ]
    )
    city.write("places", places)
    city.tell(what, f"{len(places):,}", Origin.REAL, OSM)


def find_candidates(city: City) -> None:
    """Write candidates: hosts of the kinds asked for, or crossings where there is no host."""
    what = Text("候选点", "Candidate sites")
    prices = read_prices(city.project.folder)
    if city.is_own("candidates"):
        rows = city.project.versions("candidates")[-1].rows
        city.tell(what, f"{rows:,}", Origin.OWN, Text("", ""))
        return
    kinds = city.wishes.hosts or [host for host, price in prices.items() if price.usual]
    frame, origin = city.project.empty("candidates"), Origin.REAL
    note = Text("位置真实，未核实；费用为示例价目", "real places, not verified; costs are examples")
    if city.features is not None:
        found = hosts_of(city.inside(city.features[HOSTS]), _station_points(city), prices, kinds)
        frame = found.candidates
        note = Text(
            f"{note.zh}；{_counted(frame)}；与站点相邻略去 {found.beside_stations}，"
            f"重复略去 {found.twice}，营业时间 {int(frame['opening_hours'].notna().sum())} 处可用、"
            f"{found.unread_hours} 处读不了",
            f"{note.en}; {found.beside_stations} beside stations and {found.twice} mapped twice "
            f"left out; hours: {int(frame['opening_hours'].notna().sum())} usable, "
            f"{found.unread_hours} not evaluable",
        )
    if not len(frame):
        frame, origin = city.inside(crossings_of(city.segments)), Origin.DERIVED
        note = Text(
            "文件里没有可依托的单位：取道路交叉口，附近有无场所尚不知道；费用为示例价目",
            "the file holds no host: street crossings, whether a host is near is not known; costs "
            "are examples",
        )
        price = prices[Host.OTHER]
        frame["cost_cny"], frame["capacity"] = price.cost_cny, price.capacity
    if not len(frame):
        city.tell(what, "0", Origin.ABSENT, NOT_HELD)
        return
    city.write("candidates", _named(city, frame))
    city.tell(what, f"{len(frame):,}", origin, note)


def _counted(frame: gpd.GeoDataFrame) -> str:
    counts = frame["host"].value_counts()
    return "、".join(f"{Host(host).text.zh} {count}" for host, count in counts.items())


def _named(city: City, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return places with a name each, as people say it, and an address where none is stated."""
    lonlat = frame.get_coordinates().to_numpy()
    where, street = city.names.where(lonlat), city.names.streets_at(lonlat)
    hints = [one or other for one, other in zip(where, _subdistricts(city, frame), strict=True)]
    names = [
        name or called(place or "未命名路段", _what(host))
        for name, place, host in zip(frame["name"].fillna(""), where, frame["host"], strict=True)
    ]
    told = [
        address if isinstance(address, str) and address else one or None
        for address, one in zip(frame["address"], street, strict=True)
    ]
    return frame.assign(name=told_apart(names, hints), address=told)


def _what(host: object) -> str:
    return "附近（待找场所）" if host == Host.OTHER else Host(str(host)).text.zh


def _subdistricts(city: City, frame: gpd.GeoDataFrame) -> list[str]:
    placed = with_districts(frame, city.bounds.districts)
    return [str(one) for one in placed["subdistrict"].fillna("")]


def count_stations(city: City) -> None:
    """Say whether there are stations: public data holds none."""
    count = sum(
        city.project.versions(name)[-1].rows
        for name in layers_with(Role.STATIONS)
        if city.project.has(name)
    )
    note = Text(
        "公开数据里没有：请 yizhan import yizhan 文件，再 yizhan city 一次去掉相邻的候选点",
        "public data holds none: import yours, then run yizhan city again to drop hosts beside them",
    )
    city.tell(
        Text("现有站点", "Stations"),
        f"{count:,}",
        Origin.OWN if count else Origin.ABSENT,
        Text("", "") if count else note,
    )


def _station_points(city: City) -> NDArray[np.float64]:
    frames = [
        city.project.read(name) for name in layers_with(Role.STATIONS) if city.project.has(name)
    ]
    points = [frame.get_coordinates().to_numpy() for frame in frames]
    return np.concatenate(points) if points else np.empty((0, 2))
