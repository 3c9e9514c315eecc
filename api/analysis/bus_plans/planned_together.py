"""Several campaigns planned together: a draft version of each, and how it compares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from api.analysis.bus_plans.learned_turnout import kept_until, learned
from api.analysis.bus_plans.plan_versions import announced_anew, gone_along, now_text
from api.bus.published_campaigns import announced_versions
from data.bus.bus_plans import BusPlans
from data.store.project import Project
from data.store.project_study import open_study
from data.store.stated_rules import stated_bus
from geo.bus.campaign.campaign import Campaign
from geo.bus.replanning.changes import (
    stops_given_up,
)
from geo.bus.replanning.events import JointlyPlanned
from geo.bus.replanning.version import PlanVersion
from geo.bus.several.beside import AnnouncedCampaign
from geo.bus.several.sharing import stands_of
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, silent
from geo.study.campaigns_together import CampaignsTogether
from geo.study.together_rules import TogetherRules
from geo.text import Text
from maps.numbers import percent_at_most


@dataclass(frozen=True, kw_only=True)
class OfTogether:
    """One campaign of a joint plan.

    Attributes
    ----------
    campaign : CampaignName
        Which.
    version : int
        The draft.
    bus_days, visits : int
        It drives.
    people, upper_bound : float
        It serves, and no plan on the bus-days it got serves more.
    fairness_price : float | None
        People it would serve more without districts' floors; None where that is next to nothing.
    apart_people : float | None
        Served where the campaigns are planned one after another; None where they cannot be.
    apart_bus_days : int
        Driven then.
    given_up : tuple[str, ...]
        Stops that were announced and are listed no more.
    """

    campaign: CampaignName
    version: int
    bus_days: int
    visits: int
    people: float
    upper_bound: float
    fairness_price: float | None
    apart_people: float | None
    apart_bus_days: int
    given_up: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """Say the figures in one line."""
        name, apart, gone = self.campaign.text, self.apart_people, self.given_up
        return Text(
            f"  {name.zh}：{self.bus_days} 个车日、{self.visits} 次停靠，{self.people:,.0f} 人"
            f"（在这些车日上不超过 {self.upper_bound:,.0f}）"
            + ("" if apart is None else f"；依次单独排 {apart:,.0f} 人")
            + (f"；{'、'.join(gone)}已不在停靠点名单，请自行通知" if gone else ""),
            f"  {name.en}: {self.bus_days} bus-days, {self.visits} visits, {self.people:,.0f} "
            f"people (no more than {self.upper_bound:,.0f} on those bus-days)"
            + ("" if apart is None else f"; one after another {apart:,.0f}")
            + (f"; listed no more, tell them yourself: {', '.join(gone)}" if gone else ""),
        )


@dataclass(frozen=True, kw_only=True)
class TogetherDraft:
    """A joint plan, stored and not published.

    Attributes
    ----------
    campaigns : tuple[OfTogether, ...]
        By campaign; the first one's version is published, and all others with it.
    worth, upper_bound : float
        People served, each at the worth of the campaign, and what nothing is worth more than.
    apart_worth : float | None
        The same planned one after another.
    calendar_note : Text | None
        What to know about the days.
    cut_short : tuple[Text, ...]
        Steps that ended because their time was over.
    """

    campaigns: tuple[OfTogether, ...]
    worth: float
    upper_bound: float
    apart_worth: float | None
    calendar_note: Text | None
    cut_short: tuple[Text, ...] = ()

    @property
    def version(self) -> int:
        """Which version to publish."""
        return self.campaigns[0].version

    @property
    def gap(self) -> float:
        """Share of the bound that is not proven to be out of reach."""
        return max(0.0, 1.0 - self.worth / self.upper_bound) if self.upper_bound > 0 else 0.0

    @property
    def text(self) -> Text:
        """Say the figures."""
        said = Text(
            f"一起排班：共 {self.worth:,.0f} 人，上限 {self.upper_bound:,.0f}"
            f"（差距至多 {percent_at_most(self.gap)}）。",
            f"Planned together: {self.worth:,.0f} people in all, bound {self.upper_bound:,.0f} "
            f"(gap {percent_at_most(self.gap)} at most).",
        )
        lines = [said, *(one.text for one in self.campaigns)]
        if self.apart_worth is not None:
            apart = Text(
                f"依次单独排（先排的先挑日子，取较好的次序）：共 {self.apart_worth:,.0f} 人。",
                f"One after another, in the better order: {self.apart_worth:,.0f} people in all.",
            )
            lines.insert(1, apart)
        lines.append(_ended(self.cut_short))
        if self.calendar_note is not None:
            lines.append(self.calendar_note)
        return Text("\n".join(one.zh for one in lines), "\n".join(one.en for one in lines))


def draft_in_folder(
    folder: Path, rules: TogetherRules, today: date, *, progress: Progress
) -> TogetherDraft:
    """Return :func:`draft_together` of the project in `folder`: for a process of its own."""
    return draft_together(Project.open(folder), rules, today, progress=progress)


def draft_together(
    project: Project, rules: TogetherRules, today: date, *, progress: Progress = silent
) -> TogetherDraft:
    """Plan the campaigns of `rules` together and store each as a version, not published yet.

    They take the place of what stands of the same campaigns; others that stand keep their buses and
    days, and guests at visits that change go along. What stands of them from `today` to the first
    day that is planned keeps standing.
    """
    standing = announced_versions(project)
    names = {share.campaign for share in rules.campaigns}
    others = tuple(one for one in standing if one.name not in names)
    told = rules.model_copy(update={"rules": stated_bus(project, rules.rules)})
    planned = open_study(project).campaigns_together(
        told,
        learn=partial(learned, project),
        keep=partial(kept_until, project, today=today),
        standing=[one.standing for one in others],
        progress=progress,
    )
    before = {one.name: one for one in standing if one.name in names}
    versions = _keep(project, planned, before, others, today)
    return _drafted(planned, versions, before, today)


def _keep(
    project: Project,
    planned: CampaignsTogether,
    before: dict[CampaignName, PlanVersion],
    others: tuple[PlanVersion, ...],
    today: date,
) -> list[PlanVersion]:
    plans = BusPlans(project.folder)
    stands = _standing(planned)
    for now in stands:
        others = gone_along(project, others, before.get(now.name), now)
    first = plans.next_number()
    numbers = tuple(range(first, first + len(planned.names)))
    beside = tuple(one.number for one in others)
    made: list[PlanVersion] = []
    for number, now in zip(numbers, stands, strict=True):
        event = JointlyPlanned(
            tuple(one.value for one in planned.names if one != now.name), planned.calendar_note
        )
        version = _version(now, before.get(now.name), event, today)
        made.append(
            replace(
                version,
                number=number,
                beside=(*(one for one in numbers if one != number), *beside),
            )
        )
    for version in made:
        plans.write(version)
    return made


def _standing(planned: CampaignsTogether) -> tuple[AnnouncedCampaign, ...]:
    """Return what stands of each campaign; a guest only where its host stands still."""
    stands = tuple(
        AnnouncedCampaign(name, campaign, plan, shared)
        for name, campaign, plan, shared in zip(
            planned.names, planned.campaigns, planned.found.plans, planned.shared, strict=True
        )
    )
    there = {one.name.value: stands_of([one]).keys() for one in stands}
    return tuple(
        replace(
            one,
            shared=tuple(
                held for held in one.shared if held.key in there.get(held.host, {held.key})
            ),
        )
        for one in stands
    )


def _version(
    now: AnnouncedCampaign, before: PlanVersion | None, event: JointlyPlanned, today: date
) -> PlanVersion:
    """Return the version of one campaign; what stood of it is told where it changes."""
    told = announced_anew(before, now, event.text, today)
    return PlanVersion(
        number=0,
        parent=None if before is None else before.number,
        made=now_text(),
        events=(event,),
        campaign=now.campaign,
        plan=now.plan,
        changes=told.changes,
        announcements=told.announcements,
        announced=told.announced,
        unchanged=told.unchanged,
        campaign_name=now.name.value,
        shared=now.shared,
    )


def _drafted(
    planned: CampaignsTogether,
    versions: list[PlanVersion],
    before: dict[CampaignName, PlanVersion],
    today: date,
) -> TogetherDraft:
    found = planned.found
    apart = found.apart or (None,) * len(versions)
    return TogetherDraft(
        campaigns=tuple(
            OfTogether(
                campaign=version.name,
                version=version.number,
                bus_days=len(version.plan.bus_days),
                visits=len(version.plan.visits),
                people=version.served,
                upper_bound=version.upper_bound,
                fairness_price=version.plan.fairness_price,
                apart_people=None if alone is None else alone.workers_served,
                apart_bus_days=0 if alone is None else len(alone.bus_days),
                given_up=_given_up(before.get(version.name), version.campaign, today),
            )
            for version, alone in zip(versions, apart, strict=True)
        ),
        worth=found.worth,
        upper_bound=found.upper_bound,
        apart_worth=found.apart_worth,
        calendar_note=planned.calendar_note,
        cut_short=found.cut_short,
    )


def _ended(cut_short: tuple[Text, ...]) -> Text:
    """Say why planning ended: done, or out of time and what to do then."""
    if not cut_short:
        return Text(
            "各步都已算完，未到时限。", "Every step ran to its end, none into its time limit."
        )
    zh, en = "、".join(one.zh for one in cut_short), ", ".join(one.en for one in cut_short)
    return Text(
        f"到时限即停的步骤：{zh}；加大 --seconds 也许还能更好。",
        f"Ended by the time limit: {en}; more --seconds may find better.",
    )


def _given_up(before: PlanVersion | None, now: Campaign, today: date) -> tuple[str, ...]:
    return () if before is None else stops_given_up((before.campaign, before.plan), now, today)
