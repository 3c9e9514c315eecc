"""Streets from a graph that osmnx saved as GraphML.

It is read with networkx, not with osmnx's own reader, which knows the attributes of its own version
only.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import ParseError

import networkx as nx
import shapely

from geo.errors import BadInputError, BrokenFileError
from geo.network.osmnx_graph import ways_of_graph
from geo.network.way_assembly import Ways
from geo.text import Text


def ways_of_graphml(path: Path, *, clip: tuple[int, int, int, int] | None = None) -> Ways:
    """Read a graph saved as GraphML.

    Raises
    ------
    BrokenFileError
        If the file cannot be read to its end.
    BadInputError
        If it holds no street graph, or one whose reference system or one-way streets are not clear.
    """
    try:
        graph = nx.read_graphml(path, node_type=str, force_multigraph=True)
    except (OSError, ParseError, StopIteration) as error:
        raise BrokenFileError(
            Text(
                f"{path.name} 损坏或不完整（{error}）：请重新下载。",
                f"{path.name} is broken or truncated ({error}): download it again.",
            )
        ) from error
    except Exception as error:  # networkx raises whatever its parser met
        raise _no_graph(path.name, error) from error
    try:
        return ways_of_graph(graph, clip=clip)
    except BadInputError:
        raise
    except (
        KeyError,
        ValueError,
        TypeError,
        OverflowError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as error:
        raise _no_graph(path.name, error) from error


def _no_graph(name: str, error: Exception) -> BadInputError:
    return BadInputError(
        Text(
            f"{name} 不是 osmnx 保存的道路图（{error}）：请用 osmnx.save_graphml 保存，或改用 .osm.pbf 文件。",
            f"{name} is no street graph as osmnx saves it ({error}): save it with "
            "osmnx.save_graphml, or use an .osm.pbf extract.",
        )
    )
