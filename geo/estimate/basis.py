"""What an estimated row was worked out from, written in the row itself so that it can be redone.

``pool=370202;restaurant=12;mall=1``: of the people of this group and setting in the pool, the row
has the part its restaurants and mall draw. ``relative`` says that the pool's people are no count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.estimate.draw import Draw

_POOL, _RELATIVE = "pool", "relative"


@dataclass(frozen=True)
class Basis:
    """What a row rests on.

    Attributes
    ----------
    pool : str
        District code among whose rows the people were shared out, "" for all the city.
    amounts : Mapping[Draw, float]
        How much of each draw the row holds.
    relative : bool
        Whether the pool's people are weights and no count.
    """

    pool: str = ""
    amounts: Mapping[Draw, float] = field(default_factory=dict)
    relative: bool = False

    def written(self) -> str:
        """Return the text of the column ``estimated_from``."""
        parts = [f"{_POOL}={self.pool}"] if self.pool else []
        parts += [_RELATIVE] if self.relative else []
        parts += [f"{draw}={amount:.6g}" for draw, amount in self.amounts.items()]
        return ";".join(parts)


def read_basis(text: object) -> Basis | None:
    """Return what the column ``estimated_from`` says; None where it says nothing readable."""
    if not isinstance(text, str) or not text.strip():
        return None
    pool, relative, amounts = "", False, {}
    for part in text.split(";"):
        key, _, value = part.strip().partition("=")
        if key == _POOL:
            pool = value
        elif key == _RELATIVE:
            relative = True
        else:
            try:
                amounts[Draw(key)] = float(value)
            except ValueError:
                return None
    return Basis(pool, amounts, relative)
