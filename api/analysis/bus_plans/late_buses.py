"""Late buses: what a crew reports is kept at once, and published behind it, come what may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from api.analysis.bus_plans.opened_board import OpenBoard, announced_board
from api.analysis.bus_plans.plan_versions import keep_edited
from api.analysis.bus_plans.publishing_plan import publish_version
from api.bus.published_campaigns import announced_versions, published_number
from data.bus.bus_delays import BusDelays
from data.bus.bus_plans import BusPlans
from data.store.project import Project
from geo.bus.board.late import running_late, to_come
from geo.bus.replanning.delay import Delay, DelayState
from geo.bus.replanning.version import PlanVersion
from geo.errors import BadInputError, YizhanError
from geo.layers.vocabulary import CampaignName
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Language, Text

_TRIES = 3
"""How often the day is moved back anew where another plan was published meanwhile."""
_FAULT = Text(
    "程序出错，时间没有改；请打电话给车队办公室。", "a fault of the program; phone the office."
)


def keep_delay(
    project: Project,
    bus: str,
    late_min: int,
    now: datetime,
    *,
    seen: int | None = None,
    language: Language = Language.ZH,
) -> Delay:
    """Keep a crew's report; :func:`publish_kept` publishes it.

    Parameters
    ----------
    seen : int | None
        The plan that the crew saw; None where that is not told.

    Raises
    ------
    BadInputError
        If the bus has no visit left today, another report of it is being published, or the plan has
        changed since the crew saw it: a second press must not move the day back twice.
    """
    to_come(_board_of(project, bus, late_min, now).board, bus, now.date())
    standing = published_number(project)

    def made(number: int, before: list[Delay]) -> Delay:
        if any(one.bus == bus and one.state is DelayState.KEPT for one in before):
            raise BadInputError(
                Text(
                    "上一次报的晚点还在公布，请等它完成再报。",
                    "The last report is still being published; wait until it is.",
                )
            )
        if seen not in {None, standing}:
            raise BadInputError(
                Text(
                    "行程刚更新过，请先看新的时间；还晚点就再报一次。",
                    "The plan has just changed: look at the new times, and report again if the "
                    "bus is still late.",
                )
            )
        return Delay(number=number, bus=bus, late_min=late_min, reported=now, language=language)

    return BusDelays(project.folder).add(made)


def publish_kept(
    project: Project,
    today: date,
    *,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> int:
    """Publish what was reported and is not published yet, one after the other; return how many.

    What cannot be published is noted with the reason. Stopped or killed, all that is left stays
    kept, and what was published just before is not moved back again.
    """
    delays, done = BusDelays(project.folder), 0
    while (one := delays.first_kept()) is not None:
        try:
            delays.put(_published(project, delays, one, today, progress))
        except YizhanError as error:
            delays.put(one.refused(error.text))
        except Exception:
            if not stop():
                delays.put(one.refused(_FAULT))
            raise
        done += 1
    return done


def _published(
    project: Project, delays: BusDelays, one: Delay, today: date, progress: Progress
) -> Delay:
    if one.version and _has_stood(project, one.version):  # Killed before that was noted.
        return one.told()
    if one.reported.date() < today:
        raise BadInputError(Text("那一天已经过去。", "that day is over."))
    for left in reversed(range(_TRIES)):
        standing = published_number(project)
        version = late_version(project, one.bus, one.late_min, one.reported)
        drafted = one.drafted(version.number, len(version.changes))
        delays.put(drafted)
        try:
            publish_version(project, version.number, language=one.language, progress=progress)
        except BadInputError:
            if not left or published_number(project) == standing:
                raise
        else:
            break
    return drafted.told()


def _has_stood(project: Project, number: int) -> bool:
    """Return whether version `number` is published, or one was that came of it."""
    standing = announced_versions(project)
    return any(number in _line(project, one, down_to=number) for one in standing)


def _line(project: Project, version: PlanVersion, *, down_to: int) -> Iterator[int]:
    """Yield the numbers of a version and of those it came of, the newest first."""
    plans = BusPlans(project.folder)
    yield version.number
    while version.parent is not None and version.parent >= down_to:
        version = plans.read(version.parent)
        yield version.number


def late_version(project: Project, bus: str, late_min: int, now: datetime) -> PlanVersion:
    """Store the plan in which the rest of a bus's day shifts by its delay, to be published.

    Raises
    ------
    BadInputError
        If the bus has no visit left today.
    """
    held = _board_of(project, bus, late_min, now)
    shifted = running_late(held.board, bus, now.date(), late_min)
    found = held.board.evaluate(shifted, ranged=True)
    names = {one.id: one.name for one in held.version.campaign.buses}
    who, why = names.get(bus, bus), _why(late_min)
    return keep_edited(project, held.version, held.others, found, held.shared, who, why.zh)


def _board_of(project: Project, bus: str, late_min: int, now: datetime) -> OpenBoard:
    """Return the board of the campaign whose bus it is today, as the bus is: `late_min` behind."""
    name = _out_with(announced_versions(project), bus, now)
    behind = now - timedelta(minutes=late_min)
    return announced_board(project, name, behind, _why(late_min), is_late=True)


def _out_with(standing: Sequence[PlanVersion], bus: str, now: datetime) -> CampaignName | None:
    """Return the campaign that has the bus now, or has it next; None where it stays in today."""
    minute = now.hour * 60 + now.minute
    out = [
        (day.back_min, version.name)
        for version in standing
        for day in version.plan.bus_days
        if (version.campaign.buses[day.bus].id, day.day) == (bus, now.date())
    ]
    coming = [one for one in out if one[0] > minute]
    return min(coming, default=max(out, default=(0, None)))[1]


def _why(late_min: int) -> Text:
    return Text(f"晚点 {late_min} 分钟", f"running {late_min} min late")
