from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from maps.worker.hand_over import MAP_APPS, link_templates, map_app_links, place_label

WGS84, GCJ02 = (120.38, 36.06), (120.385, 36.0605)


def links(name="合心驿站", mode=Mode.EBIKE):
    return {link.app: link.url for link in map_app_links(name, WGS84, GCJ02, mode)}


def test_amap_gets_longitude_first_in_gcj02():
    fields = parse_qs(urlsplit(links()["amap"]).query)
    assert fields["to"] == ["120.385000,36.060500,合心驿站"]
    assert fields["mode"] == ["ride"]
    assert fields["coordinate"] == ["gaode"]


def test_baidu_gets_latitude_first_and_is_told_the_datum():
    fields = parse_qs(urlsplit(links()["baidu"]).query)
    assert fields["destination"] == ["latlng:36.060500,120.385000|name:合心驿站"]
    assert (fields["coord_type"], fields["mode"], fields["region"]) == (
        ["gcj02"],
        ["riding"],
        ["青岛"],
    )


def test_tencent_gets_latitude_first_in_gcj02():
    fields = parse_qs(urlsplit(links()["tencent"]).query)
    assert (fields["tocoord"], fields["type"]) == (["36.060500,120.385000"], ["bike"])


def test_a_geo_link_is_wgs84():
    assert links()["geo"].startswith("geo:36.060000,120.380000?q=36.060000,120.380000(")


@pytest.mark.parametrize("mode", list(Mode))
def test_every_provider_knows_every_mode(mode):
    assert set(links(mode=mode)) == {app.app for app in MAP_APPS}


@given(st.text(max_size=30))
def test_no_name_can_add_a_field_or_leave_the_link(name):
    for app, url in links(name).items():
        assert not set(url) & set(" \"'<>\n\r\t"), app
        if app in {"amap", "baidu", "tencent"}:
            plain_keys = set(parse_qs(urlsplit(links("x")[app]).query))
            assert set(parse_qs(urlsplit(url).query)) == plain_keys


@given(st.text(max_size=30))
def test_a_name_that_says_nothing_still_gets_a_label(name):
    label = place_label(name)
    assert label
    assert not set(label) & set(",|:;()&=?#/\\")


def test_the_templates_a_script_fills_give_the_same_links():
    for template in link_templates(Mode.EBIKE):
        place = {"gcj02": GCJ02, "wgs84": WGS84}[template["datum"]]
        filled = (
            template["template"]
            .replace("{lon}", f"{place[0]:.6f}")
            .replace("{lat}", f"{place[1]:.6f}")
        )
        assert unquote(filled.replace("{name}", "合心驿站")) == unquote(links()[template["app"]])


def test_swapped_coordinates_are_refused():
    with pytest.raises(BadInputError, match="gcj02"):
        map_app_links("x", WGS84, (36.06, 120.385))
