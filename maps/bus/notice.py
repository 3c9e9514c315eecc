"""What is printed and put up: notices of visits, and signs where the bus stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.layers.vocabulary import CampaignName, Mode
from geo.text import Language, Text
from maps.bus.near_page import BusVisit
from maps.bus.news import CHECKUP, Offer, offer_together
from maps.qr import qr_svg
from maps.templating import render


def notice_text(visit: BusVisit) -> Text:
    """Return the notice as one sentence, for a message or a screen."""
    zh = f"大蓬车 {visit.day.month}月{visit.day.day}日 {visit.start}–{visit.end} 到 {visit.name}"
    day = visit.day_text(Language.EN)
    en = f"The health bus is at {visit.name} on {day}, {visit.start}–{visit.end}"
    if visit.address:
        zh, en = f"{zh}（{visit.address}）", f"{en} ({visit.address})"
    return Text(zh, en)


def _stands(visits: Sequence[BusVisit]) -> list[list[BusVisit]]:
    """Return the visits, those of several campaigns at one place and time together."""
    stands: dict[tuple[object, ...], list[BusVisit]] = {}
    for one in visits:
        at = one.name, one.day, one.start, one.end, one.wgs84, one.address
        stands.setdefault(at, []).append(one)
    return list(stands.values())


def _offer(campaigns: Sequence[CampaignName | None]) -> Offer:
    return offer_together([one for one in dict.fromkeys(campaigns) if one is not None])


def notice_page(
    visits: Sequence[BusVisit],
    *,
    organiser: str = "",
    offer: Offer = CHECKUP,
    page_url: str | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return notices to print and put up, one A4 page per visit; it tells all that is held there.

    Parameters
    ----------
    visits : Sequence[BusVisit]
        In the order of the pages.
    organiser : str
        Who invites; "" leaves the line out.
    offer : Offer
        What the campaign calls itself where a visit does not say.
    page_url : str | None
        Absolute address of "when does the bus come near me"; its QR code is printed when given,
        else that of the way to the stop.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据 on every page.
    """
    pages = []
    for group in _stands(visits):
        visit = group[0]
        url = page_url or visit.links(Mode.WALK)[0].url
        of = offer if visit.campaign is None else _offer([one.campaign for one in group])
        pages.append(
            {"visit": visit, "offer": of, "qr": qr_svg(url, visit.name), "text": notice_text(visit)}
        )
    return render(
        "bus/notice.html.jinja",
        language=language,
        sample=sample,
        pages=pages,
        organiser=organiser,
        leads_to_page=page_url is not None,
    )


_SHOWN = 6
"""Visits for which a sign has room."""


@dataclass(frozen=True, slots=True)
class StopSign:
    """One stop's sign.

    Attributes
    ----------
    url : str
        Absolute address that tells when the bus comes to this stop.
    visits : tuple[BusVisit, ...]
        Those coming, soonest first; at least one.
    """

    url: str
    visits: tuple[BusVisit, ...]


def stop_sign_page(
    signs: Sequence[StopSign], *, language: Language | str = Language.ZH, sample: bool = False
) -> str:
    """Return the signs, one A4 page per stop.

    Parameters
    ----------
    signs : Sequence[StopSign]
        In the order of the pages.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据 on every page.
    """
    pages = [
        {
            "stop": sign.visits[0],
            "visits": sign.visits[:_SHOWN],
            "more": max(0, len(sign.visits) - _SHOWN),
            "qr": qr_svg(sign.url, sign.visits[0].name),
        }
        for sign in signs
    ]
    return render("bus/stop_sign.html.jinja", language=language, sample=sample, pages=pages)
