"""The 六有 of every station, with what it lacks, and by district."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from api.stations.confirming import is_confirmed
from api.stations.directory import Directory
from data.upkeep.keeping import Kept
from geo.layers.six_haves import SixHave, six_haves


@dataclass(frozen=True, slots=True)
class StationSix:
    """The 六有 of one serving station.

    Attributes
    ----------
    id, name, district : str
        Of the station; `district` is an adcode, "" for none.
    missing : tuple[SixHave, ...]
        What it lacks.
    unknown : tuple[SixHave, ...]
        What nobody can tell from its row.
    """

    id: str
    name: str
    district: str
    missing: tuple[SixHave, ...]
    unknown: tuple[SixHave, ...]


@dataclass
class DistrictSix:
    """The 六有 of a district.

    Attributes
    ----------
    stations, confirmed, complete : int
        Serving stations; those with hours confirmed of late; those that lack none of the six.
    missing : dict[SixHave, int]
        How many lack each.
    """

    stations: int = 0
    confirmed: int = 0
    complete: int = 0
    missing: dict[SixHave, int] = field(default_factory=lambda: dict.fromkeys(SixHave, 0))


def check_six(
    directory: Directory,
    kept: Mapping[str, Kept],
    codes: Mapping[str, str],
    on_street: NDArray[np.bool_],
    today: date,
    days: int,
) -> tuple[list[StationSix], dict[str, DistrictSix]]:
    """Return the 六有 of each serving station, and by district (adcode, "" for none).

    Parameters
    ----------
    directory : Directory
        The stations.
    kept : Mapping[str, Kept]
        What keepers said, by station.
    codes : Mapping[str, str]
        The day each keeper's code was made, by station.
    on_street : (n,) bool
        By row, whether a street leads there.
    today : date
        Asia/Shanghai.
    days : int
        Hours confirmed within so many days are kept to.
    """
    known = is_confirmed(directory, kept, today, days)
    stations: list[StationSix] = []
    districts: dict[str, DistrictSix] = {}
    for number in np.flatnonzero(directory.serving).tolist():
        row = directory.rows[number]
        has = six_haves(
            row,
            has_code=str(row["id"]) in codes,
            is_confirmed=bool(known[number]),
            is_on_street=bool(on_street[number]),
        )
        missing = tuple(one for one, held in has.items() if held is False)
        district = str(row["district"] or "")
        stations.append(
            StationSix(
                *(str(row["id"]), str(row["name"]), district, missing),
                unknown=tuple(one for one, held in has.items() if held is None),
            )
        )
        tally = districts.setdefault(district, DistrictSix())
        tally.stations += 1
        tally.confirmed += bool(known[number])
        tally.complete += not missing
        for one in missing:
            tally.missing[one] += 1
    return stations, dict(sorted(districts.items()))
