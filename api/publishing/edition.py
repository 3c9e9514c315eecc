"""What is published: one state of a project's layers and results, kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from api.http.visibility import Reader, hidden_columns, visible_layers
from api.publishing.first_reading import FirstReading
from api.stations.directory import Directory
from api.stations.finder import Finder, ServiceArea
from api.stations.lasting import LastingAnswers
from api.stations.openings import Openings
from data.store.credit import attributed, credit_of
from data.store.project import Project
from data.streets.folder import Streets, open_streets
from geo.coverage.rule import CoverageRule
from geo.errors import MissingError, YizhanError
from geo.layers.columns import LAYERS, Column
from geo.layers.vocabulary import Mode
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

    from api.bus.calendar import BusCalendar
    from api.ogc.features import Features
    from api.ogc.tile_encoding import Tile
    from api.ogc.tiling import TiledLayer
    from api.publishing.gap_tiles import GapStreets
    from api.publishing.street_names import Along
    from api.stations.search import PlaceIndex
    from api.what_if import WhatIfs
    from data.basemap.archive import StoredBaseMap
    from geo.network.street_network import StreetNetwork
    from geo.summary.run import RunSummary
    from maps.bus.news import BusNews

_UNFORESEEN = Text("站点查找无法启动，已记录。", "The search for stations cannot start; recorded.")
_KEPT_TILES = 500
"""Tiles held in memory: a screen shows some 20, and people look at the same ones."""
_OF_THE_GROUND = ("_streets", "finder", "area", "places", "planner_places", "crossings_along")
"""What an edition prepares of input layers and streets alone; a run leaves it as it is."""
_MARGIN_DEGREES = 0.02  # about 2 km: who stands just beyond the boundary still gets an answer
_AROUND_DEGREES = 0.5
"""About 50 km: without borders, positions so far from every street and station are of another city."""


@dataclass(frozen=True, kw_only=True)
class RunRead:
    """What an edition says of the last run.

    Attributes
    ----------
    summary : RunSummary
        Its figures; empty before one.
    notices : tuple[Text, ...]
        What a planner should know before trusting them.
    folder : Path | None
        Where its files lie; None before one.
    changed_layers : Mapping[str, GeoDataFrame]
        Input layers as it read them, where they have changed since.
    """

    summary: RunSummary
    notices: tuple[Text, ...]
    folder: Path | None
    changed_layers: Mapping[str, gpd.GeoDataFrame]


@dataclass(frozen=True, eq=False, kw_only=True)
class Edition:
    """One state of a project; a later import or run makes another, this one never changes.

    Attributes
    ----------
    project : Project
        Where it was read from.
    name : str
        What the project is called.
    is_sample : bool
        Whether the data are invented, to be marked 示例.
    layers : Mapping[str, GeoDataFrame]
        Input and result layers, EPSG:4326; layers the project lacks are absent.
    first : FirstReading
        What workers ask first of the layers, there before those are read.
    read_run : callable
        Tells of the last run.
    stamp : str
        Changes whenever anything published changes.
    modified : datetime
        When the newest part was written, UTC, whole seconds.
    ground : str
        Changes whenever an input layer, the streets or the base map do.
    """

    project: Project
    name: str
    is_sample: bool
    layers: Mapping[str, gpd.GeoDataFrame]
    first: FirstReading
    read_run: Callable[[], RunRead]
    stamp: str
    modified: datetime
    ground: str
    _failures: list[Text] = field(default_factory=list)
    _seen: dict[Reader, Mapping[str, gpd.GeoDataFrame]] = field(default_factory=dict)
    _features: dict[tuple[str, Reader], Features] = field(default_factory=dict)
    _tiled: dict[tuple[str, Reader], TiledLayer] = field(default_factory=dict)
    _tiles: dict[tuple[str, Reader, int, int, int], Tile] = field(default_factory=dict)
    _pages: dict[str, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _page_lock: threading.Lock = field(default_factory=threading.Lock)

    def take_over(self, former: Edition) -> None:
        """Take what `former` has ready of layers and streets, where those are the same."""
        if self.ground == former.ground:
            ready = vars(former)
            vars(self).update({name: ready[name] for name in _OF_THE_GROUND if name in ready})

    def warm(self) -> None:
        """Prepare what the first worker would otherwise wait for, and note whether it can be."""
        with self._noting_failure():
            self.finder.prepare(Mode.WALK)

    def warm_search(self) -> None:
        """Prepare what is found by name and quick to place, and note whether it can be."""
        with self._noting_failure():
            self.area.prepare()
            self.places.find("zhan")

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            text = error.text if isinstance(error, YizhanError) else _UNFORESEEN
            self._failures.append(text)
            raise

    def warm_planning(self) -> None:
        """Prepare what-if questions where the coverage they start from is kept already."""
        facts = self.summary.facts
        measured = None if self.summary.coverage is None else facts and facts.parameters.coverage
        if measured == CoverageRule():
            self.what_ifs.warm()

    @property
    def trouble(self) -> Text | None:
        """Why nobody's question for the nearest station can be answered; None if it can."""
        if not len(self.directory):
            return Text("还没有可用的站点数据。", "There are no stations yet.")
        return self._failures[0] if self._failures else None

    @property
    def is_warm(self) -> bool:
        """Whether the nearest stations can be told at once."""
        return self.finder.is_ready(Mode.WALK)

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return the layer called `name`; raise MissingError if there is none."""
        try:
            return self.layers[name]
        except KeyError:
            raise MissingError(Text(f"没有图层 {name}。", f"There is no layer {name}.")) from None

    def seen_by(self, reader: Reader) -> Mapping[str, gpd.GeoDataFrame]:
        """Return the layers `reader` may read, hidden columns left out: what pages are made of."""
        with self._lock:
            if reader not in self._seen:
                self._seen[reader] = visible_layers(self.layers, reader)
            return self._seen[reader]

    def features(self, name: str, reader: Reader) -> Features:
        """Return the layer's rows as GeoJSON with the columns `reader` sees, encoded once."""
        from api.ogc.features import encode  # noqa: PLC0415 - not for the first answers

        frame = self.layer(name)
        with self._lock:
            if (name, reader) not in self._features:
                hidden = hidden_columns(name, reader)
                self._features[name, reader] = encode(name, frame, without=hidden)
            return self._features[name, reader]

    def tiled(self, name: str, reader: Reader) -> TiledLayer:
        """Return the layer ready to be cut into vector tiles, prepared on first use."""
        from api.ogc.tiling import TiledLayer  # noqa: PLC0415 - not for the first answers
        from api.publishing.gap_tiles import workers_of  # noqa: PLC0415 - not for the first answers

        fields = [column.name for column in self.tile_fields(name, reader)]
        rows = self.features(name, reader).rows
        with self._lock:
            if (name, reader) not in self._tiled:
                told = [
                    {field: row[field] for field in fields} | workers_of(name, row) for row in rows
                ]
                self._tiled[name, reader] = TiledLayer.build(self.layers[name], told)
            return self._tiled[name, reader]

    def tile(self, name: str, place: tuple[int, int, int], reader: Reader) -> Tile:
        """Return the layer's vector tile at zoom, column, row; the last few hundred are kept."""
        from api.ogc.tile_encoding import encode_tile  # noqa: PLC0415 - not for the first answers

        key = (name, reader, *place)
        tile = self._tiles.get(key)
        if tile is None:
            tile = encode_tile(name, self.tiled(name, reader).features(*place), _short(name))
            with self._lock:
                while len(self._tiles) >= _KEPT_TILES:
                    self._tiles.pop(next(iter(self._tiles)))
                self._tiles[key] = tile
        return tile

    def tile_fields(self, name: str, reader: Reader) -> list[Column]:
        """Return the columns the layer's tiles carry: those of one value a cell, where filled."""
        from api.ogc.tile_encoding import carried  # noqa: PLC0415 - not for the first answers

        rows = self.features(name, reader).rows
        hidden = hidden_columns(name, reader)
        return [
            column
            for column in carried(LAYERS[name].columns)
            if column.name not in hidden and any(row[column.name] is not None for row in rows)
        ]

    def page(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """Return the page called `key`, drawn on first use; one page is drawn at a time."""
        content = self._pages.get(key)
        if content is None:
            with self._page_lock:
                content = self._pages.get(key) or draw()
                self._pages[key] = content
        return content

    @cached_property
    def _run(self) -> RunRead:
        return self.read_run()

    @property
    def summary(self) -> RunSummary:
        """The figures of the last run; empty before one."""
        return self._run.summary

    @property
    def notices(self) -> tuple[Text, ...]:
        """What a planner should know before trusting the figures."""
        return self._run.notices

    @property
    def results_folder(self) -> Path | None:
        """Where the files of the last run lie; None before one."""
        return self._run.folder

    @property
    def layers_of_run(self) -> Mapping[str, gpd.GeoDataFrame]:
        """Input layers as the last run read them, where they have changed since."""
        return self._run.changed_layers

    @property
    def bus_names(self) -> Mapping[str, str] | None:
        """What people call each bus, by its id; None before the first plan."""
        return None if self.summary.bus is None else self.summary.bus.names

    @property
    def directory(self) -> Directory:
        """The stations of both layers as one table."""
        return self.first.directory

    @property
    def faults(self) -> Mapping[str, tuple[Text, ...]]:
        """What was left out of layers because it breaks their schema, by layer."""
        return self.first.faults

    @cached_property
    def openings(self) -> Openings:
        """When the directory's stations are open."""
        return Openings(self.directory)

    @cached_property
    def lasting(self) -> LastingAnswers:
        """What lasts of the stations' answers, encoded."""
        return LastingAnswers()

    @cached_property
    def finder(self) -> Finder:
        """The nearest stations by street; each mode's labels are made on first use."""
        # Later editions may take it over: it holds streets, not this edition.
        network = self._streets.network if self.has_streets else self.network
        return Finder(self.directory.lonlat, network)

    @cached_property
    def bus_calendar(self) -> BusCalendar:
        """When the health bus comes."""
        from api.bus.calendar import BusCalendar  # noqa: PLC0415 - not for the first answers
        from api.ogc.features import point_lonlat  # noqa: PLC0415 - not for the first answers

        frame = self.layers.get("bus_stops")
        rows = () if frame is None else self.features("bus_stops", Reader.ANYONE).rows
        return BusCalendar(rows, point_lonlat(frame), self.network)

    @cached_property
    def bus_news(self) -> BusNews:
        """What was announced of the bus, cancelled visits included."""
        from api.bus.plan_news import bus_news  # noqa: PLC0415 - not for the first answers

        return bus_news(self.project, self.summary.bus)

    @cached_property
    def gap_streets(self) -> GapStreets:
        """The published gaps as streets."""
        from api.publishing.gap_tiles import GapStreets, workers_of  # noqa: PLC0415 - not for the first answers

        gaps, facts = self.layer("gaps"), self.summary.facts
        fields = [column.name for column in self.tile_fields("gaps", Reader.PLANNER)]
        rows = self.features("gaps", Reader.PLANNER).rows
        told = [{field: row[field] for field in fields} | workers_of("gaps", row) for row in rows]
        rule = CoverageRule() if facts is None else facts.parameters.coverage
        return GapStreets(self.project, gaps, told, rule)

    @cached_property
    def what_ifs(self) -> WhatIfs:
        """What stations at other places would change."""
        from api.what_if import WhatIfs  # noqa: PLC0415 - not for the first answers

        return WhatIfs(self.project, self.layers)

    @cached_property
    def candidate_names(self) -> Mapping[str, str]:
        """What candidates are called, by id."""
        frame = self.layers.get("candidates")
        if frame is None:
            return {}
        return dict(zip(frame["id"].astype(str), frame["name"].astype(str), strict=True))

    @cached_property
    def area(self) -> ServiceArea:
        """Where the service answers."""
        return ServiceArea(*_area_shapes(self))

    @cached_property
    def places(self) -> PlaceIndex:
        """What anyone can find by name."""
        return self._places_for(Reader.ANYONE)

    @cached_property
    def planner_places(self) -> PlaceIndex:
        """What planners can find by name: worker concentrations and candidates too."""
        return self._places_for(Reader.PLANNER)

    def _places_for(self, reader: Reader) -> PlaceIndex:
        from api.publishing.street_names import street_crossings, street_places  # noqa: PLC0415 - not for the first answers
        from api.stations.places import places_of  # noqa: PLC0415 - not for the first answers
        from api.stations.search import PlaceIndex  # noqa: PLC0415 - not for the first answers

        seen = self.seen_by(reader)
        if not self.has_streets:
            return PlaceIndex(places_of(seen))
        places = places_of(seen, street_places(self._streets))
        return PlaceIndex(places, street_crossings(self._streets))

    @cached_property
    def crossings_along(self) -> Along:
        """What crosses a long street."""
        from api.publishing.street_names import crossings_along  # noqa: PLC0415 - not for the first answers

        return crossings_along(self._streets) if self.has_streets else lambda *_: []

    def network(self, mode: Mode) -> StreetNetwork:
        """Return the streets of `mode`, memory-mapped."""
        network: StreetNetwork = self._streets.network(mode)
        return network

    @property
    def has_streets(self) -> bool:
        """Whether streets have been compiled."""
        try:
            return self._streets is not None
        except MissingError:
            return False

    @cached_property
    def credit(self) -> Text | None:
        """Whom everything made of the streets and districts has to name; None for nobody."""
        streets = self._streets.source if self.has_streets else None
        return credit_of(streets, self.first.boundaries)

    @property
    def credit_members(self) -> dict[str, str]:
        """What a GeoJSON document says of :attr:`credit`, in both languages; {} for nobody."""
        return attributed(self.credit)

    @cached_property
    def base_map(self) -> StoredBaseMap | None:
        """What is drawn under every map; None before one was made."""
        from data.basemap.building import stored_base_map  # noqa: PLC0415 - not for the first answers

        return stored_base_map(self.project)

    @cached_property
    def street_lines(self) -> gpd.GeoDataFrame:
        """The streets as lines for the base map (columns ``class`` and ``name``)."""
        from api.publishing.street_names import base_map_lines  # noqa: PLC0415 - not for the first answers

        return base_map_lines(self._streets)

    @cached_property
    def _streets(self) -> Streets:
        return open_streets(self.project.streets_folder)


def _short(name: str) -> frozenset[str]:
    """Return what a tile that is too big still tells of a feature: which it is, kinds, numbers."""
    from api.ogc.features import KEYS  # noqa: PLC0415 - not for the first answers
    from api.publishing.gap_tiles import GROUP_FIELDS  # noqa: PLC0415 - not for the first answers

    layer = LAYERS[name]
    told = {column.name for column in layer.columns if column.dtype != "text"}
    told |= GROUP_FIELDS if name == "gaps" else set()
    return frozenset(told | set(KEYS.get(name, ("id",))))


def _area_shapes(edition: Edition) -> tuple[NDArray[np.object_], float]:
    """Return the districts and their margin, or a box around the stations where there are none."""
    districts = edition.first.districts
    if len(districts):
        return districts, _MARGIN_DEGREES
    lonlat = edition.directory.lonlat
    if not len(lonlat):
        return np.array([], dtype=object), 0.0
    west, south = lonlat.min(axis=0) - _AROUND_DEGREES
    east, north = lonlat.max(axis=0) + _AROUND_DEGREES
    return np.array([shapely.box(west, south, east, north)], dtype=object), 0.0
