"""What phones keep for when there is no network: all stations, nothing of anybody."""

from __future__ import annotations

import json


def test_every_serving_station_is_told_with_its_week_and_links(client):
    told = client.get("/offline/stations.json")
    kept = told.json()
    assert {one["id"] for one in kept["stations"]} == {"S1", "S2", "S3"}
    first = next(one for one in kept["stations"] if one["id"] == "S3")
    assert first["w"][:4] == [480, 1200, 1920, 2640]
    assert set(kept["apps"]) == {"walk", "ebike"}
    assert all("{lon}" in app["template"] for app in kept["apps"]["ebike"])
    assert kept["at"][:2] == "20"


def test_a_phone_that_has_them_is_told_so(client):
    etag = client.get("/offline/stations.json").headers["etag"]
    again = client.get("/offline/stations.json", headers={"If-None-Match": etag})
    assert again.status_code == 304


def test_the_manifest_opens_the_workers_page(client):
    told = client.get("/manifest.webmanifest")
    assert told.headers["content-type"] == "application/manifest+json"
    manifest = json.loads(told.text)
    assert client.get(manifest["start_url"]).status_code == 200
    assert client.get(manifest["icons"][0]["src"]).headers["content-type"] == "image/png"


def test_the_worker_keeps_no_answer_to_a_question(client):
    script = client.get("/offline-worker.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "request.method !== 'GET'" in script.text
    told = json.loads(script.text.split("const KEPT = ", 1)[1].split(";\n", 1)[0])
    assert told["page"] == "/offline"
    assert client.get(told["page"]).status_code == 200
