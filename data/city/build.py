"""A project from an extract, stage by stage: bounds, streets, places, hosts, workers, bus, base map.

Every stage reads what those before it left in the :class:`~data.city.city.City`, writes its layers
and tells a line or more for the closing table; a further stage is a function like these.
"""

from __future__ import annotations

from collections.abc import Callable

from data.city.city import City
from data.city.ground import draw_base_map, find_districts, read_themes, take_streets
from data.city.people import place_workers, send_bus
from data.city.premises import count_stations, find_candidates, name_places

Stage = Callable[[City], None]
STAGES: tuple[Stage, ...] = (
    read_themes,
    find_districts,
    take_streets,
    name_places,
    find_candidates,
    place_workers,
    send_bus,
    count_stations,
    draw_base_map,
)
"""In the order one stands on another."""


def build_city(city: City, stages: tuple[Stage, ...] = STAGES) -> City:
    """Run every stage; raises what reading the file and the editable tables raises."""
    for stage in stages:
        stage(city)
    return city
