"""A straight road for the bus: a depot at 0, stops so many minutes' drive away, a crowd at each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Turnout
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.bus.campaign.traffic import Traffic
from geo.layers.vocabulary import Setting

FIRST, SECOND = date(2026, 11, 25), date(2026, 11, 26)
SURE = Turnout(1.0, 1.0, 1.0)


def road(
    crowds: Sequence[float],
    at: Sequence[float],
    *,
    buses: int = 1,
    days: int = 1,
    turnout: Turnout = SURE,
    floor: float = 0.0,
    districts: tuple[str, ...] | None = None,
    must: Collection[int] = (),
    traffic: Traffic | None = None,
) -> Campaign:
    """Stops `at` so many minutes from the depot, a work place of `crowds` people at each.

    All come unless `turnout` says otherwise; stops whose number is in `must` are to be visited.
    """
    n = len(crowds)
    minute = np.array([*at, 0.0])
    time_s = np.abs(minute[:, None] - minute[None, :]) * 60
    return Campaign(
        buses=tuple(
            Bus(id=f"b{i}", name=f"{i}号车", start_depot=0, end_depot=0) for i in range(buses)
        ),
        depots=(Depot("D", "车场", (120.3, 36.1)),),
        days=tuple(FIRST.replace(day=FIRST.day + i) for i in range(days)),
        stops=tuple(
            Stop(
                id=f"S{i}",
                name=f"站{i}",
                lonlat=(120.31 + i / 100, 36.1),
                contact="张",
                phone="1",
                setting=Setting.WORK,
                must_visit=i in must,
            )
            for i in range(n)
        ),
        people=People(
            count=np.array(crowds, float),
            at_work=np.ones(n, np.bool_),
            district=districts or ("A",) * n,
        ),
        pair_stop=np.arange(n, dtype=np.int32),
        pair_people=np.arange(n, dtype=np.int32),
        drive=Drive(time_s * 1000 / 60, time_s),
        rules=CampaignRules(turnout=turnout, district_floor=floor, traffic=traffic or Traffic()),
    )
