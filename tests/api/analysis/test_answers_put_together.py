"""The bytes `/nearest` joins are those its model would make, whatever stations hold and is said."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from api.routes.worker.nearest_routes import NearestAnswer
from api.stations.finder import FoundStation
from api.stations.lasting import LastingAnswers
from api.stations.openings import SHANGHAI, Opening
from api.stations.station_answer import StationAnswer, way_answer
from api.stations.upkeep import SILENCE
from geo.layers.vocabulary import Kind, Mode, Status
from geo.text import Language

FOUND = FoundStation(0, 612.34, 450.0, 600.0)
OPENINGS = [
    Opening(is_open=None, changes=None),
    Opening(is_open=True, changes=None),
    Opening(is_open=True, changes=datetime(2026, 11, 29, 17, 30, tzinfo=SHANGHAI)),
    Opening(is_open=False, changes=datetime(2026, 11, 30, 8, 30, tzinfo=SHANGHAI)),
]


def _answer(name, opening, found=FOUND):
    return StationAnswer(
        **dict.fromkeys(
            (
                *("kind_name", "address", "district", "subdistrict", "phone", "operator"),
                *("updated", "opening_hours", "opening_hours_text", "confirmed", "href"),
            ),
            "",
        ),
        id="S1",
        name=name,
        kind=Kind.MOTHERS_ROOM,
        status=Status.OPEN,
        capacity=None,
        position={"lon": 120.3, "lat": 36.1},
        amenities=[],
        is_open=opening.is_open,
        closes_at=opening.changes if opening.is_open else None,
        opens_at=opening.changes if opening.is_open is False else None,
        said=["有人反映", ',"said":['],
        way=way_answer(found, Mode.WALK),
        apps={"amap": "https://…"},
    )


@pytest.mark.parametrize("name", ["驿站", 'a","is_open":true,"said":[', "\\", "\n\u2028"])
@pytest.mark.parametrize("opening", OPENINGS)
def test_joined_is_what_the_model_says(name, opening):
    lasting = LastingAnswers()
    key = 0, Mode.WALK, Language.ZH, "http://x", SILENCE
    for way in (FOUND, FOUND._replace(distance_m=1e4, straight_m=3.0)):
        joined = lasting.encoded(key, lambda *_: _answer(name, OPENINGS[0]), opening, way)
        assert joined == _answer(name, opening, way).model_dump_json().encode()


def test_the_whole_answer_is_the_model_too(client):
    asked = {"lon": 120.3111, "lat": 36.1, "k": 3}
    for _ in range(2):
        told = client.post("/nearest", json=asked)
        again = NearestAnswer.model_validate_json(told.content)
        assert json.loads(again.model_dump_json()) == told.json()
        assert len(told.json()["stations"]) == 3
        assert told.headers["content-type"] == "application/json"
        assert told.headers["cache-control"] == "no-store"


def test_each_language_and_way_of_going_has_its_own(client):
    asked = {"lon": 120.3111, "lat": 36.1}
    told = [
        client.post(f"/nearest?lang={lang}", json={**asked, "mode": mode}).json()["stations"][0]
        for lang in ("zh", "en")
        for mode in ("walk", "ebike")
    ]
    assert [one["kind_name"] for one in told] == ["户外劳动者驿站"] * 2 + [told[2]["kind_name"]] * 2
    assert told[2]["kind_name"] != told[0]["kind_name"]
    assert [one["way"]["mode"] for one in told] == ["walk", "ebike"] * 2
    assert told[0]["apps"] != told[1]["apps"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"lon": 1}',
        b'{"lon": 120.3, "lat": 36.1, "x": 1}',
        b'{"lon":"a","lat":1}',
    ],
)
def test_what_is_wrong_with_a_question_is_told_as_everywhere(client, body):
    told = client.post("/nearest", content=body, headers={"content-type": "application/json"})
    assert told.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["detail"]
