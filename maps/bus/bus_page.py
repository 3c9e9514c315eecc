"""The bus campaign's map: one colour per bus, a slider over the days, numbered stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd

from geo.bus.replanning.promises import promise_text
from geo.errors import BadInputError
from geo.json_shapes import JsonPage
from geo.layers.vocabulary import CampaignName, Setting
from geo.study.rules import BusRules
from geo.summary.bus_figures import BusFigures, BusPlanningFigures
from geo.summary.run import RunSummary
from geo.text import Language, Text
from maps.bus.news import offer_together, visit_word
from maps.district_table import district_names
from maps.estimate_words import estimate_mark
from maps.ground.background_tiles import TileSource
from maps.ground.packed_base_map import MAP_WORDS, base_map, bounds_of
from maps.ground.packing import pack_lines
from maps.linked_files import BusLinks
from maps.records import (
    ROUTE_COLUMNS,
    VISIT_COLUMNS,
    Record,
    check_layers,
    has_rows,
    lonlat,
    read_word,
    records,
    visits_in_order,
)
from maps.symbols import BUS_COLOURS
from maps.templating import render
from maps.worker.opening_text import WEEKDAYS

# Routes are read against main streets: lanes would only make the page heavier.
MAX_VERTICES = 150_000

WORDS: Mapping[str, Text] = {
    **MAP_WORDS,
    "people": Text("人", "people"),
    "served": Text("预计服务", "Expected to serve"),
    "exams": Text("体检时间", "Exams"),
    "arrive": Text("到达", "Arrive"),
    "depart": Text("离开", "Depart"),
    "address": Text("地址", "Address"),
    "contact": Text("联系人", "Contact"),
    "phone": Text("电话", "Phone"),
    "bus": Text("车辆", "Bus"),
    "workers": Text("职工聚集点", "Worker concentration"),
    "in_reach": Text("本次行程可步行到达", "Within walking reach of this campaign"),
    "unserved": Text("本次行程未到达", "Not reached by this campaign"),
}
_REPLAN_WORDS: Mapping[str, Text] = {
    "cancel_this": Text("取消这次停靠", "Cancel this visit"),
    "cancel": Text("取消", "Cancel"),
    "bus_down": Text("停驶", "Down"),
    "rain": Text("雨天停驶", "Rained off"),
    "add_day": Text("加开", "Added day"),
    "closed": Text("封闭道路（已画）", "Closed road (drawn)"),
    "turnout": Text("参检率", "Turn-out"),
    "learn": Text("参检率按登记估计", "Turn-out from the records"),
    "remove": Text("去掉", "Remove"),
    "draw_hint": Text(
        "在地图上依次点出封闭的路段，再按“画好了”。碰到或离线 15 米内的路段视为封闭。",
        "Click along the closed road, then press Done. Streets within 15 m count as closed.",
    ),
    "call": Text("电话", "Call"),
    "lost": Text("受影响（人）", "People lost"),
    "won_back": Text("补回（人）", "Won back"),
    "unchanged": Text("不变的停靠", "Visits unchanged"),
    "below_floor": Text(
        "{district}比保底少 {people} 人", "{district} is {people} people below its floor"
    ),
    "parts": Text(
        "已登记的参检率：各停靠点、群体、时段", "Turn-out recorded: by stop, group and time"
    ),
    "parts_use": Text(
        "下一次排班按各停靠点、群体的这些数估计。",
        "The next plan reckons with those of stops and groups.",
    ),
    "rate": Text("参检率", "Turn-out"),
    "rate_range": Text("范围", "Range"),
    "rate_from": Text("登记次数 / 实到人数", "Visits recorded / people"),
    "to_call": Text("要打的电话", "Calls to make"),
    "publish": Text("发布这一版", "Publish"),
    "discard": Text("放弃", "Discard"),
    "published": Text("已发布。请照单打电话：", "Published. Whom to phone:"),
    "see_new": Text("打完了，看新行程", "Done; see the new plan"),
}
"""What the script of the planner's part says."""


def bus_page(
    layers: Mapping[str, gpd.GeoDataFrame],
    summary: RunSummary,
    *,
    language: Language | str = Language.ZH,
    sample: bool = False,
    tiles: TileSource | None = None,
    credit: Text | None = None,
    replan_api: str | None = None,
    crew_page: str | None = None,
    files: BusLinks | None = None,
) -> str:
    """Return the campaign's map as one HTML page that needs no network.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``bus_stops`` and ``bus_routes``, and any of ``workers, districts, streets``; EPSG:4326.
        When ``workers`` has a column ``bus_served`` (share of the concentration's workers served
        by the campaign, 0 to 1), the map shows who is covered and who is not.
    summary : RunSummary
        The figures; without those of the bus a dash is shown.
    language, sample : Language, bool
        Of every label; whether to say 示例数据 on the page.
    tiles : TileSource | None
        The operator's background; without one nothing is asked from any host.
    credit : Text | None
        Whom the map names for the streets; None where they are invented.
    replan_api, crew_page : str | None
        Where planners re-plan (``/bus``) and crews record visits; for holders of their keys only.
    files : BusLinks | None
        Files and pages to link to.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    BadInputError
        If a day is not an ISO 8601 date.
    """
    from maps.ground.offline_map import map_parts  # noqa: PLC0415 - folium, for who draws a map

    check_layers(layers)
    shown = _Shown.of(layers, summary, language)
    return render(
        "bus/bus.html.jinja",
        language=language,
        sample=sample,
        map=map_parts("bus", bounds_of(layers), tiles),
        **_figures(layers, summary, language),
        **shown.listed(language),
        **_for_staff(summary, replan_api, crew_page, shown.days),
        files=files or BusLinks(),
        payload={
            "words": _words(language, replan_api),
            **_ground(layers, credit),
            **shown.drawn(),
        },
    )


def _for_staff(
    summary: RunSummary, replan_api: str | None, crew_page: str | None, days: list[str]
) -> JsonPage:
    """Return where those who hold a key plan and record, and the turn-out planned with."""
    if not replan_api:  # For everybody: not drawn again when rules change that it does not tell.
        return {"replan_api": None, "crew_page": crew_page, "board": None}
    rules = BusRules() if summary.facts is None else summary.facts.parameters.bus
    return {
        "replan_api": replan_api,
        "promise": promise_text(),
        "turnout": rules.turnout.expected,
        "crew_page": crew_page,
        "board": f"{replan_api}/board" if days else None,
    }


def _words(language: Language | str, replan_api: str | None) -> dict[str, str]:
    """Return what the script says."""
    words = {**WORDS, **_REPLAN_WORDS} if replan_api else WORDS
    return {key: text.into(language) for key, text in words.items()}


def _figures(
    layers: Mapping[str, gpd.GeoDataFrame], summary: RunSummary, language: Language | str
) -> JsonPage:
    """Return what the template tells of the campaign's figures."""
    return {
        "estimate": estimate_mark(summary),
        "figures": summary.bus,
        "weighed": summary.bus_planning,
        "districts": _districts(layers, summary.bus),
        "district_names": district_names(layers),
        "unreachable": _unreachable(layers, summary.bus_planning, language),
        "offer": offer_together(_campaigns(summary.bus)),
    }


def _ground(layers: Mapping[str, gpd.GeoDataFrame], credit: Text | None) -> JsonPage:
    """Return what the script draws visits and routes on."""
    return {
        "base": base_map(layers, max_vertices=MAX_VERTICES, credit=credit),
        "workers": _workers(layers),
    }


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """Visits and routes as they stand in tables and on the map; names and colours by bus."""

    stops: list[Record]
    routes: list[Record]
    days: list[str]
    names: dict[str, str]
    colours: dict[str, str]

    @classmethod
    def of(
        cls,
        layers: Mapping[str, gpd.GeoDataFrame],
        summary: RunSummary,
        language: Language | str,
    ) -> _Shown:
        stops, routes = _stops(layers, language), _routes(layers)
        buses = sorted({str(row["bus_id"]) for row in [*stops, *routes]})
        names = _bus_names(summary.bus, buses, language)
        for stop in stops:
            stop["bus_name"] = names[str(stop["bus_id"])]
        return cls(
            stops=stops,
            routes=routes,
            days=sorted({str(row["day"]) for row in [*stops, *routes]}),
            names=names,
            colours={bus: BUS_COLOURS[at % len(BUS_COLOURS)] for at, bus in enumerate(buses)},
        )

    def listed(self, language: Language | str) -> JsonPage:
        """Return what the template lists."""
        return {
            "days": [{"day": day, "text": day_text(day, language)} for day in self.days],
            "table": [_day(day, list(self.names), self.stops, self.routes) for day in self.days],
            "colours": self.colours,
            "names": self.names,
        }

    def drawn(self) -> JsonPage:
        """Return what the script draws."""
        return {
            "names": self.names,
            "days": self.days,
            "colours": self.colours,
            "stops": self.stops,
            "routes": self.routes,
        }


def _campaigns(figures: BusFigures | None) -> list[CampaignName]:
    """Return the campaigns that stand, the one planned last first."""
    if figures is None:
        return []
    return [figures.campaign, *(one.campaign for one in figures.beside)]


def _bus_names(
    figures: BusFigures | None, buses: list[str], language: Language | str
) -> dict[str, str]:
    """Return what people call each bus: its name, where the figures tell it."""
    known = figures.names if figures else {}
    word = WORDS["bus"].into(language)
    return {bus: str(known.get(bus) or f"{word} {bus}") for bus in buses}


def day_text(day: str, language: Language | str) -> str:
    """Return an ISO 8601 date as people say it: 11月26日 周四, Thu 26 Nov."""
    try:
        when = date.fromisoformat(day[:10])
    except ValueError as error:
        raise BadInputError(
            Text(f"日期 {day!r} 无效，应如 2026-11-26。", f"Day {day!r} is not like 2026-11-26.")
        ) from error
    weekday = WEEKDAYS[when.weekday()].into(language)
    if language == Language.EN:
        return f"{weekday} {when.day} {when:%b}"
    return f"{when.month}月{when.day}日 {weekday}"


def _districts(layers: Mapping[str, gpd.GeoDataFrame], figures: BusFigures | None) -> list[Record]:
    names = district_names(layers)
    return [
        {**dict(row), "name": names.get(row.district, row.district)}
        for row in (figures.by_district if figures else ())
    ]


def _unreachable(
    layers: Mapping[str, gpd.GeoDataFrame],
    weighed: BusPlanningFigures | None,
    language: Language | str,
) -> list[Record]:
    """Return stops no bus can use and why, by name where the layer ``stops`` is there."""
    names: dict[str, str] = {}
    if has_rows(layers, "stops"):
        frame = layers["stops"]
        names = dict(zip(frame["id"].astype(str), frame["name"].astype(str), strict=True))
    return [
        {"name": names.get(one.stop, one.stop), "reason": one.text.into(language)}
        for one in (weighed.unreachable if weighed else ())
    ]


def _stops(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    if not has_rows(layers, "bus_stops"):
        return []
    frame = visits_in_order(layers["bus_stops"])
    rows = records(frame, VISIT_COLUMNS)
    campaigns = {record["campaign"] for record in rows}
    names = district_names(layers)
    for record, at in zip(rows, lonlat(frame), strict=True):
        record["day"] = str(record["day"])[:10]
        record["district"] = names.get(str(record["district"]), record["district"])
        record["setting"] = read_word(Setting, record["setting"], language)
        word = visit_word(campaigns, record)
        record["campaign_text"] = word and word.into(language)
        record["at"] = at.tolist()
    return rows


def _routes(layers: Mapping[str, gpd.GeoDataFrame]) -> list[Record]:
    if not has_rows(layers, "bus_routes"):
        return []
    frame = layers["bus_routes"]
    rows = records(frame, ROUTE_COLUMNS)
    for record, shape in zip(rows, frame.geometry.simplify(0.00003), strict=True):
        record["day"] = str(record["day"])[:10]
        record["lines"] = pack_lines([shape])
    return rows


def _workers(layers: Mapping[str, gpd.GeoDataFrame]) -> list[list[object]]:
    if not has_rows(layers, "workers"):
        return []
    frame = layers["workers"]
    return [
        [lon, lat, record["workers"] or 0, record["bus_served"]]
        for record, (lon, lat) in zip(
            records(frame, ["workers", "bus_served"]), lonlat(frame), strict=True
        )
    ]


def _driven_for(visit: Record) -> object:
    """Return the campaign whose bus it is that stands at a visit."""
    return visit["shared_with"] or visit["campaign"]


def _day(day: str, buses: list[str], stops: list[Record], routes: list[Record]) -> JsonPage:
    runs: list[dict[str, object]] = []
    for bus in buses:
        ways = [way for way in routes if way["bus_id"] == bus and way["day"] == day]
        visits = [stop for stop in stops if stop["bus_id"] == bus and stop["day"] == day]
        if len(ways) > 1:  # Out for two campaigns, one after the other.
            for way in sorted(ways, key=lambda way: str(way["leave"])):
                mine = [one for one in visits if _driven_for(one) == way["campaign"]]
                runs.append({"bus": bus, "route": way, "stops": mine})
        elif ways or visits:
            runs.append({"bus": bus, "route": ways[0] if ways else None, "stops": visits})
    return {"day": day, "runs": runs}
