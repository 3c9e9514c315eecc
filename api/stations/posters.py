"""Which stations of a district get a sign to put up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.stations.directory import Directory
from api.stations.openings import Opening
from api.stations.station_answer import station_card
from geo.errors import BadInputError, MissingError
from geo.text import Text
from maps.worker.station_card import StationCard

_ANY = Opening(None, None)


@dataclass(frozen=True, slots=True)
class DistrictPosters:
    """The signs of one district.

    Attributes
    ----------
    name : str
        Of the district.
    cards : tuple[StationCard, ...]
        The serving stations, by id.
    left_out : tuple[str, ...]
        Ids of those that do not serve: planned, suspended or closed.
    """

    name: str
    cards: tuple[StationCard, ...]
    left_out: tuple[str, ...]


def posters_of(
    directory: Directory, districts: Mapping[str, str], district: str
) -> DistrictPosters:
    """Return the signs of the `district` of that adcode or name.

    Parameters
    ----------
    directory : Directory
        The stations.
    districts : Mapping[str, str]
        Names of the districts by adcode.
    district : str
        One of either, 区 or 市 left off if one likes.

    Raises
    ------
    BadInputError
        If there is no such district.
    MissingError
        If no station serves in it.
    """
    code = _code(districts, district)
    rows = sorted(
        (row for row, cells in enumerate(directory.rows) if str(cells["district"]) == code),
        key=lambda row: str(directory.rows[row]["id"]),
    )
    served = [row for row in rows if directory.serving[row]]
    if not served:
        raise MissingError(
            Text(f"{districts[code]}没有开放的站点。", f"No station serves in {districts[code]}.")
        )
    return DistrictPosters(
        districts[code],
        tuple(station_card(directory, row, _ANY) for row in served),
        tuple(str(directory.rows[row]["id"]) for row in rows if not directory.serving[row]),
    )


def districts_with_stations(directory: Directory, districts: Mapping[str, str]) -> dict[str, str]:
    """Return those of the `districts` (names by adcode) in which a station serves."""
    rows = zip(directory.rows, directory.serving.tolist(), strict=True)
    held = {str(cells["district"]) for cells, serves in rows if serves}
    return {code: name for code, name in districts.items() if code in held}


def _code(districts: Mapping[str, str], district: str) -> str:
    for code, name in districts.items():
        if district in {code, name, name[:-1]}:
            return code
    told = "、".join(districts.values())
    raise BadInputError(
        Text(
            f"没有区市“{district[:40]}”；可写：{told}。",
            f'There is no district "{district[:40]}"; there are {told}.',
        )
    )
