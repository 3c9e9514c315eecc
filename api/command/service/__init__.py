"""``serve``: one process or several."""
