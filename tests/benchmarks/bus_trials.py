"""Trial campaigns for the bus planner, and which of them may be tuned on."""

from __future__ import annotations

from datetime import date

import numpy as np

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.holidays import working_days
from geo.layers.vocabulary import Setting

TUNING_SEEDS = (1, 2, 3, 4, 5, *range(100, 120))
"""Trials the planner may be tuned on; nothing is reported of them."""
REPORTING_SEEDS = tuple(range(6, 26))
"""Trials that figures are reported of; nothing is ever tuned on them."""


def trial(n_days: int, seed: int = 6) -> Campaign:
    """Make a trial instance: clustered stops, crowds of lognormal size within reach."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 60_000, (10, 2))
    cluster = rng.integers(0, 10, 120)
    stops_m = centres[cluster] + rng.normal(0, 4000, (120, 2))
    evening = np.arange(120) >= 69
    home = np.repeat(np.arange(120), 4)[:400] % 120
    crowds_m = stops_m[home] + rng.normal(0, 500, (400, 2))
    near = np.hypot(*(stops_m[:, None] - crowds_m[None]).transpose(2, 0, 1)) < 900
    at_work = ~evening[home]
    stop, crowd = np.nonzero(near & (at_work[None] == ~evening[:, None]))
    places = np.vstack([stops_m, centres[:3]])
    distance_m = 1.3 * np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    return Campaign(
        buses=tuple(
            Bus(id=f"b{i}", name=f"{i + 1}号车", start_depot=i, end_depot=i) for i in range(3)
        ),
        depots=tuple(Depot(f"D{i}", f"车场{i}", (120.3, 36.1)) for i in range(3)),
        days=working_days(date(2026, 11, 25), n_days),
        stops=tuple(
            Stop(
                id=f"S{i}",
                name=f"站{i}",
                lonlat=(120.3, 36.1),
                setting=Setting.RESIDENCE if evening[i] else Setting.WORK,
            )
            for i in range(120)
        ),
        people=People(
            count=np.ceil(rng.lognormal(4.3, 0.6, 400)),
            at_work=at_work,
            district=tuple(f"D{k % 8}" for k in cluster[home]),
        ),
        pair_stop=stop.astype(np.int32),
        pair_people=crowd.astype(np.int32),
        drive=Drive(distance_m, distance_m / (35 / 3.6)),
        rules=CampaignRules(),
    )
