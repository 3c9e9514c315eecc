"""A passer-by reports a fault on a small phone: one tap, and Enter in the line means nothing."""

from __future__ import annotations

PHONE = {"width": 320, "height": 568}


def test_one_tap_reports_and_enter_does_not(watched):
    page = watched("/s/S3", viewport=PHONE, has_touch=True, script=False)
    page.fill("#note", "门锁着")
    page.press("#note", "Enter")
    page.wait_for_timeout(200)
    assert "told=" not in page.url
    page.tap("button[value=no_water]")
    page.wait_for_url("**/s/S3?told=no_water")
    assert "已收到您的反映：没水" in page.locator("[role=status]").inner_text()
    buttons = [one.bounding_box() for one in page.locator(".faults button").all()]
    assert min(box["height"] for box in buttons) >= 44
    assert max(box["x"] + box["width"] for box in buttons) <= PHONE["width"]
    assert watched.faults == []
