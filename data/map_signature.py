"""Whether a map file is what its name says, before a library that knows a hundred formats opens it.

Formats among those name other files to read (a virtual layer may name any file of this machine), so
a file sent by somebody is only opened as what it is called.
"""

from __future__ import annotations

import re
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
_MARKS = b"\xef\xbb\xbf \t\r\n"
"""What may stand before a JSON text: a byte order mark, white space."""


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
