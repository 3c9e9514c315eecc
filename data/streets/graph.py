"""Streets from an osmnx graph (downloaded by place name, or saved as GraphML)."""

from __future__ import annotations

import networkx as nx

from data.streets.assembly import Ways
from geo.network.segments import Segments


def segments_from_graph(graph: nx.MultiDiGraph) -> Segments:
    """Turn an osmnx MultiDiGraph (lon/lat, EPSG:4326) into segments.

    Each street is taken once: the edge osmnx added against the way's direction (``reversed``)
    says nothing new. Ways keep their tags as far as osmnx kept them.
    """
    ways = Ways()
    place = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    numbers = {node: number for number, node in enumerate(place)}
    signals = {
        numbers[node]
        for node, data in graph.nodes(data=True)
        if data.get("highway") == "traffic_signals"
    }
    next_ref = len(numbers)
    for start, end, data in graph.edges(data=True):
        if data.get("reversed") in {True, "True"}:
            continue
        shape = list(data["geometry"].coords) if "geometry" in data else [place[start], place[end]]
        inner = list(range(next_ref, next_ref + len(shape) - 2))
        next_ref += len(inner)
        tags = {key: _first(value) for key, value in data.items() if key != "geometry"}
        if data.get("oneway") is False:
            tags.pop("oneway", None)
        ways.add(
            int(float(tags.get("osmid", 0))),
            tags,
            [numbers[start], *inner, numbers[end]],
            [(float(x), float(y)) for x, y, *_ in shape],
        )
    return ways.segments(signals)


def _first(value: object) -> str:
    """Return a tag as text; where simplification joined several, the first."""
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
