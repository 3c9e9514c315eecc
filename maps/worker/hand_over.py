"""Links that open a map app with the way already asked for: one table of every provider.

Datum conversion is the caller's: each provider is given the position in the datum it reads.
Parameters are from the providers' own URI documents: AMap "URI API / 路径规划", Baidu "地图调起
API / 路线规划", Tencent "地图调起 / 路线规划", Apple "Map Links", RFC 5870 for ``geo:``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

from geo.errors import BadInputError
from geo.json_shapes import JsonPage
from geo.layers.vocabulary import Mode
from geo.text import Text

DatumName = Literal["wgs84", "gcj02"]

_LONGEST_LABEL = 20
"""Characters of a name that map apps show."""
_SEPARATORS = str.maketrans(dict.fromkeys(",|:;()&=?#/\\", " "))


_KEPT = 4096
"""Places and ways to go there whose links are kept: a city's stations, by the modes people use."""


@dataclass(frozen=True, slots=True)
class MapApp:
    """How one provider is asked for directions.

    Attributes
    ----------
    app : str
        Stable key: ``amap, baidu, tencent, apple, geo``.
    text : Text
        What people call it.
    template : str
        Its URL with ``{lon} {lat} {name} {mode} {region} {source}`` to be filled, each
        percent-encoded; ``{lon}`` and ``{lat}`` are decimal degrees.
    datum : str
        The datum in which the provider reads positions: ``gcj02`` or ``wgs84``.
    modes : Mapping[Mode, str]
        Its words for the ways to travel.
    """

    app: str
    text: Text
    template: str
    datum: DatumName
    modes: Mapping[Mode, str]


MAP_APPS: tuple[MapApp, ...] = (
    MapApp(
        "amap",
        Text("高德地图", "AMap"),
        "https://uri.amap.com/navigation?to={lon},{lat},{name}&mode={mode}"
        "&coordinate=gaode&callnative=1&src={source}",
        "gcj02",
        MappingProxyType({Mode.WALK: "walk", Mode.EBIKE: "ride", Mode.DRIVE: "car"}),
    ),
    MapApp(
        "baidu",
        Text("百度地图", "Baidu Maps"),
        "https://api.map.baidu.com/direction?destination=latlng:{lat},{lon}%7Cname:{name}"
        "&mode={mode}&coord_type=gcj02&region={region}&output=html&src={source}",
        "gcj02",
        MappingProxyType({Mode.WALK: "walking", Mode.EBIKE: "riding", Mode.DRIVE: "driving"}),
    ),
    MapApp(
        "tencent",
        Text("腾讯地图", "Tencent Maps"),
        "https://apis.map.qq.com/uri/v1/routeplan?type={mode}&to={name}&tocoord={lat},{lon}"
        "&referer={source}",
        "gcj02",
        MappingProxyType({Mode.WALK: "walk", Mode.EBIKE: "bike", Mode.DRIVE: "drive"}),
    ),
    MapApp(
        "apple",
        Text("苹果地图", "Apple Maps"),
        # Apple's maps of China are AMap's, so positions in China are read as GCJ-02. Its links
        # document no word for cycling: on foot is the nearest to an e-bike.
        "https://maps.apple.com/?daddr={lat},{lon}&q={name}&dirflg={mode}",
        "gcj02",
        MappingProxyType({Mode.WALK: "w", Mode.EBIKE: "w", Mode.DRIVE: "d"}),
    ),
    MapApp(
        "geo",
        Text("其他地图", "Other map app"),
        "geo:{lat},{lon}?q={lat},{lon}({name})",
        "wgs84",
        MappingProxyType({Mode.WALK: "", Mode.EBIKE: "", Mode.DRIVE: ""}),
    ),
)
"""Every provider, in the order shown."""


@dataclass(frozen=True, slots=True)
class MapAppLink:
    """A link that opens one map app.

    Attributes
    ----------
    app : str
        Stable key of the provider.
    text : Text
        What people call the provider.
    url : str
        Percent-encoded; opens directions to the place.
    """

    app: str
    text: Text
    url: str


@lru_cache(maxsize=_KEPT)
def map_app_links(
    name: str,
    wgs84: tuple[float, float],
    gcj02: tuple[float, float],
    mode: Mode = Mode.WALK,
    *,
    region: str = "青岛",
    source: str = "yizhan",
) -> tuple[MapAppLink, ...]:
    """Return links to every provider for the way to a place; those asked for of late are kept.

    Parameters
    ----------
    name : str
        What the app shows for the place; any text, encoded here.
    wgs84, gcj02 : (lon, lat) degrees
        The same place in both datums.
    mode : Mode
        How the person goes there.
    region : str
        City, which Baidu requires for directions.
    source : str
        The referring application, which Baidu and Tencent require.

    Raises
    ------
    BadInputError
        If a position is not a longitude and latitude.
    """
    places: dict[DatumName, tuple[float, float]] = {"wgs84": wgs84, "gcj02": gcj02}
    for datum, place in places.items():
        _check(datum, place)
    return tuple(
        MapAppLink(
            app.app,
            app.text,
            app.template.format(
                lon=f"{places[app.datum][0]:.6f}",
                lat=f"{places[app.datum][1]:.6f}",
                name=quote(place_label(name), safe=""),
                mode=app.modes[mode],
                region=quote(region, safe=""),
                source=quote(source, safe=""),
            ),
        )
        for app in MAP_APPS
    )


def link_templates(
    mode: Mode = Mode.WALK, *, region: str = "青岛", source: str = "yizhan"
) -> list[JsonPage]:
    """Return what a page's script needs to build the same links itself.

    Each record has ``app``, ``text``, ``datum`` and ``template`` with only ``{lon} {lat} {name}``
    left to fill.
    """
    return [
        {
            "app": app.app,
            "text": app.text,
            "datum": app.datum,
            "template": app.template.format(
                lon="{lon}",
                lat="{lat}",
                name="{name}",
                mode=app.modes[mode],
                region=quote(region, safe=""),
                source=quote(source, safe=""),
            ),
        }
        for app in MAP_APPS
    ]


def place_label(name: str) -> str:
    """Return `name` without the providers' field separators, as long as a map app shows it."""
    return " ".join(name.translate(_SEPARATORS).split())[:_LONGEST_LABEL].strip() or "目的地"


def _check(datum: str, place: tuple[float, float]) -> None:
    lon, lat = place
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - the globe
        raise BadInputError(
            Text(
                f"{datum} 坐标 {place} 不是（经度, 纬度）。",
                f"The {datum} position {place} is not (longitude, latitude).",
            )
        )
