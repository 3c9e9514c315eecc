"""Orders and GPS pings in, cells of people out: nothing guessed, nobody seen, everybody counted."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from api.command.main import build
from data.events.batches import open_events
from data.events.event_format import EventFormat, TimeUnit, TimeZone
from data.events.event_reading import read_events
from data.events.times import UNREADABLE, local_seconds
from data.geometry.datum import Datum, from_wgs84, to_wgs84
from data.geometry.datum_grid import DatumGrid
from data.store.project import Project
from geo.crs import to_metres
from geo.errors import BadInputError, BrokenFileError, CrsError
from geo.hours import week_mask
from geo.layers.vocabulary import Group, Setting
from geo.text import Language

CELL = h3.latlng_to_cell(36.10, 120.30, 9)
LAT, LON = h3.cell_to_latlng(CELL)
HEADER = ["骑手编号", "时间", "经度", "纬度"]
RIDERS = EventFormat(
    datum=Datum.WGS84, time_zone=TimeZone.SHANGHAI, group=Group.DELIVERY_RIDER, setting=Setting.WORK
)


def written(path, rows, header=HEADER, encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([header, *rows])
    return path


def ping(person, when="2026-06-01 08:30:00", lon=LON, lat=LAT):
    return [person, when, lon, lat]


def test_six_riders_of_one_block_at_monday_eight(tmp_path):
    """2026-06-01 is a Monday; R0 pings three times and is still one."""
    rows = [ping(f"R{i}") for i in range(6)] + [ping("R0")] * 2
    reading = read_events(written(tmp_path / "e.csv", rows), RIDERS)
    (row,) = reading.workers.to_dict("records")
    assert (row["workers"], row["group"], row["setting"]) == (6, "delivery_rider", "work")
    assert row["active_hours"] == "Mo 08:00-09:00"
    assert row["geometry"].contains(Point(LON, LAT))
    assert row["geometry"].area == pytest.approx(gpd.GeoSeries([row["geometry"]]).iloc[0].area)
    assert (reading.rows, reading.people_in, reading.people_out) == (8, 6, 6)
    assert reading.counts_persons
    assert any("没有周二" in remark.zh for remark in reading.remarks)


def test_four_riders_are_kept_back_and_said_to_be(tmp_path):
    reading = read_events(written(tmp_path / "e.csv", [ping(f"R{i}") for i in range(4)]), RIDERS)
    assert reading.workers.empty
    assert (reading.people_in, reading.people_out, reading.kept_back) == (4, 0, 4)


def test_riders_outside_the_city_are_counted_apart(tmp_path):
    rows = [ping(f"R{i}") for i in range(6)] + [ping(f"S{i}", lon=121.5) for i in range(3)]
    city = box(120.2, 36.0, 120.4, 36.2)
    reading = read_events(written(tmp_path / "e.csv", rows), RIDERS, area=city)
    assert (reading.people_in, reading.people_out, reading.outside) == (9, 6, 3)


def test_no_id_of_a_person_leaves_the_reading(tmp_path):
    rows = [ping(f"SECRET{i}") for i in range(6)]
    reading = read_events(written(tmp_path / "e.csv", rows), RIDERS)
    assert "SECRET" not in reading.workers.to_json() + str(reading.remarks) + str(reading.bad)


def test_without_persons_events_are_converted_and_that_is_said(tmp_path):
    rows = [row[1:] for row in [ping("")] * 600]
    path = written(tmp_path / "e.csv", rows, HEADER[1:])
    with pytest.raises(BadInputError, match="--workers-per-event"):
        read_events(path, RIDERS)
    said = EventFormat(
        datum=Datum.WGS84,
        time_zone=TimeZone.SHANGHAI,
        group=Group.COURIER,
        setting=Setting.WORK,
        workers_per_event=0.05,
    )
    reading = read_events(path, said)
    assert reading.workers["workers"].tolist() == [30]
    assert not reading.counts_persons
    assert any("同一人可能被数多次" in remark.zh for remark in reading.remarks)


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        ({"time_zone": None}, "--time-zone"),
        ({"group": None}, "--group"),
        ({"setting": None}, "--setting"),
    ],
)
def test_what_the_file_does_not_say_is_asked(tmp_path, change, asks):
    said = {"time_zone": TimeZone.SHANGHAI, "group": Group.COURIER, "setting": Setting.WORK}
    path = written(tmp_path / "e.csv", [ping("R1")])
    with pytest.raises(BadInputError, match=asks):
        read_events(path, EventFormat(datum=Datum.WGS84, **(said | change)))


def test_bad_rows_are_counted_all_and_listed_by_row_column_and_value(tmp_path):
    rows = [
        ping("R1"),
        ping("R1", lon=LAT, lat=LON),
        ping("R1", lon="abc"),
        ping("R1", when="昨天"),
        ping(""),
        ["R1", "2026-06-01 08:30:00"],
        ping("R1", lon=0.0),
        ping("R2"),
    ]
    bad = read_events(written(tmp_path / "e.csv", rows), RIDERS).bad
    assert bad.total == 6
    told = {problem.row: (problem.column, problem.value) for problem in bad.problems}
    assert told[3] == ("经度", str(LAT))
    assert told[4] == ("经度", "abc")
    assert told[5] == ("时间", "昨天")
    assert told[6] == ("骑手编号", "")
    assert told[7][1] == "2 / 4"
    assert told[8] == ("经度", "0.0")


def test_many_bad_rows_are_listed_only_in_part(tmp_path):
    rows = [ping("R1", when="?") for _ in range(500)]
    bad = read_events(written(tmp_path / "e.csv", rows), RIDERS).bad
    assert (bad.total, len(bad.problems)) == (500, 20)


def test_words_of_group_and_setting_in_the_file_are_kept(tmp_path):
    header = [*HEADER, "群体", "场所性质"]
    rows = [[*ping(f"R{i}"), "外卖骑手", "工作地"] for i in range(5)]
    rows += [[*ping(f"C{i}"), "快递小哥", "居住地"] for i in range(6)]
    said = EventFormat(datum=Datum.WGS84, time_zone=TimeZone.SHANGHAI)
    reading = read_events(written(tmp_path / "e.csv", rows, header, "gb18030"), said)
    found = reading.workers.set_index("group")[["setting", "workers"]].T.to_dict("list")
    assert found == {"delivery_rider": ["work", 5], "courier": ["residence", 6]}
    rows[0][4] = "飞行员"
    assert read_events(written(tmp_path / "e.csv", rows, header), said).bad.total == 1


def test_positions_of_another_datum_are_brought_home(tmp_path):
    """The cell is 200 m wide, the datums 500 m apart."""
    lon, lat = from_wgs84([[LON, LAT]], Datum.GCJ02)[0]
    rows = [ping(f"R{i}", lon=lon, lat=lat) for i in range(5)]
    said = EventFormat(
        datum=Datum.GCJ02, time_zone=TimeZone.SHANGHAI, group=Group.COURIER, setting=Setting.WORK
    )
    (shape,) = read_events(written(tmp_path / "e.csv", rows), said).workers.geometry
    assert shape.contains(Point(LON, LAT))


def test_geoparquet_with_points_and_zoned_times(tmp_path):
    frame = gpd.GeoDataFrame(
        {
            "rider_id": [f"R{i}" for i in range(7)],
            "time": pd.to_datetime(["2026-06-01T00:30:00Z"] * 7),
        },
        geometry=[Point(LON, LAT)] * 6 + [None],
        crs=4326,
    )
    frame.to_parquet(tmp_path / "e.parquet")
    said = EventFormat(datum=Datum.WGS84, group=Group.COURIER, setting=Setting.WORK)
    reading = read_events(tmp_path / "e.parquet", said)
    assert reading.workers["active_hours"].tolist() == ["Mo 08:00-09:00"]
    assert (reading.people_in, reading.bad.total) == (6, 1)
    frame.to_crs(4549).to_parquet(tmp_path / "m.parquet")
    with pytest.raises(CrsError):
        read_events(tmp_path / "m.parquet", said)


def test_what_cannot_be_used_at_all_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="缺少列 时间"):
        read_events(written(tmp_path / "a.csv", [], ["经度", "纬度"]), RIDERS)
    with pytest.raises(BadInputError, match="意思相同"):
        read_events(written(tmp_path / "b.csv", [], ["lon", "lat", "经度", "time"]), RIDERS)
    (tmp_path / "c.parquet").write_bytes(b"PAR1nonsense")
    with pytest.raises(BrokenFileError):
        read_events(tmp_path / "c.parquet", RIDERS)
    with pytest.raises(BadInputError, match="网格级别"):
        EventFormat(datum=Datum.WGS84, resolution=12)


UTC = EventFormat(datum=Datum.WGS84, time_zone=TimeZone.UTC)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array(["2026-06-01 08:05:00"]), RIDERS),
        (pa.array(["2026/6/1 8:05"]), RIDERS),
        (pa.array(["2026-06-01T08:05:00+08:00"]), EventFormat(datum=Datum.WGS84)),
        (pa.array(["2026-06-01T00:05:00Z"]), EventFormat(datum=Datum.WGS84)),
        (pa.array(["2026-06-01 00:05:00"]), UTC),
        (pa.array([1780272300]), EventFormat(datum=Datum.WGS84, time_unit=TimeUnit.SECONDS)),
        (
            pa.array(["1780272300000"]),
            EventFormat(datum=Datum.WGS84, time_unit=TimeUnit.MILLISECONDS),
        ),
        (pa.array([1780272300 * 10**6], pa.timestamp("us", "UTC")), EventFormat(datum=Datum.WGS84)),
        (pa.array([1780301100], pa.timestamp("s")), RIDERS),
    ],
)
def test_every_way_of_writing_one_moment(column, said):
    assert local_seconds(column, "t", said).tolist() == [1780301100]


def test_times_that_would_need_a_guess_are_not_read():
    with pytest.raises(BadInputError, match="--time-unit"):
        local_seconds(pa.array([1780272300]), "t", RIDERS)
    wrong_unit = EventFormat(datum=Datum.WGS84, time_unit=TimeUnit.SECONDS)
    assert local_seconds(pa.array([1780272300000]), "t", wrong_unit).tolist() == [UNREADABLE]
    mixed = pa.array(["2026-06-01 08:05:00", "2026-06-01T08:05:00Z", "", None])
    assert (local_seconds(mixed, "t", RIDERS) == UNREADABLE).tolist() == [False, True, True, True]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(119.4, 121.1), st.floats(35.5, 37.3)), min_size=1, max_size=50),
    st.sampled_from([Datum.GCJ02, Datum.BD09]),
)
def test_the_grid_of_shifts_errs_by_under_half_a_metre(places, datum):
    lonlat = np.array(places)
    off_m = to_metres(DatumGrid(datum).to_wgs84(lonlat)) - to_metres(to_wgs84(lonlat, datum))
    assert np.hypot(*off_m.T).max() < (0.05 if datum is Datum.GCJ02 else 0.5)


PINGS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.integers(0, 6),
        st.integers(0, 23),
        st.integers(-900, 900),
        st.integers(-900, 900),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=30, deadline=None)
@given(pings=PINGS, persons=st.booleans())
def test_people_in_are_people_out_and_no_cell_shows_under_five(tmp_path_factory, pings, persons):
    header = [*HEADER, "群体"] if persons else [*HEADER[1:], "群体"]
    rows = [
        [
            f"R{who}",
            f"2026-06-{1 + day:02d} {hour:02d}:15:00",
            LON + east / 1e5,
            LAT + north / 1e5,
            ("快递员", "网约送餐员")[group],
        ][0 if persons else 1 :]
        for who, day, hour, east, north, group in pings
    ]
    path = written(tmp_path_factory.mktemp("e") / "e.csv", rows, header)
    said = EventFormat(
        datum=Datum.WGS84,
        time_zone=TimeZone.SHANGHAI,
        setting=Setting.WORK,
        workers_per_event=None if persons else 1.0,
    )
    city = box(LON - 0.006, LAT - 0.006, LON + 1, LAT + 1)
    reading = read_events(path, said, area=city)
    expected = len({row[0] for row in pings}) if persons else len(pings)
    assert reading.people_in == expected
    assert reading.people_out + reading.kept_back + reading.outside == expected
    assert reading.workers["workers"].sum() == reading.people_out
    assert (reading.workers["workers"] >= 5).all()
    assert reading.workers["id"].is_unique
    shapes = reading.workers[reading.workers["group"] == "courier"].geometry.to_numpy()
    apart = shapely.area(shapes).sum()
    assert shapely.union_all(shapes).area == pytest.approx(apart, rel=1e-6)
    for hours in reading.workers["active_hours"].dropna():
        assert week_mask(hours).any()


def run(*arguments):
    result = CliRunner().invoke(build(Language.ZH), [*map(str, arguments)])
    return result, result.exception


def test_the_command_imports_events_as_workers(tmp_path):
    project = Project.create(tmp_path / "p", "试")
    path = written(tmp_path / "订单.csv", [ping(f"R{i}") for i in range(6)] + [ping("R9", lon="?")])
    asked = ["import", "workers", path, "--events", "--project", project.folder, "--json"]
    said = ["--time-zone", "Asia/Shanghai", "--group", "courier", "--setting", "work"]
    _, error = run(*asked, *said)
    assert "--datum" in str(error)
    _, error = run(*asked, *said, "--datum", "wgs84")
    assert "1 行有问题" in str(error)
    assert not project.has("workers")
    result, _ = run(*asked, *said, "--datum", "wgs84", "--accept-good-rows")
    facts = json.loads(result.stdout)
    assert (facts["people_in"], facts["people_out"], facts["bad_rows"]) == (6, 6, 1)
    assert facts["counts"] == "persons"
    assert project.read("workers")["workers"].tolist() == [6]


def test_options_of_events_are_refused_without_them(tmp_path):
    project = Project.create(tmp_path / "p", "试")
    path = written(tmp_path / "e.csv", [])
    result, _ = run("import", "workers", path, "--group", "courier", "--project", project.folder)
    assert result.exit_code == 2
    result, _ = run("import", "stations", path, "--events", "--project", project.folder)
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-16", "\t"), ("gb18030", ";"), ("utf-8", "|")]
)
def test_events_come_through_the_door_of_every_other_list(tmp_path, encoding, separator):
    """A title above the headers, any separator and encoding, columns by --column, datum in a header."""
    head = ["骑手代号", "打点", "高德经度", "高德纬度", "速度"]
    ((lon, lat),) = from_wgs84([[LON, LAT]], Datum.GCJ02).tolist()
    rows = [["6月轨迹"], head, *([f"R{i}", "2026-06-01 08:30:00", lon, lat, 3] for i in range(6))]
    text = "\n".join(separator.join(map(str, row)) for row in rows)
    path = tmp_path / "e.txt"
    path.write_bytes(text.encode(encoding))
    told = {"骑手代号": "person", "打点": "time"}
    file = open_events(path, None, told)
    assert (file.header_row, file.columns.datum) == (1, Datum.GCJ02)
    assert "速度" in file.lines()[-1].zh
    reading = read_events(path, replace(RIDERS, datum=Datum.GCJ02), columns=told)
    assert (reading.rows, reading.people_out) == (6, 6)
    assert reading.workers.geometry[0].contains(Point(LON, LAT))


def test_checking_events_imports_nothing_and_a_contradicted_datum_is_refused(tmp_path):
    project = Project.create(tmp_path / "city", "城", sample=False)
    path = written(tmp_path / "e.csv", [ping(f"R{i}") for i in range(6)])
    options = [
        "--events",
        "--time-zone",
        "Asia/Shanghai",
        "--group",
        "delivery_rider",
        "--setting",
        "work",
        "--project",
        str(project.folder),
        "--json",
    ]
    run = CliRunner()
    done = run.invoke(
        build(Language.ZH),
        ["import", "workers", str(path), "--check", "--datum", "wgs84", *options],
    )
    assert done.exit_code == 0, done.output
    assert not project.has("workers")
    named = written(
        tmp_path / "n.csv", [ping("R0")], header=["骑手编号", "时间", "经度(GCJ02)", "纬度(GCJ02)"]
    )
    done = run.invoke(
        build(Language.ZH), ["import", "workers", str(named), "--datum", "wgs84", *options]
    )
    assert done.exit_code == 1
    done = run.invoke(
        build(Language.ZH),
        ["import", "workers", str(path), "--datum", "wgs84", "--table", "x", *options],
    )
    assert done.exit_code == 2
