"""The covering solver: a good choice fast, a certified bound, and exact proof of what is left open."""
