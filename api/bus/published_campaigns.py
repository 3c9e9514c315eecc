"""The campaigns of a project that are published, side by side on one fleet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import geopandas as gpd
import pandas as pd

from data.bus.bus_plans import BusPlans
from data.store.project import Project
from data.store.summary_file import read_summary
from geo.bus.planned.plan_layers import bus_stops_frame
from geo.bus.replanning.following import also_hit
from geo.bus.replanning.version import PlanVersion
from geo.errors import MissingError
from geo.layers.vocabulary import CampaignName
from geo.summary.bus_figures import CampaignFigures
from geo.text import Text


def published_number(project: Project) -> int:
    """Return the version published last, 0 for none."""
    return read_summary(project.results_folder).summary.bus_version


def announced_versions(project: Project, number: int | None = None) -> tuple[PlanVersion, ...]:
    """Return version `number` and those of other campaigns beside it; none before the first.

    Parameters
    ----------
    project : Project
        Whose plans they are.
    number : int | None
        The version in front; None for the one published last.
    """
    number = published_number(project) if number is None else number
    if not number:
        return ()
    plans = BusPlans(project.folder)
    first = plans.read(number)
    return (first, *(plans.read(other) for other in first.beside))


def published_version(project: Project, name: CampaignName | None = None) -> PlanVersion:
    """Return the version of a campaign that stands; None for the one published last.

    Raises
    ------
    MissingError
        If that campaign is not published.
    """
    standing = announced_versions(project)
    for version in standing:
        if name in {None, version.name}:
            return version
    if name is not None and standing:
        known = "、".join(version.name.text.zh for version in standing)
        raise MissingError(
            Text(
                f"还没有已发布的{name.text.zh}行程；现有：{known}。",
                f"{name.text.en}: no plan is published; there are "
                f"{', '.join(version.name.text.en for version in standing)}.",
            )
        )
    raise MissingError(
        Text(
            "还没有已发布的大蓬车行程：请在看板上“排活动”，或运行 yizhan bus。",
            "No bus plan is published yet: plan campaigns on the board, or run yizhan bus.",
        )
    )


def others_than(versions: Iterable[PlanVersion], name: CampaignName) -> tuple[PlanVersion, ...]:
    """Return the versions of other campaigns than `name`."""
    return tuple(version for version in versions if version.name != name)


def stops_together(mine: gpd.GeoDataFrame, others: Iterable[PlanVersion]) -> gpd.GeoDataFrame:
    """Return the visits of one campaign and of the `others` that stand (EPSG:4326).

    Visits are numbered in the order a bus makes them that day, whatever campaign they are for.
    """
    frames = [bus_stops_frame(one.campaign, one.plan, one.name, one.shared) for one in others]
    joined = _joined([mine, *frames])
    if joined is mine or joined.empty:
        return joined
    order = joined.groupby(["day", "bus_id"])["arrive"].rank(method="dense")
    joined["order"] = order.astype(mine["order"].dtype)
    return joined.sort_values(["day", "bus_id", "order"], kind="stable", ignore_index=True)


def routes_together(
    mine: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None, others: Sequence[PlanVersion]
) -> gpd.GeoDataFrame:
    """Return the routes of one campaign and those of the `others` as they were drawn `before`."""
    if before is None or not others:
        return mine
    kept = {
        (bus, day.isoformat(), one.name.value) for one in others for bus, day in one.standing.taken
    }
    named = before.assign(campaign=_campaigns(before, others))
    return _joined([mine, named[[key in kept for key in _keys(named)]]])


def redrawn(before: gpd.GeoDataFrame, drawn: Iterable[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return the routes `before` with those `drawn` anew in the place of the same bus-days."""
    new = list(drawn)
    if not new:
        return before
    taken = {key for frame in new for key in _keys(frame)}
    taken |= {(bus, day, "") for bus, day, _ in taken}
    return _joined([before[[key not in taken for key in _keys(before)]], *new])


def drawn_for(routes: gpd.GeoDataFrame, name: CampaignName) -> gpd.GeoDataFrame:
    """Return the routes of a campaign, those drawn before campaigns were told by name included."""
    return routes[[campaign in {"", name.value} for *_, campaign in _keys(routes)]]


def _keys(routes: gpd.GeoDataFrame) -> list[tuple[str, str, str]]:
    """Return bus, day and campaign of each route; "" where the campaign is not told."""
    told = routes["campaign"] if "campaign" in routes else pd.Series("", index=routes.index)
    columns = routes["bus_id"], routes["day"], told.fillna("")
    return [(str(bus), str(day)[:10], str(name)) for bus, day, name in zip(*columns, strict=True)]


def _campaigns(before: gpd.GeoDataFrame, others: Iterable[PlanVersion]) -> list[str]:
    """Return the campaign of each route: routes drawn before campaigns were told have none."""
    known = {
        (bus, day.isoformat()): one.name.value for one in others for bus, day in one.standing.taken
    }
    return [name or known.get((bus, day), "") for bus, day, name in _keys(before)]


def _joined(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    held = [frame for frame in frames if len(frame)] or frames[:1]
    if len(held) == 1:
        return held[0]
    joined = pd.concat([frame.assign(day=frame["day"].astype(str).str[:10]) for frame in held])
    joined = joined.sort_values(["day", "bus_id"], kind="stable").reset_index(drop=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=held[0].crs)


def campaign_figures(versions: Iterable[PlanVersion]) -> tuple[CampaignFigures, ...]:
    """Return what is announced of each of `versions`."""
    return tuple(
        CampaignFigures(
            campaign=version.name,
            version=version.number,
            workers_served=version.served,
            upper_bound=version.upper_bound,
            visits=version.n_visits,
            days=version.days,
        )
        for version in versions
    )


def hit_too(project: Project, version: PlanVersion) -> tuple[Text, ...]:
    """Return what the events of `version` do to the campaigns beside it, and the mend."""
    plans = BusPlans(project.folder)
    others = [plans.read(number).standing for number in version.beside]
    return also_hit(others, version.events, date.fromisoformat(version.made[:10]))


def bus_names(versions: Iterable[PlanVersion]) -> dict[str, str]:
    """Return what people call each bus, by its id."""
    return {bus.id: bus.name for version in versions for bus in version.campaign.buses}
