"""The textbook models as data, and the one front that solves them."""
