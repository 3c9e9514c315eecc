"""What a city needs of an extract besides its streets, by theme; one pass reads them all."""

from __future__ import annotations

from collections.abc import Iterable

from data.city.draws import DRAW_TAGS, KEEP
from data.city.hosts import HOST_TAGS
from data.city.named_places import PLACE_TAGS
from data.osm.osm_features import OsmTheme
from data.osm.osm_places import BUS_THEME

BOUNDS, HOSTS, DRAWS, PLACES = "bounds", "hosts", "draws", "places"


def city_themes() -> tuple[OsmTheme, ...]:
    """Return the themes the stages of ``yizhan city`` read."""
    return (
        OsmTheme(BOUNDS, frozenset({("boundary", "administrative")}), shapes=True),
        OsmTheme(HOSTS, _pairs(HOST_TAGS.values())),
        OsmTheme(DRAWS, _pairs(DRAW_TAGS.values()), keep=KEEP),
        OsmTheme(PLACES, _pairs(PLACE_TAGS.values())),
        BUS_THEME,
    )


def _pairs(tags: Iterable[tuple[tuple[str, str], ...]]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pairs in tags for pair in pairs)
