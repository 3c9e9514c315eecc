"""A tiny city served on loopback and opened in a real Chromium."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from shapely import Point
from workbench_steps import KEY, READY

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("YIZHAN_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _tiny_city():
    """Load the tiny city of tests/api, which is no package to import from."""
    path = ROOT / "tests" / "api" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_city", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def tiny():
    return _tiny_city()


@pytest.fixture(scope="module")
def server(tiny, tmp_path_factory):
    """Serve the tiny city with uvicorn on loopback; yield its address and its log file."""
    folder = tmp_path_factory.mktemp("served")
    with _serving(tiny.make_project(folder / "tiny"), folder) as served:
        yield served


@pytest.fixture(scope="session")
def serving():
    """Return what serves a project, `empty` or not, and yields its address and its log file."""
    return _serving


@contextmanager
def _serving(project, folder, *, empty=False):
    port = _free_port()
    log = folder / "server.log"
    environment = {**os.environ, "YIZHAN_PROJECT": str(project.folder), "YIZHAN_PLANNER_KEY": KEY}
    code = (
        "import uvicorn; from api.app import create_app; from api.settings import Settings; "
        f"uvicorn.run(create_app(Settings()), host='127.0.0.1', port={port})"
    )
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_up(address, process, empty=empty)
            yield address, log
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_up(address: str, process: subprocess.Popen[bytes], *, empty: bool) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            pytest.fail("the server ended before it answered")
        try:
            with urlopen(f"{address}/health", timeout=1):  # noqa: S310 - loopback
                return
        except HTTPError:
            if empty:  # A project without stations is never healthy.
                return
            time.sleep(0.1)
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within two minutes")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium: the served pages were not tried")
    playwright_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watched(browser, server):
    """Open pages with scripts on or off; collect every request's address and every page fault."""
    address, _ = server
    contexts, asked, faults = [], [], []

    def open_page(path: str, *, script: bool = True, **options):
        options = {"locale": "zh-CN", **options}
        context = browser.new_context(java_script_enabled=script, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: faults.append(message.text) if message.type == "error" else None,
        )
        page.goto(address + path)
        return page

    open_page.asked, open_page.faults = asked, faults
    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def town(tiny, tmp_path_factory, serving):
    """The tiny city with three candidates: C2 by 100 couriers, C3 by 50 domestic workers, C1 by nobody."""
    folder = tmp_path_factory.mktemp("workbench")
    project = tiny.make_project(folder / "tiny")
    rows = project.read("candidates")
    more = rows.iloc[[0, 0, 0]].reset_index(drop=True)
    more["id"], more["name"] = ["C1", "C2", "C3"], ["半路", "网点<b>旁</b>", "宿舍旁"]
    places = [(1500, 0), (1050, 0), (1950, 600)]
    project.write("candidates", more.set_geometry([Point(*tiny.place(*at)) for at in places]))
    with serving(project, folder) as (address, _):
        yield address, project


@pytest.fixture
def desk(browser, town):
    """A page with the key on the workbench, its plans listed; faults fail the test."""
    address, _ = town
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
    context.add_init_script("localStorage.setItem('yizhan-who', '王莉')")
    page = context.new_page()
    page.set_default_timeout(90_000)  # The first draft may have to compile what solves it.
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}/workbench")
    page.wait_for_selector(READY)
    page.wait_for_selector("#new-draft")
    yield page
    context.close()
    assert faults == []
