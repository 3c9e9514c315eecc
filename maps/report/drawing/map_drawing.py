"""Maps for paper, as SVG in millimetres: ground, streets, stations and numbered sites."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import METRES_PER_DEGREE, Box
from geo.layers.columns import layers_with
from geo.layers.districts import districts_only
from geo.layers.roles import Role
from geo.layers.vocabulary import Status
from maps.ground.drawn_streets import STREET_RANKS
from maps.records import has_rows, lonlat
from maps.report.drawing.label_room import Room
from maps.report.plain import printable, svg_text, width_em
from maps.report.subject import Subject
from maps.report.typesetting import SANS

_KILOMETRE_M = 1000
"""Metres of a kilometre; from there on the scale is told in them."""
_SEA, _LAND = "#e3ebf1", "#fdfcf9"
_GROUND = {"built": "#f0ede6", "green": "#e4eddc", "water": "#cfdfea"}
_STREET_MM = ((0, 0.75, "#b9a37c"), (1, 0.6, "#bfae8e"), (2, 0.45, "#c4bba8"), (3, 0.32, "#cfc9bb"))
_MINOR = (0.18, "#d9d5cb")
INK, PHASE_FILLS = "#0f2f4f", ("#0f4c81", "#ffffff", "#ffd27a", "#d5d9de")
_MARKER_MM = 2.1
"""Half the width of a numbered site: two digits are read at arm's length."""


@dataclass(frozen=True)
class Frame:
    """Where degrees fall on a drawing.

    Attributes
    ----------
    box : Box
        What is shown.
    size : tuple[float, float]
        Width and height (mm).
    """

    box: Box
    size: tuple[float, float]

    @classmethod
    def around(cls, bounds: Box, size: tuple[float, float], margin: float = 0.04) -> Frame:
        """Return the frame of `size` that shows `bounds` whole, with some margin."""
        west, south, east, north = bounds
        squash = math.cos(math.radians((south + north) / 2))
        height = max(north - south, (east - west) * squash * size[1] / size[0]) * (1 + 2 * margin)
        width = height * size[0] / size[1] / squash
        x, y = (west + east) / 2, (south + north) / 2
        return cls((x - width / 2, y - height / 2, x + width / 2, y + height / 2), size)

    @cached_property
    def per_degree(self) -> float:
        """Millimetres a degree of latitude takes."""
        return self.size[1] / (self.box[3] - self.box[1])

    @cached_property
    def _squash(self) -> float:
        return math.cos(math.radians((self.box[1] + self.box[3]) / 2))

    @property
    def metres_per_mm(self) -> float:
        """How much ground a millimetre shows."""
        return METRES_PER_DEGREE / self.per_degree

    def place(self, lonlat_degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 2) millimetres from the upper left for (n, 2) degrees."""
        x = (lonlat_degrees[:, 0] - self.box[0]) * self._squash * self.per_degree
        y = (self.box[3] - lonlat_degrees[:, 1]) * self.per_degree
        return np.column_stack([x, y])

    def holds(self, lonlat_degrees: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which of (n, 2) degrees are shown."""
        west, south, east, north = self.box
        x, y = lonlat_degrees[:, 0], lonlat_degrees[:, 1]
        inside: NDArray[np.bool_] = (x > west) & (x < east) & (y > south) & (y < north)
        return inside

    def path(
        self, shapes: Sequence[BaseGeometry] | NDArray[np.object_], fine_mm: float = 0.12
    ) -> str:
        """Return an SVG path of what is shown of lines or areas, as fine as paper shows it."""
        every = np.asarray(shapes, dtype=object)
        if not len(every):
            return ""
        wide = (self.box[2] - self.box[0]) * 0.01
        box = (self.box[0] - wide, self.box[1] - wide, self.box[2] + wide, self.box[3] + wide)
        near = every[shapely.intersects(every, shapely.box(*box))]
        drawn = shapely.simplify(shapely.clip_by_rect(near, *box), fine_mm / self.per_degree)
        lines = shapely.get_parts(drawn[~shapely.is_empty(drawn)])
        rings = shapely.get_dimensions(lines) == 2  # noqa: PLR2004 - areas
        told = [
            _joined(self, lines[~rings], ""),
            _joined(self, shapely.get_rings(lines[rings]), "z"),
        ]
        return "".join(told)


def _joined(frame: Frame, lines: NDArray[np.object_], end: str) -> str:
    if not len(lines):
        return ""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    placed = [f"{x:.2f} {y:.2f}" for x, y in frame.place(points).tolist()]
    starts = np.flatnonzero(np.diff(owner, prepend=-1)).tolist()
    pieces = zip(starts, [*starts[1:], len(placed)], strict=True)
    return "".join(f"M{'L'.join(placed[a:b])}{end}" for a, b in pieces)


@dataclass
class Mapped:
    """A map being drawn.

    Attributes
    ----------
    subject : Subject
        What it shows.
    frame : Frame
        Where.
    finest : int
        The least important street drawn, by :data:`maps.ground.drawn_streets.STREET_RANKS`.
    """

    subject: Subject
    frame: Frame
    finest: int = 3
    parts: list[str] = field(default_factory=list)

    @cached_property
    def room(self) -> Room:
        """What is taken on the drawing."""
        return Room(*self.frame.size)

    def svg(self, at: tuple[float, float] | None = None) -> str:
        """Return the drawing, cut at its edge; to stand within another one where `at` says so."""
        width, height = self.frame.size
        head = f'viewBox="0 0 {width:g} {height:g}" font-family="{SANS}"'
        size = (
            f'width="{width:g}mm" height="{height:g}mm"'
            if at is None
            else f'x="{at[0]:g}" y="{at[1]:g}" width="{width:g}" height="{height:g}"'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {head} {size}>'
            f'<rect width="{width:g}" height="{height:g}" fill="{_SEA}"/>{"".join(self.parts)}'
            f'<rect x="0.15" y="0.15" width="{width - 0.3:g}" height="{height - 0.3:g}" '
            f'fill="none" stroke="#444" stroke-width="0.3"/></svg>'
        )

    def ground(self) -> None:
        """Draw land, what grows and stands on it, streets and borders."""
        layers = self.subject.layers
        land = _districts(layers)
        self._fill(land, _LAND)
        if has_rows(layers, "ground"):
            ground = layers["ground"]
            themes = ground["theme"].astype(str)
            self._fill(ground.geometry[themes == "land"].to_numpy(), _LAND)
            for theme, colour in _GROUND.items():
                self._fill(ground.geometry[themes == theme].to_numpy(), colour)
        self._streets()
        self._line(land, 0.35, "#7a7f87", "1.6 0.8")

    def _fill(self, shapes: NDArray[np.object_], colour: str) -> None:
        path = self.frame.path(shapes)
        if path:
            self.parts.append(f'<path d="{path}" fill="{colour}" fill-rule="evenodd"/>')

    def _line(
        self, shapes: NDArray[np.object_], wide: float, colour: str, dashes: str = ""
    ) -> None:
        path = self.frame.path(shapes)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        if path:
            self.parts.append(
                f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{wide}"{dashed} '
                f'stroke-linejoin="round" stroke-linecap="round"/>'
            )

    def _streets(self) -> None:
        streets = streets_near(self.subject, self.frame.box)
        if streets is None:
            return
        for rank in range(self.finest, -1, -1):
            known = {one: (wide, colour) for one, wide, colour in _STREET_MM}
            wide, colour = known.get(rank, _MINOR)
            self._line(streets.lines[streets.ranks == rank], wide, colour)

    def all_but(self, shape: BaseGeometry) -> None:
        """Dim what lies outside an area, and draw its border."""
        around = shapely.box(*self.frame.box).buffer(0.05)
        path = self.frame.path([around, shape])
        self.parts.append(
            f'<path d="{path}" fill="#ffffff" fill-opacity="0.55" fill-rule="evenodd"/>'
        )
        self._line(np.array([shape], dtype=object), 0.7, "#5b6168")

    def catchment(self, area: BaseGeometry) -> None:
        """Draw from where a place is reached in time."""
        parts = shapely.get_parts(area)
        # Only the outer edge is a line: blocks within that are too deep to reach are many.
        outer = [shapely.Polygon(one.exterior) for one in parts]
        self.parts.append(
            f'<path d="{self.frame.path(parts)}" fill="#f0a830" fill-opacity="0.3" '
            f'fill-rule="evenodd"/><path d="{self.frame.path(outer)}" fill="none" '
            f'stroke="#9c5f00" stroke-width="0.45" stroke-dasharray="1.4 0.7"/>'
        )

    def stations(self, radius: float = 0.7) -> list[tuple[float, float, str]]:
        """Draw the stations that are open; return where they stand and what they are called."""
        placed = []
        for name in layers_with(Role.STATIONS):
            if not has_rows(self.subject.layers, name):
                continue
            frame = self.subject.layers[name]
            shown = frame[frame["status"].fillna("open") == Status.OPEN.value]
            points = lonlat(shown)
            kept = self.frame.holds(points)
            names = shown["name"].astype(str).to_numpy()[kept]
            spots = self.frame.place(points[kept]).tolist()
            placed += [(x, y, str(name)) for (x, y), name in zip(spots, names, strict=True)]
        circles = "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}"/>' for x, y, _ in placed)
        self.parts.append(f'<g fill="#ffffff" stroke="#55606b" stroke-width="0.25">{circles}</g>')
        return placed

    def sites(self, rows: gpd.GeoDataFrame, *, size: float = _MARKER_MM) -> None:
        """Draw numbered sites, moved apart where they would touch, with a line to their place."""
        spots = self.frame.place(lonlat(rows))
        ranks, phases = rows["rank"].tolist(), rows["phase"].fillna(1).astype(int).tolist()
        lines, drawn = [], []
        for (x, y), rank, phase in zip(spots.tolist(), ranks, phases, strict=True):
            found = self.room.beside(x, y, (2.1 * size, 2.2 * size), 0, far=9) or (x, y)
            if found != (x, y):
                lines.append(f"M{x:.2f} {y:.2f}L{found[0]:.2f} {found[1]:.2f}")
                drawn.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.45" fill="{INK}"/>')
            drawn.append(marker(found[0], found[1], phase, f"{rank:g}", size))
        self.parts.append(f'<path d="{"".join(lines)}" stroke="{INK}" stroke-width="0.25"/>')
        self.parts += drawn

    def label(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        away: float,
        far: int = 2,
        colour: str = "#333",
    ) -> bool:
        """Write `text` beside a point where there is room; tell whether there was."""
        found = self.room.beside(x, y, (width_em(text) * size + 0.6, size * 1.25), away, far=far)
        if found is None:
            return False
        self.parts.append(said(found[0], found[1] + size * 0.36, text, size, colour=colour))
        return True

    def street_names(self, most: int, size: float) -> None:
        """Write the names of the streets that run longest over the drawing, along them."""
        near = streets_near(self.subject, self.frame.box)
        if near is None:
            return
        names, shapes = near.names, shapely.clip_by_rect(near.lines, *self.frame.box)
        known = (names != "") & ~shapely.is_empty(shapes)
        names, shapes = names[known], shapes[known]
        lengths = shapely.length(shapes)
        unique, owner = np.unique(names, return_inverse=True)
        totals = np.bincount(owner, lengths, len(unique))
        for street in np.argsort(-totals)[:most].tolist():
            mine = np.flatnonzero(owner == street)
            longest = shapes[mine[np.argmax(lengths[mine])]]
            ends = shapely.line_interpolate_point(longest, [0.4, 0.5, 0.6], normalized=True)
            (x0, y0), (x, y), (x1, y1) = self.frame.place(shapely.get_coordinates(ends)).tolist()
            angle = math.atan2(y1 - y0, x1 - x0)
            angle -= math.pi * round(angle / math.pi)  # Never upside down.
            self._along(x, y, printable(str(unique[street])), size, angle)

    def _along(self, x: float, y: float, text: str, size: float, angle: float) -> None:
        """Write `text` turned by `angle` (radians) where there is room."""
        wide, high = width_em(text) * size, size * 1.1
        half_x = (abs(math.cos(angle)) * wide + abs(math.sin(angle)) * high) / 2
        half_y = (abs(math.sin(angle)) * wide + abs(math.cos(angle)) * high) / 2
        box = (x - half_x, y - half_y, x + half_x, y + half_y)
        if not self.room.free(box):
            return
        self.room.take(box)
        turned = f"rotate({math.degrees(angle):.1f} {x:.2f} {y:.2f})"
        words = said(x, y + size * 0.36, text, size, colour="#6b6250")
        self.parts.append(f'<g transform="{turned}">{words}</g>')

    def district_names(self, size: float) -> None:
        """Write the names of districts in the middle of each, where there is room."""
        layers = self.subject.layers
        if not has_rows(layers, "districts"):
            return
        frame = districts_only(layers["districts"])
        west, south, east, north = self.frame.box
        parts = shapely.clip_by_rect(frame.geometry.to_numpy(), west, south, east, north)
        for name, shape in zip(frame["name"].astype(str), parts, strict=True):
            if shape.is_empty:
                continue
            middle = shapely.maximum_inscribed_circle(shape, tolerance=0.01)
            point = shapely.get_coordinates(middle)[:1]
            x, y = self.frame.place(point)[0].tolist()
            called = self.subject.place(name)
            self.label(x, y, called, size, away=0, far=7, colour="#5a4a2f")


def _districts(layers: object) -> NDArray[np.object_]:
    if not has_rows(layers, "districts"):  # type: ignore[arg-type]
        return np.array([], dtype=object)
    shapes: NDArray[np.object_] = districts_only(layers["districts"]).geometry.to_numpy()  # type: ignore[index]
    return shapes


@dataclass(frozen=True)
class StreetLines:
    """Streets of a drawing: importance, line and name of each ("" where it has none)."""

    ranks: NDArray[np.int64]
    lines: NDArray[np.object_]
    names: NDArray[np.object_]


def streets_near(subject: Subject, box: Box) -> StreetLines | None:
    """Return the streets that touch `box`; None where none are known."""
    if not has_rows(subject.layers, "streets"):
        return None
    frame = subject.layers["streets"]
    rows = frame.sindex.query(shapely.box(*box))
    near = frame.iloc[rows]
    ranks = near["class"].map(STREET_RANKS).fillna(9).astype(int).to_numpy()
    names = near["name"].fillna("").astype(str).to_numpy(dtype=object)
    return StreetLines(ranks, near.geometry.to_numpy(), names)


def marker(x: float, y: float, phase: int, text: str, size: float = _MARKER_MM) -> str:
    """Draw a numbered site; its shape says its phase, in grey too."""
    place = (phase - 1) % 4
    fill = PHASE_FILLS[place]
    ink = "#ffffff" if place == 0 else INK
    style = f'fill="{fill}" stroke="{INK if place else "#ffffff"}" stroke-width="0.35"'
    shapes = (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{size:.2f}" {style}/>',
        (
            f'<rect x="{x - size * 0.92:.2f}" y="{y - size * 0.92:.2f}" width="{size * 1.84:.2f}" '
            f'height="{size * 1.84:.2f}" {style}/>'
        ),
        _polygon(x, y - size * 0.1, size * 1.5, 3, style),
        _polygon(x, y, size * 1.2, 4, style),
    )
    letters = size * (0.85 if len(text) > 2 else 1.05)  # noqa: PLR2004 - three digits are wide
    lower = size * 0.08 if place == 2 else 0.0  # noqa: PLR2004 - a triangle is wide below
    number = (
        f'<text x="{x:.2f}" y="{y + letters * 0.36 + lower:.2f}" text-anchor="middle" '
        f'font-size="{letters:.2f}" fill="{ink}">{svg_text(text)}</text>'
    )
    return shapes[place] + number


def _polygon(x: float, y: float, radius: float, corners: int, style: str) -> str:
    angles = [2 * math.pi * n / corners - math.pi / 2 for n in range(corners)]
    points = " ".join(
        f"{x + radius * math.cos(a):.2f},{y + radius * math.sin(a):.2f}" for a in angles
    )
    return f'<polygon points="{points}" {style}/>'


def said(
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    anchor: str = "middle",
    colour: str = "#333",
    halo: bool = True,
) -> str:
    """Write `text` at a point, with a light edge that parts it from lines below."""
    body = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size:g}"'
    edge = (
        f'<text {body} fill="none" stroke="#ffffff" stroke-width="{size * 0.28:.2f}" '
        f'stroke-linejoin="round">{svg_text(text)}</text>'
        if halo
        else ""
    )
    return f'{edge}<text {body} fill="{colour}">{svg_text(text)}</text>'


def furniture(frame: Frame, x: float, y: float, *, chinese: bool) -> Iterator[str]:
    """Draw scale bar and north arrow with its lower right at (x, y) mm."""
    metres = frame.metres_per_mm * 40
    power = 10 ** math.floor(math.log10(metres))
    metres = max(step * power for step in (1, 2, 5) if step * power <= metres)
    wide = metres / frame.metres_per_mm
    unit, shown = ("米" if chinese else "m"), metres
    if metres >= _KILOMETRE_M:
        unit, shown = ("公里" if chinese else "km"), metres / _KILOMETRE_M
    left = x - 8 - wide
    yield (
        f'<rect x="{left - 12:.2f}" y="{y - 9.5:.2f}" width="{wide + 21:.2f}" height="10.5" '
        f'fill="#ffffff" fill-opacity="0.85" stroke="none"/>'
        f'<rect x="{left:.2f}" y="{y - 2.6:.2f}" width="{wide / 2:.2f}" height="1.1" fill="{INK}"/>'
        f'<rect x="{left + wide / 2:.2f}" y="{y - 2.6:.2f}" width="{wide / 2:.2f}" height="1.1" '
        f'fill="#ffffff" stroke="{INK}" stroke-width="0.2"/>'
    )
    yield said(left, y - 3.8, "0", 2.4, halo=False)
    yield said(left + wide, y - 3.8, f"{shown:g} {unit}", 2.4, halo=False)
    nx, ny = left - 7, y - 8.6
    yield (
        f'<polygon points="{nx},{ny} {nx + 1.8:.2f},{ny + 5.2:.2f} {nx:.2f},{ny + 3.9:.2f} '
        f'{nx - 1.8:.2f},{ny + 5.2:.2f}" fill="{INK}"/>'
    )
    yield said(nx, ny + 8.2, "北" if chinese else "N", 2.6, halo=False)
