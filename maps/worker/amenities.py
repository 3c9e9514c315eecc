"""Which amenities workers ask for most."""

from __future__ import annotations

from geo.layers.vocabulary import Amenity

OFFERED_AMENITIES = (
    Amenity.DRINKING_WATER,
    Amenity.TOILET,
    Amenity.MICROWAVE,
    Amenity.PHONE_CHARGING,
    Amenity.EBIKE_CHARGING,
    Amenity.BATTERY_SWAP,
    Amenity.REST_SEATS,
    Amenity.AIR_CONDITIONING,
    Amenity.FIRST_AID,
    Amenity.AED,
    Amenity.NURSING_ROOM,
    Amenity.SHOWER,
)
"""Amenities to filter by, those asked for most first."""


def most_wanted(amenities: tuple[Amenity, ...]) -> tuple[Amenity, ...]:
    """Return `amenities`, those asked for most first."""
    asked = [one for one in OFFERED_AMENITIES if one in amenities]
    return (*asked, *(one for one in amenities if one not in asked))
