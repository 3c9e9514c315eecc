"""Lists of workers that somebody made, and estimates only where a list holds nothing."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.estimate.basis import read_basis
from geo.estimate.drawn import is_estimated
from geo.layers.districts import with_districts
from geo.text import Text


def with_estimates(
    own: gpd.GeoDataFrame, estimates: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the rows of a list with the estimates of the groups and districts it does not hold.

    Parameters
    ----------
    own, estimates : GeoDataFrame
        WORKERS columns (EPSG:4326); of `estimates` only estimated rows are taken.
    districts : GeoDataFrame
        The layer DISTRICTS, to place rows that state none.
    """
    estimates = estimates[is_estimated(estimates)]
    listed = set(zip(*_keys(own, districts), strict=True))
    here = zip(*_keys(estimates, districts), strict=True)
    kept = estimates[[key not in listed for key in here]]
    if not len(kept):
        return own
    both = pd.concat([own, kept], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=own.crs)


def listed_text(workers: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> Text | None:
    """Say which districts and groups are estimated beside a list; None where none are."""
    told = is_estimated(workers)
    if not told.any() or told.all():
        return None
    names = dict(zip(districts["adcode"].astype(str), districts["name"], strict=True))
    codes = _keys(workers[told], districts)[0]
    where = "、".join(
        dict.fromkeys(str(names.get(code, code or "其他")) for code in sorted(set(codes)))
    )
    bases = [read_basis(text) for text in workers["estimated_from"][told]]
    zh = f"名单里没有的群体保留估算（{int(told.sum())} 行，在 {where}）"
    en = f"groups the list does not hold keep their estimates ({int(told.sum())} rows, in {where})"
    if any(basis is not None and basis.relative for basis in bases):
        zh += "；这些估算是相对权重，不是人数，不能和名单的人数相加：请用 yizhan city --totals 给出总数"
        en += (
            "; they are weights and no numbers of people, not to be added to the list's: give totals "
            "by yizhan city --totals"
        )
    return Text(zh + "。", en + ".")


def _keys(workers: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> tuple[list[str], list[str]]:
    placed = with_districts(workers, districts)
    district = [str(one) for one in placed["district"].fillna("")]
    return district, [str(one) for one in placed["group"]]
