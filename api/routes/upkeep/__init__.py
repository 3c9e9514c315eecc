"""Keepers and passers-by: what they tell of stations, and what planners do with it."""
