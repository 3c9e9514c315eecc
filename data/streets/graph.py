"""Streets from an osmnx graph (downloaded by place name, or saved as GraphML)."""

from __future__ import annotations

import networkx as nx

from data.streets.assembly import DEGREE, Ways
from geo.network.access import WAY_KEYS
from geo.network.barriers import on_node
from geo.network.segments import Segments

_NAMES = frozenset({"name", "name:zh", "ref"})


def segments_from_graph(graph: nx.MultiDiGraph) -> Segments:
    """Turn an osmnx MultiDiGraph (lon/lat, EPSG:4326) into segments.

    Each street is taken once: the edge osmnx added against the way's direction (``reversed``)
    says nothing new. Ways keep their tags as far as osmnx kept them; turn restrictions it drops.
    """
    ways = Ways()
    place = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    numbers = {node: number for number, node in enumerate(place)}
    for node, data in graph.nodes(data=True):
        if what := on_node({key: str(value) for key, value in data.items()}):
            ways.on_nodes[numbers[node]] = what
    next_ref = len(numbers)
    for start, end, data in graph.edges(data=True):
        if data.get("reversed") in {True, "True"}:
            continue
        shape = list(data["geometry"].coords) if "geometry" in data else [place[start], place[end]]
        inner = range(next_ref, next_ref + len(shape) - 2)
        next_ref += len(inner)
        tags = {key: _first(value) for key, value in data.items() if key in WAY_KEYS | _NAMES}
        if data.get("oneway") is False:
            tags.pop("oneway", None)
        osm_id = int(float(_first(data.get("osmid", 0))))
        refs = (numbers[start], *inner, numbers[end])
        ways.add(osm_id, tags, [
            (ref, round(lon * DEGREE), round(lat * DEGREE))
            for ref, (lon, lat, *_) in zip(refs, shape, strict=True)
        ])  # fmt: skip
    return ways.segments()


def _first(value: object) -> str:
    """Return a tag as text; where simplification joined several, the first."""
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
