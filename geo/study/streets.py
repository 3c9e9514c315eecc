"""Where a study's streets come from."""

from __future__ import annotations

from typing import Protocol

from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork
from geo.network.vehicle import Vehicle


class StreetSource(Protocol):
    """Compiled streets, on disk or in memory."""

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""


class StreetsInMemory:
    """Streets compiled when a mode is first asked for.

    Parameters
    ----------
    segments : Segments
        All streets, as the readers of :mod:`data.streets` make them.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._compiled: dict[tuple[Mode, Vehicle | None], StreetNetwork] = {}

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""
        key = (mode, vehicle)
        if key not in self._compiled:
            self._compiled[key] = compile_network(self._segments, mode, vehicle=vehicle)
        return self._compiled[key]
