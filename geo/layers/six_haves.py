"""The federation's 六有 standard as checks per station: what its row shows, and what it lacks.

A row can show five of the six. That the common sign hangs (有统一标识) nobody sees from a row: it is
shown by the keeper's code inside the station, and is unknown where there is none.
"""

from __future__ import annotations

from geo.json_shapes import JsonRow
from geo.layers.vocabulary import Amenity, Status, Word

LEAST_FACILITIES = frozenset({Amenity.DRINKING_WATER, Amenity.REST_SEATS})
"""Without water and a seat nobody can rest: the least that counts as facilities."""


class SixHave(Word):
    """One of the six that every station is to have."""

    SIGN = "sign", "有统一标识", "The common sign"
    PLACE = "place", "有固定场所", "A fixed place"
    FACILITIES = "facilities", "有服务设施", "Facilities"
    RULES = "rules", "有管理制度", "Rules: stated hours that are kept to"
    STAFF = "staff", "有人员管理", "Somebody in charge"
    ON_THE_MAP = "on_the_map", "有地图可查", "On the map"


def six_haves(
    row: JsonRow, *, has_code: bool, is_confirmed: bool, is_on_street: bool
) -> dict[SixHave, bool | None]:
    """Return which of the six a station has; None where its row cannot show it.

    Parameters
    ----------
    row : JsonRow
        Of the layers ``stations`` or ``yizhan``.
    has_code : bool
        Whether a keeper's code was made for it, which hangs inside beside the sign.
    is_confirmed : bool
        Whether its hours were confirmed of late.
    is_on_street : bool
        Whether a street leads there, so that map and route find it.
    """
    held = {part.strip() for part in str(row.get("amenities") or "").split(";")}
    return {
        SixHave.SIGN: True if has_code else None,
        SixHave.PLACE: _filled(row, "address"),
        SixHave.FACILITIES: {one.value for one in LEAST_FACILITIES} <= held,
        SixHave.RULES: _filled(row, "opening_hours") and is_confirmed,
        SixHave.STAFF: _filled(row, "operator") and _filled(row, "phone"),
        SixHave.ON_THE_MAP: is_on_street and row.get("status") in {None, "", Status.OPEN.value},
    }


def _filled(row: JsonRow, column: str) -> bool:
    return bool(str(row.get(column) or "").strip())
