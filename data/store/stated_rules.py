"""The rules a project's ``project.json`` states where a planner states none."""

from __future__ import annotations

from pydantic import ValidationError

from data.store.project import Project
from geo.bus.campaign.traffic import traffic_of
from geo.errors import BadInputError
from geo.study.rules import ActionRules, BusRules, PriceList, StudyRules
from geo.text import Text


def stated(project: Project, rules: StudyRules) -> StudyRules:
    """Return `rules` with what ``project.json`` states where they state nothing."""
    told = {
        "improve": stated_actions(project, rules.improve),
        "bus": stated_bus(project, rules.bus),
    }
    return rules.model_copy(update=told)


def stated_actions(project: Project, rules: ActionRules) -> ActionRules:
    """Return `rules` with the price list of ``project.json`` where they state none.

    Raises
    ------
    BadInputError
        If that list cannot be read; the text names the file, the key, the value and the mend.
    """
    told = project.preference("prices")
    if rules.prices is not None or not told:
        return rules
    try:
        prices = PriceList.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, ("prices", *first["loc"])))
        why = Text("请按 README 的写法改正", f"{first['msg'].lower()}; mend it as the README shows")
        raise project.bad_preference(name, first["input"], why) from error
    return rules.model_copy(update={"prices": prices})


def stated_bus(project: Project, rules: BusRules) -> BusRules:
    """Return `rules` with the rush hours of ``project.json`` where they state none.

    Raises
    ------
    BadInputError
        If those cannot be read; the text names the file, the key, the value and the mend.
    """
    key = "rush_hours"
    told = project.preference(key)
    if rules.rush_hours is not None or not told:
        return rules
    try:
        traffic_of(told)
    except BadInputError as error:
        raise project.bad_preference(key, told, error.text) from error
    return rules.model_copy(update={"rush_hours": told})
