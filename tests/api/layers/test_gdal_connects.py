"""GDAL, and with it QGIS, reads our layers over OGC API - Features with its own driver."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyogrio
import pytest

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(
    "OAPIF" not in pyogrio.list_drivers(), reason="the bundled GDAL has no OAPIF driver"
)


@pytest.fixture(scope="module")
def address(city):
    """Serve the tiny city from another process: GDAL holds this one's lock while it asks."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = (
        "import uvicorn; from api.app import create_app; from api.settings import Settings; "
        f"uvicorn.run(create_app(Settings()), host='127.0.0.1', port={port}, log_level='warning')"
    )
    environment = {**os.environ, "YIZHAN_PROJECT": str(city.folder)}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)
    try:
        for _ in range(300):
            if process.poll() is not None:
                pytest.fail("the server ended before it answered")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"OAPIF:http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_layers_are_listed(address):
    names = {name for name, _ in pyogrio.list_layers(address)}
    assert names == {"stations", "yizhan", "districts", "bus_stops", "bus_routes"}


def test_rows_come_with_types_and_places(address, lonlat):
    frame = pyogrio.read_dataframe(address, layer="stations")
    assert list(frame["name"]) == ["江西路爱心妈妈小屋", "福州路职工之家"]
    assert list(frame["capacity"]) == [60, 60]
    assert frame.crs.to_epsg() in {4326, None}
    assert frame.geometry.x.tolist() == pytest.approx([lonlat(1000, 600)[0], lonlat(2000, 0)[0]])


def test_pages_are_followed(address):
    info = pyogrio.read_dataframe(address, layer="stations", PAGE_SIZE="1")
    assert len(info) == 2


def test_a_box_is_asked_of_the_server(address, lonlat):
    box = (*lonlat(1900, -100), *lonlat(2100, 100))
    frame = pyogrio.read_dataframe(address, layer="stations", bbox=box)
    assert list(frame["id"]) == ["S3"]
