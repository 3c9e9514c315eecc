"""Streets from files: OpenStreetMap extracts (pyosmium), osmnx graphs, layers of road lines.

pyosmium rather than osmnx's XML reader: on a real extract it is more than ten times faster, keeps
memory bounded, and osmnx's reader keeps ways that are no streets, drops all but the largest
component and applies one-way rules to walking.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium
from osmium.filter import EntityFilter, IdFilter, KeyFilter

from data.geometry.datum import Datum
from data.streets.graphml import ways_of_graphml
from data.streets.line_layer import LineColumns, ways_of_lines
from data.streets.line_words import LINE_KINDS
from geo.crs import Box
from geo.errors import BadInputError, BrokenFileError
from geo.network.access import access, on_node
from geo.network.length_tally import Left, LengthTally, class_of, length_m
from geo.network.segments import Segments
from geo.network.way_assembly import DEGREE, NO_PLACE, Ways, whole_box
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("读取 OSM 文件", "Reading the OSM extract")
_CUT = Text("切分路段", "Cutting streets at junctions")
_TELL_EVERY = 5_000
"""Ways: a second or less between two lines of progress."""
_HEAD = re.compile(rb"<(node|way|relation)\b([^>]{0,2000})>")
_DELETE = re.compile(rb"\baction=[\"']delete[\"']")
_ID = re.compile(rb"\bid=[\"'](-?\d{1,18})[\"']")
OSM_KINDS = (".osm", ".pbf", ".osm.bz2", ".osm.gz")
_KINDS = (*OSM_KINDS, ".graphml", *LINE_KINDS)
_KEYS = (
    "highway",
    "route",
    "man_made",
    "railway",
    "public_transport",
    "barrier",
    "restriction",
    "restriction:motorcar",
    "restriction:motor_vehicle",
)


@dataclass(frozen=True)
class StreetFile:
    """A file of streets as understood.

    Attributes
    ----------
    segments : Segments
        What was taken.
    tally : LengthTally
        How much that is, and why the rest was left out.
    """

    segments: Segments
    tally: LengthTally


def read_segments(path: Path, *, clip: Box | None = None, progress: Progress = silent) -> Segments:
    """Return the segments of :func:`read_streets`."""
    return read_streets(path, clip=clip, progress=progress).segments


def read_streets(
    path: Path,
    *,
    clip: Box | None = None,
    columns: LineColumns | None = None,
    progress: Progress = silent,
) -> StreetFile:
    """Read the streets of a file.

    Parameters
    ----------
    path : Path
        An OSM extract (``.osm``, ``.osm.pbf``, ``.osm.gz``, ``.osm.bz2``), an osmnx ``.graphml``, or
        a layer of road lines (``.geojson``, ``.json``, ``.gpkg``, ``.shp``, ``.zip``).
    clip : Box, optional
        Keep ways with a node inside; choose it wider than the area analysed.
    columns : LineColumns, optional
        How to read a layer of lines where its own names do not say.
    progress : Progress
        Told what part of the file was read.

    Raises
    ------
    BadInputError
        If the file is of another kind, holds no street, or is not clear.
    BrokenFileError
        If it is empty, truncated or corrupt.
    """
    if not path.name.lower().endswith(_KINDS):
        raise BadInputError(
            Text(
                f"{path.name}：只能读取 {'、'.join(_KINDS)} 文件。",
                f"{path.name}: only {', '.join(_KINDS)} can be read.",
            )
        )
    is_lines = path.name.lower().endswith(LINE_KINDS)
    if not is_lines and columns is not None and columns.datum is not Datum.WGS84:
        raise BadInputError(
            Text(
                f"{path.name}：OpenStreetMap 的文件都是 WGS-84，不用 --datum；它只用于道路线图层。",
                f"{path.name}: OpenStreetMap is in WGS-84; --datum is for layers of road lines.",
            )
        )
    if is_lines:
        ways = ways_of_lines(path, clip=whole_box(clip), columns=columns or LineColumns())
    elif path.suffix.lower() == ".graphml":
        ways = ways_of_graphml(path, clip=whole_box(clip))
    else:
        try:
            ways = _read_osm(path, clip, progress)
        except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
            if isinstance(error, BadInputError):
                raise
            raise broken_extract(path, error) from error
    progress(_CUT, 0.0)
    segments = ways.segments()
    progress(_CUT, 1.0)
    return StreetFile(segments, ways.tally)


def file_border(path: Path) -> Box | None:
    """Return the box an extract says it covers; None where it does not say."""
    if not path.name.lower().endswith(OSM_KINDS):
        return None
    try:
        box = osmium.io.Reader(str(path), osmium.osm.NOTHING).header().box()
    except (RuntimeError, OSError):
        return None
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return low.lon, low.lat, high.lon, high.lat


def broken_extract(path: Path, error: Exception) -> BrokenFileError:
    """Return the error about an extract that cannot be read to its end."""
    return BrokenFileError(
        Text(
            f"{path.name} 损坏或不完整（{error}）：请重新下载。",
            f"{path.name} is broken or truncated ({error}): download it again.",
        )
    )


def _read_osm(path: Path, clip: Box | None, progress: Progress) -> Ways:
    ways, squares = Ways(clip=whole_box(clip)), _Squares()
    part = 0.0
    progress(_STEP, part)
    deleted = _deleted_by_editor(path)
    reader = osmium.FileProcessor(str(path)).with_locations().with_filter(KeyFilter(*_KEYS))
    item: Any
    for seen, item in enumerate(reader):
        tags = {tag.k: tag.v for tag in item.tags}
        if item.deleted or not item.visible or (item.type_str(), item.id) in deleted:
            if isinstance(item, osmium.osm.Way) and (kind := class_of(tags)):
                ways.tally.leave(kind, Left.DELETED, _length_m(item))
        else:
            _take(item, tags, ways, squares)
        if seen % _TELL_EVERY == 0:
            part = max(part, _part_read(path))
            progress(_STEP, part)
    squares.read(path, ways)
    _place_the_rest(path, ways)
    ways.keep_last()
    progress(_STEP, 1.0)
    return ways


def _take(
    item: Any,  # noqa: ANN401 - any of pyosmium's objects
    tags: dict[str, str],
    ways: Ways,
    squares: _Squares,
) -> None:
    if isinstance(item, osmium.osm.Way):
        ways.add(item.id, tags, list(_vertices(item)))
    elif isinstance(item, osmium.osm.Node):
        if what := on_node(tags):
            ways.on_nodes[item.id] = what
    elif isinstance(item, osmium.osm.Relation):
        members = [(member.type, member.ref, member.role) for member in item.members]
        if tags.get("type") == "restriction":
            ways.turns.add(tags, members)
        elif tags.get("type") == "multipolygon":
            squares.add(tags, members)


def _length_m(way: osmium.osm.Way) -> float:
    known = [(lon, lat) for _, lon, lat in _vertices(way) if lon != NO_PLACE]
    return length_m((lon / DEGREE, lat / DEGREE) for lon, lat in known)


@dataclass
class _Squares:
    """Squares whose outline is a multipolygon: the tags are the relation's, the ways have none."""

    tags: dict[int, dict[str, str]] = field(default_factory=dict)

    def add(self, tags: dict[str, str], members: list[tuple[str, int, str]]) -> None:
        """Remember the outline of a relation that is a square."""
        square = {**tags, "area": "yes"}
        if access(square):
            for kind, ref, role in members:
                if kind == "w" and role != "inner":
                    self.tags[ref] = square

    def read(self, path: Path, ways: Ways) -> None:
        """Add the outlines that are no streets by themselves."""
        if not self.tags:
            return
        reader = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
        reader.with_filter(EntityFilter(osmium.osm.WAY))
        if min(self.tags) >= 0:
            reader.with_filter(IdFilter(self.tags))
        for way in reader:
            if not isinstance(way, osmium.osm.Way) or way.id not in self.tags:
                continue
            if not access({tag.k: tag.v for tag in way.tags}):
                ways.add(way.id, self.tags[way.id], list(_vertices(way)))


def _place_the_rest(path: Path, ways: Ways) -> None:
    """Place nodes that came after their ways, or that have a negative number, as editors give.

    A sorted extract has neither: what it lacks it was cut from.
    """
    missing = ways.refs_without_place
    if not missing or (_is_sorted(path) and min(missing) >= 0):
        return
    known: dict[int, tuple[int, int]] = {}
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if isinstance(node, osmium.osm.Node) and node.id in missing and node.location.valid():
            known[node.id] = node.location.x, node.location.y
    ways.place(known)


def _is_sorted(path: Path) -> bool:
    return bool(osmium.io.Reader(str(path), osmium.osm.NOTHING).header().get("sorting"))


def _deleted_by_editor(path: Path) -> set[tuple[str, int]]:
    """Return what JOSM marked with ``action="delete"`` in a plain file, as (kind, id)."""
    if path.suffix != ".osm" or path.stat().st_size == 0:
        return set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if text.find(b"delete") < 0:
            return set()
        heads = [head for head in _HEAD.findall(text) if _DELETE.search(head[1])]
    found = ((kind, _ID.search(rest)) for kind, rest in heads)
    return {(kind[:1].decode(), int(number[1])) for kind, number in found if number}


def _vertices(way: osmium.osm.Way) -> Iterator[tuple[int, int, int]]:
    for node in way.nodes:
        place = node.location
        yield node.ref, place.x, place.y


def _part_read(path: Path) -> float:
    """Return how far into the file its reader is; half where the system does not tell.

    Where the reader has closed the file there are only some blocks left to decode.
    """
    try:
        for entry in Path("/proc/self/fd").iterdir():
            if entry.exists() and entry.samefile(path):
                facts = Path("/proc/self/fdinfo", entry.name).read_text(encoding="ascii")
                return int(facts.split()[1]) / (path.stat().st_size or 1)
    except OSError:
        pass
    return 0.5
