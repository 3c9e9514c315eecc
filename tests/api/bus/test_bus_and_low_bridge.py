"""A bus too high for the bridge on the short way drives round, and one that fits drives under.

```
            N (north, 1000 m) ── E
            │                    │        all streets residential; the bridge in the
  D(epot) ──┴───── bridge ───────┴── T    middle of the 2,000 m to T is 3.5 m high
  0 m      500                1500  2000
```

Under the bridge it is 2,000 m to T; by N and E 500 + 1,000 + 1,000 + 1,000 + 500 = 4,000 m.
"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.command.main import build
from geo.crs import to_lonlat, to_metres
from geo.text import Language

_WIDE = '<bounds minlat="35.9" minlon="120.0" maxlat="36.4" maxlon="120.7"/>'
_WEST = to_metres([[120.30, 36.10]])[0]


def place(east_m, north_m=0.0):
    lon, lat = to_lonlat([[_WEST[0] + east_m, _WEST[1] + north_m]])[0]
    return float(lon), float(lat)


def streets(folder):
    corners = [(0, 0), (500, 0), (1500, 0), (2000, 0), (500, 1000), (1500, 1000)]
    nodes = "".join(
        f'<node id="{i}" lon="{lon:.7f}" lat="{lat:.7f}" version="1"/>'
        for i, (lon, lat) in enumerate((place(*corner) for corner in corners), start=1)
    )
    low = '<tag k="maxheight" v="3.5"/>'
    ways = "".join(
        f'<way id="{i}" version="1">{"".join(f"<nd ref={chr(34)}{ref}{chr(34)}/>" for ref in refs)}'
        f'<tag k="highway" v="residential"/>{tags}</way>'
        for i, (refs, tags) in enumerate(
            [((1, 2), ""), ((2, 3), low), ((3, 4), ""), ((2, 5, 6, 3), "")], start=1
        )
    )
    path = folder / "bridge.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', "utf-8")
    return path


def table(folder, name, header, *row):
    path = folder / f"{name}.csv"
    path.write_text(f"{header}\n{','.join(str(cell) for cell in row)}\n", encoding="utf-8")
    return path


def yizhan(*arguments):
    outcome = CliRunner().invoke(build(Language.ZH), [*map(str, arguments), "--json"])
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout), outcome.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bridge")
    yizhan("init", folder / "城")
    for layer, path in {
        "workers": table(
            folder,
            "职工",
            "编号,名称,群体,场所性质,人数,活动时间,经度,纬度",
            "W",
            "东头",
            "快递员",
            "工作",
            100,
            "Mo-Su 08:00-18:00",
            *place(1900),
        ),
        "depots": table(folder, "车场", "编号,名称,车辆数,经度,纬度", "D", "车场", 1, *place(0)),
        "stops": table(
            folder,
            "停靠点",
            "编号,名称,场所性质,最早到达,最晚离开,经度,纬度",
            "T",
            "广场",
            "工作",
            "09:00",
            "17:00",
            *place(2000),
        ),
    }.items():
        yizhan("import", layer, path, "--project", folder / "城")
    yizhan("fetch", "--file", streets(folder), "--project", folder / "城")
    return folder / "城"


@pytest.mark.parametrize(("height_m", "way_km"), [(3.4, 4.0), (3.5, 4.0), (3.8, 8.0)])
def test_the_bus_drives_as_its_height_allows(project, height_m, way_km):
    summary, _ = yizhan(
        "bus",
        "--buses",
        1,
        "--days",
        1,
        "--first-day",
        "2026-11-25",
        "--seconds",
        2,
        "--size",
        height_m,
        2.5,
        9,
        12,
        "--project",
        project,
    )
    assert summary["bus_km"] == pytest.approx(way_km, abs=0.02)
    assert summary["parameters"]["bus"]["vehicle"]["height_m"] == height_m


def test_fetch_warns_of_points_near_the_border_of_the_streets(project, tmp_path):
    _, said = yizhan("fetch", "--file", streets(tmp_path), "--project", project)
    assert "职工聚集点有 1 处距路网边缘不到 1.1 公里" in said
    far = table(
        tmp_path,
        "职工",
        "编号,名称,群体,场所性质,人数,活动时间,经度,纬度",
        "W",
        "城外",
        "快递员",
        "工作",
        100,
        "Mo-Su 08:00-18:00",
        *place(5000),
    )
    yizhan("import", "workers", far, "--project", project)
    _, said = yizhan("fetch", "--again", "--project", project)
    assert "职工聚集点有 1 处在路网范围之外" in said


def test_points_near_a_cut_street_are_told_though_the_border_is_far(project, tmp_path):
    """The extract lacks corner 4: the street to T ends at 1,500 m, 400 m short of the workers."""
    path = streets(tmp_path)
    lon, lat = place(2000)
    lacking = path.read_text("utf-8").replace(
        f'<node id="4" lon="{lon:.7f}" lat="{lat:.7f}" version="1"/>', ""
    )
    path.write_text(lacking.replace('version="0.6">', 'version="0.6">' + _WIDE), "utf-8")
    near = table(
        tmp_path,
        "职工",
        "编号,名称,群体,场所性质,人数,活动时间,经度,纬度",
        "W",
        "东头",
        "快递员",
        "工作",
        100,
        "Mo-Su 08:00-18:00",
        *place(1900),
    )
    yizhan("import", "workers", near, "--project", project)
    _, said = yizhan("fetch", "--file", path, "--project", project)
    assert "职工聚集点有 1 处距路网边缘不到 1.1 公里" in said
    yizhan(
        "import",
        "workers",
        table(
            tmp_path,
            "职工",
            "编号,名称,群体,场所性质,人数,活动时间,经度,纬度",
            "W",
            "西头",
            "快递员",
            "工作",
            100,
            "Mo-Su 08:00-18:00",
            *place(100),
        ),
        "--project",
        project,
    )
    _, said = yizhan("fetch", "--again", "--project", project)
    assert "职工聚集点" not in said
