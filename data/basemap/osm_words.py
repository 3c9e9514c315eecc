"""What OpenStreetMap's tags are on the base map: theme, kind, and from which zoom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from data.basemap.themes import DEEPEST_ZOOM, Theme
from data.osm.osm_features import Tags, name_of


class Drawn(NamedTuple):
    """How something is drawn.

    Attributes
    ----------
    theme : Theme
        With what.
    kind : str
        As what.
    rank : int
        Order among labels, 1 first.
    min_zoom : int
        First zoom, as far as its kind decides.
    """

    theme: Theme
    kind: str
    rank: int = 9
    min_zoom: int = 0


def _each(theme: Theme, kinds: Mapping[str, str]) -> dict[tuple[str, str], Drawn]:
    """Read ``{"park": "leisure=park leisure=garden"}``."""
    pairs: dict[tuple[str, str], Drawn] = {}
    for kind, tags in kinds.items():
        for tag in tags.split():
            key, _, value = tag.partition("=")
            pairs[key, value] = Drawn(theme, kind)
    return pairs


AREAS: Mapping[tuple[str, str], Drawn] = {
    **_each(
        Theme.WATER,
        {
            "water": "natural=water waterway=dock landuse=reservoir landuse=basin landuse=salt_pond "
            "landuse=aquaculture amenity=fountain",
            "river": "waterway=riverbank waterway=river waterway=canal",
            "pool": "leisure=swimming_pool",
        },
    ),
    **_each(
        Theme.GREEN,
        {
            "park": "leisure=park leisure=garden leisure=golf_course leisure=dog_park",
            "wood": "landuse=forest natural=wood",
            "scrub": "natural=scrub natural=heath natural=grassland natural=fell",
            "grass": "landuse=grass landuse=meadow landuse=village_green landuse=recreation_ground "
            "landuse=greenfield landuse=flowerbed",
            "farm": "landuse=farmland landuse=orchard landuse=vineyard landuse=allotments "
            "landuse=plant_nursery landuse=greenhouse_horticulture",
            "cemetery": "landuse=cemetery amenity=grave_yard",
            "pitch": "leisure=pitch leisure=track leisure=playground leisure=stadium leisure=sports_centre",
            "wetland": "natural=wetland",
            "sand": "natural=beach natural=sand natural=shoal",
            "rock": "natural=bare_rock natural=scree natural=glacier landuse=quarry",
        },
    ),
    **_each(
        Theme.BUILT,
        {
            "residential": "landuse=residential place=neighbourhood place=quarter",
            "commercial": "landuse=commercial landuse=retail",
            "industrial": "landuse=industrial landuse=railway landuse=port landuse=depot landuse=brownfield "
            "landuse=construction landuse=landfill",
            "institution": "amenity=school amenity=university amenity=college amenity=kindergarten "
            "amenity=hospital landuse=education landuse=institutional landuse=military "
            "landuse=religious",
            "square": "highway=pedestrian place=square",
            "parking": "amenity=parking",
        },
    ),
    **_each(
        Theme.AIRPORT,
        {
            "aerodrome": "aeroway=aerodrome",
            "apron": "aeroway=apron aeroway=helipad",
            "terminal": "aeroway=terminal",
        },
    ),
}
"""What closed ways and multipolygons are; the first key that fits, in the order written."""

_STREETS = {
    "motorway": 5,
    "motorway_link": 11,
    "trunk": 6,
    "trunk_link": 12,
    "primary": 8,
    "primary_link": 12,
    "secondary": 10,
    "secondary_link": 13,
    "tertiary": 11,
    "tertiary_link": 13,
    "unclassified": 12,
    "residential": 13,
    "living_street": 13,
    "road": 13,
    "busway": 13,
    "service": 14,
    "pedestrian": 13,
    "track": 14,
    "footway": 14,
    "path": 14,
    "cycleway": 14,
    "bridleway": 14,
    "steps": 14,
}
"""First zoom each class is drawn at: chosen, links later than their roads."""

LINES: Mapping[tuple[str, str], Drawn] = {
    **{
        ("highway", kind): Drawn(Theme.STREET, kind, min_zoom=zoom)
        for kind, zoom in _STREETS.items()
    },
    ("route", "ferry"): Drawn(Theme.STREET, "ferry", min_zoom=9),
    **{
        ("waterway", kind): Drawn(Theme.WATERWAY, kind, min_zoom=zoom)
        for kind, zoom in {"river": 8, "canal": 10, "stream": 13, "drain": 14, "ditch": 14}.items()
    },
    **{
        ("railway", kind): Drawn(Theme.RAIL, kind, min_zoom=zoom)
        for kind, zoom in {
            "rail": 8,
            "subway": 10,
            "light_rail": 10,
            "monorail": 11,
            "tram": 12,
            "narrow_gauge": 10,
            "funicular": 12,
            "preserved": 12,
        }.items()
    },
    ("aeroway", "runway"): Drawn(Theme.AIRPORT, "runway", min_zoom=10),
    ("aeroway", "taxiway"): Drawn(Theme.AIRPORT, "taxiway", min_zoom=12),
}
"""What ways are; one that is closed too, unless it is an area."""

_YARD_ZOOM = 13
"""Chosen: tracks of a yard side by side run together before."""

PLACES: Mapping[str, Drawn] = {
    kind: Drawn(Theme.PLACE, kind, rank, zoom)
    for kind, (rank, zoom) in {
        "city": (1, 4),
        "municipality": (2, 7),
        "county": (2, 8),
        "district": (2, 8),
        "town": (3, 9),
        "borough": (3, 9),
        "suburb": (4, 10),
        "island": (5, 11),
        "village": (5, 11),
        "quarter": (6, 12),
        "neighbourhood": (7, 13),
        "hamlet": (7, 13),
        "islet": (8, 14),
        "locality": (8, 14),
        "isolated_dwelling": (9, 14),
    }.items()
}
"""Settlements by OSM's ``place``: order and first zoom."""


def _pois(ranks: Mapping[int, Mapping[str, str]]) -> dict[tuple[str, str], Drawn]:
    return {
        pair: drawn._replace(rank=rank, min_zoom=min(DEEPEST_ZOOM, 10 + rank))
        for rank, kinds in ranks.items()
        for pair, drawn in _each(Theme.POI, kinds).items()
    }


POIS: Mapping[tuple[str, str], Drawn] = _pois(
    {
        1: {"airport": "aeroway=aerodrome", "rail_station": "railway=station"},
        2: {"hospital": "amenity=hospital", "university": "amenity=university"},
        3: {
            "rail_station": "railway=halt",
            "bus_station": "amenity=bus_station",
            "ferry": "amenity=ferry_terminal",
            "government": "amenity=townhall office=government",
            "museum": "tourism=museum tourism=gallery amenity=arts_centre amenity=theatre",
            "sight": "tourism=attraction historic=castle historic=monument tourism=zoo tourism=theme_park",
            "mall": "shop=mall shop=department_store",
            "stadium": "leisure=stadium leisure=sports_centre",
            "peak": "natural=peak",
        },
        4: {
            "school": "amenity=school amenity=college",
            "library": "amenity=library",
            "market": "amenity=marketplace shop=supermarket",
            "police": "amenity=police amenity=fire_station",
            "clinic": "amenity=clinic",
            "worship": "amenity=place_of_worship",
            "park": "leisure=park leisure=garden",
            "cinema": "amenity=cinema",
            "square": "place=square",
        },
        5: {
            "metro_entrance": "railway=subway_entrance",
            "tram_stop": "railway=tram_stop",
            "post": "amenity=post_office",
            "bank": "amenity=bank",
            "hotel": "tourism=hotel",
            "fuel": "amenity=fuel amenity=charging_station",
            "toilets": "amenity=toilets",
            "community": "amenity=community_centre",
            "kindergarten": "amenity=kindergarten",
            "pharmacy": "amenity=pharmacy",
            "convenience": "shop=convenience",
            "estate": "landuse=residential",
        },
    }
)
"""What points, and named areas, are labelled as."""

_LABELLED_AREAS = {Theme.WATER: ("water", 3), Theme.GREEN: ("park", 4)}
"""Named areas without a kind of label of their own: what they are labelled as, and their rank."""
_NAMELESS = frozenset({"pitch", "farm", "scrub", "pool"})

KEYS = frozenset(key for key, _ in (*AREAS, *LINES, *POIS)) | {"building", "place", "boundary"}
"""Keys one of which everything drawn has."""


def english_of(tags: Tags) -> str | None:
    """Return the English name, where there is one and it is another."""
    name = (tags.get("name:en") or tags.get("int_name") or tags.get("name") or "").strip()
    return name if name and name != name_of(tags) else None


def area_of(tags: Tags) -> Drawn | None:
    """Return what a closed outline with `tags` is; None if it is not drawn as an area."""
    if tags.get("building", "no") != "no":
        return Drawn(Theme.BUILDING, "building", min_zoom=DEEPEST_ZOOM - 1)
    drawn = _first(tags, AREAS)
    if drawn is None or tags.get("location") == "underground":
        return None
    if drawn.kind == "water" and tags.get("water") in {"river", "canal"}:
        return drawn._replace(kind="river")
    if drawn.kind == "square" and tags.get("area") != "yes" and "place" not in tags:
        return None
    if drawn.kind in {"parking", "square"}:
        return drawn._replace(min_zoom=DEEPEST_ZOOM)
    return drawn


def line_of(tags: Tags) -> Drawn | None:
    """Return what a way with `tags` is; None if it is not drawn as a line."""
    if tags.get("area") == "yes":
        return None
    drawn = _first(tags, LINES)
    if drawn is None:
        return None
    if drawn.kind == "footway" and tags.get("footway") in {"sidewalk", "crossing"}:
        return drawn._replace(kind="sidewalk")
    if drawn.kind == "service" and tags.get("service") in {"parking_aisle", "driveway"}:
        return drawn._replace(kind="driveway")
    if drawn.theme is Theme.RAIL and "service" in tags:
        return drawn._replace(kind=f"{drawn.kind}_yard", min_zoom=_YARD_ZOOM)
    return drawn


def label_of(tags: Tags, area: Drawn | None = None) -> Drawn | None:
    """Return the label of a point, or of an area drawn as `area`; None without one."""
    if not name_of(tags):
        return None
    if area is None and (place := PLACES.get(tags.get("place", ""))):
        return place
    drawn = _first(tags, POIS)
    if drawn is not None and drawn.kind == "rail_station" and _is_metro(tags):
        return drawn._replace(kind="metro_station", rank=2, min_zoom=12)
    if drawn is None and area is not None and area.theme in _LABELLED_AREAS:
        if area.kind in _NAMELESS:
            return None
        kind, rank = _LABELLED_AREAS[area.theme]
        return Drawn(Theme.POI, kind, rank, DEEPEST_ZOOM)
    return drawn


def level_of(tags: Tags) -> int:
    """Return -1 in a tunnel, 1 on a bridge, 0 on the ground."""
    if tags.get("tunnel", "no") not in {"no", "culvert"} or tags.get("covered") == "yes":
        return -1
    return 1 if tags.get("bridge", "no") != "no" else 0


def _is_metro(tags: Tags) -> bool:
    return tags.get("station") in {"subway", "light_rail", "monorail"} or "yes" in {
        tags.get("subway"),
        tags.get("light_rail"),
    }


def _first(tags: Tags, table: Mapping[tuple[str, str], Drawn]) -> Drawn | None:
    found = [(key, value) for key, value in tags.items() if (key, value) in table]
    return (
        table[min(found, key=list(table).index)]
        if len(found) > 1
        else (table[found[0]] if found else None)
    )
