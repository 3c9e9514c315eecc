"""When hours were last confirmed, by a keeper or in the layer, and which nobody confirmed of late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from api.stations.directory import Directory
from data.upkeep.keeping import NOTHING_KEPT, Kept
from geo.fields import UNCONFIRMED_DAYS


class Unconfirmed(BaseModel):
    """A serving station whose hours nobody confirmed of late."""

    id: str
    name: str
    district: str = Field(description="Adcode")
    confirmed: str = Field(description='ISO date; "" where nobody ever did')


def last_confirmed(directory: Directory, kept: Mapping[str, Kept]) -> list[str]:
    """Return by row the day the hours were last confirmed, ISO 8601; "" for never."""
    return [
        max(
            str(row["updated"] or "")[:10],
            kept.get(str(row["id"]), NOTHING_KEPT).confirmed[:10],
        )
        for row in directory.rows
    ]


def is_confirmed(
    directory: Directory, kept: Mapping[str, Kept], today: date, days: int = UNCONFIRMED_DAYS
) -> NDArray[np.bool_]:
    """Tell by row whether the hours were confirmed within `days`, (n,)."""
    since = (today - timedelta(days=days)).isoformat()
    return np.array([day >= since for day in last_confirmed(directory, kept)], np.bool_)


def unconfirmed(
    directory: Directory, kept: Mapping[str, Kept], today: date, days: int = UNCONFIRMED_DAYS
) -> list[Unconfirmed]:
    """Return the serving stations not confirmed within `days`, longest ago first."""
    known, last = is_confirmed(directory, kept, today, days), last_confirmed(directory, kept)
    rows: list[int] = np.flatnonzero(~known & directory.serving).tolist()
    return [
        Unconfirmed(
            id=str(directory.rows[n]["id"]),
            name=str(directory.rows[n]["name"]),
            district=str(directory.rows[n]["district"] or ""),
            confirmed=last[n],
        )
        for n in sorted(rows, key=lambda n: (last[n], str(directory.rows[n]["id"])))
    ]
