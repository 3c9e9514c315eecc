"""A hand-made OSM file of five nodes.

```
        4 (120.31, 36.11)
        5 (120.31, 36.105)
  1 ─── 2 ─── 3            0.01 degree apart, on 36.10° N
```
"""

from __future__ import annotations

import pytest

NODES = {
    1: (120.30, 36.10),
    2: (120.31, 36.10),
    3: (120.32, 36.10),
    4: (120.31, 36.11),
    5: (120.31, 36.105),
}


def _write_osm(folder, ways, on_nodes=None, missing=(), relations=()):
    """Write an OSM file: ways as (id, node refs, tags), relations as (members, tags)."""
    on_nodes = on_nodes or {}
    nodes = "".join(
        f'<node id="{i}" lon="{lon}" lat="{lat}" version="1">{_tags(on_nodes.get(i, {}))}</node>'
        for i, (lon, lat) in NODES.items()
        if i not in missing
    )
    lines = "".join(
        f'<way id="{i}" version="1">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + f"{_tags(tags)}</way>"
        for i, refs, tags in ways
    )
    rules = "".join(
        f'<relation id="{i}" version="1">'
        + "".join(
            f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
        )
        + f"{_tags({'type': 'restriction'} | tags)}</relation>"
        for i, (members, tags) in enumerate(relations, 1)
    )
    path = folder / "city.osm"
    path.write_text(f'<osm version="0.6">{nodes}{lines}{rules}</osm>', encoding="utf-8")
    return path


def _tags(tags):
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


@pytest.fixture(scope="session")
def osm():
    """Return the function that writes the file."""
    return _write_osm
