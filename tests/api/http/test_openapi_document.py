"""The OpenAPI document: complete, consistent, described."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import get_args

import pytest

from api.job_facts import AllActions, BusPublished, DelaysPublished, JobFacts
from api.jobs import Lane
from geo.summary.run import RunSummary

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


def test_what_a_job_finds_is_a_class_of_the_document_whatever_its_kind(document):
    """A program that waits for a job reads named fields, not whatever happens to be there."""
    schemas = document["components"]["schemas"]
    facts = schemas["JobReport"]["properties"]["facts"]
    named = {one["$ref"].rpartition("/")[2] for one in facts["anyOf"] if "$ref" in one}
    assert named == {one.__name__ for one in get_args(JobFacts)}
    assert {"type": "null"} in facts["anyOf"]
    assert all(schemas[name]["properties"] for name in named)


@pytest.mark.parametrize(
    "facts",
    [
        RunSummary(workers_total=7.0),
        BusPublished(version=3),
        DelaysPublished(delays=2),
        AllActions(budget_cny=None, hours_after=None, actions=0, more_than_building=None),
    ],
)
def test_a_jobs_facts_are_sent_as_their_own_class_has_them(client, as_planner, facts):
    assert _sent(client, as_planner, facts) == facts.model_dump(mode="json")


def test_a_whole_summary_is_not_taken_for_another_kind_of_facts(client, as_planner, summary_with):
    """In JSON its figures stand side by side, a bus plan's among them."""
    whole = summary_with(sites=3, bus_visits=7)
    assert _sent(client, as_planner, whole) == whole.to_json()


def _sent(client, as_planner, facts):
    """What a planner's program gets of a job that found `facts`."""
    jobs = client.app.state.resources.jobs
    job = jobs.start("any", lambda _progress, _stop: facts, lane=Lane.PAPERS, is_noted=False)
    while job.ended is None:
        time.sleep(0.01)
    return client.get(f"/jobs/{job.job_id}", headers=as_planner).json()["facts"]


def test_the_page_for_people_shows_every_operation(client, document):
    page = client.get("/docs").text
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page
    assert "http" not in page.split("<body>")[0]


def test_no_internal_name_is_told(document):
    text = json.dumps(document)
    assert str(ROOT) not in text
    assert "Traceback" not in text
