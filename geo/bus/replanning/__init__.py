"""A campaign under way: what happened, what stands, what is won back, whom to phone."""
