"""A plan changed by hand: what an edit breaks by the independent checker, costs, and its mend."""
