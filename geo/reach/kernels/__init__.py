"""Compiled loops of the searches: bounded, over the hierarchy, and of one live question."""
