"""Siting models as data: the covering problem, linear rules, the textbook models, no solver."""
