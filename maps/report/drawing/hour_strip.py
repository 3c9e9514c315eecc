"""The hours of those whom a site serves as a strip: who is there while it is open, and while shut."""

from __future__ import annotations

from collections.abc import Iterator

from geo.text import Language, Text
from maps.hour_profile import WEEKDAYS, WEEKEND, Profile
from maps.report.typesetting import SANS

SIZE_MM = (88.0, 27.0)
"""Half the width of a site sheet."""
_LEFT, _RIGHT, _TOP, _GAP, _BAR_MM = 10.0, 1.0, 3.6, 3.4, 7.4
"""Room for words, and the two rows of bars, in millimetres."""
_BLUE, _INK = "#0f4c81", "#0f2f4f"
_TEXT_MM = 2.2
"""About 6 pt: hours beside the bars."""
_PARTS = (
    (Text("周一至五", "Mon–Fri"), WEEKDAYS),
    (Text("周六日", "Sat–Sun"), WEEKEND),
)
_OPEN = Text("开门时在岗", "there while open")
_SHUT = Text("关门时在岗", "there while shut")
_LINE = Text("开放时间", "opening hours")


def strip_svg(profile: Profile, language: Language) -> str:
    """Draw an ordinary weekday and a day of the weekend, hour by hour; grey prints stay readable."""
    width, height = SIZE_MM
    most = max(float(profile.part(days)[0].max()) for _, days in _PARTS)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}mm" height="{height}mm" font-family="{SANS}" font-size="{_TEXT_MM}">'
        ),
        *_legend(language),
    ]
    for place, (day, days) in enumerate(_PARTS):
        foot = _TOP + (place + 1) * _BAR_MM + place * _GAP
        parts.append(_word(0, foot - _BAR_MM / 2 + 0.8, day.into(language), "start"))
        parts += _bars(profile, days, foot, most)
    parts += [_word(_x(hour), height - 0.4, f"{hour}", "middle") for hour in range(0, 25, 3)]
    return "".join([*parts, "</svg>"])


def _x(hour: float) -> float:
    return _LEFT + (SIZE_MM[0] - _LEFT - _RIGHT) * hour / 24


def _bars(profile: Profile, days: slice, foot: float, most: float) -> Iterator[str]:
    """Draw who is there: filled while the site is open, hollow while it is shut."""
    wide = _x(1) - _x(0)
    for hour, (there, served) in enumerate(zip(*profile.part(days), strict=True)):
        tall, full = _BAR_MM * float(there) / most, _BAR_MM * float(served) / most
        box = f'x="{_x(hour) + 0.25:.2f}" width="{wide - 0.5:.2f}"'
        if there > 0:
            yield (
                f'<rect {box} y="{foot - tall:.2f}" height="{tall:.2f}" fill="#ffffff" '
                f'stroke="{_INK}" stroke-width="0.2"/>'
            )
        if served > 0:
            yield f'<rect {box} y="{foot - full:.2f}" height="{full:.2f}" fill="{_BLUE}"/>'
        if profile.open is not None and profile.open[days, hour].any():
            yield (
                f'<path d="M{_x(hour):.2f} {foot + 0.9:.2f}H{_x(hour + 1):.2f}" stroke="{_INK}" '
                f'stroke-width="0.9"/>'
            )
    yield f'<path d="M{_x(0):.2f} {foot:.2f}H{_x(24):.2f}" stroke="#8a949e" stroke-width="0.2"/>'


def _legend(language: Language) -> Iterator[str]:
    at = _LEFT
    for word, mark in (
        (_OPEN, f'<rect x="{{x:.2f}}" y="0.4" width="2" height="2" fill="{_BLUE}"/>'),
        (
            _SHUT,
            (
                f'<rect x="{{x:.2f}}" y="0.4" width="2" height="2" fill="#ffffff" stroke="{_INK}" '
                f'stroke-width="0.2"/>'
            ),
        ),
        (
            _LINE,
            f'<rect x="{{x:.2f}}" y="1" width="2" height="0.9" fill="{_INK}"/>',
        ),
    ):
        yield mark.format(x=at)
        yield _word(at + 2.8, 2.2, word.into(language), "start")
        at += 26


def _word(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="#333">{text}</text>'
