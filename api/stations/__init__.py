"""Stations as workers ask for them: nearest, open now, found by name."""
