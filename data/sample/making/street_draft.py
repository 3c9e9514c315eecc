"""Streets under construction: nodes in metres, edges with names and tags."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geo.arrays import Floats, Ints


@dataclass
class StreetDraft:
    """Streets under construction, coordinates in metres (EPSG:4549)."""

    xy_m: list[Floats] = field(default_factory=list)
    count: int = 0
    edges: list[tuple[int, int, str, tuple[tuple[str, str], ...], Floats]] = field(
        default_factory=list
    )

    def add_nodes(self, xy_m: Floats) -> Ints:
        """Add nodes and return their numbers."""
        self.xy_m.append(xy_m)
        self.count += len(xy_m)
        return np.arange(self.count - len(xy_m), self.count)

    def place(self, node: int) -> Floats:
        """Return a node's position."""
        place: Floats = self.nodes()[node]
        return place

    def nodes(self) -> Floats:
        """Return all positions."""
        if len(self.xy_m) > 1:
            self.xy_m = [np.vstack(self.xy_m)]
        return self.xy_m[0]

    def add(
        self, start: int, end: int, name: str, tags: dict[str, str], inner: Floats | None = None
    ) -> None:
        """Add a street between two nodes."""
        shape = np.empty((0, 2)) if inner is None else inner
        self.edges.append((start, end, name, tuple(sorted(tags.items())), shape))
