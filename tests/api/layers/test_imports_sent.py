"""Layer files sent by planners: reported row by row, published whole, as good rows, or not."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

import maps
from api.app import create_app
from api.settings import Settings
from data.geometry.datum import Datum
from data.words import settling

WORKBENCH = Path(maps.__file__).parent / "static" / "workbench"
KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}


@pytest.fixture
def own_client(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        yield client


@pytest.fixture
def rows(lonlat):
    def table(*more: str) -> bytes:
        (lon1, lat1), (lon2, lat2) = lonlat(100, 0), lonlat(1200, 0)
        lines = [
            "编号,名称,经度,纬度,开放时间",
            f"N1,新驿站一,{lon1:.6f},{lat1:.6f},24小时",
            f"N2,新驿站二,{lon2:.6f},{lat2:.6f},周一至周五 8:00-17:30",
            *more,
        ]
        return "\n".join(lines).encode()

    return table


def send(client, content, name="驿站.csv", layer="yizhan", **fields):
    files = {"file": (name, content)}
    return client.post(f"/planning/imports/{layer}", files=files, data=fields, headers=KEYED)


def test_a_good_file_is_published_and_served_at_once(own_client, rows):
    told = send(own_client, rows()).json()
    assert (told["rows"], told["good"], told["rejected"], told["version"]) == (2, 2, 0, 2)
    served = own_client.get("/layers/yizhan.geojson").json()
    assert [feature["id"] for feature in served["features"]] == ["N1", "N2"]
    assert served["features"][0]["properties"]["opening_hours"] == "24/7"
    history = own_client.get("/planning/imports/yizhan", headers=KEYED).json()
    assert [entry["number"] for entry in history] == [1, 2]
    assert history[1]["source"] == "驿站.csv"


def test_bad_rows_are_reported_and_nothing_is_published(own_client, rows):
    bad = rows("N3,经纬度写反,36.1,120.3,24小时", "N1,重复编号,120.301,36.1,24小时")
    told = send(own_client, bad).json()
    assert told["version"] is None
    assert told["rejected"] >= 2
    assert {problem["row"] for problem in told["problems"]} >= {4}
    assert all(problem["mend"] for problem in told["problems"])
    assert "N1" not in own_client.get("/layers/yizhan.geojson").text


def test_good_rows_are_taken_when_told(own_client, rows):
    bad = rows("N3,经纬度写反,36.1,120.3,24小时")
    told = send(own_client, bad, accept_good_rows="true").json()
    assert (told["good"], told["rejected"], told["version"]) == (2, 1, 2)


def test_a_dry_run_publishes_nothing(client, rows):
    assert send(client, rows(), dry_run="true").json()["version"] is None
    assert len(client.get("/planning/imports/yizhan", headers=KEYED).json()) == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.exe", b"x", 415),
        ("", b"x", 400),
        ("a", b"x", 415),
        ("a.xlsx", b"not a workbook", None),
        ("a.gpkg", b"not a geopackage", None),
        ("a.zip", b"PK", None),
        ("a.parquet", b"", None),
        ("a.geojson", b"{", None),
        ("a.csv", b"", None),
        ("a.csv", b"\xff\xfe\x00", None),
        ("../../../etc/passwd.csv", b"a,b\n1,2", None),
    ],
)
def test_files_that_are_none_are_refused(client, name, content, status):
    response = send(client, content, name=name)
    assert 400 <= response.status_code < 500, response.text
    if status is not None:
        assert response.status_code == status
    assert "yizhan-import-" not in response.text
    assert "upload." not in response.text


def test_the_key_and_the_layer_are_checked(client, rows):
    files = {"file": ("a.csv", rows())}
    assert client.post("/planning/imports/yizhan", files=files).status_code == 401
    assert send(client, rows(), layer="gaps").status_code == 404
    assert client.post("/planning/imports/yizhan", headers=KEYED).status_code == 400


def test_templates_open_in_excel(client):
    response = client.get("/planning/templates/stations.xlsx", headers=KEYED)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.max_column > 5
    areas = client.get("/planning/templates/districts.xlsx", headers=KEYED)
    assert areas.status_code == 400
    assert client.get("/planning/templates/nothing.xlsx", headers=KEYED).status_code == 404


def test_a_dry_run_tells_what_was_understood_and_asks_what_is_unclear(client, rows):
    told = send(client, rows(), dry_run="true").json()["reading"]
    assert [column["field"] for column in told["columns"]] == [
        "id",
        "name",
        "lon",
        "lat",
        "opening_hours",
    ]
    assert told["not_understood"] == []
    assert (told["header_row"], told["datum"]) == (1, "wgs84")
    unclear = rows().replace("开放时间".encode(), "开门".encode())
    answer = send(client, unclear, dry_run="true").json()
    assert "请在各列的表里把“开门”选为“开放时间”" in answer["reading"]["unclear"]
    assert answer["good"] == 0
    assert send(client, unclear).status_code == 400
    settled = send(client, unclear, dry_run="true", column="开门=opening_hours").json()
    assert settled["good"] == 2


def test_a_file_that_is_sent_keeps_its_name_and_what_the_name_says(client, rows):
    """A list called 站点GCJ02 is in GCJ-02, on the page as at the command."""
    names = ("站点GCJ02.CSV", "../../站点WGS84.csv", "C:\\a\\站点WGS84.csv", f"{'长' * 200}.csv")
    answers = [send(client, rows(), name, dry_run="true").json() for name in names]
    assert [one["reading"]["datum"] for one in answers] == ["gcj02", "wgs84", "wgs84", "wgs84"]
    assert "站点GCJ02.CSV" in " ".join(answers[0]["remarks"])
    assert "upload" not in str(answers)


def test_every_field_that_messages_name_is_on_the_page():
    page = (WORKBENCH / "reading.mjs").read_text(encoding="utf-8")
    page += (WORKBENCH / "files.mjs").read_text(encoding="utf-8")
    with settling.on_page():
        clauses = [
            settling.choose_table(),
            settling.all_tables(),
            *(settling.choose_datum(datum) for datum in Datum),
            settling.choose_datum_of_each(),
            settling.choose_encoding(),
            settling.choose_crs("EPSG:4549"),
            settling.leave_out("片长"),
            settling.take_good_rows(),
        ]
    for clause in clauses:
        for language in (clause.zh, clause.en):
            named = set(re.findall("“(.*?)”", language)) - {"片长"}
            assert named
            assert all(one in page for one in named), language


def test_a_dry_run_shows_the_rows_as_they_would_be(client, rows):
    """Those that differ first: where each lies, and what would become of it."""
    shown = send(client, rows(), dry_run="true").json()["shown"]
    assert shown["left_out"] == 0
    states = {one["id"]: one["state"] for one in shown["rows"]}
    assert states["N1"] == states["N2"] == "added"
    removed = [one for one in shown["rows"] if one["state"] == "removed"]
    assert len(removed) == len(client.get("/layers/yizhan.geojson").json()["features"])
    (first,) = [one for one in shown["rows"] if one["id"] == "N1"]
    assert (round(first["lon"], 1), round(first["lat"], 1)) == (120.3, 36.1)


def test_who_imports_and_goes_back_and_why_is_kept(own_client, rows):
    send(own_client, rows(), who="王莉", why="十月普查")
    differs = own_client.get("/planning/imports/yizhan/1", headers=KEYED).json()
    assert differs["differences"]["removed"] == 2
    assert {one["state"] for one in differs["shown"]["rows"]} == {"added", "removed"}
    restored = own_client.post(
        "/planning/imports/yizhan/restore",
        json={"number": 1, "who": "赵强", "why": "漏了一个"},
        headers=KEYED,
    ).json()
    assert (restored["restored"], restored["who"], restored["why"]) == (1, "赵强", "漏了一个")
    history = own_client.get("/planning/imports/yizhan", headers=KEYED).json()
    assert [(one["who"], one["why"]) for one in history] == [
        ("", ""),
        ("王莉", "十月普查"),
        ("赵强", "漏了一个"),
    ]
    newest = own_client.get("/planning/imports/yizhan/3", headers=KEYED)
    assert newest.status_code == 400
    assert own_client.get("/planning/imports/yizhan/9", headers=KEYED).status_code == 404
