"""One page a site: where, whom it serves and when, why here, what speaks against it, what to check."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.hours import ALWAYS
from geo.json_shapes import JsonPage
from geo.layers.vocabulary import Group, Host, Setting, Verification
from geo.text import Text
from maps.hour_profile import Profile, profile_of, profile_words
from maps.numbers import MISSING, count, distance, percent
from maps.records import SITE_COLUMNS, Record, has_rows, hours_words, mapping_of, read_word, records
from maps.report.content import yuan
from maps.report.drawing.hour_strip import strip_svg
from maps.report.drawing.map_drawing import Frame, Mapped, furniture, marker, said
from maps.report.drawing.print_map import chinese
from maps.report.plain import printable, short
from maps.report.subject import Subject, cost_shares
from maps.report.typesetting import pdf_of

_MAP_MM = (104.0, 92.0)
"""The map of a sheet: beside it the figures have room."""
_FINEST = 6
"""Up to this rank of street: residential ones too, at the scale of a site's surroundings."""
_LEAST_DEGREES = 0.006
"""About 600 m: what is drawn around a site at least."""
_STREETS = 14
"""Streets named at most: more would hide the map."""
_NAMED, _NAME_EM, _NAME_MM = 7, 13.0, 2.3
"""Stations named, those nearest; how wide and how high their names are."""
_REASON_EM, _LINE_EM, _GROUPS = 330.0, 110.0, 6
"""Room on the one page for the reason, for a line, and for groups."""
_COLUMNS = (
    *SITE_COLUMNS,
    "workers_by_group",
    "workers_by_setting",
    "workers_by_hour",
    "overlap_workers",
    "robustness",
    "nearest_station_name",
    "nearest_m",
    "runner_up_id",
    "only_rule_zh",
    "only_rule_en",
    "reason_zh",
    "reason_en",
)


def site_sheets_pdf(subject: Subject) -> bytes:
    """Return the sheets of all sites, one page each, the first to build first."""
    sites = subject.sites
    areas = subject.draw_catchments(sites)
    files: dict[str, bytes] = {}
    pages = []
    for number, row in enumerate(records(sites, _COLUMNS)):
        name = f"{number}.svg"
        area = areas.get(str(row["target_id"]))
        files[name] = _map(subject, sites.iloc[[number]], row, area).encode()
        pages.append({"map": name, "strip": "", **_page(subject, row)})
        profile = _profile(subject, row)
        if profile is not None:
            pages[-1]["strip"] = strip = f"{number}-hours.svg"
            files[strip] = strip_svg(profile, subject.language).encode()
    data = {
        "lang": subject.language.value,
        "mark": printable(subject.say(subject.mark)) if subject.mark else "",
        "words": {key: subject.say(text) for key, text in _WORDS.items()},
        "made": subject.say(Text(f"数据 {subject.made}", f"Data of {subject.made}")),
        "pages": pages,
    }
    return pdf_of("sheets.typ", data, files)


_WORDS = {
    "title": Text("站点踏勘表", "Site sheet"),
    "whom": Text("服务谁、什么时候", "Whom it serves, and when"),
    "why": Text("为什么在这里", "Why here"),
    "against": Text("最有力的反对意见", "What speaks against it"),
    "todo": Text("现场要办的事", "To do on the spot"),
    "photo": Text("照片", "Photograph"),
    "outside": Text("门头与周边", "front and surroundings"),
    "inside": Text("室内", "inside"),
    "legend": Text(
        "图：阴影为限定时间内能走到的范围；● 新建站点；○ 现有站点；“备”为备选点。",
        "Map: shaded, from where it is reached in time; ● new sites; ○ stations; R the runner-up.",
    ),
    "sign": Text(
        "踏勘人：______________　依托单位：______________　结论：□ 同意　□ 换备选　□ 不建　日期：__________",
        "Visited by: ____________   Host: ____________   □ agree  □ runner-up  □ no   Date: ________",
    ),
}


def _page(subject: Subject, row: Record) -> JsonPage:
    """Return the words of one page."""
    candidate = _candidate(subject, row["target_id"])
    return {
        "rank": f"{row['rank']:g}",
        "name": short(_text(row["name"]), 40),
        "under": subject.say(_under(subject, row)),
        "facts": [
            [subject.say(label), short(printable(value), 44)]
            for label, value in _facts(subject, row, candidate)
        ],
        "groups": _groups(subject, row),
        "when": subject.say(_when(subject, row, candidate)),
        "why": short(_text(row["reason_zh" if chinese(subject) else "reason_en"]), _REASON_EM),
        "against": [short(printable(subject.say(one)), _LINE_EM) for one in _against(row)],
        "todo": [short(printable(subject.say(one)), 64) for one in _todo(subject, row, candidate)],
    }


def _text(value: object) -> str:
    return printable(value) if isinstance(value, str) and value else MISSING


def _candidate(subject: Subject, identifier: object) -> Record:
    """Return the candidate's own row; empty where it is not known."""
    columns = ("opening_hours", "capacity", "source")
    if not has_rows(subject.layers, "candidates"):
        return dict.fromkeys(columns)
    frame = subject.layers["candidates"]
    found = records(frame[frame["id"].astype(str) == str(identifier)], columns)
    return found[0] if found else dict.fromkeys(columns)


def _under(subject: Subject, row: Record) -> Text:
    district = subject.district(row["district"])
    zh, en = (district, district) if isinstance(district, str) else (district.zh, district.en)
    phase = row["phase"] or 1
    return Text(f"{printable(zh)}　第 {phase} 批", f"{printable(en)}, phase {phase}")


def _hours(candidate: Record) -> Text:
    hours = candidate["opening_hours"]
    return hours_words(hours) if isinstance(hours, str) and hours else Text("未填", "not stated")


def _facts(subject: Subject, row: Record, candidate: Record) -> Iterator[tuple[Text, str]]:
    cost = row["cost_cny"]
    known = float(cost) if isinstance(cost, int | float) else None
    city, district = cost_shares(known, subject.city_share)
    host = read_word(Host, row["host"], subject.language) or MISSING
    yield Text("编号", "ID"), _text(row["target_id"])
    yield Text("地址", "Address"), _text(row["address"])
    yield Text("街道", "Subdistrict"), subject.place(_text(row["subdistrict"]))
    yield Text("依托单位", "Host"), host
    yield Text("开放时间", "Opening hours"), subject.say(_hours(candidate))
    yield Text("日接待能力", "Room a day"), count(candidate["capacity"])
    yield Text("费用", "Cost"), subject.say(yuan(known))
    yield Text("其中市级", "City pays"), subject.say(yuan(city))
    yield Text("其中区市", "District pays"), subject.say(yuan(district))
    checked = read_word(Verification, row["verification"], subject.language)
    yield Text("核实情况", "Confirmed"), checked or subject.say(Verification.UNVERIFIED.text)
    yield (
        Text("新增覆盖", "Newly covered"),
        f"{count(row['workers_new'])} {subject.say(subject.unit)}",
    )


def _groups(subject: Subject, row: Record) -> list[JsonPage]:
    """Return the largest groups it newly covers, and the share of each."""
    held = sorted(mapping_of(row["workers_by_group"]).items(), key=lambda one: -one[1])
    whole = sum(number for _, number in held) or 1.0
    return [
        {
            "name": read_word(Group, group, subject.language),
            "count": count(number),
            "part": round(number / whole, 4),
        }
        for group, number in held[:_GROUPS]
    ]


def _profile(subject: Subject, row: Record) -> Profile | None:
    hours = _candidate(subject, row["target_id"])["opening_hours"]
    return profile_of(row["workers_by_hour"], hours)


def _when(subject: Subject, row: Record, candidate: Record) -> Text:
    places = mapping_of(row["workers_by_setting"])
    words = {one.value: one.text for one in Setting}
    zh = "、".join(f"{words[key].zh} {count(n)} 名" for key, n in places.items() if key in words)
    en = ", ".join(f"{words[key].en} {count(n)}" for key, n in places.items() if key in words)
    hours = _hours(candidate)
    gained = count(row["worker_hours_new"])
    profile = _profile(subject, row)
    there = Text("", "") if profile is None else profile_words(profile)
    return Text(
        f"{zh or '场所未填'}。{there.zh}按开放时间（{hours.zh}）每周新增 {gained} 工时有站开门。",
        f"{en or 'place not stated'}. {there.en} With its hours ({hours.en}) an open station for "
        f"{gained} more worker-hours a week.",
    )


def _against(row: Record) -> Iterator[Text]:
    """Yield what a sceptic would say, the strongest first."""
    name, loss = _text(row["runner_up_name"]), row["runner_up_loss"]
    if isinstance(row["runner_up_name"], str):
        none = count(loss) == "0"
        fewer = "一名也不少覆盖" if none else f"只少覆盖 {count(loss)} 名"
        fewer_en = "as many" if none else f"{count(loss)} fewer"
        yield Text(
            f"旁边也行：改选“{name}”{fewer}。", f"Next door would do: {name} covers {fewer_en}."
        )
    else:
        yield Text("附近没有可替代的候选点。", "No candidate near could take its place.")
    others = count(row["overlap_workers"])
    elsewhere = "没有人" if others == "0" else f"{others} 名"
    yield Text(
        f"不建也行：去掉它，{count(row['workers_lost'])} 名失去覆盖；{elsewhere}另有推荐站点可去。",
        f"Not needed: without it {count(row['workers_lost'])} lose cover; "
        f"{'nobody has' if others == '0' else f'{others} have'} another recommended site.",
    )
    near = _text(row["nearest_station_name"])
    metres, metres_en = distance(row["nearest_m"]), distance(row["nearest_m"], "en")
    yield Text(
        f"已有站点：最近的“{near}”沿路 {metres}。",
        f"There is one already: {near}, {metres_en} by street.",
    )
    yield Text(
        f"人数不准：各处人数 ±20% 的试算中，{percent(row['robustness'], 0)} 仍选它。",
        f"Counts are off: with demand ±20 % it is chosen in {percent(row['robustness'], 0)} of runs.",
    )
    if isinstance(row["only_rule_zh"], str):
        zh, en = printable(row["only_rule_zh"]), _text(row["only_rule_en"])
        yield Text(f"它只因“{zh}”这项要求才入选。", f"It is there only because of: {en}.")


def _todo(subject: Subject, row: Record, candidate: Record) -> Iterator[Text]:
    hours, host = _hours(candidate), read_word(Host, row["host"], "zh") or "依托单位"
    host_en = read_word(Host, row["host"], "en") or "the host"
    metres, metres_en = distance(row["nearest_m"]), distance(row["nearest_m"], "en")
    yield Text(
        "位置与图上一致，门头从路边看得见", "It stands where the map says, seen from the street"
    )
    yield Text(
        f"{host}同意挂牌；联系人 ______ 电话 _________",
        f"{host_en} agrees; contact ________ phone ____________",
    )
    later = candidate["opening_hours"] != ALWAYS
    yield Text(
        f"开放时间（{hours.zh}）属实" + ("；能否延到夜里 ____ 点" if later else "，夜里也能进"),
        f"Hours ({hours.en}) are true; "
        + ("could it stay open until ____" if later else "one can come in at night"),
    )
    yield Text(
        f"面积 ____ ㎡，座位 ____ 个，每天能接待 {count(candidate['capacity'])} 人",
        f"____ m², ____ seats, room for {count(candidate['capacity'])} a day",
    )
    yield Text("饮水、用电、卫生间、无障碍入口、停车", "Water, power, toilet, step-free, parking")
    yield Text(
        f"费用够不够；由谁出：市级 {subject.city_share:.0%}、区市 {1 - subject.city_share:.0%}",
        f"Is the cost enough; who pays: city {subject.city_share:.0%}, district "
        f"{1 - subject.city_share:.0%}",
    )
    yield Text(
        f"实走到最近站点 ____ 分钟（图上 {metres}）",
        f"Walk to the nearest station: ____ minutes ({metres_en} on the map)",
    )
    yield Text(
        "六有：标识□ 场所□ 设施□ 制度□ 人员□ 地图可查□",
        "Sign□ place□ equipment□ rules□ staff□ on the map□",
    )
    yield Text(
        "问三名附近职工：愿意来____人，想要 __________", "Three workers asked: ____ would come"
    )
    if isinstance(row["runner_up_name"], str):
        name = short(_text(row["runner_up_name"]), 17)
        yield Text(f"备选点“{name}”：□更好 □更差", f"Runner-up {name} seen: □better □worse")


def _map(subject: Subject, site: gpd.GeoDataFrame, row: Record, area: BaseGeometry | None) -> str:
    """Draw the site with its catchment, the stations and sites near it, and the runner-up."""
    spot = site.geometry.iloc[0]
    shown = [shapely.buffer(spot, _LEAST_DEGREES)]
    if area is not None and not area.is_empty:
        shown.append(area)
    frame = Frame.around(shapely.union_all(shown).bounds, _MAP_MM, 0.06)
    mapped = Mapped(subject, frame, _FINEST)
    mapped.ground()
    if area is not None and not area.is_empty:
        mapped.catchment(area)
    here = frame.place(np.array([[spot.x, spot.y]]))[0]
    mapped.room.take((_MAP_MM[0] - 75, _MAP_MM[1] - 13, *_MAP_MM))
    mapped.room.take((here[0] - 3.4, here[1] - 3.4, here[0] + 3.4, here[1] + 3.4))
    others = subject.sites[subject.sites["rank"] != row["rank"]]
    spots = np.column_stack([others.geometry.x, others.geometry.y])
    mapped.sites(others[frame.holds(spots)], size=2.0)
    stations = mapped.stations(0.9)
    _runner_up(mapped, row)
    mapped.parts.append(marker(here[0], here[1], 1, f"{row['rank']:g}", 3.2))
    _names(mapped, stations, here)
    mapped.street_names(_STREETS, 2.1)
    mapped.parts += furniture(frame, _MAP_MM[0] - 2, _MAP_MM[1] - 3, chinese=chinese(subject))
    return mapped.svg()


def _runner_up(mapped: Mapped, row: Record) -> None:
    candidates = mapped.subject.layers.get("candidates")
    if candidates is None or not isinstance(row["runner_up_id"], str):
        return
    found = candidates[candidates["id"].astype(str) == row["runner_up_id"]]
    spots = np.column_stack([found.geometry.x, found.geometry.y])
    word = mapped.subject.say(Text("备", "R"))
    for there_x, there_y in mapped.frame.place(spots[mapped.frame.holds(spots)]).tolist():
        x, y = mapped.room.beside(there_x, there_y, (4.4, 4.4), 0, far=3) or (there_x, there_y)
        mapped.parts.append(
            f'<path d="M{there_x:.2f} {there_y:.2f}L{x:.2f} {y:.2f}" stroke="#0f2f4f" '
            f'stroke-width="0.3"/>'
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.1" fill="#ffffff" stroke="#0f2f4f" '
            f'stroke-width="0.4" stroke-dasharray="0.9 0.6"/>'
        )
        mapped.parts.append(said(x, y + 0.9, word, 2.5, halo=False))


def _names(mapped: Mapped, stations: list[tuple[float, float, str]], here: np.ndarray) -> None:
    """Name the stations nearest to the site where there is room."""
    for x, y, _ in stations:
        mapped.room.take((x - 1, y - 1, x + 1, y + 1))
    near = sorted(stations, key=lambda one: (one[0] - here[0]) ** 2 + (one[1] - here[1]) ** 2)
    for x, y, name in near[:_NAMED]:
        mapped.label(x, y, short(printable(name), _NAME_EM), _NAME_MM, away=1.4)
