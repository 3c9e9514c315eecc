"""Who is served, where, when and by what, and the gaps between."""
