"""Pages packed in parts are one gzip stream that any reader unpacks to the page."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.packed_pages import packed

SCRIPT = b"<script>" + b"let a = 1;\n" * 400 + b"</script>"
STYLE = b"<style>" + b".a { color: red; }\n" * 300 + b"</style>"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<p>x</p>" * 500,
        STYLE,
        b"<head>" + STYLE + b"</head><p>1</p>" + SCRIPT,
        b"<head>" + STYLE + b"</head><p>2</p>" + SCRIPT + b"</html>",
        b"<script>short</script>" + SCRIPT + SCRIPT + b"<script>never closed",
        b"<script type='application/json'>" + b"1," * 5000 + b"</script>",
        b'<script type="application/json" id="data">' + b"1," * 50_000 + b"</script>" + SCRIPT,
        b"<style>" + b"x" * 300_000 + b"</style>",
    ],
)
def test_what_is_packed_is_unpacked_to_the_page(page):
    stream = packed(page)
    assert gzip.decompress(stream) == page
    assert zlib.decompress(stream, wbits=31) == page  # one member, as browsers read it


@given(
    st.lists(st.sampled_from([STYLE, SCRIPT, b"<p>", b"<script>", b"</style>", b"\xe7\xab\x99"]))
)
def test_it_is_so_for_any_order_of_parts(parts):
    page = b"".join(parts)
    assert gzip.decompress(packed(page)) == page


def test_pages_are_packed_for_those_who_take_it(client, lonlat):
    lon, lat = lonlat(1000, 0)
    asked = {"lon": lon, "lat": lat}
    plain = client.post("/nearest-station", data=asked, headers={"Accept-Encoding": "identity"})
    sent = client.post("/nearest-station", data=asked, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert sent.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in sent.headers["vary"]
    assert int(sent.headers["content-length"]) < len(plain.content) / 2
    assert sent.text == plain.text
