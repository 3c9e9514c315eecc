"""Streets by place name, downloaded with osmnx (needs the network)."""

from __future__ import annotations

from pathlib import Path
from tempfile import gettempdir

import networkx as nx

from data.streets.osm_file import StreetFile
from geo.errors import BrokenFileError
from geo.network.access import WAY_KEYS
from geo.network.osmnx_graph import ways_of_graph
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("从 OpenStreetMap 下载道路", "Downloading streets from OpenStreetMap")
_NODE_TAGS = (
    "barrier",
    "highway",
    "access",
    "foot",
    "bicycle",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "locked",
    "bollard",
)


def download_streets(place: str, *, progress: Progress = silent) -> StreetFile:
    """Download all public streets of a place such as "青岛市, 中国", and say what was taken of them.

    Raises
    ------
    BrokenFileError
        If the place is unknown to OpenStreetMap or the network cannot be reached.
    """
    import osmnx  # noqa: PLC0415 - slow to import, and only downloads need it

    progress(_STEP, 0.0)
    configure()
    try:
        graph = osmnx.graph_from_place(
            place, network_type="all", simplify=False, retain_all=True, truncate_by_edge=True
        )
    except OSError as error:
        raise BrokenFileError(
            Text(
                "连不上 OpenStreetMap 的服务器：请检查网络，或改用 --file 本地文件。",
                "OpenStreetMap's servers cannot be reached: check the network, or use --file with a "
                "local extract.",
            )
        ) from error
    except Exception as error:
        raise BrokenFileError(
            Text(
                f"OpenStreetMap 没有“{place}”的道路（{error}）：请换一个地名，或改用 --file 本地文件。",
                f"OpenStreetMap gave no streets for {place!r} ({error}): use another name, or "
                "--file with a local extract.",
            )
        ) from error
    progress(_STEP, 1.0)
    ways = ways_of_graph(simplified(graph))
    return StreetFile(ways.segments(), ways.tally)


def configure() -> None:
    """Tell osmnx where to write and which tags to keep."""
    import osmnx  # noqa: PLC0415 - slow to import, and only downloads need it

    # osmnx would write to ./cache and ./data; the latter is the name of our package.
    osmnx.settings.cache_folder = Path(gettempdir()) / "yizhan-osmnx"
    osmnx.settings.data_folder = Path(gettempdir()) / "yizhan-osmnx"
    osmnx.settings.useful_tags_way = sorted({*WAY_KEYS, "name", "name:zh", "ref"})
    osmnx.settings.useful_tags_node = list(_NODE_TAGS)


def simplified(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Join edges between junctions, but never two ways or past a barrier.

    Left to itself osmnx also joins ways whose tags differ and lists their values, so that nobody
    can say any more on which part a limit or a one-way rule holds.
    """
    import osmnx  # noqa: PLC0415 - slow to import, and only downloads need it

    return osmnx.simplify_graph(
        graph, edge_attrs_differ=["osmid"], node_attrs_include=["barrier", "highway"]
    )
