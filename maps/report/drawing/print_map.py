"""Maps to print: the city and each district, with title, legend, scale, north, date and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Box
from geo.layers.districts import districts_only
from geo.text import Language, Text
from maps.ground.packed_base_map import bounds_of
from maps.numbers import count, percent
from maps.records import has_rows, lonlat
from maps.report.content import Picture
from maps.report.drawing.map_drawing import Frame, Mapped, furniture, marker, said
from maps.report.plain import printable, width_em
from maps.report.subject import Subject
from maps.report.typesetting import SANS

A4, A3 = (210.0, 297.0), (297.0, 420.0)
"""Paper (ISO 216), upright and across, in millimetres."""
_EDGE, _HEAD, _FOOT = 10.0, 20.0, 12.0
"""Margins of the page, in millimetres: printers leave 5, the title needs the head."""
_TITLE_MM = 7.5
"""Read from two metres away."""
_LIST_MM, _LIST_COLUMN_MM = 3.7, 63.0
"""A line of the list of sites, and how wide a column of it is."""
_LEGEND_MM = 44.0
"""Width of the legend."""
_CITY_STREETS, _DISTRICT_STREETS = 2, 4
"""Up to these ranks of street: a city's main ones, a district's down to tertiary ones."""


@dataclass(frozen=True)
class PrintMap:
    """A sheet of paper with a map.

    Attributes
    ----------
    name : str
        Of its file.
    svg : str
        The whole sheet.
    size_mm : tuple[float, float]
        Of the paper.
    """

    name: str
    svg: str
    size_mm: tuple[float, float]


def print_maps(subject: Subject) -> Iterator[PrintMap]:
    """Yield the map of the city (A3), then one of each district (A4)."""
    yield _city(subject)
    if not has_rows(subject.layers, "districts"):
        return
    frame = districts_only(subject.layers["districts"])
    for code, name, shape in zip(frame["adcode"], frame["name"], frame.geometry, strict=True):
        yield _district(subject, str(code), subject.place(str(name)), shape)


def city_picture(subject: Subject) -> Picture:
    """Return the map of the city for the report."""
    size = (155.0, 178.0)
    mapped = _drawn(subject, Frame.around(_city_box(subject), size, 0.02), _CITY_STREETS)
    mapped.stations(0.45)
    _finished(mapped, subject.sites, 1.75, 3.4)
    caption = Text("推荐站点分布", "Recommended sites")
    return Picture("city_map", caption, mapped.svg(), size)


def chinese(subject: Subject) -> bool:
    """Tell whether the papers are in Chinese."""
    return subject.language == Language.ZH


def _city_box(subject: Subject) -> Box:
    names = [name for name in ("districts", "sites") if has_rows(subject.layers, name)]
    return bounds_of({name: subject.layers[name] for name in names})


def _drawn(subject: Subject, frame: Frame, finest: int) -> Mapped:
    """Return a map with its ground, to which stations and sites are added."""
    mapped = Mapped(subject, frame, finest)
    mapped.ground()
    return mapped


def _finished(mapped: Mapped, sites: gpd.GeoDataFrame, marker_mm: float, name_mm: float) -> None:
    """Add legend, scale, sites and names, each where there is room."""
    width, height = mapped.frame.size
    box = (_LEGEND_MM, 5.0 * (len(_phases(mapped.subject)) + 1) + 2)
    x, y = _emptiest(mapped, box)
    mapped.room.take((x, y, x + box[0], y + box[1]))
    mapped.room.take((width - 75, height - 14, width, height))
    mapped.sites(sites, size=marker_mm)
    mapped.district_names(name_mm)
    mapped.parts += _legend(mapped.subject, x, y)
    mapped.parts += furniture(mapped.frame, width - 2, height - 3, chinese=chinese(mapped.subject))


def _emptiest(mapped: Mapped, box: tuple[float, float]) -> tuple[float, float]:
    """Return where the legend hides least: in a corner, but not the scale's."""
    width, height = mapped.frame.size
    right, bottom = width - box[0] - 3, height - box[1] - 3
    corners = ((3.0, 3.0), (right, 3.0), (3.0, bottom))
    spots = mapped.frame.place(lonlat(mapped.subject.sites))

    def hidden(corner: tuple[float, float]) -> int:
        inside = (spots >= np.array(corner) - 4) & (spots <= np.array(corner) + np.array(box) + 4)
        return int(inside.all(axis=1).sum())

    return min(corners, key=hidden)


def _phases(subject: Subject) -> list[int]:
    found: list[int] = np.unique(subject.sites["phase"].fillna(1).astype(int)).tolist()
    return found


def _city(subject: Subject) -> PrintMap:
    title = Text("推荐新建站点：全市", "Recommended sites: the whole city")
    box = shapely.box(*_city_box(subject))
    return _sheet(subject, title, "city", box, A3, subject.sites, _CITY_STREETS)


def _district(subject: Subject, code: str, name: str, shape: BaseGeometry) -> PrintMap:
    sites = subject.sites[subject.sites["district"].astype(str) == code]
    title = Text(f"推荐新建站点：{name}", f"Recommended sites: {name}")
    return _sheet(subject, title, code, shape, A4, sites, _DISTRICT_STREETS)


def _sheet(
    subject: Subject,
    title: Text,
    name: str,
    shown: BaseGeometry,
    paper: tuple[float, float],
    sites: gpd.GeoDataFrame,
    finest: int,
) -> PrintMap:
    width, height = paper
    listed = list(_site_list(sites, width)) if name != "city" else []
    lines = max((line for _, line, _ in listed), default=-1) + 1
    map_height = height - 2 * _EDGE - _HEAD - _FOOT - lines * _LIST_MM - (4 if lines else 0)
    frame = Frame.around(shown.bounds, (width - 2 * _EDGE, map_height))
    mapped = _drawn(subject, frame, finest)
    if name != "city":
        mapped.all_but(shown)
    mapped.stations(0.5 if name == "city" else 0.7)
    _finished(mapped, sites, 2.3, 4.2 if name == "city" else 3.6)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}mm" height="{height:g}mm" font-family="{SANS}">'
            f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
        ),
        *_heading(subject, title, name, width),
        mapped.svg((_EDGE, _EDGE + _HEAD)),
        *(
            said(
                x,
                _EDGE + _HEAD + map_height + 5.5 + line * _LIST_MM,
                text,
                2.6,
                anchor="start",
                halo=False,
            )
            for x, line, text in listed
        ),
        *_foot(subject, width, height),
        "</svg>",
    ]
    return PrintMap(name, "".join(parts), paper)


def _heading(subject: Subject, title: Text, name: str, width: float) -> Iterator[str]:
    yield said(
        _EDGE,
        _EDGE + 8,
        subject.say(title),
        _TITLE_MM,
        anchor="start",
        halo=False,
        colour="#0f2f4f",
    )
    yield said(
        _EDGE, _EDGE + 15, subject.say(_under(subject, name)), 3.4, anchor="start", halo=False
    )
    if subject.mark:
        text = printable(subject.say(subject.mark))
        room = width - 2 * _EDGE - width_em(subject.say(title)) * _TITLE_MM - 4
        size = min(3.2, (room - 4) / width_em(text))
        wide = width_em(text) * size + 4
        yield (
            f'<rect x="{width - _EDGE - wide:.1f}" y="{_EDGE + 1}" width="{wide:.1f}" height="6" '
            f'fill="#f5b82e" stroke="#6b4a00" stroke-width="0.3"/>'
        )
        at = (width - _EDGE - wide / 2, _EDGE + 4 + size * 0.37)
        yield said(*at, text, size, halo=False, colour="#2b1d00")


def _under(subject: Subject, name: str) -> Text:
    """Return what the map says in figures below its title."""
    if name == "city":
        plan, total = subject.plan, subject.workers
        part = percent(plan.covered_after / total if total else None)
        return Text(
            f"新建 {count(plan.sites)} 处，建成后覆盖 {part} 的职工",
            f"{count(plan.sites)} new sites; {part} of the workers covered with them",
        )
    row = next((one for one in subject.plan.by_district if one.district == name), None)
    if row is None:
        return Text("", "")
    before, after = percent(row.share_before), percent(row.share_after)
    return Text(
        f"新建 {count(row.sites)} 处，职工覆盖率由 {before} 到 {after}",
        f"{count(row.sites)} new sites; share of workers covered from {before} to {after}",
    )


def _foot(subject: Subject, width: float, height: float) -> Iterator[str]:
    made = Text(f"制图日期：{subject.made}", f"Made: {subject.made}")
    yield said(width - _EDGE, height - _EDGE, subject.say(made), 2.8, anchor="end", halo=False)
    credit = subject.credit
    source = Text(
        "数据来源：" + (credit.zh if credit else "本项目图层") + "；坐标 WGS-84",
        "Source: " + (credit.en if credit else "layers of this project") + "; WGS-84",
    )
    yield said(_EDGE, height - _EDGE, subject.say(source), 2.8, anchor="start", halo=False)


def _legend(subject: Subject, x: float, y: float) -> Iterator[str]:
    rows = [
        (phase, Text(f"第 {phase} 批新建站点", f"New sites, phase {phase}"))
        for phase in _phases(subject)
    ]
    yield (
        f'<rect x="{x}" y="{y}" width="{_LEGEND_MM}" height="{(len(rows) + 1) * 5 + 2:.1f}" '
        f'fill="#ffffff" fill-opacity="0.9" stroke="#888" stroke-width="0.2"/>'
    )
    for place, (phase, text) in enumerate(rows):
        middle = y + 3.5 + place * 5
        yield marker(x + 4, middle, phase, "", 1.8)
        yield said(x + 8, middle + 1, subject.say(text), 2.8, anchor="start", halo=False)
    middle = y + 3.5 + len(rows) * 5
    yield (
        f'<circle cx="{x + 4}" cy="{middle}" r="0.8" fill="#ffffff" stroke="#55606b" '
        f'stroke-width="0.3"/>'
    )
    existing = Text("现有站点（营业中）", "Stations open today")
    yield said(x + 8, middle + 1, subject.say(existing), 2.8, anchor="start", halo=False)


def _site_list(sites: gpd.GeoDataFrame, width: float) -> Iterator[tuple[float, int, str]]:
    """Yield x (mm), line and text of every site of the sheet."""
    columns = int((width - 2 * _EDGE) // _LIST_COLUMN_MM)
    lines = -(-len(sites) // columns)
    names = sites["name"].astype("string").fillna("").tolist()
    for place, (rank, name) in enumerate(zip(sites["rank"].tolist(), names, strict=True)):
        text = f"{rank:g}  {printable(name)}"
        while width_em(text) * 2.6 > _LIST_COLUMN_MM - 2:
            text = text[:-2] + "…"
        yield _EDGE + (place // lines) * _LIST_COLUMN_MM, place % lines, text
