"""Choosing sites."""
