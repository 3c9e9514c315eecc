"""What the connected pieces of the streets mean for people: who is where, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.arrays import Floats, Ints32
from geo.layers.vocabulary import ComponentStatus
from geo.network.pieces import NO_RETURN
from geo.network.street_network import Snapped, StreetNetwork

COLUMNS = ("piece", "standing", "length_m", "workers", "stations", "lon", "lat")


@dataclass(frozen=True, slots=True)
class StreetPieces:
    """The pieces of one mode's streets.

    Attributes
    ----------
    table : DataFrame
        One row a piece, longest first, then one of all streets without a way back where there are
        any: ``piece, standing, length_m, workers, stations`` (those who stand on it; of what was
        left out, those whose nearest street it is) and ``lon, lat`` of a place on it (EPSG:4326).
    """

    table: pd.DataFrame

    @classmethod
    def of(
        cls, network: StreetNetwork, demand: Snapped, workers: Floats, stations: Snapped
    ) -> StreetPieces:
        """Count `workers`, (n,), standing at `demand`, and the stations."""
        place = _places(network)
        people = np.bincount(_owners(network, demand), workers, len(place) + 1)
        sites = np.bincount(_owners(network, stations), minlength=len(place) + 1)
        length_m = np.append(network.piece_m, network.length_m[network.piece == NO_RETURN].sum())
        kept = np.zeros(len(place), np.bool_)
        kept[network.piece[network.reachable]] = True
        standing = np.where(kept, ComponentStatus.APART, ComponentStatus.CRUMB).astype(object)
        standing[:1] = ComponentStatus.MAIN
        standing[-1] = ComponentStatus.NO_RETURN
        table = pd.DataFrame(
            {
                "piece": [*range(len(place) - 1), NO_RETURN],
                "standing": [str(one) for one in standing],
                "length_m": length_m,
                "workers": people[:-1],
                "stations": sites[:-1],
                "lon": place[:, 0],
                "lat": place[:, 1],
            }
        )
        return cls(table[table["length_m"] > 0].reset_index(drop=True))

    def of_standing(self, *standings: ComponentStatus) -> pd.DataFrame:
        """Return the rows of these standings."""
        rows: pd.DataFrame = self.table[self.table["standing"].isin([str(s) for s in standings])]
        return rows

    @property
    def cut_off(self) -> pd.DataFrame:
        """The pieces on their own with workers but no station."""
        apart = self.of_standing(ComponentStatus.APART)
        rows: pd.DataFrame = apart[(apart["workers"] > 0) & (apart["stations"] == 0)]
        return rows


def _owners(network: StreetNetwork, places: Snapped) -> Ints32:
    """Return the piece of the street nearest to each place, one left out included.

    After the pieces come the streets without a way back, then no street at all.
    """
    n_pieces = len(network.piece_m)
    over = network.passed_over(places)
    segment = np.where(over >= 0, over, places.segment)
    piece = network.piece[segment]
    owner = np.where(piece >= 0, piece, n_pieces)
    return np.where(segment >= 0, owner, n_pieces + 1).astype(np.int32)


def _places(network: StreetNetwork) -> Floats:
    """Return a place on each piece and on the streets without a way back, (p + 1, 2) lon/lat."""
    place = np.full((len(network.piece_m) + 1, 2), np.nan)
    streets = np.flatnonzero(network.piece >= NO_RETURN)
    streets = streets[np.argsort(network.length_m[streets], kind="stable")]
    middle = (network.shape_offset[streets] + network.shape_offset[streets + 1] - 1) // 2
    # Of several streets the longest comes last and stays; -1, no way back, is the last row.
    place[network.piece[streets]] = network.shape_lonlat[middle]
    return place


def piece_shapes(network: StreetNetwork, pieces: NDArray[np.int64]) -> list[shapely.Geometry]:
    """Return the streets of each of `pieces` as one shape (EPSG:4326)."""
    shapes = []
    for piece in pieces.tolist():
        rows = np.flatnonzero(network.piece == piece)
        sizes = network.shape_offset[rows + 1] - network.shape_offset[rows]
        vertex = np.arange(sizes.sum()) + np.repeat(
            network.shape_offset[rows] - np.cumsum(sizes) + sizes, sizes
        )
        owner = np.repeat(np.arange(len(rows)), sizes)
        lines = shapely.linestrings(np.asarray(network.shape_lonlat)[vertex], indices=owner)
        shapes.append(shapely.line_merge(shapely.multilinestrings(lines)))
    return shapes
