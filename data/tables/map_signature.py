"""Whether a map file is what its name says, before a library that knows a hundred formats opens it.

Formats among those name other files to read (a virtual layer may name any file of this machine), so
a file sent by somebody is only opened as what it is called.
"""

from __future__ import annotations

import codecs
import glob
import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from geo.errors import BrokenFileError
from geo.text import Text

_JSON = (b"{", b"[")
_BEGINS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        ".geojson": _JSON,
        ".json": _JSON,
        ".gpkg": (b"SQLite format 3\x00",),
        ".shp": (b"\x00\x00\x27\x0a",),
        ".geojsonl": _JSON,
        ".geojsons": _JSON,
        ".ndjson": _JSON,
        ".topojson": _JSON,
        ".fgb": (b"fgb\x03",),
    }
)
_ROOTS: Mapping[str, re.Pattern[bytes]] = MappingProxyType(
    {
        ending: re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?%s[\s>]"
            % ending.removeprefix(".").encode(),
            re.DOTALL | re.IGNORECASE,
        )
        for ending in (".kml", ".gpx")
    }
)
"""The first element of formats that are XML: a virtual layer is XML too."""
_SYSTEM = re.compile(r'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]{1,80})"')
_ENCODING = re.compile(rb"^[^>]*encoding=[\"']([\w-]{1,30})[\"']")
_JSON_KINDS = (".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".topojson")
_PROPERTIES = re.compile(r'"(?:properties|attributes)"\s*:\s*\{')
_LOOKED_AT = 1 << 21
"""Two megabytes: a map's own words stand at its beginning."""
_MOST_LOOKED_AT = 200
"""Features: they tell what a map holds as well as all of them."""
_MARKS = b"\xef\xbb\xbf\x1e \t\r\n"
"""What may stand before a JSON text: a byte order mark, a record separator, white space."""


def check_signature(path: Path) -> None:
    """Refuse a map file whose first bytes are not those of the format its name says.

    Raises
    ------
    BrokenFileError
        Naming the file and the format it should be.
    """
    kind = path.suffix.lower()
    if kind not in {*_BEGINS, *_ROOTS} or not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(2048)
    if kind in _ROOTS:
        is_so = _ROOTS[kind].match(head) is not None
    else:
        begins = _BEGINS[kind]
        is_so = head.lstrip(_MARKS if begins is _JSON else b"").startswith(begins)
    if not is_so:
        raise BrokenFileError(
            Text(
                f"{path.name} 的内容不是 {kind} 格式：请从原软件重新导出为 {kind}。",
                f"{path.name} does not hold what its ending {kind} says; export it again as {kind}.",
            )
        )


def check_whole(path: Path) -> None:
    """Refuse a shapefile without its other files, and GeoJSON that is not UTF-8 or names a key twice.

    Libraries read the first without its columns, and of a key that stands twice they take either.

    Raises
    ------
    BrokenFileError
        Naming what is missing or wrong.
    """
    kind = path.suffix.lower()
    if kind == ".shp":
        _check_parts(path)
    elif kind in _JSON_KINDS and path.is_file():
        _check_json(path)
    elif kind in _ROOTS and path.is_file():
        _check_xml(path)


def system_named(path: Path) -> str:
    """Return what GeoJSON calls its reference system; empty where it names none.

    The library takes a name it does not know for none at all.
    """
    if path.suffix.lower() not in _JSON_KINDS or not path.is_file():
        return ""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT).decode("utf-8", "replace")
    found = _SYSTEM.search(head)
    return "" if found is None else found[1]


def _check_xml(path: Path) -> None:
    with path.open("rb") as file:
        said = _ENCODING.search(file.read(200))
    name = "utf-8" if said is None else said[1].decode("ascii", "replace").lower()
    if name not in {"utf-8", "utf8", "utf-16", "us-ascii", "iso-8859-1"}:
        raise BrokenFileError(
            Text(
                f"{path.name} 写明是 {name} 编码，读不了：请用记事本另存为 UTF-8，并把第一行的 {name} 改成 UTF-8，"
                "或在原软件中重新导出。",
                f"{path.name} is in {name}, which cannot be read: save it as UTF-8, in its first line too.",
            )
        )


def _check_parts(path: Path) -> None:
    there = {one.suffix.lower() for one in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    missing = [one for one in (".dbf", ".shx") if one not in there]
    if missing:
        names = "、".join(f"{path.stem}{one}" for one in missing)
        raise BrokenFileError(
            Text(
                f"{path.name} 缺少同名的 {names}：一份 Shapefile 是 .shp、.shx、.dbf、.prj 几个文件，请把它们"
                "打成一个 zip 一起给。",
                f"{path.name} lacks {names}: a shapefile is several files (.shp, .shx, .dbf, .prj); "
                "put them into one zip.",
            )
        )


def _check_json(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")("strict").decode(head)
    except UnicodeDecodeError as error:
        raise BrokenFileError(
            Text(
                f"{path.name} 不是 UTF-8 编码（GeoJSON 规定如此）：请在 QGIS 或记事本中另存为 UTF-8 编码。",
                f"{path.name} is not in UTF-8, as GeoJSON must be: save it in that encoding.",
            )
        ) from error
    decoder = json.JSONDecoder(object_pairs_hook=_Pairs)
    for found in list(_PROPERTIES.finditer(text))[:_MOST_LOOKED_AT]:
        try:
            pairs, _ = decoder.raw_decode(text, found.end() - 1)
        except (ValueError, RecursionError):
            return  # cut off, or no JSON: whoever reads it says so
        names = Counter(name for name, _ in pairs)
        twice = [name for name, times in names.items() if times > 1]
        if twice:
            raise BrokenFileError(
                Text(
                    f"{path.name}：同一个要素里有两个“{twice[0]}”属性，不知用哪一个：请改名或删去一个。",
                    f"{path.name}: a feature has two properties called {twice[0]!r}: rename or delete "
                    "one.",
                )
            )


class _Pairs(list[tuple[str, object]]):
    """An object of JSON as its pairs, so that none of one name is lost."""
