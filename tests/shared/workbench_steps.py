"""What planners do again and again on the workbench of the tiny city."""

from __future__ import annotations

KEY = "browser-planner-key-0123456789"
READY = "#map[data-ready]"


def new_draft(page, name):
    """Make a draft under a 5-minute walk and one site; C2 is the best."""
    page.click("#new-draft")
    page.fill("#ask-name", name)
    page.keyboard.press("Enter")
    page.wait_for_selector("#figures")
    page.click("#rules summary")
    page.fill("#rule-limit_s", "5")
    page.fill("#rule-count", "1")
    page.click("#rules-form [type=submit]")
    page.wait_for_selector("#sites tr[data-id=C2]")


def choose(page, site):
    page.click(f"#sites tr[data-id={site}] button")
    page.wait_for_selector("#site-actions")


def slide_to(page, hour):
    """Move the slider to an hour of the week."""
    page.evaluate(
        "hour => { const slider = document.querySelector('#hour'); slider.value = hour;"
        " slider.dispatchEvent(new Event('input')); }",
        hour,
    )


def sign(page, why=""):
    """Say who does it, which is known, and why."""
    page.fill("#ask-why", why)
    page.keyboard.press("Enter")


def press_map(page):
    """Press the middle of the map."""
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def draw(page, selector, to):
    """Drag what `selector` is by a mouse until it stands at (lon, lat) `to`."""
    box = page.locator(selector).bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    at = page.evaluate(
        "([lon, lat]) => { const p = yizhanMap.project([lon, lat]);"
        " const box = document.querySelector('#map').getBoundingClientRect();"
        " return [p.x + box.left, p.y + box.top]; }",
        list(to),
    )
    foot = box["x"] + box["width"] / 2, box["y"] + box["height"]
    way = at[0] - foot[0], at[1] - foot[1]
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(start[0] + way[0] * step / 10, start[1] + way[1] * step / 10)
    page.mouse.up()
