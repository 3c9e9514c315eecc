"""A plan of new sites: the planner's question, the answer, and what it says of itself."""
