"""Stops that no bus can use, each with the reason: nothing is dropped in silence."""

from __future__ import annotations

import numpy as np

from geo.bus.campaign import Campaign
from geo.bus.campaign_plan import Unreachable
from geo.bus.fleet import Bus
from geo.bus.solver.duties import Duty
from geo.bus.solver.services import Services
from geo.text import Text


def unreachable_stops(
    campaign: Campaign, services: Services, duties: tuple[Duty, ...]
) -> tuple[Unreachable, ...]:
    """Return every stop of `campaign` that no duty serves, with its reason."""
    served = {int(services.stop[s]) for duty in duties for s in duty.service}
    offered = set(services.stop.tolist())
    return tuple(
        Unreachable(stop, _reason(campaign, stop, has_people=stop in offered))
        for stop in range(len(campaign.stops))
        if stop not in served
    )


def _reason(campaign: Campaign, stop: int, *, has_people: bool) -> Text:
    if campaign.stops[stop].banned:
        return Text("标为禁停。", "Banned.")
    drives = [_drive_min(campaign, bus, stop) for bus in campaign.buses]
    out, home = min(drives, key=sum)
    if not np.isfinite(out + home):
        return Text("没有车场能沿路网往返。", "No depot can drive there and back on the streets.")
    limit = campaign.rules.drive_limit_min
    if max(out, home) > limit:
        return Text(
            f"最近的车场单程 {max(out, home):.0f} 分钟，超过上限 {limit} 分钟。",
            f"The nearest depot is {max(out, home):.0f} min away, over the limit of {limit} min.",
        )
    if not has_people:
        return Text(
            "步行范围内没有在其时段可到场的职工。",
            "No workers who are there in its hours within walking reach.",
        )
    return Text(
        "在班次、开放时段和单程时间内排不下最短停留，请放宽其中之一。",
        "The shortest stay does not fit the shift, the window and the drives; relax one.",
    )


def _drive_min(campaign: Campaign, bus: Bus, stop: int) -> tuple[float, float]:
    start = campaign.place_of_depot(bus.start_depot)
    end = campaign.place_of_depot(bus.end_depot)
    time_s = campaign.drive.time_s
    return float(time_s[start, stop] / 60), float(time_s[stop, end] / 60)
