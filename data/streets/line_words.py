"""The words layers of road lines use: names of columns, classes and one-way marks."""

from __future__ import annotations

from collections.abc import Mapping

from geo.network.access import WAY_KEYS

LINE_KINDS = (".geojson", ".json", ".gpkg", ".shp", ".zip")
"""Endings of files that are taken for layers of road lines."""

HEADERS: Mapping[str, tuple[str, ...]] = {
    "class": (
        "highway",
        "fclass",
        "class",
        "roadclass",
        "road_class",
        "roadtype",
        "road_type",
        "rd_class",
        "道路等级",
        "道路类型",
        "道路类别",
        "道路级别",
        "等级",
        "类别",
    ),
    "name": (
        "name",
        "name:zh",
        "roadname",
        "road_name",
        "道路名称",
        "路名",
        "名称",
        "道路名",
        "街道名称",
    ),
    "oneway": (
        "oneway",
        "one_way",
        "oneway_",
        "单行",
        "单行道",
        "单向",
        "单向通行",
        "是否单行",
        "是否单向",
        "通行方向",
    ),
    "maxspeed": (
        "maxspeed",
        "max_speed",
        "speed",
        "speedlimit",
        "speed_limit",
        "限速",
        "限速值",
        "最高限速",
        "限速（km/h）",
        "限速(km/h)",
        "限速（公里/小时）",
    ),
    "bridge": ("bridge", "桥梁", "是否桥梁", "桥"),
    "tunnel": ("tunnel", "隧道", "是否隧道"),
    "layer": ("layer", "level", "层", "层级"),
}
"""The names a column of each field goes by."""

CLASSES: Mapping[str, str] = {
    "高速公路": "motorway",
    "高速": "motorway",
    "高速路": "motorway",
    "国道": "trunk",
    "城市快速路": "trunk",
    "快速路": "trunk",
    "快速干道": "trunk",
    "省道": "primary",
    "主干路": "primary",
    "主干道": "primary",
    "城市主干路": "primary",
    "县道": "secondary",
    "次干路": "secondary",
    "次干道": "secondary",
    "城市次干路": "secondary",
    "乡道": "tertiary",
    "支路": "tertiary",
    "城市支路": "tertiary",
    "村道": "unclassified",
    "街巷": "residential",
    "巷道": "residential",
    "小区路": "residential",
    "居住区道路": "residential",
    "内部道路": "service",
    "内部路": "service",
    "匝道": "motorway_link",
    "步行街": "pedestrian",
    "人行道": "footway",
    "步道": "footway",
    "人行步道": "footway",
    "台阶": "steps",
    "梯道": "steps",
    "自行车道": "cycleway",
    "非机动车道": "cycleway",
    "轮渡": "ferry",
    "track_grade1": "track",
    "track_grade2": "track",
    "track_grade3": "track",
    "track_grade4": "track",
    "track_grade5": "track",
    "unknown": "road",
    "unsurfaced": "track",
}
"""Street class of the values that say it plainly, beside OSM's own."""

LEFT_OUT = frozenset(
    {
        "construction",
        "proposed",
        "planned",
        "abandoned",
        "razed",
        "raceway",
        "platform",
        "elevator",
        "rest_area",
        "services",
        "bus_stop",
        "emergency_bay",
        "busway",
        "escape",
        "via_ferrata",
        "bus_guideway",
    }
)
"""OSM classes of ways nobody may travel on; they are counted and left out."""

_YES = dict.fromkeys(("yes", "true", "1", "是", "单行", "单向", "y"), "yes")
_NO = dict.fromkeys(("no", "false", "0", "否", "双向", "双行", "n"), "no")
ONE_WAY: tuple[Mapping[str, str], ...] = (
    {
        **_YES,
        **_NO,
        "-1": "-1",
        "reverse": "-1",
        "正向": "yes",
        "逆向": "-1",
        "反向": "-1",
        "顺向": "yes",
        "ft": "yes",
        "tf": "-1",
        "reversible": "no",
        "alternating": "no",
    },
    {"f": "yes", "t": "-1", "b": "no"},
)
"""Vocabularies of one-way columns; F, T, B (forward, against, both) hold only with B among them."""

NODE_COLUMNS = tuple(
    frozenset(pair)
    for pair in (
        ("u", "v"),
        ("from", "to"),
        ("fnode", "tnode"),
        ("fnode_", "tnode_"),
        ("from_node", "to_node"),
        ("source", "target"),
        ("snodeid", "enodeid"),
    )
)
"""Pairs of columns that name the nodes of each line: such a layer was split at its junctions."""

_BY_NAME = {name: what for what, names in HEADERS.items() for name in names}


def header_of(name: str) -> str | None:
    """Return the field a column of this name holds, None if its name does not say."""
    plain = name.strip().lower()
    return _BY_NAME.get(plain) or (plain if plain in WAY_KEYS else None)
