"""The table of districts: workers, uncovered workers, stations and recommended sites of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import geopandas as gpd
import pandas as pd

from geo.layers.districts import districts_only
from geo.layers.vocabulary import Cause
from geo.summary.run import RunSummary
from geo.text import Text
from maps.records import cell, has_rows

_FAR = (Cause.TOO_FAR, Cause.UNREACHABLE)


def district_names(layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, str]:
    """Return district names by adcode."""
    if not has_rows(layers, "districts"):
        return {}
    frame = districts_only(layers["districts"])
    return dict(zip(frame["adcode"].astype(str), frame["name"].astype(str), strict=True))


def _sum(layers: Mapping[str, gpd.GeoDataFrame], layer: str, column: str) -> pd.Series[float]:
    if not has_rows(layers, layer) or not {column, "district"} <= set(layers[layer].columns):
        return pd.Series(dtype=float)
    frame = layers[layer]
    sums: pd.Series[float] = (
        frame[column].astype(float).groupby(frame["district"].astype(str)).sum()
    )
    return sums


def _gap_sum(layers: Mapping[str, gpd.GeoDataFrame], *, far: bool) -> pd.Series[float]:
    """Return workers in gaps by district: where no station is near, or where one does not serve."""
    if not has_rows(layers, "gaps") or "cause" not in layers["gaps"].columns:
        return _sum(layers, "gaps", "workers") if far else pd.Series(dtype=float)
    gaps = layers["gaps"]
    chosen = gaps["cause"].isin([cause.value for cause in _FAR]) == far
    # A zero in every district tells "none" from "not analysed".
    counted = gaps.assign(workers=gaps["workers"].where(chosen, 0))
    return _sum({"gaps": counted}, "gaps", "workers")


def _rows(layers: Mapping[str, gpd.GeoDataFrame], *names: str) -> pd.Series[float]:
    counts = [
        layers[name]["district"].astype(str).value_counts()
        for name in names
        if has_rows(layers, name) and "district" in layers[name].columns
    ]
    return pd.concat(counts).groupby(level=0).sum() if counts else pd.Series(dtype=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLine:
    """A district, or all of them; a figure whose layer is absent is None, one without rows is 0.

    Attributes
    ----------
    code, name : str
        Adcode and name.
    population : float | None
        Residents.
    workers, covered_before, covered_after : float | None
        Workers, those covered now, and with the recommended sites.
    workers_far, workers_near : float | None
        Workers in gaps: without a station within the limit, and with one that does not serve them
        (closed then, full, lacks an amenity).
    workers_new : float | None
        Workers newly covered by the sites.
    stations, sites : float | None
        Stations there are, and recommended sites.
    """

    code: str
    name: str
    population: float | None
    workers: float | None
    covered_before: float | None
    covered_after: float | None
    workers_far: float | None
    workers_near: float | None
    workers_new: float | None
    stations: float | None
    sites: float | None

    @property
    def share_far(self) -> float | None:
        """The part of the workers without a station near."""
        if self.workers_far is None or not self.workers:
            return None
        return self.workers_far / self.workers


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictColumn:
    """One column of the table, wherever it is shown.

    Attributes
    ----------
    text : Text
        Its header in the workbook.
    read : callable
        Takes a row and returns the value.
    form : str
        How it is written: ``integer``, ``share`` or ``text``.
    short : Text | None
        Its header on the planner's page; None where that has no room for it.
    """

    text: Text
    read: Callable[[DistrictLine], float | str | None]
    form: str = "integer"
    short: Text | None = None


FAR = DistrictColumn(
    text=Text("附近无站人数", "Workers with none near"),
    read=lambda row: row.workers_far,
    short=Text("附近无站", "None near"),
)
"""The planner's page shows it where no coverage is known, else the shares now and then."""
DISTRICT_COLUMNS = (
    DistrictColumn(text=Text("区市", "District"), read=lambda row: row.name, form="text"),
    DistrictColumn(text=Text("常住人口", "Residents"), read=lambda row: row.population),
    DistrictColumn(
        text=Text("职工人数", "Workers"),
        read=lambda row: row.workers,
        short=Text("职工", "Workers"),
    ),
    DistrictColumn(text=Text("现已覆盖", "Covered now"), read=lambda row: row.covered_before),
    DistrictColumn(
        text=Text("新建后覆盖", "Covered with the new sites"), read=lambda row: row.covered_after
    ),
    FAR,
    DistrictColumn(
        text=Text("附近无站占比", "Share with none near"),
        read=lambda row: row.share_far,
        form="share",
    ),
    DistrictColumn(
        text=Text("附近有站但当时不服务人数", "Workers whose station does not serve then"),
        read=lambda row: row.workers_near,
        short=Text("到点不开", "Not then"),
    ),
    DistrictColumn(
        text=Text("现有站点", "Stations now"),
        read=lambda row: row.stations,
        short=Text("现有站", "Now"),
    ),
    DistrictColumn(
        text=Text("推荐新建", "Recommended sites"),
        read=lambda row: row.sites,
        short=Text("新建", "New"),
    ),
    DistrictColumn(
        text=Text("新增覆盖人数", "Workers newly covered"), read=lambda row: row.workers_new
    ),
)
"""The columns of the table in their order: the workbook writes all, the page those with `short`."""


def columns_on_page(*, covered: bool) -> list[DistrictColumn]:
    """Return the columns of the planner's page, beside the shares it draws where `covered`."""
    shown = [column for column in DISTRICT_COLUMNS if column.short is not None]
    return [column for column in shown if not (covered and column is FAR)]


def district_table(
    layers: Mapping[str, gpd.GeoDataFrame], summary: RunSummary
) -> list[DistrictLine]:
    """Return a row per district, in the order of the layer."""
    before = summary.coverage.by_district if summary.coverage else ()
    after = summary.siting.by_district if summary.siting else ()
    covered = pd.Series({row.district: row.workers_covered for row in before}, dtype=float)
    then = pd.Series({row.district: row.covered_after for row in after}, dtype=float)
    workers, new = _sum(layers, "workers", "workers"), _sum(layers, "sites", "workers_new")
    far, near = _gap_sum(layers, far=True), _gap_sum(layers, far=False)
    stations, sites = _rows(layers, "stations", "yizhan"), _rows(layers, "sites")
    populations = (
        districts_only(layers["districts"]).set_index("adcode")["population"]
        if has_rows(layers, "districts") and "population" in layers["districts"].columns
        else pd.Series(dtype=float)
    )
    return [
        DistrictLine(
            code=code,
            name=name,
            population=_known(cell(populations.get(code))),
            workers=_of(workers, code),
            covered_before=_of(covered, code),
            covered_after=_of(then, code),
            workers_far=_of(far, code),
            workers_near=_of(near, code),
            workers_new=_of(new, code),
            stations=_of(stations, code),
            sites=_of(sites, code),
        )
        for code, name in district_names(layers).items()
    ]


def district_total(rows: Sequence[DistrictLine], name: str) -> DistrictLine:
    """Return the sums of `rows` as a row called `name`."""

    def total(figure: str) -> float | None:
        known = [value for row in rows if (value := getattr(row, figure)) is not None]
        return sum(known) if known else None

    figures = (one.name for one in fields(DistrictLine) if one.name not in {"code", "name"})
    return DistrictLine(code="", name=name, **{one: total(one) for one in figures})


def _of(sums: pd.Series[float], code: str) -> float | None:
    return None if sums.empty else float(sums.get(code, 0.0))


def _known(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
