"""What is prepared with the streets is what they would compute, and costs no private memory."""

from __future__ import annotations

from dataclasses import fields, replace

import numba
import numpy as np
import pytest

from data.sample import load_segments
from data.streets.folder import open_streets, write_streets
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.prepared import Prepared
from geo.network.segments import Segments


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streets")
    write_streets(folder, _corner(load_segments()), modes=[Mode.DRIVE])
    return open_streets(folder).network(Mode.DRIVE)


def _corner(segments: Segments) -> Segments:
    """The streets of one small part of the sample."""
    west, south = segments.node_lonlat.min(axis=0)
    near = (segments.node_lonlat < [west + 0.3, south + 0.3]).all(axis=1)
    kept = np.flatnonzero(near[segments.start] & near[segments.end])
    sizes = np.diff(segments.shape_offset)
    columns = {
        field.name: getattr(segments, field.name)[kept]
        for field in fields(segments)
        if field.name
        not in {"node_lonlat", "shape_offset", "shape_lonlat", "names", "banned_turns"}
    }
    return Segments(
        node_lonlat=segments.node_lonlat,
        shape_offset=np.concatenate([[0], np.cumsum(sizes[kept])]),
        shape_lonlat=segments.shape_lonlat[np.repeat(np.isin(np.arange(len(sizes)), kept), sizes)],
        names=segments.names,
        **columns,
    )


def test_what_was_kept_is_what_would_be_computed(opened):
    kept, computed = opened.prepare(), replace(opened).prepare()
    for field in fields(Prepared):
        np.testing.assert_array_equal(getattr(kept, field.name), getattr(computed, field.name))


def test_what_was_kept_is_mapped_not_copied(opened):
    assert isinstance(opened.hierarchy.upper, np.memmap)
    assert isinstance(opened.edge_grid.piece, np.memmap)
    assert opened.edge_grid.xy_m is opened.shape_xy_m
    assert isinstance(opened.arc_costs("time_s").up, np.memmap)


def test_a_network_with_other_streets_does_not_use_it(opened):
    slower = replace(opened, time_s=opened.time_s * 2)
    np.testing.assert_allclose(slower.arc_costs("time_s").up, opened.arc_costs("time_s").up * 2)


def test_to_the_compiler_mapped_and_computed_streets_are_of_the_same_types(opened):
    computed = compile_network(_corner(load_segments()), Mode.DRIVE)
    for mapped, made in (
        (opened, computed),
        (opened.edge_grid, computed.edge_grid),
        (opened.hierarchy, computed.hierarchy),
        (opened.arc_costs("time_s"), computed.arc_costs("time_s")),
        (opened.arc_costs("distance_m"), computed.arc_costs("distance_m")),
    ):
        arrays = [
            one.name for one in fields(made) if isinstance(getattr(made, one.name), np.ndarray)
        ]
        assert arrays
        for name in arrays:
            assert numba.typeof(getattr(mapped, name)) == numba.typeof(getattr(made, name)), name
            with pytest.raises(ValueError, match="read-only"):
                getattr(made, name)[:1] = 0
