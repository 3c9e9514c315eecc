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
