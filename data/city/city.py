"""A city being made from public data: what is asked for, what is known so far, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import shapely

from data.city.bounds import Bounds
from data.city.city_themes import PLACES
from data.city.named_places import places_of
from data.osm.osm_features import OsmFeatures
from data.store.project import Project
from data.streets.osm_file import read_streets
from geo.crs import MARGIN_M
from geo.layers.vocabulary import Host, Landmark
from geo.network.segments import Segments
from geo.place_names import NamedPlaces, PlaceNames
from geo.solving import Progress, silent
from geo.text import Text

SOURCE = "yizhan city"
"""What a layer made here says it came from."""
OSM = Text("OpenStreetMap（ODbL）", "OpenStreetMap (ODbL)")
NOT_HELD = Text("文件里没有", "the file holds none")
_NAMED_AFTER = (
    Landmark.SETTLEMENT,
    Landmark.HOUSING,
    Landmark.METRO,
    Landmark.PARK,
    Landmark.SCHOOL,
    Landmark.HOSPITAL,
    Landmark.MALL,
)


class Origin(StrEnum):
    """What a line of the closing table rests on."""

    REAL = "real"
    DERIVED = "derived"
    ESTIMATED = "estimated"
    EXAMPLE = "example"
    OWN = "own"
    ABSENT = "absent"

    @property
    def text(self) -> Text:
        """What people read for it."""
        return _ORIGINS[self]


_ORIGINS = {
    Origin.REAL: Text("真实", "real"),
    Origin.DERIVED: Text("推算", "derived"),
    Origin.ESTIMATED: Text("估算", "estimated"),
    Origin.EXAMPLE: Text("示例", "example"),
    Origin.OWN: Text("您的数据", "yours"),
    Origin.ABSENT: Text("没有", "none"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the closing table: what, how much, what it rests on, where it is from."""

    what: Text
    amount: str
    origin: Origin
    note: Text


@dataclass(frozen=True, kw_only=True)
class CityWishes:
    """What is asked for.

    Attributes
    ----------
    within : str | None
        The place, by name; None for all the extract holds.
    levels : tuple[int, int] | None
        OSM ``admin_level`` of districts and subdistricts, None for the usual ones.
    hosts : Sequence[Host]
        Kinds of host for candidates; none for those the table of prices marks.
    margin_m : float
        How far beyond the districts streets are taken.
    totals : Path | None
        Official totals of workers.
    most_stops : int
        Places for the bus at most.
    """

    within: str | None = None
    levels: tuple[int, int] | None = None
    hosts: Sequence[Host] = ()
    margin_m: float = MARGIN_M
    totals: Path | None = None
    most_stops: int = 150


@dataclass(kw_only=True)
class City:
    """A city being made.

    Attributes
    ----------
    project : Project
        Where its layers go. A layer somebody imported stays as it is.
    file : Path
        The extract, or a file of streets alone.
    wishes : CityWishes
        What is asked for.
    progress : Progress
        Told the steps.
    features : OsmFeatures | None
        What the extract holds; None for a file of streets alone.
    lines, remarks : list
        The closing table, and what was told on the way.
    """

    project: Project
    file: Path
    wishes: CityWishes
    progress: Progress = silent
    features: OsmFeatures | None = None
    lines: list[Line] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)
    _segments: Segments | None = None
    _bounds: Bounds | None = None

    @property
    def segments(self) -> Segments:
        """The streets: as a stage has read them, else all of the file."""
        if self._segments is None:
            self._segments = read_streets(self.file, progress=self.progress).segments
        return self._segments

    @segments.setter
    def segments(self, segments: Segments) -> None:
        self._segments = segments

    @property
    def has_segments(self) -> bool:
        """Whether the streets were read already."""
        return self._segments is not None

    @property
    def bounds(self) -> Bounds:
        """The districts; raises RuntimeError before the stage that finds them."""
        if self._bounds is None:
            msg = "the stage of districts comes first"
            raise RuntimeError(msg)
        return self._bounds

    @bounds.setter
    def bounds(self, bounds: Bounds) -> None:
        self._bounds = bounds

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """Places with names within the districts (the layer PLACES)."""
        if self.features is None:
            return self.project.empty("places")
        return self.inside(places_of(self.features[PLACES]))

    @cached_property
    def names(self) -> PlaceNames:
        """What spots are called."""
        known = self.places[self.places["kind"].isin(_NAMED_AFTER)]
        near = NamedPlaces(known["name"].tolist(), known.get_coordinates().to_numpy())
        return PlaceNames(self.segments, near)

    def inside(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return the rows (EPSG:4326) within the districts."""
        area = self.bounds.area
        shapely.prepare(area)
        kept = shapely.intersects(area, frame.geometry.to_numpy())
        return frame[kept].reset_index(drop=True)

    def is_own(self, layer: str) -> bool:
        """Whether somebody imported this layer: it is kept."""
        versions = self.project.versions(layer)
        return bool(versions) and versions[-1].source != SOURCE

    def write(self, layer: str, frame: gpd.GeoDataFrame) -> None:
        """Store a layer made here."""
        self.project.write(layer, frame, source=SOURCE)

    def tell(self, what: Text, amount: str, origin: Origin, note: Text) -> None:
        """Add a line to the closing table."""
        self.lines.append(Line(what, amount, origin, note))
