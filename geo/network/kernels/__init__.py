"""Compiled loops over streets: the order of elimination, the hierarchy, and the grid of edges."""
