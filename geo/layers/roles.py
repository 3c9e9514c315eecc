"""What layers are for: stated once with each layer, read wherever a list of layers is needed."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """One thing a layer is for."""

    STATIONS = "stations"
    """Holds the stations there are."""
    WALKED_TO = "walked_to"
    """People walk to its points or from them, so streets must reach beyond them."""
    EDITED = "edited"
    """Its rows, points, may be edited one by one."""
    CELLS = "cells"
    """Its rows may be cells of a grid."""

    READ_BY_COVERAGE = "read_by_coverage"
    """Coverage, gaps and all that stands on them read it."""
    READ_BY_SITING = "read_by_siting"
    """Siting and actions read it beside."""
    READ_BY_BUS = "read_by_bus"
    """The bus plan reads it."""
    MADE_BY_COVERAGE = "made_by_coverage"
    MADE_BY_SITING = "made_by_siting"
    MADE_BY_ACTIONS = "made_by_actions"
    MADE_BY_BUS = "made_by_bus"

    FOR_ANYONE = "for_anyone"
    """Anyone may read it; without this or the next it is the planner's."""
    FOR_BUS_CREW = "for_bus_crew"
    """Bus crews may read it, and planners."""

    IN_GEOPACKAGE = "in_geopackage"
    """Stands in the file of results for desktop maps."""
    IN_WORKBOOK = "in_workbook"
    """The workbook of results reads it."""
    MARKED = "marked"
    """With no code of its own, by its id, name and columns: where `ON_PLANNER_MAP`, the planner's
    maps show each row as a mark; where `IN_WORKBOOK`, the workbook lists them. Search finds them."""
    ON_PLANNER_MAP = "on_planner_map"
    ON_WORKER_MAP = "on_worker_map"
    ON_BUS_MAP = "on_bus_map"
    IN_BUS_FILES = "in_bus_files"
    """Driving sheets and calendars read it beside what is on the bus map."""
