"""Positions and shapes as the layers hold them: one datum, degrees, whole geometries."""
