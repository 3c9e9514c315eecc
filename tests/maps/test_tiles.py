from __future__ import annotations

import pytest

from geo.errors import BadInputError
from maps.ground.background_tiles import TileSource


def test_tianditu_is_a_street_map_with_a_label_layer_above():
    source = TileSource.tianditu("abc123")
    assert [("LAYER=vec&" in url, "LAYER=cva&" in url) for url in source.urls] == [
        (True, False),
        (False, True),
    ]
    assert all(url.endswith("&tk=abc123") for url in source.urls)


@pytest.mark.parametrize("key", ["", "a&b", "a b", '"><script>'])
def test_a_key_that_would_change_the_address_is_refused(key):
    with pytest.raises(BadInputError):
        TileSource.tianditu(key)


@pytest.mark.parametrize(
    "url", ["javascript:{z}{x}{y}", "https://t/{z}/{x}", "ftp://t/{z}/{x}/{y}"]
)
def test_an_address_that_is_no_tile_template_is_refused(url):
    with pytest.raises(BadInputError):
        TileSource((url,), "", "x")
