"""Districts and subdistricts of Qingdao in English, and names that are none."""

from __future__ import annotations

import pytest

from geo.layers.english_names import OFFICIAL, english_place


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("市南区", "Shinan District"),
        ("黄岛区", "Huangdao District"),
        ("胶州市", "Jiaozhou City"),
        ("八大关街道", "Badaguan Subdistrict"),
        ("长江路街道", "Changjianglu Subdistrict"),
        ("延安路街道", "Yan'anlu Subdistrict"),
        ("惜福镇街道", "Xifuzhen Subdistrict"),
        ("段泊岚镇", "Duanbolan Town"),
        ("藏马镇", "Zangma Town"),
        ("灵山岛省级自然保护区", "Lingshandao Nature Reserve"),
        ("鼓楼区", "Gulou District"),
        ("Laoshan", "Laoshan"),
        ("", ""),
        ("街道", "Jiedao"),
    ],
)
def test_a_place_is_called_what_signs_call_it(name, english):
    assert english_place(name) == english


def test_the_city_and_its_ten_districts_have_their_official_names():
    assert len([one for one in OFFICIAL.values() if one.endswith(("District", "City"))]) == 10


@pytest.mark.parametrize("name", ["<script>区", "=cmd()镇", "𠀀街道", "东\u202e区"])
def test_a_hostile_name_is_spelled_and_nothing_else(name):
    assert english_place(name).isprintable() or "\u202e" in name
