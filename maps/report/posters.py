"""Signs of many stations as one PDF, a page each, to print and put up."""

from __future__ import annotations

from collections.abc import Sequence

from geo.json_shapes import JsonPage
from geo.layers.vocabulary import Amenity
from geo.solving import Progress, silent
from geo.text import Language, Text
from maps.page_links import PageLinks
from maps.qr import qr_svg
from maps.report.plain import plain
from maps.report.typesetting import pdf_of
from maps.templating import drawn_icons, drawn_mark
from maps.worker.station_card import StationCard

_MOST_AMENITIES = 12
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" '
_STROKED = (
    'viewBox="0 0 24 24" fill="none" stroke="#0f4c81" stroke-width="1.6" stroke-linecap="round" '
    'stroke-linejoin="round">'
)
_SCAN = Text(
    "扫一扫：开放时间、设施、附近还有哪些驿站",
    "Scan for hours, amenities and other stations nearby",
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
        url = base_url.rstrip("/") + PageLinks().station_url(station.id)
        files[f"{number}.svg"] = _standalone(str(qr_svg(url, station.name)))
        pages.append({**_words(station, language), "qr": f"{number}.svg"})
    icons = drawn_icons()
    for amenity in Amenity:
        files[f"{amenity}.svg"] = f"{_SVG}{_STROKED}{icons[amenity]}</svg>".encode()
    words = {"scan": _SCAN, "number": Text("编号", "No.")}
    data = {
        "lang": language.value,
        "mark": Text("示例数据", "SAMPLE").into(language) if sample else "",
        "words": {key: text.into(language) for key, text in words.items()},
        "pages": pages,
    }
    return pdf_of("posters.typ", data, files)


def _standalone(svg: str) -> bytes:
    return svg.replace("<svg ", _SVG, 1).encode()


def _words(station: StationCard, language: Language) -> JsonPage:
    opened = Text("开放时间", "Open").into(language)
    return {
        "id": plain(station.id),
        "kind": station.kind.text.into(language),
        "name": plain(station.name),
        "hours": f"{opened} {station.hours_words.into(language)}" if station.hours else "",
        "address": plain(station.address),
        "phone": plain(station.phone),
        "amenities": [
            {"icon": f"{one}.svg", "name": one.text.into(language)}
            for one in station.offered[:_MOST_AMENITIES]
        ],
    }
