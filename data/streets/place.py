"""Streets by place name, downloaded with osmnx (needs the network)."""

from __future__ import annotations

from pathlib import Path
from tempfile import gettempdir

from data.streets.graph import segments_from_graph
from geo.errors import BrokenFileError
from geo.network.segments import Segments
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("从 OpenStreetMap 下载道路", "Downloading streets from OpenStreetMap")
_TAGS = (
    "access", "foot", "bicycle", "vehicle", "motor_vehicle", "motorcar", "motorroad", "oneway",
    "oneway:bicycle", "cycleway", "maxheight", "maxweight", "route", "name:zh", "area",
)  # fmt: skip


def download_segments(place: str, *, progress: Progress = silent) -> Segments:
    """Download all public streets of a place such as "青岛市, 中国".

    Raises
    ------
    BrokenFileError
        If the place is unknown to OpenStreetMap or the network cannot be reached.
    """
    import osmnx  # noqa: PLC0415 - slow to import, and only downloads need it

    progress(_STEP, 0.0)
    # osmnx would write to ./cache and ./data; the latter is the name of our package.
    osmnx.settings.cache_folder = Path(gettempdir()) / "yizhan-osmnx"
    osmnx.settings.data_folder = Path(gettempdir()) / "yizhan-osmnx"
    osmnx.settings.useful_tags_way = sorted({*osmnx.settings.useful_tags_way, *_TAGS})
    try:
        graph = osmnx.graph_from_place(
            place, network_type="all_public", simplify=True, retain_all=True,
            truncate_by_edge=True,
        )  # fmt: skip
    except Exception as error:
        raise BrokenFileError(
            Text(
                f"无法下载“{place}”的道路（{error}）：请检查网络和地名，或改用 --file 本地文件。",
                f"Could not download {place!r} ({error}): check the network and the name, or use "
                "--file with a local extract.",
            )
        ) from error
    progress(_STEP, 1.0)
    return segments_from_graph(graph)
