"""OWSLib, the client library behind many Python GIS tools, reads our service as it is."""

from __future__ import annotations

import openapi_spec_validator
import pytest
from owslib.ogcapi.features import Features

from api.http.openapi import as_3_0
from api.settings import Settings


@pytest.fixture(scope="module")
def service(city, serving):
    with serving(Settings(project=city.folder)) as port:
        yield Features(f"http://127.0.0.1:{port}/")


def test_it_finds_the_description(service):
    document = service.api()
    assert document["openapi"].startswith("3.0")
    assert "/collections/{name}/items" in document["paths"]


def test_it_reads_what_there_is(service):
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30"
        in (service.conformance()["conformsTo"])
    )
    assert {"stations", "yizhan", "districts"} <= set(service.feature_collections())
    assert service.collection("yizhan")["id"] == "yizhan"
    assert "kind" in service.collection_queryables("stations")["properties"]


def test_it_reads_rows_by_box_day_and_page(service, lonlat):
    box = [*lonlat(1900, -100), *lonlat(2100, 100)]
    found = service.collection_items("stations", bbox=box)
    assert [feature["id"] for feature in found["features"]] == ["S3"]
    paged = service.collection_items("stations", limit=1, offset=1)
    assert [feature["id"] for feature in paged["features"]] == ["S3"]
    days = service.collection_items("bus_stops", datetime_="2026-11-02")
    assert [feature["id"] for feature in days["features"]] == ["1-2026-11-02-1"]
    assert service.collection_item("stations", "S2")["properties"]["kind"] == "mothers_room"


def test_both_descriptions_are_what_they_say(client):
    links = {
        link["type"]: link["href"]
        for link in client.get("/").json()["links"]
        if link["rel"] == "service-desc"
    }
    assert len(links) == 2
    for kind, href in links.items():
        response = client.get(href)
        assert response.headers["content-type"] == kind
        document = response.json()
        assert document["openapi"].startswith(kind.rsplit("=", 1)[1])
        openapi_spec_validator.validate(document)


def test_nothing_of_the_newer_schema_is_left():
    schema = {
        "properties": {
            "const": {"const": 1},
            "n": {"anyOf": [{"type": "integer", "exclusiveMinimum": 0}, {"type": "null"}]},
            "r": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            "m": {"type": ["object", "array"], "examples": [1]},
        }
    }
    told = as_3_0({"info": {}, "components": {"schemas": {"A": schema}}})
    assert told["components"]["schemas"]["A"]["properties"] == {
        "const": {"enum": [1]},
        "n": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True},
        "r": {"anyOf": [{"$ref": "#/x"}], "nullable": True},
        "m": {"anyOf": [{"type": "object"}, {"type": "array"}]},
    }
