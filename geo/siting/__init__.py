"""Choosing actions under a budget, with a certified gap and a reason for each."""
