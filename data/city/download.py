"""An extract of a place by name, downloaded from OpenStreetMap (needs the network)."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from data.city.city_themes import city_themes
from data.disk import writing
from data.streets.place import configure
from geo.errors import BrokenFileError
from geo.solving import Progress, silent
from geo.text import Text

_STEP = Text("从 OpenStreetMap 下载", "Downloading from OpenStreetMap")
_TIMEOUT_S = 900
"""Overpass gives a city's extract in minutes or not at all."""
_STREETS = (
    "way[highway]",
    "way[route=ferry]",
    "way[man_made=pier]",
    "way[railway=platform]",
    "node[barrier]",
    "node[highway]",
    "relation[type=restriction]",
    "relation[boundary=administrative]",
)


def download_extract(place: str, to: Path, *, progress: Progress = silent) -> Path:
    """Download what ``yizhan city`` reads of a place such as "青岛市, 中国" into the file `to`.

    The place's box is asked for whole: streets beyond its border are needed, and areas are cut by
    name when the file is read.

    Raises
    ------
    BrokenFileError
        If the place is unknown to OpenStreetMap or the network cannot be reached.
    """
    import osmnx  # noqa: PLC0415 - slow to import, and only downloads need it

    progress(_STEP, 0.0)
    configure()
    try:
        box = osmnx.geocode_to_gdf(place).total_bounds.tolist()
    except OSError as error:
        raise _unreachable() from error
    except Exception as error:
        raise BrokenFileError(
            Text(
                f"OpenStreetMap 不认识“{place}”（{error}）：请换一个地名，或改用 --file 本地文件。",
                f"OpenStreetMap does not know {place!r} ({error}): use another name, or --file.",
            )
        ) from error
    to.parent.mkdir(parents=True, exist_ok=True)
    draft = to.with_name(f".{to.name}")
    asked = Request(  # noqa: S310 - the operator's own setting of osmnx
        osmnx.settings.overpass_url.rstrip("/") + "/interpreter",
        data=urlencode({"data": query(box)}).encode(),
    )
    try:
        with urlopen(asked, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
            with writing(to), draft.open("wb") as file:
                shutil.copyfileobj(answer, file)
            draft.replace(to)
    except URLError as error:
        raise _unreachable() from error
    finally:
        draft.unlink(missing_ok=True)
    progress(_STEP, 1.0)
    return to


def query(box: list[float]) -> str:
    """Return the Overpass query for the streets and themes of a box (west, south, east, north)."""
    west, south, east, north = box
    tags = sorted({pair for theme in city_themes() for pair in theme.tags})
    by_key: dict[str, list[str]] = {}
    for key, value in tags:
        by_key.setdefault(key, []).append(value)
    wanted = [*_STREETS] + [
        f'nwr["{key}"~"^({"|".join(values)})$"]' for key, values in by_key.items()
    ]
    inner = "".join(f"{one};" for one in wanted)
    return (
        f"[out:xml][timeout:{_TIMEOUT_S}][bbox:{south:.6f},{west:.6f},{north:.6f},{east:.6f}];"
        f"({inner})->.found;(.found;.found>;);out body;"
    )


def _unreachable() -> BrokenFileError:
    return BrokenFileError(
        Text(
            "连不上 OpenStreetMap 的服务器：请检查网络，或改用 --file 本地文件。",
            "OpenStreetMap's servers cannot be reached: check the network, or use --file with a "
            "local extract.",
        )
    )
