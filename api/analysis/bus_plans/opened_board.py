"""The board behind its routes: the draft that is kept, what it breaks and costs, its publishing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shapely import LineString

from api.analysis.bus_plans.drive_routes import fleet_routes
from api.analysis.bus_plans.plan_versions import keep_edited
from api.bus.published_campaigns import announced_versions, others_than, published_version
from data.bus.bus_boards import BusBoards
from data.bus.bus_records import BusRecords
from data.store.project import Project
from geo.bus.board.best_mend import Mend, best_mend
from geo.bus.board.board_draft import BoardDraft
from geo.bus.board.edits import Edit, Key, Placed, VisitRef
from geo.bus.board.evaluation import Board, Evaluated
from geo.bus.planned.plan_layers import bus_routes_frame
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay
from geo.bus.replanning.changes import BY_HAND, VisitChange, find_shared_changes
from geo.bus.replanning.events import BusAlong
from geo.bus.replanning.following import followed
from geo.bus.replanning.version import PlanVersion
from geo.bus.several.beside import AnnouncedCampaign, in_free_hours
from geo.bus.several.sharing import hosts_of, share_one, stands_of, without_shared
from geo.bus.turnout.turnout import came_by_visit
from geo.errors import BadInputError
from geo.layers.vocabulary import CampaignName
from geo.text import Text

_SHOWN_DEGREES = 0.00003
"""Ways are drawn this exactly: some 3 m."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenBoard:
    """A campaign's board, ready to be judged.

    Attributes
    ----------
    version : PlanVersion
        What stands.
    others : tuple[PlanVersion, ...]
        The other campaigns, which hold their bus-days.
    board : Board
        Judges what is placed.
    draft : BoardDraft
        The steps kept.
    shared : tuple[SharedVisit, ...]
        Visits of the others at which the campaign is held too, after those steps.
    """

    version: PlanVersion
    others: tuple[PlanVersion, ...]
    board: Board
    draft: BoardDraft
    shared: tuple[SharedVisit, ...] = ()

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The visits after the steps that hold."""
        return self.draft.placed(self.board.placed)


def open_board(project: Project, name: CampaignName | None, now: datetime) -> OpenBoard:
    """Return the board of a campaign that stands; None for the one published last.

    Steps made on a version that no longer stands, or on a day that is over, hold on where they can
    still be made; those that cannot are counted in the draft.
    """
    held = announced_board(project, name, now)
    kept = BusBoards(project.folder).read(held.version.name, held.version.number)
    return after_steps(project, held, _carried(kept, held), now)


def announced_board(
    project: Project,
    name: CampaignName | None,
    now: datetime,
    why: Text = BY_HAND,
    *,
    is_late: bool = False,
) -> OpenBoard:
    """Return the board of a campaign as it is announced, without what planners are changing.

    A bus that `is_late` may use up the time between two campaigns, in which crews change.
    """
    version = published_version(project, name)
    others = others_than(announced_versions(project), version.name)
    draft = BoardDraft(base=version.number)
    return _opened(project, version, others, draft, now, why, is_late=is_late)


def _carried(kept: BoardDraft, held: OpenBoard) -> BoardDraft:
    """Return the draft that was kept, on what stands now."""
    version = held.version
    hosts = hosts_of(version.campaign, version.name, [one.standing for one in held.others])
    sharable = {*stands_of(hosts), *(one.key for one in version.shared)}
    days = held.board.rest.campaign.days
    return kept.carried_to(version.number, held.board.placed, days, sharable)


def _opened(
    project: Project,
    version: PlanVersion,
    others: tuple[PlanVersion, ...],
    draft: BoardDraft,
    now: datetime,
    why: Text,
    *,
    is_late: bool = False,
) -> OpenBoard:
    hosts = [one.standing for one in others]
    shared = _shared(version, hosts, draft)
    free = in_free_hours(version.campaign, hosts, version.standing)
    if is_late:
        free = replace(free, held=frozenset(replace(one, changeover_min=0) for one in free.held))
    campaign = without_shared(free, shared)
    came = came_by_visit(BusRecords(project.folder).read(), version.name)
    board = Board(campaign, version.plan, now.replace(tzinfo=None), came, why=why)
    return OpenBoard(version, others, board, draft, shared)


def _shared(
    version: PlanVersion, hosts: Sequence[AnnouncedCampaign], draft: BoardDraft
) -> tuple[SharedVisit, ...]:
    """Return the visits shared after the steps of `draft`; those announced keep their people."""
    known = {one.key: one for one in version.shared}
    kept = draft.shared(known)
    shared = [known[key] for key in kept if key in known]
    stands = stands_of(hosts_of(version.campaign, version.name, hosts))
    for key in kept:
        if key in known:
            continue
        if key not in stands:
            raise BadInputError(
                Text(
                    f"{version.name.text.zh}不能与 {key[0]} {key[1].isoformat()} 的停靠同场："
                    "那里没有可同场的活动（见排班规则“与已排活动同场”）。",
                    f"{version.name.text.en} cannot share the visit of {key[0]} on "
                    f"{key[1].isoformat()}: no campaign there shares its visits (--share-visits).",
                )
            )
        shared.append(share_one(version.campaign, version.plan, shared, stands[key]))
    return tuple(sorted(shared, key=lambda one: (one.day, one.bus, one.start_min)))


def after_steps(project: Project, held: OpenBoard, draft: BoardDraft, now: datetime) -> OpenBoard:
    """Return the board after other steps; what it shares with others may differ."""
    known = [one.key for one in held.version.shared]
    if draft.shared(known) == held.draft.shared(known):
        return replace(held, draft=draft)
    return _opened(project, held.version, held.others, draft, now, BY_HAND)


def step(
    project: Project, held: OpenBoard, edits: Sequence[Edit], seen: int | None, now: datetime
) -> tuple[OpenBoard, Evaluated]:
    """Keep one step more and return the board after it; a step that cannot be is not kept."""
    after = after_steps(project, held, held.draft.after(edits), now)
    found = after.board.evaluate(after.placed)

    draft = _changed(project, held, lambda kept: kept.after(edits), seen)
    return replace(after, draft=draft), found


def back_to(project: Project, held: OpenBoard, at: int, seen: int | None) -> BoardDraft:
    """Undo, or redo, to the first `at` steps."""
    return _changed(project, held, lambda kept: kept.back_to(at), seen)


def _changed(
    project: Project,
    held: OpenBoard,
    step: Callable[[BoardDraft], BoardDraft],
    seen: int | None = None,
) -> BoardDraft:
    return BusBoards(project.folder).change(
        held.version.name,
        held.version.number,
        step,
        carry=lambda kept: _carried(kept, held),
        seen=seen,
    )


def settle_steps(project: Project, version: PlanVersion, now: datetime) -> None:
    """Begin the board on `version`, which stands now: what was done since it was sent holds on."""
    held = announced_board(project, version.name, now)
    _changed(project, held, lambda kept: kept)


def changes_of(
    held: OpenBoard, found: Evaluated
) -> list[tuple[PlanVersion, tuple[VisitChange, ...]]]:
    """Return what differs from what is announced: of this campaign, and of its guests."""
    version = held.version
    joined = find_shared_changes(version.campaign, version.shared, held.shared, BY_HAND)
    told = [(version, (*found.cost.changes, *joined))]
    if not found.cost.changes:
        return told
    now = replace(version.standing, plan=found.plan)
    for guest in held.others:
        after = followed(guest.campaign, guest.shared, version.standing, now)
        why = BusAlong(version.name.value).text
        told.append((guest, find_shared_changes(guest.campaign, guest.shared, after, why)))
    return told


def routes_of_draft(project: Project, held: OpenBoard) -> list[tuple[BusDay, LineString]]:
    """Return the way along the streets of each bus-day that stops elsewhere than announced."""
    found = held.board.evaluate(held.placed).plan
    stands = {_stops(day) for day in held.version.plan.bus_days}
    new = tuple(day for day in found.bus_days if _stops(day) not in stands)
    if not new:
        return []
    way = fleet_routes(project, held.version.closed)
    frame = bus_routes_frame(held.version.campaign, replace(found, bus_days=new), way=way)
    return list(zip(new, frame.geometry.simplify(_SHOWN_DEGREES), strict=True))


def _stops(day: BusDay) -> tuple[int, date, tuple[int, ...]]:
    return day.bus, day.day, tuple(visit.stop for visit in day.visits)


def mend(held: OpenBoard, key: Key) -> tuple[Mend, tuple[Edit, ...]] | None:
    """Return the best mend of a visit with the edits that make it; None where nothing helps."""
    placed = held.placed
    found = best_mend(held.board, placed, key)
    if found is None:
        return None
    was = next(one for one in placed if one.key == key)
    moves = ((was, found.visit), *found.moves)
    return found, tuple(edit for before, after in moves for edit in _edits(before, after))


def _edits(was: Placed, now: Placed) -> list[Edit]:
    made: list[Edit] = []
    if now.stay_min != was.stay_min:
        made.append(Edit(do="lengthen", visit=_ref(was), stay_min=now.stay_min))
    if (now.bus, now.day, now.start_min) != (was.bus, was.day, was.start_min):
        made.append(
            Edit(do="move", visit=_ref(was), bus=now.bus, day=now.day, start_min=now.start_min)
        )
    return made


def _ref(one: Placed) -> VisitRef:
    return VisitRef(bus=one.bus, day=one.day, stop=one.stop)


def draft_version(project: Project, held: OpenBoard, who: str, why: str) -> PlanVersion:
    """Store what is on the board as a version that can be published.

    Raises
    ------
    BadInputError
        If nothing is changed, or a rule is broken.
    """
    found = held.board.evaluate(held.placed, ranged=True)
    if found.broken:
        first = found.broken[0].text
        raise BadInputError(
            Text(
                f"还有 {len(found.broken)} 处不合规（如：{first.zh}），改好再发布。",
                f"{len(found.broken)} rules are broken ({first.en}); mend them first.",
            )
        )
    if not found.cost.changes and held.shared == held.version.shared:
        raise BadInputError(
            Text("看板与已发布的一样，没有可发布的。", "Nothing differs from what is published.")
        )
    version = keep_edited(project, held.version, held.others, found, held.shared, who, why)
    _changed(project, held, lambda kept: kept.sent_as(version.number))
    return version
