"""Campaigns planned together on one fleet, beside the same planned one after another.

Of the trials of `bus_trials.py`, tuning seeds alone unless others are named: check-ups, the two-cancer
screening of a share of the same people that differs from place to place, and consultation of another
share. Each is promised an equal part of the bus-days. Targets: gap at most 1.5 %, together never
worse, no rule broken by the independent checker.

    python tests/benchmarks/bus_together.py [--seeds 1 2] [--sizes 1x5 2x5 2x10 3x10] [--campaigns 2 3]
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
from bus_trials import TUNING_SEEDS, trial

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import KINDS
from geo.bus.check import check_plan
from geo.bus.several.together import Wanted, plan_together
from geo.layers.vocabulary import CampaignName

_NAMES = (CampaignName.CHECKUP, CampaignName.SCREENING, CampaignName.CONSULTATION)
_SHARES = {CampaignName.SCREENING: (0.1, 0.4), CampaignName.CONSULTATION: (0.2, 0.8)}
"""Of the people of a place, from to, whom a campaign is for; chosen."""


def main() -> None:
    """Plan each case and print a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(TUNING_SEEDS[:1]))
    parser.add_argument("--sizes", nargs="+", default=["1x5", "2x5", "2x10", "3x10"])
    parser.add_argument("--campaigns", type=int, nargs="+", default=[2, 3])
    asked = parser.parse_args()
    for size in asked.sizes:
        buses, days = (int(number) for number in size.split("x"))
        for count in asked.campaigns:
            for seed in asked.seeds:
                print(
                    f"{size}, {count} campaigns, seed {seed}: {_planned(buses, days, count, seed)}"
                )


def _planned(buses: int, days: int, count: int, seed: int) -> str:
    wanted = [
        Wanted(name=name, campaign=_held(name, buses, days, seed), bus_days=buses * days // count)
        for name in _NAMES[:count]
    ]
    started, worked = time.perf_counter(), time.process_time()
    found = plan_together(wanted, seed=1)
    spent, cpu = time.perf_counter() - started, time.process_time() - worked
    broken = sum(
        len(check_plan(campaign, plan))
        for campaign, plan in zip(found.campaigns, found.plans, strict=True)
    )
    apart = "none" if found.apart_worth is None else f"{found.apart_worth:,.0f}"
    return (
        f"{found.worth:,.0f} people of at most {found.upper_bound:,.0f} (gap {found.gap:.2%}), one "
        f"after another {apart}, {spent:.0f} s ({cpu:.0f} s CPU), {broken} rules broken"
    )


def _held(name: CampaignName, buses: int, days: int, seed: int) -> Campaign:
    """Return the trial as a campaign of its own: its people, and what its buses do in a day."""
    campaign, kind = trial(days, seed), KINDS[name]
    chance = np.random.default_rng([seed, _NAMES.index(name)])
    share = chance.uniform(*_SHARES.get(name, (1.0, 1.0)), len(campaign.people.count))
    fleet = (
        replace(bus, exams_per_hour=kind.per_hour, exams_per_day=kind.per_day)
        for bus in campaign.buses[:buses]
    )
    return replace(
        campaign,
        buses=tuple(fleet),
        people=replace(campaign.people, count=np.ceil(share * campaign.people.count)),
        rules=replace(campaign.rules, quota=kind.quota),
    )


if __name__ == "__main__":
    main()
