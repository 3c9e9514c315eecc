"""Records looked at whole: twins, strange phones, kinds in the wrong layer, areas as large as a city."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from data.reading.reading import read_layer
from geo.layers.columns import INPUT_LAYERS

CITY = shapely.box(120.0, 36.0, 120.5, 36.5)


def read(tmp_path, layer, text):
    path = tmp_path / "s.csv"
    path.write_text(text, encoding="utf-8")
    return read_layer(INPUT_LAYERS[layer], path, area=CITY)


def test_one_name_within_50_m_is_told_and_beyond_it_is_not(tmp_path):
    text = "编号,名称,经度,纬度\nA,甲,120.38,36.07\nB,甲,120.3803,36.07\nC,甲,120.381,36.07\n"
    reading = read(tmp_path, "yizhan", text)
    assert len(reading.good) == 3
    (doubt,) = reading.doubts[:1]
    assert (doubt.row, doubt.column) == (3, "名称")
    assert "第 2 行同名，只相距 27 米" in doubt.text.zh
    assert len([one for one in reading.doubts if one.column == "名称"]) == 1


@pytest.mark.parametrize(
    ("layer", "kind"), [("stations", "户外劳动者驿站"), ("yizhan", "爱心妈妈小屋")]
)
def test_a_kind_of_the_other_layer_is_told(tmp_path, layer, kind):
    text = f"编号,名称,类型,经度,纬度\nA,甲,{kind},120.38123,36.07123\n"
    reading = read(tmp_path, layer, text)
    assert len(reading.good) == 1
    assert [one.column for one in reading.doubts] == ["类型"]


@pytest.mark.parametrize(
    ("phone", "strange"),
    [
        ("0532-85912345", False),
        ("13800000000", False),
        ("0532-85912345转801", False),
        ("12345", False),
        ("400-1234567", False),
        ("13800000000/0532-85912345", False),
        ("1380000000", True),
        ("张三", True),
        ("053285912345678", True),
    ],
)
def test_what_is_no_phone_number_is_told(tmp_path, phone, strange):
    text = f"编号,名称,经度,纬度,联系电话\nA,甲,120.38123,36.07123,{phone}\n"
    reading = read(tmp_path, "yizhan", text)
    assert reading.good["phone"].tolist() == [phone]
    assert [one.column for one in reading.doubts] == (["联系电话"] if strange else [])


def test_an_area_of_more_than_half_the_city_is_told(tmp_path):
    frame = gpd.GeoDataFrame(
        {
            "id": ["W1", "W2"],
            "name": ["全市", "园区"],
            "group": "courier",
            "setting": "work",
            "workers": 30,
        },
        geometry=[shapely.box(120, 36, 120.5, 36.3), shapely.box(120, 36, 120.01, 36.01)],
        crs=4326,
    )
    frame.to_file(tmp_path / "w.geojson")
    reading = read_layer(INPUT_LAYERS["workers"], tmp_path / "w.geojson", area=CITY)
    assert [(one.row, one.column) for one in reading.doubts] == [(1, "geometry")]
    assert "占全市面积 60%" in reading.doubts[0].text.zh


def test_coordinates_of_two_decimals_are_told_once(tmp_path):
    rows = "".join(f"A{i},站{i},120.3{i},36.07\n" for i in range(6))
    reading = read(tmp_path, "yizhan", f"编号,名称,经度,纬度\n{rows}")
    (doubt,) = reading.doubts
    assert doubt.row == 0
    assert "6 行的坐标只有两位小数" in doubt.text.zh
