"""Lists in by the browser: looked at on the map and as a table, accepted, compared, gone back from."""

from __future__ import annotations

import io
import json

import openpyxl
from shapely import Point
from workbench_steps import press_map, sign

DRAWN = "() => yizhanMap.getSource('wb-rows').getData().then(data => data.features.map(f => f.properties.id))"


def yizhan_file(*rows):
    """Rows of (id, name, lon, lat) as the file a browser sends."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": identity,
                "name": name,
                "kind": "outdoor_rest_station",
                "opening_hours": "24/7",
            },
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for identity, name, lon, lat in rows
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    return {"name": "驿站.geojson", "mimeType": "application/json", "buffer": content.encode()}


def test_a_file_is_looked_at_on_the_map_and_as_a_table_before_it_counts(desk, town, tiny):
    """Of the two yizhan one is moved, one is not in the file, and a third is new."""
    _, project = town
    old = project.read("yizhan")
    stays, goes = old["id"].astype(str).tolist()
    at, there = tiny.place(400, 300), tiny.place(1000, 0)
    desk.click("#tab-files")
    desk.select_option("#layer", "yizhan")
    desk.set_input_files(
        "#file", yizhan_file((stays, "搬了", *at), ("N1", "新<i>来</i>的", *there))
    )
    desk.wait_for_selector("#rows-shown tbody tr")
    told = [row.split("\t") for row in desk.inner_text("#rows-shown tbody").splitlines()]
    assert told == [["搬了", "移动"], ["新<i>来</i>的", "新增"], [goes, "减少"]]
    assert sorted(desk.evaluate(DRAWN)) == sorted([stays, goes, "N1"])
    assert "新增 1，减少 1，移动 1" in desk.inner_text("#difference")
    desk.wait_for_function("() => !yizhanMap.isMoving()")
    seen = desk.evaluate(f"() => yizhanMap.getBounds().contains([{there[0]}, {there[1]}])")
    assert seen
    desk.click("#rows-shown tr[data-id=N1] button")
    desk.wait_for_function(f"() => Math.abs(yizhanMap.getCenter().lng - {there[0]}) < 0.0001")
    desk.click("#tab-plans")
    desk.wait_for_function(f"() => ({DRAWN})().then(ids => ids.length === 0)")
    assert len(project.versions("yizhan")) == 1


def test_a_station_is_added_by_a_press_on_the_map_and_versions_are_compared(desk, town, tiny):
    _, project = town
    before = project.versions("yizhan")
    lon, lat = tiny.place(700, 200)
    desk.evaluate(f"() => yizhanMap.jumpTo({{center: [{lon}, {lat}], zoom: 15}})")
    desk.click("#tab-files")
    desk.select_option("#layer", "yizhan")
    desk.click("#add-row")
    press_map(desk)
    desk.fill("#row-name", "路口驿站")
    desk.fill("#row-opening_hours", "8:00-20:00")
    desk.fill("#row-why", "街道提议")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#said >> text=已存为第")
    rows = project.read("yizhan")
    (added,) = rows[rows["name"] == "路口驿站"].itertuples()
    assert added.geometry.distance(Point(lon, lat)) < 0.0005
    assert added.opening_hours == "08:00-20:00"
    newest = project.versions("yizhan")[-1]
    assert (newest.number, newest.who, newest.why) == (len(before) + 1, "王莉", "街道提议")
    desk.wait_for_selector(f"[data-differs='{len(before)}']")
    desk.click(f"[data-differs='{len(before)}']")
    desk.wait_for_selector("#version-difference >> text=减少 1")
    assert desk.evaluate(DRAWN).count(added.id) == 1
    desk.click(f"[data-version='{len(before)}']")
    sign(desk)
    desk.wait_for_selector("#said >> text=已回到该版")
    assert len(project.read("yizhan")) == len(rows) - 1


def test_a_place_is_picked_without_a_mouse(desk, tiny):
    lon, lat = tiny.place(900, 0)
    desk.evaluate(f"() => yizhanMap.jumpTo({{center: [{lon}, {lat}], zoom: 15}})")
    desk.focus("#try")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#tries-total")
    desk.focus("#try")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#said >> text=Esc")
    desk.keyboard.press("Escape")
    desk.wait_for_selector("#said", state="hidden")
    assert desk.locator(".pin").count() == 1


def test_a_list_is_checked_accepted_and_gone_back_from(desk, town, tiny):
    _, project = town
    number = len(project.versions("depots")) + len(project.versions("yizhan"))
    lon, lat = tiny.place(1000, 0)
    row = {"id": "N1", "name": "新驿站", "kind": "outdoor_rest_station", "opening_hours": "24/7"}
    good = {
        "type": "Feature",
        "properties": row,
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [good]})
    desk.click("#tab-files")
    desk.select_option("#layer", "yizhan")
    file = {"name": "驿站.geojson", "mimeType": "application/json", "buffer": content.encode()}
    desk.set_input_files("#file", file)
    desk.wait_for_selector("#accept")
    assert "读到 1 行" in desk.inner_text("#report")
    assert len(project.versions("yizhan")) + len(project.versions("depots")) == number
    desk.click("#accept")
    sign(desk, "十月普查")
    desk.wait_for_selector("#said >> text=已导入")
    assert len(project.read("yizhan")) == 1
    newest = project.versions("yizhan")[-1]
    assert (newest.who, newest.why) == ("王莉", "十月普查")
    assert "王莉 · 十月普查" in desk.inner_text("#versions")
    desk.click("[data-version='1']")
    sign(desk, "漏了一个")
    desk.wait_for_selector("#said >> text=已回到该版")
    assert len(project.read("yizhan")) == 2
    back = project.versions("yizhan")[-1]
    assert (back.who, back.why, back.restored) == ("王莉", "漏了一个", 1)
    desk.wait_for_selector("#versions >> text=退回到第 1 版")


def test_a_file_misunderstood_is_settled_in_the_browser(desk, town, tiny):
    """A header nobody knows, points of AMap and a total are told and settled; nothing counts before."""
    _, project = town
    number = len(project.versions("yizhan"))
    lon, lat = tiny.place(1000, 0)
    rows = [
        "编号,名称,经度,纬度,几点开门,天气",
        f"N1,<b>新</b>驿站,{lon},{lat},8:00-18:00,晴",
        "合计,,,,,",
    ]
    content = "\n".join(rows).encode("gb18030")
    desk.click("#tab-files")
    desk.select_option("#layer", "yizhan")
    desk.set_input_files("#file", {"name": "站.csv", "mimeType": "text/csv", "buffer": content})
    desk.wait_for_selector("#columns [data-header='几点开门']")
    assert "gb18030" in desk.inner_text("#decided").lower()
    assert "合计" in desk.inner_text("#left-out")
    assert desk.input_value("#columns [data-header='天气']") == ""
    desk.select_option("#columns [data-header='几点开门']", "opening_hours")
    if not desk.is_visible("#settle-datum"):
        desk.click("#settle summary")
    desk.select_option("#settle-datum", "gcj02")
    desk.click("#read-again")
    desk.wait_for_selector("#hours-read")
    assert "gcj02" in desk.inner_text("#decided")
    assert desk.input_value("#columns [data-header='几点开门']") == "opening_hours"
    assert len(project.versions("yizhan")) == number
    desk.click("#hours-read summary")
    assert "8:00–18:00" in desk.inner_text("#hours-read td")
    desk.click("#accept")
    sign(desk)
    desk.wait_for_selector("#said >> text=已导入")
    (point,) = project.read("yizhan").geometry
    assert point.distance(Point(lon, lat)) > 0.001  # from GCJ-02, hundreds of metres away
    desk.click(f"[data-version='{number}']")
    sign(desk)
    desk.wait_for_selector("#said >> text=已回到该版")


def test_one_of_several_sheets_is_chosen_in_the_browser(desk, tiny):
    lon, lat = tiny.place(1000, 0)
    book = openpyxl.Workbook()
    for title in ("市南", "市北"):
        sheet = book.active if title == "市南" else book.create_sheet(title)
        sheet.title = title
        sheet.append(["编号", "名称", "经度", "纬度", "开放时间"])
        sheet.append([f"{title}1", f"{title}驿站", lon, lat, "24小时"])
    held = io.BytesIO()
    book.save(held)
    desk.click("#tab-files")
    desk.select_option("#layer", "yizhan")
    excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    desk.set_input_files("#file", {"name": "站.xlsx", "mimeType": excel, "buffer": held.getvalue()})
    desk.wait_for_selector("#settle-table")
    assert desk.query_selector("#accept") is None
    desk.select_option("#settle-table", "市北")
    desk.click("#read-again")
    desk.wait_for_selector("#accept")
    assert "读到 1 行" in desk.inner_text("#report")
    desk.click("#settle summary")
    desk.select_option("#settle-table", "全部")
    desk.click("#read-again")
    desk.wait_for_selector("#report >> text=读到 2 行")
