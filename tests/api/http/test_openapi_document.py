"""The OpenAPI document: complete, consistent, described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json()


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for held in value.values():
            yield from references(held)
    elif isinstance(value, list):
        for held in value:
            yield from references(held)


def test_every_reference_leads_somewhere(document):
    for reference in set(references(document)):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_operations_are_described_and_named_once(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_parameters_are_described(document):
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), f"{name} {parameter['name']}"


def test_every_operation_tells_its_problems(document):
    for name, operation in operations(document):
        assert "application/problem+json" in operation["responses"]["default"]["content"], name


def test_planning_operations_are_locked(document):
    for path in ("/gaps", "/sites", "/jobs", "/downloads/{name}", "/bus/day-sheets"):
        assert document["paths"][path]["get"]["security"], path
    assert "security" not in document["paths"]["/nearest"]["get"]


def test_units_are_said(document):
    way = document["components"]["schemas"]["Way"]["properties"]
    assert "metres" in way["distance_m"]["description"]
    assert "seconds" in way["time_s"]["description"]


def test_the_page_for_people_shows_every_operation(client, document):
    page = client.get("/docs").text
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page
    assert "http" not in page.split("<body>")[0]


def test_no_internal_name_is_told(document):
    text = json.dumps(document)
    assert str(ROOT) not in text
    assert "Traceback" not in text
