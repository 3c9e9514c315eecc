"""Census figures that come along: residents and employed persons of Qingdao's districts, 2020.

Occupation and industry come from the long form, which about a tenth of households filled in: they
are shares between districts, not counts, and count people where they live.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

from geo.layers.vocabulary import Group

CENSUS_SOURCE = "2020 年第七次全国人口普查分区市数据（leiii/census，MIT，© 2022 Lei Dong）"

ALL_EMPLOYED = "各种行业人口总计"
"""The column of all employed persons."""


@cache
def census() -> pd.DataFrame:
    """Return the table by ``adcode``: ``name``, ``residents`` and employed persons by industry."""
    path = files("data.city") / "tables" / "census2020_qingdao.csv"
    with path.open(encoding="utf-8-sig") as file:
        return pd.read_csv(file, dtype={"adcode": str}).set_index("adcode")


def official_code(name: str) -> str | None:
    """Return the adcode of the district called `name`, as OpenStreetMap may write it too."""
    known = census()["name"]
    found = [str(code) for code, official in known.items() if official in name]
    return found[0] if len(found) == 1 else None


def census_industry(group: Group) -> str | None:
    """Return the industry whose employed share out a group between districts, None for none."""
    path = files("data.city") / "tables" / "groups.csv"
    with path.open(encoding="utf-8-sig") as file:
        told = pd.read_csv(file, index_col="group")["普查行业"]
    return str(told[group]) if group in told.index else None
