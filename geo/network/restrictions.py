"""Turn restrictions of OSM relations, found again as pairs of segment ends."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_CARS = frozenset({"motorcar", "motor_vehicle", "vehicle"})
_FROM_THEN_TO = ("restriction", "restriction:motorcar", "restriction:motor_vehicle")


@dataclass
class TurnRules:
    """Collects restrictions that hold for cars at one node.

    Restrictions over a whole way in between, and those for some hours only, are left out.
    """

    _rules: list[tuple[int, int, int, bool]] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many were kept."""
        return len(self._rules)

    def add(self, tags: dict[str, str], members: list[tuple[str, int, str]]) -> None:
        """Add a relation: its tags, and its members as (type, reference, role)."""
        what = next((tags[key] for key in _FROM_THEN_TO if key in tags), "")
        exempt = {part.strip() for part in tags.get("except", "").split(";")}
        if not what.startswith(("no_", "only_")) or exempt & _CARS:
            return
        by_role = defaultdict(list)
        for kind, ref, role in members:
            by_role[role, kind].append(ref)
        via = by_role["via", "n"]
        if len(via) != 1:
            return
        self._rules.extend(
            (origin, via[0], target, what.startswith("only_"))
            for origin in by_role["from", "w"]
            for target in by_role["to", "w"]
        )

    def banned(
        self,
        way_id: NDArray[np.int64],
        nodes: NDArray[np.int64],
        start: NDArray[np.int32],
        end: NDArray[np.int32],
    ) -> NDArray[np.int32]:
        """Return the banned turns as (segment, end, segment, end), (b, 4) int32.

        Parameters
        ----------
        way_id : (m,) int64
            OSM way of each segment.
        nodes : (n,) int64
            OSM reference of each node, ascending.
        start, end : (m,) int32
            Nodes of each segment.
        """
        at = self._ends_at_rules(nodes, start, end)
        found: set[tuple[int, int, int, int]] = set()
        for origin, via, target, only in self._rules:
            ends = at.get(via, [])
            arriving = [one for one in ends if way_id[one[0]] == origin]
            named = [one for one in ends if way_id[one[0]] == target]
            if not arriving or not named:
                continue
            leaving = [one for one in ends if one not in named and one not in arriving]
            for one in arriving:
                for other in leaving if only else named:
                    if one != other:
                        found.add((*one, *other))
        return np.array(sorted(found), np.int32).reshape(-1, 4)

    def _ends_at_rules(
        self, nodes: NDArray[np.int64], start: NDArray[np.int32], end: NDArray[np.int32]
    ) -> dict[int, list[tuple[int, int]]]:
        """Return the (segment, end) pairs at each node that has a rule."""
        refs = np.unique([via for _, via, _, _ in self._rules])
        answer: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for side, ends in enumerate((start, end)):
            for segment in np.flatnonzero(np.isin(nodes[ends], refs)).tolist():
                answer[int(nodes[ends[segment]])].append((segment, side))
        return answer
