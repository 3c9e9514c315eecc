"""Whom a station is asked for: the people who come, and which stations receive them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.layers.vocabulary import Amenity, Kind, Word


class Audience(Word):
    """Who is looking for a station."""

    OUTDOOR_WORKER = "outdoor_worker", "想歇脚的户外劳动者", "An outdoor worker who wants to rest"
    NURSING_MOTHER = "nursing_mother", "哺乳期女职工", "A nursing mother"
    LEGAL_HELP = "legal_help", "需要法律帮助的职工", "A worker who needs legal help"
    COUNSELLING = "counselling", "需要心理疏导的职工", "A worker who wants counselling"


KINDS: Mapping[Audience, frozenset[Kind]] = MappingProxyType(
    {
        Audience.OUTDOOR_WORKER: frozenset(
            {
                Kind.OUTDOOR_REST_STATION,
                Kind.SHARED_WORKERS_HOME,
                Kind.TRUSTED_WORKERS_HOME,
            }
        ),
        Audience.NURSING_MOTHER: frozenset({Kind.MOTHERS_ROOM}),
        Audience.LEGAL_HELP: frozenset({Kind.LEGAL_SERVICE_STATION}),
        Audience.COUNSELLING: frozenset({Kind.MENTAL_HEALTH_STATION}),
    }
)
"""The kinds that receive them; a counted kind is enough."""

AMENITIES: Mapping[Audience, frozenset[Amenity]] = MappingProxyType(
    {Audience.NURSING_MOTHER: frozenset({Amenity.NURSING_ROOM})}
)
"""The amenities that also do, whatever the kind."""
