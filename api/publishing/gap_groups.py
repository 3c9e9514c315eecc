"""A gap's workers by group as figures of their own, so that maps can filter tiles by them."""

from __future__ import annotations

from collections.abc import Mapping

from geo.layers.vocabulary import Group

OF_GROUP = "workers_of_"
"""Before a group's key, in the tiles of gaps."""
GROUP_FIELDS = frozenset(OF_GROUP + group for group in Group)


def workers_of(layer: str, row: Mapping[str, object]) -> dict[str, float]:
    """Return how many of a gap's workers are of each group; nothing of other layers."""
    groups = row.get("workers_by_group") if layer == "gaps" else None
    if not isinstance(groups, Mapping):
        return {}
    return {OF_GROUP + str(group): float(workers) for group, workers in groups.items()}
