"""Streets from a local OpenStreetMap extract: .osm, .osm.pbf (pyosmium) or osmnx GraphML.

pyosmium rather than osmnx's XML reader: on a real extract it is more than ten times faster, keeps
memory bounded, and osmnx's reader keeps ways that are no streets, drops all but the largest
component and applies one-way rules to walking.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import osmium
from osmium.filter import KeyFilter

from data.streets.assembly import DEGREE, Ways
from data.streets.folder import Box
from data.streets.graph import segments_from_graph
from geo.errors import BadInputError, BrokenFileError
from geo.network.barriers import on_node
from geo.network.segments import Segments
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("读取 OSM 文件", "Reading the OSM extract")
_CUT = Text("切分路段", "Cutting streets at junctions")
_TELL_EVERY = 5_000
OSM_KINDS = (".osm", ".pbf", ".osm.bz2", ".osm.gz")
_KINDS = (*OSM_KINDS, ".graphml")
_KEYS = ("highway", "route", "man_made", "railway", "public_transport", "barrier", "restriction", "restriction:motorcar",
         "restriction:motor_vehicle")  # fmt: skip


def read_segments(path: Path, *, clip: Box | None = None, progress: Progress = silent) -> Segments:
    """Read the streets of an extract.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.pbf``, ``.osm.gz``, ``.osm.bz2`` or ``.graphml``.
    clip : Box, optional
        Keep ways with a node inside; choose it wider than the area analysed.
    progress : Progress
        Told what part of the file was read.

    Raises
    ------
    BadInputError
        If the file is of another kind, or holds no street.
    BrokenFileError
        If it is empty, truncated or corrupt.
    """
    if not path.name.endswith(_KINDS):
        raise BadInputError(
            Text(
                f"{path.name}：只能读取 {'、'.join(_KINDS)} 文件。",
                f"{path.name}: only {', '.join(_KINDS)} can be read.",
            )
        )
    if path.suffix == ".graphml":
        return _read_graph(path)
    try:
        ways = _read_osm(path, clip, progress)
    except (RuntimeError, OSError) as error:
        raise broken_extract(path, error) from error
    progress(_CUT, 0.0)
    segments = ways.segments()
    progress(_CUT, 1.0)
    return segments


def file_border(path: Path) -> Box | None:
    """Return the box an extract says it covers; None where it does not say."""
    if path.suffix == ".graphml":
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


def _read_graph(path: Path) -> Segments:
    import osmnx  # noqa: PLC0415 - slow to import, and only GraphML needs it

    try:
        return segments_from_graph(osmnx.load_graphml(path))
    except (OSError, SyntaxError) as error:
        raise broken_extract(path, error) from error
    except (KeyError, ValueError, nx.NetworkXError) as error:
        if isinstance(error, BadInputError):
            raise
        raise BadInputError(
            Text(
                f"{path.name} 不是 osmnx 保存的道路图（{error}）：请用 osmnx.save_graphml 保存，"
                "或改用 .osm.pbf 文件。",
                f"{path.name} is no street graph as osmnx saves it ({error}): save it with "
                "osmnx.save_graphml, or use an .osm.pbf extract.",
            )
        ) from error


def _read_osm(path: Path, clip: Box | None, progress: Progress) -> Ways:
    ways = Ways(clip=None if clip is None else _whole(clip))
    part = 0.0
    progress(_STEP, part)
    reader = osmium.FileProcessor(str(path)).with_locations().with_filter(KeyFilter(*_KEYS))
    for seen, item in enumerate(reader):
        tags = {tag.k: tag.v for tag in item.tags}
        if isinstance(item, osmium.osm.Way):
            ways.add(item.id, tags, _vertices(item))
        elif isinstance(item, osmium.osm.Node):
            if what := on_node(tags):
                ways.on_nodes[item.id] = what
        elif isinstance(item, osmium.osm.Relation) and tags.get("type") == "restriction":
            ways.turns.add(
                tags, [(member.type, member.ref, member.role) for member in item.members]
            )
        if seen % _TELL_EVERY == 0:
            part = max(part, _part_read(path))
            progress(_STEP, part)
    progress(_STEP, 1.0)
    return ways


def _whole(clip: Box) -> tuple[int, int, int, int]:
    west, south, east, north = (round(side * DEGREE) for side in clip)
    return west, south, east, north


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
