"""Where background tiles come from, if the operator names a source; else none are asked."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Self

from geo.errors import BadInputError
from geo.text import Text


@dataclass(frozen=True, slots=True)
class TileSource:
    """Raster tiles in Web Mercator, WGS-84 or CGCS2000 (never GCJ-02: markers would be 500 m off).

    Attributes
    ----------
    urls : tuple[str, ...]
        Leaflet URL templates (``{s} {z} {x} {y}``), drawn bottom to top.
    subdomains : str
        One character per value of ``{s}``.
    attribution : str
        Shown on the map, plain text.
    max_zoom : int
        Deepest zoom the source has.
    """

    urls: tuple[str, ...]
    subdomains: str
    attribution: str
    max_zoom: int = 18

    def __post_init__(self) -> None:
        """Refuse templates that Leaflet could not fill."""
        for url in self.urls:
            if not url.startswith(("https://", "http://", "/")) or not all(
                part in url for part in ("{z}", "{x}", "{y}")
            ):
                raise BadInputError(
                    Text(
                        f"底图地址 {url!r} 无效：须以 https:// 开头并含 {{z}} {{x}} {{y}}。",
                        f"Tile URL {url!r} is not usable: https:// with {{z}} {{x}} {{y}} needed.",
                    )
                )

    @classmethod
    def tianditu(cls, key: str) -> Self:
        """Return 天地图's street map and its labels (WMTS ``vec_w`` and ``cva_w``), CGCS2000.

        Parameters
        ----------
        key : str
            The operator's own browser key, from the provider's console.
        """
        if not key or not set(key) <= set(ascii_letters + digits):
            raise BadInputError(
                Text(
                    f"天地图密钥 {key!r} 无效：只含字母和数字，请在天地图控制台复制。",
                    f"Tianditu key {key!r} is not usable: letters and digits only.",
                )
            )
        return cls(
            urls=tuple(_tianditu_url(layer, key) for layer in ("vec", "cva")),
            subdomains="01234567",
            attribution="© 天地图 国家地理信息公共服务平台",
        )


def _tianditu_url(layer: str, key: str) -> str:
    return (
        f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
    )
