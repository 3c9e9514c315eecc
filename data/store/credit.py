"""Whom everything made of a project has to name: OpenStreetMap, for streets, boundaries or both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from data.store.project import Project
from data.streets.folder import open_streets
from data.streets.source import StreetSource
from geo.errors import MissingError
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

_MARK = "OpenStreetMap"
_BOUNDARIES = Text("行政区边界 © OpenStreetMap 贡献者", "Boundaries © OpenStreetMap contributors")
_BOTH = Text(
    "道路和行政区边界 © OpenStreetMap 贡献者", "Streets and boundaries © OpenStreetMap contributors"
)


def credit_of(streets: StreetSource | None, boundaries: Iterable[str]) -> Text | None:
    """Return what has to stand on every map, page, sheet and file; None where nothing has to.

    Parameters
    ----------
    streets : StreetSource | None
        Whose the streets are, None without streets.
    boundaries : iterable of str
        Whose the boundaries are, see :func:`sources_of`.
    """
    of_streets = streets.credit if streets else None
    if not any(_MARK in source for source in boundaries):
        return of_streets
    return _BOTH if of_streets else _BOUNDARIES


def sources_of(districts: gpd.GeoDataFrame | None) -> tuple[str, ...]:
    """Return what the layer DISTRICTS says of whose its boundaries are, each once."""
    if districts is None or "source" not in districts:
        return ()
    return tuple(districts["source"].dropna().astype(str).unique())


def attributed(credit: Text | None) -> dict[str, str]:
    """Return the member by which a data file names `credit`, in both languages; {} for nobody."""
    return {} if credit is None else {"attribution": credit.both}


def project_credit(project: Project) -> Text | None:
    """Return whom all that is made of a project's streets and districts has to name."""
    try:
        streets = open_streets(project.streets_folder).source
    except MissingError:
        streets = None
    districts = project.read_sound("districts").rows if project.has("districts") else None
    return credit_of(streets, sources_of(districts))
