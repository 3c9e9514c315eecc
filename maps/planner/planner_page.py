"""The planner's map: gaps, recommended sites, stations, workers, and the figures beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd

from geo.json_shapes import JsonPage
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.layers.vocabulary import Action, Group, Host, Kind, Setting, Status, Verification
from geo.summary.run import RunSummary
from geo.text import Language, Text
from maps.district_table import columns_on_page, district_names, district_table
from maps.estimate_words import estimate_mark, estimate_text
from maps.ground.background_tiles import TileSource
from maps.ground.packed_base_map import MAP_WORDS, base_map, bounds_of
from maps.linked_files import Linked
from maps.page_links import PageLinks
from maps.planner.action_list import action_kinds, action_rows
from maps.planner.coverage_block import coverage_block
from maps.planner.curve import coverage_curve, curve_svg, lorenz_svg
from maps.planner.drawn_pieces import piece_records
from maps.planner.gap_list import gap_records, people_by_group
from maps.planner.heat_strip import heat_strip, hour_text
from maps.planner.marked_layers import marked_layers
from maps.records import (
    SITE_COLUMNS,
    Record,
    cell_text,
    check_layers,
    has_rows,
    lonlat,
    mapping_of,
    read_word,
    records,
)
from maps.station_count import station_count
from maps.symbols import CAUSE_COLOURS, KIND_SYMBOLS, phase_colour
from maps.templating import render

TEMPLATES = (
    "planner/planner.html.jinja",
    "parts/curve.svg.jinja",
    "parts/lorenz.svg.jinja",
    "parts/heat_strip.svg.jinja",
)
"""What the page is made of, for who compiles it ahead."""
WORDS: Mapping[str, Text] = {
    **MAP_WORDS,
    "people": Text("人", "workers"),
    "gap": Text("缺口", "Gap"),
    "phase": Text("第{n}批", "Phase {n}"),
    "new": Text("新增覆盖", "Newly covered"),
    "lost": Text("去掉后损失", "Lost without it"),
    "nearest": Text("最近现有站点", "Nearest existing station"),
    "runner_up": Text("备选", "Runner-up"),
    "runner_up_loss": Text("改选则少覆盖", "fewer if chosen instead:"),
    "cost": Text("费用", "Cost"),
    "yuan": Text("元", "CNY"),
    "host": Text("依托单位", "Host"),
    "address": Text("地址", "Address"),
    "hours": Text("开放时间", "Opening hours"),
    "amenities": Text("设施", "Amenities"),
    "phone": Text("电话", "Phone"),
    "status": Text("状态", "Status"),
    "gap_sum": Text(
        "{n} 个缺口，{workers} 人，每周缺 {hours} 人时",
        "{n} gaps, {workers} workers, {hours} worker-hours a week",
    ),
    "groups": Text("各群体", "By group"),
    "nothing": Text("没有找到", "Nothing found"),
    "site": Text("推荐站点", "Recommended site"),
    "station": Text("现有站点", "Existing station"),
    "district": Text("区市", "District"),
    "hours_unit": Text("人时/周", "worker-hours a week"),
    "gaps_closed": Text("填补缺口", "Closes gaps"),
    "gained_hours": Text("每周新增人时", "Worker-hours a week gained"),
    "gained_office": Text(
        "每周新增人时（按工作日 8:30–17:30）", "Worker-hours a week (office hours)"
    ),
    "gaining": Text("受益职工", "Workers who gain"),
    "here": Text("如果在这里设站", "If a station stood here"),
    "try_hint": Text("请点地图任一处", "Tap the map anywhere"),
    "asking": Text("测算中…", "Measuring…"),
    "walk_minutes": Text("步行 {n} 分钟", "{n} min on foot"),
    "failed": Text("测算失败，请重试", "It failed; try again"),
    "within": Text("服务圈内职工", "Workers within reach"),
    "beside_plan": Text("推荐站点之外再新增", "New beside the recommended sites"),
    "would_rank": Text(
        "单独比较，相当于推荐清单第 {n} 位", "Alone it would stand {n}. in the list"
    ),
    "km": Text("公里", "km"),
    "m": Text("米", "m"),
}


def planner_page(
    layers: Mapping[str, gpd.GeoDataFrame],
    summary: RunSummary,
    *,
    language: Language | str = Language.ZH,
    sample: bool = False,
    tiles: TileSource | None = None,
    notices: Sequence[str] = (),
    credit: Text | None = None,
    files: Sequence[Linked] = (),
    pages: PageLinks | None = None,
) -> str:
    """Return the planner's map as one HTML page that needs no network.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        Any of ``stations, yizhan, workers, districts, gaps, sites, actions`` (columns of
        :mod:`geo.layers.columns`), layers that are ``MARKED``, ``streets`` (lines with ``class`` and ``name``) and
        ``street_pieces`` (lines of what is not connected or left out); EPSG:4326.
    summary : RunSummary
        The figures; those of a step that was not done are shown as a dash.
    language : Language
        Of every label; names stay as they are in the layers.
    sample : bool
        Whether to say 示例数据 on the page.
    tiles : TileSource | None
        The operator's background; without one nothing is asked from any host.
    notices : Sequence[str]
        What to know before trusting the figures: data left out, results that are of older data.
    credit : Text | None
        Whom the map names for the streets; None where they are invented.
    files : Sequence[Linked]
        Files and pages to link to.
    pages : PageLinks | None
        Where stations' pages and signs are; None for a page that is not served.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    """
    from maps.ground.offline_map import map_parts  # noqa: PLC0415 - folium, for who draws a map

    check_layers(layers)
    shown = _Shown.of(layers, language)
    return render(
        "planner/planner.html.jinja",
        language=language,
        sample=sample,
        notices=[*notices, *_rests(summary, layers, language)],
        map=map_parts("planner", bounds_of(layers), tiles),
        files=files,
        stations=station_count(layers),
        **_figures(layers, summary, language),
        **shown.lists(layers),
        payload=shown.drawn(layers, pages, credit),
    )


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """The rows that stand in lists and on the map."""

    language: Language | str
    sites: list[Record]
    gaps: list[Record]
    stations: list[list[object]]
    actions: list[Record]
    pieces: list[Record]
    marked: list[Record]

    @classmethod
    def of(cls, layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> _Shown:
        return cls(
            language=language,
            sites=_sites(layers, language),
            gaps=gap_records(layers, language),
            stations=_stations(layers, language),
            actions=action_rows(layers, language),
            pieces=piece_records(layers, language),
            marked=marked_layers(layers, language),
        )

    def lists(self, layers: Mapping[str, gpd.GeoDataFrame]) -> JsonPage:
        """Return what the template lists."""
        return {
            "sites": self.sites,
            "gaps": self.gaps,
            "actions": self.actions,
            "pieces": self.pieces,
            "marked": self.marked,
            "phases": sorted({(site["phase"], site["colour"]) for site in self.sites}, key=str),
            "kinds": _kinds(self.stations, self.language),
            "groups": _groups(layers, self.language),
            "causes": _causes(self.gaps, self.language),
        }

    def drawn(
        self,
        layers: Mapping[str, gpd.GeoDataFrame],
        pages: PageLinks | None,
        credit: Text | None,
    ) -> JsonPage:
        """Return what the script draws and says."""
        return {
            "words": {key: text.into(self.language) for key, text in WORDS.items()},
            "base": base_map(layers, credit=credit),
            "station_links": _station_links(pages),
            "kinds": _kinds(self.stations, self.language),
            "stations": self.stations,
            "workers": _workers(layers),
            "gaps": self.gaps,
            "causes": {cause.value: colour for cause, colour in CAUSE_COLOURS.items()},
            "sites": self.sites,
            "actions": self.actions,
            "pieces": self.pieces,
            "marked": self.marked,
            "words_of_groups": {group.value: group.text.into(self.language) for group in Group},
        }


def _figures(
    layers: Mapping[str, gpd.GeoDataFrame], summary: RunSummary, language: Language | str
) -> JsonPage:
    """Return what the template tells of the run's figures."""
    curve = coverage_curve(summary.siting)
    block = coverage_block(summary.coverage, district_names(layers), language)
    return {
        "estimate": estimate_mark(summary),
        "summary": summary,
        "curve": curve_svg(curve, summary.workers_total or 0, language=language),
        "curve_bound": bool(curve.bound),
        "districts": district_table(layers, summary),
        "district_columns": columns_on_page(covered=summary.coverage is not None),
        "action_kinds": action_kinds(summary.improve, language),
        "block": block,
        "heat": heat_strip(block.cells, language=language) if block else "",
        "lorenz": lorenz_svg(block.coverage.equity, language=language) if block else "",
        "hour_text": lambda cell: hour_text(cell, language),
    }


def _rests(
    summary: RunSummary, layers: Mapping[str, gpd.GeoDataFrame], language: Language | str
) -> list[str]:
    """Return how much of the answer rests on estimates."""
    told = estimate_text(summary, district_names(layers))
    return [told.into(language)] if told else []


def _station_links(pages: PageLinks | None) -> list[Record]:
    """Return where a station's popup leads, with ``{id}`` in the place of the station's id."""
    if pages is None:
        return []
    return [
        {"text": Text("站点页面", "Station page"), "href": pages.station},
        {"text": Text("二维码海报（打印）", "QR sign (print)"), "href": pages.poster},
    ]


def _kinds(stations: list[list[object]], language: Language | str) -> list[Record]:
    counts = [0] * len(Kind)
    for station in stations:
        counts[int(str(station[2]))] += 1
    return [
        {
            "text": kind.text.into(language),
            "colour": KIND_SYMBOLS[kind].colour,
            "shape": KIND_SYMBOLS[kind].shape,
            "count": counts[number],
        }
        for number, kind in enumerate(Kind)
    ]


def _groups(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    if not has_rows(layers, "workers"):
        return []
    totals = layers["workers"].groupby("group")["workers"].sum()
    return [
        {"number": number, "text": group.text.into(language), "workers": int(totals[group.value])}
        for number, group in enumerate(Group)
        if group.value in totals.index
    ]


def _causes(gaps: list[Record], language: Language | str) -> list[Record]:
    """Return the causes there are gaps of."""
    counts = Counter(str(gap["key"]) for gap in gaps)
    return [
        {
            "key": cause.value,
            "text": cause.text.into(language),
            "colour": colour,
            "count": counts[cause.value],
        }
        for cause, colour in CAUSE_COLOURS.items()
        if counts[cause.value]
    ]


def _stations(
    layers: Mapping[str, gpd.GeoDataFrame], language: Language | str
) -> list[list[object]]:
    keys = [kind.value for kind in Kind]
    rows: list[list[object]] = []
    for layer in layers_with(Role.STATIONS):
        if not has_rows(layers, layer):
            continue
        frame = layers[layer]
        columns = ["name", "kind", "address", "opening_hours", "amenities", "phone", "status", "id"]
        for record, (lon, lat) in zip(records(frame, columns), lonlat(frame), strict=True):
            if record["kind"] not in keys:
                continue
            rows.append(
                [
                    lon,
                    lat,
                    keys.index(str(record["kind"])),
                    record["name"],
                    record["address"],
                    cell_text(layer, "opening_hours", record["opening_hours"], language),
                    cell_text(layer, "amenities", record["amenities"], language),
                    record["phone"],
                    read_word(Status, record["status"], language),
                    record["id"],
                ]
            )
    return rows


def _workers(layers: Mapping[str, gpd.GeoDataFrame]) -> list[list[object]]:
    if not has_rows(layers, "workers"):
        return []
    frame = layers["workers"]
    groups = {group.value: number for number, group in enumerate(Group)}
    return [
        [
            lon,
            lat,
            record["workers"] or 0,
            groups.get(str(record["group"]), len(groups) - 1),
            int(record["setting"] == Setting.RESIDENCE),
        ]
        for record, (lon, lat) in zip(
            records(frame, ["workers", "group", "setting"]), lonlat(frame), strict=True
        )
    ]


def _sites(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    if not has_rows(layers, "sites"):
        return []
    frame = layers["sites"].sort_values("rank")
    columns = [
        *SITE_COLUMNS,
        "action",
        "workers_by_group",
        "workers_by_setting",
        "nearest_station_name",
        "nearest_m",
        "reason_zh",
        "reason_en",
    ]
    names = district_names(layers)
    rows = records(frame, columns)
    for record, at in zip(rows, lonlat(frame), strict=True):
        del record["target_id"]
        reasons = record.pop("reason_zh"), record.pop("reason_en")
        record["reason"] = reasons[1] if language == Language.EN else reasons[0]
        record["district"] = names.get(str(record["district"]), record["district"])
        record["action"] = read_word(Action, record["action"], language)
        looked = read_word(Verification, record.pop("verification"), language)
        record["host"] = " · ".join(
            filter(None, (read_word(Host, record["host"], language), looked))
        )
        record["groups"] = people_by_group(record.pop("workers_by_group"), language)
        settings = mapping_of(record.pop("workers_by_setting"))
        record["settings"] = [
            (read_word(Setting, key, language), value) for key, value in settings.items()
        ]
        record["colour"] = phase_colour(record["phase"])
        record["at"] = at.tolist()
    return rows
