"""Signs of many stations as one PDF, a page each, to print and put up."""

from __future__ import annotations

from collections.abc import Sequence

from geo.json_shapes import JsonPage
from geo.layers.vocabulary import Amenity
from geo.solving import Progress, silent
from geo.text import Language, Text
from maps.qr import qr_svg
from maps.report.plain import printable
from maps.report.typesetting import pdf_of
from maps.templating import drawn_icons, drawn_mark
from maps.worker.station_card import StationCard
from maps.worker.station_page import StationSign

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" '
_STROKED = (
    'viewBox="0 0 24 24" fill="none" stroke="#0f4c81" stroke-width="1.6" stroke-linecap="round" '
    'stroke-linejoin="round">'
)
_DRAWING = Text("绘制二维码", "Drawing the codes")


def posters_pdf(
    stations: Sequence[StationCard],
    *,
    base_url: str,
    language: Language = Language.ZH,
    sample: bool = False,
    progress: Progress = silent,
) -> bytes:
    """Return an A4 page a station; about 20 ms each.

    Parameters
    ----------
    stations : Sequence[StationCard]
        In the order of the pages.
    base_url : str
        How the public reaches the service, ``https://…`` without a final slash.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据 on every page.
    progress : Progress
        Told of every station.
    """
    files = {"mark.svg": _standalone(drawn_mark())}
    pages: list[JsonPage] = []
    for number, station in enumerate(stations):
        progress(_DRAWING, number / len(stations))
        sign = StationSign.of(station, base_url=base_url, language=language)
        files[f"{number}.svg"] = _standalone(str(qr_svg(sign.url, sign.name)))
        pages.append({**_printed(sign, language), "qr": f"{number}.svg"})
    icons = drawn_icons()
    for amenity in Amenity:
        files[f"{amenity}.svg"] = f"{_SVG}{_STROKED}{icons[amenity]}</svg>".encode()
    data = {
        "lang": language.value,
        "mark": Text("示例数据", "SAMPLE").into(language) if sample else "",
        "pages": pages,
    }
    return pdf_of("posters.typ", data, files)


def _standalone(svg: str) -> bytes:
    return svg.replace("<svg ", _SVG, 1).encode()


def _printed(sign: StationSign, language: Language) -> JsonPage:
    told = ("kind", "name", "hours", "address", "phone", "number", "scan")
    return {
        **{name: printable(getattr(sign, name)) for name in told},
        "amenities": [
            {"icon": f"{one}.svg", "name": one.text.into(language)} for one in sign.amenities
        ],
    }
