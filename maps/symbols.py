"""Colours and shapes with one meaning on every map, legible also to colour-blind readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.layers.vocabulary import Cause, Kind


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a kind of thing is drawn.

    Attributes
    ----------
    colour : str
        ``#rrggbb``.
    shape : str
        A shape of ``marks.js``: circle, square, diamond, triangle, hexagon, pentagon or cross.
    """

    colour: str
    shape: str


KIND_SYMBOLS: Mapping[Kind, Symbol] = MappingProxyType(
    {
        Kind.OUTDOOR_REST_STATION: Symbol("#157a5b", "circle"),
        Kind.SHARED_WORKERS_HOME: Symbol("#c4751c", "square"),
        Kind.TRUSTED_WORKERS_HOME: Symbol("#9a4a12", "triangle"),
        Kind.MENTAL_HEALTH_STATION: Symbol("#6a4ba3", "diamond"),
        Kind.MOTHERS_ROOM: Symbol("#c2477f", "hexagon"),
        Kind.LEGAL_SERVICE_STATION: Symbol("#47586b", "cross"),
    }
)

LAYER_SYMBOLS: Mapping[str, Symbol] = MappingProxyType({})
"""Of layers with the role `MARKED`, by name; one that is not here is drawn as `OTHER_SYMBOL`."""
OTHER_SYMBOL = Symbol("#0e6b76", "pentagon")

CAUSE_COLOURS: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.TOO_FAR: "#b5432a",
        Cause.UNREACHABLE: "#6b2a1d",
        Cause.CLOSED_THEN: "#5a4a9c",
        Cause.LACKS_AMENITY: "#8a6200",
        Cause.FULL: "#0e6b76",
    }
)
"""Of a gap's polygon: warm where no station is near, cool where one is but does not serve then."""

PHASE_COLOURS = ("#0f3a63", "#2a6fae", "#6aa5d8", "#9cc3e6", "#bcd6ee")
"""From the first phase to the last: the sooner, the darker."""

BUS_COLOURS = (
    "#1f5fa8",
    "#b8432f",
    "#157a5b",
    "#6a4ba3",
    "#a06a00",
    "#b03a72",
    "#0e7480",
    "#5a5f18",
)
"""One per bus, in the order of their names; white figures on each reach 4.5:1."""


def phase_colour(phase: object) -> str:
    """Return the colour of phase 1, 2, …; a missing phase is drawn as the first."""
    number = int(phase) if isinstance(phase, int | float) else 1
    return PHASE_COLOURS[min(max(number, 1), len(PHASE_COLOURS)) - 1]
