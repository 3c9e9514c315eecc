"""The bus planner alone on trials nobody tuned it on, and on shapes made to be hard.

Seeds 6-25 of the trial of `bus.py` (seeds 1-5 and 100-119 are for tuning), 3 buses x 10 days;
targets: median gap at most 0.4 %, worst at most 1 %, 60 s each on two cores, no rule broken by the
independent checker. The hard shapes are made of the trial of seed 26: stays of three or four hours at 24 crowded
stops, evenings only, and a quarter of the districts another hour away on the road.

    python tests/benchmarks/bus_unseen.py [first seed] [last seed] [--shapes]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from bus_trials import REPORTING_SEEDS, trial

from geo.bus.campaign.campaign import Campaign, Drive
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.layers.vocabulary import Setting

_SHAPE_SEED = 26


def main() -> None:
    """Plan each campaign asked for and print a line; then the median and the worst gap."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    first, last = numbers or (REPORTING_SEEDS[0], REPORTING_SEEDS[-1])
    jobs = shapes() if "--shapes" in sys.argv else trials(first, last)
    gaps: list[float] = []
    for name, campaign in jobs:
        started, worked = time.perf_counter(), time.process_time()
        plan = plan_campaign(campaign, seed=1)
        spent, cpu = time.perf_counter() - started, time.process_time() - worked
        broken = check_plan(campaign, plan)
        gaps.append(plan.gap)
        print(
            f"{name}: {plan.workers_served:,.0f} served, bound {plan.upper_bound:,.0f}, gap "
            f"{plan.gap:.2%}, {spent:.0f} s ({cpu:.0f} s CPU), {len(broken)} rules broken",
            flush=True,
        )
    print(f"median gap {np.median(gaps):.2%}, worst {max(gaps):.2%}, of {len(gaps)}")


def trials(first: int, last: int) -> Iterator[tuple[str, Campaign]]:
    """Yield the trials of the seeds from `first` to `last`."""
    for seed in range(first, last + 1):
        yield f"trial, seed {seed}", trial(10, seed)


def shapes() -> Iterator[tuple[str, Campaign]]:
    """Yield the hard shapes."""
    campaign = trial(10, _SHAPE_SEED)
    yield "few long stops", few_long_stops(campaign)
    yield "evenings only", evenings_only(campaign)
    yield "one far district", one_far_district(campaign)


def few_long_stops(campaign: Campaign) -> Campaign:
    """Leave 24 stops with four times the people, stayed at for three or four hours."""
    stops = tuple(
        replace(stop, banned=number % 5 != 0) for number, stop in enumerate(campaign.stops)
    )
    rules = replace(campaign.rules, min_stay_min=180, days_between_visits=3)
    people = replace(campaign.people, count=4 * campaign.people.count)
    return replace(campaign, stops=stops, rules=rules, people=people)


def evenings_only(campaign: Campaign) -> Campaign:
    """Meet everybody at home: every stop is one of the evening, four hours a day."""
    stops = tuple(replace(stop, setting=Setting.RESIDENCE) for stop in campaign.stops)
    people = replace(campaign.people, at_work=np.zeros_like(campaign.people.at_work))
    return replace(campaign, stops=stops, people=people)


def one_far_district(campaign: Campaign) -> Campaign:
    """Move the stops of two districts in eight 35 km farther: another hour on the road."""
    far = np.zeros(len(campaign.drive.time_s), dtype=np.bool_)
    districts = np.array(campaign.people.district)[campaign.pair_people]
    far[np.unique(campaign.pair_stop[np.isin(districts, ["D0", "D1"])])] = True
    apart = far[:, None] != far[None, :]
    distance_m = campaign.drive.distance_m + 35_000.0 * apart
    return replace(campaign, drive=Drive(distance_m, distance_m / (35 / 3.6)))


if __name__ == "__main__":
    main()
