"""The pages workers use: forms that need no JavaScript and put no position into an address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.http.asking import preferred_language
from api.http.links import page_frame
from api.publishing.edition import Edition
from api.publishing.nearest_answer import MOST, Answer, Question, answer
from api.resources import CurrentEdition, resources_of
from api.stations.openings import now
from api.stations.places import Place, crossing_name
from api.stations.station_answer import station_card
from api.stations.typed import is_wish
from api.stations.upkeep import Upkeep
from geo.coverage.rule import REST_KINDS
from geo.errors import YizhanError
from geo.layers.vocabulary import Amenity, Kind, Mode
from geo.text import Text
from maps.worker.nearest_page import FormQuestion, PlaceChoice, nearest_page
from maps.worker.station_card import StationCard

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

_CHOICES = 8
"""Places to choose from where a name fits several."""
_LONGEST = 120
"""Characters of a field that are read: more than any address has."""
_SHOWN_LETTERS = 40
"""Characters of what was typed that a message repeats."""
_NOTHING_ASKED = Text(
    "请用定位，或输入附近的路名、站点名。", "Use your position, or type a street or station."
)
_NO_POSITION = Text(
    "没有收到能用的位置，请重新定位，或输入附近的路名、站点名。",
    "No usable position arrived; ask for it again, or type a street or station.",
)


@dataclass(frozen=True, slots=True)
class FormReading:
    """A form as read: the question, and what to say if a field could not be used."""

    asked: FormQuestion
    places: tuple[PlaceChoice, ...] = ()
    message: Text | None = None


@router.get("/nearest-station", summary="Page: find the nearest station")
def nearest_form(request: Request, edition: CurrentEdition) -> Response:
    """Show the empty form."""
    return _nearest_page(request, edition, FormReading(FormQuestion()), ())


@router.post("/nearest-station", summary="Page: the nearest stations")
async def nearest_answered(request: Request, edition: CurrentEdition) -> Response:
    """Answer the form; what it says is used once and kept nowhere."""
    async with request.form() as form:
        reading = await reading_of(form, edition, request)
    if reading.asked.origin is None:
        return _nearest_page(request, edition, reading, ())
    if not edition.finder.is_ready(reading.asked.mode):
        await run_in_threadpool(edition.finder.prepare, reading.asked.mode)
    try:
        cards = _cards(edition, reading.asked, resources_of(request).upkeep)
    except YizhanError as error:
        return _nearest_page(
            request, edition, FormReading(without_place(reading), message=error.text), ()
        )
    corners = _corners(reading.asked.origin, edition)
    return _nearest_page(request, edition, reading, cards, corners)


def _corners(origin: PlaceChoice, edition: Edition) -> tuple[PlaceChoice, ...]:
    """Return what crosses the street that `origin` is one place on, where that is a long one."""
    return tuple(
        PlaceChoice(crossing_name(origin.name, other), other, (lon, lat))
        for other, lon, lat in edition.crossings_along(origin.name, *origin.lonlat)
    )


def without_place(reading: FormReading) -> FormQuestion:
    """Return what was asked without the place, which is of no use."""
    return replace(reading.asked, origin=None)


def _cards(edition: Edition, asked: FormQuestion, upkeep: Upkeep) -> tuple[StationCard, ...]:
    if asked.origin is None:
        return ()
    lon, lat = asked.origin.lonlat
    question = Question(
        lon=lon,
        lat=lat,
        mode=asked.mode,
        k=MOST,
        kind=[] if asked.kind is None else [asked.kind],
        amenity=sorted(asked.amenities),
        open_now=asked.open_now,
    )
    answered = answer(edition, question, upkeep)
    cards = _station_cards(edition, answered)
    wanted = [asked.kind] if asked.kind else list(REST_KINDS)
    if any(card.open_on_arrival(answered.moment) and card.kind in wanted for card in cards):
        return cards
    # At night the ten nearest may all be closed, and the one that is open the eleventh.
    further = question.model_copy(update={"open_now": True, "kind": wanted})
    known = {card.id for card in cards}
    open_ones = [
        card
        for card in _station_cards(edition, answer(edition, further, upkeep))
        if card.open_on_arrival(answered.moment) and card.id not in known
    ]
    return cards + tuple(open_ones[:1])


def _station_cards(edition: Edition, answered: Answer) -> tuple[StationCard, ...]:
    return tuple(
        station_card(edition.directory, one.row, opening, found=one, word=word)
        for one, opening, word in answered.found
    )


def _nearest_page(
    request: Request,
    edition: Edition,
    reading: FormReading,
    cards: tuple[StationCard, ...],
    corners: tuple[PlaceChoice, ...] = (),
) -> Response:
    return html_response(
        nearest_page(
            reading.asked,
            cards,
            now=now(),
            places=reading.places,
            corners=corners,
            message=reading.message,
            example=edition.places.example,
            frame=page_frame(request, sample=edition.is_sample),
        )
    )


def html_response(page: str) -> Response:
    """Return `page`, which nobody keeps: it may say where its reader is."""
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def reading_of(form: FormData, edition: Edition, request: Request) -> FormReading:
    """Read the form: aside where a place has to be looked up, at once where it is given."""
    if _origin(form) is None:
        return await run_in_threadpool(_read, form, edition, request)
    return _read(form, edition, request)


def _read(form: FormData, edition: Edition, request: Request) -> FormReading:
    """Read the form's fields; a wrong one becomes a message on the page, never an error."""
    amenities = {amenity.value: amenity for amenity in Amenity}
    asked = FormQuestion(
        text=_field(form, "q"),
        origin=_origin(form),
        mode={mode.value: mode for mode in Mode}.get(_field(form, "mode"), Mode.WALK),
        open_now=_field(form, "open") == "1",
        amenities=frozenset(
            amenities[str(key)] for key in form.getlist("amenity") if str(key) in amenities
        ),
        kind={kind.value: kind for kind in Kind}.get(_field(form, "kind")),
    )
    if asked.origin is not None:
        return FormReading(asked)
    if not asked.text.strip():
        told = _NO_POSITION if _field(form, "lon") or _field(form, "lat") else _NOTHING_ASKED
        return FormReading(asked, message=told)
    found = edition.places.find(asked.text, _CHOICES)
    if not found and is_wish(asked.text):
        return FormReading(asked, message=_no_place(asked.text))
    if not found:
        like = edition.places.like(asked.text)
        return FormReading(
            asked, tuple(_place(one, request) for one in like), _not_found(asked.text)
        )
    places = tuple(_place(place, request) for place in found)
    if len(places) == 1 or places[0].name == asked.text.strip() != places[1].name:
        return FormReading(replace(asked, origin=places[0]))
    return FormReading(asked, places)


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""


def _origin(form: FormData) -> PlaceChoice | None:
    try:
        lon, lat = float(_field(form, "lon")), float(_field(form, "lat"))
    except ValueError:
        return None
    # Both may reach 180, so that a swapped pair is told as such; NaN fails too.
    if not (-180 <= lon <= 180 and -180 <= lat <= 180):  # noqa: PLR2004 - the globe
        return None
    return PlaceChoice(_field(form, "place"), "", (lon, lat))


def _not_found(typed: str) -> Text:
    shown = typed.strip()[:_SHOWN_LETTERS]
    return Text(
        f"没有找到“{shown}”。可以少打几个字，或换成附近的路名、小区、公交站、站点名、海报上的编号，"
        "拼音首字母也行。",
        f"“{shown}” was not found. Type less of it, or a street, a bus stop, a station near you, the "
        "number on a station's sign, or the first letters of its pinyin.",
    )


def _no_place(typed: str) -> Text:
    shown = typed.strip()[:_SHOWN_LETTERS]
    return Text(
        f"这里请填您在哪儿：路名、小区、公交站或站点名。要找“{shown}”，先查出附近的站点，再点“筛选”。",
        f"Type where you are: a street, a bus stop or a station. For “{shown}”, find the stations near "
        "you first, then use “Filter”.",
    )


def _place(place: Place, request: Request) -> PlaceChoice:
    what = place.text.into(preferred_language(request))
    hint = " · ".join(part for part in (what, place.address) if part)
    return PlaceChoice(place.name, hint, (place.lon, place.lat))
