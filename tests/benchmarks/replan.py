"""Re-planning the sample after cancellations: seconds, visits unchanged, people won back.

Every k-th announced visit of the bundled sample's plan (3 buses x 10 days, floors on) is cancelled
on the evening before the first day, each by itself; seconds are those of computing. Targets of the
product: at most 1 s, at least 90 % of the announced visits unchanged, at least 85 % of the people
lost won back.
"""

from __future__ import annotations

import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from measuring import Row, arguments, show

from data.sample import install
from data.store.project import Project
from data.store.project_study import open_study
from geo.bus.check import check_plan
from geo.bus.replanning.events import BusDown, DayAdded, Event, RainedOff, StopCancelled
from geo.bus.replanning.replan import Replanned, replan
from geo.study.city_campaign import BusPlanned
from geo.study.rules import BusRules


def main() -> None:
    """Print the distribution over many cancellations, then one breakdown and one day of rain."""
    wanted = arguments(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        project = Project.create(Path(folder) / "sample", "示例", sample=True)
        install(project)
        planned = open_study(project).campaign(BusRules(), seed=2021)
    campaign, plan = planned.campaign, planned.plan
    visits = plan.visits[:: 8 if wanted.quick else 1]
    _told(planned, StopCancelled(campaign.stops[visits[0][1].stop].id))  # compile first
    answers = [
        _told(planned, StopCancelled(campaign.stops[visit.stop].id, one.day))
        for one, visit in visits
    ]
    rows = [_distribution(answers)]
    day = campaign.days[3]
    for name, *events in (
        ("bus 1 down from day 4", BusDown(campaign.buses[0].id, day)),
        ("day 4 rained off", RainedOff(day)),
        ("the same, a day added", RainedOff(day), DayAdded(campaign.days[-1] + timedelta(days=1))),
    ):
        new, spent = _told(planned, *events)
        rows.append(Row(name, "yizhan", spent, 1.0, _note(new)))
    show(rows, wanted.json)


def _told(planned: BusPlanned, *events: Event) -> tuple[Replanned, float]:
    eve = planned.campaign.days[0] - timedelta(days=1)
    started = time.process_time()
    new = replan(
        planned.campaign,
        planned.plan,
        events,
        datetime(eve.year, eve.month, eve.day, 20),
    )
    spent = time.process_time() - started
    broken = check_plan(new.campaign, new.plan, must=False)
    if broken:
        raise SystemExit(broken[0].en)
    return new, spent


def _distribution(answers: list[tuple[Replanned, float]]) -> Row:
    seconds = np.array([spent for _, spent in answers])
    kept = np.array([new.unchanged / new.announced for new, _ in answers])
    won = np.array([new.won_back / max(new.lost, 1e-9) for new, _ in answers])
    lost = sum(new.lost for new, _ in answers)
    together = sum(new.won_back for new, _ in answers) / lost
    note = (
        f"max {seconds.max():.2f} s, 95th percentile {np.percentile(seconds, 95):.2f} s; unchanged min {kept.min():.1%}, median {np.median(kept):.1%}; "
        f"won back {together:.1%} of all lost, median {np.median(won):.0%}, "
        f"5th percentile {np.percentile(won, 5):.0%}, min {won.min():.0%}; "
        f"{(won >= 0.85).mean():.0%} of cancellations reach 85 %"
    )
    return Row(
        f"{len(answers)} single cancellations", "yizhan", float(np.median(seconds)), 1.0, note
    )


def _note(new: Replanned) -> str:
    return (
        f"lost {new.lost:,.0f}, won back {new.won_back:,.0f}; "
        f"unchanged {new.unchanged} of {new.announced}; {len(new.changes)} to phone"
    )


if __name__ == "__main__":
    main()
