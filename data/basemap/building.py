"""Makes a project's base map: from an extract, or from its own streets and districts."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from data.basemap.archive import BaseMapInputs, StoredBaseMap, open_base_map, store_base_map
from data.store.credit import credit_of, sources_of
from data.store.project import Project
from data.streets.folder import Streets, open_streets
from geo.crs import MARGIN_M, covering_box
from geo.errors import MissingError
from geo.solving import Progress, silent
from geo.text import Text

PROGRAM = 1
"""Raised when the program draws the same data otherwise."""
_SAMPLE = Text("示例数据：道路为虚构", "Sample data: the streets are invented")


def stored_base_map(project: Project) -> StoredBaseMap | None:
    """Return the project's base map; None before one was made."""
    return open_base_map(project.base_map_folder)


def base_map_from_file(
    project: Project, file: Path, *, margin_m: float = MARGIN_M, progress: Progress = silent
) -> StoredBaseMap:
    """Make the project's base map from an OpenStreetMap extract.

    Parameters
    ----------
    project : Project
        Its districts say what is drawn, with `margin_m` around, and are drawn in place of the
        extract's; without districts the whole extract is drawn.
    file : Path
        The extract.
    margin_m : float
        Metres drawn beyond the districts.
    progress : Progress
        Told the steps.

    Raises
    ------
    BadInputError
        If the file cannot be read as an extract or holds nothing of the project's area.
    """
    from data.basemap.extract import read_extract  # noqa: PLC0415 - osmium, for who has an extract
    from data.basemap.own import with_districts  # noqa: PLC0415 - for who makes a map

    districts = _districts(project)
    clip = None
    if districts is not None:
        west, south, east, north = districts.total_bounds.tolist()
        clip = covering_box((west, south, east, north), margin_m)
    drawn = read_extract(file, clip=clip, progress=progress)
    if districts is not None:
        drawn = with_districts(drawn, districts)
    made_from = BaseMapInputs(extract=file.name, **_made_from(project))
    return store_base_map(
        project.base_map_folder, drawn, name=project.name, made_from=made_from, progress=progress
    )


def base_map_of_project(project: Project, *, progress: Progress = silent) -> StoredBaseMap | None:
    """Return the project's base map, made of its streets and districts where it has none.

    One that was made of them before is made again when they have changed; one made of an extract
    stays. None where the project has neither streets nor districts.
    """
    held, inputs = stored_base_map(project), _made_from(project)
    if _holds(held, inputs):
        return held
    from data.basemap.own import own_base_map  # noqa: PLC0415 - as above

    streets = _streets(project)
    credit = credit_of(streets.source if streets else None, sources_of(_districts(project)))
    if project.is_sample:
        credit = _SAMPLE if credit is None else _also(_SAMPLE, credit)
    drawn = own_base_map(
        streets.segments() if streets else None, _districts(project), credit=credit
    )
    if drawn is None:
        return None
    return store_base_map(
        project.base_map_folder, drawn, name=project.name, made_from=inputs, progress=progress
    )


def _also(first: Text, second: Text) -> Text:
    return Text(f"{first.zh}；{second.zh}", f"{first.en}; {second.en}")


def base_map_is_current(project: Project) -> bool:
    """Whether :func:`base_map_of_project` would find nothing to do."""
    return _holds(stored_base_map(project), _made_from(project))


def _holds(held: StoredBaseMap | None, inputs: BaseMapInputs) -> bool:
    if held is None:
        return False
    return "extract" in held.facts.made_from or held.facts.made_from == inputs


def _made_from(project: Project) -> BaseMapInputs:
    """Return what the base map is made of besides a file."""
    streets = _streets(project)
    return BaseMapInputs(
        streets=streets.build.name if streets else None,
        districts=len(project.versions("districts")),
        program=PROGRAM,
    )


def _districts(project: Project) -> gpd.GeoDataFrame | None:
    return project.read_sound("districts").rows if project.has("districts") else None


def _streets(project: Project) -> Streets | None:
    try:
        return open_streets(project.streets_folder)
    except MissingError:
        return None
