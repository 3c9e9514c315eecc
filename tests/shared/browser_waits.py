"""Waiting for what a page can only promise."""

from __future__ import annotations


def until(page, condition):
    """Wait half a minute for `condition`, an ``async () => …`` of the page, to be true.

    Playwright's ``wait_for_function`` takes the promise itself for true and waits for nothing.
    """
    page.evaluate(
        f"""async () => {{
          const isTrue = {condition};
          const end = Date.now() + 30000;
          while (!(await isTrue())) {{
            if (Date.now() > end) throw new Error('never true: ' + isTrue);
            await new Promise((done) => {{ setTimeout(done, 50); }});
          }}
        }}"""
    )
