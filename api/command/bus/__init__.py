"""``bus`` and the commands beneath it."""
