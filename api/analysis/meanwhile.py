"""What a run can do at the same time: nothing in base map, sites or bus days waits for another.

Where there is a second processor and the streets are many enough, one other process plans the bus
days, or makes the base map where no bus is planned beside something. Coverage, sites and actions are
done in a copy of this process, if there can be one: while it brings in the engine, this one brings
in what writes and reads what will be written. See :mod:`api.own_process`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from api.analysis.outcome import Asked, Outcome
from api.own_process import BESIDE_A_RUN, OwnProcess, beginning, can_copy, is_worth_a_process
from data.basemap.building import base_map_is_current, base_map_of_project
from data.program import starting
from data.store.project import Project
from geo.solving import Progress
from geo.study.rules import Part, StudyRules

if TYPE_CHECKING:
    from geo.study.city_campaign import BusPlanned


def base_map_meanwhile(
    project: Project, *, apart: bool = True
) -> AbstractContextManager[OwnProcess[None]]:
    """Begin to make the base map if it is not current and may be made `apart`."""
    return beginning(
        partial(_make_base_map, project.folder),
        name="base-map",
        purpose=BESIDE_A_RUN,
        worth=apart and not base_map_is_current(project) and is_worth_a_process(project),
    )


def bus_days_meanwhile(
    project: Project, rules: StudyRules, parts: tuple[Part, ...]
) -> AbstractContextManager[OwnProcess[BusPlanned]]:
    """Begin to plan the bus days where `parts` of a run ask for them and for something beside."""
    return beginning(
        partial(_plan_bus_days, project.folder, rules),
        name="bus-days",
        purpose=BESIDE_A_RUN,
        worth={"bus"} < set(parts) and is_worth_a_process(project),
    )


def steps_meanwhile(project: Project, asked: Asked) -> AbstractContextManager[OwnProcess[Outcome]]:
    """Begin with those of coverage, sites and actions that are `asked` for."""
    return beginning(
        partial(_do_steps, project.folder, asked),
        name="steps",
        purpose=BESIDE_A_RUN,
        worth={"bus"} != set(asked.parts) and can_copy() and is_worth_a_process(project),
    )


def _do_steps(folder: Path, asked: Asked, *, progress: Progress) -> Outcome:
    with starting():
        from api.analysis.study_steps import outcome_of  # noqa: PLC0415 - engine and optimisers

    return outcome_of(Project.open(folder), asked, progress=progress)


def _make_base_map(folder: Path, *, progress: Progress) -> None:
    base_map_of_project(Project.open(folder), progress=progress)


def _plan_bus_days(folder: Path, rules: StudyRules, *, progress: Progress) -> BusPlanned:
    """Plan around the campaigns that stand, with what crews' records have taught."""
    # Optimisers and kernels: for the process that plans.
    with starting():
        from api.analysis.bus_plans.learned_turnout import kept_until, learned  # noqa: PLC0415
        from api.bus.published_campaigns import announced_versions, others_than  # noqa: PLC0415
        from data.store.project_study import open_study  # noqa: PLC0415

    project, name = Project.open(folder), rules.bus.campaign
    return open_study(project).campaign(
        rules.bus,
        learn=partial(learned, project, name),
        keep=partial(kept_until, project, name),
        standing=[one.standing for one in others_than(announced_versions(project), name)],
        seed=rules.seed,
        progress=progress,
    )
