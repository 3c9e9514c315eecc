"""What the committee's papers are about: one run, its layers, and how money is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.layers.english_names import english_place
from geo.study.rules import StudyRules
from geo.summary.coverage import CoverageFigures
from geo.summary.run import RunSummary, done
from geo.summary.siting_figures import SitingFigures
from geo.text import Language, Text
from maps.district_table import district_names
from maps.estimate_words import estimate_mark
from maps.linked_files import file_name
from maps.numbers import MISSING
from maps.report.content import PaperTable, TableColumn, Value, ValueKind
from maps.report.formats import FOLDER
from maps.report.plain import printable, short
from maps.workbook.sheet_words import SAMPLE

_UNKNOWN = Text("区市不详", "district unknown")


class Stands(StrEnum):
    """Whether a plan holds."""

    PUBLISHED = "published"
    DRAFT = "draft"
    FORMER = "former"


_NAME_EM = 10.0
"""So much of a plan's name stands on every page; the chapter on sources has it whole."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How far today's coverage rests on opening hours that nobody confirmed of late.

    Attributes
    ----------
    days : int
        Hours confirmed within so many days count as confirmed.
    stations, unconfirmed : int
        Stations that serve; of them those not confirmed.
    workers, worker_hours : float
        The share of workers covered, and of hours served, that is lost without the latter.
    """

    days: int
    stations: int
    unconfirmed: int
    workers: float
    worker_hours: float


def _no_catchments(_: gpd.GeoDataFrame) -> Mapping[str, BaseGeometry]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One run as the papers see it.

    Attributes
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``sites`` and ``districts``; ``actions``, ``gaps``, ``stations``, ``yizhan``,
        ``candidates``, ``streets``, ``ground``, ``bus_stops`` and ``bus_routes`` where they are
        known (EPSG:4326).
    summary : RunSummary
        With coverage and sites.
    sample : bool
        Whether the data are invented.
    credit : Text | None
        Whom the streets come from.
    language : Language
        Of the papers.
    draw_catchments : Callable
        Given sites, returns from where each is reached within the limit, by ``target_id``
        (EPSG:4326); asked for by the sheets of sites only.
    to_gcj02 : Callable | None
        Converts (n, 2) lon/lat WGS-84 to GCJ-02, for the papers of the bus; None leaves them out.
    stands : Stands
        Whether the plan is published, a draft, or was published formerly.
    plan_name : str | None
        Its name, where it was asked for by name.
    confirmed : Confirmed | None
        How far coverage rests on unconfirmed hours; None where that is not known.

    Raises
    ------
    ValueError
        If coverage or siting has not been run, when its figures are asked for.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    summary: RunSummary
    sample: bool
    credit: Text | None = None
    language: Language = Language.ZH
    draw_catchments: Callable[[gpd.GeoDataFrame], Mapping[str, BaseGeometry]] = _no_catchments
    to_gcj02: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None
    stands: Stands = Stands.PUBLISHED
    plan_name: str | None = None
    confirmed: Confirmed | None = None

    @property
    def seen(self) -> CoverageFigures:
        """The figures of the coverage."""
        return done(self.summary.coverage)

    @property
    def plan(self) -> SitingFigures:
        """The figures of the recommended sites."""
        return done(self.summary.siting)

    @property
    def rules(self) -> StudyRules:
        """The rules the run was made by."""
        return StudyRules() if self.summary.facts is None else self.summary.facts.parameters

    @property
    def city_share(self) -> float:
        """The share of each cost that is the city's; the rest is the district's."""
        return self.rules.siting.city_share

    @property
    def workers(self) -> float:
        """The workers (or weights) in all."""
        return done(self.summary.workers_total)

    @property
    def unit(self) -> Text:
        """What is counted, after a number."""
        if self.summary.workers_rest_on == "relative":
            return Text("份（相对权重，不是人数）", "weights (no numbers of people)")
        return Text("名职工", "workers")

    @property
    def mark(self) -> Text | None:
        """What every page says: invented, estimated, or a draft's."""
        data = SAMPLE if self.sample else estimate_mark(self.summary)
        marks = [one for one in (data, self._holds_not) if one]
        if not marks:
            return None
        return Text("　".join(one.zh for one in marks), "; ".join(one.en for one in marks))

    @property
    def _holds_not(self) -> Text | None:
        """What every page says of a plan that does not hold."""
        name = short(printable(self.plan_name or ""), _NAME_EM)
        zh, en = (f"“{name}”", f" {name}") if name else ("", "")
        if self.stands is Stands.DRAFT:
            return Text(f"草案{zh}：尚未发布", f"DRAFT 草案{en}: not published")
        if self.stands is Stands.FORMER:
            return Text(
                f"旧方案{zh}：已由别的方案代替", f"FORMER 旧方案{en}: another plan holds now"
            )
        return None

    @property
    def called(self) -> str | None:
        """The plan's name; None where it has none."""
        told = self.summary.draft
        return self.plan_name or (told.name if told else None)

    @property
    def folder_name(self) -> str:
        """What the folder of its papers is called: a plan's name is part of it, made safe."""
        named = f"-{file_name(self.plan_name)}" if self.plan_name else ""
        return self.say(FOLDER) + named

    @property
    def made(self) -> str:
        """The day the figures were made."""
        return f"{self.summary.facts.made:%Y-%m-%d}" if self.summary.facts else MISSING

    @cached_property
    def names(self) -> dict[str, str]:
        """Districts by code, in the papers' language."""
        return {code: self.place(name) for code, name in district_names(self.layers).items()}

    def place(self, name: str) -> str:
        """Return what the papers call a district or a subdistrict."""
        return english_place(name) if self.language == Language.EN else name

    def district(self, code: object) -> str | Text:
        """Return what people call a district."""
        known = str(code) if isinstance(code, str) and code else ""
        return self.names.get(known, known) or _UNKNOWN

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """The recommended sites, the first to build first."""
        ranked: gpd.GeoDataFrame = self.layers["sites"].sort_values("rank", ignore_index=True)
        return ranked

    def say(self, text: Text) -> str:
        """Return `text` in the papers' language."""
        return text.into(self.language)


def cost_of(rows: pd.DataFrame) -> float | None:
    """Return what `rows` cost (CNY); None rather than a sum that leaves out an unstated cost."""
    costs = rows["cost_cny"].astype(float)
    return None if costs.isna().any() else float(costs.sum())


def cost_shares(cost_cny: float | None, city_share: float) -> tuple[float | None, float | None]:
    """Return what the city and what the district pay of a cost (CNY)."""
    if cost_cny is None:
        return None, None
    city = cost_cny * city_share
    return city, cost_cny - city


CODE = TableColumn(Text("区市代码", "Code"))
DISTRICT = TableColumn(Text("区市", "District"), ValueKind.TEXT, wide=1.3)
OF_DISTRICT = (CODE, DISTRICT)
"""See :func:`of_district`; paper leaves the first out."""
MONEY = (
    TableColumn(Text("费用（元）", "Cost (CNY)"), ValueKind.YUAN, adds=True),
    TableColumn(Text("市级承担（元）", "City pays (CNY)"), ValueKind.YUAN, adds=True),
    TableColumn(Text("区市承担（元）", "District pays (CNY)"), ValueKind.YUAN, adds=True),
)
"""See :func:`money`."""


def of_district(subject: Subject, code: str) -> tuple[Value, Value]:
    """Return a district's code and what people call it."""
    return code, subject.district(code)


def money(subject: Subject, cost_cny: float | None) -> tuple[Value, ...]:
    """Return a cost (CNY), and what of it the city and the district pay."""
    return cost_cny, *cost_shares(cost_cny, subject.city_share)


def table_by_district(
    subject: Subject,
    key: str,
    caption: Text,
    columns: Sequence[TableColumn],
    rows: Iterable[tuple[str, tuple[Value, ...]]],
) -> PaperTable:
    """Return a table of districts by their codes; paper shows all columns but the code."""
    return PaperTable(
        key=key,
        caption=caption,
        columns=(*OF_DISTRICT, *columns),
        rows=tuple((*of_district(subject, code), *cells) for code, cells in rows),
        paper=tuple(range(1, len(columns) + len(OF_DISTRICT))),
    )
