"""Whether a project's points lie too near the edge of its streets to be measured rightly.

A street cut by the extract's border looks like a dead end: whoever would walk on beyond it is
counted as unable to. So the streets must reach past every point by as far as one may walk.
"""

from __future__ import annotations

import numpy as np

from data.store.project import Project
from data.streets.folder import Streets
from geo.arrays import Floats
from geo.coverage.rule import CoverageRule
from geo.crs import METRES_PER_DEGREE
from geo.layers.columns import INPUT_LAYERS, layers_with
from geo.layers.roles import Role
from geo.network.segments import Trait
from geo.text import Text


def border_remarks(
    project: Project, streets: Streets, *, rule: CoverageRule | None = None
) -> list[Text]:
    """Return what to tell the planner of each layer with points beyond or near the border.

    Parameters
    ----------
    project : Project
        Its input layers; those not imported yet are passed over.
    streets : Streets
        Its streets.
    rule : CoverageRule | None
        How far one may go from a point; the usual rule when None.
    """
    reach_m = (rule or CoverageRule()).reach_m(streets.speeds.walk_kmh / 3.6)
    remarks = []
    for name in layers_with(Role.WALKED_TO):
        if not project.has(name):
            continue
        middle = project.read(name).geometry.representative_point()
        inside_m = _room_m(streets, np.column_stack([middle.x, middle.y]))
        layer = INPUT_LAYERS[name].text
        if outside := int((inside_m < 0).sum()):
            remarks.append(_outside(layer, outside))
        if near := int(((inside_m >= 0) & (inside_m < reach_m)).sum()):
            remarks.append(_near(layer, near, reach_m))
    return remarks


def _room_m(streets: Streets, lonlat: Floats) -> Floats:
    """Return how far each point is from where the streets end; below 0 outside, (n,) metres."""
    sides = np.array(streets.border).reshape(2, 2)
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(sides[:, 1].mean())), 1.0])
    room = np.minimum(lonlat - sides[0], sides[1] - lonlat) * scale
    room_m: Floats = room.min(axis=1)
    cut = _cut_ends(streets)
    if len(cut):
        from scipy.spatial import cKDTree  # noqa: PLC0415 - half a second, seldom needed

        away_m, _ = cKDTree(cut * scale).query(lonlat * scale)
        room_m = np.where(room_m < 0, room_m, np.minimum(room_m, away_m))
    return room_m


def _cut_ends(streets: Streets) -> Floats:
    """Return where the extract lacks the rest of a street, (k, 2) lon/lat."""
    segments = streets.segments()
    starts = segments.start[(segments.traits & Trait.CUT_AT_START) != 0]
    ends = segments.end[(segments.traits & Trait.CUT_AT_END) != 0]
    return np.asarray(segments.node_lonlat[np.unique(np.concatenate([starts, ends]))])


def _near(layer: Text, count: int, reach_m: float) -> Text:
    return Text(
        f"注意：{layer.zh}有 {count:,} 处距路网边缘不到 {reach_m / 1000:.1f} 公里，边缘以外的道路未计入，"
        "这些地方的覆盖可能被少算。请换用范围更大的 OSM 文件。",
        f"Note: {count:,} of {layer.en} lie within {reach_m / 1000:.1f} km of the streets' edge; "
        "streets beyond it are missing, so their coverage may be too low. Use a larger extract.",
    )


def _outside(layer: Text, count: int) -> Text:
    return Text(
        f"注意：{layer.zh}有 {count:,} 处在路网范围之外，无法测算。请换用覆盖它们的 OSM 文件。",
        f"Note: {count:,} of {layer.en} lie outside the streets and cannot be measured. Use an "
        "extract that covers them.",
    )
